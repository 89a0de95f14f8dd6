package noticepages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/web/paths"
)

// From the draft to the settled item, without a script: every page leads on.
func TestTheWholeWay(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-09-30")
	s.plant(t, "六联社区银龄互助会", "坪环社区听障家庭互助中心", "碧岭社区自然观察队")
	s.get(t, "clerk", paths.StaffNotices).is(t, 200).says(t, "起草公示（3 件等待）")
	id := s.drafted(t)
	s.get(t, "clerk", paths.StaffNotice(id)).is(t, 200).says(t, "没有发现身份证号", "第 5 日", "送审")
	s.act(t, "clerk", id, "submission")
	s.get(t, "reviewer", paths.StaffNotices).is(t, 200).says(t, "待审核")
	s.act(t, "reviewer", id, "approval")
	s.get(t, "leader", paths.StaffNoticeAct(id, "issue")).is(t, 200).says(t, "3 项，21,000.00 元", "10月13日", "国庆节放假", "调休上班", "第 5 日", "24:00 止")
	s.act(t, "leader", id, "issue")
	const no = "GS-2026-0001"
	s.get(t, "", paths.Notices).is(t, 200).says(t, "正在公示", no, "还剩 5 个工作日")
	p := s.get(t, "", paths.Notice(no)).is(t, 200).says(t, "公示中", "还剩 5 个工作日", "10月13日（星期二）24:00 结束", "10月10日调休上班要算", "国庆节假期不算",
		"公示期为 2026年10月8日至10月13日，共 5 个工作日", "坪环社区听障家庭互助中心", "21,000.00", "没有收到", "0755-28888889")
	if n := p.Find(".days li").Length(); n != 8 || p.Find(".days .make").Length() != 1 || p.Find(".days .off").Length() != 2 {
		t.Errorf("%d cells: %s", n, p.Find(".days").Text())
	}
	s.goTo(t, "2026-10-09", 9)
	receipt := s.object(t, no, nil)
	s.get(t, "", paths.Notice(no)).says(t, "异议处理中", "收到 1 件，1 件处理中")
	s.post(t, "", paths.Receipts, url.Values{"receipt": {strings.ToLower(receipt)}}).is(t, 200).says(t, "处理中", "第 2 项", "答复期限")
	queue := s.get(t, "reviewer", paths.StaffObjections).is(t, 200).says(t, "第 2 项 坪环社区听障家庭互助中心")
	at, _ := queue.Find("main table a").First().Attr("href")
	form := with(s.open(t, "reviewer", at), "choice", "dismissed", "finding", "到社区走访，查看了活动记录。", "reason", "经查，活动记录真实，异议不成立。")
	confirm := s.post(t, "reviewer", at+"/outcome", form).is(t, 200).says(t, "确认异议不成立")
	if p := s.post(t, "reviewer", at+"/outcome", confirm.form()); p.status != http.StatusSeeOther {
		t.Fatalf("%d", p.status)
	}
	s.post(t, "", paths.Receipts, url.Values{"receipt": {receipt}}).is(t, 200).says(t, "异议不成立", "活动记录真实")
	s.get(t, "", paths.Notice(no)).says(t, "收到 1 件，都已处理", "活动记录真实")
	s.goTo(t, "2026-10-14", 0)
	s.get(t, "", paths.Notice(no)).says(t, "已结束") // even before the clock has run
	s.settle(t)
	p = s.get(t, "", paths.Notice(no)).is(t, 200).says(t, "2026年10月13日 24:00 结束", "无异议")
	if strings.Contains(p.html, "欧阳") || strings.Contains(p.html, "走访") || strings.Contains(p.html, `id="objection"`) {
		t.Error("the page tells who objected, or still asks for objections")
	}
	s.get(t, "", paths.Notices+"?type=grant&year=2026").is(t, 200).says(t, "现在没有正在进行的公示", no)
	s.get(t, "", paths.Notices+"?year=2025").is(t, 200).says(t, "没有已经结束的公示")
}

// A public page never varies by visitor: same bytes, a digest, no cookie.
func TestPublicPagesAreCached(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会")
	_, no := s.published(t)
	for _, path := range []string{paths.Notices, paths.Notice(no), paths.NoticeObjection(no), paths.Receipts} {
		first, second := s.get(t, "", path).is(t, 200), s.get(t, "clerk", path).is(t, 200)
		tag := first.header.Get("ETag")
		if tag == "" || tag != second.header.Get("ETag") || first.html != second.html || first.header.Get("Set-Cookie") != "" ||
			!strings.HasPrefix(first.header.Get("Cache-Control"), "public, no-cache") {
			t.Errorf("%s: %v", path, first.header)
		}
		if p := s.get(t, "", path, "If-None-Match", "W/"+tag); p.status != http.StatusNotModified || p.html != "" {
			t.Errorf("%s again: %d", path, p.status)
		}
	}
	if p := s.post(t, "", paths.NoticeObjection(no), objection); p.header.Get("Cache-Control") != "no-store" {
		t.Errorf("an objection is cached: %s", p.header.Get("Cache-Control"))
	}
}

// The head of the seals of the day before stands on the notice, and stays the
// same whatever is recorded later.
func TestAuditHeadOnTheNotice(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-19")
	s.plant(t, "六联社区银龄互助会")
	id := s.drafted(t)
	seal := func() { // waits for every older transaction, those of other tests on the server included
		for begun := time.Now(); ; {
			done, err := audit.Seal(t.Context(), s.db.App, s.keys)
			if err != nil || done.Waiting > 0 && time.Since(begun) > 20*time.Second {
				t.Fatal(done, err)
			}
			if done.Waiting == 0 {
				return
			}
		}
	}
	seal()
	s.goTo(t, "2026-11-23", 9)
	s.act(t, "clerk", id, "submission")
	s.act(t, "reviewer", id, "approval")
	s.act(t, "leader", id, "issue")
	shown := func() string {
		return s.get(t, "", paths.Notice("GS-2026-0001")).is(t, 200).says(t, "操作记录封存").Find("aside code").Text()
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
	s.plant(t, "六联社区银龄互助会", "坪环社区互助会")
	id, no := s.published(t)
	for path, status := range map[string]int{
		paths.Notice("GS-2026-9999"): 404, paths.Notice("nope"): 404, paths.Notice("%00"): 404, paths.NoticeObjection("GS-2026-9999"): 404,
		paths.Notices + "?type=nope&year=99999&after=x": 200, paths.Notices + "?after=2026-02-30.x&page=-1": 200,
		paths.Notice(strings.ToLower(no)): 200,
	} {
		s.get(t, "", path).is(t, status)
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
		p := s.post(t, "", paths.NoticeObjection(no), with(copied(objection), c.set...))
		if p.status != 422 || p.Find("#"+c.field+"-error").Length() != 1 || p.Find(".error-summary").Length() != 1 {
			t.Errorf("%s: %d, %s", name, p.status, p.Find(".err").Text())
		}
	}
	html := with(copied(objection), "content", `<script>alert(1)</script>这里没有开展活动。`)
	p := s.post(t, "", paths.NoticeObjection(no), html).is(t, 200)
	if strings.Contains(p.html, "<script>alert") {
		t.Error("what was typed came back as markup")
	}
	// Back keeps what was typed.
	if back := s.post(t, "", paths.NoticeObjection(no), with(p.form(), "back", "1")).is(t, 200); back.form().Get("content") != html.Get("content") {
		t.Errorf("back lost %q", back.form().Get("content"))
	}
	confirmed := with(s.post(t, "", paths.NoticeObjection(no), objection).form(), "confirm", "1")
	p = s.attach(t, paths.NoticeObjection(no), confirmed, map[string][]byte{"照片.jpg": []byte("MZ this is a program")}).is(t, 422)
	if p.Find("#files-error").Length() != 1 || p.form().Get("content") != objection.Get("content") {
		t.Errorf("a mislabelled file: %s", p.Find(".err").Text())
	}
	many := map[string][]byte{}
	for _, n := range "123456" {
		many[string(n)+".pdf"] = []byte("%PDF-1.4")
	}
	s.attach(t, paths.NoticeObjection(no), confirmed, many).is(t, 422).says(t, "最多 5 份")
	s.post(t, "", paths.NoticeObjection(no), with(copied(confirmed), "token", "nope")).is(t, 422)
	s.post(t, "", paths.Receipts, url.Values{"receipt": {"' or 1=1"}}).is(t, 422).says(t, "没有这个回执号")

	// The office: out of turn, stale, too short, private.
	s.get(t, "clerk", paths.StaffNoticeAct(id, "text")).is(t, 409)
	s.get(t, "leader", paths.StaffNoticeAct(id, "issue")).is(t, 409)
	s.get(t, "finance", paths.StaffNotices).is(t, 403)
	s.get(t, "leader", paths.StaffObjections).is(t, 403)
	s.get(t, "clerk", paths.StaffNotice("nope")).is(t, 404)
	form := s.open(t, "leader", paths.StaffNoticeAct(id, "withdrawal"))
	s.post(t, "leader", paths.StaffNoticeAct(id, "withdrawal"), with(copied(form), "reason", "有误")).is(t, 422).says(t, "10 到 500 个字")
	p = s.post(t, "leader", paths.StaffNoticeAct(id, "withdrawal"), with(copied(form), "reason", "名单有误，撤回后重新公示。", "version", "1")).is(t, 409)
	if p.form().Get("reason") != "名单有误，撤回后重新公示。" {
		t.Error("a stale form loses the reason")
	}
	s.goTo(t, "2026-12-01", 0)
	s.post(t, "", paths.NoticeObjection(no), objection).is(t, 409).says(t, "不再接收异议", "没有开展过活动")
}

// Two people at once, and what is private or incomplete: both versions, the
// field, the place, and nothing typed is lost.
func TestEditing(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会", "坪环社区互助会")
	id := s.drafted(t)
	text := paths.StaffNoticeAct(id, "text")
	mine, theirs := s.open(t, "clerk", text), s.open(t, "clerk", text)
	if p := s.post(t, "clerk", text, with(theirs, "title", "关于2026年拟资助名单的公示")); p.status != http.StatusSeeOther {
		t.Fatal(p.status)
	}
	p := s.post(t, "clerk", text, with(mine, "title", "我起的另一个标题")).is(t, 409).says(t, "我起的另一个标题", "关于2026年拟资助名单的公示")
	if q := s.post(t, "clerk", text, p.form()); q.status != http.StatusSeeOther {
		t.Errorf("saving over what was shown: %d", q.status)
	}
	s.post(t, "clerk", text, with(s.open(t, "clerk", text), "title", strings.Repeat("长", 121))).is(t, 422).says(t, "最多 120 字")
	form := s.open(t, "clerk", text)
	form["cases"] = append(form["cases"], "nope")
	s.post(t, "clerk", text, form).is(t, 422).says(t, "不再等待公示")
	s.post(t, "clerk", text, with(s.open(t, "clerk", text), "body", "联系负责人１３８００１３８０００，或者 zhang@example.org，这一段要够二十个字。", "period", "4")).is(t, 303)
	s.get(t, "clerk", paths.StaffNotice(id)).is(t, 200).says(t, "手机号", "正文，第 6 个字", "１３８００１３８０００", "zhang@example.org", "至少要 5 个工作日")
	submit := paths.StaffNoticeAct(id, "submission")
	p = s.post(t, "clerk", submit, s.open(t, "clerk", submit)).is(t, 422).says(t, "第 6 个字起有手机号", "改成 5 或更多")
	if strings.Contains(p.Find(".error-summary").Text(), "１３８") {
		t.Error("the summary repeats the number")
	}
	for _, c := range []struct{ as, noun string }{{"clerk", "erratum"}, {"leader", "extension"}, {"leader", "withdrawal"}, {"reviewer", "approval"}} {
		s.get(t, c.as, paths.StaffNoticeAct(id, c.noun)).is(t, 409)
	}
}

func TestErratumAndTombstone(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会")
	id, no := s.published(t)
	p := s.act(t, "clerk", id, "erratum", "reason", "标题里的年度写错了，应为2026年。")
	s.post(t, "clerk", p.location, with(s.open(t, "clerk", p.location), "title", "关于2026年孵化关爱工程拟资助名单的公示（更正）")).is(t, 303)
	s.get(t, "", paths.Notice(no)).is(t, 200)
	s.goTo(t, "2026-11-24", 9)
	s.act(t, "clerk", id, "submission")
	s.act(t, "reviewer", id, "approval")
	s.act(t, "leader", id, "issue")
	s.act(t, "leader", id, "extension", "reason", "11月24日平台停机五小时，延长一个工作日。")
	s.get(t, "", paths.Notice(no)).is(t, 200).says(t, "（更正）", "勘误，重新公示", "年度写错了", "2026年11月23日签发的原文", "延长", "停机五小时", "12月2日（星期三）24:00 结束")
	s.act(t, "leader", id, "withdrawal", "reason", "名单有误，撤回后重新公示。")
	p = s.get(t, "", paths.Notice(no)).is(t, 200).says(t, "这份公示已经撤回", "名单有误", "六联社区银龄互助会")
	if p.Find(".days").Length() != 0 || p.Find("#objection").Length() != 0 {
		t.Error("a withdrawn notice has a clock or takes objections")
	}
	s.get(t, "", paths.Notices).is(t, 200).says(t, "已撤回")
	s.get(t, "clerk", paths.StaffNotices).is(t, 200).says(t, "起草公示（1 件等待）")
}

func TestUnmaskingLeavesAnEntry(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会", "坪环社区互助会")
	_, no := s.published(t)
	s.object(t, no, nil)
	at, _ := s.get(t, "reviewer", paths.StaffObjections).Find("main table a").First().Attr("href")
	for _, as := range []string{"reviewer", "auditor"} {
		p := s.get(t, as, at).is(t, 200).says(t, "没有开展过活动", "留了姓名和电话，不显示")
		if strings.Contains(p.html, "欧阳") || strings.Contains(p.html, "13800138000") {
			t.Errorf("%s sees who objected at once", as)
		}
	}
	s.get(t, "auditor", at+"/unmasking").is(t, 403)
	s.post(t, "reviewer", at+"/unmasking", with(s.open(t, "reviewer", at+"/unmasking"), "reason", "看")).is(t, 422)
	p := s.post(t, "reviewer", at+"/unmasking", with(s.open(t, "reviewer", at+"/unmasking"), "reason", "电话核实活动地点")).is(t, 200).says(t, "欧阳举报", "13800138000")
	if p.header.Get("Cache-Control") != "no-store" {
		t.Error("who objected may be cached")
	}
	var n int
	if err := s.db.Owner.QueryRow(t.Context(), `select count(*) from audit_entry where action = 'notice.objection.unmask'`).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d entries: %v", n, err)
	}
	for name, set := range map[string][]string{"choice": {"choice", ""}, "finding": {"choice", "upheld", "finding", "短"}, "reason": {"choice", "upheld", "finding", "到社区走访查看了记录", "reason", "成立"}} {
		p := s.post(t, "reviewer", at+"/outcome", with(s.open(t, "reviewer", at), set...))
		if p.status != 422 || p.Find("#"+name+"-error").Length() != 1 {
			t.Errorf("%s: %d %s", name, p.status, p.Find(".err").Text())
		}
	}
}

// A flood from one address is slowed, and no other address with it.
func TestFloodOfObjections(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant(t, "六联社区银龄互助会")
	_, no := s.published(t)
	from := func(ip string) int {
		return s.send(t, "", http.MethodPost, paths.NoticeObjection(no), "application/x-www-form-urlencoded", strings.NewReader(""), "X-Test-From", ip).status
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
