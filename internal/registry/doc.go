// Package registry is the life of an organization as cases: filing (备案) and
// registration (登记) by initiators, change of registered facts, merger,
// deregistration, and the revocation that the registrar opens. Each is an
// application in writing (package application) up to its acceptance; here are
// what it asks for, the decision, and what follows from it in one transaction:
// the organization and its certificate, dated facts, succession, the end, and
// the account of the head.
//
// The registrar is a dated parameter for who is filed, subdistrict or bureau, and
// always the bureau for legal persons. So every matter but registration has two
// variants: of one name and prefix, with another way to the decision. A draft
// takes the variant of the day on which it is submitted.
//
// A registry never closes: outside the force of a policy document it goes on
// under the parameters of the last edition.
//
// Level 5. Tables: registry_case, registry_person, registry_proposal,
// registry_party, registry_pause, registry_statement, registry_certificate,
// registry_handover, registry_counter.
package registry
