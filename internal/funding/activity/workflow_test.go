package activity

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The matrix of place × action × role and the diagram are read in review: a
// changed right shows as a changed line.
func TestWorkflowGolden(t *testing.T) {
	t.Parallel()
	if err := definition.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"matrix.txt": definition.Matrix(), "diagram.mmd": definition.Diagram()} {
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
		if d := cmp.Diff(string(want), got); d != "" {
			t.Errorf("%s changed (run with -update and review):\n%s", name, d)
		}
	}
}
