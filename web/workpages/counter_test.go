package workpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"

	"github.com/PuerkitoBio/goquery"
)

func TestACounterServesItsOwnCommunity(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	own := s.organization("六联社区助老服务社", "坪社备〔2026〕第0001号", liulian)
	s.organization("六联社区读书会联合会", "坪社备〔2026〕第0002号", liulian)
	s.organization("坪环社区助老互助社", "坪社备〔2026〕第0003号", pinghuan)
	draft := s.plant(file{state: workflow.Draft, waits: authz.OrgHead, counter: true, title: "六联社区助老服务社"})
	s.plant(file{state: workflow.Draft, waits: authz.OrgHead, title: "网上的草稿"})
	desk := who(authz.Community)
	p := s.Get(s.As(desk), "/counter")
	if n := p.Find("form[action='/applications']").Length(); n != 2 {
		t.Errorf("%d organizations to choose from, want 2", n)
	}
	p.Says("main", "核对身份证原件", "加盖组织印章", draft)
	if strings.Contains(p.Body, "坪环社区助老互助社") || strings.Contains(p.Body, "网上的草稿") {
		t.Error("the counter shows what is not its own")
	}
	p = s.Get(s.As(desk), "/counter?q="+url.QueryEscape("助老"))
	forms := p.Find("form[action='/applications']")
	value := func(name string) string { return forms.Find("input[name='"+name+"']").AttrOr("value", "") }
	if forms.Length() != 1 || value("organization") != own.String() || value("programme") != "startup" || len(value("token")) != 26 {
		t.Errorf("form: %d, %s %s %s", forms.Length(), value("organization"), value("programme"), value("token"))
	}
	s.Get(s.As(desk), "/counter?q="+url.QueryEscape("不存在")).Says(".empty", "没有名称或编号符合“不存在”的组织")
	other := who(authz.Community)
	other.Community, other.Subdistrict = "440310003001", "440310003"
	s.Get(s.As(other), "/counter").Says(".empty", "本社区还没有登记在库的组织")
	for _, role := range []authz.Role{authz.OrgHead, authz.Subdistrict, authz.BureauClerk} {
		if p := s.Get(s.As(who(role)), "/counter"); p.Status != http.StatusForbidden {
			t.Errorf("%s at the counter: %d", role, p.Status)
		}
	}
}

func TestACounterPagesThroughItsOrganizations(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 23 {
		s.organization("六联社区第"+string(rune('甲'+i))+"互助社", "坪社备〔2026〕第1"+string(rune('0'+i/10))+string(rune('0'+i%10))+"号", liulian)
	}
	seen := map[string]bool{}
	pages := 0
	for path, more := "/counter", true; more && pages < 5; pages++ {
		p := s.Get(s.As(who(authz.Community)), path)
		p.Find("tbody th").Each(func(_ int, th *goquery.Selection) { seen[th.Text()] = true })
		path, more = p.Find(".pager a[rel=next]").Attr("href")
	}
	if len(seen) != 23 || pages != 2 {
		t.Errorf("%d organizations on %d pages", len(seen), pages)
	}
}
