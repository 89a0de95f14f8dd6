package samplingpages_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/sampling"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
	"civilaffairs/web/samplingpages"

	"github.com/PuerkitoBio/goquery"
)

// newSite is the pages with 40 accepted cases of October.
func newSite(t *testing.T) *pagetest.Site {
	t.Helper()
	s := pagetest.New(t, civil.Of(2026, 11, 23).Start().Add(10*time.Hour))
	s.Exec(`insert into case_file (id, kind, no, no_year, no_serial, title, state, class, created_by, created_at, submitted_at, entered_at, edition_id)
		select gen_random_uuid(), 'startup', 'FH-2026-' || lpad(i::text, 4, '0'), 2026, i, '第' || i || '互助会', 'reviewing', 'open', gen_random_uuid(), now(),
			timestamptz '2026-10-01 09:00+08' + i * interval '1 hour', now(), (select id from policy_edition limit 1) from generate_series(1, 40) i`)
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk, Name: "周经办"}, "reviewer": {Role: authz.BureauReviewer, Name: "吴复核"}})
	kind := sampling.Kind{Key: "startup", Name: "孵化关爱工程"}
	s.Serve(samplingpages.New(samplingpages.Deps{Sampling: sampling.New(s.DB.App, kind), Flash: s.Flash}).Register)
	return s
}

// outsider draws again from the published file and nothing else: no code of ours.
func outsider(t *testing.T, published string) (file map[string]any, drawn []string) {
	t.Helper()
	if err := json.Unmarshal([]byte(published), &file); err != nil {
		t.Fatal(err)
	}
	text, list := "", []string{}
	for _, n := range file["list"].([]any) {
		text, list = text+n.(string)+"\n", append(list, n.(string))
	}
	if sum := sha256.Sum256([]byte(text)); hex.EncodeToString(sum[:]) != file["list_sha256"] {
		t.Error("the digest is not that of the list")
	}
	seed, ok := file["seed"].(string)
	if !ok {
		return file, nil
	}
	score := func(n string) string { sum := sha256.Sum256([]byte(seed + ":" + n)); return hex.EncodeToString(sum[:]) }
	slices.SortFunc(list, func(a, b string) int { return strings.Compare(score(a), score(b)) })
	return file, list[:int(file["draw"].(float64))]
}

// From the frozen list to a draw that everyone repeats, on all pages, in the browser
// as well.
func TestEveryoneDrawsAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Get("clerk", paths.StaffSampleNew).Press("from-year", "2026", "from-month", "13", "from-day", "1").Faulty("from", "").Faulty("to", "")
	october := append(pagetest.Day("from", civil.Of(2026, 10, 1)), pagetest.Day("to", civil.Of(2026, 10, 31))...)
	at := s.Get("clerk", paths.StaffSampleNew).Press(append(october, "kind", "startup")...).Led("").To
	no := strings.TrimPrefix(at, paths.StaffSamples+"/")
	before, drawn := outsider(t, s.Get("", paths.SampleFile(no)).Body)
	if drawn != nil || before["drawn"] != nil {
		t.Error("drawn before the draw")
	}
	s.Get("clerk", paths.StaffSampleAct(no, "draw")).Is(http.StatusForbidden)
	s.Get("reviewer", paths.StaffSampleAct(no, "draw")).Press().Led("")
	after, drawn := outsider(t, s.Get("", paths.SampleFile(no)).Body)
	if after["list_sha256"] != before["list_sha256"] || fmt.Sprint(after["drawn"]) != fmt.Sprint(drawn) || len(drawn) != 4 {
		t.Errorf("published %v, an outsider draws %v", after["drawn"], drawn)
	}
	open := s.Get("", paths.Sample(no)).Lacks("body", "互助会", "周经办")
	shown := open.Find("tbody tr").Map(func(_ int, x *goquery.Selection) string { return strings.TrimSpace(x.Find("th, td").Eq(1).Text()) })
	if !slices.Equal(shown, drawn) {
		t.Errorf("the page shows %v: %s", shown, open.Text("main"))
	}
	redraw := s.Get("clerk", paths.StaffSampleAct(no, "redraw"))
	again := redraw.Press("why", "再抽").Faulty("why", "").Press("why", "抽中的两件是同一次活动，已经一并检查过").Led("").To
	s.Get("", paths.Sample(no)).Says(".note", "已经重抽")
	s.Judge(map[string][]string{"": {paths.Samples, paths.Sample(no)}, "clerk": {again, paths.StaffSamples}})
}
