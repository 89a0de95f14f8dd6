package startup

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
)

// Read checks what was typed. Faults come in the order of the form; each says
// what is wrong with the value and what to do.
func (Programme) Read(v url.Values, c funding.Context) (funding.Document, []errs.Field) {
	f := form.New(v)
	o := c.Organization
	a := Application{EstablishedOn: o.EstablishedOn.String(), Cap: LimitOf(c)}
	a.Contact = funding.ReadContact(f)
	a.Activities = f.Text("activities", "已开展的活动", form.Required, form.Multiline, form.Min(20), form.Max(1000))
	a.Amount = readAmount(f, a.Cap)
	a.Lines = readLines(f, a.Amount, tooManyRows(v, f))
	a.Purpose = f.Text("purpose", "预期作用", form.Required, form.Multiline, form.Min(10), form.Max(500))
	a.Payee = funding.ReadPayee(f, c)
	return a, f.Fields()
}

func readAmount(f *form.Form, limit money.Fen) money.Fen {
	amount := f.Money("amount", "申请金额", form.Required)
	switch {
	case f.Failed("amount"):
	case amount <= 0:
		f.Fail("amount", "申请金额", "要大于 0 元")
	case amount > limit:
		f.Fail("amount", "申请金额", fmt.Sprintf("您组织最高 %s 元，现在填的是 %s 元", limit, amount))
	}
	return amount
}

// LineControl returns the name of a control of line i (from 1).
func LineControl(i int, part string) string { return fmt.Sprintf("line-%d-%s", i, part) }

// readLines reads the plan of use. An empty row is no row; a half-filled one is
// a fault. The sum must be the amount: money without a use is not granted.
func readLines(f *form.Form, amount money.Fen, tooMany bool) []Use {
	var uses []Use
	var sum money.Fen
	bad := false
	for i := 1; i <= MaxLines; i++ {
		category, item, fen := LineControl(i, "category"), LineControl(i, "item"), LineControl(i, "amount")
		if !f.Filled(category) && !f.Filled(item) && !f.Filled(fen) {
			continue
		}
		label := fmt.Sprintf("第 %d 行", i)
		u := Use{
			Category: f.Choice(category, label+"用途", useOptions(), form.Required),
			Item:     f.Text(item, label+"内容", form.Required, form.Max(60)),
			Amount:   f.Money(fen, label+"金额", form.Required),
		}
		if !f.Failed(fen) && u.Amount <= 0 {
			f.Fail(fen, label+"金额", "要大于 0 元")
		}
		bad = bad || f.Failed(category) || f.Failed(item) || f.Failed(fen)
		sum += u.Amount
		uses = append(uses, u)
	}
	switch {
	case tooMany:
		f.Fail("lines", "用途明细", fmt.Sprintf("最多 %d 行，后面的行没有算进来。合并同类用途，或删去多出的行", MaxLines))
	case len(uses) == 0:
		f.Fail("lines", "用途明细", "至少写一行：用在哪里，多少钱")
	case bad || f.Failed("amount"): // nothing to compare yet
	case sum != amount:
		f.Fail("lines", "用途明细", fmt.Sprintf("各行合计 %s 元，和申请金额 %s 元不一致，相差 %s 元", sum, amount, difference(sum, amount)))
	}
	return uses
}

// tooManyRows reports a row beyond MaxLines in which something was typed: it must
// not fall out of the sum unseen.
func tooManyRows(v url.Values, f *form.Form) bool {
	for control := range v {
		parts := strings.SplitN(control, "-", 3)
		if len(parts) < 3 || parts[0] != "line" || !f.Filled(control) {
			continue
		}
		if n, err := strconv.Atoi(parts[1]); err == nil && n > MaxLines {
			return true
		}
	}
	return false
}

func difference(a, b money.Fen) money.Fen {
	if a > b {
		return a - b
	}
	return b - a
}

func useOptions() []string {
	keys := make([]string, len(Uses))
	for i, u := range Uses {
		keys[i] = u.Key
	}
	return keys
}
