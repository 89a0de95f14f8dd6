package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"testing"
)

// The papers of an application, made here: a scan, a phone's photo and a letter
// from a word processor, as people have them on their disks.

// pdfOf is a one-page PDF with a right table of references.
func pdfOf(text string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n%\xe2\xe3\xcf\xd3\n")
	stream := "BT /F1 18 Tf 72 720 Td (" + text + ") Tj ET"
	var at []int
	for i, object := range []string{
		"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(stream), stream), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
	} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer\n<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, table)
	return b.Bytes()
}

// phoneMark stands in the metadata of every photo: camera and place.
const phoneMark = "GPS-22.69N-114.34E-CANARY"

// photoOf is a JPEG as a phone takes it, with the place in its EXIF.
func photoOf(t testing.TB, shade uint8) []byte {
	t.Helper()
	return photographed(t, func(x, y int) color.RGBA { return color.RGBA{uint8(x * 4), uint8(y * 5), shade, 255} })
}

// sceneOf is a phone's photo of its own: no two numbers look alike.
func sceneOf(t testing.TB, n uint64) []byte {
	t.Helper()
	var patches [8 * 6]uint8
	r := rand.New(rand.NewPCG(n, 1))
	for i := range patches {
		patches[i] = uint8(r.IntN(256))
	}
	return photographed(t, func(x, y int) color.RGBA { v := patches[y/8*8+x/8]; return color.RGBA{v, v, 255 - v, 255} })
}

// photographed is a photo of 64 × 48 points.
func photographed(t testing.TB, at func(x, y int) color.RGBA) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for y := range 48 {
		for x := range 64 {
			img.SetRGBA(x, y, at(x, y))
		}
	}
	var plain bytes.Buffer
	if err := jpeg.Encode(&plain, img, nil); err != nil {
		t.Fatal(err)
	}
	// Exif: one IFD with the camera's make, and a GPS IFD with its area.
	order, text := binary.LittleEndian, append([]byte(phoneMark), 0)
	field := func(tag, kind uint16, n, value uint32) []byte {
		b := order.AppendUint32(order.AppendUint16(order.AppendUint16(nil, tag), kind), n)
		return order.AppendUint32(b, value)
	}
	const gps, tail = 8 + 2 + 2*12 + 4, 8 + 2 + 2*12 + 4 + 2 + 12 + 4
	tiff := append([]byte("II*\x00"), order.AppendUint32(nil, 8)...)
	tiff = append(order.AppendUint16(tiff, 2), field(0x010F, 2, uint32(len(text)), tail)...)
	tiff = append(append(tiff, field(0x8825, 4, 1, gps)...), 0, 0, 0, 0)
	tiff = append(order.AppendUint16(tiff, 1), field(0x001C, 2, uint32(len(text)), tail)...)
	tiff = append(append(tiff, 0, 0, 0, 0), text...)
	exif := append([]byte("Exif\x00\x00"), tiff...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(out, exif...), plain.Bytes()[2:]...)
}

// docxOf is a Word document of one paragraph.
func docxOf(t testing.TB, text string) []byte {
	t.Helper()
	const open, main = "http://schemas.openxmlformats.org/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, part := range [][2]string{
		{"[Content_Types].xml", `<Types xmlns="` + open + `package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Override PartName="/word/document.xml" ContentType="` + main + `"/></Types>`},
		{"_rels/.rels", `<Relationships xmlns="` + open + `package/2006/relationships"><Relationship Id="r1" Type="` + open +
			`officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/></Relationships>`},
		{"word/document.xml", `<w:document xmlns:w="` + open + `wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>` + text + `</w:t></w:r></w:p></w:body></w:document>`},
	} {
		f, err := w.Create(part[0])
		if err == nil {
			_, err = f.Write([]byte(part[1]))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
