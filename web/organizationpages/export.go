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
	return p.exported("社会组织", false, func(q *reading) error {
		return organization.Each(q.r.Context(), q.Querier, q.regions, q.filter, q.rows)
	})
}

// exportStaff is the same table of the organizations in the actor's scope.
func (p *Pages) exportStaff(*http.Request) export.List {
	return p.exported("组织档案", true, func(q *reading) error {
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
	staff   bool
}

// exported is the table; the party organization is for offices (domain Appendix D).
func (p *Pages) exported(name string, staff bool, each func(*reading) error) export.List {
	columns := []sheet.Column{{Name: "组织", Width: 36}, {Name: "组织类型"}, {Name: "管理方式", Width: 10}, {Name: "统一社会信用代码或备案编号", Kind: sheet.Code, Width: 26},
		{Name: "类别", Width: 12}, {Name: "街道", Width: 12}, {Name: "社区", Width: 14}, {Name: "社区代码", Kind: sheet.Code, Width: 15}, {Name: "登记或备案机关", Width: 24},
		{Name: "成立日期", Kind: sheet.Date}, {Name: "状态", Width: 12}, {Name: "星级", Width: 10}, {Name: "名录", Width: 16}, {Name: "业务范围", Width: 40},
		{Name: "服务对象", Width: 24}, {Name: "活动范围", Width: 12}, {Name: "规模", Width: 10}, {Name: "会员", Kind: sheet.Count}, {Name: "从业人员", Kind: sheet.Count},
		{Name: "社工", Kind: sheet.Count}, {Name: "义工", Kind: sheet.Count}}
	if staff {
		columns = append(columns, sheet.Column{Name: "党组织", Width: 14})
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
			x := &reading{Querier: q, r: r, regions: regions, filter: f, today: civil.On(now), staff: staff}
			x.rows = func(part []organization.Listed) error { return x.write(t, part) }
			return each(x)
		})
	}}
}

// write writes some organizations, a row each.
func (x *reading) write(t *export.Table, part []organization.Listed) error {
	ids := make([]uuid.UUID, len(part))
	for i, o := range part {
		ids[i] = o.ID
	}
	marks, err := standing.Summaries(x.r.Context(), x.Querier, ids, x.today)
	for _, o := range part {
		if err != nil {
			return err
		}
		mark, star := marks[o.ID], ""
		if mark.Star > 0 {
			star = standing.Grade{Star: mark.Star}.Name()
		}
		cells := []any{o.Name, o.Type.Name(), o.Basis.Name(), o.Number, categoryName(o.Category), x.regions.Name(o.SubdistrictCode), x.regions.Name(o.CommunityCode), o.CommunityCode,
			o.Registrar, o.EstablishedOn, o.Status.Name(), star, listed(mark.Lists), o.BusinessScope, organization.TargetNames(o.ServiceTargets), o.Reach.Name(),
			x.filter.Bounds.SizeOf(o.Type, o.Members, o.Staff).Name(), counted(o.Members), counted(o.Staff), counted(o.SocialWorkers), counted(o.Volunteers)}
		if x.staff {
			cells = append(cells, o.PartyOrg.Name())
		}
		err = t.Row(cells...)
	}
	return err
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
