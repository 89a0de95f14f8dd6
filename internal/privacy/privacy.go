// Package privacy finds what no public text may carry: numbers of documents,
// mobiles and accounts, however they are written, and what somebody should look
// at besides (domain §12). Whatever is published runs through it first.
//
// Vocabulary of forms, pure; no tables.
package privacy

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"

	"golang.org/x/text/unicode/norm"
)

// Kind is a kind of information that nothing public may carry.
type Kind string

// The kinds. The first three block: nothing with them is released.
const (
	ID      Kind = "id"
	Mobile  Kind = "mobile"
	Account Kind = "account"
	Phone   Kind = "phone"
	Email   Kind = "email"
	Address Kind = "address"
)

var names = map[Kind]string{
	ID: "身份证号", Mobile: "手机号", Account: "银行账号", Phone: "座机号", Email: "邮箱", Address: "住址",
}

// Name returns the kind's Chinese name.
func (k Kind) Name() string { return names[k] }

// Blocks reports whether a text with it cannot be released.
func (k Kind) Blocks() bool { return k == ID || k == Mobile || k == Account }

// Find is one piece of private information in a text.
type Find struct {
	Kind
	Value string // as it stands in the text
	At    int    // the character it begins with, counted from 1
}

// Scan finds what is private in text, in the order of the text: full-width
// figures, separators and invisible characters hide nothing. Dates, amounts,
// credit codes and case numbers are none of it.
func Scan(text string) []Find {
	s := normalise(text)
	var found []Find
	taken := make([]bool, len(s.runes)+1)
	add := func(kind Kind, from, to int) {
		if slices.Contains(taken[from:to], true) {
			return
		}
		for i := from; i < to; i++ {
			taken[i] = true
		}
		found = append(found, Find{kind, s.original(from, to), s.at[from] + 1})
	}
	for _, m := range match(s, emailPattern) {
		add(Email, m[0], m[1])
	}
	for _, r := range s.runs() {
		r.classify(s, add)
	}
	for _, m := range match(s, addressPattern) {
		add(Address, m[0], m[1])
	}
	slices.SortStableFunc(found, func(a, b Find) int { return cmp.Compare(a.At, b.At) })
	return found
}

var (
	emailPattern   = regexp.MustCompile(`[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+`)
	addressPattern = regexp.MustCompile(`家庭住址|家庭地址|户籍地址|现住址|家住|[0-9]+(?:栋|幢|号楼)[0-9A-Za-z]*(?:单元)?[0-9A-Za-z]*(?:室|房|号)?|[0-9]+单元[0-9A-Za-z]*(?:室|房|号)?|[0-9]{3,4}(?:室|房)`)
)

// folded is a text in half width without invisible characters; at maps every
// character to its place in the original.
type folded struct {
	runes, source []rune
	at            []int
}

func normalise(text string) folded {
	f := folded{source: []rune(text)}
	for i, r := range f.source {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Mn, r) || unicode.IsControl(r) && r != '\n' && r != '\t' {
			continue
		}
		for _, n := range norm.NFKC.String(string(r)) {
			switch n {
			case '‐', '‑', '‒', '–', '—', '―', '−', 'ー':
				n = '-'
			}
			if unicode.IsSpace(n) && n != '\n' {
				n = ' '
			}
			if unicode.IsDigit(n) && n > unicode.MaxASCII {
				n = foreignDigit(n)
			}
			f.runes, f.at = append(f.runes, n), append(f.at, i)
		}
	}
	return f
}

// foreignDigit maps a digit of another script; they stand in tens by value.
func foreignDigit(r rune) rune {
	zero := r
	for unicode.IsDigit(zero-1) && r-zero < 9 {
		zero--
	}
	return '0' + (r - zero)
}

func (f folded) original(from, to int) string { return string(f.source[f.at[from] : f.at[to-1]+1]) }

// match returns the matches of a pattern as ranges of characters.
func match(f folded, p *regexp.Regexp) [][2]int {
	text := string(f.runes)
	var out [][2]int
	for _, m := range p.FindAllStringIndex(text, -1) {
		from := len([]rune(text[:m[0]]))
		out = append(out, [2]int{from, from + len([]rune(text[m[0]:m[1]]))})
	}
	return out
}

// run is figures with no more than two separators between them.
type run struct{ groups []figures }

// figures is an unbroken group; before is the separator in front of it.
type figures struct {
	text     string
	from, to int
	before   string
}

const separators = " -._·/,)"

func digit(r rune) bool  { return r >= '0' && r <= '9' }
func letter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }

// runs cuts the text into runs of figures. A closing X counts with the
// seventeen figures before it.
func (f folded) runs() (out []run) {
	var current run
	last := 0
	for i := 0; i < len(f.runes); {
		if !digit(f.runes[i]) {
			i++
			continue
		}
		g := figures{from: i}
		for i < len(f.runes) && digit(f.runes[i]) {
			i++
		}
		g.to, g.text = i, string(f.runes[g.from:i])
		gap := string(f.runes[last:g.from])
		if len(current.groups) > 0 && len(gap) <= 2 && strings.Trim(gap, separators) == "" {
			g.before = gap
		} else if len(current.groups) > 0 {
			out, current = append(out, current), run{}
		}
		current.groups, last = append(current.groups, g), i
	}
	if len(current.groups) > 0 {
		out = append(out, current)
	}
	return out
}

func joined(g []figures) string {
	var b strings.Builder
	for _, x := range g {
		b.WriteString(x.text)
	}
	return b.String()
}

// classify finds what a run holds: the surest things first, and each figure
// once.
func (r run) classify(f folded, add func(Kind, int, int)) {
	used := make([]bool, len(r.groups))
	r.windows(used, func(w []figures) bool { return r.id(f, w, add) })
	r.windows(used, func(w []figures) bool {
		return take(w, mobilePattern.MatchString(joined(w)), Mobile, add)
	})
	r.windows(used, func(w []figures) bool { return harmless(f, w) })
	r.windows(used, func(w []figures) bool {
		return take(w, len(w) <= 4 && landlinePattern.MatchString(written(w)), Phone, add)
	})
	r.windows(used, func(w []figures) bool { return take(w, account(w), Account, add) })
}

var (
	mobilePattern   = regexp.MustCompile(`^(?:0?0?86)?1[3-9][0-9]{9}$`)
	landlinePattern = regexp.MustCompile(`^0(?:10|2[0-9]|[3-9][0-9]{2})[-) ]{0,2}[2-9][0-9]{2,3}[- ]?[0-9]{4}(?:[- ][0-9]{1,6})?$`)
	amountPattern   = regexp.MustCompile(`^[0-9]{1,3}(?:,[0-9]{3})*(?:\.[0-9]{1,2})?$|^[0-9]+\.[0-9]{1,2}$`)
	datePattern     = regexp.MustCompile(`^((?:19|20)[0-9]{2})[-/.]?([0-9]{1,2})[-/.]?([0-9]{1,2})$`)
)

// windows tries every stretch of unused groups, the longest first, and marks
// those that try accepts.
func (r run) windows(used []bool, try func([]figures) bool) {
	const longest = 12 // groups: an ID written in pairs, and some
	for size := min(len(r.groups), longest); size >= 1; size-- {
		for i := 0; i+size <= len(r.groups); i++ {
			if slices.Contains(used[i:i+size], true) || !try(r.groups[i:i+size]) {
				continue
			}
			for j := i; j < i+size; j++ {
				used[j] = true
			}
		}
	}
}

func take(w []figures, is bool, kind Kind, add func(Kind, int, int)) bool {
	if is {
		add(kind, w[0].from, w[len(w)-1].to)
	}
	return is
}

// id takes a resident ID number: eighteen characters with their check digit.
func (r run) id(f folded, w []figures, add func(Kind, int, int)) bool {
	text, to := joined(w), w[len(w)-1].to
	if len(text) == 17 {
		for end := to; end < len(f.runes) && end <= to+2; end++ {
			if f.runes[end] == 'X' || f.runes[end] == 'x' {
				text, to = text+"X", end+1
				break
			}
			if !strings.ContainsRune(separators, f.runes[end]) {
				break
			}
		}
	}
	if len(text) != 18 {
		return false
	}
	if _, err := identifier.ParseResidentID(text, civil.Of(9999, 12, 31)); err != nil {
		return false
	}
	add(ID, w[0].from, to)
	return true
}

// written is a stretch with its separators.
func written(w []figures) string {
	var b strings.Builder
	for i, g := range w {
		if i > 0 {
			b.WriteString(g.before)
		}
		b.WriteString(g.text)
	}
	return b.String()
}

// harmless reports dates, amounts, credit codes and counted things.
func harmless(f folded, w []figures) bool {
	text := written(w)
	if m := datePattern.FindStringSubmatch(text); m != nil && (len(w) == 1 && len(text) == 8 || len(w) == 3) {
		return true
	}
	if amountPattern.MatchString(text) && (len(w) > 1 || counted(f, w[0].to)) {
		return true
	}
	return len(w) == 1 && counted(f, w[0].to) || partOfCode(f, w[0].from, w[len(w)-1].to)
}

// counted reports whether a unit follows: 32760000元 is no account.
func counted(f folded, to int) bool {
	for to < len(f.runes) && f.runes[to] == ' ' {
		to++
	}
	return to < len(f.runes) && strings.ContainsRune("元万亿人个名户次", f.runes[to])
}

// partOfCode reports whether the figures belong to a credit code: eighteen
// letters and figures, not all of them figures.
func partOfCode(f folded, from, to int) bool {
	letters := false
	for from > 0 && (letter(f.runes[from-1]) || digit(f.runes[from-1])) {
		from--
	}
	for to < len(f.runes) && (letter(f.runes[to]) || digit(f.runes[to])) {
		to++
	}
	for _, r := range f.runes[from:to] {
		letters = letters || letter(r)
	}
	if to-from != 18 || !letters {
		return false
	}
	_, err := identifier.ParseCreditCode(string(f.runes[from:to]))
	return err == nil
}

// account reports figures that may be a bank account: eight or more unbroken, or
// a card in groups. Years side by side are none.
func account(w []figures) bool {
	if len(w) == 1 {
		return len(w[0].text) >= 8
	}
	years := true
	for i, g := range w {
		if len(g.text) < 3 && i < len(w)-1 || i > 0 && strings.Trim(g.before, " -") != "" {
			return false
		}
		years = years && len(g.text) == 4 && (strings.HasPrefix(g.text, "19") || strings.HasPrefix(g.text, "20"))
	}
	return len(joined(w)) >= 15 && !years
}

// Found is a find with the field it stands in.
type Found struct {
	Field, Label string
	Find
}

// Where says what was found and where, without repeating the value.
func (f Found) Where() string {
	return fmt.Sprintf("第 %d 个字起有%s", f.At, f.Name())
}

// Field is a text that will be public.
type Field struct {
	Name, Label, Text string
	Phone             bool // a telephone of the office belongs here
}

// Check finds what is private in the fields.
func Check(fields []Field) (found []Found) {
	for _, f := range fields {
		for _, x := range Scan(f.Text) {
			if f.Phone && x.Kind == Phone {
				continue
			}
			found = append(found, Found{f.Name, f.Label, x})
		}
	}
	return found
}

// Refuse turns what blocks into an errs.Invalid at the fields. The values stay
// out of it: a message reaches logs.
func Refuse(found []Found) error {
	var faults []errs.Field
	for _, f := range found {
		if f.Blocks() {
			faults = append(faults, errs.Field{Name: f.Field, Label: f.Label, Message: f.Where() + "，不能公开。删去后再送"})
		}
	}
	return errs.Fields(faults)
}
