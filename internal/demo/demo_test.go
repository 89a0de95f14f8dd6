package demo

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// monday is the day of DESIGN's examples.
var monday = civil.Of(2026, 11, 23)

// One planting serves everything that only reads it or adds to it.
func TestTheDemo(t *testing.T) {
	t.Parallel()
	f := planted(t, monday)
	t.Run("numbers stay secret", f.keepsNumbersSecret) // first: before anybody signs in
	t.Run("stories", f.tellsItsStories)
	t.Run("eligibility", f.answersEligibility)
	t.Run("clock", f.runsTrueAgain)
	t.Run("audit", f.isSealed)
	t.Run("desks", f.fillsTheDesks)
	t.Run("sign-in", f.letsEverybodyIn)
	t.Run("second planting", f.plantsOnce)
	t.Run("same again elsewhere", f.isTheSameElsewhere)
}

// Month ends and days of rest move every date: the script must hold on them. The
// day is a Sunday of a year that only the demo calendar knows, and no founding day
// is exactly half a year before it.
func TestTheDemoOnAnotherDay(t *testing.T) {
	t.Parallel()
	f := planted(t, civil.Of(2027, 10, 31))
	f.tellsItsStories(t)
	f.answersEligibility(t)
}

// standsAt is where an application of a story stands.
type standsAt struct {
	State, Waits, Channel string
	Due                   *civil.Date
	Stances               string
	Letters               string
}

func (f field) tellsItsStories(t *testing.T) {
	var calendar *workday.Calendar
	err := f.DB.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		calendar, err = district.CalendarOf(t.Context(), q, f.today.Year-1, f.today.Year+1)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	next := calendar.OnOrAfter(f.today).On // today, or the first working day
	at := func(wd int) *civil.Date {
		d := next
		if wd > 0 {
			d = calendar.Add(next, wd).On
		}
		for ; wd < 0; wd++ {
			for d = d.AddDays(-1); ; d = d.AddDays(-1) {
				if work, _ := calendar.IsWorkday(d); work {
					break
				}
			}
		}
		return &d
	}
	for org, want := range map[string]standsAt{
		"org2":  {"draft", "org_head", "online", nil, "", ""},
		"org3":  {"correcting", "org_head", "online", at(7), "support support", "correction"},
		"org4":  {"opining", "community", "online", at(1), "", ""},
		"org5":  {"opining", "community", "online", at(0), "", ""},
		"org6":  {"opining", "subdistrict", "online", at(3), "support", ""},
		"org7":  {"accepting", "bureau_clerk", "online", at(6), "support support", ""},
		"org8":  {"accepting", "bureau_clerk", "online", at(-3), "support support", ""},
		"org9":  {"accepting", "bureau_clerk", "online", nil, "lapsed lapsed", ""},
		"org10": {"accepting", "bureau_clerk", "online", at(7), "oppose support", ""},
		"org11": {"reviewing", "bureau_reviewer", "online", at(3), "support support", "accepted"},
		"org12": {"reviewing", "bureau_reviewer", "online", at(1), "support support", "correction accepted"},
		"org13": {"refused", "", "online", nil, "support support", "not_accepted"},
		"org14": {"withdrawn", "", "online", nil, "support", ""},
		"org15": {"lapsed", "", "online", nil, "support support", "correction"},
		"org16": {"draft", "org_head", "counter", nil, "", ""},
		"org17": {"opining", "community", "counter", at(2), "", ""},
		"org39": {"signing", "bureau_leader", "online", at(2), "support support", "accepted"},
		"org40": {"signing", "bureau_leader", "online", at(2), "support support", "accepted"},
		"org41": {"noticing", "bureau_clerk", "online", nil, "support support", "accepted"},
		"org42": {"noticing", "", "online", nil, "support support", "accepted"},
		"org43": {"disputed", "bureau_reviewer", "online", nil, "support support", "accepted"},
		"org44": {"granted", "finance", "online", nil, "support support", "accepted approval"},
		"org45": {"granted", "finance", "online", nil, "support support", "accepted approval"},
		"org46": {"granted", "finance", "online", nil, "support support", "accepted approval"},
		"org47": {"reporting", "org_head", "online", nil, "support support", "accepted approval payment"},
		"org48": {"reporting", "org_head", "online", nil, "support support", "accepted approval payment"},
		"org49": {"reporting", "bureau_clerk", "online", at(7), "support support", "accepted approval payment"},
		"org50": {"reporting", "finance", "online", nil, "support support", "accepted approval payment"},
		"org51": {"closed", "", "online", nil, "support support", "accepted approval payment"},
		"org52": {"closed", "", "online", nil, "support support", "accepted approval payment"},
		"org53": {"refused", "", "online", nil, "support support", "accepted not_supported"},
		"org54": {"refused", "", "online", nil, "support support", "accepted not_supported"},
		"org55": {"reporting", "org_head", "online", nil, "support support", "accepted approval payment"},
		"org56": {"terminated", "", "online", nil, "support support", "accepted approval termination"},
	} {
		var got standsAt
		var due civil.Date
		err := f.db.Owner.QueryRow(t.Context(), `select c.state, c.waits_role, c.channel, c.due_on,
				coalesce((select string_agg(stance, ' ' order by o.at) from case_opinion o where o.case_id = c.id), ''),
				coalesce((select string_agg(l.kind, ' ' order by l.issued_at) from case_letter l where l.case_id = c.id), '')
			from case_file c where c.kind = 'startup' and c.title = $1`, nameOf(org)).Scan(&got.State, &got.Waits, &got.Channel, &due, &got.Stances, &got.Letters)
		if err != nil {
			t.Errorf("%s: %v", org, err)
			continue
		}
		if want.Due != nil && due != *want.Due {
			t.Errorf("%s is due on %s, want %s", org, due, want.Due)
		}
		want.Due = nil
		if got != want {
			t.Errorf("%s stands at %+v, want %+v", org, got, want)
		}
	}
	f.tellsTheRegistry(t)
	f.tellsTheClaims(t)
	if n := f.strings(t, `select no from case_file where kind = 'startup' and title <> all($1)`, storied()); len(n) != 0 {
		t.Errorf("cases of organizations without a story: %v", n)
	}
}

func nameOf(key string) string {
	for _, r := range cast {
		if r.key == key {
			return r.name
		}
	}
	return ""
}

func registryKinds() (kinds []string) {
	for _, d := range registry.Definitions() {
		kinds = append(kinds, d.Kind)
	}
	return kinds
}

func storied() (names []string) {
	for _, r := range append(cast[1:17:17], cast[38:56]...) {
		names = append(names, r.name)
	}
	return names
}

func (f field) organization(t *testing.T, key string) (id uuid.UUID) {
	t.Helper()
	if err := f.db.Owner.QueryRow(t.Context(), `select id from organization where name = $1`, nameOf(key)).Scan(&id); err != nil {
		t.Fatalf("%s: %v", key, err)
	}
	return id
}

// answersEligibility looks at the one line for which each organization is there.
func (f field) answersEligibility(t *testing.T) {
	check := func(key string) funding.Check {
		c, err := f.Funding.Eligibility(t.Context(), authz.SystemActor, startup.Kind, f.organization(t, key), civil.Date{})
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		return c
	}
	for key, want := range map[string]string{ // the lines that are not met
		"org1": "", "org18": "age unmet", "org19": "", "org20": "new_enough unmet", "org21": "origin unmet",
		"org22": "status unmet, abnormal unmet, annual_report unmet", "org23": "serious unmet", "org25": "ban unmet", "org27": "systems unmet",
		"org26": "once unknown, abnormal unknown, serious unknown, defaulter unknown",
		"org29": "", "org31": "once unmet, unreported unmet", "org33": "new_enough unmet, annual_report unmet",
	} {
		var open []string
		for _, l := range check(key).Lines {
			if l.Answer == funding.Unmet || l.Answer == funding.Unknown && l.Key != "annual_report" {
				open = append(open, l.Key+" "+string(l.Answer))
			}
		}
		if got := strings.Join(open, ", "); got != want {
			t.Errorf("%s: %q, want %q", key, got, want)
		}
	}
	if v := check("org1").Verdict; !v.MaySubmit || !v.MayAccept {
		t.Errorf("the journey cannot start at org1: %+v", v)
	}
	if v := check("org18").Verdict; v.Earliest != f.today.AddDays(1) {
		t.Errorf("org18 may apply from %s, want tomorrow", v.Earliest)
	}
	if !slices.ContainsFunc(check("org29").Lines, func(l funding.Line) bool { return l.Key == "same_head" }) {
		t.Error("org29 is not warned of the same head")
	}
	if !slices.ContainsFunc(check("org24").Lines, func(l funding.Line) bool { return l.Key == "violation" && l.Answer == funding.Unmet }) {
		t.Error("org24's violation does not count")
	}
}

func (f field) runsTrueAgain(t *testing.T) {
	if err := f.DB.Read(t.Context(), func(_ postgres.Querier, now time.Time) error {
		if civil.On(now) != f.today {
			t.Errorf("after the planting it is %s, want %s", civil.On(now), f.today)
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	// Nothing in the records is of the future.
	for _, column := range []string{"case_event.at", "audit_entry.at", "organization.updated_at", "attachment.uploaded_at", "notification.at"} {
		table, name, _ := strings.Cut(column, ".")
		if n := f.strings(t, fmt.Sprintf(`select count(*)::text from %s where %s > portal_now()`, table, name)); n[0] != "0" {
			t.Errorf("%s rows of %s are of the future", n[0], column)
		}
	}
}

// isSealed looks for nights with a seal, not for what waits: entries wait as long
// as any older transaction runs in the cluster, other tests' included.
func (f field) isSealed(t *testing.T) {
	if nights := f.strings(t, `select distinct (at at time zone 'Asia/Shanghai')::date::text from audit_seal`); len(nights) < 20 {
		t.Errorf("seals of %d nights only: %v", len(nights), nights)
	}
}

func (f field) fillsTheDesks(t *testing.T) {
	for _, c := range []struct{ what, sql, want string }{
		{"organizations, one of a filing, two recorded twice", `select count(*)::text from organization where demo`, fmt.Sprint(len(cast) + 3)},
		{"organizations without the mark", `select count(*)::text from organization where not demo`, "0"},
		{"communities", `select count(distinct community_code)::text from organization`, "23"},
		{"categories", `select count(distinct category)::text from organization`, "6"},
		{"open bases", `select count(*)::text from incubation_base where status = 'open'`, "20"},
		{"claims to confirm", `select count(*)::text from account_claim where status = 'waiting'`, "4"},
		{"a claim refused", `select count(*)::text from account_claim where status = 'refused'`, "1"},
		{"activities to confirm", `select count(*)::text from organization_activity where confirmed_on is null`, "3"},
		{"three organizations of one head", `select max(n)::text from (select count(*) as n from organization group by head_person_id) x`, "3"},
		{"grades", `select string_agg(star::text, ' ' order by star) from standing_grade`, "2 3"},
		{"purposes with a budget this year", `select count(*)::text from ledger_pool where budget_fen > 0 and year = extract(year from portal_now() at time zone 'Asia/Shanghai')`, "6"},
		{"a transfer to check", `select count(*)::text from ledger_budget_item where state = 'proposed'`, "1"},
		{"mail that nobody gets", `select count(*)::text from mail_outbox`, "0"},
	} {
		if got := f.strings(t, c.sql); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %v, want %s", c.what, got, c.want)
		}
	}
	if n := f.strings(t, `select count(*)::text from notification`); n[0] == "0" {
		t.Error("nobody was told of anything")
	}
	// Who filed at the counter cannot give the opinion, the colleague can.
	var no string
	if err := f.db.Owner.QueryRow(t.Context(), `select no from case_file where title = $1`, nameOf("org17")).Scan(&no); err != nil {
		t.Fatal(err)
	}
	err := f.Applications.Opine(t.Context(), f.signedIn(t, "community-longtian"), no, 0, casework.Support, "", "AAAAAAAAAAAAAAAAAAAAAAAAAA")
	if !errs.Is(err, errs.Forbidden) {
		t.Errorf("the filer's own opinion: %v", err)
	}
}

// signedIn enters by the door, with the password on the sign-in page.
func (f field) signedIn(t *testing.T, username string) authz.Actor {
	t.Helper()
	p, err := f.Accounts.SignIn(t.Context(), username, account.DemoPassword, "192.0.2.7")
	if err == nil && p.Step() != account.StepDone {
		err = fmt.Errorf("sign-in stops at %s", p.Step())
	}
	if err != nil {
		t.Fatalf("%s: %v", username, err)
	}
	_, a, err := f.Accounts.Open(t.Context(), p, "192.0.2.7", "test")
	if err != nil {
		t.Fatalf("%s: %v", username, err)
	}
	return a.Actor("192.0.2.7")
}

func (f field) letsEverybodyIn(t *testing.T) {
	listed := map[string]bool{}
	for _, a := range Accounts() {
		if listed[a.Username] || a.Who == "" {
			t.Errorf("%s is listed twice, or without a word", a.Username)
		}
		listed[a.Username] = true
	}
	for _, name := range []string{"org1-head", "org1-clerk", "org2-head", "community-liulian", "community-liulian2", "subdistrict-pingshan",
		"clerk", "clerk2", "reviewer", "leader", "finance", "finance2", "expert1", "expert9", "evaluator", "evaluator2", "department",
		"leadgroup", "auditor", "admin", "security"} {
		if !listed[name] {
			t.Errorf("%s of DESIGN §4 is not listed", name)
		}
	}
	for name := range listed {
		f.signedIn(t, name)
	}
	if active := f.strings(t, `select username from account where status = 'active'`); len(active) != len(listed) {
		t.Errorf("%d accounts are active, %d are listed", len(active), len(listed))
	}
	if _, err := f.Accounts.SignIn(t.Context(), "claim-zhukeng", account.DemoPassword, "192.0.2.7"); !errs.Is(err, errs.Invalid) {
		t.Errorf("a claim that nobody confirmed opens: %v", err)
	}
}

func (f field) plantsOnce(t *testing.T) {
	counts := `select (select count(*) from organization) || ' ' || (select count(*) from account) || ' ' ||
		(select count(*) from case_event) || ' ' || (select count(*) from audit_entry) || ' ' || (select planted_at from demo_mark)`
	before := f.strings(t, counts)
	if err := Plant(t.Context(), f.Deps); err != nil {
		t.Fatal(err)
	}
	if after := f.strings(t, counts); after[0] != before[0] {
		t.Errorf("the second planting left %s, before it was %s", after[0], before[0])
	}
	if err := Refuse(t.Context(), f.DB); !errs.Is(err, errs.Conflict) || strings.Contains(errs.Message(err), "\n") {
		t.Errorf("outside demo mode: %v", err)
	}
}

func (f field) isTheSameElsewhere(t *testing.T) {
	d, db := ground(t, f.today)
	if err := Plant(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	other := field{Deps: d, db: db, today: f.today}
	for _, sql := range []string{
		`select name || ' ' || coalesce(uscc, filing_no) || ' ' || head_name || ' ' || established_on from organization order by name`,
		`select no || ' ' || title || ' ' || state || ' ' || coalesce(amount_fen, 0) from case_file order by no`,
		`select held_on || ' ' || title || ' ' || participants from organization_activity order by title, held_on, participants`,
		`select username || ' ' || name from account order by username`,
		`select year || ' ' || purpose || ' ' || budget_fen from ledger_pool order by 1`,
		`select filename || ' ' || source_sha256 from attachment order by filename, source_sha256`,
	} {
		if a, b := f.strings(t, sql), other.strings(t, sql); !slices.Equal(a, b) || len(a) == 0 {
			t.Errorf("two plantings differ in\n%s\n%v\n%v", sql, a, b)
		}
	}
}

// No document or account number stands in clear in any table.
func (f field) keepsNumbersSecret(t *testing.T) {
	numbers := f.numbers
	if len(numbers) < 100 {
		t.Fatalf("only %d numbers to look for", len(numbers))
	}
	tables := f.strings(t, `select quote_ident(table_schema) || '.' || quote_ident(table_name) from information_schema.tables
		where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`)
	var dump strings.Builder
	for _, table := range tables {
		for _, row := range f.strings(t, `select t::text from `+table+` t`) {
			dump.WriteString(row)
			dump.WriteByte('\n')
		}
	}
	text := dump.String()
	for _, n := range numbers {
		// A bytea prints in hex: the bytes of the text must not be there either.
		if strings.Contains(text, n) || strings.Contains(text, fmt.Sprintf("%x", n)) {
			t.Errorf("number %s stands in the database in clear", n)
		}
	}
	for _, there := range []string{nameOf("org1"), "FH-2026-", "payee_account"} {
		if !strings.Contains(text, there) {
			t.Errorf("the dump does not hold %s: the search proves nothing", there)
		}
	}
}
