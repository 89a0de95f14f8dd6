package demo

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
)

// yearly is the invented budget of a year.
var yearly = map[ledger.Purpose]money.Fen{
	ledger.Startup: 60 * money.WanYuan, ledger.Activity: 80 * money.WanYuan, ledger.Venture: 100 * money.WanYuan,
	ledger.Talent: 50 * money.WanYuan, ledger.Evaluation: 20 * money.WanYuan, ledger.Training: 15 * money.WanYuan,
}

// fund writes the budgets of the years that the history touches, entered by one
// person of finance and checked by another, and leaves one transfer to check.
func (p *planter) fund() {
	for year := p.opening.Year; year <= p.today.Year; year++ {
		on := p.opening
		if year > p.opening.Year { // known before the year begins
			on = p.before(civil.Of(year, time.January, 1), 1)
		}
		p.on(on, 9, fmt.Sprintf("budget of %d", year), func(ctx context.Context) error {
			for _, purpose := range ledger.Purposes {
				in := ledger.BudgetInput{Token: once.NewToken(), Year: year, Kind: ledger.InitialBudget, Purpose: purpose, Amount: yearly[purpose],
					DocumentNo: fmt.Sprintf("深坪财〔%d〕8号", year), Reason: "年初安排"}
				id, err := p.Ledger.ProposeBudget(ctx, p.actors["finance"], in)
				if err != nil {
					return err
				}
				if err := p.Ledger.CheckBudgetItem(ctx, p.actors["finance2"], id, 1); err != nil {
					return err
				}
			}
			return nil
		})
	}
	p.on(p.workdayBack(1), 16, "transfer to check", func(ctx context.Context) error {
		year := p.workdayBack(1).Year
		_, err := p.Ledger.ProposeBudget(ctx, p.actors["finance"], ledger.BudgetInput{Token: once.NewToken(), Year: year, Kind: ledger.Transfer,
			Purpose: ledger.Venture, To: ledger.Startup, Amount: 5 * money.WanYuan, DocumentNo: fmt.Sprintf("深坪财〔%d〕31号", year), Reason: "孵化申请多于预期"})
		return err
	})
}
