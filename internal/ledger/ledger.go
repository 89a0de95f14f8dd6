// Package ledger is the special fund (社区社会组织扶持专项资金, 《实施意见》三（二）):
// pools of money by calendar year and purpose, what is committed to awards, what
// stands in the way of paying, payments and money that comes back. Level 4; owns
// the tables ledger_pool, ledger_budget_item, ledger_commitment, ledger_gate,
// ledger_decider, ledger_hold, ledger_payment, ledger_opening and ledger_entry.
//
// Entries are append-only and corrected by a reversal; every sum is kept from
// them by triggers in the same transaction, so reading never adds up history.
// The invariants stand in the database (Σpaid ≤ Σcommitted ≤ budget, gates, holds,
// verified account, separate persons); this package says the same in words.
//
// Features commit and open gates in their own transactions, and register what
// shall happen when money moves. The case is locked before the ledger.
package ledger

import (
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// Purpose is what a pool of the fund is for; the list is closed.
type Purpose string

// The purposes. Venture is 微公益创投资金, a part of the special fund.
const (
	Startup    Purpose = "startup"
	Activity   Purpose = "activity"
	Venture    Purpose = "venture"
	Talent     Purpose = "talent"
	Evaluation Purpose = "evaluation"
	Training   Purpose = "training"
)

// Purposes lists every purpose in the order of the policy.
var Purposes = []Purpose{Startup, Activity, Venture, Talent, Evaluation, Training}

// Name returns the Chinese name of p, the raw value when unknown.
func (p Purpose) Name() string {
	switch p {
	case Startup:
		return "孵化关爱工程"
	case Activity:
		return "成长关爱工程"
	case Venture:
		return "微公益创投资金"
	case Talent:
		return "人才扶持工程"
	case Evaluation:
		return "星级评估"
	case Training:
		return "培训"
	}
	return string(p)
}

// Valid reports whether p is one of Purposes.
func (p Purpose) Valid() bool { return slices.Contains(Purposes, p) }

// Gate is something that has to happen before money flows.
type Gate string

// The gates. Who owns the fact opens its gate.
const (
	NoticeGate    Gate = "notice"
	AgreementGate Gate = "agreement"
	MidtermGate   Gate = "midterm"
	FinalGate     Gate = "final"
)

// Gates lists every gate in the order in which they usually open.
var Gates = []Gate{NoticeGate, AgreementGate, MidtermGate, FinalGate}

// Name returns the Chinese name of g, the raw value when unknown.
func (g Gate) Name() string {
	switch g {
	case NoticeGate:
		return "公示期满无异议"
	case AgreementGate:
		return "签订资助协议"
	case MidtermGate:
		return "中期检查通过"
	case FinalGate:
		return "结项验收通过"
	}
	return string(g)
}

// Valid reports whether g is one of Gates.
func (g Gate) Valid() bool { return slices.Contains(Gates, g) }

// Award is a decision that costs money.
type Award struct {
	CaseID         uuid.UUID
	CaseNo         string
	Purpose        Purpose
	OrganizationID uuid.UUID
	Title          string
	Amount         money.Fen
	Gates          []Gate      // at least one; all closed at first
	Deciders       []uuid.UUID // persons who decided: they touch none of its payments
}

// Sums are the figures of a pool or of a commitment, in fen.
type Sums struct {
	Committed money.Fen `db:"committed_fen"` // set aside and not released
	Sent      money.Fen `db:"sent_fen"`      // sent to the bank, outcome not yet known
	Paid      money.Fen `db:"paid_fen"`      // arrived
	Returned  money.Fen `db:"returned_fen"`  // unspent, given back by the organization
	Recovered money.Fen `db:"recovered_fen"` // taken back by decision
}

// Net is what organizations have in the end: paid less what came back.
func (s Sums) Net() money.Fen { return s.Paid - s.Returned - s.Recovered }

// Pool is the money of one purpose in one calendar year.
type Pool struct {
	ID      uuid.UUID `db:"id"` // uuid.Nil before its first budget entry
	Year    int       `db:"year"`
	Purpose Purpose   `db:"purpose"`
	Budget  money.Fen `db:"budget_fen"` // checked entries only
	Filled  money.Fen `db:"filled_fen"` // of it, what stands in for a budget of before that nobody has brought in
	Sums
}

// Free is the budget that nothing is set aside from.
func (p Pool) Free() money.Fen { return p.Budget - p.Committed }

// Commitment is what is set aside for one award.
type Commitment struct {
	ID             uuid.UUID `db:"id"`
	PoolID         uuid.UUID `db:"pool_id"`
	Year           int       `db:"year"`
	Purpose        Purpose   `db:"purpose"`
	CaseID         uuid.UUID `db:"case_id"`
	CaseNo         string    `db:"case_no"`
	OrganizationID uuid.UUID `db:"organization_id"`
	Organization   string    `db:"organization"` // its name today
	Title          string    `db:"title"`
	CreatedAt      time.Time `db:"created_at"`
	Pending        money.Fen `db:"pending_fen"` // in payments proposed or checked
	Sums
}

// Unpaid is what a new payment may take.
func (c Commitment) Unpaid() money.Fen { return c.Committed - c.Pending - c.Sent - c.Paid }

// GateState is a gate of a commitment; OpenedAt is nil while it is closed.
type GateState struct {
	Gate     Gate       `db:"gate"`
	OpenedAt *time.Time `db:"opened_at"`
	OpenedBy string     `db:"opened_by"`
}

// Hold keeps money back: of one case, or of everything an organization is to get.
type Hold struct {
	ID             uuid.UUID  `db:"id"`
	CaseID         *uuid.UUID `db:"case_id"`
	CaseNo         string     `db:"case_no"`
	OrganizationID *uuid.UUID `db:"organization_id"`
	Organization   string     `db:"organization"`
	Source         string     `db:"source"` // who asked for it, or on what ground
	Reason         string     `db:"reason"`
	PlacedAt       time.Time  `db:"placed_at"`
	Placer         string     `db:"placer_name"`
	LiftedAt       *time.Time `db:"lifted_at"`
	Lifter         string     `db:"lifter_name"`
	LiftReason     string     `db:"lift_reason"`
	Version        int        `db:"version"`
}

// InForce reports whether h holds money back now.
func (h Hold) InForce() bool { return h.LiftedAt == nil }

// Payee is an account of an organization; its number is masked for good.
type Payee struct {
	ID          uuid.UUID  `db:"id"`
	OrgID       uuid.UUID  `db:"org_id"`
	Agent       bool       `db:"agent"` // an agent collects for the organization
	AccountName string     `db:"account_name"`
	BankName    string     `db:"bank_name"`
	Branch      string     `db:"branch"`
	Last4       string     `db:"account_no_last4"`
	SavedAt     time.Time  `db:"saved_at"`
	VerifiedAt  *time.Time `db:"verified_at"`
	ReplacedAt  *time.Time `db:"replaced_at"`
}

// Masked returns the number as it may be shown.
func (p Payee) Masked() string { return "****" + p.Last4 }

// PaymentState is where a payment stands.
type PaymentState string

// The states of a payment.
const (
	Proposed  PaymentState = "proposed"
	Checked   PaymentState = "checked"
	Sent      PaymentState = "sent"
	Succeeded PaymentState = "succeeded"
	Failed    PaymentState = "failed"
	Bounced   PaymentState = "returned"
	Cancelled PaymentState = "cancelled"
)

// Name returns the Chinese name of s.
func (s PaymentState) Name() string {
	switch s {
	case Proposed:
		return "拟付"
	case Checked:
		return "已复核"
	case Sent:
		return "已发送"
	case Succeeded:
		return "成功"
	case Failed:
		return "失败"
	case Bounced:
		return "退票"
	case Cancelled:
		return "已作废"
	}
	return string(s)
}

// Open reports whether the payment is still under way.
func (s PaymentState) Open() bool { return s == Proposed || s == Checked || s == Sent }

// Stamp is who did one step of a payment or a budget item, and when; At is nil
// when it was not done.
type Stamp struct {
	At     *time.Time
	Person uuid.UUID
	Name   string
}

// Payment is one order to pay a commitment to one account.
type Payment struct {
	ID             uuid.UUID
	No             string
	CommitmentID   uuid.UUID
	CaseID         uuid.UUID
	CaseNo         string
	Purpose        Purpose
	Year           int // of the pool
	OrganizationID uuid.UUID
	Organization   string
	Title          string
	Amount         money.Fen
	State          PaymentState
	Payee          Payee
	Made           Stamp
	Check          Stamp
	Send           Stamp
	End            Stamp // outcome or cancellation
	VoucherNo      string
	VoucherOn      civil.Date
	Reason         string // of failure, return or cancellation
	Version        int
}

// Position is how a case stands in the ledger.
type Position struct {
	Commitment
	Gates    []GateState
	Holds    []Hold // of the case and of its organization, newest first, lifted ones too
	Payments []Payment
	Payee    *Payee // the organization's account now, nil when there is none
	Deciders []uuid.UUID
}

// Kind is what an entry of the ledger records.
type Kind string

// The kinds of entries.
const (
	BudgetEntry      Kind = "budget"
	AdjustEntry      Kind = "adjust"
	CommitEntry      Kind = "commit"
	ReleaseEntry     Kind = "release"
	SendEntry        Kind = "send"
	PayEntry         Kind = "pay"
	PayReversalEntry Kind = "pay_reversal"
	ReturnEntry      Kind = "return"
	RecoverEntry     Kind = "recover"
	ReversalEntry    Kind = "reversal"
	OpeningEntry     Kind = "opening" // of a year before the portal; OfKind says what
	FillEntry        Kind = "fill"    // OfKind of an opening: stands in for a budget
)

// Name returns the Chinese name of k.
func (k Kind) Name() string {
	switch k {
	case BudgetEntry:
		return "年初预算"
	case AdjustEntry:
		return "预算调整"
	case CommitEntry:
		return "占用"
	case ReleaseEntry:
		return "释放"
	case SendEntry:
		return "发送付款"
	case PayEntry:
		return "支付成功"
	case PayReversalEntry:
		return "付款退回"
	case ReturnEntry:
		return "结余退回"
	case RecoverEntry:
		return "追回到账"
	case ReversalEntry:
		return "冲正"
	case OpeningEntry:
		return "期初"
	case FillEntry:
		return "预算待补录"
	}
	return string(k)
}

// reversible reports whether a wrong entry of kind k is taken back by hand. The
// others are undone by acts of their own.
func (k Kind) reversible() bool {
	return k == BudgetEntry || k == AdjustEntry || k == ReturnEntry || k == RecoverEntry
}

// Entry is one line of the ledger.
type Entry struct {
	ID         int64      `db:"id"`
	PoolID     uuid.UUID  `db:"pool_id"`
	Year       int        `db:"year"`
	Purpose    Purpose    `db:"purpose"`
	Kind       Kind       `db:"kind"`
	OfKind     Kind       `db:"of_kind"`
	Amount     money.Fen  `db:"amount_fen"`
	CaseID     *uuid.UUID `db:"case_id"`
	CaseNo     string     `db:"case_no"`
	PaymentNo  string     `db:"payment_no"`
	Reverses   *int64     `db:"reverses"`
	Reversed   bool       `db:"reversed"`
	PersonID   uuid.UUID  `db:"person_id"`
	Actor      string     `db:"actor_name"`
	At         time.Time  `db:"at"`
	Reason     string     `db:"reason"`
	DocumentNo string     `db:"document_no"`
}

// Reversible reports whether e may be taken back by who did not make it.
func (e Entry) Reversible() bool { return e.Kind.reversible() && !e.Reversed }
