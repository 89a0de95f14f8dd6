package importpages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/importing"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// listView is where a file is read in, and what was imported.
type listView struct {
	layout.Page
	Faults  ui.Errors
	May     bool
	Token   string
	Kind    ui.Field
	Options []ui.Option
	File    ui.Field
	Kinds   []kindView
	Table   ui.Table
	Any     bool
	Pages   ui.Pages
}

type kindView struct{ Name, Lead, XLSX, CSV string }

// runView is one import.
type runView struct {
	layout.Page
	Heading, Lead string
	State         string
	Tone          ui.Tone
	Faults        ui.Errors
	Conflict      string
	Again         string // the same file was imported before
	Notes         []string
	Facts         []ui.Fact
	Stats         []ui.Stat
	Waiting, May  bool
	Ready         string // label of the confirmation, "" when nothing can be written
	Undo          string // where it is undone, "" when it cannot be
	Version, Seen string
	Base          string
	Doubts        []doubtView
	FaultTable    ui.Table
	HasFaults     bool
	HintTable     ui.Table // what is worth knowing, and stops nothing
	HasHints      bool
	MoreHints     string
	MoreFaults    string
	Sensitive     bool // the faulty rows hold document numbers
	Outcome       *outcomeView
	MoreDoubts    string
	DifferTable   ui.Table
	HasDiffers    bool
}

type doubtView struct {
	Field ui.Field
	Why   []string
}

// shown is how many faults or doubts a page holds; the file has all of them.
const shown = 200

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	return p.showRun(w, r, http.StatusOK, nil, "")
}

func (p *Pages) showRun(w http.ResponseWriter, r *http.Request, status int, faults ui.Errors, conflict string) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	run, err := p.Imports.Open(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	title := run.Of.Name + "导入"
	v := runView{Page: shell(title, len(faults), layout.Crumb{Label: "批量导入", Href: paths.Imports}), Heading: title, Lead: run.Filename,
		State: run.State.Name(), Tone: tone(run.State), Faults: faults, Conflict: conflict, Notes: run.Notes, May: actor(r).Can(authz.ImportRun),
		Waiting: run.State == importing.Waiting, Version: strconv.Itoa(run.Version), Seen: run.Seen, Base: paths.Import(id.String())}
	v.Sensitive = run.Of.Sensitive()
	if v.May && run.State == importing.Confirmed {
		v.Undo = paths.ImportAct(id.String(), "undoing")
	}
	v.Facts = facts(run)
	if run.Again != nil {
		v.Again = fmt.Sprintf("同一份文件%s已经由%s导入过。没有变化的行不会再写。", moment(run.Again.UploadedAt), run.Again.UploadedBy)
	}
	if v.Waiting {
		v.fill(run)
	} else {
		after := r.URL.Query().Get("after")
		outcome, err := p.Imports.Outcome(r.Context(), actor(r), id, importing.Result(r.URL.Query().Get("result")), after)
		if err != nil {
			return err
		}
		v.Outcome = outcomeOf(outcome, id.String(), run.State == importing.Undone, after)
	}
	return httpserver.Render(w, r, status, runPage(v))
}

func facts(run importing.Preview) []ui.Fact {
	list := []ui.Fact{{Label: "上传", Value: run.UploadedBy + "，" + moment(run.UploadedAt)}, {Label: "行数", Value: strconv.Itoa(run.Rows)},
		{Label: "文件摘要（SHA-256）", Value: run.Digest[:32] + " " + run.Digest[32:]}}
	if run.Planted != nil {
		list = append(list, ui.Fact{Label: "写入", Value: strconv.Itoa(*run.Planted) + " 行，" + run.EndedBy + "，" + moment(*run.EndedAt)})
	} else if run.EndedAt != nil {
		who := run.EndedBy
		if who == "" {
			who = "满 30 天自动"
		}
		list = append(list, ui.Fact{Label: "放弃", Value: who + "，" + moment(*run.EndedAt)})
	}
	if run.UndoneAt != nil {
		list = append(list, ui.Fact{Label: "撤销", Value: run.UndoneBy + "，" + moment(*run.UndoneAt) + "。" + run.UndoReason})
	}
	return list
}

// fill puts the rows of a preview into its tables.
func (v *runView) fill(run importing.Preview) {
	n := func(s importing.State) string { return strconv.Itoa(run.Counts[s]) }
	v.Stats = []ui.Stat{{Label: "可以导入", Value: n(importing.Fresh), Unit: "行", Note: "确认以后写入"},
		{Label: "有问题", Value: n(importing.Faulty), Unit: "行", Note: "不会写入，改好再上传"},
		{Label: "要核对", Value: n(importing.Doubtful), Unit: "行", Note: "没有选之前不写入"},
		{Label: "没有变化", Value: strconv.Itoa(run.Counts[importing.Unchanged] + run.Counts[importing.Changed] + run.Counts[importing.LeftOut]), Unit: "行",
			Note: "其中 " + n(importing.Changed) + " 行和登记的不一样，" + n(importing.LeftOut) + " 行选了不导入"}}
	if n := run.Adopts(); n > 0 {
		v.Notes = append(v.Notes, fmt.Sprintf("其中 %d 行手工登记过：导入会补全它们并公开，不会再记一笔。", n))
	}
	if run.Counts[importing.Fresh] > 0 {
		v.Ready = "确认导入 " + n(importing.Fresh) + " 行"
	}
	var differs []ui.Row
	var open, decided []doubtView
	var faults, hints cellRows
	for _, l := range run.Lines {
		faults.add(l.Number, l.Faults)
		hints.add(l.Number, l.Hints)
		if len(l.Differ) > 0 && len(differs) < shown {
			head := ui.Head("第 "+strconv.Itoa(l.Number)+" 行", "", "")
			if rec, there := run.Records[l.Record]; there {
				head = ui.Head(rec.Title, hrefOf(rec.Ref), "第 "+strconv.Itoa(l.Number)+" 行")
			}
			differs = append(differs, ui.Cells(head, ui.T(strings.Join(l.Differ, "、"))))
		}
		switch {
		case l.State == importing.Doubtful:
			open = append(open, doubt(l))
		case l.State != importing.Faulty && len(l.Doubts) > 0:
			decided = append(decided, doubt(l))
		}
	}
	v.Doubts = append(open, decided...) // what waits for a choice first
	if len(v.Doubts) > shown {
		v.Doubts = v.Doubts[:shown]
	}
	if len(open) > shown {
		v.MoreDoubts = fmt.Sprintf("一共 %d 行要核对，这里先列 %d 行。保存这些选择以后，接着列后面的。", len(open), shown)
	}
	if faults.total > shown {
		v.MoreFaults = fmt.Sprintf("一共 %d 处，这里列出前 %d 处；下载的表格里有全部。", faults.total, shown)
	}
	if hints.total > shown {
		v.MoreHints = fmt.Sprintf("一共 %d 处，这里列出前 %d 处。", hints.total, shown)
	}
	v.FaultTable, v.HasFaults = faults.table("有问题的单元格", "怎样改"), faults.total > 0
	v.HintTable, v.HasHints = hints.table("请留意的单元格", "是什么情况"), hints.total > 0
	v.DifferTable = ui.Table{Caption: "和登记的不一样的行", Columns: []ui.Column{{Label: "行", Full: true}, {Label: "不一样的地方", Full: true}}}
	if v.HasDiffers = len(differs) > 0; v.HasDiffers {
		v.DifferTable.Groups = ui.Rows(differs...)
	}
}

// cellRows are cells of a file with what is said of them, as many as a page shows.
type cellRows struct {
	rows  []ui.Row
	total int
}

func (c *cellRows) add(number int, list []importing.Fault) {
	for _, f := range list {
		if c.total++; c.total > shown {
			continue
		}
		at := f.Address
		if at == "" {
			at = "第 " + strconv.Itoa(number) + " 行"
		}
		c.rows = append(c.rows, ui.Cells(ui.Head(at, "", f.Header), ui.T(blank(clip(f.Typed))), ui.T(f.Message)))
	}
}

func (c *cellRows) table(caption, said string) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "位置", Full: true}, {Label: "填的是", Full: true}, {Label: said, Full: true}}}
	if len(c.rows) > 0 {
		t.Groups = ui.Rows(c.rows...)
	}
	return t
}

func doubt(l *importing.Line) doubtView {
	name := l.Cells[0]
	if len(l.Cells) > 1 && l.Cells[1] != "" {
		name += "，" + l.Cells[1]
	}
	d := doubtView{Field: ui.Field{Name: "row-" + strconv.Itoa(l.Number), Label: "第 " + strconv.Itoa(l.Number) + " 行：" + name, Value: string(l.Choice)}}
	for _, w := range l.Doubts {
		d.Why = append(d.Why, w.Message)
	}
	d.Field.Hint = strings.Join(d.Why, " ")
	return d
}

// clip keeps a long cell short enough to be looked at beside the others.
func clip(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func blank(s string) string {
	if s == "" {
		return "（空）"
	}
	return s
}

// choices of a doubtful row.
var choices = []ui.Option{{Value: string(importing.TheSame), Label: "和登记的是同一个，不导入"}, {Value: string(importing.Another), Label: "核对过，照样导入"},
	{Value: string(importing.Skip), Label: "这次先不导入"}}

// moment is an instant as people read it, in the time of the district.
func moment(t time.Time) string {
	return civil.On(t).String() + " " + t.In(civil.Shanghai).Format("15:04")
}
