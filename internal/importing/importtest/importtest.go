// Package importtest is the ground on which imports are tested: the services
// behind them on a database of their own, a clerk, files made of rows, and the
// digest by which an undo is shown to be exact. Test infrastructure; no tables.
package importtest

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// Today is the day on which a Bench stands, unless the test moves on.
var Today = civil.Of(2018, 11, 23)

// Bench is the service of imports with a clerk who may run them.
type Bench struct {
	*importing.Service
	DB    *dbtest.DB
	Clerk authz.Actor
}

// New stands on a database of its own at ten in the morning of Today.
func New(t testing.TB) *Bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, Today.Start().Add(10*time.Hour))
	return On(t, db)
}

// On stands on a database that the test has made.
func On(t testing.TB, db *dbtest.DB) *Bench {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	books, orgs := ledger.New(db.App), organization.New(db.App, keys)
	orgs.OnOpened(books.FollowImports)
	b := &Bench{DB: db, Clerk: authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk, Name: "周经办"}}
	b.Service = importing.New(importing.Deps{DB: db.App, Keys: keys, Organizations: orgs, Roster: roster.New(db.App, keys), Standing: standing.New(db.App), Ledger: books})
	if _, err := db.Owner.Exec(t.Context(), `with p as (insert into person (id, name, created_at, updated_at) values ($2, '周经办', now(), now()) returning id)
		insert into account (person_id, id, username, password_hash, role, status, name, created_at, updated_at, password_changed_at, created_token)
		select p.id, $1, 'clerk', '$argon2id$x', 'bureau_clerk', 'active', '周经办', now(), now(), now(), 'token-of-the-clerk' from p`, b.Clerk.AccountID, b.Clerk.PersonID); err != nil {
		t.Fatal(err)
	}
	return b
}

// Example is the template of a kind with its filled example.
func (b *Bench) Example(t testing.TB, kind string, format sheet.Format) []byte {
	t.Helper()
	k, err := b.Kind(kind)
	var out bytes.Buffer
	if err == nil {
		err = k.Template(&out, format)
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// File is a workbook of a kind with rows in place of the example; a row may lack
// its last cells.
func (b *Bench) File(t testing.TB, kind string, rows [][]string) []byte {
	t.Helper()
	k, err := b.Kind(kind)
	if err != nil {
		t.Fatal(err)
	}
	columns := make([]sheet.Column, len(k.Columns))
	for i, c := range k.Columns {
		columns[i] = sheet.Column{Name: c.Name, Kind: sheet.Text}
	}
	var out bytes.Buffer
	w, err := sheet.NewWriter(&out, sheet.XLSX, k.Name, columns)
	for i := 0; err == nil && i < len(rows); i++ {
		cells := make([]any, len(columns)) // what a row lacks is empty
		for c, v := range rows[i] {
			cells[c] = v
		}
		err = w.Row(cells...)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// Digest is what every table holds, to the byte, apart from the audit trail,
// imports, tokens, numbers drawn, counts of nothing, and the ledger's own entries.
func (b *Bench) Digest(t testing.TB) []string {
	t.Helper()
	rows, err := b.DB.Owner.Query(t.Context(), `select table_name from information_schema.tables
		where table_schema = 'public' and table_type = 'BASE TABLE' and table_name !~ '^(audit|import_run|form_token|goose|river|job|number|ledger_entry|ledger_opening|sessions)' order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		out = append(out, name)
	}
	for i, name := range out {
		where := ""
		switch {
		case strings.HasSuffix(name, "_tally"):
			where = " where to_jsonb(x) ->> 'n' is distinct from '0'"
		case name == "ledger_pool":
			where = " where budget_fen + committed_fen > 0"
		}
		var sum string
		if err := b.DB.Owner.QueryRow(t.Context(), fmt.Sprintf(`select coalesce(md5(string_agg(x::text, ',' order by x::text)), '') from %q x%s`, name, where)).Scan(&sum); err != nil {
			t.Fatal(name, err)
		}
		out[i] = name + " " + sum
	}
	return out
}

// Same fails for every table that is not as it was before.
func Same(t testing.TB, before, after []string) {
	t.Helper()
	for _, now := range after {
		if !slices.Contains(before, now) {
			t.Errorf("not as before: %s", now)
		}
	}
}

// Numbers are resident card numbers with their check digit, the n-th always the
// same.
func Number(n int) string {
	head := fmt.Sprintf("440310%d%02d%02d%03d", 1960+n/1000, 1+n%12, 1+n%28, n%1000)
	weights, sum := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
	for i, w := range weights {
		sum += w * int(head[i]-'0')
	}
	return head + string("10X98765432"[sum%11])
}

// People are n good rows of a roster about the two organizations of the example.
func People(n int) [][]string {
	rows := make([][]string, n)
	for i := range rows {
		org := "坪环社区象棋队"
		if i%2 == 1 {
			org = "52440310MJL123454E"
		}
		rows[i] = []string{org, "王" + string(rune(0x4e00+i)), "居民身份证", Number(i), "专职工作人员", "是", "本科", "社会工作师",
			"2018-01-02", "", "", "本组织", "", "2018-01-02", "", "2018-02至2018-04", "本组织", ""}
	}
	return rows
}
