package organizationpages_test

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

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"
	"civilaffairs/web/layout"
	"civilaffairs/web/organizationpages"
	"civilaffairs/web/static"
	"civilaffairs/web/ui"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
	pinghuan = "440310002001"
)

var today = civil.Of(2026, 11, 23)

// site is the pages behind a real router and database. Who is signed in stands
// in the cookie “as”; signing in itself is tested with the account pages.
type site struct {
	url           string
	db            *dbtest.DB
	organizations *organization.Service
	standing      *standing.Service
	actors        map[string]authz.Actor
	claim         account.Claim
	flash         string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{db: dbtest.New(t), actors: map[string]authz.Actor{
		"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan, Name: "吴街道"},
		"community": {Role: authz.Community, Community: liulian, Subdistrict: pingshan, Name: "郑社区"},
		"finance":   {Role: authz.Finance, Name: "冯财务"}, "expert": {Role: authz.Expert, Name: "褚专家"},
		"elsewhere": {Role: authz.Subdistrict, Subdistrict: "440310002", Name: "卫街道"},
	}}
	for name, a := range s.actors {
		a.AccountID, a.IP = uuid.Must(uuid.NewV7()), "192.0.2.1"
		s.actors[name] = a
	}
	s.db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.organizations, s.standing = organization.New(s.db.App, keys), standing.New(s.db.App)
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	pages := organizationpages.New(organizationpages.Deps{DB: s.db.App, Organizations: s.organizations, Standing: s.standing,
		Disclosed:    func(context.Context, postgres.Querier, uuid.UUID) (ui.Table, error) { return ui.Table{}, nil },
		Certificates: func(context.Context, postgres.Querier, uuid.UUID, string) (ui.Table, error) { return ui.Table{}, nil },
		Claim: func(_ context.Context, _ authz.Actor, id uuid.UUID) (account.Claim, error) {
			if id != s.claim.ID {
				return account.Claim{}, errs.New(errs.NotFound, "没有这份注册。")
			}
			return s.claim, nil
		},
		Flash: func(_ context.Context, message string) { s.flash = message }})
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
	pages.Register(framed, framed.With(s.session))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
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

// registration is a complete filed organization; n makes name and number its own.
func registration(n int) organization.Registration {
	return organization.Registration{
		Token: once.NewToken(), Name: fmt.Sprintf("六联社区第%02d互助会", n), Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: fmt.Sprintf("坪社备〔2026〕第%04d号", n), EstablishedOn: civil.Of(2026, 5, 23),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian,
		Address: "六联社区综合楼 101", Accept: []string{"similar_name", "head_of_many"},
	}
}

// add registers an organization and gives it a clerk of the name “org<n>”.
func (s *site) add(t *testing.T, in organization.Registration, n int) uuid.UUID {
	t.Helper()
	id, err := s.organizations.Register(t.Context(), s.actors["clerk"], in)
	if err != nil {
		t.Fatalf("register: %v", err)
	}
	s.actors[fmt.Sprintf("org%d", n)] = authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgClerk, OrgID: id, Name: "王经办", IP: "192.0.2.2"}
	return id
}

// page is an answer.
type page struct {
	*goquery.Document
	status   int
	location string
	html     string
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
	if as != "" {
		req.AddCookie(&http.Cookie{Name: "as", Value: as})
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(string(body)))
	if err != nil {
		t.Fatal(err)
	}
	return page{doc, res.StatusCode, res.Header.Get("Location"), string(body)}
}

func (s *site) get(t *testing.T, as, path string) page {
	t.Helper()
	return s.ask(t, as, http.MethodGet, path, nil)
}

// open gets a form and returns what a browser would send back unchanged.
func (s *site) open(t *testing.T, as, path string) url.Values {
	t.Helper()
	p := s.get(t, as, path)
	if p.status != http.StatusOK {
		t.Fatalf("GET %s as %s: %d", path, as, p.status)
	}
	return p.form()
}

func (p page) form() url.Values {
	v := url.Values{}
	p.Find("main form.formstack").Find("input, select, textarea").Each(func(_ int, c *goquery.Selection) {
		name := c.AttrOr("name", "")
		switch {
		case c.Is("select"):
			c.Find("option[selected]").Each(func(_ int, o *goquery.Selection) { v.Add(name, o.AttrOr("value", "")) })
		case c.Is("textarea"):
			v.Add(name, strings.TrimPrefix(c.Text(), "\n"))
		case c.AttrOr("type", "") == "radio" || c.AttrOr("type", "") == "checkbox":
			if _, on := c.Attr("checked"); on {
				v.Add(name, c.AttrOr("value", ""))
			}
		default:
			v.Add(name, c.AttrOr("value", ""))
		}
	})
	return v
}

func (s *site) post(t *testing.T, as, path string, form url.Values) page {
	t.Helper()
	return s.ask(t, as, http.MethodPost, path, form)
}

// with returns v with some values replaced.
func with(v url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, all := range v {
		out[k] = append([]string(nil), all...)
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func on(v url.Values, name string, d civil.Date) url.Values {
	return with(v, name+"-year", fmt.Sprint(d.Year), name+"-month", fmt.Sprint(int(d.Month)), name+"-day", fmt.Sprint(d.Day))
}

// refused fails unless p is a form with a fault at the field, in the summary as
// well, and what was typed kept.
func refused(t *testing.T, p page, field string, typed url.Values) {
	t.Helper()
	if p.status != http.StatusUnprocessableEntity {
		t.Fatalf("status %d, want 422", p.status)
	}
	link := p.Find(`.error-summary a[href="#` + field + `"]`)
	if link.Length() != 1 {
		t.Errorf("the summary names %s, want %s", p.Find(".error-summary").Text(), field)
	}
	if p.Find(`[id="`+field+`"]`).Length() == 0 || p.Find(`[id="`+field+`-error"]`).Length() != 1 {
		t.Errorf("no fault at %s itself", field)
	}
	if !strings.Contains(p.Find("title").Text(), "处要改") {
		t.Errorf("title %q", p.Find("title").Text())
	}
	now := p.form()
	for name, want := range typed {
		if name == "token" || name == "accept" {
			continue
		}
		if got := now.Get(name); got != want[0] {
			t.Errorf("%s now holds %q, typed was %q", name, got, want[0])
		}
	}
}

func led(t *testing.T, p page, to string) {
	t.Helper()
	if p.status != http.StatusSeeOther || p.location != to {
		t.Fatalf("status %d to %q, want 303 to %q; faults: %s", p.status, p.location, to, p.Find(".error-summary").Text())
	}
}

// history gives an organization something of everything.
func (s *site) history(t *testing.T, id uuid.UUID) {
	t.Helper()
	ctx, clerk := t.Context(), s.actors["clerk"]
	org := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgClerk, OrgID: id}
	n := func(v int) *int { return &v }
	for what, err := range map[string]error{
		"basics": s.organizations.SaveBasics(ctx, org, organization.Basics{OrgID: id, Version: 1, Introduction: "邻居轮流下厨，每周两次为独居长者做饭、陪餐。",
			ActivityScope: "六联社区", Members: n(26), Staff: n(3), FullTime: n(1), SocialWorkers: n(1), Volunteers: n(40)}),
		"payee": s.organizations.SavePayee(ctx, org, organization.PayeeInput{OrgID: id, Kind: organization.AgentAccount, AgentName: "坪山街道办事处",
			AgentKind: organization.AgentSubdistrict, AuthorizationNote: "2026年6月1日代收授权书", BankName: "中国农业银行", Branch: "坪山支行",
			AccountName: "坪山街道办事处", AccountNo: "41028300040012345"}),
		"system":  s.organizations.FileSystem(ctx, clerk, organization.SystemInput{Token: once.NewToken(), OrgID: id, Kind: organization.Finance, Title: "财务管理制度", FiledOn: civil.Of(2026, 6, 10)}),
		"waiting": s.organizations.FileSystem(ctx, org, organization.SystemInput{Token: once.NewToken(), OrgID: id, Kind: organization.Disclosure, Title: "信息公开制度"}),
		"activity": s.organizations.RecordActivity(ctx, clerk, organization.ActivityInput{Token: once.NewToken(), OrgID: id, Title: "长者共餐日", HeldOn: civil.Of(2026, 8, 1),
			Place: "六联社区食堂", CommunityCode: liulian, Participants: 46, Volunteers: 8, Summary: "为独居长者做饭、陪餐，义工上门接送。"}),
		"unconfirmed": s.organizations.RecordActivity(ctx, org, organization.ActivityInput{Token: once.NewToken(), OrgID: id, Title: "旧物交换日", HeldOn: civil.Of(2026, 9, 1),
			Place: "六联社区广场", CommunityCode: liulian, Participants: 60, Volunteers: 12, Summary: "邻居带旧物来交换，义工登记。"}),
		"grant": s.organizations.RecordGrant(ctx, clerk, organization.GrantInput{Token: once.NewToken(), OrgID: id, Programme: organization.ActivityGrant, Title: "长者共餐补贴",
			AwardedOn: civil.Of(2026, 9, 10), Amount: 1860 * money.Yuan, DocumentNo: "坪民函〔2026〕14号", UseReportDueOn: civil.Of(2026, 12, 31)}),
		"checks": s.standing.RecordClear(ctx, clerk, standing.CheckInput{Token: once.NewToken(), OrgID: id, Lists: []standing.Kind{standing.SeriousList, standing.CourtDefaulter},
			CheckedOn: civil.Of(2026, 11, 20), Source: "中国执行信息公开网"}),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	if _, err := s.standing.AddGrade(ctx, clerk, standing.GradeInput{Token: once.NewToken(), OrgID: id, Star: 2, FromOn: civil.Of(2026, 6, 1), ToOn: civil.Of(2028, 5, 31), CertNo: "PG-2026-0001"}); err != nil {
		t.Fatal(err)
	}
}
