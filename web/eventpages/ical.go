package eventpages

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/event"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
)

// mostInFeed bounds what a calendar fetches.
const mostInFeed = 500

// feed is the calendar for programs that fetch it, under the filter of the page.
func (p *Pages) feed(w http.ResponseWriter, r *http.Request) error {
	list, now, err := p.Events.Feed(r.Context(), filterOf(r.URL.Query()), mostInFeed)
	if err != nil {
		return err
	}
	return p.send(w, r, list, now)
}

// oneFeed is one activity that is to come.
func (p *Pages) oneFeed(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Events.Read(r.Context(), number(r))
	if err != nil {
		return err
	}
	e := event.Entry{ID: d.ID, No: d.No, OrgName: d.OrgName, State: d.State, Title: d.Title, Day: d.Day, From: d.From, Until: d.Until, Place: d.Place}
	return p.send(w, r, []event.Entry{e}, d.UpdatedAt)
}

func (p *Pages) send(w http.ResponseWriter, r *http.Request, list []event.Entry, now time.Time) error {
	host := "localhost"
	if u, err := url.Parse(p.BaseURL); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return httpserver.WritePublic(w, r, "text/calendar; charset=utf-8", []byte(calendar(list, now, p.BaseURL, host)))
}

// calendar writes RFC 5545: lines ended by CR LF and folded at 75 octets, moments
// in UTC, so that no time zone has to be described.
func calendar(list []event.Entry, now time.Time, base, host string) string {
	var b strings.Builder
	line := func(name, value string) { fold(&b, name+":"+value) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//civilaffairs//activities//ZH")
	line("CALSCALE", "GREGORIAN")
	line("METHOD", "PUBLISH")
	line("X-WR-CALNAME", escape("社区社会组织活动"))
	for _, e := range list {
		line("BEGIN", "VEVENT")
		line("UID", e.No+"@"+host)
		line("DTSTAMP", utc(stamp(now)))
		line("DTSTART", utc(e.Day.Start().Add(time.Duration(e.From)*time.Minute)))
		line("DTEND", utc(e.Day.Start().Add(time.Duration(e.Until)*time.Minute)))
		line("SUMMARY", escape(e.Title))
		line("LOCATION", escape(e.Place))
		line("DESCRIPTION", escape("主办："+e.OrgName))
		line("URL", strings.TrimSuffix(base, "/")+paths.Activity(e.No))
		if e.State == event.Cancelled {
			line("STATUS", "CANCELLED")
		} else {
			line("STATUS", "CONFIRMED")
		}
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	return b.String()
}

// stamp goes by the hour: a feed that says the same is the same.
func stamp(t time.Time) time.Time { return t.Truncate(time.Hour) }

func utc(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

func escape(s string) string {
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "").Replace(s)
}

// fold breaks a line at 75 octets, never within a character.
func fold(b *strings.Builder, s string) {
	for most := 75; len(s) > most; most = 74 { // the space that begins the next counts
		cut := most
		for !utf8.RuneStart(s[cut]) {
			cut--
		}
		fmt.Fprintf(b, "%s\r\n ", s[:cut])
		s = s[cut:]
	}
	b.WriteString(s + "\r\n")
}

// lines are the lines of a text that hold anything.
func lines(text string) []string {
	var out []string
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
