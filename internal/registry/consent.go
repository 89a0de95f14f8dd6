package registry

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Consent is what the head of another party says to a merger.
type Consent struct {
	CaseNo     string        `db:"no"`
	Applicant  string        `db:"applicant"`
	Org        uuid.UUID     `db:"organization_id"`
	Name       string        `db:"name"`
	Terms      MergerRequest `db:"terms"` // what was shown
	AskedAt    time.Time     `db:"asked_at"`
	Answer     string        `db:"answer"` // "", consent, dissent
	AnsweredAt *time.Time    `db:"answered_at"`
	ActorName  string        `db:"actor_name"`
	Reason     string        `db:"reason"`
	Open       bool          `db:"open"` // may be answered now
	Version    int           `db:"version"`
}

// The answers.
const (
	Agrees    = "consent"
	Disagrees = "dissent"
)

// digestOf is of a document as it is kept: what was shown and what is signed are
// compared by it.
func digestOf(d *MergerRequest) (string, []byte, error) {
	text, err := json.Marshal(d)
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), text, err
}

// AskConsent shows the merger, as its draft stands, to the heads of the other
// parties. The form must be without faults. Asking again after a change asks
// everybody again; whoever is shown the same goes on agreeing.
func (s *Service) AskConsent(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	if err := actor.Require(authz.RegistryAnswer); err != nil {
		return err
	}
	f, err := s.Applications.Form(ctx, actor, no)
	if err != nil {
		return err
	}
	if family, _, _ := FamilyOf(f.Case.Kind); family != Merger {
		return errs.New(errs.NotFound, "这件不是合并申请。")
	}
	document, faults := f.Kind.Read(f.Values, f.Subject)
	if err := errs.Fields(faults); err != nil {
		return err
	}
	d := document.(*MergerRequest)
	digest, terms, err := digestOf(d)
	if err != nil {
		return err
	}
	return s.Applications.Act(ctx, actor, authz.RegistryAnswer, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if c.State != workflow.Draft && c.State != workflow.Correcting {
			return errs.New(errs.Conflict, "这件已经提交，不用再征求同意。")
		}
		if c.Version != f.Case.Version {
			return errs.New(errs.Conflict, "申请内容刚刚有人改过。请核对以后再征求同意。")
		}
		for _, p := range d.Parties {
			if err := s.ask(ctx, tx, now, *c, p, digest, terms); err != nil {
				return err
			}
		}
		_, err := tx.Exec(ctx, `delete from registry_party where case_id = $1 and not organization_id = any($2)`, c.ID, partyIDs(d))
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: c.ID.String(), Action: "registry.consent.ask",
			Detail: map[string]any{"parties": partyIDs(d), "digest": digest}})
	})
}

func partyIDs(d *MergerRequest) []uuid.UUID {
	ids := make([]uuid.UUID, len(d.Parties))
	for i, p := range d.Parties {
		ids[i] = p.ID
	}
	return ids
}

func (s *Service) ask(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, p Party, digest string, terms []byte) error {
	tag, err := tx.Exec(ctx, `
		insert into registry_party (case_id, organization_id, digest, terms, asked_at) values ($1, $2, $3, $4, $5)
		on conflict (case_id, organization_id) do update set digest = excluded.digest, terms = excluded.terms, asked_at = excluded.asked_at,
			answer = '', answered_at = null, account_id = null, person_id = null, actor_name = '', reason = '', version = registry_party.version + 1
		where registry_party.digest <> excluded.digest or registry_party.answer = 'dissent'`, c.ID, p.ID, digest, terms, now)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	to, err := account.HeadsAndClerks(ctx, tx, p.ID)
	if err != nil {
		return err
	}
	return notification.Send(ctx, tx, now, to, notification.Message{Kind: c.Kind, CaseNo: c.No, Title: c.Title + "提出合并，请负责人表态",
		Body: fmt.Sprintf("%s提出合并（%s），您组织是其中一方。请负责人登录核对合并方式和承接安排，同意或不同意。", c.Title, c.No)})
}

// Consent is the answer of another party's head to what was shown under version.
// A dissent needs a reason; it may be turned into consent while the application
// is not submitted.
func (s *Service) Consent(ctx context.Context, actor authz.Actor, no string, version int, agree bool, reason, token string) error {
	if err := actor.Require(authz.RegistryAnswer); err != nil {
		return err
	}
	reason = form.Clean(reason, true)
	answer := Agrees
	if !agree {
		answer = Disagrees
		if n := utf8.RuneCountInString(reason); n < 5 || n > 500 {
			return errs.FieldError("reason", "不同意的理由", fmt.Sprintf("写明为什么不同意，5 到 500 个字，现在是 %d 个字", n))
		}
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			return no, s.answer(ctx, tx, now, actor, no, version, answer, reason)
		})
		return err
	})
}

func (s *Service) answer(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string, version int, answer, reason string) error {
	c, err := s.Cases.LoadForUpdate(ctx, tx, authz.SystemActor, no, 0)
	if err != nil {
		return err
	}
	var shown int
	err = tx.QueryRow(ctx, `select coalesce(max(version), 0) from registry_party where case_id = $1 and organization_id = $2`, c.ID, actor.OrgID).Scan(&shown)
	switch {
	case err != nil:
		return err
	case shown == 0:
		return errs.New(errs.NotFound, "没有找到这件合并。可能已经撤回，或不再涉及您的组织。")
	case shown != version:
		return errs.New(errs.Conflict, "合并的内容在您打开页面之后改过，或已经有人答复。请重新核对。")
	case c.State != workflow.Draft && c.State != workflow.Correcting:
		return errs.Newf(errs.Conflict, "这件现在是“%s”，不用再表态。", c.Place().Name())
	}
	err = postgres.ExecOne(ctx, tx, `
		update registry_party set answer = $3, answered_at = $4, account_id = $5, person_id = $6, actor_name = $7, reason = $8, version = version + 1
		where case_id = $1 and organization_id = $2`, c.ID, actor.OrgID, answer, now, actor.AccountID, actor.PersonID, actor.Name, reason)
	if err != nil {
		return err
	}
	to, err := account.HeadsAndClerks(ctx, tx, c.OrganizationID)
	if err != nil {
		return err
	}
	title := "一方同意合并"
	if answer == Disagrees {
		title = "一方不同意合并"
	}
	message := notification.Message{Kind: c.Kind, CaseNo: c.No, Title: title + "：" + c.No, Body: actor.Name + "代表所在组织答复。" + reason}
	if err := notification.Send(ctx, tx, now, to, message); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: c.ID.String(), Action: "registry.consent." + answer,
		Detail: map[string]any{"organization": actor.OrgID}})
}

const consentColumns = `c.no, c.title as applicant, p.organization_id, o.name, p.terms, p.asked_at, p.answer, p.answered_at, p.actor_name, p.reason,
	c.state in ('draft', 'correcting') as open, p.version
	from registry_party p join case_file c on c.id = p.case_id join organization o on o.id = p.organization_id`

// Consents returns what the other parties say to a merger, to who may see it.
func (s *Service) Consents(ctx context.Context, actor authz.Actor, no string) (list []Consent, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		list, err = postgres.All[Consent](ctx, q, `select `+consentColumns+` where p.case_id = $1 order by o.name, o.id`, c.ID)
		return err
	})
	return list, err
}

// Asked returns the mergers that the actor's organization was asked about, the
// latest first, twenty at most.
func (s *Service) Asked(ctx context.Context, actor authz.Actor) (list []Consent, err error) {
	if !actor.Role.OfOrganization() {
		return nil, actor.Require(authz.RegistryAnswer)
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[Consent](ctx, q, `select `+consentColumns+`
			where p.organization_id = any(organization_ids($1)) and c.state not in ('withdrawn', 'lapsed') order by p.asked_at desc limit 20`, actor.OrgID)
		return err
	})
	return list, err
}

// said is what a party says to a merger: unasked, "", consent or dissent.
type said struct {
	Name   string `db:"name"`
	ID     string `db:"id"`
	Answer string `db:"answer"`
}

const saidSQL = `
	select o.name, o.id::text as id, coalesce(p.answer, 'unasked') as answer
	from organization o left join registry_party p on p.organization_id = o.id and p.case_id = $1
	where o.id = any($2) order by o.name, o.id`

// missing names the parties that have not agreed, as obstacles.
func missing(list []said) (faults []errs.Field) {
	for _, r := range list {
		message := ""
		switch r.Answer {
		case "unasked":
			message = "还没有征求它的同意。先征求同意"
		case "":
			message = "负责人还没有答复。等它同意以后再提交"
		case Disagrees:
			message = "不同意合并。商量一致后重新征求同意，或去掉这一方"
		}
		if message != "" {
			faults = append(faults, fault("line:consent:"+r.ID, r.Name, message))
		}
	}
	return faults
}

// agreed wants every party's consent to the very document that is signed.
func (k kind) agreed(ctx context.Context, tx postgres.Tx, c casework.Case, d *MergerRequest) ([]errs.Field, error) {
	digest, _, err := digestOf(d)
	if err != nil {
		return nil, err
	}
	var n int
	err = tx.QueryRow(ctx, `select count(*) from registry_party where case_id = $1 and organization_id = any($2) and digest = $3 and answer = 'consent'`,
		c.ID, partyIDs(d), digest).Scan(&n)
	if err != nil || n == len(d.Parties) {
		return nil, err
	}
	return []errs.Field{fault("parties", "其他各方", "内容在各方同意以后改过，或还有一方没有同意。请重新征求同意")}, nil
}
