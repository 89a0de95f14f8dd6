package registry

import (
	"fmt"
	"net/url"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// MergerRequest is an application for a merger, as it is signed. The applicant is
// a party: in an absorption the one that goes on.
type MergerRequest struct {
	Way         organization.SuccessionKind `json:"way"`
	Parties     []Party                     `json:"parties"` // the others
	DecidedOn   civil.Date                  `json:"decided_on"`
	Reason      string                      `json:"reason"`
	Arrangement string                      `json:"arrangement"` // claims, debts, property, staff
	New         *NewParty                   `json:"new,omitempty"`
}

// Party is an organization that merges.
type Party struct {
	ID     uuid.UUID `json:"id"`
	Name   string    `json:"name"`
	Number string    `json:"number"`
}

// NewParty is what comes of a consolidation.
type NewParty struct {
	Name          string                `json:"name"`
	SimilarReason string                `json:"similar_reason,omitempty"`
	Type          organization.OrgType  `json:"org_type"`
	Basis         organization.Basis    `json:"basis"`
	Category      organization.Category `json:"category"`
	BusinessScope string                `json:"business_scope"`
	Unit          string                `json:"supervising_unit,omitempty"`
	Subdistrict   string                `json:"subdistrict"`
	Community     string                `json:"community"`
	Address       string                `json:"address"`
	Capital       *money.Fen            `json:"registered_capital_fen,omitempty"`
	Head          Person                `json:"head"`
	HeadMany      string                `json:"head_many_reason,omitempty"`
	Username      string                `json:"head_username,omitempty"` // for a head without an account in any of the parties
}

// MaxParties is how many other parties a merger has at most.
const MaxParties = 9

// PartyControl returns the name of the control for the number of the i-th other
// party (from 1): credit code or filing number.
func PartyControl(i int) string { return fmt.Sprintf("party-%d-number", i) }

// merging is the form of a merger.
type merging struct{}

func (merging) statement() application.Statement {
	return application.Statement{Version: "merger-1", Lines: []string{
		"合并已经各方按章程由有权的会议通过，申请内容和所附材料真实、完整。",
		"被合并的组织的债权债务、财产、未尽义务和历史记录由存续或新设的组织承接。",
		"存续或新设的组织不按新成立的组织申请扶持。",
	}}
}

func (merging) sections() []application.Section {
	fresh := []application.Item{one("name", "新组织的名称"), one("similar_reason", "名称相近的说明"), one("category", "业务类别"),
		one("business_scope", "业务范围"), one("supervising_unit", "业务主管（指导）单位"), one("registered_capital", "开办资金")}
	fresh = append(append(fresh, placeItems()...), headItems()...)
	fresh = append(fresh, one("head_username", "负责人的用户名"))
	return []application.Section{
		{Key: "parties", Title: "合并方式和各方", Items: []application.Item{one("way", "合并方式"), many("parties", "其他各方", "party-*")}},
		{Key: "terms", Title: "决议和承接安排", Items: []application.Item{day("decided_on", "会议通过日期"), one("reason", "合并原因"), one("arrangement", "承接安排")}},
		{Key: "new", Title: "新设的组织（新设合并时填写）", Items: fresh},
	}
}

var mergerSlots = []application.Slot{
	{Key: "agreement", Label: "合并协议", Required: true, Hint: "各方负责人签名，写明财产、债权债务和人员的安排"},
	{Key: "minutes", Label: "各方的会议纪要", Required: true, Max: 10},
	{Key: "liquidation", Label: "财产清单和审计或清算报告", Required: true},
	{Key: "charter", Label: "章程（草案或修改稿）", Required: true},
	{Key: "head_id", Label: "新负责人身份证件复印件", Required: true},
	{Key: "venue", Label: "场所使用证明", Required: true},
	{Key: "unit_approval", Label: "业务主管单位同意的文件", Required: true},
	{Key: "capital_proof", Label: "开办资金证明", Required: true},
	{Key: "other", Label: "其他材料", Max: 5},
	{Key: application.StampSlot, Label: "签字盖章的申请表", Hint: "只在用纸质签字时上传：打印申请表，负责人签字盖章后扫描"},
}

func (merging) allSlots() []application.Slot { return mergerSlots }

func (merging) slots(v url.Values, s Subject) []application.Slot {
	fresh := v.Get("way") == string(organization.Consolidation)
	registered := s.Organization.Basis == organization.Registered
	asked := map[string]bool{"head_id": fresh, "venue": fresh, "capital_proof": fresh && registered,
		"unit_approval": registered && s.Organization.SupervisingUnit != ""}
	var out []application.Slot
	for _, slot := range mergerSlots {
		if wanted, conditional := asked[slot.Key]; wanted || !conditional {
			out = append(out, slot)
		}
	}
	return out
}

func (merging) read(v url.Values, s Subject) (application.Document, []errs.Field) {
	r := newReader(v, s)
	d := MergerRequest{Way: choose(r, "way", "合并方式", organization.SuccessionKinds, form.Required)}
	d.Parties = r.parties()
	d.DecidedOn = r.since("decided_on", "会议通过日期", s.Organization.EstablishedOn, "组织的成立日期")
	d.Reason = r.words("reason", "合并原因", form.Required, form.Multiline, form.Min(10), form.Max(1000))
	d.Arrangement = r.words("arrangement", "承接安排", form.Required, form.Multiline, form.Min(10), form.Max(1000))
	if d.Way == organization.Consolidation {
		d.New = r.newParty()
	}
	return &d, r.Fields()
}

// parties reads the numbers of the others. Of organizations that cannot merge
// with the applicant each says why at its own box.
func (r reader) parties() []Party {
	var list []Party
	seen := map[uuid.UUID]bool{}
	for i := 1; i <= MaxParties; i++ {
		control, label := PartyControl(i), fmt.Sprintf("第 %d 方的代码或编号", i)
		if !r.Filled(control) {
			continue
		}
		number := form.Parse(r.Form, control, label, organizationNumber)
		o, known := r.s.Parties[number]
		own := r.s.Organization
		switch {
		case r.Failed(control):
		case !known:
			r.Fail(control, label, "组织库里没有“"+number+"”。看着对方的证书核对")
		case o.ID == own.ID:
			r.Fail(control, label, "这是本组织。填其他各方的代码或编号")
		case seen[o.ID]:
			r.Fail(control, label, o.Name+"填了两次。删掉一处")
		case o.Status.Final():
			r.Fail(control, label, o.Name+o.Status.Name()+"，不能再合并。删掉这一方")
		case o.Type != own.Type:
			r.Fail(control, label, o.Name+"是"+o.Type.Name()+"，本组织是"+own.Type.Name()+"。同一类型的组织才能合并")
		default:
			list = append(list, Party{o.ID, o.Name, number})
		}
		seen[o.ID] = true
	}
	if len(list) == 0 {
		r.Fail("parties", "其他各方", "至少填一方的统一社会信用代码或备案编号")
	}
	return list
}

// organizationNumber reads a credit code or a filing number, whichever it looks
// like.
func organizationNumber(s string) (string, error) {
	if strings.ContainsAny(s, "备第号") {
		return identifier.ParseFilingNo(s)
	}
	code, err := identifier.ParseCreditCode(s)
	return string(code), err
}

// typedNumbers are the numbers of the parties that can be read.
func typedNumbers(v url.Values) []string {
	var list []string
	for i := 1; i <= MaxParties; i++ {
		if number, err := organizationNumber(v.Get(PartyControl(i))); err == nil {
			list = append(list, number)
		}
	}
	return list
}

// newParty reads what comes of a consolidation: of the kind of its parties, under
// the registrar of the applicant.
func (r reader) newParty() *NewParty {
	own := r.s.Organization
	in := organization.Registration{Basis: own.Basis, Type: own.Type, Origin: organization.OriginMerge, EstablishedOn: r.s.Today, Registrar: own.Registrar}
	n := NewParty{Basis: own.Basis}
	r.organization(&in, []organization.OrgType{own.Type}, own.Basis == organization.Registered)
	n.SimilarReason = r.words("similar_reason", "名称相近的说明", form.Multiline, form.Max(300))
	r.place(&in)
	n.Head = r.head()
	in.HeadName, in.HeadIDType, in.HeadIDNumber, in.HeadMobile = n.Head.Name, n.Head.IDType, n.Head.number, n.Head.mobile
	n.HeadMany = r.words("head_many_reason", "同时担任其他组织负责人的说明", form.Multiline, form.Max(300))
	n.Username = r.Code("head_username", "负责人的用户名", form.Max(32))
	r.judge(&in, nil, "name", "category", "supervising_unit", "business_scope", "registered_capital", "subdistrict", "community", "address",
		"head_name", "head_id_no", "head_mobile")
	n.Name, n.Type, n.Category, n.BusinessScope, n.Unit, n.Capital = in.Name, in.Type, in.Category, in.BusinessScope, in.SupervisingUnit, in.RegisteredCapital
	n.Subdistrict, n.Community, n.Address = in.SubdistrictCode, in.CommunityCode, in.Address
	n.Head.Name, n.Head.number, n.Head.mobile = in.HeadName, in.HeadIDNumber, in.HeadMobile
	n.Head = n.Head.masked()
	return &n
}
