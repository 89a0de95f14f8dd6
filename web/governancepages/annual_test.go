package governancepages_test

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

const unitName = "坪山区教育局"

// reported gives the organization a report of 2025 that waits for its unit, one of
// 2024 in the making, and disclosures: published twice, withdrawn, in the making.
func (s *site) reported() (id, draft, standing, withdrawn uuid.UUID) {
	s.Helper()
	head := s.Actors["head"]
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
		s.Must(err)
		s.Must(s.service.SavePart(s.Context(), head, 2025, part, 0, typed))
	}
	s.Must(s.service.SavePart(s.Context(), head, 2024, governance.PartFinance, 0, url.Values{"opening": {"一千"}}))
	owner, err := s.service.ReportOwner(s.Context(), head, 2025)
	s.Must(err)
	ready, err := s.service.Attachments.Prepare(s.Context(), attachment.Upload{Owner: owner, Slot: "accounts", Label: "收支表", Filename: "收支表.pdf",
		Body: bytes.NewReader([]byte("%PDF-1.4\n1 0 obj<</T(accounts)>>endobj\nstartxref\n9\n%%EOF\n"))})
	s.Must(err)
	defer ready.Discard()
	s.Must(s.service.AttachReport(s.Context(), head, 2025, "accounts", ready))
	v, err := s.service.Report(s.Context(), head, 2025)
	s.Must(err)
	s.Must(s.service.SignReport(s.Context(), head, 2025, v.Filing.Version,
		application.Signature{Agreed: true, StatementVersion: governance.ReportStatement.Version, TypedName: head.Name}, once.NewToken()))
	tell := func(k governance.DisclosureKind, year int, typed url.Values) (uuid.UUID, uuid.UUID) {
		begin, _, _, err := s.service.BeginDisclosure(s.Context(), head, k, year)
		s.Must(err)
		for name, v := range typed {
			begin[name] = v
		}
		id, err := s.service.SaveDisclosure(s.Context(), head, governance.DisclosureInput{Token: once.NewToken(), Kind: k, Year: year, Typed: begin})
		s.Must(err)
		version, err := s.service.Publish(s.Context(), head, id, 1, once.NewToken())
		s.Must(err)
		return id, version
	}
	_, standing = tell(governance.Accounts, 2025, nil)
	_, withdrawn = tell(governance.Council, 0, url.Values{"body": {"理事长：陈小明。监事：王五。任期至二〇二九年六月。"}})
	s.Must(s.service.Withdraw(s.Context(), head, withdrawn, "任期写错了，改正后再公开", once.NewToken()))
	draft, err = s.service.SaveDisclosure(s.Context(), head, governance.DisclosureInput{Token: once.NewToken(), Kind: governance.Summary, Year: 2025,
		Typed: url.Values{"title": {"2025 年度报告摘要"}, "body": {"联系 13800138000，地址 3 栋 201 室。"}}})
	s.Must(err)
	return v.Filing.ID, draft, standing, withdrawn
}

// Every page of annual reports and disclosures stands axe and fits both widths,
// with faults as well; conclusion and publication are asked for once more.
func TestReportsAndDisclosuresInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Exec(`update organization set supervising_unit = $1`, unitName)
	id, draft, standing, withdrawn := s.reported()
	org, report := s.Actors["head"].OrgID.String(), id.String()
	tab := s.Judge(map[string][]string{
		"head": {paths.MyReports, paths.MyReport(2025), paths.MyReport(2024), paths.MyReportPart(2024, "basics"), paths.MyReportPart(2024, "governance"), paths.MyReportPart(2024, "grants"),
			paths.MyReportPapers(2024), paths.MyReportSubmission(2024), paths.MyDisclosures, paths.MyDisclosureNewOf("donations", 2024), paths.MyDisclosure(draft.String()),
			paths.MyDisclosureAct(draft.String(), "publication"), paths.MyDisclosureWithdrawal(standing.String())},
		"unit":        {paths.StaffReports, paths.StaffReport(report), paths.StaffReportAct(report, "opinion")},
		"subdistrict": {paths.StaffReports + "?tab=all", paths.StaffReportsUnfiledOf(2024), paths.StaffReportAct(report, "conclusion")},
		"":            {paths.Disclosures(org), paths.Disclosure(org, standing.String()), paths.Disclosure(org, withdrawn.String())},
	})
	tab.Cookie(s.URL, "as", "head")
	tab.Go(s.URL + paths.MyReportPart(2024, "finance"))
	tab.Fill("income_dues", "三百")
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Value("income_dues") != "三百" || tab.Value("opening") != "一千" || tab.Count("#income_dues-error") != 1 {
		t.Errorf("accounts entered wrongly: %d", status)
	}
	tab.Judge()
	tab.Fill("income_dues", "300") // the same page saves again: it holds the new version
	if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity || tab.Count("#income_dues-error") != 0 {
		t.Errorf("saved again: %d", status)
	}
	tab.Cookie(s.URL, "as", "unit")
	tab.Go(s.URL + paths.StaffReportAct(report, "opinion"))
	tab.Click("input[value=support]")
	tab.Submit("form.formstack button")
	tab.Cookie(s.URL, "as", "subdistrict")
	for _, act := range []string{"correction", "conclusion"} {
		tab.Go(s.URL + paths.StaffReportAct(report, act))
		if status := tab.Submit("form.formstack button"); status != http.StatusUnprocessableEntity {
			t.Errorf("%s with nothing in it: %d", act, status)
		}
		tab.Judge()
	}
	tab.Click("input[value=pass]")
	tab.Submit("form.formstack button")
	tab.Judge()
	tab.Submit("form.formstack button.btn")
	if !strings.HasSuffix(tab.URL(), paths.StaffReport(report)) || s.conclusion() != organization.Pass {
		t.Errorf("concluded: %s", tab.URL())
	}
	tab.Go(s.URL + paths.StaffReportAct(report, "reopening"))
	tab.Judge()
}

func (s *site) conclusion() (c organization.Conclusion) {
	s.Helper()
	s.Must(s.DB.Owner.QueryRow(s.Context(), `select conclusion from annual_report`).Scan(&c))
	return c
}
