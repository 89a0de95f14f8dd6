package registrypages

import (
	"net/http"
	"strings"

	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// findView asks for the number of a certificate.
type findView struct {
	layout.Page
	No     ui.Field
	Errors ui.Errors
}

// findCertificate leads to a certificate by its number.
func (p *Pages) findCertificate(w http.ResponseWriter, r *http.Request) error {
	v := findView{Page: publicPage("证书核验"), No: ui.Field{Name: "no", Label: "证书编号", Hint: "证书下方的编号，如 ZS-2026-0001", Width: 14, Value: strings.ToValidUTF8(r.URL.Query().Get("no"), "�")}}
	if strings.TrimSpace(v.No.Value) == "" {
		return httpserver.Render(w, r, http.StatusOK, findPage(v))
	}
	c, err := p.Registry.CertificateByNo(r.Context(), v.No.Value)
	if errs.Is(err, errs.NotFound) {
		v.Errors = ui.Errors{{Name: "no", Label: "证书编号", Message: errs.Message(err)}}
		v.No.Error, v.Page.Errors = errs.Message(err), 1
		return httpserver.Render(w, r, http.StatusNotFound, findPage(v))
	}
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.Certificate(c.No))
}

// certificateView is a certificate with the answer whether it holds.
type certificateView struct {
	layout.Page
	No, Title, Name, Registrar, IssuedOn string
	Valid                                bool
	Lead                                 string
	Facts                                []ui.Fact
	Printed                              []ui.Fact
}

func (p *Pages) showCertificate(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Registry.CertificateByNo(r.Context(), httpserver.Param(r, "no"))
	if err != nil {
		return err
	}
	v := certificateView{Page: publicPage("证书 " + c.No), No: c.No, Title: c.Facts.Title(), Name: c.Facts.Name, Registrar: c.Facts.Registrar,
		IssuedOn: c.IssuedOn.Chinese(), Valid: c.Valid(), Printed: printed(c.Facts)}
	v.Lead = c.No + " 由" + c.Facts.Registrar + "颁发，现在有效。"
	v.Facts = []ui.Fact{{Label: "组织", Body: ui.Link(c.Facts.Name, paths.Organization(c.OrganizationID.String())), Demo: true}, ui.F("发证日期", v.IssuedOn)}
	if !c.Valid() {
		v.Lead = c.No + " 已于" + c.VoidOn.Chinese() + "作废：" + c.VoidReason + "。"
		v.Facts = append(v.Facts, ui.F("作废日期", c.VoidOn.Chinese()), ui.F("作废原因", c.VoidReason))
		if c.ReplacedBy != "" {
			v.Facts = append(v.Facts, ui.Fact{Label: "换发为", Body: ui.Link(c.ReplacedBy, paths.Certificate(c.ReplacedBy))})
		}
	}
	return httpserver.Render(w, r, http.StatusOK, certificatePage(v))
}

// printed are the facts on the certificate.
func printed(f registry.Printed) (facts []ui.Fact) {
	for _, l := range f.Lines() {
		facts = append(facts, ui.F(l.Label, l.Text))
	}
	return facts
}

// CertificateTable lists the certificates of an organization for its record at
// base; without columns when there is none.
func CertificateTable(list []registry.Certificate, base string) (t ui.Table) {
	var rows []ui.Row
	for _, c := range list {
		state := ui.C(ui.Tag("有效", ui.Good))
		if !c.Valid() {
			say := c.VoidOn.String() + "：" + c.VoidReason
			if c.ReplacedBy != "" {
				say += "，换发为 " + c.ReplacedBy
			}
			state = ui.C(ui.Tag("已作废", ui.Mute), meta(say))
		}
		rows = append(rows, ui.Cells(ui.Head(c.Facts.Title(), paths.Certificate(c.No), c.No).Of(c.From, base+paths.MergedRecords), ui.T(c.IssuedOn.String()), state,
			ui.C(saveLink(c, base))))
	}
	if rows == nil {
		return t
	}
	return ui.Table{Caption: "证书，最近的在前", Columns: []ui.Column{{Label: "证书", Full: true}, {Label: "发证日期"}, {Label: "状态"}, {Label: "下载"}}, Groups: ui.Rows(rows...)}
}

// sendCertificate sends a certificate to save, whole: with the address, which the
// public does not see of a filed organization.
func (p *Pages) sendCertificate(w http.ResponseWriter, r *http.Request) error {
	org := actor(r).OrgID
	if !actor(r).Role.OfOrganization() {
		var err error
		if org, err = uuid.Parse(httpserver.Param(r, "id")); err != nil {
			return errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
		}
	}
	c, document, err := p.Registry.CertificateFile(r.Context(), actor(r), org, httpserver.Param(r, "no"))
	if err != nil {
		return err
	}
	return download.ServeMade(w, r, c.Facts.Title()+" "+c.No+".docx", docx.ContentType, document)
}

func publicPage(title string) layout.Page {
	crumbs := []layout.Crumb{{Label: "首页", Href: paths.Home}}
	if title != "证书核验" {
		crumbs = append(crumbs, layout.Crumb{Label: "证书核验", Href: paths.Certificates})
	}
	return layout.Page{Title: title, Nav: "organizations", Crumbs: append(crumbs, layout.Crumb{Label: title})}
}

// way asks how organizations merge.
func way(v applying.SectionView) formpage.Control {
	options := formpage.Named(organization.SuccessionKinds)
	options[0].Hint, options[1].Hint = "本组织存续，其他各方终止", "各方都终止，成立一个新组织"
	return ask(v, formpage.OneOf("way", "合并方式", options))
}
