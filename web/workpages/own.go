package workpages

import (
	"net/http"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// ownView is the workspace of an organization.
type ownView struct {
	layout.Page
	Lead     string
	Mine     []waiting
	Standing ui.Table // where each case stands; no groups for none
	Done     ui.Table // the latest results; no groups for none
	Messages []message
	More     string   // 全部消息，未读 3 条
	Clerks   bool     // may add clerks
	Checks   []ui.Tab // the eligibility check of each programme
	Duties   glance
}

// waiting is one thing that the organization has to do.
type waiting struct {
	Title, Sub, Href, Act string
	State                 string
	Tone                  ui.Tone
	Clock                 *ui.Clock
	Say                   string // what it is about, and what happens otherwise
}

const newsShown = 5

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	own, err := p.Desk.Own(r.Context(), a)
	if err != nil {
		return err
	}
	news, unread, err := p.Messages.Latest(r.Context(), a, newsShown)
	if err != nil {
		return err
	}
	v := ownView{
		Page:     page("工作台", "workspace", layout.Crumb{Label: "首页", Href: paths.Home}, layout.Crumb{Label: "工作台"}),
		Messages: messagesOf(a, news, own.Today), More: "全部消息", Clerks: a.Can(authz.AccountInvite),
	}
	for _, kind := range p.Programmes {
		v.Checks = append(v.Checks, ui.Tab{Label: p.Desk.KindName(kind), Href: paths.MyEligibility(kind)})
	}
	if unread > 0 {
		v.More = "全部消息，" + strings.TrimSuffix(unreadWords(unread), "。")
	}
	duties, err := p.Governance.OwnGlance(r.Context(), a, own.Today, own.Calendar)
	if err != nil {
		return err
	}
	for _, w := range duties.Reports {
		v.Mine = append(v.Mine, ownReport(own.Setting, w))
	}
	for _, i := range own.Mine {
		v.Mine = append(v.Mine, p.waitingOf(own, i))
	}
	v.Lead = ownLead(own, len(v.Mine))
	v.Standing, v.Done = p.standing(own), p.done(own)
	v.Duties = ownGlance(duties)
	return httpserver.Render(w, r, http.StatusOK, ownPage(v))
}

func ownLead(own casework.Own, mine int) string {
	today := "今天是" + dayLine(own.Setting)
	if t := tomorrowLine(own.Setting); t != "" {
		today += "，" + t
	}
	if mine == 0 {
		return "现在没有等您办的事。" + today + "。"
	}
	return "有 " + itoa(mine) + " 件等您办。" + today + "。"
}

func (p *Pages) waitingOf(own casework.Own, i casework.Item) waiting {
	v := waiting{
		Title: p.Desk.KindName(i.Kind), Sub: which(i), Href: paths.Application(i.No), Act: task(i), State: i.PlaceName, Tone: stateTone(i.State),
		Say: "还没有提交。填好以后由负责人签署提交。",
	}
	if c, ok := clockOf(own.Setting, i); ok {
		v.Clock = &c
	}
	if i.State == workflow.Correcting {
		v.Say = "请在 " + i.DueOn.Chinese() + "前改好，由负责人再提交；到期没有提交，视为撤回。"
		v.Act = "看要补正什么"
	}
	if i.State == workflow.Reporting {
		v.Say = "资助款已拨付。请在 " + i.DueOn.Chinese() + "前登记票据，由负责人提交使用报告。"
	}
	return v
}

func (p *Pages) standing(own casework.Own) ui.Table {
	t := ui.Table{Caption: "在办的件", Columns: []ui.Column{{Label: "事项"}, {Label: "到哪一步"}, {Label: "在谁那里"}, {Label: "期限", Full: true}, {Label: "申请（元）", Number: true}}}
	var rows []ui.Row
	for _, i := range own.Others {
		rows = append(rows, ui.Cells(p.caseHead(i), ui.C(ui.Tag(i.PlaceName, stateTone(i.State))), ui.T(office(own.Setting, i)), dueCell(own.Setting, i), ui.T(amount(i))))
	}
	return filled(t, rows)
}

func (p *Pages) done(own casework.Own) ui.Table {
	t := ui.Table{Caption: "最近的结果", Columns: []ui.Column{{Label: "事项"}, {Label: "结果"}, {Label: "日期"}, {Label: "申请（元）", Number: true}}}
	var rows []ui.Row
	for _, i := range own.Done {
		on := ""
		if i.ClosedAt != nil {
			on = civil.On(*i.ClosedAt).String()
		}
		rows = append(rows, ui.Cells(p.caseHead(i), ui.C(ui.Tag(i.PlaceName, stateTone(i.State))), ui.T(on), ui.T(amount(i))))
	}
	return filled(t, rows)
}

func (p *Pages) caseHead(i casework.Item) ui.Cell {
	return ui.Head(p.Desk.KindName(i.Kind), paths.Application(i.No), which(i))
}

func filled(t ui.Table, rows []ui.Row) ui.Table {
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func amount(i casework.Item) string {
	if i.Amount == nil {
		return "—"
	}
	return i.Amount.String()
}

// office says who has a case, in the words of an applicant.
func office(s casework.Setting, i casework.Item) string {
	switch i.Waits {
	case authz.Anonymous:
		return "—"
	case authz.Community:
		return s.Regions.Name(i.Community)
	case authz.Subdistrict:
		return s.Regions.Name(i.Subdistrict) + "办事处"
	case authz.BureauClerk, authz.BureauReviewer, authz.BureauLeader:
		return "区民政局"
	}
	return i.Waits.Name()
}
