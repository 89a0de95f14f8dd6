package importing_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

var today = civil.Of(2018, 11, 23)

type bench struct {
	*importing.Service
	db    *dbtest.DB
	clerk authz.Actor
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	b := bench{db: db, clerk: authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.BureauClerk, Name: "周经办"}}
	books, orgs := ledger.New(db.App), organization.New(db.App, keys)
	orgs.OnOpened(books.FollowImports)
	b.Service = importing.New(importing.Deps{DB: db.App, Keys: keys, Organizations: orgs, Roster: roster.New(db.App, keys), Standing: standing.New(db.App), Ledger: books})
	if _, err := db.Owner.Exec(t.Context(), `with p as (insert into person (id, name, created_at, updated_at) values (gen_random_uuid(), '周经办', now(), now()) returning id)
		insert into account (person_id, id, username, password_hash, role, status, name, created_at, updated_at, password_changed_at, created_token)
		select p.id, $1, 'clerk', '$argon2id$x', 'bureau_clerk', 'active', '周经办', now(), now(), now(), 'token-of-the-clerk' from p`, b.clerk.AccountID); err != nil {
		t.Fatal(err)
	}
	return b
}

// file is a template of a kind with rows in place of its example.
func (b bench) file(t *testing.T, kind string, rows [][]string) []byte {
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
		cells := make([]any, len(rows[i]))
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

func (b bench) read(t *testing.T, kind, name string, content []byte) importing.Preview {
	t.Helper()
	id, err := b.Read(t.Context(), b.clerk, importing.Upload{Kind: kind, Filename: name, Token: once.NewToken(), Size: int64(len(content)), Content: bytes.NewReader(content)})
	if err != nil {
		t.Fatalf("%s: %v %v", name, err, errs.FieldsOf(err))
	}
	return b.open(t, id)
}

func (b bench) open(t *testing.T, id uuid.UUID) importing.Preview {
	t.Helper()
	p, err := b.Open(t.Context(), b.clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b bench) confirm(t *testing.T, p importing.Preview) {
	t.Helper()
	if err := b.Confirm(t.Context(), b.clerk, p.ID, p.Version, p.Seen); err != nil {
		t.Fatalf("%s: %v", p.Run.Kind, err)
	}
}

func (b bench) undo(t *testing.T, id uuid.UUID) error {
	t.Helper()
	return b.Undo(t.Context(), b.clerk, id, b.open(t, id).Version, "导错了文件，重新来")
}

// digest is what every table holds, to the byte, apart from the audit trail,
// imports, tokens, numbers drawn, counts of nothing, and the ledger's own entries.
func (b bench) digest(t *testing.T) string {
	t.Helper()
	rows, err := b.db.Owner.Query(t.Context(), `select table_name from information_schema.tables
		where table_schema = 'public' and table_type = 'BASE TABLE' and table_name !~ '^(audit|import_run|form_token|goose|river|job|number|ledger)' order by 1`)
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
	var out []string
	for _, name := range tables {
		where := ""
		if strings.HasSuffix(name, "_tally") {
			where = " where to_jsonb(x) ->> 'n' is distinct from '0'"
		}
		var sum string
		if err := b.db.Owner.QueryRow(t.Context(), fmt.Sprintf(`select coalesce(md5(string_agg(x::text, ',' order by x::text)), '') from %q x%s`, name, where)).Scan(&sum); err != nil {
			t.Fatal(name, err)
		}
		out = append(out, name+" "+sum)
	}
	return strings.Join(out, "\n")
}

func same(t *testing.T, before, after string) {
	t.Helper()
	a, b := strings.Split(before, "\n"), strings.Split(after, "\n")
	for i := range a {
		if a[i] != b[i] {
			t.Errorf("not as before: %s", b[i])
		}
	}
}

// The example of every template is valid by the very rules; read again it changes
// nothing; undone in turn everything is as before.
func TestEveryTemplateGoesInAndOut(t *testing.T) {
	t.Parallel()
	for _, format := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		b := newBench(t)
		before := b.digest(t)
		var made []uuid.UUID
		for _, k := range b.Kinds() {
			var out bytes.Buffer
			if err := k.Template(&out, format); err != nil {
				t.Fatal(err)
			}
			p := b.read(t, k.Key, k.Name+"."+string(format), out.Bytes())
			if n := len(k.Columns[0].Examples); p.Counts[importing.Fresh] != n || len(p.Notes) > 0 {
				for _, l := range p.Lines {
					t.Logf("%d %s %+v %+v", l.Number, l.State, l.Faults, l.Doubts)
				}
				t.Fatalf("%s: %v %v", k.Key, p.Counts, p.Notes)
			}
			b.confirm(t, p)
			made = append(made, p.ID)
			again := b.read(t, k.Key, "又一次.csv", out.Bytes())
			if again.Counts[importing.Unchanged] != len(again.Lines) || again.Again == nil {
				t.Errorf("%s read again: %v %+v", k.Key, again.Counts, again.Lines[0])
			}
			if err := b.Confirm(t.Context(), b.clerk, again.ID, again.Version, again.Seen); !errs.Is(err, errs.Conflict) {
				t.Errorf("%s confirmed again: %v", k.Key, err)
			}
		}
		if err := b.undo(t, made[0]); !errs.Is(err, errs.Conflict) {
			t.Errorf("organizations with people undone: %v", err)
		}
		for _, id := range slices.Backward(made) {
			if err := b.undo(t, id); err != nil {
				t.Fatal(err)
			}
		}
		same(t, before, b.digest(t))
	}
}

func TestFilesThatAreNotTaken(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	many := make([][]string, importing.MaxRows+1)
	for i := range many {
		many[i] = make([]string, 18)
		many[i][0] = "坪环社区象棋队"
	}
	for name, c := range map[string]struct {
		content []byte
		words   string
	}{
		"空.xlsx":   {nil, "空的文件不收"},
		"旧.xls":    {[]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ".xlsx"},
		"别的.csv":   {[]byte("甲,乙\n1,2\n"), "这不像“人员花名册”的模板"},
		"缺列.csv":   {[]byte("组织,姓名,职务\n甲,王,理事\n"), "缺少这些列：加入日期"},
		"重列.csv":   {[]byte("组织,姓名,职务,加入日期,姓名\n甲,王,理事,2018-01-01,李\n"), "出现了两次：姓名"},
		"只有列名.csv": {[]byte("组织,姓名,职务,加入日期\n"), "没有内容"},
		"太多.xlsx":  {b.file(t, "people", many), "20,000"},
	} {
		_, err := b.Read(t.Context(), b.clerk, importing.Upload{Kind: "people", Filename: name, Token: once.NewToken(), Size: int64(len(c.content)), Content: bytes.NewReader(c.content)})
		if f := errs.FieldsOf(err); len(f) != 1 || f[0].Name != "file" || !strings.Contains(f[0].Message, c.words) {
			t.Errorf("%s: %v %v", name, err, f)
		}
	}
	gbk := []byte("\xd7\xe9\xd6\xaf,\xd0\xd5\xc3\xfb,\xd6\xb0\xce\xf1,\xbc\xd3\xc8\xeb\xc8\xd5\xc6\xda\n\xbc\xd7,\xcd\xf5,\xc0\xed\xca\xc2,2018-01-01\n")
	if p := b.read(t, "people", "gbk.csv", gbk); p.Counts[importing.Faulty] != 1 {
		t.Errorf("GBK: %v", p.Counts)
	}
}

// roster is n good rows about the two organizations of the example.
func people(t *testing.T, n int) [][]string {
	t.Helper()
	rows := make([][]string, n)
	for i := range rows {
		org := "坪环社区象棋队"
		if i%2 == 1 {
			org = "52440310MJL123454E"
		}
		rows[i] = []string{org, "王" + string(rune(0x4e00+i)), "居民身份证", residentNumber(t, i), "专职工作人员", "是", "本科", "社会工作师",
			"2018-01-02", "", "", "本组织", "", "2018-01-02", "", "2018-02至2018-04", "本组织", ""}
	}
	return rows
}

func residentNumber(t *testing.T, n int) string {
	t.Helper()
	head := fmt.Sprintf("440310%d%02d%02d%03d", 1960+n/1000, 1+n%12, 1+n%28, n%1000)
	weights, sum := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
	for i, w := range weights {
		sum += w * int(head[i]-'0')
	}
	return head + string("10X98765432"[sum%11])
}

// spoilers are twenty kinds of faults: what they do to a row, at which column the
// fault stands, and what its message says.
var spoilers = []struct {
	column, typed string
	at, words     string
}{
	{"组织", "没有的组织", "组织", "没有找到"},
	{"组织", "", "组织", "没有填"},
	{"姓名", "", "姓名", ""},
	{"姓名", "王3", "姓名", ""},
	{"证件类型", "学生证", "证件类型", "不在可选"},
	{"证件号码", "110105194912310021", "证件号码", ""},
	{"证件号码", "440310199002300018", "证件号码", ""},
	{"证件号码", "", "证件号码", "专职人员要填"},
	{"证件号码", "110105491231002", "证件号码", ""},
	{"职务", "经理", "职务", "不在可选"},
	{"职务", "", "职务", "选一项"},
	{"专职", "也许", "专职", "填“是”或“否”"},
	{"学历", "博士后", "学历", "不在可选"},
	{"职业资格", "律师", "职业资格", "不在可选"},
	{"加入日期", "2018-02-30", "加入日期", "2018年2月没有30日"},
	{"加入日期", "去年", "加入日期", "认不出"},
	{"加入日期", "2018-12-01", "加入日期", "还没到"},
	{"最后一天", "2017-01-01", "最后一天", "早于加入日期"},
	{"合同签订方", "公司", "合同签订方", "不在可选"},
	{"参保月份", "2018年春", "参保月份", "认不出"},
}

// A roster of 5,000 rows with 300 planted faults of 20 kinds: every fault is named
// by row and column, the rest goes in, a second import is a no-op, and the undo
// is exact.
func TestARosterOfFiveThousand(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var example bytes.Buffer
	if err := b.Kinds()[0].Template(&example, sheet.XLSX); err != nil {
		t.Fatal(err)
	}
	b.confirm(t, b.read(t, "organizations", "组织.xlsx", example.Bytes()))
	before := b.digest(t)
	k, err := b.Kind("people")
	if err != nil {
		t.Fatal(err)
	}
	rows, planted := people(t, 5000), map[int]int{}
	for n, i := range rand.New(rand.NewPCG(1, 2)).Perm(5000)[:300] {
		s := n % len(spoilers)
		planted[i+2] = s
		rows[i][slices.IndexFunc(k.Columns, func(c importing.Column) bool { return c.Name == spoilers[s].column })] = spoilers[s].typed
	}
	began := time.Now()
	content := b.file(t, "people", rows)
	p := b.read(t, "people", "花名册.xlsx", content)
	t.Logf("read and previewed in %v: %v", time.Since(began), p.Counts)
	for _, l := range p.Lines {
		s, spoilt := planted[l.Number]
		if !spoilt {
			if len(l.Faults) > 0 {
				t.Errorf("row %d is right: %+v", l.Number, l.Faults)
			}
			continue
		}
		col := slices.IndexFunc(k.Columns, func(c importing.Column) bool { return c.Name == spoilers[s].at })
		if !slices.ContainsFunc(l.Faults, func(f importing.Fault) bool {
			return f.Header == spoilers[s].at && f.Address == sheet.Address(l.Number, col+1) && strings.Contains(f.Message, spoilers[s].words)
		}) {
			t.Errorf("row %d with %+v: %+v", l.Number, spoilers[s], l.Faults)
		}
	}
	if p.Counts[importing.Faulty] != 300 || p.Counts[importing.Fresh] != 4700 {
		t.Fatalf("%v", p.Counts)
	}
	began = time.Now()
	b.confirm(t, p)
	t.Logf("confirmed in %v", time.Since(began))
	again := b.read(t, "people", "花名册.xlsx", content)
	if again.Counts[importing.Unchanged] != 4700 || again.Counts[importing.Fresh] != 0 {
		t.Errorf("read again: %v", again.Counts)
	}
	began = time.Now()
	if err := b.undo(t, p.ID); err != nil {
		t.Fatal(err)
	}
	t.Logf("undone in %v", time.Since(began))
	same(t, before, b.digest(t))
}

// Confirmed twice at once is confirmed once; a preview that things have overtaken
// is shown again; a doubtful row waits for a choice.
func TestConfirmations(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var example bytes.Buffer
	if err := b.Kinds()[0].Template(&example, sheet.CSV); err != nil {
		t.Fatal(err)
	}
	p, other := b.read(t, "organizations", "一.csv", example.Bytes()), b.read(t, "organizations", "二.csv", example.Bytes())
	results := make([]error, 8)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() { results[i] = b.Confirm(t.Context(), b.clerk, p.ID, p.Version, p.Seen) })
	}
	wait.Wait()
	done := 0
	for _, err := range results {
		switch {
		case err == nil:
			done++
		case !errs.Is(err, errs.Conflict):
			t.Error(err)
		}
	}
	if done != 1 {
		t.Errorf("confirmed %d times", done)
	}
	if err := b.Confirm(t.Context(), b.clerk, other.ID, other.Version, other.Seen); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "变了") {
		t.Errorf("a stale preview: %v", err)
	}
	rows := people(t, 2)
	rows[0][3], rows[0][5] = "", "否" // no number
	rows[0][4] = "兼职工作人员"
	b.confirm(t, b.read(t, "people", "a.xlsx", b.file(t, "people", rows[:1])))
	numbered := people(t, 1)
	doubt := b.read(t, "people", "b.xlsx", b.file(t, "people", numbered))
	if doubt.Counts[importing.Doubtful] != 1 {
		t.Fatalf("%v %+v", doubt.Counts, doubt.Lines[0])
	}
	if err := b.Confirm(t.Context(), b.clerk, doubt.ID, doubt.Version, doubt.Seen); !errs.Is(err, errs.Conflict) {
		t.Errorf("undecided: %v", err)
	}
	if err := b.Choose(t.Context(), b.clerk, doubt.ID, doubt.Version, map[string]importing.Choice{"2": importing.TheSame}); err != nil {
		t.Fatal(err)
	}
	if doubt = b.open(t, doubt.ID); doubt.Counts[importing.LeftOut] != 1 {
		t.Errorf("the same: %v", doubt.Counts)
	}
	if err := b.Choose(t.Context(), b.clerk, doubt.ID, doubt.Version, map[string]importing.Choice{"2": importing.Another}); err != nil {
		t.Fatal(err)
	}
	b.confirm(t, b.open(t, doubt.ID))
	for _, role := range []authz.Role{authz.BureauReviewer, authz.Subdistrict, authz.OrgHead} {
		a := authz.Actor{AccountID: uuid.New(), Role: role}
		if err := b.Discard(t.Context(), a, other.ID, 1); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v", role, err)
		}
		if err := b.Faults(t.Context(), a, other.ID, io.Discard); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v", role, err)
		}
	}
}
