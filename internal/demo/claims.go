package demo

import (
	"context"
	"fmt"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
)

// claims writes people who say that they act for an organization: for one the
// registry knows by its code, for one it knows by its filing number, a clerk,
// one whom no registry knows, and one whom the subdistrict turned down.
func (p *planter) claims() {
	number := func(key string) string {
		r := p.orgs[key].registration
		if r.Basis == organization.Registered {
			return r.USCC
		}
		return r.FilingNo
	}
	p.claim("claim-zhukeng", authz.OrgHead, "竹坑", number("org36"), p.orgs["org36"].name, p.orgs["org36"].leader, p.workdayBack(3))
	p.claim("claim-laokeng", authz.OrgHead, "老坑", number("org37"), p.orgs["org37"].name, p.orgs["org37"].leader, p.workdayBack(2))
	p.claim("claim-liulian", authz.OrgClerk, "六联", number("org1"), p.orgs["org1"].name, p.draw.person(), p.workdayBack(1))
	p.claim("claim-heping", authz.OrgHead, "和平", fmt.Sprintf("坪社备〔%d〕第0099号", p.today.Year), "和平社区老友记茶话社", p.draw.person(), p.workdayBack(4))
	p.claim("claim-liuhe", authz.OrgHead, "六和", number("org21"), p.orgs["org21"].name, p.draw.person(), p.workdayBack(9))
	p.on(p.workdayBack(8), 10, "claim refused", func(ctx context.Context) error {
		by := p.actors["subdistrict-pingshan"]
		list, err := p.Accounts.Claims(ctx, by)
		if err != nil {
			return err
		}
		for _, c := range list {
			if c.Username == "claim-liuhe" {
				return p.Accounts.RefuseClaim(ctx, by, c.ID, "登记的负责人不是您，也没有授权书。请由负责人注册，或带授权书到街道办理", c.Version)
			}
		}
		return fmt.Errorf("claim not filed")
	})
}

func (p *planter) claim(username string, role authz.Role, place, number, name string, who someone, on civil.Date) {
	in := account.Registration{Role: role, Number: number, OrganizationName: name, Name: who.name, ResidentID: who.residentID,
		Mobile: who.mobile, Username: username, Password: account.DemoPassword}
	p.on(on, 20, username, func(ctx context.Context) error {
		in.Community, in.Token = p.code(place+"社区"), once.NewToken()
		_, err := p.Accounts.Register(ctx, authz.Actor{}, in)
		return err
	})
}
