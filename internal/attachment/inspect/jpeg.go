package inspect

import "encoding/binary"

// segment calls fn for each marker segment before the picture data, until fn
// returns false or the segments end.
func segments(data []byte, fn func(marker byte, body []byte) bool) {
	for i := 2; i+4 <= len(data); {
		if data[i] != 0xFF {
			return
		}
		marker := data[i+1]
		if marker == 0xFF { // padding
			i++
			continue
		}
		if marker == 0xD9 || marker == 0xDA { // end, or picture data
			return
		}
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 { // no body
			i += 2
			continue
		}
		n := int(binary.BigEndian.Uint16(data[i+2:]))
		if n < 2 || i+2+n > len(data) {
			return
		}
		if !fn(marker, data[i+4:i+2+n]) {
			return
		}
		i += 2 + n
	}
}

// jpegCost returns what decoding takes per pixel, rounded up: the planes, and
// four bytes a coefficient besides for a progressive picture.
func jpegCost(data []byte) int64 {
	cost := int64(3)
	segments(data, func(marker byte, body []byte) bool {
		if marker != 0xC0 && marker != 0xC1 && marker != 0xC2 || len(body) < 6 {
			return true
		}
		n := int64(body[5])
		if len(body) < 6+3*int(n) || n == 0 {
			return false
		}
		var samples, full int64
		for c := range int(n) {
			hv := body[7+3*c]
			s := int64(hv>>4) * int64(hv&15)
			samples, full = samples+s, max(full, s)
		}
		if full == 0 {
			return false
		}
		planes := (samples + full - 1) / full
		cost = planes
		if marker == 0xC2 {
			cost = planes + (4*samples+full-1)/full
		}
		if n == 4 {
			cost += 4 // converted from CMYK
		}
		return false
	})
	return cost
}

// orientation returns the EXIF orientation of a JPEG, 1 when it has none or it
// cannot be read: a picture lying on its side is better than none.
func orientation(data []byte) int {
	turn := 1
	segments(data, func(marker byte, body []byte) bool {
		if marker != 0xE1 || len(body) < 14 || string(body[:6]) != "Exif\x00\x00" {
			return true
		}
		turn = tiffOrientation(body[6:])
		return false
	})
	return turn
}

const tagOrientation = 0x0112

func tiffOrientation(tiff []byte) int {
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "MM\x00*":
		order = binary.BigEndian
	case "II*\x00":
	default:
		return 1
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return 1
	}
	n := uint64(order.Uint16(tiff[at:]))
	for i := range n {
		entry := at + 2 + i*12
		if entry+12 > uint64(len(tiff)) {
			return 1
		}
		if order.Uint16(tiff[entry:]) != tagOrientation {
			continue
		}
		if v := order.Uint16(tiff[entry+8:]); v >= 1 && v <= 8 {
			return int(v)
		}
		return 1
	}
	return 1
}
