package demo

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"strings"
	"unicode/utf16"

	scaling "golang.org/x/image/draw"
)

// paper makes a page of PDF with the lines given, in a font that readers bring
// along for Chinese text (a predefined CMap, nothing embedded).
func paper(lines ...string) []byte {
	var text strings.Builder
	text.WriteString("BT /F1 20 Tf 72 760 Td 30 TL\n")
	for i, l := range lines {
		if i == 1 {
			text.WriteString("/F1 12 Tf 22 TL\n")
		}
		text.WriteString("<")
		for _, u := range utf16.Encode([]rune(l)) {
			fmt.Fprintf(&text, "%04X", u)
		}
		text.WriteString("> Tj T*\n")
	}
	text.WriteString("ET\n")
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>",
		"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%sendstream", text.Len(), text.String()),
		"<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [6 0 R] >>",
		"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 5 >> /FontDescriptor 7 0 R >>",
		"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >>",
	}
	var b bytes.Buffer
	b.WriteString("%PDF-1.5\n")
	at := make([]int, len(objects))
	for i, o := range objects {
		at[i] = b.Len()
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, start)
	return b.Bytes()
}

// photo draws people without faces on a square: what a picture of an activity
// looks like from far away, and of nobody.
func photo(rng *rand.Rand) []byte {
	const w, h = 640, 480
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	sky := color.RGBA{uint8(150 + rng.IntN(70)), uint8(180 + rng.IntN(50)), 225, 255}
	ground := color.RGBA{uint8(170 + rng.IntN(50)), uint8(160 + rng.IntN(40)), uint8(120 + rng.IntN(50)), 255}
	for y := range h {
		for x := range w {
			c := sky
			if y > h*5/9 {
				c = ground
			}
			img.SetRGBA(x, y, c)
		}
	}
	houses(img, sky, ground)
	for range 6 + rng.IntN(8) {
		x, y, r := 40+rng.IntN(w-80), h*5/9-20+rng.IntN(h/3), 9+rng.IntN(8)
		coat := color.RGBA{uint8(rng.IntN(220)), uint8(rng.IntN(220)), uint8(rng.IntN(220)), 255}
		disc(img, x, y-2*r, r, color.RGBA{224, 188, 160, 255})
		for dy := -r; dy < 3*r; dy++ {
			for dx := -r; dx <= r; dx++ {
				img.SetRGBA(x+dx, y+dy, coat)
			}
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // a buffer takes every byte
	}
	return b.Bytes()
}

// houses stand behind the square, others for every light: without them the upper
// half of all pictures would be the same.
func houses(img *image.RGBA, sky, ground color.RGBA) {
	rng := rand.New(rand.NewPCG(uint64(sky.R)<<8|uint64(sky.G), uint64(ground.R)<<16|uint64(ground.G)<<8|uint64(ground.B)))
	size := img.Bounds().Size()
	for x := 0; x < size.X; {
		w, top, shade := 45+rng.IntN(80), size.Y/12+rng.IntN(size.Y*2/5), uint8(110+rng.IntN(130))
		wall := image.Rect(x, top, x+w, size.Y*5/9)
		scaling.Draw(img, wall, image.NewUniform(color.RGBA{shade, shade - 8, shade - 20, 255}), image.Point{}, scaling.Src)
		x += w
	}
}

func disc(img *image.RGBA, x, y, r int, c color.RGBA) {
	for dy := -r; dy <= r; dy++ {
		for dx := -r; dx <= r; dx++ {
			if dx*dx+dy*dy <= r*r {
				img.SetRGBA(x+dx, y+dy, c)
			}
		}
	}
}
