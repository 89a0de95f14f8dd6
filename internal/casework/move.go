package casework

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// NewCase is what opening a case takes.
type NewCase struct {
	Kind           string
	Title          string
	OrganizationID uuid.UUID
	Community      string // code
	Subdistrict    string // code
	Channel        Channel
}

// Open creates a case at the start of its workflow and gives it its number.
// The feature writes its own rows in the same transaction.
func (s *Service) Open(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, n NewCase) (Case, error) {
	d := s.definitions[n.Kind]
	if d == nil {
		return Case{}, fmt.Errorf("casework: no workflow for kind %q", n.Kind)
	}
	year := civil.On(now).Year
	var serial int64
	if err := tx.QueryRow(ctx, `select next_number($1, $2)`, d.Prefix, year).Scan(&serial); err != nil {
		return Case{}, err
	}
	c := Case{
		ID: uuid.Must(uuid.NewV7()), Kind: n.Kind, No: fmt.Sprintf("%s-%d-%04d", d.Prefix, year, serial),
		Title: n.Title, OrganizationID: n.OrganizationID, Community: n.Community, Subdistrict: n.Subdistrict,
		Channel: n.Channel, State: d.Start.State, Class: d.Start.State.Class(), Waits: d.Start.Waits,
		CreatedBy: actor.AccountID, CreatedAt: now, EnteredAt: now, Version: 1,
	}
	if err := insertCase(ctx, tx, c, year, serial); err != nil {
		return Case{}, err
	}
	return c, s.event(ctx, tx, now, actor, c, event{Action: "open", Label: "开始填写", From: c.State})
}

// Move is one act on a case.
type Move struct {
	Action     workflow.Action
	Note       string // what the applicant reads, unless OfficeOnly
	OfficeOnly bool   // an act among the offices: neither note nor label is for the applicant
}

// Move makes the transition: the only writer of a case's state. The caller has
// loaded c for update in tx. It checks place, role and separation of duties,
// sets the clock, writes timeline and audit, and updates c.
//
// It returns errs.Conflict when the case is not in a state for the act and
// errs.Forbidden when it is not this actor's.
func (s *Service) Move(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, m Move) error {
	d := s.definitions[c.Kind]
	if d == nil {
		return fmt.Errorf("casework: no workflow for kind %q", c.Kind)
	}
	done, err := loadHistory(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	t, err := d.Check(c.Place(), m.Action, actor, done)
	if err != nil {
		return err
	}
	from := c.State
	if err := s.setClock(ctx, tx, now, c, t); err != nil {
		return err
	}
	c.State, c.Class, c.Waits, c.EnteredAt = t.To.State, t.To.State.Class(), t.To.Waits, now
	if c.Class == workflow.Final {
		c.ClosedAt = &now
	}
	if err := updateCase(ctx, tx, c); err != nil {
		return err
	}
	return s.event(ctx, tx, now, actor, *c, event{
		Action: m.Action, Label: t.Label, From: from, Note: m.Note, OfficeOnly: m.OfficeOnly,
	})
}

// setClock gives the case the deadline of the place it comes to.
//
// A pause keeps what was left of the office's clock; coming back from it counts
// that rest from today, so that the applicant's time is never the office's.
func (s *Service) setClock(ctx context.Context, tx postgres.Tx, now time.Time, c *Case, t workflow.Transition) error {
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	today := civil.On(now)
	if t.PausesClock && c.ClockDays != nil {
		// From the days used, which lie in years that are known: the deadline may
		// have been counted before its year was announced.
		used, _ := calendar.Between(c.ClockFrom, today)
		left := *c.ClockDays - used
		c.PausedDays = &left
	}
	if t.KeepsDue && c.PausedDays == nil {
		return nil // the same office's clock goes on running
	}
	days, has := 0, false
	switch {
	case t.KeepsDue:
		days, has = max(*c.PausedDays, 1), true // even an overdue office gets the day of the answer's arrival
		c.PausedDays = nil
	case t.DueParam != "":
		if days, err = s.param(ctx, tx, *c, t.DueParam); err != nil {
			return err
		}
		has = true
	case t.DueMonthsParam != "":
		months, err := s.param(ctx, tx, *c, t.DueMonthsParam)
		c.ClockFrom, c.ClockDays, c.DueOn, c.DueProvisional = today, nil, today.AddMonths(months), false
		return err
	}
	if !has {
		c.ClockFrom, c.ClockDays, c.DueOn, c.DueProvisional = civil.Date{}, nil, civil.Date{}, false
		return nil
	}
	due := calendar.Add(today, days)
	c.ClockFrom, c.ClockDays, c.DueOn, c.DueProvisional = today, &days, due.On, due.Provisional
	return nil
}

// param resolves a number of the edition that the case was submitted under.
func (s *Service) param(ctx context.Context, q postgres.Querier, c Case, name string) (int, error) {
	if c.EditionID == nil {
		return 0, fmt.Errorf("casework: %s has no edition to take %s from", c.No, name)
	}
	return s.params(ctx, q, *c.EditionID, name)
}

type event struct {
	Action     workflow.Action
	Label      string
	From       workflow.State
	Note       string
	OfficeOnly bool // an act among the offices: neither note nor label is for the applicant
}

// event appends to the timeline and to the audit chain of the case.
func (s *Service) event(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c Case, e event) error {
	_, err := tx.Exec(ctx, `
		insert into case_event (case_id, seq, at, action, label, from_state, to_state,
			account_id, person_id, actor_name, actor_role, note, office_only)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12
		from case_event where case_id = $1`,
		c.ID, now, e.Action, e.Label, e.From, c.State, actor.AccountID, actor.PersonID, actor.Name, actor.Role, e.Note, e.OfficeOnly)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{
		Subject: "case", SubjectID: c.ID.String(), Action: "case." + string(e.Action),
		Detail: map[string]any{"no": c.No, "kind": c.Kind, "from": e.From, "to": c.State, "version": c.Version},
	})
}

// Recast gives a draft the variant of its kind that decides it: who that is may
// change until the submission. errs.Conflict when it is no draft.
func (s *Service) Recast(ctx context.Context, tx postgres.Tx, c *Case, kind string) error {
	was, is := s.definitions[c.Kind], s.definitions[kind]
	switch {
	case kind == c.Kind:
		return nil
	case was == nil || is == nil || was.Prefix != is.Prefix:
		return fmt.Errorf("casework: %q is no variant of %q", kind, c.Kind)
	case c.State != workflow.Draft:
		return errs.New(errs.Conflict, "这件已经提交，办理机关不再改变。")
	}
	c.Kind, c.Waits = kind, is.Start.Waits
	return updateCase(ctx, tx, c)
}

// Resite gives a draft the title and place that follow from what was typed: the
// name and community of an organization that is not there yet. errs.Conflict when
// it is no draft.
func (s *Service) Resite(ctx context.Context, tx postgres.Tx, c *Case, title, community, subdistrict string) error {
	switch {
	case c.Title == title && c.Community == community && c.Subdistrict == subdistrict:
		return nil
	case c.State != workflow.Draft:
		return errs.New(errs.Conflict, "这件已经提交，名称和所在社区不再改变。")
	}
	c.Title, c.Community, c.Subdistrict = title, community, subdistrict
	return updateCase(ctx, tx, c)
}

// Assign says which organization a case made: an intake belongs to nobody until
// its organization exists.
func (s *Service) Assign(ctx context.Context, tx postgres.Tx, c *Case, organization uuid.UUID) error {
	if c.OrganizationID != uuid.Nil {
		return fmt.Errorf("casework: %s belongs to an organization already", c.No)
	}
	c.OrganizationID = organization
	return updateCase(ctx, tx, c)
}

// Touch raises the version of a case whose document changed, so that two people
// who edit or decide at once notice each other.
func (s *Service) Touch(ctx context.Context, tx postgres.Tx, c *Case) error {
	return updateCase(ctx, tx, c)
}

// Lapse makes the System transition of every case whose deadline has passed:
// opinions not given in time (逾期未提出), corrections not answered. A
// provisional deadline is recounted first and, while its year is unknown, never
// lapses: nobody loses a right to a guessed calendar (DESIGN §1 item 4).
//
// after runs in the same transaction, for messages. Each case has a transaction
// of its own, so one that fails does not hold up the rest; the failures come
// back together.
func (s *Service) Lapse(ctx context.Context, db *postgres.DB, after func(ctx context.Context, tx postgres.Tx, now time.Time, c Case, from workflow.Place) error) (int, error) {
	due, err := s.overdue(ctx, db)
	if err != nil {
		return 0, err
	}
	moved := 0
	var failed []error
	for _, no := range due {
		did, err := s.lapseOne(ctx, db, no, after)
		if err != nil {
			failed = append(failed, fmt.Errorf("lapse %s: %w", no, err))
		}
		if did && err == nil {
			moved++
		}
	}
	return moved, errors.Join(failed...)
}

// overdue lists the cases that the clock may have to move, the oldest deadline
// first. Only states that can lapse: an office that is late stays late, and its
// cases must not crowd out the others.
func (s *Service) overdue(ctx context.Context, db *postgres.DB) (due []string, err error) {
	kinds, states := []string{}, []string{}
	for kind, d := range s.definitions {
		kinds = append(kinds, kind)
		for _, t := range d.Transitions {
			if t.Action == workflow.Lapse {
				for _, p := range t.From {
					states = append(states, string(p.State))
				}
			}
		}
	}
	err = db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		rows, err := q.Query(ctx, `select no from case_file where class = 'open' and kind = any($2)
			and (due_on < $1 and state = any($3) or due_provisional) order by due_on, id limit 1000`, civil.On(now), kinds, states)
		if err != nil {
			return err
		}
		due, err = collectStrings(rows)
		return err
	})
	return due, err
}

func (s *Service) lapseOne(ctx context.Context, db *postgres.DB, no string, after func(context.Context, postgres.Tx, time.Time, Case, workflow.Place) error) (bool, error) {
	did := false
	err := db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := s.LoadForUpdate(ctx, tx, authz.SystemActor, no, 0)
		if err != nil {
			return err
		}
		if c.Class != workflow.Open || c.DueOn.IsZero() {
			return nil
		}
		if c.DueProvisional {
			if err := recount(ctx, tx, &c); err != nil {
				return err
			}
		}
		from := c.Place()
		t, ok := s.definitions[c.Kind].Find(from, workflow.Lapse)
		if c.DueProvisional || !c.DueOn.Before(civil.On(now)) || !ok {
			return nil
		}
		if from.State == workflow.Opining {
			if err := insertOpinion(ctx, tx, now, authz.SystemActor, c, Opinion{Stage: from.Waits, Stance: OpinionLapsed}); err != nil {
				return err
			}
		}
		if err := s.Move(ctx, tx, now, authz.SystemActor, &c, Move{Action: t.Action}); err != nil {
			return err
		}
		did = true
		return after(ctx, tx, now, c, from)
	})
	return did, err
}

// recount sets the deadline again from the calendar as it is now.
func recount(ctx context.Context, tx postgres.Tx, c *Case) error {
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	if c.ClockDays == nil {
		return errs.Newf(errs.Internal, "case %s has a deadline without a clock", c.No)
	}
	due := calendar.Add(c.ClockFrom, *c.ClockDays)
	if due.On == c.DueOn && due.Provisional == c.DueProvisional {
		return nil
	}
	c.DueOn, c.DueProvisional = due.On, due.Provisional
	return updateCase(ctx, tx, c)
}
