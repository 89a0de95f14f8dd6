package organization

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Dependents says in words what keeps an import of opening history from being
// undone, the first few of each kind; none when it can be.
func Dependents(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]string, error) {
	type row struct {
		Rule string `db:"rule"`
		N    int    `db:"n"`
		No   string `db:"no"`
		What string `db:"what"`
	}
	rows, err := postgres.All[row](ctx, q, `select rule, count(*)::int as n, min(no) as no, min(what) as what from earlier_dependents($1) group by rule order by rule`, importID)
	var out []string
	for _, r := range rows {
		out = append(out, dependent(r.Rule, r.No, r.What, r.N))
	}
	return out, err
}

// Undo takes an import of opening history back exactly, in the caller's
// transaction: errs.Conflict while something depends on it. The ledger follows.
func (s *Service) Undo(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if err := mayOpen(actor); err != nil {
		return err
	}
	why, err := Dependents(ctx, tx, importID)
	if err != nil {
		return err
	}
	if len(why) > 0 {
		return errs.New(errs.Conflict, why[0])
	}
	if _, err := tx.Exec(ctx, `select earlier_undo($1)`, importID); err != nil {
		if postgres.Violates(err, "earlier_undo_depends") {
			return errs.Wrap(errs.Conflict, "刚刚有记录用到了这次导入的资助，不能撤销。请重新核对。", err)
		}
		return err
	}
	if err := s.follow(ctx, tx, now, actor, "撤销导入", importID); err != nil {
		return err
	}
	return noteImport(ctx, tx, now, actor, importID, "organization.grants.undo", nil)
}

// dependent puts what stands against an undo into words; n is how many there are.
func dependent(rule, no, what string, n int) string {
	more := ""
	if n > 1 {
		more = fmt.Sprintf("，一共 %d 件", n)
	}
	switch rule {
	case "payments":
		return "这次导入的资助已经有别的导入登记的拨付（" + no + more + "）。先撤销那次拨付的导入。"
	case "back":
		return "撤销后退回和追回会超过拨付（" + no + more + "）。先撤销登记退回、追回的导入。"
	case "changed":
		return "这次导入的资助后来登记过使用报告（" + no + more + "），不能撤销。"
	}
	return "导入以后，" + what + " 提交时已经用 " + no + " 等资助核对过条件" + more + "，不能撤销。"
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
