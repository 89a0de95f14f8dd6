package sampling

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const listSQL = `select l.id, l.no, l.kind, l.from_on, l.to_on, l.candidates, l.size, l.share_pct, l.least, l.digest, l.frozen_at, l.frozen_by, l.frozen_name,
		coalesce(b.no, '') as redraws, l.redraw_why, coalesce(n.no, '') as redrawn_by, l.seed, l.drawn_at, l.drawn_name, l.version
	from sample_list l left join sample_list b on b.id = l.redraws left join sample_list n on n.redraws = l.id`

func find(ctx context.Context, q postgres.Querier, no string) (List, error) {
	return one(ctx, q, no, "")
}

func findForUpdate(ctx context.Context, tx postgres.Tx, no string) (List, error) {
	return one(ctx, tx, no, " for update of l")
}

func one(ctx context.Context, q postgres.Querier, no, more string) (List, error) {
	l, err := postgres.One[List](ctx, q, listSQL+` where l.no = $1`+more, no)
	if errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "没有这份抽查名单。请核对编号。")
	}
	return l, err
}

func lists(ctx context.Context, q postgres.Querier, after string, limit int) ([]List, error) {
	return postgres.All[List](ctx, q, listSQL+` where $1 = '' or l.id < (select id from sample_list where no = $1) order by l.id desc limit $2`, after, limit)
}

// candidates are the cases of a kind that were handed in within the span, were
// accepted, and were not refused, withdrawn or ended since.
func candidates(ctx context.Context, q postgres.Querier, in Input) ([]Candidate, error) {
	list, err := postgres.All[Candidate](ctx, q, `select 0 as position, id as case_id, no as case_no, null::int as rank, title from case_file
		where kind = $1 and submitted_at >= $2 and submitted_at < $3
			and state in ('scoring', 'reviewing', 'consenting', 'signing', 'noticing', 'disputed', 'granted', 'running', 'reporting', 'closed')`,
		in.Kind, in.From.Start(), in.To.End())
	slices.SortFunc(list, func(a, b Candidate) int { return Order(a.CaseNo, b.CaseNo) })
	for i := range list {
		list[i].Position = i + 1
	}
	return list, err
}

func numbers(list []Candidate) []string {
	out := make([]string, len(list))
	for i, c := range list {
		out[i] = c.CaseNo
	}
	return out
}

func insertList(ctx context.Context, tx postgres.Tx, l List, before *uuid.UUID, all []Candidate) error {
	_, err := tx.Exec(ctx, `insert into sample_list (id, no, kind, from_on, to_on, candidates, size, share_pct, least, digest, frozen_at, frozen_by, frozen_name, redraws, redraw_why)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		l.ID, l.No, l.Kind, l.From, l.To, l.Candidates, l.Size, l.SharePct, l.Least, l.Digest, l.FrozenAt, l.FrozenBy, l.FrozenName, before, l.RedrawWhy)
	if err != nil {
		return err
	}
	_, err = tx.CopyFrom(ctx, pgx.Identifier{"sample_candidate"}, []string{"list_id", "position", "case_id", "case_no"},
		pgx.CopyFromSlice(len(all), func(i int) ([]any, error) { return []any{l.ID, all[i].Position, all[i].CaseID, all[i].CaseNo}, nil }))
	return err
}

func read(ctx context.Context, q postgres.Querier, list uuid.UUID) ([]Candidate, error) {
	return postgres.All[Candidate](ctx, q, `select c.position, c.case_id, c.case_no, c.rank, concat_ws('：', f.title, nullif(f.about, '')) as title from sample_candidate c join case_file f on f.id = c.case_id
		where c.list_id = $1 order by c.position`, list)
}

func saveDraw(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, l List, drawn []string) error {
	if err := postgres.ExecOne(ctx, tx, `update sample_list set seed = $3, drawn_at = $4, drawn_by = $5, drawn_name = $6, version = version + 1
		where id = $1 and version = $2`, l.ID, l.Version, l.Seed, now, actor.PersonID, actor.Name); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `update sample_candidate c set rank = d.rank from unnest($2::text[]) with ordinality as d (no, rank)
		where c.list_id = $1 and c.case_no = d.no`, l.ID, drawn)
	return err
}
