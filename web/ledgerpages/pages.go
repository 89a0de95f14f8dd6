// Package ledgerpages shows the special fund to finance and to those who oversee
// it: pools and budgets, what is committed, payments step by step, money that
// comes back, holds. Pages over internal/ledger; no tables.
package ledgerpages

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/export"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Ledger *ledger.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of the fund.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	s.Get(paths.StaffFund, authz.FundView, p.showFund)
	export.Register(s, paths.StaffFund, authz.FundView, p.exportFund)
	s.Get(paths.StaffFund+"/pools/{year}/{purpose}", authz.FundView, p.showPool)
	export.Register(s, paths.StaffFund+"/pools/{year}/{purpose}/entries", authz.FundView, p.exportEntries)
	forms.Declare(s, paths.FundBudgetNew, authz.FundBudget, p.budgetForm)
	s.Get(paths.StaffFund+"/budget/{item}", authz.FundView, p.showItem)
	s.Post(paths.StaffFund+"/budget/{item}", authz.FundBudget, p.decideItem)
	forms.Declare(s, paths.StaffFund+"/entries/{entry}/reversal", authz.FundBudget, p.reversalForm)
	s.Get(paths.StaffFund+"/cases/{no}", authz.FundView, p.showCase)
	forms.Declare(s, paths.StaffFund+"/cases/{no}/payment", authz.FundPay, p.proposalForm)
	forms.Declare(s, paths.StaffFund+"/cases/{no}/repayment", authz.FundPay, p.repaymentForm)
	s.Get(paths.FundPayments, authz.FundView, p.listPayments)
	export.Register(s, paths.FundPayments, authz.FundView, p.exportPayments)
	s.Get(paths.FundPayments+"/{payment}", authz.FundView, p.showPayment)
	s.Get(paths.FundPayments+"/{payment}/order", authz.FundView, p.showOrder)
	forms.Declare(s, paths.FundPayments+"/{payment}/check", authz.FundPay, p.checkForm)
	forms.Declare(s, paths.FundPayments+"/{payment}/cancellation", authz.FundPay, p.cancellationForm)
	forms.Declare(s, paths.FundPayments+"/{payment}/sending", authz.FundPay, p.sendingForm)
	forms.Declare(s, paths.FundPayments+"/{payment}/outcome", authz.FundPay, p.outcomeForm)
	s.Get(paths.FundHolds, authz.FundView, p.listHolds)
	forms.Declare(s, paths.FundHoldNew, authz.FundHold, p.holdForm)
	forms.Declare(s, paths.FundHolds+"/{hold}/lifting", authz.FundHold, p.liftingForm)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func may(r *http.Request, p authz.Permission) bool { return actor(r).Can(p) }

// fund and payments are the crumbs that pages of this feature hang on.
var (
	fund     = layout.Crumb{Label: "专项资金", Href: paths.StaffFund}
	payments = layout.Crumb{Label: "付款", Href: paths.FundPayments}
	holds    = layout.Crumb{Label: "冻结", Href: paths.FundHolds}
)

// shell is the frame of a page of this feature.
func shell(title string, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	all = append(append(all, crumbs...), layout.Crumb{Label: title})
	return layout.Page{Title: title, Nav: "fund", Crumbs: all}
}

func missing() error { return errs.New(errs.NotFound, "没有这个页面。请核对网址。") }

func id(r *http.Request, name string) (uuid.UUID, error) {
	v, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return v, missing()
	}
	return v, nil
}

// word is a number of a case or payment in the path, "" for what cannot be one.
func word(r *http.Request, name string) string {
	s := httpserver.Param(r, name)
	for _, c := range s {
		if c != '-' && (c < '0' || c > '9') && (c < 'A' || c > 'Z') {
			return ""
		}
	}
	return s
}

func itoa(n int) string { return strconv.Itoa(n) }

// clock is an instant as tables show it.
func clock(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04") }

// said is an instant in a sentence.
func said(t time.Time) string {
	return civil.On(t).Chinese() + t.In(civil.Shanghai).Format(" 15:04")
}

// tone gives a state of a payment its colour and shape.
func tone(s ledger.PaymentState) ui.Tone {
	switch s {
	case ledger.Succeeded:
		return ui.Good
	case ledger.Failed, ledger.Bounced:
		return ui.Bad
	case ledger.Cancelled:
		return ui.Mute
	}
	return ui.Info
}
