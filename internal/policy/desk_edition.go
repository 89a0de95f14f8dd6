package policy

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// EditionInput is what is known of an edition beside its parameters.
type EditionInput struct {
	Token      string    // of the form of a new one
	DocumentID uuid.UUID // of a new one
	CopyOf     uuid.UUID // of a new one: the edition whose parameters it begins with
	Label      string
	From, To   civil.Date // To zero runs as long as the document
	Reason     string
}

// faults says what is wrong with the days and words of an edition under d.
func (in EditionInput) faults(d Document) []errs.Field {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	if n := utf8.RuneCountInString(in.Label); n < 2 || n > 40 {
		fail("label", "名称", fmt.Sprintf("名称填 2 到 40 个字，如“参数 %d-1 版”，现在是 %d 个字", in.From.Year, n))
	}
	switch {
	case !in.From.Valid():
		fail("from", "起始日期", "起始日期还没有填。填年、月、日")
	case !d.Span().Contains(in.From):
		fail("from", "起始日期", fmt.Sprintf("%s不在《%s》的有效期（%s）内。改起始日期", in.From.Chinese(), d.Title, d.Period()))
	}
	switch {
	case in.To.IsZero():
	case in.To.Before(in.From):
		fail("to", "最后一天", fmt.Sprintf("%s早于起始日期%s。核对这两个日期", in.To.Chinese(), in.From.Chinese()))
	case !d.Span().Contains(in.To):
		fail("to", "最后一天", fmt.Sprintf("%s不在《%s》的有效期（%s）内。改最后一天，或留空", in.To.Chinese(), d.Title, d.Period()))
	}
	return append(f, reasonFaults(in.Reason)...)
}

// days are the days of the edition: without an end of its own it runs as long as
// its document.
func (in EditionInput) days(d Document) (from, to civil.Date) {
	if in.To.IsZero() {
		return in.From, d.EffectiveTo
	}
	return in.From, in.To
}

// CreateEdition begins a draft as a copy of another edition and returns its id.
func (k *Desk) CreateEdition(ctx context.Context, actor authz.Actor, in EditionInput) (id uuid.UUID, err error) {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return uuid.Nil, err
	}
	err = k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			id, err := createEdition(ctx, tx, now, actor, in)
			return id.String(), err
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	return id, err
}

func createEdition(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in EditionInput) (uuid.UUID, error) {
	d, err := documentByID(ctx, tx, in.DocumentID)
	if errs.Is(err, errs.NotFound) || err == nil && (d.Kind != KindPolicy || d.Status == Discarded) {
		return uuid.Nil, errs.FieldError("document", "依据的文件", "没有选依据的政策文件。从列出的几份里选")
	}
	if err != nil {
		return uuid.Nil, err
	}
	if err := errs.Fields(in.faults(d)); err != nil {
		return uuid.Nil, err
	}
	copied, err := EditionByID(ctx, tx, in.CopyOf)
	if errs.Is(err, errs.NotFound) || err == nil && copied.Status == Discarded {
		return uuid.Nil, errs.FieldError("copy_of", "从哪一版复制", "没有选从哪一版复制。从列出的几版里选")
	}
	if err != nil {
		return uuid.Nil, err
	}
	e := EditionFacts{ID: newID(), DocumentID: d.ID, Label: in.Label, CopiedFrom: copied.ID, Reason: in.Reason}
	e.EffectiveFrom, e.EffectiveTo = in.days(d)
	if err := insertEdition(ctx, tx, e, actor.PersonID); err != nil {
		return uuid.Nil, labelTaken(err, in.Label)
	}
	return e.ID, record(ctx, tx, now, actor, Change{DocumentID: d.ID, EditionID: e.ID, Action: Create, Reason: in.Reason})
}

func labelTaken(err error, label string) error {
	if postgres.Violates(err, "policy_edition_label_key") {
		return errs.FieldError("label", "名称", "已经有一版叫“"+label+"”。换一个名称")
	}
	return err
}

// editDraft runs fn on a draft that is as the form showed it.
func (k *Desk) editDraft(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, fn func(tx postgres.Tx, d Document, e Edition) ([]Change, error)) error {
	return k.decideEdition(ctx, actor, authz.PolicyEdit, id, version, Draft, func(tx postgres.Tx, now time.Time, d Document, e Edition) error {
		changes, err := fn(tx, d, e)
		if err != nil {
			return err
		}
		for i := range changes {
			changes[i].DocumentID, changes[i].EditionID, changes[i].Action = d.ID, e.ID, Edit
		}
		return record(ctx, tx, now, actor, changes...)
	})
}

func (k *Desk) decideEdition(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, from Status,
	fn func(tx postgres.Tx, now time.Time, d Document, e Edition) error) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		e, err := editionForUpdate(ctx, tx, id)
		if err != nil {
			return err
		}
		d, err := documentByID(ctx, tx, e.DocumentID)
		switch {
		case err != nil:
			return err
		case e.Status != from:
			return errs.Newf(errs.Conflict, "“%s”现在是“%s”，不能这样办。签批过的一版不再改动，要改就复制出新的一版。", e.Label, e.Status.Name())
		case e.Version != version:
			return stale()
		}
		return fn(tx, now, d, e)
	})
}

// EditEdition saves the name and the days of a draft.
func (k *Desk) EditEdition(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, in EditionInput) error {
	return k.editDraft(ctx, actor, id, version, func(tx postgres.Tx, d Document, e Edition) ([]Change, error) {
		if err := errs.Fields(in.faults(d)); err != nil {
			return nil, err
		}
		before := map[string]any{"label": e.Label, "from": e.EffectiveFrom, "to": e.EffectiveTo}
		e.Label, e.Reason = in.Label, in.Reason
		e.EffectiveFrom, e.EffectiveTo = in.days(d)
		after := map[string]any{"label": e.Label, "from": e.EffectiveFrom, "to": e.EffectiveTo}
		return []Change{{Before: before, After: after, Reason: in.Reason}}, labelTaken(updateEditionDraft(ctx, tx, e.EditionFacts), in.Label)
	})
}

// ParameterInput is a value to be saved in a draft, read but not yet judged.
type ParameterInput struct {
	Key       Key
	Value     any // int64 for Integer, Percent and Money (fen), string for the others
	Article   string
	Source    Source
	Confirmed bool
	Reason    string
}

// SetParameter saves one parameter of a draft.
func (k *Desk) SetParameter(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, in ParameterInput) error {
	return k.editDraft(ctx, actor, id, version, func(tx postgres.Tx, d Document, e Edition) ([]Change, error) {
		def, ok := definitionOf(in.Key)
		if !ok {
			return nil, errs.New(errs.NotFound, "没有这个参数。")
		}
		paths, err := articlePaths(ctx, tx, d.ID)
		if err != nil {
			return nil, err
		}
		next, faults := in.judge(def, paths)
		if err := errs.Fields(faults); err != nil {
			return nil, err
		}
		had := e.Params.Param(in.Key)
		if next == had {
			return nil, errs.FieldError("value", "值", "和原来一样，没有改动。改好再保存，或返回参数表")
		}
		if err := setParameter(ctx, tx, e.EditionFacts, next); err != nil {
			return nil, err
		}
		return []Change{{Key: in.Key, Before: had.history(), After: next.history(), Reason: in.Reason}}, touchEdition(ctx, tx, e.EditionFacts)
	})
}

// judge turns an input into a parameter, or says what is wrong with it.
func (in ParameterInput) judge(d Definition, articles []string) (Param, []errs.Field) {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	p, err := read(d, Raw{Key: in.Key, Value: in.Value, Article: in.Article, Source: in.Source, Confirmed: in.Confirmed})
	if n, number := in.Value.(int64); number && !d.Bounds().Contains(n) {
		shownAs, _ := shown(d, Param{Key: d.Key, number: n})
		fail("value", "值", d.outside(shownAs+d.Unit))
	} else if err != nil {
		fail("value", "值", "这个值不能用。重新填")
	}
	switch {
	case in.Article != "" && !slices.Contains(articles, in.Article):
		fail("article", "依据", fmt.Sprintf("文件里没有“%s”这一条。从列出的条文里选", in.Article))
	case in.Article == "" && d.Group != siteGroup:
		fail("article", "依据", "依据还没有选。选一条")
	}
	switch in.Source {
	case FromPolicy:
		if !in.Confirmed {
			fail("confirmed", "是否确认", "来自政策原文的值就是确认的。选“已确认”，或改来源")
		}
		if in.Article == "" {
			fail("source", "来源", "来自政策原文的值要写明是哪一条。选依据，或改来源")
		}
	case FromPrecedent, FromDefault:
	default:
		fail("source", "来源", "来源还没有选。选一项")
	}
	return p, append(f, reasonFaults(in.Reason)...)
}

// history is a parameter as the history keeps it.
func (p Param) history() map[string]any {
	return map[string]any{"value": p.stored(), "article": p.Article, "source": p.Source, "confirmed": p.Confirmed}
}

// Confirm marks parameters of a draft as confirmed by the bureau; the values stay.
func (k *Desk) Confirm(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, keys []Key, reason string) error {
	return k.editDraft(ctx, actor, id, version, func(tx postgres.Tx, _ Document, e Edition) ([]Change, error) {
		var changes []Change
		for _, key := range keys {
			if !e.Params.Has(key) || e.Params.Param(key).Confirmed {
				continue
			}
			had := e.Params.Param(key)
			next := had
			next.Confirmed = true
			if err := setParameter(ctx, tx, e.EditionFacts, next); err != nil {
				return nil, err
			}
			changes = append(changes, Change{Key: key, Before: had.history(), After: next.history(), Reason: reason})
		}
		f := reasonFaults(reason)
		if len(changes) == 0 {
			f = append([]errs.Field{{Name: "keys", Label: "要确认的参数", Message: "一个也没有选。选要确认的参数"}}, f...)
		}
		if err := errs.Fields(f); err != nil {
			return nil, err
		}
		return changes, touchEdition(ctx, tx, e.EditionFacts)
	})
}
