package event_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
	liuhe    = "440310001002"
	pinghuan = "440310002001"
)

var today = civil.Of(2026, 11, 23) // a Monday

// bench is the service with two organizations and somebody of every role.
type bench struct {
	*event.Service
	db     *dbtest.DB
	roster *roster.Service
	head   authz.Actor // of the first organization
	other  authz.Actor // of the second
	as     map[string]authz.Actor
}

func newBench(t *testing.T) *bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	dir := t.TempDir()
	if err := secret.Generate(filepath.Join(dir, "secret")); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.OpenDirectory(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	orgs := organization.New(db.App, keys)
	files := attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))
	b := &bench{Service: event.New(event.Deps{DB: db.App, Keys: keys, Organizations: orgs, Attachments: files}), db: db, roster: roster.New(db.App, keys), as: map[string]authz.Actor{}}
	for name, a := range map[string]authz.Actor{"clerk": {Role: authz.BureauClerk}, "reviewer": {Role: authz.BureauReviewer}, "community": {Role: authz.Community, Community: liulian, Subdistrict: pingshan},
		"subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan}, "elsewhere": {Role: authz.Subdistrict, Subdistrict: "440310002"}} {
		b.as[name] = b.actor(a, "某"+name)
	}
	for i, to := range []*authz.Actor{&b.head, &b.other} {
		id, err := orgs.Register(t.Context(), b.as["clerk"], organization.Registration{
			Token: once.NewToken(), Name: fmt.Sprintf("六联社区第%d互助会", i+1), Type: organization.Association, Basis: organization.Filed, Category: organization.Welfare,
			FilingNo: fmt.Sprintf("坪社备〔2024〕第000%d号", i+1), EstablishedOn: civil.Of(2024, 6, 30), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明",
			HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian, Accept: []string{"head_of_many", "similar_name"}})
		if err != nil {
			t.Fatal(err)
		}
		*to = b.actor(authz.Actor{Role: authz.OrgHead, OrgID: id}, "陈小明")
	}
	return b
}

func (b *bench) actor(a authz.Actor, name string) authz.Actor {
	a.AccountID, a.PersonID, a.Name, a.IP = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), name, "192.0.2.1"
	return a
}

func plan(day civil.Date) event.Input {
	n := 30
	return event.Input{Title: "长者共餐日", Theme: "hardship", Day: day, From: 9 * 60, Until: 12 * 60, Place: "党群服务中心", CommunityCode: liulian, Intro: "请独居老人一起吃午饭，饭后量血压。", Expected: &n, Wanted: 4}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, what string, err error, k errs.Kind) {
	t.Helper()
	if !errs.Is(err, k) {
		t.Errorf("%s: %v", what, err)
	}
}

func (b *bench) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func scan[T any](t *testing.T, b *bench, sql string, args ...any) (v T) {
	t.Helper()
	must(t, b.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&v))
	return v
}

// publish announces an activity of an organization and returns its number.
func (b *bench) publish(t *testing.T, as authz.Actor, in event.Input) string {
	t.Helper()
	no, err := b.Create(t.Context(), as, once.NewToken(), in)
	must(t, err)
	must(t, b.Publish(t.Context(), as, no, 1))
	return no
}

// running announces an activity for today, which the clock then has over.
func (b *bench) running(t *testing.T, as authz.Actor) string {
	t.Helper()
	b.db.SetNow(t, today.Start().Add(8*time.Hour))
	no := b.publish(t, as, plan(today))
	b.db.SetNow(t, today.Start().Add(20*time.Hour))
	return no
}

func (b *bench) version(t *testing.T, no string) int {
	return scan[int](t, b, `select version from event where no = $1`, no)
}

// refusedByTheDatabase runs statements as the role that serves; every one must be
// refused.
func (b *bench) refusedByTheDatabase(t *testing.T, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("the database allows: %s", sql)
		}
	}
}

func TestFromPlanToResult(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	token := once.NewToken()
	draft := event.Input{Title: "共餐", From: event.Unset, Until: event.Unset}
	no, err := b.Create(ctx, b.head, token, draft)
	must(t, err)
	if again, err := b.Create(ctx, b.head, token, draft); err != nil || again != no {
		t.Errorf("the same form again: %s, %v", again, err)
	}
	if err := b.Publish(ctx, b.head, no, 1); len(errs.FieldsOf(err)) < 6 {
		t.Errorf("an incomplete draft is published: %v", err)
	}
	in := plan(today.AddDays(5))
	must(t, b.Save(ctx, b.head, no, 1, in))
	wantKind(t, "a stale version", b.Save(ctx, b.head, no, 1, in), errs.Conflict)
	wantKind(t, "of another organization", b.Save(ctx, b.other, no, 2, in), errs.NotFound)
	wantKind(t, "an office", b.Save(ctx, b.as["clerk"], no, 2, in), errs.Forbidden)
	_, err = b.Read(ctx, no)
	wantKind(t, "a draft in public", err, errs.NotFound)
	must(t, b.Publish(ctx, b.head, no, 2))
	d, err := b.Read(ctx, no)
	must(t, err)
	if d.State != event.Planned || d.OrgName == "" || d.Wanted != 4 {
		t.Errorf("%+v", d.Event)
	}
	past := in
	past.Day = today.AddDays(-1)
	if err := b.Save(ctx, b.head, no, 3, past); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("moved into the past: %v", err)
	}
	result := event.Result{Participants: 28, Volunteers: 4, Summary: "二十八位老人来吃饭，量了血压。"}
	wantKind(t, "told before it took place", b.Hold(ctx, b.head, no, 3, result), errs.Invalid)
	b.db.SetNow(t, today.AddDays(5).Start().Add(13*time.Hour))
	must(t, b.Hold(ctx, b.head, no, 3, result))
	wantKind(t, "cancelled after it took place", b.Cancel(ctx, b.head, no, 4, "台风来了所以取消"), errs.Conflict)
	id := scan[uuid.UUID](t, b, `select activity_id from event where no = $1`, no)
	if n := scan[int](t, b, `select participants from organization_activity where id = $1 and confirmed_on is null`, id); n != 28 {
		t.Errorf("%d participants on record", n)
	}
	must(t, b.Organizations.ConfirmActivity(ctx, b.as["community"], b.head.OrgID, id, 1))
	if d, err = b.Read(ctx, no); err != nil || !d.Confirmed || d.State != event.Held {
		t.Errorf("%+v %v", d, err)
	}
	page, err := b.List(ctx, event.Filter{}, false, "", 10) // today is to come
	if err != nil || len(page.Entries) != 1 || page.Entries[0].No != no {
		t.Errorf("the event and its record are %d lines: %v", len(page.Entries), err)
	}
	b.block(t, no)
	b.refusedByTheDatabase(t, `delete from event`, `update event set state = 'draft'`, `update event set org_id = gen_random_uuid()`,
		`update event set held_at = starts_at`, `update event set intro = ''`, `update event set until_min = from_min`, `update event set participants = null`)
}

// block takes an activity off and puts it back.
func (b *bench) block(t *testing.T, no string) {
	t.Helper()
	ctx, v := t.Context(), b.version(t, no)
	wantKind(t, "another subdistrict", b.Block(ctx, b.as["elsewhere"], no, v, "内容不属于公益活动"), errs.NotFound)
	wantKind(t, "a clerk", b.Block(ctx, b.as["clerk"], no, v, "内容不属于公益活动"), errs.Forbidden)
	if err := b.Block(ctx, b.as["subdistrict"], no, v, "不好"); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("without a reason: %v", err)
	}
	must(t, b.Block(ctx, b.as["subdistrict"], no, v, "内容不属于公益活动"))
	_, err := b.Read(ctx, no)
	wantKind(t, "blocked in public", err, errs.NotFound)
	must(t, b.Unblock(ctx, b.as["reviewer"], no, v+1))
	if d, err := b.Read(ctx, no); err != nil || d.State != event.Held {
		t.Errorf("%v %v", d.State, err)
	}
}

// A cancelled activity stays on the calendar; one that was never announced becomes
// public with its result, and is the record that stood there before.
func TestOtherWays(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	no := b.publish(t, b.head, plan(today.AddDays(1)))
	must(t, b.Cancel(ctx, b.head, no, 2, "台风来了，改到下个月"))
	if d, err := b.Read(ctx, no); err != nil || d.EndedWhy == "" {
		t.Errorf("%v", err)
	}
	must(t, b.Organizations.RecordActivity(ctx, b.head, organization.ActivityInput{Token: once.NewToken(), OrgID: b.head.OrgID, Title: "旧物 交换日", HeldOn: today.AddDays(-3), Place: "广场",
		CommunityCode: liulian, Participants: 12, Summary: "居民带来家里用不上的东西交换。"}))
	in := plan(today.AddDays(-3))
	in.Title = "旧物交换日"
	late, err := b.Create(ctx, b.head, once.NewToken(), in)
	must(t, err)
	if err := b.Publish(ctx, b.head, late, 1); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("announced afterwards: %v", err)
	}
	result := event.Result{Participants: 12, Summary: "居民带来家里用不上的东西交换。"}
	must(t, b.Hold(ctx, b.head, late, 1, result))
	if n := scan[int](t, b, `select count(*) from organization_activity`); n != 1 {
		t.Errorf("%d records of one activity", n)
	}
	twin, err := b.Create(ctx, b.head, once.NewToken(), in)
	must(t, err)
	if err := b.Hold(ctx, b.head, twin, 1, result); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("the same activity twice: %v", err)
	}
}

// The calendar holds what was announced and what was recorded and confirmed, in
// order, on pages that lose and repeat nothing in either direction.
func TestCalendarPages(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	b.exec(t, `insert into event (id, no, org_id, state, title, theme, day, from_min, until_min, place, community_code, intro, expected, published_at, created_at, created_by, updated_at)
		select gen_random_uuid(), 'HD-2026-' || lpad(i::text, 4, '0'), $1, case when i % 7 = 0 then 'draft' else 'planned' end, '第' || i || '次活动', case when i % 2 = 0 then 'waste' else 'safety' end,
			date '2026-11-13' + i / 3, 540 + (i % 3) * 30, 700, '广场', case when i % 5 = 0 then $2 else $3 end, '这次活动的介绍写在这里。', 20, now(), now(), gen_random_uuid(), now()
		from generate_series(1, 60) i`, b.head.OrgID, liuhe, liulian)
	b.exec(t, `insert into organization_activity (id, org_id, title, held_on, place, community_code, participants, volunteers, summary, recorded_at, recorded_by, recorded_role, confirmed_on, confirmed_by, confirmed_office)
		select gen_random_uuid(), $1, '记过的活动' || i, date '2026-11-22' - i / 2, '广场', $2, 20, 2, '这次活动办得很好，来了很多人。', now(), gen_random_uuid(), 'org_head',
			case when i % 4 > 0 then date '2026-11-23' end, case when i % 4 > 0 then gen_random_uuid() end, '六联社区' from generate_series(1, 20) i`, b.other.OrgID, liulian)
	for name, c := range map[string]struct {
		f    event.Filter
		past bool
		want int
	}{
		"to come": {event.Filter{}, false, scan[int](t, b, `select count(*) from event where state = 'planned' and day >= '2026-11-23'`)},
		"past": {event.Filter{}, true, scan[int](t, b, `select (select count(*) from event where state = 'planned' and day < '2026-11-23')
			+ (select count(*) from organization_activity where confirmed_on is not null)`)},
		"a community":  {event.Filter{Community: liuhe}, false, scan[int](t, b, `select count(*) from event where state = 'planned' and day >= '2026-11-23' and community_code = $1`, liuhe)},
		"a theme":      {event.Filter{Theme: "waste"}, true, scan[int](t, b, `select count(*) from event where state = 'planned' and day < '2026-11-23' and theme = 'waste'`)},
		"elsewhere":    {event.Filter{Subdistrict: "440310002"}, true, 0},
		"organization": {event.Filter{OrgID: b.other.OrgID, Subdistrict: pingshan}, true, 15},
	} {
		var all []event.Entry
		var pages [][]event.Entry
		after := ""
		for {
			page, err := b.List(ctx, c.f, c.past, after, 7)
			must(t, err)
			all = append(all, page.Entries...)
			pages = append(pages, page.Entries)
			if page.Next == "" {
				for i := len(pages) - 2; i >= 0; i-- { // and back again
					if page, err = b.List(ctx, c.f, c.past, page.Previous, 7); err != nil || !slices.EqualFunc(page.Entries, pages[i], func(x, y event.Entry) bool { return x.ID == y.ID }) {
						t.Fatalf("%s: page %d on the way back differs: %v", name, i, err)
					}
				}
				if page.Previous != "" {
					t.Errorf("%s: something before the first page", name)
				}
				break
			}
			after = page.Next
		}
		seen := map[uuid.UUID]bool{}
		for i, e := range all {
			if seen[e.ID] {
				t.Errorf("%s: %s twice", name, e.Title)
			}
			seen[e.ID] = true
			if i > 0 && (all[i-1].At.After(e.At) != c.past && !all[i-1].At.Equal(e.At)) {
				t.Errorf("%s: %s out of order", name, e.Title)
			}
		}
		if len(all) != c.want {
			t.Errorf("%s: %d, want %d", name, len(all), c.want)
		}
	}
	m, err := b.Month(ctx, event.Filter{}, civil.Month{Year: 2026, Month: time.November})
	must(t, err)
	n := 0
	for _, d := range m.Days {
		n += len(d.Entries) + d.More
	}
	if want := scan[int](t, b, `select (select count(*) from event where state = 'planned' and day <= '2026-11-30') + (select count(*) from organization_activity where confirmed_on is not null)`); n != want || len(m.Days[civil.Of(2026, 11, 20)].Entries) != 3 {
		t.Errorf("%d in November, want %d", n, want)
	}
	for _, bad := range []string{"x", strings.Repeat("A", 5000), "bm9wZQ", "%00"} {
		if page, err := b.List(ctx, event.Filter{}, false, bad, 7); err != nil || len(page.Entries) != 7 {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}

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

// helper takes a person as a volunteer of an organization.
func (b *bench) helper(t *testing.T, as authz.Actor, i int) string {
	t.Helper()
	must(t, b.Add(t.Context(), as, application(as.OrgID, i)))
	page, err := b.Volunteers(t.Context(), as, event.Confirmed, "", 1)
	must(t, err)
	return "v/" + page.List[0].ID.String()
}

// One person's hour counts once, whichever organizations record it and as what.
func TestHoursCountOnce(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	mine, theirs := b.running(t, b.head), b.running(t, b.other)
	me, also := b.helper(t, b.head, 1), b.helper(t, b.other, 1)
	friend := b.helper(t, b.other, 2)
	give := func(as authz.Actor, no string, from, until int, who ...string) error {
		return b.RecordHours(ctx, as, once.NewToken(), no, who, event.Span{From: event.Clock(from), Until: event.Clock(until)})
	}
	must(t, give(b.head, mine, 540, 660, me))
	for _, span := range [][2]int{{540, 660}, {600, 630}, {500, 541}, {659, 700}} {
		if f := errs.FieldsOf(give(b.other, theirs, span[0], span[1], also, friend)); len(f) != 1 || f[0].Name != "who" || !strings.Contains(f[0].Message, "钱") || strings.Contains(f[0].Message, "第1互助会") {
			t.Errorf("%v: %v", span, f)
		}
	}
	if n := scan[int](t, b, `select count(*) from event_service`); n != 1 {
		t.Errorf("%d entries: those of the others must not stand alone", n)
	}
	must(t, give(b.other, theirs, 660, 720, also, friend)) // it begins where the other ends
	for name, err := range map[string]error{"nobody": give(b.head, mine, 700, 720), "a stranger": give(b.head, mine, 700, 720, friend), "somebody made up": give(b.head, mine, 700, 720, "v/"+uuid.NewString(), "x")} {
		if f := errs.FieldsOf(err); len(f) != 1 || f[0].Name != "who" {
			t.Errorf("%s: %v", name, err)
		}
	}
	wantKind(t, "of another organization", give(b.other, mine, 700, 720, also), errs.NotFound)
	wantKind(t, "before it begins", give(b.head, b.publish(t, b.head, plan(today.AddDays(9))), 700, 720, me), errs.Conflict)
	b.socialWorker(t, mine, give)
	entry := scan[uuid.UUID](t, b, `select id from event_service where during @> timestamptz '2026-11-23 09:30+08' and kind = 'volunteer'`)
	must(t, b.WithdrawHours(ctx, b.head, mine, entry, "时间记错了"))
	wantKind(t, "withdrawn twice", b.WithdrawHours(ctx, b.head, mine, entry, "时间记错了"), errs.Conflict)
	must(t, give(b.other, theirs, 540, 660, also))
	if n := scan[int](t, b, `select count(*) from service_differences()`); n != 0 {
		t.Errorf("%d differences", n)
	}
	b.refusedByTheDatabase(t, `delete from event_service`, `update event_service set during = tstzrange(now(), now() + interval '1 hour')`, `update service_tally set minutes = 1`,
		`update event_service set void_at = null, void_by = null, void_why = '' where void_at is not null`,
		`insert into event_service select gen_random_uuid(), event_id, org_id, community_code, kind, volunteer_id, member_id, person_key, during, default, year, recorded_at, recorded_by from event_service where void_at is null limit 1`)
	s, err := b.Statistics(ctx, 0, 10)
	must(t, err)
	if want := scan[int64](t, b, `select sum(minutes) from event_service where void_at is null and kind = 'volunteer'`); len(s.Places) != 1 || s.Places[0].Volunteer != want || len(s.Organizations) != 2 {
		t.Errorf("%+v, want %d", s.Places, want)
	}
}

// socialWorker is somebody on the roster with a certificate: also the head, whose
// mobile the portal knows, and who is a volunteer elsewhere.
func (b *bench) socialWorker(t *testing.T, no string, give func(authz.Actor, string, int, int, ...string) error) {
	t.Helper()
	ctx := t.Context()
	_, err := b.roster.Enter(ctx, b.head, once.NewToken(), b.head.OrgID, roster.Input{Name: "陈小明", IDType: person.ResidentID, IDNumber: "440310199002280010", Post: roster.Worker, Education: "bachelor",
		Qualification: roster.Assistant, JoinedOn: civil.Of(2025, 1, 8)})
	must(t, err)
	_, list, _, err := b.Helpers(ctx, b.head, no)
	must(t, err)
	i := slices.IndexFunc(list, func(h event.Helper) bool { return h.Kind == event.SocialWork })
	if i < 0 {
		t.Fatalf("no social worker among %+v", list)
	}
	must(t, give(b.head, no, 540, 600, list[i].Key))
	twin := application(b.other.OrgID, 1)
	twin.Name, twin.Mobile = "陈小明", "13800138000"
	must(t, b.Add(ctx, b.other, twin))
	page, err := b.Volunteers(ctx, b.other, event.Confirmed, "", 1)
	must(t, err)
	theirs := scan[string](t, b, `select no from event where org_id = $1`, b.other.OrgID)
	if f := errs.FieldsOf(give(b.other, theirs, 550, 610, "v/"+page.List[0].ID.String())); len(f) != 1 {
		t.Errorf("the same hour as social worker and as volunteer: %v", f)
	}
}

// Two organizations record the same hour at the same moment: one does. Without the
// exclusion both do, so the test can fail.
func TestHoursAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	mine, theirs := b.running(t, b.head), b.running(t, b.other)
	me, also := b.helper(t, b.head, 1), b.helper(t, b.other, 1)
	race := func(from int) (granted int) {
		var mu sync.Mutex
		var all sync.WaitGroup
		for i := range 8 {
			as, no, who := b.head, mine, me
			if i%2 == 1 {
				as, no, who = b.other, theirs, also
			}
			all.Go(func() {
				if b.RecordHours(context.Background(), as, once.NewToken(), no, []string{who}, event.Span{From: event.Clock(from), Until: event.Clock(from + 60)}) == nil {
					mu.Lock()
					granted++
					mu.Unlock()
				}
			})
		}
		all.Wait()
		return granted
	}
	if n := race(600); n != 1 {
		t.Errorf("%d of 8 recorded the same hour", n)
	}
	b.exec(t, `alter table event_service drop constraint event_service_once`)
	b.exec(t, `alter table event_service add constraint event_service_once exclude using gist (id with =) where (void_at is null)`)
	if n := race(700); n < 2 {
		t.Errorf("without the exclusion %d recorded it: the test proves nothing", n)
	}
}

// Whatever is recorded and withdrawn, the sums are those of the entries.
func TestSumsFollow(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	no := b.running(t, b.head)
	who := []string{b.helper(t, b.head, 1), b.helper(t, b.head, 2), b.helper(t, b.head, 3)}
	r := rand.New(rand.NewPCG(1, 2))
	for range 60 {
		if r.IntN(3) > 0 {
			from := r.IntN(900)
			_ = b.RecordHours(ctx, b.head, once.NewToken(), no, []string{who[r.IntN(3)]}, event.Span{From: event.Clock(from), Until: event.Clock(from + 15 + r.IntN(120))}) // refused when it overlaps
		} else if d, err := b.MineOne(ctx, b.head, no); err == nil && len(d.Entries) > 0 {
			must(t, b.WithdrawHours(ctx, b.head, no, d.Entries[r.IntN(len(d.Entries))].ID, "随机撤回一条"))
		}
	}
	if n := scan[int](t, b, `select count(*) from service_differences()`); n != 0 {
		t.Errorf("%d differences", n)
	}
	if n := scan[int](t, b, `select count(*) from event_service a join event_service b on a.id < b.id and a.person_key = b.person_key and a.during && b.during and a.void_at is null and b.void_at is null`); n != 0 {
		t.Errorf("%d pairs overlap", n)
	}
	b.exec(t, `alter table event_service disable trigger event_service_follow`)
	b.exec(t, `update event_service set void_at = now(), void_by = gen_random_uuid(), void_why = '背着合计撤回' where void_at is null`)
	if n := scan[int](t, b, `select count(*) from service_differences()`); n == 0 {
		t.Error("what does not add up is not seen")
	}
}

// photo is a JPEG with the mark in its EXIF, as a phone writes the place.
func photo(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 64, 48))
	for i := range img.Pix {
		img.Pix[i] = uint8(i) ^ shade
	}
	img.SetRGBA(0, 0, color.RGBA{shade, 0, 0, 255})
	var plain bytes.Buffer
	must(t, jpeg.Encode(&plain, img, nil))
	exif := append([]byte("Exif\x00\x00II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"), mark...)
	out := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(len(exif) + 2)}, exif...)
	return append(out, plain.Bytes()[2:]...)
}

const mark = "GPS-22.69N-114.34E-CANARY"

func (b *bench) addPicture(t *testing.T, as authz.Actor, no string, shade uint8) event.Picture {
	t.Helper()
	owner, err := b.PictureOwner(t.Context(), as, no)
	must(t, err)
	ready, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: owner, Slot: event.Slot, Field: "file", Label: "照片", Filename: "a.jpg", Body: bytes.NewReader(photo(t, shade))})
	must(t, err)
	defer ready.Discard()
	must(t, b.AddPicture(t.Context(), as, no, "二十多位居民在分拣垃圾", ready))
	d, err := b.MineOne(t.Context(), as, no)
	must(t, err)
	return d.Pictures[len(d.Pictures)-1]
}

func (b *bench) fetched(t *testing.T, no string, id uuid.UUID) (string, error) {
	t.Helper()
	_, content, err := b.PublicPicture(t.Context(), no, id)
	if err != nil {
		return "", err
	}
	defer func() { _ = content.Close() }()
	data, err := io.ReadAll(content)
	must(t, err)
	return string(data), nil
}

func TestPictures(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), context.Background()
	no := b.running(t, b.head)
	p := b.addPicture(t, b.head, no, 1)
	_, err := b.fetched(t, no, p.ID)
	wantKind(t, "before its release", err, errs.NotFound)
	if f := errs.FieldsOf(b.Release(ctx, b.head, no, p.ID, 1, event.Consented, false)); len(f) != 1 || f[0].Name != "agreed" {
		t.Errorf("without the tick: %v", f)
	}
	if f := errs.FieldsOf(b.Release(ctx, b.head, no, p.ID, 1, "", true)); len(f) != 1 || f[0].Name != "minors" {
		t.Errorf("without a word on minors: %v", f)
	}
	wantKind(t, "another organization", b.Release(ctx, b.other, no, p.ID, 1, event.NoMinors, true), errs.NotFound)
	must(t, b.Release(ctx, b.head, no, p.ID, 1, event.Consented, true))
	data, err := b.fetched(t, no, p.ID)
	if err != nil || strings.Contains(data, mark) || !strings.HasPrefix(data, "\xff\xd8") {
		t.Errorf("released: %v, %d bytes", err, len(data))
	}
	b.doubtful(t, no)
	ask := func(r event.Relation, id uuid.UUID) (event.Asked, error) {
		return b.AskRemoval(ctx, event.Asking{Token: once.NewToken(), EventNo: no, Picture: id, Relation: r, Reason: "照片里是我的孩子，没有同意公开", Phone: "13900000007"})
	}
	asked, err := ask("guardian", p.ID)
	if err != nil || !asked.Hid || asked.DueOn != civil.Of(2026, 11, 30) {
		t.Fatalf("%+v %v", asked, err)
	}
	_, err = b.fetched(t, no, p.ID)
	wantKind(t, "while it is decided", err, errs.NotFound)
	_, err = ask("self", p.ID)
	wantKind(t, "asked twice", err, errs.Conflict)
	wantKind(t, "taken down meanwhile", b.TakeDown(ctx, b.head, no, p.ID, 3), errs.Conflict)
	if where := b.found(t, "我的孩子", "13900000007"); where != nil {
		t.Errorf("in clear: %v", where)
	}
	decide := func(remove bool) {
		t.Helper()
		w, err := b.Desk(ctx, b.as["reviewer"])
		must(t, err)
		r, err := b.Request(ctx, b.as["reviewer"], w.Requests[0].ID)
		if err != nil || r.Text != "照片里是我的孩子，没有同意公开" {
			t.Fatalf("%+v %v", r, err)
		}
		if phone, err := b.UnmaskPhone(ctx, b.as["reviewer"], r.ID, "打电话核实"); err != nil || phone != "13900000007" {
			t.Errorf("%s %v", phone, err)
		}
		wantKind(t, "a clerk decides", b.Decide(ctx, b.as["clerk"], r.ID, r.Version, remove, "已经和家长核实"), errs.Forbidden)
		must(t, b.Decide(ctx, b.as["reviewer"], r.ID, r.Version, remove, "已经和家长核实"))
		wantKind(t, "decided twice", b.Decide(ctx, b.as["reviewer"], r.ID, r.Version, remove, "已经和家长核实"), errs.Conflict)
	}
	decide(false)
	if _, err := b.fetched(t, no, p.ID); err != nil {
		t.Errorf("kept: %v", err)
	}
	// Once kept, nobody takes it out of sight by asking again.
	if asked, err = ask("self", p.ID); err != nil || asked.Hid {
		t.Errorf("%+v %v", asked, err)
	}
	decide(true)
	_, err = b.fetched(t, no, p.ID)
	wantKind(t, "removed", err, errs.NotFound)
	for as, open := range map[string]func() error{"its organization": func() error { _, _, err := b.OwnPicture(ctx, b.head, p.ID); return err }, "the bureau": func() error { _, _, err := b.StaffPicture(ctx, b.as["reviewer"], p.ID); return err }} {
		wantKind(t, "removed, opened by "+as, open(), errs.NotFound)
	}
	b.db.Advance(t, 25*time.Hour)
	if swept, err := b.Attachments.Sweep(ctx); err != nil || swept.Erased == 0 {
		t.Errorf("the bytes stay: %+v %v", swept, err)
	}
	if r, err := b.Progress(ctx, asked.Code); err != nil || r.State != "removed" || r.Outcome != "已经和家长核实" {
		t.Errorf("%+v %v", r, err)
	}
	if n := scan[int](t, b, `select count(*) from audit_entry where action like 'event.picture.%' and subject = 'event'`); n < 10 {
		t.Errorf("%d entries in the trail", n)
	}
	b.refusedByTheDatabase(t, `delete from event_picture`, `update event_picture set state = 'released', reason = '' where state = 'removed'`, `update picture_request set outcome = '改了的答复'`)
}

// doubtful goes by the bureau, and never by who uploaded it.
func (b *bench) doubtful(t *testing.T, no string) {
	t.Helper()
	ctx := t.Context()
	p, q := b.addPicture(t, b.head, no, 2), b.addPicture(t, b.head, no, 3)
	for _, x := range []event.Picture{p, q} {
		must(t, b.Release(ctx, b.head, no, x.ID, 1, event.Unsure, false))
	}
	_, err := b.fetched(t, no, p.ID)
	wantKind(t, "doubtful", err, errs.NotFound)
	b.refusedByTheDatabase(t, `update event_picture set state = 'released', released_at = now(), released_by = added_by where state = 'waiting'`,
		`update event_picture set state = 'released', released_at = now(), released_by = added_by, judged_by = added_by where state = 'waiting'`,
		`update event_picture set minors = 'none' where state = 'waiting'`)
	wantKind(t, "the organization judges", b.Judge(ctx, b.head, p.ID, 2, true, ""), errs.Forbidden)
	must(t, b.Judge(ctx, b.as["reviewer"], p.ID, 2, true, ""))
	if _, err := b.fetched(t, no, p.ID); err != nil {
		t.Errorf("judged fit: %v", err)
	}
	if err := b.Judge(ctx, b.as["reviewer"], q.ID, 2, false, ""); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("refused without a reason: %v", err)
	}
	must(t, b.Judge(ctx, b.as["reviewer"], q.ID, 2, false, "孩子的脸能认出来"))
	_, err = b.fetched(t, no, q.ID)
	wantKind(t, "judged unfit", err, errs.NotFound)
}
