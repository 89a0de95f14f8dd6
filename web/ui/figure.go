package ui

import "strconv"

// MoneyLine is one amount of a project, drawn to the scale of the largest: From
// and To are its ends in thousandths of it.
type MoneyLine struct {
	Label, Amount string
	From, To      int
	Tone          Tone   // Quiet asked for, Bad taken back, otherwise given
	Why           string // one line on what it means
	Sum           bool   // the line that the others come to
}

func (l MoneyLine) fill() string {
	switch l.Tone {
	case Quiet:
		return "mid"
	case Bad:
		return "bad"
	}
	return "full"
}

// BudgetChart compares budgets with what is set aside and paid, one bar each.
type BudgetChart struct {
	Title string // the finding
	Label string // read out: one sentence
	Bars  []BudgetBar
	Mark  int // elapsed time in thousandths, 0 for a year that is over
}

// BudgetBar is one budget. Committed and Paid are thousandths of it, Size is
// itself in thousandths of the largest.
type BudgetBar struct {
	Name                  string
	Size, Committed, Paid int
	Wide, Narrow          string // figures beside or above the bar
}

// drawing is a chart of one width, ready to draw.
type drawing struct {
	width, left, right, row, bar float64
	above                        bool // names stand above the bars
}

var (
	wideDrawing   = drawing{width: 960, left: 190, right: 260, row: 42, bar: 22}
	narrowDrawing = drawing{width: 358, row: 58, bar: 18, above: true}
)

// placedBar is a bar with its coordinates.
type placedBar struct {
	BudgetBar
	Text                    string // y of the words
	Y, Height               string
	InnerY, InnerHeight     string
	Budget, Set, Paid       string // widths
	X, NameX, FiguresX      string
	MarkX, MarkTop, MarkEnd string
}

func (d drawing) viewBox(n int) string {
	return "0 -4 " + coord(d.width) + " " + coord(float64(n)*d.row+8)
}

func (d drawing) place(c BudgetChart) []placedBar {
	out := make([]placedBar, len(c.Bars))
	room := d.width - d.left - d.right
	for i, b := range c.Bars {
		top := float64(i)*d.row + 14
		words := top + d.bar - 6
		if d.above {
			words, top = top+6, top+12
		}
		long := room * float64(b.Size) / 1000
		part := func(permille int) float64 { return long * float64(min(permille, 1000)) / 1000 }
		p := placedBar{BudgetBar: b, Text: tenth(words), Y: tenth(top), Height: tenth(d.bar), InnerY: tenth(top + d.bar*0.28), InnerHeight: tenth(d.bar * 0.44),
			Budget: tenth(long), Set: tenth(part(b.Committed)), Paid: tenth(part(b.Paid)), X: tenth(d.left), NameX: tenth(d.left - 10), FiguresX: tenth(d.left + long + 10)}
		if d.above {
			p.NameX, p.FiguresX = "0", tenth(d.width)
		}
		if c.Mark > 0 {
			p.MarkX, p.MarkTop, p.MarkEnd = tenth(d.left+part(c.Mark)), tenth(top-3), tenth(top+d.bar+3)
		}
		out[i] = p
	}
	return out
}

// tenth writes a coordinate to one decimal.
func tenth(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }

func thousandth(n int) string { return strconv.Itoa(n) }
