package app_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
)

// TestTheWayToAcceptance is the journey of a newly founded organization, from
// signing up to the letter of acceptance, by plain HTTP and without JavaScript:
// every form is filled and sent as it stands in the page, and time passes by the
// stored offset only.
func TestTheWayToAcceptance(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.signUpWithSlips(t)
	s.recordWithSlips(t, g)
	s.eligibilityByAndBy(t, g)
	no := s.draftWithSlips(t, g)
	s.papersWithSlips(t, g, no)
	s.tooEarly(t, g, no)
	s.goTo(t, eligible)
	s.signWithSlips(t, g, no)
	s.lockedOnceSubmitted(t, g, no)
	s.opinions(t, g, no)
	s.returned(t, g, no)
	s.corrected(t, g, no)
	s.takenIn(t, g, no)
	s.strangers(t, g, no)
	s.trail(t)
	s.nothingInClear(t)
}

// signUpWithSlips is a head who mistypes what can be mistyped.
func (s *story) signUpWithSlips(t *testing.T) *group {
	resident := s.residentNumber()
	g := &group{quarter: s.home, name: "六联社区暖阳邻里互助会", filingNo: "坪社备〔2017〕第0900号"}
	g.head = s.known(t, "nuanyang", "李暖华", password(0))
	form := g.signUp(g.head.get("/register"), resident)
	form.set("number", "坪社备2017第900", "resident_id", "440310199002300018", "mobile", "12345", "password", "kurz", "new_password_again", "anders")
	p := form.submit().refused("number", "resident_id", "mobile", "password", "new_password_again")
	again := p.form("/register")
	if again.value("organization_name") != g.name || again.value("mobile") != "12345" || again.value("password") != "" {
		t.Errorf("kept %q", urlencoded(again.entries(nil)))
	}
	g.signUp(g.head.get("/register"), resident).submit().is(200, "/login").says("街道核对以后")
	g.head.get("/login").form("/login").set("username", g.head.username, "password", g.head.password).submit().says("还没有确认")
	return g
}

// recordWithSlips is the subdistrict that records the organization.
func (s *story) recordWithSlips(t *testing.T, g *group) {
	page := g.street.open("/claims").follow(g.name).says("还没有这个编号的组织").follow("登记")
	f := page.form(page.path).set("category", "charity", "status_basis", "registered", "head_id_no", "440310201510150012",
		"head_mobile", "13800138000", "uscc", "91440300MA5DA0001X").date("established_on", civil.Of(2018, 1, 1))
	f = f.submit().refused("established_on").form(page.path).date("established_on", founded)
	kept := f.submit().refused("uscc", "head_id_no").form(page.path)
	if kept.value("head_mobile") != "13800138000" || kept.value("established_on-year") != "2017" || kept.value("uscc") != "91440300MA5DA0001X" {
		t.Errorf("kept %q", urlencoded(kept.entries(nil)))
	}
	if n := scan[int](t, s.portal, `select count(*) from organization`); n != 0 {
		t.Fatalf("%d organizations after a refused form", n)
	}
	g.street.confirm(s.record(g, g.street.open("/claims").follow(g.name).follow("登记"), s.planted[0]))
	g.id = scan[string](t, s.portal, `select id::text from organization where filing_no = $1`, g.filingNo)
	g.head.open("/workspace").is(200, "/workspace").says("没有要填写或补正的申请")
}

// eligibilityByAndBy answers line by line and, once only time is missing, names
// the date.
func (s *story) eligibilityByAndBy(t *testing.T, g *group) {
	p := g.head.open("/my/eligibility/startup").says("成立满半年", "财务制度和信息公开制度已备案", "至少办过 1 次活动")
	if !p.has("/applications") {
		t.Error("a draft can be begun before everything is met")
	}
	s.facts(g)
	g.head.open("/my/eligibility/startup").says(eligible.Chinese(), "财务制度：2017年10月16日已备案", "1 次")
	g.head.open("/my/eligibility/startup").form("/my/eligibility/startup").date("on", eligible.AddDays(-1)).submit().says(eligible.Chinese() + "起可以申请")
	g.head.open("/my/eligibility/startup").form("/my/eligibility/startup").date("on", eligible).submit().lacks(eligible.Chinese() + "起可以申请")
	g.head.open("/my/eligibility/startup").form("/my/eligibility/startup").set("on-year", "2018", "on-month", "2", "on-day", "30").submit().refused("on")
}

// draftWithSlips fills the form with everything that domain §3 calls bad input;
// each comes back at its field, with what was typed.
func (s *story) draftWithSlips(t *testing.T, g *group) string {
	no := s.begin(g)
	at := "/applications/" + no
	g.head.open(at).is(200, at).says("未开始", "缺 6 份")
	slip := func(section string, fields string, pairs ...string) {
		t.Helper()
		path := at + "/sections/" + section
		p := g.head.open(path).form(path).set(pairs...).submit().refused(strings.Fields(fields)...)
		for i := 0; i+1 < len(pairs); i += 2 {
			if got := p.form(path).value(pairs[i]); got != pairs[i+1] {
				t.Errorf("%s: %s kept as %q, typed %q", section, pairs[i], got, pairs[i+1])
			}
		}
	}
	slip("organization", "contact_name contact_mobile contact_email", "contact_name", "陈", "contact_mobile", "１２３４５", "contact_email", "chen@")
	slip("activities", "activities", "activities", "办过活动")
	plan := func(fields string, pairs ...string) {
		t.Helper()
		slip("plan", fields, append([]string{"line-1-category", "hardware", "line-1-item", "桌椅", "purpose", "让每月一次的交换日固定下来"}, pairs...)...)
	}
	plan("amount", "amount", "0", "line-1-amount", "5000")
	plan("amount", "amount", "-5", "line-1-amount", "5000")
	plan("amount", "amount", "1e6", "line-1-amount", "5000")
	plan("amount", "amount", "6000.01", "line-1-amount", "5000")
	plan("amount", "amount", "0.001", "line-1-amount", "5000")
	plan("lines", "amount", "5,000", "line-1-amount", "4999.99")
	plan("line-2-category line-2-item", "amount", "5000", "line-1-amount", "4000", "line-2-amount", "1000")
	s.planForged(t, g, at)
	p := g.head.open(at+"/sections/payee").form(at+"/sections/payee").forge("payee", "0199a1b0-0000-7000-8000-000000000000").submit()
	p.refused("payee")
	huge := g.head.open(at+"/sections/activities").form(at+"/sections/activities").set("activities", strings.Repeat("长", 30_000)).submit()
	if huge.status != http.StatusRequestEntityTooLarge {
		t.Errorf("64 KB of text: %d", huge.status)
	}
	g.head.open(at+"/sections/activities").form(at+"/sections/activities").set("activities", "先写一点").press("go", "later").is(200, at).says("已保存")
	s.write(g.head, no)
	return no
}

// planForged sends a use that the policy does not know: money goes to hardware,
// services and capacity only (三（三）3).
func (s *story) planForged(t *testing.T, g *group, at string) {
	path := at + "/sections/plan"
	values := query("version", g.head.open(path).form(path).value("version"), "amount", "5000", "line-1-category", "holiday", "line-1-item", "春游",
		"line-1-amount", "5000", "purpose", "让大家高兴高兴，增进感情。")
	g.head.raw(http.MethodPost, path, values).refused("line-1-category")
}

// papersWithSlips hands in papers of three kinds, refuses what is none at its
// row, and gives them back without what a phone adds.
func (s *story) papersWithSlips(t *testing.T, g *group, no string) {
	at := "/applications/" + no + "/papers"
	for name, bad := range map[string][]upload{
		"a program":         {{"章程.pdf", []byte("MZ\x90\x00\x03 this program cannot be run in DOS mode")}},
		"a page":            {{"章程.docx", []byte("<html><script>alert(1)</script></html>")}},
		"nothing":           {{"章程.pdf", nil}},
		"no file":           nil,
		"a picture's name":  {{"章程.jpg", pdfOf("charter")}},
		"more than is kept": {{"章程.pdf", append(pdfOf("charter"), bytes.Repeat([]byte("%"), 11<<20)...)}},
	} {
		p := s.paper(g.head, no, "charter", bad...)
		if name == "a picture's name" && p.status == http.StatusOK {
			continue // typed by its content, whatever it is called
		}
		if p.status != http.StatusUnprocessableEntity || len(p.summary()) != 1 || p.summary()[0] != "file-charter" || p.Find("#file-charter[data-state=bad]").Length() != 1 {
			t.Errorf("%s: %d, at fault %v: %s", name, p.status, p.summary(), p.main())
		}
	}
	s.papers(g.head, no)
	page := g.head.open(at)
	photo := g.head.get(page.link("IMG_0917"))
	if photo.status != 200 || bytes.Contains(photo.body, []byte(phoneMark)) || !bytes.HasPrefix(photo.body, []byte{0xFF, 0xD8}) {
		t.Errorf("the photo came back with %d, place of the phone kept: %v", photo.status, bytes.Contains(photo.body, []byte(phoneMark)))
	}
	if !bytes.Contains(photoOf(t, 1), []byte(phoneMark)) {
		t.Error("the photo sent holds no place: nothing was shown")
	}
	for _, name := range []string{"备案证书.pdf", "章程", "IMG_0917"} {
		h := g.head.get(page.link(name)).header
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("%s is not served inert: %v", name, h)
		}
	}
	// One paper is taken out again and put back.
	action, _ := page.Find(`form[action*="/budget/"][action$="/removal"]`).Attr("action")
	page.form(action).submit().is(200, at).says("已移除")
	s.paper(g.head, no, "budget", upload{"报价单.pdf", pdfOf("quotation")}).is(200, at)
}

// tooEarly cannot submit before the half year is over, to the day: the page says
// from when, and a form that was made by hand comes to the same.
func (s *story) tooEarly(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	s.goTo(t, eligible.AddDays(-1))
	if g.head.open(at+"/review").says("资格条件没有满足", eligible.Chinese()+"起可以申请").has(at + "/submission") {
		t.Error("a signature is asked for that cannot be used")
	}
	version := scan[string](t, s.portal, `select version::text from case_file where no = $1`, no)
	g.head.raw(http.MethodPost, at+"/submission", query("token", once.NewToken(), "version", version, "statement", "startup-1", "agreed", "yes",
		"method", "reauthenticated", "typed_name", g.head.name, "password", g.head.password)).refused("line-age")
	if n := scan[int](t, s.portal, `select count(*) from case_submission`); n != 0 {
		t.Fatalf("%d submissions before the time", n)
	}
}

// signWithSlips signs with a wrong name, without the undertaking, with a wrong
// password, and then eight times at once.
func (s *story) signWithSlips(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	s.sign(g.head, no).set("typed_name", "李暖").submit().refused("typed_name")
	s.sign(g.head, no).untick("agreed").submit().refused("agreed")
	p := s.sign(g.head, no).set("password", "Wrong-river-2017-K").submit().refused("password")
	form := p.form(at + "/submission")
	if form.value("typed_name") != g.head.name || form.value("password") != "" {
		t.Errorf("kept %q", urlencoded(form.entries(nil)))
	}
	s.sign(g.head, no).set("method", "stamped_print").submit().refused("part-papers")
	form.set("password", g.head.password)
	var eight []sending
	for range 8 {
		eight = append(eight, form.sending())
	}
	answered := 0
	for _, a := range together(t, eight...) {
		if a.status != http.StatusTooManyRequests { // eight passwords at once look like guessing
			answered++
			a.is(200, at+"/receipt").says(no, "5,000.00 元", g.head.name, "社区2018年4月12日前给出意见")
		}
	}
	if answered == 0 {
		t.Error("not one of eight submissions was answered with the receipt")
	}
	for sql, want := range map[string]int{
		`select count(*) from case_submission`: 1, `select count(*) from case_event where action = 'submit'`: 1, `select count(*) from startup_grant`: 1,
		`select count(*) from application_check where stage = 'submission'`: 1, `select count(*) from startup_use`: 2,
	} {
		if got := scan[int](t, s.portal, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	form.submit().is(200, at+"/receipt") // the back button, and once more
	g.head.open("/messages").says(no, "已提交")
}

// lockedOnceSubmitted keeps what was signed as it is.
func (s *story) lockedOnceSubmitted(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	g.head.open(at).is(200, at).says("征求意见", "折叠桌椅 10 套", "3,200.00").lacks("保存并继续")
	for _, path := range []string{at + "/sections/plan", at + "/papers", at + "/review"} {
		if p := g.head.open(path); p.status == 200 && p.Find(`main form button`).Length() > 0 {
			t.Errorf("%s can still be edited", path)
		}
	}
	if p := g.head.raw(http.MethodPost, at+"/sections/plan", query("version", "1", "amount", "6000")); p.status != http.StatusConflict {
		t.Errorf("a section of a submitted application: %d", p.status)
	}
}

// opinions: the community speaks, the subdistrict lets its time pass.
func (s *story) opinions(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	g.desk.open("/workspace").follow(g.name).is(200, at).says("您的意见", g.name)
	g.desk.open(at).form(at + "/opinion").submit().refused("stance")
	g.desk.open(at).form(at+"/opinion").set("stance", "oppose", "text", "不行").submit().refused("text")
	s.opine(g.desk, no, "oppose", "活动场地还没有落实，建议先落实再资助。").says("社区", "不同意")
	due := civil.Of(2018, 4, 16) // five working days after 9 April
	g.head.open(at).says("街道"+due.Chinese()+"前给出意见", "活动场地还没有落实")
	s.goTo(t, due)
	s.sweep(t)
	g.street.open(at).says("您的意见")
	s.goTo(t, due.AddDays(1))
	s.sweep(t)
	g.street.open(at).says("逾期未提出").lacks("您的意见")
	g.head.open(at).says("待受理", "街道办", "逾期未提出")
}

// returned sends it back for two things, named.
func (s *story) returned(t *testing.T, g *group, no string) {
	clerk, at := s.office(authz.BureauClerk), "/applications/"+no
	clerk.open("/workspace").follow(g.name).is(200, at)
	s.decision(clerk, no).submit().refused("choice")
	s.decision(clerk, no).set("choice", "return").submit().refused("flaws")
	s.decision(clerk, no).set("choice", "return", "flaw", "purpose", "reason-purpose", "短").submit().refused("reason-purpose")
	if p := s.decision(clerk, no).set("choice", "refuse").submit().refused("ground", "facts"); p.Find("details[open] #facts").Length() != 1 {
		t.Error("what a refusal lacks is folded away")
	}
	p := s.decision(clerk, no).set("choice", "return", "flaw", "purpose", "reason-purpose", "写清楚每月几次、服务多少人",
		"flaw", "file:budget", "reason-file:budget", "报价单没有盖章，请补一份盖章的").submit().is(200, at+"/decision")
	p.says("写清楚每月几次", "报价单没有盖章", "办理期限暂停").form(at+"/decision").submit().is(200, at).says("已退回补正", "待补正")
	letter := clerk.open(at).follow("补正通知书").says("坪民社补〔2018〕1号", "写清楚每月几次、服务多少人", "2018年5月2日前")
	if letter.Find("article.doc").Length() != 1 {
		t.Error("the letter is no letter")
	}
}

// corrected opens what was named and nothing else.
func (s *story) corrected(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	s.goTo(t, civil.Of(2018, 4, 20))
	g.head.open("/workspace").says("补正").follow(no).is(200, at).says("请在 2018年5月2日前补正", "写清楚每月几次")
	s.toldWhat(g, at)
	plan := g.head.open(at + "/sections/plan")
	for name, open := range map[string]bool{"amount": false, "line-1-item": false, "line-1-amount": false, "purpose": true} {
		if _, locked := plan.Find(`[name="` + name + `"]`).Attr("readonly"); locked == open {
			t.Errorf("%s: locked %v, named %v", name, locked, open)
		}
	}
	form := plan.form(at+"/sections/plan").set("purpose", "每月一次旧物交换日，每次服务 80 位居民，全年十二次。")
	form.named("amount").SetAttr("value", "6000") // by hand, in the tools of the browser
	form.named("line-1-amount").SetAttr("value", "4200")
	form.forge("contact_name", "别人").submit().is(200, at+"/papers") // the account between is locked
	p := g.head.open(at+"/review").says("申请金额5,000.00 元", "3,200.00", "陈小雨", "全年十二次")
	p.lacks("申请金额6,000.00 元", "4,200.00", "别人")
	if page := g.head.open(at + "/papers"); page.has(at+"/papers/charter") || !page.has(at+"/papers/budget") {
		t.Error("papers that were not named can be changed, or the one named cannot")
	}
	contentType, body := g.head.open(at+"/papers").form(at+"/papers/budget").attach("file", upload{"章程.pdf", pdfOf("new")}).page.form(at + "/papers/budget").multipart(nil)
	if a := g.head.show(g.head.request(http.MethodPost, at+"/papers/charter", contentType, body)); a.status != http.StatusConflict {
		t.Errorf("a paper that was not named: %d", a.status)
	}
	s.paper(g.head, no, "budget", upload{"报价单（盖章）.pdf", pdfOf("quotation with stamp")}).is(200, at+"/papers").says("报价单（盖章）.pdf")
	s.sign(g.head, no).submit().is(200, at+"/receipt")
	if n := scan[int](t, s.portal, `select count(*) from case_submission`); n != 2 {
		t.Errorf("%d signed versions are kept", n)
	}
}

// toldWhat: the letter can be read before it is answered, and every place that
// it names says what is asked there.
func (s *story) toldWhat(g *group, at string) {
	hub := g.head.open(at)
	hub.follow("看补正通知书").follow("补正通知书").says("写清楚每月几次", "报价单没有盖章")
	hub.follow("附件").says("补正 1 项", "补正：报价单没有盖章")
	if locked := hub.follow("收款账户").says("这次补正不涉及这一部分"); locked.Find("form.formstack button").Length() > 0 {
		g.head.t.Error("a locked part offers to save")
	}
}

// takenIn waits for the lists to be looked up, and is accepted.
func (s *story) takenIn(t *testing.T, g *group, no string) {
	clerk, at := s.office(authz.BureauClerk), "/applications/"+no
	clerk.open(at).says("全年十二次", "报价单（盖章）.pdf", "第 1 次补正")
	p := s.decision(clerk, no).set("choice", "accept").submit().form(at + "/decision").submit()
	p.refused("line-once", "line-abnormal", "line-serious", "line-defaulter").says("受理前由经办人查询登记")
	s.looks(g)
	s.decision(clerk, no).set("choice", "accept").submit().form(at+"/decision").submit().is(200, at).says("已受理", "待复核")
	s.office(authz.BureauReviewer).open(at).says("待复核").lacks("由同事办理") // who did nothing yet is not in the way
	g.head.open(at).follow("受理通知书").says("坪民社受〔2018〕1号", no, g.name, "现予受理")
	g.head.open(at).follow("提交回执").says("内容摘要")
	g.head.open("/messages").says("已受理，进入复核")
}

// strangers find nothing under the number, and nobody applies twice.
func (s *story) strangers(t *testing.T, g *group, no string) {
	at := "/applications/" + no
	other := s.found(t, s.home)
	page := g.head.open(at)
	letter, file := strings.TrimPrefix(page.link("受理通知书"), s.url), strings.TrimPrefix(page.link("章程"), s.url)
	for _, path := range []string{at, at + "/receipt", at + "/eligibility", at + "/papers", at + "/sections/plan", at + "/review", letter, file, "/applications/FH-2018-9999"} {
		if p := other.head.open(path); p.status != http.StatusNotFound {
			t.Errorf("somebody else at %s: %d", path, p.status)
		}
	}
	g.head.open("/my/eligibility/startup").says(no + " 正在办理")
	if g.head.open("/my/eligibility/startup").has("/applications") {
		t.Error("a second application is offered")
	}
}
