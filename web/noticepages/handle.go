package noticepages

import (
	"fmt"
	"net/http"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/web/download"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// queueView is the objections of the office.
type queueView struct {
	layout.Page
	Open, Done *ui.Table
}

func (p *Pages) listObjections(w http.ResponseWriter, r *http.Request) error {
	q, err := p.Notices.Objections(r.Context(), actor(r))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, queuePage(queueView{Page: page("公示异议", "objections", 0),
		Open: queueTable("待处理的异议", q.Moment, q.Open), Done: queueTable("最近处理的异议", q.Moment, q.Done)}))
}

func queueTable(caption string, m notice.Moment, list []notice.Objection) *ui.Table {
	if len(list) == 0 {
		return nil
	}
	t := &ui.Table{Caption: caption, Columns: []ui.Column{{Label: "对哪一项"}, {Label: "收到"}, {Label: "状态"}, {Label: "期限"}}}
	var rows []ui.Row
	for _, o := range list {
		row := ui.Cells(ui.Head(o.ItemName(), paths.StaffObjection(o.ID.String()), o.NoticeNo+"，"+o.CaseNo), ui.T(civil.On(o.ReceivedAt).String()), ui.C(objectionTag(o.State)), deadline(m, o))
		if o.State == notice.ObjectionOpen && m.Left(o.DueOn) < 0 && !o.DueProvisional {
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func deadline(m notice.Moment, o notice.Objection) ui.Cell {
	if o.HandledAt != nil {
		return ui.TS(civil.On(*o.HandledAt).String(), "已处理")
	}
	clock := ui.Deadline(o.DueWD, m.Left(o.DueOn))
	clock.Provisional = o.DueProvisional
	cell := ui.C(ui.ClockMark(clock))
	cell.Sub = o.DueOn.String()
	return cell
}

// dossierView is one objection.
type dossierView struct {
	layout.Page
	Heading, Content string
	Facts            []ui.Fact
	Files            []ui.Upload
	MayHandle        bool
	WhyNot           string
	Unmask           string
	Action           string
	Token, Version   string
	Upheld           string
	Finding, Reason  ui.Field
	Choice           ui.Field
	Faults           ui.Errors
	Review           *ui.Review
}

var outcomes = []ui.Option{
	{Value: "dismissed", Label: "异议不成立", Hint: "这一项继续公示；公示期已满的，随后核定"},
	{Value: "upheld", Label: "异议成立", Hint: "这一项不予资助，占用的资金释放"},
}

func (p *Pages) dossier(r *http.Request) (notice.Dossier, error) {
	id, err := param(r, "id")
	if err != nil {
		return notice.Dossier{}, err
	}
	return p.Notices.Objection(r.Context(), actor(r), id)
}

func (p *Pages) showObjection(w http.ResponseWriter, r *http.Request) error {
	d, err := p.dossier(r)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, dossierPage(dossierOf(d, "", "", "", nil)))
}

func dossierOf(d notice.Dossier, choice, finding, reason string, faults ui.Errors) dossierView {
	id := d.ID.String()
	v := dossierView{Page: page("对"+d.ItemName()+"的异议", "objections", len(faults), layout.Crumb{Label: "公示异议", Href: paths.StaffObjections}), Heading: "对" + d.ItemName() + "的异议",
		Content: d.Content, MayHandle: d.May == nil, Unmask: paths.StaffObjectionAct(id, "unmasking"), Action: paths.StaffObjectionAct(id, "outcome"),
		Token: once.NewToken(), Version: strconv.Itoa(d.Version), Faults: faults}
	v.Facts = []ui.Fact{{Label: "公示", Body: ui.Link(d.NoticeNo, paths.Notice(d.NoticeNo))}, {Label: "办件", Body: ui.Link(d.CaseNo, paths.Application(d.CaseNo))},
		ui.F("收到时间", d.ReceivedAt.In(civil.Shanghai).Format("2006年1月2日 15:04")), {Label: "状态", Body: objectionTag(d.State)},
		ui.F("异议人", given(d))}
	if d.State == notice.ObjectionOpen {
		due := d.DueOn.Chinese() + "前，" + ui.Deadline(d.DueWD, d.Left(d.DueOn)).Words
		if d.DueProvisional {
			due += "（暂定）"
		}
		v.Facts = append(v.Facts, ui.F("答复期限", due))
	} else {
		v.Facts = append(v.Facts, ui.F("处理时间", civil.On(*d.HandledAt).Chinese()), ui.F("处理人", orDash(d.HandlerName)), ui.F("查明的情况", orDash(d.Finding)), ui.F("公开的理由", orDash(d.Outcome)))
	}
	for _, a := range d.Evidence {
		row := ui.Upload{What: "证据材料", State: a.State.Label(), Tone: ui.Tone(a.State.Tone()), File: a.Describe(), Say: a.Reason}
		if a.State == attachment.Accepted {
			row.Href = paths.StaffObjectionFile(id, a.ID.String())
		}
		v.Files = append(v.Files, row)
	}
	if d.May != nil && d.State == notice.ObjectionOpen {
		v.WhyNot = errs.Message(d.May)
	}
	v.Choice = ui.Field{Name: "choice", Label: "处理结果", Value: choice, Error: faults.For("choice")}
	v.Finding = ui.Field{Name: "finding", Label: "查明的情况", Hint: "怎么核实的，查到什么。不公开", Rows: 6, Max: 2000, Value: finding, Error: faults.For("finding")}
	v.Reason = ui.Field{Name: "reason", Label: "公开的理由", Hint: "随公示公布，不写明谁提的异议", Rows: 4, Max: 500, Value: reason, Error: faults.For("reason")}
	return v
}

// given says what the objector left, not who it is.
func given(d notice.Dossier) string {
	switch {
	case d.HasName && d.HasPhone:
		return "留了姓名和电话，不显示"
	case d.HasName:
		return "留了姓名，不显示"
	}
	return "留了电话，不显示"
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// createOutcome shows the answer once more, then gives it.
func (p *Pages) createOutcome(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	d, err := p.dossier(r)
	if err != nil {
		return err
	}
	f := r.PostForm
	choice, out := f.Get("choice"), notice.Outcome{Upheld: f.Get("choice") == "upheld", Finding: f.Get("finding"), Reason: f.Get("reason")}
	show := func(status int, faults ui.Errors) error {
		return httpserver.Render(w, r, status, dossierPage(dossierOf(d, choice, out.Finding, out.Reason, faults)))
	}
	if f.Get("back") != "" {
		return show(http.StatusOK, nil)
	}
	if choice != "upheld" && choice != "dismissed" {
		err = errs.FieldError("choice", "处理结果", "选一项：异议成立或不成立")
	} else if err = notice.CheckOutcome(out); err == nil && f.Get("confirm") == "" && d.May == nil {
		v := dossierOf(d, choice, out.Finding, out.Reason, nil)
		v.Review = reviewOf(d, v, choice, out)
		return httpserver.Render(w, r, http.StatusOK, outcomePage(v))
	}
	if err == nil {
		err = p.Notices.Decide(r.Context(), actor(r), d.ID, versionOf(r), f.Get("token"), out)
	}
	if err == nil {
		p.Flash(r.Context(), "异议已处理，结果随公示公布。")
		return httpserver.SeeOther(w, r, paths.StaffObjection(d.ID.String()))
	}
	faults, again := shown(err)
	if !again {
		return err
	}
	return show(httpserver.Status(err), faults)
}

func reviewOf(d notice.Dossier, v dossierView, choice string, out notice.Outcome) *ui.Review {
	rv := &ui.Review{Title: "确认异议不成立", Submit: "确认：异议不成立", Effect: "公开的理由马上随公示公布。这一项继续公示，公示期已满的随后核定。",
		Action: v.Action, Back: paths.StaffObjection(d.ID.String()), Return: true, Token: v.Token, Harm: out.Upheld,
		Facts: []ui.Fact{ui.F("对哪一项", d.ItemName()), ui.F("查明的情况", out.Finding), ui.F("公开的理由", out.Reason)}}
	if out.Upheld {
		rv.Title, rv.Submit = "确认异议成立", "确认：异议成立"
		rv.Effect = "这一项不予资助，不能恢复。对同一项的其他异议一并办结，公开的理由马上随公示公布。"
	}
	rv.Carry = []ui.Pair{{Name: "choice", Value: choice}, {Name: "finding", Value: out.Finding}, {Name: "reason", Value: out.Reason},
		{Name: "version", Value: v.Version}, {Name: "confirm", Value: "1"}}
	return rv
}

func (p *Pages) showEvidence(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	file, err := param(r, "file")
	if err != nil {
		return err
	}
	a, content, err := p.Notices.Evidence(r.Context(), actor(r), id, file)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

// unmaskView asks for a reason, then shows who objected.
type unmaskView struct {
	layout.Page
	Lead, Action, Back string
	Reason             ui.Field
	Faults             ui.Errors
	Contact            []ui.Fact // after the reason
}

func unmaskOf(d notice.Dossier, reason string, faults ui.Errors) unmaskView {
	id := d.ID.String()
	return unmaskView{Page: page("查看异议人", "objections", len(faults), layout.Crumb{Label: "公示异议", Href: paths.StaffObjections}, layout.Crumb{Label: d.ItemName(), Href: paths.StaffObjection(id)}),
		Lead: "谁在什么时候、为什么查看，都会记下来。", Action: paths.StaffObjectionAct(id, "unmasking"), Back: paths.StaffObjection(id), Faults: faults,
		Reason: ui.Field{Name: "reason", Label: "理由", Hint: "为了办哪件事，如：电话核实活动地点。5 到 500 个字", Rows: 3, Max: 500, Value: reason, Error: faults.For("reason")}}
}

func (p *Pages) askUnmasking(w http.ResponseWriter, r *http.Request) error {
	d, err := p.dossier(r)
	if err == nil {
		err = d.May
	}
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, unmaskPage(unmaskOf(d, "", nil)))
}

// createUnmasking is a POST: reading leaves an entry in the audit trail.
func (p *Pages) createUnmasking(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	d, err := p.dossier(r)
	if err != nil {
		return err
	}
	reason := r.PostForm.Get("reason")
	c, err := p.Notices.Unmask(r.Context(), actor(r), d.ID, reason)
	if faults := errs.FieldsOf(err); len(faults) > 0 {
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, unmaskPage(unmaskOf(d, reason, faults)))
	}
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-store")
	v := unmaskOf(d, "", nil)
	v.Lead = fmt.Sprintf("只用于处理这件异议。您的查看已记下，理由：%s", reason)
	v.Contact = []ui.Fact{ui.F("姓名", orNone(c.Name)), ui.F("电话", orNone(c.Phone))}
	return httpserver.Render(w, r, http.StatusOK, unmaskPage(v))
}
