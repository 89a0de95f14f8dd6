package export_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// serve registers a list whose rows fill gives.
func serve(t *testing.T, fill func(r *http.Request, out *export.Table) error) string {
	t.Helper()
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	export.Register(router, "/list", authz.Public, func(*http.Request) export.List {
		return export.List{Name: "组织", Columns: []sheet.Column{{Name: "编号", Kind: sheet.Code}}, Fill: fill}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

func get(t *testing.T, address string) (*http.Response, []byte, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	return res, body, err
}

func TestAListInBothFormats(t *testing.T) {
	t.Parallel()
	at := serve(t, func(r *http.Request, out *export.Table) error {
		out.On(civil.Of(2026, 11, 25))
		return out.Row(r.URL.Query().Get("q"))
	})
	for format, kind := range map[string]string{"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"} {
		res, body, err := get(t, at+"/list."+format+"?q=440310199002280010")
		table, fault := sheet.Read(bytes.NewReader(body), int64(len(body)), "a."+format, sheet.Limits{})
		if err != nil || fault != nil || len(table.Rows) != 1 || table.Rows[0].Cells[0] != "440310199002280010" {
			t.Errorf("%s: %v %v %+v", format, err, fault, table)
		}
		name := "filename*=UTF-8''" + url.PathEscape("组织-2026-11-25."+format)
		if res.Header.Get("Content-Type") != kind || !strings.Contains(res.Header.Get("Content-Disposition"), name) || !strings.Contains(res.Header.Get("Cache-Control"), "no-cache") {
			t.Errorf("%s: %v", format, res.Header)
		}
	}
}

// What fails before the first bytes is a page; what fails later breaks the answer
// off, so that nobody takes a part for the whole.
func TestHalfAListIsNotAList(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rows int
		err  error
		want int
	}{
		{0, errs.New(errs.NotFound, "没有这个名单。"), http.StatusNotFound}, {3, errors.New("the database is gone"), http.StatusInternalServerError},
		{100_000, errors.New("the database is gone"), 0}, {100_000, nil, http.StatusOK},
	} {
		at := serve(t, func(_ *http.Request, out *export.Table) error {
			for range c.rows {
				if err := out.Row("FH-2026-0001"); err != nil {
					return err
				}
			}
			return c.err
		})
		for _, format := range []string{"xlsx", "csv"} {
			res, body, err := get(t, at+"/list."+format)
			switch {
			case c.want == 0 && err == nil:
				t.Errorf("%s: a list that broke off ended well", format)
			case c.want != 0 && (err != nil || res.StatusCode != c.want):
				t.Errorf("%s: %d rows then %v: status %d, %v", format, c.rows, c.err, res.StatusCode, err)
			case c.want >= 400 && !bytes.Contains(body, []byte("<html")):
				t.Errorf("%s: no page but %.60q", format, body)
			}
		}
	}
}

// The log says who took which list, and nothing of what was searched for.
func TestWhoTookAListIsLogged(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(&log, nil)), layout.ErrorPage)
	list := func(*http.Request) export.List {
		return export.List{Name: "组织", Columns: []sheet.Column{{Name: "编号"}}, Fill: func(_ *http.Request, out *export.Table) error { return out.Row("1") }}
	}
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk}
	export.Register(router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(httpserver.WithActor(r.Context(), clerk)))
		})
	}), "/staff", authz.CaseView, list)
	export.Register(router, "/public", authz.Public, list)
	for _, path := range []string{"/staff.csv?q=zhangsan", "/public.csv"} {
		mux.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	}
	said := log.String()
	if strings.Count(said, "\n") != 1 || !strings.Contains(said, clerk.AccountID.String()) || !strings.Contains(said, "path=/staff.csv rows=1") || strings.Contains(said, "zhangsan") {
		t.Errorf("log %q", said)
	}
}

func TestLinksKeepTheFilterAndNotThePlace(t *testing.T) {
	t.Parallel()
	l := export.LinksTo("/accounts", url.Values{"q": {"坪环"}, "role": {""}, "after": {"x"}})
	if l.XLSX != "/accounts.xlsx?q=%E5%9D%AA%E7%8E%AF" || l.CSV != "/accounts.csv?q=%E5%9D%AA%E7%8E%AF" {
		t.Errorf("%+v", l)
	}
}
