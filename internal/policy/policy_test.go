package policy_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5/pgconn"
)

// publishedDigest is of the text published on 2017-09-06, half-width punctuation
// of the web page set back to full width, line by line.
const publishedDigest = "a42eb9b99406d4c30fd2184538dda660c7a201e4baa6ec03e1a9c075177a8d1b"

func on(s string) civil.Date { return civil.MustParse(s) }

func read[T any](t *testing.T, db *postgres.DB, fn func(context.Context, postgres.Querier) (T, error)) T {
	t.Helper()
	var v T
	err := db.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) { v, err = fn(t.Context(), q); return err })
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func seedDemo(t *testing.T, db *dbtest.DB, from civil.Date) error {
	t.Helper()
	return db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		return policy.SeedDemoContinuation(t.Context(), tx, from)
	})
}

func TestPolicyTextIsVerbatim(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	articles := read(t, db.App, func(ctx context.Context, q postgres.Querier) ([]policy.Article, error) {
		d, _, err := policy.DocumentOn(ctx, q, on("2018-01-01"))
		if err != nil {
			return nil, err
		}
		return policy.Articles(ctx, q, d.ID)
	})
	var lines []string
	anchors := map[string]string{}
	for i, a := range articles {
		lines = append(lines, a.Number+a.Title+"\n"+a.Text)
		if other, taken := anchors[policy.Anchor(a.Path)]; taken {
			t.Errorf("%s and %s share an anchor", a.Path, other)
		}
		anchors[policy.Anchor(a.Path)] = a.Path
		if a.Ordinal != i+1 {
			t.Errorf("article %s has ordinal %d at %d", a.Path, a.Ordinal, i)
		}
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	if got := hex.EncodeToString(sum[:]); got != publishedDigest {
		t.Errorf("digest of the text is %s", got)
	}
}

func TestForceAtItsEdges(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, c := range []struct {
		on    string
		in    bool
		force policy.Force
	}{
		{"2017-09-27", false, policy.Coming}, {"2017-09-28", true, policy.InForce}, {"2020-09-27", true, policy.InForce},
		{"2020-09-28", false, policy.Lapsed}, {"2026-11-23", false, policy.Lapsed},
	} {
		d := read(t, db.App, func(ctx context.Context, q postgres.Querier) (policy.Document, error) {
			d, in, err := policy.DocumentOn(ctx, q, on(c.on))
			if in != c.in {
				t.Errorf("%s: in force %v, want %v", c.on, in, c.in)
			}
			return d, err
		})
		if d.ForceOn(on(c.on)) != c.force {
			t.Errorf("%s: %s, want %s", c.on, d.ForceOn(on(c.on)), c.force)
		}
		notice := read(t, db.App, func(ctx context.Context, q postgres.Querier) (string, error) {
			return policy.ForceNotice(ctx, q, on(c.on))
		})
		if (notice == "") != c.in {
			t.Errorf("%s: notice %q", c.on, notice)
		}
		if c.force == policy.Lapsed && !strings.Contains(notice, "2017年9月28日至2020年9月27日") {
			t.Errorf("%s: notice without the period: %q", c.on, notice)
		}
		err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			_, err := policy.EditionOn(t.Context(), q, on(c.on))
			return err
		})
		if c.in != (err == nil) || !c.in && !errs.Is(err, errs.Conflict) {
			t.Errorf("%s: EditionOn: %v", c.on, err)
		}
	}
}

func TestSeededEditionHoldsExactlyTheClosedList(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	e := read(t, db.App, func(ctx context.Context, q postgres.Querier) (policy.Edition, error) {
		return policy.EditionOn(ctx, q, on("2019-05-01"))
	})
	if e.Label != "参数 2017-1 版" || e.Demo {
		t.Errorf("edition %+v", e)
	}
	var stored int
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from policy_parameter where edition_id = $1`, e.ID).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	definitions := policy.Definitions()
	if stored != len(definitions) {
		t.Errorf("%d parameters stored, %d in the list", stored, len(definitions))
	}
	// Only what the policy text fixes is confirmed (domain §13, tag SEED).
	seed := map[policy.Key]string{
		policy.StartupMinAgeMonths: "6", policy.TalentMinServiceMonths: "12", policy.EvalQuarter: "4", policy.EvalValidYears: "2",
		policy.EvalReapplyMonths: "12", policy.BaseTarget: "23",
	}
	articles := read(t, db.App, func(ctx context.Context, q postgres.Querier) ([]policy.Article, error) {
		return policy.Articles(ctx, q, e.DocumentID)
	})
	paths := map[string]bool{"": true}
	for _, a := range articles {
		paths[a.Path] = true
	}
	for _, d := range definitions {
		p := e.Params.Param(d.Key)
		want, fixed := seed[d.Key]
		if p.Confirmed != fixed || fixed && p.Value != want {
			t.Errorf("%s: %+v", d.Key, p)
		}
		if !paths[p.Article] {
			t.Errorf("%s cites %s, which the document does not have", d.Key, p.Article)
		}
	}
	if got := e.Params.Fen(policy.StartupAmountRegistered); got != 2000000 {
		t.Errorf("startup.amount_registered = %d", got)
	}
	sum := e.Params.Int(policy.VentureTrancheFirstPct) + e.Params.Int(policy.VentureTrancheMidPct) + e.Params.Int(policy.VentureTrancheFinalPct)
	if sum != 100 {
		t.Errorf("tranches add up to %d%%", sum)
	}
}

func TestEditionWithAMissingKeyDoesNotLoad(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	mustExec(t, db, `alter table policy_parameter disable trigger policy_parameter_guard`)
	mustExec(t, db, `delete from policy_parameter where key = 'startup.max_age_months'`)
	err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		_, err := policy.EditionShown(t.Context(), q, on("2026-11-23"))
		return err
	})
	if err == nil || !strings.Contains(err.Error(), "startup.max_age_months") {
		t.Errorf("loaded without a key: %v", err)
	}
}

func TestDemoContinuation(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	if err := seedDemo(t, db, on("2020-09-27")); !errs.Is(err, errs.Conflict) {
		t.Errorf("a second policy on the last day of the first: %v", err)
	}
	from := on("2023-11-23")
	for range 2 { // a second start keeps what is there
		if err := seedDemo(t, db, from); err != nil {
			t.Fatal(err)
		}
	}
	e := read(t, db.App, func(ctx context.Context, q postgres.Querier) (policy.Edition, error) {
		return policy.EditionOn(ctx, q, on("2026-11-23"))
	})
	old := read(t, db.App, func(ctx context.Context, q postgres.Querier) (policy.Edition, error) {
		return policy.EditionOn(ctx, q, on("2020-01-01"))
	})
	if !e.Demo || e.ID == old.ID || e.DocumentID == old.DocumentID {
		t.Errorf("demo edition %+v", e)
	}
	for _, d := range policy.Definitions() {
		if e.Params.Param(d.Key) != old.Params.Param(d.Key) {
			t.Errorf("%s differs from 2017", d.Key)
		}
	}
	articles := read(t, db.App, func(ctx context.Context, q postgres.Querier) ([]policy.Article, error) {
		return policy.Articles(ctx, q, e.DocumentID)
	})
	if first := articles[0]; first.Path != "演示说明" || !strings.Contains(first.Text, "不是真实的政策文件") {
		t.Errorf("first article %+v", first)
	}
	if last := articles[len(articles)-1]; strings.Contains(last.Text, "2017年9月28日") || !strings.Contains(last.Text, "2023年11月23日") {
		t.Errorf("last article %+v", last)
	}
	if byID := read(t, db.App, func(ctx context.Context, q postgres.Querier) (policy.Edition, error) {
		return policy.EditionByID(ctx, q, e.ID)
	}); byID.Label != e.Label {
		t.Errorf("by id: %s", byID.Label)
	}
}

func TestApprovedEditionsDoNotChange(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	const check, denied = "23514", "42501"
	for name, c := range map[string]struct{ sql, code string }{
		"value":             {`update policy_parameter set value = '7' where key = 'startup.min_age_months'`, check},
		"remove":            {`delete from policy_parameter where key = 'startup.min_age_months'`, check},
		"add":               {`insert into policy_parameter select edition_id, 'startup.extra', type, value, article, source, confirmed from policy_parameter limit 1`, check},
		"label":             {`update policy_edition set label = 'x'`, check},
		"back to draft":     {`update policy_edition set status = 'draft', approved_at = null`, check},
		"void":              {`update policy_edition set status = 'void'`, check},
		"longer":            {`update policy_edition set effective_to = null`, check},
		"beyond its policy": {`update policy_edition set effective_to = '2021-01-01'`, check},
		"approved at once": {`insert into policy_edition (id, document_id, label, effective_from, effective_to, status, approved_at)
			select gen_random_uuid(), id, 'y', '2020-01-01', '2020-02-01', 'approved', now() from policy_document`, check},
		"article":               {`update policy_article set text = 'x'`, check},
		"remove article":        {`delete from policy_article`, check},
		"add article":           {`insert into policy_article select document_id, 99, 'x', label, number, title, text from policy_article limit 1`, check},
		"remove document":       {`delete from policy_document`, denied},
		"remove edition":        {`delete from policy_edition`, denied},
		"title":                 {`update policy_document set title = 'x'`, check},
		"document begins later": {`update policy_document set effective_from = '2018-01-01'`, check},
		"document ends earlier": {`update policy_document set effective_to = '2019-01-01'`, check},
		"document unapproved":   {`update policy_document set status = 'draft', approved_at = null`, check},
		"document at once": {`insert into policy_document (id, slug, kind, title, issued_by, issued_on, effective_from, status, approved_at)
			values (gen_random_uuid(), 'other', 'policy', 't', 'b', '2020-01-01', '2021-09-27', 'approved', now())`, check},
	} {
		_, err := db.App.Pool().Exec(t.Context(), c.sql)
		if pg, ok := errors.AsType[*pgconn.PgError](err); !ok || pg.Code != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	// Negative control: the end of an edition may be set, and a draft may be written.
	mustExec(t, db, `update policy_edition set effective_to = '2020-08-31'`)
	mustExec(t, db, `insert into policy_edition (id, document_id, label, effective_from, effective_to)
		select gen_random_uuid(), id, '草稿', '2020-09-01', '2020-09-27' from policy_document`)
}

func TestParameterValuesAreTypedInTheDatabase(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	mustExec(t, db, `insert into policy_edition (id, document_id, label, effective_from, effective_to)
		select gen_random_uuid(), id, '草稿', '2020-09-01', '2020-09-27' from policy_document`)
	insert := func(typ, value, source string, confirmed bool) error {
		_, err := db.App.Pool().Exec(t.Context(), `insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
			select id, 'test.' || $1 || '_' || (select count(*) from policy_parameter), $1, $2::jsonb, '一', $3, $4
			from policy_edition where label = '草稿'`, typ, value, source, confirmed)
		return err
	}
	for _, c := range []struct {
		typ, value string
		ok         bool
	}{
		{"integer", `6`, true}, {"integer", `-6`, false}, {"integer", `6.5`, false}, {"integer", `"6"`, false}, {"integer", `null`, false},
		{"money", `500000`, true}, {"money", `1e3`, true}, {"money", `1e30`, false}, {"percent", `100`, true}, {"percent", `101`, false},
		{"choice", `"street"`, true}, {"choice", `""`, false}, {"choice", `1`, false},
		{"monthday", `"03-31"`, true}, {"monthday", `"3-31"`, false}, {"monthday", `"13-01"`, false}, {"anything", `1`, false},
	} {
		if err := insert(c.typ, c.value, "default", false); (err == nil) != c.ok {
			t.Errorf("%s %s: %v", c.typ, c.value, err)
		}
	}
	if err := insert("integer", "1", "policy", false); err == nil {
		t.Error("a value of the policy text was left unconfirmed")
	}
}

func mustExec(t *testing.T, db *dbtest.DB, sql string) {
	t.Helper()
	if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}
