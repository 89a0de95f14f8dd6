package departmentpages

import (
	"net/http"
	"net/url"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/department"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// nameControls ask for a name and from when it holds.
func nameControls() []formpage.Control {
	return []formpage.Control{formpage.Line("name", "全称", 0).Hint("公章上的名称，如 坪山区教育局"), formpage.Line("short", "简称", 14).Hint("如 教育局"),
		formpage.Day("from", "从哪天起").Hint("批准文件上的日期。已经公布、还没到的日期也可以填，一年以内")}
}

func readName(f *form.Form) district.DepartmentName {
	return district.DepartmentName{Name: f.Text("name", "全称", form.Required, form.Max(60)), Short: f.Text("short", "简称", form.Required, form.Max(20)),
		From: f.Date("from", "从哪天起", form.Required)}
}

func aliasControl() formpage.Control {
	return formpage.Lines("aliases", "别名", 5, 1300).Hint("一行一个。申请、导入时写这些也认得；“坪山区”和“区”不用另写").Optional()
}

func readAliases(f *form.Form) []string {
	return district.AliasesOf(f.Text("aliases", "别名", form.Multiline, form.Max(1300)))
}

func (p *Pages) newForm(r *http.Request) (*formpage.Editor, error) {
	e := &formpage.Editor{To: paths.StaffDepartments, Done: "单位已登记。", Saved: url.Values{}, View: formpage.View{Page: shell("登记单位", listCrumb()), Heading: "登记单位",
		Lead: "登记以后，组织可以选它，系统管理员可以给它建账号。", Action: r.URL.Path, Submit: "登记这个单位", Back: paths.StaffDepartments, BackLabel: "返回名单", Hidden: []ui.Pair{formpage.Token()}}}
	e.Ask(nameControls()...)
	e.Ask(formpage.Line("code", "代码", 14).Hint("小写字母、数字或连字符，如 education。登记后不再改"), aliasControl())
	e.Save = func(f *form.Form) error {
		in := department.Input{Token: f.Raw("token"), Name: readName(f), Code: f.Text("code", "代码", form.Required, form.Max(30)), Aliases: readAliases(f)}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Departments.Add(r.Context(), actor(r), in)
	}
	return e, nil
}

// about begins a form about one department.
func (p *Pages) about(r *http.Request, title, lead, submit string) (*formpage.Editor, department.Listed, civil.Date, error) {
	d, today, err := p.Departments.Get(r.Context(), actor(r), httpserver.Param(r, "code"))
	if err != nil {
		return nil, d, today, err
	}
	name, at := d.NameOn(today).Name, paths.StaffDepartment(d.Code)
	return &formpage.Editor{To: at, Saved: url.Values{}, View: formpage.View{Page: shell(title, listCrumb(), layout.Crumb{Label: name, Href: at}), Heading: title, Lead: lead,
		Action: r.URL.Path, Submit: submit, Back: at, BackLabel: "返回" + name, Facts: []ui.Fact{ui.F("单位", name)}, Hidden: []ui.Pair{formpage.Version(d.Version)}}}, d, today, nil
}

func (p *Pages) nameForm(r *http.Request) (*formpage.Editor, error) {
	e, d, _, err := p.about(r, "改名", "登记新名称和开始的日期。以前的日子仍显示当时的名称；主管的组织和账号都跟着走，不用另改。", "登记新名称")
	if err != nil {
		return nil, err
	}
	last := d.Names[len(d.Names)-1]
	e.Facts = append(e.Facts, ui.F("从哪天起", last.From.Chinese()))
	e.Ask(nameControls()...)
	e.Saved.Set("short", last.Short)
	e.Done = "新名称已登记。"
	e.Save = func(f *form.Form) error {
		n := readName(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Departments.Rename(r.Context(), actor(r), d.Code, formpage.VersionOf(f), n)
	}
	return e, nil
}

func (p *Pages) aliasForm(r *http.Request) (*formpage.Editor, error) {
	e, d, _, err := p.about(r, "改别名", "加上的写法马上认得：档案上这样写的组织归到这个单位。有档案在用的写法不能去掉。", "保存别名")
	if err != nil {
		return nil, err
	}
	e.Ask(aliasControl())
	e.Saved.Set("aliases", strings.Join(d.Aliases, "\n"))
	e.Done = "别名已保存。"
	e.Save = func(f *form.Form) error {
		aliases := readAliases(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Departments.SetAliases(r.Context(), actor(r), d.Code, formpage.VersionOf(f), aliases)
	}
	return e, nil
}

func (p *Pages) endForm(r *http.Request) (*formpage.Editor, error) {
	e, d, today, err := p.about(r, "登记撤销", "填这个单位存在的最后一天。过了这一天不能再选它；已经选它的组织保留，要换主管单位的另办变更。", "保存")
	if err != nil {
		return nil, err
	}
	e.Stop = d.ValidTo.IsZero()
	e.Facts = facts(d, today)
	e.Ask(formpage.Day("to", "最后一天").Hint("撤销搞错了的，清空再保存").Optional())
	if !d.ValidTo.IsZero() {
		e.Saved.Set("to", d.ValidTo.String())
	}
	e.Done = "已保存。"
	e.Save = func(f *form.Form) error {
		last := f.Date("to", "最后一天")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Departments.End(r.Context(), actor(r), d.Code, formpage.VersionOf(f), last)
	}
	return e, nil
}

func (p *Pages) confirmation(r *http.Request) (*formpage.Editor, error) {
	e, d, today, err := p.about(r, "确认无误", "按批准文件核对过名称、简称和日期，去掉“待确认”。", "确认这个单位")
	if err != nil {
		return nil, err
	}
	if d.Confirmed && r.Method == http.MethodGet {
		return nil, errs.New(errs.Conflict, "这个单位已经确认过了。")
	}
	e.Facts = facts(d, today)
	e.Done = "已确认。"
	e.Save = func(f *form.Form) error {
		return p.Departments.Confirm(r.Context(), actor(r), d.Code, formpage.VersionOf(f))
	}
	return e, nil
}
