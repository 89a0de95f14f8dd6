package activity_test

import (
	"slices"
	"testing"

	"civilaffairs/internal/event"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
)

// An open plan stands on the public calendar until it is taken back; one that is
// not open never does. A granted claim is there once, with its grant.
func TestPlansAndClaimsOnTheCalendar(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100_000*money.Yuan)
	events := event.New(event.Deps{DB: b.DB.App, Attachments: b.Attachments})
	s, org := activity.New(b.DB.App, events), b.Organization(t)
	shown := func(past bool) []event.Entry {
		page, err := events.List(t.Context(), event.Filter{}, past, "", 20)
		b.must(err)
		return slices.DeleteFunc(page.Entries, func(e event.Entry) bool { return e.Title == "邻里互助日" }) // on record of every organization here
	}
	plan := func(open string) fundingtest.Answers {
		return answers(org, 1).With("title", "冬至包饺子"+open, "held_on", "2026-12-20", "expected", "50", "budget", "3000", "intro", "敬老茶话会，义工接送。", "open", open)
	}
	_, err := s.FilePlan(t.Context(), org.Head, once.NewToken(), plan("no").Values())
	b.must(err)
	if list := shown(false); len(list) != 0 {
		t.Errorf("a plan that is not open: %+v", list)
	}
	id, err := s.FilePlan(t.Context(), org.Head, once.NewToken(), plan("yes").Values())
	b.must(err)
	list := shown(false)
	if len(list) != 1 || list[0].Title != "冬至包饺子yes" || list[0].From.String() == "" {
		t.Fatalf("an open plan: %+v", list)
	}
	b.must(s.WithdrawPlan(t.Context(), org.Head, id, 1, "场地临时维修", once.NewToken()))
	if d, err := events.Read(t.Context(), list[0].No); err != nil || d.State != event.Cancelled || d.EndedWhy != "场地临时维修" {
		t.Errorf("taken back: %v %v", d.State, err)
	}
	no := b.proposed(org, answers(org, 1))
	b.must(b.Sign(t, no))
	if list := shown(true); len(list) != 0 {
		t.Errorf("before its grant is public: %+v", list)
	}
	b.exec(`update case_file set state = 'granted', class = 'granted' where no = '` + no + `'`)
	b.exec(`update award set granted_at = portal_now(), granted_on = (portal_now() at time zone 'Asia/Shanghai')::date where no = '` + no + `'`)
	if list := shown(true); len(list) != 1 || list[0].Project != no || list[0].No != "" {
		t.Errorf("a granted claim: %+v", list)
	}
}
