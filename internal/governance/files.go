package governance

import (
	"context"
	"io"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Part is what a file belongs to: the minutes of a meeting, the text of a system.
type Part string

// The parts.
const (
	MeetingMinutes Part = "minutes"
	SystemText     Part = "text"
)

// Label names the file that the part takes.
func (p Part) Label() string {
	return named(p, map[Part]string{MeetingMinutes: "会议纪要", SystemText: "制度文本"})
}

// owner is whose the file of a part and a record is.
func (p Part) owner(record uuid.UUID) attachment.Owner {
	kind := map[Part]string{MeetingMinutes: meetingOwner, SystemText: systemOwner}[p]
	return attachment.Owner{Kind: kind, ID: record}
}

// Owner is Owner of the part after a check that the record is the actor's own
// and open: then a file may be prepared for it.
func (s *Service) Owner(ctx context.Context, actor authz.Actor, p Part, record uuid.UUID) (o attachment.Owner, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return o, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error { return open(ctx, q, actor.OrgID, p, record) })
	return p.owner(record), err
}

// open reports whether an organization may change the files of a record: a
// meeting stays open, a system until an office confirmed it.
func open(ctx context.Context, q postgres.Querier, org uuid.UUID, p Part, record uuid.UUID) error {
	sql, ok := map[Part]string{
		MeetingMinutes: `select true as open from governance_meeting where id = $1 and organization_root(org_id) = $2 and void_on is null`,
		SystemText:     `select confirmed_on is null as open from organization_system where id = $1 and organization_root(org_id) = $2 and void_on is null`,
	}[p]
	if !ok {
		return missing()
	}
	type row struct {
		Open bool `db:"open"`
	}
	r, err := postgres.One[row](ctx, q, sql, record, org)
	switch {
	case errs.Is(err, errs.NotFound):
		return missing()
	case err == nil && !r.Open:
		return errs.New(errs.Conflict, "街道已经确认了这份制度，文本不能再换。有修改的，登记一份新的。")
	}
	return err
}

// Attach takes a prepared file. A system has one text; minutes and papers may be
// several.
func (s *Service) Attach(ctx context.Context, actor authz.Actor, p Part, record uuid.UUID, ready *attachment.Prepared) error {
	return s.files(ctx, actor, p, record, func(tx postgres.Tx, now time.Time) error {
		_, err := s.Attachments.Attach(ctx, tx, now, actor, ready, p == SystemText)
		return err
	})
}

// Detach takes a file out; version is that of the file shown.
func (s *Service) Detach(ctx context.Context, actor authz.Actor, p Part, record, file uuid.UUID, version int) error {
	return s.files(ctx, actor, p, record, func(tx postgres.Tx, now time.Time) error {
		return s.Attachments.Remove(ctx, tx, now, actor, p.owner(record), file, version)
	})
}

func (s *Service) files(ctx context.Context, actor authz.Actor, p Part, record uuid.UUID, do func(tx postgres.Tx, now time.Time) error) error {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := lock(ctx, tx, actor.OrgID); err != nil {
			return err
		}
		if err := open(ctx, tx, actor.OrgID, p, record); err != nil {
			return err
		}
		return do(tx, now)
	})
}

// find returns a file that belongs to records of an organization.
func (s *Service) find(ctx context.Context, q postgres.Querier, org, file uuid.UUID) (attachment.Attachment, error) {
	a, err := postgres.One[attachment.Attachment](ctx, q, `select `+fileColumns+` from attachment where id = $2 and state <> 'removed' and `+ownedSQL, org, file)
	if errs.Is(err, errs.NotFound) {
		err = missing()
	}
	return a, err
}

// File opens a file of an organization in the actor's scope.
func (s *Service) File(ctx context.Context, actor authz.Actor, org, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if _, err := s.Organizations.Visible(ctx, q, actor, org); err != nil {
			return err
		}
		if a, err = s.find(ctx, q, org, file); err != nil {
			return err
		}
		a, content, err = s.Attachments.Open(ctx, q, a.Owner(), file)
		return err
	})
	return a, content, err
}
