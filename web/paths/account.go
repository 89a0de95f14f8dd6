package paths

import "net/url"

// Signing in, one's own account, and the accounts one manages.
const (
	LoginCode     = "/login/code"      // second factor
	LoginPassword = "/login/password"  // forced change
	LoginEnrol    = "/login/enrolment" // binding the second factor

	OwnAccount       = "/account"
	OwnPassword      = "/account/password"
	OwnSecondFactor  = "/account/second-factor"
	OwnRecoveryCodes = "/account/recovery-codes"

	Claims = "/claims" // registrations that wait for the subdistrict

	Accounts  = "/accounts" // those one manages
	OfficeNew = "/accounts/new-office"
	ClerkNew  = "/accounts/new-clerk"
)

// OwnSession ends one of one's own sessions by POST.
func OwnSession(id string) string { return OwnAccount + "/sessions/" + url.PathEscape(id) + "/end" }

// Claim returns the page of a registration to confirm.
func Claim(id string) string { return Claims + "/" + url.PathEscape(id) }

// ClaimConfirmation is where a claim is confirmed by POST.
func ClaimConfirmation(id string) string { return Claim(id) + "/confirmation" }

// ClaimRefusal is where a claim is refused by POST.
func ClaimRefusal(id string) string { return Claim(id) + "/refusal" }

// Account returns the page of an account one manages.
func Account(id string) string { return Accounts + "/" + url.PathEscape(id) }

// AccountAct is where act is done to an account: GET asks, POST does.
func AccountAct(id, act string) string { return Account(id) + "/" + act }

// RegisterAs is the sign-up form for a role.
func RegisterAs(role string) string { return WithQuery(Register, url.Values{"as": {role}}) }

// LoginTo is the sign-in page that leads to next.
func LoginTo(next string) string { return WithQuery(Login, url.Values{"next": {next}}) }
