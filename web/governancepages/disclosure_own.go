package governancepages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// registerDisclosures declares the routes of what an organization tells the public.
func (p *Pages) registerDisclosures(public, s *httpserver.Router, forms formpage.Forms) {
	my := paths.MyDisclosures
	s.Get(my, authz.OrganizationEdit, p.listDisclosures)
	forms.Declare(s, paths.MyDisclosureNew, authz.OrganizationEdit, p.disclosureForm)
	forms.Declare(s, my+"/versions/{version}/withdrawal", authz.DisclosurePublish, p.withdrawalOfVersion)
	one := my + "/{id}"
	s.Get(one, authz.OrganizationEdit, p.showDisclosure)
	forms.Declare(s, one+"/text", authz.OrganizationEdit, p.disclosureForm)
	s.Post(one+"/file", authz.OrganizationEdit, p.createDisclosureFile)
	s.Get(one+"/file/{file}", authz.OrganizationEdit, p.sendDisclosureFile)
	s.Post(one+"/file/{file}/removal", authz.OrganizationEdit, p.removeDisclosureFile)
	forms.Declare(s, one+"/publication", authz.DisclosurePublish, p.publicationForm)

	section := paths.Organizations + "/{id}/disclosures"
	public.Get(section, authz.Public, p.showSection)
	public.Get(section+"/{version}", authz.Public, p.showVersion)
	public.Get(section+"/{version}/file", authz.Public, p.sendPublicFile)
}

func disclosuresCrumb() layout.Crumb {
	return layout.Crumb{Label: "信息公开", Href: paths.MyDisclosures}
}

// disclosuresView is what there is in work and public.
type disclosuresView struct {
	layout.Page
	Public string
	List   list
	Year   ui.Field
	Years  []ui.Option
	Kind   ui.Field
	Kinds  []ui.Option
}

func (p *Pages) listDisclosures(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Governance.Disclosures(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := disclosuresView{Page: shell(r, "信息公开", "workspace", ownCrumb()), Public: paths.Disclosures(o.Organization.ID.String()),
		Kind: ui.Field{Name: "kind", Label: "公开什么"}, Kinds: formpage.Named(governance.DisclosureKinds), Year: ui.Field{Name: "year", Label: "年度", Hint: "理事会和制度文件不分年度"},
		List: list{Empty: "还没有写过要公开的内容。从下面选一种开始。", Table: ui.Table{Caption: "要公开和已公开的内容",
			Columns: []ui.Column{{Label: "内容", Full: true}, {Label: "状态"}, {Label: "最近保存"}, {Label: "办理", Hidden: true}}}}}
	for y := o.Today.Year; y >= max(o.Organization.EstablishedOn.Year, o.Today.Year-governance.YearsShown); y-- {
		v.Years = append(v.Years, ui.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y)})
	}
	v.Year.Value = strconv.Itoa(o.Today.Year - 1)
	var rows []ui.Row
	for _, d := range o.List {
		word, tone := "没有发布", ui.Mute
		if i := slices.IndexFunc(o.Versions, func(x governance.Version) bool { return x.DisclosureID == d.ID }); i >= 0 {
			word, tone = versionWord(o.Versions[i])
		}
		rows = append(rows, ui.Cells(ui.Head(d.Subject(), paths.MyDisclosure(d.ID.String()), d.Values().Get("title")).Of(d.From, paths.MyOrganization+paths.MergedRecords), ui.C(ui.Tag(word, tone)),
			ui.TS(dayOf(d.SavedAt), d.ByName), ui.C(ui.Link("打开", paths.MyDisclosure(d.ID.String())))))
	}
	v.List.Table.Groups = ui.Rows(rows...)
	return httpserver.Render(w, r, http.StatusOK, disclosuresPage(v))
}

// versionWord is the state of a version in a word.
func versionWord(x governance.Version) (string, ui.Tone) {
	switch {
	case x.WithdrawnAt != nil:
		return "已撤回", ui.Bad
	case x.Superseded:
		return "已更新", ui.Mute
	}
	return "已公开", ui.Good
}

// disclosureForm writes a new text, or goes on with one: it saves whatever is
// typed; what is wrong stops the publication.
func (p *Pages) disclosureForm(r *http.Request) (*formpage.Editor, error) {
	e := &formpage.Editor{}
	e.View = formpage.View{Submit: "保存", Action: r.URL.Path, Back: paths.MyDisclosures, BackLabel: "返回信息公开"}
	in := governance.DisclosureInput{}
	if httpserver.Param(r, "id") != "" {
		o, err := p.disclosureOf(r)
		if err != nil {
			return nil, err
		}
		in.ID, in.Kind, in.Year = o.ID, o.Kind, o.Year
		e.Saved, e.Hidden, e.Back, e.BackLabel = o.Values(), []ui.Pair{formpage.Version(o.Version)}, paths.MyDisclosure(o.ID.String()), "返回这份公开信息"
		e.Heading = o.Subject()
	} else {
		values := r.URL.Query()
		if r.Method == http.MethodPost {
			values = r.PostForm
		}
		in.Kind = governance.DisclosureKind(values.Get("kind"))
		if in.Kind.Yearly() {
			in.Year, _ = strconv.Atoi(values.Get("year"))
		}
		if !slices.Contains(governance.DisclosureKinds, in.Kind) || in.Year < 0 || in.Year > 2999 {
			return nil, missing()
		}
		begin, _, _, err := p.Governance.BeginDisclosure(r.Context(), actor(r), in.Kind, in.Year)
		if err != nil {
			return nil, err
		}
		e.Saved, e.Heading = begin, titleOf(in)
		e.Hidden = []ui.Pair{formpage.Token(), {Name: "kind", Value: string(in.Kind)}, {Name: "year", Value: strconv.Itoa(in.Year)}}
	}
	e.Page, e.Lead = shell(r, e.Heading, "workspace", ownCrumb(), disclosuresCrumb()), "保存以后还不公开，由负责人核对、发布。"
	disclosureControls(&e.View, in.Kind, rowsOf(e.Saved, r))
	e.Mend = func(string) string { return paths.MyDisclosures }
	e.Done = "已保存，还没有公开。"
	e.Save = func(f *form.Form) error {
		in.Version, in.Token, in.Typed = formpage.VersionOf(f), f.Raw("token"), url.Values{}
		for name, list := range r.PostForm {
			if e.Asks(name) {
				in.Typed[name] = list
			}
		}
		id, err := p.Governance.SaveDisclosure(r.Context(), actor(r), in)
		e.To = paths.MyDisclosure(id.String())
		return err
	}
	return e, nil
}

func titleOf(in governance.DisclosureInput) string {
	return governance.Version{Kind: in.Kind, Year: in.Year}.Subject()
}

func disclosureControls(v *formpage.View, kind governance.DisclosureKind, rows int) {
	v.Ask(formpage.Line("title", "标题", 0))
	body := formpage.Lines("body", "内容", 10, 3000).Hint("会公开。不要写身份证号、手机号、银行账号，发布前会检查")
	switch kind {
	case governance.Accounts:
		v.Part("收支", "单位：元。合计由系统计算。", formpage.Amount("opening", "年初余额"))
		v.Part("收入", "", amounts(governance.IncomeLines)...)
		v.Part("支出", "", amounts(governance.ExpenseLines)...)
		v.Part("说明", "", body.Optional())
	case governance.Donations:
		donationRows(v, rows)
		v.Part("说明", "要删一笔，清空它的三项。要更多行，先保存，再打开。", body.Optional())
	case governance.Document:
		v.Ask(body.Optional())
	default:
		v.Ask(body)
	}
}

func (p *Pages) disclosureOf(r *http.Request) (governance.DisclosureView, error) {
	id, err := param(r, "id")
	if err != nil {
		return governance.DisclosureView{}, err
	}
	return p.Governance.Disclosure(r.Context(), actor(r), id)
}

// disclosureView is one disclosure as its organization works on it.
type disclosureView struct {
	layout.Page
	Heading  string
	Faults   ui.Errors // of the upload
	Tag      string
	Tone     ui.Tone
	Left     []ui.Fact // what stops the publication
	Doubtful []ui.Fact // what somebody should look at
	Text     disclosedText
	Uploads  []ui.Upload
	Versions list
	Edit     string
	Publish  string // "" for who cannot
	Saved    string
}

// disclosedText is a text as the public reads it.
type disclosedText struct {
	Title string
	Body  string
	Table *ui.Table
}

func textOf(kind governance.DisclosureKind, title, body string, lines []governance.DisclosedLine) disclosedText {
	t := disclosedText{Title: title, Body: body}
	opening, in, out := governance.Totals(lines)
	side := func(s governance.Side) (list []governance.Line) {
		for _, l := range lines {
			if l.Side == s {
				list = append(list, governance.Line{Name: l.Label, Amount: l.Amount})
			}
		}
		return list
	}
	switch {
	case kind == governance.Accounts:
		table := moneyTable("财务收支", &opening, side(governance.In), side(governance.Out), opening+in-out)
		t.Table = &table
	case kind == governance.Donations && len(lines) > 0:
		var r governance.Report
		for _, l := range lines {
			r.Donations = append(r.Donations, governance.Donation{Donor: l.Label, Use: l.Note, Amount: l.Amount})
		}
		table := donationTable(r)
		t.Table = &table
	case kind == governance.Donations && body == "":
		t.Body = "这一年没有接受捐赠。"
	}
	return t
}

func (p *Pages) showDisclosure(w http.ResponseWriter, r *http.Request) error {
	v, err := p.disclosurePage(r, nil)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, disclosurePage(v))
}

func (p *Pages) disclosurePage(r *http.Request, faults ui.Errors) (v disclosureView, err error) {
	o, err := p.disclosureOf(r)
	if err != nil {
		return v, err
	}
	id := o.ID.String()
	v = disclosureView{Page: shell(r, o.Subject(), "workspace", ownCrumb(), disclosuresCrumb()), Heading: o.Subject(), Faults: faults, Edit: paths.MyDisclosureAct(id, "text"),
		Tag: "没有发布", Tone: ui.Mute, Text: textOf(o.Kind, o.Text.Title, o.Text.Body, o.Text.Lines), Saved: dayOf(o.SavedAt) + " " + o.ByName + "保存",
		Uploads: disclosureUploads(o, faults), Versions: versionList(o, actor(r).Can(authz.DisclosurePublish))}
	v.Errors = len(faults)
	if len(o.Versions) > 0 {
		v.Tag, v.Tone = versionWord(o.Versions[0])
	}
	for _, f := range o.Faults {
		v.Left = append(v.Left, ui.Fact{Label: f.Label, Value: f.Message, Change: v.Edit, Act: "去改"})
	}
	for _, x := range o.Doubtful {
		v.Doubtful = append(v.Doubtful, ui.F(x.Label, x.Where()+"："+x.Value+"。核对，能公开的可以保留"))
	}
	if actor(r).Can(authz.DisclosurePublish) && len(o.Faults) == 0 {
		v.Publish = paths.MyDisclosureAct(id, "publication")
	}
	return v, nil
}

func disclosureUploads(o governance.DisclosureView, faults ui.Errors) (rows []ui.Upload) {
	id := o.ID.String()
	add := ui.Upload{What: "文件", Need: "可不交", File: "还没有上传", Say: "PDF、图片或 Word，会公开。先核对里面没有个人的证件号、电话和账号；系统去掉文件的隐藏信息，不检查正文。", ID: fileSlot}
	if o.Kind == governance.Document {
		add.Need = "必交"
	}
	button := "上传"
	if a := o.File; a != nil {
		row := fileRow("文件", *a)
		row.Act = removal(paths.MyDisclosureFileRemoval(id, a.ID.String()), a.Filename, a.Version)
		if a.State == attachment.Accepted {
			row.Href = paths.MyDisclosureFile(id, a.ID.String())
		}
		rows, add.File, button = append(rows, row), "换一份", "换一份"
	}
	if fault := faults.For(fileSlot); fault != "" {
		add.State, add.Tone, add.Say = "没有收下", ui.Bad, fault
	}
	add.Act = ui.UploadForm(ui.UploadTo{Action: paths.MyDisclosureAct(id, "file"), Label: "选择文件", Accept: acceptedTypes, Token: once.NewToken(), Button: button, ID: "upload", Limit: attachment.MaxFileBytes})
	return append(rows, add)
}

// versionList is every version with what may be done with it.
func versionList(o governance.DisclosureView, may bool) list {
	l := list{Empty: "还没有发布过。", Table: ui.Table{Caption: "发布过的版本，最近的在前", Columns: []ui.Column{{Label: "版本", Full: true}, {Label: "状态"}, {Label: "发布"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range o.Versions {
		word, tone := versionWord(x)
		state := ui.C(ui.Tag(word, tone))
		if x.WithdrawnAt != nil {
			state = ui.C(ui.Tag(word, tone), small(x.WithdrawnOn().String()+" "+x.WithdrawnName+"："+x.WithdrawnReason))
		}
		act := ui.Cell{}
		if may && x.WithdrawnAt == nil {
			act = ui.C(ui.Link("撤回", paths.MyDisclosureWithdrawal(x.ID.String())))
		}
		rows = append(rows, ui.Cells(ui.Head("第 "+strconv.Itoa(x.Number)+" 版", paths.Disclosure(o.OrgID.String(), x.ID.String()), x.Title), state, ui.TS(x.On().String(), x.PublishedName), act))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

func (p *Pages) createDisclosureFile(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	owner, err := p.Governance.DisclosureOwner(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	err = p.takeFile(w, r, owner, fileSlot, "文件", func(ready *attachment.Prepared) error {
		return p.Governance.AttachDisclosure(r.Context(), actor(r), id, ready)
	})
	if err == nil {
		p.Flash(r.Context(), "文件已收到，还没有公开。")
		return httpserver.SeeOther(w, r, paths.MyDisclosure(id.String()))
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.TooLarge) {
		return err
	}
	v, again := p.disclosurePage(r, refusedFile(err, fileSlot, "文件"))
	if again != nil {
		return again
	}
	return httpserver.Render(w, r, httpserver.Status(err), disclosurePage(v))
}

func (p *Pages) sendDisclosureFile(w http.ResponseWriter, r *http.Request) error {
	id, file, err := idAndFile(r)
	if err != nil {
		return err
	}
	a, content, err := p.Governance.DisclosureFile(r.Context(), actor(r), id, file)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

func (p *Pages) removeDisclosureFile(w http.ResponseWriter, r *http.Request) error {
	id, file, err := idAndFile(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := p.Governance.DetachDisclosure(r.Context(), actor(r), id, file, formpage.VersionOf(form.New(r.PostForm))); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。发布过的版本不变。")
	return httpserver.SeeOther(w, r, paths.MyDisclosure(id.String()))
}

func idAndFile(r *http.Request) (id, file uuid.UUID, err error) {
	if id, err = param(r, "id"); err == nil {
		file, err = param(r, "file")
	}
	return id, file, err
}

// publicationForm shows what will be public once more, and publishes it.
func (p *Pages) publicationForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.disclosureOf(r)
	if err != nil {
		return nil, err
	}
	back := paths.MyDisclosure(o.ID.String())
	e := &formpage.Editor{To: back, Done: "已公开，谁都看得到。"}
	e.View = formpage.View{Page: shell(r, "发布", "workspace", ownCrumb(), disclosuresCrumb(), layout.Crumb{Label: o.Subject(), Href: back}), Heading: "发布" + o.Subject(),
		Lead: "发布以后马上公开，写明日期和发布人。这一版不能再改，只能发布新的一版或撤回。", Submit: "发布", Action: r.URL.Path, Back: back, BackLabel: "返回这份公开信息",
		Above: publicText(textOf(o.Kind, o.Text.Title, o.Text.Body, o.Text.Lines), fileName(o.File), "")}
	for _, f := range o.Faults {
		e.Obstacles = append(e.Obstacles, f.Label+"："+f.Message)
	}
	e.Hidden = []ui.Pair{formpage.Token(), formpage.Version(o.Version)}
	if len(o.Doubtful) > 0 {
		var options []ui.Option
		for _, x := range o.Doubtful {
			options = append(options, ui.Option{Value: x.Value, Label: x.Label + x.Where() + "：" + x.Value})
		}
		e.Ask(formpage.TickMany("looked", "可能是个人信息，能公开的逐条勾选", options))
	}
	e.Mend = func(string) string { return paths.MyDisclosureAct(o.ID.String(), "text") }
	e.Save = func(f *form.Form) error {
		for _, x := range o.Doubtful {
			if !slices.Contains(f.RawAll("looked"), x.Value) {
				f.Fail("looked", "可能是个人信息", "逐条核对：能公开的勾选，不能公开的回去删掉")
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := p.Governance.Publish(r.Context(), actor(r), o.ID, formpage.VersionOf(f), f.Raw("token"))
		return err
	}
	return e, nil
}

func fileName(a *attachment.Attachment) string {
	if a == nil {
		return ""
	}
	return a.Describe()
}

func (p *Pages) withdrawalOfVersion(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "version")
	if err != nil {
		return nil, err
	}
	x, err := p.Governance.PublicVersion(r.Context(), actor(r).OrgID, id)
	if err != nil {
		return nil, missing()
	}
	back := paths.MyDisclosure(x.DisclosureID.String())
	e := &formpage.Editor{To: back, Done: "已撤回。公开的页面上留下撤回的日期和理由。"}
	e.View = formpage.View{Page: shell(r, "撤回", "workspace", ownCrumb(), disclosuresCrumb(), layout.Crumb{Label: x.Subject(), Href: back}), Heading: "撤回" + x.Subject(),
		Lead: "撤回以后，公开的页面上不再有内容，只留下日期、发布人和撤回的理由。", Submit: "撤回", Stop: true, Action: r.URL.Path, Back: back, BackLabel: "返回这份公开信息",
		Facts: []ui.Fact{ui.F("版本", "第 "+strconv.Itoa(x.Number)+" 版"), ui.F("标题", x.Title), ui.F("发布", x.On().Chinese()+"，"+x.PublishedName)}}
	if x.WithdrawnAt != nil {
		e.Obstacles = []string{"这一版已经撤回。"}
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(formpage.Lines("reason", "撤回的理由", 3, 200).Hint("会公开，5 到 200 个字，如：支出分类有误，改正后再公开"))
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "撤回的理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.Withdraw(r.Context(), actor(r), id, reason, f.Raw("token"))
	}
	return e, nil
}
