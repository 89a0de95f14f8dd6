package funding

import (
	"context"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Applicant is the organization as it stood when it signed (Appendix A.1): later
// changes of registered facts do not reach back into a submitted case.
type Applicant struct {
	ID              uuid.UUID             `json:"id"`
	Name            string                `json:"name"`
	Type            organization.OrgType  `json:"type"`
	Basis           organization.Basis    `json:"basis"`
	Category        organization.Category `json:"category"`
	Number          string                `json:"number"`
	NumberLabel     string                `json:"number_label"`
	EstablishedOn   civil.Date            `json:"established_on"`
	Registrar       string                `json:"registrar"`
	SupervisingUnit string                `json:"supervising_unit,omitempty"`
	CommunityCode   string                `json:"community"`
	SubdistrictCode string                `json:"subdistrict"`
	Address         string                `json:"address"`
	HeadName        string                `json:"head_name"`
	PartyOrg        string                `json:"party_org,omitempty"`
	Introduction    string                `json:"introduction,omitempty"`
}

func applicantOf(o organization.Organization) Applicant {
	return Applicant{
		ID: o.ID, Name: o.Name, Type: o.Type, Basis: o.Basis, Category: o.Category, Number: o.Number(), NumberLabel: o.NumberLabel(),
		EstablishedOn: o.EstablishedOn, Registrar: o.Registrar, SupervisingUnit: o.UnitName, CommunityCode: o.CommunityCode,
		SubdistrictCode: o.SubdistrictCode, Address: o.Address, HeadName: o.HeadName, PartyOrg: string(o.PartyOrg), Introduction: o.Introduction,
	}
}

// lay gives o the facts of the snapshot that a programme decides by. Head and
// status stay today's: who signs now is the head of now.
func (a *Applicant) lay(o *organization.Organization) {
	if a == nil {
		return
	}
	o.Name, o.Type, o.Basis, o.Category = a.Name, a.Type, a.Basis, a.Category
	o.EstablishedOn, o.CommunityCode, o.SubdistrictCode = a.EstablishedOn, a.CommunityCode, a.SubdistrictCode
}

// visible returns an organization that the actor may see, errs.NotFound otherwise.
func visible(ctx context.Context, q postgres.Querier, actor authz.Actor, id uuid.UUID) (organization.Organization, error) {
	o, err := organization.Load(ctx, q, id)
	if err == nil && actor.Role != authz.System && !actor.Covers(o.Place()) {
		err = errs.New(errs.NotFound, "没有找到这个组织，或不在您能查看的范围内。")
	}
	return o, err
}
