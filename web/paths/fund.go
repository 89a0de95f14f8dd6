package paths

import (
	"net/url"
	"strconv"
)

// The special fund as finance and the bureau see it.
const (
	StaffFund     = "/staff/fund"
	FundBudgetNew = StaffFund + "/budget/new"
	FundPayments  = StaffFund + "/payments"
	FundHolds     = StaffFund + "/holds"
	FundHoldNew   = FundHolds + "/new"
)

// StaffFundYear returns the fund in one year.
func StaffFundYear(year int) string {
	return WithQuery(StaffFund, url.Values{"year": {strconv.Itoa(year)}})
}

// FundPool returns the pool of a purpose in a year.
func FundPool(year int, purpose string) string {
	return StaffFund + "/pools/" + strconv.Itoa(year) + "/" + url.PathEscape(purpose)
}

// FundBudgetFor returns the form of a new budget item with a purpose chosen.
func FundBudgetFor(year int, purpose, kind string) string {
	return WithQuery(FundBudgetNew, url.Values{"year": {strconv.Itoa(year)}, "purpose": {purpose}, "kind": {kind}})
}

// FundBudgetItem returns a budget item, with its check.
func FundBudgetItem(id string) string { return StaffFund + "/budget/" + url.PathEscape(id) }

// FundCase returns how a case stands in the ledger.
func FundCase(no string) string { return StaffFund + "/cases/" + url.PathEscape(no) }

// FundCasePart returns an act on a case's money: payment, repayment.
func FundCasePart(no, part string) string { return FundCase(no) + "/" + part }

// FundPayment returns a payment.
func FundPayment(no string) string { return FundPayments + "/" + url.PathEscape(no) }

// FundPaymentPart returns a step of a payment: check, cancellation, sending,
// outcome; or order, the printable 拨款单.
func FundPaymentPart(no, part string) string { return FundPayment(no) + "/" + part }

// FundHoldOn returns the form that holds back a case's money, or with caseNo ""
// everything of an organization.
func FundHoldOn(caseNo, organization string) string {
	return WithQuery(FundHoldNew, url.Values{"case": {caseNo}, "organization": {organization}})
}

// FundHoldLifting returns the form that lifts a hold.
func FundHoldLifting(id string) string { return FundHolds + "/" + url.PathEscape(id) + "/lifting" }

// FundReversal returns the form that takes a wrong entry back.
func FundReversal(entry int64) string {
	return StaffFund + "/entries/" + strconv.FormatInt(entry, 10) + "/reversal"
}
