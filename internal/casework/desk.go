package casework

import (
	"context"
	"maps"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
	"civilaffairs/internal/workflow"
)

// Desk reads what lies on people's desks: the inbox of an office, the cases of
// an organization, the drafts of a counter. It changes nothing.
type Desk struct {
	db    *postgres.DB
	cases *Service
}

// NewDesk returns a Desk over the kinds that cases knows.
func NewDesk(db *postgres.DB, cases *Service) *Desk { return &Desk{db: db, cases: cases} }

// Setting is what a page needs to write dates and places.
type Setting struct {
	Today    civil.Date
	Calendar *workday.Calendar
	Regions  *district.RegionSet
}

func readSetting(ctx context.Context, q postgres.Querier, now time.Time) (d Setting, err error) {
	d.Today = civil.On(now)
	if d.Regions, err = district.Regions(ctx, q); err != nil {
		return d, err
	}
	d.Calendar, err = district.Calendar(ctx, q)
	return d, err
}

// Setting reads what a page needs that lists no cases. Two statements.
func (d *Desk) Setting(ctx context.Context) (at Setting, err error) {
	err = d.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		at, err = readSetting(ctx, q, now)
		return err
	})
	return at, err
}

// Left returns the working days until the item's deadline, negative when it is
// overdue; meaningless without a deadline.
func (d Setting) Left(i Item) int {
	left, _ := d.Calendar.Between(d.Today, i.DueOn)
	if left == 0 && i.DueOn.Before(d.Today) {
		return -1 // only days off lie between: it is past all the same
	}
	return left
}

// Kind is a kind of case with its Chinese name.
type Kind struct{ Key, Name string }

// Inbox is one page of an office's cases.
type Inbox struct {
	Setting
	Filter Filter // as applied: a kind or subdistrict that does not exist is left out
	Items  []Item
	Next   string // cursor of the next page, "" at the end
	Counts Counts
	Kinds  []Kind
	Waits  bool // some step of some kind is the actor's; without one, Mine is always empty
}

// Inbox returns a page of the cases in the actor's scope with the counts of all
// tabs. It needs authz.CaseView. Without a tab it opens Mine, or Others for a
// role that no step waits for. Five statements.
func (d *Desk) Inbox(ctx context.Context, actor authz.Actor, f Filter) (Inbox, error) {
	in := Inbox{Kinds: d.cases.kinds(), Waits: d.cases.waitsFor(actor.Role)}
	if err := actor.Require(authz.CaseView); err != nil {
		return in, err
	}
	if f.Tab != Mine && f.Tab != Others && f.Tab != Correcting && f.Tab != Done {
		f.Tab = Mine
	}
	if f.Tab == Mine && !in.Waits {
		f.Tab = Others
	}
	if d.cases.Definition(f.Kind) == nil {
		f.Kind = ""
	}
	f.variants = d.cases.variants(f.Kind)
	err := d.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if in.Setting, err = readSetting(ctx, q, now); err != nil {
			return err
		}
		if r, ok := in.Regions.Get(f.Subdistrict); !ok || r.Kind != district.Subdistrict {
			f.Subdistrict = ""
		}
		in.Filter = f
		if in.Items, in.Next, err = d.list(ctx, q, actor, f); err != nil {
			return err
		}
		in.Counts, err = Count(ctx, q, actor, f, in.Today, in.Calendar.Add(in.Today, 1).On)
		return err
	})
	return in, err
}

// list is List with kinds and places by their names.
func (d *Desk) list(ctx context.Context, q postgres.Querier, actor authz.Actor, f Filter) ([]Item, string, error) {
	items, next, err := List(ctx, q, actor, f)
	d.name(items)
	return items, next, err
}

func (d *Desk) name(items []Item) {
	for i := range items {
		items[i].KindName = d.cases.KindName(items[i].Kind)
		items[i].PlaceName = d.cases.PlaceName(items[i].Kind, items[i].Place())
	}
}

// KindName returns the Chinese name of a kind.
func (d *Desk) KindName(kind string) string { return d.cases.KindName(kind) }

// GatherToDo adds the count of what waits for the actor to a batch, for the shell;
// nothing for who handles no cases.
func (d *Desk) GatherToDo(b *postgres.Batch, actor authz.Actor, into *[]postgres.Count) {
	if !actor.Can(authz.CaseView) || !d.cases.waitsFor(actor.Role) {
		return
	}
	w := &where{}
	scope(w, actor)
	applyTab(w, actor, Mine)
	postgres.Gather(b, into, `select count(*)::int as n from case_file f where `+w.sql(), w.args...)
}

// Own is where the cases of one organization stand.
type Own struct {
	Setting
	Mine   []Item // drafts to finish and corrections to make, the most urgent first
	Others []Item // with an office
	Done   []Item // the latest closed ones
}

// ownShown is how many cases of each list a workspace shows; an organization has
// a handful at a time.
const ownShown, ownDone = 50, 5

// Own returns the cases of the actor's organization. It needs authz.CaseView.
// Six statements.
func (d *Desk) Own(ctx context.Context, actor authz.Actor) (Own, error) {
	var own Own
	if err := actor.Require(authz.CaseView); err != nil {
		return own, err
	}
	err := d.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if own.Setting, err = readSetting(ctx, q, now); err != nil {
			return err
		}
		parts := []struct {
			into *[]Item
			list listing
		}{
			{&own.Mine, listOf(actor, Filter{Tab: Mine, Limit: ownShown})},
			{&own.Others, listOf(actor, Filter{Tab: Others, Limit: ownShown})},
			{&own.Done, listOf(actor, Filter{Tab: Done, Limit: ownDone})},
		}
		var b postgres.Batch
		for _, p := range parts {
			postgres.Gather(&b, p.into, p.list.sql, p.list.args...)
		}
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		for _, p := range parts {
			*p.into, _ = p.list.page(*p.into)
			d.name(*p.into)
		}
		return nil
	})
	return own, err
}

// CounterDrafts returns the drafts that wait at the actor's counter (窗口代办), the
// newest first. It needs authz.ApplicationCounter.
func (d *Desk) CounterDrafts(ctx context.Context, actor authz.Actor) (drafts []Item, err error) {
	if err := actor.Require(authz.ApplicationCounter); err != nil {
		return nil, err
	}
	err = d.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		drafts, _, err = d.list(ctx, q, actor, Filter{Tab: Mine, State: workflow.Draft, Newest: true, Limit: ownShown})
		return err
	})
	return drafts, err
}

// kinds lists the kinds, variants of one matter once: by the first of their keys.
func (s *Service) kinds() []Kind {
	var out []Kind
	for _, key := range slices.Sorted(maps.Keys(s.definitions)) {
		name := s.definitions[key].Name
		if !slices.ContainsFunc(out, func(k Kind) bool { return k.Name == name }) {
			out = append(out, Kind{key, name})
		}
	}
	return out
}

// variants are the other kinds of the same matter.
func (s *Service) variants(kind string) []string {
	var out []string
	if d := s.definitions[kind]; d != nil {
		for key, other := range s.definitions {
			if key != kind && other.Prefix == d.Prefix {
				out = append(out, key)
			}
		}
	}
	return out
}

// waitsFor reports whether some step of some kind is the role's.
func (s *Service) waitsFor(r authz.Role) bool {
	if r.OfOrganization() {
		return true // drafts are theirs
	}
	for _, d := range s.definitions {
		if slices.ContainsFunc(d.Places(), func(p workflow.Place) bool { return p.Waits == r }) {
			return true
		}
	}
	return false
}

// Find returns a case that the actor may see by its number, for pages that know
// no more of it; errs.NotFound otherwise.
func (d *Desk) Find(ctx context.Context, actor authz.Actor, no string) (c Case, err error) {
	err = d.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err = d.cases.Load(ctx, q, actor, no)
		return err
	})
	return c, err
}
