// Package inspect decides whether a file is what it says it is and fit to be
// kept: by name, by content, by what hides in it. Part of attachment (level 3);
// pure, no tables.
//
// A file that is refused gets a *Refusal, whose Chinese message says what is
// wrong with this file and what to do; any other error is a failure to read.
package inspect

import (
	"fmt"
	"io"
	"slices"
	"strings"
)

// Kind is a type of file that is taken, named by its extension.
type Kind string

// The kinds (domain §11). OFD and XML are invoices, kept for download alone.
const (
	PDF  Kind = "pdf"
	JPEG Kind = "jpg"
	PNG  Kind = "png"
	DOCX Kind = "docx"
	XLSX Kind = "xlsx"
	OFD  Kind = "ofd"
	XML  Kind = "xml"
)

// Kinds lists every kind, in the order in which people are told.
var Kinds = []Kind{PDF, JPEG, PNG, DOCX, XLSX, OFD, XML}

// Pictures is the list for slots that take photographs only.
var Pictures = []Kind{JPEG, PNG}

var mediaTypes = map[Kind]string{
	PDF: "application/pdf", JPEG: "image/jpeg", PNG: "image/png",
	DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	OFD:  "application/ofd",
	// Not application/xml: a browser must not be tempted to render it.
	XML: "application/octet-stream",
}

// MediaType returns the type under which a file of kind k is served.
func (k Kind) MediaType() string { return mediaTypes[k] }

// Picture reports whether k is re-encoded and may be shown.
func (k Kind) Picture() bool { return k == JPEG || k == PNG }

// Name returns the kind as people call it.
func (k Kind) Name() string { return strings.ToUpper(string(k)) }

// Report is what inspection found out about a file that it lets pass.
type Report struct {
	Width, Height int      // of the re-encoded picture
	Hash          uint64   // its DHash
	Notes         []string // what a reader should know, Chinese sentences
}

// Refusal says why a file is not taken.
type Refusal struct{ Message string }

func (r *Refusal) Error() string { return r.Message }

func refuse(format string, args ...any) error {
	return &Refusal{Message: fmt.Sprintf(format, args...)}
}

// SizeText returns a number of bytes for people, in the units of their file
// manager.
func SizeText(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d 字节", n)
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+1<<9)>>10)
	case n%(1<<20) == 0:
		return fmt.Sprintf("%d MB", n>>20)
	}
	// Rounded up, so that what is over a limit never reads as the limit.
	return fmt.Sprintf("%.1f MB", float64((n*10+1<<20-1)>>20)/10)
}

// Admit judges a file by its cleaned name and its size, before its content.
func Admit(name string, size, maxBytes int64, accept []Kind) (Kind, error) {
	if len(accept) == 0 {
		accept = Kinds
	}
	ext := Extension(name)
	kind := Kind(ext)
	if ext == "jpeg" {
		kind = JPEG
	}
	if !slices.Contains(accept, kind) {
		return "", refuseKind(ext, accept)
	}
	if size == 0 {
		return "", refuse("这份文件是空的（0 字节）。在电脑上打开看看内容还在不在，再重新选择上传")
	}
	if size > maxBytes {
		if kind.Picture() {
			return "", refuse("文件超过 %s。用手机或电脑把图片缩小，或截取需要的部分后再传", SizeText(maxBytes))
		}
		return "", refuse("文件超过 %s。分成两份，或降低扫描清晰度后再传", SizeText(maxBytes))
	}
	return kind, nil
}

// remedies says how to turn what people often send into what is taken.
var remedies = map[string]string{
	"doc": "用 Word 或 WPS 打开，“另存为” DOCX 后再传", "wps": "用 WPS 打开，“另存为” DOCX 后再传",
	"docm": "用 Word 打开，“另存为”不带宏的 DOCX 后再传", "rtf": "用 Word 打开，“另存为” DOCX 后再传",
	"xls": "用 Excel 或 WPS 打开，“另存为” XLSX 后再传", "et": "用 WPS 打开，“另存为” XLSX 后再传",
	"xlsm": "用 Excel 打开，“另存为”不带宏的 XLSX 后再传", "csv": "用 Excel 打开，“另存为” XLSX 后再传",
	"ppt": "导出为 PDF 后再传", "pptx": "导出为 PDF 后再传", "dps": "导出为 PDF 后再传", "txt": "粘贴到 Word 里存成 DOCX 后再传",
	"heic": "在手机“设置—相机—格式”里选“兼容性最佳”重拍，或把照片另存为 JPG 后再传",
	"heif": "把照片另存为 JPG 后再传", "webp": "把图片另存为 JPG 或 PNG 后再传", "gif": "把图片另存为 PNG 后再传",
	"bmp": "把图片另存为 PNG 后再传", "tif": "把扫描件存成 PDF 后再传", "tiff": "把扫描件存成 PDF 后再传", "svg": "把图片另存为 PNG 后再传",
	"zip": "解压以后一份一份地传", "rar": "解压以后一份一份地传", "7z": "解压以后一份一份地传",
	"mp4": "视频不用交，截取几张照片传上来", "mov": "视频不用交，截取几张照片传上来",
}

func refuseKind(ext string, accept []Kind) error {
	names := make([]string, len(accept))
	for i, k := range accept {
		names[i] = k.Name()
	}
	can := joinNames(names)
	if ext == "" {
		return refuse("文件名没有扩展名，看不出是什么文件。这里收 %s，改好文件名后再传", can)
	}
	if remedy, ok := remedies[ext]; ok {
		return refuse("这里不收 %s 文件。%s", strings.ToUpper(ext), remedy)
	}
	return refuse("这里不收 .%s 文件，只收 %s。换成其中一种后再传", ext, can)
}

func joinNames(names []string) string {
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], "、") + " 或 " + names[len(names)-1]
}

// Document inspects a file that is kept as it is. Pictures go to Picture.
func Document(k Kind, r io.ReaderAt, size int64) (Report, error) {
	if err := agree(k, r, size); err != nil {
		return Report{}, err
	}
	switch k {
	case PDF:
		return inspectPDF(r, size)
	case DOCX, XLSX:
		return inspectOffice(k, r, size)
	case OFD:
		return inspectOFD(r, size)
	case XML:
		return inspectXML(r, size)
	}
	return Report{}, fmt.Errorf("inspect: %q is no document", k)
}
