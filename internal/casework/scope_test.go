package casework_test

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// world is random cases of four organizations in every state and place.
type world struct {
	*kernel
	cases []casework.Case
	orgs  []uuid.UUID // the first two under units, the second taken over by the third, the fourth merged into the first, the last one nil: a record that must never have been
}

var units = []string{"区残疾人联合会", "区教育局", "", "区教育局"}

// waiting are all roles that a case can wait for.
var waiting = []authz.Role{authz.OrgHead, authz.OrgClerk, authz.Community, authz.Subdistrict, authz.BureauClerk, authz.BureauReviewer, authz.LeadingGroup}

func newWorld(t *testing.T, seed uint64, n int) *world {
	t.Helper()
	w := &world{kernel: newKernel(t, "2026-10-09")}
	ctx, who := t.Context(), uuid.New()
	if _, err := w.db.Owner.Exec(ctx, `insert into person (id, name, created_at, updated_at) values ($1, '陈一', portal_now(), portal_now())`, who); err != nil {
		t.Fatal(err)
	}
	for i, unit := range units {
		w.orgs = append(w.orgs, uuid.New())
		if _, err := w.db.Owner.Exec(ctx, `insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, supervising_unit, created_at, updated_at)
			values ($1, $2, 'association', 'filed', 'welfare', $3, '2026-01-01', '街道', 'new', '2026-01-01', $4, '陈一', $5, $6, $7, portal_now(), portal_now())`,
			w.orgs[i], fmt.Sprintf("第%d号互助社", i), fmt.Sprintf("编号第%d号", i), who, liulian, pingshan, unit); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.db.Owner.Exec(ctx, `update organization set merged_into = $2 where id = $1`, w.orgs[3], w.orgs[0]); err != nil {
		t.Fatal(err)
	}
	if _, err := w.db.Owner.Exec(ctx, `insert into organization_succession (predecessor_id, successor_id, kind, since, recorded_at, recorded_by)
		values ($1, $2, 'absorption', '2026-09-01', portal_now(), $2)`, w.orgs[1], w.orgs[2]); err != nil {
		t.Fatal(err)
	}
	w.orgs = append(w.orgs, uuid.Nil)
	r := rand.New(rand.NewPCG(seed, 7))
	for i := range n {
		w.plant(t, r, i)
	}
	err := w.db.App.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		for i := range n {
			c, err := w.Load(ctx, q, authz.SystemActor, fmt.Sprintf("YB-2026-%04d", i+1))
			if err != nil {
				return err
			}
			w.cases = append(w.cases, c)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

func pick[T any](r *rand.Rand, list ...T) T { return list[r.IntN(len(list))] }

func (w *world) plant(t *testing.T, r *rand.Rand, i int) {
	t.Helper()
	state := pick(r, workflow.Draft, workflow.Opining, workflow.Accepting, workflow.Correcting, workflow.Reviewing, workflow.Reporting,
		workflow.Refused, workflow.Withdrawn, workflow.Lapsed)
	submitted := state != workflow.Draft && (state != workflow.Withdrawn || r.IntN(2) == 0)
	waits, closed, due := pick(r, waiting...), "", ""
	if state.Class() == workflow.Final {
		waits, closed = "", pick(r, "2026-10-02", "2026-10-01", "2026-09-30")
	} else if r.IntN(4) > 0 {
		due = pick(r, "2026-10-08", "2026-10-09", "2026-10-10", "2026-10-12")
	}
	community := pick(r, liulian, liulian, pinghuan, "")
	_, err := w.db.Owner.Exec(t.Context(), `
		insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, channel, state, class, waits_role,
			created_by, created_at, submitted_at, edition_id, entered_at, closed_at, clock_from, clock_days, due_on)
		values ($1::uuid, 'sample', $2, 2026, $3, '互助社', $4, $5::text, left($5::text, 9), $6, $7, $8, $9, $1, portal_now() - $13 * interval '1 hour',
			case when $10 then portal_now() - $13 * interval '1 hour' end, case when $10 then $1 end, portal_now(), nullif($11, '')::timestamptz,
			case when $12::text <> '' then date '2026-09-01' end, case when $12::text <> '' then 5 end, nullif($12::text, '')::date)`,
		uuid.New(), fmt.Sprintf("YB-2026-%04d", i+1), i+1, pick(r, w.orgs...), community, pick(r, casework.Online, casework.Counter), state, state.Class(),
		waits, submitted, closed, due, r.IntN(5))
	if err != nil {
		t.Fatal(err)
	}
}

// actors are every role with every area, unit and organization, and with none.
func (w *world) actors() []authz.Actor {
	var list []authz.Actor
	for _, r := range append(slices.Clone(authz.Roles), authz.Anonymous, authz.System) {
		a := authz.Actor{Role: r, AccountID: uuid.New()}
		list = append(list, a)
		switch r {
		case authz.OrgHead, authz.OrgClerk:
			for _, a.OrgID = range append(slices.Clone(w.orgs), uuid.New()) {
				list = append(list, a)
			}
		case authz.Community:
			for _, a.Community = range []string{liulian, pinghuan, "440310003001"} {
				a.Subdistrict = a.Community[:9]
				list = append(list, a)
			}
		case authz.Subdistrict:
			for _, a.Subdistrict = range []string{pingshan, maluan, "440310003"} {
				list = append(list, a)
			}
		case authz.Department:
			for _, a.Department = range []string{"disabled", "education", "", "health"} {
				list = append(list, a)
			}
		}
	}
	return list
}

// shows says once more, and apart from the SQL, which tab holds a case that the
// actor may see.
func shows(c casework.Case, a authz.Actor) casework.Tab {
	mine := c.Waits == a.Role
	switch {
	case a.Role.OfOrganization():
		mine = c.Waits.OfOrganization()
	case a.Role == authz.Community:
		mine = mine || c.Channel == casework.Counter && (c.State == workflow.Draft || c.State == workflow.Correcting)
	}
	switch {
	case c.Class == workflow.Final:
		return casework.Done
	case mine: // granted ones too: they wait for payment or report
		return casework.Mine
	case a.Role.OfOrganization() || c.State != workflow.Draft && c.State != workflow.Correcting:
		return casework.Others
	}
	return "" // a draft, or a correction with somebody else: Correcting alone
}

func (w *world) pages(t *testing.T, q postgres.Querier, a authz.Actor, f casework.Filter) (numbers []string) {
	t.Helper()
	for range 100 {
		items, next, err := casework.List(t.Context(), q, a, f)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range items {
			numbers = append(numbers, i.No)
		}
		if f.Cursor = next; next == "" {
			return numbers
		}
	}
	t.Fatal("paging has no end")
	return nil
}

// Whatever the role, area, organization and unit: a tab lists a case if and only
// if Visible lets the actor see it and the tab is its; every row comes exactly
// once although most are due on the same day, and the counts are the lengths.
func TestListsHoldExactlyWhatIsVisible(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, 260)
	today, month := civil.MustParse("2026-10-09"), civil.MustParse("2026-10-01").Start()
	seen := 0
	err := w.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		for _, a := range w.actors() {
			want := map[casework.Tab][]string{}
			var counts casework.Counts
			for _, c := range w.cases {
				if !casework.Visible(c, a) {
					continue
				}
				tab := shows(c, a)
				want[tab] = append(want[tab], c.No)
				if c.State == workflow.Correcting {
					want[casework.Correcting] = append(want[casework.Correcting], c.No)
				}
				if tab == casework.Mine && !c.DueOn.IsZero() && c.DueOn.Before(today) {
					counts.Overdue++
				}
				if tab == casework.Mine && !c.DueOn.Before(today) && !c.DueOn.After(today.AddDays(1)) {
					counts.DueSoon++
				}
				if tab == casework.Done && !c.ClosedAt.Before(month) {
					counts.Done++
				}
			}
			counts.Mine, counts.Others, counts.Correcting = len(want[casework.Mine]), len(want[casework.Others]), len(want[casework.Correcting])
			for _, f := range []casework.Filter{{Tab: casework.Mine}, {Tab: casework.Mine, Newest: true}, {Tab: casework.Others}, {Tab: casework.Correcting}, {Tab: casework.Done}} {
				f.Limit = 7
				got := w.pages(t, q, a, f)
				seen += len(got)
				slices.Sort(got)
				if !slices.Equal(got, want[f.Tab]) {
					t.Errorf("%+v, %s: listed %v, visible %v", a, f.Tab, got, want[f.Tab])
				}
			}
			got, err := casework.Count(t.Context(), q, a, casework.Filter{}, today, today.AddDays(1))
			if err != nil {
				return err
			}
			if got != counts {
				t.Errorf("%+v: counted %+v, listed %+v", a, got, counts)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if seen < 2000 {
		t.Errorf("only %d rows were seen: the property proves little", seen)
	}
}

// Reading by number answers as the lists do, for reading and for writing.
func TestWhatIsNotVisibleIsNotFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, 40)
	found := map[bool]int{}
	err := w.db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		for _, a := range w.actors() {
			if a.Role == authz.System {
				continue // the clock sees everything and lists nothing
			}
			for _, c := range w.cases {
				_, err := w.Load(t.Context(), tx, a, c.No)
				_, writing := w.LoadForUpdate(t.Context(), tx, a, c.No, 0)
				want := casework.Visible(c, a)
				found[want]++
				if (err == nil) != want || !want && !errs.Is(err, errs.NotFound) || (writing == nil) != want {
					t.Errorf("%+v, %s %s: %v, for update %v", a, c.No, c.State, err, writing)
				}
			}
		}
		return nil
	})
	if err != nil || found[true] < 50 || found[false] < 50 {
		t.Errorf("found %v: %v", found, err)
	}
	for _, no := range []string{"YB-2026-9999", "", "%", "\x00'; drop table case_file --", "\xff", " " + w.cases[0].No} {
		if _, err := w.loadAs(person(authz.Auditor), no); !errs.Is(err, errs.NotFound) {
			t.Errorf("%q, which is no number: %v", no, err)
		}
	}
}

func (k *kernel) loadAs(a authz.Actor, no string) (c casework.Case, err error) {
	err = k.db.App.Read(context.Background(), func(q postgres.Querier, _ time.Time) error {
		c, err = k.Load(context.Background(), q, a, no)
		return err
	})
	return c, err
}

// The most urgent first, without a deadline last; equal ones by id, so that the
// order is total.
func TestTheInboxIsInOneOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, 120)
	byNo := map[string]casework.Case{}
	for _, c := range w.cases {
		byNo[c.No] = c
	}
	var numbers []string
	err := w.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		numbers = w.pages(t, q, person(authz.Auditor), casework.Filter{Tab: casework.Others, Limit: 5})
		return nil
	})
	if err != nil || len(numbers) < 40 {
		t.Fatalf("%d rows: %v", len(numbers), err)
	}
	due := func(c casework.Case) civil.Date {
		if c.DueOn.IsZero() {
			return civil.Of(9999, 12, 31)
		}
		return c.DueOn
	}
	if !slices.IsSortedFunc(numbers, func(a, b string) int {
		x, y := byNo[a], byNo[b]
		return cmp.Or(due(x).Compare(due(y)), slices.Compare(x.ID[:], y.ID[:]))
	}) {
		t.Error("out of order")
	}
}

// What people search for stands for itself, whatever it is.
func TestSearchTermsAreNoPatterns(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	titles := map[string]string{}
	for _, title := range []string{"百分100%互助社", "下划_线互助社", `反斜\杠互助社`, "单引'号互助社", "𠮷田坣壆互助社", "没有符号的社"} {
		titles[b.plant(t, file{title: title})] = title
	}
	for text, want := range map[string]string{
		"%": "百分100%互助社", "_": "下划_线互助社", `\`: `反斜\杠互助社`, "'": "单引'号互助社", "𠮷": "𠮷田坣壆互助社", "坣壆": "𠮷田坣壆互助社",
		"  没有符号 ": "没有符号的社", "没有\x00符号": "没有符号的社", "没\u200b有": "没有符号的社", "100%%": "", "\xff\xfe": "", "%_%": "", "$1": "", "?": "", "'; --": "",
	} {
		var got string
		for _, i := range b.inbox(t, clerk, casework.Filter{Text: text}).Items {
			got += titles[i.No]
		}
		if got != want {
			t.Errorf("%q finds %q, want %q", text, got, want)
		}
	}
	if n := len(b.inbox(t, clerk, casework.Filter{Text: "\u200b \x00"}).Items); n != len(titles) {
		t.Errorf("nothing that shows narrows to %d", n)
	}
}

// The people of an organization see the cases of a record that was merged into
// theirs, or that it took over, marked; who was left behind with a merged record
// sees none, who was taken over goes on reading its own.
func TestCasesOfMergedRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, 60)
	err := w.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		list := func(org uuid.UUID) map[string]string {
			out := map[string]string{}
			for _, tab := range []casework.Tab{casework.Mine, casework.Others, casework.Done} {
				items, _, err := casework.List(t.Context(), q, authz.Actor{Role: authz.OrgHead, OrgID: org, AccountID: uuid.New()}, casework.Filter{Tab: tab, Limit: 100})
				if err != nil {
					t.Fatal(err)
				}
				for _, i := range items {
					out[i.No] = i.MergedFrom
				}
			}
			return out
		}
		mine, left := list(w.orgs[0]), list(w.orgs[3])
		successor, ended := list(w.orgs[2]), list(w.orgs[1])
		unit, former := authz.Actor{Role: authz.Department, Department: "disabled"}, authz.Actor{Role: authz.Department, Department: "education"}
		merged, taken := 0, 0
		for _, c := range w.cases {
			if c.OrganizationID == w.orgs[1] {
				taken++
				own, still := ended[c.No]
				if from, seen := successor[c.No]; !seen || from != "第1号互助社" || !still || own != "" {
					t.Errorf("%s that was taken over: successor %v %q, own %v %q", c.No, seen, from, still, own)
				}
			}
			if from, seen := mine[c.No]; c.OrganizationID == w.orgs[3] {
				merged++
				if c.SubmittedAt != nil && (!casework.Visible(c, unit) || casework.Visible(c, former)) {
					t.Errorf("%s of the merged record is seen by another department than that of the record that stays", c.No)
				}
				if !seen || from != "第3号互助社" {
					t.Errorf("%s of the merged record: seen %v, from %q", c.No, seen, from)
				}
			} else if seen && from != "" {
				t.Errorf("%s is marked as from %q", c.No, from)
			}
		}
		if merged == 0 || taken == 0 || len(left) > 0 {
			t.Errorf("%d cases of the merged record, %d taken over, %d left behind", merged, taken, len(left))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
