package organization_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// plant registers organizations by name, in the order given, the first the oldest.
func (b bench) plant(t *testing.T, names ...string) []uuid.UUID {
	t.Helper()
	var ids []uuid.UUID
	for i, name := range names {
		in := filed(fmt.Sprintf("%02d", i+10))
		in.Name, in.EstablishedOn = name, civil.Of(2020, 1, 1).AddDays(i)
		in.Accept = []string{"similar_name", "head_of_many"}
		ids = append(ids, b.register(t, in))
	}
	return ids
}

func names(p organization.Page) []string {
	var out []string
	for _, i := range p.Items {
		out = append(out, i.Name)
	}
	return out
}

// Any one to six characters are found wherever they stand, and nothing else is.
func TestSearch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, "六联社区长者食堂", "坪环社区沙坣山歌社", "六联𠮷祥社区互助会", "坪山区志愿者ABC中心", "坪山社区老友互助会")
	for q, want := range map[string][]string{
		"长":               {"六联社区长者食堂"},
		"长者":              {"六联社区长者食堂"},
		"社区长者食":           {"六联社区长者食堂"},
		"者长":              nil,
		"养老":              nil,
		"沙坣":              {"坪环社区沙坣山歌社"},
		"沙壆山歌":            {"坪环社区沙坣山歌社"},
		"𠮷":               {"六联𠮷祥社区互助会"},
		"abc":             {"坪山区志愿者ABC中心"},
		"ＡＢＣ":             {"坪山区志愿者ABC中心"},
		"%":               nil,
		"_":               nil,
		"互助会":             {"坪山社区老友互助会", "六联𠮷祥社区互助会"},
		"坪社备〔2026〕第0010号": {"六联社区长者食堂"},
	} {
		if got := names(b.list(t, organization.Filter{Query: q}, "", 10)); !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", q, got, want)
		}
	}
}

// A frequent word is found while walking the list, a rare one beyond the walk by
// the index; both ways lead through the same rows.
func TestSearchBothWays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, "六联社区长者食堂")
	_, err := b.db.Owner.Exec(t.Context(), `
		insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
		select gen_random_uuid(), '社区乐龄队' || i, 'association', 'filed', 'welfare', 'BA-' || i, '2020-02-01', '街道', 'new', '2020-02-01',
			(select id from person limit 1), '陈小明', '440310001001', '440310001', now(), now() from generate_series(1, 2500) i`)
	if err != nil {
		t.Fatal(err)
	}
	seen, cursor := map[uuid.UUID]bool{}, ""
	for pages := 0; pages < 30; pages++ {
		p := b.list(t, organization.Filter{Query: "乐龄"}, cursor, 100)
		for _, i := range p.Items {
			if seen[i.ID] {
				t.Fatalf("%s comes twice", i.Name)
			}
			seen[i.ID] = true
		}
		if cursor = p.Next; cursor == "" {
			break
		}
	}
	if len(seen) != 2500 {
		t.Errorf("%d found, want 2500", len(seen))
	}
	if got := names(b.list(t, organization.Filter{Query: "乐龄队17"}, "", 200)); len(got) != 111 {
		t.Errorf("17, 170 to 179 and 1700 to 1799 are 111, got %v", got)
	}
	// The oldest of all lies beyond the walk.
	if got := names(b.list(t, organization.Filter{Query: "长者食堂"}, "", 20)); len(got) != 1 {
		t.Errorf("beyond the walk: %v", got)
	}
}

// Pages lead forth and back over the same rows, ties included.
func TestPages(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, "社区第一互助会", "社区第二互助会", "社区第三互助会", "社区第四互助会", "社区第五互助会")
	all := names(b.list(t, organization.Filter{}, "", 10))
	if !slices.Equal(all, []string{"社区第五互助会", "社区第四互助会", "社区第三互助会", "社区第二互助会", "社区第一互助会"}) {
		t.Fatalf("the newest first, got %v", all)
	}
	first := b.list(t, organization.Filter{}, "", 2)
	second := b.list(t, organization.Filter{}, first.Next, 2)
	third := b.list(t, organization.Filter{}, second.Next, 2)
	if got := slices.Concat(names(first), names(second), names(third)); !slices.Equal(got, all) {
		t.Errorf("forth: %v", got)
	}
	if first.Previous != "" || third.Next != "" {
		t.Error("the ends lead on")
	}
	back := b.list(t, organization.Filter{}, third.Previous, 2)
	if !slices.Equal(names(back), names(second)) || back.Next == "" || back.Previous == "" {
		t.Errorf("back: %v", names(back))
	}
	if start := b.list(t, organization.Filter{}, back.Previous, 2); !slices.Equal(names(start), names(first)) || start.Previous != "" {
		t.Errorf("back to the start: %v, previous %q", names(start), start.Previous)
	}
	for _, bad := range []string{"x", "../..", "bm9ub25lbm9uZQ", "1e9", "-1"} {
		if got := names(b.list(t, organization.Filter{}, bad, 10)); !slices.Equal(got, all) {
			t.Errorf("cursor %q: %v", bad, got)
		}
	}
}

func TestFilterAndTally(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ids := b.plant(t, "社区第一互助会", "社区第二互助会", "社区第三互助会")
	end := organization.StatusChange{OrgID: ids[0], Version: 1, Status: organization.FilingRevoked, Since: today, Reason: "撤销备案的决定"}
	if err := b.RecordStatus(t.Context(), b.clerk, end); err != nil {
		t.Fatal(err)
	}
	move := revision(b.record(t, b.clerk, ids[1]).Organization, filed("11"))
	move.Name, move.EstablishedOn, move.Category = "社区第二互助会", civil.Of(2020, 1, 2), organization.Rights
	move.SubdistrictCode, move.CommunityCode = maluan, pinghuan
	if err := b.Revise(t.Context(), b.clerk, move); err != nil {
		t.Fatal(err)
	}
	counts := func() (c organization.Tallies) {
		t.Helper()
		err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
			c, err = organization.Counts(t.Context(), q)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}()
	for _, c := range []struct {
		f    organization.Filter
		want int
	}{
		{organization.Filter{}, 2}, {organization.Filter{Status: organization.All}, 3}, {organization.Filter{Community: pinghuan}, 1},
		{organization.Filter{Subdistrict: pingshan}, 1}, {organization.Filter{Category: organization.Rights}, 1},
		{organization.Filter{Basis: organization.Registered}, 0}, {organization.Filter{Category: organization.Welfare, Status: organization.All}, 2},
	} {
		if got := len(b.list(t, c.f, "", 10).Items); got != c.want {
			t.Errorf("%+v lists %d, want %d", c.f, got, c.want)
		}
		if got := counts.Sum(c.f); got != c.want {
			t.Errorf("%+v counts %d, want %d", c.f, got, c.want)
		}
	}
}

func TestListForAnOffice(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.plant(t, "社区第一互助会")
	for _, c := range []struct {
		actor authz.Actor
		want  int
		kind  errs.Kind
	}{{b.community, 1, 0}, {b.subdistrict, 1, 0}, {b.other, 0, 0}, {b.clerk, 1, 0}, {authz.Actor{Role: authz.Department}, 0, 0},
		{authz.Actor{Role: authz.Expert}, 0, errs.Forbidden}, {b.public, 0, errs.Unauthenticated}} {
		err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			regions, err := district.Regions(t.Context(), q)
			if err != nil {
				return err
			}
			p, err := b.ListFor(t.Context(), q, regions, c.actor, organization.Filter{}, "", 10)
			if err == nil && len(p.Items) != c.want {
				t.Errorf("%s sees %d, want %d", c.actor.Role, len(p.Items), c.want)
			}
			return err
		})
		if c.kind != errs.Internal {
			wantKind(t, err, c.kind)
		} else if err != nil {
			t.Errorf("%s: %v", c.actor.Role, err)
		}
	}
}

func TestFindByNumber(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	filedID, legalID := b.register(t, filed("01")), b.register(t, registered("坪山区邻里互助协会", "51440310MJL0000165"))
	for number, want := range map[string]uuid.UUID{
		"坪社备[2026]1号": filedID, "51440310mjl0000165": legalID, "５１４４０３１０MJL0000165": legalID,
		"坪社备〔2026〕第0002号": {}, "52440310MJL0000162": {}, "'; drop table": {}, "": {},
	} {
		err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			id, _, _, ok, err := organization.FindByNumber(t.Context(), q, number)
			if ok != (want != uuid.Nil) || id != want {
				t.Errorf("%q finds %s, %v", number, id, ok)
			}
			return err
		})
		if err != nil {
			t.Errorf("%q: %v", number, err)
		}
	}
}
