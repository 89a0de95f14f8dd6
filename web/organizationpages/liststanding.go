package organizationpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/standing"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// recordable are the kinds of entries that the actor may record.
func recordable(a authz.Actor) []standing.Kind {
	var out []standing.Kind
	for _, k := range standing.Kinds {
		if standing.May(a, k) {
			out = append(out, k)
		}
	}
	return out
}

// entryForm records a listing, a ban, a violation or an open recovery.
func (p *Pages) entryForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记名录和违规记录", "列入名录、限制申报、违法违规和未结清的追回，登记后公开，并停止受理扶持申请。", "登记这条记录")
	if err != nil {
		return nil, err
	}
	kinds := recordable(actor(r))
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(
		formpage.Pick("kind", "记录种类", formpage.First("请选择", formpage.Named(kinds))), formpage.Day("from", "起始日期").Hint("决定或列入的日期"),
		formpage.Day("to", "截止日期").Hint("只有限制申报和违法违规记录有预定的截止日期").Optional(), formpage.Line("basis", "依据", 0).Hint("决定书文号，或名录的网址和查询日期"),
		formpage.Lines("reason", "事由", 4, 500).Hint("会公开。不写个人信息"),
	)
	e.Done = "记录已登记。"
	e.Save = func(f *form.Form) error {
		in := standing.EntryInput{Token: f.Raw("token"), OrgID: s.Record.ID, Kind: standing.Kind(f.Choice("kind", "记录种类", formpage.Keys(kinds), form.Required)),
			FromOn: f.Date("from", "起始日期", form.Required, form.Past(s.Today)), ToOn: f.Date("to", "截止日期"),
			Basis: f.Text("basis", "依据", form.Required), Reason: f.Text("reason", "事由", form.Required, form.Multiline, form.Max(500))}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := p.Standing.AddEntry(r.Context(), actor(r), in)
		return err
	}
	return e, nil
}

// The two ways to end an entry.
const (
	removing = "removal"
	voiding  = "void"
)

// entryEndForm removes an entry from its list, or takes back a mistake.
func (p *Pages) entryEndForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "移出或撤销记录", "", "保存")
	if err != nil {
		return nil, err
	}
	id, err := param(r, "record")
	if err != nil {
		return nil, err
	}
	var x standing.Entry
	for _, have := range s.Standing.Entries {
		if have.ID == id && !have.Closed && standing.May(actor(r), have.Kind) {
			x = have
		}
	}
	if x.ID == uuid.Nil {
		return nil, missing()
	}
	e.Above = factList([]ui.Fact{ui.F("记录", x.Kind.Name()), ui.F("起始日期", x.FromOn.Chinese()), ui.F("依据", x.Basis), ui.F("事由", x.Reason)})
	e.Hidden = []ui.Pair{formpage.Version(x.Version)}
	e.Ask(
		formpage.OneOf("mode", "办理方式", []ui.Option{
			{Value: removing, Label: "移出或解除", Hint: "到最后一天为止有效，以后不再影响申请，历史仍可查"},
			{Value: voiding, Label: "撤销登记错的记录", Hint: "从来没有这回事，不再算数"},
		}),
		formpage.Day("to", "最后一天").Hint("移出或解除的填，这一天仍算在内").Optional(), formpage.Lines("reason", "理由", 3, 500),
	)
	e.Done = "已保存。"
	e.Save = func(f *form.Form) error {
		mode := f.Choice("mode", "办理方式", []string{removing, voiding}, form.Required)
		last := f.Date("to", "最后一天", form.Past(s.Today))
		if mode == removing && !f.Filled("to") {
			f.Fail("to", "最后一天", "移出或解除要填最后一天")
		}
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(500))
		if err := f.Err(); err != nil {
			return err
		}
		if mode == voiding {
			return p.Standing.VoidEntry(r.Context(), actor(r), id, formpage.VersionOf(f), reason)
		}
		return p.Standing.CloseEntry(r.Context(), actor(r), id, formpage.VersionOf(f), last, reason)
	}
	return e, nil
}

// checkForm records that lists were looked up and the organization was in none.
func (p *Pages) checkForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记名录查询", "查过、没有列入的，在这里登记。查到列入的，登记名录记录。没有查过的名录按“未查到”处理。", "登记查询结果")
	if err != nil {
		return nil, err
	}
	var options []ui.Option
	for _, k := range standing.Kinds {
		o := ui.Option{Value: string(k), Label: k.Name() + "：没有", Hint: "还没有查过"}
		if c, looked := s.Standing.Checks[k]; looked {
			o.Hint = "上次查询 " + c.CheckedOn.Chinese()
		}
		if s.Standing.State(k) == standing.StateListed {
			o.Hint = "现在有记录，先办移出"
		}
		options = append(options, o)
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(
		formpage.TickMany("lists", "查询的名录", options), formpage.Day("checked_on", "查询日期"),
		formpage.Line("source", "在哪里查的", 0).Hint("如：中国社会组织政务服务平台、中国执行信息公开网"),
	)
	e.Saved = url.Values{"checked_on": today(s.Today)}
	e.Done = "查询结果已登记。"
	e.Save = func(f *form.Form) error {
		in := standing.CheckInput{Token: f.Raw("token"), OrgID: s.Record.ID, CheckedOn: f.Date("checked_on", "查询日期", form.Required, form.Past(s.Today)),
			Source: f.Text("source", "在哪里查的")}
		for _, k := range f.Choices("lists", "查询的名录", formpage.Keys(standing.Kinds)) {
			in.Lists = append(in.Lists, standing.Kind(k))
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Standing.RecordClear(r.Context(), actor(r), in)
	}
	return e, nil
}

var starOptions = []ui.Option{{Value: "3", Label: "三星级"}, {Value: "2", Label: "二星级"}, {Value: "1", Label: "一星级"}}

// gradeForm records a star grade from before the portal.
func (p *Pages) gradeForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记星级", "登记本平台启用以前评定、还在有效期内或已经到期的星级。", "登记这个星级")
	if err != nil {
		return nil, err
	}
	if actor(r).Role != authz.BureauClerk {
		return nil, errs.New(errs.Forbidden, "星级由民政局登记。")
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(
		formpage.OneOf("star", "星级", starOptions), formpage.Day("from", "有效期起"), formpage.Day("to", "有效期止"), formpage.Line("cert_no", "证书编号", 14),
	)
	e.Done = "星级已登记。"
	e.Save = func(f *form.Form) error {
		star, _ := strconv.Atoi(f.Choice("star", "星级", []string{"3", "2", "1"}, form.Required)) // one of the three
		in := standing.GradeInput{Token: f.Raw("token"), OrgID: s.Record.ID, Star: star, FromOn: f.Date("from", "有效期起", form.Required),
			ToOn: f.Date("to", "有效期止", form.Required), CertNo: f.Code("cert_no", "证书编号", form.Max(40))}
		if err := f.Err(); err != nil {
			return err
		}
		_, err := p.Standing.AddGrade(r.Context(), actor(r), in)
		return err
	}
	return e, nil
}

// gradeWithdrawalForm takes back a grade that was recorded by mistake.
func (p *Pages) gradeWithdrawalForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "撤销登记错的星级", "撤销后不再算数，留作历史。", "撤销这个星级")
	if err != nil {
		return nil, err
	}
	id, err := param(r, "record")
	if err != nil {
		return nil, err
	}
	var g standing.Grade
	for _, have := range s.Standing.Grades {
		if have.ID == id {
			g = have
		}
	}
	if g.ID == uuid.Nil || actor(r).Role != authz.BureauClerk {
		return nil, missing()
	}
	e.Stop = true
	e.Above = factList([]ui.Fact{ui.F("星级", g.Name()), ui.F("有效期", g.FromOn.Chinese()+"至"+g.ToOn.Chinese()), ui.F("证书编号", g.CertNo)})
	e.Hidden = []ui.Pair{formpage.Version(g.Version)}
	e.Ask(formpage.Lines("reason", "理由", 3, 500))
	e.Done = "星级已撤销。"
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(500))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Standing.VoidGrade(r.Context(), actor(r), id, formpage.VersionOf(f), reason)
	}
	return e, nil
}

// secretKind is which number a form unmasks.
type secretKind int

const (
	accountNumber secretKind = iota
	headNumber
)

// unmaskForm asks for a reason and then shows one number in full. It is a POST:
// reading leaves an entry in the audit trail.
func (p *Pages) unmaskForm(which secretKind) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		title, label := "查看完整账号", "账号"
		read := p.Organizations.UnmaskAccount
		if which == headNumber {
			title, label, read = "查看负责人证件号码", "证件号码", p.Organizations.UnmaskHeadID
		}
		e, s, err := p.editing(r, title, "谁在什么时候、为什么查看，都会记下来。", "查看"+label)
		if err != nil {
			return nil, err
		}
		e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint("为了办哪件事，如：核对 2026年第3批拨款"))
		e.Save = func(f *form.Form) error {
			reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
			if err := f.Err(); err != nil {
				return err
			}
			number, err := read(r.Context(), actor(r), s.Record.ID, reason)
			e.Answer = secretPage(secretView{Page: e.Page, Organization: s.Record.Name, Label: label, Number: number, Back: e.Back})
			return err
		}
		return e, nil
	}
}

// verifyPayee records that finance compared the account with its proof.
func (p *Pages) verifyPayee(w http.ResponseWriter, r *http.Request) error {
	id, err := orgID(r)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	payee, err := uuid.Parse(r.PostForm.Get("payee"))
	if err != nil {
		return missing()
	}
	if err := p.Organizations.VerifyPayee(r.Context(), actor(r), id, payee); err != nil {
		return err
	}
	p.Flash(r.Context(), "收款账户已核验。")
	return httpserver.SeeOther(w, r, home(r, id))
}
