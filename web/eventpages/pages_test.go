package eventpages_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/event"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"
	"civilaffairs/web/eventpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

const liulian = "440310001001"

var today = civil.Of(2026, 11, 23)

// site is the pages behind a real router and database; who is signed in stands in
// the cookie “as”, nobody on the public pages.
type site struct {
	url    string
	db     *dbtest.DB
	events *event.Service
	org    uuid.UUID
	actors map[string]authz.Actor
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	dir := t.TempDir()
	must(t, secret.Generate(filepath.Join(dir, "secret")))
	keys, err := secret.Load(filepath.Join(dir, "secret"))
	must(t, err)
	store, err := filestore.OpenDirectory(filepath.Join(dir, "files"))
	must(t, err)
	orgs := organization.New(db.App, keys)
	s := &site{db: db, actors: map[string]authz.Actor{"clerk": {Role: authz.BureauClerk}, "reviewer": {Role: authz.BureauReviewer}, "street": {Role: authz.Subdistrict, Subdistrict: "440310001"}, "head": {Role: authz.OrgHead}},
		events: event.New(event.Deps{DB: db.App, Keys: keys, Organizations: orgs, Attachments: attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))})}
	for name, a := range s.actors {
		a.AccountID, a.PersonID, a.Name, a.IP = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), "某"+name, "192.0.2.1"
		s.actors[name] = a
	}
	s.org, err = orgs.Register(t.Context(), s.actors["clerk"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区长者互助会", Type: organization.Association, Basis: organization.Filed, Category: organization.Welfare, FilingNo: "坪社备〔2026〕第0001号",
		EstablishedOn: civil.Of(2026, 5, 23), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010",
		HeadMobile: "13800138000", SubdistrictCode: "440310001", CommunityCode: liulian})
	must(t, err)
	head := s.actors["head"]
	head.OrgID = s.org
	s.actors["head"] = head
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := func(signed bool) *httpserver.Router {
		return router.With(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx := layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today})
				if c, err := r.Cookie("as"); err == nil && signed {
					ctx = httpserver.WithActor(ctx, s.actors[c.Value])
				}
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		})
	}
	static.Register(router)
	eventpages.New(eventpages.Deps{Events: s.events, BaseURL: "https://example.org/", ClientIP: func(r *http.Request) string { return r.Header.Get("X-Test-IP") },
		Flash: func(context.Context, string) {}}).Register(framed(false), framed(true))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type answer struct {
	status int
	to     string
	*goquery.Document
}

func (s *site) send(t *testing.T, as string, r *http.Request) answer {
	t.Helper()
	r.AddCookie(&http.Cookie{Name: "as", Value: as})
	res, err := http.DefaultTransport.RoundTrip(r)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(res.Body)
	must(t, err)
	return answer{res.StatusCode, res.Header.Get("Location"), page}
}

// do gets a page, or sends a form.
func (s *site) do(t *testing.T, as, path string, form url.Values) answer {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	must(t, err)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.send(t, as, r)
}

// fill opens a form and sends it with answers; what stood in it stays.
func (s *site) fill(t *testing.T, as, path string, pairs ...string) answer {
	t.Helper()
	page := s.do(t, as, path, nil)
	if page.status != http.StatusOK {
		t.Fatalf("%s as %s: %d %s", path, as, page.status, page.Find("main").Text())
	}
	v := values(page)
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return s.do(t, as, path, v)
}

// values are what stands in the form of a page.
func values(page answer) url.Values {
	v := url.Values{}
	page.Find("main form[method=post] input[type=hidden], main form[method=post] input[type=text], main form[method=post] textarea").Each(func(_ int, x *goquery.Selection) {
		v.Set(x.AttrOr("name", ""), x.AttrOr("value", x.Text()))
	})
	return v
}

// confirm sends the page of review on.
func (s *site) confirm(t *testing.T, as, path string, page answer) answer {
	t.Helper()
	if page.status != http.StatusOK || page.Find("input[name=confirm]").Length() != 1 {
		t.Fatalf("no page of review: %d %s", page.status, page.Find("main").Text())
	}
	return s.do(t, as, path, values(page))
}

// led wants a form to have led on.
func led(t *testing.T, a answer) string {
	t.Helper()
	if a.status != http.StatusSeeOther {
		t.Fatalf("%d: %s", a.status, a.Find("main").Text())
	}
	return a.to
}

// faulty wants 422 with exactly these fields at fault.
func faulty(t *testing.T, a answer, fields ...string) {
	t.Helper()
	if a.status != http.StatusUnprocessableEntity {
		t.Errorf("%v: status %d", fields, a.status)
	}
	for _, f := range fields {
		if a.Find("#"+f+"-error").Length() != 1 {
			t.Errorf("no message at %s: %s", f, a.Find(".error-summary").Text())
		}
	}
	if n := a.Find("[id$=-error]").Length(); n != len(fields) {
		t.Errorf("%d messages, want %v", n, fields)
	}
}

func on(d civil.Date) []string {
	return []string{"day-year", fmt.Sprint(d.Year), "day-month", fmt.Sprint(int(d.Month)), "day-day", fmt.Sprint(d.Day)}
}

// announce takes an activity from the empty form to the calendar.
func (s *site) announce(t *testing.T, day civil.Date) (no string) {
	t.Helper()
	at := led(t, s.fill(t, "head", paths.MyActivityNew, "title", "长者共餐日"))
	no = strings.TrimPrefix(at, paths.MyActivities+"/")
	if why := s.do(t, "head", paths.MyActivityAct(no, "publication"), nil).Find("main").Text(); !strings.Contains(why, "活动日期：填活动的日期") {
		t.Errorf("what is missing: %s", why)
	}
	plan := paths.MyActivityAct(no, "plan")
	bad := s.fill(t, "head", plan, append(on(day), "from", "早上九点", "until", "12:00", "expected", "很多", "intro", "请独居老人一起吃午饭。")...)
	faulty(t, bad, "from", "expected")
	if got := bad.Find("textarea[name=intro]").Text(); got != "请独居老人一起吃午饭。" || bad.Find("input[name=from]").AttrOr("value", "") != "早上九点" {
		t.Errorf("what was typed is lost: %q", got)
	}
	led(t, s.fill(t, "head", plan, append(on(day), "theme", "hardship", "from", "9点", "until", "12：00", "community", liulian, "place", "党群服务中心二楼", "expected", "30", "wanted", "4",
		"intro", "请独居老人一起吃午饭，饭后量血压。<script>alert(1)</script>")...))
	stale := values(s.do(t, "head", plan, nil))
	led(t, s.fill(t, "head", plan, append(on(day), "theme", "hardship", "community", liulian, "place", "党群服务中心三楼")...))
	stale.Set("place", "别处")
	for i := 0; i < 6; i += 2 {
		stale.Set(on(day)[i], on(day)[i+1])
	}
	stale.Set("theme", "hardship")
	stale.Set("community", liulian)
	if a := s.do(t, "head", plan, stale); a.status != http.StatusConflict || !strings.Contains(a.Find(".note").Text(), "党群服务中心三楼") || a.Find("input[name=place]").AttrOr("value", "") != "别处" {
		t.Errorf("stale: %d %s", a.status, a.Find(".note").Text())
	}
	led(t, s.fill(t, "head", paths.MyActivityAct(no, "publication")))
	return no
}

// From the plan to the hours of a volunteer who has everything deleted, good and
// bad input.
func TestFromPlanToHours(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	day := today.AddDays(2)
	no := s.announce(t, day)
	list := s.do(t, "", paths.Activities+"?place="+liulian+"&theme=hardship", nil)
	if list.Find("tbody tr").Length() != 1 || list.Find(".chips a").Length() != 3 {
		t.Errorf("the calendar: %s", list.Find("main").Text())
	}
	for query, rows := range map[string]int{"?place=440310002": 0, "?theme=waste": 0, "?place=x&theme=%27&after=zzz&when=1&organization=7": 1, "?when=past": 0} {
		if n := s.do(t, "", paths.Activities+query, nil).Find("tbody tr").Length(); n != rows {
			t.Errorf("%s: %d rows", query, n)
		}
	}
	if cell := s.do(t, "", paths.ActivitiesMonth+"?month=2026-11", nil).Find(".month > li:has(ul) h2 .full").Text(); cell != "11月25日 星期三" {
		t.Errorf("in the month it is on %q", cell)
	}
	if page := s.do(t, "", paths.Activity(no), nil); page.Find("main script").Length() != 0 || !strings.Contains(page.Find("main").Text(), "<script>alert(1)") {
		t.Error("markup gets through")
	}
	join := paths.OrganizationVolunteering(s.org.String(), no)
	if s.do(t, "", join, nil).Find("main form").Length() != 0 {
		t.Error("a form although nobody is taken")
	}
	faulty(t, s.fill(t, "head", paths.MyCall, "open", "yes", "text", "招人"), "text")
	led(t, s.fill(t, "head", paths.MyCall, "open", "yes", "text", "周末来帮忙的，会理发的最好。"))
	bad := s.fill(t, "", join, "name", "<b>", "mobile", "123", "note", "会剪头发")
	faulty(t, bad, "name", "mobile", "age", "consent")
	if bad.Find("textarea[name=note]").Text() != "会剪头发" {
		t.Error("what was typed is lost")
	}
	receipt := s.confirm(t, "", join, s.fill(t, "", join, "name", "钱一真", "mobile", "139 1000 0001", "note", "会剪头发", "age", "adult", "consent", "yes"))
	code := receipt.Find("main code").Text()
	if receipt.status != http.StatusOK || len(code) != 29 {
		t.Fatalf("%d %q", receipt.status, code)
	}
	confirm := s.do(t, "head", paths.MyVolunteers, nil).Find(`a[href$="/confirmation"]`).AttrOr("href", "")
	led(t, s.fill(t, "head", confirm))
	faulty(t, s.fill(t, "head", strings.Replace(confirm, "confirmation", "unmasking", 1), "reason", "看"), "reason")
	if shown := s.fill(t, "head", strings.Replace(confirm, "confirmation", "unmasking", 1), "reason", "打电话约时间"); !strings.Contains(shown.Find("main").Text(), "13910000001") {
		t.Errorf("%d: %s", shown.status, shown.Find("main").Text())
	}
	if listed := s.do(t, "head", paths.MyVolunteerTab("confirmed"), nil).Find("main").Text(); strings.Contains(listed, "13910000001") || !strings.Contains(listed, "139****0001") {
		t.Errorf("the list: %s", listed)
	}
	s.hours(t, no, day)
	s.goodbye(t, code)
}

// hours records what the volunteer gave, and what it came to.
func (s *site) hours(t *testing.T, no string, day civil.Date) {
	t.Helper()
	s.db.SetNow(t, day.Start().Add(14*time.Hour))
	hours := paths.MyActivityAct(no, "hours")
	who := s.do(t, "head", hours, nil).Find("input[name=who]").AttrOr("value", "")
	faulty(t, s.fill(t, "head", hours), "who")
	faulty(t, s.fill(t, "head", hours, "who", who, "until", "8:00"), "until")
	led(t, s.fill(t, "head", hours, "who", who))
	faulty(t, s.fill(t, "head", hours, "who", who, "from", "10:00", "until", "11:00"), "who")
	faulty(t, s.fill(t, "head", paths.MyActivityAct(no, "result"), "participants", "0", "summary", "好"), "participants", "summary")
	led(t, s.fill(t, "head", paths.MyActivityAct(no, "result"), "participants", "28", "summary", "二十八位老人来吃饭，量了血压。"))
	if text := s.do(t, "", paths.Activity(no), nil).Find("main").Text(); !strings.Contains(text, "3 小时") || !strings.Contains(text, "28 人") || strings.Contains(text, "钱一真") {
		t.Errorf("the page: %s", text)
	}
	if text := s.do(t, "", paths.ActivitiesHours, nil).Find("main").Text(); !strings.Contains(text, "志愿者服务 1 人次、3 小时") {
		t.Errorf("the figures: %s", text)
	}
}

// goodbye looks the registration up and has it erased.
func (s *site) goodbye(t *testing.T, code string) {
	t.Helper()
	faulty(t, s.fill(t, "", paths.Volunteering, "receipt", "ABCD", "act", "look"), "receipt")
	if text := s.fill(t, "", paths.Volunteering, "receipt", code, "act", "look").Find("#found").Parent().Text(); !strings.Contains(text, "3 小时") {
		t.Errorf("found: %s", text)
	}
	gone := s.confirm(t, "", paths.Volunteering, s.fill(t, "", paths.Volunteering, "receipt", code, "act", "erase"))
	if gone.status != http.StatusOK || !strings.Contains(gone.Find("main").Text(), "已经删除") {
		t.Errorf("%d %s", gone.status, gone.Find("main").Text())
	}
	if n := s.do(t, "head", paths.MyVolunteerTab("confirmed"), nil).Find("tbody tr").Length(); n != 0 {
		t.Error("still on the list")
	}
}

// picture is a JPEG of one colour.
func picture(t *testing.T, shade uint8) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 320, 200))
	for y := range 200 {
		for x := range 320 {
			img.SetRGBA(x, y, color.RGBA{shade, uint8(x / 2), uint8(y), 255})
		}
	}
	var b bytes.Buffer
	must(t, jpeg.Encode(&b, img, nil))
	return b.Bytes()
}

func (s *site) upload(t *testing.T, no, caption, name string, content []byte) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	must(t, w.WriteField("caption", caption))
	f, err := w.CreateFormFile("file", name)
	must(t, err)
	_, err = f.Write(content)
	must(t, err)
	must(t, w.Close())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+paths.MyActivityAct(no, "pictures"), &body)
	must(t, err)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return s.send(t, "head", r)
}

// A picture from the phone to the public page, and off it again.
func TestAPictureIsReleasedAndTakenDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := s.announce(t, today.AddDays(2))
	faulty(t, s.upload(t, no, "图", "a.jpg", picture(t, 1)), "caption")
	kept := s.upload(t, no, "二十多位居民在分拣垃圾", "a.jpg", []byte("<html>"))
	faulty(t, kept, "file")
	if kept.Find("input[name=caption]").AttrOr("value", "") != "二十多位居民在分拣垃圾" {
		t.Error("the line that was typed is lost")
	}
	faulty(t, s.upload(t, no, "二十多位居民在分拣垃圾", "", nil), "file")
	led(t, s.upload(t, no, "二十多位居民在分拣垃圾", "a.jpg", picture(t, 1)))
	faulty(t, s.upload(t, no, "同一张照片再放一次", "b.jpg", picture(t, 1)), "file")
	release := s.do(t, "head", paths.MyActivityAct(no, "pictures"), nil).Find(`a[href$="/release"]`).AttrOr("href", "")
	faulty(t, s.fill(t, "head", release), "minors", "agreed")
	faulty(t, s.fill(t, "head", release, "minors", "consented"), "agreed")
	led(t, s.fill(t, "head", release, "minors", "none", "agreed", "yes"))
	page := s.do(t, "", paths.Activity(no), nil)
	src, ask := page.Find(".pictures img").AttrOr("src", ""), page.Find(".pictures a").AttrOr("href", "")
	if got := s.do(t, "", src, nil); got.status != http.StatusOK {
		t.Fatalf("%s: %d", src, got.status)
	}
	faulty(t, s.fill(t, "", ask, "phone", "12"), "relation", "reason", "phone")
	receipt := s.confirm(t, "", ask, s.fill(t, "", ask, "relation", "guardian", "reason", "照片里是我的孩子，没有同意公开"))
	code := receipt.Find("main code").Text()
	if got := s.do(t, "", src, nil); got.status != http.StatusNotFound || len(code) != 29 {
		t.Errorf("while it is decided: %d, %q", got.status, code)
	}
	decide := s.do(t, "reviewer", paths.StaffPictures, nil).Find(`main a[href^="`+paths.StaffPictureRequests+`"]`).AttrOr("href", "")
	faulty(t, s.fill(t, "reviewer", decide, "outcome", "好"), "verdict", "outcome")
	led(t, s.fill(t, "reviewer", decide, "verdict", "remove", "outcome", "已经和家长核实，照片撤下"))
	if text := s.fill(t, "", paths.PictureRequests, "receipt", code).Find("#found").Parent().Text(); !strings.Contains(text, "照片已撤下") {
		t.Errorf("found: %s", text)
	}
	for as, path := range map[string]string{"": src, "head": paths.MyPicture(no, src[strings.LastIndex(src, "/")+1:]), "reviewer": paths.StaffPicture(src[strings.LastIndex(src, "/")+1:])} {
		if got := s.do(t, as, path, nil); got.status != http.StatusNotFound {
			t.Errorf("%s still opens %s: %d", as, path, got.status)
		}
	}
}

// A robot behind one address is stopped; what it sent before stays an error page
// in Chinese, and others go on.
func TestAnAddressSendsSoMuch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	from := func(ip string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+paths.OrganizationVolunteering(s.org.String(), ""), strings.NewReader(""))
		must(t, err)
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Test-IP", ip)
		return s.send(t, "", r).status
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
	no, err := s.events.Create(t.Context(), s.actors["head"], once.NewToken(), in)
	must(t, err)
	must(t, s.events.Publish(t.Context(), s.actors["head"], no, 1))
	for _, path := range []string{paths.ActivitiesFeed, paths.ActivityCalendar(no)} {
		res, err := http.Get(s.url + path)
		must(t, err)
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		must(t, err)
		text := string(body)
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
		if ct := res.Header.Get("Content-Type"); !strings.HasPrefix(ct, "text/calendar") {
			t.Errorf("%s: %s", path, ct)
		}
	}
}

// stocked is a site with something on every page.
func (s *site) stocked(t *testing.T) (no, planned string) {
	t.Helper()
	ctx, head := t.Context(), s.actors["head"]
	must(t, s.events.SaveCall(ctx, head, 0, true, "周末来帮忙的，会理发的最好。"))
	n := 30
	in := event.Input{Title: "长者共餐日", Theme: "hardship", Day: today, From: 540, Until: 700, Place: "党群服务中心二楼", CommunityCode: liulian, Intro: "请独居老人一起吃午饭，饭后量血压。", Expected: &n, Wanted: 4}
	make := func(in event.Input) string {
		no, err := s.events.Create(ctx, head, once.NewToken(), in)
		must(t, err)
		return no
	}
	s.db.SetNow(t, today.Start().Add(8*time.Hour))
	no = make(in)
	must(t, s.events.Publish(ctx, head, no, 1))
	in.Title, in.Day = "垃圾分类进楼道", today.AddDays(4)
	planned = make(in)
	must(t, s.events.Publish(ctx, head, planned, 1))
	s.db.SetNow(t, today.Start().Add(20*time.Hour))
	in.Title = "还没公开的活动"
	make(in)
	for i := range 3 {
		a := event.Application{Token: once.NewToken(), OrgID: s.org, EventNo: planned, Name: "钱" + string(rune('一'+i)) + "真", Mobile: fmt.Sprintf("1391000000%d", i), Note: "会剪头发", Age: "adult", Consent: true}
		_, err := s.events.Apply(ctx, a)
		must(t, err)
	}
	page, err := s.events.Volunteers(ctx, head, event.Waiting, "", 9)
	must(t, err)
	must(t, s.events.Confirm(ctx, head, page.List[0].ID, 1))
	must(t, s.events.RecordHours(ctx, head, once.NewToken(), no, []string{"v/" + page.List[0].ID.String()}, event.Span{From: 540, Until: 700}))
	for i, m := range []event.Minors{"", event.NoMinors, event.Unsure, event.NoMinors} {
		led(t, s.upload(t, no, "二十多位居民在分拣垃圾"+fmt.Sprint(i), "a.jpg", picture(t, uint8(40*i))))
		d, err := s.events.MineOne(ctx, head, no)
		must(t, err)
		if p := d.Pictures[len(d.Pictures)-1]; m != "" {
			must(t, s.events.Release(ctx, head, no, p.ID, 1, m, true))
		}
	}
	d, err := s.events.Read(ctx, no)
	must(t, err)
	_, err = s.events.AskRemoval(ctx, event.Asking{Token: once.NewToken(), EventNo: no, Picture: d.Pictures[1].ID, Relation: "guardian", Reason: "照片里是我的孩子，没有同意公开", Phone: "13900000007"})
	must(t, err)
	must(t, s.events.Hold(ctx, head, no, 2, event.Result{Participants: 28, Volunteers: 4, Summary: "二十八位老人来吃饭，量了血压。"}))
	return no, planned
}

// Every page of a shape of its own stands axe and fits desktop and phone; of the
// forms, which one machine makes, those with something of their own.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no, planned := s.stocked(t)
	link := func(as, path, css string) string { return s.do(t, as, path, nil).Find(css).AttrOr("href", "") }
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, as, path string }{
		{"list", "", paths.Activities}, {"month", "", paths.ActivitiesMonth + "?month=2026-11"}, {"held", "", paths.Activity(no)}, {"planned", "", paths.Activity(planned)},
		{"statistics", "", paths.ActivitiesHours}, {"join", "", paths.OrganizationVolunteering(s.org.String(), planned)}, {"mine", "head", paths.MyActivities}, {"own", "head", paths.MyActivity(no)},
		{"hours", "head", paths.MyActivityAct(no, "hours")}, {"pictures", "head", paths.MyActivityAct(no, "pictures")}, {"volunteers", "head", paths.MyVolunteers}, {"desk", "reviewer", paths.StaffPictures},
		{"decision", "reviewer", link("reviewer", paths.StaffPictures, `main a[href^="`+paths.StaffPictureRequests+`"]`)}, {"overseen", "street", paths.StaffActivities},
	} {
		tab.Cookie(s.url, "as", p.as)
		if status := tab.Go(s.url + p.path); status != http.StatusOK {
			t.Errorf("%s: %d", p.path, status)
		}
		tab.Judge()
	}
}
