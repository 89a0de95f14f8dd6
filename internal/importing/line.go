package importing

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

// State is what a row of a file means.
type State string

// The states of rows.
const (
	Fresh     State = "new"       // to be written
	Unchanged State = "unchanged" // on record already, the same
	Changed   State = "changed"   // on record, but otherwise: nothing is taken over
	Doubtful  State = "doubtful"  // waits for somebody's choice
	Faulty    State = "faulty"
	LeftOut   State = "left_out" // by choice
)

// Choice is what somebody decided about a doubtful row.
type Choice string

// The choices.
const (
	TheSame Choice = "same" // as what is on record: nothing to write
	Another Choice = "new"  // write it
	Skip    Choice = "skip" // not now
)

// Line is one row of a file with what it means.
type Line struct {
	Number int      // as the spreadsheet shows it
	Cells  []string // in the order of the kind's columns
	State  State
	Faults []Fault
	Hints  []Fault // worth knowing; nothing waits for them
	Doubts []errs.Warning
	Differ []string
	Choice Choice
	Record uuid.UUID // on record already, zero for none
	Adopts bool      // Record was entered by hand; the import completes it

	reading []errs.Field // what is wrong with the cells by themselves
	broken  []Fault      // what the reader of the file could not read
}

// Fault is one thing wrong with a row, or worth knowing of it, where it stands.
type Fault struct {
	Address string // C17; "" when the column is not in the file
	Header  string
	Typed   string // masked when it is secret
	Message string
}

// form is the row as a form, so that cells are read by the readers of forms.
func (k Kind) form(l *Line) *form.Form {
	v := make(url.Values, len(k.Columns))
	for i, c := range k.Columns {
		if l.Cells[i] != "" {
			v.Set(c.Field, l.Cells[i])
		}
	}
	return form.New(v)
}

// layout says where the columns of a kind stand in a file, -1 for absent.
type layout []int

// arrange finds the columns by their heads, in any order. What it does not know
// is named and not read; a required one that is missing or doubled is refused.
func (k Kind) arrange(header []string) (at layout, unknown []string, err error) {
	at = make(layout, len(k.Columns))
	for i := range at {
		at[i] = -1
	}
	var doubled, missing []string
	for col, head := range header {
		i := k.column(head)
		switch {
		case i < 0 && head != "":
			unknown = append(unknown, head)
		case i >= 0 && at[i] >= 0:
			doubled = append(doubled, head)
		case i >= 0:
			at[i] = col
		}
	}
	required := 0
	for i, c := range k.Columns {
		if c.Required {
			required++
		}
		if c.Required && at[i] < 0 {
			missing = append(missing, c.Name)
		}
	}
	switch {
	case len(unknown) > 0 && len(missing) == required:
		return nil, nil, errs.Newf(errs.Invalid, "这不像“%s”的模板，缺少这些列：%s。下载模板，把内容填进去再上传。", k.Name, joined(missing))
	case len(missing) > 0:
		return nil, nil, errs.Newf(errs.Invalid, "缺少这些列：%s。第一行要有模板里的列名，顺序不限。", joined(missing))
	case len(doubled) > 0:
		return nil, nil, errs.Newf(errs.Invalid, "这些列出现了两次：%s。删去多余的一列再上传。", joined(doubled))
	}
	return at, unknown, nil
}

func (k Kind) column(head string) int {
	for i, c := range k.Columns {
		if imported.Plain(c.Name) == strings.ReplaceAll(imported.Plain(head), "*", "") { // the mark of what must be filled in
			return i
		}
	}
	return -1
}

func (k Kind) field(name string) int {
	for i, c := range k.Columns {
		if c.Field == name {
			return i
		}
	}
	return -1
}

// lines are the rows of a table with the choices that were made.
func (k Kind) lines(t sheet.Table, at layout, choices map[int]Choice) []*Line {
	broken := map[int][]sheet.CellFault{}
	for _, f := range t.Faults {
		broken[f.Row] = append(broken[f.Row], f)
	}
	out := make([]*Line, len(t.Rows))
	for i, r := range t.Rows {
		l := &Line{Number: r.Number, Cells: make([]string, len(k.Columns)), Choice: choices[r.Number]}
		for c, col := range at {
			if col >= 0 {
				l.Cells[c] = form.Clean(r.Cells[col], false)
			}
		}
		for _, f := range broken[r.Number] {
			l.broken = append(l.broken, Fault{Address: f.Address(), Header: f.Header, Message: f.Message})
		}
		out[i] = l
	}
	return out
}

// settle judges lines, all at once, so that every fault is named. Rows without
// faults may lean on each other, not on faulty ones: the services see to that, and
// judge what is written once more.
func (k Kind) settle(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, b book, at layout, lines []*Line) error {
	verdicts, err := k.judge(ctx, q, now, actor, b, lines)
	if err != nil {
		return err
	}
	for i, l := range lines {
		k.conclude(l, verdicts[i], at)
		if col := k.field(organizationField); col >= 0 {
			if f, merged := b.merged(l.Cells[col]); merged {
				l.Hints = append(l.Hints, k.fault(l, f, at))
			}
		}
	}
	return nil
}

// conclude puts what was found about a row together.
func (k Kind) conclude(l *Line, v Verdict, at layout) {
	l.Faults, l.Doubts, l.Differ, l.Record, l.Adopts = append([]Fault(nil), l.broken...), v.Warnings, v.Differs, v.Record, v.Adopts
	l.Hints = nil
	for _, f := range v.Hints {
		l.Hints = append(l.Hints, k.fault(l, f, at))
	}
	said := map[string]bool{}
	for _, f := range l.reading {
		said[f.Name] = true
		l.Faults = append(l.Faults, k.fault(l, f, at))
	}
	for _, f := range v.Faults {
		if !said[f.Name] {
			l.Faults = append(l.Faults, k.fault(l, f, at))
		}
	}
	k.arrangeFaults(l.Faults)
	switch {
	case len(l.Faults) > 0:
		l.State = Faulty
	case len(v.Differs) > 0:
		l.State = Changed
	case v.Record != uuid.Nil && !v.Adopts:
		l.State = Unchanged
	case len(l.Doubts) > 0 && (l.Choice == TheSame || l.Choice == Skip):
		l.State = LeftOut
	case len(l.Doubts) > 0 && l.Choice == "":
		l.State = Doubtful
	default:
		l.State = Fresh
	}
}

// arrangeFaults puts them in the order of the columns, as one goes along the row.
func (k Kind) arrangeFaults(list []Fault) {
	at := func(f Fault) int {
		return slices.IndexFunc(k.Columns, func(c Column) bool { return c.Name == f.Header })
	}
	slices.SortStableFunc(list, func(a, b Fault) int { return cmp.Compare(uint(at(a)), uint(at(b))) }) // what is of no column comes last
}

func (k Kind) fault(l *Line, f errs.Field, at layout) Fault {
	out := Fault{Header: f.Label, Message: f.Message}
	i := k.field(f.Name)
	if i < 0 {
		return out
	}
	c := k.Columns[i]
	out.Header, out.Typed = c.Name, c.shown(l.Cells[i])
	if at[i] >= 0 {
		out.Address = sheet.Address(l.Number, at[i]+1)
	}
	return out
}

// shown is a cell as pages show it.
func (c Column) shown(cell string) string {
	if c.Secret && cell != "" {
		return secret.MaskResidentID(cell)
	}
	return cell
}

func joined(list []string) string {
	const most = 12
	if len(list) > most {
		return strings.Join(list[:most], "、") + fmt.Sprintf(" 等 %d 项", len(list))
	}
	return strings.Join(list, "、")
}
