package organization

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// SystemInput puts an internal system on file. The organization hands it in
// today and an office confirms it; an office that files a paper gives the day.
type SystemInput struct {
	Token     string
	OrgID     uuid.UUID
	Kind      SystemKind
	Title     string
	AdoptedOn civil.Date // when the assembly or council passed it; zero when unknown
	FiledOn   civil.Date // offices only
}

// FileSystem records a system; one of the same kind on file before is replaced.
func (s *Service) FileSystem(ctx context.Context, actor authz.Actor, in SystemInput) error {
	return s.create(ctx, actor, in.OrgID, in.Token, mayEither, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		today := civil.On(now)
		registrar := actor.Can(authz.OrganizationRecord)
		if !registrar {
			in.FiledOn = today
		}
		if err := errs.Fields(in.faults(o, today)); err != nil {
			return audit.Entry{}, err
		}
		if err := replaceSystem(ctx, tx, in); err != nil {
			return audit.Entry{}, err
		}
		id := newID()
		_, err := tx.Exec(ctx, `
			insert into organization_system (id, org_id, kind, title, adopted_on, filed_on, recorded_at, recorded_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`, id, o.ID, in.Kind, in.Title, in.AdoptedOn, in.FiledOn, now, actor.AccountID)
		if err == nil && registrar {
			err = s.confirm(ctx, tx, "organization_system", id, 1, today, actor)
		}
		return audit.Entry{Action: "organization.system.file", Detail: map[string]any{
			"system": id, "kind": in.Kind, "filed_on": in.FiledOn, "confirmed": registrar}}, err
	})
}

func (in SystemInput) faults(o Organization, today civil.Date) errs.Faults {
	var f errs.Faults
	errs.OneOf(&f, "kind", "制度种类", in.Kind, SystemKinds)
	f.Length("title", "制度名称", in.Title, 2, 100)
	between(&f, "filed_on", "备案日期", in.FiledOn, o.EstablishedOn, today, "成立日期")
	if !in.AdoptedOn.IsZero() {
		switch {
		case !in.AdoptedOn.Valid():
			f.Add("adopted_on", "通过日期", "这一天不存在。看着会议纪要核对。")
		case in.AdoptedOn.After(in.FiledOn) && !in.FiledOn.IsZero():
			f.Add("adopted_on", "通过日期", "晚于备案日期"+in.FiledOn.Chinese()+"。看着会议纪要核对。")
		}
	}
	return f
}

// between checks a day that has come and is not before the first possible one.
func between(f *errs.Faults, name, label string, d, first, today civil.Date, what string) {
	switch {
	case d.IsZero():
		f.Add(name, label, "填"+label+"，年、月、日都要填。")
	case !d.Valid():
		f.Add(name, label, "这一天不存在。核对年、月、日。")
	case d.After(today):
		f.Add(name, label, d.Chinese()+"还没到。填今天或以前的日期。")
	case d.Before(first):
		f.Add(name, label, d.Chinese()+"早于"+what+first.Chinese()+"。核对日期。")
	}
}

// replaceSystem takes the system of the same kind off the file.
func replaceSystem(ctx context.Context, tx postgres.Tx, in SystemInput) error {
	type row struct {
		ID      uuid.UUID  `db:"id"`
		FiledOn civil.Date `db:"filed_on"`
	}
	old, err := postgres.All[row](ctx, tx, `
		select id, filed_on from organization_system where org_id = any(organization_ids($1)) and kind = $2 and void_on is null order by id for update`, in.OrgID, in.Kind)
	if err != nil {
		return err
	}
	for _, x := range old { // two when records were merged
		if in.FiledOn.Before(x.FiledOn) {
			return errs.FieldError("filed_on", "备案日期", "早于现在这份"+in.Kind.Name()+"的备案日期"+x.FiledOn.Chinese()+"。核对日期")
		}
		if err := postgres.ExecOne(ctx, tx, `
			update organization_system set void_on = $2, void_reason = '换成新的文本', version = version + 1
			where id = $1`, x.ID, in.FiledOn); err != nil {
			return err
		}
	}
	return nil
}

// confirm marks a record as confirmed by the actor's office. table is one of the
// two constants of the callers below.
func (s *Service) confirm(ctx context.Context, tx postgres.Tx, table string, id uuid.UUID, version int, on civil.Date, actor authz.Actor) error {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return err
	}
	return postgres.ExecOne(ctx, tx, `update `+table+` set confirmed_on = $3, confirmed_by = $4, confirmed_office = $5, version = version + 1
		where id = $1 and version = $2 and confirmed_on is null and void_on is null`, id, version, on, actor.AccountID, office(actor, regions))
}

// ConfirmSystem records that an office saw the system and keeps a copy.
func (s *Service) ConfirmSystem(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int) error {
	return s.change(ctx, actor, orgID, mayRecord, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := belongs(ctx, tx, `select organization_root(org_id) as org_id from organization_system where id = $1`, id, orgID); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "organization.system.confirm", Detail: map[string]any{"system": id}},
			s.confirm(ctx, tx, "organization_system", id, version, civil.On(now), actor)
	})
}

// belongs refuses a record of another organization under this one's address.
func belongs(ctx context.Context, tx postgres.Tx, sql string, id, orgID uuid.UUID) error {
	type row struct {
		OrgID uuid.UUID `db:"org_id"`
	}
	r, err := postgres.One[row](ctx, tx, sql, id)
	if err == nil && r.OrgID != orgID {
		err = errs.New(errs.NotFound, "没有找到这条记录。可能已经删除，或不在您能查看的范围内。")
	}
	return err
}

// WithdrawSystem takes a system off the file with a reason. The organization may
// as long as no office has confirmed it.
func (s *Service) WithdrawSystem(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int, reason string) error {
	return s.withdraw(ctx, actor, orgID, id, version, reason, "organization_system", "organization.system.withdraw")
}

// WithdrawActivity takes an activity off the record, as WithdrawSystem.
func (s *Service) WithdrawActivity(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int, reason string) error {
	return s.withdraw(ctx, actor, orgID, id, version, reason, "organization_activity", "organization.activity.withdraw")
}

func (s *Service) withdraw(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int, reason, table, action string) error {
	return s.change(ctx, actor, orgID, mayEither, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := belongs(ctx, tx, `select organization_root(org_id) as org_id from `+table+` where id = $1`, id, orgID); err != nil {
			return audit.Entry{}, err
		}
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		err := postgres.ExecOne(ctx, tx, `update `+table+` set void_on = $3, void_reason = $4, version = version + 1
			where id = $1 and version = $2 and void_on is null and ($5 or confirmed_on is null)`,
			id, version, civil.On(now), reason, actor.Can(authz.OrganizationRecord))
		return audit.Entry{Action: action, Detail: map[string]any{"record": id}}, err
	})
}

// ActivityInput is an activity that took place.
type ActivityInput struct {
	Token         string
	OrgID         uuid.UUID
	Title         string
	HeldOn        civil.Date
	Place         string
	CommunityCode string
	Participants  int
	Volunteers    int
	SocialWorkers int
	Summary       string
}

// RecordActivity records an activity. What the organization enters waits for the
// community's confirmation; what the registrar enters is confirmed.
func (s *Service) RecordActivity(ctx context.Context, actor authz.Actor, in ActivityInput) error {
	return s.create(ctx, actor, in.OrgID, in.Token, mayEither, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		_, entry, err := s.recordActivity(ctx, tx, now, actor, o, in)
		return entry, err
	})
}

// RecordActivityIn is RecordActivity within a transaction of the caller's, whose
// form has a token of its own. An activity that is on record already is returned
// as it stands.
func (s *Service) RecordActivityIn(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in ActivityInput) (uuid.UUID, error) {
	o, err := permitted(ctx, tx, actor, in.OrgID, mayEither)
	if err != nil {
		return uuid.Nil, err
	}
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	same, err := postgres.One[row](ctx, tx, `select id from organization_activity
		where org_id = any(organization_ids($1)) and held_on = $2 and search_key(title) = search_key($3) and void_on is null order by org_id = $1 desc limit 1`, o.ID, in.HeldOn, in.Title)
	if !errs.Is(err, errs.NotFound) {
		return same.ID, err
	}
	id, entry, err := s.recordActivity(ctx, tx, now, actor, o, in)
	if err != nil {
		return uuid.Nil, err
	}
	return id, recorded(ctx, tx, now, actor, o, func(postgres.Tx, time.Time, Organization) (audit.Entry, error) { return entry, nil })
}

// recordActivity does the work of RecordActivity on a locked record.
func (s *Service) recordActivity(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in ActivityInput) (uuid.UUID, audit.Entry, error) {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return uuid.Nil, audit.Entry{}, err
	}
	today := civil.On(now)
	if err := errs.Fields(in.faults(o, today, regions)); err != nil {
		return uuid.Nil, audit.Entry{}, err
	}
	id := newID()
	_, err = tx.Exec(ctx, `
		insert into organization_activity (id, org_id, title, held_on, place, community_code, participants, volunteers,
			social_workers, summary, recorded_at, recorded_by, recorded_role)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		id, o.ID, in.Title, in.HeldOn, in.Place, in.CommunityCode, in.Participants, in.Volunteers, in.SocialWorkers, in.Summary,
		now, actor.AccountID, actor.Role)
	if postgres.Violates(err, "organization_activity_once") {
		return uuid.Nil, audit.Entry{}, errs.FieldError("title", "活动名称", in.HeldOn.Chinese()+"的“"+in.Title+"”已经记过一次。同一天办了两场的，在名称里写明场次")
	}
	registrar := actor.Can(authz.OrganizationRecord)
	if err == nil && registrar {
		err = s.confirm(ctx, tx, "organization_activity", id, 1, today, actor)
	}
	return id, audit.Entry{Action: "organization.activity.record", Detail: map[string]any{
		"activity": id, "held_on": in.HeldOn, "confirmed": registrar}}, err
}

func (in ActivityInput) faults(o Organization, today civil.Date, regions *district.RegionSet) errs.Faults {
	var f errs.Faults
	f.Length("title", "活动名称", in.Title, 4, 80)
	between(&f, "held_on", "活动日期", in.HeldOn, o.EstablishedOn, today, "组织成立的日期")
	if r, ok := regions.Get(in.CommunityCode); !ok || r.Kind != district.Community {
		f.Add("community", "活动所在社区", "选活动所在的社区。在坪山区以外办的活动不记在这里。")
	}
	f.Length("place", "活动地点", in.Place, 2, 120)
	for _, c := range []struct {
		name, label string
		n, least    int
	}{{"participants", "参加人数", in.Participants, 1}, {"volunteers", "义工人数", in.Volunteers, 0}, {"social_workers", "社工人数", in.SocialWorkers, 0}} {
		switch {
		case c.n < c.least && c.least == 1:
			f.Add(c.name, c.label, "填到场参加的人数，至少 1 人。")
		case c.n < 0:
			f.Add(c.name, c.label, c.label+"不能是负数。没有的填 0。")
		case c.n > 100_000:
			f.Add(c.name, c.label, c.label+"太大。核对后重新填。")
		}
	}
	f.Length("summary", "活动情况", in.Summary, 10, 1000)
	return f
}

// ConfirmActivity records that the community, or an office above it, knows that
// the activity took place.
func (s *Service) ConfirmActivity(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID, version int) error {
	return s.change(ctx, actor, orgID, holding(authz.ActivityConfirm), func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if err := belongs(ctx, tx, `select organization_root(org_id) as org_id from organization_activity where id = $1`, id, orgID); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "organization.activity.confirm", Detail: map[string]any{"activity": id}},
			s.confirm(ctx, tx, "organization_activity", id, version, civil.On(now), actor)
	})
}
