package filestore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
	"syscall"
	"time"
)

// Directory is a Store in a directory of the local disk. Files lie under the
// first two digits of their key; “tmp” holds those still being written.
type Directory struct{ root *os.Root }

const tmpDir = "tmp"

// OpenDirectory opens the store at dir and creates it when absent, readable by
// this process's user alone.
func OpenDirectory(dir string) (*Directory, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("filestore: %w", err)
	}
	d := &Directory{root: root}
	if err := d.lay(); err != nil {
		_ = root.Close()
		return nil, fmt.Errorf("filestore: %w", err)
	}
	return d, nil
}

// lay makes every subdirectory at the start and syncs them once, so that no
// later Put depends on a directory entry that a power cut could take away.
func (d *Directory) lay() error {
	names := []string{tmpDir}
	for i := range 256 {
		names = append(names, fmt.Sprintf("%02x", i))
	}
	for _, n := range names {
		if err := d.root.Mkdir(n, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
	}
	return d.syncDir(".")
}

// Close releases the directory.
func (d *Directory) Close() error { return d.root.Close() }

// Put writes to a temporary name, syncs the file, renames it and syncs the
// directory: after a crash at any point the key holds everything or nothing.
func (d *Directory) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if !ValidKey(key) {
		return 0, fmt.Errorf("filestore: bad key %q", key)
	}
	tmp := path.Join(tmpDir, key)
	n, err := d.writeTemp(ctx, tmp, r)
	if err == nil {
		err = d.place(tmp, key)
	}
	if err != nil {
		_ = d.root.Remove(tmp)
		if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
			err = fmt.Errorf("%w: %w", ErrFull, err)
		}
		return 0, fmt.Errorf("filestore: put: %w", err)
	}
	return n, nil
}

func (d *Directory) writeTemp(ctx context.Context, tmp string, r io.Reader) (n int64, err error) {
	f, err := d.root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if n, err = io.Copy(f, contextReader{ctx, r}); err != nil {
		return n, err
	}
	return n, f.Sync()
}

func (d *Directory) place(tmp, key string) error {
	if err := d.root.Rename(tmp, name(key)); err != nil {
		return err
	}
	if err := d.syncDir(key[:2]); err != nil {
		_ = d.root.Remove(name(key)) // not known to be durable: as if it never was
		return err
	}
	return nil
}

// Open returns the file of key.
func (d *Directory) Open(_ context.Context, key string) (io.ReadSeekCloser, error) {
	if !ValidKey(key) {
		return nil, ErrAbsent
	}
	f, err := d.root.Open(name(key))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("filestore: open: %w", err)
	}
	return f, nil
}

// Delete removes the file of key, finished or still temporary.
func (d *Directory) Delete(_ context.Context, key string) error {
	if !ValidKey(key) {
		return fmt.Errorf("filestore: bad key %q", key)
	}
	for _, p := range []string{name(key), path.Join(tmpDir, key)} {
		if err := d.root.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("filestore: delete: %w", err)
		}
	}
	return nil
}

// Older walks the store, abandoned temporary files included.
func (d *Directory) Older(ctx context.Context, t time.Time) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := fs.WalkDir(d.root.FS(), ".", func(p string, e fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if errors.Is(err, fs.ErrNotExist) {
				return nil // deleted while we walked
			}
			if err != nil || e.IsDir() || !ValidKey(e.Name()) {
				return err
			}
			info, err := e.Info()
			if err != nil || !info.ModTime().Before(t) {
				return nil // gone, or young
			}
			if !yield(e.Name(), nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield("", fmt.Errorf("filestore: list: %w", err))
		}
	}
}

// Check writes and removes a small file.
func (d *Directory) Check(ctx context.Context) error {
	tmp := path.Join(tmpDir, "check-"+NewKey())
	_, err := d.writeTemp(ctx, tmp, &oneByte{})
	return errors.Join(err, d.root.Remove(tmp))
}

func (d *Directory) syncDir(name string) error {
	f, err := d.root.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func name(key string) string { return path.Join(key[:2], key) }

// contextReader stops a copy when the request that asked for it has ended.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

type oneByte struct{ done bool }

func (o *oneByte) Read(p []byte) (int, error) {
	if o.done || len(p) == 0 {
		return 0, io.EOF
	}
	o.done, p[0] = true, 'x'
	return 1, io.EOF
}
