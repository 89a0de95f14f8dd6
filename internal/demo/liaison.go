package demo

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
)

// liaisons writes what offices tell and ask each other about an organization that
// a department supervises: a request in every state, support, a warning.
func (p *planter) liaisons() {
	m := p.orgs["org6"]
	street, community := "subdistrict-"+m.place().subdistrict, "community-"+m.place().slug
	p.said(m, community, 18, liaison.Input{Kind: liaison.Remark, Audience: liaison.AllOffices, Text: "走访了助残互助中心，每周二、周四上午照常开放，当天来了十一位居民。"})
	p.said(m, "department", 15, liaison.Input{Kind: liaison.Support, Audience: liaison.TheirsAsWell, Support: "venue", Text: "把区残疾人综合服务中心二楼活动室借给组织使用，每周两个半天，免场租。"})
	amount := money.Fen(3_000_00)
	p.said(m, street, 12, liaison.Input{Kind: liaison.Support, Audience: liaison.AllOffices, Support: "money", Amount: &amount, Text: "从街道民生微实事里给组织购置两台助行器，已经交付。"})
	p.said(m, "clerk", 9, liaison.Input{Kind: liaison.Request, Audience: liaison.AllOffices, To: "department/disabled", Days: 3, Text: "组织今年有没有承接残联的购买服务，金额多少，用在哪里。"})
	p.said(m, street, 6, liaison.Input{Kind: liaison.Request, Audience: liaison.AllOffices, To: "bureau", Days: 10, Text: "组织问换届以后章程要不要重新备案，请民政局明确口径。"})
	p.said(m, community, 4, liaison.Input{Kind: liaison.Risk, Audience: liaison.AllOffices, Text: "财务由负责人一个人经手，没有第二个人复核。建议年检时重点看财务制度。"})
	p.said(m, street, 3, liaison.Input{Kind: liaison.Request, Audience: liaison.TheirsAsWell, To: "department/disabled", Days: 5, Text: "明年的场地还能不能继续借，请在年底前答复，方便组织排活动。"})
	p.replied(m, street, 5, "章程修改的，报原备案的街道备案；只换人不改章程的，报换届结果就可以。")
	p.twice(m)
}

// said writes one entry, back working days ago.
func (p *planter) said(m *member, by string, back int, in liaison.Input) {
	p.tell(m, p.workdayBack(back), 16, "liaison "+string(in.Kind), func(ctx context.Context) error {
		in.OrgID, in.Token = m.id, once.NewToken()
		if in.Kind == liaison.Remark || in.Kind == liaison.Risk {
			body := paper(in.Kind.Name()+"（演示）", m.name, in.Text, "", "演示文件，内容为虚构，不作任何证明。")
			err := p.Liaison.Receive(ctx, p.actors[by], in.Token, attachment.Upload{Label: "附件", Filename: in.Kind.Name() + "说明.pdf", Body: bytes.NewReader(body)})
			if err != nil {
				return err
			}
		}
		return p.Liaison.Write(ctx, p.actors[by], in)
	})
}

// replied answers what one office asked the bureau.
func (p *planter) replied(m *member, asked string, back int, text string) {
	p.tell(m, p.workdayBack(back), 17, "liaison answer", func(ctx context.Context) error {
		waiting, err := p.Liaison.Requests(ctx, p.actors["clerk"], liaison.Waiting, "", 10)
		if err != nil {
			return err
		}
		for _, a := range waiting.Items {
			if a.OrgID == m.id {
				return p.Liaison.Answer(ctx, p.actors["clerk"], liaison.Reply{Token: once.NewToken(), OrgID: m.id, Entry: a.ID, Version: 1, Audience: liaison.AllOffices, Text: text})
			}
		}
		return nil
	})
}

// twice records an organization a second time, under the other form of its name:
// what the page of possible duplicates is for.
func (p *planter) twice(m *member) {
	r := m.registration
	p.tell(m, p.workdayBack(8), 9, "recorded twice", func(ctx context.Context) error {
		return p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
			again := r
			again.Name, again.Basis, again.USCC, again.RegisteredCapital = "坪山区碧岭社区助残互助服务中心", organization.Filed, "", nil
			again.FilingNo, again.EstablishedOn, again.Registrar = fmt.Sprintf("坪社备〔%d〕第9006号", p.today.Year), civil.On(now).AddDays(-20), "碧岭街道办事处"
			again.Accept = []string{"similar_name", "head_of_many", "division"}
			_, err := p.Organizations.Plant(ctx, tx, now, p.actors["subdistrict-"+m.place().subdistrict], again, true)
			return err
		})
	})
}
