// Package receipt is every invoice and receipt of every programme and year, and
// its allocation to uses. Level 4; owns receipt, receipt_allocation and
// receipt_refusal.
//
// A paper is known by kind, code and number over all organizations and years. The
// live allocations of one paper never exceed its amount, and what it says does not
// change while one rests on it: both stand in the database.
//
// A feature reads its rows with Read, keeps them with Replace in its own
// transaction and ends them with Release; who may see them is the feature's to
// decide. An applicant never learns whose paper it is, a reviewer does
// (GatherConflicts), and of who was refused because of it too (GatherRefusals).
//
// Lock order: receipts come after the case and before the audit subject, by
// ascending key.
package receipt

import (
	"strconv"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// MaxRows is how many rows the list of one case may have.
const MaxRows = 100

// Category is one of the three lawful uses of a grant (policy 三(三)3).
type Category string

// The lawful uses.
const (
	Hardware Category = "hardware"
	Service  Category = "service"
	Capacity Category = "capacity"
)

// Categories lists the uses in the order of the policy.
var Categories = []Category{Hardware, Service, Capacity}

// Name returns the Chinese name of c, the raw value when unknown.
func (c Category) Name() string {
	switch c {
	case Hardware:
		return "硬件建设"
	case Service:
		return "服务支出"
	case Capacity:
		return "能力提升"
	}
	return string(c)
}

// Valid reports whether c is one of Categories.
func (c Category) Valid() bool { return c.Name() != string(c) }

// Entry is one row of a list: what the paper says, and the part of it that goes to
// one use.
type Entry struct {
	Kind     Kind       `db:"kind"`
	Code     string     `db:"code"` // "" for kinds that have none
	Number   string     `db:"number"`
	IssuedOn civil.Date `db:"issued_on"`
	Seller   string     `db:"seller"`    // who issued it
	Total    money.Fen  `db:"total_fen"` // of the paper, tax included
	Category Category   `db:"category"`
	Item     string     `db:"item"`       // what was bought
	Amount   money.Fen  `db:"amount_fen"` // of Total, for this use
}

// Normal returns e as it is stored and compared: codes in half width without
// blanks and №, text without characters that show nothing.
func (e Entry) Normal() Entry {
	e.Code, e.Number = compact(e.Code), compact(e.Number)
	for _, prefix := range []string{"№", "NO.", "NO:", "NO"} {
		if rest, ok := strings.CutPrefix(e.Number, prefix); ok {
			e.Number = rest
			break
		}
	}
	e.Seller, e.Item = form.Clean(e.Seller, false), form.Clean(e.Item, false)
	return e
}

func compact(s string) string {
	return strings.ToUpper(strings.ReplaceAll(form.Clean(width.Fold.String(s), false), " ", ""))
}

func normal(entries []Entry) []Entry {
	out := make([]Entry, len(entries))
	for i, e := range entries {
		out[i] = e.Normal()
	}
	return out
}

// key is what receipt_key makes of e in the database, where the reasons stand.
func (e Entry) key() string {
	space := string(e.Kind)
	switch {
	case e.Kind == OtherReceipt:
		space += "/" + plain(e.Seller)
	case e.Kind.ofTaxCode():
		space = "tax"
	}
	return space + "/" + e.Code + "/" + strings.TrimLeft(e.Number, "0")
}

// plain is a name without width, case and white space, as search_key makes it.
func plain(s string) string {
	return strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(s)), ""))
}

// agrees reports whether two entries of one paper say the same of it.
func (e Entry) agrees(o Entry) bool {
	return e.Kind == o.Kind && e.IssuedOn == o.IssuedOn && plain(e.Seller) == plain(o.Seller) && e.Total == o.Total
}

// Part is one control of a row.
type Part string

// The controls of a row, in the order in which Read reads them.
const (
	PartKind     Part = "kind"
	PartCode     Part = "code"
	PartNumber   Part = "number"
	PartIssuedOn Part = "issued_on"
	PartSeller   Part = "seller"
	PartTotal    Part = "total"
	PartCategory Part = "category"
	PartItem     Part = "item"
	PartAmount   Part = "amount"
)

// Name returns the Chinese label of p.
func (p Part) Name() string {
	switch p {
	case PartKind:
		return "票据种类"
	case PartCode:
		return "票据代码"
	case PartNumber:
		return "票据号码"
	case PartIssuedOn:
		return "开票日期"
	case PartSeller:
		return "开票单位"
	case PartTotal:
		return "票面金额"
	case PartCategory:
		return "用途"
	case PartItem:
		return "用途说明"
	case PartAmount:
		return "列支金额"
	}
	return string(p)
}

// Names names the control of a part; row is the position in the list, from 0.
type Names func(row int, part Part) string

// Controls returns the names “name-n-part” of the rows that form.Rows found.
func Controls(name string, rows []int) Names {
	return func(row int, part Part) string {
		n := row
		if row < len(rows) {
			n = rows[row]
		}
		return name + "-" + strconv.Itoa(n) + "-" + string(part)
	}
}

// label is what an error summary calls a control.
func label(row int, part Part) string { return "第 " + strconv.Itoa(row+1) + " 行" + part.Name() }
