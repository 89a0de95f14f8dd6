package organizationpages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/standing"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

func TestDirectory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := 1; i <= 23; i++ {
		in := registration(i)
		in.EstablishedOn = civil.Of(2026, 5, 23).AddDays(-i)
		if i > 21 {
			in.SubdistrictCode, in.CommunityCode, in.Category = "440310002", pinghuan, organization.Rights
		}
		s.add(t, in, i)
	}
	for _, c := range []struct {
		query, lead string
		rows        int
		empty       bool
	}{
		{"", "全区现有社区社会组织 23 个，都是备案的。", 20, false},
		{"?place=440310002", "马峦街道现有社区社会组织 2 个", 2, false},
		{"?place=" + pinghuan + "&category=rights", "马峦街道坪环社区现有维权类社区社会组织 2 个", 2, false},
		{"?category=charity", "公益慈善类社区社会组织 0 个", 0, true},
		{"?q=%E7%AC%AC22", "23 个", 1, false},                                               // 第22
		{"?q=%E5%B9%B3%E7%8E%AF", "23 个", 2, false},                                        // 平环: another spelling of 坪环
		{"?q=%E5%85%BB%E8%80%81", "23 个", 0, true},                                         // 养老
		{"?q=%25%27%3Bdrop", "23 个", 0, true},                                              // %';drop
		{"?place=440307&category=x&basis=y&status=z&after=1e9&page=-1", "23 个", 20, false}, // what is not on offer is left aside
		{"?basis=registered", "（登记）", 0, true},
	} {
		p := s.get(t, "", paths.Organizations+c.query)
		if p.status != http.StatusOK {
			t.Fatalf("%s: status %d", c.query, p.status)
		}
		if lead := p.Find(".lead").Text(); !strings.Contains(lead, c.lead) {
			t.Errorf("%s: lead %q, want %q", c.query, lead, c.lead)
		}
		if n := p.Find("table tbody tr").Length(); n != c.rows {
			t.Errorf("%s: %d rows, want %d", c.query, n, c.rows)
		}
		if empty := p.Find(".empty").Length() == 1; empty != c.empty {
			t.Errorf("%s: empty state %v", c.query, empty)
		}
	}
	first := s.get(t, "", paths.Organizations)
	next, _ := first.Find(`a[rel="next"]`).Attr("href")
	second := s.get(t, "", next)
	if second.Find("table tbody tr").Length() != 3 || second.Find(`a[rel="next"]`).Length() != 0 || second.Find(`a[rel="prev"]`).Length() != 1 {
		t.Errorf("second page: %s", second.Find("table tbody").Text())
	}
	if n := first.Find(".mapstrip svg a").Length(); n != 23 {
		t.Errorf("%d tiles, want 23", n)
	}
	// A chip takes its own condition off and keeps the others.
	chips := s.get(t, "", paths.Organizations+"?category=rights&place="+pinghuan).Find(".chips a")
	if href, _ := chips.First().Attr("href"); href != paths.Organizations+"?category=rights" {
		t.Errorf("the first chip leads to %s", href)
	}
}

// What is private stands on no public page, whatever the organization has.
func TestProfileShowsNothingPrivate(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	in := registration(1)
	in.EstablishedOn = civil.Of(2026, 5, 1)
	id := s.add(t, in, 1)
	s.history(t, id)
	_, err := s.standing.AddEntry(t.Context(), s.actors["clerk"], standing.EntryInput{Token: once.NewToken(), OrgID: id, Kind: standing.AbnormalList,
		FromOn: civil.Of(2026, 11, 1), Basis: "坪民监〔2026〕1号", Reason: "通过登记的住所联系不上"})
	if err != nil {
		t.Fatal(err)
	}
	p := s.get(t, "", paths.Organization(id.String()))
	if p.status != http.StatusOK {
		t.Fatalf("status %d", p.status)
	}
	for _, secret := range []string{"13800138000", "138****", "440310199002280010", "41028300040012345", "2345", "代收", "中国农业银行", "综合楼 101", "旧物交换日"} {
		if strings.Contains(p.html, secret) {
			t.Errorf("%q stands on the public page", secret)
		}
	}
	text := p.Find("main").Text()
	for _, want := range []string{in.Name, "坪社备〔2026〕第0001号", "陈小明", "坪山街道六联社区", "社会福利（重点）", "二星级", "长者共餐日", "长者共餐补贴", "1,860.00",
		"列入活动异常名录", "通过登记的住所联系不上", "坪民监〔2026〕1号", "没有列入"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if times := p.Find(".timeline time"); times.First().AttrOr("datetime", "") != "2026-05-01" {
		t.Errorf("the timeline begins on %s", times.First().Text())
	}
	if strings.Contains(p.html, "onclick") || strings.Contains(p.html, " style=") {
		t.Error("inline script or style")
	}
}

func TestProfileOfNobody(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, id := range []string{uuid.NewString(), "1", "..%2f", "%27"} {
		if p := s.get(t, "", "/organizations/"+id); p.status != http.StatusNotFound {
			t.Errorf("%s: status %d", id, p.status)
		}
	}
}

// A name typed with markup into a field that takes any text comes out as text.
func TestTextIsEscaped(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.add(t, registration(1), 1)
	attack := `<script>alert(1)</script>"><img src=x onerror=alert(1)>`
	path := paths.MyOrganizationPart("basics")
	led(t, s.post(t, "org1", path, with(s.open(t, "org1", path), "introduction", attack)), paths.MyOrganization)
	for as, where := range map[string]string{"": paths.Organization(id.String()), "org1": path, "clerk": paths.StaffOrganization(id.String())} {
		p := s.get(t, as, where)
		if strings.Contains(p.html, "<script>alert") || strings.Contains(p.html, "<img src=x") {
			t.Errorf("%s: markup gets through", where)
		}
	}
	if !strings.Contains(s.get(t, "", paths.Organization(id.String())).Find(".lead").Text(), "<script>alert(1)</script>") {
		t.Error("the text itself is lost")
	}
}
