package inspect

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"
	"unicode"
)

// Limits of what a document of several parts may unpack to. A real one of 10 MB
// stays far below each of them.
const (
	maxEntries   = 2000
	maxUnpacked  = 100 << 20
	ratioFrom    = 10 << 20 // below this a high ratio is only dull content
	maxRatio     = 100
	maxPartNames = 4 << 20 // bytes of the central directory
)

// container is a zip whose structure was checked: few entries with harmless,
// distinct names, unencrypted, and all of them unpacked once within the limits.
type container struct{ files map[string]*zip.File } // by lower-case name with slashes

func refuseBomb() error {
	return refuse("这份文件展开后大得不正常，不能收。用原来的软件打开，重新保存后再传")
}

func refuseBroken(k Kind) error {
	return refuse("这份 %s 文件已经损坏，打不开。用原来的软件打开核对，重新保存后再传", k.Name())
}

func openContainer(k Kind, r io.ReaderAt, size int64) (*container, error) {
	// Before archive/zip makes an object of each entry, count them.
	if err := countEntries(k, r, size); err != nil {
		return nil, err
	}
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, refuseBroken(k)
	}
	c := &container{files: make(map[string]*zip.File, len(z.File))}
	for _, f := range z.File {
		if err := c.admit(k, f); err != nil {
			return nil, err
		}
	}
	return c, unpackAll(k, z.File, size)
}

// countEntries walks the central directory, which must lie where the end record
// says and fill the gap exactly: a file glued in front of a zip shifts it.
func countEntries(k Kind, r io.ReaderAt, size int64) error {
	tail := make([]byte, min(size, 22+1<<16))
	if _, err := r.ReadAt(tail, size-int64(len(tail))); err != nil && err != io.EOF {
		return err
	}
	at := bytes.LastIndex(tail, []byte("PK\x05\x06"))
	if at < 0 || len(tail)-at < 22 {
		return refuseBroken(k)
	}
	end := tail[at:]
	dirSize, offset := int64(binary.LittleEndian.Uint32(end[12:])), int64(binary.LittleEndian.Uint32(end[16:]))
	if n := binary.LittleEndian.Uint16(end[10:]); n > maxEntries || dirSize > maxPartNames {
		return refuseBomb()
	}
	if offset+dirSize != size-int64(len(tail))+int64(at) {
		return refuseBroken(k)
	}
	dir := make([]byte, dirSize)
	if _, err := r.ReadAt(dir, offset); err != nil && err != io.EOF {
		return err
	}
	for n := 0; len(dir) > 0; n++ {
		if n > maxEntries {
			return refuseBomb()
		}
		if len(dir) < 46 || string(dir[:4]) != "PK\x01\x02" {
			return refuseBroken(k)
		}
		skip := 46
		for _, p := range []int{28, 30, 32} { // lengths of name, extra field, comment
			skip += int(binary.LittleEndian.Uint16(dir[p:]))
		}
		if skip > len(dir) {
			return refuseBroken(k)
		}
		dir = dir[skip:]
	}
	return nil
}

func (c *container) admit(k Kind, f *zip.File) error {
	name := strings.ReplaceAll(f.Name, `\`, "/") // some writers on Windows
	clean := strings.TrimSuffix(name, "/")
	if !fs.ValidPath(clean) || clean == "." || strings.Contains(clean, ":") || strings.ContainsFunc(clean, unicode.IsControl) {
		return refuse("这份文件内部的路径不正常，可能被人改动过。用原来的软件打开，重新保存后再传")
	}
	if mode := f.Mode(); !mode.IsRegular() && !mode.IsDir() {
		return refuse("这份文件内部含有链接，可能被人改动过。用原来的软件打开，重新保存后再传")
	}
	if f.Flags&1 != 0 {
		return refuse("这份文件设了密码，我们看不到内容。取消密码，重新保存后再传")
	}
	if f.Method != zip.Store && f.Method != zip.Deflate {
		return refuseBroken(k)
	}
	if f.Mode().IsDir() {
		return nil
	}
	// Two parts of one name: the one we check need not be the one that opens.
	key := strings.ToLower(path.Clean(clean))
	if c.files[key] != nil {
		return refuseBroken(k)
	}
	c.files[key] = f
	return nil
}

// unpackAll reads every part once. Declared sizes are not believed: the count
// is of what really comes out, and checksums must hold.
func unpackAll(k Kind, files []*zip.File, size int64) error {
	left := int64(maxUnpacked)
	if size*maxRatio < maxUnpacked {
		left = max(size*maxRatio, ratioFrom)
	}
	for _, f := range files {
		r, err := f.Open()
		if err != nil {
			return refuseBroken(k)
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, left+1))
		_ = r.Close()
		if left -= n; left < 0 {
			return refuseBomb()
		}
		if err != nil {
			return refuseBroken(k)
		}
	}
	return nil
}

var errAbsentPart = errors.New("inspect: no such part")

// part returns up to limit bytes of one part.
func (c *container) part(name string, limit int64) ([]byte, error) {
	f := c.files[strings.ToLower(name)]
	if f == nil {
		return nil, errAbsentPart
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}
