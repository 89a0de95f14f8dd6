package organization

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// MoneyKind is what a movement of opening history was.
type MoneyKind string

// The kinds of movements.
const (
	MoneyPaid      MoneyKind = "paid"
	MoneyReturned  MoneyKind = "returned"  // unspent, given back
	MoneyRecovered MoneyKind = "recovered" // taken back by decision
)

// MoneyKinds lists them in the order of forms.
var MoneyKinds = []MoneyKind{MoneyPaid, MoneyReturned, MoneyRecovered}

// Name returns the Chinese name, the raw value when unknown.
func (k MoneyKind) Name() string {
	return named(k, map[MoneyKind]string{MoneyPaid: "拨付", MoneyReturned: "退回结余", MoneyRecovered: "追回"})
}

// OpeningMoney is a movement of money of an opened grant. The grant is named by
// its number, or by organization, title and day of the award.
type OpeningMoney struct {
	GrantNo   string
	OrgID     uuid.UUID
	Title     string
	AwardedOn civil.Date

	Kind      MoneyKind
	MovedOn   civil.Date
	Amount    money.Fen
	VoucherNo string
}

type moneyKey struct {
	grant   uuid.UUID
	kind    MoneyKind
	on      civil.Date
	amount  money.Fen
	voucher string // imported.Plain of it
}

// CheckMoney judges the movements of an import as CheckOpenings does grants. In
// what order they stand does not matter: what came back is judged after what was
// paid.
func (s *Service) CheckMoney(ctx context.Context, q postgres.Querier, now time.Time, rows []OpeningMoney) ([]OpeningCheck, error) {
	grants, err := openedGrants(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	titles := make([]string, len(rows))
	for i, r := range rows {
		titles[i] = r.Title
	}
	if titles, err = keysOf(ctx, q, titles); err != nil {
		return nil, err
	}
	b := moneyBook{today: civil.On(now), grants: grants, byNo: map[string]*grantOnRecord{}, byName: map[namedGrant][]*grantOnRecord{},
		seen: map[moneyKey]int{}, known: map[moneyKey]uuid.UUID{}}
	if err := b.load(ctx, q); err != nil {
		return nil, err
	}
	out := make([]OpeningCheck, len(rows))
	for _, back := range []bool{false, true} {
		for i, r := range rows {
			if (r.Kind != MoneyPaid) == back {
				out[i] = b.judge(i, r, titles[i])
			}
		}
	}
	return out, nil
}

// namedGrant is how a row names a grant without its number.
type namedGrant struct {
	org   uuid.UUID
	title string // search_key of it
	on    civil.Date
}

// moneyBook is what is known while movements are judged in turn.
type moneyBook struct {
	today  civil.Date
	grants []grantOnRecord // sums move along
	byNo   map[string]*grantOnRecord
	byName map[namedGrant][]*grantOnRecord
	known  map[moneyKey]uuid.UUID
	seen   map[moneyKey]int
}

func (b *moneyBook) judge(i int, r OpeningMoney, title string) OpeningCheck {
	g, fault := b.find(r, title)
	if g == nil {
		return OpeningCheck{Faults: []errs.Field{fault}}
	}
	f := r.faults(g.AwardedOn, b.today)
	c := OpeningCheck{State: OpeningNew, No: g.No, grant: g.ID}
	k := moneyKey{g.ID, r.Kind, r.MovedOn, r.Amount, imported.Plain(r.VoucherNo)}
	if first, twice := b.seen[k]; twice {
		f.Add("voucher_no", "凭证号", fmt.Sprintf("和这份文件里的第 %d 笔相同。删去一行；确实有两笔的，凭证号要不同。", first+1))
	}
	switch {
	case len(f) > 0:
	case b.known[k] != uuid.Nil:
		c.State, c.ID = OpeningKnown, b.known[k]
	case r.Kind == MoneyPaid && g.Paid+r.Amount > g.Amount:
		f.Add("amount", "金额", fmt.Sprintf("拨付合计 %s 元，超过核定的 %s 元。核对金额。", g.Paid+r.Amount, g.Amount))
	case r.Kind != MoneyPaid && g.Returned+g.Recovered+r.Amount > g.Paid:
		f.Add("amount", "金额", fmt.Sprintf("退回和追回合计 %s 元，超过拨付的 %s 元。核对金额，或先导入拨付。", g.Returned+g.Recovered+r.Amount, g.Paid))
	}
	if c.Faults = f; len(f) > 0 {
		return c
	}
	b.seen[k] = i
	if c.State == OpeningNew {
		g.add(r.Kind, r.Amount)
	}
	return c
}

func (g *grantOnRecord) add(kind MoneyKind, amount money.Fen) {
	switch kind {
	case MoneyPaid:
		g.Paid += amount
	case MoneyReturned:
		g.Returned += amount
	case MoneyRecovered:
		g.Recovered += amount
	}
}

// find returns the one grant that a row names.
func (b *moneyBook) find(r OpeningMoney, title string) (*grantOnRecord, errs.Field) {
	if r.GrantNo != "" {
		if g := b.byNo[r.GrantNo]; g != nil {
			return g, errs.Field{}
		}
		return nil, errs.Field{Name: "grant_no", Label: "资助编号", Message: "没有编号是“" + short(r.GrantNo) + "”的历史资助。核对编号，或改填组织、项目名称和核定日期"}
	}
	found := b.byName[namedGrant{r.OrgID, title, r.AwardedOn}]
	opened := slices.DeleteFunc(slices.Clone(found), func(g *grantOnRecord) bool { return g.No == "" })
	switch {
	case len(opened) == 1:
		return opened[0], errs.Field{}
	case len(opened) > 1:
		return nil, errs.Field{Name: "grant_no", Label: "资助编号", Message: "同一天有几笔同名的资助。填资助编号，如 " + opened[0].No}
	case len(found) > 0:
		return nil, errs.Field{Name: "title", Label: "项目名称", Message: "这笔资助是手工登记的，还没有进名单。先用“历史资助”导入它，再导入拨付"}
	}
	return nil, errs.Field{Name: "title", Label: "项目名称", Message: "没有找到这个组织的这笔资助。核对项目名称和核定日期，或先导入历史资助"}
}

func (r OpeningMoney) faults(awarded, today civil.Date) errs.Faults {
	var f errs.Faults
	errs.OneOf(&f, "kind", "事项", r.Kind, MoneyKinds)
	between(&f, "moved_on", "日期", r.MovedOn, awarded, today, "核定日期")
	if r.Amount <= 0 {
		f.Add("amount", "金额", "金额要大于 0。退回和追回也填正数。")
	}
	if n := utf8.RuneCountInString(r.VoucherNo); n > 40 {
		f.Add("voucher_no", "凭证号", fmt.Sprintf("凭证号最多 40 个字，现在是 %d 个字。", n))
	}
	return f
}

// PlantMoney records the movements of an import in the caller's transaction, as
// PlantOpenings does grants.
func (s *Service) PlantMoney(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []OpeningMoney) ([]OpeningCheck, error) {
	if err := mayOpen(actor); err != nil {
		return nil, err
	}
	if err := lockOpened(ctx, tx, rows); err != nil {
		return nil, err
	}
	checks, err := s.CheckMoney(ctx, tx, now, rows)
	if err != nil {
		return nil, err
	}
	planted := 0
	var m moneyColumns
	for i, c := range checks {
		if len(c.Faults) > 0 {
			return nil, imported.Overtaken(c.Faults[0])
		}
		if c.State == OpeningNew {
			checks[i].ID = m.add(c.grant, rows[i])
			planted++
		}
	}
	if err := m.insert(ctx, tx, now, actor, importID); err != nil {
		return nil, err
	}
	if err := s.follow(ctx, tx, now, actor, openingReason, importID); err != nil {
		return nil, err
	}
	return checks, imported.Note(ctx, tx, now, actor, importID, "organization.money.open", map[string]any{"new": planted})
}
