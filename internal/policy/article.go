package policy

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Article is one article of a document, verbatim.
type Article struct {
	Ordinal int    `db:"ordinal"`
	Path    string `db:"path"`   // how it is cited: 三（二）1（1）
	Label   string `db:"label"`  // what it is called in lists and links
	Number  string `db:"number"` // as printed before it
	Title   string `db:"title"`  // heading line of its own, "" when the text runs on
	Text    string `db:"text"`   // paragraphs separated by line feeds
}

// Paragraphs returns the text in paragraphs.
func (a Article) Paragraphs() []string {
	if a.Text == "" {
		return nil
	}
	return strings.Split(a.Text, "\n")
}

// Depth returns how deep the article lies: 1 for 三, 2 for 三（二）, 3 for 三（二）1, 4 below.
func (a Article) Depth() int { return strings.Count(Anchor(a.Path), "-") }

// Articles returns the articles of a document in order.
func Articles(ctx context.Context, q postgres.Querier, document uuid.UUID) ([]Article, error) {
	return postgres.All[Article](ctx, q, articlesSQL, document)
}

const articlesSQL = `select ordinal, path, label, number, title, text from policy_article where document_id = $1 order by ordinal`

// named are the parts of a document that bear no number.
var named = map[string]string{"通知": "a-notice", "前言": "a-preface", "附则": "a-closing", "演示说明": "a-demo"}

// units are what a number of an article may count, with the mark of the anchor.
var units = map[rune]string{'章': "c", '节': "s", '条': "t", '款': "k", '项': "x"}

// Anchor returns the fragment under which the article with path stands on its
// document's page: 三（二）1（1） → a-3-2-1-1, 第十二条（三） → a-t12-3. Rules link to
// it. Words that are not numbers, 前言 or 附则, have a name of their own; any other
// path is spelled out, so that no two paths meet by accident.
func Anchor(path string) string {
	if a, ok := named[path]; ok {
		return a
	}
	var b strings.Builder
	b.WriteString("a")
	runes := []rune(path)
	for i := 0; i < len(runes); {
		r := runes[i]
		if strings.ContainsRune("第（）().．、", r) {
			i++
			continue
		}
		n, used := numeral(runes[i:])
		if used == 0 {
			return fmt.Sprintf("a-x%x", path)
		}
		i += used
		mark := ""
		if i < len(runes) {
			if mark = units[runes[i]]; mark != "" {
				i++
			}
		}
		fmt.Fprintf(&b, "-%s%d", mark, n)
	}
	return b.String()
}

// numeral reads the number at the head of s, in Chinese up to 九十九 or in digits,
// and how many characters it takes; 0 characters when there is none.
func numeral(s []rune) (n, used int) {
	const digits = "一二三四五六七八九"
	for used < len(s) && s[used] >= '0' && s[used] <= '9' && used < 4 {
		n, used = n*10+int(s[used]-'0'), used+1
	}
	if used > 0 {
		return n, used
	}
	for used < len(s) {
		i := slices.Index([]rune(digits), s[used])
		switch {
		case i >= 0:
			n += i + 1
		case s[used] == '十' && n <= 9:
			n = max(n, 1) * 10
		default:
			return n, used
		}
		used++
		if i >= 0 && (used == len(s) || s[used] != '十') { // a unit digit ends the number
			return n, used
		}
	}
	return n, used
}

// Limits of a document, well above any that is published.
const (
	maxArticles = 300
	maxText     = 20_000
)

// articleFaults says what is wrong with one article, by the field of its form.
func articleFaults(a Article) []errs.Field {
	var f []errs.Field
	length := func(name, label, value string, least, most int) {
		if n := utf8.RuneCountInString(value); n < least {
			f = append(f, errs.Field{Name: name, Label: label, Message: label + "还没有填。在这里填上"})
		} else if n > most {
			f = append(f, errs.Field{Name: name, Label: label, Message: fmt.Sprintf("%s最多 %d 字，现在是 %d 字。删去 %d 字", label, most, n, n-most)})
		}
	}
	length("path", "引用写法", a.Path, 1, 30)
	length("label", "条目名称", a.Label, 1, 60)
	length("number", "序号", a.Number, 0, 20)
	length("title", "标题行", a.Title, 0, 100)
	length("text", "正文", a.Text, 0, maxText)
	if a.Title == "" && a.Text == "" {
		f = append(f, errs.Field{Name: "text", Label: "正文", Message: "标题行和正文至少写一个"})
	}
	return f
}

// listFaults says what is wrong with the articles of a document together: two
// that are cited alike.
func listFaults(list []Article) []errs.Field {
	if len(list) > maxArticles {
		return []errs.Field{{Name: "text", Label: "全文", Message: fmt.Sprintf("分出了 %d 条，最多 %d 条。合并一些条目", len(list), maxArticles)}}
	}
	byAnchor := map[string]Article{}
	for _, a := range list {
		if other, taken := byAnchor[Anchor(a.Path)]; taken {
			return []errs.Field{{Name: "path", Label: "引用写法", Message: fmt.Sprintf("“%s”和已有的“%s”会指到同一处。改成不同的写法", a.Path, other.Path)}}
		}
		byAnchor[Anchor(a.Path)] = a
	}
	return nil
}

// placed returns list with a saved: in the place of ordinal, or, for ordinal 0,
// behind the article after (0 puts it first).
func placed(list []Article, a Article, ordinal, after int) ([]Article, error) {
	list = slices.Clone(list)
	switch {
	case ordinal > 0 && ordinal <= len(list):
		list[ordinal-1] = a
	case ordinal == 0 && after >= 0 && after <= len(list):
		list = slices.Insert(list, after, a)
	default:
		return nil, noArticle()
	}
	return list, nil
}

// moved returns list with the article at ordinal one place up or down.
func moved(list []Article, ordinal int, up bool) ([]Article, error) {
	other := ordinal + 1
	if up {
		other = ordinal - 1
	}
	if ordinal < 1 || ordinal > len(list) {
		return nil, noArticle()
	}
	list = slices.Clone(list)
	if other >= 1 && other <= len(list) {
		list[ordinal-1], list[other-1] = list[other-1], list[ordinal-1]
	}
	return list, nil
}

// without returns list without the article at ordinal.
func without(list []Article, ordinal int) ([]Article, error) {
	if ordinal < 1 || ordinal > len(list) {
		return nil, noArticle()
	}
	return slices.Delete(slices.Clone(list), ordinal-1, ordinal), nil
}

func noArticle() error {
	return errs.New(errs.NotFound, "没有这一条。可能刚刚调整过，请重新打开页面。")
}
