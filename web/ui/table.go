package ui

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Table is a list in rows and columns that becomes cards in a narrow place.
// Roles are explicit, because a card layout would take the table away from
// screen readers.
type Table struct {
	Caption     string // what the rows are, read out
	ShowCaption bool   // and seen
	Columns     []Column
	Groups      []Group // one without a Title for a plain list
	Foot        []Row   // totals
	Class       string  // queue, checks, ranks: see static/css
	Dense       bool    // stays a table on a phone: two or three short columns
}

// Column is a head; Number aligns right.
type Column struct {
	Label  string
	Number bool
	Hidden bool // head read, not seen: the column of actions
	Full   bool // takes the whole line of a card, without its label
	Sort   Sort
}

// Sort makes a head a link that sorts by it.
type Sort struct {
	Href  string // "" when the column does not sort
	Order string // ascending, descending, or "" when not sorted by it
}

// Group is a run of rows under a heading, such as 已超期 2 件.
type Group struct {
	Title string
	Rows  []Row
}

// Row is one line; cells in the order of the columns.
type Row struct {
	Cells []Cell
	Mark  Tone // bad draws an edge: a row that must be put right
}

// Cell is the content of one place: Text, or Body for anything else.
type Cell struct {
	Text string
	Href string          // Text becomes a link
	Sub  string          // second line, smaller
	From Origin          // last line: where the row was written, zero for here
	Body templ.Component // instead of Text
	Head bool            // names the row: one cell of each row
	Demo bool            // an invented name: marked while demo mode is on
	Span int             // columns taken, in totals
}

// Origin is the record under which something was written that was merged into the
// one shown since, and where to read about that.
type Origin struct{ Name, Href string }

// Rows makes the one group of a plain list.
func Rows(rows ...Row) []Group { return []Group{{Rows: rows}} }

// Cells makes a row.
func Cells(cells ...Cell) Row { return Row{Cells: cells} }

// T is a cell of text.
func T(text string) Cell { return Cell{Text: text} }

// TS is a cell of text with a second line.
func TS(text, sub string) Cell { return Cell{Text: text, Sub: sub} }

// Head is the cell that names its row; href may be "".
func Head(text, href, sub string) Cell { return Cell{Text: text, Href: href, Sub: sub, Head: true} }

// Of marks the cell with the record that its row was written under; a name of ""
// is the record shown.
func (c Cell) Of(name, href string) Cell {
	c.From = Origin{name, href}
	return c
}

// C is a cell that holds components, side by side.
func C(body ...templ.Component) Cell { return Cell{Body: Join(body...)} }

// Join renders components one after the other with a space between.
func Join(parts ...templ.Component) templ.Component {
	if len(parts) == 1 {
		return parts[0]
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		for i, p := range parts {
			if i > 0 {
				if _, err := io.WriteString(w, " "); err != nil {
					return err
				}
			}
			if err := p.Render(ctx, w); err != nil {
				return err
			}
		}
		return nil
	})
}

// placed is a cell with what its column decides.
type placed struct {
	Cell
	Column
}

func (t Table) place(r Row) []placed {
	out := make([]placed, 0, len(r.Cells))
	at := 0
	for _, c := range r.Cells {
		p := placed{Cell: c}
		if at < len(t.Columns) {
			p.Column = t.Columns[at]
		}
		at += max(c.Span, 1)
		out = append(out, p)
	}
	return out
}

// empty reports whether a card may leave the cell out.
func (p placed) empty() bool { return p.Text == "" && p.Sub == "" && p.Body == nil }

func (p placed) class() string {
	var names []string
	if p.Number {
		names = append(names, "n")
	}
	if p.Full || p.Head {
		names = append(names, "full")
	}
	if p.empty() {
		names = append(names, "none")
	}
	return strings.Join(names, " ")
}

// labelled reports whether a card names the column beside the cell.
func (p placed) labelled() bool {
	return p.Label != "" && !p.Full && !p.Head && !p.Hidden && p.Span <= 1
}

// attributes puts the head's label on a cell, for the card layout.
func (p placed) attributes() templ.Attributes {
	a := templ.Attributes{}
	if c := p.class(); c != "" {
		a["class"] = c
	}
	if p.labelled() {
		a["data-label"] = p.Label
	}
	if p.Span > 1 {
		a["colspan"] = strconv.Itoa(p.Span)
	}
	return a
}

func (t Table) class() string {
	names := []string{"table"}
	if !t.Dense {
		names = append(names, "cards")
	}
	if t.Class != "" {
		names = append(names, t.Class)
	}
	return strings.Join(names, " ")
}

// box makes what may scroll sideways a focusable region.
func (t Table) box() templ.Attributes {
	if !t.Dense {
		return nil
	}
	return templ.Attributes{"role": "region", "aria-label": t.Caption, "tabindex": "0"}
}

func (c Column) attributes() templ.Attributes {
	a := templ.Attributes{}
	if c.Number {
		a["class"] = "n"
	}
	if c.Sort.Order != "" {
		a["aria-sort"] = c.Sort.Order
	}
	return a
}

// arrow shows the direction a head sorts in now.
func (s Sort) arrow() string {
	switch s.Order {
	case "ascending":
		return " ↑"
	case "descending":
		return " ↓"
	}
	return ""
}

func columnCount(t Table) string { return strconv.Itoa(len(t.Columns)) }

func stars(n int) string { return strings.Repeat("★", max(n, 0)) }
