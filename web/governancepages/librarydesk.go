package governancepages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/download"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// registerLibrary declares the routes of the guideline library.
func (p *Pages) registerLibrary(public, s *httpserver.Router) {
	public.Get(paths.Guidelines, authz.Public, p.showLibrary)
	public.Get(paths.Guidelines+"/{no}", authz.Public, p.showGuideline)
	public.Get(paths.Guidelines+"/{no}/file", authz.Public, p.sendGuideline)

	s.Get(paths.StaffGuidelines, authz.GuidelineView, p.showGuidelineDesk)
	forms := p.libraryForms()
	forms.Declare(s, paths.StaffGuideline, authz.GuidelineEdit, p.newGuidelineForm)
	one := paths.StaffGuidelines + "/{id}"
	s.Get(one, authz.GuidelineView, p.showEntry)
	forms.Declare(s, one+"/text", authz.GuidelineEdit, p.guidelineTextForm)
	for _, x := range guidelineActs {
		forms.Declare(s, one+"/"+x.noun, x.permission, p.guidelineActForm(x))
	}
	s.Post(one+"/files/{version}", authz.GuidelineEdit, p.createGuidelineFile)
	s.Get(one+"/files/{version}/{file}", authz.GuidelineView, p.sendGuidelineFile)
	s.Post(one+"/files/{version}/{file}/removal", authz.GuidelineEdit, p.removeGuidelineFile)
}

// guidelineDeskView is the library in work.
type guidelineDeskView struct {
	layout.Page
	Open, Released, Untaken list
	MayWrite                bool
}

func guidelineCrumbs(more ...layout.Crumb) []layout.Crumb {
	return append([]layout.Crumb{{Label: "内部治理", Href: paths.StaffGovernance}}, more...)
}

func deskCrumb() layout.Crumb {
	return layout.Crumb{Label: "制度指引", Href: paths.StaffGuidelines}
}

func (p *Pages) showGuidelineDesk(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Governance.GuidelineDesk(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := guidelineDeskView{Page: shell(r, "制度指引", "guidelines", guidelineCrumbs()...), MayWrite: actor(r).Can(authz.GuidelineEdit),
		Open: openList(d), Released: releasedList(d), Untaken: untakenList(d, actor(r).Can(authz.GuidelineEdit))}
	return httpserver.Render(w, r, http.StatusOK, guidelineDeskPage(v))
}

func guidelineTone(s governance.GuidelineState) ui.Tone {
	switch s {
	case governance.GuidelineReleased:
		return ui.Good
	case governance.GuidelineReturned:
		return ui.Warn
	case governance.GuidelineDiscarded:
		return ui.Mute
	}
	return ui.Info
}

func openList(d governance.GuidelineDesk) list {
	l := list{Empty: "没有正在编写的指引。", Table: ui.Table{Caption: "正在编写的指引", Columns: []ui.Column{{Label: "指引", Full: true}, {Label: "对应事项"}, {Label: "状态"}, {Label: "编写人"}, {Label: "改动"}}}}
	var rows []ui.Row
	for _, v := range d.Open {
		rows = append(rows, ui.Cells(ui.Head(v.Title, paths.StaffGuidelineEntry(v.GuidelineID.String()), "第 "+strconv.Itoa(v.Number)+" 版"), ui.T(dutyWord(v.Duty)),
			ui.C(ui.Tag(v.State.Name(), guidelineTone(v.State))), ui.T(v.WrittenName), ui.T(civil.On(v.UpdatedAt).String())))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

func releasedList(d governance.GuidelineDesk) list {
	l := list{Empty: "还没有发布的指引。", Table: ui.Table{Caption: "已经发布的指引", Columns: []ui.Column{{Label: "指引", Full: true}, {Label: "对应事项"}, {Label: "版本"}, {Label: "发布"}}}}
	var rows []ui.Row
	for _, v := range d.Released {
		released := ui.TS(civil.On(*v.DecidedAt).String(), v.DecidedName)
		if v.Withdrawn {
			released = ui.C(ui.Tag("已下架", ui.Mute))
		}
		rows = append(rows, ui.Cells(ui.Head(v.Title, paths.StaffGuidelineEntry(v.GuidelineID.String()), v.Summary), ui.T(dutyWord(v.Duty)), ui.T("第 "+strconv.Itoa(v.Number)+" 版"), released))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// untakenList are the texts of the portal that nobody has taken over.
func untakenList(d governance.GuidelineDesk, mayWrite bool) list {
	l := list{Table: ui.Table{Caption: "可以取用的示范文本", Columns: []ui.Column{{Label: "示范文本", Full: true}, {Label: "对应事项"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, s := range d.Untaken {
		act := ui.Cell{}
		if mayWrite {
			act = ui.C(fileLink("取用", s.Title, paths.StaffGuidelineFrom(s.Key)))
		}
		rows = append(rows, ui.Cells(ui.Head(s.Title, "", s.Summary), ui.T(dutyWord(s.Duty)), act))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// entryView is one entry in work: its newest version, and the ones before.
type entryView struct {
	layout.Page
	Faults  ui.Errors
	Heading string
	State   string
	Tone    ui.Tone
	Why     string // of a return, or of a withdrawal
	WhyHead string
	Facts   []ui.Fact
	Blocks  []docx.Block
	Uploads []ui.Upload
	Acts    []ui.Tab // the first is the next step
	History list
}

// entry reads the versions of the entry of the request, the newest first.
func (p *Pages) entry(r *http.Request) ([]governance.GuidelineVersion, error) {
	id, err := param(r, "id")
	if err != nil {
		return nil, err
	}
	return p.Governance.GuidelineVersions(r.Context(), actor(r), id)
}

func (p *Pages) showEntry(w http.ResponseWriter, r *http.Request) error {
	return p.renderEntry(w, r, http.StatusOK, nil)
}

func (p *Pages) renderEntry(w http.ResponseWriter, r *http.Request, status int, faults ui.Errors) error {
	all, err := p.entry(r)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, status, entryPage(newEntry(r, all, faults)))
}

func newEntry(r *http.Request, all []governance.GuidelineVersion, faults ui.Errors) entryView {
	g, id := all[0], all[0].GuidelineID.String()
	v := entryView{Page: shell(r, g.Title, "guidelines", guidelineCrumbs(deskCrumb())...), Faults: faults, Heading: g.Title, State: g.State.Name(), Tone: guidelineTone(g.State),
		Blocks: governance.Blocks(g.Body), History: guidelineVersions(all)}
	v.Errors = len(faults)
	v.Facts = []ui.Fact{ui.F("对应事项", dutyWord(g.Duty)), ui.F("版本", "第 "+strconv.Itoa(g.Number)+" 版"), ui.F("一句话说明", orNone(g.Summary, "还没有写")), ui.F("编写人", g.WrittenName),
		ui.F("最近改动", civil.On(g.UpdatedAt).Chinese())}
	switch {
	case g.State == governance.GuidelineReturned:
		v.WhyHead, v.Why = g.DecidedName+"退回修改", g.Reason
	case g.State == governance.GuidelineReleased && g.Withdrawn:
		v.WhyHead, v.Why, v.State, v.Tone = "已经下架", g.WithdrawnReason, "已下架", ui.Mute
	}
	writable := g.State.Writable() && actor(r).Can(authz.GuidelineEdit)
	if writable {
		v.Acts = append(v.Acts, ui.Tab{Label: "修改内容", Href: paths.StaffGuidelineAct(id, "text")})
	}
	for _, x := range guidelineActs {
		if actor(r).Can(x.permission) && x.fits(x.on(all)) {
			v.Acts = append(v.Acts, ui.Tab{Label: x.label, Href: paths.StaffGuidelineAct(id, x.noun)})
		}
	}
	if g.State == governance.GuidelineReleased && !g.Withdrawn {
		v.Acts = append(v.Acts, ui.Tab{Label: "看公开的页面", Href: paths.Guideline(g.No)})
	}
	v.Uploads = guidelineUploads(g, writable, faults)
	return v
}

func guidelineVersions(all []governance.GuidelineVersion) list {
	l := list{Table: ui.Table{Caption: "各版本，最近的在前", Columns: []ui.Column{{Label: "版本", Full: true}, {Label: "状态"}, {Label: "编写"}, {Label: "决定"}}}}
	var rows []ui.Row
	for _, v := range all {
		decided := ui.T("")
		if v.DecidedAt != nil {
			decided = ui.TS(civil.On(*v.DecidedAt).String(), v.DecidedName)
		}
		rows = append(rows, ui.Cells(ui.Head("第 "+strconv.Itoa(v.Number)+" 版", "", v.Title), ui.C(ui.Tag(v.State.Name(), guidelineTone(v.State))), ui.TS(civil.On(v.UpdatedAt).String(), v.WrittenName), decided))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// ownFile names the bureau's own file of a guideline.
const ownFile = "现成的文件"

// guidelineUploads is the bureau's own file, and a row to send one while the
// version may be changed.
func guidelineUploads(g governance.GuidelineVersion, writable bool, faults ui.Errors) []ui.Upload {
	id, version := g.GuidelineID.String(), g.ID.String()
	var rows []ui.Upload
	for _, a := range g.Files {
		row := uploadRow(a, id, version)
		if writable {
			row.Act = removal(paths.StaffGuidelineRemoval(id, version, a.ID.String()), a.Filename, a.Version)
		}
		rows = append(rows, row)
	}
	if !writable {
		return rows
	}
	button := "上传"
	add := ui.Upload{What: ownFile, Need: "可不附", File: "附了文件，公众下载的是这份文件；没有附的，下载按正文生成的 Word 文档", Say: "Word、Excel 或 PDF，不超过 10 MB。", ID: fileSlot}
	if len(g.Files) > 0 {
		add.File, button = "换一份", "换一份"
	}
	if fault := faults.For(fileSlot); fault != "" {
		add.State, add.Tone, add.Say = "没有收下", ui.Bad, fault
	}
	add.Act = ui.UploadForm(ui.UploadTo{Action: paths.StaffGuidelineAct(id, "files") + "/" + url.PathEscape(version), Label: "选择文件", Accept: ".pdf,.docx,.xlsx",
		Token: once.NewToken(), Button: button, ID: "upload", Limit: attachment.MaxFileBytes})
	return append(rows, add)
}

func (p *Pages) createGuidelineFile(w http.ResponseWriter, r *http.Request) error {
	err := p.takeGuidelineFile(w, r)
	if err == nil {
		p.Flash(r.Context(), "文件已收到。")
		return httpserver.SeeOther(w, r, paths.StaffGuidelineEntry(httpserver.Param(r, "id")))
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.TooLarge) {
		return err
	}
	return p.renderEntry(w, r, httpserver.Status(err), refusedFile(err, fileSlot, ownFile))
}

// takeGuidelineFile reads and checks the file that was sent and attaches it.
func (p *Pages) takeGuidelineFile(w http.ResponseWriter, r *http.Request) error {
	version, err := param(r, "version")
	if err != nil {
		return err
	}
	owner, err := p.Governance.GuidelineFileOwner(r.Context(), actor(r), version)
	if err != nil {
		return err
	}
	return p.takeFile(w, r, owner, fileSlot, ownFile, func(ready *attachment.Prepared) error {
		return p.Governance.AttachGuideline(r.Context(), actor(r), version, ready)
	})
}

// versionAndFile are the two ids of a file's address.
func versionAndFile(r *http.Request) (version, file uuid.UUID, err error) {
	if version, err = param(r, "version"); err != nil {
		return version, file, err
	}
	file, err = param(r, "file")
	return version, file, err
}

func (p *Pages) removeGuidelineFile(w http.ResponseWriter, r *http.Request) error {
	version, file, err := versionAndFile(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	shown, _ := strconv.Atoi(r.PostForm.Get("version")) // a tampered one is stale
	if err := p.Governance.DetachGuideline(r.Context(), actor(r), version, file, shown); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。")
	return httpserver.SeeOther(w, r, paths.StaffGuidelineEntry(httpserver.Param(r, "id")))
}

func (p *Pages) sendGuidelineFile(w http.ResponseWriter, r *http.Request) error {
	version, file, err := versionAndFile(r)
	if err != nil {
		return err
	}
	a, content, err := p.Governance.GuidelineFile(r.Context(), actor(r), version, file)
	if err != nil {
		return err
	}
	return download.Serve(w, r, a, content)
}
