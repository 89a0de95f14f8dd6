package projectpages_test

import (
	"testing"

	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/projectpages"
)

// site is the pages on ground with awards.
type site struct {
	*pagetest.Site
	*reporttest.Ground
}

const base = "http://127.0.0.1:8080"

func newSite(t testing.TB) *site {
	t.Helper()
	ground := reporttest.New(t)
	s := &site{pagetest.On(t, ground.DB, reporttest.Today), ground}
	s.Serve(projectpages.New(projectpages.Deps{Report: report.New(ground.DB.App, catalog.Programmes()), BaseURL: base}).Register)
	return s
}

func lines(p pagetest.Page) int { return p.Find("main table tbody tr").Length() }
