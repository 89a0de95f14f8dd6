package organizationpages

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// pairsView is a list of records that may be one organization.
type pairsView struct {
	layout.Page
	Lead  string
	Tabs  []ui.Tab
	Table tableView
	Pages ui.Pages
}

func (p *Pages) listPairs(w http.ResponseWriter, r *http.Request) error {
	state := organization.PairOpen
	for _, s := range organization.PairStates {
		if r.URL.Query().Get("state") == string(s) {
			state = s
		}
	}
	after := r.URL.Query().Get("after")
	list, next, err := p.Organizations.Pairs(r.Context(), actor(r), state, after, pageSize)
	if err != nil {
		return err
	}
	v := pairsView{Page: shell(r, "疑似重复的档案", 0, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations}), Table: pairTable(list, state),
		Lead: "名称、代码、负责人、手机或账号相同的两份档案，可能是同一个组织登记了两次。最像的在前，逐对核对。"}
	v.Nav = "duplicates"
	for _, s := range organization.PairStates {
		v.Tabs = append(v.Tabs, ui.Tab{Label: s.Name(), Href: paths.StaffDuplicatesOf(string(s)), Current: s == state})
	}
	if next != "" {
		v.Pages.Next = paths.WithQuery(paths.StaffDuplicates, url.Values{"state": {string(state)}, "after": {next}})
	}
	if after != "" {
		v.Pages.Previous = paths.StaffDuplicatesOf(string(state))
	}
	return httpserver.Render(w, r, http.StatusOK, pairsPage(v))
}

func pairTable(list []organization.Pair, state organization.PairState) tableView {
	v := tableView{Empty: "没有" + state.Name() + "的档案。", Next: "登记和变更组织时会自动比对，像的会列在这里。",
		Table: ui.Table{Caption: state.Name(), Columns: []ui.Column{{Label: "两份档案", Full: true}, {Label: "另一份"}, {Label: "为什么像"}, {Label: "核对"}}}}
	var rows []ui.Row
	for _, x := range list {
		head := ui.Head(x.OneName, paths.StaffDuplicate(x.One.String(), x.Other.String()), x.OneNumber)
		head.Demo = x.Demo
		word := "还没有核对"
		switch {
		case x.State == organization.PairProposed:
			word = "等另一人确认合并"
		case x.JudgedAt != nil:
			word = x.JudgeName + civil.On(*x.JudgedAt).Chinese() + "：" + x.JudgeReason
		}
		rows = append(rows, ui.Cells(head, ui.TS(x.OtherName, x.OtherNumber), ui.T(reasons(x)), ui.T(word)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func reasons(x organization.Pair) string {
	words := make([]string, len(x.Reasons))
	for i, l := range x.Reasons {
		words[i] = l.Name()
	}
	return strings.Join(words, "、")
}

// pairView compares two records.
type pairView struct {
	layout.Page
	Reasons string
	Names   []ui.Fact
	Judged  string // who said that they are two
	Table   ui.Table
	Acts    []ui.Tab
	Merge   []ui.Fact // of a proposal that waits, nil for none
	Decide  []ui.Tab
	Records []ui.Tab
}

// pairOf reads the two ids of the path and compares the records.
func (p *Pages) pairOf(r *http.Request) (organization.Comparison, *district.RegionSet, error) {
	one, err := param(r, "one")
	if err != nil {
		return organization.Comparison{}, nil, err
	}
	other, err := param(r, "other")
	if err != nil {
		return organization.Comparison{}, nil, err
	}
	c, err := p.Organizations.Compare(r.Context(), actor(r), one, other)
	if err != nil {
		return c, nil, err
	}
	regions, _, err := p.places(r.Context())
	return c, regions, err
}

func (p *Pages) showPair(w http.ResponseWriter, r *http.Request) error {
	c, regions, err := p.pairOf(r)
	if err != nil {
		return err
	}
	one, other := c.One.String(), c.Other.String()
	v := pairView{Names: []ui.Fact{ui.F("一份", c.OneName+"（"+c.OneNumber+"）"), ui.F("另一份", c.OtherName+"（"+c.OtherNumber+"）")}, Page: shell(r, "核对两份档案", 0, layout.Crumb{Label: "疑似重复的档案", Href: paths.StaffDuplicates}), Reasons: reasons(c.Pair), Table: compared(c, regions),
		Records: []ui.Tab{{Label: c.OneName, Href: paths.StaffOrganization(one)}, {Label: c.OtherName, Href: paths.StaffOrganization(other)}}}
	v.Nav = "duplicates"
	if c.JudgedAt != nil {
		v.Judged = c.JudgeName + "在" + civil.On(*c.JudgedAt).Chinese() + "核对过，不是同一个组织：" + c.JudgeReason
	}
	if c.State == organization.PairOpen && may(r, authz.OrganizationMatch) {
		v.Acts = []ui.Tab{{Label: "是同一个，提出合并", Href: paths.StaffDuplicateAct(one, other, "merge")},
			{Label: "不是同一个", Href: paths.StaffDuplicateAct(one, other, "difference")}}
	}
	if m := c.Merge; m != nil {
		v.Merge = mergeFacts(*m)
		if may(r, authz.OrganizationMerge) {
			v.Decide = []ui.Tab{{Label: "确认合并", Href: paths.StaffMerge(m.ID.String(), "confirmation")}, {Label: "退回", Href: paths.StaffMerge(m.ID.String(), "refusal")}}
		}
	}
	return httpserver.Render(w, r, http.StatusOK, pairPage(v))
}

func mergeFacts(m organization.Merge) []ui.Fact {
	taken := make([]string, len(m.Taken))
	for i, t := range m.Taken {
		taken[i] = t.Name()
	}
	return []ui.Fact{ui.F("留下的档案", m.KeptName), ui.F("并入的档案", m.AbsorbedName+"（"+m.Number+"）"),
		ui.F("以并入的为准", orNone(strings.Join(taken, "、"), "没有，全按留下的")), ui.F("理由", m.Reason),
		ui.F("谁提出的", m.ProposerName+"，"+civil.On(m.ProposedAt).Chinese())}
}

// sides are what each record says, part by part.
type side struct {
	part organization.Part
	a, b string
}

func sides(c organization.Comparison, regions *district.RegionSet) []side {
	say := func(o organization.Record) map[organization.Part]string {
		return map[organization.Part]string{"name": o.Name, "org_type": o.Type.Name(), "number": o.Basis.Name() + " " + o.Number(), "category": o.Category.Name(),
			"established_on": o.EstablishedOn.Chinese(), "registrar": o.Registrar, "origin": o.Origin.Name(),
			"head": strings.TrimSpace(o.HeadName + " " + o.HeadMobileMask), "place": strings.TrimSpace(regions.FullName(o.CommunityCode) + " " + o.Address),
			"supervising_unit": o.UnitName, "business_scope": o.BusinessScope,
			"contact":      strings.TrimSpace(o.ContactName + " " + o.ContactMobileMask + " " + o.ContactPhone + " " + o.ContactEmail),
			"introduction": o.Introduction + labelled("服务对象", organization.TargetNames(o.ServiceTargets)) + labelled("活动地域", o.ActivityScope),
			"figures":      "会员 " + heads(o.Members) + "，从业 " + heads(o.Staff) + "，义工 " + heads(o.Volunteers)}
	}
	a, b := say(c.A), say(c.B)
	var out []side
	for _, part := range organization.Parts {
		out = append(out, side{part, orNone(a[part], "未登记"), orNone(b[part], "未登记")})
	}
	return out
}

// labelled is a sentence that names what it tells, "" of nothing.
func labelled(label, text string) string {
	if text == "" {
		return ""
	}
	return label + "：" + text + "。"
}

func compared(c organization.Comparison, regions *district.RegionSet) ui.Table {
	t := ui.Table{Caption: "两份档案的内容", Columns: []ui.Column{{Label: "项目", Full: true}, {Label: "一份"}, {Label: "另一份"}, {Label: "比较"}}}
	var rows []ui.Row
	for _, s := range sides(c, regions) {
		same := ui.C(ui.Tag("不同", ui.Warn))
		if s.a == s.b {
			same = ui.T("相同")
		}
		rows = append(rows, ui.Cells(ui.Head(s.part.Name(), "", ""), ui.T(s.a), ui.T(s.b), same))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// pairEditor begins a form about two records.
func (p *Pages) pairEditor(r *http.Request, title, lead, submit string) (*formpage.Editor, organization.Comparison, *district.RegionSet, error) {
	c, regions, err := p.pairOf(r)
	if err != nil {
		return nil, c, nil, err
	}
	at := paths.StaffDuplicate(c.One.String(), c.Other.String())
	e := &formpage.Editor{Saved: url.Values{}, To: paths.StaffDuplicates, View: formpage.View{Heading: title, Lead: lead, Action: r.URL.Path, Submit: submit,
		Page: shell(r, title, 0, layout.Crumb{Label: "疑似重复的档案", Href: paths.StaffDuplicates}, layout.Crumb{Label: "核对两份档案", Href: at}),
		Back: at, BackLabel: "返回核对", Facts: []ui.Fact{ui.F("一份", c.OneName+"（"+c.OneNumber+"）"), ui.F("另一份", c.OtherName+"（"+c.OtherNumber+"）"), ui.F("为什么像", reasons(c.Pair))}}}
	e.Nav = "duplicates"
	return e, c, regions, nil
}

func (p *Pages) differenceForm(r *http.Request) (*formpage.Editor, error) {
	e, c, _, err := p.pairEditor(r, "不是同一个", "记下理由以后不再列出；以后又有别的相同之处，才再请人核对。", "记下：不是同一个")
	if err != nil {
		return nil, err
	}
	e.Hidden = []ui.Pair{formpage.Version(c.Version)}
	e.Ask(formpage.Lines("reason", "理由", 3, 200).Hint("怎么核对的，5 至 200 个字"))
	e.Done = "已记下，不是同一个组织。"
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.Different(r.Context(), actor(r), c.One, c.Other, formpage.VersionOf(f), reason)
	}
	return e, nil
}

// versionsOf are the hidden versions of both records and of the pair.
func versionsOf(c organization.Comparison) []ui.Pair {
	return []ui.Pair{formpage.Token(), formpage.Version(c.Version), {Name: "version_one", Value: strconv.Itoa(c.A.Version)}, {Name: "version_other", Value: strconv.Itoa(c.B.Version)}}
}

func (p *Pages) mergeForm(r *http.Request) (*formpage.Editor, error) {
	e, c, regions, err := p.pairEditor(r, "提出合并", "只用于同一个组织登记了两次。两个组织合并成一个是另一种办件，不在这里办。由民政局另一人确认后生效；并入的档案连同它的办件、资助和记录保留，从留下的档案里看得到。", "提出合并")
	if err != nil {
		return nil, err
	}
	e.Hidden = versionsOf(c)
	which := func(id uuid.UUID, name, number string) ui.Option {
		return ui.Option{Value: id.String(), Label: name, Hint: number}
	}
	e.Part("留哪一份", "有办件、资金没办完的那一份留下。", formpage.OneOf("keep", "留哪一份", []ui.Option{which(c.One, c.OneName, c.OneNumber), which(c.Other, c.OtherName, c.OtherNumber)}))
	var controls []formpage.Control
	for _, s := range sides(c, regions) {
		if s.a != s.b {
			controls = append(controls, formpage.OneOf("part_"+string(s.part), s.part.Name(), []ui.Option{{Value: "one", Label: s.a}, {Value: "other", Label: s.b}}))
		}
	}
	e.Part("不同的内容以哪份为准", "", controls...)
	e.Part("理由", "", formpage.Lines("reason", "理由", 3, 500).Hint("怎么知道是同一个组织"))
	e.Done = "合并已提出，等民政局另一人确认。"
	e.Save = func(f *form.Form) error {
		in := organization.Proposal{Token: f.Raw("token"), Keep: c.One, Absorb: c.Other, PairVersion: formpage.VersionOf(f), KeepVersion: number(f, "version_one"), AbsorbVersion: number(f, "version_other")}
		theirs := "other"
		if f.Choice("keep", "留哪一份", []string{c.One.String(), c.Other.String()}, form.Required) == c.Other.String() {
			in.Keep, in.Absorb, theirs = c.Other, c.One, "one"
			in.KeepVersion, in.AbsorbVersion = in.AbsorbVersion, in.KeepVersion
		}
		for _, x := range controls {
			part := organization.Part(strings.TrimPrefix(x.Name, "part_"))
			if f.Choice(x.Name, part.Name(), []string{"one", "other"}, form.Required) == theirs {
				in.Take = append(in.Take, part)
			}
		}
		in.Reason = f.Text("reason", "理由", form.Required, form.Multiline, form.Max(500))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.Propose(r.Context(), actor(r), in)
	}
	return e, nil
}

func number(f *form.Form, name string) int {
	n, err := strconv.Atoi(f.Raw(name))
	if err != nil {
		return 0 // tampered with: stale
	}
	return n
}

// deciding begins a form about a merge.
func (p *Pages) deciding(r *http.Request, title, lead, submit string) (*formpage.Editor, organization.Merge, error) {
	id, err := param(r, "merge")
	if err != nil {
		return nil, organization.Merge{}, err
	}
	m, err := p.Organizations.MergeByID(r.Context(), actor(r), id)
	if err != nil {
		return nil, m, err
	}
	back := paths.StaffDuplicate(m.Kept.String(), m.Absorbed.String())
	if m.State != "proposed" {
		back = paths.StaffOrganization(m.Kept.String())
	}
	e := &formpage.Editor{Saved: url.Values{}, To: paths.StaffOrganization(m.Kept.String()), View: formpage.View{Heading: title, Lead: lead, Action: r.URL.Path, Submit: submit,
		Page: shell(r, title, 0, layout.Crumb{Label: "疑似重复的档案", Href: paths.StaffDuplicates}), Back: back, BackLabel: "返回",
		Facts: mergeFacts(m), Hidden: []ui.Pair{formpage.Version(m.Version)}}}
	e.Nav = "duplicates"
	if r.Method == http.MethodGet && (m.State == "proposed") == (title == "撤销合并") {
		return nil, m, errs.New(errs.Conflict, "这次合并已经办过了。回到列表看现在的情况。")
	}
	return e, m, nil
}

func (p *Pages) mergeConfirmation(r *http.Request) (*formpage.Editor, error) {
	e, m, err := p.deciding(r, "确认合并", "确认后，并入的档案不再单独列出，它的网址转到留下的档案。后面还没有新记录时，可以撤销。", "确认合并")
	if err != nil {
		return nil, err
	}
	e.Mend = func(string) string { return paths.StaffDuplicate(m.Kept.String(), m.Absorbed.String()) }
	e.Done = "两份档案已合并。"
	e.Save = func(f *form.Form) error {
		return p.Organizations.Confirm(r.Context(), actor(r), m.ID, formpage.VersionOf(f))
	}
	return e, nil
}

func (p *Pages) mergeRefusal(r *http.Request) (*formpage.Editor, error) {
	return p.mergeReason(r, "退回合并", "两份档案都不变，这一对回到待核对。", "退回", "已退回。", p.Organizations.RefuseMerge)
}

func (p *Pages) mergeUndoing(r *http.Request) (*formpage.Editor, error) {
	return p.mergeReason(r, "撤销合并", "两份档案恢复成合并以前的样子。合并以后有了新记录或办件的，不能撤销。", "撤销合并", "合并已撤销，两份档案都恢复了。", p.Organizations.UndoMerge)
}

func (p *Pages) mergeReason(r *http.Request, title, lead, submit, done string, act func(context.Context, authz.Actor, uuid.UUID, int, string) error) (*formpage.Editor, error) {
	e, m, err := p.deciding(r, title, lead, submit)
	if err != nil {
		return nil, err
	}
	if m.Followed != "" {
		e.Obstacles = []string{m.Followed}
	}
	e.Stop = true
	e.Ask(formpage.Lines("reason", "理由", 3, 200))
	e.Done = done
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return act(r.Context(), actor(r), m.ID, formpage.VersionOf(f), reason)
	}
	return e, nil
}

// duplicateNote leads from a record to the pairs that it is in.
func duplicateNote(s snapshot) []ui.Tab {
	var out []ui.Tab
	for _, x := range s.Alike {
		other := x.OtherName
		if x.Other == s.Record.ID {
			other = x.OneName
		}
		out = append(out, ui.Tab{Label: other + "（" + reasons(x) + "）", Href: paths.StaffDuplicate(x.One.String(), x.Other.String())})
	}
	return out
}

// mergedSection tells which records went into this one, an organization without
// the names of who did it; nil for none.
func mergedSection(r *http.Request, s snapshot) templ.Component {
	t := ui.Table{Caption: "并入的档案", Columns: []ui.Column{{Label: "档案", Full: true}, {Label: "并入日期"}}}
	if !mine(r) {
		t.Columns = append(t.Columns, ui.Column{Label: "谁办的"}, ui.Column{Label: "办理", Hidden: true})
	}
	var rows []ui.Row
	for _, m := range s.Merges {
		if m.State != "confirmed" || m.DecidedAt == nil {
			continue
		}
		head := ui.Head(m.AbsorbedName, "", m.Number)
		if m.Kept != s.Record.ID {
			head = head.Of(m.KeptName, "") // through another one that went into this
		}
		row := ui.Cells(head, ui.T(civil.On(*m.DecidedAt).String()))
		if !mine(r) {
			act := ui.Cell{}
			if may(r, authz.OrganizationMerge) && m.Kept == s.Record.ID {
				act = ui.C(ui.Link("撤销合并", paths.StaffMerge(m.ID.String(), "undoing")))
			}
			row.Cells = append(row.Cells, ui.TS(m.ProposerName+"提出", m.DeciderName+"确认"), act)
		}
		rows = append(rows, row)
	}
	if len(rows) == 0 {
		return nil
	}
	t.Groups = ui.Rows(rows...)
	return part(section{ID: "merged", Title: "并入的档案", Note: "同一个组织登记过两次。它们的办件、资助和记录都算这个组织的，列在各处时写明原记录", Body: ui.DataTable(t)})
}
