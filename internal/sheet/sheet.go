// Package sheet reads tables that people made with a spreadsheet and writes
// tables for them: .xlsx and CSV. Level 1; no tables; knows no HTTP.
//
// Both directions are our own, on archive/zip and encoding/xml. Reading needs
// what a library hides behind one text a cell: whether an 18-digit number was
// text or has lost its last digits, whether a date was a date, whether a formula
// has a stored value, what is merged or hidden; and a bound on every part that is
// unpacked. Writing needs no more than rows that go out as they come, in constant
// memory and without a temporary file. The tests hold both against excelize.
//
// A text is given as it stands in its cell. Whoever takes it cleans it as any
// text from a person (form.Clean).
package sheet

import "strconv"

// Table is what a person sees on the sheet that was read.
type Table struct {
	Sheet  string      // the name of the sheet, "" of a CSV file
	Header []string    // the first row that is not empty, cleaned, one line each
	Rows   []Row       // what follows, without empty rows
	Faults []CellFault // cells that cannot be taken, by row and column
	Notes  []string    // what a person should know: hidden rows, other sheets, encoding
}

// Row is one row. It has as many cells as the header.
type Row struct {
	Number int // as the spreadsheet shows it
	Cells  []string
}

// CellFault says why the content of a cell cannot be taken and what to do.
type CellFault struct {
	Row, Col int    // as the spreadsheet counts, from 1
	Header   string // the head of the column, may be empty
	Message  string
}

// Address is the name of the cell: “C17”.
func (f CellFault) Address() string { return Address(f.Row, f.Col) }

// Limits bounds what is read. Zero values mean the defaults.
type Limits struct {
	Rows     int   // below the header; 20,000
	Columns  int   // 200
	Unpacked int64 // bytes of the parts of a workbook; 200 MB
	Text     int64 // bytes of all cells together; 64 MB
}

const (
	defaultRows     = 20_000
	defaultColumns  = 200
	defaultUnpacked = 200 << 20
	defaultText     = 64 << 20
	maxCell         = 32_767 // characters of one cell, as in Excel
	maxFaults       = 5_000
)

func (l Limits) withDefaults() Limits {
	if l.Rows <= 0 {
		l.Rows = defaultRows
	}
	if l.Columns <= 0 {
		l.Columns = defaultColumns
	}
	if l.Unpacked <= 0 {
		l.Unpacked = defaultUnpacked
	}
	if l.Text <= 0 {
		l.Text = defaultText
	}
	return l
}

// HelpSheet is the name of the sheet with instructions in a template. It is
// never taken for the data. optionSheet holds the choices of drop-down lists.
const (
	HelpSheet   = "填写说明"
	optionSheet = "选项"
)

// Address returns the name of a cell as a spreadsheet shows it: row 17, column 3
// is “C17”.
func Address(row, col int) string { return columnName(col) + strconv.Itoa(row) }

func columnName(col int) string {
	var name []byte
	for ; col > 0; col = (col - 1) / 26 {
		name = append([]byte{byte('A' + (col-1)%26)}, name...)
	}
	return string(name)
}

// parseAddress reads “C17”; ok is false for anything else.
func parseAddress(s string) (row, col int, ok bool) {
	i := 0
	for ; i < len(s) && i < 3 && s[i] >= 'A' && s[i] <= 'Z'; i++ {
		col = col*26 + int(s[i]-'A') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return row, col, err == nil && i > 0 && row > 0 && row <= maxSheetRows && s[i] != '+'
}

// maxSheetRows is how many rows a sheet of Excel has.
const maxSheetRows = 1 << 20
