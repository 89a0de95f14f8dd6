package rosterpages_test

import (
	"context"
	"fmt"
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
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"
	"civilaffairs/web/layout"
	"civilaffairs/web/rosterpages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
)

var today = civil.Of(2018, 11, 23)

// site is the pages behind a real router and database with one organization. Who
// is signed in stands in the cookie “as”.
type site struct {
	url    string
	db     *dbtest.DB
	roster *roster.Service
	org    uuid.UUID
	actors map[string]authz.Actor
	flash  string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{db: dbtest.New(t)}
	s.db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.roster = roster.New(s.db.App, keys)
	s.cast(t, organization.New(s.db.App, keys))
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'")
			ctx, counter := postgres.CountStatements(layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today}))
			next.ServeHTTP(w, r.WithContext(ctx))
			// Twelve a page (DESIGN §5), less two that the real session takes.
			if n := counter.Count(); r.Method == http.MethodGet && n > 10 {
				t.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
	})
	static.Register(router)
	rosterpages.New(rosterpages.Deps{Roster: s.roster, Flash: func(_ context.Context, message string) { s.flash = message }}).
		Register(framed, framed.With(s.session))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// cast registers the organization and its people.
func (s *site) cast(t *testing.T, organizations *organization.Service) {
	t.Helper()
	s.actors = map[string]authz.Actor{
		"bureau": {Role: authz.BureauClerk}, "leader": {Role: authz.BureauLeader}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan},
		"community": {Role: authz.Community, Community: liulian, Subdistrict: pingshan}, "elsewhere": {Role: authz.Community, Community: "440310002001"},
		"department": {Role: authz.Department, Department: "disabled"}, "auditor": {Role: authz.Auditor}, "finance": {Role: authz.Finance},
		"stranger": {Role: authz.OrgHead, OrgID: uuid.Must(uuid.NewV7())},
	}
	for name, a := range s.actors {
		a.AccountID, a.IP, a.Name = uuid.Must(uuid.NewV7()), "192.0.2.1", "经办"
		s.actors[name] = a
	}
	three := 3
	id, err := organizations.Register(t.Context(), s.actors["bureau"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区银龄互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2017〕第0001号", EstablishedOn: civil.Of(2017, 10, 9),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "李四海", HeadIDType: person.ResidentID,
		HeadIDNumber: "11010519491231002X", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian, SupervisingUnit: "区残疾人联合会",
	})
	if err != nil {
		t.Fatal(err)
	}
	s.org = id
	s.actors["clerk"] = authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgClerk, OrgID: id, Name: "王经办", IP: "192.0.2.2"}
	s.actors["head"] = authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgHead, OrgID: id, Name: "李四海", IP: "192.0.2.2"}
	if err := organizations.SaveBasics(t.Context(), s.actors["clerk"], organization.Basics{OrgID: id, Version: 1, Members: &three, Staff: &three, FullTime: &three}); err != nil {
		t.Fatal(err)
	}
}

func (s *site) session(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if c, err := r.Cookie("as"); err == nil {
			ctx = httpserver.WithActor(ctx, s.actors[c.Value])
		}
		if s.flash != "" && r.Method == http.MethodGet {
			ctx, s.flash = layout.WithFlash(ctx, s.flash), ""
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// worker puts a full-time worker on the roster and returns the address of the
// own page.
func (s *site) worker(t *testing.T) uuid.UUID {
	t.Helper()
	in := roster.Input{Name: "陈小明", IDType: person.ResidentID, IDNumber: "440310199002280010", Post: roster.Worker, FullTime: true,
		Education: "bachelor", Qualification: roster.Assistant, JoinedOn: civil.Of(2017, 11, 8)}
	in.Contracts = []roster.Contract{{Employer: roster.Agent, Unit: "坪山街道社工服务中心", From: civil.Of(2017, 11, 8)}}
	for m := (civil.Month{Year: 2017, Month: 11}); m.Before(civil.Month{Year: 2018, Month: 9}); m = m.Next() {
		in.Months = append(in.Months, roster.InsuredMonth{Month: m, Payer: roster.Agent, Unit: "坪山街道社工服务中心"})
	}
	id, err := s.roster.Enter(t.Context(), s.actors["clerk"], once.NewToken(), s.org, in)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// page is an answer.
type page struct {
	*goquery.Document
	status   int
	location string
}

func (s *site) ask(t *testing.T, as, method, path string, form url.Values) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	req.AddCookie(&http.Cookie{Name: "as", Value: as})
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{doc, res.StatusCode, res.Header.Get("Location")}
}

func (s *site) get(t *testing.T, as, path string) page {
	t.Helper()
	return s.ask(t, as, http.MethodGet, path, nil)
}

// send posts a form as a browser would, with the hidden values of the open page
// and pairs filled in; a name given twice sends both values.
func (s *site) send(t *testing.T, as, path string, from page, pairs ...string) page {
	t.Helper()
	v := url.Values{}
	from.Find("main form.formstack input[type=hidden]").Each(func(_ int, c *goquery.Selection) { v.Add(c.AttrOr("name", ""), c.AttrOr("value", "")) })
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return s.ask(t, as, http.MethodPost, path, v)
}

func on(name string, d civil.Date) []string {
	return []string{name + "-year", fmt.Sprint(d.Year), name + "-month", fmt.Sprint(int(d.Month)), name + "-day", fmt.Sprint(d.Day)}
}

func (p page) text() string { return strings.Join(strings.Fields(p.Find("main").Text()), " ") }

func wantText(t *testing.T, p page, status int, says ...string) {
	t.Helper()
	if p.status != status {
		t.Fatalf("status %d, want %d: %s", p.status, status, p.text())
	}
	for _, s := range says {
		if !strings.Contains(p.text(), s) {
			t.Errorf("the page does not say %q: %s", s, p.text())
		}
	}
}

func wantLed(t *testing.T, p page, to string) {
	t.Helper()
	if p.status != http.StatusSeeOther || to != "" && p.location != to {
		t.Fatalf("status %d to %q, want 303 to %q: %s", p.status, p.location, to, p.text())
	}
}
