package incubator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/incubator"

	"github.com/google/uuid"
)

var (
	liulian  = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "甲", Role: authz.Community, Community: "440310001001", Subdistrict: "440310001"}
	pingshan = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "乙", Role: authz.Subdistrict, Subdistrict: "440310001"}
	maluan   = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "丙", Role: authz.Subdistrict, Subdistrict: "440310002"}
	clerk    = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "丁", Role: authz.BureauClerk}
)

func number(n int) *int { return &n }

func openFacts() incubator.Facts {
	return incubator.Facts{Address: "坪山街道六联社区示例路1号", OpenHours: "周一至周五 9:00—18:00", Phone: "0755-12345678",
		AreaM2: number(320), Seats: number(0), Status: incubator.Open, OpenedOn: civil.MustParse("2018-05-04")}
}

func TestTwentyThreeBasesWithNothingInvented(t *testing.T) {
	t.Parallel()
	s := incubator.New(dbtest.New(t).App)
	d, err := s.Directory(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	bases := d.Bases
	if len(bases) != 23 || d.Target != 23 {
		t.Errorf("%d bases, target %d", len(bases), d.Target)
	}
	for _, b := range bases {
		if len(b.Unknown()) != 7 || b.Status != incubator.Planned || b.UpdatedAt != nil {
			t.Errorf("%s knows more than anyone recorded: %+v", b.Name, b)
		}
		if strings.TrimSuffix(b.Name, "社会组织孵化基地")+"党群服务中心" != b.Host {
			t.Errorf("%s is hosted by %s", b.Name, b.Host)
		}
	}
	if _, err := s.Base(t.Context(), "nowhere"); !errs.Is(err, errs.NotFound) {
		t.Errorf("a base that is not there: %v", err)
	}
}

func TestFactsCheck(t *testing.T) {
	t.Parallel()
	today := civil.MustParse("2026-11-23")
	for name, c := range map[string]struct {
		change func(*incubator.Facts)
		want   string
	}{
		"complete":             {func(*incubator.Facts) {}, ""},
		"opened today":         {func(f *incubator.Facts) { f.OpenedOn = today }, ""},
		"opened tomorrow":      {func(f *incubator.Facts) { f.OpenedOn = today.AddDays(1) }, "opened_on"},
		"opened long ago":      {func(f *incubator.Facts) { f.OpenedOn = civil.MustParse("1999-12-31") }, "opened_on"},
		"date unknown":         {func(f *incubator.Facts) { f.OpenedOn = civil.Date{} }, ""},
		"planned yet opened":   {func(f *incubator.Facts) { f.Status = incubator.Planned }, "opened_on"},
		"open without address": {func(f *incubator.Facts) { f.Address = "" }, "address"},
		"open, no hours, late": {func(f *incubator.Facts) { f.OpenHours, f.OpenedOn = "", today.AddDays(9) }, "opened_on open_hours"},
		"closed and bare":      {func(f *incubator.Facts) { *f = incubator.Facts{Status: incubator.Closed} }, ""},
	} {
		f := openFacts()
		c.change(&f)
		var got []string
		for _, fault := range f.Check(today) {
			got = append(got, fault.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestSaveFacts(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	s := incubator.New(db.App)
	if err := s.SaveFacts(t.Context(), liulian, "liulian", 1, openFacts()); err != nil {
		t.Fatal(err)
	}
	d, err := s.ForEdit(t.Context(), pingshan, "liulian")
	if err != nil {
		t.Fatal(err)
	}
	b := d.Base
	if b.Version != 2 || b.Address != openFacts().Address || *b.AreaM2 != 320 || *b.Seats != 0 || b.UpdatedAt == nil {
		t.Errorf("saved as %+v", b)
	}
	if got := b.Unknown(); !slices.Equal(got, []string{"负责人", "设施"}) {
		t.Errorf("still unknown: %v", got)
	}
	if err := s.SaveFacts(t.Context(), liulian, "liulian", 2, openFacts()); err != nil {
		t.Errorf("the same again: %v", err)
	}
	if err := s.SaveFacts(t.Context(), pingshan, "liulian", 1, openFacts()); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stale version: %v", err)
	}
	var entries int
	var detail string
	if err := db.Owner.QueryRow(t.Context(), `select count(*), coalesce(max(detail::text), '') from audit_entry where action = 'base.facts.save'`).Scan(&entries, &detail); err != nil {
		t.Fatal(err)
	}
	if entries != 1 || strings.Contains(detail, "0755") {
		t.Errorf("%d audit entries, %s", entries, detail)
	}
}

func TestWhoMayRecordFacts(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	s := incubator.New(db.App)
	for name, c := range map[string]struct {
		actor authz.Actor
		slug  string
		kind  errs.Kind
	}{
		"public":               {authz.Actor{}, "liulian", errs.Unauthenticated},
		"bureau":               {clerk, "liulian", errs.Forbidden},
		"another community":    {liulian, "liuhe", errs.Forbidden},
		"another subdistrict":  {maluan, "liulian", errs.Forbidden},
		"no area":              {authz.Actor{AccountID: uuid.Max, Role: authz.Subdistrict}, "liulian", errs.Forbidden},
		"no base of that name": {liulian, "nowhere", errs.NotFound},
	} {
		if err := s.SaveFacts(t.Context(), c.actor, c.slug, 1, openFacts()); !errs.Is(err, c.kind) {
			t.Errorf("%s saves: %v", name, err)
		}
		if _, err := s.ForEdit(t.Context(), c.actor, c.slug); !errs.Is(err, c.kind) {
			t.Errorf("%s opens the form: %v", name, err)
		}
	}
	for _, c := range []struct {
		actor authz.Actor
		n     int
	}{{liulian, 1}, {pingshan, 4}, {maluan, 4}} {
		if own, err := s.Own(t.Context(), c.actor); err != nil || len(own.Bases) != c.n {
			t.Errorf("%s runs %d bases, %v", c.actor.Name, len(own.Bases), err)
		}
	}
}

func TestTheDatabaseRefuses(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for name, sql := range map[string]string{
		"open without address":    `update incubation_base set status = 'open', open_hours = '全天' where slug = 'liulian'`,
		"planned with a date":     `update incubation_base set opened_on = '2018-01-01' where slug = 'liulian'`,
		"empty address":           `update incubation_base set address = '' where slug = 'liulian'`,
		"second of one community": `insert into incubation_base (id, slug, name, community_code, host) values (gen_random_uuid(), 'second', '第二个基地', '440310001001', '中心')`,
		"community not there":     `insert into incubation_base (id, slug, name, community_code, host) values (gen_random_uuid(), 'second', '第二个基地', '440310001099', '中心')`,
		"removal":                 `delete from incubation_base where slug = 'liulian'`,
	} {
		if _, err := db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	// Negative control: a closed base makes room for another.
	if _, err := db.App.Pool().Exec(t.Context(), `update incubation_base set status = 'closed' where slug = 'liulian'`); err != nil {
		t.Error(err)
	}
	if _, err := db.App.Pool().Exec(t.Context(), `insert into incubation_base (id, slug, name, community_code, host)
		values (gen_random_uuid(), 'second', '第二个基地', '440310001001', '中心')`); err != nil {
		t.Error(err)
	}
}
