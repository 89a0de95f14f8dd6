package stylepages

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// here is where every link of the guide leads.
const here = paths.StyleGuide

// formErrors are what a refused form would carry, in the order of its fields.
var formErrors = ui.Errors{
	{Name: "bad-date", Label: "活动日期", Message: "10月18日还没到。填活动已经办完的日期"},
	{Name: "bad-people", Label: "参加人数", Message: "补贴要求至少 15 人，现在填的是 12 人。核对签到表"},
	{Name: "bad-amount", Label: "申请金额", Message: "每场最多 3,000.00 元，按您的票据最多 2,916.00 元"},
	{Name: "bad-theme", Label: "活动主题", Message: "还没有选。选最接近的一项"},
	{Name: "bad-summary", Label: "活动总结", Message: "只有 8 个字，至少 20 字。写明做了什么、谁受益"},
	{Name: "bad-file", Label: "章程", Message: "文件是空的。重新选择一份"},
	{Name: "bad-agree", Label: "承诺", Message: "还没有勾选。读完后勾选，才能提交"},
}

// bad is a field of formErrors with its message.
func bad(name string, f ui.Field) ui.Field {
	for _, e := range formErrors {
		if e.Name == name {
			f.Name, f.Label, f.Error = e.Name, e.Label, formErrors.For(name)
		}
	}
	return f
}

var themes = ui.Options("困难群体帮扶", "邻里互助", "垃圾分类", "安全宣传", "妇女儿童", "社区文化")

var uses = []ui.Option{
	{Value: "hardware", Label: "硬件建设", Hint: "桌椅、音响、电脑等，不含房屋装修"},
	{Value: "service", Label: "服务支出", Hint: "场地、物料、讲师"},
	{Value: "skill", Label: "能力提升", Hint: "培训、督导"},
}

var communities = []ui.Option{
	{Value: "", Label: "请选择"},
	{Value: "a", Label: "坪环社区", Group: "马峦街道"}, {Value: "b", Label: "沙坣社区（沙壆）", Group: "马峦街道"},
	{Value: "c", Label: "六联社区", Group: "坪山街道"}, {Value: "d", Label: "和平社区", Group: "坪山街道"},
}

var tasks = []ui.Task{
	{Label: "组织信息", Href: here, State: "已填好", Tone: ui.Good},
	{Label: "活动情况", State: "3 处要改", Tone: ui.Bad, Current: true},
	{Label: "费用与票据", Href: here, State: "填了一半", Tone: ui.Info},
	{Label: "附件", Href: here, State: "未开始", Tone: ui.Mute},
	{Label: "负责人承诺并提交", Hint: "前四步完成后，由负责人登录提交"},
}

func uploads() []ui.Upload {
	form := func(id, label, button string) ui.UploadTo {
		return ui.UploadTo{Action: here, ID: id, Label: label, Button: button, Accept: ".pdf,.jpg,.png,.docx", Limit: 10 << 20, Token: "guide"}
	}
	return []ui.Upload{
		{What: "活动策划方案", Need: "必交", State: "已收到", Tone: ui.Good, File: "重阳健康日方案.pdf，312 KB", Href: here, Act: ui.Link("换一份", here)},
		{What: "签到表", Need: "必交", State: "正在检查", Tone: ui.Info, File: "签到表.jpg，2.1 MB", Say: "正在做安全检查，通常不到一分钟。可以先填别的。"},
		{What: "物料发票", Need: "必交", State: "没有收下", Tone: ui.Bad, File: "发票扫描.pdf，11.4 MB", Say: "文件超过 10 MB。分成两份，或降低扫描清晰度后再传", Act: ui.UploadForm(form("up-invoice", "物料发票", "上传"))},
		{What: "场地收据", Need: "必交", State: "缺", Tone: ui.Warn, File: "还没有上传", Act: ui.UploadForm(form("up-receipt", "场地收据", "上传"))},
		{What: "媒体报道", Need: "可不交", File: "还没有上传", Act: ui.UploadForm(form("up-press", "媒体报道", "上传"))},
	}
}

var facts = []ui.Fact{
	{Label: "组织", Value: "坪环社区睦邻互助社", Demo: true, Change: here},
	{Label: "收款账户", Value: "马峦街道代收 ****3381", Change: here},
	{Label: "参加人数", Value: "46 人，志愿者 7 人（要求不少于 15 人）", Change: here},
	{Label: "申请金额", Value: "6,000.00 元"},
}

var amounts = []ui.MoneyLine{
	{Label: "申请", Amount: "48,000.00", To: 1000, Tone: ui.Quiet, Why: "组织在申请书里提出的金额"},
	{Label: "核定", Amount: "42,000.00", To: 875, Why: "审批通过并公示后的金额"},
	{Label: "已追回", Amount: "−1,260.00", From: 849, To: 875, Tone: ui.Bad, Why: "超出规定用途的部分"},
	{Label: "资助净额", Amount: "40,740.00", To: 849, Why: "已拨付减去退回和追回", Sum: true},
}

var budgets = ui.BudgetChart{Title: "已占用预算的 74%，已拨付 56%", Label: "各用途的预算、占用和拨付", Mark: 780, Bars: []ui.BudgetBar{
	{Name: "小项目大建设", Size: 1000, Committed: 851, Paid: 620, Wide: "120 万元，已占 85%，已拨 62%", Narrow: "120 万，已占 85%，已拨 62%"},
	{Name: "孵化关爱", Size: 333, Committed: 702, Paid: 640, Wide: "40 万元，已占 70%，已拨 64%", Narrow: "40 万，已占 70%，已拨 64%"},
}}

var stats = []ui.Stat{
	{Label: "核定资助", Value: "168.72", Unit: "万元", Note: "审批通过的金额"},
	{Label: "已拨付", Value: "133.44", Unit: "万元", Note: "已到组织账户"},
	{Label: "待拨付", Value: "35.28", Unit: "万元", Note: "按协议分期，未到期"},
	{Label: "已追回", Value: "1.25", Unit: "万元", Note: "3 个项目"},
}

var events = []ui.Event{
	{On: civil.MustParse("2026-09-20"), Title: "提交申请", Text: "申请 6,000.00 元，编号 FH-2026-0031。"},
	{On: civil.MustParse("2026-09-24"), Title: "坪环社区：同意", Text: "活动属实，场地真实。"},
	{On: civil.MustParse("2026-09-28"), Title: "退回补正 1 处", Text: "发票抬头与组织名称不一致。", State: "bad", Body: ui.Link("看补正通知", here)},
	{On: civil.MustParse("2026-10-09"), Title: "民政局受理审核", Text: "办理期限 10月15日。", State: "now"},
	{When: "预计 10 月下旬", Title: "公示 5 个工作日", Text: "没有异议后拨付。", State: "next"},
}

var days = []ui.Day{
	{Head: "周三", Number: "30", Note: "发布"},
	{Head: "十月", Number: "1–7", Note: "国庆放假", Off: true},
	{Head: "周四", Number: "8", Count: "第 1 日", On: true, Past: true},
	{Head: "周五", Number: "9", Count: "第 2 日", Note: "今天", On: true, Now: true},
	{Head: "周六", Number: "10", Count: "第 3 日", Note: "调休上班", On: true, MakeUp: true},
	{Head: "周日", Number: "11", Note: "休息", Off: true},
	{Head: "周一", Number: "12", Count: "第 4 日", On: true},
	{Head: "周二", Number: "13", Count: "第 5 日", Note: "24:00 止", On: true},
}

var clocks = []ui.Clock{
	ui.Deadline(10, 6), ui.Deadline(10, 1), ui.Deadline(10, 0), ui.Deadline(10, -2),
	ui.Stopped(10, 5, "补正中，计时暂停"),
	{Used: 2, Total: 5, Words: "还剩 3 个工作日", Tone: ui.Good, Provisional: true},
	ui.Deadline(60, 41),
}

// district is the map with invented numbers; one subdistrict is selected.
func district() ui.Map {
	m := ui.Map{Label: "各社区组织数"}
	for _, a := range []struct {
		name  string
		tiles []string
	}{
		{"坪山街道", []string{"六联", "六和", "坪山", "和平"}}, {"龙田街道", []string{"龙田", "南布", "竹坑", "老坑"}},
		{"坑梓街道", []string{"坑梓", "秀新", "金沙", "沙田"}}, {"碧岭街道", []string{"碧岭", "汤坑", "沙湖"}},
		{"马峦街道", []string{"坪环", "江岭", "马峦", "沙坣"}}, {"石井街道", []string{"金龟", "石井", "田头", "田心"}},
	} {
		area := ui.Area{Name: a.name, Selected: a.name == "马峦街道"}
		for i, t := range a.tiles {
			n := (len(m.Areas)*3 + i*4) % 15
			area.Tiles = append(area.Tiles, ui.Tile{
				Name: t, Value: fmt.Sprintf("%d 个", n), Href: here, Level: n / 3,
				Label: fmt.Sprintf("%s%s社区，%d 个", a.name, t, n), Selected: t == "坪环",
			})
		}
		m.Areas = append(m.Areas, area)
	}
	return m
}

var facets = []ui.Facet{
	{Title: "街道", Options: []ui.FacetOption{{Label: "马峦街道", Href: here, Count: 12, Current: true}, {Label: "坪山街道", Href: here, Count: 31}, {Label: "石井街道", Href: here, Count: 0}}},
	{Title: "类别（3+3）", Options: []ui.FacetOption{{Label: "社会福利 · 重点", Href: here, Count: 5}, {Label: "文化体育", Href: here, Count: 4}}},
}

// queue is a staff table with groups, clocks and tags.
func queue() ui.Table {
	row := func(c ui.Clock, name, sub, amount string, flag ui.Cell) ui.Row {
		head := ui.Head(name, here, sub)
		head.Demo = true
		return ui.Cells(ui.C(ui.ClockMark(c)), head, ui.T("孵化关爱"), ui.T(amount), ui.T("经办审核"), flag)
	}
	return ui.Table{
		Caption: "等我办的案件，按办理期限排列", Class: "queue",
		Columns: []ui.Column{
			{Label: "办理期限", Full: true}, {Label: "事项与组织"}, {Label: "工程"}, {Label: "金额（元）", Number: true},
			{Label: "等您做"}, {Label: "提醒"},
		},
		Groups: []ui.Group{
			{Title: "已超期 1 件", Rows: []ui.Row{row(ui.Deadline(10, -2), "秀新社区青禾儿童成长中心", "FH-2026-0029", "24,000.00", ui.Cell{})}},
			{Title: "今明到期 2 件", Rows: []ui.Row{
				row(ui.Deadline(10, 0), "石井社区法润邻里服务社", "FH-2026-0030", "20,000.00", ui.C(ui.Tag("同负责人另有 1 家", ui.Warn))),
				row(ui.Deadline(10, 1), "沙坣社区𠮷祥㙍文化社", "FH-2026-0031", "6,000.00", ui.C(ui.Tag("疑似重复 2", ui.Bad))),
			}},
		},
		Foot: []ui.Row{ui.Cells(ui.Cell{Text: "合计", Head: true, Span: 3}, ui.T("50,000.00"), ui.Cell{Span: 2})},
	}
}

// organizations is a public table that sorts.
func organizations() ui.Table {
	row := func(name, sub, kind, community, founded string, word string, tone ui.Tone) ui.Row {
		head := ui.Head(name, here, sub)
		head.Demo = true
		return ui.Cells(head, ui.T(kind), ui.T(community), ui.T(founded), ui.C(ui.Tag(word, tone)), ui.C(ui.Go("看档案", here)))
	}
	return ui.Table{
		Caption: "社会组织，按成立日期从晚到早",
		Columns: []ui.Column{
			{Label: "组织", Sort: ui.Sort{Href: here}}, {Label: "类别"}, {Label: "社区", Sort: ui.Sort{Href: here}},
			{Label: "成立", Number: true, Sort: ui.Sort{Href: here, Order: "descending"}}, {Label: "状态"}, {Label: "办理", Hidden: true, Full: true},
		},
		Groups: ui.Rows(
			row("坪环社区睦邻互助社", "备案", "社会服务", "坪环", "2026-05-23", "正常", ui.Good),
			row("坑梓社区乐龄互助会", "登记", "社会福利", "坑梓", "2024-03-11", "活动异常", ui.Warn),
		),
	}
}

// costs is short enough to stay a table on a phone.
var costs = ui.Table{
	Caption: "费用与算法", ShowCaption: true, Dense: true,
	Columns: []ui.Column{{Label: "科目"}, {Label: "票据（元）", Number: true}, {Label: "可计（元）", Number: true}},
	Groups: ui.Rows(
		ui.Cells(ui.Head("场地", "", ""), ui.T("800.00"), ui.T("800.00")),
		ui.Cells(ui.Head("纪念品", "", "不在列支范围"), ui.T("300.00"), ui.T("0.00")),
	),
	Foot: []ui.Row{ui.Cells(ui.Head("合计", "", ""), ui.T("1,100.00"), ui.T("800.00"))},
}

var checks = ui.Table{
	Caption: "资格核对", Class: "checks",
	Columns: []ui.Column{{Label: "结果", Full: true}, {Label: "条件"}, {Label: "采用的数值和来源", Full: true}, {Label: "依据"}, {Label: "什么时候满足"}},
	Groups: ui.Rows(
		ui.Cells(ui.C(ui.AnswerMark(ui.Unmet)), ui.Head("成立满半年", "", ""), ui.TS("2026年5月23日成立，到今天 4 个月 16 天", "备案登记，马峦街道"), ui.T("《实施意见》三（二）1（1）"), ui.TS("2026年11月23日", "还有 45 天")),
		ui.Cells(ui.C(ui.AnswerMark(ui.Unknown)), ui.Head("不是失信被执行人", "", ""), ui.TS("法院名单今天没有返回结果", "10月9日 08:30 查询"), ui.T("资格排除"), ui.T("每个工作日自动再查")),
		ui.Cells(ui.C(ui.AnswerMark(ui.Met)), ui.Head("组织状态正常", "", ""), ui.TS("正常", "登记备案库，今天"), ui.T("《实施意见》三（二）1（1）"), ui.T("已满足")),
	),
}

var review = ui.Review{
	Title: "确认退回补正", Effect: "办理期限从今天起暂停，组织在 10月19日前补正。",
	Facts:  []ui.Fact{ui.F("办件", "FH-2026-0031 启动扶持"), ui.F("补正", "发票 1 处"), ui.F("申请金额", "6,000.00 元")},
	Action: here, Submit: "确认退回补正", Back: here, Token: "guide",
}

var letter = ui.Letter{
	Office: "深圳市坪山区民政局", Number: "坪民函〔2026〕14号（演示文号）", Title: "关于不予受理启动扶持申请的决定",
	To: "坪环社区睦邻互助社", Date: "2026年10月9日",
}

var versions = []ui.Version{{Label: "参加人数", Mine: "46 人", Theirs: "44 人"}, {Label: "活动地点", Mine: "党群服务中心", Theirs: "党群服务中心二楼"}}
