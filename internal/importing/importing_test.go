package importing_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"

	"github.com/google/uuid"
)

type bench struct{ *importtest.Bench }

func newBench(t *testing.T) bench { return bench{importtest.New(t)} }

func (b bench) read(t *testing.T, kind, name string, content []byte) importing.Preview {
	t.Helper()
	id, err := b.Read(t.Context(), b.Clerk, importing.Upload{Kind: kind, Filename: name, Token: once.NewToken(), Size: int64(len(content)), Content: bytes.NewReader(content)})
	if err != nil {
		t.Fatalf("%s: %v %v", name, err, errs.FieldsOf(err))
	}
	return b.open(t, id)
}

func (b bench) open(t *testing.T, id uuid.UUID) importing.Preview {
	t.Helper()
	p, err := b.Open(t.Context(), b.Clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func (b bench) confirm(t *testing.T, p importing.Preview) {
	t.Helper()
	if err := b.Confirm(t.Context(), b.Clerk, p.ID, p.Version, p.Seen); err != nil {
		t.Fatalf("%s: %v", p.Run.Kind, err)
	}
}

func (b bench) undo(t *testing.T, id uuid.UUID) error {
	t.Helper()
	return b.Undo(t.Context(), b.Clerk, id, b.open(t, id).Version, "导错了文件，重新来")
}

// stands says what stands against an undo.
func (b bench) stands(t *testing.T, id uuid.UUID) []imported.Dependent {
	t.Helper()
	u, err := b.Undoing(t.Context(), b.Clerk, id)
	if err != nil {
		t.Fatal(err)
	}
	return u.Dependents
}

// The example of every template is valid by the very rules, as a workbook and as
// CSV; its result leads to the records; read again it changes nothing; what
// depends on it is named with the import to be undone first; undone in turn
// everything is as before.
func TestEveryTemplateGoesInAndOut(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	before := b.Digest(t)
	made := map[string]uuid.UUID{}
	var order []string
	for i, k := range b.Kinds() {
		formats := []sheet.Format{sheet.XLSX, sheet.CSV}
		p := b.read(t, k.Key, k.Name+"."+string(formats[i%2]), b.Example(t, k.Key, formats[i%2]))
		n := len(k.Columns[0].Examples)
		if p.Counts[importing.Fresh] != n || len(p.Notes) > 0 {
			for _, l := range p.Lines {
				t.Logf("%d %s %+v %+v", l.Number, l.State, l.Faults, l.Doubts)
			}
			t.Fatalf("%s: %v %v", k.Key, p.Counts, p.Notes)
		}
		b.confirm(t, p)
		made[k.Key] = p.ID
		order = append(order, k.Key)
		o, err := b.Outcome(t.Context(), b.Clerk, p.ID, importing.Made, "")
		if err != nil || o.Counts[importing.Made] != n || len(o.Rows) != n || o.Rows[0].Number != 2 || o.Rows[0].Record == nil || o.Rows[0].Record.Ref.ID == "" || o.Rows[0].Record.Title == "" {
			t.Errorf("%s: result %+v, %v", k.Key, o, err)
		}
		again := b.read(t, k.Key, "又一次", b.Example(t, k.Key, formats[(i+1)%2]))
		if again.Counts[importing.Unchanged] != n {
			t.Errorf("%s read again: %v %+v", k.Key, again.Counts, again.Lines[0])
		}
		if err := b.Confirm(t.Context(), b.Clerk, again.ID, again.Version, again.Seen); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s confirmed again: %v", k.Key, err)
		}
	}
	for _, c := range []struct{ kind, by, words string }{{"organizations", "people", "花名册人员（2 条）"}, {"organizations", "grants", "历史资助（2 条）"},
		{"organizations", "grades", "星级（1 条）"}, {"organizations", "trainings", "培训记录（1 条）"}, {"grants", "payments", "先撤销那次拨付的导入"}} {
		if !slices.ContainsFunc(b.stands(t, made[c.kind]), func(d imported.Dependent) bool {
			return strings.Contains(d.Words, c.words) && d.Ref == imported.Ref{To: imported.ToImport, ID: made[c.by].String()}
		}) {
			t.Errorf("%s stand on %s: %+v", c.by, c.kind, b.stands(t, made[c.kind]))
		}
		if err := b.undo(t, made[c.kind]); !errs.Is(err, errs.Conflict) {
			t.Errorf("%s undone under %s: %v", c.kind, c.by, err)
		}
	}
	for _, key := range slices.Backward(order) {
		if d := b.stands(t, made[key]); len(d) > 0 {
			t.Errorf("%s: %+v", key, d)
		}
		if err := b.undo(t, made[key]); err != nil {
			t.Fatal(err)
		}
		if o, err := b.Outcome(t.Context(), b.Clerk, made[key], "", ""); err != nil || key != "budgets" && o.Rows[0].Record != nil {
			t.Errorf("%s: a record that is gone: %+v %v", key, o, err)
		}
	}
	importtest.Same(t, before, b.Digest(t))
}

// A roster is not taken back from under a record that refers to it, whatever its
// table is: said before, and refused by the database when it comes meanwhile.
func TestWhatStandsOnAMemberIsNamed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.confirm(t, b.read(t, "organizations", "组织.xlsx", b.Example(t, "organizations", sheet.XLSX)))
	p := b.read(t, "people", "花名册.xlsx", b.File(t, "people", importtest.People(12)))
	b.confirm(t, p)
	for _, sql := range []string{`create table talent_month (member_id uuid not null references roster_member, month text)`,
		`insert into talent_month select id, m from roster_member, unnest(array['2018-01', '2018-02']) m`} {
		if _, err := b.DB.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	d := b.stands(t, p.ID)
	if len(d) != 11 || !strings.Contains(d[0].Words, "已经用在别的记录里（2 条）") || d[0].Ref.To != imported.ToMember || d[10].Words != "还有 2 处同样的情况。" {
		t.Errorf("%+v", d)
	}
	if err := b.undo(t, p.ID); !errs.Is(err, errs.Conflict) || errs.Message(err) != d[0].Words {
		t.Errorf("%v", err)
	}
	err := b.DB.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		_, err := tx.Exec(t.Context(), `select roster_import_undo($1)`, p.ID)
		return err
	})
	if !postgres.Violates(err, "roster_import_depends") {
		t.Errorf("past the service: %v", err)
	}
	if _, err := b.DB.Owner.Exec(t.Context(), `delete from talent_month; update roster_member set version = 2 where person_id = (select id from person where name = '王一')`); err != nil {
		t.Fatal(err)
	}
	if d := b.stands(t, p.ID); len(d) != 1 || !strings.Contains(d[0].Words, "的王一，导入以后改过") {
		t.Errorf("%+v", d)
	}
}

// A preview that nobody confirmed is gone after thirty days with its rows, not a
// day before, and the trail says so.
func TestPreviewsAreSwept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := b.read(t, "organizations", "组织.csv", b.Example(t, "organizations", sheet.CSV))
	entries := func() (found []audit.Item) {
		t.Helper()
		err := b.DB.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
			found, err = audit.BySubject(t.Context(), q, "import", p.ID.String())
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	for _, c := range []struct {
		after time.Duration
		state importing.RunState
		trail int
	}{{30*24*time.Hour - time.Minute, importing.Waiting, 1}, {2 * time.Minute, importing.Discarded, 2}, {24 * time.Hour, importing.Discarded, 2}} {
		b.DB.Advance(t, c.after)
		if err := b.Sweep(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := b.open(t, p.ID); got.State != c.state || len(entries()) != c.trail {
			t.Errorf("%v later: %s, %d entries", c.after, got.State, len(entries()))
		}
	}
	var left bool
	if err := b.DB.Owner.QueryRow(t.Context(), `select cells is not null or ended_by is not null from import_run where id = $1`, p.ID).Scan(&left); err != nil || left {
		t.Errorf("rows are left, or somebody is said to have discarded them: %v", err)
	}
	if e := entries(); !slices.ContainsFunc(e, func(i audit.Item) bool { return i.Action == "import.expire" && i.ActorName == authz.SystemActor.Name }) {
		t.Errorf("%+v", e)
	}
	if err := b.Confirm(t.Context(), b.Clerk, p.ID, p.Version+1, p.Seen); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "已放弃") {
		t.Errorf("confirmed after that: %v", err)
	}
}

// However many organizations come in, the statements are the same few.
func TestStatementsDoNotGrowWithRows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rows := func(n, from int) (out [][]string) {
		for i := range n {
			no := from + i
			out = append(out, []string{"坪环社区第" + string(rune(0x4e00+no)) + "队", "社会团体", "备案", "文化体育", "", "", "坪社备〔2017〕第1" + importtest.Number(no)[14:17] + "号", "2017-03-02",
				"马峦街道办事处", "新成立", "林示例", "", importtest.Number(no), "13800000002", "马峦街道", "坪环社区", "", "", "组织棋类活动。", ""})
		}
		return out
	}
	statements := func(n, from int) int {
		t.Helper()
		p := b.read(t, "organizations", "组织.xlsx", b.File(t, "organizations", rows(n, from)))
		if p.Counts[importing.Fresh] != n {
			t.Fatalf("%v %+v %+v", p.Counts, p.Lines[0].Faults, p.Lines[0].Doubts)
		}
		ctx, counter := postgres.CountStatements(t.Context())
		if err := b.Confirm(ctx, b.Clerk, p.ID, p.Version, p.Seen); err != nil {
			t.Fatal(err)
		}
		return counter.Count()
	}
	few, many := statements(3, 100), statements(300, 200)
	if many > few {
		t.Errorf("3 rows take %d statements, 300 take %d", few, many)
	}
}

// Confirmed twice at once is confirmed once; a preview that things have overtaken
// is shown again; a doubtful row waits for a choice.
func TestConfirmations(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	example := b.Example(t, "organizations", sheet.CSV)
	p, other := b.read(t, "organizations", "一.csv", example), b.read(t, "organizations", "二.csv", example)
	results := make([]error, 8)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() { results[i] = b.Confirm(t.Context(), b.Clerk, p.ID, p.Version, p.Seen) })
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
	if err := b.Confirm(t.Context(), b.Clerk, other.ID, other.Version, other.Seen); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "变了") {
		t.Errorf("a stale preview: %v", err)
	}
	rows := importtest.People(2)
	rows[0][3], rows[0][5] = "", "否" // no number
	rows[0][4] = "兼职工作人员"
	b.confirm(t, b.read(t, "people", "a.xlsx", b.File(t, "people", rows[:1])))
	doubt := b.read(t, "people", "b.xlsx", b.File(t, "people", importtest.People(1)))
	if doubt.Counts[importing.Doubtful] != 1 {
		t.Fatalf("%v %+v", doubt.Counts, doubt.Lines[0])
	}
	if err := b.Confirm(t.Context(), b.Clerk, doubt.ID, doubt.Version, doubt.Seen); !errs.Is(err, errs.Conflict) {
		t.Errorf("undecided: %v", err)
	}
	if err := b.Choose(t.Context(), b.Clerk, doubt.ID, doubt.Version, map[string]importing.Choice{"2": importing.TheSame}); err != nil {
		t.Fatal(err)
	}
	if doubt = b.open(t, doubt.ID); doubt.Counts[importing.LeftOut] != 1 {
		t.Errorf("the same: %v", doubt.Counts)
	}
	if err := b.Choose(t.Context(), b.Clerk, doubt.ID, doubt.Version, map[string]importing.Choice{"2": importing.Another}); err != nil {
		t.Fatal(err)
	}
	b.confirm(t, b.open(t, doubt.ID))
	for _, role := range []authz.Role{authz.BureauReviewer, authz.Subdistrict, authz.OrgHead} {
		a := authz.Actor{AccountID: uuid.New(), Role: role}
		for name, do := range map[string]func(context.Context) error{
			"discard": func(ctx context.Context) error { return b.Discard(ctx, a, other.ID, 1) },
			"faults":  func(ctx context.Context) error { return b.Faults(ctx, a, other.ID, "核对证件号码", io.Discard) },
			"undo":    func(ctx context.Context) error { _, err := b.Undoing(ctx, a, p.ID); return err },
		} {
			if err := do(t.Context()); !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s by %s: %v", name, role, err)
			}
		}
	}
}
