package importing

import (
	"context"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// grades brings in the stars of before.
func grades(d Deps) Kind {
	return define(Kind{Key: "grades", Name: "星级", Lead: "以前评定的星级，一行一次评定。", Columns: []Column{
		organizationColumn("坪山区六联社区长者互助服务中心"),
		{Field: "star", Name: "星级", Kind: sheet.Count, Required: true, Hint: "1、2 或 3", Examples: []string{"3"}},
		{Field: "from", Name: "有效期起", Kind: sheet.Date, Required: true, Examples: []string{"2018-01-01"}},
		{Field: "to", Name: "有效期止", Kind: sheet.Date, Required: true, Examples: []string{"2019-12-31"}},
		{Field: "cert_no", Name: "证书编号", Kind: sheet.Code, Required: true, Examples: []string{"XJ-2017-901"}},
	}}, source[standing.GradeInput]{
		read: func(f *form.Form, b book) standing.GradeInput {
			return standing.GradeInput{OrgID: b.organization(f), Star: f.Int("star", "星级"), FromOn: f.Date("from", "有效期起"), ToOn: f.Date("to", "有效期止"), CertNo: f.Text("cert_no", "证书编号")}
		},
		check: func(ctx context.Context, q postgres.Querier, _ time.Time, _ authz.Actor, rows []standing.GradeInput) ([]Verdict, error) {
			checks, err := d.Standing.CheckGrades(ctx, q, rows)
			return stood(checks), err
		},
		plant:      d.Standing.PlantGrades,
		undo:       d.Standing.Undo,
		dependents: standing.Dependents,
		shelf: shelf{
			records: `select g.id, g.star::text as title, o.name as sub, g.org_id, '' as no, null::bigint as fen
				from standing_grade g join organization o on o.id = g.org_id where g.id = any($1) and not g.void`,
			takes: `select '星级' as label, '条' as unit, count(*)::int as n, null::bigint as fen from standing_grade where import_id = $1`,
			title: func(star string) string {
				n, _ := strconv.Atoi(star) // a star of the table
				return standing.Grade{Star: n}.Name()
			},
		},
	})
}

// entries brings in lists, bans and violations of before.
func entries(d Deps) Kind {
	return define(Kind{Key: "entries", Name: "名录", Lead: "异常名录、失信名单、限制申报、违规等记录，一行一条。已经移出的填移出日期和理由。", Columns: []Column{
		organizationColumn("坪环社区象棋队"),
		{Field: "kind", Name: "种类", Required: true, Choices: names(standing.Kinds), Examples: []string{standing.AbnormalList.Name()}},
		{Field: "from", Name: "起始日期", Kind: sheet.Date, Required: true, Examples: []string{"2017-07-03"}},
		{Field: "to", Name: "截止日期", Kind: sheet.Date, Hint: "有期限的限制申报和违规才填", Examples: []string{""}},
		{Field: "basis", Name: "依据", Required: true, Examples: []string{"坪民列〔2017〕3号"}},
		{Field: "reason", Name: "理由", Required: true, Examples: []string{"未按期报送上年度工作报告"}},
		{Field: "closed_on", Name: "移出日期", Kind: sheet.Date, Hint: "还在名录里的空着", Examples: []string{"2017-12-29"}},
		{Field: "close_reason", Name: "移出理由", Examples: []string{"已经补报，核实无误"}},
	}}, source[standing.PastEntry]{
		read: func(f *form.Form, b book) standing.PastEntry {
			return standing.PastEntry{ClosedOn: f.Date("closed_on", "移出日期"), CloseReason: f.Text("close_reason", "移出理由", form.Max(500)), EntryInput: standing.EntryInput{
				OrgID: b.organization(f), Kind: pick(f, "kind", "种类", standing.Kinds), FromOn: f.Date("from", "起始日期"), ToOn: f.Date("to", "截止日期"),
				Basis: f.Text("basis", "依据"), Reason: f.Text("reason", "理由", form.Max(500))}}
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []standing.PastEntry) ([]Verdict, error) {
			checks, err := d.Standing.CheckEntries(ctx, q, now, actor, rows)
			return stood(checks), err
		},
		plant:      d.Standing.PlantEntries,
		undo:       d.Standing.Undo,
		dependents: standing.Dependents,
		shelf: shelf{
			records: `select e.id, e.kind as title, o.name as sub, e.org_id, '' as no, null::bigint as fen
				from standing_entry e join organization o on o.id = e.org_id where e.id = any($1) and not e.void`,
			takes: `select '名录和违规记录' as label, '条' as unit, count(*)::int as n, null::bigint as fen from standing_entry where import_id = $1`,
			title: func(code string) string { return standing.Kind(code).Name() },
		},
	})
}

func stood(checks []standing.OpeningCheck) []Verdict {
	out := make([]Verdict, len(checks))
	for i, c := range checks {
		out[i] = Verdict{Record: c.ID, Faults: c.Faults}
	}
	return out
}

// trainings brings in the trainings of before.
func trainings(d Deps) Kind {
	return define(Kind{Key: "trainings", Name: "培训", Lead: "平台上线前办过的培训，一行是一个人参加的一次。", Columns: []Column{
		organizationColumn("坪山区六联社区长者互助服务中心"),
		{Field: "name", Name: "姓名", Required: true, Examples: []string{"王示例"}},
		{Field: "id_type", Name: "证件类型", Choices: names(person.IDTypes), Hint: "空着是居民身份证", Examples: []string{""}},
		{Field: "id_no", Name: "证件号码", Kind: sheet.Code, Secret: true, Hint: "花名册里没有重名的可以空着", Examples: []string{""}},
		{Field: "kind", Name: "培训种类", Required: true, Choices: names(roster.TrainingKinds), Examples: []string{roster.ForStaff.Name()}},
		{Field: "title", Name: "培训名称", Required: true, Examples: []string{"社区服务项目管理"}},
		{Field: "held_on", Name: "培训日期", Kind: sheet.Date, Required: true, Examples: []string{"2018-03-16"}},
		{Field: "hours", Name: "学时", Kind: sheet.Count, Required: true, Examples: []string{"8"}},
		{Field: "certificate_no", Name: "证书编号", Kind: sheet.Code, Examples: []string{""}},
		{Field: "organizer", Name: "举办单位", Required: true, Examples: []string{"坪山区民政局"}},
	}}, source[roster.TrainingRow]{
		read: func(f *form.Form, b book) roster.TrainingRow {
			return roster.TrainingRow{OrgID: b.organization(f), TrainingInput: roster.TrainingInput{Name: f.Text("name", "姓名"), IDType: idType(f, "id_type", "证件类型"),
				IDNumber: f.Text("id_no", "证件号码"), Kind: pick(f, "kind", "培训种类", roster.TrainingKinds), Title: f.Text("title", "培训名称"), HeldOn: f.Date("held_on", "培训日期"),
				Hours: f.Int("hours", "学时"), CertificateNo: f.Text("certificate_no", "证书编号"), Organizer: f.Text("organizer", "举办单位")}}
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, _ authz.Actor, rows []roster.TrainingRow) ([]Verdict, error) {
			out, err := d.Roster.CheckTrainings(ctx, q, now, rows)
			return verdicts(out), err
		},
		plant: func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, rows []roster.TrainingRow) ([]uuid.UUID, error) {
			out, err := d.Roster.PlantTrainings(ctx, tx, now, actor, id, rows)
			return steady(out, err)
		},
		undo:       undoRoster,
		dependents: roster.Dependents,
		shelf: shelf{
			records: `select t.id, p.name as title, o.name || '，' || t.title as sub, t.org_id, '' as no, null::bigint as fen
				from training_record t join person p on p.id = t.person_id join organization o on o.id = t.org_id where t.id = any($1)`,
			takes: `select '培训记录' as label, '条' as unit, count(*)::int as n, null::bigint as fen from training_record where import_id = $1
				union all select '新登记的人员', '人', count(*)::int, null from person where import_id = $1`,
		},
	})
}
