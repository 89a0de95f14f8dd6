package applying

import (
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// clock writes an instant for people in the district: 10月9日 10:42.
func Clock(t time.Time) string {
	t = t.In(civil.Shanghai)
	return strconv.Itoa(int(t.Month())) + "月" + strconv.Itoa(t.Day()) + "日 " + t.Format("15:04")
}

// fullClock adds year and seconds, for receipts.
func fullClock(t time.Time) string {
	return civil.On(t).Chinese() + " " + t.In(civil.Shanghai).Format("15:04:05")
}

// anchor makes an id from the name of an item: "file:charter" → "file-charter".
func Anchor(item string) string { return strings.ReplaceAll(item, ":", "-") }

// stateTone gives each state its tone; the word stands beside it always.
func StateTone(s workflow.State) ui.Tone {
	switch s {
	case workflow.Draft, workflow.Opining, workflow.Accepting, workflow.Reviewing, workflow.Scoring, workflow.Signing, workflow.Consenting:
		return ui.Info
	case workflow.Correcting, workflow.Noticing, workflow.Disputed, workflow.Reporting:
		return ui.Warn
	case workflow.Granted, workflow.Running, workflow.Closed:
		return ui.Good
	case workflow.Refused, workflow.Terminated:
		return ui.Bad
	}
	return ui.Mute
}
