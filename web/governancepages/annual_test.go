package governancepages_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

const unitName = "坪山区教育局"

// reported gives the organization a report of 2025 that waits for its unit, one of
// 2024 in the making, and disclosures: published twice, withdrawn, in the making.
func (s *site) reported(t *testing.T) (id, draft, standing, withdrawn uuid.UUID) {
	t.Helper()
	head := s.actors["head"]
	s.actors["unit"] = authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Role: authz.Department, Department: unitName, Name: "何科"}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for part, v := range map[governance.ReportPart]string{
		governance.PartBasics: "checked=differs&differs=住所已经搬到综合楼 201", governance.PartParty: "party_members=2&party_activities=1&party=编入社区支部",
		governance.PartGovernance: "assemblies=1&councils=2&charter_changed=no&governance=按章程开会，财务每季度公布一次。",
		governance.PartActivities: "events=12&served=860&work=全年开展助老、读书和旧物交换活动十二场，居民反映良好。",
		governance.PartPeople:     "members=40&staff=3&full_time=1&insured=1&volunteers=25&social_workers=0",
		governance.PartFinance: "opening=0&income_dues=0&income_donations=3000&income_government=0&income_services=0&income_other=0&expense_activities=2000" +
			"&expense_staff=0&expense_office=100&expense_other=0&closing=900",
		governance.PartGrants: "donation-1-donor=爱心居民&donation-1-amount=3000&donation-1-use=助老活动",
	} {
		typed, err := url.ParseQuery(v)
		must(err)
		must(s.service.SavePart(t.Context(), head, 2025, part, 0, typed))
	}
	must(s.service.SavePart(t.Context(), head, 2024, governance.PartFinance, 0, url.Values{"opening": {"一千"}}))
	owner, err := s.service.ReportOwner(t.Context(), head, 2025)
	must(err)
	ready, err := s.service.Attachments.Prepare(t.Context(), attachment.Upload{Owner: owner, Slot: "accounts", Label: "收支表", Filename: "收支表.pdf",
		Body: bytes.NewReader([]byte("%PDF-1.4\n1 0 obj<</T(accounts)>>endobj\nstartxref\n9\n%%EOF\n"))})
	must(err)
	defer ready.Discard()
	must(s.service.AttachReport(t.Context(), head, 2025, "accounts", ready))
	v, err := s.service.Report(t.Context(), head, 2025)
	must(err)
	must(s.service.SignReport(t.Context(), head, 2025, v.Filing.Version, application.Signature{Agreed: true, StatementVersion: governance.ReportStatement.Version, TypedName: head.Name}, once.NewToken()))
	tell := func(k governance.DisclosureKind, year int, typed url.Values) (uuid.UUID, uuid.UUID) {
		begin, _, _, err := s.service.BeginDisclosure(t.Context(), head, k, year)
		must(err)
		for name, v := range typed {
			begin[name] = v
		}
		id, err := s.service.SaveDisclosure(t.Context(), head, governance.DisclosureInput{Token: once.NewToken(), Kind: k, Year: year, Typed: begin})
		must(err)
		version, err := s.service.Publish(t.Context(), head, id, 1, once.NewToken())
		must(err)
		return id, version
	}
	_, standing = tell(governance.Accounts, 2025, nil)
	_, withdrawn = tell(governance.Council, 0, url.Values{"body": {"理事长：陈小明。监事：王五。任期至二〇二九年六月。"}})
	must(s.service.Withdraw(t.Context(), head, withdrawn, "任期写错了，改正后再公开", once.NewToken()))
	draft, err = s.service.SaveDisclosure(t.Context(), head, governance.DisclosureInput{Token: once.NewToken(), Kind: governance.Summary, Year: 2025,
		Typed: url.Values{"title": {"2025 年度报告摘要"}, "body": {"联系 13800138000，地址 3 栋 201 室。"}}})
	must(err)
	return v.Filing.ID, draft, standing, withdrawn
}

// Every page of annual reports and disclosures stands axe and fits both widths,
// with faults as well; conclusion and publication are asked for once more.
func TestReportsAndDisclosuresInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if _, err := s.db.Owner.Exec(t.Context(), `update organization set supervising_unit = $1`, unitName); err != nil {
		t.Fatal(err)
	}
	id, draft, standing, withdrawn := s.reported(t)
	org, report := s.actors["head"].OrgID.String(), id.String()
	tab := browsertest.Open(t)
	look := func(as string, list ...string) {
		t.Helper()
		tab.Cookie(s.url, "as", as)
		for _, path := range list {
			tab.Go(s.url + path)
			tab.Judge()
		}
	}
	look("head", paths.MyReports, paths.MyReport(2025), paths.MyReport(2024), paths.MyReportPart(2024, "basics"), paths.MyReportPart(2024, "governance"), paths.MyReportPart(2024, "grants"),
		paths.MyReportPapers(2024), paths.MyReportSubmission(2024), paths.MyDisclosures, paths.MyDisclosureNewOf("donations", 2024), paths.MyDisclosure(draft.String()),
		paths.MyDisclosureAct(draft.String(), "publication"), paths.MyDisclosureWithdrawal(standing.String()))
	look("unit", paths.StaffReports, paths.StaffReport(report), paths.StaffReportAct(report, "opinion"))
	look("subdistrict", paths.StaffReports+"?tab=all", paths.StaffReportsUnfiledOf(2024), paths.StaffReportAct(report, "conclusion"))
	look("", paths.Disclosures(org), paths.Disclosure(org, standing.String()), paths.Disclosure(org, withdrawn.String()))

	tab.Cookie(s.url, "as", "head")
	tab.Go(s.url + paths.MyReportPart(2024, "finance"))
	tab.Fill("income_dues", "三百")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Value("income_dues") != "三百" || tab.Value("opening") != "一千" || tab.Count("#income_dues-error") != 1 {
		t.Errorf("accounts entered wrongly: %d", status)
	}
	tab.Judge()
	tab.Fill("income_dues", "300") // the same page saves again: it holds the new version
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#income_dues-error") != 0 {
		t.Errorf("saved again: %d", status)
	}
	tab.Cookie(s.url, "as", "unit")
	tab.Go(s.url + paths.StaffReportAct(report, "opinion"))
	tab.Click("input[value=support]")
	tab.Submit("form.formstack button")
	tab.Cookie(s.url, "as", "subdistrict")
	for _, act := range []string{"correction", "conclusion"} {
		tab.Go(s.url + paths.StaffReportAct(report, act))
		if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s with nothing in it: %d", act, status)
		}
		tab.Judge()
	}
	tab.Click("input[value=pass]")
	tab.Submit("form.formstack button")
	tab.Judge()
	tab.Submit("form.formstack button.btn")
	if !strings.HasSuffix(tab.URL(), paths.StaffReport(report)) || s.conclusion(t) != organization.Pass {
		t.Errorf("concluded: %s", tab.URL())
	}
	tab.Go(s.url + paths.StaffReportAct(report, "reopening"))
	tab.Judge()
}

func (s *site) conclusion(t *testing.T) (c organization.Conclusion) {
	t.Helper()
	if err := s.db.Owner.QueryRow(t.Context(), `select conclusion from annual_report`).Scan(&c); err != nil {
		t.Error(err)
	}
	return c
}
