package ledgerpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// holdsView lists holds: those in force, or the lifted ones.
type holdsView struct {
	layout.Page
	Tabs  []ui.Tab
	Table ui.Table
	Empty string
	May   bool
	Pages ui.Pages
}

func (p *Pages) listHolds(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	lifted := q.Get("tab") == "lifted"
	after, _ := uuid.Parse(q.Get("after")) // anything else begins at the newest
	in, err := p.Ledger.HoldList(r.Context(), actor(r), lifted, after)
	if err != nil {
		return err
	}
	past := paths.WithQuery(paths.FundHolds, url.Values{"tab": {"lifted"}})
	v := holdsView{Page: shell("冻结", fund), Table: holdTable("冻结的资金", in.Holds, may(r, authz.FundHold)), May: may(r, authz.FundHold), Empty: "现在没有冻结的资金。",
		Tabs: []ui.Tab{{Label: "冻结中", Href: paths.FundHolds, Current: !lifted}, {Label: "已解除", Href: past, Current: lifted}}}
	here, tab := paths.FundHolds, ""
	if lifted {
		v.Empty, here, tab = "还没有解除过冻结。", past, "lifted"
	}
	if in.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.FundHolds, url.Values{"tab": {tab}, "after": {in.Next}})
	}
	if after != uuid.Nil {
		v.Pages.Previous = here
	}
	return httpserver.Render(w, r, http.StatusOK, holdsPage(v))
}

// holdForm holds back a case's money, or everything of an organization. Which of
// them stands in the address; without one it asks for a case number.
func (p *Pages) holdForm(r *http.Request) (*formpage.Editor, error) {
	typed := r.URL.Query()
	if r.Method == http.MethodPost {
		typed = r.PostForm
	}
	org, _ := uuid.Parse(typed.Get("organization"))
	e := &formpage.Editor{View: formpage.View{Page: shell("冻结资金", fund, holds), Heading: "冻结资金", Lead: "冻结后不能制作、复核和发送付款，直到解除。已经发送的不受影响。",
		Action: paths.FundHoldNew, Submit: "冻结", Stop: true, Back: paths.FundHolds, BackLabel: backLabel, Hidden: []ui.Pair{formpage.Token()}}}
	var target ledger.Holding
	if org != uuid.Nil {
		h, err := p.Ledger.Holding(r.Context(), actor(r), "", org)
		if err != nil {
			return nil, err
		}
		target, e.Hidden = h, append(e.Hidden, ui.Pair{Name: "organization", Value: org.String()})
		e.Facts = []ui.Fact{{Label: "冻结对象", Value: h.Organization + "的全部付款，包括以后的", Demo: true}}
	} else {
		e.Ask(formpage.Line("case", "申请编号", 14).Hint("如：FH-2026-0001"))
	}
	e.Ask(formpage.Line("source", "依据", 0).Hint("谁提出的，或来自哪件：如 投诉举报 TS-2026-0003"), formpage.Lines("reason", "理由", 3, 300))
	e.Saved = url.Values{"case": {typed.Get("case")}}
	var in ledger.HoldInput
	read := func(f *form.Form) error {
		in = ledger.HoldInput{OrganizationID: target.OrganizationID}
		var no string
		if org == uuid.Nil {
			no = f.Code("case", "申请编号", form.Required, form.Max(30))
		}
		in.Source, in.Reason = f.Text("source", "依据", form.Required, form.Max(60)), f.Text("reason", "理由", form.Required, form.Multiline, form.Min(5), form.Max(300))
		if err := f.Err(); err != nil || org != uuid.Nil {
			return err
		}
		h, err := p.Ledger.Holding(r.Context(), actor(r), no, uuid.Nil)
		if err != nil {
			f.Fail("case", "申请编号", "没有编号是“"+no+"”的申请。核对编号")
			return f.Err()
		}
		in.CaseID = h.CaseID
		return nil
	}
	doing(e, read, nil, func() error { return p.Ledger.Freeze(r.Context(), actor(r), r.PostForm.Get("token"), in) })
	e.Done, e.To = "已冻结。", paths.FundHolds
	return e, nil
}

// liftingForm ends a hold.
func (p *Pages) liftingForm(r *http.Request) (*formpage.Editor, error) {
	key, err := id(r, "hold")
	if err != nil {
		return nil, err
	}
	h, err := p.Ledger.Hold(r.Context(), actor(r), key)
	if err != nil {
		return nil, err
	}
	what := ui.Fact{Label: "冻结对象", Value: h.Organization + "的全部付款", Demo: true}
	if h.CaseNo != "" {
		what = ui.F("冻结对象", h.CaseNo)
	}
	e := &formpage.Editor{View: formpage.View{Page: shell("解除冻结", fund, holds), Heading: "解除冻结", Lead: "解除后其他条件都齐的，可以拨付。冻结和解除都留在历史里。",
		Action: paths.FundHoldLifting(key.String()), Submit: "解除冻结", Back: paths.FundHolds, Hidden: []ui.Pair{formpage.Version(h.Version)},
		Facts:     []ui.Fact{what, ui.F("依据", h.Source), ui.F("理由", h.Reason), ui.F("冻结", h.Placer+"，"+said(h.PlacedAt))},
		BackLabel: backLabel}}
	e.Ask(formpage.Lines("reason", "解除的理由", 3, 300))
	if !h.InForce() {
		e.Obstacles = []string{"这条冻结已经由" + h.Lifter + "在" + said(*h.LiftedAt) + "解除。"}
	}
	var reason string
	var n int
	read := func(f *form.Form) error {
		reason, n = f.Text("reason", "解除的理由", form.Required, form.Multiline, form.Min(5), form.Max(300)), formpage.VersionOf(f)
		return f.Err()
	}
	doing(e, read, nil, func() error { return p.Ledger.Unfreeze(r.Context(), actor(r), key, n, reason) })
	e.Done, e.To = "已解除冻结。", paths.FundHolds
	return e, nil
}
