package accountpages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/accountpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/session"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

const (
	good     = "Bishan-2026-river"
	liulian  = "440310001001"
	pingshan = "440310001"
	credit   = "51440310MJL0000165"
)

// site is the pages behind the real session, which the harness has none of.
type site struct {
	*pagetest.Site
	accounts *account.Service
	known    map[string]accountpages.Organization // the registry, by number
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, time.Now()), known: map[string]accountpages.Organization{}}
	keys := s.Keys()
	s.accounts = account.New(account.Config{DB: s.DB.App, Keys: keys,
		EnsurePerson: func(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
			who := person.Person{Name: p.Name, IDNumber: p.ResidentID, Mobile: p.Mobile}
			if p.ResidentID != "" {
				who.IDType = person.ResidentID
			}
			return person.Ensure(ctx, tx, keys, now, who)
		}})
	mux := chi.NewMux()
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	router := httpserver.NewRouter(mux, log, accountpages.Interrupted(layout.ErrorPage))
	sessions := session.New(session.Config{DB: s.DB.App, Log: log, Fail: router.Fail})
	pages := accountpages.New(accountpages.Deps{Accounts: s.accounts, Sessions: sessions,
		FindOrganization: func(_ context.Context, number string) (accountpages.Organization, bool, error) {
			o, ok := s.known[number]
			return o, ok, nil
		},
		RecordOrganization: func(claim string) string { return "/organizations/new?claim=" + claim },
		DemoAccounts:       []accountpages.DemoAccount{{Username: "org1-head", Who: "组织负责人"}}})
	behind := router.With(sessions.Middleware)
	pages.Register(router, behind)
	// A signed-in form of another feature, for the interrupted journey.
	behind.Get("/workspace", authz.WorkspaceView, func(w http.ResponseWriter, _ *http.Request) error {
		_, err := io.WriteString(w, "<h1>工作台</h1>")
		return err
	})
	behind.Post("/applications", authz.WorkspaceView, func(w http.ResponseWriter, r *http.Request) error {
		_, err := io.WriteString(w, "<p id=got>"+r.FormValue("purpose")+"</p>")
		return err
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

func (s *site) user(t *testing.T, username string, in account.NewAccount) uuid.UUID {
	t.Helper()
	in.Username, in.Name = username, "张三"
	id, err := s.accounts.CreateUser(t.Context(), authz.SystemActor, in, good)
	s.Must(err)
	return id
}

// browser is a visitor with cookies who follows redirects.
type browser struct {
	t    *testing.T
	site *site
	http *http.Client
	jar  *cookiejar.Jar
}

// page is an answer.
type page struct {
	*goquery.Document
	status int
	path   string // where the visitor ended
	header http.Header
}

func (s *site) browser(t *testing.T) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t, s, &http.Client{Jar: jar}, jar}
}

func (b *browser) answer(res *http.Response, err error) page {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	doc, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.Contains(doc.Text(), "@ui.") {
		b.t.Errorf("%s shows the source of its template", res.Request.URL.Path)
	}
	return page{doc, res.StatusCode, res.Request.URL.RequestURI(), res.Header}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	return b.answer(b.http.Get(b.site.URL + path))
}

func (b *browser) post(path string, values url.Values) page {
	b.t.Helper()
	return b.answer(b.http.PostForm(b.site.URL+path, values))
}

// fill sends the form of p that posts to action, with its hidden and typed
// values changed by pairs of name and value: no control that the page lacks.
func (b *browser) fill(p page, action string, pairs ...string) page {
	b.t.Helper()
	form := p.Find(`form[method=post][action="` + action + `"]`).First()
	if form.Length() == 0 {
		b.t.Fatalf("%s has no form to %s: %s", p.path, action, strings.TrimSpace(p.Find("main").Text()))
	}
	values := url.Values{}
	form.Find("[name]").Each(func(_ int, c *goquery.Selection) {
		value, _ := c.Attr("value")
		if goquery.NodeName(c) == "textarea" {
			value = c.Text()
		}
		if goquery.NodeName(c) == "select" {
			value, _ = c.Find("option[selected]").Attr("value")
		}
		values.Set(c.AttrOr("name", ""), value)
	})
	for i := 0; i < len(pairs); i += 2 {
		if !values.Has(pairs[i]) {
			b.t.Fatalf("the form to %s has no control %s", action, pairs[i])
		}
		values.Set(pairs[i], pairs[i+1])
	}
	return b.post(action, values)
}

func (b *browser) signIn(username, password string) page {
	b.t.Helper()
	return b.fill(b.get("/login"), "/login", "username", username, "password", password)
}

func (b *browser) cookie() string {
	u, _ := url.Parse(b.site.URL)
	for _, c := range b.jar.Cookies(u) {
		if c.Name == "session" {
			return c.Value
		}
	}
	return ""
}

func (b *browser) at(p page, status int, path string) page {
	b.t.Helper()
	if p.status != status || p.path != path {
		b.t.Fatalf("ended at %s with %d, want %s with %d: %s", p.path, p.status, path, status, strings.TrimSpace(p.Find("main").Text()))
	}
	return p
}

func (b *browser) says(p page, text string) page {
	b.t.Helper()
	if !strings.Contains(p.Text(), text) {
		b.t.Fatalf("%s does not say %q: %s", p.path, text, strings.TrimSpace(p.Find("main").Text()))
	}
	return p
}

func (s *site) code(t *testing.T, secret string) string {
	t.Helper()
	var now time.Time
	if err := s.DB.Owner.QueryRow(t.Context(), `select portal_now()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	code, err := totp.GenerateCode(strings.ReplaceAll(secret, " ", ""), now)
	if err != nil {
		t.Fatal(err)
	}
	return code
}
