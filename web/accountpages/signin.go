package accountpages

import (
	"net/http"

	"civilaffairs/internal/account"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// signInView is the page /login.
type signInView struct {
	Next     string
	Username string
	Message  string // why the last try did not open, "" on a fresh page
	Expired  bool
	Demo     []DemoAccount
}

func (p *Pages) showSignIn(w http.ResponseWriter, r *http.Request) error {
	next := r.URL.Query().Get("next")
	if actor(r).SignedIn() {
		return httpserver.SeeOther(w, r, httpserver.LocalPath(next, paths.Workspace))
	}
	v := signInView{Next: next, Expired: p.Sessions.Expired(r.Context()), Demo: p.DemoAccounts}
	return httpserver.Render(w, r, http.StatusOK, signInPage(v))
}

func (p *Pages) createSignIn(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if err := p.admit(w, r); err != nil {
		return err
	}
	next := httpserver.LocalPath(value("next"), paths.Workspace)
	progress, err := p.Accounts.SignIn(r.Context(), value("username"), value("password"), actor(r).IP)
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.TooMany) {
		v := signInView{Next: next, Username: value("username"), Message: errs.Message(err), Demo: p.DemoAccounts}
		return httpserver.Render(w, r, httpserver.Status(err), signInPage(v))
	}
	if err != nil {
		return err
	}
	return p.advance(w, r, progress, next)
}

// admit bounds the posts of one address, whatever accounts they are about.
func (p *Pages) admit(w http.ResponseWriter, r *http.Request) error {
	if p.signIns.OnLimit(w, r, actor(r).IP) {
		return errs.New(errs.TooMany, "这个网络地址的登录太频繁。请一分钟后再试。")
	}
	return nil
}

// advance leads to the next step of a sign-in, or opens the session.
func (p *Pages) advance(w http.ResponseWriter, r *http.Request, progress account.Progress, next string) error {
	if progress.Step() != account.StepDone {
		if err := p.Sessions.PutProgress(r.Context(), progress, next); err != nil {
			return err
		}
		return httpserver.SeeOther(w, r, stepPath(progress))
	}
	if _, err := p.open(r, progress); err != nil {
		return p.startOver(w, r, err)
	}
	return httpserver.SeeOther(w, r, next)
}

// open makes the signed-in session.
func (p *Pages) open(r *http.Request, progress account.Progress) (account.Account, error) {
	id, a, err := p.Accounts.Open(r.Context(), progress, actor(r).IP, r.UserAgent())
	if err != nil {
		return account.Account{}, err
	}
	return a, p.Sessions.SignIn(r.Context(), id)
}

func stepPath(progress account.Progress) string {
	switch progress.Step() {
	case account.StepCode:
		return paths.LoginCode
	case account.StepPassword:
		return paths.LoginPassword
	case account.StepEnrol:
		return paths.LoginEnrol
	}
	return paths.Login
}

// startOver sends a sign-in that has run out back to its first page and says
// why; other failures pass.
func (p *Pages) startOver(w http.ResponseWriter, r *http.Request, err error) error {
	if !errs.Is(err, errs.Unauthenticated) {
		return err
	}
	next := p.Sessions.Next(r.Context())
	p.Sessions.DropProgress(r.Context())
	p.Sessions.Flash(r.Context(), errs.Message(err))
	return httpserver.SeeOther(w, r, paths.LoginTo(next))
}

// under returns the sign-in under way when it is at step; otherwise the visitor
// is sent to where they belong and ok is false.
func (p *Pages) under(w http.ResponseWriter, r *http.Request, step account.Step) (progress account.Progress, ok bool) {
	progress, found := p.Sessions.Progress(r.Context())
	if found && progress.Step() == step {
		return progress, true
	}
	to := paths.Login
	if found {
		to = stepPath(progress)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return progress, false
}

func (p *Pages) showCode(w http.ResponseWriter, r *http.Request) error {
	progress, ok := p.under(w, r, account.StepCode)
	if !ok {
		return nil
	}
	return httpserver.Render(w, r, http.StatusOK, codePage(codeView{Held: progress.Held}))
}

type codeView struct {
	Held    bool
	Errors  ui.Errors
	Message string
}

func (p *Pages) createCode(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if err := p.admit(w, r); err != nil {
		return err
	}
	progress, ok := p.under(w, r, account.StepCode)
	if !ok {
		return nil
	}
	next := p.Sessions.Next(r.Context())
	after, err := p.Accounts.EnterCode(r.Context(), progress, value("code"), actor(r).IP)
	if errs.Is(err, errs.TooMany) {
		return httpserver.Render(w, r, httpserver.Status(err), codePage(codeView{Held: progress.Held, Message: errs.Message(err)}))
	}
	e, err := faults(err)
	if err != nil {
		return p.startOver(w, r, err)
	}
	if e.Any() {
		return httpserver.Render(w, r, status(e), codePage(codeView{Held: progress.Held, Errors: e}))
	}
	return p.advance(w, r, after, next)
}

func (p *Pages) createSignOut(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	if id, ok := p.Sessions.SessionID(r.Context()); ok && a.SignedIn() {
		if err := p.Accounts.SignOut(r.Context(), a, id); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
	}
	if err := p.Sessions.SignOut(r.Context()); err != nil {
		return err
	}
	// Drafts that the script keeps in the browser go as well: the computer may be
	// a shared one.
	w.Header().Set("Clear-Site-Data", `"storage"`)
	return httpserver.SeeOther(w, r, paths.Home)
}
