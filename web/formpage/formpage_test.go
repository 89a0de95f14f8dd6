package formpage_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/ui"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
)

// answer sends one request to a form and returns the answer with what was kept
// for the next page.
type answer struct {
	*goquery.Document
	status   int
	location string
	flash    string
}

func ask(t *testing.T, build formpage.Builder, typed url.Values) answer {
	t.Helper()
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	var a answer
	formpage.Forms{Flash: func(_ context.Context, message string) { a.flash = message }}.Declare(router, "/form", authz.Public, build)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/form", nil)
	if typed != nil {
		r = httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/form", strings.NewReader(typed.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	var err error
	if a.Document, err = goquery.NewDocumentFromReader(w.Body); err != nil {
		t.Fatal(err)
	}
	a.status, a.location = w.Code, w.Header().Get("Location")
	return a
}

func (a answer) hidden(name string) string {
	return a.Find(`input[type=hidden][name="`+name+`"]`).AttrOr("value", "(none)")
}

// thing is a form about a thing with every kind of control, whose record is at
// version 3; save does its act.
func thing(save func(e *formpage.Editor, f *form.Form) error) formpage.Builder {
	return func(*http.Request) (*formpage.Editor, error) {
		e := &formpage.Editor{Saved: url.Values{"title": {"旧的名称"}, "on": {"2018-05-01"}, "kind": {"a"}, "marks": {"x"}}, Done: "已保存。", To: "/thing"}
		e.View = formpage.View{Heading: "一件东西", Action: "/form", Submit: "保存", Back: "/thing", BackLabel: "返回",
			Hidden: []ui.Pair{formpage.Token(), formpage.Version(3), formpage.Seen()}}
		options := []ui.Option{{Value: "a", Label: "甲"}, {Value: "b", Label: "乙"}}
		e.Ask(formpage.Line("title", "名称", 14), formpage.Lines("text", "说明", 3, 100).Optional(), formpage.Number("count", "数量", "个"), formpage.Amount("sum", "金额"))
		e.Part("其他", "都可以不填", formpage.Day("on", "日期"), formpage.Pick("kind", "种类", formpage.First("请选择", options)), formpage.OneOf("one", "一个", options),
			formpage.TickMany("marks", "记号", []ui.Option{{Value: "x", Label: "子"}, {Value: "y", Label: "丑"}}))
		e.Save = func(f *form.Form) error { return save(e, f) }
		return e, nil
	}
}

func typed(pairs ...string) url.Values {
	v := url.Values{"token": {"TOKEN"}, "version": {"2"}, "title": {"新的名称"}, "on-year": {"2018"}, "on-month": {"6"}, "on-day": {"1"}, "kind": {"b"}, "marks": {"x", "y"}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func wantTyped(t *testing.T, a answer) {
	t.Helper()
	if a.Find("#title").AttrOr("value", "") != "新的名称" || a.Find(`[name=on-month]`).AttrOr("value", "") != "6" ||
		a.Find(`option[value=b][selected]`).Length() != 1 || a.Find(`input[name=marks][checked]`).Length() != 2 {
		t.Errorf("what was typed is lost: %s", a.Find("form").Text())
	}
}

func TestAFormBeginsWithWhatIsOnRecord(t *testing.T) {
	t.Parallel()
	a := ask(t, thing(nil), nil)
	if a.status != 200 || a.Find("#title").AttrOr("value", "") != "旧的名称" || a.Find(`[name=on-day]`).AttrOr("value", "") != "1" || a.hidden("version") != "3" {
		t.Errorf("%d: %s", a.status, a.Text())
	}
}

func TestAnswersToAnAct(t *testing.T) {
	t.Parallel()
	done := ask(t, thing(func(*formpage.Editor, *form.Form) error { return nil }), typed())
	if done.status != http.StatusSeeOther || done.location != "/thing" || done.flash != "已保存。" {
		t.Errorf("done: %d to %s, %s", done.status, done.location, done.flash)
	}
	// A fault at a control, and one that is put right elsewhere; the version stays
	// the one that the person has seen.
	wrong := ask(t, thing(func(e *formpage.Editor, _ *form.Form) error {
		e.Mend = func(field string) string { return "/mend/" + field }
		return errs.Fields([]errs.Field{{Name: "title", Label: "名称", Message: "太短"}, {Name: "other", Label: "别处", Message: "没有填"}})
	}), typed())
	wantTyped(t, wrong)
	if wrong.status != 422 || wrong.Find("#title-error").Length() != 1 || wrong.Find(`#other a[href="/mend/other"]`).Length() != 1 ||
		wrong.hidden("token") != "TOKEN" || wrong.hidden("version") != "2" {
		t.Errorf("wrong: %d %s", wrong.status, wrong.Text())
	}
	// Somebody saved meanwhile: both versions, and the new one to save over.
	stale := ask(t, thing(func(*formpage.Editor, *form.Form) error { return errs.New(errs.Conflict, "刚刚被别人改过。") }), typed())
	wantTyped(t, stale)
	if stale.status != 409 || !strings.Contains(stale.Text(), "旧的名称") || !strings.Contains(stale.Text(), "2018年5月1日") || stale.hidden("version") != "3" || stale.hidden("token") != "TOKEN" {
		t.Errorf("stale: %d %s", stale.status, stale.Text())
	}
	gone := ask(t, thing(func(*formpage.Editor, *form.Form) error { return errs.New(errs.NotFound, "没有了。") }), typed())
	long := ask(t, thing(nil), typed("text", strings.Repeat("长", 30_000)))
	if gone.status != 404 || long.status != 413 {
		t.Errorf("gone %d, too long %d", gone.status, long.status)
	}
}

func TestWarningsAreAcceptedOneByOne(t *testing.T) {
	t.Parallel()
	odd := thing(func(_ *formpage.Editor, f *form.Form) error {
		return errs.Accepted([]errs.Warning{{Code: "young", Message: "很年轻。"}, {Code: "old", Message: "很老。"}}, f.RawAll("accept"))
	})
	a := ask(t, odd, typed("accept", "young"))
	if a.status != 422 || a.Find(`input[name=accept]`).Length() != 2 || a.Find(`input[name=accept][checked]`).Length() != 1 {
		t.Errorf("%d: %s", a.status, a.Text())
	}
	both := typed()
	both["accept"] = []string{"young", "old"}
	if a := ask(t, odd, both); a.status != http.StatusSeeOther {
		t.Errorf("both accepted: %d", a.status)
	}
}

// An act that binds is shown once more with every value, leads back without a
// loss, and is done when confirmed.
func TestReview(t *testing.T) {
	t.Parallel()
	acts := 0
	binding := thing(func(e *formpage.Editor, f *form.Form) error {
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "确认保存", Effect: "不能改了", Submit: "确认"}
			return nil
		}
		acts++
		return nil
	})
	a := ask(t, binding, typed())
	carried := url.Values{}
	a.Find("form input[type=hidden]").Each(func(_ int, c *goquery.Selection) { carried.Add(c.AttrOr("name", ""), c.AttrOr("value", "")) })
	if a.status != 200 || acts != 0 || carried.Get("confirm") != "1" || carried.Get("title") != "新的名称" || len(carried["marks"]) != 2 || carried.Get("token") != "TOKEN" {
		t.Fatalf("review: %d, %v", a.status, carried)
	}
	back := url.Values{"back": {"1"}}
	for k, v := range carried {
		if k != "confirm" {
			back[k] = v
		}
	}
	wantTyped(t, ask(t, binding, back))
	if done := ask(t, binding, carried); done.status != http.StatusSeeOther || acts != 1 {
		t.Errorf("confirmed: %d, %d acts", done.status, acts)
	}
}

// What is shown first is saved only when exactly that comes again.
func TestPreview(t *testing.T) {
	t.Parallel()
	saved := ""
	shown := thing(func(e *formpage.Editor, f *form.Form) error {
		text := f.Raw("title")
		if !formpage.Previewed(f, text) {
			e.Offer(text, "保存看过的")
			e.Shown = ui.Tag("预览"+text, ui.Info)
			return nil
		}
		saved = text
		return nil
	})
	a := ask(t, shown, typed())
	if a.status != 200 || !strings.Contains(a.Text(), "预览新的名称") || saved != "" {
		t.Fatalf("%d: %s", a.status, a.Text())
	}
	if b := ask(t, shown, typed("seen", a.hidden("seen"), "title", "另一个")); b.status != 200 || saved != "" {
		t.Errorf("another text was saved without being seen: %d", b.status)
	}
	if c := ask(t, shown, typed("seen", a.hidden("seen"))); c.status != http.StatusSeeOther || saved != "新的名称" {
		t.Errorf("%d, %q", c.status, saved)
	}
}

func TestObstaclesTakeTheButton(t *testing.T) {
	t.Parallel()
	build := thing(nil)
	a := ask(t, func(r *http.Request) (*formpage.Editor, error) {
		e, err := build(r)
		e.Obstacles = []string{"还没有到期"}
		return e, err
	}, nil)
	if !strings.Contains(a.Text(), "还没有到期") || a.Find("main form.formstack").Length() != 0 {
		t.Errorf("%s", a.Text())
	}
	// What was sent all the same, with nothing to do it any more.
	a = ask(t, func(r *http.Request) (*formpage.Editor, error) {
		e, err := build(r)
		e.Obstacles, e.Save = []string{"已经有人办过"}, nil
		return e, err
	}, typed("text", "留着的文字"))
	if a.status != http.StatusConflict || !strings.Contains(a.Text(), "已经有人办过") || !strings.Contains(a.Text(), "留着的文字") {
		t.Errorf("%d %s", a.status, a.Text())
	}
}
