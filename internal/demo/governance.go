package demo

import (
	"bytes"
	"context"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
)

// governance writes how the organizations with a head of their own govern
// themselves: most in order, the second without a supervisor, the third with a
// meeting that too few came to, the fourth with no meeting on record.
func (p *planter) governance() {
	for i, r := range cast {
		m := p.orgs[r.key]
		if m.head == "" || i == 3 || m.has(deregistered) || m.has(filingRevoked) {
			continue
		}
		founding := p.calendar.OnOrAfter(m.born.AddDays(3)).On
		if m.kind == organization.Association {
			p.meeting(m, governance.Meeting{Kind: governance.AssemblyMeeting, HeldOn: founding, Expected: 32, Present: 29, Resolutions: "通过章程，选举理事会，共 4 人。赞成 29 票。"})
		}
		recent := p.workdayBack(20 + 9*i)
		if recent.After(founding) {
			came := 5
			if i == 2 {
				came = 3
			}
			p.meeting(m, governance.Meeting{Kind: governance.CouncilMeeting, HeldOn: recent, Expected: 5, Present: came, Resolutions: "审议下半年活动计划和经费安排。"})
		}
		p.elect(m, founding, governance.Chair, m.leader.name)
		p.elect(m, founding, governance.Member, seated(4*i), seated(4*i+1), seated(4*i+2))
		if i != 1 {
			p.elect(m, founding, governance.Supervisor, seated(4*i+3))
		}
	}
}

// seated names the n-th of the invented council members and supervisors.
func seated(n int) string {
	family, given := []rune("丁方石江池汪岑")[n%7], []string{"春来", "静怡", "国栋", "海燕", "建安", "秋月", "志远", "明慧", "长青"}[n%9]
	return string(family) + given
}

// entered is the day on which the head enters what happened on d.
func (p *planter) entered(m *member, d civil.Date) civil.Date {
	if on := p.after(d, 2); on.After(m.recorded) {
		return on
	}
	return p.after(m.recorded, 1)
}

// meeting writes a meeting with its minutes.
func (p *planter) meeting(m *member, in governance.Meeting) {
	in.Place = m.place().name + "社区 201 会议室"
	p.tell(m, p.entered(m, in.HeldOn), 17, "meeting", func(ctx context.Context) error {
		head := p.actors[m.key+"-head"]
		id, err := p.Governance.RecordMeeting(ctx, head, once.NewToken(), in)
		if err != nil {
			return err
		}
		owner, err := p.Governance.Owner(ctx, head, governance.MeetingMinutes, id)
		if err != nil {
			return err
		}
		minutes := paper(m.name, in.Kind.Name()+"纪要", in.HeldOn.Chinese(), in.Resolutions)
		ready, err := p.Attachments.Prepare(ctx, attachment.Upload{Owner: owner, Slot: "file", Label: "会议纪要", Filename: in.Kind.Name() + "纪要.pdf", Body: bytes.NewReader(minutes)})
		if err != nil {
			return err
		}
		defer ready.Discard()
		return p.Governance.Attach(ctx, head, governance.MeetingMinutes, id, ready)
	})
}

func (p *planter) elect(m *member, on civil.Date, post governance.Post, names ...string) {
	p.tell(m, p.entered(m, on), 18, "elected "+string(post), func(ctx context.Context) error {
		return p.Governance.RecordElected(ctx, p.actors[m.key+"-head"], once.NewToken(), governance.Elected{Post: post, Names: names, ElectedOn: on})
	})
}
