package governancepages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

func (p *Pages) overview(r *http.Request) (governance.Overview, error) {
	return p.Governance.Overview(r.Context(), actor(r), actor(r).OrgID)
}

func (p *Pages) charterForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.overview(r)
	if err != nil {
		return nil, err
	}
	c := o.Facts.Charter
	e := own(r, "章程的规定", "照章程填。章程比规定严的，按章程算到期日；没有写的留空，按规定算。", "保存")
	tri := []ui.Option{{Value: string(governance.Yes), Label: "设"}, {Value: string(governance.No), Label: "不设"}}
	controls := []formpage.Control{formpage.Number("term_years", "每届任期", "年").Hint("理事、监事一届几年，最长 " + strconv.Itoa(o.Rules.TermYears) + " 年").Optional()}
	if o.Organization.Type == organization.Association {
		controls = append(controls, formpage.Number("assembly_months", "会员大会间隔", "个月").Hint("每年一次的填 12").Optional())
	}
	controls = append(controls,
		formpage.Pick("has_council", "理事会", formpage.First("没有填", tri)).Optional(),
		formpage.Number("council_months", "理事会间隔", "个月").Hint("每年两次的填 6，每季度一次的填 3").Optional(),
		formpage.Pick("has_supervisors", "监事", formpage.First("没有填", tri)).Optional())
	e.Ask(controls...)
	e.Hidden = []ui.Pair{formpage.Version(c.Version)}
	e.Saved = url.Values{"term_years": {whole(c.TermYears)}, "assembly_months": {whole(c.AssemblyMonths)}, "council_months": {whole(c.CouncilMonths)},
		"has_council": {string(c.HasCouncil)}, "has_supervisors": {string(c.HasSupervisors)}}
	e.Done = "章程的规定已保存，到期日重新算过了。"
	e.Save = func(f *form.Form) error {
		in := governance.Charter{Version: formpage.VersionOf(f), TermYears: formpage.OptionalInt(f, "term_years", "每届任期"),
			AssemblyMonths: formpage.OptionalInt(f, "assembly_months", "会员大会间隔"), CouncilMonths: formpage.OptionalInt(f, "council_months", "理事会间隔"),
			HasCouncil:     governance.Tri(f.Choice("has_council", "理事会", formpage.ValuesOf(tri))),
			HasSupervisors: governance.Tri(f.Choice("has_supervisors", "监事", formpage.ValuesOf(tri)))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.SaveCharter(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) meetingForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.overview(r)
	if err != nil {
		return nil, err
	}
	kinds := governance.MeetingKinds
	if o.Organization.Type != organization.Association {
		kinds = kinds[1:]
	}
	e := own(r, "登记会议", "登记已经开过的会。登记以后附上会议纪要。", "登记这次会议")
	quorum := "三分之二"
	if ok, _ := governance.Quorate(o.Rules.Quorum, 30, 16); ok {
		quorum = "半数"
	}
	e.Ask(formpage.OneOf("kind", "会议", formpage.Named(kinds)), formpage.Day("held_on", "开会日期"), formpage.Line("place", "地点", 0),
		formpage.Number("expected", "应到人数", "人").Hint("章程规定应当到会的人数，列席的不算"),
		formpage.Number("present", "实到人数", "人").Hint("不到"+quorum+"的，会议的决议可能无效"),
		formpage.Lines("resolutions", "决议", 6, 2000).Hint("议题和表决结果，如：审议通过财务管理制度，赞成 21 票"))
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Saved = url.Values{"kind": {r.URL.Query().Get("kind")}}
	e.Save = func(f *form.Form) error {
		in := governance.Meeting{Kind: governance.MeetingKind(f.Choice("kind", "会议", formpage.Keys(kinds), form.Required)),
			HeldOn: f.Date("held_on", "开会日期", form.Required, form.Past(o.Today)), Place: f.Text("place", "地点", form.Required, form.Max(120)),
			Expected: f.Int("expected", "应到人数", form.Required, form.Max(100_000)), Present: f.Int("present", "实到人数", form.Required, form.Max(100_000)),
			Resolutions: f.Text("resolutions", "决议", form.Required, form.Multiline, form.Max(2000))}
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Governance.RecordMeeting(r.Context(), actor(r), f.Raw("token"), in)
		e.To, e.Done = paths.MyGovernanceFiles(string(governance.MeetingMinutes), id.String()), "会议已登记。现在附上会议纪要。"
		if ok, least := governance.Quorate(o.Rules.Quorum, in.Expected, in.Present); !ok {
			e.Done = "会议已登记。到会不足 " + strconv.Itoa(least) + " 人，看章程核对决议是否有效。"
		}
		if err == nil && in.Kind == governance.ElectionMeeting {
			e.Done += "选出的理事、监事在“登记选举结果”里登记。"
		}
		return err
	}
	return e, nil
}

// meeting returns a meeting of the own organization.
func meetingOf(o governance.Overview, r *http.Request) (governance.Meeting, error) {
	id, err := param(r, "record")
	if err != nil {
		return governance.Meeting{}, err
	}
	for _, m := range o.Meetings {
		if m.ID == id {
			return m, nil
		}
	}
	return governance.Meeting{}, missing()
}

func meetingFacts(m governance.Meeting) []ui.Fact {
	return []ui.Fact{ui.F("会议", m.Kind.Name()), ui.F("日期", m.HeldOn.Chinese()), ui.F("地点", m.Place),
		ui.F("到会", "应到 "+strconv.Itoa(m.Expected)+" 人，实到 "+strconv.Itoa(m.Present)+" 人"), ui.F("决议", m.Resolutions)}
}

func (p *Pages) meetingWithdrawalForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.overview(r)
	if err != nil {
		return nil, err
	}
	m, err := meetingOf(o, r)
	if err != nil {
		return nil, err
	}
	e := own(r, "撤销这次会议", "撤销后不再算数，留作历史。", "撤销这次会议")
	e.Facts, e.Stop, e.Hidden = meetingFacts(m), true, []ui.Pair{formpage.Version(m.Version)}
	e.Ask(formpage.Lines("reason", "理由", 3, 200))
	e.Done = "已撤销。"
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.WithdrawMeeting(r.Context(), actor(r), m.ID, formpage.VersionOf(f), reason)
	}
	return e, nil
}

func (p *Pages) officersForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.overview(r)
	if err != nil {
		return nil, err
	}
	e := own(r, "登记选举结果", "选出的理事和监事，一种职务登记一次。只登记姓名；信息公开时可以公开理事名单。", "登记")
	e.Ask(formpage.Pick("post", "职务", formpage.First("请选择", formpage.Named(governance.Posts))),
		formpage.Lines("names", "姓名", 6, 2000).Hint("一人一行，按证件上的姓名"),
		formpage.Day("elected_on", "当选日期"),
		formpage.Day("term_to", "任期到").Hint("不填的，按章程的任期算").Optional(),
		formpage.TickMany("replaces", "是不是换届", []ui.Option{{Value: "1", Label: "是换届，原来的理事（或监事）同时卸任", Hint: "理事长、副理事长、秘书长和理事是一届；先登记的不会因为后登记的卸任"}}).Optional())
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Saved = url.Values{"post": {r.URL.Query().Get("post")}}
	e.Done = "选举结果已登记。"
	e.Save = func(f *form.Form) error {
		in := governance.Elected{Post: governance.Post(f.Choice("post", "职务", formpage.Keys(governance.Posts), form.Required)),
			ElectedOn: f.Date("elected_on", "当选日期", form.Required, form.Past(o.Today)), TermTo: f.Date("term_to", "任期到"), Replaces: f.Raw("replaces") == "1"}
		for line := range strings.SplitSeq(f.Text("names", "姓名", form.Required, form.Multiline, form.Max(2000)), "\n") {
			if strings.TrimSpace(line) != "" {
				in.Names = append(in.Names, line)
			}
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.RecordElected(r.Context(), actor(r), f.Raw("token"), in)
	}
	return e, nil
}

func (p *Pages) officerEndForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.overview(r)
	if err != nil {
		return nil, err
	}
	id, err := param(r, "record")
	if err != nil {
		return nil, err
	}
	e := own(r, "登记卸任", "登记以后，名单里不再有这个人，任职的历史留着。", "登记卸任")
	for _, x := range o.Officers {
		if x.ID != id || !x.LeftOn.IsZero() {
			continue
		}
		e.Facts = []ui.Fact{ui.F("姓名", x.Name), ui.F("职务", x.Post.Name()), ui.F("任期", x.ElectedOn.Chinese()+"至"+x.TermTo.Chinese())}
		e.Hidden, e.Stop = []ui.Pair{formpage.Version(x.Version)}, true
	}
	if e.Facts == nil {
		return nil, missing()
	}
	e.Ask(formpage.Day("left_on", "卸任日期"), formpage.Line("reason", "原因", 0).Hint("如：辞职、调离、任期届满"))
	e.Saved = url.Values{"left_on": {o.Today.String()}}
	e.Done = "卸任已登记。"
	e.Save = func(f *form.Form) error {
		on := f.Date("left_on", "卸任日期", form.Required, form.Past(o.Today))
		reason := f.Text("reason", "原因", form.Required, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.EndOfficer(r.Context(), actor(r), id, formpage.VersionOf(f), on, reason)
	}
	return e, nil
}
