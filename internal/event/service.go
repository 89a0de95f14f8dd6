package event

import (
	"context"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB            *postgres.DB
	Keys          *secret.Keys
	Organizations *organization.Service
	Attachments   *attachment.Service
}

// Service is every act on activities. Methods check permission and scope and open
// the transaction. They return errs.Invalid with fields for what was typed,
// errs.NotFound for what is out of the actor's scope, errs.Conflict for a stale
// version or an act out of turn.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service {
	s := &Service{d}
	d.Attachments.OnRefused(OwnerKind, s.pictureRefused)
	return s
}

// desk is what an act of an organization stands on.
type desk struct {
	tx    postgres.Tx
	now   time.Time
	actor authz.Actor
	org   organization.Organization
}

// note writes what was done into the trail of a subject.
func (d desk) note(ctx context.Context, subject string, id uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, d.tx, d.now, d.actor, audit.Entry{Subject: subject, SubjectID: id.String(), Action: action, Detail: detail})
}

// own runs one act of an organization about itself. An organization that has ended
// looks and writes nothing more.
func (s *Service) own(ctx context.Context, actor authz.Actor, do func(d desk) error) error {
	if err := actor.Require(authz.EventEdit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := s.Organizations.Visible(ctx, tx, actor, actor.OrgID)
		if err != nil {
			return err
		}
		if o.Status.Final() {
			return errs.New(errs.Conflict, "这个组织"+o.Status.Name()+"，活动只能查看，不能再改。")
		}
		return do(desk{tx: tx, now: now, actor: actor, org: o})
	})
}

// ownEvent is own about one activity, locked, with the version that the form was
// opened with.
func (s *Service) ownEvent(ctx context.Context, actor authz.Actor, no string, version int, do func(d desk, e Event) error) error {
	return s.own(ctx, actor, func(d desk) error {
		e, err := lockOwn(ctx, d, no)
		if err != nil {
			return err
		}
		if e.Version != version {
			return stale()
		}
		return do(d, e)
	})
}

func lockOwn(ctx context.Context, d desk, no string) (Event, error) {
	e, err := eventForUpdate(ctx, d.tx, no)
	if err == nil {
		var mine bool
		if mine, err = within(ctx, d.tx, d.org.ID, e.OrgID); err == nil && !mine {
			err = notFound()
		}
	}
	return e, err
}

// within reports whether a record is org itself or was merged into it.
func within(ctx context.Context, q postgres.Querier, org, record uuid.UUID) (yes bool, err error) {
	err = q.QueryRow(ctx, `select $1 = any(organization_ids($2))`, record, org).Scan(&yes)
	return yes, err
}

// Create keeps a new activity as a draft and returns its number; the same form
// again returns the same one.
func (s *Service) Create(ctx context.Context, actor authz.Actor, token string, in Input) (no string, err error) {
	err = s.own(ctx, actor, func(d desk) error {
		no, err = once.Do(ctx, d.tx, actor, token, func() (string, error) {
			if err := s.check(ctx, d.tx, in, false); err != nil {
				return "", err
			}
			e := Event{ID: newID(), OrgID: d.org.ID, State: Draft}
			if e.No, err = nextNo(ctx, d); err != nil {
				return "", err
			}
			if err := insertEvent(ctx, d, e, in); err != nil {
				return "", err
			}
			return e.No, d.note(ctx, OwnerKind, e.ID, "event.create", map[string]any{"no": e.No, "organization": d.org.ID})
		})
		return err
	})
	return no, err
}

func (s *Service) check(ctx context.Context, q postgres.Querier, in Input, complete bool) error {
	regions, err := district.Regions(ctx, q)
	if err != nil {
		return err
	}
	return in.Faults(regions, complete).Err()
}

// Save keeps what an activity tells: a draft however incomplete, one that is
// public whole.
func (s *Service) Save(ctx context.Context, actor authz.Actor, no string, version int, in Input) error {
	return s.ownEvent(ctx, actor, no, version, func(d desk, e Event) error {
		if !e.Editable() {
			return errs.Newf(errs.Conflict, "这次活动%s，计划不能再改。", e.State.Name())
		}
		if err := s.check(ctx, d.tx, in, e.State == Planned); err != nil {
			return err
		}
		if e.State == Planned && (in.Day != e.Day || in.From != e.From) {
			var f errs.Faults
			if in.ahead(&f, d.now); f != nil {
				return f.Err()
			}
		}
		if err := saveEvent(ctx, d, e, in); err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, e.ID, "event.save", nil)
	})
}

// Missing says what a draft still lacks to be public.
func Missing(e Event, regions *district.RegionSet, now time.Time) errs.Faults {
	f := e.input().Faults(regions, true)
	e.input().ahead(&f, now)
	return f
}

// Publish puts a draft on the calendar.
func (s *Service) Publish(ctx context.Context, actor authz.Actor, no string, version int) error {
	return s.ownEvent(ctx, actor, no, version, func(d desk, e Event) error {
		if e.State != Draft {
			return errs.Newf(errs.Conflict, "这次活动已经公开，现在是“%s”。", e.State.Name())
		}
		regions, err := district.Regions(ctx, d.tx)
		if err != nil {
			return err
		}
		if err := Missing(e, regions, d.now).Err(); err != nil {
			return err
		}
		e.State, e.PublishedAt = Planned, &d.now
		if err := moveEvent(ctx, d.tx, d.now, e); err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, e.ID, "event.publish", nil)
	})
}

// Cancel tells everyone that an activity does not take place.
func (s *Service) Cancel(ctx context.Context, actor authz.Actor, no string, version int, reason string) error {
	return s.ownEvent(ctx, actor, no, version, func(d desk, e Event) error {
		if e.State != Planned {
			return errs.Newf(errs.Conflict, "这次活动现在是“%s”，不能取消。", e.State.Name())
		}
		if err := needReason(reason); err != nil {
			return err
		}
		e.State, e.EndedWhy = Cancelled, reason
		if err := moveEvent(ctx, d.tx, d.now, e); err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, e.ID, "event.cancel", nil)
	})
}

// Hold tells what an activity came to, and records it among the activities that
// the community confirms. A draft that was never announced becomes public with it.
func (s *Service) Hold(ctx context.Context, actor authz.Actor, no string, version int, r Result) error {
	return s.ownEvent(ctx, actor, no, version, func(d desk, e Event) error {
		if !e.Editable() {
			return errs.Newf(errs.Conflict, "这次活动现在是“%s”，不能再填结果。", e.State.Name())
		}
		if err := s.check(ctx, d.tx, e.input(), true); err != nil {
			return err
		}
		if err := r.faults(e, d.now).Err(); err != nil {
			return err
		}
		record, err := s.Organizations.RecordActivityIn(ctx, d.tx, d.now, actor, organization.ActivityInput{OrgID: d.org.ID, Title: e.Title, HeldOn: e.Day, Place: e.Place,
			CommunityCode: e.CommunityCode, Participants: r.Participants, Volunteers: r.Volunteers, SocialWorkers: r.SocialWorkers, Summary: r.Summary})
		if err != nil {
			return err
		}
		e.State, e.HeldAt, e.ActivityID, e.Participants, e.Outcome = Held, &d.now, record, &r.Participants, r.Summary
		if e.PublishedAt == nil {
			e.PublishedAt = &d.now
		}
		err = moveEvent(ctx, d.tx, d.now, e)
		if postgres.Violates(err, "event_activity_id_key") {
			return errs.FieldError("title", labelTitle, e.Day.Chinese()+"的“"+e.Title+"”已经记过一次。同一天办了两场的，在名称里写明场次")
		}
		if err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, e.ID, "event.hold", map[string]any{"activity": record})
	})
}
