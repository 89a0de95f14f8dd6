package event_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
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
