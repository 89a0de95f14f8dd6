package noticepages

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// act is something that binds, shown once more before it is done.
type act struct {
	noun          string // of the address
	permission    authz.Permission
	title, effect string
	submit        string
	reason        string // label of the reason it takes, "" for none
	hint          string
	main, harm    bool
	days          bool // shows the period day by day
	allowed       func(notice.Acts) bool
	do            func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, reason string) error
	done          string
	then          string // part of the notice's address that it leads to
}

// acts are everything that can be done with a notice, in the order of buttons.
var acts = []act{
	{noun: "submission", permission: authz.NoticeDraft, title: "送审", submit: "确认送审", main: true,
		effect:  "送审以后不能修改，由另一位同事审核。",
		allowed: func(a notice.Acts) bool { return a.Submit }, done: "已送审核。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, _ string) error {
			return s.Submit(ctx, a, id, version, token)
		}},
	{noun: "approval", permission: authz.NoticeReview, title: "审核通过", submit: "确认审核通过", main: true,
		effect:  "通过以后由局领导签发。通过前核对正文、名单、金额和隐私检查的结果。",
		allowed: func(a notice.Acts) bool { return a.Approve }, done: "审核通过，等局领导签发。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, _ string) error {
			return s.Approve(ctx, a, id, version, token)
		}},
	{noun: "issue", permission: authz.NoticeSign, title: "签发", submit: "确认签发", main: true, days: true,
		effect:  "签发时取公示号并发布。发布以后只能勘误、延长或撤回。",
		allowed: func(a notice.Acts) bool { return a.Issue }, done: "已签发。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, _ string) error {
			return s.Issue(ctx, a, id, version, token)
		}},
	{noun: "return", permission: authz.NoticeReturn, title: "退回修改", submit: "确认退回", reason: "退回理由", hint: "5 到 500 个字，写明要改什么",
		effect:  "退回撰稿人修改，改好后重新送审。",
		allowed: func(a notice.Acts) bool { return a.Return }, done: "已退回撰稿人。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, reason string) error {
			return s.Return(ctx, a, id, version, token, reason)
		}},
	{noun: "discard", permission: authz.NoticeDraft, title: "作废这份稿", submit: "确认作废", harm: true,
		effect:  "稿件不再办理，选中的办件回到等待公示。",
		allowed: func(a notice.Acts) bool { return a.Discard }, done: "已作废。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, _ string) error {
			return s.Discard(ctx, a, id, version, token)
		}},
	{noun: "erratum", permission: authz.NoticeDraft, title: "勘误", submit: "起草勘误", reason: "勘误理由", hint: "10 到 500 个字，会公开", then: "text",
		effect:  "照现在的原文起草一份勘误，同样要撰稿、审核、签发。签发后公示期重新计算，原文保留。",
		allowed: func(a notice.Acts) bool { return a.Correct }, done: "勘误稿已起草。改好后送审。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, reason string) error {
			return s.Correct(ctx, a, id, version, token, reason)
		}},
	{noun: "extension", permission: authz.NoticeSign, title: "延长一个工作日", submit: "确认延长", reason: "延长理由", hint: "10 到 500 个字，会公开。例如：11月24日平台停机五小时",
		effect:  "平台停机四小时以上的，公示期延长一个工作日。只能延长，不能缩短。",
		allowed: func(a notice.Acts) bool { return a.Extend }, done: "公示期已延长一个工作日。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, reason string) error {
			return s.Extend(ctx, a, id, version, token, reason)
		}},
	{noun: "withdrawal", permission: authz.NoticeSign, title: "撤回公示", submit: "确认撤回", reason: "撤回理由", hint: "10 到 500 个字，会公开", harm: true,
		effect:  "公示马上停止，编号、原文和理由留在公开页面。各件回到等待公示，没处理完的异议不再处理。",
		allowed: func(a notice.Acts) bool { return a.Withdraw }, done: "公示已撤回。",
		do: func(s *notice.Service, ctx context.Context, a authz.Actor, id uuid.UUID, version int, token, reason string) error {
			return s.Withdraw(ctx, a, id, version, token, reason)
		}},
}

// actView is the confirmation of an act.
type actView struct {
	layout.Page
	Title, Effect  string
	Facts          []ui.Fact
	Days           []ui.Day
	Warning        string
	Found          *ui.Table
	Action, Submit string
	Back           string
	Token, Version string
	Reason         *ui.Field
	Harm           bool
	Faults         ui.Errors
}

func (p *Pages) askAct(a act) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		n, err := p.actable(r, a)
		if err != nil {
			return err
		}
		return httpserver.Render(w, r, http.StatusOK, actPage(actOf(a, n, "", nil)))
	}
}

func (p *Pages) actable(r *http.Request, a act) (notice.View, error) {
	id, err := param(r, "id")
	if err != nil {
		return notice.View{}, err
	}
	n, err := p.Notices.View(r.Context(), actor(r), id)
	if err == nil && !a.allowed(n.May) {
		err = missing(n, a.title)
	}
	return n, err
}

func (p *Pages) createAct(a act) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := parse(w, r); err != nil {
			return err
		}
		id, err := param(r, "id")
		if err != nil {
			return err
		}
		f := r.PostForm
		err = a.do(p.Notices, r.Context(), actor(r), id, versionOf(r), f.Get("token"), f.Get("reason"))
		if err == nil {
			p.Flash(r.Context(), a.done)
			to := paths.StaffNotice(id.String())
			if a.then != "" {
				to = paths.StaffNoticeAct(id.String(), a.then)
			}
			return httpserver.SeeOther(w, r, to)
		}
		faults, again := shown(err)
		if !again {
			return err
		}
		n, viewErr := p.actable(r, a)
		if viewErr != nil {
			return err // nothing to show the form for: the refusal itself
		}
		return httpserver.Render(w, r, httpserver.Status(err), actPage(actOf(a, n, f.Get("reason"), faults)))
	}
}

func actOf(a act, n notice.View, reason string, faults ui.Errors) actView {
	id := n.ID.String()
	v := actView{Page: page(a.title, "notices", len(faults), layout.Crumb{Label: "公示", Href: paths.StaffNotices}, layout.Crumb{Label: titleOf(n), Href: paths.StaffNotice(id)}),
		Title: a.title, Effect: a.effect, Action: paths.StaffNoticeAct(id, a.noun), Submit: a.submit, Back: paths.StaffNotice(id),
		Token: once.NewToken(), Version: strconv.Itoa(n.Version), Harm: a.harm, Faults: faults}
	v.Facts = []ui.Fact{ui.F("标题", titleOf(n)), ui.F("项数与合计", fmt.Sprintf("%d 项，%s 元", len(n.Items), notice.Total(n.Items)))}
	if n.No != "" {
		v.Facts = append([]ui.Fact{ui.F("公示号", n.No)}, v.Facts...)
	}
	switch {
	case a.main:
		end := fmt.Sprintf("%s，%d 个工作日", span(n.Proposed.Start, n.Proposed.End), n.Text.PeriodWD)
		if n.Proposed.Provisional {
			v.Warning = fmt.Sprintf("%d年的工作日安排还没有公布，结束日期是暂定的。公布以前公示不会结束。", n.Proposed.End.Year)
			end += "（暂定）"
		}
		v.Facts = append(v.Facts, ui.F("现在签发的公示期", end))
		v.Found = foundTable(n.Found)
	case !n.StartsOn.IsZero():
		v.Facts = append(v.Facts, ui.F("现在的公示期", periodOf(n)))
	}
	if a.days {
		v.Days = strip(n.DaysProposed(), civil.Date{}, n.Text.EndHour)
	}
	if a.reason != "" {
		v.Reason = &ui.Field{Name: "reason", Label: a.reason, Hint: a.hint, Value: reason, Rows: 4, Max: 500, Error: faults.For("reason")}
	}
	return v
}
