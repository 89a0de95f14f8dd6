package inspect

import (
	"bytes"
	"io"
	"unicode/utf16"
)

// signatures are the first bytes of what people send, taken or not. The content
// decides and the extension must agree: nothing is taken for what it is not.
var signatures = []struct {
	prefix string
	name   string
	kinds  []Kind // which may begin so
}{
	{"%PDF-", "PDF", []Kind{PDF}},
	{"\xFF\xD8\xFF", "JPG 图片", []Kind{JPEG}},
	{"\x89PNG\r\n\x1a\n", "PNG 图片", []Kind{PNG}},
	{"PK\x03\x04", "压缩包或新版 Office 文件", []Kind{DOCX, XLSX, OFD}},
	{"PK\x05\x06", "空的压缩包", nil},
	{"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "旧版 Office 文件", nil},
	{"GIF87a", "GIF 图片", nil},
	{"GIF89a", "GIF 图片", nil},
	{"BM", "BMP 图片", nil},
	{"II*\x00", "TIFF 图片", nil},
	{"MM\x00*", "TIFF 图片", nil},
	{"Rar!\x1a\x07", "RAR 压缩包", nil},
	{"7z\xBC\xAF\x27\x1C", "7z 压缩包", nil},
	{"\x1F\x8B", "GZ 压缩包", nil},
	{"MZ", "可执行程序", nil},
	{"\x7FELF", "可执行程序", nil},
	{"#!", "脚本", nil},
	{"{\\rtf", "RTF 文档", nil},
	{"\xEF\xBB\xBF<", "网页或 XML", []Kind{XML}},
	{"<", "网页或 XML", []Kind{XML}},
}

const headSize = 4096

// agree compares the first bytes of the file with the kind its name claims.
func agree(k Kind, r io.ReaderAt, size int64) error {
	head, err := readHead(r, size)
	if err != nil {
		return err
	}
	if k == XML && len(bytes.TrimLeft(head, "\ufeff \t\r\n")) > 0 && bytes.TrimLeft(head, "\ufeff \t\r\n")[0] == '<' {
		return nil
	}
	for _, s := range signatures {
		if !bytes.HasPrefix(head, []byte(s.prefix)) {
			continue
		}
		for _, ok := range s.kinds {
			if ok == k {
				return nil
			}
		}
		return disagree(k, s.name, s.kinds, r, size)
	}
	if brand := heifBrand(head); brand {
		return refuse("文件名是 .%s，内容却是苹果手机的 HEIC 照片。在手机“设置—相机—格式”里选“兼容性最佳”重拍，或另存为 JPG 后再传", k)
	}
	// A PDF reader would skip bytes before the header; something else would run them.
	if k == PDF && bytes.Contains(head, []byte("%PDF-")) {
		return refuse("这份 PDF 的开头有多余的内容，不能确认它是安全的。打开后用“打印—另存为 PDF”重新生成一份再传")
	}
	return refuse("文件名是 .%s，但内容不是 %s 文件，也可能在传送时损坏了。用原来的软件打开核对，重新保存后再传", k, k.Name())
}

func disagree(k Kind, found string, kinds []Kind, r io.ReaderAt, size int64) error {
	switch {
	case found == "旧版 Office 文件" && (k == DOCX || k == XLSX):
		if encryptedOffice(r, size) {
			return refuse("这份文件设了打开密码，我们看不到内容。取消密码，重新保存后再传")
		}
		return refuse("文件名是 .%s，内容却是旧版 Office 文件。用 Word、Excel 或 WPS 打开，“另存为” %s 后再传", k, k.Name())
	case len(kinds) == 1:
		return refuse("文件名是 .%s，内容却是%s。用原来的软件打开，另存为 %s 后再传；如果只是名字写错了，把扩展名改成 .%s",
			k, found, k.Name(), kinds[0])
	}
	return refuse("文件名是 .%s，内容却是%s。换成真正的 %s 文件后再传", k, found, k.Name())
}

// encryptedOffice reports whether an OLE container holds the stream that Office
// makes when a password is set.
func encryptedOffice(r io.ReaderAt, size int64) bool {
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return false
	}
	var name []byte
	for _, u := range utf16.Encode([]rune("EncryptedPackage")) {
		name = append(name, byte(u), byte(u>>8))
	}
	return bytes.Contains(data, name)
}

func heifBrand(head []byte) bool {
	if len(head) < 12 || string(head[4:8]) != "ftyp" {
		return false
	}
	switch string(head[8:12]) {
	case "heic", "heix", "mif1", "msf1", "hevc", "avif":
		return true
	}
	return false
}

func readHead(r io.ReaderAt, size int64) ([]byte, error) {
	head := make([]byte, min(size, headSize))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, err
	}
	return head, nil
}
