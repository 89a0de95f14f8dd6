package demo

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"

	"github.com/google/uuid"
)

// hub signs contracts and pays insurance for filed organizations.
const hub = "坪山区社会组织服务中心"

// rosters writes who belongs to the organizations that have accounts of both
// kinds or are legal persons; the others have not begun their roster. The people
// come from a draw of their own, so that all other inventions stay as they are.
func (p *planter) rosters() {
	crew := newDraw(Seed + 1)
	var twice roster.Input // works full-time for two organizations
	for i, r := range cast {
		m := p.orgs[r.key]
		if m.head == "" || m.sameHead != "" || m.clerk == "" && m.basis == filed {
			continue
		}
		people := p.crewOf(m, crew, i)
		switch m.key {
		case "org21":
			twice = people[len(people)-1]
		case "org33":
			twice.JoinedOn = p.today.AddMonths(-2)
			twice.Contracts, twice.Months = nil, nil
			people = append(people, twice)
		}
		rows := make([]roster.Row, len(people))
		for n, in := range people {
			rows[n].Input = in
		}
		p.tell(m, p.workdayBack(3), 10, "roster", func(ctx context.Context) error { return p.plantRoster(ctx, m, rows) })
	}
	p.draw.numbers = append(p.draw.numbers, crew.numbers...)
}

// plantRoster enters a roster and brings the numbers of the profile to it, but
// for one organization, where the page shows that they differ.
func (p *planter) plantRoster(ctx context.Context, m *member, rows []roster.Row) error {
	var counts roster.Counts
	for i := range rows {
		rows[i].OrgID = m.id
	}
	head := p.actors[m.key+"-head"]
	err := p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		out, err := p.Roster.Plant(ctx, tx, now, head, uuid.Nil, rows)
		if err == nil {
			err = complete(out)
		}
		if err != nil {
			return err
		}
		if err := p.plantTrainings(ctx, tx, now, m, rows); err != nil {
			return err
		}
		counts, err = roster.CountsOn(ctx, tx, m.id, p.today)
		return err
	})
	if err != nil || m.key == "org3" {
		return err
	}
	o, err := p.Organizations.Get(ctx, head, m.id)
	if err != nil {
		return err
	}
	return p.Organizations.SaveBasics(ctx, head, organization.Basics{OrgID: m.id, Version: o.Version, Introduction: o.Introduction, ActivityScope: o.ActivityScope, Reach: o.Reach, ServiceTargets: o.ServiceTargets,
		Premises: o.Premises, Members: o.Members, Staff: &counts.Staff, FullTime: &counts.FullTime, SocialWorkers: &counts.SocialWorkers,
		Volunteers: o.Volunteers, PartyOrg: o.PartyOrg, PartyMembers: o.PartyMembers})
}

// plantTrainings gives those with a document a course of before.
func (p *planter) plantTrainings(ctx context.Context, tx postgres.Tx, now time.Time, m *member, rows []roster.Row) error {
	var list []roster.TrainingRow
	for _, r := range rows {
		if r.IDNumber == "" || r.JoinedOn.After(p.today.AddMonths(-3)) {
			continue
		}
		in := roster.TrainingInput{Name: r.Name, IDType: r.IDType, IDNumber: r.IDNumber, Kind: roster.ForStaff, Title: "社区社会组织从业人员项目管理培训",
			HeldOn: p.calendar.OnOrAfter(p.today.AddMonths(-2)).On, Hours: 16, Organizer: "区民政局"}
		if r.Post == roster.President {
			in.Kind, in.Title, in.Hours = roster.ForLeaders, "社区社会组织带头人内部治理培训", 12
		}
		list = append(list, roster.TrainingRow{OrgID: m.id, TrainingInput: in})
	}
	out, err := p.Roster.PlantTrainings(ctx, tx, now, p.actors["clerk2"], uuid.Nil, list)
	if err != nil {
		return err
	}
	return complete(out)
}

// complete fails on what was left out: the script is wrong.
func complete(out []roster.Outcome) error {
	for _, x := range out {
		if err := errs.Fields(x.Faults); err != nil {
			return err
		}
	}
	return nil
}

// crewOf invents the people of one organization: its head, council and
// volunteers, and workers with contract and insurance.
func (p *planter) crewOf(m *member, crew *draw, i int) []roster.Input {
	people := []roster.Input{{Name: m.leader.name, IDType: person.ResidentID, IDNumber: m.leader.residentID, Post: roster.President,
		Education: roster.Educations[2+i%3], JoinedOn: m.born}}
	for n, post := range []roster.Post{roster.VicePresident, roster.Council, roster.Supervisor, roster.PartTime, roster.Volunteer, roster.Volunteer} {
		people = append(people, roster.Input{Name: crew.person().name, Post: post, Education: roster.Educations[1+(i+n)%4], JoinedOn: m.born.AddDays(n * 3)})
	}
	// Somebody who has left.
	gone := &people[len(people)-1]
	gone.LeftOn, gone.LeftReason = p.today.AddMonths(-1), "other"
	workers := 1
	if m.basis == registered {
		workers = 2
	}
	for n := range workers {
		people = append(people, p.workerOf(m, crew.person(), n))
	}
	return people
}

// workerOf is a full-time worker, insured month by month since joining; the
// second of an organization lacks the newest months.
func (p *planter) workerOf(m *member, who someone, n int) roster.Input {
	joined := m.born.AddDays(10 + 20*n)
	in := roster.Input{Name: who.name, IDType: person.ResidentID, IDNumber: who.residentID, Post: roster.Worker, FullTime: true,
		Education: roster.Educations[3-n], Qualification: roster.Qualifications[n%2], JoinedOn: joined}
	payer, unit := roster.Own, ""
	if m.basis == filed {
		payer, unit = roster.Agent, hub
	}
	in.Contracts = []roster.Contract{{Employer: payer, Unit: unit, From: joined, To: joined.AddMonths(36).AddDays(-1)}}
	if in.Contracts[0].To.Before(p.today) { // renewed without an end
		in.Contracts = append(in.Contracts, roster.Contract{Employer: payer, Unit: unit, From: joined.AddMonths(36)})
	}
	last := civil.MonthOf(p.today).Add(-1 - 2*n)
	for month := civil.MonthOf(joined); !month.After(last); month = month.Next() {
		in.Months = append(in.Months, roster.InsuredMonth{Month: month, Payer: payer, Unit: unit})
	}
	return in
}
