package policy

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/money"
)

// Source says where a value comes from.
type Source string

// The sources. Only what the policy text fixes is confirmed from the start.
const (
	FromPolicy    Source = "policy"
	FromPrecedent Source = "precedent"
	FromDefault   Source = "default"
)

// Name returns the tag shown beside a value.
func (s Source) Name() string {
	switch s {
	case FromPolicy:
		return "政策"
	case FromPrecedent:
		return "市区先例"
	default:
		return "建议默认"
	}
}

// Param is one parameter of an edition, ready to be shown.
type Param struct {
	Key       Key
	Label     string
	Value     string // for people, without unit: 6, 5,000.00, 3月31日, 街道办事处
	Unit      string // 个月, 元; "" for none
	Article   string // the article it carries out, "" for site settings
	Source    Source
	Confirmed bool // false is 待确认
	number    int64
	text      string
}

// Display returns value and unit: 6个月.
func (p Param) Display() string { return p.Value + p.Unit }

// Raw is a parameter as it is stored. Value is a number for Integer, Money (fen)
// and Percent, text for Choice and MonthDay.
type Raw struct {
	Key       Key
	Type      Type
	Value     any // int64, int or string
	Article   string
	Source    Source
	Confirmed bool
}

// Params are the values of one edition. The accessors take keys of the closed
// list; asking for a key that is not in it, or as another type, is a defect of
// the program and panics, so that it never passes for a zero.
type Params struct{ byKey map[Key]Param }

// NewParams reads raw values. A key outside the closed list, a value of the
// wrong type or a key that comes twice is an error; missing keys are not: rules
// are tested with the few they use. Editions are loaded through complete as well.
func NewParams(raw []Raw) (Params, error) {
	p := Params{byKey: make(map[Key]Param, len(raw))}
	for _, r := range raw {
		d, ok := definitionOf(r.Key)
		if !ok {
			return Params{}, fmt.Errorf("policy: unknown parameter %q", r.Key)
		}
		if _, twice := p.byKey[r.Key]; twice {
			return Params{}, fmt.Errorf("policy: parameter %q twice", r.Key)
		}
		if r.Type != "" && r.Type != d.Type {
			return Params{}, fmt.Errorf("policy: parameter %q is %s, not %s", r.Key, d.Type, r.Type)
		}
		v, err := read(d, r)
		if err != nil {
			return Params{}, err
		}
		p.byKey[r.Key] = v
	}
	return p, nil
}

// ParamsOf is NewParams for plain values, for the tests of rules; it panics
// where NewParams returns an error.
func ParamsOf(values map[Key]any) Params {
	raw := make([]Raw, 0, len(values))
	for k, v := range values {
		raw = append(raw, Raw{Key: k, Value: v, Source: FromDefault})
	}
	p, err := NewParams(raw)
	if err != nil {
		panic(err)
	}
	return p
}

func read(d Definition, r Raw) (Param, error) {
	p := Param{Key: d.Key, Label: d.Label, Unit: d.Unit, Article: r.Article, Source: r.Source, Confirmed: r.Confirmed}
	fail := func() (Param, error) {
		return Param{}, fmt.Errorf("policy: parameter %q cannot be %v (%T)", d.Key, r.Value, r.Value)
	}
	switch v := r.Value.(type) {
	case int:
		p.number = int64(v)
	case int64:
		p.number = v
	case money.Fen:
		p.number = int64(v)
	case string:
		p.text = v
	default:
		return fail()
	}
	_, isText := r.Value.(string)
	if isText != (d.Type == Choice || d.Type == MonthDay) || p.number < 0 || d.Type == Percent && p.number > 100 {
		return fail()
	}
	var ok bool
	if p.Value, ok = shown(d, p); !ok {
		return fail()
	}
	return p, nil
}

// shown returns the value for people, false when a text is not one the type has.
func shown(d Definition, p Param) (string, bool) {
	switch d.Type {
	case Money:
		return money.Fen(p.number).String(), true
	case Choice:
		i := slices.IndexFunc(d.Choices, func(o Option) bool { return o.Value == p.text })
		if i < 0 {
			return "", false
		}
		return d.Choices[i].Label, true
	case MonthDay:
		month, day, _ := strings.Cut(p.text, "-")
		m, errM := strconv.Atoi(month)
		n, errD := strconv.Atoi(day)
		return fmt.Sprintf("%d月%d日", m, n), errM == nil && errD == nil && m >= 1 && m <= 12 && n >= 1 && n <= 31
	default:
		return strconv.FormatInt(p.number, 10), true
	}
}

// complete returns an error that names the keys of the closed list that p lacks.
func (p Params) complete() error {
	var missing []string
	for _, d := range definitions {
		if _, ok := p.byKey[d.Key]; !ok {
			missing = append(missing, string(d.Key))
		}
	}
	if len(missing) > 0 {
		return fmt.Errorf("policy: parameters missing: %s", strings.Join(missing, ", "))
	}
	return nil
}

// Int returns an Integer or Percent.
func (p Params) Int(k Key) int { return int(p.as(k, Integer, Percent).number) }

// Fen returns a Money.
func (p Params) Fen(k Key) money.Fen { return money.Fen(p.as(k, Money).number) }

// Text returns a Choice (its value, such as RegistrarSubdistrict) or a MonthDay (03-31).
func (p Params) Text(k Key) string { return p.as(k, Choice, MonthDay).text }

// Param returns the parameter with its article, source and 待确认 mark.
func (p Params) Param(k Key) Param { return p.as(k) }

// Has reports whether the set holds k; a loaded edition holds every key.
func (p Params) Has(k Key) bool { _, ok := p.byKey[k]; return ok }

func (p Params) as(k Key, types ...Type) Param {
	v, ok := p.byKey[k]
	if !ok {
		panic("policy: no parameter " + string(k))
	}
	if d, _ := definitionOf(k); len(types) > 0 && !slices.Contains(types, d.Type) {
		panic("policy: parameter " + string(k) + " is " + string(d.Type))
	}
	return v
}
