package audit

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"math"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// exportFormat names the format; docs of the fields are the structs below.
const exportFormat = "civilaffairs-audit/1"

// The lines of an export, one JSON object each: header; each seal followed by
// its entries in the seal's order; the entries not sealed yet; end. The order of
// fields, the form of numbers, times (UTC, microseconds) and text are fixed: a
// line that reads the same but is written otherwise does not verify.
type (
	headerLine struct {
		Type   string `json:"type"` // "header"
		Format string `json:"format"`
	}
	sealLine struct {
		Type          string    `json:"type"` // "seal"
		Number        int64     `json:"number"`
		At            time.Time `json:"at"`
		FirstID       int64     `json:"first_id"`
		LastID        int64     `json:"last_id"`
		Entries       int       `json:"entries"`
		Members       []member  `json:"members"`
		EntriesDigest HexDigest `json:"entries_digest"`
		CompleteTo    int64     `json:"complete_to"`
		PrevDigest    HexDigest `json:"prev_digest"`
		KeyID         string    `json:"key_id"`
		Digest        HexDigest `json:"digest"`
		Signature     HexDigest `json:"signature"`
	}
	entryLine struct {
		Type       string          `json:"type"` // "entry"
		Seal       int64           `json:"seal"` // 0 when not sealed yet
		ID         int64           `json:"id"`
		Subject    string          `json:"subject"`
		SubjectID  string          `json:"subject_id"`
		Seq        int64           `json:"seq"`
		At         time.Time       `json:"at"`
		AccountID  *uuid.UUID      `json:"account_id"`
		PersonID   *uuid.UUID      `json:"person_id"`
		ActorName  string          `json:"actor_name"`
		ActorRole  string          `json:"actor_role"`
		IP         string          `json:"ip"`
		Action     string          `json:"action"`
		Detail     json.RawMessage `json:"detail"`
		TxID       uint64          `json:"txid"`
		PrevDigest HexDigest       `json:"prev_digest"`
		Digest     HexDigest       `json:"digest"`
	}
	endLine struct {
		Type    string `json:"type"` // "end"
		Seals   int    `json:"seals"`
		Entries int    `json:"entries"`
	}
)

// Export writes the whole trail as JSON lines for Verify, in constant memory. q
// must see one snapshot (DB.Read), or a seal made meanwhile looks like damage.
func Export(ctx context.Context, q postgres.Querier, w io.Writer) error {
	e := exporter{w: bufio.NewWriter(w)}
	e.line(headerLine{"header", exportFormat})
	const seals = 200 // read at a time
	last := int64(0)
	for {
		page, err := postgres.All[seal](ctx, q, `select `+sealColumns+` from audit_seal where number > $1 order by number limit $2`, last, seals)
		if err != nil {
			return err
		}
		if len(page) == 0 {
			break
		}
		for _, s := range page {
			if err := e.orphans(ctx, q, last+1, s.Number); err != nil {
				return err
			}
			if err := e.sealed(ctx, q, s); err != nil {
				return err
			}
			last = s.Number
		}
	}
	if err := e.orphans(ctx, q, last+1, math.MaxInt64); err != nil {
		return err
	}
	if err := e.unsealed(ctx, q); err != nil {
		return err
	}
	e.line(endLine{"end", e.seals, e.entries})
	if e.err != nil {
		return e.err
	}
	return e.w.Flush()
}

type exporter struct {
	w              *bufio.Writer
	seals, entries int
	err            error // the first one; later lines are dropped
}

func (e *exporter) line(v any) {
	if e.err != nil {
		return
	}
	var b []byte
	if b, e.err = encodeJSON(v); e.err == nil {
		_, e.err = e.w.Write(append(b, '\n'))
	}
}

const entryColumns = `e.id, e.subject, e.subject_id, e.seq, e.at, e.account_id, e.person_id, e.actor_name, e.actor_role, e.ip,
	e.action, e.detail, e.prev_digest, e.digest, e.txid`

// sealed writes a seal with its entries. An entry that is gone from the database
// is gone from the export, and named by the verifier from the seal.
func (e *exporter) sealed(ctx context.Context, q postgres.Querier, s seal) error {
	members, err := postgres.All[member](ctx, q, `select entry_id, subject, subject_id, seq, digest
		from audit_seal_entry where seal_number = $1 order by position`, s.Number)
	if err != nil {
		return err
	}
	e.line(sealLine{"seal", s.Number, s.At.UTC(), s.FirstID, s.LastID, s.Entries, members,
		s.EntriesDigest, s.CompleteTo, s.PrevDigest, s.KeyID, s.Digest, s.Signature})
	e.seals++
	return e.entriesOf(ctx, q, s.Number)
}

// orphans writes the entries of seals from first to before next, which are gone
// from the database: the trail leaves nothing out because something is missing.
func (e *exporter) orphans(ctx context.Context, q postgres.Querier, first, next int64) error {
	for first < next {
		var number *int64
		err := q.QueryRow(ctx, `select min(seal_number) from audit_seal_entry where seal_number >= $1 and seal_number < $2`, first, next).Scan(&number)
		if err != nil || number == nil {
			return err
		}
		if err := e.entriesOf(ctx, q, *number); err != nil {
			return err
		}
		first = *number + 1
	}
	return nil
}

func (e *exporter) entriesOf(ctx context.Context, q postgres.Querier, sealNumber int64) error {
	entries, err := postgres.All[row](ctx, q, `select `+entryColumns+` from audit_seal_entry m join audit_entry e on e.id = m.entry_id
		where m.seal_number = $1 order by m.position`, sealNumber)
	if err != nil {
		return err
	}
	for _, r := range entries {
		if err := e.entry(r, sealNumber); err != nil {
			return err
		}
	}
	return e.err
}

func (e *exporter) unsealed(ctx context.Context, q postgres.Querier) error {
	rows, err := q.Query(ctx, `select `+entryColumns+` from audit_entry e
		where not exists (select from audit_seal_entry m where m.entry_id = e.id) order by e.id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		r, err := pgx.RowToStructByName[row](rows)
		if err != nil {
			return err
		}
		if err := e.entry(r, 0); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (e *exporter) entry(r row, sealNumber int64) error {
	detail, err := canonical(r.Detail)
	if err != nil {
		detail = r.Detail // altered behind our back; the verifier says so
	}
	e.line(entryLine{"entry", sealNumber, r.ID, r.Subject, r.SubjectID, r.Seq, r.At.UTC(), r.AccountID, r.PersonID,
		r.ActorName, r.ActorRole, r.IP, r.Action, detail, r.TxID, r.PrevDigest, r.Digest})
	e.entries++
	return e.err
}
