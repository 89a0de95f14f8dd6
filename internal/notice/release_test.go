package notice_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// Three steps, three people: by the service, and by the database when the
// service is gone round.
func TestThreePersons(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.draft(t, 5, b.plant(t, 1000*money.Yuan))
	as := func(a authz.Actor, person authz.Actor) authz.Actor { a.PersonID = person.PersonID; return a }
	step := func(err error) errs.Kind {
		if err == nil {
			return -1
		}
		return errs.KindOf(err)
	}
	try := func(name string, want errs.Kind, do func(version int, token string) error) {
		t.Helper()
		if got := step(do(b.version(t, id), once.NewToken())); got != want {
			t.Errorf("%s: kind %d, want %d", name, got, want)
		}
	}
	const ok = errs.Kind(-1)
	ctx := t.Context()
	approve := func(a authz.Actor) func(int, string) error {
		return func(v int, k string) error { return b.Approve(ctx, a, id, v, k) }
	}
	issue := func(a authz.Actor) func(int, string) error {
		return func(v int, k string) error { return b.Issue(ctx, a, id, v, k) }
	}
	try("signed before it is drafted", errs.Conflict, issue(b.leader))
	try("approved before it is drafted", errs.Conflict, approve(b.reviewer))
	try("drafted by a leader", errs.Forbidden, func(v int, k string) error { return b.Submit(ctx, b.leader, id, v, k) })
	try("drafted by nobody", errs.Forbidden, func(v int, k string) error { return b.Submit(ctx, as(b.clerk, authz.Actor{}), id, v, k) })
	try("drafted", ok, func(v int, k string) error { return b.Submit(ctx, b.clerk, id, v, k) })
	try("edited under review", errs.Conflict, func(v int, k string) error { return b.Save(ctx, b.clerk, id, v, k, text(6), nil) })
	try("discarded under review", errs.Conflict, func(v int, k string) error { return b.Discard(ctx, b.clerk, id, v, k) })
	try("approved by who drafted", errs.Forbidden, approve(as(b.reviewer, b.clerk)))
	try("signed before review", errs.Conflict, issue(b.leader))
	try("returned without a reason", errs.Invalid, func(v int, k string) error { return b.Return(ctx, b.reviewer, id, v, k, "不行") })
	try("returned", ok, func(v int, k string) error { return b.Return(ctx, b.reviewer, id, v, k, "标题请写明年度") })
	try("drafted again", ok, func(v int, k string) error { return b.Submit(ctx, b.clerk, id, v, k) })
	try("approved", ok, approve(b.reviewer))
	try("signed by who drafted", errs.Forbidden, issue(as(b.leader, b.clerk)))
	try("signed by who approved", errs.Forbidden, issue(as(b.leader, b.reviewer)))
	try("signed by a reviewer", errs.Forbidden, issue(b.second))

	m := b.view(t, id).Text.ID
	for name, sql := range map[string]string{
		"without a signature": `update notice_manuscript set state = 'issued', issued_at = portal_now() where id = $1`,
		"signed by who drafted": `with s as (insert into notice_release (manuscript_id, seq, step, at, account_id, person_id, actor_name, actor_role)
			select manuscript_id, 99, 'signed', at, account_id, person_id, actor_name, 'bureau_leader' from notice_release where manuscript_id = $1 and step = 'drafted' limit 1)
			update notice_manuscript set state = 'issued', issued_at = portal_now() where id = $1`,
		"the text changed":        `update notice_manuscript set body = body || '改' where id = $1`,
		"published without issue": `update notice set state = 'running', no = 'GS-2026-9999', no_year = 2026, no_serial = 9999, published_at = portal_now(), published_on = '2026-11-23', starts_on = '2026-11-24', ends_on = '2026-11-30', ends_at = '2026-12-01' where id = (select notice_id from notice_manuscript where id = $1)`,
	} {
		tx, err := b.db.App.Pool().Begin(ctx)
		b.must(t, err)
		if name == "signed by who drafted" { // in two statements: a statement does not see what it inserts
			insert, update, _ := strings.Cut(sql, ")\n\t\t\tupdate")
			_, err = tx.Exec(ctx, strings.TrimPrefix(insert, "with s as ("), m)
			b.must(t, err)
			sql = "update" + update
		}
		if _, err = tx.Exec(ctx, sql, m); err == nil {
			t.Errorf("the database lets through: %s", name)
		}
		b.must(t, tx.Rollback(ctx))
	}
	for _, sql := range []string{`delete from notice_release`, `update notice_release set person_id = account_id`, `delete from notice`, `delete from notice_objection`,
		`update notice_objection set content_sealed = ''`, `delete from notice_clock`, `update notice_clock set ends_on = ends_on`} {
		if _, err := b.db.App.Pool().Exec(ctx, sql); err == nil {
			t.Errorf("the serving role may %s", sql)
		}
	}
	try("signed", ok, issue(b.leader))
	if n := b.view(t, id); n.State != notice.Running || n.No != "GS-2026-0001" || len(n.Steps) != 5 {
		t.Errorf("%s %s after %d steps", n.State, n.No, len(n.Steps))
	}
	try("signed twice", errs.Conflict, issue(b.leader))
	try("edited while running", errs.Conflict, func(v int, k string) error { return b.Save(ctx, b.clerk, id, v, k, text(9), nil) })
}

// Nothing incomplete or private goes on, at any step.
func TestNothingPrivateIsReleased(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	c := b.plant(t, 1000*money.Yuan)
	id := b.draft(t, 5, c)
	for name, change := range map[string]func(*notice.Text){
		"title":             func(x *notice.Text) { x.Title += "440310199002280010" },
		"body":              func(x *notice.Text) { x.Body += "负责人电话１３８００１３８０００。" },
		"contact_phone":     func(x *notice.Text) { x.ContactPhone = "13800138000" },
		"contact_address":   func(x *notice.Text) { x.ContactAddress = "" },
		"supervision_phone": func(x *notice.Text) { x.SupervisionPhone = "打监督电话" },
		"objection_how":     func(x *notice.Text) { x.ObjectionHow = "汇到 6222021234567890123" },
		"period":            func(x *notice.Text) { x.PeriodWD = 4 },
	} {
		x := text(5)
		change(&x)
		b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), x, idsOf([]notice.Candidate{c})))
		if err := b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken()); !fault(err, name) {
			t.Errorf("%s: %v", name, err)
		} else if s := err.Error(); strings.Contains(s, "4403101990") || strings.Contains(s, "13800138000") || strings.Contains(s, "6222021234567890123") {
			t.Errorf("%s: the message repeats the number", name)
		}
	}
	// An item is checked as well, and again at signature: whatever happened since.
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), text(5), idsOf([]notice.Candidate{c})))
	b.toSignature(t, id)
	if _, err := b.db.Owner.Exec(t.Context(), `alter table notice_item disable trigger notice_item_moves; update notice_item set purpose = '联系13800138000'`); err != nil {
		t.Fatal(err)
	}
	if err := b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()); !fault(err, "items") {
		t.Errorf("an item with a number: %v", err)
	}
}

func TestDraftingAndChoosing(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	one, two := b.plant(t, 1000*money.Yuan), b.plant(t, 2000*money.Yuan)
	ctx := t.Context()
	if _, err := b.Draft(ctx, b.leader, once.NewToken(), kind, idsOf(b.cases)); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a leader drafts: %v", err)
	}
	for name, ids := range map[string][]uuid.UUID{"none": nil, "another's": {uuid.New()}} {
		if _, err := b.Draft(ctx, b.clerk, once.NewToken(), kind, ids); !fault(err, "cases") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Draft(ctx, b.clerk, once.NewToken(), "nope", idsOf(b.cases)); !fault(err, "cases") {
		t.Errorf("an unknown kind: %v", err)
	}
	token := once.NewToken()
	first, err := b.Draft(ctx, b.clerk, token, kind, idsOf([]notice.Candidate{one}))
	b.must(t, err)
	if again, err := b.Draft(ctx, b.clerk, token, kind, idsOf([]notice.Candidate{one})); err != nil || again != first {
		t.Errorf("a double click drafts %s and %s: %v", first, again, err)
	}
	if x := b.view(t, first).Text; !strings.Contains(x.Body, "1,000.00") || !strings.Contains(x.Title, "试行工程") {
		t.Errorf("drafted %q %q", x.Title, x.Body)
	}
	if _, err := b.Draft(ctx, b.clerk, once.NewToken(), kind, idsOf([]notice.Candidate{one, two})); !fault(err, "cases") {
		t.Errorf("one case in two notices: %v", err)
	}
	w, err := b.Waits(ctx, b.clerk)
	if err != nil || len(w) != 1 || len(w[0].Cases) != 1 || w[0].Cases[0].CaseID != two.CaseID {
		t.Errorf("waiting %+v: %v", w, err)
	}
	if err := b.Save(ctx, b.clerk, first, 7, once.NewToken(), text(5), nil); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	b.must(t, b.Discard(ctx, b.clerk, first, 1, once.NewToken()))
	if _, err := b.Draft(ctx, b.clerk, once.NewToken(), kind, idsOf([]notice.Candidate{one, two})); err != nil {
		t.Errorf("after the first was given up: %v", err)
	}
	if _, err := b.View(ctx, b.clerk, uuid.New()); !errs.Is(err, errs.NotFound) {
		t.Errorf("no such notice: %v", err)
	}
}

// A case that no longer waits holds up its notice until it is taken out.
func TestCaseThatNoLongerWaits(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	stays, goes := b.plant(t, 1000*money.Yuan), b.plant(t, 2000*money.Yuan)
	id := b.draft(t, 5, stays, goes)
	b.toSignature(t, id)
	if _, err := b.db.Owner.Exec(t.Context(), `update case_file set waits_role = '' where id = $1`, goes.CaseID); err != nil {
		t.Fatal(err)
	}
	err := b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken())
	if !fault(err, "cases") || !strings.Contains(err.Error(), goes.CaseNo) || strings.Contains(err.Error(), stays.CaseNo) {
		t.Fatalf("%v", err)
	}
	b.must(t, b.Return(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "有一件已经撤回"))
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), text(5), []uuid.UUID{stays.CaseID}))
	b.toSignature(t, id)
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
}

// A kind that refuses undoes the signature, number included.
func TestIssueIsWhole(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.draft(t, 5, b.plant(t, 1000*money.Yuan), b.plant(t, 1000*money.Yuan))
	b.toSignature(t, id)
	b.broken["issued SY-2026-0002"] = true
	if err := b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	if n := b.view(t, id); n.No != "" || n.State != notice.Preparing || n.Text.Stage != notice.Signing {
		t.Errorf("half issued: %+v", n.Notice)
	}
	b.broken = map[string]bool{}
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
	if no := b.view(t, id).No; no != "GS-2026-0001" {
		t.Errorf("a number was lost: %s", no)
	}
}

// Numbers are gapless although every third signature fails; two signatures of
// one notice make one publication.
func TestNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	var ids []uuid.UUID
	for i := range 9 {
		c := b.plant(t, 1000*money.Yuan)
		b.broken["issued "+c.CaseNo] = i%3 == 0
		id := b.draft(t, 5, c)
		b.toSignature(t, id)
		ids = append(ids, id)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `create sequence control; grant usage on sequence control to portal_app`); err != nil {
		t.Fatal(err)
	}
	versions := map[uuid.UUID]int{}
	for _, id := range ids {
		versions[id] = b.version(t, id)
	}
	var wg sync.WaitGroup
	for _, id := range slices.Concat(ids, ids) { // each twice at once
		wg.Go(func() {
			_ = b.db.Owner.QueryRow(t.Context(), `select nextval('control')`).Scan(new(int)) // drawn whatever comes of it
			err := b.Issue(t.Context(), b.leader, id, versions[id], once.NewToken())
			if err != nil && !errors.Is(err, errBroken) && !errs.Is(err, errs.Conflict) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got := scan[string](t, b, `select string_agg(no_serial::text, ' ' order by no_serial) from notice where no is not null`); got != "1 2 3 4 5 6" {
		t.Errorf("numbers %s", got)
	}
	if n := scan[int](t, b, `select last_value::int from control`); n != 18 {
		t.Errorf("control: a sequence drew %d numbers for 6 notices", n)
	}
	if n := len(b.happened()); n != 6 {
		t.Errorf("%d items published", n)
	}
}

func TestReady(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	if err := b.Ready(); err != nil {
		t.Error(err)
	}
	if err := b.Ready(kind); err != nil {
		t.Error(err)
	}
	s := notice.New(notice.Deps{DB: b.db.App, Keys: b.keys})
	s.OnIssued("half", nil)
	if err := s.Ready("half"); err == nil || strings.Count(fmt.Sprint(err), "\n") != 6 {
		t.Errorf("what is missing: %v", err)
	}
}
