package liaison_test

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
	unit     = "区文化广电旅游体育局"
	culture  = "culture"
)

var today = civil.Of(2026, 11, 23) // a Monday

// bench is the service with one organization and somebody of every role.
type bench struct {
	*liaison.Service
	db  *dbtest.DB
	org uuid.UUID
	as  map[string]authz.Actor
}

func newBench(t *testing.T) *bench {
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
	store, err := filestore.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	files := attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))
	b := &bench{Service: liaison.New(db.App, files), db: db, as: map[string]authz.Actor{
		"community": {Role: authz.Community, Community: liulian, Subdistrict: pingshan}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan},
		"clerk": {Role: authz.BureauClerk}, "reviewer": {Role: authz.BureauReviewer}, "leader": {Role: authz.BureauLeader},
		"department": {Role: authz.Department, Department: culture}, "leading": {Role: authz.LeadingGroup}, "auditor": {Role: authz.Auditor},
		"finance": {Role: authz.Finance}, "expert": {Role: authz.Expert}, "public": {}, "admin": {Role: authz.AdminSystem},
		"other community": {Role: authz.Community, Community: "440310001002", Subdistrict: pingshan}, "other subdistrict": {Role: authz.Subdistrict, Subdistrict: "440310002"},
		"other department": {Role: authz.Department, Department: "education"}, "head": {Role: authz.OrgHead}, "other head": {Role: authz.OrgHead, OrgID: uuid.Must(uuid.NewV7())},
	}}
	for name, a := range b.as {
		a.AccountID, a.PersonID, a.Name, a.IP = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), "某"+name, "192.0.2.1"
		b.as[name] = a
	}
	b.org, err = organization.New(db.App, keys).Register(t.Context(), b.as["clerk"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区合唱队", Type: organization.Association, Basis: organization.Filed, Category: organization.CultureSport,
		FilingNo: "坪社备〔2026〕第0001号", EstablishedOn: civil.Of(2026, 5, 23), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明",
		HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian, SupervisingUnit: unit})
	if err != nil {
		t.Fatal(err)
	}
	head := b.as["head"]
	head.OrgID = b.org
	b.as["head"] = head
	b.people(t)
	return b
}

// people gives accounts to those who are asked, so that messages reach them.
func (b *bench) people(t *testing.T) {
	t.Helper()
	for _, name := range []string{"community", "subdistrict", "clerk", "department", "head"} {
		a := b.as[name]
		community, subdistrict, org := a.Community, a.Subdistrict, "null"
		switch name {
		case "subdistrict":
			community = ""
		case "head":
			community, subdistrict, org = liulian, pingshan, "'"+b.org.String()+"'"
		}
		b.exec(t, `insert into person (id, name, created_at, updated_at) values ($1, $2, now(), now())`, a.PersonID, a.Name)
		b.exec(t, `insert into account (id, username, password_hash, role, status, person_id, organization_id, community, subdistrict, department, name,
			password_changed_at, created_token, created_at, updated_at)
			values ($1, $2, '$argon2id$x', $3, 'active', $4, `+org+`, $5, $6, nullif($7, ''), $8, now(), $2, now(), now())`,
			a.AccountID, "user-"+name, string(a.Role), a.PersonID, community, subdistrict, a.Department, a.Name)
	}
}

func (b *bench) exec(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := b.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (b *bench) input(k liaison.Kind, to liaison.Audience) liaison.Input {
	in := liaison.Input{Token: once.NewToken(), OrgID: b.org, Kind: k, Audience: to, Text: "走访时看到活动照常举办"}
	switch k {
	case liaison.Request:
		in.To, in.Days = "department/"+culture, 3
	case liaison.Support:
		in.Support = "venue"
	}
	return in
}

// entries reads the whole stream in small pages and returns the entries, the
// newest first.
func (b *bench) entries(t *testing.T, as string, only liaison.Sort) (list []liaison.Entry, items []liaison.Item) {
	t.Helper()
	for after := ""; ; {
		page, err := b.Timeline(t.Context(), b.as[as], b.org, only, after, 3)
		if err != nil {
			t.Fatalf("%s: %v", as, err)
		}
		for _, i := range page.Items {
			items = append(items, i)
			if i.Entry != nil {
				list = append(list, *i.Entry)
			}
		}
		if after = page.Next; after == "" {
			return list, items
		}
	}
}

// file puts a small PDF with the form of that token.
func (b *bench) file(t *testing.T, as, token, words string) {
	t.Helper()
	if err := b.Receive(t.Context(), b.as[as], token, attachment.Upload{Label: "附件", Filename: words + ".pdf", Body: strings.NewReader(pdf(words))}); err != nil {
		t.Fatal(err)
	}
}

// pdf is a document that differs by its words.
func pdf(words string) string {
	return "%PDF-1.4\n1 0 obj<</T(" + words + ")>>endobj\nstartxref\n9\n%%EOF\n"
}

func wantField(t *testing.T, err error, name string) {
	t.Helper()
	if !slices.ContainsFunc(errs.FieldsOf(err), func(f errs.Field) bool { return f.Name == name }) {
		t.Errorf("got %v, want a fault at %s", err, name)
	}
}

func wantKind(t *testing.T, err error, k errs.Kind) {
	t.Helper()
	if !errs.Is(err, k) {
		t.Errorf("got %v, want kind %v", err, k)
	}
}

// Who sees what: every author, audience and reader; the stream, one entry and the
// pure rule agree, and the table below is what they agree on. A file goes with its
// entry.
func TestAudience(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	offices := map[string]string{"community": "community/" + liulian, "subdistrict": "subdistrict/" + pingshan, "clerk": "bureau", "department": "department/" + culture, "leading": "leading"}
	inside := []string{"community", "subdistrict", "clerk", "reviewer", "leader", "department", "leading", "auditor"}
	sameOffice := map[string][]string{"community": {"community"}, "subdistrict": {"subdistrict"}, "clerk": {"clerk", "reviewer", "leader"}, "department": {"department"}, "leading": {"leading"}}
	ids, files := map[string]uuid.UUID{}, map[string]uuid.UUID{}
	for author := range offices {
		for _, to := range liaison.Audiences {
			in := b.input(liaison.Remark, to)
			in.Text = author + " tells " + string(to)
			b.file(t, author, in.Token, in.Text)
			if err := b.Write(t.Context(), b.as[author], in); err != nil {
				t.Fatal(err)
			}
			list, _ := b.entries(t, author, liaison.Talk)
			ids[in.Text], files[in.Text] = list[0].ID, list[0].Files[0].ID
		}
	}
	place := authz.Place{OrgID: b.org, Community: liulian, Subdistrict: pingshan, Department: culture}
	for reader, a := range b.as {
		var seen []liaison.Entry
		page, err := b.Timeline(t.Context(), a, b.org, liaison.Talk, "", 100)
		for _, i := range page.Items {
			seen = append(seen, *i.Entry)
		}
		for author := range offices {
			for _, to := range liaison.Audiences {
				text := author + " tells " + string(to)
				want := slices.Contains(inside, reader) && to != liaison.OwnOffice || reader == "head" && to == liaison.TheirsAsWell ||
					slices.Contains(sameOffice[author], reader) || reader == "auditor"
				var office liaison.Office
				office.Kind, office.Code, _ = strings.Cut(offices[author], "/")
				inStream := err == nil && slices.ContainsFunc(seen, func(e liaison.Entry) bool { return e.Text == text })
				_, errOne := b.Entry(t.Context(), a, b.org, ids[text])
				_, content, errFile := b.File(t.Context(), a, b.org, ids[text], files[text])
				if errFile == nil {
					_ = content.Close()
				}
				if rule := liaison.Sees(a, place, office, to); rule != want || inStream != want || (errOne == nil) != want || (errFile == nil) != want {
					t.Errorf("%s reads %s: rule %v, stream %v, entry %v, file %v; want %v", reader, text, rule, inStream, errOne == nil, errFile == nil, want)
				}
			}
		}
	}
	// Who reads only, and who is not of it, writes nothing.
	for _, name := range []string{"auditor", "head", "finance", "expert", "public", "admin", "other community", "other subdistrict", "other department"} {
		if err := b.Write(t.Context(), b.as[name], b.input(liaison.Remark, liaison.AllOffices)); err == nil {
			t.Errorf("%s wrote", name)
		}
	}
}

func TestFaultsOfAnEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for field, spoil := range map[string]func(*liaison.Input){
		"text": func(in *liaison.Input) { in.Text = "短" }, "audience": func(in *liaison.Input) { in.Audience = liaison.OwnOffice },
		"to": func(in *liaison.Input) { in.To = "department/education" }, "days": func(in *liaison.Input) { in.Days = 61 },
	} {
		in := b.input(liaison.Request, liaison.AllOffices)
		spoil(&in)
		wantField(t, b.Write(t.Context(), b.as["clerk"], in), field)
	}
	in := b.input(liaison.Request, liaison.AllOffices)
	in.To = "bureau"
	wantField(t, b.Write(t.Context(), b.as["clerk"], in), "to") // nobody asks himself
	in.To = "organization/" + b.org.String()
	wantField(t, b.Write(t.Context(), b.as["clerk"], in), "audience")
	b.exec(t, `update account set status = 'disabled', status_reason = '离岗' where role = 'department'`)
	in.To = "department/" + culture
	wantField(t, b.Write(t.Context(), b.as["clerk"], in), "to") // nobody would answer
	support := b.input(liaison.Support, liaison.AllOffices)
	support.Support = "gold"
	wantField(t, b.Write(t.Context(), b.as["clerk"], support), "support")
}

func TestRequestIsAskedForwardedAndAnswered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := b.input(liaison.Request, liaison.AllOffices)
	in.To = "subdistrict/" + pingshan
	for range 2 { // sent twice is asked once
		if err := b.Write(t.Context(), b.as["clerk"], in); err != nil {
			t.Fatal(err)
		}
	}
	list, _ := b.entries(t, "subdistrict", liaison.Talk)
	if len(list) != 1 || list[0].DueOn != civil.Of(2026, 11, 26) || list[0].State != liaison.Open {
		t.Fatalf("asked %+v", list)
	}
	if asked, unread, err := b.Counts(t.Context(), b.as["subdistrict"]); asked != 1 || unread != 1 || err != nil {
		t.Errorf("%d wait, %d unread: %v", asked, unread, err)
	}
	ask := list[0]
	reply := liaison.Reply{Token: once.NewToken(), OrgID: b.org, Entry: ask.ID, Version: 1, Audience: liaison.AllOffices, Text: "活动正常，场地够用"}
	wantKind(t, b.Answer(t.Context(), b.as["community"], reply), errs.Conflict) // not asked
	pass := liaison.Passing{Token: once.NewToken(), OrgID: b.org, Entry: ask.ID, Version: 1, To: "bureau", Days: 2, Reason: "场地由社区管理"}
	wantField(t, b.Forward(t.Context(), b.as["subdistrict"], pass), "to") // back to who asked
	pass.To = "organization/" + b.org.String()
	wantField(t, b.Forward(t.Context(), b.as["subdistrict"], pass), "to") // was not told to it
	pass.To = "community/" + liulian
	if err := b.Forward(t.Context(), b.as["subdistrict"], pass); err != nil {
		t.Fatal(err)
	}
	list, _ = b.entries(t, "community", liaison.Talk)
	if list[0].Question != ask.Text || list[0].From != "bureau" {
		t.Errorf("passed on %+v", list[0])
	}
	reply.Entry, reply.Audience = list[0].ID, liaison.TheirsAsWell
	wantField(t, b.Answer(t.Context(), b.as["community"], reply), "audience") // would tell more than was asked
	reply.Audience = liaison.AllOffices

	var wg sync.WaitGroup
	results := make([]error, 4)
	for i := range results {
		wg.Go(func() {
			r := reply
			r.Token = once.NewToken()
			results[i] = b.Answer(context.WithoutCancel(t.Context()), b.as["community"], r)
		})
	}
	wg.Wait()
	answered := 0
	for _, err := range results {
		if err == nil {
			answered++
		} else {
			wantKind(t, err, errs.Conflict)
		}
	}
	if answered != 1 {
		t.Errorf("%d answers to one request", answered)
	}
	if n := b.count(t, `select count(*) from notification where account_id = $1 and title like '协查请求有答复了%'`, b.as["clerk"].AccountID); n != 1 {
		t.Errorf("who asked got %d messages of the answer", n)
	}
	for tab, as := range map[liaison.Tab]string{liaison.Sent: "clerk", liaison.Done: "community"} {
		p, err := b.Requests(t.Context(), b.as[as], tab, "", 1)
		if err != nil || len(p.Items) != 1 || p.Items[0].Text != ask.Text {
			t.Errorf("%s of %s: %+v, %v", tab, as, p.Items, err)
		}
		if tab == liaison.Sent { // the one passed on, and the first
			if p, err = b.Requests(t.Context(), b.as[as], tab, p.Next, 1); err != nil || len(p.Items) != 1 || p.Items[0].State != liaison.Forwarded || p.Next != "" {
				t.Errorf("second page %+v, %v", p.Items, err)
			}
		}
	}
}

func TestOverdueIsRemindedOfOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if err := b.Write(t.Context(), b.as["subdistrict"], b.input(liaison.Request, liaison.AllOffices)); err != nil {
		t.Fatal(err)
	}
	messages := func(name string) int {
		return b.count(t, `select count(*) from notification where account_id = $1 and title like '协查请求%'`, b.as[name].AccountID)
	}
	for _, c := range []struct{ days, want int }{{3, 0}, {4, 1}, {5, 1}} { // due on Thursday: reminded of on Friday
		b.db.SetNow(t, today.AddDays(c.days).Start().Add(9*time.Hour))
		if err := b.Remind(t.Context()); err != nil {
			t.Fatal(err)
		}
		if asked, asking := messages("department"), messages("subdistrict"); asked != c.want || asking != c.want {
			t.Errorf("after %d days: %d and %d messages, want %d", c.days, asked, asking, c.want)
		}
	}
}

func TestEntriesAreNeverAltered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := b.input(liaison.Support, liaison.TheirsAsWell)
	if err := b.Write(t.Context(), b.as["community"], in); err != nil {
		t.Fatal(err)
	}
	list, _ := b.entries(t, "head", liaison.Talk)
	if n := b.count(t, `select count(*) from notification where account_id = $1`, b.as["head"].AccountID); n != 1 {
		t.Errorf("%d messages to the organization", n)
	}
	fix := liaison.Correction{Token: once.NewToken(), OrgID: b.org, Entry: list[0].ID, Support: "money", Text: "给的是活动经费，不是场地"}
	wantKind(t, b.Correct(t.Context(), b.as["subdistrict"], fix), errs.Conflict)
	if err := b.Correct(t.Context(), b.as["community"], fix); err != nil {
		t.Fatal(err)
	}
	fix.Token = once.NewToken()
	wantKind(t, b.Correct(t.Context(), b.as["community"], fix), errs.Conflict)
	list, _ = b.entries(t, "head", liaison.Talk)
	if len(list) != 2 || list[0].Support != "money" || list[0].Audience != liaison.TheirsAsWell || !list[1].Corrected {
		t.Errorf("corrected %+v", list)
	}
	if err := b.Withdraw(t.Context(), b.as["community"], once.NewToken(), b.org, list[0].ID, "写到别的组织上了"); err != nil {
		t.Fatal(err)
	}
	list, _ = b.entries(t, "head", liaison.Talk)
	if list[0].Text != "" || list[0].WithdrawnReason == "" || list[1].Corrected {
		t.Errorf("withdrawn %+v", list)
	}
	for _, sql := range []string{`update liaison_entry set text = 'x'`, `delete from liaison_entry`, `update liaison_request set days = 9`} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	// The organization answers what was told to it.
	err := b.Answer(t.Context(), b.as["head"], liaison.Reply{Token: once.NewToken(), OrgID: b.org, Entry: list[1].ID, Text: "谢谢，经费已经收到"})
	if err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.Answer(t.Context(), b.as["other head"], liaison.Reply{Token: once.NewToken(), OrgID: b.org, Entry: list[1].ID, Text: "谢谢，经费已经收到"}), errs.NotFound)
}

// The stream has what other registries record, each thing once, in one order.
func TestStreamJoinsWhatOthersRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.exec(t, `insert into organization_activity (id, org_id, title, held_on, place, community_code, participants, volunteers, summary, recorded_at, recorded_by, recorded_role)
		select gen_random_uuid(), $1, '合唱展演' || i, '2026-07-01', '广场', $2, 30, 1, '居民一起唱歌，很热闹。', now(), gen_random_uuid(), 'x' from generate_series(1, 5) i`, b.org, liulian)
	b.exec(t, `insert into standing_entry (id, org_id, kind, from_on, basis, reason, recorded_at, recorded_by) values (gen_random_uuid(), $1, 'violation', '2026-08-01', '坪民罚1号', '没有按章程活动', now(), gen_random_uuid())`, b.org)
	b.exec(t, `insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by) values (gen_random_uuid(), $1, 2025, '2026-03-01', 'pass', '区民政局', now(), gen_random_uuid())`, b.org)
	b.exec(t, `insert into earlier_grant (id, org_id, programme, title, awarded_on, amount_fen, head_person_id, community_code, recorded_at, recorded_by)
		select gen_random_uuid(), $1, 'other', '公益项目', '2026-09-01', 300000, head_person_id, community_code, now(), gen_random_uuid() from organization where id = $1`, b.org)
	b.exec(t, `insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, created_by, created_at, submitted_at, entered_at, edition_id)
		values ($2, 'startup', 'FH-2026-0001', 2026, 1, '六联社区合唱队', $1, $3, $4, 'opining', 'open', gen_random_uuid(), now(), now(), now(), gen_random_uuid())`, b.org, uuid.Must(uuid.NewV7()), liulian, pingshan)
	b.exec(t, `insert into case_event (case_id, seq, at, action, label, from_state, to_state, account_id, person_id, actor_name, actor_role, note, office_only)
		select id, s, now() + s * interval '1 hour', 'x', '步骤' || s, 'draft', 'opining', gen_random_uuid(), gen_random_uuid(), '某人', 'x', '内部说明', s = 2 from case_file, generate_series(1, 2) s`)
	if err := b.Write(t.Context(), b.as["clerk"], b.input(liaison.Remark, liaison.AllOffices)); err != nil {
		t.Fatal(err)
	}
	_, all := b.entries(t, "clerk", "")
	got := map[liaison.Sort]int{}
	for n, i := range all {
		got[i.Sort]++
		if n > 0 && i.At.After(all[n-1].At) {
			t.Errorf("%s stands after %s", i.Title, all[n-1].Title)
		}
	}
	want := map[liaison.Sort]int{liaison.Talk: 1, liaison.Registry: 1, liaison.Cases: 2, liaison.Grants: 1, liaison.Standing: 1, liaison.Reports: 1, liaison.Activities: 5}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
	_, only := b.entries(t, "clerk", liaison.Activities)
	if len(only) != 5 {
		t.Errorf("%d activities", len(only))
	}
	_, theirs := b.entries(t, "head", liaison.Cases)
	if len(theirs) != 2 || !strings.Contains(theirs[0].Title, "复核和签批") || theirs[0].Detail != "" {
		t.Errorf("the organization reads %+v", theirs)
	}
	// What stands under a record that is merged into this one comes with its name.
	b.exec(t, `with other as (
			insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name, community_code, subdistrict_code,
				created_at, updated_at, merged_into)
			select gen_random_uuid(), '另一份档案', org_type, status_basis, category, '旧编号第9号', established_on, registrar, origin, status_since, head_person_id, head_name, community_code, subdistrict_code,
				now(), now(), id from organization where id = $1 returning id)
		insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by)
		select gen_random_uuid(), id, 2024, '2025-03-01', 'pass', '区民政局', now(), gen_random_uuid() from other`, b.org)
	_, reports := b.entries(t, "clerk", liaison.Reports)
	if len(reports) != 2 || reports[0].From != "" || reports[1].From != "另一份档案" {
		t.Errorf("reports of both records: %+v", reports)
	}
}

// Files are received before their entry stands, by its author alone, and sealed
// with it.
func TestFilesComeWithAnEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := b.input(liaison.Remark, liaison.TheirsAsWell)
	b.file(t, "community", in.Token, "走访记录")
	b.file(t, "community", in.Token, "照片说明")
	b.file(t, "community", in.Token, "照片说明") // chosen again
	wantField(t, b.Receive(t.Context(), b.as["community"], in.Token, attachment.Upload{Field: "files", Label: "附件", Filename: "a.exe", Body: strings.NewReader("MZ")}), "files")
	if list, err := b.Received(t.Context(), b.as["subdistrict"], in.Token); err != nil || len(list) != 0 {
		t.Errorf("another account with the token has %d files: %v", len(list), err)
	}
	wantKind(t, b.Receive(t.Context(), b.as["auditor"], in.Token, attachment.Upload{Filename: "a.pdf", Body: strings.NewReader(pdf("a"))}), errs.Forbidden)
	list, err := b.Received(t.Context(), b.as["community"], in.Token)
	if err != nil || len(list) != 2 {
		t.Fatalf("%d files received: %v", len(list), err)
	}
	if err := b.Drop(t.Context(), b.as["community"], in.Token, list[0].ID); err != nil {
		t.Fatal(err)
	}
	wantKind(t, b.Drop(t.Context(), b.as["subdistrict"], in.Token, list[1].ID), errs.NotFound)
	for range 2 {
		if err := b.Write(t.Context(), b.as["community"], in); err != nil {
			t.Fatal(err)
		}
		// Sent again with another file: the entry stays as it was.
		b.file(t, "community", in.Token, "后来的")
	}
	told, _ := b.entries(t, "head", liaison.Talk)
	if len(told) != 1 || len(told[0].Files) != 1 || told[0].Files[0].ID != list[1].ID || told[0].Files[0].HandedInAt == nil {
		t.Fatalf("the organization sees %+v", told)
	}
	if err := b.Drop(t.Context(), b.as["community"], in.Token, list[1].ID); err != nil {
		t.Error(err)
	}
	entry := told[0].ID
	a, content, err := b.File(t.Context(), b.as["head"], b.org, entry, list[1].ID)
	if err != nil {
		t.Fatalf("after an attempt to take it out: %v", err)
	}
	_ = content.Close()
	if _, _, err = b.File(t.Context(), b.as["head"], b.org, entry, list[0].ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("a file that was taken out: %v", err)
	}
	for _, sql := range []string{`update liaison_entry set files = null`, `update attachment set state = 'removed', reason = 'x', removed_at = now() where id = '` + a.ID.String() + `'`} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("done: %s", sql)
		}
	}
	if err := b.Withdraw(t.Context(), b.as["community"], once.NewToken(), b.org, entry, "写到别的组织上了"); err != nil {
		t.Fatal(err)
	}
	if _, _, err = b.File(t.Context(), b.as["community"], b.org, entry, list[1].ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("a file of what was withdrawn: %v", err)
	}
}

// A form that is never sent off leaves its files for a day, an entry for ever.
func TestFilesOfGivenUpFormsAreSwept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in, given := b.input(liaison.Remark, liaison.AllOffices), once.NewToken()
	b.file(t, "clerk", in.Token, "留下的")
	b.file(t, "clerk", given, "没发的")
	if err := b.Write(t.Context(), b.as["clerk"], in); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{{23 * time.Hour, 1}, {25 * time.Hour, 0}} {
		b.db.SetNow(t, today.Start().Add(10*time.Hour+c.after))
		if err := b.SweepFiles(t.Context()); err != nil {
			t.Fatal(err)
		}
		if list, err := b.Received(t.Context(), b.as["clerk"], given); err != nil || len(list) != c.want {
			t.Errorf("after %v %d files of the given-up form, want %d: %v", c.after, len(list), c.want, err)
		}
	}
	if list, _ := b.entries(t, "clerk", liaison.Talk); len(list[0].Files) != 1 {
		t.Error("the file of an entry was swept")
	}
}
