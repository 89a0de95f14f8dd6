package accountpages

import (
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// ownView is the page /account.
type ownView struct {
	Facts    []ui.Fact
	Enrolled bool
	Clerks   bool // the head may add clerks
	Sessions []sessionRow
}

type sessionRow struct {
	ID              string
	Opened, Seen    string
	Address, Device string
	Current         bool
}

func (p *Pages) showOwn(w http.ResponseWriter, r *http.Request) error {
	own, err := p.Accounts.Own(r.Context(), actor(r))
	if err != nil {
		return err
	}
	list, err := p.Accounts.OwnSessions(r.Context(), actor(r))
	if err != nil {
		return err
	}
	regions, _, err := p.Accounts.Places(r.Context())
	if err != nil {
		return err
	}
	v := ownView{Enrolled: own.HasSecondFactor(), Clerks: actor(r).Can(authz.AccountInvite), Facts: []ui.Fact{
		ui.F("姓名", own.Name), ui.F("用户名", own.Username), ui.F("身份", own.Role.Name()),
	}}
	if place := placeOf(own.Account, regions.FullName); place != "" {
		v.Facts = append(v.Facts, ui.F("所在", place))
	}
	v.Facts = append(v.Facts, ui.F("手机", orNone(own.MobileMask)), ui.F("电子邮箱", orNone(own.Email)),
		ui.Fact{Label: "密码", Value: clock(own.PasswordChangedAt) + " 设置", Change: paths.OwnPassword},
		ui.Fact{Label: "动态口令", Value: secondFactorWords(own), Change: paths.OwnSecondFactor, Act: secondFactorAct(own)})
	current, _ := p.Sessions.SessionID(r.Context())
	for _, s := range list {
		v.Sessions = append(v.Sessions, sessionRow{ID: s.ID.String(), Opened: clock(s.OpenedAt), Seen: clock(s.SeenAt),
			Address: s.Address, Device: device(s.Agent), Current: s.ID == current})
	}
	return httpserver.Render(w, r, http.StatusOK, ownPage(v))
}

func (p *Pages) createSessionEnd(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	if err := p.Accounts.EndSession(r.Context(), actor(r), id); err != nil {
		return err
	}
	p.Sessions.Flash(r.Context(), "那一处的登录已经退出。")
	return httpserver.SeeOther(w, r, paths.OwnAccount)
}

func secondFactorWords(own account.Own) string {
	if !own.HasSecondFactor() {
		return "没有绑定"
	}
	return "已绑定，备用码还剩 " + strconv.Itoa(own.RecoveryCodes) + " 个"
}

func secondFactorAct(own account.Own) string {
	if !own.HasSecondFactor() {
		return "绑定"
	}
	return "换绑"
}

// placeOf says where an account belongs.
func placeOf(a account.Account, name func(code string) string) string {
	switch {
	case a.Community != "":
		return name(a.Community)
	case a.Subdistrict != "":
		return name(a.Subdistrict)
	}
	return a.DepartmentName
}

func orNone(s string) string {
	if s == "" {
		return "没有填"
	}
	return s
}

func clock(t time.Time) string { return t.In(civil.Shanghai).Format("2006-01-02 15:04") }

func sessionTable(list []sessionRow) ui.Table {
	t := ui.Table{Caption: "已经登录的地方", Columns: []ui.Column{{Label: "浏览器", Full: true}, {Label: "网络地址"}, {Label: "登录时间"},
		{Label: "最近使用"}, {Label: "操作", Hidden: true}}}
	var rows []ui.Row
	for _, s := range list {
		end := ui.C(endSession(s.ID))
		if s.Current {
			end = ui.T("就是这里")
		}
		rows = append(rows, ui.Cells(ui.Head(s.Device, "", ""), ui.T(s.Address), ui.T(s.Opened), ui.T(s.Seen), end))
	}
	t.Groups = ui.Rows(rows...)
	return t
}
