package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// row is one stored entry. Every field is part of the digest but the digest.
type row struct {
	ID         int64           `db:"id"`
	Subject    string          `db:"subject"`
	SubjectID  string          `db:"subject_id"`
	Seq        int64           `db:"seq"`
	At         time.Time       `db:"at"`
	AccountID  *uuid.UUID      `db:"account_id"`
	PersonID   *uuid.UUID      `db:"person_id"`
	ActorName  string          `db:"actor_name"`
	ActorRole  string          `db:"actor_role"`
	IP         string          `db:"ip"`
	Action     string          `db:"action"`
	Detail     json.RawMessage `db:"detail"`
	PrevDigest []byte          `db:"prev_digest"`
	Digest     []byte          `db:"digest"`
	TxID       uint64          `db:"txid"`
}

// sum is the digest: SHA-256 over a name of the encoding and every field, each
// as its length and its bytes. Detail must be canonical.
func (r row) sum() []byte {
	h := newEncoder("civilaffairs audit entry 1")
	h.int(r.ID)
	h.text(r.Subject)
	h.text(r.SubjectID)
	h.int(r.Seq)
	h.int(r.At.UnixMicro())
	h.uuid(r.AccountID)
	h.uuid(r.PersonID)
	h.text(r.ActorName)
	h.text(r.ActorRole)
	h.text(r.IP)
	h.text(r.Action)
	h.bytes(r.Detail)
	h.int(int64(r.TxID))
	h.bytes(r.PrevDigest)
	return h.sum()
}

// encoder hashes fields with their lengths in front, so that no two different
// rows have the same encoding.
type encoder struct{ h hash.Hash }

func newEncoder(name string) encoder {
	e := encoder{sha256.New()}
	e.text(name)
	return e
}

func (e encoder) bytes(b []byte) {
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(len(b)))
	e.h.Write(n[:])
	e.h.Write(b)
}

func (e encoder) text(s string) { e.bytes([]byte(s)) }
func (e encoder) int(n int64)   { e.bytes(binary.BigEndian.AppendUint64(nil, uint64(n))) }
func (e encoder) sum() []byte   { return e.h.Sum(nil) }

func (e encoder) uuid(id *uuid.UUID) {
	if id == nil {
		e.bytes(nil)
		return
	}
	e.bytes(id[:])
}

// canonicalDetail gives detail the one form that survives jsonb and is hashed:
// keys sorted, no white space, no escapes that are not needed, whole numbers.
func canonicalDetail(detail map[string]any) (json.RawMessage, error) {
	if detail == nil {
		detail = map[string]any{}
	}
	b, err := json.Marshal(detail)
	if err != nil {
		return nil, err
	}
	return canonical(b)
}

// canonical brings JSON text into that form, whoever wrote it.
func canonical(b []byte) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var v map[string]any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	tidy, err := settle(v)
	if err != nil {
		return nil, err
	}
	return encodeJSON(tidy)
}

func encodeJSON(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// settle walks a decoded value and makes it one that jsonb keeps unchanged.
func settle(v any) (any, error) {
	switch v := v.(type) {
	case string:
		return clean(v), nil
	case json.Number:
		n, err := strconv.ParseInt(v.String(), 10, 64)
		if err != nil || strconv.FormatInt(n, 10) != v.String() {
			return nil, fmt.Errorf("%s: %w", v, errFraction)
		}
		return v, nil
	case []any:
		for i := range v {
			var err error
			if v[i], err = settle(v[i]); err != nil {
				return nil, err
			}
		}
		return v, nil
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, value := range v {
			tidy, err := settle(value)
			if err != nil {
				return nil, err
			}
			out[clean(key)] = tidy
		}
		return out, nil
	}
	return v, nil // true, false, null
}
