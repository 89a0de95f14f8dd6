// Package department is how the list of supervising and guiding departments
// (业务主管、指导单位) is kept: added, renamed from a day on, known by aliases,
// ended. Level 3; owns no table: the departments themselves belong to
// internal/district, and counts are read from account and organization.
//
// An organization names its unit by a text; what it means follows in the
// database (organization_unit). So an alias entered here finds the records that
// used it, and a renamed department keeps its organizations, accounts and past.
package department

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
)

// Service keeps the list: authz.DepartmentView and authz.DepartmentEdit.
type Service struct{ db *postgres.DB }

// New returns the service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Listed is a department with what stands on it.
type Listed struct {
	district.Department
	Organizations int // living ones
	Accounts      int // active ones
}

// Unknown is a text in records that means no department on the list.
type Unknown struct {
	Text          string `db:"text"`
	Organizations int    `db:"organizations"`
}

// List is every department: those that supervise somebody first, then those that
// exist.
type List struct {
	Departments []Listed
	Unknown     []Unknown // the most frequent, at most unknownLimit
	Today       civil.Date
}

const unknownLimit = 20

const living = `merged_into is null and status not in ('deregistered', 'filing_revoked', 'registration_revoked')`

// List returns the list. Three statements.
func (s *Service) List(ctx context.Context, actor authz.Actor) (l List, err error) {
	if err := actor.Require(authz.DepartmentView); err != nil {
		return l, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		l.Today = civil.On(now)
		all, err := district.Departments(ctx, q)
		if err != nil {
			return err
		}
		counts, err := counted(ctx, q)
		if err != nil {
			return err
		}
		for _, exists := range []bool{true, false} {
			for _, d := range all {
				if d.In(l.Today) == exists {
					c := counts[d.Code]
					l.Departments = append(l.Departments, Listed{d, c.Organizations, c.Accounts})
				}
			}
		}
		// Those that supervise somebody are looked for first.
		slices.SortStableFunc(l.Departments, func(a, b Listed) int { return cmp.Compare(min(b.Organizations, 1), min(a.Organizations, 1)) })
		l.Unknown, err = postgres.All[Unknown](ctx, q, fmt.Sprintf(`
			select min(supervising_unit) as text, count(*)::int as organizations from organization
			where supervising_unit <> '' and department_code is null and %s
			group by department_key(supervising_unit) order by 2 desc, 1 limit %d`, living, unknownLimit))
		return err
	})
	return l, err
}

type count struct {
	Code          string `db:"code"`
	Organizations int    `db:"organizations"`
	Accounts      int    `db:"accounts"`
}

func counted(ctx context.Context, q postgres.Querier) (map[string]count, error) {
	rows, err := postgres.All[count](ctx, q, `
		select d.code, (select count(*) from organization o where o.department_code = d.code and `+living+`)::int as organizations,
			(select count(*) from account a where a.department = d.code and a.status = 'active')::int as accounts
		from department d`)
	by := map[string]count{}
	for _, r := range rows {
		by[r.Code] = r
	}
	return by, err
}

// Get returns one department with what stands on it.
func (s *Service) Get(ctx context.Context, actor authz.Actor, code string) (l Listed, today civil.Date, err error) {
	if err := actor.Require(authz.DepartmentView); err != nil {
		return l, today, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		if l.Department, err = district.DepartmentByCode(ctx, q, code); err != nil {
			return missing(err)
		}
		counts, err := counted(ctx, q)
		l.Organizations, l.Accounts = counts[code].Organizations, counts[code].Accounts
		return err
	})
	return l, today, err
}

// Input is a department to add.
type Input struct {
	Token, Code string
	Name        district.DepartmentName
	Aliases     []string
}

var codeForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,29}$`)

// Add puts a department on the list.
func (s *Service) Add(ctx context.Context, actor authz.Actor, in Input) error {
	if err := actor.Require(authz.DepartmentEdit); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			var f errs.Faults
			if !codeForm.MatchString(in.Code) || in.Code == "new" { // an address of its own
				f.Add("code", "代码", "代码用 2 到 30 个小写字母、数字或连字符，以字母开头，如 education")
			}
			checkName(&f, in.Name, civil.On(now))
			checkAliases(&f, in.Aliases)
			if err := errs.Fields(f); err != nil {
				return "", err
			}
			d := district.Department{Code: in.Code, ValidFrom: in.Name.From, Names: []district.DepartmentName{in.Name}}
			if err := district.AddDepartment(ctx, tx, d); err != nil {
				return "", err
			}
			if err := district.SetAliases(ctx, tx, d, in.Aliases); err != nil {
				return "", err
			}
			return in.Code, note(ctx, tx, now, actor, in.Code, "department.add", map[string]any{"from": in.Name.From})
		})
		return err
	})
}

// checkName applies the rules of a name. A rename is announced before its day, so
// the day may lie a year ahead.
func checkName(f *errs.Faults, n district.DepartmentName, today civil.Date) {
	f.Length("name", "全称", n.Name, 4, 60)
	f.Length("short", "简称", n.Short, 2, 20)
	if n.From.After(today.AddDays(366)) {
		f.Add("from", "从哪天起", n.From.Chinese()+"太远。填一年以内的日期")
	}
}

func checkAliases(f *errs.Faults, aliases []string) {
	if len(aliases) > 20 {
		f.Add("aliases", "别名", fmt.Sprintf("最多 20 个，现在是 %d 个。去掉不用的", len(aliases)))
	}
	for _, a := range aliases {
		f.Length("aliases", "别名“"+a+"”", a, 2, 60)
	}
}

// change opens the transaction of an act on one department at its version.
func (s *Service) change(ctx context.Context, actor authz.Actor, code string, version int, do func(tx postgres.Tx, now time.Time, d *district.Department) error) error {
	if err := actor.Require(authz.DepartmentEdit); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		d, err := district.DepartmentByCode(ctx, tx, code)
		if err != nil {
			return missing(err)
		}
		if d.Version != version {
			return errs.New(errs.Conflict, "这个单位刚刚被别人改过。核对现在的内容，再保存一次。")
		}
		if err := do(tx, now, &d); err != nil {
			return err
		}
		return district.SaveDepartment(ctx, tx, d)
	})
}

// Rename gives a department another name from a day on. What it was called before
// stays its name of the days before.
func (s *Service) Rename(ctx context.Context, actor authz.Actor, code string, version int, n district.DepartmentName) error {
	return s.change(ctx, actor, code, version, func(tx postgres.Tx, now time.Time, d *district.Department) error {
		var f errs.Faults
		checkName(&f, n, civil.On(now))
		last := d.Names[len(d.Names)-1]
		switch {
		case !n.From.After(last.From):
			f.Add("from", "从哪天起", "“"+last.Name+"”从"+last.From.Chinese()+"开始。新名称填这一天以后的日期")
		case !d.ValidTo.IsZero() && n.From.After(d.ValidTo):
			f.Add("from", "从哪天起", "这个单位到"+d.ValidTo.Chinese()+"为止。填这一天以前的日期")
		}
		if n.Name == last.Name && n.Short == last.Short {
			f.Add("name", "全称", "和现在的名称一样。填新的名称")
		}
		if err := errs.Fields(f); err != nil {
			return err
		}
		if err := district.NameDepartment(ctx, tx, code, n); err != nil {
			return err
		}
		return note(ctx, tx, now, actor, code, "department.rename", map[string]any{"from": n.From})
	})
}

// SetAliases replaces the other texts by which a department is known.
func (s *Service) SetAliases(ctx context.Context, actor authz.Actor, code string, version int, aliases []string) error {
	return s.change(ctx, actor, code, version, func(tx postgres.Tx, now time.Time, d *district.Department) error {
		var f errs.Faults
		checkAliases(&f, aliases)
		if err := errs.Fields(f); err != nil {
			return err
		}
		if err := district.SetAliases(ctx, tx, *d, aliases); err != nil {
			return err
		}
		return note(ctx, tx, now, actor, code, "department.aliases", map[string]any{"aliases": len(aliases)})
	})
}

// End says until which day a department exists; the zero day takes that back.
// Whoever still has an account of it would see organizations that it no longer
// supervises.
func (s *Service) End(ctx context.Context, actor authz.Actor, code string, version int, last civil.Date) error {
	return s.change(ctx, actor, code, version, func(tx postgres.Tx, now time.Time, d *district.Department) error {
		from := d.Names[len(d.Names)-1].From
		if !last.IsZero() && last.Before(from) {
			return errs.FieldError("to", "最后一天", "现在的名称从"+from.Chinese()+"开始。填这一天以后的日期")
		}
		counts, err := counted(ctx, tx)
		if err != nil {
			return err
		}
		if n := counts[code].Accounts; n > 0 && !last.IsZero() && last.Before(civil.On(now)) {
			return errs.FieldError("to", "最后一天", fmt.Sprintf("这个单位还有 %d 个账号在用。请系统管理员先停用，再填过去的日期", n))
		}
		d.ValidTo = last
		return note(ctx, tx, now, actor, code, "department.end", map[string]any{"to": last})
	})
}

// Confirm takes the mark 待确认 off a department that came with the portal.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, code string, version int) error {
	return s.change(ctx, actor, code, version, func(tx postgres.Tx, now time.Time, d *district.Department) error {
		if d.Confirmed {
			return errs.New(errs.Conflict, "这个单位已经确认过了。")
		}
		d.Confirmed = true
		return note(ctx, tx, now, actor, code, "department.confirm", nil)
	})
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, code, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "department", SubjectID: code, Action: action, Detail: detail})
}

// missing keeps a real failure.
func missing(err error) error {
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.NotFound, "名单上没有这个单位。回到名单核对。")
	}
	return err
}
