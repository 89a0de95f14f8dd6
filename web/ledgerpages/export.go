package ledgerpages

import (
	"net/http"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
)

func fenColumn(name string) sheet.Column {
	return sheet.Column{Name: name + "（元）", Kind: sheet.Money}
}

// exportFund is the table of the pools of a year.
func (p *Pages) exportFund(*http.Request) export.List {
	return export.List{
		Name: "专项资金",
		Columns: []sheet.Column{{Name: "年度", Kind: sheet.Count}, {Name: "用途", Width: 36}, fenColumn("预算"), fenColumn("已占用"), fenColumn("在途"), fenColumn("已支付"), fenColumn("退回"), fenColumn("追回"),
			fenColumn("可用或已失效")},
		Fill: func(r *http.Request, t *export.Table) error {
			year, err := yearOf(r)
			if err != nil {
				return err
			}
			o, err := p.Ledger.Overview(r.Context(), actor(r), year)
			if err != nil {
				return err
			}
			t.On(o.Today)
			for _, l := range o.Pools {
				if err := t.Row(o.Year, l.Purpose.Name(), l.Budget, l.Committed, l.Sent, l.Paid, l.Returned, l.Recovered, l.Free()); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// exportEntries is every line of the ledger in a pool.
func (p *Pages) exportEntries(*http.Request) export.List {
	return export.List{
		Name: "专项资金分录",
		Columns: []sheet.Column{{Name: "序号", Kind: sheet.Count}, {Name: "年度", Kind: sheet.Count}, {Name: "用途", Width: 30}, {Name: "分录", Width: 16}, fenColumn("金额"),
			{Name: "编号", Kind: sheet.Code}, {Name: "付款", Kind: sheet.Code}, {Name: "冲正第几号", Kind: sheet.Count, Width: 12}, {Name: "已冲正", Width: 10}, {Name: "事由", Width: 40}, {Name: "文号", Width: 24},
			{Name: "办理人", Width: 12}, {Name: "时间", Kind: sheet.Moment}},
		Fill: func(r *http.Request, t *export.Table) error {
			year, purpose, err := poolOf(r)
			if err != nil {
				return err
			}
			return p.Ledger.EachEntry(r.Context(), actor(r), year, purpose, func(now time.Time, list []ledger.Entry) error {
				t.On(civil.On(now))
				for _, e := range list {
					var reverses any
					if e.Reverses != nil {
						reverses = *e.Reverses
					}
					if err := t.Row(e.ID, e.Year, e.Purpose.Name(), e.Kind.Name(), e.Amount, e.CaseNo, e.PaymentNo, reverses, e.Reversed, e.Reason, e.DocumentNo, e.Actor, e.At); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

// exportPayments is one tab of the queue: commitments or payments.
func (p *Pages) exportPayments(r *http.Request) export.List {
	f := queueFilter(r)
	l := export.List{Name: "付款" + f.Tab.Name(), Columns: []sheet.Column{{Name: "组织", Width: 36}, {Name: "编号", Kind: sheet.Code}, {Name: "事项", Width: 36}, {Name: "用途", Width: 30},
		{Name: "年度", Kind: sheet.Count}, fenColumn("核定"), fenColumn("待付"), {Name: "还差什么"}, {Name: "占用时间", Kind: sheet.Moment}}}
	row := dueRows
	if f.Tab != ledger.Payable && f.Tab != ledger.Blocked {
		row = paymentRows
		l.Columns = []sheet.Column{{Name: "付款", Kind: sheet.Code}, {Name: "组织", Width: 36}, {Name: "编号", Kind: sheet.Code}, {Name: "事项", Width: 36}, {Name: "用途", Width: 30},
			{Name: "年度", Kind: sheet.Count}, fenColumn("金额"), {Name: "户名", Width: 36}, {Name: "账号", Kind: sheet.Code}, {Name: "状态", Width: 12}, {Name: "凭证号"}, {Name: "凭证日期", Kind: sheet.Date},
			{Name: "制单人", Width: 12}, {Name: "制单时间", Kind: sheet.Moment}, {Name: "复核人", Width: 12}, {Name: "复核时间", Kind: sheet.Moment}, {Name: "发送人", Width: 12},
			{Name: "发送时间", Kind: sheet.Moment}, {Name: "登记人", Width: 12}, {Name: "登记时间", Kind: sheet.Moment}, {Name: "说明", Width: 30}}
	}
	l.Fill = func(r *http.Request, t *export.Table) error {
		return p.Ledger.Each(r.Context(), actor(r), f, func(now time.Time, part ledger.Queue) error {
			t.On(civil.On(now))
			return row(t, part)
		})
	}
	return l
}

func dueRows(t *export.Table, part ledger.Queue) error {
	for _, d := range part.Dues {
		if err := t.Row(d.Organization, d.CaseNo, d.Title, d.Purpose.Name(), d.Year, d.Committed, d.Unpaid(), d.Why(), d.CreatedAt); err != nil {
			return err
		}
	}
	return nil
}

// paymentRows masks the account as the page does.
func paymentRows(t *export.Table, part ledger.Queue) error {
	for _, y := range part.Payments {
		cells := []any{y.No, y.Organization, y.CaseNo, y.Title, y.Purpose.Name(), y.Year, y.Amount, y.Payee.AccountName, y.Payee.Masked(), y.State.Name(), y.VoucherNo, y.VoucherOn}
		for _, s := range []ledger.Stamp{y.Made, y.Check, y.Send, y.End} {
			var at any
			if s.At != nil {
				at = *s.At
			}
			cells = append(cells, s.Name, at)
		}
		if err := t.Row(append(cells, y.Reason)...); err != nil {
			return err
		}
	}
	return nil
}
