package activity

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/receipt"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

var (
	ownPayee = uuid.MustParse("01890000-0000-7000-8000-000000000001")
	ownPlan  = uuid.MustParse("01890000-0000-7000-8000-000000000002")
)

// formContext is the form of an organization on 2026-11-23.
func formContext() funding.Context {
	return funding.Context{
		Today: day("2026-11-23"), Rules: funding.Rules{InForce: true, Edition: edition()},
		Organization: organization.Organization{Name: "六联互助社", EstablishedOn: day("2024-03-23")},
		Payees:       []organization.PayeeAccount{{ID: ownPayee, AccountName: "六联互助社", BankName: "示例银行"}},
		Known: Known{Calendar: workday.New(nil, 2026), Years: map[int]Year{}, Plans: []Plan{{ID: ownPlan}}, Regions: district.NewRegionSet([]district.Region{
			{Code: "440310", Kind: district.District, Name: "坪山区"}, {Code: "440310001", Kind: district.Subdistrict, Name: "坪山街道", ParentCode: "440310"},
			{Code: "440310001001", Kind: district.Community, Name: "六联社区", ParentCode: "440310001"},
			{Code: "440310001005", Kind: district.Community, Name: "新和社区", ParentCode: "440310001", ValidFrom: day("2026-11-01")},
		})},
	}
}

// filled is a form without fault: 4,000 yuan on two papers.
func filled() url.Values {
	v := url.Values{}
	for k, s := range map[string]string{
		"contact_name": "何经办", "contact_mobile": "13800138000", "plan": ownPlan.String(), "title": "重阳敬老邻里茶话会", "theme": "neighbours",
		"held_on-year": "2026", "held_on-month": "10", "held_on-day": "18", "starts": "14:00", "ends": "16:30", "community": "440310001001",
		"place": "六联社区党群服务中心", "capacity": "80", "target": "六十岁以上的居民", "participants": "45", "volunteers": "8", "hours": "24",
		"partner": "六联社区工作站", "satisfaction": "96", "links": "https://news.example.org/a\nhttps://news.example.org/b", "minors": "none",
		"summary":     "四十五位老人参加，义工上门接送，现场登记了十二条需求。",
		"cost-1-kind": "vat_digital", "cost-1-number": "26440300000000000001", "cost-1-issued_on": "2026-10-16", "cost-1-seller": "示例商贸有限公司",
		"cost-1-total": "3000", "cost-1-category": "material", "cost-1-item": "茶点和活动物料", "cost-1-amount": "2800",
		"cost-2-kind": "other_receipt", "cost-2-number": "A17", "cost-2-issued_on": "2026-10-18", "cost-2-seller": "六联社区活动中心",
		"cost-2-total": "1200", "cost-2-category": "venue", "cost-2-item": "场地和音响", "cost-2-amount": "1200",
		"amount": "2400", "payee": ownPayee.String(),
	} {
		v.Set(k, s)
	}
	return v
}

func read(v url.Values, c funding.Context) (Application, []errs.Field) {
	d, faults := Programme{}.Read(v, c)
	return d.(Application), faults
}

func TestReadAClaimWithoutFault(t *testing.T) {
	t.Parallel()
	a, faults := read(filled(), formContext())
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	if a.When() != "2026年10月18日 14:00 至 16:30" || a.Spent() != yuan(4000) || a.Requested() != yuan(2400) || len(a.Links) != 2 || *a.Satisfaction != 96 ||
		a.PlanID != ownPlan || a.Costs[0].Spent != "material" || a.Costs[0].Paper.Category != receipt.Service || a.MaxPerYear != 2 {
		t.Errorf("%+v", a)
	}
	v := filled()
	for _, optional := range []string{"plan", "capacity", "partner", "satisfaction", "links"} {
		v.Set(optional, "")
	}
	if a, faults := read(v, formContext()); len(faults) > 0 || a.PlanID != uuid.Nil || a.Satisfaction != nil {
		t.Errorf("without what is optional: %v %+v", faults, a)
	}
}

// Every bad input of domain §4, and what of Appendix C reaches the form: where its
// fault stands and what its message names. One spoils one thing, so one fault stands.
func TestReadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field, says string
		spoil       []string
		context     func(*funding.Context)
	}{
		"in the future":           {"held_on", "2026年11月24日还没到。填活动已经办完的日期", []string{"held_on-month", "11", "held_on-day", "24", "cost-1-issued_on", "2026-11-16", "cost-2-issued_on", "2026-11-18"}, nil},
		"before the organization": {"held_on", "组织 2026年10月19日才成立", nil, func(c *funding.Context) { c.Organization.EstablishedOn = day("2026-10-19") }},
		"61 days ago":             {"held_on", "2026年12月17日为止", nil, func(c *funding.Context) { c.Today = day("2026-12-18") }},
		"the year is used up":     {"held_on", "2026 年的活动已经申请或补贴过 2 次", nil, func(c *funding.Context) { known(c, func(k *Known) { k.Years[2026] = Year{Claims: 2} }) }},
		"no such day":             {"held_on", "2026年2月没有30日", []string{"held_on-month", "2", "held_on-day", "30"}, nil},
		"ends before it starts":   {"ends", "13:59不晚于开始时间 14:00", []string{"ends", "13:59"}, nil},
		"no time":                 {"starts", "“下午两点”看不出是几点", []string{"starts", "下午两点"}, nil},
		"25 o'clock":              {"starts", "没有“25:00”这个时间", []string{"starts", "25:00"}, nil},
		"outside the district":    {"community", "只补贴在坪山区的社区里", []string{"community", Outside}, nil},
		"a made-up community":     {"community", "不在可选的范围里", []string{"community", "440307001001"}, nil},
		"a community of later":    {"community", "不在可选的范围里", []string{"community", "440310001005"}, nil},
		"nobody came":             {"participants", "0 人，少于 15 人", []string{"participants", "0"}, nil},
		"fourteen came":           {"participants", "14 人，少于 15 人", []string{"participants", "14"}, nil},
		"more than fit in":        {"participants", "81 人，场地最多容纳 80 人", []string{"participants", "81"}, nil},
		"half a person":           {"participants", "不是整数", []string{"participants", "20.5"}, nil},
		"hours of nobody":         {"hours", "没有义工", []string{"volunteers", "0"}, nil},
		"101 per cent":            {"satisfaction", "最大是 100", []string{"satisfaction", "101"}, nil},
		"not an address":          {"links", "“javascript:alert(1)”不是网址", []string{"links", "javascript:alert(1)"}, nil},
		"too many addresses":      {"links", "最多 5 个网址，现在是 6 个", []string{"links", strings.Repeat("https://a.example.org/x\n", 6)}, nil},
		"unmasked children":       {"minors", "先给面部打码", []string{"minors", Unmasked}, nil},
		"a short summary":         {"summary", "至少 20", []string{"summary", "很好"}, nil},
		"emoji in the title":      {"title", "😀", []string{"title", "重阳茶话会😀"}, nil},
		"another's plan":          {"plan", "不在可选的范围里", []string{"plan", uuid.NewString()}, nil},
		"31 days before":          {"cost-1-issued_on", "相差超过 30 天", []string{"cost-1-issued_on", "2026-09-17"}, nil},
		"31 days after":           {"cost-2-issued_on", "相差超过 30 天", []string{"cost-2-issued_on", "2026-11-18"}, nil},
		"a paper of tomorrow":     {"cost-1-issued_on", "还没到", []string{"cost-1-issued_on", "2026-11-24"}, nil},
		"one paper, twice":        {"cost-2-amount", "第 1、2 行用的是同一张票据", samePaper, nil},
		"more than the paper":     {"cost-1-amount", "超过票面金额", []string{"cost-1-amount", "3000.01"}, nil},
		"no digits":               {"cost-1-number", "号码不会有的字符", []string{"cost-1-number", "二六四四"}, nil},
		"claim > receipts":        {"amount", "4,000.01 元，票据合计 4,000.00 元", []string{"amount", "4000.01"}, nil},
		"claim > what is left":    {"amount", "减去其他资金 2,000.00 元只有 2,000.00 元", []string{"other", "2000", "other_source", "义卖"}, nil},
		"nothing claimed":         {"amount", "要大于 0 元", []string{"amount", "0"}, nil},
		"NaN":                     {"amount", "", []string{"amount", "1e6"}, nil},
		"all paid by others":      {"other", "没有要补贴的了", []string{"other", "4000", "other_source", "企业赞助"}, nil},
		"others, but who?":        {"other_source", "从哪里来", []string{"other", "100"}, nil},
		"who, but how much?":      {"other", "没有填金额", []string{"other_source", "企业赞助"}, nil},
		"another's account":       {"payee", "选一个收款账户", []string{"payee", uuid.NewString()}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v, ctx := filled(), formContext()
			if c.spoil != nil && c.field == "held_on" && slices.Contains(c.spoil, "2") { // the papers follow the day
				v.Set("cost-1-issued_on", "2026-02-20")
				v.Set("cost-2-issued_on", "2026-02-20")
			}
			for i := 0; i+1 < len(c.spoil); i += 2 {
				v.Set(c.spoil[i], c.spoil[i+1])
			}
			if c.context != nil {
				c.context(&ctx)
			}
			_, faults := read(v, ctx)
			if len(faults) != 1 || faults[0].Name != c.field || !strings.Contains(faults[0].Message, c.says) {
				t.Errorf("%v, want %s %q", faults, c.field, c.says)
			}
		})
	}
	for _, x := range NotCosts {
		v := filled()
		v.Set("cost-1-category", x.Key)
		if _, faults := read(v, formContext()); len(faults) != 1 || faults[0].Name != "cost-1-category" || !strings.Contains(faults[0].Message, x.Why) {
			t.Errorf("%s: %v", x.Key, faults)
		}
	}
}

var samePaper = []string{"cost-2-kind", "vat_digital", "cost-2-number", "26440300000000000001", "cost-2-issued_on", "2026-10-16",
	"cost-2-seller", "示例商贸有限公司", "cost-2-total", "3000"}

func known(c *funding.Context, change func(*Known)) {
	k := c.Known.(Known)
	k.Years = maps.Clone(k.Years)
	change(&k)
	c.Known = k
}

// What was submitted in time stays in time, however long the correction takes; a
// date that a correction moves is judged by the day of the submission.
func TestACorrectionIsJudgedByTheDayOfSubmission(t *testing.T) {
	t.Parallel()
	c := formContext()
	c.Today, c.SubmittedOn = day("2027-01-20"), day("2026-12-17")
	if _, faults := read(filled(), c); len(faults) > 0 {
		t.Error(faults)
	}
	c.SubmittedOn = day("2026-12-18")
	if _, faults := read(filled(), c); len(faults) != 1 || faults[0].Name != "held_on" {
		t.Error(faults)
	}
}

func TestAnEmptyForm(t *testing.T) {
	t.Parallel()
	_, faults := read(url.Values{}, formContext())
	var names []string
	for _, f := range faults {
		names = append(names, f.Name)
	}
	want := []string{"contact_name", "contact_mobile", "title", "theme", "held_on", "starts", "ends", "community", "place", "target", "participants",
		"volunteers", "hours", "minors", "summary", "cost", "amount", "payee"}
	if !slices.Equal(names, want) {
		t.Errorf("%v", names)
	}
}

func TestPlans(t *testing.T) {
	t.Parallel()
	regions, today := formContext().Known.(Known).Regions, civil.Of(2026, 10, 1)
	v := filled()
	v.Set("expected", "50")
	v.Set("budget", "3000")
	v.Set("intro", "敬老茶话会，义工接送，现场登记需求。")
	v.Set("open", "yes")
	in, faults := ReadPlan(v, regions, today)
	if len(faults) > 0 || in.Expected != 50 || !in.Open || in.HeldOn != day("2026-10-18") {
		t.Fatalf("%v %+v", faults, in)
	}
	for field, spoil := range map[string][]string{"held_on": {"held_on-month", "9"}, "expected": {"expected", "0"}, "budget": {"budget", "-1"},
		"intro": {"intro", "好"}, "open": {"open", ""}, "community": {"community", Outside}} {
		x := maps.Clone(v)
		x.Set(spoil[0], spoil[1])
		if _, faults := ReadPlan(x, regions, today); len(faults) != 1 || faults[0].Name != field {
			t.Errorf("%s: %v", field, faults)
		}
	}
}
