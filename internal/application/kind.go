// Package application is an application in writing, whatever it asks for: drafts
// that always save, papers, the signature, opinions, acceptance, corrections by
// named field, withdrawal. What it asks for, and what becomes of it after
// acceptance, stands behind Kind: the four programmes of funding, the cases of
// the registry.
//
// Between the registries and the features. Tables: application,
// application_section.
package application

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/attachment/inspect"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Kind is what one kind of application fills in.
type Kind interface {
	// Workflow is its states and who may do what; its Kind is the key.
	Workflow() *workflow.Definition
	// Statement is the undertaking that is signed, with its version.
	Statement() Statement
	// Sections are the parts of its form, in order.
	Sections() []Section
	// Slots are the papers it asks for, given what has been filled in.
	Slots(v url.Values, s Subject) []Slot
	// SlotName is the label of a slot, whoever the applicant is.
	SlotName(key string) string
	// SlotKeys are all slots that Slots may return, in order.
	SlotKeys() []string
	// Subject reads what the form is judged by beside what was typed. snapshot is
	// what Subject.Snapshot gave at the first submission, nil before.
	Subject(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case, snapshot json.RawMessage) (Subject, error)
	// Read checks what was typed and returns the document, or every fault in the
	// order of the form.
	Read(v url.Values, s Subject) (Document, []errs.Field)
	// Judge answers what the form does not say: whether the facts on record allow
	// the submission now.
	Judge(ctx context.Context, q postgres.Querier, c casework.Case, s Subject) (Judgement, error)
	// Submitted keeps a document that was signed, in its own tables; another call
	// for the same case replaces it (corrections). c has moved already.
	Submitted(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, s Subject, d Document, j Judgement, again bool) error
	// Accepting says what stands against taking the case in now (errs.Invalid).
	Accepting(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case) error
	// MaxRounds is how often the case may be sent back for corrections.
	MaxRounds(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (int, error)
	// Grounds are the reasons for not taking a case in; each cites its article.
	Grounds() []Ground
	// AfterAcceptance says in the letter of acceptance what comes next: 我局将……。
	AfterAcceptance() string
	// Released gives up what an application that ended without its object had
	// claimed. from is where it stood.
	Released(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, from workflow.Place) error
	// Told is what applicants read in the message about a move, "" for the words
	// that all kinds share.
	Told(c casework.Case, from workflow.Place) string
}

// Preparer is a kind whose variant, title or place follow from what was typed:
// Prepare settles them in the transaction of the first submission, before anything
// is judged.
type Preparer interface {
	Prepare(ctx context.Context, tx postgres.Tx, now time.Time, c *casework.Case) error
}

// Follower is a kind that keeps more of a case than the application: View.Behind
// is what Behind returns, read in the same snapshot.
type Follower interface {
	Behind(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, v View) (any, error)
}

// Subject is what an application is about as it stands at the moment.
type Subject interface {
	// Applicant is the name under which it is shown.
	Applicant() string
	// Signer is the name of who signs on paper.
	Signer() string
	// Day is the civil date of the moment.
	Day() civil.Date
	// Edition is the edition of the parameters that a submission pins.
	Edition() uuid.UUID
	// Closed says why nothing can be submitted now, "" when it can.
	Closed() string
	// Snapshot is what of the applicant is kept as it stood at submission. It
	// holds no sensitive value in clear.
	Snapshot() any
}

// Judgement is what facts on record say of a submission.
type Judgement interface {
	// Obstacles are what stands against it, named “line:…”.
	Obstacles() []errs.Field
}

// Document is an application in the type of its kind. Marshalled it is kept as it
// was signed, so it then holds no account or ID number in clear.
type Document any

// Section is one page of a form.
type Section struct {
	Key   string
	Title string
	Items []Item
}

// Item is the smallest part that a correction can name. Controls are the names
// of its form controls; one that ends in "*" matches by prefix (rows of a table).
type Item struct {
	Name     string
	Label    string
	Controls []string
	// Sealed values are stored encrypted, and forms show them masked: document and
	// account numbers. An empty box keeps what is stored.
	Sealed bool
}

// Has reports whether control belongs to the item.
func (i Item) Has(control string) bool {
	for _, c := range i.Controls {
		if prefix, many := strings.CutSuffix(c, "*"); c == control || many && strings.HasPrefix(control, prefix) {
			return true
		}
	}
	return false
}

// Has reports whether control belongs to the section.
func (s Section) Has(control string) bool {
	for _, i := range s.Items {
		if i.Has(control) {
			return true
		}
	}
	return false
}

// sealed reports whether the values of a control are stored encrypted.
func (s Section) sealed(control string) bool {
	return slices.ContainsFunc(s.Items, func(i Item) bool { return i.Sealed && i.Has(control) })
}

func (s Section) seals() bool {
	return slices.ContainsFunc(s.Items, func(i Item) bool { return i.Sealed })
}

// Slot is a kind of paper an application holds.
type Slot struct {
	Key      string
	Label    string
	Hint     string
	Required bool
	Min      int  // files, when required or begun; 1 when zero
	Max      int  // files; 1 when zero
	Pictures bool // nothing but pictures
	Alike    int  // bits in which pictures may differ that are pointed out as one sent twice
}

// Kinds are the types of file that the slot takes, nil for all.
func (s Slot) Kinds() []inspect.Kind {
	if s.Pictures {
		return inspect.Pictures
	}
	return nil
}

// Statement is the text of an undertaking.
type Statement struct {
	Version string
	Lines   []string
}

// Ground is a reason for a refusal, from a closed list. The office adds the facts
// of the case.
type Ground struct{ Key, Text, Article string }

// GroundOf returns the ground with a key, false for an unknown one.
func GroundOf(list []Ground, key string) (Ground, bool) {
	for _, g := range list {
		if g.Key == key {
			return g, true
		}
	}
	return Ground{}, false
}
