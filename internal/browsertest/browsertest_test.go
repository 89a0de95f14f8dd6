package browsertest

import (
	"fmt"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// page serves body under the portal's kind of content security policy.
func page(t *testing.T, body string) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; form-action 'self'; script-src 'self'; style-src 'self'; img-src data:")
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		if r.URL.Path == "/app.js" {
			w.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(w, `document.querySelector('#js').textContent = '有脚本'`)
			return
		}
		fmt.Fprintf(w, `<!doctype html><html lang="zh-CN"><head><title>测试页</title><meta name="viewport" content="width=device-width">
			<link rel="icon" href="data:,"></head><body><main><h1>测试</h1>%s</main></body></html>`, body)
	}))
	t.Cleanup(s.Close)
	return s.URL
}

const form = `<p id="js">无脚本</p><form method="post" enctype="multipart/form-data" action="/save">
	<p><label>名称 <input name="name" value="旧的"></label></p>
	<p><label>说明 <textarea name="note"></textarea></label></p>
	<p><label>类别 <select name="kind"><option value="a">甲<option value="b">乙</select></label></p>
	<p><label><input type="radio" name="size" value="s"> 小</label> <label><input type="radio" name="size" value="l"> 大</label></p>
	<p><label>附件 <input type="file" name="paper"></label></p>
	<button>提交申请</button></form><script src="/app.js"></script>`

func TestFormIsFilledAndSubmitted(t *testing.T) {
	t.Parallel()
	got := make(chan string, 1)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodPost:
			file, header, err := r.FormFile("paper")
			if err != nil {
				t.Error(err)
				return
			}
			file.Close()
			got <- strings.Join([]string{r.FormValue("name"), r.FormValue("note"), r.FormValue("kind"), r.FormValue("size"), header.Filename}, "|")
			w.WriteHeader(http.StatusUnprocessableEntity)
			fmt.Fprint(w, "<title>422</title><p>有一处要改")
		case r.URL.Path == "/app.js":
			w.Header().Set("Content-Type", "text/javascript")
		default:
			fmt.Fprint(w, "<!doctype html><meta charset=utf-8>"+form)
		}
	}))
	defer s.Close()
	file := filepath.Join(t.TempDir(), "章程.pdf")
	if err := os.WriteFile(file, []byte("%PDF-1.7"), 0o600); err != nil {
		t.Fatal(err)
	}
	b := Open(t)
	if status := b.Go(s.URL); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	b.Fill("name", "六联社区𠮷祥合唱队")
	b.Fill("note", "第一行\n第二行")
	b.Select("kind", "b")
	b.Choose("size", "l")
	b.Upload("paper", file)
	if status := b.Press("提交申请"); status != http.StatusUnprocessableEntity {
		t.Errorf("status %d after submission", status)
	}
	if want, line := "六联社区𠮷祥合唱队|第一行\r\n第二行|b|l|章程.pdf", <-got; line != want {
		t.Errorf("server got %q, want %q", line, want)
	}
	if b.Text("p") != "有一处要改" || b.URL() != s.URL+"/save" {
		t.Errorf("at %s: %s", b.URL(), b.Text("p"))
	}
}

// watched notes that a test failed instead of failing with it.
type watched struct {
	testing.TB
	failed string
}

func (w *watched) Fatalf(format string, args ...any) {
	w.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestWhatIsFoldedAwayCannotBeChosen(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(page(t, `<details><summary>更多</summary><label><input type="checkbox" name="more" value="1"> 选</label></details>`))
	w := &watched{TB: t}
	b.t = w
	done := make(chan struct{})
	go func() { defer close(done); b.Choose("more", "1") }()
	<-done
	b.t = t
	if !strings.Contains(w.failed, "not to be seen") {
		t.Errorf("chose a box in a closed details: %q", w.failed)
	}
	b.Click("summary")
	b.Choose("more", "1")
	if b.Count("input:checked") != 1 {
		t.Error("the box is in sight and was not chosen")
	}
}

func TestScriptsCanBeSwitchedOff(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(page(t, form))
	if got := b.Text("#js"); got != "有脚本" {
		t.Errorf("with scripts: %q", got)
	}
	b.NoScript()
	b.Go(page(t, form))
	if got := b.Text("#js"); got != "无脚本" {
		t.Errorf("without scripts: %q", got)
	}
	b.Fill("name", "新的") // the journey by hand goes on
	if got := b.Value("name"); got != "新的" {
		t.Errorf("filled %q", got)
	}
}

func TestAxeFindsWhatIsWrongAndOnlyThat(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(page(t, form))
	b.Axe() // the sound page: none
	b.Go(page(t, `<form><input name="x"></form><img src="data:,">`))
	var ids []string
	for _, v := range b.violations() {
		ids = append(ids, v.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"image-alt", "label"}) {
		t.Errorf("found %v", ids)
	}
}

func TestPolicyViolationsAndExceptionsAreHeard(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(page(t, `<p style="color:red">x</p><script>1</script>`))
	b.Eval(`setTimeout(() => { document.title = 'thrown'; throw new Error('boom') })`)
	b.Eval(`new Promise(done => setTimeout(done, 50))`)
	b.Title()
	heard := strings.Join(b.Troubles(), "\n")
	for _, want := range []string{"inline style", "inline script", "boom"} {
		if !strings.Contains(heard, want) {
			t.Errorf("%q not heard in %s", want, heard)
		}
	}
}

func TestTabsShareNoCookies(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c, err := r.Cookie("who")
		http.SetCookie(w, &http.Cookie{Name: "who", Value: "first"})
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<p>", err == nil && c.Value == "first")
	}))
	defer s.Close()
	a := Open(t)
	a.Go(s.URL)
	a.Go(s.URL)
	if a.Text("p") != "true" {
		t.Error("a tab forgets its own cookie")
	}
	b := Open(t)
	b.Go(s.URL)
	if b.Text("p") != "false" {
		t.Error("a tab has the other's cookie")
	}
}

func TestScreenshotHasTheViewportsWidth(t *testing.T) {
	t.Parallel()
	b := Open(t)
	b.Go(page(t, form))
	for width, set := range map[int]func(){1440: b.Desktop, 390: b.Phone} {
		set()
		b.FitsWidth()
		f, err := os.Open(b.Screenshot(filepath.Join(t.TempDir(), "page.png")))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		config, err := png.DecodeConfig(f)
		if err != nil || config.Width != width {
			t.Errorf("width %d, want %d, %v", config.Width, width, err)
		}
	}
}
