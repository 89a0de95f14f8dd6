package receipt_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"
)

func using(yuan money.Fen) func(*receipt.Entry) {
	return func(e *receipt.Entry) { e.Amount = yuan * money.Yuan }
}

// refused asserts the one message that an applicant gets, and that it tells
// nothing of the others: no name, no number of a case, no amount.
func refused(t *testing.T, err error, at, says string) {
	t.Helper()
	fields := errs.FieldsOf(err)
	if !errs.Is(err, errs.Invalid) || len(fields) != 1 || fields[0].Name != at || !strings.Contains(fields[0].Message, says) {
		t.Errorf("got %v, want %s %q", err, at, says)
		return
	}
	for _, secret := range []string{"六联", "互助会", "FH-", "元", "月"} {
		if strings.Contains(fields[0].Message, secret) {
			t.Errorf("%q tells %s", fields[0].Message, secret)
		}
	}
}

func TestListOfACase(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	digital := sound(of(receipt.VATDigital, "", twenty), using(120), func(e *receipt.Entry) {
		e.Category, e.Item, e.Seller = receipt.Service, " 场地\u200b费 ", "坪山<b>会议</b>中心"
	})
	b.must(t, 0, sound(using(300)), digital, sound(using(500), func(e *receipt.Entry) { e.Category = receipt.Capacity }))
	list := b.list(t, 0)
	if len(list) != 3 || list.Total() != 920*money.Yuan || list.By(receipt.Hardware) != 300*money.Yuan ||
		list.By(receipt.Service) != 120*money.Yuan || list.By(receipt.Capacity) != 500*money.Yuan {
		t.Fatalf("list %+v", list)
	}
	if got := list[1]; got.Entry != digital.Normal() || got.Ordinal != 2 || civil.On(got.CreatedAt) != today {
		t.Errorf("second row %+v", got)
	}
	if list[0].ReceiptID != list[2].ReceiptID || list[0].ReceiptID == list[1].ReceiptID {
		t.Error("two parts of one paper are two papers, or two papers one")
	}
	if n := b.count(t, `select count(*) from receipt where created_by = $1`, b.head.AccountID); n != 2 {
		t.Errorf("%d papers", n)
	}
	if len(b.list(t, 1)) != 0 {
		t.Error("another case has a list")
	}
	b.must(t, 0)
	if len(b.list(t, 0)) != 0 || b.list(t, 0).Total() != 0 {
		t.Error("an empty list replaces nothing")
	}
}

func TestNothingOfARefusedListStays(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.must(t, 0, sound())
	refused(t, b.replace(0, sound(of(receipt.VATDigital, "", twenty)), sound(of(receipt.VATOrdinary, "1", "12345678"))), "receipt-1-code", "对照票面")
	if n := b.count(t, `select count(*) from receipt`); n != 1 || b.list(t, 0).Total() != 800*money.Yuan {
		t.Errorf("%d papers, list %+v", n, b.list(t, 0))
	}
}

// One paper serves several cases up to its amount, over all organizations.
func TestAPaperIsUsedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 3)
	b.must(t, 0, sound(using(600)))
	b.must(t, 1, sound(using(400)))
	refused(t, b.replace(2, sound(using(1))), "receipt-0-number", "该票据已被使用")
	refused(t, b.replace(1, sound(using(401))), "receipt-0-number", "该票据已被使用")
	b.must(t, 1, sound(of(receipt.VATDigital, "", twenty)), sound(using(200)), sound(using(200)))
	fields := errs.FieldsOf(b.replace(1, sound(of(receipt.VATDigital, "", twenty)), sound(using(200)), sound(using(201))))
	if len(fields) != 2 || fields[0].Name != "receipt-1-number" || fields[1].Name != "receipt-2-number" {
		t.Errorf("two parts that are too much together: %v", fields)
	}
	for name, same := range map[string]func(*receipt.Entry){
		"full width":          of(receipt.VATOrdinary, "０４４０３１９００１１１", "１２３４５６７８"),
		"blanks and a prefix": of(receipt.VATOrdinary, "0440 3190 0111", "No.1234 5678"),
		"as another kind":     of(receipt.VATSpecial, "044031900111", "12345678"),
		"as a quota":          of(receipt.Quota, "044031900111", "12345678"),
		"with a larger total": func(e *receipt.Entry) { e.Total = 9000 * money.Yuan },
		"with another seller": func(e *receipt.Entry) { e.Seller = "别的店" },
		"with another day":    func(e *receipt.Entry) { e.IssuedOn = today },
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, b.replace(2, sound(using(1), same)), "receipt-0-number", "该票据已被使用")
		})
	}
}

func TestAPaperIsKnownWithOtherData(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.must(t, 0, sound(using(100)))
	for name, change := range map[string]func(*receipt.Entry){
		"total":  func(e *receipt.Entry) { e.Total = 2000 * money.Yuan },
		"day":    func(e *receipt.Entry) { e.IssuedOn = today },
		"seller": func(e *receipt.Entry) { e.Seller = "别的店" },
		"kind":   of(receipt.VATSpecial, "044031900111", "12345678"),
	} {
		t.Run(name, func(t *testing.T) {
			refused(t, b.replace(1, sound(using(100), change)), "receipt-0-number", "和已登记的同一张票据不一致")
		})
	}
	if n := b.count(t, `select count(*) from receipt where version = 1 and amount_fen = 100000`); n != 1 {
		t.Error("the paper was changed")
	}
	// The same name in another width is the same seller; the code tells two papers
	// of one number apart, the issuer two of one pad's.
	b.must(t, 1, sound(using(100), func(e *receipt.Entry) { e.Seller = "深圳市坪山区　文具店" }),
		sound(of(receipt.VATOrdinary, "044031900112", "12345678")),
		sound(of(receipt.OtherReceipt, "", "0001"), func(e *receipt.Entry) { e.Seller = "甲商店" }))
	b.must(t, 0, sound(using(100)), sound(of(receipt.OtherReceipt, "", "0001"), func(e *receipt.Entry) { e.Seller = "乙商店" }))
	refused(t, b.replace(0, sound(of(receipt.OtherReceipt, "", "1"), func(e *receipt.Entry) { e.Seller = "甲商店" })), "receipt-0-number", "该票据已被使用")
}

// A slip in one's own list can be put right as long as nobody else relies on it.
func TestOwnSlipsAreCorrected(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.must(t, 0, sound(using(50), func(e *receipt.Entry) { e.Total, e.Seller, e.Kind = 100*money.Yuan, "文具点", receipt.VATSpecial }))
	first := b.list(t, 0)[0].ReceiptID
	b.must(t, 0, sound(using(300)), sound(using(700)))
	list := b.list(t, 0)
	if list[0].ReceiptID != first || list[0].Entry != sound(using(300)) || list.Total() != 1000*money.Yuan {
		t.Errorf("list %+v", list)
	}
	if n := b.count(t, `select version from receipt`); n != 2 {
		t.Errorf("version %d", n)
	}
	if n := b.count(t, `select count(*) from receipt_allocation where not live and amount_fen = 5000`); n != 1 {
		t.Error("the row before the correction is gone")
	}
	b.must(t, 0, sound(using(300)))
	b.must(t, 1, sound(using(300)))
	refused(t, b.replace(0, sound(using(300), func(e *receipt.Entry) { e.Total = 700 * money.Yuan })), "receipt-0-number", "不一致")
}

func TestReleaseGivesThePaperFree(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.must(t, 0, sound(using(1000)))
	refused(t, b.replace(1, sound(using(1000))), "receipt-0-number", "该票据已被使用")
	for range 2 { // the second time changes nothing
		if err := b.release(0); err != nil {
			t.Fatal(err)
		}
	}
	b.must(t, 1, sound(using(1000)))
	refused(t, b.replace(0, sound(using(1))), "receipt-0-number", "该票据已被使用")
	if len(b.list(t, 0)) != 0 || b.list(t, 1).Total() != 1000*money.Yuan {
		t.Error("the lists do not follow")
	}
	if n := b.count(t, `select count(*) from receipt_allocation where case_id = $1 and released_by = $2 and not live`, b.cases[0], b.head.AccountID); n != 1 {
		t.Error("who released it is not kept")
	}
}

func TestConflicts(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	digital := sound(of(receipt.VATDigital, "", twenty), using(10))
	b.must(t, 0, digital, sound(using(100)), sound(using(200)))
	b.must(t, 1, sound(using(150)), sound(using(50)), digital)
	b.must(t, 2, sound(using(300)))
	b.must(t, 3, sound(of(receipt.OtherReceipt, "", "1")))
	list := b.conflicts(t, 0)
	if len(list) != 3 {
		t.Fatalf("conflicts %+v", list)
	}
	for i, want := range []struct {
		number, no  string
		n           int
		amount, own money.Fen
	}{{twenty, caseNo(1), 1, 10, 10}, {"12345678", caseNo(1), 1, 200, 300}, {"12345678", caseNo(2), 2, 300, 300}} {
		got := list[i]
		if got.Number != want.number || got.CaseNo != want.no || got.Organization != orgName(want.n) || got.CaseTitle != "孵化关爱资助" ||
			got.CaseID != b.cases[want.n] || got.Amount != want.amount*money.Yuan || got.Own != want.own*money.Yuan || got.Total != 1000*money.Yuan || !got.Kind.Valid() {
			t.Errorf("%d: %+v, want %+v", i, got, want)
		}
	}
	if err := b.release(1); err != nil {
		t.Fatal(err)
	}
	if list := b.conflicts(t, 0); len(list) != 1 || list[0].CaseNo != caseNo(2) {
		t.Errorf("after the release: %+v", list)
	}
	if list := b.conflicts(t, 3); len(list) != 0 {
		t.Errorf("a paper of one case only: %+v", list)
	}
}

// The trail names papers, never what they say.
func TestTrail(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.must(t, 0, sound(func(e *receipt.Entry) { e.Total = 900 * money.Yuan }))
	b.must(t, 0, sound())
	b.must(t, 0)
	for range 2 {
		b.must(t, 0) // nothing happens, nothing is noted
		if err := b.release(0); err != nil {
			t.Fatal(err)
		}
	}
	b.must(t, 0, sound())
	if err := b.release(0); err != nil {
		t.Fatal(err)
	}
	var actions, details string
	err := b.db.Owner.QueryRow(t.Context(), `select string_agg(action, ' ' order by seq), string_agg(detail::text, ' ' order by seq)
		from audit_entry where subject = 'case' and subject_id = $1`, b.cases[0].String()).Scan(&actions, &details)
	if want := "receipt.replace receipt.replace receipt.replace receipt.replace receipt.release"; err != nil || actions != want {
		t.Errorf("%s: %v", actions, err)
	}
	if id := b.count(t, `select count(*) from receipt where $1 like '%' || id || '%'`, details); id != 1 {
		t.Errorf("no reference in %s", details)
	}
	for _, secret := range []string{"12345678", "文具店", "044031900111", "折叠", "80000"} {
		if strings.Contains(details, secret) {
			t.Errorf("%s is in the trail: %s", secret, details)
		}
	}
}

// What the role that serves may not do, whatever the code asks for.
func TestTheRoleThatServes(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.must(t, 0, sound(using(600)))
	b.must(t, 1, sound(using(400)))
	id := b.list(t, 0)[0].ReceiptID
	const fill = `insert into receipt_allocation (id, receipt_id, case_id, ordinal, category, item, amount_fen, created_at, created_by)
		values (gen_random_uuid(), $1, $2, 9, 'service', '场地费', 1, now(), gen_random_uuid())`
	for name, c := range map[string]struct {
		sql  string
		args []any
		code string
	}{
		"deletes a paper":       {`delete from receipt`, nil, "42501"},
		"deletes an allocation": {`delete from receipt_allocation`, nil, "42501"},
		"empties the table":     {`truncate receipt_allocation`, nil, "42501"},
		"sets the sum":          {`update receipt set allocated_fen = 0`, nil, "42501"},
		"inserts with a sum": {`insert into receipt (id, kind, code, number, issued_on, seller, amount_fen, allocated_fen, created_at, created_by)
			values (gen_random_uuid(), 'vat_digital', '', '26442000000012345678', '2026-11-02', '文具店', 5, 5, now(), gen_random_uuid())`, nil, "42501"},
		"moves an allocation":   {`update receipt_allocation set case_id = $1`, []any{b.cases[1]}, "42501"},
		"lowers an amount":      {`update receipt_allocation set amount_fen = 1`, nil, "42501"},
		"renumbers a paper":     {`update receipt set number = '1'`, nil, "42501"},
		"raises a used paper":   {`update receipt set amount_fen = 900000000 where id = $1`, []any{id}, "23514"},
		"allocates beyond it":   {fill, []any{id, b.cases[0]}, "23514"},
		"releases without name": {`update receipt_allocation set released_at = now()`, nil, "23514"},
	} {
		_, err := b.db.App.Pool().Exec(t.Context(), c.sql, c.args...)
		if code := sqlState(err); code != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.must(t, 0)
	if _, err := b.db.App.Pool().Exec(t.Context(), `update receipt_allocation set released_at = null, released_by = null where not live`); sqlState(err) != "23514" {
		t.Errorf("a released row comes back: %v", err)
	}
	if n := b.count(t, `select allocated_fen from receipt where id = $1`, id); n != 40_000 {
		t.Errorf("%d fen are allocated", n)
	}
}

// What a form would never send is refused by the table itself.
func TestTheTableRefuses(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	for name, c := range map[string]struct{ kind, code, number, constraint string }{
		"a kind not in the list":   {"hongbao", "", "1", "receipt_kind_check"},
		"a short code":             {"vat_special", "04403190011", "12345678", "receipt_code"},
		"a code on a digital one":  {"vat_digital", "044031900111", twenty, "receipt_code"},
		"a short number":           {"vat_digital", "", "12345678", "receipt_number"},
		"full width":               {"quota", "144031901234", "１２３４５６７８", "receipt_number"},
		"noughts":                  {"quota", "144031901234", "00000000", "receipt_number"},
		"a line break at the end":  {"quota", "144031901234", "12345678\n", "receipt_number"},
		"a receipt without number": {"other_receipt", "", "", "receipt_number"},
	} {
		_, err := b.db.App.Pool().Exec(t.Context(), `
			insert into receipt (id, kind, code, number, issued_on, seller, amount_fen, created_at, created_by)
			values (gen_random_uuid(), $1, $2, $3, '2026-11-02', '文具店', 5, now(), gen_random_uuid())`, c.kind, c.code, c.number)
		if !postgres.Violates(err, c.constraint) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Two organizations claim one invoice at once: one has it. Without the trigger
// both do, so the test would notice.
func TestTwoClaimsAtOnce(t *testing.T) {
	t.Parallel()
	for name, guarded := range map[string]bool{"guarded": true, "control": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 2)
			if !guarded {
				b.plant(t, `drop trigger receipt_allocated on receipt_allocation`)
			}
			won := 0
			for _, err := range together(2, func(i int) error { return b.replace(i, sound(using(1000))) }) {
				if err == nil {
					won++
				} else if guarded {
					refused(t, err, "receipt-0-number", "该票据已被使用")
				}
			}
			sum := money.Fen(b.count(t, `select sum(amount_fen) from receipt_allocation where live`))
			if want := map[bool]int{true: 1, false: 2}[guarded]; won != want || sum != money.Fen(want)*1000*money.Yuan {
				t.Errorf("%d succeeded, %s yuan rest on 1,000", won, sum)
			}
		})
	}
}

// Lists that share papers in opposite orders, new and known ones, come through:
// nobody waits in a circle, and each paper is given out to its last fen. One paper
// is held until everybody waits, for it or for each other.
func TestManyListsAtOnce(t *testing.T) {
	t.Parallel()
	const orgs, papers, held = 8, 6, 2
	for name, known := range map[string]bool{"known papers": true, "new papers": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, orgs)
			hold := `insert into receipt (id, kind, code, number, issued_on, seller, amount_fen, created_at, created_by)
				values (gen_random_uuid(), 'vat_ordinary', '044031900111', $1, '2026-11-02', '文具店', 5, now(), gen_random_uuid())`
			if known {
				b.must(t, 0, inTurn(0, papers, 1000/orgs)...)
				hold = `select from receipt where number = $1 for update`
			}
			tx, err := b.db.Owner.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := tx.Exec(t.Context(), hold, number(held)); err != nil {
				t.Fatal(err)
			}
			var done atomic.Int64
			var let sync.WaitGroup
			let.Go(func() {
				const waiting = `select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
				for b.count(t, waiting)+done.Load() < orgs {
					runtime.Gosched()
				}
				_ = tx.Rollback(t.Context())
			})
			for _, err := range together(orgs, func(i int) error {
				defer done.Add(1)
				return b.replace(i, inTurn(i, papers, 1000/orgs)...)
			}) {
				if err != nil {
					t.Error(err)
				}
			}
			let.Wait()
			if n := b.count(t, `select count(*) from receipt where allocated_fen = amount_fen`); n != papers {
				t.Errorf("%d of %d papers are used up", n, papers)
			}
		})
	}
}

func number(paper int) string { return fmt.Sprintf("9000000%d", paper) }

// inTurn is a list of the papers that begins elsewhere for each organization, and
// runs backwards for every other.
func inTurn(org, papers int, yuan money.Fen) (list []receipt.Entry) {
	for i := range papers {
		paper := (org + i) % papers
		if org%2 == 1 {
			paper = papers - 1 - paper
		}
		list = append(list, sound(of(receipt.VATOrdinary, "044031900111", number(paper)), using(yuan)))
	}
	return list
}

// Even a transaction that sees an old snapshot cannot go beyond the paper.
func TestAnOldSnapshotDoesNotHelp(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	b.must(t, 0, sound(using(600)))
	id := b.list(t, 0)[0].ReceiptID
	ctx := context.Background()
	tx, err := b.db.App.Pool().Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(ctx) }()
	if _, err := tx.Exec(ctx, `set transaction isolation level repeatable read`); err != nil {
		t.Fatal(err)
	}
	var left int64
	if err := tx.QueryRow(ctx, `select amount_fen - allocated_fen from receipt where id = $1`, id).Scan(&left); err != nil {
		t.Fatal(err)
	}
	b.must(t, 1, sound(using(400)))
	if _, err := tx.Exec(ctx, `
		insert into receipt_allocation (id, receipt_id, case_id, ordinal, category, item, amount_fen, created_at, created_by)
		values (gen_random_uuid(), $1, $2, 9, 'service', '场地费', $3, now(), gen_random_uuid())`, id, b.cases[0], left); sqlState(err) != "40001" {
		t.Errorf("%d fen that were gone: %v", left, err)
	}
}
