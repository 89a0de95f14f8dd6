package inspect_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"civilaffairs/internal/attachment/inspect"
)

// examine takes a file the whole way that an upload takes.
func examine(name string, data []byte) (inspect.Report, []byte, error) {
	clean := inspect.CleanName(name)
	kind, err := inspect.Admit(clean, int64(len(data)), 10<<20, nil)
	if err != nil {
		return inspect.Report{}, nil, err
	}
	r := bytes.NewReader(data)
	if kind.Picture() {
		var out bytes.Buffer
		report, err := inspect.Picture(kind, r, r.Size(), &out)
		return report, out.Bytes(), err
	}
	report, err := inspect.Document(kind, r, r.Size())
	return report, data, err
}

type sample struct {
	name string
	data []byte
	want string // part of the message; "" for a file that is taken
}

func TestTaken(t *testing.T) {
	t.Parallel()
	small := picture(64, 48)
	for _, s := range []sample{
		{"章程.pdf", pdf(""), ""},
		{"大写.PDF", pdf(""), ""},
		{"对象流.pdf", pdfWithObjectStream("1 0 <</Type/Page/OpenAction[2 0 R/Fit]>>"), ""},
		{"照片.jpg", jpegOf(t, small), ""},
		{"照片.jpeg", jpegOf(t, small), ""},
		{"灰度.jpg", jpegOf(t, grey(40, 40)), ""},
		{"截图.png", pngOf(t, small), ""},
		{"方案.docx", docx(t), ""},
		{"模板在本机.docx", docx(t, rels("word/_rels/settings.xml.rels", "attachedTemplate", "file:///C:/Users/wang/Normal.dotm")), ""},
		{"有网址.docx", docx(t, rels("word/_rels/document.xml.rels", "hyperlink", "https://www.szpsq.gov.cn/")), ""},
		{"反斜杠.docx", docx(t, entry{name: `docProps\app.xml`, data: []byte("<a/>")}), ""},
		{"目录项.docx", docx(t, entry{name: "word/media/"}), ""},
		{"预算.xlsx", xlsx(t, plainBook, plainSheet), ""},
		{"发票.ofd", zipOf(t, entry{name: "OFD.xml", data: []byte(`<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"/>`)}), ""},
		{"发票.xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><EInvoice><Header>坪山</Header></EInvoice>`), ""},
		{"发票gbk.xml", append([]byte(`<?xml version="1.0" encoding="GBK"?><Fp>`), "\xc6\xba\xc9\xbd</Fp>"...), ""},
		{"带BOM.xml", []byte("\xEF\xBB\xBF<Invoice/>"), ""},
	} {
		if _, _, err := examine(s.name, s.data); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	jpg, img := jpegOf(t, picture(64, 48)), pngOf(t, picture(64, 48))
	html := "<html><script>alert(1)</script></html>"
	samples := []sample{
		// Name and size
		{"空.pdf", nil, "0 字节"},
		{"太大.pdf", append(pdf(""), make([]byte, 10<<20)...), "文件超过 10 MB。分成两份，或降低扫描清晰度后再传"},
		{"太大.jpg", append(bytes.Clone(jpg), make([]byte, 10<<20)...), "把图片缩小"},
		{"没有扩展名", pdf(""), "没有扩展名"},
		{"木马.exe", []byte("MZ"), "不收 .exe 文件"},
		{"活动.pdf.exe", []byte("MZ"), "不收 .exe 文件"},
		{"活动\u202efdp.exe", []byte("MZ"), "不收 .exe 文件"},
		{"旧.doc", ole("WordDocument"), "另存为” DOCX"},
		{"旧.xls", ole("Workbook"), "另存为” XLSX"},
		{"宏.docm", docx(t), "不带宏的 DOCX"},
		{"宏.xlsm", docx(t), "不带宏的 XLSX"},
		{"动图.gif", []byte("GIF89a"), "另存为 PNG"},
		{"图.svg", []byte("<svg/>"), "另存为 PNG"},
		{"苹果.heic", []byte("\x00\x00\x00\x18ftypheic"), "兼容性最佳"},
		{"打包.zip", zipOf(t), "解压以后"},
		{"页.html", []byte(html), "不收 .html 文件"},
		{"脚本.js", []byte("alert(1)"), "不收 .js 文件"},

		// Content that is not what the name says
		{"其实是png.jpg", img, "内容却是PNG 图片"},
		{"其实是jpg.png", jpg, "内容却是JPG 图片"},
		{"其实是jpg.pdf", jpg, "内容却是JPG 图片"},
		{"其实是pdf.docx", pdf(""), "内容却是PDF"},
		{"其实是docx.pdf", docx(t), "内容却是压缩包或新版 Office 文件"},
		{"其实是docx.xlsx", docx(t), "内容却是 DOCX"},
		{"其实是xlsx.docx", xlsx(t, plainBook, plainSheet), "内容却是 XLSX"},
		{"其实是网页.jpg", []byte(html), "内容却是网页或 XML"},
		{"其实是网页.pdf", []byte(html), "内容却是网页或 XML"},
		{"其实是程序.pdf", append([]byte("MZ"), make([]byte, 100)...), "内容却是可执行程序"},
		{"其实是heic.jpg", append([]byte("\x00\x00\x00\x18ftypheic"), make([]byte, 50)...), "HEIC"},
		{"其实是文本.pdf", []byte("hello"), "内容不是 PDF 文件"},
		{"其实是zip.docx", zipOf(t, entry{name: "a.txt", data: []byte("x")}), "里面不是 Office 文档"},
		{"其实是docx.ofd", docx(t), "里面不是 OFD 文件"},
		{"旧版.docx", ole("WordDocument"), "旧版 Office 文件"},
		{"空压缩包.docx", zipOf(t), "空的压缩包"},
		{"svg.xml", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "网页代码"},

		// Two files in one
		{"前面有网页.pdf", append([]byte(html), pdf("")...), "网页或 XML"},
		{"前面有多余.pdf", append([]byte("x = 1;\n"), pdf("")...), "开头有多余的内容"},
		{"网页在头里.pdf", bytes.Replace(pdf(""), []byte("1 0 obj"), []byte(html+"\n1 0 obj"), 1), "网页代码"},
		{"gif加脚本.jpg", []byte("GIF89a/*" + strings.Repeat(" ", 20) + "*/=1;alert(1)"), "内容却是GIF 图片"},
		{"gif加脚本.png", []byte("GIF87a=1;alert(1)"), "内容却是GIF 图片"},
		{"前面有程序.docx", append(append([]byte("MZ"), make([]byte, 62)...), docx(t)...), "可执行程序"},
		{"两个zip.docx", append(docx(t), docx(t)...), "损坏"},

		// What a document carries
		{"脚本.pdf", pdf("/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>"), "带有脚本"},
		{"转义.pdf", pdf("/OpenAction<</S/J#61v#61Script/JS(1)>>"), "带有脚本"},
		{"藏在对象流.pdf", pdfWithObjectStream("1 0 <</S/JavaScript/JS(1)>>"), "带有脚本"},
		{"启动.pdf", pdf("/OpenAction<</S/Launch/F(cmd.exe)>>"), "打开其他程序"},
		{"嵌文件.pdf", pdf("/Names<</EmbeddedFiles<<>>>>"), "嵌在里面的文件"},
		{"外发.pdf", pdf("/AA<</O<</S/SubmitForm>>>>"), "向外发送"},
		{"加密.pdf", pdf("/Encrypt 9 0 R"), "密码或使用限制"},
		{"半份.pdf", pdf("")[:60], "不完整"},
		{"对象流炸弹.pdf", pdfWithObjectStream(strings.Repeat("0 ", 40<<20)), "展开后太大"},
		{"宏.docx", docx(t, entry{name: "word/vbaProject.bin", data: []byte("x")}), "带有宏"},
		{"宏类型.docx", zipOf(t, types("application/vnd.ms-word.document.macroEnabled.main+xml")), "带有宏"},
		{"宏表.xlsx", zipOf(t, types(xlsxMain), entry{name: "xl/macrosheets/sheet1.xml", data: []byte("x")}), "带有宏"},
		{"控件.docx", docx(t, entry{name: "word/activeX/activeX1.bin", data: []byte("x")}), "带有宏"},
		{"嵌程序.docx", docx(t, entry{name: "word/embeddings/setup.exe", data: []byte("MZ")}), "嵌着 .exe"},
		{"远程模板.docx", docx(t, rels("word/_rels/settings.xml.rels", "attachedTemplate", "https://evil.example/t.dotm")), "从网上取内容"},
		{"共享模板.docx", docx(t, rels("word/_rels/settings.xml.rels", "attachedTemplate", `file:////10.0.0.9/t.dotm`)), "从网上取内容"},
		{"密码.docx", ole("EncryptionInfo", "EncryptedPackage"), "打开密码"},
		{"加密项.docx", encryptedEntry(t), "设了密码"},

		// Containers built to harm
		{"穿越.docx", docx(t, entry{name: "../../etc/passwd", data: []byte("x")}), "路径不正常"},
		{"反斜杠穿越.docx", docx(t, entry{name: `..\..\windows\a`, data: []byte("x")}), "路径不正常"},
		{"绝对.docx", docx(t, entry{name: "/etc/passwd", data: []byte("x")}), "路径不正常"},
		{"盘符.xlsx", docx(t, entry{name: "C:/a", data: []byte("x")}), "路径不正常"},
		{"控制符.docx", docx(t, entry{name: "word/a\x00b", data: []byte("x")}), "路径不正常"},
		{"链接.docx", docx(t, entry{name: "word/l", data: []byte("/etc/passwd"), mode: os.ModeSymlink | 0o777}), "含有链接"},
		{"重名.docx", docx(t, entry{name: "WORD/Document.xml", data: []byte("x")}), "损坏"},
		{"炸弹.docx", docx(t, entry{name: "word/bomb.xml", data: make([]byte, 101<<20)}), "大得不正常"},
		{"高比例.xlsx", docx(t, entry{name: "word/a.xml", data: make([]byte, 20<<20)}), "大得不正常"},
		{"一百万项.docx", manyEntries(180_000, 180_000&0xFFFF), "大得不正常"},
		{"谎报项数.docx", manyEntries(65_536+10, 10), "大得不正常"},
		{"两千多项.ofd", manyEntries(2_100, 2_100), "大得不正常"},
		{"截断.docx", docx(t)[:200], "损坏"},
		{"校验不符.docx", corrupt(docx(t)), "损坏"},
		{"实体炸弹.xml", []byte(`<!DOCTYPE a [<!ENTITY b "x">]><a>&b;</a>`), "网页代码或外部引用"},
		{"样式.xml", []byte(`<?xml-stylesheet href="x.xsl"?><EInvoice/>`), "网页代码"},
		{"脚本.xml", []byte(`<EInvoice><x:script xmlns:x="http://www.w3.org/1999/xhtml">1</x:script></EInvoice>`), "网页代码"},
		{"没完.xml", []byte(`<EInvoice><a>`), "不完整"},
		{"太深.xml", append(repeated("<a>", 100), repeated("</a>", 100)...), "不完整"},

		// Pictures
		{"像素洪水.png", pngHeader(60_000, 60_000, 8, 6), "60000×60000 像素"},
		{"五千一百万.png", pngHeader(8_500, 6_000, 8, 0), "8500×6000 像素"},
		{"十六位.png", pngHeader(6_000, 5_000, 16, 6), "太大了"},
		{"长条.png", pngHeader(45_000_000, 1, 8, 0), "太大了"},
		{"像素洪水.jpg", jpegHeader(0xC0, 65_000, 65_000, 0x11), "65000×65000 像素"},
		{"渐进大图.jpg", jpegHeader(0xC2, 7_000, 6_000, 0x11), "7000×6000 像素"},
		{"半张.jpg", jpg[:len(jpg)/2], "打不开"},
		{"半张.png", img[:len(img)/2], "打不开"},
		{"只有头.jpg", []byte("\xFF\xD8\xFF\xE0"), "打不开"},
	}
	if len(samples) < 60 {
		t.Fatalf("only %d samples", len(samples))
	}
	for _, s := range samples {
		_, _, err := examine(s.name, s.data)
		refusal, ok := errors.AsType[*inspect.Refusal](err)
		switch {
		case !ok:
			t.Errorf("%s: taken, or failed without a message: %v", s.name, err)
		case !strings.Contains(refusal.Message, s.want):
			t.Errorf("%s: %q does not say %q", s.name, refusal.Message, s.want)
		}
	}
}

// A long name of compressed bytes must not look like an action by chance.
func TestCompressedPDFContentIsNotMisread(t *testing.T) {
	t.Parallel()
	noise := make([]byte, 8<<20)
	seed := uint32(1)
	for i := range noise {
		seed = seed*1664525 + 1013904223
		noise[i] = byte(seed >> 24)
	}
	data := append(pdf("")[:60], append(noise, pdf("")[60:]...)...)
	if _, _, err := examine("扫描.pdf", data); err != nil {
		t.Fatal(err)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	hidden := xlsx(t, `<workbook><sheets><sheet name="公开"/><sheet name="身份证" state="veryHidden"/></sheets></workbook>`,
		`<worksheet><cols><col min="3" max="3" hidden="1"/></cols><sheetData/></worksheet>`)
	report, _, err := examine("名单.xlsx", hidden)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(report.Notes, "；"); got != "有隐藏的工作表：身份证；有隐藏的列：sheet1" {
		t.Errorf("notes %q", got)
	}
	report, _, err = examine("公式.docx", docx(t, entry{name: "word/embeddings/oleObject1.bin", data: []byte("x")}))
	if err != nil || len(report.Notes) != 1 {
		t.Errorf("embedded object: %v, %v", report.Notes, err)
	}
	report, _, err = examine("预算.xlsx", xlsx(t, plainBook, plainSheet))
	if err != nil || len(report.Notes) != 0 {
		t.Errorf("plain sheet: %v, %v", report.Notes, err)
	}
}

// A reader that fails is a failure, never a verdict on the file.
func TestReadErrorIsNoRefusal(t *testing.T) {
	t.Parallel()
	for _, k := range inspect.Kinds {
		var err error
		if k.Picture() {
			_, err = inspect.Picture(k, broken{}, 100, io.Discard)
		} else {
			_, err = inspect.Document(k, broken{}, 100)
		}
		if _, refused := errors.AsType[*inspect.Refusal](err); err == nil || refused {
			t.Errorf("%s: %v", k, err)
		}
	}
}

type broken struct{}

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errors.New("disk") }

func TestSizeText(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0 字节", 1023: "1023 字节", 319_488: "312 KB", 10 << 20: "10 MB",
		10<<20 + 1: "10.1 MB", 8_283_750: "7.9 MB", 8_283_770: "8.0 MB", 50 << 20: "50 MB"} {
		if got := inspect.SizeText(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
}

func FuzzDocument(f *testing.F) {
	f.Add(0, pdfWithObjectStream("1 0 <<>>"))
	f.Add(3, docx(f))
	f.Add(4, xlsx(f, plainBook, plainSheet))
	f.Add(6, []byte("<EInvoice/>"))
	f.Add(1, jpegHeader(0xC0, 9, 9, 0x22))
	f.Add(2, pngHeader(9, 9, 8, 2))
	f.Fuzz(func(t *testing.T, kind int, data []byte) {
		k := inspect.Kinds[uint(kind)%uint(len(inspect.Kinds))]
		r := bytes.NewReader(data)
		if k.Picture() {
			_, _ = inspect.Picture(k, r, r.Size(), io.Discard)
		} else {
			_, _ = inspect.Document(k, r, r.Size())
		}
	})
}
