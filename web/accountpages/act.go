package accountpages

import (
	"context"
	"net/http"
	"strconv"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// act is something done to somebody's account: asked by a page that says what
// follows, done by POST to the same address.
type act struct {
	Noun       string // last part of the address
	Label      string // the link and the button
	Effect     string // what follows
	Done       string // the flash afterwards
	Permission authz.Permission
	Harm       bool
	Reason     bool // a reason is asked for
	Offered    func(m account.Managed) bool
	Do         func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error)
}

type actInput struct {
	ID            uuid.UUID
	Version       int
	Reason, Token string
}

// acts is the closed list, in the order of the buttons.
var acts = []act{
	{Noun: "password-reset", Label: "重置密码", Permission: authz.AccountReset,
		Effect:  "原来的密码马上不能用，已经登录的都会退出。新的初始密码只显示一次，请当面或打电话告诉本人；本人登录后要换。请先核对对方身份。",
		Offered: func(m account.Managed) bool { return m.MayReset },
		Do: func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error) {
			return s.ResetPassword(ctx, a, in.ID, in.Token)
		}},
	{Noun: "unlocking", Label: "解除锁定", Permission: authz.SecurityManage,
		Effect: "之前的登录失败不再计数，马上可以重新登录。请先核对是本人忘记，而不是有人在猜密码。", Done: "已经解除锁定，现在可以登录。",
		Offered: func(m account.Managed) bool { return m.MayUnlock },
		Do: func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error) {
			return account.Created{}, s.Unlock(ctx, a, in.ID)
		}},
	{Noun: "second-factor-reset", Label: "重置动态口令", Permission: authz.SecurityManage, Harm: true,
		Effect: "绑定的手机和备用码马上不能用，已经登录的都会退出。机关账号下次登录时要重新绑定。请先核对对方身份。", Done: "动态口令已经重置，下次登录时重新绑定。",
		Offered: func(m account.Managed) bool { return m.MayResetFactor },
		Do: func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error) {
			return account.Created{}, s.ResetSecondFactor(ctx, a, in.ID)
		}},
	{Noun: "disabling", Label: "停用账号", Permission: authz.AccountDisable, Harm: true, Reason: true,
		Effect: "马上不能登录，已经登录的会退出。办过的事和记录都保留。以后可以再启用。", Done: "账号已经停用。",
		Offered: func(m account.Managed) bool { return m.MayDisable && m.Status == account.Active },
		Do: func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error) {
			return account.Created{}, s.Disable(ctx, a, in.ID, in.Reason, in.Version)
		}},
	{Noun: "enabling", Label: "启用账号", Permission: authz.AccountDisable,
		Effect: "可以用原来的密码登录。忘记密码的，启用以后再重置。", Done: "账号已经启用。",
		Offered: func(m account.Managed) bool { return m.MayDisable && m.Status == account.Disabled },
		Do: func(ctx context.Context, s *account.Service, a authz.Actor, in actInput) (account.Created, error) {
			return account.Created{}, s.Enable(ctx, a, in.ID, in.Version)
		}},
}

// actView is the page that asks.
type actView struct {
	Title, Effect, Label, Action, Back string
	Harm, AsksReason                   bool
	Version, Token, Reason             string
	Facts                              []ui.Fact
	Errors                             ui.Errors
}

func (p *Pages) askAct(a act) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		return p.renderAct(w, r, a, account.NewNonce(), "", nil)
	}
}

func (p *Pages) renderAct(w http.ResponseWriter, r *http.Request, a act, token, reason string, e ui.Errors) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	m, err := p.Accounts.Get(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	if !a.Offered(m) {
		// The state has changed since the link was shown: the account says what is.
		return httpserver.SeeOther(w, r, paths.Account(id.String()))
	}
	return httpserver.Render(w, r, status(e), actPage(actView{
		Title: a.Label, Effect: a.Effect, Label: a.Label, Harm: a.Harm, AsksReason: a.Reason,
		Action: paths.AccountAct(id.String(), a.Noun), Back: paths.Account(id.String()),
		Version: strconv.Itoa(m.Version), Token: token, Reason: reason, Errors: e,
		Facts: []ui.Fact{ui.F("姓名", m.Name), ui.F("用户名", m.Username), ui.F("身份", m.Role.Name())},
	}))
}

func (p *Pages) createAct(a act) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		value, err := values(w, r)
		if err != nil {
			return err
		}
		in := actInput{Version: versionOf(value("version")), Reason: value("reason"), Token: value("token")}
		if in.ID, err = idOf(r); err != nil {
			return err
		}
		made, err := a.Do(r.Context(), p.Accounts, actor(r), in)
		e, err := faults(err)
		if err != nil {
			return err
		}
		if e.Any() {
			return p.renderAct(w, r, a, in.Token, in.Reason, e)
		}
		if made.Password != "" {
			return p.renderPassword(w, r, made, "密码已经重置")
		}
		p.Sessions.Flash(r.Context(), a.Done)
		return httpserver.SeeOther(w, r, paths.Account(in.ID.String()))
	}
}
