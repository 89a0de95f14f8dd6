package policy

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Overview is everything at the desk: drafts, what waits for approval, what holds.
type Overview struct {
	On        civil.Date
	Documents []Document // the latest in force first
	Editions  []EditionFacts
	Closings  []Closing // those that wait
	Coverage  Coverage
}

// Document returns the document with id.
func (o Overview) Document(id uuid.UUID) Document {
	for _, d := range o.Documents {
		if d.ID == id {
			return d
		}
	}
	return Document{}
}

// Edition returns the edition with id.
func (o Overview) Edition(id uuid.UUID) EditionFacts {
	for _, e := range o.Editions {
		if e.ID == id {
			return e
		}
	}
	return EditionFacts{}
}

// Overview reads the desk. Needs authz.PolicyView.
func (k *Desk) Overview(ctx context.Context, actor authz.Actor) (o Overview, err error) {
	err = k.read(ctx, actor, func(q postgres.Querier, on civil.Date) error {
		o, err = overview(ctx, q, on)
		if err == nil {
			o.Coverage, err = CoverageOn(ctx, q, on)
		}
		return err
	})
	return o, err
}

func overview(ctx context.Context, q postgres.Querier, on civil.Date) (Overview, error) {
	o := Overview{On: on}
	var b postgres.Batch
	postgres.Gather(&b, &o.Documents, `select `+documentColumns+` from policy_document order by effective_from desc, slug desc`)
	postgres.Gather(&b, &o.Editions, `select `+editionColumns+` from policy_edition order by effective_from desc, id desc`)
	postgres.Gather(&b, &o.Closings, `select `+closingColumns+` from policy_closing where state = 'proposed' order by proposed_at`)
	return o, b.Run(ctx, q)
}

func (k *Desk) read(ctx context.Context, actor authz.Actor, fn func(q postgres.Querier, on civil.Date) error) error {
	if err := actor.Require(authz.PolicyView); err != nil {
		return err
	}
	return k.db.Read(ctx, func(q postgres.Querier, now time.Time) error { return fn(q, civil.On(now)) })
}

// DocumentFile is a document as staff see it.
type DocumentFile struct {
	Overview
	Document Document
	Articles []Article
	Changes  []Change
	Closing  *Closing // that waits, nil when none does
}

// DocumentFile reads a document whatever its state. errs.NotFound.
func (k *Desk) DocumentFile(ctx context.Context, actor authz.Actor, id uuid.UUID) (f DocumentFile, err error) {
	err = k.read(ctx, actor, func(q postgres.Querier, on civil.Date) error {
		if f.Overview, err = overview(ctx, q, on); err != nil {
			return err
		}
		if f.Document = f.Overview.Document(id); f.Document.ID == uuid.Nil {
			return errs.New(errs.NotFound, "没有找到这份文件。")
		}
		for _, c := range f.Closings {
			if c.DocumentID == id {
				f.Closing = &c
			}
		}
		if f.Articles, err = Articles(ctx, q, id); err != nil {
			return err
		}
		f.Changes, err = changesOf(ctx, q, id, uuid.Nil)
		return err
	})
	return f, err
}

// EditionFile is an edition as staff see it.
type EditionFile struct {
	Overview
	Document Document
	Edition  Edition
	Articles []Article
	Changes  []Change
	Copied   *Edition     // from which it was copied, nil for the first
	Faults   []errs.Field // what keeps a draft from being handed in
}

// EditionFile reads an edition whatever its state. errs.NotFound.
func (k *Desk) EditionFile(ctx context.Context, actor authz.Actor, id uuid.UUID) (f EditionFile, err error) {
	err = k.read(ctx, actor, func(q postgres.Querier, on civil.Date) error {
		if f.Overview, err = overview(ctx, q, on); err != nil {
			return err
		}
		if f.Overview.Edition(id).ID == uuid.Nil {
			return missingEdition()
		}
		if f.Edition, err = EditionByID(ctx, q, id); err != nil {
			return err
		}
		f.Document = f.Overview.Document(f.Edition.DocumentID)
		if f.Edition.CopiedFrom != uuid.Nil {
			copied, err := EditionByID(ctx, q, f.Edition.CopiedFrom)
			if err != nil {
				return err
			}
			f.Copied = &copied
		}
		if f.Articles, err = Articles(ctx, q, f.Document.ID); err != nil {
			return err
		}
		paths := make([]string, len(f.Articles))
		for i, a := range f.Articles {
			paths[i] = a.Path
		}
		f.Faults = f.Edition.Params.Faults(paths)
		f.Changes, err = changesOf(ctx, q, f.Document.ID, id)
		return err
	})
	return f, err
}

// Comparison is two editions side by side.
type Comparison struct {
	Overview
	Left, Right Edition
	Differences []Difference
	Reasons     map[Key]string // why the right one has its value, as far as it was changed there
}

// Compare reads two editions and what differs. errs.NotFound.
func (k *Desk) Compare(ctx context.Context, actor authz.Actor, left, right uuid.UUID) (c Comparison, err error) {
	err = k.read(ctx, actor, func(q postgres.Querier, on civil.Date) error {
		if c.Overview, err = overview(ctx, q, on); err != nil {
			return err
		}
		if c.Left, err = EditionByID(ctx, q, left); err != nil {
			return err
		}
		if c.Right, err = EditionByID(ctx, q, right); err != nil {
			return err
		}
		c.Differences = Differences(c.Left.Params, c.Right.Params)
		changes, err := changesOf(ctx, q, c.Right.DocumentID, right)
		c.Reasons = reasons(changes)
		return err
	})
	return c, err
}

// reasons keeps the latest reason for each parameter; changes come newest first.
func reasons(changes []Change) map[Key]string {
	out := map[Key]string{}
	for _, c := range changes {
		if _, later := out[c.Key]; c.Key != "" && !later {
			out[c.Key] = c.Reason
		}
	}
	return out
}

// Past is a parameter through time: one entry for each approved edition, the
// earliest first.
type Past struct {
	Definition
	Values []PastValue
}

// PastValue is what a parameter was in one edition, and why it became so.
type PastValue struct {
	Edition EditionFacts
	Slug    string // of the edition's document
	Param   Param
	Change  *Change // that made it differ from the edition before, nil when nobody changed it
}

// History returns a parameter through time. errs.NotFound for an unknown key.
func (k *Desk) History(ctx context.Context, actor authz.Actor, key Key) (p Past, err error) {
	d, ok := definitionOf(key)
	if !ok {
		return p, errs.New(errs.NotFound, "没有这个参数。")
	}
	p.Definition = d
	err = k.read(ctx, actor, func(q postgres.Querier, on civil.Date) error {
		o, err := overview(ctx, q, on)
		if err != nil {
			return err
		}
		values, err := valuesOf(ctx, q, key)
		if err != nil {
			return err
		}
		changes, err := postgres.All[Change](ctx, q, `select `+changeColumns+` from policy_change where key = $1 order by id`, key)
		if err != nil {
			return err
		}
		for i := len(o.Editions) - 1; i >= 0; i-- {
			e := o.Editions[i]
			if e.Status != Approved {
				continue
			}
			v := PastValue{Edition: e, Slug: o.Document(e.DocumentID).Slug, Param: values[e.ID]}
			for _, c := range changes {
				if c.EditionID == e.ID {
					v.Change = &c
				}
			}
			p.Values = append(p.Values, v)
		}
		return nil
	})
	return p, err
}

// valuesOf reads one parameter of every edition.
func valuesOf(ctx context.Context, q postgres.Querier, key Key) (map[uuid.UUID]Param, error) {
	type row struct {
		EditionID uuid.UUID `db:"edition_id"`
		paramRow
	}
	rows, err := postgres.All[row](ctx, q, `select edition_id, key, type, value, article, source, confirmed from policy_parameter where key = $1`, key)
	if err != nil {
		return nil, err
	}
	out := map[uuid.UUID]Param{}
	for _, r := range rows {
		v, err := decode(r.paramRow)
		if err != nil {
			return nil, err
		}
		p, err := NewParams([]Raw{{r.Key, r.Type, v, r.Article, r.Source, r.Confirmed}})
		if err != nil {
			return nil, err
		}
		out[r.EditionID] = p.Param(key)
	}
	return out, nil
}
