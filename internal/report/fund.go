package report

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
)

// Purpose is what a part of the special fund is for, as the ledger calls it.
type Purpose string

// Purposes lists them in the order of the policy; the first four are programmes.
// The venture fund (微公益创投资金) is a part of the special fund, 三（二）1（3）.
var Purposes = []Purpose{"startup", "activity", "venture", "talent", "evaluation", "training"}

// Name returns the Chinese name, the raw value when unknown.
func (p Purpose) Name() string {
	switch p {
	case "venture":
		return "小项目大建设（微公益创投资金）"
	case "evaluation":
		return "星级评估"
	case "training":
		return "培训"
	}
	return organization.Programme(p).Name()
}

// Programme returns the programme of that purpose, "" for none.
func (p Purpose) Programme() organization.Programme {
	if q := organization.Programme(p); slices.Contains(Programmes, q) {
		return q
	}
	return ""
}

// Line is what one purpose of the fund had and used in a year, in fen.
type Line struct {
	Purpose   Purpose   `db:"purpose"`
	Budget    money.Fen `db:"budget_fen"`
	Filled    money.Fen `db:"filled_fen"`    // of it, what stands in for a budget of before that is not brought in yet
	Committed money.Fen `db:"committed_fen"` // set aside for awards
	Paid      money.Fen `db:"paid_fen"`      // arrived
	Returned  money.Fen `db:"returned_fen"`
	Recovered money.Fen `db:"recovered_fen"`
}

// Free is the budget that nothing is set aside from.
func (l Line) Free() money.Fen { return l.Budget - l.Committed }

// Back is what came back.
func (l Line) Back() money.Fen { return l.Returned + l.Recovered }

// Net is what stayed with the organizations.
func (l Line) Net() money.Fen { return l.Paid - l.Back() }

// Permille is amount as a share of the budget in thousandths, half up; 0 without
// a budget.
func (l Line) Permille(amount money.Fen) int {
	if l.Budget <= 0 {
		return 0
	}
	return int((amount*1000 + l.Budget/2) / l.Budget)
}

// Fund is the budget of one year and its execution.
type Fund struct {
	Year     int
	Years    []int // that have a budget, latest first
	Today    civil.Date
	Lines    []Line // purposes with a budget, in the order of the policy
	Total    Line
	Projects Tally // public so far, paid from this year's budget
}

// Over reports whether the year is over: until then its figures go on changing.
func (f Fund) Over() bool { return f.Year < f.Today.Year }

// YearLine is one purpose of the fund in one year.
type YearLine struct {
	Year int `db:"year"`
	Line
}

// FundLines are the lines of a year as Fund has them, or for AllYears those of
// every year that has a budget, the latest first.
func (s *Service) FundLines(ctx context.Context, year int) (lines []YearLine, today civil.Date, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		lines, err = postgres.All[YearLine](ctx, q, `
			select year, purpose, budget_fen, filled_fen, committed_fen, paid_fen, returned_fen, recovered_fen from ledger_pool where budget_fen > 0
			order by year desc, array_position($1::text[], purpose)`, Purposes)
		if year == AllYears {
			return err
		}
		var years []int
		for _, l := range lines {
			if !slices.Contains(years, l.Year) {
				years = append(years, l.Year)
			}
		}
		year = chosenYear(year, years, today.Year)
		lines = slices.DeleteFunc(lines, func(l YearLine) bool { return l.Year != year })
		return err
	})
	return lines, today, err
}

// AllYears asks for every year that has a budget.
const AllYears = -1

type fundYear struct {
	Year int `db:"year"`
}

// Fund reads a year's budget and execution, the latest year's for 0 and for a
// year without a budget. Without any budget Lines is empty.
func (s *Service) Fund(ctx context.Context, year int) (f Fund, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		f.Today = civil.On(now)
		years, err := postgres.All[fundYear](ctx, q, `select distinct year from ledger_pool where budget_fen > 0 order by year desc`)
		if err != nil {
			return err
		}
		for _, y := range years {
			f.Years = append(f.Years, y.Year)
		}
		f.Year = chosenYear(year, f.Years, f.Today.Year)
		var lines []Line
		var tally []Tally
		var b postgres.Batch
		postgres.Gather(&b, &lines, `select purpose, budget_fen, filled_fen, committed_fen, paid_fen, returned_fen, recovered_fen
			from ledger_pool where year = $1 and budget_fen > 0`, f.Year)
		postgres.Gather(&b, &tally, tallySQL, f.Year, Purposes)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		f.add(lines)
		if len(tally) == 1 {
			f.Projects = tally[0]
		}
		return nil
	})
	return f, err
}

// tallySQL adds up the programmes of the fund: support outside it is on the list,
// and not here.
const tallySQL = `select coalesce(sum(n), 0)::int as n, coalesce(sum(approved_fen), 0)::bigint as approved_fen, coalesce(sum(paid_fen), 0)::bigint as paid_fen,
		coalesce(sum(returned_fen), 0)::bigint as returned_fen, coalesce(sum(recovered_fen), 0)::bigint as recovered_fen
	from project_tally where year = $1 and programme = any($2) and (category, place, progress) = ('', '', '')`

// chosenYear is the year asked for when it has a budget; else this year, or the
// latest that has one.
func chosenYear(asked int, years []int, today int) int {
	switch {
	case slices.Contains(years, asked):
		return asked
	case slices.Contains(years, today) || len(years) == 0:
		return today
	}
	return years[0]
}

func (f *Fund) add(lines []Line) {
	for _, p := range Purposes {
		for _, l := range lines {
			if l.Purpose != p {
				continue
			}
			f.Lines = append(f.Lines, l)
			f.Total.Budget += l.Budget
			f.Total.Filled += l.Filled
			f.Total.Committed += l.Committed
			f.Total.Paid += l.Paid
			f.Total.Returned += l.Returned
			f.Total.Recovered += l.Recovered
		}
	}
}
