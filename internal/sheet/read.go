package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"civilaffairs/internal/form"
)

// Read reads the table in a file. What the file is, its content says; filename
// only chooses the words of a refusal. A file that cannot be read at all is
// errs.Invalid with what to do; what is wrong with single cells stands in Faults.
func Read(content io.ReaderAt, size int64, filename string, limits Limits) (Table, error) {
	if size == 0 {
		return Table{}, refuse("文件是空的。核对选的是不是这个文件，重新存一份再上传。")
	}
	head := make([]byte, min(size, 4096))
	if _, err := content.ReadAt(head, 0); err != nil && !errors.Is(err, io.EOF) {
		return Table{}, err
	}
	g := &grid{limits: limits.withDefaults()}
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")):
		err = g.readWorkbook(content, size)
	case isText(head):
		err = g.readText(content, size)
	default:
		err = refusal(content, size, head, filename)
	}
	if err == nil {
		err = g.finish()
	}
	if err != nil {
		return Table{}, err
	}
	return g.table, nil
}

// grid builds a table from rows as they are read.
type grid struct {
	limits    Limits
	table     Table
	headerRow int   // 0 until there is one
	width     int   // columns up to the last that is not empty
	text      int64 // bytes of all cells
}

// row takes the next row; cells are copied.
func (g *grid) row(number int, cells []string) error {
	last := 0
	for i, c := range cells {
		if strings.TrimSpace(c) == "" {
			cells[i] = "" // a person sees nothing there
		} else {
			last = i + 1
		}
		g.text += int64(len(c))
	}
	faulty := len(g.table.Faults) > 0 && g.table.Faults[len(g.table.Faults)-1].Row == number
	switch {
	case last == 0 && !faulty:
		return nil
	case last > g.limits.Columns:
		return refuse("表格有 %d 列，最多读 %d 列。删掉多余的列再上传。", last, g.limits.Columns)
	case g.text > g.limits.Text:
		return tooLarge(g.limits.Text)
	}
	g.width = max(g.width, last)
	kept := slices.Clone(cells[:last])
	if g.headerRow == 0 {
		g.headerRow = number
		for _, c := range kept {
			g.table.Header = append(g.table.Header, form.Clean(c, false))
		}
		return nil
	}
	if len(g.table.Rows) == g.limits.Rows {
		return refuse("表格超过 %s 行，一次最多读这么多。分成几个文件再上传。", thousands(g.limits.Rows))
	}
	g.table.Rows = append(g.table.Rows, Row{Number: number, Cells: kept})
	return nil
}

// fault names a cell that cannot be taken. A file full of them is refused: a row
// whose fault is left out would pass for a good one.
func (g *grid) fault(row, col int, message string) error {
	g.table.Faults = append(g.table.Faults, CellFault{Row: row, Col: col, Message: message})
	if len(g.table.Faults) > maxFaults {
		first := g.table.Faults[0]
		return refuse("超过 %s 个单元格读不了，第一个是 %s：%s", thousands(maxFaults), first.Address(), first.Message)
	}
	return nil
}

func (g *grid) note(format string, args ...any) {
	g.table.Notes = append(g.table.Notes, fmt.Sprintf(format, args...))
}

// finish gives every row the width of the table and every fault its column.
func (g *grid) finish() error {
	t := &g.table
	if g.headerRow == 0 {
		return refuse("表格是空的，一个字也没有。按模板填好再上传。")
	}
	for _, f := range t.Faults {
		g.width = max(g.width, f.Col)
	}
	t.Header = wide(t.Header, g.width)
	for i := range t.Rows {
		t.Rows[i].Cells = wide(t.Rows[i].Cells, g.width)
	}
	slices.SortStableFunc(t.Faults, func(a, b CellFault) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return a.Col - b.Col
	})
	for i, f := range t.Faults {
		t.Faults[i].Header = t.Header[f.Col-1]
	}
	return nil
}

func wide(cells []string, n int) []string {
	return append(cells, make([]string, max(0, n-len(cells)))...)
}

// rowAt returns the row with a number as the spreadsheet shows it.
func (g *grid) rowAt(number int) (Row, bool) {
	i, ok := slices.BinarySearchFunc(g.table.Rows, number, func(r Row, n int) int { return r.Number - n })
	if !ok {
		return Row{}, false
	}
	return g.table.Rows[i], true
}

// thousands writes a limit as people read it: “20,000”.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
