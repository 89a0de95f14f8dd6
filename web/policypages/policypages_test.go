package policypages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/policy"
	"civilaffairs/web/paths"

	"github.com/PuerkitoBio/goquery"
)

const lapsed = "/policies/2017-implementation-opinions"

func TestListSaysWhatIsInForce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, demo := range []bool{false, true} {
		s.Layout.Demo = demo
		if demo {
			s.seed()
		}
		page := s.Get("", paths.Policies).Is(http.StatusOK)
		rows := page.Find("tbody tr")
		if rows.Length() != map[bool]int{false: 1, true: 2}[demo] {
			t.Fatalf("demo %v: %d documents", demo, rows.Length())
		}
		if last := rows.Last().Text(); !strings.Contains(last, "已失效") || !strings.Contains(last, "2017-09-28 至 2020-09-27") {
			t.Errorf("the document of 2017: %s", last)
		}
		if banner := page.Text(".note"); strings.Contains(banner, "现在不受理新的申请") == demo {
			t.Errorf("demo %v: banner %q", demo, banner)
		}
		if first := rows.First(); demo && (first.Find(".demo").Length() != 1 || !strings.Contains(first.Text(), "有效")) {
			t.Errorf("the demo document: %s", first.Text())
		}
	}
	s.Get("", "/policies/demo-continuation").Is(http.StatusOK).Says(".note", "不是真实的政策").Lacks(".redhead", "深圳市坪山区人民政府办公室")
}

func TestDocumentIsLinkedArticleByArticle(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	doc := s.Get("", lapsed).Is(http.StatusOK)
	if head := doc.Text(".redhead"); head != "深圳市坪山区人民政府办公室" {
		t.Fatalf("head %q", head)
	}
	doc.Says("#a-3-2-1-1", "可在半年后向民政局申请扶持资金")
	links := doc.Find(".toc a")
	if links.Length() != 28 {
		t.Errorf("%d lines of contents", links.Length())
	}
	links.Each(func(_ int, a *goquery.Selection) {
		if href, _ := a.Attr("href"); doc.Find(href).Length() != 1 {
			t.Errorf("%s leads to %d places", href, doc.Find(href).Length())
		}
	})
	// The published text carries no document number.
	doc.Says(".facts", "发布机构", "2017年9月6日", "2017年9月28日", "2020年9月27日", "2020年12月25日", "已失效").Lacks(".facts", "文号")
	s.Get("", "/policies/nothing").Is(http.StatusNotFound)
}

func TestParametersAreForStaff(t *testing.T) {
	t.Parallel()
	s, address := newSite(t), lapsed+"/parameters"
	for as, status := range map[string]int{"": http.StatusSeeOther, string(authz.OrgHead): http.StatusForbidden, string(authz.BureauClerk): http.StatusOK} {
		s.Get(as, address).Is(status)
	}
	doc := s.Get(string(authz.BureauClerk), address)
	rows := doc.Find("tbody tr:not(.group)")
	if rows.Length() != len(policy.Definitions()) {
		t.Errorf("%d rows", rows.Length())
	}
	age := rows.First()
	href, _ := age.Find("td a").Attr("href")
	if text := age.Text(); !strings.Contains(text, "6个月") || !strings.Contains(text, "已确认") || href != lapsed+"#a-3-2-1-1" {
		t.Errorf("first row %q links to %s", text, href)
	}
	open := s.Get(string(authz.BureauClerk), address+"?show=open")
	confirmed := 0
	open.Find("tbody .tag").Each(func(_ int, tag *goquery.Selection) {
		if tag.Text() != "待确认" {
			confirmed++
		}
	})
	if n := open.Find("tbody tr:not(.group)").Length(); confirmed != 0 || n != rows.Length()-6 {
		t.Errorf("%d open rows, %d of them confirmed", n, confirmed)
	}
}
