package demo

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
)

// planter is one planting. The script is written first, then played in the
// order of its dates.
type planter struct {
	Deps
	today    civil.Date
	regions  *district.RegionSet
	calendar *workday.Calendar
	draw     *draw
	opening  civil.Date // the day on which the invented bureau began to use the portal
	mu       sync.Mutex // of actors: the offices get their accounts side by side
	actors   map[string]authz.Actor
	orgs     map[string]*member
	script   []scene
	crowd    map[time.Time]int // scenes of one hour
	receipts int               // numbers given to invented receipts
	byHand   []organization.GrantInput
}

// scene is one act at one moment of the invented history.
type scene struct {
	at   time.Time
	what string
	do   func(ctx context.Context) error
}

// history is how many days back the history in the portal begins. What is older
// was recorded when it opened.
const history = 200

func newPlanter(ctx context.Context, d Deps) (*planter, error) {
	p := &planter{Deps: d, draw: newDraw(Seed), actors: map[string]authz.Actor{}, orgs: map[string]*member{}, crowd: map[time.Time]int{}}
	err := d.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		p.today = civil.On(now)
		if _, err := tx.Exec(ctx, `insert into demo_mark (planted_at, seed) values ($1, $2)`, now, Seed); err != nil {
			return err
		}
		if err := seedGround(ctx, tx, p.today); err != nil {
			return err
		}
		if p.regions, err = district.Regions(ctx, tx); err != nil {
			return err
		}
		if p.calendar, err = district.CalendarOf(ctx, tx, p.today.Year-2, p.today.Year+2); err != nil {
			return err
		}
		p.opening = p.calendar.OnOrAfter(p.today.AddDays(-history)).On
		return nil
	})
	return p, err
}

// seedGround makes the invented present possible: a document in force from three
// years back, and the calendar of the next five years.
func seedGround(ctx context.Context, tx postgres.Tx, today civil.Date) error {
	years, err := district.Years(ctx, tx)
	if err != nil {
		return err
	}
	last := today.Year
	for _, y := range years {
		last = max(last, y.Year)
	}
	var ahead []int
	for y := today.Year - 2; y <= last+5; y++ {
		ahead = append(ahead, y)
	}
	if err := district.SeedDemoCalendar(ctx, tx, ahead); err != nil {
		return err
	}
	return policy.SeedDemoContinuation(ctx, tx, civil.Of(today.Year-3, time.January, 1))
}

func (p *planter) plant(ctx context.Context) (err error) {
	// The clock must run as before, whatever happens: an offset of nought, but for tests.
	shift, err := p.shift(ctx)
	if err != nil {
		return err
	}
	defer func() {
		if reset := p.setShift(context.WithoutCancel(ctx), shift); err == nil {
			err = reset
		}
	}()
	for _, write := range []func(){p.offices, p.bases, p.fund, p.organizations, p.rosters, p.stories, p.registryCases, p.claims, p.past, p.imports, p.liaisons, p.merged, p.governance, p.annualReports, p.library, p.events, p.subsidies, p.repeats} {
		write()
	}
	if err := p.play(ctx); err != nil {
		return err
	}
	if err := p.setShift(ctx, shift); err != nil {
		return err
	}
	if err := p.sweep(ctx); err != nil {
		return err
	}
	return p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := tx.Exec(ctx, `insert into demo_complete (completed_at) values ($1)`, now)
		return err
	})
}

// play runs the script day by day: the jobs of the night, then the acts.
func (p *planter) play(ctx context.Context) error {
	slices.SortStableFunc(p.script, func(a, b scene) int { return a.at.Compare(b.at) })
	day := p.opening.AddDays(-1)
	for _, s := range p.script {
		for on := civil.On(s.at); day.Before(on); {
			day = day.AddDays(1)
			if err := p.night(ctx, day); err != nil {
				return fmt.Errorf("night before %s: %w", day, err)
			}
		}
		if err := p.setNow(ctx, s.at); err != nil {
			return err
		}
		if err := s.do(ctx); err != nil {
			return fmt.Errorf("%s, %s: %w", s.at.In(civil.Shanghai).Format(time.DateTime), s.what, err)
		}
	}
	for day.Before(p.today.AddDays(-1)) {
		day = day.AddDays(1)
		if err := p.night(ctx, day); err != nil {
			return err
		}
	}
	return nil
}

// night does what the jobs do, shortly after midnight of the day that begins.
func (p *planter) night(ctx context.Context, day civil.Date) error {
	if err := p.setNow(ctx, day.Start().Add(6*time.Minute)); err != nil {
		return err
	}
	return p.sweep(ctx)
}

func (p *planter) sweep(ctx context.Context) error {
	if err := p.Applications.Lapse(ctx); err != nil {
		return err
	}
	if err := p.Liaison.Remind(ctx); err != nil {
		return err
	}
	if err := p.Notices.Settle(ctx); err != nil {
		return err
	}
	_, err := audit.Seal(ctx, p.DB, p.Keys)
	return err
}

// setNow moves the clock of business rules to at; it runs on from there.
func (p *planter) setNow(ctx context.Context, at time.Time) error {
	_, err := p.Owner.Exec(ctx, `update clock_offset set shift = $1::timestamptz - now()`, at.UTC())
	return err
}

func (p *planter) shift(ctx context.Context) (d time.Duration, err error) {
	var us int64
	err = p.Owner.QueryRow(ctx, `select (extract(epoch from shift) * 1000000)::bigint from clock_offset`).Scan(&us)
	return time.Duration(us) * time.Microsecond, err
}

func (p *planter) setShift(ctx context.Context, d time.Duration) error {
	_, err := p.Owner.Exec(ctx, `update clock_offset set shift = $1 * interval '1 microsecond'`, d.Microseconds())
	return err
}

// on writes a scene for a day at an hour of the day, at most yesterday: the
// script must be over when the clock runs true again. Scenes of one day and hour
// follow each other by seconds in the order in which they were written.
func (p *planter) on(d civil.Date, hour int, what string, do func(ctx context.Context) error) {
	if !d.Before(p.today) {
		panic("demo: a scene of today: " + what) // a mistake in the script, shown by every test
	}
	at := d.Start().Add(time.Duration(hour) * time.Hour)
	p.script = append(p.script, scene{at.Add(time.Duration(p.crowd[at]) * 11 * time.Second), what, do})
	p.crowd[at]++
}

// workdayBack returns the n-th working day before today: n working days from it
// is today, or the next working day when today is none.
func (p *planter) workdayBack(n int) civil.Date { return p.before(p.today, n) }

// after returns the n-th working day after d, at most the last one before today.
func (p *planter) after(d civil.Date, n int) civil.Date {
	on := p.calendar.Add(d, n).On
	if last := p.workdayBack(1); on.After(last) {
		return last
	}
	return on
}

// before returns the n-th working day before d.
func (p *planter) before(d civil.Date, n int) civil.Date {
	for n > 0 {
		d = d.AddDays(-1)
		if work, _ := p.calendar.IsWorkday(d); work {
			n--
		}
	}
	return d
}
