package importing

import (
	"context"
	"io"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

// Template writes the empty form of a kind with a filled example.
func (k Kind) Template(out io.Writer, format sheet.Format) error {
	w, err := sheet.NewWriter(out, format, k.Name, k.sheetColumns())
	if err != nil {
		return err
	}
	help := [][]string{{"列", "怎样填"}}
	for _, c := range k.Columns {
		var say []string
		if c.Required {
			say = append(say, "必填")
		}
		if c.Hint != "" {
			say = append(say, c.Hint)
		}
		if len(c.Choices) > 0 {
			say = append(say, "可选："+strings.Join(c.Choices, "、"))
		}
		help = append(help, []string{c.Name, strings.Join(say, "；")})
	}
	w.Help(append(help, []string{"说明", "第一行是列名，顺序不限。示例行删去后填写，一次最多 2 万行。"}))
	for i := range k.Columns[0].Examples {
		cells := make([]any, len(k.Columns))
		for c := range k.Columns {
			cells[c] = k.Columns[c].Examples[i]
		}
		if err := w.Row(cells...); err != nil {
			return err
		}
	}
	return w.Close()
}

func (k Kind) sheetColumns() []sheet.Column {
	out := make([]sheet.Column, len(k.Columns))
	for i, c := range k.Columns {
		out[i] = sheet.Column{Name: c.Name, Kind: c.Kind, Choices: c.Choices, Hint: c.Hint}
	}
	return out
}

// Faults writes the faulty rows as they were typed with the messages in a column
// of their own, to be mended and read in again. Who took them is noted; of a kind
// that holds document numbers with the reason, as wherever one is shown in full.
func (s *Service) Faults(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string, out io.Writer) error {
	if err := actor.Require(authz.ImportRun); err != nil {
		return err
	}
	var p Preview
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		if p, err = s.preview(ctx, tx, now, actor, id); err != nil {
			return err
		}
		if p.Counts[Faulty] == 0 {
			return errs.New(errs.Conflict, "这次导入没有等着改的行。")
		}
		detail := map[string]any{"rows": p.Counts[Faulty]}
		if p.Of.Sensitive() {
			if err := actor.Require(authz.SensitiveUnmask); err != nil {
				return err
			}
			if detail["reason"], err = reasonOf(reason); err != nil {
				return err
			}
		}
		return note(ctx, tx, now, actor, id, "import.faults", detail)
	})
	if err != nil {
		return err
	}
	w, err := sheet.NewWriter(out, sheet.XLSX, p.Of.Name, append(p.Of.sheetColumns(), sheet.Column{Name: "要改的地方", Width: 60}))
	if err != nil {
		return err
	}
	for _, l := range p.Lines {
		if l.State != Faulty {
			continue
		}
		var cells []any
		for _, c := range l.Cells {
			cells = append(cells, c)
		}
		var say []string
		for _, f := range l.Faults {
			say = append(say, f.Header+"："+f.Message)
		}
		if err := w.Row(append(cells, strings.Join(say, "\n"))...); err != nil {
			return err
		}
	}
	return w.Close()
}
