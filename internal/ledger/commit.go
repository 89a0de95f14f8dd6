package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Commit sets the amount of an award aside (占用) in the pool of now's year, in
// the caller's transaction: the caller has locked the case and checked who may
// decide. It is errs.Conflict, with the free amount in the message, when the
// budget does not suffice or none has been checked, and when the case has a live
// commitment already.
func (s *Service) Commit(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, a Award) error {
	if err := a.valid(); err != nil {
		return err
	}
	year := civil.On(now).Year
	p, err := lockPool(ctx, tx, year, a.Purpose)
	switch {
	case err != nil:
		return err
	case p.Budget == 0:
		return errs.Newf(errs.Conflict, "%d年%s还没有复核过的预算，不能占用 %s元。请财务先登记并复核预算。", year, a.Purpose.Name(), a.Amount)
	case a.Amount > p.Free():
		return errs.Newf(errs.Conflict, "%d年%s只剩 %s元可用，不够占用 %s元。请财务追加或调剂预算，或等下一年度。",
			year, a.Purpose.Name(), p.Free(), a.Amount)
	}
	id := newID()
	if err := insertCommitment(ctx, tx, id, p.ID, now, a); err != nil {
		return err
	}
	err = insertEntry(ctx, tx, now, actor, Entry{PoolID: p.ID, Kind: CommitEntry, Amount: a.Amount, Reason: "核定占用"}, &id)
	if postgres.Violates(err, "ledger_commitment_live") {
		return errs.Newf(errs.Conflict, "%s 已经占用过资金，不能重复占用。", a.CaseNo)
	}
	if err != nil {
		return err
	}
	return note(ctx, tx, now, actor, a.CaseID, "ledger.commit", map[string]any{
		"no": a.CaseNo, "pool": poolName(year, a.Purpose), "fen": int64(a.Amount), "gates": names(a.Gates)})
}

// valid reports a mistake of the caller: none of these is anybody's typing.
func (a Award) valid() error {
	switch {
	case a.CaseID == uuid.Nil || a.OrganizationID == uuid.Nil || a.CaseNo == "" || a.Title == "":
		return errors.New("ledger: an award without case, organization or title")
	case !a.Purpose.Valid():
		return fmt.Errorf("ledger: no purpose %q", a.Purpose)
	case a.Amount <= 0 || a.Amount > money.Max:
		return fmt.Errorf("ledger: award of %d fen", a.Amount)
	case len(a.Gates) == 0 || len(a.Deciders) == 0:
		return errors.New("ledger: an award without gates or without those who decided")
	}
	for _, g := range a.Gates {
		if !g.Valid() {
			return fmt.Errorf("ledger: no gate %q", g)
		}
	}
	for _, d := range a.Deciders {
		if d == uuid.Nil {
			return errors.New("ledger: a decider without a person")
		}
	}
	return nil
}

// Release frees what is not paid, in the caller's transaction, and cancels
// payments that were not sent. Without a live commitment, or with nothing left,
// it does nothing. A payment whose outcome is not known yet is errs.Conflict.
func (s *Service) Release(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, reason string) error {
	c, live, err := lockCommitment(ctx, tx, caseID)
	if err != nil || !live {
		return err
	}
	if c.Sent > 0 {
		return errs.Newf(errs.Conflict, "%s 有一笔 %s元的付款已发送，还没有登记结果。登记结果后再释放。", c.CaseNo, c.Sent)
	}
	if c.Pending > 0 {
		if err := cancelOpen(ctx, tx, now, actor, c.ID, "占用已释放："+reason); err != nil {
			return err
		}
		c.Pending = 0
	}
	free := c.Unpaid()
	if free == 0 {
		return nil
	}
	err = insertEntry(ctx, tx, now, actor, Entry{PoolID: c.PoolID, Kind: ReleaseEntry, Amount: -free, Reason: reason}, &c.ID)
	if err != nil {
		return err
	}
	return note(ctx, tx, now, actor, caseID, "ledger.release", map[string]any{"no": c.CaseNo, "fen": int64(free)})
}

// OpenGate opens a gate of the case's live commitment, in the caller's
// transaction. An open gate stays open; a gate that the award does not have, or
// a case without commitment, is errs.NotFound.
func (s *Service) OpenGate(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, g Gate) error {
	c, live, err := lockCommitment(ctx, tx, caseID)
	if err != nil {
		return err
	}
	if !live {
		return errs.New(errs.NotFound, "这件没有占用资金，没有可以放行的条件。")
	}
	opened, err := openGate(ctx, tx, now, actor, c.ID, g)
	if err != nil || !opened {
		return err
	}
	return note(ctx, tx, now, actor, caseID, "ledger.gate.open", map[string]any{"no": c.CaseNo, "gate": string(g)})
}

// GatherFree asks in a batch what can still be committed in the pool of a year, 0
// when there is none; what it returns is called after the run.
func GatherFree(b *postgres.Batch, purpose Purpose, year int) func() money.Fen {
	var pools []Pool
	postgres.Gather(b, &pools, poolSQL, year, purpose)
	return func() (free money.Fen) {
		for _, p := range pools {
			free += p.Free()
		}
		return free
	}
}

// OfCase returns how a case stands in the ledger, and false when nothing was
// ever committed to it. It checks no permission: the caller has loaded the case.
func (s *Service) OfCase(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (Position, bool, error) {
	return positionOf(ctx, q, `c.case_id = $1`, caseID)
}

func poolName(year int, p Purpose) string { return fmt.Sprintf("%d/%s", year, p) }

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
