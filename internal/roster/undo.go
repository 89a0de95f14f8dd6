package roster

import (
	"context"
	"fmt"

	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var undo = imported.Undo{Dependents: Dependents, SQL: `select roster_import_undo($1)`, Rule: "roster_import_depends"}

// UndoImport removes the members and trainings that an import made, in the
// caller's transaction; then the persons that nothing else needs. errs.Conflict
// when one has been changed since or something refers to one.
func UndoImport(ctx context.Context, tx postgres.Tx, importID uuid.UUID) error {
	if err := undo.Do(ctx, tx, importID); err != nil {
		return err
	}
	return person.UndoImport(ctx, tx, importID)
}

// Dependents says what keeps the members and trainings of an import from being
// taken back; none when they can be.
func Dependents(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error) {
	type row struct {
		Rule   string    `db:"rule"`
		OrgID  uuid.UUID `db:"org_id"`
		Record uuid.UUID `db:"record"`
		Member bool      `db:"member"`
		Who    string    `db:"who"`
		N      int       `db:"n"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select d.rule, d.org_id, d.record, m.id is not null as member, o.name || '的' || p.name as who, d.n::int as n
		from roster_import_dependents($1) d join organization o on o.id = d.org_id
			left join roster_member m on m.id = d.record left join training_record t on t.id = d.record
			join person p on p.id = coalesce(m.person_id, t.person_id)
		order by d.rule = 'changed' desc, d.rule, o.name, p.name, d.record`, importID)
	return imported.Named(rows, func(r row) imported.Dependent {
		d := imported.Dependent{Ref: imported.Organization(r.OrgID)}
		if r.Member {
			d.Ref = imported.Ref{To: imported.ToMember, ID: r.Record.String(), Of: r.OrgID.String()}
		}
		if d.Words = r.Who + "，导入以后改过，不能整批撤销。到花名册里逐个撤销。"; r.Rule != "changed" {
			d.Words = fmt.Sprintf("%s，已经用在%s里（%d 条），不能整批撤销。先处理那些记录。", r.Who, imported.Table(r.Rule), r.N)
		}
		return d
	}), err
}
