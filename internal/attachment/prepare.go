package attachment

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/attachment/inspect"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// Limits narrows what a slot takes. Zero values mean the defaults: 10 MB, every
// type that inspect knows.
type Limits struct {
	MaxBytes int64
	Accept   []inspect.Kind
}

// MaxFileBytes is the default limit of one file.
const MaxFileBytes = 10 << 20

// Upload is a file as a person sent it.
type Upload struct {
	Owner    Owner
	Slot     string // which document of the list it is
	Field    string // the form control, for the message; "" means Slot
	Label    string // the document's Chinese name
	Filename string // as sent, not trusted
	Body     io.Reader
	Limits   Limits
}

// content is what inspection needs: to look anywhere and to read once more. An
// *os.File and a *bytes.Reader have it; anything else is spooled first.
type content interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// preparedFor is how long a prepared file may wait for its row. It is far below
// the age at which Sweep takes a file without a row for an orphan.
const preparedFor = time.Hour

// Prepared is a file that was inspected and is durable in the store, but has no
// row yet.
type Prepared struct {
	owner        Owner
	field, label string
	row          row
	store        filestore.Store
	at           time.Time
	attached     atomic.Bool
}

// Describe returns name, type and size as they will be recorded.
func (p *Prepared) Describe() string { return p.row.Describe() }

// Discard removes the bytes again unless Attach took them. Calling it is right
// after success and failure alike; what a failed commit leaves, Sweep removes.
func (p *Prepared) Discard() {
	if p == nil || p.attached.Load() {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_ = p.store.Delete(ctx, p.row.StorageKey) // an orphan then, which Sweep removes
}

// usable refuses a file that was taken already or is too old to be attached.
func (p *Prepared) usable() error {
	if p.attached.Load() {
		return errors.New("attachment: prepared file attached twice")
	}
	if time.Since(p.at) > preparedFor {
		return errs.New(errs.Conflict, "这次上传放得太久，已经作废。请重新上传这份文件。")
	}
	return nil
}

// fits reports, at the upload's field, when the owner has no room for p.
func (p *Prepared) fits(files int, used int64) error {
	if files >= MaxOwnerFiles {
		return p.fail(fmt.Sprintf("已经有 %d 份文件，达到上限 %d 份。先移除不需要的，或把几页合并成一份 PDF 再传", files, MaxOwnerFiles))
	}
	if used+p.row.Size > MaxOwnerBytes {
		return p.fail(fmt.Sprintf("这份文件 %s，已有文件合计 %s，加起来超过 %s。先移除不需要的，或降低扫描清晰度后再传",
			SizeText(p.row.Size), SizeText(used), SizeText(MaxOwnerBytes)))
	}
	return nil
}

func (p *Prepared) fail(message string) error { return errs.FieldError(p.field, p.label, message) }

// Prepare inspects what was uploaded, re-encodes it when it is a picture and
// makes it durable in the store, all before any transaction. What is wrong with
// the file comes back as errs.Invalid at the field, with what to do; a full or
// broken store as errs.Unavailable.
func (s *Service) Prepare(ctx context.Context, u Upload) (*Prepared, error) {
	if u.Field == "" {
		u.Field = u.Slot
	}
	if u.Limits.MaxBytes <= 0 || u.Limits.MaxBytes > MaxFileBytes {
		u.Limits.MaxBytes = MaxFileBytes
	}
	body, size, done, err := seekable(u.Body, u.Limits.MaxBytes)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := s.prepare(ctx, u, body, size)
	if refusal, ok := errors.AsType[*inspect.Refusal](err); ok {
		return nil, errs.FieldError(u.Field, u.Label, refusal.Message)
	}
	return p, err
}

func (s *Service) prepare(ctx context.Context, u Upload, body content, size int64) (*Prepared, error) {
	name := inspect.CleanName(u.Filename)
	kind, err := inspect.Admit(name, size, u.Limits.MaxBytes, u.Limits.Accept)
	if err != nil {
		return nil, err
	}
	source := sha256.New()
	if _, err := io.Copy(source, io.NewSectionReader(body, 0, size)); err != nil {
		return nil, fmt.Errorf("attachment: read upload: %w", err)
	}
	report, kept, err := s.desk.examine(ctx, kind, body, size)
	if err != nil {
		return nil, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return nil, err
	}
	p := &Prepared{owner: u.Owner, field: u.Field, label: u.Label, store: s.store, at: time.Now()}
	p.row.Attachment = Attachment{ID: id, Slot: u.Slot, Filename: name, MediaType: kind.MediaType(), Extension: string(kind),
		SourceSHA256: hex.EncodeToString(source.Sum(nil)), Width: report.Width, Height: report.Height, PictureHash: int64(report.Hash), Notes: report.Notes}
	if p.row.Notes == nil {
		p.row.Notes = []string{}
	}
	p.row.StorageKey = filestore.NewKey()
	if err := s.keep(ctx, p, kept); err != nil {
		return nil, err
	}
	return p, nil
}

// keep puts the bytes into the store and notes their size and digest.
func (s *Service) keep(ctx context.Context, p *Prepared, kept io.Reader) error {
	digest := sha256.New()
	n, err := s.store.Put(ctx, p.row.StorageKey, io.TeeReader(kept, digest))
	switch {
	case errors.Is(err, filestore.ErrFull):
		return errs.Wrap(errs.Unavailable, "存放文件的磁盘已满，这份文件没有收下。您填的内容没有丢失，请稍后再传，或告诉民政局。", err)
	case err != nil && ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return errs.Wrap(errs.Unavailable, "文件暂时存不进去，这份文件没有收下。您填的内容没有丢失，请几分钟后再传。", err)
	}
	p.row.Size, p.row.SHA256 = n, hex.EncodeToString(digest.Sum(nil))
	return nil
}

// seekable returns body as something that can be read twice, at most one byte
// over max: enough to know that it is too large.
func seekable(body io.Reader, max int64) (content, int64, func(), error) {
	if c, ok := body.(content); ok {
		size, err := c.Seek(0, io.SeekEnd)
		return c, size, func() {}, err
	}
	var head bytes.Buffer
	if _, err := io.CopyN(&head, body, 256<<10); err != nil {
		if errors.Is(err, io.EOF) {
			return bytes.NewReader(head.Bytes()), int64(head.Len()), func() {}, nil
		}
		return nil, 0, nil, fmt.Errorf("attachment: read upload: %w", err)
	}
	f, err := os.CreateTemp("", "portal-upload-")
	if err != nil {
		return nil, 0, nil, err
	}
	_ = os.Remove(f.Name()) // the open file is enough, and a crash leaves nothing
	done := func() { _ = f.Close() }
	size, err := io.Copy(f, io.MultiReader(&head, io.LimitReader(body, max+1-int64(head.Len()))))
	if err != nil {
		done()
		return nil, 0, nil, fmt.Errorf("attachment: read upload: %w", err)
	}
	return f, size, done, nil
}
