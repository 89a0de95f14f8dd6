package app_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"

	"github.com/pquerna/otp/totp"
)

// Areas of the story.
const (
	pingshan, liulian = "440310001", "440310001001" // 坪山街道, 六联社区
	maluan, pinghuan  = "440310002", "440310002001" // 马峦街道, 坪环社区
)

// someone is a person with an account: what they know by heart and what is on
// their phone.
type someone struct {
	*browser
	username, name, password string
	role                     authz.Role // "" for the public and for people of organizations
	secret                   string     // of the authenticator, "" before it is bound
	used                     int64      // last time step whose code was given
}

// passwords are taken one after the other when the portal asks for a new one.
func password(n int) string { return fmt.Sprintf("Bishan-river-%d-K", 2017+n) }

// office makes an account of an office as the command line does. The person
// signs in, and binds the second factor, when a page asks for it.
func (p *portal) office(t testing.TB, username string, in account.NewAccount) *someone {
	t.Helper()
	in.Username = username
	if in.Name == "" {
		in.Name = "王" + string([]rune("一二三四五六七八九十")[p.visitors%10])
	}
	if _, err := p.app.Accounts().CreateUser(t.Context(), authz.SystemActor, in, password(0)); err != nil {
		t.Fatalf("account %s: %v", username, err)
	}
	s := p.known(t, username, in.Name, password(0))
	s.role = in.Role
	return s
}

// known is a person whose account exists.
func (p *portal) known(t testing.TB, username, name, password string) *someone {
	t.Helper()
	s := &someone{browser: p.browser(t), username: username, name: name, password: password}
	s.browser.who = s
	return s
}

// signIn goes through every step of signing in that the portal asks for,
// starting at the page that asks, and returns the page that it leads to.
func (b *browser) signIn(p *page) *page {
	b.t.Helper()
	for range 6 {
		switch path, _, _ := strings.Cut(p.path, "?"); path {
		case "/login":
			p = p.form("/login").set("username", b.who.username, "password", b.who.password).submit()
		case "/login/password":
			b.who.password = nextPassword(b.who.password)
			p = p.form(path).set("new_password", b.who.password, "new_password_again", b.who.password).submit()
		case "/login/enrolment":
			b.who.secret = strings.ReplaceAll(p.Find("[data-secret]").Text(), " ", "")
			p = p.form(path).set("code", b.who.code()).submit()
			if p.Find("[data-recovery-codes] li").Length() != 10 {
				b.t.Fatalf("no recovery codes: %s", p.main())
			}
			p = p.follow("我已记下")
		case "/login/code":
			p = p.form(path).set("code", b.who.code()).submit()
		default:
			return p
		}
		if p.status >= 400 {
			b.t.Fatalf("%s cannot sign in: %d at %s: %s", b.who.username, p.status, p.path, p.main())
		}
	}
	b.t.Fatalf("%s is asked again and again: %s", b.who.username, p.main())
	return nil
}

func nextPassword(now string) string {
	for n := range 20 {
		if now == password(n) {
			return password(n + 1)
		}
	}
	return password(0)
}

// code reads the six digits from the phone. A code works once: whoever was here
// in the same half minute waits for the next, which is what the clock does here.
func (s *someone) code() string {
	s.t.Helper()
	const step = 30 * time.Second
	now := s.portal.now(s.t)
	for now.Unix()/30 <= s.used {
		s.portal.db.Advance(s.t, step)
		now = now.Add(step)
	}
	s.used = now.Unix() / 30
	code, err := totp.GenerateCode(s.secret, now)
	if err != nil {
		s.t.Fatal(err)
	}
	return code
}

// raw sends a request that no page offers.
func (b *browser) raw(method, path string, values url.Values) *page {
	b.t.Helper()
	contentType := ""
	if method == http.MethodPost {
		contentType = "application/x-www-form-urlencoded"
	}
	p, err := b.send(b.request(method, path, contentType, []byte(values.Encode())))
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// everyOffice is one person of each role that works for an office; they sign in
// when a page asks them to.
func (p *portal) everyOffice(t testing.TB) map[authz.Role]*someone {
	t.Helper()
	areas := map[authz.Role]account.NewAccount{
		authz.Community: {Community: liulian}, authz.Subdistrict: {Subdistrict: pingshan}, authz.Department: {Department: "坪山区教育局"},
	}
	people := map[authz.Role]*someone{}
	for _, role := range authz.Roles {
		if role.Staff() {
			in := areas[role]
			in.Role = role
			people[role] = p.office(t, strings.ReplaceAll(string(role), "_", "-"), in)
		}
	}
	return people
}
