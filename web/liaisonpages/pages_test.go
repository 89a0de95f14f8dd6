package liaisonpages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"
	"civilaffairs/web/layout"
	"civilaffairs/web/liaisonpages"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
)

var today = civil.Of(2026, 11, 23)

// site is the pages behind a real router and database; who is signed in stands in
// the cookie “as”.
type site struct {
	url     string
	org     uuid.UUID
	liaison *liaison.Service
	actors  map[string]authz.Actor
	flash   string
}

func newSite(t *testing.T) *site {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s := &site{liaison: liaison.New(db.App), actors: map[string]authz.Actor{
		"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan, Name: "吴街道"},
		"elsewhere": {Role: authz.Subdistrict, Subdistrict: "440310002", Name: "卫街道"}, "auditor": {Role: authz.Auditor, Name: "审计"}, "head": {Role: authz.OrgHead, Name: "陈小明"}}}
	for name, a := range s.actors {
		a.AccountID, a.PersonID, a.IP = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), "192.0.2.1"
		s.actors[name] = a
	}
	s.org, err = organization.New(db.App, keys).Register(t.Context(), s.actors["clerk"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区合唱队", Type: organization.Association, Basis: organization.Filed, Category: organization.CultureSport,
		FilingNo: "坪社备〔2026〕第0001号", EstablishedOn: civil.Of(2026, 5, 23), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明",
		HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian})
	if err != nil {
		t.Fatal(err)
	}
	head := s.actors["head"]
	head.OrgID = s.org
	s.actors["head"] = head
	street := s.actors["subdistrict"]
	for _, sql := range []string{`insert into person (id, name, created_at, updated_at) values ('` + street.PersonID.String() + `', '吴街道', now(), now())`,
		`insert into account (id, username, password_hash, role, status, person_id, subdistrict, name, password_changed_at, created_token, created_at, updated_at)
		values ('` + street.AccountID.String() + `', 'street', '$argon2id$x', 'subdistrict', 'active', '` + street.PersonID.String() + `', '` + pingshan + `', '吴街道', now(), 'x', now(), now())`} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today})
			if c, err := r.Cookie("as"); err == nil {
				ctx = httpserver.WithActor(ctx, s.actors[c.Value])
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	})
	static.Register(router)
	liaisonpages.New(liaisonpages.Deps{Liaison: s.liaison, Flash: func(_ context.Context, m string) { s.flash = m }}).Register(router, framed)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// do sends a request as somebody and returns status, place of a redirect and page.
func (s *site) do(t *testing.T, as, path string, form url.Values) (int, string, *goquery.Document) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "as", Value: as})
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), page
}

// hidden are the hidden values of the form on a page.
func (s *site) hidden(t *testing.T, as, path string) url.Values {
	t.Helper()
	status, _, page := s.do(t, as, path, nil)
	if status != http.StatusOK {
		t.Fatalf("%s as %s: %d", path, as, status)
	}
	v := url.Values{}
	page.Find("main form input[type=hidden]").Each(func(_ int, x *goquery.Selection) { v.Set(x.AttrOr("name", ""), x.AttrOr("value", "")) })
	return v
}

// From the question to the answer through the pages, good and bad input.
func TestAskAndAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	at := paths.OrganizationLiaison(s.org.String())
	ask := paths.OrganizationLiaisonNew(s.org.String(), "request")
	v := s.hidden(t, "clerk", ask)
	v.Set("text", "组织的活动室现在能不能用")
	status, _, page := s.do(t, "clerk", ask, v)
	if status != http.StatusUnprocessableEntity || page.Find("#to-error").Length() != 1 || page.Find("#days-error").Length() != 1 ||
		page.Find("textarea[name=text]").Text() != v.Get("text") {
		t.Errorf("%d: %s", status, page.Find(".errors").Text())
	}
	v.Set("to", "subdistrict/"+pingshan)
	v.Set("days", "3")
	v.Set("audience", "offices")
	if status, to, _ := s.do(t, "clerk", ask, v); status != http.StatusSeeOther || to != at {
		t.Fatalf("asked: %d %s", status, to)
	}
	_, _, list := s.do(t, "subdistrict", paths.StaffLiaison, nil)
	if !strings.Contains(list.Find("main").Text(), "活动室现在能不能用") {
		t.Error("the request does not wait for its office")
	}
	_, _, stream := s.do(t, "subdistrict", at, nil)
	answer := stream.Find("ol.timeline a").FilterFunction(func(_ int, x *goquery.Selection) bool { return strings.HasPrefix(x.Text(), "答复") }).AttrOr("href", "")
	reply := s.hidden(t, "subdistrict", answer)
	stale := url.Values{"token": {once.NewToken()}, "version": {"7"}, "text": {"可以用，上周修好了"}}
	if status, _, _ := s.do(t, "subdistrict", answer, stale); status != http.StatusConflict {
		t.Errorf("a stale answer: %d", status)
	}
	reply.Set("text", "可以用，上周修好了")
	if status, _, _ := s.do(t, "subdistrict", answer, reply); status != http.StatusSeeOther {
		t.Fatalf("answered: %d", status)
	}
	_, _, stream = s.do(t, "clerk", at, nil)
	if text := stream.Find("ol.timeline").Text(); !strings.Contains(text, "上周修好了") || !strings.Contains(text, "问的是：组织的活动室") {
		t.Errorf("the stream: %s", text)
	}
	for as, want := range map[string]int{"elsewhere": http.StatusNotFound, "auditor": http.StatusOK, "head": http.StatusForbidden} {
		if status, _, _ := s.do(t, as, at, nil); status != want {
			t.Errorf("%s opens the timeline: %d, want %d", as, status, want)
		}
	}
	_, _, own := s.do(t, "head", paths.MyLiaison, nil)
	if text := own.Find("main").Text(); strings.Contains(text, "活动室") || !strings.Contains(text, "成立") {
		t.Errorf("the organization reads %s", text)
	}
}

// Every page stands axe and fits desktop and phone.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, in := range []liaison.Input{
		{Kind: liaison.Remark, Audience: liaison.TheirsAsWell, Text: "走访时看到活动照常举办"}, {Kind: liaison.Risk, Audience: liaison.AllOffices, Text: "财务由一个人经手，没有复核"},
		{Kind: liaison.Support, Audience: liaison.TheirsAsWell, Support: "venue", Text: "借给二楼活动室，每周两次"},
		{Kind: liaison.Request, Audience: liaison.AllOffices, To: "subdistrict/" + pingshan, Days: 3, Text: "组织的活动室现在能不能用"},
	} {
		in.OrgID, in.Token = s.org, once.NewToken()
		if err := s.liaison.Write(t.Context(), s.actors["clerk"], in); err != nil {
			t.Fatal(err)
		}
	}
	stream, err := s.liaison.Timeline(t.Context(), s.actors["clerk"], s.org, liaison.Talk, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	at, asked := paths.OrganizationLiaison(s.org.String()), stream.Items[0].Entry.ID.String()
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, as, path string }{
		{"stream", "clerk", at}, {"mine", "head", paths.MyLiaison}, {"waiting", "subdistrict", paths.StaffLiaison}, {"done", "subdistrict", paths.StaffLiaisonTab("done")},
		{"request", "clerk", at + "/new/request"}, {"support", "clerk", at + "/new/support"}, {"answer", "subdistrict", paths.LiaisonAct(at, asked, "answer")},
		{"forward", "subdistrict", paths.LiaisonAct(at, asked, "forward")}, {"withdrawal", "clerk", paths.LiaisonAct(at, asked, "withdrawal")},
	} {
		tab.Cookie(s.url, "as", p.as)
		tab.Go(s.url + p.path)
		tab.Judge()
	}
}
