package noticepages

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// feed is the notices as Atom (RFC 4287). Identifiers are those of the records, not
// addresses: they stay when the site moves. A notice that was withdrawn stays as
// an entry that says so, for a reader may have kept it as it was.
type feed struct {
	XMLName  xml.Name  `xml:"http://www.w3.org/2005/Atom feed"`
	Language string    `xml:"xml:lang,attr"`
	ID       string    `xml:"id"`
	Title    string    `xml:"title"`
	Updated  time.Time `xml:"updated"`
	Author   author    `xml:"author"`
	Links    []link    `xml:"link"`
	Entries  []entry   `xml:"entry"`
}

type author struct {
	Name string `xml:"name"`
}

type link struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type entry struct {
	ID        string    `xml:"id"`
	Title     string    `xml:"title"`
	Published time.Time `xml:"published"`
	Updated   time.Time `xml:"updated"`
	Link      link      `xml:"link"`
	Category  category  `xml:"category"`
	Summary   string    `xml:"summary"`
}

type category struct {
	Term  string `xml:"term,attr"`
	Label string `xml:"label,attr"`
}

// feedID names the feed of all notices; one that is filtered has a name of its
// own, the same each time.
var feedID = uuid.MustParse("9b6f1f2e-5d0c-5b8e-9a43-6f0b2c7d1e10")

// inFeed is how many notices the feed holds, those that changed last.
const inFeed = 50

func (p *Pages) showFeed(w http.ResponseWriter, r *http.Request) error {
	f := publicFilter(r.URL.Query()).Known()
	list, m, err := p.Notices.Changed(r.Context(), f, inFeed)
	if err != nil {
		return err
	}
	kept := url.Values{}
	id := feedID
	if f.Type != "" {
		kept.Set("type", string(f.Type))
	}
	if f.Year != 0 {
		kept.Set("year", strconv.Itoa(f.Year))
	}
	if len(kept) > 0 {
		id = uuid.NewSHA1(feedID, []byte(kept.Encode()))
	}
	out := feed{Language: "zh-CN", ID: id.URN(), Title: "公示公告", Author: author{layout.Of(r.Context()).Site.Bureau}, Updated: time.Unix(0, 0).UTC(), Links: []link{
		{"self", "application/atom+xml", p.BaseURL + paths.WithQuery(paths.NoticesAtom, kept)}, {"alternate", "text/html", p.BaseURL + paths.WithQuery(paths.Notices, kept)}}}
	for _, n := range list {
		out.Entries = append(out.Entries, p.entryOf(n, m))
	}
	if len(list) > 0 {
		out.Updated = out.Entries[0].Updated
	}
	body, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return err
	}
	return httpserver.WritePublic(w, r, "application/atom+xml; charset=utf-8", append([]byte(xml.Header), body...))
}

func (p *Pages) entryOf(n notice.Listed, m notice.Moment) entry {
	e := entry{ID: n.ID.URN(), Title: n.Title, Published: n.FirstPublished.UTC(), Updated: n.ChangedAt().UTC(),
		Link: link{"alternate", "text/html", p.BaseURL + paths.Notice(n.No)}, Category: category{string(n.Type), n.Type.Name()}}
	if n.State == notice.Withdrawn {
		e.Title, e.Summary = "已撤回："+n.Title, "这份公示已经撤回，不再有效。"+n.Reason
		return e
	}
	end := "截止"
	if n.Provisional {
		end = "暂定截止"
	}
	e.Summary = fmt.Sprintf("%s，公示期 %s，%d 个工作日，%s %s。共 %d 项，合计 %s 元。", n.No, span(n.StartsOn, n.EndsOn), n.Days(), notice.EndText(n.EndsOn, n.EndHour), end, n.Items, n.Total)
	if n.State == notice.Ended || n.Over(m.Now) {
		e.Summary += "公示已经结束。"
	} else {
		e.Summary += "公示期内可以提出异议。"
	}
	return e
}
