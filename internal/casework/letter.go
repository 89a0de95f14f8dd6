package casework

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// LetterKind is a kind of official letter.
type LetterKind string

// The letters of a case, in the order of its life.
const (
	AcceptedLetter     LetterKind = "accepted"
	CorrectionLetter   LetterKind = "correction"
	NotAcceptedLetter  LetterKind = "not_accepted"
	NotSupportedLetter LetterKind = "not_supported"
	ApprovalLetter     LetterKind = "approval"
	PaymentLetter      LetterKind = "payment"
	TerminationLetter  LetterKind = "termination"

	RegistryApprovalLetter LetterKind = "registry_approval"
	RegistryRefusalLetter  LetterKind = "registry_refusal"
	RevocationNotice       LetterKind = "revocation_notice"
	RevocationLetter       LetterKind = "revocation"
	NoRevocationLetter     LetterKind = "no_revocation"
)

var letterKinds = map[LetterKind]struct{ title, mark string }{
	AcceptedLetter:     {"受理通知书", "受"},
	CorrectionLetter:   {"补正通知书", "补"},
	NotAcceptedLetter:  {"不予受理决定书", "不受"},
	NotSupportedLetter: {"不予支持决定书", "不支"},
	ApprovalLetter:     {"资助批复", "批"},
	PaymentLetter:      {"拨款通知书", "拨"},
	TerminationLetter:  {"终止资助决定书", "终"},

	RegistryApprovalLetter: {"准予决定书", "准"},
	RegistryRefusalLetter:  {"不予决定书", "不准"},
	RevocationNotice:       {"撤销事先告知书", "告"},
	RevocationLetter:       {"撤销决定书", "撤"},
	NoRevocationLetter:     {"不予撤销决定书", "不撤"},
}

// Title returns the letter's title.
func (k LetterKind) Title() string { return letterKinds[k].title }

// Paragraph is a part of a letter: a heading (may be empty) and its lines.
type Paragraph struct {
	Heading string   `json:"heading,omitempty"`
	Lines   []string `json:"lines"`
}

// Letter is an official letter as issued: it is archived, not made anew.
type Letter struct {
	ID         uuid.UUID   `db:"id"`
	Kind       LetterKind  `db:"kind"`
	Year       int         `db:"year"`
	Serial     int         `db:"serial"`
	IssuedOn   civil.Date  `db:"issued_on"`
	Addressee  string      `db:"addressee"`
	ActorName  string      `db:"actor_name"`
	Paragraphs []Paragraph `db:"-"`
}

// No returns the document number, such as 坪民社受〔2026〕3号.
func (l Letter) No() string {
	return fmt.Sprintf("坪民社%s〔%d〕%d号", letterKinds[l.Kind].mark, l.Year, l.Serial)
}

// IssueLetter draws the next number of its kind and year and archives the
// letter. Numbers are gapless: two issues of one kind wait for each other until
// the first commits.
func (s *Service) IssueLetter(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c Case, kind LetterKind, addressee string, body []Paragraph) (Letter, error) {
	l := Letter{ID: uuid.Must(uuid.NewV7()), Kind: kind, IssuedOn: civil.On(now), Addressee: addressee, ActorName: actor.Name, Paragraphs: body}
	l.Year = l.IssuedOn.Year
	err := tx.QueryRow(ctx, `
		insert into case_letter_counter (kind, year, last) values ($1, $2, 1)
		on conflict (kind, year) do update set last = case_letter_counter.last + 1 returning last`,
		kind, l.Year).Scan(&l.Serial)
	if err != nil {
		return Letter{}, err
	}
	text, err := json.Marshal(body)
	if err != nil {
		return Letter{}, err
	}
	_, err = tx.Exec(ctx, `
		insert into case_letter (id, case_id, kind, year, serial, issued_on, issued_at, account_id, actor_name, addressee, body)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		l.ID, c.ID, kind, l.Year, l.Serial, l.IssuedOn, now, actor.AccountID, actor.Name, addressee, text)
	return l, err
}

type letterRow struct {
	Letter
	Body json.RawMessage `db:"body"`
}

const letterColumns = `id, kind, year, serial, issued_on, addressee, actor_name, body`

const lettersSQL = `select ` + letterColumns + ` from case_letter where case_id = $1 order by issued_at, id`

func lettersOf(rows []letterRow) ([]Letter, error) {
	letters := make([]Letter, len(rows))
	for i, r := range rows {
		var err error
		if letters[i], err = r.letter(); err != nil {
			return nil, err
		}
	}
	return letters, nil
}

// LetterOf returns one letter of a case; another case's letter is errs.NotFound.
func LetterOf(ctx context.Context, q postgres.Querier, caseID uuid.UUID, id string) (Letter, error) {
	letterID, err := uuid.Parse(id)
	if err != nil {
		return Letter{}, errs.Wrap(errs.NotFound, "没有这份文书。请从办件页面打开。", err)
	}
	r, err := postgres.One[letterRow](ctx, q, `select `+letterColumns+` from case_letter where case_id = $1 and id = $2`, caseID, letterID)
	if err != nil {
		return Letter{}, err
	}
	return r.letter()
}

func (r letterRow) letter() (Letter, error) {
	l := r.Letter
	return l, json.Unmarshal(r.Body, &l.Paragraphs)
}
