package paths

import "net/url"

// Policy returns the page of the policy document with slug.
func Policy(slug string) string { return Policies + "/" + url.PathEscape(slug) }

// PolicyArticle returns the place of one article on its document's page; anchor
// is policy.Anchor of the article's path.
func PolicyArticle(slug, anchor string) string { return Policy(slug) + "#" + url.PathEscape(anchor) }

// PolicyParameters returns the staff page of the parameters under a document.
func PolicyParameters(slug string) string { return Policy(slug) + "/parameters" }
