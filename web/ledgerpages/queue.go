package ledgerpages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/export"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// queueView is what waits for finance, one tab at a time.
type queueView struct {
	layout.Page
	Tabs     []ui.Tab
	Tab      string
	Purpose  string
	Text     string
	Purposes []ui.Option
	Chips    []ui.Chip
	Clear    string
	Table    ui.Table
	Empty    string
	Remedy   string
	Pages    ui.Pages
	Files    export.Links
}

func (p *Pages) listPayments(w http.ResponseWriter, r *http.Request) error {
	f := queueFilter(r)
	in, err := p.Ledger.Queue(r.Context(), actor(r), f)
	if err != nil {
		return err
	}
	v := queueView{Page: shell("付款", fund), Tab: string(f.Tab), Purpose: string(f.Purpose), Text: f.Text,
		Purposes: formpage.First("全部用途", formpage.Named(ledger.Purposes)), Clear: tabPath(f.Tab)}
	for _, t := range ledger.Tabs {
		tab := ui.Tab{Label: t.Name(), Href: address(t, f.Purpose, f.Text, ""), Current: t == f.Tab}
		if n := in.Tally[t]; n > 0 {
			tab.Count = itoa(n)
		}
		v.Tabs = append(v.Tabs, tab)
	}
	if f.Purpose != "" {
		v.Chips = append(v.Chips, ui.Chip{Label: f.Purpose.Name(), Href: address(f.Tab, "", f.Text, "")})
	}
	if f.Text != "" {
		v.Chips = append(v.Chips, ui.Chip{Label: "“" + f.Text + "”", Href: address(f.Tab, f.Purpose, "", "")})
	}
	if f.Tab == ledger.Payable || f.Tab == ledger.Blocked {
		v.Table = dueTable(in.Dues, may(r, authz.FundPay))
	} else {
		v.Table = paymentTable(f.Tab.Name(), in.Payments)
	}
	v.Files = export.LinksTo(paths.FundPayments, r.URL.Query())
	if len(v.Table.Groups) == 0 {
		v.Empty, v.Remedy = nothing(f)
	}
	if in.Next != "" {
		v.Pages.Next = address(f.Tab, f.Purpose, f.Text, in.Next)
	}
	if f.After != "" {
		v.Pages.Previous = address(f.Tab, f.Purpose, f.Text, "")
	}
	return httpserver.Render(w, r, http.StatusOK, queuePage(v))
}

// queueFilter reads the filter of an address.
func queueFilter(r *http.Request) ledger.Filter {
	q := r.URL.Query()
	f := ledger.Filter{Tab: ledger.Tab(q.Get("tab")), Purpose: ledger.Purpose(q.Get("purpose")), After: q.Get("after"),
		Text: strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(q.Get("q"), ""), "\x00", ""))}
	if !slices.Contains(ledger.Tabs, f.Tab) {
		f.Tab = ledger.Payable
	}
	if !f.Purpose.Valid() {
		f.Purpose = ""
	}
	if len([]rune(f.Text)) > 60 {
		f.Text = string([]rune(f.Text)[:60])
	}
	return f
}

func address(t ledger.Tab, p ledger.Purpose, text, after string) string {
	return paths.WithQuery(paths.FundPayments, url.Values{"tab": {string(t)}, "purpose": {string(p)}, "q": {text}, "after": {after}})
}

// nothing says why a tab is empty and what to do.
func nothing(f ledger.Filter) (why, remedy string) {
	if f.Purpose != "" || f.Text != "" {
		return "“" + f.Tab.Name() + "”里没有符合条件的。", "去掉用途或查找的文字再看，或换一类。"
	}
	switch f.Tab {
	case ledger.Payable:
		return "现在没有可以拨付的。", "公示期满、账户核验过、没有冻结的资助会列在这里。还差条件的在“还不能拨付”。"
	case ledger.Blocked:
		return "没有被挡住的资助。", "已占用、还差条件的资助会列在这里，写明差什么。"
	}
	return "“" + f.Tab.Name() + "”里没有付款。", "付款按制单、复核、发送、登记结果的顺序经过这几类。"
}

func dueTable(list []ledger.Due, pay bool) ui.Table {
	t := ui.Table{Caption: "占用了、还没有付完的资助", Columns: []ui.Column{{Label: "组织"}, {Label: "编号"}, {Label: "用途"}, {Label: "核定（元）", Number: true},
		{Label: "待付（元）", Number: true}, {Label: "下一步"}}}
	var rows []ui.Row
	for _, d := range list {
		next := ui.Cell{Body: ui.Link("查看", paths.FundCase(d.CaseNo))}
		switch why := d.Why(); {
		case why != "":
			next = ui.C(ui.Tag(why, ui.Warn))
		case pay:
			next = ui.Cell{Body: ui.Go("制作付款", paths.FundCasePart(d.CaseNo, "payment"))}
		}
		row := ui.Cells(ui.Head(d.Organization, paths.FundCase(d.CaseNo), unlike(d.Title, d.Organization)), ui.T(d.CaseNo), ui.TS(d.Purpose.Name(), itoa(d.Year)+"年"),
			ui.T(d.Committed.String()), ui.T(d.Unpaid().String()), next)
		row.Cells[0].Demo = true
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func paymentTable(caption string, list []ledger.Payment) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "付款"}, {Label: "组织"}, {Label: "编号"}, {Label: "金额（元）", Number: true}, {Label: "收款账户"},
		{Label: "办理"}, {Label: "状态"}}}
	var rows []ui.Row
	for _, y := range list {
		row := ui.Cells(ui.Head(y.No, paths.FundPayment(y.No), ""), ui.TS(y.Organization, unlike(y.Title, y.Organization)), ui.Cell{Text: y.CaseNo, Href: paths.FundCase(y.CaseNo)},
			ui.T(y.Amount.String()), ui.TS(y.Payee.AccountName, y.Payee.Masked()), lastStep(y), ui.C(ui.Tag(y.State.Name(), tone(y.State))))
		row.Cells[1].Demo = true
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

// lastStep is who touched a payment last.
func lastStep(y ledger.Payment) ui.Cell {
	for _, s := range []struct {
		ledger.Stamp
		word string
	}{{y.End, "登记"}, {y.Send, "发送"}, {y.Check, "复核"}} {
		if s.At != nil {
			return ui.TS(s.Name+s.word, clock(*s.At))
		}
	}
	return ui.TS(y.Made.Name+"制单", clock(*y.Made.At))
}
