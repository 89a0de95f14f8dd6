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
		p := s.Get(s.As(who(role)), "/workspace")
		if p.Status != http.StatusOK || p.Find("h1").Length() != 1 {
			t.Errorf("%s: status %d, %d headings", role, p.Status, p.Find("h1").Length())
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
		if p := s.Get(s.As(who(role)), "/workspace"); p.Status != http.StatusOK {
			t.Errorf("%s: status %d", role, p.Status)
		}
	}
	if strings.Contains(s.Get(s.As(who(authz.OrgClerk)), "/workspace").Text("main"), "添加经办人") {
		t.Error("a clerk is offered to add clerks")
	}
	if p := s.Get("", "/workspace"); p.Status != http.StatusSeeOther || !strings.HasPrefix(p.Header.Get("Location"), "/login") {
		t.Errorf("the public: status %d to %s", p.Status, p.Header.Get("Location"))
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
	p := s.Get(s.As(head), "/workspace")
	p.Says(".page-head", "有 2 件等您办", "今天是10月9日（星期五），明天调休上班，算工作日")
	lines := p.Text(".lines > li")
	if i, j := strings.Index(lines, "请在 2026年10月12日前改好"), strings.Index(lines, "接着填写"); i < 0 || j < i {
		t.Errorf("the correction does not come before the draft:\n%s", lines)
	}
	p.Says("table", "坪山街道办事处", "还剩 4 个工作日", "已撤回", "2026-10-02")
	p.Says("main", "待补正 未读", "全部消息，未读 1 条")
	if strings.Contains(p.Body, "别人的组织") {
		t.Error("another organization's case is shown")
	}
}

func TestMessagesAreMarkedAsFarAsTheyWereShown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	head, other := who(authz.OrgHead), who(authz.OrgHead)
	if s.Get(s.As(head), "/messages").Says(".empty", "还没有消息"); t.Failed() {
		return
	}
	for range 21 {
		s.tell(head, "待补正", "FH-2026-0001")
	}
	p := s.Get(s.As(head), "/messages")
	p.Says(".lead", "未读 21 条")
	if n := p.Find(".lines > li").Length(); n != 20 {
		t.Fatalf("%d messages on a page", n)
	}
	if href, _ := p.Find(".lines a").First().Attr("href"); href != "/applications/FH-2026-0001" {
		t.Errorf("a message leads to %s", href)
	}
	upTo, _ := p.Find("input[name=up_to]").Attr("value")
	next, _ := p.Find(".pager a").Attr("href")
	if n := s.Get(s.As(head), next).Find(".lines > li").Length(); n != 1 {
		t.Errorf("%d messages on the second page", n)
	}
	s.tell(head, "刚来的", "")
	if p := s.Post(s.As(other), "/messages/read", url.Values{"up_to": {upTo}}); p.Status != http.StatusSeeOther || s.Said != "" {
		t.Errorf("another person: %d %q", p.Status, s.Said)
	}
	if p := s.Post(s.As(head), "/messages/read", url.Values{"up_to": {upTo}}); p.Status != http.StatusSeeOther || s.Said != "21 条消息已标为已读。" {
		t.Errorf("mark: %d %q", p.Status, s.Said)
	}
	s.Get(s.As(head), "/messages").Says(".lead", "未读 1 条")
	if p := s.Post(s.As(head), "/messages/read", url.Values{"up_to": {"x"}}); p.Status != http.StatusUnprocessableEntity {
		t.Errorf("garbage: %d", p.Status)
	}
}

func TestFoundersLearnWhenTheyMayApply(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	founder := who(authz.Initiator)
	p := s.Get(s.As(founder), "/workspace")
	p.Says("table", "发起人至少 3 个自然人", "粤民规字〔2022〕2号 待确认", "街道办事处")
	if p.Find(".verdict").Length() != 0 {
		t.Error("a date before one was asked for")
	}
	for query, want := range map[string]string{
		"filed_on-year=2026&filed_on-month=5&filed_on-day=23": "2026年11月23日起",
		"filed_on-year=2026&filed_on-month=8&filed_on-day=31": "2027年2月28日起",
		"filed_on=2026-08-31": "2027年2月28日起",
	} {
		s.Get(s.As(founder), "/workspace?"+query).Says(".verdict", want, "待确认")
	}
	p = s.Get(s.As(founder), "/workspace?filed_on-year=2026&filed_on-month=2&filed_on-day=30")
	if p.Status != http.StatusUnprocessableEntity || !strings.Contains(p.Text(".error-summary"), "2026年2月没有30日") || p.Find("input[value='30']").Length() != 1 {
		t.Errorf("30 February: %d %s", p.Status, p.Text(".error-summary"))
	}
}

func TestTheSystemAdministratorSeesHowTheMailStands(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Must(s.DB.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		return notification.Send(t.Context(), tx, now, []account.Recipient{{AccountID: uuid.New(), Name: "张三", Email: "z@example.org"}}, notification.Message{Title: "题", Body: "文"})
	}))
	p := s.Get(s.As(who(authz.AdminSystem)), "/workspace")
	p.Says("main", "邮件没有开通", "PORTAL_SMTP_URL", "等待发送", "1 封", "10月9日 09:00")
	if strings.Contains(s.Get(s.As(who(authz.AdminSecurity)), "/workspace").Text("main"), "邮件没有开通") {
		t.Error("the security administrator runs the site")
	}
}
