package event

import (
	"context"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// office runs one act of an office on an activity in its area.
func (s *Service) office(ctx context.Context, actor authz.Actor, p authz.Permission, no string, version int, do func(d desk, e Event) error) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		e, err := eventForUpdate(ctx, tx, no)
		if err != nil {
			return err
		}
		o, err := organization.Load(ctx, tx, e.OrgID)
		if err != nil {
			return err
		}
		if !actor.Covers(o.Place()) || e.State == Draft {
			return notFound()
		}
		if e.Version != version {
			return stale()
		}
		return do(desk{tx: tx, now: now, actor: actor, org: o}, e)
	})
}

// Block takes an activity off the public pages, with a reason that its
// organization reads.
func (s *Service) Block(ctx context.Context, actor authz.Actor, no string, version int, reason string) error {
	return s.office(ctx, actor, authz.EventBlock, no, version, func(d desk, e Event) error {
		if !e.State.Public() {
			return errs.Newf(errs.Conflict, "这次活动现在是“%s”，不用下架。", e.State.Name())
		}
		if err := needReason(reason); err != nil {
			return err
		}
		if e.State == Cancelled {
			return errs.New(errs.Conflict, "已取消的活动不用下架。")
		}
		e.State, e.EndedWhy = Blocked, reason
		return d.move(ctx, e, "event.block", "活动已下架："+e.Title, "您组织的活动“"+e.Title+"”（"+e.No+"）已从公开的活动日历下架。理由："+reason+"。有疑问的，联系下架的单位。")
	})
}

// Unblock puts it back as it was.
func (s *Service) Unblock(ctx context.Context, actor authz.Actor, no string, version int) error {
	return s.office(ctx, actor, authz.EventBlock, no, version, func(d desk, e Event) error {
		if e.State != Blocked {
			return errs.Newf(errs.Conflict, "这次活动现在是“%s”，没有下架。", e.State.Name())
		}
		e.State, e.EndedWhy = Planned, ""
		if e.HeldAt != nil {
			e.State = Held
		}
		return d.move(ctx, e, "event.unblock", "活动已恢复公开："+e.Title, "您组织的活动“"+e.Title+"”（"+e.No+"）已恢复在活动日历上公开。")
	})
}

// move saves a state, writes it into the trail and tells the organization.
func (d desk) move(ctx context.Context, e Event, action, title, body string) error {
	if err := moveEvent(ctx, d.tx, d.now, e); err != nil {
		return err
	}
	if err := d.note(ctx, OwnerKind, e.ID, action, nil); err != nil {
		return err
	}
	return tell(ctx, d.tx, d.now, d.org.ID, title, body)
}

// tell sends a message to the people of an organization.
func tell(ctx context.Context, tx postgres.Tx, now time.Time, org uuid.UUID, title, body string) error {
	to, err := account.HeadsAndClerks(ctx, tx, org)
	if err != nil {
		return err
	}
	return notification.Send(ctx, tx, now, to, notification.Message{Title: title, Body: body})
}

// record writes an act of nobody's account into the trail: of it remains that it
// happened, never who it was.
func record(ctx context.Context, tx postgres.Tx, now time.Time, who, subject string, id uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, stranger(who), audit.Entry{Subject: subject, SubjectID: id.String(), Action: action, Detail: detail})
}

func stranger(who string) authz.Actor { return authz.Actor{Role: authz.Anonymous, Name: who} }

// overseenSQL selects the activities of an office's area, $1 the subdistrict or ""
// for the district.
const overseenSQL = `select e.id, e.no, o.id as org_id, o.name as org_name, o.demo, e.state, e.title, e.theme, e.day, e.from_min, e.until_min, e.place, e.community_code,
		e.participants, e.wanted, '' as project, e.starts_at as at from event e join organization o on o.id = organization_root(e.org_id)
	where ($1 = '' or o.subdistrict_code = $1) and e.state <> 'draft'`

// Overseen returns the public activities of the actor's area, or those taken off,
// the last announced first; after is the number of the last one shown.
func (s *Service) Overseen(ctx context.Context, actor authz.Actor, blocked bool, after string, size int) (p Page, err error) {
	if err := actor.Require(authz.EventBlock); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p.Today = civil.On(now)
		if p.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		p.Entries, err = postgres.All[Entry](ctx, q, overseenSQL+` and (e.state = 'blocked') = $2 and ($3 = '' or e.id < (select id from event where no = $3)) order by e.id desc limit $4`,
			actor.Subdistrict, blocked, after, size+1)
		if len(p.Entries) > size {
			p.Entries = p.Entries[:size]
			p.Next = p.Entries[size-1].No
		}
		return err
	})
	return p, err
}

// Oversee returns one of them with its version; errs.NotFound.
func (s *Service) Oversee(ctx context.Context, actor authz.Actor, no string) (x Entry, version int, err error) {
	if err := actor.Require(authz.EventBlock); err != nil {
		return x, 0, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if x, err = known(postgres.One[Entry](ctx, q, overseenSQL+` and e.no = $2`, actor.Subdistrict, no)); err != nil {
			return err
		}
		return q.QueryRow(ctx, `select version from event where no = $1`, no).Scan(&version)
	})
	return x, version, err
}
