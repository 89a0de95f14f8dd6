package department_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/department"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

type bench struct {
	*department.Service
	db    *dbtest.DB
	clerk authz.Actor
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	return bench{department.New(db.App), db, authz.Actor{Role: authz.BureauClerk, AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "周经办", IP: "192.0.2.1"}}
}

func (b bench) get(t *testing.T, code string) department.Listed {
	t.Helper()
	d, _, err := b.Get(t.Context(), b.clerk, code)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// said asks the database what a text means, and what it was called on a day.
func (b bench) said(t *testing.T, text string, on civil.Date) (code, name string) {
	t.Helper()
	if err := b.db.App.Pool().QueryRow(t.Context(), `select coalesce(department_of($1), ''), unit_name_on($1, $2)`, text, on).Scan(&code, &name); err != nil {
		t.Fatal(err)
	}
	return code, name
}

func wantField(t *testing.T, err error, field, says string) {
	t.Helper()
	for _, f := range errs.FieldsOf(err) {
		if f.Name == field && strings.Contains(f.Message, says) {
			return
		}
	}
	t.Errorf("got %v %v, want %q at %s", err, errs.FieldsOf(err), says, field)
}

// However a name is written it means one department, and never that of the city.
func TestTextsMeanDepartments(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for text, want := range map[string]string{
		"坪山区教育局": "education", "区教育局": "education", "教育局": "education", "深圳市坪山区教育局": "education", "坪山新区教育局": "education", "坪山区 教育局": "education",
		"深圳市教育局": "", "市教育局": "", "龙岗区教育局": "", "区": "", "": "", "教育": "",
		"区残联": "disabled", "妇联": "women", "文体局": "culture", "坪山区卫生和计划生育局": "health", "团区委": "youth",
	} {
		if code, _ := b.said(t, text, today); code != want {
			t.Errorf("%q means %q, want %q", text, code, want)
		}
	}
}

// The name of a day is the one that held then; organizations follow.
func TestNamesByDate(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	was := b.get(t, "culture")
	name := district.DepartmentName{From: civil.Of(2027, 1, 1), Name: "坪山区文化和旅游局", Short: "文旅局"}
	if err := b.Rename(t.Context(), b.clerk, "culture", was.Version, name); err != nil {
		t.Fatal(err)
	}
	if err := b.Rename(t.Context(), b.clerk, "culture", was.Version, name); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stale version: %v", err)
	}
	old := was.Names[0].Name
	for _, c := range []struct {
		text string
		on   civil.Date
		want string
	}{
		{"区文化广电旅游体育局", today, old}, {"文旅局", today, old}, {"文体局", civil.Of(2026, 12, 31), old}, {"文体局", civil.Of(2010, 1, 1), old},
		{"文体局", civil.Of(2027, 1, 1), name.Name}, {old, civil.Of(2030, 5, 1), name.Name}, {"区象棋协会", today, "区象棋协会"},
	} {
		if _, got := b.said(t, c.text, c.on); got != c.want {
			t.Errorf("%s on %s is %s, want %s", c.text, c.on, got, c.want)
		}
	}
	d := b.get(t, "culture")
	if d.NameOn(today).Name != old || d.NameOn(civil.Of(2027, 6, 1)) != name {
		t.Errorf("names %+v", d.Names)
	}
	for field, n := range map[string]district.DepartmentName{
		"from": {From: civil.Of(2027, 1, 1), Name: "坪山区文旅体局", Short: "文旅体局"}, "name": {From: civil.Of(2027, 3, 1), Name: "坪山区教育局", Short: "文教局"},
		"short": {From: civil.Of(2027, 3, 1), Name: "坪山区文旅体局", Short: "卫健局"},
	} {
		wantField(t, b.Rename(t.Context(), b.clerk, "culture", d.Version, n), field, "")
	}
	for _, sql := range []string{`update department_name set name = 'x'`, `delete from department_name`, `delete from department`, `update department set valid_from = '2000-01-01'`} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := b.db.App.Pool().Exec(t.Context(), `delete from department_label where department_code = 'education'`); err == nil || !strings.Contains(err.Error(), "is a name") {
		t.Errorf("a name forgotten: %v", err)
	}
}

// An alias finds the records that used it and stays while they do.
func TestAliasesFindRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	org := organization(t, b, "科技馆")
	l, err := b.List(t.Context(), b.clerk)
	if err != nil || len(l.Unknown) != 1 || l.Unknown[0] != (department.Unknown{Text: "科技馆", Organizations: 1}) {
		t.Fatalf("unknown texts %+v: %v", l.Unknown, err)
	}
	save := func(aliases ...string) error {
		return b.SetAliases(t.Context(), b.clerk, "science", b.get(t, "science").Version, aliases)
	}
	wantField(t, save("教育局"), "aliases", "坪山区教育局")
	wantField(t, save("科"), "aliases", "")
	if err := save("科技馆", "区科技馆", "科学馆"); err != nil { // the second is the first, written otherwise
		t.Fatal(err)
	}
	var code string
	if err := b.db.App.Pool().QueryRow(t.Context(), `select department_code from organization where id = $1`, org).Scan(&code); err != nil || code != "science" {
		t.Errorf("the record is under %q: %v", code, err)
	}
	if d := b.get(t, "science"); d.Organizations != 1 || len(d.Aliases) != 2 {
		t.Errorf("%d organizations, aliases %v", d.Organizations, d.Aliases)
	}
	wantField(t, save("科学馆"), "aliases", "“科技馆”有组织档案在用")
	if err := save("科技馆"); err != nil {
		t.Error(err)
	}
	// Nobody sets the reference beside the text.
	if _, err := b.db.App.Pool().Exec(t.Context(), `update organization set department_code = 'civil' where id = $1`, org); err != nil {
		t.Fatal(err)
	}
	if d := b.get(t, "civil"); d.Organizations != 0 {
		t.Error("a reference that its text does not mean")
	}
}

// organization is a record under a unit, by what its registration says.
func organization(t *testing.T, b bench, unit string) uuid.UUID {
	t.Helper()
	id, head := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	for _, sql := range []struct {
		text string
		args []any
	}{
		{`insert into person (id, name, created_at, updated_at) values ($1, '陈一', portal_now(), portal_now())`, []any{head}},
		{`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, supervising_unit, created_at, updated_at)
			values ($1, '第一互助社', 'association', 'filed', 'welfare', '编号第1号', '2026-01-01', '街道', 'new', '2026-01-01', $2, '陈一', '440310001001', '440310001', $3, portal_now(), portal_now())`,
			[]any{id, head, unit}},
	} {
		if _, err := b.db.Owner.Exec(t.Context(), sql.text, sql.args...); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

func TestADepartmentIsAddedAndEnded(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := department.Input{Token: once.NewToken(), Code: "library", Name: district.DepartmentName{From: civil.Of(2026, 3, 1), Name: "坪山区公共图书馆", Short: "图书馆"}, Aliases: []string{"城市书房"}}
	for range 2 {
		if err := b.Add(t.Context(), b.clerk, in); err != nil {
			t.Fatal(err)
		}
	}
	for field, spoil := range map[string]func(*department.Input){
		"code": func(in *department.Input) { in.Code = "Bad Code" }, "name": func(in *department.Input) { in.Name.Name = "局" },
		"short": func(in *department.Input) { in.Name.Short = "" }, "from": func(in *department.Input) { in.Name.From = civil.Of(2030, 1, 1) },
		"aliases": func(in *department.Input) { in.Aliases = []string{"图书馆", "教育局"} },
	} {
		bad := in
		bad.Token, bad.Code, bad.Name.Name, bad.Name.Short, bad.Aliases = once.NewToken(), "gallery", "坪山区美术馆", "美术馆", nil
		spoil(&bad)
		wantField(t, b.Add(t.Context(), b.clerk, bad), field, "")
	}
	same := in
	same.Token = once.NewToken()
	wantField(t, b.Add(t.Context(), b.clerk, same), "code", "已经是另一个单位的代码")
	for _, r := range []authz.Role{authz.BureauReviewer, authz.AdminSystem, authz.Auditor, authz.Department} {
		a := b.clerk
		a.Role = r
		if err := b.Add(t.Context(), a, in); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s adds one: %v", r, err)
		}
	}
	end := func(on civil.Date) error {
		return b.End(t.Context(), b.clerk, "library", b.get(t, "library").Version, on)
	}
	wantField(t, end(civil.Of(2026, 2, 1)), "to", "2026年3月1日")
	if err := end(civil.Of(2026, 10, 31)); err != nil {
		t.Fatal(err)
	}
	var names []string
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		all, err := district.Departments(t.Context(), q)
		names = district.DepartmentNames(all, today)
		return err
	})
	if err != nil || strings.Contains(strings.Join(names, " "), "图书馆") {
		t.Errorf("forms still offer it: %v %v", names, err)
	}
	if err := end(civil.Date{}); err != nil || !b.get(t, "library").In(today) {
		t.Errorf("not taken back: %v", err)
	}
	if err := b.Confirm(t.Context(), b.clerk, "education", b.get(t, "education").Version); err != nil || !b.get(t, "education").Confirmed {
		t.Error(err)
	}
	// With an account in use it does not end before today.
	person := uuid.Must(uuid.NewV7())
	for _, sql := range []string{`insert into person (id, name, created_at, updated_at) values ('` + person.String() + `', '周某', now(), now())`,
		`insert into account (id, username, password_hash, role, status, person_id, department, name, password_changed_at, created_token, created_at, updated_at)
		values (gen_random_uuid(), 'library', '$argon2id$x', 'department', 'active', '` + person.String() + `', 'library', '周某', now(), 'x', now(), now())`} {
		if _, err := b.db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	wantField(t, end(civil.Of(2026, 10, 31)), "to", "1 个账号")
	if err := end(civil.Of(2027, 3, 1)); err != nil {
		t.Error(err)
	}
}

// What a form remarks on is what the record does not understand: Go and the
// database read a name the same way.
func TestUnitsAreKnownAsTheDatabaseKnowsThem(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		all, err := district.Departments(t.Context(), q)
		if err != nil {
			return err
		}
		units := district.UnitsOn(all, today)
		for _, said := range append(slices.Clone(units.Offered), "教育局", "区教育局", "坪山区教育局", "坪山新区教育局", "深圳市坪山区教育局", "广东省深圳市坪山区教育局", "龙岗区教育局", "深圳市教育局",
			"ＰＳ教育局", "坪山区 教育局", "坪山区\u3000文体局", "团区委", "区团委", "老龄办", "区", "坪山区", "深圳坪山区妇联", "'; drop table") {
			var means bool
			if err := q.QueryRow(t.Context(), `select department_of($1) is not null`, said).Scan(&means); err != nil {
				return err
			}
			if units.Knows(said) != means {
				t.Errorf("%q: the database %t, the form %t", said, means, units.Knows(said))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
