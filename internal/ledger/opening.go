package ledger

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// The years before the portal open by imports: what was granted and paid, summed
// up by the registry (earlier_total), and the budgets of those years. A closed
// year without a budget is filled up to what was committed, and marked so.

// FirstYear is the first year of the fund (《实施意见》, in force from 2017-09-28).
const FirstYear = 2017

// OpeningBudget is the budget of one purpose in a year before the portal, changes
// of that year included.
type OpeningBudget struct {
	Year       int
	Purpose    Purpose
	Amount     money.Fen
	DocumentNo string
}

// OpeningCheck is the answer about one row of an import; ID is the pool whose
// budget an import brought in already, the same, zero for none.
type OpeningCheck struct {
	ID     uuid.UUID
	Faults []errs.Field
}

// Live returns the day of the portal's first commitment, zero while there is
// none: from then on grants are the portal's own.
func Live(ctx context.Context, q postgres.Querier) (civil.Date, error) {
	type row struct {
		On *time.Time `db:"first"`
	}
	r, err := postgres.One[row](ctx, q, `select min(created_at) as first from ledger_commitment`)
	if err != nil || r.On == nil {
		return civil.Date{}, err
	}
	return civil.On(*r.On), nil
}

// CheckBudgets judges the budgets of an import against each other and the ledger,
// and writes nothing. One statement.
func (s *Service) CheckBudgets(ctx context.Context, q postgres.Querier, now time.Time, rows []OpeningBudget) ([]OpeningCheck, error) {
	pools, err := openedPools(ctx, q)
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	out := make([]OpeningCheck, len(rows))
	for i, r := range rows {
		f := r.faults(civil.On(now))
		name := poolName(r.Year, r.Purpose)
		if first, twice := seen[name]; twice {
			f.add("purpose", "用途", fmt.Sprintf("和这份文件里的第 %d 行是同一年的同一用途。年中有调整的，合成一行填全年预算。", first+1))
		}
		seen[name] = i
		p := pools[name]
		switch {
		case len(f) > 0:
		case p.Live:
			f.add("year", "年度", fmt.Sprintf("%d 年%s的预算已经由财务在平台登记。不再导入。", r.Year, r.Purpose.Name()))
		case p.Budget > 0 && p.Filled == 0 && p.Budget == r.Amount:
			out[i].ID = p.ID
		case p.Budget > 0 && p.Filled == 0:
			f.add("amount", "预算", "已经导入过 "+p.Budget.String()+" 元。要改，先撤销那次导入。")
		case r.Amount < p.Committed:
			f.add("amount", "预算", "小于这一年已经核定的资助合计 "+p.Committed.String()+" 元。核对预算和调整。")
		}
		out[i].Faults = f
	}
	return out, nil
}

func (r OpeningBudget) faults(today civil.Date) faults {
	var f faults
	switch {
	case r.Year < FirstYear:
		f.add("year", "年度", fmt.Sprintf("专项资金从 %d 年设立。核对年度。", FirstYear))
	case r.Year >= today.Year:
		f.add("year", "年度", fmt.Sprintf("%d 年还没有结束。当年的预算由财务在平台登记、复核。", r.Year))
	}
	if !r.Purpose.Valid() {
		f.add("purpose", "用途", "从模板列出的用途里选一项。")
	}
	if r.Amount <= 0 || r.Amount > money.Max {
		f.add("amount", "预算", "填大于 0 的金额，如 500,000.00。")
	}
	f.length("document_no", "文号", r.DocumentNo, 2, 60)
	return f
}

// OpenBudgets brings budgets into the ledger in the caller's transaction, under
// the rules of CheckBudgets; known ones stay. The pools come by row. A fault is
// errs.Conflict.
func (s *Service) OpenBudgets(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []OpeningBudget) ([]uuid.UUID, error) {
	if err := mayOpen(actor); err != nil {
		return nil, err
	}
	checks, err := s.CheckBudgets(ctx, tx, now, rows)
	if err != nil {
		return nil, err
	}
	n, pools := 0, make([]uuid.UUID, len(rows))
	for i, r := range rows {
		if len(checks[i].Faults) > 0 {
			return nil, imported.Overtaken(checks[i].Faults[0])
		}
		if pools[i] = checks[i].ID; pools[i] != uuid.Nil {
			continue
		}
		if pools[i], err = ensurePool(ctx, tx, now, r.Year, r.Purpose); err != nil {
			return nil, err
		}
		o := opening{ImportID: importID, Pool: pools[i], Budget: r.Amount, DocumentNo: r.DocumentNo, Reason: "导入上线前的预算"}
		if err := insertOpening(ctx, tx, now, actor, o); err != nil {
			return nil, told(err)
		}
		n++
	}
	return pools, noteOpening(ctx, tx, now, actor, importID, "ledger.open", n)
}

// FollowImports brings the ledger to what imports of grants and of payments hold
// now, by year and programme, in the caller's transaction: after one came in,
// after one of its records was withdrawn, after it was undone. The ledger reads
// the sums itself. errs.Conflict when the budget of a year does not suffice.
func (s *Service) FollowImports(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, reason string, imports ...uuid.UUID) error {
	if err := mayOpen(actor); err != nil {
		return err
	}
	changes, err := openedChanges(ctx, tx, imports)
	if err != nil {
		return err
	}
	for _, c := range changes {
		pool, err := ensurePool(ctx, tx, now, c.Year, c.Purpose)
		if err != nil {
			return err
		}
		err = insertOpening(ctx, tx, now, actor, opening{ImportID: c.ImportID, Pool: pool, Reason: reason})
		if postgres.Violates(err, "ledger_pool_committed_within_budget") {
			return errs.Wrap(errs.Conflict, fmt.Sprintf("%d年%s的预算不够核定的 %s 元。请财务先登记或追加这一年的预算。", c.Year, c.Purpose.Name(), c.Committed), err)
		}
		if err != nil {
			return told(err)
		}
	}
	for _, id := range imports {
		if err := noteOpening(ctx, tx, now, actor, id, "ledger.open", len(changes)); err != nil {
			return err
		}
	}
	return nil
}

// CloseBudgets takes the budgets of an import out of the ledger, in the caller's
// transaction; what was committed in their years is filled up again.
func (s *Service) CloseBudgets(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if err := mayOpen(actor); err != nil {
		return err
	}
	open, err := openedBudgets(ctx, tx, importID)
	if err != nil {
		return err
	}
	for _, b := range open {
		o := opening{ImportID: importID, Pool: b.Pool, Budget: -b.Budget, DocumentNo: b.DocumentNo, Reason: "撤销导入"}
		if err := insertOpening(ctx, tx, now, actor, o); err != nil {
			return told(err)
		}
	}
	return noteOpening(ctx, tx, now, actor, importID, "ledger.open.undo", len(open))
}

// mayOpen lets through who brings in the years before.
func mayOpen(actor authz.Actor) error { return imported.May(actor, "平台上线前的台账") }

func noteOpening(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, action string, pools int) error {
	return imported.Note(ctx, tx, now, actor, importID, action, map[string]any{"pools": pools})
}
