package sheet

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

// Format is the kind of file that is written.
type Format string

// XLSX is for people, CSV for programs.
const (
	XLSX Format = "xlsx"
	CSV  Format = "csv"
)

// ContentType is what the file is over HTTP.
func (f Format) ContentType() string {
	if f == XLSX {
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "text/csv; charset=utf-8"
}

// Kind is what a column holds. It decides how the cells look in .xlsx, empty ones
// of a template included; a cell is what its value is.
type Kind int

// The closed list of kinds.
const (
	Text   Kind = iota
	Code        // a number, phone or ID: text, so that no digit is lost
	Date        // civil.Date
	Moment      // time.Time, as day and minute in Shanghai
	Money       // money.Fen, in 元
	Count       // int
)

// Column is a column of the table that is written.
type Column struct {
	Name    string
	Kind    Kind
	Width   float64  // in characters of Latin text; 0 is what the kind needs
	Choices []string // a drop-down list, .xlsx only; nothing else may be typed
	Hint    string   // shown when a cell is chosen, .xlsx only
}

// Writer writes a table row by row as the rows come, in constant memory and
// without a temporary file.
type Writer struct {
	columns []Column
	table   tableWriter
	err     error
}

// tableWriter is a format of file.
type tableWriter interface {
	row(cells []any) error
	help(rows [][]string)
	close() error
}

// NewWriter begins a table with its head. The name is that of the sheet; CSV has
// none. Nothing is closed but the Writer: w belongs to the caller.
func NewWriter(w io.Writer, format Format, name string, columns []Column) (*Writer, error) {
	var t tableWriter
	var err error
	switch format {
	case XLSX:
		t, err = newXLSX(w, name, columns, maxSheetRows)
	case CSV:
		t, err = newCSV(w, columns)
	default:
		err = fmt.Errorf("sheet: no format %q", format)
	}
	return &Writer{columns: columns, table: t, err: err}, err
}

// Row writes a row: a string, civil.Date, time.Time, money.Fen, int, int64 or
// bool for each column, nil or a zero date for an empty cell.
func (w *Writer) Row(cells ...any) error {
	if w.err != nil {
		return w.err
	}
	if len(cells) != len(w.columns) {
		w.err = fmt.Errorf("sheet: %d cells for %d columns", len(cells), len(w.columns))
		return w.err
	}
	w.err = w.table.row(cells)
	return w.err
}

// Help adds the sheet with instructions, .xlsx only. The first row is its head.
func (w *Writer) Help(rows [][]string) { w.table.help(rows) }

// Close ends the file. A table without Close is broken, and is seen to be.
func (w *Writer) Close() error {
	if w.err == nil {
		w.err = w.table.close()
	}
	return w.err
}

// csvTable writes RFC 4180 with a byte order mark, by which spreadsheets know the
// encoding.
type csvTable struct{ w *bufio.Writer }

func newCSV(w io.Writer, columns []Column) (*csvTable, error) {
	t := &csvTable{bufio.NewWriterSize(w, 32<<10)}
	_, _ = t.w.WriteString(markUTF8)
	head := make([]any, len(columns))
	for i, c := range columns {
		head[i] = c.Name
	}
	return t, t.row(head)
}

func (t *csvTable) help([][]string) {}
func (t *csvTable) close() error    { return t.w.Flush() }

func (t *csvTable) row(cells []any) error {
	for i, c := range cells {
		if i > 0 {
			_ = t.w.WriteByte(',')
		}
		text, err := csvText(c)
		if err != nil {
			return err
		}
		t.cell(text)
	}
	_, err := t.w.WriteString("\r\n")
	return err
}

// cell quotes whatever any spreadsheet could take for the end of a cell.
func (t *csvTable) cell(s string) {
	if !strings.ContainsAny(s, "\",;\t\n") && s == strings.TrimSpace(s) {
		_, _ = t.w.WriteString(s)
		return
	}
	_ = t.w.WriteByte('"')
	_, _ = t.w.WriteString(strings.ReplaceAll(s, `"`, `""`))
	_ = t.w.WriteByte('"')
}

func csvText(c any) (string, error) {
	switch v := c.(type) {
	case nil:
		return "", nil
	case string:
		return guard(lines(v)), nil
	case civil.Date:
		if v.IsZero() {
			return "", nil
		}
		return v.String(), nil
	case time.Time:
		if v.IsZero() {
			return "", nil
		}
		return v.In(civil.Shanghai).Format("2006-01-02 15:04"), nil
	case money.Fen:
		return v.Yuan(), nil
	case int:
		return strconv.Itoa(v), nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case bool:
		return yesNo(v), nil
	}
	return "", fmt.Errorf("sheet: no cell of %T", c)
}

func yesNo(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

// lines ends every line of a text in one way: the line feed that spreadsheets
// keep inside a cell.
func lines(s string) string {
	if !strings.Contains(s, "\r") {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// cut shortens a text to what a cell can hold and says so.
func cut(s string) string {
	if len(s) <= maxCell {
		return s
	}
	const rest = "……（太长，没有写完）"
	units := 0
	for i, r := range s {
		if units += utf16.RuneLen(r); units > maxCell-len(rest) {
			return s[:i] + rest
		}
	}
	return s
}
