package guidepages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/policy"
	"civilaffairs/web/layout"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

func TestListOfGuides(t *testing.T) {
	t.Parallel()
	doc := newSite(t, true).Get("", "/guides")
	rows := doc.Find("tbody tr")
	if rows.Length() != len(catalog.Programmes()) || rows.Find(`a[href="/guides/startup"]`).Length() != 1 {
		t.Fatalf("%d guides", rows.Length())
	}
	doc.Says("tbody tr", "满半年", "备案组织 5,000.00 元", "登记组织 20,000.00 元", "默认值，待民政局确认", "全年受理")
	doc.Lacks("main", "现在不受理")
	doc = newSite(t, false).Get("", "/guides")
	doc.Says("main", "现在不受理", "2020年9月27日")
	doc.Lacks("main", "全年受理")
}

func TestGuideIsMadeOfTheProgramme(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	s.Layout.Site = layout.Site{Phone: "0755-12345678"}
	doc := s.Get("", "/guides/startup").Is(http.StatusOK)
	doc.Says("main", "事项名称", "依据", "对象", "材料", "流程", "时限", "不收费", "常见问题", "监督电话", "由部署方填写", "0755-12345678",
		"可在半年后向民政局申请扶持资金", "社区提出意见", "街道提出意见", "受理", "3 个工作日", "5 个工作日", "10 个工作日", "退回补正", "撤回申请",
		"专款专用", "财务制度", "代收单位授权书", "2026年11月23日起可以申请", "2027年2月28日起可以申请")
	p := catalog.Programmes()[0]
	for _, key := range p.SlotKeys() {
		doc.Says("main", p.SlotName(key))
	}
	for _, s := range p.Sections() {
		doc.Says("main", s.Title)
	}
	// Every value carries its mark: the policy's own number none, a default one.
	values := map[string]string{}
	doc.Find("#values tbody tr:not(.group)").Each(func(_ int, r *goquery.Selection) { values[strings.TrimSpace(r.Find("th").Text())] = r.Text() })
	for _, d := range policy.Definitions() {
		if d.Group != p.Workflow().Name {
			continue
		}
		pending := strings.Contains(values[d.Label], "待民政局确认")
		if values[d.Label] == "" || pending == (d.Key == policy.StartupMinAgeMonths) {
			t.Errorf("%s: %q", d.Label, values[d.Label])
		}
	}
	if a := doc.Find(`a[href="/my/eligibility/startup"]`); a.Length() != 1 {
		t.Errorf("%d ways to apply", a.Length())
	}
	s.Get("", "/guides/nothing").Is(http.StatusNotFound)
}

func TestGuideOutsideForce(t *testing.T) {
	t.Parallel()
	doc := newSite(t, false).Get("", "/guides/startup")
	doc.Says(".note", "现在不受理新的申请", "2017年9月28日至2020年9月27日")
	if doc.Find(`main a[href^="/my/"]`).Length() != 0 {
		t.Error("a way to apply that is closed")
	}
}

func TestTrialBeforeAnythingIsTyped(t *testing.T) {
	t.Parallel()
	doc := newSite(t, true).Get("", "/eligibility")
	if doc.Find(".verdict, .error-summary, .checks").Length() != 0 {
		t.Fatal("a result of nothing")
	}
	doc.Says("main", "不登录、不签字、不保存")
	if f := doc.Find("form.formstack"); f.AttrOr("method", "") != "get" || f.AttrOr("action", "") != "/eligibility" {
		t.Error("the trial is no GET form")
	}
}

// The mock-up's organization: half a year is not over, a system is missing.
func TestTrialSaysFromWhen(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	doc := s.Get("", answers("disclosure", "no", "on", "2026-10-09")).Is(http.StatusOK)
	doc.Says(".verdict", "2026年10月9日还不能申请", "最早2026年11月23日（星期一）可以申请，金额最高 6,000.00 元", "请做 1 件事", "符合13 条", "不符合2 条")
	rows := doc.Find("table.checks tbody tr")
	if rows.Length() != 16 {
		t.Errorf("%d lines", rows.Length())
	}
	first := rows.First()
	doc.Says("table.checks tbody tr:first-child", "不符合", "成立满半年", "2026年5月23日成立", "4 个月 16 天", "您填的", "三（二）1（1）", "2026年11月23日", "还有 45 天")
	if first.Find(`a[href="/policies/demo-continuation#a-3-2-1-1"]`).Length() != 1 {
		t.Error("the article is not linked")
	}
	doc.Says("table.checks tbody tr:nth-child(2)", "不符合", "财务制度：已备案；信息公开制度：没有", "待确认")
	doc.Says("main", "是默认值，待民政局确认")
	if rows.Eq(1).Find(`a[href="/guides/startup#values"]`).Length() != 1 {
		t.Error("the parameter is not explained")
	}
	if y := doc.Find("#on").AttrOr("value", ""); y != "2026" {
		t.Errorf("the day tried is not kept: %q", y)
	}
	if doc.Find(`input[name=disclosure][value=no]`).AttrOr("checked", "-") == "-" {
		t.Error("what was chosen is not kept")
	}
	doc = s.Get("", answers("established-day", "24"))
	doc.Says(".verdict", "现在还不能申请", "最早2026年11月24日（星期二）可以申请")
	doc = s.Get("", answers())
	doc.Says(".verdict", "现在可以申请", "最高 6,000.00 元", "满足到")
	doc = s.Get("", answers("basis", "registered", "category", "rights"))
	doc.Says(".verdict", "最高 20,000.00 元")
}

func TestTrialOfObstaclesAndDoubt(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	doc := s.Get("", answers("obstacles", "defaulter"))
	doc.Says(".verdict", "现在不能申请", "光等时间不会变", "不是失信被执行人")
	doc.Lacks(".verdict", "最早")
	doc = s.Get("", answers("obstacles", "unsure"))
	doc.Says(".verdict", "现在可以申请", "未查到的 9 条不影响填表和提交")
	doc = s.Get("", answers("finance", "unsure"))
	doc.Says(".verdict", "还判断不了", "查一下组织档案")
	doc = s.Get("", answers("established-year", "2020"))
	doc.Says(".verdict", "现在不能申请", "成立不超过 24 个月")
}

func TestTrialRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	for name, c := range map[string]struct {
		changes []string
		field   string
		says    string
	}{
		"no such day":        {[]string{"established-year", "2026", "established-month", "2", "established-day", "30"}, "established", "2026"},
		"not yet":            {[]string{"established-year", "2027"}, "established", "2027年5月23日还没到"},
		"far away":           {[]string{"established-year", "9999"}, "established", "9999"},
		"half a date":        {[]string{"established-day", ""}, "established", "少了日"},
		"a day out of reach": {[]string{"on-year", "9999", "on-month", "1", "on-day", "1"}, "on", "9999"},
		"no such day tried":  {[]string{"on", "2026-02-30"}, "on", "2"},
		"nothing chosen":     {[]string{"basis", ""}, "basis", "还没有选"},
		"invented":           {[]string{"category", "<script>"}, "category", "不在可选的范围里"},
		"nothing ticked":     {[]string{"obstacles", ""}, "obstacles", "还没有选"},
	} {
		doc := s.Get("", answers(c.changes...))
		doc.Faulty(c.field, c.says)
		if doc.Find(".verdict").Length() != 0 {
			t.Errorf("%s: a verdict", name)
		}
		if !strings.Contains(doc.Find("title").Text(), "有 1 处要改") {
			t.Errorf("%s: title %q", name, doc.Find("title").Text())
		}
	}
	doc := s.Get("", answers("established-month", "2", "established-day", "30"))
	if v := doc.Find("[name=established-day]").AttrOr("value", ""); v != "30" {
		t.Errorf("what was typed is gone: %q", v)
	}
	if v := doc.Find("input[name=category][value=welfare]").AttrOr("checked", "-"); v == "-" {
		t.Error("what was chosen is gone")
	}
	doc = s.Get("", answers()+"&obstacles=ban")
	doc.Faulty("obstacles", "只留一种") // none and one
	s.Get("", "/eligibility?programme=nothing").Is(http.StatusNotFound)
}

func TestTrialOutsideForceAndAtItsEdge(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	doc := s.Get("", "/eligibility")
	doc.Says(".note", "现在不受理新的申请")
	doc = s.Get("", answers())
	doc.Says(".verdict", "现在不受理新的申请", "已失效")
	doc.Lacks(".verdict", "最早", "可以申请")
	if doc.Find(`.verdict a[href="/guides/startup"]`).Length() != 1 || doc.Find("table.checks").Length() != 1 {
		t.Error("no way to the rules, or no lines")
	}
	old := []string{"established-year", "2019", "established-month", "5", "established-day", "1", "on"}
	for on, want := range map[string]string{
		"2020-09-27": "2020年9月27日可以申请", "2020-09-28": "2020年9月28日不受理", "2017-09-27": "2017年9月28日起施行",
	} {
		doc := s.Get("", answers(append(old, on)...))
		doc.Says(".verdict", want)
	}
	// Half a year is over only after the policy has lapsed: no date is promised.
	doc = s.Get("", answers("established-year", "2020", "on", "2020-09-01"))
	doc.Says(".verdict", "还不能申请", "2020年11月23日才满足，政策的有效期只到 2020年9月27日")
	doc.Lacks(".verdict", "最早")
}

func TestOwnOrganizationLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	found(s, "2026-06-10")
	doc := s.Get("head", "/my/eligibility/startup").Is(http.StatusOK)
	doc.Says("h1", "六联社区邻里互助会", "能申请什么")
	verdict := doc.Find(".verdict")
	doc.Says(".verdict", "现在还不能申请", "最早2026年12月10日（星期四）可以申请，金额最高 6,000.00 元", "请做 2 件事")
	for _, part := range []string{"systems", "activities"} {
		if verdict.Find(`a[href="/my/organization/`+part+`"]`).Length() != 1 {
			t.Errorf("no way to %s", part)
		}
	}
	doc.Says("table.checks tbody tr:first-child", "不符合", "成立满半年", "登记备案档案", "还有 17 天")
	doc.Says("table.checks", "未查到", "还没有查询记录", "重点类别加 20%")
	begin := doc.Find(`.verdict form[action="/applications"]`)
	if begin.AttrOr("method", "") != "post" || begin.Find(`[name=programme]`).AttrOr("value", "") != "startup" ||
		len(begin.Find("[name=token]").AttrOr("value", "")) < 20 || strings.TrimSpace(begin.Find("button").Text()) != "先填草稿" {
		t.Error("no way to begin a draft")
	}
	// Another day: the line of age turns on its corresponding day, however the day comes.
	for query, want := range map[string]string{"on=2026-12-10": "符合", "on-year=2026&on-month=12&on-day=9": "不符合"} {
		doc := s.Get("head", "/my/eligibility/startup?"+query)
		age := doc.Find("table.checks tbody tr").FilterFunction(func(_ int, r *goquery.Selection) bool {
			return strings.Contains(r.Find("th").Text(), "成立满半年")
		})
		if got := strings.TrimSpace(age.Find(".answer").Text()); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	doc = s.Get("head", "/my/eligibility/startup?on=2026-02-30")
	if doc.Faulty("on", "").Find(".verdict").Length() != 1 {
		t.Error("no verdict beside a day that does not exist")
	}
	s.Get("head", "/my/eligibility/nothing").Is(http.StatusNotFound)
}

func TestOwnOrganizationOutsideForce(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	found(s, "2026-01-10")
	doc := s.Get("head", "/my/eligibility/startup")
	doc.Says(".verdict", "现在不受理新的申请")
	if doc.Find(`form[action="/applications"]`).Length() != 0 {
		t.Error("a draft of what cannot be applied for")
	}
}

func TestOwnPageIsForOrganizations(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	for _, c := range map[string]struct {
		actor authz.Actor
		code  int
	}{
		"public":    {authz.Actor{}, http.StatusSeeOther},
		"clerk":     {authz.Actor{AccountID: uuid.Max, Role: authz.BureauClerk}, http.StatusForbidden},
		"initiator": {authz.Actor{AccountID: uuid.Max, Role: authz.Initiator}, http.StatusForbidden},
		"stranger":  {authz.Actor{AccountID: uuid.Max, Role: authz.OrgHead, OrgID: uuid.Max}, http.StatusNotFound},
	} {
		s.Get(s.As(c.actor), "/my/eligibility/startup").Is(c.code)
	}
}

// Adding a programme to the catalog asks for its guide and its trial.
func TestEveryProgrammeHasItsPages(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	for _, p := range catalog.Programmes() {
		for _, path := range []string{"/guides/" + p.Workflow().Kind, "/eligibility?programme=" + p.Workflow().Kind} {
			s.Get("", path).Is(http.StatusOK, p.Workflow().Name)
		}
	}
}
