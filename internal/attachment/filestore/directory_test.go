package filestore_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"civilaffairs/internal/attachment/filestore"
)

func open(t *testing.T) (*filestore.Directory, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "files")
	d, err := filestore.OpenDirectory(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d, dir
}

// filesIn lists every regular file below dir.
func filesIn(t *testing.T, dir string) (files []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func keys(t *testing.T, d *filestore.Directory, before time.Time) (found []string) {
	t.Helper()
	for k, err := range d.Older(context.Background(), before) {
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, k)
	}
	return found
}

func TestPutOpenDelete(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	ctx, key, data := context.Background(), filestore.NewKey(), bytes.Repeat([]byte("坪山"), 200_000)
	n, err := d.Put(ctx, key, bytes.NewReader(data))
	if err != nil || n != int64(len(data)) {
		t.Fatal(n, err)
	}
	f, err := d.Open(ctx, key)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(f)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	_ = f.Close()
	info, err := os.Stat(filesIn(t, dir)[0])
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	for range 2 { // the second time there is nothing
		if err := d.Delete(ctx, key); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Open(ctx, key); !errors.Is(err, filestore.ErrAbsent) {
		t.Errorf("after delete: %v", err)
	}
	if files := filesIn(t, dir); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}

func TestFailedPutLeavesNothing(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	half := io.MultiReader(strings.NewReader("half"), iotest.ErrReader(errors.New("line broke")))
	for name, put := range map[string]func(key string) error{
		"reader fails":  func(k string) error { _, err := d.Put(context.Background(), k, half); return err },
		"request ended": func(k string) error { _, err := d.Put(ended, k, strings.NewReader("x")); return err },
	} {
		key := filestore.NewKey()
		if put(key) == nil {
			t.Errorf("%s: no error", name)
		}
		if _, err := d.Open(context.Background(), key); !errors.Is(err, filestore.ErrAbsent) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files := filesIn(t, dir); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}

// A full disk is told from other failures. /dev/full answers every write with
// ENOSPC; it stands where the temporary file would.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	if err := os.Remove(filepath.Join(dir, "tmp")); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Put(context.Background(), filestore.NewKey(), strings.NewReader("x")); err == nil || errors.Is(err, filestore.ErrFull) {
		t.Errorf("missing directory: %v", err)
	}
	_, err := d.Put(context.Background(), filestore.NewKey(), iotest.ErrReader(noSpace()))
	if err == nil {
		t.Error("no error")
	}
	if err := os.Mkdir(filepath.Join(dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Put(context.Background(), filestore.NewKey(), iotest.ErrReader(noSpace())); !errors.Is(err, filestore.ErrFull) {
		t.Errorf("full disk: %v", err)
	}
	if err := d.Check(context.Background()); err != nil {
		t.Errorf("check: %v", err)
	}
	if files := filesIn(t, dir); len(files) != 0 {
		t.Errorf("left %v", files)
	}
}

func noSpace() error {
	f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write([]byte("x"))
	return err
}

func TestKeysNeverLeaveTheStore(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	secret := filepath.Join(filepath.Dir(dir), "secret")
	if err := os.WriteFile(secret, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	outside := filestore.NewKey() // of the right form, but a link to a file outside
	if err := os.Symlink(secret, filepath.Join(dir, outside[:2], outside)); err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	for _, key := range []string{"", "..", "../secret", "/etc/passwd", "../../../../../etc/passwd", "..%2fsecret", `..\secret`,
		"a\x00", strings.Repeat("a", 31), strings.Repeat("A", 32), strings.Repeat("a", 33), "tmp/" + strings.Repeat("a", 28),
		strings.Repeat("a", 32) + "\n", outside} {
		if f, err := d.Open(ctx, key); err == nil {
			_ = f.Close()
			t.Errorf("%q opened", key)
		}
		if key == outside {
			continue
		}
		if _, err := d.Put(ctx, key, strings.NewReader("x")); err == nil {
			t.Errorf("%q written", key)
		}
		if err := d.Delete(ctx, key); err == nil {
			t.Errorf("%q deleted", key)
		}
	}
	if data, err := os.ReadFile(secret); err != nil || string(data) != "secret" {
		t.Errorf("outside file: %q, %v", data, err)
	}
}

func TestOlderListsFinishedAndAbandoned(t *testing.T) {
	t.Parallel()
	d, dir := open(t)
	old, young, torn := filestore.NewKey(), filestore.NewKey(), filestore.NewKey()
	for _, k := range []string{old, young} {
		if _, err := d.Put(context.Background(), k, strings.NewReader("x")); err != nil {
			t.Fatal(err)
		}
	}
	tmp := filepath.Join(dir, "tmp", torn) // as a crash in the middle of a write leaves it
	if err := os.WriteFile(tmp, []byte("ha"), 0o600); err != nil {
		t.Fatal(err)
	}
	past := time.Now().Add(-48 * time.Hour)
	for _, p := range []string{tmp, filepath.Join(dir, old[:2], old)} {
		if err := os.Chtimes(p, past, past); err != nil {
			t.Fatal(err)
		}
	}
	got := keys(t, d, time.Now().Add(-24*time.Hour))
	if len(got) != 2 || (got[0] != old && got[1] != old) || (got[0] != torn && got[1] != torn) {
		t.Errorf("older: %v, want %s and %s", got, old, torn)
	}
	if _, err := d.Open(context.Background(), torn); !errors.Is(err, filestore.ErrAbsent) {
		t.Errorf("a torn file can be read: %v", err)
	}
	if err := d.Delete(context.Background(), torn); err != nil {
		t.Error(err)
	}
	if got := keys(t, d, time.Now().Add(time.Hour)); len(got) != 2 {
		t.Errorf("left %v", got)
	}
}
