package sheet

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// worksheet reads one sheet of a workbook, row by row.
type worksheet struct {
	*grid
	book    *workbook
	d       *xml.Decoder
	number  int // of the row that is being read
	cells   []string
	col     int // of the last cell
	hidRows spans
	hidCols spans
	merged  []area
	ended   bool // the end of the data was seen
}

func (g *grid) readSheet(b *workbook, part string) error {
	r, err := b.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	w := &worksheet{grid: g, book: b, d: xml.NewDecoder(r)}
	for {
		token, err := w.d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = w.take(token)
		}
		if err != nil {
			return err
		}
	}
	if !w.ended {
		return errors.New("sheet: no end of data")
	}
	if len(w.hidRows) > 0 {
		g.note("隐藏的行也读了：第 %s 行。", w.hidRows.list(strconv.Itoa))
	}
	if len(w.hidCols) > 0 {
		g.note("隐藏的列也读了：%s 列。", w.hidCols.list(columnName))
	}
	return w.judgeMerged()
}

func (w *worksheet) take(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		switch t.Name.Local {
		case "col":
			if isTrue(attr(t, "hidden")) {
				first, _ := strconv.Atoi(attr(t, "min"))
				last, _ := strconv.Atoi(attr(t, "max"))
				w.hidCols.add(first, min(last, w.limits.Columns))
			}
		case "row":
			return w.beginRow(t)
		case "c":
			return w.cell(t)
		case "mergeCell":
			return w.merge(attr(t, "ref"))
		}
	case xml.EndElement:
		switch t.Name.Local {
		case "row":
			return w.grid.row(w.number, w.cells)
		case "sheetData":
			w.ended = true
		}
	}
	return nil
}

func (w *worksheet) beginRow(t xml.StartElement) error {
	next := w.number + 1
	if r := attr(t, "r"); r != "" {
		n, err := strconv.Atoi(r)
		if err != nil || n < next || n > maxSheetRows {
			return errors.New("sheet: rows out of order")
		}
		next = n
	}
	w.number, w.cells, w.col = next, w.cells[:0], 0
	if isTrue(attr(t, "hidden")) {
		w.hidRows.add(next, next)
	}
	return nil
}

// stored is a cell as the file holds it.
type stored struct {
	kind    string
	style   int
	value   string
	has     bool // a value is stored, be it empty
	formula bool
}

func (w *worksheet) cell(t xml.StartElement) error {
	w.col++
	if ref := attr(t, "r"); ref != "" {
		row, col, ok := parseAddress(ref)
		if !ok || row != w.number || col < w.col {
			return errors.New("sheet: cells out of order")
		}
		w.col = col
	}
	c, err := w.store(t)
	if err != nil {
		return err
	}
	text, fault := w.book.text(c)
	if strings.TrimSpace(text) == "" && fault == "" {
		return nil // a far cell that has a colour only is no column
	}
	if w.col > w.limits.Columns {
		return refuse("%s 有内容，最多读 %d 列。删掉多余的列再上传。", Address(w.number, w.col), w.limits.Columns)
	}
	w.cells = wide(w.cells, w.col)
	w.cells[w.col-1] = text
	if fault != "" {
		return w.fault(w.number, w.col, fault)
	}
	return nil
}

// store reads the element of a cell to its end.
func (w *worksheet) store(t xml.StartElement) (stored, error) {
	c := stored{kind: attr(t, "t")}
	c.style, _ = strconv.Atoi(attr(t, "s"))
	for {
		token, err := w.d.Token()
		if err != nil {
			return c, err
		}
		switch t := token.(type) {
		case xml.EndElement:
			return c, nil
		case xml.StartElement:
			switch t.Name.Local {
			case "v":
				c.has = true
				c.value, err = w.content()
			case "is":
				c.has = true
				c.value, err = richText(w.d)
			default:
				c.formula = c.formula || t.Name.Local == "f"
				err = w.d.Skip()
			}
			if err != nil {
				return c, err
			}
		}
	}
}

// content returns the text of an element that holds nothing else.
func (w *worksheet) content() (string, error) {
	var text []byte
	for {
		token, err := w.d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			text = append(text, t...)
		case xml.EndElement:
			return string(text), nil
		}
	}
}

// text returns what a person sees in a cell, or what is wrong with it.
func (b *workbook) text(c stored) (text, fault string) {
	switch {
	case c.formula && !c.has:
		return "", "这是公式，文件里没有存它的结果。用 Excel 或 WPS 打开，存一次再上传；或者把公式换成数值"
	case !c.has:
		return "", ""
	}
	switch c.kind {
	case "s":
		i, err := strconv.Atoi(c.value)
		if err != nil || i < 0 || i >= len(b.strings) {
			return "", "这个单元格里的文字读不出来。清空后重新填写"
		}
		return typedText(b.strings[i])
	case "inlineStr":
		return typedText(c.value)
	case "str":
		return typedText(unescape(c.value))
	case "b":
		if isTrue(c.value) {
			return "是", ""
		}
		return "否", ""
	case "e":
		return "", fmt.Sprintf("这里显示的是错误 %s。改好公式，或填上数值", c.value)
	case "d":
		return isoText(c.value)
	}
	if c.value == "" {
		return "", ""
	}
	var l look
	if c.style >= 0 && c.style < len(b.looks) {
		l = b.looks[c.style]
	}
	return numberText(c.value, l, b.date1904)
}

// typedText judges a cell of text.
func typedText(s string) (text, fault string) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	switch {
	case inExponent(s):
		return s, lostDigits
	case len(s) > maxCell && utf8.RuneCountInString(s) > maxCell:
		return "", fmt.Sprintf("文字超过 %s 个字，写短一些", thousands(maxCell))
	}
	return s, ""
}

// isoText reads a date that is stored as one.
func isoText(s string) (text, fault string) {
	for _, layout := range []string{time.DateOnly, "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00"} {
		if at, err := time.Parse(layout, s); err == nil {
			if at.Hour()+at.Minute()+at.Second() == 0 {
				return at.Format(time.DateOnly), ""
			}
			return at.Format("2006-01-02 15:04"), ""
		}
	}
	return s, notDate
}

func attr(t xml.StartElement, name string) string {
	for _, a := range t.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" }

// area is a block of cells, its corners included.
type area struct{ top, left, bottom, right int }

const maxMerged = 20_000

func (w *worksheet) merge(ref string) error {
	from, to, ok := strings.Cut(ref, ":")
	var a area
	var ok1, ok2 bool
	a.top, a.left, ok1 = parseAddress(from)
	a.bottom, a.right, ok2 = parseAddress(to)
	if !ok || !ok1 || !ok2 {
		return errors.New("sheet: no area: " + ref)
	}
	if w.merged = append(w.merged, a); len(w.merged) > maxMerged {
		return refuse("合并的单元格超过 %s 处。全部取消合并，每一格都填上，再上传。", thousands(maxMerged))
	}
	return nil
}

// judgeMerged names the merged cells that hold something: what they mean for the
// cells that they cover cannot be told.
func (w *worksheet) judgeMerged() error {
	for _, a := range w.merged {
		row, ok := w.rowAt(a.top)
		if !ok || a.left > len(row.Cells) || row.Cells[a.left-1] == "" {
			continue
		}
		message := fmt.Sprintf("%s:%s 合并成了一格。取消合并，每一格都填上", Address(a.top, a.left), Address(a.bottom, a.right))
		if err := w.fault(a.top, a.left, message); err != nil {
			return err
		}
	}
	return nil
}

// spans are runs of rows or columns in rising order.
type spans [][2]int

func (s *spans) add(first, last int) {
	switch n := len(*s); {
	case last < first:
	case n > 0 && (*s)[n-1][1]+1 == first:
		(*s)[n-1][1] = last
	default:
		*s = append(*s, [2]int{first, last})
	}
}

// list names the first few: “3、5–8 等”.
func (s spans) list(name func(int) string) string {
	const most = 8
	var words []string
	for _, span := range s[:min(most, len(s))] {
		word := name(span[0])
		if span[1] > span[0] {
			word += "–" + name(span[1])
		}
		words = append(words, word)
	}
	text := strings.Join(words, "、")
	if len(s) > most {
		text += " 等"
	}
	return text
}
