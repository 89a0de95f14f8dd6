package policy

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// DocumentInput is what is known of a document beside its articles.
type DocumentInput struct {
	Token    string // of the form of a new one
	Kind     string // KindPolicy or KindRules
	UnderID  uuid.UUID
	No       string
	Title    string
	IssuedBy string
	IssuedOn civil.Date
	From, To civil.Date // days of force; To zero for no end
	Source   string
}

func (in DocumentInput) faults() []errs.Field {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	length := func(name, label, value string, least, most int) {
		if n := utf8.RuneCountInString(value); n < least || n > most {
			fail(name, label, fmt.Sprintf("%s填 %d 到 %d 个字，现在是 %d 个字", label, least, most, n))
		}
	}
	if in.Kind != KindPolicy && in.Kind != KindRules {
		fail("kind", "种类", "种类还没有选。选一项")
	}
	if (in.Kind == KindRules) != (in.UnderID != uuid.Nil) {
		fail("under", "依据的政策文件", map[bool]string{true: "实施细则要写明依据哪份政策文件。选一份", false: "政策文件不从属于别的文件。这一项留空"}[in.Kind == KindRules])
	}
	length("title", "标题", in.Title, 4, 200)
	length("no", "文号", in.No, 0, 60)
	length("issued_by", "发布机构", in.IssuedBy, 2, 100)
	length("source", "来源", in.Source, 2, 300)
	if !in.IssuedOn.Valid() {
		fail("issued_on", "发布日期", "发布日期还没有填。填年、月、日")
	}
	switch {
	case !in.From.Valid():
		fail("from", "施行日期", "施行日期还没有填。填年、月、日")
	case in.IssuedOn.Valid() && in.From.Before(in.IssuedOn):
		fail("from", "施行日期", fmt.Sprintf("%s早于发布日期%s。核对这两个日期", in.From.Chinese(), in.IssuedOn.Chinese()))
	}
	if !in.To.IsZero() && in.To.Before(in.From) {
		fail("to", "有效期至", fmt.Sprintf("%s早于施行日期%s。核对这两个日期；没有设定期限的留空", in.To.Chinese(), in.From.Chinese()))
	}
	return f
}

func (in DocumentInput) apply(d *Document) {
	d.Kind, d.UnderID, d.No, d.Title, d.IssuedBy, d.IssuedOn = in.Kind, in.UnderID, in.No, in.Title, in.IssuedBy, in.IssuedOn
	d.EffectiveFrom, d.EffectiveTo, d.Source = in.From, in.To, in.Source
}

// CreateDocument begins a draft and returns its id. errs.Invalid with fields.
func (k *Desk) CreateDocument(ctx context.Context, actor authz.Actor, in DocumentInput) (id uuid.UUID, err error) {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return uuid.Nil, err
	}
	err = k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			if err := errs.Fields(in.faults()); err != nil {
				return "", err
			}
			d := Document{ID: newID()}
			in.apply(&d)
			if err := parentExists(ctx, tx, d); err != nil {
				return "", err
			}
			if d.Slug, err = freeSlug(ctx, tx, d.Kind, d.IssuedOn.Year); err != nil {
				return "", err
			}
			if err := insertDocument(ctx, tx, d, actor.PersonID); err != nil {
				return "", err
			}
			return d.ID.String(), record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Create})
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	return id, err
}

// parentExists checks that rules are under a policy that is kept here.
func parentExists(ctx context.Context, tx postgres.Tx, d Document) error {
	if d.Kind != KindRules {
		return nil
	}
	p, err := documentByID(ctx, tx, d.UnderID)
	if errs.Is(err, errs.NotFound) || err == nil && (p.Kind != KindPolicy || p.Status == Discarded) {
		return errs.FieldError("under", "依据的政策文件", "选的不是政策文件。从列出的几份里选")
	}
	return err
}

// draft runs fn on a draft that is as the form showed it and keeps what fn
// changed. A document that is no draft any more is errs.Conflict.
func (k *Desk) draft(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, fn func(tx postgres.Tx, d Document) (Change, error)) error {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return err
	}
	return k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		d, err := documentForUpdate(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d.Status != Draft:
			return errs.Newf(errs.Conflict, "《%s》%s，不能再改。", d.Title, d.Status.Name())
		case d.Version != version:
			return stale()
		}
		c, err := fn(tx, d)
		if err != nil {
			return err
		}
		c.DocumentID, c.Action = d.ID, Edit
		return record(ctx, tx, now, actor, c)
	})
}

// EditDocument saves the facts of a draft.
func (k *Desk) EditDocument(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, in DocumentInput) error {
	return k.draft(ctx, actor, id, version, func(tx postgres.Tx, d Document) (Change, error) {
		if err := errs.Fields(in.faults()); err != nil {
			return Change{}, err
		}
		before := factsOf(d)
		in.apply(&d)
		if err := parentExists(ctx, tx, d); err != nil {
			return Change{}, err
		}
		return Change{Before: before, After: factsOf(d)}, updateDraft(ctx, tx, d)
	})
}

func factsOf(d Document) map[string]any {
	return map[string]any{"kind": d.Kind, "no": d.No, "title": d.Title, "issued_by": d.IssuedBy, "issued_on": d.IssuedOn,
		"from": d.EffectiveFrom, "to": d.EffectiveTo, "source": d.Source}
}

// SetArticles replaces all articles of a draft.
func (k *Desk) SetArticles(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, list []Article) error {
	return k.articles(ctx, actor, id, version, "全文", func([]Article) ([]Article, error) {
		if len(list) == 0 {
			return nil, errs.FieldError("text", "全文", "全文还没有填。粘贴公布的全文")
		}
		return list, nil
	})
}

// SaveArticle saves one article of a draft: in the place of ordinal, or as a new
// one behind the article after when ordinal is 0.
func (k *Desk) SaveArticle(ctx context.Context, actor authz.Actor, id uuid.UUID, version, ordinal, after int, a Article) error {
	if err := errs.Fields(articleFaults(a)); err != nil {
		return err
	}
	return k.articles(ctx, actor, id, version, a.Path, func(list []Article) ([]Article, error) { return placed(list, a, ordinal, after) })
}

// MoveArticle moves an article of a draft one place up or down.
func (k *Desk) MoveArticle(ctx context.Context, actor authz.Actor, id uuid.UUID, version, ordinal int, up bool) error {
	return k.articles(ctx, actor, id, version, "顺序", func(list []Article) ([]Article, error) { return moved(list, ordinal, up) })
}

// RemoveArticle takes an article out of a draft.
func (k *Desk) RemoveArticle(ctx context.Context, actor authz.Actor, id uuid.UUID, version, ordinal int) error {
	return k.articles(ctx, actor, id, version, "删去", func(list []Article) ([]Article, error) { return without(list, ordinal) })
}

func (k *Desk) articles(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, what string, fn func([]Article) ([]Article, error)) error {
	return k.draft(ctx, actor, id, version, func(tx postgres.Tx, d Document) (Change, error) {
		had, err := Articles(ctx, tx, d.ID)
		if err != nil {
			return Change{}, err
		}
		list, err := fn(had)
		if err != nil {
			return Change{}, err
		}
		for _, a := range list {
			if len(articleFaults(a)) > 0 {
				first := articleFaults(a)[0]
				return Change{}, errs.FieldError("text", "全文", fmt.Sprintf("“%s”：%s", a.Path, first.Message))
			}
		}
		if err := errs.Fields(listFaults(list)); err != nil {
			return Change{}, err
		}
		c := Change{Before: map[string]any{"articles": len(had)}, After: map[string]any{"articles": len(list), "article": what}}
		return c, replaceArticles(ctx, tx, d, list)
	})
}
