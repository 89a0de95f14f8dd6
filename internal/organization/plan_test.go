package organization

import (
	"encoding/json"
	"fmt"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
)

// node is a step of a plan as it ran.
type node struct {
	Type    string  `json:"Node Type"`
	Index   string  `json:"Index Name"`
	Rows    float64 `json:"Actual Rows"`
	Removed float64 `json:"Rows Removed by Filter"`
	Checked float64 `json:"Rows Removed by Index Recheck"`
	Loops   float64 `json:"Actual Loops"`
	Plans   []node  `json:"Plans"`
}

// read is how many rows of tables the plan looked at.
func (n node) read() float64 {
	sum := 0.0
	if len(n.Plans) == 0 || n.Type == "Bitmap Heap Scan" {
		sum = (n.Rows + n.Removed + n.Checked) * n.Loops
	}
	for _, p := range n.Plans {
		if p.Type != "Bitmap Index Scan" {
			sum += p.read()
		}
	}
	return sum
}

func (n node) indexes() string {
	s := n.Type + " " + n.Index
	for _, p := range n.Plans {
		s += " / " + p.indexes()
	}
	return s
}

// Among 20,000 organizations a page that is narrowed by whom they serve, how far
// they reach or how large they are reads a small part of them: rare values by their
// index, frequent ones in the order of the list.
func TestNarrowedPagesReadLittle(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, sql := range []string{
		`insert into person (id, name, created_at, updated_at) values ('00000000-0000-0000-0000-000000000001', '某人', now(), now())`,
		`alter table organization disable trigger all`,
		// Rare values stand at the end of the list, where a walk in its order finds them last.
		`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name,
				community_code, subdistrict_code, service_targets, activity_reach, members, staff, created_at, updated_at)
			select gen_random_uuid(), '社区第' || i || '队', case when i % 3 = 0 then 'social_service' else 'association' end, 'filed', 'welfare', 'BA-' || i, date '2026-11-01' - i / 5, '街道', 'new', date '2026-11-01' - i / 5,
				'00000000-0000-0000-0000-000000000001', '某人', '44031000100' || 1 + i % 4, '440310001',
				case when i > 19960 then '{veterans}' when i % 2 = 0 then '{elderly,residents}' else '{children}' end::text[],
				case when i > 19940 then 'beyond' when i % 4 = 0 then 'subdistrict' else 'community' end,
				case when i > 19900 then 300 else 5 + i % 60 end, case when i > 19900 then 300 else i % 40 end, now(), now() from generate_series(1, 20000) i`,
		`analyze organization`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	bounds := SizeBounds{Medium: 30, Large: 100}
	for name, f := range map[string]Filter{
		"a rare target": {Target: TargetVeterans}, "a frequent target": {Target: TargetElderly}, "an absent target": {Target: TargetDisabled},
		"a rare reach": {Reach: ReachBeyond}, "a frequent reach": {Reach: ReachCommunity}, "large ones": {Size: SizeLarge, Bounds: bounds},
		"medium ones": {Size: SizeMedium, Bounds: bounds}, "small ones": {Size: SizeSmall, Bounds: bounds},
		"rare and frequent":        {Target: TargetVeterans, Reach: ReachCommunity, Size: SizeSmall, Bounds: bounds},
		"within a community":       {Target: TargetVeterans, Community: "440310001001"},
		"of a reach and a size":    {Reach: ReachBeyond, Size: SizeLarge, Bounds: bounds},
		"of a category and target": {Category: Welfare, Target: TargetVeterans},
	} {
		var w where
		w.filter(f)
		w.scope(authz.Actor{Role: authz.System})
		var plan []byte
		err := db.Owner.QueryRow(t.Context(), fmt.Sprintf(`explain (analyze, timing off, format json) select %s from organization o%s order by o.established_on desc, o.id desc limit 21`, itemColumns, w.sql()), w.args...).Scan(&plan)
		var tops []struct {
			Plan node `json:"Plan"`
		}
		if err == nil {
			err = json.Unmarshal(plan, &tops)
		}
		if err != nil {
			t.Fatal(err)
		}
		if n := tops[0].Plan.read(); n > 1000 {
			t.Errorf("%s: %.0f rows are read: %s", name, n, tops[0].Plan.indexes())
		} else {
			t.Logf("%s: %.0f rows: %s", name, n, tops[0].Plan.indexes())
		}
	}
}
