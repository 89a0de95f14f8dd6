package registrypages

import (
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/money"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/ui"
)

func itoa(n int) string { return strconv.Itoa(n) }

// partsOf lists the answers of a document, part by part. What was not asked for
// is left out.
func partsOf(d application.Document, regions *district.RegionSet) []applying.Part {
	switch d := d.(type) {
	case *registry.Founding:
		return foundingParts(d, regions)
	case *registry.ChangeRequest:
		return changeParts(d, regions)
	case *registry.MergerRequest:
		return mergerParts(d, regions)
	case *registry.EndRequest:
		return endParts(d)
	case *registry.RevocationCase:
		return []applying.Part{applying.PartOf("case", "撤销的理由和事实", applying.Answer("grounds", "理由", groundsText(d.Grounds)),
			applying.Answer("facts", "查明的事实", d.Facts), applying.Answer("tried", "已经采取的引导措施", d.Tried))}
	}
	return nil
}

// given leaves out what is empty and was not asked for.
func given(facts ...applying.Named) []applying.Named {
	var out []applying.Named
	for _, f := range facts {
		if f.Value != "" || f.Body != nil {
			out = append(out, f)
		}
	}
	return out
}

func yuan(f *money.Fen) string {
	if f == nil {
		return ""
	}
	return f.String() + " 元"
}

func count(n int, unit string) string { return itoa(n) + " " + unit }

func chinese(d civil.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.Chinese()
}

func community(regions *district.RegionSet, code string) string {
	if code == "" || regions == nil {
		return ""
	}
	return regions.FullName(code)
}

func placeAnswers(regions *district.RegionSet, code, address string) []applying.Named {
	return []applying.Named{applying.Answer("community", "所属社区", community(regions, code)), applying.Answer("address", "住所", address)}
}

func headAnswers(p registry.Person, many string) []applying.Named {
	id := ""
	if p.IDMask != "" {
		id = p.IDType.Name() + " " + p.IDMask
	}
	return append([]applying.Named{applying.Answer("head_name", "负责人姓名", p.Name), hidden("head_id_no", "负责人证件", id), hidden("head_mobile", "负责人手机", p.MobileMask)},
		given(applying.Answer("head_many_reason", "同时担任其他组织负责人的说明", many))...)
}

// hidden is an answer that must never stand as it was typed.
func hidden(control, label, mask string) applying.Named {
	if mask == "" {
		mask = "没有填，或者填的不对"
	}
	return applying.Answer(control, label, mask)
}

func foundingParts(d *registry.Founding, regions *district.RegionSet) []applying.Part {
	organization := append([]applying.Named{applying.Answer("name", "组织名称", d.Name)}, given(applying.Answer("similar_reason", "名称相近的说明", d.SimilarReason))...)
	organization = append(organization, applying.Answer("org_type", "组织类型", d.Type.Name()), applying.Answer("category", "业务类别", d.Category.Name()),
		applying.Answer("activity_scope", "活动地域", d.ActivityScope), applying.Answer("business_scope", "业务范围", d.BusinessScope))
	organization = append(organization, given(applying.Answer("supervising_unit", "业务主管（指导）单位", d.Unit), applying.Answer("registered_capital", "开办资金", yuan(d.Capital)))...)
	place := append(placeAnswers(regions, d.Community, d.Address), applying.Answer("premises", "场所来源", d.Premises.Name()))
	people := []applying.Named{applying.Answer("members", "会员", count(d.Members, "人")+"，单位会员 "+count(d.UnitMembers, "个")),
		applying.Answer("staff", "从业人员", count(d.Staff, "人")+"，其中专职 "+count(d.FullTime, "人")), applying.Answer("volunteers", "义工", count(d.Volunteers, "人"))}
	return []applying.Part{
		applying.PartOf("organization", "拟成立的组织", organization...), applying.PartOf("place", "住所和活动场所", place...),
		applying.PartOf("initiators", "发起人", initiators(d.Initiators)), applying.PartOf("head", "拟任负责人", headAnswers(d.Head, d.HeadMany)...),
		applying.PartOf("people", "会员和从业人员", people...),
	}
}

func initiators(list []registry.Initiator) applying.Named {
	n := applying.Named{Control: "initiators", Fact: ui.F("发起人", "")}
	if len(list) == 0 {
		return n
	}
	rows := make([]ui.Row, len(list))
	for i, p := range list {
		kind, no := "自然人", p.IDType.Name()+" "+p.IDMask
		if p.Unit {
			kind, no = "单位", p.Code
		}
		rows[i] = ui.Cells(ui.Head(p.Name, "", ""), ui.T(kind), ui.T(no))
	}
	n.Body = ui.DataTable(ui.Table{Caption: "发起人 " + itoa(len(list)) + " 名", Groups: ui.Rows(rows...), Dense: true,
		Columns: []ui.Column{{Label: "姓名或名称"}, {Label: "身份"}, {Label: "证件或代码"}}})
	return n
}

func changeParts(d *registry.ChangeRequest, regions *district.RegionSet) []applying.Part {
	names := make([]string, len(d.Matters))
	for i, m := range d.Matters {
		names[i] = m.Name()
	}
	matters := []applying.Named{applying.Answer("matters", "变更事项", strings.Join(names, "、")), applying.Answer("decided_on", "会议通过日期", chinese(d.DecidedOn)),
		applying.Answer("reason", "变更原因", d.Reason)}
	var values []applying.Named
	for _, l := range d.Lines {
		values = append(values, applying.Answer("", l.Label, l.To+"（原："+l.From+"）"))
	}
	values = append(values, given(applying.Answer("similar_reason", "名称相近的说明", d.SimilarReason))...)
	if d.Head != nil {
		values = append(values, headAnswers(*d.Head, d.HeadMany)[1:]...)
		values = append(values, given(applying.Answer("head_username", "新负责人的用户名", d.Username), applying.Answer("old_head", "原负责人的账号", oldHead(d.OldHead)))...)
	}
	return []applying.Part{applying.PartOf("matters", "变更事项", matters...), applying.PartOf("values", "变更后的内容", values...)}
}

func oldHead(key string) string {
	switch key {
	case registry.StaysAsClerk:
		return "改为经办人"
	case registry.Leaves:
		return "停用"
	}
	return ""
}

func mergerParts(d *registry.MergerRequest, regions *district.RegionSet) []applying.Part {
	parties := make([]string, len(d.Parties))
	for i, p := range d.Parties {
		parties[i] = p.Name + "（" + p.Number + "）"
	}
	parts := []applying.Part{
		applying.PartOf("parties", "合并方式和各方", applying.Answer("way", "合并方式", d.Way.Name()), applying.Answer("parties", "其他各方", strings.Join(parties, "；"))),
		applying.PartOf("terms", "决议和承接安排", applying.Answer("decided_on", "会议通过日期", chinese(d.DecidedOn)), applying.Answer("reason", "合并原因", d.Reason),
			applying.Answer("arrangement", "承接安排", d.Arrangement)),
	}
	if n := d.New; n != nil {
		facts := []applying.Named{applying.Answer("name", "新组织的名称", n.Name), applying.Answer("org_type", "组织类型", n.Type.Name()), applying.Answer("category", "业务类别", n.Category.Name()),
			applying.Answer("business_scope", "业务范围", n.BusinessScope)}
		facts = append(facts, given(applying.Answer("supervising_unit", "业务主管（指导）单位", n.Unit), applying.Answer("registered_capital", "开办资金", yuan(n.Capital)))...)
		facts = append(append(facts, placeAnswers(regions, n.Community, n.Address)...), headAnswers(n.Head, n.HeadMany)...)
		parts = append(parts, applying.PartOf("new", "新设的组织", append(facts, applying.Answer("head_username", "负责人的用户名", n.Username))...))
	}
	return parts
}

func endParts(d *registry.EndRequest) []applying.Part {
	property := given(applying.Answer("liquidated_on", "清算结束日期", chinese(d.LiquidatedOn)), applying.Answer("liquidators", "清算组成员", d.Liquidators))
	property = append(property, applying.Answer("property", "剩余财产的去向", registry.TextOf(registry.PropertyGoes, d.Property)))
	if d.Rest > 0 {
		property = append(property, applying.Answer("rest", "剩余财产金额", d.Rest.String()+" 元"), applying.Answer("receiver", "接收单位", d.Receiver))
	}
	votes := ""
	if d.Present > 0 {
		votes = "到会 " + count(d.Present, "人") + "，同意 " + count(d.Agreed, "人")
	}
	return []applying.Part{
		applying.PartOf("reason", "注销原因和决议", applying.Answer("end_reason", "注销原因", registry.TextOf(registry.EndReasons, d.Reason)), applying.Answer("explanation", "情况说明", d.Explanation),
			applying.Answer("decided_on", "会议通过日期", chinese(d.DecidedOn)), applying.Answer("present", "表决", votes)),
		applying.PartOf("property", "清算和剩余财产", property...),
	}
}

func groundsText(keys []string) string {
	var texts []string
	for _, g := range registry.RevocationGrounds {
		for _, k := range keys {
			if k == g.Key {
				texts = append(texts, g.Text+"（"+g.Article+"）")
			}
		}
	}
	return strings.Join(texts, "；")
}
