// Package layout is the frame of every page: shell, navigation, error page,
// display modes. A leaf of web; no tables.
//
// What differs by request (demo mode, display modes, the actor, a flash) comes
// through the context, so that a page passes only what is its own.
package layout

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/ui"
)

// Page is what a page tells the shell about itself.
type Page struct {
	Title       string // without the site's name
	Description string // for search engines; public pages only
	Nav         string // key of the current entry of the navigation, "" for none
	Crumbs      []Crumb
	Errors      int    // fields to correct: the title then starts with 有 n 处要改
	Feed        string // of the page as Atom, "" for none
	Class       string // class of body beside the shell's own: home, letter
	Wide        bool   // the children bring their own .wrap: bands of full width
	Uncounted   bool   // the head does without counts: the page itself asks all that a page may ask
}

// Crumb is one step of the breadcrumb; the last one, the page itself, has no Href.
type Crumb struct{ Label, Href string }

// Context is what the shell needs to know about the site and the request.
type Context struct {
	Demo      bool
	DemoText  string   // the assumptions of the demo in full
	Modes     []string // display modes in force: elder, contrast
	Site      Site
	Tiles     []int      // communities of each subdistrict, in the order of the map
	Today     civil.Date // Asia/Shanghai
	UpdatedAt time.Time  // of the data shown; zero leaves the line out
	Return    string     // where a change of display mode leads back to

	// Waiting counts what waits for the signed-in person, nil for no counts. The
	// shell asks when it is drawn: a redirect or a file costs no query.
	Waiting func(context.Context) Waiting
}

// Waiting is what the head of every signed-in page counts.
type Waiting struct {
	ToDo   int // cases whose next step is the person's
	Unread int // messages
	Asked  int // requests that the own office or organization is to answer
}

// Site is what the deployer fills in; what is empty is shown as 由部署方填写.
type Site struct {
	Bureau      string // full name of the bureau
	Name        string // of the portal
	Host        string // 主办单位
	Undertaker  string // 承办单位
	Address     string // 办公地址
	Phone       string // 咨询电话
	Supervision string // 监督电话
	SiteCode    string // 网站标识码
	ICP         string // 粤ICP备
	PSB         string // 粤公网安备
}

// defaultTiles are the communities of the six subdistricts as the policy's
// district has them: 坪山 龙田 坑梓 above, 碧岭 马峦 石井 below.
var defaultTiles = []int{4, 4, 4, 3, 4, 4}

const (
	defaultBureau = "深圳市坪山区民政局"
	defaultName   = "社区社会组织培育发展平台"
)

type contextKey struct{}
type flashKey struct{}

// With puts c into ctx for the shell, and the demo mark for ui.
func With(ctx context.Context, c Context) context.Context {
	return context.WithValue(ui.WithDemo(ctx, c.Demo), contextKey{}, c)
}

// AlwaysDemo marks invented names in ctx even when the site is no demo: the
// style guide has no others.
func AlwaysDemo(ctx context.Context) context.Context { return ui.WithDemo(ctx, true) }

// WithFlash puts a message about what has just happened into ctx; the shell
// shows it once, above the content.
func WithFlash(ctx context.Context, message string) context.Context {
	return context.WithValue(ctx, flashKey{}, message)
}

// Of returns the Context of the request with the site's names filled in.
func Of(ctx context.Context) Context {
	c, _ := ctx.Value(contextKey{}).(Context)
	if c.Site.Bureau == "" {
		c.Site.Bureau = defaultBureau
	}
	if c.Site.Name == "" {
		c.Site.Name = defaultName
	}
	if c.Site.Host == "" {
		c.Site.Host = c.Site.Bureau
	}
	if len(c.Tiles) == 0 {
		c.Tiles = defaultTiles
	}
	if c.Return == "" {
		c.Return = "/"
	}
	return c
}

// frame is the view of the shell: every choice is made here.
type frame struct {
	Context
	Page
	Waiting
	Actor    authz.Actor
	Staff    bool
	Flash    string
	Heading  string // content of title
	BodyName string // class of body
	Mode     string // data-mode of html
}

func newFrame(ctx context.Context, p Page) frame {
	f := frame{Context: Of(ctx), Page: p, Actor: httpserver.ActorOf(ctx)}
	f.Flash, _ = ctx.Value(flashKey{}).(string)
	f.Staff = f.Actor.SignedIn() && f.Actor.Role.Staff()
	if f.Actor.SignedIn() && f.Context.Waiting != nil && !p.Uncounted {
		f.Waiting = f.Context.Waiting(ctx)
	}
	f.Mode = strings.Join(f.Modes, " ")
	f.Heading = title(p, f.Site)
	f.BodyName = strings.TrimSpace(p.Class)
	if f.Staff {
		f.BodyName = strings.TrimSpace("staff " + f.BodyName)
	}
	return f
}

// title puts the errors first: a screen reader says them before anything else.
func title(p Page, s Site) string {
	parts := []string{p.Title, s.Name, s.Bureau}
	if p.Errors > 0 {
		parts = append([]string{ui.ErrorCount(p.Errors)}, parts...)
	}
	kept := parts[:0]
	for _, part := range parts {
		if part != "" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, " - ")
}
