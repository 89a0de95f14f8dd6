package basepages

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/district"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/policy"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// listView is the page of all bases.
type listView struct {
	Heading string
	Lead    string
	Stats   []ui.Stat
	Map     ui.Map
	Table   ui.Table
}

// openLevel and plannedLevel are the steps of the map's colour scale: a base
// that is open stands out, one that is planned is there, none is blank.
const openLevel, plannedLevel = 4, 1

func newListView(d incubator.Directory) listView {
	byCommunity := make(map[string]incubator.Base, len(d.Bases))
	open := 0
	for _, b := range d.Bases {
		byCommunity[b.CommunityCode] = b
		if b.Status == incubator.Open {
			open++
		}
	}
	v := listView{
		Heading: fmt.Sprintf("%d\u00a0个孵化基地，%d\u00a0个已开放", len(d.Bases), open),
		Lead:    "基地设在社区党群服务中心，给社区社会组织提供信息、场地、指导和培训。点社区，看它的基地。",
		Map:     ui.Map{Label: "各社区的孵化基地"},
		Table: ui.Table{Caption: "孵化基地", Columns: []ui.Column{
			{Label: "基地"}, {Label: "地址", Full: true}, {Label: "开放时间", Full: true}, {Label: "服务电话"}, {Label: "状态"},
		}},
		Stats: []ui.Stat{
			{Label: "已开放", Value: strconv.Itoa(open), Unit: "个", Note: "地图上深色的"},
			{Label: "筹建中", Value: strconv.Itoa(len(d.Bases) - open), Unit: "个", Note: "地图上浅色的"},
		},
	}
	if d.Target > 0 {
		v.Stats = append(v.Stats, ui.Stat{Label: "政策目标", Value: strconv.Itoa(d.Target), Unit: "个", Note: "联动运作"})
	}
	for _, s := range d.Regions.OnMap(d.On) {
		area, group := ui.Area{Name: s.Name}, ui.Group{Title: s.Name}
		for _, c := range d.Regions.CommunitiesOf(s.Code, d.On) {
			b, has := byCommunity[c.Code]
			area.Tiles = append(area.Tiles, newTile(s, c, b, has))
			if has {
				group.Rows = append(group.Rows, baseRow(b))
			}
		}
		v.Map.Areas = append(v.Map.Areas, area)
		if len(group.Rows) > 0 {
			v.Table.Groups = append(v.Table.Groups, group)
		}
	}
	return v
}

func newTile(s, c district.Region, b incubator.Base, has bool) ui.Tile {
	t := ui.Tile{Name: c.ShortName(), Value: "没有", Label: s.Name + c.Name + "，没有基地"}
	if has {
		t.Value, t.Href, t.Level = b.Status.Name(), paths.Base(b.Slug), plannedLevel
		// What is read out contains what is seen (WCAG 2.5.3): 坪山街道六联开放.
		t.Label = s.Name + c.ShortName() + b.Status.Name() + "，" + c.Name + "的孵化基地"
		if b.Status == incubator.Open {
			t.Level = openLevel
		}
	}
	return t
}

// baseRow shows what is known; the public is not told what is missing.
func baseRow(b incubator.Base) ui.Row {
	return ui.Cells(ui.Head(b.Name, paths.Base(b.Slug), ""), ui.T(b.Address), ui.T(b.OpenHours), phoneCell(b.Phone),
		ui.C(ui.Tag(b.Status.Name(), statusTone(b.Status))))
}

func phoneCell(phone string) ui.Cell {
	if phone == "" {
		return ui.Cell{}
	}
	return ui.Cell{Body: ui.Link(phone, "tel:"+phone)}
}

func statusTone(s incubator.Status) ui.Tone {
	switch s {
	case incubator.Open:
		return ui.Good
	case incubator.Planned:
		return ui.Info
	default:
		return ui.Mute
	}
}

// baseView is the page of one base.
type baseView struct {
	Name, Place   string
	Status        string
	Tone          ui.Tone
	Lead          string
	Facts         []ui.Fact
	Services      []incubator.ServiceLine
	Article       string // address of 三（一）
	PolicyTitle   string
	Organizations string // address of the organizations of this community
	Edit          string
	Ask           string // where to ask while nobody recorded address and hours
}

func newBaseView(d incubator.Detail) baseView {
	b := d.Base
	place := d.Regions.FullName(b.CommunityCode)
	v := baseView{
		Name: b.Name, Place: place, Status: b.Status.Name(), Tone: statusTone(b.Status),
		Services: incubator.ServiceLines[:], PolicyTitle: d.Policy.Title, Edit: paths.BaseFacts(b.Slug),
		Article:       paths.PolicyArticle(d.Policy.Slug, policy.Anchor("三（一）")),
		Organizations: paths.WithQuery(paths.Organizations, url.Values{"community": {b.CommunityCode}}),
	}
	switch b.Status {
	case incubator.Open:
		v.Lead = "依托" + b.Host + "，为" + place + "的社区社会组织服务。"
	case incubator.Planned:
		v.Lead = "依托" + b.Host + "，还没有揭牌。"
	default:
		v.Lead = "这个基地已经关闭，不再提供服务。"
	}
	v.Facts = publicFacts(b, place)
	if b.Status != incubator.Closed && (b.Address == "" || b.OpenHours == "") {
		v.Ask = "地址和开放时间还没有全部公布。要办事，先到" + b.Host + "询问。"
	}
	return v
}

// publicFacts leaves out what nobody recorded, and the manager's name.
func publicFacts(b incubator.Base, place string) []ui.Fact {
	facts := []ui.Fact{ui.F("所在社区", place), ui.F("依托", b.Host)}
	add := func(label, value, unit string) {
		if value != "" {
			facts = append(facts, ui.F(label, value+unit))
		}
	}
	add(incubator.LabelAddress, b.Address, "")
	add(incubator.LabelOpenHours, b.OpenHours, "")
	if b.Phone != "" {
		facts = append(facts, ui.Fact{Label: incubator.LabelPhone, Body: ui.Link(b.Phone, "tel:"+b.Phone)})
	}
	add(incubator.LabelArea, number(b.AreaM2), " 平方米")
	add(incubator.LabelSeats, number(b.Seats), " 个")
	add(incubator.LabelFacilities, b.Facilities, "")
	add(incubator.LabelOpenedOn, b.OpenedOn.Chinese(), "")
	return facts
}

// ownView is the staff list of the bases in one's area.
type ownView struct {
	Lead  string
	Table ui.Table
	Empty bool
}

func newOwnView(d incubator.Directory) ownView {
	v := ownView{Empty: len(d.Bases) == 0, Table: ui.Table{Caption: "我管理的孵化基地", Columns: []ui.Column{
		{Label: "基地"}, {Label: "状态"}, {Label: "待填写"}, {Label: "办理", Hidden: true},
	}}}
	missing := 0
	var rows []ui.Row
	for _, b := range d.Bases {
		unknown := b.Unknown()
		missing += len(unknown)
		todo, act := ui.C(ui.Tag("已填好", ui.Good)), "修改"
		if len(unknown) > 0 {
			act = "填写"
			todo = ui.Cell{Body: ui.Tag(fmt.Sprintf("%d 项待填写", len(unknown)), ui.Warn), Sub: list(unknown)}
		}
		rows = append(rows, ui.Cells(ui.Head(b.Name, paths.Base(b.Slug), d.Regions.FullName(b.CommunityCode)),
			ui.C(ui.Tag(b.Status.Name(), statusTone(b.Status))), todo, ui.C(ui.Go(act, paths.BaseFacts(b.Slug)))))
	}
	v.Table.Groups = ui.Rows(rows...)
	v.Lead = fmt.Sprintf("%d 个基地，都已填好。情况有变化时修改。", len(d.Bases))
	if missing > 0 {
		v.Lead = fmt.Sprintf("%d 个基地，共 %d 项待填写。没有填的，公众看不到。", len(d.Bases), missing)
	}
	return v
}

// list joins labels as a sentence does.
func list(labels []string) string { return strings.Join(labels, "、") }
