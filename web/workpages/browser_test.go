package workpages_test

import (
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Every page passes axe and fits its window on a desk and on a phone.
func TestPagesOfWorkInABrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	head, desk := who(authz.OrgHead), who(authz.Community)
	for _, f := range []file{
		{due: "2026-10-07", title: "秀新社区青禾儿童成长中心", rounds: 1}, {due: "2026-10-08", late: true}, {due: "2026-10-09", opposed: true, late: true, rounds: 2, counter: true},
		{due: "2026-10-10"}, {due: "2026-10-13"}, {due: "2026-10-15", title: "一个名称特别长的社区社会组织六联社区老年人日间照料与邻里互助服务中心"}, {},
		{state: workflow.Opining, waits: authz.Community, due: "2026-10-12"},
		{state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-16", rounds: 1},
		{state: workflow.Draft, waits: authz.OrgHead, counter: true},
		{org: head.OrgID, state: workflow.Draft, waits: authz.OrgHead}, {org: head.OrgID, state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-12", rounds: 1},
		{org: head.OrgID, state: workflow.Opining, waits: authz.Subdistrict, due: "2026-10-14"},
		{org: head.OrgID, state: workflow.Refused, closed: "2026-10-02T09:00:00+08:00"},
	} {
		s.plant(f)
	}
	s.organization("六联社区助老服务社", "坪社备〔2026〕第0001号", liulian)
	for range 2 {
		s.tell(head, "孵化关爱工程 FH-2026-0012：待补正", "FH-2026-0012")
	}
	auditor := who(authz.Auditor)
	s.record(auditor, "case", uuid.NewString(), "case.accept", 3, map[string]any{"no": "FH-2026-0001", "fields": []string{"amount"}})
	s.Judge(map[string][]string{
		s.As(who(authz.BureauClerk)): {"/workspace", "/workspace?tab=correcting", "/workspace?tab=done", "/workspace?q=x", "/messages"},
		s.As(desk):                   {"/workspace", "/counter"}, s.As(head): {"/workspace", "/messages"},
		s.As(who(authz.Initiator)): {"/workspace?filed_on=2026-08-31", "/workspace?filed_on-year=2026&filed_on-month=2&filed_on-day=30"},
		s.As(who(authz.Expert)):    {"/workspace"}, s.As(who(authz.AdminSystem)): {"/workspace"}, s.As(auditor): {"/workspace", "/audit", "/audit?from=2026-02-30"},
	})
}
