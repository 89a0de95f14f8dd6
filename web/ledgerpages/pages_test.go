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
	s.Get("auditor", "/staff/fund").Is(200, "2026年社区社会组织扶持专项资金", "微公益创投资金", "0.00")
	form := s.Get("maker", "/staff/fund/budget/new?purpose=startup&kind=budget")
	review := form.Press("amount", "１２０，０００", "document_no", "深坪财〔2026〕8号", "reason", "年初安排").Is(200, "确认登记年初预算", "120,000.00元", "壹拾贰万元整", "孵化关爱工程")
	again := review.Press("back", "1") // nothing is lost on the way back
	if got := again.Find(`input[name=amount]`).AttrOr("value", ""); got != "１２０，０００" || again.Find("input[name=kind][checked]").AttrOr("value", "") != "budget" {
		t.Errorf("after 返回修改 stands %q", got)
	}
	made := review.Press()
	if twice := review.Press(); twice.To != made.To {
		t.Errorf("sent twice: %s and %s", made.To, twice.To)
	}
	item := made.Follow().Is(200, "待复核", "等另一位财务人员复核")
	if item.Find("main form").Length() > 0 {
		t.Error("the maker is asked to check")
	}
	s.Get("reviewer", "/staff/fund").Is(200, "待复核的预算", "去复核")
	seen := s.Get("checker", made.To)
	seen.Press().Faulty("choice", "")
	seen.Press("choice", "refuse").Faulty("reason", "还没有填")
	mine := s.Post("maker", made.To, url.Values{"version": {"1"}, "choice": {"pass"}})
	mine.Is(http.StatusConflict, "没有办成", "另一位财务人员")
	seen.Press("choice", "pass").Follow().Is(200, "已复核", "陈财务")
	seen.Press("choice", "refuse", "reason", "文号不对").Is(http.StatusConflict, "又有了变化", "文号不对")
	s.Get("auditor", "/staff/fund/pools/2026/startup").Is(200, "120,000.00", "年初预算", "深坪财〔2026〕8号", "第 1 号")
	s.Get("maker", "/staff/fund/pools/2026/startup").Is(200, "登记追加", "登记调剂")
}

// Domain §8, Appendix C: each is refused at its field and nothing typed is lost.
func TestBadAmountsAreRefusedAtTheField(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(1000)
	form := s.Get("maker", "/staff/fund/budget/new?purpose=startup&kind=increase")
	for typed, says := range map[string]string{
		"0.001": "不到一分钱", "1e9": "认不出", "1万": "不用万作单位", "-5": "负数", "": "还没有填", "0": "至少 0.01", "10000000000": "十亿", "0x10": "认不出",
		"NaN": "认不出", "1,00": "逗号", "<script>": "认不出", "=1+1": "认不出", strings.Repeat("9", 300): "太长",
	} {
		form.Press("amount", typed, "document_no", "深坪财〔2026〕9号", "reason", "留着的理由").Faulty("amount", says)
	}
	form.Press("amount", "5", "document_no", "深坪财〔2026〕9号", "reason", "留着的理由", "year", "2025").Faulty("year", "2025年已经结束")
	form.Press("amount", "5", "year", "二〇二六").Faulty("year", "")
	form.Press("amount", "1001", "kind", "decrease", "document_no", "x9号", "reason", "调减").Faulty("amount", "没有占用的 1,000.00元")
	form.Press("amount", "1", "kind", "transfer", "to", "startup", "document_no", "x9号", "reason", "调剂").Faulty("to", "另一种用途")
	form.Press("amount", "1", "kind", "gift").Faulty("kind", "")
	form.Press("amount", "1", "document_no", strings.Repeat("号", 61), "reason", "调减").Faulty("document_no", "60")
	form.Press("amount", "1", "document_no", "x9号", "reason", "追加", "confirm", "1", "kind", "budget").Is(422, "已经登记过")
	no := s.award(s.organization(true), 500, true)
	pay := s.Get("maker", "/staff/fund/cases/"+no+"/payment")
	for typed, says := range map[string]string{"500.01": "超过了还没有付的 500.00元", "0.001": "不到一分钱", "1万": "不用万", "1e9": "认不出", "-1": "负数", "": "还没有填"} {
		pay.Press("amount", typed).Faulty("amount", says)
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
	s.Get("maker", "/staff/fund/payments").Is(200, "可以拨付 1", no, "制作付款")
	s.Get("leader", at).Is(200, "5,000.00", "公示期满无异议", "****4417", "还没有付款")
	first := s.pay(no)
	outcome := s.Get("maker", first+"/outcome")
	outcome.Press().Faulty("outcome", "")
	outcome.Press("outcome", "succeeded", "voucher_no", "").Faulty("voucher_no", "还没有填")
	outcome.Press("outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "2026", "voucher_on-month", "2", "voucher_on-day", "30").Faulty("voucher_on", "")
	outcome.Press("outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "2026", "voucher_on-month", "11", "voucher_on-day", "22").Faulty("voucher_on", "早于发送的那天")
	outcome.Press("outcome", "succeeded", "voucher_no", "PZ-7", "voucher_on-year", "9999", "voucher_on-month", "12", "voucher_on-day", "31").Faulty("voucher_on", "")
	outcome.Press("outcome", "returned").Faulty("reason", "还没有填")
	outcome.Press("outcome", "returned", "reason", "账号与户名不符").Follow().Is(200, "退票", "账号与户名不符")
	outcome.Press("outcome", "failed", "reason", "再登一次").Is(http.StatusConflict, "又有了变化", "再登一次")

	s.account(org, true)
	second := s.pay(no)
	done := s.Get("checker", second+"/outcome").Press("outcome", "succeeded", "voucher_no", "PZ-1123-07", "voucher_on-year", "2026", "voucher_on-month", "11", "voucher_on-day", "23")
	done.Follow().Is(200, "成功", "PZ-1123-07，2026年11月23日")
	s.Get("maker", "/staff/fund/payments?tab=ended").Is(200, "退票", "成功", no)
	s.Get("maker", at+"/payment").Is(200, "已经全部付完")

	back := s.Get("maker", at+"/repayment")
	back.Press("kind", "return", "amount", "5000.01", "voucher_no", "TH-1", "reason", "结余").Faulty("amount", "超过了已付")
	back.Press("amount", "300", "voucher_no", "TH-1", "reason", "结余").Faulty("kind", "")
	review := back.Press("kind", "return", "amount", "300", "voucher_no", "TH-1", "reason", "项目结余").Is(200, "确认登记结余退回", "叁佰元整")
	review.Press().Follow().Is(200, "退回和追回", "净支付 4,700.00元")
	review.Press() // the button pressed again
	pool := s.Get("checker", "/staff/fund/pools/2026/startup").Is(200, "结余退回", "+300.00", "付款退回", "-5,000.00", "冲正")
	link := pool.Find(`a[href$="/reversal"]`).First().AttrOr("href", "")
	wrong := s.Get("checker", link)
	wrong.Press("reason", "错").Faulty("reason", "5")
	wrong.Press("reason", "金额登记错了").Follow().Is(200, "已冲正", "冲正第")
	s.Get("maker", link).Is(200, "已经冲正过")
	s.Get("auditor", "/staff/fund?year=2026").Is(200, "5,000.00", "95,000.00")
	var differences int
	s.Must(s.DB.Owner.QueryRow(t.Context(), `select count(*) from ledger_differences()`).Scan(&differences))
	if differences > 0 {
		t.Errorf("%d stored sums differ from their entries", differences)
	}
}

// pay brings a payment of the case as far as the bank and returns its address.
func (s *site) pay(no string) string {
	s.Helper()
	form := s.Get("maker", "/staff/fund/cases/"+no+"/payment")
	review := form.Press().Is(200, "确认制作付款", "5,000.00元", "伍仟元整", "****4417", "核验")
	made := review.Press()
	if twice := review.Press(); twice.To != made.To {
		s.Errorf("sent twice: %s and %s", made.To, twice.To)
	}
	at := made.To
	made.Follow().Is(200, "拟付", "等另一位财务人员复核")
	s.Get("maker", at+"/check").Is(200, "您是制单人")
	s.Get("maker", at+"/order").Is(http.StatusConflict)
	check := s.Get("checker", at+"/check").Is(200, "伍仟元整", "公示期满无异议")
	check.Press().Faulty("choice", "")
	check.Press("choice", "refuse").Faulty("reason", "还没有填")
	check.As("maker").Press("choice", "pass").Is(http.StatusConflict, "不能复核自己")
	check.Press("choice", "pass").Follow().Is(200, "已复核", "等财务发送银行")
	s.Get("checker", at+"/order").Is(200, "拨款单", "人民币伍仟元整", "****4417", "孵化关爱工程", "还没有发送")
	s.Get("maker", at+"/sending").Press().Follow().Is(200, "已发送", "等银行的结果")
	s.Get("maker", "/staff/fund/payments?tab=outcome&q="+url.QueryEscape("互助会")+"&purpose=startup").Is(200, no)
	return at
}

func TestWhatStandsInTheWayIsSaid(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	closed, unverified := s.award(s.organization(true), 1000, false), s.award(s.organization(false), 1000, true)
	s.Get("maker", "/staff/fund/payments?tab=blocked").Is(200, closed, "还差 1 项条件", unverified, "收款账户待核验")
	for no, says := range map[string]string{closed: "还没有“公示期满无异议”", unverified: "还没有核验"} {
		p := s.Get("maker", "/staff/fund/cases/"+no+"/payment").Is(200, "现在不能办", says)
		if p.Find("main form").Length() > 0 {
			t.Error("a button for what cannot be done")
		}
		posted := s.Post("maker", "/staff/fund/cases/"+no+"/payment", url.Values{"amount": {"77"}, "payee": {uuid.NewString()}, "token": {once.NewToken()}, "confirm": {"1"}})
		posted.Is(http.StatusConflict, says)
		if posted.Find(`input[name=amount][value="77"]`).Length() == 0 {
			t.Error("the amount is lost")
		}
	}
	// An account edited between form and sending.
	org := s.organization(true)
	no := s.award(org, 5000, true)
	form := s.Get("maker", "/staff/fund/cases/"+no+"/payment")
	s.account(org, true)
	form.Press().Is(http.StatusConflict, "更换过", "4417")
	made := s.Get("maker", "/staff/fund/cases/"+no+"/payment").Press().Press()
	s.account(org, true)
	s.Get("checker", made.To+"/check").Is(200, "作废这笔付款")
	s.Get("checker", made.To).Is(200, "作废")
	cancel := s.Get("maker", made.To+"/cancellation")
	cancel.Press().Faulty("reason", "")
	cancel.Press("reason", "账户更换，重做").Follow().Is(200, "已作废", "账户更换，重做")
	// Who decided sees no way to pay.
	decider := s.Actors["maker"]
	decider.PersonID = s.Actors["leader"].PersonID
	s.Get(s.As(decider), "/staff/fund/cases/"+no+"/payment").Is(200, "您参与了这件的审批")
}

func TestHoldsThroughThePages(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	org := s.organization(true)
	no := s.award(org, 1000, true)
	form := s.Get("reviewer", "/staff/fund/holds/new?case="+no)
	form.Press("source", "投诉举报", "reason", "短").Faulty("reason", "5")
	form.Press("case", "FH-2026-9999", "source", "投诉举报", "reason", "核实活动是否举办").Faulty("case", "没有编号是")
	form.Press("source", "投诉举报", "reason", "核实活动是否举办").Follow().Is(200, no, "冻结中", "核实活动是否举办")
	whole := s.Get("maker", "/staff/fund/holds/new?organization="+org.String()).Is(200, "全部付款，包括以后的")
	whole.Press("source", "监督检查", "reason", "正在接受检查").Follow().Is(200, "这个组织的全部付款")
	s.Get("maker", "/staff/fund/cases/"+no).Is(200, "已冻结：核实活动是否举办", "已冻结：正在接受检查")
	list := s.Get("reviewer", "/staff/fund/holds")
	for range 2 {
		link := list.Find(`a[href$="/lifting"]`).First().AttrOr("href", "")
		lift := s.Get("reviewer", link)
		lift.Press().Faulty("reason", "")
		list = lift.Press("reason", "已经核实清楚").Follow()
		lift.Press("reason", "再解除一次").Is(http.StatusConflict, "再解除一次")
	}
	list.Is(200, "现在没有冻结的资金")
	s.Get("auditor", "/staff/fund/holds?tab=lifted").Is(200, "已经核实清楚", "何复核")
	s.Get("maker", "/staff/fund/payments").Is(200, no)
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	no := s.award(s.organization(true), 1000, true)
	for _, path := range []string{"/staff/fund", "/staff/fund/pools/2026/startup", "/staff/fund/payments", "/staff/fund/cases/" + no, "/staff/fund/holds"} {
		for role, want := range map[authz.Role]int{authz.Finance: 200, authz.BureauLeader: 200, authz.BureauReviewer: 200, authz.LeadingGroup: 200, authz.Auditor: 200,
			authz.BureauClerk: 403, authz.OrgHead: 403, authz.Community: 403, authz.Expert: 403, authz.AdminSystem: 403} {
			a := s.Actors["auditor"]
			a.Role = role
			if p := s.Get(s.As(a), path); p.Status != want {
				t.Errorf("%s as %s: %d, want %d", path, role, p.Status, want)
			}
		}
		readonly := s.Get("auditor", path)
		if n := readonly.Find("main form[method=post]").Length(); n > 0 {
			t.Errorf("%s offers an auditor %d forms", path, n)
		}
	}
	for _, path := range []string{"/staff/fund/pools/2016/startup", "/staff/fund/pools/2026/party", "/staff/fund/pools/x/startup", "/staff/fund/pools/2019/startup",
		"/staff/fund?year=1e9", "/staff/fund/budget/x", "/staff/fund/budget/" + uuid.NewString(), "/staff/fund/cases/FH-2026-9999", "/staff/fund/cases/%00", "/staff/fund/cases/%E5%9D%AA",
		"/staff/fund/payments/BK-2026-9999", "/staff/fund/payments/x/check", "/staff/fund/entries/0/reversal", "/staff/fund/entries/x/reversal", "/staff/fund/holds/x/lifting",
		"/staff/fund/holds/new?organization=" + uuid.NewString()} {
		if p := s.Get("maker", path); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
	for _, path := range []string{"/staff/fund/payments?tab=x&purpose=y&after=z&q=%25_%5C%00", "/staff/fund/pools/2026/startup?before=-1", "/staff/fund/pools/2026/startup?before=1e9", "/staff/fund/pools/2026/startup?before=99999999999999999999",
		"/staff/fund/pools/2026/startup?before=9223372036854775807",
		"/staff/fund/holds?tab=x&after=x", "/staff/fund/budget/new?year=x&purpose=%3Cscript%3E&kind=y", "/staff/fund/holds/new?case=%3Cscript%3E&organization=x"} {
		s.Get("maker", path).Is(200)
	}
	if p := s.Get("maker", "/staff/fund/payments?q="+url.QueryEscape("%")); strings.Contains(p.Text("table"), no) {
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
	first := s.Get("auditor", "/staff/fund/pools/2026/startup").Is(200, "第 56 号", "第 7 号")
	next := first.Find("a[rel=next]").AttrOr("href", "")
	last := s.Get("auditor", next).Is(200, "第 6 号", "第 1 号")
	if last.Text("a[rel=next]") != "" || last.Find("a[rel=prev]").Length() == 0 {
		t.Error("the last page leads on, or not back")
	}
	queue := s.Get("auditor", "/staff/fund/payments?tab=blocked").Is(200, "还不能拨付 55")
	rest := s.Get("auditor", queue.Find("a[rel=next]").AttrOr("href", ""))
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
	s.DB.SetNow(t, civil.Of(2027, 1, 4).Start())
	s.Get("maker", "/staff/fund").Is(200, "2027年社区社会组织扶持专项资金", "2026年")
	p := s.Get("maker", "/staff/fund?year=2026").Is(200, "2026年已经结束", "已失效", "600.00")
	if strings.Contains(p.Text("main"), "登记预算") {
		t.Error("a past year takes a budget")
	}
	if p := s.Get("maker", "/staff/fund/pools/2026/startup").Is(200, "已经结束"); strings.Contains(p.Text("main"), "登记追加") {
		t.Error("a past pool takes a change")
	}
}
