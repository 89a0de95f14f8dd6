package organization

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var undoOpenings = imported.Undo{Dependents: Dependents, SQL: `select earlier_undo($1)`, Rule: "earlier_undo_depends"}

// Undo takes an import of opening history back exactly, in the caller's
// transaction: errs.Conflict while something depends on it. The ledger follows.
func (s *Service) Undo(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if err := mayOpen(actor); err != nil {
		return err
	}
	if err := undoOpenings.Do(ctx, tx, importID); err != nil {
		return err
	}
	if err := s.follow(ctx, tx, now, actor, "撤销导入", importID); err != nil {
		return err
	}
	return imported.Note(ctx, tx, now, actor, importID, "organization.grants.undo", nil)
}

// Dependents says what keeps an import of opening history from being undone; none
// when it can be.
func Dependents(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error) {
	type row struct {
		Rule   string     `db:"rule"`
		N      int        `db:"n"`
		No     string     `db:"no"` // of the first grant
		What   string     `db:"what"`
		Import *uuid.UUID `db:"import_id"`
	}
	// What another import brought is one thing to undo, whatever it holds.
	rows, err := postgres.All[row](ctx, q, `
		select rule, count(*)::int as n, min(no) as no, what, import_id from earlier_dependents($1)
		group by rule, what, import_id, case when rule = 'changed' then no end order by import_id, rule, what, 3`, importID)
	return imported.Named(rows, func(r row) imported.Dependent {
		more := ""
		if r.N > 1 {
			more = fmt.Sprintf(" 等 %d 笔", r.N)
		}
		switch r.Rule {
		case "payments":
			return imported.Dependent{Words: "这次导入的资助已经有别的导入登记的拨付（" + r.No + more + "）。先撤销那次拨付的导入。", Ref: imported.Ref{To: imported.ToImport, ID: r.Import.String()}}
		case "back":
			return imported.Dependent{Words: "撤销后退回和追回会超过拨付（" + r.No + more + "）。先撤销登记退回、追回的导入。", Ref: imported.Ref{To: imported.ToImport, ID: r.Import.String()}}
		case "changed":
			return imported.Dependent{Words: "这次导入的资助 " + r.No + " 后来登记过使用报告，不能撤销。", Ref: imported.Ref{To: imported.ToGrant, ID: r.No}}
		}
		return imported.Dependent{Words: "导入以后，" + r.What + " 提交时已经用 " + r.No + more + "资助核对过条件，不能撤销。", Ref: imported.Ref{To: imported.ToCase, ID: r.What}}
	}), err
}

// openedGrant is where a grant stands in the opening history; No is "" for one
// that was recorded by hand only.
type openedGrant struct {
	No      string      `db:"no"`
	Amount  money.Fen   `db:"amount_fen"`
	Imports []uuid.UUID `db:"imports"` // that hold it or its money
}

// withdrawOpened takes one opened grant out of the list and the ledger with its
// money; handled is false for a grant that was recorded by hand only.
func (s *Service) withdrawOpened(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, version int, reason string) (e audit.Entry, handled bool, err error) {
	g, err := postgres.One[openedGrant](ctx, tx, `
		select coalesce(g.no, '') as no, g.amount_fen,
			array(select p.import_id from earlier_payment p where p.grant_id = g.id union select g.import_id where g.import_id is not null) as imports
		from earlier_grant g where g.id = $1`, id)
	if err != nil || g.No == "" {
		return e, false, err
	}
	if err := mayOpen(actor); err != nil {
		return e, true, err
	}
	_, err = tx.Exec(ctx, `select earlier_withdraw($1, $2, $3, $4)`, id, version, civil.On(now), reason)
	if postgres.Violates(err, "earlier_withdraw_opened") {
		err = stale()
	}
	if err == nil {
		err = s.follow(ctx, tx, now, actor, "撤销登记错的 "+g.No, g.Imports...)
	}
	imports := make([]string, len(g.Imports))
	for i, id := range g.Imports {
		imports[i] = id.String()
	}
	return audit.Entry{Action: "organization.grant.withdraw", Detail: map[string]any{"grant": id, "no": g.No, "fen": int64(g.Amount), "imports": imports}}, true, err
}
