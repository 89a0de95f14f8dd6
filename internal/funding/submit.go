package funding

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"
)

// StampSlot holds the scan of the printed form with signature and stamp: the
// other way to sign.
const StampSlot = "stamped_print"

// Signature is how the head signs.
type Signature struct {
	Method           casework.SignMethod
	StatementVersion string // the version that the page showed
	Agreed           bool
	TypedName        string // Reauthenticated: the head types the own name
	Password         string // Reauthenticated: the head's password
}

// Review is everything a person looks at before signing.
type Review struct {
	Form
	Lines   []Line
	Verdict Verdict
}

// Review returns form, faults and eligibility of today for the check-answers
// page. It is for who may still write: errs.Forbidden for others, errs.Conflict
// once the application is submitted.
func (s *Service) Review(ctx context.Context, actor authz.Actor, no string) (Review, error) {
	var r Review
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		if !mayWrite(actor, c) {
			return notEditable(actor, c)
		}
		if r.Form, err = s.form(ctx, q, now, actor, c); err != nil {
			return err
		}
		return r.judge(ctx, q)
	})
	return r, err
}

func (r *Review) judge(ctx context.Context, q postgres.Querier) (err error) {
	r.Lines, r.Verdict, err = assess(ctx, q, r.Programme, r.Case, r.Context.Today, r.Context.Rules)
	return err
}

// assess answers the conditions for a case; an application does not stand in
// its own way, and what counts at submission counts as it did then.
func assess(ctx context.Context, q postgres.Querier, p Programme, c casework.Case, on civil.Date, rules Rules) ([]Line, Verdict, error) {
	conditions, err := p.Conditions(ctx, q, c.OrganizationID, c.ID, on, rules)
	if err != nil {
		return nil, Verdict{}, err
	}
	if c.SubmittedAt != nil {
		conditions = conditions.Submitted(civil.On(*c.SubmittedAt))
	}
	lines, verdict := Assess(conditions, on)
	return lines, verdict, nil
}

// Submit signs and submits a draft, or answers a correction. version is that of
// the case on the page the head read: what was edited since must be read again.
//
// errs.Invalid names every fault at its field; errs.Conflict means that the case
// has moved on, or that no policy document is in force today.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, no string, version int, sig Signature, token string) error {
	permission := authz.ApplicationSubmit
	if actor.Role == authz.Community {
		permission = authz.ApplicationCounter
	}
	if err := actor.Require(permission); err != nil {
		return err
	}
	unproven, err := s.unproven(ctx, actor, sig)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			return no, s.submit(ctx, tx, now, actor, no, version, sig, unproven)
		})
		return err
	})
}

// unproven returns the fault of a password that does not prove who signs. It
// runs before the transaction: hashing is slow, and a wrong password counts
// towards the lock-out whatever becomes of the submission.
func (s *Service) unproven(ctx context.Context, actor authz.Actor, sig Signature) ([]errs.Field, error) {
	if sig.Method != casework.Reauthenticated || actor.Role != authz.OrgHead {
		return nil, nil
	}
	err := s.Accounts.Reauthenticate(ctx, actor, sig.Password)
	if fields := errs.FieldsOf(err); len(fields) > 0 {
		return fields, nil
	}
	return nil, err
}

func (s *Service) submit(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string, version int, sig Signature, unproven []errs.Field) error {
	c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, version)
	if err != nil {
		return err
	}
	first := c.State == workflow.Draft
	if !first && c.State != workflow.Correcting {
		return errs.Newf(errs.Conflict, "这件已经提交，现在是“%s”。", c.State.Name())
	}
	r := Review{}
	if r.Form, err = s.form(ctx, tx, now, actor, c); err != nil {
		return err
	}
	if !r.Editable { // who may not write it does not sign it: the community only what it filed itself
		return notEditable(actor, c)
	}
	if !r.Context.Rules.InForce {
		return errs.New(errs.Conflict, "今天没有生效的政策文件，暂不受理新的申请。草稿已保存，文件生效后可以提交。")
	}
	if err := r.judge(ctx, tx); err != nil {
		return err
	}
	document, err := readable(actor, r, sig, unproven)
	if err != nil {
		return err
	}
	return s.keep(ctx, tx, now, actor, c, r, document, sig, first)
}

// readable returns the typed document, or every reason against submission:
// faults of the form, unmet conditions, a missing signature.
func readable(actor authz.Actor, r Review, sig Signature, unproven []errs.Field) (Document, error) {
	document, _ := r.Programme.Read(r.Values, r.Context)
	faults := slices.Clone(r.Faults)
	for _, l := range r.Lines {
		if l.Answer == Unmet || l.Answer == Unknown && l.BlocksUnknown {
			faults = append(faults, errs.Field{Name: "line:" + l.Key, Label: l.Label, Message: l.Value + "。" + l.Remedy})
		}
	}
	faults = append(faults, signatureFaults(actor, r, sig)...)
	return document, errs.Fields(append(faults, unproven...))
}

func signatureFaults(actor authz.Actor, r Review, sig Signature) []errs.Field {
	var faults []errs.Field
	add := func(name, label, message string) {
		faults = append(faults, errs.Field{Name: name, Label: label, Message: message})
	}
	if !sig.Agreed || sig.StatementVersion != r.Programme.Statement().Version {
		add("agreed", "承诺书", "请通读承诺书，并勾选“我已阅读并承诺”")
	}
	switch sig.Method {
	case casework.StampedPrint:
		if message := stampFault(r); message != "" {
			add(FileItem(StampSlot), "签字盖章的申请表", message)
		}
	case casework.Reauthenticated:
		if actor.Role != authz.OrgHead {
			add("method", "签署方式", "窗口代办要上传负责人签字盖章的申请表")
		} else if strings.TrimSpace(sig.TypedName) != actor.Name {
			add("typed_name", "负责人姓名", "和账号登记的姓名不一致。请填写您的姓名全称")
		}
	default:
		add("method", "签署方式", "选一种签署方式")
	}
	return faults
}

// stampFault says what is wrong with the stamped print, "" when it is there. What
// was signed before a correction does not sign what was corrected.
func stampFault(r Review) string {
	fault := "还没有上传。打印申请表，签字盖章后拍照或扫描上传"
	for _, s := range r.Slots {
		for _, f := range s.Files {
			switch {
			case s.Key != StampSlot || !f.Current():
			case r.Correcting && !f.UploadedAt.After(r.Correction.IssuedAt):
				fault = "现有的是补正前签的。打印补正后的申请表，重新签字盖章，再上传"
			default:
				return ""
			}
		}
	}
	return fault
}

// signed is what a submission keeps: the answers in the programme's type, the
// organization as it stood, the papers by digest, the statement.
type signed struct {
	Application  Document      `json:"application"`
	Organization any           `json:"organization"`
	Papers       []signedPaper `json:"papers"`
	Statement    Statement     `json:"statement"`
}

type signedPaper struct {
	Slot     string `json:"slot"`
	Filename string `json:"filename"`
	SHA256   string `json:"sha256"`
}

func (s *Service) keep(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, r Review, document Document, sig Signature, first bool) error {
	snapshot := applicantOf(r.Context.Organization)
	if r.Context.Snapshot != nil {
		snapshot = *r.Context.Snapshot
	}
	content := signed{Application: document, Organization: snapshot, Statement: r.Programme.Statement()}
	for _, slot := range r.Slots {
		for _, f := range slot.Files {
			if f.Current() {
				content.Papers = append(content.Papers, signedPaper{slot.Key, f.Filename, f.SHA256})
			}
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	sub := casework.Submission{Document: text, StatementVersion: sig.StatementVersion, Method: sig.Method, SignerName: signer(actor, sig, r)}
	from, stage := c.Place(), "submission"
	if first {
		err = s.Cases.Submit(ctx, tx, now, actor, &c, r.Context.Rules.Edition.ID, document.Requested(), sub)
	} else {
		stage = "resubmission"
		err = s.Cases.Resubmit(ctx, tx, now, actor, &c, document.Requested(), sub)
	}
	if err != nil {
		return err
	}
	if err := r.Programme.Keep(ctx, tx, c.ID, c.OrganizationID, document); err != nil {
		return err
	}
	if err := postgres.ExecOne(ctx, tx, `update application set organization = $2, version = version + 1 where case_id = $1`, c.ID, snapshot); err != nil {
		return err
	}
	if err := s.Attachments.HandIn(ctx, tx, now, attachmentOwner(c)); err != nil {
		return err
	}
	if err := insertCheck(ctx, tx, now, c.ID, stage, *c.EditionID, r.Lines); err != nil {
		return err
	}
	return s.announce(ctx, tx, now, c, from)
}

// signer is the name under the document: the head's, also on stamped paper.
func signer(actor authz.Actor, sig Signature, r Review) string {
	if sig.Method == casework.StampedPrint {
		return r.Context.Organization.HeadName
	}
	return actor.Name
}
