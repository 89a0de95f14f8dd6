package basepages

import (
	"net/http"

	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
)

// exportBases is the list that everyone sees: the manager's name is no part of it.
func (p *Pages) exportBases(*http.Request) export.List {
	return export.List{
		Name: "孵化基地",
		Columns: []sheet.Column{{Name: "基地", Width: 36}, {Name: "街道", Width: 12}, {Name: "社区", Width: 14}, {Name: "社区代码", Kind: sheet.Code, Width: 15}, {Name: "地址", Width: 36},
			{Name: "开放时间", Width: 30}, {Name: "服务电话", Kind: sheet.Code, Width: 18}, {Name: "状态", Width: 12}, {Name: "开放日期", Kind: sheet.Date}},
		Fill: func(r *http.Request, t *export.Table) error {
			d, err := p.bases.Directory(r.Context())
			if err != nil {
				return err
			}
			t.On(d.On)
			for _, b := range d.Bases {
				place, _ := d.Regions.Get(b.CommunityCode)
				if err := t.Row(b.Name, d.Regions.Name(place.ParentCode), place.Name, b.CommunityCode, b.Address, b.OpenHours, b.Phone, b.Status.Name(), b.OpenedOn); err != nil {
					return err
				}
			}
			return nil
		},
	}
}
