package noticepages_test

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/web/paths"
)

// atom is a feed as a reader takes it: every element that RFC 4287 asks for.
type atom struct {
	XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
	ID      string   `xml:"http://www.w3.org/2005/Atom id"`
	Title   string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated string   `xml:"http://www.w3.org/2005/Atom updated"`
	Author  []struct {
		Name string `xml:"http://www.w3.org/2005/Atom name"`
	} `xml:"http://www.w3.org/2005/Atom author"`
	Links   []atomLink `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID        string     `xml:"http://www.w3.org/2005/Atom id"`
		Title     string     `xml:"http://www.w3.org/2005/Atom title"`
		Published string     `xml:"http://www.w3.org/2005/Atom published"`
		Updated   string     `xml:"http://www.w3.org/2005/Atom updated"`
		Links     []atomLink `xml:"http://www.w3.org/2005/Atom link"`
		Summary   string     `xml:"http://www.w3.org/2005/Atom summary"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

// feed reads the feed and holds it to the rules: an absolute id once only, a title,
// an instant, an author, links to itself and to the pages.
func (s *site) feed(query string) atom {
	s.Helper()
	var f atom
	p := s.Get("", paths.NoticesAtom+query).Is(http.StatusOK)
	if err := xml.Unmarshal([]byte(p.Body), &f); err != nil {
		s.Fatalf("%v\n%s", err, p.Body)
	}
	ids := map[string]bool{}
	thing := func(id, title, updated string, links []atomLink, rel string) {
		if u, err := url.Parse(id); err != nil || !u.IsAbs() || ids[id] {
			s.Errorf("id %q", id)
		}
		ids[id] = true
		if _, err := time.Parse(time.RFC3339, updated); err != nil || title == "" {
			s.Errorf("%q of %q", title, updated)
		}
		for _, l := range links {
			if l.Rel == rel && strings.HasPrefix(l.Href, "https://portal.example.cn/") {
				return
			}
		}
		s.Errorf("%s has no link %s: %+v", title, rel, links)
	}
	thing(f.ID, f.Title, f.Updated, f.Links, "self")
	if len(f.Author) != 1 || f.Author[0].Name == "" {
		s.Errorf("author %+v", f.Author)
	}
	for _, e := range f.Entries {
		thing(e.ID, e.Title, e.Updated, e.Links, "alternate")
	}
	return f
}

// The feed has what is published, the latest change first; a notice keeps its id
// from publication to withdrawal, and a reader who kept it hears that it is void.
func TestTheFeedOfNotices(t *testing.T) {
	t.Parallel()
	s := newSite(t, "2026-11-23")
	if f := s.feed(""); len(f.Entries) != 0 {
		t.Errorf("%+v", f)
	}
	s.plant("六联社区银龄互助会 & 书画社")
	id, no := s.published()
	s.plant("六联社区棋牌会")
	s.drafted()
	first := s.feed("")
	if len(first.Entries) != 1 || first.Entries[0].ID != "urn:uuid:"+id || !strings.HasSuffix(first.Entries[0].Links[0].Href, paths.Notice(no)) || !strings.Contains(first.Entries[0].Summary, "可以提出异议") {
		t.Fatalf("%+v", first.Entries)
	}
	s.goTo("2026-11-24", 9)
	s.act("leader", id, "withdrawal", "reason", "名单有误，撤回后重新公示。")
	after := s.feed("")
	e := after.Entries[0]
	if e.ID != first.Entries[0].ID || e.Published != first.Entries[0].Published || e.Updated <= first.Entries[0].Updated || after.Updated != e.Updated ||
		!strings.HasPrefix(e.Title, "已撤回：") || !strings.Contains(e.Summary, "名单有误，撤回后重新公示。") || strings.Contains(e.Summary, "合计") {
		t.Errorf("withdrawn: %+v", e)
	}
	if f := s.feed("?year=2025"); len(f.Entries) != 0 || f.ID == after.ID || f.ID != s.feed("?year=2025&type=nonsense").ID {
		t.Errorf("of another year: %+v", f)
	}
	if href := s.Get("", paths.Notices+"?year=2026").Find(`link[rel=alternate]`).AttrOr("href", ""); href != paths.NoticesAtom+"?year=2026" {
		t.Errorf("the page tells readers of %q", href)
	}
}
