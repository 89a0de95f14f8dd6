// Package docx writes word processing documents (.docx, ECMA-376) that people
// fill in and change. Level 1, a mechanism without tables.
//
// It is our own, on the standard library, as internal/sheet is: a document of
// headings, paragraphs, notes and tables takes three hundred lines, and the
// libraries at hand either need a licence, or cannot set fonts for Chinese, or put
// the hour of writing into the file. The same document is always the same bytes.
package docx

import (
	"archive/zip"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// ContentType is what the file is over HTTP.
const ContentType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

// Kind is what a block of text is.
type Kind int

// The closed list of kinds.
const (
	Paragraph Kind = iota
	Chapter        // 第一章 总则
	Section        // a heading below it
	Line           // a paragraph without indent: blanks to fill in, signatures
	Note           // a hint to whoever fills the document in, to be deleted afterwards
	Table
)

// Block is one block of text.
type Block struct {
	Kind Kind
	Text string
	Rows [][]string // of a Table; the first is its head, and every row is as long
}

// Document is a whole document.
type Document struct {
	Title  string
	Source string    // who offers it and since when, in small print under the title
	Author string    // in the properties of the file
	Made   time.Time // in the properties of the file; whole seconds
	Blocks []Block
}

// Write writes the document. w belongs to the caller.
func (d Document) Write(w io.Writer) error {
	made := d.Made.UTC().Truncate(time.Second)
	z := zip.NewWriter(w)
	for _, p := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes},
		{"_rels/.rels", packageRelations},
		{"docProps/core.xml", d.properties(made)},
		{"docProps/app.xml", application},
		{"word/_rels/document.xml.rels", documentRelations},
		{"word/document.xml", d.body()},
		{"word/styles.xml", styles},
		{"word/settings.xml", settings},
		{"word/footer1.xml", footer},
	} {
		// A fixed hour of the day it was made: a zip keeps no time zone.
		part, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: made})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(part, xmlHead+p.text); err != nil {
			return err
		}
	}
	return z.Close()
}

func (d Document) properties(made time.Time) string {
	at := made.Format("2006-01-02T15:04:05Z")
	return `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		`<dc:title>` + escape(d.Title) + `</dc:title><dc:creator>` + escape(d.Author) + `</dc:creator><dc:language>zh-CN</dc:language>` +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + `</dcterms:modified></cp:coreProperties>`
}

func (d Document) body() string {
	var b strings.Builder
	b.WriteString(`<w:document ` + namespaces + `><w:body>`)
	b.WriteString(paragraph("Title", d.Title))
	if d.Source != "" {
		b.WriteString(paragraph("Source", d.Source))
	}
	for _, x := range d.Blocks {
		if x.Kind == Table {
			table(&b, x.Rows)
			continue
		}
		b.WriteString(paragraph(styleOf[x.Kind], x.Text))
	}
	b.WriteString(section + `</w:body></w:document>`)
	return b.String()
}

var styleOf = map[Kind]string{Paragraph: "BodyText", Chapter: "Heading1", Section: "Heading2", Line: "Line", Note: "Note"}

func paragraph(style, text string) string {
	return `<w:p><w:pPr><w:pStyle w:val="` + style + `"/></w:pPr><w:r><w:t xml:space="preserve">` + escape(text) + `</w:t></w:r></w:p>`
}

// textWidth is the width of the text on the page, in twentieths of a point.
const textWidth = 11906 - 2*1588

// table writes a table as wide as the text; a paragraph follows, because Word joins
// tables that touch.
func table(b *strings.Builder, rows [][]string) {
	if len(rows) == 0 || len(rows[0]) == 0 {
		return
	}
	columns := widths(rows)
	b.WriteString(`<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="` + strconv.Itoa(textWidth) + `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, width := range columns {
		b.WriteString(`<w:gridCol w:w="` + strconv.Itoa(width) + `"/>`)
	}
	b.WriteString(`</w:tblGrid>`)
	for i, row := range rows {
		style := "Cell"
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/>`)
		if i == 0 {
			style = "CellHead"
			b.WriteString(`<w:tblHeader/>`)
		}
		b.WriteString(`</w:trPr>`)
		for c, width := range columns {
			text := ""
			if c < len(row) {
				text = row[c]
			}
			b.WriteString(`<w:tc><w:tcPr><w:tcW w:w="` + strconv.Itoa(width) + `" w:type="dxa"/></w:tcPr>` + paragraph(style, text) + `</w:tc>`)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>` + paragraph("Line", ""))
}

// widths shares the width of the text out by the longest cell of each column,
// within bounds: an empty column is one to write into.
func widths(rows [][]string) []int {
	const least, most = 5, 24 // characters
	out, sum := make([]int, len(rows[0])), 0
	for c := range out {
		out[c] = least
		for _, row := range rows {
			if c < len(row) {
				out[c] = min(most, max(out[c], utf8.RuneCountInString(row[c])))
			}
		}
		sum += out[c]
	}
	left := textWidth
	for c := range out {
		out[c] = textWidth * out[c] / sum
		left -= out[c]
	}
	out[len(out)-1] += left
	return out
}

// escape makes text fit for XML; what XML cannot hold becomes a space.
func escape(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r < ' ' || r == 0xFFFE || r == 0xFFFF:
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
