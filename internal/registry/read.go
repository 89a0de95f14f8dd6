package registry

import (
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"
)

// reader reads a form of the registry: what was typed into it, and the rules of
// the organization's record behind it.
type reader struct {
	*form.Form
	s Subject
}

func newReader(v url.Values, s Subject) reader { return reader{form.New(v), s} }

// words reads a text that will stand on papers: no emoji, no markup.
func (r reader) words(name, label string, opts ...form.Option) string {
	text := r.Text(name, label, append(opts, form.NoEmoji)...)
	if strings.ContainsAny(text, "<>") {
		r.Fail(name, label, label+"里有“<”或“>”。用文字写，或换成书名号、括号")
		return ""
	}
	return text
}

func choose[T ~string](r reader, name, label string, options []T, opts ...form.Option) T {
	return T(r.Choice(name, label, texts(options), opts...))
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// judge adds the faults that the record would find: its rules have one place.
// Only those of the named fields: the others were not asked for.
func (r reader) judge(in *organization.Registration, known *organization.Organization, asked ...string) {
	for _, fault := range in.Check(r.s.Today, r.s.Regions, known) {
		if slices.Contains(asked, fault.Name) {
			r.Fail(fault.Name, fault.Label, fault.Message)
		}
	}
}

// Person is somebody whom a document names. Number and mobile are sealed in the
// tables of the registry and stand masked in what is kept as signed.
type Person struct {
	Name       string        `json:"name"`
	IDType     person.IDType `json:"id_type,omitempty"`
	IDMask     string        `json:"id_mask,omitempty"`
	MobileMask string        `json:"mobile_mask,omitempty"`

	number, mobile string
}

// masked returns p with what may be shown of its numbers.
func (p Person) masked() Person {
	if p.number != "" {
		p.IDMask = secret.MaskResidentID(p.number)
	}
	if p.mobile != "" {
		p.MobileMask = secret.MaskMobile(p.mobile)
	}
	return p
}

// idType reads the kind of document of a control; the resident's card when
// nothing was chosen.
func (r reader) idType(name, label string) person.IDType {
	t := choose(r, name, label, person.IDTypes)
	if t == "" && !r.Failed(name) {
		t = person.ResidentID
	}
	return t
}

// typed is the head as typed; the record's rules judge it.
func (r reader) head() Person {
	p := Person{Name: r.words("head_name", "负责人姓名", form.Required)}
	p.IDType = r.idType("head_id_type", "负责人证件类型")
	p.number = r.Code("head_id_no", "负责人证件号码", form.Required)
	p.mobile = r.Code("head_mobile", "负责人手机", form.Required)
	return p
}

// place reads where it is.
func (r reader) place(in *organization.Registration) {
	in.SubdistrictCode = r.Code("subdistrict", "所属街道")
	in.CommunityCode = r.Code("community", "所属社区")
	in.Address = r.words("address", "住所", form.Required, form.Min(5), form.Max(200))
}

func one(name, label string) application.Item {
	return application.Item{Name: name, Label: label, Controls: []string{name}}
}

// day is an item of a date: one box, or three.
func day(name, label string) application.Item {
	return many(name, label, name+"-year", name+"-month", name+"-day")
}

func sealedItem(name, label string) application.Item {
	i := one(name, label)
	i.Sealed = true
	return i
}

func many(name, label string, controls ...string) application.Item {
	return application.Item{Name: name, Label: label, Controls: append([]string{name}, controls...)}
}

// headItems are the parts of a head that a correction can name.
func headItems() []application.Item {
	return []application.Item{one("head_name", "负责人姓名"), one("head_id_type", "负责人证件类型"),
		sealedItem("head_id_no", "负责人证件号码"), sealedItem("head_mobile", "负责人手机"),
		one("head_many_reason", "同时担任其他组织负责人的说明")}
}

// placeItems are the parts of a place.
func placeItems() []application.Item {
	return []application.Item{one("subdistrict", "所属街道"), one("community", "所属社区"), one("address", "住所")}
}

func fault(name, label, message string) errs.Field {
	return errs.Field{Name: name, Label: label, Message: message}
}
