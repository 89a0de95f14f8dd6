package organizationpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// filled is the form of a new organization as a registrar fills it in.
func filled(s *site, t *testing.T, as string) url.Values {
	t.Helper()
	return on(with(s.open(t, as, paths.StaffOrganizationNew), "name", "六联社区长者互助会", "category", "welfare", "registrar", "坪山街道办事处",
		"filing_no", "坪社备[2026]8号", "head_name", "陈小明", "head_id_no", "44031019900228001０", "head_mobile", "138 0013 8000",
		"subdistrict", pingshan, "community", liulian), "established_on", civil.Of(2026, 5, 23))
}

func TestRegisterByForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	good := filled(s, t, "subdistrict")
	for field, bad := range map[string]url.Values{
		"name":           with(good, "name", "<b>会</b>"),
		"established_on": with(good, "established_on-month", "2", "established_on-day", "30"),
		"community":      with(good, "community", pinghuan),
		"subdistrict":    with(good, "subdistrict", "440310002", "community", pinghuan),
		"filing_no":      with(good, "filing_no", ""),
		"uscc":           with(good, "uscc", "51440310MJL0000165"),
		"head_id_no":     with(good, "head_id_no", "440310199002300018"),
		"org_type":       with(good, "org_type", "company"),
		"category":       with(good, "category", ""),
		"head_mobile":    with(good, "head_mobile", "12345"),
	} {
		typed := with(bad, "org_type", good.Get("org_type")) // a value not on offer cannot be shown again
		refused(t, s.post(t, "subdistrict", paths.StaffOrganizationNew, bad), field, without(typed, "org_type"))
	}
	p := s.post(t, "subdistrict", paths.StaffOrganizationNew, good)
	if p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.Find(".error-summary").Text())
	}
	again := s.post(t, "subdistrict", paths.StaffOrganizationNew, good)
	led(t, again, p.location) // sent twice: one organization
	record := s.get(t, "subdistrict", p.location)
	if text := record.Find("main").Text(); !strings.Contains(text, "坪社备〔2026〕第0008号") || !strings.Contains(text, "13800138000") {
		t.Errorf("record: %s", text)
	}
	// A similar name stops once; ticked, it is taken.
	similar := with(filled(s, t, "subdistrict"), "name", "六联社区长者服务互助会", "filing_no", "坪社备〔2026〕第0009号")
	stop := s.post(t, "subdistrict", paths.StaffOrganizationNew, similar)
	refused(t, stop, "accept", similar)
	similar.Add("accept", "similar_name")
	if p := s.post(t, "subdistrict", paths.StaffOrganizationNew, similar); p.status != http.StatusSeeOther {
		t.Errorf("accepted: status %d", p.status)
	}
}

func without(v url.Values, name string) url.Values {
	out := with(v)
	out.Del(name)
	return out
}

// A supervising unit that is on no list is taken, and said to be; the form offers
// the list with the other texts for it.
func TestAnUnknownUnitIsRemarkedOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const words = "主管单位名单里没有“坪山区老龄办”"
	path := paths.StaffOrganizationNew
	blank := s.open(t, "clerk", path)
	if p := s.get(t, "clerk", path); p.Find(`datalist option[value="坪山区教育局"]`).Length() != 1 || p.Find(`datalist option[value="文体局"]`).Length() != 1 || strings.Contains(p.html, words) {
		t.Error("the list is not offered")
	}
	if p := s.post(t, "clerk", path, with(blank, "supervising_unit", "坪山区老龄办")); !strings.Contains(p.Find("#supervising_unit-hint").Text(), words) || p.Find("#supervising_unit-error").Length() != 0 {
		t.Errorf("at its field: %q", p.Find("#supervising_unit-hint").Text())
	}
	id := s.add(t, registration(1), 1)
	edit := paths.StaffOrganization(id.String()) + "/registration"
	typed := func(unit string) url.Values {
		return with(s.open(t, "clerk", edit), "mode", "correction", "reason", "看着批文更正", "supervising_unit", unit)
	}
	led(t, s.post(t, "clerk", edit, typed("坪山区老龄办")), paths.StaffOrganization(id.String()))
	if !strings.Contains(s.flash, words) || !strings.Contains(s.get(t, "clerk", edit).Find("#supervising_unit-hint").Text(), words) {
		t.Errorf("said %q", s.flash)
	}
	led(t, s.post(t, "clerk", edit, typed("深圳市坪山区 文体局")), paths.StaffOrganization(id.String()))
	if strings.Contains(s.flash, "名单") {
		t.Errorf("an alias is unknown: %q", s.flash)
	}
}

func TestRegisterFromAClaim(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.claim = account.Claim{ID: uuid.Must(uuid.NewV7()), OrganizationName: "六联社区读书会", NumberKind: "filing", Number: "坪社备〔2026〕第0012号",
		Community: liulian, Subdistrict: pingshan, Name: "赵小青", Role: authz.OrgHead}
	path := paths.StaffOrganizationFor(s.claim.ID.String())
	form := s.open(t, "subdistrict", path)
	for name, want := range map[string]string{"name": "六联社区读书会", "filing_no": "坪社备〔2026〕第0012号", "community": liulian, "head_name": "赵小青", "status_basis": "filed"} {
		if form.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, form.Get(name), want)
		}
	}
	form = on(with(form, "category", "welfare", "head_id_no", "440310198803050034", "head_mobile", "13700137000"), "established_on", civil.Of(2026, 5, 23))
	led(t, s.post(t, "subdistrict", path, form), paths.Claim(s.claim.ID.String()))
	if p := s.get(t, "subdistrict", paths.StaffOrganizationFor(uuid.NewString())); p.status != http.StatusNotFound {
		t.Errorf("a claim of nobody: status %d", p.status)
	}
}

// Both versions are shown, what was typed is kept, and who has seen both saves.
func TestStaleProfile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	path := paths.MyOrganizationPart("basics")
	mine, theirs := s.open(t, "org1", path), s.open(t, "org1", path)
	led(t, s.post(t, "org1", path, with(theirs, "introduction", "别人写的简介", "members", "30")), paths.MyOrganization)
	typed := with(mine, "introduction", "我写的简介", "staff", "3")
	p := s.post(t, "org1", path, typed)
	if p.status != http.StatusConflict {
		t.Fatalf("status %d, want 409", p.status)
	}
	both := p.Find(".note").Text()
	for _, want := range []string{"我写的简介", "别人写的简介", "30"} {
		if !strings.Contains(both, want) {
			t.Errorf("%q is not shown: %s", want, both)
		}
	}
	// A fault on the way must not make the stale version fresh.
	stillStale := s.post(t, "org1", path, with(mine, "introduction", strings.Repeat("字", 501)))
	if v := stillStale.form().Get("version"); stillStale.status != http.StatusUnprocessableEntity || v != mine.Get("version") {
		t.Errorf("status %d with version %s, typed under %s", stillStale.status, v, mine.Get("version"))
	}
	next := p.form()
	if next.Get("introduction") != "我写的简介" || next.Get("staff") != "3" {
		t.Errorf("typed text is lost: %v", next)
	}
	led(t, s.post(t, "org1", path, next), paths.MyOrganization)
	if got := s.open(t, "org1", path).Get("introduction"); got != "我写的简介" {
		t.Errorf("saved %q", got)
	}
}

// Bad numbers of the catalogue (domain appendix C) stand at their field.
func TestBasicsByForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	path := paths.MyOrganizationPart("basics")
	form := s.open(t, "org1", path)
	for _, c := range []struct{ field, typed string }{
		{"members", "-1"}, {"members", "1e6"}, {"members", "0x10"}, {"members", "NaN"}, {"members", "三十"}, {"members", "1.5"}, {"members", "99999999999999999999"},
		{"full_time", "3"}, {"party_org", "x"}, {"premises", "cave"}, {"introduction", strings.Repeat("字", 501)},
	} {
		p := s.post(t, "org1", path, with(form, c.field, c.typed))
		if c.field == "full_time" { // the fault is the missing number of staff
			refused(t, p, "staff", nil)
			continue
		}
		refused(t, p, c.field, nil)
	}
	led(t, s.post(t, "org1", path, with(form, "members", "１，０００", "staff", " 3 ")), paths.MyOrganization)
	if got := s.open(t, "org1", path); got.Get("members") != "1000" || got.Get("staff") != "3" || got.Get("volunteers") != "" {
		t.Errorf("saved %v", got)
	}
}

func TestPayeeByForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.add(t, registration(1), 1)
	path := paths.MyOrganizationPart("payee")
	good := with(s.open(t, "org1", path), "kind", "agent", "agent_name", "坪山街道办事处", "agent_kind", "subdistrict", "authorization_note", "2026年6月1日授权书",
		"account_name", "坪山街道办事处", "account_no", "41028300040012345", "bank_name", "中国农业银行", "branch", "坪山支行")
	refused(t, s.post(t, "org1", path, with(good, "account_name", "陈小明")), "account_name", without(good, "account_name"))
	refused(t, s.post(t, "org1", path, with(good, "kind", "own")), "account_name", nil)
	refused(t, s.post(t, "org1", path, with(good, "account_no", "12")), "account_no", nil)
	led(t, s.post(t, "org1", path, good), paths.MyOrganization)
	page := s.get(t, "org1", path)
	if strings.Contains(page.html, "41028300040012345") || !strings.Contains(page.html, "****2345") {
		t.Error("the saved number is not masked")
	}
	record := paths.StaffOrganization(id.String())
	unmask := paths.StaffOrganizationPart(id.String(), "payee/unmasking")
	if p := s.get(t, "clerk", unmask); p.status != http.StatusForbidden {
		t.Errorf("a clerk opens the unmasking: %d", p.status)
	}
	refused(t, s.post(t, "finance", unmask, url.Values{"reason": {"看"}}), "reason", nil)
	shown := s.post(t, "finance", unmask, url.Values{"reason": {"核对第3批拨款"}})
	if shown.status != http.StatusOK || !strings.Contains(shown.Find("main").Text(), "41028300040012345") {
		t.Errorf("unmasked: %d", shown.status)
	}
	if strings.Contains(s.get(t, "finance", record).html, "41028300040012345") {
		t.Error("the record itself shows the number")
	}
	payee := s.get(t, "finance", record).Find(`form[action$="/payee/verification"] input[name=payee]`).AttrOr("value", "")
	led(t, s.post(t, "finance", paths.StaffOrganizationPart(id.String(), "payee/verification"), url.Values{"payee": {payee}}), record)
	if !strings.Contains(s.get(t, "finance", record).Find("#payee").Text(), "已核验") {
		t.Error("not verified")
	}
}

func TestActivityFromEntryToConfirmation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.add(t, registration(1), 1)
	path := paths.MyOrganizationPart("activities")
	good := on(with(s.open(t, "org1", path), "title", "旧物交换日", "place", "六联社区广场", "participants", "46", "summary", "邻居带旧物来交换，义工登记。"), "held_on", civil.Of(2026, 8, 1))
	title := with(good, "title", "六联社区旧物交换日")
	refused(t, s.post(t, "org1", path, with(title, "participants", "0")), "participants", nil)
	refused(t, s.post(t, "org1", path, on(title, "held_on", today.AddDays(1))), "held_on", nil)
	led(t, s.post(t, "org1", path, title), paths.MyOrganization)
	led(t, s.post(t, "org1", path, title), paths.MyOrganization) // double click
	if n := s.get(t, "org1", path).Find("table tbody tr").Length(); n != 1 {
		t.Fatalf("%d activities, want 1", n)
	}
	public := paths.Organization(id.String())
	if strings.Contains(s.get(t, "", public).html, "旧物交换日") {
		t.Error("public before it was confirmed")
	}
	record := s.get(t, "community", paths.StaffOrganization(id.String()))
	confirm := record.Find(`form[action$="/confirmation"]`)
	if confirm.Length() != 1 {
		t.Fatalf("%d confirmations offered to the community, want 1", confirm.Length())
	}
	version := url.Values{"version": {confirm.Find("input[name=version]").AttrOr("value", "")}}
	action := confirm.AttrOr("action", "")
	if p := s.post(t, "elsewhere", action, version); p.status != http.StatusNotFound {
		t.Errorf("an office elsewhere confirms: %d", p.status)
	}
	if p := s.post(t, "community", action, url.Values{"version": {"7"}}); p.status != http.StatusConflict {
		t.Errorf("a stale confirmation: %d", p.status)
	}
	led(t, s.post(t, "community", action, version), paths.StaffOrganization(id.String()))
	if !strings.Contains(s.get(t, "", public).html, "旧物交换日") {
		t.Error("not public after it was confirmed")
	}
	withdraw := s.get(t, "subdistrict", paths.StaffOrganization(id.String())).Find(`#activities a[href$="/withdrawal"]`).AttrOr("href", "")
	form := s.open(t, "subdistrict", withdraw)
	refused(t, s.post(t, "subdistrict", withdraw, with(form, "reason", "错")), "reason", nil)
	led(t, s.post(t, "subdistrict", withdraw, with(form, "reason", "经核实没有举办")), paths.StaffOrganization(id.String()))
}

// Every fact that eligibility reads can be entered by an office.
func TestFactsByForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := registration(1)
	in.EstablishedOn = civil.Of(2025, 1, 10)
	id := s.add(t, in, 1)
	record := paths.StaffOrganization(id.String())
	for _, c := range []struct {
		part  string
		form  func(v url.Values) url.Values
		shows string
	}{
		{"systems", func(v url.Values) url.Values {
			return on(with(v, "kind", "finance", "title", "财务管理制度"), "adopted_on", civil.Of(2025, 3, 1))
		}, "财务管理制度"},
		{"reports", func(v url.Values) url.Values {
			return on(with(v, "conclusion", "pass"), "submitted_on", civil.Of(2026, 3, 20))
		}, "2025年度"},
		{"grants", func(v url.Values) url.Values {
			return on(with(v, "programme", "startup", "title", "启动扶持", "amount", "5,000.00元"), "awarded_on", civil.Of(2025, 8, 1))
		}, "5,000.00"},
		{"looks?subject=earlier_grants", func(v url.Values) url.Values { return with(v, "source", "区财政历年拨款台账") }, "核查过：区财政历年拨款台账"},
		{"checks", func(v url.Values) url.Values {
			v = with(v, "source", "中国社会组织政务服务平台")
			v["lists"] = []string{"abnormal_list", "violation"}
			return v
		}, "中国社会组织政务服务平台"},
		{"entries", func(v url.Values) url.Values {
			return on(with(v, "kind", "court_defaulter", "basis", "（2026）粤0310执1号", "reason", "被执行人未履行判决"), "from", civil.Of(2026, 10, 1))
		}, "（2026）粤0310执1号"},
		{"status", func(v url.Values) url.Values {
			return on(with(v, "status", "abnormal", "reason", "连续三个月没有活动"), "since", civil.Of(2026, 11, 1))
		}, "活动异常"},
		{"grades", func(v url.Values) url.Values {
			return on(on(with(v, "star", "2", "cert_no", "PG-2025-0003"), "from", civil.Of(2026, 1, 1)), "to", civil.Of(2027, 12, 31))
		}, "PG-2025-0003"},
		{"registration", func(v url.Values) url.Values {
			return on(with(v, "mode", "change", "category", "charity", "reason", "理事会决议和批复"), "effective_on", civil.Of(2026, 6, 1))
		}, "公益慈善"},
	} {
		path := record + "/" + c.part
		if p := s.post(t, "clerk", path, url.Values{"version": {"1"}, "token": {once.NewToken()}}); p.status != http.StatusUnprocessableEntity || p.Find(".error-summary li").Length() == 0 {
			t.Errorf("%s left blank: status %d", c.part, p.status)
		}
		led(t, s.post(t, "clerk", path, c.form(s.open(t, "clerk", path))), record)
		if text := s.get(t, "clerk", record).Find("main").Text(); !strings.Contains(text, c.shows) {
			t.Errorf("%s: %q is not on the record", c.part, c.shows)
		}
		if p := s.get(t, "elsewhere", path); p.status != http.StatusNotFound {
			t.Errorf("%s opens for an office elsewhere: %d", c.part, p.status)
		}
		if p := s.get(t, "org1", path); p.status != http.StatusForbidden {
			t.Errorf("%s opens for the organization: %d", c.part, p.status)
		}
	}
	// The entry is removed from the list again.
	end := s.get(t, "clerk", record).Find(`#standing a[href$="/end"]`).AttrOr("href", "")
	form := s.open(t, "clerk", end)
	refused(t, s.post(t, "clerk", end, with(form, "mode", "removal", "reason", "已经履行完毕")), "to", nil)
	led(t, s.post(t, "clerk", end, on(with(form, "mode", "removal", "reason", "已经履行完毕"), "to", today)), record)
}

// Who may open which page; a golden of its own for what the route declares.
func TestAccess(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.add(t, registration(1), 1)
	s.add(t, registration(2), 2)
	one := paths.StaffOrganization(id.String())
	for _, c := range []struct {
		path string
		want map[string]int
	}{
		{paths.Organizations, map[string]int{"": 200, "org1": 200, "clerk": 200}},
		{paths.MyOrganization, map[string]int{"": 303, "org1": 200, "clerk": 403}},
		{paths.StaffOrganizations, map[string]int{"": 303, "org1": 403, "community": 200, "expert": 403}},
		{one, map[string]int{"": 303, "org1": 403, "org2": 403, "community": 200, "subdistrict": 200, "elsewhere": 404, "finance": 200, "expert": 403}},
		{one + "/registration", map[string]int{"community": 403, "subdistrict": 200, "elsewhere": 404, "finance": 403}},
		{one + "/head/unmasking", map[string]int{"clerk": 200, "subdistrict": 403, "finance": 403}},
		{one + "/grades", map[string]int{"clerk": 200, "subdistrict": 403}},
		{paths.StaffOrganization(uuid.NewString()), map[string]int{"clerk": 404}},
	} {
		for as, want := range c.want {
			if p := s.get(t, as, c.path); p.status != want {
				t.Errorf("%s as %q: %d, want %d", c.path, as, p.status, want)
			}
		}
	}
}

// A conflict of another organization's record under one's own address.
func TestForeignRecord(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	other := s.add(t, registration(2), 2)
	org2 := s.actors["org2"]
	if err := s.organizations.FileSystem(t.Context(), org2, organization.SystemInput{Token: once.NewToken(), OrgID: other, Kind: organization.Charter, Title: "章程"}); err != nil {
		t.Fatal(err)
	}
	r, err := s.organizations.Get(t.Context(), org2, other)
	if err != nil {
		t.Fatal(err)
	}
	path := paths.MyOrganizationWithdrawal("systems", r.Systems[0].ID.String())
	if p := s.get(t, "org1", path); p.status != http.StatusNotFound {
		t.Errorf("another's record opens: %d", p.status)
	}
	if p := s.post(t, "org1", path, url.Values{"version": {"1"}, "reason": {"不是自己的记录"}}); p.status != http.StatusNotFound {
		t.Errorf("another's record is withdrawn: %d", p.status)
	}
	if p := s.get(t, "org2", path); p.status != http.StatusOK {
		t.Errorf("the own one: %d", p.status)
	}
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	p := s.post(t, "org1", paths.MyOrganizationPart("basics"), url.Values{"introduction": {strings.Repeat("字", 40_000)}})
	if p.status != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", p.status)
	}
}
