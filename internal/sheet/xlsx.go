package sheet

import (
	"archive/zip"
	"bufio"
	"compress/flate"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

// xlsxTable writes a workbook part by part: the rows as they come, then the list
// of the sheets that there turned out to be.
type xlsxTable struct {
	zip     *zip.Writer
	w       *bufio.Writer // of the part that is being written
	name    string
	columns []Column
	most    int // rows of a sheet; beyond them the table goes on in the next
	number  int // of the last row
	sheets  []xlsxSheet
	helping [][]string
}

type xlsxSheet struct {
	name   string
	hidden bool
	rows   int
}

// Styles of cells, in the order of stylesPart.
const (
	styleHead = iota + 1
	styleText
	styleDate
	styleMoment
	styleMoney
	styleCount
	styleWrapped
)

var kindStyles = map[Kind]int{Text: styleText, Code: styleText, Date: styleDate, Moment: styleMoment, Money: styleMoney, Count: styleCount}

var kindWidths = map[Kind]float64{Text: 20, Code: 22, Date: 12, Moment: 18, Money: 16, Count: 10}

func newXLSX(w io.Writer, name string, columns []Column, most int) (*xlsxTable, error) {
	t := &xlsxTable{zip: zip.NewWriter(w), name: sheetName(name), columns: columns, most: most}
	t.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	return t, t.beginSheet()
}

// sheetName leaves out what the name of a sheet may not hold.
func sheetName(s string) string {
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' {
			return -1
		}
		return r
	}, s)
	if runes := []rune(s); len(runes) > 25 {
		s = string(runes[:25])
	}
	if s == "" {
		return "数据"
	}
	return s
}

// part begins the next part of the file; the one before has ended.
func (t *xlsxTable) part(name string) error {
	if t.w != nil {
		if err := t.w.Flush(); err != nil {
			return err
		}
	}
	w, err := t.zip.Create(name)
	t.w = bufio.NewWriterSize(w, 32<<10)
	_, _ = t.w.WriteString(xml.Header)
	return err
}

func (t *xlsxTable) beginPart(s xlsxSheet) error {
	t.sheets = append(t.sheets, s)
	return t.part(fmt.Sprintf("xl/worksheets/sheet%d.xml", len(t.sheets)))
}

const worksheetOpen = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`

func (t *xlsxTable) beginSheet() error {
	s := xlsxSheet{name: t.name}
	if n := len(t.sheets); n > 0 {
		s.name = fmt.Sprintf("%s (%d)", t.name, n+1)
	}
	if err := t.beginPart(s); err != nil {
		return err
	}
	_, _ = t.w.WriteString(worksheetOpen + `<sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>` +
		`<selection pane="bottomLeft" activeCell="A2" sqref="A2"/></sheetView></sheetViews><sheetFormatPr defaultRowHeight="15"/><cols>`)
	for i, c := range t.columns {
		width := c.Width
		if width <= 0 {
			width = max(kindWidths[c.Kind], float64(2*len([]rune(c.Name))+4))
		}
		fmt.Fprintf(t.w, `<col min="%d" max="%d" width="%g" style="%d" customWidth="1"/>`, i+1, i+1, width, kindStyles[c.Kind])
	}
	_, _ = t.w.WriteString(`</cols><sheetData>`)
	t.number = 1
	t.openRow(1)
	for i, c := range t.columns {
		t.text(1, i+1, styleHead, c.Name)
	}
	_, err := t.w.WriteString(`</row>`)
	return err
}

// endSheet writes what follows the rows: the filter of the head and the lists of
// choices.
func (t *xlsxTable) endSheet() error {
	t.sheets[len(t.sheets)-1].rows = t.number
	fmt.Fprintf(t.w, `</sheetData><autoFilter ref="A1:%s"/>`, Address(t.number, len(t.columns)))
	rules := 0
	for i, c := range t.columns {
		rule := validation(i+1, c)
		if rule == "" {
			continue
		}
		if rules++; rules == 1 {
			_, _ = t.w.WriteString(`<dataValidations>`)
		}
		_, _ = t.w.WriteString(rule)
	}
	if rules > 0 {
		_, _ = t.w.WriteString(`</dataValidations>`)
	}
	_, err := t.w.WriteString(`</worksheet>`)
	return err
}

// validation is what Excel shows and checks at the cells of a column; the choices
// stand on the sheet of options, in the column of the same number.
func validation(col int, c Column) string {
	if c.Hint == "" && len(c.Choices) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<dataValidation allowBlank="1"`)
	if c.Hint != "" {
		b.WriteString(` showInputMessage="1" promptTitle="` + escape(shorten(c.Name, 32)) + `" prompt="` + escape(shorten(c.Hint, 250)) + `"`)
	}
	column := columnName(col)
	if len(c.Choices) == 0 {
		fmt.Fprintf(&b, ` sqref="%s2:%s%d"/>`, column, column, maxSheetRows)
		return b.String()
	}
	fmt.Fprintf(&b, ` type="list" showErrorMessage="1" errorTitle="不在选项里" error="从下拉列表里选一项。" sqref="%s2:%s%d"><formula1>%s!$%s$1:$%s$%d</formula1></dataValidation>`,
		column, column, maxSheetRows, optionSheet, column, column, len(c.Choices))
	return b.String()
}

func shorten(s string, most int) string {
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

func (t *xlsxTable) openRow(n int) {
	_, _ = t.w.WriteString(`<row r="`)
	_, _ = t.w.WriteString(strconv.Itoa(n))
	_, _ = t.w.WriteString(`">`)
}

func (t *xlsxTable) row(cells []any) error {
	if t.number == t.most {
		if err := t.endSheet(); err != nil {
			return err
		}
		if err := t.beginSheet(); err != nil {
			return err
		}
	}
	t.number++
	t.openRow(t.number)
	for i, c := range cells {
		if err := t.cell(t.number, i+1, c); err != nil {
			return err
		}
	}
	_, err := t.w.WriteString(`</row>`)
	return err
}

func (t *xlsxTable) cell(row, col int, c any) error {
	switch v := c.(type) {
	case nil:
	case string:
		t.text(row, col, styleText, v)
	case civil.Date:
		if !v.IsZero() {
			t.day(row, col, v)
		}
	case time.Time:
		if !v.IsZero() {
			v = v.In(civil.Shanghai)
			minute := float64(v.Hour()*60+v.Minute()) / (24 * 60)
			t.value(row, col, styleMoment, strconv.FormatFloat(float64(serial(civil.On(v)))+minute, 'f', -1, 64))
		}
	case money.Fen:
		t.value(row, col, styleMoney, v.Yuan())
	case int:
		t.value(row, col, styleCount, strconv.Itoa(v))
	case int64:
		t.value(row, col, styleCount, strconv.FormatInt(v, 10))
	case bool:
		t.text(row, col, styleText, yesNo(v))
	default:
		return fmt.Errorf("sheet: no cell of %T", c)
	}
	return nil
}

// day writes a date. Excel knows none before March 1900 as others do.
func (t *xlsxTable) day(row, col int, d civil.Date) {
	if n := serial(d); n > 60 && n <= lastSerial {
		t.value(row, col, styleDate, strconv.Itoa(n))
		return
	}
	t.text(row, col, styleText, d.String())
}

func serial(d civil.Date) int { return civil.Of(1899, time.December, 30).DaysUntil(d) }

func (t *xlsxTable) open(row, col, style int, kind string) {
	_, _ = t.w.WriteString(`<c r="`)
	_, _ = t.w.WriteString(columnName(col))
	_, _ = t.w.WriteString(strconv.Itoa(row))
	_, _ = t.w.WriteString(`" s="`)
	_, _ = t.w.WriteString(strconv.Itoa(style))
	_, _ = t.w.WriteString(kind)
}

func (t *xlsxTable) value(row, col, style int, v string) {
	t.open(row, col, style, `"><v>`)
	_, _ = t.w.WriteString(v)
	_, _ = t.w.WriteString(`</v></c>`)
}

// text writes a cell of text. Its style says text as well, so that a spreadsheet
// does not take it for a formula when somebody edits it.
func (t *xlsxTable) text(row, col, style int, s string) {
	if s == "" {
		return
	}
	t.open(row, col, style, `" t="inlineStr"><is><t xml:space="preserve">`)
	_ = xml.EscapeText(t.w, []byte(escapeCodes(cut(lines(s)))))
	_, _ = t.w.WriteString(`</t></is></c>`)
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s))
	return b.String()
}

// escapeCodes keeps text that looks like an escape of a workbook, _x000D_, text.
func escapeCodes(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := range len(s) {
		if isEscape(s[i:]) {
			b.WriteString("_x005F")
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

func (t *xlsxTable) help(rows [][]string) { t.helping = rows }

func (t *xlsxTable) close() error {
	err := t.endSheet()
	if err == nil && len(t.helping) > 0 {
		err = t.helpSheet()
	}
	if err == nil {
		err = t.options()
	}
	for _, p := range []struct{ name, body string }{
		{"xl/styles.xml", stylesPart}, {"xl/workbook.xml", t.workbookPart()}, {"xl/_rels/workbook.xml.rels", t.relationsPart()},
		{"_rels/.rels", rootRelations}, {"[Content_Types].xml", t.typesPart()},
	} {
		if err == nil {
			if err = t.part(p.name); err == nil {
				_, err = t.w.WriteString(p.body)
			}
		}
	}
	if err == nil {
		err = t.w.Flush()
	}
	if err != nil {
		return err
	}
	return t.zip.Close()
}

func (t *xlsxTable) helpSheet() error {
	if err := t.beginPart(xlsxSheet{name: HelpSheet}); err != nil {
		return err
	}
	_, _ = t.w.WriteString(worksheetOpen + `<cols><col min="1" max="1" width="22" customWidth="1"/><col min="2" max="8" width="44" customWidth="1"/></cols><sheetData>`)
	for i, cells := range t.helping {
		style := styleWrapped
		if i == 0 {
			style = styleHead
		}
		t.openRow(i + 1)
		for j, c := range cells {
			t.text(i+1, j+1, style, c)
		}
		_, _ = t.w.WriteString(`</row>`)
	}
	_, err := t.w.WriteString(`</sheetData></worksheet>`)
	return err
}

// options writes the choices of every column that has some on a hidden sheet: a
// list inside a rule holds 255 characters only.
func (t *xlsxTable) options() error {
	longest := 0
	for _, c := range t.columns {
		longest = max(longest, len(c.Choices))
	}
	if longest == 0 {
		return nil
	}
	if err := t.beginPart(xlsxSheet{name: optionSheet, hidden: true}); err != nil {
		return err
	}
	_, _ = t.w.WriteString(worksheetOpen + `<sheetData>`)
	for row := 1; row <= longest; row++ {
		t.openRow(row)
		for i, c := range t.columns {
			if row <= len(c.Choices) {
				t.text(row, i+1, styleText, c.Choices[row-1])
			}
		}
		_, _ = t.w.WriteString(`</row>`)
	}
	_, err := t.w.WriteString(`</sheetData></worksheet>`)
	return err
}
