package inspect

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"runtime/debug"

	"golang.org/x/image/draw"
)

const (
	// MaxEdge is the longest edge of a kept picture; A4 at 300 dpi is 3508.
	MaxEdge = 4096
	// MaxPixels is refused before anything is decoded.
	MaxPixels = 50_000_000
	// maxDecoded bounds the memory of one decoding, which the pixel count alone
	// does not: a progressive JPEG takes five times what a plain one does.
	maxDecoded = 160 << 20
	maxSide    = 30_000
	quality    = 88
	// bigPicture is worth returning the memory to the system at once.
	bigPicture = 32 << 20
)

// Picture decodes a picture and writes it anew: upright, at most MaxEdge, and
// without one byte of the original's metadata, so no place, device or time, and
// nothing hidden behind the last pixel.
func Picture(k Kind, r io.ReaderAt, size int64, w io.Writer) (Report, error) {
	if err := agree(k, r, size); err != nil {
		return Report{}, err
	}
	data, err := io.ReadAll(io.NewSectionReader(r, 0, size))
	if err != nil {
		return Report{}, err
	}
	cost, err := admitPixels(k, data)
	if err != nil {
		return Report{}, err
	}
	if cost > bigPicture {
		defer debug.FreeOSMemory()
	}
	img, err := decode(k, data)
	if err != nil {
		return Report{}, refuse("这张图片打不开，可能没有传完或已经损坏。重新拍照或另存一份后再传")
	}
	turn := 1
	if k == JPEG {
		turn = orientation(data)
	}
	data = nil
	img = upright(shrink(img), turn)
	size2 := img.Bounds().Size()
	if k == JPEG {
		err = jpeg.Encode(w, img, &jpeg.Options{Quality: quality})
	} else {
		err = (&png.Encoder{CompressionLevel: png.DefaultCompression}).Encode(w, img)
	}
	return Report{Width: size2.X, Height: size2.Y, Hash: DHash(img)}, err
}

// admitPixels refuses a pixel flood from the header alone and returns what
// decoding will take.
func admitPixels(k Kind, data []byte) (cost int64, err error) {
	var cfg image.Config
	if k == JPEG {
		cfg, err = jpeg.DecodeConfig(bytes.NewReader(data))
	} else {
		cfg, err = png.DecodeConfig(bytes.NewReader(data))
	}
	if err != nil || cfg.Width <= 0 || cfg.Height <= 0 {
		return 0, refuse("这张图片打不开，可能没有传完或已经损坏。重新拍照或另存一份后再传")
	}
	pixels := int64(cfg.Width) * int64(cfg.Height)
	cost = pixels * bytesPerPixel(k, cfg.ColorModel, data)
	if pixels > MaxPixels || cost > maxDecoded || cfg.Width > maxSide || cfg.Height > maxSide {
		return 0, refuse("图片有 %d×%d 像素，太大了。缩小到长边 %d 像素以内，或截取需要的部分后再传", cfg.Width, cfg.Height, MaxEdge)
	}
	return cost, nil
}

func bytesPerPixel(k Kind, m color.Model, data []byte) int64 {
	if k == JPEG {
		return jpegCost(data)
	}
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, palette := m.(color.Palette); palette {
		return 1
	}
	return 4
}

func decode(k Kind, data []byte) (image.Image, error) {
	if k == JPEG {
		return jpeg.Decode(bytes.NewReader(data))
	}
	return png.Decode(bytes.NewReader(data))
}

// shrink scales down to MaxEdge, halving as often as it can: each halving
// averages four pixels, so thin lines of a scan stay, and nothing but the
// target is allocated.
func shrink(img image.Image) image.Image {
	for {
		b := img.Bounds()
		w, h := b.Dx(), b.Dy()
		long := max(w, h)
		switch {
		case long <= MaxEdge:
			return img
		case long >= 2*MaxEdge:
			w, h = w/2, h/2
		default:
			w, h = w*MaxEdge/long, h*MaxEdge/long
		}
		to := image.NewRGBA(image.Rect(0, 0, max(w, 1), max(h, 1)))
		draw.ApproxBiLinear.Scale(to, to.Bounds(), img, b, draw.Src, nil)
		img = to
	}
}

// upright applies an EXIF orientation (1 to 8).
func upright(img image.Image, turn int) image.Image {
	if turn <= 1 || turn > 8 {
		return img
	}
	b := img.Bounds()
	src, ok := img.(*image.RGBA)
	if !ok {
		src = image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
		draw.Draw(src, src.Bounds(), img, b.Min, draw.Src)
	}
	w, h := b.Dx(), b.Dy()
	tw, th := w, h
	if turn >= 5 {
		tw, th = h, w
	}
	to := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range th {
		for x := range tw {
			sx, sy := source(turn, x, y, w, h)
			copy(to.Pix[y*to.Stride+x*4:][:4], src.Pix[sy*src.Stride+sx*4:][:4])
		}
	}
	return to
}

// source returns which pixel of the stored w×h picture is shown at x, y.
func source(turn, x, y, w, h int) (int, int) {
	switch turn {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return y, h - 1 - x
	case 7:
		return w - 1 - y, h - 1 - x
	case 8:
		return w - 1 - y, x
	}
	return x, y
}
