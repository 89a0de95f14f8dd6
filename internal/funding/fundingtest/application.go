package fundingtest

import (
	"bytes"
	"civilaffairs/internal/application"
	"fmt"
	"maps"
	"net/url"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
)

// Answers are the controls of every section of a start-up application.
type Answers map[string]string

// Answers returns a valid form for the organization: 3,000 yuan in two lines.
func (b *Bench) Answers(org Org) Answers {
	return Answers{
		"contact_name": "何经办", "contact_mobile": "13800138000", "contact_email": "he@example.org",
		"activities": "今年七月在社区广场办了一场邻里互助日，居民三十人参加，现场登记了需求。", "amount": "3000",
		"line-1-category": startup.Hardware, "line-1-item": "折叠桌椅十套", "line-1-amount": "2000",
		"line-2-category": startup.Service, "line-2-item": "活动材料", "line-2-amount": "1,000.00",
		"purpose": "让互助活动有固定的设备，每月办两次。", "payee": org.Payee.String(),
	}
}

// With returns the answers with pairs of control and value put in.
func (a Answers) With(pairs ...string) Answers {
	out := maps.Clone(a)
	for i := 0; i < len(pairs); i += 2 {
		out[pairs[i]] = pairs[i+1]
	}
	return out
}

// Values returns the answers as a form sends them.
func (a Answers) Values() url.Values {
	v := url.Values{}
	for k, s := range a {
		v.Set(k, s)
	}
	return v
}

// Papers are the slots that every application must fill.
var Papers = []string{"certificate", "charter", "finance_system", "activity_evidence", "budget", "account_proof"}

// Open opens a draft for start-up support.
func (b *Bench) Open(t testing.TB, actor authz.Actor, org Org) string {
	t.Helper()
	return b.OpenOf(t, startup.Kind, actor, org)
}

// OpenOf opens a draft of a programme.
func (b *Bench) OpenOf(t testing.TB, kind string, actor authz.Actor, org Org) string {
	t.Helper()
	no, err := b.Funding.Open(t.Context(), actor, kind, org.ID, once.NewToken())
	must(t, err)
	return no
}

// Save saves the answers, each section under the version that is there.
func (b *Bench) Save(t testing.TB, actor authz.Actor, no string, a Answers) {
	t.Helper()
	f, err := b.Applications.Form(t.Context(), actor, no)
	must(t, err)
	for _, s := range f.Sections {
		_, err := b.Applications.Save(t.Context(), actor, no, s.Key, f.Saved[s.Key].Version, a.Values())
		must(t, err)
	}
}

// Attach puts a small PDF of new content into a slot.
func (b *Bench) Attach(t testing.TB, actor authz.Actor, no, slot string) {
	t.Helper()
	must(t, b.TryAttach(t, actor, no, slot))
}

// TryAttach is Attach with the service's answer.
func (b *Bench) TryAttach(t testing.TB, actor authz.Actor, no, slot string) error {
	t.Helper()
	b.papers++
	return b.TryFile(t, actor, no, slot, slot+".pdf", PDF(fmt.Sprint(b.papers)))
}

// TryFile is TryAttach with a file of one's own.
func (b *Bench) TryFile(t testing.TB, actor authz.Actor, no, slot, name string, content []byte) error {
	t.Helper()
	c := b.Case(t, no)
	_, s, _ := b.Applications.SlotOf(t.Context(), actor, no, slot) // refused below, if it is not open
	p, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: attachment.Owner{Kind: application.OwnerKind, ID: c.ID}, Slot: slot,
		Field: application.FileItem(slot), Label: slot, Filename: name, Body: bytes.NewReader(content), Limits: attachment.Limits{Accept: s.Kinds()}})
	if err != nil {
		return err
	}
	defer p.Discard()
	return b.Applications.Attach(t.Context(), actor, no, slot, p)
}

// PDF is the smallest file that is taken for a PDF.
func PDF(text string) []byte {
	return []byte("%PDF-1.4\n1 0 obj<</T(" + text + ")>>endobj\nstartxref\n9\n%%EOF\n")
}

// Draft opens a draft of the organization and fills it in, ready to be signed.
func (b *Bench) Draft(t testing.TB, org Org) string {
	t.Helper()
	return b.DraftBy(t, org.Head, org, b.Answers(org))
}

// DraftBy is Draft by anyone, a community at its counter included, with answers.
func (b *Bench) DraftBy(t testing.TB, actor authz.Actor, org Org, a Answers) string {
	t.Helper()
	no := b.Open(t, actor, org)
	b.Save(t, actor, no, a)
	for _, slot := range Papers {
		b.Attach(t, actor, no, slot)
	}
	if actor.Role == authz.Community {
		b.Attach(t, actor, no, application.StampSlot)
	}
	return no
}

// Signed is the head's signature by password and typed name, of a start-up
// application.
func Signed(org Org) application.Signature { return SignedOf(startup.Programme{}, org) }

// SignedOf is the head's signature of an application of a programme.
func SignedOf(p funding.Programme, org Org) application.Signature {
	return application.Signature{Method: casework.Reauthenticated, StatementVersion: p.Statement().Version, Agreed: true,
		TypedName: org.Head.Name, Password: Password}
}

// Stamped is the signature on paper.
func Stamped() application.Signature {
	return application.Signature{Method: casework.StampedPrint, StatementVersion: startup.Programme{}.Statement().Version, Agreed: true}
}

// Submit signs and submits as the head.
func (b *Bench) Submit(t testing.TB, org Org, no string) {
	t.Helper()
	must(t, b.Applications.Submit(t.Context(), org.Head, no, b.Case(t, no).Version, Signed(org), once.NewToken()))
}

// SubmitOf signs and submits an application of a programme as the head, with the
// service's answer.
func (b *Bench) SubmitOf(t testing.TB, p funding.Programme, org Org, no string) error {
	t.Helper()
	return b.Applications.Submit(t.Context(), org.Head, no, b.Case(t, no).Version, SignedOf(p, org), once.NewToken())
}

// Opine gives an opinion of support.
func (b *Bench) Opine(t testing.TB, actor authz.Actor, no string) {
	t.Helper()
	must(t, b.Applications.Opine(t.Context(), actor, no, b.Case(t, no).Version, casework.Support, "", once.NewToken()))
}

// Accepting returns a submitted application on which both opinions are given.
func (b *Bench) Accepting(t testing.TB, org Org) string {
	t.Helper()
	no := b.Draft(t, org)
	b.Submit(t, org, no)
	b.Opine(t, b.Community, no)
	b.Opine(t, b.Subdistrict, no)
	return no
}

// Return sends the application back for the named items.
func (b *Bench) Return(t testing.TB, no string, items ...string) {
	t.Helper()
	var flaws []casework.Flaw
	for _, i := range items {
		flaws = append(flaws, casework.Flaw{Field: i, Reason: "请按通知更正这一项"})
	}
	must(t, b.Applications.Return(t.Context(), b.Clerk, no, b.Case(t, no).Version, flaws, once.NewToken()))
}

// Accept takes the application in as the clerk, with the service's answer.
func (b *Bench) Accept(t testing.TB, no string) error {
	t.Helper()
	return b.Applications.Accept(t.Context(), b.Clerk, no, b.Case(t, no).Version, once.NewToken())
}

// Accepted returns an application that has been taken in.
func (b *Bench) Accepted(t testing.TB, org Org) string {
	t.Helper()
	no := b.Accepting(t, org)
	must(t, b.Accept(t, no))
	return no
}

// Propose puts a proposal to the leader as the reviewer, with the service's answer.
func (b *Bench) Propose(t testing.TB, no string, in funding.ProposalInput) error {
	t.Helper()
	return b.Funding.Propose(t.Context(), b.Reviewer, no, b.Case(t, no).Version, in, once.NewToken())
}

// Endorsed returns an application that is proposed for the amount applied for.
func (b *Bench) Endorsed(t testing.TB, org Org) string {
	t.Helper()
	no := b.Accepted(t, org)
	must(t, b.Propose(t, no, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: *b.Case(t, no).Amount}))
	return no
}

// Sign grants what was proposed as the leader, with the service's answer.
func (b *Bench) Sign(t testing.TB, no string) error {
	t.Helper()
	return b.Funding.Sign(t.Context(), b.Leader, no, b.Case(t, no).Version, once.NewToken())
}

// Case reads the case as the system.
func (b *Bench) Case(t testing.TB, no string) (c casework.Case) {
	t.Helper()
	b.Read(t, func(q postgres.Querier, _ time.Time) (err error) {
		c, err = b.Cases.Load(t.Context(), q, authz.SystemActor, no)
		return err
	})
	return c
}

// Fault returns the message at a field of an error, "" when there is none.
func Fault(err error, field string) string {
	for _, f := range errs.FieldsOf(err) {
		if f.Name == field {
			return f.Message
		}
	}
	return ""
}
