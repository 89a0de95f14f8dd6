package fundingpages

import (
	"civilaffairs/internal/application"
	"civilaffairs/web/applying"
	"civilaffairs/web/checks"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// programmePage is what one programme shows of its own. Adding a programme adds
// a line to programmePages; a test fails when catalogue and pages disagree.
type programmePage interface {
	// Section renders the fields of one part of its form.
	Section(v applying.SectionView) templ.Component
	// Typed lists what was typed in a part, for check-answers: what cannot be read
	// stands as it was typed.
	Typed(f application.Form, section string) []ui.Fact
	// Words is what was typed into a control as people read it: the name of an
	// option, not its key.
	Words(f application.Form, control, typed string) string
	// Signed lists the answers of a signed document, part by part.
	Signed(v application.View) ([]applying.Answers, error)
	// Trial is what it asks of somebody who tries its conditions out.
	Trial() checks.Trial
}

// Trials are the trials of every programme, for the guides.
func Trials() map[string]checks.Trial {
	all := map[string]checks.Trial{}
	for kind, page := range programmePages {
		all[kind] = page.Trial()
	}
	return all
}

var programmePages = map[string]programmePage{
	"startup":  startupPage{},
	"activity": activityPage{},
}
