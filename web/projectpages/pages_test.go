package projectpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report/reporttest"

	"github.com/PuerkitoBio/goquery"
)

func TestListSaysWhatItAmountsTo(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := range 22 {
		a := s.Grant(t, reporttest.Award{Amount: 5000 * money.Yuan})
		if i < 2 {
			s.Pay(t, a, 5000*money.Yuan, a.On.AddDays(20))
		}
		if i == 0 {
			s.Back(t, a, "return", 12345, a.On.AddDays(40))
		}
	}
	s.Grant(t, reporttest.Award{Amount: 300000, Programme: organization.Venture, Category: organization.Rights, Community: "440310001001", Year: 2025, Title: "山歌传习"})
	p := s.get(t, "/projects")
	p.has(t, "全区共 23 个项目，核定 113,000.00 元，已拨付 10,000.00 元，已退回 123.45 元，已追回 0.00 元。", "2026年22个", "2025年1个")
	if p.rows() != 20 || p.Find(`a[rel="next"]`).Length() != 1 || p.Find(".mapstrip svg a").Length() != 23 {
		t.Errorf("%d rows, %d tiles", p.rows(), p.Find(".mapstrip svg a").Length())
	}
	next := p.Find(`a[rel="next"]`).AttrOr("href", "")
	second := s.get(t, next)
	if second.rows() != 3 || second.Find(`a[rel="next"]`).Length() != 0 || second.Find(`a[rel="prev"]`).Length() != 1 {
		t.Errorf("second page: %d rows", second.rows())
	}
	for _, c := range []struct {
		query, lead string
		rows        int
	}{
		{"?year=2026&subdistrict=440310002", "马峦街道 2026 年共 22 个项目", 20},
		{"?place=440310002001", "马峦街道坪环社区共 22 个项目", 20},
		{"?community=440310001001&programme=venture&category=rights", "坪山街道六联社区（小项目大建设、维权类）共 1 个项目，核定 3,000.00 元", 1},
		{"?progress=came_back", "（有退回或追回）共 1 个项目", 1},
		{"?q=" + url.QueryEscape("山歌"), "共 23 个项目", 1},
		{"?year=2025&progress=closed", "2025 年（已办结）没有资助项目", 0},
	} {
		p := s.get(t, "/projects"+c.query)
		p.has(t, c.lead)
		if p.rows() != c.rows {
			t.Errorf("%s: %d rows, want %d", c.query, p.rows(), c.rows)
		}
	}
}

func TestEmptyListSaysWhatToDrop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.get(t, "/projects").has(t, "还没有资助项目。", "公示期满")
	s.Grant(t, reporttest.Award{})
	p := s.get(t, "/projects?year=2026&category=rights&q="+url.QueryEscape("没有的词"))
	p.has(t, "没有符合条件的项目。", "去掉2026年", "去掉维权", "去掉“没有的词”", "看全部项目")
	p.Find(".empty a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); s.get(t, href).Code != http.StatusOK {
			t.Errorf("%s leads nowhere", href)
		}
	})
	s.get(t, "/projects?q="+url.QueryEscape("没有的词")).has(t, "没有找到“没有的词”。", "换一个短一些的词")
}

func TestChipsTakeOffTheirOwnCondition(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Grant(t, reporttest.Award{})
	p := s.get(t, "/projects?year=2026&category=welfare&sort=paid_asc")
	var hrefs []string
	p.Find(".chips a").Each(func(_ int, a *goquery.Selection) { hrefs = append(hrefs, a.AttrOr("href", "")) })
	want := "/projects?category=welfare&sort=paid_asc /projects?sort=paid_asc&year=2026 /projects"
	if strings.Join(hrefs, " ") != want {
		t.Errorf("%v", hrefs)
	}
	files := p.Find(".export a")
	for i, format := range []string{"xlsx", "csv"} {
		if href := files.Eq(i).AttrOr("href", ""); href != "/open-data/projects."+format+"?category=welfare&sort=paid_asc&year=2026" {
			t.Errorf("download %s is not this list", href)
		}
	}
	sorted := p.Find(`th[aria-sort]`)
	if sorted.Length() != 1 || sorted.AttrOr("aria-sort", "") != "ascending" || !strings.HasSuffix(sorted.Find("a").AttrOr("href", ""), "sort=paid&year=2026") {
		t.Errorf("sorted by %s %s", sorted.Text(), sorted.Find("a").AttrOr("href", ""))
	}
}

// What a person, a robot or a broken program writes into the address shows a
// page, never a failure.
func TestStrangeAddresses(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Grant(t, reporttest.Award{Title: "100%_计划"})
	for _, bad := range []string{"-1", "1e9", "99999999999999999999", "x", "%00", "%ff%fe", "%", "_", "'; drop table project; --", "<script>alert(1)</script>", "=cmd|' /C calc'!A0",
		strings.Repeat("长", 5000), "\u202e\u200b", "𠮷坣壆", "NaN", "0x10", "2026-02-30", "../../etc/passwd", "440310002001'", "４４０３１０００２"} {
		for _, name := range []string{"page", "after", "sort", "year", "programme", "category", "subdistrict", "community", "place", "progress", "q", "nonsense"} {
			for _, path := range []string{"/projects", "/open-data/projects.csv", "/open-data/projects.json"} {
				v := url.QueryEscape(bad)
				if strings.HasPrefix(bad, "%0") || strings.HasPrefix(bad, "%f") {
					v = bad
				}
				a := s.get(t, path+"?"+name+"="+v)
				if a.Code != http.StatusOK || strings.Contains(a.text, "<script>alert") && path == "/projects" {
					t.Errorf("%s?%s=%.40s: %d", path, name, v, a.Code)
				}
			}
		}
		if a := s.get(t, "/projects/"+url.PathEscape(bad)); a.Code != http.StatusNotFound {
			t.Errorf("/projects/%.40s: %d", bad, a.Code)
		}
	}
	if p := s.get(t, "/projects?q="+url.QueryEscape("%_")); p.rows() != 1 {
		t.Errorf("a percent sign and a line are letters like others: %d rows", p.rows())
	}
}

// A project appears at once when its notice has settled, and whoever had the
// page before gets the new one.
func TestSettledAwardAppearsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Sign(t, reporttest.Award{Title: "邻里厨房"})
	before := s.get(t, "/projects")
	tag := before.Header().Get("ETag")
	if before.rows() != 0 || tag == "" || before.Header().Get("Cache-Control") != "public, no-cache" {
		t.Fatalf("%d rows, %v", before.rows(), before.Header())
	}
	if again := s.get(t, "/projects", "If-None-Match", tag); again.Code != http.StatusNotModified || again.text != "" {
		t.Errorf("nothing has changed: %d", again.Code)
	}
	for _, path := range []string{"/projects/" + a.No, "/open-data/projects/" + a.No + ".json"} {
		if p := s.get(t, path); p.Code != http.StatusNotFound {
			t.Errorf("%s before its notice has settled: %d", path, p.Code)
		}
	}
	s.Settle(t, a)
	after := s.get(t, "/projects", "If-None-Match", tag)
	if after.Code != http.StatusOK || after.rows() != 1 {
		t.Errorf("settled: %d with %d rows", after.Code, after.rows())
	}
	if p := s.get(t, "/projects/"+a.No); p.Code != http.StatusOK || p.Header().Get("ETag") == "" {
		t.Errorf("its page: %d", p.Code)
	}
	if csv := s.get(t, "/open-data/projects.csv"); !strings.Contains(csv.text, a.No) || csv.Header().Get("Cache-Control") != "public, no-cache" {
		t.Errorf("open data %v: %s", csv.Header(), csv.text)
	}
}

func TestProjectFromApplicationToRecovery(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Grant(t, reporttest.Award{Requested: 6000 * money.Yuan, Amount: 5000 * money.Yuan, On: civil.Of(2026, 3, 10), Title: "邻里厨房", Purpose: "购置炊具。"})
	s.notice(t, a)
	s.Pay(t, a, 3000*money.Yuan, civil.Of(2026, 4, 1))
	s.Pay(t, a, 2000*money.Yuan, civil.Of(2026, 5, 1))
	s.Back(t, a, "return", 10050, civil.Of(2026, 7, 1))
	s.Back(t, a, "recover", 20000, civil.Of(2026, 8, 1))
	s.Close(t, a, civil.Of(2026, 8, 2))
	p := s.get(t, "/projects/"+a.No)
	p.has(t, "邻里厨房", a.Name, "购置炊具。 资助净额 4,699.50 元", "6,000.00", "比申请的少 1,000.00 元", "5,000.00", "分 2 次到账", "−100.50", "−200.00", "4,699.50",
		"社区提出意见：同意", "街道逾期未提出意见", "民政局受理", "公示期满，资助核定", "公示 5 个工作日，收到 1 件异议", "异议处理结果：经核查，活动照片属实，异议不成立。",
		"拨付 3,000.00 元", "退回结余 100.50 元", "追回 200.00 元", "项目办结", "发现不实？", "由部署方填写", "马峦街道坪环社区", "社会福利（重点）")
	if href := p.Find(`.filelist a`).First().AttrOr("href", ""); href != "/notices/GS-2026-0001" {
		t.Errorf("the notice is at %q", href)
	}
	var days []string
	p.Find(".timeline time").Each(func(_ int, x *goquery.Selection) { days = append(days, x.AttrOr("datetime", "")) })
	for i := 1; i < len(days); i++ {
		if days[i] < days[i-1] {
			t.Errorf("the timeline goes back: %v", days)
		}
	}
	// Names of staff, notes of the office, accounts and vouchers stay inside.
	for _, secret := range []string{"陈小明", "王经办", "李社区", "钱财务", "孙财务", "赵局长", "内部意见", "PZ-9999", "2345", "农业银行", "张三", "只给办公室看"} {
		if strings.Contains(p.text, secret) || strings.Contains(s.get(t, "/open-data/projects.json").text, secret) || strings.Contains(s.get(t, "/open-data/projects.csv").text, secret) {
			t.Errorf("%q is public", secret)
		}
	}
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Grant(t, reporttest.Award{Requested: 6000 * money.Yuan, Amount: 5000 * money.Yuan, Programme: organization.Venture})
	s.notice(t, a)
	s.Pay(t, a, 5000*money.Yuan, a.On.AddDays(20))
	s.Back(t, a, "recover", 20000, a.On.AddDays(40))
	s.Grant(t, reporttest.Award{Community: "440310001001"})
	b := browsertest.Open(t)
	for _, path := range []string{"/projects", "/projects?year=2026&sort=paid", "/projects?category=rights", "/projects/" + a.No, "/open-data"} {
		b.Go(s.url + path)
		b.Judge()
	}
}
