package noticepages

import (
	"time"

	"civilaffairs/internal/notice"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// stateTag says where a notice stands. One whose time is up but which the clock
// has not closed yet is over for everyone who reads it.
func stateTag(n notice.Notice, now time.Time) templ.Component {
	switch {
	case n.State == notice.Running && n.Over(now):
		return ui.Tag(notice.Ended.Name(), ui.Mute)
	case n.State == notice.Running && n.Provisional:
		return ui.Tag(n.State.Name()+"（暂定）", ui.Warn)
	case n.State == notice.Running:
		return ui.Tag(n.State.Name(), ui.Warn)
	case n.State == notice.Withdrawn:
		return ui.Tag(n.State.Name(), ui.Bad)
	case n.State == notice.Scheduled:
		return ui.Tag(n.State.Name(), ui.Info)
	}
	return ui.Tag(n.State.Name(), ui.Mute)
}

func stageTag(s notice.Stage) templ.Component {
	if s == notice.Issued {
		return ui.Tag(s.Name(), ui.Good)
	}
	return ui.Tag(s.Name(), ui.Info)
}

func itemTag(s notice.ItemState) templ.Component {
	return ui.Tag(s.Name(), map[notice.ItemState]ui.Tone{
		notice.Pending: ui.Mute, notice.Open: ui.Info, notice.Disputed: ui.Warn, notice.Settled: ui.Good, notice.Upheld: ui.Bad, notice.Removed: ui.Mute}[s])
}

func objectionTag(s notice.ObjectionState) templ.Component {
	return ui.Tag(s.Name(), map[notice.ObjectionState]ui.Tone{
		notice.ObjectionOpen: ui.Warn, notice.ObjectionUpheld: ui.Bad, notice.ObjectionDismissed: ui.Good, notice.ObjectionMoot: ui.Mute}[s])
}
