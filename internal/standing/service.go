package standing

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service records standing. Every method checks permission and scope; an
// organization outside the actor's scope is errs.NotFound.
type Service struct{ db *postgres.DB }

// New returns the service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// May reports whether actor may record entries of kind k. Bans and recoveries
// are decisions of the bureau; a subdistrict records the others in its area.
func May(actor authz.Actor, k Kind) bool {
	if k == Ban || k == RecoveryOpen {
		return actor.Role == authz.BureauClerk
	}
	return actor.Can(authz.OrganizationRecord)
}

// EntryInput is a listing, ban, violation or recovery to record.
type EntryInput struct {
	Token  string // of the form: sent twice makes one entry
	OrgID  uuid.UUID
	Kind   Kind
	FromOn civil.Date
	ToOn   civil.Date // bans and violations only; zero when open
	Basis  string
	Reason string
}

// AddEntry records an entry. It returns errs.Invalid with fields, errs.Conflict for a second entry of the same
// list at the same time.
func (s *Service) AddEntry(ctx context.Context, actor authz.Actor, in EntryInput) (uuid.UUID, error) {
	return s.make(ctx, actor, in.Token, in.OrgID, func(tx postgres.Tx, now time.Time, established civil.Date) (uuid.UUID, error) {
		if err := errs.Fields(in.faults(actor, established, civil.On(now))); err != nil {
			return uuid.Nil, err
		}
		e := Entry{ID: newID(), OrgID: in.OrgID, Kind: in.Kind, FromOn: in.FromOn, ToOn: in.ToOn,
			Basis: in.Basis, Reason: in.Reason, RecordedAt: now}
		if err := insertEntries(ctx, tx, []Entry{e}, actor.AccountID, uuid.Nil); err != nil {
			if postgres.Violates(err, "standing_entry_one_at_a_time") {
				return uuid.Nil, errs.FieldError("from", "起始日期", "这段时间里已经有一条"+in.Kind.Name()+"。先移出原来的，再记新的")
			}
			return uuid.Nil, err
		}
		return e.ID, s.note(ctx, tx, now, actor, in.OrgID, "standing.entry.add",
			map[string]any{"entry": e.ID, "kind": e.Kind, "from": e.FromOn, "to": e.ToOn})
	})
}

// CloseEntry ends an entry on day last (its last day in force) with a reason.
func (s *Service) CloseEntry(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, last civil.Date, reason string) error {
	return s.close(ctx, actor, id, version, reason, false, func(e *Entry, today civil.Date) error {
		switch {
		case !last.Valid() || last.Before(e.FromOn):
			return errs.FieldError("to", "最后一天", "最后一天不能早于列入的那天（"+e.FromOn.Chinese()+"）")
		case last.After(today):
			return errs.FieldError("to", "最后一天", last.Chinese()+"还没到。移出以后再来记")
		}
		e.ToOn = last
		return nil
	})
}

// VoidEntry takes back an entry that was recorded by mistake: it stays in the
// table and the audit trail, and counts for nothing.
func (s *Service) VoidEntry(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.close(ctx, actor, id, version, reason, true, func(e *Entry, _ civil.Date) error {
		if e.ToOn.IsZero() {
			e.ToOn = e.FromOn
		}
		return nil
	})
}

func (s *Service) close(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string, void bool,
	set func(*Entry, civil.Date) error) error {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		e, err := entryByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := covered(ctx, tx, actor, e.OrgID); err != nil {
			return err
		}
		if !May(actor, e.Kind) {
			return errs.New(errs.Forbidden, e.Kind.Name()+"由民政局登记和解除。")
		}
		if err := reasonFault(reason); err != nil {
			return err
		}
		if err := set(&e, civil.On(now)); err != nil {
			return err
		}
		e.Version, e.CloseReason = version, reason
		if err := closeEntry(ctx, tx, e, void, now, actor.AccountID); err != nil {
			return err
		}
		// A removal is a look at the list as well: from the next day on it is known
		// to be clear. Taking back a mistake proves nothing.
		if !void {
			look := Check{ID: newID(), OrgID: e.OrgID, List: e.Kind, CheckedOn: civil.On(now), Result: Clear,
				Source: "办理移出：" + e.Basis, RecordedAt: now}
			if err := insertCheck(ctx, tx, look, actor.AccountID); err != nil {
				return err
			}
		}
		action := "standing.entry.close"
		if void {
			action = "standing.entry.void"
		}
		return s.note(ctx, tx, now, actor, e.OrgID, action, map[string]any{"entry": e.ID, "kind": e.Kind, "to": e.ToOn})
	})
}

// make runs one creating act: permission, scope, token, then fn.
func (s *Service) make(ctx context.Context, actor authz.Actor, token string, orgID uuid.UUID,
	fn func(tx postgres.Tx, now time.Time, established civil.Date) (uuid.UUID, error)) (uuid.UUID, error) {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		established, err := covered(ctx, tx, actor, orgID)
		if err != nil {
			return err
		}
		made, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			id, err := fn(tx, now, established)
			return id.String(), err
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	return id, err
}

func covered(ctx context.Context, tx postgres.Tx, actor authz.Actor, orgID uuid.UUID) (established civil.Date, err error) {
	p, established, err := place(ctx, tx, orgID)
	if err == nil && !actor.Covers(p) {
		err = notFound()
	}
	return established, err
}

func (s *Service) note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, orgID uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{
		Subject: "organization", SubjectID: orgID.String(), Action: action, Detail: detail,
	})
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
