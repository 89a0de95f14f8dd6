package ledger

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Obstacles says what stands in the way of a new payment, in the order in which
// it is to be cleared; none means that it can be made. The database judges by the
// same facts.
func (p Position) Obstacles() []string {
	out := p.standing(p.Payee)
	for _, y := range p.Payments {
		if y.State.Open() {
			out = append(out, fmt.Sprintf("付款 %s 还在办（%s），办完才能再付。", y.No, y.State.Name()))
		}
	}
	if len(out) == 0 && p.Unpaid() == 0 {
		out = append(out, "占用的金额已经全部付完。")
	}
	return out
}

// Blocking says what keeps a payment from its next step: what Obstacles would say
// of the account that the payment names.
func (p Position) Blocking(y Payment) []string { return p.standing(&y.Payee) }

// standing is what keeps any payment of the commitment to account a from moving,
// whatever its state.
func (p Position) standing(a *Payee) []string {
	var out []string
	for _, g := range p.Gates {
		if g.OpenedAt == nil {
			out = append(out, "还没有“"+g.Gate.Name()+"”，不能拨付。")
		}
	}
	for _, h := range p.Holds {
		if h.InForce() {
			out = append(out, "已冻结："+h.Reason+"（"+h.Source+"，"+civil.On(h.PlacedAt).Chinese()+"）。解除后才能拨付。")
		}
	}
	switch {
	case a == nil:
		out = append(out, "组织还没有填收款账户。请组织填写，再由财务核验。")
	case a.ReplacedAt != nil:
		out = append(out, "收款账户（尾号 "+a.Last4+"）已经被组织更换。作废这笔付款，核验新账户后重新制作。")
	case a.VerifiedAt == nil:
		out = append(out, "收款账户（尾号 "+a.Last4+"）还没有核验。到组织档案核验后再办。")
	}
	return out
}

// Decided reports whether the person decided the case.
func (p Position) Decided(person uuid.UUID) bool { return slices.Contains(p.Deciders, person) }

// MayCheck reports whether the actor may check or refuse the payment: another
// person of finance than its maker.
func (p Payment) MayCheck(actor authz.Actor) bool {
	return p.State == Proposed && actor.Can(authz.FundPay) && actor.PersonID != uuid.Nil && actor.PersonID != p.Made.Person
}

// refusals are the words for what the database refuses; they are read when two
// acts meet, since the services look first.
var refusals = map[string]string{
	"ledger_payment_gate":                    "拨付的条件还没有齐，不能办这笔付款。",
	"ledger_payment_hold":                    "资金已经冻结，不能办这笔付款。解除冻结后再办。",
	"ledger_payment_payee_owner":             "收款账户不是这个组织的，不能付款。",
	"ledger_payment_payee_replaced":          "收款账户已经被组织更换。作废这笔付款，核验新账户后重新制作。",
	"ledger_payment_payee_unverified":        "收款账户还没有核验，不能付款。到组织档案核验后再办。",
	"ledger_payment_decider":                 "参与这件审批的人不能办它的付款。请另一位财务人员办理。",
	"ledger_payment_two_persons":             "制单人不能复核自己制作的付款。请另一位财务人员复核。",
	"ledger_payment_transition":              "这笔付款已经不在这一步。请核对现在的情况后再办。",
	"ledger_payment_one_open":                "这件已经有一笔付款在办，不能同时再付一笔。",
	"ledger_commitment_paid_within_amount":   "付款超过了还没有付的金额。请核对后再填。",
	"ledger_commitment_returned_within_paid": "退回的金额超过了实际付出的金额。请核对后再填。",
	"ledger_budget_item_two_persons":         "登记预算的人不能复核自己登记的。请另一位财务人员复核。",
	"ledger_budget_item_transition":          "这条预算已经复核过。请核对现在的情况。",
	"ledger_budget_item_budget":              "这一年度的预算已经登记过。要改，登记追加或调减。",
	"ledger_pool_committed_within_budget":    "已经占用的金额比这样改以后的预算还多，不能调减。",
	"ledger_pool_not_negative":               "预算会变成负数，不能这样改。",
	"ledger_entry_year":                      "这一年度已经结束，不再登记预算和占用。",
	"ledger_entry_two_persons":               "不能冲正自己登记的分录。请另一位财务人员办理。",
	"ledger_entry_reverses_key":              "这条分录已经冲正过。",
	"ledger_hold_once":                       "这条冻结已经解除。",
	"ledger_entry_opened_year":               "这一年度的预算是导入的，不在这里改。",
	"ledger_opening_live_year":               "这一年度已经由平台记账，不能再导入。请核对年度。",
	"ledger_opening_budget":                  "这一年度的预算已经导入过。请核对预览。",
}

// told turns a refusal of the database into errs.Conflict with its words; other
// errors come back unchanged.
func told(err error) error {
	for constraint, words := range refusals {
		if postgres.Violates(err, constraint) {
			return errs.Wrap(errs.Conflict, words, err)
		}
	}
	return err
}

// faults collects what is wrong with a form.
type faults []errs.Field

func (f *faults) add(name, label, message string) {
	*f = append(*f, errs.Field{Name: name, Label: label, Message: strings.TrimSuffix(message, "。")})
}

// length notes a text that is shorter or longer than its column takes.
func (f *faults) length(name, label, text string, least, most int) {
	switch n := utf8.RuneCountInString(strings.TrimSpace(text)); {
	case n == 0:
		f.add(name, label, "还没有填。写"+fmt.Sprintf("%d 到 %d 个字。", least, most))
	case n < least || n > most:
		f.add(name, label, fmt.Sprintf("现在是 %d 个字。写 %d 到 %d 个字。", n, least, most))
	}
}
