package funding

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// View is a submitted application as applicant and offices see it: what was
// signed, never the draft behind it.
type View struct {
	Case      casework.Case
	Programme Programme
	Signed    json.RawMessage // the programme's document, as signed last
	Profile   json.RawMessage // the organization as it stood at that moment
	Papers    []SlotFiles
	Check     StoredCheck
	Actions   []workflow.Transition
	Calendar  *workday.Calendar
	Regions   *district.RegionSet
	Today     civil.Date
	casework.Dossier
}

// StoredCheck is the last check of eligibility that is on record.
type StoredCheck struct {
	Stage string
	At    time.Time
	Lines []Line
}

// May reports whether the actor of the view can do action now: the page draws
// its button from the table that Move checks.
func (v View) May(action workflow.Action) bool {
	for _, t := range v.Actions {
		if t.Action == action {
			return true
		}
	}
	return false
}

// Shown is an application as the actor finds it: the form while the actor may
// write it, the view otherwise.
type Shown struct {
	Form *Form
	View *View
}

// Show returns an application that the actor may see.
func (s *Service) Show(ctx context.Context, actor authz.Actor, no string) (Shown, error) {
	var shown Shown
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		if mayWrite(actor, c) {
			f, err := s.form(ctx, q, now, actor, c)
			shown.Form = &f
			return err
		}
		v, err := s.view(ctx, q, now, actor, c)
		shown.View = &v
		return err
	})
	return shown, err
}

// View returns an application as a case, whoever may still write it.
func (s *Service) View(ctx context.Context, actor authz.Actor, no string) (View, error) {
	var v View
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		v, err = s.view(ctx, q, now, actor, c)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, c casework.Case) (View, error) {
	p, err := s.Programme(c.Kind)
	if err != nil {
		return View{}, err
	}
	v := View{Case: c, Programme: p, Today: civil.On(now)}
	if v.Dossier, err = casework.DossierOf(ctx, q, actor, c); err != nil {
		return v, err
	}
	if err := v.readSigned(); err != nil {
		return v, err
	}
	files, err := s.Attachments.List(ctx, q, attachmentOwner(c))
	if err != nil {
		return v, err
	}
	v.Papers = bySlot(p, files)
	v.Actions = s.Cases.ActionsAfter(actor, c, v.Events)
	if v.Check, err = lastCheck(ctx, q, c.ID); err != nil {
		return v, err
	}
	if v.Regions, err = district.Regions(ctx, q); err != nil {
		return v, err
	}
	v.Calendar, err = district.Calendar(ctx, q)
	return v, err
}

func (v *View) readSigned() error {
	if len(v.Submissions) == 0 {
		return nil // a draft that was taken back: there is only its timeline
	}
	var content struct {
		Application  json.RawMessage `json:"application"`
		Organization json.RawMessage `json:"organization"`
	}
	if err := json.Unmarshal(v.Submissions[len(v.Submissions)-1].Document, &content); err != nil {
		return err
	}
	v.Signed, v.Profile = content.Application, content.Organization
	return nil
}

// bySlot arranges the files under the labels of their slots; labels that depend
// on the organization take their common form.
func bySlot(p Programme, files []attachment.Attachment) []SlotFiles {
	var out []SlotFiles
	at := map[string]int{}
	for _, f := range files {
		i, ok := at[f.Slot]
		if !ok {
			i = len(out)
			at[f.Slot] = i
			out = append(out, SlotFiles{Slot: Slot{Key: f.Slot, Label: p.SlotName(f.Slot)}})
		}
		out[i].Files = append(out[i].Files, f)
	}
	return out
}

func lastCheck(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (StoredCheck, error) {
	type row struct {
		Stage string          `db:"stage"`
		At    time.Time       `db:"at"`
		Lines json.RawMessage `db:"lines"`
	}
	rows, err := postgres.All[row](ctx, q, `select stage, at, lines from application_check where case_id = $1 order by at desc limit 1`, caseID)
	if err != nil || len(rows) == 0 {
		return StoredCheck{}, err
	}
	check := StoredCheck{Stage: rows[0].Stage, At: rows[0].At}
	return check, json.Unmarshal(rows[0].Lines, &check.Lines)
}

// Recheck answers the conditions of a submitted application again, from the
// facts of now under its pinned edition. It stores nothing.
func (s *Service) Recheck(ctx context.Context, actor authz.Actor, no string) (Check, casework.Case, error) {
	var check Check
	var c casework.Case
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		var err error
		if c, err = s.Cases.Load(ctx, q, actor, no); err != nil {
			return err
		}
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		check.Today = civil.On(now)
		check.On = check.Today
		if check.Rules, err = rulesOf(ctx, q, c, check.Today); err != nil {
			return err
		}
		check.Lines, check.Verdict, err = assess(ctx, q, p, c, check.On, check.Rules)
		return err
	})
	return check, c, err
}

// Letter returns a letter of an application that the actor may see.
func (s *Service) Letter(ctx context.Context, actor authz.Actor, no, id string) (casework.Letter, casework.Case, error) {
	var l casework.Letter
	var c casework.Case
	err := s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		var err error
		if c, err = s.Cases.Load(ctx, q, actor, no); err != nil {
			return err
		}
		l, err = casework.LetterOf(ctx, q, c.ID, id)
		return err
	})
	return l, c, err
}

// Paper opens a file of an application that the actor may see.
func (s *Service) Paper(ctx context.Context, actor authz.Actor, no, id string) (attachment.Attachment, io.ReadSeekCloser, error) {
	var a attachment.Attachment
	var content io.ReadSeekCloser
	fileID, err := uuid.Parse(id)
	if err != nil {
		return a, nil, errs.Wrap(errs.NotFound, "没有这份文件。请从办件页面打开。", err)
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		a, content, err = s.Attachments.Open(ctx, q, attachmentOwner(c), fileID)
		return err
	})
	return a, content, err
}
