package event_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

func application(org uuid.UUID, i int) event.Application {
	return event.Application{Token: once.NewToken(), OrgID: org, Name: "钱" + string(rune('一'+i)) + "真", Mobile: fmt.Sprintf("139%08d", 10_000_000+i), Note: "周末有空，会剪头发。", Age: "adult", Consent: true}
}

func TestBadApplications(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*event.Application)
		field  string
	}{
		"no name": {func(a *event.Application) { a.Name = " \u200b" }, "name"}, "markup": {func(a *event.Application) { a.Name = "<script>" }, "name"},
		"no mobile": {func(a *event.Application) { a.Mobile = "" }, "mobile"}, "a landline": {func(a *event.Application) { a.Mobile = "0755-28888888" }, "mobile"},
		"a long note": {func(a *event.Application) { a.Note = strings.Repeat("长", 201) }, "note"}, "no age": {func(a *event.Application) { a.Age = "" }, "age"},
		"another age": {func(a *event.Application) { a.Age = "12" }, "age"}, "no consent": {func(a *event.Application) { a.Consent = false }, "consent"},
	} {
		a := application(uuid.Nil, 1)
		c.change(&a)
		if f := errs.FieldsOf(a.Check()); len(f) != 1 || f[0].Name != c.field {
			t.Errorf("%s: %v", name, f)
		}
	}
	wide := application(uuid.Nil, 1)
	if wide.Mobile = "＋86 １３９ 1000 0001"; wide.Check() != nil || wide.Mobile != "13910000001" {
		t.Errorf("full width: %q %v", wide.Mobile, wide.Check())
	}
}

// found looks for a text in every column of every table.
func (b *bench) found(t *testing.T, canaries ...string) (where []string) {
	t.Helper()
	rows, err := b.db.Owner.Query(t.Context(), `select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`)
	must(t, err)
	var tables []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	must(t, rows.Err())
	for _, table := range tables {
		for _, c := range canaries {
			if scan[bool](t, b, `select exists (select from `+table+` x where x::text like '%' || $1 || '%')`, c) {
				where = append(where, table+": "+c)
			}
		}
	}
	return where
}

func TestVolunteers(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	org := b.head.OrgID
	a := application(org, 1)
	_, err := b.Apply(ctx, a)
	wantKind(t, "while nobody is taken", err, errs.Conflict)
	must(t, b.SaveCall(ctx, b.head, 0, true, "周末来帮忙的，会理发的最好。"))
	wantKind(t, "a stale call", b.SaveCall(ctx, b.head, 0, false, "不招了不招了不招了。"), errs.Conflict)
	first, err := b.Apply(ctx, a)
	must(t, err)
	if again, err := b.Apply(ctx, a); err != nil || again.Code != first.Code {
		t.Errorf("the same form again: %v", err)
	}
	twin := a
	twin.Token = once.NewToken()
	second, err := b.Apply(ctx, twin)
	if err != nil || second.Code == first.Code {
		t.Errorf("who applies again learns of the first: %v", err)
	}
	if where := b.found(t, a.Name, a.Mobile, "会剪头发"); where != nil {
		t.Errorf("in clear: %v", where)
	}
	page, err := b.Volunteers(ctx, b.head, event.Waiting, "", 10)
	must(t, err)
	if len(page.List) != 2 || page.List[0].Name != a.Name || page.List[0].Mobile != "139****0001" || !page.List[0].Doubled {
		t.Errorf("%+v", page.List)
	}
	v := page.List[1]
	_, err = b.Volunteer(ctx, b.other, v.ID)
	wantKind(t, "another organization", err, errs.NotFound)
	wantKind(t, "a stale version", b.Confirm(ctx, b.head, v.ID, 7), errs.Conflict)
	must(t, b.Confirm(ctx, b.head, v.ID, 1))
	wantKind(t, "the same person twice", b.Confirm(ctx, b.head, page.List[0].ID, 1), errs.Conflict)
	if err := b.Decline(ctx, b.head, page.List[0].ID, 1, "重复"); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("without a reason: %v", err)
	}
	must(t, b.Decline(ctx, b.head, page.List[0].ID, 1, "和另一份报名重复"))
	if r, err := b.Registration(ctx, strings.ToLower(second.Code)); err != nil || r.State != event.Declined || r.Reason != "和另一份报名重复" {
		t.Errorf("%+v %v", r, err)
	}
	for _, code := range []string{"", "ABCD", strings.Repeat("A", 24), "'; drop table volunteer"} {
		_, err := b.Registration(ctx, code)
		wantKind(t, "code "+code, err, errs.Invalid)
	}
	if _, err := b.Unmask(ctx, b.head, v.ID, ""); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("unmasked without a reason: %v", err)
	}
	if mobile, err := b.Unmask(ctx, b.head, v.ID, "打电话约时间"); err != nil || mobile != a.Mobile {
		t.Errorf("%s %v", mobile, err)
	}
	if n := scan[int](t, b, `select count(*) from audit_entry where action = 'volunteer.unmask'`); n != 1 {
		t.Errorf("%d entries", n)
	}
	b.erased(t, first, v, a)
}

// erased follows a volunteer who has the record deleted, and the job that forgets.
func (b *bench) erased(t *testing.T, first event.Receipt, v event.Volunteer, a event.Application) {
	t.Helper()
	ctx := t.Context()
	no := b.running(t, b.head)
	must(t, b.RecordHours(ctx, b.head, once.NewToken(), no, []string{"v/" + v.ID.String()}, event.Span{From: 540, Until: 600}))
	key := scan[[]byte](t, b, `select person_key from volunteer where id = $1`, v.ID)
	must(t, b.LeaveBy(ctx, first.Code, true))
	wantKind(t, "once more", b.LeaveBy(ctx, first.Code, true), errs.Conflict)
	if r, err := b.Registration(ctx, first.Code); err != nil || r.State != event.Erased || r.Minutes != 60 {
		t.Errorf("%+v %v", r, err)
	}
	if n := scan[int](t, b, `select count(*) from event_service where person_key = $1`, key); n != 0 {
		t.Error("the hours still tell who it was")
	}
	b.db.Advance(t, 29*24*time.Hour)
	must(t, b.Forget(ctx))
	if n := scan[int](t, b, `select count(*) from volunteer where state = 'declined'`); n != 1 {
		t.Error("forgotten too early")
	}
	b.db.Advance(t, 3*24*time.Hour)
	must(t, b.Forget(ctx))
	if n := scan[int](t, b, `select count(*) from volunteer where name_sealed is not null or person_key is not null`); n != 0 {
		t.Errorf("%d are not forgotten", n)
	}
	if where := b.found(t, a.Name, a.Mobile); where != nil {
		t.Errorf("left behind: %v", where)
	}
	b.refusedByTheDatabase(t, `delete from volunteer`, `update volunteer set state = 'confirmed' where state = 'erased'`, `update volunteer set name_sealed = 'x' where state = 'erased'`)
}

func TestNobodyFloodsAnOrganization(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	must(t, b.SaveCall(ctx, b.head, 0, true, "周末来帮忙的，会理发的最好。"))
	must(t, b.SaveCall(ctx, b.other, 0, true, "周末来帮忙的，会理发的最好。"))
	for i := range 4 {
		org := b.head.OrgID
		if i%2 == 1 {
			org = b.other.OrgID
		}
		if _, err := b.Apply(ctx, application(org, 5)); (err == nil) != (i < 3) {
			t.Errorf("registration %d of one person: %v", i+1, err)
		}
	}
	b.exec(t, `insert into volunteer (id, org_id, origin, name_sealed, mobile_sealed, person_key, adult, consent, state, applied_at)
		select gen_random_uuid(), $1, 'public', 'x', 'x', int4send(i), true, 1, 'waiting', now() from generate_series(1, 300) i`, b.head.OrgID)
	_, err := b.Apply(ctx, application(b.head.OrgID, 9))
	wantKind(t, "the 301st", err, errs.Conflict)
	paper := application(b.head.OrgID, 9)
	must(t, b.Add(ctx, b.head, paper))
	paper.Token = once.NewToken()
	if err := b.Add(ctx, b.head, paper); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("the same person on paper twice: %v", err)
	}
}
