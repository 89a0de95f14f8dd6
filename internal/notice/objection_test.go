package notice_test

import (
	"fmt"
	"strings"
	"testing"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestBadObjections(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	no := b.view(t, b.publish(t, 5, b.plant(t, 1000*money.Yuan))).No
	for name, c := range map[string]struct {
		change func(*notice.ObjectionInput)
		field  string
	}{
		"no item":        {func(in *notice.ObjectionInput) { in.Ordinal = 0 }, "item"},
		"another item":   {func(in *notice.ObjectionInput) { in.Ordinal = 9 }, "item"},
		"another notice": {func(in *notice.ObjectionInput) { in.No = "GS-2026-0099" }, "item"},
		"nothing":        {func(in *notice.ObjectionInput) { in.Content = "" }, "content"},
		"blank":          {func(in *notice.ObjectionInput) { in.Content = strings.Repeat("\u200b \u3000\n", 50) }, "content"},
		"short":          {func(in *notice.ObjectionInput) { in.Content = "我不同意" }, "content"},
		"long":           {func(in *notice.ObjectionInput) { in.Content = strings.Repeat("长", 2001) }, "content"},
		"very long":      {func(in *notice.ObjectionInput) { in.Content = strings.Repeat("长", 1<<20) }, "content"},
		"nobody":         {func(in *notice.ObjectionInput) { in.Name, in.Phone = " \u200b", "" }, "name"},
		"a bad name":     {func(in *notice.ObjectionInput) { in.Name = "<script>" }, "name"},
		"a bad phone":    {func(in *notice.ObjectionInput) { in.Phone = "123" }, "phone"},
		"six files":      {func(in *notice.ObjectionInput) { in.Files = make([]*attachment.Prepared, 6) }, "files"},
	} {
		in := b.objection(no, 1)
		c.change(&in)
		if _, err := b.Object(t.Context(), in); !fault(err, c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := scan[int](t, b, `select count(*) from notice_objection`); n != 0 {
		t.Errorf("%d objections were kept", n)
	}
	// HTML is a text like any other.
	in := b.objection(no, 1)
	in.Content = "<script>alert(1)</script> 这里没有开展活动。"
	if _, err := b.Object(t.Context(), in); err != nil {
		t.Error(err)
	}
}

// Exactly until the end by the clock of the database: half a minute before is in
// time, the end itself is not, whatever the job has done by then.
func TestObjectionsUntilTheEnd(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.publish(t, 5, b.plant(t, 1000*money.Yuan))
	no := b.view(t, id).No
	b.moment(t, "2026-11-30 23:59:30")
	b.object(t, no, 1)
	b.goTo(t, "2026-12-01", 0)
	late := b.objection(no, 1)
	late.Content = "期满以后才想起来的理由，也写够十个字。"
	if _, err := b.Object(t.Context(), late); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "2026年11月30日24:00") {
		t.Errorf("after the end: %v", err)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `insert into notice_objection (id, notice_id, item_id, name_sealed, phone_sealed, content_sealed,
		contact_index, receipt_index, content_index, files, received_at, due_on, due_provisional, due_wd, state)
		select gen_random_uuid(), notice_id, item_id, name_sealed, phone_sealed, content_sealed,
		contact_index, content_index, receipt_index, files, portal_now(), due_on, due_provisional, due_wd, 'open' from notice_objection`); err == nil || !strings.Contains(err.Error(), "takes no objection") {
		t.Errorf("the database takes a late objection: %v", err)
	}
}

// The same objection again is the same receipt, by the same form or another.
func TestDuplicateObjection(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	no := b.view(t, b.publish(t, 5, b.plant(t, 1000*money.Yuan), b.plant(t, 1000*money.Yuan))).No
	in := b.objection(no, 1)
	first, err := b.Object(t.Context(), in)
	b.must(t, err)
	if again, err := b.Object(t.Context(), in); err != nil || again.Code != first.Code {
		t.Errorf("a double click: %s, %s: %v", first.Code, again.Code, err)
	}
	if other, err := b.Object(t.Context(), b.objection(no, 1)); err != nil || other.Code != first.Code {
		t.Errorf("another form: %s: %v", other.Code, err)
	}
	if other := b.object(t, no, 2); other.Code == first.Code {
		t.Error("another item has the same receipt")
	}
	if n := scan[int](t, b, `select count(*) from notice_objection`); n != 2 {
		t.Errorf("%d objections", n)
	}
	if got := strings.Join(b.happened(), " "); strings.Count(got, "disputed SY-2026-0001") != 1 {
		t.Errorf("%s", got)
	}
	for _, code := range []string{first.Code, strings.ToLower(first.Code), strings.ReplaceAll(first.Code, "-", ""), " " + strings.ReplaceAll(first.Code, "-", " ")} {
		if p, err := b.Lookup(t.Context(), code); err != nil || p.State != notice.ObjectionOpen || p.No != no {
			t.Errorf("%q: %+v, %v", code, p, err)
		}
	}
	for _, code := range []string{"", "nope", strings.Repeat("A", 24), strings.Repeat("长", 5000), "\x00", "' or 1=1"} {
		if _, err := b.Lookup(t.Context(), code); !fault(err, "receipt") {
			t.Errorf("%.20q: %v", code, err)
		}
	}
}

func TestHandling(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	id := b.publish(t, 5, b.plant(t, 1000*money.Yuan), b.plant(t, 2000*money.Yuan))
	no := b.view(t, id).No
	receipt := b.object(t, no, 1)
	other := b.objection(no, 1)
	other.Name, other.Phone = "司马举报", ""
	_, err := b.Object(t.Context(), other)
	b.must(t, err)
	b.object(t, no, 2)
	open := b.open(t)
	if len(open) != 3 || open[0].DueOn.String() != "2026-12-14" {
		t.Fatalf("%d open, due %s", len(open), open[0].DueOn)
	}
	ctx := t.Context()
	asLeader := b.second
	asLeader.PersonID = b.leader.PersonID
	caseSigner := b.second
	caseSigner.PersonID = uuid.New()
	if _, err := b.db.Owner.Exec(ctx, `insert into case_event (case_id, seq, at, action, label, from_state, to_state, account_id, person_id, actor_name, actor_role)
		values ($1, 1, portal_now(), 'sign', '签批', 'signing', 'noticing', $2, $2, '某', 'bureau_leader')`, open[0].CaseID, caseSigner.PersonID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		actor authz.Actor
		out   notice.Outcome
		want  errs.Kind
	}{
		"a clerk":                  {b.clerk, found, errs.Forbidden},
		"the public":               {authz.Actor{}, found, errs.Unauthenticated},
		"who signed the notice":    {asLeader, found, errs.Forbidden},
		"who signed the case":      {caseSigner, found, errs.Forbidden},
		"no reason":                {b.second, notice.Outcome{Finding: found.Finding, Reason: "不成立"}, errs.Invalid},
		"no finding":               {b.second, notice.Outcome{Finding: "", Reason: found.Reason}, errs.Invalid},
		"names the objector":       {b.second, notice.Outcome{Finding: found.Finding, Reason: "欧阳举报反映的情况不属实，异议不成立。"}, errs.Invalid},
		"publishes a phone number": {b.second, notice.Outcome{Finding: found.Finding, Reason: "可以拨打13900139000核实，异议不成立。"}, errs.Invalid},
	} {
		if err := b.Decide(ctx, c.actor, open[0].ID, open[0].Version, once.NewToken(), c.out); !errs.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Decide(ctx, b.second, open[0].ID, 9, once.NewToken(), found); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	if _, err := b.Unmask(ctx, asLeader, open[0].ID, "需要联系异议人核实"); !errs.Is(err, errs.Forbidden) {
		t.Errorf("who signed sees who objects: %v", err)
	}
	c, err := b.Unmask(ctx, b.second, open[0].ID, "需要联系异议人核实")
	if err != nil || c.Name != "欧阳举报" || c.Phone != "13800138000" {
		t.Errorf("%+v: %v", c, err)
	}
	if n := scan[int](t, b, `select count(*) from audit_entry where action = 'notice.objection.unmask'`); n != 1 {
		t.Errorf("%d entries of the look", n)
	}
	// The first dismissed of two leaves the item disputed; the second frees it.
	b.must(t, b.Decide(ctx, b.second, open[0].ID, open[0].Version, once.NewToken(), found))
	if s := b.states(t, id); s[0] != notice.Disputed {
		t.Errorf("%v with one objection left", s)
	}
	token := once.NewToken()
	for range 2 {
		b.must(t, b.Decide(ctx, b.second, open[1].ID, open[1].Version, token, found))
	}
	if s := b.states(t, id); s[0] != notice.Open {
		t.Errorf("%v", s)
	}
	if err := b.Decide(ctx, b.second, open[1].ID, open[1].Version, once.NewToken(), found); !errs.Is(err, errs.Conflict) {
		t.Errorf("decided twice: %v", err)
	}
	b.must(t, b.Decide(ctx, b.second, open[2].ID, open[2].Version, once.NewToken(), notice.Outcome{Upheld: true, Finding: "到社区走访，照片确系网上下载。", Reason: "经查，活动没有开展，异议成立。"}))
	if s := b.states(t, id); s[1] != notice.Upheld {
		t.Errorf("%v", s)
	}
	b.goTo(t, "2026-12-01", 0)
	b.settle(t)
	if s := b.states(t, id); s[0] != notice.Settled || s[1] != notice.Upheld {
		t.Errorf("%v", s)
	}
	p, err := b.Lookup(ctx, receipt.Code)
	if err != nil || p.State != notice.ObjectionDismissed || p.Outcome != found.Reason {
		t.Errorf("%+v: %v", p, err)
	}
	page, err := b.Read(ctx, no)
	b.must(t, err)
	if text := fmt.Sprintf("%+v", page.Objections); len(page.Objections) != 3 || strings.Contains(text, "欧阳") || strings.Contains(text, "走访") {
		t.Errorf("published %s", text)
	}
}

// Evidence is typed by its content and named by us: a name may hold a person's.
func TestEvidence(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	no := b.view(t, b.publish(t, 5, b.plant(t, 1000*money.Yuan))).No
	in := b.objection(no, 1)
	if _, err := b.prepare(t, in.ID, "欧阳举报.pdf", []byte("MZ this is a program")); !fault(err, "files") {
		t.Errorf("a mislabelled file: %v", err)
	}
	p, err := b.prepare(t, in.ID, "证据1.pdf", pdf)
	b.must(t, err)
	defer p.Discard()
	in.Files = []*attachment.Prepared{p}
	_, err = b.Object(t.Context(), in)
	b.must(t, err)
	d, err := b.Objection(t.Context(), b.reviewer, in.ID)
	if err != nil || len(d.Evidence) != 1 || d.Content != in.Content || d.Evidence[0].HandedInAt == nil {
		t.Fatalf("%+v: %v", d, err)
	}
	if _, err := b.Objection(t.Context(), b.leader, in.ID); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a leader reads an objection: %v", err)
	}
	_, content, err := b.Evidence(t.Context(), b.reviewer, in.ID, d.Evidence[0].ID)
	b.must(t, err)
	_ = content.Close()
	if _, _, err := b.Evidence(t.Context(), b.reviewer, uuid.New(), d.Evidence[0].ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("under another objection: %v", err)
	}
}

// No column of any table holds who objected, their words or their receipt; the
// control finds a word that is public.
func TestObjectionNotInClear(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	no := b.view(t, b.publish(t, 5, b.plant(t, 1000*money.Yuan))).No
	r := b.object(t, no, 1)
	o := b.open(t)[0]
	_, err := b.Unmask(t.Context(), b.second, o.ID, "需要联系核实情况")
	b.must(t, err)
	b.must(t, b.Decide(t.Context(), b.second, o.ID, o.Version, once.NewToken(), found))
	rows, err := b.db.Owner.Query(t.Context(), `select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname = 'public' and c.relkind = 'r'`)
	b.must(t, err)
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	b.must(t, err)
	var dump strings.Builder
	for _, name := range tables {
		dump.WriteString(scan[string](t, b, fmt.Sprintf(`select coalesce(string_agg(t::text, E'\n'), '') from %q t`, name)))
	}
	text := dump.String()
	if !strings.Contains(text, found.Reason) || !strings.Contains(text, "六联社区第1互助会") {
		t.Fatal("control: nothing was looked at")
	}
	for _, private := range []string{"欧阳举报", "13800138000", "照片是网上下载的", r.Code, strings.ReplaceAll(r.Code, "-", "")} {
		if strings.Contains(text, private) || strings.Contains(text, fmt.Sprintf("%x", private)) {
			t.Errorf("%q stands in clear", private)
		}
	}
}

// The days are those of the edition that the case pinned, not of the code.
func TestObjectionDaysComeFromTheEdition(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2026-11-23")
	_, err := b.db.Owner.Exec(t.Context(), `alter table policy_parameter disable trigger policy_parameter_guard;
		update policy_parameter set value = '10' where key = 'notice.objection_wd'`)
	b.must(t, err)
	b.object(t, b.view(t, b.publish(t, 5, b.plant(t, 1000*money.Yuan))).No, 1)
	if open := b.open(t); len(open) != 1 || open[0].DueWD != 10 || open[0].DueOn.String() != "2026-12-07" {
		t.Errorf("open %+v", open)
	}
}
