package organization_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func n(v int) *int { return &v }

func TestBasics(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	clerk := member(id, authz.OrgClerk)
	good := organization.Basics{OrgID: id, Version: 1, Introduction: "邻居帮邻居", Members: n(20), Staff: n(3), FullTime: n(3), SocialWorkers: n(0)}
	for _, c := range []struct {
		name, field string
		spoil       func(in *organization.Basics)
	}{
		{"more full-time than staff", "full_time", func(in *organization.Basics) { in.FullTime = n(4) }},
		{"full-time without staff", "staff", func(in *organization.Basics) { in.Staff = nil }},
		{"negative", "volunteers", func(in *organization.Basics) { in.Volunteers = n(-1) }},
		{"too many", "members", func(in *organization.Basics) { in.Members = n(1_000_001) }},
		{"introduction", "introduction", func(in *organization.Basics) { in.Introduction = strings.Repeat("字", 501) }},
		{"party members", "party_members", func(in *organization.Basics) { in.PartyMembers = n(24) }},
		{"party", "party_org", func(in *organization.Basics) { in.PartyOrg = "other" }},
	} {
		in := good
		c.spoil(&in)
		wantField(t, b.SaveBasics(t.Context(), clerk, in), c.field)
	}
	if err := b.SaveBasics(t.Context(), clerk, good); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.SaveBasics(t.Context(), clerk, good), errs.Conflict) // the version is old by now
	r := b.record(t, clerk, id)
	if r.Introduction != good.Introduction || *r.FullTime != 3 || *r.SocialWorkers != 0 || r.Volunteers != nil {
		t.Errorf("saved %+v", r.Organization)
	}
}

// One organization is not there for another, nor for an office elsewhere.
func TestScope(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	mine, theirs := b.register(t, filed("01")), b.register(t, filed("02"))
	clerk := member(mine, authz.OrgClerk)
	wantKind(t, b.SaveBasics(t.Context(), clerk, organization.Basics{OrgID: theirs, Version: 1}), errs.NotFound)
	wantKind(t, b.SaveBasics(t.Context(), clerk, organization.Basics{OrgID: uuid.Must(uuid.NewV7()), Version: 1}), errs.NotFound)
	for _, c := range []struct {
		name  string
		actor authz.Actor
		sees  bool
	}{
		{"own", clerk, true}, {"other organization", member(theirs, authz.OrgHead), false}, {"own community", b.community, true},
		{"other community", authz.Actor{Role: authz.Community, Community: pinghuan, Subdistrict: maluan}, false},
		{"own subdistrict", b.subdistrict, true}, {"other subdistrict", b.other, false}, {"bureau", b.clerk, true},
		{"auditor", authz.Actor{Role: authz.Auditor}, true}, {"expert", authz.Actor{Role: authz.Expert}, false},
		{"public", authz.Actor{}, false}, {"no area", authz.Actor{Role: authz.Subdistrict}, false},
		{"department", authz.Actor{Role: authz.Department, Department: "culture"}, false},
	} {
		_, err := b.Get(t.Context(), c.actor, mine)
		if c.sees && err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !c.sees {
			wantKind(t, err, errs.NotFound)
		}
	}
}

func TestContact(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	clerk := member(id, authz.OrgClerk)
	good := organization.Contact{OrgID: id, Version: 1, Name: "王芳", Mobile: "139 1234 5678", Phone: "0755-28888888",
		Email: "wang@example.cn", Address: "六联社区综合楼 201", Postcode: "518118"}
	for _, c := range []struct {
		field string
		spoil func(in *organization.Contact)
	}{
		{"contact_name", func(in *organization.Contact) { in.Name = "王" }},
		{"contact_mobile", func(in *organization.Contact) { in.Mobile = "" }},
		{"contact_phone", func(in *organization.Contact) { in.Phone = "28888888" }},
		{"contact_email", func(in *organization.Contact) { in.Email = "wang at example" }},
		{"contact_email", func(in *organization.Contact) { in.Email = "wang@example" }},
		{"address", func(in *organization.Contact) { in.Address = "" }},
		{"postcode", func(in *organization.Contact) { in.Postcode = "51811" }},
	} {
		in := good
		c.spoil(&in)
		wantField(t, b.SaveContact(t.Context(), clerk, in), c.field)
	}
	if err := b.SaveContact(t.Context(), clerk, good); err != nil {
		t.Fatal(err)
	}
	good.Version, good.Mobile, good.Name = 2, "", "王小芳"
	if err := b.SaveContact(t.Context(), clerk, good); err != nil {
		t.Fatalf("an empty mobile keeps the old one: %v", err)
	}
	for actor, want := range map[*authz.Actor]string{&clerk: "13912345678", &b.subdistrict: "13912345678", &b.finance: "139****5678"} {
		if r := b.record(t, *actor, id); r.ContactMobile != want {
			t.Errorf("%s sees %q, want %q", actor.Role, r.ContactMobile, want)
		}
	}
}

func payee(id uuid.UUID) organization.PayeeInput {
	return organization.PayeeInput{OrgID: id, Kind: organization.AgentAccount, AgentName: "坪山街道办事处", AgentKind: organization.AgentSubdistrict,
		AuthorizationNote: "2026年6月1日代收授权书", BankName: "中国农业银行", Branch: "坪山支行", AccountName: "坪山街道办事处", AccountNo: "41 0283 0004 0012 345"}
}

func TestPayee(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	clerk := member(id, authz.OrgClerk)
	for _, c := range []struct {
		name, field string
		spoil       func(in *organization.PayeeInput)
	}{
		{"another's name", "account_name", func(in *organization.PayeeInput) { in.AccountName = "陈小明" }},
		{"own account in another name", "account_name", func(in *organization.PayeeInput) { in.Kind = organization.OwnAccount }},
		{"no agent", "agent_name", func(in *organization.PayeeInput) { in.AgentName, in.AccountName = "", "" }},
		{"no authorization", "authorization_note", func(in *organization.PayeeInput) { in.AuthorizationNote = "" }},
		{"agent of another kind", "agent_kind", func(in *organization.PayeeInput) { in.AgentKind = "friend" }},
		{"no number", "account_no", func(in *organization.PayeeInput) { in.AccountNo = "" }},
		{"short number", "account_no", func(in *organization.PayeeInput) { in.AccountNo = "1234567" }},
		{"cnaps", "cnaps", func(in *organization.PayeeInput) { in.CNAPS = "103" }},
		{"card", "accept", func(in *organization.PayeeInput) { in.AccountNo = "6222020000000000000" }},
	} {
		in := payee(id)
		c.spoil(&in)
		err := b.SavePayee(t.Context(), clerk, in)
		wantField(t, err, c.field)
		if strings.Contains(err.Error(), "6222") || strings.Contains(err.Error(), "1234567") {
			t.Errorf("%s: the message repeats the number: %v", c.name, err)
		}
	}
	if err := b.SavePayee(t.Context(), clerk, payee(id)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.SavePayee(t.Context(), clerk, payee(id)), errs.Conflict) // the form was opened before there was one
	first := b.record(t, clerk, id).Payee
	if first.Masked() != "****2345" || first.VerifiedAt != nil {
		t.Errorf("saved %+v", first)
	}
	if err := b.VerifyPayee(t.Context(), b.finance, id, first.ID); err != nil {
		t.Fatal(err)
	}
	again := payee(id)
	again.Replaces, again.AccountNo, again.Branch = first.ID, "", "坪山大道支行"
	if err := b.SavePayee(t.Context(), clerk, again); err != nil {
		t.Fatalf("an empty number keeps the old one: %v", err)
	}
	second := b.record(t, clerk, id).Payee
	if second.Masked() != "****2345" || second.ID == first.ID || second.VerifiedAt != nil {
		t.Errorf("an edited account is another, to be verified again: %+v", second)
	}
	number, err := b.UnmaskAccount(t.Context(), b.finance, id, "核对拨款凭证")
	if err != nil || number != "41028300040012345" {
		t.Errorf("unmasked %q, %v", number, err)
	}
}

// Reading a number needs the permission, a reason, and leaves an entry; a read
// that is refused gives nothing.
func TestUnmask(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	count := func(action string) (n int) {
		t.Helper()
		if err := b.db.Owner.QueryRow(t.Context(), `select count(*) from audit_entry where action = $1`, action).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for _, reason := range []string{"", "看看"} {
		number, err := b.UnmaskHeadID(t.Context(), b.clerk, id, reason)
		if number != "" || !errs.Is(err, errs.Invalid) {
			t.Errorf("reason %q: got %q, %v", reason, number, err)
		}
	}
	for _, actor := range []authz.Actor{b.subdistrict, b.finance, member(id, authz.OrgHead), b.public} {
		if number, err := b.UnmaskHeadID(t.Context(), actor, id, "核对负责人身份"); number != "" || err == nil {
			t.Errorf("%s reads %q", actor.Role, number)
		}
	}
	if n := count("organization.head_id.unmask"); n != 0 {
		t.Errorf("%d entries before anybody read", n)
	}
	number, err := b.UnmaskHeadID(t.Context(), b.clerk, id, "核对负责人身份")
	if err != nil || number != "440310199002280010" || count("organization.head_id.unmask") != 1 {
		t.Errorf("got %q, %v, %d entries", number, err, count("organization.head_id.unmask"))
	}
	// A GET cannot read it: there would be no entry.
	if number, err := b.UnmaskHeadID(postgres.ReadOnly(t.Context()), b.clerk, id, "核对负责人身份"); number != "" || err == nil {
		t.Errorf("a safe request reads %q", number)
	}
}

// Nothing sensitive is stored or logged in clear.
func TestNothingInClear(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	if err := b.SavePayee(t.Context(), member(id, authz.OrgClerk), payee(id)); err != nil {
		t.Fatal(err)
	}
	rows, err := b.db.Owner.Query(t.Context(), `
		select o::text from organization o union all select p::text from payee_account p union all select a::text from audit_entry a
		union all select f::text from organization_fact f union all select p::text from person p`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	seen := 0
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		seen++
		for _, secret := range []string{"440310199002280010", "13800138000", "41028300040012345"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s stands in clear in %s", secret, text)
			}
		}
	}
	if seen < 10 || rows.Err() != nil {
		t.Errorf("looked at %d rows, %v", seen, rows.Err())
	}
}

func activity(id uuid.UUID) organization.ActivityInput {
	return organization.ActivityInput{Token: once.NewToken(), OrgID: id, Title: "社区旧物交换日", HeldOn: civil.Of(2026, 8, 1), Place: "六联社区广场",
		CommunityCode: liulian, Participants: 46, Volunteers: 8, Summary: "邻居带旧物来交换，义工帮忙登记。"}
}

func TestActivities(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	clerk := member(id, authz.OrgClerk)
	for _, c := range []struct {
		field string
		spoil func(in *organization.ActivityInput)
	}{
		{"title", func(in *organization.ActivityInput) { in.Title = "活动" }},
		{"held_on", func(in *organization.ActivityInput) { in.HeldOn = today.AddDays(1) }},
		{"held_on", func(in *organization.ActivityInput) { in.HeldOn = civil.Of(2026, 5, 22) }},
		{"held_on", func(in *organization.ActivityInput) { in.HeldOn = civil.Date{} }},
		{"community", func(in *organization.ActivityInput) { in.CommunityCode = "440307001001" }},
		{"participants", func(in *organization.ActivityInput) { in.Participants = 0 }},
		{"participants", func(in *organization.ActivityInput) { in.Participants = 100_001 }},
		{"volunteers", func(in *organization.ActivityInput) { in.Volunteers = -1 }},
		{"summary", func(in *organization.ActivityInput) { in.Summary = "很好" }},
	} {
		in := activity(id)
		c.spoil(&in)
		wantField(t, b.RecordActivity(t.Context(), clerk, in), c.field)
	}
	in := activity(id)
	if err := b.RecordActivity(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	if err := b.RecordActivity(t.Context(), clerk, in); err != nil {
		t.Fatalf("sent twice: %v", err)
	}
	wantField(t, b.RecordActivity(t.Context(), clerk, activity(id)), "title") // the same one typed again
	f := b.facts(t, id, today)
	confirmed, waiting := f.ActivitiesBy(today)
	if len(confirmed) != 0 || len(waiting) != 1 {
		t.Fatalf("%d confirmed and %d waiting, want 0 and 1", len(confirmed), len(waiting))
	}
	a := waiting[0]
	wantKind(t, b.ConfirmActivity(t.Context(), clerk, id, a.ID, a.Version), errs.Forbidden)
	elsewhere := authz.Actor{Role: authz.Community, Community: pinghuan, Subdistrict: maluan}
	wantKind(t, b.ConfirmActivity(t.Context(), elsewhere, id, a.ID, a.Version), errs.NotFound)
	if err := b.ConfirmActivity(t.Context(), b.community, id, a.ID, a.Version); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.WithdrawActivity(t.Context(), clerk, id, a.ID, a.Version+1, "写错了，重新填"), errs.Conflict) // confirmed: the office does it
	if confirmed, _ := b.facts(t, id, today).ActivitiesBy(today); len(confirmed) != 1 || confirmed[0].ConfirmedOffice != "六联社区" {
		t.Errorf("confirmed %v", confirmed)
	}
	if confirmed, _ := b.facts(t, id, today).ActivitiesBy(civil.Of(2026, 7, 31)); len(confirmed) != 0 {
		t.Error("known before it was held")
	}
	other := b.register(t, filed("02"))
	wantKind(t, b.WithdrawActivity(t.Context(), b.clerk, other, a.ID, a.Version+1, "不是这个组织的活动"), errs.NotFound)
	if err := b.WithdrawActivity(t.Context(), b.clerk, id, a.ID, a.Version+1, "经核实没有举办"); err != nil {
		t.Errorf("the office withdraws: %v", err)
	}
}

func TestSystems(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	head := member(id, authz.OrgHead)
	file := func(actor authz.Actor, on civil.Date) error {
		return b.FileSystem(t.Context(), actor, organization.SystemInput{Token: once.NewToken(), OrgID: id, Kind: organization.Finance,
			Title: "财务管理制度", AdoptedOn: civil.Of(2026, 6, 1), FiledOn: on})
	}
	if err := file(head, civil.Date{}); err != nil {
		t.Fatal(err)
	}
	s, ok := b.facts(t, id, today).SystemOf(organization.Finance)
	if !ok || s.FiledOn != today || !s.ConfirmedOn.IsZero() {
		t.Fatalf("filed by the organization: %+v", s)
	}
	wantField(t, file(b.subdistrict, civil.Of(2026, 7, 1)), "filed_on") // older than what is on file
	if err := b.ConfirmSystem(t.Context(), b.subdistrict, id, s.ID, s.Version); err != nil {
		t.Fatal(err)
	}
	s, _ = b.facts(t, id, today).SystemOf(organization.Finance)
	if s.ConfirmedOn != today || s.ConfirmedOffice != "坪山街道办事处" {
		t.Errorf("confirmed: %+v", s)
	}
	if err := file(b.subdistrict, today); err != nil {
		t.Fatalf("replaced: %v", err)
	}
	if r := b.record(t, head, id); len(r.Systems) != 1 || r.Systems[0].ID == s.ID {
		t.Errorf("one of a kind is in force, got %v", r.Systems)
	}
	if _, ok := b.facts(t, id, today.AddDays(-1)).SystemOf(organization.Finance); ok {
		t.Error("on file before it was filed")
	}
}

func TestReports(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	in.EstablishedOn = civil.Of(2024, 3, 1)
	id := b.register(t, in)
	report := func(year int, version int, on civil.Date, c organization.Conclusion) error {
		return b.SaveReport(t.Context(), b.subdistrict, organization.ReportInput{OrgID: id, Year: year, Version: version, SubmittedOn: on, Conclusion: c, Unit: "区民政局"})
	}
	wantField(t, report(2023, 0, civil.Of(2024, 3, 20), organization.Pass), "year")
	wantField(t, report(2026, 0, civil.Of(2026, 3, 20), organization.Pass), "year")
	wantField(t, report(2025, 0, civil.Date{}, organization.Pass), "submitted_on")
	wantField(t, report(2025, 0, civil.Of(2025, 12, 31), organization.Pass), "submitted_on")
	wantField(t, report(2025, 0, civil.Of(2026, 3, 20), organization.Missing), "submitted_on")
	if err := report(2025, 0, civil.Date{}, organization.Missing); err != nil {
		t.Fatal(err)
	}
	wantField(t, report(2025, 0, civil.Of(2026, 3, 20), organization.Basic), "year")
	if err := report(2025, 1, civil.Of(2026, 6, 20), organization.Basic); err != nil {
		t.Fatal(err)
	}
	wantKind(t, report(2025, 1, civil.Of(2026, 6, 20), organization.Pass), errs.Conflict)
	if r, ok := b.facts(t, id, today).ReportOf(2025); !ok || r.Conclusion != organization.Basic {
		t.Errorf("report of 2025: %+v", r)
	}
	if _, ok := b.facts(t, id, today).ReportOf(2024); ok {
		t.Error("a year nobody recorded is known")
	}
}

// The history cannot be altered by the role that serves.
func TestHistoryIsAppendOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.register(t, filed("01"))
	for _, sql := range []string{
		`update organization_fact set value = 'x'`, `delete from organization_fact`, `delete from organization_event`,
		`update payee_account set account_no_last4 = '0000'`, `delete from earlier_grant`, `update organization_tally set n = 0`,
		`delete from organization_activity`, `update organization_check set source = 'x'`,
	} {
		err := b.db.App.InTx(context.Background(), func(tx postgres.Tx, _ time.Time) error {
			_, err := tx.Exec(t.Context(), sql)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}
