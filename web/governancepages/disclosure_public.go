package governancepages

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

func dayOf(t time.Time) string { return civil.On(t).String() }

func linesOf(text string) (out []string) {
	for line := range strings.SplitSeq(text, "\n") {
		if strings.TrimSpace(line) != "" {
			out = append(out, line)
		}
	}
	return out
}

// sectionView is the public section of an organization.
type sectionView struct {
	layout.Page
	Heading string
	Demo    bool
	Back    string
	List    list
	Earlier list
}

// publicShell is the frame of a public page about an organization.
func publicShell(title, name, org string, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "社会组织", Href: paths.Organizations}, {Label: name, Href: paths.Organization(org)}}
	return layout.Page{Title: title, Nav: "organizations", Crumbs: append(append(all, crumbs...), layout.Crumb{Label: title})}
}

// DisclosedTable is the versions in force of an organization for its public page,
// with the marks of those withdrawn; the zero table when there is none.
func DisclosedTable(versions []governance.Version) ui.Table {
	return versionTable("公开的信息", versions, func(x governance.Version) bool { return !x.Superseded })
}

func versionTable(caption string, versions []governance.Version, shown func(governance.Version) bool) (t ui.Table) {
	var rows []ui.Row
	for _, x := range versions {
		if !shown(x) {
			continue
		}
		word, tone := versionWord(x)
		state := ui.C(ui.Tag(word, tone))
		if x.WithdrawnAt != nil {
			state = ui.C(ui.Tag(word, tone), small(x.WithdrawnOn().String()+"："+x.WithdrawnReason))
		}
		number := ""
		if x.Number > 1 {
			number = "，第 " + strconv.Itoa(x.Number) + " 版"
		}
		rows = append(rows, ui.Cells(ui.Head(x.Title, paths.Disclosure(x.OrgID.String(), x.ID.String()), x.Subject()+number).Of(x.From, ""), state, ui.TS(x.On().String(), x.PublishedName)))
	}
	if rows == nil {
		return t
	}
	return ui.Table{Caption: caption, Columns: []ui.Column{{Label: "内容", Full: true}, {Label: "状态"}, {Label: "发布"}}, Groups: ui.Rows(rows...)}
}

func (p *Pages) showSection(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	o, err := p.Governance.PublicDisclosures(r.Context(), id)
	if err != nil {
		return err
	}
	if into := o.Organization.MergedInto; into != uuid.Nil {
		return httpserver.SeeOther(w, r, paths.Disclosures(into.String()))
	}
	name, org := o.Organization.Name, id.String()
	v := sectionView{Page: publicShell("信息公开", name, org), Heading: name + "的信息公开", Demo: o.Organization.Demo, Back: paths.Organization(org),
		List:    list{Table: DisclosedTable(o.Versions), Empty: "还没有公开的信息。组织发布以后，会出现在这里。"},
		Earlier: list{Table: versionTable("以前的版本", o.Versions, func(x governance.Version) bool { return x.Superseded })}}
	return httpserver.RenderPublic(w, r, sectionPage(v))
}

// versionView is one version as everyone reads it.
type versionView struct {
	layout.Page
	Subject  string
	Demo     bool
	Tag      string
	Tone     ui.Tone
	Note     string // that it was withdrawn, or replaced; "" for neither
	NoteTone ui.Tone
	Text     disclosedText
	FileName string
	FileHref string
	Facts    []ui.Fact
	Others   list
	Section  string
}

func (p *Pages) showVersion(w http.ResponseWriter, r *http.Request) error {
	org, id, err := orgAndVersion(r)
	if err != nil {
		return err
	}
	x, err := p.Governance.PublicVersion(r.Context(), org, id)
	if err != nil {
		return err
	}
	if into := x.Organization.MergedInto; into != uuid.Nil {
		return httpserver.SeeOther(w, r, paths.Disclosure(into.String(), id.String()))
	}
	section := paths.Disclosures(org.String())
	v := versionView{Page: publicShell(x.Title, x.Organization.Name, org.String(), layout.Crumb{Label: "信息公开", Href: section}), Subject: x.Subject(), Demo: x.Organization.Demo,
		Text: textOf(x.Kind, x.Title, x.Body, x.Lines), Section: section,
		Facts:  []ui.Fact{{Label: "组织", Body: ui.Link(x.Organization.Name, paths.Organization(org.String()))}, ui.F("内容", x.Subject()), ui.F("版本", "第 "+strconv.Itoa(x.Number)+" 版"), ui.F("发布日期", x.On().Chinese()), ui.F("发布人", x.PublishedName)},
		Others: list{Table: versionTable("其他版本", x.Others, func(governance.Version) bool { return true })}}
	if x.From != "" {
		v.Facts = append(v.Facts, ui.F("原记录", x.From))
	}
	v.Tag, v.Tone = versionWord(x.Version)
	switch {
	case x.WithdrawnAt != nil:
		v.Text.Body, v.Text.Table = "", nil
		v.Note, v.NoteTone = "这一版"+x.WithdrawnOn().Chinese()+"由"+x.WithdrawnName+"撤回，内容不再公开。理由："+x.WithdrawnReason, ui.Bad
	case x.Superseded:
		v.Note, v.NoteTone = "这一版已经更新，看下面最近的版本。", ui.Info
	}
	if x.File != nil {
		v.FileName, v.FileHref = x.File.Describe(), paths.DisclosureFile(org.String(), id.String())
	}
	return httpserver.RenderPublic(w, r, versionPage(v))
}

func (p *Pages) sendPublicFile(w http.ResponseWriter, r *http.Request) error {
	org, id, err := orgAndVersion(r)
	if err != nil {
		return err
	}
	a, content, err := p.Governance.PublicFile(r.Context(), org, id)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

func orgAndVersion(r *http.Request) (org, version uuid.UUID, err error) {
	if org, err = param(r, "id"); err == nil {
		version, err = param(r, "version")
	}
	return org, version, err
}
