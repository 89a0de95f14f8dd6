package sampling_test

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/sampling"

	"github.com/google/uuid"
)

// What Python's hashlib says of the list and the seed below.
const (
	listDigest = "834712f856e161f2dca0074f9be9ff7965817703d063a46f42b523202583eceb"
	first      = "CZ-2026-0004"
	second     = "CZ-2026-0001"
)

// A draw by hand, with printf and sha256sum, gives the same.
func TestDrawVector(t *testing.T) {
	t.Parallel()
	numbers := []string{"CZ-2026-0001", "CZ-2026-0002", "CZ-2026-0003", "CZ-2026-0004", "CZ-2026-0005"}
	if got := hex.EncodeToString(sampling.Digest(numbers)); got != listDigest {
		t.Errorf("digest %s", got)
	}
	seed := make([]byte, 32)
	for i := range seed {
		seed[i] = byte(i)
	}
	if got := sampling.Draw(seed, numbers, 2); !slices.Equal(got, []string{first, second}) {
		t.Errorf("drawn %v", got)
	}
	if got := sampling.Draw(seed, numbers, 9); len(got) != 5 {
		t.Errorf("%d of 5", len(got))
	}
	reversed := slices.Clone(numbers)
	slices.Reverse(reversed)
	if !slices.Equal(sampling.Draw(seed, reversed, 5), sampling.Draw(seed, numbers, 5)) {
		t.Error("the order of the list decides")
	}
}

// Every candidate is drawn about as often as any other.
func TestDrawIsFair(t *testing.T) {
	t.Parallel()
	var numbers []string
	for i := range 20 {
		numbers = append(numbers, fmt.Sprintf("CZ-2026-%04d", i+1))
	}
	times := map[string]int{}
	for i := range 4000 {
		seed := sampling.Digest([]string{fmt.Sprint(i)})
		for _, n := range sampling.Draw(seed, numbers, 5) {
			times[n]++
		}
	}
	for _, n := range numbers { // 1000 expected, standard deviation 27
		if times[n] < 850 || times[n] > 1150 {
			t.Errorf("%s drawn %d times", n, times[n])
		}
	}
}

func TestSizesAndOrder(t *testing.T) {
	t.Parallel()
	for _, c := range [][4]int{{1, 10, 3, 1}, {3, 10, 3, 3}, {30, 10, 3, 3}, {31, 10, 3, 4}, {100, 10, 3, 10}, {101, 10, 3, 11}, {5, 100, 1, 5}} {
		if got := sampling.SizeOf(c[0], c[1], c[2]); got != c[3] {
			t.Errorf("%d of %d at %d%%", got, c[0], c[1])
		}
	}
	list := []string{"CZ-2026-10000", "CZ-2025-0002", "CZ-2026-9999", "CZ-2026-0001"}
	slices.SortFunc(list, sampling.Order)
	if strings.Join(list, " ") != "CZ-2025-0002 CZ-2026-0001 CZ-2026-9999 CZ-2026-10000" {
		t.Errorf("%v", list)
	}
}

type bench struct {
	*sampling.Service
	db                               *dbtest.DB
	clerk, reviewer, twin, leader, o authz.Actor
}

// newBench has n accepted cases of October 2026, a draft, and one refused.
func newBench(t *testing.T, n int) *bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, civil.Of(2026, 11, 23).Start().Add(10*time.Hour))
	b := &bench{Service: sampling.New(db.App, sampling.Kind{Key: "startup", Name: "孵化关爱工程"}), db: db}
	for to, role := range map[*authz.Actor]authz.Role{&b.clerk: authz.BureauClerk, &b.reviewer: authz.BureauReviewer, &b.twin: authz.BureauReviewer, &b.leader: authz.BureauLeader, &b.o: authz.OrgHead} {
		*to = authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "某" + string(role), Role: role}
	}
	b.twin.PersonID = b.clerk.PersonID // one person with two offices
	_, err := db.Owner.Exec(t.Context(), `insert into case_file (id, kind, no, no_year, no_serial, title, state, class, created_by, created_at, submitted_at, entered_at, edition_id, closed_at)
		select gen_random_uuid(), 'startup', 'FH-2026-' || lpad(i::text, 4, '0'), 2026, i, '第' || i || '互助会',
			case when i > $1 + 1 then 'refused' when i > $1 then 'draft' else 'reviewing' end, case when i > $1 + 1 then 'final' else 'open' end,
			gen_random_uuid(), now(), case when i <> $1 + 1 then timestamptz '2026-10-01 09:00+08' + i * interval '1 hour' end, now(),
			case when i <> $1 + 1 then (select id from policy_edition limit 1) end, case when i > $1 + 1 then now() end
		from generate_series(1, $1 + 2) i`, n)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func october() sampling.Input {
	return sampling.Input{Token: once.NewToken(), Kind: "startup", From: civil.Of(2026, 10, 1), To: civil.Of(2026, 10, 31)}
}

func TestFreezeAndDraw(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t, 45), context.Background()
	for name, c := range map[string]struct {
		change func(*sampling.Input)
		field  string
	}{
		"no kind": {func(in *sampling.Input) { in.Kind = "" }, "kind"}, "another kind": {func(in *sampling.Input) { in.Kind = "filing" }, "kind"},
		"no beginning": {func(in *sampling.Input) { in.From = civil.Date{} }, "from"}, "no end": {func(in *sampling.Input) { in.To = civil.Date{} }, "to"},
		"backward": {func(in *sampling.Input) { in.To = civil.Of(2026, 9, 30) }, "to"}, "today": {func(in *sampling.Input) { in.To = civil.Of(2026, 11, 23) }, "to"},
		"too long": {func(in *sampling.Input) { in.From = civil.Of(2025, 10, 1) }, "to"}, "an empty month": {func(in *sampling.Input) { in.From, in.To = civil.Of(2026, 8, 1), civil.Of(2026, 8, 31) }, "to"},
	} {
		in := october()
		c.change(&in)
		_, err := b.Freeze(ctx, b.clerk, in)
		if f := errs.FieldsOf(err); len(f) != 1 || f[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	in := october()
	no, err := b.Freeze(ctx, b.clerk, in)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Freeze(ctx, b.clerk, in); err != nil || again != no {
		t.Errorf("the same form again: %s %v", again, err)
	}
	overlap := october()
	overlap.To = civil.Of(2026, 11, 1)
	if _, err := b.Freeze(ctx, b.clerk, overlap); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("a span that overlaps: %v", err)
	}
	f, err := b.Read(ctx, b.clerk, no)
	if err != nil || f.Candidates != 45 || f.Size != 5 || f.Drawn() || len(f.Chosen()) != 0 || f.DigestText() != hex.EncodeToString(sampling.Digest(f.Numbers())) {
		t.Errorf("%+v %v", f.List, err)
	}
	b.refused(t, `update sample_list set digest = sha256('x')`, `delete from sample_candidate`, `update sample_candidate set rank = position`,
		`insert into sample_candidate (list_id, position, case_id, case_no) select list_id, 999, case_id, 'CZ-2026-9999' from sample_candidate limit 1`,
		`update sample_list set seed = sha256('x'), drawn_at = now() + interval '1 day', drawn_by = frozen_by, drawn_name = 'x'`)
	for name, c := range map[string]struct {
		as   authz.Actor
		kind errs.Kind
	}{"the clerk": {b.clerk, errs.Forbidden}, "the leader": {b.leader, errs.Forbidden}, "an organization": {b.o, errs.Forbidden}, "who froze it, in another office": {b.twin, errs.Conflict}} {
		if err := b.Draw(ctx, c.as, no, 1); !errs.Is(err, c.kind) {
			t.Errorf("%s draws: %v", name, err)
		}
	}
	if _, err := b.Freeze(ctx, b.clerk, sampling.Input{Token: once.NewToken(), Redraw: no, Why: "想换一批办件来查一查"}); !errs.Is(err, errs.Conflict) {
		t.Errorf("redrawn before it was drawn: %v", err)
	}
	b.drawnOnce(t, no)
	b.redrawn(t, no)
}

func (b *bench) refused(t *testing.T, statements ...string) {
	t.Helper()
	for _, sql := range statements {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("the database allows: %s", sql)
		}
	}
}

// drawnOnce: eight press at once, one draws.
func (b *bench) drawnOnce(t *testing.T, no string) {
	t.Helper()
	var all sync.WaitGroup
	results := make([]error, 8)
	for i := range results {
		all.Go(func() { results[i] = b.Draw(context.Background(), b.reviewer, no, 1) })
	}
	all.Wait()
	done := 0
	for _, err := range results {
		switch {
		case err == nil:
			done++
		case !errs.Is(err, errs.Conflict):
			t.Error(err)
		}
	}
	f, err := b.Read(t.Context(), authz.Actor{}, no)
	if err != nil || done != 1 {
		t.Fatalf("%d drew: %v", done, err)
	}
	var got []string
	for _, c := range f.Chosen() {
		got = append(got, c.CaseNo)
		if c.Title != "" || c.CaseID != uuid.Nil {
			t.Error("the public reads whose case it is")
		}
	}
	if want := sampling.Draw(f.Seed, f.Numbers(), f.Size); !slices.Equal(got, want) {
		t.Errorf("drawn %v, the seed draws %v", got, want)
	}
	b.refused(t, `update sample_list set seed = sha256('y')`, `update sample_candidate set rank = null`, `update sample_candidate set rank = 99 where rank is null`, `delete from sample_list`)
}

// redrawn is a list that says which it replaces and why, once.
func (b *bench) redrawn(t *testing.T, no string) {
	t.Helper()
	ctx := t.Context()
	again := sampling.Input{Token: once.NewToken(), Redraw: no, Why: "太短"}
	if _, err := b.Freeze(ctx, b.clerk, again); len(errs.FieldsOf(err)) != 1 {
		t.Errorf("without a reason: %v", err)
	}
	again.Why = "抽中的两件是同一次活动，已经一并检查过"
	next, err := b.Freeze(ctx, b.clerk, again)
	if err != nil {
		t.Fatal(err)
	}
	again.Token = once.NewToken()
	if _, err := b.Freeze(ctx, b.clerk, again); !errs.Is(err, errs.Conflict) {
		t.Errorf("redrawn twice: %v", err)
	}
	if err := b.Draw(ctx, b.reviewer, next, 1); err != nil {
		t.Fatal(err)
	}
	page, err := b.Lists(ctx, "", 10)
	if err != nil || len(page.Lists) != 2 || page.Lists[0].Redraws != no || page.Lists[1].RedrawnBy != next || page.Lists[0].RedrawWhy == "" {
		t.Errorf("%+v %v", page.Lists, err)
	}
	if slices.Equal(page.Lists[0].Seed, page.Lists[1].Seed) {
		t.Error("the same seed twice")
	}
}

// The digest stands before the seed is drawn: one transaction cannot do both.
func TestTheDigestComesFirst(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t, 3), context.Background()
	freeze := `insert into sample_list (id, no, kind, from_on, to_on, candidates, size, share_pct, least, digest, frozen_at, frozen_by, frozen_name)
		values ($1, 'CY-2026-0777', 'startup', '2026-10-01', '2026-10-31', 1, 1, 10, 1, sha256('x'), portal_now() - interval '1 hour', gen_random_uuid(), 'x')`
	draw := `update sample_list set seed = sha256('y'), drawn_at = portal_now(), drawn_by = gen_random_uuid(), drawn_name = 'y' where id = $1`
	id := uuid.New()
	tx, err := b.db.App.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	_, err = tx.Exec(ctx, freeze, id)
	if err == nil {
		_, err = tx.Exec(ctx, draw, id)
	}
	if err == nil || !strings.Contains(err.Error(), "must stand before") {
		t.Errorf("frozen and drawn in one: %v", err)
	}
	_ = tx.Rollback(ctx)
	if _, err := b.db.App.Pool().Exec(ctx, freeze, id); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.App.Pool().Exec(ctx, draw, id); err != nil {
		t.Errorf("one after the other: %v", err)
	}
}
