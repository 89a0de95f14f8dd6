package report

import (
	"cmp"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workflow"
)

// Flow is a workflow as a list: the way forward, step by step, with what else
// can happen at each.
type Flow struct {
	Steps  []Step
	Anyhow []Exit // possible at many steps, such as withdrawing
}

// Step is one transition of the way forward.
type Step struct {
	Label  string
	By     []authz.Role
	Due    *policy.Param // working days or months for it; nil for none
	Shares bool          // its days are those of the step before
	Lapses bool          // when nobody acts in time, the case goes on without
	Exits  []Exit
}

// Exit is another way out of a step.
type Exit struct {
	Label  string
	By     []authz.Role
	To     workflow.State
	Due    *policy.Param // time in which the applicant answers; nil when it is not the applicant's
	Pauses bool          // the office's days stand still meanwhile
	Lapse  string        // what happens without an answer
}

// many is from how many places on a transition is told once, and not at each.
const many = 3

// flowOf follows the table from its start to the closing: the first transition
// that leads to a place not yet visited is the way forward, the others are exits.
// Going back and forth among the offices is not told.
func flowOf(d *workflow.Definition, params policy.Params) Flow {
	f := Flow{}
	var way []workflow.Transition
	places := []workflow.Place{d.Start}
	for places[len(places)-1].State != workflow.Closed {
		next := slices.IndexFunc(d.Transitions, func(t workflow.Transition) bool {
			return slices.Contains(t.From, places[len(places)-1]) && t.Action != workflow.Lapse &&
				(t.To.State.Class() != workflow.Final || t.To.State == workflow.Closed) && !slices.Contains(places, t.To)
		})
		if next < 0 {
			break
		}
		way = append(way, d.Transitions[next])
		places = append(places, d.Transitions[next].To)
	}
	var before workflow.Transition
	for i, t := range way {
		step := Step{Label: t.Label, By: t.By, Due: dueOf(before, params), Shares: before.KeepsDue}
		for _, other := range d.Transitions {
			switch {
			case !slices.Contains(other.From, places[i]) || other.Action == t.Action:
			case other.Action == workflow.Lapse:
				step.Lapses = other.To == t.To
			case len(other.From) >= many:
				// listed once, below
			case slices.Contains(places[:i], other.To) && !other.To.Waits.OfOrganization():
				// back to an office that had it
			case places[i] == d.Start:
				// taking back one's own draft concerns nobody else
			default:
				step.Exits = append(step.Exits, exitOf(d, other, params))
			}
		}
		f.Steps = append(f.Steps, step)
		before = t
	}
	for _, t := range d.Transitions {
		if len(t.From) >= many {
			f.Anyhow = append(f.Anyhow, exitOf(d, t, params))
		}
	}
	return f
}

func exitOf(d *workflow.Definition, t workflow.Transition, params policy.Params) Exit {
	e := Exit{Label: t.Label, By: t.By, To: t.To.State, Pauses: t.PausesClock}
	if t.To.Waits.OfOrganization() {
		e.Due = dueOf(t, params)
	}
	if lapse, ok := d.Find(t.To, workflow.Lapse); ok {
		e.Lapse = lapse.Label
	}
	return e
}

func dueOf(t workflow.Transition, params policy.Params) *policy.Param {
	name := cmp.Or(t.DueParam, t.DueMonthsParam)
	if name == "" {
		return nil
	}
	p := params.Param(policy.Key(name))
	return &p
}
