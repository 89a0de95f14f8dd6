package policypages

import (
	"context"
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/policy"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// act is something done to a document or an edition as a whole. Its page repeats
// what it is about and asks for the reason where one is needed.
type act struct {
	Noun       string // in the address: submission
	Permission authz.Permission
	From       policy.Status
	Label      string // of the link that leads to it
	Title      string // of its page, and of the button
	Effect     string
	Done       string
	Reason     string // hint of the reason, "" when none is asked for
	Harm       bool
}

// The acts, the same for documents and editions.
const (
	submission = "submission"
	approval   = "approval"
	returning  = "return"
	discarding = "discard"
)

var documentActs = []act{
	{Noun: submission, Permission: authz.PolicyEdit, From: policy.Draft, Label: "提交签批", Title: "提交签批",
		Effect: "提交后不能再改，由局领导签批或退回。", Done: "已提交，等局领导签批。"},
	{Noun: discarding, Permission: authz.PolicyEdit, From: policy.Draft, Label: "作废", Title: "作废这份草稿",
		Effect: "作废后不能恢复，记录保留。", Done: "草稿已作废。", Reason: "为什么不要了", Harm: true},
	{Noun: approval, Permission: authz.PolicyApprove, From: policy.Submitted, Label: "签批", Title: "签批这份文件",
		Effect: "签批后向公众公布，条文不再改动。政策文件在有效期内，并且参数签批以后，开始受理申请。", Done: "文件已签批，现在公开。"},
	{Noun: returning, Permission: authz.PolicyApprove, From: policy.Submitted, Label: "退回修改", Title: "退回修改",
		Effect: "退回后由起草人修改，再提交签批。", Done: "已退回。", Reason: "写明要改什么", Harm: true},
}

var editionActs = []act{
	{Noun: submission, Permission: authz.PolicyEdit, From: policy.Draft, Label: "提交签批", Title: "提交签批",
		Effect: "提交后不能再改，由局领导签批或退回。", Done: "已提交，等局领导签批。"},
	{Noun: discarding, Permission: authz.PolicyEdit, From: policy.Draft, Label: "作废", Title: "作废这一版",
		Effect: "作废后不能恢复，记录保留。", Done: "这一版已作废。", Reason: "为什么不要了", Harm: true},
	{Noun: approval, Permission: authz.PolicyApprove, From: policy.Submitted, Label: "签批", Title: "签批这一版参数",
		Effect: "签批后不再改动，从起始日期起适用于新提交的申请；前一版适用到它的前一天。已经提交的申请仍按提交时的那一版办。", Done: "这一版已签批。"},
	{Noun: returning, Permission: authz.PolicyApprove, From: policy.Submitted, Label: "退回修改", Title: "退回修改",
		Effect: "退回后由起草人修改，再提交签批。", Done: "已退回。", Reason: "写明要改什么", Harm: true},
}

// offered are the acts that the actor may do now.
func offered(list []act, a authz.Actor, s policy.Status) []act {
	var out []act
	for _, x := range list {
		if x.From == s && a.Can(x.Permission) {
			out = append(out, x)
		}
	}
	return out
}

// ask makes e the page of the act, which do does.
func (x act) ask(e *formpage.Editor, do func(version int, reason string) error) {
	e.Stop, e.Done = x.Harm, x.Done
	if x.Reason != "" {
		e.Ask(formpage.Why(x.Reason))
	}
	e.Save = func(f *form.Form) error {
		reason := ""
		if x.Reason != "" {
			reason = formpage.ReasonOf(f)
		}
		if err := f.Err(); err != nil {
			return err
		}
		return do(formpage.VersionOf(f), reason)
	}
}

// documentActForm is the page of an act on a document.
func (p *Pages) documentActForm(x act) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		e, file, err := p.documentEditor(r, "确认"+x.Title, x.Effect, x.Noun, x.Title)
		if err == nil {
			err = mustBe(file.Document, x.From)
		}
		if err != nil {
			return nil, err
		}
		d := file.Document
		x.ask(e, func(version int, reason string) error {
			return p.decideDocument(r.Context(), actor(r), x.Noun, d.ID, version, reason)
		})
		e.Facts = append(documentFacts(file), ui.F("条文", itoa(len(file.Articles))+" 条"))
		e.Mend = func(field string) string {
			if field == "articles" {
				return paths.StaffPolicyAct(d.ID.String(), "text")
			}
			return paths.StaffPolicyAct(d.ID.String(), "facts")
		}
		return e, nil
	}
}

func (p *Pages) decideDocument(ctx context.Context, a authz.Actor, noun string, id uuid.UUID, version int, reason string) error {
	switch noun {
	case submission:
		return p.Desk.SubmitDocument(ctx, a, id, version)
	case approval:
		return p.Desk.ApproveDocument(ctx, a, id, version)
	case returning:
		return p.Desk.ReturnDocument(ctx, a, id, version, reason)
	default:
		return p.Desk.DiscardDocument(ctx, a, id, version, reason)
	}
}

// editionActForm is the page of an act on an edition.
func (p *Pages) editionActForm(x act) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		e, file, err := p.editionEditor(r, "确认"+x.Title, x.Effect, x.Noun, x.Title)
		if err == nil {
			err = editionMustBe(file.Edition, x.From)
		}
		if err != nil {
			return nil, err
		}
		x.ask(e, func(version int, reason string) error {
			return p.decideEdition(r.Context(), actor(r), x.Noun, file.Edition.ID, version, reason)
		})
		e.Facts = editionFacts(file)
		if file.Copied != nil {
			e.Above = differencesBand("和“"+file.Copied.Label+"”的不同", file)
		}
		e.Mend = func(field string) string { return mendEdition(file, field) }
		return e, nil
	}
}

// mendEdition is where a fault of an edition is put right: at the parameter, or
// with its name and days.
func mendEdition(file policy.EditionFile, field string) string {
	id := file.Edition.ID.String()
	if file.Edition.Params.Has(policy.Key(field)) {
		return paths.StaffEditionParameter(id, field)
	}
	return paths.StaffEditionAct(id, "facts")
}

func (p *Pages) decideEdition(ctx context.Context, a authz.Actor, noun string, id uuid.UUID, version int, reason string) error {
	switch noun {
	case submission:
		return p.Desk.SubmitEdition(ctx, a, id, version)
	case approval:
		return p.Desk.ApproveEdition(ctx, a, id, version)
	case returning:
		return p.Desk.ReturnEdition(ctx, a, id, version, reason)
	default:
		return p.Desk.DiscardEdition(ctx, a, id, version, reason)
	}
}

// closingForm proposes the end, the archiving or the revision of a document.
func (p *Pages) closingForm(r *http.Request) (*formpage.Editor, error) {
	e, file, err := p.documentEditor(r, "设定最后一天、归档或标为已修订", "由局领导签批后生效。已经提交的申请照常办完。", "closing", "提交签批")
	if err == nil {
		err = mustBe(file.Document, policy.Approved)
	}
	if err != nil {
		return nil, err
	}
	d := file.Document
	var others []ui.Option
	for _, o := range file.Documents {
		if o.ID != d.ID && o.Kind == d.Kind && o.Status != policy.Discarded {
			others = append(others, ui.Option{Value: o.ID.String(), Label: o.Title + "（" + o.Period() + "）"})
		}
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Facts = documentFacts(file)
	e.Ask(
		formpage.Day("last_day", "最后一天").Hint("有效的最后一天，今天或以后").Optional(), formpage.Day("archived_on", "归档日期").Hint("失效以后归档的日期").Optional(),
		formpage.Pick("revised_by", "修订它的文件", formpage.First("没有", others)).Hint("被新的文件修订、替代的，选新的文件").Optional(), formpage.Why("如：新的实施意见自某日起施行"),
	)
	e.Done = "变更已提交，等局领导签批。"
	e.Save = func(f *form.Form) error {
		c := policy.Closing{DocumentID: d.ID, LastDay: f.Date("last_day", "最后一天"), ArchivedOn: f.Date("archived_on", "归档日期"),
			RevisedByID: chosen(f, "revised_by", "修订它的文件", others), Reason: formpage.ReasonOf(f)}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Desk.ProposeClosing(r.Context(), actor(r), f.Raw("token"), c)
	}
	return e, nil
}

// closingActForm decides a proposed closing.
func (p *Pages) closingActForm(approve bool) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		id, err := param(r, "id")
		if err != nil {
			return nil, err
		}
		o, err := p.Desk.Overview(r.Context(), actor(r))
		if err != nil {
			return nil, err
		}
		var c *policy.Closing
		for _, waiting := range o.Closings {
			if waiting.ID == id {
				c = &waiting
			}
		}
		if c == nil {
			return nil, missing()
		}
		d := o.Document(c.DocumentID)
		title, noun := "签批这项变更", "approval"
		v := formpage.View{Lead: "签批后立即生效，公众页面同时改变。", Hidden: []ui.Pair{formpage.Version(c.Version)}}
		if !approve {
			title, noun, v.Lead, v.Stop = "不同意这项变更", "refusal", "文件保持原样。", true
			v.Ask(formpage.Why("写明为什么不同意"))
		}
		back := paths.StaffPolicy(d.ID.String())
		v.Page, v.Heading, v.Submit = deskPage(title, layout.Crumb{Label: d.Title, Href: back}), "确认"+title, title
		v.Action, v.Back, v.BackLabel = paths.StaffClosingAct(id.String(), noun), back, "返回文件"
		v.Facts = append([]ui.Fact{ui.F("文件", d.Title), ui.F("现在的有效期", d.Period())}, closingFacts(*c, o)...)
		e := &formpage.Editor{View: v, Done: map[bool]string{true: "变更已签批，已经生效。", false: "已退回这项变更。"}[approve], To: back}
		e.Save = func(f *form.Form) error {
			if approve {
				return p.Desk.ApproveClosing(r.Context(), actor(r), id, formpage.VersionOf(f))
			}
			reason := formpage.ReasonOf(f)
			if err := f.Err(); err != nil {
				return err
			}
			return p.Desk.RefuseClosing(r.Context(), actor(r), id, formpage.VersionOf(f), reason)
		}
		return e, nil
	}
}
