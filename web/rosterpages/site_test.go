package rosterpages_test

import (
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/roster"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/rosterpages"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
)

var today = civil.Of(2018, 11, 23)

// site is the pages with one organization.
type site struct {
	*pagetest.Site
	roster *roster.Service
	org    uuid.UUID
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, today.Start().Add(10*time.Hour))}
	keys := s.Keys()
	s.roster = roster.New(s.DB.App, keys)
	s.cast(organization.New(s.DB.App, keys))
	s.Serve(rosterpages.New(rosterpages.Deps{Roster: s.roster, Flash: s.Flash}).Register)
	return s
}

// cast registers the organization and its people.
func (s *site) cast(organizations *organization.Service) {
	s.Helper()
	s.Cast(map[string]authz.Actor{
		"bureau": {Role: authz.BureauClerk}, "leader": {Role: authz.BureauLeader}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan},
		"community": {Role: authz.Community, Community: liulian, Subdistrict: pingshan}, "elsewhere": {Role: authz.Community, Community: "440310002001"},
		"department": {Role: authz.Department, Department: "disabled"}, "auditor": {Role: authz.Auditor}, "finance": {Role: authz.Finance},
		"stranger": {Role: authz.OrgHead, OrgID: uuid.Must(uuid.NewV7())},
	})
	three := 3
	id, err := organizations.Register(s.Context(), s.Actors["bureau"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区银龄互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2017〕第0001号", EstablishedOn: civil.Of(2017, 10, 9),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "李四海", HeadIDType: person.ResidentID,
		HeadIDNumber: "11010519491231002X", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian, SupervisingUnit: "区残疾人联合会",
	})
	s.Must(err)
	s.org = id
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.OrgClerk, OrgID: id, Name: "王经办"}, "head": {Role: authz.OrgHead, OrgID: id, Name: "李四海"}})
	s.Must(organizations.SaveBasics(s.Context(), s.Actors["clerk"], organization.Basics{OrgID: id, Version: 1, Members: &three, Staff: &three, FullTime: &three}))
}

// worker puts a full-time worker on the roster and returns the address of the
// own page.
func (s *site) worker() uuid.UUID {
	s.Helper()
	in := roster.Input{Name: "陈小明", IDType: person.ResidentID, IDNumber: "440310199002280010", Post: roster.Worker, FullTime: true,
		Education: "bachelor", Qualification: roster.Assistant, JoinedOn: civil.Of(2017, 11, 8)}
	in.Contracts = []roster.Contract{{Employer: roster.Agent, Unit: "坪山街道社工服务中心", From: civil.Of(2017, 11, 8)}}
	for m := (civil.Month{Year: 2017, Month: 11}); m.Before(civil.Month{Year: 2018, Month: 9}); m = m.Next() {
		in.Months = append(in.Months, roster.InsuredMonth{Month: m, Payer: roster.Agent, Unit: "坪山街道社工服务中心"})
	}
	id, err := s.roster.Enter(s.Context(), s.Actors["clerk"], once.NewToken(), s.org, in)
	s.Must(err)
	return id
}
