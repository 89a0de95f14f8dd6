package policypages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
	"civilaffairs/web/policypages"

	"github.com/google/uuid"
)

// site is the pages; everybody is called by the role.
type site struct {
	*pagetest.Site
	desk *policy.Desk
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))}
	for _, r := range authz.Roles {
		s.Cast(map[string]authz.Actor{string(r): {Name: "某" + r.Name(), Role: r}})
	}
	s.desk = policy.NewDesk(s.DB.App)
	s.Serve(policypages.New(policypages.Deps{Policies: policy.New(s.DB.App), Desk: s.desk, Calendar: calendar.New(s.DB.App), Flash: s.Flash}).Register)
	return s
}

// inForce is the site with the demo document in force.
func inForce(t *testing.T) *site {
	t.Helper()
	s := newSite(t)
	s.seed()
	return s
}

// seed puts the demo document in force.
func (s *site) seed() {
	s.Helper()
	s.Must(s.DB.App.InTx(s.Context(), func(tx postgres.Tx, _ time.Time) error {
		return policy.SeedDemoContinuation(s.Context(), tx, civil.MustParse("2023-11-23"))
	}))
}

const rv, ld = string(authz.BureauReviewer), string(authz.BureauLeader)

// edition begins a draft through its page and returns its address.
func (s *site) edition() string {
	s.Helper()
	return s.Get(rv, paths.StaffEditionNew).Press("reason", "确认待确认的参数").Led("").To
}

func (s *site) document() string {
	s.Helper()
	id, err := s.desk.CreateDocument(s.Context(), s.Actors[rv], policy.DocumentInput{Token: once.NewToken(), Kind: policy.KindPolicy, Title: "草稿办法",
		IssuedBy: "区政府", IssuedOn: civil.MustParse("2026-11-01"), From: civil.MustParse("2027-01-01"), Source: "区政府网站"})
	s.Must(err)
	list := policy.Split("一、总则\n（一）目标。做到。\n1.实施“孵化关爱工程”，扶持新成立的组织。\n二、附加\n本办法自2027年1月1日起施行。")
	s.Must(s.desk.SetArticles(s.Context(), s.Actors[rv], id, 1, list))
	return paths.StaffPolicy(id.String())
}

func TestAParameterIsTypedByHand(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	at := s.edition()
	for _, c := range []struct{ key, name, typed, fault string }{
		{"eval.quota3_pct", "value", "101", "value"}, {"eval.quota3_pct", "value", "-1", "value"}, {"eval.quota3_pct", "value", "1e6", "value"},
		{"eval.quota3_pct", "value", "", "value"}, {"eval.quota3_pct", "value", "二十", "value"}, {"startup.min_age_months", "value", "1000000", "value"},
		{"startup.amount_filed", "value", "-5", "value"}, {"startup.amount_filed", "value", "1e6", "value"}, {"startup.amount_filed", "value", "0.001", "value"},
		{"annual_report.unit_due", "value", "02-30", "value"}, {"annual_report.unit_due", "value", "2月29日", "value"}, {"annual_report.unit_due", "value", "春天", "value"},
		{"filing.registrar", "value", "city", "value"}, {"eval.quota3_pct", "article", "九（九）", "article"}, {"eval.quota3_pct", "article", "", "article"},
		{"eval.quota3_pct", "source", "rumour", "source"}, {"eval.quota3_pct", "reason", "  ", "reason"}, {"eval.quota3_pct", "reason", "短", "reason"},
		{"eval.quota3_pct", "confirmed", "", "confirmed"},
	} {
		answers := []string{"reason", "局务会议决定", c.name, c.typed}
		if c.name != "value" {
			answers = append(answers, "value", "21")
		}
		if c.name == "reason" {
			answers = answers[2:]
		}
		s.Get(rv, at+"/parameters/"+c.key).Press(answers...).Faulty(c.fault, "")
	}
	for key, typed := range map[string]string{"eval.quota3_pct": "２１", "startup.amount_filed": "６，０００．５０", "annual_report.unit_due": "4月1日", "filing.registrar": "bureau"} {
		s.Get(rv, at+"/parameters/"+key).Press("value", typed, "reason", "局务会议决定").Led(at)
	}
	s.Get(rv, at).Is(200).Says("body", "21%", "6,000.50元", "4月1日", "区民政局", "合计 101%")
	handed := s.Get(rv, at+"/submission").Press().Is(http.StatusUnprocessableEntity)
	if link := handed.Link(`li[id="eval.quota3_pct"] a`); link != at+"/parameters/eval.quota3_pct" {
		t.Errorf("handed in with quotas of 101, leads to %q", link)
	}
}

func TestAStaleFormShowsBothVersions(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	form := s.edition() + "/parameters/eval.quota3_pct"
	mine := s.Get(rv, form)
	s.Get(rv, form).Press("value", "22", "reason", "别人的理由是那样").Led("")
	stale := mine.Press("value", "21", "reason", "我的理由是这样").Is(http.StatusConflict).Kept()
	if row := stale.Find("table tbody tr").First().Text(); !strings.Contains(row, "21") || !strings.Contains(row, "22") {
		t.Errorf("versions %q", row)
	}
	stale.Press().Led("") // who has seen both may save
}

func TestAFormSentTwiceMakesOne(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	document := append(append(pagetest.Day("issued_on", civil.Of(2026, 11, 1)), pagetest.Day("from", civil.Of(2027, 1, 1))...), "title", "新的办法", "issued_by", "区政府", "source", "区政府网站")
	for path, answers := range map[string][]string{paths.StaffEditionNew: {"reason", "确认待确认的参数"}, paths.StaffPolicyNew: document} {
		form := s.Get(rv, path)
		form.Press(answers...).Led(form.Press(answers...).Led("").To)
	}
}

func TestWhatIsNotApprovedIsNotPublic(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	s.document()
	s.Get("", paths.Policies).Is(200).Lacks("body", "草稿办法")
	edition := strings.TrimPrefix(s.edition(), paths.StaffEditions+"/")
	for _, path := range []string{paths.Policy("2026-policy-1"), paths.PolicyEditions("2026-policy-1"), paths.PolicyEdition("demo-continuation", edition),
		paths.PolicyEdition("demo-continuation", "x")} {
		s.Get("", path).Is(http.StatusNotFound)
	}
	s.Get("", paths.PolicyEditions("demo-continuation")).Is(200).Says("body", "现行的一版", "待确认").Lacks("body", "站点安全", "startup.") // in plain words
}

func TestWhoMayDoWhat(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	document, edition := s.document(), s.edition()
	for _, r := range authz.Roles {
		for path, p := range map[string]authz.Permission{
			paths.StaffPolicies: authz.PolicyView, document: authz.PolicyView, edition: authz.PolicyView, paths.StaffCoverage: authz.PolicyView,
			paths.StaffCompare: authz.PolicyView, paths.StaffParameter("eval.pass"): authz.PolicyView, paths.StaffCalendar: authz.PolicyView,
			paths.StaffPolicyNew: authz.PolicyEdit, document + "/facts": authz.PolicyEdit, document + "/text": authz.PolicyEdit, document + "/articles/1": authz.PolicyEdit,
			edition + "/confirmation": authz.PolicyEdit, edition + "/parameters/eval.pass": authz.PolicyEdit, paths.StaffCalendarNew: authz.PolicyEdit,
		} {
			want := http.StatusForbidden
			if authz.Can(r, p) {
				want = http.StatusOK
			}
			s.Get(string(r), path).Is(want)
		}
		if p := s.Get(string(r), document+"/approval"); p.Status == http.StatusOK {
			t.Errorf("a draft is approved by %s", r)
		}
	}
	// What a page offers is what the role may do.
	if links := s.Get(ld, document).Is(200).Find("main .actions a").Length(); links != 0 {
		t.Errorf("a leader is offered %d acts on a draft", links)
	}
	if links := s.Get(rv, document).Is(200).Find("main .actions a").Length(); links < 5 {
		t.Errorf("a reviewer is offered %d acts on a draft", links)
	}
}

func TestDocumentsThroughTheirForms(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	at := s.document()
	for _, c := range []struct{ name, typed, fault string }{
		{"title", "", "title"}, {"title", strings.Repeat("长", 201), "title"}, {"from-day", "32", "from"}, {"from-month", "13", "from"},
		{"to-year", "2026", "to"}, {"issued_on-year", "99", "issued_on"}, {"kind", "law", "kind"}, {"under", uuid.NewString(), "under"}, {"source", "\u200b", "source"},
	} {
		s.Get(rv, at+"/facts").Press(c.name, c.typed).Faulty(c.fault, "")
	}
	up := url.Values{"version": {s.Get(rv, at+"/facts").Form().Get("version")}, "to": {"up"}}
	s.Post(rv, at+"/articles/2/move", up).Led("")
	s.Post(rv, at+"/articles/2/move", up).Is(http.StatusConflict)
	if first := s.Get(rv, at).Find("#articles tbody th").First().Text(); !strings.Contains(first, "一（一）") {
		t.Errorf("the first article is %q", first)
	}
	s.Get(rv, at+"/articles/1/removal").Press().Led("")
	s.Get(rv, at+"/articles").Press("after", "0", "path", "前言", "label", "前言", "text", "<script>alert(1)</script>").Led("")
	if s.Get(rv, at).Is(200).Find("main script").Length() != 0 {
		t.Error("what was typed is not escaped")
	}
	// Pasting shows first; another text than the one shown is shown again.
	shown := s.Get(rv, at+"/text").Press("text", "一、新的总则\n内容").Is(200)
	again := shown.Press("text", "一、再改的总则\n内容").Is(200).Says("body", "再改的总则")
	again.Press().Led("")
	s.Post(rv, at+"/text", url.Values{"text": {strings.Repeat("长", 400_000)}}).Is(http.StatusRequestEntityTooLarge)
}

// Every page of the desk stands axe and fits desktop and phone.
func TestTheDeskInTheBrowser(t *testing.T) {
	t.Parallel()
	s := inForce(t)
	document, edition := s.document(), s.edition()
	s.Judge(map[string][]string{
		rv: {paths.StaffPolicies, paths.StaffPolicyNew, document, document + "/text", document + "/articles/1", document + "/articles", document + "/submission", document + "/discard",
			paths.StaffEditionNew, edition, edition + "/parameters/filing.registrar", edition + "/confirmation", edition + "/submission", paths.StaffCalendarNew},
		ld: {paths.StaffCoverage, paths.StaffCompare, paths.StaffParameter("eval.pass"), paths.StaffCalendar},
		"": {paths.Policies, lapsed, paths.PolicyEditions("demo-continuation"), paths.Policy("demo-continuation")}, string(authz.BureauClerk): {lapsed + "/parameters"},
	})
}
