package noticepages_test

import (
	"bytes"
	"context"
	"fmt"
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
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/web/layout"
	"civilaffairs/web/noticepages"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// site is the pages behind a real router and database, with a kind whose cases
// are planted. Who is signed in stands in the cookie “as”.
type site struct {
	url     string
	db      *dbtest.DB
	notices *notice.Service
	keys    *secret.Keys
	actors  map[string]authz.Actor
	cases   []notice.Candidate
	edition uuid.UUID
	flash   string
}

func newSite(t *testing.T, today string) *site {
	t.Helper()
	s := &site{db: dbtest.New(t), actors: map[string]authz.Actor{
		"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "reviewer": {Role: authz.BureauReviewer, Name: "吴复核"}, "leader": {Role: authz.BureauLeader, Name: "郑局长"},
		"auditor": {Role: authz.Auditor, Name: "冯审计"}, "finance": {Role: authz.Finance, Name: "陈财务"},
	}}
	for name, a := range s.actors {
		a.AccountID, a.PersonID, a.IP = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), "192.0.2.1"
		s.actors[name] = a
	}
	s.goTo(t, today, 10)
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s.keys = keys
	store, err := filestore.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	s.notices = notice.New(notice.Deps{DB: s.db.App, Keys: keys, Attachments: attachment.New(s.db.App, store, nil, nil, slog.New(slog.DiscardHandler))})
	s.register()
	err = s.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		e, err := policy.EditionShown(t.Context(), q, civil.Of(2018, 1, 1))
		s.edition = e.ID
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	pages := noticepages.New(noticepages.Deps{Notices: s.notices, BaseURL: "https://portal.example.cn", ClientIP: func(r *http.Request) string { return r.Header.Get("X-Test-From") },
		Flash: func(_ context.Context, message string) { s.flash = message }})
	framed := router.With(s.frame(t))
	static.Register(router)
	pages.Register(framed, framed.With(s.session))
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// register gives the kind “trial” a source; its cases move by their notices.
func (s *site) register() {
	const kind = "trial"
	s.notices.Source(kind, func(ctx context.Context, q postgres.Querier, _ time.Time) (out []notice.Candidate, err error) {
		type row struct {
			ID uuid.UUID `db:"id"`
		}
		rows, err := postgres.All[row](ctx, q, `select id from case_file where kind = $1 and waits_role = 'bureau_clerk' order by no`, kind)
		for _, r := range rows {
			for _, c := range s.cases {
				if c.CaseID == r.ID {
					out = append(out, c)
				}
			}
		}
		return out, err
	})
	moves := func(to string) notice.Reaction {
		return func(ctx context.Context, tx postgres.Tx, _ time.Time, _ authz.Actor, i notice.Item) error {
			_, err := tx.Exec(ctx, `update case_file set waits_role = $2 where id = $1`, i.CaseID, to)
			return err
		}
	}
	s.notices.OnIssued(kind, moves("system"))
	s.notices.OnSettled(kind, moves("finance"))
	s.notices.OnDisputed(kind, moves("bureau_reviewer"))
	s.notices.OnDismissed(kind, moves("system"))
	s.notices.OnUpheld(kind, moves("nobody"))
	s.notices.OnWithdrawn(kind, moves("bureau_clerk"))
}

func (s *site) frame(t *testing.T) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'")
			ctx, counter := postgres.CountStatements(layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。"}))
			next.ServeHTTP(w, r.WithContext(ctx))
			// Twelve a page (DESIGN §5), less two that the real session takes.
			if n := counter.Count(); r.Method == http.MethodGet && n > 10 {
				t.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
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

func (s *site) goTo(t *testing.T, day string, hour int) {
	t.Helper()
	s.db.SetNow(t, civil.MustParse(day).Start().Add(time.Duration(hour)*time.Hour))
}

// plant stores cases that wait for their notice.
func (s *site) plant(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		n := len(s.cases) + 1
		c := notice.Candidate{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("SY-2026-%04d", n), OrganizationID: uuid.Must(uuid.NewV7()), OrganizationName: name,
			Community: []string{"440310001001", "440310002001", "440310003001"}[n%3], Programme: "孵化关爱工程", Amount: money.Fen(5000+n*1000) * money.Yuan,
			Purpose: "购置活动器材，开展邻里互助", EditionID: s.edition}
		_, err := s.db.Owner.Exec(t.Context(), `
			insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, waits_role,
				amount_fen, created_by, created_at, submitted_at, edition_id, entered_at)
			values ($1, 'trial', $2, 2026, $3, $4, $5, $6, left($6, 9), 'noticing', 'open', 'bureau_clerk', $7, $1, portal_now(), portal_now(), $8, portal_now())`,
			c.CaseID, c.CaseNo, n, c.OrganizationName, c.OrganizationID, c.Community, c.Amount, s.edition)
		if err != nil {
			t.Fatal(err)
		}
		s.cases = append(s.cases, c)
	}
}

// page is an answer.
type page struct {
	*goquery.Document
	status   int
	location string
	header   http.Header
	html     string
}

func (s *site) send(t *testing.T, as, method, path, contentType string, body io.Reader, headers ...string) page {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
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
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return page{doc, res.StatusCode, res.Header.Get("Location"), res.Header, string(text)}
}

func (s *site) get(t *testing.T, as, path string, headers ...string) page {
	t.Helper()
	return s.send(t, as, http.MethodGet, path, "", nil, headers...)
}

func (s *site) post(t *testing.T, as, path string, form url.Values) page {
	t.Helper()
	return s.send(t, as, http.MethodPost, path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// attach sends a form with files.
func (s *site) attach(t *testing.T, path string, form url.Values, files map[string][]byte) page {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, values := range form {
		for _, v := range values {
			_ = w.WriteField(name, v)
		}
	}
	for name, data := range files {
		part, err := w.CreateFormFile("files", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = part.Write(data)
	}
	_ = w.Close()
	return s.send(t, "", http.MethodPost, path, w.FormDataContentType(), &b)
}

// open gets a form and returns what a browser would send back unchanged.
func (s *site) open(t *testing.T, as, path string) url.Values {
	t.Helper()
	p := s.get(t, as, path)
	if p.status != http.StatusOK {
		t.Fatalf("GET %s as %s: %d %s", path, as, p.status, p.Find("main").Text())
	}
	return p.form()
}

func (p page) form() url.Values {
	v := url.Values{}
	p.Find("main form.formstack").First().Find("input, select, textarea").Each(func(_ int, c *goquery.Selection) {
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
		case c.AttrOr("type", "") != "file":
			v.Add(name, c.AttrOr("value", ""))
		}
	})
	return v
}

// with sets values of a form.
func with(v url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// act opens an act and confirms it.
func (s *site) act(t *testing.T, as, id, noun string, pairs ...string) page {
	t.Helper()
	path := paths.StaffNoticeAct(id, noun)
	p := s.post(t, as, path, with(s.open(t, as, path), pairs...))
	if p.status != http.StatusSeeOther {
		t.Fatalf("%s as %s: %d %s", noun, as, p.status, p.Find("main").Text())
	}
	return p
}

// drafted is a notice of all planted cases with a complete text.
func (s *site) drafted(t *testing.T) string {
	t.Helper()
	p := s.post(t, "clerk", paths.StaffNoticeNew, s.open(t, "clerk", paths.StaffNoticeNew))
	if p.status != http.StatusSeeOther {
		t.Fatalf("draft: %d %s", p.status, p.Find("main").Text())
	}
	id := strings.Split(p.location, "/")[3]
	p = s.post(t, "clerk", p.location, with(s.open(t, "clerk", p.location), "contact_phone", "0755-28888888",
		"contact_address", "坪山区民政局 301 办公点", "supervision_phone", "0755-28888889"))
	if p.status != http.StatusSeeOther {
		t.Fatalf("text: %d %s", p.status, p.Find("main").Text())
	}
	return id
}

// published takes it all the way and returns its id and number.
func (s *site) published(t *testing.T) (id, no string) {
	t.Helper()
	id = s.drafted(t)
	s.act(t, "clerk", id, "submission")
	s.act(t, "reviewer", id, "approval")
	s.act(t, "leader", id, "issue")
	if err := s.db.Owner.QueryRow(t.Context(), `select no from notice where id = $1`, id).Scan(&no); err != nil {
		t.Fatal(err)
	}
	return id, no
}

func (s *site) settle(t *testing.T) {
	t.Helper()
	if err := s.notices.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func (p page) says(t *testing.T, words ...string) page {
	t.Helper()
	text := strings.Join(strings.Fields(p.Find("body").Text()), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%d page lacks %q: %.1500s", p.status, w, text)
		}
	}
	return p
}

func (p page) is(t *testing.T, status int) page {
	t.Helper()
	if p.status != status {
		t.Fatalf("status %d, want %d: %s", p.status, status, strings.Join(strings.Fields(p.Find("main").Text()), " "))
	}
	return p
}

var objection = url.Values{"item": {"2"}, "content": {"这个组织去年没有开展过活动，照片是网上下载的。"}, "name": {"欧阳举报"}, "phone": {"13800138000"}}

func copied(v url.Values) url.Values {
	out := url.Values{}
	for k, x := range v {
		out[k] = append([]string{}, x...)
	}
	return out
}

// object sends an objection the whole way and returns the receipt.
func (s *site) object(t *testing.T, no string, files map[string][]byte) string {
	t.Helper()
	confirm := s.post(t, "", paths.NoticeObjection(no), objection).is(t, 200).says(t, "核对后提交", "没有开展过活动")
	p := s.attach(t, paths.NoticeObjection(no), with(confirm.form(), "confirm", "1"), files).is(t, 200).says(t, "异议已收到")
	return strings.TrimSpace(p.Find("main .note code").Text())
}
