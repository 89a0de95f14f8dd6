// Package attachment receives, checks, keeps and gives back the files that
// people hand in. Level 3; owns the tables attachment and attachment_quota.
//
// A file is inspected by its content, pictures are re-encoded without their
// metadata, and the bytes are durable before the row that names them commits:
// an acknowledged upload is there, whole, and an unacknowledged one leaves at
// most an orphan that Sweep removes. Who may read a file is decided by its
// owner's route, never here.
//
// The order of calls: Prepare outside the transaction, Attach inside the
// owner's, Discard always.
//
//	p, err := s.Prepare(ctx, upload)
//	if err != nil { return err } // errs.Invalid with the message at the field
//	defer p.Discard()
//	err = db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
//		_, err := s.Attach(ctx, tx, now, actor, p, true)
//		return err
//	})
package attachment

import (
	"fmt"
	"math/bits"
	"time"

	"civilaffairs/internal/attachment/inspect"

	"github.com/google/uuid"
)

// State is where a file stands.
type State string

// The states of a file. Checking becomes accepted or refused by the virus
// scanner; without a scanner a file is accepted at once.
const (
	Checking State = "checking"
	Accepted State = "accepted"
	Refused  State = "refused"
	Removed  State = "removed"
)

var stateLabels = map[State]string{Checking: "正在检查", Accepted: "已收到", Refused: "没有收下", Removed: "已移除"}

// Label returns the state's Chinese name.
func (s State) Label() string { return stateLabels[s] }

// Tone returns the data-tone of the state's tag (LOOK, .uploads).
func (s State) Tone() string {
	switch s {
	case Accepted:
		return "good"
	case Checking:
		return "info"
	case Refused:
		return "bad"
	}
	return "muted"
}

// Owner is what a file belongs to. Every call names it, so that an id of
// someone else's file is not found instead of served.
type Owner struct {
	Kind string // as in the audit trail: "application", "organization", …
	ID   uuid.UUID
}

// The quota of one owner, also in the database.
const (
	MaxOwnerBytes = 50 << 20
	MaxOwnerFiles = 60
)

// Attachment is one file as received, in any state.
type Attachment struct {
	ID             uuid.UUID  `db:"id"`
	OwnerKind      string     `db:"owner_kind"`
	OwnerID        uuid.UUID  `db:"owner_id"`
	Slot           string     `db:"slot"`     // which document of the list it is: "charter", "photo"
	Filename       string     `db:"filename"` // cleaned, for people; never a path
	MediaType      string     `db:"media_type"`
	Extension      string     `db:"extension"`
	Size           int64      `db:"size"`          // bytes kept
	SHA256         string     `db:"sha256"`        // of the bytes kept, hex
	SourceSHA256   string     `db:"source_sha256"` // of the bytes received: duplicates across cases
	Width          int        `db:"width"`         // pictures only
	Height         int        `db:"height"`
	PictureHash    int64      `db:"picture_hash"` // inspect.DHash, 0: nothing to compare by
	Notes          []string   `db:"notes"`        // what a reader should know, Chinese: hidden sheets, embedded objects
	State          State      `db:"state"`
	Reason         string     `db:"reason"` // why refused or removed, with what to do
	UploadedBy     uuid.UUID  `db:"uploaded_by"`
	UploadedByName string     `db:"uploaded_by_name"`
	UploadedAt     time.Time  `db:"uploaded_at"`
	ScannedAt      *time.Time `db:"scanned_at"`
	HandedInAt     *time.Time `db:"handed_in_at"` // an office has received it: kept even when replaced
	RemovedAt      *time.Time `db:"removed_at"`   // refused or removed
	ErasedAt       *time.Time `db:"erased_at"`    // the bytes are gone
	Version        int        `db:"version"`
}

// Owner returns what the file belongs to.
func (a Attachment) Owner() Owner { return Owner{a.OwnerKind, a.OwnerID} }

// Current reports whether the file counts: accepted, or still being checked.
func (a Attachment) Current() bool { return a.State == Accepted || a.State == Checking }

// Picture reports whether the file is a picture.
func (a Attachment) Picture() bool { return a.Width > 0 }

// DownloadName is the name a browser saves the file under.
func (a Attachment) DownloadName() string { return a.Filename }

// ContentType is the type the file was found to be.
func (a Attachment) ContentType() string { return a.MediaType }

// Alike reports whether two pictures differ in at most so many bits of their hash.
// What is plain is like nothing.
func (a Attachment) Alike(b Attachment, distance int) bool {
	return a.PictureHash != 0 && b.PictureHash != 0 && bits.OnesCount64(uint64(a.PictureHash^b.PictureHash)) <= distance
}

// Viewable reports whether a browser may show the file in its window, sandboxed:
// only pictures, which were re-encoded here.
func (a Attachment) Viewable() bool { return a.Picture() }

// SizeText returns the size for people: "312 KB", "7.9 MB".
func (a Attachment) SizeText() string { return SizeText(a.Size) }

// SizeText returns a number of bytes for people.
func SizeText(n int64) string { return inspect.SizeText(n) }

// Describe returns name and size as one line: "方案.pdf，312 KB".
func (a Attachment) Describe() string { return fmt.Sprintf("%s，%s", a.Filename, a.SizeText()) }
