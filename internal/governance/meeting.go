package governance

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// MeetingKind is what met.
type MeetingKind string

// The kinds. An election is an assembly that changes the council.
const (
	AssemblyMeeting    MeetingKind = "assembly"
	ElectionMeeting    MeetingKind = "election"
	CouncilMeeting     MeetingKind = "council"
	SupervisorsMeeting MeetingKind = "supervisors"
)

// MeetingKinds lists them in the order of forms.
var MeetingKinds = []MeetingKind{AssemblyMeeting, ElectionMeeting, CouncilMeeting, SupervisorsMeeting}

// Name returns the Chinese name, the raw value when unknown.
func (k MeetingKind) Name() string {
	return named(k, map[MeetingKind]string{AssemblyMeeting: "会员大会", ElectionMeeting: "换届选举会议", CouncilMeeting: "理事会会议", SupervisorsMeeting: "监事会议"})
}

// Meeting is a meeting that was held.
type Meeting struct {
	ID          uuid.UUID   `db:"id"`
	OrgID       uuid.UUID   `db:"org_id"`
	Kind        MeetingKind `db:"kind"`
	HeldOn      civil.Date  `db:"held_on"`
	Place       string      `db:"place"`
	Expected    int         `db:"expected"` // 应到
	Present     int         `db:"present"`  // 实到
	Resolutions string      `db:"resolutions"`
	Version     int         `db:"version"`

	Files []attachment.Attachment `db:"-"` // minutes
}

// recording is when and by whom something was entered.
type recording struct {
	at time.Time
	by uuid.UUID
}

func (m Meeting) faults(o organization.Organization, today civil.Date) faults {
	var f faults
	if m.Kind == AssemblyMeeting && o.Type != organization.Association {
		f.add("kind", "会议", o.Type.Name()+"没有会员大会。选理事会会议或换届选举会议")
	}
	f.past("held_on", "开会日期", m.HeldOn, o.EstablishedOn, today)
	f.length("place", "地点", m.Place, 2, 120)
	switch {
	case m.Expected < 1:
		f.add("expected", "应到人数", "填章程规定应当到会的人数，至少 1 人")
	case m.Expected > 100_000:
		f.add("expected", "应到人数", "应到人数太大。核对后重新填")
	}
	switch {
	case m.Present < 1:
		f.add("present", "实到人数", "填到会的人数，至少 1 人")
	case m.Present > m.Expected && m.Expected > 0:
		f.add("present", "实到人数", fmt.Sprintf("实到 %d 人比应到 %d 人多。列席的不算，核对这两个数", m.Present, m.Expected))
	}
	f.length("resolutions", "决议", m.Resolutions, 5, 2000)
	return f
}

// RecordMeeting records a meeting and returns its id, the same one for the same
// form sent twice.
func (s *Service) RecordMeeting(ctx context.Context, actor authz.Actor, token string, m Meeting) (uuid.UUID, error) {
	m.ID, m.OrgID = newID(), actor.OrgID
	said, err := s.ownFor(ctx, actor, authz.OrganizationEdit, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		if err := errs.Fields(m.faults(o, civil.On(now))); err != nil {
			return audit.Entry{}, err
		}
		err := insertMeeting(ctx, tx, recording{now, actor.AccountID}, m)
		if postgres.Violates(err, "governance_meeting_once") {
			err = errs.FieldError("held_on", "开会日期", m.HeldOn.Chinese()+"的"+m.Kind.Name()+"已经登记过。核对日期，或在列表里看那一条")
		}
		return audit.Entry{Action: "governance.meeting.record", Detail: map[string]any{"meeting": m.ID, "kind": m.Kind, "held_on": m.HeldOn}}, err
	}, func() string { return m.ID.String() })
	if err != nil {
		return uuid.Nil, err
	}
	return uuid.Parse(said)
}

// WithdrawMeeting takes a meeting off the record with a reason.
func (s *Service) WithdrawMeeting(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		if _, err := loadMeeting(ctx, tx, o.ID, id); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "governance.meeting.withdraw", Detail: map[string]any{"meeting": id}},
			postgres.ExecOne(ctx, tx, `update governance_meeting set void_on = $3, void_reason = $4, version = version + 1
				where id = $1 and version = $2 and void_on is null`, id, version, civil.On(now), reason)
	})
}

func needReason(reason string) error {
	if n := utf8.RuneCountInString(reason); n < 5 || n > 200 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 200 个字，现在是 %d 个字", n))
	}
	return nil
}
