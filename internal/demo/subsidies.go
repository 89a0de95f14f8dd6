package demo

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

// occasion is an activity that costs are claimed for, or that was told of before.
type occasion struct {
	key, title, theme, place, target string
	people, helpers, hours           int
	did                              string
	spent                            []spent
	other                            money.Fen // paid by a sponsor
}

// spent is one receipt.
type spent struct {
	kind, item string
	yuan       money.Fen
}

// subsidies writes claims for activities, each in a state of its own, and what was
// told of before. Days are working days back from today, as in stories.
func (p *planter) subsidies() {
	day, rng := p.workdayBack, rand.New(rand.NewPCG(Seed, 3))
	p.plans()
	claim := func(key string) *claimCase { return p.claimFor(key, rng) }

	p.begun(claim("org20"), day(4))
	p.unsigned(claim("org12"), day(1))
	claim("org28").submitted(day(2)) // at the community
	c := claim("org9")               // at the subdistrict
	c.submitted(day(4))
	c.opined(day(2), p.communityOf, casework.Support, "活动在古树公园办的，居民来得多，同意。")
	c = claim("org52") // to be accepted
	c.submitted(day(6))
	c.supported(day(5), day(3))
	c = claim("org11") // in correction
	c.submitted(day(12))
	c.supported(day(10), day(8))
	c.returned(day(2), casework.Flaw{Field: "file:" + activity.SignInSlot, Reason: "签到表只有二十六人，和填写的参加人数不一致，请补第二页"},
		casework.Flaw{Field: "cost", Reason: "第 2 行写明讲师姓名和课时"})

	reviewed := func(key string, back int) *claimCase {
		c := claim(key)
		c.submitted(day(back + 10))
		c.takenIn(back)
		return c
	}
	reviewed("org32", 0)                  // in review: two stars give more
	reviewed("org53", 1).endorsed(day(1)) // to be signed
	signed := func(key string, back int) *claimCase {
		c := reviewed(key, back)
		c.endorsed(day(back))
		c.signed(day(back - 1))
		p.announced(day(back-3), c.grantCase)
		return c
	}
	signed("org14", 5)                                // in a running notice
	signed("org54", 14)                               // to be paid
	p.settled(signed("org51", 30).grantCase, day(19)) // paid, and by that closed
	p.doubled(reviewed("org48", 20), day(20))
	c = claim("org10")
	c.submitted(day(7))
	c.act(day(6), 9, "withdrawal", func(ctx context.Context) error {
		return p.Applications.Withdraw(ctx, c.headActor(), c.no, 0, "场地票据开错了抬头，换好以后重新申请", once.NewToken())
	})
}

var occasions = []occasion{
	{"org20", "腊肠换故事敬老会", "hardship", "老坑社区长者服务站", "七十岁以上的老人", 42, 9, 27, "老人讲老坑的旧事，学生记下来，装订成册。",
		[]spent{{"material", "食材和餐具", 1_180}, {"publicity", "故事册印刷 60 本", 960}}, 0},
	{"org12", "乐龄健步走", "neighbours", "田心社区绿道", "六十岁以上的居民", 58, 12, 36, "沿绿道走三公里，社康医生在终点量血压。",
		[]spent{{"volunteer", "义工保险和饮水", 640}, {"material", "马甲和号码布", 1_320}, {"lecturer", "社康医生讲座", 600}}, 0},
	{"org28", "百人棋局邻里赛", "civic", "碧岭社区文化广场", "社区居民", 96, 10, 40, "九十六人下了四轮，老少同台，输赢都有凉茶。",
		[]spent{{"equipment", "棋盘棋子 24 副", 1_440}, {"venue", "广场桌椅租用", 1_200}}, 0},
	{"org9", "给古树挂牌", "waste", "金龟社区古树公园", "亲子家庭", 64, 14, 42, "给三十一棵古树量胸径、挂二维码牌，孩子们认养了十二棵。",
		[]spent{{"material", "铭牌和工具", 2_350}, {"volunteer", "义工保险和交通", 720}}, 500 * money.Yuan},
	{"org52", "老人机不求人", "neighbours", "南布社区党群服务中心", "社区老人", 37, 11, 44, "一对一教老人用手机挂号、打车、防诈骗。",
		[]spent{{"lecturer", "讲师课酬两课时", 1_000}, {"material", "大字操作卡", 480}}, 0},
	{"org11", "科普夜市", "local", "田头社区市民广场", "社区家庭", 52, 9, 31, "六个摊位做小实验，孩子集章换科普书。",
		[]spent{{"material", "实验材料包", 1_860}, {"lecturer", "讲师课酬", 1_200}, {"venue", "帐篷和电源租用", 900}}, 0},
	{"org32", "社区减压夜谈会", "women", "沙湖社区心理驿站", "新手妈妈和照护者", 33, 6, 18, "四位咨询师带三个小组，现场预约后续辅导二十一人次。",
		[]spent{{"lecturer", "咨询师课酬四人", 2_400}, {"material", "手册和茶点", 780}}, 0},
	{"org53", "六和老照片展", "local", "六和社区文化长廊", "社区居民", 120, 8, 48, "征集老照片一百八十张，请老街坊当讲解员。",
		[]spent{{"publicity", "展板喷绘", 3_600}, {"venue", "展架租用", 1_500}}, 0},
	{"org14", "送福到家写春联", "civic", "秀新社区党群服务中心", "社区居民和外来工", 85, 10, 30, "写了三百多副春联，给独居老人送上门。",
		[]spent{{"material", "纸墨和对联纸", 1_620}}, 0},
	{"org54", "楼栋议事开放日", "governance", "金沙社区议事厅", "业主和租户", 46, 7, 21, "议了电动车充电和噪音两件事，形成公约草案。",
		[]spent{{"publicity", "海报和公约印制", 820}, {"lecturer", "主持人培训", 900}}, 0},
	{"org51", "护林防火进校园", "safety", "马峦小学操场", "小学生和家长", 150, 16, 64, "演示风力灭火机，孩子们画防火海报一百二十张。",
		[]spent{{"equipment", "灭火拍和水枪", 2_900}, {"material", "画材", 1_260}, {"volunteer", "义工保险和交通", 780}}, 0},
	{"org48", "棋童敬老表演赛", "family", "和平社区长者食堂", "老人和孩子", 40, 6, 18, "孩子和老人结对下指导棋，赠送纪念扇。",
		[]spent{{"material", "纪念扇和棋具", 1_380}, {"venue", "食堂场地", 400}}, 0},
	{"org10", "凉帽编织公开课", "local", "石井社区祠堂", "社区妇女", 28, 5, 15, "两位传习人教编帽檐，二十八人做出了自己的第一顶。",
		[]spent{{"material", "竹篾和纱布", 980}, {"lecturer", "传习人课酬", 800}}, 0},
}

// claimCase is a claim of the script.
type claimCase struct {
	*grantCase
	occasion
	held  civil.Date
	first int // number of its first receipt
	rng   *rand.Rand
}

func (p *planter) claimFor(key string, rng *rand.Rand) *claimCase {
	i := slices.IndexFunc(occasions, func(o occasion) bool { return o.key == key })
	return p.claimOf(occasions[i], rng)
}

func (p *planter) claimOf(o occasion, rng *rand.Rand) *claimCase {
	c := &claimCase{grantCase: &grantCase{member: p.orgs[o.key], p: p, programme: activity.Programme{}}, occasion: o, rng: rng, first: p.receipts + 1}
	p.receipts += len(c.spent)
	return c
}

// heldBefore puts the activity on the last Saturday but a week before the claim.
func (c *claimCase) heldBefore(on civil.Date) { c.held = on.AddDays(-7 - (int(on.Weekday())+1)%7) }

// submitted writes the scenes from the first word to the signature, on one evening
// and the next morning.
func (c *claimCase) submitted(on civil.Date) {
	c.heldBefore(c.p.before(on, 1))
	c.written(c.p.before(on, 1), c.headActor)
	c.act(on, 9, "claim signed", c.submit)
}

// written fills a claim in and hands in its papers.
func (c *claimCase) written(on civil.Date, by func() authz.Actor) {
	c.act(on, 19, "claim", func(ctx context.Context) error {
		if err := c.open(ctx, by()); err != nil {
			return err
		}
		for _, s := range []string{"organization", "event", "people", "costs", "payee"} {
			if err := c.save(ctx, by(), s); err != nil {
				return err
			}
		}
		return c.handIn(ctx, by())
	})
}

func (c *claimCase) save(ctx context.Context, by authz.Actor, section string) error {
	_, err := c.p.Applications.Save(ctx, by, c.no, section, 0, c.typed(section))
	return err
}

// typed returns what a section of the form holds.
func (c *claimCase) typed(section string) url.Values {
	v := url.Values{}
	set := func(pairs ...string) {
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	switch section {
	case "organization":
		set("contact_name", c.leader.name, "contact_mobile", c.leader.mobile)
	case "event":
		set("title", c.title, "theme", c.theme, "held_on", c.held.String(), "starts", "09:30", "ends", "11:30", "community", c.registration.CommunityCode, "place", c.occasion.place)
	case "people":
		set("target", c.target, "participants", fmt.Sprint(c.people), "volunteers", fmt.Sprint(c.helpers), "hours", fmt.Sprint(c.hours), "minors", "none",
			"summary", c.did+fmt.Sprintf("参加 %d 人，义工 %d 人，不收费。", c.people, c.helpers))
	case "costs":
		return c.costs()
	case "payee":
		set("payee", c.payee.String())
	}
	return v
}

func (c *claimCase) costs() url.Values {
	v, sum := url.Values{}, money.Fen(0)
	for i, s := range c.spent {
		paid := s.yuan * money.Yuan
		sum += paid
		for part, value := range map[receipt.Part]string{
			receipt.PartKind: string(receipt.VATDigital), receipt.PartNumber: fmt.Sprintf("264403%014d", 9_000_000+c.first+i), receipt.PartIssuedOn: c.held.AddDays(-3 - i).String(),
			receipt.PartSeller: "示例商贸（演示）有限公司", receipt.PartTotal: paid.String(), receipt.PartCategory: s.kind, receipt.PartItem: s.item, receipt.PartAmount: paid.String(),
		} {
			v.Set(activity.CostControl(i+1, part), value)
		}
	}
	if c.other > 0 {
		v.Set("other", c.other.String())
		v.Set("other_source", "社区商户赞助")
	}
	v.Set("amount", ((sum - c.other) * 7 / 10).String())
	return v
}

// handIn gives a claim its papers and three pictures.
func (c *claimCase) handIn(ctx context.Context, by authz.Actor) error {
	slots := []string{activity.PlanSlot, activity.SummarySlot, activity.SignInSlot, activity.ReceiptsSlot}
	if c.basis == filed {
		slots = append(slots, "authorization")
	}
	for _, slot := range slots {
		label := c.programme.SlotName(slot)
		body := paper(label+"（演示）", c.name, c.title+"，"+c.held.Chinese(), c.did, fmt.Sprintf("参加 %d 人", c.people), "演示文件，内容为虚构，不作任何证明。")
		if err := c.attachOne(ctx, by, slot, file{label + ".pdf", body}); err != nil {
			return err
		}
	}
	for i := range 3 {
		if err := c.attachOne(ctx, by, activity.PhotoSlot, file{fmt.Sprintf("%s %d.jpg", c.title, i+1), photo(c.rng)}); err != nil {
			return err
		}
	}
	return nil
}

// begun is a draft that is half filled in.
func (p *planter) begun(c *claimCase, on civil.Date) {
	c.heldBefore(on)
	c.act(on, 20, "claim begun", func(ctx context.Context) error {
		if err := c.open(ctx, c.headActor()); err != nil {
			return err
		}
		for _, s := range []string{"organization", "event"} {
			if err := c.save(ctx, c.headActor(), s); err != nil {
				return err
			}
		}
		return nil
	})
}

// unsigned is complete, by the clerk; the head has to sign.
func (p *planter) unsigned(c *claimCase, on civil.Date) {
	c.heldBefore(on)
	c.written(on, func() authz.Actor { return p.actors[c.grantCase.key+"-clerk"] })
}

// doubled is a claim that is not supported: somebody else's money paid for it.
func (p *planter) doubled(c *claimCase, on civil.Date) {
	c.act(on, 10, "review", func(ctx context.Context) error {
		return p.Funding.Propose(ctx, p.actors["reviewer"], c.no, 0, funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "double",
			Reason: "社区党群经费已经支付了这次活动的全部物料和场地，有记账凭证，同一支出不能再补贴。"}, once.NewToken())
	})
	c.act(p.after(on, 2), 11, "signature", func(ctx context.Context) error {
		return p.Funding.Decline(ctx, p.actors["leader"], c.no, 0, once.NewToken())
	})
}

// plans are activities told of before: one that nobody looked at yet, one that the
// community has seen, two that both have, of which one is over, and one taken back.
func (p *planter) plans() {
	told := func(key, title, theme, place string, ahead, back int, open string) *string {
		m := p.orgs[key]
		id := new(string)
		p.tell(m, p.workdayBack(back), 10, "plan told", func(ctx context.Context) error {
			made, err := p.Activities.FilePlan(ctx, p.actors[key+"-head"], once.NewToken(), url.Values{"title": {title}, "theme": {theme}, "held_on": {p.today.AddDays(ahead).String()},
				"starts": {"14:30"}, "ends": {"16:30"}, "community": {m.registration.CommunityCode}, "place": {place}, "target": {"社区居民"}, "expected": {"60"},
				"budget": {"2600"}, "intro": {strings.TrimSuffix(title, "日") + "：现场分六个点位，义工带着居民做，雨天改到室内。"}, "open": {open}})
			*id = made.String()
			return err
		})
		return id
	}
	noted := func(key string, id *string, back, version int, by func(*member) authz.Actor, note string) {
		p.tell(p.orgs[key], p.workdayBack(back), 15, "plan noted", func(ctx context.Context) error {
			return p.Activities.NotePlan(ctx, by(p.orgs[key]), uuid.MustParse(*id), version, note, once.NewToken())
		})
	}
	told("org19", "楼道分类督导日", "waste", "竹坑社区 3 栋架空层", 12, 1, "yes")
	id := told("org1", "银龄磨刀修伞日", "neighbours", "六联社区党群服务中心门前", 9, 3, "yes")
	noted("org1", id, 2, 1, p.communityOf, "门前停车位当天上午会清空，物料可以提前一天放进来。")
	id = told("org27", "登山步道急救演练", "safety", "马峦山郊野公园入口", 15, 5, "no")
	noted("org27", id, 4, 1, p.communityOf, "")
	noted("org27", id, 3, 2, p.subdistrictOf, "请同时报公园管理处，山上信号弱，带对讲机。")
	id = told("org4", "旧电池换绿植", "waste", "江岭社区中心广场", -6, 12, "yes") // over: what can be claimed for now
	noted("org4", id, 11, 1, p.communityOf, "")
	noted("org4", id, 10, 2, p.subdistrictOf, "")
	id = told("org16", "劳动仲裁模拟庭", "governance", "沙田社区调解室", 8, 6, "yes")
	p.tell(p.orgs["org16"], p.workdayBack(2), 16, "plan taken back", func(ctx context.Context) error {
		return p.Activities.WithdrawPlan(ctx, p.actors["org16-head"], uuid.MustParse(*id), 1, "律师当天要出庭，改到下个月", once.NewToken())
	})
}
