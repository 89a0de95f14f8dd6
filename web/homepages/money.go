package homepages

import (
	"fmt"
	"net/url"
	"strconv"

	"civilaffairs/internal/district"
	"civilaffairs/internal/money"
	"civilaffairs/internal/report"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// money lets the year's grants lead the page as soon as there is one.
func (v *homeView) money(h report.Home) {
	m := h.Money
	for _, p := range m.Newest {
		v.Newest = append(v.Newest, newProject{OnISO: p.GrantedOn.String(), On: fmt.Sprintf("%d月%d日", p.GrantedOn.Month, p.GrantedOn.Day), Programme: p.Programme.Name(),
			Title: p.Title, Href: paths.Project(p.No), Amount: p.Approved.String(), Organization: p.OrganizationName, Demo: p.Demo})
	}
	for _, n := range m.Notices {
		v.Notices = append(v.Notices, notice{Title: n.Title, Href: paths.Notice(n.No), Meta: fmt.Sprintf("%s · %d 个项目，%s 元 · %d月%d日 %d:00 止", n.No, n.Items, n.Amount, n.EndsOn.Month, n.EndsOn.Day, n.EndHour)})
	}
	if m.Total.N == 0 {
		return
	}
	v.Money = moneyView{strconv.Itoa(m.Total.N), m.Total.Approved.Wan()}
	v.Lead = "钱给了谁、做了什么、有没有追回，都可以在这里查到。每一个数字都能下载。"
	v.Stats = []ui.Stat{
		{Label: "核定资助", Value: m.Total.Approved.Wan(), Unit: "万元", Note: "审批通过并公示期满的金额"},
		{Label: "已拨付", Value: m.Total.Paid.Wan(), Unit: "万元", Note: "已到组织账户"},
		{Label: "待拨付", Value: m.Waiting.Wan(), Unit: "万元", Note: "核定了，还没到账"},
		{Label: "退回和追回", Value: m.Total.Back().Wan(), Unit: "万元", Note: "退回 " + m.Total.Returned.Wan() + "，追回 " + m.Total.Recovered.Wan()},
	}
	v.moneyTiles(h)
}

// moneyTiles colours the communities by what was approved for them this year.
func (v *homeView) moneyTiles(h report.Home) {
	top := money.Fen(1)
	for code, t := range h.Money.ByPlace {
		if r, ok := h.Regions.Get(code); ok && r.Kind == district.Community {
			top = max(top, t.Approved)
		}
	}
	v.Map = ui.Map{Label: fmt.Sprintf("各社区 %d 年核定的金额", h.Money.Year)}
	for _, s := range h.Regions.OnMap(h.Today) {
		area := ui.Area{Name: s.Name}
		for _, c := range h.Regions.CommunitiesOf(s.Code, h.Today) {
			t := ui.Tile{Name: c.ShortName(), Value: "暂无",
				Href: paths.WithQuery(paths.Projects, url.Values{"community": {c.Code}, "year": {strconv.Itoa(h.Money.Year)}})}
			if got := h.Money.ByPlace[c.Code]; got.N > 0 {
				t.Value, t.Level = wan(got.Approved), int((levels*got.Approved+top-1)/top)
			}
			t.Label = s.Name + t.Name + t.Value + "，" + c.Name + "的资助项目"
			area.Tiles = append(area.Tiles, t)
		}
		v.Map.Areas = append(v.Map.Areas, area)
	}
	v.Most = "最多 " + top.Wan() + " 万元"
}

// wan is an amount short enough for a tile: one decimal of 万元.
func wan(m money.Fen) string {
	tenths := (m + 500*money.Yuan) / (1000 * money.Yuan)
	return fmt.Sprintf("%d.%d万", tenths/10, tenths%10)
}
