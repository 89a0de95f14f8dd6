package ledger_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// model is what one case ought to come to, kept beside the ledger.
type model struct {
	award                                       ledger.Award
	payee                                       uuid.UUID
	committed, pending, sent, paid, back, taken money.Fen
	open                                        string // number of the payment under way
	amount                                      money.Fen
	version                                     int
}

// next is the act that carries a case on, so that walks get far now and then.
func (m *model) next() int {
	switch {
	case m.committed == 0:
		return 0
	case m.sent > 0:
		return 8
	case m.pending > 0:
		return 2 + 2*m.version // check, then send
	case m.paid > 0:
		return 9
	}
	return 2
}

// history is a random walk through everything that can happen to money.
type history struct {
	*bench
	r      *rand.Rand
	budget money.Fen
	cases  []*model
	done   map[string]int
}

// step does one random act and carries the model along when it is accepted. A
// refusal must be one of the rules', never a defect.
func (h *history) step(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	m := h.cases[h.r.IntN(len(h.cases))]
	some := func(most money.Fen) money.Fen { return money.Fen(h.r.Int64N(int64(most)*5/4)) + 1 }
	var err error
	act := ""
	what := h.r.IntN(11)
	if h.r.IntN(5) < 2 {
		what = m.next()
	}
	switch what {
	case 0:
		act = "commit"
		if err = h.commit(ctx, m.award); err == nil {
			m.committed += m.award.Amount
			must(t, h.open(ctx, m.award, ledger.NoticeGate))
		}
	case 1:
		act = "release"
		if err = h.release(ctx, m.award); err == nil {
			if m.pending > 0 {
				m.open, m.pending = "", 0
			}
			m.committed = m.paid
			if m.paid == 0 { // a new commitment would start anew
				*m = model{award: m.award, payee: m.payee}
			}
		}
	case 2, 3:
		act = "propose"
		amount := some(m.award.Amount)
		var no string
		if no, err = h.propose(ctx, m.award, m.payee, amount); err == nil {
			m.open, m.amount, m.version, m.pending = no, amount, 1, amount
		}
	case 4, 5:
		act = "check"
		if err = h.Check(ctx, h.checker, m.open, m.version); err == nil {
			m.version++
		}
	case 6, 7:
		act = "send"
		if err = h.Send(ctx, h.maker, m.open, m.version); err == nil {
			m.version++
			m.pending, m.sent = 0, m.amount
		}
	case 8:
		act = "outcome"
		o := ledger.Outcome{State: ledger.Succeeded, VoucherNo: "PZ-1", VoucherOn: today}
		if h.r.IntN(3) == 0 {
			o = ledger.Outcome{State: []ledger.PaymentState{ledger.Failed, ledger.Bounced}[h.r.IntN(2)], Reason: "账号与户名不符"}
		}
		if err = h.RecordOutcome(ctx, h.maker, m.open, m.version, o); err == nil {
			if o.State == ledger.Succeeded {
				m.paid += m.amount
			}
			m.sent, m.open = 0, ""
		}
	case 9:
		act = "back"
		amount, recovered := some(m.award.Amount/4), h.r.IntN(2) == 0
		if err = h.back(ctx, m.award, recovered, amount); err == nil {
			if recovered {
				m.taken += amount
			} else {
				m.back += amount
			}
		}
	default:
		act = "adjust"
		in := ledger.BudgetInput{Kind: ledger.Increase, Amount: some(2000 * money.Yuan)}
		delta := in.Amount
		if h.r.IntN(2) == 0 {
			in.Kind, delta = ledger.Decrease, -in.Amount
		}
		if err = h.tryBudget(ctx, in); err == nil {
			h.budget += delta
		}
	}
	if err == nil {
		h.done[act]++
	} else if k := errs.KindOf(err); k == errs.Internal {
		t.Fatalf("%s: %v", act, err)
	}
}

// compare holds the stored sums against the model, and against the entries.
func (h *history) compare(t *testing.T) {
	t.Helper()
	h.verify(t)
	want := ledger.Pool{Budget: h.budget}
	for _, m := range h.cases {
		want.Committed += m.committed
		want.Sent += m.sent
		want.Paid += m.paid
		want.Returned += m.back
		want.Recovered += m.taken
		p, found, err := h.OfCase(t.Context(), h.db.App.Pool(), m.award.CaseID)
		must(t, err)
		if got, kept := fmt.Sprint(p.Committed, p.Pending, p.Sent, p.Paid, p.Returned, p.Recovered), fmt.Sprint(m.committed, m.pending, m.sent, m.paid, m.back, m.taken); found && got != kept {
			t.Fatalf("%s: %s, want %s", m.award.CaseNo, got, kept)
		}
	}
	page, err := h.Pool(t.Context(), h.rev, 2026, ledger.Startup, 0)
	must(t, err)
	got := page.Pool
	if got.Budget != want.Budget || got.Sums != want.Sums {
		t.Fatalf("pool %+v, want %+v", got, want)
	}
	if got.Sent+got.Paid > got.Committed || got.Committed > got.Budget || got.Net() < 0 {
		t.Fatalf("invariants: %+v", got)
	}
}

func TestRandomHistoriesKeepTheirSums(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			h := &history{bench: newBench(t), r: rand.New(rand.NewPCG(seed, 2017)), done: map[string]int{}, budget: 12_000 * money.Yuan}
			h.yearly(t, 12_000)
			for range 5 {
				org := h.organization(t)
				m := &model{payee: h.account(t, org, true)}
				m.award = h.award(t, org, money.Fen(1000+h.r.IntN(4000)))
				h.cases = append(h.cases, m)
			}
			for range 250 {
				h.step(t)
				h.compare(t)
			}
			t.Log(h.done)
			for _, act := range []string{"commit", "release", "propose", "check", "send", "outcome", "back", "adjust"} {
				if h.done[act] == 0 {
					t.Errorf("seed %d never came to %s", seed, act)
				}
			}
		})
	}
}
