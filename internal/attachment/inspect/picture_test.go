package inspect_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"strconv"
	"strings"
	"testing"

	"civilaffairs/internal/attachment/inspect"
)

func grey(w, h int) image.Image { return image.NewGray(image.Rect(0, 0, w, h)) }

func encryptedEntry(t testing.TB) []byte {
	data := docx(t)
	// Bit 0 of the general purpose flags of the first central entry.
	i := bytes.Index(data, []byte("PK\x01\x02"))
	data[i+8] |= 1
	return data
}

// corrupt changes one compressed byte of the first part.
func corrupt(data []byte) []byte {
	i := bytes.Index(data, []byte("[Content_Types].xml")) + len("[Content_Types].xml") + 20
	data[i] ^= 0x55
	return data
}

func decodePicture(t *testing.T, data []byte) image.Image {
	t.Helper()
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// white says which quarter of the picture is the white one.
func white(img image.Image) string {
	b := img.Bounds()
	var found []string
	for name, p := range map[string]image.Point{"ul": {1, 1}, "ur": {3, 1}, "ll": {1, 3}, "lr": {3, 3}} {
		r, g, bl, _ := img.At(b.Min.X+b.Dx()*p.X/4, b.Min.Y+b.Dy()*p.Y/4).RGBA()
		if r > 0xE000 && g > 0xE000 && bl > 0xE000 {
			found = append(found, name)
		}
	}
	return strings.Join(found, " ")
}

func TestPhonePictureIsTurnedAndForgetsItsPlace(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t, picture(120, 80))
	turned := []string{"", "ul", "ur", "lr", "ll", "ul", "ur", "lr", "ll"}
	for turn := uint16(1); turn <= 8; turn++ {
		for name, order := range map[string]binary.AppendByteOrder{"little": binary.LittleEndian, "big": binary.BigEndian} {
			sent := append(insert(plain, exif(order, turn)), "TAILCANARY<script>"...)
			for _, canary := range []string{"CanaryPhone9", "GPSCANARY", "TAILCANARY"} {
				if !bytes.Contains(sent, []byte(canary)) { // or the test below shows nothing
					t.Fatalf("%s is not in the picture sent", canary)
				}
			}
			report, kept, err := examine("IMG_0001.jpg", sent)
			if err != nil {
				t.Fatalf("%s %d: %v", name, turn, err)
			}
			for _, canary := range []string{"Exif", "Canary", "CANARY", "script", "http"} {
				if bytes.Contains(kept, []byte(canary)) {
					t.Errorf("%s %d: kept %q", name, turn, canary)
				}
			}
			img := decodePicture(t, kept)
			w, h := 120, 80
			if turn >= 5 {
				w, h = h, w
			}
			if img.Bounds().Dx() != w || img.Bounds().Dy() != h || report.Width != w || report.Height != h {
				t.Errorf("%s %d: %v, report %d×%d, want %d×%d", name, turn, img.Bounds(), report.Width, report.Height, w, h)
			}
			if got := white(img); got != turned[turn] {
				t.Errorf("%s %d: white at %q, want %q", name, turn, got, turned[turn])
			}
		}
	}
}

func TestBadExifIsIgnored(t *testing.T) {
	t.Parallel()
	plain := jpegOf(t, picture(40, 40))
	whole := exif(binary.LittleEndian, 6)
	for n := range len(whole) {
		if _, _, err := examine("a.jpg", insert(plain, whole[:n])); err != nil {
			t.Errorf("EXIF cut at %d: %v", n, err)
		}
	}
	wild := bytes.Clone(whole)
	binary.LittleEndian.PutUint32(wild[10:], 0xFFFFFFF0)
	if _, _, err := examine("a.jpg", insert(plain, wild)); err != nil {
		t.Errorf("wild offset: %v", err)
	}
}

func TestPNGForgetsItsText(t *testing.T) {
	t.Parallel()
	plain := pngOf(t, picture(60, 40))
	sent := append(bytes.Clone(plain[:33]), pngChunk("tEXt", []byte("Author\x00CANARY"))...)
	sent = append(sent, pngChunk("eXIf", exif(binary.BigEndian, 1)[6:])...)
	sent = append(append(sent, plain[33:]...), "CANARY"...)
	_, kept, err := examine("a.png", sent)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(sent, []byte("CANARY")) || bytes.Contains(kept, []byte("CANARY")) {
		t.Error("text chunk or tail kept")
	}
}

func TestTransparencyStays(t *testing.T) {
	t.Parallel()
	img := image.NewNRGBA(image.Rect(0, 0, 10, 10))
	img.SetNRGBA(2, 2, color.NRGBA{200, 10, 10, 128})
	_, kept, err := examine("章.png", pngOf(t, img))
	if err != nil {
		t.Fatal(err)
	}
	back, err := png.Decode(bytes.NewReader(kept))
	if err != nil {
		t.Fatal(err)
	}
	if got := color.NRGBAModel.Convert(back.At(2, 2)); got != (color.NRGBA{200, 10, 10, 128}) {
		t.Errorf("pixel %v", got)
	}
}

func TestLargePicturesShrink(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ w, h, wantW, wantH int }{
		{4096, 100, 4096, 100}, {4100, 2050, 4096, 2048}, {100, 8300, 49, 4096}, {9000, 40, 4096, 18}, {16500, 1, 4096, 1},
	} {
		report, kept, err := examine("a.png", pngOf(t, picture(c.w, c.h)))
		if err != nil {
			t.Fatalf("%d×%d: %v", c.w, c.h, err)
		}
		b := decodePicture(t, kept).Bounds()
		if b.Dx() != report.Width || b.Dy() != report.Height {
			t.Errorf("%d×%d: kept %v, reported %d×%d", c.w, c.h, b, report.Width, report.Height)
		}
		if abs(b.Dx()-c.wantW) > 1 || abs(b.Dy()-c.wantH) > 1 || max(b.Dx(), b.Dy()) > inspect.MaxEdge {
			t.Errorf("%d×%d: kept %v, want about %d×%d", c.w, c.h, b, c.wantW, c.wantH)
		}
	}
}

func abs(n int) int { return max(n, -n) }

// The peak is read from the kernel, so this test must not share its process with
// other large pictures: TestMain runs it in a child.
func TestPeakMemoryOfThePixelLimit(t *testing.T) {
	if os.Getenv(childEnv) == "" {
		out := runChild(t, "TestPeakMemoryOfThePixelLimit")
		if !strings.Contains(out, "PEAK ") {
			t.Fatalf("the child measured nothing:\n%s", out)
		}
		return
	}
	var buf bytes.Buffer
	// 49 megapixels, flat, 4:2:0: the largest kind of picture that is taken.
	if err := jpeg.Encode(&buf, image.NewYCbCr(image.Rect(0, 0, 8192, 5990), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	data := insert(buf.Bytes(), exif(binary.LittleEndian, 6))
	resetPeak(t)
	before := statusKB(t, "VmRSS:")
	report, _, err := examine("大.jpg", data)
	if err != nil {
		t.Fatal(err)
	}
	if report.Height != inspect.MaxEdge {
		t.Errorf("turned to %d×%d", report.Width, report.Height)
	}
	grown := statusKB(t, "VmHWM:") - before
	t.Logf("PEAK +%d MB", grown>>10)
	if grown > 250<<10 {
		t.Errorf("peak grew by %d MB", grown>>10)
	}
	if grown < 30<<10 {
		t.Errorf("peak grew by %d MB only: not measured", grown>>10)
	}
}

func statusKB(t *testing.T, field string) int {
	t.Helper()
	data, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(line, field); ok {
			n, err := strconv.Atoi(strings.Fields(rest)[0])
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no %s", field)
	return 0
}
