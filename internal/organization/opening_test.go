package organization_test

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func (b bench) checkOpenings(t *testing.T, live civil.Date, rows ...organization.OpeningGrant) (checks []organization.OpeningCheck) {
	t.Helper()
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, now time.Time) (err error) {
		checks, err = b.CheckOpenings(t.Context(), q, now, live, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

func (b bench) checkMoney(t *testing.T, rows ...organization.OpeningMoney) (checks []organization.OpeningCheck) {
	t.Helper()
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, now time.Time) (err error) {
		checks, err = b.CheckMoney(t.Context(), q, now, rows)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return checks
}

// bring plants rows as an import does, ledger included.
func (b bench) bring(t *testing.T, grants []organization.OpeningGrant, money []organization.OpeningMoney) (checks []organization.OpeningCheck, err error) {
	t.Helper()
	b.OnOpened(ledger.New(b.db.App).FollowImports)
	err = b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		id := uuid.Must(uuid.NewV7())
		if checks, err = b.PlantOpenings(t.Context(), tx, now, b.clerk, id, civil.Date{}, grants); err != nil {
			return err
		}
		_, err = b.PlantMoney(t.Context(), tx, now, b.clerk, id, money)
		return err
	})
	return checks, err
}

// old is an organization of 2018 with a row of it.
func (b bench) old(t *testing.T, n string) (uuid.UUID, organization.OpeningGrant) {
	t.Helper()
	in := filed(n)
	in.EstablishedOn = civil.Of(2015, 3, 1)
	id := b.register(t, in)
	return id, organization.OpeningGrant{Purpose: "置办桌椅", GrantInput: organization.GrantInput{OrgID: id, Programme: organization.Startup, Title: "启动扶持",
		AwardedOn: civil.Of(2019, 6, 1), Amount: 500_000, DocumentNo: "坪民〔2019〕8号", UseReportDueOn: civil.Of(2020, 6, 1)}}
}

func wantFault(t *testing.T, name string, c organization.OpeningCheck, field, words string) {
	t.Helper()
	if len(c.Faults) != 1 || c.Faults[0].Name != field || !strings.Contains(c.Faults[0].Message, words) {
		t.Errorf("%s: %+v, want %s: %s", name, c.Faults, field, words)
	}
}

func TestWhatIsWrongWithAGrantOfBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, good := b.old(t, "01")
	_, other := b.old(t, "02")
	for _, c := range []struct {
		name, field, words string
		spoil              func(*organization.OpeningGrant)
	}{
		{"an organization that is not there", "organization", "先登记组织", func(r *organization.OpeningGrant) { r.OrgID = uuid.New() }},
		{"no programme", "programme", "选一项", func(r *organization.OpeningGrant) { r.Programme = "loan" }},
		{"no title", "title", "填项目名称", func(r *organization.OpeningGrant) { r.Title = "" }},
		{"before the organization was founded", "awarded_on", "早于成立日期", func(r *organization.OpeningGrant) { r.AwardedOn = civil.Of(2014, 1, 1) }},
		{"a day to come", "awarded_on", "还没到", func(r *organization.OpeningGrant) {
			r.AwardedOn, r.UseReportDueOn = today.AddDays(1), civil.Date{}
		}},
		{"a day that is none", "awarded_on", "不存在", func(r *organization.OpeningGrant) {
			r.AwardedOn, r.UseReportDueOn = civil.Of(2019, 2, 30), civil.Date{}
		}},
		{"before the fund", "awarded_on", "四项工程从 2017 年开始", func(r *organization.OpeningGrant) { r.AwardedOn = civil.Of(2016, 12, 31) }},
		{"since the portal", "awarded_on", "2024年1月10日起", func(r *organization.OpeningGrant) {
			r.AwardedOn, r.UseReportDueOn = civil.Of(2024, 1, 10), civil.Date{}
		}},
		{"nothing", "amount", "大于 0", func(r *organization.OpeningGrant) { r.Amount = 0 }},
		{"a long purpose", "purpose", "最多 200 个字", func(r *organization.OpeningGrant) { r.Purpose = strings.Repeat("长", 201) }},
		{"a report due before the award", "use_report_due_on", "早于核定日期", func(r *organization.OpeningGrant) { r.UseReportDueOn = civil.Of(2019, 5, 31) }},
		{"a report of tomorrow", "use_report_filed_on", "还没到", func(r *organization.OpeningGrant) { r.UseReportFiledOn = today.AddDays(1) }},
	} {
		row := good
		c.spoil(&row)
		checks := b.checkOpenings(t, civil.Of(2024, 1, 10), row, other)
		wantFault(t, c.name, checks[0], c.field, c.words)
		if len(checks[1].Faults) > 0 || checks[1].State != organization.OpeningNew {
			t.Errorf("%s spoils its neighbour: %+v", c.name, checks[1])
		}
	}
	second := good
	second.Title, second.AwardedOn = "又一次", civil.Of(2019, 7, 1)
	checks := b.checkOpenings(t, civil.Date{}, good, good, second)
	if len(checks[0].Faults) > 0 {
		t.Fatalf("%+v", checks[0])
	}
	wantFault(t, "the same row twice", checks[1], "title", "第 1 笔相同")
	wantFault(t, "start-up support twice", checks[2], "programme", "2019年6月1日")
	early := good
	early.Programme, early.AwardedOn = organization.OtherProgramme, civil.Of(2016, 12, 31)
	if c := b.checkOpenings(t, civil.Date{}, early)[0]; len(c.Faults) > 0 {
		t.Errorf("support of before the fund: %+v", c)
	}
}

// What is on record already is known when it is the same, and named when not.
func TestAGrantOfBeforeReadAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, row := b.old(t, "01")
	if _, err := b.bring(t, []organization.OpeningGrant{row}, nil); err != nil {
		t.Fatal(err)
	}
	again := row
	again.Title = "启动 扶持" // only the form differs
	if c := b.checkOpenings(t, civil.Date{}, again)[0]; c.State != organization.OpeningKnown || c.No != "LS-2019-0001" || len(c.Faults) > 0 {
		t.Fatalf("%+v", c)
	}
	for field, spoil := range map[string]func(*organization.OpeningGrant){
		"document_no":       func(r *organization.OpeningGrant) { r.DocumentNo = "坪民〔2019〕9号" },
		"purpose":           func(r *organization.OpeningGrant) { r.Purpose = "" },
		"use_report_due_on": func(r *organization.OpeningGrant) { r.UseReportDueOn = civil.Of(2020, 7, 1) },
		"programme":         func(r *organization.OpeningGrant) { r.Amount++ }, // then it is a second one
	} {
		other := row
		spoil(&other)
		if c := b.checkOpenings(t, civil.Date{}, other)[0]; len(c.Faults) != 1 || c.Faults[0].Name != field {
			t.Errorf("%s: %+v", field, c)
		}
	}
	// A report that came since is no contradiction to the list of then.
	f := b.facts(t, row.OrgID, today)
	if err := b.FileUseReport(t.Context(), b.clerk, row.OrgID, f.Grants[0].ID, f.Grants[0].Version, civil.Of(2020, 5, 1)); err != nil {
		t.Fatal(err)
	}
	if c := b.checkOpenings(t, civil.Date{}, row)[0]; c.State != organization.OpeningKnown || len(c.Faults) > 0 {
		t.Errorf("after the report: %+v", c)
	}
}

func TestWhatIsWrongWithMoneyOfBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, row := b.old(t, "01")
	twin := row
	twin.Programme, twin.Amount = organization.Venture, 400_000
	twin.UseReportDueOn = civil.Date{}
	one := row
	one.Programme, one.Title = organization.Venture, "邻里共餐"
	checks, err := b.bring(t, []organization.OpeningGrant{row, twin, one}, nil)
	if err != nil {
		t.Fatal(err)
	}
	hand := row.GrantInput
	hand.Token, hand.Programme, hand.Title = filed("07").Token, organization.Talent, "手工登记的"
	if err := b.RecordGrant(t.Context(), b.clerk, hand); err != nil {
		t.Fatal(err)
	}
	good := organization.OpeningMoney{OrgID: id, Title: "邻里共餐", AwardedOn: row.AwardedOn, Kind: organization.MoneyPaid, MovedOn: civil.Of(2019, 7, 1), Amount: 300_000, VoucherNo: "PZ-1"}
	for _, c := range []struct {
		name, field, words string
		spoil              func(*organization.OpeningMoney)
	}{
		{"no such number", "grant_no", "没有编号是", func(r *organization.OpeningMoney) { r.GrantNo = "LS-2019-0999" }},
		{"no such grant", "title", "没有找到", func(r *organization.OpeningMoney) { r.Title = "没有的项目" }},
		{"two grants of one name", "grant_no", "几笔同名", func(r *organization.OpeningMoney) { r.Title = "启动扶持" }},
		{"recorded by hand only", "title", "先用“历史资助”导入", func(r *organization.OpeningMoney) { r.Title = "手工登记的" }},
		{"no kind", "kind", "选一项", func(r *organization.OpeningMoney) { r.Kind = "lent" }},
		{"before the award", "moved_on", "早于核定日期", func(r *organization.OpeningMoney) { r.MovedOn = civil.Of(2019, 5, 31) }},
		{"a day to come", "moved_on", "还没到", func(r *organization.OpeningMoney) { r.MovedOn = today.AddDays(1) }},
		{"nothing", "amount", "大于 0", func(r *organization.OpeningMoney) { r.Amount = -5 }},
		{"more than was granted", "amount", "超过核定的 5,000.00 元", func(r *organization.OpeningMoney) { r.Amount = 500_001 }},
		{"more back than was paid", "amount", "超过拨付的 0.00 元", func(r *organization.OpeningMoney) { r.Kind = organization.MoneyRecovered }},
		{"a long voucher", "voucher_no", "最多 40 个字", func(r *organization.OpeningMoney) { r.VoucherNo = strings.Repeat("1", 41) }},
	} {
		row := good
		c.spoil(&row)
		wantFault(t, c.name, b.checkMoney(t, row)[0], c.field, c.words)
	}
	// What came back may stand above what was paid.
	back := good
	back.Kind, back.Amount, back.MovedOn = organization.MoneyReturned, 300_000, civil.Of(2020, 1, 5)
	numbered := organization.OpeningMoney{GrantNo: checks[0].No, Kind: organization.MoneyPaid, MovedOn: civil.Of(2019, 7, 1), Amount: 500_000}
	for i, c := range b.checkMoney(t, back, good, numbered) {
		if len(c.Faults) > 0 || c.State != organization.OpeningNew {
			t.Errorf("row %d: %+v", i, c)
		}
	}
	wantFault(t, "the same row twice", b.checkMoney(t, good, good)[1], "voucher_no", "第 1 笔相同")
	if _, err := b.bring(t, nil, []organization.OpeningMoney{back, good}); err != nil {
		t.Fatal(err)
	}
	for i, c := range b.checkMoney(t, good, back) {
		if c.State != organization.OpeningKnown || len(c.Faults) > 0 {
			t.Errorf("read again, row %d: %+v", i, c)
		}
	}
}

// Only the bureau's clerks bring history in.
func TestWhoOpensHistory(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, row := b.old(t, "01")
	for _, actor := range []authz.Actor{b.subdistrict, b.community, b.finance} {
		err := b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
			_, err := b.PlantOpenings(t.Context(), tx, now, actor, uuid.New(), civil.Date{}, []organization.OpeningGrant{row})
			return err
		})
		wantKind(t, err, errs.Forbidden)
		wantKind(t, b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return b.Undo(t.Context(), tx, now, actor, uuid.New()) }), errs.Forbidden)
	}
}
