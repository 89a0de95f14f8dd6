package audit_test

import (
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
)

func recent(t *testing.T, db *dbtest.DB, f audit.Filter, cursor string) audit.Page {
	t.Helper()
	p, err := audit.Recent(t.Context(), db.App.Pool(), f, cursor)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestRecentPagesThroughEverythingOnce(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	const all = 2*audit.PageSize + 7
	for i := range all {
		record(t, db, clerk, entry("case", fmt.Sprint(i%5), "case.touch", nil))
	}
	seen, cursor, pages := map[int64]bool{}, "", 0
	for last := (audit.Item{}); ; pages++ {
		p := recent(t, db, audit.Filter{}, cursor)
		for _, item := range p.Items {
			if seen[item.ID] || last.ID != 0 && item.At.After(last.At) {
				t.Fatalf("entry %d again or out of order", item.ID)
			}
			seen[item.ID], last = true, item
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if len(seen) != all || pages != 2 {
		t.Fatalf("saw %d of %d entries in %d pages", len(seen), all, pages+1)
	}
}

func TestRecentNarrows(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	db.SetNow(t, time.Date(2026, 11, 23, 15, 50, 0, 0, time.UTC)) // 23:50 in Shanghai
	record(t, db, clerk, entry("case", "a", "case.accept", nil), entry("organization", "a", "organization.profile.save", nil))
	sealAll(t, db, keys)
	db.SetNow(t, time.Date(2026, 11, 23, 16, 10, 0, 0, time.UTC)) // the next day there
	record(t, db, authz.SystemActor, entry("case", "b", "case.lapse", nil))
	monday, tuesday := civil.MustParse("2026-11-23"), civil.MustParse("2026-11-24")
	for _, c := range []struct {
		name   string
		filter audit.Filter
		want   string
	}{
		{"nothing", audit.Filter{}, "case.lapse organization.profile.save case.accept "},
		{"subject", audit.Filter{Subject: "case"}, "case.lapse case.accept "},
		{"one subject", audit.Filter{Subject: "case", SubjectID: "a"}, "case.accept "},
		{"account", audit.Filter{AccountID: clerk.AccountID}, "organization.profile.save case.accept "},
		{"beginning of the action", audit.Filter{Action: "organization."}, "organization.profile.save "},
		{"a wildcard is a letter", audit.Filter{Action: "case.%"}, ""},
		{"from", audit.Filter{From: tuesday}, "case.lapse "},
		{"to", audit.Filter{To: monday}, "organization.profile.save case.accept "},
		{"all at once", audit.Filter{Subject: "case", SubjectID: "a", AccountID: clerk.AccountID, Action: "case.", From: monday, To: monday}, "case.accept "},
	} {
		got := ""
		for _, item := range recent(t, db, c.filter, "").Items {
			got += item.Action + " "
			if sealed := item.Action != "case.lapse"; sealed != (item.Seal == 1) {
				t.Errorf("%s in seal %d", item.Action, item.Seal)
			}
		}
		if got != c.want {
			t.Errorf("%s: got %s, want %s", c.name, got, c.want)
		}
	}
}

func TestCursorThatIsNoneIsInvalid(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, cursor := range []string{"x", "1", "1-", "-1-1", "1-x", "99999999999999999999-1", "9000000000000000000-1", "1-1'--"} {
		if _, err := audit.Recent(t.Context(), db.App.Pool(), audit.Filter{}, cursor); !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: %v", cursor, err)
		}
	}
}
