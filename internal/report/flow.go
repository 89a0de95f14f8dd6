package report

import (
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workflow"
)

// Flow is a workflow as a list: the way forward, step by step, with what else
// can happen at each.
type Flow struct {
	Steps        []Step
	Last         workflow.Place // where the way ends that the table knows
	LastDue      *policy.Param  // working days for it; nil for none
	LastKeepsDue bool           // its days are those of the step before
	Anyhow       []Exit         // possible at several steps, such as withdrawing
}

// Step is one transition of the way forward.
type Step struct {
	Label  string
	By     []authz.Role
	Due    *policy.Param // working days for it; nil for none
	Lapses bool          // when nobody acts in time, the case goes on without
	Exits  []Exit
}

// Exit is another way out of a step.
type Exit struct {
	Label  string
	By     []authz.Role
	To     workflow.State
	Due    *policy.Param // working days in which the applicant answers
	Pauses bool          // the office's days stand still meanwhile
	Lapse  string        // what happens without an answer
}

// flowOf follows the table from its start: the first transition that leads to an
// open place not yet visited is the way forward, the others are exits.
func flowOf(d *workflow.Definition, params policy.Params) Flow {
	f := Flow{}
	var way []workflow.Transition
	places := []workflow.Place{d.Start}
	for {
		next := slices.IndexFunc(d.Transitions, func(t workflow.Transition) bool {
			return slices.Contains(t.From, places[len(places)-1]) && t.Action != workflow.Lapse &&
				t.To.State.Class() != workflow.Final && !slices.Contains(places, t.To)
		})
		if next < 0 {
			break
		}
		way = append(way, d.Transitions[next])
		places = append(places, d.Transitions[next].To)
	}
	f.Last = places[len(places)-1]
	var due *policy.Param
	for i, t := range way {
		step := Step{Label: t.Label, By: t.By, Due: due}
		for _, other := range d.Transitions {
			switch {
			case !slices.Contains(other.From, places[i]) || other.Action == t.Action:
			case other.Action == workflow.Lapse:
				step.Lapses = other.To == t.To
			case len(other.From) > 1:
				// listed once, below
			case places[i] == d.Start:
				// taking back one's own draft concerns nobody else
			default:
				step.Exits = append(step.Exits, exitOf(d, other, params))
			}
		}
		f.Steps = append(f.Steps, step)
		due = dueOf(t, params)
		f.LastDue, f.LastKeepsDue = due, t.KeepsDue
	}
	for _, t := range d.Transitions {
		if len(t.From) > 1 {
			f.Anyhow = append(f.Anyhow, exitOf(d, t, params))
		}
	}
	return f
}

func exitOf(d *workflow.Definition, t workflow.Transition, params policy.Params) Exit {
	e := Exit{Label: t.Label, By: t.By, To: t.To.State, Due: dueOf(t, params), Pauses: t.PausesClock}
	if lapse, ok := d.Find(t.To, workflow.Lapse); ok {
		e.Lapse = lapse.Label
	}
	return e
}

func dueOf(t workflow.Transition, params policy.Params) *policy.Param {
	if t.DueParam == "" {
		return nil
	}
	p := params.Param(policy.Key(t.DueParam))
	return &p
}
