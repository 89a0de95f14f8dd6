package ledgerpages

import (
	"strings"

	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"
)

// backLabel leads back from every form of this feature.
const backLabel = "返回"

// doing makes a form read, show the act once more where review is not nil, and
// act.
func doing(e *formpage.Editor, read func(*form.Form) error, review func() ui.Review, act func() error) {
	e.Save = func(f *form.Form) error {
		if err := read(f); err != nil {
			return err
		}
		if review != nil && !formpage.Confirmed(f) {
			once := review()
			e.Review = &once
			return nil
		}
		return act()
	}
}

// yuan reads an amount in 元. 万 is refused here, though it could be read: money
// is written out in a ledger.
func yuan(f *form.Form, name, label string) money.Fen {
	if typed := f.Raw(name); strings.ContainsAny(typed, "万萬") && len(typed) < 60 {
		f.Fail(name, label, "“"+typed+"”要写成元，不用万作单位。如一万元写 10,000")
		return 0
	}
	return f.Money(name, label, form.Required, form.Min(1))
}
