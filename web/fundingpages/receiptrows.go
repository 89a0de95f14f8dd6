package fundingpages

import (
	"net/url"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/receipt"
	"civilaffairs/web/applying"
	"civilaffairs/web/ui"
)

// receiptRow is one receipt of a form.
type receiptRow struct {
	N                                                               int
	Kind, Code, Number, Date, Seller, Total, Category, Item, Amount ui.Field
}

// freeReceipts is how many empty rows follow the filled ones.
const freeReceipts = 1

// receiptRows draws the receipts that were typed, at most so many, and a free row.
// hint says which part of the paper counts; field makes the control of a name.
func receiptRows(typed url.Values, most int, hint string, control func(i int, part receipt.Part) string, field func(name, label string) ui.Field) []receiptRow {
	last := 0
	for i := 1; i <= most; i++ {
		for name, values := range typed {
			if strings.HasPrefix(name, control(i, "")) && strings.Join(values, "") != "" {
				last = i
			}
		}
	}
	var rows []receiptRow
	for i := 1; i <= min(last+freeReceipts, most); i++ {
		part := func(p receipt.Part) ui.Field { return field(control(i, p), p.Name()) }
		money := func(p receipt.Part) ui.Field {
			f := part(p)
			f.InputMode, f.Unit, f.Width = "decimal", "元", 8
			return f
		}
		rows = append(rows, receiptRow{
			N: i, Kind: part(receipt.PartKind), Code: numeric(applying.Optional(part(receipt.PartCode))), Number: numeric(part(receipt.PartNumber)),
			Date: dated(part(receipt.PartIssuedOn), typed), Seller: part(receipt.PartSeller), Total: money(receipt.PartTotal),
			Category: part(receipt.PartCategory), Item: part(receipt.PartItem), Amount: applying.Hinted(money(receipt.PartAmount), hint),
		})
	}
	return rows
}

// paperName names a paper as it is printed: 增值税普通发票 044031900111 12345678.
func paperName(k receipt.Kind, code, number string) string {
	return k.Name() + " " + strings.TrimSpace(code+" "+number)
}

func receiptKinds() []ui.Option {
	var options []ui.Option
	for _, k := range receipt.Kinds {
		options = append(options, ui.Option{Value: string(k), Label: k.Name()})
	}
	return options
}

func numeric(f ui.Field) ui.Field { f.InputMode, f.Width = "numeric", 14; return f }

// dated fills the boxes of a date with what was typed.
func dated(f ui.Field, typed url.Values) ui.Field {
	f.Date = ui.DateParts{Year: typed.Get(f.Name + "-year"), Month: typed.Get(f.Name + "-month"), Day: typed.Get(f.Name + "-day")}
	if d, err := civil.Parse(typed.Get(f.Name)); err == nil && f.Date == (ui.DateParts{}) {
		f.Date = ui.DateOf(d) // sent as one text, not through the boxes
	}
	return f
}
