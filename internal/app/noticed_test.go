package app_test

import (
	"context"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// notice publishes the accepted application of the neighbour, under a kind of
// the test's own, with an erratum being written and an objection to be answered.
func (w *world) notice(t testing.TB) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	caseID := uuid.MustParse(scan[string](t, w.portal, `select id::text from case_file where no = $1`, w.accepted))
	s := notice.New(notice.Deps{DB: w.app.DB(), Keys: w.keys})
	s.Source("trial", func(context.Context, postgres.Querier, time.Time) ([]notice.Candidate, error) {
		return []notice.Candidate{{CaseID: caseID, CaseNo: w.accepted, OrganizationID: uuid.MustParse(w.next.id), OrganizationName: w.next.name, Community: liulian,
			Programme: "孵化关爱工程", Amount: 5000 * money.Yuan, Purpose: "购置活动器材",
			EditionID: uuid.MustParse(scan[string](t, w.portal, `select edition_id::text from case_file where no = $1`, w.accepted))}}, nil
	})
	nothing := func(context.Context, postgres.Tx, time.Time, authz.Actor, notice.Item) error { return nil }
	s.OnIssued("trial", nothing)
	s.OnDisputed("trial", nothing)
	actor := func(r authz.Role) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: r, Name: r.Name()}
	}
	clerk, reviewer, leader := actor(authz.BureauClerk), actor(authz.BureauReviewer), actor(authz.BureauLeader)
	ctx := t.Context()
	id, err := s.Draft(ctx, clerk, once.NewToken(), "trial", []uuid.UUID{caseID})
	must(err)
	v, err := s.View(ctx, clerk, id)
	must(err)
	text := v.Text.Text
	text.ContactPhone, text.ContactAddress, text.SupervisionPhone = "0755-28888888", "坪山区民政局一楼窗口", "0755-28888889"
	must(s.Save(ctx, clerk, id, 1, once.NewToken(), text, []uuid.UUID{caseID}))
	must(s.Submit(ctx, clerk, id, 2, once.NewToken()))
	must(s.Approve(ctx, reviewer, id, 3, once.NewToken()))
	must(s.Issue(ctx, leader, id, 4, once.NewToken()))
	must(s.Correct(ctx, clerk, id, 5, once.NewToken(), "正文里的组织名称少了一个字。"))
	w.ids["notice"], w.ids["notice no"] = id.String(), scan[string](t, w.portal, `select no from notice where id = $1`, id)
	objection := notice.NewObjection()
	_, err = s.Object(ctx, notice.ObjectionInput{ID: objection, Token: once.NewToken(), No: w.ids["notice no"], Ordinal: 1, Name: "欧阳某", Content: "这个组织没有开展过活动，请核实。"})
	must(err)
	w.ids["objection"] = objection.String()
}
