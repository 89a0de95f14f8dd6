package report_test

import (
	"slices"
	"testing"

	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
)

// Every filter in every order goes through all its rows once, forwards and back.
func TestEveryFilterAndOrderWalksOnce(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	history(t, g, 11, 70)
	all, _ := walk(t, s, report.ProjectFilter{}, report.NewestFirst, 100)
	for _, f := range []report.ProjectFilter{
		{}, {Year: 2026}, {Programme: organization.Venture}, {Category: organization.Charity}, {Subdistrict: "440310001"}, {Community: "440310002004"},
		{Progress: report.Unpaid}, {Progress: report.Closed}, {Progress: report.Terminated}, {Progress: report.CameBack}, {Query: "项目3"}, {Query: "互"}, {Query: "沙壆"},
		{Year: 2025, Programme: organization.Startup, Subdistrict: "440310002"}, {Query: "项目", Year: 2024, Progress: report.Reporting}, {Category: organization.Rights, Community: "440310006004"},
	} {
		want := matching(all, f)
		for _, by := range report.ProjectSorts {
			got, first := walk(t, s, f, by, 4)
			if !slices.Equal(numbers(got, true), numbers(want, true)) {
				t.Errorf("%+v by %s: %v, want %v", f, by, numbers(got, true), numbers(want, true))
			}
			if f.Query == "" && first.Tallies.Of(f) != sum(want) {
				t.Errorf("%+v: stored %+v, listed %+v", f, first.Tallies.Of(f), sum(want))
			}
			if !slices.IsSortedFunc(got, func(a, b report.Project) int { return order(a, b, by) }) {
				t.Errorf("%+v by %s: out of order", f, by)
			}
			if back := backwards(t, s, f, by); !slices.Equal(numbers(back, false), numbers(got, false)) {
				t.Errorf("%+v by %s: backwards %v, forwards %v", f, by, numbers(back, false), numbers(got, false))
			}
		}
	}
}

func matching(all []report.Project, f report.ProjectFilter) (out []report.Project) {
	for _, p := range all {
		if (f.Year == 0 || p.Year == f.Year) && (f.Programme == "" || p.Programme == f.Programme) && (f.Category == "" || p.Category == f.Category) &&
			(f.Subdistrict == "" || p.Subdistrict == f.Subdistrict) && (f.Community == "" || p.Community == f.Community) &&
			(f.Progress == "" || p.Progress == f.Progress || f.Progress == report.CameBack && p.Back() > 0) && matchesQuery(p, f.Query) {
			out = append(out, p)
		}
	}
	return out
}

func matchesQuery(p report.Project, q string) bool {
	switch q {
	case "", "互", "项目":
		return true
	case "沙壆":
		return p.Community == "440310002004"
	}
	return p.Title == q
}

func numbers(list []report.Project, sorted bool) (out []string) {
	for _, p := range list {
		out = append(out, p.No)
	}
	if sorted {
		slices.Sort(out)
	}
	return out
}

func order(a, b report.Project, by report.ProjectSort) int {
	var c int
	switch by {
	case report.MostApproved, report.LeastApproved:
		c = int(a.Approved - b.Approved)
	case report.MostPaid, report.LeastPaid:
		c = int(a.Paid - b.Paid)
	default:
		c = a.GrantedOn.Compare(b.GrantedOn)
	}
	if !by.Ascending() {
		c = -c
	}
	return c
}

// backwards goes to the last page and reads from there to the beginning.
func backwards(t testing.TB, s *report.Service, f report.ProjectFilter, by report.ProjectSort) (all []report.Project) {
	t.Helper()
	p, err := s.Projects(t.Context(), f, by, "", 4)
	for err == nil && p.Next != "" {
		p, err = s.Projects(t.Context(), f, by, p.Next, 4)
	}
	for err == nil {
		all = append(slices.Clone(p.Items), all...)
		if p.Previous == "" {
			return all
		}
		p, err = s.Projects(t.Context(), f, by, p.Previous, 4)
	}
	t.Fatal(err)
	return nil
}
