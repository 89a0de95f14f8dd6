package importpages_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/importing"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/paths"
)

// spoilers are twenty kinds of faults: what they do to a row, at which column the
// fault stands, and what its message says.
var spoilers = []struct {
	column, typed string
	at, words     string
}{
	{"组织", "没有的组织", "组织", "没有找到"},
	{"组织", "", "组织", "没有填"},
	{"姓名", "", "姓名", "没有填"},
	{"姓名", "王3", "姓名", "姓名里有“3”"},
	{"证件类型", "学生证", "证件类型", "不在可选"},
	{"证件号码", "110105194912310021", "证件号码", "最后一位对不上"},
	{"证件号码", "440310199002300018", "证件号码", "不是一个出生日期"},
	{"证件号码", "", "证件号码", "专职人员要填"},
	{"证件号码", "110105491231002", "证件号码", "15 位"},
	{"职务", "经理", "职务", "不在可选"},
	{"职务", "", "职务", "选一项"},
	{"专职", "也许", "专职", "填“是”或“否”"},
	{"学历", "博士后", "学历", "不在可选"},
	{"职业资格", "律师", "职业资格", "不在可选"},
	{"加入日期", "2018-02-30", "加入日期", "2018年2月没有30日"},
	{"加入日期", "去年", "加入日期", "认不出"},
	{"加入日期", "2018-12-01", "加入日期", "还没到"},
	{"最后一天", "2017-01-01", "最后一天", "早于加入日期"},
	{"合同签订方", "公司", "合同签订方", "不在可选"},
	{"参保月份", "2018年春", "参保月份", "认不出"},
}

// A roster of 5,000 rows with 300 planted faults of 20 kinds, over HTTP: every
// fault stands in the file of faults under its row, and those on the page at their
// cell and header; the rest goes in and its result leads to the members; a second
// import is a no-op, and the undo is exact.
func TestARosterOfFiveThousand(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.bring(t, "organizations", s.example(t, "organizations"))
	before := s.Digest(t)
	k, err := s.Kind("people")
	if err != nil {
		t.Fatal(err)
	}
	column := func(name string) int {
		return slices.IndexFunc(k.Columns, func(c importing.Column) bool { return c.Name == name })
	}
	rows, planted := importtest.People(5000), map[int]int{}
	for n, i := range rand.New(rand.NewPCG(1, 2)).Perm(5000)[:300] {
		planted[i] = n % len(spoilers)
		rows[i][column(spoilers[planted[i]].column)] = spoilers[planted[i]].typed
	}
	content := s.File(t, "people", rows)
	took := stopwatch(t)
	p := s.upload(t, "people", content)
	took("uploaded and previewed")
	if !strings.Contains(p.says(), "确认导入 4700 行") {
		t.Fatal(p.says())
	}
	shown := p.cells("有问题的单元格")
	for _, cell := range shown {
		at, header, _ := strings.Cut(cell[0], " ")
		row := 0
		if _, err := fmt.Sscanf(strings.TrimLeft(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "%d", &row); err != nil {
			t.Fatal(cell)
		}
		f, spoilt := planted[row-2]
		if !spoilt || spoilers[f].at == header && (at != sheet.Address(row, column(header)+1) || !strings.Contains(cell[2], spoilers[f].words)) {
			t.Errorf("%q: planted %+v", cell, f)
		}
		if typed := rows[row-2][column(header)]; header == "证件号码" && typed != "" && cell[1] == typed {
			t.Errorf("%s shows a number in full", at)
		}
	}
	if len(shown) != 200 {
		t.Errorf("%d cells on the page", len(shown))
	}
	preview, err := s.Open(t.Context(), s.Clerk, p.id(t))
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range planted { // those that the page has no room for too
		x, l := spoilers[f], preview.Lines[i]
		if !slices.ContainsFunc(l.Faults, func(f importing.Fault) bool {
			return f.Header == x.at && f.Address == sheet.Address(i+2, column(x.at)+1) && strings.Contains(f.Message, x.words)
		}) {
			t.Errorf("row %d with %+v: %+v", i+2, x, l.Faults)
		}
	}
	s.faultsFile(t, p, rows, planted)
	took("faults taken")

	p = s.press(t, p, "/confirmation", nil)
	took("confirmed")
	id := p.id(t)
	s.walkResult(t, id.String(), 4700, 300)
	took("result walked")
	if again := s.upload(t, "people", content); !strings.Contains(again.says(), "没有可以导入的行") || !strings.Contains(again.says(), "没有变化4700 行") {
		t.Errorf("read again: %s", again.says())
	}
	took("read again")
	u := s.get(t, paths.ImportAct(id.String(), "undoing"))
	if !strings.Contains(u.says(), "花名册记录4700 条") || !strings.Contains(u.says(), "撤销不会影响别的记录") {
		t.Errorf("before the undo: %s", u.says())
	}
	if short := s.press(t, u, "/undoing", url.Values{"reason": {"错"}}); short.status != http.StatusUnprocessableEntity || !strings.Contains(short.error("reason"), "5 到 200 个字") {
		t.Errorf("a short reason: %d %s", short.status, short.says())
	}
	if stale := s.press(t, u, "/undoing", url.Values{"reason": {"导错了文件，重新来"}, "version": {"1"}}); stale.status != http.StatusConflict || !strings.Contains(stale.says(), "导错了文件，重新来") {
		t.Errorf("a stale version: %d %s", stale.status, stale.says())
	}
	took("undo asked for")
	if done := s.press(t, u, "/undoing", url.Values{"reason": {"导错了文件，重新来"}}); !strings.Contains(done.says(), "已撤销") || !strings.Contains(done.says(), "记录已经不在了") {
		t.Errorf("undone: %s", done.says())
	}
	took("undone")
	importtest.Same(t, before, s.Digest(t))
}

// stopwatch says how long each step took.
func stopwatch(t *testing.T) func(what string) {
	began := time.Now()
	return func(what string) {
		t.Logf("%s: %v", what, time.Since(began).Round(time.Millisecond))
		began = time.Now()
	}
}

// faultsFile takes the faulty rows: with a reason, as typed, each with its fault.
func (s *site) faultsFile(t *testing.T, p page, rows [][]string, planted map[int]int) {
	t.Helper()
	ask := s.get(t, p.Find(`a[href$="/faults"]`).AttrOr("href", ""))
	if refused := s.press(t, ask, "/faults", url.Values{"reason": {""}}); refused.status != http.StatusUnprocessableEntity || refused.error("reason") == "" {
		t.Errorf("numbers without a reason: %d %s", refused.status, refused.says())
	}
	file := s.press(t, ask, "/faults", url.Values{"reason": {"请街道核对证件号码"}})
	table, err := sheet.Read(bytes.NewReader(file.body), int64(len(file.body)), "要改的行.xlsx", sheet.Limits{})
	if err != nil || len(table.Rows) != 300 {
		t.Fatalf("%d rows, %v, %.200s", len(table.Rows), err, file.body)
	}
	order := make([]int, 0, 300)
	for i := range planted {
		order = append(order, i)
	}
	slices.Sort(order)
	for n, i := range order {
		cells, f := table.Rows[n].Cells, spoilers[planted[i]]
		if !slices.Equal(cells[:len(rows[i])], rows[i]) {
			t.Errorf("row %d was %q, is %q", i+2, rows[i], cells)
		}
		if said := cells[len(cells)-1]; !slices.ContainsFunc(strings.Split(said, "\n"), func(line string) bool {
			return strings.HasPrefix(line, f.at+"：") && strings.Contains(line, f.words)
		}) {
			t.Errorf("row %d with %+v: %q", i+2, f, said)
		}
	}
	var reason string
	if err := s.DB.Owner.QueryRow(t.Context(), `select detail ->> 'reason' from audit_entry where action = 'import.faults'`).Scan(&reason); err != nil || reason != "请街道核对证件号码" {
		t.Errorf("the trail says %q, %v", reason, err)
	}
}

// walkResult goes through the pages of a result: every row once, those written
// with a link, and filtered by what became of them.
func (s *site) walkResult(t *testing.T, id string, made, faulty int) {
	t.Helper()
	for _, c := range []struct {
		result importing.Result
		n      int
	}{{importing.Made, made}, {importing.WasFaulty, faulty}} {
		seen := map[string]bool{}
		for at := paths.WithQuery(paths.Import(id), url.Values{"result": {string(c.result)}}); at != ""; {
			p := s.get(t, at)
			for _, row := range p.cells("每一行的结果") {
				if seen[row[1]] || row[2] != c.result.Name() {
					t.Fatalf("%s: %q", at, row)
				}
				seen[row[1]] = true
			}
			if links := p.Find(`table a[href*="/roster/"]`).Length(); c.result == importing.Made && links != len(p.cells("每一行的结果")) {
				t.Fatalf("%s: %d links", at, links)
			}
			at = p.Find("a[rel=next]").AttrOr("href", "")
		}
		if len(seen) != c.n {
			t.Errorf("%s: %d rows, want %d", c.result, len(seen), c.n)
		}
	}
	all := s.get(t, paths.Import(id))
	if tabs := strings.Join(strings.Fields(all.Find("nav.tabs").Text()), " "); tabs != fmt.Sprintf("全部 %d新登记 %d有问题 %d", made+faulty, made, faulty) {
		t.Errorf("tabs: %s", tabs)
	}
}
