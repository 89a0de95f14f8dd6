package accountpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/web/accountpages"

	"github.com/google/uuid"
)

func TestAnOrganizationSignsUpAndIsConfirmed(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "subdistrict-pingshan", account.NewAccount{Role: authz.Subdistrict, Subdistrict: pingshan})
	head := s.browser(t)
	form := head.get("/register?as=org_head")
	bad := head.fill(form, "/register", "number", "51440310MJL0000166", "username", "lisi", "password", "short", "email", "x")
	head.at(bad, http.StatusUnprocessableEntity, "/register")
	for _, name := range []string{"number", "organization_name", "community", "name", "resident_id", "mobile", "email", "password"} {
		if bad.Find(`.error-summary a[href="#`+name+`"]`).Length() != 1 || bad.Find(`[name="`+name+`"][aria-invalid]`).Length() == 0 {
			t.Errorf("the fault of %s is not named in summary and field", name)
		}
	}
	if v, _ := bad.Find(`[name=number]`).Attr("value"); v != "51440310MJL0000166" {
		t.Errorf("what was typed is gone: %q", v)
	}
	if v, _ := bad.Find(`[name=password]`).Attr("value"); v != "" {
		t.Error("a password came back")
	}
	typed := []string{"number", credit, "organization_name", "六联社区助老服务中心", "community", liulian, "name", "李四",
		"resident_id", "440310199002280010", "mobile", "13800001234", "username", "lisi", "password", good, "new_password_again", good, "email", ""}
	mismatch := head.fill(bad, "/register", append(typed, "new_password_again", "other")...)
	head.at(mismatch, http.StatusUnprocessableEntity, "/register")
	head.says(head.at(head.fill(mismatch, "/register", typed...), http.StatusOK, "/login"), "街道核对以后")
	head.says(head.signIn("lisi", good), "还没有确认")

	street := s.signedIn(t, "subdistrict-pingshan")
	list := street.get("/claims")
	href, _ := list.Find(`main a[href^="/claims/"]`).Attr("href")
	claim := street.says(street.get(href), "还没有这个编号的组织")
	if strings.Contains(claim.Text(), "440310199002280010") || strings.Contains(claim.Text(), "13800001234") {
		t.Error("a number is shown in full")
	}
	if claim.Find(`a[href="/organizations/new?claim=`+strings.TrimPrefix(href, "/claims/")+`"]`).Length() != 1 {
		t.Error("no way to record the organization")
	}
	s.known[credit] = accountpages.Organization{ID: uuid.New(), Name: "六联社区助老服务中心", Community: liulian}
	claim = street.get(href)
	street.says(street.at(street.fill(claim, href+"/confirmation"), http.StatusOK, "/claims"), "已确认")
	street.at(street.fill(claim, href+"/confirmation"), http.StatusOK, "/claims") // pressed twice
	head.at(head.signIn("lisi", good), http.StatusOK, "/workspace")
}

// signedIn is a browser signed in as an office account that enrols on the way.
func (s *site) signedIn(t *testing.T, username string) *browser {
	t.Helper()
	b := s.browser(t)
	enrol := b.at(b.signIn(username, good), http.StatusOK, "/login/enrolment")
	codes := b.fill(enrol, "/login/enrolment", "code", s.code(t, enrol.Find("[data-secret]").Text()))
	if codes.Find("[data-recovery-codes] li").Length() != 10 {
		t.Fatalf("no recovery codes: %s", codes.Find("main").Text())
	}
	b.at(b.get("/workspace"), http.StatusOK, "/workspace")
	return b
}

func TestStaffEnrolOnceAndGiveACodeFromThenOn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "auditor", account.NewAccount{Role: authz.Auditor})
	b := s.browser(t)
	enrol := b.at(b.signIn("auditor", good), http.StatusOK, "/login/enrolment")
	if d, _ := enrol.Find("svg.qr path").Attr("d"); len(d) < 1000 {
		t.Error("no QR code")
	}
	b.at(b.get("/workspace"), http.StatusOK, "/login?next=%2Fworkspace") // not signed in yet
	secret := enrol.Find("[data-secret]").Text()
	wrong := b.at(b.fill(enrol, "/login/enrolment", "code", "000000"), http.StatusUnprocessableEntity, "/login/enrolment")
	if again := wrong.Find("[data-secret]").Text(); again != secret {
		t.Error("a mistyped code changed the secret that was scanned")
	}
	b.says(b.fill(wrong, "/login/enrolment", "code", s.code(t, secret)), "备用码")

	other := s.browser(t)
	ask := other.at(other.signIn("auditor", good), http.StatusOK, "/login/code")
	other.at(other.fill(ask, "/login/code", "code", s.code(t, secret)), http.StatusUnprocessableEntity, "/login/code") // used
	s.DB.Advance(t, time.Minute)
	other.at(other.fill(ask, "/login/code", "code", s.code(t, secret)), http.StatusOK, "/workspace")
}

func TestTheCookieChangesAtSignInAndDiesAtSignOut(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	s.user(t, "auditor", account.NewAccount{Role: authz.Auditor})
	b := s.browser(t)
	b.signIn("auditor", good) // leaves a session at the step of enrolment
	planted := b.cookie()
	p := b.signIn("org1-head", good)
	b.at(p, http.StatusOK, "/workspace")
	if planted == "" || b.cookie() == planted {
		t.Fatalf("cookie before %q, after %q", planted, b.cookie())
	}
	if len(b.cookie()) < 43 {
		t.Errorf("a token of %d characters holds less than 256 bits", len(b.cookie()))
	}
	var stored int
	if err := s.DB.Owner.QueryRow(t.Context(), `select count(*) from sessions where token = $1`, b.cookie()).Scan(&stored); err != nil || stored != 0 {
		t.Errorf("the token itself is stored: %d %v", stored, err)
	}
	if c := p.header.Get("Cache-Control"); c != "no-store" {
		t.Errorf("Cache-Control %q", c)
	}
	copied := s.browser(t)
	u, _ := url.Parse(s.URL)
	copied.jar.SetCookies(u, b.jar.Cookies(u))
	copied.at(copied.get("/workspace"), http.StatusOK, "/workspace")
	b.post("/logout", nil)
	copied.at(copied.get("/workspace"), http.StatusOK, "/login?next=%2Fworkspace")
}

func TestChangingThePasswordGoesOnHereAndEndsElsewhere(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	here, there := s.browser(t), s.browser(t)
	here.signIn("org1-head", good)
	there.signIn("org1-head", good)
	before := here.cookie()
	form := here.get("/account/password")
	here.at(here.fill(form, "/account/password", "password", good, "new_password", good, "new_password_again", good), http.StatusUnprocessableEntity, "/account/password")
	done := here.fill(form, "/account/password", "password", good, "new_password", "Another-2027-hill", "new_password_again", "Another-2027-hill")
	here.says(here.at(done, http.StatusOK, "/account"), "密码已经换好")
	if here.cookie() == before {
		t.Error("the cookie did not change with the password")
	}
	there.at(there.get("/account"), http.StatusOK, "/login?next=%2Faccount")
}

func TestAnInterruptedFormKeepsWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	b := s.browser(t)
	b.signIn("org1-head", good)
	s.DB.Advance(t, 31*time.Minute)
	p := b.post("/applications", url.Values{"purpose": {"助老<b>活动</b>"}, "password": {good}, "new_password": {good}})
	b.at(p, http.StatusUnauthorized, "/applications")
	if strings.Contains(p.Text(), good) || p.Find(`[name=password]`).Length() != 0 {
		t.Error("a password was carried")
	}
	b.says(b.get("/login"), "登录已过期")
	b.signIn("org1-head", good)
	got := b.fill(p, "/applications")
	if text := got.Find("#got").Text(); got.status != http.StatusOK || text != "助老活动" {
		t.Errorf("%d %q", got.status, text)
	}
}

func TestSignInLeadsOnlyToThisSite(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	for next, want := range map[string]string{"/account": "/account", "https://evil.example/": "/workspace", "//evil.example": "/workspace", "": "/workspace"} {
		b := s.browser(t)
		b.at(b.fill(b.get("/login?next="+url.QueryEscape(next)), "/login", "username", "org1-head", "password", good), http.StatusOK, want)
	}
}

func TestAWrongPasswordAndAnUnknownNameLookTheSame(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	b := s.browser(t)
	known, unknown := b.signIn("org1-head", "wrong"), b.signIn("org9-head", "wrong")
	if known.status != unknown.status || strings.ReplaceAll(known.Find("main").Text(), "org1", "org9") != strings.ReplaceAll(unknown.Find("main").Text(), "org1", "org9") {
		t.Errorf("known %d, unknown %d", known.status, unknown.status)
	}
	for range 4 {
		b.signIn("org9-head", "wrong")
	}
	locked := b.at(b.signIn("org9-head", "wrong"), http.StatusTooManyRequests, "/login")
	b.says(locked, "30 分钟")
}

func TestAdministratorsMakeCloseAndReset(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	s.user(t, "security", account.NewAccount{Role: authz.AdminSecurity})
	admin := s.signedIn(t, "admin")
	form := admin.get("/accounts/new-office")
	bad := admin.fill(form, "/accounts/new-office", "username", "shequ", "name", "王五", "role", "community")
	admin.at(bad, http.StatusUnprocessableEntity, "/accounts/new-office")
	made := admin.fill(bad, "/accounts/new-office", "community", liulian)
	password := made.Find("[data-one-time-password]").Text()
	if again := admin.fill(bad, "/accounts/new-office", "community", liulian).Find("[data-one-time-password]").Text(); password == "" || again != password {
		t.Fatalf("passwords %q and %q", password, again)
	}
	member := s.browser(t)
	change := member.at(member.signIn("shequ", password), http.StatusOK, "/login/password")
	member.at(member.fill(change, "/login/password", "new_password", good, "new_password_again", good), http.StatusOK, "/login/enrolment")

	list := admin.get("/accounts?name=shequ")
	href, _ := list.Find(`main table a[href^="/accounts/"]`).Attr("href")
	ask := admin.get(href + "/disabling")
	admin.at(admin.fill(ask, href+"/disabling", "reason", ""), http.StatusUnprocessableEntity, href+"/disabling")
	admin.says(admin.at(admin.fill(ask, href+"/disabling", "reason", "岗位调整"), http.StatusOK, href), "账号已经停用")
	admin.at(admin.get(href+"/password-reset"), http.StatusForbidden, href+"/password-reset")
	admin.says(admin.fill(admin.get(href+"/enabling"), href+"/enabling"), "账号已经启用")

	security := s.signedIn(t, "security")
	reset := security.fill(security.get(href+"/password-reset"), href+"/password-reset")
	if p := reset.Find("[data-one-time-password]").Text(); p == "" || p == password {
		t.Errorf("reset to %q", p)
	}
	security.at(security.get(href+"/disabling"), http.StatusForbidden, href+"/disabling")
	outsider := s.browser(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	outsider.signIn("org1-head", good)
	outsider.at(outsider.get(href), http.StatusNotFound, href)
	outsider.at(outsider.get("/accounts/new-office"), http.StatusForbidden, "/accounts/new-office")
}

func TestAHeadAddsAClerk(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	head := s.browser(t)
	head.signIn("org1-head", good)
	made := head.fill(head.get("/accounts/new-clerk"), "/accounts/new-clerk", "username", "org1-clerk", "name", "赵六")
	password := made.Find("[data-one-time-password]").Text()
	clerk := s.browser(t)
	change := clerk.at(clerk.signIn("org1-clerk", password), http.StatusOK, "/login/password")
	clerk.at(clerk.fill(change, "/login/password", "new_password", good, "new_password_again", good), http.StatusOK, "/workspace")
	own := clerk.get("/account")
	clerk.says(own, "组织经办人")
	if n := own.Find("table tbody tr").Length(); n != 1 {
		t.Errorf("%d sessions listed", n)
	}
}

func TestTheSecondFactorOfOnesOwn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
	b := s.browser(t)
	b.signIn("org1-head", good)
	form := b.get("/account/second-factor")
	secret := form.Find("[data-secret]").Text()
	b.at(b.fill(form, "/account/second-factor", "password", "wrong", "code", s.code(t, secret)), http.StatusUnprocessableEntity, "/account/second-factor")
	codes := b.fill(form, "/account/second-factor", "password", good, "code", s.code(t, secret))
	first := codes.Find("[data-recovery-codes] code").First().Text()
	other := s.browser(t)
	ask := other.at(other.signIn("org1-head", good), http.StatusOK, "/login/code")
	other.at(other.fill(ask, "/login/code", "code", first), http.StatusOK, "/workspace")
	renewed := b.fill(b.get("/account/recovery-codes"), "/account/recovery-codes", "password", good)
	if renewed.Find("[data-recovery-codes] li").Length() != 10 {
		t.Error("no new codes")
	}
}
