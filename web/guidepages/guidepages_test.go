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

func has(t *testing.T, where *goquery.Selection, words ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(where.Text()), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in %.600q", w, text)
		}
	}
}

func lacks(t *testing.T, where *goquery.Selection, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(where.Text(), w) {
			t.Errorf("%q is there", w)
		}
	}
}

func TestListOfGuides(t *testing.T) {
	t.Parallel()
	code, doc := get(t, newSite(t, true).as(authz.Actor{}), "/guides")
	rows := doc.Find("tbody tr")
	if code != http.StatusOK || rows.Length() != len(catalog.Programmes()) || rows.Find(`a[href="/guides/startup"]`).Length() != 1 {
		t.Fatalf("status %d, %d guides", code, rows.Length())
	}
	has(t, rows, "满半年", "备案组织 5,000.00 元", "登记组织 20,000.00 元", "默认值，待民政局确认", "全年受理")
	lacks(t, doc.Find("main"), "现在不受理")
	_, doc = get(t, newSite(t, false).as(authz.Actor{}), "/guides")
	has(t, doc.Find("main"), "现在不受理", "2020年9月27日")
	lacks(t, doc.Find("main"), "全年受理")
}

func TestGuideIsMadeOfTheProgramme(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	s.site = layout.Site{Phone: "0755-12345678"}
	code, doc := get(t, s.as(authz.Actor{}), "/guides/startup")
	if code != http.StatusOK {
		t.Fatal(code)
	}
	main := doc.Find("main")
	has(t, main, "事项名称", "依据", "对象", "材料", "流程", "时限", "不收费", "常见问题", "监督电话", "由部署方填写", "0755-12345678",
		"可在半年后向民政局申请扶持资金", "社区提出意见", "街道提出意见", "受理", "3 个工作日", "5 个工作日", "10 个工作日", "退回补正", "撤回申请",
		"专款专用", "财务制度", "代收单位授权书", "2026年11月23日起可以申请", "2027年2月28日起可以申请")
	p := catalog.Programmes()[0]
	for _, key := range p.SlotKeys() {
		has(t, main, p.SlotName(key))
	}
	for _, s := range p.Sections() {
		has(t, main, s.Title)
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
	if code, _ := get(t, s.as(authz.Actor{}), "/guides/nothing"); code != http.StatusNotFound {
		t.Errorf("an unknown programme: %d", code)
	}
}

func TestGuideOutsideForce(t *testing.T) {
	t.Parallel()
	_, doc := get(t, newSite(t, false).as(authz.Actor{}), "/guides/startup")
	has(t, doc.Find(".note"), "现在不受理新的申请", "2017年9月28日至2020年9月27日")
	if doc.Find(`main a[href^="/my/"]`).Length() != 0 {
		t.Error("a way to apply that is closed")
	}
}

func TestTrialBeforeAnythingIsTyped(t *testing.T) {
	t.Parallel()
	code, doc := get(t, newSite(t, true).as(authz.Actor{}), "/eligibility")
	if code != http.StatusOK || doc.Find(".verdict, .error-summary, .checks").Length() != 0 {
		t.Fatalf("status %d, or a result of nothing", code)
	}
	has(t, doc.Find("main"), "不登录、不签字、不保存")
	if f := doc.Find("form.formstack"); f.AttrOr("method", "") != "get" || f.AttrOr("action", "") != "/eligibility" {
		t.Error("the trial is no GET form")
	}
}

// The mock-up's organization: half a year is not over, a system is missing.
func TestTrialSaysFromWhen(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	h := s.as(authz.Actor{})
	code, doc := get(t, h, answers("disclosure", "no", "on", "2026-10-09"))
	if code != http.StatusOK {
		t.Fatal(code)
	}
	verdict := doc.Find(".verdict")
	has(t, verdict, "2026年10月9日还不能申请", "最早2026年11月23日（星期一）可以申请，金额最高 6,000.00 元", "请做 1 件事", "符合13 条", "不符合2 条")
	rows := doc.Find("table.checks tbody tr")
	if rows.Length() != 16 {
		t.Errorf("%d lines", rows.Length())
	}
	first := rows.First()
	has(t, first, "不符合", "成立满半年", "2026年5月23日成立", "4 个月 16 天", "您填的", "三（二）1（1）", "2026年11月23日", "还有 45 天")
	if first.Find(`a[href="/policies/demo-continuation#a-3-2-1-1"]`).Length() != 1 {
		t.Error("the article is not linked")
	}
	has(t, rows.Eq(1), "不符合", "财务制度：已备案；信息公开制度：没有", "待确认")
	has(t, doc.Find("main"), "是默认值，待民政局确认")
	if rows.Eq(1).Find(`a[href="/guides/startup#values"]`).Length() != 1 {
		t.Error("the parameter is not explained")
	}
	if y := doc.Find("#on").AttrOr("value", ""); y != "2026" {
		t.Errorf("the day tried is not kept: %q", y)
	}
	if doc.Find(`input[name=disclosure][value=no]`).AttrOr("checked", "-") == "-" {
		t.Error("what was chosen is not kept")
	}
	_, doc = get(t, h, answers("established-day", "24"))
	has(t, doc.Find(".verdict"), "现在还不能申请", "最早2026年11月24日（星期二）可以申请")
	_, doc = get(t, h, answers())
	has(t, doc.Find(".verdict"), "现在可以申请", "最高 6,000.00 元", "满足到")
	_, doc = get(t, h, answers("basis", "registered", "category", "rights"))
	has(t, doc.Find(".verdict"), "最高 20,000.00 元")
}

func TestTrialOfObstaclesAndDoubt(t *testing.T) {
	t.Parallel()
	h := newSite(t, true).as(authz.Actor{})
	_, doc := get(t, h, answers("obstacles", "defaulter"))
	has(t, doc.Find(".verdict"), "现在不能申请", "光等时间不会变", "不是失信被执行人")
	lacks(t, doc.Find(".verdict"), "最早")
	_, doc = get(t, h, answers("obstacles", "unsure"))
	has(t, doc.Find(".verdict"), "现在可以申请", "未查到的 9 条不影响填表和提交")
	_, doc = get(t, h, answers("finance", "unsure"))
	has(t, doc.Find(".verdict"), "还判断不了", "查一下组织档案")
	_, doc = get(t, h, answers("established-year", "2020"))
	has(t, doc.Find(".verdict"), "现在不能申请", "成立不超过 24 个月")
}

func TestTrialRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	h := newSite(t, true).as(authz.Actor{})
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
		code, doc := get(t, h, answers(c.changes...))
		if code != http.StatusUnprocessableEntity || doc.Find(".verdict").Length() != 0 {
			t.Errorf("%s: status %d, %d verdicts", name, code, doc.Find(".verdict").Length())
		}
		link := doc.Find(`.error-summary a[href="#` + c.field + `"]`)
		if link.Length() != 1 || !strings.Contains(link.Text(), c.says) || doc.Find("#"+c.field).Length() != 1 {
			t.Errorf("%s: summary %q", name, doc.Find(".error-summary").Text())
		}
		if !strings.Contains(doc.Find("title").Text(), "有 1 处要改") {
			t.Errorf("%s: title %q", name, doc.Find("title").Text())
		}
	}
	_, doc := get(t, h, answers("established-month", "2", "established-day", "30"))
	if v := doc.Find("[name=established-day]").AttrOr("value", ""); v != "30" {
		t.Errorf("what was typed is gone: %q", v)
	}
	if v := doc.Find("input[name=category][value=welfare]").AttrOr("checked", "-"); v == "-" {
		t.Error("what was chosen is gone")
	}
	code, doc := get(t, h, answers()+"&obstacles=ban")
	if code != http.StatusUnprocessableEntity {
		t.Errorf("none and one: %d", code)
	}
	has(t, doc.Find(".error-summary"), "只留一种")
	if code, _ := get(t, h, "/eligibility?programme=nothing"); code != http.StatusNotFound {
		t.Errorf("an unknown programme: %d", code)
	}
}

func TestTrialOutsideForceAndAtItsEdge(t *testing.T) {
	t.Parallel()
	h := newSite(t, false).as(authz.Actor{})
	_, doc := get(t, h, "/eligibility")
	has(t, doc.Find(".note"), "现在不受理新的申请")
	_, doc = get(t, h, answers())
	has(t, doc.Find(".verdict"), "现在不受理新的申请", "已失效")
	lacks(t, doc.Find(".verdict"), "最早", "可以申请")
	if doc.Find(`.verdict a[href="/guides/startup"]`).Length() != 1 || doc.Find("table.checks").Length() != 1 {
		t.Error("no way to the rules, or no lines")
	}
	old := []string{"established-year", "2019", "established-month", "5", "established-day", "1", "on"}
	for on, want := range map[string]string{
		"2020-09-27": "2020年9月27日可以申请", "2020-09-28": "2020年9月28日不受理", "2017-09-27": "2017年9月28日起施行",
	} {
		_, doc := get(t, h, answers(append(old, on)...))
		has(t, doc.Find(".verdict"), want)
	}
	// Half a year is over only after the policy has lapsed: no date is promised.
	_, doc = get(t, h, answers("established-year", "2020", "on", "2020-09-01"))
	has(t, doc.Find(".verdict"), "还不能申请", "2020年11月23日才满足，政策的有效期只到 2020年9月27日")
	lacks(t, doc.Find(".verdict"), "最早")
}

func TestOwnOrganizationLineByLine(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	h := s.as(s.found(t, "2026-06-10"))
	code, doc := get(t, h, "/my/eligibility/startup")
	if code != http.StatusOK {
		t.Fatal(code)
	}
	has(t, doc.Find("h1"), "六联社区邻里互助会", "能申请什么")
	verdict := doc.Find(".verdict")
	has(t, verdict, "现在还不能申请", "最早2026年12月10日（星期四）可以申请，金额最高 6,000.00 元", "请做 2 件事")
	for _, part := range []string{"systems", "activities"} {
		if verdict.Find(`a[href="/my/organization/`+part+`"]`).Length() != 1 {
			t.Errorf("no way to %s", part)
		}
	}
	has(t, doc.Find("table.checks tbody tr").First(), "不符合", "成立满半年", "登记备案档案", "还有 17 天")
	has(t, doc.Find("table.checks"), "未查到", "还没有查询记录", "重点类别加 20%")
	begin := doc.Find(`.verdict form[action="/applications"]`)
	if begin.AttrOr("method", "") != "post" || begin.Find(`[name=programme]`).AttrOr("value", "") != "startup" ||
		len(begin.Find("[name=token]").AttrOr("value", "")) < 20 || strings.TrimSpace(begin.Find("button").Text()) != "先填草稿" {
		t.Error("no way to begin a draft")
	}
	// Another day: the line of age turns on its corresponding day, however the day comes.
	for query, want := range map[string]string{"on=2026-12-10": "符合", "on-year=2026&on-month=12&on-day=9": "不符合"} {
		_, doc := get(t, h, "/my/eligibility/startup?"+query)
		age := doc.Find("table.checks tbody tr").FilterFunction(func(_ int, r *goquery.Selection) bool {
			return strings.Contains(r.Find("th").Text(), "成立满半年")
		})
		if got := strings.TrimSpace(age.Find(".answer").Text()); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	code, doc = get(t, h, "/my/eligibility/startup?on=2026-02-30")
	if code != http.StatusUnprocessableEntity || doc.Find(`.error-summary a[href="#on"]`).Length() != 1 || doc.Find(".verdict").Length() != 1 {
		t.Errorf("a day that does not exist: %d", code)
	}
	if code, _ := get(t, h, "/my/eligibility/nothing"); code != http.StatusNotFound {
		t.Errorf("an unknown programme: %d", code)
	}
}

func TestOwnOrganizationOutsideForce(t *testing.T) {
	t.Parallel()
	s := newSite(t, false)
	_, doc := get(t, s.as(s.found(t, "2026-01-10")), "/my/eligibility/startup")
	has(t, doc.Find(".verdict"), "现在不受理新的申请")
	if doc.Find(`form[action="/applications"]`).Length() != 0 {
		t.Error("a draft of what cannot be applied for")
	}
}

func TestOwnPageIsForOrganizations(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	for name, c := range map[string]struct {
		actor authz.Actor
		code  int
	}{
		"public":    {authz.Actor{}, http.StatusSeeOther},
		"clerk":     {authz.Actor{AccountID: uuid.Max, Role: authz.BureauClerk}, http.StatusForbidden},
		"initiator": {authz.Actor{AccountID: uuid.Max, Role: authz.Initiator}, http.StatusForbidden},
		"stranger":  {authz.Actor{AccountID: uuid.Max, Role: authz.OrgHead, OrgID: uuid.Max}, http.StatusNotFound},
	} {
		if code, _ := get(t, s.as(c.actor), "/my/eligibility/startup"); code != c.code {
			t.Errorf("%s: %d, want %d", name, code, c.code)
		}
	}
}

// Adding a programme to the catalog asks for its guide and its trial.
func TestEveryProgrammeHasItsPages(t *testing.T) {
	t.Parallel()
	h := newSite(t, true).as(authz.Actor{})
	for _, p := range catalog.Programmes() {
		for _, path := range []string{"/guides/" + p.Workflow().Kind, "/eligibility?programme=" + p.Workflow().Kind} {
			if code, doc := get(t, h, path); code != http.StatusOK || !strings.Contains(doc.Find("main").Text(), p.Workflow().Name) {
				t.Errorf("%s: %d", path, code)
			}
		}
	}
}
