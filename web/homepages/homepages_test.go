package homepages_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/web/homepages"
	"civilaffairs/web/pagetest"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// home is the home page on 23 November 2026.
func home(t *testing.T, inForce bool, organizations ...organization.Registration) pagetest.Page {
	t.Helper()
	return open(t, inForce, organizations...).Get("", "/").Is(http.StatusOK)
}

func open(t *testing.T, inForce bool, organizations ...organization.Registration) *pagetest.Site {
	t.Helper()
	s := pagetest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	if inForce {
		s.Must(s.DB.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
		}))
	}
	s.Layout.Demo = inForce
	service, clerk := organization.New(s.DB.App, s.Keys()), authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Name: "经办", Role: authz.BureauClerk, IP: "192.0.2.1"}
	for _, in := range organizations {
		_, err := service.Register(t.Context(), clerk, in)
		s.Must(err)
	}
	serve(s)
	return s
}

func serve(s *pagetest.Site) {
	s.Serve(homepages.New(report.New(s.DB.App, catalog.Programmes())).Register)
}

// filed is an organization of 六联社区; number tells it from the others.
func filed(number, name, idNumber string, category organization.Category) organization.Registration {
	return organization.Registration{
		Token: once.NewToken(), Name: name, Type: organization.Association, Basis: organization.Filed,
		Category: category, FilingNo: "坪社备〔2026〕第000" + number + "号", EstablishedOn: civil.MustParse("2026-05-23"),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: idNumber, HeadMobile: "13800138000", SubdistrictCode: "440310001", CommunityCode: "440310001001",
		Address: "六联社区综合楼 101",
	}
}

func two() []organization.Registration {
	return []organization.Registration{
		filed("1", "六联社区邻里互助会", "440310199002280010", organization.Welfare),
		filed("2", "六联社区太极队", "11010519491231002X", organization.CultureSport),
	}
}

func TestTheNumbersLead(t *testing.T) {
	t.Parallel()
	doc := home(t, true, two()...)
	if h1 := strings.ReplaceAll(doc.Find("h1").Text(), "\u00a0", ""); h1 != "坪山区有 2个社区社会组织，23个孵化基地" {
		t.Errorf("heading %q", h1)
	}
	doc.Says(".stats", "登记的组织", "备案的组织")
	tiles := doc.Find("svg.tilemap a")
	if tiles.Length() != 23 {
		t.Errorf("%d tiles", tiles.Length())
	}
	liulian := doc.Find(`svg.tilemap a[href="/organizations?community=440310001001"]`)
	if !liulian.HasClass("s4") || liulian.Find(".vl").Text() != "2个" {
		t.Errorf("六联 %q %q", liulian.AttrOr("class", ""), liulian.Text())
	}
	if doc.Find("svg.tilemap a.s0").Length() != 22 {
		t.Error("a community without organizations looks as if it had some")
	}
}

func TestWhatCanBeAppliedFor(t *testing.T) {
	t.Parallel()
	doc := home(t, true)
	rows := doc.Find("table tbody tr")
	if rows.Length() != 5 {
		t.Fatalf("%d rows", rows.Length())
	}
	doc.Says("main table tbody tr:nth-child(1)", "孵化关爱工程", "满半年", "备案组织 5,000.00 元", "登记组织 20,000.00 元", "默认值，待民政局确认", "全年受理")
	if rows.Eq(0).Find(`a[href="/guides/startup"]`).Length() != 1 || rows.Eq(0).Find(`a[href="/my/eligibility/startup"]`).Length() != 1 {
		t.Error("no way to the guide or to apply")
	}
	doc.Says("main table tbody tr:nth-child(2)", "成长关爱工程", "活动后 60 天内申请", "每次活动 3,000.00 元", "三星级组织加 20%", "全年受理")
	for i, article := range []string{"a-3-2-1-3", "a-3-2-1-4", "a-3-2-2"} {
		row := rows.Eq(i + 2)
		doc.Says(fmt.Sprintf("main table tbody tr:nth-child(%d)", i+3), "政策规定", "没有开放")
		if row.Find("a").Length() != 1 || row.Find("a").AttrOr("href", "") != "/policies/demo-continuation#"+article {
			t.Errorf("row %d promises a page: %s", i+1, row.Text())
		}
	}
	doc.Says("main", "社区 3个工作日", "政策文件", "已失效", "有效")
}

func TestOutsideForceNothingIsOffered(t *testing.T) {
	t.Parallel()
	doc := home(t, false)
	doc.Says("main table tbody tr:first-child", "现在不受理", "2017年9月28日至2020年9月27日", "看办法")
	doc.Says(".note", "现在不受理新的申请", "有效期内提交的申请继续办理")
	if doc.Find(`main a[href^="/my/"]`).Length() != 0 || strings.Contains(doc.Find("main").Text(), "全年受理") {
		t.Error("something can be applied for")
	}
}

// Every link of the page leads to a page that exists in the portal.
func TestNoDeadLinks(t *testing.T) {
	t.Parallel()
	known := []string{"/", "/organizations", "/bases", "/guides", "/guides/startup", "/guides/activity", "/eligibility", "/my/eligibility/startup", "/my/eligibility/activity", "/register", "/login",
		"/guidelines", "/policies", "/policies/2017-implementation-opinions", "/policies/demo-continuation"}
	home(t, true).Find("main a").Each(func(_ int, a *goquery.Selection) {
		path, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
		path, _, _ = strings.Cut(path, "?")
		for _, k := range known {
			if path == k {
				return
			}
		}
		t.Errorf("%s leads to %s", a.Text(), path)
	})
}

func TestHomeIsAccessible(t *testing.T) {
	t.Parallel()
	for _, inForce := range []bool{true, false} {
		open(t, inForce, two()...).Judge(map[string][]string{"": {"/"}})
	}
}
