package app_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
)

// claimSeats is a claim in the hands of its people, each at a real browser.
type claimSeats struct {
	*story
	*claim
	head, desk, street, public *seat
	clerk, reviewer, leader    *seat
}

// TestTheWayOfAClaimInChromium is the way of an activity claim in real browsers:
// plan, claim with pictures chosen from the disk, opinions, one correction at a
// phone, acceptance, review, signature, and what the public reads in the end. Every
// page that is the claim's own is judged by axe and must fit both widths. Budget,
// notice and payment look as in TestTheWayToClosingInChromium and are done over
// plain HTTP; what is tried at every field is shown there too.
func TestTheWayOfAClaimInChromium(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.claimant(t)
	c := &claimSeats{story: s, claim: s.claimOf(g, "重阳敬老邻里茶话会"), head: seated(t, g.head), desk: seated(t, g.desk), street: seated(t, g.street),
		clerk: seated(t, s.office(authz.BureauClerk)), reviewer: seated(t, s.office(authz.BureauReviewer)), leader: seated(t, s.office(authz.BureauLeader))}
	c.public = seated(t, &someone{browser: s.browser(t)})
	second := s.budgetOf(t, "activity", "100,000", "壹拾万元整")
	c.tells(t)
	s.goTo(t, outingDay.AddDays(2))
	c.fillsIn(t)
	c.handsPicturesIn(t)
	c.signs(t)
	c.opinions(t)
	c.correctsByPhone(t)
	c.decides(t)
	s.publish(t, c.no)
	s.settle(t, c.claim)
	finance := s.office(authz.Finance)
	finance.open("/staff/organizations/" + g.id).form("/staff/organizations/" + g.id + "/payee/verification").submit()
	s.arrive(t, second, s.send(second, c.no, "贰仟肆佰元整"))
	c.over(t)
}

// tells is the plan, with the slip of an evening that ends before it begins.
func (c *claimSeats) tells(t *testing.T) {
	const mine, desk = "/my/activity-plans", "/staff/activity-plans"
	c.head.open(mine).says("还没有报备过活动")
	c.head.follow("报备一次活动")
	c.head.send(mine+"/new", append(on("held_on", c.held), "title", c.title, "theme", "neighbours", "starts", "14:00", "ends", "13:00", "community", liulian,
		"place", "六联社区党群服务中心一楼", "target", "六十岁以上的居民", "expected", "50", "budget", "4000", "intro", "请老人喝茶聊天，义工上门接送。", "open", "yes")...).refused("ends")
	if kept := c.head.Value("title"); kept != c.title {
		t.Errorf("kept %q", kept)
	}
	told := c.head.send(mine+"/new", "ends", "16:30").says("已报备", c.title)
	c.plan = strings.TrimPrefix(told.path, mine+"/")
	for _, office := range []struct {
		*seat
		note string
	}{{c.desk, "当天上午活动室还有一场，请两点再进场。"}, {c.street, ""}} {
		office.open(desk).says(c.title)
		at := office.follow(c.title).path
		office.follow("知悉")
		office.send(at+"/note", "note", office.note).is(200, at).says("知悉")
	}
	c.head.open(mine).says("社区、街道已知悉")
	c.head.open(mine + "/" + c.plan + "/withdrawal").says("取消")
	c.public.open("/activities").says(c.title)
}

// fillsIn goes from part to part, with a slip in most of them.
func (c *claimSeats) fillsIn(t *testing.T) {
	c.head.open("/my/activity-plans/" + c.plan)
	c.head.follow("申请补贴").is(200, "/my/eligibility/activity")
	c.no = numberOf(c.head.send("/applications"))
	c.at = "/applications/" + c.no
	c.head.open(c.at).is(200, c.at).says("未开始")
	section := func(key string) string { return c.at + "/sections/" + key }
	c.head.open(section("organization"))
	c.head.send(section("organization"), c.part("organization")...).is(200, section("event"))
	c.head.send(section("event"), append(c.part("event"), append(on("held_on", c.held.AddDays(3)), "community", "outside")...)...).refused("held_on", "community")
	c.head.send(section("event"), append(on("held_on", c.held), "community", liulian)...).is(200, section("people"))
	c.head.send(section("people"), append(c.part("people"), "participants", "81", "minors", "unmasked")...).refused("participants", "minors")
	c.head.send(section("people"), "participants", "45", "minors", "none").is(200, section("costs"))
	c.head.fill(section("costs"), c.cost(1, "total", "3000", "category", "material", "item", "茶点和活动物料", "amount", "2800")...)
	c.head.press(section("costs"), "more").is(200, section("costs")).says("现在合计 2,800.00 元")
	c.head.send(section("costs"), append(c.cost(2, "total", "1200", "category", "gift", "item", "场地和音响", "amount", "1200"), "amount", "4001")...).
		refused("cost-2-category", "amount").says("不补贴")
	c.head.send(section("costs"), "cost-2-category", "venue", "amount", "2600").is(200, section("payee"))
	c.head.send(section("payee"), "payee", c.head.page.Find("input[name=payee]").AttrOr("value", "")).is(200, c.at+"/papers")
}

// handsPicturesIn chooses files: documents, a text that is no picture, then three
// of a phone and none among them at once; they come back without their place.
func (c *claimSeats) handsPicturesIn(t *testing.T) {
	for _, f := range []struct{ slot, name string }{
		{"plan", "活动方案.pdf"}, {"summary_report", "活动总结.pdf"}, {"sign_in", "签到表.pdf"}, {"receipts", "票据.pdf"}, {"authorization", "代收授权书.pdf"},
	} {
		c.head.hand(c.no, f.slot, upload{f.name, pdfOf(f.slot)})
	}
	c.head.chosen(c.no, "photos", "没有收下", upload{"照片.jpg", []byte("not a picture at all")})
	c.head.look(c.at + "/papers with a file refused")
	album := []upload{{"IMG_0000.jpg", []byte("nor is this")}}
	for n := range 3 {
		album = append(album, upload{fmt.Sprintf("IMG_%04d.jpg", n+1), sceneOf(t, uint64(n))})
	}
	c.head.chosen(c.no, "photos", "IMG_0000.jpg：", album...)
	c.head.look(c.at + "/papers with pictures")
	kept := c.group.head.open(c.at + "/papers").follow("IMG_0001")
	if kept.status != 200 || strings.Contains(string(kept.body), phoneMark) {
		t.Errorf("the picture comes back with %d, with the phone's place: %v", kept.status, strings.Contains(string(kept.body), phoneMark))
	}
}

// chosen chooses files for a slot that holds several, and waits until the list
// says what became of them.
func (b *seat) chosen(no, slot, says string, files ...upload) {
	b.t.Helper()
	dir := b.t.TempDir()
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = filepath.Join(dir, f.name)
		if err := os.WriteFile(paths[i], f.data, 0o600); err != nil {
			b.t.Fatal(err)
		}
	}
	b.Attach(fmt.Sprintf(`form[action="/applications/%s/papers/%s"] input[type=file]`, no, slot), paths...)
	b.until(fmt.Sprintf(`!document.querySelector("form[data-upload] progress") && document.querySelector("ul.uploads").innerText.includes(%q)`, says))
}

func (c *claimSeats) signs(t *testing.T) {
	c.head.open(c.at+"/review").is(200, c.at+"/review").says("按比例计算", "2,400.00 元", "IMG_0003.jpg")
	c.signed(t)
}

func (c *claimSeats) signed(t *testing.T) {
	t.Helper()
	c.head.open(c.at + "/review")
	c.head.send(c.at+"/submission", "agreed", "yes", "method", "reauthenticated", "typed_name", c.group.head.name, "password", c.group.head.password).
		is(200, c.at+"/receipt").says(c.no, "内容摘要", "2,600.00 元")
}

func (c *claimSeats) opinions(t *testing.T) {
	for _, office := range []*seat{c.desk, c.street} {
		office.open("/workspace")
		office.follow(c.name).is(200, c.at).says("您的意见", c.title)
		office.send(c.at+"/opinion", "stance", "support", "text", "情况属实，同意申请。").is(200, c.at+"/opinion")
		office.send(c.at+"/opinion").is(200, c.at)
	}
}

// correctsByPhone is what the clerk asks for, and the head who does it at a phone.
func (c *claimSeats) correctsByPhone(t *testing.T) {
	c.clerk.open(c.at).says("深圳市示例商贸有限公司", "IMG_0003.jpg")
	c.clerk.Click("details:has(#flaws) > summary")
	c.clerk.send(c.at+"/decision", "choice", "return", "flaw", "cost", "reason-cost", "第 1 行写明买了哪些物料", "flaw", "file:photos", "reason-file:photos", "补一张看得见横幅的").
		is(200, c.at+"/decision")
	c.clerk.send(c.at+"/decision").is(200, c.at).says("待补正")
	c.head.Phone()
	c.head.open(c.at).says("第 1 行写明买了哪些物料")
	costs := c.at + "/sections/costs"
	c.head.open(costs)
	c.head.look(costs + " with what was named open")
	c.head.send(costs, "cost-1-item", "茶叶、点心、纸杯和横幅").is(200, c.at+"/papers")
	c.head.chosen(c.no, "photos", "横幅.jpg", upload{"横幅.jpg", sceneOf(t, 77)})
	c.signed(t)
}

// decides is acceptance, review and signature, each by another person.
func (c *claimSeats) decides(t *testing.T) {
	step := func(who *seat, noun string, says string, pairs ...string) {
		t.Helper()
		who.open(c.at).is(200, c.at)
		who.send(c.at+"/"+noun, pairs...).is(200, c.at+"/"+noun)
		who.send(c.at+"/"+noun).is(200, c.at).says(says)
	}
	step(c.clerk, "decision", "待复核", "choice", "accept")
	c.reviewer.open(c.at).says("金额怎么算", "取最小的：按比例计算的")
	step(c.reviewer, "proposal", "待签批", "choice", "support")
	step(c.leader, "signature", "待公示", "choice", "sign")
}

// over is what head and public read when the money has arrived.
func (c *claimSeats) over(t *testing.T) {
	c.head.open(c.at).says("已办结")
	c.head.follow("拨款通知书").says("贰仟肆佰元整")
	c.head.open("/workspace").is(200, "/workspace")
	c.public.open("/projects/"+c.no).is(200, "/projects/"+c.no).says(c.title, "2,400.00", "已办结")
	c.public.open("/organizations/" + c.id).says("2,400.00")
}
