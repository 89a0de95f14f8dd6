package registry

import (
	"net/url"
	"slices"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
)

// Matter is a registered fact, or several that go together, that an organization
// asks to have changed.
type Matter string

// The closed list.
const (
	NameMatter       Matter = "name"
	HeadMatter       Matter = "head"
	PlaceMatter      Matter = "place"
	ScopeMatter      Matter = "scope"
	UnitMatter       Matter = "unit"
	CategoryMatter   Matter = "category"
	CapitalMatter    Matter = "capital"
	ConversionMatter Matter = "conversion"
)

// Matters lists them in the order of the form.
var Matters = []Matter{NameMatter, HeadMatter, PlaceMatter, ScopeMatter, UnitMatter, CategoryMatter, CapitalMatter, ConversionMatter}

// Name returns the Chinese name.
func (m Matter) Name() string {
	switch m {
	case NameMatter:
		return "名称"
	case HeadMatter:
		return "负责人"
	case PlaceMatter:
		return "住所或所属社区"
	case ScopeMatter:
		return "业务范围"
	case UnitMatter:
		return "业务主管（指导）单位"
	case CategoryMatter:
		return "业务类别"
	case CapitalMatter:
		return "开办资金"
	case ConversionMatter:
		return "备案转登记"
	}
	return string(m)
}

// What becomes of the old head's account.
const (
	StaysAsClerk = "clerk" // goes on as 经办人
	Leaves       = "leave" // the account closes
)

// ChangeRequest is an application for a change, as it is signed: only what was
// chosen is asked for and kept.
type ChangeRequest struct {
	Matters       []Matter              `json:"matters"`
	Lines         []Line                `json:"lines"` // what changes, old and new, in words
	Name          string                `json:"name,omitempty"`
	SimilarReason string                `json:"similar_reason,omitempty"`
	Head          *Person               `json:"head,omitempty"`
	HeadMany      string                `json:"head_many_reason,omitempty"`
	Username      string                `json:"head_username,omitempty"` // for a head without an account
	OldHead       string                `json:"old_head,omitempty"`
	Subdistrict   string                `json:"subdistrict,omitempty"`
	Community     string                `json:"community,omitempty"`
	Address       string                `json:"address,omitempty"`
	BusinessScope string                `json:"business_scope,omitempty"`
	Unit          string                `json:"supervising_unit,omitempty"`
	Category      organization.Category `json:"category,omitempty"`
	Capital       *money.Fen            `json:"registered_capital_fen,omitempty"`
	DecidedOn     civil.Date            `json:"decided_on"` // by the organization's own meeting
	Reason        string                `json:"reason"`
}

// Line is one change in words.
type Line struct {
	Label string `json:"label"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Has reports whether the request is about m.
func (c ChangeRequest) Has(m Matter) bool { return slices.Contains(c.Matters, m) }

// changing is the form of a change.
type changing struct{}

func (changing) statement() application.Statement {
	return application.Statement{Version: "change-1", Lines: []string{
		"变更已经按章程由有权的会议通过，申请内容和所附材料真实、完整。",
		"变更核准以后，交回原证书，换领新证书。",
		"变更负责人的，同意在核准当日把负责人账号移交给新负责人，未签署的草稿留给组织。",
	}}
}

func (changing) sections() []application.Section {
	head := append(headItems(), one("head_username", "新负责人的用户名"), one("old_head", "原负责人的账号"))
	values := []application.Item{one("name", "新名称"), one("similar_reason", "名称相近的说明")}
	values = append(append(values, head...), placeItems()...)
	values = append(values, one("business_scope", "业务范围"), one("supervising_unit", "业务主管（指导）单位"), one("category", "业务类别"),
		one("registered_capital", "开办资金"))
	return []application.Section{
		{Key: "matters", Title: "变更事项", Items: []application.Item{one("matters", "变更事项"), day("decided_on", "会议通过日期"), one("reason", "变更原因")}},
		{Key: "values", Title: "变更后的内容", Items: values},
	}
}

var changeSlots = []application.Slot{
	{Key: "minutes", Label: "会议纪要", Required: true, Hint: "按章程作出变更决定的会议，到会人签名"},
	{Key: "head_id", Label: "新负责人身份证件复印件", Required: true},
	{Key: "venue", Label: "新住所的使用证明", Required: true},
	{Key: "charter", Label: "修改后的章程", Required: true},
	{Key: "unit_approval", Label: "业务主管单位同意的文件", Required: true},
	{Key: "capital_proof", Label: "开办资金证明", Required: true},
	{Key: "other", Label: "其他材料", Max: 5},
	{Key: application.StampSlot, Label: "签字盖章的申请表", Hint: "只在用纸质签字时上传：打印申请表，负责人签字盖章后扫描"},
}

func (changing) allSlots() []application.Slot { return changeSlots }

// slots asks for the papers of what changes, and for no others.
func (changing) slots(v url.Values, s Subject) []application.Slot {
	has := func(list ...Matter) bool {
		return slices.ContainsFunc(list, func(m Matter) bool { return slices.Contains(v["matters"], string(m)) })
	}
	unit := s.Organization.SupervisingUnit != "" || has(UnitMatter)
	asked := map[string]bool{
		"head_id": has(HeadMatter), "venue": has(PlaceMatter), "charter": has(NameMatter, ScopeMatter, ConversionMatter),
		"capital_proof": has(CapitalMatter, ConversionMatter),
		"unit_approval": unit && has(NameMatter, HeadMatter, ScopeMatter, UnitMatter, ConversionMatter),
	}
	var out []application.Slot
	for _, slot := range changeSlots {
		if wanted, conditional := asked[slot.Key]; wanted || !conditional {
			out = append(out, slot)
		}
	}
	return out
}

func (changing) read(v url.Values, s Subject) (application.Document, []errs.Field) {
	r := newReader(v, s)
	o := s.Organization
	d := ChangeRequest{Matters: toMatters(r.Choices("matters", "变更事项", texts(Matters), form.Required))}
	r.fitting(d, o)
	d.DecidedOn = r.since("decided_on", "会议通过日期", o.EstablishedOn, "组织的成立日期")
	d.Reason = r.words("reason", "变更原因", form.Required, form.Multiline, form.Min(5), form.Max(500))
	in := organization.RegistrationOf(o)
	asked := r.changes(&d, &in, o)
	r.judge(&in, &o, asked...)
	d.take(in, o, s)
	if d.Head != nil {
		d.Head.Name, d.Head.number, d.Head.mobile = in.HeadName, in.HeadIDNumber, in.HeadMobile
		*d.Head = d.Head.masked()
	}
	return &d, r.Fields()
}

func toMatters(list []string) []Matter {
	out := make([]Matter, len(list))
	for i, m := range list {
		out[i] = Matter(m)
	}
	return out
}

// fitting refuses what the kind of organization has not.
func (r reader) fitting(d ChangeRequest, o organization.Organization) {
	switch {
	case d.Has(CapitalMatter) && o.Basis == organization.Filed && !d.Has(ConversionMatter):
		r.Fail("matters", "变更事项", "备案的组织没有开办资金。去掉“开办资金”")
	case d.Has(ConversionMatter) && o.Basis == organization.Registered:
		r.Fail("matters", "变更事项", "组织已经是登记的。去掉“备案转登记”")
	case d.Has(ConversionMatter) && d.Has(CapitalMatter):
		r.Fail("matters", "变更事项", "转登记时一并填写开办资金。去掉“开办资金”这一项")
	}
}

// changes reads the new values of what was chosen into in and returns the names
// that the record's rules are asked about.
func (r reader) changes(d *ChangeRequest, in *organization.Registration, o organization.Organization) (asked []string) {
	for _, m := range d.Matters {
		switch m {
		case NameMatter:
			r.newName(d, in, o)
			asked = append(asked, "name")
		case HeadMatter:
			r.newHead(d, in)
			asked = append(asked, "head_name", "head_id_no", "head_mobile")
		case PlaceMatter:
			r.place(in)
			r.differs("address", "住所", in.Address != o.Address || in.CommunityCode != o.CommunityCode)
			asked = append(asked, "subdistrict", "community", "address")
		case ScopeMatter:
			in.BusinessScope = r.words("business_scope", "业务范围", form.Required, form.Multiline, form.Min(5), form.Max(500))
			r.differs("business_scope", "业务范围", in.BusinessScope != o.BusinessScope)
			asked = append(asked, "business_scope")
		case UnitMatter:
			in.SupervisingUnit = r.words("supervising_unit", "业务主管（指导）单位", form.Max(60))
			r.differs("supervising_unit", "业务主管（指导）单位", in.SupervisingUnit != o.SupervisingUnit)
			asked = append(asked, "supervising_unit")
		case CategoryMatter:
			in.Category = choose(r, "category", "业务类别", organization.Categories, form.Required)
			r.differs("category", "业务类别", in.Category != o.Category)
			asked = append(asked, "category")
		case CapitalMatter, ConversionMatter:
			in.RegisteredCapital = r.capital()
			if c, was := in.RegisteredCapital, o.RegisteredCapital; m == CapitalMatter && c != nil && was != nil {
				r.differs("registered_capital", "开办资金", *c != *was)
			}
			asked = append(asked, "registered_capital")
			if m == ConversionMatter {
				in.Basis = organization.Registered
			}
		}
	}
	return asked
}

// differs refuses a change that changes nothing.
func (r reader) differs(name, label string, changed bool) {
	if !changed && !r.Failed(name) {
		r.Fail(name, label, "和现在登记的一样。改成新的内容，或在变更事项里去掉这一项")
	}
}

func (r reader) newName(d *ChangeRequest, in *organization.Registration, o organization.Organization) {
	in.Name = r.words("name", "新名称", form.Required, form.Max(200))
	if part := unfit(in.Name); part != "" && !r.Failed("name") {
		r.Fail("name", "新名称", part)
	}
	r.differs("name", "新名称", in.Name != o.Name)
	d.SimilarReason = r.words("similar_reason", "名称相近的说明", form.Multiline, form.Max(300))
}

func (r reader) newHead(d *ChangeRequest, in *organization.Registration) {
	head := r.head()
	d.Head = &head
	in.HeadName, in.HeadIDType, in.HeadIDNumber, in.HeadMobile = head.Name, head.IDType, head.number, head.mobile
	d.HeadMany = r.words("head_many_reason", "同时担任其他组织负责人的说明", form.Multiline, form.Max(300))
	d.Username = r.Code("head_username", "新负责人的用户名", form.Max(32))
	d.OldHead = r.Choice("old_head", "原负责人的账号", []string{StaysAsClerk, Leaves}, form.Required)
}

// take keeps what was chosen, in the form that is stored, with the old beside it.
func (c *ChangeRequest) take(in organization.Registration, o organization.Organization, s Subject) {
	line := func(label, from, to string) {
		c.Lines = append(c.Lines, Line{label, dash(from), dash(to)})
	}
	for _, m := range c.Matters {
		switch m {
		case NameMatter:
			c.Name = in.Name
			line("名称", o.Name, in.Name)
		case HeadMatter:
			line("负责人", o.HeadName, in.HeadName)
		case PlaceMatter:
			c.Subdistrict, c.Community, c.Address = in.SubdistrictCode, in.CommunityCode, in.Address
			line("住所", s.Regions.FullName(o.CommunityCode)+o.Address, s.Regions.FullName(in.CommunityCode)+in.Address)
		case ScopeMatter:
			c.BusinessScope = in.BusinessScope
			line("业务范围", o.BusinessScope, in.BusinessScope)
		case UnitMatter:
			c.Unit = in.SupervisingUnit
			line("业务主管（指导）单位", o.SupervisingUnit, in.SupervisingUnit)
		case CategoryMatter:
			c.Category = in.Category
			line("业务类别", o.Category.Name(), in.Category.Name())
		case CapitalMatter:
			c.Capital = in.RegisteredCapital
			line("开办资金", yuan(o.RegisteredCapital), yuan(in.RegisteredCapital))
		case ConversionMatter:
			c.Capital = in.RegisteredCapital
			line("管理方式", o.Basis.Name(), organization.Registered.Name())
			line("开办资金", "", yuan(in.RegisteredCapital))
		}
	}
}

func dash(s string) string {
	if s == "" {
		return "没有"
	}
	return s
}

func yuan(fen *money.Fen) string {
	if fen == nil {
		return ""
	}
	return fen.String() + " 元"
}
