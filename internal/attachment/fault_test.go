package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/clamd"
	"civilaffairs/internal/attachment/clamd/clamdtest"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
)

// scanFunc is a scanner that lets something happen before it asks the daemon.
func scanFunc(before func(), t *testing.T, server *clamdtest.Server) attachment.Scanner {
	t.Helper()
	c, err := clamd.New(server.Setting())
	if err != nil {
		t.Fatal(err)
	}
	return scannerFunc(func(ctx context.Context, r io.Reader) (string, error) { before(); return c.Scan(ctx, r) })
}

type scannerFunc func(ctx context.Context, r io.Reader) (string, error)

func (f scannerFunc) Scan(ctx context.Context, r io.Reader) (string, error) { return f(ctx, r) }

// age makes every stored file look as old as d.
func (b *bench) age(d time.Duration) {
	b.t.Helper()
	past := time.Now().Add(-d)
	err := filepath.WalkDir(b.dir, func(p string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		return os.Chtimes(p, past, past)
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// A crash between file and row leaves an orphan and no row; Sweep removes it
// when it is old, and nothing else ever.
func TestCrashBetweenFileAndRow(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	kept := b.mustAdd("charter", "a.pdf", pdf("kept"), true)
	removed := b.mustAdd("plan", "b.pdf", pdf("removed"), true)
	if err := b.tx(func(tx postgres.Tx, now time.Time) error {
		return b.Remove(ctx, tx, now, b.actor, b.owner, removed.ID, 1)
	}); err != nil {
		t.Fatal(err)
	}
	// The process dies after Prepare: nobody calls Discard.
	if _, err := b.Prepare(ctx, b.upload("photo", "c.pdf", pdf("orphan"))); err != nil {
		t.Fatal(err)
	}
	// The transaction fails after Attach: Discard leaves the bytes alone, since a
	// commit whose answer was lost may have taken them.
	p, err := b.Prepare(ctx, b.upload("photo", "d.pdf", pdf("rolled back")))
	if err != nil {
		t.Fatal(err)
	}
	broke := errors.New("broke")
	err = b.tx(func(tx postgres.Tx, now time.Time) error {
		if _, err := b.Attach(ctx, tx, now, b.actor, p, true); err != nil {
			return err
		}
		return broke
	})
	p.Discard()
	if !errors.Is(err, broke) || b.stored() != 4 {
		t.Fatalf("%v, %d files", err, b.stored())
	}
	if swept, err := b.Sweep(ctx); err != nil || swept != (attachment.Swept{}) || b.stored() != 4 {
		t.Errorf("young files swept: %+v, %v", swept, err)
	}
	b.db.Advance(t, 23*time.Hour) // the business clock alone makes no file old
	if swept, err := b.Sweep(ctx); err != nil || swept != (attachment.Swept{}) {
		t.Errorf("swept by the business clock: %+v, %v", swept, err)
	}
	b.age(25 * time.Hour)
	if swept, err := b.Sweep(ctx); err != nil || swept != (attachment.Swept{Orphans: 2}) || b.stored() != 2 {
		t.Errorf("orphans: %+v, %v, %d files", swept, err, b.stored())
	}
	b.db.Advance(t, 2*time.Hour)
	if swept, err := b.Sweep(ctx); err != nil || swept != (attachment.Swept{Erased: 1}) || b.stored() != 1 {
		t.Errorf("removed file: %+v, %v, %d files", swept, err, b.stored())
	}
	if got, err := b.read(b.owner, kept.ID); err != nil || !bytes.Equal(got, pdf("kept")) {
		t.Errorf("the kept file: %v", err)
	}
}

// A crash after the row says “erased” and before the bytes went leaves an orphan.
func TestCrashWhileErasing(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	if err := b.tx(func(tx postgres.Tx, now time.Time) error { return b.Remove(ctx, tx, now, b.actor, b.owner, a.ID, 1) }); err != nil {
		t.Fatal(err)
	}
	b.db.Advance(t, 25*time.Hour)
	b.age(25 * time.Hour)
	stuck := b.service(faulty{Store: b.store, del: errors.New("disk")}, nil)
	if _, err := stuck.Sweep(ctx); err == nil {
		t.Error("no error")
	}
	if swept, err := b.Sweep(ctx); err != nil || swept != (attachment.Swept{Orphans: 1}) || b.stored() != 0 {
		t.Errorf("%+v, %v, %d files", swept, err, b.stored())
	}
}

// faulty is a store in which some calls fail.
type faulty struct {
	filestore.Store
	put, open, del error
}

func (f faulty) Put(ctx context.Context, key string, r io.Reader) (int64, error) {
	if f.put != nil {
		return 0, f.put
	}
	return f.Store.Put(ctx, key, r)
}

func (f faulty) Open(ctx context.Context, key string) (io.ReadSeekCloser, error) {
	if f.open != nil {
		return nil, f.open
	}
	return f.Store.Open(ctx, key)
}

func (f faulty) Delete(ctx context.Context, key string) error {
	if f.del != nil {
		return f.del
	}
	return f.Store.Delete(ctx, key)
}

func TestBrokenStoreFailsClosed(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	for _, c := range []struct {
		put  error
		want string
	}{{filestore.ErrFull, "磁盘已满"}, {errors.New("EIO"), "存不进去"}} {
		s := b.service(faulty{Store: b.store, put: c.put}, nil)
		_, err := s.Prepare(ctx, b.upload("plan", "b.pdf", pdf("2")))
		if !errs.Is(err, errs.Unavailable) || !strings.Contains(errs.Message(err), c.want) {
			t.Errorf("%v: %v", c.put, err)
		}
	}
	s := b.service(faulty{Store: b.store, open: errors.New("EIO")}, nil)
	if _, _, err := s.Open(ctx, b.db.App.Pool(), b.owner, a.ID); !errs.Is(err, errs.Unavailable) {
		t.Errorf("open: %v", err)
	}
	s = b.service(faulty{Store: b.store, open: filestore.ErrAbsent}, nil)
	if _, _, err := s.Open(ctx, b.db.App.Pool(), b.owner, a.ID); errs.KindOf(err) != errs.Internal {
		t.Errorf("lost bytes read as %v", err)
	}
}

// Sixty files and 50 MB hold under parallel uploads, and the message is at the field.
func TestQuotaUnderConcurrency(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	const tries = 70
	var mu sync.Mutex
	var refused []error
	var wg sync.WaitGroup
	for i := range tries {
		wg.Go(func() {
			if _, err := b.add("photo", "a.pdf", pdf(fmt.Sprint(i)), false); err != nil {
				mu.Lock()
				refused = append(refused, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if n := len(b.list()); n != attachment.MaxOwnerFiles || len(refused) != tries-attachment.MaxOwnerFiles {
		t.Errorf("%d files, %d refused", n, len(refused))
	}
	for _, err := range refused {
		if f := errs.FieldsOf(err); len(f) != 1 || !strings.Contains(f[0].Message, "达到上限 60 份") {
			t.Errorf("%v", err)
		}
	}
	if b.stored() != attachment.MaxOwnerFiles {
		t.Errorf("%d files stored", b.stored())
	}
}

func TestQuotaOfBytes(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	big := func(i int) []byte {
		return bytes.Replace(pdf(fmt.Sprint(i)), []byte("startxref"), append(bytes.Repeat([]byte(" "), 9_900<<10), "startxref"...), 1)
	}
	for i := range 5 {
		b.mustAdd("photo", "a.pdf", big(i), false)
	}
	_, err := b.add("photo", "b.pdf", big(5), false)
	if f := errs.FieldsOf(err); len(f) != 1 || !strings.Contains(f[0].Message, "加起来超过 50 MB") {
		t.Errorf("%v", err)
	}
	// What is replaced makes room; the quota is of what counts.
	b.mustAdd("photo", "b.pdf", big(6), true)
	if all := b.list(); len(all) != 1 {
		t.Errorf("%d files", len(all))
	}
	for i := range 4 {
		b.mustAdd("plan", "a.pdf", big(10+i), false)
	}
}
