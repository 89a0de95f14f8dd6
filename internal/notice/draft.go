package notice

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Waiting are the cases of one kind that wait for a notice.
type Waiting struct {
	Kind  string
	Cases []Candidate
}

// Waits lists the cases that wait for a notice and stand in none yet, by kind;
// kinds without one are left out. It needs authz.NoticeDraft.
func (s *Service) Waits(ctx context.Context, actor authz.Actor) (list []Waiting, err error) {
	if err := actor.Require(authz.NoticeDraft); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		for _, kind := range s.sources() {
			free, err := s.free(ctx, q, now, kind, uuid.Nil)
			if err != nil {
				return err
			}
			if len(free) > 0 {
				list = append(list, Waiting{kind, free})
			}
		}
		return nil
	})
	return list, err
}

// sources are the kinds that have candidates, in order.
func (s *Service) sources() (kinds []string) {
	for kind, r := range s.kinds {
		if r.candidates != nil {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	return kinds
}

// free lists the candidates of a kind that stand in no notice but this one.
func (s *Service) free(ctx context.Context, q postgres.Querier, now time.Time, kind string, notice uuid.UUID) ([]Candidate, error) {
	r := s.kinds[kind]
	if r == nil || r.candidates == nil {
		return nil, fmt.Errorf("notice: kind %s has no source of candidates", kind)
	}
	all, err := r.candidates(ctx, q, now)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	ids := make([]uuid.UUID, len(all))
	for i, c := range all {
		ids[i] = c.CaseID
	}
	used, err := takenCases(ctx, q, ids, notice)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(c Candidate) bool { return used[c.CaseID] }), nil
}

// Draft begins a notice of the chosen cases of one kind and returns its id. It
// needs authz.NoticeDraft. A case that no longer waits is errs.Invalid, one that
// stands in another notice errs.Conflict.
func (s *Service) Draft(ctx context.Context, actor authz.Actor, token, kind string, cases []uuid.UUID) (id uuid.UUID, err error) {
	if err := actor.Require(authz.NoticeDraft); err != nil {
		return uuid.Nil, err
	}
	if !slices.Contains(s.sources(), kind) {
		return uuid.Nil, errs.FieldError("cases", "公示的办件", "没有这一类办件。从列出的办件里选")
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			n := Notice{ID: newID(), Type: Grant, Kind: kind, State: Preparing, CreatedAt: now}
			items, terms, err := s.choose(ctx, tx, now, n, cases)
			if err != nil {
				return "", err
			}
			if len(items) == 0 {
				return "", errs.FieldError("cases", "公示的办件", "还没有选办件。至少选一件")
			}
			m := Manuscript{ID: newID(), NoticeID: n.ID, Stage: Drafting, MinimumWD: terms.MinimumWD, EndHour: terms.EndHour, CreatedAt: now,
				Text: draftText(items, civil.On(now), terms)}
			if err := insertNotice(ctx, tx, n, actor.AccountID); err != nil {
				return "", err
			}
			if err := insertManuscript(ctx, tx, m); err != nil {
				return "", err
			}
			if err := replaceItems(ctx, tx, items, n.ID); err != nil {
				return "", err
			}
			return n.ID.String(), record(ctx, tx, now, actor, n.ID, "notice.draft", map[string]any{"kind": kind, "cases": numbersOf(items)})
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	return id, err
}

// choose makes items of the chosen cases, in the order in which they wait.
func (s *Service) choose(ctx context.Context, q postgres.Querier, now time.Time, n Notice, cases []uuid.UUID) (items []Item, terms Terms, err error) {
	free, err := s.free(ctx, q, now, n.Kind, n.ID)
	if err != nil {
		return nil, terms, err
	}
	for _, c := range free {
		if slices.Contains(cases, c.CaseID) {
			items = append(items, Item{ID: newID(), NoticeID: n.ID, Ordinal: len(items) + 1, CaseID: c.CaseID, CaseNo: c.CaseNo,
				OrganizationID: c.OrganizationID, OrganizationName: c.OrganizationName, Community: c.Community, Programme: c.Programme,
				Amount: c.Amount, Purpose: c.Purpose, EditionID: c.EditionID, State: Pending})
		}
	}
	for _, id := range cases {
		if !slices.ContainsFunc(free, func(c Candidate) bool { return c.CaseID == id }) {
			return nil, terms, errs.FieldError("cases", "公示的办件", "选中的办件里有一件不再等待公示，或者已经在另一份公示里。核对下面的清单，重新选")
		}
	}
	terms, err = termsFor(ctx, q, n.Type, items)
	return items, terms, err
}

// termsFor is the strictest of what the pinned editions of the items ask.
func termsFor(ctx context.Context, q postgres.Querier, t Type, items []Item) (terms Terms, err error) {
	terms = Terms{MinimumWD: 1, EndHour: 1}
	editions := map[uuid.UUID]policy.Params{}
	for _, i := range items {
		p, read := editions[i.EditionID]
		if !read {
			e, err := policy.EditionByID(ctx, q, i.EditionID)
			if err != nil {
				return terms, err
			}
			p = e.Params
			editions[i.EditionID] = p
		}
		terms = terms.stricter(termsOf(t, i.Amount, p))
	}
	return terms, nil
}

// Save keeps a text in the making, however incomplete, and the cases chosen for
// it; of an erratum the cases stay. It needs authz.NoticeDraft.
func (s *Service) Save(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string, t Text, cases []uuid.UUID) error {
	return s.act(ctx, actor, authz.NoticeDraft, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.text == nil || h.text.Stage != Drafting {
			return "", nil, outOfTurn(h, "修改")
		}
		m := *h.text
		if !m.Erratum() {
			items, terms, err := s.choose(ctx, tx, now, h.Notice, cases)
			if err != nil {
				return "", nil, err
			}
			if len(items) > 0 {
				m.MinimumWD, m.EndHour = terms.MinimumWD, terms.EndHour
			}
			if err := replaceItems(ctx, tx, items, h.ID); err != nil {
				return "", nil, err
			}
			t.Reason = ""
		} else {
			t.PublishOn = civil.Date{}
		}
		t.PeriodWD = min(max(t.PeriodWD, 1), MaxPeriod)
		m.Text = t
		if err := updateManuscript(ctx, tx, m); err != nil {
			return "", nil, err
		}
		return "notice.save", map[string]any{"text": m.Seq}, updateNotice(ctx, tx, &h.Notice)
	})
}

// Discard gives up a text before it is signed: of the first text the whole
// notice, so that its cases are free again. It needs authz.NoticeDraft.
func (s *Service) Discard(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) error {
	return s.act(ctx, actor, authz.NoticeDraft, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.text == nil || h.text.Stage != Drafting {
			return "", nil, outOfTurn(h, "作废")
		}
		m := *h.text
		if err := insertStep(ctx, tx, now, actor, m, Scrapped, ""); err != nil {
			return "", nil, err
		}
		m.Stage = Dropped
		if err := updateManuscript(ctx, tx, m); err != nil {
			return "", nil, err
		}
		if !m.Erratum() {
			for _, i := range h.items {
				if err := moveItem(ctx, tx, now, &i, Removed); err != nil {
					return "", nil, err
				}
			}
			h.State = Discarded
		}
		return "notice.discard", map[string]any{"text": m.Seq}, updateNotice(ctx, tx, &h.Notice)
	})
}

// outOfTurn is the refusal of an act that is not what the notice waits for.
func outOfTurn(h *held, act string) error {
	where := h.State.Name()
	if h.text != nil {
		where = h.text.Stage.Name()
	}
	return errs.Newf(errs.Conflict, "这份公示现在是“%s”，不能%s。核对最新内容后再办。", where, act)
}

func taken(no string) error {
	return errs.Newf(errs.Conflict, "%s 已经在另一份公示里，一件只能在一份公示里。刷新后重新选。", no)
}

func numbersOf(items []Item) []string {
	out := make([]string, len(items))
	for i, item := range items {
		out[i] = strings.TrimSpace(item.CaseNo)
	}
	return out
}
