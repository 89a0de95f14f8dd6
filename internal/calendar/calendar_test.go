package calendar_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func TestRowsAreReadOrSayWhyNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, fault string }{
		{"2027-01-01,off,元旦", ""},
		{"２０２７－０１－０１，off，元旦", ""},
		{"2027-02-20\twork\t春节", ""},
		{"2027-02-20, 上班 ,春节", ""},
		{"2027-01-01,off,元旦,法定节日,1", ""},
		{"2027-02-30,off,春节", "不是一个日期"},
		{"2027-2-6,off,春节", "不是一个日期"},
		{"1e6,off,春节", "不是一个日期"},
		{"2026-12-31,off,元旦", "不在2027年内"},
		{"2027-01-01,holiday,元旦", "认不出"},
		{"2027-01-01,off", "少了内容"},
		{"2027-01-01,off," + strings.Repeat("长", 21), "节日名称"},
		{"2027-01-01,off,=1+1", "节日名称"},
		{"随便写的", "少了内容"},
	} {
		rows := calendar.Parse(c.typed, 2027)
		if len(rows) != 1 || (rows[0].Fault == "") != (c.fault == "") || !strings.Contains(rows[0].Fault, c.fault) {
			t.Errorf("%q: %+v, want fault %q", c.typed, rows, c.fault)
		}
	}
	rows := calendar.Parse("\ufeffdate,kind,name\r\n2027-01-01,off,元旦\r\n\r\n2027-01-01,off,元旦\r\n2027-01-04,work,元旦\r\n", 2027)
	if len(rows) != 3 || rows[0].Line != 2 || !strings.Contains(rows[1].Fault, "和第 2 行重复") || !strings.Contains(rows[2].Remark, "本来就上班") {
		t.Errorf("rows %+v", rows)
	}
	if rows := calendar.Parse(strings.Repeat("2027-01-01,off,元旦\n", 500), 2027); len(rows) != 121 || rows[120].Fault == "" {
		t.Errorf("%d rows of 500", len(rows))
	}
}

func person(r authz.Role) authz.Actor {
	return authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "某人", Role: r}
}

const rows2027 = "2027-01-01,off,元旦\n2027-02-06,off,春节\n2027-02-20,work,春节"

func TestAYearTakesTwoPersons(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	s, ctx := calendar.New(db.App), t.Context()
	reviewer, leader := person(authz.BureauReviewer), person(authz.BureauLeader)
	same := leader
	same.PersonID = reviewer.PersonID
	in := calendar.Input{Token: once.NewToken(), Year: 2027, Source: "国务院办公厅通知", Text: rows2027}
	for name, bad := range map[string]calendar.Input{
		"a known year":  {Token: once.NewToken(), Year: 2026, Source: in.Source, Text: "2026-01-01,off,元旦"},
		"nothing":       {Token: once.NewToken(), Year: 2027, Source: in.Source, Text: "\n"},
		"no holiday":    {Token: once.NewToken(), Year: 2027, Source: in.Source, Text: "2027-02-20,work,春节"},
		"no notice":     {Token: once.NewToken(), Year: 2027, Text: rows2027},
		"a wrong row":   {Token: once.NewToken(), Year: 2027, Source: in.Source, Text: rows2027 + "\n2027-13-01,off,春节"},
		"a demo source": {Token: once.NewToken(), Year: 2027, Source: district.DemoSource, Text: rows2027},
	} {
		if err := s.Propose(ctx, reviewer, bad); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	var wait sync.WaitGroup
	for range 3 { // pressed three times
		wait.Go(func() {
			if err := s.Propose(context.Background(), reviewer, in); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	second := in
	second.Token = once.NewToken()
	if err := s.Propose(ctx, reviewer, second); !errs.Is(err, errs.Conflict) {
		t.Errorf("a second proposal: %v", err)
	}
	o, err := s.Overview(ctx, leader)
	if err != nil || len(o.Proposals) != 1 || o.Knows(2027) {
		t.Fatalf("%d proposals, known %v, %v", len(o.Proposals), o.Knows(2027), err)
	}
	p := o.Proposals[0]
	for name, a := range map[string]authz.Actor{"who entered it": same, "a reviewer": reviewer} {
		if err := s.Approve(ctx, a, p.ID, p.Version); !errs.Is(err, errs.Forbidden) {
			t.Errorf("approved by %s: %v", name, err)
		}
	}
	if _, err := db.App.Pool().Exec(ctx, `update calendar_proposal set state = 'approved', decided_by = proposed_by, decided_at = now()`); !postgres.Violates(err, "calendar_proposal_two_persons") {
		t.Errorf("in the database: %v", err)
	}
	if err := s.Refuse(ctx, leader, p.ID, p.Version, "春节少了两天"); err != nil {
		t.Fatal(err)
	}
	if err := s.Propose(ctx, reviewer, second); err != nil {
		t.Fatal(err)
	}
	o, _ = s.Overview(ctx, leader)
	p = o.Proposals[0]
	if err := s.Approve(ctx, leader, p.ID, p.Version+1); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stale page: %v", err)
	}
	if err := s.Approve(ctx, leader, p.ID, p.Version); err != nil {
		t.Fatal(err)
	}
	err = db.App.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		cal, err := district.Calendar(ctx, q)
		if err == nil && (!cal.Knows(2027) || cal.Name(civil.Of(2027, 2, 20)) != "调休上班") {
			t.Error("the year was not loaded as it was entered")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
