package workpages_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/layout"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/workpages"

	"github.com/google/uuid"
)

const (
	pingshan, liulian = "440310001", "440310001001"
	maluan, pinghuan  = "440310002", "440310002001"
)

// site is the pages on 9 October 2026, the eve of a Saturday that is worked.
type site struct {
	*pagetest.Site
	pages         *workpages.Pages
	accounts      *account.Service
	organizations *organization.Service
	next          int
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, time.Date(2026, 10, 9, 9, 0, 0, 0, civil.Shanghai))}
	db, keys := s.DB.App, s.Keys()
	cases, err := casework.New(nil, startup.Programme{}.Workflow())
	s.Must(err)
	mailer, err := notification.NewMailer(notification.MailConfig{DB: db})
	s.Must(err)
	s.organizations = organization.New(db, keys)
	s.accounts = account.New(account.Config{DB: db, Keys: keys,
		EnsurePerson: func(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
			return person.Ensure(ctx, tx, keys, now, person.Person{Name: p.Name, Mobile: p.Mobile})
		}})
	s.pages = workpages.New(workpages.Deps{Programmes: []string{"startup"}, Liaison: liaison.New(db, nil), Governance: governance.New(governance.Deps{DB: db, Organizations: s.organizations}),
		Desk: casework.NewDesk(db, cases), Messages: notification.NewService(db), Mailer: mailer,
		Accounts: s.accounts, Organizations: s.organizations, Policies: policy.New(db), Audit: audit.NewReader(db), Flash: s.Flash,
	})
	s.Layout.Waiting = s.waiting
	s.Serve(s.pages.Register)
	return s
}

// waiting is what the shell asks; the tests want to know when it fails.
func (s *site) waiting(ctx context.Context) layout.Waiting {
	n, err := s.pages.Waiting(ctx)
	if err != nil {
		s.Error(err)
	}
	return n
}

// file is a case as a test plants it; the zero value waits for the clerk.
type file struct {
	title, community string
	org              uuid.UUID
	state            workflow.State
	waits            authz.Role
	counter          bool
	due, closed      string
	rounds           int
	opposed, late    bool
}

// plant stores the case as if it had come to its place by its workflow.
func (s *site) plant(f file) string {
	s.Helper()
	s.next++
	if f.title == "" {
		f.title = fmt.Sprintf("六联社区第%d互助社", s.next)
	}
	if f.community == "" {
		f.community = liulian
	}
	if f.state == "" {
		f.state, f.waits = workflow.Accepting, authz.BureauClerk
	}
	channel := "online"
	if f.counter {
		channel = "counter"
	}
	id, no := uuid.Must(uuid.NewV7()), fmt.Sprintf("FH-2026-%04d", s.next)
	s.Exec(`insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, channel, state, class,
			waits_role, amount_fen, created_by, created_at, submitted_at, edition_id, entered_at, closed_at, clock_from, clock_days, due_on,
			correction_rounds, paused_days)
		values ($1::uuid, 'startup', $2, 2026, $3::int, $4, $5, $6::text, left($6::text, 9), $7, $8::text, $9, $10, 500000, $1::uuid,
			portal_now() - $3::int * interval '1 hour', case when $8::text <> 'draft' then portal_now() - $3::int * interval '1 minute' end,
			case when $8::text <> 'draft' then $1::uuid end, portal_now(), nullif($11::text, '')::timestamptz,
			case when $12::text <> '' then date '2026-09-01' end, case when $12::text <> '' then 10 end, nullif($12::text, '')::date,
			$13::int, case when $8::text = 'correcting' then 5 end)`,
		id, no, s.next, f.title, f.org, f.community, channel, f.state, f.state.Class(), f.waits, f.closed, f.due, f.rounds)
	if f.opposed {
		s.Exec(`insert into case_opinion (id, case_id, stage, stance, text, account_id, actor_name, at)
			values (gen_random_uuid(), $1::uuid, 'community', 'oppose', '场地还没有落实', $1::uuid, '王五', portal_now())`, id)
	}
	if f.late {
		s.Exec(`insert into case_opinion (id, case_id, stage, stance, account_id, actor_name, at)
			values (gen_random_uuid(), $1::uuid, 'subdistrict', 'lapsed', $1::uuid, '系统', portal_now())`, id)
	}
	return no
}

// organization records an organization of a community.
func (s *site) organization(name, filing, community string) (id uuid.UUID) {
	s.Helper()
	s.Must(s.DB.App.InTx(s.Context(), func(tx postgres.Tx, now time.Time) (err error) {
		id, err = s.organizations.Plant(s.Context(), tx, now, authz.SystemActor, organization.Registration{
			Name: name, Type: organization.SocialService, Basis: organization.Filed, Category: organization.Welfare, FilingNo: filing,
			EstablishedOn: civil.MustParse("2026-03-01"), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "张三",
			HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800001234", SubdistrictCode: community[:9], CommunityCode: community, Address: "某路1号", Accept: []string{"head_of_many", "similar_name"},
		}, true)
		return err
	}))
	return id
}

// tell sends the actor a message.
func (s *site) tell(a authz.Actor, title, caseNo string) {
	s.Helper()
	s.Must(s.DB.App.InTx(s.Context(), func(tx postgres.Tx, now time.Time) error {
		return notification.Send(s.Context(), tx, now, []account.Recipient{{AccountID: a.AccountID, Name: "张三"}},
			notification.Message{Kind: "startup", CaseNo: caseNo, Title: title, Body: "请按时办理。"})
	}))
}

// who is an actor of a role with a place that fits it.
func who(r authz.Role) authz.Actor {
	a := authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "张三", Role: r}
	switch r {
	case authz.OrgHead, authz.OrgClerk:
		a.OrgID = uuid.New()
	case authz.Community:
		a.Community, a.Subdistrict = liulian, pingshan
	case authz.Subdistrict:
		a.Subdistrict = pingshan
	case authz.Department:
		a.Department = "education"
	}
	return a
}
