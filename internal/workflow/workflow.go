package workflow

import (
	"fmt"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
)

// Place is a state together with the role it waits for: opinions of community
// and subdistrict are one state but two places.
type Place struct {
	State State
	Waits authz.Role // Anonymous when it waits for nobody
}

func (p Place) String() string {
	if p.Waits == authz.Anonymous {
		return p.State.Name()
	}
	return p.State.Name() + "·" + p.Waits.Name()
}

// placeNames are the places that the name of their state does not tell apart for
// whoever waits.
var placeNames = map[Place]string{
	{Noticing, authz.BureauClerk}:  "待公示",
	{Reporting, authz.BureauClerk}: "使用报告待核查",
	{Reporting, authz.Finance}:     "结余待退回",
}

// Name returns what people call the place: its own name, or that of its state.
func (p Place) Name() string {
	if name, ok := placeNames[p]; ok {
		return name
	}
	return p.State.Name()
}

// Action is the name of a transition, such as "submit".
type Action string

// Transition is one row of a workflow: in any of From, one of By may do Action,
// and the case comes to To.
type Transition struct {
	Action Action
	Label  string // what the button says
	From   []Place
	To     Place
	By     []authz.Role
	// NotBy names earlier actions whose person may not do this one: separation
	// of duties looks at the person, not the account.
	NotBy []Action
	// PausesClock stops the working-day clock in To until the case leaves it.
	PausesClock bool
	// DueParam is the policy parameter, in working days, of the deadline in To;
	// "" leaves To without one.
	DueParam string
	// DueMonthsParam is the same in calendar months, counted to the same day.
	DueMonthsParam string
	// KeepsDue goes on with the deadline that ran before: unchanged when it was
	// not paused, with what was left of it after a pause.
	KeepsDue bool
}

// Definition is the workflow of one kind of case.
type Definition struct {
	Kind        string // "startup"
	Name        string // 孵化关爱工程
	Prefix      string // of its readable numbers: "FH"
	Start       Place
	Transitions []Transition
	// Names are the places that this kind calls otherwise than all others do.
	Names map[Place]string
}

// PlaceName returns what people call a place of this kind.
func (d *Definition) PlaceName(p Place) string {
	if name, ok := d.Names[p]; ok {
		return name
	}
	return p.Name()
}

// Find returns the transition that action makes from place, if there is one.
func (d *Definition) Find(from Place, action Action) (Transition, bool) {
	for _, t := range d.Transitions {
		if t.Action == action && slices.Contains(t.From, from) {
			return t, true
		}
	}
	return Transition{}, false
}

// Lapse is the action of the clock: a System transition when the deadline of a
// place has passed.
const Lapse Action = "lapse"

// History is who did what on a case, as far as separation of duties asks.
type History interface {
	// Did reports whether the person has done the action on this case.
	Did(person [16]byte, action Action) bool
}

// Actions returns what the actor may do from place, in the order of the table:
// the buttons of a page. It applies the same tests as Check.
func (d *Definition) Actions(from Place, actor authz.Actor, h History) []Transition {
	var out []Transition
	for _, t := range d.Transitions {
		if slices.Contains(t.From, from) && slices.Contains(t.By, actor.Role) && separated(t, actor, h) == nil {
			out = append(out, t)
		}
	}
	return out
}

// Check returns the transition, or why the actor cannot make it: errs.Conflict
// when the case is not in a state for it, errs.Forbidden when it is another
// role's act or the same person did an act that must be somebody else's.
func (d *Definition) Check(from Place, action Action, actor authz.Actor, h History) (Transition, error) {
	t, ok := d.Find(from, action)
	if !ok {
		return t, errs.Newf(errs.Conflict, "这件现在是“%s”，不能再办这一步。请刷新页面看最新进展。", from.Name())
	}
	if !slices.Contains(t.By, actor.Role) {
		return t, errs.Newf(errs.Forbidden, "“%s”由%s办理。", t.Label, roleNames(t.By))
	}
	return t, separated(t, actor, h)
}

func separated(t Transition, actor authz.Actor, h History) error {
	if h == nil || actor.Role == authz.System {
		return nil
	}
	for _, earlier := range t.NotBy {
		if h.Did(actor.PersonID, earlier) {
			return errs.Newf(errs.Forbidden, "“%s”要由另一个人办理：您已经办过这件的前一步。", t.Label)
		}
	}
	return nil
}

func roleNames(roles []authz.Role) string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return strings.Join(names, "、")
}

// Places returns every place that the definition can reach, in the order of the
// table.
func (d *Definition) Places() []Place {
	seen := []Place{d.Start}
	for _, t := range d.Transitions {
		for _, p := range append(slices.Clone(t.From), t.To) {
			if !slices.Contains(seen, p) {
				seen = append(seen, p)
			}
		}
	}
	return seen
}

// Validate reports a definition that cannot work: an unknown state, a
// transition out of a final state, a place that nothing reaches or leaves.
func (d *Definition) Validate() error {
	reached := map[Place]bool{d.Start: true}
	left := map[Place]bool{}
	for _, t := range d.Transitions {
		if len(t.By) == 0 || t.Label == "" {
			return fmt.Errorf("%s: transition %s has no actor or label", d.Kind, t.Action)
		}
		for _, p := range append(slices.Clone(t.From), t.To) {
			if !p.State.Valid() {
				return fmt.Errorf("%s: unknown state %q", d.Kind, p.State)
			}
		}
		for _, p := range t.From {
			if p.State.Class() == Final {
				return fmt.Errorf("%s: %s leaves the final state %s", d.Kind, t.Action, p.State)
			}
			left[p] = true
		}
		reached[t.To] = true
	}
	for _, p := range d.Places() {
		if !reached[p] {
			return fmt.Errorf("%s: nothing reaches %s", d.Kind, p)
		}
	}
	return nil
}

// Matrix prints place × action × role, for the golden test.
func (d *Definition) Matrix() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s)\n", d.Kind, d.Name)
	for _, p := range d.Places() {
		fmt.Fprintf(&b, "\n%s", p.State)
		if p.Waits != authz.Anonymous {
			fmt.Fprintf(&b, " waits for %s", p.Waits)
		}
		fmt.Fprintf(&b, " [%s]\n", p.State.Class())
		for _, t := range d.Transitions {
			if slices.Contains(t.From, p) {
				fmt.Fprintf(&b, "  %-16s %v -> %s %s%s\n", t.Action, t.By, t.To.State, t.To.Waits, notBy(t))
			}
		}
	}
	return b.String()
}

func notBy(t Transition) string {
	if len(t.NotBy) == 0 {
		return ""
	}
	return fmt.Sprintf("  not by who did %v", t.NotBy)
}

// Diagram returns the workflow as a Mermaid state diagram; generated, so that
// it cannot lie.
func (d *Definition) Diagram() string {
	var b strings.Builder
	b.WriteString("stateDiagram-v2\n")
	id := func(p Place) string { return strings.TrimSuffix(string(p.State)+"_"+string(p.Waits), "_") }
	for _, p := range d.Places() {
		fmt.Fprintf(&b, "  state %q as %s\n", p.String(), id(p))
	}
	fmt.Fprintf(&b, "  [*] --> %s\n", id(d.Start))
	for _, t := range d.Transitions {
		for _, p := range t.From {
			fmt.Fprintf(&b, "  %s --> %s: %s\n", id(p), id(t.To), t.Label)
		}
	}
	for _, p := range d.Places() {
		if p.State.Class() == Final {
			fmt.Fprintf(&b, "  %s --> [*]\n", id(p))
		}
	}
	return b.String()
}
