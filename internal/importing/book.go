package importing

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/form"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// book is what cells refer to, read at once: organizations by name, credit code
// or filing number, and regions.
type book struct {
	today   civil.Date
	regions *district.RegionSet
	orgs    map[string][]uuid.UUID
}

// organizationField is the column by which rows name an organization on record.
const organizationField = "organization"

func openBook(ctx context.Context, q postgres.Querier, now time.Time, k Kind, lines []*Line) (b book, err error) {
	b = book{today: civil.On(now), orgs: map[string][]uuid.UUID{}}
	if b.regions, err = district.Regions(ctx, q); err != nil {
		return b, err
	}
	col := k.field(organizationField)
	if col < 0 {
		return b, nil
	}
	wanted := map[string]bool{}
	var typed []string
	for _, l := range lines {
		if t := l.Cells[col]; t != "" && !wanted[t] {
			wanted[t] = true
			typed = append(typed, t)
		}
	}
	type row struct {
		Typed string    `db:"typed"`
		ID    uuid.UUID `db:"id"`
	}
	// A living one goes before those of its name that have ended.
	rows, err := postgres.All[row](ctx, q, `
		with wanted as materialized (select t, search_key(t) as key, upper(t) as code from unnest($1::text[]) u (t)),
			hit as (
				select w.t, o.id, o.status in ('active', 'abnormal', 'merging', 'deregistering') as living, true as named from wanted w join organization o on o.search_text = w.key
				union all select w.t, o.id, o.status in ('active', 'abnormal', 'merging', 'deregistering'), false from wanted w join organization o on o.uscc = w.code
				union all select w.t, o.id, o.status in ('active', 'abnormal', 'merging', 'deregistering'), false from wanted w join organization o on o.filing_no = w.t)
		select distinct h.t as typed, h.id from hit h
		where h.living or not exists (select from hit x where x.t = h.t and x.id <> h.id and x.named and x.living)
		order by 1, 2`, typed)
	for _, r := range rows {
		b.orgs[r.Typed] = append(b.orgs[r.Typed], r.ID)
	}
	return b, err
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
