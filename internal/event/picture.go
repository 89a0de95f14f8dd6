package event

import (
	"context"
	"io"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// PictureState is where a picture stands.
type PictureState string

// The states. Kept is seen by the organization alone; hidden is out of sight while
// a request to take it down is decided.
const (
	Kept     PictureState = "kept"
	Doubtful PictureState = "waiting"
	Released PictureState = "released"
	Refused  PictureState = "refused"
	Hidden   PictureState = "hidden"
	Removed  PictureState = "removed"
)

// Name returns the Chinese name.
func (s PictureState) Name() string {
	return named(s, map[PictureState]string{Kept: "没有公开", Doubtful: "等民政局看", Released: "已公开", Refused: "不能公开", Hidden: "暂时遮下", Removed: "已撤下"})
}

// Minors is what is said of minors in a picture when it is released.
type Minors string

// The answers. Of an unsure one somebody of the bureau decides.
const (
	NoMinors  Minors = "none"
	Consented Minors = "consented"
	Unsure    Minors = "doubtful"
)

// AllMinors lists the answers in the order of the form.
var AllMinors = []Minors{NoMinors, Consented, Unsure}

// Name returns the answer in words.
func (m Minors) Name() string {
	return named(m, map[Minors]string{"": "还没有说明", NoMinors: "没有能认出的未成年人", Consented: "有未成年人，监护人都已同意公开", Unsure: "拿不准，请民政局看"})
}

// MostPictures is how many pictures an activity may have.
const MostPictures = 20

// Slot is the slot of a picture among the attachments.
const Slot = "picture"

// Picture is one picture of an activity.
type Picture struct {
	ID         uuid.UUID    `db:"id"`
	EventID    uuid.UUID    `db:"event_id"`
	EventNo    string       `db:"event_no"`
	EventTitle string       `db:"event_title"`
	OrgID      uuid.UUID    `db:"org_id"`
	Caption    string       `db:"caption"`
	Minors     Minors       `db:"minors"`
	State      PictureState `db:"state"`
	AddedAt    time.Time    `db:"added_at"`
	AddedBy    uuid.UUID    `db:"added_by"`
	Reason     string       `db:"reason"`
	Width      int          `db:"width"`
	Height     int          `db:"height"`
	Version    int          `db:"version"`
	FileState  string       `db:"file_state"` // of the scanner
	FileVer    int          `db:"file_version"`
}

const pictureSQL = `select p.id, p.event_id, e.no as event_no, e.title as event_title, e.org_id, p.caption, p.minors, p.state, p.added_at, p.added_by, p.reason, a.width, a.height,
		p.version, a.state as file_state, a.version as file_version
	from event_picture p join event e on e.id = p.event_id join attachment a on a.id = p.id`

// picturesOf returns the pictures of an activity in a state, "" for all but the
// removed ones.
func picturesOf(ctx context.Context, q postgres.Querier, event uuid.UUID, state PictureState) ([]Picture, error) {
	return postgres.All[Picture](ctx, q, pictureSQL+` where p.event_id = $1 and ($2 = '' and p.state <> 'removed' or p.state = $2 and a.state = 'accepted') order by p.id`, event, state)
}

func pictureByID(ctx context.Context, q postgres.Querier, id uuid.UUID, more string) (Picture, error) {
	return known(postgres.One[Picture](ctx, q, pictureSQL+` where p.id = $1`+more, id))
}

// PictureOwner is whose pictures of an activity are; the activity is the actor's
// own and may have another one. A file may then be prepared for it.
func (s *Service) PictureOwner(ctx context.Context, actor authz.Actor, no string) (o attachment.Owner, err error) {
	d, err := s.MineOne(ctx, actor, no)
	if err != nil {
		return o, err
	}
	return attachment.Owner{Kind: OwnerKind, ID: d.ID}, roomFor(d.Event, len(d.Pictures))
}

func roomFor(e Event, n int) error {
	switch {
	case e.State != Planned && e.State != Held:
		return errs.New(errs.Conflict, "活动公开以后才能放照片。")
	case n >= MostPictures:
		return errs.FieldError("file", "照片", "已经有 20 张，达到上限。先撤下不要的，再放新的")
	}
	return nil
}

// AddPicture keeps a picture, seen by its organization alone until it is released.
func (s *Service) AddPicture(ctx context.Context, actor authz.Actor, no, caption string, p *attachment.Prepared) error {
	return s.own(ctx, actor, func(d desk) error {
		e, err := lockOwn(ctx, d, no)
		if err != nil {
			return err
		}
		have, err := picturesOf(ctx, d.tx, e.ID, "")
		if err != nil {
			return err
		}
		if err := roomFor(e, len(have)); err != nil {
			return err
		}
		if err := CheckCaption(caption); err != nil {
			return err
		}
		a, err := s.Attachments.Attach(ctx, d.tx, d.now, actor, p, false)
		if err != nil {
			return err
		}
		tag, err := d.tx.Exec(ctx, `insert into event_picture (id, event_id, caption, state, added_at, added_by) values ($1, $2, $3, 'kept', $4, $5) on conflict (id) do nothing`,
			a.ID, e.ID, caption, d.now, actor.AccountID)
		if err == nil && tag.RowsAffected() == 0 {
			return errs.FieldError("file", "照片", "这张照片已经放过了。换一张，或改用已有的那张")
		}
		if err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, e.ID, "event.picture.add", map[string]any{"picture": a.ID})
	})
}

// CheckCaption wants a line that says what a picture shows: it is read out to who
// does not see it.
func CheckCaption(caption string) error {
	var f errs.Faults
	f.Length("caption", "照片说明", caption, 4, 80)
	return f.Err()
}

// ownPicture runs one act of an organization on a picture of its own, locked.
func (s *Service) ownPicture(ctx context.Context, actor authz.Actor, no string, id uuid.UUID, version int, do func(d desk, p Picture) error) error {
	return s.own(ctx, actor, func(d desk) error {
		e, err := lockOwn(ctx, d, no)
		if err != nil {
			return err
		}
		p, err := pictureByID(ctx, d.tx, id, ` for update of p`)
		if err != nil {
			return err
		}
		if p.EventID != e.ID {
			return notFound()
		}
		if p.Version != version {
			return stale()
		}
		return do(d, p)
	})
}

// Release makes a picture public, on the organization's word that no minor can be
// recognised or every guardian agreed. When it is not sure the bureau looks first.
func (s *Service) Release(ctx context.Context, actor authz.Actor, no string, id uuid.UUID, version int, m Minors, agreed bool) error {
	return s.ownPicture(ctx, actor, no, id, version, func(d desk, p Picture) error {
		if p.State != Kept {
			return errs.Newf(errs.Conflict, "这张照片现在是“%s”，不能再公开。", p.State.Name())
		}
		var f errs.Faults
		errs.OneOf(&f, "minors", "画面里的未成年人", m, AllMinors)
		if m != Unsure && !agreed {
			f.Add("agreed", "本组织确认", "勾选确认，才能公开。不能确认的，上面选“拿不准”，由民政局来看。")
		}
		if err := f.Err(); err != nil {
			return err
		}
		state, by := Released, &actor.AccountID
		if m == Unsure {
			state, by = Doubtful, nil
		}
		err := postgres.ExecOne(ctx, d.tx, `update event_picture set state = $3, minors = $4, released_at = case when $5::uuid is not null then $6::timestamptz end, released_by = $5,
			version = version + 1 where id = $1 and version = $2`, p.ID, p.Version, state, m, by, d.now)
		if err != nil {
			return err
		}
		return d.note(ctx, OwnerKind, p.EventID, "event.picture.release", map[string]any{"picture": p.ID, "minors": m})
	})
}

// TakeDown removes a picture by its own organization.
func (s *Service) TakeDown(ctx context.Context, actor authz.Actor, no string, id uuid.UUID, version int) error {
	return s.ownPicture(ctx, actor, no, id, version, func(d desk, p Picture) error {
		if p.State == Hidden {
			return errs.New(errs.Conflict, "有人请求撤下这张照片，民政局正在处理，处理完以前不能动。")
		}
		return s.remove(ctx, d, p, "组织自己撤下", nil)
	})
}

// remove takes a picture out for good: off every page at once, and its bytes are
// erased with the next sweep of files.
func (s *Service) remove(ctx context.Context, d desk, p Picture, reason string, judged *uuid.UUID) error {
	if p.State == Removed {
		return errs.New(errs.Conflict, "这张照片已经撤下。")
	}
	err := postgres.ExecOne(ctx, d.tx, `update event_picture set state = 'removed', reason = $3, judged_by = coalesce($4, judged_by), version = version + 1
		where id = $1 and version = $2`, p.ID, p.Version, reason, judged)
	if err != nil {
		return err
	}
	if p.FileState == string(attachment.Accepted) || p.FileState == string(attachment.Checking) {
		if err := s.Attachments.Remove(ctx, d.tx, d.now, d.actor, attachment.Owner{Kind: OwnerKind, ID: p.EventID}, p.ID, p.FileVer); err != nil {
			return err
		}
	}
	return d.note(ctx, OwnerKind, p.EventID, "event.picture.remove", map[string]any{"picture": p.ID})
}

// pictureRefused follows the scanner that found something in a picture.
func (s *Service) pictureRefused(ctx context.Context, tx postgres.Tx, now time.Time, a attachment.Attachment) error {
	p, err := pictureByID(ctx, tx, a.ID, ` for update of p`)
	if err != nil || p.State == Removed {
		return err
	}
	if _, err := tx.Exec(ctx, `update event_picture set state = 'removed', reason = '安全检查没有通过', version = version + 1 where id = $1`, a.ID); err != nil {
		return err
	}
	return tell(ctx, tx, now, p.OrgID, "活动照片没有收下", "“"+p.EventTitle+"”的一张照片没有通过安全检查，已移除。请换一张重新放。")
}

// Waiting is what of pictures waits for the bureau.
type WaitingPictures struct {
	Doubtful []Picture
	Requests []Request
	Now      time.Time
}

// mostWaitingPictures bounds the desk: what is over it follows when the first are done.
const mostWaitingPictures = 100

// Desk returns the pictures to judge and the requests to decide.
func (s *Service) Desk(ctx context.Context, actor authz.Actor) (w WaitingPictures, err error) {
	if err := actor.Require(authz.PictureView); err != nil {
		return w, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		w.Now = now
		if w.Doubtful, err = postgres.All[Picture](ctx, q, pictureSQL+` where p.state = 'waiting' order by p.id limit $1`, mostWaitingPictures); err != nil {
			return err
		}
		w.Requests, err = requests(ctx, q)
		return err
	})
	return w, err
}

// Picture returns a picture for those who judge it.
func (s *Service) Picture(ctx context.Context, actor authz.Actor, id uuid.UUID) (p Picture, err error) {
	if err := actor.Require(authz.PictureView); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p, err = pictureByID(ctx, q, id, "")
		return err
	})
	return p, err
}

// Judge decides on a doubtful picture. Whoever uploaded it does not.
func (s *Service) Judge(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, release bool, reason string) error {
	return s.bureau(ctx, actor, id, func(d desk, p Picture) error {
		if p.Version != version {
			return stale()
		}
		if p.State != Doubtful {
			return errs.Newf(errs.Conflict, "这张照片现在是“%s”，不用再看。", p.State.Name())
		}
		state, word := Released, "可以公开，已经公开。"
		var by *uuid.UUID
		if release {
			by, reason = &actor.AccountID, ""
		} else {
			if err := needReason(reason); err != nil {
				return err
			}
			state, word = Refused, "不能公开。理由："+reason
		}
		err := postgres.ExecOne(ctx, d.tx, `update event_picture set state = $3, reason = $4, judged_by = $5, released_by = $6,
			released_at = case when $6::uuid is not null then $7::timestamptz end, version = version + 1 where id = $1 and version = $2`,
			p.ID, p.Version, state, reason, actor.AccountID, by, d.now)
		if err != nil {
			return err
		}
		if err := d.note(ctx, OwnerKind, p.EventID, "event.picture.judge", map[string]any{"picture": p.ID, "release": release}); err != nil {
			return err
		}
		return tell(ctx, d.tx, d.now, p.OrgID, "活动照片："+p.EventTitle, "“"+p.EventTitle+"”里请民政局看的一张照片（"+p.Caption+"）"+word)
	})
}

// bureau runs one act of the bureau on a picture, locked.
func (s *Service) bureau(ctx context.Context, actor authz.Actor, id uuid.UUID, do func(d desk, p Picture) error) error {
	if err := actor.Require(authz.PictureJudge); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		p, err := pictureByID(ctx, tx, id, ` for update of p`)
		if err != nil {
			return err
		}
		return do(desk{tx: tx, now: now, actor: actor}, p)
	})
}

// PublicPicture opens a released picture of a public activity; errs.NotFound for
// every other one.
func (s *Service) PublicPicture(ctx context.Context, no string, id uuid.UUID) (attachment.Attachment, io.ReadSeekCloser, error) {
	return s.open(ctx, id, func(q postgres.Querier, p Picture) error {
		e, err := findEvent(ctx, q, no)
		if err != nil {
			return err
		}
		if p.State != Released || p.EventID != e.ID || !e.State.Public() {
			return notFound()
		}
		return nil
	})
}

// OwnPicture opens a picture of the actor's organization that is not removed.
func (s *Service) OwnPicture(ctx context.Context, actor authz.Actor, id uuid.UUID) (attachment.Attachment, io.ReadSeekCloser, error) {
	return s.open(ctx, id, func(q postgres.Querier, p Picture) error {
		if err := actor.Require(authz.EventEdit); err != nil {
			return err
		}
		o, err := organization.Load(ctx, q, p.OrgID)
		if err == nil && o.MergedInto != uuid.Nil {
			o, err = organization.Load(ctx, q, o.MergedInto)
		}
		if err == nil && !actor.Covers(o.Place()) {
			err = notFound()
		}
		return err
	})
}

// StaffPicture opens a picture for those who judge it.
func (s *Service) StaffPicture(ctx context.Context, actor authz.Actor, id uuid.UUID) (attachment.Attachment, io.ReadSeekCloser, error) {
	return s.open(ctx, id, func(postgres.Querier, Picture) error { return actor.Require(authz.PictureView) })
}

func (s *Service) open(ctx context.Context, id uuid.UUID, may func(q postgres.Querier, p Picture) error) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p, err := pictureByID(ctx, q, id, "")
		if err != nil {
			return err
		}
		if err := may(q, p); err != nil {
			return err
		}
		if p.State == Removed {
			return notFound()
		}
		a, content, err = s.Attachments.Open(ctx, q, attachment.Owner{Kind: OwnerKind, ID: p.EventID}, p.ID)
		return err
	})
	return a, content, err
}
