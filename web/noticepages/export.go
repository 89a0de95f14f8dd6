package noticepages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
)

// publicFilter reads the filter of an address.
func publicFilter(q url.Values) notice.Filter {
	year, _ := strconv.Atoi(q.Get("year")) // what is no year filters nothing
	return notice.Filter{Type: notice.Type(q.Get("type")), Year: year, Cursor: q.Get("after")}
}

// listedColumns are of a published notice; an office sees the text on its way too.
func listedColumns() []sheet.Column {
	return []sheet.Column{{Name: "公示", Width: 44}, {Name: "公示号", Kind: sheet.Code}, {Name: "类型", Width: 14}, {Name: "状态", Width: 14}, {Name: "开始", Kind: sheet.Date}, {Name: "截止", Kind: sheet.Date},
		{Name: "截止日暂定", Width: 12}, {Name: "项数", Kind: sheet.Count}, {Name: "合计（元）", Kind: sheet.Money}}
}

func listedCells(n notice.Listed, now time.Time) []any {
	state := n.State.Name()
	if n.State == notice.Running && n.Over(now) {
		state = notice.Ended.Name()
	}
	return []any{n.Title, n.No, n.Type.Name(), state, n.StartsOn, n.EndsOn, n.Provisional, n.Items, n.Total}
}

func (p *Pages) exportPublic(*http.Request) export.List {
	return export.List{Name: "公示公告", Columns: listedColumns(), Fill: func(r *http.Request, t *export.Table) error {
		return p.Notices.EachPublic(r.Context(), publicFilter(r.URL.Query()), func(m notice.Moment, list []notice.Listed) error {
			t.On(civil.On(m.Now))
			for _, n := range list {
				if err := t.Row(listedCells(n, m.Now)...); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}

func (p *Pages) exportDesk(*http.Request) export.List {
	columns := append(listedColumns(), sheet.Column{Name: "稿件", Width: 12}, sheet.Column{Name: "定于哪天发布", Kind: sheet.Date, Width: 16})
	return export.List{Name: "全部公示", Columns: columns, Fill: func(r *http.Request, t *export.Table) error {
		return p.Notices.Each(r.Context(), actor(r), func(m notice.Moment, list []notice.Listed) error {
			t.On(civil.On(m.Now))
			for _, n := range list {
				if err := t.Row(append(listedCells(n, m.Now), n.Stage.Name(), n.PublishOn)...); err != nil {
					return err
				}
			}
			return nil
		})
	}}
}
