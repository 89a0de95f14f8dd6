package organizationpages

import (
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"
	"civilaffairs/web/export"

	"github.com/google/uuid"
)

// exportPublic is the directory as open data: public facts only.
func (p *Pages) exportPublic(*http.Request) export.List {
	return p.exported("社会组织", publicFields, func(q *reading) error {
		return organization.Each(q.r.Context(), q.Querier, q.regions, q.filter, q.rows)
	})
}

// exportStaff are the organizations in the actor's scope. Its columns bear the
// names of the import's template: what was taken out can be read in again.
func (p *Pages) exportStaff(*http.Request) export.List {
	return p.exported("组织档案", staffFields, func(q *reading) error {
		return p.Organizations.EachFor(q.r.Context(), q.Querier, q.regions, actor(q.r), q.filter, q.rows)
	})
}

// reading is one export under way.
type reading struct {
	postgres.Querier
	r       *http.Request
	regions *district.RegionSet
	filter  organization.Filter
	rows    func([]organization.Listed) error
	today   civil.Date
	marks   map[uuid.UUID]standing.Summary // of the rows being written
}

// exportField is one column with what stands in it.
type exportField struct {
	sheet.Column
	of func(o organization.Listed, x *reading) any
}

// field is a column of words.
func field(name string, width int, of func(o organization.Listed, x *reading) string) exportField {
	return exportField{sheet.Column{Name: name, Width: float64(width)}, func(o organization.Listed, x *reading) any { return of(o, x) }}
}

// people is a column of a number that nobody may have recorded.
func people(name string, of func(o organization.Listed) *int) exportField {
	return exportField{sheet.Column{Name: name, Kind: sheet.Count}, func(o organization.Listed, _ *reading) any { return counted(of(o)) }}
}

var (
	establishedField = exportField{sheet.Column{Name: "成立日期", Kind: sheet.Date}, func(o organization.Listed, _ *reading) any { return o.EstablishedOn }}
	communityCode    = exportField{sheet.Column{Name: "社区代码", Kind: sheet.Code, Width: 15}, func(o organization.Listed, _ *reading) any { return o.CommunityCode }}
	typeField        = field("组织类型", 0, func(o organization.Listed, _ *reading) string { return o.Type.Name() })
	basisField       = field("管理方式", 10, func(o organization.Listed, _ *reading) string { return o.Basis.Name() })
	registrarField   = field("登记或备案机关", 24, func(o organization.Listed, _ *reading) string { return o.Registrar })
	statusField      = field("状态", 12, func(o organization.Listed, _ *reading) string { return o.Status.Name() })
	scopeField       = field("业务范围", 40, func(o organization.Listed, _ *reading) string { return o.BusinessScope })
	targetsField     = field("服务对象", 24, func(o organization.Listed, _ *reading) string { return organization.TargetNames(o.ServiceTargets) })
	listsField       = field("名录", 16, func(o organization.Listed, x *reading) string { return listed(x.marks[o.ID].Lists) })
	starField        = field("星级", 10, func(o organization.Listed, x *reading) string {
		if star := x.marks[o.ID].Star; star > 0 {
			return standing.Grade{Star: star}.Name()
		}
		return ""
	})
	sizeField = field("规模", 10, func(o organization.Listed, x *reading) string {
		return x.filter.Bounds.SizeOf(o.Type, o.Members, o.Staff).Name()
	})
)

// publicFields are open data: their names stay.
var publicFields = []exportField{
	field("组织", 36, func(o organization.Listed, _ *reading) string { return o.Name }), typeField, basisField,
	{sheet.Column{Name: "统一社会信用代码或备案编号", Kind: sheet.Code, Width: 26}, func(o organization.Listed, _ *reading) any { return o.Number }},
	field("类别", 12, func(o organization.Listed, _ *reading) string { return categoryName(o.Category) }),
	field("街道", 12, func(o organization.Listed, x *reading) string { return x.regions.Name(o.SubdistrictCode) }),
	field("社区", 14, func(o organization.Listed, x *reading) string { return x.regions.Name(o.CommunityCode) }), communityCode, registrarField,
	establishedField, statusField, starField, listsField, scopeField, targetsField,
	field("活动范围", 12, func(o organization.Listed, _ *reading) string { return o.Reach.Name() }), sizeField,
	people("会员", func(o organization.Listed) *int { return o.Members }), people("从业人员", func(o organization.Listed) *int { return o.Staff }),
	people("社工", func(o organization.Listed) *int { return o.SocialWorkers }), people("义工", func(o organization.Listed) *int { return o.Volunteers }),
}

// staffFields are named as in the template of the import wherever they are the
// same; what nobody recorded is empty. Addresses, document numbers and telephones
// are not taken along.
var staffFields = []exportField{
	field("组织名称", 36, func(o organization.Listed, _ *reading) string { return o.Name }), typeField, basisField,
	field("业务类别", 12, func(o organization.Listed, _ *reading) string { return o.Category.Name() }),
	{sheet.Column{Name: "统一社会信用代码", Kind: sheet.Code, Width: 22}, func(o organization.Listed, _ *reading) any { return o.USCC }},
	{sheet.Column{Name: "备案编号", Kind: sheet.Code, Width: 24}, func(o organization.Listed, _ *reading) any { return o.FilingNo }},
	establishedField, registrarField,
	field("成立方式", 16, func(o organization.Listed, _ *reading) string { return o.Origin.Name() }),
	field("负责人姓名", 12, func(o organization.Listed, _ *reading) string { return o.HeadName }),
	field("所属街道", 12, func(o organization.Listed, x *reading) string { return x.regions.Name(o.SubdistrictCode) }),
	field("所属社区", 14, func(o organization.Listed, x *reading) string { return x.regions.Name(o.CommunityCode) }), communityCode,
	field("业务主管（指导）单位", 24, func(o organization.Listed, _ *reading) string { return o.SupervisingUnit }), scopeField,
	{sheet.Column{Name: "开办资金（元）", Kind: sheet.Money}, func(o organization.Listed, _ *reading) any {
		if o.Capital == nil {
			return nil
		}
		return *o.Capital
	}},
	statusField, starField, listsField, targetsField,
	field("活动范围", 12, func(o organization.Listed, _ *reading) string { return known(o.Reach, organization.ReachUnknown) }),
	field("活动地域", 24, func(o organization.Listed, _ *reading) string { return o.ActivityScope }),
	field("场所来源", 14, func(o organization.Listed, _ *reading) string { return known(o.Premises, organization.PremisesUnknown) }), sizeField,
	people("会员数", func(o organization.Listed) *int { return o.Members }), people("从业人数", func(o organization.Listed) *int { return o.Staff }),
	people("专职人数", func(o organization.Listed) *int { return o.FullTime }), people("社工人数", func(o organization.Listed) *int { return o.SocialWorkers }),
	people("义工人数", func(o organization.Listed) *int { return o.Volunteers }),
	field("党组织", 14, func(o organization.Listed, _ *reading) string { return known(o.PartyOrg, organization.PartyUnknown) }),
	people("党员人数", func(o organization.Listed) *int { return o.PartyMembers }),
	field("组织简介", 40, func(o organization.Listed, _ *reading) string { return o.Introduction }),
}

// known is the name of a value, "" for what nobody recorded.
func known[T interface {
	comparable
	Name() string
}](v, none T) string {
	if v == none {
		return ""
	}
	return v.Name()
}

// exported is a list with its fields as columns.
func (p *Pages) exported(name string, fields []exportField, each func(*reading) error) export.List {
	columns := make([]sheet.Column, len(fields))
	for i, f := range fields {
		columns[i] = f.Column
	}
	return export.List{Name: name, Columns: columns, Fill: func(r *http.Request, t *export.Table) error {
		return p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
			t.On(civil.On(now))
			regions, err := district.Regions(r.Context(), q)
			if err != nil {
				return err
			}
			f := filterOf(r.URL.Query(), regions)
			if f.Bounds, err = organization.SizeBoundsOn(r.Context(), q, civil.On(now)); err != nil {
				return err
			}
			x := &reading{Querier: q, r: r, regions: regions, filter: f, today: civil.On(now)}
			x.rows = func(part []organization.Listed) error { return x.write(t, fields, part) }
			return each(x)
		})
	}}
}

// write writes some organizations, a row each.
func (x *reading) write(t *export.Table, fields []exportField, part []organization.Listed) error {
	ids := make([]uuid.UUID, len(part))
	for i, o := range part {
		ids[i] = o.ID
	}
	var err error
	if x.marks, err = standing.Summaries(x.r.Context(), x.Querier, ids, x.today); err != nil {
		return err
	}
	for _, o := range part {
		cells := make([]any, len(fields))
		for i, f := range fields {
			cells[i] = f.of(o, x)
		}
		if err := t.Row(cells...); err != nil {
			return err
		}
	}
	return nil
}

// counted is a number, or an empty cell for one that nobody recorded.
func counted(n *int) any {
	if n == nil {
		return nil
	}
	return *n
}

// exportRatings are the star grades in force today.
func (p *Pages) exportRatings(*http.Request) export.List {
	return export.List{
		Name: "星级",
		Columns: []sheet.Column{{Name: "组织", Width: 36}, {Name: "统一社会信用代码或备案编号", Kind: sheet.Code, Width: 26}, {Name: "类别", Width: 12}, {Name: "街道", Width: 12}, {Name: "社区", Width: 14},
			{Name: "星级", Width: 10}, {Name: "有效期起", Kind: sheet.Date}, {Name: "有效期止", Kind: sheet.Date}, {Name: "证书编号", Kind: sheet.Code, Width: 20}},
		Fill: func(r *http.Request, t *export.Table) error {
			return p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
				t.On(civil.On(now))
				regions, err := district.Regions(r.Context(), q)
				if err != nil {
					return err
				}
				f := filterOf(r.URL.Query(), regions)
				star, _ := strconv.Atoi(r.URL.Query().Get("star")) // what is no number filters nothing
				of := standing.RatedFilter{Subdistrict: f.Subdistrict, Community: f.Community, Category: string(f.Category), Star: star}
				return standing.EachRated(r.Context(), q, civil.On(now), of, func(list []standing.Rated) error {
					for _, g := range list {
						if err := t.Row(g.Name, g.Number, categoryName(organization.Category(g.Category)), regions.Name(g.Subdistrict), regions.Name(g.Community), g.Grade.Name(),
							g.FromOn, g.ToOn, g.CertNo); err != nil {
							return err
						}
					}
					return nil
				})
			})
		},
	}
}
