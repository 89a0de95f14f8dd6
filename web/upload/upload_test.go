package upload_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/web/upload"
)

type part struct {
	field, filename string
	data            []byte
}

// request makes a form as a browser sends it; a part without a file name is a value.
func request(t *testing.T, parts ...part) *http.Request {
	t.Helper()
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	for _, p := range parts {
		var f io.Writer
		var err error
		if p.filename == "" && p.data == nil {
			f, err = w.CreateFormFile(p.field, "") // an input left empty
		} else if p.filename == "" {
			f, err = w.CreateFormField(p.field)
		} else {
			f, err = w.CreateFormFile(p.field, p.filename)
		}
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(p.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/", &buf)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func read(r *http.Request, l upload.Limits) (*upload.Form, error) {
	return upload.Read(httptest.NewRecorder(), r, l)
}

func TestRead(t *testing.T) {
	t.Parallel()
	small, large := []byte("%PDF small"), bytes.Repeat([]byte("坪山"), 200_000)
	form, err := read(request(t, part{"name", "", []byte("马峦")}, part{"theme", "", []byte("a")}, part{"theme", "", []byte("b")},
		part{"charter", "章程.pdf", small}, part{"photo", "", nil}, part{"photo", "照片.jpg", large}, part{"photo", "空.jpg", []byte{}}), upload.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer form.Close()
	if form.Values.Get("name") != "马峦" || len(form.Values["theme"]) != 2 || len(form.Files) != 3 {
		t.Fatalf("%v, %d files", form.Values, len(form.Files))
	}
	if f := form.File("charter"); f == nil || f.Filename != "章程.pdf" || f.Size != int64(len(small)) {
		t.Errorf("charter %+v", f)
	}
	photos := form.All("photo")
	if len(photos) != 2 || photos[1].Size != 0 || form.File("none") != nil {
		t.Fatalf("photos %v", photos)
	}
	for range 2 { // a file can be read again
		if _, err := photos[0].Seek(0, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(photos[0]); err != nil || !bytes.Equal(got, large) {
			t.Fatalf("read %d bytes, %v", len(got), err)
		}
	}
}

// One file over its limit keeps the rest of the form: its message belongs at the field.
func TestLargeFileIsCutNotFatal(t *testing.T) {
	t.Parallel()
	for _, limit := range []int64{1000, 300 << 10, 128 << 10, 128<<10 - 1, 128<<10 + 1} {
		data := bytes.Repeat([]byte("x"), int(limit)+5000)
		form, err := read(request(t, part{"a", "大.pdf", data}, part{"b", "合适.pdf", data[:limit]}, part{"name", "", []byte("马峦")}), upload.Limits{File: limit})
		if err != nil {
			t.Fatal(err)
		}
		a, b := form.File("a"), form.File("b")
		if kept, err := a.Seek(0, io.SeekEnd); err != nil || kept != limit+1 || a.Size != limit+5000 {
			t.Errorf("limit %d: kept %d of %d, %v", limit, kept, a.Size, err)
		}
		if kept, _ := b.Seek(0, io.SeekEnd); kept != limit || b.Size != limit {
			t.Errorf("limit %d: a file of that size: %d of %d", limit, kept, b.Size)
		}
		if form.Values.Get("name") != "马峦" {
			t.Error("the rest of the form is lost")
		}
		form.Close()
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	file := func(n int) part { return part{"f", "a.pdf", bytes.Repeat([]byte("x"), n)} }
	cut := request(t, file(5000))
	body, _ := io.ReadAll(cut.Body)
	cut.Body = io.NopCloser(bytes.NewReader(body[:3000]))
	json := httptest.NewRequest(http.MethodPost, "/", strings.NewReader("{}"))
	json.Header.Set("Content-Type", "application/json")
	long := part{"t", "", bytes.Repeat([]byte("字"), 1<<20)}
	for name, c := range map[string]struct {
		r    *http.Request
		l    upload.Limits
		kind errs.Kind
		want string
	}{
		"total":         {request(t, file(3<<20)), upload.Limits{Total: 2 << 20}, errs.TooLarge, "超过 2 MB"},
		"too many":      {request(t, file(1), file(1), file(1)), upload.Limits{Files: 2}, errs.Invalid, "最多上传 2 份"},
		"broken off":    {cut, upload.Limits{}, errs.Invalid, "上传中断"},
		"other type":    {json, upload.Limits{}, errs.Invalid, "上传中断"},
		"too much text": {request(t, long), upload.Limits{}, errs.TooLarge, "文字太多"},
		"no name":       {request(t, part{"", "", []byte("x")}), upload.Limits{}, errs.Invalid, "上传中断"},
	} {
		form, err := read(c.r, c.l)
		if form != nil || !errs.Is(err, c.kind) || !strings.Contains(errs.Message(err), c.want) {
			t.Errorf("%s: %v, %v", name, errs.KindOf(err), err)
		}
	}
}

func TestPlainForm(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodPost, "/?name=query", strings.NewReader("name=%E5%9D%AA"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	form, err := read(r, upload.Limits{})
	if err != nil || len(form.Values["name"]) != 1 || form.Values.Get("name") != "坪" {
		t.Errorf("%v, %v", form, err)
	}
}

// A browser on old Windows sends raw GBK in the file name.
func TestUnreadableFileName(t *testing.T) {
	t.Parallel()
	body := "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"\xd5\xc2\xb3\xcc.pdf\"\r\n\r\n%PDF\r\n--b--\r\n"
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	form, err := read(r, upload.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	if f := form.File("f"); f == nil || f.Filename != "\xd5\xc2\xb3\xcc.pdf" {
		t.Errorf("%+v", form.Files)
	}
}

// The over-long body is answered, not cut off: a real client reads the 413.
func TestClientReadsTheAnswerToATooLargeBody(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := upload.Read(w, r, upload.Limits{Total: 1 << 20})
		if err == nil {
			return
		}
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		fmt.Fprint(w, errs.Message(err))
	}))
	t.Cleanup(server.Close)
	sent := request(t, part{"f", "a.pdf", bytes.Repeat([]byte("x"), 30<<20)})
	res, err := http.Post(server.URL, sent.Header.Get("Content-Type"), sent.Body)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if text, _ := io.ReadAll(res.Body); res.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(text), "超过 1 MB") {
		t.Errorf("%d %s", res.StatusCode, text)
	}
}

// Twenty megabytes in one file do not become twenty megabytes of memory.
func TestLargeFilesAreNotHeldInMemory(t *testing.T) {
	pr, pw := io.Pipe()
	w := multipart.NewWriter(pw)
	go func() {
		f, err := w.CreateFormFile("f", "a.pdf")
		chunk := make([]byte, 64<<10)
		for i := 0; i < 320 && err == nil; i++ {
			_, err = f.Write(chunk)
		}
		_ = pw.CloseWithError(errors.Join(err, w.Close()))
	}()
	r := httptest.NewRequest(http.MethodPost, "/", pr)
	r.Header.Set("Content-Type", w.FormDataContentType())
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	form, err := read(r, upload.Limits{File: 20 << 20})
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	defer form.Close()
	if form.Files[0].Size != 20<<20 {
		t.Errorf("size %d", form.Files[0].Size)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 2<<20 {
		t.Errorf("%d KB allocated", used>>10)
	}
}

// Spooled files have no name on disk, so that a crash leaves none behind.
func TestSpoolLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	form, err := read(request(t, part{"f", "a.pdf", bytes.Repeat([]byte("x"), 1<<20)}), upload.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer form.Close()
	if files, _ := filepath.Glob(dir + "/*"); len(files) != 0 {
		t.Errorf("%v", files)
	}
	t.Setenv("TMPDIR", filepath.Join(dir, "missing"))
	_, err = read(request(t, part{"f", "a.pdf", bytes.Repeat([]byte("x"), 1<<20)}), upload.Limits{})
	if !errs.Is(err, errs.Unavailable) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no place for the spool: %v", err)
	}
}
