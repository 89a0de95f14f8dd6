package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// ItemKind is what a budget item does.
type ItemKind string

// The kinds of budget items.
const (
	InitialBudget ItemKind = "budget"
	Increase      ItemKind = "increase"
	Decrease      ItemKind = "decrease"
	Transfer      ItemKind = "transfer"
)

// ItemKinds lists every kind of budget item.
var ItemKinds = []ItemKind{InitialBudget, Increase, Decrease, Transfer}

// Name returns the Chinese name of k, the raw value when unknown.
func (k ItemKind) Name() string {
	switch k {
	case InitialBudget:
		return "年初预算"
	case Increase:
		return "追加"
	case Decrease:
		return "调减"
	case Transfer:
		return "调剂"
	}
	return string(k)
}

// ItemState is where a budget item stands.
type ItemState string

// The states of a budget item.
const (
	ItemProposed ItemState = "proposed"
	ItemChecked  ItemState = "checked"
	ItemRefused  ItemState = "refused"
)

// Name returns the Chinese name of s.
func (s ItemState) Name() string {
	switch s {
	case ItemProposed:
		return "待复核"
	case ItemChecked:
		return "已复核"
	case ItemRefused:
		return "不予通过"
	}
	return string(s)
}

// BudgetItem is a budget or a change of one. It counts once it is checked.
type BudgetItem struct {
	ID         uuid.UUID  `db:"id"`
	Kind       ItemKind   `db:"kind"`
	Year       int        `db:"year"`
	Purpose    Purpose    `db:"purpose"`
	To         Purpose    `db:"to_purpose"` // of a transfer
	Amount     money.Fen  `db:"amount_fen"`
	DocumentNo string     `db:"document_no"`
	Reason     string     `db:"reason"`
	State      ItemState  `db:"state"`
	MadeAt     time.Time  `db:"made_at"`
	MadePerson uuid.UUID  `db:"made_person"`
	Maker      string     `db:"maker_name"`
	CheckedAt  *time.Time `db:"checked_at"`
	Checker    string     `db:"checker_name"`
	Refusal    string     `db:"refusal"`
	Version    int        `db:"version"`
}

// BudgetInput is a budget item to propose.
type BudgetInput struct {
	Token      string
	Year       int
	Kind       ItemKind
	Purpose    Purpose
	To         Purpose // of a transfer
	Amount     money.Fen
	DocumentNo string
	Reason     string
}

// faults is what is wrong with a budget item as it was typed, given the pool that
// it takes from.
func (in BudgetInput) faults(p Pool, today civil.Date) error {
	var f faults
	switch {
	case in.Year < today.Year:
		f.add("year", "年度", fmt.Sprintf("%d年已经结束，没有用完的预算已失效，不再登记。填 %d年或以后的年度。", in.Year, today.Year))
	case in.Year > today.Year+1:
		f.add("year", "年度", fmt.Sprintf("%d年还早。只登记今年和明年的预算。", in.Year))
	}
	if !slices.Contains(ItemKinds, in.Kind) {
		f.add("kind", "登记什么", "选一项：年初预算、追加、调减或调剂。")
	}
	if !in.Purpose.Valid() {
		f.add("purpose", "用途", "选一种用途。")
	}
	if in.Kind == Transfer && (!in.To.Valid() || in.To == in.Purpose) {
		f.add("to", "调到", "选另一种用途：从一种用途调到另一种，年度不变。")
	}
	taking := in.Kind == Decrease || in.Kind == Transfer
	switch {
	case in.Amount <= 0:
		f.add("amount", "金额", "填大于 0 的金额。")
	case taking && in.Amount > p.Free():
		f.add("amount", "金额", fmt.Sprintf("%s元超过了没有占用的 %s元（预算 %s元，已占用 %s元）。填不超过 %s元的金额。",
			in.Amount, p.Free(), p.Budget, p.Committed, p.Free()))
	}
	f.length("document_no", "文号", in.DocumentNo, 2, 60)
	f.length("reason", "理由", in.Reason, 2, 200)
	return errs.Fields(f)
}

// CheckBudget tells what ProposeBudget would refuse, before the confirmation.
func (s *Service) CheckBudget(ctx context.Context, actor authz.Actor, in BudgetInput) error {
	if err := officer(actor, authz.FundBudget); err != nil {
		return err
	}
	return s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p, err := poolOf(ctx, q, in.Year, in.Purpose)
		if err != nil {
			return err
		}
		return in.faults(p, civil.On(now))
	})
}

// ProposeBudget records a budget or a change of one; another person of finance
// has to check it before it counts. It returns errs.Invalid with fields.
func (s *Service) ProposeBudget(ctx context.Context, actor authz.Actor, in BudgetInput) (id uuid.UUID, err error) {
	if err := officer(actor, authz.FundBudget); err != nil {
		return uuid.Nil, err
	}
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			id, err := s.proposeBudget(ctx, tx, now, actor, in)
			return id.String(), err
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	if postgres.Violates(err, "ledger_budget_item_budget") {
		err = errs.FieldError("kind", "登记什么", fmt.Sprintf("%d年%s的年初预算已经登记过。要改，选追加或调减", in.Year, in.Purpose.Name()))
	}
	return id, told(err)
}

func (s *Service) proposeBudget(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in BudgetInput) (uuid.UUID, error) {
	p, err := poolOf(ctx, tx, in.Year, in.Purpose)
	if err != nil {
		return uuid.Nil, err
	}
	if err := in.faults(p, civil.On(now)); err != nil {
		return uuid.Nil, err
	}
	from, to, err := ensurePools(ctx, tx, now, in)
	if err != nil {
		return uuid.Nil, err
	}
	id := newID()
	if err := insertItem(ctx, tx, now, actor, id, from, to, in); err != nil {
		return uuid.Nil, err
	}
	return id, noteBudget(ctx, tx, now, actor, "ledger.budget.propose", in.Year, in.Purpose, id)
}

// CheckBudgetItem lets a budget item count. Its maker is errs.Conflict, and so is
// a reduction below what is committed meanwhile.
func (s *Service) CheckBudgetItem(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.decideBudget(ctx, actor, id, version, ItemChecked, "")
}

// RefuseBudgetItem ends a budget item that shall not count.
func (s *Service) RefuseBudgetItem(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	if err := reasonFault(reason, 2); err != nil {
		return err
	}
	return s.decideBudget(ctx, actor, id, version, ItemRefused, strings.TrimSpace(reason))
}

func (s *Service) decideBudget(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, state ItemState, refusal string) error {
	if err := officer(actor, authz.FundBudget); err != nil {
		return err
	}
	return told(s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		i, err := itemByID(ctx, tx, id, true)
		switch {
		case err != nil:
			return err
		case i.Version != version || i.State != ItemProposed:
			return errs.Newf(errs.Conflict, "这条预算在您打开页面之后又有了变化，现在是“%s”。", i.State.Name())
		case i.MadePerson == actor.PersonID:
			return errs.New(errs.Conflict, refusals["ledger_budget_item_two_persons"])
		case state == ItemChecked && i.Year < civil.On(now).Year:
			return errs.Newf(errs.Conflict, "%d年已经结束，不能再复核通过。请选不予通过。", i.Year)
		}
		if state == ItemChecked {
			if err := i.fits(ctx, tx); err != nil {
				return err
			}
		}
		if err := decideItem(ctx, tx, now, actor, i, state, refusal); err != nil {
			return err
		}
		return noteBudget(ctx, tx, now, actor, "ledger.budget."+string(state), i.Year, i.Purpose, id)
	}))
}

// fits locks the pools and refuses a reduction below what is committed.
func (i BudgetItem) fits(ctx context.Context, tx postgres.Tx) error {
	if i.Kind != Decrease && i.Kind != Transfer {
		return nil
	}
	if err := lockPoolsOf(ctx, tx, i.ID); err != nil {
		return err
	}
	p, err := poolOf(ctx, tx, i.Year, i.Purpose)
	if err == nil && i.Amount > p.Free() {
		err = errs.Newf(errs.Conflict, "%d年%s没有占用的只有 %s元，不够%s %s元。预算不能减到已占用的 %s元以下。",
			i.Year, i.Purpose.Name(), p.Free(), i.Kind.Name(), i.Amount, p.Committed)
	}
	return err
}

// noteBudget records a change of a pool's budget.
func noteBudget(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, action string, year int, p Purpose, id uuid.UUID) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "fund", SubjectID: poolName(year, p), Action: action,
		Detail: map[string]any{"item": id.String()}})
}
