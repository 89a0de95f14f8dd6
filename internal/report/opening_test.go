package report_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"

	"github.com/google/uuid"
)

// grantsOfBefore are n grants over five years with what was paid and came back:
// start-up support once for each organization, the others as they fall.
func grantsOfBefore(orgs []uuid.UUID, n int) (grants []organization.OpeningGrant, money_ []organization.OpeningMoney) {
	for i := range n {
		org, round := orgs[i%len(orgs)], i/len(orgs)
		p := organization.Programmes[round%len(organization.Programmes)]
		on := civil.Of(2019+(i*7+round)%5, time.Month(1+i%12), 1+i%28)
		g := organization.OpeningGrant{Purpose: "邻里活动", GrantInput: organization.GrantInput{OrgID: org, Programme: p, Title: fmt.Sprintf("第%d项资助", i),
			AwardedOn: on, Amount: money.Fen(100_000 + 137*i), DocumentNo: "坪民〔2019〕8号"}}
		if i%3 == 0 {
			g.UseReportDueOn = on.AddMonths(12)
		}
		if i%6 == 0 {
			g.UseReportFiledOn = on.AddMonths(11)
		}
		grants = append(grants, g)
		move := func(kind organization.MoneyKind, amount money.Fen, months int) {
			money_ = append(money_, organization.OpeningMoney{OrgID: org, Title: g.Title, AwardedOn: on, Kind: kind, MovedOn: on.AddMonths(months), Amount: amount, VoucherNo: fmt.Sprint("PZ", i)})
		}
		switch i % 5 {
		case 0: // not recorded
		case 1:
			move(organization.MoneyPaid, g.Amount/2, 1)
		case 2:
			move(organization.MoneyRecovered, 300, 9)
			move(organization.MoneyPaid, g.Amount, 1)
			move(organization.MoneyReturned, 1234, 8)
		default:
			move(organization.MoneyPaid, g.Amount/2, 1)
			move(organization.MoneyPaid, g.Amount-g.Amount/2, 2)
		}
	}
	return grants, money_
}

type cell struct {
	year      int
	programme organization.Programme
}

// expected adds the rows of imports up.
func expected(grants []organization.OpeningGrant, moves []organization.OpeningMoney) map[cell]report.Tally {
	out := map[cell]report.Tally{}
	cells := map[string]cell{}
	for _, g := range grants {
		c := cell{g.AwardedOn.Year, g.Programme}
		cells[g.OrgID.String()+g.Title] = c
		t := out[c]
		t.N++
		t.Approved += g.Amount
		out[c] = t
	}
	for _, m := range moves {
		c := cells[m.OrgID.String()+m.Title]
		t := out[c]
		switch m.Kind {
		case organization.MoneyPaid:
			t.Paid += m.Amount
		case organization.MoneyReturned:
			t.Returned += m.Amount
		case organization.MoneyRecovered:
			t.Recovered += m.Amount
		}
		out[c] = t
	}
	return out
}

// equals compares the list and the fund with what the rows come to, to the fen.
func equals(t *testing.T, s *report.Service, want map[cell]report.Tally) {
	t.Helper()
	for year := 2019; year <= 2023; year++ {
		fund, err := s.Fund(t.Context(), year)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Contains(fund.Years, year) && slices.ContainsFunc(slices.Collect(maps.Keys(want)), func(c cell) bool {
			return c.year == year && c.programme != organization.OtherProgramme
		}) {
			t.Errorf("%d: years of the fund %v", year, fund.Years)
		}
		for _, p := range report.Programmes {
			f := report.ProjectFilter{Year: year, Programme: p}
			all, first := walk(t, s, f, report.NewestFirst, 100)
			w := want[cell{year, p}]
			if got := first.Tallies.Of(first.Filter); got != w || sum(all) != w {
				t.Errorf("%d %s: stored %+v, listed %+v, want %+v", year, p, got, sum(all), w)
			}
			var line report.Line
			if fund.Year == year {
				if i := slices.IndexFunc(fund.Lines, func(l report.Line) bool { return l.Purpose.Programme() == p }); i >= 0 {
					line = fund.Lines[i]
				}
			}
			if p == organization.OtherProgramme {
				w = report.Tally{} // outside the fund
			}
			if line.Committed != w.Approved || line.Paid != w.Paid || line.Returned != w.Returned || line.Recovered != w.Recovered {
				t.Errorf("%d %s: fund %+v, want %+v", year, p, line, w)
			}
		}
	}
}

// agree fails when a stored sum is not what its rows come to.
func agree(t *testing.T, db *dbtest.DB) {
	t.Helper()
	for _, fn := range []string{"project_differences", "ledger_differences"} {
		var n int
		var what string
		if err := db.Owner.QueryRow(t.Context(), `select count(*), coalesce(string_agg(d::text, E'\n'), '') from `+fn+`() d`).Scan(&n, &what); err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			t.Errorf("%s:\n%.1500s", fn, what)
		}
	}
}

// digest is the content of every table but the audit trail, which tells what
// happened, and the ledger's append-only rows; pools and tallies that stand at
// nothing are as good as absent.
func digest(t *testing.T, db *dbtest.DB) map[string]string {
	t.Helper()
	rows, err := postgres.All[struct {
		Name string `db:"relname"`
	}](t.Context(), db.Owner, `select relname from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname !~ '^(audit|river|goose|ledger_entry|ledger_opening)'`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		where := map[string]string{"ledger_pool": ` where budget_fen + committed_fen > 0`, "project_tally": ` where n > 0`}[r.Name]
		var sum string
		if err := db.Owner.QueryRow(t.Context(), `select coalesce(md5(string_agg(x::text, E'\n' order by x::text)), '') from `+r.Name+` x`+where).Scan(&sum); err != nil {
			t.Fatal(err)
		}
		out[r.Name] = sum
	}
	return out
}

func same(t *testing.T, when string, want, got map[string]string) {
	t.Helper()
	for name, sum := range want {
		if got[name] != sum {
			t.Errorf("%s: %s is not as before", when, name)
		}
	}
}

// What was granted before answers the rules of the first day: once for life, an
// owed use report, another grant of the same head in the community.
func TestHistoryAnswersEligibility(t *testing.T) {
	t.Parallel()
	g, _ := ground(t)
	orgs := g.Organizations(t, 3, civil.Of(2018, 3, 1)) // the first two have one head
	rows := []organization.OpeningGrant{
		{GrantInput: organization.GrantInput{OrgID: orgs[0], Programme: organization.Startup, Title: "启动扶持", AwardedOn: civil.Of(2023, 12, 20), Amount: 500_000,
			UseReportDueOn: civil.Of(2024, 12, 20)}},
	}
	answer := func(org uuid.UUID, key string) funding.Line { return g.Condition(t, org, key) }
	if l := answer(orgs[0], "once"); l.Answer != funding.Unknown {
		t.Fatalf("nobody looked: %+v", l)
	}
	id, _, err := g.Open(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if l := answer(orgs[0], "once"); l.Answer != funding.Unmet || !strings.Contains(l.Value, "2023年12月20日领过 5,000.00 元") {
		t.Errorf("once: %+v", l)
	}
	if l := answer(orgs[0], "unreported"); l.Answer != funding.Unmet {
		t.Errorf("unreported: %+v", l)
	}
	if l := answer(orgs[1], "same_head"); !strings.Contains(l.Value, "2023年12月20日") {
		t.Errorf("same head: %+v", l)
	}
	if l := answer(orgs[2], "same_head"); l.Value != "" {
		t.Errorf("another head: %+v", l)
	}
	rows[0].AwardedOn = civil.Of(2022, 1, 5)
	if _, _, err := g.Open(t.Context(), rows); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "一个组织只有一次") {
		t.Errorf("a second start-up grant: %v", err)
	}

	// An application that was submitted since was judged by it.
	_, err = g.DB.Owner.Exec(t.Context(), `insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, state, class, edition_id, created_by, created_at, submitted_at, entered_at)
		values ($1, 'activity', 'CZ-2026-0099', 2026, 99, '互助会', $2, 'opining', 'open', $1, $1, portal_now(), portal_now(), portal_now())`, uuid.New(), orgs[1])
	if err != nil {
		t.Fatal(err)
	}
	if err := g.Undo(t.Context(), id); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "CZ-2026-0099") {
		t.Errorf("undone under an application: %v", err)
	}
	err = g.DB.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		_, err := tx.Exec(t.Context(), `select earlier_undo($1)`, id)
		return err
	})
	if !postgres.Violates(err, "earlier_undo_depends") {
		t.Errorf("past the service: %v", err)
	}
}

// One grant of an import that was wrong leaves the list and the ledger with its
// money, whatever depends on the others, and may come in again as it was.
func TestAWrongGrantIsWithdrawnAlone(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	grants, moves := grantsOfBefore(g.Organizations(t, 10, civil.Of(2018, 3, 1)), 10)
	_, checks, err := g.Open(t.Context(), grants)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.OpenMoney(t.Context(), moves); err != nil {
		t.Fatal(err)
	}
	const wrong = 2 // paid, returned and recovered
	f, err := s.ProjectFile(t.Context(), checks[wrong].No)
	if err != nil || f.Paid == 0 || f.Returned == 0 || f.Recovered == 0 {
		t.Fatalf("%+v, %v", f.Money, err)
	}
	var id uuid.UUID
	if err := g.DB.Owner.QueryRow(t.Context(), `select id from earlier_grant where no = $1`, checks[wrong].No).Scan(&id); err != nil {
		t.Fatal(err)
	}
	org := grants[wrong].OrgID
	street := reporttest.Clerk
	street.Role, street.Subdistrict = authz.Subdistrict, f.Subdistrict
	if err := g.Registry().WithdrawGrant(t.Context(), street, org, id, 1, "看着凭证核对，是登记错的"); !errs.Is(err, errs.Forbidden) {
		t.Errorf("by a subdistrict: %v", err)
	}
	if err := g.Registry().WithdrawGrant(t.Context(), reporttest.Clerk, org, id, 7, "看着凭证核对，是登记错的"); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stale version: %v", err)
	}
	if err := g.Registry().WithdrawGrant(t.Context(), reporttest.Clerk, org, id, 1, "看着凭证核对，是登记错的"); err != nil {
		t.Fatal(err)
	}
	left := slices.Delete(slices.Clone(grants), wrong, wrong+1)
	paid := slices.DeleteFunc(slices.Clone(moves), func(m organization.OpeningMoney) bool { return m.OrgID == org })
	equals(t, s, expected(left, paid))
	agree(t, g.DB)
	if _, err := s.ProjectFile(t.Context(), checks[wrong].No); !errs.Is(err, errs.NotFound) {
		t.Errorf("its page: %v", err)
	}
	if _, again, err := g.Open(t.Context(), grants); err != nil || again[wrong].State != organization.OpeningNew || again[wrong].No == checks[wrong].No {
		t.Errorf("in again: %+v, %v", again, err)
	}
	equals(t, s, expected(grants, paid))
	agree(t, g.DB)
}

// An import makes public what an office had recorded by hand, and puts it back
// exactly.
func TestAnImportAdoptsWhatWasRecordedByHand(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	org := g.Organizations(t, 1, civil.Of(2018, 3, 1))[0]
	in := organization.GrantInput{Token: once.NewToken(), OrgID: org, Programme: organization.Venture, Title: "邻里共餐", AwardedOn: civil.Of(2020, 5, 1), Amount: 800_000}
	if err := organization.New(g.DB.App, nil).RecordGrant(t.Context(), reporttest.Clerk, in); err != nil {
		t.Fatal(err)
	}
	before := digest(t, g.DB)
	in.DocumentNo, in.UseReportDueOn, in.Title = "坪民〔2020〕3号", civil.Of(2021, 5, 1), " 邻里共餐　"
	id, checks, err := g.Open(t.Context(), []organization.OpeningGrant{{GrantInput: in, Purpose: "为独居老人供餐"}})
	if err != nil || checks[0].State != organization.OpeningAdopts {
		t.Fatalf("%+v %v", checks, err)
	}
	f, err := s.ProjectFile(t.Context(), checks[0].No)
	if err != nil {
		t.Fatal(err)
	}
	if f.Title != "邻里共餐" || f.Before == nil || f.Before.DocumentNo != "坪民〔2020〕3号" || f.Purpose != "为独居老人供餐" || f.Approved != 800_000 {
		t.Errorf("%+v", f)
	}
	agree(t, g.DB)
	if err := g.Undo(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	same(t, "put back", before, digest(t, g.DB))
}

// The name, the category and the place are those of the day of the award.
func TestHistoryShowsTheFactsOfItsDay(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	org := g.Organizations(t, 1, civil.Of(2018, 3, 1))[0]
	if _, err := g.DB.Owner.Exec(t.Context(), `insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by)
		select $1, f, v, '2021-06-01', portal_now(), $1 from unnest(array['name', 'category', 'community_code', 'subdistrict_code'],
			array['后来的名字', 'rights', '440310006004', '440310006']) u (f, v)`, org); err != nil {
		t.Fatal(err)
	}
	row := func(title string, on civil.Date) organization.OpeningGrant {
		return organization.OpeningGrant{GrantInput: organization.GrantInput{OrgID: org, Programme: organization.Venture, Title: title, AwardedOn: on, Amount: 100}}
	}
	_, checks, err := g.Open(t.Context(), []organization.OpeningGrant{row("改名以前", civil.Of(2021, 5, 31)), row("改名以后", civil.Of(2021, 6, 1))})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"welfare 440310001001 440310001", "rights 440310006004 440310006"} {
		f, err := s.ProjectFile(t.Context(), checks[i].No)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(f.Category, " ", f.Community, " ", f.Subdistrict); got != want || (f.OrganizationName == "后来的名字") != (i == 1) {
			t.Errorf("%s: %s %s", f.Title, got, f.OrganizationName)
		}
	}
	page, err := s.Projects(t.Context(), report.ProjectFilter{Query: "后来的名"}, report.NewestFirst, "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].No != checks[1].No || !page.Items[0].Opening {
		t.Errorf("found %+v, %v", page.Items, err)
	}
}

// Random imports and undos among live grants: list and ledger stay equal to what
// is open, step by step.
func TestHistoryAndLiveGrantsAddUp(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 7))
			g, s := ground(t)
			orgs := g.Organizations(t, 40, civil.Of(2018, 3, 1))
			pool, moves := grantsOfBefore(orgs, 160)
			var open []uuid.UUID // imports
			var done [6]int
			keep := func(what int, id uuid.UUID, err error) {
				expect(t, err)
				if err == nil {
					done[what]++
					open = append(open, id)
				}
			}
			for range 60 {
				switch act := r.IntN(6); act {
				case 0:
					from := r.IntN(len(pool) - 20)
					id, _, err := g.Open(t.Context(), pool[from:from+1+r.IntN(20)])
					keep(act, id, err)
				case 1:
					id, _, err := g.OpenMoney(t.Context(), some(r, opened(t, g.DB, moves)))
					keep(act, id, err)
				case 2:
					id, err := g.OpenBudget(t.Context(), 2019+r.IntN(6), ledger.Purposes[r.IntN(4)], money.Fen(1+r.IntN(20_000_000)))
					keep(act, id, err)
				case 3:
					if len(open) == 0 {
						continue
					}
					i := r.IntN(len(open))
					err := g.Undo(t.Context(), open[i])
					expect(t, err)
					if err == nil {
						done[act]++
						open = slices.Delete(open, i, i+1)
					}
				case 5:
					err := withdraw(t, g, r)
					expect(t, err)
					done[act]++
				case 4:
					a := g.Grant(t, reporttest.Award{Year: 2024 + r.IntN(3), Programme: organization.Venture})
					g.Pay(t, a, a.Amount/2, a.On.AddDays(9))
					done[4]++
				}
				agree(t, g.DB)
				equals(t, s, onRecord(t, g.DB))
			}
			if slices.Min(done[:]) < 2 {
				t.Errorf("the walk stays at home: %v", done)
			}
		})
	}
}

// withdraw takes one opened grant back, as a clerk who finds it wrong.
func withdraw(t *testing.T, g *reporttest.Ground, r *rand.Rand) error {
	t.Helper()
	type row struct {
		ID      uuid.UUID `db:"id"`
		OrgID   uuid.UUID `db:"org_id"`
		Version int       `db:"version"`
	}
	rows, err := postgres.All[row](t.Context(), g.DB.Owner, `select id, org_id, version from earlier_grant where import_id is not null order by no`)
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) == 0 {
		return nil
	}
	x := rows[r.IntN(len(rows))]
	return g.Registry().WithdrawGrant(t.Context(), reporttest.Clerk, x.OrgID, x.ID, x.Version, "看着凭证核对，是登记错的")
}

// opened are the movements whose grants are open now.
func opened(t *testing.T, db *dbtest.DB, moves []organization.OpeningMoney) (out []organization.OpeningMoney) {
	t.Helper()
	rows, err := postgres.All[struct {
		Title string `db:"title"`
	}](t.Context(), db.Owner, `select title from earlier_grant where import_id is not null`)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range moves {
		if slices.ContainsFunc(rows, func(r struct {
			Title string `db:"title"`
		}) bool {
			return r.Title == m.Title
		}) {
			out = append(out, m)
		}
	}
	return out
}

// some are a few neighbours of a list.
func some(r *rand.Rand, list []organization.OpeningMoney) []organization.OpeningMoney {
	if len(list) == 0 {
		return nil
	}
	from := r.IntN(len(list))
	return list[from:min(len(list), from+1+r.IntN(10))]
}

// expect lets through what the rules refuse, and nothing else.
func expect(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errs.Is(err, errs.Conflict) {
		t.Fatal(err)
	}
}

// onRecord adds up the rows that are open now.
func onRecord(t *testing.T, db *dbtest.DB) map[cell]report.Tally {
	t.Helper()
	type row struct {
		Year      int                    `db:"year"`
		Programme organization.Programme `db:"programme"`
		report.Tally
	}
	rows, err := postgres.All[row](t.Context(), db.Owner, `
		select extract(year from awarded_on)::int as year, programme, count(*)::int as n, sum(amount_fen)::bigint as approved_fen, sum(p.paid)::bigint as paid_fen,
			sum(p.returned)::bigint as returned_fen, sum(p.recovered)::bigint as recovered_fen
		from earlier_grant g, lateral (select coalesce(sum(amount_fen) filter (where kind = 'paid'), 0) as paid,
			coalesce(sum(amount_fen) filter (where kind = 'returned'), 0) as returned, coalesce(sum(amount_fen) filter (where kind = 'recovered'), 0) as recovered
			from earlier_payment where grant_id = g.id) p
		where g.import_id is not null group by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	out := map[cell]report.Tally{}
	for _, r := range rows {
		out[cell{r.Year, r.Programme}] = r.Tally
	}
	return out
}

// Neither the list nor the ledger of before can be written by the role that
// serves, but through an import as a whole.
func TestNobodyForgesHistory(t *testing.T) {
	t.Parallel()
	g, _ := ground(t)
	org := g.Organizations(t, 1, civil.Of(2018, 3, 1))[0]
	row := organization.OpeningGrant{GrantInput: organization.GrantInput{OrgID: org, Programme: organization.Startup, Title: "启动扶持", AwardedOn: civil.Of(2020, 5, 1), Amount: 500_000}}
	id, _, err := g.Open(t.Context(), []organization.OpeningGrant{row})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.OpenBudget(t.Context(), 2020, ledger.Startup, 10_000_000); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ sql, want string }{
		{`update earlier_grant set amount_fen = 1`, "permission denied"},
		{`update earlier_grant set paid_fen = 1`, "permission denied"},
		{`update earlier_grant set awarded_on = '2019-01-01'`, "permission denied"},
		{`update earlier_grant set purpose = '别的'`, "earlier_grant_opened_stands"},
		{`update earlier_grant set void_on = '2026-11-23', void_reason = '记错了'`, "earlier_grant_opened_stands"},
		{`update earlier_grant set import_id = null, no = null, opened_at = null, organization_name = null, category = null, subdistrict_code = null`, "earlier_grant_opened_stands"},
		{`delete from earlier_grant`, "permission denied"},
		{`delete from earlier_payment`, "permission denied"},
		{`update earlier_total set committed_fen = 1`, "permission denied"},
		{`update project set approved_fen = 1`, "permission denied"},
		{`insert into earlier_payment select gen_random_uuid(), id, 'paid', '2020-06-01', 500000, '', gen_random_uuid(), now(), org_id from earlier_grant`, "ledger_opening_total"},
		{`insert into earlier_payment select gen_random_uuid(), id, 'paid', '2020-06-01', 500001, '', import_id, now(), org_id from earlier_grant`, "earlier_grant_paid_within_amount"},
		{`insert into earlier_payment select gen_random_uuid(), id, 'paid', '2020-04-30', 500000, '', import_id, now(), org_id from earlier_grant`, "earlier_payment_moved_on"},
		{`insert into earlier_grant (id, org_id, programme, title, awarded_on, amount_fen, head_person_id, community_code, subdistrict_code, organization_name, category, no,
			import_id, opened_at, recorded_at, recorded_by) select gen_random_uuid(), org_id, 'venture', '假的', '2020-05-01', 1, head_person_id, community_code, subdistrict_code,
			organization_name, category, 'LS-2020-9999', gen_random_uuid(), now(), now(), org_id from earlier_grant`, "ledger_opening_total"},
		{`select earlier_undo(import_id) from earlier_grant`, "ledger_opening_total"},
		{`update ledger_opening set committed_fen = 1`, "permission denied"},
		{`delete from ledger_opening`, "permission denied"},
		{`insert into ledger_opening (id, import_id, pool_id, reason, at, account_id, person_id, actor_name)
			select gen_random_uuid(), import_id, pool_id, '再来一次', now(), id, id, '某人' from ledger_opening`, "ledger_opening_something"},
		{`insert into ledger_opening (id, import_id, pool_id, committed_fen, reason, at, account_id, person_id, actor_name)
			select gen_random_uuid(), gen_random_uuid(), pool_id, -500000, '拿走', now(), id, id, '某人' from ledger_opening`, "ledger_opening_something"},
		{`insert into ledger_opening (id, import_id, pool_id, budget_fen, reason, at, account_id, person_id, actor_name)
			select gen_random_uuid(), gen_random_uuid(), id, 1, '假的', now(), id, id, '某人' from ledger_pool where year = 2025`, "ledger_opening_live_year"},
		{`insert into ledger_opening (id, import_id, pool_id, budget_fen, reason, at, account_id, person_id, actor_name)
			select gen_random_uuid(), gen_random_uuid(), pool_id, 1, '又一个', now(), id, id, '某人' from ledger_opening where budget_fen > 0`, "ledger_opening_budget"},
		{`insert into ledger_opening (id, import_id, pool_id, budget_fen, reason, at, account_id, person_id, actor_name)
			select gen_random_uuid(), import_id, pool_id, -1, '少一些', now(), id, id, '某人' from ledger_opening where budget_fen > 0`, "ledger_opening_budget"},
		{`insert into ledger_entry (pool_id, kind, of_kind, amount_fen, opening_id, account_id, person_id, actor_name, at, reason)
			select pool_id, 'opening', 'commit', 500000, id, id, id, '某人', now(), '再来一次' from ledger_opening where committed_fen > 0`, "ledger_entry_opening_once"},
		{`insert into ledger_entry (pool_id, kind, of_kind, amount_fen, opening_id, account_id, person_id, actor_name, at, reason)
			select pool_id, 'opening', 'commit', -500000, id, id, id, '某人', now(), '拿走' from ledger_opening`, "ledger_entry_opening_amount"},
		{`insert into ledger_entry (pool_id, kind, of_kind, amount_fen, opening_id, account_id, person_id, actor_name, at, reason)
			select pool_id, 'opening', 'fill', 1, id, id, id, '某人', now(), '多一些' from ledger_opening`, "ledger_entry_opening_amount"},
		{`insert into ledger_entry (pool_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason)
			select pool_id, 'opening', 'commit', 1, id, id, '某人', now(), '没有来处' from ledger_opening`, "ledger_entry_opening_amount"},
	} {
		err := g.DB.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			_, err := tx.Exec(t.Context(), c.sql)
			return err
		})
		if err == nil || !strings.Contains(fmt.Sprintf("%+v", err), c.want) && !postgres.Violates(err, c.want) {
			t.Errorf("%.90s: %v, want %s", c.sql, err, c.want)
		}
	}
	agree(t, g.DB)
	if err := g.Undo(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	agree(t, g.DB)
}
