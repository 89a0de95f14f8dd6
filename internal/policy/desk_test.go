package policy_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// office is the desk of a bureau on 23 November 2026 with its people.
type office struct {
	*testing.T
	db               *dbtest.DB
	desk             *policy.Desk
	reviewer, leader authz.Actor
	both             authz.Actor // the reviewer again, with the account of a leader
}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	person := func(name string, r authz.Role) authz.Actor {
		return authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: name, Role: r}
	}
	o := &office{T: t, db: db, desk: policy.NewDesk(db.App), reviewer: person("郑复核", authz.BureauReviewer), leader: person("钱局长", authz.BureauLeader)}
	o.both = o.leader
	o.both.AccountID, o.both.PersonID = uuid.New(), o.reviewer.PersonID
	return o
}

func (o *office) ok(err error) {
	o.Helper()
	if err != nil {
		o.Fatal(err)
	}
}

func (o *office) refused(err error, k errs.Kind, words string) {
	o.Helper()
	text := errs.Message(err)
	for _, f := range errs.FieldsOf(err) {
		text += f.Message
	}
	if !errs.Is(err, k) || !strings.Contains(text, words) {
		o.Fatalf("%v, want kind %d with %q", err, k, words)
	}
}

func input(from, to string) policy.DocumentInput {
	in := policy.DocumentInput{Token: once.NewToken(), Kind: policy.KindPolicy, Title: "新的实施意见", IssuedBy: "区政府", IssuedOn: on("2026-11-01"), From: on(from), Source: "区政府网站"}
	if to != "" {
		in.To = on(to)
	}
	return in
}

// draft is a document with the articles of 2017.
func (o *office) draft(in policy.DocumentInput) policy.Document {
	o.Helper()
	id, err := o.desk.CreateDocument(o.Context(), o.reviewer, in)
	o.ok(err)
	list := read(o.T, o.db.App, func(ctx context.Context, q postgres.Querier) ([]policy.Article, error) {
		d, _, err := policy.DocumentOn(ctx, q, on("2018-01-01"))
		if err != nil {
			return nil, err
		}
		return policy.Articles(ctx, q, d.ID)
	})
	o.ok(o.desk.SetArticles(o.Context(), o.reviewer, id, 1, list))
	return o.document(id)
}

func (o *office) document(id uuid.UUID) policy.Document {
	o.Helper()
	f, err := o.desk.DocumentFile(o.Context(), o.leader, id)
	o.ok(err)
	return f.Document
}

// approved is a document that a leader has approved.
func (o *office) approved(in policy.DocumentInput) policy.Document {
	o.Helper()
	doc := o.draft(in)
	o.ok(o.desk.SubmitDocument(o.Context(), o.reviewer, doc.ID, doc.Version))
	o.ok(o.desk.ApproveDocument(o.Context(), o.leader, doc.ID, doc.Version+1))
	return o.document(doc.ID)
}

func (o *office) of2017() policy.EditionFacts {
	o.Helper()
	v, err := o.desk.Overview(o.Context(), o.leader)
	o.ok(err)
	return v.Editions[len(v.Editions)-1]
}

// edition is a draft under a document, copied from that of 2017.
func (o *office) edition(doc policy.Document, label, from, to string) policy.Edition {
	o.Helper()
	in := policy.EditionInput{Token: once.NewToken(), DocumentID: doc.ID, CopyOf: o.of2017().ID, Label: label, From: on(from), Reason: "新的实施意见施行"}
	if to != "" {
		in.To = on(to)
	}
	id, err := o.desk.CreateEdition(o.Context(), o.reviewer, in)
	o.ok(err)
	return o.load(id)
}

func (o *office) load(id uuid.UUID) policy.Edition {
	o.Helper()
	f, err := o.desk.EditionFile(o.Context(), o.leader, id)
	o.ok(err)
	return f.Edition
}

func (o *office) approve(e policy.Edition) error {
	o.Helper()
	o.ok(o.desk.SubmitEdition(o.Context(), o.reviewer, e.ID, e.Version))
	return o.desk.ApproveEdition(o.Context(), o.leader, e.ID, e.Version+1)
}

func TestADocumentTakesTwoPersons(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	if _, err := o.desk.CreateDocument(ctx, o.leader, input("2026-11-23", "")); !errs.Is(err, errs.Forbidden) {
		t.Fatalf("a leader drafts: %v", err)
	}
	doc := o.draft(input("2026-11-23", ""))
	o.refused(o.desk.ApproveDocument(ctx, o.leader, doc.ID, doc.Version), errs.Conflict, "起草中")
	o.ok(o.desk.SubmitDocument(ctx, o.reviewer, doc.ID, doc.Version))
	o.refused(o.desk.ApproveDocument(ctx, o.reviewer, doc.ID, doc.Version+1), errs.Forbidden, "签批")
	o.refused(o.desk.ApproveDocument(ctx, o.both, doc.ID, doc.Version+1), errs.Forbidden, "不能自己签批")
	// The database refuses it too, whoever is named.
	for name, sql := range map[string]string{
		"its author":      `update policy_document set status = 'approved', approved_at = now(), approved_by = created_by where id = $1`,
		"nobody":          `update policy_document set status = 'approved', approved_at = now() where id = $1`,
		"changed as well": `update policy_document set title = 'x' where id = $1`,
	} {
		if _, err := o.db.App.Pool().Exec(ctx, sql, doc.ID); !violates(err, "23514") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := o.db.App.Pool().Exec(ctx, `update policy_article set text = 'x' where document_id = $1`, doc.ID); !violates(err, "23514") {
		t.Errorf("articles of what waits for approval: %v", err)
	}
	if in := o.inForce("2026-11-23"); in {
		t.Error("in force before it is approved")
	}
	o.ok(o.desk.ReturnDocument(ctx, o.leader, doc.ID, doc.Version+1, "标题和原文不一致"))
	o.ok(o.desk.SubmitDocument(ctx, o.reviewer, doc.ID, doc.Version+2))
	o.ok(o.desk.ApproveDocument(ctx, o.leader, doc.ID, doc.Version+3)) // control: another person may
	if !o.inForce("2026-11-23") || o.inForce("2026-11-22") {
		t.Error("not in force from its first day")
	}
	f, err := o.desk.DocumentFile(ctx, o.leader, doc.ID)
	o.ok(err)
	var acts []string
	for _, c := range f.Changes {
		acts = append(acts, string(c.Action))
	}
	if got := strings.Join(acts, " "); got != "approve submit return submit edit create" {
		t.Errorf("history %s", got)
	}
	for _, sql := range []string{`update policy_change set reason = 'x'`, `delete from policy_change`} {
		if _, err := o.db.App.Pool().Exec(ctx, sql); !violates(err, "42501") {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

func violates(err error, code string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == code
}

func (o *office) inForce(day string) bool {
	o.Helper()
	return read(o.T, o.db.App, func(ctx context.Context, q postgres.Querier) (bool, error) {
		_, in, err := policy.DocumentOn(ctx, q, on(day))
		return in, err
	})
}

func TestOnePolicyADay(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	first := o.approved(input("2026-11-23", ""))
	second := o.draft(input("2027-01-01", ""))
	o.refused(o.desk.SubmitDocument(ctx, o.reviewer, second.ID, second.Version), errs.Invalid, "和《新的实施意见》（2026年11月23日起）的有效期重叠")
	// The first gets its last day, and the second begins on the next.
	o.ok(o.desk.ProposeClosing(ctx, o.reviewer, once.NewToken(), policy.Closing{DocumentID: first.ID, LastDay: on("2026-12-31"), RevisedByID: second.ID, Reason: "新的意见施行"}))
	o.refused(o.desk.ProposeClosing(ctx, o.reviewer, once.NewToken(), policy.Closing{DocumentID: first.ID, LastDay: on("2026-12-30"), Reason: "新的意见施行"}), errs.Conflict, "等着签批")
	v, err := o.desk.Overview(ctx, o.leader)
	o.ok(err)
	c := v.Closings[0]
	o.refused(o.desk.ApproveClosing(ctx, o.both, c.ID, c.Version), errs.Forbidden, "不能自己签批")
	for _, sql := range []string{`update policy_closing set state = 'approved', decided_at = now(), decided_by = proposed_by`,
		`update policy_document set effective_to = '2026-12-31' where effective_to is null`} {
		if _, err := o.db.App.Pool().Exec(ctx, sql); !violates(err, "23514") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	o.ok(o.desk.ApproveClosing(ctx, o.leader, c.ID, c.Version))
	o.refused(o.desk.ApproveClosing(ctx, o.leader, c.ID, c.Version), errs.Conflict, "已经决定")
	o.ok(o.desk.SubmitDocument(ctx, o.reviewer, second.ID, second.Version))
	o.ok(o.desk.ApproveDocument(ctx, o.leader, second.ID, second.Version+1))
	first = o.document(first.ID)
	if f := first.ForceOn(on("2027-01-01")); f.Name() != "已修订" || first.ForceOn(on("2026-12-31")) != policy.InForce {
		t.Errorf("the first is %s", f.Name())
	}
	if !o.inForce("2026-12-31") || !o.inForce("2027-01-01") {
		t.Error("a day without a policy between the two")
	}
}

// Two drafts for the same days, approved at the same moment: one of them comes
// into force.
func TestTwoPoliciesAtOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	var drafts [2]policy.Document
	for i := range drafts {
		drafts[i] = o.draft(input("2026-12-01", ""))
		o.ok(o.desk.SubmitDocument(t.Context(), o.reviewer, drafts[i].ID, drafts[i].Version))
	}
	if drafts[0].Slug == drafts[1].Slug {
		t.Fatal("two documents have one address")
	}
	var failed [2]error
	var wait sync.WaitGroup
	for i := range drafts {
		wait.Go(func() {
			failed[i] = o.desk.ApproveDocument(context.Background(), o.leader, drafts[i].ID, drafts[i].Version+1)
		})
	}
	wait.Wait()
	if (failed[0] == nil) == (failed[1] == nil) {
		t.Errorf("approved: %v, %v", failed[0], failed[1])
	}
}

func TestRulesStandUnderTheirPolicy(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	ctx := t.Context()
	main := o.draft(input("2026-11-23", ""))
	in := input("2026-12-01", "")
	in.Kind, in.UnderID, in.Title = policy.KindRules, main.ID, "实施细则"
	rules := o.draft(in)
	o.refused(o.desk.SubmitDocument(ctx, o.reviewer, rules.ID, rules.Version), errs.Invalid, "还没有签批")
	o.ok(o.desk.SubmitDocument(ctx, o.reviewer, main.ID, main.Version))
	o.ok(o.desk.ApproveDocument(ctx, o.leader, main.ID, main.Version+1))
	o.ok(o.desk.SubmitDocument(ctx, o.reviewer, rules.ID, rules.Version))
	o.ok(o.desk.ApproveDocument(ctx, o.leader, rules.ID, rules.Version+1)) // beside a policy of the same days
	r, err := policy.New(o.db.App).Documents(ctx)
	o.ok(err)
	if len(r.Documents) != 3 || r.Documents[0].ID != main.ID || r.Documents[1].ID != rules.ID {
		t.Errorf("listed %d documents, the second %s", len(r.Documents), r.Documents[1].Title)
	}
	text, err := policy.New(o.db.App).Document(ctx, rules.Slug)
	o.ok(err)
	if text.Under == nil || text.Under.ID != main.ID {
		t.Error("the rules do not lead to their policy")
	}
	in.UnderID, in.Token = rules.ID, once.NewToken()
	_, err = o.desk.CreateDocument(ctx, o.reviewer, in)
	o.refused(err, errs.Invalid, "不是政策文件")
}

// A form sent again makes one thing and gets the same answer; one that was
// opened before somebody else saved is refused.
func TestSentTwiceAndStale(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	in := input("2026-12-01", "")
	var ids [4]uuid.UUID
	var wait sync.WaitGroup
	for i := range ids {
		wait.Go(func() {
			var err error
			if ids[i], err = o.desk.CreateDocument(context.Background(), o.reviewer, in); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if ids[0] != ids[1] || ids[1] != ids[2] || ids[2] != ids[3] {
		t.Errorf("made %v", ids)
	}
	o.ok(o.desk.EditDocument(t.Context(), o.reviewer, ids[0], 1, in))
	o.refused(o.desk.EditDocument(t.Context(), o.reviewer, ids[0], 1, in), errs.Conflict, "别人改过")
	o.refused(o.desk.SubmitDocument(t.Context(), o.reviewer, ids[0], 2), errs.Invalid, "还没有条文")
	o.ok(o.desk.SaveArticle(t.Context(), o.reviewer, ids[0], 2, 0, 0, policy.Article{Path: "一", Label: "总则", Title: "总则"}))
	o.refused(o.desk.SaveArticle(t.Context(), o.reviewer, ids[0], 3, 0, 1, policy.Article{Path: "（一）", Label: "同一处", Text: "x"}), errs.Invalid, "指到同一处")
	o.refused(o.desk.RemoveArticle(t.Context(), o.reviewer, ids[0], 3, 7), errs.NotFound, "没有这一条")
	o.ok(o.desk.DiscardDocument(t.Context(), o.reviewer, ids[0], 3, "录错了一份文件"))
	o.refused(o.desk.EditDocument(t.Context(), o.reviewer, ids[0], 4, in), errs.Conflict, "已作废")
	if _, err := policy.New(o.db.App).Document(t.Context(), "2026-policy-1"); !errs.Is(err, errs.NotFound) {
		t.Errorf("a discarded draft is public: %v", err)
	}
	for _, r := range authz.Roles {
		a := authz.Actor{AccountID: uuid.New(), Role: r}
		_, err := o.desk.Overview(t.Context(), a)
		if a.Can(authz.PolicyView) != (err == nil) {
			t.Errorf("%s sees the desk: %v", r, err)
		}
	}
}
