package attachment

import (
	"bytes"
	"context"
	"io"

	"civilaffairs/internal/attachment/inspect"
)

// desk bounds how much memory inspection takes at once: one picture is decoded
// at a time, and two documents are looked through.
type desk struct{ pictures, documents chan struct{} }

func newDesk() *desk {
	return &desk{pictures: make(chan struct{}, 1), documents: make(chan struct{}, 2)}
}

// examine inspects the file and returns the bytes to keep: those received, or
// the re-encoded picture.
func (d *desk) examine(ctx context.Context, k inspect.Kind, body content, size int64) (inspect.Report, io.Reader, error) {
	seats := d.documents
	if k.Picture() {
		seats = d.pictures
	}
	select {
	case seats <- struct{}{}:
		defer func() { <-seats }()
	case <-ctx.Done():
		return inspect.Report{}, nil, ctx.Err()
	}
	if !k.Picture() {
		report, err := inspect.Document(k, body, size)
		return report, io.NewSectionReader(body, 0, size), err
	}
	var out bytes.Buffer
	report, err := inspect.Picture(k, body, size, &out)
	return report, &out, err
}
