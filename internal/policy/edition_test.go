package policy_test

import (
	"context"
	"strings"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
)

func TestAnEditionTakesTwoPersonsAndDoesNotChange(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	doc := o.approved(input("2026-11-23", ""))
	e := o.edition(doc, "参数 2026-1 版", "2026-11-23", "")
	set := func(key policy.Key, value any, reason string) error {
		now := o.load(e.ID)
		p := now.Params.Param(key)
		return o.desk.SetParameter(ctx, o.reviewer, e.ID, now.Version, policy.ParameterInput{Key: key, Value: value, Article: p.Article, Source: p.Source, Confirmed: true, Reason: reason})
	}
	o.ok(set(policy.StartupAmountFiled, int64(600000), "局务会议决定"))
	o.refused(set(policy.StartupAmountFiled, int64(600000), "局务会议决定"), errs.Invalid, "没有改动")
	o.ok(set(policy.EvalQuota3Pct, int64(25), "放宽三星级"))
	e = o.load(e.ID)
	o.refused(o.desk.SubmitEdition(ctx, o.reviewer, e.ID, e.Version), errs.Invalid, "合计 105%")
	o.ok(set(policy.EvalQuota1Pct, int64(45), "一星级相应减少"))
	o.refused(o.desk.SetParameter(ctx, o.reviewer, e.ID, e.Version, policy.ParameterInput{Key: policy.EvalPass, Value: int64(60), Article: "三（二）2", Source: policy.FromDefault, Reason: "已经核对过了"}), errs.Conflict, "别人改过")
	e = o.load(e.ID)
	o.ok(o.desk.SubmitEdition(ctx, o.reviewer, e.ID, e.Version))
	o.refused(o.desk.ApproveEdition(ctx, o.both, e.ID, e.Version+1), errs.Forbidden, "不能自己签批")
	for name, sql := range map[string]string{
		"its author":        `update policy_edition set status = 'approved', approved_at = now(), approved_by = created_by where id = $1`,
		"nobody":            `update policy_edition set status = 'approved', approved_at = now() where id = $1`,
		"a value meanwhile": `update policy_parameter set value = '1' where edition_id = $1 and key = 'eval.pass'`,
	} {
		if _, err := o.db.App.Pool().Exec(ctx, sql, e.ID); !violates(err, "23514") {
			t.Errorf("%s: %v", name, err)
		}
	}
	o.ok(o.desk.ApproveEdition(ctx, o.leader, e.ID, e.Version+1))
	e = o.load(e.ID)
	o.refused(set(policy.EvalPass, int64(61), "还想再改一改"), errs.Conflict, "不再改动")
	for _, sql := range []string{`update policy_parameter set value = '1' where edition_id = $1 and key = 'eval.pass'`,
		`delete from policy_parameter where edition_id = $1`, `update policy_edition set effective_from = '2026-11-24' where id = $1`,
		`update policy_edition set status = 'draft', approved_at = null where id = $1`} {
		if _, err := o.db.App.Pool().Exec(ctx, sql, e.ID); !violates(err, "23514") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	comparison, err := o.desk.Compare(ctx, o.leader, o.of2017().ID, e.ID)
	o.ok(err)
	if len(comparison.Differences) != 3 || comparison.Reasons[policy.EvalQuota3Pct] != "放宽三星级" {
		t.Errorf("%d differences, reasons %v", len(comparison.Differences), comparison.Reasons)
	}
	past, err := o.desk.History(ctx, o.leader, policy.StartupAmountFiled)
	o.ok(err)
	if len(past.Values) != 2 || past.Values[0].Param.Value != "5,000.00" || past.Values[1].Param.Value != "6,000.00" || past.Values[1].Change == nil ||
		past.Values[1].Change.ActorName != o.reviewer.Name {
		t.Errorf("history %+v", past.Values)
	}
}

func TestTheNextEditionBeginsTheDayAfter(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	doc := o.approved(input("2026-11-23", ""))
	first := o.edition(doc, "第一版", "2026-11-23", "")
	o.ok(o.approve(first))
	today := o.edition(doc, "当天就改", "2026-11-23", "")
	o.refused(o.approve(today), errs.Conflict, "已经签批，和这一版重叠")
	second := o.edition(doc, "第二版", "2026-12-01", "")
	o.ok(o.desk.Confirm(t.Context(), o.reviewer, second.ID, second.Version, []policy.Key{policy.NoticeGrantWD, policy.EvalQuarter}, "局务会议确认"))
	second = o.load(second.ID)
	o.ok(o.approve(second))
	if first = o.load(first.ID); first.EffectiveTo != on("2026-11-30") {
		t.Errorf("the first ends on %s", first.EffectiveTo)
	}
	for day, want := range map[string]string{"2026-11-30": "第一版", "2026-12-01": "第二版"} {
		e := read(t, o.db.App, func(ctx context.Context, q postgres.Querier) (policy.Edition, error) {
			return policy.EditionOn(ctx, q, on(day))
		})
		if e.Label != want || e.Params.Param(policy.NoticeGrantWD).Confirmed != (want == "第二版") {
			t.Errorf("%s: %s", day, e.Label)
		}
	}
	// The end of the document cuts what reaches beyond, and voids what would begin after.
	third := o.edition(doc, "第三版", "2027-06-01", "")
	o.ok(o.approve(third))
	o.ok(o.desk.ProposeClosing(t.Context(), o.reviewer, once.NewToken(), policy.Closing{DocumentID: doc.ID, LastDay: on("2027-03-31"), Reason: "提前终止施行"}))
	v, err := o.desk.Overview(t.Context(), o.leader)
	o.ok(err)
	o.ok(o.desk.ApproveClosing(t.Context(), o.leader, v.Closings[0].ID, v.Closings[0].Version))
	if second, third = o.load(second.ID), o.load(third.ID); second.EffectiveTo != on("2027-03-31") || third.Status != policy.Void {
		t.Errorf("the second ends on %s, the third is %s", second.EffectiveTo, third.Status)
	}
}

// Days without parameters are found, told to the public, and gone once covered.
func TestCoverage(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	gaps := func() string {
		c, err := o.desk.Coverage(t.Context(), o.leader)
		o.ok(err)
		var all []string
		for _, d := range c.Documents {
			for _, g := range d.Gaps {
				all = append(all, g.String())
			}
		}
		return strings.Join(all, "、")
	}
	if got := gaps(); got != "" {
		t.Fatalf("the policy of 2017 has gaps: %s", got)
	}
	doc := o.approved(input("2026-11-23", "2027-12-31"))
	if got := gaps(); got != "2026年11月23日至2027年12月31日" {
		t.Errorf("gaps %s", got)
	}
	notice := func() string {
		return read(t, o.db.App, func(ctx context.Context, q postgres.Querier) (string, error) {
			return policy.ForceNotice(ctx, q, on("2026-11-23"))
		})
	}
	if !strings.Contains(notice(), "参数还没有签批") {
		t.Errorf("notice %q", notice())
	}
	o.ok(o.approve(o.edition(doc, "甲版", "2026-11-24", "2026-12-31")))
	o.ok(o.approve(o.edition(doc, "乙版", "2027-01-02", "")))
	if got := gaps(); got != "2026年11月23日、2027年1月1日" {
		t.Errorf("gaps %s", got)
	}
	o.ok(o.approve(o.edition(doc, "丙版", "2026-11-23", "2026-11-23"))) // nobody could apply that day
	o.ok(o.approve(o.edition(doc, "丁版", "2027-01-01", "2027-01-01")))
	if got := gaps(); got != "" || notice() != "" {
		t.Errorf("gaps %s, notice %q", got, notice())
	}
	// Control: an edition that lacks one parameter covers nothing.
	mustExec(t, o.db, `alter table policy_parameter disable trigger policy_parameter_guard`)
	mustExec(t, o.db, `delete from policy_parameter using policy_edition e where e.id = edition_id and e.label = '丁版' and key = 'eval.pass'`)
	if got := gaps(); got != "2027年1月1日" {
		t.Errorf("an incomplete edition covers its days: %s", got)
	}
}
