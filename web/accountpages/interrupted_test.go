package accountpages

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestWhatAnInterruptedFormCarries(t *testing.T) {
	t.Parallel()
	form := url.Values{"purpose": {"一", "二"}, "new_password": {"x"}, "code": {"123456"}, "token": {"t"}}
	r := httptest.NewRequest(http.MethodPost, "/applications", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	fields, _, whole := carry(r)
	if len(fields) != 3 || fields[0] != (carried{"purpose", "一"}) || fields[2] != (carried{"token", "t"}) || !whole {
		t.Errorf("%v %v", fields, whole)
	}

	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	_ = w.WriteField("purpose", "助老")
	file, _ := w.CreateFormFile("receipt", "发票.pdf")
	_, _ = file.Write(make([]byte, 2<<20))
	_ = w.WriteField("after", "文件后面的字段")
	_ = w.Close()
	r = httptest.NewRequest(http.MethodPost, "/applications", &body)
	r.Header.Set("Content-Type", w.FormDataContentType())
	fields, files, whole := carry(r)
	if len(fields) != 2 || fields[1].Value != "文件后面的字段" || len(files) != 1 || files[0] != "发票.pdf" || !whole {
		t.Errorf("%v %v %v", fields, files, whole)
	}

	r = httptest.NewRequest(http.MethodPost, "/applications", strings.NewReader("a="+strings.Repeat("x", maxCarried+1)))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if fields, _, whole = carry(r); len(fields) != 0 || whole {
		t.Errorf("an oversized form was carried: %d fields, whole %v", len(fields), whole)
	}
}
