package archtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// load asks the go command for every package of the module and its imports.
func load(t *testing.T) graph {
	t.Helper()
	cmd := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"...")
	cmd.Dir = "../.."
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v: %s", err, stderr.String())
	}
	g := graph{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return g
		} else if err != nil {
			t.Fatal(err)
		}
		g[strings.TrimPrefix(p.ImportPath, module)] = p.Imports
	}
}

func TestNoLevelIsCrossed(t *testing.T) {
	t.Parallel()
	g := load(t)
	if len(g) < 5 || len(g["internal/postgres"]) == 0 {
		t.Fatalf("the graph has %d packages only: nothing was judged", len(g))
	}
	for _, p := range problems(g) {
		t.Error(p)
	}
}

// The control: each of these graphs breaks one rule, and only the sound ones pass.
func TestRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ pkg, imports, why string }{
		{"internal/account", "internal/audit", ""},
		{"internal/funding/startup", "internal/funding", ""},
		{"internal/funding/catalog", "internal/funding/startup", ""},
		{"internal/attachment", "internal/attachment/filestore", ""},
		{"internal/dbtest", "internal/jobs", ""},
		{"web/accountpages", "internal/account", ""},
		{"web/accountpages", "web/ui", ""},
		{"web/layout", "web/ui", ""},
		{"web/ui", "internal/errs", ""},
		{"internal/money", "internal/errs", ""},
		{"internal/form", "internal/money", ""},
		{"internal/httpserver", "internal/postgres", ""},
		{"web/session", "internal/account", ""},
		{"web/session", "web/layout", ""},
		{"web/accountpages", "web/session", ""},
		{"internal/app", "web/accountpages", ""},
		{"cmd/portal", "internal/app", ""},
		{"internal/httpserver", "net/http", ""},
		{"internal/postgres", "github.com/jackc/pgx/v5", ""},
		{"internal/funding/fundingtest", "internal/funding/catalog", ""},
		{"internal/funding/fundingtest", "internal/dbtest", ""},
		{"web/pagetest", "internal/browsertest", ""},
		{"web/pagetest", "web/layout", ""},

		{"internal/audit", "internal/account", "a higher level"},
		{"internal/errs", "internal/app", "a higher level"},
		{"internal/account", "internal/person", "a sibling of the same level"},
		{"internal/money", "internal/workday", "a sibling of the same level"},
		{"internal/errs", "internal/money", "a higher level"},
		{"internal/postgres", "internal/httpserver", "a higher level"},
		{"web/layout", "web/session", "a leaf of web knows the vocabulary only"},
		{"web/session", "web/accountpages", "a higher level"},
		{"internal/app", "cmd/portal", "a higher level"},
		{"web/accountpages", "web/organizationpages", "a sibling of the same level"},
		{"internal/account", "internal/dbtest", "test infrastructure in a program"},
		{"internal/app", "internal/browsertest", "test infrastructure in a program"},
		{"internal/app", "internal/funding/fundingtest", "test infrastructure in a program"},
		{"internal/funding", "internal/funding/fundingtest", "test infrastructure in a program"},
		{"web/accountpages", "web/pagetest", "test infrastructure in a program"},
		{"internal/app", "web/pagetest", "test infrastructure in a program"},
		{"internal/dbtest", "web/pagetest", "a higher level"},
		{"web/pagetest", "internal/organization", "test infrastructure stands on levels 0 to 2"},
		{"web/pagetest", "web/session", "a higher level"},
		{"internal/dbtest", "internal/account", "test infrastructure stands on levels 0 to 2"},
		{"internal/funding", "internal/funding/startup", "the programmes are above what they share"},
		{"internal/funding/startup", "internal/funding/venture", "one programme does not know another"},
		{"internal/funding/startup", "internal/funding/catalog", "the catalog is above the programmes"},
		{"internal/account", "web/ui", "a feature does not know its pages"},
		{"internal/account", "web/accountpages", "a higher level"},
		{"web/ui", "internal/account", "a leaf of web knows the vocabulary only"},
		{"web/ui", "web/accountpages", "a leaf of web knows the vocabulary only"},
		{"web/ui", "web/layout", "a leaf above it"},
		{"internal/account", "net/http", "a feature knows no HTTP"},
		{"internal/funding/startup", "net/http", "a feature knows no HTTP"},
		{"internal/report", "github.com/a-h/templ", "a feature knows no pages"},
		{"web/accountpages", "github.com/jackc/pgx/v5/pgxpool", "pages know no SQL"},
		{"web/ui", "database/sql", "pages know no SQL"},
	} {
		imports := c.imports
		if strings.HasPrefix(imports, "internal/") || strings.HasPrefix(imports, "web/") || strings.HasPrefix(imports, "cmd/") {
			imports = module + imports
		}
		var want []string
		if c.why != "" {
			want = []string{c.pkg + " imports " + c.imports + ": " + c.why}
		}
		if got := problems(graph{c.pkg: {imports}}); !slices.Equal(got, want) {
			t.Errorf("%s imports %s: found %q, want %q", c.pkg, c.imports, got, want)
		}
	}
}

func TestAPackageWithoutLevelIsTold(t *testing.T) {
	t.Parallel()
	for _, pkg := range []string{"internal/util", "web/helpers", "scripts"} {
		if got := problems(graph{pkg: nil}); len(got) != 1 || !strings.Contains(got[0], "has no level") {
			t.Errorf("%s: %q", pkg, got)
		}
	}
}
