package casework

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// SignMethod says how a submission was signed.
type SignMethod string

// Reauthenticated is password and typed name; StampedPrint is a scan of the
// printed form with signature and stamp.
const (
	Reauthenticated SignMethod = "reauthenticated"
	StampedPrint    SignMethod = "stamped_print"
)

// Submission is what was signed and how. Document holds no sensitive value in
// clear.
type Submission struct {
	Round            int             `db:"round"`
	Document         json.RawMessage `db:"document"`
	Digest           string          `db:"digest"` // SHA-256 of Document, hex; printed on the receipt
	StatementVersion string          `db:"statement_version"`
	Method           SignMethod      `db:"method"`
	SignerName       string          `db:"signer_name"`
	At               time.Time       `db:"at"`
}

// Submit makes the case's first submission: pins the edition, keeps what was
// signed and starts the opinions. amount is nil for what asks for no money. A draft from the counter goes the same way.
func (s *Service) Submit(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, edition uuid.UUID, amount *money.Fen, sub Submission) error {
	if c.State != workflow.Draft {
		return errs.Newf(errs.Conflict, "这件已经提交过，现在是“%s”。", c.State.Name())
	}
	c.EditionID, c.SubmittedAt, c.Amount = &edition, &now, amount
	return s.keepAndMove(ctx, tx, now, actor, c, "submit", sub)
}

// Resubmit answers the open correction under the edition pinned at submission.
func (s *Service) Resubmit(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, amount *money.Fen, sub Submission) error {
	if err := answerCorrection(ctx, tx, now, c.ID); err != nil {
		return err
	}
	c.Amount = amount
	return s.keepAndMove(ctx, tx, now, actor, c, "resubmit", sub)
}

func (s *Service) keepAndMove(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, action workflow.Action, sub Submission) error {
	sum := sha256.Sum256(sub.Document)
	_, err := tx.Exec(ctx, `
		insert into case_submission (case_id, round, document, digest, statement_version, method, signer_name, account_id, person_id, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		c.ID, c.CorrectionRounds, sub.Document, hex.EncodeToString(sum[:]), sub.StatementVersion, sub.Method,
		sub.SignerName, actor.AccountID, actor.PersonID, now)
	if err != nil {
		return err
	}
	return s.Move(ctx, tx, now, actor, c, Move{Action: action})
}

const submissionsSQL = `
	select round, document, digest, statement_version, method, signer_name, at
	from case_submission where case_id = $1 order by round`
