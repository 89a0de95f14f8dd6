package ledgerpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// fundView is the fund in one year.
type fundView struct {
	layout.Page
	Heading, Lead string
	Years         []ui.Tab
	Stats         []ui.Stat
	Table         ui.Table
	Items         ui.Table // to check; without rows when there are none
	Waiting       []ui.Fact
	Budget        string // address of the form, "" for who may not or a year that is over
	Files         export.Links
}

func (p *Pages) showFund(w http.ResponseWriter, r *http.Request) error {
	year, err := yearOf(r)
	if err != nil {
		return err
	}
	o, err := p.Ledger.Overview(r.Context(), actor(r), year)
	if err != nil {
		return err
	}
	v := fundView{Page: shell("专项资金"), Heading: itoa(o.Year) + "年社区社会组织扶持专项资金", Lead: "微公益创投资金是其中的一部分。"}
	if o.Closed() {
		v.Lead = itoa(o.Year) + "年已经结束：没有占用的预算失效，已占用的继续支付。"
	} else if may(r, authz.FundBudget) {
		v.Budget = paths.FundBudgetFor(o.Year, "", "")
	}
	for _, y := range o.Years {
		v.Years = append(v.Years, ui.Tab{Label: itoa(y) + "年", Href: paths.StaffFundYear(y), Current: y == o.Year})
	}
	v.Stats = stats(o.Total, o.Closed())
	v.Table, v.Files = poolTable(o), export.LinksTo(paths.StaffFund, r.URL.Query())
	v.Items = itemTable("待复核的预算", o.Items, true)
	for _, tab := range ledger.Tabs[:5] {
		if n := o.Tally[tab]; n > 0 {
			v.Waiting = append(v.Waiting, ui.Fact{Label: tab.Name(), Body: ui.Link(itoa(n)+" 件", tabPath(tab))})
		}
	}
	return httpserver.Render(w, r, http.StatusOK, fundPage(v))
}

// yearOf is the year that an address names, 0 for none.
func yearOf(r *http.Request) (int, error) {
	typed := r.URL.Query().Get("year")
	if typed == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(typed)
	if err != nil || n < 2017 || n > 2100 {
		return 0, errs.New(errs.NotFound, "没有这个年度的资金。从 2017年开始查看。")
	}
	return n, nil
}

// poolOf is the pool that an address names.
func poolOf(r *http.Request) (int, ledger.Purpose, error) {
	year, err := strconv.Atoi(httpserver.Param(r, "year"))
	if err != nil || year < 2017 || year > 2100 {
		return 0, "", missing()
	}
	return year, ledger.Purpose(httpserver.Param(r, "purpose")), nil
}

func tabPath(t ledger.Tab) string {
	return paths.WithQuery(paths.FundPayments, url.Values{"tab": {string(t)}})
}

// stats are the four figures of a pool or of the whole fund.
func stats(p ledger.Pool, closed bool) []ui.Stat {
	free := ui.Stat{Label: "可用", Value: p.Free().String(), Unit: "元", Note: "预算减去已占用"}
	if closed {
		free.Label, free.Note = "已失效", "年底没有占用的预算"
	}
	paid := ui.Stat{Label: "已支付", Value: p.Paid.String(), Unit: "元", Note: "已到账的付款"}
	if p.Returned+p.Recovered > 0 {
		paid.Note = "退回和追回 " + (p.Returned + p.Recovered).String() + "元，净支付 " + p.Net().String() + "元"
	} else if p.Sent > 0 {
		paid.Note = "另有 " + p.Sent.String() + "元已发送，待登记结果"
	}
	budget := ui.Stat{Label: "预算", Value: p.Budget.String(), Unit: "元", Note: "复核过的预算和调整"}
	if p.Filled > 0 {
		budget.Note = "其中 " + p.Filled.String() + "元待补录，先按核定的资助列出"
	}
	return []ui.Stat{budget,
		{Label: "已占用", Value: p.Committed.String(), Unit: "元", Note: "核定的资助，释放的不算"}, paid, free}
}

func poolTable(o ledger.Overview) ui.Table {
	last := "可用"
	if o.Closed() {
		last = "已失效"
	}
	t := ui.Table{Caption: itoa(o.Year) + "年各用途的资金", Columns: []ui.Column{{Label: "用途"}, {Label: "预算（元）", Number: true}, {Label: "已占用（元）", Number: true},
		{Label: "在途（元）", Number: true}, {Label: "已支付（元）", Number: true}, {Label: "退回（元）", Number: true}, {Label: "追回（元）", Number: true},
		{Label: last + "（元）", Number: true}}}
	var rows []ui.Row
	for _, p := range o.Pools {
		rows = append(rows, ui.Cells(append([]ui.Cell{ui.Head(p.Purpose.Name(), paths.FundPool(o.Year, string(p.Purpose)), "")}, sums(p)...)...))
	}
	t.Groups = ui.Rows(rows...)
	t.Foot = []ui.Row{ui.Cells(append([]ui.Cell{ui.Head("合计", "", "")}, sums(o.Total)...)...)}
	return t
}

func sums(p ledger.Pool) []ui.Cell {
	var out []ui.Cell
	for _, fen := range []money.Fen{p.Budget, p.Committed, p.Sent, p.Paid, p.Returned, p.Recovered, p.Free()} {
		out = append(out, ui.T(fen.String()))
	}
	return out
}

// itemTable lists budget items; of those to check each leads to its check.
func itemTable(caption string, items []ledger.BudgetItem, check bool) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "登记"}, {Label: "用途"}, {Label: "金额（元）", Number: true}, {Label: "文号和理由"}, {Label: "登记人"}, {Label: "状态"}}}
	var rows []ui.Row
	for _, i := range items {
		purpose := i.Purpose.Name()
		if i.Kind == ledger.Transfer {
			purpose += "调到" + i.To.Name()
		}
		state := ui.C(ui.Tag(i.State.Name(), itemTone(i.State)))
		if check {
			state = ui.Cell{Body: ui.Go("去复核", paths.FundBudgetItem(i.ID.String()))}
		}
		rows = append(rows, ui.Cells(ui.Head(itoa(i.Year)+"年"+i.Kind.Name(), paths.FundBudgetItem(i.ID.String()), ""), ui.T(purpose), ui.T(i.Amount.String()),
			ui.TS(i.DocumentNo, i.Reason), ui.TS(i.Maker, clock(i.MadeAt)), state))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func itemTone(s ledger.ItemState) ui.Tone {
	return map[ledger.ItemState]ui.Tone{ledger.ItemProposed: ui.Info, ledger.ItemChecked: ui.Good, ledger.ItemRefused: ui.Mute}[s]
}

// poolView is one pool with its entries.
type poolView struct {
	layout.Page
	Heading, Lead string
	Stats         []ui.Stat
	Items         ui.Table
	NoItems       [2]string // why there are none, and what to do
	Entries       ui.Table
	Pages         ui.Pages
	Files         export.Links
	Acts          []ui.Tab // what may be entered
}

func (p *Pages) showPool(w http.ResponseWriter, r *http.Request) error {
	year, purpose, err := poolOf(r)
	if err != nil {
		return err
	}
	before, err := strconv.ParseInt(r.URL.Query().Get("before"), 10, 64)
	if err != nil {
		before = 0 // anything else begins at the newest
	}
	in, err := p.Ledger.Pool(r.Context(), actor(r), year, purpose, max(before, 0))
	if err != nil {
		return err
	}
	closed := year < in.Today.Year
	v := poolView{Page: shell(itoa(year)+"年"+purpose.Name(), fund), Heading: itoa(year) + "年" + purpose.Name(), Stats: stats(in.Pool, closed),
		NoItems: [2]string{"还没有登记预算。", "财务登记年初预算，由另一位财务人员复核以后才能占用。"}}
	if closed {
		v.Lead = "这一年度已经结束，不再登记预算和占用；已占用的继续支付。"
		v.NoItems = [2]string{"预算不在这里登记。", "平台上线前的年度，预算和执行由民政局导入，见下面的期初分录。"}
	} else if may(r, authz.FundBudget) {
		for _, k := range ledger.ItemKinds {
			if (k == ledger.InitialBudget) == (in.Budget == 0) {
				v.Acts = append(v.Acts, ui.Tab{Label: "登记" + k.Name(), Href: paths.FundBudgetFor(year, string(purpose), string(k))})
			}
		}
	}
	v.Items = itemTable("预算和调整", in.Items, false)
	v.Entries = entryTable(in.Entries, may(r, authz.FundBudget) && !closed, actor(r))
	here := paths.FundPool(year, string(purpose))
	v.Files = export.LinksTo(here+"/entries", nil)
	if in.Next > 0 {
		v.Pages.Next = paths.WithQuery(here, url.Values{"before": {strconv.FormatInt(in.Next, 10)}})
	}
	if before > 0 {
		v.Pages.Previous = here
	}
	return httpserver.Render(w, r, http.StatusOK, poolPage(v))
}

// entryTable is a page of the ledger, the newest first.
func entryTable(list []ledger.Entry, reverse bool, a authz.Actor) ui.Table {
	t := ui.Table{Caption: "分录，从最近的开始", Columns: []ui.Column{{Label: "分录"}, {Label: "事由"}, {Label: "金额（元）", Number: true}, {Label: "办理"}, {Label: "操作", Hidden: true}}}
	var rows []ui.Row
	for _, e := range list {
		about := ui.TS(e.Reason, e.DocumentNo)
		if e.CaseNo != "" {
			about.Href = paths.FundCase(e.CaseNo)
			about.Sub = e.CaseNo
			if e.DocumentNo != "" {
				about.Sub += " · " + e.DocumentNo
			}
		}
		name := e.Kind.Name()
		if e.Reverses != nil {
			name += "第 " + strconv.FormatInt(*e.Reverses, 10) + " 号" + e.OfKind.Name()
		}
		if e.Kind == ledger.OpeningEntry {
			name += "：" + e.OfKind.Name()
		}
		act := ui.Cell{}
		switch {
		case e.Reversed:
			act = ui.C(ui.Tag("已冲正", ui.Mute))
		case reverse && e.Reversible() && e.PersonID != a.PersonID:
			act = ui.Cell{Body: ui.Link("冲正", paths.FundReversal(e.ID))}
		}
		rows = append(rows, ui.Cells(ui.Head(name, "", "第 "+strconv.FormatInt(e.ID, 10)+" 号"), about, ui.T(signed(e.Amount)), ui.TS(e.Actor, clock(e.At)), act))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

// signed shows the direction of an entry.
func signed(f money.Fen) string {
	if f > 0 {
		return "+" + f.String()
	}
	return f.String()
}
