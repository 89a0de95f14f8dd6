package policy

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Desk is where documents and editions are drafted, handed in and approved. A
// reviewer drafts (authz.PolicyEdit), a leader approves (authz.PolicyApprove),
// and never the same person. Every change leaves a row of policy_change and an
// audit entry.
type Desk struct{ db *postgres.DB }

// NewDesk returns the desk over db.
func NewDesk(db *postgres.DB) *Desk { return &Desk{db: db} }

// Action is what was done to a document or an edition.
type Action string

// The closed list of actions.
const (
	Create  Action = "create"
	Edit    Action = "edit"
	Submit  Action = "submit"
	Return  Action = "return" // sent back with a reason
	Approve Action = "approve"
	Discard Action = "discard"
	End     Action = "end"     // the next edition, or the end of the document, set its last day
	Voided  Action = "void"    // its document ended before it began
	Propose Action = "propose" // a closing
	Refuse  Action = "refuse"  // a closing
)

// Name returns the action in words.
func (a Action) Name() string {
	return map[Action]string{Create: "起草", Edit: "修改", Submit: "提交签批", Return: "退回修改", Approve: "签批", Discard: "作废",
		End: "设定最后一天", Voided: "没有施行", Propose: "提出变更", Refuse: "不同意变更"}[a]
}

// Change is one row of the history: who did what, when and why.
type Change struct {
	DocumentID uuid.UUID      `db:"document_id"`
	EditionID  uuid.UUID      `db:"edition_id"` // zero for an act on the document
	Key        Key            `db:"key"`        // "" for an act on the whole
	Action     Action         `db:"action"`
	Before     map[string]any `db:"before"`
	After      map[string]any `db:"after"`
	Reason     string         `db:"reason"`
	At         time.Time      `db:"at"`
	ActorName  string         `db:"actor_name"`
	ActorRole  authz.Role     `db:"actor_role"`
}

// record keeps changes of one act: in the history and, without the values, in the
// audit trail. The audit subject is the document.
func record(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, list ...Change) error {
	keys := []string{}
	for _, c := range list {
		if err := insertChange(ctx, tx, now, actor, c); err != nil {
			return fmt.Errorf("policy change: %w", err)
		}
		if c.Key != "" {
			keys = append(keys, string(c.Key))
		}
	}
	c := list[0]
	detail := map[string]any{}
	subject := "policy.document."
	if c.EditionID != uuid.Nil {
		subject, detail["edition"] = "policy.edition.", c.EditionID
	}
	if len(keys) > 0 {
		detail["keys"] = keys
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{
		Subject: "policy", SubjectID: c.DocumentID.String(), Action: subject + string(c.Action), Detail: detail,
	})
}

// twoPersons refuses an approval by who drafted, changed or handed it in; the
// database refuses it as well.
func twoPersons(ctx context.Context, tx postgres.Tx, actor authz.Actor, document, edition uuid.UUID) error {
	var own bool
	err := tx.QueryRow(ctx, `select exists (select from policy_change where document_id = $1 and edition_id is not distinct from $2
		and action in ('create', 'edit', 'submit') and person_id = $3)`, document, orNull(edition), actor.PersonID).Scan(&own)
	if err == nil && own {
		return errs.New(errs.Forbidden, "您起草或改动过这份内容，不能自己签批。请由另一位局领导签批。")
	}
	return err
}

// needReason checks the reason of an act that must be explained.
func needReason(reason string) error { return errs.Fields(reasonFaults(reason)) }

func reasonFaults(reason string) []errs.Field {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 5 || n > 500 {
		return []errs.Field{{Name: "reason", Label: "理由", Message: fmt.Sprintf("写明理由，5 到 500 个字，现在是 %d 个字", n)}}
	}
	return nil
}

func stale() error {
	return errs.New(errs.Conflict, "这份内容刚刚被别人改过。核对两个版本，再保存一次。")
}

// serial makes approvals wait for each other: what each finds in force is what
// the database will find.
func serial(ctx context.Context, tx postgres.Tx) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('policy approval'))`)
	return err
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

// orNull is NULL for the zero id.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
