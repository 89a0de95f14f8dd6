// Package roster is who belongs to each organization (人员花名册, domain §1, §6):
// one row per person, organization and stay, with post, qualification, labour
// contracts and the months for which insurance was paid; and the trainings of
// before the portal.
//
// Level 4; owns roster_member and, until a feature of trainings takes them over,
// training_record. It reads organization and person in SQL.
//
// The organization keeps its roster; offices read it in their scope. Document
// numbers are masked, contracts and months sealed. A subsidy for full-time work
// reads History: who worked where, and for which months that is borne out. What
// an actor may not see is errs.NotFound.
package roster
