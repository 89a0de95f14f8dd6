// Package filestore keeps the bytes of attachments under random keys: a
// directory now, an object store by the same interface. Part of attachment
// (level 3); no tables.
//
// A key says nothing about its file and never comes from a person, so no name
// that anyone typed can reach the disk.
package filestore

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"regexp"
	"time"
)

// ErrAbsent is returned by Open for a key that holds nothing.
var ErrAbsent = errors.New("filestore: no such file")

// ErrFull is returned by Put when the disk or the store has no room left.
var ErrFull = errors.New("filestore: no space left")

// Store is what attachments need of a place for files.
type Store interface {
	// Put makes the bytes of r durable under key before it returns nil. After
	// any error the key holds nothing.
	Put(ctx context.Context, key string, r io.Reader) (size int64, err error)
	// Open returns the bytes; ErrAbsent when there are none.
	Open(ctx context.Context, key string) (io.ReadSeekCloser, error)
	// Delete removes the bytes; absent already is no error.
	Delete(ctx context.Context, key string) error
	// Older lists the keys written before t, by the store's own clock, so that a
	// shifted business clock cannot make a young file look old.
	Older(ctx context.Context, t time.Time) iter.Seq2[string, error]
	// Check reports whether the store can take and give files, for readiness.
	Check(ctx context.Context) error
}

var keyForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// NewKey returns a fresh random key.
func NewKey() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never fails; it ends the process instead
	return hex.EncodeToString(b[:])
}

// ValidKey reports whether key has the form that NewKey makes.
func ValidKey(key string) bool { return keyForm.MatchString(key) }
