package app_test

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// stop is one address of one route: a pattern with its parameters filled in.
type stop struct {
	httpserver.Route
	variant string // whose or which one, "" when there is only one
	path    string
	body    url.Values
}

// visit is a role at a stop.
type visit struct {
	stop
	role   authz.Role
	answer *page
}

// place fills in the parameters of a pattern.
type place struct {
	variant string
	values  map[string]string
}

// places are the things that a pattern may be about: one within the reach of
// somebody, and one outside of it.
func (w *world) places(pattern string) []place {
	at := func(variant string, pairs ...string) place {
		p := place{variant, map[string]string{}}
		for i := 0; i+1 < len(pairs); i += 2 {
			p.values[pairs[i]] = pairs[i+1]
		}
		return p
	}
	application := func(variant, no string) place {
		return at(variant, "no", no, "section", "plan", "slot", "other", "id", w.ids["file "+no], "role", "head", "n", "0")
	}
	has := func(prefix string) bool { return strings.HasPrefix(pattern, prefix) }
	switch {
	case !strings.Contains(pattern, "{"):
		return []place{at("")}
	case has("/applications/{no}/letters/"):
		return []place{at("own", "no", w.returned, "id", w.ids["letter"]), at("neighbour's", "no", w.accepted, "id", w.ids["letter next"]),
			at("under another number", "no", w.accepted, "id", w.ids["letter"])}
	case has("/applications/{no}"):
		return []place{application("own draft", w.draft), application("own returned", w.returned), application("accepted", w.accepted),
			application("accepting", w.accepting), application("elsewhere", w.abroad), application("paid", w.reporting),
			at("founder's", "no", w.founding, "section", "organization", "slot", "charter", "id", uuid.NewString(), "role", "head", "n", "0")}
	case has("/my/organization/certificates/"):
		return []place{at("own or none", "no", w.ids["certificate"])}
	case has("/staff/organizations/{id}/certificates/"):
		return []place{at("home", "id", w.own.id, "no", w.ids["certificate"]), at("elsewhere", "id", w.away.id, "no", w.ids["certificate"])}
	case has("/certificates/") || has("/registry/consents/"):
		return []place{at("none", "no", "ZS-2018-0001")}
	case has("/staff/imports/templates/{file}"):
		return []place{at("a template", "file", "people.xlsx")}
	case has("/staff/imports/{id}"):
		return []place{at("waiting", "id", w.ids["import"]), at("confirmed", "id", w.ids["imported"])}
	case has("/my/organization/roster/{member}"):
		return []place{at("own", "member", w.ids["member"], "from", "2018-03-01"), at("another's", "member", w.ids["member next"], "from", "2018-03-01")}
	case has("/staff/organizations/{id}/roster/{member}"):
		return []place{at("home", "id", w.own.id, "member", w.ids["member"]), at("elsewhere", "id", w.away.id, "member", w.ids["member"])}
	case has("/activities/{no}") || has("/my/activities/{no}") || has("/staff/activities/{no}"):
		return []place{at("", "no", w.ids["event no"], "picture", w.ids["picture none"], "entry", uuid.NewString())}
	case has("/my/volunteers/{volunteer}"):
		return []place{at("", "volunteer", w.ids["volunteer"])}
	case has("/staff/pictures/{picture}"):
		return []place{at("", "picture", w.ids["picture doubtful"])}
	case has("/staff/picture-requests/{request}"):
		return []place{at("", "request", w.ids["picture request"])}
	case has("/samples/{no}") || has("/staff/samples/{no}"):
		return []place{at("", "no", w.ids["sample"])}
	case has("/my/liaison/"):
		return []place{at("", "entry", w.ids["ask"], "file", w.ids["ask file"])}
	case has("/staff/organizations/{id}/liaison"):
		return []place{at("home", "id", w.own.id, "entry", w.ids["ask"], "file", w.ids["ask file"], "kind", "remark"), at("elsewhere", "id", w.away.id, "entry", w.ids["ask"], "file", w.ids["ask file"], "kind", "request")}
	case has("/staff/departments/{code}"):
		return []place{at("", "code", "education")}
	case has("/staff/duplicates/"):
		return []place{at("a pair", "one", w.own.id, "other", w.third.id), at("no pair", "one", w.own.id, "other", w.away.id)}
	case has("/staff/merges/"):
		return []place{at("", "merge", w.ids["merge"])}
	case has("/guidelines/{no}"):
		return []place{at("released", "no", w.ids["public no"])}
	case has("/staff/guidelines/{id}"):
		guideline := func(name, id string) place {
			return at(name, "id", w.ids[id], "version", w.ids["draft words"], "file", w.ids["draft file"])
		}
		return []place{guideline("draft", "draft text"), guideline("waiting", "waiting text"), guideline("released", "public text")}
	case has("/my/governance/"):
		record := "meeting"
		if has("/my/governance/officers") {
			record = "officer"
		}
		return []place{at("own", "part", "minutes", "record", w.ids[record], "file", w.ids["minutes"]),
			at("another's", "part", "minutes", "record", w.ids[record+" next"], "file", w.ids["minutes next"])}
	case has("/my/annual-reports/"):
		return []place{at("in the making", "year", "2017", "part", "people", "slot", "accounts", "file", w.ids["paper"])}
	case has("/staff/annual-reports/{id}"):
		return []place{at("handed in", "id", w.ids["report"], "file", w.ids["paper next"]), at("none", "id", uuid.NewString(), "file", w.ids["paper"])}
	case has("/my/disclosures/"):
		return []place{at("own", "id", w.ids["disclosure"], "version", w.ids["version"], "file", w.ids["told"])}
	case has("/organizations/{id}/disclosures"):
		return []place{at("published", "id", w.own.id, "version", w.ids["version"]), at("under another", "id", w.next.id, "version", w.ids["version"])}
	case has("/staff/organizations/{id}/governance/file/"):
		return []place{at("home", "id", w.own.id, "file", w.ids["minutes"]), at("elsewhere", "id", w.away.id, "file", w.ids["minutes"])}
	case has("/my/organization/"):
		return []place{at("own", "record", w.ids[w.recordOf(pattern)]), at("another's", "record", w.ids["grant"])}
	case has("/staff/organizations/{id}"):
		home := w.own.id
		if record := w.recordOf(pattern); record == "grant" || record == "entry" || record == "grade" {
			home = w.next.id
		}
		return []place{at("home", "id", home, "record", w.ids[w.recordOf(pattern)]), at("elsewhere", "id", w.away.id, "record", w.ids[w.recordOf(pattern)])}
	case has("/staff/fund/"):
		return []place{at("", "no", w.accepted, "year", "2018", "purpose", "startup", "item", w.ids["budget item"], "entry", w.ids["ledger entry"],
			"payment", w.ids["payment"], "hold", w.ids["hold"])}
	case has("/notices/{no}"):
		return []place{at("", "no", w.ids["notice no"])}
	case has("/staff/notices/{id}"):
		return []place{at("", "id", w.ids["notice"])}
	case has("/staff/objections/{id}"):
		return []place{at("", "id", w.ids["objection"], "file", uuid.NewString())}
	case has("/claims/"):
		return []place{at("home", "id", w.ids["claim here"]), at("elsewhere", "id", w.ids["claim there"])}
	case has("/accounts/"):
		return []place{at("a clerk", "id", w.ids["clerk"]), at("an office", "id", w.ids["office"]), at("a head elsewhere", "id", w.ids["head there"])}
	case has("/staff/policies/{id}"):
		return []place{at("draft", "id", w.ids["document"], "ordinal", "1"), at("approved", "id", w.ids["approved"], "ordinal", "1")}
	case has("/staff/editions/{id}"):
		return []place{at("draft", "id", w.ids["edition"], "key", "eval.pass"), at("approved", "id", w.ids["edition in"], "key", "eval.pass")}
	case has("/staff/closings/{id}"):
		return []place{at("", "id", w.ids["closing"])}
	case has("/staff/calendar/{id}"):
		return []place{at("", "id", w.ids["year"])}
	case has("/staff/parameters/{key}"):
		return []place{at("", "key", "eval.pass")}
	case has("/projects/{no}") || has("/open-data/projects/{no}"):
		return []place{at("no award", "no", w.accepted), at("paid", "no", w.reporting)}
	case has("/bases/{slug}/facts"):
		return []place{at("home", "slug", w.ids["base here"]), at("elsewhere", "slug", w.ids["base there"])}
	}
	return []place{at("", "name", w.ids["asset"], "programme", "startup", "slug", w.slug(pattern), "id", w.only(pattern), "subject", "case")}
}

// recordOf names the record that a pattern about an organization is about.
func (w *world) recordOf(pattern string) string {
	for part, record := range map[string]string{"/systems/": "system", "/activities/": "activity", "/grants/": "grant", "/entries/": "entry", "/grades/": "grade"} {
		if strings.Contains(pattern, part) {
			return record
		}
	}
	return ""
}

func (w *world) slug(pattern string) string {
	if strings.HasPrefix(pattern, "/bases/") {
		return w.ids["base here"]
	}
	return "2017-implementation-opinions"
}

func (w *world) only(pattern string) string {
	switch {
	case strings.HasPrefix(pattern, "/audit/"):
		return w.ids["case"]
	case strings.HasPrefix(pattern, "/organizations/"):
		return w.own.id
	}
	return uuid.NewString() // a session of one's own is not worth ending
}

// body gets a POST beyond the first question; what else the form asks for stays
// empty and the version is none that ever was, so that it comes to 422 or 409
// where it is allowed, whoever comes first.
func (w *world) body(pattern string) url.Values {
	switch {
	case pattern == "/applications":
		return query("programme", "startup", "organization", w.own.id, "token", once.NewToken())
	case strings.HasSuffix(pattern, "/payee/verification"):
		return query("payee", uuid.NewString())
	}
	return query("token", once.NewToken(), "version", "99")
}

// stops are the addresses of all declared routes with the method.
func (w *world) stops(method string) []stop {
	var list []stop
	for _, r := range w.app.Router().Routes() {
		if r.Method != method {
			continue
		}
		for _, p := range w.places(r.Pattern) {
			s := stop{Route: r, variant: p.variant, path: r.Pattern, body: w.body(r.Pattern)}
			for name, value := range p.values {
				s.path = strings.ReplaceAll(s.path, "{"+name+"}", url.PathEscape(value))
			}
			if strings.ContainsAny(s.path, "{}") {
				panic("no value for a parameter of " + r.Pattern + ": add it to places")
			}
			list = append(list, s)
		}
	}
	// Signing out comes last: the visitor is needed until then.
	slices.SortStableFunc(list, func(a, b stop) int { return ends(a) - ends(b) })
	return list
}

func ends(s stop) int {
	if s.Pattern == "/logout" && s.Method == http.MethodPost {
		return 1
	}
	return 0
}

// tour sends every role to every stop and returns the answers in that order,
// redirects as they came. Roles go side by side: none changes what another sees.
func (w *world) tour(t testing.TB, stops []stop) []visit {
	t.Helper()
	all := make([]visit, len(stops)*len(w.roles))
	failed := make([]error, len(w.roles))
	var wait sync.WaitGroup
	free := make(chan struct{}, 4)
	for i, role := range w.roles {
		free <- struct{}{}
		wait.Go(func() {
			defer func() { <-free }()
			for j, s := range stops {
				if role == authz.OrgClerk { // head and clerk remove a paper each
					s.path = strings.ReplaceAll(s.path, w.ids["file "+w.draft], w.ids["clerk's"])
				}
				if s.body.Has("token") { // everybody has a form of their own
					s.body = maps.Clone(s.body)
					s.body.Set("token", once.NewToken())
				}
				p, err := w.as[role].once(s)
				if err != nil {
					failed[i] = fmt.Errorf("%s at %s %s: %w", role, s.Method, s.path, err)
					return
				}
				all[j*len(w.roles)+i] = visit{s, role, p}
			}
		})
	}
	wait.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// once sends one request and does not follow a redirect.
func (b *browser) once(s stop) (*page, error) {
	contentType := ""
	if s.Method == http.MethodPost {
		contentType = "application/x-www-form-urlencoded"
	}
	r := b.request(s.Method, s.path, contentType, []byte(s.body.Encode()))
	stay := *b
	stay.http = &http.Client{Jar: b.http.Jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return stay.send(r)
}

// mark says what a visit came to: + may, = not as things stand, - may not, 0
// nothing there.
func (v visit) mark() string {
	switch to := v.answer.header.Get("Location"); {
	case v.answer.status == http.StatusUnauthorized, v.answer.status == http.StatusForbidden, strings.HasPrefix(to, "/login?next="):
		return "-"
	case v.answer.status == http.StatusNotFound:
		return "0"
	case v.answer.status == http.StatusConflict:
		return "="
	case v.answer.status >= 500:
		return "!"
	}
	return "+"
}

// columns are the roles of the table of access, in its order.
var columns = map[authz.Role]string{
	authz.Anonymous: "pub", authz.Initiator: "ini", authz.OrgClerk: "clk", authz.OrgHead: "hed", authz.Community: "com", authz.Subdistrict: "sub",
	authz.BureauClerk: "bcl", authz.BureauReviewer: "brv", authz.BureauLeader: "bld", authz.Finance: "fin", authz.Expert: "exp", authz.Evaluator: "eva",
	authz.Department: "dep", authz.LeadingGroup: "ldg", authz.Auditor: "aud", authz.AdminSystem: "sys", authz.AdminSecurity: "sec",
}

// grid prints the visits as the table that access.txt keeps.
func grid(roles []authz.Role, visits []visit) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# Who may call what: + may, = not as things stand, - may not, 0 nothing there for this person.\n# Made by go test ./internal/app -run TestEveryRoute -update.\n%-78s", "")
	for _, r := range roles {
		fmt.Fprintf(&b, " %s", columns[r])
	}
	for i, v := range visits {
		if i%len(roles) == 0 {
			where := v.Pattern
			if v.variant != "" {
				where += " [" + v.variant + "]"
			}
			fmt.Fprintf(&b, "\n%-4s %-73s", v.Method, where)
		}
		fmt.Fprintf(&b, "   %s", v.mark())
	}
	return b.String() + "\n"
}
