package ledgerpages_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/layout"
	"civilaffairs/web/ledgerpages"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// site is the pages behind a real router on a database of their own.
type site struct {
	t                                         *testing.T
	db                                        *dbtest.DB
	ledger                                    *ledger.Service
	pages                                     *ledgerpages.Pages
	maker, checker, leader, reviewer, auditor authz.Actor
	flash                                     string
	next                                      int
}

func newSite(t *testing.T) *site {
	t.Helper()
	who := func(r authz.Role, name string) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: name, Role: r, IP: "192.0.2.1"}
	}
	s := &site{t: t, db: dbtest.New(t), maker: who(authz.Finance, "冯财务"), checker: who(authz.Finance, "陈财务"), leader: who(authz.BureauLeader, "林局长"),
		reviewer: who(authz.BureauReviewer, "何复核"), auditor: who(authz.Auditor, "孙审计")}
	s.db.SetNow(t, today.Start().Add(10*time.Hour))
	s.ledger = ledger.New(s.db.App)
	for _, p := range ledger.Purposes {
		nothing := func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Payment) error { return nil }
		s.ledger.OnPaid(p, nothing)
		s.ledger.OnReturned(p, nothing)
		s.ledger.OnReceived(p, func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Repayment) error { return nil })
		s.ledger.BeforePay(p, func(context.Context, postgres.Tx, time.Time, uuid.UUID) error { return nil })
	}
	s.pages = ledgerpages.New(ledgerpages.Deps{Ledger: s.ledger, Flash: func(_ context.Context, message string) { s.flash = message }})
	return s
}

func (s *site) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *site) exec(sql string, args ...any) {
	s.t.Helper()
	_, err := s.db.Owner.Exec(s.t.Context(), sql, args...)
	s.must(err)
}

// page is an answer.
type page struct {
	*goquery.Document
	status int
	to     string
	body   string
	path   string
}

func (s *site) do(a authz.Actor, method, path string, v url.Values) page {
	s.t.Helper()
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	var counter *postgres.Counter
	s.pages.Register(router, router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, c := postgres.CountStatements(httpserver.WithActor(r.Context(), a))
			counter = c
			next.ServeHTTP(w, r.WithContext(layout.With(ctx, layout.Context{Demo: true, DemoText: "演示"})))
		})
	}))
	r := httptest.NewRequestWithContext(s.t.Context(), method, path, strings.NewReader(v.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	if counter != nil && method == http.MethodGet && counter.Count() > 11 { // the session asks once as well
		s.t.Errorf("%s runs %d statements", path, counter.Count())
	}
	body := w.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	s.must(err)
	if strings.Contains(body, "@ui.") || strings.Contains(body, " style=") || strings.Contains(body, "%!") {
		s.t.Errorf("%s shows its own source or styles inline", path)
	}
	if w.Code >= 500 {
		s.t.Errorf("%s %s: %d", method, path, w.Code)
	}
	return page{doc, w.Code, w.Header().Get("Location"), body, path}
}

func (s *site) get(a authz.Actor, path string) page {
	s.t.Helper()
	return s.do(a, http.MethodGet, path, nil)
}

// send fills the form of a page that posts to its own address, and sends it.
func (s *site) send(a authz.Actor, p page, pairs ...string) page {
	s.t.Helper()
	f := p.Find("main form[method=post]")
	if f.Length() == 0 {
		s.t.Fatalf("%s (%d) has no form: %s", p.path, p.status, text(p, "main"))
	}
	v := url.Values{}
	f.Find("input[name], select[name], textarea[name]").Each(func(_ int, e *goquery.Selection) {
		name := e.AttrOr("name", "")
		switch kind := e.AttrOr("type", ""); {
		case kind == "radio" || kind == "checkbox":
			if _, on := e.Attr("checked"); on {
				v.Add(name, e.AttrOr("value", ""))
			}
		case goquery.NodeName(e) == "select":
			v.Set(name, e.Find("option[selected]").AttrOr("value", ""))
		case goquery.NodeName(e) == "textarea":
			v.Set(name, strings.TrimPrefix(e.Text(), "\n"))
		default:
			v.Add(name, e.AttrOr("value", ""))
		}
	})
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return s.do(a, http.MethodPost, f.AttrOr("action", ""), v)
}

// follow opens where an act led to.
func (s *site) follow(a authz.Actor, p page) page {
	s.t.Helper()
	if p.status != http.StatusSeeOther {
		s.t.Fatalf("%s: %d %s", p.path, p.status, text(p, "main"))
	}
	return s.get(a, p.to)
}

func text(p page, css string) string {
	var lines []string
	p.Find(css).Each(func(_ int, e *goquery.Selection) { lines = append(lines, strings.Join(strings.Fields(e.Text()), " ")) })
	return strings.Join(lines, "\n")
}

// is checks the status and what the page says.
func (s *site) is(p page, status int, says ...string) page {
	s.t.Helper()
	if p.status != status {
		s.t.Fatalf("%s: %d, want %d: %s", p.path, p.status, status, text(p, "main"))
	}
	for _, w := range says {
		if !strings.Contains(text(p, "main"), w) {
			s.t.Errorf("%s does not say %q: %s", p.path, w, text(p, "main"))
		}
	}
	return p
}

// faulty checks a refused form: 422, the fault at the field and in the summary,
// and what was typed still there.
func (s *site) faulty(p page, field, says, typed string) page {
	s.t.Helper()
	s.is(p, http.StatusUnprocessableEntity)
	if got := text(p, ".error-summary"); !strings.Contains(got, says) || p.Find(`.error-summary a[href="#`+field+`"]`).Length() == 0 || p.Find("#"+field).Length() == 0 {
		s.t.Errorf("%s: summary %q does not lead to #%s with %q", p.path, got, field, says)
	}
	if got := text(p, "#"+field+"-error"); !strings.Contains(got, says) {
		s.t.Errorf("%s: at %s stands %q, not %q", p.path, field, got, says)
	}
	if typed != "" && p.Find(`[value="`+typed+`"]`).Length() == 0 && !strings.Contains(text(p, "textarea"), typed) {
		s.t.Errorf("%s: %q is lost", p.path, typed)
	}
	return p
}

// organization records an organization with a payee account.
func (s *site) organization(verified bool) uuid.UUID {
	s.t.Helper()
	s.next++
	org, head := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	s.exec(`insert into person (id, name, created_at, updated_at) values ($1, '陈小明', portal_now(), portal_now())`, head)
	s.exec(`
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
	s.t.Helper()
	s.exec(`update payee_account set replaced_at = portal_now() where org_id = $1 and replaced_at is null`, org)
	s.exec(`
		insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4,
			saved_at, saved_by, verified_at, verified_by)
		select gen_random_uuid(), $1, 'own', '中国银行', '坪山支行', name, '\x00', '\x00', '4417', portal_now() - interval '1 day', gen_random_uuid(),
			case when $2 then portal_now() - interval '1 hour' end, case when $2 then gen_random_uuid() end from organization where id = $1`, org, verified)
}

// budget gives the start-up pool of this year a checked budget.
func (s *site) budget(yuan money.Fen) {
	s.t.Helper()
	id, err := s.ledger.ProposeBudget(s.t.Context(), s.maker, ledger.BudgetInput{Token: strings.Repeat("A", 26), Year: 2026, Kind: ledger.InitialBudget,
		Purpose: ledger.Startup, Amount: yuan * money.Yuan, DocumentNo: "深坪财〔2026〕8号", Reason: "年初安排"})
	s.must(err)
	s.must(s.ledger.CheckBudgetItem(s.t.Context(), s.checker, id, 1))
}

// award commits money to a case; its gate opens when it is settled.
func (s *site) award(org uuid.UUID, yuan money.Fen, settled bool) string {
	s.t.Helper()
	s.next++
	a := ledger.Award{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("FH-2026-%04d", s.next), Purpose: ledger.Startup, OrganizationID: org,
		Title: fmt.Sprintf("第%d号互助社", s.next), Amount: yuan * money.Yuan, Gates: []ledger.Gate{ledger.NoticeGate}, Deciders: []uuid.UUID{s.leader.PersonID}}
	s.exec(`insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class,
			waits_role, created_by, created_at, submitted_at, edition_id, entered_at)
		values ($1::uuid, 'startup', $2, 2026, $3, $4, $5, '440310001001', '440310001', 'granted', 'granted', 'finance', $1, portal_now(),
			portal_now(), $1, portal_now())`, a.CaseID, a.CaseNo, s.next, a.Title, org)
	s.must(s.db.App.InTx(s.t.Context(), func(tx postgres.Tx, now time.Time) error {
		if err := s.ledger.Commit(s.t.Context(), tx, now, s.leader, a); err != nil || !settled {
			return err
		}
		return s.ledger.OpenGate(s.t.Context(), tx, now, s.leader, a.CaseID, ledger.NoticeGate)
	}))
	return a.CaseNo
}
