package organization

import (
	"context"
	"slices"
	"strings"

	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// onRegistry is an organization that rows of an import may be about.
type onRegistry struct {
	Organization
	Key   string    `db:"search_text"`
	Stem  string    `db:"name_stem"`
	Ended bool      `db:"ended"`
	Root  uuid.UUID `db:"root"` // itself, or the record that it was merged into

	absorbed *onRegistry // the record merged into it by which it was found
}

const onRegistrySQL = `
	select ` + columns + `, o.search_text, o.name_stem, o.status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended,
		case when o.merged_into is null then o.id else organization_root(o.id) end as root
	from organization o where `

// registryBook is what is known while rows are judged in turn.
type registryBook struct {
	forms               []rowForms
	byKey, byUSCC, byNo map[string]*onRegistry
	byStem              map[string][]string
	byHead              map[uuid.UUID][]string
	seen                map[string]int // name, code or number: its first row
}

// rowForms are the texts of a row as they are compared: its name, and the
// department that its supervising unit means, "" when none on the list.
type rowForms struct {
	Key        string `db:"key"`
	Stem       string `db:"stem"`
	Department string `db:"department"`
}

func openRegistry(ctx context.Context, q postgres.Querier, rows []RegistrationRow, heads []person.Known) (*registryBook, error) {
	b := &registryBook{byKey: map[string]*onRegistry{}, byUSCC: map[string]*onRegistry{}, byNo: map[string]*onRegistry{},
		byStem: map[string][]string{}, byHead: map[uuid.UUID][]string{}, seen: map[string]int{}}
	var names, units, codes, numbers []string
	var persons []uuid.UUID
	for i, r := range rows {
		names, units, codes, numbers = append(names, r.Name), append(units, r.SupervisingUnit), append(codes, r.USCC), append(numbers, r.FilingNo)
		persons = append(persons, heads[i].ID)
	}
	var err error
	b.forms, err = postgres.All[rowForms](ctx, q, `select search_key(t) as key, name_stem(t) as stem, coalesce(department_of(nullif(unit, '')), '') as department
		from unnest($1::text[], $2::text[]) with ordinality u (t, unit, i) order by i`, names, units)
	if err != nil {
		return nil, err
	}
	keys, stems := make([]string, len(rows)), make([]string, len(rows))
	for i, n := range b.forms {
		keys[i], stems[i] = n.Key, n.Stem
	}
	list, err := postgres.All[onRegistry](ctx, q, onRegistrySQL+`(o.search_text = any($1) or o.name_stem = any($2) or o.uscc = any($3) or o.filing_no = any($4) or o.head_person_id = any($5))
		order by o.established_on, o.id`, keys, stems, codes, numbers, persons)
	if err != nil {
		return nil, err
	}
	return b, b.take(ctx, q, list)
}

// take enters what stands first: a record that was merged away leads to the one
// that it went into unless another bears its name or number today.
func (b *registryBook) take(ctx context.Context, q postgres.Querier, list []onRegistry) error {
	stands := map[uuid.UUID]*onRegistry{}
	var missing []uuid.UUID
	for i := range list {
		if o := &list[i]; o.Root == o.ID {
			stands[o.ID] = o
			b.add(o)
		}
	}
	for i := range list {
		if o := &list[i]; stands[o.Root] == nil {
			missing = append(missing, o.Root)
		}
	}
	roots, err := postgres.All[onRegistry](ctx, q, onRegistrySQL+`o.id = any($1)`, missing)
	if err != nil {
		return err
	}
	for i := range roots {
		stands[roots[i].ID] = &roots[i]
	}
	for i := range list {
		if o := &list[i]; o.Root != o.ID {
			root := *stands[o.Root]
			root.absorbed = o
			enter(b.byKey, o.Key, &root)
			enter(b.byUSCC, o.USCC, &root)
			enter(b.byNo, o.FilingNo, &root)
		}
	}
	return nil
}

func enter(by map[string]*onRegistry, key string, o *onRegistry) {
	if key != "" && by[key] == nil {
		by[key] = o
	}
}

func (b *registryBook) add(o *onRegistry) {
	enter(b.byUSCC, o.USCC, o)
	enter(b.byNo, o.FilingNo, o)
	if o.Ended {
		return
	}
	enter(b.byKey, o.Key, o)
	b.byStem[o.Stem] = append(b.byStem[o.Stem], o.Name)
	b.byHead[o.HeadPersonID] = append(b.byHead[o.HeadPersonID], o.Name)
}

// find returns the record that a row is about, nil for none. A number on record
// under another one is a fault.
func (b *registryBook) find(n rowForms, r Registration, c *RegistrationCheck) *onRegistry {
	found := b.byKey[n.Key]
	for _, other := range []struct {
		o                 *onRegistry
		name, label, what string
	}{{b.byUSCC[r.USCC], "uscc", "统一社会信用代码", "代码 " + r.USCC}, {b.byNo[r.FilingNo], "filing_no", "备案编号", r.FilingNo}} {
		switch {
		case other.o == nil:
		case found == nil:
			found = other.o
		case found.ID != other.o.ID:
			c.Faults.Add(other.name, other.label, other.what+" 已经登记在“"+other.o.Name+"”名下。看着证书核对。")
		}
	}
	return found
}

func (b *registryBook) judge(i int, r RegistrationRow, c *RegistrationCheck) {
	n := b.forms[i]
	b.repeated(i, "name", "组织名称", n.Key, c)
	b.repeated(i, "uscc", "统一社会信用代码", r.USCC, c)
	b.repeated(i, "filing_no", "备案编号", r.FilingNo, c)
	found := b.find(n, r.Registration, c)
	if found != nil { // who is on record already need not be proved again
		c.Faults = slices.DeleteFunc(c.Faults, func(f errs.Field) bool {
			return f.Name == "head_id_no" && r.HeadIDNumber == "" || f.Name == "head_mobile" && r.HeadMobile == ""
		})
	}
	if len(c.Faults) > 0 {
		return
	}
	if found != nil {
		c.ID, c.Differs = found.ID, b.differs(i, r, *found, c.head)
		if found.absorbed != nil {
			c.Hints = append(c.Hints, errs.Field{Name: "name", Label: "组织名称", Message: "这份档案已经并入“" + found.Name + "”，按“" + found.Name + "”核对"})
		}
		return
	}
	if r.SupervisingUnit != "" && n.Department == "" {
		c.Hints = append(c.Hints, errs.Field{Name: "supervising_unit", Label: "业务主管（指导）单位", Message: district.UnknownUnit(r.SupervisingUnit)})
	}
	c.Warnings = r.ownWarnings()
	if similar := b.byStem[n.Stem]; len(similar) > 0 {
		c.Warnings = append(c.Warnings, errs.Warning{Code: "similar_name", Message: "已经有名称相近的组织：" + strings.Join(similar, "、") + "。核对是不是同一个组织。"})
	}
	if orgs := b.byHead[c.head]; c.head != uuid.Nil && len(orgs) >= 2 {
		c.Warnings = append(c.Warnings, errs.Warning{Code: "head_of_many", Message: r.HeadName + "已经是" + strings.Join(orgs, "、") + "的负责人。核对是否由同一人负责。"})
	}
	b.byStem[n.Stem] = append(b.byStem[n.Stem], r.Name)
}

func (b *registryBook) repeated(i int, name, label, v string, c *RegistrationCheck) {
	if v == "" {
		return
	}
	key := name + ":" + v
	if _, had := b.seen[key]; had {
		c.Faults.Add(name, label, "这份文件里前面已经有一行用了同样的"+label+"。删去重复的一行，或改正"+label+"。")
		return
	}
	b.seen[key] = i
}

// differs names what of the record that a row is about is otherwise than in the
// row. What the row says as a record merged into it did is no difference.
func (b *registryBook) differs(i int, r RegistrationRow, o onRegistry, head uuid.UUID) []string {
	out := r.differs(b.forms[i], o, head)
	if o.absorbed == nil {
		return out
	}
	was := r.differs(b.forms[i], *o.absorbed, head)
	return slices.DeleteFunc(out, func(label string) bool { return !slices.Contains(was, label) })
}

// differs compares a row with one record; an empty cell says nothing.
func (r RegistrationRow) differs(n rowForms, o onRegistry, head uuid.UUID) []string {
	t := r.Told
	unit := r.SupervisingUnit == o.SupervisingUnit || n.Department != "" && n.Department == o.DepartmentCode
	var out []string
	for _, c := range []struct {
		label string
		same  bool
	}{{"组织名称", n.Key == o.Key}, {"组织类型", r.Type == o.Type}, {"管理方式", r.Basis == o.Basis}, {"业务类别", r.Category == o.Category},
		{"统一社会信用代码", r.USCC == o.USCC}, {"备案编号", r.FilingNo == o.FilingNo}, {"成立日期", r.EstablishedOn == o.EstablishedOn},
		{"登记或备案机关", agrees(r.Registrar, o.Registrar)}, {"负责人", r.HeadName == o.HeadName && (r.HeadIDNumber == "" || head == o.HeadPersonID)},
		{"所属社区", r.CommunityCode == o.CommunityCode}, {"住所", agrees(r.Address, o.Address)}, {"业务主管（指导）单位", r.SupervisingUnit == "" || unit},
		{"业务范围", agrees(r.BusinessScope, o.BusinessScope)}, {"开办资金", agreesWith(r.RegisteredCapital, o.RegisteredCapital)},
		{"服务对象", len(t.ServiceTargets) == 0 || slices.Equal(t.ServiceTargets, inListOrder(o.ServiceTargets))}, {"活动范围", agrees(t.Reach, o.Reach)},
		{"活动地域", agrees(t.ActivityScope, o.ActivityScope)}, {"场所来源", agrees(t.Premises, o.Premises)}, {"会员数", agreesWith(t.Members, o.Members)},
		{"从业人数", agreesWith(t.Staff, o.Staff)}, {"专职人数", agreesWith(t.FullTime, o.FullTime)}, {"社工人数", agreesWith(t.SocialWorkers, o.SocialWorkers)},
		{"义工人数", agreesWith(t.Volunteers, o.Volunteers)}, {"党组织", agrees(t.PartyOrg, o.PartyOrg)}, {"党员人数", agreesWith(t.PartyMembers, o.PartyMembers)},
		{"组织简介", agrees(t.Introduction, o.Introduction)}} {
		if !c.same {
			out = append(out, c.label)
		}
	}
	return out
}

// agrees reports whether a cell says what is on record, or nothing. White space
// and width make no difference: a spreadsheet holds one line where a form had many.
func agrees[T ~string](said, known T) bool {
	return said == "" || said == known || imported.Plain(string(said)) == imported.Plain(string(known))
}

// agreesWith is agrees of a number.
func agreesWith[T comparable](said, known *T) bool {
	return said == nil || known != nil && *said == *known
}
