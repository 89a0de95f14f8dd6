package registry_test

import (
	"bytes"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/registry/registrytest"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

func factsOn(t *testing.T, b *registrytest.Bench, org uuid.UUID, on civil.Date) (f organization.Facts) {
	t.Helper()
	b.Read(t, func(q postgres.Querier, _ time.Time) (err error) {
		f, err = organization.FactsOn(t.Context(), q, org, on)
		return err
	})
	return f
}

// Several facts change at once from the day of the decision; the past stays as it
// was, and a new certificate voids the one before.
func TestAChangeHasItsDay(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	a := registrytest.Changing(registry.NameMatter, registry.PlaceMatter, registry.ScopeMatter, registry.UnitMatter, registry.CategoryMatter).With(
		"name", "六联社区友邻互助会", "subdistrict", registrytest.Pingshan, "community", registrytest.Liuhe, "address", "六和社区 3 栋 101",
		"business_scope", "邻里互助、助老服务", "supervising_unit", "区妇女联合会", "category", "welfare")
	no := b.Submitted(t, o.Head, registry.Change, uuid.Nil, a)
	if c := b.Case(t, no); c.Kind != "change_street" || c.Community != registrytest.Liulian {
		t.Fatalf("submitted as %s in %s", c.Kind, c.Community)
	}
	b.GoTo(t, "2026-11-24")
	b.Decided(t, no, "")
	before, after := factsOn(t, b, o.ID, civil.Of(2026, 11, 23)), factsOn(t, b, o.ID, civil.Of(2026, 11, 24))
	if before.Name != o.Name || before.CommunityCode != registrytest.Liulian || before.Category != organization.CultureSport || before.SupervisingUnit != "" {
		t.Errorf("the day before: %+v", before)
	}
	if after.Name != a["name"] || after.CommunityCode != registrytest.Liuhe || after.Address != a["address"] || after.BusinessScope != a["business_scope"] ||
		after.SupervisingUnit != a["supervising_unit"] || after.Category != organization.Welfare {
		t.Errorf("from the day on: %+v", after)
	}
	if got := registrytest.Scan[string](t, b, `select community from account where id = $1`, o.Head.AccountID); got != registrytest.Liuhe {
		t.Errorf("the head's account belongs to %s", got)
	}
	first, err := b.Registry.View(t.Context(), o.Head, no)
	must(t, err)

	no = b.Submitted(t, o.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、助老、助残"))
	b.Decided(t, no, "")
	second, err := b.Registry.View(t.Context(), o.Head, no)
	must(t, err)
	old, err := b.Registry.CertificateByNo(t.Context(), first.Certificate.No)
	must(t, err)
	if old.Valid() || old.ReplacedBy != second.Certificate.No || !second.Certificate.Valid() {
		t.Errorf("old %+v, new %+v", old, second.Certificate)
	}
	_, err = b.DB.App.Pool().Exec(t.Context(), `update registry_certificate set void_on = null, void_reason = ''`)
	if err == nil {
		t.Error("a void certificate came back")
	}
	_, err = b.DB.App.Pool().Exec(t.Context(), `update registry_certificate set facts = '{}'`)
	if err == nil {
		t.Error("what was printed was altered")
	}
}

// One change of an organization lives at a time; withdrawn it makes way.
func TestOneChangeAtATime(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	scope := registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、助老服务")
	no := b.Submitted(t, o.Head, registry.Change, uuid.Nil, scope)
	second := b.Draft(t, o.Head, registry.Change, uuid.Nil, scope.With("business_scope", "邻里互助、助残服务"))
	wantFault(t, b.Submit(t, o.Head, second), "line:case:"+no, "撤回")
	must(t, b.Applications.Withdraw(t.Context(), o.Head, no, b.Case(t, no).Version, "", once.NewToken()))
	must(t, b.Submit(t, o.Head, second))
}

// Who decides a change: the bureau of legal persons, of conversions, and of what
// leaves the subdistrict.
func TestWhoDecidesAChange(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	legal, moving, converting := b.Organization(t, registrytest.Registered("51440310MJL0000165")), b.Organization(t), b.Organization(t)
	more := registrytest.Changing(registry.CapitalMatter).With("registered_capital", "80000")
	no := b.Submitted(t, legal.Head, registry.Change, uuid.Nil, more)
	if kind := b.Case(t, no).Kind; kind != "change" {
		t.Errorf("a legal person's change is %s", kind)
	}
	b.Decided(t, no, "")
	if f := factsOn(t, b, legal.ID, b.Today(t)); f.RegisteredCapital == nil || *f.RegisteredCapital != 80_000*money.Yuan {
		t.Errorf("capital %v", f.RegisteredCapital)
	}

	no = b.Submitted(t, moving.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.PlaceMatter).With(
		"subdistrict", registrytest.Maluan, "community", registrytest.Pinghuan, "address", "坪环社区 8 号"))
	if kind := b.Case(t, no).Kind; kind != "change" {
		t.Errorf("a move to another subdistrict is %s", kind)
	}
	b.Decided(t, no, "")
	if o := b.Load(t, moving.ID); o.Registrar != "马峦街道办事处" || o.SubdistrictCode != registrytest.Maluan {
		t.Errorf("moved to %s under %s", o.SubdistrictCode, o.Registrar)
	}

	no = b.Submitted(t, converting.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.ConversionMatter).With("registered_capital", "30000"))
	if kind := b.Case(t, no).Kind; kind != "change" {
		t.Errorf("a conversion is %s", kind)
	}
	b.Accepted(t, no)
	wantFault(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Grant}), "code", "")
	b.Decided(t, no, "51440310MJL123454H")
	o := b.Load(t, converting.ID)
	if o.Basis != organization.Registered || o.USCC != "51440310MJL123454H" || o.FilingNo != converting.Number || o.Registrar != "坪山区民政局" {
		t.Errorf("converted %+v", o)
	}
	if f := factsOn(t, b, converting.ID, b.Today(t).AddDays(-1)); f.Basis != organization.Filed {
		t.Errorf("yesterday it was %s", f.Basis)
	}
}

// An organization finds its certificates, those of a merged record among them, and
// saves them whole, with the address that the public does not see; nobody else does.
func TestCertificatesAreSaved(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o, gone, stranger := b.Organization(t), b.Organization(t), b.Organization(t)
	for _, x := range []registrytest.Org{o, gone} {
		no := b.Submitted(t, x.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、志愿服务"))
		b.Decided(t, no, "")
	}
	list := func() (out []registry.Certificate) {
		must(t, b.DB.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
			out, err = registry.Certificates(t.Context(), q, o.ID)
			return err
		}))
		return out
	}
	if n := len(list()); n != 1 {
		t.Fatalf("%d certificates of its own", n)
	}
	_, err := b.DB.Owner.Exec(t.Context(), `update organization set merged_into = $2 where id = $1`, gone.ID, o.ID)
	must(t, err)
	all := list()
	if len(all) != 2 || all[0].From == "" == (all[1].From == "") {
		t.Fatalf("certificates of both records: %+v", all)
	}
	for _, c := range all {
		if c.From != "" && c.From != gone.Name {
			t.Errorf("%s is of %q", c.No, c.From)
		}
		got, file, err := b.Registry.CertificateFile(t.Context(), o.Head, o.ID, c.No)
		if err != nil || got.Facts.Address == "" || !bytes.HasPrefix(file, []byte("PK")) {
			t.Errorf("%s: %d bytes, %v", c.No, len(file), err)
		}
		_, _, err = b.Registry.CertificateFile(t.Context(), stranger.Head, o.ID, c.No)
		wantKind(t, err, errs.NotFound)
		_, _, err = b.Registry.CertificateFile(t.Context(), stranger.Head, stranger.ID, c.No)
		wantKind(t, err, errs.NotFound)
	}
}

// A correction does not take a case out of the hands of who has it.
func TestACorrectionStaysWithItsRegistrar(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	a := registrytest.Changing(registry.PlaceMatter).With("subdistrict", registrytest.Pingshan, "community", registrytest.Liuhe, "address", "六和社区 3 栋 101")
	no := b.Submitted(t, o.Head, registry.Change, uuid.Nil, a)
	b.Opined(t, no)
	var flaws []casework.Flaw
	for _, item := range []string{"subdistrict", "community", "address"} {
		flaws = append(flaws, casework.Flaw{Field: item, Reason: "住所和证明不一致，请核对"})
	}
	must(t, b.Applications.Return(t.Context(), b.Subdistrict, no, b.Case(t, no).Version, flaws, once.NewToken()))
	b.Save(t, o.Head, no, a.With("subdistrict", registrytest.Maluan, "community", registrytest.Pinghuan, "address", "坪环社区 8 号"))
	wantFault(t, b.Submit(t, o.Head, no), "subdistrict", "区民政局")
	b.Save(t, o.Head, no, a.With("address", "六和社区 3 栋 102"))
	must(t, b.Submit(t, o.Head, no))
	b.Decided(t, no, "")
	if f := factsOn(t, b, o.ID, b.Today(t)); f.Address != "六和社区 3 栋 102" {
		t.Errorf("at %s", f.Address)
	}
}

func headChange(p registrytest.Person, old, username string) registrytest.Answers {
	return registrytest.Changing(registry.HeadMatter).Head(p).With("old_head", old, "head_username", username)
}

// An approved change of head passes the head's account the same moment: sessions
// end, the old head is a clerk or out, unsigned drafts stay, both see it.
func TestHandoverToAClerk(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o, next := b.Organization(t), b.Person()
	clerk := b.Account(t, account.NewAccount{Username: "clerk-of-o", Name: next.Name, Role: authz.OrgClerk, OrganizationID: o.ID, Community: registrytest.Liulian,
		ResidentID: next.ID})
	no := b.Submitted(t, o.Head, registry.Change, uuid.Nil, headChange(next, registry.StaysAsClerk, ""))
	draft := b.Draft(t, o.Head, registry.Deregistration, uuid.Nil, registrytest.Ending())
	epochs := func() [2]int {
		return [2]int{registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, o.Head.AccountID),
			registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, clerk.AccountID)}
	}
	was := epochs()
	b.Decided(t, no, "")
	if now := epochs(); now != [2]int{was[0] + 1, was[1] + 1} {
		t.Errorf("sessions go on: epochs %v, were %v", now, was)
	}
	old, head := b.ActorOf(t, o.Head.AccountID), b.ActorOf(t, clerk.AccountID)
	rec := b.Load(t, o.ID)
	if old.Role != authz.OrgClerk || head.Role != authz.OrgHead || rec.HeadPersonID != head.PersonID || rec.HeadName != next.Name {
		t.Fatalf("old %s, new %s, record %s", old.Role, head.Role, rec.HeadName)
	}
	wantKind(t, b.Submit(t, old, draft), errs.Forbidden) // a clerk signs nothing
	must(t, b.Submit(t, head, draft))                    // the draft stayed with the organization
	for _, a := range []authz.Actor{old, head} {
		h, err := b.Registry.HandoverOf(t.Context(), a)
		if err != nil || h == nil || h.NewName != next.Name || h.OldName != o.Person.Name || h.Made || !h.OldStays {
			t.Errorf("%s sees %+v, %v", a.Name, h, err)
		}
		if n := registrytest.Scan[int](t, b, `select count(*) from notification where account_id = $1 and title like '%负责人账号已移交%'`, a.AccountID); n != 1 {
			t.Errorf("%s got %d messages", a.Name, n)
		}
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from organization_event where org_id = $1 and title like '负责人变更为%'`, o.ID); n != 1 {
		t.Errorf("%d entries on the timeline", n)
	}
}

// Who has no account gets one that nobody can enter until the subdistrict gives a
// one-time password.
func TestHandoverToANewAccount(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o, next := b.Organization(t), b.Person()
	draft := b.Draft(t, o.Head, registry.Change, uuid.Nil, headChange(next, registry.Leaves, o.Head.Username))
	wantFault(t, b.Submit(t, o.Head, draft), "head_username", "已经有人用了")
	b.Save(t, o.Head, draft, headChange(next, registry.Leaves, "Xin-Head"))
	must(t, b.Submit(t, o.Head, draft))
	b.Decided(t, draft, "")
	head := b.ByUsername(t, "xin-head")
	if head.Role != authz.OrgHead || head.OrgID != o.ID || registrytest.Scan[string](t, b, `select status from account where id = $1`, o.Head.AccountID) != "disabled" {
		t.Errorf("new head %+v", head)
	}
	given, err := b.Accounts.ResetPassword(t.Context(), b.Subdistrict, head.AccountID, once.NewToken())
	if err != nil || given.Password == "" || !given.Account.MustChange {
		t.Errorf("one-time password %v, %v", given, err)
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from notification where account_id = $1 and title like '%新负责人等您交付账号%'`, b.Subdistrict.AccountID); n != 1 {
		t.Errorf("the subdistrict got %d messages", n)
	}
}

// Who has registered already and waits is confirmed by the decision.
func TestHandoverToAClaim(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o, next := b.Organization(t), b.Person()
	claim, err := b.Accounts.Register(t.Context(), authz.Actor{}, account.Registration{Role: authz.OrgHead, Number: o.Number, OrganizationName: o.Name,
		Community: registrytest.Liulian, Name: next.Name, ResidentID: next.ID, Mobile: next.Mobile, Username: "claimed", Password: registrytest.Password, Token: account.NewNonce()})
	must(t, err)
	no := b.Submitted(t, o.Head, registry.Change, uuid.Nil, headChange(next, registry.Leaves, "unused-name"))
	b.Decided(t, no, "")
	head := b.ActorOf(t, claim.AccountID)
	if head.Role != authz.OrgHead || head.OrgID != o.ID || registrytest.Scan[string](t, b, `select status from account_claim where account_id = $1`, claim.AccountID) != "confirmed" {
		t.Errorf("claimant %+v", head)
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from account where username = 'unused-name'`); n != 0 {
		t.Error("a second account was made")
	}
}

// The subdistrict confirms another's claim to be head at the very moment of the
// approval: one head comes of it, whoever was first.
func TestHeadAccountRace(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o, next, other := b.Organization(t), b.Person(), b.Person()
	must(t, b.Accounts.Disable(t.Context(), b.Subdistrict, o.Head.AccountID, "已经离开组织", 1)) // the seat is empty
	must(t, b.Accounts.Enable(t.Context(), b.Subdistrict, o.Head.AccountID, 2))
	no := b.Submitted(t, b.ActorOf(t, o.Head.AccountID), registry.Change, uuid.Nil, headChange(next, registry.Leaves, "next-head"))
	b.Accepted(t, no)
	must(t, b.Accounts.Disable(t.Context(), b.Subdistrict, o.Head.AccountID, "已经离开组织", 3))
	_, err := b.Accounts.Register(t.Context(), authz.Actor{}, account.Registration{Role: authz.OrgHead, Number: o.Number, OrganizationName: o.Name,
		Community: registrytest.Liulian, Name: other.Name, ResidentID: other.ID, Mobile: other.Mobile, Username: "other-head", Password: registrytest.Password, Token: account.NewNonce()})
	must(t, err)
	claim := registrytest.Scan[uuid.UUID](t, b, `select id from account_claim`)
	version := b.Case(t, no).Version
	var approved, confirmed error
	var wg sync.WaitGroup
	wg.Go(func() { approved = b.Registry.Approve(t.Context(), b.Subdistrict2, no, version, once.NewToken()) })
	wg.Go(func() {
		confirmed = b.Accounts.ConfirmClaim(t.Context(), b.Subdistrict, claim, account.Confirmation{OrganizationID: o.ID, Community: registrytest.Liulian, Version: 1})
	})
	wg.Wait()
	heads := registrytest.Scan[int](t, b, `select count(*) from account where organization_id = $1 and role = 'org_head' and status = 'active'`, o.ID)
	if heads != 1 {
		t.Fatalf("%d heads; approval %v, confirmation %v", heads, approved, confirmed)
	}
	if approved == nil && confirmed == nil && b.ByUsername(t, "next-head").Role != authz.OrgHead {
		t.Error("both went through and the approved head is not in office") // confirmed first: handed over at once
	}
}

// What is no new head is said at its field.
func TestTheSameHeadIsNoChange(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	no := b.Draft(t, o.Head, registry.Change, uuid.Nil, headChange(o.Person, registry.Leaves, "somebody"))
	wantFault(t, b.Submit(t, o.Head, no), "head_id_no", "现在的负责人")
	stranger := b.Person()
	stranger.ID = o.Person.ID
	b.Save(t, o.Head, no, headChange(stranger, registry.Leaves, "somebody"))
	wantFault(t, b.Submit(t, o.Head, no), "head_id_no", "另一个姓名")
}

// A deregistration names what must be settled first, each by its number; granted
// it ends the organization, whose people may still look.
func TestDeregistration(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	grant := b.OpenGrant(t, o)
	draft := b.Draft(t, o.Head, registry.Change, uuid.Nil, registrytest.Changing(registry.ScopeMatter).With("business_scope", "邻里互助、助老服务"))
	no := b.Draft(t, o.Head, registry.Deregistration, uuid.Nil, registrytest.Ending())
	err := b.Submit(t, o.Head, no)
	wantFault(t, err, "line:case:"+grant, "办结")
	wantFault(t, err, "line:case:"+draft, "草稿")
	b.CloseGrant(t, grant)
	must(t, b.Applications.Withdraw(t.Context(), o.Head, draft, b.Case(t, draft).Version, "", once.NewToken()))
	must(t, b.Submit(t, o.Head, no))
	b.Opined(t, no)
	late := b.OpenGrant(t, o) // comes up between submission and acceptance
	wantFault(t, b.Accept(t, no), "line:case:"+late, "办结")
	b.CloseGrant(t, late)
	must(t, b.Accept(t, no))
	if s := b.Load(t, o.ID).Status; s != organization.Deregistering {
		t.Errorf("accepted it is %s", s)
	}
	must(t, b.Approve(t, no))
	rec := b.Load(t, o.ID)
	if rec.Status != organization.Deregistered || rec.StatusSince != b.Today(t) || b.Case(t, no).State != workflow.Closed {
		t.Errorf("%s since %s", rec.Status, rec.StatusSince)
	}
	_, err = b.Registry.Open(t.Context(), o.Head, registry.Change, registry.Opening{}, once.NewToken())
	wantKind(t, err, errs.Conflict)
	wantKind(t, b.Organizations.SaveBasics(t.Context(), o.Head, organization.Basics{OrgID: o.ID, Version: rec.Version}), errs.Conflict)
	if _, err := b.Organizations.Get(t.Context(), o.Head, o.ID); err != nil {
		t.Errorf("its head cannot read: %v", err)
	}
	version := b.Case(t, no).Version
	wantKind(t, b.Registry.Refuse(t.Context(), b.Subdistrict2, no, version, registry.Refusal{Ground: "conditions", Reason: "已经决定的事项不能再改动"}, once.NewToken()), errs.Conflict)
}

// What comes to nothing leaves the organization as it was.
func TestARefusedDeregistrationLeavesItAsItWas(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	o := b.Organization(t)
	no := b.Submitted(t, o.Head, registry.Deregistration, uuid.Nil, registrytest.Ending())
	b.Accepted(t, no)
	refusal := registry.Refusal{Ground: "procedure", Reason: "会议没有达到章程规定的人数"}
	wantFault(t, b.Registry.Refuse(t.Context(), b.Subdistrict2, no, b.Case(t, no).Version, registry.Refusal{}, once.NewToken()), "ground", "选")
	must(t, b.Registry.Refuse(t.Context(), b.Subdistrict2, no, b.Case(t, no).Version, refusal, once.NewToken()))
	if s := b.Load(t, o.ID).Status; s != organization.Active || b.Case(t, no).State != workflow.Refused {
		t.Errorf("left %s", s)
	}
	if l := b.Letters(t, no); l[len(l)-1] != casework.RegistryRefusalLetter {
		t.Errorf("letters %v", l)
	}
}
