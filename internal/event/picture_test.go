package event_test

import (
	"bytes"
	"context"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// photo is a JPEG with the mark in its EXIF, as a phone writes the place.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = uint8(i) ^ shade
	}
	img.SetRGBA(0, 0, color.RGBA{shade, 0, 0, 255})
	var plain bytes.Buffer
	must(t, jpeg.Encode(&plain, img, nil))
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), mark...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(out, plain.Bytes()[2:]...)
}

const mark = "GPS-22.69N-114.34E-CANARY"

func (b *bench) addPicture(t *testing.T, as authz.Actor, no string, shade uint8) event.Picture {
	t.Helper()
	owner, err := b.PictureOwner(t.Context(), as, no)
	must(t, err)
	ready, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: owner, Slot: event.Slot, Field: "file", Label: "照片", Filename: "a.jpg", Body: bytes.NewReader(photo(t, shade))})
	must(t, err)
	defer ready.Discard()
	must(t, b.AddPicture(t.Context(), as, no, "二十多位居民在分拣垃圾", ready))
	d, err := b.MineOne(t.Context(), as, no)
	must(t, err)
	return d.Pictures[len(d.Pictures)-1]
}

func (b *bench) fetched(t *testing.T, no string, id uuid.UUID) (string, error) {
	t.Helper()
	_, content, err := b.PublicPicture(t.Context(), no, id)
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	data, err := io.ReadAll(content)
	must(t, err)
	return string(data), nil
}

func TestPictures(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	no := b.running(t, b.head)
	p := b.addPicture(t, b.head, no, 1)
	_, err := b.fetched(t, no, p.ID)
	wantKind(t, "before its release", err, errs.NotFound)
	if f := errs.FieldsOf(b.Release(ctx, b.head, no, p.ID, 1, event.Consented, false)); len(f) != 1 || f[0].Name != "agreed" {
		t.Errorf("without the tick: %v", f)
	}
	if f := errs.FieldsOf(b.Release(ctx, b.head, no, p.ID, 1, "", true)); len(f) != 1 || f[0].Name != "minors" {
		t.Errorf("without a word on minors: %v", f)
	}
	wantKind(t, "another organization", b.Release(ctx, b.other, no, p.ID, 1, event.NoMinors, true), errs.NotFound)
	must(t, b.Release(ctx, b.head, no, p.ID, 1, event.Consented, true))
	data, err := b.fetched(t, no, p.ID)
	if err != nil || strings.Contains(data, mark) || !strings.HasPrefix(data, "\xff\xd8") {
		t.Errorf("released: %v, %d bytes", err, len(data))
	}
	b.doubtful(t, no)
	ask := func(r event.Relation, id uuid.UUID) (event.Asked, error) {
		return b.AskRemoval(ctx, event.Asking{Token: once.NewToken(), EventNo: no, Picture: id, Relation: r, Reason: "照片里是我的孩子，没有同意公开", Phone: "13900000007"})
	}
	asked, err := ask("guardian", p.ID)
	if err != nil || !asked.Hid || asked.DueOn != civil.Of(2026, 11, 30) {
		t.Fatalf("%+v %v", asked, err)
	}
	_, err = b.fetched(t, no, p.ID)
	wantKind(t, "while it is decided", err, errs.NotFound)
	_, err = ask("self", p.ID)
	wantKind(t, "asked twice", err, errs.Conflict)
	wantKind(t, "taken down meanwhile", b.TakeDown(ctx, b.head, no, p.ID, 3), errs.Conflict)
	if where := b.found(t, "我的孩子", "13900000007"); where != nil {
		t.Errorf("in clear: %v", where)
	}
	decide := func(remove bool) {
		t.Helper()
		w, err := b.Desk(ctx, b.as["reviewer"])
		must(t, err)
		r, err := b.Request(ctx, b.as["reviewer"], w.Requests[0].ID)
		if err != nil || r.Text != "照片里是我的孩子，没有同意公开" {
			t.Fatalf("%+v %v", r, err)
		}
		if phone, err := b.UnmaskPhone(ctx, b.as["reviewer"], r.ID, "打电话核实"); err != nil || phone != "13900000007" {
			t.Errorf("%s %v", phone, err)
		}
		wantKind(t, "a clerk decides", b.Decide(ctx, b.as["clerk"], r.ID, r.Version, remove, "已经和家长核实"), errs.Forbidden)
		must(t, b.Decide(ctx, b.as["reviewer"], r.ID, r.Version, remove, "已经和家长核实"))
		wantKind(t, "decided twice", b.Decide(ctx, b.as["reviewer"], r.ID, r.Version, remove, "已经和家长核实"), errs.Conflict)
	}
	decide(false)
	if _, err := b.fetched(t, no, p.ID); err != nil {
		t.Errorf("kept: %v", err)
	}
	// Once kept, nobody takes it out of sight by asking again.
	if asked, err = ask("self", p.ID); err != nil || asked.Hid {
		t.Errorf("%+v %v", asked, err)
	}
	decide(true)
	_, err = b.fetched(t, no, p.ID)
	wantKind(t, "removed", err, errs.NotFound)
	for as, open := range map[string]func() error{"its organization": func() error { _, _, err := b.OwnPicture(ctx, b.head, p.ID); return err }, "the bureau": func() error { _, _, err := b.StaffPicture(ctx, b.as["reviewer"], p.ID); return err }} {
		wantKind(t, "removed, opened by "+as, open(), errs.NotFound)
	}
	b.db.Advance(t, 25*time.Hour)
	if swept, err := b.Attachments.Sweep(ctx); err != nil || swept.Erased == 0 {
		t.Errorf("the bytes stay: %+v %v", swept, err)
	}
	if r, err := b.Progress(ctx, asked.Code); err != nil || r.State != "removed" || r.Outcome != "已经和家长核实" {
		t.Errorf("%+v %v", r, err)
	}
	if n := scan[int](t, b, `select count(*) from audit_entry where action like 'event.picture.%' and subject = 'event'`); n < 10 {
		t.Errorf("%d entries in the trail", n)
	}
	b.refusedByTheDatabase(t, `delete from event_picture`, `update event_picture set state = 'released', reason = '' where state = 'removed'`, `update picture_request set outcome = '改了的答复'`)
}

// doubtful goes by the bureau, and never by who uploaded it.
func (b *bench) doubtful(t *testing.T, no string) {
	t.Helper()
	ctx := t.Context()
	p, q := b.addPicture(t, b.head, no, 2), b.addPicture(t, b.head, no, 3)
	for _, x := range []event.Picture{p, q} {
		must(t, b.Release(ctx, b.head, no, x.ID, 1, event.Unsure, false))
	}
	_, err := b.fetched(t, no, p.ID)
	wantKind(t, "doubtful", err, errs.NotFound)
	b.refusedByTheDatabase(t, `update event_picture set state = 'released', released_at = now(), released_by = added_by where state = 'waiting'`,
		`update event_picture set state = 'released', released_at = now(), released_by = added_by, judged_by = added_by where state = 'waiting'`,
		`update event_picture set minors = 'none' where state = 'waiting'`)
	wantKind(t, "the organization judges", b.Judge(ctx, b.head, p.ID, 2, true, ""), errs.Forbidden)
	must(t, b.Judge(ctx, b.as["reviewer"], p.ID, 2, true, ""))
	if _, err := b.fetched(t, no, p.ID); err != nil {
		t.Errorf("judged fit: %v", err)
	}
	if err := b.Judge(ctx, b.as["reviewer"], q.ID, 2, false, ""); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("refused without a reason: %v", err)
	}
	must(t, b.Judge(ctx, b.as["reviewer"], q.ID, 2, false, "孩子的脸能认出来"))
	_, err = b.fetched(t, no, q.ID)
	wantKind(t, "judged unfit", err, errs.NotFound)
}
