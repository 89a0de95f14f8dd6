package organization_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// alone is an organization that shares nothing with another one.
func alone(n int) organization.Registration {
	in := filed("01")
	in.Token, in.Name, in.FilingNo = once.NewToken(), fmt.Sprintf("坪山第%d门合唱队", n), fmt.Sprintf("坪社备〔2026〕第%d号", 5000+n)
	in.HeadName, in.HeadIDNumber, in.HeadMobile = fmt.Sprintf("王%s", strings.Repeat("甲", 1+n%3)), residentNumber(n), fmt.Sprintf("139%08d", n)
	return in
}

// residentNumber is a resident number with its check digit.
func residentNumber(n int) string {
	s := fmt.Sprintf("440310%04d0101%03d", 1950+n%50, n/50)
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return s + string("10X98765432"[sum%11])
}

func (b bench) pairs(t *testing.T, a authz.Actor, state organization.PairState) []organization.Pair {
	t.Helper()
	var all []organization.Pair
	for after := ""; ; {
		list, next, err := b.Pairs(t.Context(), a, state, after, 3)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, list...)
		if after = next; after == "" {
			return all
		}
	}
}

func reasonsOf(list []organization.Pair, a, b uuid.UUID) string {
	for _, p := range list {
		if p.One == a && p.Other == b || p.One == b && p.Other == a {
			var out []string
			for _, r := range p.Reasons {
				out = append(out, string(r))
			}
			return strings.Join(out, " ")
		}
	}
	return ""
}

func (b bench) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func own(id uuid.UUID, name, number string) organization.PayeeInput {
	return organization.PayeeInput{OrgID: id, Kind: organization.OwnAccount, BankName: "演示银行", Branch: "坪山支行", AccountName: name, AccountNo: number}
}

// Each trait makes a pair, and nothing else does.
func TestPairsAreFoundByEachReason(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for n, c := range []struct {
		want  string
		typed func(in *organization.Registration, of organization.Registration)
		after func(a, id uuid.UUID, first, second organization.Registration)
	}{
		{"name", func(in *organization.Registration, of organization.Registration) {
			in.Name = "坪山区" + of.Name + "服务"
		}, nil},
		{"filing", nil, func(a, id uuid.UUID, first, _ organization.Registration) {
			// The form reads a number into one shape; what came in another way did not.
			b.exec(t, `update organization set filing_no = $2 where id = $1`, id, strings.NewReplacer("〔", "[", "〕", "]", "第", "第0").Replace(first.FilingNo))
		}},
		{"head", func(in *organization.Registration, of organization.Registration) {
			in.HeadName, in.HeadIDNumber = of.HeadName, of.HeadIDNumber
		}, nil},
		{"mobile", func(in *organization.Registration, of organization.Registration) { in.HeadMobile = of.HeadMobile }, nil},
		{"code", nil, func(a, id uuid.UUID, _, _ organization.Registration) { // another division registered the same body
			b.exec(t, `update organization set status_basis = 'registered', uscc = $2 where id = $1`, a, "51440307MJL1234564")
			b.exec(t, `update organization set status_basis = 'registered', uscc = $2 where id = $1`, id, "52440310MJL1234567")
		}},
		{"account", nil, func(a, id uuid.UUID, first, second organization.Registration) {
			for x, in := range map[uuid.UUID]organization.Registration{a: first, id: second} {
				if err := b.SavePayee(t.Context(), member(x, authz.OrgHead), own(x, in.Name, "7559 1234 5678 901")); err != nil {
					t.Fatal(err)
				}
			}
		}},
		{"", func(in *organization.Registration, of organization.Registration) { in.Address = of.Address }, nil},
	} {
		first, second := alone(100*n+1), alone(100*n+2)
		a := b.register(t, first)
		if c.typed != nil {
			c.typed(&second, first)
		}
		second.Accept = []string{"similar_name", "head_of_many"}
		id := b.register(t, second)
		if c.after != nil {
			c.after(a, id, first, second)
		}
		if got := reasonsOf(b.pairs(t, b.clerk, organization.PairOpen), a, id); got != c.want {
			t.Errorf("%q: got %q", c.want, got)
		}
	}
	list := b.pairs(t, b.clerk, organization.PairOpen)
	if len(list) != 6 {
		t.Errorf("%d pairs, want one for each of 6 reasons", len(list))
	}
	if !slices.IsSortedFunc(list, func(x, y organization.Pair) int { return y.Strength - x.Strength }) {
		t.Error("not the strongest first")
	}
	if n := len(b.pairs(t, b.other, organization.PairOpen)); n != 0 {
		t.Errorf("another subdistrict sees %d pairs", n)
	}
}

// two are records of one organization: the second has a grant, an activity and a
// name of its own.
func (b bench) two(t *testing.T) (keep, absorb uuid.UUID) {
	t.Helper()
	first, second := alone(1), alone(2)
	second.Name, second.HeadName, second.HeadIDNumber = first.Name+"服务中心", first.HeadName, first.HeadIDNumber
	keep = b.register(t, first)
	absorb = b.register(t, second)
	err := b.RecordGrant(t.Context(), b.clerk, organization.GrantInput{Token: once.NewToken(), OrgID: absorb, Programme: organization.Startup,
		Title: "启动扶持", AwardedOn: civil.Of(2026, 8, 1), Amount: money.Fen(500000)})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []uuid.UUID{keep, absorb} { // told twice
		err = b.RecordActivity(t.Context(), b.clerk, organization.ActivityInput{Token: once.NewToken(), OrgID: id, Title: "社区合唱展演", HeldOn: civil.Of(2026, 7, 1),
			CommunityCode: liulian, Place: "六联广场", Participants: 30, Summary: "居民一起唱歌，三十人参加。"})
		if err != nil {
			t.Fatal(err)
		}
	}
	return keep, absorb
}

func (b bench) propose(t *testing.T, a authz.Actor, keep, absorb uuid.UUID, take ...organization.Part) (organization.Merge, error) {
	t.Helper()
	c, err := b.Compare(t.Context(), a, keep, absorb)
	if err != nil {
		return organization.Merge{}, err
	}
	k, x := b.record(t, b.clerk, keep), b.record(t, b.clerk, absorb)
	err = b.Propose(t.Context(), a, organization.Proposal{Token: once.NewToken(), Keep: keep, Absorb: absorb, KeepVersion: k.Version, AbsorbVersion: x.Version,
		PairVersion: c.Version, Take: take, Reason: "同一张备案证书登记了两次"})
	if err != nil {
		return organization.Merge{}, err
	}
	c, err = b.Compare(t.Context(), a, keep, absorb)
	if err != nil || c.Merge == nil {
		t.Fatalf("no proposal: %v", err)
	}
	return *c.Merge, nil
}

func reviewer() authz.Actor {
	return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "复核", Role: authz.BureauReviewer, IP: "192.0.2.3"}
}

func TestMergeKeepsHistoryAndCanBeUndone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.subdistrict.PersonID = uuid.Must(uuid.NewV7())
	keep, absorb := b.two(t)
	wasKept, wasGone := b.record(t, b.clerk, keep), b.record(t, b.clerk, absorb)
	m, err := b.propose(t, b.subdistrict, keep, absorb, "name", "number")
	if err != nil {
		t.Fatal(err)
	}
	same := reviewer()
	same.PersonID = b.subdistrict.PersonID
	wantKind(t, b.Confirm(t.Context(), same, m.ID, m.Version), errs.Forbidden)
	wantKind(t, b.Confirm(t.Context(), b.subdistrict, m.ID, m.Version), errs.Forbidden)

	// Two confirm at once: one does.
	var wg sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wg.Go(func() { results[i] = b.Confirm(context.WithoutCancel(t.Context()), reviewer(), m.ID, m.Version) })
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else {
			wantKind(t, err, errs.Conflict)
		}
	}
	if won != 1 {
		t.Fatalf("%d confirmations took effect", won)
	}

	after := b.record(t, b.clerk, keep)
	if after.Name != wasGone.Name || after.FilingNo != wasGone.FilingNo || after.HeadName != wasKept.HeadName {
		t.Errorf("merged %q %q", after.Name, after.FilingNo)
	}
	f := b.facts(t, keep, today)
	if len(f.GrantsOf(organization.Startup)) != 1 || len(f.HeadGrants) != 0 || len(f.Activities) != 1 || len(f.HeadOrgs) != 0 {
		t.Errorf("facts of both: %d startup grants, %d of the head, %d activities, %d other organizations",
			len(f.GrantsOf(organization.Startup)), len(f.HeadGrants), len(f.Activities), len(f.HeadOrgs))
	}
	again := organization.GrantInput{Token: once.NewToken(), OrgID: keep, Programme: organization.Startup, Title: "启动扶持", AwardedOn: civil.Of(2026, 9, 1), Amount: 100}
	wantField(t, b.RecordGrant(t.Context(), b.clerk, again), "programme")
	again.OrgID, again.Token = absorb, once.NewToken()
	wantKind(t, b.RecordGrant(t.Context(), b.clerk, again), errs.Conflict)
	if p := b.list(t, organization.Filter{Status: organization.All}, "", 10); len(p.Items) != 1 || p.Items[0].ID != keep {
		t.Errorf("listed %+v", p.Items)
	}
	if got := b.profile(t, absorb).MergedInto; got != keep {
		t.Errorf("the old address leads to %s", got)
	}
	if p := b.profile(t, keep); len(p.Grants) != 1 || p.Name != wasGone.Name {
		t.Errorf("public profile %+v", p)
	}
	if n := len(b.pairs(t, b.clerk, organization.PairOpen)); n != 0 {
		t.Errorf("%d pairs left", n)
	}

	merged, err := b.MergeByID(t.Context(), reviewer(), m.ID)
	if err != nil || merged.Followed != "" {
		t.Fatalf("%q stands on it: %v", merged.Followed, err)
	}
	if err := b.UndoMerge(t.Context(), reviewer(), m.ID, merged.Version, "看错了，是两个组织"); err != nil {
		t.Fatal(err)
	}
	for _, was := range []organization.Record{wasKept, wasGone} {
		is := b.record(t, b.clerk, was.ID)
		is.Version, is.UpdatedAt = was.Version, was.UpdatedAt
		if !reflect.DeepEqual(is.Organization, was.Organization) || is.HeadMobile != was.HeadMobile || len(is.Grants) != len(was.Grants) {
			t.Errorf("not as before:\n%+v\n%+v", is.Organization, was.Organization)
		}
	}
	if f := b.facts(t, keep, today); f.Name != wasKept.Name || len(f.Grants) != 0 {
		t.Errorf("facts after the undoing: %s, %d grants", f.Name, len(f.Grants))
	}
	if n := len(b.pairs(t, b.clerk, organization.PairOpen)); n != 1 {
		t.Errorf("%d pairs to look at again, want 1", n)
	}
}

// A merge on which something stands already stays.
func TestMergeStaysOnceSomethingFollowed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.db.SetNow(t, today.Start().Add(10*time.Hour))
	keep, absorb := b.two(t)
	m, err := b.propose(t, b.clerk, keep, absorb)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Confirm(t.Context(), reviewer(), m.ID, m.Version); err != nil {
		t.Fatal(err)
	}
	err = b.RecordActivity(t.Context(), b.clerk, organization.ActivityInput{Token: once.NewToken(), OrgID: keep, Title: "端午包粽子活动", HeldOn: civil.Of(2026, 6, 19),
		CommunityCode: liulian, Place: "六联广场", Participants: 20, Summary: "居民一起包粽子，送给老人。"})
	if err != nil {
		t.Fatal(err)
	}
	merged, err := b.MergeByID(t.Context(), reviewer(), m.ID)
	if err != nil || merged.Followed == "" {
		t.Fatalf("it does not say that something followed: %v", err)
	}
	wantKind(t, b.UndoMerge(t.Context(), reviewer(), m.ID, merged.Version, "看错了，是两个组织"), errs.Conflict)
}

// What is said not to be one stays so, until something new speaks for it.
func TestDifferentIsRemembered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keep, absorb := b.two(t)
	c, err := b.Compare(t.Context(), b.subdistrict, keep, absorb)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Compare(t.Context(), b.other, keep, absorb)
	wantKind(t, err, errs.NotFound)
	wantField(t, b.Different(t.Context(), b.subdistrict, keep, absorb, c.Version, "不"), "reason")
	if err := b.Different(t.Context(), b.subdistrict, keep, absorb, c.Version, "两个队，负责人是同一位"); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.Different(t.Context(), b.subdistrict, keep, absorb, c.Version, "两个队，负责人是同一位"), errs.Conflict)
	b.exec(t, `update organization set subdistrict_code = subdistrict_code, name = name || '一' where id = $1`, absorb)
	if n := len(b.pairs(t, b.clerk, organization.PairDifferent)); n != 1 {
		t.Errorf("%d judged pairs, want 1", n)
	}
	b.exec(t, `update organization set head_mobile_index = '\x01' where id in ($1, $2)`, keep, absorb)
	if got := reasonsOf(b.pairs(t, b.clerk, organization.PairOpen), keep, absorb); got != "head mobile" {
		t.Errorf("a new reason asks again: %q", got)
	}
}

// What runs under the record that goes stands in the way, at its field.
func TestObstaclesOfAMerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keep, absorb := b.two(t)
	b.exec(t, `insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, state, class, created_by, created_at, entered_at)
		values (gen_random_uuid(), 'startup', 'FH-2026-0009', 2026, 9, '启动', $1, 'draft', 'open', gen_random_uuid(), now(), now())`, absorb)
	_, err := b.propose(t, b.clerk, keep, absorb)
	wantField(t, err, "keep")
	if !strings.Contains(errs.FieldsOf(err)[0].Message, "FH-2026-0009") {
		t.Errorf("it does not name the case: %v", errs.FieldsOf(err))
	}
	// The other way round nothing runs under the record that goes.
	m, err := b.propose(t, b.clerk, absorb, keep)
	if err != nil {
		t.Fatal(err)
	}
	// Between proposal and confirmation both got a conclusion about one year.
	for org, c := range map[uuid.UUID]organization.Conclusion{keep: organization.Pass, absorb: organization.Fail} {
		b.exec(t, `insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by)
			values (gen_random_uuid(), $1, 2025, '2026-03-01', $2, '坪山街道办事处', now(), gen_random_uuid())`, org, c)
	}
	err = b.Confirm(t.Context(), reviewer(), m.ID, m.Version)
	wantField(t, err, "keep")
	if !strings.Contains(errs.FieldsOf(err)[0].Message, "2025 年度的年报结论不一样") {
		t.Errorf("it does not name the year: %v", errs.FieldsOf(err))
	}
	b.exec(t, `update annual_report set conclusion = 'fail' where org_id = $1`, keep)
	if err := b.Confirm(t.Context(), reviewer(), m.ID, m.Version); err != nil {
		t.Errorf("put right, as it says: %v", err)
	}
}

// Two thousand organizations: the list reads an index, a new record looks up.
func TestPairsOfManyAreReadByIndex(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := alone(1)
	id := b.register(t, in)
	b.exec(t, `insert into person (id, name, created_at, updated_at) select md5('p' || i)::uuid, '张' || i, now(), now() from generate_series(1, 2000) i`)
	b.exec(t, `insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name,
			community_code, subdistrict_code, created_at, updated_at)
		select md5('o' || i)::uuid, '坪山第' || i || '测试社', org_type, status_basis, category, '坪社备〔2025〕第' || 10000 + i || '号', established_on, registrar, origin, status_since,
			md5('p' || case when i <= 1600 then (i + 1) / 2 else i end)::uuid, '张' || i, community_code, subdistrict_code, created_at, updated_at
		from organization, generate_series(1, 2000) i where id = $1`, id)
	var heads, all int
	err := b.db.Owner.QueryRow(t.Context(), `select count(*) filter (where reasons = '{head}'), count(*) from organization_pair`).Scan(&heads, &all)
	if err != nil || heads != 800 || all != 800 {
		t.Errorf("%d pairs, %d by the head alone, want the 800 with one head: %v", all, heads, err)
	}
	b.exec(t, `analyze organization_pair`)
	b.exec(t, `analyze organization_trait`)
	for sql, index := range map[string]string{
		`select from organization_pair p where p.state = 'open' and p.strength > 0 order by p.strength desc, p.one, p.other limit 20`:                                         "organization_pair_list",
		`select from organization_trait t join organization_trait u on u.kind = t.kind and u.value = t.value and u.org_id <> t.org_id where t.org_id = '` + id.String() + `'`: "organization_trait_",
	} {
		rows, err := postgres.All[struct {
			Line string `db:"QUERY PLAN"`
		}](t.Context(), b.db.Owner, `explain `+sql)
		if err != nil {
			t.Fatal(err)
		}
		plan := fmt.Sprint(rows)
		if !strings.Contains(plan, index) || strings.Contains(plan, "Seq Scan") {
			t.Errorf("want %s:\n%s", index, plan)
		}
	}
}

// Numbers saved before there were digests get them, once.
func TestMobilesAreIndexedLater(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, second := alone(1), alone(2)
	second.HeadMobile = first.HeadMobile
	one, other := b.register(t, first), b.register(t, second)
	b.exec(t, `update organization set head_mobile_index = null`)
	if n := len(b.pairs(t, b.clerk, organization.PairOpen)); n != 0 {
		t.Fatalf("%d pairs without digests", n)
	}
	for range 2 {
		if err := b.IndexMobiles(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := reasonsOf(b.pairs(t, b.clerk, organization.PairOpen), one, other); got != "mobile" {
		t.Errorf("got %q", got)
	}
}
