package registry_test

import (
	"sync"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/registry/registrytest"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// An absorption through every role: the other head consents to what was shown, a
// change afterwards asks anew; the absorbed one ends, the other keeps both
// histories and is new no more.
func TestAbsorption(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	older, o := b.Organization(t, func(in *organization.Registration) { in.EstablishedOn = in.EstablishedOn.AddMonths(-40) }), b.Organization(t)
	stranger := b.Organization(t)
	grant := b.OpenGrant(t, older)
	a := registrytest.Absorbing(older)
	no := b.Draft(t, o.Head, registry.Merger, uuid.Nil, a)
	err := b.Submit(t, o.Head, no)
	wantFault(t, err, "line:consent:"+older.ID.String(), "征求")
	wantFault(t, err, "line:case:"+grant, "资助还没有办结")
	b.CloseGrant(t, grant)
	b.AskConsent(t, o.Head, no)

	if list, err := b.Registry.Asked(t.Context(), stranger.Head); err != nil || len(list) != 0 {
		t.Errorf("a stranger is shown %v, %v", list, err)
	}
	wantKind(t, b.Registry.Consent(t.Context(), stranger.Head, no, 1, true, "", once.NewToken()), errs.NotFound)
	wantFault(t, b.Registry.Consent(t.Context(), older.Head, no, 1, false, "", once.NewToken()), "reason", "")
	must(t, b.Registry.Consent(t.Context(), older.Head, no, 1, false, "财产安排还没有谈好", once.NewToken()))
	wantFault(t, b.Submit(t, o.Head, no), "line:consent:"+older.ID.String(), "不同意")
	b.AskConsent(t, o.Head, no)
	b.Agree(t, older, no)
	b.Save(t, o.Head, no, a.With("arrangement", "财产归存续组织，债权债务另行商定"))
	wantFault(t, b.Submit(t, o.Head, no), "parties", "重新征求同意")
	b.AskConsent(t, o.Head, no)
	b.Agree(t, older, no)
	must(t, b.Submit(t, o.Head, no))
	wantKind(t, b.Registry.Consent(t.Context(), older.Head, no, 5, false, "现在又不同意了", once.NewToken()), errs.Conflict)

	b.Accepted(t, no)
	for _, id := range []uuid.UUID{o.ID, older.ID} {
		if s := b.Load(t, id).Status; s != organization.Merging {
			t.Errorf("accepted one is %s", s)
		}
	}
	must(t, b.Approve(t, no))
	kept, gone := b.Load(t, o.ID), b.Load(t, older.ID)
	if gone.Status != organization.Deregistered || gone.StatusSince != b.Today(t) || kept.Status != organization.Active || kept.Origin != organization.OriginMerge {
		t.Errorf("absorbed %s, going on %s of %s", gone.Status, kept.Status, kept.Origin)
	}
	if f := factsOn(t, b, o.ID, b.Today(t)); f.EstablishedOn != gone.EstablishedOn || len(f.Predecessors) != 1 {
		t.Errorf("as old as %s with %d predecessors", f.EstablishedOn, len(f.Predecessors))
	}
	related, err := b.Registry.Related(t.Context(), older.ID)
	if err != nil || len(related) != 1 || related[0].ID != o.ID || !related[0].Successor {
		t.Errorf("related %v, %v", related, err)
	}
}

// A consolidation ends all parties; the new one has a number, a certificate and a
// head of its own.
func TestConsolidation(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	first, second, head := b.Organization(t), b.Organization(t), b.Person()
	a := registrytest.Absorbing(second).Head(head).With("way", "consolidation", "name", "六联社区友邻联合会", "category", "charity",
		"business_scope", "邻里互助、志愿服务", "subdistrict", registrytest.Pingshan, "community", registrytest.Liulian, "address", "六联社区综合服务楼 201", "head_username", "union-head")
	no := b.Draft(t, first.Head, registry.Merger, uuid.Nil, a)
	b.AskConsent(t, first.Head, no)
	b.Agree(t, second, no)
	must(t, b.Submit(t, first.Head, no))
	b.Decided(t, no, "")
	view, err := b.Registry.View(t.Context(), first.Head, no)
	must(t, err)
	fresh := b.Load(t, view.Result)
	if fresh.Name != a["name"] || fresh.Origin != organization.OriginMerge || fresh.FilingNo != "坪社备〔2026〕第0001号" || fresh.Category != organization.Charity {
		t.Errorf("new one %+v", fresh)
	}
	if now := b.ByUsername(t, "union-head"); now.OrgID != fresh.ID || now.PersonID != fresh.HeadPersonID {
		t.Errorf("its head %+v", now)
	}
	for _, o := range []registrytest.Org{first, second} {
		if s := b.Load(t, o.ID).Status; s != organization.Deregistered {
			t.Errorf("%s is %s", o.Name, s)
		}
	}
	if f := factsOn(t, b, fresh.ID, b.Today(t)); len(f.Predecessors) != 2 || f.EstablishedOn != b.Load(t, first.ID).EstablishedOn {
		t.Errorf("%d predecessors, established %s", len(f.Predecessors), f.EstablishedOn)
	}
	if l := b.Letters(t, no); l[len(l)-1] != casework.RegistryApprovalLetter {
		t.Errorf("letters %v", l)
	}
}

// Who headed a party and heads what comes of it goes on with the account of that
// party: no second one is made, its sessions end, and it reads the cases of both.
// Who stays with a party goes on reading there.
func TestConsolidationUnderAPartysHead(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	first, second := b.Organization(t), b.Organization(t)
	stays := b.Account(t, account.NewAccount{Username: "clerk-of-second", Name: "赵经办", Role: authz.OrgClerk, OrganizationID: second.ID, Community: registrytest.Liulian,
		ResidentID: b.Person().ID})
	a := registrytest.Absorbing(first).Head(first.Person).With("way", "consolidation", "name", "六联社区友邻联合会", "category", "charity",
		"business_scope", "邻里互助、志愿服务", "subdistrict", registrytest.Pingshan, "community", registrytest.Liulian, "address", "六联社区综合服务楼 201")
	no := b.Draft(t, second.Head, registry.Merger, uuid.Nil, a) // the head comes from the other party
	b.AskConsent(t, second.Head, no)
	b.Agree(t, first, no)
	was := registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, first.Head.AccountID)
	accounts := registrytest.Scan[int](t, b, `select count(*) from account`)
	must(t, b.Submit(t, second.Head, no))
	b.Decided(t, no, "")
	view, err := b.Registry.View(t.Context(), second.Head, no)
	must(t, err)
	head := b.ActorOf(t, first.Head.AccountID)
	if head.Role != authz.OrgHead || head.OrgID != view.Result || head.PersonID != b.Load(t, view.Result).HeadPersonID {
		t.Errorf("the head of the new one %+v", head)
	}
	if now := registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, first.Head.AccountID); now != was+1 {
		t.Errorf("sessions go on: epoch %d, was %d", now, was)
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from account`); n != accounts {
		t.Errorf("%d accounts, %d before", n, accounts)
	}
	if _, err := b.Registry.View(t.Context(), head, no); err != nil {
		t.Errorf("the new head reads the merger: %v", err)
	}
	for _, who := range []authz.Actor{head, stays, second.Head} {
		n := registrytest.Scan[int](t, b, `select count(*) from notification where account_id = $1 and body like '%账号以后只能查看%'`, who.AccountID)
		if n > 0 { // the other party alone, and its head has gone to the new one
			t.Errorf("%s is told %d times that the account only reads", who.Name, n)
		}
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from notification where account_id = $1 and title like '%负责人账号已移交%' and body like '合并已准予%'`, head.AccountID); n != 1 {
		t.Errorf("the head is told %d times", n)
	}
	if h, err := b.Registry.HandoverOf(t.Context(), head); err != nil || h == nil || h.Made {
		t.Errorf("the hand-over %+v, %v", h, err)
	}
}

// Two organizations that want to absorb each other: both may be asked and agree,
// one application goes through, the other cannot be decided any more.
func TestMutualMerger(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	first, second := b.Organization(t), b.Organization(t)
	ours := b.Draft(t, first.Head, registry.Merger, uuid.Nil, registrytest.Absorbing(second))
	theirs := b.Draft(t, second.Head, registry.Merger, uuid.Nil, registrytest.Absorbing(first))
	b.AskConsent(t, first.Head, ours)
	b.AskConsent(t, second.Head, theirs)
	b.Agree(t, second, ours)
	b.Agree(t, first, theirs)
	answers := make([]error, 2)
	var wg sync.WaitGroup
	wg.Go(func() { answers[0] = b.Submit(t, first.Head, ours) })
	wg.Go(func() { answers[1] = b.Submit(t, second.Head, theirs) })
	wg.Wait()
	// Each draft of the other stands in the way until it is withdrawn.
	for i, err := range answers {
		if err == nil || fundingtest.Fault(err, "line:case:"+[]string{theirs, ours}[i]) == "" {
			t.Errorf("submission %d: %v %v", i, err, errs.FieldsOf(err))
		}
	}
	must(t, b.Applications.Withdraw(t.Context(), second.Head, theirs, b.Case(t, theirs).Version, "", once.NewToken()))
	must(t, b.Submit(t, first.Head, ours))
	b.Decided(t, ours, "")
	if s := b.Load(t, second.ID).Status; s != organization.Deregistered {
		t.Errorf("absorbed one is %s", s)
	}
}

// A merger that is withdrawn after acceptance leaves everybody as before.
func TestAWithdrawnMergerLeavesThemAsTheyWere(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	first, second := b.Organization(t), b.Organization(t, registrytest.ByBureau)
	no := b.Draft(t, first.Head, registry.Merger, uuid.Nil, registrytest.Absorbing(second))
	b.AskConsent(t, first.Head, no)
	b.Agree(t, second, no)
	must(t, b.Submit(t, first.Head, no))
	if kind := b.Case(t, no).Kind; kind != "merger" { // one party is the bureau's
		t.Errorf("decided as %s", kind)
	}
	b.Accepted(t, no)
	must(t, b.Applications.Withdraw(t.Context(), first.Head, no, b.Case(t, no).Version, "双方改变主意", once.NewToken()))
	for _, o := range []registrytest.Org{first, second} {
		if s := b.Load(t, o.ID).Status; s != organization.Active {
			t.Errorf("%s is %s", o.Name, s)
		}
	}
}

// A revocation through every role at the bureau: told beforehand, heard, decided
// by others than who opened it.
func TestRevocationAtTheBureau(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t, registrytest.Registered("51440310MJL0000165"))
	no := b.Draft(t, b.Clerk, registry.Revocation, o.ID, registrytest.Revoking())
	if _, err := b.Registry.View(t.Context(), o.Head, no); !errs.Is(err, errs.NotFound) {
		t.Errorf("the organization sees the draft: %v", err)
	}
	must(t, b.Submit(t, b.Clerk, no))
	if l := b.Letters(t, no); len(l) != 1 || l[0] != casework.RevocationNotice {
		t.Errorf("letters %v", l)
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from notification where account_id = $1 and case_no = $2`, o.Head.AccountID, no); n != 1 {
		t.Errorf("the head got %d messages", n)
	}
	v := b.Case(t, no).Version
	wantFault(t, b.Registry.Answer(t.Context(), o.Head, no, v, "不服", once.NewToken()), "text", "")
	must(t, b.Registry.Answer(t.Context(), o.Head, no, v, "今年因场地装修停了三个月，十月已经恢复活动。", once.NewToken()))
	wantKind(t, b.Registry.Answer(t.Context(), o.Head, no, b.Case(t, no).Version, "再补充一点情况说明。", once.NewToken()), errs.Conflict)
	must(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Grant, Reason: "所述恢复活动没有记录"}))
	must(t, b.Approve(t, no))
	rec := b.Load(t, o.ID)
	if rec.Status != organization.RegistrationRevoked || b.Case(t, no).State != workflow.Closed {
		t.Errorf("%s, case %s", rec.Status, b.Case(t, no).State)
	}
	view, err := b.Registry.View(t.Context(), o.Head, no)
	if err != nil || view.Statement == nil || view.Proposal != nil {
		t.Errorf("the organization sees %+v, %v", view, err)
	}
	if l := b.Letters(t, no); l[len(l)-1] != casework.RevocationLetter {
		t.Errorf("letters %v", l)
	}
}

// Silence lapses and does not stop the case; the street may find that there is
// nothing to revoke.
func TestRevocationAtTheSubdistrict(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	no := b.Submitted(t, b.Subdistrict, registry.Revocation, o.ID, registrytest.Revoking())
	b.GoTo(t, "2026-12-02")
	must(t, b.Applications.Lapse(t.Context()))
	if c := b.Case(t, no); c.State != workflow.Signing {
		t.Fatalf("after the days of the statement it is %s", c.State)
	}
	wantKind(t, b.Registry.Approve(t.Context(), b.Subdistrict, no, b.Case(t, no).Version, once.NewToken()), errs.Forbidden) // opened it
	must(t, b.Registry.Refuse(t.Context(), b.Subdistrict2, no, b.Case(t, no).Version, registry.Refusal{Ground: "rectified", Reason: "走访核实已经恢复活动"}, once.NewToken()))
	if s := b.Load(t, o.ID).Status; s != organization.Active || b.Case(t, no).State != workflow.Terminated {
		t.Errorf("%s, case %s", s, b.Case(t, no).State)
	}
	no = b.Submitted(t, b.Subdistrict, registry.Revocation, o.ID, registrytest.Revoking())
	b.GoTo(t, "2026-12-15")
	must(t, b.Applications.Lapse(t.Context()))
	must(t, b.Approve(t, no))
	if s := b.Load(t, o.ID).Status; s != organization.FilingRevoked {
		t.Errorf("revoked it is %s", s)
	}
}

// A revocation runs beside a change; once it is signed the change has no ground
// to stand on.
func TestARevocationOvertakesAChange(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	change := b.Submitted(t, o.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、助老服务"))
	no := b.Submitted(t, b.Subdistrict, registry.Revocation, o.ID, registrytest.Revoking())
	must(t, b.Registry.Answer(t.Context(), o.Head, no, b.Case(t, no).Version, "没有什么要说明的。", once.NewToken()))
	must(t, b.Approve(t, no))
	b.Opined(t, change)
	wantKind(t, b.Accept(t, change), errs.Conflict)
	must(t, b.Applications.Refuse(t.Context(), b.Subdistrict, change, b.Case(t, change).Version, "ended", "组织已经被撤销备案，变更无从谈起", once.NewToken()))
}
