package liaison

import (
	"context"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Ours reports whether the actor's office wrote the entry and may follow it up.
func (e Entry) Ours(a authz.Actor) bool {
	own, ok := OfficeOf(a)
	return ok && e.Office == own.Key() && e.WithdrawnAt == nil && (a.Can(authz.LiaisonWrite) || a.Can(authz.LiaisonAnswer))
}

// Correctable reports whether the actor's office may add a correction. What was
// asked is withdrawn and asked anew.
func (e Entry) Correctable(a authz.Actor) bool { return e.Ours(a) && e.Kind != Request && !e.Corrected }

// Withdrawable reports whether the actor's office may take the entry back. An
// answer has done its work: it is corrected instead, and so is a request that
// somebody has dealt with.
func (e Entry) Withdrawable(a authz.Actor) bool {
	return e.Ours(a) && e.Kind != Answer && (e.Kind != Request || e.State == Open)
}

// Correction follows an entry with what it should have said.
type Correction struct {
	Token   string
	OrgID   uuid.UUID
	Entry   uuid.UUID
	Text    string
	Support Means
	Amount  *money.Fen
}

// Correct adds an entry that corrects one of the own office, for the same
// readers. The first one stays.
func (s *Service) Correct(ctx context.Context, actor authz.Actor, in Correction) error {
	return s.act(ctx, actor, authz.LiaisonAnswer, in.OrgID, in.Token, func(sc scene) error {
		e, err := sc.find(ctx, in.Entry)
		if err != nil {
			return err
		}
		if !e.Correctable(actor) {
			return errs.New(errs.Conflict, "这一条不能更正：可能已经撤回或更正过。更正过的，更正最后那一条。")
		}
		var f errs.Faults
		f.Length("text", textLabel(e.Kind), in.Text, 5, 2000)
		if e.Kind == Support {
			if !slices.Contains(MeansOf, in.Support) {
				f.Add("support", "支持方式", "选一项支持方式")
			}
			if in.Amount != nil && *in.Amount <= 0 {
				f.Add("amount", "金额", "金额要大于 0。没有金额的留空")
			}
		}
		if err := errs.Fields(f); err != nil {
			return err
		}
		n := sc.entry(e.Kind, e.Audience, in.Text)
		n.Corrects, n.Answers = &e.ID, e.Answers
		if e.Kind == Support {
			n.Support, n.Amount = in.Support, in.Amount
		}
		err = sc.add(ctx, n)
		if postgres.Violates(err, "liaison_entry_corrected_once") {
			return errs.New(errs.Conflict, "这一条刚刚更正过了。回到协同记录，更正最后那一条。")
		}
		return err
	})
}

// Withdraw takes an entry back: it leaves a tombstone with the reason.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, token string, orgID, entry uuid.UUID, reason string) error {
	return s.act(ctx, actor, authz.LiaisonWrite, orgID, token, func(sc scene) error {
		e, err := sc.find(ctx, entry)
		if err != nil {
			return err
		}
		if !e.Withdrawable(actor) {
			return errs.New(errs.Conflict, "这一条不能撤回：可能已经撤回，或者对方已经答复、转办。答复有误的，写一条更正。")
		}
		var f errs.Faults
		f.Length("reason", "撤回的理由", reason, 5, 200)
		if err := errs.Fields(f); err != nil {
			return err
		}
		if err := withdrawEntry(ctx, sc.tx, sc.now, e.ID, sc.actor, reason); err != nil {
			return err
		}
		if e.Kind == Request {
			if err := closeRequest(ctx, sc.tx, sc.now, e.ID, e.Version, Withdrawn); err != nil {
				return err
			}
			if err := sc.send(ctx, parseOffice(e.To), "协查请求已撤回："+sc.org.Name, e.OfficeName+"撤回了关于“"+sc.org.Name+"”的协查请求，不用再答复。"); err != nil {
				return err
			}
		}
		return sc.note(ctx, "liaison.withdraw", map[string]any{"entry": e.ID})
	})
}

// find returns an entry that the actor may see, locked with its request so that
// two answers that cross come one after the other.
func (sc scene) find(ctx context.Context, id uuid.UUID) (Entry, error) {
	if err := lockRequest(ctx, sc.tx, id); err != nil {
		return Entry{}, err
	}
	e, err := entryByID(ctx, sc.tx, id)
	if err != nil {
		return e, cause(err)
	}
	family, err := organizationFamily(ctx, sc.tx, sc.org.ID)
	if err != nil {
		return e, err
	}
	if !slices.Contains(family, e.OrgID) || !Sees(sc.actor, sc.org.Place(), parseOffice(e.Office), e.Audience) {
		return e, notFound()
	}
	return e, nil
}
