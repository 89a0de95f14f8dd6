package app_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// TestRecordsAreMergedInChromium: one organization was recorded twice. One person
// proposes the merge, another confirms it: the people, the addresses and the
// accounts of the old record are those of the one that stays, until the merge is
// undone. What is wrong is said at its field, and a stale form shows what changed.
func TestRecordsAreMergedInChromium(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	kept, gone := s.found(t, s.home), s.found(t, s.home)
	const mine = "/my/organization"
	gone.head.open(mine+"/roster/new").form(mine+"/roster/new").set("name", "许专职", "id_no", s.residentNumber(), "post", "worker", "full_time", "yes").
		date("joined_on", founded).submit().says("许专职")
	agent := s.portal.office(t, "agent-of-the-old", account.NewAccount{Role: authz.OrgClerk, OrganizationID: uuid.MustParse(gone.id), Community: liulian})
	agent.open(mine).says(gone.name)

	clerk := seated(t, s.office(authz.BureauClerk))
	clerk.open("/staff/duplicates").says(kept.name)
	pair := "/staff/duplicates/" + kept.id + "/" + gone.id
	propose := pair + "/merge"
	answers := func(b *seat, reason string) []string {
		pairs := []string{"keep", kept.id}
		one := "one" // which side of the form is the record that stays
		if strings.Contains(plainText(b.page.Find("label[for=keep-2]")), kept.name) {
			one = "other"
		}
		b.page.Find(`input[type=radio][name^=part_][value=` + one + `]`).Each(func(_ int, x *goquery.Selection) {
			pairs = append(pairs, x.AttrOr("name", ""), one)
		})
		return append(pairs, "reason", reason)
	}
	clerk.open(propose)
	clerk.send(propose, answers(clerk, "")...).refused("reason")
	clerk.send(propose, "reason", "同一张备案证书登记了两次").refused("keep").says("两份档案都有负责人账号")
	head := scan[string](t, s.portal, `select id::text from account where username = $1`, gone.head.username)
	disable := "/accounts/" + head + "/disabling"
	s.home.street.open(disable).form(disable).set("reason", "登记了两次，不再使用").submit()
	// Somebody corrects the record while the form is open.
	scan[int](t, s.portal, `with changed as (update organization set version = version + 1 where id = $1 returning version) select version from changed`, gone.id)
	if p := clerk.send(propose, "reason", "同一张备案证书登记了两次"); p.status != http.StatusConflict || p.Find("textarea[name=reason]").Text() != "同一张备案证书登记了两次" {
		t.Fatalf("a stale form: %d %s", p.status, p.main())
	}
	clerk.send(propose, answers(clerk, "同一张备案证书登记了两次")...).is(200, "/staff/duplicates").says("等民政局另一人确认")

	reviewer := seated(t, s.office(authz.BureauReviewer))
	reviewer.open(pair).says("同一张备案证书登记了两次")
	confirm := reviewer.follow("确认合并").path
	reviewer.send(confirm).is(200, "/staff/organizations/"+kept.id).says("两份档案已合并", "并入的档案", gone.name)
	for _, page := range []string{"", "/roster", "/liaison", "/governance"} {
		reviewer.open("/staff/organizations/"+gone.id+page).is(200, "/staff/organizations/"+kept.id+page)
	}
	reviewer.open("/staff/organizations/"+kept.id+"/roster").says("许专职", "来自合并的记录“"+gone.name+"”")
	public := seated(t, &someone{browser: s.browser(t)})
	public.open("/organizations/"+gone.id).is(200, "/organizations/"+kept.id)
	// The account of the old record works for the one that stays.
	moved := seated(t, agent)
	moved.open(mine + "/roster").says("许专职", "来自合并的记录")
	moved.open(mine).says(kept.name)

	undo := reviewer.open("/staff/organizations/" + kept.id).Find(`a[href$="/undoing"]`).AttrOr("href", "")
	reviewer.open(undo)
	reviewer.send(undo, "reason", "").refused("reason")
	reviewer.send(undo, "reason", "看错了，是两个组织").says("合并已撤销")
	public.open("/organizations/"+gone.id).is(200, "/organizations/"+gone.id).says(gone.name)
	moved.open(mine).says(gone.name)
	if reviewer.open("/staff/organizations/" + kept.id + "/roster"); strings.Contains(reviewer.page.main(), "许专职") {
		t.Error("the people of the other record stayed behind")
	}
}
