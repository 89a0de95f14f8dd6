package audit

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
)

// batchSize bounds a seal, its line in the export and the memory of Verify.
const batchSize = 1000

// Sealed is what one run of Seal did.
type Sealed struct {
	Seals   int // new seals
	Entries int // entries in them
	Waiting int // entries left for the next run, because a transaction that may be older still runs
}

// Seal links the entries that no seal holds yet into the global chain, as far as
// they are older than every running transaction, and signs. Sealers take turns;
// one that waits too long for its turn gets errs.Unavailable. Entries that wait
// are sealed by the next run: nothing is ever left behind. It is a job of every
// minute, and writes nothing when there is nothing to seal.
func Seal(ctx context.Context, db *postgres.DB, keys *secret.Keys) (Sealed, error) {
	var done Sealed
	for {
		var b batch
		err := db.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			b, err = sealBatch(ctx, tx, now, keys.Signer())
			return err
		})
		if err != nil {
			return done, fmt.Errorf("audit: seal: %w", err)
		}
		done.Waiting = b.waiting
		if len(b.members) > 0 {
			done.Seals++
			done.Entries += len(b.members)
		}
		if !b.cut || len(b.members) == 0 {
			return done, nil
		}
	}
}

func sealBatch(ctx context.Context, tx postgres.Tx, now time.Time, key ed25519.PrivateKey) (batch, error) {
	last, moment, err := lockSeals(ctx, tx)
	if err != nil {
		return batch{}, err
	}
	found, err := unsealed(ctx, tx, last.CompleteTo, batchSize)
	if err != nil {
		return batch{}, err
	}
	b := choose(found, len(found) == batchSize)
	if len(b.members) == 0 {
		return b, nil
	}
	s := seal{
		Number: last.Number + 1, At: now.Truncate(time.Microsecond),
		FirstID: b.members[0].ID, LastID: b.members[len(b.members)-1].ID,
		Entries: len(b.members), EntriesDigest: membersSum(b.members),
		CompleteTo: completeTo(last, moment, b), PrevDigest: last.Digest,
		KeyID: keyID(key.Public().(ed25519.PublicKey)), TopID: moment.TopID,
	}
	s.Digest = s.sum()
	s.Signature = ed25519.Sign(key, s.Digest)
	return b, insertSeal(ctx, tx, s, b.members)
}

// batch is what one seal takes, and what it found besides.
type batch struct {
	members     []member
	cut         bool  // there may be more
	scannedTo   int64 // the last id looked at
	firstUnused int64 // the lowest id that was found and not taken, 0 when none
	waiting     int
}

// choose takes the settled candidates, and of each subject only an unbroken
// beginning, so that a chain never continues in an earlier seal than it began.
func choose(found []candidate, cut bool) batch {
	b := batch{cut: cut}
	type key struct{ subject, id string }
	blocked := map[key]bool{}
	for _, c := range found {
		b.scannedTo = c.ID
		k := key{c.Subject, c.SubjectID}
		if c.Settled && !blocked[k] {
			b.members = append(b.members, c.member)
			continue
		}
		blocked[k] = true
		b.waiting++
		if b.firstUnused == 0 {
			b.firstUnused = c.ID
		}
	}
	return b
}

// completeTo is the id up to which every entry is in the new seal or an earlier
// one. Ids are drawn by transactions that have their number already (lockHead):
// when the last seal's horizon has passed, whoever drew an id that was taken by
// then has ended, and is either visible to this seal or gone.
func completeTo(last seal, m moment, b batch) int64 {
	to := last.CompleteTo
	if last.Number > 0 && last.Horizon <= m.Oldest {
		to = last.TopID
	}
	if b.cut {
		to = min(to, b.scannedTo)
	}
	if b.firstUnused > 0 {
		to = min(to, b.firstUnused-1)
	}
	return max(to, last.CompleteTo)
}

// sum is the digest that is signed: everything of the seal, by way of
// entries_digest all its entries, by way of prev_digest all seals before it.
func (s seal) sum() []byte {
	h := newEncoder("civilaffairs audit seal 1")
	h.int(s.Number)
	h.int(s.At.UnixMicro())
	h.int(s.FirstID)
	h.int(s.LastID)
	h.int(int64(s.Entries))
	h.bytes(s.EntriesDigest)
	h.int(s.CompleteTo)
	h.text(s.KeyID)
	h.bytes(s.PrevDigest)
	return h.sum()
}

func membersSum(members []member) []byte {
	h := newEncoder("civilaffairs audit seal entries 1")
	for _, m := range members {
		h.int(m.ID)
		h.text(m.Subject)
		h.text(m.SubjectID)
		h.int(m.Seq)
		h.bytes(m.Digest)
	}
	return h.sum()
}

// keyID tells which public key verifies a seal.
func keyID(pub ed25519.PublicKey) string {
	sum := sha256.Sum256(pub)
	return hex.EncodeToString(sum[:8])
}

// Head is the end of the chain of seals at the end of a day. Published and
// printed on notices, it commits the bureau to everything recorded until then.
type Head struct {
	Number int64     `db:"number"`
	Digest HexDigest `db:"digest"`
	At     time.Time `db:"at"`
}

// DailyHead returns the last seal made before the end of date; false when there
// was none yet. Of the running day it is the head so far.
func DailyHead(ctx context.Context, q postgres.Querier, date civil.Date) (Head, bool, error) {
	h, err := postgres.One[Head](ctx, q, `select number, digest, at from audit_seal
		where at < $1 order by at desc, number desc limit 1`, date.End())
	if errs.Is(err, errs.NotFound) {
		return Head{}, false, nil
	}
	return h, err == nil, err
}

// HexDigest is a digest that prints, and marshals, as hex digits.
type HexDigest []byte

// String returns the hex digits.
func (d HexDigest) String() string { return hex.EncodeToString(d) }

// MarshalText is String for JSON.
func (d HexDigest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *HexDigest) UnmarshalText(b []byte) error {
	v, err := hex.DecodeString(string(b))
	if err != nil {
		return errors.New("not hex digits")
	}
	*d = v
	return nil
}
