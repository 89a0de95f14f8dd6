package importing

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// book is what cells refer to, read at once: organizations by name, credit code
// or filing number, and regions.
type book struct {
	today   civil.Date
	regions *district.RegionSet
	orgs    map[string][]uuid.UUID
	into    map[string]string // of a record that was merged away: the name of the one that it went into
}

// organizationField is the column by which rows name an organization on record.
const organizationField = "organization"

func openBook(ctx context.Context, q postgres.Querier, now time.Time, k Kind, lines []*Line) (b book, err error) {
	b = book{today: civil.On(now), orgs: map[string][]uuid.UUID{}, into: map[string]string{}}
	if b.regions, err = district.Regions(ctx, q); err != nil {
		return b, err
	}
	col := k.field(organizationField)
	if col < 0 {
		return b, nil
	}
	wanted := map[string]bool{}
	var typed, codes, numbers []string
	for _, l := range lines {
		if t := l.Cells[col]; t != "" && !wanted[t] {
			wanted[t] = true
			code, _ := identifier.ParseCreditCode(t) // what is none finds none
			no, _ := identifier.ParseFilingNo(t)
			typed, codes, numbers = append(typed, t), append(codes, string(code)), append(numbers, no)
		}
	}
	type row struct {
		Typed string    `db:"typed"`
		ID    uuid.UUID `db:"id"`
		Into  string    `db:"into"`
	}
	rows, err := postgres.All[row](ctx, q, namedSQL, typed, codes, numbers)
	for _, r := range rows {
		b.orgs[r.Typed] = append(b.orgs[r.Typed], r.ID)
		if r.Into != "" {
			b.into[r.Typed] = r.Into
		}
	}
	return b, err
}

// namedSQL finds the organizations that texts ($1) name, with those read as credit
// codes ($2) and filing numbers ($3). One that stands goes before those of its name
// that have ended or were merged away; what was merged away is the record that it
// went into.
const namedSQL = `
	with wanted as materialized (select t, search_key(t) as key, nullif(code, '') as code, nullif(no, '') as no from unnest($1::text[], $2::text[], $3::text[]) u (t, code, no)),
		hit as (
			select w.t, o.id, o.merged_into, o.status, true as named from wanted w join organization o on o.search_text = w.key
			union all select w.t, o.id, o.merged_into, o.status, false from wanted w join organization o on o.uscc = w.code
			union all select w.t, o.id, o.merged_into, o.status, false from wanted w join organization o on o.filing_no = w.no),
		judged as (select *, merged_into is null and status in ('active', 'abnormal', 'merging', 'deregistering') as stands from hit),
		found as (
			select h.t, case when h.merged_into is null then h.id else organization_root(h.id) end as id, h.merged_into is not null as merged from judged h
			where h.stands or not exists (select from judged x where x.t = h.t and x.id <> h.id and x.named and x.stands))
	select f.t as typed, f.id, case when bool_and(f.merged) then o.name else '' end as into
	from found f join organization o on o.id = f.id group by f.t, f.id, o.name order by 1, 2`

// merged is said of a row that names a record which was merged away.
func (b book) merged(typed string) (errs.Field, bool) {
	into, merged := b.into[typed]
	return errs.Field{Name: organizationField, Label: "组织", Message: "这份档案已经并入“" + into + "”，这一行记到“" + into + "”名下"}, merged
}

// organization reads the organization of a row.
func (b book) organization(f *form.Form) uuid.UUID {
	typed := f.Text(organizationField, "组织", form.Required)
	found := b.orgs[typed]
	switch {
	case typed == "":
	case len(found) == 0:
		f.Fail(organizationField, "组织", "没有找到“"+typed+"”。核对名称或编号；还没有登记的，先导入组织")
	case len(found) > 1:
		f.Fail(organizationField, "组织", "有几个组织都叫“"+typed+"”。改填统一社会信用代码或备案编号")
	default:
		return found[0]
	}
	return uuid.Nil
}

// region reads a subdistrict or community by its name.
func (b book) region(f *form.Form, field, label string) string {
	typed := f.Text(field, label)
	if typed == "" {
		return ""
	}
	r, ok := b.regions.Find(typed)
	if !ok {
		f.Fail(field, label, "没有找到“"+typed+"”。填全称，如“坪山街道”“六联社区”")
	}
	return r.Code
}
