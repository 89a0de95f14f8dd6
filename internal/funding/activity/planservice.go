package activity

import (
	"context"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service is the use cases beside the claim itself, which is funding's. Every
// method checks the actor's permission and scope; what the actor may not see is
// errs.NotFound.
type Service struct {
	db     *postgres.DB
	events *event.Service
}

// New returns a Service. Plans that residents may see stand on the calendar of
// events.
func New(db *postgres.DB, events *event.Service) *Service { return &Service{db: db, events: events} }

// Setting is what a page about plans needs beside them.
type Setting struct {
	Today   civil.Date
	Regions *district.RegionSet
}

// Setting reads today and the regions.
func (s *Service) Setting(ctx context.Context) (x Setting, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		x.Today = civil.On(now)
		x.Regions, err = district.Regions(ctx, q)
		return err
	})
	return x, err
}

// FilePlan records an event that the actor's organization tells of before, and
// tells its community and subdistrict. Pressed twice it is one.
func (s *Service) FilePlan(ctx context.Context, actor authz.Actor, token string, typed url.Values) (id uuid.UUID, err error) {
	if err := actor.Require(authz.ActivityPlanFile); err != nil {
		return id, err
	}
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			id, err := s.filePlan(ctx, tx, now, actor, typed)
			return id.String(), err
		})
		if err == nil {
			id, err = uuid.Parse(made)
		}
		return err
	})
	return id, err
}

func (s *Service) filePlan(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, typed url.Values) (uuid.UUID, error) {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return uuid.Nil, err
	}
	in, faults := ReadPlan(typed, regions, civil.On(now))
	if err := errs.Fields(faults); err != nil {
		return uuid.Nil, err
	}
	o, err := organization.Load(ctx, tx, actor.OrgID)
	if err != nil {
		return uuid.Nil, err
	}
	if o.Status.Final() {
		return uuid.Nil, errs.Newf(errs.Conflict, "%s%s，不能再报备活动。", o.Name, o.Status.Name())
	}
	id := uuid.Must(uuid.NewV7())
	if err := insertPlan(ctx, tx, now, actor, id, in); err != nil {
		return id, err
	}
	if in.Open {
		if err := s.events.Announce(ctx, tx, now, actor, id, in.onCalendar()); err != nil {
			return id, err
		}
	}
	for _, office := range []struct {
		role authz.Role
		area string
	}{{authz.Community, o.CommunityCode}, {authz.Subdistrict, o.SubdistrictCode}} {
		to, err := account.ByRole(ctx, tx, office.role, office.area)
		if err != nil {
			return id, err
		}
		err = notification.Send(ctx, tx, now, to, notification.Message{Kind: "activity_plan", Title: o.Name + "报备了一次活动",
			Body: in.Title + "，" + in.When() + "，" + in.Place + "。请到“活动报备”查看。"})
		if err != nil {
			return id, err
		}
	}
	return id, note(ctx, tx, now, actor, id, "activity_plan.file")
}

// WithdrawPlan takes a plan of the own organization back with a reason.
func (s *Service) WithdrawPlan(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.change(ctx, actor, authz.ActivityPlanFile, id, token, "activity_plan.withdraw", func(tx postgres.Tx, now time.Time, p Plan) error {
		if n := utf8.RuneCountInString(reason); n < 4 || n > 300 {
			return errs.FieldError("reason", "理由", "写明为什么取消，4 至 300 个字")
		}
		if p.HeldOn.Before(civil.On(now)) {
			return errs.New(errs.Conflict, "活动日期已经过了，不用再取消。")
		}
		if err := withdrawPlan(ctx, tx, now, id, version, reason); err != nil {
			return err
		}
		return s.events.Recall(ctx, tx, now, actor, id, reason)
	})
}

// NotePlan says that the community or subdistrict has taken note, with a hint for
// the organization if it likes.
func (s *Service) NotePlan(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, text, token string) error {
	text = form.Clean(text, true)
	return s.change(ctx, actor, authz.ActivityPlanNote, id, token, "activity_plan.note", func(tx postgres.Tx, now time.Time, p Plan) error {
		if utf8.RuneCountInString(text) > 300 {
			return errs.FieldError("note", "给组织的提醒", "最多 300 个字，请删减")
		}
		if err := notePlan(ctx, tx, now, actor, id, version, text); err != nil || text == "" {
			return err
		}
		to, err := account.HeadsAndClerks(ctx, tx, p.OrganizationID)
		if err != nil {
			return err
		}
		return notification.Send(ctx, tx, now, to, notification.Message{Kind: "activity_plan", Title: actor.Role.Name() + "对“" + p.Title + "”的提醒", Body: text})
	})
}

// change runs fn on a plan that the actor may see, once per token.
func (s *Service) change(ctx context.Context, actor authz.Actor, permission authz.Permission, id uuid.UUID, token, action string, fn func(postgres.Tx, time.Time, Plan) error) error {
	if err := actor.Require(permission); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			p, err := planByID(ctx, tx, id, true)
			if err == nil && !visible(actor, p) {
				err = errs.New(errs.NotFound, "")
			}
			if errs.Is(err, errs.NotFound) {
				return "", notFound()
			}
			if err != nil {
				return "", err
			}
			err = fn(tx, now, p)
			if errs.Is(err, errs.Conflict) || errs.Is(err, errs.NotFound) {
				return "", errs.Wrap(errs.Conflict, "这次报备刚刚有变化。请看最新的内容，再办理。", err)
			}
			if err != nil {
				return "", err
			}
			return id.String(), note(ctx, tx, now, actor, id, action)
		})
		return err
	})
}

// Plan returns a plan that the actor may see.
func (s *Service) Plan(ctx context.Context, actor authz.Actor, id uuid.UUID) (p Plan, err error) {
	if !actor.Can(authz.ActivityPlanFile) {
		if err := actor.Require(authz.ActivityPlanView); err != nil {
			return p, err
		}
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p, err = planByID(ctx, q, id, false)
		if errs.Is(err, errs.NotFound) || err == nil && !visible(actor, p) {
			return notFound()
		}
		return err
	})
	return p, err
}

// PlanPage is one page of a list of plans.
type PlanPage struct {
	Items []Plan
	Next  string // cursor of the page after, "" for the last
}

// Plans lists the plans of the actor's organization or area, the latest day first.
// waiting keeps those that the office has still to note.
func (s *Service) Plans(ctx context.Context, actor authz.Actor, waiting bool, cursor string) (page PlanPage, err error) {
	where, scope, err := scopeOf(actor, waiting)
	if err != nil {
		return page, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		page.Items, err = listPlans(ctx, q, where, scope, cursorOf(cursor))
		return err
	})
	if len(page.Items) > plansPerPage {
		page.Items = page.Items[:plansPerPage]
		last := page.Items[plansPerPage-1]
		page.Next = last.HeldOn.String() + "." + last.ID.String()
	}
	return page, err
}

// scopeOf is which plans an actor sees: $1 is the scope.
func scopeOf(actor authz.Actor, waiting bool) (where string, scope string, err error) {
	if actor.Can(authz.ActivityPlanFile) {
		return `p.organization_id = any(organization_ids($1::text::uuid))`, actor.OrgID.String(), nil
	}
	if err := actor.Require(authz.ActivityPlanView); err != nil {
		return "", "", err
	}
	where, scope = `$1::text = ''`, ""
	switch actor.Role {
	case authz.Community:
		where, scope = `o.community_code = $1::text`, actor.Community
		if waiting {
			where += ` and p.community_noted_at is null`
		}
	case authz.Subdistrict:
		where, scope = `o.subdistrict_code = $1::text`, actor.Subdistrict
		if waiting {
			where += ` and p.subdistrict_noted_at is null`
		}
	}
	if waiting {
		where += ` and p.withdrawn_at is null`
	}
	return where, scope, nil
}

func visible(actor authz.Actor, p Plan) bool {
	return actor.Covers(authz.Place{OrgID: p.OrganizationID, Community: p.Home, Subdistrict: p.HomeStreet})
}

func cursorOf(text string) (c planCursor) {
	day, id, _ := strings.Cut(text, ".")
	c.On, _ = civil.Parse(day) // an unreadable cursor is the first page
	c.ID, _ = uuid.Parse(id)
	return c
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, action string) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "activity_plan", SubjectID: id.String(), Action: action, Detail: map[string]any{}})
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到这次报备，或不在您能查看的范围内。")
}
