package policypages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

var kindOptions = []ui.Option{
	{Value: policy.KindPolicy, Label: "政策文件", Hint: "实施意见这样的文件，规定做什么。一天只有一份有效"},
	{Value: policy.KindRules, Label: "实施细则", Hint: "依据政策文件制定的细则、办法"},
}

// policyOptions are the policies of which something may be made.
func policyOptions(o policy.Overview) []ui.Option {
	var out []ui.Option
	for _, d := range o.Documents {
		if d.Kind == policy.KindPolicy && d.Status != policy.Discarded {
			out = append(out, ui.Option{Value: d.ID.String(), Label: d.Title + "（" + d.Period() + "，" + d.Status.Name() + "）"})
		}
	}
	return out
}

func documentControls(o policy.Overview) []formpage.Control {
	return []formpage.Control{
		formpage.OneOf("kind", "种类", kindOptions),
		formpage.Pick("under", "依据的政策文件", formpage.First("不从属于别的文件", policyOptions(o))).Hint("实施细则才填").Optional(),
		formpage.Line("title", "标题", 0), formpage.Line("no", "文号", 14).Hint("如：深坪府规〔2026〕1号").Optional(), formpage.Line("issued_by", "发布机构", 0),
		formpage.Day("issued_on", "发布日期"), formpage.Day("from", "施行日期").Hint("有效的第一天"),
		formpage.Day("to", "有效期至").Hint("有效的最后一天；没有设定期限的留空").Optional(),
		formpage.Line("source", "来源", 0).Hint("在哪里公布的：网站栏目和日期，或纸质文件"),
	}
}

func readDocument(f *form.Form, o policy.Overview) policy.DocumentInput {
	in := policy.DocumentInput{
		Token: f.Raw("token"), Kind: f.Choice("kind", "种类", formpage.ValuesOf(kindOptions), form.Required),
		Title: f.Text("title", "标题", form.Required, form.Max(200)), No: f.Text("no", "文号", form.Max(60)),
		IssuedBy: f.Text("issued_by", "发布机构", form.Required, form.Max(100)), IssuedOn: f.Date("issued_on", "发布日期", form.Required),
		From: f.Date("from", "施行日期", form.Required), To: f.Date("to", "有效期至"), Source: f.Text("source", "来源", form.Required, form.Max(300)),
	}
	in.UnderID = chosen(f, "under", "依据的政策文件", policyOptions(o))
	return in
}

// chosen reads an id out of a closed list; zero for none.
func chosen(f *form.Form, name, label string, options []ui.Option, opts ...form.Option) uuid.UUID {
	id, _ := uuid.Parse(f.Choice(name, label, formpage.ValuesOf(options), opts...)) // one of the list, or nothing
	return id
}

func (p *Pages) newDocumentForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.Desk.Overview(r.Context(), actor(r))
	if err != nil {
		return nil, err
	}
	e := &formpage.Editor{View: formpage.View{
		Page: deskPage("录入文件"), Heading: "录入文件", Lead: "先填文件本身，再录条文。提交签批以前都能改，公众看不到。", Action: paths.StaffPolicyNew,
		Submit: "保存并录条文", Back: paths.StaffPolicies, BackLabel: "不录了", Hidden: []ui.Pair{formpage.Token()},
	}, Saved: url.Values{"kind": {policy.KindPolicy}}, Done: "文件已保存。接着录条文。"}
	e.Ask(documentControls(o)...)
	e.Save = func(f *form.Form) error {
		in := readDocument(f, o)
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Desk.CreateDocument(r.Context(), actor(r), in)
		e.To = paths.StaffPolicyAct(id.String(), "text")
		return err
	}
	return e, nil
}

// documentEditor is a form about one document.
func (p *Pages) documentEditor(r *http.Request, title, lead, act, submit string) (*formpage.Editor, policy.DocumentFile, error) {
	id, err := param(r, "id")
	if err != nil {
		return nil, policy.DocumentFile{}, err
	}
	file, err := p.Desk.DocumentFile(r.Context(), actor(r), id)
	if err != nil {
		return nil, file, err
	}
	e := deskEditor(title, layout.Crumb{Label: file.Document.Title, Href: paths.StaffPolicy(id.String())}, file.Document.Version)
	e.Lead, e.Submit, e.Action, e.BackLabel = lead, submit, paths.StaffPolicyAct(id.String(), act), "返回文件"
	return e, file, nil
}

// deskEditor is a form about something on record: it leads back to its page.
func deskEditor(title string, about layout.Crumb, version int) *formpage.Editor {
	return &formpage.Editor{View: formpage.View{
		Page: deskPage(title, about), Heading: title, Back: about.Href, Hidden: []ui.Pair{formpage.Version(version)},
	}, To: about.Href}
}

// mustBe refuses a form that its document does not take now.
func mustBe(d policy.Document, s policy.Status) error {
	if d.Status != s {
		return errs.Newf(errs.Conflict, "《%s》现在是“%s”，不能这样办。", d.Title, d.Status.Name())
	}
	return nil
}

func (p *Pages) factsForm(r *http.Request) (*formpage.Editor, error) {
	e, file, err := p.documentEditor(r, "修改文件信息", "", "facts", "保存文件信息")
	if err == nil {
		err = mustBe(file.Document, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	d := file.Document
	e.Ask(documentControls(file.Overview)...)
	e.Saved = url.Values{"kind": {d.Kind}, "title": {d.Title}, "no": {d.No}, "issued_by": {d.IssuedBy}, "issued_on": {d.IssuedOn.String()},
		"from": {d.EffectiveFrom.String()}, "to": {d.EffectiveTo.String()}, "source": {d.Source}, "under": {idText(d.UnderID)}}
	e.Done = "文件信息已保存。"
	e.Save = func(f *form.Form) error {
		in := readDocument(f, file.Overview)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.EditDocument(r.Context(), actor(r), d.ID, formpage.VersionOf(f), in)
	}
	return e, nil
}

func idText(id uuid.UUID) string {
	if id == uuid.Nil {
		return ""
	}
	return id.String()
}

// longestDocument is the longest text that can be pasted, in characters.
const longestDocument = 100_000

// textForm takes the whole text apart: it is shown first and saved when the same
// text is sent again.
func (p *Pages) textForm(r *http.Request) (*formpage.Editor, error) {
	e, file, err := p.documentEditor(r, "粘贴全文", "粘贴公布的全文，按 一、（一）1.（1） 或 第X章、第X条 分成条文。先预览，再保存；保存以后可以逐条修改。", "text", "")
	if err == nil {
		err = mustBe(file.Document, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	e.Preview = "预览分条"
	e.Hidden = append(e.Hidden, formpage.Seen())
	e.Ask(formpage.Lines("text", "全文", 18, longestDocument))
	if len(file.Articles) > 0 {
		e.Lead += fmt.Sprintf("现有的 %d 条会全部换掉。", len(file.Articles))
	}
	e.Done = "条文已保存。核对引用写法和条目名称，再提交签批。"
	e.Save = func(f *form.Form) error {
		text := f.Text("text", "全文", form.Required, form.Multiline, form.Max(longestDocument))
		if err := f.Err(); err != nil {
			return err
		}
		list := policy.Split(text)
		if !formpage.Previewed(f, text) {
			e.Offer(text, "保存这些条文")
			e.Shown = splitPreview(articlesTable(list, "", 0))
			return nil
		}
		return p.Desk.SetArticles(r.Context(), actor(r), file.Document.ID, formpage.VersionOf(f), list)
	}
	return e, nil
}

// articleForm edits one article, or adds one behind ?after=n.
func (p *Pages) articleForm(r *http.Request) (*formpage.Editor, error) {
	ordinal := 0
	if typed := httpserver.Param(r, "ordinal"); typed != "" {
		var err error
		if ordinal, err = strconv.Atoi(typed); err != nil || ordinal < 1 {
			return nil, missing()
		}
	}
	title, act := "修改条文", "articles/"+strconv.Itoa(ordinal)
	if ordinal == 0 {
		title, act = "加一条", "articles"
	}
	e, file, err := p.documentEditor(r, title, "", act, "保存这一条")
	if err == nil {
		err = mustBe(file.Document, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	if ordinal > len(file.Articles) {
		return nil, missing()
	}
	controls := []formpage.Control{
		formpage.Line("path", "引用写法", 14).Hint("怎么引用这一条，如 三（二）1（1）、第十二条"),
		formpage.Line("label", "条目名称", 0).Hint("目录里的名称。规定某项工程的，就写工程名：办事指南按它找依据"),
		formpage.Line("number", "序号", 8).Hint("印在前面的序号，如 （二）").Optional(), formpage.Line("title", "标题行", 0).Hint("单独成行的标题；没有的留空").Optional(),
		formpage.Lines("text", "正文", 10, 20_000).Hint("一段一行").Optional(),
	}
	places := placesFor(file.Articles)
	e.Saved = url.Values{}
	if ordinal > 0 {
		a := file.Articles[ordinal-1]
		e.Saved = url.Values{"path": {a.Path}, "label": {a.Label}, "number": {a.Number}, "title": {a.Title}, "text": {a.Text}}
	} else {
		controls = append([]formpage.Control{formpage.Pick("after", "放在哪里", places)}, controls...)
		e.Saved.Set("after", strconv.Itoa(len(file.Articles)))
	}
	e.Ask(controls...)
	e.Done = "这一条已保存。"
	e.Save = func(f *form.Form) error {
		after := 0
		if ordinal == 0 {
			after, _ = strconv.Atoi(f.Choice("after", "放在哪里", formpage.ValuesOf(places), form.Required)) // a number of the list
		}
		a := policy.Article{Path: f.Text("path", "引用写法", form.Required, form.Max(30)), Label: f.Text("label", "条目名称", form.Required, form.Max(60)),
			Number: f.Text("number", "序号", form.Max(20)), Title: f.Text("title", "标题行", form.Max(100)), Text: f.Text("text", "正文", form.Multiline, form.Max(20_000))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.SaveArticle(r.Context(), actor(r), file.Document.ID, formpage.VersionOf(f), ordinal, after, a)
	}
	return e, nil
}

// placesFor are the places that a new article may take, by the one before it.
func placesFor(list []policy.Article) []ui.Option {
	options := []ui.Option{{Value: "0", Label: "放在最前面"}}
	for _, a := range list {
		options = append(options, ui.Option{Value: strconv.Itoa(a.Ordinal), Label: "在“" + a.Path + " " + a.Label + "”后面"})
	}
	return options
}

// removalForm takes an article out, after asking.
func (p *Pages) removalForm(r *http.Request) (*formpage.Editor, error) {
	ordinal, err := strconv.Atoi(httpserver.Param(r, "ordinal"))
	if err != nil {
		return nil, missing()
	}
	e, file, err := p.documentEditor(r, "确认删去这一条", "删去以后，后面的条文往前移。", "articles/"+strconv.Itoa(ordinal)+"/removal", "删去这一条")
	if err == nil {
		err = mustBe(file.Document, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	if ordinal < 1 || ordinal > len(file.Articles) {
		return nil, missing()
	}
	a := file.Articles[ordinal-1]
	e.Stop = true
	e.Facts = []ui.Fact{ui.F("引用写法", a.Path), ui.F("条目名称", a.Label), ui.F("正文", short(a.Title+a.Text, 80))}
	e.Done = "“" + a.Path + "”已删去。"
	e.Save = func(f *form.Form) error {
		return p.Desk.RemoveArticle(r.Context(), actor(r), file.Document.ID, formpage.VersionOf(f), ordinal)
	}
	return e, nil
}

// moveArticle moves an article one place: an act that the next one undoes.
func (p *Pages) moveArticle(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	ordinal, err := strconv.Atoi(httpserver.Param(r, "ordinal"))
	if err != nil {
		return missing()
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	f := form.New(r.PostForm)
	if err := p.Desk.MoveArticle(r.Context(), actor(r), id, formpage.VersionOf(f), ordinal, f.Raw("to") == "up"); err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.StaffPolicy(id.String())+"#articles")
}

func short(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
