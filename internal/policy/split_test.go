package policy_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
)

// The policy of 2017, put together from its articles, comes apart into the same
// articles: path, number, heading and text, nothing lost.
func TestThePolicyOf2017ComesApart(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	want := read(t, db.App, func(ctx context.Context, q postgres.Querier) ([]policy.Article, error) {
		d, _, err := policy.DocumentOn(ctx, q, on("2018-01-01"))
		if err != nil {
			return nil, err
		}
		return policy.Articles(ctx, q, d.ID)
	})[1:] // the cover letter has no mark of its own
	var lines []string
	for _, a := range want {
		if a.Title != "" {
			lines = append(lines, "　　"+a.Number+a.Title, a.Text)
		} else {
			lines = append(lines, "  "+a.Number+a.Text)
		}
	}
	got := policy.Split(strings.ReplaceAll(strings.Join(lines, "\r\n\r\n"), "（二）主要对象", "(二)主要对象"))
	if len(got) != len(want) {
		t.Fatalf("%d articles, want %d", len(got), len(want))
	}
	for i, a := range got {
		w := want[i]
		if a.Path != w.Path || a.Number != w.Number || a.Title != w.Title || a.Text != w.Text || a.Ordinal != i+1 {
			t.Errorf("article %d is %+v,\nwant %+v", i, a, w)
		}
		if a.Label == "" {
			t.Errorf("article %s has no name", a.Path)
		}
	}
	if got[10].Label != "孵化关爱工程" {
		t.Errorf("the programme's article is called %q", got[10].Label)
	}
}

func TestRulesInChaptersComeApart(t *testing.T) {
	t.Parallel()
	got := policy.Split("第一章　总则\n第一条　为规范扶持工作，制定本细则。\n第二条 本细则所称社区社会组织包括：\n（一）登记的；\n（二）备案的。\n1、章程\n第二章 申请\n第十二条　符合条件的可以申请。\n\n本细则自2026年12月1日起施行。\n区民政局")
	var all []string
	for _, a := range got {
		all = append(all, a.Path+"|"+a.Number+"|"+a.Title+"|"+a.Text)
	}
	want := []string{"第一章|第一章|总则|", "第一条|第一条||为规范扶持工作，制定本细则。", "第二条|第二条|本细则所称社区社会组织包括：|",
		"第二条（一）|（一）|登记的；|", "第二条（二）|（二）||备案的。", "第二条（二）1|1、|章程|", "第二章|第二章|申请|", "第十二条|第十二条||符合条件的可以申请。",
		"附则|||本细则自2026年12月1日起施行。\n区民政局"}
	if strings.Join(all, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(all, "\n"), strings.Join(want, "\n"))
	}
	if len(policy.Split(" \n　\n")) != 0 {
		t.Error("articles out of nothing")
	}
}

// FuzzSplit: whatever is pasted, nothing of it is lost and nothing panics.
func FuzzSplit(f *testing.F) {
	f.Add("一、总则\n（一）目标。做到。\n1.一\n（1）二")
	f.Add("第一条 x\n(十二)y\n前言")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // a form takes no such text
		}
		keep := func(s string) string {
			return strings.Map(func(r rune) rune {
				if strings.ContainsRune(" \t\r\n　()（）", r) {
					return -1
				}
				return r
			}, s)
		}
		var all strings.Builder
		for _, a := range policy.Split(text) {
			if a.Path == "" || a.Label == "" {
				t.Fatalf("an article without name: %+v", a)
			}
			all.WriteString(a.Number + a.Title + a.Text)
		}
		if keep(all.String()) != keep(text) {
			t.Errorf("%q became %q", text, all.String())
		}
	})
}
