package registrypages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

func clock(t time.Time) string { return applying.Clock(t) }

func answerName(c registry.Consent) string {
	switch {
	case c.Answer == registry.Agrees:
		return "已同意"
	case c.Answer == registry.Disagrees:
		return "不同意"
	case !c.Open:
		return "已结束"
	}
	return "待答复"
}

func answerTone(c registry.Consent) ui.Tone {
	switch {
	case c.Answer == registry.Agrees:
		return ui.Good
	case c.Answer == registry.Disagrees:
		return ui.Bad
	case !c.Open:
		return ui.Mute
	}
	return ui.Warn
}

// createConsents asks the heads of the other parties of a merger.
func (p *Pages) createConsents(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	no := number(r)
	if err := p.Registry.AskConsent(r.Context(), actor(r), no, applying.VersionOf(r), r.PostForm.Get("token")); err != nil {
		return err
	}
	p.Flash(r.Context(), "已请其他各方的负责人表示意见。他们同意以后再签署提交。")
	return httpserver.SeeOther(w, r, paths.ApplicationReview(no))
}

// consentForm is where the head of another party reads the terms and answers.
func (p *Pages) consentForm(r *http.Request) (*formpage.Editor, error) {
	asked, err := p.Registry.Asked(r.Context(), actor(r))
	if err != nil {
		return nil, err
	}
	no := number(r)
	i := slices.IndexFunc(asked, func(c registry.Consent) bool { return c.CaseNo == no })
	if i < 0 {
		return nil, errs.New(errs.NotFound, "没有请您答复的这件合并，或者已经撤回。")
	}
	c := asked[i]
	facts, err := p.terms(r, c)
	if err != nil {
		return nil, err
	}
	e := &formpage.Editor{
		View: formpage.View{
			Page: page("对合并的意见", layout.Crumb{Label: "登记备案", Href: paths.Registry}), Heading: c.Applicant + "提出的" + c.Terms.Way.Name(),
			Lead: "同意以后，提出方才能提交申请。提交以前可以改变意见；条款改了，会再请您答复。", Facts: facts, Action: r.URL.Path, Submit: "提出意见",
			Back: paths.Registry, BackLabel: "返回", Hidden: []ui.Pair{formpage.Token(), formpage.Version(c.Version)},
		},
		Saved: url.Values{"answer": {c.Answer}, "reason": {c.Reason}}, Done: "意见已送达提出方。", To: paths.Registry,
	}
	if !c.Open {
		e.View.Lead, e.View.Submit = "这件合并现在不能再答复。", ""
		return e, nil
	}
	e.Ask(formpage.OneOf("answer", "您的意见", []ui.Option{{Value: registry.Agrees, Label: "代表本组织同意合并"}, {Value: registry.Disagrees, Label: "不同意"}}),
		formpage.Lines("reason", "理由", 3, 500).Hint("不同意必填").Optional())
	e.Save = func(f *form.Form) error {
		answer := f.Choice("answer", "您的意见", []string{registry.Agrees, registry.Disagrees}, form.Required)
		reason := f.Text("reason", "理由", form.Multiline, form.Max(500))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Registry.Consent(r.Context(), actor(r), no, formpage.VersionOf(f), answer == registry.Agrees, reason, f.Raw("token"))
	}
	return e, nil
}

// terms are what was shown to the party, in words.
func (p *Pages) terms(r *http.Request, c registry.Consent) (facts []ui.Fact, err error) {
	var regions *district.RegionSet
	err = p.DB.Read(r.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		regions, err = district.Regions(r.Context(), q)
		return err
	})
	if err != nil {
		return nil, err
	}
	facts = []ui.Fact{ui.F("提出方", c.Applicant), ui.F("请您答复", clock(c.AskedAt))}
	for _, part := range applying.AnswersOf(mergerParts(&c.Terms, regions)) {
		facts = append(facts, part.Facts...)
	}
	return facts, nil
}

// unmaskForm shows the numbers of a person whom a document names.
func (p *Pages) unmaskForm(r *http.Request) (*formpage.Editor, error) {
	no, role := number(r), httpserver.Param(r, "role")
	n, err := strconv.Atoi(httpserver.Param(r, "n"))
	if err != nil || n < 0 {
		return nil, errs.New(errs.NotFound, "没有这个页面。请核对网址。")
	}
	e := &formpage.Editor{View: formpage.View{
		Page: applying.Page(no, "查看完整号码", "查看完整号码", 0), Heading: "查看完整号码", Lead: "查看会留下记录，写明为什么要看。",
		Action: r.URL.Path, Submit: "查看", Back: paths.Application(no), BackLabel: "返回",
	}}
	e.Ask(formpage.Why("5 到 200 个字，会留下记录"))
	e.Save = func(f *form.Form) error {
		numbers, err := p.Registry.Unmask(r.Context(), actor(r), no, role, n, formpage.ReasonOf(f))
		if err != nil {
			return err
		}
		e.Answer = numbersPage(no, numbers)
		return nil
	}
	return e, nil
}

// mayUnmask says whether a reader is offered full numbers.
func mayUnmask(a authz.Actor) bool { return a.Can(authz.SensitiveUnmask) }
