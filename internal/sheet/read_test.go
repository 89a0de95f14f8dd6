package sheet

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"civilaffairs/internal/errs"
)

// book makes a workbook with another library than ours.
func book(t *testing.T, make func(f *excelize.File, set func(cell string, v any))) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	make(f, func(cell string, v any) { check(f.SetCellValue("Sheet1", cell, v)) })
	var b bytes.Buffer
	check(f.Write(&b))
	return b.Bytes()
}

// raw makes a workbook of parts, for what no library would write: its rows, what
// follows them, then parts by name that replace or join the others.
func raw(t *testing.T, rows string, more ...string) []byte {
	t.Helper()
	after := ""
	if len(more)%2 == 1 {
		after, more = more[0], more[1:]
	}
	parts := map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="表" sheetId="1" r:id="a"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Type="x/worksheet" Target="/xl/worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   `<worksheet><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`,
	}
	for i := 0; i+1 < len(more); i += 2 {
		parts[more[i]] = more[i+1]
	}
	return packed(t, parts)
}

func packed(t *testing.T, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, body := range parts {
		w, err := z.Create(name)
		if err == nil {
			_, err = w.Write([]byte(body))
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

func TestANumberReadsAsAPersonSeesIt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		raw, format string
		date1904    bool
		text, fault string
	}{
		{raw: "3", text: "3"},
		{raw: "1234.5", format: `#,##0.00"元"`, text: "1234.5"},
		{raw: "0.30000000000000004", text: "0.3"},
		{raw: "1E-05", format: "0.00E+00", text: "0.00001"},
		{raw: "1.5E+6", text: "1500000"},
		{raw: "-0", text: "0"},
		{raw: "999999999999999", text: "999999999999999"},
		{raw: "4.4031019900228E+17", text: "440310199002280000", fault: lostDigits},
		{raw: "440310199002280010", format: "0", text: "440310199002280000", fault: lostDigits},
		{raw: "518118", format: "000000", text: "518118"},
		{raw: "7", format: "000000", text: "000007"},
		{raw: "0.255", format: "0.0%", text: "25.5%"},
		{raw: "46086", format: "yyyy-mm-dd", text: "2026-03-05"},
		{raw: "46086", format: `yyyy"年"m"月"d"日"`, text: "2026-03-05"},
		{raw: "46086.75", format: "m/d/yy h:mm", text: "2026-03-05 18:00"},
		{raw: "46086.75", format: `[$-804]yyyy\-mm\-dd;@`, text: "2026-03-05"},
		{raw: "46086.999999", format: "yyyy/m/d hh:mm:ss", text: "2026-03-06"},
		{raw: "0.5", format: "h:mm", text: "12:00"},
		{raw: "1.25", format: "[h]:mm", text: "1900-01-01 06:00"},
		{raw: "44624", format: "yyyy-mm-dd", date1904: true, text: "2026-03-05"},
		{raw: "59", format: "yyyy-mm-dd", text: "1900-02-28"},
		{raw: "60", format: "yyyy-mm-dd", text: "60", fault: notDate},
		{raw: "61", format: "yyyy-mm-dd", text: "1900-03-01"},
		{raw: "20260305", format: "yyyy-mm-dd", text: "20260305", fault: notDate},
		{raw: "-1", format: "yyyy-mm-dd", text: "-1", fault: notDate},
		{raw: "12", format: `0"月"`, text: "12"},
		{raw: "12", format: `[Red]0.0`, text: "12"},
		{raw: "12", format: `G/通用格式`, text: "12"},
		{raw: "1", format: `"d"0\d_y`, text: "1"},
		{raw: "NaN", fault: notNumber},
		{raw: "1e400", fault: notNumber},
		{raw: "x", fault: notNumber},
	} {
		text, fault := numberText(c.raw, lookOf(c.format), c.date1904)
		if text != c.text || fault != c.fault {
			t.Errorf("%s as %s: %q %q, want %q %q", c.raw, c.format, text, fault, c.text, c.fault)
		}
	}
}

func TestAWorkbookOfAnotherLibrary(t *testing.T) {
	t.Parallel()
	table := mustRead(t, book(t, func(f *excelize.File, set func(string, any)) {
		set("B3", "名称\n（全称）")
		set("C3", "成立日期")
		set("D3", "党组织")
		set("E3", "比例")
		set("F3", "合计")
		set("B5", "坪环社区𠮷祥队")
		set("C5", time.Date(2019, 5, 4, 0, 0, 0, 0, time.UTC))
		set("D5", true)
		set("E5", 0.5)
		percent, _ := f.NewStyle(&excelize.Style{NumFmt: 9})
		_ = f.SetCellStyle("Sheet1", "E5", "E5", percent)
		_ = f.SetCellRichText("Sheet1", "B6", []excelize.RichTextRun{{Text: "沙"}, {Text: "坣"}})
		_ = f.SetCellStyle("Sheet1", "Z900", "Z900", percent) // only looks
		_ = f.SetRowVisible("Sheet1", 6, false)
		_ = f.SetColVisible("Sheet1", "D:E", false)
		_, _ = f.NewSheet("去年")
		_, _ = f.NewSheet("身份证")
		_ = f.SetSheetVisible("身份证", false)
	}), "花名册.xls") // content counts, not the name
	want := Table{
		Sheet: "Sheet1", Header: []string{"", "名称 （全称）", "成立日期", "党组织", "比例", "合计"},
		Rows: []Row{
			{5, []string{"", "坪环社区𠮷祥队", "2019-05-04", "是", "50%", ""}},
			{6, []string{"", "沙坣", "", "", "", ""}},
		},
		Notes: []string{"只读了工作表“Sheet1”，没有读“去年”。", "隐藏的工作表“身份证”没有读。", "隐藏的行也读了：第 6 行。", "隐藏的列也读了：D–E 列。"},
	}
	if diff := cmp.Diff(want, table); diff != "" {
		t.Error(diff)
	}
}

func TestFaultsNameTheirCell(t *testing.T) {
	t.Parallel()
	table := mustRead(t, raw(t, `<row r="1"><c t="inlineStr"><is><t>名称</t></is></c><c t="inlineStr"><is><t>身份证号</t></is></c><c t="inlineStr"><is><t>金额</t></is></c></row>
		<row r="3"><c r="A3" t="str"><f>A1</f><v></v></c><c r="B3"><v>440310199002280010</v></c><c r="C3"><f>SUM(D1)</f></c></row>
		<row r="4"><c r="A4" t="str"><f>B1</f><v>=A&amp;B</v></c><c r="B4" t="inlineStr"><is><t>4.4031E+17</t></is></c><c r="C4" t="e"><v>#DIV/0!</v></c></row>
		<row r="5"><c r="A5" t="s"><v>0</v></c><c r="B5" t="d"><v>2026-03-05T00:00:00</v></c><c r="C5"><f>1+1</f><v>2</v></c></row>
		<row r="6"><c r="D6"><f>1/0</f></c></row>
		<row r="7"><c r="A7" t="inlineStr"><is><t>队</t></is></c></row>`, `<mergeCells><mergeCell ref="A7:A9"/><mergeCell ref="B7:B9"/></mergeCells>`), "a.xlsx")
	const noResult = "这是公式，文件里没有存它的结果。用 Excel 或 WPS 打开，存一次再上传；或者把公式换成数值"
	want := []CellFault{
		{3, 2, "身份证号", lostDigits}, {3, 3, "金额", noResult}, {4, 2, "身份证号", lostDigits}, {4, 3, "金额", "这里显示的是错误 #DIV/0!。改好公式，或填上数值"},
		{5, 1, "名称", "这个单元格里的文字读不出来。清空后重新填写"}, {6, 4, "", noResult}, {7, 1, "名称", "A7:A9 合并成了一格。取消合并，每一格都填上"},
	}
	if diff := cmp.Diff(want, table.Faults); diff != "" {
		t.Error(diff)
	}
	if table.Faults[1].Address() != "C3" || Address(1, 28) != "AB1" {
		t.Error("a cell has another name than in Excel")
	}
	rows := []Row{{3, []string{"", "440310199002280000", "", ""}}, {4, []string{"=A&B", "4.4031E+17", "", ""}}, {5, []string{"", "2026-03-05", "2", ""}}, {6, make([]string, 4)}, {7, []string{"队", "", "", ""}}}
	if diff := cmp.Diff(rows, table.Rows); diff != "" {
		t.Error(diff)
	}
}

func TestTheFirstSheetInSightIsRead(t *testing.T) {
	t.Parallel()
	content := book(t, func(f *excelize.File, set func(string, any)) {
		set("A1", "隐藏的")
		_, _ = f.NewSheet(HelpSheet)
		_, _ = f.NewSheet("人员")
		_ = f.SetCellValue(HelpSheet, "A1", "说明")
		_ = f.SetCellValue("人员", "A1", "姓名")
		f.SetActiveSheet(2)
		_ = f.SetSheetVisible("Sheet1", false)
	})
	if table := mustRead(t, content, "a.xlsx"); table.Sheet != "人员" || table.Header[0] != "姓名" || len(table.Notes) != 1 {
		t.Errorf("read %+v", table)
	}
}

func TestTextFiles(t *testing.T) {
	t.Parallel()
	const text = "名称,备注\r\n\r\n坪环社区舞蹈队,\"两行\n第二行，\"\"引\"\"\"\r\n沙坣社区义工队,'=1+1\r\n,4.4031E+17\r\n"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	wide := func(order unicode.Endianness, s string) string {
		out, err := unicode.UTF16(order, unicode.UseBOM).NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	want := []Row{{3, []string{"坪环社区舞蹈队", "两行\n第二行，\"引\""}}, {4, []string{"沙坣社区义工队", "=1+1"}}, {5, []string{"", "4.4031E+17"}}}
	for name, content := range map[string]string{
		"utf8": text, "mark": "\ufeff" + text, "gb18030": gb, "utf16le": wide(unicode.LittleEndian, text), "utf16be": wide(unicode.BigEndian, text),
		"semicolon": strings.ReplaceAll(text, ",", ";"), "tab": strings.ReplaceAll(text, ",", "\t"), "lf": strings.ReplaceAll(text, "\r", ""),
	} {
		table := mustRead(t, []byte(content), "a.csv")
		if diff := cmp.Diff(want, table.Rows); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if len(table.Faults) != 1 || table.Faults[0].Address() != "B5" || (len(table.Notes) > 0) != (name == "gb18030") {
			t.Errorf("%s: faults %v, notes %v", name, table.Faults, table.Notes)
		}
	}
	if table := mustRead(t, []byte("姓名\r张三\r李四"), "mac.csv"); len(table.Rows) != 2 {
		t.Errorf("lines ended by CR only: %+v", table)
	}
}

func TestFilesThatAreRefused(t *testing.T) {
	t.Parallel()
	ole := "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 512)
	stream := func(name string) string { return ole + strings.Join(strings.Split(name, ""), "\x00") + "\x00\x00\x00" }
	workbook := string(raw(t, `<row><c t="inlineStr"><is><t>名称</t></is></c></row>`))
	if _, err := read([]byte(workbook), "a.xlsx"); err != nil {
		t.Fatalf("the control is refused: %v", err)
	}
	zipOf := func(names ...string) string {
		parts := map[string]string{}
		for _, n := range names {
			parts[n] = "<x/>"
		}
		return string(packed(t, parts))
	}
	for _, c := range []struct{ name, content, want string }{
		{"空.xlsx", "", "文件是空的"},
		{"名册.xls", stream("Workbook"), "这是旧版 Excel 的 .xls 文件，不能直接读。" + saveAs},
		{"名册.xlsx", stream("Book"), "这是旧版 Excel 的 .xls 文件"},
		{"名册.et", stream("Workbook"), "这是 WPS 表格的 .et 文件，不能直接读。" + saveAs},
		{"名册.xlsx", stream("EncryptedPackage"), "文件设了打开密码"},
		{"名册.doc", stream("WordDocument"), "这是文字文档"},
		{"名册.wps", ole, "这是文字文档"},
		{"名册.msg", ole, "这不是表格文件"},
		{"旧.xls", "\x09\x04\x06\x00\x00\x00\x10\x00", "这是旧版 Excel"},
		{"名册.ods", zipOf("mimetype", "content.xml"), "这是 OpenDocument 文件"},
		{"名册.xlsm", zipOf("xl/workbook.xml", "xl/vbaProject.bin"), "文件里带有宏"},
		{"名册.xlsb", zipOf("xl/workbook.bin"), "这是二进制的 .xlsb"},
		{"名册.docx", zipOf("[Content_Types].xml", "_rels/.rels", "word/document.xml"), "这是 Word 文档"},
		{"名册.zip", zipOf("名册.xlsx"), "不要放在压缩包里"},
		{"名册.xls", "<html><table><tr><td>名称</td></tr></table></html>", "这是网页或 XML 文件"},
		{"名册.xls", "\ufeff<?xml version=\"1.0\"?><Workbook/>", "这是网页或 XML 文件"},
		{"证书.pdf", "%PDF-1.7 ", "这不是表格文件"},
		{"照片.xlsx", "\x89PNG\r\n\x1a\n", "这不是表格文件"},
		{"坏.xlsx", workbook[:len(workbook)/2], "文件打不开"},
		{"坏.xlsx", string(raw(t, `<row><c><v>1</v>`)), "文件打不开"},
		{"坏.xlsx", string(raw(t, `<row r="5"/><row r="4"/>`)), "文件打不开"},
		{"坏.xlsx", string(raw(t, `<row r="1"><c r="B9"><v>1</v></c></row>`)), "文件打不开"},
		{"实体.xlsx", string(raw(t, `<row><c><v>&a;</v></c></row>`)), "文件打不开"},
		{"无表.xlsx", string(raw(t, "", "xl/workbook.xml", `<workbook><sheets/></workbook>`)), "没有可以读的工作表"},
		{"空表.xlsx", string(raw(t, `<row r="1"><c><v></v></c></row>`)), "表格是空的"},
		{"空.csv", " \r\n\r\n", "表格是空的"},
		{"引号.csv", "名称,备注\n\"坪环,1\n", "第 2 行的引号没有成对"},
		{"乱码.csv", "\xff\xff\xff", "文字编码认不出来"},
	} {
		_, err := read([]byte(c.content), c.name)
		if !errs.Is(err, errs.Invalid) || !strings.HasPrefix(errs.Message(err), c.want) && !strings.Contains(errs.Message(err), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A bomb says that it is small: what is unpacked is counted.
func TestAFileMayNotUnpackToMore(t *testing.T) {
	t.Parallel()
	row := `<row><c t="inlineStr"><is><t>` + strings.Repeat("  ", 500) + `一</t></is></c></row>`
	content := raw(t, strings.Repeat(row, 4000))
	limits := Limits{Unpacked: 1 << 20}
	_, honest := Read(bytes.NewReader(content), int64(len(content)), "a.xlsx", limits)
	lying := bytes.Clone(content)
	for i := bytes.Index(lying, []byte("PK\x01\x02")); i >= 0 && i+46 < len(lying); {
		copy(lying[i+24:], []byte{100, 0, 0, 0}) // the unpacked size in the directory
		next := bytes.Index(lying[i+4:], []byte("PK\x01\x02"))
		if next < 0 {
			break
		}
		i += 4 + next
	}
	_, lied := Read(bytes.NewReader(lying), int64(len(lying)), "a.xlsx", limits)
	for name, err := range map[string]error{"honest": honest, "lying": lied} {
		if !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if !strings.Contains(errs.Message(honest), "展开以后超过 1 MB") {
		t.Errorf("says %v", honest)
	}
	// The control: the same file within the limit, and texts that one cell after
	// the other refers to.
	if table, err := Read(bytes.NewReader(content), int64(len(content)), "a.xlsx", Limits{}); err != nil || len(table.Rows) != 3999 {
		t.Errorf("within the limit: %d rows, %v", len(table.Rows), err)
	}
	shared := raw(t, strings.Repeat(`<row><c t="s"><v>0</v></c></row>`, 3000),
		"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="a" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="b" Type="x/sharedStrings" Target="s.xml"/></Relationships>`,
		"xl/s.xml", `<sst><si><t>`+strings.Repeat("大", 30_000)+`</t><rPh><t>だい</t></rPh></si></sst>`)
	if _, err := Read(bytes.NewReader(shared), int64(len(shared)), "a.xlsx", Limits{}); !strings.Contains(errs.Message(err), "展开以后超过 64 MB") {
		t.Errorf("one text three thousand times: %v", err)
	}
}

func TestLimitsOfATable(t *testing.T) {
	t.Parallel()
	line := func(n int) string { return strings.TrimSuffix(strings.Repeat("x,", n), ",") + "\n" }
	for _, c := range []struct {
		content, want string
	}{
		{strings.Repeat("x\n", 20_001), ""},
		{strings.Repeat("x\n", 20_002), "表格超过 20,000 行"},
		{line(200), ""},
		{line(201), "表格有 201 列"},
		{"x\n" + strings.Repeat("1.0E+17\n", 5_001), "超过 5,000 个单元格读不了，第一个是 A2"},
		{string(raw(t, `<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>`)), "XFD1 有内容，最多读 200 列"},
		{string(raw(t, `<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576" s="3"/></row>`)), ""},
	} {
		if _, err := read([]byte(c.content), "a.csv"); !strings.HasPrefix(errs.Message(err), c.want) || (err == nil) != (c.want == "") {
			t.Errorf("%v, want %q", err, c.want)
		}
	}
}

// whole holds for whatever was read: as many cells as heads, rows in order, every
// fault at a cell of the table.
func whole(t *testing.T, table Table, err error) {
	t.Helper()
	last := 0
	for _, r := range table.Rows {
		if err != nil || len(r.Cells) != len(table.Header) || r.Number <= last {
			t.Fatalf("row %d after %d: %d cells under %d heads, %v", r.Number, last, len(r.Cells), len(table.Header), err)
		}
		last = r.Number
	}
	for _, fault := range table.Faults {
		if row, col, ok := parseAddress(fault.Address()); !ok || row != fault.Row || col != fault.Col || fault.Col > len(table.Header) || fault.Message == "" {
			t.Fatalf("a fault at no cell: %+v", fault)
		}
	}
}

func FuzzSheet(f *testing.F) {
	f.Add(`<row r="1"><c t="inlineStr"><is><r><t>名</t></r><rPh><t>x</t></rPh><t>称</t></is></c><c r="C1" t="s"><v>1</v></c></row><row hidden="1"><c s="1"><f>A1</f><v>46086</v></c></row>`,
		`<mergeCells><mergeCell ref="A1:B2"/></mergeCells>`)
	f.Add(`<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c t="d"><v>2026-03-05</v></c><c t="b"><v>1</v></c></row>`, ``)
	f.Fuzz(func(t *testing.T, rows, after string) {
		table, err := read(raw(t, rows, after), "a.xlsx")
		if err != nil && !errs.Is(err, errs.Invalid) {
			t.Fatal(err)
		}
		whole(t, table, err)
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("名称,金额\n坪环,1\n"))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, content []byte) {
		table, err := read(content, "a.xlsx")
		whole(t, table, err)
	})
}
