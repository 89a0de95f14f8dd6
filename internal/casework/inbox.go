package casework

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Tab is one view of the inbox.
type Tab string

// Mine waits for the actor's role and area; Others waits for somebody else;
// Correcting is with the applicant, its clock paused; Done is final.
const (
	Mine       Tab = "mine"
	Others     Tab = "others"
	Correcting Tab = "correcting"
	Done       Tab = "done"
)

// Filter selects inbox rows; the zero Filter is everything that waits for the actor.
type Filter struct {
	Tab         Tab
	Kind        string
	Subdistrict string
	Text        string // part of number or title
	State       workflow.State
	Newest      bool // by arrival instead of by deadline
	Cursor      string
	Limit       int // at most 100; 50 when zero

	variants []string // of Kind: of the same name and prefix
}

// Item is one row of an inbox.
type Item struct {
	ID               uuid.UUID      `db:"id"`
	No               string         `db:"no"`
	Kind             string         `db:"kind"`
	Title            string         `db:"title"`
	About            string         `db:"about"`
	MergedFrom       string         `db:"merged_from"` // the record that it was filed under, when that was merged away or taken over
	Community        string         `db:"community"`
	Subdistrict      string         `db:"subdistrict"`
	Channel          Channel        `db:"channel"`
	State            workflow.State `db:"state"`
	Waits            authz.Role     `db:"waits_role"`
	Amount           *money.Fen     `db:"amount_fen"`
	ReceivedAt       time.Time      `db:"received_at"` // submission, or creation while a draft
	ClosedAt         *time.Time     `db:"closed_at"`
	ClockDays        *int           `db:"clock_days"`
	DueOn            civil.Date     `db:"due_on"`
	DueProvisional   bool           `db:"due_provisional"`
	PausedDays       *int           `db:"paused_days"` // left of the office's clock while it stands
	CorrectionRounds int            `db:"correction_rounds"`
	LateOpinions     int            `db:"late_opinions"`
	Opposed          bool           `db:"opposed"`
	KindName         string         `db:"-"` // what people call the kind
	PlaceName        string         `db:"-"` // … and the place
}

// Place returns where the case stands.
func (i Item) Place() workflow.Place { return workflow.Place{State: i.State, Waits: i.Waits} }

// receivedAt is when a case came in, for the list and its order.
const receivedAt = "coalesce(f.submitted_at, f.created_at)"

// where collects conditions with numbered arguments; the only way lists compose
// their filters.
type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.conditions = append(w.conditions, condition)
}

func (w *where) sql() string { return strings.Join(w.conditions, " and ") }

// scope narrows a list to what the actor may see: Visible, as SQL.
func scope(w *where, a authz.Actor) {
	switch {
	case a.Role.OfOrganization():
		w.add("not exists (select from organization g where g.id = ? and g.merged_into is not null)", a.OrgID)
		// As a query of its own it is asked once; as a filter it would be for every row.
		w.add("f.organization_id = any((select organization_history(?))::uuid[]) and f.organization_id <> '00000000-0000-0000-0000-000000000000' and (f.submitted_at is not null or f.channel <> 'office')", a.OrgID)
	case a.Role == authz.Initiator:
		w.add("f.created_by = ? and f.organization_id = '00000000-0000-0000-0000-000000000000'", a.AccountID)
	case a.Role == authz.Community:
		w.add("f.community = ? and f.community <> '' and (f.submitted_at is not null or f.channel = 'counter')", a.Community)
	case a.Role == authz.Subdistrict:
		w.add("f.subdistrict = ? and f.subdistrict <> '' and (f.submitted_at is not null or f.channel = 'office' and f.waits_role = 'subdistrict')", a.Subdistrict)
	case a.Role == authz.Department:
		w.add("f.submitted_at is not null and f.organization_id in (select unnest(organization_ids(o.id)) from organization o where o.department_code = ? and o.merged_into is null)", a.Department)
	case a.Role == authz.Auditor:
		w.add("true")
	case a.Role == authz.BureauClerk:
		w.add("(f.submitted_at is not null or f.channel = 'office' and f.waits_role = 'bureau_clerk')")
	case a.Can(authz.CaseView):
		w.add("f.submitted_at is not null")
	default:
		w.add("false")
	}
}

// waitsFor matches cases whose next act is the actor's. A head also sees what
// waits for the organization's clerk and the other way round: they share drafts.
// What a community files at its counter it also finishes and corrects there.
func waitsFor(w *where, a authz.Actor) {
	switch {
	case a.Role.OfOrganization():
		w.add("f.waits_role = any(?)", []string{string(authz.OrgHead), string(authz.OrgClerk)})
	case a.Role == authz.Community:
		w.add("(f.waits_role = ? or f.state in ('draft', 'correcting') and f.channel = 'counter')", a.Role)
	default:
		w.add("f.waits_role = ?", a.Role)
	}
}

// List returns a page of the actor's inbox and the cursor of the next one, ""
// at the end. By deadline, the most urgent first; without deadline last.
func List(ctx context.Context, q postgres.Querier, actor authz.Actor, f Filter) ([]Item, string, error) {
	l := listOf(actor, f)
	items, err := postgres.All[Item](ctx, q, l.sql, l.args...)
	if err != nil {
		return nil, "", err
	}
	items, next := l.page(items)
	return items, next, nil
}

// listing is the statement that reads a page of an inbox and one item more.
type listing struct {
	sql   string
	args  []any
	limit int
	order ordering
}

func listOf(actor authz.Actor, f Filter) listing {
	w := &where{}
	scope(w, actor)
	applyTab(w, actor, f.Tab)
	narrow(w, f)
	w.args = append(w.args, actor.OrgID)
	from := fmt.Sprintf("(o.merged_into is not null or $%[1]d <> '00000000-0000-0000-0000-000000000000'::uuid and o.id <> $%[1]d)", len(w.args))
	limit := f.Limit
	if limit <= 0 || limit > 100 {
		limit = 50
	}
	order := sortOf(f)
	if at, ok := parseCursor(f.Cursor, order); ok {
		w.add("("+order.key+", f.id) "+order.after+" (?::"+order.cast+", ?)", at.key, at.id)
	}
	w.args = append(w.args, limit+1)
	return listing{sql: `
		select f.id, f.no, f.kind, f.title, f.about,
			coalesce((select o.name from organization o where o.id = f.organization_id and ` + from + `), '') as merged_from, f.community, f.subdistrict, f.channel, f.state, f.waits_role, f.amount_fen,
			` + receivedAt + ` as received_at, f.closed_at, f.clock_days, f.due_on, f.due_provisional, f.paused_days, f.correction_rounds,
			(select count(*) from case_opinion o where o.case_id = f.id and o.stance = 'lapsed')::int as late_opinions,
			exists (select from case_opinion o where o.case_id = f.id and o.stance = 'oppose') as opposed
		from case_file f where ` + w.sql() + `
		order by ` + order.key + ` ` + order.direction + `, f.id ` + order.direction + `
		limit $` + fmt.Sprint(len(w.args)), args: w.args, limit: limit, order: order}
}

// page is what was read without the item more, and the cursor that it gives.
func (l listing) page(read []Item) (items []Item, next string) {
	if len(read) <= l.limit {
		return read, ""
	}
	return read[:l.limit], l.order.cursor(read[l.limit-1])
}

// narrow applies what the person filters by, to lists and counts alike.
func narrow(w *where, f Filter) {
	if f.Kind != "" {
		w.add("f.kind = any(?)", append([]string{f.Kind}, f.variants...))
	}
	if f.Subdistrict != "" {
		w.add("f.subdistrict = ?", f.Subdistrict)
	}
	if f.State != "" {
		w.add("f.state = ?", f.State)
	}
	if text := form.Clean(f.Text, false); text != "" { // Postgres takes neither NUL nor broken UTF-8
		pattern := "%" + escapeLike(text) + "%"
		w.add("(f.no ilike ? or f.title ilike ? or f.about ilike ?)", pattern, pattern, pattern)
	}
}

func applyTab(w *where, a authz.Actor, tab Tab) {
	switch tab {
	case Done:
		w.add("f.class = 'final'")
	case Correcting:
		w.add("f.state = 'correcting'")
	case Others:
		theirs := &where{args: w.args}
		waitsFor(theirs, a)
		w.args = theirs.args
		w.add("f.class <> 'final' and not (" + theirs.sql() + ")") // what Mine does not hold
		if !a.Role.OfOrganization() {
			w.add("f.state not in ('correcting', 'draft')")
		}
	default:
		w.add("f.class <> 'final'")
		waitsFor(w, a)
	}
}

// Counts is how many cases each tab holds.
type Counts struct {
	Mine       int `db:"mine"`
	Overdue    int `db:"overdue"`  // of Mine
	DueSoon    int `db:"due_soon"` // of Mine: today or on the next working day
	Others     int `db:"others"`
	Correcting int `db:"correcting"`
	Done       int `db:"done"` // closed this month
}

// Count counts the running cases of the actor's scope by tab, under the same
// filter as the list: one scan over cases that are not final, which are few, and
// over the month's closed ones, never over history. soon is the next working day after today.
func Count(ctx context.Context, q postgres.Querier, actor authz.Actor, f Filter, today, soon civil.Date) (Counts, error) {
	w := &where{}
	scope(w, actor)
	narrow(w, f)
	mine := &where{args: w.args}
	waitsFor(mine, actor)
	hidden := "('correcting', 'draft')"
	if actor.Role.OfOrganization() {
		hidden = "('')"
	}
	args := append(mine.args, today, soon, civil.Of(today.Year, today.Month, 1).Start())
	at := func(i int) string { return fmt.Sprintf("$%d", len(args)-i) }
	return postgres.One[Counts](ctx, q, `
		select count(*) filter (where mine)::int as mine,
			count(*) filter (where mine and due_on < `+at(2)+`)::int as overdue,
			count(*) filter (where mine and due_on between `+at(2)+` and `+at(1)+`)::int as due_soon,
			count(*) filter (where not mine and state not in `+hidden+`)::int as others,
			count(*) filter (where state = 'correcting')::int as correcting,
			(select count(*)::int from case_file f where f.class = 'final' and f.closed_at >= `+at(0)+` and `+w.sql()+`) as done
		from (select `+mine.sql()+` as mine, f.due_on, f.state
			from case_file f where f.class <> 'final' and `+w.sql()+`) open_cases`, args...)
}

// escapeLike makes % _ and \ in a search term stand for themselves.
func escapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
