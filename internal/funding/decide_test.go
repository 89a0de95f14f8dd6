package funding_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

func TestAcceptance(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	before := b.Case(t, no)
	token := once.NewToken()
	for range 2 { // the second is the same click once more
		if err := b.Applications.Accept(t.Context(), b.Clerk, no, before.Version, token); err != nil {
			t.Fatal(err)
		}
	}
	v := view(t, b, org.Head, no)
	if v.Case.State != workflow.Reviewing || v.Case.DueOn != before.DueOn || v.Check.Stage != "acceptance" {
		t.Errorf("%s, due %s, check of %s", v.Case.State, v.Case.DueOn, v.Check.Stage)
	}
	if len(v.Letters) != 1 || v.Letters[0].Kind != casework.AcceptedLetter || v.Letters[0].No() != "坪民社受〔2026〕1号" || v.Letters[0].Addressee != org.Registration.Name {
		t.Errorf("letters %+v", v.Letters)
	}
	if err := b.Applications.Accept(t.Context(), b.Clerk2, no, before.Version, once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("a colleague with the old page: %v", err)
	}
}

// Of several clerks who decide at once on the same page one does, and one letter
// goes out.
func TestOneClerkDecides(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	version := b.Case(t, no).Version
	won := 0
	for _, err := range together(6, func(i int) error {
		if i%2 == 0 {
			return b.Applications.Accept(context.Background(), b.Clerk, no, version, once.NewToken())
		}
		return b.Applications.Refuse(context.Background(), b.Clerk2, no, version, "ineligible", "查明不符合申请条件的情况。", once.NewToken())
	}) {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from case_letter`); won != 1 || n != 1 {
		t.Errorf("%d decisions, %d letters", won, n)
	}
}

// Eligibility is computed again at acceptance from the facts of that moment: what
// came on record after the submission stops it, what was cleared does not.
func TestAcceptanceComputesEligibilityAgain(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	entry, err := b.Standing.AddEntry(t.Context(), b.Clerk, standing.EntryInput{Token: once.NewToken(), OrgID: org.ID, Kind: standing.AbnormalList,
		FromOn: b.Today(t), Basis: "民政部令第60号", Reason: "未按时报送年度报告"})
	if err != nil {
		t.Fatal(err)
	}
	if m := fundingtest.Fault(b.Accept(t, no), "line:abnormal"); !strings.Contains(m, "在名单上") {
		t.Errorf("listed since: %q", m)
	}
	if c := b.Case(t, no); c.State != workflow.Accepting || fundingtest.Scan[int](t, b, `select count(*) from case_letter`) != 0 {
		t.Errorf("half accepted: %s", c.State)
	}
	check, _, err := b.Funding.Recheck(t.Context(), b.Clerk, no)
	if err != nil || check.Verdict.MayAccept {
		t.Errorf("recheck: %+v, %v", check.Verdict, err)
	}
	if err := b.Standing.VoidEntry(t.Context(), b.Clerk, entry, 1, "登记时选错了组织"); err != nil {
		t.Fatal(err)
	}
	if err := b.Accept(t, no); err != nil {
		t.Errorf("cleared: %v", err)
	}
}

// What nobody has looked up does not stop a submission, and does stop acceptance:
// unknown is never met, the application's own number notwithstanding.
func TestUnknownStopsAcceptance(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t, fundingtest.WithoutGrantsLook, fundingtest.WithoutLists)
	no := b.Accepting(t, org)
	err := b.Accept(t, no)
	for _, key := range []string{"once", "abnormal", "serious", "defaulter"} {
		if !strings.Contains(fundingtest.Fault(err, "line:"+key), "查询") {
			t.Errorf("%s: %v", key, err)
		}
	}
	b.LookAtLists(t, org)
	err = b.Accept(t, no)
	if f := errs.FieldsOf(err); len(f) != 1 || f[0].Name != "line:once" {
		t.Errorf("earlier grants: %v", err)
	}
	b.LookForGrants(t, org)
	if err := b.Accept(t, no); err != nil {
		t.Errorf("all looked up: %v", err)
	}
}

// A grant of before that comes on record after the submission stops acceptance.
func TestAnEarlierGrantStopsAcceptance(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	err := b.Organizations.RecordGrant(t.Context(), b.Clerk, organization.GrantInput{Token: once.NewToken(), OrgID: org.ID, Programme: organization.Startup,
		Title: "启动扶持", AwardedOn: b.Today(t), Amount: 100000, DocumentNo: "坪民〔2026〕8号"})
	if err != nil {
		t.Fatal(err)
	}
	if m := fundingtest.Fault(b.Accept(t, no), "line:once"); !strings.Contains(m, "1,000.00") {
		t.Errorf("%q", m)
	}
}

// Separation of duties looks at the person: whoever signed an answer does not
// take it in, under another account and another role either.
func TestWhoSignedDoesNotDecide(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	b.Return(t, no, "purpose")
	b.Submit(t, org, no)
	twin := b.Clerk
	twin.AccountID, twin.PersonID = uuid.New(), org.Head.PersonID
	for name, err := range map[string]error{
		"accept": b.Applications.Accept(t.Context(), twin, no, 0, once.NewToken()),
		"refuse": b.Applications.Refuse(t.Context(), twin, no, 0, "ineligible", "查明不符合申请条件的情况。", once.NewToken()),
	} {
		if !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Accept(t, no); err != nil {
		t.Errorf("control: %v", err)
	}
}

func TestARefusalGivesReasonArticleAndRemedies(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	try := func(a authz.Actor, ground, facts string) error {
		return b.Applications.Refuse(t.Context(), a, no, b.Case(t, no).Version, ground, facts, once.NewToken())
	}
	facts := "现场查看，登记的活动场地不存在，活动照片为转载。"
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"no ground":      {try(b.Clerk, "", facts), "ground"},
		"another ground": {try(b.Clerk, "dislike", facts), "ground"},
		"no facts":       {try(b.Clerk, "false", ""), "facts"},
		"nine":           {try(b.Clerk, "false", "现场查看场地不存在"), "facts"},
		"unseen":         {try(b.Clerk, "false", "不存在"+strings.Repeat("\u200b", 20)), "facts"},
		"1001":           {try(b.Clerk, "false", strings.Repeat("查", 1001)), "facts"},
	} {
		if fundingtest.Fault(c.err, c.field) == "" {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := try(b.Reviewer, "false", facts); !errs.Is(err, errs.Forbidden) {
		t.Errorf("the reviewer: %v", err)
	}
	if err := try(b.Clerk, "false", " "+facts+"\x00"); err != nil {
		t.Fatal(err)
	}
	v := view(t, b, org.Head, no)
	letter, _ := json.Marshal(v.Letters[0].Paragraphs)
	for _, words := range []string{facts, "申请材料不真实", "《实施意见》三（三）3", "行政复议", "行政诉讼", "六十日", "六个月", no} {
		if !strings.Contains(string(letter), words) {
			t.Errorf("the letter lacks %q: %s", words, letter)
		}
	}
	if v.Case.State != workflow.Refused || v.Case.ClosedAt == nil || len(v.Actions) != 0 {
		t.Errorf("case %+v, actions %v", v.Case, v.Actions)
	}
	if err := try(b.Clerk, "false", facts); !errs.Is(err, errs.Conflict) {
		t.Errorf("a second time: %v", err)
	}
}

// An application that ended without a grant stands in nobody's way: the
// organization applies again, under a new number.
func TestAnEndedApplicationReleasesTheOrganization(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(t *testing.T, b *fundingtest.Bench, org fundingtest.Org, no string){
		"refused": func(t *testing.T, b *fundingtest.Bench, _ fundingtest.Org, no string) {
			if err := b.Applications.Refuse(t.Context(), b.Clerk, no, 0, "incomplete", "补正后仍缺少账户证明材料。", once.NewToken()); err != nil {
				t.Fatal(err)
			}
		},
		"withdrawn": func(t *testing.T, b *fundingtest.Bench, org fundingtest.Org, no string) {
			if err := b.Applications.Withdraw(t.Context(), org.Head, no, 0, "计划有变", once.NewToken()); err != nil {
				t.Fatal(err)
			}
		},
		"lapsed": func(t *testing.T, b *fundingtest.Bench, _ fundingtest.Org, no string) {
			b.Return(t, no, "purpose") // due on 7 December
			b.GoTo(t, "2026-12-08")
			if err := b.Applications.Lapse(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := fundingtest.New(t)
			org := b.Organization(t)
			first, second := b.Accepting(t, org), b.DraftBy(t, b.Community, org, b.Answers(org))
			submit := func() error {
				return b.Applications.Submit(t.Context(), b.Community, second, 0, fundingtest.Stamped(), once.NewToken())
			}
			if err := submit(); fundingtest.Fault(err, "line:once") == "" {
				t.Errorf("control: while the first is open: %v", err)
			}
			end(t, b, org, first)
			if c := b.Case(t, first); c.Class != workflow.Final {
				t.Fatalf("the first is %s", c.State)
			}
			if err := submit(); err != nil {
				t.Errorf("the second: %v", err)
			}
		})
	}
}

// The head withdraws until the decision; the clerk and the counter only throw
// away what was never submitted.
func TestWithdrawal(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org, other := b.Organization(t), b.Organization(t)
	withdraw := func(a authz.Actor, no, reason string) error {
		return b.Applications.Withdraw(t.Context(), a, no, 0, reason, once.NewToken())
	}
	online, counter := b.Open(t, org.Clerk, org), b.Open(t, b.Community, org)
	for name, c := range map[string]struct {
		err  error
		want errs.Kind
	}{
		"another organization":      {withdraw(other.Head, online, ""), errs.NotFound},
		"the community, online":     {withdraw(b.Community, online, ""), errs.NotFound},
		"the bureau":                {withdraw(b.Clerk, online, ""), errs.NotFound},
		"501 characters of reasons": {withdraw(org.Clerk, online, strings.Repeat("因", 501)), errs.Invalid},
	} {
		if !errs.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := withdraw(org.Clerk, online, "不办了\x00"); err != nil {
		t.Errorf("the clerk throws a draft away: %v", err)
	}
	if err := withdraw(b.Colleague, counter, ""); err != nil {
		t.Errorf("the counter throws its draft away: %v", err)
	}
	no := b.Accepting(t, org)
	if err := withdraw(org.Clerk, no, ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("the clerk withdraws what the head signed: %v", err)
	}
	if err := b.Accept(t, no); err != nil {
		t.Fatal(err)
	}
	if err := withdraw(org.Head, no, ""); err != nil {
		t.Errorf("the head, in review: %v", err)
	}
	if v := view(t, b, org.Head, no); v.Case.State != workflow.Withdrawn || len(v.Actions) != 0 {
		t.Errorf("%s with %v", v.Case.State, v.Actions)
	}
	if fresh := b.Open(t, org.Head, org); fresh == online || fresh == no {
		t.Errorf("a final case reopens: %s", fresh)
	}
}

// Whoever has to act is told, and told when there is nothing to do any more.
func TestMessagesReachWhoHasToAct(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	desk := b.Account(t, account.NewAccount{Username: "liulian", Name: "李社区", Role: authz.Community, Community: fundingtest.Liulian})
	elsewhere := b.Account(t, account.NewAccount{Username: "pinghuan", Name: "吴坪环", Role: authz.Community, Community: fundingtest.Pinghuan})
	titles := func(a authz.Actor) string {
		return fundingtest.Scan[string](t, b, `select coalesce(string_agg(title, ' | ' order by id), '') from notification where account_id = $1`, a.AccountID)
	}
	no := b.Draft(t, org)
	if titles(desk)+titles(org.Head) != "" {
		t.Error("a draft is told of")
	}
	b.Submit(t, org, no)
	if got := titles(desk); !strings.Contains(got, no) || !strings.Contains(got, "等您办理") {
		t.Errorf("the community is told %q", got)
	}
	if err := b.Applications.Withdraw(t.Context(), org.Head, no, 0, "", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if got := titles(desk); !strings.HasSuffix(got, "已撤回") {
		t.Errorf("the community is told %q", got)
	}
	if got := titles(org.Head); strings.Count(got, no) != 2 || !strings.Contains(got, "征求意见") {
		t.Errorf("the head is told %q", got)
	}
	if got := titles(elsewhere); got != "" {
		t.Errorf("another community is told %q", got)
	}
}

// Opinions not given in time are passed over, and the case goes on by itself.
func TestOverdueOpinionsArePassedOver(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	b.Submit(t, org, no)
	for _, day := range []string{"2026-11-27", "2026-12-05"} {
		b.GoTo(t, day)
		if err := b.Applications.Lapse(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	v := view(t, b, b.Clerk, no)
	if v.Case.State != workflow.Accepting || len(v.Opinions) != 2 || v.Opinions[1].Stance != casework.OpinionLapsed {
		t.Errorf("%s, opinions %+v", v.Case.State, v.Opinions)
	}
	if err := b.Accept(t, no); err != nil {
		t.Errorf("accepted without opinions: %v", err)
	}
}

// A letter and a paper are read with their case, by whoever may see it.
func TestLettersAndPapersAreReadWithTheirCase(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org, other := b.Organization(t, fundingtest.Under(fundingtest.DepartmentName)), b.Organization(t)
	no := b.Accepting(t, org)
	if err := b.Accept(t, no); err != nil {
		t.Fatal(err)
	}
	v := view(t, b, org.Head, no)
	letter, paper := v.Letters[0].ID.String(), v.Papers[0].Files[0].ID.String()
	theirs := b.Accepting(t, other)
	for name, c := range map[string]struct {
		actor authz.Actor
		no    string
		ok    bool
	}{
		"the organization": {org.Clerk, no, true}, "its community": {b.Community, no, true}, "its department": {b.Department, no, true}, "the bureau": {b.Reviewer, no, true},
		"another organization": {other.Head, no, false}, "under another number": {b.Clerk, theirs, false}, "another community": {b.OtherCommunity, no, false},
		"a department of others": {b.Department, theirs, false}, "nobody": {authz.Actor{}, no, false},
	} {
		_, _, err := b.Applications.Letter(t.Context(), c.actor, c.no, letter)
		_, content, fileErr := b.Applications.Paper(t.Context(), c.actor, c.no, paper)
		if content != nil {
			_ = content.Close()
		}
		if (err == nil) != c.ok || (fileErr == nil) != c.ok || !c.ok && (!errs.Is(err, errs.NotFound) || !errs.Is(fileErr, errs.NotFound)) {
			t.Errorf("%s: letter %v, paper %v", name, err, fileErr)
		}
	}
	for _, id := range []string{"", "x", uuid.NewString(), "\x00"} {
		if _, _, err := b.Applications.Paper(t.Context(), b.Clerk, no, id); !errs.Is(err, errs.NotFound) {
			t.Errorf("paper %q: %v", id, err)
		}
	}
	if (startup.Programme{}).SlotName(v.Papers[0].Key) != v.Papers[0].Label {
		t.Errorf("paper %+v", v.Papers[0].Slot)
	}
}

// Whoever applied in time does not lose by what the offices take: the age limit
// counts on the day of submission.
func TestTheAgeLimitCountsAtSubmission(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t, fundingtest.Established("2024-11-25")) // 24 months on Wednesday
	for year := 2024; year <= 2025; year++ {
		err := b.Organizations.SaveReport(t.Context(), b.Subdistrict, organization.ReportInput{OrgID: org.ID, Year: year,
			SubmittedOn: civil.Of(year+1, time.May, 8), Conclusion: organization.Pass, Unit: "坪山街道办事处"})
		if err != nil {
			t.Fatal(err)
		}
	}
	no := b.Accepting(t, org)
	b.GoTo(t, "2026-12-03")
	check, _, err := b.Funding.Recheck(t.Context(), b.Clerk, no)
	if err != nil || !check.Verdict.MayAccept {
		t.Fatalf("%+v, %v", check.Verdict, err)
	}
	for _, l := range check.Lines {
		if l.Key == "new_enough" && !strings.HasPrefix(l.Value, "提交时") {
			t.Errorf("the line reads %q", l.Value)
		}
	}
	if err := b.Accept(t, no); err != nil {
		t.Errorf("accepted late: %v", err)
	}
	late := b.Organization(t, fundingtest.Established("2024-11-25"))
	own, err := b.Funding.Eligibility(t.Context(), late.Head, startup.Kind, late.ID, b.Today(t))
	if err != nil || own.Verdict.MaySubmit {
		t.Errorf("control, who comes late: %+v, %v", own.Verdict, err)
	}
}
