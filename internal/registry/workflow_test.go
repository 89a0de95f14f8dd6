package registry

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"civilaffairs/internal/casework"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The matrices of place × action × role and the diagrams are read in review: a
// changed right shows as a changed line.
func TestWorkflowsGolden(t *testing.T) {
	t.Parallel()
	for _, d := range Definitions() {
		if err := d.Validate(); err != nil {
			t.Error(err)
		}
		for name, got := range map[string]string{d.Kind + ".txt": d.Matrix(), d.Kind + ".mmd": d.Diagram()} {
			path := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s changed (run with -update and review):\n%s", name, diff)
			}
		}
	}
	if _, err := casework.New(nil, Definitions()...); err != nil {
		t.Errorf("the variants do not live together: %v", err)
	}
}

func TestKindsAndFamilies(t *testing.T) {
	t.Parallel()
	for _, d := range Definitions() {
		f, street, ok := FamilyOf(d.Kind)
		if !ok || f.Kind(street) != d.Kind || d.Name != f.Name() {
			t.Errorf("%s: family %s, street %v, ok %v", d.Kind, f, street, ok)
		}
	}
	for _, kind := range []string{"", "startup", "registration_street", "filing_"} {
		if f, _, ok := FamilyOf(kind); ok {
			t.Errorf("%q taken for %s", kind, f)
		}
	}
}
