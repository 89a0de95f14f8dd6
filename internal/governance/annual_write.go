package governance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// begun returns the report of a year for update, and begins it when there is
// none. The organization is locked.
func (s *Service) begun(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o organization.Organization, year int) (Filing, error) {
	if o.Status.Final() {
		return Filing{}, errs.New(errs.Conflict, "这个组织"+o.Status.Name()+"，年报只能查看。")
	}
	if year >= civil.On(now).Year || year < o.EstablishedOn.Year {
		return Filing{}, missing()
	}
	f, err := filingForUpdate(ctx, tx, `f.id = annual_report_filing_counting($1, $2)`, o.ID, year)
	if !errs.Is(err, errs.NotFound) {
		if err == nil && !f.Writable() {
			err = errs.Newf(errs.Conflict, "%d 年度的年报已经报送，内容不能再改。", year)
		}
		return f, err
	}
	c, err := onRecord(ctx, tx, o.ID, year)
	if err == nil && c.Conclusion != "" && c.Conclusion != organization.Missing {
		err = errs.Newf(errs.Conflict, "%d 年度的年报已经有结论：%s，不用再报。", year, c.Conclusion.Name())
	}
	if err != nil {
		return Filing{}, err
	}
	return insertFiling(ctx, tx, now, o.ID, year)
}

// maxTyped bounds one part of a report in bytes.
const maxTyped = 64 << 10

// SavePart keeps what was typed in a part, valid or not: a draft always saves.
// seen is the version of the part that the page showed, 0 before the first.
func (s *Service) SavePart(ctx context.Context, actor authz.Actor, year int, p ReportPart, seen int, typed url.Values) error {
	kept, size := url.Values{}, 0
	for k, list := range typed {
		for _, v := range list {
			if size += len(k) + len(v); size > maxTyped {
				return errs.New(errs.TooLarge, "这一部分内容太长，超过 64 KB。请删减后再保存；长材料请作为附件上传。")
			}
			kept[k] = append(kept[k], application.Storable(v))
		}
	}
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		f, err := s.begun(ctx, tx, now, actor, o, year)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := s.opened(ctx, tx, now, actor, o, f, p); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "governance.report.save", Detail: map[string]any{"year": year, "part": p}}, savePart(ctx, tx, now, actor, f, p, seen, kept)
	})
}

// opened refuses a part that the correction leaves closed.
func (s *Service) opened(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o organization.Organization, f Filing, p ReportPart) error {
	if f.State == FilingDraft {
		return nil
	}
	v, err := s.report(ctx, tx, now, actor, o.ID, f.Year, uuid.Nil)
	if err == nil && !v.Open(p) {
		err = errs.New(errs.Conflict, "这次更正不涉及“"+p.Name()+"”，不能改。")
	}
	return err
}

// ReportOwner is the owner of the papers of the report about a year, which it
// begins when there is none: then a file may be prepared for it.
func (s *Service) ReportOwner(ctx context.Context, actor authz.Actor, year int) (owner attachment.Owner, err error) {
	owner.Kind = reportOwner
	v, err := s.Report(ctx, actor, year)
	if err != nil {
		return owner, err
	}
	if owner.ID = v.Filing.ID; owner.ID != uuid.Nil {
		return owner, nil
	}
	err = s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		f, err := s.begun(ctx, tx, now, actor, o, year)
		owner.ID = f.ID
		return audit.Entry{Action: "governance.report.begin", Detail: map[string]any{"year": year}}, err
	})
	return owner, err
}

// ReportSlot returns a slot of papers by its key.
func ReportSlot(key string) (application.Slot, bool) {
	for _, slot := range ReportSlots {
		if slot.Key == key {
			return slot, true
		}
	}
	return application.Slot{}, false
}

// AttachReport takes a prepared paper into its slot.
func (s *Service) AttachReport(ctx context.Context, actor authz.Actor, year int, key string, ready *attachment.Prepared) error {
	return s.papers(ctx, actor, year, key, "attach", func(tx postgres.Tx, now time.Time, slot application.SlotFiles) error {
		if slot.Max > 1 && slot.Usable() >= slot.Max {
			return errs.FieldError(application.FileItem(key), slot.Label, "这一项已经放满。先移除一份，再上传新的")
		}
		_, err := s.Attachments.Attach(ctx, tx, now, actor, ready, slot.Max <= 1)
		return err
	})
}

// DetachReport takes a paper out; version is that of the file shown.
func (s *Service) DetachReport(ctx context.Context, actor authz.Actor, year int, key string, file uuid.UUID, version int) error {
	return s.papers(ctx, actor, year, key, "detach", func(tx postgres.Tx, now time.Time, slot application.SlotFiles) error {
		for _, f := range slot.Files {
			if f.ID == file {
				return s.Attachments.Remove(ctx, tx, now, actor, f.Owner(), file, version)
			}
		}
		return missing()
	})
}

func (s *Service) papers(ctx context.Context, actor authz.Actor, year int, key, act string, do func(tx postgres.Tx, now time.Time, slot application.SlotFiles) error) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.report." + act, Detail: map[string]any{"year": year, "slot": key}}
		f, err := s.begun(ctx, tx, now, actor, o, year)
		if err != nil {
			return e, err
		}
		v, err := s.report(ctx, tx, now, actor, o.ID, year, uuid.Nil)
		if err != nil {
			return e, err
		}
		for _, slot := range v.Slots {
			if slot.Key != key {
				continue
			}
			if !slot.Open {
				return e, errs.New(errs.Conflict, "这次更正不涉及附件，不能更换。")
			}
			if err := do(tx, now, slot); err != nil {
				return e, err
			}
			return e, touch(ctx, tx, now, f)
		}
		return e, missing()
	})
}

// signedReport is what a signature keeps: the answers, the organization as it
// stood, the papers by digest, the statement.
type signedReport struct {
	Report       Report                    `json:"report"`
	Organization map[string]string         `json:"organization"`
	Papers       []application.SignedPaper `json:"papers"`
	Statement    application.Statement     `json:"statement"`
}

// SignReport signs the report and hands it in, or answers the correction. version
// is that of the report that the head read. errs.Invalid names every fault.
func (s *Service) SignReport(ctx context.Context, actor authz.Actor, year, version int, sig application.Signature, token string) error {
	if err := actor.Require(authz.AnnualReportSubmit); err != nil {
		return err
	}
	unproven := s.Reauthenticate(ctx, actor, sig.Password) // before the transaction: hashing is slow
	if unproven != nil && len(errs.FieldsOf(unproven)) == 0 {
		return unproven
	}
	_, err := s.ownFor(ctx, actor, authz.AnnualReportSubmit, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.report.sign", Detail: map[string]any{"year": year}}
		f, err := s.begun(ctx, tx, now, actor, o, year)
		if err != nil {
			return e, err
		}
		if f.Version != version {
			return e, errs.New(errs.Conflict, "您打开这一页以后，年报又改过。核对现在的内容，再签署。")
		}
		v, err := s.report(ctx, tx, now, actor, o.ID, year, uuid.Nil)
		if err != nil {
			return e, err
		}
		if err := errs.Fields(append(v.unsigned(actor, sig), errs.FieldsOf(unproven)...)); err != nil {
			return e, err
		}
		return e, s.keepSigned(ctx, tx, now, actor, v)
	}, func() string { return "" })
	return err
}

// unsigned lists what stands against the signature.
func (v ReportView) unsigned(actor authz.Actor, sig application.Signature) (faults []errs.Field) {
	for _, p := range CorrectableParts {
		faults = append(faults, v.Faults[p]...)
	}
	if !sig.Agreed || sig.StatementVersion != ReportStatement.Version {
		faults = append(faults, errs.Field{Name: "agreed", Label: "承诺", Message: "请通读承诺，并勾选“我已阅读并承诺”"})
	}
	if strings.TrimSpace(sig.TypedName) != actor.Name {
		faults = append(faults, errs.Field{Name: "typed_name", Label: "姓名", Message: "和账号登记的姓名不一致。请填写您的姓名全称"})
	}
	return faults
}

func (s *Service) keepSigned(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, v ReportView) error {
	f, o := *v.Filing, v.Organization
	kept := signedReport{Report: v.Report, Statement: ReportStatement, Organization: map[string]string{
		"name": o.Name, "number": o.Number(), "head": o.HeadName, "registrar": o.Registrar, "supervising_unit": o.SupervisingUnit, "address": o.Address}}
	for _, slot := range v.Slots {
		for _, a := range slot.Files {
			if a.Current() {
				kept.Papers = append(kept.Papers, application.SignedPaper{Slot: slot.Key, Filename: a.Filename, SHA256: a.SHA256})
			}
		}
	}
	document, err := json.Marshal(kept)
	if err != nil {
		return err
	}
	edition, err := policy.EditionShown(ctx, tx, civil.On(now))
	if err != nil {
		return err
	}
	action := "submit"
	if f.State == FilingCorrecting {
		action = "resubmit"
	}
	if err := postgres.ExecOne(ctx, tx, `
		update annual_report_filing set state = 'submitted', round = round + 1, opening_fen = $3, income_fen = $4, expense_fen = $5, closing_fen = $6,
			first_submitted_on = coalesce(first_submitted_on, $7), edition_id = coalesce(edition_id, $13), unit = case when first_submitted_on is null then $8 else unit end,
			submitted_at = $9, submitted_by = $10, submitted_person = $11, submitted_name = $12, updated_at = $9, version = version + 1
		where id = $1 and version = $2`, f.ID, f.Version, v.Report.Opening, v.Report.TotalIncome(), v.Report.TotalExpense(), v.Report.Closing,
		civil.On(now), o.SupervisingUnit, now, actor.AccountID, actor.PersonID, actor.Name, edition.ID); err != nil {
		return err
	}
	if err := redate(ctx, tx, f.ID); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into annual_report_signed (filing_id, round, document, statement, signed_at, signed_by, signed_name)
		values ($1, $2, $3, $4, $5, $6, $7)`, f.ID, f.Round+1, document, ReportStatement.Version, now, actor.AccountID, actor.Name); err != nil {
		return err
	}
	if err := s.Attachments.HandIn(ctx, tx, now, attachment.Owner{Kind: reportOwner, ID: f.ID}); err != nil {
		return err
	}
	if err := happened(ctx, tx, now, actor, f, action, "", ""); err != nil {
		return err
	}
	return s.tellSigned(ctx, tx, now, o, f)
}

// tellSigned tells whom a report now waits for.
func (s *Service) tellSigned(ctx context.Context, tx postgres.Tx, now time.Time, o organization.Organization, f Filing) error {
	title := fmt.Sprintf("%s报送了 %d 年度报告", o.Name, f.Year)
	if f.Round == 0 && o.DepartmentCode != "" {
		to, err := account.OfDepartment(ctx, tx, o.DepartmentCode)
		if err != nil {
			return err
		}
		return notification.Send(ctx, tx, now, to, notification.Message{Title: title, Body: "请在“年度报告”里提出意见；到期没有提出，按逾期未提出处理。"})
	}
	return tellRegistrar(ctx, tx, now, o, notification.Message{Title: title, Body: "请在“年度报告”里审查，作出结论。"})
}

func tellRegistrar(ctx context.Context, tx postgres.Tx, now time.Time, o organization.Organization, m notification.Message) error {
	role, area := authz.BureauClerk, ""
	if o.OfStreet() {
		role, area = authz.Subdistrict, o.SubdistrictCode
	}
	to, err := account.ByRole(ctx, tx, role, area)
	if err != nil {
		return err
	}
	return notification.Send(ctx, tx, now, to, m)
}
