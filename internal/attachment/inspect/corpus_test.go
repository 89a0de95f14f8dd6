package inspect_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"strings"
	"testing"
)

// The corpus is made here, byte by byte, so that nothing harmful lies in the
// repository and every case says what is wrong with it.

type entry struct {
	name string
	data []byte
	mode os.FileMode
	flag uint16
}

func zipOf(t testing.TB, entries ...entry) []byte {
	t.Helper()
	var buf bytes.Buffer
	w := zip.NewWriter(&buf)
	for _, e := range entries {
		h := &zip.FileHeader{Name: e.name, Method: zip.Deflate, Flags: e.flag}
		if e.mode != 0 {
			h.SetMode(e.mode)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

const (
	docxMain = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
	xlsxMain = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)

func types(main string) entry {
	return entry{name: "[Content_Types].xml", data: []byte(`<?xml version="1.0" encoding="UTF-8"?>` +
		`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/word/document.xml" ContentType="` + main + `"/></Types>`)}
}

func rels(name, kind, target string) entry {
	return entry{name: name, data: []byte(`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/` + kind +
		`" Target="` + target + `" TargetMode="External"/></Relationships>`)}
}

func docx(t testing.TB, more ...entry) []byte {
	return zipOf(t, append([]entry{types(docxMain), {name: "word/document.xml", data: []byte("<w:document/>")}}, more...)...)
}

func xlsx(t testing.TB, workbook, sheet string) []byte {
	return zipOf(t, types(xlsxMain), entry{name: "xl/workbook.xml", data: []byte(workbook)},
		entry{name: "xl/worksheets/sheet1.xml", data: []byte(sheet)})
}

const (
	plainBook  = `<workbook><sheets><sheet name="收支" sheetId="1"/></sheets></workbook>`
	plainSheet = `<worksheet><cols><col min="1" max="1" width="9"/></cols><sheetData/></worksheet>`
)

func pdf(body string) []byte {
	return []byte("%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Pages 2 0 R" + body + ">>\nendobj\n" +
		"2 0 obj\n<</Type/Pages/Kids[]/Count 0>>\nendobj\nxref\n0 3\ntrailer\n<</Root 1 0 R/Size 3>>\nstartxref\n120\n%%EOF\n")
}

// pdfWithObjectStream hides content in a compressed object stream (PDF 1.5).
func pdfWithObjectStream(content string) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	_, _ = w.Write([]byte(content))
	_ = w.Close()
	return pdf(fmt.Sprintf(">>\nendobj\n5 0 obj\n<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>\nstream\r\n%s\nendstream\nendobj\n6 0 obj\n<<",
		z.Len(), z.String()))
}

func picture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(x * 255 / w), uint8(y * 255 / h), 90, 255}
			if x < w/2 && y < h/2 {
				c = color.RGBA{255, 255, 255, 255} // the upper left quarter, to see which way is up
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: 92}); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var buf bytes.Buffer
	if err := png.Encode(&buf, img); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// insert puts an APP1 segment right after the start of a JPEG.
func insert(jpg, app1 []byte) []byte {
	seg := append([]byte{0xFF, 0xE1, byte((len(app1) + 2) >> 8), byte(len(app1) + 2)}, app1...)
	return append(append(append([]byte{}, jpg[:2]...), seg...), jpg[2:]...)
}

// exif is what a phone writes: orientation, maker, and the place in a GPS directory.
func exif(order binary.AppendByteOrder, turn uint16) []byte {
	mark := "II*\x00"
	if order == binary.AppendByteOrder(binary.BigEndian) {
		mark = "MM\x00*"
	}
	b := append([]byte("Exif\x00\x00"), mark...)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 3)
	ifd := func(tag, kind uint16, count, value uint32) {
		b = order.AppendUint16(order.AppendUint16(b, tag), kind)
		b = order.AppendUint32(b, count)
		if kind == 3 {
			b = order.AppendUint16(order.AppendUint16(b, uint16(value)), 0)
		} else {
			b = order.AppendUint32(b, value)
		}
	}
	ifd(0x010F, 2, 13, 50) // Make, at 50
	ifd(0x0112, 3, 1, uint32(turn))
	ifd(0x8825, 4, 1, 64) // GPS directory, at 64
	b = order.AppendUint32(b, 0)
	b = append(b, "CanaryPhone9\x00\x00"...)
	b = order.AppendUint16(b, 1)
	ifd(0x0002, 5, 3, 82) // latitude, three fractions at 82
	b = order.AppendUint32(b, 0)
	for _, v := range []uint32{22, 1, 41, 1, 271828, 10000} {
		b = order.AppendUint32(b, v)
	}
	return append(b, "GPSCANARY-22.6913N-114.3450E"...)
}

func pngChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngHeader claims any size and carries nothing.
func pngHeader(w, h uint32, depth, colour byte) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	ihdr = append(ihdr, depth, colour, 0, 0, 0)
	return append([]byte("\x89PNG\r\n\x1a\n"), pngChunk("IHDR", ihdr)...)
}

// jpegHeader claims any size; marker C0 is plain, C2 progressive.
func jpegHeader(marker byte, w, h uint16, sampling byte) []byte {
	b := []byte{0xFF, 0xD8, 0xFF, marker, 0, 17, 8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), 3}
	return append(b, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0, 0xFF, 0xDA, 0, 2, 0, 0)
}

// manyEntries is a zip of n empty parts, written directly: archive/zip would
// take seconds. lie is the count that its end record claims.
func manyEntries(n int, lie uint16) []byte {
	var dir bytes.Buffer
	for i := range n {
		h := make([]byte, 46)
		copy(h, "PK\x01\x02")
		binary.LittleEndian.PutUint16(h[28:], 5)
		dir.Write(h)
		fmt.Fprintf(&dir, "%05x", i&0xFFFFF)
	}
	local := append([]byte("PK\x03\x04"), make([]byte, 26)...)
	end := make([]byte, 22)
	copy(end, "PK\x05\x06")
	binary.LittleEndian.PutUint16(end[8:], lie)
	binary.LittleEndian.PutUint16(end[10:], lie)
	binary.LittleEndian.PutUint32(end[12:], uint32(dir.Len()))
	binary.LittleEndian.PutUint32(end[16:], uint32(len(local)))
	return append(append(local, dir.Bytes()...), end...)
}

func ole(streams ...string) []byte {
	b := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 512)...)
	for _, s := range streams {
		for _, c := range s {
			b = append(b, byte(c), 0)
		}
	}
	return b
}

func repeated(s string, n int) []byte { return []byte(strings.Repeat(s, n)) }
