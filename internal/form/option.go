package form

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

// Option narrows what a reader accepts. An empty field is checked against
// Required only.
type Option func(*rules)

// rules are the options of one reading. Bounds hold an int, a money.Fen or a
// civil.Date, as the caller gave them.
type rules struct {
	required, multiline, noEmoji bool
	min, max                     any
	today                        civil.Date
}

// Required refuses an empty field; with Bool, one that is not ticked.
func Required(r *rules) { r.required = true }

// Multiline keeps line breaks, as a textarea needs. Without it they become
// spaces.
func Multiline(r *rules) { r.multiline = true }

// NoEmoji refuses emoji: for names and titles that go onto documents, whose
// fonts have none.
func NoEmoji(r *rules) { r.noEmoji = true }

// Past refuses dates after today.
func Past(today civil.Date) Option { return func(r *rules) { r.today = today } }

// Min is the least value, inclusive: characters of a text (a rare Han counts
// one), the value of an Int, the number of Choices, an amount, a date. An int
// bound of a Money field counts fen.
func Min[T int | money.Fen | civil.Date](least T) Option {
	return func(r *rules) { r.min = least }
}

// Max is the greatest value, inclusive; units as in Min.
func Max[T int | money.Fen | civil.Date](most T) Option {
	return func(r *rules) { r.max = most }
}

// begin notes the reading of a field and collects its options.
func (f *Form) begin(name string, opts []Option) rules {
	f.touch(name)
	var r rules
	for _, o := range opts {
		o(&r)
	}
	return r
}

// bound returns a bound in the reader's own type, fallback when there is none. A
// bound of another type is the programmer's mistake, which Err reports.
func bound[T any](f *Form, name string, given any, fallback T) T {
	switch v := given.(type) {
	case nil:
		return fallback
	case T:
		return v
	}
	f.misuse = fmt.Errorf("form: field %s: a bound of type %T does not fit", name, given)
	return fallback
}

// fenBound is bound for amounts, which an int may bound as well.
func fenBound(f *Form, name string, given any, fallback money.Fen) money.Fen {
	if n, ok := given.(int); ok {
		return money.Fen(n)
	}
	return bound(f, name, given, fallback)
}
