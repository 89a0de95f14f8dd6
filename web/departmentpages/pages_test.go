package departmentpages_test

import (
	"net/http"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/department"
	"civilaffairs/web/departmentpages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
)

// A department is added, renamed and ended through the pages; what is wrong is
// said at its field and kept. Every page stands axe and fits desktop and phone.
func TestDepartmentsThroughThePages(t *testing.T) {
	t.Parallel()
	s := pagetest.New(t, civil.Of(2026, 11, 23).Start().Add(10*time.Hour))
	s.Cast(map[string]authz.Actor{"clerk": {Role: authz.BureauClerk, Name: "周经办"}})
	s.Serve(departmentpages.New(departmentpages.Deps{Departments: department.New(s.DB.App), Flash: s.Flash}).Register)
	taken := s.Get("clerk", paths.StaffDepartmentNew).Press(append(pagetest.Day("from", civil.Of(2026, 3, 1)),
		"name", "坪山区公共图书馆", "short", "教育局", "code", "library", "aliases", "城市书房\n区图书馆")...).Faulty("short", "坪山区教育局")
	taken.Press("short", "图书馆").Led("")
	one := paths.StaffDepartment("library")
	form := s.Get("clerk", one+"/name")
	rename := append(pagetest.Day("from", civil.Of(2026, 10, 1)), "name", "坪山图书馆", "short", "图书馆")
	form.Press(append(rename, "version", "7")...).Is(http.StatusConflict).Kept()
	form.Press(rename...).Led("")
	s.Get("clerk", one).Is(http.StatusOK, "2026-10-01", "坪山区公共图书馆")
	s.Get("clerk", one+"/end").Press(pagetest.Day("to", civil.Of(2026, 1, 1))...).Faulty("to", "") // before its name began
	s.Get("clerk", paths.StaffDepartmentAct("education", "confirmation")).Press().Led("")
	s.Judge(map[string][]string{"clerk": {paths.StaffDepartments, one, paths.StaffDepartment("culture"), paths.StaffDepartmentNew, one + "/end"}})
}
