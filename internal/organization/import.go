package organization

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// RegistrationCheck is the answer about one row of an import of organizations. ID
// is the organization on record that the row is about, zero for a new one;
// Differs names what is on record otherwise: an import takes nothing over.
type RegistrationCheck struct {
	ID       uuid.UUID
	Differs  []string
	Faults   errs.Faults
	Warnings []errs.Warning

	head uuid.UUID // who has the head's number on record
}

// CheckRegistrations judges rows under the rules of Register against what is on
// record and against each other, and writes nothing: a handful of statements,
// however many rows. It normalizes the rows.
func (s *Service) CheckRegistrations(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []Registration) ([]RegistrationCheck, error) {
	regions, err := district.Regions(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]RegistrationCheck, len(rows))
	heads := make([]person.Person, len(rows))
	for i := range rows {
		out[i].Faults = rows[i].normalise(civil.On(now), regions, nil)
		foreign(&out[i].Faults, actor, rows[i].SubdistrictCode)
		heads[i] = person.Person{Name: rows[i].HeadName, IDType: rows[i].HeadIDType, IDNumber: rows[i].HeadIDNumber}
	}
	known, err := person.FindAll(ctx, q, s.keys, heads)
	if err != nil {
		return nil, err
	}
	b, err := openRegistry(ctx, q, rows, known)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out[i].head = known[i].ID
		if known[i].ID != uuid.Nil && known[i].Name != rows[i].HeadName {
			out[i].Faults.Add("head_id_no", "负责人证件号码", "这个证件号码已经登记在另一个姓名下。看着证件核对姓名和号码。")
		}
		b.judge(i, rows[i], &out[i])
	}
	return out, nil
}

// onRegistry is an organization that rows of an import may be about.
type onRegistry struct {
	ID            uuid.UUID  `db:"id"`
	Name          string     `db:"name"`
	Type          OrgType    `db:"org_type"`
	Basis         Basis      `db:"status_basis"`
	Category      Category   `db:"category"`
	USCC          string     `db:"uscc"`
	FilingNo      string     `db:"filing_no"`
	EstablishedOn civil.Date `db:"established_on"`
	Registrar     string     `db:"registrar"`
	HeadPersonID  uuid.UUID  `db:"head_person_id"`
	HeadName      string     `db:"head_name"`
	CommunityCode string     `db:"community_code"`
	Key           string     `db:"search_text"`
	Stem          string     `db:"name_stem"`
	Ended         bool       `db:"ended"`
}

// registryBook is what is known while rows are judged in turn.
type registryBook struct {
	names               []nameForms
	byKey, byUSCC, byNo map[string]*onRegistry
	byStem              map[string][]string
	byHead              map[uuid.UUID][]string
	seen                map[string]int // name, code or number: its first row
}

type nameForms struct {
	Key  string `db:"key"`
	Stem string `db:"stem"`
}

func openRegistry(ctx context.Context, q postgres.Querier, rows []Registration, heads []person.Known) (*registryBook, error) {
	b := &registryBook{byKey: map[string]*onRegistry{}, byUSCC: map[string]*onRegistry{}, byNo: map[string]*onRegistry{},
		byStem: map[string][]string{}, byHead: map[uuid.UUID][]string{}, seen: map[string]int{}}
	var names, codes, numbers []string
	var persons []uuid.UUID
	for i, r := range rows {
		names, codes, numbers, persons = append(names, r.Name), append(codes, r.USCC), append(numbers, r.FilingNo), append(persons, heads[i].ID)
	}
	var err error
	b.names, err = postgres.All[nameForms](ctx, q, `select search_key(t) as key, name_stem(t) as stem from unnest($1::text[]) with ordinality u (t, i) order by i`, names)
	if err != nil {
		return nil, err
	}
	keys, stems := make([]string, len(rows)), make([]string, len(rows))
	for i, n := range b.names {
		keys[i], stems[i] = n.Key, n.Stem
	}
	list, err := postgres.All[onRegistry](ctx, q, `
		select id, name, org_type, status_basis, category, coalesce(uscc, '') as uscc, coalesce(filing_no, '') as filing_no, established_on,
			registrar, head_person_id, head_name, community_code, search_text, name_stem,
			status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended
		from organization
		where search_text = any($1) or name_stem = any($2) or uscc = any($3) or filing_no = any($4) or head_person_id = any($5)
		order by established_on, id`, keys, stems, codes, numbers, persons)
	for i := range list {
		b.add(&list[i])
	}
	return b, err
}

func (b *registryBook) add(o *onRegistry) {
	if o.USCC != "" {
		b.byUSCC[o.USCC] = o
	}
	if o.FilingNo != "" {
		b.byNo[o.FilingNo] = o
	}
	if o.Ended {
		return
	}
	b.byKey[o.Key] = o
	b.byStem[o.Stem] = append(b.byStem[o.Stem], o.Name)
	b.byHead[o.HeadPersonID] = append(b.byHead[o.HeadPersonID], o.Name)
}

func (b *registryBook) judge(i int, r Registration, c *RegistrationCheck) {
	n := b.names[i]
	b.repeated(i, "name", "组织名称", n.Key, c)
	b.repeated(i, "uscc", "统一社会信用代码", r.USCC, c)
	b.repeated(i, "filing_no", "备案编号", r.FilingNo, c)
	byName, byCode, byNo := b.byKey[n.Key], b.byUSCC[r.USCC], b.byNo[r.FilingNo]
	found := byName
	for _, other := range []struct {
		o                 *onRegistry
		name, label, what string
	}{{byCode, "uscc", "统一社会信用代码", "代码 " + r.USCC}, {byNo, "filing_no", "备案编号", r.FilingNo}} {
		switch {
		case other.o == nil:
		case found == nil:
			found = other.o
		case found.ID != other.o.ID:
			c.Faults.Add(other.name, other.label, other.what+" 已经登记在“"+other.o.Name+"”名下。看着证书核对。")
		}
	}
	if len(c.Faults) > 0 {
		return
	}
	if found != nil {
		c.ID, c.Differs = found.ID, r.differs(*found, n.Key != found.Key, c.head)
		return
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

// differs names what of an organization on record is otherwise than in the row.
func (in Registration) differs(o onRegistry, renamed bool, head uuid.UUID) []string {
	var out []string
	for _, c := range []struct {
		label string
		same  bool
	}{{"组织名称", !renamed}, {"组织类型", in.Type == o.Type}, {"管理方式", in.Basis == o.Basis}, {"业务类别", in.Category == o.Category},
		{"统一社会信用代码", in.USCC == o.USCC}, {"备案编号", in.FilingNo == o.FilingNo}, {"成立日期", in.EstablishedOn == o.EstablishedOn},
		{"登记或备案机关", in.Registrar == o.Registrar}, {"负责人", in.HeadName == o.HeadName && head == o.HeadPersonID}, {"所属社区", in.CommunityCode == o.CommunityCode}} {
		if !c.same {
			out = append(out, c.label)
		}
	}
	return out
}

// PlantRegistrations records the organizations of an import in the caller's
// transaction, under the rules of CheckRegistrations; those on record stay, and
// warnings do not stop it: the caller has shown them. A fault is errs.Conflict.
// The ids come by row, and the statements are a dozen however many rows.
func (s *Service) PlantRegistrations(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []Registration) ([]uuid.UUID, error) {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return nil, err
	}
	checks, err := s.CheckRegistrations(ctx, tx, now, actor, rows)
	if err != nil {
		return nil, err
	}
	heads, err := s.plantHeads(ctx, tx, now, importID, rows, checks)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	var fresh []registered
	for i, in := range rows {
		if ids[i] = checks[i].ID; ids[i] != uuid.Nil {
			continue
		}
		r, err := s.prepare(in, heads[i], origin{importID: importID})
		if err != nil {
			return nil, err
		}
		ids[i] = r.ID
		fresh = append(fresh, r)
	}
	err = s.recordAll(ctx, tx, now, actor, fresh)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		return nil, errs.Wrap(errs.Conflict, "刚刚有人登记了同名的组织或同样的编号。请重新核对预览。", err)
	}
	return ids, err
}

// plantHeads returns the heads by row; who is on no record is put there.
func (s *Service) plantHeads(ctx context.Context, tx postgres.Tx, now time.Time, importID uuid.UUID, rows []Registration, checks []RegistrationCheck) ([]uuid.UUID, error) {
	heads := make([]uuid.UUID, len(rows))
	var fresh []person.Person
	at := map[person.Person]int{}
	key := func(r Registration) person.Person {
		return person.Person{Name: r.HeadName, IDType: r.HeadIDType, IDNumber: r.HeadIDNumber}
	}
	for i, c := range checks {
		if len(c.Faults) > 0 {
			return nil, imported.Overtaken(c.Faults[0])
		}
		heads[i] = c.head
		if _, had := at[key(rows[i])]; c.head == uuid.Nil && c.ID == uuid.Nil && !had {
			at[key(rows[i])] = len(fresh)
			fresh = append(fresh, key(rows[i]))
		}
	}
	ids, err := person.AddAll(ctx, tx, s.keys, now, importID, fresh)
	if errs.Is(postgres.Translate(err), errs.Conflict) {
		return nil, errs.Wrap(errs.Conflict, "有负责人的证件号码刚刚登记过，或在文件里用了两个姓名。请重新核对预览。", err)
	}
	for i := range rows {
		if n, had := at[key(rows[i])]; err == nil && had && heads[i] == uuid.Nil {
			heads[i] = ids[n]
		}
	}
	return heads, err
}
