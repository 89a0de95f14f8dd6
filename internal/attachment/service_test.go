package attachment_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/attachment/inspect"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// bench is a service on a real database and a real directory.
type bench struct {
	*attachment.Service
	t     *testing.T
	db    *dbtest.DB
	store *filestore.Directory
	dir   string
	owner attachment.Owner
	actor authz.Actor
}

func newBench(t *testing.T, scanner attachment.Scanner) *bench {
	t.Helper()
	b := &bench{t: t, db: dbtest.New(t), dir: t.TempDir(), owner: newOwner(),
		actor: authz.Actor{AccountID: uuid.New(), Name: "陈秀英", Role: authz.OrgClerk}}
	var err error
	if b.store, err = filestore.OpenDirectory(b.dir); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.store.Close() })
	b.Service = b.service(b.store, scanner)
	return b
}

func (b *bench) service(store filestore.Store, scanner attachment.Scanner) *attachment.Service {
	return attachment.New(b.db.App, store, scanner, nil, slog.New(slog.DiscardHandler))
}

func newOwner() attachment.Owner { return attachment.Owner{Kind: "application", ID: uuid.New()} }

func (b *bench) upload(slot, name string, data []byte) attachment.Upload {
	return attachment.Upload{Owner: b.owner, Slot: slot, Field: "file-" + slot, Label: "章程", Filename: name, Body: bytes.NewReader(data)}
}

func (b *bench) tx(fn func(tx postgres.Tx, now time.Time) error) error {
	b.t.Helper()
	return b.db.App.InTx(context.Background(), fn)
}

// add takes a file the whole way.
func (b *bench) add(slot, name string, data []byte, replace bool) (a attachment.Attachment, err error) {
	b.t.Helper()
	p, err := b.Prepare(context.Background(), b.upload(slot, name, data))
	if err != nil {
		return a, err
	}
	defer p.Discard()
	err = b.tx(func(tx postgres.Tx, now time.Time) error {
		a, err = b.Attach(context.Background(), tx, now, b.actor, p, replace)
		return err
	})
	return a, err
}

func (b *bench) mustAdd(slot, name string, data []byte, replace bool) attachment.Attachment {
	b.t.Helper()
	a, err := b.add(slot, name, data, replace)
	if err != nil {
		b.t.Fatalf("%s: %v", name, err)
	}
	return a
}

func (b *bench) list() []attachment.Attachment {
	b.t.Helper()
	all, err := b.List(context.Background(), b.db.App.Pool(), b.owner)
	if err != nil {
		b.t.Fatal(err)
	}
	return all
}

func (b *bench) read(o attachment.Owner, id uuid.UUID) ([]byte, error) {
	_, f, err := b.Open(context.Background(), b.db.App.Pool(), o, id)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func (b *bench) stored() int {
	b.t.Helper()
	n := 0
	for _, err := range b.store.Older(context.Background(), time.Now().Add(time.Hour)) {
		if err != nil {
			b.t.Fatal(err)
		}
		n++
	}
	return n
}

func pdf(text string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</T(" + text + ")>>endobj\nstartxref\n9\n%%EOF\n")
}

func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 30, 20))
	for i := range img.Pix {
		img.Pix[i] = shade
	}
	img.Set(0, 0, color.Black)
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, img, nil); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// A picture sent again in another size and quality is alike; a plain one is like
// nothing, not even itself.
func TestPicturesAreKeptWithTheirHash(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	var shades [8][9]uint8
	r := rand.New(rand.NewPCG(3, 4))
	for y := range shades {
		for x := range shades[y] {
			shades[y][x] = uint8(20 * r.IntN(12))
		}
	}
	steps := func(w, h, quality int) []byte {
		img := image.NewGray(image.Rect(0, 0, w, h))
		for y := range h {
			for x := range w {
				img.SetGray(x, y, color.Gray{shades[y*8/h][x*9/w]})
			}
		}
		var buf bytes.Buffer
		if err := jpeg.Encode(&buf, img, &jpeg.Options{Quality: quality}); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	b.mustAdd("photos", "一.jpg", steps(360, 320, 95), false)
	b.mustAdd("photos", "二.jpg", steps(180, 160, 70), false)
	b.mustAdd("photos", "三.jpg", photo(t, 120), false)
	list := b.list()
	if one, two := list[0], list[1]; one.SourceSHA256 == two.SourceSHA256 || !one.Alike(two, 3) || one.Alike(list[2], 64) {
		t.Errorf("hashes %x %x %x", one.PictureHash, two.PictureHash, list[2].PictureHash)
	}
	if plain := list[2]; plain.PictureHash != 0 || plain.Alike(plain, 64) {
		t.Errorf("a plain picture: %x", plain.PictureHash)
	}
}

func TestUploadKeepsWhatWasSent(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	data := pdf("章程")
	a := b.mustAdd("charter", `C:\文件\章程（草案）.pdf`, data, true)
	if a.State != attachment.Accepted || a.Filename != "章程（草案）.pdf" || a.MediaType != "application/pdf" || a.Version != 1 ||
		a.Size != int64(len(data)) || a.SHA256 != a.SourceSHA256 || a.UploadedByName != "陈秀英" || a.UploadedBy != b.actor.AccountID {
		t.Errorf("%+v", a)
	}
	if got, err := b.read(b.owner, a.ID); err != nil || !bytes.Equal(got, data) {
		t.Errorf("read back %d bytes, %v", len(got), err)
	}
	if all := b.list(); len(all) != 1 || all[0].ID != a.ID || !all[0].UploadedAt.Equal(a.UploadedAt) {
		t.Errorf("list %+v", all)
	}
	p := b.mustAdd("photo", "照片.jpg", photo(t, 200), false)
	if p.Width != 30 || p.Height != 20 || p.SHA256 == p.SourceSHA256 || !p.Viewable() || a.Viewable() {
		t.Errorf("picture %+v", p)
	}
}

// A body that can be read only once goes through a spool, small or large.
func TestStreamedBody(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	for _, n := range []int{10, 300 << 10, 9 << 20, 11 << 20} {
		data := bytes.Replace(pdf("x"), []byte("startxref"), append(bytes.Repeat([]byte(" "), n), "startxref"...), 1)
		u := b.upload("charter", "a.pdf", nil)
		u.Body = io.MultiReader(bytes.NewReader(data))
		p, err := b.Prepare(context.Background(), u)
		if n > 10<<20 {
			if f := errs.FieldsOf(err); len(f) != 1 || f[0].Message != "文件超过 10 MB。分成两份，或降低扫描清晰度后再传" {
				t.Errorf("%d: %v", n, err)
			}
			continue
		}
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		if want := attachment.SizeText(int64(len(data))); !strings.HasSuffix(p.Describe(), want) {
			t.Errorf("%s, want %s", p.Describe(), want)
		}
		p.Discard()
	}
	if n := b.stored(); n != 0 {
		t.Errorf("%d files left", n)
	}
}

func TestRefusalIsAtTheField(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	_, err := b.add("charter", "木马.exe", []byte("MZ"), true)
	f := errs.FieldsOf(err)
	if !errs.Is(err, errs.Invalid) || len(f) != 1 || f[0].Name != "file-charter" || f[0].Label != "章程" || !strings.Contains(f[0].Message, "不收 .exe 文件") {
		t.Errorf("%v", err)
	}
	u := b.upload("photo", "a.pdf", pdf("x"))
	u.Limits.Accept = inspect.Pictures
	if _, err := b.Prepare(context.Background(), u); !strings.Contains(fmt.Sprint(err), "只收 JPG 或 PNG") {
		t.Errorf("pictures only: %v", err)
	}
	if b.stored() != 0 || len(b.list()) != 0 {
		t.Error("a refused file was kept")
	}
}

func TestSameBytesTwiceAreOneFile(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	first := b.mustAdd("photo", "a.jpg", photo(t, 100), false)
	var wg sync.WaitGroup
	ids := make([]uuid.UUID, 8)
	fails := make([]error, 8)
	for i := range ids {
		wg.Go(func() {
			a, err := b.add("photo", "再传一次.jpg", photo(t, 100), i%2 == 0)
			ids[i], fails[i] = a.ID, err
		})
	}
	wg.Wait()
	for i := range ids {
		if fails[i] != nil || ids[i] != first.ID {
			t.Errorf("%d: %s, %v", i, ids[i], fails[i])
		}
	}
	if len(b.list()) != 1 || b.stored() != 1 {
		t.Errorf("%d rows, %d files", len(b.list()), b.stored())
	}
	if other := b.mustAdd("cover", "a.jpg", photo(t, 100), false); other.ID == first.ID {
		t.Error("another slot shares the row")
	}
}

func TestReplaceAndHistory(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	draft := b.mustAdd("charter", "初稿.pdf", pdf("1"), true)
	handed := b.mustAdd("charter", "报送.pdf", pdf("2"), true)
	if err := b.tx(func(tx postgres.Tx, now time.Time) error { return b.HandIn(ctx, tx, now, b.owner) }); err != nil {
		t.Fatal(err)
	}
	corrected := b.mustAdd("charter", "补正.pdf", pdf("3"), true)
	if all := b.list(); len(all) != 1 || all[0].ID != corrected.ID {
		t.Errorf("current: %+v", all)
	}
	if all, err := b.History(ctx, b.db.App.Pool(), b.owner); err != nil || len(all) != 3 {
		t.Errorf("history: %d, %v", len(all), err)
	}
	if got, err := b.read(b.owner, handed.ID); err != nil || !bytes.Equal(got, pdf("2")) {
		t.Errorf("what was handed in: %v", err)
	}
	if _, err := b.read(b.owner, draft.ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("replaced draft: %v", err)
	}
	b.db.Advance(t, 25*time.Hour)
	swept, err := b.Sweep(ctx)
	if err != nil || swept != (attachment.Swept{Erased: 1}) {
		t.Errorf("swept %+v, %v", swept, err)
	}
	for _, id := range []uuid.UUID{handed.ID, corrected.ID} {
		if _, err := b.read(b.owner, id); err != nil {
			t.Errorf("after the sweep: %v", err)
		}
	}
}

func TestForeignAndStaleFiles(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	for _, o := range []attachment.Owner{newOwner(), {Kind: "organization", ID: b.owner.ID}} {
		if _, err := b.read(o, a.ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("foreign read: %v", err)
		}
		err := b.tx(func(tx postgres.Tx, now time.Time) error { return b.Remove(ctx, tx, now, b.actor, o, a.ID, 1) })
		if !errs.Is(err, errs.NotFound) {
			t.Errorf("foreign removal: %v", err)
		}
	}
	remove := func(version int) error {
		return b.tx(func(tx postgres.Tx, now time.Time) error {
			return b.Remove(ctx, tx, now, b.actor, b.owner, a.ID, version)
		})
	}
	if err := remove(7); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	if err := remove(1); err != nil {
		t.Error(err)
	}
	if err := remove(2); !errs.Is(err, errs.Conflict) {
		t.Errorf("twice: %v", err)
	}
	if _, err := b.read(b.owner, a.ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("removed: %v", err)
	}
}

func TestEveryChangeIsAudited(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx := context.Background()
	b.mustAdd("charter", "王小明身份证.pdf", pdf("1"), true)
	a := b.mustAdd("charter", "b.pdf", pdf("2"), true)
	if err := b.tx(func(tx postgres.Tx, now time.Time) error { return b.Remove(ctx, tx, now, b.actor, b.owner, a.ID, 1) }); err != nil {
		t.Fatal(err)
	}
	rows, err := b.db.Owner.Query(ctx, `select action, detail::text from audit_entry
		where subject = 'application' and subject_id = $1 order by seq`, b.owner.ID.String())
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for rows.Next() {
		var action, detail string
		if err := rows.Scan(&action, &detail); err != nil {
			t.Fatal(err)
		}
		actions = append(actions, action)
		if strings.Contains(detail, "王小明") {
			t.Errorf("a name in the audit trail: %s", detail)
		}
	}
	if got := strings.Join(actions, " "); got != "attachment.attach attachment.attach attachment.remove" {
		t.Errorf("actions %q", got)
	}
}

// The role that serves can neither rewrite what was received nor lift a quota.
func TestDatabaseGuardsRows(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	b.mustAdd("charter", "a.pdf", pdf("1"), true)
	for _, sql := range []string{
		`update attachment set sha256 = repeat('0', 64)`, `update attachment set filename = 'b.pdf'`, `delete from attachment`,
		`truncate attachment`, `update attachment_quota set files = 0`, `delete from attachment_quota`,
		`update attachment set state = 'checking'`, `update attachment set state = 'refused', reason = 'x', removed_at = uploaded_at`,
		`update attachment set erased_at = uploaded_at`,
	} {
		if _, err := b.db.App.Pool().Exec(context.Background(), sql); err == nil {
			t.Errorf("allowed: %s", sql)
		}
	}
	if _, err := b.db.App.Pool().Exec(context.Background(), `update attachment set version = version + 1`); err != nil {
		t.Errorf("what is allowed: %v", err)
	}
}

func TestRequestThatEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t, nil)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := b.Prepare(ctx, b.upload("photo", "a.jpg", photo(t, 1))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if b.stored() != 0 {
		t.Error("files left")
	}
}
