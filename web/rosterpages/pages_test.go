package rosterpages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/roster"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
)

const mine = paths.MyOrganization

// The clerk enters somebody, mends what is wrong, adds contract and months, and
// records that they left, all through the pages.
func TestFromEnteringToLeaving(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	list := paths.RosterOf(mine)
	s.Get("clerk", list).Is(200, "花名册里还没有人", "登记一个人")
	form := s.Get("clerk", list+"/new")
	typed := append([]string{"name", "陈小明", "id_type", "resident", "id_no", "440310199002280011", "post", "worker", "full_time", "yes"}, pagetest.Day("joined_on", civil.Of(2018, 1, 8))...)
	again := form.Press(typed...).Faulty("id_no", "最后一位对不上")
	typed[5] = "440310199002280010"
	me := again.Press(typed...).Led("").To
	if twice := again.Press(typed...); twice.To != me {
		t.Errorf("sent twice led to %q and %q", me, twice.To)
	}
	s.Get("clerk", me).Is(200, "440310********0010", "专职还缺证明", "2018年1至10月没有劳动合同", "没有参保记录")

	before := s.Get("head", me+"/end") // opened before the contract is added
	contract := me + "/contracts"
	form = s.Get("clerk", contract)
	form.Press(append([]string{"contract_employer", "agent"}, pagetest.Day("contract_from", civil.Of(2018, 1, 7))...)...).Is(422, "早于加入日期", "代签单位名称")
	typed = append([]string{"contract_employer", "agent", "contract_unit", "坪山街道社工服务中心"}, pagetest.Day("contract_from", civil.Of(2018, 1, 8))...)
	form.Press(typed...).Led(me)
	left := append([]string{"left_reason", "resigned"}, pagetest.Day("left_on", civil.Of(2018, 11, 1))...)
	before.Press(left...).Is(409, "没有保存", "刚刚被别人改过")

	months := me + "/insurance?year=2018"
	form = s.Get("clerk", months)
	if n := form.Find("input[name=months]").Length(); n != 11 {
		t.Errorf("%d months on offer, want those from January to November", n)
	}
	form.Press("months", "1", "months", "2", "months", "11", "payer", "own").Led(me)
	s.Get("clerk", me).Is(200, "本组织2018年1至2月，2018年11月，共 3 个月", "2018年3至10月没有参保记录")
	if s.Get("clerk", months).Find("input[name=months][checked]").Length() != 3 {
		t.Error("the grid does not show what was ticked")
	}

	end := me + "/end"
	form = s.Get("clerk", end)
	warned := form.Press(left...)
	warned.Is(422, "需要核对", "核对是否提前解除")
	warned.Press(append(left, "accept", "contract_after")...).Led(me)
	s.Get("clerk", me).Is(200, "已离开", "本人辞职")
	s.Get("clerk", list).Is(200, "花名册里还没有人")
	s.Get("clerk", list+"?on-year=2018&on-month=11&on-day=1").Is(200, "2018年11月1日在册 1 人", "陈小明", "回到今天")
}

func TestTheListSaysWhereTheProfileDiffers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.worker()
	s.Get("head", paths.RosterOf(mine)).Is(200, "从业人数填的是 3 人，花名册里是 1 人", "改基本情况里的人数")
	for _, bad := range []string{"?on-year=2019&on-month=1&on-day=1", "?on-year=2018&on-month=2&on-day=30", "?on=昨天"} {
		if p := s.Get("head", paths.RosterOf(mine)+bad); p.Status != http.StatusUnprocessableEntity || p.Find("#on-error").Length() != 1 {
			t.Errorf("%s: %d, %s", bad, p.Status, p.Text("main"))
		}
	}
	s.Get("head", paths.RosterOf(mine)+"?after=x&unknown=1").Is(200, "陈小明")
}

// Offices read in their scope with masks and without forms; contracts are not for
// the department, numbers for the bureau alone and with a reason.
func TestOfficesRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.worker().String()
	base := paths.StaffOrganization(s.org.String())
	one := paths.RosterMember(base, id)
	for as, status := range map[string]int{"bureau": 200, "leader": 200, "subdistrict": 200, "community": 200, "department": 200, "auditor": 200,
		"elsewhere": 404, "finance": 403, "stranger": 404, "clerk": 404} {
		if p := s.Get(as, paths.RosterOf(base)); p.Status != status {
			t.Errorf("%s: list %d, want %d", as, p.Status, status)
		}
		p := s.Get(as, one)
		if p.Status != status {
			t.Errorf("%s: member %d, want %d", as, p.Status, status)
		}
		if status != 200 {
			continue
		}
		if terms := strings.Contains(p.Text("main"), "社工服务中心"); terms != (as != "department") {
			t.Errorf("%s reads the contract: %v", as, terms)
		}
		if strings.Contains(p.Text("main"), "199002280010") || strings.Contains(p.Text("main"), "登记离开") {
			t.Errorf("%s: %s", as, p.Text("main"))
		}
		if unmask := p.Find(`main a[href$="/unmasking"]`).Length() == 1; unmask != (as == "bureau") {
			t.Errorf("%s is offered the number: %v", as, unmask)
		}
	}
	unmask := paths.RosterAct(base, id, "unmasking")
	form := s.Get("bureau", unmask)
	form.Press("reason", "看").Is(422, "5 到 200 个字")
	form.Press("reason", "核对人才补贴名单").Is(200, "440310199002280010", "已经记录")
	if p := s.Get("stranger", paths.RosterMember(mine, id)); p.Status != 404 {
		t.Errorf("another organization by its own address: %d", p.Status)
	}
}

// Bad input is answered at its field, never with a failure.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	me := paths.RosterMember(mine, s.worker().String())
	for path, pairs := range map[string][]string{
		me + "/facts":                 {"post", "emperor", "full_time", "maybe", "joined_on", "0001-01-01"},
		me + "/end":                   {"left_on", "9999-12-31", "left_reason", "<script>"},
		me + "/contracts":             {"contract_employer", "own", "contract_from", "2026-02-30"},
		me + "/insurance?year=2018":   {"months", "13", "payer", "own"},
		me + "/insurance?year=x":      {"months", "1", "payer", ""},
		me + "/withdrawal":            {"reason", "\x00\u202e　"},
		paths.RosterOf(mine) + "/new": {"name", strings.Repeat("𠮷", 70), "id_no", "'; drop table person; --", "joined_on", "2018-13-01"},
	} {
		p := s.Get("clerk", path).Press(pairs...)
		if p.Status != http.StatusUnprocessableEntity || p.Find(".error-summary a").Length() == 0 {
			t.Errorf("%s: %d, %s", path, p.Status, p.Text("main"))
		}
	}
	for _, path := range []string{me + "/contracts/2017-11-09/removal", me + "/contracts/x/removal", paths.RosterMember(mine, "x")} {
		if p := s.Get("clerk", path); p.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.Status)
		}
	}
	// A contract taken back leaves months without one: looked into, then done.
	path := me + "/contracts/2017-11-08/removal"
	warned := s.Get("clerk", path).Press().Is(422, "没有劳动合同", "需要核对")
	warned.Press("accept", "outside_contract").Led(me)
	// Moving the beginning behind insured months is put right on their form.
	facts := s.Get("clerk", me+"/facts")
	p := facts.Press(append([]string{"post", string(roster.Worker), "full_time", "yes"}, pagetest.Day("joined_on", civil.Of(2018, 5, 1))...)...)
	p.Is(422, "不在任职期间")
	if p.Find(`main a[href$="/insurance"]`).Length() != 1 {
		t.Error("no way to the form of the months")
	}
}
