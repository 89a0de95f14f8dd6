package funding_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// together runs n calls at once and returns their errors.
func together(n int, fn func(i int) error) []error {
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failed[i] = fn(i) })
	}
	wg.Wait()
	return failed
}

func form(t *testing.T, b *fundingtest.Bench, actor authz.Actor, no string) application.Form {
	t.Helper()
	f, err := b.Applications.Form(t.Context(), actor, no)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// A draft saves whatever was typed, however incomplete or wrong, as it was typed.
func TestADraftSavesAnything(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Open(t, org.Head, org)
	version := 0
	for name, c := range map[string]struct{ typed, kept string }{
		"nothing":         {"", ""},
		"NUL":             {"办\x00了一场", "办了一场"},
		"invalid UTF-8":   {"办了\xff\xfe一场", "办了�一场"},
		"four bytes":      {"𠮷坣壆", "𠮷坣壆"},
		"HTML":            {"<script>alert(1)</script>", "<script>alert(1)</script>"},
		"SQL":             {"'; drop table application; --", "'; drop table application; --"},
		"zero width":      {"办\u200b了\u202e", "办\u200b了\u202e"},
		"escapes of JSON": {"\\u0000 \\ \" \x01\x1f", "\\u0000 \\ \" \x01\x1f"},
		"60 KB":           {strings.Repeat("办了一场", 5000), strings.Repeat("办了一场", 5000)},
	} {
		saved, err := b.Applications.Save(t.Context(), org.Clerk, no, "activities", version, url.Values{"activities": {c.typed}})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		version = saved.Version
		if got := form(t, b, org.Head, no).Values.Get("activities"); got != c.kept {
			t.Errorf("%s: kept %q, want %q", name, got, c.kept)
		}
	}
	for name, typed := range map[string]url.Values{
		"65 KB":            {"activities": {strings.Repeat("a", 65<<10)}},
		"65 KB in pieces":  {"activities": strings.Split(strings.Repeat("abcd,", 17<<10), ",")},
		"names that large": {"line-" + strings.Repeat("x", 65<<10): {""}},
	} {
		section := "activities"
		if _, ok := typed["activities"]; !ok {
			section = "plan"
		}
		if _, err := b.Applications.Save(t.Context(), org.Clerk, no, section, version, typed); !errs.Is(err, errs.TooLarge) || !strings.Contains(errs.Message(err), "64 KB") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got := form(t, b, org.Head, no); got.Saved["activities"].Version != version {
		t.Error("what was refused has changed the draft")
	}
}

// Only the controls of the section are kept: a forged field goes nowhere.
func TestForgedControlsAreDropped(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Open(t, org.Head, org)
	_, err := b.Applications.Save(t.Context(), org.Head, no, "plan", 0, url.Values{
		"amount": {"1"}, "purpose": {"甲"}, "line-1-item": {"桌椅"}, // its own
		"payee": {uuid.NewString()}, "contact_name": {"张三"}, "cap_fen": {"1"}, "state": {"reviewing"}, "csrf": {"x"}, "version": {"9"},
		"line-\x001": {"x"}, "line-\xff": {"x"}, "": {"x"}, // names that no database takes
	})
	if err != nil {
		t.Fatal(err)
	}
	kept := form(t, b, org.Head, no).Saved["plan"].Values()
	if got := kept.Encode(); got != (url.Values{"amount": {"1"}, "purpose": {"甲"}, "line-1-item": {"桌椅"}}).Encode() {
		t.Errorf("kept %s", got)
	}
}

// Autosave of an untouched form, and a second click, leave no trace.
func TestAnUnchangedFormLeavesNoTrace(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Open(t, org.Head, org)
	trace := func() [3]int {
		return [3]int{b.Case(t, no).Version, form(t, b, org.Head, no).Saved["plan"].Version, fundingtest.Scan[int](t, b, `select count(*) from audit_entry`)}
	}
	typed := url.Values{"amount": {"3000"}, "purpose": {""}}
	fresh := trace()
	if saved, err := b.Applications.Save(t.Context(), org.Head, no, "plan", 0, url.Values{}); err != nil || saved.Version != 0 || trace() != fresh {
		t.Errorf("an empty form: %+v, %v", saved, err)
	}
	first, err := b.Applications.Save(t.Context(), org.Head, no, "plan", 0, typed)
	if err != nil || first.Version != 1 {
		t.Fatal(first, err)
	}
	before := trace()
	if before == fresh {
		t.Fatal("control: a change leaves a trace")
	}
	for _, seen := range []int{1, 0} { // the same again; the same by a second click
		if saved, err := b.Applications.Save(t.Context(), org.Clerk, no, "plan", seen, typed); err != nil || saved.Version != 1 || saved.ByName != org.Head.Name || saved.At.IsZero() {
			t.Errorf("seen %d: %+v, %v", seen, saved, err)
		}
	}
	if after := trace(); after != before {
		t.Errorf("trace %v, before %v", after, before)
	}
}

func TestAStaleSectionShowsBothVersions(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Open(t, org.Head, org)
	save := func(a authz.Actor, section string, seen int, control, typed string) error {
		_, err := b.Applications.Save(t.Context(), a, no, section, seen, url.Values{control: {typed}})
		return err
	}
	if err := save(org.Clerk, "plan", 0, "amount", "3000"); err != nil {
		t.Fatal(err)
	}
	stale, ok := errors.AsType[*application.StaleError](save(org.Head, "plan", 0, "amount", "4000"))
	if !ok || !errs.Is(stale, errs.Conflict) {
		t.Fatalf("stale save: %v", stale)
	}
	if stale.Theirs.Values().Get("amount") != "3000" || stale.Theirs.ByName != org.Clerk.Name || stale.Mine.Get("amount") != "4000" || errs.Message(stale) == "" {
		t.Errorf("%+v", stale)
	}
	if got := form(t, b, org.Head, no).Values.Get("amount"); got != "3000" {
		t.Errorf("overwritten unseen: %s", got)
	}
	if err := save(org.Head, "activities", 0, "activities", "办了"); err != nil {
		t.Errorf("another section at the same time: %v", err)
	}
	if err := save(org.Head, "plan", 1, "amount", "4000"); err != nil {
		t.Errorf("having seen theirs: %v", err)
	}
	if _, ok := errors.AsType[*application.StaleError](save(org.Head, "plan", 7, "amount", "1")); !ok {
		t.Error("a version that never was")
	}
}

// Of many savers who saw the same version one saves; nobody overwrites unseen.
func TestOneOfManySaves(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Open(t, org.Head, org)
	won := 0
	for _, err := range together(10, func(i int) error {
		_, err := b.Applications.Save(context.Background(), org.Head, no, "plan", 0, url.Values{"amount": {strings.Repeat("1", i+1)}})
		return err
	}) {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d saved", won)
	}
}

// A draft is its organization's, and of the counter that filed it.
func TestWhoMayWriteADraft(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org, other := b.Organization(t), b.Organization(t)
	online, counter := b.Open(t, org.Head, org), b.Open(t, b.Community, org)
	if online == counter {
		t.Fatal("the counter's draft is the organization's")
	}
	for name, c := range map[string]struct {
		actor  authz.Actor
		no     string
		want   errs.Kind
		writes bool
	}{
		"head":                    {org.Head, online, 0, true},
		"clerk":                   {org.Clerk, online, 0, true},
		"another organization":    {other.Head, online, errs.NotFound, false},
		"the community":           {b.Community, online, errs.NotFound, false},
		"the community's own":     {b.Community, counter, 0, true},
		"a colleague at it":       {b.Colleague, counter, 0, true},
		"another community":       {b.OtherCommunity, counter, errs.NotFound, false},
		"the subdistrict":         {b.Subdistrict, counter, errs.NotFound, false},
		"the bureau":              {b.Clerk, online, errs.NotFound, false},
		"head at the counter's":   {org.Head, counter, 0, true},
		"an auditor":              {authz.Actor{Role: authz.Auditor, AccountID: uuid.New()}, online, errs.Forbidden, false},
		"nobody":                  {authz.Actor{}, online, errs.NotFound, false},
		"a number that is none":   {org.Head, "FH-2026-9999", errs.NotFound, false},
		"a number out of nowhere": {org.Head, "\x00", errs.NotFound, false},
	} {
		_, err := b.Applications.Save(t.Context(), c.actor, c.no, "plan", versionOf(b, c.actor, c.no), url.Values{"purpose": {name}})
		if c.writes && err != nil || !c.writes && !errs.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Applications.Save(t.Context(), org.Head, online, "no such section", 0, nil); !errs.Is(err, errs.NotFound) {
		t.Errorf("an unknown section: %v", err)
	}
	if err := b.TryAttach(t, org.Head, online, "no such slot"); !errs.Is(err, errs.NotFound) {
		t.Errorf("an unknown slot: %v", err)
	}
}

func versionOf(b *fundingtest.Bench, a authz.Actor, no string) int {
	f, err := b.Applications.Form(context.Background(), a, no)
	if err != nil {
		return 0
	}
	return f.Saved["plan"].Version
}

// Two people who begin at once, or one who clicks twice, get one draft; the
// counter has its own.
func TestAnOrganizationHasOneDraft(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	numbers := make([]string, 12)
	for _, err := range together(12, func(i int) (err error) {
		actor := []authz.Actor{org.Head, org.Clerk}[i%2]
		numbers[i], err = b.Funding.Open(context.Background(), actor, startup.Kind, uuid.New(), once.NewToken()) // an organization's own, whatever it names
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, no := range numbers {
		if no != numbers[0] {
			t.Errorf("drafts %v", numbers)
			break
		}
	}
	if c := b.Case(t, numbers[0]); c.OrganizationID != org.ID || c.Community != fundingtest.Liulian || c.Subdistrict != fundingtest.Pingshan || c.Title != org.Registration.Name {
		t.Errorf("case %+v", c)
	}
	open := func(a authz.Actor, kind string, id uuid.UUID) error {
		_, err := b.Funding.Open(t.Context(), a, kind, id, once.NewToken())
		return err
	}
	for name, c := range map[string]struct {
		err  error
		want errs.Kind
	}{
		"another community":    {open(b.OtherCommunity, startup.Kind, org.ID), errs.NotFound},
		"an organization gone": {open(b.Community, startup.Kind, uuid.New()), errs.NotFound},
		"the bureau":           {open(b.Clerk, startup.Kind, org.ID), errs.Forbidden},
		"nobody":               {open(authz.Actor{}, startup.Kind, org.ID), errs.Unauthenticated},
		"no such programme":    {open(org.Head, "venture2", org.ID), errs.NotFound},
	} {
		if !errs.Is(c.err, c.want) {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}
