package fundingpages

import (
	"net/http"

	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/ui"
)

// checkView is the conditions answered from the facts of now.
type checkView struct {
	No, Title  string
	On         string
	May        bool
	Tally      funding.Verdict
	Lines      ui.Table
	Staff      bool
	AcceptOnly bool // only what an office has to look up stands in the way
}

func (p *Pages) showCheck(w http.ResponseWriter, r *http.Request) error {
	check, c, err := p.Funding.Recheck(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v := checkView{
		No: c.No, Title: c.Title, On: check.On.Chinese(), May: check.Verdict.MayAccept, Tally: check.Verdict,
		Lines: linesTable(check.Lines), Staff: actor(r).Role.Staff(), AcceptOnly: check.Verdict.MaySubmit && !check.Verdict.MayAccept,
	}
	return httpserver.Render(w, r, http.StatusOK, checkPage(v))
}

func linesTable(lines []funding.Line) ui.Table {
	t := ui.Table{Caption: "资格条件", Class: "checks", Columns: []ui.Column{
		{Label: "结果"}, {Label: "条件"}, {Label: "采用的数值和来源"}, {Label: "依据"}, {Label: "什么时候变"},
	}}
	var rows []ui.Row
	for _, l := range lines {
		outcome := ui.C(ui.AnswerMark(ui.Answer(l.Answer)))
		if l.Answer == funding.Note {
			outcome = ui.C(ui.Tag("说明", ui.None))
		}
		flips := l.Remedy
		if !l.Flips.IsZero() {
			flips = l.Flips.Chinese()
		}
		sub := l.Source.Article
		if l.Source.Pending {
			sub += "（待确认）"
		}
		rows = append(rows, ui.Cells(outcome, ui.Head(l.Label, "", ""), ui.TS(l.Value, l.From), ui.TS(l.Source.Document, sub), ui.T(flips)))
	}
	t.Groups = ui.Rows(rows...)
	return t
}
