package samplingpages_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/sampling"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/samplingpages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// site is the pages behind a real router and database, with 40 accepted cases of
// October; who is signed in stands in the cookie “as”.
type site struct{ url string }

func newSite(t *testing.T) *site {
	t.Helper()
	db := dbtest.New(t)
	today := civil.Of(2026, 11, 23)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	if _, err := db.Owner.Exec(t.Context(), `insert into case_file (id, kind, no, no_year, no_serial, title, state, class, created_by, created_at, submitted_at, entered_at, edition_id)
		select gen_random_uuid(), 'startup', 'FH-2026-' || lpad(i::text, 4, '0'), 2026, i, '第' || i || '互助会', 'reviewing', 'open', gen_random_uuid(), now(),
			timestamptz '2026-10-01 09:00+08' + i * interval '1 hour', now(), (select id from policy_edition limit 1) from generate_series(1, 40) i`); err != nil {
		t.Fatal(err)
	}
	actors := map[string]authz.Actor{"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "reviewer": {Role: authz.BureauReviewer, Name: "吴复核"}}
	for name, a := range actors {
		a.AccountID, a.PersonID = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
		actors[name] = a
	}
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := func(signed bool) *httpserver.Router {
		return router.With(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				ctx := layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today})
				if c, err := r.Cookie("as"); err == nil && signed {
					ctx = httpserver.WithActor(ctx, actors[c.Value])
				}
				next.ServeHTTP(w, r.WithContext(ctx))
			})
		})
	}
	static.Register(router)
	kind := sampling.Kind{Key: "startup", Name: "孵化关爱工程"}
	samplingpages.New(samplingpages.Deps{Sampling: sampling.New(db.App, kind), Flash: func(context.Context, string) {}}).Register(framed(false), framed(true))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return &site{server.URL}
}

// do gets a page, or sends what stands in its form with answers.
func (s *site) do(t *testing.T, as, path string, form url.Values) (int, string, *goquery.Document) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		_, _, page := s.do(t, as, path, nil)
		page.Find("main form input[type=hidden]").Each(func(_ int, x *goquery.Selection) { form.Set(x.AttrOr("name", ""), x.AttrOr("value", "")) })
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "as", Value: as})
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header.Get("Location"), page
}

// outsider draws again from the published file and nothing else: no code of ours.
func outsider(t *testing.T, address string) (file map[string]any, drawn []string) {
	t.Helper()
	res, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&file); err != nil {
		t.Fatal(err)
	}
	text, list := "", []string{}
	for _, n := range file["list"].([]any) {
		text, list = text+n.(string)+"\n", append(list, n.(string))
	}
	if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != file["list_sha256"] {
		t.Error("the digest is not that of the list")
	}
	seed, ok := file["seed"].(string)
	if !ok {
		return file, nil
	}
	score := func(n string) string { sum := sha256.Sum256([]byte(seed + ":" + n)); return hex.EncodeToString(sum[:]) }
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(score(a), score(b)) })
	return file, list[:int(file["draw"].(float64))]
}

// From the frozen list to a draw that everyone repeats, on all pages, in the browser
// as well.
func TestEveryoneDrawsAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	span := url.Values{"kind": {"startup"}, "from-year": {"2026"}, "from-month": {"10"}, "from-day": {"1"}, "to-year": {"2026"}, "to-month": {"10"}, "to-day": {"31"}}
	status, _, page := s.do(t, "clerk", paths.StaffSampleNew, url.Values{"from-year": {"2026"}, "from-month": {"13"}, "from-day": {"1"}})
	if status != http.StatusUnprocessableEntity || page.Find("#from-error").Length()+page.Find("#to-error").Length() != 2 || page.Find("input[name=from-month]").AttrOr("value", "") != "13" {
		t.Errorf("%d: %s", status, page.Find("main").Text())
	}
	status, at, page := s.do(t, "clerk", paths.StaffSampleNew, span)
	if status != http.StatusSeeOther {
		t.Fatalf("%d: %s", status, page.Find("main").Text())
	}
	no := strings.TrimPrefix(at, paths.StaffSamples+"/")
	before, drawn := outsider(t, s.url+paths.SampleFile(no))
	if drawn != nil || before["drawn"] != nil {
		t.Error("drawn before the draw")
	}
	if status, _, page := s.do(t, "clerk", paths.StaffSampleAct(no, "draw"), nil); status != http.StatusForbidden {
		t.Errorf("the clerk draws: %d %s", status, page.Find("main").Text())
	}
	if status, _, page := s.do(t, "reviewer", paths.StaffSampleAct(no, "draw"), url.Values{}); status != http.StatusSeeOther {
		t.Fatalf("%d: %s", status, page.Find("main").Text())
	}
	after, drawn := outsider(t, s.url+paths.SampleFile(no))
	if after["list_sha256"] != before["list_sha256"] || fmt.Sprint(after["drawn"]) != fmt.Sprint(drawn) || len(drawn) != 4 {
		t.Errorf("published %v, an outsider draws %v", after["drawn"], drawn)
	}
	_, _, open := s.do(t, "", paths.Sample(no), nil)
	var shown []string
	open.Find("tbody tr").Each(func(_ int, x *goquery.Selection) {
		shown = append(shown, strings.TrimSpace(x.Find("th, td").Eq(1).Text()))
	})
	if !slices.Equal(shown, drawn) || strings.Contains(open.Text(), "互助会") || strings.Contains(open.Text(), "周经办") {
		t.Errorf("the page shows %v: %s", shown, open.Find("main").Text())
	}
	if status, _, page := s.do(t, "clerk", paths.StaffSampleAct(no, "redraw"), url.Values{"why": {"再抽"}}); status != http.StatusUnprocessableEntity || page.Find("#why-error").Length() != 1 {
		t.Errorf("redrawn without a reason: %d", status)
	}
	_, again, _ := s.do(t, "clerk", paths.StaffSampleAct(no, "redraw"), url.Values{"why": {"抽中的两件是同一次活动，已经一并检查过"}})
	if _, _, page := s.do(t, "", paths.Sample(no), nil); !strings.Contains(page.Find(".note").Text(), "已经重抽") {
		t.Error("a redraw is not seen")
	}
	tab := browsertest.Open(t)
	for _, p := range [][2]string{{"", paths.Samples}, {"", paths.Sample(no)}, {"clerk", again}, {"clerk", paths.StaffSamples}} {
		tab.Cookie(s.url, "as", p[0])
		tab.Go(s.url + p[1])
		tab.Judge()
	}
}
