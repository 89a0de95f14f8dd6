package activity_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

var programme = activity.Programme{}

func answers(org fundingtest.Org, paper int) fundingtest.Answers {
	return fundingtest.ClaimAnswers(org, paper)
}

// bench is a portal with money for activities.
type bench struct {
	*fundingtest.Bench
	t *testing.T
	r *rand.Rand
}

func newBench(t *testing.T, budget money.Fen) bench {
	t.Helper()
	b := bench{fundingtest.New(t), t, rand.New(rand.NewPCG(1, 2))}
	if budget > 0 {
		b.BudgetOf(t, activity.Kind, budget)
	}
	return b
}

// draft is a claim with its papers, ready to be signed.
func (b bench) draft(org fundingtest.Org, a fundingtest.Answers) string {
	b.t.Helper()
	return b.DraftClaim(b.t, org, a, fundingtest.Pictures(b.r, 3)...)
}

// picture is noise: like no other.
func picture(r *rand.Rand) []byte { return fundingtest.PNG(fundingtest.Noise(r)) }

func (b bench) submitted(org fundingtest.Org, a fundingtest.Answers) string {
	b.t.Helper()
	no := b.draft(org, a)
	b.must(b.SubmitOf(b.t, programme, org, no))
	return no
}

func (b bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// proposed is a claim on which the reviewer proposes what the rules give.
func (b bench) proposed(org fundingtest.Org, a fundingtest.Answers) string {
	b.t.Helper()
	no := b.submitted(org, a)
	b.Opine(b.t, b.Community, no)
	b.Opine(b.t, b.Subdistrict, no)
	b.must(b.Accept(b.t, no))
	b.must(b.Propose(b.t, no, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: b.computed(no)}))
	return no
}

func (b bench) computed(no string) money.Fen {
	b.t.Helper()
	v, err := b.Funding.View(b.t.Context(), b.Reviewer, no)
	b.must(err)
	return v.Computed.Amount
}

// From the draft to the signature, with the papers that a claim asks for, and the
// year's second claim at the end of its cap.
func TestAClaimIsGranted(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100_000*money.Yuan)
	org := b.Organization(t)
	no := b.OpenOf(t, activity.Kind, org.Head, org)
	if !strings.HasPrefix(no, "CZ-2026-") {
		t.Errorf("number %s", no)
	}
	if err := b.TryFile(t, org.Head, no, activity.PhotoSlot, "照片.pdf", fundingtest.PDF("x")); !strings.Contains(fundingtest.Fault(err, "file:photos"), "只收 JPG 或 PNG") {
		t.Errorf("a document among the pictures: %v", err)
	}
	b.Save(t, org.Head, no, answers(org, 1))
	err := b.SubmitOf(t, programme, org, no)
	for _, slot := range []string{"plan", "summary_report", "photos", "sign_in", "receipts"} {
		if fundingtest.Fault(err, "file:"+slot) == "" {
			t.Errorf("%s is not missed: %v", slot, err)
		}
	}
	b.must(b.TryFile(t, org.Head, no, activity.PhotoSlot, "照片.png", picture(b.r)))
	if err := b.SubmitOf(t, programme, org, no); !strings.Contains(fundingtest.Fault(err, "file:photos"), "至少 3 份，现在是 1 份") {
		t.Errorf("one picture: %v", err)
	}
	b.must(b.Applications.Withdraw(t.Context(), org.Head, no, b.Case(t, no).Version, "", once.NewToken()))

	no = b.proposed(org, answers(org, 1))
	b.must(b.Sign(t, no))
	if c := b.Case(t, no); c.Place() != funding.ToPublish {
		t.Errorf("at %v", c.Place())
	}
	if got := fundingtest.Scan[int64](t, b.Bench, `select granted_fen from activity_year where organization_id = $1 and year = 2026`, org.ID); got != 240_000 {
		t.Errorf("granted in the year: %d", got)
	}
	// The same event again, the same paper again, then a third event of the year.
	again := answers(org, 1)
	if err := b.SubmitOf(t, programme, org, b.draft(org, again)); fundingtest.Fault(err, "title") == "" {
		t.Errorf("the same event: %v", err)
	}
	second := answers(org, 2).With("title", "小雪敬老邻里茶话会", "held_on", "2026-11-15", "cost-1-issued_on", "2026-11-15")
	draft := fundingtest.Scan[string](t, b.Bench, `select no from case_file where kind = 'activity' and state = 'draft'`)
	b.Save(t, org.Head, draft, second)
	b.must(b.SubmitOf(t, programme, org, draft))
	third := maps.Clone(second).With("title", "第三次茶话会", "held_on", "2026-11-18", "cost-1-number", fmt.Sprintf("264403%014d", 3), "cost-1-issued_on", "2026-11-18")
	if err := b.SubmitOf(t, programme, org, b.draft(org, third)); !strings.Contains(fundingtest.Fault(err, "held_on"), "已经申请或补贴过 2 次") {
		t.Errorf("a third claim: %v", err)
	}
	// One that ends without a grant gives year, event and paper back.
	b.must(b.Applications.Withdraw(t.Context(), org.Head, draft, b.Case(t, draft).Version, "", once.NewToken()))
	open := fundingtest.Scan[string](t, b.Bench, `select no from case_file where kind = 'activity' and state = 'draft'`)
	b.must(b.SubmitOf(t, programme, org, open))
	other := b.Organization(t)
	b.must(b.SubmitOf(t, programme, other, b.draft(other, answers(other, 2))))
}

// A grant counts at once, a paid one closes the case, and one that is terminated
// gives its year back.
func TestTheYearsCapAtTheSignature(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100_000*money.Yuan)
	b.exec(`update policy_parameter set value = '300000' where key = 'activity.cap_year'`)
	org := b.Organization(t)
	first := b.proposed(org, answers(org, 1))
	second := b.proposed(org, answers(org, 2).With("title", "小雪敬老邻里茶话会", "held_on", "2026-11-15", "cost-1-issued_on", "2026-11-15"))
	b.must(b.Sign(t, first)) // 2,400 of 3,000
	if err := b.Sign(t, second); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "最多可以核定 600.00 元，比复核意见的 2,400.00 元少") {
		t.Fatalf("the second, proposed before the first was signed: %v", err)
	}
	b.must(b.Funding.Reconsider(t.Context(), b.Leader, second, b.Case(t, second).Version, "首件已签批，请按余额重新核算", once.NewToken()))
	if got := b.computed(second); got != 600*money.Yuan {
		t.Errorf("what is left of the year: %s", got)
	}
	b.must(b.Propose(t, second, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: 600 * money.Yuan}))
	b.must(b.Sign(t, second))
	b.must(b.Applications.Withdraw(t.Context(), org.Head, first, b.Case(t, first).Version, "活动票据要退", once.NewToken()))
	if got := fundingtest.Scan[int64](t, b.Bench, `select granted_fen from activity_year where organization_id = $1 and year = 2026`, org.ID); got != 60_000 {
		t.Errorf("after a withdrawal: %d", got)
	}
	if got := fundingtest.Scan[int64](t, b.Bench, `select count(*) from receipt where allocated_fen > 0`); got != 1 {
		t.Errorf("%d papers in use", got)
	}
}

func (b bench) exec(sql string) {
	b.t.Helper()
	_, err := b.DB.Owner.Exec(b.t.Context(), `alter table policy_parameter disable trigger policy_parameter_guard; `+sql+
		`; alter table policy_parameter enable trigger policy_parameter_guard`)
	b.must(err)
}

// Two heads sign at once claims that the pool can pay once only: one is granted,
// the other goes back to the reviewer; the pool holds to the yuan.
func TestTheLastYuanOfTheBudget(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2401*money.Yuan)
	nos := make([]string, 2)
	for i := range nos {
		org := b.Organization(t)
		nos[i] = b.proposed(org, answers(org, i+1))
	}
	versions := []int{b.Case(t, nos[0]).Version, b.Case(t, nos[1]).Version}
	failed := together(2, func(i int) error {
		return b.Funding.Sign(t.Context(), b.Leader, nos[i], versions[i], once.NewToken())
	})
	lost := 0
	if failed[0] == nil {
		lost = 1
	}
	if failed[1-lost] != nil || !errs.Is(failed[lost], errs.Conflict) {
		t.Fatalf("%v", failed)
	}
	b.must(b.Funding.Reconsider(t.Context(), b.Leader, nos[lost], b.Case(t, nos[lost]).Version, "按资金余额重新核算后再报", once.NewToken()))
	if got := b.computed(nos[lost]); got != money.Yuan {
		t.Errorf("the last yuan: %s", got)
	}
	b.must(b.Propose(t, nos[lost], funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: money.Yuan}))
	b.must(b.Sign(t, nos[lost]))
	if free := fundingtest.Scan[int64](t, b.Bench, `select budget_fen - committed_fen from ledger_pool where purpose = 'activity'`); free != 0 {
		t.Errorf("%d fen are left", free)
	}
}

// Four organizations claim one invoice of 4,000 yuan at once: one has it. Without
// the trigger that adds up what rests on a paper all do, so the test would notice.
func TestOneInvoiceClaimedAtOnce(t *testing.T) {
	t.Parallel()
	for name, guarded := range map[string]bool{"guarded": true, "control": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 0)
			if !guarded {
				_, err := b.DB.Owner.Exec(t.Context(), `drop trigger receipt_allocated on receipt_allocation`)
				b.must(err)
			}
			const n = 4
			orgs, nos, versions := make([]fundingtest.Org, n), make([]string, n), make([]int, n)
			for i := range n {
				orgs[i] = b.Organization(t)
				nos[i] = b.draft(orgs[i], answers(orgs[i], 1))
				versions[i] = b.Case(t, nos[i]).Version
			}
			won := 0
			for _, err := range together(n, func(i int) error {
				return b.Applications.Submit(t.Context(), orgs[i].Head, nos[i], versions[i], fundingtest.SignedOf(programme, orgs[i]), once.NewToken())
			}) {
				fault := fundingtest.Fault(err, "cost-1-number")
				switch {
				case err == nil:
					won++
				case !strings.HasPrefix(fault, "该票据已被使用") || strings.Contains(fault, "CZ-") || strings.Contains(fault, "互助社"):
					t.Errorf("what the others learn: %v", err)
				}
			}
			if want := map[bool]int{true: 1, false: n}[guarded]; won != want {
				t.Errorf("%d claims of one invoice", won)
			}
			// Each of the refused has left its trace, for whoever reviews the one.
			if got := fundingtest.Scan[int](t, b.Bench, `select count(distinct r.case_id)::int from receipt_refusal r join activity_claim c on c.case_id = r.other_id`); got != n-won {
				t.Errorf("%d refusals kept", got)
			}
			drafts := fundingtest.Scan[int](t, b.Bench, `select count(*)::int from case_file where kind = 'activity' and state = 'draft'`)
			claims := fundingtest.Scan[int](t, b.Bench, `select count(*)::int from activity_claim`)
			if drafts != n-won || claims != won {
				t.Errorf("%d drafts, %d claims: a refused one left something", drafts, claims)
			}
		})
	}
}

func together(n int, fn func(i int) error) []error {
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failed[i] = fn(i) })
	}
	wg.Wait()
	return failed
}

// What the database itself refuses to the role of the portal.
func TestBoundsStandInTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100_000*money.Yuan)
	org := b.Organization(t)
	no := b.proposed(org, answers(org, 1))
	id := b.Case(t, no).ID
	for name, sql := range map[string]string{
		"raise the year's cap":        `update activity_year set cap_fen = 99999999`,
		"set what was granted":        `update activity_claim set awarded_fen = 1 where case_id = $1`,
		"delete a claim":              `delete from activity_claim where case_id = $1`,
		"a third of two":              `update activity_claim set slot = 3 where case_id = $1`,
		"more than the place holds":   `update activity_claim set capacity = 40 where case_id = $1`,
		"ask for more than was spent": `update activity_claim set requested_fen = cost_fen + 1 where case_id = $1`,
		"an excluded cost":            `update activity_cost set category = 'gift' where case_id = $1`,
		"grant more than was asked": `insert into award (case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title,
			purpose, amount_fen, large, edition_id, signed_at, signed_by, signer_name) select id, no, 'activity', 2026, organization_id, 'x', 'x', 'x', 'x', 'x', 'x',
			240001, false, id, now(), id, 'x' from case_file where id = $1`,
	} {
		args := []any{id}
		if !strings.Contains(sql, "$1") {
			args = nil
		}
		if _, err := b.DB.App.Pool().Exec(t.Context(), sql, args...); err == nil {
			t.Errorf("%s: done", name)
		}
	}
	b.must(b.Sign(t, no))
	if _, err := b.DB.App.Pool().Exec(t.Context(), `update activity_claim set held_on = '2025-11-08' where case_id = $1`, id); err == nil {
		t.Error("a granted claim moved to another year")
	}
}

// A correction replaces what was claimed, and frees the paper that it takes out.
func TestACorrectionReplacesTheClaim(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	org := b.Organization(t)
	no := b.submitted(org, answers(org, 1))
	b.Opine(t, b.Community, no)
	b.Opine(t, b.Subdistrict, no)
	b.Return(t, no, "cost")
	b.Save(t, org.Head, no, answers(org, 2).With("cost-1-category", "equipment", "title", "不在补正范围内"))
	b.must(b.SubmitOf(t, programme, org, no))
	got := fundingtest.Scan[string](t, b.Bench, `select c.title || ' ' || k.category || ' ' || a.category from activity_claim c
		join activity_cost k using (case_id) join receipt_allocation a on a.case_id = c.case_id and a.live`)
	if got != "立冬敬老邻里茶话会 equipment hardware" {
		t.Error(got)
	}
	other := b.Organization(t)
	b.must(b.SubmitOf(t, programme, other, b.draft(other, answers(other, 1))))
	if c := b.Case(t, no); c.State != workflow.Accepting || c.Channel != casework.Online || c.About != "立冬敬老邻里茶话会" {
		t.Errorf("%+v", c)
	}
}

func TestPlansAreToldAndNoted(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	s, org, other := activity.New(b.DB.App, event.New(event.Deps{DB: b.DB.App, Keys: b.Keys, Organizations: b.Organizations, Attachments: b.Attachments})), b.Organization(t), b.Organization(t)
	ctx, token := t.Context(), once.NewToken()
	typed := answers(org, 1).With("held_on", "2026-12-20", "expected", "50", "budget", "3000", "intro", "敬老茶话会，义工接送。", "open", "yes").Values()
	id, err := s.FilePlan(ctx, org.Head, token, typed)
	b.must(err)
	if same, err := s.FilePlan(ctx, org.Head, token, typed); err != nil || same != id {
		t.Errorf("pressed twice: %v %v", same, err)
	}
	shown := func(plan uuid.UUID) (states string) {
		b.must(b.DB.Owner.QueryRow(ctx, `select coalesce(string_agg(state, ' '), '') from event where plan_id = $1`, plan).Scan(&states))
		return states
	}
	if got := shown(id); got != "planned" {
		t.Errorf("on the calendar: %q", got)
	}
	typed.Set("open", "no")
	if quiet, err := s.FilePlan(ctx, org.Head, once.NewToken(), typed); err != nil || shown(quiet) != "" {
		t.Errorf("not for residents to see: %v %q", err, shown(quiet))
	}
	for who, actor := range map[string]authz.Actor{"another organization": other.Head, "another community": b.OtherCommunity} {
		if _, err := s.Plan(ctx, actor, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: %v", who, err)
		}
	}
	page, err := s.Plans(ctx, b.Community, true, "")
	if err != nil || len(page.Items) != 2 || page.Items[0].State(b.Today(t)) != "已报备，社区还没看" {
		t.Fatalf("%v %+v", err, page)
	}
	b.must(s.NotePlan(ctx, b.Community, id, 1, "请提前两天和活动室确认。", once.NewToken()))
	if err := s.NotePlan(ctx, b.Colleague, id, 1, "", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("noted twice: %v", err)
	}
	if page, _ := s.Plans(ctx, b.Community, true, ""); len(page.Items) != 1 {
		t.Error("noted, and still waiting")
	}
	if err := s.WithdrawPlan(ctx, org.Head, id, 2, "", once.NewToken()); fundingtest.Fault(err, "reason") == "" {
		t.Errorf("without a reason: %v", err)
	}
	b.must(s.WithdrawPlan(ctx, org.Head, id, 2, "场地临时维修", once.NewToken()))
	if got := shown(id); got != "cancelled" {
		t.Errorf("taken back, on the calendar: %q", got)
	}
	if err := s.NotePlan(ctx, b.Subdistrict, id, 3, "", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("noted after it was taken back: %v", err)
	}
	if _, err := s.FilePlan(ctx, b.Community, once.NewToken(), typed); !errs.Is(err, errs.Forbidden) {
		t.Errorf("told by an office: %v", err)
	}
}
