package policypages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/policypages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// desk is the pages behind their routes on a real database with the demo
// document in force; the cookie “as” says who asks.
type desk struct {
	*testing.T
	db     *dbtest.DB
	desk   *policy.Desk
	mux    http.Handler
	actors map[string]authz.Actor
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{T: t, db: db, desk: policy.NewDesk(db.App), actors: map[string]authz.Actor{}}
	for _, r := range authz.Roles {
		d.actors[string(r)] = authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "某" + r.Name(), Role: r}
	}
	mux := chi.NewRouter()
	mux.Use(httpserver.SecureHeaders(false), func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := layout.With(r.Context(), layout.Context{Today: civil.MustParse("2026-11-23")})
			if c, err := r.Cookie("as"); err == nil {
				ctx = layout.With(httpserver.WithActor(r.Context(), d.actors[c.Value]), layout.Context{Today: civil.MustParse("2026-11-23")})
			}
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	})
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	static.Register(router)
	policypages.New(policypages.Deps{Policies: policy.New(db.App), Desk: d.desk, Calendar: calendar.New(db.App), Flash: func(context.Context, string) {}}).Register(router, router)
	d.mux = mux
	return d
}

func (d *desk) ask(as authz.Role, method, path string, values url.Values) (int, string, *goquery.Document) {
	d.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if as != authz.Anonymous {
		r.AddCookie(&http.Cookie{Name: "as", Value: string(as)})
	}
	w := httptest.NewRecorder()
	d.mux.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		d.Fatal(err)
	}
	return w.Code, w.Header().Get("Location"), doc
}

func (d *desk) open(as authz.Role, path string) *goquery.Document {
	d.Helper()
	code, _, doc := d.ask(as, http.MethodGet, path, nil)
	if code != http.StatusOK {
		d.Fatalf("%s as %s: %d %s", path, as, code, doc.Find("main").Text())
	}
	return doc
}

// sent are the values of the first form of a page, changed.
func sent(doc *goquery.Document, pairs ...string) url.Values {
	v := url.Values{}
	form := doc.Find("main form[method=post]").First()
	form.Find("input, textarea, select").Each(func(_ int, c *goquery.Selection) {
		name, value := c.AttrOr("name", ""), c.AttrOr("value", "")
		switch c.AttrOr("type", goquery.NodeName(c)) {
		case "radio", "checkbox":
			if _, on := c.Attr("checked"); !on {
				return
			}
		case "textarea":
			value = strings.TrimPrefix(c.Text(), "\n")
		case "select":
			value = c.Find("option[selected]").AttrOr("value", "")
		}
		v.Add(name, value)
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

const rv, ld = authz.BureauReviewer, authz.BureauLeader

// edition begins a draft through its page and returns its address.
func (d *desk) edition() string {
	d.Helper()
	_, to, doc := d.ask(rv, http.MethodPost, paths.StaffEditionNew, sent(d.open(rv, paths.StaffEditionNew), "reason", "确认待确认的参数"))
	if to == "" {
		d.Fatalf("no edition: %s", doc.Find("main").Text())
	}
	return to
}

func (d *desk) document() string {
	d.Helper()
	id, err := d.desk.CreateDocument(d.Context(), d.actors[string(rv)], policy.DocumentInput{Token: once.NewToken(), Kind: policy.KindPolicy, Title: "草稿办法",
		IssuedBy: "区政府", IssuedOn: civil.MustParse("2026-11-01"), From: civil.MustParse("2027-01-01"), Source: "区政府网站"})
	if err != nil {
		d.Fatal(err)
	}
	list := policy.Split("一、总则\n（一）目标。做到。\n1.实施“孵化关爱工程”，扶持新成立的组织。\n二、附加\n本办法自2027年1月1日起施行。")
	if err := d.desk.SetArticles(d.Context(), d.actors[string(rv)], id, 1, list); err != nil {
		d.Fatal(err)
	}
	return paths.StaffPolicy(id.String())
}

func TestAParameterIsTypedByHand(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := d.edition()
	for _, c := range []struct{ key, name, typed, fault string }{
		{"eval.quota3_pct", "value", "101", "value"}, {"eval.quota3_pct", "value", "-1", "value"}, {"eval.quota3_pct", "value", "1e6", "value"},
		{"eval.quota3_pct", "value", "", "value"}, {"eval.quota3_pct", "value", "二十", "value"}, {"startup.min_age_months", "value", "1000000", "value"},
		{"startup.amount_filed", "value", "-5", "value"}, {"startup.amount_filed", "value", "1e6", "value"}, {"startup.amount_filed", "value", "0.001", "value"},
		{"annual_report.unit_due", "value", "02-30", "value"}, {"annual_report.unit_due", "value", "2月29日", "value"}, {"annual_report.unit_due", "value", "春天", "value"},
		{"filing.registrar", "value", "city", "value"}, {"eval.quota3_pct", "article", "九（九）", "article"}, {"eval.quota3_pct", "article", "", "article"},
		{"eval.quota3_pct", "source", "rumour", "source"}, {"eval.quota3_pct", "reason", "  ", "reason"}, {"eval.quota3_pct", "reason", "短", "reason"},
		{"eval.quota3_pct", "confirmed", "", "confirmed"},
	} {
		form := at + "/parameters/" + c.key
		values := sent(d.open(rv, form), "reason", "局务会议决定")
		if c.name != "value" && c.key == "eval.quota3_pct" {
			values.Set("value", "21")
		}
		values.Set(c.name, c.typed)
		code, _, doc := d.ask(rv, http.MethodPost, form, values)
		if got := doc.Find(".error-summary a").AttrOr("href", ""); code != http.StatusUnprocessableEntity || got != "#"+c.fault {
			t.Errorf("%s, %s %q: %d at %q", c.key, c.name, c.typed, code, got)
		}
		if kept := sent(doc).Get(c.name); (c.name == "value" && c.key != "filing.registrar" || c.name == "reason") && strings.TrimSpace(kept) != strings.TrimSpace(c.typed) {
			t.Errorf("%s: %q was kept as %q", c.key, c.typed, kept)
		}
	}
	for key, typed := range map[string]string{"eval.quota3_pct": "２１", "startup.amount_filed": "６，０００．５０", "annual_report.unit_due": "4月1日", "filing.registrar": "bureau"} {
		form := at + "/parameters/" + key
		if code, to, doc := d.ask(rv, http.MethodPost, form, sent(d.open(rv, form), "value", typed, "reason", "局务会议决定")); code != http.StatusSeeOther || to != at {
			t.Errorf("%s %q: %d %s", key, typed, code, doc.Find("main").Text())
		}
	}
	text := d.open(rv, at).Text()
	for _, want := range []string{"21%", "6,000.50元", "4月1日", "区民政局", "合计 101%"} {
		if !strings.Contains(text, want) {
			t.Errorf("the edition does not show %s", want)
		}
	}
	code, _, doc := d.ask(rv, http.MethodPost, at+"/submission", sent(d.open(rv, at+"/submission")))
	if link := doc.Find(`li[id="eval.quota3_pct"] a`).AttrOr("href", ""); code != http.StatusUnprocessableEntity || link != at+"/parameters/eval.quota3_pct" {
		t.Errorf("handed in with quotas of 101: %d, leads to %q", code, link)
	}
}

func TestAStaleFormShowsBothVersions(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	form := d.edition() + "/parameters/eval.quota3_pct"
	mine := sent(d.open(rv, form), "value", "21", "reason", "我的理由是这样")
	if code, _, _ := d.ask(rv, http.MethodPost, form, sent(d.open(rv, form), "value", "22", "reason", "别人的理由是那样")); code != http.StatusSeeOther {
		t.Fatal(code)
	}
	code, _, doc := d.ask(rv, http.MethodPost, form, mine)
	row := doc.Find("table tbody tr").First().Text()
	if code != http.StatusConflict || !strings.Contains(row, "21") || !strings.Contains(row, "22") || sent(doc).Get("value") != "21" {
		t.Errorf("%d, versions %q, kept %q", code, row, sent(doc).Get("value"))
	}
	// Who has seen both may save.
	if code, _, _ := d.ask(rv, http.MethodPost, form, sent(doc)); code != http.StatusSeeOther {
		t.Errorf("saved again: %d", code)
	}
}

func TestAFormSentTwiceMakesOne(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for _, f := range []struct {
		path  string
		pairs []string
	}{
		{paths.StaffEditionNew, []string{"reason", "确认待确认的参数"}},
		{paths.StaffPolicyNew, []string{"title", "新的办法", "issued_by", "区政府", "source", "区政府网站", "issued_on", "2026-11-01", "from", "2027-01-01",
			"issued_on-year", "2026", "issued_on-month", "11", "issued_on-day", "1", "from-year", "2027", "from-month", "1", "from-day", "1"}},
	} {
		values := sent(d.open(rv, f.path), f.pairs...)
		_, first, doc := d.ask(rv, http.MethodPost, f.path, values)
		_, second, _ := d.ask(rv, http.MethodPost, f.path, values)
		if first == "" || first != second {
			t.Errorf("%s led to %q and %q: %s", f.path, first, second, doc.Find("main").Text())
		}
	}
}

func TestWhatIsNotApprovedIsNotPublic(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.document()
	if strings.Contains(d.open(authz.Anonymous, paths.Policies).Text(), "草稿办法") {
		t.Error("a draft is in the public list")
	}
	edition := strings.TrimPrefix(d.edition(), paths.StaffEditions+"/")
	for _, path := range []string{paths.Policy("2026-policy-1"), paths.PolicyEditions("2026-policy-1"), paths.PolicyEdition("demo-continuation", edition),
		paths.PolicyEdition("demo-continuation", "x")} {
		if code, _, _ := d.ask(authz.Anonymous, http.MethodGet, path, nil); code != http.StatusNotFound {
			t.Errorf("%s: %d", path, code)
		}
	}
	page := d.open(authz.Anonymous, paths.PolicyEditions("demo-continuation"))
	if text := page.Text(); !strings.Contains(text, "现行的一版") || !strings.Contains(text, "待确认") || strings.Contains(text, "站点安全") || strings.Contains(text, "startup.") {
		t.Error("the public edition is not in plain words")
	}
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	document, edition := d.document(), d.edition()
	for _, r := range authz.Roles {
		for path, p := range map[string]authz.Permission{
			paths.StaffPolicies: authz.PolicyView, document: authz.PolicyView, edition: authz.PolicyView, paths.StaffCoverage: authz.PolicyView,
			paths.StaffCompare: authz.PolicyView, paths.StaffParameter("eval.pass"): authz.PolicyView, paths.StaffCalendar: authz.PolicyView,
			paths.StaffPolicyNew: authz.PolicyEdit, document + "/facts": authz.PolicyEdit, document + "/text": authz.PolicyEdit, document + "/articles/1": authz.PolicyEdit,
			edition + "/confirmation": authz.PolicyEdit, edition + "/parameters/eval.pass": authz.PolicyEdit, paths.StaffCalendarNew: authz.PolicyEdit,
		} {
			want := http.StatusForbidden
			if authz.Can(r, p) {
				want = http.StatusOK
			}
			if code, _, _ := d.ask(r, http.MethodGet, path, nil); code != want {
				t.Errorf("%s as %s: %d, want %d", path, r, code, want)
			}
		}
		if code, _, _ := d.ask(r, http.MethodGet, document+"/approval", nil); code == http.StatusOK {
			t.Errorf("a draft is approved by %s", r)
		}
	}
	// What a page offers is what the role may do.
	if links := d.open(ld, document).Find("main .actions a").Length(); links != 0 {
		t.Errorf("a leader is offered %d acts on a draft", links)
	}
	if links := d.open(rv, document).Find("main .actions a").Length(); links < 5 {
		t.Errorf("a reviewer is offered %d acts on a draft", links)
	}
}

func TestDocumentsThroughTheirForms(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	at := d.document()
	for _, c := range []struct{ name, typed, fault string }{
		{"title", "", "title"}, {"title", strings.Repeat("长", 201), "title"}, {"from-day", "32", "from"}, {"from-month", "13", "from"},
		{"to-year", "2026", "to"}, {"issued_on-year", "99", "issued_on"}, {"kind", "law", "kind"}, {"under", uuid.NewString(), "under"}, {"source", "\u200b", "source"},
	} {
		code, _, doc := d.ask(rv, http.MethodPost, at+"/facts", sent(d.open(rv, at+"/facts"), c.name, c.typed))
		if got := doc.Find(".error-summary a").First().AttrOr("href", ""); code != http.StatusUnprocessableEntity || got != "#"+c.fault {
			t.Errorf("%s %q: %d at %q", c.name, c.typed, code, got)
		}
	}
	version := sent(d.open(rv, at+"/facts")).Get("version")
	if code, _, _ := d.ask(rv, http.MethodPost, at+"/articles/2/move", url.Values{"version": {version}, "to": {"up"}}); code != http.StatusSeeOther {
		t.Errorf("an article is not moved: %d", code)
	}
	if code, _, _ := d.ask(rv, http.MethodPost, at+"/articles/2/move", url.Values{"version": {version}, "to": {"up"}}); code != http.StatusConflict {
		t.Errorf("a stale move: %d", code)
	}
	first := d.open(rv, at).Find("#articles tbody th").First().Text()
	if !strings.Contains(first, "一（一）") {
		t.Errorf("the first article is %q", first)
	}
	if code, _, _ := d.ask(rv, http.MethodPost, at+"/articles/1/removal", sent(d.open(rv, at+"/articles/1/removal"))); code != http.StatusSeeOther {
		t.Errorf("an article is not removed: %d", code)
	}
	if code, _, doc := d.ask(rv, http.MethodPost, at+"/articles", sent(d.open(rv, at+"/articles"), "after", "0", "path", "前言", "label", "前言", "text", "<script>alert(1)</script>")); code != http.StatusSeeOther {
		t.Errorf("an article is not added: %d %s", code, doc.Find("main").Text())
	}
	if d.open(rv, at).Find("main script").Length() != 0 {
		t.Error("what was typed is not escaped")
	}
	// Pasting shows first; another text than the one shown is shown again.
	values := sent(d.open(rv, at+"/text"), "text", "一、新的总则\n内容")
	_, _, doc := d.ask(rv, http.MethodPost, at+"/text", values)
	changed := sent(doc, "text", "一、再改的总则\n内容")
	if code, _, doc := d.ask(rv, http.MethodPost, at+"/text", changed); code != http.StatusOK || !strings.Contains(doc.Text(), "再改的总则") {
		t.Errorf("a changed text was saved unseen: %d", code)
	}
	if code, _, _ := d.ask(rv, http.MethodPost, at+"/text", sent(doc)); code != http.StatusSeeOther {
		t.Errorf("the text shown is not saved: %d", code)
	}
	if code, _, _ := d.ask(rv, http.MethodPost, at+"/text", url.Values{"text": {strings.Repeat("长", 400_000)}}); code != http.StatusRequestEntityTooLarge {
		t.Errorf("more than a megabyte: %d", code)
	}
}

// Every page of the desk stands axe and fits desktop and phone.
func TestTheDeskInTheBrowser(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	document, edition := d.document(), d.edition()
	server := httptest.NewServer(d.mux)
	t.Cleanup(server.Close)
	tab := browsertest.Open(t)
	for _, p := range []struct {
		as         authz.Role
		name, path string
	}{
		{rv, "home", paths.StaffPolicies}, {rv, "document-new", paths.StaffPolicyNew}, {rv, "document", document}, {rv, "text", document + "/text"},
		{rv, "article", document + "/articles/1"}, {rv, "article-new", document + "/articles"}, {rv, "submission", document + "/submission"},
		{rv, "discard", document + "/discard"}, {rv, "edition-new", paths.StaffEditionNew}, {rv, "edition", edition}, {rv, "parameter", edition + "/parameters/filing.registrar"},
		{rv, "confirmation", edition + "/confirmation"}, {rv, "edition-submission", edition + "/submission"}, {ld, "coverage", paths.StaffCoverage},
		{ld, "compare", paths.StaffCompare}, {ld, "history", paths.StaffParameter("eval.pass")}, {ld, "calendar", paths.StaffCalendar}, {rv, "year", paths.StaffCalendarNew},
		{"", "public-editions", paths.PolicyEditions("demo-continuation")}, {"", "public-document", paths.Policy("demo-continuation")},
	} {
		tab.Cookie(server.URL, "as", string(p.as))
		tab.Go(server.URL + p.path)
		tab.Judge()
	}
}
