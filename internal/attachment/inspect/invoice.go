package inspect

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// inspectOFD checks an electronic invoice in the national layout format
// (GB/T 33190), a zip with OFD.xml at its root.
func inspectOFD(r io.ReaderAt, size int64) (Report, error) {
	c, err := openContainer(OFD, r, size)
	if err != nil {
		return Report{}, err
	}
	data, err := c.part("OFD.xml", maxPart)
	if errors.Is(err, errAbsentPart) {
		return Report{}, refuse("文件名是 .ofd，但里面不是 OFD 文件。请从税务平台重新下载，或换成 PDF 后再传")
	}
	if err != nil {
		return Report{}, err
	}
	if root, err := checkXML(strings.NewReader(string(data))); err != nil || root.Local != "OFD" {
		return Report{}, refuseBroken(OFD)
	}
	for name := range c.files {
		if ext := path.Ext(name); executables[ext] {
			return Report{}, refuse("这份文件里嵌着 %s 文件，我们不收。请从税务平台重新下载，或换成 PDF 后再传", ext)
		}
	}
	return Report{}, nil
}

// inspectXML checks an invoice in XML: data alone, nothing that a browser or a
// parser would run, fetch or expand.
func inspectXML(r io.ReaderAt, size int64) (Report, error) {
	_, err := checkXML(io.NewSectionReader(r, 0, size))
	switch {
	case errors.Is(err, errActiveXML):
		return Report{}, refuse("这份 XML 不是单纯的发票数据，里面有网页代码或外部引用。请从税务平台重新下载发票，或换成 PDF 后再传")
	case err != nil:
		return Report{}, refuse("这份 XML 不完整或已经损坏。请从税务平台重新下载发票，或换成 PDF 后再传")
	}
	return Report{}, nil
}

var errActiveXML = errors.New("inspect: active XML")

const maxXMLDepth = 64

// checkXML reads the whole document and returns its root. A document type, a
// style sheet, and elements of web pages or drawings make it active.
func checkXML(r io.Reader) (root xml.Name, err error) {
	d := xml.NewDecoder(r)
	d.CharsetReader = charset
	for depth := 0; ; {
		t, err := d.RawToken()
		if err == io.EOF && root.Local != "" && depth == 0 {
			return root, nil
		}
		if err != nil {
			return root, err
		}
		switch t := t.(type) {
		case xml.Directive:
			return root, errActiveXML
		case xml.ProcInst:
			if t.Target != "xml" {
				return root, errActiveXML
			}
		case xml.StartElement:
			if depth++; depth > maxXMLDepth {
				return root, fmt.Errorf("inspect: XML deeper than %d", maxXMLDepth)
			}
			if root.Local == "" {
				root = t.Name
			} else if depth == 1 {
				return root, errors.New("inspect: two roots")
			}
			if active(t) {
				return root, errActiveXML
			}
		case xml.EndElement:
			depth--
		}
	}
}

func active(e xml.StartElement) bool {
	switch strings.ToLower(e.Name.Local) {
	case "script", "html", "svg", "iframe", "object", "embed", "stylesheet", "body":
		return true
	}
	for _, a := range e.Attr {
		v := strings.ToLower(a.Value)
		if strings.Contains(v, "www.w3.org/1999/xhtml") || strings.Contains(v, "www.w3.org/2000/svg") ||
			strings.Contains(v, "www.w3.org/1999/xsl") || strings.Contains(v, "www.w3.org/2001/xinclude") ||
			strings.HasPrefix(strings.TrimSpace(v), "javascript:") {
			return true
		}
	}
	return false
}

func charset(label string, r io.Reader) (io.Reader, error) {
	switch strings.ToLower(label) {
	case "utf-8", "us-ascii":
		return r, nil
	case "gbk", "gb2312", "gb18030":
		return simplifiedchinese.GB18030.NewDecoder().Reader(r), nil
	}
	return nil, fmt.Errorf("inspect: charset %q", label)
}
