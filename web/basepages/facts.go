package basepages

import (
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/incubator"
	"civilaffairs/web/ui"
)

// factsView is the form for the facts of one base.
type factsView struct {
	Name, Host string
	Place      string // 坪山街道六联社区
	Slug       string
	Version    string
	Unknown    []string // labels of what is 待填写
	Typed      map[string]string
	OpenedOn   ui.DateParts
	Errors     ui.Errors
	Versions   []ui.Version // someone else saved in between
	Statuses   []ui.Option
}

// typedFields are the controls that hold one text each.
var typedFields = [...]string{
	incubator.FieldStatus, incubator.FieldAddress, incubator.FieldOpenHours, incubator.FieldPhone,
	incubator.FieldManager, incubator.FieldArea, incubator.FieldSeats, incubator.FieldFacilities,
}

func newFactsView(d incubator.Detail) factsView {
	b := d.Base
	v := factsView{
		Name: b.Name, Host: b.Host, Place: d.Regions.FullName(b.CommunityCode), Slug: b.Slug,
		Version: strconv.Itoa(b.Version), Unknown: b.Unknown(), OpenedOn: ui.DateOf(b.OpenedOn),
		Typed: map[string]string{
			incubator.FieldStatus: string(b.Status), incubator.FieldAddress: b.Address, incubator.FieldOpenHours: b.OpenHours,
			incubator.FieldPhone: b.Phone, incubator.FieldManager: b.Manager, incubator.FieldArea: number(b.AreaM2),
			incubator.FieldSeats: number(b.Seats), incubator.FieldFacilities: b.Facilities,
		},
	}
	for _, s := range incubator.Statuses {
		v.Statuses = append(v.Statuses, ui.Option{Value: string(s), Label: s.Name(), Hint: statusHints[s]})
	}
	return v
}

var statusHints = map[incubator.Status]string{
	incubator.Planned: "还没有揭牌",
	incubator.Open:    "已经揭牌，居民和组织可以来。要填地址和开放时间",
	incubator.Closed:  "不再开放，从公众的名单上撤下",
}

// retype puts back what was typed.
func (v *factsView) retype(f *form.Form) {
	for _, name := range typedFields {
		v.Typed[name] = f.Raw(name)
	}
	v.OpenedOn = ui.DateParts{
		Year: f.Raw(incubator.FieldOpenedOn + "-year"), Month: f.Raw(incubator.FieldOpenedOn + "-month"), Day: f.Raw(incubator.FieldOpenedOn + "-day"),
	}
}

// field is the control for one fact, with its value and its fault.
func (v factsView) field(name, label, hint string) ui.Field {
	return ui.Field{Name: name, Label: label, Hint: hint, Value: v.Typed[name], Error: v.Errors.For(name), Date: v.OpenedOn, Optional: true}
}

func (v factsView) required(f ui.Field) ui.Field { f.Optional = false; return f }

// with sets unit and width, or the length that is counted, of a field.
func with(f ui.Field, unit string, width int) ui.Field { f.Unit, f.Width = unit, width; return f }

func long(f ui.Field, most int) ui.Field { f.Max, f.Rows = most, 4; return f }

// readFacts reads the form. Lengths are those of the table.
func readFacts(f *form.Form) incubator.Facts {
	statuses := make([]string, len(incubator.Statuses))
	for i, s := range incubator.Statuses {
		statuses[i] = string(s)
	}
	return incubator.Facts{
		Status:     incubator.Status(f.Choice(incubator.FieldStatus, incubator.LabelStatus, statuses, form.Required)),
		OpenedOn:   f.Date(incubator.FieldOpenedOn, incubator.LabelOpenedOn),
		Address:    f.Text(incubator.FieldAddress, incubator.LabelAddress, form.Min(4), form.Max(100), form.NoEmoji),
		OpenHours:  f.Text(incubator.FieldOpenHours, incubator.LabelOpenHours, form.Min(2), form.Max(100), form.NoEmoji),
		Phone:      form.Parse(f, incubator.FieldPhone, incubator.LabelPhone, identifier.ParsePhone),
		Manager:    form.Parse(f, incubator.FieldManager, incubator.LabelManager, identifier.ParsePersonName),
		AreaM2:     optional(f, incubator.FieldArea, incubator.LabelArea, form.Min(1), form.Max(100000)),
		Seats:      optional(f, incubator.FieldSeats, incubator.LabelSeats, form.Min(0), form.Max(5000)),
		Facilities: f.Text(incubator.FieldFacilities, incubator.LabelFacilities, form.Multiline, form.Min(2), form.Max(500)),
	}
}

// optional reads a number of which nothing typed is unknown, not zero.
func optional(f *form.Form, name, label string, opts ...form.Option) *int {
	n := f.Int(name, label, opts...)
	if !f.Filled(name) {
		return nil
	}
	return &n
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

// versions lists what differs between the typed facts and the saved ones.
func versions(mine, theirs incubator.Facts) []ui.Version {
	var out []ui.Version
	day := func(d civil.Date) string { return d.Chinese() }
	for _, c := range []ui.Version{
		{Label: incubator.LabelStatus, Mine: mine.Status.Name(), Theirs: theirs.Status.Name()},
		{Label: incubator.LabelOpenedOn, Mine: day(mine.OpenedOn), Theirs: day(theirs.OpenedOn)},
		{Label: incubator.LabelAddress, Mine: mine.Address, Theirs: theirs.Address},
		{Label: incubator.LabelOpenHours, Mine: mine.OpenHours, Theirs: theirs.OpenHours},
		{Label: incubator.LabelPhone, Mine: mine.Phone, Theirs: theirs.Phone},
		{Label: incubator.LabelManager, Mine: mine.Manager, Theirs: theirs.Manager},
		{Label: incubator.LabelArea, Mine: number(mine.AreaM2), Theirs: number(theirs.AreaM2)},
		{Label: incubator.LabelSeats, Mine: number(mine.Seats), Theirs: number(theirs.Seats)},
		{Label: incubator.LabelFacilities, Mine: mine.Facilities, Theirs: theirs.Facilities},
	} {
		if c.Mine != c.Theirs {
			out = append(out, ui.Version{Label: c.Label, Mine: orBlank(c.Mine), Theirs: orBlank(c.Theirs)})
		}
	}
	return out
}

func orBlank(s string) string {
	if s == "" {
		return "（没有填）"
	}
	return s
}
