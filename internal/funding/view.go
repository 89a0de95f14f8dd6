package funding

import (
	"context"
	"encoding/json"
	"io"
	"slices"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/notice"
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
	Computed  *Computation     // what the rules give, for who proposes now; nil otherwise
	Proposal  *Proposal        // the reviewer's last, nil before and for who is not of an office
	Award     *Award           // what was signed, nil before
	Notice    *notice.Position // nil before it is in one
	Money     *ledger.Position // nil before the signature
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

// Reported reports whether a use report was handed in.
func (v View) Reported() bool {
	return slices.ContainsFunc(v.Events, func(e casework.Event) bool { return e.Action == Report })
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
	if err := v.readDecision(ctx, q, actor); err != nil {
		return v, err
	}
	if v.Award != nil {
		position, committed, err := s.Ledger.OfCase(ctx, q, c.ID)
		if err != nil {
			return v, err
		}
		if committed {
			v.Money = &position
		}
	}
	if v.May(Endorse) {
		if err := v.compute(ctx, q); err != nil {
			return v, err
		}
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

// compute answers what the rules give for what was signed last.
func (v *View) compute(ctx context.Context, q postgres.Querier) error {
	var o Applicant
	if err := json.Unmarshal(v.Profile, &o); err != nil {
		return err
	}
	rules, err := rulesOf(ctx, q, v.Case, v.Today)
	if err != nil {
		return err
	}
	computation, err := v.Programme.Compute(v.Signed, o, rules)
	v.Computed = &computation
	return err
}

// readDecision reads the last check, proposal, award and place in a notice in one
// round trip. What
// is only proposed is for the offices.
func (v *View) readDecision(ctx context.Context, q postgres.Querier, actor authz.Actor) error {
	type checkRow struct {
		Stage string          `db:"stage"`
		At    time.Time       `db:"at"`
		Lines json.RawMessage `db:"lines"`
	}
	var checks []checkRow
	var proposals []proposalRow
	var awards []Award
	var b postgres.Batch
	postgres.Gather(&b, &checks, `select stage, at, lines from application_check where case_id = $1 order by at desc limit 1`, v.Case.ID)
	postgres.Gather(&b, &proposals, proposalSQL, v.Case.ID)
	postgres.Gather(&b, &awards, awardSQL, v.Case.ID)
	position := notice.GatherOf(&b, v.Case.ID)
	if err := b.Run(ctx, q); err != nil {
		return err
	}
	if at, in := position(); in && (actor.Role.Staff() || at.No != "") {
		v.Notice = &at
	}
	if len(awards) == 1 && (actor.Role.Staff() || !awards[0].GrantedOn.IsZero()) {
		v.Award = &awards[0]
	}
	if len(proposals) == 1 && actor.Role.Staff() {
		p, err := proposals[0].proposal()
		if err != nil {
			return err
		}
		v.Proposal = &p
	}
	if len(checks) == 1 {
		v.Check = StoredCheck{Stage: checks[0].Stage, At: checks[0].At}
		return json.Unmarshal(checks[0].Lines, &v.Check.Lines)
	}
	return nil
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
