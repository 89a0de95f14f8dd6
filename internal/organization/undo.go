package organization

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var undoRegistrations = imported.Undo{Dependents: RegistrationDependents, SQL: `select organization_import_undo($1)`, Rule: "organization_import_depends"}

// UndoImport takes the organizations of an import back exactly, in the caller's
// transaction: errs.Conflict while something depends on one of them.
func (s *Service) UndoImport(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return err
	}
	if err := undoRegistrations.Do(ctx, tx, importID); err != nil {
		return err
	}
	if err := person.UndoImport(ctx, tx, importID); err != nil {
		return err
	}
	return imported.Note(ctx, tx, now, actor, importID, "organization.import.undo", nil)
}

// RegistrationDependents says what keeps the organizations of an import from
// being taken back: other imports first, which can be undone in turn.
func RegistrationDependents(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error) {
	type row struct {
		Rule   string     `db:"rule"`
		OrgID  *uuid.UUID `db:"org_id"`
		Org    string     `db:"org"`
		Import *uuid.UUID `db:"import_id"`
		No     string     `db:"no"`
		N      int        `db:"n"`
	}
	rows, err := postgres.All[row](ctx, q, `
		with d as (select * from organization_import_dependents($1))
		select rule, null::uuid as org_id, '' as org, import_id, '' as no, sum(n)::int as n from d where import_id is not null group by rule, import_id
		union all
		select d.rule, d.org_id, o.name, null, d.no, d.n::int from d join organization o on o.id = d.org_id where d.import_id is null
		order by import_id, rule, org, no`, importID)
	return imported.Named(rows, func(r row) imported.Dependent {
		switch {
		case r.Import != nil:
			return imported.Dependent{Words: fmt.Sprintf("另一次导入登记了这些组织的%s（%d 条）。先撤销那次导入。", imported.Table(r.Rule), r.N),
				Ref: imported.Ref{To: imported.ToImport, ID: r.Import.String()}}
		case r.Rule == "case" && r.No != "":
			return imported.Dependent{Words: r.Org + "已经有办件 " + r.No + "，不能整批撤销。到组织档案里逐个处理。", Ref: imported.Ref{To: imported.ToCase, ID: r.No}}
		case r.Rule == "changed":
			return imported.Dependent{Words: r.Org + "，导入以后档案改过，不能整批撤销。到组织档案里逐个处理。", Ref: imported.Organization(*r.OrgID)}
		case r.Rule == "case":
			return imported.Dependent{Words: r.Org + "已经有填写中的申请，不能整批撤销。", Ref: imported.Organization(*r.OrgID)}
		}
		return imported.Dependent{Words: fmt.Sprintf("%s已经有%s（%d 条），不能整批撤销。到组织档案里逐个处理。", r.Org, imported.Table(r.Rule), r.N), Ref: imported.Organization(*r.OrgID)}
	}), err
}
