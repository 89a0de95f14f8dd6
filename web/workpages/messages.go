package workpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notification"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

const messagesPerPage = 20

// messagesView is one's own messages, the newest first.
type messagesView struct {
	layout.Page
	Lead   string
	List   []message
	UpTo   string // the newest message shown, "" when none of the shown is new
	First  string // address of the first page, "" on it
	Pages  ui.Pages
	NoneIs string
}

type message struct {
	Title, Href, Body string
	At                string // when, in words
	DateTime          string
	New               bool
}

func (p *Pages) listMessages(w http.ResponseWriter, r *http.Request) error {
	before, _ := uuid.Parse(r.URL.Query().Get("before")) // anything else is the first page
	list, err := p.Messages.Messages(r.Context(), actor(r), before, messagesPerPage)
	if err != nil {
		return err
	}
	v := messagesView{Page: page("消息", "messages", crumbs(layout.Crumb{Label: "消息"})...), List: messagesOf(actor(r), list.Items, list.Today),
		Lead: unreadWords(list.Unread), NoneIs: "还没有消息。"}
	for _, m := range list.Items {
		if m.ReadAt == nil {
			v.UpTo = list.Items[0].ID.String()
			break
		}
	}
	if before != uuid.Nil {
		v.First, v.NoneIs = paths.Messages, "没有更早的消息。"
	}
	if list.Next != uuid.Nil {
		v.Pages.Next = paths.WithQuery(paths.Messages, url.Values{"before": {list.Next.String()}})
	}
	return httpserver.Render(w, r, http.StatusOK, messagesPage(v))
}

func unreadWords(n int) string {
	switch {
	case n == 0:
		return "没有未读的消息。"
	case n >= notification.UnreadLimit:
		return "未读超过 " + itoa(notification.UnreadLimit-1) + " 条。"
	}
	return "未读 " + itoa(n) + " 条。"
}

func messagesOf(a authz.Actor, items []notification.Item, today civil.Date) []message {
	out := make([]message, len(items))
	for i, m := range items {
		out[i] = message{Title: m.Title, Body: m.Body, At: clock(m.At, today), DateTime: m.At.In(civil.Shanghai).Format("2006-01-02T15:04:05-07:00"), New: m.ReadAt == nil}
		switch {
		case m.CaseNo != "":
			out[i].Href = paths.Application(m.CaseNo)
		case m.Kind == governance.MessageKind && a.Role.OfOrganization():
			out[i].Href = paths.MyGovernance
		case m.Kind == governance.MessageKind:
			out[i].Href = paths.StaffGovernance
		case m.Kind == governance.GuidelineMessageKind:
			out[i].Href = paths.StaffGuidelines
		}
	}
	return out
}

// createRead marks what was shown as read, and no message that came since.
func (p *Pages) createRead(w http.ResponseWriter, r *http.Request) error {
	upTo, err := uuid.Parse(r.PostFormValue("up_to"))
	if err != nil {
		return errs.Wrap(errs.Invalid, "没有收到要标为已读的消息。请回到消息页面，再点一次。", err)
	}
	n, err := p.Messages.MarkRead(r.Context(), actor(r), upTo)
	if err != nil {
		return err
	}
	if n > 0 {
		p.Flash(r.Context(), itoa(n)+" 条消息已标为已读。")
	}
	return httpserver.SeeOther(w, r, paths.Messages)
}
