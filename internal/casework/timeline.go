package casework

import (
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Event is one act on a case, as the timeline shows it.
type Event struct {
	Seq       int             `db:"seq"`
	At        time.Time       `db:"at"`
	Action    workflow.Action `db:"action"`
	Label     string          `db:"label"`
	From      workflow.State  `db:"from_state"`
	To        workflow.State  `db:"to_state"`
	ActorName string          `db:"actor_name"`
	ActorRole authz.Role      `db:"actor_role"`
	PersonID  uuid.UUID       `db:"person_id"`
	Note      string          `db:"note"`
}

// timelineSQL selects the acts of a case. What an office does among itself has no
// note and no name of its own unless $2, the reader being staff: a proposal is
// not told before it is signed.
const timelineSQL = `
	select seq, at, action, case when office_only and not $2 then '复核和签批' else label end as label, from_state, to_state, actor_name, actor_role, person_id,
		case when office_only and not $2 then '' else note end as note
	from case_event where case_id = $1 order by seq`

// ActionsAfter returns what the actor may do with the case now, after the events
// of its timeline: the buttons. It applies the same table as Move.
func (s *Service) ActionsAfter(actor authz.Actor, c Case, events []Event) []workflow.Transition {
	d := s.definitions[c.Kind]
	if d == nil || !Visible(c, actor) {
		return nil
	}
	done := history{}
	for _, e := range events {
		done[e.Action] = append(done[e.Action], e.PersonID)
	}
	return d.Actions(c.Place(), actor, done)
}
