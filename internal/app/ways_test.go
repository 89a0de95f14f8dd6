package app_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// TestWaysOut are the ends of an application that is not taken in. After each of
// them the organization may apply again.
func TestWaysOut(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.ready(t, s.home)
	s.goTo(t, eligible)
	s.discarded(t, g)
	s.withdrawn(t, g)
	s.refusedByLetter(t, g)
	s.lapsed(t, g)
	if n := scan[int](t, s.portal, `select count(*) from case_file where class = 'final'`); n != 4 {
		t.Errorf("%d applications ended, want 4", n)
	}
	if n := scan[int](t, s.portal, `select count(*) from startup_grant where live`); n != 0 {
		t.Errorf("%d applications still stand in the way of another", n)
	}
}

// discarded is a draft thrown away by the clerk, who cannot sign.
func (s *story) discarded(t *testing.T, g *group) {
	clerk := s.clerkOf(t, g, "ways-clerk")
	no := s.begin(g)
	at := "/applications/" + no
	s.write(clerk, no)
	s.papers(clerk, no)
	if clerk.open(at + "/review").says("由负责人签署提交").has(at + "/submission") {
		t.Error("a clerk is asked to sign")
	}
	if p := clerk.raw(http.MethodPost, at+"/submission", query("version", "1")); p.status != http.StatusForbidden {
		t.Errorf("a clerk who signs: %d", p.status)
	}
	clerk.open(at).form(at+"/withdrawal").submit().says("确认撤销草稿", "不能恢复").form(at+"/withdrawal").submit().is(200, "/workspace").says("撤")
	s.over(t, g.head, no, "已撤回")
}

// withdrawn is taken back by the head while the community has it; the office is
// told.
func (s *story) withdrawn(t *testing.T, g *group) {
	no := s.apply(g)
	at := "/applications/" + no
	p := g.head.open(at).form(at+"/withdrawal").set("reason", "场地没有落实，下半年再申请").submit().is(200, at+"/withdrawal").says("确认撤回")
	p.form(at+"/withdrawal").submit().is(200, "/workspace").says(no + " 已撤回")
	s.over(t, g.head, no, "已撤回")
	g.desk.open(at).says("已撤回", "场地没有落实").lacks("您的意见")
	g.desk.open("/messages").says(no + " 已撤回")
	if p := g.desk.raw(http.MethodPost, at+"/opinion", query("confirm", "1", "stance", "support", "version", "99", "token", strings.Repeat("A", 26))); p.status != http.StatusConflict {
		t.Errorf("an opinion on what was taken back: %d", p.status)
	}
}

// refusedByLetter is not accepted, with reason, article and remedies.
func (s *story) refusedByLetter(t *testing.T, g *group) {
	clerk, no := s.office(authz.BureauClerk), s.heard(g)
	at := "/applications/" + no
	s.decision(clerk, no).set("choice", "refuse").submit().refused("ground", "facts")
	s.decision(clerk, no).set("choice", "refuse", "ground", "ineligible", "facts", "不符合").submit().refused("facts")
	facts := "实地查看，所报活动没有举办，活动照片系网上下载。"
	p := s.decision(clerk, no).set("choice", "refuse", "ground", "false", "facts", facts).submit().says("确认不予受理", facts)
	p.form(at+"/decision").submit().is(200, at).says("不予受理决定书已生成", "不予支持")
	letter := g.head.open(at).follow("不予受理决定书")
	letter.says("坪民社不受〔2018〕1号", g.name, facts, "申请材料不真实", "《实施意见》三（三）3", "行政复议", "行政诉讼")
	s.over(t, g.head, no, "不予支持")
}

// lapsed was sent back and never answered: that counts as taken back.
func (s *story) lapsed(t *testing.T, g *group) {
	no := s.heard(g)
	s.sendBack(no, "budget", "报价单没有盖章，请补一份盖章的")
	at, due := "/applications/"+no, civil.Of(2018, 4, 23) // ten working days
	g.head.open(at).says(due.Chinese() + "前")
	s.goTo(t, due)
	s.sweep(t)
	g.head.open(at).says("待补正")
	s.goTo(t, due.AddDays(1))
	s.sweep(t)
	s.over(t, g.head, no, "已失效")
	g.head.open("/messages").says("视为撤回")
}

// over checks that an application has ended, for good, and that another may be
// begun.
func (s *story) over(t *testing.T, head *someone, no, state string) {
	t.Helper()
	at := "/applications/" + no
	p := head.open(at).is(200, at).says(state)
	if p.Find("main form").Length() > 0 {
		t.Errorf("%s is over and can still be acted on", no)
	}
	if a := head.raw(http.MethodPost, at+"/sections/plan", query("version", "1", "amount", "1")); a.status != http.StatusConflict {
		t.Errorf("%s is over and takes a section: %d", no, a.status)
	}
	if !head.open("/my/eligibility/startup").has("/applications") {
		t.Errorf("after %s was %s no other can be begun", no, state)
	}
}

// TestCounter is 窗口代办: the community files what a head signed on paper, and
// whoever filed it gives no opinion on it.
func TestCounter(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g, other := s.ready(t, s.home), s.found(t, s.elsewhere(t))
	colleague := s.portal.office(t, "liulian2", account.NewAccount{Role: authz.Community, Community: liulian})
	s.goTo(t, eligible)
	desk := g.desk
	list := desk.open("/counter").says(g.name).lacks(other.name)
	button := list.Find(`form[action="/applications"]`).First()
	no := numberOf((&htmlForm{page: list, form: button, files: map[any][]upload{}}).submit())
	at := "/applications/" + no
	if p := desk.raw(http.MethodPost, "/applications", query("programme", "startup", "organization", other.id, "token", strings.Repeat("B", 26))); p.status != http.StatusNotFound {
		t.Errorf("an organization of another community at the counter: %d", p.status)
	}
	desk.open("/counter").says(no)
	desk.open(at + "/papers").says("签字盖章的申请表 必交")
	s.write(desk, no)
	s.papers(desk, no)
	if p := g.head.raw(http.MethodPost, at+"/withdrawal", query("version", "1")); p.status >= 500 {
		t.Errorf("the head and the counter's draft: %d", p.status)
	}
	desk.open(at+"/review").follow("打印申请表").says("负责人（签字）", "5,000.00 元", g.name)
	desk.open(at+"/review").form(at+"/submission").set("agreed", "yes").submit().refused("part-papers")
	s.paper(desk, no, "stamped_print", upload{"签字盖章申请表.jpg", photoOf(t, 9)}).is(200, at+"/papers")
	form := desk.open(at+"/review").form(at+"/submission").set("agreed", "yes")
	var eight []sending
	for range 8 {
		eight = append(eight, form.sending())
	}
	for _, a := range together(t, eight...) { // pressed eight times: one application, one answer
		a.is(200, at+"/receipt").says(no, "签字盖章的纸质申请表", g.head.name)
	}
	if n := scan[int](t, s.portal, `select count(*) from case_submission`); n != 1 {
		t.Errorf("%d submissions", n)
	}
	desk.open(at).says("窗口代办", "由同事办理").lacks("您的意见")
	if p := desk.raw(http.MethodPost, at+"/opinion", query("confirm", "1", "stance", "support", "token", strings.Repeat("C", 26),
		"version", scan[string](t, s.portal, `select version::text from case_file where no = $1`, no))); p.status != http.StatusForbidden {
		t.Errorf("who filed it gives an opinion on it: %d", p.status)
	}
	s.opine(colleague, no, "support", "")
	g.head.open(at).is(200, at).says("征求意见", "街道")
}
