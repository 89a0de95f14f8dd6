package importpages

import (
	"bytes"
	"net/http"
	"strconv"

	"civilaffairs/internal/form"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// formFor is an act on an import that has a page of its own.
func formFor(run importing.Run, of importing.Kind, title, lead, act, submit string) *formpage.Editor {
	id := run.ID.String()
	name := of.Name + "导入"
	e := &formpage.Editor{To: paths.Import(id)}
	e.Page = shell(title, 0, layout.Crumb{Label: "批量导入", Href: paths.Imports}, layout.Crumb{Label: name, Href: paths.Import(id)})
	e.Heading, e.Lead, e.Submit, e.Action = title, lead, submit, paths.ImportAct(id, act)
	e.Back, e.BackLabel = paths.Import(id), "返回这次导入"
	e.Facts = []ui.Fact{ui.F("文件", run.Filename), ui.F("上传", run.UploadedBy+"，"+moment(run.UploadedAt))}
	return e
}

// undoForm shows what would be taken back and what stands against it; while
// something does there is no button.
func (p *Pages) undoForm(r *http.Request) (*formpage.Editor, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	u, err := p.Imports.Undoing(r.Context(), actor(r), id)
	if err != nil {
		return nil, err
	}
	e := formFor(u.Run, u.Of, "撤销整批导入", "撤销会把这次导入写入的内容全部取回，回到导入以前的样子。", "undoing", "撤销整批导入")
	e.Stop = true
	e.Facts = append(e.Facts, ui.F("写入", strconv.Itoa(*u.Planted)+" 行，"+u.EndedBy+"，"+moment(*u.EndedAt)))
	v := undoView{Takes: taken(u.Takes), Rows: paths.Import(id.String())}
	if len(u.Dependents) > 0 {
		e.Obstacles = []string{"有别的记录用到了这次导入的内容。先处理上面列出的各处，再来撤销。"}
		e.Title, e.Heading = "不能撤销这次导入", "不能撤销这次导入"
		v.Depends = dependentsList(u.Dependents)
	}
	e.Above = undoing(v)
	e.Hidden = []ui.Pair{formpage.Version(u.Version)}
	e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint("会记在这次导入的记录里，如：导错了文件，用的是去年的名单"))
	e.Done = "已撤销，导入的内容都已取回。"
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Imports.Undo(r.Context(), actor(r), id, formpage.VersionOf(f), reason)
	}
	return e, nil
}

// undoView is what an undo takes back, and what stands against it.
type undoView struct {
	Takes   []ui.Fact
	Rows    string // where the rows are listed
	Depends []dependentView
}

type dependentView struct{ Words, Label, Href string }

// taken says how much of what is taken back.
func taken(list []importing.Taken) []ui.Fact {
	var out []ui.Fact
	for _, x := range list {
		words := strconv.Itoa(x.N) + " " + x.Unit
		if x.Sum != nil {
			words += "，合计 " + x.Sum.String() + " 元"
		}
		out = append(out, ui.F(x.Label, words))
	}
	return out
}

func dependentsList(list []imported.Dependent) []dependentView {
	out := make([]dependentView, len(list))
	for i, d := range list {
		out[i] = dependentView{Words: d.Words, Href: hrefOf(d.Ref), Label: leads[d.Ref.To]}
	}
	return out
}

// leads say where a link goes.
var leads = map[imported.Refers]string{imported.ToOrganization: "看组织档案", imported.ToMember: "看花名册里的记录", imported.ToGrant: "看这笔资助",
	imported.ToFund: "看这一年的资金", imported.ToCase: "看办件", imported.ToImport: "看那次导入"}

// hrefOf is where a record stands, "" for none.
func hrefOf(r imported.Ref) string {
	switch r.To {
	case imported.ToOrganization:
		return paths.StaffOrganization(r.ID)
	case imported.ToMember:
		return paths.RosterMember(paths.StaffOrganization(r.Of), r.ID)
	case imported.ToGrant:
		return paths.Project(r.ID)
	case imported.ToFund:
		year, _ := strconv.Atoi(r.ID) // of the ledger
		return paths.FundOf(year)
	case imported.ToCase:
		return paths.Application(r.ID)
	case imported.ToImport:
		return paths.Import(r.ID)
	}
	return ""
}

// faultsForm asks why somebody takes the faulty rows as they were typed, when
// they hold document numbers, and sends them.
func (p *Pages) faultsForm(r *http.Request) (*formpage.Editor, error) {
	id, err := idOf(r)
	if err != nil {
		return nil, err
	}
	run, of, err := p.Imports.Waiting(r.Context(), actor(r), id)
	if err != nil {
		return nil, err
	}
	lead := "下载的表格里有这些行和要改的地方，改好以后可以直接再上传。"
	e := formFor(run, of, "下载有问题的行", lead, "faults", "下载有问题的行")
	if of.Sensitive() {
		e.Lead += "里面有完整的证件号码，谁在什么时候、为什么下载，都会记下来。"
		e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint("为了办哪件事，如：请街道核对花名册里的证件号码。用完请删除文件"))
	}
	e.Save = func(f *form.Form) error {
		var out bytes.Buffer
		e.Send = func(w http.ResponseWriter, _ *http.Request) error {
			attach(w, sheet.XLSX, "要改的行-"+of.Name+".xlsx")
			_, err := out.WriteTo(w)
			return err
		}
		reason := ""
		if of.Sensitive() {
			reason = f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Imports.Faults(r.Context(), actor(r), id, reason, &out)
	}
	return e, nil
}
