package event

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// volunteerRow is a registration as stored.
type volunteerRow struct {
	ID        uuid.UUID      `db:"id"`
	OrgID     uuid.UUID      `db:"org_id"`
	EventID   uuid.UUID      `db:"event_id"`
	Origin    string         `db:"origin"`
	Name      []byte         `db:"name_sealed"`
	Mobile    []byte         `db:"mobile_sealed"`
	Note      []byte         `db:"note_sealed"`
	PersonKey []byte         `db:"person_key"`
	Receipt   []byte         `db:"receipt_index"`
	Adult     bool           `db:"adult"`
	State     VolunteerState `db:"state"`
	AppliedAt time.Time      `db:"applied_at"`
	Reason    string         `db:"reason"`
	Version   int            `db:"version"`
}

const volunteerColumns = `v.id, v.org_id, coalesce(v.event_id, ` + nobody + `) as event_id, v.origin, v.name_sealed, v.mobile_sealed, v.note_sealed, v.person_key,
	v.receipt_index, v.adult, v.state, v.applied_at, v.reason, v.version`

func insertVolunteer(ctx context.Context, tx postgres.Tx, v volunteerRow, actor authz.Actor) error {
	var decided *time.Time
	if v.State == Confirmed {
		decided = &v.AppliedAt
	}
	_, err := tx.Exec(ctx, `insert into volunteer (id, org_id, event_id, origin, name_sealed, mobile_sealed, note_sealed, person_key, receipt_index, adult, consent,
			state, applied_at, decided_at, decided_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		v.ID, v.OrgID, nothing(v.EventID, uuid.Nil), v.Origin, v.Name, v.Mobile, v.Note, v.PersonKey, v.Receipt, v.Adult, Consent, v.State, v.AppliedAt,
		decided, nothing(actor.AccountID, uuid.Nil))
	return err
}

func leave(ctx context.Context, tx postgres.Tx, now time.Time, v volunteerRow) error {
	return postgres.ExecOne(ctx, tx, `update volunteer set state = 'left', left_at = $3, version = version + 1 where id = $1 and version = $2`, v.ID, v.Version, now)
}

// Volunteer is a registration as its organization sees it.
type Volunteer struct {
	ID        uuid.UUID
	Name      string
	Mobile    string // masked
	Note      string
	EventNo   string
	EventName string
	Adult     bool
	OnPaper   bool
	Doubled   bool // the same person is a volunteer already, or applied twice
	State     VolunteerState
	AppliedAt time.Time
	Reason    string
	Minutes   int64
	Version   int
}

// Volunteers is one page of the registrations of an organization.
type Volunteers struct {
	List []Volunteer
	Next string
	Call Call
}

type listedVolunteer struct {
	volunteerRow
	EventNo   string `db:"event_no"`
	EventName string `db:"event_title"`
	Doubled   bool   `db:"doubled"`
	Minutes   int64  `db:"minutes"`
}

// Volunteers returns the registrations in one state, the newest first.
func (s *Service) Volunteers(ctx context.Context, actor authz.Actor, state VolunteerState, after string, size int) (p Volunteers, err error) {
	if err := actor.Require(authz.EventEdit); err != nil {
		return p, err
	}
	before, err := uuid.Parse(after)
	if err != nil {
		before = uuid.Max
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if p.Call, err = callOf(ctx, q, actor.OrgID); err != nil {
			return err
		}
		rows, err := postgres.All[listedVolunteer](ctx, q, `select `+volunteerColumns+`, coalesce(e.no, '') as event_no, coalesce(e.title, '') as event_title,
				exists (select from volunteer o where o.org_id = any(organization_ids($1)) and o.person_key = v.person_key and o.id <> v.id and o.state in ('waiting', 'confirmed')) as doubled,
				coalesce((select sum(minutes) from event_service where volunteer_id = v.id and void_at is null), 0)::bigint as minutes
			from volunteer v left join event e on e.id = v.event_id
			where v.org_id = any(organization_ids($1)) and v.state = $2 and v.id < $3 order by v.id desc limit $4`, actor.OrgID, state, before, size+1)
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			p.Next = rows[size-1].ID.String()
		}
		for _, r := range rows {
			v, err := s.shown(r)
			if err != nil {
				return err
			}
			p.List = append(p.List, v)
		}
		return nil
	})
	return p, err
}

func (s *Service) shown(r listedVolunteer) (v Volunteer, err error) {
	v = Volunteer{ID: r.ID, EventNo: r.EventNo, EventName: r.EventName, Adult: r.Adult, OnPaper: r.Origin == "organization", Doubled: r.Doubled, State: r.State,
		AppliedAt: r.AppliedAt, Reason: r.Reason, Minutes: r.Minutes, Version: r.Version}
	var mobile string
	if v.Name, mobile, err = s.contact(r.volunteerRow); err != nil {
		return v, err
	}
	v.Mobile = secret.MaskMobile(mobile)
	if r.Note != nil {
		v.Note, err = s.Keys.Open(volunteerNote, r.ID, r.Note)
	}
	return v, err
}

func (s *Service) contact(v volunteerRow) (name, mobile string, err error) {
	if name, err = s.Keys.Open(volunteerName, v.ID, v.Name); err != nil {
		return "", "", err
	}
	mobile, err = s.Keys.Open(volunteerMobile, v.ID, v.Mobile)
	return name, mobile, err
}

// Volunteer returns one registration of the actor's organization.
func (s *Service) Volunteer(ctx context.Context, actor authz.Actor, id uuid.UUID) (v Volunteer, err error) {
	if err := actor.Require(authz.EventEdit); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err := known(postgres.One[volunteerRow](ctx, q, `select `+volunteerColumns+` from volunteer v
			where v.id = $1 and v.org_id = any(organization_ids($2)) and v.state <> 'erased'`, id, actor.OrgID))
		if err == nil {
			v, err = s.shown(listedVolunteer{volunteerRow: r})
		}
		return err
	})
	return v, err
}

// ownVolunteer runs one act on a registration of the actor's organization, locked.
func (s *Service) ownVolunteer(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, action string, do func(d desk, v volunteerRow) error) error {
	return s.own(ctx, actor, func(d desk) error {
		v, err := known(postgres.One[volunteerRow](ctx, d.tx, `select `+volunteerColumns+` from volunteer v
			where v.id = $1 and v.org_id = any(organization_ids($2)) and v.state <> 'erased' for update`, id, d.org.ID))
		if err != nil {
			return err
		}
		if version != v.Version {
			return stale()
		}
		if err := do(d, v); err != nil {
			return err
		}
		return d.note(ctx, volunteerOwner, v.ID, action, map[string]any{"organization": v.OrgID})
	})
}

// Confirm makes a resident a volunteer of the organization.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.ownVolunteer(ctx, actor, id, version, "volunteer.confirm", func(d desk, v volunteerRow) error {
		if v.State != Waiting {
			return errs.Newf(errs.Conflict, "这份报名现在是“%s”，不用再确认。", v.State.Name())
		}
		err := postgres.ExecOne(ctx, d.tx, `update volunteer set state = 'confirmed', decided_at = $3, decided_by = $4, version = version + 1
			where id = $1 and version = $2`, v.ID, v.Version, d.now, actor.AccountID)
		return twice(err)
	})
}

func twice(err error) error {
	if postgres.Violates(err, "volunteer_once") {
		return errs.New(errs.Conflict, "这个人已经是您组织的志愿者。把重复的这一份按“不接收”处理，理由写“重复报名”。")
	}
	return err
}

// Decline says why a resident is not taken; the resident reads it.
func (s *Service) Decline(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.ownVolunteer(ctx, actor, id, version, "volunteer.decline", func(d desk, v volunteerRow) error {
		if v.State != Waiting {
			return errs.Newf(errs.Conflict, "这份报名现在是“%s”，不能再答复。", v.State.Name())
		}
		if err := needReason(reason); err != nil {
			return err
		}
		return postgres.ExecOne(ctx, d.tx, `update volunteer set state = 'declined', decided_at = $3, decided_by = $4, reason = $5, version = version + 1
			where id = $1 and version = $2`, v.ID, v.Version, d.now, actor.AccountID, reason)
	})
}

// Erase deletes what is kept of a volunteer who asked the organization for it.
func (s *Service) Erase(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.ownVolunteer(ctx, actor, id, version, "volunteer.erase", func(d desk, v volunteerRow) error {
		return s.erase(ctx, d.tx, d.now, v, "organization")
	})
}

// Unmask returns the mobile of a volunteer in full, for a reason that is audited.
func (s *Service) Unmask(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string) (mobile string, err error) {
	v, err := s.Volunteer(ctx, actor, id)
	if err != nil {
		return "", err
	}
	err = s.ownVolunteer(ctx, actor, id, v.Version, "volunteer.unmask", func(_ desk, v volunteerRow) error {
		if err := needReason(reason); err != nil {
			return err
		}
		_, mobile, err = s.contact(v)
		return err
	})
	return mobile, err
}

// Add registers somebody who signed up on paper; the organization keeps the paper.
func (s *Service) Add(ctx context.Context, actor authz.Actor, a Application) error {
	return s.own(ctx, actor, func(d desk) error {
		if err := a.Check(); err != nil {
			return err
		}
		_, err := once.Do(ctx, d.tx, actor, a.Token, func() (string, error) {
			v := volunteerRow{ID: newID(), OrgID: d.org.ID, Origin: "organization", State: Confirmed, AppliedAt: d.now}
			if err := s.register(ctx, d.tx, d.now, actor, v, a); err != nil {
				if postgres.Violates(err, "volunteer_once") {
					err = errs.FieldError("mobile", "手机", "这个姓名和手机已经是您组织的志愿者，不用再登记")
				}
				return "", err
			}
			return v.ID.String(), d.note(ctx, volunteerOwner, v.ID, "volunteer.add", map[string]any{"organization": d.org.ID})
		})
		return err
	})
}

// Forget erases what nobody needs any more: registrations that were declined or
// left some days ago, and all of organizations that ended. A job calls it daily.
func (s *Service) Forget(ctx context.Context) error {
	for {
		n, err := s.forget(ctx, 200)
		if err != nil || n == 0 {
			return err
		}
	}
}

func (s *Service) forget(ctx context.Context, limit int) (n int, err error) {
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		edition, err := policy.EditionShown(ctx, tx, civil.On(now))
		if err != nil {
			return err
		}
		before := now.AddDate(0, 0, -edition.Params.Int(policy.VolunteerKeepDays))
		rows, err := postgres.All[volunteerRow](ctx, tx, `select `+volunteerColumns+` from volunteer v
			where v.state in ('declined', 'left') and coalesce(v.left_at, v.decided_at) < $1
				or v.state <> 'erased' and v.org_id in (select id from organization where status in ('deregistered', 'filing_revoked', 'registration_revoked')
					and merged_into is null and status_since < $2)
			order by v.id limit $3 for update skip locked`, before, civil.On(before), limit)
		for _, v := range rows {
			if err := s.erase(ctx, tx, now, v, "period"); err != nil {
				return err
			}
			if err := (desk{tx: tx, now: now, actor: authz.SystemActor}).note(ctx, volunteerOwner, v.ID, "volunteer.erase", map[string]any{"organization": v.OrgID}); err != nil {
				return err
			}
		}
		n = len(rows)
		return err
	})
	return n, err
}
