package importpages

import (
	"net/url"
	"slices"
	"strconv"

	"civilaffairs/internal/importing"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// outcomeView is what became of the rows of an import, with links to the records.
type outcomeView struct {
	Tabs  []ui.Tab
	Table ui.Table
	Gone  bool // the import was undone: records are no longer there
	Pages ui.Pages
}

func outcomeOf(o importing.Outcome, id string, undone bool, after string) *outcomeView {
	if len(o.Counts) == 0 {
		return nil
	}
	at := paths.Import(id)
	link := func(r importing.Result, after string) string {
		return paths.WithQuery(at, url.Values{"result": {string(r)}, "after": {after}})
	}
	v := &outcomeView{Gone: undone}
	total := 0
	var tabs []ui.Tab
	for _, r := range importing.Results {
		if n := o.Counts[r]; n > 0 {
			total += n
			tabs = append(tabs, ui.Tab{Label: r.Name(), Href: link(r, ""), Count: strconv.Itoa(n), Current: o.Result == r})
		}
	}
	v.Tabs = append([]ui.Tab{{Label: "全部", Href: at, Count: strconv.Itoa(total), Current: o.Result == ""}}, tabs...)
	v.Table = ui.Table{Caption: "每一行的结果", Columns: []ui.Column{{Label: "记录", Full: true}, {Label: "文件里的行", Number: true}, {Label: "结果"}}}
	sums := slices.ContainsFunc(o.Rows, func(x importing.Row) bool { return x.Record != nil && x.Record.Amount != nil })
	if sums {
		v.Table.Columns = append(v.Table.Columns, ui.Column{Label: "金额（元）", Number: true})
	}
	var rows []ui.Row
	for _, x := range o.Rows {
		head, sum := ui.Head("第 "+strconv.Itoa(x.Number)+" 行", "", notWritten[x.Result]), ""
		switch {
		case x.Record != nil:
			head = ui.Head(x.Record.Title, hrefOf(x.Record.Ref), x.Record.Sub)
			if x.Record.Amount != nil {
				sum = x.Record.Amount.String()
			}
		case x.ID != nil:
			head = ui.Head("第 "+strconv.Itoa(x.Number)+" 行", "", "记录已经不在了")
		}
		cells := []ui.Cell{head, ui.T(strconv.Itoa(x.Number)), ui.C(ui.Tag(x.Result.Name(), resultTone(x.Result)))}
		if sums {
			cells = append(cells, ui.T(sum))
		}
		rows = append(rows, ui.Cells(cells...))
	}
	v.Table.Groups = ui.Rows(rows...)
	if o.Next != "" {
		v.Pages.Next = link(o.Result, o.Next)
	}
	if after != "" {
		v.Pages.Previous = link(o.Result, "")
	}
	return v
}

// notWritten says of a row without a record why it has none.
var notWritten = map[importing.Result]string{importing.WasFaulty: "没有写入，改好再上传", importing.WasDoubtful: "没有选是不是同一个，没有写入",
	importing.WasLeftOut: "选了不导入"}

func resultTone(r importing.Result) ui.Tone {
	switch r {
	case importing.Made, importing.Adopted:
		return ui.Good
	case importing.WasFaulty:
		return ui.Bad
	case importing.WasDoubtful, importing.WasOtherway:
		return ui.Warn
	}
	return ui.Mute
}
