package governance_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"

	"github.com/google/uuid"
)

func TestStep(t *testing.T) {
	t.Parallel()
	r, due := governance.Rules{RemindFirst: 30, RemindLast: 7}, civil.Of(2026, 4, 15)
	for _, c := range []struct {
		name  string
		item  governance.Item
		today civil.Date
		want  governance.Step
		ok    bool
	}{
		{"31 days", governance.Item{State: governance.Due, DueOn: due}, due.AddDays(-31), governance.StepFirst, false},
		{"30 days", governance.Item{State: governance.Due, DueOn: due}, due.AddDays(-30), governance.StepFirst, true},
		{"8 days", governance.Item{State: governance.Met, DueOn: due}, due.AddDays(-8), governance.StepFirst, true},
		{"7 days", governance.Item{State: governance.Met, DueOn: due}, due.AddDays(-7), governance.StepLast, true},
		{"the day itself", governance.Item{State: governance.Due, DueOn: due}, due, governance.StepLast, true},
		{"the day after", governance.Item{State: governance.Overdue, DueOn: due}, due.AddDays(1), governance.StepOverdue, true},
		{"nobody recorded it", governance.Item{State: governance.Unknown, DueOn: due}, due.AddDays(99), governance.StepOverdue, true},
		{"waits for an office", governance.Item{State: governance.Waiting, DueOn: due}, due.AddDays(1), "", false},
		{"does not apply", governance.Item{State: governance.Exempt, DueOn: due}, due, "", false},
		{"no day", governance.Item{State: governance.Unknown}, due, "", false},
		{"over by a guess", governance.Item{State: governance.Overdue, DueOn: due, Provisional: true}, due.AddDays(1), governance.StepOverdue, false},
		{"near by a guess", governance.Item{State: governance.Due, DueOn: due, Provisional: true}, due, governance.StepLast, true},
	} {
		if got, ok := c.item.Step(r, c.today); ok != c.ok || ok && got != c.want {
			t.Errorf("%s: %q, %v", c.name, got, ok)
		}
	}
}

// account gives somebody an account, so that messages reach them.
func (b bench) account(t *testing.T, a authz.Actor) authz.Actor {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), `insert into person (id, name, created_at, updated_at) values ($1, $2, now(), now())`, a.PersonID, a.Name); err != nil {
		t.Fatal(err)
	}
	var org *uuid.UUID
	community := ""
	if a.OrgID != uuid.Nil {
		org, community, a.Subdistrict = &a.OrgID, liulian, pingshan
	}
	_, err := b.db.Owner.Exec(t.Context(), `insert into account (id, username, password_hash, role, status, person_id, organization_id, community, subdistrict, name,
			password_changed_at, created_token, created_at, updated_at)
		values ($1::uuid, 'u' || left($1::text, 8) || right($1::text, 12), '$argon2id$x', $2, 'active', $3, $4, $5, $6, $7, now(), $1::text, now(), now())`,
		a.AccountID, string(a.Role), a.PersonID, org, community, a.Subdistrict, a.Name)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// born registers an association of 2025-10-15 and returns its head, with account.
func (b bench) born(t *testing.T, n string) authz.Actor {
	t.Helper()
	id, err := b.orgs.Register(t.Context(), b.clerk, organization.Registration{Token: once.NewToken(), Name: "六联社区" + n + "书画会", Type: organization.Association,
		Basis: organization.Filed, Category: organization.CultureSport, FilingNo: "坪社备〔2025〕第00" + n + "号", EstablishedOn: civil.Of(2025, 10, 15), Registrar: "坪山街道办事处",
		Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000",
		SubdistrictCode: pingshan, CommunityCode: liulian, Address: "六联社区综合楼 101", Accept: []string{"head_of_many", "similar_name"}})
	if err != nil {
		t.Fatal(err)
	}
	return b.account(t, authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "陈小明", Role: authz.OrgHead, OrgID: id})
}

// heard lists the days on which an account got messages whose title begins so.
func (b bench) heard(t *testing.T, a authz.Actor, title string) string {
	t.Helper()
	var days []string
	err := b.db.Owner.QueryRow(t.Context(), `select coalesce(array_agg(to_char(at at time zone 'Asia/Shanghai', 'MM-DD') order by at), '{}') from notification
		where account_id = $1 and starts_with(title, $2)`, a.AccountID, title).Scan(&days)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(days, " ")
}

// job runs the job at an hour of a day; two run it at once, as replicas would.
func (b bench) job(t *testing.T, day civil.Date, hour, runners int) {
	t.Helper()
	b.db.SetNow(t, day.Start().Add(time.Duration(hour)*time.Hour))
	ended := make(chan error)
	for range runners {
		go func() { ended <- b.Remind(t.Context()) }()
	}
	for range runners {
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// A year of 2026, day by day: three associations of 2025-10-15. What falls due:
// on 04-15 charter, finance, disclosure, supervisors and council; on 06-01 the
// annual report (05-31 is a Sunday); on 10-15 the assembly.
func TestAYearOfReminders(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.db.SetNow(t, civil.Of(2026, 1, 1).Start())
	idle, ending, meeting := b.born(t, "01"), b.born(t, "02"), b.born(t, "03")
	office, elsewhere := b.account(t, b.subdistrict), b.account(t, b.other)
	clerk := b.account(t, authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "李经办", Role: authz.OrgClerk, OrgID: idle.OrgID})
	// The council of one meets on 03-20: its next is due by 09-20.
	const idleDays = "03-16 04-08 04-16 05-02 05-25 06-02 09-15 10-08 10-16"
	const metDays = "03-16 04-08 04-16 05-02 05-25 06-02 08-21 09-13 09-15 09-21 10-08 10-16"
	mondays := []string{"01-01"} // the job began on a Thursday
	for day := civil.Of(2026, 1, 1); day.Year == 2026; day = day.AddDays(1) {
		switch day.String() {
		case "2026-03-20":
			b.db.SetNow(t, day.Start().Add(17*time.Hour))
			if _, err := b.RecordMeeting(t.Context(), meeting, once.NewToken(), council(day)); err != nil {
				t.Fatal(err)
			}
		case "2026-04-10":
			if _, err := b.db.Owner.Exec(t.Context(), `update organization set status = 'deregistered', status_since = '2026-04-10' where id = $1`, ending.OrgID); err != nil {
				t.Fatal(err)
			}
		}
		runners := 1
		if strings.Contains(metDays, day.String()[5:]) {
			b.job(t, day, 7, 1) // too early to write to anybody
			runners = 2
		}
		if day.Weekday() == time.Monday {
			mondays = append(mondays, day.String()[5:])
			runners = 2
		}
		b.job(t, day, 9, runners)
	}
	for _, c := range []struct {
		name  string
		who   authz.Actor
		title string
		want  string
	}{
		{"head of one that does nothing", idle, "内部治理提醒", idleDays}, {"its clerk", clerk, "内部治理提醒", idleDays},
		{"one that ended on 04-10", ending, "内部治理提醒", "03-16 04-08"},
		{"one whose council met", meeting, "内部治理提醒", metDays},
		{"the subdistrict", office, "内部治理周报", strings.Join(mondays, " ")}, {"another subdistrict", elsewhere, "内部治理周报", ""},
	} {
		if got := b.heard(t, c.who, c.title); got != c.want {
			t.Errorf("%s heard on\n%s\nwant\n%s", c.name, got, c.want)
		}
	}
	var early, rows int
	if err := b.db.Owner.QueryRow(t.Context(), `select count(*) filter (where extract(hour from sent_at at time zone 'Asia/Shanghai') < 8), count(*) from governance_reminder where org_id = $1`,
		idle.OrgID).Scan(&early, &rows); err != nil || early != 0 || rows != 21 {
		t.Errorf("%d reminders, %d of them at night: %v", rows, early, err)
	}
	var body string
	if err := b.db.Owner.QueryRow(t.Context(), `select body from notification where account_id = $1 order by id limit 1`, idle.AccountID).Scan(&body); err != nil ||
		!strings.Contains(body, "· 理事会：2026年4月15日到期，还有 30 天。开会后登记理事会会议，附上纪要。\n") || strings.Count(body, "\n") != 5 {
		t.Errorf("the first message: %v\n%s", err, body)
	}
	t.Run("without the unique row the year would tell twice", func(t *testing.T) { b.control(t, idle) })
}

// control shows that the days above would notice what is told twice.
func (b bench) control(t *testing.T, head authz.Actor) {
	if _, err := b.db.Owner.Exec(t.Context(), `delete from notification; delete from governance_reminder;
		alter table governance_reminder drop constraint governance_reminder_once`); err != nil {
		t.Fatal(err)
	}
	for hour := 9; hour < 12; hour++ {
		b.job(t, civil.Of(2026, 12, 31), hour, 1)
	}
	if days := strings.Fields(b.heard(t, head, "内部治理提醒")); len(days) < 3 {
		t.Errorf("heard on %v", days)
	}
}

// A message names no more than a few organizations, and counts all.
func TestADigestCountsWhatItDoesNotName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	office := b.account(t, b.subdistrict)
	for i := range 17 {
		b.found(t, fmt.Sprintf("%02d", i+1))
	}
	if err := b.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	var body string
	if err := b.db.Owner.QueryRow(t.Context(), `select body from notification where account_id = $1`, office.AccountID).Scan(&body); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(body, "坪山街道：17 个组织有 136 项逾期、没有记录或要改正。\n") || strings.Count(body, "\n· ") != 10 || !strings.Contains(body, "只列出前面的组织") {
		t.Errorf("the digest:\n%s", body)
	}
	for _, c := range []struct {
		who  authz.Actor
		want int
	}{{b.clerk, 17}, {b.subdistrict, 17}, {b.other, 0}, {authz.Actor{Role: authz.Community, Community: liulian, Subdistrict: pingshan}, 17}} {
		if g, err := b.AreaGlance(t.Context(), c.who); err != nil || g.Organizations != c.want || g.Overdue != 8*c.want {
			t.Errorf("%s at a glance: %+v, %v", c.who.Role, g, err)
		}
	}
}
