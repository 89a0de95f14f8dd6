package noticepages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/web/paths"
)

// The public takes what is published, the office what is on its way as well.
func TestNoticesAsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	s.plant("六联社区银龄互助会")
	_, no := s.published()
	s.plant("六联社区棋牌会")
	s.drafted()
	for _, c := range []struct {
		as, path string
		lines    int
	}{
		{"", paths.NoticesData + ".csv", 1}, {"", paths.NoticesData + ".csv?year=2026&type=nonsense", 1}, {"", paths.NoticesData + ".csv?year=2025", 0},
		{"clerk", paths.StaffNotices + ".csv", 2}, {"leader", paths.StaffNotices + ".csv", 2},
	} {
		p := s.Get(c.as, c.path).Is(http.StatusOK)
		if lines := strings.Count(p.Body, "\r\n") - 1; lines != c.lines || c.lines > 0 && !strings.Contains(p.Body, no) {
			t.Errorf("%s %s: %d rows, want %d:\n%s", c.as, c.path, lines, c.lines, p.Body)
		}
	}
	if p := s.Get("", paths.NoticesData+".xlsx"); p.Status != http.StatusOK || !strings.HasPrefix(p.Body, "PK") {
		t.Errorf("no workbook: %d", p.Status)
	}
	if href := s.Get("", paths.Notices+"?year=2026").Find(".export a").Last().AttrOr("href", ""); href != paths.NoticesData+".csv?year=2026" {
		t.Errorf("the link leads to %q", href)
	}
}
