package organization_test

import (
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

func revision(o organization.Organization, in organization.Registration) organization.Revision {
	in.HeadIDNumber, in.HeadMobile = "", ""
	return organization.Revision{Registration: in, OrgID: o.ID, Version: o.Version, Reason: "看着证书核对以后修改"}
}

// A change holds from its day on, a correction from the beginning; neither
// forgets what was there.
func TestFactsAsOfADay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	id := b.register(t, in)
	change := revision(b.record(t, b.clerk, id).Organization, in)
	change.Category, change.EffectiveOn = organization.CultureSport, civil.Of(2026, 9, 1)
	if err := b.Revise(t.Context(), b.clerk, change); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[civil.Date]organization.Category{
		civil.Of(2026, 8, 31): organization.Welfare, civil.Of(2026, 9, 1): organization.CultureSport,
		civil.Of(2026, 1, 1): organization.Welfare, today: organization.CultureSport,
	} {
		if got := b.facts(t, id, on).Category; got != want {
			t.Errorf("category on %s: %s, want %s", on, got, want)
		}
	}
	// Founded a month earlier than recorded: every day knows it, and the change stays.
	correct := change
	correct.Version, correct.EffectiveOn, correct.EstablishedOn = 2, civil.Date{}, civil.Of(2026, 4, 23)
	if err := b.Revise(t.Context(), b.clerk, correct); err != nil {
		t.Fatal(err)
	}
	for _, on := range []civil.Date{civil.Of(2026, 6, 1), today} {
		if f := b.facts(t, id, on); f.EstablishedOn != civil.Of(2026, 4, 23) {
			t.Errorf("established, as of %s: %s", on, f.EstablishedOn)
		}
	}
	if f := b.facts(t, id, today); f.Category != organization.CultureSport || f.StatusSince != civil.Of(2026, 5, 23) {
		t.Errorf("after the correction: %s since %s", f.Category, f.StatusSince)
	}
	r := b.record(t, b.clerk, id)
	if r.EstablishedOn != civil.Of(2026, 4, 23) || r.Category != organization.CultureSport || r.Version != 3 {
		t.Errorf("record: %s, %s, version %d", r.EstablishedOn, r.Category, r.Version)
	}
	// On the public timeline stand the founding, as corrected, and the change.
	if e := b.profile(t, id).Events; len(e) != 2 || e[0].HappenedOn != civil.Of(2026, 4, 23) || e[1].HappenedOn != civil.Of(2026, 9, 1) {
		t.Errorf("timeline %v", e)
	}
}

func TestReviseRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	id := b.register(t, in)
	o := b.record(t, b.clerk, id).Organization
	for _, c := range []struct {
		name, field string
		spoil       func(r *organization.Revision)
	}{
		{"a changed founding day", "established_on", func(r *organization.Revision) {
			r.EstablishedOn, r.EffectiveOn = civil.Of(2026, 5, 1), civil.Of(2026, 9, 1)
		}},
		{"a change of tomorrow", "effective_on", func(r *organization.Revision) { r.EffectiveOn = today.AddDays(1) }},
		{"a change before the founding", "effective_on", func(r *organization.Revision) {
			r.Category, r.EffectiveOn = organization.Rights, civil.Of(2026, 5, 22)
		}},
		{"a new head without a document", "head_id_no", func(r *organization.Revision) { r.HeadName = "王五" }},
		{"no reason", "reason", func(r *organization.Revision) { r.Reason = "改" }},
	} {
		r := revision(o, in)
		c.spoil(&r)
		err := b.Revise(t.Context(), b.clerk, r)
		wantField(t, err, c.field)
	}
	stale := revision(o, in)
	stale.Version = 7
	wantKind(t, b.Revise(t.Context(), b.clerk, stale), errs.Conflict)
	wantKind(t, b.Revise(t.Context(), b.other, revision(o, in)), errs.NotFound)
	wantKind(t, b.Revise(t.Context(), member(id, "org_head"), revision(o, in)), errs.Forbidden)
}

func TestStatusByDate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	change := organization.StatusChange{OrgID: id, Version: 1, Status: organization.Abnormal, Since: civil.Of(2026, 10, 1), Reason: "连续三个月没有活动"}
	if err := b.RecordStatus(t.Context(), b.subdistrict, change); err != nil {
		t.Fatal(err)
	}
	if f := b.facts(t, id, civil.Of(2026, 9, 30)); f.Status != organization.Active {
		t.Errorf("the day before: %s", f.Status)
	}
	if f := b.facts(t, id, today); f.Status != organization.Abnormal || f.StatusSince != civil.Of(2026, 10, 1) {
		t.Errorf("today: %s since %s", f.Status, f.StatusSince)
	}
	wrong := organization.StatusChange{OrgID: id, Version: 2, Status: organization.RegistrationRevoked, Since: today, Reason: "撤销登记的决定"}
	wantField(t, b.RecordStatus(t.Context(), b.clerk, wrong), "status") // it is filed, not registered
	end := organization.StatusChange{OrgID: id, Version: 2, Status: organization.FilingRevoked, Since: today, Reason: "撤销备案的决定"}
	if err := b.RecordStatus(t.Context(), b.subdistrict, end); err != nil {
		t.Fatal(err)
	}
	back := organization.StatusChange{OrgID: id, Version: 3, Status: organization.Active, Since: today, Reason: "登记有误，更正"}
	wantKind(t, b.RecordStatus(t.Context(), b.subdistrict, back), errs.Forbidden)
	if err := b.RecordStatus(t.Context(), b.clerk, back); err != nil {
		t.Errorf("the bureau corrects: %v", err)
	}
}

// What nobody recorded is unknown: only a look turns an empty table into “none”.
func TestNothingRecordedIsUnknown(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	f := b.facts(t, id, today)
	if _, ok := f.Looked(organization.EarlierGrants); ok {
		t.Error("earlier grants known without a look")
	}
	if _, ok := f.SystemOf(organization.Finance); ok {
		t.Error("a finance system out of nothing")
	}
	look := organization.LookInput{Token: once.NewToken(), OrgID: id, Subject: organization.EarlierGrants, CheckedOn: today, Source: "区财政历年拨款台账"}
	if err := b.RecordLook(t.Context(), b.clerk, look); err != nil {
		t.Fatal(err)
	}
	if l, ok := b.facts(t, id, today).Looked(organization.EarlierGrants); !ok || l.CheckedOn != today {
		t.Error("the look is not seen")
	}
	if _, ok := b.facts(t, id, today.AddDays(-1)).Looked(organization.EarlierGrants); ok {
		t.Error("the look is seen on the day before it")
	}
}

func TestAge(t *testing.T) {
	t.Parallel()
	for founded, want := range map[string]string{
		"2026-05-23": "2026-11-23", "2026-08-31": "2027-02-28", "2027-08-31": "2028-02-29",
	} {
		f := organization.Facts{EstablishedOn: civil.MustParse(founded)}
		if got := f.AgeFrom(6); got != civil.MustParse(want) {
			t.Errorf("founded %s: half a year old on %s, want %s", founded, got, want)
		}
	}
	if got := (organization.Facts{}).AgeFrom(6); !got.IsZero() {
		t.Errorf("age of an unknown date: %s", got)
	}
}

func grant(id uuid.UUID, p organization.Programme, on civil.Date) organization.GrantInput {
	return organization.GrantInput{Token: once.NewToken(), OrgID: id, Programme: p, Title: "启动扶持", AwardedOn: on, Amount: 5000 * money.Yuan}
}

// The grant of another organization counts when the same person headed it at the
// award, in the same community, within the years asked for.
func TestGrantsOfTheSameHead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	old := filed("01")
	old.EstablishedOn = civil.Of(2022, 1, 10)
	first, second := b.register(t, old), b.register(t, filed("02"))
	if err := b.RecordGrant(t.Context(), b.clerk, grant(first, organization.Startup, civil.Of(2024, 6, 1))); err != nil {
		t.Fatal(err)
	}
	f := b.facts(t, second, today)
	if len(f.HeadOrgs) != 1 || f.HeadOrgs[0].ID != first {
		t.Errorf("organizations of the head: %v", f.HeadOrgs)
	}
	if n := len(f.SameHeadStartups(civil.Of(2023, 11, 23))); n != 1 {
		t.Errorf("%d within three years, want 1", n)
	}
	if n := len(f.SameHeadStartups(civil.Of(2024, 6, 2))); n != 0 {
		t.Errorf("%d after the award, want none", n)
	}
	if len(f.Grants) != 0 || len(b.facts(t, first, today).GrantsOf(organization.Startup)) != 1 {
		t.Error("own and others' grants are mixed up")
	}
	again := b.RecordGrant(t.Context(), b.clerk, grant(first, organization.Startup, civil.Of(2025, 6, 1)))
	wantField(t, again, "programme")
	before := b.RecordGrant(t.Context(), b.clerk, grant(second, organization.Venture, civil.Of(2026, 5, 22)))
	wantField(t, before, "awarded_on")
	none := grant(second, organization.Venture, today)
	none.Amount = 0
	wantField(t, b.RecordGrant(t.Context(), b.clerk, none), "amount")
}

func TestUseReports(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	in := grant(id, organization.Startup, civil.Of(2026, 7, 1))
	in.UseReportDueOn = civil.Of(2026, 12, 31)
	if err := b.RecordGrant(t.Context(), b.clerk, in); err != nil {
		t.Fatal(err)
	}
	g := b.facts(t, id, today).OpenReports(today)
	if len(g) != 1 {
		t.Fatalf("%d reports owed, want 1", len(g))
	}
	wantField(t, b.FileUseReport(t.Context(), b.clerk, id, g[0].ID, g[0].Version, today.AddDays(1)), "use_report_filed_on")
	if err := b.FileUseReport(t.Context(), b.clerk, id, g[0].ID, g[0].Version, civil.Of(2026, 11, 20)); err != nil {
		t.Fatal(err)
	}
	f := b.facts(t, id, today)
	if len(f.OpenReports(today)) != 0 || len(f.OpenReports(civil.Of(2026, 11, 19))) != 1 {
		t.Error("the report is not owed until it is handed in, and not after")
	}
}
