package district

import (
	"context"
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
)

// Department is an office of the district that supervises or guides
// organizations (业务主管、指导单位). Code is its identity; names follow each other.
type Department struct {
	Code      string           `db:"code"`
	ValidFrom civil.Date       `db:"valid_from"`
	ValidTo   civil.Date       `db:"valid_to"` // last day, zero while it exists
	Confirmed bool             `db:"confirmed"`
	Version   int              `db:"version"`
	Names     []DepartmentName `db:"names"`   // the oldest first, never empty
	Aliases   []string         `db:"aliases"` // entered by hand
}

// DepartmentName is what a department is called from a day on.
type DepartmentName struct {
	From  civil.Date `json:"from"`
	Name  string     `json:"name"`  // 坪山区教育局
	Short string     `json:"short"` // 教育局
}

// In reports whether the department exists on date on.
func (d Department) In(on civil.Date) bool {
	return !on.Before(d.ValidFrom) && (d.ValidTo.IsZero() || !on.After(d.ValidTo))
}

// NameOn returns what it is called on a day; before its first name, that one.
func (d Department) NameOn(on civil.Date) DepartmentName {
	name := d.Names[0]
	for _, n := range d.Names[1:] {
		if !n.From.After(on) {
			name = n
		}
	}
	return name
}

const departmentsSQL = `
	select d.code, d.valid_from, d.valid_to, d.confirmed, d.version,
		(select jsonb_agg(jsonb_build_object('from', n.valid_from, 'name', n.name, 'short', n.short_name) order by n.valid_from)
			from department_name n where n.department_code = d.code) as names,
		array(select l.label from department_label l where l.department_code = d.code and l.alias order by l.label) as aliases
	from department d`

// Departments reads every department that is or was, in the order of codes, in
// one statement.
func Departments(ctx context.Context, q postgres.Querier) ([]Department, error) {
	return postgres.All[Department](ctx, q, departmentsSQL+` order by d.code`)
}

// WithDepartments reads regions and departments in one round trip.
func WithDepartments(ctx context.Context, q postgres.Querier) (*RegionSet, []Department, error) {
	var b postgres.Batch
	var regions []Region
	var departments []Department
	postgres.Gather(&b, &regions, regionsSQL)
	postgres.Gather(&b, &departments, departmentsSQL+` order by d.code`)
	if err := b.Run(ctx, q); err != nil {
		return nil, nil, fmt.Errorf("regions and departments: %w", err)
	}
	return NewRegionSet(regions), departments, nil
}

// DepartmentByCode reads one department.
func DepartmentByCode(ctx context.Context, q postgres.Querier, code string) (Department, error) {
	return postgres.One[Department](ctx, q, departmentsSQL+` where d.code = $1`, code)
}

// DepartmentNames are the names of the departments that exist on a day, for forms
// that choose one.
func DepartmentNames(list []Department, on civil.Date) []string {
	var names []string
	for _, d := range list {
		if d.In(on) {
			names = append(names, d.NameOn(on).Name)
		}
	}
	return names
}

// AddDepartment adds a department with its first name. errs.Conflict when its
// code is taken, errs.Invalid at “name” or “short” when a name is.
func AddDepartment(ctx context.Context, tx postgres.Tx, d Department) error {
	_, err := tx.Exec(ctx, `insert into department (code, valid_from) values ($1, $2)`, d.Code, d.ValidFrom)
	if postgres.Violates(err, "department_pkey") {
		return errs.FieldError("code", "代码", "“"+d.Code+"”已经是另一个单位的代码。换一个")
	}
	if err != nil {
		return fmt.Errorf("department %s: %w", d.Code, err)
	}
	return NameDepartment(ctx, tx, d.Code, d.Names[0])
}

// NameDepartment gives a department the name that it has from a day on.
func NameDepartment(ctx context.Context, tx postgres.Tx, code string, n DepartmentName) error {
	for _, said := range []struct{ field, label, text string }{{"name", "全称", n.Name}, {"short", "简称", n.Short}} {
		if err := taken(ctx, tx, code, said.field, said.label, said.text); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, `insert into department_name (department_code, valid_from, name, short_name) values ($1, $2, $3, $4)`, code, n.From, n.Name, n.Short)
	switch {
	case postgres.Violates(err, "department_name_pkey"):
		return errs.FieldError("from", "从哪天起", "这个单位从"+n.From.Chinese()+"起已经有一个名称。换一个日期")
	case postgres.Violates(err, "department_label_pkey"): // two at once
		return errs.Wrap(errs.Conflict, "这个名称刚刚用在了另一个单位。回到名单看现在的情况。", err)
	}
	return err
}

// taken is errs.Invalid when a text is known as another department.
func taken(ctx context.Context, q postgres.Querier, code, field, label, text string) error {
	var other string
	err := q.QueryRow(ctx, `
		select coalesce((select department_name_on(l.department_code, (portal_now() at time zone 'Asia/Shanghai')::date)
			from department_label l where l.key = department_key($1) and l.department_code <> $2), '')`, text, code).Scan(&other)
	if err == nil && other != "" {
		err = errs.FieldError(field, label, "“"+text+"”已经指“"+other+"”。写得再具体些，或先到那个单位改它的别名")
	}
	return err
}

// SetAliases replaces the other texts by which a department is known. One that
// means another department is errs.Invalid at “aliases”, and so is taking one out
// that a record stands on.
func SetAliases(ctx context.Context, tx postgres.Tx, d Department, aliases []string) error {
	const field, label = "aliases", "别名"
	for _, a := range aliases {
		if err := taken(ctx, tx, d.Code, field, label, a); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into department_label (key, label, department_code, alias) values (department_key($1), $1, $2, true) on conflict (key) do nothing`, a, d.Code)
		if err != nil {
			return err
		}
	}
	type row struct {
		Label string `db:"label"`
	}
	gone, err := postgres.All[row](ctx, tx, `
		select l.label from department_label l where l.department_code = $1 and l.alias
			and not exists (select from unnest($2::text[]) a where department_key(a) = l.key) order by l.label`, d.Code, aliases)
	if err != nil {
		return err
	}
	for _, g := range gone {
		_, err := tx.Exec(ctx, `delete from department_label where department_code = $1 and label = $2 and alias`, d.Code, g.Label)
		if postgres.Violates(err, "department_label_used") {
			return errs.FieldError(field, label, "“"+g.Label+"”有组织档案在用，不能去掉")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// AliasesOf reads aliases as they are typed, one a line.
func AliasesOf(typed string) []string {
	var out []string
	for _, line := range strings.Split(typed, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}

// SaveDepartment writes the rest of a department that stands at its version.
func SaveDepartment(ctx context.Context, tx postgres.Tx, d Department) error {
	return postgres.ExecOne(ctx, tx, `update department set valid_to = $3, confirmed = $4, version = version + 1 where code = $1 and version = $2`,
		d.Code, d.Version, d.ValidTo, d.Confirmed)
}
