package organization

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// ReportInput is the conclusion about one year's annual report. Version is 0 for
// a year that has none on record.
type ReportInput struct {
	OrgID       uuid.UUID
	Year        int
	Version     int
	SubmittedOn civil.Date // zero with Missing
	Conclusion  Conclusion
	Unit        string // who drew the conclusion
}

// SaveReport records or corrects the conclusion about a year.
func (s *Service) SaveReport(ctx context.Context, actor authz.Actor, in ReportInput) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error { return s.SaveReportIn(ctx, tx, now, actor, in) })
}

// SaveReportIn is SaveReport in the transaction of what it follows from: the
// conclusion about a report that came through the portal.
func (s *Service) SaveReportIn(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in ReportInput) error {
	o, err := permitted(ctx, tx, actor, in.OrgID, mayRecord)
	if err != nil {
		return err
	}
	return recorded(ctx, tx, now, actor, o, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := errs.Fields(in.faults(o, civil.On(now))); err != nil {
			return audit.Entry{}, err
		}
		err := saveReport(ctx, tx, now, actor, in)
		switch {
		case postgres.Violates(err, "annual_report_org_id_report_year_key"):
			err = errs.FieldError("year", "年度", fmt.Sprintf("%d 年度的结论已经登记过。在列表里改那一条", in.Year))
		case postgres.Violates(err, "annual_report_in_portal"):
			err = errs.FieldError("year", "年度", fmt.Sprintf("%d 年度的年报已经在平台上报送。到“年度报告”里作结论", in.Year))
		}
		return audit.Entry{Action: "organization.report.save", Detail: map[string]any{"year": in.Year, "conclusion": in.Conclusion}}, err
	})
}

func saveReport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in ReportInput) error {
	if in.Version > 0 {
		return postgres.ExecOne(ctx, tx, `
			update annual_report set submitted_on = $4, conclusion = $5, unit = $6, recorded_at = $7, recorded_by = $8, version = version + 1
			where version = $3 and id = (select id from annual_report where org_id = any(organization_ids($1)) and report_year = $2 order by `+ReportCounting+` limit 1)`,
			in.OrgID, in.Year, in.Version, in.SubmittedOn, in.Conclusion, in.Unit, now, actor.AccountID)
	}
	_, err := tx.Exec(ctx, `
		insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		newID(), in.OrgID, in.Year, in.SubmittedOn, in.Conclusion, in.Unit, now, actor.AccountID)
	return err
}

func (in ReportInput) faults(o Organization, today civil.Date) errs.Faults {
	var f errs.Faults
	switch {
	case in.Year < o.EstablishedOn.Year:
		f.Add("year", "年度", fmt.Sprintf("组织 %d 年成立，没有 %d 年度的年报。核对年度。", o.EstablishedOn.Year, in.Year))
	case in.Year >= today.Year:
		f.Add("year", "年度", fmt.Sprintf("%d 年度还没结束，年报在第二年报送。核对年度。", in.Year))
	}
	errs.OneOf(&f, "conclusion", "年报结论", in.Conclusion, Conclusions)
	switch {
	case in.Conclusion == Missing && !in.SubmittedOn.IsZero():
		f.Add("submitted_on", "报送日期", "选了“未报送”，报送日期要清空。已经报送的改选别的结论。")
	case in.Conclusion != Missing:
		between(&f, "submitted_on", "报送日期", in.SubmittedOn, civil.Of(in.Year+1, 1, 1), today, "年报可以报送的第一天")
	}
	f.Length("unit", "作出结论的单位", in.Unit, 2, 60)
	return f
}

// GrantInput is support received before the portal kept its ledger.
type GrantInput struct {
	Token            string
	OrgID            uuid.UUID
	Programme        Programme
	Title            string
	AwardedOn        civil.Date
	Amount           money.Fen
	DocumentNo       string
	UseReportDueOn   civil.Date // zero when none was asked for
	UseReportFiledOn civil.Date // zero until handed in
}

// RecordGrant records an earlier grant under the head and community of the day
// of the award. A second start-up grant is errs.Invalid: it is given once.
func (s *Service) RecordGrant(ctx context.Context, actor authz.Actor, in GrantInput) error {
	return s.create(ctx, actor, in.OrgID, in.Token, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := errs.Fields(in.faults(o, civil.On(now))); err != nil {
			return audit.Entry{}, err
		}
		then, err := registeredFacts(ctx, tx, o.ID, in.AwardedOn)
		if err != nil {
			return audit.Entry{}, err
		}
		id := newID()
		_, err = tx.Exec(ctx, `
			insert into earlier_grant (id, org_id, programme, title, awarded_on, amount_fen, document_no, head_person_id, community_code,
				use_report_due_on, use_report_filed_on, recorded_at, recorded_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			id, o.ID, in.Programme, in.Title, in.AwardedOn, in.Amount, in.DocumentNo, then.HeadPersonID, then.CommunityCode,
			in.UseReportDueOn, in.UseReportFiledOn, now, actor.AccountID)
		if postgres.Violates(err, "earlier_grant_startup_once") {
			return audit.Entry{}, errs.FieldError("programme", "扶持项目", "已经记过一笔孵化关爱资助，一个组织只有一次。原来记错的，先撤销那一笔")
		}
		return audit.Entry{Action: "organization.grant.record", Detail: map[string]any{
			"grant": id, "programme": in.Programme, "awarded_on": in.AwardedOn, "amount_fen": in.Amount}}, err
	})
}

func (in GrantInput) faults(o Organization, today civil.Date) errs.Faults {
	var f errs.Faults
	errs.OneOf(&f, "programme", "扶持项目", in.Programme, Programmes)
	f.Length("title", "项目名称", in.Title, 2, 100)
	between(&f, "awarded_on", "核定日期", in.AwardedOn, o.EstablishedOn, today, "成立日期")
	if in.Amount <= 0 {
		f.Add("amount", "金额", "金额要大于 0。按拨款文件填，如 5,000.00。")
	}
	f.Length("document_no", "文号", in.DocumentNo, 0, 60)
	if !in.UseReportDueOn.IsZero() && in.UseReportDueOn.Before(in.AwardedOn) {
		f.Add("use_report_due_on", "使用报告期限", "早于核定日期。核对拨款文件。")
	}
	if !in.UseReportFiledOn.IsZero() {
		between(&f, "use_report_filed_on", "使用报告报送日期", in.UseReportFiledOn, in.AwardedOn, today, "核定日期")
	}
	return f
}

// FileUseReport records the day on which the use report of an earlier grant was
// handed in.
func (s *Service) FileUseReport(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int, filedOn civil.Date) error {
	return s.change(ctx, actor, orgID, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		type row struct {
			AwardedOn civil.Date `db:"awarded_on"`
		}
		g, err := postgres.One[row](ctx, tx, `select awarded_on from earlier_grant where id = $1 and organization_root(org_id) = $2 and void_on is null`, id, orgID)
		if err != nil {
			return audit.Entry{}, err
		}
		var f errs.Faults
		between(&f, "use_report_filed_on", "使用报告报送日期", filedOn, g.AwardedOn, civil.On(now), "核定日期")
		if err := errs.Fields(f); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "organization.grant.report", Detail: map[string]any{"grant": id, "filed_on": filedOn}},
			postgres.ExecOne(ctx, tx, `
				update earlier_grant set use_report_filed_on = $3, version = version + 1
				where id = $1 and version = $2 and void_on is null`, id, version, filedOn)
	})
}

// WithdrawGrant takes back a grant that was recorded by mistake. One that an
// import brought in leaves the list and the ledger, with its money; only the
// bureau does that.
func (s *Service) WithdrawGrant(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int, reason string) error {
	return s.change(ctx, actor, orgID, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := belongs(ctx, tx, `select organization_root(org_id) as org_id from earlier_grant where id = $1`, id, orgID); err != nil {
			return audit.Entry{}, err
		}
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		if e, handled, err := s.withdrawOpened(ctx, tx, now, actor, id, version, reason); handled || err != nil {
			return e, err
		}
		return audit.Entry{Action: "organization.grant.withdraw", Detail: map[string]any{"grant": id}}, postgres.ExecOne(ctx, tx, `
			update earlier_grant set void_on = $3, void_reason = $4, version = version + 1
			where id = $1 and version = $2 and void_on is null`, id, version, civil.On(now), reason)
	})
}

// LookInput says that an office looked for records of a subject and entered
// what it found: from then on, nothing recorded means nothing there.
type LookInput struct {
	Token     string
	OrgID     uuid.UUID
	Subject   Subject
	CheckedOn civil.Date
	Source    string
}

// RecordLook records the look.
func (s *Service) RecordLook(ctx context.Context, actor authz.Actor, in LookInput) error {
	return s.create(ctx, actor, in.OrgID, in.Token, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		var f errs.Faults
		errs.OneOf(&f, "subject", "核查的事项", in.Subject, []Subject{EarlierGrants, AnnualReports})
		between(&f, "checked_on", "核查日期", in.CheckedOn, o.EstablishedOn, civil.On(now), "成立日期")
		f.Length("source", "在哪里查的", in.Source, 2, 200)
		if err := errs.Fields(f); err != nil {
			return audit.Entry{}, err
		}
		_, err := tx.Exec(ctx, `
			insert into organization_check (id, org_id, subject, checked_on, source, recorded_at, recorded_by)
			values ($1, $2, $3, $4, $5, $6, $7)`, newID(), o.ID, in.Subject, in.CheckedOn, in.Source, now, actor.AccountID)
		return audit.Entry{Action: "organization.check", Detail: map[string]any{"subject": in.Subject, "on": in.CheckedOn}}, err
	})
}
