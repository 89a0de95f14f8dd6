package inspect

import (
	"image"
	"image/color"
	"math/bits"
)

// The grid of a difference hash: each of eight rows compares nine cells with their
// neighbours.
const (
	hashRows  = 8
	hashCells = hashRows + 1
	// samples bounds how many points of a cell are looked at along one side; an
	// average of thousands moves by less than a grey level when a picture is
	// compressed again or made smaller.
	samples = 64
	// margin is how many grey levels a cell has to be brighter than the next one. In
	// a wall or a sky, noise alone would decide.
	margin = 2
	// A hash with fewer bits set than telling, or unset, says too little: a sheet with
	// one stain would be like every other.
	telling = 8
)

// DHash is a difference hash of a picture that stands upright: pictures that look
// alike, compressed again or made smaller, differ in few of its 64 bits. Zero says
// nothing: the picture is plain, or nearly so.
func DHash(img image.Image) uint64 {
	luma := lumaOf(img)
	b := img.Bounds()
	var hash uint64
	for y := range hashRows {
		left := cell(luma, b, 0, y)
		for x := 1; x < hashCells; x++ {
			right := cell(luma, b, x, y)
			hash <<= 1
			if left > right+margin {
				hash |= 1
			}
			left = right
		}
	}
	if n := bits.OnesCount64(hash); n < telling || n > 64-telling {
		return 0
	}
	return hash
}

// cell is the mean grey of a cell of the grid.
func cell(luma func(x, y int) uint8, b image.Rectangle, cx, cy int) float64 {
	x0, x1 := b.Min.X+cx*b.Dx()/hashCells, b.Min.X+(cx+1)*b.Dx()/hashCells
	y0, y1 := b.Min.Y+cy*b.Dy()/hashRows, b.Min.Y+(cy+1)*b.Dy()/hashRows
	x1, y1 = max(x1, x0+1), max(y1, y0+1)
	stepX, stepY := max((x1-x0)/samples, 1), max((y1-y0)/samples, 1)
	sum, n := 0, 0
	for y := y0; y < min(y1, b.Max.Y); y += stepY {
		for x := x0; x < min(x1, b.Max.X); x += stepX {
			sum, n = sum+int(luma(x, y)), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

func lumaOf(img image.Image) func(x, y int) uint8 {
	switch p := img.(type) {
	case *image.YCbCr:
		return func(x, y int) uint8 { return p.Y[p.YOffset(x, y)] }
	case *image.Gray:
		return func(x, y int) uint8 { return p.GrayAt(x, y).Y }
	}
	return func(x, y int) uint8 { return color.GrayModel.Convert(img.At(x, y)).(color.Gray).Y }
}
