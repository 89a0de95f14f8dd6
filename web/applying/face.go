package applying

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// Face is what one kind of application shows of its own.
type Face interface {
	// Section renders the fields of one part of its form, inside SectionPage.
	Section(v SectionView) templ.Component
	// Typed lists what was typed in a part, for check-answers: what cannot be read
	// stands as it was typed.
	Typed(f application.Form, section string) []ui.Fact
	// Words is what was typed into a control as people read it: the name of an
	// option, not its key.
	Words(f application.Form, control, typed string) string
	// Signed lists the answers of a signed document, part by part.
	Signed(v application.View) ([]Answers, error)
	// Applicant lists who applied, as it stood at submission.
	Applicant(v application.View, staff bool) ([]ui.Fact, error)
	// Printed lists who applies, for the form on paper.
	Printed(f application.Form) []ui.Fact
	// More is where the form leads besides itself, "" for nowhere.
	More(f application.Form) (label, href string)
	// Judged shows what stands against the submission, or what is still looked up;
	// nil for nothing to say.
	Judged(v application.Review) templ.Component
	// Waiting says who has the case and until when, "" for the words of all kinds.
	// by is the deadline in words, "" without one.
	Waiting(c casework.Case, by string) string
	// Behind is what the case shows beside the application itself. typed is what an
	// office has sent and was not taken, nil before.
	Behind(r *http.Request, v application.View, typed *Typed) (Extra, error)
}

// Typed is what an office sent, with its faults.
type Typed struct {
	Values url.Values
	Faults ui.Errors
}

// Extra is what a kind adds to its case. Components may be nil.
type Extra struct {
	Middle templ.Component // for offices: what was checked, computed, proposed
	Box    templ.Component // in which this office acts
	Side   templ.Component // for offices, below the box
	Aside  templ.Component // for the applicant, at the side
	Head   templ.Component // for the applicant, below the state: what to do next
	// ActLabel and ActHref lead the office to where else it acts.
	ActLabel, ActHref string
	// Papers that the kind made are listed with the letters.
	Links []ui.Pair // Name is the label, Value the address
}
