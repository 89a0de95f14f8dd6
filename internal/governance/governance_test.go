package governance_test

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"    // 坪山街道
	liulian  = "440310001001" // 六联社区
	maluan   = "440310002"    // 马峦街道
)

var today = civil.Of(2026, 11, 23)

// bench is the service on a database of its own, on 2026-11-23.
type bench struct {
	*governance.Service
	db                        *dbtest.DB
	orgs                      *organization.Service
	clerk, reviewer           authz.Actor
	subdistrict, other, audit authz.Actor
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	dir := t.TempDir()
	if err := secret.Generate(filepath.Join(dir, "secret")); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.OpenDirectory(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	actor := func(role authz.Role, subdistrict string) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "经办", Role: role, Subdistrict: subdistrict}
	}
	orgs := organization.New(db.App, keys)
	files := attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))
	return bench{governance.New(governance.Deps{DB: db.App, Organizations: orgs, Attachments: files, Reauthenticate: proves}), db, orgs,
		actor(authz.BureauClerk, ""), actor(authz.BureauReviewer, ""), actor(authz.Subdistrict, pingshan), actor(authz.Subdistrict, maluan), actor(authz.Auditor, "")}
}

// proves knows one password; that of the portal is tested with its accounts.
func proves(_ context.Context, _ authz.Actor, password string) error {
	if password != "open sesame" {
		return errs.FieldError("password", "密码", "密码不对")
	}
	return nil
}

// found registers a filed association of 2024-06-30 and returns who acts for it.
func (b bench) found(t *testing.T, n string) (head, clerk authz.Actor) {
	t.Helper()
	id, err := b.orgs.Register(t.Context(), b.clerk, organization.Registration{
		Token: once.NewToken(), Name: "六联社区" + n + "互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2024〕第00" + n + "号", EstablishedOn: civil.Of(2024, 6, 30),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian, Address: "六联社区综合楼 101",
		Accept: []string{"head_of_many"},
	})
	if err != nil {
		t.Fatal(err)
	}
	member := func(role authz.Role) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "陈小明", Role: role, OrgID: id}
	}
	return member(authz.OrgHead), member(authz.OrgClerk)
}

func faultsOf(err error) string {
	var names []string
	for _, f := range errs.FieldsOf(err) {
		names = append(names, f.Name)
	}
	return strings.Join(names, " ")
}

func council(on civil.Date) governance.Meeting {
	return governance.Meeting{Kind: governance.CouncilMeeting, HeldOn: on, Place: "六联社区 201 室", Expected: 7, Present: 6, Resolutions: "审议通过年度计划，赞成 6 票。"}
}

func item(t *testing.T, b bench, a authz.Actor, org uuid.UUID, d governance.Duty) governance.Item {
	t.Helper()
	o, err := b.Overview(t.Context(), a, org)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range o.Items {
		if i.Duty == d {
			return i
		}
	}
	t.Fatalf("no %s", d)
	return governance.Item{}
}

func TestMeetings(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, clerk := b.found(t, "01")
	token, m := once.NewToken(), council(civil.Of(2026, 9, 30))
	first, err := b.RecordMeeting(t.Context(), clerk, token, m)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.RecordMeeting(t.Context(), clerk, token, m); err != nil || again != first {
		t.Errorf("the same form again: %v, %v", again, err)
	}
	if _, err := b.RecordMeeting(t.Context(), clerk, once.NewToken(), m); faultsOf(err) != "held_on" {
		t.Errorf("the same meeting again: %v", err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutyCouncil); i.State != governance.Met || i.DueOn.String() != "2027-03-30" {
		t.Errorf("after the meeting: %+v", i)
	}
	for name, c := range map[string]struct {
		change func(*governance.Meeting)
		want   string
	}{
		"tomorrow":          {func(m *governance.Meeting) { m.HeldOn = today.AddDays(1) }, "held_on"},
		"before founding":   {func(m *governance.Meeting) { m.HeldOn = civil.Of(2024, 6, 29) }, "held_on"},
		"more than invited": {func(m *governance.Meeting) { m.Present = 8 }, "present"},
		"nobody":            {func(m *governance.Meeting) { m.Expected, m.Present, m.Place, m.Resolutions = 0, 0, "", "" }, "place expected present resolutions"},
	} {
		in := council(civil.Of(2026, 8, 1))
		c.change(&in)
		if _, err := b.RecordMeeting(t.Context(), clerk, once.NewToken(), in); faultsOf(err) != c.want {
			t.Errorf("%s: %q, want %q", name, faultsOf(err), c.want)
		}
	}
	if err := b.WithdrawMeeting(t.Context(), clerk, first, 1, "日期登记错了"); err != nil {
		t.Fatal(err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutyCouncil); i.State != governance.Unknown {
		t.Errorf("after the withdrawal: %+v", i)
	}
	if _, stranger := b.found(t, "02"); !errs.Is(b.WithdrawMeeting(t.Context(), stranger, first, 2, "日期登记错了"), errs.NotFound) {
		t.Error("another organization's meeting was found")
	}
}

func TestOfficers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, clerk := b.found(t, "01")
	elect := func(e governance.Elected) error { return b.RecordElected(t.Context(), clerk, once.NewToken(), e) }
	on := civil.Of(2024, 7, 31)
	if err := elect(governance.Elected{Post: governance.Member, Names: []string{"张三", " 李四 "}, ElectedOn: on}); err != nil {
		t.Fatal(err)
	}
	if err := elect(governance.Elected{Post: governance.Supervisor, Names: []string{"李四"}, ElectedOn: on}); err != nil {
		t.Fatal(err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutySupervisors); i.State != governance.Faulty || !strings.Contains(i.Say, "李四") {
		t.Errorf("a supervisor on the council: %+v", i)
	}
	if err := elect(governance.Elected{Post: governance.Supervisor, Names: []string{"王五"}, ElectedOn: civil.Of(2025, 1, 1), Replaces: true}); err != nil {
		t.Fatal(err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutySupervisors); i.State != governance.Met || i.DueOn.String() != "2030-01-01" {
		t.Errorf("replaced: %+v", i)
	}
	for name, c := range map[string]struct {
		in   governance.Elected
		want string
	}{
		"sits already":   {governance.Elected{Post: governance.Member, Names: []string{"张三"}, ElectedOn: on}, "names"},
		"two chairs":     {governance.Elected{Post: governance.Chair, Names: []string{"赵六", "钱七"}, ElectedOn: on}, "names"},
		"twice in a row": {governance.Elected{Post: governance.Member, Names: []string{"赵六", "赵六"}, ElectedOn: on}, "names"},
		"no names":       {governance.Elected{Post: governance.Member, ElectedOn: on}, "names"},
		"too long":       {governance.Elected{Post: governance.Member, Names: []string{"赵六"}, ElectedOn: on, TermTo: civil.Of(2029, 8, 1)}, "term_to"},
		"not a post":     {governance.Elected{Post: "king", Names: []string{"赵六"}, ElectedOn: on}, "post"},
		"markup":         {governance.Elected{Post: governance.Member, Names: []string{"<b>赵六"}, ElectedOn: on}, "names"},
	} {
		if err := elect(c.in); faultsOf(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
	}
	o, err := b.Overview(t.Context(), b.subdistrict, clerk.OrgID)
	if err != nil || len(o.Officers) != 4 || o.Officers[3].LeftReason != "换届" {
		t.Errorf("officers: %+v, %v", o.Officers, err)
	}
	left := o.Officers[0]
	if err := b.EndOfficer(t.Context(), clerk, left.ID, left.Version+1, today, "调离"); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	if err := b.EndOfficer(t.Context(), clerk, left.ID, left.Version, civil.Of(2024, 1, 1), ""); faultsOf(err) != "left_on reason" {
		t.Errorf("faults: %v", err)
	}
	if err := b.EndOfficer(t.Context(), clerk, left.ID, left.Version, today, "调离"); err != nil {
		t.Error(err)
	}
}

func TestCharter(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, clerk := b.found(t, "01")
	n := func(n int) *int { return &n }
	if err := b.SaveCharter(t.Context(), clerk, governance.Charter{TermYears: n(6), AssemblyMonths: n(0)}); faultsOf(err) != "term_years assembly_months" {
		t.Errorf("faults: %v", err)
	}
	in := governance.Charter{TermYears: n(3), HasCouncil: governance.No}
	if err := b.SaveCharter(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	if err := b.SaveCharter(t.Context(), clerk, in); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	in.Version = 1
	if err := b.SaveCharter(t.Context(), clerk, in); err != nil {
		t.Error(err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutyElection); i.DueOn.String() != "2027-06-30" || !strings.Contains(i.Rule, "章程") {
		t.Errorf("election by the charter: %+v", i)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutyCouncil); i.State != governance.Exempt {
		t.Errorf("no council: %+v", i)
	}
}

// pdf is the smallest file that the inspection takes for a PDF.
const pdf = "%PDF-1.4\n1 0 obj<</T(minutes)>>endobj\nstartxref\n9\n%%EOF\n"

func (b bench) attach(ctx context.Context, t *testing.T, a authz.Actor, p governance.Part, record uuid.UUID) error {
	t.Helper()
	owner, err := b.Owner(ctx, a, p, record)
	if err != nil {
		return err
	}
	ready, err := b.Attachments.Prepare(ctx, attachment.Upload{Owner: owner, Slot: "file", Label: "纪要", Filename: "纪要.pdf", Body: strings.NewReader(pdf)})
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Discard()
	return b.Attach(ctx, a, p, record, ready)
}

func TestFilesFollowTheirOwner(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, clerk := b.found(t, "01")
	_, stranger := b.found(t, "02")
	m, err := b.RecordMeeting(t.Context(), clerk, once.NewToken(), council(civil.Of(2026, 9, 30)))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.attach(t.Context(), t, stranger, governance.MeetingMinutes, m); !errs.Is(err, errs.NotFound) {
		t.Errorf("a stranger attached: %v", err)
	}
	if err := b.attach(t.Context(), t, clerk, governance.MeetingMinutes, m); err != nil {
		t.Fatal(err)
	}
	o, err := b.Overview(t.Context(), b.subdistrict, clerk.OrgID)
	if err != nil || len(o.Meetings) != 1 || len(o.Meetings[0].Files) != 1 {
		t.Fatalf("%+v, %v", o.Meetings, err)
	}
	file := o.Meetings[0].Files[0].ID
	for name, c := range map[string]struct {
		who authz.Actor
		ok  bool
	}{"own": {clerk, true}, "subdistrict": {b.subdistrict, true}, "auditor": {b.audit, true}, "other subdistrict": {b.other, false}, "stranger": {stranger, false}} {
		_, content, err := b.File(t.Context(), c.who, clerk.OrgID, file)
		if (err == nil) != c.ok || !c.ok && !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
		if err == nil {
			if got, _ := io.ReadAll(content); len(got) == 0 {
				t.Errorf("%s: empty", name)
			}
			content.Close()
		}
	}
	if err := b.orgs.FileSystem(t.Context(), clerk, organization.SystemInput{Token: once.NewToken(), OrgID: clerk.OrgID, Kind: organization.Charter, Title: "互助会章程"}); err != nil {
		t.Fatal(err)
	}
	o, _ = b.Overview(t.Context(), clerk, clerk.OrgID)
	charter := o.Systems[0]
	if err := b.attach(t.Context(), t, clerk, governance.SystemText, charter.ID); err != nil {
		t.Fatal(err)
	}
	if err := b.orgs.ConfirmSystem(t.Context(), b.subdistrict, clerk.OrgID, charter.ID, charter.Version); err != nil {
		t.Fatal(err)
	}
	if err := b.attach(t.Context(), t, clerk, governance.SystemText, charter.ID); !errs.Is(err, errs.Conflict) {
		t.Errorf("a confirmed text was replaced: %v", err)
	}
	if i := item(t, b, clerk, clerk.OrgID, governance.DutyCharter); i.State != governance.Met {
		t.Errorf("charter: %+v", i)
	}
}

func TestBoard(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for _, n := range []string{"01", "02", "03"} {
		b.found(t, n)
	}
	page, err := b.Board(t.Context(), b.subdistrict, governance.BoardFilter{}, "", 2)
	if err != nil || len(page.Rows) != 2 || page.Next == "" {
		t.Fatalf("%d rows, next %q, %v", len(page.Rows), page.Next, err)
	}
	rest, err := b.Board(t.Context(), b.subdistrict, governance.BoardFilter{}, page.Next, 2)
	if err != nil || len(rest.Rows) != 1 || rest.Next != "" {
		t.Errorf("%d rows, next %q, %v", len(rest.Rows), rest.Next, err)
	}
	for name, c := range map[string]struct {
		who  authz.Actor
		f    governance.BoardFilter
		rows int
	}{
		"other subdistrict": {b.other, governance.BoardFilter{Show: governance.ShowAll}, 0},
		"auditor":           {b.audit, governance.BoardFilter{Duty: governance.DutyCharter}, 3},
		"place":             {b.clerk, governance.BoardFilter{Place: maluan}, 0},
		"nothing waits":     {b.clerk, governance.BoardFilter{Show: governance.ShowWaiting}, 0},
	} {
		got, err := b.Board(t.Context(), c.who, c.f, "", 10)
		if err != nil || len(got.Rows) != c.rows {
			t.Errorf("%s: %d rows, %v", name, len(got.Rows), err)
		}
	}
	head, _ := b.found(t, "04")
	if _, err := b.Board(t.Context(), head, governance.BoardFilter{}, "", 10); !errs.Is(err, errs.Forbidden) {
		t.Errorf("an organization saw the board: %v", err)
	}
}
