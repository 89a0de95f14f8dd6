package ledgerpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

func TestABudgetIsEnteredAndCheckedByTwoPersons(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.is(s.get(s.auditor, "/staff/fund"), 200, "2026年社区社会组织扶持专项资金", "微公益创投资金", "0.00")
	form := s.get(s.maker, "/staff/fund/budget/new?purpose=startup&kind=budget")
	review := s.is(s.send(s.maker, form, "amount", "１２０，０００", "document_no", "深坪财〔2026〕8号", "reason", "年初安排"), 200,
		"确认登记年初预算", "120,000.00元", "壹拾贰万元整", "孵化关爱工程")
	again := s.send(s.maker, review, "back", "1") // nothing is lost on the way back
	if got := again.Find(`input[name=amount]`).AttrOr("value", ""); got != "１２０，０００" || again.Find("input[name=kind][checked]").AttrOr("value", "") != "budget" {
		t.Errorf("after 返回修改 stands %q", got)
	}
	made := s.send(s.maker, review)
	if twice := s.send(s.maker, review); twice.to != made.to {
		t.Errorf("sent twice: %s and %s", made.to, twice.to)
	}
	item := s.is(s.follow(s.maker, made), 200, "待复核", "等另一位财务人员复核")
	if item.Find("main form").Length() > 0 {
		t.Error("the maker is asked to check")
	}
	s.is(s.get(s.reviewer, "/staff/fund"), 200, "待复核的预算", "去复核")
	seen := s.get(s.checker, made.to)
	s.faulty(s.send(s.checker, seen), "choice", "", "")
	s.faulty(s.send(s.checker, seen, "choice", "refuse"), "reason", "还没有填", "")
	mine := s.do(s.maker, http.MethodPost, made.to, url.Values{"version": {"1"}, "choice": {"pass"}})
	s.is(mine, http.StatusConflict, "没有办成", "另一位财务人员")
	s.is(s.follow(s.checker, s.send(s.checker, seen, "choice", "pass")), 200, "已复核", "陈财务")
	s.is(s.send(s.checker, seen, "choice", "refuse", "reason", "文号不对"), http.StatusConflict, "又有了变化", "文号不对")
	s.is(s.get(s.auditor, "/staff/fund/pools/2026/startup"), 200, "120,000.00", "年初预算", "深坪财〔2026〕8号", "第 1 号")
	s.is(s.get(s.maker, "/staff/fund/pools/2026/startup"), 200, "登记追加", "登记调剂")
}

// Domain §8, Appendix C: each is refused at its field and nothing typed is lost.
func TestBadAmountsAreRefusedAtTheField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(1000)
	form := s.get(s.maker, "/staff/fund/budget/new?purpose=startup&kind=increase")
	for typed, says := range map[string]string{
		"0.001": "不到一分钱", "1e9": "认不出", "1万": "不用万作单位", "-5": "负数", "": "还没有填", "0": "至少 0.01", "10000000000": "十亿", "0x10": "认不出",
		"NaN": "认不出", "1,00": "逗号", "<script>": "认不出", "=1+1": "认不出", strings.Repeat("9", 300): "太长",
	} {
		s.faulty(s.send(s.maker, form, "amount", typed, "document_no", "深坪财〔2026〕9号", "reason", "留着的理由"), "amount", says, typed)
	}
	p := s.send(s.maker, form, "amount", "5", "document_no", "深坪财〔2026〕9号", "reason", "留着的理由", "year", "2025")
	s.faulty(p, "year", "2025年已经结束", "2025")
	s.faulty(p, "year", "2025年已经结束", "留着的理由")
	s.faulty(s.send(s.maker, form, "amount", "5", "year", "二〇二六"), "year", "", "二〇二六")
	s.faulty(s.send(s.maker, form, "amount", "1001", "kind", "decrease", "document_no", "x9号", "reason", "调减"), "amount", "没有占用的 1,000.00元", "1001")
	s.faulty(s.send(s.maker, form, "amount", "1", "kind", "transfer", "to", "startup", "document_no", "x9号", "reason", "调剂"), "to", "另一种用途", "")
	s.faulty(s.send(s.maker, form, "amount", "1", "kind", "gift"), "kind", "", "")
	s.faulty(s.send(s.maker, form, "amount", "1", "document_no", strings.Repeat("号", 61), "reason", "调减"), "document_no", "60", "")
	s.is(s.send(s.maker, form, "amount", "1", "document_no", "x9号", "reason", "追加", "confirm", "1", "kind", "budget"), 422, "已经登记过")
	no := s.award(s.organization(true), 500, true)
	pay := s.get(s.maker, "/staff/fund/cases/"+no+"/payment")
	for typed, says := range map[string]string{"500.01": "超过了还没有付的 500.00元", "0.001": "不到一分钱", "1万": "不用万", "1e9": "认不出", "-1": "负数", "": "还没有填"} {
		s.faulty(s.send(s.maker, pay, "amount", typed), "amount", says, typed)
	}
}

// The whole way of a payment, through the pages: returned by the bank once, paid
// to a new account, some of it given back.
func TestAPaymentGoesItsWay(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	org := s.organization(true)
	no := s.award(org, 5000, true)
	at := "/staff/fund/cases/" + no
	s.is(s.get(s.maker, "/staff/fund/payments"), 200, "可以拨付 1", no, "制作付款")
	s.is(s.get(s.leader, at), 200, "5,000.00", "公示期满无异议", "****4417", "还没有付款")
	first := s.pay(no)
	outcome := s.get(s.maker, first+"/outcome")
	s.faulty(s.send(s.maker, outcome), "outcome", "", "")
	s.faulty(s.send(s.maker, outcome, "outcome", "succeeded", "voucher_no", ""), "voucher_no", "还没有填", "")
	s.faulty(s.send(s.maker, outcome, "outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "2026", "voucher_on-month", "2", "voucher_on-day", "30"), "voucher_on", "", "PZ-7")
	s.faulty(s.send(s.maker, outcome, "outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "2026", "voucher_on-month", "11", "voucher_on-day", "22"), "voucher_on", "早于发送的那天", "PZ-7")
	s.faulty(s.send(s.maker, outcome, "outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "9999", "voucher_on-month", "12", "voucher_on-day", "31"), "voucher_on", "", "9999")
	s.faulty(s.send(s.maker, outcome, "outcome", "returned"), "reason", "还没有填", "")
	s.is(s.follow(s.maker, s.send(s.maker, outcome, "outcome", "returned", "reason", "账号与户名不符")), 200, "退票", "账号与户名不符")
	s.is(s.send(s.maker, outcome, "outcome", "failed", "reason", "再登一次"), http.StatusConflict, "又有了变化", "再登一次")

	s.account(org, true)
	second := s.pay(no)
	done := s.send(s.checker, s.get(s.checker, second+"/outcome"), "outcome", "succeeded", "voucher_no", "PZ-1123-07",
		"voucher_on-year", "2026", "voucher_on-month", "11", "voucher_on-day", "23")
	s.is(s.follow(s.checker, done), 200, "成功", "PZ-1123-07，2026年11月23日")
	s.is(s.get(s.maker, "/staff/fund/payments?tab=ended"), 200, "退票", "成功", no)
	s.is(s.get(s.maker, at+"/payment"), 200, "已经全部付完")

	back := s.get(s.maker, at+"/repayment")
	s.faulty(s.send(s.maker, back, "kind", "return", "amount", "5000.01", "voucher_no", "TH-1", "reason", "结余"), "amount", "超过了已付", "5000.01")
	s.faulty(s.send(s.maker, back, "amount", "300", "voucher_no", "TH-1", "reason", "结余"), "kind", "", "TH-1")
	review := s.is(s.send(s.maker, back, "kind", "return", "amount", "300", "voucher_no", "TH-1", "reason", "项目结余"), 200, "确认登记结余退回", "叁佰元整")
	s.is(s.follow(s.maker, s.send(s.maker, review)), 200, "退回和追回", "净支付 4,700.00元")
	s.send(s.maker, review) // the button pressed again
	pool := s.is(s.get(s.checker, "/staff/fund/pools/2026/startup"), 200, "结余退回", "+300.00", "付款退回", "-5,000.00", "冲正")
	link := pool.Find(`a[href$="/reversal"]`).First().AttrOr("href", "")
	wrong := s.get(s.checker, link)
	s.faulty(s.send(s.checker, wrong, "reason", "错"), "reason", "5", "错")
	s.is(s.follow(s.checker, s.send(s.checker, wrong, "reason", "金额登记错了")), 200, "已冲正", "冲正第")
	s.is(s.get(s.maker, link), 200, "已经冲正过")
	s.is(s.get(s.auditor, "/staff/fund?year=2026"), 200, "5,000.00", "95,000.00")
	var differences int
	s.must(s.db.Owner.QueryRow(t.Context(), `select count(*) from ledger_differences()`).Scan(&differences))
	if differences > 0 {
		t.Errorf("%d stored sums differ from their entries", differences)
	}
}

// pay brings a payment of the case as far as the bank and returns its address.
func (s *site) pay(no string) string {
	s.t.Helper()
	form := s.get(s.maker, "/staff/fund/cases/"+no+"/payment")
	review := s.is(s.send(s.maker, form), 200, "确认制作付款", "5,000.00元", "伍仟元整", "****4417", "核验")
	made := s.send(s.maker, review)
	if twice := s.send(s.maker, review); twice.to != made.to {
		s.t.Errorf("sent twice: %s and %s", made.to, twice.to)
	}
	at := made.to
	s.is(s.follow(s.maker, made), 200, "拟付", "等另一位财务人员复核")
	s.is(s.get(s.maker, at+"/check"), 200, "您是制单人")
	s.is(s.get(s.maker, at+"/order"), http.StatusConflict)
	check := s.is(s.get(s.checker, at+"/check"), 200, "伍仟元整", "公示期满无异议")
	s.faulty(s.send(s.checker, check), "choice", "", "")
	s.faulty(s.send(s.checker, check, "choice", "refuse"), "reason", "还没有填", "")
	s.is(s.send(s.maker, check, "choice", "pass"), http.StatusConflict, "不能复核自己")
	s.is(s.follow(s.checker, s.send(s.checker, check, "choice", "pass")), 200, "已复核", "等财务发送银行")
	s.is(s.get(s.checker, at+"/order"), 200, "拨款单", "人民币伍仟元整", "****4417", "孵化关爱工程", "还没有发送")
	s.is(s.follow(s.maker, s.send(s.maker, s.get(s.maker, at+"/sending"))), 200, "已发送", "等银行的结果")
	s.is(s.get(s.maker, "/staff/fund/payments?tab=outcome&q="+url.QueryEscape("互助会")+"&purpose=startup"), 200, no)
	return at
}

func TestWhatStandsInTheWayIsSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	closed, unverified := s.award(s.organization(true), 1000, false), s.award(s.organization(false), 1000, true)
	s.is(s.get(s.maker, "/staff/fund/payments?tab=blocked"), 200, closed, "还差 1 项条件", unverified, "收款账户待核验")
	for no, says := range map[string]string{closed: "还没有“公示期满无异议”", unverified: "还没有核验"} {
		p := s.is(s.get(s.maker, "/staff/fund/cases/"+no+"/payment"), 200, "现在不能办", says)
		if p.Find("main form").Length() > 0 {
			t.Error("a button for what cannot be done")
		}
		posted := s.do(s.maker, http.MethodPost, "/staff/fund/cases/"+no+"/payment", url.Values{"amount": {"77"}, "payee": {uuid.NewString()}, "token": {once.NewToken()}, "confirm": {"1"}})
		s.is(posted, http.StatusConflict, says)
		if posted.Find(`input[name=amount][value="77"]`).Length() == 0 {
			t.Error("the amount is lost")
		}
	}
	// An account edited between form and sending.
	org := s.organization(true)
	no := s.award(org, 5000, true)
	form := s.get(s.maker, "/staff/fund/cases/"+no+"/payment")
	s.account(org, true)
	s.is(s.send(s.maker, form), http.StatusConflict, "更换过", "4417")
	made := s.send(s.maker, s.send(s.maker, s.get(s.maker, "/staff/fund/cases/"+no+"/payment")))
	s.account(org, true)
	s.is(s.get(s.checker, made.to+"/check"), 200, "作废这笔付款")
	s.is(s.get(s.checker, made.to), 200, "作废")
	cancel := s.get(s.maker, made.to+"/cancellation")
	s.faulty(s.send(s.maker, cancel), "reason", "", "")
	s.is(s.follow(s.maker, s.send(s.maker, cancel, "reason", "账户更换，重做")), 200, "已作废", "账户更换，重做")
	// Who decided sees no way to pay.
	decider := s.maker
	decider.PersonID = s.leader.PersonID
	s.is(s.get(decider, "/staff/fund/cases/"+no+"/payment"), 200, "您参与了这件的审批")
}

func TestHoldsThroughThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	org := s.organization(true)
	no := s.award(org, 1000, true)
	form := s.get(s.reviewer, "/staff/fund/holds/new?case="+no)
	s.faulty(s.send(s.reviewer, form, "source", "投诉举报", "reason", "短"), "reason", "5", "投诉举报")
	s.faulty(s.send(s.reviewer, form, "case", "FH-2026-9999", "source", "投诉举报", "reason", "核实活动是否举办"), "case", "没有编号是", "FH-2026-9999")
	s.is(s.follow(s.reviewer, s.send(s.reviewer, form, "source", "投诉举报", "reason", "核实活动是否举办")), 200, no, "冻结中", "核实活动是否举办")
	whole := s.is(s.get(s.maker, "/staff/fund/holds/new?organization="+org.String()), 200, "全部付款，包括以后的")
	s.is(s.follow(s.maker, s.send(s.maker, whole, "source", "监督检查", "reason", "正在接受检查")), 200, "这个组织的全部付款")
	s.is(s.get(s.maker, "/staff/fund/cases/"+no), 200, "已冻结：核实活动是否举办", "已冻结：正在接受检查")
	list := s.get(s.reviewer, "/staff/fund/holds")
	for range 2 {
		link := list.Find(`a[href$="/lifting"]`).First().AttrOr("href", "")
		lift := s.get(s.reviewer, link)
		s.faulty(s.send(s.reviewer, lift), "reason", "", "")
		list = s.follow(s.reviewer, s.send(s.reviewer, lift, "reason", "已经核实清楚"))
		s.is(s.send(s.reviewer, lift, "reason", "再解除一次"), http.StatusConflict, "再解除一次")
	}
	s.is(list, 200, "现在没有冻结的资金")
	s.is(s.get(s.auditor, "/staff/fund/holds?tab=lifted"), 200, "已经核实清楚", "何复核")
	s.is(s.get(s.maker, "/staff/fund/payments"), 200, no)
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	no := s.award(s.organization(true), 1000, true)
	for _, path := range []string{"/staff/fund", "/staff/fund/pools/2026/startup", "/staff/fund/payments", "/staff/fund/cases/" + no, "/staff/fund/holds"} {
		for role, want := range map[authz.Role]int{authz.Finance: 200, authz.BureauLeader: 200, authz.BureauReviewer: 200, authz.LeadingGroup: 200, authz.Auditor: 200,
			authz.BureauClerk: 403, authz.OrgHead: 403, authz.Community: 403, authz.Expert: 403, authz.AdminSystem: 403} {
			a := s.auditor
			a.Role = role
			if p := s.get(a, path); p.status != want {
				t.Errorf("%s as %s: %d, want %d", path, role, p.status, want)
			}
		}
		readonly := s.get(s.auditor, path)
		if n := readonly.Find("main form[method=post]").Length(); n > 0 {
			t.Errorf("%s offers an auditor %d forms", path, n)
		}
	}
	for _, path := range []string{"/staff/fund/pools/2016/startup", "/staff/fund/pools/2026/party", "/staff/fund/pools/x/startup", "/staff/fund/pools/2019/startup",
		"/staff/fund?year=1e9", "/staff/fund/budget/x", "/staff/fund/budget/" + uuid.NewString(), "/staff/fund/cases/FH-2026-9999", "/staff/fund/cases/%00", "/staff/fund/cases/%E5%9D%AA",
		"/staff/fund/payments/BK-2026-9999", "/staff/fund/payments/x/check", "/staff/fund/entries/0/reversal", "/staff/fund/entries/x/reversal", "/staff/fund/holds/x/lifting",
		"/staff/fund/holds/new?organization=" + uuid.NewString()} {
		if p := s.get(s.maker, path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	for _, path := range []string{"/staff/fund/payments?tab=x&purpose=y&after=z&q=%25_%5C%00", "/staff/fund/pools/2026/startup?before=-1", "/staff/fund/pools/2026/startup?before=1e9", "/staff/fund/pools/2026/startup?before=99999999999999999999",
		"/staff/fund/pools/2026/startup?before=9223372036854775807",
		"/staff/fund/holds?tab=x&after=x", "/staff/fund/budget/new?year=x&purpose=%3Cscript%3E&kind=y", "/staff/fund/holds/new?case=%3Cscript%3E&organization=x"} {
		s.is(s.get(s.maker, path), 200)
	}
	if p := s.get(s.maker, "/staff/fund/payments?q="+url.QueryEscape("%")); strings.Contains(text(p, "table"), no) {
		t.Error("% matches everything")
	}
}

func TestEntriesGoPageByPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	org := s.organization(true)
	for range 55 {
		s.award(org, 10, false)
	}
	first := s.is(s.get(s.auditor, "/staff/fund/pools/2026/startup"), 200, "第 56 号", "第 7 号")
	next := first.Find("a[rel=next]").AttrOr("href", "")
	last := s.is(s.get(s.auditor, next), 200, "第 6 号", "第 1 号")
	if text(last, "a[rel=next]") != "" || last.Find("a[rel=prev]").Length() == 0 {
		t.Error("the last page leads on, or not back")
	}
	queue := s.is(s.get(s.auditor, "/staff/fund/payments?tab=blocked"), 200, "还不能拨付 55")
	rest := s.get(s.auditor, queue.Find("a[rel=next]").AttrOr("href", ""))
	if n := queue.Find("tbody tr").Length() + rest.Find("tbody tr").Length(); n != 55 {
		t.Errorf("%d awards on two pages, want 55", n)
	}
}

// A year that is over is shown and takes nothing.
func TestAPastYear(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(1000)
	s.award(s.organization(true), 400, true)
	s.db.SetNow(t, civil.Of(2027, 1, 4).Start())
	s.is(s.get(s.maker, "/staff/fund"), 200, "2027年社区社会组织扶持专项资金", "2026年")
	p := s.is(s.get(s.maker, "/staff/fund?year=2026"), 200, "2026年已经结束", "已失效", "600.00")
	if strings.Contains(text(p, "main"), "登记预算") {
		t.Error("a past year takes a budget")
	}
	if p := s.is(s.get(s.maker, "/staff/fund/pools/2026/startup"), 200, "已经结束"); strings.Contains(text(p, "main"), "登记追加") {
		t.Error("a past pool takes a change")
	}
}
