package governancepages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
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
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/web/governancepages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// site is the pages behind a real router and database, with one organization
// that has a meeting short of its quorum and a supervisor.
type site struct {
	url     string
	db      *dbtest.DB
	service *governance.Service
	actors  map[string]authz.Actor
	meeting uuid.UUID
}

func newSite(t *testing.T) site {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	dir := t.TempDir()
	if err := secret.Generate(filepath.Join(dir, "secret")); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(filepath.Join(dir, "secret"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.OpenDirectory(filepath.Join(dir, "files"))
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	orgs, files := organization.New(db.App, keys), attachment.New(db.App, store, nil, nil, log)
	signs := func(context.Context, authz.Actor, string) error { return nil } // passwords are tested with their accounts
	s := site{db: db, service: governance.New(governance.Deps{DB: db.App, Organizations: orgs, Attachments: files, Reauthenticate: signs}), actors: map[string]authz.Actor{}}
	s.furnish(t, orgs)
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, log, layout.ErrorPage)
	pages := governancepages.New(governancepages.Deps{Governance: s.service, Attachments: files, Flash: func(context.Context, string) {}})
	static.Register(router)
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, counter := postgres.CountStatements(layout.With(r.Context(), layout.Context{Today: today}))
			if c, err := r.Cookie("as"); err == nil {
				ctx = httpserver.WithActor(ctx, s.actors[c.Value])
			}
			next.ServeHTTP(w, r.WithContext(ctx))
			// Twelve a page (DESIGN §5), less two that the real session takes.
			if n := counter.Count(); r.Method == http.MethodGet && n > 10 {
				t.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
	})
	pages.Register(framed, framed)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

func (s *site) furnish(t *testing.T, orgs *organization.Service) {
	t.Helper()
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk, Name: "周经办"}
	id, err := orgs.Register(t.Context(), clerk, organization.Registration{Token: once.NewToken(), Name: "六联社区银龄互助会", Type: organization.Association,
		Basis: organization.Filed, Category: organization.Welfare, FilingNo: "坪社备〔2024〕第0001号", EstablishedOn: civil.Of(2024, 6, 30), Registrar: "坪山街道办事处",
		Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000",
		SubdistrictCode: "440310001", CommunityCode: "440310001001", Address: "六联社区综合楼 101"})
	if err != nil {
		t.Fatal(err)
	}
	head := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: authz.OrgHead, OrgID: id, Name: "陈小明"}
	s.actors["head"], s.actors["clerk"] = head, clerk
	s.actors["subdistrict"] = authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: authz.Subdistrict, Subdistrict: "440310001", Name: "吴街道"}
	s.meeting, err = s.service.RecordMeeting(t.Context(), head, once.NewToken(), governance.Meeting{Kind: governance.CouncilMeeting, HeldOn: civil.Of(2026, 2, 28),
		Place: "六联社区 201 室", Expected: 7, Present: 3, Resolutions: "讨论年度计划，没有表决。"})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.service.RecordElected(t.Context(), head, once.NewToken(), governance.Elected{Post: governance.Supervisor, Names: []string{"王五"}, ElectedOn: civil.Of(2024, 7, 1)}); err != nil {
		t.Fatal(err)
	}
}

// Every page stands axe, fits desktop and phone, and leaves its picture in
// .cache/shots; then a meeting is entered wrongly, and what was typed stays.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	org := s.actors["head"].OrgID.String()
	tab := browsertest.Open(t)
	for _, p := range append(s.library(t), []looked{
		{"mine", "head", paths.MyGovernance}, {"meeting", "head", paths.MyGovernancePart("meetings")}, {"officers", "head", paths.MyGovernancePart("officers")},
		{"charter", "head", paths.MyGovernancePart("charter")}, {"files", "head", paths.MyGovernanceFiles(string(governance.MeetingMinutes), s.meeting.String())},
		{"withdrawal", "head", paths.MyGovernanceRecord("meetings", s.meeting.String(), "withdrawal")},
		{"board", "subdistrict", paths.StaffGovernance}, {"board-empty", "subdistrict", paths.StaffGovernance + "?show=waiting"},
		{"record", "clerk", paths.StaffOrganizationGovernance(org)},
	}...) {
		tab.Cookie(s.url, "as", p.as)
		tab.Go(s.url + p.path)
		tab.Judge()
	}
	tab.Cookie(s.url, "as", "head")
	tab.Go(s.url + paths.MyGovernancePart("meetings"))
	tab.Fill("present", "九人")
	tab.Fill("place", "六联社区 201 室")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Value("place") != "六联社区 201 室" || tab.Count("#present-error") != 1 {
		t.Errorf("a meeting entered wrongly: %d", status)
	}
	tab.Axe()
	s.releaseOne(t, tab)
	s.savesADocument(t)
}
