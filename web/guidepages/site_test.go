package guidepages_test

import (
	"net/url"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/web/fundingpages"
	"civilaffairs/web/guidepages"
	"civilaffairs/web/pagetest"

	"github.com/google/uuid"
)

// newSite opens the pages on 23 November 2026; with inForce the demo continuation
// is in force.
func newSite(t *testing.T, inForce bool) *pagetest.Site {
	t.Helper()
	s := pagetest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	if inForce {
		s.Must(s.DB.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
		}))
	}
	programmes := catalog.Programmes()
	s.Serve(guidepages.New(guidepages.Deps{
		Report:  report.New(s.DB.App, programmes),
		Funding: funding.New(funding.Deps{DB: s.DB.App, Applications: application.New(application.Deps{}), Programmes: programmes}),
		Trials:  fundingpages.Trials(),
	}).Register)
	return s
}

// found records an organization established on a day; its head is called “head”.
func found(s *pagetest.Site, established string) {
	s.Helper()
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Name: "经办", Role: authz.BureauClerk, IP: "192.0.2.1"}
	id, err := organization.New(s.DB.App, s.Keys()).Register(s.Context(), clerk, organization.Registration{
		Token: once.NewToken(), Name: "六联社区邻里互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2026〕第0001号", EstablishedOn: civil.MustParse(established),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: "440310001", CommunityCode: "440310001001",
		Address: "六联社区综合楼 101",
	})
	s.Must(err)
	s.Cast(map[string]authz.Actor{"head": {Name: "陈小明", Role: authz.OrgHead, OrgID: id}})
}

// answers is a trial of an organization without a fault; changes replace answers.
func answers(changes ...string) string {
	v := url.Values{
		"programme": {"startup"}, "try": {"1"}, "established-year": {"2026"}, "established-month": {"5"}, "established-day": {"23"},
		"basis": {"filed"}, "category": {"welfare"}, "origin": {"new"}, "finance": {"yes"}, "disclosure": {"yes"},
		"activities": {"yes"}, "reports": {"yes"}, "obstacles": {"none"},
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return "/eligibility?" + v.Encode()
}
