package governance

import (
	"fmt"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
)

// faults collects field errors in the order of the form.
type faults []errs.Field

func (f *faults) add(name, label, message string) {
	*f = append(*f, errs.Field{Name: name, Label: label, Message: message})
}

func (f *faults) length(name, label, v string, least, most int) {
	switch n := utf8.RuneCountInString(v); {
	case n == 0 && least > 0:
		f.add(name, label, "填"+label)
	case n < least:
		f.add(name, label, fmt.Sprintf("%s至少 %d 个字，现在是 %d 个字。写得再具体些", label, least, n))
	case n > most:
		f.add(name, label, fmt.Sprintf("%s最多 %d 个字，现在是 %d 个字。删去 %d 个字", label, most, n, n-most))
	}
}

// past checks a day that has come and is not before the founding.
func (f *faults) past(name, label string, d, founded, today civil.Date) {
	switch {
	case d.IsZero():
		f.add(name, label, "填"+label+"，年、月、日都要填")
	case !d.Valid():
		f.add(name, label, "这一天不存在。核对年、月、日")
	case d.After(today):
		f.add(name, label, d.Chinese()+"还没到。填今天或以前的日期")
	case d.Before(founded):
		f.add(name, label, d.Chinese()+"早于成立日期"+founded.Chinese()+"。核对日期")
	}
}
