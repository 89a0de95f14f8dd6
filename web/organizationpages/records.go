package organizationpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

func today(d civil.Date) []string { return []string{d.String()} }

// systemForm lists the systems on file and takes another; the organization's own
// waits for confirmation, the registrar's is confirmed at once.
func (p *Pages) systemForm(r *http.Request) (*formpage.Editor, error) {
	lead := "章程、财务管理制度和信息公开制度是申请扶持的条件。交给街道留存后，由街道确认。"
	if !mine(r) {
		lead = "登记已经收到并留存的制度。同一种制度只有一份有效，新的替换旧的。"
	}
	e, s, err := p.editing(r, "内部制度", lead, "登记这份制度")
	if err != nil {
		return nil, err
	}
	o := s.Record
	if mine(r) {
		e.Above = recordTable(systemTable(r, s))
	}
	controls := []formpage.Control{
		formpage.Pick("kind", "制度种类", formpage.First("请选择", formpage.Named(organization.SystemKinds))), formpage.Line("title", "制度名称", 0).Hint("文本上的标题，如：六联社区互助会财务管理制度"),
		formpage.Day("adopted_on", "通过日期").Hint("会员大会或理事会通过的日期").Optional(),
	}
	if !mine(r) {
		controls = append(controls, formpage.Day("filed_on", "备案日期").Hint("收到文本的日期"))
		e.Saved["filed_on"] = today(s.Today)
	}
	e.Part(ifMine(r, "登记一份制度"), "", controls...)
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Done = "制度已登记。"
	if mine(r) {
		e.Done = "制度已登记，等街道确认。把盖章的文本交给街道。"
	}
	e.Save = func(f *form.Form) error {
		in := organization.SystemInput{Token: f.Raw("token"), OrgID: o.ID,
			Kind:  organization.SystemKind(f.Choice("kind", "制度种类", formpage.Keys(organization.SystemKinds), form.Required)),
			Title: f.Text("title", "制度名称", form.Required, form.Max(100)), AdoptedOn: f.Date("adopted_on", "通过日期", form.Past(s.Today))}
		if !mine(r) {
			in.FiledOn = f.Date("filed_on", "备案日期", form.Required, form.Past(s.Today))
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.FileSystem(r.Context(), actor(r), in)
	}
	return e, nil
}

// ifMine is a heading that only the own page needs: there the form stands under
// a table.
func ifMine(r *http.Request, title string) string {
	if mine(r) {
		return title
	}
	return ""
}

// activityForm lists activities and takes another.
func (p *Pages) activityForm(r *http.Request) (*formpage.Editor, error) {
	lead := "记下已经办完的公益活动。社区确认后会公开，也作为申请扶持的依据。"
	if !mine(r) {
		lead = "登记已经核实举办过的活动，登记后会公开。"
	}
	e, s, err := p.editing(r, "活动记录", lead, "登记这次活动")
	if err != nil {
		return nil, err
	}
	o := s.Record
	if mine(r) {
		e.Above = recordTable(activityTable(r, s))
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Part(ifMine(r, "登记一次活动"), "",
		formpage.Line("title", "活动名称", 0).Hint("4 至 80 个字，如：六联社区旧物交换日"), formpage.Day("held_on", "活动日期").Hint("连办几天的，填第一天"),
		formpage.Pick("community", "活动所在社区", communities(s.Regions, s.Today, "请选择")), formpage.Line("place", "活动地点", 0),
		formpage.Number("participants", "参加人数", "人"), formpage.Number("volunteers", "义工人数", "人"), formpage.Number("social_workers", "社工人数", "人"),
		formpage.Lines("summary", "活动情况", 5, 1000).Hint("做了什么、谁来参加、有什么效果，10 个字以上。不写个人的电话和住址"),
	)
	e.Saved = url.Values{"community": {o.CommunityCode}, "volunteers": {"0"}, "social_workers": {"0"}}
	e.Done = "活动已登记。"
	if mine(r) {
		e.Done = "活动已登记，等社区确认。"
	}
	e.Save = func(f *form.Form) error {
		in := organization.ActivityInput{Token: f.Raw("token"), OrgID: o.ID, Title: f.Text("title", "活动名称", form.Required, form.Max(80), form.NoEmoji),
			HeldOn: f.Date("held_on", "活动日期", form.Required, form.Past(s.Today)), CommunityCode: f.Code("community", "活动所在社区"),
			Place: f.Text("place", "活动地点", form.Required, form.Max(120)), Participants: f.Int("participants", "参加人数", form.Required, form.Max(100_000)),
			Volunteers: f.Int("volunteers", "义工人数", form.Max(100_000)), SocialWorkers: f.Int("social_workers", "社工人数", form.Max(100_000)),
			Summary: f.Text("summary", "活动情况", form.Required, form.Multiline, form.Max(1000))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.RecordActivity(r.Context(), actor(r), in)
	}
	return e, nil
}

// confirm records the office's confirmation of a system or an activity.
func (p *Pages) confirm(part string) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		id, err := orgID(r)
		if err != nil {
			return err
		}
		record, err := param(r, "record")
		if err != nil {
			return err
		}
		if err := r.ParseForm(); err != nil {
			return err
		}
		act, done := p.Organizations.ConfirmSystem, "已确认这份制度。"
		if part == "activities" {
			act, done = p.Organizations.ConfirmActivity, "已确认这次活动，现在公开了。"
		}
		if err := act(r.Context(), actor(r), id, record, formpage.VersionOf(form.New(r.PostForm))); err != nil {
			return err
		}
		p.Flash(r.Context(), done)
		return httpserver.SeeOther(w, r, home(r, id))
	}
}

// withdrawalForm takes a record back, with a reason.
func (p *Pages) withdrawalForm(part string) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		e, s, err := p.editing(r, "撤销这条记录", "撤销后不再算数，留作历史。", "撤销这条记录")
		if err != nil {
			return nil, err
		}
		id, err := param(r, "record")
		if err != nil {
			return nil, err
		}
		facts, v := withdrawn(s, part, id)
		if facts == nil {
			return nil, missing()
		}
		e.Above = factList(facts)
		e.Stop = true
		e.Hidden = []ui.Pair{formpage.Version(v)}
		e.Ask(formpage.Lines("reason", "理由", 3, 200))
		e.Done = "已撤销。"
		e.Save = func(f *form.Form) error {
			reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
			if err := f.Err(); err != nil {
				return err
			}
			act := map[string]func() error{
				"systems": func() error {
					return p.Organizations.WithdrawSystem(r.Context(), actor(r), s.Record.ID, id, formpage.VersionOf(f), reason)
				},
				"activities": func() error {
					return p.Organizations.WithdrawActivity(r.Context(), actor(r), s.Record.ID, id, formpage.VersionOf(f), reason)
				},
				"grants": func() error {
					return p.Organizations.WithdrawGrant(r.Context(), actor(r), s.Record.ID, id, formpage.VersionOf(f), reason)
				},
			}
			return act[part]()
		}
		return e, nil
	}
}

// withdrawn shows what would be taken back, nil when there is no such record.
func withdrawn(s snapshot, part string, id uuid.UUID) ([]ui.Fact, int) {
	switch part {
	case "systems":
		for _, x := range s.Record.Systems {
			if x.ID == id {
				return []ui.Fact{ui.F("制度", x.Kind.Name()), ui.F("名称", x.Title), ui.F("备案日期", x.FiledOn.Chinese())}, x.Version
			}
		}
	case "activities":
		for _, x := range s.Record.Activities {
			if x.ID == id {
				return []ui.Fact{ui.F("活动", x.Title), ui.F("日期", x.HeldOn.Chinese()), ui.F("地点", x.Place)}, x.Version
			}
		}
	case "grants":
		for _, x := range s.Record.Grants {
			if x.ID == id {
				return []ui.Fact{ui.F("扶持项目", x.Programme.Name()), ui.F("名称", x.Title), ui.F("核定日期", x.AwardedOn.Chinese()), ui.F("金额", x.Amount.String()+" 元")}, x.Version
			}
		}
	}
	return nil, 0
}
