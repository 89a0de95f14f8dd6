package app_test

import (
	"testing"

	"civilaffairs/internal/authz"
)

// TestTheLeadingGroupConsents takes an application over the amount that counts as
// large, which the edition of this test sets low: the leading group sends it back
// once, then consents in a real browser, and only then can the leader sign.
func TestTheLeadingGroupConsents(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	if _, err := s.portal.db.Owner.Exec(t.Context(), `alter table policy_parameter disable trigger policy_parameter_guard;
		update policy_parameter set value = '400000' where key = 'large_item.amount'`); err != nil {
		t.Fatal(err)
	}
	g := s.ready(t, s.home)
	s.goTo(t, eligible)
	no := s.accepted(g)
	s.budget(t)
	at, reviewer, leader := "/applications/"+no, s.office(authz.BureauReviewer), s.office(authz.BureauLeader)
	group := s.office(authz.LeadingGroup)
	propose := func() {
		s.verdict(reviewer, no, "proposal", "choice", "support").form(at+"/proposal").submit().is(200, at).says("领导小组")
	}
	propose()
	if leader.open(at).Find(`form[action="`+at+`/signature"]`).Length() > 0 {
		t.Error("the leader can sign before the leading group consented")
	}
	group.open("/workspace").follow(g.name).is(200, at).says("拟予支持")
	s.verdict(group, no, "consent").refused("choice")
	s.verdict(group, no, "consent", "choice", "disagree").refused("reason")
	s.verdict(group, no, "consent", "choice", "disagree", "reason", "请补充同类项目的对比。").form(at+"/consent").submit().is(200, at).says("待复核")
	reviewer.open(at).says("请补充同类项目的对比")
	propose()
	desk := seated(t, group) // axe and both widths judge the box and its confirmation
	desk.open(at).is(200, at)
	desk.send(at+"/consent", "choice", "disagree").refused("reason")
	desk.send(at+"/consent", "choice", "agree").is(200, at+"/consent")
	desk.send(at+"/consent").is(200, at).says("待签批")
	s.grantSigned(t, no, "5,000.00")
}
