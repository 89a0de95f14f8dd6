package sheet

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strconv"
	"strings"

	"civilaffairs/internal/errs"
)

const (
	maxParts = 5_000
	maxSmall = 32 << 20 // of the parts that are read whole
)

var errTooLarge = errors.New("sheet: unpacked size over the limit")

// workbook is an opened .xlsx file. Names of parts are in lower case: they do not
// differ by it.
type workbook struct {
	parts    map[string]*zip.File
	left     int64 // bytes that may still be unpacked
	date1904 bool
	looks    []look // by style
	strings  []string
}

// openWorkbook checks what the packed file says of itself; what it unpacks to is
// counted as it is read, because a bomb lies.
func openWorkbook(content io.ReaderAt, size, unpacked int64) (*workbook, error) {
	z, err := zip.NewReader(content, size)
	if err != nil {
		return nil, broken(err)
	}
	if len(z.File) > maxParts {
		return nil, errTooLarge
	}
	b := &workbook{parts: map[string]*zip.File{}, left: unpacked}
	var declared uint64
	for _, f := range z.File {
		b.parts[strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(f.Name, `\`, "/"), "/"))] = f
		if declared += f.UncompressedSize64; f.UncompressedSize64 > uint64(unpacked) || declared > uint64(unpacked) {
			return nil, errTooLarge
		}
	}
	return b, refusedZip(b.parts)
}

// counted is a part that is being unpacked.
type counted struct {
	io.ReadCloser
	left *int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.ReadCloser.Read(p)
	if *c.left -= int64(n); *c.left < 0 {
		return n, errTooLarge
	}
	return n, err
}

func (b *workbook) open(name string) (io.ReadCloser, error) {
	f := b.parts[strings.ToLower(name)]
	if f == nil {
		return nil, broken(errors.New("no part " + name))
	}
	r, err := f.Open()
	if err != nil {
		return nil, broken(err)
	}
	return &counted{ReadCloser: r, left: &b.left}, nil
}

// decode reads a small part whole.
func (b *workbook) decode(name string, into any) error {
	r, err := b.open(name)
	if err != nil {
		return err
	}
	defer r.Close()
	if f := b.parts[strings.ToLower(name)]; f.UncompressedSize64 > maxSmall {
		return errTooLarge
	}
	return xml.NewDecoder(r).Decode(into)
}

// relations are the parts that a part names, by id.
func (b *workbook) relations(of string) (map[string]relation, error) {
	var file struct {
		List []relation `xml:"Relationship"`
	}
	dir, base := path.Split(of)
	if err := b.decode(dir+"_rels/"+base+".rels", &file); err != nil {
		return nil, err
	}
	byID := map[string]relation{}
	for _, r := range file.List {
		if strings.HasPrefix(r.Target, "/") {
			r.Target = strings.TrimPrefix(r.Target, "/")
		} else {
			r.Target = path.Join(dir, r.Target)
		}
		byID[r.ID] = r
	}
	return byID, nil
}

type relation struct {
	ID     string `xml:"Id,attr"`
	Type   string `xml:"Type,attr"`
	Target string `xml:"Target,attr"`
}

func (r relation) is(kind string) bool { return strings.HasSuffix(r.Type, "/"+kind) }

// sheetRef is a sheet as the workbook lists it.
type sheetRef struct {
	Name  string `xml:"name,attr"`
	State string `xml:"state,attr"`
	ID    string `xml:"id,attr"`
	part  string
}

func (s sheetRef) hidden() bool { return s.State == "hidden" || s.State == "veryHidden" }

// read finds the sheets and reads what their cells refer to.
func (b *workbook) read() ([]sheetRef, error) {
	main := "xl/workbook.xml"
	if roots, err := b.relations(""); err == nil {
		for _, r := range roots {
			if r.is("officeDocument") {
				main = r.Target
			}
		}
	}
	var book struct {
		Pr struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []sheetRef `xml:"sheets>sheet"`
	}
	if err := b.decode(main, &book); err != nil {
		return nil, err
	}
	b.date1904 = book.Pr.Date1904 == "1" || book.Pr.Date1904 == "true"
	relations, err := b.relations(main)
	if err != nil {
		return nil, err
	}
	var sheets []sheetRef
	for _, s := range book.Sheets {
		if r := relations[s.ID]; r.is("worksheet") {
			s.part = r.Target
			sheets = append(sheets, s)
		}
	}
	for _, r := range relations {
		switch {
		case r.is("styles"):
			err = errors.Join(err, b.readStyles(r.Target))
		case r.is("sharedStrings"):
			err = errors.Join(err, b.readStrings(r.Target))
		}
	}
	return sheets, err
}

func (b *workbook) readStyles(part string) error {
	var file struct {
		Formats []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Styles []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.decode(part, &file); err != nil {
		return err
	}
	own := map[int]look{}
	for _, f := range file.Formats {
		own[f.ID] = lookOf(f.Code)
	}
	for _, s := range file.Styles {
		l, ok := own[s.Format]
		if !ok {
			l = builtIn(s.Format)
		}
		b.looks = append(b.looks, l)
	}
	return nil
}

// readStrings reads the texts that cells refer to by their position.
func (b *workbook) readStrings(part string) error {
	r, err := b.open(part)
	if err != nil {
		return err
	}
	defer r.Close()
	d := xml.NewDecoder(r)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "si" {
			text, err := richText(d)
			if err != nil {
				return err
			}
			b.strings = append(b.strings, text)
		}
	}
}

// richText joins the pieces of a text up to the end of the element that d stands
// in, without the reading aids of Japanese text.
func richText(d *xml.Decoder) (string, error) {
	var text strings.Builder
	inText := false
	for depth := 1; depth > 0; {
		token, err := d.Token()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if t.Name.Local == "rPh" {
				if err := d.Skip(); err != nil {
					return "", err
				}
				continue
			}
			depth++
			inText = t.Name.Local == "t"
		case xml.EndElement:
			depth--
			inText = false
		case xml.CharData:
			if inText {
				text.Write(t)
			}
		}
	}
	return unescape(text.String()), nil
}

// unescape reads the _x000D_ by which a workbook writes what XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if isEscape(s[i:]) {
			code, _ := strconv.ParseUint(s[i+2:i+6], 16, 16)
			b.WriteRune(rune(code))
			i += 6
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// isEscape reports whether s begins with _xHHHH_.
func isEscape(s string) bool {
	return len(s) >= 7 && s[0] == '_' && s[1] == 'x' && s[6] == '_' && strings.Trim(s[2:6], "0123456789abcdefABCDEF") == ""
}

// readWorkbook reads the first sheet that a person sees and that is not the one
// with instructions.
func (g *grid) readWorkbook(content io.ReaderAt, size int64) error {
	err := g.readSheets(content, size)
	switch {
	case err == nil || errs.Is(err, errs.Invalid):
		return err
	case errors.Is(err, errTooLarge):
		return errs.Wrap(errs.Invalid, errs.Message(tooLarge(g.limits.Unpacked)), err)
	}
	return broken(err)
}

func (g *grid) readSheets(content io.ReaderAt, size int64) error {
	b, err := openWorkbook(content, size, g.limits.Unpacked)
	if err != nil {
		return err
	}
	sheets, err := b.read()
	if err != nil {
		return err
	}
	var chosen *sheetRef
	var others, hidden []string
	for i, s := range sheets {
		switch {
		case s.Name == HelpSheet || s.Name == optionSheet && s.hidden():
		case s.hidden():
			hidden = append(hidden, "“"+s.Name+"”")
		case chosen == nil:
			chosen = &sheets[i]
		default:
			others = append(others, "“"+s.Name+"”")
		}
	}
	if chosen == nil {
		return refuse("文件里没有可以读的工作表。把数据放在第一张工作表上，不要隐藏，再上传。")
	}
	g.table.Sheet = chosen.Name
	if len(others) > 0 {
		g.note("只读了工作表“%s”，没有读%s。", chosen.Name, strings.Join(others, "、"))
	}
	if len(hidden) > 0 {
		g.note("隐藏的工作表%s没有读。", strings.Join(hidden, "、"))
	}
	return g.readSheet(b, chosen.part)
}
