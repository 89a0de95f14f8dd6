package liaisonpages_test

import (
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/web/liaisonpages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

const (
	pingshan = "440310001"
	liulian  = "440310001001"
)

var today = civil.Of(2026, 11, 23)

// site is the pages with one organization.
type site struct {
	*pagetest.Site
	org     uuid.UUID
	liaison *liaison.Service
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{Site: pagetest.New(t, today.Start().Add(10*time.Hour))}
	store, err := filestore.OpenDirectory(t.TempDir())
	s.Must(err)
	s.liaison = liaison.New(s.DB.App, attachment.New(s.DB.App, store, nil, nil, slog.New(slog.DiscardHandler)))
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "subdistrict": {Role: authz.Subdistrict, Subdistrict: pingshan, Name: "吴街道"},
		"elsewhere": {Role: authz.Subdistrict, Subdistrict: "440310002", Name: "卫街道"}, "auditor": {Role: authz.Auditor, Name: "审计"}})
	s.org, err = organization.New(s.DB.App, s.Keys()).Register(t.Context(), s.Actors["clerk"], organization.Registration{
		Token: once.NewToken(), Name: "六联社区合唱队", Type: organization.Association, Basis: organization.Filed, Category: organization.CultureSport,
		FilingNo: "坪社备〔2026〕第0001号", EstablishedOn: civil.Of(2026, 5, 23), Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明",
		HeadIDType: person.ResidentID, HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian})
	s.Must(err)
	s.Cast(map[string]authz.Actor{"head": {Role: authz.OrgHead, Name: "陈小明", OrgID: s.org}})
	street := s.Actors["subdistrict"]
	s.Exec(`insert into person (id, name, created_at, updated_at) values ($1, '吴街道', now(), now())`, street.PersonID)
	s.Exec(`insert into account (id, username, password_hash, role, status, person_id, subdistrict, name, password_changed_at, created_token, created_at, updated_at)
		values ($1, 'street', '$argon2id$x', 'subdistrict', 'active', $2, $3, '吴街道', now(), 'x', now(), now())`, street.AccountID, street.PersonID, pingshan)
	s.Serve(liaisonpages.New(liaisonpages.Deps{Liaison: s.liaison, Flash: s.Flash}).Register)
	return s
}

// From the question to the answer through the pages, good and bad input.
func TestAskAndAnswer(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	at := paths.OrganizationLiaison(s.org.String())
	ask := s.Get("clerk", paths.OrganizationLiaisonNew(s.org.String(), "request"))
	question := []string{"text", "组织的活动室现在能不能用"}
	ask.Press(question...).Faulty("to", "").Faulty("days", "")
	ask.Press(append(question, "to", "subdistrict/"+pingshan, "days", "3", "audience", "offices")...).Led(at)
	s.Get("subdistrict", paths.StaffLiaison).Is(http.StatusOK, "活动室现在能不能用")
	answer := s.Get("subdistrict", at).Find("ol.timeline a").FilterFunction(func(_ int, x *goquery.Selection) bool { return strings.HasPrefix(x.Text(), "答复") }).AttrOr("href", "")
	reply := s.Get("subdistrict", answer)
	s.Post("subdistrict", answer, pagetest.With(reply.Form(), "version", "7", "text", "可以用，上周修好了")).Is(http.StatusConflict).Kept()
	reply.Press("text", "可以用，上周修好了").Led("")
	s.Get("clerk", at).Says("ol.timeline", "上周修好了", "问的是：组织的活动室")
	for as, want := range map[string]int{"elsewhere": http.StatusNotFound, "auditor": http.StatusOK, "head": http.StatusForbidden} {
		s.Get(as, at).Is(want)
	}
	s.Get("head", paths.MyLiaison).Is(http.StatusOK, "成立").Lacks("main", "活动室")
}

// Files stay when another field is wrong, can be taken out again, and are opened
// by whoever sees the entry.
func TestFilesOfAnEntry(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	at := paths.OrganizationLiaison(s.org.String())
	pdf := func(words string) string {
		return "%PDF-1.4\n1 0 obj<</T(" + words + ")>>endobj\nstartxref\n9\n%%EOF\n"
	}
	refused := s.Get("clerk", paths.OrganizationLiaisonNew(s.org.String(), "remark")).
		Attach("files", []string{"走访.pdf", pdf("a"), "多余.pdf", pdf("b"), "坏的.pdf", "MZ", "程序.exe", "MZ"}, "audience", "offices", "text", "短").
		Faulty("files", "“坏的.pdf”").Says("#files-error", "“程序.exe”")
	kept := refused.Find("input[name=drop]")
	if kept.Length() != 2 {
		t.Fatalf("%d files kept: %s", kept.Length(), refused.Text("main"))
	}
	drop := kept.FilterFunction(func(_ int, x *goquery.Selection) bool { return strings.Contains(x.Parent().Text(), "多余") }).AttrOr("value", "")
	refused.Press("text", "走访时看到活动照常举办", "drop", drop).Led(at)
	files := s.Get("subdistrict", at).Find("ol.timeline ul a")
	if files.Length() != 1 || !strings.HasPrefix(files.Text(), "走访.pdf") {
		t.Fatalf("the stream shows %q", files.Text())
	}
	file := files.AttrOr("href", "")
	for as, want := range map[string]int{"subdistrict": 200, "auditor": 200, "elsewhere": 404, "head": 403} {
		s.Get(as, file).Is(want)
	}
	s.Get("head", strings.Replace(file, at, paths.MyLiaison, 1)).Is(http.StatusNotFound) // it was not told to the organization
}

// Every page stands axe and fits desktop and phone.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, in := range []liaison.Input{
		{Kind: liaison.Remark, Audience: liaison.TheirsAsWell, Text: "走访时看到活动照常举办"}, {Kind: liaison.Risk, Audience: liaison.AllOffices, Text: "财务由一个人经手，没有复核"},
		{Kind: liaison.Support, Audience: liaison.TheirsAsWell, Support: "venue", Text: "借给二楼活动室，每周两次"},
		{Kind: liaison.Request, Audience: liaison.AllOffices, To: "subdistrict/" + pingshan, Days: 3, Text: "组织的活动室现在能不能用"},
	} {
		in.OrgID, in.Token = s.org, once.NewToken()
		photo := attachment.Upload{Label: "附件", Filename: "现场情况说明（第二次走访）.pdf", Body: strings.NewReader("%PDF-1.4\n1 0 obj<</T(x)>>endobj\nstartxref\n9\n%%EOF\n")}
		s.Must(s.liaison.Receive(t.Context(), s.Actors["clerk"], in.Token, photo))
		s.Must(s.liaison.Write(t.Context(), s.Actors["clerk"], in))
	}
	stream, err := s.liaison.Timeline(t.Context(), s.Actors["clerk"], s.org, liaison.Talk, "", 10)
	s.Must(err)
	at, asked := paths.OrganizationLiaison(s.org.String()), stream.Items[0].Entry.ID.String()
	s.Judge(map[string][]string{
		"clerk": {at, at + "/new/request", at + "/new/support", paths.LiaisonAct(at, asked, "withdrawal")}, "head": {paths.MyLiaison},
		"subdistrict": {paths.StaffLiaison, paths.StaffLiaisonTab("done"), paths.LiaisonAct(at, asked, "answer"), paths.LiaisonAct(at, asked, "forward")},
	})
}
