package fundingpages

import (
	"encoding/json"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// programmePage is what one programme shows of its own. Adding a programme adds
// a line to programmePages; a test fails when catalogue and pages disagree.
type programmePage interface {
	// Section renders the fields of one part of its form.
	Section(v sectionView) templ.Component
	// Typed lists what was typed in a part, for check-answers: what cannot be read
	// stands as it was typed.
	Typed(f funding.Form, section string) []ui.Fact
	// Words is what was typed into a control as people read it: the name of an
	// option, not its key.
	Words(f funding.Form, control, typed string) string
	// Signed lists the answers of a signed document, part by part.
	Signed(document json.RawMessage) ([]answers, error)
}

// answers are the facts of one part of an application.
type answers struct {
	Title string
	Facts []ui.Fact
}

// text returns the only answer of a part that is named after it: the title
// need not be said twice.
func (a answers) text() (string, bool) {
	if len(a.Facts) != 1 || a.Facts[0].Label != a.Title || a.Facts[0].Body != nil {
		return "", false
	}
	return a.Facts[0].Value, true
}

var programmePages = map[string]programmePage{
	"startup": startupPage{},
}

func pageOf(kind string) (programmePage, error) {
	p, ok := programmePages[kind]
	if !ok {
		return nil, errs.Newf(errs.Internal, "no pages for programme %q", kind)
	}
	return p, nil
}
