package guidepages_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/secret"
	"civilaffairs/web/fundingpages"
	"civilaffairs/web/guidepages"
	"civilaffairs/web/layout"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// site is the pages behind their routes on a database of its own, on 2026-11-23.
type site struct {
	db   *dbtest.DB
	site layout.Site
}

// newSite opens a site; with inForce the demo continuation is in force.
func newSite(t *testing.T, inForce bool) *site {
	t.Helper()
	s := &site{db: dbtest.New(t)}
	s.db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	if inForce {
		err := s.db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *site) as(actor authz.Actor) http.Handler {
	mux := chi.NewRouter()
	mux.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := layout.With(httpserver.WithActor(r.Context(), actor), layout.Context{Site: s.site, Demo: true})
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	})
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	static.Register(router)
	programmes := catalog.Programmes()
	guidepages.New(guidepages.Deps{
		Report:  report.New(s.db.App, programmes),
		Funding: funding.New(funding.Deps{DB: s.db.App, Applications: application.New(application.Deps{}), Programmes: programmes}),
		Trials:  fundingpages.Trials(),
	}).Register(router, router)
	return mux
}

// get visits path and checks that it runs no more statements than a page may.
func get(t *testing.T, h http.Handler, path string) (int, *goquery.Document) {
	t.Helper()
	ctx, counter := postgres.CountStatements(t.Context())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	if n := counter.Count(); n > 12 {
		t.Errorf("%s runs %d statements: %q", path, n, counter.Statements())
	}
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, doc
}

// found records an organization established on a day and returns its head.
func (s *site) found(t *testing.T, established string) authz.Actor {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Name: "经办", Role: authz.BureauClerk, IP: "192.0.2.1"}
	id, err := organization.New(s.db.App, keys).Register(t.Context(), clerk, organization.Registration{
		Token: once.NewToken(), Name: "六联社区邻里互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2026〕第0001号", EstablishedOn: civil.MustParse(established),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: "440310001", CommunityCode: "440310001001",
		Address: "六联社区综合楼 101",
	})
	if err != nil {
		t.Fatal(err)
	}
	return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "陈小明", Role: authz.OrgHead, OrgID: id, IP: "192.0.2.2"}
}

// answers is a trial of an organization without a fault; changes replace answers.
func answers(changes ...string) string {
	v := url.Values{
		"programme": {"startup"}, "try": {"1"}, "established-year": {"2026"}, "established-month": {"5"}, "established-day": {"23"},
		"basis": {"filed"}, "category": {"welfare"}, "origin": {"new"}, "finance": {"yes"}, "disclosure": {"yes"},
		"activities": {"yes"}, "reports": {"yes"}, "obstacles": {"none"},
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return "/eligibility?" + v.Encode()
}
