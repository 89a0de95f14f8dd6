package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Candidate is a case that waits for its notice. Everything but the ids will be
// public.
type Candidate struct {
	CaseID           uuid.UUID
	CaseNo           string
	OrganizationID   uuid.UUID
	OrganizationName string
	Community        string // code
	Programme        string // as people call it: 孵化关爱工程
	Amount           money.Fen
	Purpose          string
	EditionID        uuid.UUID // pinned by the case
}

// Candidates lists the cases of a kind that wait for their notice at now.
type Candidates func(ctx context.Context, q postgres.Querier, now time.Time) ([]Candidate, error)

// Reaction is what a kind does when one of its items moves. It runs in the same
// transaction, with the case row locked already; an error undoes both. The actor
// is authz.SystemActor where a clock or the public stands behind the act.
type Reaction func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, item Item) error

type event int

const (
	issued event = iota
	settled
	disputed
	dismissed
	upheld
	withdrawn
	events // how many there are
)

var eventNames = [events]string{"issued", "settled", "disputed", "dismissed", "upheld", "withdrawn"}

// reactions is what one kind registered.
type reactions struct {
	candidates Candidates
	on         [events]Reaction
}

func (s *Service) of(kind string) *reactions {
	if s.kinds[kind] == nil {
		s.kinds[kind] = &reactions{}
	}
	return s.kinds[kind]
}

// Source registers where the candidates of a kind come from. Registration is
// done while the program is put together, before the first request.
func (s *Service) Source(kind string, fn Candidates) { s.of(kind).candidates = fn }

// OnIssued registers the reaction to an item being published: by the leader who
// signs, or by the system on the day chosen.
func (s *Service) OnIssued(kind string, fn Reaction) { s.of(kind).on[issued] = fn }

// OnSettled registers the reaction to an item whose period ended undisputed.
func (s *Service) OnSettled(kind string, fn Reaction) { s.of(kind).on[settled] = fn }

// OnDisputed registers the reaction to the first open objection to an item.
func (s *Service) OnDisputed(kind string, fn Reaction) { s.of(kind).on[disputed] = fn }

// OnDismissed registers the reaction to the last open objection being dismissed:
// the item is as it was before.
func (s *Service) OnDismissed(kind string, fn Reaction) { s.of(kind).on[dismissed] = fn }

// OnUpheld registers the reaction to an objection being upheld.
func (s *Service) OnUpheld(kind string, fn Reaction) { s.of(kind).on[upheld] = fn }

// OnWithdrawn registers the reaction to a running notice being withdrawn: the
// case waits for a notice again.
func (s *Service) OnWithdrawn(kind string, fn Reaction) { s.of(kind).on[withdrawn] = fn }

// Ready reports what the given kinds have not registered; the start fails on it.
func (s *Service) Ready(kinds ...string) error {
	var missing []error
	for _, kind := range kinds {
		r := s.kinds[kind]
		if r == nil {
			r = &reactions{}
		}
		if r.candidates == nil {
			missing = append(missing, fmt.Errorf("notice: kind %s has no source of candidates", kind))
		}
		for e, fn := range r.on {
			if fn == nil {
				missing = append(missing, fmt.Errorf("notice: kind %s has no reaction to %s", kind, eventNames[e]))
			}
		}
	}
	return errors.Join(missing...)
}

// react runs what the kind of a notice registered for an event.
func (s *Service) react(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, kind string, e event, item Item) error {
	r := s.kinds[kind]
	if r == nil || r.on[e] == nil {
		return fmt.Errorf("notice: kind %s has no reaction to %s", kind, eventNames[e])
	}
	return r.on[e](ctx, tx, now, actor, item)
}
