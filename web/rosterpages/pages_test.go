package rosterpages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/roster"
	"civilaffairs/web/paths"
)

const mine = paths.MyOrganization

// The clerk enters somebody, mends what is wrong, adds contract and months, and
// records that they left, all through the pages.
func TestFromEnteringToLeaving(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	list := paths.RosterOf(mine)
	wantText(t, s.get(t, "clerk", list), 200, "花名册里还没有人", "登记一个人")
	form := s.get(t, "clerk", list+"/new")
	typed := append([]string{"name", "陈小明", "id_type", "resident", "id_no", "440310199002280011", "post", "worker", "full_time", "yes"}, on("joined_on", civil.Of(2018, 1, 8))...)
	again := s.send(t, "clerk", list+"/new", form, typed...)
	wantText(t, again, 422, "最后一位对不上")
	if got := again.Find("#name").AttrOr("value", ""); got != "陈小明" || again.Find("#joined_on").AttrOr("value", "") != "2018" {
		t.Errorf("typed values are lost: %q", got)
	}
	typed[5] = "440310199002280010"
	led := s.send(t, "clerk", list+"/new", again, typed...)
	wantLed(t, led, "")
	me := led.location
	if twice := s.send(t, "clerk", list+"/new", again, typed...); twice.location != me {
		t.Errorf("sent twice led to %q and %q", me, twice.location)
	}
	wantText(t, s.get(t, "clerk", me), 200, "440310********0010", "专职还缺证明", "2018年1至10月没有劳动合同", "没有参保记录")

	contract := me + "/contracts"
	form = s.get(t, "clerk", contract)
	wantText(t, s.send(t, "clerk", contract, form, append([]string{"contract_employer", "agent"}, on("contract_from", civil.Of(2018, 1, 7))...)...), 422,
		"早于加入日期", "代签单位名称")
	typed = append([]string{"contract_employer", "agent", "contract_unit", "坪山街道社工服务中心"}, on("contract_from", civil.Of(2018, 1, 8))...)
	wantLed(t, s.send(t, "clerk", contract, form, typed...), me)
	// Somebody opened the page before the contract was added.
	stale := s.send(t, "head", me+"/end", form, append([]string{"left_reason", "resigned"}, on("left_on", civil.Of(2018, 11, 1))...)...)
	wantText(t, stale, 409, "没有保存", "刚刚被别人改过")

	months := me + "/insurance?year=2018"
	form = s.get(t, "clerk", months)
	if n := form.Find("input[name=months]").Length(); n != 11 {
		t.Errorf("%d months on offer, want those from January to November", n)
	}
	wantLed(t, s.send(t, "clerk", months, form, "months", "1", "months", "2", "months", "11", "payer", "own"), me)
	wantText(t, s.get(t, "clerk", me), 200, "本组织2018年1至2月，2018年11月，共 3 个月", "2018年3至10月没有参保记录")
	if s.get(t, "clerk", months).Find("input[name=months][checked]").Length() != 3 {
		t.Error("the grid does not show what was ticked")
	}

	end := me + "/end"
	form = s.get(t, "clerk", end)
	typed = append([]string{"left_reason", "resigned"}, on("left_on", civil.Of(2018, 11, 1))...)
	warned := s.send(t, "clerk", end, form, typed...)
	wantText(t, warned, 422, "需要核对", "核对是否提前解除")
	wantLed(t, s.send(t, "clerk", end, warned, append(typed, "accept", "contract_after")...), me)
	wantText(t, s.get(t, "clerk", me), 200, "已离开", "本人辞职")
	wantText(t, s.get(t, "clerk", list), 200, "花名册里还没有人")
	wantText(t, s.get(t, "clerk", list+"?on-year=2018&on-month=11&on-day=1"), 200, "2018年11月1日在册 1 人", "陈小明", "回到今天")
}

func TestTheListSaysWhereTheProfileDiffers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.worker(t)
	wantText(t, s.get(t, "head", paths.RosterOf(mine)), 200, "从业人数填的是 3 人，花名册里是 1 人", "改基本情况里的人数")
	for _, bad := range []string{"?on-year=2019&on-month=1&on-day=1", "?on-year=2018&on-month=2&on-day=30", "?on=昨天"} {
		if p := s.get(t, "head", paths.RosterOf(mine)+bad); p.status != http.StatusUnprocessableEntity || p.Find("#on-error").Length() != 1 {
			t.Errorf("%s: %d, %s", bad, p.status, p.text())
		}
	}
	wantText(t, s.get(t, "head", paths.RosterOf(mine)+"?after=x&unknown=1"), 200, "陈小明")
}

// Offices read in their scope with masks and without forms; contracts are not for
// the department, numbers for the bureau alone and with a reason.
func TestOfficesRead(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.worker(t).String()
	base := paths.StaffOrganization(s.org.String())
	one := paths.RosterMember(base, id)
	for as, status := range map[string]int{"bureau": 200, "leader": 200, "subdistrict": 200, "community": 200, "department": 200, "auditor": 200,
		"elsewhere": 404, "finance": 403, "stranger": 404, "clerk": 404} {
		if p := s.get(t, as, paths.RosterOf(base)); p.status != status {
			t.Errorf("%s: list %d, want %d", as, p.status, status)
		}
		p := s.get(t, as, one)
		if p.status != status {
			t.Errorf("%s: member %d, want %d", as, p.status, status)
		}
		if status != 200 {
			continue
		}
		if terms := strings.Contains(p.text(), "社工服务中心"); terms != (as != "department") {
			t.Errorf("%s reads the contract: %v", as, terms)
		}
		if strings.Contains(p.text(), "199002280010") || strings.Contains(p.text(), "登记离开") {
			t.Errorf("%s: %s", as, p.text())
		}
		if unmask := p.Find(`main a[href$="/unmasking"]`).Length() == 1; unmask != (as == "bureau") {
			t.Errorf("%s is offered the number: %v", as, unmask)
		}
	}
	unmask := paths.RosterAct(base, id, "unmasking")
	form := s.get(t, "bureau", unmask)
	wantText(t, s.send(t, "bureau", unmask, form, "reason", "看"), 422, "5 到 200 个字")
	wantText(t, s.send(t, "bureau", unmask, form, "reason", "核对人才补贴名单"), 200, "440310199002280010", "已经记录")
	if p := s.get(t, "stranger", paths.RosterMember(mine, id)); p.status != 404 {
		t.Errorf("another organization by its own address: %d", p.status)
	}
}

// Bad input is answered at its field, never with a failure.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	me := paths.RosterMember(mine, s.worker(t).String())
	for path, pairs := range map[string][]string{
		me + "/facts":                 {"post", "emperor", "full_time", "maybe", "joined_on", "0001-01-01"},
		me + "/end":                   {"left_on", "9999-12-31", "left_reason", "<script>"},
		me + "/contracts":             {"contract_employer", "own", "contract_from", "2026-02-30"},
		me + "/insurance?year=2018":   {"months", "13", "payer", "own"},
		me + "/insurance?year=x":      {"months", "1", "payer", ""},
		me + "/withdrawal":            {"reason", "\x00\u202e　"},
		paths.RosterOf(mine) + "/new": {"name", strings.Repeat("𠮷", 70), "id_no", "'; drop table person; --", "joined_on", "2018-13-01"},
	} {
		p := s.send(t, "clerk", path, s.get(t, "clerk", path), pairs...)
		if p.status != http.StatusUnprocessableEntity || p.Find(".error-summary a").Length() == 0 {
			t.Errorf("%s: %d, %s", path, p.status, p.text())
		}
	}
	for _, path := range []string{me + "/contracts/2017-11-09/removal", me + "/contracts/x/removal", paths.RosterMember(mine, "x")} {
		if p := s.get(t, "clerk", path); p.status != http.StatusNotFound {
			t.Errorf("%s: %d", path, p.status)
		}
	}
	// A contract taken back leaves months without one: looked into, then done.
	path := me + "/contracts/2017-11-08/removal"
	warned := s.send(t, "clerk", path, s.get(t, "clerk", path))
	wantText(t, warned, 422, "没有劳动合同", "需要核对")
	wantLed(t, s.send(t, "clerk", path, warned, "accept", "outside_contract"), me)
	// Moving the beginning behind insured months is put right on their form.
	facts := s.get(t, "clerk", me+"/facts")
	p := s.send(t, "clerk", me+"/facts", facts, append([]string{"post", string(roster.Worker), "full_time", "yes"}, on("joined_on", civil.Of(2018, 5, 1))...)...)
	wantText(t, p, 422, "不在任职期间")
	if p.Find(`main a[href$="/insurance"]`).Length() != 1 {
		t.Error("no way to the form of the months")
	}
}
