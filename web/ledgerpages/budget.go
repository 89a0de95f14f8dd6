package ledgerpages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

var itemKindOptions = []ui.Option{
	{Value: string(ledger.InitialBudget), Label: "年初预算", Hint: "一年一种用途只登记一次"},
	{Value: string(ledger.Increase), Label: "追加", Hint: "年中增加"},
	{Value: string(ledger.Decrease), Label: "调减", Hint: "不能减到已占用的金额以下"},
	{Value: string(ledger.Transfer), Label: "调剂", Hint: "从一种用途调到另一种，年度不变"},
}

// budgetForm enters a budget or a change of one.
func (p *Pages) budgetForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.Ledger.Overview(r.Context(), actor(r), 0)
	if err != nil {
		return nil, err
	}
	q := r.URL.Query()
	e := &formpage.Editor{View: formpage.View{Page: shell("登记预算或调整", fund), Heading: "登记预算或调整", Lead: "登记后由另一位财务人员复核，复核通过才计入预算。",
		Action: paths.FundBudgetNew, Submit: "下一步：核对", Back: paths.StaffFund, Hidden: []ui.Pair{formpage.Token()}, BackLabel: backLabel},
		Saved: url.Values{"year": {itoa(o.Today.Year)}, "kind": {q.Get("kind")}, "purpose": {q.Get("purpose")}},
	}
	year := formpage.Number("year", "年度", "年")
	year.Width = 4
	e.Ask(year, formpage.OneOf("kind", "登记什么", itemKindOptions),
		formpage.Pick("purpose", "用途", formpage.First("请选择", formpage.Named(ledger.Purposes))),
		formpage.Pick("to", "调到", formpage.First("请选择", formpage.Named(ledger.Purposes))).Hint("只有调剂要选").Optional(),
		formpage.Amount("amount", "金额"), formpage.Line("document_no", "文号", 20).Hint("如：深坪财〔2026〕8号"), formpage.Lines("reason", "理由", 3, 200))
	if y, err := strconv.Atoi(q.Get("year")); err == nil && y >= o.Today.Year && y <= o.Today.Year+1 {
		e.Saved.Set("year", itoa(y))
	}
	var in ledger.BudgetInput
	read := func(f *form.Form) error {
		in = ledger.BudgetInput{Token: f.Raw("token"), Year: f.Int("year", "年度", form.Required, form.Min(2017), form.Max(2100)),
			Kind:    ledger.ItemKind(f.Choice("kind", "登记什么", formpage.Keys(ledger.ItemKinds), form.Required)),
			Purpose: ledger.Purpose(f.Choice("purpose", "用途", formpage.Keys(ledger.Purposes), form.Required)),
			To:      ledger.Purpose(f.Choice("to", "调到", formpage.Keys(ledger.Purposes))), Amount: yuan(f, "amount", "金额"),
			DocumentNo: f.Text("document_no", "文号", form.Required, form.Max(60)), Reason: f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Ledger.CheckBudget(r.Context(), actor(r), in)
	}
	review := func() ui.Review {
		purpose := in.Purpose.Name()
		if in.Kind == ledger.Transfer {
			purpose += "调到" + in.To.Name()
		}
		return ui.Review{Title: "确认登记" + in.Kind.Name(), Effect: "登记后不能修改，等另一位财务人员复核。复核通过才计入预算。", Submit: "确认登记",
			Facts: []ui.Fact{ui.F("年度", itoa(in.Year)+"年"), ui.F("用途", purpose), ui.F("金额", in.Amount.String()+"元"), ui.F("大写", in.Amount.Upper()),
				ui.F("文号", in.DocumentNo), ui.F("理由", in.Reason)}}
	}
	doing(e, read, review, func() error {
		made, err := p.Ledger.ProposeBudget(r.Context(), actor(r), in)
		e.To = paths.FundBudgetItem(made.String())
		return err
	})
	e.Done = "已登记，等另一位财务人员复核。"
	return e, nil
}

// itemView is a budget item with its check.
type itemView struct {
	layout.Page
	Heading, Lead, State string
	Tone                 ui.Tone
	Facts                []ui.Fact
	MayCheck             bool
	Why                  string // why the reader cannot check it
	Choice, Reason       string
	Faults               ui.Errors
	Refused              string
	Action, Version      string
	Back                 string
}

func (p *Pages) showItem(w http.ResponseWriter, r *http.Request) error {
	v, err := p.itemOf(r)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, itemPage(v))
}

func (p *Pages) itemOf(r *http.Request) (itemView, error) {
	key, err := id(r, "item")
	if err != nil {
		return itemView{}, err
	}
	i, pool, err := p.Ledger.Item(r.Context(), actor(r), key)
	if err != nil {
		return itemView{}, err
	}
	v := itemView{Page: shell(i.Kind.Name(), fund), Heading: itoa(i.Year) + "年" + i.Purpose.Name() + i.Kind.Name(), State: i.State.Name(), Tone: itemTone(i.State),
		Action: paths.FundBudgetItem(i.ID.String()), Version: itoa(i.Version), Back: paths.FundPool(i.Year, string(i.Purpose))}
	v.Facts = []ui.Fact{ui.F("金额", i.Amount.String()+"元"), ui.F("大写", i.Amount.Upper())}
	if i.Kind == ledger.Transfer {
		v.Facts = append(v.Facts, ui.F("调到", i.To.Name()))
	}
	v.Facts = append(v.Facts, ui.F("文号", i.DocumentNo), ui.F("理由", i.Reason), ui.F("登记", i.Maker+"，"+said(i.MadeAt)))
	if i.CheckedAt != nil {
		v.Facts = append(v.Facts, ui.F("复核", i.Checker+"，"+said(*i.CheckedAt)))
	}
	if i.Refusal != "" {
		v.Facts = append(v.Facts, ui.F("不予通过的理由", i.Refusal))
	}
	v.Facts = append(v.Facts, ui.F("现在的预算", pool.Budget.String()+"元，已占用 "+pool.Committed.String()+"元，可用 "+pool.Free().String()+"元"))
	if i.State == ledger.ItemProposed {
		v.MayCheck = may(r, authz.FundBudget) && actor(r).PersonID != i.MadePerson
		if !v.MayCheck {
			v.Why = "等另一位财务人员复核。登记的人不能复核自己登记的。"
		}
	}
	return v, nil
}

// decideItem checks a budget item or refuses it.
func (p *Pages) decideItem(w http.ResponseWriter, r *http.Request) error {
	if err := (formpage.Forms{}).Parse(w, r); err != nil {
		return err
	}
	key, err := id(r, "item")
	if err != nil {
		return err
	}
	f := form.New(r.PostForm)
	choice := f.Choice("choice", "复核意见", []string{"pass", "refuse"}, form.Required)
	reason := f.Text("reason", "理由", form.Multiline, form.Max(300))
	err = f.Err()
	done := "已复核通过，计入预算。"
	switch {
	case err != nil:
	case choice == "pass":
		err = p.Ledger.CheckBudgetItem(r.Context(), actor(r), key, formpage.VersionOf(f))
	default:
		done = "已登记：不予通过。"
		err = p.Ledger.RefuseBudgetItem(r.Context(), actor(r), key, formpage.VersionOf(f), reason)
	}
	if err == nil {
		p.Flash(r.Context(), done)
		return httpserver.SeeOther(w, r, paths.FundBudgetItem(key.String()))
	}
	if k := errs.KindOf(err); k != errs.Invalid && k != errs.Conflict {
		return err
	}
	v, viewErr := p.itemOf(r)
	if viewErr != nil {
		return viewErr
	}
	v.Faults, v.Choice, v.Reason = ui.Errors(errs.FieldsOf(err)), f.Raw("choice"), f.Raw("reason")
	v.Page.Errors = len(v.Faults)
	if len(v.Faults) == 0 {
		v.Refused = errs.Message(err)
		if text := strings.TrimSpace(v.Reason); text != "" && !v.MayCheck {
			v.Facts = append(v.Facts, ui.F("您刚才填的理由，没有提交", text))
		}
	}
	return httpserver.Render(w, r, httpserver.Status(err), itemPage(v))
}

// reversalForm takes a wrong budget or return entry back.
func (p *Pages) reversalForm(r *http.Request) (*formpage.Editor, error) {
	n, err := strconv.ParseInt(httpserver.Param(r, "entry"), 10, 64)
	if err != nil {
		return nil, missing()
	}
	x, err := p.Ledger.Entry(r.Context(), actor(r), n)
	if err != nil {
		return nil, err
	}
	back := paths.FundPool(x.Year, string(x.Purpose))
	e := &formpage.Editor{View: formpage.View{Page: shell("冲正", fund), Heading: "冲正一条分录", Lead: "原分录保留，另记一条金额相反的分录。登记原分录的人不能冲正。",
		Action: paths.FundReversal(n), Submit: "冲正这条分录", Stop: true, Back: back, Hidden: []ui.Pair{formpage.Token()},
		Facts: []ui.Fact{ui.F("分录", "第 "+strconv.FormatInt(n, 10)+" 号，"+x.Kind.Name()), ui.F("用途", itoa(x.Year)+"年"+x.Purpose.Name()),
			ui.F("金额", signed(x.Amount)+"元"), ui.F("事由", x.Reason), ui.F("登记", x.Actor+"，"+said(x.At))},
		BackLabel: backLabel}}
	e.Ask(formpage.Lines("reason", "理由", 3, 300).Hint("写明错在哪里，5 到 300 个字"))
	switch {
	case x.Reversed:
		e.Obstacles = []string{"这条分录已经冲正过。"}
	case !x.Reversible():
		e.Obstacles = []string{"这种分录不能手工冲正：占用由释放更正，付款由登记退票或失败更正。"}
	case x.PersonID == actor(r).PersonID:
		e.Obstacles = []string{"不能冲正自己登记的分录。请另一位财务人员办理。"}
	}
	var reason, token string
	read := func(f *form.Form) error {
		reason, token = f.Text("reason", "理由", form.Required, form.Multiline, form.Min(5), form.Max(300)), f.Raw("token")
		return f.Err()
	}
	doing(e, read, nil, func() error { return p.Ledger.Reverse(r.Context(), actor(r), token, n, reason) })
	e.Done, e.To = "已冲正。", back
	return e, nil
}
