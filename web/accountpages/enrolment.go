package accountpages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"rsc.io/qr"
)

// enrolView is the page that binds a second factor, in a sign-in or later.
type enrolView struct {
	Action   string
	First    bool // within a sign-in: the password was typed a moment ago
	Replace  bool // another authenticator takes the place of the present one
	Nonce    string
	Secret   string // in groups of four, for typing
	QR       qrView
	Errors   ui.Errors
	Username string
}

// qrView is a QR code as one SVG path.
type qrView struct{ Box, Path string }

// drawQR returns url as a path of unit squares with the quiet zone that readers
// need. A URL of ours always fits.
func drawQR(url string) (qrView, error) {
	const quiet = 4
	code, err := qr.Encode(url, qr.M)
	if err != nil {
		return qrView{}, err
	}
	var b strings.Builder
	for y := range code.Size {
		for x := range code.Size {
			if code.Black(x, y) {
				fmt.Fprintf(&b, "M%d %dh1v1h-1z", x+quiet, y+quiet)
			}
		}
	}
	side := strconv.Itoa(code.Size + 2*quiet)
	return qrView{Box: "0 0 " + side + " " + side, Path: b.String()}, nil
}

// enrolment fills the view with the secret derived from nonce, a new one when
// the form brought none.
func (p *Pages) enrolment(v enrolView, own account.Progress, nonce string) (enrolView, error) {
	if nonce == "" || len(nonce) > 64 {
		nonce = account.NewNonce()
	}
	e := p.Accounts.Enrolment(own.AccountID, own.Username, nonce)
	v.Nonce, v.Username = nonce, own.Username
	for i := 0; i < len(e.Secret); i += 4 {
		v.Secret += e.Secret[i:min(i+4, len(e.Secret))] + " "
	}
	v.Secret = strings.TrimSpace(v.Secret)
	var err error
	v.QR, err = drawQR(e.URL)
	return v, err
}

func (p *Pages) showFirstEnrolment(w http.ResponseWriter, r *http.Request) error {
	progress, ok := p.under(w, r, account.StepEnrol)
	if !ok {
		return nil
	}
	return p.renderFirstEnrolment(w, r, progress, "", nil)
}

func (p *Pages) renderFirstEnrolment(w http.ResponseWriter, r *http.Request, progress account.Progress, nonce string, e ui.Errors) error {
	v, err := p.enrolment(enrolView{Action: paths.LoginEnrol, First: true, Errors: e}, progress, nonce)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, status(e), enrolPage(v))
}

// createFirstEnrolment binds the authenticator, opens the session and shows the
// recovery codes. They are in this answer and nowhere else, so it does not
// redirect.
func (p *Pages) createFirstEnrolment(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	if err := p.admit(w, r); err != nil {
		return err
	}
	progress, ok := p.under(w, r, account.StepEnrol)
	if !ok {
		return nil
	}
	next := p.Sessions.Next(r.Context())
	after, codes, err := p.Accounts.EnrolFirst(r.Context(), progress, value("nonce"), value("code"))
	e, err := faults(err)
	if err != nil {
		return p.startOver(w, r, err)
	}
	if e.Any() {
		return p.renderFirstEnrolment(w, r, progress, value("nonce"), e)
	}
	a, err := p.open(r, after)
	if err != nil {
		return p.startOver(w, r, err)
	}
	r = r.WithContext(httpserver.WithActor(r.Context(), a.Actor(actor(r).IP)))
	return httpserver.Render(w, r, http.StatusOK, codesPage(codesView{Codes: codes, Next: next}))
}

type codesView struct {
	Codes []string
	Next  string
}

func (p *Pages) editSecondFactor(w http.ResponseWriter, r *http.Request) error {
	return p.renderSecondFactor(w, r, "", nil)
}

func (p *Pages) renderSecondFactor(w http.ResponseWriter, r *http.Request, nonce string, e ui.Errors) error {
	own, err := p.Accounts.Own(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := enrolView{Action: paths.OwnSecondFactor, Replace: own.HasSecondFactor(), Errors: e}
	if v, err = p.enrolment(v, account.Progress{AccountID: own.ID, Username: own.Username}, nonce); err != nil {
		return err
	}
	return httpserver.Render(w, r, status(e), enrolPage(v))
}

func (p *Pages) updateSecondFactor(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	codes, err := p.Accounts.Enrol(r.Context(), actor(r), value("password"), value("nonce"), value("code"))
	e, err := faults(err)
	if err != nil {
		return err
	}
	if e.Any() {
		return p.renderSecondFactor(w, r, value("nonce"), e)
	}
	return httpserver.Render(w, r, http.StatusOK, codesPage(codesView{Codes: codes, Next: paths.OwnAccount}))
}

func (p *Pages) editRecoveryCodes(w http.ResponseWriter, r *http.Request) error {
	return httpserver.Render(w, r, http.StatusOK, renewCodesPage(nil))
}

func (p *Pages) updateRecoveryCodes(w http.ResponseWriter, r *http.Request) error {
	value, err := values(w, r)
	if err != nil {
		return err
	}
	codes, err := p.Accounts.RenewRecoveryCodes(r.Context(), actor(r), value("password"))
	e, err := faults(err)
	if err != nil {
		return err
	}
	if e.Any() {
		return httpserver.Render(w, r, status(e), renewCodesPage(e))
	}
	return httpserver.Render(w, r, http.StatusOK, codesPage(codesView{Codes: codes, Next: paths.OwnAccount}))
}

// repeatProblem compares the two fields of a new password.
func repeatProblem(first, again, label string) error {
	if first != again {
		return errs.FieldError("new_password_again", label, "两次输入的密码不一样。请重新输入")
	}
	return nil
}
