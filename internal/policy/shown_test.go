package policy_test

import (
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/policy"
)

func TestAPeriodOfMonthsIsMet(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ from, corresponding, next string }{
		{"2026-05-23", "2026-11-23", "2026-11-24"},
		{"2026-08-31", "2027-02-28", "2027-03-01"},
		{"2023-08-29", "2024-02-29", "2024-03-01"},
	} {
		for method, want := range map[string]string{policy.MetOnCorrespondingDay: c.corresponding, policy.MetOnNextDay: c.next} {
			p := policy.ParamsOf(map[policy.Key]any{policy.PeriodMetOn: method})
			if got := p.MetOn(civil.MustParse(c.from), 6); got.String() != want {
				t.Errorf("%s and half a year by %s: %s, want %s", c.from, method, got, want)
			}
		}
	}
}

func TestALapsedPolicyIsStillExplained(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	v, err := policy.New(db.App).Shown(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if v.Document.ForceOn(v.On) != policy.Lapsed || v.Edition.DocumentID != v.Document.ID || v.Edition.Params.Int(policy.StartupMinAgeMonths) != 6 {
		t.Errorf("on %s: %s, %s", v.On, v.Document.Title, v.Edition.Label)
	}
}
