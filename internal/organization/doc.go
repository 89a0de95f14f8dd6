// Package organization is the registry of community social organizations
// (社区社会组织库, domain §1): the current profile, registered facts by date, the
// public timeline, payee accounts, and the facts that eligibility reads —
// systems on file, activities, annual reports, grants of before.
//
// Level 4; owns organization, organization_fact, organization_event,
// payee_account, organization_system, organization_activity, annual_report,
// earlier_grant, earlier_payment, earlier_total, organization_check,
// organization_succession, organization_trait, organization_pair and
// organization_merge. Standing with the authorities is the sibling package
// standing; whoever needs both reads both.
//
// One organization entered twice is merged by a pointer: the absorbed record gets
// merged_into, keeps every row under its own id, and is listed and written no
// more. Nothing of money or history is re-pointed, because those rows never
// alter. Readers of history ask for org_id = any (organization_ids($1)) and so
// take both; once-for-life rules hold over the family (earlier_grant_family,
// startup_grant_follow); the absorbed record must have no running case and no
// hold. So a merge can be undone as long as nothing has happened since.
//
// An organization edits its own part; the subdistrict of its area and the bureau
// record what a registrar knows. What an actor may not see is errs.NotFound.
package organization
