package accountpages

import (
	"net/http"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
)

// filterOf reads the filter of an address.
func filterOf(r *http.Request) account.Filter {
	q := r.URL.Query()
	return account.Filter{Role: authz.Role(q.Get("role")), Status: account.Status(q.Get("status")), Name: clip(q.Get("name"))}
}

func (p *Pages) exportAccounts(r *http.Request) export.List {
	return export.List{
		Name: listTitle(actor(r)),
		Columns: []sheet.Column{{Name: "用户名", Kind: sheet.Code}, {Name: "姓名", Width: 12}, {Name: "身份", Width: 18}, {Name: "所在", Width: 36},
			{Name: "动态口令", Width: 12}, {Name: "状态", Width: 12}, {Name: "建立时间", Kind: sheet.Moment}},
		Fill: func(r *http.Request, t *export.Table) error {
			regions, _, err := p.Accounts.Places(r.Context())
			if err != nil {
				return err
			}
			return p.Accounts.Each(r.Context(), actor(r), filterOf(r), func(now time.Time, list []account.Account) error {
				t.On(civil.On(now))
				for _, a := range list {
					if err := t.Row(a.Username, a.Name, a.Role.Name(), placeOf(a, regions.Name), factorWord(a), a.Status.Name(), a.CreatedAt); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func (p *Pages) exportClaims(*http.Request) export.List {
	return export.List{
		Name: "注册确认",
		Columns: []sheet.Column{{Name: "组织", Width: 36}, {Name: "编号", Kind: sheet.Code}, {Name: "社区", Width: 14}, {Name: "姓名", Width: 12}, {Name: "身份", Width: 18},
			{Name: "状态", Width: 12}, {Name: "提交时间", Kind: sheet.Moment}, {Name: "办理时间", Kind: sheet.Moment}},
		Fill: func(r *http.Request, t *export.Table) error {
			regions, _, err := p.Accounts.Places(r.Context())
			if err != nil {
				return err
			}
			return p.Accounts.EachClaim(r.Context(), actor(r), func(now time.Time, list []account.Claim) error {
				t.On(civil.On(now))
				for _, c := range list {
					word, _ := claimWord(c.Status)
					decided := time.Time{}
					if c.DecidedAt != nil {
						decided = *c.DecidedAt
					}
					if err := t.Row(c.OrganizationName, c.Number, regions.Name(c.Community), c.Name, c.Role.Name(), word, c.CreatedAt, decided); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
