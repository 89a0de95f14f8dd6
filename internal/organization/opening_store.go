package organization

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// grantKey is what makes two grants the same one.
type grantKey struct {
	org       uuid.UUID
	programme Programme
	on        civil.Date
	amount    money.Fen
	title     string // search_key of it
}

// grantOnRecord is an earlier grant that an import may meet again.
type grantOnRecord struct {
	ID               uuid.UUID  `db:"id"`
	OrgID            uuid.UUID  `db:"org_id"`
	Programme        Programme  `db:"programme"`
	AwardedOn        civil.Date `db:"awarded_on"`
	Amount           money.Fen  `db:"amount_fen"`
	TitleKey         string     `db:"title_key"`
	No               string     `db:"no"` // "" while recorded by hand only
	DocumentNo       string     `db:"document_no"`
	Purpose          string     `db:"purpose"`
	UseReportDueOn   civil.Date `db:"use_report_due_on"`
	UseReportFiledOn civil.Date `db:"use_report_filed_on"`
	Paid             money.Fen  `db:"paid_fen"`
	Returned         money.Fen  `db:"returned_fen"`
	Recovered        money.Fen  `db:"recovered_fen"`
}

// onRecordColumns reads grants under the records that their organizations ($1) stand
// for.
const onRecordColumns = `g.id, coalesce(f.root, g.org_id) as org_id, g.programme, g.awarded_on, g.amount_fen, search_key(g.title) as title_key, coalesce(g.no, '') as no,
	g.document_no, g.purpose, g.use_report_due_on, g.use_report_filed_on, g.paid_fen, g.returned_fen, g.recovered_fen
	from earlier_grant g left join ` + imported.FamilySQL + ` f on f.id = g.org_id`

func grantsOnRecord(ctx context.Context, q postgres.Querier, orgs []uuid.UUID) ([]grantOnRecord, error) {
	return postgres.All[grantOnRecord](ctx, q, `select `+onRecordColumns+` where f.id is not null and g.void_on is null`, orgs)
}

func establishedOn(ctx context.Context, q postgres.Querier, orgs []uuid.UUID) (map[uuid.UUID]civil.Date, error) {
	type row struct {
		ID uuid.UUID  `db:"id"`
		On civil.Date `db:"established_on"`
	}
	rows, err := postgres.All[row](ctx, q, `select id, established_on from organization where id = any($1)`, orgs)
	out := make(map[uuid.UUID]civil.Date, len(rows))
	for _, r := range rows {
		out[r.ID] = r.On
	}
	return out, err
}

// searchKeys are the titles in the form in which names are compared.
func searchKeys(ctx context.Context, q postgres.Querier, rows []OpeningGrant) ([]string, error) {
	titles := make([]string, len(rows))
	for i, r := range rows {
		titles[i] = r.Title
	}
	return keysOf(ctx, q, titles)
}

func keysOf(ctx context.Context, q postgres.Querier, titles []string) ([]string, error) {
	type row struct {
		Key string `db:"key"`
	}
	list, err := postgres.All[row](ctx, q, `select search_key(t) as key from unnest($1::text[]) with ordinality u (t, i) order by i`, titles)
	out := make([]string, len(list))
	for i, r := range list {
		out[i] = r.Key
	}
	return out, err
}

// lockOrganizations keeps others from recording grants of the same organizations
// by hand meanwhile; always in the same order.
func lockOrganizations(ctx context.Context, tx postgres.Tx, rows []OpeningGrant) error {
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.OrgID
	}
	_, err := tx.Exec(ctx, `select from organization where id = any($1) order by id for no key update`, ids)
	return err
}

// opened is a grant on its way into the opening history, with the facts of the
// day of its award.
type opened struct {
	OpeningGrant
	row                                    int
	id, head                               uuid.UUID
	no, name, category, community, subdist string
}

// completeOpened reads the registered facts as of each award, and draws the
// numbers: one statement and one for each year.
func completeOpened(ctx context.Context, tx postgres.Tx, lists ...[]opened) error {
	var all []*opened
	for _, list := range lists {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	if len(all) == 0 {
		return nil
	}
	orgs, days := make([]uuid.UUID, len(all)), make([]civil.Date, len(all))
	for i, o := range all {
		orgs[i], days[i] = o.OrgID, o.AwardedOn
	}
	type row struct {
		Row    int               `db:"row"`
		Fields map[string]string `db:"fields"`
	}
	rows, err := postgres.All[row](ctx, tx, factsOfManySQL, orgs, days)
	if err != nil {
		return err
	}
	if len(rows) != len(all) {
		return fmt.Errorf("organization: facts of %d grants, %d wanted", len(rows), len(all))
	}
	for _, r := range rows {
		o := all[r.Row-1]
		o.name, o.category, o.community, o.subdist = r.Fields["name"], r.Fields["category"], r.Fields["community_code"], r.Fields["subdistrict_code"]
		if o.head, err = uuid.Parse(r.Fields["head_person_id"]); err != nil {
			return err
		}
	}
	return drawNumbers(ctx, tx, all)
}

// factsOfManySQL is registeredFacts for many organizations, each on its own day.
const factsOfManySQL = `
	select k.row::int as row, jsonb_object_agg(d.field, d.value) as fields
	from unnest($1::uuid[], $2::date[]) with ordinality k (org, day, row), lateral (
		select distinct on (field) field, value from organization_fact
		where org_id = k.org and field in ('name', 'category', 'head_person_id', 'community_code', 'subdistrict_code')
		order by field, effective_on > k.day, case when effective_on > k.day then effective_on end, effective_on desc, id desc) d
	group by k.row`

func drawNumbers(ctx context.Context, tx postgres.Tx, all []*opened) error {
	byYear := map[int][]*opened{}
	for _, o := range all {
		byYear[o.AwardedOn.Year] = append(byYear[o.AwardedOn.Year], o)
	}
	type row struct {
		N int64 `db:"n"`
	}
	for year, list := range byYear {
		drawn, err := postgres.All[row](ctx, tx, `select next_number('LS', $1) as n from generate_series(1, $2)`, year, len(list))
		if err != nil {
			return err
		}
		for i, o := range list {
			o.no = fmt.Sprintf("LS-%d-%04d", year, drawn[i].N)
		}
	}
	return nil
}

func insertOpened(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, list []opened) error {
	if len(list) == 0 {
		return nil
	}
	var (
		ids, orgs, heads                                                     []uuid.UUID
		programmes, titles, purposes, documents, nos, names, cats, coms, sub []string
		awarded, due, filed                                                  []civil.Date
		amounts                                                              []money.Fen
	)
	for _, o := range list {
		ids, orgs, heads = append(ids, o.id), append(orgs, o.OrgID), append(heads, o.head)
		programmes, titles, purposes, documents = append(programmes, string(o.Programme)), append(titles, o.Title), append(purposes, o.Purpose), append(documents, o.DocumentNo)
		nos, names, cats, coms, sub = append(nos, o.no), append(names, o.name), append(cats, o.category), append(coms, o.community), append(sub, o.subdist)
		awarded, due, filed = append(awarded, o.AwardedOn), append(due, o.UseReportDueOn), append(filed, o.UseReportFiledOn)
		amounts = append(amounts, o.Amount)
	}
	_, err := tx.Exec(ctx, `
		insert into earlier_grant (id, org_id, programme, title, purpose, awarded_on, amount_fen, document_no, head_person_id, community_code, subdistrict_code,
			organization_name, category, use_report_due_on, use_report_filed_on, no, import_id, opened_at, recorded_at, recorded_by)
		select id, org, programme, title, purpose, awarded, amount, document, head, community, subdistrict, name, category, due, filed, no, $16, $17, $17, $18
		from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::date[], $7::bigint[], $8::text[], $9::uuid[], $10::text[], $11::text[],
			$12::text[], $13::text[], $14::date[], $15::date[], $19::text[])
			as u (id, org, programme, title, purpose, awarded, amount, document, head, community, subdistrict, name, category, due, filed, no)`,
		ids, orgs, programmes, titles, purposes, awarded, amounts, documents, heads, coms, sub, names, cats, due, filed, importID, now, actor.AccountID, nos)
	if postgres.Violates(err, "earlier_grant_startup_once") || postgres.Violates(err, "earlier_grant_once") {
		return errs.Wrap(errs.Conflict, "刚刚有人登记了同样的资助。请重新核对预览。", err)
	}
	return err
}

// adoptOpened opens what was recorded by hand. What it found is kept, to be put
// back when the import is undone.
func adoptOpened(ctx context.Context, tx postgres.Tx, now time.Time, importID uuid.UUID, list []opened) error {
	if len(list) == 0 {
		return nil
	}
	var (
		ids                                   []uuid.UUID
		purposes, documents, nos, names, cats []string
		due, filed                            []civil.Date
	)
	for _, o := range list {
		ids, purposes, documents, nos = append(ids, o.id), append(purposes, o.Purpose), append(documents, o.DocumentNo), append(nos, o.no)
		names, cats = append(names, o.name), append(cats, o.category)
		due, filed = append(due, o.UseReportDueOn), append(filed, o.UseReportFiledOn)
	}
	// Place and head stay those recorded by hand: the subdistrict is its community's.
	_, err := tx.Exec(ctx, `
		update earlier_grant g set no = u.no, import_id = $9, opened_at = $10, purpose = u.purpose, organization_name = u.name, category = u.category,
			subdistrict_code = left(g.community_code, 9),
			adopted = jsonb_build_object('document_no', g.document_no, 'use_report_due_on', g.use_report_due_on, 'use_report_filed_on', g.use_report_filed_on, 'version', g.version),
			document_no = coalesce(nullif(u.document, ''), g.document_no), use_report_due_on = coalesce(u.due, g.use_report_due_on),
			use_report_filed_on = coalesce(u.filed, g.use_report_filed_on), version = g.version + 1
		from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::date[], $8::date[])
			as u (id, purpose, document, no, name, category, due, filed)
		where g.id = u.id and g.import_id is null and g.void_on is null`,
		ids, purposes, documents, nos, names, cats, due, filed, importID, now)
	return err
}
