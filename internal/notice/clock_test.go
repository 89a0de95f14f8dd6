package notice_test

import (
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// The vectors of domain §10, over the calendar table of a real database.
func TestPeriodVectors(t *testing.T) {
	t.Parallel()
	for _, v := range []struct {
		published  string
		days       int
		start, end string
	}{
		{"2021-08-17", 5, "2021-08-18", "2021-08-24"}, {"2026-09-18", 5, "2026-09-20", "2026-09-24"}, {"2026-09-30", 5, "2026-10-08", "2026-10-13"},
		{"2026-02-13", 7, "2026-02-14", "2026-03-02"}, {"2025-01-24", 5, "2025-01-26", "2025-02-07"}, {"2024-09-30", 10, "2024-10-08", "2024-10-18"},
		{"2017-09-28", 5, "2017-09-29", "2017-10-11"}, {"2026-11-23", 5, "2026-11-24", "2026-11-30"}, {"2026-11-23", 7, "2026-11-24", "2026-12-02"},
		{"2026-11-23", 10, "2026-11-24", "2026-12-07"},
	} {
		t.Run(v.published, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, v.published)
			n := b.view(t, b.publish(t, v.days, b.plant(t, 5000*money.Yuan)))
			if n.State != notice.Running || n.StartsOn.String() != v.start || n.EndsOn.String() != v.end || n.Provisional {
				t.Fatalf("%s from %s to %s, provisional %v; want %s to %s", n.State, n.StartsOn, n.EndsOn, n.Provisional, v.start, v.end)
			}
			if !n.EndsAt.Equal(civil.MustParse(v.end).End()) {
				t.Errorf("ends at %s", n.EndsAt)
			}
			days := n.DaysRunning()
			if last := days[len(days)-1]; last.Count != v.days || last.On.String() != v.end || days[0].Count != 0 {
				t.Errorf("the strip ends with day %d on %s", last.Count, last.On)
			}
			// Not a minute before, exactly at the end.
			b.moment(t, v.end+" 23:59:30")
			b.settle(t)
			if s := b.states(t, n.ID); s[0] != notice.Open {
				t.Errorf("half a minute before the end: %v", s)
			}
			b.goTo(t, civil.MustParse(v.end).AddDays(1).String(), 0)
			b.settle(t)
			if s := b.states(t, n.ID); s[0] != notice.Settled {
				t.Errorf("at the end: %v", s)
			}
			b.settle(t) // again: nothing
			if got := b.happened(); len(got) != 2 || got[1] != "settled SY-2026-0001 system" {
				t.Errorf("reactions %v", got)
			}
		})
	}
}

// A period into a year that is not announced shows a guess, takes objections and
// settles nothing, however late; once the year is loaded it is counted again.
func TestUnknownYear(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-12-30")
	id := b.publish(t, 5, b.plant(t, 5000*money.Yuan))
	n := b.view(t, id)
	if !n.Provisional || n.StartsOn.String() != "2026-12-31" || n.EndsOn.String() != "2027-01-06" { // 1 January is a Friday like any other
		t.Fatalf("from %s to %s, provisional %v", n.StartsOn, n.EndsOn, n.Provisional)
	}
	b.goTo(t, "2027-02-20", 9)
	b.settle(t)
	if n = b.view(t, id); n.State != notice.Running || b.states(t, id)[0] != notice.Open {
		t.Fatalf("settled on a guess: %s %v", n.State, b.states(t, id))
	}
	b.object(t, n.No, 1) // nobody loses the right to a guess
	o := b.open(t)[0]
	if !o.DueProvisional {
		t.Error("the answer is due on a certain day of an unknown year")
	}
	b.must(t, b.Decide(t.Context(), b.second, o.ID, o.Version, once.NewToken(), found))
	for _, sql := range []string{ // behind the service
		`update notice_item set state = 'settled', settled_at = portal_now(), closed_at = portal_now() where notice_id = $1`,
		`update notice set state = 'ended', ended_at = portal_now() where id = $1`,
	} {
		if _, err := b.db.Owner.Exec(t.Context(), sql, id); err == nil {
			t.Errorf("the database lets %q through", sql)
		}
	}
	b.load(t, 2027, workday.Day{Date: civil.Of(2027, 1, 1), Kind: workday.Off, Name: "元旦"}, workday.Day{Date: civil.Of(2027, 1, 2), Kind: workday.Off, Name: "元旦"},
		workday.Day{Date: civil.Of(2027, 1, 3), Kind: workday.Off, Name: "元旦"})
	b.settle(t)
	if n = b.view(t, id); n.Provisional || n.EndsOn.String() != "2027-01-07" || n.State != notice.Ended {
		t.Errorf("after the announcement: %s, ends %s, provisional %v", n.State, n.EndsOn, n.Provisional)
	}
	if s := b.states(t, id); s[0] != notice.Settled {
		t.Errorf("items %v", s)
	}
	if c := scan[string](t, b, `select string_agg(cause, ' ' order by seq) from notice_clock where notice_id = $1`, id); c != "published recount" {
		t.Errorf("clock %s", c)
	}
}

func (b *bench) load(t *testing.T, year int, days ...workday.Day) {
	t.Helper()
	db := postgres.New(b.db.Owner)
	b.must(t, db.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		return district.LoadYear(t.Context(), tx, now, year, "测试用的公告", days)
	}))
}

func TestLargeItemsRunLonger(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	small, large := b.plant(t, 99_999_99), b.plant(t, 100_000*money.Yuan)
	id := b.draft(t, 5, small, large)
	if err := b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken()); !fault(err, "period") {
		t.Fatalf("five days for a large item: %v", err)
	}
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), text(5), idsOf([]notice.Candidate{small})))
	b.must(t, b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken()))
	if got := b.view(t, id).Text.MinimumWD; got != 5 {
		t.Errorf("least period %d without the large item", got)
	}
}

// Each item settles for itself: one is disputed, one's kind fails, one settles.
func TestItemByItem(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.publish(t, 5, b.plant(t, 1000*money.Yuan), b.plant(t, 2000*money.Yuan), b.plant(t, 3000*money.Yuan))
	no := b.view(t, id).No
	b.object(t, no, 2)
	b.broken["settled SY-2026-0001"] = true
	b.goTo(t, "2026-12-01", 0)
	if err := b.Settle(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("a failure is not told: %v", err)
	}
	if s := b.states(t, id); !slices.Equal(s, []notice.ItemState{notice.Open, notice.Disputed, notice.Settled}) {
		t.Fatalf("%v", s)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `update notice_item set state = 'settled', settled_at = portal_now(), closed_at = portal_now() where notice_id = $1 and ordinal = 2`, id); err == nil {
		t.Error("the database settles a disputed item")
	}
	b.broken = map[string]bool{}
	b.settle(t)
	o := b.open(t)[0]
	b.must(t, b.Decide(t.Context(), b.second, o.ID, o.Version, once.NewToken(), found))
	if s := b.states(t, id); s[1] != notice.Open {
		t.Fatalf("after the dismissal %v", s)
	}
	b.settle(t) // the next run
	if s := b.states(t, id); !slices.Equal(s, []notice.ItemState{notice.Settled, notice.Settled, notice.Settled}) {
		t.Errorf("%v", s)
	}
	if got := strings.Join(b.happened()[3:], "; "); got != "disputed SY-2026-0002 system; settled SY-2026-0003 system; settled SY-2026-0001 system; dismissed SY-2026-0002 bureau_reviewer; settled SY-2026-0002 system" {
		t.Errorf("reactions: %s", got)
	}
}

// Replicas at once: every item settles once. The control is what each of them
// does before: it finds the items due and notes them without a lock, and every
// item is noted as often as there are replicas.
func TestReplicasSettleOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	var cases []notice.Candidate
	for range 12 {
		cases = append(cases, b.plant(t, 1000*money.Yuan))
	}
	id := b.publish(t, 5, cases...)
	if _, err := b.db.Owner.Exec(t.Context(), `create table noted (item uuid)`); err != nil {
		t.Fatal(err)
	}
	b.goTo(t, "2026-12-01", 0)
	replicas := []*notice.Service{b.Service, b.replica(nil), b.replica(nil)}
	var read, done sync.WaitGroup
	read.Add(len(replicas))
	for _, s := range replicas {
		done.Go(func() {
			rows, err := b.db.Owner.Query(t.Context(), `select i.id from notice_item i join notice n on n.id = i.notice_id where i.state = 'open' and n.ends_at <= portal_now()`)
			due, err2 := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
			read.Done()
			read.Wait()
			_, err3 := b.db.Owner.Exec(t.Context(), `insert into noted select unnest($1::uuid[])`, due)
			if err := errors.Join(err, err2, err3, s.Settle(t.Context())); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	counts := map[string]int{}
	for _, h := range b.happened() {
		counts[h]++
	}
	for _, c := range cases {
		if n := counts["settled "+c.CaseNo+" system"]; n != 1 {
			t.Errorf("%s settled %d times", c.CaseNo, n)
		}
	}
	if n := scan[int](t, b, `select count(*) from notice_item where notice_id = $1 and state = 'settled'`, id); n != 12 {
		t.Errorf("%d items settled", n)
	}
	if n := scan[int](t, b, `select count(*) from noted`); n != 3*12 {
		t.Errorf("control: %d notes, so the replicas did not meet and the test proves nothing", n)
	}
}

func TestScheduledPublication(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	c := b.plant(t, 1000*money.Yuan)
	id := b.draft(t, 5, c)
	save := func(on string) error {
		x := text(5)
		x.PublishOn = civil.MustParse(on)
		b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), x, []uuid.UUID{c.CaseID}))
		return b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken())
	}
	for _, on := range []string{"2026-11-22", "2026-11-28", "2027-01-04", "2027-06-01"} { // past, a Saturday, unknown, far
		if err := save(on); !fault(err, "publish_on") {
			t.Errorf("published on %s: %v", on, err)
		}
	}
	b.must(t, save("2026-11-25"))
	b.must(t, b.Approve(t.Context(), b.reviewer, id, b.version(t, id), once.NewToken()))
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
	n := b.view(t, id)
	if n.State != notice.Scheduled || n.No != "GS-2026-0001" || len(b.happened()) != 0 {
		t.Fatalf("%s %s, %v", n.State, n.No, b.happened())
	}
	if _, err := b.Read(t.Context(), n.No); !errs.Is(err, errs.NotFound) {
		t.Errorf("public before its day: %v", err)
	}
	b.moment(t, "2026-11-24 23:59:50")
	b.settle(t)
	if b.view(t, id).State != notice.Scheduled {
		t.Error("published the day before")
	}
	b.goTo(t, "2026-11-25", 0)
	b.settle(t)
	if n = b.view(t, id); n.State != notice.Running || n.StartsOn.String() != "2026-11-26" || n.EndsOn.String() != "2026-12-02" {
		t.Errorf("%s from %s to %s", n.State, n.StartsOn, n.EndsOn)
	}
}

// What is withdrawn before its day keeps its number and nothing else.
func TestWithdrawnBeforePublication(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	c := b.plant(t, 1000*money.Yuan)
	id := b.draft(t, 5, c)
	x := text(5)
	x.PublishOn = civil.MustParse("2026-11-25")
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), x, []uuid.UUID{c.CaseID}))
	b.toSignature(t, id)
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
	b.must(t, b.Withdraw(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "发布前发现名单有误，先撤回。"))
	p, err := b.Read(t.Context(), "GS-2026-0001")
	b.must(t, err)
	if len(p.Items) != 0 || p.Text.Title == x.Title || p.Reason == "" || len(b.happened()) != 0 {
		t.Errorf("published after all: %+v, %v", p.Text, b.happened())
	}
	b.goTo(t, "2026-11-25", 9)
	b.settle(t)
	if s := b.view(t, id).State; s != notice.Withdrawn {
		t.Errorf("%s", s)
	}
}

// An erratum starts the clock anew and keeps the old text; an extension adds a
// day; neither ever brings the end nearer.
func TestErratumAndExtension(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.publish(t, 7, b.plant(t, 1000*money.Yuan))
	b.goTo(t, "2026-11-24", 9)
	b.must(t, b.Correct(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), "正文里的组织名称写错了一个字。"))
	if err := b.Correct(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), "正文里的组织名称写错了一个字。"); !errs.Is(err, errs.Conflict) {
		t.Errorf("two errata at once: %v", err)
	}
	x := text(5)
	x.Title, x.Reason = "关于试行工程拟资助名单的公示（更正）", "正文里的组织名称写错了一个字。"
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), x, nil))
	if err := b.Submit(t.Context(), b.clerk, id, b.version(t, id), once.NewToken()); !fault(err, "period") { // 2 December stands
		t.Errorf("an erratum brings the end nearer: %v", err)
	}
	x.PeriodWD = 7
	b.must(t, b.Save(t.Context(), b.clerk, id, b.version(t, id), once.NewToken(), x, nil))
	b.toSignature(t, id)
	b.must(t, b.Issue(t.Context(), b.leader, id, b.version(t, id), once.NewToken()))
	n := b.view(t, id)
	if n.StartsOn.String() != "2026-11-25" || n.EndsOn.String() != "2026-12-03" || n.No != "GS-2026-0001" {
		t.Errorf("from %s to %s", n.StartsOn, n.EndsOn)
	}
	if got := b.happened(); len(got) != 1 {
		t.Errorf("an erratum publishes items again: %v", got)
	}
	p, err := b.Read(t.Context(), n.No)
	b.must(t, err)
	if p.Text.Title != x.Title || len(p.Earlier) != 1 || p.Earlier[0].Title == x.Title {
		t.Errorf("texts %q and %d earlier", p.Text.Title, len(p.Earlier))
	}
	if err := b.Extend(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "短"); !fault(err, "reason") {
		t.Errorf("a bare reason: %v", err)
	}
	token, version := once.NewToken(), b.version(t, id)
	for range 2 { // a double click
		b.must(t, b.Extend(t.Context(), b.leader, id, version, token, "11月24日平台停机五小时，延长一个工作日。"))
	}
	if n = b.view(t, id); n.EndsOn.String() != "2026-12-04" || n.ExtraWD != 1 {
		t.Errorf("extended to %s", n.EndsOn)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `update notice set ends_on = ends_on - 1, ends_at = ends_at - interval '1 day' where id = $1`, id); err == nil {
		t.Error("the database shortens a period")
	}
	b.goTo(t, "2026-12-05", 0)
	if err := b.Extend(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "期满以后再延长是不行的。"); !errs.Is(err, errs.Conflict) {
		t.Errorf("extended after the end: %v", err)
	}
}

func TestWithdrawal(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	c := b.plant(t, 1000*money.Yuan)
	id := b.publish(t, 5, c, b.plant(t, 1000*money.Yuan))
	n := b.view(t, id)
	r := b.object(t, n.No, 2)
	if err := b.Withdraw(t.Context(), b.clerk, id, n.Version, once.NewToken(), "名单有误，撤回后重新公示。"); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a clerk withdraws: %v", err)
	}
	if err := b.Withdraw(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "请致电13800138000了解情况。"); !fault(err, "reason") {
		t.Errorf("a private number in the tombstone: %v", err)
	}
	b.must(t, b.Withdraw(t.Context(), b.leader, id, b.version(t, id), once.NewToken(), "名单有误，撤回后重新公示。"))
	if s := b.states(t, id); !slices.Equal(s, []notice.ItemState{notice.Removed, notice.Removed}) {
		t.Errorf("%v", s)
	}
	p, err := b.Read(t.Context(), n.No)
	if err != nil || p.State != notice.Withdrawn || p.Reason == "" || len(p.Items) != 2 {
		t.Errorf("tombstone %+v: %v", p.Notice, err)
	}
	if got, err := b.Lookup(t.Context(), r.Code); err != nil || got.State != notice.ObjectionMoot {
		t.Errorf("%+v: %v", got, err)
	}
	if _, err := b.Object(t.Context(), b.objection(n.No, 1)); !errs.Is(err, errs.Conflict) {
		t.Errorf("objection to what was withdrawn: %v", err)
	}
	again := b.publish(t, 5, c) // the case is free for another notice
	if got := b.view(t, again).No; got != "GS-2026-0002" {
		t.Errorf("the next number is %s", got)
	}
	var pos notice.Position
	var in bool
	b.must(t, b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		var b postgres.Batch
		position := notice.GatherOf(&b, c.CaseID)
		err = b.Run(t.Context(), q)
		pos, in = position()
		return err
	}))
	if !in || pos.No != "GS-2026-0002" || pos.ItemState != notice.Open {
		t.Errorf("position %+v", pos)
	}
}

// fault reports whether err is about a field of the name.
func fault(err error, name string) bool {
	return errs.Is(err, errs.Invalid) && slices.ContainsFunc(errs.FieldsOf(err), func(f errs.Field) bool { return f.Name == name })
}
