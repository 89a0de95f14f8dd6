package workpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// Every role begins somewhere, and the page leads on.
func TestEveryRoleHasAWorkspace(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for role, want := range map[authz.Role][]string{
		authz.OrgHead:       {"/my/eligibility/startup", "/my/organization", "/accounts/new-clerk", "/guides"},
		authz.OrgClerk:      {"/my/eligibility/startup", "/my/organization"},
		authz.Initiator:     {"/guides", "/bases"},
		authz.Community:     {"/counter", "/workspace/bases"},
		authz.Subdistrict:   {"/workspace/bases", "/claims"},
		authz.BureauClerk:   {"/workspace?tab=done"},
		authz.Expert:        {"/guides/venture"},
		authz.Evaluator:     {"/guides"},
		authz.Department:    {"/staff/organizations"},
		authz.AdminSystem:   {"/accounts", "/accounts/new-office"},
		authz.AdminSecurity: {"/accounts"},
		authz.Auditor:       {"/audit"},
	} {
		p := s.get(who(role), "/workspace")
		if p.status != http.StatusOK || p.Find("h1").Length() != 1 {
			t.Errorf("%s: status %d, %d headings", role, p.status, p.Find("h1").Length())
		}
		links := map[string]bool{}
		p.Find("a").Each(func(_ int, a *goquery.Selection) { links[a.AttrOr("href", "")] = true })
		for _, href := range want {
			if !links[href] {
				t.Errorf("%s: no link to %s", role, href)
			}
		}
	}
	for _, role := range authz.Roles {
		if p := s.get(who(role), "/workspace"); p.status != http.StatusOK {
			t.Errorf("%s: status %d", role, p.status)
		}
	}
	if strings.Contains(s.get(who(authz.OrgClerk), "/workspace").text("main"), "添加经办人") {
		t.Error("a clerk is offered to add clerks")
	}
	if p := s.get(authz.Actor{}, "/workspace"); p.status != http.StatusSeeOther || !strings.HasPrefix(p.header.Get("Location"), "/login") {
		t.Errorf("the public: status %d to %s", p.status, p.header.Get("Location"))
	}
}

func TestAnOrganizationSeesWhatWaitsAndWhereItsCasesStand(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	head := who(authz.OrgHead)
	s.plant(file{org: head.OrgID, state: workflow.Draft, waits: authz.OrgHead})
	fix := s.plant(file{org: head.OrgID, state: workflow.Correcting, waits: authz.OrgHead, due: "2026-10-12"})
	s.plant(file{org: head.OrgID, state: workflow.Opining, waits: authz.Subdistrict, due: "2026-10-14"})
	s.plant(file{org: head.OrgID, state: workflow.Withdrawn, closed: "2026-10-02T09:00:00+08:00"})
	s.plant(file{org: uuid.New(), title: "别人的组织"})
	s.tell(head, "孵化关爱工程 "+fix+"：待补正", fix)
	p := s.get(head, "/workspace")
	s.wantText(p, ".page-head", "有 2 件等您办", "今天是10月9日（星期五），明天调休上班，算工作日")
	lines := p.text(".lines > li")
	if i, j := strings.Index(lines, "请在 2026年10月12日前改好"), strings.Index(lines, "接着填写"); i < 0 || j < i {
		t.Errorf("the correction does not come before the draft:\n%s", lines)
	}
	s.wantText(p, "table", "坪山街道办事处", "还剩 4 个工作日", "已撤回", "2026-10-02")
	s.wantText(p, "main", "待补正 未读", "全部消息，未读 1 条")
	if strings.Contains(p.body, "别人的组织") {
		t.Error("another organization's case is shown")
	}
}

func TestMessagesAreMarkedAsFarAsTheyWereShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	head, other := who(authz.OrgHead), who(authz.OrgHead)
	if s.wantText(s.get(head, "/messages"), ".empty", "还没有消息"); t.Failed() {
		return
	}
	for range 21 {
		s.tell(head, "待补正", "FH-2026-0001")
	}
	p := s.get(head, "/messages")
	s.wantText(p, ".lead", "未读 21 条")
	if n := p.Find(".lines > li").Length(); n != 20 {
		t.Fatalf("%d messages on a page", n)
	}
	if href, _ := p.Find(".lines a").First().Attr("href"); href != "/applications/FH-2026-0001" {
		t.Errorf("a message leads to %s", href)
	}
	upTo, _ := p.Find("input[name=up_to]").Attr("value")
	next, _ := p.Find(".pager a").Attr("href")
	if n := s.get(head, next).Find(".lines > li").Length(); n != 1 {
		t.Errorf("%d messages on the second page", n)
	}
	s.tell(head, "刚来的", "")
	if p := s.post(other, "/messages/read", url.Values{"up_to": {upTo}}); p.status != http.StatusSeeOther || s.flash != "" {
		t.Errorf("another person: %d %q", p.status, s.flash)
	}
	if p := s.post(head, "/messages/read", url.Values{"up_to": {upTo}}); p.status != http.StatusSeeOther || s.flash != "21 条消息已标为已读。" {
		t.Errorf("mark: %d %q", p.status, s.flash)
	}
	s.wantText(s.get(head, "/messages"), ".lead", "未读 1 条")
	if p := s.post(head, "/messages/read", url.Values{"up_to": {"x"}}); p.status != http.StatusUnprocessableEntity {
		t.Errorf("garbage: %d", p.status)
	}
}

func TestFoundersLearnWhenTheyMayApply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	founder := who(authz.Initiator)
	p := s.get(founder, "/workspace")
	s.wantText(p, "table", "发起人至少 3 个自然人", "粤民规字〔2022〕2号 待确认", "街道办事处")
	if p.Find(".verdict").Length() != 0 {
		t.Error("a date before one was asked for")
	}
	for query, want := range map[string]string{
		"filed_on-year=2026&filed_on-month=5&filed_on-day=23": "2026年11月23日起",
		"filed_on-year=2026&filed_on-month=8&filed_on-day=31": "2027年2月28日起",
		"filed_on=2026-08-31": "2027年2月28日起",
	} {
		s.wantText(s.get(founder, "/workspace?"+query), ".verdict", want, "待确认")
	}
	p = s.get(founder, "/workspace?filed_on-year=2026&filed_on-month=2&filed_on-day=30")
	if p.status != http.StatusUnprocessableEntity || !strings.Contains(p.text(".error-summary"), "2026年2月没有30日") || p.Find("input[value='30']").Length() != 1 {
		t.Errorf("30 February: %d %s", p.status, p.text(".error-summary"))
	}
}

func TestTheSystemAdministratorSeesHowTheMailStands(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.must(s.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		return notification.Send(t.Context(), tx, now, []account.Recipient{{AccountID: uuid.New(), Name: "张三", Email: "z@example.org"}}, notification.Message{Title: "题", Body: "文"})
	}))
	p := s.get(who(authz.AdminSystem), "/workspace")
	s.wantText(p, "main", "邮件没有开通", "PORTAL_SMTP_URL", "等待发送", "1 封", "10月9日 09:00")
	if strings.Contains(s.get(who(authz.AdminSecurity), "/workspace").text("main"), "邮件没有开通") {
		t.Error("the security administrator runs the site")
	}
}
