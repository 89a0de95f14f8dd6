package governance

import (
	"context"
	"io"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// What everyone may read: versions that were published, never the drafts behind
// them.

// publicVersionsSQL is every version of an organization ($1), newest first.
var publicVersionsSQL = `select ` + versionColumns + ` from disclosure_version v where v.org_id = any(organization_ids($1)) order by v.published_at desc, v.id desc limit 200`

// PublicVersions returns the versions of an organization, newest first: those in
// force, those that a later one replaced, and the marks of those withdrawn.
func PublicVersions(ctx context.Context, q postgres.Querier, org uuid.UUID) ([]Version, error) {
	return postgres.All[Version](ctx, q, publicVersionsSQL, org)
}

// PublicDisclosures is the public section of an organization.
type PublicDisclosures struct {
	Organization organization.Organization // registered facts only may be shown
	Versions     []Version
}

// PublicDisclosures returns the section; it needs no actor. errs.NotFound.
func (s *Service) PublicDisclosures(ctx context.Context, org uuid.UUID) (v PublicDisclosures, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if v.Organization, err = organization.Load(ctx, q, org); err != nil {
			return unpublished(err)
		}
		v.Versions, err = PublicVersions(ctx, q, org)
		return err
	})
	return v, err
}

// PublicVersion is one version as everyone reads it. A withdrawn one has neither
// text nor lines nor file.
type PublicVersion struct {
	Version
	Organization organization.Organization
	Lines        []DisclosedLine
	File         *attachment.Attachment
	Others       []Version // of the same disclosure, newest first
}

// PublicVersion returns a version of an organization; it needs no actor.
// errs.NotFound.
func (s *Service) PublicVersion(ctx context.Context, org, id uuid.UUID) (v PublicVersion, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		v.Version, err = postgres.One[Version](ctx, q, `select `+versionColumns+` from disclosure_version v where v.id = $1 and v.org_id = any(organization_ids($2))`, id, org)
		if err != nil {
			return unpublished(err)
		}
		if v.Organization, err = organization.Load(ctx, q, org); err != nil {
			return unpublished(err)
		}
		var files []attachment.Attachment
		var b postgres.Batch
		postgres.Gather(&b, &v.Others, `select `+versionColumns+` from disclosure_version v where v.disclosure_id = $1 and v.id <> $2 order by v.number desc`, v.DisclosureID, id)
		if v.WithdrawnAt == nil {
			postgres.Gather(&b, &v.Lines, `select side, label, note, amount_fen from disclosure_line where version_id = $1 order by ordinal`, id)
			postgres.Gather(&b, &files, `select `+fileColumns+` from attachment where id = $1 and owner_kind = '`+disclosureOwner+`'`, v.AttachmentID)
		}
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		if len(files) == 1 {
			v.File = &files[0]
		}
		return nil
	})
	return v, err
}

// PublicFile opens the file of a version that stands.
func (s *Service) PublicFile(ctx context.Context, org, id uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	v, err := s.PublicVersion(ctx, org, id)
	if err == nil && v.File == nil {
		err = unpublished(errs.New(errs.NotFound, ""))
	}
	if err != nil {
		return a, nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		a, content, err = s.Attachments.Open(ctx, q, v.File.Owner(), v.File.ID)
		return err
	})
	return a, content, err
}

func unpublished(err error) error {
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.NotFound, "没有找到这份公开信息。到组织的页面看现在公开了什么。")
	}
	return err
}
