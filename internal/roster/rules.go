package roster

import (
	"fmt"
	"slices"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/person"

	"github.com/google/uuid"
)

// Input is what is entered about one member. The control names of its fields are
// the names in the errors.
type Input struct {
	Name          string        // name
	IDType        person.IDType // id_type
	IDNumber      string        // id_no; may be empty unless full-time
	Post          Post          // post
	FullTime      bool          // full_time
	Education     Education     // education
	Qualification Qualification // qualification
	JoinedOn      civil.Date    // joined_on
	LeftOn        civil.Date    // left_on; zero while there
	LeftReason    Reason        // left_reason
	Terms                       // contract_employer, contract_unit, contract_from, contract_to; months, payer, payer_unit

	Accept []string // codes of the warnings that somebody has looked into
}

// around is what a member is judged by besides what was entered.
type around struct {
	today         civil.Date
	establishedOn civil.Date
	here          []Member    // other stays of the person in the organization
	elsewhere     []elsewhere // stays of the person in other organizations
	named         bool        // the actor may know where
	documented    bool        // the person's document number is on record
}

// elsewhere is a stay in another organization.
type elsewhere struct {
	Member
	OrgName string `db:"org_name"`
}

// Ages at which the law asks for a look, and under which nobody may work.
const (
	leastAge = 16
	adultAge = 18
	oldAge   = 65
)

// check brings what was entered to the form that is stored and judges it.
func (in *Input) check(a around) (errs.Faults, []errs.Warning) {
	var f errs.Faults
	var w []errs.Warning
	born := in.checkPerson(&f, a)
	errs.OneOf(&f, "post", "职务", in.Post, Posts)
	optional(&f, "education", "学历", in.Education, Educations)
	optional(&f, "qualification", "职业资格", in.Qualification, Qualifications)
	if in.FullTime && in.Post == Volunteer {
		f.Add("full_time", "专职", "骨干义工不是专职。改职务，或选“不是专职”。")
	}
	in.checkStay(&f, a)
	in.sort()
	w = append(w, in.checkContracts(&f)...)
	w = append(w, in.checkMonths(&f, a.today)...)
	if len(f) == 0 {
		w = append(w, in.warnings(a, born)...)
	}
	return f, w
}

// checkPerson wants a document of who works full-time; of others it may be left
// out, because nothing is paid on their account.
func (in *Input) checkPerson(f *errs.Faults, a around) (born civil.Date) {
	name, err := identifier.ParsePersonName(in.Name)
	in.Name = errs.Take(f, "name", "姓名", name, err)
	switch {
	case in.IDNumber != "":
		var number string
		number, born, err = person.ParseNumber(in.IDType, in.IDNumber, a.today)
		in.IDNumber = errs.Take(f, "id_no", "证件号码", number, err)
		if err == nil && !born.IsZero() && in.age(born, a.today) < leastAge {
			f.Add("id_no", "证件号码", "按证件上的出生日期，未满 16 岁。核对证件号码；未满 16 岁的不登记。")
		}
	case a.documented:
	case in.FullTime:
		f.Add("id_no", "证件号码", "专职人员要填证件号码。加密保存，页面上只显示首尾。")
	default:
		in.IDType = person.None
	}
	return born
}

// age is the person's on the day of joining, or today for one who is to come.
func (in *Input) age(born, today civil.Date) int {
	on := today
	if !in.JoinedOn.IsZero() && in.JoinedOn.Before(today) {
		on = in.JoinedOn
	}
	years := on.Year - born.Year
	if born.AddMonths(12 * years).After(on) {
		years--
	}
	return years
}

func (in *Input) checkStay(f *errs.Faults, a around) {
	switch {
	case in.JoinedOn.IsZero():
		f.Add("joined_on", "加入日期", "填加入日期，年、月、日都要填。")
	case !in.JoinedOn.Valid() || in.JoinedOn.Before(civil.Of(1949, 10, 1)):
		f.Add("joined_on", "加入日期", "这一天不对。核对年、月、日。")
	case in.JoinedOn.After(a.today):
		f.Add("joined_on", "加入日期", in.JoinedOn.Chinese()+"还没到。填今天或以前的日期。")
	}
	switch {
	case in.LeftOn.IsZero() && in.LeftReason != "":
		f.Add("left_on", "最后一天", "填了离开原因，也要填最后一天。还在的，两项都不填。")
	case in.LeftOn.IsZero():
	case !in.LeftOn.Valid() || in.LeftOn.After(a.today):
		f.Add("left_on", "最后一天", in.LeftOn.Chinese()+"还没到。离开以后再登记。")
	case in.LeftOn.Before(in.JoinedOn):
		f.Add("left_on", "最后一天", "早于加入日期"+in.JoinedOn.Chinese()+"。核对日期。")
	}
	if !in.LeftOn.IsZero() {
		errs.OneOf(f, "left_reason", "离开原因", in.LeftReason, Reasons)
	}
	for _, m := range a.here {
		if m.overlaps(in.JoinedOn, in.LeftOn) {
			f.Add("joined_on", "加入日期", in.Name+"在这个组织已经登记过一段，"+span(m.JoinedOn, m.LeftOn)+"，时间重叠。"+in.apart())
			return
		}
	}
}

// apart says how to tell two stays apart.
func (in *Input) apart() string {
	if in.IDNumber == "" && in.IDType == person.None {
		return "同名的另一个人，填证件号码区分；同一个人的，改原来那一段。"
	}
	return "改原来那一段，或核对日期。"
}

// checkContracts keeps contracts inside the stay and apart from each other.
func (in *Input) checkContracts(f *errs.Faults) []errs.Warning {
	var w []errs.Warning
	for i := range in.Contracts {
		c := &in.Contracts[i]
		c.Unit = checkPayer(f, "contract_employer", "contract_unit", "签合同的单位", "代签单位名称", c.Employer, c.Unit)
		switch {
		case !c.From.Valid():
			f.Add("contract_from", "合同起始日期", "填合同起始日期，年、月、日都要填。")
		case c.From.Before(in.JoinedOn):
			f.Add("contract_from", "合同起始日期", c.From.Chinese()+"早于加入日期"+in.JoinedOn.Chinese()+"。核对日期，或改加入日期。")
		case !in.LeftOn.IsZero() && c.From.After(in.LeftOn):
			f.Add("contract_from", "合同起始日期", c.From.Chinese()+"晚于离开的日期"+in.LeftOn.Chinese()+"。核对日期。")
		case !c.To.IsZero() && !c.To.Valid():
			f.Add("contract_to", "合同到期日期", "这一天不存在。核对年、月、日。")
		case !c.To.IsZero() && c.To.Before(c.From):
			f.Add("contract_to", "合同到期日期", c.To.Chinese()+"早于起始日期"+c.From.Chinese()+"。核对日期。")
		case i > 0 && meet(in.Contracts[i-1].From, in.Contracts[i-1].To, c.From, c.To):
			f.Add("contract_from", "合同起始日期", "和另一份合同（"+span(in.Contracts[i-1].From, in.Contracts[i-1].To)+"）时间重叠。核对两份合同的起止。")
		case !in.LeftOn.IsZero() && (c.To.IsZero() || c.To.After(in.LeftOn)):
			w = append(w, errs.Warning{Code: "contract_after", Message: "合同（" + span(c.From, c.To) + "）晚于离开的日期" + in.LeftOn.Chinese() + "到期。核对是否提前解除。"})
		}
	}
	return w
}

// checkPayer returns the name of the agent, "" for the organization itself.
func checkPayer(f *errs.Faults, payer, unit, label, agent string, p Payer, name string) string {
	errs.OneOf(f, payer, label, p, Payers)
	if p != Agent {
		return ""
	}
	name = strings.TrimSpace(name)
	f.Length(unit, agent, name, 4, 60)
	return name
}

func (in *Input) checkMonths(f *errs.Faults, today civil.Date) []errs.Warning {
	var outside []string
	before := len(*f)
	for i := range in.Months {
		x := &in.Months[i]
		x.Unit = checkPayer(f, "payer", "payer_unit", "缴纳单位", "代缴单位名称", x.Payer, x.Unit)
		switch {
		case x.Month.First().After(today):
			f.Add("months", "参保月份", x.Month.Chinese()+"还没到。只勾已经缴纳的月份。")
		case i > 0 && in.Months[i-1].Month == x.Month:
			f.Add("months", "参保月份", x.Month.Chinese()+"填了两次。一个月只记一次。")
		case !x.Month.Overlaps(in.JoinedOn, in.LeftOn):
			f.Add("months", "参保月份", x.Month.Chinese()+"不在任职期间（"+span(in.JoinedOn, in.LeftOn)+"）。只记在本组织任职的月份。")
		case !in.Covers(x.Month):
			outside = append(outside, x.Month.String())
		}
		if len(*f) > before {
			return nil // one fault of the months is enough
		}
	}
	if len(outside) == 0 {
		return nil
	}
	if len(outside) > 6 {
		outside = append(outside[:6], fmt.Sprintf("等 %d 个月", len(outside)))
	}
	return []errs.Warning{{Code: "outside_contract", Message: "参保月份 " + strings.Join(outside, "、") + " 没有劳动合同。申请人才补贴时不算专职，核对合同的起止。"}}
}

// warnings are odd, but may be right.
func (in *Input) warnings(a around, born civil.Date) []errs.Warning {
	var w []errs.Warning
	warn := func(code, message string) { w = append(w, errs.Warning{Code: code, Message: message}) }
	if !born.IsZero() {
		switch age := in.age(born, a.today); {
		case age < adultAge:
			warn("minor", fmt.Sprintf("按证件加入时 %d 岁，未成年。核对证件号码和用工手续。", age))
		case age > oldAge:
			warn("old", fmt.Sprintf("按证件加入时 %d 岁，已过退休年龄。核对证件号码和用工形式。", age))
		}
	}
	if in.JoinedOn.Before(a.establishedOn) {
		warn("before_founding", "加入日期早于组织的成立日期"+a.establishedOn.Chinese()+"。更名、合并以前就在的可以这样，核对日期。")
	}
	if in.FullTime {
		w = append(w, doubled(in, a)...)
	}
	return w
}

// doubled warns of who works full-time in two organizations at a time. An
// organization is not told which the other one is.
func doubled(in *Input, a around) []errs.Warning {
	var names []string
	for _, m := range a.elsewhere {
		if m.FullTime && sharesMonth(in.JoinedOn, in.LeftOn, m.JoinedOn, m.LeftOn) && !slices.Contains(names, m.OrgName) {
			names = append(names, m.OrgName)
		}
	}
	if len(names) == 0 {
		return nil
	}
	where := "另一个组织"
	if a.named {
		where = strings.Join(names, "、")
	}
	return []errs.Warning{{Code: "full_time_elsewhere", Message: in.Name + "同一个月在" + where + "也登记为专职。一个人一个月只能在一个组织算专职，和本人核对。"}}
}

// sharesMonth reports whether two stays have a month in common.
func sharesMonth(from, to, from2, to2 civil.Date) bool {
	whole := func(d civil.Date) civil.Date {
		if d.IsZero() {
			return d
		}
		return civil.MonthOf(d).Last()
	}
	return meet(civil.MonthOf(from).First(), whole(to), civil.MonthOf(from2).First(), whole(to2))
}

func optional[T ~string](f *errs.Faults, name, label string, v T, options []T) {
	if v != "" {
		errs.OneOf(f, name, label, v, options)
	}
}

// span shows two days, the second of which may be open.
func span(from, to civil.Date) string {
	if to.IsZero() {
		return from.String() + " 起"
	}
	return from.String() + " 至 " + to.String()
}

// differs names what of a stay on record is otherwise than entered.
func (in Input) differs(m Member, t Terms) []string {
	var out []string
	for _, c := range []struct {
		label string
		same  bool
	}{
		{"职务", in.Post == m.Post}, {"专职", in.FullTime == m.FullTime}, {"学历", in.Education == m.Education},
		{"职业资格", in.Qualification == m.Qualification}, {"最后一天", in.LeftOn == m.LeftOn}, {"离开原因", in.LeftReason == m.LeftReason},
		{"劳动合同", slices.Equal(in.Contracts, t.Contracts)}, {"参保月份", slices.Equal(in.Months, t.Months)},
	} {
		if !c.same {
			out = append(out, c.label)
		}
	}
	return out
}

// input is what was entered to make m, for a check after a part was changed.
func (m Member) input(t Terms) Input {
	return Input{Name: m.Name, IDType: m.IDType, Post: m.Post, FullTime: m.FullTime, Education: m.Education, Qualification: m.Qualification,
		JoinedOn: m.JoinedOn, LeftOn: m.LeftOn, LeftReason: m.LeftReason, Terms: t}
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
