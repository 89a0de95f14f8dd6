package receipt_test

import (
	"math"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/receipt"
)

var (
	today = civil.Of(2026, 11, 23)
	names = receipt.Controls("receipt", nil)
)

// sound is an entry without a fault; each test changes what it is about.
func sound(changes ...func(*receipt.Entry)) receipt.Entry {
	e := receipt.Entry{
		Kind: receipt.VATOrdinary, Code: "044031900111", Number: "12345678", IssuedOn: civil.Of(2026, 11, 2), Seller: "深圳市坪山区文具店",
		Total: 1000 * money.Yuan, Category: receipt.Hardware, Item: "折叠桌椅十套", Amount: 800 * money.Yuan,
	}
	for _, change := range changes {
		change(&e)
	}
	return e
}

func of(kind receipt.Kind, code, number string) func(*receipt.Entry) {
	return func(e *receipt.Entry) { e.Kind, e.Code, e.Number = kind, code, number }
}

const twenty = "26442000000012345678"

func TestCheckTakes(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*receipt.Entry){
		"as it is":                func(*receipt.Entry) {},
		"special, paper":          of(receipt.VATSpecial, "4403191130", "00123456"),
		"special, electronic":     of(receipt.VATSpecial, "044031900113", "00123456"),
		"ordinary, ten digits":    of(receipt.VATOrdinary, "4403191320", "12345678"),
		"digital":                 of(receipt.VATDigital, "", twenty),
		"machine-printed":         of(receipt.MachinePrinted, "144031901234", "12345678"),
		"quota":                   of(receipt.Quota, "144031901234", "00000001"),
		"fiscal, electronic":      of(receipt.Fiscal, "44030125", "0012345678"),
		"a receipt from a pad":    of(receipt.OtherReceipt, "", "0000012"),
		"a receipt with letters":  of(receipt.OtherReceipt, "", "a-0012"),
		"full width and blanks":   of(receipt.VATOrdinary, "０４４０ ３１９０ ０１１１", "No．１２３４５６７８"),
		"with its № and no width": of(receipt.VATOrdinary, "\u200b044031900111\ufeff", "№ 12345678"),
		"issued today":            func(e *receipt.Entry) { e.IssuedOn = today },
		"wholly used":             func(e *receipt.Entry) { e.Amount = e.Total },
		"one fen":                 func(e *receipt.Entry) { e.Total, e.Amount = 1, 1 },
		"the most":                func(e *receipt.Entry) { e.Total, e.Amount = money.Max, money.Max },
		"rare and 4-byte names":   func(e *receipt.Entry) { e.Seller, e.Item = "𠮷坣壆商行", "𠮷坣" },
		"a hundred characters":    func(e *receipt.Entry) { e.Seller = strings.Repeat("店", 100) },
		"markup is text":          func(e *receipt.Entry) { e.Seller = "<script>alert(1)</script>" },
		"a quote is text":         func(e *receipt.Entry) { e.Seller, e.Item = "'; drop table receipt; --", "=1+1" },
	} {
		if faults := receipt.Check([]receipt.Entry{sound(change)}, today, names); faults != nil {
			t.Errorf("%s: %v", name, faults)
		}
	}
	if receipt.Check(nil, today, names) != nil {
		t.Error("an empty list has a fault")
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*receipt.Entry)
		part   receipt.Part
		says   string
	}{
		"no kind":                     {of("", "", "1"), receipt.PartKind, "选一种"},
		"a kind not in the list":      {of("hongbao", "1", "1"), receipt.PartKind, "选一种"},
		"no code":                     {of(receipt.VATOrdinary, "", "12345678"), receipt.PartCode, "还没有填"},
		"a code of eleven":            {of(receipt.VATOrdinary, "04403190011", "12345678"), receipt.PartCode, "10 或 12 位数字，现在是 11 位"},
		"a code of thirteen":          {of(receipt.VATSpecial, "0440319001111", "12345678"), receipt.PartCode, "现在是 13 位"},
		"ten digits on a quota":       {of(receipt.Quota, "4403191320", "12345678"), receipt.PartCode, "12 位"},
		"letters in the code":         {of(receipt.VATOrdinary, "04403190011O", "12345678"), receipt.PartCode, "不全是数字"},
		"Chinese figures":             {of(receipt.VATOrdinary, "零四四零三一九零零一一一", "12345678"), receipt.PartCode, "不全是数字"},
		"Arabic-Indic figures":        {of(receipt.VATOrdinary, "٠٤٤٠٣١٩٠٠١١١", "12345678"), receipt.PartCode, "不全是数字"},
		"a code on a digital one":     {of(receipt.VATDigital, "044031900111", twenty), receipt.PartCode, "没有代码"},
		"a code on a receipt":         {of(receipt.OtherReceipt, "1", "1"), receipt.PartCode, "没有代码"},
		"a fiscal one without code":   {of(receipt.Fiscal, "", "0012345678"), receipt.PartCode, "选“收据”"},
		"no number":                   {of(receipt.VATOrdinary, "044031900111", " \u200b"), receipt.PartNumber, "还没有填"},
		"a number of seven":           {of(receipt.VATOrdinary, "044031900111", "1234567"), receipt.PartNumber, "8 位数字，现在是 7 位"},
		"a digital number of 19":      {of(receipt.VATDigital, "", twenty[:19]), receipt.PartNumber, "20 位数字，现在是 19 位"},
		"eight on a digital one":      {of(receipt.VATDigital, "", "12345678"), receipt.PartNumber, "20 位"},
		"an exponent":                 {of(receipt.VATOrdinary, "044031900111", "1e600000"), receipt.PartNumber, "不会有的字符"},
		"SQL as a number":             {of(receipt.OtherReceipt, "", "1' or '1'='1"), receipt.PartNumber, "不会有的字符"},
		"21 on a receipt":             {of(receipt.OtherReceipt, "", strings.Repeat("1", 21)), receipt.PartNumber, "1 至 20 位"},
		"nothing but noughts":         {of(receipt.VATOrdinary, "044031900111", "00000000"), receipt.PartNumber, "全是 0"},
		"no date":                     {func(e *receipt.Entry) { e.IssuedOn = civil.Date{} }, receipt.PartIssuedOn, "还没有填"},
		"tomorrow":                    {func(e *receipt.Entry) { e.IssuedOn = today.AddDays(1) }, receipt.PartIssuedOn, "还没到"},
		"30 February":                 {func(e *receipt.Entry) { e.IssuedOn = civil.Of(2026, 2, 30) }, receipt.PartIssuedOn, "不存在"},
		"the year one":                {func(e *receipt.Entry) { e.IssuedOn = civil.Of(1, 1, 1) }, receipt.PartIssuedOn, "太早"},
		"the year 9999":               {func(e *receipt.Entry) { e.IssuedOn = civil.Of(9999, 12, 31) }, receipt.PartIssuedOn, "还没到"},
		"no seller":                   {func(e *receipt.Entry) { e.Seller = "" }, receipt.PartSeller, "还没有填"},
		"a seller that shows nothing": {func(e *receipt.Entry) { e.Seller = "\u200b\u202e\u3000\x00" }, receipt.PartSeller, "还没有填"},
		"one character unseen beside": {func(e *receipt.Entry) { e.Seller = "店\u200b\u200b" }, receipt.PartSeller, "只有一个字"},
		"a seller of 101":             {func(e *receipt.Entry) { e.Seller = strings.Repeat("𠮷", 101) }, receipt.PartSeller, "删去 1 字"},
		"a total of nought":           {func(e *receipt.Entry) { e.Total = 0 }, receipt.PartTotal, "大于 0"},
		"a negative total":            {func(e *receipt.Entry) { e.Total = -1 }, receipt.PartTotal, "大于 0"},
		"beyond a thousand million":   {func(e *receipt.Entry) { e.Total = money.Max + 1 }, receipt.PartTotal, "十亿"},
		"no use":                      {func(e *receipt.Entry) { e.Category = "" }, receipt.PartCategory, "硬件建设"},
		"a use by its name":           {func(e *receipt.Entry) { e.Category = "硬件建设" }, receipt.PartCategory, "选一项"},
		"an unlawful use":             {func(e *receipt.Entry) { e.Category = "salary" }, receipt.PartCategory, "选一项"},
		"no item":                     {func(e *receipt.Entry) { e.Item = "" }, receipt.PartItem, "还没有填"},
		"an amount of nought":         {func(e *receipt.Entry) { e.Amount = 0 }, receipt.PartAmount, "大于 0"},
		"a negative amount":           {func(e *receipt.Entry) { e.Amount = math.MinInt64 }, receipt.PartAmount, "大于 0"},
		"a fen over the paper":        {func(e *receipt.Entry) { e.Amount = e.Total + 1 }, receipt.PartAmount, "超过票面金额 1,000.00 元"},
	} {
		faults := receipt.Check([]receipt.Entry{sound(), sound(of(receipt.VATOrdinary, "044031900111", "87654321"), c.change)}, today, names)
		if len(faults) != 1 || faults[0].Name != "receipt-1-"+string(c.part) || !strings.Contains(faults[0].Message, c.says) {
			t.Errorf("%s: %v, want %s %q", name, faults, c.part, c.says)
			continue
		}
		if faults[0].Label != "第 2 行"+c.part.Name() || c.part.Name() == string(c.part) {
			t.Errorf("%s: label %s", name, faults[0].Label)
		}
	}
}

func TestRowsOfOnePaper(t *testing.T) {
	t.Parallel()
	part := func(amount money.Fen, changes ...func(*receipt.Entry)) receipt.Entry {
		return sound(append(changes, func(e *receipt.Entry) { e.Amount = amount * money.Yuan })...)
	}
	special := of(receipt.VATSpecial, "044031900111", "12345678")
	other := func(number, seller string) func(*receipt.Entry) {
		return func(e *receipt.Entry) { e.Kind, e.Code, e.Number, e.Seller = receipt.OtherReceipt, "", number, seller }
	}
	for name, c := range map[string]struct {
		entries []receipt.Entry
		at      string
		says    string
	}{
		"two parts":            {[]receipt.Entry{part(400), part(600)}, "", ""},
		"a seller in width":    {[]receipt.Entry{part(400), part(600, func(e *receipt.Entry) { e.Seller = "深圳市 坪山区文具店" })}, "", ""},
		"two pads":             {[]receipt.Entry{part(900, other("1", "甲商店")), part(900, other("1", "乙商店"))}, "", ""},
		"one fen too much":     {[]receipt.Entry{part(400), sound(func(e *receipt.Entry) { e.Amount = 600*money.Yuan + 1 })}, "receipt-1-amount", "第 1、2 行用的是同一张票据，合计 1,000.01 元，超过票面金额 1,000.00 元。减去 0.01 元"},
		"three parts":          {[]receipt.Entry{part(400), part(400), part(400)}, "receipt-2-amount", "第 1、2、3 行"},
		"another total":        {[]receipt.Entry{part(1), part(1, func(e *receipt.Entry) { e.Total = 5000 * money.Yuan })}, "receipt-1-number", "和第 1 行"},
		"another day":          {[]receipt.Entry{part(1), part(1, func(e *receipt.Entry) { e.IssuedOn = today })}, "receipt-1-number", "和第 1 行"},
		"another seller":       {[]receipt.Entry{part(1), part(1, func(e *receipt.Entry) { e.Seller = "别的店" })}, "receipt-1-number", "和第 1 行"},
		"another kind of code": {[]receipt.Entry{part(1), part(1, special)}, "receipt-1-number", "和第 1 行"},
		"a pad without noughts": {[]receipt.Entry{part(900, other("0012", "甲商店")), part(900, other("12", "甲商店"))},
			"receipt-1-amount", "第 1、2 行"},
		"typed otherwise": {[]receipt.Entry{part(900), part(900, of(receipt.VATOrdinary, "０４４０３１９００１１１", "1234 5678"))},
			"receipt-1-amount", "第 1、2 行"},
	} {
		faults := receipt.Check(c.entries, today, names)
		if c.at == "" && faults != nil || c.at != "" && (len(faults) != 1 || faults[0].Name != c.at || !strings.Contains(faults[0].Message, c.says)) {
			t.Errorf("%s: %v", name, faults)
		}
	}
}

func TestAListHasAnEnd(t *testing.T) {
	t.Parallel()
	faults := receipt.Check(make([]receipt.Entry, receipt.MaxRows+1), today, names)
	if len(faults) != 1 || !strings.Contains(faults[0].Message, "最多 100 行") {
		t.Errorf("%d faults: %v", len(faults), faults)
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, k := range receipt.Kinds {
		if !k.Valid() || k.Name() == string(k) {
			t.Errorf("kind %s", k)
		}
	}
	if receipt.VATDigital.HasCode() || receipt.OtherReceipt.HasCode() || !receipt.Fiscal.HasCode() || receipt.Kind("x").Valid() {
		t.Error("HasCode or Valid")
	}
	if got := receipt.Hardware.Name() + receipt.Service.Name() + receipt.Capacity.Name(); got != "硬件建设服务支出能力提升" {
		t.Error(got)
	}
}

// typed is a row as a person fills it in.
func typed(pairs ...string) url.Values {
	v := url.Values{
		"r-7-kind": {"vat_ordinary"}, "r-7-code": {"044031900111"}, "r-7-number": {"12345678"}, "r-7-issued_on": {"2026-11-02"},
		"r-7-seller": {"深圳市坪山区文具店"}, "r-7-total": {"1,000.00"}, "r-7-category": {"hardware"}, "r-7-item": {"折叠桌椅十套"}, "r-7-amount": {"800"},
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set("r-7-"+pairs[i], pairs[i+1])
	}
	return v
}

func read(v url.Values) ([]receipt.Entry, []errs.Field) {
	f := form.New(v)
	rows := f.Rows("r", "票据", receipt.MaxRows)
	return receipt.Read(f, len(rows), today, receipt.Controls("r", rows)), f.Fields()
}

func TestRead(t *testing.T) {
	t.Parallel()
	for name, pairs := range map[string][]string{
		"plain":      nil,
		"full width": {"code", "０４４０３１９００１１１", "number", "Ｎｏ．１２３４ ５６７８", "total", "１，０００元", "amount", "８００．００", "issued_on", "2026年11月2日"},
		"unseen":     {"seller", "深圳市\u200b坪山区文具店\u202e", "item", " 折叠桌椅十套\ufeff"},
		"in boxes":   {"issued_on", "", "issued_on-year", "2026", "issued_on-month", "11", "issued_on-day", "2"},
		"in 万":       {"total", "0.1万"},
	} {
		entries, faults := read(typed(pairs...))
		if faults != nil || len(entries) != 1 {
			t.Errorf("%s: %v", name, faults)
			continue
		}
		if got := entries[0].Normal(); got != sound() {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ part, value, says string }{
		"no kind":            {"kind", "", "还没有选"},
		"a kind not offered": {"kind", "增值税普通发票", "不在可选的范围"},
		"a code too short":   {"code", "04403190011", "现在是 11 位"},
		"a long code":        {"code", strings.Repeat("1", 2000), "太长"},
		"no number":          {"number", "", "还没有填"},
		"markup as a number": {"number", "<b>1</b>", "不会有的字符"},
		"30 February":        {"issued_on", "2026-02-30", "没有30日"},
		"the year one":       {"issued_on", "0001-01-01", "年份"},
		"the year 9999":      {"issued_on", "9999-12-31", "年份"},
		"tomorrow":           {"issued_on", "2026-11-24", "还没到"},
		"no date":            {"issued_on", "昨天", "认不出"},
		"a seller unseen":    {"seller", "\u200b\u200b", "还没有填"},
		"a broken seller":    {"seller", "店\xff铺", "认不出的字符"},
		"an emoji":           {"seller", "好吃的店🍜", "表情符号"},
		"an overlong item":   {"item", strings.Repeat("桌", 101), "最多 100 字"},
		"a use not offered":  {"category", "salary", "不在可选的范围"},
		"nought":             {"amount", "0", "大于 0"},
		"negative":           {"amount", "-5", "负数"},
		"an exponent":        {"total", "1e6", "认不出"},
		"hexadecimal":        {"total", "0x10", "认不出"},
		"not a number":       {"total", "NaN", "认不出"},
		"below a fen":        {"amount", "0.001", "不到一分"},
		"1万 on 1,000":        {"amount", "1万", "超过票面金额"},
		"over the paper":     {"amount", "1,000.01", "超过票面金额"},
		"no amount":          {"amount", " ", "还没有填"},
	} {
		_, faults := read(typed(c.part, c.value))
		if len(faults) != 1 || faults[0].Name != "r-7-"+c.part || !strings.Contains(faults[0].Message, c.says) {
			t.Errorf("%s: %v, want %s %q", name, faults, c.part, c.says)
		}
	}
	// A row in which nothing but the item was typed has a message at each control.
	v := url.Values{"r-0-item": {"横幅"}}
	if _, faults := read(v); len(faults) != 7 {
		t.Errorf("an empty row: %v", faults)
	}
}
