package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/event"
	"civilaffairs/internal/once"
	"civilaffairs/internal/sampling"
)

// outing is an activity in the script, days from today.
type outing struct {
	key, title, where, audience, intro string
	theme                              event.Theme
	days                               int
	from, until                        event.Clock
	expected, wanted                   int
}

// outings are what organizations announced. The first two have everything: hours,
// pictures, volunteers.
var outings = []outing{
	{"org1", "银龄理发日", "六联社区党群服务中心一楼", "七十岁以上的老人", "请社区的理发师傅给老人免费理发，等候时量血压、测血糖。行动不便的，志愿者上门接送。", "hardship", -12, 9 * 60, 11*60 + 30, 40, 6},
	{"org1", "一起包饺子", "六联社区长者食堂", "独居老人和邻居", "一起包饺子、吃饺子，给出不了门的老人送去热饺子。", "neighbours", 6, 14 * 60, 17 * 60, 60, 8},
	{"org2", "楼道清理互助日", "坪环社区 5 栋至 9 栋", "老旧楼栋的居民", "清走楼道里的旧物，检查消防通道，旧物现场分拣回收。", "safety", -8, 8*60 + 30, 11 * 60, 35, 5},
	{"org3", "青苗课后自习室", "沙坣社区少年宫教室", "双职工家庭的孩子", "放学以后有社工和大学生陪着写作业，家长下班来接。", "family", 2, 16*60 + 30, 18*60 + 30, 20, 3},
	{"org4", "垃圾分类进楼道", "江岭社区中心广场", "社区居民", "摆摊讲分类，用旧电池换绿植，孩子们玩分类投篮。", "waste", 4, 9 * 60, 11*60 + 30, 80, 10},
	{"org4", "河道巡护", "坪山河江岭段", "志愿者", "沿河捡拾垃圾，记录排口情况，交给街道河长办。", "waste", 11, 8 * 60, 10*60 + 30, 30, 12},
	{"org5", "客家山歌会", "马峦社区文化广场", "社区居民", "唱客家山歌，教孩子们学童谣。天热备有凉茶。", "local", 9, 19 * 60, 21 * 60, 120, 4},
	{"org6", "助残就业说明会", "碧岭社区活动室", "残疾人和家属", "请企业来讲岗位和工作方式，现场填登记表。", "hardship", 4, 14*60 + 30, 16*60 + 30, 25, 2},
	{"org8", "邻里节百家宴", "沙湖社区老榕树广场", "新老居民", "一家出一个菜，坐下来认识邻居。", "neighbours", 18, 17 * 60, 20 * 60, 150, 15},
}

// events writes activities that are announced, held and cancelled, volunteers in
// every state, hours, pictures, and a request to take one down.
func (p *planter) events() {
	rng := rand.New(rand.NewPCG(Seed, 2))
	for i, o := range outings {
		m := p.orgs[o.key]
		head := func() string { return o.key + "-head" }
		var no string
		day := p.today.AddDays(o.days)
		announced := p.workdayBack(3 + i)
		if o.days < 0 {
			announced = p.before(day, 6)
		}
		p.tell(m, announced, 9, "event announced", func(ctx context.Context) (err error) {
			no, err = p.announce(ctx, m, o, day)
			return err
		})
		if o.days < 0 {
			p.tell(m, p.after(day, 1), 9, "event held", func(ctx context.Context) error {
				return p.Events.Hold(ctx, p.actors[head()], no, 2, event.Result{Participants: o.expected - 4, Volunteers: 3, SocialWorkers: 1, Summary: fmt.Sprintf("来了 %d 位居民，比预计的少几位。现场收到三条建议，已经转给社区。", o.expected-4)})
			})
			p.helped(m, func() string { return no })
			for n, minors := range []event.Minors{event.NoMinors, event.Consented, event.Unsure} {
				picture := photo(rng)
				caption := []string{"居民在现场排队等候，约二十人", "孩子们和老人一起布置场地", "活动结束时大家的合影"}[n]
				p.tell(m, p.after(day, 1), 16, "picture", func(ctx context.Context) error { return p.pictured(ctx, m, no, caption, picture, minors) })
			}
		}
	}
	p.call("org1", "周末上午能来的，会理发、会量血压的最好。长期招。", 30)
	p.call("org4", "喜欢户外、能走两公里的，每月第二个周六集合。", 25)
	p.tell(p.orgs["org5"], p.workdayBack(2), 9, "event cancelled", func(ctx context.Context) error {
		no, err := p.announce(ctx, p.orgs["org5"], outing{title: "露天电影夜", theme: "local", from: 19 * 60, until: 21 * 60, where: "马峦社区文化广场", audience: "社区居民", intro: "放一场老电影，自带小板凳。", expected: 80}, p.today.AddDays(3))
		if err != nil {
			return err
		}
		return p.Events.Cancel(ctx, p.actors["org5-head"], no, 2, "场地要检修，改到下个月")
	})
	p.tell(p.orgs["org1"], p.workdayBack(1), 17, "event drafted", func(ctx context.Context) error {
		_, err := p.Events.Create(ctx, p.actors["org1-head"], once.NewToken(), event.Input{Title: "迎新年写春联", Theme: "local", From: event.Unset, Until: event.Unset})
		return err
	})
	p.objectedPicture()
	p.samples()
}

// announce puts an activity on the calendar.
func (p *planter) announce(ctx context.Context, m *member, o outing, day civil.Date) (string, error) {
	head := p.actors[m.key+"-head"]
	no, err := p.Events.Create(ctx, head, once.NewToken(), event.Input{Title: o.title, Theme: o.theme, Day: day, From: o.from, Until: o.until, Place: o.where,
		CommunityCode: m.registration.CommunityCode, Audience: o.audience, Intro: o.intro, Expected: &o.expected, Wanted: o.wanted})
	if err != nil {
		return "", err
	}
	return no, p.Events.Publish(ctx, head, no, 1)
}

// call opens an organization to volunteers, and residents answer: two are
// volunteers, one waits, one was not taken.
func (p *planter) call(key, text string, back int) {
	m := p.orgs[key]
	head := func() string { return key + "-head" }
	p.tell(m, p.workdayBack(back), 10, "call", func(ctx context.Context) error { return p.Events.SaveCall(ctx, p.actors[head()], 0, true, text) })
	for n, note := range []string{"会理发，周末上午有空。", "退休护士，可以量血压。", "大学生，寒假在家。", "想给孩子找志愿服务的时长证明。"} {
		p.tell(m, p.workdayBack(back-1-n), 20, "volunteer", func(ctx context.Context) error {
			_, err := p.Events.Apply(ctx, event.Application{Token: once.NewToken(), OrgID: m.id, Name: seated(60 + 5*n + len(key+text)%7), Mobile: fmt.Sprintf("1390000%04d", 1000*(len(text)%9)+n), Note: note, Age: "adult", Consent: true})
			if err != nil || n == 2 {
				return err
			}
			page, err := p.Events.Volunteers(ctx, p.actors[head()], event.Waiting, "", 1)
			if err != nil {
				return err
			}
			v := page.List[0]
			if n == 3 {
				return p.Events.Decline(ctx, p.actors[head()], v.ID, v.Version, "不能只开证明，来服务才记时长")
			}
			return p.Events.Confirm(ctx, p.actors[head()], v.ID, v.Version)
		})
	}
}

// helped records the hours of everybody who could help at an activity.
func (p *planter) helped(m *member, no func() string) {
	p.tell(m, p.workdayBack(2), 15, "hours", func(ctx context.Context) error {
		head := p.actors[m.key+"-head"]
		e, list, _, err := p.Events.Helpers(ctx, head, no())
		if err != nil || len(list) == 0 {
			return err
		}
		var who []string
		for _, h := range list {
			who = append(who, h.Key)
		}
		return p.Events.RecordHours(ctx, head, once.NewToken(), e.No, who, event.Span{From: e.From, Until: e.Until})
	})
}

// pictured adds a picture and releases it.
func (p *planter) pictured(ctx context.Context, m *member, no, caption string, content []byte, minors event.Minors) error {
	head := p.actors[m.key+"-head"]
	owner, err := p.Events.PictureOwner(ctx, head, no)
	if err != nil {
		return err
	}
	ready, err := p.Attachments.Prepare(ctx, attachment.Upload{Owner: owner, Slot: event.Slot, Label: "照片", Filename: "活动照片.jpg", Body: bytes.NewReader(content)})
	if err != nil {
		return err
	}
	defer ready.Discard()
	if err := p.Events.AddPicture(ctx, head, no, caption, ready); err != nil {
		return err
	}
	d, err := p.Events.MineOne(ctx, head, no)
	if err != nil {
		return err
	}
	x := d.Pictures[len(d.Pictures)-1]
	return p.Events.Release(ctx, head, no, x.ID, x.Version, minors, minors != event.Unsure)
}

// objectedPicture is one that a guardian asks to be taken down, yesterday.
func (p *planter) objectedPicture() {
	p.tell(p.orgs["org2"], p.workdayBack(1), 11, "picture asked down", func(ctx context.Context) error {
		page, err := p.Events.Mine(ctx, p.actors["org2-head"], "", 1)
		if err != nil {
			return err
		}
		d, err := p.Events.Read(ctx, page.Events[0].No)
		if err != nil {
			return err
		}
		for _, x := range d.Pictures {
			if strings.Contains(x.Caption, "孩子") {
				_, err = p.Events.AskRemoval(ctx, event.Asking{Token: once.NewToken(), EventNo: d.No, Picture: x.ID, Relation: "guardian", Reason: "左边的孩子是我家的，没有问过我们同不同意放照片。", Phone: "13900000009"})
			}
		}
		return err
	})
}

// samples are a list drawn, drawn again with the reason, and one that waits.
func (p *planter) samples() {
	half := p.opening.AddDays(history / 2)
	frozen := func(in sampling.Input, back int, draw bool) {
		p.on(p.workdayBack(back), 9, "sample", func(ctx context.Context) error {
			in.Token = once.NewToken()
			if in.Why != "" {
				page, err := p.Sampling.Lists(ctx, "", 1)
				if err != nil {
					return err
				}
				in.Redraw = page.Lists[0].No
			}
			no, err := p.Sampling.Freeze(ctx, p.actors["clerk"], in)
			if err != nil || !draw {
				return err
			}
			return p.Sampling.Draw(ctx, p.actors["reviewer"], no, 1)
		})
	}
	first := sampling.Input{Kind: "startup", From: p.opening, To: half}
	frozen(first, 14, true)
	first.Why = "抽中的一个组织已经合并，没有现场可以检查"
	frozen(first, 13, true)
	frozen(sampling.Input{Kind: "startup", From: half.AddDays(1), To: p.workdayBack(6)}, 4, false)
}
