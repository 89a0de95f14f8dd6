package roster_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
	maluan   = "440310002"
	pinghuan = "440310002001"
)

var today = civil.Of(2018, 11, 23)

// bench is a service on a database of its own with two organizations, on
// 2018-11-23.
type bench struct {
	*roster.Service
	db               *dbtest.DB
	keys             *secret.Keys
	home, away       uuid.UUID
	clerk, head      authz.Actor // of home
	stranger         authz.Actor // clerk of away
	bureau, district authz.Actor // clerk of the bureau; subdistrict of home
}

func newBench(t *testing.T) bench {
	t.Helper()
	b := bench{db: dbtest.New(t)}
	b.db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	var err error
	if b.keys, err = secret.Load(path); err != nil {
		t.Fatal(err)
	}
	b.Service = roster.New(b.db.App, b.keys)
	b.bureau, b.district = actor(authz.BureauClerk), actor(authz.Subdistrict)
	b.district.Subdistrict = pingshan
	b.home, b.away = b.organization(t, 1, pingshan, liulian), b.organization(t, 2, maluan, pinghuan)
	b.clerk, b.head, b.stranger = actor(authz.OrgClerk), actor(authz.OrgHead), actor(authz.OrgClerk)
	b.clerk.OrgID, b.head.OrgID, b.stranger.OrgID = b.home, b.home, b.away
	return b
}

func actor(role authz.Role) authz.Actor {
	return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Name: "经办", Role: role, IP: "192.0.2.1"}
}

func (b bench) organization(t *testing.T, n int, subdistrict, community string) uuid.UUID {
	t.Helper()
	id, err := organization.New(b.db.App, b.keys).Register(t.Context(), b.bureau, organization.Registration{
		Token: once.NewToken(), Name: fmt.Sprintf("六联社区第%02d互助会", n), Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: fmt.Sprintf("坪社备〔2017〕第%04d号", n), EstablishedOn: civil.Of(2017, 10, 9),
		Registrar: "街道办事处", Origin: organization.OriginNew, HeadName: "李四海", HeadIDType: person.ResidentID,
		HeadIDNumber: "11010519491231002X", HeadMobile: "13800138000", SubdistrictCode: subdistrict, CommunityCode: community,
		SupervisingUnit: "区残疾人联合会", Accept: []string{"similar_name", "head_of_many"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// worker is a full-time worker with a contract and ten insured months.
func worker() roster.Input {
	in := roster.Input{Name: "陈小明", IDType: person.ResidentID, IDNumber: "440310199002280010", Post: roster.Worker, FullTime: true,
		Education: "bachelor", Qualification: roster.Assistant, JoinedOn: civil.Of(2018, 1, 8)}
	in.Contracts = []roster.Contract{{Employer: roster.Agent, Unit: "坪山街道社工服务中心", From: civil.Of(2018, 1, 8)}}
	for m := time.January; m <= time.October; m++ {
		in.Months = append(in.Months, roster.InsuredMonth{Month: civil.Month{Year: 2018, Month: m}, Payer: roster.Agent, Unit: "坪山街道社工服务中心"})
	}
	return in
}

func (b bench) enter(t *testing.T, as authz.Actor, in roster.Input) uuid.UUID {
	t.Helper()
	id, err := b.Enter(t.Context(), as, once.NewToken(), as.OrgID, in)
	if err != nil {
		t.Fatalf("enter %s: %v", in.Name, err)
	}
	return id
}

func (b bench) get(t *testing.T, as authz.Actor, id uuid.UUID) roster.File {
	t.Helper()
	f, err := b.Get(t.Context(), as, id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return f
}

func wantKind(t *testing.T, what string, err error, kind errs.Kind) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Errorf("%s: got %v, want kind %v", what, err, kind)
	}
}

func TestALifeOnTheRoster(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	in, token := worker(), once.NewToken()
	id, err := b.Enter(ctx, b.clerk, token, b.home, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Enter(ctx, b.clerk, token, b.home, in); err != nil || again != id {
		t.Errorf("the same form sent twice: %v, %v", again, err)
	}
	f := b.get(t, b.head, id)
	if f.IDMask != "440310********0010" || !f.TermsShown || len(f.Months) != 10 || f.Contracts[0].Unit != "坪山街道社工服务中心" {
		t.Errorf("on record: %+v", f)
	}
	wantKind(t, "stale", b.Change(ctx, b.clerk, id, 7, roster.Facts{Post: roster.Secretary, FullTime: true, JoinedOn: in.JoinedOn}, nil), errs.Conflict)
	steps := []error{
		b.Change(ctx, b.clerk, id, 1, roster.Facts{Post: roster.Secretary, FullTime: true, Qualification: roster.SocialWorker, JoinedOn: in.JoinedOn}, nil),
		b.SaveInsured(ctx, b.clerk, id, 2, roster.Insured{Year: 2018, Months: []time.Month{1, 2, 11}, Payer: roster.Own}, nil),
		b.RemoveContract(ctx, b.clerk, id, 3, civil.Of(2018, 1, 8), []string{"outside_contract"}),
		b.AddContract(ctx, b.clerk, id, 4, roster.Contract{Employer: roster.Own, From: civil.Of(2018, 1, 8), To: civil.Of(2018, 12, 31)}, nil),
		b.End(ctx, b.head, id, 5, civil.Of(2018, 11, 20), "resigned", []string{"contract_after"}),
	}
	for i, err := range steps {
		if err != nil {
			t.Fatalf("step %d: %v", i+1, err)
		}
	}
	f = b.get(t, b.clerk, id)
	if f.Post != roster.Secretary || len(f.Months) != 3 || f.Months[0].Payer != roster.Agent || f.Months[2].Payer != roster.Own || f.LeftOn != civil.Of(2018, 11, 20) {
		t.Errorf("afterwards: %+v", f)
	}
	if errs.WarningsOf(b.RemoveContract(ctx, b.clerk, id, 6, civil.Of(2018, 1, 8), nil)) == nil {
		t.Error("months without a contract were not noticed")
	}
	again := worker()
	again.JoinedOn, again.Contracts, again.Months = civil.Of(2018, 11, 20), nil, nil
	_, err = b.Enter(ctx, b.clerk, once.NewToken(), b.home, again)
	wantKind(t, "back on the last day", err, errs.Invalid)
	again.JoinedOn = civil.Of(2018, 11, 21)
	second := b.enter(t, b.clerk, again)
	if f = b.get(t, b.clerk, second); f.PersonID != b.get(t, b.clerk, id).PersonID || len(f.Others) != 1 {
		t.Errorf("back: %+v", f)
	}
	if err := b.Withdraw(ctx, b.clerk, second, 1, "登记错了人"); err != nil {
		t.Fatal(err)
	}
	_, err = b.Get(ctx, b.clerk, second)
	wantKind(t, "withdrawn", err, errs.NotFound)
}

func TestTheRosterOfADay(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	in := worker()
	in.LeftOn, in.LeftReason, in.Accept = civil.Of(2018, 10, 31), "resigned", []string{"contract_after"}
	b.enter(t, b.clerk, in)
	for i, p := range []roster.Post{roster.Volunteer, roster.President, roster.PartTime} {
		b.enter(t, b.clerk, roster.Input{Name: []string{"黄一心", "张会长", "刘兼职"}[i], Post: p, JoinedOn: civil.Of(2018, 6, 1)})
	}
	names := func(on civil.Date) (string, roster.Counts) {
		p, err := b.List(ctx, b.district, b.home, on, "")
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, l := range p.Lines {
			s = append(s, l.Name)
		}
		return strings.Join(s, " "), p.Counts
	}
	for on, want := range map[civil.Date]string{
		civil.Of(2018, 1, 7): "", civil.Of(2018, 1, 8): "陈小明", civil.Of(2018, 10, 31): "张会长 陈小明 刘兼职 黄一心", {}: "张会长 刘兼职 黄一心",
	} {
		if got, _ := names(on); got != want {
			t.Errorf("on %s: %q, want %q", on, got, want)
		}
	}
	if _, c := names(civil.Of(2018, 10, 31)); c != (roster.Counts{Members: 4, Staff: 2, FullTime: 1, SocialWorkers: 1}) {
		t.Errorf("counts %+v", c)
	}
}

// Three pages forth and back show everybody once, in order.
func TestPagesOfTheRoster(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var rows []roster.Row
	for i := range 2*roster.PageSize + 5 {
		in := roster.Input{Name: fmt.Sprintf("王%c", '一'+rune(i)), Post: roster.Posts[i%8], JoinedOn: civil.Of(2018, 6, 1+i%20)}
		in.FullTime = false
		rows = append(rows, roster.Row{OrgID: b.home, Input: in})
	}
	b.plant(t, uuid.Nil, rows)
	var forth, back []uuid.UUID
	cursor, pages := "", 0
	var last roster.Page
	for {
		p, err := b.List(t.Context(), b.clerk, b.home, civil.Date{}, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range p.Lines {
			forth = append(forth, l.ID)
		}
		last, pages = p, pages+1
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	for cursor = last.Previous; cursor != ""; {
		p, err := b.List(t.Context(), b.clerk, b.home, civil.Date{}, cursor)
		if err != nil {
			t.Fatal(err)
		}
		var ids []uuid.UUID
		for _, l := range p.Lines {
			ids = append(ids, l.ID)
		}
		back, cursor = append(ids, back...), p.Previous
	}
	if pages != 3 || len(forth) != len(rows) || fmt.Sprint(forth[:len(back)]) != fmt.Sprint(back) || len(back) != 2*roster.PageSize {
		t.Errorf("%d pages with %d, back %d", pages, len(forth), len(back))
	}
}

// Who may do what: the organization writes, offices read in their scope; what is
// out of it is not there.
func TestScopeOfTheRoster(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	id := b.enter(t, b.clerk, worker())
	other, department, elsewhere := actor(authz.Community), actor(authz.Department), actor(authz.Department)
	other.Community, department.Department, elsewhere.Department = pinghuan, "disabled", "health"
	for name, c := range map[string]struct {
		as   authz.Actor
		kind errs.Kind // Internal for none
	}{
		"own head": {b.head, errs.Internal}, "subdistrict": {b.district, errs.Internal}, "bureau": {b.bureau, errs.Internal}, "department": {department, errs.Internal},
		"auditor": {actor(authz.Auditor), errs.Internal}, "another organization": {b.stranger, errs.NotFound}, "another community": {other, errs.NotFound},
		"another department": {elsewhere, errs.NotFound}, "finance": {actor(authz.Finance), errs.Forbidden}, "nobody": {authz.Actor{}, errs.Unauthenticated},
	} {
		_, list := b.List(ctx, c.as, b.home, civil.Date{}, "")
		_, get := b.Get(ctx, c.as, id)
		if c.kind == errs.Internal && (list != nil || get != nil) || c.kind != errs.Internal && (!errs.Is(list, c.kind) || !errs.Is(get, c.kind)) {
			t.Errorf("%s: %v, %v", name, list, get)
		}
	}
	if f := b.get(t, department, id); f.TermsShown || len(f.Months)+len(f.Contracts) > 0 {
		t.Errorf("the department sees contracts and months: %+v", f)
	}
	_, err := b.Enter(ctx, b.bureau, once.NewToken(), b.home, worker())
	wantKind(t, "the bureau enters", err, errs.Forbidden)
	_, err = b.Enter(ctx, b.clerk, once.NewToken(), b.away, worker())
	wantKind(t, "into another organization", err, errs.NotFound)
	wantKind(t, "another's member", b.Withdraw(ctx, b.stranger, id, 1, "不是我们的人"), errs.NotFound)

	_, err = b.UnmaskID(ctx, b.bureau, id, "看看")
	wantKind(t, "without a reason", err, errs.Invalid)
	_, err = b.UnmaskID(ctx, b.head, id, "核对本组织人员")
	wantKind(t, "the head unmasks", err, errs.Forbidden)
	if no, err := b.UnmaskID(ctx, b.bureau, id, "核对人才补贴名单"); err != nil || no != "440310199002280010" {
		t.Errorf("unmasked %q, %v", no, err)
	}
	var entries int
	if err := b.db.App.Pool().QueryRow(ctx, `select count(*) from audit_entry where action = 'roster.id.unmask'`).Scan(&entries); err != nil || entries != 1 {
		t.Errorf("%d entries about it, %v", entries, err)
	}
}

// An organization learns that somebody works elsewhere too, not where.
func TestFullTimeInTwoOrganizations(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	b.enter(t, b.stranger, worker())
	_, err := b.Enter(ctx, b.clerk, once.NewToken(), b.home, worker())
	w := errs.WarningsOf(err)
	if len(w) != 1 || w[0].Code != "full_time_elsewhere" || strings.Contains(w[0].Message, "第02") {
		t.Fatalf("got %v", err)
	}
	in := worker()
	in.Accept = []string{w[0].Code}
	id := b.enter(t, b.clerk, in)
	if f := b.get(t, b.clerk, id); fmt.Sprint(f.Elsewhere) != "[另一个组织]" {
		t.Errorf("the organization reads %v", f.Elsewhere)
	}
	if p, err := b.List(ctx, b.bureau, b.home, civil.Date{}, ""); err != nil || fmt.Sprint(p.Lines[0].Elsewhere) != "[六联社区第02互助会]" {
		t.Errorf("the bureau reads %v, %v", p.Lines, err)
	}
	var stays []roster.Stay
	if err := b.db.App.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		stays, err = b.History(ctx, q, b.get(t, b.bureau, id).PersonID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	oct := civil.Month{Year: 2018, Month: 10}
	if m := roster.Served(stays, oct, oct); !m[0].Doubled() || len(m[0].Proven) != 2 {
		t.Errorf("served %+v", m)
	}
}

// One person stands on one roster once at a time, whoever writes when.
func TestTwoAtOnceAreOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.enter(t, b.stranger, worker()) // the person is on record
	in := worker()
	in.Accept = []string{"full_time_elsewhere"}
	var mu sync.Mutex
	var wg sync.WaitGroup
	done := 0
	for i := range 6 {
		wg.Go(func() {
			in := in
			in.JoinedOn = in.JoinedOn.AddDays(-i)
			in.Contracts, in.Months = nil, nil
			_, err := b.Enter(context.WithoutCancel(t.Context()), b.clerk, once.NewToken(), b.home, in)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				done++
			} else if !errs.Is(err, errs.Invalid) {
				t.Errorf("refused with %v", err)
			}
		})
	}
	wg.Wait()
	if done != 1 {
		t.Errorf("%d of 6 were entered", done)
	}
}

// A stolen database tells nothing of contracts and months, and portal_app neither
// deletes nor moves anybody.
func TestWhatTheDatabaseKeeps(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	id := b.enter(t, b.clerk, worker())
	var text string
	var raw []byte
	if err := b.db.App.Pool().QueryRow(ctx, `select m::text || coalesce((select string_agg(a::text, '') from audit_entry a), ''), m.terms from roster_member m`).Scan(&text, &raw); err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"社工服务中心", "2018-10", "agent", "440310199002280010"} {
		if strings.Contains(text, secret) || bytes.Contains(raw, []byte(secret)) {
			t.Errorf("%s can be read in the database", secret)
		}
	}
	for _, sql := range []string{`delete from roster_member`, `update roster_member set person_id = person_id`, `update roster_member set org_id = org_id`,
		`update roster_member set import_id = id`, `delete from training_record`, `update training_record set hours = 1`} {
		if _, err := b.db.App.Pool().Exec(ctx, sql); err == nil {
			t.Errorf("portal_app may %s", sql)
		}
	}
	// Terms of one row do not open in another.
	in := worker()
	in.Name, in.IDNumber = "刘二", "11010519491231002X"
	in.Name = "李四海"
	in.Accept = []string{"old"}
	other := b.enter(t, b.clerk, in)
	if _, err := b.db.App.Pool().Exec(ctx, `update roster_member set terms = (select terms from roster_member where id = $1) where id = $2`, id, other); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Get(ctx, b.clerk, other); err == nil {
		t.Error("terms copied from another row open")
	}
}

// After a merge the people of both records are one roster: counted once, marked,
// and looked after by the organization's own accounts.
func TestRosterOfMergedRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	alike := worker()
	mine := b.enter(t, b.clerk, alike)
	alike.Accept = []string{"full_time_elsewhere"}
	twin := b.enter(t, b.stranger, alike)
	other := worker()
	other.Name, other.IDNumber = "孙小红", "34052419800101001X"
	theirs := b.enter(t, b.stranger, other)
	point := func(sql string) {
		t.Helper()
		if _, err := b.db.Owner.Exec(t.Context(), sql, b.away, b.home); err != nil {
			t.Fatal(err)
		}
	}
	point(`update organization set merged_into = $2 where id = $1`)
	page, err := b.List(t.Context(), b.clerk, b.home, civil.Date{}, "")
	if err != nil || len(page.Lines) != 3 || page.Counts.Members != 2 || page.Counts.FullTime != 2 {
		t.Fatalf("%d lines, %+v: %v", len(page.Lines), page.Counts, err)
	}
	for _, l := range page.Lines {
		if want := l.ID != mine; (l.MergedFrom != "") != want || l.OrgID != b.home || len(l.Elsewhere) > 0 {
			t.Errorf("%s: from %q, elsewhere %v", l.Name, l.MergedFrom, l.Elsewhere)
		}
	}
	if f := b.get(t, b.clerk, theirs); f.Organization.ID != b.home || len(f.Months) == 0 {
		t.Errorf("a member of the merged record: %+v", f.Member)
	}
	if _, err := b.Get(t.Context(), b.stranger, theirs); !errs.Is(err, errs.NotFound) {
		t.Errorf("an account that was left behind: %v", err)
	}
	if page, err = b.List(t.Context(), b.bureau, b.away, civil.Date{}, ""); err != nil || page.Organization.ID != b.home {
		t.Errorf("the old address shows %s: %v", page.Organization.Name, err)
	}
	point(`update organization set merged_into = null where id = $1 and $2::uuid is not null`)
	if page, err = b.List(t.Context(), b.clerk, b.home, civil.Date{}, ""); err != nil || len(page.Lines) != 1 || page.Lines[0].ID != mine {
		t.Errorf("after the undoing %d lines: %v", len(page.Lines), err)
	}
	if f := b.get(t, b.stranger, twin); f.Organization.ID != b.away || f.MergedFrom != "" {
		t.Errorf("after the undoing %+v", f.Member)
	}
}
