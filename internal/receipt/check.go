package receipt

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
)

// Limits of what a row says, in characters.
const (
	minText = 2
	maxText = 100
)

// earliest is the first date that can be no slip of the pen.
var earliest = civil.Of(2000, 1, 1)

// Check judges a list as it will be stored (Normal): the formats of each kind,
// dates that exist and have come, amounts within the paper, and rows that share a
// paper. It returns the faults in the order of the rows, nil when there are none.
func Check(entries []Entry, today civil.Date, names Names) []errs.Field {
	c := checker{names: names}
	if len(entries) > MaxRows {
		c.row = MaxRows
		c.fail(PartKind, fmt.Sprintf("一次最多 %d 行，现在是 %d 行。合并同类的，或删去 %d 行", MaxRows, len(entries), len(entries)-MaxRows))
		return c.faults
	}
	entries = normal(entries)
	keys := make([]string, len(entries))
	for i, e := range entries {
		c.row = i
		before := len(c.faults)
		c.paper(e, today)
		c.use(e)
		if len(c.faults) == before {
			keys[i] = e.key()
		}
	}
	return append(c.faults, shared(entries, keys, names)...)
}

type checker struct {
	names  Names
	row    int
	faults []errs.Field
}

func (c *checker) fail(p Part, message string) {
	c.faults = append(c.faults, errs.Field{Name: c.names(c.row, p), Label: label(c.row, p), Message: message})
}

// say is fail for a message that is "" when nothing is wrong.
func (c *checker) say(p Part, message string) {
	if message != "" {
		c.fail(p, message)
	}
}

func (c *checker) paper(e Entry, today civil.Date) {
	switch {
	case e.Kind.Valid():
		c.say(PartCode, e.Kind.codeFault(e.Code))
		c.say(PartNumber, e.Kind.numberFault(e.Number))
	default:
		c.fail(PartKind, "选一种票据")
		if e.Number == "" {
			c.fail(PartNumber, "还没有填。照票面填")
		}
	}
	switch {
	case e.IssuedOn.IsZero():
		c.fail(PartIssuedOn, "还没有填。照票面填年、月、日")
	case !e.IssuedOn.Valid():
		c.fail(PartIssuedOn, e.IssuedOn.Chinese()+"不存在。看一下月和日")
	case e.IssuedOn.After(today):
		c.fail(PartIssuedOn, e.IssuedOn.Chinese()+"还没到。对照票面上的开票日期")
	case e.IssuedOn.Before(earliest):
		c.fail(PartIssuedOn, e.IssuedOn.Chinese()+"太早。对照票面上的年份")
	}
	c.say(PartSeller, textFault(e.Seller, "照票面填开票单位的全称"))
	c.say(PartTotal, amountFault(e.Total, "照票面填价税合计"))
}

func (c *checker) use(e Entry) {
	if !e.Category.Valid() {
		c.fail(PartCategory, "选一项：硬件建设、服务支出或能力提升")
	}
	c.say(PartItem, textFault(e.Item, "写明买了什么、用在哪里"))
	switch fault := amountFault(e.Amount, "填这一项用了多少"); {
	case fault != "":
		c.fail(PartAmount, fault)
	case e.Total > 0 && e.Amount > e.Total:
		c.fail(PartAmount, fmt.Sprintf("%s 元超过票面金额 %s 元。改成不超过票面金额", e.Amount, e.Total))
	}
}

func textFault(text, hint string) string {
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return "还没有填。" + hint
	case n < minText:
		return "“" + text + "”只有一个字。" + hint
	case n > maxText:
		return fmt.Sprintf("最多 %d 字，现在是 %d 字。删去 %d 字", maxText, n, n-maxText)
	}
	return ""
}

func amountFault(f money.Fen, hint string) string {
	switch {
	case f <= 0:
		return "要大于 0 元。" + hint
	case f > money.Max:
		return f.String() + " 元超过十亿元。" + hint + "，单位是元"
	}
	return ""
}

// shared judges rows of one paper: they must say the same of it and stay within
// it together. keys are those of the entries, "" for a row that has faults of its
// own.
func shared(entries []Entry, keys []string, names Names) []errs.Field {
	c := checker{names: names}
	first, rows, sum := map[string]int{}, map[string][]string{}, map[string]money.Fen{}
	for i, e := range entries {
		key := keys[i]
		if key == "" {
			continue
		}
		if _, seen := first[key]; !seen {
			first[key] = i
		}
		c.row = i
		paper := entries[first[key]]
		rows[key], sum[key] = append(rows[key], strconv.Itoa(i+1)), sum[key]+e.Amount
		switch {
		case !e.agrees(paper):
			c.fail(PartNumber, fmt.Sprintf("和第 %d 行是同一张票据，种类、开票日期、开票单位或票面金额却不一样。对照票面改成一样", first[key]+1))
		case sum[key] > paper.Total:
			c.fail(PartAmount, fmt.Sprintf("第 %s 行用的是同一张票据，合计 %s 元，超过票面金额 %s 元。减去 %s 元",
				strings.Join(rows[key], "、"), sum[key], paper.Total, sum[key]-paper.Total))
		}
	}
	return c.faults
}

// Read reads n rows of a form and notes every fault at its control: what cannot be
// read, and what Check finds. The result is for Replace when the form has no fault.
func Read(f *form.Form, n int, today civil.Date, names Names) []Entry {
	return ReadAs(f, n, today, names, func(row int) Category {
		at := func(p Part) (string, string) { return names(row, p), label(row, p) }
		return Category(choice(f, at, PartCategory, Categories))
	})
}

// ReadAs is Read for a form that asks for the use in words of its own: category
// reads it at PartCategory of a row, noting what is wrong with it, and says which
// lawful use it is.
func ReadAs(f *form.Form, n int, today civil.Date, names Names, category func(row int) Category) []Entry {
	entries := make([]Entry, n)
	for i := range entries {
		at := func(p Part) (string, string) { return names(i, p), label(i, p) }
		e := &entries[i]
		e.Kind = Kind(choice(f, at, PartKind, Kinds))
		e.Code = code(f, at, PartCode)
		e.Number = code(f, at, PartNumber)
		e.IssuedOn = date(f, at, today)
		e.Seller = text(f, at, PartSeller)
		e.Total = amount(f, at, PartTotal)
		e.Category = category(i)
		e.Item = text(f, at, PartItem)
		e.Amount = amount(f, at, PartAmount)
	}
	for _, fault := range Check(entries, today, names) {
		f.Fail(fault.Name, fault.Label, fault.Message)
	}
	return entries
}

// control returns the name and label of a part of the row that is being read.
type control func(Part) (name, label string)

func choice[T ~string](f *form.Form, at control, p Part, offered []T) string {
	options := make([]string, len(offered))
	for i, o := range offered {
		options[i] = string(o)
	}
	name, label := at(p)
	return f.Choice(name, label, options, form.Required)
}

func code(f *form.Form, at control, p Part) string {
	name, label := at(p)
	return f.Code(name, label)
}

func date(f *form.Form, at control, today civil.Date) civil.Date {
	name, label := at(PartIssuedOn)
	return f.Date(name, label, form.Required, form.Past(today))
}

func text(f *form.Form, at control, p Part) string {
	name, label := at(p)
	return f.Text(name, label, form.Required, form.NoEmoji, form.Min(minText), form.Max(maxText))
}

func amount(f *form.Form, at control, p Part) money.Fen {
	name, label := at(p)
	return f.Money(name, label, form.Required)
}
