package inspect

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math/bits"
	"math/rand/v2"
	"testing"

	"golang.org/x/image/draw"
)

// scene is a made-up picture with light and shade, like no other.
func scene(r *rand.Rand, w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	base := uint8(60 + r.IntN(120))
	for i := range img.Pix {
		img.Pix[i] = base
	}
	for range 40 {
		x, y := r.IntN(w), r.IntN(h)
		box := image.Rect(x, y, x+w/12+r.IntN(w/3), y+h/12+r.IntN(h/3))
		draw.Draw(img, box, &image.Uniform{color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}}, image.Point{}, draw.Src)
	}
	return img
}

func again(t *testing.T, img image.Image, quality int) image.Image {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	out, err := jpeg.Decode(&b)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func smaller(img image.Image, w, h int) image.Image {
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.BiLinear.Scale(to, to.Bounds(), img, img.Bounds(), draw.Src, nil)
	return to
}

// A picture sent again, compressed harder, made smaller or turned by its EXIF stays
// within three bits, which one of four bands shares; others are far away.
func TestPicturesThatLookAlike(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(17, 9))
	var all []uint64
	for range 25 {
		img := scene(r, 640, 480)
		hash := DHash(img)
		for name, other := range map[string]image.Image{
			"compressed": again(t, img, 60), "made smaller": smaller(img, 400, 300), "both": again(t, smaller(img, 320, 240), 70),
			"turned": upright(upright(img, 6), 8),
		} {
			if d := bits.OnesCount64(hash ^ DHash(other)); d > 3 {
				t.Errorf("%s: %d bits", name, d)
			}
		}
		for _, before := range all {
			if d := bits.OnesCount64(hash ^ before); d <= 6 {
				t.Errorf("two pictures differ in %d bits", d)
			}
		}
		all = append(all, hash)
	}
	stained := image.NewGray(image.Rect(0, 0, 640, 480))
	draw.Draw(stained, image.Rect(100, 100, 180, 160), image.White, image.Point{}, draw.Src)
	fading := image.NewGray(image.Rect(0, 0, 640, 480))
	for i := range fading.Pix {
		fading.Pix[i] = uint8(255 - i%640/3)
	}
	for name, plain := range map[string]image.Image{"plain": image.NewGray(image.Rect(0, 0, 5, 3)), "stained": stained, "fading": fading} {
		if h := DHash(plain); h != 0 {
			t.Errorf("a %s picture: %x", name, h)
		}
	}
}
