package person_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/person"
)

// Each kind of document has numbers of its own (domain §11); a date of birth comes
// with those that carry one.
func TestNumbersOfDocuments(t *testing.T) {
	t.Parallel()
	today := civil.Of(2026, 11, 23)
	for _, c := range []struct {
		kind               person.IDType
		typed, want, words string // words of the refusal, "" for none
		born               civil.Date
	}{
		{person.ResidentID, " 34052419800101001x", "34052419800101001X", "", civil.Of(1980, 1, 1)}, {person.ResidentID, "440310900228001", "", "15 位", civil.Date{}},
		{person.ResidentID, "440310199002300018", "", "出生日期", civil.Date{}}, {person.ResidentID, "810000199408230021", "", "居住证", civil.Date{}},
		{person.ResidencePermit, "810000199408230021", "810000199408230021", "", civil.Of(1994, 8, 23)}, {person.ResidencePermit, "34052419800101001X", "", "不一致", civil.Date{}},
		{person.Passport, "e 1234 5678", "E12345678", "", civil.Date{}}, {person.Passport, "E12", "", "5 到 20 位", civil.Date{}}, {person.Passport, "护照12345", "", "5 到 20 位", civil.Date{}},
		{person.ForeignPermanent, "usa110078010101", "USA110078010101", "", civil.Date{}}, {person.ForeignPermanent, strings.Repeat("9", 21), "", "5 到 20 位", civil.Date{}},
		{person.ForeignPermanent, "<b>1234567</b>", "", "5 到 20 位", civil.Date{}}, {person.None, "34052419800101001X", "", "证件类型", civil.Date{}}, {"driver", "1234567", "", "证件类型", civil.Date{}},
	} {
		number, born, err := person.ParseNumber(c.kind, c.typed, today)
		if number != c.want || born != c.born || (err != nil) != (c.words != "") || err != nil && (!errs.Is(err, errs.Invalid) || !strings.Contains(errs.Message(err), c.words)) {
			t.Errorf("%s %q: %q, %s, %v", c.kind, c.typed, number, born, err)
		}
	}
}
