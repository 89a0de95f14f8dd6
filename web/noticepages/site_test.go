package noticepages_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/web/noticepages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// site is the pages with a kind whose cases are planted.
type site struct {
	*pagetest.Site
	notices *notice.Service
	keys    *secret.Keys
	cases   []notice.Candidate
	edition uuid.UUID
}

func newSite(t *testing.T, today string) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, civil.MustParse(today).Start().Add(10*time.Hour))}
	s.Cast(map[string]authz.Actor{
		"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "reviewer": {Role: authz.BureauReviewer, Name: "吴复核"}, "leader": {Role: authz.BureauLeader, Name: "郑局长"},
		"auditor": {Role: authz.Auditor, Name: "冯审计"}, "finance": {Role: authz.Finance, Name: "陈财务"},
	})
	s.keys = s.Keys()
	store, err := filestore.OpenDirectory(t.TempDir())
	s.Must(err)
	t.Cleanup(func() { _ = store.Close() })
	s.notices = notice.New(notice.Deps{DB: s.DB.App, Keys: s.keys, Attachments: attachment.New(s.DB.App, store, nil, nil, slog.New(slog.DiscardHandler))})
	s.register()
	err = s.DB.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		e, err := policy.EditionShown(t.Context(), q, civil.Of(2018, 1, 1))
		s.edition = e.ID
		return err
	})
	s.Must(err)
	from := func(r *http.Request) string { return r.Header.Get("X-Test-From") }
	s.Serve(noticepages.New(noticepages.Deps{Notices: s.notices, BaseURL: "https://portal.example.cn", ClientIP: from, Flash: s.Flash}).Register)
	return s
}

// register gives the kind “trial” a source; its cases move by their notices.
func (s *site) register() {
	const kind = "trial"
	s.notices.Source(kind, func(ctx context.Context, q postgres.Querier, _ time.Time) (out []notice.Candidate, err error) {
		type row struct {
			ID uuid.UUID `db:"id"`
		}
		rows, err := postgres.All[row](ctx, q, `select id from case_file where kind = $1 and waits_role = 'bureau_clerk' order by no`, kind)
		for _, r := range rows {
			for _, c := range s.cases {
				if c.CaseID == r.ID {
					out = append(out, c)
				}
			}
		}
		return out, err
	})
	moves := func(to string) notice.Reaction {
		return func(ctx context.Context, tx postgres.Tx, _ time.Time, _ authz.Actor, i notice.Item) error {
			_, err := tx.Exec(ctx, `update case_file set waits_role = $2 where id = $1`, i.CaseID, to)
			return err
		}
	}
	s.notices.OnIssued(kind, moves("system"))
	s.notices.OnSettled(kind, moves("finance"))
	s.notices.OnDisputed(kind, moves("bureau_reviewer"))
	s.notices.OnDismissed(kind, moves("system"))
	s.notices.OnUpheld(kind, moves("nobody"))
	s.notices.OnWithdrawn(kind, moves("bureau_clerk"))
}

func (s *site) goTo(day string, hour int) {
	s.Helper()
	s.DB.SetNow(s, civil.MustParse(day).Start().Add(time.Duration(hour)*time.Hour))
}

// plant stores cases that wait for their notice.
func (s *site) plant(names ...string) {
	s.Helper()
	for _, name := range names {
		n := len(s.cases) + 1
		c := notice.Candidate{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("SY-2026-%04d", n), OrganizationID: uuid.Must(uuid.NewV7()), OrganizationName: name,
			Community: []string{"440310001001", "440310002001", "440310003001"}[n%3], Programme: "孵化关爱工程", Amount: money.Fen(5000+n*1000) * money.Yuan,
			Purpose: "购置活动器材，开展邻里互助", EditionID: s.edition}
		s.Exec(`
			insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, waits_role,
				amount_fen, created_by, created_at, submitted_at, edition_id, entered_at)
			values ($1, 'trial', $2, 2026, $3, $4, $5, $6, left($6, 9), 'noticing', 'open', 'bureau_clerk', $7, $1, portal_now(), portal_now(), $8, portal_now())`,
			c.CaseID, c.CaseNo, n, c.OrganizationName, c.OrganizationID, c.Community, c.Amount, s.edition)
		s.cases = append(s.cases, c)
	}
}

// act opens an act and confirms it.
func (s *site) act(as, id, noun string, pairs ...string) pagetest.Page {
	s.Helper()
	return s.Get(as, paths.StaffNoticeAct(id, noun)).Is(http.StatusOK).Press(pairs...).Led("")
}

// drafted is a notice of all planted cases with a complete text.
func (s *site) drafted() string {
	s.Helper()
	text := s.Get("clerk", paths.StaffNoticeNew).Press().Follow()
	text.Press("contact_phone", "0755-28888888", "contact_address", "坪山区民政局 301 办公点", "supervision_phone", "0755-28888889").Led("")
	return strings.Split(text.Path, "/")[3]
}

// published takes it all the way and returns its id and number.
func (s *site) published() (id, no string) {
	s.Helper()
	id = s.drafted()
	s.act("clerk", id, "submission")
	s.act("reviewer", id, "approval")
	s.act("leader", id, "issue")
	s.Must(s.DB.Owner.QueryRow(s.Context(), `select no from notice where id = $1`, id).Scan(&no))
	return id, no
}

func (s *site) settle() {
	s.Helper()
	s.Must(s.notices.Settle(s.Context()))
}

var objection = url.Values{"item": {"2"}, "content": {"这个组织去年没有开展过活动，照片是网上下载的。"}, "name": {"欧阳举报"}, "phone": {"13800138000"}}

// object sends an objection the whole way and returns the receipt.
func (s *site) object(no string, files ...string) string {
	s.Helper()
	review := s.Post("", paths.NoticeObjection(no), objection).Is(http.StatusOK, "核对后提交", "没有开展过活动")
	return strings.TrimSpace(review.Attach("files", files, "confirm", "1").Is(http.StatusOK, "异议已收到").Find("main .note code").Text())
}
