package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// merged records an organization a second time, as another desk did when its name
// had 服务 in it, lets that record gather a life of its own and merges it into the
// first: every list of the organization shows whose rows are whose.
func (p *planter) merged() {
	m := p.orgs["org51"]
	street := "subdistrict-" + m.place().subdistrict
	var again uuid.UUID // the other record, once it is there
	p.tell(m, p.workdayBack(30), 9, "recorded again", func(ctx context.Context) error {
		return p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			in := m.registration
			in.Name, in.FilingNo = m.place().name+"社区护林服务队", fmt.Sprintf("坪社备〔%d〕第9007号", m.born.Year)
			in.Accept = organization.WarningCodes
			again, err = p.Organizations.Plant(ctx, tx, now, p.actors[street], in, true)
			return err
		})
	})
	p.tell(m, p.workdayBack(24), 10, "life under the other record", func(ctx context.Context) error { return p.liveAs(ctx, m, again, street) })
	p.tell(m, p.workdayBack(10), 9, "merge proposed", func(ctx context.Context) error {
		return p.proposeMerge(ctx, p.actors[street], m.id, again)
	})
	p.tell(m, p.workdayBack(9), 16, "merge confirmed", func(ctx context.Context) error {
		c, err := p.Organizations.Compare(ctx, p.actors["reviewer"], m.id, again)
		if err != nil {
			return err
		}
		return p.Organizations.Confirm(ctx, p.actors["reviewer"], c.Merge.ID, c.Merge.Version)
	})
}

// liveAs enters under another record of m what its head and the street entered
// there: a meeting, two council members, an activity and a system.
func (p *planter) liveAs(ctx context.Context, m *member, id uuid.UUID, street string) error {
	head := p.actors[m.key+"-head"]
	head.OrgID = id
	day := func(back int) civil.Date { return p.workdayBack(back) }
	_, met := p.Governance.RecordMeeting(ctx, head, once.NewToken(), governance.Meeting{Kind: governance.CouncilMeeting, HeldOn: day(40), Place: m.place().name + "社区 201 会议室",
		Expected: 5, Present: 5, Resolutions: "商定雨季巡山的分组和带队人，全票通过。"})
	elected := p.Governance.RecordElected(ctx, head, once.NewToken(), governance.Elected{Post: governance.Member, Names: []string{m.leader.name, "古山青"}, ElectedOn: day(40)})
	held := p.Organizations.RecordActivity(ctx, p.actors[street], organization.ActivityInput{Token: once.NewToken(), OrgID: id, Title: "护林防火巡山", HeldOn: day(35), Place: "马峦山郊野公园",
		CommunityCode: m.registration.CommunityCode, Participants: 26, Volunteers: 18, Summary: "十八位义工分三组沿登山道巡查，劝导用火，清理枯枝和垃圾十二袋。"})
	filed := p.Organizations.FileSystem(ctx, p.actors[street], organization.SystemInput{Token: once.NewToken(), OrgID: id, Kind: organization.Personnel, Title: "护林队员管理办法",
		AdoptedOn: day(45), FiledOn: day(40)})
	return errors.Join(met, elected, held, filed)
}

func (p *planter) proposeMerge(ctx context.Context, by authz.Actor, keep, absorb uuid.UUID) error {
	c, err := p.Organizations.Compare(ctx, by, keep, absorb)
	if err != nil {
		return err
	}
	k, kept := p.Organizations.Get(ctx, by, keep)
	a, gone := p.Organizations.Get(ctx, by, absorb)
	if err := errors.Join(kept, gone); err != nil {
		return err
	}
	return p.Organizations.Propose(ctx, by, organization.Proposal{Token: once.NewToken(), Keep: keep, Absorb: absorb, KeepVersion: k.Version, AbsorbVersion: a.Version,
		PairVersion: c.Version, Reason: "街道清理台账时发现，同一支护林队换届后又备案了一次。"})
}
