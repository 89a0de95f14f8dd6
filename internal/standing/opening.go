package standing

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// PastEntry is a list entry, ban, violation or recovery as an import reads it;
// one that has ended says when and why. Token has no meaning.
type PastEntry struct {
	EntryInput
	ClosedOn    civil.Date // the last day in force of what needs a removal; zero while open
	CloseReason string
}

// OpeningCheck is the answer about one row of an import; ID is the record that is
// there already, the same, zero for none.
type OpeningCheck struct {
	ID     uuid.UUID
	Faults []errs.Field
}

// CheckGrades judges the grades of an import against each other and what is on
// record, and writes nothing; two statements.
func (s *Service) CheckGrades(ctx context.Context, q postgres.Querier, rows []GradeInput) ([]OpeningCheck, error) {
	orgs := make([]uuid.UUID, len(rows))
	certs := make([]string, len(rows))
	for i, r := range rows {
		orgs[i], certs[i] = r.OrgID, imported.Plain(r.CertNo)
	}
	founded, err := establishedOn(ctx, q, orgs)
	if err != nil {
		return nil, err
	}
	record, err := postgres.All[Grade](ctx, q, `
		select g.id, coalesce(f.root, g.org_id) as org_id, g.star, g.from_on, g.to_on, g.cert_no, g.version
		from standing_grade g left join `+imported.FamilySQL+` f on f.id = g.org_id where not g.void and (f.id is not null or search_key(g.cert_no) = any($2))`, orgs, certs)
	if err != nil {
		return nil, err
	}
	b := gradeBook{map[uuid.UUID][]Grade{}, map[string]bool{}}
	for _, g := range record {
		b.add(g)
	}
	out := make([]OpeningCheck, len(rows))
	for i, r := range rows {
		established, ok := founded[r.OrgID]
		if !ok {
			out[i].Faults = noOrganization()
			continue
		}
		if out[i] = b.judge(r, established); len(out[i].Faults) == 0 && out[i].ID == uuid.Nil {
			b.add(r.grade())
		}
	}
	return out, nil
}

// gradeBook is what is known while the grades of an import are judged in turn.
type gradeBook struct {
	of   map[uuid.UUID][]Grade
	cert map[string]bool // imported.Plain of the numbers
}

func (b *gradeBook) add(g Grade) {
	b.of[g.OrgID] = append(b.of[g.OrgID], g)
	b.cert[imported.Plain(g.CertNo)] = true
}

// grade is the record that r becomes.
func (in GradeInput) grade() Grade {
	return Grade{OrgID: in.OrgID, Star: in.Star, FromOn: in.FromOn, ToOn: in.ToOn, CertNo: in.CertNo}
}

func (b *gradeBook) judge(r GradeInput, established civil.Date) OpeningCheck {
	if f := r.faults(established); len(f) > 0 {
		return OpeningCheck{Faults: f}
	}
	of := b.of[r.OrgID]
	for _, g := range of {
		if g.Star == r.Star && g.FromOn == r.FromOn && g.ToOn == r.ToOn && imported.Plain(g.CertNo) == imported.Plain(r.CertNo) {
			return known(g.ID)
		}
	}
	if b.cert[imported.Plain(r.CertNo)] {
		return OpeningCheck{Faults: []errs.Field{{Name: "cert_no", Label: "证书编号", Message: "证书编号“" + r.CertNo + "”已经用过。核对证书后再填"}}}
	}
	for _, g := range of {
		if !g.FromOn.After(r.ToOn) && !r.FromOn.After(g.ToOn) {
			return OpeningCheck{Faults: []errs.Field{{Name: "from", Label: "有效期起",
				Message: fmt.Sprintf("和%s至%s的%s重叠。一个时期只能有一个星级", g.FromOn.Chinese(), g.ToOn.Chinese(), g.Name())}}}
		}
	}
	return OpeningCheck{}
}

// known is the answer about a row that is on record, the same; what an earlier row
// brings has no id yet: the later one is left to be deleted.
func known(id uuid.UUID) OpeningCheck {
	if id == uuid.Nil {
		return OpeningCheck{Faults: []errs.Field{{Name: "organization", Label: "组织", Message: "和这份文件里前面的一行相同。删去重复的一行"}}}
	}
	return OpeningCheck{ID: id}
}

// PlantGrades records the grades of an import in the caller's transaction, under
// the rules of CheckGrades; known ones stay. The ids come by row. A fault is
// errs.Conflict.
func (s *Service) PlantGrades(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []GradeInput) ([]uuid.UUID, error) {
	if err := mayOpen(actor); err != nil {
		return nil, err
	}
	checks, err := s.CheckGrades(ctx, tx, rows)
	if err != nil {
		return nil, err
	}
	fresh, ids, err := toPlant(checks)
	if err != nil {
		return nil, err
	}
	list := make([]Grade, len(fresh))
	for n, i := range fresh {
		list[n] = rows[i].grade()
		list[n].ID = ids[i]
	}
	if err := insertGrades(ctx, tx, list, now, actor.AccountID, importID); err != nil {
		return nil, takenMeanwhile(err)
	}
	return ids, imported.Note(ctx, tx, now, actor, importID, "standing.grades.import", map[string]any{"new": len(fresh)})
}

// CheckEntries judges the entries of an import as CheckGrades does grades.
func (s *Service) CheckEntries(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []PastEntry) ([]OpeningCheck, error) {
	orgs := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		orgs[i] = r.OrgID
	}
	founded, err := establishedOn(ctx, q, orgs)
	if err != nil {
		return nil, err
	}
	record, err := postgres.All[Entry](ctx, q, `
		select e.id, f.root as org_id, e.kind, e.from_on, e.to_on, e.basis, e.reason, e.recorded_at, e.close_reason, e.closed_at is not null as closed, e.version
		from standing_entry e join `+imported.FamilySQL+` f on f.id = e.org_id where not e.void`, orgs)
	if err != nil {
		return nil, err
	}
	of := map[uuid.UUID][]Entry{}
	for _, e := range record {
		of[e.OrgID] = append(of[e.OrgID], e)
	}
	out := make([]OpeningCheck, len(rows))
	for i, r := range rows {
		established, ok := founded[r.OrgID]
		if !ok {
			out[i].Faults = noOrganization()
			continue
		}
		if out[i] = judgeEntry(r, actor, established, civil.On(now), of[r.OrgID]); len(out[i].Faults) == 0 && out[i].ID == uuid.Nil {
			of[r.OrgID] = append(of[r.OrgID], r.entry())
		}
	}
	return out, nil
}

// entry is the record that r becomes.
func (r PastEntry) entry() Entry {
	e := Entry{OrgID: r.OrgID, Kind: r.Kind, FromOn: r.FromOn, ToOn: r.ToOn, Basis: r.Basis, Reason: r.Reason}
	if !r.ClosedOn.IsZero() {
		e.ToOn, e.CloseReason, e.Closed = r.ClosedOn, r.CloseReason, true
	}
	return e
}

func judgeEntry(r PastEntry, actor authz.Actor, established, today civil.Date, of []Entry) OpeningCheck {
	f := append(r.faults(actor, established, today), r.closeFaults(today)...)
	if len(f) > 0 {
		return OpeningCheck{Faults: f}
	}
	e := r.entry()
	for _, old := range of {
		if old.Kind != e.Kind {
			continue
		}
		if old.FromOn == e.FromOn && imported.Plain(old.Basis) == imported.Plain(e.Basis) {
			// It may have been removed since in the portal.
			if imported.Plain(old.Reason) == imported.Plain(e.Reason) && (old.ToOn == e.ToOn || e.ToOn.IsZero()) {
				return known(old.ID)
			}
			return OpeningCheck{Faults: []errs.Field{{Name: "basis", Label: "依据", Message: "同一依据的记录已经有了，内容不一样。核对后改这一行，或到组织档案里改"}}}
		}
		if e.Kind.list() && overlap(old, e) {
			return OpeningCheck{Faults: []errs.Field{{Name: "from", Label: "起始日期", Message: "这段时间里已经有一条" + e.Kind.Name() + "。核对起止日期"}}}
		}
	}
	return OpeningCheck{}
}

// list reports whether an entry of the kind lasts until it is removed, one at a
// time.
func (k Kind) list() bool { return k == AbnormalList || k == SeriousList || k == CourtDefaulter }

func overlap(a, b Entry) bool {
	return (a.ToOn.IsZero() || !b.FromOn.After(a.ToOn)) && (b.ToOn.IsZero() || !a.FromOn.After(b.ToOn))
}

func (r PastEntry) closeFaults(today civil.Date) []errs.Field {
	var f []errs.Field
	fail := func(name, label, msg string) { f = append(f, errs.Field{Name: name, Label: label, Message: msg}) }
	n := utf8.RuneCountInString(strings.TrimSpace(r.CloseReason))
	switch {
	case r.ClosedOn.IsZero() && n > 0:
		fail("closed_on", "移出日期", "填了移出理由，还要填移出日期")
	case r.ClosedOn.IsZero():
	case r.Kind == Ban || r.Kind == Violation:
		fail("closed_on", "移出日期", r.Kind.Name()+"不办移出。期限填在“截止日期”")
	case !r.ClosedOn.Valid() || r.ClosedOn.Before(r.FromOn):
		fail("closed_on", "移出日期", "不能早于起始日期。核对决定上的日期")
	case r.ClosedOn.After(today):
		fail("closed_on", "移出日期", r.ClosedOn.Chinese()+"还没到。移出以后再来记")
	case n < 5 || n > 500:
		fail("close_reason", "移出理由", fmt.Sprintf("写明移出的理由，5 到 500 个字，现在是 %d 个字", n))
	}
	return f
}

// PlantEntries records the entries of an import as PlantGrades does grades.
func (s *Service) PlantEntries(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []PastEntry) ([]uuid.UUID, error) {
	if err := mayOpen(actor); err != nil {
		return nil, err
	}
	checks, err := s.CheckEntries(ctx, tx, now, actor, rows)
	if err != nil {
		return nil, err
	}
	fresh, ids, err := toPlant(checks)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(fresh))
	for n, i := range fresh {
		list[n] = rows[i].entry()
		list[n].ID, list[n].RecordedAt = ids[i], now
	}
	if err := insertEntries(ctx, tx, list, actor.AccountID, importID); err != nil {
		return nil, takenMeanwhile(err)
	}
	return ids, imported.Note(ctx, tx, now, actor, importID, "standing.entries.import", map[string]any{"new": len(fresh)})
}

var undo = imported.Undo{Dependents: Dependents, SQL: `select standing_undo($1)`, Rule: "standing_undo_depends"}

// Undo takes an import of grades or entries back exactly, in the caller's
// transaction: errs.Conflict while something depends on it.
func (s *Service) Undo(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if err := mayOpen(actor); err != nil {
		return err
	}
	if err := undo.Do(ctx, tx, importID); err != nil {
		return err
	}
	return imported.Note(ctx, tx, now, actor, importID, "standing.import.undo", nil)
}

// Dependents says what keeps an import of grades or entries from being undone;
// none when it can be.
func Dependents(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error) {
	type row struct {
		Rule  string    `db:"rule"`
		OrgID uuid.UUID `db:"org_id"`
		Org   string    `db:"org"`
		Case  string    `db:"what"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select d.rule, d.org_id, o.name as org, d.what from standing_dependents($1) d join organization o on o.id = d.org_id
		order by d.rule, o.name, d.what`, importID)
	return imported.Named(rows, func(r row) imported.Dependent {
		if r.Rule == "changed" {
			return imported.Dependent{Words: "这次导入的记录后来办过移出或撤销（" + r.Org + "），不能撤销导入。", Ref: imported.Organization(r.OrgID)}
		}
		return imported.Dependent{Words: "导入以后，" + r.Org + "提交的 " + r.Case + " 已经用这些记录核对过条件，不能撤销。", Ref: imported.Ref{To: imported.ToCase, ID: r.Case}}
	}), err
}

func mayOpen(actor authz.Actor) error { return imported.May(actor, "星级和名录") }

func noOrganization() []errs.Field {
	return []errs.Field{{Name: "organization", Label: "组织", Message: "没有找到这个组织。先登记组织，再导入它的记录"}}
}

// toPlant are the rows to write, and the ids of all; a fault is errs.Conflict,
// since the preview had none.
func toPlant(checks []OpeningCheck) (fresh []int, ids []uuid.UUID, err error) {
	ids = make([]uuid.UUID, len(checks))
	for i, c := range checks {
		if len(c.Faults) > 0 {
			return nil, nil, imported.Overtaken(c.Faults[0])
		}
		if ids[i] = c.ID; c.ID == uuid.Nil {
			ids[i] = newID()
			fresh = append(fresh, i)
		}
	}
	return fresh, ids, nil
}

func takenMeanwhile(err error) error {
	for _, rule := range []string{"standing_entry_one_at_a_time", "standing_grade_one_at_a_time", "standing_grade_cert_no"} {
		if postgres.Violates(err, rule) {
			return errs.Wrap(errs.Conflict, "刚刚有人登记了同样的记录。请重新核对预览。", err)
		}
	}
	return err
}
