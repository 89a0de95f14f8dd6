package notice

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/privacy"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Desk is the notices of the office.
type Desk struct {
	Moment
	Mine    []Listed // a text waits for the actor's role
	Others  []Listed // a text waits for somebody else, or a day to be published
	Running []Listed
	Over    []Listed // the latest
	Waiting []Waiting
}

// Desk lists the notices in work and what waits for a notice. It needs
// authz.NoticeView.
func (s *Service) Desk(ctx context.Context, actor authz.Actor) (d Desk, err error) {
	if err := actor.Require(authz.NoticeView); err != nil {
		return d, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if d.Moment, err = moment(ctx, q, now); err != nil {
			return err
		}
		var work []Listed
		var b postgres.Batch
		const at = `select ` + listedColumns + listedFrom
		postgres.Gather(&b, &work, at+`where n.state in ('preparing', 'scheduled') or n.state = 'running' and w.state is not null order by n.created_at limit 200`)
		postgres.Gather(&b, &d.Running, at+`where n.state = 'running' order by n.ends_at, n.id limit 200`)
		postgres.Gather(&b, &d.Over, at+`where n.state in ('ended', 'withdrawn') order by coalesce(n.ended_at, n.withdrawn_at) desc, n.id limit 20`)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		for _, n := range work {
			if waitsFor[n.Stage] == actor.Role {
				d.Mine = append(d.Mine, n)
			} else {
				d.Others = append(d.Others, n)
			}
		}
		if !actor.Can(authz.NoticeDraft) {
			return nil
		}
		for _, kind := range s.sources() {
			free, err := s.free(ctx, q, now, kind, uuid.Nil)
			if err != nil {
				return err
			}
			if len(free) > 0 {
				d.Waiting = append(d.Waiting, Waiting{kind, free})
			}
		}
		return nil
	})
	return d, err
}

// waitsFor says whose turn a text is.
var waitsFor = map[Stage]authz.Role{Drafting: authz.BureauClerk, Reviewing: authz.BureauReviewer, Signing: authz.BureauLeader}

// View is one notice as the office sees it.
type View struct {
	Moment
	Notice
	Text      Manuscript  // on its way, or else in force
	InForce   *Manuscript // published; nil before
	Items     []Item
	Steps     []Step // of all texts, in order
	Settings  []Setting
	Found     []privacy.Found // private information in Text
	Faults    []errs.Field
	Proposed  workday.Period // of Text, if it were published when planned
	Regions   *district.RegionSet
	Disputes  int // open objections
	May       Acts
	Forbidden string // why the actor, whose turn it is by role, cannot act
}

// Acts are what the actor may do with a notice now.
type Acts struct{ Edit, Submit, Approve, Issue, Return, Discard, Correct, Extend, Withdraw bool }

// View returns a notice of the office by its id. It needs authz.NoticeView.
func (s *Service) View(ctx context.Context, actor authz.Actor, id uuid.UUID) (v View, err error) {
	if err := actor.Require(authz.NoticeView); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if v.Moment, err = moment(ctx, q, now); err != nil {
			return err
		}
		v.Notice, err = postgres.One[Notice](ctx, q, `select `+noticeColumns+` from notice n where id = $1`, id)
		if errs.Is(err, errs.NotFound) {
			return notFound()
		}
		if err != nil {
			return err
		}
		var texts []Manuscript
		var disputes []struct {
			N int `db:"n"`
		}
		var b postgres.Batch
		postgres.Gather(&b, &texts, `select `+manuscriptColumns+` from notice_manuscript m where notice_id = $1 order by seq`, id)
		postgres.Gather(&b, &v.Items, `select `+itemColumns+` from notice_item i join notice n on n.id = i.notice_id where i.notice_id = $1 order by i.ordinal`, id)
		postgres.Gather(&b, &v.Steps, stepsSQL+`where m.notice_id = $1 order by m.seq, r.seq`, id)
		postgres.Gather(&b, &v.Settings, settingsSQL, id)
		postgres.Gather(&b, &disputes, `select count(*)::int as n from notice_objection where notice_id = $1 and state = 'open'`, id)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		if v.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		v.Disputes = disputes[0].N
		v.fill(texts, actor)
		return nil
	})
	return v, err
}

// fill works out what follows from the rows.
func (v *View) fill(texts []Manuscript, actor authz.Actor) {
	v.Text = texts[0]
	for i, m := range texts {
		if m.Stage == Issued {
			v.InForce = &texts[i]
		}
		if m.Stage != Dropped {
			v.Text = m
		}
	}
	items := live(v.Items)
	v.Found = privacy.Check(v.Text.fields(items))
	on := v.Today
	if v.Text.PublishOn.After(on) {
		on = v.Text.PublishOn
	}
	v.Proposed = v.Calendar.Period(on, v.Text.PeriodWD)
	moving := waitsFor[v.Text.Stage] != ""
	if moving {
		v.Faults = v.Text.faults(v.Today, v.Calendar, len(items))
	}
	v.May = v.acts(actor, moving)
}

// acts says what the actor may do; the services check the same again.
func (v *View) acts(actor authz.Actor, moving bool) (a Acts) {
	running := v.State == Running && !v.Over(v.Now)
	if running {
		a.Correct = actor.Can(authz.NoticeDraft) && !moving
		a.Extend = actor.Can(authz.NoticeSign)
	}
	a.Withdraw = actor.Can(authz.NoticeSign) && (running || v.State == Scheduled)
	if !moving || waitsFor[v.Text.Stage] != actor.Role {
		return a
	}
	if v.Text.Stage == Drafting {
		a.Edit, a.Submit, a.Discard = true, true, true
		return a
	}
	a.Return = true
	if err := another(v.stepsOfText(), actor.PersonID, map[Stage]string{Reviewing: "审核", Signing: "签发"}[v.Text.Stage]); err != nil {
		v.Forbidden = errs.Message(err)
		return a
	}
	a.Approve, a.Issue = v.Text.Stage == Reviewing, v.Text.Stage == Signing
	return a
}

func (v *View) stepsOfText() (out []Step) {
	for _, s := range v.Steps {
		if s.ManuscriptID == v.Text.ID {
			out = append(out, s)
		}
	}
	return out
}

// Editing is a text in the making with the cases to choose from.
type Editing struct {
	View
	Free   []Candidate
	Chosen map[uuid.UUID]bool
}

// Editing returns a text that the actor may change. It needs authz.NoticeDraft;
// one that is not being drafted is errs.Conflict.
func (s *Service) Editing(ctx context.Context, actor authz.Actor, id uuid.UUID) (e Editing, err error) {
	if err := actor.Require(authz.NoticeDraft); err != nil {
		return e, err
	}
	if e.View, err = s.View(ctx, actor, id); err != nil {
		return e, err
	}
	if !e.May.Edit {
		return e, outOfTurn(&held{Notice: e.Notice, text: &e.Text}, "修改")
	}
	e.Chosen = map[uuid.UUID]bool{}
	for _, i := range live(e.Items) {
		e.Chosen[i.CaseID] = true
	}
	if e.Text.Erratum() {
		return e, nil
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		e.Free, err = s.free(ctx, q, now, e.Kind, id)
		return err
	})
	return e, err
}

// DaysProposed lists the days of the period that a signature today would begin.
func (v View) DaysProposed() []Day {
	on := v.Today
	if v.Text.PublishOn.After(on) && !v.Text.Erratum() {
		on = v.Text.PublishOn
	}
	return DaysOf(v.Calendar, on, v.Proposed)
}

// DaysRunning lists the days of the running period, nil before publication.
func (v View) DaysRunning() []Day {
	if v.PublishedOn == (civil.Date{}) {
		return nil
	}
	return DaysOf(v.Calendar, v.PublishedOn, v.Period())
}
