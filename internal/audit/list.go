package audit

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// PageSize is how many entries Recent returns at most.
const PageSize = 50

// Item is one recorded entry, for a list.
type Item struct {
	ID        int64           `db:"id"`
	Subject   string          `db:"subject"`
	SubjectID string          `db:"subject_id"`
	Seq       int64           `db:"seq"`
	At        time.Time       `db:"at"`
	AccountID *uuid.UUID      `db:"account_id"` // nil for the system and the public
	PersonID  *uuid.UUID      `db:"person_id"`
	ActorName string          `db:"actor_name"`
	ActorRole authz.Role      `db:"actor_role"`
	IP        string          `db:"ip"`
	Action    string          `db:"action"`
	Detail    json.RawMessage `db:"detail"`
	Digest    HexDigest       `db:"digest"`
	Seal      int64           `db:"seal"` // 0 when not sealed yet
}

const itemColumns = `e.id, e.subject, e.subject_id, e.seq, e.at, e.account_id, e.person_id, e.actor_name, e.actor_role, e.ip,
	e.action, e.detail, e.digest, coalesce((select m.seal_number from audit_seal_entry m where m.entry_id = e.id), 0) as seal`

// Filter narrows Recent. The zero value of a field does not narrow.
type Filter struct {
	Subject, SubjectID string
	AccountID          uuid.UUID
	Action             string // the action, or its beginning: "organization."
	From, To           civil.Date
}

// Page is one page of a list.
type Page struct {
	Items []Item
	Next  string // the cursor of the next page, "" on the last
}

// Recent returns entries, newest first, from cursor on ("" for the first page).
// A cursor that is none is errs.Invalid. The caller has checked authz.AuditView.
func Recent(ctx context.Context, q postgres.Querier, f Filter, cursor string) (Page, error) {
	w := &where{}
	w.add(f.Subject != "", "e.subject = %s", f.Subject)
	w.add(f.SubjectID != "", "e.subject_id = %s", f.SubjectID)
	w.add(f.AccountID != uuid.Nil, "e.account_id = %s", f.AccountID)
	w.add(f.Action != "", "starts_with(e.action, %s)", f.Action)
	w.add(!f.From.IsZero(), "e.at >= %s", f.From.Start())
	w.add(!f.To.IsZero(), "e.at < %s", f.To.End())
	if cursor != "" {
		at, id, err := parseCursor(cursor)
		if err != nil {
			return Page{}, errs.Wrap(errs.Invalid, "这个翻页地址不完整。请回到第一页重新翻。", err)
		}
		w.add(true, "(e.at, e.id) < (%s, %s)", at, id)
	}
	items, err := postgres.All[Item](ctx, q, `select `+itemColumns+` from audit_entry e`+w.sql()+
		fmt.Sprintf(` order by e.at desc, e.id desc limit %d`, PageSize+1), w.args...)
	if err != nil || len(items) <= PageSize {
		return Page{Items: items}, err
	}
	last := items[PageSize-1]
	return Page{Items: items[:PageSize], Next: fmt.Sprintf("%d-%d", last.At.UnixMicro(), last.ID)}, nil
}

// BySubject returns the whole history of one subject, oldest first.
func BySubject(ctx context.Context, q postgres.Querier, subject, subjectID string) ([]Item, error) {
	return postgres.All[Item](ctx, q, `select `+itemColumns+` from audit_entry e
		where e.subject = $1 and e.subject_id = $2 order by e.seq`, subject, subjectID)
}

func parseCursor(s string) (at time.Time, id int64, err error) {
	micros, rest, _ := strings.Cut(s, "-")
	us, err := strconv.ParseInt(micros, 10, 64)
	if err != nil {
		return at, 0, err
	}
	const year3000 = 32_503_680_000_000_000 // Postgres has no instants far beyond
	if us < 0 || us > year3000 {
		return at, 0, fmt.Errorf("cursor time %d", us)
	}
	id, err = strconv.ParseInt(rest, 10, 64)
	return time.UnixMicro(us).UTC(), id, err
}

// where collects conditions, so that each combination of filters is a statement
// with a plan of its own.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(on bool, condition string, args ...any) {
	if !on {
		return
	}
	places := make([]any, len(args))
	for i := range args {
		places[i] = fmt.Sprintf("$%d", len(w.args)+i+1)
	}
	w.args = append(w.args, args...)
	w.conditions = append(w.conditions, fmt.Sprintf(condition, places...))
}

func (w *where) sql() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " where " + strings.Join(w.conditions, " and ")
}
