package importing

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

// grants brings in what was granted before the portal: public, and in the ledger.
func grants(d Deps) Kind {
	return define(Kind{Key: "grants", Name: "历史资助", Lead: "平台上线前核定的资助，一行一笔。导入后在资助项目里公开，并记入台账。", Columns: []Column{
		organizationColumn("坪山区六联社区长者互助服务中心", "坪环社区象棋队"),
		{Field: "programme", Name: "扶持项目", Required: true, Choices: names(organization.Programmes), Examples: []string{organization.Venture.Name(), organization.Startup.Name()}},
		{Field: "title", Name: "项目名称", Required: true, Examples: []string{"长者午间互助", "象棋队启动扶持"}},
		{Field: "purpose", Name: "用途", Examples: []string{"探访和午餐服务", "置办棋具"}},
		{Field: "awarded_on", Name: "核定日期", Kind: sheet.Date, Required: true, Examples: []string{"2017-11-20", "2017-12-01"}},
		{Field: "amount", Name: "核定金额（元）", Kind: sheet.Money, Required: true, Examples: []string{"50000", "5000"}},
		{Field: "document_no", Name: "文号", Kind: sheet.Code, Examples: []string{"坪民〔2017〕31号", ""}},
		{Field: "use_report_due_on", Name: "使用报告期限", Kind: sheet.Date, Hint: "没有要求的空着", Examples: []string{"2018-11-20", ""}},
		{Field: "use_report_filed_on", Name: "使用报告报送日期", Kind: sheet.Date, Hint: "还没有报送的空着", Examples: []string{"2018-10-08", ""}},
	}}, source[organization.OpeningGrant]{
		read: func(f *form.Form, b book) organization.OpeningGrant {
			return organization.OpeningGrant{Purpose: f.Text("purpose", "用途"), GrantInput: organization.GrantInput{OrgID: b.organization(f),
				Programme: pick(f, "programme", "扶持项目", organization.Programmes), Title: f.Text("title", "项目名称"), AwardedOn: f.Date("awarded_on", "核定日期"),
				Amount: f.Money("amount", "核定金额"), DocumentNo: f.Text("document_no", "文号"), UseReportDueOn: f.Date("use_report_due_on", "使用报告期限"),
				UseReportFiledOn: f.Date("use_report_filed_on", "使用报告报送日期")}}
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, _ authz.Actor, rows []organization.OpeningGrant) ([]Verdict, error) {
			live, err := ledger.Live(ctx, q)
			if err != nil {
				return nil, err
			}
			checks, err := d.Organizations.CheckOpenings(ctx, q, now, live, rows)
			return opened(checks), err
		},
		plant: func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, rows []organization.OpeningGrant) ([]uuid.UUID, error) {
			live, err := ledger.Live(ctx, tx)
			if err != nil {
				return nil, err
			}
			return planted(d.Organizations.PlantOpenings(ctx, tx, now, actor, id, live, rows))
		},
		undo:       d.Organizations.Undo,
		dependents: organization.Dependents,
		shelf: shelf{
			records: `select g.id, g.title, o.name as sub, g.org_id, coalesce(g.no, '') as no, g.amount_fen as fen
				from earlier_grant g join organization o on o.id = g.org_id where g.id = any($1)`,
			takes: `select '新登记的资助' as label, '笔' as unit, count(*)::int as n, coalesce(sum(amount_fen), 0)::bigint as fen from earlier_grant where import_id = $1 and adopted is null
				union all select '回到手工登记时的样子', '笔', count(*)::int, coalesce(sum(amount_fen), 0)::bigint from earlier_grant where import_id = $1 and adopted is not null`,
			refer: referGrant,
		},
	})
}

// payments brings in the money that moved for grants of before.
func payments(d Deps) Kind {
	return define(Kind{Key: "payments", Name: "拨付", Lead: "历史资助的拨付、退回和追回，一行一笔。先导入历史资助。", Columns: []Column{
		{Field: "grant_no", Name: "资助编号", Kind: sheet.Code, Hint: "如 LS-2017-0001；不知道的空着，填后面三列", Examples: []string{"", ""}},
		{Field: organizationField, Name: "组织", Hint: "没有填资助编号时要填", Examples: []string{"坪山区六联社区长者互助服务中心", "坪环社区象棋队"}},
		{Field: "title", Name: "项目名称", Hint: "没有填资助编号时要填", Examples: []string{"长者午间互助", "象棋队启动扶持"}},
		{Field: "awarded_on", Name: "核定日期", Kind: sheet.Date, Hint: "没有填资助编号时要填", Examples: []string{"2017-11-20", "2017-12-01"}},
		{Field: "kind", Name: "事项", Required: true, Choices: names(organization.MoneyKinds), Examples: []string{organization.MoneyPaid.Name(), organization.MoneyPaid.Name()}},
		{Field: "moved_on", Name: "日期", Kind: sheet.Date, Required: true, Examples: []string{"2017-12-05", "2017-12-20"}},
		{Field: "amount", Name: "金额（元）", Kind: sheet.Money, Required: true, Hint: "退回和追回也填正数", Examples: []string{"50000", "5000"}},
		{Field: "voucher_no", Name: "凭证号", Kind: sheet.Code, Examples: []string{"PZ-2017-118", ""}},
	}}, source[organization.OpeningMoney]{
		read: func(f *form.Form, b book) organization.OpeningMoney {
			m := organization.OpeningMoney{GrantNo: f.Text("grant_no", "资助编号"), Title: f.Text("title", "项目名称"), AwardedOn: f.Date("awarded_on", "核定日期"),
				Kind: pick(f, "kind", "事项", organization.MoneyKinds), MovedOn: f.Date("moved_on", "日期"), Amount: f.Money("amount", "金额"), VoucherNo: f.Text("voucher_no", "凭证号")}
			if m.GrantNo == "" {
				m.OrgID = b.organization(f)
			}
			return m
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, _ authz.Actor, rows []organization.OpeningMoney) ([]Verdict, error) {
			checks, err := d.Organizations.CheckMoney(ctx, q, now, rows)
			return opened(checks), err
		},
		plant: func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, rows []organization.OpeningMoney) ([]uuid.UUID, error) {
			return planted(d.Organizations.PlantMoney(ctx, tx, now, actor, id, rows))
		},
		undo:       d.Organizations.Undo,
		dependents: organization.Dependents,
		shelf: shelf{
			records: `select p.id, p.kind as title, coalesce(g.no || '，', '') || g.title as sub, g.org_id, coalesce(g.no, '') as no, p.amount_fen as fen
				from earlier_payment p join earlier_grant g on g.id = p.grant_id where p.id = any($1)`,
			takes: `select case kind when 'paid' then '拨付' when 'returned' then '退回结余' else '追回' end as label, '笔' as unit, count(*)::int as n, sum(amount_fen)::bigint as fen
				from earlier_payment where import_id = $1 group by kind order by kind`,
			refer: referGrant,
			title: func(code string) string { return organization.MoneyKind(code).Name() },
		},
	})
}

func opened(checks []organization.OpeningCheck) []Verdict {
	out := make([]Verdict, len(checks))
	for i, c := range checks {
		out[i] = Verdict{Record: c.ID, Adopts: c.State == organization.OpeningAdopts, Faults: c.Faults}
	}
	return out
}

// planted are the records of what was planted, by row.
func planted(checks []organization.OpeningCheck, err error) ([]uuid.UUID, error) {
	ids := make([]uuid.UUID, len(checks))
	for i, c := range checks {
		ids[i] = c.ID
	}
	return ids, err
}

// referGrant leads to a grant by its number; one that is no longer opened has
// none, and stands in the record of its organization.
func referGrant(f found) imported.Ref {
	if f.No == "" {
		return imported.Organization(*f.OrgID)
	}
	return imported.Ref{To: imported.ToGrant, ID: f.No}
}

// budgets brings in the yearly budgets of before.
func budgets(d Deps) Kind {
	return define(Kind{Key: "budgets", Name: "历年预算", Lead: "平台上线前各年专项资金的预算，一行是一年的一个用途，调整合在一起。", Columns: []Column{
		{Field: "year", Name: "年度", Kind: sheet.Count, Required: true, Examples: []string{"2017", "2017"}},
		{Field: "purpose", Name: "用途", Required: true, Choices: names(ledger.Purposes), Examples: []string{ledger.Purposes[0].Name(), ledger.Purposes[1].Name()}},
		{Field: "amount", Name: "预算（元）", Kind: sheet.Money, Required: true, Examples: []string{"800000", "500000"}},
		{Field: "document_no", Name: "文号", Kind: sheet.Code, Required: true, Examples: []string{"坪财〔2017〕9号", "坪财〔2017〕9号"}},
	}}, source[ledger.OpeningBudget]{
		read: func(f *form.Form, _ book) ledger.OpeningBudget {
			return ledger.OpeningBudget{Year: f.Int("year", "年度"), Purpose: pick(f, "purpose", "用途", ledger.Purposes), Amount: f.Money("amount", "预算"), DocumentNo: f.Text("document_no", "文号")}
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, _ authz.Actor, rows []ledger.OpeningBudget) ([]Verdict, error) {
			checks, err := d.Ledger.CheckBudgets(ctx, q, now, rows)
			out := make([]Verdict, len(checks))
			for i, c := range checks {
				out[i] = Verdict{Record: c.ID, Faults: c.Faults}
			}
			return out, err
		},
		plant: d.Ledger.OpenBudgets,
		undo:  d.Ledger.CloseBudgets,
		shelf: shelf{
			records: `select id, purpose as title, year || '年' as sub, null::uuid as org_id, year::text as no, budget_fen as fen from ledger_pool where id = any($1)`,
			takes: `select '预算' as label, '项' as unit, count(*)::int as n, coalesce(sum(fen), 0)::bigint as fen from (
				select sum(budget_fen) as fen from ledger_opening where import_id = $1 group by pool_id having sum(budget_fen) > 0) b`,
			refer: func(f found) imported.Ref { return imported.Ref{To: imported.ToFund, ID: f.No} },
			title: func(code string) string { return ledger.Purpose(code).Name() },
		},
	})
}
