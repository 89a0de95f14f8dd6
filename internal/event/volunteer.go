package event

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// VolunteerState is where a registration stands.
type VolunteerState string

// The states. Of an erased one nothing is left but that it was.
const (
	Waiting   VolunteerState = "waiting"
	Confirmed VolunteerState = "confirmed"
	Declined  VolunteerState = "declined"
	Left      VolunteerState = "left"
	Erased    VolunteerState = "erased"
)

// VolunteerStates lists those that a list shows.
var VolunteerStates = []VolunteerState{Waiting, Confirmed, Declined, Left}

// Name returns the Chinese name.
func (s VolunteerState) Name() string {
	return named(s, map[VolunteerState]string{Waiting: "等组织确认", Confirmed: "志愿者", Declined: "没有接收", Left: "已退出", Erased: "资料已删除"})
}

// Consent is the edition of the text that a volunteer agrees to, see ConsentText.
const Consent = 1

// ConsentText says what is kept of a volunteer, for whom and how long.
const ConsentText = "同意平台保存我的姓名、手机和留言，只给报名的组织联系我、记录服务时长使用，加密保存，不公开，不作他用。我可以随时凭回执号退出并删除。"

// volunteerOwner is the subject of registrations in the audit trail.
const volunteerOwner = "volunteer"

// Contexts of sealing and blind indexes; they bind a value to its column.
const (
	volunteerName    = "volunteer.name"
	volunteerMobile  = "volunteer.mobile"
	volunteerNote    = "volunteer.note"
	personContext    = "event.person" // who gave an hour, whatever the organization
	erasedContext    = "event.person_erased"
	codeContext      = "volunteer.receipt"
	codeIndexContext = "volunteer.receipt_index"
)

// Bounds on the public form besides those on an address.
const (
	mostWaiting     = 300 // of one organization: it has to read them
	mostOfOnePerson = 3   // waiting, wherever
)

// Application is what a resident sends.
type Application struct {
	Token   string
	OrgID   uuid.UUID
	EventNo string // for one activity; "" for the organization
	Name    string
	Mobile  string
	Note    string
	Age     string // "adult", "guardian": a guardian agrees
	Consent bool
}

// Check says what is wrong with an application; it brings it into the form that
// is stored.
func (a *Application) Check() error {
	var f errs.Faults
	a.person(&f)
	switch a.Age {
	case "adult", "guardian":
	default:
		f.Add("age", "年龄", "选一项。未满 18 周岁的，要监护人同意。")
	}
	if !a.Consent {
		f.Add("consent", "资料的使用", "勾选同意，组织才能联系您。不同意的，可以直接到社区联系组织。")
	}
	return f.Err()
}

func (a *Application) person(f *errs.Faults) {
	name, err := identifier.ParsePersonName(form.Clean(a.Name, false))
	a.Name = errs.Take(f, "name", "姓名", name, err)
	mobile, err := identifier.ParseMobile(a.Mobile)
	a.Mobile = errs.Take(f, "mobile", "手机", mobile, err)
	a.Note = form.Clean(a.Note, true)
	f.Length("note", "留言", a.Note, 0, 200)
}

// Receipt is what the resident keeps: shown once, it opens the registration.
type Receipt struct {
	Code    string
	OrgName string
	At      time.Time
}

// Call is what an organization asks volunteers for.
type Call struct {
	OrgID     uuid.UUID `db:"org_id"`
	OrgName   string    `db:"org_name"`
	Demo      bool      `db:"demo"`
	Open      bool      `db:"open"`
	Text      string    `db:"text"`
	Version   int       `db:"version"`
	EventNo   string    `db:"-"`
	EventName string    `db:"-"`
}

const callSQL = `select o.id as org_id, o.name as org_name, o.demo, coalesce(c.text, '') as text, coalesce(c.version, 0) as version,
		coalesce(c.open, false) and o.status not in ('deregistered', 'filing_revoked', 'registration_revoked') and o.merged_into is null as open
	from organization o left join volunteer_call c on c.org_id = o.id where o.id = $1`

func callOf(ctx context.Context, q postgres.Querier, org uuid.UUID) (Call, error) {
	return known(postgres.One[Call](ctx, q, callSQL, org))
}

// CallOf returns what an organization asks volunteers for, with the activity when
// one is named.
func (s *Service) CallOf(ctx context.Context, org uuid.UUID, eventNo string) (c Call, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if c, err = callOf(ctx, q, org); err != nil || eventNo == "" {
			return err
		}
		e, err := findEvent(ctx, q, eventNo)
		if err == nil && e.State == Planned {
			c.EventNo, c.EventName = e.No, e.Title
		}
		return err
	})
	return c, err
}

// SaveCall opens or closes the form of the actor's organization.
func (s *Service) SaveCall(ctx context.Context, actor authz.Actor, version int, open bool, text string) error {
	return s.own(ctx, actor, func(d desk) error {
		var f errs.Faults
		f.Length("text", "招募说明", text, 10, 500)
		if err := f.Err(); err != nil {
			return err
		}
		tag, err := d.tx.Exec(ctx, `insert into volunteer_call as c (org_id, open, text, updated_at, updated_by) values ($1, $2, $3, $4, $5)
			on conflict (org_id) do update set open = $2, text = $3, updated_at = $4, updated_by = $5, version = c.version + 1 where c.version = $6`,
			d.org.ID, open, text, d.now, actor.AccountID, version)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return stale()
		}
		return d.note(ctx, "organization", d.org.ID, "volunteer.call", map[string]any{"open": open})
	})
}

// Apply takes the registration of a resident. The same form again returns the same
// receipt. Who has applied before is not told to anybody.
func (s *Service) Apply(ctx context.Context, a Application) (r Receipt, err error) {
	if err := a.Check(); err != nil {
		return r, err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		call, err := callOf(ctx, tx, a.OrgID)
		if err != nil {
			return err
		}
		kept, err := once.Do(ctx, tx, authz.Actor{}, a.Token, func() (string, error) {
			if !call.Open {
				return "", errs.New(errs.Conflict, "这个组织现在不招募志愿者。您可以看看别的组织，或到社区询问。")
			}
			v := volunteerRow{ID: newID(), OrgID: call.OrgID, Origin: "public", State: Waiting, AppliedAt: now}
			return v.ID.String(), s.register(ctx, tx, now, authz.Actor{}, v, a)
		})
		if err != nil {
			return err
		}
		id, err := uuid.Parse(kept)
		r = Receipt{Code: s.Keys.Receipt(codeContext, id), OrgName: call.OrgName, At: now}
		return err
	})
	return r, err
}

// register keeps a registration, sealed.
func (s *Service) register(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, v volunteerRow, a Application) (err error) {
	v.PersonKey = s.personKey(a.Mobile, a.Name)
	if v.Origin == "public" {
		if err := bounded(ctx, tx, v); err != nil {
			return err
		}
	}
	if a.EventNo != "" {
		e, err := findEvent(ctx, tx, a.EventNo)
		if err != nil {
			return err
		}
		theirs, err := within(ctx, tx, v.OrgID, e.OrgID)
		if err != nil {
			return err
		}
		if e.State == Planned && theirs {
			v.EventID = e.ID
		}
	}
	if v.Name, err = s.Keys.Seal(volunteerName, v.ID, a.Name); err != nil {
		return err
	}
	if v.Mobile, err = s.Keys.Seal(volunteerMobile, v.ID, a.Mobile); err != nil {
		return err
	}
	if a.Note != "" {
		if v.Note, err = s.Keys.Seal(volunteerNote, v.ID, a.Note); err != nil {
			return err
		}
	}
	v.Receipt, v.Adult = s.index(codeIndexContext, s.Keys.Receipt(codeContext, v.ID)), a.Age == "adult"
	if err := insertVolunteer(ctx, tx, v, actor); err != nil {
		return err
	}
	if v.Origin == "public" {
		if err := record(ctx, tx, now, "报名的居民", volunteerOwner, v.ID, "volunteer.apply", map[string]any{"organization": v.OrgID}); err != nil {
			return err
		}
		return tell(ctx, tx, now, v.OrgID, "有居民报名做志愿者", "有居民向您的组织报名做志愿者。请在“志愿者”里查看，和对方联系以后确认，或说明不接收的理由。")
	}
	return nil
}

// bounded refuses what no organization could read.
func bounded(ctx context.Context, tx postgres.Tx, v volunteerRow) error {
	var ofOrg, ofPerson int
	err := tx.QueryRow(ctx, `select (select count(*) from (select from volunteer where org_id = any(organization_ids($1)) and state = 'waiting' limit $3) w),
		(select count(*) from (select from volunteer where person_key = $2 and state = 'waiting' limit $4) p)`,
		v.OrgID, v.PersonKey, mostWaiting, mostOfOnePerson).Scan(&ofOrg, &ofPerson)
	switch {
	case err != nil:
		return err
	case ofOrg >= mostWaiting:
		return errs.New(errs.Conflict, "这个组织还有很多报名没有看完，暂时不收新的报名。请过几天再来，或到社区联系组织。")
	case ofPerson >= mostOfOnePerson:
		return errs.New(errs.Conflict, "同样的姓名和手机已有几份报名在等确认。等组织答复以后再报，或凭回执号查询。")
	}
	return nil
}

// personKey is the same for the same name and mobile in every organization.
func (s *Service) personKey(mobile, name string) []byte {
	return s.Keys.BlindIndex(personContext, mobile+"\n"+name)
}

func (s *Service) index(purpose, code string) []byte {
	return s.Keys.BlindIndex(purpose, strings.ReplaceAll(code, "-", ""))
}

// lookup turns a code as typed into its index; errs.Invalid at the field when it
// cannot be one.
func (s *Service) lookup(purpose, code string) ([]byte, error) {
	letters, ok := secret.ParseReceipt(code)
	if !ok {
		return nil, unknownCode()
	}
	return s.index(purpose, letters), nil
}

func unknownCode() error {
	return errs.FieldError("receipt", "回执号", "没有这个回执号。看着回执核对，共 24 位字母和数字")
}

// Registration is what a resident sees of it.
type Registration struct {
	OrgID    uuid.UUID      `db:"org_id"`
	OrgName  string         `db:"org_name"`
	State    VolunteerState `db:"state"`
	Applied  time.Time      `db:"applied_at"`
	Reason   string         `db:"reason"`
	Minutes  int64          `db:"minutes"`
	EventNo  string         `db:"event_no"`
	EventTag string         `db:"event_title"`
}

const registrationSQL = `select v.org_id, o.name as org_name, v.state, v.applied_at, v.reason, coalesce(e.no, '') as event_no, coalesce(e.title, '') as event_title,
		coalesce((select sum(minutes) from event_service where volunteer_id = v.id and void_at is null), 0)::bigint as minutes
	from volunteer v join organization o on o.id = organization_root(v.org_id) left join event e on e.id = v.event_id where v.receipt_index = $1`

// Registration returns the registration with a receipt; errs.Invalid at the field
// when there is none.
func (s *Service) Registration(ctx context.Context, code string) (r Registration, err error) {
	index, err := s.lookup(codeIndexContext, code)
	if err != nil {
		return r, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err = postgres.One[Registration](ctx, q, registrationSQL, index)
		if errs.Is(err, errs.NotFound) {
			err = unknownCode()
		}
		return err
	})
	return r, err
}

// LeaveBy ends a registration on the word of who holds its receipt; with erase what
// is kept of the person is deleted at once.
func (s *Service) LeaveBy(ctx context.Context, code string, erase bool) error {
	index, err := s.lookup(codeIndexContext, code)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		v, err := postgres.One[volunteerRow](ctx, tx, `select `+volunteerColumns+` from volunteer v where v.receipt_index = $1 for update`, index)
		if errs.Is(err, errs.NotFound) {
			return unknownCode()
		}
		if err != nil {
			return err
		}
		if v.State == Erased {
			return errs.New(errs.Conflict, "这份报名的资料已经删除。")
		}
		action := "volunteer.leave"
		switch {
		case erase:
			action, err = "volunteer.erase", s.erase(ctx, tx, now, v, "self")
		case v.State == Left || v.State == Declined:
			return errs.Newf(errs.Conflict, "这份报名现在是“%s”。要删除资料的，按“退出并删除资料”。", v.State.Name())
		default:
			err = leave(ctx, tx, now, v)
		}
		if err != nil {
			return err
		}
		if err := record(ctx, tx, now, "报名的居民", volunteerOwner, v.ID, action, nil); err != nil {
			return err
		}
		if v.State == Waiting || v.State == Confirmed {
			return tell(ctx, tx, now, v.OrgID, "有志愿者退出", "有一位报名的居民退出了，不再做您组织的志愿者。请不要再联系。")
		}
		return nil
	})
}

// erase deletes what is kept of a person. Hours stay as hours of nobody.
func (s *Service) erase(ctx context.Context, tx postgres.Tx, now time.Time, v volunteerRow, why string) error {
	if _, err := tx.Exec(ctx, `update event_service set person_key = $2 where volunteer_id = $1`,
		v.ID, s.Keys.BlindIndex(erasedContext, v.ID.String())); err != nil {
		return err
	}
	return postgres.ExecOne(ctx, tx, `update volunteer set state = 'erased', name_sealed = null, mobile_sealed = null, note_sealed = null, person_key = null,
			reason = '', erased_at = $3, erased_why = $4, version = version + 1 where id = $1 and version = $2`, v.ID, v.Version, now, why)
}
