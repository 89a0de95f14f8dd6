package accountpages

import (
	"net/http"
	"slices"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// accountsView is the list of the accounts one manages.
type accountsView struct {
	Title  string
	New    string // where an account is made, "" when the actor makes none
	NewTo  string // label of New
	Name   string
	Role   string
	Status string
	Roles  []ui.Option
	States []ui.Option
	Table  ui.Table
	Any    bool
	More   bool
	Files  export.Links

	Narrowed bool // something is searched for
}

func (p *Pages) listAccounts(w http.ResponseWriter, r *http.Request) error {
	f := filterOf(r)
	list, more, err := p.Accounts.List(r.Context(), actor(r), f)
	if err != nil {
		return err
	}
	regions, _, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	v := accountsView{Title: listTitle(actor(r)), Name: f.Name, Role: string(f.Role), Status: string(f.Status),
		Roles: roleOptions(rolesFor(actor(r)), "全部身份"), States: statusOptions(), Any: len(list) > 0, More: more, Files: export.LinksTo(paths.Accounts, r.URL.Query()), Narrowed: f != account.Filter{}}
	switch {
	case actor(r).Can(authz.AccountManage):
		v.New, v.NewTo = paths.OfficeNew, "建机关账号"
	case actor(r).Can(authz.AccountInvite):
		v.New, v.NewTo = paths.ClerkNew, "添加经办人"
	}
	v.Table = accountTable(list, regions)
	return httpserver.Render(w, r, http.StatusOK, accountsPage(v))
}

func accountTable(list []account.Account, regions *district.RegionSet) ui.Table {
	t := ui.Table{Caption: "账号，按用户名排列", Columns: []ui.Column{{Label: "用户名", Full: true}, {Label: "姓名"}, {Label: "身份"},
		{Label: "所在"}, {Label: "动态口令"}, {Label: "状态"}}}
	var rows []ui.Row
	for _, a := range list {
		rows = append(rows, ui.Cells(ui.Head(a.Username, paths.Account(a.ID.String()), ""), ui.T(a.Name), ui.T(a.Role.Name()),
			ui.T(placeOf(a, regions.Name)), ui.T(factorWord(a)), ui.C(ui.Tag(a.Status.Name(), statusTone(a.Status)))))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func factorWord(a account.Account) string {
	if a.HasSecondFactor() {
		return "已绑定"
	}
	return "没有绑定"
}

func listTitle(a authz.Actor) string {
	switch a.Role {
	case authz.OrgHead:
		return "本组织的经办人"
	case authz.Subdistrict:
		return "辖区组织的账号"
	case authz.AdminSystem:
		return "机关账号"
	}
	return "全部账号"
}

// rolesFor lists the roles that can appear in the actor's list.
func rolesFor(a authz.Actor) (roles []authz.Role) {
	switch a.Role {
	case authz.AdminSecurity:
		return authz.Roles
	case authz.OrgHead:
		return []authz.Role{authz.OrgClerk}
	}
	for _, r := range authz.Roles {
		if r.Staff() == (a.Role == authz.AdminSystem) {
			roles = append(roles, r)
		}
	}
	return roles
}

func roleOptions(roles []authz.Role, none string) []ui.Option {
	options := []ui.Option{{Value: "", Label: none}}
	for _, r := range roles {
		options = append(options, ui.Option{Value: string(r), Label: r.Name()})
	}
	return options
}

func statusOptions() []ui.Option {
	options := []ui.Option{{Value: "", Label: "全部状态"}}
	for _, s := range []account.Status{account.Active, account.Pending, account.Disabled, account.Refused} {
		options = append(options, ui.Option{Value: string(s), Label: s.Name()})
	}
	return options
}

func statusTone(s account.Status) ui.Tone {
	switch s {
	case account.Active:
		return ui.Good
	case account.Pending:
		return ui.Info
	case account.Disabled:
		return ui.Bad
	}
	return ui.Mute
}

// clip bounds a search text; it comes from the address bar.
func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:60])
	}
	return s
}

// accountView is one account with what may be done to it.
type accountView struct {
	Title string
	Facts []ui.Fact
	Word  string
	Tone  ui.Tone
	Acts  []actLink
	List  string
}

type actLink struct{ Label, Href string }

func (p *Pages) showAccount(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	m, err := p.Accounts.Get(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	regions, _, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	v := accountView{Title: m.Name + "（" + m.Username + "）", Word: m.Status.Name(), Tone: statusTone(m.Status), List: listTitle(actor(r)),
		Facts: accountFacts(m, regions)}
	for _, a := range acts {
		if a.Offered(m) && actor(r).Can(a.Permission) {
			v.Acts = append(v.Acts, actLink{a.Label, paths.AccountAct(id.String(), a.Noun)})
		}
	}
	return httpserver.Render(w, r, http.StatusOK, accountPage(v))
}

func accountFacts(m account.Managed, regions *district.RegionSet) []ui.Fact {
	factor := "没有绑定"
	if m.HasSecondFactor() {
		factor = clock(*m.EnrolledAt) + " 绑定"
	}
	facts := []ui.Fact{ui.F("姓名", m.Name), ui.F("用户名", m.Username), ui.F("身份", m.Role.Name())}
	if place := placeOf(m.Account, regions.FullName); place != "" {
		facts = append(facts, ui.F("所在", place))
	}
	facts = append(facts, ui.F("手机", orNone(m.MobileMask)), ui.F("电子邮箱", orNone(m.Email)), ui.F("动态口令", factor),
		ui.F("建立时间", clock(m.CreatedAt)), ui.F("密码设置时间", clock(m.PasswordChangedAt)))
	if !m.LockedUntil.IsZero() {
		facts = append(facts, ui.F("登录锁定", "登录失败太多，锁到 "+clock(m.LockedUntil)))
	}
	if m.StatusReason != "" {
		facts = append(facts, ui.F("理由", m.StatusReason))
	}
	return facts
}

// newAccountView is the form for an account that somebody makes for somebody else.
type newAccountView struct {
	Action, Title, Lead string
	Office              bool
	Roles               []ui.Option
	Communities         []ui.Option
	Subdistricts        []ui.Option
	Departments         []ui.Option
	In                  account.NewAccount
	Errors              ui.Errors
}

func (p *Pages) newOffice(w http.ResponseWriter, r *http.Request) error {
	return p.renderNew(w, r, true, account.NewAccount{Token: account.NewNonce()}, nil)
}

func (p *Pages) newClerk(w http.ResponseWriter, r *http.Request) error {
	return p.renderNew(w, r, false, account.NewAccount{Token: account.NewNonce()}, nil)
}

func (p *Pages) createOffice(w http.ResponseWriter, r *http.Request) error {
	return p.createAccount(w, r, true)
}

func (p *Pages) createClerk(w http.ResponseWriter, r *http.Request) error {
	return p.createAccount(w, r, false)
}

func (p *Pages) renderNew(w http.ResponseWriter, r *http.Request, office bool, in account.NewAccount, e ui.Errors) error {
	v := newAccountView{Action: paths.ClerkNew, Title: "添加经办人", Lead: "经办人可以填写申请和材料；签署和提交只有负责人能做。", In: in, Errors: e}
	if office {
		regions, today, err := p.Accounts.Places(r.Context())
		if err != nil {
			return err
		}
		departments, _, err := p.Accounts.Departments(r.Context())
		if err != nil {
			return err
		}
		v.Departments = []ui.Option{{Value: "", Label: "请选择"}}
		for _, d := range departments {
			v.Departments = append(v.Departments, ui.Option{Value: d.Code, Label: d.NameOn(today).Name})
		}
		v.Action, v.Title, v.Lead, v.Office = paths.OfficeNew, "建机关账号", "一人一个账号，按岗位建。初始密码只显示一次，本人第一次登录时要换。", true
		staff := slices.DeleteFunc(slices.Clone(authz.Roles), func(r authz.Role) bool { return !r.Staff() })
		v.Roles, v.Communities, v.Subdistricts = roleOptions(staff, "请选择"), communities(regions, today), subdistricts(regions, today)
	}
	return httpserver.Render(w, r, status(e), newAccountPage(v))
}

func subdistricts(regions *district.RegionSet, today civil.Date) []ui.Option {
	options := []ui.Option{{Value: "", Label: "请选择"}}
	for _, s := range regions.Subdistricts(today) {
		options = append(options, ui.Option{Value: s.Code, Label: s.Name})
	}
	return options
}

func (p *Pages) createAccount(w http.ResponseWriter, r *http.Request, office bool) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	in := account.NewAccount{Username: value("username"), Name: value("name"), Mobile: value("mobile"), Email: value("email"),
		ResidentID: value("resident_id"), Token: value("token")}
	create := p.Accounts.InviteClerk
	if office {
		in.Role, in.Community, in.Subdistrict, in.Department = authz.Role(value("role")), value("community"), value("subdistrict"), value("department")
		create = p.Accounts.CreateOffice
	}
	made, err := create(r.Context(), actor(r), in)
	e, err := faults(err)
	if err != nil {
		return err
	}
	if e.Any() {
		return p.renderNew(w, r, office, in, e)
	}
	return p.renderPassword(w, r, made, "账号已经建好")
}

// renderPassword shows a one-time password. It is in this answer and nowhere
// else, so the answer is no redirect; sent again, the same form shows it again.
func (p *Pages) renderPassword(w http.ResponseWriter, r *http.Request, made account.Created, title string) error {
	return httpserver.Render(w, r, http.StatusOK, oneTimePage(oneTimeView{Title: title, Name: made.Account.Name,
		Username: made.Account.Username, Password: made.Password, Account: paths.Account(made.Account.ID.String())}))
}

type oneTimeView struct{ Title, Name, Username, Password, Account string }

func oneTimeFacts(v oneTimeView) []ui.Fact {
	facts := []ui.Fact{ui.F("姓名", v.Name), ui.F("用户名", v.Username)}
	if v.Password != "" {
		facts = append(facts, ui.Fact{Label: "初始密码", Body: passwordText(v.Password)})
	}
	return facts
}
