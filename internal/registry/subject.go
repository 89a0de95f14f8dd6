package registry

import (
	"net/url"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// Subject is what a case is about as it stands at the moment, and the rules that
// hold for it.
type Subject struct {
	Family  Family
	Street  bool
	Today   civil.Date
	Params  Params
	Regions *district.RegionSet
	Units   district.Units // departments as they are known today

	Founder      string                               // the initiator's name, of a founding
	Title        string                               // what the case is called while there is no organization
	Organization organization.Organization            // zero of a founding
	LastActivity civil.Date                           // confirmed, of a revocation; zero when none is on record
	Parties      map[string]organization.Organization // of a merger: by the number that was typed

	edition uuid.UUID
	typed   url.Values // of a change or a merger: what decides who decides
}

// others are the parties of a merger beside the applicant.
func (s Subject) others() []uuid.UUID {
	var ids []uuid.UUID
	for _, o := range s.Parties {
		if o.ID != s.Organization.ID && !slices.Contains(ids, o.ID) {
			ids = append(ids, o.ID)
		}
	}
	return ids
}

// Applicant is the name under which the case is shown.
func (s Subject) Applicant() string {
	if s.Organization.ID != uuid.Nil {
		return s.Organization.Name
	}
	return s.Title
}

// Signer is who signs on paper.
func (s Subject) Signer() string {
	if s.Family.Founds() {
		return s.Founder
	}
	return s.Organization.HeadName
}

// Day is the civil date of the moment.
func (s Subject) Day() civil.Date { return s.Today }

// Edition is the edition of the parameters that the submission pins.
func (s Subject) Edition() uuid.UUID { return s.edition }

// Closed says why nothing can be submitted now. The force of a policy document is
// no reason: a registry never closes.
func (s Subject) Closed() string {
	if o := s.Organization; o.ID != uuid.Nil && o.Status.Final() {
		return o.Name + o.Status.Name() + "，不能再提出申请。"
	}
	return ""
}

// applicant is the organization as it stood at submission (Appendix A.1).
type applicant struct {
	ID          uuid.UUID             `json:"id"`
	Name        string                `json:"name"`
	Type        organization.OrgType  `json:"type"`
	Basis       organization.Basis    `json:"basis"`
	Category    organization.Category `json:"category"`
	Number      string                `json:"number"`
	NumberLabel string                `json:"number_label"`
	Established civil.Date            `json:"established_on"`
	Registrar   string                `json:"registrar"`
	Unit        string                `json:"supervising_unit,omitempty"`
	Community   string                `json:"community"`
	Subdistrict string                `json:"subdistrict"`
	Address     string                `json:"address"`
	HeadName    string                `json:"head_name"`
	Status      organization.Status   `json:"status"`
}

// Snapshot is the applicant as it stood at submission.
func (s Subject) Snapshot() any {
	o := s.Organization
	if o.ID == uuid.Nil {
		return map[string]string{"name": s.Title, "founder": s.Founder}
	}
	return applicant{o.ID, o.Name, o.Type, o.Basis, o.Category, o.Number(), o.NumberLabel(), o.EstablishedOn, o.Registrar,
		o.UnitName, o.CommunityCode, o.SubdistrictCode, o.Address, o.HeadName, o.Status}
}

// bureauName and streetName are the registrars as records name them.
const bureauName = "坪山区民政局"

func streetName(regions *district.RegionSet, subdistrict string) string {
	return regions.Name(subdistrict) + "办事处"
}
