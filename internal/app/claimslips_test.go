package app_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/funding/activity"
)

// slip is what somebody mistypes in a part of a claim, where it is refused and with
// what words.
type slip struct{ part, at, says, typed string }

// slips are the bad inputs of domain §4, and what of Appendix C reaches these
// forms. typed is name=value, separated by "|".
var claimSlips = []slip{
	{"event", "held_on", "还没到。填活动已经办完的日期", "held_on-month=11|held_on-day=2"},
	{"event", "held_on", "组织 2017年10月9日才成立", "held_on-day=8"},
	{"event", "held_on", "9月没有31日", "held_on-month=9|held_on-day=31"},
	{"event", "held_on", "", "held_on-year=0001"},
	{"event", "community", "只补贴在坪山区的社区里开展的活动", "community=outside"},
	{"event", "ends", "不晚于开始时间", "ends=13:59"},
	{"event", "starts", "看不出是几点", "starts=下午两点"},
	{"event", "title", "", "title=茶话会"},
	{"event", "title", "", "title=重阳茶话会😀"},
	{"event", "title", "", "title=   \u200b\u202e "},
	{"event", "title", "", "title=" + strings.Repeat("长", 81)},
	{"event", "capacity", "", "capacity=-1"},
	{"people", "participants", "少于 15 人", "participants=0"},
	{"people", "participants", "少于 15 人", "participants=14"},
	{"people", "participants", "场地最多容纳 80 人", "participants=81"},
	{"people", "participants", "", "participants=四十五"},
	{"people", "participants", "", "participants=-45"},
	{"people", "minors", "先给面部打码", "minors=unmasked"},
	{"people", "hours", "没有义工", "volunteers=0"},
	{"people", "satisfaction", "", "satisfaction=101"},
	{"people", "links", "不是网址", "links=javascript:alert(1)"},
	{"people", "summary", "至少 20", "summary=办得很好"},
	{"costs", "cost-1-issued_on", "相差超过 30 天", "cost-1-issued_on-month=9|cost-1-issued_on-day=27"},
	{"costs", "cost-1-issued_on", "", "cost-1-issued_on-month=11|cost-1-issued_on-day=2"},
	{"costs", "cost-1-number", "", "cost-1-number=12"},
	{"costs", "cost-1-amount", "", "cost-1-amount=3,000.01"},
	{"costs", "amount", "票据合计 4,000.00 元", "amount=4000.01"},
	{"costs", "amount", "要大于 0 元", "amount=0"},
	{"costs", "amount", "", "amount=-5"},
	{"costs", "amount", "", "amount=1e3"},
	{"costs", "amount", "", "amount=0x10"},
	{"costs", "amount", "", "amount=NaN"},
	{"costs", "amount", "", "amount=0.001"},
	{"costs", "other_source", "从哪里来", "other=100"},
	{"costs", "other", "没有要补贴的了", "other=4000|other_source=企业赞助"},
}

// TestSlipsOfAClaim mistypes over plain HTTP what can be mistyped in a claim: each
// is refused at its field, what was typed stays, nothing is lost; what only the
// submission can know stops it there.
func TestSlipsOfAClaim(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.claimant(t)
	s.plansWithSlips(t, g)
	s.goTo(t, outingDay.AddDays(2))
	c := s.claimOf(g, "重阳敬老邻里茶话会")
	c.plan = scan[string](t, s.portal, `select id::text from activity_plan`)
	s.beginsClaim(c)
	s.writesClaim(t, c)
	for _, x := range claimSlips {
		s.mistypes(t, c, x)
		c.mend(x.part) // one part is judged by another: participants by the room
	}
	for _, x := range activity.NotCosts {
		s.mistypes(t, c, slip{"costs", "cost-1-category", x.Why, "cost-1-category=" + x.Key})
	}
	s.sameInvoiceTwice(t, c)
	s.forges(t, c)
	s.picturesWithSlips(t, c)
	s.yearIsFull(t, c)
	s.tooLate(t, g)
}

// mistypes fills a part rightly but for one thing.
func (s *story) mistypes(t *testing.T, c *claim, x slip) {
	t.Helper()
	path := c.at + "/sections/" + x.part
	f := c.head.open(path).form(path).set(c.right(x.part)...)
	var typed [][2]string
	for pair := range strings.SplitSeq(x.typed, "|") {
		name, value, _ := strings.Cut(pair, "=")
		typed = append(typed, [2]string{name, value})
		f.set(name, value)
	}
	again := f.submit().refused(x.at).says(x.says).form(path)
	for _, pair := range typed {
		if got := again.value(pair[0]); got != pair[1] {
			t.Errorf("%s: %s kept as %q, typed %q", x.part, pair[0], got, pair[1])
		}
	}
}

// right is a part without fault.
func (c *claim) right(part string) []string {
	if part != "costs" {
		return c.part(part)
	}
	return append(append(c.cost(1, "total", "3,000", "category", "material", "item", "茶点和活动物料", "amount", "2,800"),
		c.cost(2, "total", "1200", "category", "venue", "item", "场地和音响", "amount", "1200")...), "other", "", "other_source", "", "amount", "2,600")
}

// mend fills a part rightly and goes on.
func (c *claim) mend(part string, pairs ...string) {
	c.head.t.Helper()
	path := c.at + "/sections/" + part
	if p := c.head.open(path).form(path).set(c.right(part)...).set(pairs...).submit(); p.status != http.StatusOK {
		c.head.t.Fatalf("%s: %d, at fault %v", part, p.status, p.summary())
	}
}

// sameInvoiceTwice: two rows of one paper may not come to more than it says.
func (s *story) sameInvoiceTwice(t *testing.T, c *claim) {
	path := c.at + "/sections/costs"
	number := fmt.Sprintf("264403%014d", c.paper)
	c.head.open(path).form(path).set(c.right("costs")...).set("cost-2-number", number, "cost-2-total", "3000", "cost-2-amount", "1200").submit().
		refused("cost-2-amount").says("第 1、2 行用的是同一张票据")
	c.mend("costs")
}

// forges sends what no page offers: a community of another district, a plan, a
// theme and an account that are not there, and another version.
func (s *story) forges(t *testing.T, c *claim) {
	path := c.at + "/sections/event"
	form := c.head.open(path).form(path)
	for name, value := range map[string]string{"community": "440307001001", "theme": "holiday", "plan": "0199a1b0-0000-7000-8000-000000000000"} {
		values := query("version", form.value("version"))
		for _, e := range form.set(c.part("event")...).entries(nil) {
			values.Set(e.name, e.value)
		}
		values.Set(name, value)
		if p := c.head.raw(http.MethodPost, path, values); p.status != http.StatusUnprocessableEntity || strings.Join(p.summary(), " ") != name {
			t.Errorf("%s=%s: %d, at fault %v", name, value, p.status, p.summary())
		}
		form = c.head.open(path).form(path)
	}
	c.mend("event")
	stale := c.head.open(path).form(path)
	c.mend("event", "place", "六联社区党群服务中心二楼")
	if p := stale.set(c.part("event")...).submit(); p.status != http.StatusConflict {
		t.Errorf("a part that was saved meanwhile: %d", p.status)
	}
	c.mend("event")
	payee := c.at + "/sections/payee"
	c.head.open(payee).form(payee).untick("payee").forge("payee", "0199a1b0-0000-7000-8000-000000000000").submit().refused("payee")
	account, _ := c.head.open(payee).Find(`input[name=payee]`).First().Attr("value")
	c.head.open(payee).form(payee).set("payee", account).submit()
}

// picturesWithSlips: what is no picture is refused at its row, the rest of the page
// stays; what a phone adds is taken off.
func (s *story) picturesWithSlips(t *testing.T, c *claim) {
	for name, bad := range map[string]upload{
		"a document":       {"照片.pdf", pdfOf("no picture")},
		"under its name":   {"照片.jpg", pdfOf("no picture")},
		"a text":           {"照片.jpg", []byte("这不是照片")},
		"a page":           {"照片.png", []byte("<html><script>alert(1)</script></html>")},
		"nothing":          {"照片.jpg", nil},
		"half a picture":   {"照片.jpg", sceneOf(t, 5)[:300]},
		"more than 10 MB":  {"照片.jpg", append(sceneOf(t, 5), bytes.Repeat([]byte{0}, 11<<20)...)},
		"a drawing":        {"照片.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`)},
		"a spreadsheet":    {"照片.xlsx", docxOf(t, "表")},
		"a program's head": {"照片.png", []byte("MZ\x90\x00\x03 this program cannot be run in DOS mode")},
	} {
		p := s.paper(c.head, c.no, "photos", bad)
		if p.status != http.StatusUnprocessableEntity || strings.Join(p.summary(), " ") != "file-photos" || p.Find("#file-photos[data-state=bad]").Length() != 1 {
			t.Errorf("%s: %d, at fault %v: %s", name, p.status, p.summary(), p.main())
		}
	}
	s.handsIn(t, c)
	page := c.head.open(c.at + "/papers")
	kept := c.head.get(page.link("照片1.jpg"))
	if kept.status != http.StatusOK || !bytes.HasPrefix(kept.body, []byte{0xFF, 0xD8}) || bytes.Contains(kept.body, []byte(phoneMark)) {
		t.Errorf("the picture comes back with %d, with the phone's place: %v", kept.status, bytes.Contains(kept.body, []byte(phoneMark)))
	}
	if !bytes.Contains(sceneOf(t, 1), []byte(phoneMark)) {
		t.Error("the picture sent holds no place: nothing was shown")
	}
	action, _ := page.Find(`form[action*="/photos/"][action$="/removal"]`).First().Attr("action")
	page.form(action).submit().is(200, c.at+"/papers").says("还缺 1 份")
	if c.head.open(c.at + "/review").says("至少 3 份，现在是 2 份").has(c.at + "/submission") {
		t.Error("a signature is asked for with two pictures")
	}
	s.picture(t, c, 9).is(200, c.at+"/papers")
	s.sign(c.head, c.no).submit().is(200, c.at+"/receipt")
}

// yearIsFull: the same event is claimed once, and a third one of the year is not
// claimed at all.
func (s *story) yearIsFull(t *testing.T, first *claim) {
	c := s.claimOf(first.group, first.title)
	s.beginsClaim(c)
	s.writesClaim(t, c)
	s.handsIn(t, c)
	s.sign(c.head, c.no).submit().refused("part-event").says("这一天的同名活动已经申请过")
	c.title = "霜降送温暖"
	c.mend("event")
	s.sign(c.head, c.no).submit().is(200, c.at+"/receipt")
	c.head.open("/my/eligibility/activity").says("2017 年的活动另有 2 次", "最早2018年1月1日")
	c = s.claimOf(first.group, "立冬包饺子")
	c.no = numberOf(c.head.raw(http.MethodPost, "/applications", query("programme", "activity", "token", strings.Repeat("Y", 26))))
	c.at = "/applications/" + c.no
	s.mistypes(t, c, slip{"event", "held_on", "已经申请或补贴过 2 次，每年最多 2 次", "title=立冬包饺子"})
}

// tooLate: the sixtieth day after the event is a working day, and the last.
func (s *story) tooLate(t *testing.T, g *group) {
	other := s.claimant(t)
	c := s.claimOf(other, "重阳登高")
	c.head.open("/my/eligibility/activity")
	s.beginsClaim(c)
	s.goTo(t, outingDay.AddDays(60))
	c.mend("event")
	s.goTo(t, outingDay.AddDays(61))
	s.mistypes(t, c, slip{"event", "held_on", "2017年12月27日为止。换一次没有过期的活动", "title=重阳登高"})
}

// plansWithSlips is the plan told before, mistyped, then sent twice by one press.
func (s *story) plansWithSlips(t *testing.T, g *group) {
	const path = "/my/activity-plans/new"
	right := append(on("held_on", outingDay), "title", "重阳敬老邻里茶话会", "theme", "neighbours", "starts", "14:00", "ends", "16:30", "community", liulian,
		"place", "党群服务中心", "target", "六十岁以上的居民", "expected", "50", "budget", "0", "intro", "请老人喝茶聊天，义工上门接送。", "open", "no")
	for _, x := range []slip{
		{"", "held_on", "已经过了", "held_on-month=9"}, {"", "held_on", "离现在超过一年", "held_on-year=2018|held_on-month=11"}, {"", "community", "只补贴在坪山区", "community=outside"},
		{"", "expected", "", "expected=0"}, {"", "budget", "", "budget=一千"}, {"", "intro", "", "intro=喝茶"}, {"", "starts", "没有“25:00”这个时间", "starts=25:00"},
	} {
		f := g.head.open(path).form(path).set(right...)
		for pair := range strings.SplitSeq(x.typed, "|") {
			name, value, _ := strings.Cut(pair, "=")
			f.set(name, value)
		}
		again := f.submit().refused(x.at).says(x.says).form(path)
		name, value, _ := strings.Cut(x.typed, "=")
		if value, _, _ = strings.Cut(value, "|"); again.value(name) != value || again.value("title") != "重阳敬老邻里茶话会" {
			t.Errorf("kept %q", urlencoded(again.entries(nil)))
		}
	}
	f := g.head.open(path).form(path).set(right...)
	f.submit()
	f.submit()
	if n := scan[int](t, s.portal, `select count(*) from activity_plan`); n != 1 {
		t.Errorf("%d plans of one press", n)
	}
}
