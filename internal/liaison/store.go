package liaison

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// where collects conditions with ? for each argument.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		condition = strings.Replace(condition, "?", w.arg(a), 1)
	}
	w.parts = append(w.parts, condition)
}

// arg adds an argument and returns its place.
func (w *where) arg(a any) string {
	w.args = append(w.args, a)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) sql() string {
	if len(w.parts) == 0 {
		return "true"
	}
	return strings.Join(w.parts, " and ")
}

func insertEntry(ctx context.Context, tx postgres.Tx, e Entry, by authz.Actor) error {
	_, err := tx.Exec(ctx, `
		insert into liaison_entry (id, org_id, kind, audience, office, office_name, text, support, amount_fen, answers, corrects, forwards, files,
			at, account_id, person_id, actor_name, actor_role)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		e.ID, e.OrgID, e.Kind, e.Audience, e.Office, e.OfficeName, e.Text, e.Support, e.Amount, e.Answers, e.Corrects, e.Forwards, e.Parcel,
		e.At, by.AccountID, by.PersonID, by.Name, by.Role)
	return err
}

// entryColumns are those of Entry; what was withdrawn is not read.
const entryColumns = `e.id, e.org_id, e.kind, e.audience, e.office, e.office_name, case when e.withdrawn_at is null then e.text else '' end as text,
	e.support, case when e.withdrawn_at is null then e.amount_fen end as amount_fen, e.answers, e.corrects, e.forwards, e.at, e.actor_name,
	e.withdrawn_at, e.withdrawn_name, e.withdrawn_reason, case when e.withdrawn_at is null then e.files end as files,
	exists (select from liaison_entry c where c.corrects = e.id and c.withdrawn_at is null) as corrected,
	coalesce(r.to_office, '') as to_office, coalesce(r.to_name, '') as to_name, coalesce(r.from_office, '') as from_office,
	r.due_on, coalesce(r.due_provisional, false) as due_provisional, coalesce(r.state, '') as state, coalesce(r.version, 0) as version,
	coalesce(case when q.withdrawn_at is null then q.text end, '') as question`

const entryTables = ` from liaison_entry e left join liaison_request r on r.entry_id = e.id
	left join liaison_request a on a.entry_id = e.answers
	left join liaison_entry q on q.id = coalesce(case when e.forwards is not null then r.question end, a.question, e.answers)`

func entryByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Entry, error) {
	return postgres.One[Entry](ctx, q, `select `+entryColumns+entryTables+` where e.id = $1`, id)
}

func entriesByID(ctx context.Context, q postgres.Querier, ids []uuid.UUID) ([]Entry, error) {
	return postgres.All[Entry](ctx, q, `select `+entryColumns+entryTables+` where e.id = any($1)`, ids)
}

// organizationFamily returns the organization with the records merged into it.
func organizationFamily(ctx context.Context, q postgres.Querier, id uuid.UUID) (ids []uuid.UUID, err error) {
	err = q.QueryRow(ctx, `select organization_ids($1)`, id).Scan(&ids)
	return ids, err
}

func withdrawEntry(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, by authz.Actor, reason string) error {
	return postgres.ExecOne(ctx, tx, `
		update liaison_entry set withdrawn_at = $2, withdrawn_by = $3, withdrawn_name = $4, withdrawn_reason = $5
		where id = $1 and withdrawn_at is null`, id, now, by.AccountID, by.Name, reason)
}

// requestRow is a request as it is stored.
type requestRow struct {
	Entry, Org, Question uuid.UUID
	From, To, ToName     string
	Days                 int
	AskedOn, DueOn       civil.Date
	Provisional          bool
}

func insertRequest(ctx context.Context, tx postgres.Tx, r requestRow) error {
	_, err := tx.Exec(ctx, `
		insert into liaison_request (entry_id, org_id, question, from_office, to_office, to_name, days, asked_on, due_on, due_provisional)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		r.Entry, r.Org, r.Question, r.From, r.To, r.ToName, r.Days, r.AskedOn, r.DueOn, r.Provisional)
	return err
}

// lockRequest locks the request of an entry; without one it does nothing.
func lockRequest(ctx context.Context, tx postgres.Tx, entry uuid.UUID) error {
	_, err := tx.Exec(ctx, `select from liaison_request where entry_id = $1 for update`, entry)
	return err
}

func questionOf(ctx context.Context, q postgres.Querier, entry uuid.UUID) (id uuid.UUID, err error) {
	err = q.QueryRow(ctx, `select question from liaison_request where entry_id = $1`, entry).Scan(&id)
	return id, err
}

// closeRequest ends the waiting of a request that stands at version.
func closeRequest(ctx context.Context, tx postgres.Tx, now time.Time, entry uuid.UUID, version int, to State) error {
	err := postgres.ExecOne(ctx, tx, `
		update liaison_request set state = $4, closed_at = $3, version = version + 1
		where entry_id = $1 and version = $2 and state = 'open'`, entry, version, now, to)
	if errs.Is(err, errs.Conflict) {
		return errs.New(errs.Conflict, "这个请求刚刚有了变化。回到协同记录看现在的情况。")
	}
	return err
}

// lateRequest is one that nobody has been reminded of.
type lateRequest struct {
	Entry       uuid.UUID  `db:"entry_id"`
	Org         uuid.UUID  `db:"org_id"`
	OrgName     string     `db:"org_name"`
	From        string     `db:"from_office"`
	To          string     `db:"to_office"`
	ToName      string     `db:"to_name"`
	Days        int        `db:"days"`
	AskedOn     civil.Date `db:"asked_on"`
	DueOn       civil.Date `db:"due_on"`
	Provisional bool       `db:"due_provisional"`
}

func lateRequests(ctx context.Context, tx postgres.Tx, today civil.Date, most int) ([]lateRequest, error) {
	return postgres.All[lateRequest](ctx, tx, `
		select r.entry_id, r.org_id, o.name as org_name, r.from_office, r.to_office, r.to_name, r.days, r.asked_on, r.due_on, r.due_provisional
		from liaison_request r join organization o on o.id = organization_root(r.org_id)
		where r.state = 'open' and r.reminded_at is null and r.due_on < $1
		order by r.due_on limit $2 for update of r skip locked`, today, most)
}

func saveDue(ctx context.Context, tx postgres.Tx, entry uuid.UUID, due workday.Deadline) error {
	return postgres.ExecOne(ctx, tx, `
		update liaison_request set due_on = $2, due_provisional = $3, version = version + 1 where entry_id = $1`, entry, due.On, due.Provisional)
}

func saveReminded(ctx context.Context, tx postgres.Tx, now time.Time, entry uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `update liaison_request set reminded_at = $2 where entry_id = $1 and reminded_at is null`, entry, now)
}

// unsent is a file whose form was never sent off.
type unsent struct {
	ID      uuid.UUID `db:"id"`
	Parcel  uuid.UUID `db:"owner_id"`
	Version int       `db:"version"`
}

func unsentFiles(ctx context.Context, tx postgres.Tx, before time.Time, most int) ([]unsent, error) {
	return postgres.All[unsent](ctx, tx, `
		select a.id, a.owner_id, a.version from attachment a
		where a.owner_kind = $1 and a.handed_in_at is null and a.state <> 'removed' and a.uploaded_at < $2
			and not exists (select from liaison_entry e where e.files = a.owner_id)
		order by a.owner_id, a.id limit $3`, filesOwner, before, most)
}
