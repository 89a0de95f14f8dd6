package sampling

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service is every act on samples. Methods check permission and open the
// transaction. Errors are errs.Invalid with fields, errs.NotFound, errs.Conflict.
type Service struct {
	db    *postgres.DB
	kinds []Kind
}

// New returns the service over db for some kinds of case.
func New(db *postgres.DB, kinds ...Kind) *Service { return &Service{db: db, kinds: kinds} }

// Kinds are the kinds of case that can be sampled.
func (s *Service) Kinds() []Kind { return s.kinds }

// KindName returns the Chinese name of a kind, the key when unknown.
func (s *Service) KindName(key string) string {
	for _, k := range s.kinds {
		if k.Key == key {
			return k.Name
		}
	}
	return key
}

// Freeze stores a list of candidates with its digest and returns its number. Of one
// kind no day is in two lists, but for a redraw, which says why.
func (s *Service) Freeze(ctx context.Context, actor authz.Actor, in Input) (no string, err error) {
	if err := actor.Require(authz.SampleFreeze); err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		no, err = once.Do(ctx, tx, actor, in.Token, func() (string, error) { return s.freeze(ctx, tx, now, actor, in) })
		return err
	})
	return no, err
}

func (s *Service) freeze(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Input) (string, error) {
	var before *uuid.UUID
	if in.Redraw != "" {
		l, err := find(ctx, tx, in.Redraw)
		if err != nil {
			return "", err
		}
		if !l.Drawn() || l.RedrawnBy != "" {
			return "", errs.New(errs.Conflict, "只有抽过、还没有重抽的名单才能重抽。")
		}
		before, in.Kind, in.From, in.To = &l.ID, l.Kind, l.From, l.To
		var f errs.Faults
		f.Length("why", "重抽的理由", in.Why, 10, 200)
		if err := f.Err(); err != nil {
			return "", err
		}
	}
	if err := in.faults(s.kinds, civil.On(now)).Err(); err != nil {
		return "", err
	}
	edition, err := policy.EditionShown(ctx, tx, civil.On(now))
	if err != nil {
		return "", err
	}
	list, err := candidates(ctx, tx, in)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", errs.FieldError("to", "到哪天提交的", "这段时间里没有已受理的办件，不用抽查。换一段时间")
	}
	l := List{ID: uuid.Must(uuid.NewV7()), Kind: in.Kind, From: in.From, To: in.To, Candidates: len(list), SharePct: edition.Params.Int(policy.SampleSharePct),
		Least: edition.Params.Int(policy.SampleLeast), FrozenAt: now, FrozenBy: actor.PersonID, FrozenName: actor.Name, RedrawWhy: in.Why}
	l.Size, l.Digest = SizeOf(len(list), l.SharePct, l.Least), Digest(numbers(list))
	if l.No, err = number(ctx, tx, now); err != nil {
		return "", err
	}
	err = insertList(ctx, tx, l, before, list)
	if postgres.Violates(err, "sample_list_once") {
		return "", errs.FieldError("from", "从哪天提交的", "这段时间里有的日子已经在另一份名单里。换一段时间；原来那份要重抽的，在那一份上办，写明理由")
	}
	if postgres.Violates(err, "sample_list_redraws_key") {
		return "", errs.New(errs.Conflict, "这份名单刚才已经重抽过。")
	}
	if err != nil {
		return "", err
	}
	return l.No, note(ctx, tx, now, actor, l.ID, "sample.freeze", map[string]any{"no": l.No, "candidates": l.Candidates, "digest": l.DigestText(), "redraws": in.Redraw})
}

func number(ctx context.Context, tx postgres.Tx, now time.Time) (string, error) {
	year := civil.On(now).Year
	var serial int64
	err := tx.QueryRow(ctx, `select next_number('CY', $1)`, year).Scan(&serial)
	return fmt.Sprintf("CY-%d-%04d", year, serial), err
}

// Draw draws the seed of a frozen list, and with it the cases. Who froze the list
// does not draw; the second of two who draw at once finds it drawn.
func (s *Service) Draw(ctx context.Context, actor authz.Actor, no string, version int) error {
	if err := actor.Require(authz.SampleDraw); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		l, err := findForUpdate(ctx, tx, no)
		if err != nil {
			return err
		}
		switch {
		case l.Drawn():
			return errs.New(errs.Conflict, "这份名单已经抽过，一份名单只抽一次。要重抽的，先固定一份新名单并写明理由。")
		case l.Version != version:
			return errs.New(errs.Conflict, "这份名单刚才有变化。请重新打开页面。")
		case l.FrozenBy == actor.PersonID:
			return errs.New(errs.Conflict, "固定名单的人不能抽取。请另一位同事来抽。")
		}
		list, err := read(ctx, tx, l.ID)
		if err != nil {
			return err
		}
		l.Seed = make([]byte, 32)
		if _, err := rand.Read(l.Seed); err != nil {
			return err
		}
		if err := saveDraw(ctx, tx, now, actor, l, Draw(l.Seed, numbers(list), l.Size)); err != nil {
			return err
		}
		return note(ctx, tx, now, actor, l.ID, "sample.draw", map[string]any{"no": l.No, "seed": l.SeedText()})
	})
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "sample", SubjectID: id.String(), Action: action, Detail: detail})
}

// Page is one page of the lists, the newest first.
type Page struct {
	Lists []List
	Next  string
}

// Lists returns every list with what everyone may know of it; after is the number
// of the last one shown.
func (s *Service) Lists(ctx context.Context, after string, size int) (p Page, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p.Lists, err = lists(ctx, q, after, size+1)
		if len(p.Lists) > size {
			p.Lists = p.Lists[:size]
			p.Next = p.Lists[size-1].No
		}
		return err
	})
	return p, err
}

// File is a list with its candidates.
type File struct {
	List
	All []Candidate // in the order of the list
}

// Numbers are the candidates of the published list.
func (f File) Numbers() []string { return numbers(f.All) }

// Chosen are the candidates drawn, in the order drawn.
func (f File) Chosen() []Candidate {
	out := make([]Candidate, f.Size)
	n := 0
	for _, c := range f.All {
		if c.Rank != nil && *c.Rank <= len(out) {
			out[*c.Rank-1] = c
			n++
		}
	}
	return out[:n]
}

// Read returns a list; titles of cases only to staff. errs.NotFound.
func (s *Service) Read(ctx context.Context, actor authz.Actor, no string) (f File, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if f.List, err = find(ctx, q, no); err != nil {
			return err
		}
		f.All, err = read(ctx, q, f.ID)
		if !actor.Can(authz.SampleView) {
			for i := range f.All {
				f.All[i].Title, f.All[i].CaseID = "", uuid.Nil
			}
		}
		return err
	})
	return f, err
}
