package inspect

import (
	"bytes"
	"compress/zlib"
	"io"
)

// A PDF is kept as it is, so whatever acts when it is opened is refused. The
// look is pragmatic: names are searched in the whole file and in inflated
// object streams, with #xx escapes undone; nothing is executed or rendered.
var pdfRefused = map[string]string{
	"JavaScript":    "脚本",
	"Launch":        "打开其他程序的动作",
	"EmbeddedFile":  "嵌在里面的文件",
	"EmbeddedFiles": "嵌在里面的文件",
	"RichMedia":     "多媒体内容",
	"SubmitForm":    "向外发送内容的动作",
	"ImportData":    "读取其他文件的动作",
}

// maxInflated bounds what is inflated from the object streams of one PDF.
const maxInflated = 64 << 20

func inspectPDF(r io.ReaderAt, size int64) (Report, error) {
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return Report{}, err
	}
	tail := data[max(0, len(data)-2048):]
	if !bytes.Contains(tail, []byte("%%EOF")) || !bytes.Contains(data, []byte("startxref")) || !bytes.Contains(data, []byte("obj")) {
		return Report{}, refuse("这份 PDF 不完整，可能没有传完或已经损坏。打开看看是不是每一页都在，重新生成后再传")
	}
	head := bytes.ToLower(data[:min(len(data), 1024)])
	for _, tag := range []string{"<html", "<script", "<svg", "<!doctype", "<?php"} {
		if bytes.Contains(head, []byte(tag)) {
			return Report{}, refuse("这份 PDF 里混有网页代码，不能确认它是安全的。打开后用“打印—另存为 PDF”重新生成一份再传")
		}
	}
	found, encrypted := pdfNames(data)
	if encrypted {
		return Report{}, refuse("这份 PDF 设了密码或使用限制，无法检查。打开后用“打印—另存为 PDF”存一份没有限制的再传")
	}
	if found == "" {
		found, err = pdfObjectStreams(data)
		if err != nil {
			return Report{}, err
		}
	}
	if found != "" {
		return Report{}, refuse("这份 PDF 带有%s，我们不收。打开后用“打印—另存为 PDF”重新生成一份再传", pdfRefused[found])
	}
	return Report{}, nil
}

// pdfNames returns the first refused name in data, and whether an encryption
// dictionary is mentioned.
func pdfNames(data []byte) (found string, encrypted bool) {
	for i := 0; i < len(data); {
		j := bytes.IndexByte(data[i:], '/')
		if j < 0 {
			break
		}
		i += j + 1
		name := pdfName(data[i:])
		if name == "Encrypt" {
			encrypted = true
		}
		if _, bad := pdfRefused[name]; bad && found == "" {
			found = name
		}
	}
	return found, encrypted
}

// pdfName reads a name after its slash and undoes #xx: “J#61vaScript” is
// JavaScript to every reader. Longer names than any we look for are cut.
func pdfName(b []byte) string {
	var name [20]byte
	n := 0
	for i := 0; i < len(b) && n < len(name); i++ {
		c := b[i]
		if c <= ' ' || bytes.IndexByte([]byte("()<>[]{}/%\x7f"), c) >= 0 {
			break
		}
		if c == '#' && i+2 < len(b) && isHex(b[i+1]) && isHex(b[i+2]) {
			c = unhex(b[i+1])<<4 | unhex(b[i+2])
			i += 2
		}
		name[n] = c
		n++
	}
	return string(name[:n])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

// pdfObjectStreams looks into /ObjStm streams, where PDF 1.5 keeps compressed
// dictionaries.
func pdfObjectStreams(data []byte) (found string, err error) {
	budget := int64(maxInflated)
	for i := 0; ; {
		j := bytes.Index(data[i:], []byte("stream"))
		if j < 0 {
			return "", nil
		}
		at := i + j
		i = at + len("stream")
		if bytes.HasSuffix(data[:at], []byte("end")) {
			continue
		}
		dict := data[max(0, at-2048):at]
		if k := bytes.LastIndex(dict, []byte(" obj")); k >= 0 {
			dict = dict[k:]
		}
		if !bytes.Contains(dict, []byte("ObjStm")) {
			continue
		}
		body := bytes.TrimPrefix(bytes.TrimPrefix(data[i:], []byte("\r")), []byte("\n"))
		plain := body
		if bytes.Contains(dict, []byte("/Filter")) {
			if plain, err = inflate(body, &budget); err != nil {
				return "", err
			}
		}
		if found, _ = pdfNames(plain); found != "" {
			return found, nil
		}
	}
}

func inflate(body []byte, budget *int64) ([]byte, error) {
	unreadable := refuse("这份 PDF 有一部分内容无法检查。打开后用“打印—另存为 PDF”重新生成一份再传")
	z, err := zlib.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil, unreadable
	}
	plain, err := io.ReadAll(io.LimitReader(z, *budget+1))
	if err != nil && len(plain) == 0 {
		return nil, unreadable
	}
	*budget -= int64(len(plain))
	if *budget < 0 {
		return nil, refuse("这份 PDF 展开后太大，无法检查。打开后用“打印—另存为 PDF”重新生成一份再传")
	}
	return plain, nil
}
