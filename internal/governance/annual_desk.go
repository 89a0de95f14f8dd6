package governance

import (
	"context"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// ReportTask is what somebody has to do about a report.
type ReportTask string

// The tasks.
const (
	TaskOpine    ReportTask = "opine"
	TaskConclude ReportTask = "conclude"
	TaskCorrect  ReportTask = "correct"
)

// Name returns the Chinese name, the raw value when unknown.
func (t ReportTask) Name() string {
	return named(t, map[ReportTask]string{TaskOpine: "提出意见", TaskConclude: "作出结论", TaskCorrect: "更正后再报送"})
}

// WaitingReport is a report whose next act is the actor's.
type WaitingReport struct {
	ID        uuid.UUID   `db:"id"`
	Name      string      `db:"name"`
	Demo      bool        `db:"demo"`
	Community string      `db:"community_code"`
	Year      int         `db:"report_year"`
	State     FilingState `db:"state"`
	Stance    Stance      `db:"stance"`
	SignedOn  civil.Date  `db:"signed_on"`
	Days
	Task ReportTask `db:"-"`
}

// Due is the day by which the act is to be done.
func (w WaitingReport) Due() workday.Deadline {
	switch w.Task {
	case TaskOpine:
		return w.OpinionDue()
	case TaskCorrect:
		return w.CorrectionDue()
	}
	return w.ConcludeDue()
}

// DeskReports are the reports that wait for an actor, the most urgent first.
type DeskReports struct {
	List []WaitingReport
	More bool // there are others besides
}

// desked is how many reports a page of work lists; the list of annual reports has
// all of them.
const desked = 20

// waitingTask is what the actor does about reports, "" for nothing.
func waitingTask(a authz.Actor) ReportTask {
	switch {
	case a.Role.OfOrganization():
		return TaskCorrect
	case a.Can(authz.AnnualReportOpine):
		return TaskOpine
	case a.Can(authz.AnnualReportConclude):
		return TaskConclude
	}
	return ""
}

// waitingSQL is the condition of the reports f that wait for an actor, whose they
// are being $1. It agrees with Filing.May.
func waitingSQL(a authz.Actor) (string, []any) {
	const (
		today   = `(portal_now() at time zone 'Asia/Shanghai')::date`
		open    = `f.state in ('submitted', 'correcting') and f.counts`
		pending = `(f.unit <> '' and f.stance is null and coalesce(f.opinion_due_provisional or f.opinion_due_on >= ` + today + `, true))`
	)
	switch waitingTask(a) {
	case TaskCorrect:
		return open + ` and f.state = 'correcting' and f.org_id = any(organization_ids($1))`, []any{a.OrgID}
	case TaskOpine:
		return open + ` and f.department_code = $1 and f.state = 'submitted' and ` + pending, []any{a.Department}
	}
	area := "bureau"
	if a.Role == authz.Subdistrict {
		area = a.Subdistrict
	}
	return open + ` and f.registrar_area = $1 and (f.state = 'submitted' and not ` + pending + ` or f.state = 'correcting' and f.answer_due_on < ` + today + ` and not f.answer_due_provisional)`, []any{area}
}

// gatherWaiting adds the reports that wait for the actor to a batch, by the day on
// which they are due; nothing for who has nothing to do with them.
func gatherWaiting(b *postgres.Batch, a authz.Actor, into *[]WaitingReport) {
	by := map[ReportTask]string{TaskOpine: "f.opinion_due_on", TaskConclude: "f.conclude_due_on", TaskCorrect: "f.answer_due_on"}[waitingTask(a)]
	if by == "" {
		return
	}
	where, args := waitingSQL(a)
	postgres.Gather(b, into, `
		with f as materialized (select * from annual_report_filing f where `+where+` order by `+by+`, f.id limit `+strconv.Itoa(desked+1)+`)
		select f.id, o.name, o.demo, o.community_code, f.report_year, f.state, coalesce(f.stance, '') as stance,
			(f.submitted_at at time zone 'Asia/Shanghai')::date as signed_on, `+dayColumns+`
		from f join organization o on o.id = organization_root(f.org_id) order by `+by+`, f.id`, args...)
}

func deskOf(a authz.Actor, list []WaitingReport) DeskReports {
	for i := range list {
		list[i].Task = waitingTask(a)
	}
	if len(list) > desked {
		return DeskReports{list[:desked], true}
	}
	return DeskReports{List: list}
}

// ReportsWaiting returns the reports that wait for the actor, by the day on which
// they are due. One statement.
func (s *Service) ReportsWaiting(ctx context.Context, a authz.Actor) (DeskReports, error) {
	var list []WaitingReport
	var b postgres.Batch
	gatherWaiting(&b, a, &list)
	err := s.DB.Glance(func(q postgres.Querier) error { return b.Run(ctx, q) })
	return deskOf(a, list), err
}

// countedReports is how many waiting reports the head of a page counts at most: it
// is on every page.
const countedReports = 200

// GatherReportsWaiting adds their count to a batch, for who counts other things in
// the same round trip; nothing for who has nothing to do with them.
func (s *Service) GatherReportsWaiting(b *postgres.Batch, a authz.Actor, into *[]postgres.Count) {
	if waitingTask(a) != "" {
		where, args := waitingSQL(a)
		postgres.Gather(b, into, `select count(*)::int as n from (select from annual_report_filing f where `+where+` limit `+strconv.Itoa(countedReports)+`) x`, args...)
	}
}
