package inspect

import (
	"encoding/xml"
	"errors"
	"io"
	"path"
	"sort"
	"strings"
)

var mainParts = map[Kind]string{
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
}

// maxPart bounds a part that is parsed and not only unpacked.
const maxPart = 4 << 20

func refuseMacro(k Kind) error {
	return refuse("这份文件带有宏或控件。用 Office 或 WPS 打开，“另存为”不带宏的 %s 后再传", k.Name())
}

func inspectOffice(k Kind, r io.ReaderAt, size int64) (Report, error) {
	c, err := openContainer(k, r, size)
	if err != nil {
		return Report{}, err
	}
	if err := c.checkTypes(k); err != nil {
		return Report{}, err
	}
	objects, err := c.checkParts(k)
	if err != nil {
		return Report{}, err
	}
	if err := c.checkRelations(k); err != nil {
		return Report{}, err
	}
	var report Report
	if objects {
		report.Notes = append(report.Notes, "含有嵌入对象，打开时不要双击运行")
	}
	if k == XLSX {
		report.Notes = append(report.Notes, c.hiddenSheets()...)
		report.Notes = append(report.Notes, c.hiddenColumns()...)
	}
	return report, nil
}

// checkTypes reads [Content_Types].xml: the main part must be of the kind that
// the name claims, and nothing may be macro-enabled.
func (c *container) checkTypes(k Kind) error {
	data, err := c.part("[Content_Types].xml", maxPart)
	if errors.Is(err, errAbsentPart) {
		return refuse("文件名是 .%s，但里面不是 Office 文档。压缩包请解压以后一份一份地传", k)
	}
	if err != nil {
		return err
	}
	var types struct {
		Default  []contentType `xml:"Default"`
		Override []contentType `xml:"Override"`
	}
	if err := xml.Unmarshal(data, &types); err != nil {
		return refuseBroken(k)
	}
	found := false
	for _, t := range append(types.Default, types.Override...) {
		lower := strings.ToLower(t.Type)
		if strings.Contains(lower, "macroenabled") || strings.Contains(lower, "vbaproject") || strings.Contains(lower, "activex") {
			return refuseMacro(k)
		}
		found = found || t.Type == mainParts[k]
	}
	if !found {
		for other, main := range mainParts {
			if strings.Contains(string(data), main) {
				return refuse("文件名是 .%s，内容却是 %s。把扩展名改成 .%s 后再传", k, other.Name(), other)
			}
		}
		return refuse("文件名是 .%s，但里面不是 %s 文档。用 Office 或 WPS 打开，另存为 %s 后再传", k, k.Name(), k.Name())
	}
	return nil
}

type contentType struct {
	Type string `xml:"ContentType,attr"`
}

// executables are what no document needs to carry.
var executables = map[string]bool{
	".exe": true, ".dll": true, ".scr": true, ".com": true, ".bat": true, ".cmd": true, ".ps1": true, ".vbs": true, ".js": true,
	".jse": true, ".wsf": true, ".hta": true, ".msi": true, ".lnk": true, ".jar": true, ".sh": true, ".zip": true, ".rar": true,
	".7z": true, ".docm": true, ".xlsm": true, ".pptm": true, ".html": true, ".htm": true, ".svgz": true,
}

// checkParts judges the parts by name; objects reports embedded OLE objects,
// which old formulas and charts need and which are therefore only noted.
func (c *container) checkParts(k Kind) (objects bool, err error) {
	for name := range c.files {
		base := path.Base(name)
		switch {
		case strings.HasPrefix(base, "vbaproject"), strings.HasPrefix(base, "vbadata"),
			strings.Contains(name, "/macrosheets/"), strings.Contains(name, "/activex/"):
			return false, refuseMacro(k)
		case executables[path.Ext(base)]:
			return false, refuse("这份文件里嵌着 %s 文件，我们不收。删掉嵌入的文件，重新保存后再传", path.Ext(base))
		case strings.Contains(name, "/embeddings/"):
			objects = true
		}
	}
	return objects, nil
}

// checkRelations refuses what is fetched from the network on opening: a remote
// template, frame or object. Links that a reader clicks stay.
func (c *container) checkRelations(k Kind) error {
	for name := range c.files {
		if !strings.HasSuffix(name, ".rels") {
			continue
		}
		data, err := c.part(name, maxPart)
		if err != nil {
			return err
		}
		var rels struct {
			List []struct {
				Type   string `xml:"Type,attr"`
				Target string `xml:"Target,attr"`
				Mode   string `xml:"TargetMode,attr"`
			} `xml:"Relationship"`
		}
		if err := xml.Unmarshal(data, &rels); err != nil {
			return refuseBroken(k)
		}
		for _, rel := range rels.List {
			if strings.EqualFold(rel.Mode, "External") && fetched[path.Base(rel.Type)] && remote(rel.Target) {
				return refuse("这份文件打开时会从网上取内容（%s）。改成不引用外部内容，重新保存后再传", short(rel.Target))
			}
		}
	}
	return nil
}

var fetched = map[string]bool{"attachedTemplate": true, "oleObject": true, "frame": true, "subDocument": true, "externalLinkPath": true}

func remote(target string) bool {
	t := strings.ToLower(strings.TrimSpace(target))
	if rest, ok := strings.CutPrefix(t, "file:"); ok {
		t = strings.TrimPrefix(rest, "//") // file:///C:/… is local, file:////host and file://host are not
		return !strings.HasPrefix(t, "/") || strings.HasPrefix(t, "//") || strings.HasPrefix(t, `/\`)
	}
	return strings.Contains(t, "://") || strings.HasPrefix(t, `\\`) || strings.HasPrefix(t, "//") || strings.HasPrefix(t, "mhtml:")
}

func short(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60]) + "…"
	}
	return s
}

// hiddenSheets names hidden sheets: before anything is published, someone has
// to look there (domain §10).
func (c *container) hiddenSheets() []string {
	data, err := c.part("xl/workbook.xml", maxPart)
	if err != nil {
		return nil
	}
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
		} `xml:"sheets>sheet"`
	}
	if xml.Unmarshal(data, &book) != nil {
		return nil
	}
	var names []string
	for _, s := range book.Sheets {
		if s.State == "hidden" || s.State == "veryHidden" {
			names = append(names, short(s.Name))
		}
	}
	if names == nil {
		return nil
	}
	return []string{"有隐藏的工作表：" + strings.Join(names, "、")}
}

// hiddenColumns looks at the column definitions, which precede the cells.
func (c *container) hiddenColumns() []string {
	var sheets []string
	for name, f := range c.files {
		if path.Dir(name) != "xl/worksheets" || path.Ext(name) != ".xml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			continue
		}
		if hasHiddenColumn(r) {
			sheets = append(sheets, strings.TrimSuffix(path.Base(name), ".xml"))
		}
		_ = r.Close()
	}
	if sheets == nil {
		return nil
	}
	sort.Strings(sheets)
	return []string{"有隐藏的列：" + strings.Join(sheets, "、")}
}

func hasHiddenColumn(r io.Reader) bool {
	d := xml.NewDecoder(io.LimitReader(r, maxPart))
	for {
		t, err := d.Token()
		if err != nil {
			return false
		}
		e, ok := t.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "sheetData" {
			return false
		}
		for _, a := range e.Attr {
			if e.Name.Local == "col" && a.Name.Local == "hidden" && (a.Value == "1" || a.Value == "true") {
				return true
			}
		}
	}
}
