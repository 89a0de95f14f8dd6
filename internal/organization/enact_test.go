package organization_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func (b bench) tx(t *testing.T, fn func(tx postgres.Tx, now time.Time) error) {
	t.Helper()
	if err := b.db.App.InTx(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// Whatever was approved in whatever order: on every past day the facts are those
// that had been approved by then.
func TestFactsOnAnyDayAreWhatWasApprovedByThen(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	r := rand.New(rand.NewPCG(4, 20261125))
	type state struct{ name, address, scope, unit, category string }
	on := civil.Of(2026, 5, 23)
	now := state{filed("01").Name, filed("01").Address, "", "", "welfare"}
	known := map[civil.Date]state{on: now}
	for i := range 25 {
		on = on.AddDays(r.IntN(4)) // some on one day
		b.db.SetNow(t, on.Start().Add(10*time.Hour))
		o := b.record(t, b.clerk, id).Organization
		in := organization.Revision{OrgID: id, EffectiveOn: on, Reason: fmt.Sprintf("变更核准第 %d 号", i), Registration: organization.RegistrationOf(o)}
		for range 1 + r.IntN(3) {
			switch r.IntN(5) {
			case 0:
				now.name = fmt.Sprintf("六联社区第%d互助会", i+100)
				in.Name = now.name
			case 1:
				now.address = fmt.Sprintf("六联路 %d 号", i)
				in.Address = now.address
			case 2:
				now.scope = fmt.Sprintf("社区互助服务第 %d 版", i)
				in.BusinessScope = now.scope
			case 3:
				now.unit = fmt.Sprintf("第%d指导单位", i)
				in.SupervisingUnit = now.unit
			case 4:
				c := organization.Categories[r.IntN(6)]
				now.category, in.Category = string(c), c
			}
		}
		b.tx(t, func(tx postgres.Tx, at time.Time) error { return b.Enact(t.Context(), tx, at, b.clerk, in) })
		known[on] = now
	}
	was := known[civil.Of(2026, 5, 23)]
	for day := civil.Of(2026, 5, 23); !day.After(on); day = day.AddDays(1) {
		if s, changed := known[day]; changed {
			was = s
		}
		f := b.facts(t, id, day)
		if got := (state{f.Name, f.Address, f.BusinessScope, f.SupervisingUnit, string(f.Category)}); got != was {
			t.Fatalf("%s: facts %+v, approved by then %+v", day, got, was)
		}
	}
}

// A successor has what its predecessors had, theirs included, and is as old as
// the oldest; before the merger it has only its own.
func TestASuccessorKeepsTheHistory(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	old := filed("01")
	old.EstablishedOn = civil.Of(2019, 3, 1)
	first, second, third := b.register(t, old), b.register(t, filed("02")), b.register(t, accepting(filed("03")))
	grant := organization.GrantInput{Token: filed("09").Token, OrgID: first, Programme: organization.Startup, Title: "启动扶持",
		AwardedOn: civil.Of(2020, 1, 5), Amount: 5000 * money.Yuan}
	if err := b.RecordGrant(t.Context(), b.clerk, grant); err != nil {
		t.Fatal(err)
	}
	merge := func(successor, predecessor uuid.UUID, on civil.Date) error {
		return b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
			return b.Succeed(t.Context(), tx, now, b.clerk, organization.Succession{Successor: successor, Predecessors: []uuid.UUID{predecessor},
				Kind: organization.Absorption, On: on, Reason: "合并核准 HB-2026-0001"})
		})
	}
	if err := merge(second, first, civil.Of(2026, 11, 1)); err != nil {
		t.Fatal(err)
	}
	if err := merge(third, second, civil.Of(2026, 11, 20)); err != nil {
		t.Fatal(err)
	}
	wantKind(t, merge(third, first, civil.Of(2026, 11, 21)), errs.Conflict) // taken over once

	f := b.facts(t, third, today)
	if len(f.GrantsOf(organization.Startup)) != 1 || f.EstablishedOn != old.EstablishedOn || f.Origin != organization.OriginMerge || len(f.Predecessors) != 2 {
		t.Errorf("after both mergers: %d grants, established %s, origin %s, %d predecessors", len(f.Grants), f.EstablishedOn, f.Origin, len(f.Predecessors))
	}
	f = b.facts(t, third, civil.Of(2026, 11, 19))
	if len(f.Grants) != 0 || f.EstablishedOn != filed("03").EstablishedOn || f.Origin != organization.OriginNew {
		t.Errorf("before: %d grants, established %s, origin %s", len(f.Grants), f.EstablishedOn, f.Origin)
	}
	if o := b.record(t, b.clerk, first); o.Status != organization.Deregistered || o.StatusSince != civil.Of(2026, 11, 1) {
		t.Errorf("taken over: %s since %s", o.Status, o.StatusSince)
	}
	_, err := b.db.App.Pool().Exec(t.Context(), `delete from organization_succession`)
	if err == nil {
		t.Error("the portal's role took a merger back")
	}
}

// accepting ticks every warning beforehand.
func accepting(in organization.Registration) organization.Registration {
	in.Accept = organization.WarningCodes
	return in
}

// What has ended is not enacted upon, and its people may only read.
func TestAnEndedOrganizationIsReadOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	end := func(s organization.Status) error {
		return b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
			return b.EnactStatus(t.Context(), tx, now, b.clerk, organization.StatusChange{OrgID: id, Status: s, Since: today, Reason: "注销核准 ZX-2026-0001"})
		})
	}
	head := member(id, authz.OrgHead)
	if err := b.SaveBasics(t.Context(), head, organization.Basics{OrgID: id, Version: 1}); err != nil {
		t.Fatalf("before: %v", err)
	}
	wantField(t, end(organization.RegistrationRevoked), "status") // a filed one has no registration to revoke
	if err := end(organization.Deregistered); err != nil {
		t.Fatal(err)
	}
	wantKind(t, end(organization.FilingRevoked), errs.Conflict)
	o := b.record(t, head, id)
	wantKind(t, b.SaveBasics(t.Context(), head, organization.Basics{OrgID: id, Version: o.Version}), errs.Conflict)
}

// The organization may move its office; the place of every day stays known.
func TestAMoveOfTheOfficeHasItsDay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id := b.register(t, filed("01"))
	in := organization.Contact{OrgID: id, Version: 1, Name: "王芳", Mobile: "13912345678", Address: "六联社区文化站 2 楼"}
	if err := b.SaveContact(t.Context(), member(id, authz.OrgHead), in); err != nil {
		t.Fatal(err)
	}
	if f := b.facts(t, id, today.AddDays(-1)); f.Address != filed("01").Address {
		t.Errorf("yesterday it was at %q", f.Address)
	}
	if f := b.facts(t, id, today); f.Address != in.Address {
		t.Errorf("today it is at %q", f.Address)
	}
}
