package app_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/authz"

	"github.com/PuerkitoBio/goquery"
)

// oneRecord: one organization was recorded twice. Two heads cannot act for it, so
// the subdistrict closes one account first; the clerk proposes, another person
// confirms; the address of the absorbed record leads to the one that is left, until
// the merge is undone.
func (m *matter) oneRecord(t *testing.T, kept, absorbed *group) {
	clerk, reviewer := seated(t, m.office(authz.BureauClerk)), seated(t, m.office(authz.BureauReviewer))
	clerk.open("/staff/duplicates").is(200, "/staff/duplicates").says(kept.name)
	pair := clerk.open("/staff/duplicates/" + kept.id + "/" + absorbed.id)
	at := strings.TrimSuffix(clerk.follow("是同一个").path, "/merge")
	answers := []string{"keep", kept.id}
	clerk.page.Find(`input[type=radio][name^=part_][value=one]`).Each(func(_ int, part *goquery.Selection) {
		answers = append(answers, part.AttrOr("name", ""), "one")
	})
	if len(answers) < 6 || !strings.Contains(pair.main(), absorbed.filingNo) {
		t.Fatalf("nothing to choose from: %v in %s", answers, pair.main())
	}
	clerk.send(at+"/merge", answers...).refused("reason")
	clerk.send(at+"/merge", "reason", "同一个组织，换届时重复登记了一次").refused("keep")
	closing := "/accounts/" + scan[string](t, m.portal, `select id::text from account where username = $1`, absorbed.head.username) + "/disabling"
	m.street.open(closing)
	m.street.send(closing, "reason", "重复登记的账号").says("账号已经停用")
	clerk.open(at + "/merge")
	clerk.send(at+"/merge", append(answers, "reason", "同一个组织，换届时重复登记了一次")...).is(200, "/staff/duplicates").says("合并已提出")
	reviewer.open(at).says("同一个组织，换届时重复登记了一次")
	confirmation := reviewer.follow("确认合并").path
	reviewer.send(confirmation).is(200, "/staff/organizations/"+kept.id).says("两份档案已合并", absorbed.name)
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/"+absorbed.id).is(200, "/organizations/"+kept.id)
	undoing := strings.TrimSuffix(confirmation, "/confirmation") + "/undoing"
	reviewer.open(undoing)
	reviewer.send(undoing).refused("reason")
	reviewer.send(undoing, "reason", "核对后是两个组织").is(200, "/staff/organizations/"+kept.id).says("合并已撤销")
	public.open("/organizations/"+absorbed.id).is(200, "/organizations/"+absorbed.id).says(absorbed.name)
}
