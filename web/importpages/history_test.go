package importpages_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// sums are what grants of a year and programme come to.
type sums struct{ n, approved, paid, returned, recovered money.Fen }

// past is a history as three files hold it, and what it comes to.
type past struct {
	budgets, grants, payments [][]string
	want                      map[string]sums // by year and name of the programme
}

// history is n grants over five years with what was paid and came back; start-up
// support once for each organization, the others as they fall.
func history(numbers []string, n int) past {
	h := past{want: map[string]sums{}}
	for i := range n {
		org, round := numbers[i%len(numbers)], i/len(numbers)
		programme := organization.Programmes[round%len(organization.Programmes)]
		on := civil.Of(2019+(i*7+round)%5, time.Month(1+i%12), 1+i%28)
		title, amount := fmt.Sprintf("第%d项资助", i), money.Fen(100_000+137*i)
		due, filed := "", ""
		if i%3 == 0 {
			due = on.AddMonths(12).String()
		}
		if i%6 == 0 {
			filed = on.AddMonths(11).String()
		}
		h.grants = append(h.grants, []string{org, programme.Name(), title, "邻里活动", on.String(), amount.Yuan(), "坪民〔2019〕8号", due, filed})
		key := fmt.Sprint(on.Year, programme.Name())
		w := h.want[key]
		w.n++
		w.approved += amount
		move := func(kind organization.MoneyKind, sum *money.Fen, amount money.Fen, months int) {
			*sum += amount
			h.payments = append(h.payments, []string{"", org, title, on.String(), kind.Name(), on.AddMonths(months).String(), amount.Yuan(), fmt.Sprint("PZ", i)})
		}
		switch i % 5 {
		case 0: // not recorded
		case 1:
			move(organization.MoneyPaid, &w.paid, amount/2, 1)
		case 2:
			move(organization.MoneyRecovered, &w.recovered, 300, 9)
			move(organization.MoneyPaid, &w.paid, amount, 1)
			move(organization.MoneyReturned, &w.returned, 1234, 8)
		default:
			move(organization.MoneyPaid, &w.paid, amount/2, 1)
			move(organization.MoneyPaid, &w.paid, amount-amount/2, 2)
		}
		h.want[key] = w
	}
	for year := 2019; year <= 2023; year++ {
		for _, p := range ledger.Purposes[:4] {
			h.budgets = append(h.budgets, []string{strconv.Itoa(year), p.Name(), "5,000,000.50", "深坪财〔2019〕9号"})
		}
	}
	return h
}

// table reads a CSV of the site by the names of its columns.
func (s *site) table(t *testing.T, path string) (rows []map[string]string) {
	t.Helper()
	all, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(s.get(t, path).body), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatal(path, err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return rows
}

func fen(t *testing.T, s string) money.Fen {
	t.Helper()
	whole, part, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole+(part + "00")[:2], 10, 64)
	if err != nil {
		t.Fatalf("%q is no amount", s)
	}
	return money.Fen(n)
}

// adds compares the list as CSV and the fund of every year with what the files
// come to, to the fen.
func (s *site) adds(t *testing.T, want map[string]sums, budget money.Fen) {
	t.Helper()
	got := map[string]sums{}
	for _, r := range s.table(t, paths.ProjectsData+".csv") {
		if r["来源"] != "平台上线前" {
			continue
		}
		k := r["预算年度"] + r["工程"]
		w := got[k]
		w.n++
		w.approved += fen(t, r["核定（元）"])
		w.paid += fen(t, r["已拨付（元）"])
		w.returned += fen(t, r["已退回（元）"])
		w.recovered += fen(t, r["已追回（元）"])
		got[k] = w
	}
	for year := 2019; year <= 2023; year++ {
		var total sums
		for _, p := range organization.Programmes {
			k := fmt.Sprint(year, p.Name())
			if got[k] != want[k] {
				t.Errorf("%s: listed %+v, want %+v", k, got[k], want[k])
			}
			total.approved += want[k].approved
			total.n += want[k].n
		}
		for _, r := range s.table(t, paths.WithQuery(paths.FundData+".csv", url.Values{"year": {strconv.Itoa(year)}})) {
			if r["年度"] != strconv.Itoa(year) {
				continue // a year that has nothing is answered with this one
			}
			var w sums
			for _, p := range organization.Programmes {
				if strings.HasPrefix(r["用途"], p.Name()) {
					w = want[r["年度"]+p.Name()]
				}
			}
			if fen(t, r["预算（元）"]) != budget || fen(t, r["已占用（元）"]) != w.approved || fen(t, r["已拨付（元）"]) != w.paid || fen(t, r["已退回（元）"]) != w.returned || fen(t, r["已追回（元）"]) != w.recovered {
				t.Errorf("fund of %d: %v, want %+v", year, r, w)
			}
		}
		if fund := s.get(t, paths.FundOf(year)).says(); budget > 0 && !strings.Contains(fund, "预算 "+(4*budget).String()+" 元") {
			t.Errorf("/fund of %d: %.200s", year, fund)
		}
		if list := s.get(t, paths.ProjectsOfYear(year, "")).says(); total.n > 0 && !strings.Contains(list, total.approved.String()) {
			t.Errorf("/projects of %d does not come to %s: %.300s", year, total.approved, list)
		}
	}
	for _, fn := range []string{"project_differences", "ledger_differences"} {
		var n int
		if err := s.DB.Owner.QueryRow(t.Context(), `select count(*) from `+fn+`()`).Scan(&n); err != nil || n > 0 {
			t.Errorf("%s: %d, %v", fn, n, err)
		}
	}
}

// Budgets, 2,000 grants over five years and what was paid for them come in as
// uploaded workbooks: list, fund and CSV hold the sum of the rows to the fen, the
// rules of the first day know them the next moment, the second import changes
// nothing, and undone in turn everything is as before.
func TestAHistoryOfTwoThousandGrants(t *testing.T) {
	t.Parallel()
	g := reporttest.New(t)
	g.Grant(t, reporttest.Award{Year: 2025})
	orgs := g.Organizations(t, 500, civil.Of(2018, 3, 1)) // neighbours have one head
	s := siteOf(t, g.DB)
	var numbers []string
	for i := range orgs {
		if i != 0 && i != 49 { // two have nothing, the second beside one that had a grant within three years
			numbers = append(numbers, fmt.Sprintf("坪社备〔2018〕第%04d号", i+2))
		}
	}
	h := history(numbers, 2000)
	before := s.Digest(t)
	if l := g.Condition(t, orgs[1], "once"); l.Answer != funding.Unknown {
		t.Errorf("nobody looked: %+v", l)
	}
	took := stopwatch(t)
	budgets := s.bring(t, "budgets", s.File(t, "budgets", h.budgets))
	content := s.File(t, "grants", h.grants)
	p := s.upload(t, "grants", content)
	took("2,000 grants uploaded and previewed")
	if !strings.Contains(p.says(), "确认导入 2000 行") {
		t.Fatal(p.says())
	}
	grants := s.press(t, p, "/confirmation", nil).id(t)
	took("confirmed")
	moved := s.File(t, "payments", h.payments)
	p = s.upload(t, "payments", moved)
	took("3,200 payments uploaded and previewed")
	payments := s.press(t, p, "/confirmation", nil).id(t)
	took("confirmed")

	if l := g.Condition(t, orgs[1], "once"); l.Answer != funding.Unmet || !strings.Contains(l.Value, "领过 1,000.00 元") {
		t.Errorf("once: %+v", l)
	}
	if l := g.Condition(t, orgs[4], "unreported"); l.Answer != funding.Unmet {
		t.Errorf("an owed report: %+v", l)
	}
	if l := g.Condition(t, orgs[49], "same_head"); !strings.Contains(l.Value, "2023年12月20日") {
		t.Errorf("same head: %+v", l)
	}
	s.adds(t, h.want, 500_000_050)
	took("list, fund and CSV of five years")

	for kind, again := range map[string][]byte{"grants": content, "payments": moved} {
		if p := s.upload(t, kind, again); !strings.Contains(p.says(), "没有可以导入的行") {
			t.Errorf("%s read again: %s", kind, p.says())
		}
	}
	took("both read again")
	blocked := s.get(t, paths.ImportAct(grants.String(), "undoing"))
	if blocked.Find("main form").Length() > 0 || blocked.Find(`main a[href="`+paths.Import(payments.String())+`"]`).Length() != 1 || !strings.Contains(blocked.says(), "先撤销那次拨付的导入") {
		t.Errorf("grants whose payments stand: %s", blocked.says())
	}
	forced := s.post(t, paths.ImportAct(grants.String(), "undoing"), url.Values{"reason": {"导错了文件，重新来"}, "version": {"2"}})
	if forced.status != http.StatusConflict || !strings.Contains(forced.says(), "先撤销那次拨付的导入") {
		t.Errorf("undone all the same: %d %s", forced.status, forced.says())
	}
	for _, id := range []uuid.UUID{payments, grants, budgets} {
		u := s.get(t, paths.ImportAct(id.String(), "undoing"))
		if done := s.press(t, u, "/undoing", url.Values{"reason": {"导错了文件，重新来"}}); !strings.Contains(done.says(), "已撤销") {
			t.Fatalf("%d %s", done.status, done.says())
		}
		took("undone")
	}
	s.adds(t, nil, 0)
	importtest.Same(t, before, s.Digest(t))
}
