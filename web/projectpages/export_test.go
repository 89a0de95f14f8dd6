package projectpages_test

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"civilaffairs/internal/demo"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
)

// parsed reads a download as a spreadsheet would.
func parsed(t testing.TB, text string) (head []string, rows [][]string) {
	t.Helper()
	rest, ok := strings.CutPrefix(text, "\ufeff")
	if !ok {
		t.Fatalf("no byte order mark: %.40q", text)
	}
	if !strings.HasSuffix(rest, "\r\n") {
		t.Error("the last line does not end in CR LF")
	}
	all, err := csv.NewReader(strings.NewReader(rest)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return all[0], all[1:]
}

func fen(t testing.TB, s string) money.Fen {
	t.Helper()
	f, err := money.Parse(s)
	if err != nil && s != "0.00" {
		t.Fatalf("%q: %v", s, err)
	}
	return f
}

// spread plants projects with money in every state.
func spread(t testing.TB, s *site) {
	t.Helper()
	for i := range 9 {
		a := s.Grant(t, reporttest.Award{Amount: money.Fen(100001 + i*37), Programme: report.Programmes[i%4], Category: organization.Categories[i%6], Year: 2025 + i%2})
		if i%3 > 0 {
			s.Pay(t, a, a.Amount-money.Fen(i), a.On.AddDays(20))
		}
		if i%3 == 2 {
			s.Back(t, a, []string{"return", "recover"}[i%2], money.Fen(1001+i), a.On.AddDays(40))
		}
	}
}

// The three forms of one list agree to the fen, under every filter.
func TestDownloadsEqualTheList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	spread(t, s)
	for _, query := range []string{"", "?year=2025", "?programme=venture&sort=paid", "?progress=came_back", "?q=%E5%90%AF%E5%8A%A8&sort=approved_asc", "?year=2026&category=rights"} {
		page := s.Get("", "/projects"+query)
		head, rows := parsed(t, s.Get("", "/open-data/projects.csv"+query).Body)
		var fromCSV, fromJSON report.Money
		var order []string
		for _, r := range rows {
			fromCSV = fromCSV.Plus(report.Money{Approved: fen(t, r[12]), Paid: fen(t, r[13]), Returned: fen(t, r[14]), Recovered: fen(t, r[15])})
			order = append(order, r[0])
		}
		if head[0] != "编号" || head[12] != "核定（元）" || len(head) != 20 {
			t.Fatalf("columns %v", head)
		}
		var doc struct {
			Grants []struct {
				ID        string      `json:"id"`
				Awarded   json.Number `json:"amountAwarded"`
				Disbursed json.Number `json:"amountDisbursed"`
				Returned  json.Number `json:"amountReturned"`
				Recovered json.Number `json:"amountRecovered"`
			} `json:"grants"`
		}
		if err := json.Unmarshal([]byte(s.Get("", "/open-data/projects.json"+query).Body), &doc); err != nil {
			t.Fatal(err)
		}
		for i, g := range doc.Grants {
			fromJSON = fromJSON.Plus(report.Money{Approved: fen(t, g.Awarded.String()), Paid: fen(t, g.Disbursed.String()), Returned: fen(t, g.Returned.String()), Recovered: fen(t, g.Recovered.String())})
			if !strings.HasSuffix(g.ID, order[i]) {
				t.Errorf("%s: place %d is %s in one and %s in the other", query, i, g.ID, order[i])
			}
		}
		if fromCSV != fromJSON || len(doc.Grants) != len(rows) || len(rows) != lines(page) {
			t.Errorf("%s: CSV %d %+v, JSON %d %+v, page %d", query, len(rows), fromCSV, len(doc.Grants), fromJSON, lines(page))
		}
		if !strings.Contains(query, "q=") && len(rows) > 0 {
			page.Says("main", "共 "+strconv.Itoa(len(rows))+" 个项目，核定 "+fromCSV.Approved.String()+" 元，已拨付 "+fromCSV.Paid.String()+" 元，已退回 "+
				fromCSV.Returned.String()+" 元，已追回 "+fromCSV.Recovered.String()+" 元")
		}
	}
}

func TestDownloadsCarryNoFormulas(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	attacks := []string{`=cmd|' /C calc'!A0`, "+1+1", "-2+3", "@SUM(1)", "\t=1", "＝1+1", `a"b,c`, "两行\r\n=1"}
	for _, text := range attacks {
		s.Grant(t, reporttest.Award{Title: text, Purpose: text})
	}
	_, rows := parsed(t, s.Get("", "/open-data/projects.csv?sort=date_asc").Body)
	if len(rows) != len(attacks) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, r := range rows {
		for _, cell := range r {
			if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
				t.Errorf("%q begins a formula", cell)
			}
		}
		// The text itself is whole: an apostrophe before it, nothing else.
		want := strings.ReplaceAll(attacks[i], "\r\n", "\n") // a reader of RFC 4180 joins the two
		if got := strings.TrimPrefix(r[1], "'"); got != want {
			t.Errorf("%q became %q", want, got)
		}
	}
}

// What is streamed is not gathered first: the beginning is there while most is
// still unread, and reading all takes no more memory than a part of it.
func TestDownloadsAreStreamed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, sql := range []string{`insert into demo_mark (planted_at, seed) values (portal_now(), 1)`, `insert into demo_complete (completed_at) values (portal_now())`} {
		if _, err := s.Ground.DB.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	const n = 6000
	if err := demo.PlantProjects(t.Context(), s.Ground.DB.App, s.Ground.DB.Owner, n); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/open-data/projects.csv", "/open-data/projects.json"} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		if res.ContentLength != -1 || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: length %d, %v", path, res.ContentLength, res.Header)
		}
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		in, grants := bufio.NewReader(res.Body), 0
		size, last := 0, make([]byte, 0, 64)
		for {
			part := make([]byte, 32<<10)
			k, err := in.Read(part)
			size += k
			grants += strings.Count(string(part[:k]), "测量用的数据")
			last = append(last, part[:k]...)
			last = last[max(0, len(last)-64):]
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s after %d bytes: %v", path, size, err)
			}
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		_ = res.Body.Close()
		if grants < n-200 || grants > n { // a word across two parts is not counted
			t.Errorf("%s: %d of %d projects in %d bytes", path, grants, n, size)
		}
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > int64(size)/2+8<<20 {
			t.Errorf("%s: %d bytes stay in memory for an answer of %d", path, grown, size)
		}
		if path == "/open-data/projects.json" && !strings.HasSuffix(string(last), "]}\n") {
			t.Errorf("%s ends in %q", path, last)
		}
	}
}
