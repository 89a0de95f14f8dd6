// Package workflow keeps state machines as data: states with an explicit class,
// transitions with their actors, and from one table the button, the guard, the
// diagram and the golden test. Level 1; no tables.
package workflow

import "fmt"

// State is where a case stands. The set is closed and shared by all kinds; a
// stored state is never renamed without a migration.
type State string

// The states of DESIGN §3.2.
const (
	Draft      State = "draft"
	Opining    State = "opining"
	Accepting  State = "accepting"
	Correcting State = "correcting"
	Scoring    State = "scoring"
	Reviewing  State = "reviewing"
	Consenting State = "consenting"
	Signing    State = "signing"
	Noticing   State = "noticing"
	Disputed   State = "disputed"
	Granted    State = "granted"
	Running    State = "running"
	Reporting  State = "reporting"
	Closed     State = "closed"
	Refused    State = "refused"
	Withdrawn  State = "withdrawn"
	Lapsed     State = "lapsed"
	Terminated State = "terminated"
)

// Class says what a state means for money and inboxes. It is a field, never
// read from the state's name.
type Class string

// Open cases wait for somebody; granted ones carry a right; final ones never reopen.
const (
	Open  Class = "open"
	Grant Class = "granted"
	Final Class = "final"
)

type stateInfo struct {
	name  string
	class Class
}

var states = map[State]stateInfo{
	Draft: {"草稿", Open}, Opining: {"征求意见", Open}, Accepting: {"待受理", Open},
	Correcting: {"待补正", Open}, Scoring: {"评审中", Open}, Reviewing: {"待复核", Open},
	Consenting: {"待领导小组同意", Open}, Signing: {"待签批", Open}, Noticing: {"公示中", Open},
	Disputed: {"异议处理中", Open}, Granted: {"已核定", Grant}, Running: {"执行中", Grant},
	Reporting: {"待交使用报告", Grant}, Closed: {"已办结", Final}, Refused: {"不予支持", Final},
	Withdrawn: {"已撤回", Final}, Lapsed: {"已失效", Final}, Terminated: {"已终止", Final},
}

// States lists the closed set in the order of a case's life.
var States = []State{
	Draft, Opining, Accepting, Correcting, Scoring, Reviewing, Consenting, Signing, Noticing, Disputed,
	Granted, Running, Reporting, Closed, Refused, Withdrawn, Lapsed, Terminated,
}

// Name returns the state's Chinese name.
func (s State) Name() string {
	if i, ok := states[s]; ok {
		return i.name
	}
	return fmt.Sprintf("未知状态（%s）", string(s))
}

// Class returns the state's class, "" for an unknown state.
func (s State) Class() Class { return states[s].class }

// Valid reports whether s is in the closed set.
func (s State) Valid() bool { _, ok := states[s]; return ok }
