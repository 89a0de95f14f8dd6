package liaisonpages

import (
	"net/http"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/liaison"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// acceptedTypes are the papers of this feature.
const acceptedTypes = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"

// papers lets a form take files along.
func (p *Pages) papers(r *http.Request) *formpage.Papers {
	ctx, who := r.Context(), actor(r)
	received := func(token string) ([]formpage.Paper, error) {
		list, err := p.Liaison.Received(ctx, who, token)
		var out []formpage.Paper
		for _, a := range list {
			paper := formpage.Paper{ID: a.ID.String(), Describe: a.Describe(), Note: a.State.Label()}
			if a.Reason != "" {
				paper.Note += "：" + a.Reason
			}
			out = append(out, paper)
		}
		return out, err
	}
	return &formpage.Papers{Label: "附件", Accept: acceptedTypes, Received: received,
		Hint: "PDF、图片、Word 或 Excel，可以一次选几份，每份不超过 10 MB。看得到这一条的人都能打开；不放个人的证件和住址",
		Receive: func(token string, f *upload.File) error {
			return p.Liaison.Receive(ctx, who, token, attachment.Upload{Label: "附件", Filename: f.Filename, Body: f})
		},
		Drop: func(token, id string) error {
			file, err := uuid.Parse(id)
			if err != nil {
				return nil // tampered with: nothing to take out
			}
			return p.Liaison.Drop(ctx, who, token, file)
		}}
}

// sendFile sends a file of an entry to whoever may see the entry.
func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	id, err := organizationOf(r)
	if err != nil {
		return err
	}
	entry, err := param(r, "entry")
	if err != nil {
		return err
	}
	file, err := param(r, "file")
	if err != nil {
		return err
	}
	a, content, err := p.Liaison.File(r.Context(), actor(r), id, entry, file)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

// fileLinks are the files of an entry on the timeline at address at.
func fileLinks(e liaison.Entry, at string) []templ.Component {
	var out []templ.Component
	for _, a := range e.Files {
		switch a.State {
		case attachment.Accepted:
			out = append(out, ui.Link(a.Describe(), paths.LiaisonFile(at, e.ID.String(), a.ID.String())))
		default:
			out = append(out, plain(a.Filename+"（"+a.State.Label()+"）"))
		}
	}
	return out
}
