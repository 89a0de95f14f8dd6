package formpage

import (
	"net/http"
	"strings"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"
)

// Names of the controls of Papers.
const (
	files = "files"
	drop  = "drop"
)

// Papers are the files that a form takes along, under its token. They are
// received before anything else is judged: a fault at another field costs none,
// and the form comes back with what was received. Declare such a form with
// Forms.Files.
type Papers struct {
	Label, Hint string
	Accept      string // ".pdf,.jpg"

	Receive  func(token string, f *upload.File) error // what is wrong with the file is errs.Invalid
	Received func(token string) ([]Paper, error)
	Drop     func(token, id string) error

	fault string
	list  []ui.Option // received so far
}

// Paper is a file that was received.
type Paper struct{ ID, Describe, Note string }

func (p *Papers) field() ui.Field {
	return ui.Field{Name: files, Label: p.Label, Hint: p.Hint, Accept: p.Accept, Multiple: true, Optional: true, Error: p.fault}
}

func (p *Papers) kept() ui.Field {
	return ui.Field{Name: drop, Label: "已收到的文件", Hint: "不用再选。不要的勾选，随这个表单一起移除"}
}

// take receives what was sent and takes out what is not wanted; a fault goes to
// the form, so that the act is not done and every other fault is said with it.
func (p *Papers) take(sent *upload.Form, f *form.Form) error {
	for _, id := range f.RawAll(drop) {
		if err := p.Drop(f.Raw(token), id); err != nil && !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Conflict) {
			return err
		}
	}
	var refused []string
	for _, file := range sent.All(files) {
		err := p.Receive(f.Raw(token), file)
		if err != nil && !errs.Is(err, errs.Invalid) {
			return err
		}
		if err != nil {
			refused = append(refused, "“"+nameOf(file)+"”"+faultOf(err))
		}
	}
	if len(refused) > 0 {
		f.Fail(files, p.Label, strings.Join(refused, "；"))
	}
	return nil
}

// nameOf is how a person knows the file again, as sent and therefore cleaned.
func nameOf(f *upload.File) string {
	name := []rune(form.Clean(f.Filename, false))
	return string(name[:min(len(name), 40)])
}

func faultOf(err error) string {
	if faults := errs.FieldsOf(err); len(faults) > 0 {
		return faults[0].Message
	}
	return errs.Message(err)
}

// keep puts the files received so far into the form that comes back.
func (e *Editor) keep(token string, faults ui.Errors) error {
	if e.Papers == nil {
		return nil
	}
	list, err := e.Papers.Received(token)
	if err != nil {
		return err
	}
	e.Papers.fault = faults.For(files)
	for _, x := range list {
		e.Papers.list = append(e.Papers.list, ui.Option{Value: x.ID, Label: x.Describe, Hint: x.Note})
	}
	return nil
}

// read reads the body of a request: values alone, or values and files when the
// forms take files.
func (x Forms) read(w http.ResponseWriter, r *http.Request) (*upload.Form, error) {
	if !x.Files {
		return nil, x.Parse(w, r)
	}
	sent, err := upload.Read(w, r, upload.Limits{})
	if err != nil {
		return nil, err
	}
	r.PostForm = sent.Values
	return sent, nil
}

// receive takes the files of a request in before the rest of its form is read.
func (e *Editor) receive(sent *upload.Form, f *form.Form) error {
	if e.Papers == nil || sent == nil {
		return nil
	}
	return e.Papers.take(sent, f)
}
