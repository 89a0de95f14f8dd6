// Package importpages brings records in from spreadsheets: templates, previews,
// confirmation, undo, and the list of what was imported. Pages over
// internal/importing; no tables.
package importpages

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/once"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Imports *importing.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of imports.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, s *httpserver.Router) {
	s.Get(paths.Imports, authz.ImportView, p.list)
	s.Post(paths.Imports, authz.ImportRun, p.read)
	s.Get(paths.Imports+"/templates/{file}", authz.ImportView, p.template)
	one := paths.Imports + "/{id}"
	s.Get(one, authz.ImportView, p.show)
	s.Post(one+"/choices", authz.ImportRun, p.act(p.choose))
	s.Post(one+"/confirmation", authz.ImportRun, p.act(p.confirm))
	s.Post(one+"/discarding", authz.ImportRun, p.act(p.discard))
	forms := formpage.Forms{Flash: p.Flash}
	forms.Declare(s, one+"/undoing", authz.ImportRun, p.undoForm)
	forms.Declare(s, one+"/faults", authz.ImportRun, p.faultsForm)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func shell(title string, faults int, more ...layout.Crumb) layout.Page {
	crumbs := append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}, more...)
	return layout.Page{Title: title, Nav: "imports", Crumbs: append(crumbs, layout.Crumb{Label: title}), Errors: faults}
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	return p.showList(w, r, http.StatusOK, nil, "")
}

func (p *Pages) showList(w http.ResponseWriter, r *http.Request, status int, faults ui.Errors, kind string) error {
	runs, next, err := p.Imports.List(r.Context(), actor(r), r.URL.Query().Get("after"))
	if err != nil {
		return err
	}
	v := listView{Page: shell("批量导入", len(faults)), Faults: faults, May: actor(r).Can(authz.ImportRun), Token: once.NewToken(),
		Kind: ui.Field{Name: "kind", Label: "导入什么", Error: faults.For("kind"), Value: kind, Columns: 2},
		File: ui.Field{Name: "file", Label: "填好的表格", Accept: ".xlsx,.csv", Hint: ".xlsx 或 .csv，不超过 10 MB、2 万行。上传后先看预览，确认以后才写入。", Error: faults.For("file")}}
	for _, k := range p.Imports.Kinds() {
		v.Options = append(v.Options, ui.Option{Value: k.Key, Label: k.Name})
		v.Kinds = append(v.Kinds, kindView{k.Name, k.Lead, paths.ImportTemplate(k.Key, "xlsx"), paths.ImportTemplate(k.Key, "csv")})
	}
	var rows []ui.Row
	for _, run := range runs {
		rows = append(rows, ui.Cells(ui.Head(run.Filename, paths.Import(run.ID.String()), p.kindName(run.Kind)), ui.C(ui.Tag(run.State.Name(), tone(run.State))),
			ui.T(strconv.Itoa(run.Rows)), ui.TS(run.UploadedBy, moment(run.UploadedAt)), ui.T(run.Digest[:12])))
	}
	v.Table = ui.Table{Caption: "导入记录", Columns: []ui.Column{{Label: "文件", Full: true}, {Label: "状态"}, {Label: "行数", Number: true}, {Label: "谁、何时"}, {Label: "文件摘要"}}}
	if v.Any = len(rows) > 0; v.Any {
		v.Table.Groups = ui.Rows(rows...)
	}
	if next != "" {
		v.Pages.Next = paths.Imports + "?after=" + next
	}
	return httpserver.Render(w, r, status, listPage(v))
}

func (p *Pages) kindName(key string) string {
	if k, err := p.Imports.Kind(key); err == nil {
		return k.Name
	}
	return key
}

func tone(s importing.RunState) ui.Tone {
	switch s {
	case importing.Waiting:
		return ui.Warn
	case importing.Confirmed:
		return ui.Good
	}
	return ui.Mute
}

// most is how much is listened to: of a file that is far too large the rest is
// counted and dropped, so that the answer reaches who sent it, at its field.
const most = 256 << 20

func (p *Pages) read(w http.ResponseWriter, r *http.Request) error {
	f, err := upload.Read(w, r, upload.Limits{Total: most, File: importing.MaxBytes, Files: 2})
	if errs.Is(err, errs.TooLarge) {
		return p.showList(w, r, http.StatusRequestEntityTooLarge, ui.Errors{importing.TooLarge()}, "")
	}
	if err != nil {
		return err
	}
	defer f.Close()
	u := importing.Upload{Kind: f.Values.Get("kind"), Token: f.Values.Get("token")}
	if file := f.File("file"); file != nil {
		u.Filename, u.Size, u.Content = file.Filename, file.Size, file.SectionReader
	}
	id, err := p.Imports.Read(r.Context(), actor(r), u)
	if fields := errs.FieldsOf(err); len(fields) > 0 {
		return p.showList(w, r, http.StatusUnprocessableEntity, ui.Errors(fields), u.Kind)
	}
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.Import(id.String()))
}

func (p *Pages) template(w http.ResponseWriter, r *http.Request) error {
	key, format, _ := strings.Cut(httpserver.Param(r, "file"), ".")
	k, err := p.Imports.Kind(key)
	if err != nil {
		return err
	}
	f := sheet.Format(format)
	if f != sheet.XLSX && f != sheet.CSV {
		return errs.New(errs.NotFound, "模板只有 .xlsx 和 .csv 两种。")
	}
	attach(w, f, "导入模板-"+k.Name+"."+format)
	return k.Template(w, f)
}

func attach(w http.ResponseWriter, f sheet.Format, name string) {
	w.Header().Set("Content-Type", f.ContentType())
	w.Header().Set("Content-Disposition", download.Disposition("attachment", name))
	w.Header().Set("Cache-Control", "private, no-store")
}

func idOf(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, "id"))
	if err != nil {
		return id, errs.New(errs.NotFound, "没有这次导入。请核对网址。")
	}
	return id, nil
}

// act runs one act on an import and leads back to its page; a conflict or a fault
// shows the page as it stands now, with the message.
func (p *Pages) act(do func(r *http.Request, id uuid.UUID, version int) (done string, err error)) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := idOf(r)
		if err != nil {
			return err
		}
		r.Body = http.MaxBytesReader(w, r.Body, 4<<20)
		if err := r.ParseForm(); err != nil {
			if _, large := errors.AsType[*http.MaxBytesError](err); large {
				return errs.New(errs.TooLarge, "一次提交的选择太多。分几次保存。")
			}
			return errs.Wrap(errs.Invalid, "表单没有收全。返回上一页再试一次。", err)
		}
		version, _ := strconv.Atoi(r.PostForm.Get("version"))
		done, err := do(r, id, version)
		switch {
		case errs.Is(err, errs.Conflict):
			return p.showRun(w, r, http.StatusConflict, nil, errs.Message(err))
		case len(errs.FieldsOf(err)) > 0:
			return p.showRun(w, r, http.StatusUnprocessableEntity, ui.Errors(errs.FieldsOf(err)), "")
		case err != nil:
			return err
		}
		p.Flash(r.Context(), done)
		return httpserver.SeeOther(w, r, paths.Import(id.String()))
	}
}

func (p *Pages) choose(r *http.Request, id uuid.UUID, version int) (string, error) {
	choices := map[string]importing.Choice{}
	for name, v := range r.PostForm {
		if n, ok := strings.CutPrefix(name, "row-"); ok && len(v) > 0 && v[0] != "" {
			if _, err := strconv.Atoi(n); err == nil {
				choices[n] = importing.Choice(v[0])
			}
		}
	}
	return "选择已保存。", p.Imports.Choose(r.Context(), actor(r), id, version, choices)
}

func (p *Pages) confirm(r *http.Request, id uuid.UUID, version int) (string, error) {
	return "已导入。", p.Imports.Confirm(r.Context(), actor(r), id, version, r.PostForm.Get("seen"))
}

func (p *Pages) discard(r *http.Request, id uuid.UUID, version int) (string, error) {
	return "已放弃，没有写入任何内容。", p.Imports.Discard(r.Context(), actor(r), id, version)
}
