// Package calendar is how a year of the working-day calendar comes in: entered
// by one person after the published notice, approved by another, then loaded.
// Level 3; owns the table calendar_proposal. The loaded years themselves belong
// to internal/district.
//
// Until a year is loaded its deadlines are provisional and no legal clock closes
// in it (DESIGN §1 item 4). Loading it is all it takes: the recurring job counts
// provisional deadlines again.
package calendar

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Service enters and approves years: authz.PolicyEdit and authz.PolicyApprove.
type Service struct{ db *postgres.DB }

// New returns the service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Proposal is a year that somebody entered.
type Proposal struct {
	ID           uuid.UUID `db:"id"`
	Year         int       `db:"year"`
	Source       string    `db:"source"` // the notice
	Days         []Day     `db:"days"`
	State        string    `db:"state"` // proposed, approved, refused
	ProposedBy   uuid.UUID `db:"proposed_by"`
	ProposedName string    `db:"proposed_name"`
	ProposedAt   time.Time `db:"proposed_at"`
	DecidedName  string    `db:"decided_name"`
	Reason       string    `db:"reason"` // of a refusal
	Version      int       `db:"version"`
}

// Open reports whether the proposal waits for a leader.
func (p Proposal) Open() bool { return p.State == "proposed" }

// Day is a day of a proposal, as it is stored.
type Day struct {
	Date civil.Date   `json:"date"`
	Kind workday.Kind `json:"kind"`
	Name string       `json:"name"`
}

const columns = `id, year, source, days, state, proposed_by, proposed_name, proposed_at, decided_name, reason, version`

// Overview is the loaded years and the proposals.
type Overview struct {
	On        civil.Date
	Years     []district.Year // the oldest first
	Proposals []Proposal      // those that wait and those refused, the latest first; at most 20
}

// Knows reports whether the year is loaded.
func (o Overview) Knows(year int) bool {
	for _, y := range o.Years {
		if y.Year == year {
			return true
		}
	}
	return false
}

// Overview needs authz.PolicyView.
func (s *Service) Overview(ctx context.Context, actor authz.Actor) (o Overview, err error) {
	if err := actor.Require(authz.PolicyView); err != nil {
		return o, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		o.On = civil.On(now)
		if o.Years, err = district.Years(ctx, q); err != nil {
			return err
		}
		o.Proposals, err = postgres.All[Proposal](ctx, q, `select `+columns+` from calendar_proposal
			where state <> 'approved' order by proposed_at desc limit 20`)
		return err
	})
	return o, err
}

// Get returns one proposal. errs.NotFound; needs authz.PolicyView.
func (s *Service) Get(ctx context.Context, actor authz.Actor, id uuid.UUID) (p Proposal, err error) {
	if err := actor.Require(authz.PolicyView); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p, err = byID(ctx, q, id)
		return err
	})
	return p, err
}

func byID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Proposal, error) {
	return postgres.One[Proposal](ctx, q, `select `+columns+` from calendar_proposal where id = $1`, id)
}

// Input is a year to enter.
type Input struct {
	Token  string
	Year   int
	Source string
	Text   string // rows date,kind,name, see Parse
}

func (in Input) faults() ([]Day, []errs.Field) {
	var f []errs.Field
	if in.Year < 2017 || in.Year > 2100 {
		f = append(f, errs.Field{Name: "year", Label: "年份", Message: "年份填 2017 到 2100"})
	}
	if n := utf8.RuneCountInString(in.Source); n < 4 || n > 200 {
		f = append(f, errs.Field{Name: "source", Label: "依据", Message: fmt.Sprintf("填通知的名称和文号，4 到 200 个字，现在是 %d 个字", n)})
	} else if in.Source == district.DemoSource {
		f = append(f, errs.Field{Name: "source", Label: "依据", Message: "演示日历不是公布的通知。填通知的名称和文号"})
	}
	rows := Parse(in.Text, in.Year)
	var bad []string
	var days []Day
	for _, r := range rows {
		if r.Fault != "" {
			bad = append(bad, fmt.Sprintf("第 %d 行：%s", r.Line, r.Fault))
		}
		days = append(days, Day(r.Day))
	}
	switch {
	case len(rows) == 0:
		f = append(f, errs.Field{Name: "text", Label: "日期表", Message: "一行也没有。粘贴放假和调休的日期，一行一天"})
	case len(bad) > 3:
		f = append(f, errs.Field{Name: "text", Label: "日期表", Message: strings.Join(bad[:3], "；") + fmt.Sprintf("；另有 %d 行要改，见下表", len(bad)-3)})
	case len(bad) > 0:
		f = append(f, errs.Field{Name: "text", Label: "日期表", Message: strings.Join(bad, "；")})
	case !hasOff(days):
		f = append(f, errs.Field{Name: "text", Label: "日期表", Message: "没有一个放假的日子。核对通知，放假的写 off，调休上班的写 work"})
	}
	return days, f
}

func hasOff(days []Day) bool {
	for _, d := range days {
		if d.Kind == workday.Off {
			return true
		}
	}
	return false
}

// Check returns what Propose would refuse, without entering anything: the
// preview. The rows with their faults come from Parse.
func (s *Service) Check(ctx context.Context, actor authz.Actor, in Input) error {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return err
	}
	_, f := in.faults()
	err := s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		return unknown(ctx, q, in.Year, &f)
	})
	if err != nil {
		return err
	}
	return errs.Fields(f)
}

// unknown notes a fault when the year is loaded.
func unknown(ctx context.Context, q postgres.Querier, year int, f *[]errs.Field) error {
	years, err := district.Years(ctx, q)
	for _, y := range years {
		if y.Year == year {
			*f = append(*f, errs.Field{Name: "year", Label: "年份", Message: fmt.Sprintf("%d年的工作日历已经有了（%s）。选还没有的年份", year, y.Source)})
		}
	}
	return err
}

// Propose hands a year in for approval. errs.Invalid with the rows at fault,
// errs.Conflict while the same year waits already.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, in Input) error {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			days, f := in.faults()
			if err := unknown(ctx, tx, in.Year, &f); err != nil {
				return "", err
			}
			if err := errs.Fields(f); err != nil {
				return "", err
			}
			id := uuid.Must(uuid.NewV7())
			_, err := tx.Exec(ctx, `insert into calendar_proposal (id, year, source, days, proposed_by, proposed_name, proposed_at)
				values ($1, $2, $3, $4, $5, $6, $7)`, id, in.Year, in.Source, days, actor.PersonID, actor.Name, now)
			if postgres.Violates(err, "calendar_proposal_one_open") {
				return "", errs.Wrap(errs.Conflict, fmt.Sprintf("%d年的工作日历已经有一份等着签批。签批或退回以后再录。", in.Year), err)
			}
			if err != nil {
				return "", err
			}
			return id.String(), note(ctx, tx, now, actor, in.Year, "calendar.propose", map[string]any{"days": len(days)})
		})
		return err
	})
}

// Approve loads the year. Who entered it does not approve it.
func (s *Service) Approve(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.decide(ctx, actor, id, version, "approved", "", func(tx postgres.Tx, now time.Time, p Proposal) error {
		days := make([]workday.Day, len(p.Days))
		for i, d := range p.Days {
			days[i] = workday.Day(d)
		}
		if err := district.LoadYear(ctx, tx, now, p.Year, p.Source, days); err != nil {
			return err
		}
		return note(ctx, tx, now, actor, p.Year, "calendar.approve", map[string]any{"days": len(days)})
	})
}

// Refuse turns a proposal down with a reason; it may be entered anew.
func (s *Service) Refuse(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 5 || n > 500 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 500 个字，现在是 %d 个字", n))
	}
	return s.decide(ctx, actor, id, version, "refused", reason, func(tx postgres.Tx, now time.Time, p Proposal) error {
		return note(ctx, tx, now, actor, p.Year, "calendar.refuse", map[string]any{})
	})
}

func (s *Service) decide(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, state, reason string,
	fn func(tx postgres.Tx, now time.Time, p Proposal) error) error {
	if err := actor.Require(authz.PolicyApprove); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		p, err := byID(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case !p.Open():
			return errs.New(errs.Conflict, "这份日历已经决定过了。请重新打开页面。")
		case p.ProposedBy == actor.PersonID:
			return errs.New(errs.Forbidden, "这份日历是您录入的，不能自己签批。请由另一位局领导签批。")
		}
		if err := postgres.ExecOne(ctx, tx, `update calendar_proposal set state = $3, decided_by = $4, decided_name = $5, decided_at = $6, reason = $7,
			version = version + 1 where id = $1 and version = $2 and state = 'proposed'`, id, version, state, actor.PersonID, actor.Name, now, reason); err != nil {
			return err
		}
		return fn(tx, now, p)
	})
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, year int, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "calendar", SubjectID: fmt.Sprint(year), Action: action, Detail: detail})
}
