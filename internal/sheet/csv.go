package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The marks by which a text file says its encoding.
const (
	markUTF8    = "\ufeff"
	markUTF16LE = "\xff\xfe"
	markUTF16BE = "\xfe\xff"
)

func isUTF16(b []byte) bool {
	return bytes.HasPrefix(b, []byte(markUTF16LE)) || bytes.HasPrefix(b, []byte(markUTF16BE))
}

// isText reports what may be a CSV file: no zero bytes, unless they belong to the
// encoding, and no markup.
func isText(head []byte) bool {
	for _, magic := range []string{"%PDF", "\x89PNG", "\xff\xd8\xff", "GIF8", "Rar!", "7z\xbc\xaf", "\x1f\x8b"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return false
		}
	}
	return isUTF16(head) || !bytes.Contains(head, []byte{0}) && !beginsMarkup(head)
}

// readText reads a CSV file in any encoding and with any separator that
// spreadsheets here write.
func (g *grid) readText(content io.ReaderAt, size int64) error {
	if size > g.limits.Text {
		return tooLarge(g.limits.Text)
	}
	raw := make([]byte, size)
	if _, err := content.ReadAt(raw, 0); err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	text, err := g.decode(raw)
	if err != nil {
		return err
	}
	if !strings.Contains(text, "\n") {
		text = strings.ReplaceAll(text, "\r", "\n") // as old Macintoshes ended lines
	}
	if strings.TrimSpace(text) == "" {
		return nil // finish says that it is empty
	}
	return g.records(text)
}

// decode returns the text of a file as UTF-8.
func (g *grid) decode(raw []byte) (string, error) {
	switch {
	case isUTF16(raw):
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(raw)
		return string(text), err
	case utf8.Valid(raw):
		return strings.TrimPrefix(string(raw), markUTF8), nil
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().String(string(raw))
	if err != nil || strings.ContainsRune(text, utf8.RuneError) {
		return "", refuse("文字编码认不出来。%s", saveAs)
	}
	g.note("文件不是 UTF-8 编码，按 GB18030（GBK）读的。核对名称里的生僻字。")
	return text, nil
}

func (g *grid) records(text string) error {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.ReuseRecord = separator(text), -1, true
	number, lastLine := 0, 0 // lines of the file: empty ones are rows too, one row may have several
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return refuse("第 %d 行的引号没有成对，从那里起分不清单元格。%s", bad.StartLine, saveAs)
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		number += line - lastLine
		last := len(cells) - 1
		lastLine, _ = r.FieldPos(last)
		lastLine += strings.Count(cells[last], "\n")
		if err := g.record(number, cells); err != nil {
			return err
		}
	}
}

// record takes one row. Its cells are text, and may be spoilt all the same by the
// spreadsheet that wrote them.
func (g *grid) record(number int, cells []string) error {
	for i, c := range cells {
		text, fault := typedText(unguard(c))
		if cells[i] = text; fault != "" && i < g.limits.Columns {
			if err := g.fault(number, i+1, fault); err != nil {
				return err
			}
		}
	}
	return g.row(number, cells)
}

// separator is what parts the cells of the first line that is not empty.
func separator(text string) rune {
	counts := map[rune]int{}
	quoted := false
	for _, c := range strings.TrimLeft(text, "\r\n") {
		switch {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			return most(counts)
		default:
			counts[c]++
		}
	}
	return most(counts)
}

func most(counts map[rune]int) rune {
	best := ','
	for _, c := range []rune{';', '\t'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

// opening are the characters by which a spreadsheet takes text for a formula, or
// skips to one; the full-width ones are among them in Chinese editions.
const opening = "=+-@\t\r\n＝＋－＠"

// guard keeps a spreadsheet from taking text for a formula: an apostrophe stands
// before it. Text that has one already gets another, so that unguard gives back
// exactly what was there.
func guard(s string) string {
	if opens(s) || guarded(s) {
		return "'" + s
	}
	return s
}

func unguard(s string) string {
	if guarded(s) {
		return s[1:]
	}
	return s
}

func opens(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 0 && strings.ContainsRune(opening, r)
}

func guarded(s string) bool {
	return strings.HasPrefix(s, "'") && (opens(s[1:]) || strings.HasPrefix(s[1:], "'"))
}
