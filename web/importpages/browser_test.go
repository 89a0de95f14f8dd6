package importpages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"
	"civilaffairs/web/importpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// newSite is the pages behind a real router and database; a clerk of the bureau
// is signed in.
func newSite(t *testing.T) (url string) {
	t.Helper()
	today, db := civil.Of(2018, 11, 23), dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk, Name: "周经办"}
	if _, err := db.Owner.Exec(t.Context(), `with p as (insert into person (id, name, created_at, updated_at) values (gen_random_uuid(), '周经办', now(), now()) returning id)
		insert into account (person_id, id, username, password_hash, role, status, name, created_at, updated_at, password_changed_at, created_token)
		select p.id, $1, 'clerk', '$argon2id$x', 'bureau_clerk', 'active', '周经办', now(), now(), now(), 'token-of-the-clerk' from p`, clerk.AccountID); err != nil {
		t.Fatal(err)
	}
	orgs, books := organization.New(db.App, keys), ledger.New(db.App)
	orgs.OnOpened(books.FollowImports)
	imports := importing.New(importing.Deps{DB: db.App, Keys: keys, Organizations: orgs, Roster: roster.New(db.App, keys), Standing: standing.New(db.App), Ledger: books})
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'")
			ctx := httpserver.WithActor(layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today}), clerk)
			ctx, counter := postgres.CountStatements(ctx)
			next.ServeHTTP(w, r.WithContext(ctx))
			// Twelve a page (DESIGN §5), less two that the real session takes.
			if n := counter.Count(); r.Method == http.MethodGet && n > 10 {
				t.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
	})
	static.Register(router)
	importpages.New(importpages.Deps{Imports: imports, Flash: func(context.Context, string) {}}).Register(framed, framed)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// A clerk goes the whole way without a script: a bad file, the template, the
// preview, the confirmation, the undo. Every page on it stands axe and fits both
// widths.
func TestTheWayOfAnImport(t *testing.T) {
	t.Parallel()
	url := newSite(t)
	response, err := http.Get(url + paths.ImportTemplate("organizations", "csv"))
	if err != nil {
		t.Fatal(err)
	}
	example, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != 200 {
		t.Fatal(response.Status, err)
	}
	_ = response.Body.Close()
	rows := strings.SplitAfter(string(example), "\n")
	spoilt := rows[len(rows)-2]
	spoilt = strings.NewReplacer("第0901号", "第0902号", "坪环社区象棋队", "坪环社区围棋队", "坪环社区", "没有的社区", "2017-03-02", "2017-02-30").Replace(spoilt)
	good, bad := filepath.Join(t.TempDir(), "组织.csv"), filepath.Join(t.TempDir(), "旧.xls")
	for name, content := range map[string]string{good: string(example) + spoilt, bad: "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	tab := browsertest.Open(t)
	says := func(words string) {
		t.Helper()
		if !strings.Contains(tab.Text("main"), words) {
			t.Errorf("%s does not say %s", tab.URL(), words)
		}
	}
	tab.Go(url + paths.Imports)
	tab.Judge()
	send := func(file string) int {
		t.Helper()
		tab.Choose("kind", "organizations")
		tab.Upload("file", file)
		return tab.Press("上传并看预览")
	}
	if status := send(bad); status != http.StatusUnprocessableEntity {
		t.Errorf("an old workbook: %d", status)
	}
	says(".xlsx")
	tab.Judge()
	send(good)
	says("H4")
	says("2017年2月没有30日")
	tab.Judge()
	tab.Press("确认导入 2 行")
	says("已导入")
	tab.Judge()
	tab.Fill("reason", "导错了文件，重新来")
	tab.Press("撤销整批导入")
	says("已撤销")
	tab.Judge()
	tab.Go(url + paths.Imports)
	tab.Judge()
}
