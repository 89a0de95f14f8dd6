package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

var sample = Document{Title: "章程 <示范> & 文本", Source: "坪山区民政局", Author: "坪山区民政局", Made: time.Date(2026, 11, 25, 10, 0, 0, 7, time.UTC),
	Blocks: []Block{{Kind: Note, Text: "说明"}, {Kind: Chapter, Text: "第一章 总则"}, {Kind: Section, Text: "第一节"}, {Text: "第一条 名称是____，坪山区沙坣社区𠮷\x00\x0b。"},
		{Kind: Table, Rows: [][]string{{"项目", "内容"}, {"时间", ""}, {"少一格"}}}, {Kind: Table}, {Kind: Line, Text: "签名：____"}}}

func written(t *testing.T, d Document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// texts reads every part, well-formed, and the text of the document.
func texts(t *testing.T, file []byte) (parts map[string]bool, text string) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	parts = map[string]bool{}
	for _, f := range z.File {
		parts[f.Name] = true
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		d, inText := xml.NewDecoder(r), false
		for {
			token, err := d.Token()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", f.Name, err)
			}
			switch x := token.(type) {
			case xml.StartElement:
				inText = x.Name.Local == "t"
			case xml.CharData:
				if inText && f.Name == "word/document.xml" {
					text += string(x)
				}
			case xml.EndElement:
				if x.Name.Local == "p" && f.Name == "word/document.xml" {
					text += "\n"
				}
				inText = false
			}
		}
	}
	return parts, text
}

func TestADocumentHasItsPartsAndItsText(t *testing.T) {
	t.Parallel()
	parts, text := texts(t, written(t, sample))
	for _, name := range []string{"[Content_Types].xml", "_rels/.rels", "docProps/core.xml", "docProps/app.xml", "word/document.xml", "word/_rels/document.xml.rels",
		"word/styles.xml", "word/settings.xml", "word/footer1.xml"} {
		if !parts[name] {
			t.Errorf("%s is missing", name)
		}
	}
	want := "章程 <示范> & 文本\n坪山区民政局\n说明\n第一章 总则\n第一节\n第一条 名称是____，坪山区沙坣社区𠮷  。\n项目\n内容\n时间\n\n少一格\n\n\n签名：____\n"
	if text != want {
		t.Errorf("text\n%q\nwant\n%q", text, want)
	}
}

// Word repairs a document that names what is not there, with a warning.
func TestEveryStyleAndRelationIsThere(t *testing.T) {
	t.Parallel()
	d := sample.body()
	for _, style := range append([]string{"Title", "Source", "Grid", "Cell", "CellHead"}, styleOf[Paragraph], styleOf[Chapter], styleOf[Section], styleOf[Line], styleOf[Note]) {
		if !strings.Contains(d, `tyle w:val="`+style+`"`) || !strings.Contains(styles, `w:styleId="`+style+`"`) {
			t.Errorf("style %s", style)
		}
	}
	if !strings.Contains(d, `r:id="rId3"`) || !strings.Contains(documentRelations, `Id="rId3"`) {
		t.Error("the foot has no relation")
	}
}

func TestColumnsShareTheWidth(t *testing.T) {
	t.Parallel()
	got := widths([][]string{{"项目", "内容"}, {"时间", "______年____月____日____时至____时，______________________"}, {"一行太短"}})
	if got[0]+got[1] != textWidth || got[0] != textWidth*5/29 {
		t.Errorf("widths %v of %d", got, textWidth)
	}
}

func TestTheSameDocumentIsTheSameBytes(t *testing.T) {
	t.Parallel()
	if !bytes.Equal(written(t, sample), written(t, sample)) {
		t.Error("the bytes differ")
	}
	other := sample
	other.Made = other.Made.Add(24 * time.Hour)
	if bytes.Equal(written(t, sample), written(t, other)) {
		t.Error("another day makes no difference")
	}
}
