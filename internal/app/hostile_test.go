package app_test

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/authz"

	"github.com/PuerkitoBio/goquery"
)

// hostile is what people, robots and broken programs type (domain, appendix C).
var hostile = []string{
	"", "   ", strings.Repeat("长", 7000), "\x00\x01\u202e\u200b\ufeff", `<script>alert(1)</script>"'>`, "1e6", "-1", "99999999999999999999",
	"NaN", "0x10", "2026-02-30", "0001-01-01", "9999-12-31", "nope", "\xff\xfe\xfa", "'; drop table account; --", "𠮷坣壆", "../../etc/passwd", "%00%",
	"００３.５", "=cmd|' /C calc'!A0", "a\r\nSet-Cookie: x=1", "00000000-0000-0000-0000-000000000000", "🙂🙂🙂🙂🙂",
}

// marked is the one among them that must never be executed.
const marked = "<script>alert(1)"

// TestHostileInput sends them to every address and every form, as somebody who
// may. Nothing may fail on our side, and nothing may come back as markup.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	judge := func(role authz.Role, what string, a *page) {
		if problem := a.problem(); problem != "" {
			t.Errorf("%s as %s: %s; %s", what, role, problem, strings.Join(w.log.all(), "\n"))
		}
	}
	addresses := w.hostileAddresses()
	forms := w.forms(t)
	if len(addresses) < 300 || len(forms) < 30 {
		t.Fatalf("only %d addresses and %d forms were found", len(addresses), len(forms))
	}
	w.each(func(role authz.Role, b *browser) {
		for _, s := range addresses {
			if !authz.Can(role, s.Permission) || role != w.mayOpen(s.Permission) {
				continue
			}
			a, err := b.once(s)
			if err != nil {
				t.Errorf("GET %s: %v", s.path, err)
				continue
			}
			judge(role, "GET "+s.path, a)
			if s.variant == "wrong" && a.status == http.StatusOK && !strings.HasPrefix(s.Pattern, "/audit/") {
				t.Errorf("GET %s as %s: there is no such thing, and it is shown", s.path, role)
			}
		}
	})
	w.each(func(role authz.Role, b *browser) {
		for _, f := range forms {
			if f.role != role {
				continue
			}
			for i, typed := range f.attempts() {
				r := b.request(http.MethodPost, f.action, "application/x-www-form-urlencoded", []byte(typed.Encode()))
				r.Header.Set("X-Forwarded-For", fmt.Sprintf("203.0.%d.%d", i/200, 1+i%200)) // not to test the limit by address
				a, err := b.send(r)
				if err != nil {
					t.Errorf("POST %s: %v", f.action, err)
					continue
				}
				judge(role, fmt.Sprintf("POST %s %.300q", f.action, typed), a)
			}
		}
	})
}

// problem says what is wrong with an answer to hostile input, "" for nothing.
func (p *page) problem() string {
	switch {
	case p.status >= 500:
		return fmt.Sprint("failed with ", p.status)
	case p.Document != nil && bytes.Contains(p.body, []byte(marked)):
		return "what was typed came back as markup"
	}
	return strings.Join(unsafeHeaders(p.header), ", ")
}

// each runs act for every role, several at a time.
func (w *world) each(act func(authz.Role, *browser)) {
	var wait sync.WaitGroup
	free := make(chan struct{}, 4)
	for _, role := range w.roles {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			act(role, w.as[role])
		})
	}
	wait.Wait()
}

// mayOpen is the role that tries an address: the one that gets furthest.
func (w *world) mayOpen(p authz.Permission) authz.Role {
	for _, role := range []authz.Role{authz.OrgHead, authz.BureauClerk, authz.Community, authz.Subdistrict} {
		if authz.Can(role, p) && p != authz.Public {
			return role
		}
	}
	for _, role := range w.roles {
		if authz.Can(role, p) {
			return role
		}
	}
	return authz.Anonymous
}

// hostileAddresses are all GET routes with wrong parameters, and with right ones
// and a query that no page made.
func (w *world) hostileAddresses() (list []stop) {
	names := []string{"page", "cursor", "after", "before", "sort", "order", "tab", "kind", "status", "category", "subdistrict", "community", "basis", "year",
		"q", "id", "subject", "account", "action", "from", "to", "on", "on-year", "on-month", "on-day", "filed_on-year", "filed_on-month", "filed_on-day",
		"claim", "as", "next", "programme", "try", "name", "role", "established_on-year", "established_on-month", "established_on-day", "unknown"}
	seen := ""
	for _, s := range w.stops(http.MethodGet) {
		if s.Pattern == seen {
			continue // the query is read before the thing is looked up
		}
		seen = s.Pattern
		for i := range hostile {
			q := url.Values{}
			for j, name := range names {
				q.Set(name, hostile[(i+j)%len(hostile)])
				if len(q.Get(name)) > 1000 {
					q.Set(name, q.Get(name)[:900]) // a header has a limit of its own
				}
			}
			with := s
			with.path += "?" + q.Encode()
			if i%4 == 0 { // every kind comes to every name over the routes
				list = append(list, with)
			}
		}
	}
	for _, route := range w.app.Router().Routes() {
		if route.Method != http.MethodGet || !strings.Contains(route.Pattern, "{") {
			continue
		}
		for _, value := range hostile {
			if strings.TrimSpace(value) == "" {
				continue
			}
			parts := strings.Split(route.Pattern, "/")
			for i := range parts {
				if strings.HasPrefix(parts[i], "{") {
					parts[i] = url.PathEscape(value[:min(len(value), 900)])
				}
			}
			list = append(list, stop{Route: route, variant: "wrong", path: strings.Join(parts, "/")})
		}
	}
	return list
}

// postForm is a form that a role finds on some page.
type postForm struct {
	role   authz.Role
	action string
	values url.Values
	hidden map[string]bool
}

// anyID is what differs between forms of one shape.
var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}|FH-[0-9]{4}-[0-9]+`)

// forms collects every form of every page, one of each shape.
func (w *world) forms(t testing.TB) []postForm {
	t.Helper()
	found := map[string]postForm{}
	for _, v := range w.tour(t, w.stops(http.MethodGet)) {
		if v.answer.Document == nil || v.answer.status != http.StatusOK {
			continue
		}
		v.answer.Find("form").Each(func(_ int, sel *goquery.Selection) {
			f := &htmlForm{page: v.answer, form: sel, files: map[any][]upload{}}
			p := postForm{role: v.role, action: sel.AttrOr("action", ""), values: url.Values{}, hidden: map[string]bool{}}
			if !strings.EqualFold(sel.AttrOr("method", ""), "post") || p.action == "/logout" || sel.AttrOr("enctype", "") != "" {
				return
			}
			f.controls().Each(func(_ int, c *goquery.Selection) {
				name := c.AttrOr("name", "")
				p.values[name] = nil
				p.hidden[name] = kindOf(c) == "hidden"
			})
			for _, e := range f.entries(nil) {
				p.values.Add(e.name, e.value)
			}
			shape := anyID.ReplaceAllString(p.action, "{}") + " " + strings.Join(slices.Sorted(maps.Keys(p.values)), " ")
			if old, ok := found[shape]; !ok || old.role == authz.Anonymous {
				found[shape] = p
			}
		})
	}
	return slices.SortedFunc(maps.Values(found), func(a, b postForm) int { return cmp.Compare(a.action, b.action) })
}

// attempts are what is sent to a form: everything hostile at once, hidden values
// apart; then one control after the other, hidden ones too, beside what stands in
// the form.
func (f postForm) attempts() (list []url.Values) {
	names := slices.Sorted(maps.Keys(f.values))
	step := 2
	if slices.ContainsFunc(names, func(n string) bool { return strings.Contains(n, "password") }) {
		step = 6 // each try costs a hash
	}
	for i := 0; i < len(hostile); i += step {
		all := maps.Clone(f.values)
		for j, name := range names {
			if !f.hidden[name] {
				all[name] = []string{hostile[(i+3*j)%len(hostile)]}
			}
		}
		list = append(list, all)
	}
	for j, name := range names {
		for i := 0; i < 4; i += step {
			one := maps.Clone(f.values)
			one[name] = []string{hostile[(5*j+7*i+1)%len(hostile)]}
			list = append(list, one)
		}
	}
	return list
}
