package governance

import (
	"bytes"
	"strconv"
	"strings"

	"civilaffairs/internal/docx"
)

// Blocks reads the text of a guideline, in which a line is a paragraph and its
// beginning says what it is:
//
//	# 第一章        a chapter
//	## 一、         a heading below it
//	> 说明          a hint, to be deleted by whoever fills the text in
//	- 签名：____    a line of blanks, not indented
//	| a | b |      a row of a table, the first of them its head
//
// Anything else is a paragraph.
func Blocks(body string) []docx.Block {
	var out []docx.Block
	for line := range strings.Lines(body) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		if row, ok := tableRow(line); ok {
			if n := len(out); n > 0 && out[n-1].Kind == docx.Table {
				out[n-1].Rows = append(out[n-1].Rows, evened(row, len(out[n-1].Rows[0])))
			} else {
				out = append(out, docx.Block{Kind: docx.Table, Rows: [][]string{row}})
			}
			continue
		}
		b := docx.Block{Text: line}
		for _, m := range []struct {
			mark string
			kind docx.Kind
		}{{"## ", docx.Section}, {"# ", docx.Chapter}, {"> ", docx.Note}, {"- ", docx.Line}} {
			if rest, ok := strings.CutPrefix(line, m.mark); ok {
				b = docx.Block{Kind: m.kind, Text: strings.TrimSpace(rest)}
				break
			}
		}
		out = append(out, b)
	}
	return out
}

// tableRow reads a line that begins and ends with a bar.
func tableRow(line string) ([]string, bool) {
	if len(line) < 3 || !strings.HasPrefix(line, "|") || !strings.HasSuffix(line, "|") {
		return nil, false
	}
	cells := strings.Split(line[1:len(line)-1], "|")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return cells, true
}

// evened makes a row as long as the head of its table; what is too much joins the
// last cell, so that nothing is lost.
func evened(row []string, n int) []string {
	if len(row) > n {
		row = append(row[:n-1:n-1], strings.Join(row[n-1:], " "))
	}
	for len(row) < n {
		row = append(row, "")
	}
	return row
}

// guidelineSource is who offers the library.
const guidelineSource = "深圳市坪山区民政局"

// Document returns the guideline as a document to fill in. The same version is
// always the same bytes.
func (g Guideline) Document() ([]byte, error) {
	var b bytes.Buffer
	err := docx.Document{Title: g.Title, Author: guidelineSource, Made: g.ReleasedAt,
		Source: guidelineSource + "制度规范指引　第 " + strconv.Itoa(g.Number) + " 版　" + g.ReleasedOn().Chinese() + "发布　供参考，按实际修改",
		Blocks: Blocks(g.Body)}.Write(&b)
	return b.Bytes(), err
}
