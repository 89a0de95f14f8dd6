package application

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
	Case     casework.Case
	Kind     Kind
	Signed   json.RawMessage // the kind's document, as signed last
	Profile  json.RawMessage // the applicant as it stood at that moment
	Papers   []SlotFiles
	Actions  []workflow.Transition
	Calendar *workday.Calendar
	Regions  *district.RegionSet
	Today    civil.Date
	Behind   any // what a Follower keeps beside the application
	casework.Dossier
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

// Shown is an application as the actor finds it: as a form or as a case.
type Shown struct {
	Form *Form
	View *View
}

// Show returns an application that the actor may see: the form while the actor
// may write it, the view otherwise.
func (s *Service) Show(ctx context.Context, actor authz.Actor, no string) (Shown, error) {
	var shown Shown
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		if s.mayWrite(actor, c) {
			f, err := s.form(ctx, q, now, actor, c)
			shown.Form = &f
			return err
		}
		v, err := s.ViewIn(ctx, q, now, actor, c)
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
		v, err = s.ViewIn(ctx, q, now, actor, c)
		return err
	})
	return v, err
}

// ViewIn is View of a case that the caller has loaded for the actor.
func (s *Service) ViewIn(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, c casework.Case) (View, error) {
	k, err := s.Kind(c.Kind)
	if err != nil {
		return View{}, err
	}
	v := View{Case: c, Kind: k, Today: civil.On(now)}
	if v.Dossier, err = casework.DossierOf(ctx, q, actor, c); err != nil {
		return v, err
	}
	if err := v.readSigned(); err != nil {
		return v, err
	}
	files, err := s.Attachments.List(ctx, q, OwnerOf(c))
	if err != nil {
		return v, err
	}
	v.Papers = bySlot(k, files)
	v.Actions = s.Cases.ActionsAfter(actor, c, v.Events)
	if v.Regions, err = district.Regions(ctx, q); err != nil {
		return v, err
	}
	if v.Calendar, err = district.Calendar(ctx, q); err != nil {
		return v, err
	}
	if f, ok := k.(Follower); ok {
		v.Behind, err = f.Behind(ctx, q, now, actor, v)
	}
	return v, err
}

// Signed is what a submission keeps, taken apart.
type Signed struct {
	Document json.RawMessage `json:"application"`
	Profile  json.RawMessage `json:"organization"`
}

func (v *View) readSigned() error {
	if len(v.Submissions) == 0 {
		return nil // a draft that was taken back: there is only its timeline
	}
	var content Signed
	if err := json.Unmarshal(v.Submissions[len(v.Submissions)-1].Document, &content); err != nil {
		return err
	}
	v.Signed, v.Profile = content.Document, content.Profile
	return nil
}

// LastSigned returns what was signed last.
func LastSigned(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (Signed, error) {
	type row struct {
		Document json.RawMessage `db:"document"`
	}
	var content Signed
	r, err := postgres.One[row](ctx, q, `select document from case_submission where case_id = $1 order by round desc limit 1`, caseID)
	if err != nil {
		return content, err
	}
	return content, json.Unmarshal(r.Document, &content)
}

// Read reads the document of a case in clear from what stands in its form: for
// whoever decides on what was signed, sealed values included. While the case is
// not with the applicant the form holds what was signed.
func (s *Service) Read(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (Document, Subject, error) {
	f, err := s.form(ctx, q, now, authz.SystemActor, c)
	if err != nil {
		return nil, nil, err
	}
	d, faults := f.Kind.Read(f.Values, f.Subject)
	return d, f.Subject, errs.Fields(faults)
}

// bySlot arranges the files under the labels of their slots; labels that depend
// on the applicant take their common form.
func bySlot(k Kind, files []attachment.Attachment) []SlotFiles {
	var out []SlotFiles
	at := map[string]int{}
	for _, f := range files {
		i, ok := at[f.Slot]
		if !ok {
			i = len(out)
			at[f.Slot] = i
			out = append(out, SlotFiles{Slot: Slot{Key: f.Slot, Label: k.SlotName(f.Slot)}})
		}
		out[i].Files = append(out[i].Files, f)
	}
	return out
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
		a, content, err = s.Attachments.Open(ctx, q, OwnerOf(c), fileID)
		return err
	})
	return a, content, err
}
