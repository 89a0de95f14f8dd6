// Package paths holds every URL of the portal as a constant or a function, so
// that a link and its route cannot drift apart. A leaf of web; no tables.
//
// One file per feature: a feature appends its own. What varies is escaped here
// and nowhere else.
package paths

import "net/url"

// The fixed pages that every shell links to; their addresses are public
// contract (DESIGN §4).
const (
	Home          = "/"
	Login         = "/login"
	Logout        = "/logout"
	Register      = "/register"
	Workspace     = "/workspace"
	Organizations = "/organizations"
	Bases         = "/bases"
	Policies      = "/policies"
	Guides        = "/guides"
	Eligibility   = "/eligibility"
	Preferences   = "/preferences"
	StyleGuide    = "/styleguide"
)

// StaticPrefix is where style sheets and scripts are served; web/static makes
// the full addresses, which carry a digest of the content.
const StaticPrefix = "/static/"

// Static returns the address of the asset with the digested file name name.
func Static(name string) string { return StaticPrefix + url.PathEscape(name) }

// Organization returns the public profile of the organization with id.
func Organization(id string) string { return Organizations + "/" + url.PathEscape(id) }

// Base returns the page of the incubation base with id.
func Base(id string) string { return Bases + "/" + url.PathEscape(id) }

// Guide returns the guide of programme, such as "startup".
func Guide(programme string) string { return Guides + "/" + url.PathEscape(programme) }

// WithQuery returns path with the non-empty values of q, in stable order: the
// address of a filtered list. An empty q leaves path as it is.
func WithQuery(path string, q url.Values) string {
	kept := url.Values{}
	for name, values := range q {
		for _, v := range values {
			if v != "" {
				kept.Add(name, v)
			}
		}
	}
	if len(kept) == 0 {
		return path
	}
	return path + "?" + kept.Encode()
}
