package workpages_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

func TestAnInboxBeginsWithWhatIsUrgent(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plant(file{due: "2026-10-13", opposed: true, late: true})
	s.plant(file{})
	late := s.plant(file{due: "2026-10-07", title: "青禾儿童成长中心", rounds: 2, counter: true})
	s.plant(file{due: "2026-10-10"})
	s.plant(file{due: "2026-10-09"})
	s.plant(file{state: workflow.Opining, waits: authz.Community, due: "2026-10-09"})
	s.plant(file{state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-16", rounds: 1})
	s.plant(file{state: workflow.Refused, closed: "2026-10-02T09:00:00+08:00"})
	clerk := who(authz.BureauClerk)
	s.tell(clerk, "FH-2026-0003 等您办理", late)
	p := s.Get(s.As(clerk), "/workspace")
	p.Says(".inboxhead", "待办 5 件", "先办超期 1 件和今明到期 2 件。今天是10月9日（星期五），明天调休上班，算工作日。")
	p.Says(".tabs a[aria-current=page]", "等我办 5")
	p.Says(".tabs", "等别人 1", "补正中 1", "已办 本月 1")
	p.Says(".worknav", "工作台 5件待办", "消息 1条未读")
	s.Get(s.As(clerk), "/workspace?q=FH-9999-0001").Says(".worknav", "工作台 5件待办") // whatever is searched for
	s.Get(s.As(clerk), "/messages").Says(".worknav", "工作台 5件待办", "消息 1条未读")
	if got := p.Text("tr.group"); got != "已超期 1 件\n今明到期 2 件\n之后 1 件\n没有期限 1 件" {
		t.Errorf("groups:\n%s", got)
	}
	first := p.Find("tbody tr:not(.group)").First()
	row := strings.Join(strings.Fields(first.Text()), " ")
	for _, want := range []string{"超期 1 个工作日", "青禾儿童成长中心", "FH-2026-0003 · 六联社区", "孵化关爱", "5,000.00", "决定是否受理", "第 2 次补正", "窗口代办", "演示"} {
		if !strings.Contains(row, want) {
			t.Errorf("the first row does not say %q: %s", want, row)
		}
	}
	if href, _ := first.Find("th a").Attr("href"); href != "/applications/"+late {
		t.Errorf("the row leads to %s", href)
	}
	p.Says("tbody", "有不同意意见", "意见逾期 1 处", "还剩 1 个工作日", "今天到期")
	s.Get(s.As(clerk), "/workspace?tab=others").Says("tbody", "征求意见，六联社区")
	s.Get(s.As(clerk), "/workspace?tab=correcting").Says("tbody", "补正中，计时暂停", "10月16日前交", "第 1 次补正")
	s.Get(s.As(clerk), "/workspace?tab=done").Says("tbody", "不予支持", "坪山街道六联社区", "10-02")
}

func TestAFilterStaysOnEveryLinkOfTheInbox(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for range 51 {
		s.plant(file{due: "2026-10-12"})
	}
	clerk := who(authz.BureauClerk)
	p := s.Get(s.As(clerk), "/workspace?q="+url.QueryEscape("互助")+"&subdistrict="+pingshan+"&sort=newest")
	for _, css := range []string{".tabs a", ".filterbar a", ".pager a"} {
		links := p.Find(css)
		if links.Length() == 0 {
			t.Errorf("no link in %s", css)
		}
		links.Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			if !strings.Contains(href, "q="+url.QueryEscape("互助")) || !strings.Contains(href, "subdistrict="+pingshan) {
				t.Errorf("%s loses the filter: %s", css, href)
			}
		})
	}
	if v, _ := p.Find("#q").Attr("value"); v != "互助" {
		t.Errorf("the box says %q", v)
	}
	p.Says("#subdistrict option[selected]", "坪山街道")
	next, _ := p.Find(".pager a[rel=next]").Attr("href")
	p = s.Get(s.As(clerk), next)
	if n := p.Find("tbody tr:not(.group)").Length(); n != 1 {
		t.Errorf("%d rows on the second page, want 1", n)
	}
	p.Says(".listend", "已到最后一件", "从头列出")
}

func TestAnEmptyInboxSaysWhatToDo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plant(file{})
	for path, want := range map[string][]string{
		"/workspace":                               {"现在没有等您办的件", "有 1 件在别人手里", "看等别人的件"},
		"/workspace?tab=correcting":                {"没有等组织补正的件"},
		"/workspace?tab=done":                      {"还没有办结的件"},
		"/workspace?q=%E9%BE%99%3Cb%3E&tab=others": {"没有符合“龙<b>”的件", "去掉全部条件"},
	} {
		s.Get(s.As(who(authz.BureauReviewer)), path).Says(".empty", want...)
	}
	p := s.Get(s.As(who(authz.Auditor)), "/workspace")
	if strings.Contains(p.Text(".tabs"), "等我办") {
		t.Error("the auditor has a list of things to do that nothing can fill")
	}
	p.Says("h1", "在办 1 件")
}

func TestASubdistrictSeesRegistrationsFirst(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, err := s.accounts.Register(t.Context(), authz.Actor{}, account.Registration{Role: authz.OrgHead, Number: "51440310MJL0000165",
		OrganizationName: "六联社区助老服务中心", Community: liulian, Name: "李四", ResidentID: "440310199002280010", Mobile: "13800001234",
		Username: "li.si", Password: "Bishan-2026-river", Token: uuid.NewString()})
	s.Must(err)
	p := s.Get(s.As(who(authz.Subdistrict)), "/workspace")
	p.Says("main .note", "有 1 份账号登记等您确认", "去核对")
	other := who(authz.Subdistrict)
	other.Subdistrict = maluan
	if strings.Contains(s.Get(s.As(other), "/workspace").Text("main"), "账号登记") {
		t.Error("another subdistrict's registration is shown")
	}
}

// Whatever stands in the address, a page answers.
func TestNoAddressBreaksAPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plant(file{due: "2026-10-12"})
	bad := []string{"%00", "%ff", "'", "9999-99-99." + uuid.NewString(), "0000-01-01." + uuid.NewString(), strings.Repeat("a", 5000), "-1", "😀"}
	for _, c := range []struct {
		role  authz.Role
		path  string
		names []string
	}{
		{authz.BureauClerk, "/workspace", []string{"tab", "q", "kind", "subdistrict", "after", "sort"}},
		{authz.Initiator, "/workspace", []string{"filed_on", "filed_on-year"}},
		{authz.OrgHead, "/messages", []string{"before"}},
		{authz.Community, "/counter", []string{"q", "page"}},
		{authz.Auditor, "/audit", []string{"subject", "id", "account", "from", "after"}},
	} {
		for _, name := range c.names {
			for _, value := range bad {
				path := fmt.Sprintf("%s?%s=%s", c.path, name, value)
				if p := s.Get(s.As(who(c.role)), path); p.Status >= 500 {
					t.Errorf("%.80s: %d", path, p.Status)
				}
			}
		}
	}
	for _, path := range []string{"/audit/subjects/case/%00", "/audit/subjects/%ff/x", "/audit/subjects/case/x"} {
		if p := s.Get(s.As(who(authz.Auditor)), path); p.Status != 404 {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
}
