package governance

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// YearsShown is how many years back an organization finds its reports.
const YearsShown = 6

// Reports is what an organization finds of its annual reports.
type Reports struct {
	Organization organization.Organization
	Today        civil.Date
	Rules        Rules
	Years        []YearReport // newest first
}

// Reports returns the years about which the actor's organization owes a report.
func (s *Service) Reports(ctx context.Context, actor authz.Actor) (v Reports, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.Today = civil.On(now)
		if v.Organization, err = s.Organizations.Visible(ctx, q, actor, actor.OrgID); err != nil {
			return err
		}
		if v.Rules, err = rules(ctx, q, now); err != nil {
			return err
		}
		var filings []Filing
		var concluded []conclusionRow
		var b postgres.Batch
		postgres.Gather(&b, &filings, countingSQL, actor.OrgID)
		postgres.Gather(&b, &concluded, conclusionSQL, actor.OrgID, nil)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		for _, year := range Owed(v.Organization.EstablishedOn, v.Today, YearsShown) {
			v.Years = append(v.Years, yearReport(year, filings, concluded))
		}
		return nil
	})
	return v, err
}

func yearReport(year int, filings []Filing, concluded []conclusionRow) YearReport {
	y := YearReport{Year: year}
	for i, f := range filings {
		if f.Year == year {
			y.Filing = &filings[i]
		}
	}
	for _, c := range concluded {
		if c.Year == year {
			y.Conclusion, y.Recorded, y.Unit = c.Conclusion, c.SubmittedOn, c.Unit
		}
	}
	return y
}

// ReportView is one annual report: as it is written, or as it was signed.
type ReportView struct {
	YearReport   // Filing is set, with a zero ID before anything was saved
	Organization organization.Organization
	Today        civil.Date
	Rules        Rules
	Regions      *district.RegionSet
	Facts        ReportFacts
	Items        []Item // of the checklist
	Typed        Typed
	Saved        map[ReportPart]Saved
	Report       Report // as typed while it may be written, as signed otherwise
	Signed       bool   // Report is what was signed
	Faults       map[ReportPart][]errs.Field
	Slots        []application.SlotFiles
	Events       []ReportEvent
	May          ReportActs
	Why          string    // said to who may not act though it is the turn of the office
	Instead      uuid.UUID // the report that counts, when two were handed in before a merge and this is the other

	files  []attachment.Attachment // those replaced after a signature included
	signed []signedRow             // what was signed last, if anything
}

type signedRow struct {
	Document json.RawMessage `db:"document"`
}

// Status says how the report stands today.
func (v ReportView) Status() ReportStatus { return v.YearReport.Status(v.Rules, v.Today) }

// Ready reports whether nothing but the signature is left.
func (v ReportView) Ready() bool { return len(v.Faults) == 0 }

// Open reports whether a part may be changed now: in a correction those that it
// names, and what stops the answer.
func (v ReportView) Open(p ReportPart) bool {
	if !v.May.Write {
		return false
	}
	return v.Filing.State != FilingCorrecting || slices.Contains(v.Filing.AskedParts, string(p)) || len(v.Faults[p]) > 0
}

// Report returns the report of the actor's organization about a year, begun or
// not. errs.NotFound for a year that it owes nothing about.
func (s *Service) Report(ctx context.Context, actor authz.Actor, year int) (v ReportView, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v, err = s.report(ctx, q, now, actor, actor.OrgID, year, uuid.Nil)
		return err
	})
	return v, err
}

// ReportByID returns a report that was handed in, to the offices in whose area the
// organization is.
func (s *Service) ReportByID(ctx context.Context, actor authz.Actor, id uuid.UUID) (v ReportView, err error) {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		f, err := postgres.One[Filing](ctx, q, `select `+filingColumns+` from annual_report_filing f where f.id = $1 and f.round > 0`, id)
		if errs.Is(err, errs.NotFound) {
			return missing()
		}
		if err != nil {
			return err
		}
		v, err = s.report(ctx, q, now, actor, f.OrgID, f.Year, id)
		return err
	})
	return v, err
}

// report reads the report of a year that counts, or the one with the id asked for.
func (s *Service) report(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, org uuid.UUID, year int, asked uuid.UUID) (v ReportView, err error) {
	v.Today, v.Year = civil.On(now), year
	if v.Organization, err = s.Organizations.Visible(ctx, q, actor, org); err != nil {
		return v, err
	}
	if year >= v.Today.Year || year < v.Organization.EstablishedOn.Year {
		return v, missing()
	}
	if v.Rules, err = rules(ctx, q, now); err != nil {
		return v, err
	}
	if v.Regions, err = district.Regions(ctx, q); err != nil {
		return v, err
	}
	facts, err := factsOf(ctx, q, v.Today, []uuid.UUID{org})
	if err != nil {
		return v, err
	}
	v.Items = Checklist(facts[org], v.Rules, v.Today)
	if err := s.gatherReport(ctx, q, &v, asked); err != nil {
		return v, err
	}
	v.May, v.Why = v.Filing.May(actor, v.Organization, v.Today)
	if v.Instead != uuid.Nil {
		v.May, v.Why = ReportActs{}, notCounting
	}
	if v.Conclusion != "" && v.Conclusion != organization.Missing && v.Filing.ID == uuid.Nil {
		v.May = ReportActs{} // concluded on paper
	}
	return v, v.read()
}

// gatherReport reads the rows of one report in two round trips.
func (s *Service) gatherReport(ctx context.Context, q postgres.Querier, v *ReportView, asked uuid.UUID) error {
	org := v.Organization.ID
	var filings []Filing
	var concluded []conclusionRow
	var known []knownRow
	v.Facts = ReportFacts{Year: v.Year, Organization: v.Organization}
	var b postgres.Batch
	postgres.Gather(&b, &filings, `select `+filingColumns+` from annual_report_filing f where f.id in (annual_report_filing_counting($1, $2), $3)
		order by f.id = annual_report_filing_counting($1, $2)`, org, v.Year, asked)
	postgres.Gather(&b, &concluded, conclusionSQL, org, v.Year)
	postgres.Gather(&b, &known, knownSQL, org, v.Year)
	postgres.Gather(&b, &v.Facts.Grants, receivedSQL, org, v.Year)
	if err := b.Run(ctx, q); err != nil {
		return err
	}
	k := known[0]
	v.Facts.LastClosing, v.Facts.Activities, v.Facts.Participants = k.LastClosing, k.Activities, k.Participants
	v.Facts.Assemblies, v.Facts.Councils = k.Assemblies, k.Councils
	if len(filings) > 1 { // the one asked for first
		v.Instead, filings = filings[1].ID, filings[:1]
	}
	v.YearReport = yearReport(v.Year, filings, concluded)
	if v.Filing == nil {
		v.Filing = &Filing{OrgID: org, Year: v.Year, State: FilingDraft}
	}
	var parts []savedPart
	var files []attachment.Attachment
	b = postgres.Batch{}
	postgres.Gather(&b, &parts, partsSQL, v.Filing.ID)
	postgres.Gather(&b, &v.Events, eventsOfReportSQL, v.Filing.ID)
	postgres.Gather(&b, &files, `select `+fileColumns+` from attachment where owner_kind = '`+reportOwner+`' and owner_id = $1 and (state <> 'removed' or handed_in_at is not null) order by uploaded_at`, v.Filing.ID)
	postgres.Gather(&b, &v.signed, `select document from annual_report_signed where filing_id = $1 order by round desc limit 1`, v.Filing.ID)
	if err := b.Run(ctx, q); err != nil {
		return err
	}
	v.Typed, v.Saved = typedOf(parts)
	v.Slots = application.Arrange(ReportSlots, files)
	v.files = files
	return nil
}

// read takes what was typed while it may be written, and what was signed
// for everybody else: an office never sees a correction in the making.
func (v *ReportView) read() error {
	if v.May.Write || v.Filing.Round == 0 {
		v.Report, v.Faults = ReadReport(v.Typed, v.Facts)
		if missing := application.MissingPapers(v.Slots); len(missing) > 0 {
			v.Faults[PartPapers] = missing
		}
		for i := range v.Slots {
			v.Slots[i].Open = v.Open(PartPapers)
		}
		return nil
	}
	var kept signedReport
	if err := json.Unmarshal(v.signed[0].Document, &kept); err != nil {
		return err
	}
	v.Report, v.Signed = kept.Report, true
	for i, slot := range v.Slots {
		v.Slots[i].Files = nil
		for _, a := range v.files {
			if slices.Contains(kept.Papers, application.SignedPaper{Slot: slot.Key, Filename: a.Filename, SHA256: a.SHA256}) && a.Slot == slot.Key {
				v.Slots[i].Files = append(v.Slots[i].Files, a)
			}
		}
	}
	return nil
}

// ReportFile opens a paper of a report that the actor was shown.
func (s *Service) ReportFile(ctx context.Context, v ReportView, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	for _, slot := range v.Slots {
		for _, f := range slot.Files {
			if f.ID == file {
				err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
					a, content, err = s.Attachments.Open(ctx, q, f.Owner(), file)
					return err
				})
				return a, content, err
			}
		}
	}
	return a, nil, missing()
}
