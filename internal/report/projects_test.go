package report_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
)

func ground(t testing.TB) (*reporttest.Ground, *report.Service) {
	t.Helper()
	g := reporttest.New(t)
	return g, report.New(g.DB.App, catalog.Programmes())
}

// walk reads the whole list through its pages, forwards.
func walk(t testing.TB, s *report.Service, f report.ProjectFilter, by report.ProjectSort, size int) (all []report.Project, first report.ProjectPage) {
	t.Helper()
	cursor := ""
	for i := 0; ; i++ {
		p, err := s.Projects(t.Context(), f, by, cursor, size)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			first = p
		}
		all = append(all, p.Items...)
		if p.Next == "" {
			return all, first
		}
		if cursor = p.Next; i > 1000 {
			t.Fatalf("%+v by %s does not end", f, by)
		}
	}
}

func sum(list []report.Project) (t report.Tally) {
	for _, p := range list {
		t.N++
		t.Money = t.Plus(p.Money)
	}
	return t
}

// history grants, pays, returns, recovers, closes and terminates at random.
func history(t testing.TB, g *reporttest.Ground, seed uint64, n int) (granted []reporttest.Award) {
	t.Helper()
	rng := rand.New(rand.NewPCG(seed, 7))
	places := []string{"440310001001", "440310001002", "440310002001", "440310002004", "440310006004"}
	for i := range n {
		year := reporttest.Today.Year - rng.IntN(3)
		a := reporttest.Award{
			Year: year, Programme: report.Programmes[rng.IntN(4)], Category: organization.Categories[rng.IntN(6)], Community: places[rng.IntN(5)],
			Amount: money.Fen(1 + rng.IntN(2_000_000)), On: civil.Of(year, time.February, 1).AddDays(rng.IntN(90)), Title: fmt.Sprintf("项目%d", i%7),
		}
		if rng.IntN(8) == 0 { // stands in notice
			g.Sign(t, a)
			continue
		}
		a = g.Grant(t, a)
		granted = append(granted, a)
		left, on := a.Amount, a.On
		for range rng.IntN(3) {
			if left < 2 {
				break
			}
			part := 1 + money.Fen(rng.Int64N(int64(left)))
			on = on.AddDays(20)
			g.Pay(t, a, part, on)
			left -= part
		}
		if paid := a.Amount - left; paid > 1 && rng.IntN(2) == 0 {
			g.Back(t, a, []string{"return", "recover"}[rng.IntN(2)], 1+money.Fen(rng.Int64N(int64(paid))), on.AddDays(20))
		}
		switch rng.IntN(4) {
		case 0:
			g.Close(t, a, on.AddDays(60))
		case 1:
			g.Terminate(t, a, left, on.AddDays(60))
		}
	}
	return granted
}

// ledgerSums adds up the entries themselves, by year.
func ledgerSums(t testing.TB, g *reporttest.Ground, year int) (paid, returned, recovered money.Fen) {
	t.Helper()
	err := g.DB.Owner.QueryRow(t.Context(), `select coalesce(sum(e.amount_fen) filter (where of_kind = 'pay'), 0),
			coalesce(sum(e.amount_fen) filter (where of_kind = 'return'), 0), coalesce(sum(e.amount_fen) filter (where of_kind = 'recover'), 0)
		from ledger_entry e join ledger_pool p on p.id = e.pool_id where p.year = $1`, year).Scan(&paid, &returned, &recovered)
	if err != nil {
		t.Fatal(err)
	}
	return paid, returned, recovered
}

func differences(t testing.TB, g *reporttest.Ground) (found []string) {
	t.Helper()
	rows, err := g.DB.Owner.Query(t.Context(), `select subject || ': ' || coalesce(stored, '-') || ' is not ' || coalesce(computed, '-') from project_differences()`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		found = append(found, line)
	}
	return found
}

// Every total shown equals the ledger to the fen: the list walked page by page,
// its stored sums, the single files, the fund and the open data.
func TestEveryTotalEqualsTheLedger(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		g, s := ground(t)
		granted := history(t, g, seed, 60)
		if d := differences(t, g); len(d) > 0 {
			t.Fatalf("seed %d: %v", seed, d)
		}
		var files report.Money
		for _, a := range granted {
			f, err := s.ProjectFile(t.Context(), a.No)
			if err != nil {
				t.Fatalf("%s: %v", a.No, err)
			}
			moved := report.Money{Approved: f.Approved}
			for _, m := range f.Moves {
				switch m.Kind {
				case report.Payment:
					moved.Paid += m.Amount
				case report.Return:
					moved.Returned += m.Amount
				default:
					moved.Recovered += m.Amount
				}
			}
			if moved != f.Money {
				t.Errorf("seed %d: %s moved %+v and shows %+v", seed, a.No, moved, f.Money)
			}
			files = files.Plus(f.Money)
		}
		var years report.Money
		for year := reporttest.Today.Year - 2; year <= reporttest.Today.Year; year++ {
			list, first := walk(t, s, report.ProjectFilter{Year: year}, report.NewestFirst, 7)
			total := sum(list)
			if stored := first.Tallies.Of(first.Filter); stored != total {
				t.Errorf("seed %d, %d: stored %+v, listed %+v", seed, year, stored, total)
			}
			paid, returned, recovered := ledgerSums(t, g, year)
			if total.Paid != paid || total.Returned != returned || total.Recovered != recovered {
				t.Errorf("seed %d, %d: listed %+v, ledger %d %d %d", seed, year, total, paid, returned, recovered)
			}
			fund, err := s.Fund(t.Context(), year)
			if err != nil || fund.Total.Paid != paid || fund.Total.Returned != returned || fund.Total.Recovered != recovered || fund.Projects != total {
				t.Errorf("seed %d, %d: fund %+v %v", seed, year, fund, err)
			}
			var open report.Tally
			err = s.Export(t.Context(), report.ProjectFilter{Year: year}, report.MostPaid, func(_ report.ExportHead, rows []report.OpenProject) error {
				for _, r := range rows {
					open.N++
					open.Money = open.Plus(r.Money)
				}
				return nil
			})
			if err != nil || open != total {
				t.Errorf("seed %d, %d: open data %+v, list %+v, %v", seed, year, open, total, err)
			}
			years = years.Plus(total.Money)
		}
		if years != files {
			t.Errorf("seed %d: years %+v, files %+v", seed, years, files)
		}
	}
}

// The control: a figure changed behind the ledger's back is named.
func TestTamperedSumsAreNoticed(t *testing.T) {
	t.Parallel()
	g, _ := ground(t)
	history(t, g, 5, 10)
	if d := differences(t, g); len(d) > 0 {
		t.Fatal(d)
	}
	for _, tamper := range []string{
		`update project_tally set paid_fen = paid_fen + 1 where (programme, category, place, progress, year) = ('', '', '', '', 0)`,
		`update project_tally set n = n + 1 where (programme, category, place, progress, year) = ('venture', '', '', '', 0)`,
		`update project set progress = 'closed' where progress <> 'closed'`,
		`delete from project where no = (select min(no) from project)`,
	} {
		if _, err := g.DB.Owner.Exec(t.Context(), tamper); err != nil {
			t.Fatal(err)
		}
		if len(differences(t, g)) == 0 {
			t.Errorf("nobody notices %s", tamper)
		}
		if _, err := g.DB.Owner.Exec(t.Context(), `select project_rebuild()`); err != nil {
			t.Fatal(err)
		}
		if d := differences(t, g); len(d) > 0 {
			t.Errorf("made anew after %s: %v", tamper, d)
		}
	}
	if _, err := g.DB.App.Pool().Exec(t.Context(), `update project_tally set n = 0`); err == nil {
		t.Error("the serving role writes sums")
	}
}

func TestVisibleFromTheSettledNotice(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	a := g.Sign(t, reporttest.Award{})
	if list, first := walk(t, s, report.ProjectFilter{}, report.NewestFirst, 20); len(list) != 0 || first.Tallies.Of(report.ProjectFilter{}).N != 0 {
		t.Errorf("listed before its notice has settled: %+v", list)
	}
	if _, err := s.ProjectFile(t.Context(), a.No); !errs.Is(err, errs.NotFound) {
		t.Errorf("file before its notice has settled: %v", err)
	}
	if _, _, err := s.OpenProject(t.Context(), a.No); !errs.Is(err, errs.NotFound) {
		t.Errorf("open data before its notice has settled: %v", err)
	}
	g.Settle(t, a)
	list, first := walk(t, s, report.ProjectFilter{}, report.NewestFirst, 20)
	if len(list) != 1 || list[0].No != a.No || list[0].Progress != report.Unpaid || first.Tallies.Of(report.ProjectFilter{}).Approved != a.Amount {
		t.Errorf("after: %+v", list)
	}
	f, err := s.ProjectFile(t.Context(), a.No)
	if err != nil || f.Requested != a.Requested || f.Edition == "" || f.DocumentSlug == "" || len(f.Acts) != 5 {
		t.Errorf("file: %+v %v", f, err)
	}
	for _, no := range []string{"", "nope", "FH-1", "'; drop table award", "FH-2026-9999", "\x00"} {
		if _, err := s.ProjectFile(t.Context(), no); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q: %v", no, err)
		}
	}
}

func TestProgress(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	a := g.Grant(t, reporttest.Award{Amount: 5000 * money.Yuan})
	expect := func(p report.Progress, back bool) {
		t.Helper()
		f, err := s.ProjectFile(t.Context(), a.No)
		if err != nil || f.Progress != p {
			t.Errorf("%s, want %s: %v", f.Progress, p, err)
		}
		_, first := walk(t, s, report.ProjectFilter{Progress: p}, report.NewestFirst, 5)
		if first.Tallies.Of(first.Filter).N != 1 || len(first.Items) != 1 {
			t.Errorf("%s: counted %+v, listed %d", p, first.Tallies.Of(first.Filter), len(first.Items))
		}
		list, _ := walk(t, s, report.ProjectFilter{Progress: report.CameBack}, report.NewestFirst, 5)
		if (len(list) == 1) != back {
			t.Errorf("came back: %d", len(list))
		}
	}
	expect(report.Unpaid, false)
	g.Pay(t, a, 5000*money.Yuan, a.On.AddDays(10))
	expect(report.Reporting, false)
	g.Back(t, a, "return", 12345, a.On.AddDays(50))
	expect(report.Reporting, true)
	g.Close(t, a, a.On.AddDays(60))
	expect(report.Closed, true)
	f, _ := s.ProjectFile(t.Context(), a.No)
	if f.Net() != 5000*money.Yuan-12345 || len(f.Moves) != 2 || f.Moves[1].Kind != report.Return {
		t.Errorf("%+v", f.Moves)
	}
}

func TestSearchFindsBySpellingsAndNumbers(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	a := g.Grant(t, reporttest.Award{Community: "440310002004", Name: "沙坣社区客家文化社", Title: "山歌传习 100%_计划", No: "WC-2026-0777", Programme: organization.Venture})
	g.Grant(t, reporttest.Award{Name: "六联社区银龄互助会", Community: "440310001001"})
	for query, found := range map[string]int{
		"山歌": 1, "沙坣": 1, "沙壆": 1, "客家": 1, "WC-2026-0777": 1, "wc-2026-0777": 1, "0777": 1, "100%": 1, "%": 1, "_": 1, "__": 0, "社": 2, "启动扶持": 1, "没有的词": 0,
		"山 歌": 1, "'": 0, `\`: 0, "六联社区": 1, "邻里活动": 2,
	} {
		list, _ := walk(t, s, report.ProjectFilter{Query: query}, report.NewestFirst, 20)
		if len(list) != found {
			t.Errorf("%q finds %d, want %d", query, len(list), found)
		}
		n := 0
		err := s.Export(t.Context(), report.ProjectFilter{Query: query}, report.NewestFirst, func(_ report.ExportHead, rows []report.OpenProject) error { n += len(rows); return nil })
		if err != nil || n != found {
			t.Errorf("%q: open data %d, want %d: %v", query, n, found, err)
		}
	}
	f, err := s.ProjectFile(t.Context(), a.No)
	if err != nil || f.OrganizationName != "沙坣社区客家文化社" {
		t.Errorf("%v %v", f.OrganizationName, err)
	}
}

func TestStrangeCursorsBeginAtTheBeginning(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	for range 5 {
		g.Grant(t, reporttest.Award{})
	}
	first, err := s.Projects(t.Context(), report.ProjectFilter{}, report.NewestFirst, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	for _, cursor := range []string{"-1", "1e9", "\x00", "%", "bgpkYXRl", "bgpkYXRlCjIwMjYtMDItMzAKRkgtMjAyNi0wMDAx", "bgpkYXRlCm5vcGUKRkg"} {
		p, err := s.Projects(t.Context(), report.ProjectFilter{}, report.NewestFirst, cursor, 2)
		if err != nil || !slices.Equal(numbers(p.Items, false), numbers(first.Items, false)) {
			t.Errorf("%q: %v %v", cursor, numbers(p.Items, false), err)
		}
	}
	p, err := s.Projects(t.Context(), report.ProjectFilter{}, report.MostPaid, first.Next, 2)
	if err != nil || p.Previous != "" {
		t.Errorf("a cursor of another order: %v", err)
	}
}

func TestPagesWithinTheirStatements(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	a := g.Grant(t, reporttest.Award{})
	for what, read := range map[string]func() (*postgres.Counter, error){
		"list": func() (*postgres.Counter, error) {
			ctx, c := postgres.CountStatements(t.Context())
			_, err := s.Projects(ctx, report.ProjectFilter{Query: "社"}, report.NewestFirst, "", 20)
			return c, err
		},
		"file": func() (*postgres.Counter, error) {
			ctx, c := postgres.CountStatements(t.Context())
			_, err := s.ProjectFile(ctx, a.No)
			return c, err
		},
		"fund": func() (*postgres.Counter, error) {
			ctx, c := postgres.CountStatements(t.Context())
			_, err := s.Fund(ctx, 0)
			return c, err
		},
	} {
		if c, err := read(); err != nil || c.Count() > 5 {
			t.Errorf("%s: %d statements, %v", what, c.Count(), err)
		}
	}
}
