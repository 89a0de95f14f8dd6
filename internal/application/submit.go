package application

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
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
	Judgement Judgement
}

// Review returns form, faults and judgement of today for the check-answers
// page. It is for who may still write: errs.Forbidden for others, errs.Conflict
// once the application is submitted.
func (s *Service) Review(ctx context.Context, actor authz.Actor, no string) (Review, error) {
	var r Review
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		if !s.mayWrite(actor, c) {
			return notEditable(actor, c)
		}
		if r.Form, err = s.form(ctx, q, now, actor, c); err != nil {
			return err
		}
		r.Judgement, err = r.Kind.Judge(ctx, q, c, r.Subject)
		return err
	})
	return r, err
}

// Submit signs and submits a draft, or answers a correction. version is that of
// the case on the page the head read: what was edited since must be read again.
//
// errs.Invalid names every fault at its field; errs.Conflict means that the case
// has moved on, or that no policy document is in force today.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, no string, version int, sig Signature, token string) error {
	if err := actor.Require(signing(actor)); err != nil {
		return err
	}
	if actor.Can(authz.ApplicationOffice) { // most of what it sees is not its to sign
		if err := s.officeOpened(ctx, actor, no); err != nil {
			return err
		}
	}
	unproven, err := s.Unproven(ctx, actor, sig)
	if err != nil {
		return err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			return no, s.submit(ctx, tx, now, actor, no, version, sig, unproven)
		})
		return err
	})
	return s.Witnessed(ctx, actor, no, err)
}

// officeOpened is errs.Forbidden for a case that an applicant began.
func (s *Service) officeOpened(ctx context.Context, actor authz.Actor, no string) error {
	return s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err == nil && c.Channel != casework.Office {
			err = errs.New(errs.Forbidden, "这一件由申请人签署提交。")
		}
		return err
	})
}

// Unproven returns the fault of a password that does not prove who signs. It
// runs before the transaction: hashing is slow, and a wrong password counts
// towards the lock-out whatever becomes of the submission.
func (s *Service) Unproven(ctx context.Context, actor authz.Actor, sig Signature) ([]errs.Field, error) {
	if sig.Method != casework.Reauthenticated || actor.Role == authz.Community || actor.Role == authz.OrgClerk {
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
	if k, err := s.Kind(c.Kind); err != nil {
		return err
	} else if p, ok := k.(Preparer); ok && first {
		if err := p.Prepare(ctx, tx, now, &c); err != nil {
			return err
		}
	}
	r := Review{}
	if r.Form, err = s.form(ctx, tx, now, actor, c); err != nil {
		return err
	}
	if !r.Editable { // who may not write it does not sign it: the community only what it filed itself
		return notEditable(actor, c)
	}
	if closed := r.Subject.Closed(); closed != "" {
		return errs.New(errs.Conflict, closed)
	}
	if r.Judgement, err = r.Kind.Judge(ctx, tx, c, r.Subject); err != nil {
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
	document, _ := r.Kind.Read(r.Values, r.Subject)
	faults := append(slices.Clone(r.Faults), r.Judgement.Obstacles()...)
	faults = append(faults, signatureFaults(actor, r, sig)...)
	return document, errs.Fields(append(faults, unproven...))
}

func signatureFaults(actor authz.Actor, r Review, sig Signature) []errs.Field {
	var faults []errs.Field
	add := func(name, label, message string) {
		faults = append(faults, errs.Field{Name: name, Label: label, Message: message})
	}
	if !sig.Agreed || sig.StatementVersion != r.Kind.Statement().Version {
		add("agreed", "承诺书", "请通读承诺书，并勾选“我已阅读并承诺”")
	}
	switch sig.Method {
	case casework.StampedPrint:
		if message := stampFault(r); message != "" {
			add(FileItem(StampSlot), "签字盖章的申请表", message)
		}
	case casework.Reauthenticated:
		if actor.Role == authz.Community {
			add("method", "签署方式", "窗口代办要上传负责人签字盖章的申请表")
		} else if strings.TrimSpace(sig.TypedName) != actor.Name {
			add("typed_name", "姓名", "和账号登记的姓名不一致。请填写您的姓名全称")
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
	Organization any           `json:"organization"` // the applicant as it stood
	Papers       []SignedPaper `json:"papers"`
	Statement    Statement     `json:"statement"`
}

// SignedPaper is a paper as it was signed, by its digest.
type SignedPaper struct {
	Slot     string `json:"slot"`
	Filename string `json:"filename"`
	SHA256   string `json:"sha256"`
}

func (s *Service) keep(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, r Review, document Document, sig Signature, first bool) error {
	snapshot := r.Subject.Snapshot()
	content := signed{Application: document, Organization: snapshot, Statement: r.Kind.Statement()}
	for _, slot := range r.Slots {
		for _, f := range slot.Files {
			if f.Current() {
				content.Papers = append(content.Papers, SignedPaper{slot.Key, f.Filename, f.SHA256})
			}
		}
	}
	text, err := json.Marshal(content)
	if err != nil {
		return err
	}
	sub := casework.Submission{Document: text, StatementVersion: sig.StatementVersion, Method: sig.Method, SignerName: signer(actor, sig, r)}
	from := c.Place()
	c.About = about(document)
	if first {
		err = s.Cases.Submit(ctx, tx, now, actor, &c, r.Subject.Edition(), requested(document), sub)
	} else {
		err = s.Cases.Resubmit(ctx, tx, now, actor, &c, requested(document), sub)
	}
	if err != nil {
		return err
	}
	if err := r.Kind.Submitted(ctx, tx, now, actor, c, r.Subject, document, r.Judgement, !first); err != nil {
		return err
	}
	if err := postgres.ExecOne(ctx, tx, `update application set organization = $2, version = version + 1 where case_id = $1`, c.ID, snapshot); err != nil {
		return err
	}
	if err := s.Attachments.HandIn(ctx, tx, now, OwnerOf(c)); err != nil {
		return err
	}
	return s.Announce(ctx, tx, now, c, from)
}

// requested is the amount that a document asks for, nil when it asks for none.
func requested(d Document) *money.Fen {
	r, ok := d.(interface{ Requested() money.Fen })
	if !ok {
		return nil
	}
	amount := r.Requested()
	return &amount
}

// about is what tells an application from others of the same applicant, "" where
// there is one only.
func about(d Document) string {
	if a, ok := d.(interface{ About() string }); ok {
		return a.About()
	}
	return ""
}

// signer is the name under the document: the head's, also on stamped paper.
func signer(actor authz.Actor, sig Signature, r Review) string {
	if sig.Method == casework.StampedPrint {
		return r.Subject.Signer()
	}
	return actor.Name
}
