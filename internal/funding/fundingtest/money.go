package fundingtest

import (
	"testing"

	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
)

// Budget gives this year's pool of start-up support its budget: entered by one
// person of finance and checked by another.
func (b *Bench) Budget(t testing.TB, amount money.Fen) {
	t.Helper()
	b.BudgetOf(t, startup.Kind, amount)
}

// BudgetOf gives this year's pool of a purpose its budget.
func (b *Bench) BudgetOf(t testing.TB, purpose ledger.Purpose, amount money.Fen) {
	t.Helper()
	id, err := b.Ledger.ProposeBudget(t.Context(), b.Finance, ledger.BudgetInput{Token: once.NewToken(), Year: b.Today(t).Year,
		Kind: ledger.InitialBudget, Purpose: purpose, Amount: amount, DocumentNo: "坪财〔2026〕1号", Reason: "年度预算"})
	must(t, err)
	must(t, b.Ledger.CheckBudgetItem(t.Context(), b.Finance2, id, 1))
}
