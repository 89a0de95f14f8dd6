package organization

import (
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/money"
	"civilaffairs/internal/person"

	"github.com/google/uuid"
)

// Registration is what a registrar records about an organization. The control
// names of its fields are the names in the errors.
type Registration struct {
	Token   string    // of the form: sent twice makes one organization
	ClaimID uuid.UUID // the account claim it comes from, or zero

	Name               string
	Type               OrgType
	Basis              Basis
	Category           Category
	USCC               string
	USCCOverrideReason string // why a code is taken that does not add up
	FilingNo           string
	EstablishedOn      civil.Date
	Registrar          string
	Origin             Origin
	HeadName           string
	HeadIDType         person.IDType
	HeadIDNumber       string // "" keeps the head's number when correcting
	HeadMobile         string // "" keeps the number when correcting
	SubdistrictCode    string
	CommunityCode      string
	Address            string
	SupervisingUnit    string
	BusinessScope      string
	RegisteredCapital  *money.Fen

	Accept []string // codes of the warnings that the person has looked into
}

// normalise brings the identifiers to the form that is stored and compared, and
// checks every field by itself. known is today's record when correcting, nil
// for a new organization.
func (in *Registration) normalise(today civil.Date, regions *district.RegionSet, known *Organization) errs.Faults {
	var f errs.Faults
	in.Name = take1(&f, "name", "组织名称", in.Name, identifier.ParseOrganizationName)
	errs.OneOf(&f, "org_type", "组织类型", in.Type, OrgTypes)
	errs.OneOf(&f, "status_basis", "管理方式", in.Basis, Bases)
	errs.OneOf(&f, "category", "业务类别", in.Category, Categories)
	in.checkNumbers(&f)
	switch {
	case !in.EstablishedOn.Valid():
		f.Add("established_on", "成立日期", "填登记或备案证书上的成立日期。")
	case in.EstablishedOn.After(today):
		f.Add("established_on", "成立日期", in.EstablishedOn.Chinese()+"还没到。填证书上的日期，不晚于今天。")
	case in.EstablishedOn.Before(civil.Of(1949, 10, 1)):
		f.Add("established_on", "成立日期", in.EstablishedOn.Chinese()+"太早。看着证书核对年份。")
	}
	f.Length("registrar", "登记或备案机关", in.Registrar, 2, 60)
	errs.OneOf(&f, "origin", "成立方式", in.Origin, Origins)
	in.checkHead(&f, today, known)
	in.checkPlace(&f, today, regions, known)
	f.Length("address", "住所", in.Address, 0, 200)
	f.Length("supervising_unit", "业务主管（指导）单位", in.SupervisingUnit, 0, 60)
	f.Length("business_scope", "业务范围", in.BusinessScope, 0, 500)
	switch {
	case in.RegisteredCapital == nil:
	case in.Basis == Filed:
		f.Add("registered_capital", "开办资金", "备案的组织没有开办资金。把这一栏清空。")
	case *in.RegisteredCapital < 0:
		f.Add("registered_capital", "开办资金", "开办资金不能是负数。按登记证书填。")
	}
	return f
}

// Check brings what an application says into the form that is stored and compared
// and returns what is wrong with it; its approval will record it. The numbers that
// only the decision gives are not asked for. known is the record that is to be
// changed, nil for a new organization.
func (in *Registration) Check(today civil.Date, regions *district.RegionSet, known *Organization) []errs.Field {
	return slices.DeleteFunc(in.normalise(today, regions, known), func(f errs.Field) bool {
		return f.Name == "uscc" || f.Name == "uscc_override_reason" || f.Name == "filing_no"
	})
}

// checkNumbers applies domain §1.5: a registered organization has a credit code
// whose type agrees; a filed one has a filing number and, as it is no legal
// person, no credit code. An office may take a deviating code with a reason.
func (in *Registration) checkNumbers(f *errs.Faults) {
	in.USCCOverrideReason = strings.TrimSpace(in.USCCOverrideReason)
	reasoned := utf8.RuneCountInString(in.USCCOverrideReason) >= 5
	needed := in.checkCode(f, reasoned)
	switch {
	case !needed:
		in.USCCOverrideReason = ""
	default:
		f.Length("uscc_override_reason", "例外理由", in.USCCOverrideReason, 0, 200)
	}
	if in.Basis == Filed || in.FilingNo != "" {
		no, err := identifier.ParseFilingNo(in.FilingNo)
		in.FilingNo = errs.Take(f, "filing_no", "备案编号", no, err)
	}
}

// checkCode reports whether the code is taken only because of the reason given.
func (in *Registration) checkCode(f *errs.Faults, reasoned bool) (exception bool) {
	const field, label = "uscc", "统一社会信用代码"
	if in.Basis == Filed && in.USCC == "" {
		return false
	}
	code, err := identifier.ParseCreditCode(in.USCC)
	switch {
	case errors.Is(err, identifier.ErrChecksum) && reasoned:
		exception = true
	case errors.Is(err, identifier.ErrChecksum):
		f.Add(field, label, errs.Message(err)+"。证书上确实是这个代码的，在“例外理由”里写明。")
		return false
	case err != nil:
		f.Add(field, label, errs.Message(err))
		return false
	}
	in.USCC = string(code)
	if err := code.Match(in.Type.codeKind()); err != nil && slices.Contains(OrgTypes, in.Type) {
		f.Add(field, label, errs.Message(err))
	}
	if in.Basis == Filed {
		if !reasoned {
			f.Add(field, label, "备案的组织没有法人资格，一般没有统一社会信用代码。把这一栏清空；确有代码的，在“例外理由”里写明来源。")
		}
		exception = true
	}
	return exception
}

func (t OrgType) codeKind() identifier.OrgKind {
	switch t {
	case Association:
		return identifier.Association
	case SocialService:
		return identifier.SocialService
	}
	return identifier.Foundation
}

// checkHead wants the document of a new head: two heads of one name are two
// people until their numbers say otherwise.
func (in *Registration) checkHead(f *errs.Faults, today civil.Date, known *Organization) {
	name, err := identifier.ParsePersonName(in.HeadName)
	in.HeadName = errs.Take(f, "head_name", "负责人姓名", name, err)
	same := known != nil && known.HeadName == in.HeadName
	if in.HeadIDNumber != "" || !same {
		in.HeadIDNumber = take1(f, "head_id_no", "负责人证件号码", in.HeadIDNumber, func(s string) (string, error) {
			return ParseID(in.HeadIDType, s, today)
		})
	}
	if in.HeadMobile != "" || !same {
		in.HeadMobile = take1(f, "head_mobile", "负责人手机", in.HeadMobile, identifier.ParseMobile)
	}
}

func take1(f *errs.Faults, name, label, v string, parse func(string) (string, error)) string {
	out, err := parse(v)
	return errs.Take(f, name, label, out, err)
}

// adultMonths is the age from which a person can answer for an organization.
const adultMonths = 18 * 12

// ParseID reads the number of an identity document of somebody who answers for
// an organization, or founds one: of age.
func ParseID(t person.IDType, s string, today civil.Date) (string, error) {
	number, born, err := person.ParseNumber(t, s, today)
	if err == nil && !born.IsZero() && born.AddMonths(adultMonths).After(today) {
		err = errs.New(errs.Invalid, "按证件上的出生日期，未满 18 岁。核对证件号码。")
	}
	return number, err
}

// checkPlace lets a community that has ended stay on an old record, but takes no
// new organization there.
func (in *Registration) checkPlace(f *errs.Faults, today civil.Date, regions *district.RegionSet, known *Organization) {
	sub, ok := regions.Get(in.SubdistrictCode)
	if !ok || sub.Kind != district.Subdistrict {
		f.Add("subdistrict", "所属街道", "选所属街道。")
		return
	}
	com, ok := regions.Get(in.CommunityCode)
	unchanged := known != nil && known.CommunityCode == in.CommunityCode
	switch {
	case !ok || com.Kind != district.Community:
		f.Add("community", "所属社区", "选所属社区。")
	case com.ParentCode != in.SubdistrictCode:
		f.Add("community", "所属社区", com.Name+"不在"+sub.Name+"，它属于"+regions.Name(com.ParentCode)+"。改街道，或改社区。")
	case !com.In(today) && !unchanged:
		f.Add("community", "所属社区", com.Name+"已经撤销。选现在的社区。")
	}
}

// localDivision is the division in credit codes of the district's own registrar.
const localDivision = "440310"

// ownWarnings are those that the record alone gives rise to.
func (in Registration) ownWarnings() []errs.Warning {
	if d := identifier.CreditCode(in.USCC).Division(); d != "" && d != localDivision {
		return []errs.Warning{{Code: "division", Message: "代码第 3 至 8 位是 " + d + "，不是坪山区的 " + localDivision +
			"。2017 年以前在别处登记的组织可以这样，看着证书核对。"}}
	}
	return nil
}
