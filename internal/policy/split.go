package policy

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// level is one way of numbering articles, from the outermost to the innermost.
type level struct {
	head *regexp.Regexp // its first group is the number within the path
	path string         // how the number is written in the path: （%）
	root bool           // counted through the whole document: the path begins anew
}

// levels are those of official documents: 一、 （一） 1. （1）, and of rules in
// chapters: 第一章 第一节 第一条.
var levels = []level{
	{regexp.MustCompile(`^第([一二三四五六七八九十]+)章[\s　]*`), "第%章", true},
	{regexp.MustCompile(`^第([一二三四五六七八九十]+)节[\s　]*`), "第%节", false},
	{regexp.MustCompile(`^第([一二三四五六七八九十]+)条[\s　]*`), "第%条", true},
	{regexp.MustCompile(`^([一二三四五六七八九十]+)、`), "%", true},
	{regexp.MustCompile(`^[（(]([一二三四五六七八九十]+)[）)]`), "（%）", false},
	{regexp.MustCompile(`^([0-9]{1,2})[.．、]`), "%", false},
	{regexp.MustCompile(`^[（(]([0-9]{1,2})[）)]`), "（%）", false},
}

// closing is the paragraph that says from when a document holds.
var closing = regexp.MustCompile(`^本(意见|办法|细则|规定|措施|方案|通知|规则)自.{0,40}施行`)

// Characters of what is taken for a heading, and of what an article is called.
const longestHeading, longestLabel = 40, 24

// Split takes the published text of a document apart into articles, as a starting
// point for whoever enters it: what stands before the first number is 前言, the
// paragraph on force 附则. Nothing of the text is left out; half-width brackets
// of a number are set full width.
func Split(text string) []Article {
	var out []Article
	var open [7]string // the path of the article of each level that is open
	for line := range strings.SplitSeq(text, "\n") {
		line = strings.Trim(line, " \t\r　")
		if line == "" {
			continue
		}
		a, depth, begins := begin(line, &open)
		switch {
		case begins:
			clear(open[depth+1:])
			out = append(out, a)
		case closing.MatchString(line):
			clear(open[:])
			out = append(out, Article{Path: "附则", Label: "施行和有效期", Text: line})
		case len(out) == 0:
			out = append(out, Article{Path: "前言", Label: "前言", Text: line})
		default:
			last := &out[len(out)-1]
			last.Text = strings.TrimPrefix(last.Text+"\n"+line, "\n")
		}
	}
	for i := range out {
		out[i].Ordinal = i + 1
	}
	return out
}

// begin returns the article that a numbered line opens, and its level.
func begin(line string, open *[7]string) (a Article, depth int, ok bool) {
	for i, l := range levels {
		m := l.head.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		parent := ""
		for j := i - 1; j >= 0 && !l.root && parent == ""; j-- {
			parent = open[j]
		}
		number, rest := strings.NewReplacer("(", "（", ")", "）").Replace(strings.Trim(m[0], " \t　")), line[len(m[0]):]
		a = Article{Path: parent + strings.Replace(l.path, "%", m[1], 1), Number: number}
		open[i] = a.Path
		first, _, sentence := strings.Cut(rest, "。")
		if !sentence && utf8.RuneCountInString(rest) <= longestHeading {
			a.Title, a.Label = rest, rest
		} else {
			a.Text, a.Label = rest, first
		}
		a.Label = labelOf(a)
		return a, i, true
	}
	return Article{}, 0, false
}

// carriedOut is an article that sets up something with a name: 实施“孵化关爱工程”.
var carriedOut = regexp.MustCompile(`^实施“([^”]+)”`)

// labelOf shortens what an article is called; one that carries out something
// bears its name, one without words its path.
func labelOf(a Article) string {
	if m := carriedOut.FindStringSubmatch(a.Label); m != nil {
		return m[1]
	}
	label := a.Label
	if first, _, more := strings.Cut(strings.ReplaceAll(label, ",", "，"), "，"); more && utf8.RuneCountInString(label) > longestLabel {
		label = first
	}
	switch runes := []rune(label); {
	case len(runes) == 0:
		return a.Path
	case len(runes) > longestLabel:
		return string(runes[:longestLabel-1]) + "…"
	}
	return label
}
