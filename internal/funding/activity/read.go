package activity

import (
	"fmt"
	"net/url"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

const (
	// costRows is the name that the controls of the costs begin with.
	costRows = "cost"
	// MaxCosts is how many costs a claim lists at most.
	MaxCosts = 40
	maxLinks = 5
	mostWho  = 100_000
)

// CostControl returns the name of a control of the cost in row i (from 1).
func CostControl(i int, part receipt.Part) string {
	return receipt.Controls(costRows, []int{i})(0, part)
}

// Read checks what was typed. Faults come in the order of the form; each says
// what is wrong with the value and what to do.
func (Programme) Read(v url.Values, c funding.Context) (funding.Document, []errs.Field) {
	f, p, k := form.New(v), paramsOf(c.Rules.Edition), knownOf(c)
	a := Application{CapEvent: p.CapEvent, CapYear: p.CapYear, MaxPerYear: p.MaxPerYear, Contact: funding.ReadContact(f)}
	a.PlanID = readPlanChoice(f, k.Plans)
	a.Event = readEvent(f, k.Regions)
	checkDay(f, a.HeldOn, c, p, k)
	a.Capacity = f.Int("capacity", "场地可容纳人数", form.Max(mostWho))
	readPeople(f, &a, p)
	readCosts(f, &a, c.Today, p)
	readMoney(f, &a)
	a.Payee = funding.ReadPayee(f, c)
	return a, f.Fields()
}

func readPlanChoice(f *form.Form, plans []Plan) uuid.UUID {
	options := make([]string, len(plans))
	for i, p := range plans {
		options[i] = p.ID.String()
	}
	id, _ := uuid.Parse(f.Choice("plan", "事前报备", options)) // one of the options, or none
	return id
}

// checkDay judges the day of the event: it has come, the organization was there,
// the time to claim has not run out on the day of the first submission, and the
// year has room.
func checkDay(f *form.Form, held civil.Date, c funding.Context, p Params, k Known) {
	const name, label = "held_on", "活动日期"
	if held.IsZero() {
		return
	}
	submitted := c.SubmittedOn
	if submitted.IsZero() {
		submitted = c.Today
	}
	established, year := c.Organization.EstablishedOn, k.Years[held.Year]
	switch {
	case held.After(submitted):
		f.Fail(name, label, held.Chinese()+"还没到。填活动已经办完的日期；还没办的，先做事前报备")
	case !established.IsZero() && held.Before(established):
		f.Fail(name, label, fmt.Sprintf("组织 %s才成立。只补贴成立以后办的活动", established.Chinese()))
	case submitted.After(p.LastDay(k.Calendar, held)):
		f.Fail(name, label, fmt.Sprintf("活动后 %d 天内申请，%s办的活动到 %s为止。换一次没有过期的活动", p.ClaimDays, held.Chinese(), p.LastDay(k.Calendar, held).Chinese()))
	case year.Claims >= p.MaxPerYear:
		f.Fail(name, label, fmt.Sprintf("%d 年的活动已经申请或补贴过 %d 次，每年最多 %d 次。换一个年度的活动", held.Year, year.Claims, p.MaxPerYear))
	}
}

func readPeople(f *form.Form, a *Application, p Params) {
	a.Participants = f.Int("participants", "参加人数", form.Required, form.Max(mostWho))
	switch {
	case f.Failed("participants"):
	case a.Participants < p.MinParticipants:
		f.Fail("participants", "参加人数", fmt.Sprintf("%d 人，少于 %d 人的活动不补贴。对照签到表核对人数", a.Participants, p.MinParticipants))
	case a.Participants == 0:
		f.Fail("participants", "参加人数", "0 人不是活动。对照签到表填人数")
	case a.Capacity > 0 && a.Participants > a.Capacity:
		f.Fail("participants", "参加人数", fmt.Sprintf("%d 人，场地最多容纳 %d 人。核对人数或场地", a.Participants, a.Capacity))
	}
	a.Volunteers = f.Int("volunteers", "义工人数", form.Required, form.Max(mostWho))
	a.Hours = f.Int("hours", "服务时数", form.Required, form.Max(mostWho))
	if a.Volunteers == 0 && a.Hours > 0 && !f.Failed("hours") {
		f.Fail("hours", "服务时数", "没有义工，时数应当是 0。核对义工人数或时数")
	}
	a.Partner = f.Text("partner", "合办单位", form.NoEmoji, form.Max(100))
	if f.Filled("satisfaction") {
		if n := f.Int("satisfaction", "满意率", form.Max(100)); !f.Failed("satisfaction") {
			a.Satisfaction = &n
		}
	}
	a.Links = readLinks(f)
	a.Minors = f.Choice("minors", "照片里的未成年人", keysOf(Minors), form.Required)
	if a.Minors == Unmasked {
		f.Fail("minors", "照片里的未成年人", "先给面部打码，或取得监护人书面同意，再上传照片")
		a.Minors = ""
	}
	a.Summary = f.Text("summary", "活动小结", form.Required, form.Multiline, form.Min(20), form.Max(1000))
}

// readLinks reads one address a line.
func readLinks(f *form.Form) []string {
	const name, label = "links", "报道链接"
	var links []string
	for line := range strings.Lines(f.Text(name, label, form.Multiline, form.Max(1500))) {
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		u, err := url.Parse(line)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || !strings.Contains(u.Host, ".") || strings.ContainsAny(line, " <>\"'") {
			f.Fail(name, label, "“"+line+"”不是网址。一行填一个以 http:// 或 https:// 开头的网址")
			return nil
		}
		links = append(links, line)
	}
	if len(links) > maxLinks {
		f.Fail(name, label, fmt.Sprintf("最多 %d 个网址，现在是 %d 个。留下最主要的", maxLinks, len(links)))
		return nil
	}
	return links
}

// readCosts reads the receipts, each with its kind of cost and near the event.
func readCosts(f *form.Form, a *Application, today civil.Date, p Params) {
	const label = "支出和票据"
	a.rows = f.Rows(costRows, label, MaxCosts)
	names, spent := a.controls(), make([]string, len(a.rows))
	papers := receipt.ReadAs(f, len(a.rows), today, names, func(i int) receipt.Category {
		var use receipt.Category
		spent[i], use = readSpending(f, names(i, receipt.PartCategory), fmt.Sprintf("第 %d 行支出类别", i+1))
		return use
	})
	for i, e := range papers {
		a.Costs = append(a.Costs, Cost{spent[i], e})
		apart := a.HeldOn.DaysUntil(e.IssuedOn)
		if !a.HeldOn.IsZero() && !e.IssuedOn.IsZero() && (apart > p.ReceiptDays || apart < -p.ReceiptDays) {
			f.Fail(names(i, receipt.PartIssuedOn), fmt.Sprintf("第 %d 行开票日期", i+1), fmt.Sprintf("%s和活动日期 %s相差超过 %d 天。只列这次活动的支出",
				e.IssuedOn.Chinese(), a.HeldOn.Chinese(), p.ReceiptDays))
		}
	}
	if len(a.rows) == 0 && !f.Failed(costRows) {
		f.Fail(costRows, label, "至少登记一张票据：花在哪里，多少钱")
	}
}

func readSpending(f *form.Form, name, label string) (string, receipt.Category) {
	var options []string
	for _, c := range Costs {
		options = append(options, c.Key)
	}
	for _, c := range NotCosts {
		options = append(options, c.Key)
	}
	key := f.Choice(name, label, options, form.Required)
	for _, x := range NotCosts {
		if x.Key == key {
			f.Fail(name, label, x.Name+"不补贴："+x.Why+"。删去这一行")
		}
	}
	c, _ := costOf(key)
	return c.Key, c.Use
}

// readMoney reads what others paid and what is asked for. With a fault in the
// costs there is nothing to compare with yet.
func readMoney(f *form.Form, a *Application) {
	spent, sound := a.Spent(), len(a.Costs) > 0
	for i := range a.rows {
		sound = sound && !f.Failed(a.controls()(i, receipt.PartAmount))
	}
	a.Other = f.Money("other", "其他资金")
	a.OtherSource = f.Text("other_source", "其他资金从哪里来", form.NoEmoji, form.Max(100))
	switch {
	case f.Failed("other"):
	case a.Other > 0 && a.OtherSource == "":
		f.Fail("other_source", "其他资金从哪里来", "填了其他资金，还要写明从哪里来：收费、赞助或别的资助")
	case a.Other == 0 && a.OtherSource != "":
		f.Fail("other", "其他资金", "写了来源，没有填金额。填金额，或删去来源")
	case sound && a.Other >= spent:
		f.Fail("other", "其他资金", fmt.Sprintf("%s 元，支出合计才 %s 元，没有要补贴的了", a.Other, spent))
	}
	a.Amount = f.Money("amount", "申请金额", form.Required)
	switch {
	case f.Failed("amount"):
	case a.Amount <= 0:
		f.Fail("amount", "申请金额", "要大于 0 元")
	case sound && !f.Failed("other") && a.Amount > spent-a.Other:
		f.Fail("amount", "申请金额", fmt.Sprintf("%s 元，票据合计 %s 元减去其他资金 %s 元只有 %s 元。改成不超过 %s 元", a.Amount, spent, a.Other, spent-a.Other, spent-a.Other))
	}
}

func (a Application) controls() receipt.Names { return receipt.Controls(costRows, a.rows) }
