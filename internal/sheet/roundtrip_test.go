package sheet

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

func write(t testing.TB, f Format, columns []Column, rows [][]any) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewWriter(&b, f, "组织", columns)
	for _, r := range rows {
		if err == nil {
			err = w.Row(r...)
		}
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(content []byte, name string) (Table, error) {
	return Read(bytes.NewReader(content), int64(len(content)), name, Limits{})
}

func mustRead(t testing.TB, content []byte, name string) Table {
	t.Helper()
	table, err := read(content, name)
	if err != nil {
		t.Fatal(err)
	}
	return table
}

// pieces are what random texts are made of: whatever a format could trip over.
var pieces = []string{"=", "+", "-", "@", "＝", "＋", "'", "''", `"`, `""`, ",", ";", "\t", "\n", " ", "　", "|", "坪环社区", "𠮷", "坣", "沙壆", "0012", "440310199002280010",
	"=HYPERLINK(\"http://x\",\"y\")", "_x000D_", "_x0041_x0042_", "_x005F_", "<b>&amp;", "]]>", "1e5", "%", "\u200d", "é", "是", "1/2", "TRUE", "#N/A"}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(5) {
		b.WriteString(pieces[r.IntN(len(pieces))])
	}
	return b.String()
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	t.Parallel()
	columns := []Column{{Name: "编号", Kind: Code}, {Name: "名称"}, {Name: "说明"}, {Name: "成立日期", Kind: Date}, {Name: "登记时间", Kind: Moment}, {Name: "金额（元）", Kind: Money}, {Name: "人数", Kind: Count}, {Name: "党组织"}}
	r := rand.New(rand.NewPCG(4, 2017))
	at := time.Date(2026, 11, 25, 23, 59, 0, 0, civil.Shanghai)
	var rows [][]any
	var want [][]string
	for i := range 3000 {
		day := civil.Of(1900, time.March, 1).AddDays(r.IntN(60_000))
		fen := money.Fen(r.Int64N(int64(money.Max)*2) - int64(money.Max))
		moment := at.Add(time.Duration(r.IntN(1_000_000)) * time.Minute)
		name, note, code := randomText(r), randomText(r), fmt.Sprintf("%018d", r.Int64N(1e18))
		rows = append(rows, []any{code, name, note, day, moment, fen, i, i%2 == 0})
		want = append(want, []string{code, seen(name), seen(note), day.String(), moment.Format("2006-01-02 15:04"), plainYuan(fen), fmt.Sprint(i), yesNo(i%2 == 0)})
	}
	for _, f := range []Format{XLSX, CSV} {
		t.Run(string(f), func(t *testing.T) {
			t.Parallel()
			table := mustRead(t, write(t, f, columns, rows), "x")
			var got [][]string
			for i, row := range table.Rows {
				if row.Number != i+2 && f == XLSX {
					t.Fatalf("row %d is said to be %d", i+2, row.Number)
				}
				if f == CSV { // CSV keeps the decimals, .xlsx the number
					row.Cells[5] = strings.TrimSuffix(strings.TrimSuffix(row.Cells[5], "0"), ".0")
				}
				row.Cells[4] = strings.TrimSuffix(row.Cells[4], " 00:00")
				got = append(got, row.Cells)
			}
			for i := range want {
				want := want[i]
				want[4] = strings.TrimSuffix(want[4], " 00:00")
				if i >= len(got) || !cmp.Equal(want, got[i]) {
					t.Fatalf("row %d: wrote %q, read %q", i, want, got[min(i, len(got)-1)])
				}
			}
			if len(table.Faults)+len(table.Notes) > 0 || len(got) != len(want) {
				t.Errorf("faults %v, notes %v, %d rows", table.Faults, table.Notes, len(got))
			}
		})
	}
}

// seen is a text as a person sees it: blanks alone are nothing.
func seen(s string) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	return s
}

// plainYuan is an amount without trailing zeros.
func plainYuan(f money.Fen) string {
	return strings.TrimSuffix(strings.TrimSuffix(f.Yuan(), "0"), ".0")
}

// What a spreadsheet must not take for a formula never begins one in CSV, and is
// text in .xlsx. excelize is the witness for what stands in the file.
func TestNoTextBecomesAFormula(t *testing.T) {
	t.Parallel()
	var rows [][]any
	for _, s := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\n=1", "\r=1", "＝1+1", "'=1", "a\"=1", "x;=1"} {
		rows = append(rows, []any{s, money.Fen(-150)})
	}
	columns := []Column{{Name: "=名称"}, {Name: "金额", Kind: Money}}
	lines := strings.Split(string(write(t, CSV, columns, rows)), "\r\n")
	for _, line := range lines[:len(lines)-1] {
		cell := strings.TrimPrefix(strings.TrimPrefix(line, "\ufeff"), `"`)
		if opens(cell) {
			t.Errorf("a line of CSV begins a formula: %q", line)
		}
	}
	if !strings.Contains(lines[2], ",-1.50") {
		t.Errorf("a negative amount is a number: %q", lines[2])
	}
	f := witness(t, write(t, XLSX, columns, rows))
	for i := range rows {
		cell := Address(i+2, 1)
		kind, err := f.GetCellType("组织", cell)
		formula, _ := f.GetCellFormula("组织", cell)
		if err != nil || kind != excelize.CellTypeInlineString || formula != "" {
			t.Errorf("%s: type %v, formula %q, %v", cell, kind, formula, err)
		}
	}
}

func witness(t *testing.T, content []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func TestAnotherLibraryReadsTheWorkbook(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	columns := []Column{{Name: "名称", Hint: "与证书一致"}, {Name: "信用代码", Kind: Code}, {Name: "街道", Choices: []string{"坪山街道", "马峦街道"}}, {Name: "成立日期", Kind: Date}, {Name: "资金（元）", Kind: Money}}
	w, err := NewWriter(&b, XLSX, "组织", columns)
	if err != nil {
		t.Fatal(err)
	}
	w.Help([][]string{{"列", "怎样填"}, {"名称", "与证书一致"}})
	if err := w.Row("𠮷祥队\n二队", "510123456789012345", "坪山街道", civil.Of(2026, 10, 9), money.Fen(123456)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := witness(t, b.Bytes())
	rows, err := f.GetRows("组织")
	want := [][]string{{"名称", "信用代码", "街道", "成立日期", "资金（元）"}, {"𠮷祥队\n二队", "510123456789012345", "坪山街道", "2026-10-09", "1,234.56"}}
	if diff := cmp.Diff(want, rows); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if got := f.GetSheetList(); !cmp.Equal(got, []string{"组织", HelpSheet, optionSheet}) {
		t.Errorf("sheets %v", got)
	}
	if visible, _ := f.GetSheetVisible(optionSheet); visible {
		t.Error("the choices are in sight")
	}
	rules, err := f.GetDataValidations("组织")
	if err != nil || len(rules) != 2 || rules[1].Formula1 != "选项!$C$1:$C$2" || *rules[0].Prompt != "与证书一致" {
		t.Errorf("rules %+v, %v", rules, err)
	}
	if panes, _ := f.GetPanes("组织"); !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the head is not frozen: %+v", panes)
	}
	// Rows that are still to be filled in take a code as text.
	if style, _ := f.GetColStyle("组织", "B"); style != styleText {
		t.Errorf("style of a column of codes %d", style)
	}
	if table := mustRead(t, b.Bytes(), "x.xlsx"); table.Sheet != "组织" || len(table.Rows) != 1 || len(table.Notes) != 0 {
		t.Errorf("a template reads as %+v", table)
	}
}

func TestALongTableGoesOnInTheNextSheet(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	columns := []Column{{Name: "编号"}}
	x, err := newXLSX(&b, "项目", columns, 4)
	for i := range 7 {
		if err == nil {
			err = x.row([]any{fmt.Sprint(i)})
		}
	}
	if err == nil {
		err = x.close()
	}
	if err != nil {
		t.Fatal(err)
	}
	f := witness(t, b.Bytes())
	var all []string
	for _, s := range f.GetSheetList() {
		rows, _ := f.GetRows(s)
		for _, r := range rows {
			all = append(all, s+" "+r[0])
		}
	}
	want := []string{"项目 编号", "项目 0", "项目 1", "项目 2", "项目 (2) 编号", "项目 (2) 3", "项目 (2) 4", "项目 (2) 5", "项目 (3) 编号", "项目 (3) 6"}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
}

func TestAWriterSaysWhatItCannotWrite(t *testing.T) {
	t.Parallel()
	for _, f := range []Format{XLSX, CSV} {
		w, err := NewWriter(&bytes.Buffer{}, f, "", []Column{{Name: "一"}})
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Row(3.5); err == nil {
			t.Errorf("%s took a float for an amount", f)
		}
		if err := w.Close(); err == nil {
			t.Errorf("%s ended as if nothing had been left out", f)
		}
	}
	w, _ := NewWriter(&bytes.Buffer{}, CSV, "", []Column{{Name: "一"}, {Name: "二"}})
	if err := w.Row("x"); err == nil {
		t.Error("a row one cell short passed")
	}
	if _, err := NewWriter(&bytes.Buffer{}, "ods", "", nil); err == nil {
		t.Error("an unknown format passed")
	}
}
