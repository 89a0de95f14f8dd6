package ledgerpages_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/ledgerpages"
	"civilaffairs/web/pagetest"

	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// site is the pages with the people of the fund.
type site struct {
	*pagetest.Site
	ledger *ledger.Service
	next   int
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, today.Start().Add(10*time.Hour))}
	s.Cast(map[string]authz.Actor{"maker": {Role: authz.Finance, Name: "冯财务"}, "checker": {Role: authz.Finance, Name: "陈财务"}, "leader": {Role: authz.BureauLeader, Name: "林局长"},
		"reviewer": {Role: authz.BureauReviewer, Name: "何复核"}, "auditor": {Role: authz.Auditor, Name: "孙审计"}})
	s.ledger = ledger.New(s.DB.App)
	for _, p := range ledger.Purposes {
		nothing := func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Payment) error { return nil }
		s.ledger.OnPaid(p, nothing)
		s.ledger.OnReturned(p, nothing)
		s.ledger.OnReceived(p, func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Repayment) error { return nil })
		s.ledger.BeforePay(p, func(context.Context, postgres.Tx, time.Time, uuid.UUID) error { return nil })
	}
	s.Serve(ledgerpages.New(ledgerpages.Deps{Ledger: s.ledger, Flash: s.Flash}).Register)
	return s
}

// organization records an organization with a payee account.
func (s *site) organization(verified bool) uuid.UUID {
	s.Helper()
	s.next++
	org, head := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	s.Exec(`insert into person (id, name, created_at, updated_at) values ($1, '陈小明', portal_now(), portal_now())`, head)
	s.Exec(`
		insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
		values ($1, $2, 'association', 'filed', 'welfare', $3, '2024-01-10', '坪山街道', 'new', '2024-01-10',
			$4, '陈小明', '440310001001', '440310001', portal_now(), portal_now())`,
		org, fmt.Sprintf("六联社区第%d互助会", s.next), fmt.Sprintf("坪社备〔2026〕第%04d号", s.next), head)
	s.account(org, verified)
	return org
}

// account gives the organization a new account in place of the one it has.
func (s *site) account(org uuid.UUID, verified bool) {
	s.Helper()
	s.Exec(`update payee_account set replaced_at = portal_now() where org_id = $1 and replaced_at is null`, org)
	s.Exec(`
		insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4,
			saved_at, saved_by, verified_at, verified_by)
		select gen_random_uuid(), $1, 'own', '中国银行', '坪山支行', name, '\x00', '\x00', '4417', portal_now() - interval '1 day', gen_random_uuid(),
			case when $2 then portal_now() - interval '1 hour' end, case when $2 then gen_random_uuid() end from organization where id = $1`, org, verified)
}

// budget gives the start-up pool of this year a checked budget.
func (s *site) budget(yuan money.Fen) {
	s.Helper()
	id, err := s.ledger.ProposeBudget(s.Context(), s.Actors["maker"], ledger.BudgetInput{Token: strings.Repeat("A", 26), Year: 2026, Kind: ledger.InitialBudget,
		Purpose: ledger.Startup, Amount: yuan * money.Yuan, DocumentNo: "深坪财〔2026〕8号", Reason: "年初安排"})
	s.Must(err)
	s.Must(s.ledger.CheckBudgetItem(s.Context(), s.Actors["checker"], id, 1))
}

// award commits money to a case; its gate opens when it is settled.
func (s *site) award(org uuid.UUID, yuan money.Fen, settled bool) string {
	s.Helper()
	s.next++
	a := ledger.Award{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("FH-2026-%04d", s.next), Purpose: ledger.Startup, OrganizationID: org,
		Title: fmt.Sprintf("第%d号互助社", s.next), Amount: yuan * money.Yuan, Gates: []ledger.Gate{ledger.NoticeGate}, Deciders: []uuid.UUID{s.Actors["leader"].PersonID}}
	s.Exec(`insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class,
			waits_role, created_by, created_at, submitted_at, edition_id, entered_at)
		values ($1::uuid, 'startup', $2, 2026, $3, $4, $5, '440310001001', '440310001', 'granted', 'granted', 'finance', $1, portal_now(),
			portal_now(), $1, portal_now())`, a.CaseID, a.CaseNo, s.next, a.Title, org)
	s.Must(s.DB.App.InTx(s.Context(), func(tx postgres.Tx, now time.Time) error {
		if err := s.ledger.Commit(s.Context(), tx, now, s.Actors["leader"], a); err != nil || !settled {
			return err
		}
		return s.ledger.OpenGate(s.Context(), tx, now, s.Actors["leader"], a.CaseID, ledger.NoticeGate)
	}))
	return a.CaseNo
}
