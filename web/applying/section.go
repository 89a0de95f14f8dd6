package applying

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// SectionView is one part of the form.
type SectionView struct {
	No, Kind, Organization, State string
	Section                       application.Section
	Step, Steps                   int
	Form                          application.Form
	Values                        url.Values // as typed
	Errors                        ui.Errors
	Saved                         bool // with Errors: the rest was kept
	Tasks                         []ui.Task
	Version                       int
	SavedLine                     string
	Conflict                      []ui.Version // both versions, when somebody saved meanwhile
	ConflictBy                    string
	Editable                      bool
	Locked                        string // why not, when not
	More                          string // the button that saves and shows the part again with a free row, "" for none
}

// Field prepares the control of an item: value as typed, its fault, read-only
// outside a correction, and what the correction asks for as its hint.
func (v SectionView) Field(item, name, label string) ui.Field {
	f := ui.Field{Name: name, Label: label, Value: v.Values.Get(name), Error: v.Errors.For(name), ReadOnly: !v.Form.MayEdit(item)}
	if f.Error == "" {
		f.Hint = asked(v.Form, item)
	}
	if v.sealed(item) && f.Value != "" {
		f.Value, f.Hint = "", joined(f.Hint, "已保存 "+masked(f.Value)+"，不改就留空")
	}
	return f
}

// sealed reports whether an item is kept encrypted and shown masked.
func (v SectionView) sealed(item string) bool {
	return slices.ContainsFunc(v.Section.Items, func(i application.Item) bool { return i.Name == item && i.Sealed })
}

// masked leaves of a number what tells its owner that it is the right one.
func masked(s string) string {
	r := []rune(s)
	if len(r) <= 4 {
		return "****"
	}
	return "****" + string(r[len(r)-4:])
}

func joined(a, b string) string {
	if a == "" {
		return b
	}
	return a + "；" + b
}

// Asked is what the correction asks for at an item, "" for nothing.
func (v SectionView) Asked(item string) string { return asked(v.Form, item) }

func asked(form application.Form, item string) string {
	if !form.Correcting {
		return ""
	}
	for _, f := range form.Correction.Flaws {
		if f.Field == item {
			return "补正：" + f.Reason
		}
	}
	return ""
}

func (p *Pages) editSection(w http.ResponseWriter, r *http.Request) error {
	f, sec, err := p.formSection(r)
	if err != nil {
		return err
	}
	return p.renderSection(w, r, http.StatusOK, sectionOf(f, sec))
}

func (p *Pages) formSection(r *http.Request) (application.Form, application.Section, error) {
	f, err := p.Applications.Form(r.Context(), Actor(r), Number(r))
	if err != nil {
		return f, application.Section{}, err
	}
	key := httpserver.Param(r, "section")
	i := slices.IndexFunc(f.Sections, func(s application.Section) bool { return s.Key == key })
	if i < 0 {
		return f, application.Section{}, errs.New(errs.NotFound, "没有这一部分。请从申请页面选择。")
	}
	return f, f.Sections[i], nil
}

func sectionOf(f application.Form, sec application.Section) SectionView {
	return SectionView{
		No: f.Case.No, Kind: f.Kind.Workflow().Name, Organization: f.Subject.Applicant(), State: f.Case.State.Name(),
		Section: sec, Step: stepOf(f, sec.Key), Steps: len(f.Sections) + 2, Form: f, Values: f.Values,
		Tasks: tasksOf(f, sec.Key), Version: f.Saved[sec.Key].Version, SavedLine: savedLine(f), Editable: editable(f, sec), Locked: lockedWords(f),
	}
}

// editable reports whether anything in the part may be changed now: a correction
// opens only what it names.
func editable(f application.Form, sec application.Section) bool {
	return slices.ContainsFunc(sec.Items, func(i application.Item) bool { return f.MayEdit(i.Name) })
}

func lockedWords(f application.Form) string {
	if f.Correcting {
		return "这次补正不涉及这一部分，内容已锁定。"
	}
	return "这份申请现在只能看，不能改。"
}

func stepOf(f application.Form, key string) int {
	return slices.IndexFunc(f.Sections, func(s application.Section) bool { return s.Key == key }) + 1
}

func (p *Pages) renderSection(w http.ResponseWriter, r *http.Request, status int, v SectionView) error {
	own, err := p.Face(v.Form.Case.Kind)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, status, own.Section(v))
}

// updateSection saves what was typed, whatever it is, and then says what is
// still wrong with it. The script's autosave asks for JSON.
func (p *Pages) updateSection(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.TooLarge, "这一部分内容太长，没有收下。返回上一页删减后再保存；长材料请作为附件上传。", err)
	}
	seen, _ := strconv.Atoi(r.PostForm.Get("version")) // a missing version is as old as can be
	key := httpserver.Param(r, "section")
	saved, err := p.Applications.Save(r.Context(), Actor(r), Number(r), key, seen, r.PostForm)
	if stale, ok := errors.AsType[*application.StaleError](err); ok && !WantsJSON(r) {
		return p.conflict(w, r, stale)
	}
	if WantsJSON(r) {
		return Autosaved(w, saved, err)
	}
	if err != nil {
		return err
	}
	if r.PostForm.Get("go") == "later" {
		p.Flash(r.Context(), "已保存。")
		return httpserver.SeeOther(w, r, paths.Application(Number(r)))
	}
	if r.PostForm.Get("go") == "more" {
		return httpserver.SeeOther(w, r, paths.ApplicationSection(Number(r), key))
	}
	f, sec, err := p.formSection(r)
	if err != nil {
		return err
	}
	if faults := f.FaultsOf(sec); len(faults) > 0 {
		v := sectionOf(f, sec)
		v.Errors, v.Saved = faults, true
		for i := range v.Tasks {
			if v.Tasks[i].Current {
				v.Tasks[i].State, v.Tasks[i].Tone = itoa(len(faults))+" 处要改", ui.Bad
			}
		}
		return p.renderSection(w, r, http.StatusUnprocessableEntity, v)
	}
	return httpserver.SeeOther(w, r, next(f, key))
}

// next is the part after section that can be changed; the papers come after the
// last.
func next(f application.Form, section string) string {
	for _, s := range f.Sections[stepOf(f, section):] {
		if editable(f, s) {
			return paths.ApplicationSection(f.Case.No, s.Key)
		}
	}
	return paths.ApplicationPapers(f.Case.No)
}

// conflict shows both versions. The form below holds what this person typed and
// the version that is saved now, so that saving again is a choice.
func (p *Pages) conflict(w http.ResponseWriter, r *http.Request, stale *application.StaleError) error {
	f, sec, err := p.formSection(r)
	if err != nil {
		return err
	}
	own, err := p.Face(f.Case.Kind)
	if err != nil {
		return err
	}
	v := sectionOf(f, sec)
	theirs := stale.Theirs.Values()
	for _, item := range sec.Items {
		for _, name := range Controls(item, stale.Mine, theirs) {
			if mine, other := stale.Mine.Get(name), theirs.Get(name); mine != other {
				v.Conflict = append(v.Conflict, ui.Version{Label: item.Label + Suffix(name), Mine: own.Words(f, name, mine), Theirs: own.Words(f, name, other)})
			}
		}
	}
	v.ConflictBy = stale.Theirs.ByName + "（" + Clock(stale.Theirs.At) + "）"
	for k, mine := range stale.Mine {
		v.Values[k] = mine
	}
	return p.renderSection(w, r, http.StatusConflict, v)
}

// controls lists the controls of an item that either version has.
func Controls(item application.Item, versions ...url.Values) []string {
	var names []string
	for _, v := range versions {
		for name := range v {
			if item.Has(name) && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

// columns names the columns of the tables that forms have.
var columns = map[string]string{"category": "用途", "item": "内容", "amount": "金额", "kind": "票据种类", "code": "票据代码", "number": "票据号码",
	"seller": "开票单位", "total": "票面金额", "issued_on": "开票日期"}

// suffix tells the cells of a table apart: “第 2 行金额”.
func Suffix(control string) string {
	if parts := strings.Split(control, "-"); len(parts) == 3 {
		return "第 " + parts[1] + " 行" + columns[parts[2]]
	}
	return ""
}

func Autosaved(w http.ResponseWriter, saved application.Saved, err error) error {
	if stale, ok := errors.AsType[*application.StaleError](err); ok {
		// The answer has no room for both versions: the button leads to them.
		message := stale.Theirs.ByName + "刚刚保存过这一部分，您填的还没有保存。按“保存并继续”，两边不同的地方会列出来，由您选。"
		return httpserver.JSON(w, http.StatusConflict, ui.Refused{Message: message})
	}
	if err != nil {
		return httpserver.JSON(w, httpserver.Status(err), ui.Refused{Message: errs.Message(err)})
	}
	return httpserver.JSON(w, http.StatusOK, ui.Autosaved{Saved: Clock(saved.At), Version: itoa(saved.Version)})
}

func NewToken() string { return once.NewToken() }
