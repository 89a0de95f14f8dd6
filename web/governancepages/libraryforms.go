package governancepages

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// libraryForms take a text of 20,000 characters, percent encoded.
func (p *Pages) libraryForms() formpage.Forms { return formpage.Forms{Flash: p.Flash, Most: 400 << 10} }

const howToWrite = "一行是一段。行首写“# ”是章，“## ”是小标题，“> ”是给填写人的说明，“- ”是不缩进的行，“| 甲 | 乙 |”是表格的一行，第一行是表头。空白处写 ____"

func guidelineControls() []formpage.Control {
	return []formpage.Control{
		formpage.Line("title", "标题", 0), formpage.Line("summary", "一句话说明", 0).Hint("列在目录里：给谁用、怎么用"),
		formpage.Lines("body", "正文", 24, governance.GuidelineBodyMost).Hint(howToWrite).Optional(),
	}
}

func readGuideline(f *form.Form) governance.GuidelineText {
	return governance.GuidelineText{Title: f.Text("title", "标题", form.Required, form.Max(governance.GuidelineTitleMost)),
		Summary: f.Text("summary", "一句话说明", form.Max(governance.GuidelineSummaryMost)),
		Body:    f.Text("body", "正文", form.Multiline, form.Max(governance.GuidelineBodyMost))}
}

// libraryEditor is a form about the library.
func libraryEditor(r *http.Request, title, lead, submit, back string, crumbs ...layout.Crumb) *formpage.Editor {
	e := &formpage.Editor{To: back, Saved: url.Values{}}
	e.View = formpage.View{Page: shell(r, title, "guidelines", guidelineCrumbs(append([]layout.Crumb{deskCrumb()}, crumbs...)...)...), Heading: title, Lead: lead, Submit: submit,
		Action: r.URL.Path, Back: back, BackLabel: "返回"}
	return e
}

func (p *Pages) newGuidelineForm(r *http.Request) (*formpage.Editor, error) {
	e := libraryEditor(r, "起草指引", "保存以后还是草稿，写好再提交。由另一个人核对、发布。", "保存草稿", paths.StaffGuidelines)
	e.Action = r.URL.RequestURI()
	from := r.URL.Query().Get("from")
	e.Ask(append([]formpage.Control{formpage.Pick("duty", "对应事项", formpage.First("不对应清单上的事项", formpage.Named(governance.Duties))).Hint("组织在治理清单的这一项旁边看到它").Optional()}, guidelineControls()...)...)
	if s, ok := governance.ShippedGuideline(from); ok {
		e.Saved = url.Values{"duty": {string(s.Duty)}, "title": {s.Title}, "summary": {s.Summary}, "body": {s.Body}}
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Done = "草稿已保存。"
	e.Save = func(f *form.Form) error {
		in := readGuideline(f)
		in.Duty = governance.Duty(f.Choice("duty", "对应事项", formpage.Keys(governance.Duties)))
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Governance.StartGuideline(r.Context(), actor(r), f.Raw("token"), from, in)
		e.To = paths.StaffGuidelineEntry(id.String())
		return err
	}
	return e, nil
}

// entryEditor is a form about a version of an entry, which the act chooses.
func (p *Pages) entryEditor(r *http.Request, x guidelineAct, title, lead, submit string) (*formpage.Editor, governance.GuidelineVersion, error) {
	all, err := p.entry(r)
	if err != nil {
		return nil, governance.GuidelineVersion{}, err
	}
	v := x.on(all)
	home := paths.StaffGuidelineEntry(v.GuidelineID.String())
	e := libraryEditor(r, title, lead, submit, home, layout.Crumb{Label: v.Title, Href: home})
	e.Hidden, e.BackLabel = []ui.Pair{formpage.Version(v.Version)}, "返回这份指引"
	return e, v, nil
}

// notNow refuses a form that a version does not take.
func notNow(v governance.GuidelineVersion) error {
	return errs.Newf(errs.Conflict, "“%s”现在是“%s”，不能这样办。回到这份指引看现在的情况。", v.Title, v.State.Name())
}

func (p *Pages) guidelineTextForm(r *http.Request) (*formpage.Editor, error) {
	e, v, err := p.entryEditor(r, guidelineAct{}, "修改指引", "", "保存草稿")
	if err != nil {
		return nil, err
	}
	if !v.State.Writable() {
		return nil, notNow(v)
	}
	e.Ask(guidelineControls()...)
	e.Saved = url.Values{"title": {v.Title}, "summary": {v.Summary}, "body": {v.Body}}
	e.Done = "草稿已保存。"
	e.Save = func(f *form.Form) error {
		in := readGuideline(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.SaveGuideline(r.Context(), actor(r), v.ID, formpage.VersionOf(f), in)
	}
	return e, nil
}

// guidelineAct is something done to a version as a whole. Its page repeats what it
// is about and asks for the reason where one is needed.
type guidelineAct struct {
	noun       string // in the address
	permission authz.Permission
	from       []governance.GuidelineState
	label      string
	effect     string
	done       string
	reason     string // hint of the reason, "" when none is asked for
	harm       bool
}

var guidelineActs = []guidelineAct{
	{noun: "submission", permission: authz.GuidelineEdit, from: []governance.GuidelineState{governance.GuidelineDraft, governance.GuidelineReturned}, label: "提交发布",
		effect: "提交后不能再改，由复核人员核对后发布或退回。", done: "已提交，等复核人员发布。"},
	{noun: "release", permission: authz.GuidelineRelease, from: []governance.GuidelineState{governance.GuidelineSubmitted}, label: "发布",
		effect: "发布后立即公开，任何人都能看和下载；这一版不能再改，要改就修订成下一版。", done: "已发布，公众现在可以看到。"},
	{noun: "return", permission: authz.GuidelineRelease, from: []governance.GuidelineState{governance.GuidelineSubmitted}, label: "退回修改",
		effect: "退回后由经办修改，再提交。", done: "已退回。", reason: "写明要改什么", harm: true},
	{noun: "revision", permission: authz.GuidelineEdit, from: []governance.GuidelineState{governance.GuidelineReleased, governance.GuidelineDiscarded}, label: "修订下一版",
		effect: "用现在发布的内容起草下一版。新的一版发布以前，公众看到的还是这一版。", done: "下一版的草稿已建好。"},
	{noun: "withdrawal", permission: authz.GuidelineRelease, from: []governance.GuidelineState{governance.GuidelineReleased}, label: "下架",
		effect: "下架后公众看不到，也不能下载；发布新的一版后重新公开。", done: "已下架。", reason: "为什么下架，如：依据的规定已经修改", harm: true},
	{noun: "discard", permission: authz.GuidelineEdit, from: []governance.GuidelineState{governance.GuidelineDraft, governance.GuidelineReturned}, label: "作废",
		effect: "作废这份草稿，不能恢复；已经发布的不受影响。", done: "草稿已作废。", reason: "为什么不要了", harm: true},
}

// on is the version that the act is about: a withdrawal is about the one that is
// public, even while the next is being written.
func (x guidelineAct) on(all []governance.GuidelineVersion) governance.GuidelineVersion {
	released := slices.IndexFunc(all, func(v governance.GuidelineVersion) bool { return v.State == governance.GuidelineReleased })
	if x.noun == "withdrawal" && released > 0 {
		return all[released]
	}
	return all[0]
}

// fits reports whether the act can be done to a version now.
func (x guidelineAct) fits(v governance.GuidelineVersion) bool {
	switch {
	case !slices.Contains(x.from, v.State):
		return false
	case x.noun == "withdrawal":
		return !v.Withdrawn
	case x.noun == "revision":
		return v.State == governance.GuidelineReleased || v.Number > 1
	}
	return true
}

func (p *Pages) guidelineActForm(x guidelineAct) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		e, v, err := p.entryEditor(r, x, "确认"+x.label, x.effect, x.label)
		if err != nil {
			return nil, err
		}
		if !x.fits(v) {
			return nil, notNow(v)
		}
		e.Stop, e.Done = x.harm, x.done
		e.Facts = []ui.Fact{ui.F("标题", v.Title), ui.F("版本", "第 "+itoa(v.Number)+" 版"), ui.F("对应事项", dutyWord(v.Duty)), ui.F("编写人", v.WrittenName)}
		if x.reason != "" {
			e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint(x.reason))
		}
		switch x.noun {
		case "revision":
			e.Hidden = []ui.Pair{formpage.Token()}
		case "withdrawal":
			e.Hidden = []ui.Pair{formpage.Version(v.EntryVersion)}
		}
		e.Mend = func(string) string { return paths.StaffGuidelineAct(v.GuidelineID.String(), "text") }
		e.Save = func(f *form.Form) error {
			reason := ""
			if x.reason != "" {
				reason = f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
			}
			if err := f.Err(); err != nil {
				return err
			}
			return p.decideGuideline(r.Context(), actor(r), x.noun, v, f, reason)
		}
		return e, nil
	}
}

func (p *Pages) decideGuideline(ctx context.Context, a authz.Actor, noun string, v governance.GuidelineVersion, f *form.Form, reason string) error {
	shown := formpage.VersionOf(f)
	switch noun {
	case "submission":
		return p.Governance.SubmitGuideline(ctx, a, v.ID, shown)
	case "release":
		return p.Governance.ReleaseGuideline(ctx, a, v.ID, shown)
	case "return":
		return p.Governance.ReturnGuideline(ctx, a, v.ID, shown, reason)
	case "withdrawal":
		return p.Governance.WithdrawGuideline(ctx, a, v.ID, shown, reason)
	case "discard":
		return p.Governance.DiscardGuideline(ctx, a, v.ID, shown, reason)
	}
	_, err := p.Governance.ReviseGuideline(ctx, a, f.Raw("token"), v.GuidelineID)
	return err
}
