package eventpages_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/web/eventpages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

const liulian = "440310001001"

var today = civil.Of(2026, 11, 23)

// site is the pages with one organization.
type site struct {
	*pagetest.Site
	events *event.Service
	org    uuid.UUID
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, today.Start().Add(10*time.Hour))}
	db, keys := s.DB.App, s.Keys()
	store, err := filestore.OpenDirectory(t.TempDir())
	s.Must(err)
	orgs := organization.New(db, keys)
	s.events = event.New(event.Deps{DB: db, Keys: keys, Organizations: orgs, Attachments: attachment.New(db, store, nil, nil, slog.New(slog.DiscardHandler))})
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk}, "reviewer": {Role: authz.BureauReviewer}, "street": {Role: authz.Subdistrict, Subdistrict: "440310001"}})
	s.org, err = orgs.Register(t.Context(), s.Actors["clerk"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区长者互助会", Type: organization.Association, Basis: organization.Filed, Category: organization.Welfare, FilingNo: "坪社备〔2026〕第0001号",
		EstablishedOn: civil.Of(2026, 5, 23), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010",
		HeadMobile: "13800138000", SubdistrictCode: "440310001", CommunityCode: liulian})
	s.Must(err)
	s.Cast(map[string]authz.Actor{"head": {Role: authz.OrgHead, OrgID: s.org}})
	from := func(r *http.Request) string { return r.Header.Get("X-Test-IP") }
	s.Serve(eventpages.New(eventpages.Deps{Events: s.events, BaseURL: "https://example.org/", ClientIP: from, Flash: s.Flash}).Register)
	return s
}

// fill opens a form and sends it with answers.
func (s *site) fill(as, path string, pairs ...string) pagetest.Page {
	s.Helper()
	return s.Get(as, path).Is(http.StatusOK).Press(pairs...)
}

// confirm sends the page of review on.
func confirm(t *testing.T, p pagetest.Page) pagetest.Page {
	t.Helper()
	if p.Is(http.StatusOK).Find("input[name=confirm]").Length() != 1 {
		t.Fatalf("no page of review: %s", p.Text("main"))
	}
	return p.Press()
}

// faulty wants exactly these fields at fault.
func faulty(t *testing.T, p pagetest.Page, fields ...string) {
	t.Helper()
	for _, f := range fields {
		p.Faulty(f, "")
	}
	if got := p.Faults(); len(got) != len(fields) {
		t.Errorf("faults at %v, want %v", got, fields)
	}
}

// announce takes an activity from the empty form to the calendar.
func (s *site) announce(t *testing.T, day civil.Date) (no string) {
	t.Helper()
	at := s.fill("head", paths.MyActivityNew, "title", "长者共餐日").Led("").To
	no = strings.TrimPrefix(at, paths.MyActivities+"/")
	if why := s.Get("head", paths.MyActivityAct(no, "publication")).Text("main"); !strings.Contains(why, "活动日期：填活动的日期") {
		t.Errorf("what is missing: %s", why)
	}
	plan := paths.MyActivityAct(no, "plan")
	bad := s.fill("head", plan, append(pagetest.Day("day", day), "from", "早上九点", "until", "12:00", "expected", "很多", "intro", "请独居老人一起吃午饭。")...)
	faulty(t, bad, "from", "expected")
	s.fill("head", plan, append(pagetest.Day("day", day), "theme", "hardship", "from", "9点", "until", "12：00", "community", liulian, "place", "党群服务中心二楼", "expected", "30", "wanted", "4",
		"intro", "请独居老人一起吃午饭，饭后量血压。<script>alert(1)</script>")...).Led("")
	stale := s.Get("head", plan)
	s.fill("head", plan, "place", "党群服务中心三楼").Led("")
	stale.Press("place", "别处").Is(http.StatusConflict).Kept().Says(".note", "党群服务中心三楼")
	s.fill("head", paths.MyActivityAct(no, "publication")).Led("")
	return no
}

// From the plan to the hours of a volunteer who has everything deleted, good and
// bad input.
func TestFromPlanToHours(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	day := today.AddDays(2)
	no := s.announce(t, day)
	list := s.Get("", paths.Activities+"?place="+liulian+"&theme=hardship")
	if list.Find("tbody tr").Length() != 1 || list.Find(".chips a").Length() != 3 {
		t.Errorf("the calendar: %s", list.Text("main"))
	}
	for query, rows := range map[string]int{"?place=440310002": 0, "?theme=waste": 0, "?place=x&theme=%27&after=zzz&when=1&organization=7": 1, "?when=past": 0} {
		if n := s.Get("", paths.Activities+query).Find("tbody tr").Length(); n != rows {
			t.Errorf("%s: %d rows", query, n)
		}
	}
	if cell := s.Get("", paths.ActivitiesMonth+"?month=2026-11").Find(".month > li:has(ul) h2 .full").Text(); cell != "11月25日 星期三" {
		t.Errorf("in the month it is on %q", cell)
	}
	if page := s.Get("", paths.Activity(no)); page.Find("main script").Length() != 0 || !strings.Contains(page.Text("main"), "<script>alert(1)") {
		t.Error("markup gets through")
	}
	join := paths.OrganizationVolunteering(s.org.String(), no)
	if s.Get("", join).Find("main form").Length() != 0 {
		t.Error("a form although nobody is taken")
	}
	s.Post("", join, url.Values{"name": {"钱一真"}, "note": {"会剪头发"}}).Is(http.StatusConflict, "没有开放志愿者报名").Kept().Says("main textarea", "会剪头发")
	faulty(t, s.fill("head", paths.MyCall, "open", "yes", "text", "招人"), "text")
	s.fill("head", paths.MyCall, "open", "yes", "text", "周末来帮忙的，会理发的最好。").Led("")
	bad := s.fill("", join, "name", "<b>", "mobile", "123", "note", "会剪头发")
	faulty(t, bad, "name", "mobile", "age", "consent")
	receipt := confirm(t, s.fill("", join, "name", "钱一真", "mobile", "139 1000 0001", "note", "会剪头发", "age", "adult", "consent", "yes"))
	code := receipt.Find("main code").Text()
	if receipt.Status != http.StatusOK || len(code) != 29 {
		t.Fatalf("%d %q", receipt.Status, code)
	}
	confirm := s.Get("head", paths.MyVolunteers).Find(`a[href$="/confirmation"]`).AttrOr("href", "")
	s.fill("head", confirm).Led("")
	faulty(t, s.fill("head", strings.Replace(confirm, "confirmation", "unmasking", 1), "reason", "看"), "reason")
	if shown := s.fill("head", strings.Replace(confirm, "confirmation", "unmasking", 1), "reason", "打电话约时间"); !strings.Contains(shown.Text("main"), "13910000001") {
		t.Errorf("%d: %s", shown.Status, shown.Text("main"))
	}
	if listed := s.Get("head", paths.MyVolunteerTab("confirmed")).Text("main"); strings.Contains(listed, "13910000001") || !strings.Contains(listed, "139****0001") {
		t.Errorf("the list: %s", listed)
	}
	s.hours(t, no, day)
	s.goodbye(t, code)
}

// hours records what the volunteer gave, and what it came to.
func (s *site) hours(t *testing.T, no string, day civil.Date) {
	t.Helper()
	s.DB.SetNow(t, day.Start().Add(14*time.Hour))
	hours := paths.MyActivityAct(no, "hours")
	who := s.Get("head", hours).Find("input[name=who]").AttrOr("value", "")
	faulty(t, s.fill("head", hours), "who")
	faulty(t, s.fill("head", hours, "who", who, "until", "8:00"), "until")
	s.fill("head", hours, "who", who).Led("")
	faulty(t, s.fill("head", hours, "who", who, "from", "10:00", "until", "11:00"), "who")
	faulty(t, s.fill("head", paths.MyActivityAct(no, "result"), "participants", "0", "summary", "好"), "participants", "summary")
	s.fill("head", paths.MyActivityAct(no, "result"), "participants", "28", "summary", "二十八位老人来吃饭，量了血压。").Led("")
	if text := s.Get("", paths.Activity(no)).Text("main"); !strings.Contains(text, "3 小时") || !strings.Contains(text, "28 人") || strings.Contains(text, "钱一真") {
		t.Errorf("the page: %s", text)
	}
	if text := s.Get("", paths.ActivitiesHours).Text("main"); !strings.Contains(text, "志愿者服务 1 人次、3 小时") {
		t.Errorf("the figures: %s", text)
	}
}

// goodbye looks the registration up and has it erased.
func (s *site) goodbye(t *testing.T, code string) {
	t.Helper()
	faulty(t, s.fill("", paths.Volunteering, "receipt", "ABCD", "act", "look"), "receipt")
	if text := s.fill("", paths.Volunteering, "receipt", code, "act", "look").Find("#found").Parent().Text(); !strings.Contains(text, "3 小时") {
		t.Errorf("found: %s", text)
	}
	gone := confirm(t, s.fill("", paths.Volunteering, "receipt", code, "act", "erase"))
	if gone.Status != http.StatusOK || !strings.Contains(gone.Text("main"), "已经删除") {
		t.Errorf("%d %s", gone.Status, gone.Text("main"))
	}
	if n := s.Get("head", paths.MyVolunteerTab("confirmed")).Find("tbody tr").Length(); n != 0 {
		t.Error("still on the list")
	}
}

// picture is a JPEG of one colour.
func picture(t *testing.T, shade uint8) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.SetRGBA(x, y, color.RGBA{shade, uint8(x / 2), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func (s *site) upload(no, caption string, file ...string) pagetest.Page {
	s.Helper()
	return s.Get("head", paths.MyActivityAct(no, "pictures")).Attach("file", file, "caption", caption)
}

// A picture from the phone to the public page, and off it again.
func TestAPictureIsReleasedAndTakenDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := s.announce(t, today.AddDays(2))
	faulty(t, s.upload(no, "图", "a.jpg", picture(t, 1)), "caption")
	kept := s.upload(no, "二十多位居民在分拣垃圾", "a.jpg", "<html>")
	faulty(t, kept, "file")
	faulty(t, s.upload(no, "二十多位居民在分拣垃圾"), "file")
	s.upload(no, "二十多位居民在分拣垃圾", "a.jpg", picture(t, 1)).Led("")
	faulty(t, s.upload(no, "同一张照片再放一次", "b.jpg", picture(t, 1)), "file")
	release := s.Get("head", paths.MyActivityAct(no, "pictures")).Find(`a[href$="/release"]`).AttrOr("href", "")
	faulty(t, s.fill("head", release), "minors", "agreed")
	faulty(t, s.fill("head", release, "minors", "consented"), "agreed")
	s.fill("head", release, "minors", "none", "agreed", "yes").Led("")
	page := s.Get("", paths.Activity(no))
	src, ask := page.Find(".pictures img").AttrOr("src", ""), page.Find(".pictures a").AttrOr("href", "")
	if got := s.Get("", src); got.Status != http.StatusOK {
		t.Fatalf("%s: %d", src, got.Status)
	}
	faulty(t, s.fill("", ask, "phone", "12"), "relation", "reason", "phone")
	receipt := confirm(t, s.fill("", ask, "relation", "guardian", "reason", "照片里是我的孩子，没有同意公开"))
	code := receipt.Find("main code").Text()
	if got := s.Get("", src); got.Status != http.StatusNotFound || len(code) != 29 {
		t.Errorf("while it is decided: %d, %q", got.Status, code)
	}
	decide := s.Get("reviewer", paths.StaffPictures).Find(`main a[href^="`+paths.StaffPictureRequests+`"]`).AttrOr("href", "")
	faulty(t, s.fill("reviewer", decide, "outcome", "好"), "verdict", "outcome")
	s.fill("reviewer", decide, "verdict", "remove", "outcome", "已经和家长核实，照片撤下").Led("")
	if text := s.fill("", paths.PictureRequests, "receipt", code).Find("#found").Parent().Text(); !strings.Contains(text, "照片已撤下") {
		t.Errorf("found: %s", text)
	}
	for as, path := range map[string]string{"": src, "head": paths.MyPicture(no, src[strings.LastIndex(src, "/")+1:]), "reviewer": paths.StaffPicture(src[strings.LastIndex(src, "/")+1:])} {
		if got := s.Get(as, path); got.Status != http.StatusNotFound {
			t.Errorf("%s still opens %s: %d", as, path, got.Status)
		}
	}
}

// A robot behind one address is stopped; what it sent before stays an error page
// in Chinese, and others go on.
func TestAnAddressSendsSoMuch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from := func(ip string) int {
		return s.Post("", paths.OrganizationVolunteering(s.org.String(), ""), nil, "X-Test-IP", ip).Status
	}
	for i := range 31 {
		if got, limited := from("192.0.2.7"), i == 30; (got == http.StatusTooManyRequests) != limited {
			t.Fatalf("sending %d: %d", i+1, got)
		}
	}
	if got := from("192.0.2.8"); got == http.StatusTooManyRequests {
		t.Error("another address is stopped too")
	}
}

// The calendar file as RFC 5545 wants it, whatever stands in the texts.
func TestCalendarFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	n := 5
	in := event.Input{Title: "长者；共餐,日; " + strings.Repeat("很长的名称", 10), Theme: "hardship", Day: today.AddDays(2), From: 540, Until: 1440, Place: `二楼\东侧`, CommunityCode: liulian, Intro: "请独居老人一起吃午饭。", Expected: &n}
	no, err := s.events.Create(t.Context(), s.Actors["head"], once.NewToken(), in)
	s.Must(err)
	s.Must(s.events.Publish(t.Context(), s.Actors["head"], no, 1))
	for _, path := range []string{paths.ActivitiesFeed, paths.ActivityCalendar(no)} {
		file := s.Get("", path).Is(http.StatusOK)
		text := file.Body
		for _, line := range strings.Split(strings.TrimSuffix(text, "\r\n"), "\r\n") {
			if len(line) > 75 || strings.ContainsAny(line, "\r\n") {
				t.Errorf("%s: a line of %d octets", path, len(line))
			}
		}
		whole := strings.ReplaceAll(text, "\r\n ", "")
		for _, want := range []string{"BEGIN:VCALENDAR\r\n", "UID:" + no + "@example.org\r\n", "DTSTART:20261125T010000Z\r\n", "DTEND:20261125T160000Z\r\n", `SUMMARY:长者；共餐\,日\; `, `LOCATION:二楼\\东侧`,
			"URL:https://example.org/activities/" + no + "\r\n", "END:VCALENDAR\r\n"} {
			if !strings.Contains(whole, want) {
				t.Errorf("%s: %q is missing", path, want)
			}
		}
		if ct := file.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/calendar") {
			t.Errorf("%s: %s", path, ct)
		}
	}
}

// stocked is a site with something on every page.
func (s *site) stocked(t *testing.T) (no, planned string) {
	t.Helper()
	ctx, head := t.Context(), s.Actors["head"]
	s.Must(s.events.SaveCall(ctx, head, 0, true, "周末来帮忙的，会理发的最好。"))
	n := 30
	in := event.Input{Title: "长者共餐日", Theme: "hardship", Day: today, From: 540, Until: 700, Place: "党群服务中心二楼", CommunityCode: liulian, Intro: "请独居老人一起吃午饭，饭后量血压。", Expected: &n, Wanted: 4}
	make := func(in event.Input) string {
		no, err := s.events.Create(ctx, head, once.NewToken(), in)
		s.Must(err)
		return no
	}
	s.DB.SetNow(t, today.Start().Add(8*time.Hour))
	no = make(in)
	s.Must(s.events.Publish(ctx, head, no, 1))
	in.Title, in.Day = "垃圾分类进楼道", today.AddDays(4)
	planned = make(in)
	s.Must(s.events.Publish(ctx, head, planned, 1))
	s.DB.SetNow(t, today.Start().Add(20*time.Hour))
	in.Title = "还没公开的活动"
	make(in)
	for i := range 3 {
		a := event.Application{Token: once.NewToken(), OrgID: s.org, EventNo: planned, Name: "钱" + string(rune('一'+i)) + "真", Mobile: fmt.Sprintf("1391000000%d", i), Note: "会剪头发", Age: "adult", Consent: true}
		_, err := s.events.Apply(ctx, a)
		s.Must(err)
	}
	page, err := s.events.Volunteers(ctx, head, event.Waiting, "", 9)
	s.Must(err)
	s.Must(s.events.Confirm(ctx, head, page.List[0].ID, 1))
	s.Must(s.events.RecordHours(ctx, head, once.NewToken(), no, []string{"v/" + page.List[0].ID.String()}, event.Span{From: 540, Until: 700}))
	for i, m := range []event.Minors{"", event.NoMinors, event.Unsure, event.NoMinors} {
		s.upload(no, "二十多位居民在分拣垃圾"+fmt.Sprint(i), "a.jpg", picture(t, uint8(40*i))).Led("")
		d, err := s.events.MineOne(ctx, head, no)
		s.Must(err)
		if p := d.Pictures[len(d.Pictures)-1]; m != "" {
			s.Must(s.events.Release(ctx, head, no, p.ID, 1, m, true))
		}
	}
	d, err := s.events.Read(ctx, no)
	s.Must(err)
	_, err = s.events.AskRemoval(ctx, event.Asking{Token: once.NewToken(), EventNo: no, Picture: d.Pictures[1].ID, Relation: "guardian", Reason: "照片里是我的孩子，没有同意公开", Phone: "13900000007"})
	s.Must(err)
	s.Must(s.events.Hold(ctx, head, no, 2, event.Result{Participants: 28, Volunteers: 4, Summary: "二十八位老人来吃饭，量了血压。"}))
	return no, planned
}

// Every page of a shape of its own stands axe and fits desktop and phone; of the
// forms, which one machine makes, those with something of their own.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no, planned := s.stocked(t)
	s.Judge(map[string][]string{
		"": {paths.Activities, paths.ActivitiesMonth + "?month=2026-11", paths.Activity(no), paths.Activity(planned), paths.ActivitiesHours,
			paths.OrganizationVolunteering(s.org.String(), planned)},
		"head":     {paths.MyActivities, paths.MyActivity(no), paths.MyActivityAct(no, "hours"), paths.MyActivityAct(no, "pictures"), paths.MyVolunteers},
		"reviewer": {paths.StaffPictures, s.Get("reviewer", paths.StaffPictures).Link(`main a[href^="` + paths.StaffPictureRequests + `"]`)}, "street": {paths.StaffActivities},
	})
}
