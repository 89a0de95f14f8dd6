package governancepages_test

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/web/governancepages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// site is the pages with one organization that has a meeting short of its quorum
// and a supervisor.
type site struct {
	*pagetest.Site
	service *governance.Service
	meeting uuid.UUID
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, today.Start().Add(10*time.Hour))}
	db := s.DB.App
	store, err := filestore.OpenDirectory(t.TempDir())
	s.Must(err)
	orgs, files := organization.New(db, s.Keys()), attachment.New(db, store, nil, nil, slog.New(slog.DiscardHandler))
	signs := func(context.Context, authz.Actor, string) error { return nil } // passwords are tested with their accounts
	s.service = governance.New(governance.Deps{DB: db, Organizations: orgs, Attachments: files, Reauthenticate: signs})
	s.furnish(orgs)
	s.Serve(governancepages.New(governancepages.Deps{Governance: s.service, Attachments: files, Flash: s.Flash}).Register)
	return s
}

func (s *site) furnish(orgs *organization.Service) {
	s.Helper()
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "reviewer": {Role: authz.BureauReviewer, Name: "何复核"},
		"subdistrict": {Role: authz.Subdistrict, Subdistrict: "440310001", Name: "吴街道"}, "unit": {Role: authz.Department, Department: "education", Name: "何科"}})
	id, err := orgs.Register(s.Context(), s.Actors["clerk"], organization.Registration{Token: once.NewToken(), Name: "六联社区银龄互助会", Type: organization.Association,
		Basis: organization.Filed, Category: organization.Welfare, FilingNo: "坪社备〔2024〕第0001号", EstablishedOn: civil.Of(2024, 6, 30), Registrar: "坪山街道办事处",
		Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000",
		SubdistrictCode: "440310001", CommunityCode: "440310001001", Address: "六联社区综合楼 101"})
	s.Must(err)
	s.Cast(map[string]authz.Actor{"head": {Role: authz.OrgHead, OrgID: id, Name: "陈小明"}})
	head := s.Actors["head"]
	s.meeting, err = s.service.RecordMeeting(s.Context(), head, once.NewToken(), governance.Meeting{Kind: governance.CouncilMeeting, HeldOn: civil.Of(2026, 2, 28),
		Place: "六联社区 201 室", Expected: 7, Present: 3, Resolutions: "讨论年度计划，没有表决。"})
	s.Must(err)
	s.Must(s.service.RecordElected(s.Context(), head, once.NewToken(), governance.Elected{Post: governance.Supervisor, Names: []string{"王五"}, ElectedOn: civil.Of(2024, 7, 1)}))
}

// Every page stands axe, fits desktop and phone, and leaves its picture in
// .cache/shots; then a meeting is entered wrongly, and what was typed stays.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	org := s.Actors["head"].OrgID.String()
	entries := s.library()
	tab := s.Judge(map[string][]string{
		"": {paths.Guidelines, paths.Guidelines + "?q=没有这个词", paths.Guideline(1)},
		"head": {paths.MyGovernance, paths.MyGovernancePart("meetings"), paths.MyGovernancePart("officers"), paths.MyGovernancePart("charter"),
			paths.MyGovernanceFiles(string(governance.MeetingMinutes), s.meeting.String()), paths.MyGovernanceRecord("meetings", s.meeting.String(), "withdrawal")},
		"subdistrict": {paths.StaffGovernance, paths.StaffGovernance + "?show=waiting"},
		"clerk": {paths.StaffOrganizationGovernance(org), paths.StaffGuidelines, paths.StaffGuidelineFrom("charter"), paths.StaffGuidelineEntry(entries["election"]),
			paths.StaffGuidelineAct(entries["election"], "text")},
		"reviewer": {paths.StaffGuidelineEntry(entries["finance"]), paths.StaffGuidelineAct(entries["finance"], "release"), paths.StaffGuidelineAct(entries["finance"], "return")},
	})
	tab.Cookie(s.URL, "as", "head")
	tab.Go(s.URL + paths.MyGovernancePart("meetings"))
	tab.Fill("present", "九人")
	tab.Fill("place", "六联社区 201 室")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Value("place") != "六联社区 201 室" || tab.Count("#present-error") != 1 {
		t.Errorf("a meeting entered wrongly: %d", status)
	}
	tab.Axe()
	s.releaseOne(tab)
	s.savesADocument()
}
