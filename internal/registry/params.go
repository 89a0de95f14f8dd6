package registry

import (
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

// Params are the parameters of the registry under one edition.
type Params struct {
	Street              bool // who is filed is filed by the subdistrict
	Initiators          map[organization.OrgType]Least
	MinMembers          int // of a filed association
	MinStaff            int // of a social service body
	RegisteredMembers   int // of a registered association …
	RegisteredUnits     int // … or so many units
	MinCapital          money.Fen
	HeadOrganizations   int // from so many on, one head is asked about
	RevocationIdleMonth int // months without activity after which a registration may be revoked
}

// Least is how many founders there must be: so many people or so many units.
type Least struct{ People, Units int }

func paramsOf(e policy.Edition) Params {
	p := e.Params
	return Params{
		Street: p.Text(policy.FilingRegistrar) == policy.RegistrarSubdistrict,
		Initiators: map[organization.OrgType]Least{
			organization.Association:   {p.Int(policy.FilingInitiatorsAssociation), p.Int(policy.FilingInitiatorUnitsAssociation)},
			organization.SocialService: {p.Int(policy.FilingInitiatorsService), p.Int(policy.FilingInitiatorUnitsService)},
			organization.Foundation:    {1, 1}, // somebody gives it its funds
		},
		MinMembers: p.Int(policy.FilingMinMembers), MinStaff: p.Int(policy.FilingMinStaff),
		RegisteredMembers: p.Int(policy.RegistrationMinMembers), RegisteredUnits: p.Int(policy.RegistrationMinUnitMembers),
		MinCapital: p.Fen(policy.RegistrationMinCapital), HeadOrganizations: p.Int(policy.HeadOrganizations),
		RevocationIdleMonth: p.Int(policy.RevocationIdleMonths),
	}
}
