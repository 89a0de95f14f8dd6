package accountpages

import (
	"net/http"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// registrationView is the sign-up form for one role.
type registrationView struct {
	Role         authz.Role
	Title        string
	Organization bool // asks for the organization
	NeedsID      bool // the head's ID number is asked for; a clerk may leave it out
	Communities  []ui.Option
	Token        string
	In           account.Registration // as typed
	Errors       ui.Errors
}

var registrationTitles = map[authz.Role]string{
	authz.OrgHead: "组织负责人注册", authz.OrgClerk: "组织经办人注册", authz.Initiator: "发起人注册",
}

func (p *Pages) showRegistration(w http.ResponseWriter, r *http.Request) error {
	role := authz.Role(r.URL.Query().Get("as"))
	if registrationTitles[role] == "" {
		return httpserver.Render(w, r, http.StatusOK, registrationChoicePage())
	}
	return p.renderRegistration(w, r, account.Registration{Role: role, Token: account.NewNonce()}, nil)
}

func (p *Pages) renderRegistration(w http.ResponseWriter, r *http.Request, in account.Registration, e ui.Errors) error {
	regions, today, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	in.Password = ""
	return httpserver.Render(w, r, status(e), registrationPage(registrationView{
		Role: in.Role, Title: registrationTitles[in.Role], Organization: in.Role.OfOrganization(),
		NeedsID: in.Role == authz.OrgHead, Communities: communities(regions, today), Token: in.Token, In: in, Errors: e,
	}))
}

func (p *Pages) createRegistration(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if p.registers.OnLimit(w, r, actor(r).IP) {
		return errs.New(errs.TooMany, "这个网络地址的注册太频繁。请一小时后再试，或到社区党群服务中心窗口办理。")
	}
	in := account.Registration{
		Role: authz.Role(value("role")), Number: value("number"), OrganizationName: value("organization_name"),
		Community: value("community"), Name: value("name"), ResidentID: value("resident_id"), Mobile: value("mobile"),
		Email: value("email"), Username: value("username"), Password: value("password"), Token: value("token"),
	}
	if registrationTitles[in.Role] == "" {
		return errs.New(errs.Invalid, "没有选注册的身份。请返回上一页，选负责人、经办人或发起人。")
	}
	out, err := p.register(r, in, value("new_password_again"))
	e, err := faults(err)
	if err != nil {
		return err
	}
	if e.Any() {
		return p.renderRegistration(w, r, in, e)
	}
	p.Sessions.Flash(r.Context(), registeredWords(out.Status))
	return httpserver.SeeOther(w, r, paths.Login)
}

// register puts the repeated password among the other faults, behind them.
func (p *Pages) register(r *http.Request, in account.Registration, again string) (account.Registered, error) {
	repeat := repeatProblem(in.Password, again, "再输一次密码")
	if repeat == nil {
		return p.Accounts.Register(r.Context(), actor(r), in)
	}
	// Nothing is stored without a password that fits, but every fault is named.
	fields, err := p.Accounts.CheckRegistration(r.Context(), in)
	if err != nil {
		return account.Registered{}, err
	}
	return account.Registered{}, errs.Fields(append(fields, errs.FieldsOf(repeat)...))
}

func registeredWords(s account.Status) string {
	if s == account.Active {
		return "已注册。现在可以登录，看备案要什么、最早哪天能申请。"
	}
	return "已注册。街道核对以后，用刚才的用户名和密码就能登录；结果也在登录时告诉您。"
}
