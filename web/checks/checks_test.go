package checks_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
	"civilaffairs/web/checks"

	"github.com/PuerkitoBio/goquery"
)

var on = civil.MustParse("2026-10-09")

// draw renders lines and returns the page part.
func draw(t *testing.T, links checks.Links, lines ...funding.Line) *goquery.Document {
	t.Helper()
	var b strings.Builder
	if err := checks.LinesTable("条件", lines, on, links).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(b.String()))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func TestLastColumnSaysWhenAndWhatToDo(t *testing.T) {
	t.Parallel()
	flips := civil.MustParse("2026-11-23")
	links := checks.Links{Act: func(act string) (string, string) { return "去" + act, "/do/" + act }}
	for name, c := range map[string]struct {
		line funding.Line
		says string
		link string
	}{
		"met":                 {funding.Line{Answer: funding.Met, Remedy: "别的", Act: "x"}, "已满足", ""},
		"met for a while":     {funding.Line{Answer: funding.Met, Flips: flips}, "满足到 2026年11月22日", ""},
		"unmet until a day":   {funding.Line{Answer: funding.Unmet, Flips: flips, Remedy: "等"}, "2026年11月23日还有 45 天", ""},
		"unmet until an act":  {funding.Line{Answer: funding.Unmet, Remedy: "报制度", Act: "systems"}, "报制度去systems", "/do/systems"},
		"unknown":             {funding.Line{Answer: funding.Unknown, Remedy: "由经办人查询"}, "由经办人查询", ""},
		"note":                {funding.Line{Answer: funding.Note}, "不影响结果", ""},
		"note with an advice": {funding.Line{Answer: funding.Note, Remedy: "会核实"}, "会核实", ""},
	} {
		cell := draw(t, links, c.line).Find("tbody td").Last()
		if got := strings.Join(strings.Fields(cell.Text()), " "); strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(c.says, " ", "") {
			t.Errorf("%s: %q", name, got)
		}
		if got := cell.Find("a").AttrOr("href", ""); got != c.link {
			t.Errorf("%s leads to %q", name, got)
		}
	}
}

func TestSources(t *testing.T) {
	t.Parallel()
	fixed := funding.Line{Answer: funding.Met, Source: funding.Source{Document: "《实施意见》", Article: "三（二）1（1）"}}
	pending := funding.Line{Answer: funding.Met, Source: funding.Source{Document: "参数 1 版", Article: "资格排除", Pending: true}}
	links := checks.Links{Document: "d", Values: "/guides/startup#values"}
	for name, c := range map[string]struct {
		links   checks.Links
		line    funding.Line
		href    string
		explain bool
	}{
		"article":           {links, fixed, "/policies/d#a-3-2-1-1", false},
		"parameter":         {links, pending, "/guides/startup#values", true},
		"nothing to link":   {checks.Links{}, fixed, "", false},
		"staff know":        {checks.Links{Values: "/v", Staff: true}, pending, "/v", false},
		"parameter, no way": {checks.Links{}, pending, "", true},
	} {
		doc := draw(t, c.links, c.line)
		if got := doc.Find("tbody a").AttrOr("href", ""); got != c.href {
			t.Errorf("%s leads to %q", name, got)
		}
		if marked := strings.Contains(doc.Find("tbody").Text(), "待确认"); marked != c.line.Source.Pending {
			t.Errorf("%s: marked %v", name, marked)
		}
		if explained := strings.Contains(doc.Text(), checks.PendingWords); explained != c.explain {
			t.Errorf("%s: explained %v", name, explained)
		}
	}
}

func TestClosedSaysWhy(t *testing.T) {
	t.Parallel()
	d := policy.Document{Title: "意见", EffectiveFrom: civil.MustParse("2017-09-28"), EffectiveTo: civil.MustParse("2020-09-27")}
	if got := checks.Closed(d, on); !strings.Contains(got, "2017年9月28日至2020年9月27日") || !strings.Contains(got, "已失效") {
		t.Error(got)
	}
	if got := checks.Closed(d, civil.MustParse("2017-09-27")); !strings.Contains(got, "自2017年9月28日起施行") {
		t.Error(got)
	}
}
