package fundingpages

import (
	"civilaffairs/internal/application"
	"civilaffairs/web/applying"
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
}

var programmePages = map[string]programmePage{
	"startup": startupPage{},
}
