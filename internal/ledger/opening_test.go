package ledger_test

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// before opens a grant of a year before, as the registry's part of an import
// writes it, and returns the import.
func (b *bench) before(t *testing.T, year int, amount money.Fen) (id uuid.UUID, err error) {
	t.Helper()
	id, org := uuid.New(), b.organization(t)
	err = b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		_, err := tx.Exec(t.Context(), `
			insert into earlier_grant (id, org_id, programme, title, awarded_on, amount_fen, head_person_id, community_code, subdistrict_code, organization_name,
				category, no, import_id, opened_at, recorded_at, recorded_by)
			select gen_random_uuid(), id, 'startup', '启动扶持', make_date($3, 6, 1), $4, head_person_id, community_code, subdistrict_code, name, category,
				'LS-' || $3 || '-' || lpad(next_number('LS', $3)::text, 4, '0'), $2, $5, $5, id from organization where id = $1`, org, id, year, amount, now)
		if err != nil {
			return err
		}
		return b.FollowImports(t.Context(), tx, now, b.clerk, "导入上线前的记录", id)
	})
	return id, err
}

func (b *bench) openBudget(t *testing.T, r ledger.OpeningBudget) (id uuid.UUID, err error) {
	t.Helper()
	id = uuid.New()
	return id, b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		_, err := b.OpenBudgets(t.Context(), tx, now, b.clerk, id, []ledger.OpeningBudget{r})
		return err
	})
}

func (b *bench) pool(t *testing.T, year int) ledger.Pool {
	t.Helper()
	p, err := b.Pool(t.Context(), b.maker, year, ledger.Startup, 0)
	must(t, err)
	return p.Pool
}

// A year without a budget is filled up; the budget takes the place of the fill,
// and gives it back when it is undone.
func TestABudgetOfBeforeTakesThePlaceOfTheFill(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.before(t, 2020, 500_000)
	must(t, err)
	_, err = b.before(t, 2020, 300_000)
	must(t, err)
	is(t, "filled", b.pool(t, 2020).Budget, 800_000)
	is(t, "stands in", b.pool(t, 2020).Filled, 800_000)

	row := ledger.OpeningBudget{Year: 2020, Purpose: ledger.Startup, Amount: 799_999, DocumentNo: "深坪财〔2020〕8号"}
	_, err = b.openBudget(t, row)
	refused(t, err, errs.Conflict, "小于这一年已经核定的资助合计 8,000.00 元")
	row.Amount = 1_000_000
	id, err := b.openBudget(t, row)
	must(t, err)
	is(t, "budget", b.pool(t, 2020).Budget, 1_000_000)
	is(t, "nothing stands in", b.pool(t, 2020).Filled, 0)
	_, err = b.before(t, 2020, 200_001)
	refused(t, err, errs.Conflict, "2020年孵化关爱工程的预算不够核定的 2,000.01 元")
	if _, err = b.openBudget(t, row); err != nil { // read again: known
		t.Fatal(err)
	}
	b.verify(t)

	must(t, b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return b.CloseBudgets(t.Context(), tx, now, b.clerk, id) }))
	is(t, "filled again", b.pool(t, 2020).Filled, 800_000)
	is(t, "committed", b.pool(t, 2020).Committed, 800_000)
	b.verify(t)
}

func TestWhatIsWrongWithABudgetOfBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good := ledger.OpeningBudget{Year: 2020, Purpose: ledger.Startup, Amount: 100, DocumentNo: "深坪财〔2020〕8号"}
	_, err := b.openBudget(t, ledger.OpeningBudget{Year: 2021, Purpose: ledger.Startup, Amount: 100, DocumentNo: "深坪财〔2021〕8号"})
	must(t, err)
	for name, c := range map[string]struct {
		change func(*ledger.OpeningBudget)
		want   string
	}{
		"before the fund": {func(r *ledger.OpeningBudget) { r.Year = 2016 }, "year:专项资金从 2017 年设立"},
		"this year":       {func(r *ledger.OpeningBudget) { r.Year = today.Year }, "year:2026 年还没有结束"},
		"no purpose":      {func(r *ledger.OpeningBudget) { r.Purpose = "other" }, "purpose:"},
		"nothing":         {func(r *ledger.OpeningBudget) { r.Amount = 0 }, "amount:"},
		"no document":     {func(r *ledger.OpeningBudget) { r.DocumentNo = "" }, "document_no:还没有填"},
		"another amount":  {func(r *ledger.OpeningBudget) { r.Year, r.Amount = 2021, 101 }, "amount:已经导入过 1.00 元"},
	} {
		row := good
		c.change(&row)
		checks, err := b.CheckBudgets(t.Context(), b.db.App.Pool(), today.Start(), []ledger.OpeningBudget{row})
		must(t, err)
		if len(checks[0].Faults) != 1 || !strings.HasPrefix(checks[0].Faults[0].Name+":"+checks[0].Faults[0].Message, c.want) {
			t.Errorf("%s: %+v", name, checks[0])
		}
	}
	checks, err := b.CheckBudgets(t.Context(), b.db.App.Pool(), today.Start(), []ledger.OpeningBudget{good, good})
	must(t, err)
	if len(checks[0].Faults) > 0 || len(checks[1].Faults) != 1 || checks[1].Faults[0].Name != "purpose" {
		t.Errorf("the same purpose twice: %+v", checks)
	}
}

// The year in which the portal began has a budget that finance keeps: grants of
// its first months fit into it, and no import touches the budget itself. Before
// that year nothing is opened once the portal has committed money earlier.
func TestTheYearInWhichThePortalBegan(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.before(t, 2026, 100_000)
	refused(t, err, errs.Conflict, "2026年孵化关爱工程的预算不够核定的 1,000.00 元")
	b.yearly(t, 10_000)
	_, err = b.before(t, 2026, 100_000)
	must(t, err)
	p := b.pool(t, 2026)
	is(t, "budget", p.Budget, 1_000_000)
	is(t, "committed", p.Committed, 100_000)
	is(t, "nothing stands in", p.Filled, 0)
	must(t, b.commit(t.Context(), b.award(t, b.organization(t), 9000)))
	refused(t, b.commit(t.Context(), b.award(t, b.organization(t), 1)), errs.Conflict, "只剩 0.00元")
	b.verify(t)
	live, err := ledger.Live(t.Context(), b.db.App.Pool())
	must(t, err)
	is(t, "the portal's first day", live, today)
	_, err = b.before(t, 2025, 100_000)
	must(t, err)
	b.db.SetNow(t, civil.Of(2027, 1, 5).Start())
	_, err = b.before(t, 2027, 100_000)
	refused(t, err, errs.Conflict, "已经由平台记账")
	_, err = b.openBudget(t, ledger.OpeningBudget{Year: 2026, Purpose: ledger.Startup, Amount: 100, DocumentNo: "深坪财〔2026〕8号"})
	refused(t, err, errs.Conflict, "已经由财务在平台登记")
	b.verify(t)
}
