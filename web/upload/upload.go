// Package upload reads a form with files as a stream: small files stay in
// memory, larger ones are spooled to disk, and every count and size is bounded.
// A leaf of web.
package upload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"strings"

	"civilaffairs/internal/errs"
)

// Limits bounds one request. Zero values mean the defaults.
type Limits struct {
	Total int64 // the whole body; 52 MB
	File  int64 // bytes kept of one file; 10 MB. A longer one is counted, not kept
	Files int   // 60
}

const (
	defaultTotal = 52 << 20
	defaultFile  = 10 << 20
	defaultFiles = 60
	maxText      = 2 << 20 // all values together
	maxValues    = 2000
	inMemory     = 128 << 10
	maxDrained   = 64 << 20
)

// Form is what was sent. Close it when the request is over.
type Form struct {
	Values url.Values
	Files  []*File // in the order sent; inputs left empty are not among them
}

// File is one file of the form. It can be read, read again and read anywhere.
type File struct {
	Field    string // the control's name
	Filename string // as sent, not trusted
	Size     int64  // as sent; more than Len when it was over the limit
	*io.SectionReader
	spool *os.File
}

// File returns the first file of a control, nil when none was chosen.
func (f *Form) File(field string) *File {
	for _, file := range f.Files {
		if file.Field == field {
			return file
		}
	}
	return nil
}

// All returns every file of a control.
func (f *Form) All(field string) []*File {
	var files []*File
	for _, file := range f.Files {
		if file.Field == field {
			files = append(files, file)
		}
	}
	return files
}

// Close lets the spooled files go.
func (f *Form) Close() {
	if f == nil {
		return
	}
	for _, file := range f.Files {
		if file.spool != nil {
			_ = file.spool.Close() // unlinked already
		}
	}
}

// Read reads the body of r, multipart or urlencoded. A body over the total is
// errs.TooLarge, one that breaks off or cannot be read errs.Invalid, a full disk
// errs.Unavailable. A single file over its limit is no error here: it is cut one
// byte over the limit, so that the check of the file puts its message at the
// field and the rest of the form is kept.
func Read(w http.ResponseWriter, r *http.Request, l Limits) (*Form, error) {
	if l.Total <= 0 {
		l.Total = defaultTotal
	}
	if l.File <= 0 {
		l.File = defaultFile
	}
	if l.Files <= 0 {
		l.Files = defaultFiles
	}
	body := r.Body
	r.Body = http.MaxBytesReader(w, body, l.Total)
	form, err := read(r, l)
	if err == nil {
		return form, nil
	}
	form.Close()
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		// Swallow a part of the rest: a browser that is still sending does not
		// read our answer and would show a broken connection instead.
		_, _ = io.CopyN(io.Discard, body, maxDrained)
		return nil, errs.Wrap(errs.TooLarge, fmt.Sprintf(
			"这次上传的文件合计超过 %d MB，没有收下。返回上一页，分几次上传，每次少选几份。", l.Total>>20), err)
	}
	if errs.KindOf(err) != errs.Internal {
		return nil, err
	}
	return nil, errs.Wrap(errs.Invalid, "上传中断了，没有收全。检查网络后返回上一页再传一次。", err)
}

func read(r *http.Request, l Limits) (*Form, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err == nil && kind == "application/x-www-form-urlencoded" {
		if err := r.ParseForm(); err != nil {
			return nil, err
		}
		return &Form{Values: r.PostForm}, nil
	}
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	form, text := &Form{Values: url.Values{}}, int64(0)
	for {
		part, err := parts.NextPart()
		if err == io.EOF {
			return form, nil
		}
		if err != nil {
			return form, err
		}
		if err := form.take(part, l, &text); err != nil {
			return form, err
		}
	}
}

// take reads one part: a value, a file, or an input left empty.
func (f *Form) take(part *multipart.Part, l Limits, text *int64) error {
	name := part.FormName()
	if name == "" || len(name) > 200 {
		return errors.New("upload: part without a usable name")
	}
	if !isFile(part) {
		return f.takeValue(part, name, text)
	}
	file := &File{Field: name, Filename: part.FileName()}
	err := file.fill(part, l.File)
	if err == nil && file.Size == 0 && file.Filename == "" {
		return nil
	}
	f.Files = append(f.Files, file)
	if err == nil && len(f.Files) > l.Files {
		return errs.Newf(errs.Invalid, "一次最多上传 %d 份文件。返回上一页，分几次上传。", l.Files)
	}
	return err
}

func (f *Form) takeValue(part *multipart.Part, name string, text *int64) error {
	value, err := io.ReadAll(io.LimitReader(part, maxText+1))
	if err != nil {
		return err
	}
	if *text += int64(len(name) + len(value)); *text > maxText || len(f.Values) >= maxValues || len(f.Values[name]) >= maxValues {
		return errs.New(errs.TooLarge, "填写的文字太多，没有收下。返回上一页，把长的说明作为附件上传。")
	}
	f.Values.Add(name, string(value))
	return nil
}

// isFile reports whether the part came from a file input, chosen or left empty.
func isFile(part *multipart.Part) bool {
	_, params, err := mime.ParseMediaType(part.Header.Get("Content-Disposition"))
	if err != nil { // a name that the parser cannot read, such as raw GBK
		return strings.Contains(part.Header.Get("Content-Disposition"), "filename")
	}
	_, named := params["filename"]
	return named
}

// fill keeps up to limit+1 bytes and counts the rest.
func (file *File) fill(r io.Reader, limit int64) error {
	var head bytes.Buffer
	kept, err := io.Copy(&head, io.LimitReader(r, min(inMemory, limit+1)))
	if err != nil {
		return err
	}
	var at io.ReaderAt = bytes.NewReader(head.Bytes())
	if kept == inMemory && kept <= limit {
		if file.spool, err = spool(); err != nil {
			return err
		}
		kept, err = io.Copy(diskWriter{file.spool}, io.MultiReader(&head, io.LimitReader(r, limit+1-kept)))
		if err != nil {
			return errors.Join(err, file.spool.Close())
		}
		at = file.spool
	}
	rest, err := io.Copy(io.Discard, r)
	file.Size, file.SectionReader = kept+rest, io.NewSectionReader(at, 0, kept)
	return err
}

func spool() (*os.File, error) {
	f, err := os.CreateTemp("", "portal-upload-")
	if err != nil {
		return nil, noRoom(err)
	}
	_ = os.Remove(f.Name()) // the open file is enough, and a crash leaves nothing
	return f, nil
}

// diskWriter tells our full disk from the visitor's broken line.
type diskWriter struct{ f *os.File }

func (d diskWriter) Write(p []byte) (int, error) {
	n, err := d.f.Write(p)
	if err != nil {
		err = noRoom(err)
	}
	return n, err
}

func noRoom(err error) error {
	return errs.Wrap(errs.Unavailable, "服务器暂时没有地方存放文件，没有收下。请稍后再传，或告诉民政局。", err)
}
