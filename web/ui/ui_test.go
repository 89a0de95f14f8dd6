package ui

import (
	"context"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/civil"

	"github.com/a-h/templ"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(WithDemo(context.Background(), true), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever a person typed reaches the page as text, in every component that
// shows it.
func TestEverythingTypedIsEscaped(t *testing.T) {
	t.Parallel()
	const evil = `"><script>x</script><img src=x onerror=y>'`
	f := Field{Name: "n", Label: evil, Hint: evil, Error: evil, Value: evil, Unit: evil, Max: 9, Date: DateParts{evil, evil, evil}}
	options := []Option{{Value: evil, Label: evil, Hint: evil, Group: evil}}
	date := civil.MustParse("2026-10-09")
	for name, c := range map[string]templ.Component{
		"text": Text(f), "number": Number(f), "money": Money(f), "area": TextArea(f), "select": Select(f, options),
		"radios": Radios(f, options), "checkboxes": Checkboxes(f, options, []string{evil}), "tick": Tick(f), "date": Date(f),
		"file": File(f), "password": Password(f), "read-only": ReadOnly(f), "hidden": Hidden(evil, evil), "token": Token(evil),
		"summary": ErrorSummary(Errors{{Name: evil, Label: evil, Message: evil}}, true),
		"submit":  Submit(evil), "submit as": SubmitAs(evil, evil, evil), "stop": Stop(evil), "link": Link(evil, "/"), "go": Go(evil, "/"),
		"copy": CopyButton(evil, evil), "print": PrintButton(evil), "tag": Tag(evil, Bad), "stars": Stars(2, evil),
		"tasks":   Tasks([]Task{{Label: evil, Href: "/", State: evil, Hint: evil}}),
		"uploads": Uploads([]Upload{{What: evil, Need: evil, State: evil, File: evil, Say: evil, ID: evil, Act: UploadForm(UploadTo{Action: "/", Label: evil, Accept: evil, Token: evil, Button: evil, ID: evil})}}),
		"facts":   Facts([]Fact{F(evil, evil)}), "stats": Stats([]Stat{{evil, evil, evil, evil}}),
		"timeline": Timeline([]Event{{On: date, Title: evil, Text: evil}, {When: evil, Title: evil}}),
		"versions": Versions([]Version{{evil, evil, evil}}), "clock": ClockMark(Stopped(5, 2, evil)),
		"days": Days(evil, []Day{{Head: evil, Number: evil, Count: evil, Note: evil}}),
		"head": PageHead(evil, evil), "band": Band(evil, evil), "note": Note(Info, evil), "empty": Empty(evil), "panel": Panel(evil, Bad),
		"decision": Decision(evil), "verdict": Verdict(evil, evil), "fold": Fold(evil), "details": Details(evil),
		"facets": Facets([]Facet{{Title: evil, Options: []FacetOption{{Label: evil, Href: "/", Count: 1}}}}),
		"chips":  Chips([]Chip{{evil, "/"}}, "/"), "pager": Pager(Pages{Where: evil}), "tabs": Tabs(evil, []Tab{{Label: evil, Count: evil}}),
		"letter": LetterPage(Letter{Office: evil, Number: evil, Title: evil, To: evil, Date: evil}),
		"review": ReviewPage(Review{Title: evil, Effect: evil, Facts: []Fact{F(evil, evil)}, Submit: evil, Token: evil, Carry: []Pair{{evil, evil}}}),
		"table":  DataTable(Table{Caption: evil, Columns: []Column{{Label: evil}}, Groups: []Group{{Title: evil, Rows: []Row{Cells(Cell{Text: evil, Sub: evil, Demo: true})}}}}),
		"map":    DistrictMap(Map{Label: evil, Areas: []Area{{Name: evil, Tiles: []Tile{{Name: evil, Value: evil, Label: evil, Href: "/"}, {Name: evil}}}}}),
		"scale":  MapScale(evil, evil),
	} {
		got := render(t, c)
		if strings.Contains(got, "<script") || strings.Contains(got, "<img") || strings.Contains(got, evil) {
			t.Errorf("%s lets markup through: %s", name, got)
		}
		if !strings.Contains(got, "script&gt;x") {
			t.Errorf("%s does not show what was typed: %s", name, got)
		}
	}
}

func TestLinksThatRunCodeAreDefused(t *testing.T) {
	t.Parallel()
	for _, c := range []templ.Component{
		Link("x", "javascript:alert(1)"), ButtonLink("x", "javascript:alert(1)"), Facts([]Fact{{Label: "x", Change: "javascript:alert(1)"}}),
		Tasks([]Task{{Label: "x", Href: "javascript:alert(1)"}}), DataTable(Table{Columns: []Column{{}}, Groups: Rows(Cells(Cell{Text: "x", Href: "javascript:alert(1)"}))}),
	} {
		if got := render(t, c); strings.Contains(got, "javascript:") {
			t.Errorf("runs code: %s", got)
		}
	}
}

func TestFieldTiesHintErrorAndLength(t *testing.T) {
	t.Parallel()
	got := render(t, TextArea(Field{Name: "why", Label: "理由", Hint: "写清", Error: "太短", Max: 200, Optional: true}))
	for _, want := range []string{
		`for="why"`, `id="why"`, `aria-describedby="why-hint why-error why-count"`, `id="why-hint"`, `id="why-error"`, `id="why-count"`,
		`aria-invalid="true"`, `data-max="200"`, "（可不填）",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s: %s", want, got)
		}
	}
	plain := render(t, Text(Field{Name: "why", Label: "理由"}))
	for _, never := range []string{"aria-describedby", "aria-invalid", "可不填", "inputmode", "autocomplete"} {
		if strings.Contains(plain, never) {
			t.Errorf("a plain field has %s: %s", never, plain)
		}
	}
}

// A text area keeps a first empty line: HTML drops the one after the tag.
func TestTextAreaKeepsItsFirstLine(t *testing.T) {
	t.Parallel()
	if got := render(t, TextArea(Field{Name: "a", Value: "\n第二行"})); !strings.Contains(got, ">\n\n第二行</textarea>") {
		t.Errorf("%q", got)
	}
}

func TestPasswordIsNeverRepeated(t *testing.T) {
	t.Parallel()
	if got := render(t, Password(Field{Name: "p", Label: "密码", Value: "secret"})); strings.Contains(got, "secret") {
		t.Errorf("the page repeats the password: %s", got)
	}
}

func TestDateBoxes(t *testing.T) {
	t.Parallel()
	got := render(t, Date(Field{Name: "held", Label: "活动日期", Autocomplete: "bday", Date: DateOf(civil.MustParse("2026-09-05"))}))
	for _, want := range []string{`id="held" name="held-year"`, `name="held-month"`, `name="held-day"`, `value="2026"`, `value="9"`, `value="5"`, `autocomplete="bday-year"`} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s: %s", want, got)
		}
	}
	if DateOf(civil.Date{}) != (DateParts{}) {
		t.Error("no date fills the boxes")
	}
}

func TestDeadlineSaysWhatTheCellsShow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		total, left, used int
		words             string
		tone              Tone
	}{
		{10, 6, 4, "还剩 6 个工作日", Good}, {10, 2, 8, "还剩 2 个工作日", Good}, {10, 1, 9, "还剩 1 个工作日", Warn},
		{10, 0, 10, "今天到期", Warn}, {10, -1, 10, "超期 1 个工作日", Bad}, {10, 12, 0, "还剩 12 个工作日", Good},
	} {
		got := Deadline(c.total, c.left)
		if got.Used != c.used || got.Words != c.words || got.Tone != c.tone {
			t.Errorf("Deadline(%d, %d) = %+v", c.total, c.left, got)
		}
		page := render(t, ClockMark(got))
		if filled, cells := strings.Count(page, `class="u"`), strings.Count(page, "<rect"); filled != c.used || cells != c.total {
			t.Errorf("%d of %d cells filled, want %d of %d", filled, cells, c.used, c.total)
		}
	}
	if page := render(t, ClockMark(Deadline(60, 41))); strings.Contains(page, "<rect") {
		t.Error("sixty cells cannot be counted at a glance")
	}
}

// The mark is data: a new community gives a new tile and moves nothing else.
func TestMarkHasOneTileForEachCommunity(t *testing.T) {
	t.Parallel()
	now := newMark([]int{4, 4, 4, 3, 4, 4})
	if len(now.Tiles) != 23 || now.ViewBox != "0 0 54.5 35" {
		t.Fatalf("%d tiles in %s", len(now.Tiles), now.ViewBox)
	}
	then := newMark([]int{4, 4, 4, 4, 4, 4})
	if len(then.Tiles) != 24 || then.ViewBox != now.ViewBox {
		t.Errorf("%d tiles in %s", len(then.Tiles), then.ViewBox)
	}
	for _, s := range now.Tiles {
		if !slices.Contains(then.Tiles, s) {
			t.Errorf("tile at %v moved", s)
		}
	}
	five := newMark([]int{5, 4, 4, 3, 4, 4})
	seen := map[spot]bool{}
	for _, s := range five.Tiles {
		if seen[s] {
			t.Errorf("two tiles at %v", s)
		}
		seen[s] = true
	}
	if len(five.Tiles) != 24 {
		t.Errorf("%d tiles for 24 communities", len(five.Tiles))
	}
}

// A tile is read as its label, and what is seen is part of that in order.
func TestTileIsReadAsItsLabel(t *testing.T) {
	t.Parallel()
	for _, c := range []Tile{
		{Name: "坪环", Value: "9 个", Label: "马峦街道坪环社区，9 个"},
		{Name: "坪山", Value: "13 个", Label: "坪山街道坪山社区，13 个"},
		{Name: "田头", Label: "石井街道田头社区"},
	} {
		v := newTile(c, spot{})
		read := v.Before + v.Name
		if v.Value != "" {
			read += v.Between + v.Value
		}
		if read += v.After; read != c.Label {
			t.Errorf("read as %q, want %q", read, c.Label)
		}
	}
}

func TestFacetsLeaveOutWhatLeadsNowhere(t *testing.T) {
	t.Parallel()
	f := Facet{Title: "街道", Options: []FacetOption{{Label: "甲", Count: 2}, {Label: "乙"}, {Label: "丙", Current: true}}}
	got := render(t, Facets([]Facet{f, {Title: "空", Options: []FacetOption{{Label: "丁"}}}}))
	if !strings.Contains(got, "甲") || !strings.Contains(got, "丙") || strings.Contains(got, "乙") || strings.Contains(got, "空") {
		t.Errorf("%s", got)
	}
}

func TestTableKeepsItsRolesAsCards(t *testing.T) {
	t.Parallel()
	got := render(t, DataTable(Table{
		Caption: "组织", Columns: []Column{{Label: "名称"}, {Label: "金额", Number: true}, {Label: "办理", Hidden: true}},
		Groups: Rows(Cells(Head("甲", "/a", "备案"), T("1.00"), T(""))),
		Foot:   []Row{Cells(Cell{Text: "合计", Head: true, Span: 2}, T("x"))},
	}))
	for _, want := range []string{
		`role="table"`, `role="columnheader"`, `role="rowheader"`, `data-label="金额"`, `class="n"`, `class="none"`, `colspan="2"`, `<span class="sr">办理</span>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %s: %s", want, got)
		}
	}
	if strings.Contains(got, `data-label="办理"`) || strings.Contains(got, `data-label="名称"`) {
		t.Errorf("a card repeats the label of its heading or its actions: %s", got)
	}
}

func TestDemoMarkOnlyInDemoMode(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Demo().Render(context.Background(), &b); err != nil || b.Len() > 0 {
		t.Errorf("%q, %v", b.String(), err)
	}
	if got := render(t, Demo()); !strings.Contains(got, "演示") {
		t.Errorf("%q", got)
	}
}

func TestNothingWrongNoSummary(t *testing.T) {
	t.Parallel()
	if got := render(t, ErrorSummary(nil, true)); got != "" {
		t.Errorf("%q", got)
	}
}
