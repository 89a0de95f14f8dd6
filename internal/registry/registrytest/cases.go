package registrytest

import (
	"bytes"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Answers are the controls of every section of a form; a value with commas is
// several ticks.
type Answers map[string]string

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
		if k == "matters" || k == "grounds" {
			v[k] = strings.Split(s, ",")
		} else {
			v.Set(k, s)
		}
	}
	return v
}

// Filing is a complete form of a filing by head and two more people.
func (b *Bench) Filing(head Person) Answers {
	b.organizations++
	a := Answers{
		"name": fmt.Sprintf("六联社区第%s书友会", ordinal(b.organizations)), "org_type": "association", "category": "culture_sport", "activity_scope": "六联社区",
		"business_scope": "组织居民读书、交流", "subdistrict": Pingshan, "community": Liulian, "address": "六联社区文化站 2 楼", "premises": "lent",
		"members": "12", "unit_members": "0", "staff": "2", "full_time": "0", "volunteers": "5",
	}
	for i, p := range []Person{head, b.Person(), b.Person()} {
		a[registry.InitiatorControl("kind", i+1)], a[registry.InitiatorControl("name", i+1)] = registry.NaturalPerson, p.Name
		a[registry.InitiatorControl("id", i+1)] = p.ID
	}
	return a.Head(head)
}

// Registration is Filing for a legal person.
func (b *Bench) Registration(head Person) Answers {
	return b.Filing(head).With("members", "50", "registered_capital", "30000")
}

// Head puts the head's particulars in.
func (a Answers) Head(p Person) Answers {
	return a.With("head_name", p.Name, "head_id_type", "resident", "head_id_no", p.ID, "head_mobile", p.Mobile)
}

// Changing is a form of a change of the matters, without new values.
func Changing(matters ...registry.Matter) Answers {
	list := make([]string, len(matters))
	for i, m := range matters {
		list[i] = string(m)
	}
	return Answers{"matters": strings.Join(list, ","), "decided_on": "2026-11-10", "reason": "会员大会决定变更"}
}

// Absorbing is a form of an absorption of others.
func Absorbing(others ...Org) Answers {
	a := Answers{"way": "absorption", "decided_on": "2026-11-10", "reason": "服务内容相近，合并后更有力", "arrangement": "财产、债权债务和会员由存续组织承接"}
	for i, o := range others {
		a[registry.PartyControl(i+1)] = o.Number
	}
	return a
}

// Ending is a form of a deregistration of a filed organization.
func Ending() Answers {
	return Answers{"end_reason": "resolved", "explanation": "会员多数搬离社区，活动难以继续", "decided_on": "2026-11-10", "present": "12", "agreed": "10", "property": "none"}
}

// Revoking is a form of a revocation.
func Revoking() Answers {
	return Answers{"grounds": "inactive,weak", "facts": "今年以来没有开展任何活动，走访时没有人在场，联系不上经办人。", "tried": "两次书面提醒整改"}
}

// Open begins a draft.
func (b *Bench) Open(t testing.TB, actor authz.Actor, f registry.Family, org uuid.UUID) string {
	t.Helper()
	no, err := b.Registry.Open(t.Context(), actor, f, registry.Opening{OrganizationID: org}, once.NewToken())
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

// AttachAll puts a small PDF into every slot that asks for one.
func (b *Bench) AttachAll(t testing.TB, actor authz.Actor, no string) {
	t.Helper()
	f, err := b.Applications.Form(t.Context(), actor, no)
	must(t, err)
	for _, slot := range f.Slots {
		if !slot.Required || slot.Usable() > 0 || !slot.Open {
			continue
		}
		b.papers++
		p, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: attachment.Owner{Kind: application.OwnerKind, ID: f.Case.ID}, Slot: slot.Key,
			Field: application.FileItem(slot.Key), Label: slot.Label, Filename: slot.Key + ".pdf",
			Body: bytes.NewReader(fmt.Appendf(nil, "%%PDF-1.4\n1 0 obj<</T(%d)>>endobj\nstartxref\n9\n%%%%EOF\n", b.papers))})
		must(t, err)
		defer p.Discard()
		must(t, b.Applications.Attach(t.Context(), actor, no, slot.Key, p))
	}
}

// Draft begins a draft and fills it in, ready to be signed.
func (b *Bench) Draft(t testing.TB, actor authz.Actor, f registry.Family, org uuid.UUID, a Answers) string {
	t.Helper()
	no := b.Open(t, actor, f, org)
	b.Save(t, actor, no, a)
	b.AttachAll(t, actor, no)
	return no
}

// Submit signs and submits by password, with the service's answer.
func (b *Bench) Submit(t testing.TB, actor authz.Actor, no string) error {
	t.Helper()
	f, err := b.Applications.Form(t.Context(), actor, no)
	must(t, err)
	return b.Applications.Submit(t.Context(), actor, no, f.Case.Version, application.Signature{Method: casework.Reauthenticated,
		StatementVersion: f.Kind.Statement().Version, Agreed: true, TypedName: actor.Name, Password: Password}, once.NewToken())
}

// Submitted returns a case that was submitted.
func (b *Bench) Submitted(t testing.TB, actor authz.Actor, f registry.Family, org uuid.UUID, a Answers) string {
	t.Helper()
	no := b.Draft(t, actor, f, org, a)
	must(t, b.Submit(t, actor, no))
	return no
}

// Opined lets whoever is asked support the case until it waits to be accepted.
func (b *Bench) Opined(t testing.TB, no string) {
	t.Helper()
	for c := b.Case(t, no); c.State == workflow.Opining && c.Waits != authz.OrgHead; c = b.Case(t, no) {
		actor := b.Community
		actor.Community, actor.Subdistrict = c.Community, c.Subdistrict
		if c.Waits == authz.Subdistrict {
			actor = b.Subdistrict
			actor.Subdistrict = c.Subdistrict
		}
		must(t, b.Applications.Opine(t.Context(), actor, no, c.Version, casework.Support, "", once.NewToken()))
	}
}

// Accept takes the case in by whoever it waits for, with the service's answer.
func (b *Bench) Accept(t testing.TB, no string) error {
	t.Helper()
	c := b.Case(t, no)
	actor := b.Clerk
	if c.Waits == authz.Subdistrict {
		actor = b.Subdistrict
	}
	return b.Applications.Accept(t.Context(), actor, no, c.Version, once.NewToken())
}

// Accepted carries a submitted case to where it is decided.
func (b *Bench) Accepted(t testing.TB, no string) {
	t.Helper()
	b.Opined(t, no)
	must(t, b.Accept(t, no))
}

// Propose puts a proposal to the leader, with the service's answer.
func (b *Bench) Propose(t testing.TB, no string, p registry.Proposal) error {
	t.Helper()
	return b.Registry.Propose(t.Context(), b.Reviewer, no, b.Case(t, no).Version, p, once.NewToken())
}

// Signer is who decides a case.
func (b *Bench) Signer(t testing.TB, no string) authz.Actor {
	t.Helper()
	if _, street, _ := registry.FamilyOf(b.Case(t, no).Kind); street {
		return b.Subdistrict2
	}
	return b.Leader
}

// Approve signs the case, with the service's answer.
func (b *Bench) Approve(t testing.TB, no string) error {
	t.Helper()
	return b.Registry.Approve(t.Context(), b.Signer(t, no), no, b.Case(t, no).Version, once.NewToken())
}

// Decided carries a submitted case to its approval; code is for who becomes a
// legal person.
func (b *Bench) Decided(t testing.TB, no, code string) {
	t.Helper()
	if c := b.Case(t, no); c.State == workflow.Opining || c.State == workflow.Accepting {
		b.Accepted(t, no)
	}
	if b.Case(t, no).State == workflow.Reviewing {
		must(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Grant, Code: code}))
	}
	must(t, b.Approve(t, no))
}

// AskConsent shows a merger to the other parties as the applicant's head.
func (b *Bench) AskConsent(t testing.TB, actor authz.Actor, no string) {
	t.Helper()
	must(t, b.Registry.AskConsent(t.Context(), actor, no, b.Case(t, no).Version, once.NewToken()))
}

// Agree lets the head of another party agree to what was shown last.
func (b *Bench) Agree(t testing.TB, o Org, no string) {
	t.Helper()
	list, err := b.Registry.Asked(t.Context(), o.Head)
	must(t, err)
	for _, c := range list {
		if c.CaseNo == no {
			must(t, b.Registry.Consent(t.Context(), o.Head, no, c.Version, true, "", once.NewToken()))
			return
		}
	}
	t.Fatalf("%s was not asked about %s", o.Name, no)
}

// OpenGrant gives an organization a granted case that waits for its use report.
func (b *Bench) OpenGrant(t testing.TB, o Org) string {
	t.Helper()
	var no string
	b.Tx(t, func(tx postgres.Tx, now time.Time) error {
		c, err := b.Cases.Open(t.Context(), tx, now, o.Head, casework.NewCase{Kind: Grant.Kind, Title: o.Name, OrganizationID: o.ID, Community: Liulian, Subdistrict: Pingshan, Channel: casework.Online})
		if err != nil {
			return err
		}
		no = c.No
		amount := 5000 * money.Yuan
		return b.Cases.Submit(t.Context(), tx, now, o.Head, &c, Scan[uuid.UUID](t, b, `select id from policy_edition limit 1`), &amount,
			casework.Submission{Document: []byte(`{}`), StatementVersion: "1", Method: casework.Reauthenticated, SignerName: o.Head.Name})
	})
	return no
}

// CloseGrant settles it.
func (b *Bench) CloseGrant(t testing.TB, no string) {
	t.Helper()
	b.Tx(t, func(tx postgres.Tx, now time.Time) error {
		c, err := b.Cases.LoadForUpdate(t.Context(), tx, authz.SystemActor, no, 0)
		if err != nil {
			return err
		}
		return b.Cases.Move(t.Context(), tx, now, b.Clerk, &c, casework.Move{Action: "close"})
	})
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

// Letters are the kinds of letters of a case, in the order of issue.
func (b *Bench) Letters(t testing.TB, no string) []casework.LetterKind {
	t.Helper()
	var kinds []casework.LetterKind
	b.Read(t, func(q postgres.Querier, _ time.Time) error {
		d, err := casework.DossierOf(t.Context(), q, b.Clerk, b.Case(t, no))
		for _, l := range d.Letters {
			kinds = append(kinds, l.Kind)
		}
		return err
	})
	return kinds
}
