package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

// grants writes the applications that went on after acceptance, each in a state
// of its own.
func (p *planter) grants() {
	day := p.workdayBack
	review := func(key string, back int) *grantCase { return p.reviewed(key, back) }

	review("org39", 3)      // to be signed
	p.opposed("org40", 3)   // to be refused
	a := review("org41", 5) // signed, its notice is not written yet
	a.signed(day(2))
	a, b := review("org42", 9), review("org43", 9) // in a running notice, the second disputed
	a.signed(day(6))
	b.signed(day(6))
	p.announced(day(3), a, b)
	p.objected(b, day(1), "这个组织今年的两场活动都是和物业公司合办的，横幅上写的是物业的名字，请核实是不是社区自己的活动。")

	paid := func(key string, back int) *grantCase { // a notice of its own, settled after five days
		a := p.reviewed(key, back)
		a.signed(day(back - 3))
		p.announced(day(back-5), a)
		return a
	}
	paid("org44", 14)                              // to be paid
	p.proposed(paid("org45", 16), day(2))          // its payment waits for the check
	p.sent(paid("org46", 17), day(3))              // and here for what the bank says
	p.bounced(paid("org47", 30), day(17), day(14)) // came back, was paid again; the report is due
	p.settled(paid("org48", 40), day(27))          // paid, the report is due
	c := p.settled(paid("org49", 60), day(45))     // the report waits for the clerk
	c.reported(day(3), 100)
	c = p.settled(paid("org50", 70), day(55)) // money is left and has to come back
	c.reported(day(20), 80)
	c.checked(day(17))
	c = p.settled(paid("org51", 90), day(75)) // closed
	c.reported(day(30), 100)
	c.checked(day(27))
	c = p.settled(paid("org52", 95), day(80)) // closed after money came back
	c.reported(day(40), 90)
	c.checked(day(37))
	p.returned(c, day(33))
	p.declined("org53", 40)                  // not supported
	p.upheld("org54", 50)                    // an objection was right
	p.dismissed("org55", 44)                 // and here it was not
	p.terminated(paid("org56", 36), day(22)) // nothing to pay after all
}

// reviewed is an application that was proposed for a grant back working days ago.
func (p *planter) reviewed(key string, back int) *grantCase {
	a := p.taken(key, back)
	a.endorsed(p.workdayBack(back))
	return a
}

// endorsed proposes what the rules give.
func (a *grantCase) endorsed(on civil.Date) {
	a.act(on, 10, "review", func(ctx context.Context) error {
		reviewer := a.p.actors["reviewer"]
		v, err := a.p.Funding.View(ctx, reviewer, a.no)
		if err != nil {
			return err
		}
		a.granted = v.Computed.Amount
		return a.p.Funding.Propose(ctx, reviewer, a.no, 0, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: a.granted}, once.NewToken())
	})
}

// taken is an application that was accepted two working days before back.
func (p *planter) taken(key string, back int) *grantCase {
	a := p.application(key)
	a.submitted(p.workdayBack(back + 10))
	a.takenIn(back)
	return a
}

// takenIn is what the offices do with it from its submission, ten working days
// before back, to its acceptance.
func (a *grantCase) takenIn(back int) {
	a.supported(a.p.workdayBack(back+8), a.p.workdayBack(back+5))
	a.accepted(a.p.workdayBack(back + 2))
}

// act writes a scene of the application.
func (a *grantCase) act(on civil.Date, hour int, what string, do func(ctx context.Context) error) {
	a.p.tell(a.member, on, hour, what, do)
}

// opposed is an application that was proposed for a refusal back working days ago.
func (p *planter) opposed(key string, back int) *grantCase {
	a := p.taken(key, back)
	a.act(p.workdayBack(back), 10, "review", func(ctx context.Context) error {
		return p.Funding.Propose(ctx, p.actors["reviewer"], a.no, 0, funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "use",
			Reason: "用途明细里的设备由场地提供方所有，资助后不归本组织使用，和补充说明不一致。"}, once.NewToken())
	})
	return a
}

func (p *planter) declined(key string, back int) {
	a := p.opposed(key, back)
	a.act(p.workdayBack(back-2), 11, "signature", func(ctx context.Context) error {
		return p.Funding.Decline(ctx, p.actors["leader"], a.no, 0, once.NewToken())
	})
}

func (a *grantCase) signed(on civil.Date) {
	a.act(on, 11, "signature", func(ctx context.Context) error {
		return a.p.Funding.Sign(ctx, a.p.actors["leader"], a.no, 0, once.NewToken())
	})
}

// announced publishes a notice of the applications on a day: written and
// reviewed the working day before, signed by the leader on it.
func (p *planter) announced(on civil.Date, list ...*grantCase) *announcement {
	n := &announcement{p: p}
	eve := p.before(on, 1)
	a := list[0]
	a.act(eve, 14, "notice drafted", func(ctx context.Context) error {
		var cases []uuid.UUID
		for _, a := range list {
			v, err := p.Funding.View(ctx, p.actors["clerk"], a.no)
			if err != nil {
				return err
			}
			cases = append(cases, v.Case.ID)
		}
		return n.draft(ctx, a.programme.Workflow().Kind, cases)
	})
	a.act(eve, 16, "notice reviewed", func(ctx context.Context) error {
		return n.step(ctx, "reviewer", p.Notices.Approve)
	})
	a.act(on, 9, "notice issued", func(ctx context.Context) error { return n.step(ctx, "leader", p.Notices.Issue) })
	return n
}

// announcement is a notice of the script.
type announcement struct {
	p  *planter
	id uuid.UUID
}

// Contacts of the invented bureau: numbers that no one has.
const (
	demoPhone, demoSupervision = "0755-28000001", "0755-28000002"
	demoAddress                = "坪山区民政局社会组织管理科（演示地址）"
)

func (n *announcement) draft(ctx context.Context, kind string, cases []uuid.UUID) (err error) {
	clerk := n.p.actors["clerk"]
	if n.id, err = n.p.Notices.Draft(ctx, clerk, once.NewToken(), kind, cases); err != nil {
		return err
	}
	e, err := n.p.Notices.Editing(ctx, clerk, n.id)
	if err != nil {
		return err
	}
	text := e.Text.Text
	text.ContactPhone, text.SupervisionPhone, text.ContactAddress = demoPhone, demoSupervision, demoAddress
	if err := n.p.Notices.Save(ctx, clerk, n.id, e.Version, once.NewToken(), text, cases); err != nil {
		return err
	}
	return n.step(ctx, "clerk", n.p.Notices.Submit)
}

func (n *announcement) step(ctx context.Context, who string, do func(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) error) error {
	by := n.p.actors[who]
	v, err := n.p.Notices.View(ctx, by, n.id)
	if err != nil {
		return err
	}
	return do(ctx, by, n.id, v.Version, once.NewToken())
}

// objected lets a resident object to the application in its notice.
func (p *planter) objected(a *grantCase, on civil.Date, content string) {
	a.act(on, 20, "objection", func(ctx context.Context) error {
		no, ordinal, err := p.placeOf(ctx, a)
		if err != nil {
			return err
		}
		_, err = p.Notices.Object(ctx, notice.ObjectionInput{ID: notice.NewObjection(), Token: once.NewToken(), No: no, Ordinal: ordinal,
			Name: "居民甲", Content: content})
		return err
	})
}

// placeOf is the notice of an application and its item there.
func (p *planter) placeOf(ctx context.Context, a *grantCase) (no string, ordinal int, err error) {
	err = p.Owner.QueryRow(ctx, `select n.no, i.ordinal from notice_item i join notice n on n.id = i.notice_id
		where i.case_no = $1 and i.state <> 'removed'`, a.no).Scan(&no, &ordinal)
	return no, ordinal, err
}

// answered is the reviewer's answer to the open objection to an application.
func (p *planter) answered(a *grantCase, on civil.Date, out notice.Outcome) {
	a.act(on, 15, "objection answered", func(ctx context.Context) error {
		queue, err := p.Notices.Objections(ctx, p.actors["reviewer"])
		if err != nil {
			return err
		}
		for _, o := range queue.Open {
			if o.CaseNo == a.no {
				return p.Notices.Decide(ctx, p.actors["reviewer"], o.ID, o.Version, once.NewToken(), out)
			}
		}
		return fmt.Errorf("no objection to %s", a.no)
	})
}

func (p *planter) upheld(key string, back int) {
	a := p.reviewed(key, back)
	a.signed(p.workdayBack(back - 3))
	p.announced(p.workdayBack(back-5), a)
	p.objected(a, p.workdayBack(back-7), "用途里的会议音响，街道去年已经配给了同一间活动室，这次又申请买一套。")
	p.answered(a, p.workdayBack(back-10), notice.Outcome{Upheld: true, Finding: "到活动室查看，音响由街道 2025 年配置，资产编号齐全，可以使用。",
		Reason: "经核实，用途中的设备已由其他财政资金配置，属于同一用途重复申请。"})
}

func (p *planter) dismissed(key string, back int) {
	a := p.reviewed(key, back)
	a.signed(p.workdayBack(back - 3))
	p.announced(p.workdayBack(back-5), a)
	p.objected(a, p.workdayBack(back-7), "这个组织成立才几个月，活动我没有见过，怀疑没有开展活动。")
	p.answered(a, p.workdayBack(back-9), notice.Outcome{Finding: "查看签到表和照片，走访居民五户，两场活动均属实。",
		Reason: "经核实，该组织两场活动有签到表、照片和居民证实，异议不成立。"})
	p.settled(a, p.workdayBack(back-15))
}

// proposed makes a payment that waits for its check.
func (p *planter) proposed(a *grantCase, on civil.Date) {
	a.act(on, 10, "payment made", func(ctx context.Context) error { _, err := a.pay(ctx); return err })
}

func (a *grantCase) pay(ctx context.Context) (string, error) {
	return a.p.Ledger.Propose(ctx, a.p.actors["finance"], ledger.PaymentInput{Token: once.NewToken(), CaseNo: a.no, Payee: a.payee, Amount: a.granted})
}

// sent makes a payment, checks it and sends it to the bank.
func (p *planter) sent(a *grantCase, on civil.Date) *string {
	var no string
	a.act(on, 10, "payment made", func(ctx context.Context) (err error) { no, err = a.pay(ctx); return err })
	a.act(on, 14, "payment checked", func(ctx context.Context) error { return p.Ledger.Check(ctx, p.actors["finance2"], no, 1) })
	a.act(on, 15, "payment sent", func(ctx context.Context) error { return p.Ledger.Send(ctx, p.actors["finance"], no, 2) })
	return &no
}

// settled pays and learns on the next working day that the money is there.
func (p *planter) settled(a *grantCase, on civil.Date) *grantCase {
	no, next := p.sent(a, on), p.after(on, 1)
	a.act(next, 10, "payment succeeded", func(ctx context.Context) error {
		return p.Ledger.RecordOutcome(ctx, p.actors["finance"], *no, 3, ledger.Outcome{State: ledger.Succeeded, VoucherNo: "PZ" + strings.TrimPrefix(*no, "BK-"), VoucherOn: next})
	})
	return a
}

// bounced pays twice: the bank sent the first payment back.
func (p *planter) bounced(a *grantCase, first, second civil.Date) {
	no := p.sent(a, first)
	a.act(p.after(first, 1), 10, "payment came back", func(ctx context.Context) error {
		return p.Ledger.RecordOutcome(ctx, p.actors["finance"], *no, 3, ledger.Outcome{State: ledger.Bounced, Reason: "开户行退回：收款支行名称与行号不符"})
	})
	p.settled(a, second)
}

func (p *planter) terminated(a *grantCase, on civil.Date) {
	a.act(on, 11, "termination", func(ctx context.Context) error {
		return p.Funding.Terminate(ctx, p.actors["leader"], a.no, 0, "组织来函说明负责人长期在外，活动暂停，放弃这次资助。", once.NewToken())
	})
}

// reported hands in a use report that accounts for percent of the money.
func (a *grantCase) reported(on civil.Date, percent money.Fen) {
	a.act(on, 16, "use report", func(ctx context.Context) error {
		head := a.headActor()
		if err := a.p.Funding.SaveReport(ctx, head, a.no, 0, a.reportOf(on, percent)); err != nil {
			return err
		}
		if err := a.attachReport(ctx, head); err != nil {
			return err
		}
		return a.p.Funding.SubmitReport(ctx, head, a.no, 0, funding.ReportSignature{Agreed: true, TypedName: head.Name, Password: account.DemoPassword}, once.NewToken())
	})
}

func (a *grantCase) reportOf(on civil.Date, percent money.Fen) url.Values {
	v := url.Values{}
	total, words := a.granted*percent/100, vocabulary[a.category]
	parts := []money.Fen{total * 5 / 10, total * 3 / 10, total * 2 / 10}
	for i, c := range receipt.Categories {
		set := func(part receipt.Part, value string) { v.Set(funding.ReceiptControl(i+1, part), value) }
		a.p.receipts++
		set(receipt.PartKind, string(receipt.VATDigital))
		set(receipt.PartNumber, fmt.Sprintf("264403%014d", a.p.receipts))
		set(receipt.PartIssuedOn, a.p.before(on, 6+i).String())
		set(receipt.PartSeller, "示例商贸（演示）有限公司")
		set(receipt.PartTotal, parts[i].String())
		set(receipt.PartCategory, string(c))
		set(receipt.PartItem, words.uses[i])
		set(receipt.PartAmount, parts[i].String())
	}
	v.Set("summary", "资助款按计划使用。"+words.purpose)
	return v
}

func (a *grantCase) attachReport(ctx context.Context, by authz.Actor) error {
	const slot = "report_receipts"
	c, s, err := a.p.Funding.ReportSlot(ctx, by, a.no, slot)
	if err != nil {
		return err
	}
	prepared, err := a.p.Attachments.Prepare(ctx, attachment.Upload{Owner: attachment.Owner{Kind: funding.ReportOwner, ID: c.ID}, Slot: slot,
		Field: application.FileItem(slot), Label: s.Label, Filename: "票据三张.pdf", Body: bytes.NewReader(paper("票据扫描件（演示）", a.name, "演示文件，内容为虚构，不作任何证明。"))})
	if err != nil {
		return err
	}
	defer prepared.Discard()
	return a.p.Funding.AttachToReport(ctx, by, a.no, slot, prepared)
}

// checked is the clerk's word on a use report.
func (a *grantCase) checked(on civil.Date) {
	a.act(on, 10, "use report checked", func(ctx context.Context) error {
		return a.p.Funding.AcceptReport(ctx, a.p.actors["clerk2"], a.no, 0, once.NewToken())
	})
}

// returned is the unspent money coming back to the fund.
func (p *planter) returned(a *grantCase, on civil.Date) {
	a.act(on, 10, "unspent money back", func(ctx context.Context) error {
		f, err := p.Funding.ReportForm(ctx, p.actors["finance"], a.no)
		if err != nil {
			return err
		}
		return p.Ledger.ReceiveReturn(ctx, p.actors["finance"], ledger.ReturnInput{Token: once.NewToken(), CaseNo: a.no, Amount: f.Report.Unspent,
			VoucherNo: "SH" + strings.TrimPrefix(a.no, "FH-"), Reason: "使用结余退回"})
	})
}
