package app_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/httpserver"

	"github.com/go-chi/chi/v5"
)

var update = flag.Bool("update", false, "write testdata anew")

const accessFile = "testdata/access.txt"

// TestEveryRoute sends every role to every route, and judges the answers.
func TestEveryRoute(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, lost := range undeclared(t, w.app.Mux(), w.app.Router().Routes()) {
		t.Errorf("%s answers without a declared permission", lost)
	}
	before := w.digest(t)
	gets := w.tour(t, w.stops(http.MethodGet))
	if changed := differing(before, w.digest(t)); len(changed) > 0 {
		t.Errorf("GETs changed %v: %v", changed, w.writers(t, w.stops(http.MethodGet)))
	}
	for _, over := range overBudget(gets) {
		t.Error(over)
	}
	posts := w.tour(t, w.stops(http.MethodPost))
	all := append(gets, posts...)
	for _, v := range all {
		if bad := unsafeHeaders(v.answer.header); len(bad) > 0 {
			t.Errorf("%s %s as %s (%d): %v", v.Method, v.path, v.role, v.answer.status, bad)
		}
		if v.answer.status >= 500 {
			t.Errorf("%s %s as %s: %d", v.Method, v.path, v.role, v.answer.status)
		}
	}
	golden(t, accessFile, grid(w.roles, all))
}

// undeclared lists what the mux answers and the router does not know. Health
// checks ask nobody who they are: they are the only exception.
func undeclared(t testing.TB, mux *chi.Mux, declared []httpserver.Route) (lost []string) {
	t.Helper()
	exceptions := []string{"GET /healthz", "GET /readyz"}
	known := map[string]bool{}
	for _, r := range declared {
		known[r.Method+" "+r.Pattern] = true
	}
	err := chi.Walk(mux, func(method, pattern string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		if name := method + " " + pattern; !known[name] && !slices.Contains(exceptions, name) {
			lost = append(lost, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return lost
}

// golden compares got with a file, line by line.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range differences(string(want), got) {
		t.Error(line)
	}
}

// differences names the lines that only one of two texts has.
func differences(want, got string) (found []string) {
	was, is := strings.Split(want, "\n"), strings.Split(got, "\n")
	for _, line := range was {
		if !slices.Contains(is, line) {
			found = append(found, "was "+line)
		}
	}
	for _, line := range is {
		if !slices.Contains(was, line) {
			found = append(found, "now "+line)
		}
	}
	return found
}

// maxStatements is what a page may ask of the database (DESIGN §5), the session
// and the clock included.
const maxStatements = 12

// overBudget names the pages that run more statements, with all of them.
func overBudget(visits []visit) (found []string) {
	worst, most := map[string]visit{}, map[string]int{}
	for _, v := range visits {
		if n := len(v.answer.statements); n > maxStatements && n > most[v.Pattern] {
			worst[v.Pattern], most[v.Pattern] = v, n
		}
	}
	for _, v := range worst {
		found = append(found, fmt.Sprintf("GET %s as %s runs %d statements:\n\t%s", v.path, v.role, len(v.answer.statements), oneLine(v.answer.statements)))
	}
	slices.Sort(found)
	return found
}

func oneLine(statements []string) string {
	short := make([]string, len(statements))
	for i, s := range statements {
		short[i] = fmt.Sprintf("%.110s", strings.Join(strings.Fields(s), " "))
	}
	return strings.Join(short, "\n\t")
}
