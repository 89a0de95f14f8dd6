package startup

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"unicode"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

var ownPayee = uuid.MustParse("019aa0a0-0000-7000-8000-000000000001")

// formContext is a filed organization without priority: at most 5,000 yuan.
func formContext() funding.Context {
	return funding.Context{
		Today:        day("2026-11-23"),
		Organization: organization.Organization{EstablishedOn: day("2026-03-23"), Basis: organization.Filed, Category: organization.CultureSport},
		Payees:       []organization.PayeeAccount{{ID: ownPayee, Kind: organization.OwnAccount, AccountName: "六联互助社", BankName: "示例银行", Last4: "4321"}},
		Rules: funding.Rules{InForce: true, Edition: policy.Edition{Params: policy.ParamsOf(map[policy.Key]any{
			policy.StartupMinAgeMonths: 6, policy.StartupMaxAgeMonths: 24, policy.PeriodMetOn: policy.MetOnCorrespondingDay,
			policy.StartupAmountFiled: 500000, policy.StartupAmountRegistered: 2000000, policy.StartupPriorityBonusPct: 20,
			policy.StartupMinActivities: 1, policy.LookbackViolationYears: 3, policy.StartupSameHeadYears: 3, policy.AnnualReportRegistrarDue: "05-31",
		})}},
	}
}

// filled is a form without fault; set puts in pairs of control and value.
func filled(set ...string) url.Values {
	pairs := append([]string{
		"contact_name", "何经办", "contact_mobile", "13800138000", "contact_email", "he@example.org",
		"activities", "今年七月在社区广场办了一场邻里互助日，居民三十人参加。", "amount", "3000",
		"line-1-category", Hardware, "line-1-item", "折叠桌椅十套", "line-1-amount", "2000",
		"line-2-category", Service, "line-2-item", "活动材料", "line-2-amount", "1000",
		"purpose", "让互助活动有固定的设备，每月办两次。", "payee", ownPayee.String(),
	}, set...)
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func read(t *testing.T, v url.Values, c funding.Context) (Application, []errs.Field) {
	t.Helper()
	d, faults := Programme{}.Read(v, c)
	a, ok := d.(Application)
	if !ok {
		t.Fatalf("read a %T", d)
	}
	for _, f := range faults {
		if f.Label == "" || !strings.ContainsFunc(f.Message, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || strings.Contains(f.Message, "格式错误") {
			t.Errorf("fault %+v does not speak to the person", f)
		}
		if !slices.ContainsFunc(Programme{}.Sections(), func(s application.Section) bool { return s.Has(f.Name) }) {
			t.Errorf("fault %q stands at no control of the form", f.Name)
		}
	}
	return a, faults
}

func TestReadAFormWithoutFault(t *testing.T) {
	t.Parallel()
	got, faults := read(t, filled(), formContext())
	want := Application{
		EstablishedOn: "2026-03-23", Amount: 3000 * money.Yuan, Cap: 5000 * money.Yuan,
		Lines:      []Use{{Hardware, "折叠桌椅十套", 2000 * money.Yuan}, {Service, "活动材料", 1000 * money.Yuan}},
		Activities: "今年七月在社区广场办了一场邻里互助日，居民三十人参加。", Purpose: "让互助活动有固定的设备，每月办两次。",
		Payee:   funding.Payee{PayeeID: ownPayee, PayeeName: "六联互助社", PayeeBank: "示例银行", PayeeMasked: "****4321"},
		Contact: funding.Contact{ContactName: "何经办", ContactMobile: "13800138000", ContactEmail: "he@example.org"},
	}
	if d := cmp.Diff(want, got); d != "" || len(faults) > 0 {
		t.Errorf("%v\n%s", faults, d)
	}
}

// Bad input of domain §3 and Appendix C that reaches the form: where its fault
// stands and what its message names.
func TestReadNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		set   []string
		field string
		says  string
	}{
		"amount missing":               {[]string{"amount", ""}, "amount", "还没有填"},
		"amount blank":                 {[]string{"amount", " \u3000\u200b"}, "amount", "还没有填"},
		"amount 0":                     {[]string{"amount", "0"}, "amount", "大于 0"},
		"amount 0.00":                  {[]string{"amount", "0.00"}, "amount", "大于 0"},
		"amount negative":              {[]string{"amount", "-3000"}, "amount", ""},
		"amount negative, other minus": {[]string{"amount", "−3000"}, "amount", ""},
		"over the cap by a fen":        {[]string{"amount", "5000.01"}, "amount", "5,000.00 元，现在填的是 5,000.01"},
		"1e3":                          {[]string{"amount", "1e3"}, "amount", "1e3"},
		"1e6":                          {[]string{"amount", "1e6"}, "amount", "1e6"},
		"0x10":                         {[]string{"amount", "0x10"}, "amount", "0x10"},
		"NaN":                          {[]string{"amount", "NaN"}, "amount", "NaN"},
		"infinite":                     {[]string{"amount", "Infinity"}, "amount", "Infinity"},
		"a tenth of a fen":             {[]string{"amount", "0.001"}, "amount", "0.001"},
		"beyond int64":                 {[]string{"amount", "99999999999999999999"}, "amount", ""},
		"an amount in words":           {[]string{"amount", "三千元"}, "amount", "三千"},
		"a formula":                    {[]string{"amount", "=1+1"}, "amount", "=1+1"},
		"the sum is short":             {[]string{"line-2-amount", "999.99"}, "lines", "相差 0.01 元"},
		"the sum is over":              {[]string{"line-2-amount", "1000.01"}, "lines", "3,000.01 元，和申请金额 3,000.00 元不一致"},
		"no line":                      {[]string{"line-1-category", "", "line-1-item", "", "line-1-amount", "", "line-2-category", "", "line-2-item", " ", "line-2-amount", ""}, "lines", "至少写一行"},
		"a category not in the list":   {[]string{"line-1-category", "salary"}, "line-1-category", "salary"},
		"a category by its name":       {[]string{"line-1-category", "硬件建设"}, "line-1-category", "不在可选的范围"},
		"a line without category":      {[]string{"line-1-category", ""}, "line-1-category", "还没有选"},
		"a line without item":          {[]string{"line-1-item", "\u200b"}, "line-1-item", "还没有填"},
		"a line without amount":        {[]string{"line-2-amount", ""}, "line-2-amount", "还没有填"},
		"a line of nothing":            {[]string{"line-2-amount", "0"}, "line-2-amount", "大于 0"},
		"a negative line":              {[]string{"line-2-amount", "-1000"}, "line-2-amount", ""},
		"half a line":                  {[]string{"line-3-item", "横幅"}, "line-3-category", "还没有选"},
		"61 characters of an item":     {[]string{"line-1-item", strings.Repeat("桌", 61)}, "line-1-item", "最多 60 字，现在是 61 字"},
		"an eleventh row":              {[]string{"line-11-category", Service, "line-11-item", "横幅", "line-11-amount", "1"}, "lines", "最多 10 行"},
		"a row far out":                {[]string{"line-999-amount", "1"}, "lines", "最多 10 行"},
		"nobody's payee":               {[]string{"payee", uuid.NewString()}, "payee", "选一个"},
		"no payee":                     {[]string{"payee", ""}, "payee", "选一个"},
		"a payee by SQL":               {[]string{"payee", "' or '1'='1"}, "payee", "选一个"},
		"mobile short":                 {[]string{"contact_mobile", "1380013800"}, "contact_mobile", ""},
		"mobile of no network":         {[]string{"contact_mobile", "12800138000"}, "contact_mobile", ""},
		"mobile landline":              {[]string{"contact_mobile", "0755-84622222"}, "contact_mobile", ""},
		"mobile letters":               {[]string{"contact_mobile", "1380013800O"}, "contact_mobile", ""},
		"mobile missing":               {[]string{"contact_mobile", ""}, "contact_mobile", "还没有填"},
		"e-mail without domain":        {[]string{"contact_email", "he@localhost"}, "contact_email", "name@example.com"},
		"e-mail without @":             {[]string{"contact_email", "he.example.org"}, "contact_email", "name@example.com"},
		"e-mail with header":           {[]string{"contact_email", "he@example.org\r\nBcc: x@example.org"}, "contact_email", "name@example.com"},
		"e-mail with a display name":   {[]string{"contact_email", "何 <he@example.org>"}, "contact_email", "name@example.com"},
		"e-mail too long":              {[]string{"contact_email", strings.Repeat("a", 300) + "@example.org"}, "contact_email", "254"},
		"name missing":                 {[]string{"contact_name", ""}, "contact_name", "还没有填"},
		"name of one character":        {[]string{"contact_name", "何"}, "contact_name", ""},
		"name of 61":                   {[]string{"contact_name", strings.Repeat("何", 61)}, "contact_name", ""},
		"name with emoji":              {[]string{"contact_name", "何经办😀"}, "contact_name", ""},
		"name of digits":               {[]string{"contact_name", "12345"}, "contact_name", ""},
		"name as HTML":                 {[]string{"contact_name", "<b>何</b>"}, "contact_name", ""},
		"activities missing":           {[]string{"activities", ""}, "activities", "还没有填"},
		"activities of 19":             {[]string{"activities", strings.Repeat("办", 19)}, "activities", "至少 20 字，现在是 19 字"},
		"activities unseen":            {[]string{"activities", "办了活动" + strings.Repeat("\u200b\u202e", 30)}, "activities", "现在是 4 字"},
		"activities of 1001":           {[]string{"activities", strings.Repeat("办", 1001)}, "activities", "最多 1000 字，现在是 1001 字"},
		"activities beyond measure":    {[]string{"activities", strings.Repeat("办", 200_000)}, "activities", "最多 1000 字"},
		"activities broken":            {[]string{"activities", "今年七月办了一场邻里互助日，三十人参加\xff\xfe。"}, "activities", "认不出"},
		"purpose of 9":                 {[]string{"purpose", strings.Repeat("用", 9)}, "purpose", "至少 10 字"},
		"purpose of 501":               {[]string{"purpose", strings.Repeat("用", 501)}, "purpose", "最多 500 字"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, faults := read(t, filled(c.set...), formContext())
			if len(faults) == 0 || faults[0].Name != c.field || !strings.Contains(faults[0].Message, c.says) {
				t.Errorf("%+v; want a fault at %s that says %q", faults, c.field, c.says)
			}
		})
	}
}

// What looks odd and is right is taken, in one way of writing.
func TestReadTakesWhatIsRight(t *testing.T) {
	t.Parallel()
	tenRows := []string{"amount", "3000"}
	for i := 3; i <= 10; i++ {
		tenRows = append(tenRows, LineControl(i, "category"), Capacity, LineControl(i, "item"), "培训", LineControl(i, "amount"), "0.01")
	}
	tenRows = append(tenRows, "line-2-amount", "999.92")
	one := func(amount string) []string {
		return []string{"amount", amount, "line-1-amount", amount, "line-2-category", "", "line-2-item", "", "line-2-amount", ""}
	}
	for name, c := range map[string]struct {
		set  []string
		want func(a Application) bool
	}{
		"full-width １００": {one("１００"), func(a Application) bool { return a.Amount == 100*money.Yuan && a.Lines[0].Amount == a.Amount }},
		"“1,000.5元”":     {one("1,000.5元"), func(a Application) bool { return a.Amount == 100050 }},
		"the cap itself": {one("5000"), func(a Application) bool { return a.Amount == a.Cap }},
		"a single fen":   {one("0.01"), func(a Application) bool { return a.Amount == 1 }},
		"ten rows":       {tenRows, func(a Application) bool { return len(a.Lines) == 10 }},
		"a gap of rows": {[]string{"line-7-category", Capacity, "line-7-item", "培训", "line-7-amount", "10", "line-2-amount", "990"},
			func(a Application) bool { return len(a.Lines) == 3 }},
		"an empty row beyond": {[]string{"line-11-amount", " \u200b"}, func(a Application) bool { return len(a.Lines) == 2 }},
		"rare characters": {[]string{"contact_name", "𠮷坣·壆"}, func(a Application) bool {
			return a.ContactName == "𠮷坣·壆"
		}},
		"a mobile with prefix": {[]string{"contact_mobile", "+86 138 0013 8000"}, func(a Application) bool { return a.ContactMobile == "13800138000" }},
		"a mobile in full width": {[]string{"contact_mobile", "１３８００１３８０００"}, func(a Application) bool {
			return a.ContactMobile == "13800138000"
		}},
		"no e-mail": {[]string{"contact_email", ""}, func(a Application) bool { return a.ContactEmail == "" }},
		"HTML is text": {[]string{"purpose", "<script>alert(1)</script>用于设备"}, func(a Application) bool {
			return a.Purpose == "<script>alert(1)</script>用于设备"
		}},
		"emoji in prose": {[]string{"purpose", "让邻里活动有固定的设备😀"}, func(a Application) bool { return strings.HasSuffix(a.Purpose, "😀") }},
		"a formula as text": {[]string{"line-1-item", `=HYPERLINK("http://x")`}, func(a Application) bool {
			return a.Lines[0].Item == `=HYPERLINK("http://x")`
		}},
		"zero width and bidi go": {[]string{"line-1-item", "\u200b折叠\u202e桌椅\u200f"}, func(a Application) bool { return a.Lines[0].Item == "折叠桌椅" }},
		"a payee with blanks":    {[]string{"payee", " " + ownPayee.String() + " "}, func(a Application) bool { return a.PayeeID == ownPayee }},
		"controls of nobody":     {[]string{"approved", "1", "cap_fen", "99999999", "line-1", "x", "line-x-amount", "7"}, func(a Application) bool { return a.Cap == 5000*money.Yuan }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, faults := read(t, filled(c.set...), formContext())
			if len(faults) > 0 || !c.want(a) {
				t.Errorf("%v\n%+v", faults, a)
			}
		})
	}
}

// An empty form has every fault at once, in the order of the form.
func TestReadListsEveryFaultInOrder(t *testing.T) {
	t.Parallel()
	_, faults := read(t, url.Values{}, formContext())
	var names []string
	for _, f := range faults {
		names = append(names, f.Name)
	}
	if want := []string{"contact_name", "contact_mobile", "activities", "amount", "lines", "purpose", "payee"}; !slices.Equal(names, want) {
		t.Errorf("%v, want %v", names, want)
	}
	_, faults = read(t, url.Values{"payee": {"x"}}, funding.Context{Rules: formContext().Rules})
	if f := faults[len(faults)-1]; f.Name != "payee" || !strings.Contains(f.Message, "组织档案") {
		t.Errorf("an organization without an account: %+v", f)
	}
}

func TestTheCapIsThatOfTheOrganization(t *testing.T) {
	t.Parallel()
	c := formContext()
	c.Organization.Basis, c.Organization.Category = organization.Registered, organization.Charity
	v := filled("amount", "24000", "line-1-amount", "23000")
	if _, faults := read(t, v, c); len(faults) > 0 {
		t.Errorf("24,000 yuan for a registered charity: %v", faults)
	}
	v.Set("amount", "24000.01")
	if _, faults := read(t, v, c); len(faults) != 1 || !strings.Contains(faults[0].Message, "24,000.00") {
		t.Errorf("a fen more: %v", faults)
	}
}

// The agent's authorization is asked for when the money goes to an agent.
func TestSlotsFollowThePayee(t *testing.T) {
	t.Parallel()
	c := formContext()
	has := func() bool {
		return slices.ContainsFunc(Programme{}.Slots(filled(), c), func(s application.Slot) bool { return s.Key == "authorization" && s.Required })
	}
	if has() {
		t.Error("an own account asks for an authorization")
	}
	if c.Payees[0].Kind = organization.AgentAccount; !has() {
		t.Error("an agent's account asks for none")
	}
	for _, s := range (Programme{}).Slots(filled(), c) {
		if !slices.Contains((Programme{}).SlotKeys(), s.Key) || (Programme{}).SlotName(s.Key) == "" || s.Label == "" {
			t.Errorf("slot %+v is not described", s)
		}
	}
}
