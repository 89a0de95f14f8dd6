package governance

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Body is where an officer sits.
type Body string

// The bodies.
const (
	TheCouncil     Body = "council"
	TheSupervisors Body = "supervisors"
)

// Name returns the Chinese name, the raw value when unknown.
func (b Body) Name() string {
	return named(b, map[Body]string{TheCouncil: "理事会", TheSupervisors: "监事"})
}

// Post is what an officer is.
type Post string

// The posts; Chair and ChiefSupervisor are held by one person.
const (
	Chair           Post = "chair"
	ViceChair       Post = "vice_chair"
	Member          Post = "member"
	Secretary       Post = "secretary"
	ChiefSupervisor Post = "chief_supervisor"
	Supervisor      Post = "supervisor"
)

// Posts lists them in the order of forms.
var Posts = []Post{Chair, ViceChair, Member, Secretary, ChiefSupervisor, Supervisor}

// Name returns the Chinese name, the raw value when unknown.
func (p Post) Name() string {
	return named(p, map[Post]string{Chair: "理事长（会长）", ViceChair: "副理事长（副会长）", Member: "理事", Secretary: "秘书长",
		ChiefSupervisor: "监事长", Supervisor: "监事"})
}

// Body returns where the post belongs.
func (p Post) Body() Body {
	if p == ChiefSupervisor || p == Supervisor {
		return TheSupervisors
	}
	return TheCouncil
}

func (p Post) single() bool { return p == Chair || p == ChiefSupervisor }

// Officer is a council member or a supervisor in one term.
type Officer struct {
	ID         uuid.UUID  `db:"id"`
	OrgID      uuid.UUID  `db:"org_id"`
	Body       Body       `db:"body"`
	Post       Post       `db:"post"`
	Name       string     `db:"name"`
	ElectedOn  civil.Date `db:"elected_on"`
	TermTo     civil.Date `db:"term_to"`
	LeftOn     civil.Date `db:"left_on"` // zero while in office
	LeftReason string     `db:"left_reason"`
	Version    int        `db:"version"`
}

// Elected is one or more people who were elected to one post.
type Elected struct {
	Post      Post
	Names     []string // as typed, one each
	ElectedOn civil.Date
	TermTo    civil.Date // zero: the longest term that the charter and the rules allow
	Replaces  bool       // everyone of the body who sat before leaves on that day
}

const mostElected = 50

func (e *Elected) normalise(o organization.Organization, c Charter, r Rules, today civil.Date) faults {
	var f faults
	if !slices.Contains(Posts, e.Post) {
		f.add("post", "职务", "选一项职务")
	}
	names := make([]string, 0, len(e.Names))
	for i, typed := range e.Names {
		name, err := identifier.ParsePersonName(typed)
		switch {
		case err != nil:
			f.add("names", "姓名", fmt.Sprintf("第 %d 行：%s", i+1, errs.Message(err)))
		case slices.Contains(names, name):
			f.add("names", "姓名", fmt.Sprintf("第 %d 行的%s重复了。一人填一行", i+1, name))
		}
		names = append(names, name)
	}
	e.Names = names
	switch {
	case len(names) == 0:
		f.add("names", "姓名", "填姓名，一人一行")
	case len(names) > mostElected:
		f.add("names", "姓名", fmt.Sprintf("一次最多登记 %d 人。分几次登记", mostElected))
	case len(names) > 1 && e.Post.single():
		f.add("names", "姓名", e.Post.Name()+"只有一人。其余的人选别的职务登记")
	}
	f.past("elected_on", "当选日期", e.ElectedOn, o.EstablishedOn, today)
	years, rule := often(c.TermYears, r.TermYears, "每届不超过 %d 年")
	longest := e.ElectedOn.AddMonths(12 * years)
	switch {
	case e.TermTo.IsZero():
		e.TermTo = longest
	case !e.TermTo.After(e.ElectedOn):
		f.add("term_to", "任期到", "要晚于当选日期"+e.ElectedOn.Chinese()+"。核对日期")
	case e.TermTo.After(longest):
		f.add("term_to", "任期到", fmt.Sprintf("%s，最晚到%s。核对日期", rule, longest.Chinese()))
	}
	return f
}

// RecordElected records who was elected.
func (s *Service) RecordElected(ctx context.Context, actor authz.Actor, token string, e Elected) error {
	return s.own(ctx, actor, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		r, err := rules(ctx, tx, now)
		if err != nil {
			return audit.Entry{}, err
		}
		facts, err := factsOf(ctx, tx, civil.On(now), []uuid.UUID{o.ID})
		if err != nil {
			return audit.Entry{}, err
		}
		if err := errs.Fields(e.normalise(o, facts[o.ID].Charter, r, civil.On(now))); err != nil {
			return audit.Entry{}, err
		}
		if err := s.makeRoom(ctx, tx, o.ID, e); err != nil {
			return audit.Entry{}, err
		}
		for _, name := range e.Names {
			err := insertOfficer(ctx, tx, recording{now, actor.AccountID}, Officer{ID: newID(), OrgID: o.ID, Post: e.Post, Name: name, ElectedOn: e.ElectedOn, TermTo: e.TermTo})
			if err != nil {
				return audit.Entry{}, err
			}
		}
		return audit.Entry{Action: "governance.officers.record", Detail: map[string]any{
			"post": e.Post, "people": len(e.Names), "elected_on": e.ElectedOn, "replaces": e.Replaces}}, nil
	})
}

// makeRoom ends the terms that the new ones replace, and refuses a second term
// of somebody who sits already.
func (s *Service) makeRoom(ctx context.Context, tx postgres.Tx, org uuid.UUID, e Elected) error {
	sitting, err := present(ctx, tx, org, e.Post.Body())
	if err != nil {
		return err
	}
	var f faults
	for _, x := range sitting {
		switch {
		case e.Replaces && x.ElectedOn.Before(e.ElectedOn):
			err := postgres.ExecOne(ctx, tx, `update governance_officer set left_on = $2, left_reason = '换届', version = version + 1 where id = $1 and left_on is null`, x.ID, e.ElectedOn)
			if err != nil {
				return err
			}
		case slices.Contains(e.Names, x.Name):
			f.add("names", "姓名", fmt.Sprintf("%s现在是%s。换届的勾选“同时卸任”，改任的先登记卸任；同名的另一人，在姓名后加以区别", x.Name, x.Post.Name()))
		case x.Post == e.Post && e.Post.single():
			f.add("post", "职务", fmt.Sprintf("现任%s是%s。先登记卸任，或勾选“同时卸任”", x.Post.Name(), x.Name))
		}
	}
	return errs.Fields(f)
}

// EndOfficer records that somebody left before the term was over.
func (s *Service) EndOfficer(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, on civil.Date, reason string) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		x, err := postgres.One[Officer](ctx, tx, `select `+officerColumns+` from governance_officer where id = $1 and organization_root(org_id) = $2`, id, o.ID)
		if errs.Is(err, errs.NotFound) {
			err = missing()
		}
		if err != nil {
			return audit.Entry{}, err
		}
		var f faults
		f.past("left_on", "卸任日期", on, x.ElectedOn, civil.On(now))
		if n := strings.TrimSpace(reason); n == "" {
			f.add("reason", "原因", "填卸任的原因，如：辞职、调离、补选更换")
		}
		f.length("reason", "原因", reason, 0, 200)
		if err := errs.Fields(f); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "governance.officer.end", Detail: map[string]any{"officer": id, "left_on": on}},
			postgres.ExecOne(ctx, tx, `update governance_officer set left_on = $3, left_reason = $4, version = version + 1
				where id = $1 and version = $2 and left_on is null`, id, version, on, reason)
	})
}
