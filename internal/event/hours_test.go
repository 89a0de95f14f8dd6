package event_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"
	"civilaffairs/internal/person"
	"civilaffairs/internal/roster"

	"github.com/google/uuid"
)

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
