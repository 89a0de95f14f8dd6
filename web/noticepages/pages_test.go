package noticepages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
)

// From the draft to the settled item, without a script: every page leads on.
func TestTheWholeWay(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-09-30")
	s.plant("六联社区银龄互助会", "坪环社区听障家庭互助中心", "碧岭社区自然观察队")
	s.Get("clerk", paths.StaffNotices).Is(200).Says("body", "起草公示（3 件等待）")
	id := s.drafted()
	s.Get("clerk", paths.StaffNotice(id)).Is(200).Says("body", "没有发现身份证号", "第 5 日", "送审")
	s.act("clerk", id, "submission")
	s.Get("reviewer", paths.StaffNotices).Is(200).Says("body", "待审核")
	s.act("reviewer", id, "approval")
	s.Get("leader", paths.StaffNoticeAct(id, "issue")).Is(200).Says("body", "3 项，21,000.00 元", "10月13日", "国庆节放假", "调休上班", "第 5 日", "24:00 止")
	s.act("leader", id, "issue")
	const no = "GS-2026-0001"
	s.Get("", paths.Notices).Is(200).Says("body", "正在公示", no, "还剩 5 个工作日")
	p := s.Get("", paths.Notice(no)).Is(200).Says("body", "公示中", "还剩 5 个工作日", "10月13日（星期二）24:00 结束", "10月10日调休上班要算", "国庆节假期不算",
		"公示期为 2026年10月8日至10月13日，共 5 个工作日", "坪环社区听障家庭互助中心", "21,000.00", "没有收到", "0755-28888889")
	if n := p.Find(".days li").Length(); n != 8 || p.Find(".days .make").Length() != 1 || p.Find(".days .off").Length() != 2 {
		t.Errorf("%d cells: %s", n, p.Find(".days").Text())
	}
	s.goTo("2026-10-09", 9)
	receipt := s.object(no)
	s.Get("", paths.Notice(no)).Says("body", "异议处理中", "收到 1 件，1 件处理中")
	s.Post("", paths.Receipts, url.Values{"receipt": {strings.ToLower(receipt)}}).Is(200).Says("body", "处理中", "第 2 项", "答复期限")
	queue := s.Get("reviewer", paths.StaffObjections).Is(200).Says("body", "第 2 项 坪环社区听障家庭互助中心")
	at, _ := queue.Find("main table a").First().Attr("href")
	confirm := s.Get("reviewer", at).Press("choice", "dismissed", "finding", "到社区走访，查看了活动记录。", "reason", "经查，活动记录真实，异议不成立。").Is(200, "确认异议不成立")
	confirm.Press().Led("")
	s.Post("", paths.Receipts, url.Values{"receipt": {receipt}}).Is(200).Says("body", "异议不成立", "活动记录真实")
	s.Get("", paths.Notice(no)).Says("body", "收到 1 件，都已处理", "活动记录真实")
	s.goTo("2026-10-14", 0)
	s.Get("", paths.Notice(no)).Says("body", "已结束") // even before the clock has run
	s.settle()
	p = s.Get("", paths.Notice(no)).Is(200).Says("body", "2026年10月13日 24:00 结束", "无异议")
	if strings.Contains(p.Body, "欧阳") || strings.Contains(p.Body, "走访") || strings.Contains(p.Body, `id="objection"`) {
		t.Error("the page tells who objected, or still asks for objections")
	}
	s.Get("", paths.Notices+"?type=grant&year=2026").Is(200).Says("body", "现在没有正在进行的公示", no)
	s.Get("", paths.Notices+"?year=2025").Is(200).Says("body", "没有已经结束的公示")
}

// A public page never varies by visitor: same bytes, a digest, no cookie.
func TestPublicPagesAreCached(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会")
	_, no := s.published()
	for _, path := range []string{paths.Notices, paths.Notice(no), paths.NoticeObjection(no), paths.Receipts} {
		first, second := s.Get("", path).Is(200), s.Get("clerk", path).Is(200)
		tag := first.Header.Get("ETag")
		if tag == "" || tag != second.Header.Get("ETag") || first.Body != second.Body || first.Header.Get("Set-Cookie") != "" ||
			!strings.HasPrefix(first.Header.Get("Cache-Control"), "public, no-cache") {
			t.Errorf("%s: %v", path, first.Header)
		}
		if p := s.Get("", path, "If-None-Match", "W/"+tag); p.Status != http.StatusNotModified || p.Body != "" {
			t.Errorf("%s again: %d", path, p.Status)
		}
	}
	if p := s.Post("", paths.NoticeObjection(no), objection); p.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("an objection is cached: %s", p.Header.Get("Cache-Control"))
	}
}

// The head of the seals of the day before stands on the notice, and stays the
// same whatever is recorded later.
func TestAuditHeadOnTheNotice(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-19")
	s.plant("六联社区银龄互助会")
	id := s.drafted()
	seal := func() { // waits for every older transaction, those of other tests on the server included
		for begun := time.Now(); ; {
			done, err := audit.Seal(t.Context(), s.DB.App, s.keys)
			if err != nil || done.Waiting > 0 && time.Since(begun) > 20*time.Second {
				t.Fatal(done, err)
			}
			if done.Waiting == 0 {
				return
			}
		}
	}
	seal()
	s.goTo("2026-11-23", 9)
	s.act("clerk", id, "submission")
	s.act("reviewer", id, "approval")
	s.act("leader", id, "issue")
	shown := func() string {
		return s.Get("", paths.Notice("GS-2026-0001")).Is(200).Says("body", "操作记录封存").Find("aside code").Text()
	}
	before := shown()
	seal()
	if after := shown(); before == "" || before != after {
		t.Errorf("head %q, later %q", before, after)
	}
}

func TestBadInput(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会", "坪环社区互助会")
	id, no := s.published()
	for path, status := range map[string]int{
		paths.Notice("GS-2026-9999"): 404, paths.Notice("nope"): 404, paths.Notice("%00"): 404, paths.NoticeObjection("GS-2026-9999"): 404,
		paths.Notices + "?type=nope&year=99999&after=x": 200, paths.Notices + "?after=2026-02-30.x&page=-1": 200,
		paths.Notice(strings.ToLower(no)): 200,
	} {
		s.Get("", path).Is(status)
	}
	for name, c := range map[string]struct {
		set   []string
		field string
	}{
		"nothing":     {[]string{"item", "", "content", "", "name", "", "phone", ""}, "content"},
		"zero width":  {[]string{"content", strings.Repeat("\u200b", 30)}, "content"},
		"over-long":   {[]string{"content", strings.Repeat("长", 2001)}, "content"},
		"another one": {[]string{"item", "-1"}, "item"},
		"no contact":  {[]string{"name", "", "phone", ""}, "name"},
		"a bad phone": {[]string{"phone", "00"}, "phone"},
	} {
		p := s.Post("", paths.NoticeObjection(no), pagetest.With(objection, c.set...)).Faulty(c.field, "")
		if p.Find("#"+c.field+"-error").Length() != 1 {
			t.Errorf("%s: %s", name, p.Find(".err").Text())
		}
	}
	html := pagetest.With(objection, "content", `<script>alert(1)</script>这里没有开展活动。`)
	p := s.Post("", paths.NoticeObjection(no), html).Is(200)
	if strings.Contains(p.Body, "<script>alert") {
		t.Error("what was typed came back as markup")
	}
	// Back keeps what was typed.
	p.Press("back", "1").Is(200).Says("textarea[name=content]", html.Get("content"))
	review := s.Post("", paths.NoticeObjection(no), objection)
	mislabelled := review.Attach("files", []string{"照片.jpg", "MZ this is a program"}, "confirm", "1").Faulty("files", "")
	if got := mislabelled.Form().Get("content"); got != objection.Get("content") {
		t.Errorf("a file with the wrong name loses %q", got)
	}
	var many []string
	for _, n := range "123456" {
		many = append(many, string(n)+".pdf", "%PDF-1.4")
	}
	review.Attach("files", many, "confirm", "1").Is(422).Says("body", "最多 5 份")
	review.Press("confirm", "1", "token", "nope").Is(422)
	s.Post("", paths.Receipts, url.Values{"receipt": {"' or 1=1"}}).Is(422).Says("body", "没有这个回执号")

	// The office: out of turn, stale, too short, private.
	s.Get("clerk", paths.StaffNoticeAct(id, "text")).Is(409)
	s.Get("leader", paths.StaffNoticeAct(id, "issue")).Is(409)
	s.Get("finance", paths.StaffNotices).Is(403)
	s.Get("leader", paths.StaffObjections).Is(403)
	s.Get("clerk", paths.StaffNotice("nope")).Is(404)
	form := s.Get("leader", paths.StaffNoticeAct(id, "withdrawal"))
	form.Press("reason", "有误").Faulty("reason", "10 到 500 个字")
	form.Press("reason", "名单有误，撤回后重新公示。", "version", "1").Is(409).Kept()
	s.goTo("2026-12-01", 0)
	s.Post("", paths.NoticeObjection(no), objection).Is(409).Says("body", "不再接收异议", "没有开展过活动")
}

// Two people at once, and what is private or incomplete: both versions, the
// field, the place, and nothing typed is lost.
func TestEditing(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会", "坪环社区互助会")
	id := s.drafted()
	text := paths.StaffNoticeAct(id, "text")
	mine, theirs := s.Get("clerk", text), s.Get("clerk", text)
	theirs.Press("title", "关于2026年拟资助名单的公示").Led("")
	stale := mine.Press("title", "我起的另一个标题").Is(409, "我起的另一个标题", "关于2026年拟资助名单的公示").Kept()
	stale.Press().Led("") // over what was shown
	s.Get("clerk", text).Is(200).Press("title", strings.Repeat("长", 121)).Is(422).Says("body", "最多 120 字")
	form := s.Get("clerk", text).Is(200).Form()
	form["cases"] = append(form["cases"], "nope")
	s.Post("clerk", text, form).Is(422).Says("body", "不再等待公示")
	s.Get("clerk", text).Is(200).Press("body", "联系负责人１３８００１３８０００，或者 zhang@example.org，这一段要够二十个字。", "period", "4").Is(303)
	s.Get("clerk", paths.StaffNotice(id)).Is(200).Says("body", "手机号", "正文，第 6 个字", "１３８００１３８０００", "zhang@example.org", "至少要 5 个工作日")
	submit := paths.StaffNoticeAct(id, "submission")
	p := s.Get("clerk", submit).Is(200).Press().Is(422).Says("body", "第 6 个字起有手机号", "改成 5 或更多")
	if strings.Contains(p.Find(".error-summary").Text(), "１３８") {
		t.Error("the summary repeats the number")
	}
	for _, c := range []struct{ as, noun string }{{"clerk", "erratum"}, {"leader", "extension"}, {"leader", "withdrawal"}, {"reviewer", "approval"}} {
		s.Get(c.as, paths.StaffNoticeAct(id, c.noun)).Is(409)
	}
}

func TestErratumAndTombstone(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会")
	id, no := s.published()
	erratum := s.act("clerk", id, "erratum", "reason", "标题里的年度写错了，应为2026年。")
	erratum.Follow().Press("title", "关于2026年孵化关爱工程拟资助名单的公示（更正）").Led("")
	s.Get("", paths.Notice(no)).Is(200)
	s.goTo("2026-11-24", 9)
	s.act("clerk", id, "submission")
	s.act("reviewer", id, "approval")
	s.act("leader", id, "issue")
	s.act("leader", id, "extension", "reason", "11月24日平台停机五小时，延长一个工作日。")
	s.Get("", paths.Notice(no)).Is(200).Says("body", "（更正）", "勘误，重新公示", "年度写错了", "2026年11月23日签发的原文", "延长", "停机五小时", "12月2日（星期三）24:00 结束")
	s.act("leader", id, "withdrawal", "reason", "名单有误，撤回后重新公示。")
	p := s.Get("", paths.Notice(no)).Is(200).Says("body", "这份公示已经撤回", "名单有误", "六联社区银龄互助会")
	if p.Find(".days").Length() != 0 || p.Find("#objection").Length() != 0 {
		t.Error("a withdrawn notice has a clock or takes objections")
	}
	s.Get("", paths.Notices).Is(200).Says("body", "已撤回")
	s.Get("clerk", paths.StaffNotices).Is(200).Says("body", "起草公示（1 件等待）")
}

func TestUnmaskingLeavesAnEntry(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会", "坪环社区互助会")
	_, no := s.published()
	s.object(no)
	at, _ := s.Get("reviewer", paths.StaffObjections).Find("main table a").First().Attr("href")
	for _, as := range []string{"reviewer", "auditor"} {
		p := s.Get(as, at).Is(200).Says("body", "没有开展过活动", "留了姓名和电话，不显示")
		if strings.Contains(p.Body, "欧阳") || strings.Contains(p.Body, "13800138000") {
			t.Errorf("%s sees who objected at once", as)
		}
	}
	s.Get("auditor", at+"/unmasking").Is(403)
	s.Get("reviewer", at+"/unmasking").Is(200).Press("reason", "看").Is(422)
	p := s.Get("reviewer", at+"/unmasking").Is(200).Press("reason", "电话核实活动地点").Is(200).Says("body", "欧阳举报", "13800138000")
	if p.Header.Get("Cache-Control") != "no-store" {
		t.Error("who objected may be cached")
	}
	var n int
	if err := s.DB.Owner.QueryRow(t.Context(), `select count(*) from audit_entry where action = 'notice.objection.unmask'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d entries: %v", n, err)
	}
	for name, set := range map[string][]string{"choice": {"choice", ""}, "finding": {"choice", "upheld", "finding", "短"}, "reason": {"choice", "upheld", "finding", "到社区走访查看了记录", "reason", "成立"}} {
		s.Get("reviewer", at).Press(set...).Faulty(name, "")
	}
}

// A flood from one address is slowed, and no other address with it.
func TestFloodOfObjections(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会")
	_, no := s.published()
	from := func(ip string) int {
		return s.Post("", paths.NoticeObjection(no), nil, "X-Test-From", ip).Status
	}
	for range 30 {
		if got := from("192.0.2.7"); got != 422 {
			t.Fatalf("status %d", got)
		}
	}
	if got := from("192.0.2.7"); got != http.StatusTooManyRequests {
		t.Errorf("the thirty-first: %d", got)
	}
	if got := from("192.0.2.8"); got != 422 {
		t.Errorf("another address: %d", got)
	}
}
