package ledgerpages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// paymentView is one payment with what can be done next.
type paymentView struct {
	layout.Page
	No, State    string
	Tone         ui.Tone
	Facts, Payee []ui.Fact
	Timeline     []ui.Event
	Obstacles    []string
	Acts         []ui.Tab // the next step
	Cancel       string   // address of 作废, "" when it is too late
	Order        string   // address of the 拨款单
	Waits        string   // what the payment waits for, for who cannot do it
}

// paymentFacts is what every step of a payment shows again.
func paymentFacts(y ledger.Payment) []ui.Fact {
	out := []ui.Fact{{Label: "组织", Value: y.Organization, Demo: true}, {Label: "编号", Body: ui.Link(y.CaseNo, paths.FundCase(y.CaseNo))}, ui.F("事项", y.Title),
		ui.F("资金", itoa(y.Year)+"年"+y.Purpose.Name()), ui.F("金额", y.Amount.String()+"元"), ui.F("大写", y.Amount.Upper())}
	if y.VoucherNo != "" {
		out = append(out, ui.F("凭证", y.VoucherNo+"，"+y.VoucherOn.Chinese()))
	}
	if y.Reason != "" {
		out = append(out, ui.F("原因", y.Reason))
	}
	return out
}

func (p *Pages) showPayment(w http.ResponseWriter, r *http.Request) error {
	y, at, _, err := p.Ledger.Payment(r.Context(), actor(r), word(r, "payment"))
	if err != nil {
		return err
	}
	v := paymentView{Page: shell(y.No, fund, payments), No: y.No, State: y.State.Name(), Tone: tone(y.State), Facts: paymentFacts(y), Payee: payee(&y.Payee), Timeline: steps(y)}
	if y.State == ledger.Proposed || y.State == ledger.Checked {
		v.Obstacles = at.Blocking(y)
	}
	if y.Check.At != nil && y.State != ledger.Cancelled {
		v.Order = paths.FundPaymentPart(y.No, "order")
	}
	v.Waits = map[ledger.PaymentState]string{ledger.Proposed: "等另一位财务人员复核。", ledger.Checked: "等财务发送银行。", ledger.Sent: "等银行的结果。"}[y.State]
	v.acts(r, y, at)
	return httpserver.Render(w, r, http.StatusOK, paymentPage(v))
}

// acts are the steps that the reader may take now.
func (v *paymentView) acts(r *http.Request, y ledger.Payment, at ledger.Position) {
	if !may(r, authz.FundPay) {
		return
	}
	add := func(part, label string) {
		v.Acts = append(v.Acts, ui.Tab{Label: label, Href: paths.FundPaymentPart(y.No, part)})
	}
	clear := len(v.Obstacles) == 0 && !at.Decided(actor(r).PersonID)
	switch {
	case y.State == ledger.Proposed && clear && y.MayCheck(actor(r)):
		add("check", "复核")
	case y.State == ledger.Checked && clear:
		add("sending", "发送")
	case y.State == ledger.Sent && !at.Decided(actor(r).PersonID):
		add("outcome", "登记结果")
	}
	if y.State == ledger.Proposed || y.State == ledger.Checked {
		v.Cancel = paths.FundPaymentPart(y.No, "cancellation")
	}
}

// steps tells what happened to a payment, oldest first.
func steps(y ledger.Payment) []ui.Event {
	out := []ui.Event{}
	for _, s := range []struct {
		ledger.Stamp
		title string
	}{{y.Made, "制单"}, {y.Check, "复核通过"}, {y.Send, "已发送"}, {y.End, y.State.Name()}} {
		if s.At == nil {
			continue
		}
		e := ui.Event{On: civil.On(*s.At), Title: s.title, Text: s.Name}
		if s.Stamp == y.End {
			if y.Reason != "" {
				e.Text += "：" + y.Reason
			}
			if y.State == ledger.Failed || y.State == ledger.Bounced {
				e.State = "bad"
			}
		}
		out = append(out, e)
	}
	return out
}

// stepForm is a form about one payment: what it shows, and why it cannot be done.
func (p *Pages) stepForm(r *http.Request, part, heading, lead, submit string, from ...ledger.PaymentState) (*formpage.Editor, ledger.Payment, ledger.Position, civil.Date, error) {
	y, at, today, err := p.Ledger.Payment(r.Context(), actor(r), word(r, "payment"))
	if err != nil {
		return nil, y, at, today, err
	}
	e := &formpage.Editor{View: formpage.View{Page: shell(heading, fund, payments, layout.Crumb{Label: y.No, Href: paths.FundPayment(y.No)}), Heading: heading + "：" + y.No, Lead: lead,
		Facts: append(paymentFacts(y), payee(&y.Payee)...), Action: paths.FundPaymentPart(y.No, part), Submit: submit, Back: paths.FundPayment(y.No), BackLabel: backLabel,
		Hidden: []ui.Pair{formpage.Version(y.Version)}}}
	e.To = paths.FundPayment(y.No)
	here := false
	for _, s := range from {
		here = here || y.State == s
	}
	if !here {
		e.Obstacles = []string{"这笔付款现在是“" + y.State.Name() + "”，不在这一步。"}
	}
	return e, y, at, today, nil
}

// mind adds what keeps the reader from moving the payment on.
func mind(e *formpage.Editor, r *http.Request, y ledger.Payment, at ledger.Position) {
	if len(e.Obstacles) == 0 {
		e.Obstacles = at.Blocking(y)
	}
	if at.Decided(actor(r).PersonID) {
		e.Obstacles = append(e.Obstacles, "您参与了这件的审批，不能办它的付款。请另一位财务人员办理。")
	}
}

// checkForm approves a payment or refuses it.
func (p *Pages) checkForm(r *http.Request) (*formpage.Editor, error) {
	e, y, at, _, err := p.stepForm(r, "check", "复核付款", "核对组织、金额、账户和拨付条件。通过后可以发送银行。", "登记复核意见", ledger.Proposed)
	if err != nil {
		return nil, err
	}
	mind(e, r, y, at)
	if y.State == ledger.Proposed && y.Made.Person == actor(r).PersonID {
		e.Obstacles = append(e.Obstacles, "您是制单人，不能复核自己制作的付款。请另一位财务人员复核。")
	}
	e.Facts = append(e.Facts, gates(at)...)
	e.Facts = append(e.Facts, ui.F("制单", y.Made.Name+"，"+said(*y.Made.At)))
	e.Ask(formpage.OneOf("choice", "复核意见", []ui.Option{{Value: "pass", Label: "通过"}, {Value: "refuse", Label: "不予通过", Hint: "付款作废，由制单人重新制作"}}),
		formpage.Lines("reason", "理由", 3, 300).Hint("不予通过时填写").Optional())
	var refuse bool
	var reason string
	var n int
	read := func(f *form.Form) error {
		refuse, n = f.Choice("choice", "复核意见", []string{"pass", "refuse"}, form.Required) == "refuse", formpage.VersionOf(f)
		reason = f.Text("reason", "理由", form.Multiline, form.Max(300))
		return f.Err()
	}
	doing(e, read, nil, func() error {
		if refuse {
			e.Done = "已登记：不予通过，付款作废。"
			return p.Ledger.Cancel(r.Context(), actor(r), y.No, n, reason)
		}
		e.Done = "已复核通过，可以发送。"
		return p.Ledger.Check(r.Context(), actor(r), y.No, n)
	})
	return e, nil
}

// cancellationForm ends a payment that was not sent.
func (p *Pages) cancellationForm(r *http.Request) (*formpage.Editor, error) {
	e, y, _, _, err := p.stepForm(r, "cancellation", "作废付款", "作废后不能恢复，金额可以重新制作付款。", "作废这笔付款", ledger.Proposed, ledger.Checked)
	if err != nil {
		return nil, err
	}
	e.Stop = true
	e.Ask(formpage.Lines("reason", "理由", 3, 300))
	var reason string
	var n int
	read := func(f *form.Form) error {
		reason, n = f.Text("reason", "理由", form.Required, form.Multiline, form.Max(300)), formpage.VersionOf(f)
		return f.Err()
	}
	doing(e, read, nil, func() error { return p.Ledger.Cancel(r.Context(), actor(r), y.No, n, reason) })
	e.Done = "付款已作废。"
	return e, nil
}

// sendingForm records that a payment went to the bank.
func (p *Pages) sendingForm(r *http.Request) (*formpage.Editor, error) {
	e, y, at, _, err := p.stepForm(r, "sending", "发送付款", "系统再核一次拨付条件、冻结、账户和资格。确认后打印拨款单送银行或国库，不能再作废。", "确认已发送", ledger.Checked)
	if err != nil {
		return nil, err
	}
	mind(e, r, y, at)
	e.Facts = append(e.Facts, ui.F("制单", y.Made.Name))
	if y.Check.At != nil {
		e.Facts = append(e.Facts, ui.F("复核", y.Check.Name+"，"+said(*y.Check.At)))
	}
	var n int
	read := func(f *form.Form) error { n = formpage.VersionOf(f); return nil }
	doing(e, read, nil, func() error { return p.Ledger.Send(r.Context(), actor(r), y.No, n) })
	e.Done = "已记为发送。银行有了结果，回来登记。"
	return e, nil
}

var outcomes = []ledger.PaymentState{ledger.Succeeded, ledger.Failed, ledger.Bounced}

// outcomeForm records what became of a sent payment.
func (p *Pages) outcomeForm(r *http.Request) (*formpage.Editor, error) {
	e, y, at, today, err := p.stepForm(r, "outcome", "登记付款结果", "按银行回单登记。失败或退票的，金额可以重新付款。", "登记结果", ledger.Sent)
	if err != nil {
		return nil, err
	}
	if at.Decided(actor(r).PersonID) {
		e.Obstacles = append(e.Obstacles, "您参与了这件的审批，不能办它的付款。请另一位财务人员办理。")
	}
	e.Ask(formpage.OneOf("outcome", "付款结果", []ui.Option{{Value: string(ledger.Succeeded), Label: "成功", Hint: "填凭证号和凭证日期"},
		{Value: string(ledger.Failed), Label: "失败", Hint: "银行没有付出，写明原因"}, {Value: string(ledger.Bounced), Label: "退票", Hint: "付出后被退回，写明原因"}}),
		formpage.Line("voucher_no", "凭证号", 14).Hint("成功时填写").Optional(), formpage.Day("voucher_on", "凭证日期").Hint("成功时填写").Optional(),
		formpage.Lines("reason", "原因", 3, 300).Hint("失败、退票时填写").Optional())
	var o ledger.Outcome
	var n int
	read := func(f *form.Form) error {
		o, n = ledger.Outcome{State: ledger.PaymentState(f.Choice("outcome", "付款结果", formpage.Keys(outcomes), form.Required)), VoucherNo: f.Text("voucher_no", "凭证号", form.Max(40)),
			VoucherOn: f.Date("voucher_on", "凭证日期", form.Past(today)), Reason: f.Text("reason", "原因", form.Multiline, form.Max(300))}, formpage.VersionOf(f)
		return f.Err()
	}
	doing(e, read, nil, func() error { return p.Ledger.RecordOutcome(r.Context(), actor(r), y.No, n, o) })
	e.Done = "结果已登记。"
	return e, nil
}

// orderView is the 拨款单 that goes to the bank or the treasury.
type orderView struct {
	layout.Page
	No, On, Organization, Case, Source, Amount, Upper, AccountName, Bank, Account string
	Maker, Checker, Sender                                                        string
	Unsent                                                                        bool
	Unmask                                                                        string // where finance reads the number in full
}

func (p *Pages) showOrder(w http.ResponseWriter, r *http.Request) error {
	y, _, today, err := p.Ledger.Payment(r.Context(), actor(r), word(r, "payment"))
	if err != nil {
		return err
	}
	if y.Check.At == nil || y.State == ledger.Cancelled {
		return errs.New(errs.Conflict, "付款复核通过以后才有拨款单。现在是“"+y.State.Name()+"”。")
	}
	v := orderView{Page: shell("拨款单", fund, payments, layout.Crumb{Label: y.No, Href: paths.FundPayment(y.No)}), No: y.No, On: today.Chinese(),
		Organization: y.Organization, Case: y.CaseNo + " " + y.Title, Source: itoa(y.Year) + "年社区社会组织扶持专项资金（" + y.Purpose.Name() + "）",
		Amount: y.Amount.String(), Upper: y.Amount.Upper(), AccountName: y.Payee.AccountName, Bank: y.Payee.BankName + " " + y.Payee.Branch, Account: y.Payee.Masked(),
		Maker: y.Made.Name, Checker: y.Check.Name, Sender: y.Send.Name, Unsent: y.Send.At == nil}
	if y.Send.At != nil {
		v.On = civil.On(*y.Send.At).Chinese()
	}
	if may(r, authz.AccountNumberUnmask) && y.Payee.ReplacedAt == nil {
		v.Unmask = paths.StaffOrganizationPart(y.OrganizationID.String(), "payee/unmasking")
	}
	return httpserver.Render(w, r, http.StatusOK, orderPage(v))
}
