package app_test

import (
	"fmt"
	"strings"
	"testing"
)

// notBusiness are tables that a GET may touch: sessions with their last-seen,
// and the job runner's own.
var notBusiness = []string{"sessions", "account_session", "river_%", "goose_db_version"}

// digest returns what every business table and sequence holds, by its name.
func (p *portal) digest(t testing.TB) map[string]string {
	t.Helper()
	ctx, found := t.Context(), map[string]string{}
	rows, err := p.db.Owner.Query(ctx, `
		select c.relname, c.relkind::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind in ('r', 'S') and not c.relname like any($1) order by 1`, notBusiness)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for rows.Next() {
		var name, kind string
		if err := rows.Scan(&name, &kind); err != nil {
			t.Fatal(err)
		}
		part := fmt.Sprintf(`select '%s', count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from %q t`, name, name)
		if kind == "S" {
			part = fmt.Sprintf(`select '%s', last_value || ':' || is_called from %q`, name, name)
		}
		parts = append(parts, part)
	}
	if rows, err = p.db.Owner.Query(ctx, strings.Join(parts, " union all ")); err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var name, digest string
		if err := rows.Scan(&name, &digest); err != nil {
			t.Fatal(err)
		}
		found[name] = digest
	}
	if len(found) < 30 || rows.Err() != nil {
		t.Fatalf("only %d tables were looked at: %v", len(found), rows.Err())
	}
	return found
}

// differing names the tables that are not as they were.
func differing(before, after map[string]string) (names []string) {
	for name, digest := range before {
		if after[name] != digest {
			names = append(names, name)
		}
	}
	return names
}

// writers goes to the stops again, one after the other, and names those that
// change something. It is slow, and runs only when there is one.
func (w *world) writers(t testing.TB, stops []stop) (found []string) {
	t.Helper()
	before := w.digest(t)
	for _, s := range stops {
		for _, role := range w.roles {
			if _, err := w.as[role].once(s); err != nil {
				t.Fatal(err)
			}
		}
		after := w.digest(t)
		if changed := differing(before, after); len(changed) > 0 {
			found = append(found, fmt.Sprintf("%s %s writes %v", s.Method, s.path, changed))
		}
		before = after
	}
	return found
}
