package importing

import (
	"context"
	"errors"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Result is what became of a row when its import was confirmed.
type Result string

// The results: of rows that were written, and why others were not.
const (
	Made        Result = "made"
	Adopted     Result = "adopted" // completes what was entered by hand
	WasThere    Result = Result(Unchanged)
	WasOtherway Result = Result(Changed)
	WasLeftOut  Result = Result(LeftOut)
	WasDoubtful Result = Result(Doubtful)
	WasFaulty   Result = Result(Faulty)
)

// Results lists them in the order of pages.
var Results = []Result{Made, Adopted, WasThere, WasOtherway, WasLeftOut, WasDoubtful, WasFaulty}

// Name returns the Chinese name, the raw value when unknown.
func (r Result) Name() string {
	names := map[Result]string{Made: "新登记", Adopted: "已补全", WasThere: "没有变化", WasOtherway: "没有改动",
		WasLeftOut: "没有导入", WasDoubtful: "没有核对", WasFaulty: "有问题"}
	if n, ok := names[r]; ok {
		return n
	}
	return string(r)
}

// result is what a line comes to now that its import is confirmed.
func (l *Line) result() Result {
	switch {
	case l.State == Fresh && l.Adopts:
		return Adopted
	case l.State == Fresh:
		return Made
	}
	return Result(l.State)
}

// shelf is where the records of a kind stand: SQL that reads them by id and that
// counts what an undo takes back, and what leads to them.
type shelf struct {
	records, takes string
	refer          func(found) imported.Ref // nil: to the organization
	title          func(code string) string // nil: as it stands
}

// found is a record as its shelf gives it.
type found struct {
	ID    uuid.UUID  `db:"id"`
	Title string     `db:"title"`
	Sub   string     `db:"sub"`
	OrgID *uuid.UUID `db:"org_id"`
	No    string     `db:"no"`
	Fen   *money.Fen `db:"fen"`
}

// Record is a record that a row is about, as lists show it.
type Record struct {
	Title, Sub string
	Amount     *money.Fen
	Ref        imported.Ref
}

// read returns the records by id; one that is gone is missing.
func (s shelf) read(ctx context.Context, q postgres.Querier, ids []uuid.UUID) (map[uuid.UUID]Record, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := postgres.All[found](ctx, q, s.records, ids)
	out := make(map[uuid.UUID]Record, len(rows))
	for _, f := range rows {
		r := Record{Title: f.Title, Sub: f.Sub, Amount: f.Fen}
		if s.title != nil {
			r.Title = s.title(f.Title)
		}
		if s.refer != nil {
			r.Ref = s.refer(f)
		} else if f.OrgID != nil {
			r.Ref = imported.Organization(*f.OrgID)
		}
		out[f.ID] = r
	}
	return out, err
}

// keep writes what became of every line; planted are the records of the good
// ones.
func keep(ctx context.Context, tx postgres.Tx, id uuid.UUID, lines []*Line, planted []uuid.UUID) error {
	numbers, results, records := make([]int, len(lines)), make([]string, len(lines)), make([]*uuid.UUID, len(lines))
	next := 0
	for i, l := range lines {
		record := l.Record
		if l.State == Fresh {
			if next == len(planted) {
				return errors.New("importing: fewer records than rows planted")
			}
			record = planted[next]
			next++
		}
		numbers[i], results[i] = l.Number, string(l.result())
		if record != uuid.Nil {
			records[i] = &record
		}
	}
	_, err := tx.Exec(ctx, `insert into import_run_row (run_id, number, result, record)
		select $1, n, r, i from unnest($2::int[], $3::text[], $4::uuid[]) u (n, r, i)`, id, numbers, results, records)
	return err
}

// Row is one row of a confirmed import.
type Row struct {
	Number int        `db:"number"`
	Result Result     `db:"result"`
	ID     *uuid.UUID `db:"record"`
	Record *Record    `db:"-"` // nil when there is none, or it is gone
}

// Outcome is a page of what became of the rows of an import.
type Outcome struct {
	Counts map[Result]int
	Result Result // what the page is filtered by, "" for all
	Rows   []Row
	Next   string
}

// pageOfRows is how many rows one page holds.
const pageOfRows = 50

// Outcome returns the rows of a confirmed import from the one after, those of one
// result or all.
func (s *Service) Outcome(ctx context.Context, actor authz.Actor, id uuid.UUID, result Result, after string) (o Outcome, err error) {
	if err := actor.Require(authz.ImportView); err != nil {
		return o, err
	}
	from, _ := strconv.Atoi(after) // what is no number begins at the beginning
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		o, err = s.outcome(ctx, q, id, result, from)
		return err
	})
	return o, err
}

func (s *Service) outcome(ctx context.Context, q postgres.Querier, id uuid.UUID, result Result, from int) (o Outcome, err error) {
	type count struct {
		Result Result `db:"result"`
		N      int    `db:"n"`
		Kind   string `db:"kind"`
	}
	// A file has 20,000 rows at most.
	counts, err := postgres.All[count](ctx, q, `select w.result, count(*)::int as n, r.kind from import_run r join import_run_row w on w.run_id = r.id
		where r.id = $1 group by w.result, r.kind`, id)
	if err != nil || len(counts) == 0 {
		return o, err
	}
	o.Counts = map[Result]int{}
	for _, c := range counts {
		o.Counts[c.Result] = c.N
	}
	if o.Counts[result] > 0 {
		o.Result = result
	}
	o.Rows, err = postgres.All[Row](ctx, q, `select number, result, record from import_run_row
		where run_id = $1 and number > $2 and ($3 = '' or result = $3) order by number limit $4`, id, from, string(o.Result), pageOfRows+1)
	if err != nil {
		return o, err
	}
	if len(o.Rows) > pageOfRows {
		o.Rows = o.Rows[:pageOfRows]
		o.Next = strconv.Itoa(o.Rows[pageOfRows-1].Number)
	}
	k, err := s.Kind(counts[0].Kind)
	if err != nil {
		return o, err
	}
	var ids []uuid.UUID
	for _, r := range o.Rows {
		if r.ID != nil {
			ids = append(ids, *r.ID)
		}
	}
	records, err := k.shelf.read(ctx, q, ids)
	for i, r := range o.Rows {
		if r.ID == nil {
			continue
		}
		if rec, there := records[*r.ID]; there {
			o.Rows[i].Record = &rec
		}
	}
	return o, err
}

// Taken is one thing that an undo takes back.
type Taken struct {
	Label string     `db:"label"`
	Unit  string     `db:"unit"`
	N     int        `db:"n"`
	Sum   *money.Fen `db:"fen"`
}

// Undoing is what taking an import back would do, and what stands against it.
type Undoing struct {
	Run
	Of         Kind
	Takes      []Taken
	Dependents []imported.Dependent
}

// Undoing says beforehand what an undo would take back: errs.Conflict for an
// import that is not in force.
func (s *Service) Undoing(ctx context.Context, actor authz.Actor, id uuid.UUID) (u Undoing, err error) {
	if err := actor.Require(authz.ImportRun); err != nil {
		return u, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if u.Run, u.Of, err = s.run(ctx, q, id); err != nil {
			return err
		}
		if u.State != Confirmed {
			return errs.Newf(errs.Conflict, "这次导入%s，没有可以撤销的内容。", u.State.Name())
		}
		if u.Takes, err = postgres.All[Taken](ctx, q, u.Of.shelf.takes, id); err != nil || u.Of.dependents == nil {
			return err
		}
		u.Dependents, err = u.Of.dependents(ctx, q, id)
		return err
	})
	return u, err
}
