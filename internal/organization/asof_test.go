package organization_test

import (
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func (b bench) asOf(t *testing.T, id uuid.UUID, on civil.Date) (a organization.AsOf, err error) {
	t.Helper()
	err = b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		a, err = organization.ReadOn(t.Context(), q, id, on, today)
		return err
	})
	return a, err
}

// A past day shows its own facts: after two changes on one day the later entry,
// after a correction the corrected value from the beginning.
func TestProfileOnAPastDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := filed("01")
	id := b.register(t, in)
	revise := func(version int, on civil.Date, alter func(*organization.Registration)) {
		t.Helper()
		next := in
		next.HeadIDNumber, next.HeadMobile = "", ""
		alter(&next)
		if err := b.Revise(t.Context(), b.clerk, organization.Revision{Registration: next, OrgID: id, Version: version, EffectiveOn: on, Reason: "看着批准文件登记"}); err != nil {
			t.Fatal(err)
		}
		in = next
	}
	day := civil.Of(2026, 9, 1)
	revise(1, day, func(r *organization.Registration) { r.Name = "六联社区邻里互助会" })
	revise(2, day, func(r *organization.Registration) {
		r.Name, r.Category = "六联社区长者互助会", organization.Charity
	})
	revise(3, civil.Date{}, func(r *organization.Registration) { r.Registrar = "碧岭街道办事处" })
	err := b.RecordStatus(t.Context(), b.clerk, organization.StatusChange{OrgID: id, Version: 4, Status: organization.Abnormal, Since: civil.Of(2026, 10, 1), Reason: "住所联系不上"})
	if err != nil {
		t.Fatal(err)
	}
	err = b.FileSystem(t.Context(), b.clerk, organization.SystemInput{Token: filed("02").Token, OrgID: id, Kind: organization.Charter, Title: "章程", FiledOn: civil.Of(2026, 6, 1)})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on       civil.Date
		name     string
		category organization.Category
		status   organization.Status
		systems  int
	}{
		{civil.Of(2026, 5, 23), "六联社区01互助会", organization.Welfare, organization.Active, 0},
		{civil.Of(2026, 8, 31), "六联社区01互助会", organization.Welfare, organization.Active, 1},
		{day, "六联社区长者互助会", organization.Charity, organization.Active, 1},
		{civil.Of(2026, 9, 30), "六联社区长者互助会", organization.Charity, organization.Active, 1},
		{civil.Of(2026, 10, 1), "六联社区长者互助会", organization.Charity, organization.Abnormal, 1},
		{today, "六联社区长者互助会", organization.Charity, organization.Abnormal, 1},
	} {
		a, err := b.asOf(t, id, c.on)
		if err != nil {
			t.Fatal(err)
		}
		if a.Name != c.name || a.Category != c.category || a.Status != c.status || len(a.Systems) != c.systems || a.Registrar != "碧岭街道办事处" {
			t.Errorf("on %s: %s, %s, %s, %d systems, %s", c.on, a.Name, a.Category, a.Status, len(a.Systems), a.Registrar)
		}
	}
	for _, on := range []civil.Date{civil.Of(2026, 5, 22), today.AddDays(1)} {
		_, err := b.asOf(t, id, on)
		wantField(t, err, "on")
	}
}
