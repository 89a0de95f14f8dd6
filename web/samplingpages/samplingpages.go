// Package samplingpages shows samples for on-site checks: to everyone with all that
// it takes to draw again, to the bureau with the cases, and where lists are frozen
// and drawn. Pages over internal/sampling; no tables.
package samplingpages

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/sampling"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// Deps is what the pages stand on.
type Deps struct {
	Sampling *sampling.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of samples.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes.
func (p *Pages) Register(public, s *httpserver.Router) {
	public.Get(paths.Samples, authz.Public, p.list)
	public.Get(paths.Samples+"/{no}", authz.Public, p.show)
	public.Get(paths.Samples+"/{no}/list.json", authz.Public, p.file)

	forms := formpage.Forms{Flash: p.Flash}
	s.Get(paths.StaffSamples, authz.SampleView, p.list)
	forms.Declare(s, paths.StaffSampleNew, authz.SampleFreeze, p.freezeForm)
	one := paths.StaffSamples + "/{no}"
	s.Get(one, authz.SampleView, p.show)
	forms.Declare(s, one+"/draw", authz.SampleDraw, p.drawForm)
	forms.Declare(s, one+"/redraw", authz.SampleFreeze, p.redrawForm)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func number(r *http.Request) string { return httpserver.Param(r, "no") }

// staff reports whether the page is behind the session: the bureau's.
func staff(r *http.Request) bool { return actor(r).Can(authz.SampleView) }

func shell(r *http.Request, title string, crumbs ...layout.Crumb) layout.Page {
	all, nav := []layout.Crumb{{Label: "首页", Href: paths.Home}}, ""
	if staff(r) {
		all, nav = append(all, layout.Crumb{Label: "工作台", Href: paths.Workspace}), "samples"
	}
	return layout.Page{Title: title, Nav: nav, Crumbs: append(append(all, crumbs...), layout.Crumb{Label: title})}
}

// home and one are where the lists and a list are, for the public or the bureau.
func home(r *http.Request) string {
	if staff(r) {
		return paths.StaffSamples
	}
	return paths.Samples
}

func one(r *http.Request, no string) string {
	if staff(r) {
		return paths.StaffSample(no)
	}
	return paths.Sample(no)
}

// render sends a page, which the public may keep and ask for anew.
func render(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	if staff(r) {
		return httpserver.Render(w, r, http.StatusOK, page)
	}
	return httpserver.RenderPublic(w, r, page)
}

const pageSize = 30

// listView is every list, the newest first.
type listView struct {
	layout.Page
	MayFreeze bool
	Table     ui.Table
	Any       bool
	Pages     ui.Pages
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	page, err := p.Sampling.Lists(r.Context(), after, pageSize)
	if err != nil {
		return err
	}
	v := listView{Page: shell(r, "现场抽查"), MayFreeze: actor(r).Can(authz.SampleFreeze), Any: len(page.Lists) > 0}
	v.Description = "现场抽查的候选名单、抽取结果和重新抽取的办法。"
	var rows []ui.Row
	for _, l := range page.Lists {
		head := ui.Head(l.No, one(r, l.No), p.Sampling.KindName(l.Kind))
		state := ui.Tag("等抽取", ui.Info)
		if l.Drawn() {
			state = ui.Tag("已抽取", ui.Good)
		}
		c := ui.C(state)
		switch {
		case l.Redraws != "":
			c.Sub = "重抽 " + l.Redraws
		case l.RedrawnBy != "":
			c.Sub = "已由 " + l.RedrawnBy + " 重抽"
		}
		rows = append(rows, ui.Cells(head, ui.T(l.From.String()+" 至 "+l.To.String()), ui.T(strconv.Itoa(l.Candidates)), ui.T(strconv.Itoa(l.Size)), c))
	}
	v.Table = ui.Table{Caption: "抽查名单，新的在前", Columns: []ui.Column{{Label: "名单", Full: true}, {Label: "提交日期"}, {Label: "候选（件）", Number: true}, {Label: "抽取（件）", Number: true}, {Label: "状态"}}, Groups: ui.Rows(rows...)}
	if page.Next != "" {
		v.Pages.Next = paths.WithQuery(home(r), url.Values{"after": {page.Next}})
	}
	if after != "" {
		v.Pages.Previous, v.Pages.Where = home(r), "较早的名单"
	}
	return render(w, r, listPage(v))
}

// sampleView is one list.
type sampleView struct {
	layout.Page
	Lead      string
	Facts     []ui.Fact
	Chosen    ui.Table
	Drawn     bool
	Digest    string
	Seed      string
	Steps     []string
	Numbers   []string
	File      string
	Public    string
	Acts      []ui.Tab
	Frozen    string
	Redrawn   string
	RedrawnAt string
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Sampling.Read(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v := sampleView{Page: shell(r, "抽查名单 "+f.No, layout.Crumb{Label: "现场抽查", Href: home(r)}), Drawn: f.Drawn(), Digest: f.DigestText(), Seed: f.SeedText(), Steps: sampling.Algorithm, Numbers: f.Numbers(),
		File: paths.SampleFile(f.No)}
	v.Lead = p.Sampling.KindName(f.Kind) + "，" + f.From.Chinese() + "至" + f.To.Chinese() + "提交、已受理的 " + strconv.Itoa(f.Candidates) + " 件里抽 " + strconv.Itoa(f.Size) + " 件。"
	v.Facts = []ui.Fact{ui.F("固定名单", moment(f.FrozenAt)), ui.F("抽取比例", strconv.Itoa(f.SharePct)+"%，至少 "+strconv.Itoa(f.Least)+" 件")}
	if f.DrawnAt != nil {
		v.Facts = append(v.Facts, ui.F("抽取", moment(*f.DrawnAt)))
	} else {
		v.Facts = append(v.Facts, ui.F("抽取", "还没有抽"))
	}
	if staff(r) {
		v.Public = paths.Sample(f.No)
		v.Facts = append(v.Facts, ui.F("谁固定的", f.FrozenName))
		if f.Drawn() {
			v.Facts = append(v.Facts, ui.F("谁抽取的", f.DrawnName))
		}
	}
	if f.Redraws != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: "重抽", Body: ui.Link(f.Redraws, one(r, f.Redraws))}, ui.F("重抽的理由", f.RedrawWhy))
	}
	if f.RedrawnBy != "" {
		v.Redrawn, v.RedrawnAt = f.RedrawnBy, one(r, f.RedrawnBy)
	}
	if actor(r).Can(authz.SampleDraw) && !f.Drawn() {
		v.Acts = append(v.Acts, ui.Tab{Label: "抽取", Href: paths.StaffSampleAct(f.No, "draw")})
	}
	if actor(r).Can(authz.SampleFreeze) && f.Drawn() && f.RedrawnBy == "" {
		v.Acts = append(v.Acts, ui.Tab{Label: "重抽", Href: paths.StaffSampleAct(f.No, "redraw")})
	}
	v.Chosen = chosen(f, staff(r))
	return render(w, r, samplePage(v))
}

// chosen are the cases drawn; the bureau goes on to each.
func chosen(f sampling.File, staff bool) ui.Table {
	t := ui.Table{Caption: "抽中的办件，按抽出的顺序", Dense: !staff, Columns: []ui.Column{{Label: "次序", Number: true}, {Label: "编号"}}}
	if staff {
		t.Columns = append(t.Columns, ui.Column{Label: "组织或事项", Full: true})
	}
	var rows []ui.Row
	for i, c := range f.Chosen() {
		head := ui.Head(c.CaseNo, "", "")
		if staff {
			head.Href = paths.ApplicationCase(c.CaseNo)
		}
		row := ui.Cells(ui.T(strconv.Itoa(i+1)), head)
		if staff {
			row.Cells = append(row.Cells, ui.T(c.Title))
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func moment(t time.Time) string { return t.In(civil.Shanghai).Format("2006年1月2日 15:04:05") }

// published is the file from which everyone can draw again.
type published struct {
	No        string   `json:"no"`
	Kind      string   `json:"kind"`
	From      string   `json:"submitted_from"`
	To        string   `json:"submitted_to"`
	FrozenAt  string   `json:"frozen_at"`
	List      []string `json:"list"`
	Digest    string   `json:"list_sha256"`
	Size      int      `json:"draw"`
	SharePct  int      `json:"share_pct"`
	Least     int      `json:"least"`
	Seed      string   `json:"seed,omitempty"`
	DrawnAt   string   `json:"drawn_at,omitempty"`
	Drawn     []string `json:"drawn,omitempty"`
	Redraws   string   `json:"redraws,omitempty"`
	Why       string   `json:"redraw_reason,omitempty"`
	RedrawnBy string   `json:"redrawn_by,omitempty"`
	Algorithm []string `json:"algorithm"`
}

func (p *Pages) file(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Sampling.Read(r.Context(), authz.Actor{}, number(r))
	if err != nil {
		return err
	}
	v := published{No: f.No, Kind: f.Kind, From: f.From.String(), To: f.To.String(), FrozenAt: f.FrozenAt.UTC().Format(time.RFC3339), List: f.Numbers(), Digest: f.DigestText(), Size: f.Size,
		SharePct: f.SharePct, Least: f.Least, Seed: f.SeedText(), Redraws: f.Redraws, Why: f.RedrawWhy, RedrawnBy: f.RedrawnBy, Algorithm: sampling.Algorithm}
	for _, c := range f.Chosen() {
		v.Drawn = append(v.Drawn, c.CaseNo)
	}
	if f.DrawnAt != nil {
		v.DrawnAt = f.DrawnAt.UTC().Format(time.RFC3339)
	}
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	return httpserver.WritePublic(w, r, "application/json; charset=utf-8", append(body, '\n'))
}

func editor(r *http.Request, title, lead, submit, back string) *formpage.Editor {
	e := &formpage.Editor{To: back}
	e.View = formpage.View{Page: shell(r, title, layout.Crumb{Label: "现场抽查", Href: paths.StaffSamples}), Heading: title, Lead: lead, Submit: submit, Action: r.URL.Path, Back: back, BackLabel: "返回"}
	return e
}

func (p *Pages) freezeForm(r *http.Request) (*formpage.Editor, error) {
	e := editor(r, "固定候选名单", "名单和它的摘要存下并公布以后，再由另一位同事抽取。名单不能改，一段时间只能有一份。", "固定名单", paths.StaffSamples)
	var kinds []ui.Option
	for _, k := range p.Sampling.Kinds() {
		kinds = append(kinds, ui.Option{Value: k.Key, Label: k.Name})
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(formpage.OneOf("kind", "抽查哪类办件", kinds), formpage.Day("from", "从哪天提交的"), formpage.Day("to", "到哪天提交的").Hint("今天以前。已受理、没有撤回或不予支持的都进名单"))
	e.Done = "名单已固定，摘要已公布。请另一位同事抽取。"
	e.Save = func(f *form.Form) error {
		in := sampling.Input{Token: f.Raw("token"), Kind: f.Raw("kind"), From: f.Date("from", "从哪天提交的", form.Required), To: f.Date("to", "到哪天提交的", form.Required)}
		if err := f.Err(); err != nil {
			return err
		}
		no, err := p.Sampling.Freeze(r.Context(), actor(r), in)
		e.To = paths.StaffSample(no)
		return err
	}
	return e, nil
}

// about begins a form about one list.
func (p *Pages) about(r *http.Request, title, lead, submit string) (*formpage.Editor, sampling.File, error) {
	f, err := p.Sampling.Read(r.Context(), actor(r), number(r))
	if err != nil {
		return nil, f, err
	}
	e := editor(r, title, lead, submit, paths.StaffSample(f.No))
	e.Facts = []ui.Fact{ui.F("名单", f.No), ui.F("候选", strconv.Itoa(f.Candidates)+" 件"), ui.F("抽取", strconv.Itoa(f.Size)+" 件"), {Label: "名单摘要", Body: code(f.DigestText())}}
	return e, f, nil
}

func (p *Pages) drawForm(r *http.Request) (*formpage.Editor, error) {
	e, l, err := p.about(r, "抽取", "服务器给出一个随机种子，按公布的办法抽取，马上公布。一份名单只抽一次。", "抽取")
	if err != nil {
		return nil, err
	}
	e.Hidden = []ui.Pair{formpage.Version(l.Version)}
	switch {
	case l.Drawn():
		e.Obstacles = []string{"这份名单已经抽过，一份名单只抽一次。"}
	case l.FrozenBy == actor(r).PersonID:
		e.Obstacles = []string{"固定名单的人不能抽取。请另一位同事来抽。"}
	}
	e.Done = "已抽取，结果已公布。"
	e.Save = func(f *form.Form) error {
		return p.Sampling.Draw(r.Context(), actor(r), l.No, formpage.VersionOf(f))
	}
	return e, nil
}

func (p *Pages) redrawForm(r *http.Request) (*formpage.Editor, error) {
	e, l, err := p.about(r, "重抽", "按同一段时间重新固定名单，再由另一位同事抽取。两次的名单、结果和理由都公开。", "固定新名单")
	if err != nil {
		return nil, err
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	switch {
	case !l.Drawn():
		e.Obstacles = []string{"这份名单还没有抽，不用重抽。"}
	case l.RedrawnBy != "":
		e.Obstacles = []string{"这份名单已经由 " + l.RedrawnBy + " 重抽。"}
	}
	e.Ask(formpage.Lines("why", "重抽的理由", 3, 200).Hint("会公开，如：抽中的两件是同一次活动，已经一并检查过"))
	e.Done = "新名单已固定，摘要已公布。请另一位同事抽取。"
	e.Save = func(f *form.Form) error {
		in := sampling.Input{Token: f.Raw("token"), Redraw: l.No, Why: f.Text("why", "重抽的理由", form.Required, form.Multiline, form.Min(10), form.Max(200))}
		if err := f.Err(); err != nil {
			return err
		}
		no, err := p.Sampling.Freeze(r.Context(), actor(r), in)
		e.To = paths.StaffSample(no)
		return err
	}
	return e, nil
}
