package accountpages

import (
	"context"
	"net/http"
	"strconv"

	"civilaffairs/internal/account"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

type claimsView struct {
	Waiting ui.Table
	Decided ui.Table
	Any     bool // something waits
	Past    bool // something was decided
	Files   export.Links
}

func (p *Pages) listClaims(w http.ResponseWriter, r *http.Request) error {
	list, err := p.Accounts.Claims(r.Context(), actor(r))
	if err != nil {
		return err
	}
	regions, _, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	columns := []ui.Column{{Label: "组织", Full: true}, {Label: "编号"}, {Label: "社区"}, {Label: "姓名"}, {Label: "状态"}, {Label: "提交时间"}}
	var waiting, decided []ui.Row
	for _, c := range list {
		row := ui.Cells(ui.Head(c.OrganizationName, paths.Claim(c.ID.String()), ""), ui.T(c.Number), ui.T(regions.Name(c.Community)),
			ui.TS(c.Name, c.Role.Name()), ui.C(ui.Tag(claimWord(c.Status))), ui.T(clock(c.CreatedAt)))
		if c.Status == account.Waiting {
			waiting = append(waiting, row)
		} else {
			decided = append(decided, row)
		}
	}
	return httpserver.Render(w, r, http.StatusOK, claimsPage(claimsView{
		Waiting: ui.Table{Caption: "等确认的注册，先到的在前", Columns: columns, Groups: ui.Rows(waiting...)}, Any: len(waiting) > 0,
		Decided: ui.Table{Caption: "最近办过的注册", Columns: columns, Groups: ui.Rows(decided...)}, Past: len(decided) > 0,
		Files: export.LinksTo(paths.Claims, nil),
	}))
}

func claimWord(s account.ClaimStatus) (string, ui.Tone) {
	switch s {
	case account.Confirmed:
		return "已确认", ui.Good
	case account.RefusedAClaim:
		return "未通过", ui.Mute
	}
	return "待确认", ui.Info
}

// claimView is one claim with what the registry knows under its number.
type claimView struct {
	ID, Version  string
	Title        string
	Word         string
	Tone         ui.Tone
	Facts        []ui.Fact
	Open         bool // may still be decided
	Found        bool
	Here         bool // the organization found belongs to this subdistrict
	Organization []ui.Fact
	Differs      bool   // the names are not the same
	Record       string // where the organization is recorded first, "" for nowhere
	Reason       string // as typed
	Errors       ui.Errors
}

func (p *Pages) showClaim(w http.ResponseWriter, r *http.Request) error {
	return p.renderClaim(w, r, "", nil)
}

func (p *Pages) renderClaim(w http.ResponseWriter, r *http.Request, reason string, e ui.Errors) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	c, err := p.Accounts.Claim(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	regions, _, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	v := claimView{ID: c.ID.String(), Version: strconv.Itoa(c.Version), Title: c.OrganizationName, Open: c.Status == account.Waiting,
		Reason: reason, Errors: e}
	v.Word, v.Tone = claimWord(c.Status)
	v.Facts = claimFacts(c, regions.FullName)
	if v.Open {
		o, found, err := p.FindOrganization(r.Context(), c.Number)
		if err != nil {
			return err
		}
		region, _ := regions.Get(o.Community)
		v.Found, v.Here = found, found && region.ParentCode == actor(r).Subdistrict
		v.Differs = found && o.Name != c.OrganizationName
		v.Organization = []ui.Fact{ui.F("组织名称", o.Name), ui.F("所在社区", regions.FullName(o.Community))}
		if !found && p.RecordOrganization != nil {
			v.Record = p.RecordOrganization(v.ID)
		}
	}
	return httpserver.Render(w, r, status(e), claimPage(v))
}

func claimFacts(c account.Claim, name func(string) string) []ui.Fact {
	kind := "统一社会信用代码"
	if c.NumberKind == "filing" {
		kind = "备案编号"
	}
	facts := []ui.Fact{
		ui.F("组织名称", c.OrganizationName), ui.F(kind, c.Number), ui.F("所在社区", name(c.Community)),
		ui.F("姓名", c.Name+"（"+c.Role.Name()+"）"), ui.F("身份证号码", orNone(c.IDMask)), ui.F("手机", orNone(c.MobileMask)),
		ui.F("电子邮箱", orNone(c.Email)), ui.F("用户名", c.Username), ui.F("提交时间", clock(c.CreatedAt)),
	}
	if c.DecidedAt != nil {
		facts = append(facts, ui.F("办理时间", clock(*c.DecidedAt)))
	}
	if c.Reason != "" {
		facts = append(facts, ui.F("未通过的理由", c.Reason))
	}
	return facts
}

// createConfirmation looks the organization up again by the claim's own number:
// the form cannot name another one.
func (p *Pages) createConfirmation(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	id, err := idOf(r)
	if err != nil {
		return err
	}
	c, err := p.Accounts.Claim(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	o, err := p.registered(r.Context(), c.Number)
	if err != nil {
		return err
	}
	err = p.Accounts.ConfirmClaim(r.Context(), actor(r), id,
		account.Confirmation{OrganizationID: o.ID, Community: o.Community, Version: versionOf(value("version"))})
	if err != nil {
		return err
	}
	p.Sessions.Flash(r.Context(), "已确认。"+c.Name+"现在可以登录，代表“"+o.Name+"”办事。")
	return httpserver.SeeOther(w, r, paths.Claims)
}

func (p *Pages) registered(ctx context.Context, number string) (Organization, error) {
	o, found, err := p.FindOrganization(ctx, number)
	if err == nil && !found {
		err = errs.New(errs.Conflict, "组织库里还没有这个编号的组织。请先登记组织，再确认账号。")
	}
	return o, err
}

func (p *Pages) createRefusal(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	id, err := idOf(r)
	if err != nil {
		return err
	}
	e, err := faults(p.Accounts.RefuseClaim(r.Context(), actor(r), id, value("reason"), versionOf(value("version"))))
	if err != nil {
		return err
	}
	if e.Any() {
		return p.renderClaim(w, r, value("reason"), e)
	}
	p.Sessions.Flash(r.Context(), "已退回。对方登录时会看到理由，可以更正后重新注册。")
	return httpserver.SeeOther(w, r, paths.Claims)
}
