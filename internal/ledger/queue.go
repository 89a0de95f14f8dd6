package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Tab is one view of what waits for finance.
type Tab string

// The tabs of the payments queue.
const (
	Payable Tab = "payable" // 可以拨付
	Blocked Tab = "blocked" // 还不能拨付
	ToCheck Tab = "check"   // 待复核
	ToSend  Tab = "send"    // 待发送
	ToEnd   Tab = "outcome" // 待登记结果
	Ended   Tab = "ended"   // 已完成
)

// Tabs lists the tabs in the order of the work.
var Tabs = []Tab{Payable, Blocked, ToCheck, ToSend, ToEnd, Ended}

// Name returns the Chinese name of t.
func (t Tab) Name() string {
	return map[Tab]string{Payable: "可以拨付", Blocked: "还不能拨付", ToCheck: "待复核", ToSend: "待发送", ToEnd: "待登记结果", Ended: "已完成"}[t]
}

// state is the state of the payments in t, "" for tabs of commitments and Ended.
func (t Tab) state() PaymentState {
	return map[Tab]PaymentState{ToCheck: Proposed, ToSend: Checked, ToEnd: Sent}[t]
}

// Filter narrows the queue. After is what Queue.Next said.
type Filter struct {
	Tab     Tab
	Purpose Purpose // "" for all
	Text    string  // part of the case number, payment number or organization's name
	After   string
}

// Due is a commitment with money left and no payment under way.
type Due struct {
	Commitment
	GatesClosed int  `db:"gates_closed"`
	Held        bool `db:"held"`
	HasAccount  bool `db:"has_account"`
	Verified    bool `db:"verified"`
}

// Payable reports whether a payment can be made now.
func (d Due) Payable() bool { return d.GatesClosed == 0 && !d.Held && d.Verified }

// Why says in a few words what stands in the way, "" when nothing does.
func (d Due) Why() string {
	switch {
	case d.Held:
		return "已冻结"
	case d.GatesClosed > 0:
		return fmt.Sprintf("还差 %d 项条件", d.GatesClosed)
	case !d.HasAccount:
		return "没有收款账户"
	case !d.Verified:
		return "收款账户待核验"
	}
	return ""
}

// Queue is one page of a tab: Dues of the first two, Payments of the others.
type Queue struct {
	Dues     []Due
	Payments []Payment
	Tally    map[Tab]int
	Next     string
}

const queueShown = 50

// Queue reads one page of a tab. An unknown tab is the first.
func (s *Service) Queue(ctx context.Context, actor authz.Actor, f Filter) (q Queue, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return q, err
	}
	err = s.db.Read(ctx, func(db postgres.Querier, _ time.Time) error {
		var tally []tallyRow
		var payments []paymentRow
		var b postgres.Batch
		postgres.Gather(&b, &tally, tallySQL)
		sql, args := f.query(queueShown + 1)
		if f.Tab.commitments() {
			postgres.Gather(&b, &q.Dues, sql, args...)
		} else {
			postgres.Gather(&b, &payments, sql, args...)
		}
		if err := b.Run(ctx, db); err != nil {
			return err
		}
		q.Payments, q.Tally = paymentsOf(payments), tallyOf(tally)
		return nil
	})
	if len(q.Dues) > queueShown {
		q.Dues = q.Dues[:queueShown]
		q.Next = q.Dues[queueShown-1].ID.String()
	}
	if len(q.Payments) > queueShown {
		q.Payments = q.Payments[:queueShown]
		q.Next = q.Payments[queueShown-1].ID.String()
	}
	return q, err
}

// Each gives everything in a tab to rows, a few at a time: for exports.
func (s *Service) Each(ctx context.Context, actor authz.Actor, f Filter, rows func(now time.Time, part Queue) error) error {
	if err := actor.Require(authz.FundView); err != nil {
		return err
	}
	f.After = ""
	sql, args := f.query(nil)
	return s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if f.Tab.commitments() {
			return postgres.Each(ctx, q, func(part []Due) error { return rows(now, Queue{Dues: part}) }, sql, args...)
		}
		return postgres.Each(ctx, q, func(part []paymentRow) error { return rows(now, Queue{Payments: paymentsOf(part)}) }, sql, args...)
	})
}

// commitments reports whether a tab shows commitments and not payments.
func (t Tab) commitments() bool { return t != Ended && t.state() == "" }

// query reads a tab from where the filter begins; most is nil for all of it.
func (f Filter) query(most any) (sql string, args []any) {
	after, _ := uuid.Parse(f.After)
	like := "%" + likeEscaper.Replace(f.Text) + "%"
	switch f.Tab {
	case ToCheck, ToSend, ToEnd:
		return paymentSQL + ` where y.state = $1 and ` + paymentFilter + ` and ($4 = '` + zero + `'::uuid
				or (y.made_at, y.id) > (select made_at, id from ledger_payment where id = $4))
			order by y.made_at, y.id limit $5`, []any{f.Tab.state(), f.Purpose, like, after, most}
	case Ended:
		return paymentSQL + ` where y.ended_at is not null and $1 = '' and ` + paymentFilter + ` and ($4 = '` + zero + `'::uuid
				or (y.ended_at, y.id) < (select ended_at, id from ledger_payment where id = $4))
			order by y.ended_at desc, y.id desc limit $5`, []any{"", f.Purpose, like, after, most}
	}
	return duesSQL, []any{f.Tab != Blocked, f.Purpose, like, after, most}
}

const (
	zero          = "00000000-0000-0000-0000-000000000000"
	paymentFilter = `($2 = '' or p.purpose = $2) and (c.case_no ilike $3 or y.no ilike $3 or o.name ilike $3)`

	// dueSQL is every commitment with money left and no payment under way, with
	// what the database would ask before it lets money move. Records that were
	// merged are one organization.
	dueSQL = `
	select c.id, c.pool_id, p.year, p.purpose, c.case_id, c.case_no, c.organization_id, o.name as organization, c.title, c.created_at,
		c.amount_fen as committed_fen, c.pending_fen, c.sent_fen, c.paid_fen, c.returned_fen, c.recovered_fen,
		(select count(*) from ledger_gate g where g.commitment_id = c.id and g.opened_at is null)::int as gates_closed,
		exists (select from ledger_hold h where h.lifted_at is null and h.case_id = c.case_id) or c.organization_id in (
			select unnest(organization_ids(organization_root(h.organization_id))) from ledger_hold h where h.lifted_at is null) as held,
		a.id is not null as has_account, a.verified_at is not null as verified
	from ledger_commitment c join ledger_pool p on p.id = c.pool_id join organization o on o.id = c.organization_id
	left join payee_account a on a.id = payee_of(case when o.merged_into is null then o.id else organization_root(o.id) end)
	where c.amount_fen > c.pending_fen + c.sent_fen + c.paid_fen and c.pending_fen + c.sent_fen = 0`

	duesSQL = `select * from (` + dueSQL + `) d
	where (d.gates_closed = 0 and not d.held and d.verified) = $1 and ($2 = '' or d.purpose = $2)
		and (d.case_no ilike $3 or d.organization ilike $3)
		and ($4 = '` + zero + `'::uuid or (d.created_at, d.id) > (select created_at, id from ledger_commitment where id = $4))
	order by d.created_at, d.id limit $5`

	tallySQL = `
	select case when gates_closed = 0 and not held and verified then 'payable' else 'blocked' end as tab, count(*)::int as n from (` + dueSQL + `) d group by 1
	union all
	select case state when 'proposed' then 'check' when 'checked' then 'send' else 'outcome' end, count(*)::int
	from ledger_payment where state in ('proposed', 'checked', 'sent') group by 1`
)

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// tallyRow counts what is open only: what is done is never counted.
type tallyRow struct {
	Tab Tab `db:"tab"`
	N   int `db:"n"`
}

func tallyOf(rows []tallyRow) map[Tab]int {
	out := map[Tab]int{}
	for _, r := range rows {
		out[r.Tab] += r.N
	}
	return out
}
