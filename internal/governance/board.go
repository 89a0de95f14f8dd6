package governance

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// BoardFilter narrows the board. Zero values do not filter.
type BoardFilter struct {
	Place string // a subdistrict or a community
	Duty  Duty   // only what concerns this duty
	Show  Show
}

// Show is which organizations stand on the board.
type Show string

// The choices; "" shows who has an open problem.
const (
	ShowProblems Show = ""
	ShowSoon     Show = "soon"    // due within the first reminder
	ShowWaiting  Show = "waiting" // waits for a confirmation
	ShowAll      Show = "all"
)

// Shows lists them in the order of the filter.
var Shows = []Show{ShowProblems, ShowSoon, ShowWaiting, ShowAll}

// Name returns the Chinese name, the raw value when unknown.
func (s Show) Name() string {
	return named(s, map[Show]string{ShowProblems: "有问题", ShowSoon: "快到期", ShowWaiting: "等确认", ShowAll: "全部"})
}

// BoardRow is one organization with the items that the filter asks for.
type BoardRow struct {
	ID            uuid.UUID
	Name          string
	CommunityCode string
	Demo          bool
	Items         []Item
}

// Board is a part of the board, by community and name.
type Board struct {
	Today   civil.Date
	Rules   Rules
	Regions *district.RegionSet
	Rows    []BoardRow
	Next    string // cursor, "" at the end
}

// The checklist is derived, so the board reads organizations until a page is
// full: one statement for so many of them, and no more rounds than these.
const (
	boardBatch  = 400
	boardRounds = 6
)

type boardOrg struct {
	ID            uuid.UUID `db:"id"`
	Name          string    `db:"name"`
	CommunityCode string    `db:"community_code"`
	Demo          bool      `db:"demo"`
}

// Board returns size organizations of the actor's area after cursor.
func (s *Service) Board(ctx context.Context, actor authz.Actor, f BoardFilter, cursor string, size int) (b Board, err error) {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return b, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		b.Today = civil.On(now)
		if b.Rules, err = rules(ctx, q, now); err != nil {
			return err
		}
		if b.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		return b.fill(ctx, q, actor, f, cursor, size)
	})
	return b, err
}

func (b *Board) fill(ctx context.Context, q postgres.Querier, actor authz.Actor, f BoardFilter, cursor string, size int) error {
	after, _ := uuid.Parse(cursor)
	for range boardRounds {
		orgs, facts, err := livingOrganizations(ctx, q, actor, f.Place, after, b.Today)
		if err != nil {
			return err
		}
		for _, o := range orgs {
			after = o.ID
			items := f.pick(Checklist(facts[o.ID], b.Rules, b.Today), b.Rules, b.Today)
			if len(items) == 0 {
				continue
			}
			b.Rows = append(b.Rows, BoardRow{o.ID, o.Name, o.CommunityCode, o.Demo, items})
			if len(b.Rows) == size {
				b.Next = after.String()
				return nil
			}
		}
		if len(orgs) < boardBatch {
			return nil
		}
	}
	b.Next = after.String()
	return nil
}

// livingOrganizations reads a batch in the actor's area with its facts: the
// whole order is that of ids, which is that of recording.
func livingOrganizations(ctx context.Context, q postgres.Querier, actor authz.Actor, place string, after uuid.UUID, today civil.Date) ([]boardOrg, map[uuid.UUID]Facts, error) {
	orgs, err := postgres.All[boardOrg](ctx, q, `
		select id, name, community_code, demo from organization
		where id > $1 and merged_into is null and status not in ('deregistered', 'filing_revoked', 'registration_revoked')
			and ($2 = '' or community_code = $2) and ($3 = '' or subdistrict_code = $3) and ($4 = '' or supervising_unit = $4)
			and ($5 = '' or starts_with(community_code, $5))
		order by id limit $6`,
		after, only(actor, authz.Community, actor.Community), only(actor, authz.Subdistrict, actor.Subdistrict), only(actor, authz.Department, actor.Department), place, boardBatch)
	if err != nil {
		return nil, nil, err
	}
	ids := make([]uuid.UUID, len(orgs))
	for i, o := range orgs {
		ids[i] = o.ID
	}
	facts, err := factsOf(ctx, q, today, ids)
	return orgs, facts, err
}

// only is the narrowing of one role; a role without a place sees nothing.
func only(a authz.Actor, role authz.Role, place string) string {
	switch {
	case a.Role != role:
		return ""
	case place == "":
		return "-"
	}
	return place
}

// pick returns the items that the filter asks for.
func (f BoardFilter) pick(items []Item, r Rules, today civil.Date) []Item {
	var out []Item
	for _, i := range items {
		if f.Duty != "" && i.Duty != f.Duty {
			continue
		}
		fits := i.State.Problem()
		switch f.Show {
		case ShowSoon:
			fits = i.Soon(r, today)
		case ShowWaiting:
			fits = i.State == Waiting
		case ShowAll:
			fits = true
		}
		if fits {
			out = append(out, i)
		}
	}
	return out
}
