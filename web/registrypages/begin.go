package registrypages

import (
	"net/http"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// beginView lists what can be begun, and what is on record.
type beginView struct {
	layout.Page
	Lead         string
	Begin        []beginning
	Asked        []ui.Task // mergers that wait for this head's word
	Handover     []ui.Fact
	Certificates ui.Table // no groups for none
}

// beginning is one matter.
type beginning struct {
	Family, Title, Text, Button, Token string
}

var texts = map[registry.Family]string{
	registry.Filing:         "还没有法人资格、成员和场所相对固定的社区组织，办理备案。要有章程、发起人、拟任负责人和活动场所。",
	registry.Registration:   "要取得法人资格的组织，由区民政局登记。人数、资金要求比备案高，有业务主管单位的要先取得同意。",
	registry.Change:         "名称、负责人、住所、业务范围、业务主管单位、业务类别、开办资金变了，或者由备案转为登记，都要核准变更。",
	registry.Merger:         "吸收合并或者新设合并。其他各方的负责人要在平台上表示同意。",
	registry.Deregistration: "不再开展活动的组织，处理完债权债务、资助和财产以后注销。记录继续公开。",
}

func (p *Pages) showBegin(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	v := beginView{Page: page("登记备案"), Lead: "分几次填都可以，填过的内容会保存。办理进度在工作台看。"}
	families := []registry.Family{registry.Change, registry.Merger, registry.Deregistration}
	if a.Role == authz.Initiator {
		families = []registry.Family{registry.Filing, registry.Registration}
		v.Lead = "由拟任负责人的账号提出申请。准予以后，这个账号就是组织的负责人账号。" + v.Lead
	}
	for _, f := range families {
		v.Begin = append(v.Begin, beginning{string(f), f.Name(), texts[f], "开始填写" + f.Name(), once.NewToken()})
	}
	if a.Role.OfOrganization() {
		if err := p.own(r, &v); err != nil {
			return err
		}
	}
	return httpserver.Render(w, r, http.StatusOK, beginPage(v))
}

// own reads what an organization has: questions of others, its certificates, its
// latest change of head.
func (p *Pages) own(r *http.Request, v *beginView) error {
	a := actor(r)
	asked, err := p.Registry.Asked(r.Context(), a)
	if err != nil {
		return err
	}
	for _, c := range asked {
		t := ui.Task{Label: c.Applicant + "提出的" + c.Terms.Way.Name() + "（" + c.CaseNo + "）", Href: paths.RegistryConsent(c.CaseNo), State: answerName(c), Tone: answerTone(c)}
		v.Asked = append(v.Asked, t)
	}
	h, err := p.Registry.HandoverOf(r.Context(), a)
	if err != nil {
		return err
	}
	if h != nil {
		v.Handover = handoverFacts(*h)
	}
	var list []registry.Certificate
	err = p.DB.Read(r.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		list, err = registry.Certificates(r.Context(), q, a.OrgID)
		return err
	})
	v.Certificates = certificateTable(list)
	return err
}

func handoverFacts(h registry.Handover) []ui.Fact {
	old := "原负责人账号已停用"
	if h.OldStays {
		old = "原负责人账号改为经办人"
	}
	facts := []ui.Fact{ui.F("新负责人", h.NewName+"，账号 "+h.Username)}
	if h.OldName != "" {
		facts = append(facts, ui.F("原负责人", h.OldName+"，"+old))
	}
	facts = append(facts, ui.F("移交", clock(h.At)+"，原来的登录已经退出，没有签署的草稿留在组织"))
	if h.Made {
		facts = append(facts, ui.F("首次登录", "新账号由所在街道当面交付一次性密码"))
	}
	return facts
}

func certificateTable(list []registry.Certificate) ui.Table {
	t := ui.Table{Caption: "证书，最近的在前", Columns: []ui.Column{{Label: "证书", Full: true}, {Label: "发证日期"}, {Label: "状态"}}}
	var rows []ui.Row
	for _, c := range list {
		state := ui.Tag("有效", ui.Good)
		if !c.Valid() {
			state = ui.Tag("已作废", ui.Mute)
		}
		rows = append(rows, ui.Cells(ui.Head(c.Facts.Title(), paths.Certificate(c.No), c.No), ui.T(c.IssuedOn.String()), ui.C(state)))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}
