package receipt_test

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"
)

// traced makes the list of case n and keeps what its refusal leaves behind.
func (b *bench) traced(t *testing.T, n int, entries ...receipt.Entry) error {
	t.Helper()
	cause := b.replace(n, entries...)
	trace := receipt.TraceOf(cause)
	if trace == nil {
		t.Fatalf("nothing to keep of %v", cause)
	}
	err := b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return trace(t.Context(), tx, now, b.head, b.cases[n]) })
	if err != nil {
		t.Fatal(err)
	}
	return cause
}

// Who is refused because of others' papers leaves a trace that both sides' reviewers
// find, with each case that uses the paper, and that names no value.
func TestARefusalLeavesATrace(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	digital := sound(of(receipt.VATDigital, "", twenty), using(10))
	b.must(t, 0, sound(using(600)), digital)
	b.must(t, 1, sound(using(400)))
	for range 2 {
		refused(t, b.traced(t, 2, sound(using(1))), "receipt-0-number", "该票据已被使用")
	}
	refused(t, b.traced(t, 2, sound(of(receipt.VATDigital, "", twenty), using(10), func(e *receipt.Entry) { e.Total = 2000 * money.Yuan })), "receipt-0-number", "不一致")

	_, own := b.seen(t, 2)
	if len(own) != 3 {
		t.Fatalf("of the refused case: %+v", own)
	}
	for i, want := range []struct {
		number, no string
		reason     receipt.Reason
		times      int
	}{{twenty, caseNo(0), receipt.Differs, 1}, {"12345678", caseNo(0), receipt.UsedUp, 2}, {"12345678", caseNo(1), receipt.UsedUp, 2}} {
		if got := own[i]; got.Number != want.number || got.CaseNo != want.no || got.Reason != want.reason || got.Times != want.times || !got.Own || !got.Submitted {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
	_, against := b.seen(t, 1)
	if len(against) != 1 || against[0].Own || against[0].CaseNo != caseNo(2) || against[0].Organization != orgName(2) || against[0].Times != 2 {
		t.Errorf("of a case that uses it: %+v", against)
	}
	if _, none := b.seen(t, 3); len(none) != 0 {
		t.Errorf("of a case that has nothing to do with it: %+v", none)
	}
	if n := b.count(t, `select count(*) from receipt_allocation where case_id = $1`, b.cases[2]); n != 0 {
		t.Errorf("%d rows of a refused list", n)
	}
	var details string
	err := b.db.Owner.QueryRow(t.Context(), `select string_agg(detail::text, ' ') from audit_entry where action = 'receipt.refused' and subject_id = $1`,
		b.cases[2].String()).Scan(&details)
	if err != nil || !strings.Contains(details, b.cases[0].String()) || strings.Contains(details, "12345678") || strings.Contains(details, "文具店") {
		t.Errorf("the trail: %s %v", details, err)
	}
	for _, sql := range []string{`update receipt_refusal set by = gen_random_uuid()`, `delete from receipt_refusal`, `truncate receipt_refusal`} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); sqlState(err) != "42501" {
			t.Errorf("%s: %v", sql, err)
		}
	}
}

// A fault of one's own list is nobody else's business.
func TestOnlyPapersOfOthersLeaveATrace(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	for name, err := range map[string]error{
		"a fault in the row":       b.replace(0, sound(of(receipt.VATOrdinary, "1", "12345678"))),
		"more than the own paper":  b.replace(0, sound(using(600)), sound(using(600))),
		"something else, a defect": errs.New(errs.Conflict, "已经提交"),
		"nothing":                  nil,
	} {
		if receipt.TraceOf(err) != nil {
			t.Errorf("%s is kept: %v", name, err)
		}
	}
}
