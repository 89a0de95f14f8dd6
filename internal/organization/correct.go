package organization

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Revision alters registered facts. With EffectiveOn zero it corrects an entry
// that was wrong from its start; otherwise it records a change on that day.
type Revision struct {
	Registration
	OrgID       uuid.UUID
	Version     int
	EffectiveOn civil.Date
	Reason      string
}

// Revise corrects or changes registered facts. A change shows on the public
// timeline, a correction does not; both keep what was there before.
func (s *Service) Revise(ctx context.Context, actor authz.Actor, in Revision) error {
	return s.change(ctx, actor, in.OrgID, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		return s.revise(ctx, tx, now, actor, o, in)
	})
}

// revise does the work of a revision of a locked record.
func (s *Service) revise(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in Revision) (audit.Entry, error) {
	if o.Version != in.Version {
		return audit.Entry{}, stale()
	}
	next, seals, err := s.revised(ctx, tx, now, actor, o, &in)
	if err != nil {
		return audit.Entry{}, err
	}
	if err := saveRegistered(ctx, tx, now, next, seals, in.Version); err != nil {
		return audit.Entry{}, taken(err, in.Registration)
	}
	changed := differing(o, next)
	if err := s.dateFacts(ctx, tx, now, actor, o, in, changed); err != nil {
		return audit.Entry{}, err
	}
	names := make([]string, len(changed))
	for i, c := range changed {
		names[i] = c.field
	}
	return audit.Entry{Action: "organization.revise", Detail: map[string]any{
		"fields": names, "effective_on": in.EffectiveOn, "correction": in.EffectiveOn.IsZero(), "accepted": in.Accept,
	}}, nil
}

// revised returns the record as it will be.
func (s *Service) revised(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in *Revision) (Organization, sealed, error) {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return o, sealed{}, err
	}
	today := civil.On(now)
	faults := in.normalise(today, regions, &o)
	if in.SubdistrictCode != o.SubdistrictCode {
		foreign(&faults, actor, in.SubdistrictCode)
	}
	in.checkDates(&faults, o, today)
	faults.Length("reason", "理由", in.Reason, 5, 200)
	if err := errs.Fields(faults); err != nil {
		return o, sealed{}, err
	}
	next := o
	if in.HeadName != o.HeadName || in.HeadIDNumber != "" {
		if next.HeadPersonID, err = s.ensureHead(ctx, tx, now, in.Registration); err != nil {
			return o, sealed{}, err
		}
	}
	if err := s.warn(ctx, tx, o, next.HeadPersonID, in.Registration); err != nil {
		return o, sealed{}, err
	}
	in.apply(&next)
	if o.StatusSince == o.EstablishedOn {
		next.StatusSince = next.EstablishedOn // never had another status
	}
	var seals sealed
	if in.HeadMobile != "" {
		seals, err = s.sealHead(o.ID, in.HeadMobile)
	}
	return next, seals, err
}

// checkDates: what happened at the founding can be corrected, not changed, and a
// change has a day on which it happened.
func (in *Revision) checkDates(f *errs.Faults, o Organization, today civil.Date) {
	if o.StatusSince != o.EstablishedOn && in.EstablishedOn.After(o.StatusSince) {
		f.Add("established_on", "成立日期", "晚于"+o.StatusSince.Chinese()+"的“"+o.Status.Name()+"”记录。核对证书。")
	}
	if in.EffectiveOn.IsZero() {
		return
	}
	switch {
	case !in.EffectiveOn.Valid():
		f.Add("effective_on", "变更日期", "这一天不存在。按批准变更的文件填。")
	case in.EffectiveOn.After(today):
		f.Add("effective_on", "变更日期", in.EffectiveOn.Chinese()+"还没到。变更生效以后再登记。")
	case in.EffectiveOn.Before(o.EstablishedOn):
		f.Add("effective_on", "变更日期", "早于成立日期"+o.EstablishedOn.Chinese()+"。核对批准变更的文件。")
	}
	if in.EstablishedOn != o.EstablishedOn {
		f.Add("established_on", "成立日期", "成立日期不会变更。原来填错的，选“更正填错的内容”。")
	}
	if in.Origin != o.Origin {
		f.Add("origin", "成立方式", "成立方式不会变更。原来填错的，选“更正填错的内容”。")
	}
}

// differing returns the registered facts in which b is not a, with b's values.
func differing(a, b Organization) []fact {
	before, after := factsOf(a), factsOf(b)
	var out []fact
	for i, f := range after {
		if before[i].value != f.value {
			out = append(out, f)
		}
	}
	return out
}

// dateFacts writes the changed facts under their day: a change under its own, a
// correction under the day of what it corrects.
func (s *Service) dateFacts(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in Revision, changed []fact) error {
	if len(changed) == 0 {
		return nil
	}
	since, err := factDates(ctx, tx, o.ID)
	if err != nil {
		return err
	}
	for _, c := range changed {
		on := since[c.field]
		if !in.EffectiveOn.IsZero() {
			if in.EffectiveOn.Before(on) {
				return errs.FieldError("effective_on", "变更日期", "早于上一次变更的日期"+on.Chinese()+"。核对批准变更的文件")
			}
			on = in.EffectiveOn
		}
		if err := insertFacts(ctx, tx, now, o.ID, []fact{c}, on, actor.AccountID, in.Reason); err != nil {
			return err
		}
		if title := changeTitle(c); title != "" && !in.EffectiveOn.IsZero() {
			e := Event{HappenedOn: on, Kind: "changed", Title: title, Detail: excerpt("原来是："+shown(o, c.field), 500)}
			if err := insertEvent(ctx, tx, now, o.ID, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// factDates returns since when each current fact holds.
func factDates(ctx context.Context, q postgres.Querier, orgID uuid.UUID) (map[string]civil.Date, error) {
	type row struct {
		Field string     `db:"field"`
		Since civil.Date `db:"since"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select field, max(effective_on) as since from organization_fact where org_id = $1 group by field`, orgID)
	since := make(map[string]civil.Date, len(rows))
	for _, r := range rows {
		since[r.Field] = r.Since
	}
	return since, err
}

// changeTitle says on the public timeline what changed, "" for what is not worth
// an entry of its own.
func changeTitle(c fact) string {
	switch c.field {
	case "name":
		return "名称变更为“" + c.value + "”"
	case "head_name":
		return "负责人变更为" + c.value
	case "status_basis":
		return "转为" + Basis(c.value).Name() + "管理"
	case "category":
		return "业务类别变更为" + Category(c.value).Name()
	case "registrar":
		return "登记或备案机关变更为" + c.value
	case "business_scope":
		return "业务范围变更"
	case "supervising_unit":
		if c.value == "" {
			return "不再有业务主管（指导）单位"
		}
		return "业务主管（指导）单位变更为" + c.value
	}
	return ""
}

func shown(o Organization, field string) string {
	switch field {
	case "name":
		return o.Name
	case "head_name":
		return o.HeadName
	case "status_basis":
		return o.Basis.Name()
	case "category":
		return o.Category.Name()
	case "business_scope":
		return orNone(o.BusinessScope)
	case "supervising_unit":
		return orNone(o.SupervisingUnit)
	}
	return o.Registrar
}

// excerpt keeps a text short enough for the column that takes it.
func excerpt(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

func orNone(s string) string {
	if s == "" {
		return "没有登记"
	}
	return s
}

// StatusChange records where the organization stands in its life from a day on.
type StatusChange struct {
	OrgID   uuid.UUID
	Version int
	Status  Status
	Since   civil.Date
	Reason  string // public: it stands on the timeline
}

// RecordStatus records a status. A final one is left only by the bureau, as the
// correction of a mistake.
func (s *Service) RecordStatus(ctx context.Context, actor authz.Actor, in StatusChange) error {
	return s.change(ctx, actor, in.OrgID, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if o.Status.Final() && actor.Role != authz.BureauClerk {
			return audit.Entry{}, errs.New(errs.Forbidden, "这个组织"+o.Status.Name()+"。记录有误的，由民政局更正。")
		}
		return stand(ctx, tx, now, actor, o, in)
	})
}

// stand does the work of a change of status of a locked record.
func stand(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in StatusChange) (audit.Entry, error) {
	if o.Version != in.Version {
		return audit.Entry{}, stale()
	}
	if err := errs.Fields(in.faults(o, civil.On(now))); err != nil {
		return audit.Entry{}, err
	}
	next := o
	next.Status, next.StatusSince, next.StatusReason = in.Status, in.Since, in.Reason
	if err := saveStatus(ctx, tx, now, next, in.Version); err != nil {
		return audit.Entry{}, taken(err, Registration{Name: o.Name})
	}
	if err := insertFacts(ctx, tx, now, o.ID, []fact{{"status", string(in.Status)}}, in.Since, actor.AccountID, in.Reason); err != nil {
		return audit.Entry{}, err
	}
	e := Event{HappenedOn: in.Since, Kind: "status", Title: "状态：" + in.Status.Name(), Detail: in.Reason}
	if err := insertEvent(ctx, tx, now, o.ID, e); err != nil {
		return audit.Entry{}, err
	}
	return audit.Entry{Action: "organization.status", Detail: map[string]any{"from": o.Status, "to": in.Status, "since": in.Since}}, nil
}

func (in StatusChange) faults(o Organization, today civil.Date) errs.Faults {
	var f errs.Faults
	switch {
	case !slices.Contains(Statuses, in.Status):
		f.Add("status", "状态", "选一个状态。")
	case in.Status == o.Status:
		f.Add("status", "状态", "现在就是“"+o.Status.Name()+"”。选新的状态。")
	case in.Status == FilingRevoked && o.Basis != Filed, in.Status == RegistrationRevoked && o.Basis != Registered:
		f.Add("status", "状态", "这个组织是"+o.Basis.Name()+"管理的，不适用“"+in.Status.Name()+"”。选别的状态。")
	}
	switch {
	case !in.Since.Valid():
		f.Add("since", "起始日期", "填决定或生效的日期。")
	case in.Since.After(today):
		f.Add("since", "起始日期", in.Since.Chinese()+"还没到。生效以后再登记。")
	case in.Since.Before(o.StatusSince):
		f.Add("since", "起始日期", "早于现在状态的起始日期"+o.StatusSince.Chinese()+"。核对决定上的日期。")
	}
	f.Length("reason", "依据和原因", in.Reason, 5, 500)
	return f
}
