package organization

import (
	"context"
	"fmt"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Opening history is what was granted before the portal kept its ledger and came
// in through an import: public, and in the ledger. A grant recorded by hand
// counts for eligibility alone, until an import adopts it.

// fundSince is the first year of the special fund (《实施意见》, in force from
// 2017-09-28); what was granted earlier belongs to none of its programmes.
const fundSince = 2017

// OpeningGrant is a grant of before as an import reads it; Token has no meaning.
type OpeningGrant struct {
	GrantInput
	Purpose string // what the money was for, as the public reads it; "" unknown
}

// OpeningState is what a row of an import means for what is on record.
type OpeningState string

// The states of a row without faults.
const (
	OpeningNew    OpeningState = "new"
	OpeningKnown  OpeningState = "known"  // an import brought it in already, the same
	OpeningAdopts OpeningState = "adopts" // recorded by hand; the import makes it public
)

// OpeningCheck is the answer about one row. No is the number of the grant, ""
// until it has one.
type OpeningCheck struct {
	State  OpeningState
	No     string
	Faults []errs.Field
	ID     uuid.UUID // of the grant or movement: on record, or planted; zero until then
	grant  uuid.UUID // of a movement
}

// CheckOpenings judges the grants of an import against each other and what is on
// record, and writes nothing: three statements, however many rows. live is the
// day from which the portal grants itself, zero while it never has.
func (s *Service) CheckOpenings(ctx context.Context, q postgres.Querier, now time.Time, live civil.Date, rows []OpeningGrant) ([]OpeningCheck, error) {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.OrgID
	}
	established, err := establishedOn(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	record, err := grantsOnRecord(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	titles, err := searchKeys(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	b := openingBook{established: established, today: civil.On(now), live: live, record: map[grantKey]grantOnRecord{},
		startup: map[uuid.UUID]grantKey{}, seen: map[grantKey]int{}}
	for _, g := range record {
		k := grantKey{g.OrgID, g.Programme, g.AwardedOn, g.Amount, g.TitleKey}
		if old, ok := b.record[k]; !ok || old.No == "" {
			b.record[k] = g
		}
		if g.Programme == Startup {
			b.startup[g.OrgID] = k
		}
	}
	out := make([]OpeningCheck, len(rows))
	for i, r := range rows {
		out[i] = b.judge(i, r, titles[i])
	}
	return out, nil
}

// openingBook is what is known while the rows of an import are judged in turn.
type openingBook struct {
	established map[uuid.UUID]civil.Date
	today, live civil.Date
	record      map[grantKey]grantOnRecord
	startup     map[uuid.UUID]grantKey // of those who had start-up support
	seen        map[grantKey]int       // rows so far
}

func (b *openingBook) judge(i int, r OpeningGrant, title string) OpeningCheck {
	founded, known := b.established[r.OrgID]
	if !known {
		return OpeningCheck{Faults: []errs.Field{{Name: "organization", Label: "组织", Message: "没有找到这个组织。先登记组织，再导入它的资助"}}}
	}
	f := r.faults(Organization{EstablishedOn: founded}, b.today)
	f.Length("purpose", "用途", r.Purpose, 0, 200)
	switch {
	case slices.ContainsFunc(f, func(x errs.Field) bool { return x.Name == "awarded_on" }):
	case r.Programme != OtherProgramme && r.AwardedOn.Year < fundSince:
		f.Add("awarded_on", "核定日期", fmt.Sprintf("四项工程从 %d 年开始。更早的资助，扶持项目填“%s”。", fundSince, OtherProgramme.Name()))
	case !b.live.IsZero() && !r.AwardedOn.Before(b.live):
		f.Add("awarded_on", "核定日期", b.live.Chinese()+"起的资助由平台审批登记，不再导入。核对日期。")
	}
	k := grantKey{r.OrgID, r.Programme, r.AwardedOn, r.Amount, title}
	if first, twice := b.seen[k]; twice {
		f.Add("title", "项目名称", fmt.Sprintf("和这份文件里的第 %d 笔相同。删去一行；确实有两笔的，在名称里写明。", first+1))
	}
	if other, has := b.startup[r.OrgID]; r.Programme == Startup && has && other != k {
		f.Add("programme", "扶持项目", "已经有一笔孵化关爱资助（"+other.on.Chinese()+"），一个组织只有一次。核对是哪一笔。")
	}
	was, on := b.record[k]
	c := OpeningCheck{State: OpeningNew, No: was.No, ID: was.ID}
	if on {
		c.State = OpeningAdopts
		if was.No != "" {
			c.State = OpeningKnown
		}
		differs(&f, was, r)
	}
	if c.Faults = f; len(f) == 0 {
		b.seen[k] = i
		if r.Programme == Startup {
			b.startup[r.OrgID] = k
		}
	}
	return c
}

// differs names what a row says otherwise than the record. What an import brought
// in stays as it is; of what was recorded by hand it fills in what was empty.
func differs(f *errs.Faults, was grantOnRecord, r OpeningGrant) {
	opened := was.No != ""
	say := func(name, label, had string) {
		if had == "" {
			had = "空的"
		}
		f.Add(name, label, "和已经登记的不一样，登记的是"+had+"。核对后改这一行，或改登记的那一笔。")
	}
	other := func(had, now string) bool { return !same(had, now) && (had != "" || opened) }
	if now := r.DocumentNo; other(was.DocumentNo, now) {
		say("document_no", "文号", was.DocumentNo)
	}
	if opened && !same(was.Purpose, r.Purpose) {
		say("purpose", "用途", was.Purpose)
	}
	if other(dayText(was.UseReportDueOn), dayText(r.UseReportDueOn)) {
		say("use_report_due_on", "使用报告期限", dayText(was.UseReportDueOn))
	}
	// A report handed in since is no contradiction to a list that does not know it.
	if other(dayText(was.UseReportFiledOn), dayText(r.UseReportFiledOn)) && !(opened && r.UseReportFiledOn.IsZero()) {
		say("use_report_filed_on", "使用报告报送日期", dayText(was.UseReportFiledOn))
	}
}

// same compares what a row says with what is on record.
func same(had, now string) bool { return had == now || imported.Plain(had) == imported.Plain(now) }

func dayText(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// PlantOpenings opens the grants of an import in the caller's transaction, under
// the rules of CheckOpenings: new ones get a number, those recorded by hand are
// adopted, known ones stay. A row with a fault is errs.Conflict: the caller shows
// the preview again. The ledger follows.
func (s *Service) PlantOpenings(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, live civil.Date, rows []OpeningGrant) ([]OpeningCheck, error) {
	if err := mayOpen(actor); err != nil {
		return nil, err
	}
	if err := lockOrganizations(ctx, tx, rows); err != nil {
		return nil, err
	}
	checks, err := s.CheckOpenings(ctx, tx, now, live, rows)
	if err != nil {
		return nil, err
	}
	var fresh, adopted []opened
	for i, c := range checks {
		if len(c.Faults) > 0 {
			return nil, imported.Overtaken(c.Faults[0])
		}
		o := opened{OpeningGrant: rows[i], row: i, id: c.ID}
		switch c.State {
		case OpeningNew:
			o.id = newID()
			fresh = append(fresh, o)
		case OpeningAdopts:
			adopted = append(adopted, o)
		}
	}
	if err := completeOpened(ctx, tx, fresh, adopted); err != nil {
		return nil, err
	}
	if err := insertOpened(ctx, tx, now, actor, importID, fresh); err != nil {
		return nil, err
	}
	if err := adoptOpened(ctx, tx, now, importID, adopted); err != nil {
		return nil, err
	}
	for _, list := range [][]opened{fresh, adopted} {
		for _, o := range list {
			checks[o.row].No, checks[o.row].ID = o.no, o.id
		}
	}
	if err := s.follow(ctx, tx, now, actor, openingReason, importID); err != nil {
		return nil, err
	}
	return checks, imported.Note(ctx, tx, now, actor, importID, "organization.grants.open", map[string]any{"new": len(fresh), "adopted": len(adopted)})
}

// mayOpen lets through who brings in opening history.
func mayOpen(actor authz.Actor) error { return imported.May(actor, "平台上线前的资助") }

// openingReason is what the ledger says of what comes in.
const openingReason = "导入上线前的记录"
