package registrypages

import (
	"net/http"
	"strings"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
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
func printed(f registry.Printed) []ui.Fact {
	facts := []ui.Fact{ui.F(f.NumberLabel, f.Number), ui.F("类型", f.Type.Name()), ui.F("业务类别", f.Category.Name()), ui.F("负责人", f.HeadName), ui.F("所在", f.Place)}
	if f.Address != "" {
		facts = append(facts, ui.F("住所", f.Address))
	}
	facts = append(facts, ui.F("业务范围", f.BusinessScope))
	if f.Capital != nil {
		facts = append(facts, ui.F("开办资金", f.Capital.String()+" 元"))
	}
	return append(facts, ui.F("成立日期", f.EstablishedOn.Chinese()))
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
