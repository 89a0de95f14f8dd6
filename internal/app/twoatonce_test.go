package app_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
)

// TestTwoAtOnce are people who act on one thing at the same time.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.ready(t, s.home)
	s.goTo(t, eligible)
	no := s.begin(g)
	s.bothEdit(t, g, no)
	s.write(g.head, no)
	s.papers(g.head, no)
	s.editedWhileSigning(t, g, no)
	s.opine(g.desk, no, "support", "")
	s.opine(g.street, no, "support", "")
	s.looks(g)
	s.bothDecide(t, no)
	s.bothApply(t)
}

// bothEdit: head and clerk have the same part open. The second to save sees both
// versions, nothing is lost, and saving again is a choice.
func (s *story) bothEdit(t *testing.T, g *group, no string) {
	clerk := s.clerkOf(t, g, "two-clerk")
	path := "/applications/" + no + "/sections/activities"
	mine, theirs := g.head.open(path).form(path), clerk.open(path).form(path)
	theirs.set("activities", "经办人写的：在六联社区文化广场办了旧物交换日，八十六人参加。").submit()
	p := mine.set("activities", "负责人写的：在六联社区文化广场办了旧物交换日，一百人参加。").submit()
	if p.status != http.StatusConflict {
		t.Fatalf("the second to save: %d %s", p.status, p.main())
	}
	p.says("经办人写的", "负责人写的", "周经办")
	if saved := clerk.open(path).form(path).value("activities"); !strings.HasPrefix(saved, "经办人写的") {
		t.Errorf("overwritten unseen: %s", saved)
	}
	if kept := p.form(path).value("activities"); !strings.HasPrefix(kept, "负责人写的") {
		t.Errorf("what was typed is gone: %s", kept)
	}
	p.form(path).submit()
	if saved := clerk.open(path).form(path).value("activities"); !strings.HasPrefix(saved, "负责人写的") {
		t.Errorf("saving again did not save: %s", saved)
	}
	plan := "/applications/" + no + "/sections/plan"
	mine, theirs = g.head.open(plan).form(plan), clerk.open(plan).form(plan)
	theirs.set("line-1-category", "service").submit()
	mine.set("line-1-category", "hardware").submit().says("第 1 行用途 硬件建设 服务支出")
}

// editedWhileSigning: the head has read and is about to sign, the clerk changes
// the amount. What was not read is not signed; it is shown, and can be signed
// from there.
func (s *story) editedWhileSigning(t *testing.T, g *group, no string) {
	clerk := s.known(t, "two-clerk", "周经办", password(0))
	at := "/applications/" + no
	ready := s.sign(g.head, no)
	path := at + "/sections/plan"
	clerk.open(path).form(path).set("amount", "4000", "line-1-amount", "2200").submit()
	p := ready.submit()
	if p.status != http.StatusConflict {
		t.Fatalf("signed what had not been read: %d %s", p.status, p.main())
	}
	again := p.says("没有提交", "4,000.00 元", "2,200.00").form(at + "/submission")
	if again.value("typed_name") != g.head.name || again.value("agreed") != "" || again.value("password") != "" {
		t.Errorf("kept %q", urlencoded(again.entries(nil)))
	}
	again.set("agreed", "yes", "password", g.head.password).submit().is(200, at+"/receipt").says("4,000.00 元")
}

// bothDecide: two clerks have confirmed different decisions and send them in the
// same moment. One of them happens; the other is told and keeps what was typed.
func (s *story) bothDecide(t *testing.T, no string) {
	at := "/applications/" + no
	one, two := s.office(authz.BureauClerk), s.portal.office(t, "clerk2", account.NewAccount{Role: authz.BureauClerk})
	accept := s.decision(one, no).set("choice", "accept").submit().form(at + "/decision")
	refuse := s.decision(two, no).set("choice", "refuse", "ground", "not_community", "facts", "活动都在社区以外举办，不属于社区社会组织。").submit().form(at + "/decision")
	pages := together(t, accept.sending(), refuse.sending())
	statuses := []int{pages[0].status, pages[1].status}
	slices.Sort(statuses)
	if !slices.Equal(statuses, []int{http.StatusOK, http.StatusConflict}) {
		t.Errorf("two decisions at once were answered with %v", statuses)
	}
	for sql, want := range map[string]int{
		`select count(*) from case_event where action in ('accept', 'refuse')`: 1,
		`select count(*) from case_letter`:                                     1,
	} {
		if got := scan[int](t, s.portal, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
	if pages[1].status == http.StatusConflict {
		pages[1].says("您刚才填的，没有提交", "活动都在社区以外举办")
	} else {
		pages[0].says("您刚才填的，没有提交", "受理")
	}
}

// bothApply: the head finishes a draft at home, the community one at its counter,
// and both submit. An organization gets start-up support once.
func (s *story) bothApply(t *testing.T) {
	g := s.ready(t, s.home)
	online := s.begin(g)
	s.write(g.head, online)
	s.papers(g.head, online)
	list := g.desk.open("/counter").says(g.name)
	button := list.Find(`input[name=organization][value="` + g.id + `"]`).Closest("form")
	paper := numberOf((&htmlForm{page: list, form: button, files: map[any][]upload{}}).submit())
	s.write(g.desk, paper)
	s.papers(g.desk, paper)
	s.paper(g.desk, paper, "stamped_print", upload{"签字盖章申请表.pdf", pdfOf("signed")})
	at := "/applications/" + paper
	pages := together(t, s.sign(g.head, online).sending(), g.desk.open(at+"/review").form(at+"/submission").set("agreed", "yes").sending())
	submitted := 0
	for _, p := range pages {
		switch {
		case p.status == http.StatusOK && strings.HasSuffix(p.path, "/receipt"):
			submitted++
		case p.status != http.StatusConflict && p.status != http.StatusUnprocessableEntity:
			t.Errorf("the other one: %d %s", p.status, p.main())
		}
	}
	if n := scan[int](t, s.portal, `select count(*) from startup_grant where live and organization_id = $1`, g.id); n != 1 || submitted != 1 {
		t.Errorf("%d of two applications were submitted, %d live", submitted, n)
	}
}
