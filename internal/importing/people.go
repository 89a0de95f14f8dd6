package importing

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

// people brings in the rosters, contracts and insured months included.
func people(d Deps) Kind {
	return define(Kind{Key: "people", Name: "人员花名册", Lead: "组织的人员，一行是一个人在一个组织的一段任职。已经登记的不会改动。", Columns: []Column{
		organizationColumn("坪山区六联社区长者互助服务中心", "坪环社区象棋队"),
		{Field: "name", Name: "姓名", Required: true, Examples: []string{"王示例", "李示例"}},
		{Field: "id_type", Name: "证件类型", Choices: names(person.IDTypes), Hint: "空着是居民身份证", Examples: []string{person.ResidentID.Name(), ""}},
		{Field: "id_no", Name: "证件号码", Kind: sheet.Code, Secret: true, Hint: "专职的要填；加密保存", Examples: []string{"440310198506150012", ""}},
		{Field: "post", Name: "职务", Required: true, Choices: names(roster.Posts), Examples: []string{roster.Worker.Name(), roster.Volunteer.Name()}},
		{Field: "full_time", Name: "专职", Choices: []string{"是", "否"}, Examples: []string{"是", "否"}},
		{Field: "education", Name: "学历", Choices: names(roster.Educations), Examples: []string{"本科", ""}},
		{Field: "qualification", Name: "职业资格", Choices: names(roster.Qualifications), Examples: []string{"社会工作师", ""}},
		{Field: "joined_on", Name: "加入日期", Kind: sheet.Date, Required: true, Examples: []string{"2017-06-01", "2017-09-01"}},
		{Field: "left_on", Name: "最后一天", Kind: sheet.Date, Hint: "还在的空着", Examples: []string{"", ""}},
		{Field: "left_reason", Name: "离开原因", Choices: names(roster.Reasons), Hint: "还在的空着", Examples: []string{"", ""}},
		{Field: "contract_employer", Name: "合同签订方", Choices: names(roster.Payers), Examples: []string{"本组织", ""}},
		{Field: "contract_unit", Name: "代签单位", Hint: "由别的单位代签时填", Examples: []string{"", ""}},
		{Field: "contract_from", Name: "合同起", Kind: sheet.Date, Examples: []string{"2017-06-01", ""}},
		{Field: "contract_to", Name: "合同止", Kind: sheet.Date, Hint: "无固定期限的空着", Examples: []string{"2020-05-31", ""}},
		{Field: "months", Name: "参保月份", Hint: "如 2018-01、2018-02，或 2018-01至2018-06", Examples: []string{"2017-06至2017-09", ""}},
		{Field: "payer", Name: "参保缴费方", Choices: names(roster.Payers), Hint: "空着是本组织", Examples: []string{"", ""}},
		{Field: "payer_unit", Name: "代缴单位", Examples: []string{"", ""}},
	}}, source[roster.Row]{
		read: readMember,
		check: func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []roster.Row) ([]Verdict, error) {
			out, err := d.Roster.Check(ctx, q, now, actor, rows)
			return verdicts(out), err
		},
		plant: func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, rows []roster.Row) ([]uuid.UUID, error) {
			out, err := d.Roster.Plant(ctx, tx, now, actor, id, rows)
			return steady(out, err)
		},
		undo:       undoRoster,
		dependents: roster.Dependents,
		shelf: shelf{
			records: `select m.id, p.name as title, o.name as sub, m.org_id, '' as no, null::bigint as fen
				from roster_member m join person p on p.id = m.person_id join organization o on o.id = m.org_id where m.id = any($1) and m.void_on is null`,
			takes: `select '花名册记录' as label, '条' as unit, count(*)::int as n, null::bigint as fen from roster_member where import_id = $1
				union all select '涉及的组织', '个', count(distinct org_id)::int, null from roster_member where import_id = $1
				union all select '新登记的人员', '人', count(*)::int, null from person where import_id = $1`,
			refer: func(f found) imported.Ref {
				return imported.Ref{To: imported.ToMember, ID: f.ID.String(), Of: f.OrgID.String()}
			},
		},
	})
}

func organizationColumn(examples ...string) Column {
	return Column{Field: organizationField, Name: "组织", Required: true, Hint: "全称、统一社会信用代码或备案编号", Examples: examples}
}

func readMember(f *form.Form, b book) roster.Row {
	r := roster.Row{OrgID: b.organization(f), Input: roster.Input{
		Name: f.Text("name", "姓名"), IDType: idType(f, "id_type", "证件类型"), IDNumber: f.Text("id_no", "证件号码"), Post: pick(f, "post", "职务", roster.Posts),
		FullTime: yes(f, "full_time", "专职"), Education: pick(f, "education", "学历", roster.Educations),
		Qualification: pick(f, "qualification", "职业资格", roster.Qualifications), JoinedOn: f.Date("joined_on", "加入日期"), LeftOn: f.Date("left_on", "最后一天"),
		LeftReason: pick(f, "left_reason", "离开原因", roster.Reasons),
	}}
	if f.Filled("contract_employer") || f.Filled("contract_from") || f.Filled("contract_to") || f.Filled("contract_unit") {
		r.Contracts = []roster.Contract{{Employer: payer(f, "contract_employer", "合同签订方"), Unit: f.Text("contract_unit", "代签单位"),
			From: f.Date("contract_from", "合同起"), To: f.Date("contract_to", "合同止")}}
	}
	who, unit := payer(f, "payer", "参保缴费方"), f.Text("payer_unit", "代缴单位")
	for _, m := range months(f, "months", "参保月份") {
		r.Months = append(r.Months, roster.InsuredMonth{Month: m, Payer: who, Unit: unit})
	}
	return r
}

func payer(f *form.Form, field, label string) roster.Payer {
	if p := pick(f, field, label, roster.Payers); p != "" {
		return p
	}
	return roster.Own
}

// months reads 2018-01、2018-03至2018-06; at most fifty years of them.
func months(f *form.Form, field, label string) []civil.Month {
	const most = 600
	var out []civil.Month
	typed := f.Text(field, label)
	for _, part := range strings.FieldsFunc(typed, func(r rune) bool { return strings.ContainsRune("、，,；; ", r) }) {
		first, last, span := strings.Cut(part, "至")
		from, err := civil.ParseMonth(first)
		to := from
		if span && err == nil {
			to, err = civil.ParseMonth(last)
		}
		if err != nil || to.Compare(from) < 0 {
			f.Fail(field, label, "“"+part+"”认不出是哪些月份。按 2018-01、2018-02 或 2018-01至2018-06 填")
			return nil
		}
		for m := from; m.Compare(to) <= 0 && len(out) <= most; m = m.Next() {
			out = append(out, m)
		}
	}
	if len(out) > most {
		f.Fail(field, label, "月份太多。核对起止月份")
		return nil
	}
	return out
}

// verdicts puts the answers of the roster into the words of imports.
func verdicts(list []roster.Outcome) []Verdict {
	out := make([]Verdict, len(list))
	for i, o := range list {
		out[i] = Verdict{Record: o.MemberID, Faults: o.Faults, Warnings: o.Warnings}
		if o.State == roster.StateChanged {
			out[i].Differs = o.Differs
		}
	}
	return out
}

// steady refuses what has a fault by now: the preview showed none.
func steady(list []roster.Outcome, err error) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(list))
	for i, o := range list {
		if err == nil && len(o.Faults) > 0 {
			return nil, imported.Overtaken(o.Faults[0])
		}
		ids[i] = o.MemberID
	}
	return ids, err
}

func undoRoster(ctx context.Context, tx postgres.Tx, _ time.Time, _ authz.Actor, id uuid.UUID) error {
	return roster.UndoImport(ctx, tx, id)
}
