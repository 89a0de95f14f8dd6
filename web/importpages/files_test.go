package importpages_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"strings"
	"testing"
	"unicode/utf16"

	"civilaffairs/internal/importing"
	"civilaffairs/internal/importing/importtest"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// old is a file in the container of Office 97 with a stream of a name.
func old(stream string) []byte {
	b := []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 1000))
	for _, u := range utf16.Encode([]rune(stream)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return append(b, make([]byte, 600)...)
}

// packed is a zip of files; a name twice is its content.
func packed(t *testing.T, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range files {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte("<x/>"))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bomb is a workbook of a few hundred kilobytes that unpacks to more than 200 MB.
func bomb(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range map[string]io.Reader{
		"xl/workbook.xml":            strings.NewReader(`<workbook xmlns:r="r"><sheets><sheet name="表" sheetId="1" r:id="a"/></sheets></workbook>`),
		"xl/_rels/workbook.xml.rels": strings.NewReader(`<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`),
		"xl/worksheets/sheet1.xml": io.MultiReader(strings.NewReader(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>组织</t></is></c></row>`),
			io.LimitReader(zeros{' '}, 201<<20), strings.NewReader(`</sheetData></worksheet>`)),
	} {
		w, err := z.Create(name)
		if err == nil {
			_, err = io.Copy(w, body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zeros is endless.
type zeros struct{ b byte }

func (z zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = z.b
	}
	return len(p), nil
}

// twoSheets is a workbook of another program with a roster on its first sheet and
// notes on the second.
func twoSheets(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for cell, v := range map[string]string{"A1": "组织", "B1": "姓名", "C1": "职务", "D1": "加入日期", "A2": "坪环社区象棋队", "B2": "王一", "C2": "理事", "D2": "2018-01-02"} {
		if err := f.SetCellValue("Sheet1", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := f.NewSheet("草稿"); err != nil {
		t.Fatal(err)
	}
	if err := f.SetCellValue("草稿", "A1", "不要读"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// What is no table that can be read is refused at its field with what to do, the
// choice of the kind is kept, and nothing is on record.
func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.bring(t, "organizations", s.example(t, "organizations"))
	whole := s.File(t, "people", importtest.People(50))
	many := make([][]string, importing.MaxRows+1)
	for i := range many {
		many[i] = make([]string, 18)
		many[i][0] = "坪环社区象棋队"
	}
	before := s.runs(t)
	for _, c := range []struct {
		name    string
		content io.Reader
		words   string
	}{
		{"旧.xls", bytes.NewReader(old("Workbook")), "旧版 Excel 的 .xls 文件"},
		{"名册.et", bytes.NewReader(old("Workbook")), "WPS 表格的 .et 文件"},
		{"名册.wps", bytes.NewReader(old("WordDocument")), "这是文字文档，不是表格"},
		{"名册.ods", bytes.NewReader(packed(t, "mimetype", "content.xml")), "OpenDocument 文件"},
		{"名册.xlsm", bytes.NewReader(packed(t, "xl/workbook.xml", "xl/vbaProject.bin")), "带有宏"},
		{"名册.docx", bytes.NewReader(packed(t, "_rels/.rels", "[Content_Types].xml", "word/document.xml")), "Word 文档"},
		{"加密.xlsx", bytes.NewReader(old("EncryptedPackage")), "打开密码"},
		{"打包.zip", bytes.NewReader(packed(t, "名册.xlsx")), "不要放在压缩包里"},
		{"炸弹.xlsx", bytes.NewReader(bomb(t)), "文件展开以后超过 200 MB"},
		{"空.xlsx", bytes.NewReader(nil), "空的文件不收"},
		{"空白.csv", strings.NewReader(" \r\n,\r\n"), "表格是空的"},
		{"半个.xlsx", bytes.NewReader(whole[:len(whole)/2]), "可能没有存完整或传坏了"},
		{"网页.xls", strings.NewReader("<html><table><tr><td>组织</td></tr></table></html>"), "这是网页或 XML 文件"},
		{"照片.jpg", strings.NewReader("\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01"), "这不是表格文件"},
		{"太大.xlsx", io.LimitReader(zeros{'x'}, importing.MaxBytes+1), "文件超过 10 MB"},
		{"更大.xlsx", io.LimitReader(zeros{'x'}, 201<<20), "文件超过 10 MB"},
		{"太多.xlsx", bytes.NewReader(s.File(t, "people", many)), "表格超过 20,000 行"},
		{"组织.xlsx", bytes.NewReader(s.example(t, "organizations")), "这不像“人员花名册”的模板，缺少这些列：组织、姓名、职务、加入日期"},
		{"缺列.csv", strings.NewReader("组织,姓名,职务\n甲,王,理事\n"), "缺少这些列：加入日期"},
		{"重列.csv", strings.NewReader("组织,姓名,职务,加入日期,姓名\n甲,王,理事,2018-01-01,李\n"), "出现了两次：姓名"},
		{"只有列名.csv", strings.NewReader("组织,姓名,职务,加入日期\n"), "没有内容"},
	} {
		p := s.send(t, "people", c.name, c.content)
		if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.error("file"), c.words) {
			t.Errorf("%s: %d, at the field %q; %.300s", c.name, p.status, p.error("file"), p.says())
			continue
		}
		if p.Find(`input[name=kind][value=people]`).AttrOr("checked", "no") == "no" {
			t.Errorf("%s: the kind is lost", c.name)
		}
	}
	if p := s.send(t, "", "名册.csv", strings.NewReader("组织\n")); p.status != http.StatusUnprocessableEntity || p.error("kind") == "" {
		t.Errorf("no kind: %d %q", p.status, p.error("kind"))
	}
	if n := s.runs(t); n != before {
		t.Errorf("%d files left a trace", n-before)
	}
}

func (s *site) runs(t *testing.T) (n int) {
	t.Helper()
	if err := s.DB.Owner.QueryRow(t.Context(), `select count(*) from import_run`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// What other programs write is read the same: any encoding, columns in any order,
// a second sheet told of.
func TestFilesThatAreReadAllTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.bring(t, "organizations", s.example(t, "organizations"))
	const text = "姓名,组织,职务,加入日期,备注\r\n王㙍,坪环社区象棋队,理事,2018-01-02,不在模板里\r\n王二,没有的队,理事,2018-02-30,\r\n"
	encoded := func(encode func(string) (string, error)) []byte {
		t.Helper()
		b, err := encode(text)
		if err != nil {
			t.Fatal(err)
		}
		return []byte(b)
	}
	for name, content := range map[string][]byte{
		"UTF-8 的.csv":    []byte(text),
		"带标记的.csv":       []byte("\ufeff" + text),
		"GB18030 的.csv":  encoded(simplifiedchinese.GB18030.NewEncoder().String),
		"UTF-16 小端的.csv": encoded(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String),
		"UTF-16 大端的.csv": encoded(unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String),
		"制表符的.txt":       []byte(strings.ReplaceAll(text, ",", "\t")),
	} {
		p := s.send(t, "people", name, bytes.NewReader(content))
		if p.status != http.StatusSeeOther {
			t.Errorf("%s: %d %s", name, p.status, p.error("file"))
			continue
		}
		p = s.get(t, p.path)
		want := [][]string{{"B3 组织", "没有的队", "没有找到“没有的队”。核对名称或编号；还没有登记的，先导入组织"}, {"D3 加入日期", "2018-02-30", ""}}
		got := p.cells("有问题的单元格")
		if len(got) != 2 || got[0][0] != want[0][0] || got[0][1] != want[0][1] || got[0][2] != want[0][2] || got[1][0] != want[1][0] || !strings.Contains(got[1][2], "2018年2月没有30日") {
			t.Errorf("%s: %q", name, got)
		}
		if !strings.Contains(p.says(), "不在模板里，没有读：备注") || !strings.Contains(p.says(), "确认导入 1 行") {
			t.Errorf("%s: %s", name, p.says())
		}
	}
	if p := s.upload(t, "people", twoSheets(t)); !strings.Contains(p.says(), "草稿") || !strings.Contains(p.says(), "确认导入 1 行") {
		t.Errorf("two sheets: %s", p.says())
	}
}
