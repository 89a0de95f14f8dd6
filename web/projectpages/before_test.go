package projectpages_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
)

// before plants three grants of before the portal: one with its money, one of
// which nothing more is known, one outside the fund. It returns their numbers.
func before(t testing.TB, s *site) []string {
	t.Helper()
	org := s.Organizations(t, 1, civil.Of(2015, 3, 1))[0]
	row := func(p organization.Programme, title string, on civil.Date) organization.OpeningGrant {
		return organization.OpeningGrant{GrantInput: organization.GrantInput{OrgID: org, Programme: p, Title: title, AwardedOn: on, Amount: 500_000}}
	}
	kitchen := row(organization.Venture, "邻里厨房", civil.Of(2020, 5, 8))
	kitchen.Purpose, kitchen.DocumentNo, kitchen.UseReportDueOn, kitchen.UseReportFiledOn = "为独居老人供餐", "坪民〔2020〕15号", civil.Of(2021, 5, 8), civil.Of(2021, 4, 30)
	_, checks, err := s.Open(t.Context(), []organization.OpeningGrant{kitchen, row(organization.Startup, "启动扶持", civil.Of(2020, 6, 1)),
		row(organization.OtherProgramme, "社区公益项目", civil.Of(2016, 6, 1))})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.OpenMoney(t.Context(), []organization.OpeningMoney{
		{GrantNo: checks[0].No, Kind: organization.MoneyPaid, MovedOn: civil.Of(2020, 6, 1), Amount: 300_000, VoucherNo: "PZ-7777"},
		{GrantNo: checks[0].No, Kind: organization.MoneyPaid, MovedOn: civil.Of(2020, 9, 1), Amount: 200_000, VoucherNo: "PZ-7778"},
		{GrantNo: checks[0].No, Kind: organization.MoneyReturned, MovedOn: civil.Of(2021, 5, 20), Amount: 10_050, VoucherNo: "PZ-7779"},
	}); err != nil {
		t.Fatal(err)
	}
	return []string{checks[0].No, checks[1].No, checks[2].No}
}

func TestAGrantOfBeforeThePortal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := before(t, s)
	s.Get("", "/projects").Says("main", "全区共 3 个项目，核定 15,000.00 元，已拨付 5,000.00 元，已退回 100.50 元", "拨付待补录", "其他扶持1个", "2016年1个")
	if p := s.Get("", "/projects?q="+url.QueryEscape("独居")); lines(p) != 1 {
		t.Errorf("found by its purpose: %d rows", lines(p))
	}
	p := s.Get("", "/projects/"+no[0])
	p.Says("main", "邻里厨房", "这笔资助在平台上线前核定，2026年11月23日按民政局的记录导入", "为独居老人供餐。 资助净额 4,899.50 元", "核定：拨款文件上的金额", "分 2 次到账", "−100.50",
		"从核定到结清", "核定资助 5,000.00 元", "坪民〔2020〕15号", "组织报送使用报告", "2021年4月30日报送", "退回结余 100.50 元", "平台上线前的资助记录", "已办结")
	if strings.Contains(p.Body, "PZ-777") || strings.Contains(p.Body, "规则版本") || strings.Contains(p.Body, "组织在申请书里提出的金额") {
		t.Error("a voucher, an edition or an application stands on the page")
	}
	s.Get("", "/projects/"+no[1]).Says("main", "用途没有记录。", "拨付、退回和追回的记录还没有补录。", "民政局补录后", "2020 年预算")
	if p := s.Get("", "/projects/"+no[2]); strings.Contains(p.Body, "2016 年预算") {
		t.Error("support outside the fund has a budget")
	}

	_, rows := parsed(t, s.Get("", "/open-data/projects.csv?year=2020&programme=venture").Body)
	if len(rows) != 1 || rows[0][0] != no[0] || rows[0][11] != "" || rows[0][12] != "5000.00" || rows[0][14] != "100.50" || rows[0][19] != "平台上线前" {
		t.Errorf("csv: %v", rows)
	}
	var grant map[string]any
	if err := json.Unmarshal([]byte(s.Get("", "/open-data/projects/"+no[1]+".json").Body), &grant); err != nil {
		t.Fatal(err)
	}
	_, applied := grant["amountAppliedFor"]
	_, open := grant["fromOpenCall"]
	if applied || open || grant["beforePortal"] != true || grant["description"] != "启动扶持" || grant["progress"] != "unpaid" {
		t.Errorf("json: %v", grant)
	}
}

func TestGrantsOfBeforeAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	no := before(t, s)
	s.Judge(map[string][]string{"": {"/projects?year=2020", "/projects/" + no[0], "/projects/" + no[1]}})
}
