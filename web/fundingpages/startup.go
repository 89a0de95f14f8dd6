package fundingpages

import (
	"encoding/json"
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/web/applying"
	"civilaffairs/web/checks"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// startupPage is what start-up support shows of its own.
type startupPage struct{}

func (startupPage) Section(v applying.SectionView) templ.Component {
	switch v.Section.Key {
	case "organization":
		return organizationSection(v)
	case "activities":
		return startupActivities(v)
	case "plan":
		return startupPlan(planOf(v))
	default:
		return payeeSection(v, payeeOptions(contextOf(v.Form).Payees))
	}
}

// Trial is the trial of start-up support.
func (startupPage) Trial() checks.Trial { return startupTrial{} }

// planView is the table of uses with its sum.
type planView struct {
	applying.SectionView
	Limit string // the most that this organization may ask for
	Rows  []planRow
	Uses  []ui.Option
	Sum   string
}

type planRow struct {
	N                      int
	Category, Item, Amount ui.Field
}

// emptyRows is how many free rows follow the filled ones.
const emptyRows = 2

func planOf(v applying.SectionView) planView {
	c := contextOf(v.Form)
	p := planView{SectionView: v, Limit: startup.LimitOf(c).String(), Uses: useOptions()}
	last := 3
	var sum money.Fen
	for i := 1; i <= startup.MaxLines; i++ {
		for _, part := range []string{"category", "item", "amount"} {
			if v.Values.Get(startup.LineControl(i, part)) != "" {
				last = max(last, i+emptyRows)
			}
		}
		if fen, err := money.Parse(v.Values.Get(startup.LineControl(i, "amount"))); err == nil {
			sum += fen
		}
	}
	for i := 1; i <= min(last, startup.MaxLines); i++ {
		p.Rows = append(p.Rows, planRow{N: i, Category: rowField(v, i, "category", "用途"), Item: rowField(v, i, "item", "买什么、做什么"), Amount: rowField(v, i, "amount", "金额（元）")})
	}
	p.Sum = sum.String()
	return p
}

func rowField(v applying.SectionView, i int, part, label string) ui.Field {
	f := v.Field("lines", startup.LineControl(i, part), label)
	f.Hint = ""
	if part == "amount" {
		f.InputMode = "decimal"
	}
	return f
}

func useOptions() []ui.Option {
	options := []ui.Option{{Value: "", Label: "选用途"}}
	for _, u := range startup.Uses {
		options = append(options, ui.Option{Value: u.Key, Label: u.Name})
	}
	return options
}

// Typed lists what was typed in a part.
func (startupPage) Typed(f application.Form, section string) []ui.Fact {
	document, _ := f.Kind.Read(f.Values, f.Subject)
	a, _ := document.(startup.Application) // Read always returns one, however incomplete
	for _, part := range startupAnswers(a) {
		if part.Key == section {
			return applying.TypedOver(f, part.Facts)
		}
	}
	return nil
}

// Words names a use and an account; everything else says itself.
func (startupPage) Words(f application.Form, control, typed string) string {
	switch {
	case typed == "":
		return "没有填"
	case strings.HasSuffix(control, "-category"):
		return startup.UseName(typed)
	case control == "payee":
		return payeeWords(f, typed)
	}
	return typed
}

// Signed lists the answers of a signed application.
func (startupPage) Signed(v application.View) ([]applying.Answers, error) {
	var a startup.Application
	if err := json.Unmarshal(v.Signed, &a); err != nil {
		return nil, err
	}
	return applying.AnswersOf(startupAnswers(a)), nil
}

func startupAnswers(a startup.Application) []applying.Part {
	amount := ""
	if a.Amount > 0 {
		amount = a.Amount.String() + " 元"
	}
	lines := applying.Named{Control: "lines", Fact: ui.F("用途明细", "")}
	if len(a.Lines) > 0 {
		lines.Body = usesTable(a)
	}
	return []applying.Part{
		applying.PartOf("plan", "申请金额和用途", applying.Answer("amount", "申请金额", amount), lines, applying.Answer("purpose", "预期作用", a.Purpose)),
		applying.PartOf("activities", "已开展的活动", applying.Answer("activities", "已开展的活动", a.Activities)),
		payeeAnswers(a.Payee), contactAnswers(a.Contact),
	}
}

func usesTable(a startup.Application) templ.Component {
	rows := make([]ui.Row, len(a.Lines))
	var sum money.Fen
	for i, u := range a.Lines {
		sum += u.Amount
		rows[i] = ui.Cells(ui.Head(u.Item, "", ""), ui.T(startup.UseName(u.Category)), ui.T(u.Amount.String()))
	}
	return ui.DataTable(ui.Table{
		Caption: "用途明细，" + strconv.Itoa(len(a.Lines)) + " 行", Groups: ui.Rows(rows...), Dense: true,
		Columns: []ui.Column{{Label: "买什么、做什么"}, {Label: "用途"}, {Label: "金额（元）", Number: true}},
		Foot:    []ui.Row{ui.Cells(ui.Cell{Text: "合计", Span: 2, Head: true}, ui.T(sum.String()))},
	})
}
