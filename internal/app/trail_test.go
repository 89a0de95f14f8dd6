package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"
)

// trail exports the audit trail of the story and shows that an outsider can
// check it with the public key alone: whole it verifies, and one byte changed,
// one row removed and two swapped are named.
func (s *story) trail(t *testing.T) {
	export := s.sealed(t)
	verify := func(data []byte) audit.Report {
		report, err := audit.Verify(bytes.NewReader(data), s.keys.PublicKey())
		if err != nil {
			t.Fatal(err)
		}
		return report
	}
	if r := verify(export); !r.OK() || r.Sealed < 50 || r.Sealed != r.Entries {
		t.Fatalf("%s", r)
	}
	lines := bytes.SplitAfter(export, []byte("\n"))
	// The acceptance, and the entry next to it; seals stand between entries.
	at, before, last := 0, 0, 0
	for i, line := range lines {
		if !bytes.Contains(line, []byte(`"type":"entry"`)) {
			continue
		}
		if bytes.Contains(line, []byte(`"action":"case.accept"`)) {
			at, before = i, last
		}
		last = i
	}
	if at == 0 || before == 0 {
		t.Fatal("the acceptance is not in the trail")
	}
	row := nameOf(t, lines[at])
	named := func(what string, changed [][]byte, rows ...string) {
		t.Helper()
		r := verify(bytes.Join(changed, nil))
		for _, row := range rows {
			if r.OK() || !strings.Contains(r.String(), row) {
				t.Errorf("%s: want %s named: %s", what, row, r)
			}
		}
	}
	edited := append([][]byte{}, lines...)
	edited[at] = bytes.Replace(lines[at], []byte(`"actor_name":"`), []byte(`"actor_name":"假`), 1)
	named("one name changed", edited, row)
	edited[at] = bytes.Clone(lines[at])
	edited[at][len(edited[at])/2] ^= 1
	named("one byte changed", edited, row)
	named("one row removed", append(append([][]byte{}, lines[:at]...), lines[at+1:]...), row, "被删除")
	swapped := append([][]byte{}, lines...)
	swapped[at], swapped[before] = lines[before], lines[at]
	named("two rows swapped", swapped, row, nameOf(t, lines[before]))

	// What the auditor downloads is the same trail, and the download is in it.
	auditor := s.office(authz.Auditor)
	got := auditor.open("/audit").form("/audit/export").submit()
	if r := verify(got.body); !r.OK() || !bytes.Contains(got.body, []byte("audit.export")) {
		t.Errorf("the auditor's copy: %s", r)
	}
	if _, err := s.app.DB().Pool().Exec(t.Context(), `update audit_entry set actor_name = 'x'`); err == nil {
		t.Error("the serving role can change the trail")
	}
	if _, err := s.app.DB().Pool().Exec(t.Context(), `delete from audit_entry`); err == nil {
		t.Error("the serving role can shorten the trail")
	}
}

// sealed is an export in which every entry has its seal. A seal waits for every
// transaction that is older, those of other tests on the same server included.
func (s *story) sealed(t *testing.T) []byte {
	t.Helper()
	for begun := time.Now(); ; {
		s.sweep(t)
		var export bytes.Buffer
		err := s.app.DB().Read(t.Context(), func(q postgres.Querier, _ time.Time) error { return audit.Export(t.Context(), q, &export) })
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(export.Bytes(), []byte(`"type":"entry","seal":0,`)) || time.Since(begun) > 20*time.Second {
			return export.Bytes()
		}
	}
}

// nameOf is how the verifier names the row of an export.
func nameOf(t *testing.T, line []byte) string {
	t.Helper()
	var row struct {
		ID, Seq int64
	}
	if err := json.Unmarshal(line, &row); err != nil || row.ID == 0 {
		t.Fatalf("%v: %s", err, line)
	}
	return fmt.Sprintf("第 %d 条记录（编号 %d）", row.Seq, row.ID)
}

// nothingInClear reads every column of every table as text, and the log: no ID
// number and no account number of the story stands there, nor a password.
func (s *story) nothingInClear(t *testing.T) {
	rows, err := s.db.Owner.Query(t.Context(), `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
		where n.nspname = 'public' and c.relkind = 'r' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	var dump strings.Builder
	for _, name := range tables {
		dump.WriteString(scan[string](t, s.portal, fmt.Sprintf(`select coalesce(string_agg(t::text, E'\n'), '') from %q t`, name)))
	}
	logged := s.log.everything()
	text := dump.String() + logged
	if len(s.planted) < 3 || !strings.Contains(logged, "request refused") || !strings.Contains(text, "旧物交换日") {
		t.Fatalf("%d numbers were planted and %d characters dumped: nothing was looked at", len(s.planted), len(text))
	}
	for _, number := range append(s.planted, password(0), "Wrong-river-2017-K") {
		// In bytea a text stands as hexadecimal digits.
		if strings.Contains(text, number) || strings.Contains(text, fmt.Sprintf("%x", number)) {
			t.Errorf("%s…%s stands in clear in the database or the log", number[:4], number[len(number)-2:])
		}
	}
}
