package accountpages

import (
	"net/http"

	"civilaffairs/internal/account"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// passwordView is the page that changes a password, forced or of one's own.
type passwordView struct {
	Action string
	Forced bool
	Errors ui.Errors
}

func (p *Pages) showForcedPassword(w http.ResponseWriter, r *http.Request) error {
	if _, ok := p.under(w, r, account.StepPassword); !ok {
		return nil
	}
	return httpserver.Render(w, r, http.StatusOK, passwordPage(passwordView{Action: paths.LoginPassword, Forced: true}))
}

func (p *Pages) createForcedPassword(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if err := p.admit(w, r); err != nil {
		return err
	}
	progress, ok := p.under(w, r, account.StepPassword)
	if !ok {
		return nil
	}
	next := p.Sessions.Next(r.Context())
	after := progress
	if err = repeatProblem(value("new_password"), value("new_password_again"), "再输一次新密码"); err == nil {
		after, err = p.Accounts.ReplacePassword(r.Context(), progress, value("new_password"))
	}
	e, err := faults(err)
	if err != nil {
		return p.startOver(w, r, err)
	}
	if e.Any() {
		return httpserver.Render(w, r, status(e), passwordPage(passwordView{Action: paths.LoginPassword, Forced: true, Errors: e}))
	}
	return p.advance(w, r, after, next)
}

func (p *Pages) editPassword(w http.ResponseWriter, r *http.Request) error {
	return httpserver.Render(w, r, http.StatusOK, passwordPage(passwordView{Action: paths.OwnPassword}))
}

func (p *Pages) updatePassword(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if err = repeatProblem(value("new_password"), value("new_password_again"), "再输一次新密码"); err == nil {
		err = p.changePassword(r, value("password"), value("new_password"))
	}
	e, err := faults(err)
	if err != nil {
		return err
	}
	if e.Any() {
		return httpserver.Render(w, r, status(e), passwordPage(passwordView{Action: paths.OwnPassword, Errors: e}))
	}
	p.Sessions.Flash(r.Context(), "密码已经换好。这个账号在别处的登录都已退出。")
	return httpserver.SeeOther(w, r, paths.OwnAccount)
}

// changePassword goes on under a new session id and a new token.
func (p *Pages) changePassword(r *http.Request, present, password string) error {
	id, _ := p.Sessions.SessionID(r.Context())
	renewed, err := p.Accounts.ChangePassword(r.Context(), actor(r), id, present, password)
	if err != nil {
		return err
	}
	return p.Sessions.SignIn(r.Context(), renewed)
}
