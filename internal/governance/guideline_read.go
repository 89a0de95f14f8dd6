package governance

import (
	"bytes"
	"context"
	"io"
	"strings"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// GuidelineFilter narrows the library. Zero values do not filter.
type GuidelineFilter struct {
	Duty Duty
	Text string // anywhere in title, summary or text
}

// Help is what the library offers for a duty.
type Help struct {
	Duty       Duty `db:"duty"`
	Guidelines int  `db:"guidelines"`
	No         int  `db:"no"` // of the first
}

// Library returns what is released, by duty. It is public and needs no actor. One
// statement.
func (s *Service) Library(ctx context.Context, f GuidelineFilter) (list []Guideline, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[Guideline](ctx, q, publicGuidelinesSQL+`
			and ($1 = '' or g.duty = $1) and ($2 = '' or position(search_key($2) in search_key(v.title || v.summary || v.body)) > 0)`+guidelineOrder+` limit $3`,
			f.Duty, strings.TrimSpace(f.Text), mostGuidelines)
		return err
	})
	return list, err
}

// Guideline returns one entry as released, with the bureau's own file when it
// has one. errs.NotFound.
func (s *Service) Guideline(ctx context.Context, no int) (g Guideline, file *attachment.Attachment, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		g, file, err = publicGuideline(ctx, q, no)
		return err
	})
	return g, file, err
}

func publicGuideline(ctx context.Context, q postgres.Querier, no int) (g Guideline, file *attachment.Attachment, err error) {
	g, err = postgres.One[Guideline](ctx, q, publicGuidelinesSQL+` and g.no = $1`, no)
	if errs.Is(err, errs.NotFound) {
		return g, nil, errs.New(errs.NotFound, "没有找到这份制度指引。可能已经下架，到制度指引的目录里再找。")
	}
	if err != nil {
		return g, nil, err
	}
	files, err := guidelineFilesOf(ctx, q, []uuid.UUID{g.VersionID})
	for i := range files {
		if files[i].State == attachment.Accepted {
			file = &files[i]
		}
	}
	return g, file, err
}

// Download is a file to send, see web/download.
type Download struct {
	name, kind string
	Content    io.ReadSeekCloser
}

// DownloadName, ContentType and Viewable describe the file.
func (d Download) DownloadName() string { return d.name }
func (d Download) ContentType() string  { return d.kind }
func (d Download) Viewable() bool       { return false }

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// GuidelineDownload returns a released guideline to save: the bureau's own file,
// otherwise its text as .docx. errs.NotFound.
func (s *Service) GuidelineDownload(ctx context.Context, no int) (d Download, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		g, file, err := publicGuideline(ctx, q, no)
		if err != nil {
			return err
		}
		if file != nil {
			a, content, err := s.Attachments.Open(ctx, q, file.Owner(), file.ID)
			d = Download{a.DownloadName(), a.ContentType(), content}
			return err
		}
		raw, err := g.Document()
		d = Download{g.Title + ".docx", docx.ContentType, inMemory{bytes.NewReader(raw)}}
		return err
	})
	return d, err
}

// GuidelineDesk is the library in work.
type GuidelineDesk struct {
	Open     []GuidelineVersion // in work, the longest waiting first
	Released []GuidelineVersion // the newest released one of every entry, withdrawn ones included
	Untaken  []Shipped          // texts of the portal that nobody has taken over
}

// GuidelineDesk returns the library in work. Two statements.
func (s *Service) GuidelineDesk(ctx context.Context, actor authz.Actor) (d GuidelineDesk, err error) {
	if err := actor.Require(authz.GuidelineView); err != nil {
		return d, err
	}
	type taken struct {
		From string `db:"taken_from"`
	}
	var from []taken
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		var b postgres.Batch
		postgres.Gather(&b, &d.Open, `select `+guidelineColumns+versionTables+`where v.state in ('draft', 'submitted', 'returned')
			order by v.state <> 'submitted', v.updated_at limit $1`, mostGuidelines)
		postgres.Gather(&b, &d.Released, `select `+guidelineColumns+versionTables+`where v.state = 'released'
			and not exists (select from guideline_version n where n.guideline_id = v.guideline_id and n.state = 'released' and n.number > v.number)`+guidelineOrder+` limit $1`, mostGuidelines)
		postgres.Gather(&b, &from, `select taken_from from guideline g where taken_from <> ''
			and exists (select from guideline_version v where v.guideline_id = g.id and v.state <> 'discarded')`)
		return b.Run(ctx, q)
	})
	had := map[string]bool{}
	for _, t := range from {
		had[t.From] = true
	}
	for _, t := range shipped {
		if !had[t.Key] {
			d.Untaken = append(d.Untaken, t)
		}
	}
	return d, err
}

// GuidelineVersions returns every version of an entry, the newest first, with
// their files. errs.NotFound.
func (s *Service) GuidelineVersions(ctx context.Context, actor authz.Actor, guideline uuid.UUID) (list []GuidelineVersion, err error) {
	if err := actor.Require(authz.GuidelineView); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[GuidelineVersion](ctx, q, `select `+guidelineColumns+versionTables+`where v.guideline_id = $1 order by v.number desc limit 100`, guideline)
		if err == nil && len(list) == 0 {
			return missing()
		}
		if err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(list))
		for i, v := range list {
			ids[i] = v.ID
		}
		files, err := guidelineFilesOf(ctx, q, ids)
		for _, f := range files {
			for i := range list {
				if list[i].ID == f.OwnerID {
					list[i].Files = append(list[i].Files, f)
				}
			}
		}
		return err
	})
	return list, err
}

// GuidelineFile opens a file of a version for who works on the library.
func (s *Service) GuidelineFile(ctx context.Context, actor authz.Actor, version, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	if err := actor.Require(authz.GuidelineView); err != nil {
		return a, nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		a, content, err = s.Attachments.Open(ctx, q, attachment.Owner{Kind: guidelineOwner, ID: version}, file)
		return err
	})
	return a, content, err
}
