// Package governance is how an organization governs itself and accounts for it
// (policy 三(三)2): what its charter says, the meetings it held, its council members
// and supervisors, its annual report with the opinion and conclusion of the offices,
// and what it tells the public; from these and the registry the checklist of duties
// with the day on which each becomes due. It keeps the library of guidelines that
// help with those duties, and tells organizations and subdistricts of what comes due.
//
// Level 5; owns governance_charter, governance_meeting, governance_officer,
// governance_reminder, governance_digest, governance_count, guideline with _version,
// annual_report_filing with _part, _signed and _event, disclosure with _version and
// _line. Systems on file and the conclusions about annual reports belong
// to internal/organization; the texts of systems are files of this package.
//
// Nothing of it closes when the policy document is out of force: the parameters
// shown then are the nearest ones.
package governance
