package sheet

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf16"

	"civilaffairs/internal/errs"
)

// saveAs is what to do with everything that is not an .xlsx file.
const saveAs = "用 Excel 或 WPS 打开它，点“文件”里的“另存为”，类型选“Excel 工作簿（*.xlsx）”，再上传新存的文件。"

func refuse(format string, args ...any) error { return errs.Newf(errs.Invalid, format, args...) }

func broken(cause error) error {
	return errs.Wrap(errs.Invalid, "文件打不开，可能没有存完整或传坏了。"+saveAs, cause)
}

// mostOLE is how much of an old Office file is looked through for what it is.
const mostOLE = 32 << 20

// refusal says why a file that is neither a workbook nor text is not taken. It
// goes by the content; the name only chooses the words.
func refusal(content io.ReaderAt, size int64, head []byte, filename string) error {
	ext := strings.ToLower(path.Ext(filename))
	switch {
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		all, err := io.ReadAll(io.NewSectionReader(content, 0, min(size, mostOLE)))
		if err != nil {
			return err
		}
		return oldOffice(all, ext)
	case beginsMarkup(head):
		return refuse("这是网页或 XML 文件，只是名字像表格。%s", saveAs)
	case ext == ".xls" || ext == ".et":
		return oldFormat(ext)
	}
	return refuse("这不是表格文件。请上传 .xlsx 或 .csv 文件。")
}

// beginsMarkup reports a web page or XML: many systems export one under the name
// of a table.
func beginsMarkup(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"), []byte("<"))
}

func oldFormat(ext string) error {
	if ext == ".et" {
		return refuse("这是 WPS 表格的 .et 文件，不能直接读。%s", saveAs)
	}
	return refuse("这是旧版 Excel 的 .xls 文件，不能直接读。%s", saveAs)
}

// oldOffice tells the files in the container of Office 97 apart by the names of
// their streams.
func oldOffice(content []byte, ext string) error {
	has := func(stream string) bool {
		var name []byte
		for _, u := range utf16.Encode([]rune(stream)) {
			name = append(name, byte(u), byte(u>>8))
		}
		return bytes.Contains(content, append(name, 0, 0))
	}
	switch {
	case has("EncryptedPackage"):
		return refuse("文件设了打开密码，读不了。用 Excel 或 WPS 打开，在“文件”→“信息”→“保护工作簿”里取消密码，存好再上传。")
	case ext == ".wps" || ext == ".doc" || has("WordDocument"):
		return refuse("这是文字文档，不是表格。把内容贴进表格，存成 .xlsx 再上传。")
	case ext == ".et" || has("Workbook") || has("Book"):
		return oldFormat(ext)
	}
	return refuse("这不是表格文件。请上传 .xlsx 或 .csv 文件。")
}

// refusedZip says why a packed file is not a workbook that is read, nil when it
// is one.
func refusedZip(files map[string]*zip.File) error {
	has := func(name string) bool { return files[name] != nil }
	for _, f := range files {
		if f.Flags&1 != 0 {
			return refuse("文件设了密码，读不了。取消密码，存成 .xlsx 再上传。")
		}
	}
	switch {
	case has("xl/vbaproject.bin"):
		return refuse("文件里带有宏，为了安全不收。%s", saveAs)
	case has("xl/workbook.bin"):
		return refuse("这是二进制的 .xlsb 文件，不能直接读。%s", saveAs)
	case has("xl/workbook.xml"), has("_rels/.rels") && has("[content_types].xml") && !has("word/document.xml") && !has("ppt/presentation.xml"):
		return nil
	case has("mimetype") && has("content.xml"):
		return refuse("这是 OpenDocument 文件（如 .ods），不能直接读。%s", saveAs)
	case has("word/document.xml"):
		return refuse("这是 Word 文档，不是表格。把内容贴进表格，存成 .xlsx 再上传。")
	}
	return refuse("这不是表格文件。请上传 .xlsx 或 .csv 文件，不要放在压缩包里。")
}

func tooLarge(limit int64) error {
	return refuse("文件展开以后超过 %s，没有读。删掉图片、多余的工作表和空白行的格式，或分成几个文件再上传。", mega(limit))
}

func mega(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d KB", n>>10)
	}
	return fmt.Sprintf("%d MB", n>>20)
}
