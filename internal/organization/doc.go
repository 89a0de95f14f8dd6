// Package organization is the registry of community social organizations
// (社区社会组织库, domain §1): the current profile, registered facts by date, the
// public timeline, payee accounts, and the facts that eligibility reads —
// systems on file, activities, annual reports, grants of before.
//
// Level 4; owns organization, organization_fact, organization_event,
// payee_account, organization_system, organization_activity, annual_report,
// earlier_grant, earlier_payment, earlier_total, organization_check and
// organization_succession. Standing with the authorities is the sibling package
// standing; whoever needs both reads both.
//
// An organization edits its own part; the subdistrict of its area and the bureau
// record what a registrar knows. What an actor may not see is errs.NotFound.
package organization
