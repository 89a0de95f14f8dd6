// Package funding is the support that organizations apply for, common to all four
// programmes: eligibility, proposal, consent, signature, notice, payment, use
// report. The application in writing is package application; what differs between
// programmes is behind Programme, one directory each.
//
// Level 5. Tables: application_check, application_proposal, award, use_report,
// use_report_round, project, project_tally.
package funding

import (
	"context"
	"encoding/json"
	"net/url"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Programme is what one of the four programmes fills in. Adding one changes no
// file here: it gets a directory and a line in funding/catalog and one in
// web/fundingpages.
type Programme interface {
	// Workflow is its states and who may do what; its Kind is the programme's key.
	Workflow() *workflow.Definition
	// Article is where the policy sets the programme up: 三（二）1（1）.
	Article() string
	// Statement is the undertaking that the head signs, with its version.
	Statement() application.Statement
	// Sections are the parts of its form, in order.
	Sections() []application.Section
	// Slots are the papers it asks for, given what has been filled in.
	Slots(v url.Values, c Context) []application.Slot
	// SlotName is the label of a slot, whoever the applicant is.
	SlotName(key string) string
	// SlotKeys are all slots that Slots may return, in order.
	SlotKeys() []string
	// Conditions loads the facts recorded now about an organization and answers the
	// programme's conditions under the rules, line by line, on any date. own is the
	// case that asks, zero for none: an application does not stand in its own way.
	Conditions(ctx context.Context, q postgres.Querier, org, own uuid.UUID, on civil.Date, r Rules) (Conditions, error)
	// Read checks what was typed and returns the document, or every fault in the
	// order of the form.
	Read(v url.Values, c Context) (Document, []errs.Field)
	// Keep stores the document in the programme's own tables; a second call for the
	// same case replaces it (corrections).
	Keep(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, d Document) error
	// Compute returns what a signed application may be granted by the rules, line by
	// line, and what the public reads of it. It is pure; known is what Known of a
	// Knowing programme returned, nil for others.
	Compute(signed json.RawMessage, a Applicant, known any, r Rules) (Computation, error)
	// Release gives up what an application that ended without a grant had claimed.
	Release(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case) error
}

// Knowing is a programme whose form and amount depend on more than the
// organization and what was typed: what it was granted before, grades, the money
// that is left. Context.Known and Compute hold what Known returns.
type Knowing interface {
	Known(ctx context.Context, q postgres.Querier, a Asked) (any, error)
}

// Asked is what a Knowing programme is asked about.
type Asked struct {
	CaseID, Organization uuid.UUID
	Today                civil.Date
	Rules                Rules
	// Lock keeps others from granting by the same facts until the transaction ends.
	Lock bool
}

// Comparing is a programme that compares what a case handed in with other cases,
// for the offices that may see both.
type Comparing interface {
	// Compare adds its questions to b; what it returns gives the answer once b has
	// run.
	Compare(b *postgres.Batch, caseID uuid.UUID) func() any
}

// Rules are the document in force on a date and its edition of parameters.
type Rules struct {
	Document policy.Document
	InForce  bool
	Edition  policy.Edition
}

// Computation is the amount that the rules give, explained, with the award in the
// words of the public list.
type Computation struct {
	Lines   []Step    `json:"lines"`
	Amount  money.Fen `json:"amount_fen"`
	Title   string    `json:"title"`   // 启动扶持
	Purpose string    `json:"purpose"` // what the applicant wants to do with it
}

// Step is one line of a computation.
type Step struct {
	Label  string `json:"label"`  // 备案组织的扶持金额
	Value  string `json:"value"`  // 5,000.00 元
	Source Source `json:"source"` // where the number stands
}

// Document is a programme's application in its own type. It is kept as it was
// signed, so it holds no account or ID number in clear.
type Document interface {
	Requested() money.Fen
}

// Context is what a programme may look at beside what was typed.
type Context struct {
	Today        civil.Date
	Rules        Rules
	Organization organization.Organization
	Payees       []organization.PayeeAccount
	// SubmittedOn is the day of the first submission, zero before: whoever was in
	// time does not lose by a correction.
	SubmittedOn civil.Date
	Known       any // of a Knowing programme
	// Stood is the organization as it stood at the first submission, nil before.
	// Organization then has its facts: later changes do not reach back.
	Stood *Applicant
}
