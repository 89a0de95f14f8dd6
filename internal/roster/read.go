package roster

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// PageSize is how many members a page of the list shows.
const PageSize = 50

// Counts are heads of one organization on one day.
type Counts struct {
	Members       int `db:"members"`        // everybody on the roster
	Staff         int `db:"staff"`          // 从业人员
	FullTime      int `db:"full_time"`      // 专职
	SocialWorkers int `db:"social_workers"` // certified
}

// CountsOn counts who is on the roster on a day; who stands in two records that
// were merged is one person.
func CountsOn(ctx context.Context, q postgres.Querier, org uuid.UUID, on civil.Date) (Counts, error) {
	var staff []Post
	for _, p := range Posts {
		if p.Staff() {
			staff = append(staff, p)
		}
	}
	return postgres.One[Counts](ctx, q, `
		select count(distinct person_id) as members, count(distinct person_id) filter (where full_time or post = any($3)) as staff,
			count(distinct person_id) filter (where full_time) as full_time, count(distinct person_id) filter (where qualification = any($4)) as social_workers
		from roster_member where org_id = any(organization_ids($1)) and void_on is null and joined_on <= $2 and (left_on is null or left_on >= $2)`,
		org, on, staff, []Qualification{Assistant, SocialWorker, Senior})
}

// On returns everybody who is on the roster of an organization on a day, in the
// order of the list, for services; it checks no permission.
func On(ctx context.Context, q postgres.Querier, org uuid.UUID, on civil.Date) ([]Member, error) {
	return postgres.All[Member](ctx, q, `select `+columns+from+` where m.org_id = any(organization_ids($1)) and m.void_on is null
		and m.joined_on <= $2 and (m.left_on is null or m.left_on >= $2) order by m.rank, m.joined_on, m.id`, org, on)
}

// Line is a member in the list.
type Line struct {
	Member
	Elsewhere []string // other organizations in which the person is full-time in the same month
}

// Page is one page of the roster on a day.
type Page struct {
	Organization   Organization
	Today, On      civil.Date
	Lines          []Line
	Counts         Counts
	Previous, Next string // cursors, "" for none
}

// List returns the roster of an organization on a day, today when on is zero.
func (s *Service) List(ctx context.Context, actor authz.Actor, orgID uuid.UUID, on civil.Date, cursor string) (p Page, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p.Today = civil.On(now)
		if p.On = on; on.IsZero() {
			p.On = p.Today
		}
		if p.Organization, err = visible(ctx, q, actor, orgID, authz.RosterView); err != nil {
			return err
		}
		if p.Counts, err = CountsOn(ctx, q, orgID, p.On); err != nil {
			return err
		}
		at := parseCursor(cursor)
		members, err := pageOf(ctx, q, orgID, p.On, at)
		if err != nil {
			return err
		}
		p.cut(members, at)
		return p.mark(ctx, q, mayKnow(actor))
	})
	return p, err
}

// pageOf reads one row more than a page, which only tells that there is more.
func pageOf(ctx context.Context, q postgres.Querier, org uuid.UUID, on civil.Date, at position) ([]Member, error) {
	compare, order := ">", "m.rank, m.joined_on, m.id"
	if at.back {
		compare, order = "<", "m.rank desc, m.joined_on desc, m.id desc"
	}
	return postgres.All[Member](ctx, q, `select `+columns+from+` where m.org_id = any(organization_ids($1)) and m.void_on is null
		and m.joined_on <= $2 and (m.left_on is null or m.left_on >= $2) and (m.rank, m.joined_on, m.id) `+compare+` ($3, $4, $5)
		order by `+order+fmt.Sprintf(` limit %d`, PageSize+1), org, on, at.rank, at.joined, at.id)
}

func (p *Page) cut(members []Member, at position) {
	more := len(members) > PageSize
	if more {
		members = members[:PageSize]
	}
	if at.back {
		slices.Reverse(members)
	}
	for _, m := range members {
		p.Lines = append(p.Lines, Line{Member: m})
	}
	if len(members) == 0 {
		return
	}
	if more || at.back {
		p.Next = positionOf(members[len(members)-1], false)
	}
	if at.id != uuid.Nil && (more || !at.back) {
		p.Previous = positionOf(members[0], true)
	}
}

// mark notes who is full-time in another organization too.
func (p *Page) mark(ctx context.Context, q postgres.Querier, named bool) error {
	var persons []uuid.UUID
	for _, l := range p.Lines {
		if l.FullTime {
			persons = append(persons, l.PersonID)
		}
	}
	if len(persons) == 0 {
		return nil
	}
	stays, err := staysOf(ctx, q, persons)
	for i := range p.Lines {
		p.Lines[i].Elsewhere = doubles(p.Lines[i].Member, stays, named)
	}
	return err
}

// doubles names the other organizations in which the person of m is full-time in
// the same month; without names one “另一个组织”.
func doubles(m Member, stays []elsewhere, named bool) []string {
	var out []string
	for _, x := range stays {
		if x.PersonID != m.PersonID || x.OrgID == m.OrgID || !m.FullTime || !x.FullTime || !sharesMonth(m.JoinedOn, m.LeftOn, x.JoinedOn, x.LeftOn) {
			continue
		}
		name := x.OrgName
		if !named {
			name = "另一个组织"
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// File is what is known of one stay, as far as the actor may see it.
type File struct {
	Member
	Terms
	Organization Organization
	Today        civil.Date
	IDMask       string // "" when no number is on record
	TermsShown   bool   // contracts and months are for this actor
	Elsewhere    []string
	Others       []Member // other stays here, oldest first
	Trainings    []Training
}

// Get returns one member. Contracts and months are for the organization itself,
// its community and subdistrict, the bureau and the auditor (domain Appendix D).
func (s *Service) Get(ctx context.Context, actor authz.Actor, id uuid.UUID) (f File, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		f.Today = civil.On(now)
		r, err := load(ctx, q, id)
		if err != nil {
			return absent(err)
		}
		if f.Organization, err = visible(ctx, q, actor, r.OrgID, authz.RosterView); err != nil {
			return absent(err)
		}
		f.Member, f.TermsShown = r.Member, actor.Role != authz.Department
		if f.TermsShown {
			if f.Terms, err = openTerms(s.keys, id, r.Sealed); err != nil {
				return err
			}
		}
		p, err := person.Load(ctx, q, s.keys, r.PersonID)
		if err != nil {
			return err
		}
		if p.IDNumber != "" {
			f.IDMask = secret.MaskResidentID(p.IDNumber)
		}
		return f.around(ctx, q, mayKnow(actor))
	})
	return f, err
}

// around reads what else is known of the person.
func (f *File) around(ctx context.Context, q postgres.Querier, named bool) error {
	stays, err := staysOf(ctx, q, []uuid.UUID{f.PersonID})
	if err != nil {
		return err
	}
	f.Elsewhere = doubles(f.Member, stays, named)
	for _, x := range stays {
		if x.OrgID == f.OrgID && x.ID != f.ID {
			f.Others = append(f.Others, x.Member)
		}
	}
	f.Trainings, err = trainingsOf(ctx, q, f.PersonID, f.OrgID)
	return err
}

// position is where a page begins.
type position struct {
	rank   int
	joined civil.Date
	id     uuid.UUID
	back   bool
}

func positionOf(m Member, back bool) string {
	direction := "n"
	if back {
		direction = "p"
	}
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%s%d%s%s", direction, m.Rank, m.JoinedOn, m.ID))
}

// parseCursor reads a cursor; what is none begins at the beginning.
func parseCursor(s string) position {
	start := position{joined: civil.Of(1, 1, 1)}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 2+10+36 || b[1] < '0' || b[1] > '9' {
		return start
	}
	on, err1 := civil.Parse(string(b[2:12]))
	id, err2 := uuid.Parse(string(b[12:]))
	if err1 != nil || err2 != nil {
		return start
	}
	return position{rank: int(b[1] - '0'), joined: on, id: id, back: b[0] == 'p'}
}
