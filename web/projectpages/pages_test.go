package projectpages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

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
	p := s.Get("", "/projects")
	p.Says("main", "全区共 23 个项目，核定 113,000.00 元，已拨付 10,000.00 元，已退回 123.45 元，已追回 0.00 元。", "2026年22个", "2025年1个")
	if lines(p) != 20 || p.Find(`a[rel="next"]`).Length() != 1 || p.Find(".mapstrip svg a").Length() != 23 {
		t.Errorf("%d rows, %d tiles", lines(p), p.Find(".mapstrip svg a").Length())
	}
	next := p.Find(`a[rel="next"]`).AttrOr("href", "")
	second := s.Get("", next)
	if lines(second) != 3 || second.Find(`a[rel="next"]`).Length() != 0 || second.Find(`a[rel="prev"]`).Length() != 1 {
		t.Errorf("second page: %d rows", lines(second))
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
		p := s.Get("", "/projects"+c.query)
		p.Says("main", c.lead)
		if lines(p) != c.rows {
			t.Errorf("%s: %d rows, want %d", c.query, lines(p), c.rows)
		}
	}
}

func TestEmptyListSaysWhatToDrop(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Get("", "/projects").Says("main", "还没有资助项目。", "公示期满")
	s.Grant(t, reporttest.Award{})
	p := s.Get("", "/projects?year=2026&category=rights&q="+url.QueryEscape("没有的词"))
	p.Says("main", "没有符合条件的项目。", "去掉2026年", "去掉维权", "去掉“没有的词”", "看全部项目")
	p.Find(".empty a").Each(func(_ int, a *goquery.Selection) {
		if href := a.AttrOr("href", ""); s.Get("", href).Status != http.StatusOK {
			t.Errorf("%s leads nowhere", href)
		}
	})
	s.Get("", "/projects?q="+url.QueryEscape("没有的词")).Says("main", "没有找到“没有的词”。", "换一个短一些的词")
}

func TestChipsTakeOffTheirOwnCondition(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Grant(t, reporttest.Award{})
	p := s.Get("", "/projects?year=2026&category=welfare&sort=paid_asc")
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
				a := s.Get("", path+"?"+name+"="+v)
				if a.Status != http.StatusOK || strings.Contains(a.Body, "<script>alert") && path == "/projects" {
					t.Errorf("%s?%s=%.40s: %d", path, name, v, a.Status)
				}
			}
		}
		if a := s.Get("", "/projects/"+url.PathEscape(bad)); a.Status != http.StatusNotFound {
			t.Errorf("/projects/%.40s: %d", bad, a.Status)
		}
	}
	if p := s.Get("", "/projects?q="+url.QueryEscape("%_")); lines(p) != 1 {
		t.Errorf("a percent sign and a line are letters like others: %d rows", lines(p))
	}
}

// A project appears at once when its notice has settled, and whoever had the
// page before gets the new one.
func TestSettledAwardAppearsAtOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Sign(t, reporttest.Award{Title: "邻里厨房"})
	before := s.Get("", "/projects")
	tag := before.Header.Get("ETag")
	if lines(before) != 0 || tag == "" || before.Header.Get("Cache-Control") != "public, no-cache" {
		t.Fatalf("%d rows, %v", lines(before), before.Header)
	}
	if again := s.Get("", "/projects", "If-None-Match", tag); again.Status != http.StatusNotModified || again.Body != "" {
		t.Errorf("nothing has changed: %d", again.Status)
	}
	for _, path := range []string{"/projects/" + a.No, "/open-data/projects/" + a.No + ".json"} {
		if p := s.Get("", path); p.Status != http.StatusNotFound {
			t.Errorf("%s before its notice has settled: %d", path, p.Status)
		}
	}
	s.Settle(t, a)
	after := s.Get("", "/projects", "If-None-Match", tag)
	if after.Status != http.StatusOK || lines(after) != 1 {
		t.Errorf("settled: %d with %d rows", after.Status, lines(after))
	}
	if p := s.Get("", "/projects/"+a.No); p.Status != http.StatusOK || p.Header.Get("ETag") == "" {
		t.Errorf("its page: %d", p.Status)
	}
	if csv := s.Get("", "/open-data/projects.csv"); !strings.Contains(csv.Body, a.No) || csv.Header.Get("Cache-Control") != "public, no-cache" {
		t.Errorf("open data %v: %s", csv.Header, csv.Body)
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
	p := s.Get("", "/projects/"+a.No)
	p.Says("main", "邻里厨房", a.Name, "购置炊具。 资助净额 4,699.50 元", "6,000.00", "比申请的少 1,000.00 元", "5,000.00", "分 2 次到账", "−100.50", "−200.00", "4,699.50",
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
	public := p.Body + s.Get("", "/open-data/projects.json").Body + s.Get("", "/open-data/projects.csv").Body
	for _, secret := range []string{"陈小明", "王经办", "李社区", "钱财务", "孙财务", "赵局长", "内部意见", "PZ-9999", "2345", "农业银行", "张三", "只给办公室看"} {
		if strings.Contains(public, secret) {
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
	s.Judge(map[string][]string{"": {"/projects", "/projects?year=2026&sort=paid", "/projects?category=rights", "/projects/" + a.No, "/open-data"}})
}
