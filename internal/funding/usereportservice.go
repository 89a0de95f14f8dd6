package funding

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/url"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

func reportOwner(c casework.Case) attachment.Owner {
	return attachment.Owner{Kind: ReportOwner, ID: c.ID}
}

// ReportForm returns the use report of a grant to who writes it, and to the
// offices what was typed last. errs.NotFound before the payment.
func (s *Service) ReportForm(ctx context.Context, actor authz.Actor, no string) (ReportForm, error) {
	var f ReportForm
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		f, err = s.reportForm(ctx, q, now, actor, c)
		return err
	})
	return f, err
}

func (s *Service) reportForm(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, c casework.Case) (ReportForm, error) {
	f := ReportForm{Case: c, Values: url.Values{}, Today: civil.On(now)}
	p, err := s.Programme(c.Kind)
	if err != nil {
		return f, err
	}
	if !Reports(p) {
		return f, errs.New(errs.NotFound, "这项资助用于补贴已经发生的支出，不用交使用报告。")
	}
	if f.Award, err = awardOf(ctx, q, c.ID); err != nil {
		return f, err
	}
	position, paid, err := s.Ledger.OfCase(ctx, q, c.ID)
	if err != nil {
		return f, err
	}
	if !paid || position.Paid == 0 {
		return f, errs.New(errs.NotFound, "这笔资助还没有拨付，不用交使用报告。")
	}
	f.Paid = position.Paid
	row, err := loadReport(ctx, q, c.ID)
	if err != nil {
		return f, err
	}
	f.Version, f.SavedBy, f.SavedAt = row.Version, row.ByName, row.At
	if err := json.Unmarshal(row.Typed, &f.Values); err != nil {
		return f, err
	}
	files, err := s.Attachments.List(ctx, q, reportOwner(c))
	if err != nil {
		return f, err
	}
	f.Editable = c.Place() == Reporting && actor.Can(authz.UseReportWrite)
	f.Files = application.Arrange(reportSlots, files)
	for i := range f.Files {
		f.Files[i].Open = f.Editable
	}
	f.Report, f.Faults = ReadUseReport(f.Values, f.Paid, f.Today)
	f.Faults = append(f.Faults, application.MissingPapers(f.required())...)
	return f, nil
}

// required leaves out the scans of receipts of a report without receipts.
func (f ReportForm) required() []application.SlotFiles {
	if len(f.Report.Lines) == 0 {
		return nil
	}
	return f.Files
}

// SaveReport keeps what was typed, valid or not: a draft always saves. seen is
// the draft's version that the page showed; a newer one is a *application.StaleError.
func (s *Service) SaveReport(ctx context.Context, actor authz.Actor, no string, seen int, typed url.Values) error {
	if err := actor.Require(authz.UseReportWrite); err != nil {
		return err
	}
	values, err := reportValues(typed)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		f, err := s.lockReport(ctx, tx, now, actor, no)
		if err != nil || f.Version > 0 && f.Values.Encode() == values.Encode() {
			return err // or nothing new
		}
		err = saveReport(ctx, tx, now, actor, f.Case.ID, seen, values)
		if errs.Is(err, errs.Conflict) {
			typed, _ := json.Marshal(f.Values) // of strings: always text
			return &application.StaleError{Cause: err, Theirs: application.Saved{Typed: typed, Version: f.Version, ByName: f.SavedBy, At: f.SavedAt}, Mine: values}
		}
		if err != nil {
			return err
		}
		if err := s.Cases.Touch(ctx, tx, &f.Case); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: f.Case.ID.String(), Action: "use_report.save",
			Detail: map[string]any{"version": seen + 1}})
	})
}

// reportValues keeps the form's own controls only.
func reportValues(typed url.Values) (url.Values, error) {
	item := application.Item{Controls: []string{"receipt-*", "summary", "nothing_spent"}}
	values, size := url.Values{}, 0
	for k, list := range typed {
		if !item.Has(k) || k != application.Storable(k) {
			continue
		}
		for _, v := range list {
			size += len(k) + len(v)
			values[k] = append(values[k], application.Storable(v))
		}
	}
	if size > application.MaxTyped {
		return nil, errs.New(errs.TooLarge, "内容太长，超过 64 KB。请删减后再保存；长材料请作为附件上传。")
	}
	return values, nil
}

// lockReport loads a report that the actor may write now.
func (s *Service) lockReport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string) (ReportForm, error) {
	c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, 0)
	if err != nil {
		return ReportForm{}, err
	}
	f, err := s.reportForm(ctx, tx, now, actor, c)
	if err == nil && !f.Editable {
		err = errs.Newf(errs.Conflict, "这件现在是“%s”，使用报告不能再改。", c.Place().Name())
	}
	return f, err
}

// ReportSlot returns a slot of a use report that the actor may change now.
func (s *Service) ReportSlot(ctx context.Context, actor authz.Actor, no, key string) (casework.Case, application.SlotFiles, error) {
	f, err := s.ReportForm(ctx, actor, no)
	if err != nil {
		return casework.Case{}, application.SlotFiles{}, err
	}
	slot, err := f.openSlot(key)
	return f.Case, slot, err
}

func (f ReportForm) openSlot(key string) (application.SlotFiles, error) {
	for _, slot := range f.Files {
		if slot.Key == key && slot.Open {
			return slot, nil
		}
	}
	if !f.Editable {
		return application.SlotFiles{}, errs.Newf(errs.Conflict, "这件现在是“%s”，使用报告不能再改。", f.Case.Place().Name())
	}
	return application.SlotFiles{}, errs.New(errs.NotFound, "没有这一项材料。请从使用报告页面上传。")
}

// AttachToReport adds a prepared file to a slot of the report.
func (s *Service) AttachToReport(ctx context.Context, actor authz.Actor, no, key string, p *attachment.Prepared) error {
	return s.withReportSlot(ctx, actor, no, key, func(tx postgres.Tx, now time.Time, slot application.SlotFiles) error {
		if slot.Usable() >= slot.Max {
			return errs.FieldError(application.FileItem(slot.Key), slot.Label, "这一项已经放满。先移除一份，再上传新的")
		}
		_, err := s.Attachments.Attach(ctx, tx, now, actor, p, false)
		return err
	})
}

// DetachFromReport takes a file out of a slot of the report.
func (s *Service) DetachFromReport(ctx context.Context, actor authz.Actor, no, key, id string) error {
	return s.withReportSlot(ctx, actor, no, key, func(tx postgres.Tx, now time.Time, slot application.SlotFiles) error {
		for _, f := range slot.Files {
			if f.ID.String() == id {
				return s.Attachments.Remove(ctx, tx, now, actor, f.Owner(), f.ID, f.Version)
			}
		}
		return errs.New(errs.NotFound, "这份文件已经不在了。请刷新页面。")
	})
}

func (s *Service) withReportSlot(ctx context.Context, actor authz.Actor, no, key string, fn func(postgres.Tx, time.Time, application.SlotFiles) error) error {
	if err := actor.Require(authz.UseReportWrite); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		f, err := s.lockReport(ctx, tx, now, actor, no)
		if err != nil {
			return err
		}
		slot, err := f.openSlot(key)
		if err != nil {
			return err
		}
		if err := fn(tx, now, slot); err != nil {
			return err
		}
		return s.Cases.Touch(ctx, tx, &f.Case)
	})
}

// ReportPaper opens a file of a use report of a case that the actor may see.
func (s *Service) ReportPaper(ctx context.Context, actor authz.Actor, no, id string) (attachment.Attachment, io.ReadSeekCloser, error) {
	var a attachment.Attachment
	var content io.ReadSeekCloser
	fileID, err := uuid.Parse(id)
	if err != nil {
		return a, nil, errs.Wrap(errs.NotFound, "没有这份文件。请从使用报告页面打开。", err)
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		a, content, err = s.Attachments.Open(ctx, q, reportOwner(c), fileID)
		return err
	})
	return a, content, err
}

// ReportSignature is how the head signs a use report.
type ReportSignature struct {
	Agreed    bool
	TypedName string
	Password  string
}

// SubmitReport signs and hands in the use report: the receipts are claimed, each
// up to its amount over all grants, and what was signed is kept. version is that
// of the case on the page the head read.
func (s *Service) SubmitReport(ctx context.Context, actor authz.Actor, no string, version int, sig ReportSignature, token string) error {
	if err := actor.Require(authz.UseReportSubmit); err != nil {
		return err
	}
	if _, err := s.ReportForm(ctx, actor, no); err != nil {
		return err // no password is tried on what one may not see
	}
	unproven, err := s.Applications.Unproven(ctx, actor, application.Signature{Method: casework.Reauthenticated, Password: sig.Password})
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			return no, s.submitReport(ctx, tx, now, actor, no, version, sig, unproven)
		})
		return err
	})
	return s.Applications.Witnessed(ctx, actor, no, err)
}

func (s *Service) submitReport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string, version int, sig ReportSignature, unproven []errs.Field) error {
	c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, version)
	if err != nil {
		return err
	}
	f, err := s.reportForm(ctx, tx, now, actor, c)
	if err != nil {
		return err
	}
	if !f.Editable {
		return errs.Newf(errs.Conflict, "使用报告已经提交，现在是“%s”。", c.Place().Name())
	}
	faults := f.Faults
	if !sig.Agreed {
		faults = append(faults, errs.Field{Name: "agreed", Label: "承诺", Message: "请勾选“内容真实，票据没有重复列支”"})
	}
	if sig.TypedName != actor.Name {
		faults = append(faults, errs.Field{Name: "typed_name", Label: "负责人姓名", Message: "和账号登记的姓名不一致。请填写您的姓名全称"})
	}
	if err := errs.Fields(append(faults, unproven...)); err != nil {
		return err
	}
	if err := receipt.Replace(ctx, tx, now, actor, c.ID, f.Report.Lines, f.Report.controls()); err != nil {
		return err
	}
	if err := keepReport(ctx, tx, now, actor, c.ID, f); err != nil {
		return err
	}
	if err := s.Attachments.HandIn(ctx, tx, now, reportOwner(c)); err != nil {
		return err
	}
	from := c.Place()
	if err := s.Cases.Move(ctx, tx, now, actor, &c, casework.Move{Action: Report, Note: reportNote(f.Report)}); err != nil {
		return err
	}
	return s.Applications.Announce(ctx, tx, now, c, from)
}

func reportNote(r UseReport) string {
	note := "已使用 " + r.Spent.String() + " 元"
	if r.Unspent > 0 {
		note += "，结余 " + r.Unspent.String() + " 元"
	}
	return note
}

// keepReport stores what was signed; a report without a draft has no row yet.
func keepReport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, f ReportForm) error {
	document := struct {
		UseReport
		Papers []application.SignedPaper `json:"papers"`
	}{UseReport: f.Report}
	for _, slot := range f.Files {
		for _, file := range slot.Files {
			if file.Current() {
				document.Papers = append(document.Papers, application.SignedPaper{Slot: slot.Key, Filename: file.Filename, SHA256: file.SHA256})
			}
		}
	}
	text, err := json.Marshal(document)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	_, err = tx.Exec(ctx, `
		insert into use_report_round (case_id, round, document, digest, signer_name, account_id, person_id, at)
		select $1, coalesce(max(round), 0) + 1, $2, $3, $4, $5, $6, $7 from use_report_round where case_id = $1`,
		caseID, text, hex.EncodeToString(sum[:]), actor.Name, actor.AccountID, actor.PersonID, now)
	return err
}

// lastReport returns the report that was signed last.
func lastReport(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (UseReport, error) {
	type row struct {
		Document json.RawMessage `db:"document"`
	}
	var report UseReport
	r, err := postgres.One[row](ctx, q, `select document from use_report_round where case_id = $1 order by round desc limit 1`, caseID)
	if err != nil {
		return report, err
	}
	return report, json.Unmarshal(r.Document, &report)
}

// AcceptReport closes the case, or waits for the unspent money to come back.
func (s *Service) AcceptReport(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	return s.Applications.Act(ctx, actor, authz.UseReportCheck, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		r, err := lastReport(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		action, note := Close, ""
		if r.Unspent > 0 {
			action, note = Reclaim, "结余 "+r.Unspent.String()+" 元待退回"
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: action, Note: note}); err != nil {
			return err
		}
		return postgres.ExecOne(ctx, tx, `update use_report set spent_fen = $2, unspent_fen = $3, accepted_at = $4 where case_id = $1`,
			c.ID, r.Spent, r.Unspent, now)
	})
}

// ReturnReport sends the use report back with what has to be changed.
func (s *Service) ReturnReport(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.Applications.Act(ctx, actor, authz.UseReportCheck, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if err := CheckReason(reason); err != nil {
			return err
		}
		return s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: ReturnReport, Note: reason})
	})
}
