package casework_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

const (
	pingshan, liulian = "440310001", "440310001001"
	maluan, pinghuan  = "440310002", "440310002001"
)

// flow is a kind with an opinion and an acceptance, enough to have steps of
// three roles.
func flow(kind, name, prefix string) *workflow.Definition {
	draft := workflow.Place{State: workflow.Draft, Waits: authz.OrgHead}
	opining := workflow.Place{State: workflow.Opining, Waits: authz.Community}
	accepting := workflow.Place{State: workflow.Accepting, Waits: authz.BureauClerk}
	step := func(a workflow.Action, from, to workflow.Place, by authz.Role) workflow.Transition {
		return workflow.Transition{Action: a, Label: string(a), From: []workflow.Place{from}, To: to, By: []authz.Role{by}}
	}
	return &workflow.Definition{Kind: kind, Name: name, Prefix: prefix, Start: draft, Transitions: []workflow.Transition{
		step("submit", draft, opining, authz.OrgHead), step("opine", opining, accepting, authz.Community),
		step("refuse", accepting, workflow.Place{State: workflow.Refused}, authz.BureauClerk)}}
}

type bench struct {
	*casework.Desk
	db   *dbtest.DB
	next int
}

// newBench is 9 October 2026, the eve of a Saturday that is worked.
func newBench(t *testing.T) *bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 10, 9, 9, 0, 0, 0, civil.Shanghai))
	cases, err := casework.New(nil, flow("startup", "孵化关爱工程", "FH"), flow("activity", "成长关爱工程", "CZ"))
	if err != nil {
		t.Fatal(err)
	}
	return &bench{Desk: casework.NewDesk(db.App, cases), db: db}
}

// file is a case as a test plants it; the zero value waits for the clerk.
type file struct {
	kind, title, community string
	org                    uuid.UUID
	state                  workflow.State
	waits                  authz.Role
	counter                bool
	due                    string
	closed                 string
}

// plant stores the case as if it had come to its place by its workflow.
func (b *bench) plant(t *testing.T, f file) string {
	t.Helper()
	b.next++
	if f.kind == "" {
		f.kind = "startup"
	}
	if f.title == "" {
		f.title = fmt.Sprintf("第%d号互助社", b.next)
	}
	if f.community == "" {
		f.community = liulian
	}
	if f.state == "" {
		f.state, f.waits = workflow.Accepting, authz.BureauClerk
	}
	channel := "online"
	if f.counter {
		channel = "counter"
	}
	no := fmt.Sprintf("FH-2026-%04d", b.next)
	_, err := b.db.Owner.Exec(t.Context(), `
		insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, channel, state, class,
			waits_role, created_by, created_at, submitted_at, edition_id, entered_at, closed_at, clock_from, clock_days, due_on)
		values ($1::uuid, $2, $3, 2026, $4::int, $5, $6, $7::text, left($7::text, 9), $8, $9::text, $10, $11, $1::uuid, portal_now() - $4::int * interval '1 hour',
			case when $9::text <> 'draft' then portal_now() - $4::int * interval '1 minute' end, case when $9::text <> 'draft' then $1::uuid end, portal_now(),
			nullif($12::text, '')::timestamptz, case when $13::text <> '' then date '2026-09-01' end, case when $13::text <> '' then 10 end, nullif($13::text, '')::date)`,
		uuid.Must(uuid.NewV7()), f.kind, no, b.next, f.title, f.org, f.community, channel, f.state, f.state.Class(), f.waits, f.closed, f.due)
	if err != nil {
		t.Fatal(err)
	}
	return no
}

func (b *bench) inbox(t *testing.T, a authz.Actor, f casework.Filter) casework.Inbox {
	t.Helper()
	in, err := b.Inbox(t.Context(), a, f)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

func numbers(items []casework.Item) string {
	var out []string
	for _, i := range items {
		out = append(out, strings.TrimPrefix(i.No, "FH-2026-"))
	}
	return strings.Join(out, " ")
}

var clerk = authz.Actor{AccountID: uuid.New(), Role: authz.BureauClerk}

func TestTheMostUrgentComesFirstAndCountsAgree(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, file{due: "2026-10-13"})
	b.plant(t, file{}) // no deadline
	b.plant(t, file{due: "2026-10-08"})
	b.plant(t, file{due: "2026-10-10"}) // tomorrow, a worked Saturday
	b.plant(t, file{due: "2026-10-09"})
	b.plant(t, file{state: workflow.Opining, waits: authz.Community, due: "2026-10-09"})
	b.plant(t, file{state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-16"})
	b.plant(t, file{state: workflow.Draft, waits: authz.OrgHead})
	b.plant(t, file{state: workflow.Refused, closed: "2026-10-02T09:00:00+08:00"})
	b.plant(t, file{state: workflow.Refused, closed: "2026-10-01T00:00:00+08:00"})
	b.plant(t, file{state: workflow.Refused, closed: "2026-09-30T23:59:59+08:00"})
	in := b.inbox(t, clerk, casework.Filter{})
	if got := numbers(in.Items); got != "0003 0005 0004 0001 0002" {
		t.Errorf("order %s", got)
	}
	if want := (casework.Counts{Mine: 5, Overdue: 1, DueSoon: 2, Others: 1, Correcting: 1, Done: 2}); in.Counts != want {
		t.Errorf("counts %+v, want %+v", in.Counts, want)
	}
	for i, want := range []int{-1, 0, 1, 3} {
		if left := in.Left(in.Items[i]); left != want {
			t.Errorf("%s has %d working days left, want %d", in.Items[i].No, left, want)
		}
	}
	for tab, want := range map[casework.Tab]string{casework.Others: "0006", casework.Correcting: "0007", casework.Done: "0009 0010 0011"} {
		if got := numbers(b.inbox(t, clerk, casework.Filter{Tab: tab}).Items); got != want {
			t.Errorf("%s: %s, want %s", tab, got, want)
		}
	}
	var todo []postgres.Count
	var batch postgres.Batch
	b.GatherToDo(&batch, clerk, &todo)
	if err := b.db.App.Glance(func(q postgres.Querier) error { return batch.Run(t.Context(), q) }); err != nil || postgres.Sum(todo) != 5 {
		t.Errorf("%d to do: %v", postgres.Sum(todo), err)
	}
}

func TestFiltersNarrowListAndCounts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, file{title: "坪山社区100%志愿队"})
	b.plant(t, file{title: "坪山社区1000个志愿者之家", kind: "activity"})
	b.plant(t, file{title: "坪环社区互助社", community: pinghuan})
	for _, c := range []struct {
		f    casework.Filter
		want string
	}{
		{casework.Filter{Text: "志愿"}, "0001 0002"},
		{casework.Filter{Text: "100%志"}, "0001"},
		{casework.Filter{Text: "fh-2026-0003"}, "0003"},
		{casework.Filter{Text: "_"}, ""},
		{casework.Filter{Kind: "activity"}, "0002"},
		{casework.Filter{Subdistrict: maluan}, "0003"},
		{casework.Filter{Kind: "no such kind", Subdistrict: "123"}, "0001 0002 0003"}, // not known: left out
	} {
		in := b.inbox(t, clerk, c.f)
		if got := numbers(in.Items); got != c.want || in.Counts.Mine != len(in.Items) {
			t.Errorf("%+v: %s, counted %d; want %s", c.f, got, in.Counts.Mine, c.want)
		}
	}
}

func TestPagesNeitherSkipNorRepeat(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for i := range 23 {
		b.plant(t, file{due: []string{"", "2026-10-09", "2026-10-12"}[i%3]})
		b.plant(t, file{state: workflow.Refused, closed: "2026-10-0" + fmt.Sprint(1+i%3) + "T09:00:00.123456+08:00"})
	}
	for _, f := range []casework.Filter{{Tab: casework.Mine}, {Tab: casework.Mine, Newest: true}, {Tab: casework.Done}} {
		f.Limit = 4
		var seen []string
		for pages := 0; ; pages++ {
			in := b.inbox(t, clerk, f)
			for _, i := range in.Items {
				seen = append(seen, i.No)
			}
			if f.Cursor = in.Next; f.Cursor == "" || pages > 10 {
				break
			}
		}
		slices.Sort(seen)
		if len(seen) != 23 || len(slices.Compact(seen)) != 23 {
			t.Errorf("%s, newest %v: %d rows seen", f.Tab, f.Newest, len(seen))
		}
	}
	for _, cursor := range []string{"x", ".", "9999-12-31.x", "0000-01-01." + uuid.NewString(), "0000-01-01T00:00:00Z." + uuid.NewString(),
		"2026-02-30." + uuid.NewString(), "\x00." + uuid.NewString()} {
		for _, f := range []casework.Filter{{}, {Newest: true}, {Tab: casework.Done}} {
			f.Cursor = cursor
			if n := len(b.inbox(t, clerk, f).Items); n != 23 {
				t.Errorf("cursor %q of %q: %d rows, want the first page", cursor, f.Tab, n)
			}
		}
	}
}

// Every role sees its own scope, and what it sees agrees with Visible.
func TestEachRoleSeesItsScope(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	own := uuid.New()
	b.plant(t, file{org: own, state: workflow.Draft, waits: authz.OrgHead})
	b.plant(t, file{org: own, state: workflow.Opining, waits: authz.Community})
	b.plant(t, file{state: workflow.Draft, waits: authz.OrgHead, counter: true})
	b.plant(t, file{community: pinghuan, state: workflow.Opining, waits: authz.Community})
	b.plant(t, file{state: workflow.Correcting, waits: authz.OrgHead, counter: true})
	for _, c := range []struct {
		actor             authz.Actor
		mine, others, fix string
	}{
		{authz.Actor{Role: authz.OrgHead, OrgID: own}, "0001", "0002", ""},
		{authz.Actor{Role: authz.OrgClerk, OrgID: own}, "0001", "0002", ""},
		{authz.Actor{Role: authz.OrgHead, OrgID: uuid.New()}, "", "", ""},
		{authz.Actor{Role: authz.Community, Community: liulian, Subdistrict: pingshan}, "0002 0003 0005", "", "0005"},
		{authz.Actor{Role: authz.Community, Community: pinghuan, Subdistrict: maluan}, "0004", "", ""},
		{authz.Actor{Role: authz.Subdistrict, Subdistrict: pingshan}, "0002", "0002", "0005"}, // no step: Mine opens Others
		{authz.Actor{Role: authz.Auditor}, "0002 0004", "0002 0004", "0005"},
		{authz.Actor{Role: authz.Department, Department: "education"}, "", "", ""},
		{authz.Actor{Role: authz.Initiator, AccountID: uuid.New()}, "", "", ""},
		{clerk, "", "0002 0004", "0005"},
	} {
		for tab, want := range map[casework.Tab]string{casework.Mine: c.mine, casework.Others: c.others, casework.Correcting: c.fix} {
			if got := numbers(b.inbox(t, c.actor, casework.Filter{Tab: tab}).Items); got != want {
				t.Errorf("%s, %s: %q, want %q", c.actor.Role, tab, got, want)
			}
		}
	}
	for _, r := range []authz.Role{authz.Anonymous, authz.Expert, authz.AdminSystem} {
		if _, err := b.Inbox(t.Context(), authz.Actor{Role: r}, casework.Filter{}); err == nil {
			t.Errorf("%q reads an inbox", r)
		}
	}
	drafts, err := b.CounterDrafts(t.Context(), authz.Actor{Role: authz.Community, Community: liulian, Subdistrict: pingshan})
	if err != nil || numbers(drafts) != "0003" {
		t.Errorf("counter drafts %s: %v", numbers(drafts), err)
	}
	if _, err := b.CounterDrafts(t.Context(), clerk); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a clerk has a counter: %v", err)
	}
}

func TestOwnCasesOfAnOrganization(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	own := uuid.New()
	b.plant(t, file{org: own, state: workflow.Draft, waits: authz.OrgHead})
	b.plant(t, file{org: own, state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-12"})
	b.plant(t, file{org: own})
	b.plant(t, file{org: own, state: workflow.Refused, closed: "2026-10-02T09:00:00+08:00"})
	b.plant(t, file{org: uuid.New()})
	ctx, counter := postgres.CountStatements(t.Context())
	got, err := b.Own(ctx, authz.Actor{Role: authz.OrgClerk, OrgID: own})
	if err != nil || numbers(got.Mine) != "0002 0001" || numbers(got.Others) != "0003" || numbers(got.Done) != "0004" {
		t.Errorf("own cases: %s | %s | %s, %v", numbers(got.Mine), numbers(got.Others), numbers(got.Done), err)
	}
	if n := counter.Count(); n != 4 {
		t.Errorf("%d statements: %v", n, counter.Statements())
	}
}

func TestAnInboxTakesFiveStatements(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 30 {
		b.plant(t, file{due: "2026-10-12"})
	}
	ctx, counter := postgres.CountStatements(t.Context())
	if _, err := b.Inbox(ctx, clerk, casework.Filter{Text: "互助"}); err != nil {
		t.Fatal(err)
	}
	if n := counter.Count(); n != 5 {
		t.Errorf("%d statements: %v", n, counter.Statements())
	}
}
