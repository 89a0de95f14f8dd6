// Package policy holds the policy documents in articles with their force, and
// the effective-dated editions of parameters under which cases are decided.
// Level 3; owns the tables policy_document, policy_article, policy_edition and
// policy_parameter.
//
// Force is tested at submission (policy, closing paragraph: in force for three
// years from 2017-09-28). A case pins the edition it was submitted under, so an
// approved edition never changes. A parameter whose value is not from the policy
// text is 待确认 until the bureau confirms it, and is shown so.
package policy

import (
	"context"
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Document is a dated policy document.
type Document struct {
	ID            uuid.UUID  `db:"id"`
	Slug          string     `db:"slug"` // names it in its address
	Kind          string     `db:"kind"` // policy, or rules under it
	No            string     `db:"no"`   // 文号, "" when the published text carries none
	Title         string     `db:"title"`
	IssuedBy      string     `db:"issued_by"`
	IssuedOn      civil.Date `db:"issued_on"`
	EffectiveFrom civil.Date `db:"effective_from"`
	EffectiveTo   civil.Date `db:"effective_to"` // last day of force, zero while no end is set
	ArchivedOn    civil.Date `db:"archived_on"`
	Source        string     `db:"source"` // where the text was published
	Demo          bool       `db:"demo"`   // invented for showing the portal
}

// Force is whether a document binds on a day.
type Force string

// The states of force, derived from the dates and never stored.
const (
	Coming  Force = "coming"
	InForce Force = "in_force"
	Lapsed  Force = "lapsed"
)

// Name returns what the official page calls the state of force.
func (f Force) Name() string {
	switch f {
	case Coming:
		return "尚未施行"
	case InForce:
		return "有效"
	default:
		return "已失效"
	}
}

// ForceOn returns whether the document is in force on date on; the last day counts.
func (d Document) ForceOn(on civil.Date) Force {
	switch {
	case on.Before(d.EffectiveFrom):
		return Coming
	case d.EffectiveTo.IsZero() || !on.After(d.EffectiveTo):
		return InForce
	default:
		return Lapsed
	}
}

// Period returns the time of force in words.
func (d Document) Period() string {
	if d.EffectiveTo.IsZero() {
		return d.EffectiveFrom.Chinese() + "起"
	}
	return d.EffectiveFrom.Chinese() + "至" + d.EffectiveTo.Chinese()
}

const documentColumns = `id, slug, kind, no, title, issued_by, issued_on, effective_from, effective_to, archived_on, source, demo`

// documentOn picks the policy in force on $1, or else the one nearest to it.
const documentOn = `kind = 'policy' order by effective_from <= $1 desc, abs(effective_from - $1::date) limit 1`

// DocumentOn returns the policy in force on date on and true. Outside force it
// returns the one that lapsed last (before any, the first to come) and false.
// errs.NotFound only when no policy is recorded at all.
func DocumentOn(ctx context.Context, q postgres.Querier, on civil.Date) (Document, bool, error) {
	d, err := postgres.One[Document](ctx, q, `select `+documentColumns+` from policy_document where `+documentOn, on)
	if err != nil {
		return Document{}, false, fmt.Errorf("policy document on %s: %w", on, err)
	}
	return d, d.ForceOn(on) == InForce, nil
}

// ForceNotice returns what to tell people when no policy is in force on date on,
// "" when one is.
func ForceNotice(ctx context.Context, q postgres.Querier, on civil.Date) (string, error) {
	d, in, err := DocumentOn(ctx, q, on)
	if err != nil || in {
		return "", err
	}
	return notInForce(d, on), nil
}

// notInForce says what is closed and what goes on (DESIGN §1, row 四(四)).
func notInForce(d Document, on civil.Date) string {
	if d.ForceOn(on) == Coming {
		return fmt.Sprintf("《%s》自%s起施行。施行前不受理申请。", d.Title, d.EffectiveFrom.Chinese())
	}
	return fmt.Sprintf("《%s》的有效期是%s，现在已失效，新的文件还没有公布。现在不受理新的申请；"+
		"有效期内提交的申请继续办理，已经核定的资助照常执行。", d.Title, d.Period())
}

// errNotInForce is the refusal of whatever needs a policy in force.
func errNotInForce(d Document, on civil.Date) error {
	return errs.New(errs.Conflict, notInForce(d, on))
}

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
	return postgres.All[Article](ctx, q, `select ordinal, path, label, number, title, text
		from policy_article where document_id = $1 order by ordinal`, document)
}

// Anchor returns the fragment under which the article with path stands on its
// document's page: 三（二）1（1） → a-3-2-1-1. Rules link to it. Words that are not
// numbers, 前言 or 附则, have a name of their own.
func Anchor(path string) string {
	switch path {
	case "通知":
		return "a-notice"
	case "前言":
		return "a-preface"
	case "附则":
		return "a-closing"
	case "演示说明":
		return "a-demo"
	}
	var b strings.Builder
	b.WriteString("a")
	for _, r := range path {
		switch n := strings.IndexRune("一二三四五六七八九", r); {
		case n >= 0:
			fmt.Fprintf(&b, "-%d", n/3+1) // each of them takes three bytes
		case r >= '0' && r <= '9':
			b.WriteString("-" + string(r))
		}
	}
	return b.String()
}
