package demo

import (
	"context"
	_ "embed" // bulk.sql
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// MaxProjects is the most that PlantProjects makes at once.
const MaxProjects = 2_000_000

// PlantProjects adds n funded projects of five years, with a third as many
// organizations, to a demo: bulk data for measurements, the same for the same
// seed and day. errs.Conflict on a database that holds real data or none, and
// when they are there already.
//
// They are written in bulk by the owner, with the triggers that add one row at a
// time switched off; the sums are then made from the whole, and nothing is kept
// unless ledger and list agree with their entries to the fen.
func PlantProjects(ctx context.Context, db *postgres.DB, owner *pgxpool.Pool, n int) error {
	if n < 1 || n > MaxProjects {
		return errs.Newf(errs.Invalid, "--projects takes 1 to %d, not %d", MaxProjects, n)
	}
	switch s, err := StateOf(ctx, db); {
	case err != nil:
		return err
	case s == Real:
		return errs.New(errs.Conflict, "this database holds real data: bulk data go into a demo only")
	case s != Planted:
		return errs.New(errs.Conflict, "this database holds no demo: start with --demo first")
	}
	err := pgx.BeginFunc(ctx, owner, func(tx pgx.Tx) error { return plantProjects(ctx, tx, n) })
	if err != nil {
		return err
	}
	// As after years of quiet growth: no row of the indexes waits to be sorted in.
	_, err = owner.Exec(ctx, `vacuum (analyze) organization, award, project, project_tally, case_file, ledger_commitment, ledger_entry, ledger_payment`)
	return err
}

func plantProjects(ctx context.Context, tx pgx.Tx, n int) error {
	var there bool
	var now time.Time
	err := tx.QueryRow(ctx, `select exists (select from organization where starts_with(filing_no, $1)), portal_now()`, bulkMark).Scan(&there, &now)
	if err != nil {
		return err
	}
	if there {
		return errs.New(errs.Conflict, "the bulk data are there already: take a new database for another number of projects")
	}
	last := civil.On(now).AddDays(-30)
	args := pgx.NamedArgs{"n": n, "organizations": (n + 2) / 3, "seed": Seed, "now": now, "last": last, "year": last.Year, "mark": bulkMark,
		"words": bulkWords, "bodies": bulkBodies, "surnames": surnames, "given": given, "titles": bulkTitles}
	for _, step := range strings.Split(bulkSQL, "\n\n") {
		if _, err := tx.Exec(ctx, step, only(args, step)); err != nil {
			return fmt.Errorf("bulk data: %.60q: %w", step, err)
		}
	}
	return agree(ctx, tx)
}

// only picks the arguments that a step names.
func only(args pgx.NamedArgs, sql string) pgx.NamedArgs {
	used := pgx.NamedArgs{}
	for name, v := range args {
		if strings.Contains(sql, "@"+name) {
			used[name] = v
		}
	}
	return used
}

// agree refuses what does not add up.
func agree(ctx context.Context, tx pgx.Tx) error {
	var wrong int
	err := tx.QueryRow(ctx, `select (select count(*) from ledger_differences()) + (select count(*) from project_differences())`).Scan(&wrong)
	if err == nil && wrong > 0 {
		err = fmt.Errorf("bulk data: %d sums differ from their entries", wrong)
	}
	return err
}

//go:embed bulk.sql
var bulkSQL string

// bulkMark begins the filing numbers of the organizations.
const bulkMark = "演测备"

var (
	bulkWords  = []string{"邻里", "银龄", "睦邻", "晨光", "亲子", "青苗", "乐龄", "客家", "环保", "助残", "书香", "健步", "非遗", "护河", "平安", "义剪", "花艺", "棋友", "球友", "合唱"}
	bulkBodies = []string{"互助社", "志愿队", "服务队", "协会", "社", "之家", "工作站", "小组"}
	bulkTitles = []string{"长者共餐计划", "亲子阅读季", "垃圾分类督导", "微网格睦邻客厅", "暑期托管", "残障家庭喘息服务", "反诈宣传进厂区", "河道守护", "客家山歌传习", "心理健康热线"}
)
