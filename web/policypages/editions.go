package policypages

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// editionOptions are the editions from which another can be copied.
func editionOptions(o policy.Overview) []ui.Option {
	var out []ui.Option
	for _, e := range o.Editions {
		if e.Status != policy.Discarded {
			out = append(out, ui.Option{Value: e.ID.String(), Label: e.Label + "（" + e.Span().String() + "，" + e.Status.Name() + "）"})
		}
	}
	return out
}

func editionControls() []formpage.Control {
	return []formpage.Control{
		formpage.Line("label", "名称", 14), formpage.Day("from", "起始日期").Hint("适用的第一天。已经有参数在适用的，最早从明天起"),
		formpage.Day("to", "最后一天").Hint("留空就适用到文件的最后一天，或下一版为止").Optional(), formpage.Why("为什么要有这一版，如：新的实施意见施行；确认待确认的金额"),
	}
}

func readEdition(f *form.Form) policy.EditionInput {
	return policy.EditionInput{Token: f.Raw("token"), Label: f.Text("label", "名称", form.Required, form.Max(40)),
		From: f.Date("from", "起始日期", form.Required), To: f.Date("to", "最后一天"), Reason: formpage.ReasonOf(f)}
}

// newEditionForm begins an edition as a copy. ?document= and ?copy= choose.
func (p *Pages) newEditionForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.Desk.Overview(r.Context(), actor(r))
	if err != nil {
		return nil, err
	}
	documents, copies := policyOptions(o), editionOptions(o)
	controls := append([]formpage.Control{
		formpage.Pick("document", "依据的文件", formpage.First("请选择", documents)), formpage.Pick("copy_of", "从哪一版复制", formpage.First("请选择", copies)).Hint("复制全部参数，再逐项修改"),
	}, editionControls()...)
	e := &formpage.Editor{View: formpage.View{
		Page: deskPage("新建一版参数"), Heading: "新建一版参数", Lead: "从已有的一版复制，改好后提交签批。签批过的一版不再改动，要改就再建一版。", Action: paths.StaffEditionNew,
		Submit: "复制出新的一版", Back: paths.StaffPolicies, BackLabel: "不建了", Hidden: []ui.Pair{formpage.Token()},
	}, Saved: newEdition(o, r.URL.Query()), Done: "已复制。逐项核对，改好后提交签批。"}
	e.Ask(controls...)
	e.Save = func(f *form.Form) error {
		document := chosen(f, "document", "依据的文件", documents, form.Required)
		copied := chosen(f, "copy_of", "从哪一版复制", copies, form.Required)
		in := readEdition(f)
		in.DocumentID, in.CopyOf = document, copied
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Desk.CreateEdition(r.Context(), actor(r), in)
		e.To = paths.StaffEdition(id.String())
		return err
	}
	return e, nil
}

// newEdition is what the form of a new edition begins with: the newest policy,
// the newest edition and the first day that is possible.
func newEdition(o policy.Overview, q url.Values) url.Values {
	v := url.Values{"document": {q.Get("document")}, "copy_of": {q.Get("copy")}}
	var d policy.Document
	for _, have := range o.Documents {
		if have.ID.String() == v.Get("document") || v.Get("document") == "" && have.Kind == policy.KindPolicy && have.Status != policy.Discarded {
			d = have
			break
		}
	}
	v.Set("document", idText(d.ID))
	from, taken := d.EffectiveFrom, false
	for _, e := range o.Editions {
		if e.Status == policy.Approved && v.Get("copy_of") == "" {
			v.Set("copy_of", e.ID.String())
		}
		taken = taken || e.Status == policy.Approved && e.DocumentID == d.ID && e.Span().Contains(o.On)
	}
	if taken {
		from = o.On.AddDays(1)
	}
	v.Set("from", from.String())
	v.Set("label", freeLabel(o, from))
	return v
}

// freeLabel is the next name in line: 参数 2026-2 版.
func freeLabel(o policy.Overview, from civil.Date) string {
	for n := 1; ; n++ {
		label := fmt.Sprintf("参数 %d-%d 版", from.Year, n)
		taken := false
		for _, e := range o.Editions {
			taken = taken || e.Label == label
		}
		if !taken {
			return label
		}
	}
}

// editionEditor is a form about one edition.
func (p *Pages) editionEditor(r *http.Request, title, lead, act, submit string) (*formpage.Editor, policy.EditionFile, error) {
	id, err := param(r, "id")
	if err != nil {
		return nil, policy.EditionFile{}, err
	}
	file, err := p.Desk.EditionFile(r.Context(), actor(r), id)
	if err != nil {
		return nil, file, err
	}
	e := deskEditor(title, layout.Crumb{Label: file.Edition.Label, Href: paths.StaffEdition(id.String())}, file.Edition.Version)
	e.Lead, e.Submit, e.Action, e.BackLabel = lead, submit, paths.StaffEditionAct(id.String(), act), "返回这一版"
	return e, file, nil
}

func editionMustBe(e policy.Edition, s policy.Status) error {
	if e.Status != s {
		return errs.Newf(errs.Conflict, "“%s”现在是“%s”，不能这样办。签批过的一版不再改动，要改就复制出新的一版。", e.Label, e.Status.Name())
	}
	return nil
}

func (p *Pages) editionFactsForm(r *http.Request) (*formpage.Editor, error) {
	e, file, err := p.editionEditor(r, "修改名称和日期", "", "facts", "保存名称和日期")
	if err == nil {
		err = editionMustBe(file.Edition, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	x := file.Edition
	e.Ask(editionControls()...)
	e.Saved = url.Values{"label": {x.Label}, "from": {x.EffectiveFrom.String()}, "to": {x.EffectiveTo.String()}, "reason": {x.Reason}}
	e.Done = "名称和日期已保存。"
	e.Save = func(f *form.Form) error {
		in := readEdition(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.EditEdition(r.Context(), actor(r), x.ID, formpage.VersionOf(f), in)
	}
	return e, nil
}

var (
	sourceOptions = []ui.Option{
		{Value: string(policy.FromPolicy), Label: policy.FromPolicy.Name(), Hint: "条文里写明的值，就是确认的"},
		{Value: string(policy.FromPrecedent), Label: policy.FromPrecedent.Name(), Hint: "参照市里或邻区公布的规定"},
		{Value: string(policy.FromDefault), Label: policy.FromDefault.Name(), Hint: "没有依据的，系统建议的值"},
	}
	confirmOptions = []ui.Option{{Value: "yes", Label: "已确认"}, {Value: "no", Label: "待确认", Hint: "公众页面注明“默认值，待民政局确认”"}}
)

// parameterForm edits one parameter of a draft.
func (p *Pages) parameterForm(r *http.Request) (*formpage.Editor, error) {
	key := policy.Key(httpserver.Param(r, "key"))
	e, file, err := p.editionEditor(r, "修改参数", "", "parameters/"+url.PathEscape(string(key)), "保存这个参数")
	if err == nil {
		err = editionMustBe(file.Edition, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	if !file.Edition.Params.Has(key) {
		return nil, missing()
	}
	def, now := definition(key), file.Edition.Params.Param(key)
	articles := []ui.Option{{Value: "", Label: "不依据条文（站点设置）"}}
	for _, a := range file.Articles {
		articles = append(articles, ui.Option{Value: a.Path, Label: a.Path + " " + a.Label})
	}
	e.Heading = def.Label
	e.Facts = parameterFacts(file, now)
	e.Ask(valueControl(def), formpage.Pick("article", "依据", articles), formpage.OneOf("source", "来源", sourceOptions),
		formpage.OneOf("confirmed", "是否确认", confirmOptions), formpage.Why("为什么改，依据哪次会议、哪份文件"))
	e.Saved = url.Values{"value": {now.Typed()}, "article": {now.Article}, "source": {string(now.Source)}, "confirmed": {yesNo(now.Confirmed)}}
	e.Done = "“" + def.Label + "”已保存。"
	e.Save = func(f *form.Form) error {
		in := policy.ParameterInput{Key: key, Value: readValue(f, def), Article: f.Choice("article", "依据", formpage.ValuesOf(articles)),
			Source:    policy.Source(f.Choice("source", "来源", formpage.ValuesOf(sourceOptions), form.Required)),
			Confirmed: f.Choice("confirmed", "是否确认", formpage.ValuesOf(confirmOptions), form.Required) == "yes", Reason: formpage.ReasonOf(f)}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.SetParameter(r.Context(), actor(r), file.Edition.ID, formpage.VersionOf(f), in)
	}
	return e, nil
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func definition(key policy.Key) policy.Definition {
	for _, d := range policy.Definitions() {
		if d.Key == key {
			return d
		}
	}
	return policy.Definition{}
}

// valueControl asks for a value as its type is written.
func valueControl(d policy.Definition) formpage.Control {
	const name, label = "value", "值"
	switch d.Type {
	case policy.Money:
		return formpage.Amount(name, label)
	case policy.MonthDay:
		return formpage.Line(name, label, 8).Hint("每年的几月几日，如 03-31")
	case policy.Choice:
		var options []ui.Option
		for _, o := range d.Choices {
			options = append(options, ui.Option{Value: o.Value, Label: o.Label})
		}
		return formpage.OneOf(name, label, options)
	}
	c := formpage.Number(name, label, d.Unit).Hint(fmt.Sprintf("%d 到 %d", d.Bounds().Least, d.Bounds().Most))
	c.Width = 8
	return c
}

// readValue reads what was typed into valueControl; full-width figures are taken.
func readValue(f *form.Form, d policy.Definition) any {
	b := d.Bounds()
	switch d.Type {
	case policy.Money:
		return int64(f.Money("value", "值", form.Required, form.Min(int(b.Least)), form.Max(int(b.Most))))
	case policy.MonthDay:
		return monthDay(f)
	case policy.Choice:
		var values []string
		for _, o := range d.Choices {
			values = append(values, o.Value)
		}
		return f.Choice("value", "值", values, form.Required)
	default:
		return int64(f.Int("value", "值", form.Required, form.Min(int(b.Least)), form.Max(int(b.Most))))
	}
}

var monthAndDay = regexp.MustCompile(`^([0-9]{1,2})[-/.月]([0-9]{1,2})日?$`)

// monthDay reads a day of every year: 29 February is none.
func monthDay(f *form.Form) string {
	typed := f.Code("value", "值", form.Required, form.Max(8))
	if typed == "" {
		return ""
	}
	m := monthAndDay.FindStringSubmatch(typed)
	if m == nil {
		f.Fail("value", "值", "“"+typed+"”认不出是几月几日。写成 03-31 这样")
		return ""
	}
	month, _ := strconv.Atoi(m[1])
	on, _ := strconv.Atoi(m[2])
	whole := fmt.Sprintf("%02d-%02d", month, on)
	if _, err := civil.Parse("2023-" + whole); err != nil {
		f.Fail("value", "值", fmt.Sprintf("不是每年都有 %d月%d日。换一天", month, on))
	}
	return whole
}

// confirmForm confirms several values at once; they stay as they are.
func (p *Pages) confirmForm(r *http.Request) (*formpage.Editor, error) {
	e, file, err := p.editionEditor(r, "确认参数", "勾选民政局确认的参数。值不变；要改值的，到参数表里逐项改。", "confirmation", "确认勾选的参数")
	if err == nil {
		err = editionMustBe(file.Edition, policy.Draft)
	}
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, v := range file.Edition.Params.Pending() {
		options = append(options, ui.Option{Value: string(v.Key), Label: v.Label + "：" + v.Display(), Hint: articleText(v) + "，" + v.Source.Name()})
	}
	if len(options) == 0 {
		return nil, errs.New(errs.Conflict, "这一版没有待确认的参数。")
	}
	e.Ask(formpage.TickMany("keys", "要确认的参数", options), formpage.Why("依据哪次会议、哪份文件确认"))
	e.Done = "已确认。"
	e.Save = func(f *form.Form) error {
		var keys []policy.Key
		for _, k := range f.Choices("keys", "要确认的参数", formpage.ValuesOf(options), form.Required) {
			keys = append(keys, policy.Key(k))
		}
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.Confirm(r.Context(), actor(r), file.Edition.ID, formpage.VersionOf(f), keys, reason)
	}
	return e, nil
}

func articleText(v policy.Param) string {
	if v.Article == "" {
		return "站点设置"
	}
	return v.Article
}
