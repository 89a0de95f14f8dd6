package district_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5/pgconn"
)

var today = civil.MustParse("2026-11-23")

func read[T any](t *testing.T, db *dbtest.DB, fn func(context.Context, postgres.Querier) (T, error)) T {
	t.Helper()
	var v T
	err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) { v, err = fn(t.Context(), q); return err })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func mustExec(t *testing.T, db *dbtest.DB, sql string) {
	t.Helper()
	if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func TestTwentyThreeCommunitiesInSixSubdistricts(t *testing.T) {
	t.Parallel()
	set := read(t, dbtest.New(t), district.Regions)
	if n := len(set.Communities(today)); n != 23 {
		t.Errorf("%d communities", n)
	}
	want := map[string]int{"坪山街道": 4, "马峦街道": 4, "碧岭街道": 3, "石井街道": 4, "坑梓街道": 4, "龙田街道": 4}
	subdistricts := set.Subdistricts(today)
	if len(subdistricts) != len(want) {
		t.Errorf("%d subdistricts", len(subdistricts))
	}
	for _, s := range subdistricts {
		if n := len(set.CommunitiesOf(s.Code, today)); n != want[s.Name] {
			t.Errorf("%s has %d communities, want %d", s.Name, n, want[s.Name])
		}
	}
	if len(set.Communities(civil.MustParse("2017-01-06"))) != 0 {
		t.Error("communities before the district existed")
	}
	if got := set.FullName("440310002004"); got != "马峦街道沙坣社区" {
		t.Errorf("full name %s", got)
	}
	if set.Name("440310999") != "" {
		t.Error("a name for a code that is not there")
	}
	// Only the code of 沙湖 was confirmed by a second source (domain 0.3).
	for _, c := range set.Communities(today) {
		if c.CodeConfirmed != (c.Name == "沙湖社区") {
			t.Errorf("%s confirmed: %v", c.Name, c.CodeConfirmed)
		}
	}
}

func TestMapOrder(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	mustExec(t, db, `insert into region (code, kind, name, parent_code, valid_from)
		values ('440310000', 'subdistrict', '新街道', '440310', '2026-01-01')`)
	var order []string
	for _, r := range read(t, db, district.Regions).OnMap(today) {
		order = append(order, r.ShortName())
	}
	if got := strings.Join(order, " "); got != "坪山 龙田 坑梓 碧岭 马峦 石井 新" {
		t.Errorf("order on the map: %s", got)
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	set := read(t, dbtest.New(t), district.Regions)
	for typed, want := range map[string]string{
		"坪环社区": "440310002001", "平环社区": "440310002001", "平环": "440310002001", " 坪 环 ": "440310002001",
		"沙坣社区": "440310002004", "沙壆社区": "440310002004", "沙壆": "440310002004", "沙坣": "440310002004",
		"坪山街道": "440310001", "坪山区": "440310", "坪山社区": "440310001003",
		// One name for several regions, a community that is not among them, and nothing.
		"坪山": "", "龙田": "", "新和社区": "", "": "", "　": "", "社区": "",
	} {
		if r, ok := set.Find(typed); r.Code != want || ok != (want != "") {
			t.Errorf("Find(%q) = %s %v, want %s", typed, r.Code, ok, want)
		}
	}
}

func TestACommunityMayComeAndGo(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	mustExec(t, db, `insert into region (code, kind, name, parent_code, valid_from)
		values ('440310001005', 'community', '新和社区', '440310001', '2026-12-01')`)
	mustExec(t, db, `update region set valid_to = '2026-11-30' where name = '和平社区'`)
	mustExec(t, db, `insert into region (code, kind, name, parent_code, valid_from)
		values ('440310001006', 'community', '和平社区', '440310001', '2026-12-01')`)
	set := read(t, db, district.Regions)
	if before, after := len(set.Communities(civil.MustParse("2026-11-30"))), len(set.Communities(civil.MustParse("2026-12-01"))); before != 23 || after != 24 {
		t.Errorf("%d communities, then %d", before, after)
	}
	if r, _ := set.Find("和平社区"); r.Code != "440310001006" {
		t.Errorf("the region that ended was found: %s", r.Code)
	}
	if set.Name("440310001004") != "和平社区" {
		t.Error("a region that ended lost its name")
	}
}

func TestRegionRowsMakeSense(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	const check, foreign, unique, denied = "23514", "23503", "23505", "42501"
	insert := `insert into region (code, kind, name, parent_code, valid_from, valid_to) values `
	for name, c := range map[string]struct{ sql, code string }{
		"community under the district": {insert + `('440310009001', 'community', '甲社区', '440310', '2026-01-01', null)`, check},
		"of another subdistrict":       {insert + `('440310001009', 'community', '甲社区', '440310002', '2026-01-01', null)`, check},
		"kind against code":            {insert + `('440310001009', 'subdistrict', '甲街道', '440310001', '2026-01-01', null)`, check},
		"without parent":               {insert + `('440310009', 'subdistrict', '甲街道', null, '2026-01-01', null)`, check},
		"parent that is not there":     {insert + `('440310009001', 'community', '甲社区', '440310009', '2026-01-01', null)`, foreign},
		"ends before it begins":        {insert + `('440310001009', 'community', '甲社区', '440310001', '2026-01-02', '2026-01-01')`, check},
		"second of a name":             {insert + `('440310001009', 'community', '六联社区', '440310001', '2026-01-01', null)`, unique},
		"removed":                      {`delete from region where name = '六联社区'`, denied},
	} {
		_, err := db.App.Pool().Exec(t.Context(), c.sql)
		if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	mustExec(t, db, insert+`('440310001009', 'community', '甲社区', '440310001', '2026-01-01', null)`)
}
