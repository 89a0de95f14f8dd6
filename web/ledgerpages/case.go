package ledgerpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// caseView is how a case stands in the ledger.
type caseView struct {
	layout.Page
	No, Organization, Title string
	Application             string // address of the case
	Stats                   []ui.Stat
	Gates                   []ui.Fact
	Payee                   []ui.Fact
	Account                 string // where finance verifies the account
	Obstacles               []string
	Payments                ui.Table
	Holds                   ui.Table
	Pay, Repay              string // addresses of the acts, "" for who may not
	HoldCase, HoldOrg       string
}

func (p *Pages) showCase(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Ledger.Position(r.Context(), actor(r), word(r, "no"))
	if err != nil {
		return err
	}
	v := caseView{Page: shell(in.CaseNo, fund, payments), No: in.CaseNo, Organization: in.Organization, Title: in.Title, Application: paths.Application(in.CaseNo),
		Gates: gates(in), Payee: payee(in.Payee), Obstacles: in.Obstacles(), Account: paths.StaffOrganization(in.OrganizationID.String())}
	v.Stats = []ui.Stat{{Label: "核定", Value: in.Committed.String(), Unit: "元", Note: itoa(in.Year) + "年" + in.Purpose.Name()},
		{Label: "已支付", Value: in.Paid.String(), Unit: "元", Note: pending(in)}, {Label: "待付", Value: in.Unpaid().String(), Unit: "元"}}
	if back := in.Returned + in.Recovered; back > 0 {
		v.Stats = append(v.Stats, ui.Stat{Label: "退回和追回", Value: back.String(), Unit: "元", Note: "净支付 " + in.Net().String() + "元"})
	}
	v.Payments = paymentTable("这件的付款", in.Payments)
	v.Holds = holdTable("这件和这个组织的冻结", in.Holds, may(r, authz.FundHold))
	if may(r, authz.FundPay) {
		if len(v.Obstacles) == 0 && !in.Decided(actor(r).PersonID) {
			v.Pay = paths.FundCasePart(in.CaseNo, "payment")
		}
		if in.Net() > 0 {
			v.Repay = paths.FundCasePart(in.CaseNo, "repayment")
		}
	}
	if may(r, authz.FundHold) {
		v.HoldCase, v.HoldOrg = paths.FundHoldOn(in.CaseNo, ""), paths.FundHoldOn("", in.OrganizationID.String())
	}
	return httpserver.Render(w, r, http.StatusOK, casePage(v))
}

func pending(p ledger.Position) string {
	switch {
	case p.Sent > 0:
		return "另有 " + p.Sent.String() + "元已发送，待登记结果"
	case p.Pending > 0:
		return "另有 " + p.Pending.String() + "元在制单或复核"
	}
	return "已到账的付款"
}

// gates says which conditions are met, and since when.
func gates(p ledger.Position) []ui.Fact {
	var out []ui.Fact
	for _, g := range p.Gates {
		f := ui.F(g.Gate.Name(), "还没有")
		if g.OpenedAt != nil {
			f.Value = said(*g.OpenedAt) + "，" + g.OpenedBy + "放行"
		}
		out = append(out, f)
	}
	return out
}

// payee is an account as finance compares it: the number masked for good.
func payee(a *ledger.Payee) []ui.Fact {
	if a == nil {
		return []ui.Fact{ui.F("收款账户", "组织还没有填")}
	}
	out := []ui.Fact{ui.F("户名", a.AccountName), ui.F("开户银行", a.BankName+" "+a.Branch), ui.F("账号", a.Masked())}
	if a.Agent {
		out = append(out, ui.F("收款方式", "由代收单位收款"))
	}
	switch {
	case a.ReplacedAt != nil:
		out = append(out, ui.F("核验", "已被组织更换（"+said(*a.ReplacedAt)+"）"))
	case a.VerifiedAt == nil:
		out = append(out, ui.F("核验", "还没有核验"))
	default:
		out = append(out, ui.F("核验", said(*a.VerifiedAt)+"核验"))
	}
	return out
}

// about is what the forms of a case's money begin with.
func about(p ledger.Position) []ui.Fact {
	return []ui.Fact{{Label: "组织", Value: p.Organization, Demo: true}, ui.F("编号", p.CaseNo), ui.F("事项", p.Title),
		ui.F("资金", itoa(p.Year)+"年"+p.Purpose.Name()), ui.F("核定", p.Committed.String()+"元"), ui.F("已支付", p.Paid.String()+"元")}
}

// proposalForm makes a payment.
func (p *Pages) proposalForm(r *http.Request) (*formpage.Editor, error) {
	at, err := p.Ledger.Position(r.Context(), actor(r), word(r, "no"))
	if err != nil {
		return nil, err
	}
	e := &formpage.Editor{View: formpage.View{Page: shell("制作付款", fund, payments, layout.Crumb{Label: at.CaseNo, Href: paths.FundCase(at.CaseNo)}),
		Heading: "制作付款", Lead: "制作后由另一位财务人员复核，再发送银行。", Action: paths.FundCasePart(at.CaseNo, "payment"), Submit: "下一步：核对",
		Back: paths.FundCase(at.CaseNo), Hidden: []ui.Pair{formpage.Token()}, Obstacles: at.Obstacles(), BackLabel: backLabel},
		Saved: url.Values{"amount": {at.Unpaid().String()}}}
	e.Ask(formpage.Amount("amount", "付款金额").Hint("不超过还没有付的 " + at.Unpaid().String() + "元"))
	e.Facts = append(append(about(at), gates(at)...), payee(at.Payee)...)
	if at.Decided(actor(r).PersonID) {
		e.Obstacles = append(e.Obstacles, "您参与了这件的审批，不能办它的付款。请另一位财务人员办理。")
	}
	if at.Payee != nil {
		e.Hidden = append(e.Hidden, ui.Pair{Name: "payee", Value: at.Payee.ID.String()})
	}
	var in ledger.PaymentInput
	read := func(f *form.Form) (err error) {
		in = ledger.PaymentInput{Token: f.Raw("token"), CaseNo: at.CaseNo, Amount: yuan(f, "amount", "付款金额")}
		if in.Payee, err = uuid.Parse(f.Raw("payee")); err != nil {
			return lostAccount
		}
		if err := f.Err(); err != nil {
			return err
		}
		if r.PostForm.Get("confirm") != "" {
			return nil // the act judges, and a form sent twice gets the first answer
		}
		_, err = p.Ledger.CheckProposal(r.Context(), actor(r), in)
		return err
	}
	review := func() ui.Review {
		return ui.Review{Title: "确认制作付款", Effect: "制作后不能改金额和账户，错了只能作废重做。", Submit: "确认制作付款",
			Facts: append(append(append(about(at)[:4:4], ui.F("付款金额", in.Amount.String()+"元"), ui.F("大写", in.Amount.Upper())), gates(at)...), payee(at.Payee)...)}
	}
	doing(e, read, review, func() error {
		no, err := p.Ledger.Propose(r.Context(), actor(r), in)
		e.To = paths.FundPayment(no)
		return err
	})
	e.Done = "付款已制作，等另一位财务人员复核。"
	return e, nil
}

var repaymentOptions = []ui.Option{{Value: "return", Label: "结余退回", Hint: "没有用完的钱，组织自己退回"}, {Value: "recover", Label: "追回", Hint: "按追回决定收回"}}

// repaymentForm records money that came back.
func (p *Pages) repaymentForm(r *http.Request) (*formpage.Editor, error) {
	at, err := p.Ledger.Position(r.Context(), actor(r), word(r, "no"))
	if err != nil {
		return nil, err
	}
	e := &formpage.Editor{View: formpage.View{Page: shell("登记退回的钱", fund, payments, layout.Crumb{Label: at.CaseNo, Href: paths.FundCase(at.CaseNo)}),
		Heading: "登记退回的钱", Lead: "钱到了专户，核对银行回单以后登记。", Action: paths.FundCasePart(at.CaseNo, "repayment"), Submit: "下一步：核对",
		Back: paths.FundCase(at.CaseNo), Hidden: []ui.Pair{formpage.Token()}, Facts: append(about(at), ui.F("已退回和追回", (at.Returned+at.Recovered).String()+"元")),
		BackLabel: backLabel}}
	e.Ask(formpage.OneOf("kind", "哪一种", repaymentOptions), formpage.Amount("amount", "到账金额").Hint("不超过 "+at.Net().String()+"元"),
		formpage.Line("voucher_no", "凭证号", 14), formpage.Lines("reason", "说明", 3, 300))
	if at.Net() == 0 {
		e.Obstacles = []string{"这件没有付出去、还没有退回的钱，没有什么可以登记。"}
	}
	var in ledger.ReturnInput
	read := func(f *form.Form) error {
		in = ledger.ReturnInput{Token: f.Raw("token"), CaseNo: at.CaseNo, Recovered: f.Choice("kind", "哪一种", []string{"return", "recover"}, form.Required) == "recover",
			Amount: yuan(f, "amount", "到账金额"), VoucherNo: f.Text("voucher_no", "凭证号", form.Required, form.Max(40)),
			Reason: f.Text("reason", "说明", form.Required, form.Multiline, form.Max(300))}
		if err := f.Err(); err != nil || r.PostForm.Get("confirm") != "" {
			return err
		}
		_, err := p.Ledger.CheckReturn(r.Context(), actor(r), in)
		return err
	}
	review := func() ui.Review {
		what := repaymentOptions[0].Label
		if in.Recovered {
			what = repaymentOptions[1].Label
		}
		return ui.Review{Title: "确认登记" + what, Effect: "登记后公开的净支付相应减少。登记错了由另一位财务人员冲正。", Submit: "确认登记",
			Facts: append(about(at)[:4:4], ui.F("到账金额", in.Amount.String()+"元"), ui.F("大写", in.Amount.Upper()), ui.F("凭证号", in.VoucherNo), ui.F("说明", in.Reason))}
	}
	doing(e, read, review, func() error { return p.Ledger.ReceiveReturn(r.Context(), actor(r), in) })
	e.Done, e.To = "退回的钱已登记。", paths.FundCase(at.CaseNo)
	return e, nil
}

// lostAccount is what a form without its account comes to.
var lostAccount = errs.New(errs.Conflict, "没有收到收款账户，可能页面没有完整载入。请核对账户后再办。")

func holdTable(caption string, list []ledger.Hold, lift bool) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "对象"}, {Label: "理由"}, {Label: "冻结"}, {Label: "解除"}}}
	var rows []ui.Row
	for _, h := range list {
		what := ui.Head(h.Organization, "", "这个组织的全部付款")
		what.Demo = true
		if h.CaseNo != "" {
			what = ui.Head(h.CaseNo, paths.FundCase(h.CaseNo), "只这一件")
		}
		ended := ui.C(ui.Tag("冻结中", ui.Bad))
		switch {
		case !h.InForce():
			ended = ui.TS(h.LiftReason, h.Lifter+" "+clock(*h.LiftedAt))
		case lift:
			ended = ui.C(ui.Tag("冻结中", ui.Bad), ui.Link("解除", paths.FundHoldLifting(h.ID.String())))
		}
		rows = append(rows, ui.Cells(what, ui.TS(h.Reason, h.Source), ui.TS(h.Placer, clock(h.PlacedAt)), ended))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}
