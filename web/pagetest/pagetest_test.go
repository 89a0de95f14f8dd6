package pagetest

import (
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
)

// watched notes what fails instead of failing.
type watched struct {
	testing.TB
	failed []string
}

func (w *watched) Errorf(format string, args ...any) {
	w.failed = append(w.failed, fmt.Sprintf(format, args...))
}

func (w *watched) Fatalf(format string, args ...any) {
	w.Errorf(format, args...)
	runtime.Goexit()
}

// complaints are what act fails with.
func (w *watched) complaints(act func()) string {
	w.failed = nil
	done := make(chan struct{})
	go func() { defer close(done); act() }()
	<-done
	return strings.Join(w.failed, "\n")
}

const form = `<form method="post" action="/save"><input type="hidden" name="token" value="t"><input type="text" name="name" value="旧名">
	<textarea name="note">
 两行
文字</textarea><select name="kind"><option value="">请选择</option><option value="a" selected>甲</option></select>
	<input type="checkbox" name="more" value="1" checked><input type="checkbox" name="more" value="2"><input type="radio" name="size" value="s"><input type="password" name="word">
	<button name="press" value="x">提交</button></form>`

// refusal is how a form that was sent comes back.
const refusal = `<div class="error-summary"><a href="#name">名称太短</a></div><p id="name-error">名称太短</p>`

// open is a site without a database that shows form at /form, and what answers
// says at other addresses; /save answers the form that was sent with answer.
func open(t *testing.T, answer string, answers map[string]string) (*Site, *watched, *http.Request) {
	t.Helper()
	w, got := &watched{TB: t}, &http.Request{}
	s := On(w, nil, civil.Of(2026, 11, 23))
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk}})
	show := func(status int, body string) httpserver.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			if r.Method == http.MethodPost {
				if err := r.ParseMultipartForm(1 << 20); err != nil && !errors.Is(err, http.ErrNotMultipart) {
					return err
				}
				*got = *r
			}
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(status)
			_, err := fmt.Fprintf(w, "<title>t</title><main>%s %s</main>", httpserver.ActorOf(r.Context()).Name, body)
			return err
		}
	}
	s.Serve(func(public, signed *httpserver.Router) {
		public.Get("/form", authz.Public, show(http.StatusOK, form))
		public.Post("/save", authz.Public, show(http.StatusUnprocessableEntity, answer))
		signed.Get("/who", authz.Public, show(http.StatusOK, ""))
		for path, body := range answers {
			public.Get(path, authz.Public, show(http.StatusOK, body))
		}
		public.Get("/broken", authz.Public, func(http.ResponseWriter, *http.Request) error { return errors.New("broken") })
		public.Post("/led", authz.Public, func(w http.ResponseWriter, r *http.Request) error { return httpserver.SeeOther(w, r, "/who") })
	})
	return s, w, got
}

func TestAFormIsSentAsABrowserSendsIt(t *testing.T) {
	t.Parallel()
	s, w, got := open(t, refusal+form, map[string]string{"/files": strings.Replace(form, "<form", `<form enctype="multipart/form-data"`, 1)})
	s.Get("", "/form").Press("name", "新名", "more", "2", "more", "3")
	if v := got.PostForm.Encode(); v != "kind=a&more=2&more=3&name=%E6%96%B0%E5%90%8D&note=+%E4%B8%A4%E8%A1%8C%0A%E6%96%87%E5%AD%97&token=t&word=" {
		t.Errorf("sent %s", v)
	}
	s.Get("", "/files").Attach("papers", []string{"a.pdf", "甲", "b.pdf", "乙"})
	if files := got.MultipartForm.File["papers"]; len(files) != 2 || files[1].Filename != "b.pdf" || got.FormValue("note") != " 两行\n文字" {
		t.Errorf("files %v of %v", files, got.Form)
	}
	if led := s.Post("clerk", "/led", nil).Follow(); len(w.failed) != 0 || led.Path != "/who" || led.Text("main") != "某clerk" {
		t.Errorf("led to %s: %q, %v", led.Path, led.Text("main"), w.failed)
	}
	if why := w.complaints(func() { s.Get("", "/who").Press() }); !strings.Contains(why, "has no form") {
		t.Errorf("a form that is not there was sent: %q", why)
	}
	if why := w.complaints(func() { s.Get("", "/form").Follow() }); !strings.Contains(why, "want 303") {
		t.Errorf("followed a page: %q", why)
	}
	if why := w.complaints(func() { s.Get("nobody", "/who") }); !strings.Contains(why, "nobody is called") {
		t.Errorf("signed in as nobody: %q", why)
	}
}

// What a refused form must have, and what is said when it has not.
func TestARefusedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	typed := strings.NewReplacer("旧名", "新\u200b名", `value="a" selected`, `value="a"`, `value="1" checked`, `value="1"`, `value="2"`, `value="2" checked`).Replace(form)
	for answer, why := range map[string]string{
		refusal + typed: "",
		strings.Replace(refusal, "名称太短</p>", "太短</p>", 1) + typed:                              "does not say",
		strings.Replace(refusal, "#name", "#kind", 1) + typed:                                  "no .error-summary",
		strings.Replace(refusal+typed, `name="name"`, "", 1):                                   "the control name is gone",
		refusal + strings.Replace(typed, "新\u200b名", "旧名", 1):                                  "name holds",
		refusal + strings.Replace(typed, "两行", "一行", 1):                                        "note holds",
		refusal + strings.Replace(typed, `value="2" checked`, `value="2"`, 1):                  "more holds",
		refusal + strings.Replace(typed, `value="s"`, `value="s" checked`, 1) + "<p>":          "",
		refusal + strings.Replace(typed, `<option value="">`, `<option value="" disabled>`, 1): "",
	} {
		s, w, _ := open(t, strings.Replace(answer, `name="name"`, `id="name" name="name"`, 1), nil)
		page := s.Get("", "/form").Press("name", "新名", "more", "2", "kind", "of no list", "word", "secret")
		if got := w.complaints(func() { page.Faulty("name", "名称太短") }); (got == "") != (why == "") || !strings.Contains(got, why) {
			t.Errorf("%q: %q, want %q", answer, got, why)
		}
	}
	s, w, _ := open(t, refusal+form, nil)
	if got := w.complaints(func() { s.Get("", "/form").Faulty("name", "") }); !strings.Contains(got, "200, want 422") {
		t.Errorf("a page that was not refused: %q", got)
	}
}

func TestEveryAnswerIsLookedAt(t *testing.T) {
	t.Parallel()
	s, w, _ := open(t, "", map[string]string{"/style": `<p style="color:red">`, "/script": `<script>1</script>`, "/source": "@ui.Button", "/verb": "%!d(string=x)",
		"/text": `&lt;p style="x" onclick="y"&gt;`})
	for path, why := range map[string]string{"/style": "inline", "/script": "inline", "/source": "own source", "/verb": "own source", "/text": "", "/broken": "500"} {
		if got := w.complaints(func() { s.Get("", path) }); (got == "") != (why == "") || !strings.Contains(got, why) {
			t.Errorf("%s: %q, want %q", path, got, why)
		}
	}
	p := s.Get("", "/text")
	if got := w.complaints(func() { p.Says("main", "没有的词").Lacks("main", "onclick") }); strings.Count(got, "says")+strings.Count(got, "say ") != 2 {
		t.Errorf("words that are not there, and that should not be: %q", got)
	}
}

func TestAPageIsHeldToItsStatements(t *testing.T) {
	t.Parallel()
	w := &watched{TB: t}
	s := New(w, civil.Of(2026, 11, 23).Start())
	asks := func(n int, kind string) httpserver.Handler {
		return func(w http.ResponseWriter, r *http.Request) error {
			for range n {
				if _, err := s.DB.App.Pool().Exec(r.Context(), `select 1`); err != nil {
					return err
				}
			}
			w.Header().Set("Content-Type", kind)
			return nil
		}
	}
	s.Serve(func(public, signed *httpserver.Router) {
		for n := range 14 {
			public.Get(fmt.Sprintf("/public/%d", n), authz.Public, asks(n, "text/html"))
			signed.Get(fmt.Sprintf("/signed/%d", n), authz.Public, asks(n, "text/html"))
		}
		public.Get("/file", authz.Public, asks(20, "text/csv"))
	})
	for path, over := range map[string]bool{"/public/12": false, "/public/13": true, "/signed/10": false, "/signed/11": true, "/file": false} {
		if why := w.complaints(func() { s.Get("", path) }); strings.Contains(why, "statements") != over || !over && why != "" {
			t.Errorf("%s: %q", path, why)
		}
	}
}
