package rosterpages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/person"
	"civilaffairs/internal/roster"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

const (
	yes = "yes"
	no  = "no"
)

var fullTimeOptions = []ui.Option{
	{Value: yes, Label: "专职", Hint: "和本组织或代签单位有劳动合同，在本组织全职工作"},
	{Value: no, Label: "不是专职", Hint: "兼职、义务任职的会长、理事、监事和骨干义工"},
}

// newForm puts somebody on the roster.
func (p *Pages) newForm(r *http.Request) (*formpage.Editor, error) {
	at, err := placeOf(r)
	if err != nil {
		return nil, err
	}
	page, err := p.Roster.List(r.Context(), actor(r), at.org, civil.Date{}, "")
	if err != nil {
		return nil, err
	}
	list := paths.RosterOf(at.base)
	title := "登记一个人"
	e := &formpage.Editor{Saved: url.Values{"id_type": {string(person.ResidentID)}}, Done: "已经登记到花名册。"}
	e.View = formpage.View{Page: shell(r, title, 0, page.Organization, at, layout.Crumb{Label: "花名册", Href: list}), Heading: title,
		Lead: "只登记在本组织任职、工作的人和骨干义工。离开以后又回来的，再登记一段。", Action: list + "/new", Submit: "登记到花名册", Back: list, BackLabel: "返回花名册",
		Hidden: []ui.Pair{formpage.Token()}}
	number := formpage.Line("id_no", "证件号码", 0).Hint("专职的必填，其他人可以不填。加密保存，页面上只显示首尾").Optional()
	number.Autocomplete = "off"
	name := formpage.Line("name", "姓名", 14).Hint("证件上的姓名")
	name.Autocomplete = "off"
	e.Part("本人", "", name, formpage.Pick("id_type", "证件类型", formpage.Named(person.IDTypes)), number)
	e.Part("任职", "", factControls()...)
	e.Save = func(f *form.Form) error {
		in := roster.Input{Name: form.Parse(f, "name", "姓名", identifier.ParsePersonName, form.Required),
			IDType: person.IDType(f.Choice("id_type", "证件类型", formpage.Keys(person.IDTypes)))}
		in.IDNumber = form.Parse(f, "id_no", "证件号码", func(s string) (string, error) {
			number, _, err := person.ParseNumber(in.IDType, s, page.Today)
			return number, err
		})
		x := readFacts(f, page.Today)
		in.Post, in.FullTime, in.Education, in.Qualification, in.JoinedOn = x.Post, x.FullTime, x.Education, x.Qualification, x.JoinedOn
		in.Accept = f.RawAll("accept")
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Roster.Enter(r.Context(), actor(r), f.Raw("token"), at.org, in)
		e.To = paths.RosterMember(at.base, id.String())
		if in.FullTime {
			e.Done = "已经登记到花名册。接着登记劳动合同和参保月份。"
		}
		return err
	}
	return e, nil
}

func factControls() []formpage.Control {
	return []formpage.Control{
		formpage.Pick("post", "职务", formpage.First("请选择", formpage.Named(roster.Posts))), formpage.OneOf("full_time", "是不是专职", fullTimeOptions),
		formpage.Pick("education", "学历", formpage.First("未登记", formpage.Named(roster.Educations))).Optional(),
		formpage.Pick("qualification", "职业资格", formpage.First("无", formpage.Named(roster.Qualifications))).Hint("看着证书选").Optional(),
		formpage.Day("joined_on", "加入日期").Hint("到本组织任职或工作的第一天"),
	}
}

func readFacts(f *form.Form, today civil.Date) roster.Facts {
	return roster.Facts{
		Post:          roster.Post(f.Choice("post", "职务", formpage.Keys(roster.Posts), form.Required)),
		FullTime:      f.Choice("full_time", "是不是专职", []string{yes, no}, form.Required) == yes,
		Education:     roster.Education(f.Choice("education", "学历", formpage.Keys(roster.Educations))),
		Qualification: roster.Qualification(f.Choice("qualification", "职业资格", formpage.Keys(roster.Qualifications))),
		JoinedOn:      f.Date("joined_on", "加入日期", form.Required, form.Past(today)),
	}
}

// editing starts a form about the member of the request.
func (p *Pages) editing(r *http.Request, title, lead, act, submit string) (*formpage.Editor, roster.File, place, error) {
	f, at, err := p.member(r)
	if err != nil {
		return nil, f, at, err
	}
	back := paths.RosterMember(at.base, f.ID.String())
	e := &formpage.Editor{Saved: url.Values{}, Done: "已保存。", To: back}
	e.View = formpage.View{Heading: title, Lead: lead, Action: back + "/" + act, Submit: submit, Back: back, BackLabel: "返回" + f.Name,
		Page:   shell(r, title, 0, f.Organization, at, layout.Crumb{Label: "花名册", Href: paths.RosterOf(at.base)}, layout.Crumb{Label: f.Name, Href: back}),
		Hidden: []ui.Pair{formpage.Version(f.Version)}, Facts: []ui.Fact{ui.F("姓名", f.Name), ui.F("职务", f.Post.Name()), ui.F("任职", stayed(f.Member))}}
	e.Mend = func(field string) string { return paths.RosterAct(at.base, f.ID.String(), formOf(field)) }
	return e, f, at, nil
}

// formOf is the form on which a fault of the whole record is put right.
func formOf(field string) string {
	switch {
	case field == "left_on" || field == "left_reason":
		return "end"
	case field == "months" || strings.HasPrefix(field, "payer"):
		return "insurance"
	case strings.HasPrefix(field, "contract_"):
		return "contracts"
	}
	return "facts"
}

func stayed(m roster.Member) string {
	if m.LeftOn.IsZero() {
		return m.JoinedOn.Chinese() + "起"
	}
	return m.JoinedOn.Chinese() + "至" + m.LeftOn.Chinese()
}

func (p *Pages) factsForm(r *http.Request) (*formpage.Editor, error) {
	e, m, _, err := p.editing(r, "更正登记内容", "改填错的内容。换了职务的，登记离开，原因选“改任别的职务”，再登记一段。", "facts", "保存登记内容")
	if err != nil {
		return nil, err
	}
	e.Facts = []ui.Fact{ui.F("姓名", m.Name)}
	e.Ask(factControls()...)
	e.Saved = url.Values{"post": {string(m.Post)}, "full_time": {map[bool]string{true: yes, false: no}[m.FullTime]}, "education": {string(m.Education)},
		"qualification": {string(m.Qualification)}, "joined_on": {m.JoinedOn.String()}}
	e.Done = "登记内容已保存。"
	e.Save = func(f *form.Form) error {
		x := readFacts(f, m.Today)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Roster.Change(r.Context(), actor(r), m.ID, formpage.VersionOf(f), x, f.RawAll("accept"))
	}
	return e, nil
}

func (p *Pages) endForm(r *http.Request) (*formpage.Editor, error) {
	e, m, _, err := p.editing(r, "登记离开", "最后一天仍算在册。登记错了、人还在的，把两项都清空再保存。", "end", "保存离开的登记")
	if err != nil {
		return nil, err
	}
	e.Ask(formpage.Day("left_on", "最后一天").Hint("在本组织的最后一天，不晚于今天").Optional(),
		formpage.Pick("left_reason", "离开原因", formpage.First("请选择", formpage.Named(roster.Reasons))).Optional())
	e.Saved = url.Values{"left_on": {m.LeftOn.String()}, "left_reason": {string(m.LeftReason)}}
	e.Save = func(f *form.Form) error {
		last := f.Date("left_on", "最后一天", form.Past(m.Today))
		why := roster.Reason(f.Choice("left_reason", "离开原因", formpage.Keys(roster.Reasons)))
		if last.IsZero() && why == "" && m.LeftOn.IsZero() {
			f.Fail("left_on", "最后一天", "填在本组织的最后一天")
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Roster.End(r.Context(), actor(r), m.ID, formpage.VersionOf(f), last, why, f.RawAll("accept"))
	}
	return e, nil
}

func payerControls(name, unit, label, agent string) []formpage.Control {
	return []formpage.Control{
		formpage.OneOf(name, label, []ui.Option{{Value: string(roster.Own), Label: "本组织"},
			{Value: string(roster.Agent), Label: "代签、代缴单位", Hint: "备案的组织没有法人资格，由街道、社区或枢纽型社会组织代办"}}),
		formpage.Line(unit, agent+"名称", 0).Hint("选代签、代缴单位的，填单位全称").Optional(),
	}
}

func readPayer(f *form.Form, name, unit, label, agent string) (roster.Payer, string) {
	who := roster.Payer(f.Choice(name, label, formpage.Keys(roster.Payers), form.Required))
	return who, f.Text(unit, agent+"名称", form.Max(60))
}

func (p *Pages) contractForm(r *http.Request) (*formpage.Editor, error) {
	e, m, _, err := p.editing(r, "登记一份劳动合同", "看着合同填。续签的另记一份。", "contracts", "登记这份合同")
	if err != nil {
		return nil, err
	}
	e.Ask(append(payerControls("contract_employer", "contract_unit", "签合同的单位", "代签单位"),
		formpage.Day("contract_from", "合同起始日期"), formpage.Day("contract_to", "合同到期日期").Hint("没有固定期限的不填").Optional())...)
	if len(m.Contracts) == 0 {
		e.Saved.Set("contract_from", m.JoinedOn.String())
	}
	e.Done = "劳动合同已登记。"
	e.Save = func(f *form.Form) error {
		var c roster.Contract
		c.Employer, c.Unit = readPayer(f, "contract_employer", "contract_unit", "签合同的单位", "代签单位")
		c.From, c.To = f.Date("contract_from", "合同起始日期", form.Required), f.Date("contract_to", "合同到期日期")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Roster.AddContract(r.Context(), actor(r), m.ID, formpage.VersionOf(f), c, f.RawAll("accept"))
	}
	return e, nil
}

func (p *Pages) contractRemovalForm(r *http.Request) (*formpage.Editor, error) {
	from, err := civil.Parse(httpserver.Param(r, "from"))
	if err != nil {
		return nil, missing()
	}
	e, m, _, err := p.editing(r, "撤销登记错的合同", "撤销后不再算数。提前解除的合同不在这里撤销，登记离开就可以。", "contracts/"+from.String()+"/removal", "撤销这份合同")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(m.Contracts, func(c roster.Contract) bool { return c.From == from })
	if i < 0 {
		return nil, missing()
	}
	c := m.Contracts[i]
	e.Facts = append(e.Facts, ui.F("签合同的单位", payer(c.Employer, c.Unit)), ui.F("合同起止", c.From.Chinese()+"至"+day(c.To, "无固定期限")))
	e.Stop, e.Done = true, "合同已撤销。"
	e.Save = func(f *form.Form) error {
		return p.Roster.RemoveContract(r.Context(), actor(r), m.ID, formpage.VersionOf(f), from, f.RawAll("accept"))
	}
	return e, nil
}

// insuranceForm is the grid of twelve months of one year, ?year=.
func (p *Pages) insuranceForm(r *http.Request) (*formpage.Editor, error) {
	e, m, at, err := p.editing(r, "登记参保月份", "勾选已经缴纳社会保险的月份。去掉勾的，就是没有缴。", "insurance", "保存参保月份")
	if err != nil {
		return nil, err
	}
	years := insuredYears(m)
	year := years[len(years)-1]
	if typed, err := strconv.Atoi(r.URL.Query().Get("year")); err == nil && slices.Contains(years, typed) {
		year = typed
	}
	self := paths.RosterAct(at.base, m.ID.String(), "insurance")
	e.Action = paths.WithQuery(self, url.Values{"year": {strconv.Itoa(year)}})
	var list []ui.Tab
	for _, y := range years {
		list = append(list, ui.Tab{Label: strconv.Itoa(y) + "年", Href: paths.WithQuery(self, url.Values{"year": {strconv.Itoa(y)}}), Current: y == year})
	}
	if len(m.Months) > 0 {
		e.Facts = append(e.Facts, insuredFacts(m.Months)...)
	}
	e.Above = tabs(list)
	options := monthOptions(m, year)
	grid := formpage.TickMany("months", strconv.Itoa(year)+"年参保月份", options).Optional()
	grid.Columns = 6
	e.Ask(grid)
	e.Part("由谁缴纳", "用于这次新勾选的月份。", append(payerControls("payer", "payer_unit", "缴纳单位", "代缴单位"),
		formpage.TickMany("all", "以前勾选的月份", []ui.Option{{Value: yes, Label: "这一年以前登记的月份，也改成这个缴纳单位"}}).Optional())...)
	e.Saved = savedMonths(m, year)
	e.Done = strconv.Itoa(year) + "年的参保月份已保存。"
	e.Save = func(f *form.Form) error {
		in := roster.Insured{Year: year, All: f.Raw("all") == yes}
		for _, v := range f.Choices("months", "参保月份", formpage.ValuesOf(options)) {
			n, _ := strconv.Atoi(v) // one of the twelve
			in.Months = append(in.Months, time.Month(n))
		}
		in.Payer, in.Unit = readPayer(f, "payer", "payer_unit", "缴纳单位", "代缴单位")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Roster.SaveInsured(r.Context(), actor(r), m.ID, formpage.VersionOf(f), in, f.RawAll("accept"))
	}
	return e, nil
}

// insuredYears are the years of the stay up to today.
func insuredYears(m roster.File) []int {
	last := m.Today
	if !m.LeftOn.IsZero() {
		last = m.LeftOn
	}
	var out []int
	for y := m.JoinedOn.Year; y <= last.Year; y++ {
		out = append(out, y)
	}
	return out
}

// monthOptions are the months of a year that lie in the stay and have begun.
func monthOptions(m roster.File, year int) []ui.Option {
	var out []ui.Option
	for n := time.January; n <= time.December; n++ {
		month := civil.Month{Year: year, Month: n}
		if month.Overlaps(m.JoinedOn, m.LeftOn) && !month.First().After(m.Today) {
			out = append(out, ui.Option{Value: strconv.Itoa(int(n)), Label: strconv.Itoa(int(n)) + "月"})
		}
	}
	return out
}

// savedMonths is what the grid of a year begins with; the payer is the last one.
func savedMonths(m roster.File, year int) url.Values {
	v := url.Values{}
	for _, x := range m.Months {
		if x.Month.Year == year {
			v.Add("months", strconv.Itoa(int(x.Month.Month)))
		}
		v.Set("payer", string(x.Payer))
		v.Set("payer_unit", x.Unit)
	}
	if len(m.Months) == 0 && len(m.Contracts) > 0 {
		c := m.Contracts[len(m.Contracts)-1]
		v.Set("payer", string(c.Employer))
		v.Set("payer_unit", c.Unit)
	}
	return v
}

func (p *Pages) withdrawalForm(r *http.Request) (*formpage.Editor, error) {
	e, m, at, err := p.editing(r, "撤销登记错的记录", "撤销后花名册里没有这一段，留作历史。离开的人不撤销，登记离开就可以。", "withdrawal", "撤销这条记录")
	if err != nil {
		return nil, err
	}
	e.Stop, e.Done, e.To = true, "已撤销。", paths.RosterOf(at.base)
	e.Ask(formpage.Lines("reason", "理由", 3, 200))
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Roster.Withdraw(r.Context(), actor(r), m.ID, formpage.VersionOf(f), reason)
	}
	return e, nil
}

// secretView shows one number in full, once.
type secretView struct {
	layout.Page
	Name, Number, Back string
}

// unmaskForm asks for a reason and then shows the number in full.
func (p *Pages) unmaskForm(r *http.Request) (*formpage.Editor, error) {
	e, m, _, err := p.editing(r, "查看完整证件号码", "谁在什么时候、为什么查看，都会记下来。", "unmasking", "查看证件号码")
	if err != nil {
		return nil, err
	}
	e.Hidden = nil
	e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint("为了办哪件事，如：核对人才补贴名单"))
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		number, err := p.Roster.UnmaskID(r.Context(), actor(r), m.ID, reason)
		e.Answer = secretPage(secretView{Page: e.Page, Name: m.Name, Number: number, Back: e.Back})
		return err
	}
	return e, nil
}
