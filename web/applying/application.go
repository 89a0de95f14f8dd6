package applying

import (
	"net/http"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// showApplication shows the form to who may still write it, the case to
// everybody else and to who asks for it: the letter that calls for a correction
// is read before it is answered.
func (p *Pages) showApplication(w http.ResponseWriter, r *http.Request) error {
	if r.URL.Query().Get("view") == "case" {
		return p.showCase(w, r)
	}
	shown, err := p.Applications.Show(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	if shown.Form != nil {
		return httpserver.Render(w, r, http.StatusOK, overviewPage(p.overviewOf(*shown.Form)))
	}
	v, err := p.caseOf(r, *shown.View, nil)
	if err != nil {
		return err
	}
	return renderCase(w, r, http.StatusOK, v)
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	view, err := p.Applications.View(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	if len(view.Submissions) == 0 {
		return httpserver.SeeOther(w, r, paths.Application(Number(r))) // nothing was signed yet
	}
	v, err := p.caseOf(r, view, nil)
	if err != nil {
		return err
	}
	return renderCase(w, r, http.StatusOK, v)
}

// overviewView is the task list of an application that is being written.
type overviewView struct {
	No, Kind, Organization string
	State                  string
	Tone                   ui.Tone
	Case                   string // address of what was signed and what became of it, "" while a draft
	Tasks                  []ui.Task
	Ready                  bool
	Missing                int
	Closed                 string // why nothing can be submitted today, "" when it can
	Correction             []ui.Fact
	CorrectionDue          string
	Draft                  bool
	Version                string
	Token                  string
	SavedLine              string
	Counter                bool
	MoreLabel, MoreHref    string
}

func (p *Pages) overviewOf(f application.Form) overviewView {
	v := overviewView{
		No: f.Case.No, Kind: f.Kind.Workflow().Name, Organization: f.Subject.Applicant(),
		State: f.Kind.Workflow().PlaceName(f.Case.Place()), Tone: StateTone(f.Case.State), Tasks: tasksOf(f, ""), Ready: len(f.Faults) == 0, Missing: len(f.Faults),
		Draft: f.Case.State == workflow.Draft, Version: itoa(f.Case.Version), Token: once.NewToken(),
		SavedLine: savedLine(f), Counter: f.Case.Channel == casework.Counter,
	}
	if own, err := p.Face(f.Case.Kind); err == nil {
		v.MoreLabel, v.MoreHref = own.More(f)
	}
	v.Closed = f.Subject.Closed()
	if f.Correcting {
		for _, flaw := range f.Correction.Flaws {
			v.Correction = append(v.Correction, ui.Fact{Label: flaw.Label, Value: flaw.Reason, Change: itemHref(f, flaw.Field)})
		}
		v.CorrectionDue = f.Case.DueOn.Chinese()
		v.Case = paths.ApplicationCase(f.Case.No)
	}
	return v
}

// itemHref is where an item of the form is edited.
func itemHref(f application.Form, item string) string {
	for _, s := range f.Sections {
		for _, i := range s.Items {
			if i.Name == item || i.Has(item) {
				return paths.ApplicationSection(f.Case.No, s.Key) + "#" + item
			}
		}
	}
	return paths.ApplicationPapers(f.Case.No) + "#" + Anchor(item)
}

// tasksOf is the task list beside every part of the form.
func tasksOf(f application.Form, current string) []ui.Task {
	var tasks []ui.Task
	for _, s := range f.Sections {
		t := ui.Task{Label: s.Title, Href: paths.ApplicationSection(f.Case.No, s.Key), Current: s.Key == current}
		_, begun := f.Saved[s.Key]
		t.State, t.Tone = taskState(begun, len(f.FaultsOf(s)))
		if f.Correcting {
			t.State, t.Tone = correctionState(f, s)
		}
		tasks = append(tasks, t)
	}
	papers := ui.Task{Label: "附件", Href: paths.ApplicationPapers(f.Case.No), Current: current == "papers"}
	missing, asked := missingPapers(f), papersToCorrect(f)
	switch {
	case missing == 0 && asked > 0:
		papers.State, papers.Tone = "补正 "+itoa(asked)+" 项", ui.Warn
	case missing == 0:
		papers.State, papers.Tone = "已交齐", ui.Good
	default:
		papers.State, papers.Tone = "缺 "+itoa(missing)+" 份", ui.Info
	}
	return append(tasks, papers, signTask(f, current))
}

func signTask(f application.Form, current string) ui.Task {
	t := ui.Task{Label: "核对并签署提交", Href: paths.ApplicationReview(f.Case.No), Current: current == "review"}
	if len(f.Faults) > 0 {
		t.Hint = "前面各部分完成后，由负责人签署提交"
		if f.Case.Channel == casework.Counter {
			t.Hint = "打印件由负责人签字盖章、上传后，由窗口提交"
		}
	}
	return t
}

func taskState(begun bool, faults int) (string, ui.Tone) {
	switch {
	case !begun:
		return "未开始", ui.Mute
	case faults > 0:
		return "还有 " + itoa(faults) + " 处", ui.Info
	default:
		return "已填好", ui.Good
	}
}

// correctionState says which parts the correction opens.
func correctionState(f application.Form, s application.Section) (string, ui.Tone) {
	n := 0
	for _, i := range s.Items {
		if f.MayEdit(i.Name) {
			n++
		}
	}
	if n == 0 {
		return "不用改", ui.Mute
	}
	if faults := len(f.FaultsOf(s)); faults > 0 {
		return "还有 " + itoa(faults) + " 处", ui.Bad
	}
	return "补正 " + itoa(n) + " 项", ui.Warn
}

func missingPapers(f application.Form) int {
	missing := 0
	for _, s := range f.Slots {
		if n := s.Usable(); n == 0 && required(f, s) || n > 0 && n < s.Min {
			missing++
		}
	}
	return missing
}

// papersToCorrect counts the papers that the correction asks for.
func papersToCorrect(f application.Form) int {
	n := 0
	for _, s := range f.Slots {
		if f.Correcting && f.Correction.Open(application.FileItem(s.Key)) {
			n++
		}
	}
	return n
}

// required reports whether the application needs the paper: one filed at a
// counter is signed on paper, so the stamped print is not left to choice.
func required(f application.Form, s application.SlotFiles) bool {
	return s.Required || s.Key == application.StampSlot && f.Case.Channel == casework.Counter
}

// savedLine says when and by whom the form was saved last.
func savedLine(f application.Form) string {
	var last application.Saved
	for _, s := range f.Saved {
		if s.At.After(last.At) {
			last = s
		}
	}
	if last.At.IsZero() {
		return ""
	}
	return Clock(last.At) + " " + last.ByName + "保存。可以随时离开，回来接着填。"
}

// firstOpen is the first part that is not finished.
func firstOpen(v overviewView) string {
	for _, t := range v.Tasks {
		if t.Tone != ui.Good && t.Href != "" && t.State != "不用改" {
			return t.Href
		}
	}
	return paths.ApplicationReview(v.No)
}
