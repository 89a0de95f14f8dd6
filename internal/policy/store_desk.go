package policy

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const zeroID = `'00000000-0000-0000-0000-000000000000'`

func insertChange(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c Change) error {
	_, err := tx.Exec(ctx, `
		insert into policy_change (document_id, edition_id, key, action, before, after, reason, at, account_id, person_id, actor_name, actor_role)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		c.DocumentID, orNull(c.EditionID), c.Key, c.Action, c.Before, c.After, c.Reason, now, actor.AccountID, actor.PersonID, actor.Name, actor.Role)
	return err
}

const changeColumns = `document_id, coalesce(edition_id, ` + zeroID + `) as edition_id, key, action, before, after, reason, at, actor_name, actor_role`

// changesOf lists the changes of a document (edition zero) or of an edition, the
// newest first, at most 200: a page shows no more.
func changesOf(ctx context.Context, q postgres.Querier, document, edition uuid.UUID) ([]Change, error) {
	return postgres.All[Change](ctx, q, `select `+changeColumns+` from policy_change
		where document_id = $1 and edition_id is not distinct from $2 order by id desc limit 200`, document, orNull(edition))
}

func documentForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Document, error) {
	return postgres.One[Document](ctx, tx, `select `+documentColumns+` from policy_document where id = $1 for update`, id)
}

func documentByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Document, error) {
	return postgres.One[Document](ctx, q, `select `+documentColumns+` from policy_document where id = $1`, id)
}

// freeSlug returns an address that no document has: 2026-policy-1.
func freeSlug(ctx context.Context, tx postgres.Tx, kind string, year int) (slug string, err error) {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('policy slug'))`); err != nil {
		return "", err
	}
	prefix := fmt.Sprintf("%d-%s-", year, kind)
	var n int
	err = tx.QueryRow(ctx, `select count(*) from policy_document where starts_with(slug, $1)`, prefix).Scan(&n)
	return fmt.Sprintf("%s%d", prefix, n+1), err
}

func insertDocument(ctx context.Context, tx postgres.Tx, d Document, person uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		insert into policy_document (id, slug, kind, under_id, no, title, issued_by, issued_on, effective_from, effective_to, source, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		d.ID, d.Slug, d.Kind, orNull(d.UnderID), d.No, d.Title, d.IssuedBy, d.IssuedOn, d.EffectiveFrom, d.EffectiveTo, d.Source, person)
	return err
}

func updateDraft(ctx context.Context, tx postgres.Tx, d Document) error {
	return postgres.ExecOne(ctx, tx, `
		update policy_document set kind = $3, under_id = $4, no = $5, title = $6, issued_by = $7, issued_on = $8, effective_from = $9,
			effective_to = $10, source = $11, version = version + 1
		where id = $1 and version = $2 and status = 'draft'`,
		d.ID, d.Version, d.Kind, orNull(d.UnderID), d.No, d.Title, d.IssuedBy, d.IssuedOn, d.EffectiveFrom, d.EffectiveTo, d.Source)
}

// setDocumentStatus moves a document on. person is who hands it in or approves it.
func setDocumentStatus(ctx context.Context, tx postgres.Tx, now time.Time, d Document, to Status, person uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `
		update policy_document set status = $3, version = version + 1,
			submitted_by = case $3 when 'submitted' then $4 else submitted_by end,
			approved_by = case $3 when 'approved' then $4 else approved_by end,
			approved_at = case $3 when 'approved' then $5::timestamptz else approved_at end
		where id = $1 and version = $2`, d.ID, d.Version, to, person, now)
}

// replaceArticles writes the articles of a draft anew, in the order of the list.
func replaceArticles(ctx context.Context, tx postgres.Tx, d Document, list []Article) error {
	if _, err := tx.Exec(ctx, `delete from policy_article where document_id = $1`, d.ID); err != nil {
		return err
	}
	for i, a := range list {
		if _, err := tx.Exec(ctx, `insert into policy_article (document_id, ordinal, path, label, number, title, text)
			values ($1, $2, $3, $4, $5, $6, $7)`, d.ID, i+1, a.Path, a.Label, a.Number, a.Title, a.Text); err != nil {
			return err
		}
	}
	return postgres.ExecOne(ctx, tx, `update policy_document set version = version + 1 where id = $1 and version = $2 and status = 'draft'`, d.ID, d.Version)
}

// overlapping returns the approved policies in force on a day of span.
func overlapping(ctx context.Context, q postgres.Querier, span Span, except uuid.UUID) ([]Document, error) {
	return postgres.All[Document](ctx, q, `select `+documentColumns+` from policy_document
		where kind = 'policy' and status = 'approved' and id <> $3 and daterange(effective_from, effective_to, '[]') && daterange($1, $2, '[]')
		order by effective_from`, span.From, span.To, except)
}

func editionForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Edition, error) {
	if _, err := postgres.One[struct {
		ID uuid.UUID `db:"id"`
	}](ctx, tx, `select id from policy_edition where id = $1 for update`, id); err != nil {
		return Edition{}, err
	}
	return EditionByID(ctx, tx, id)
}

func insertEdition(ctx context.Context, tx postgres.Tx, e EditionFacts, person uuid.UUID) error {
	_, err := tx.Exec(ctx, `insert into policy_edition (id, document_id, label, effective_from, effective_to, copied_from, reason, created_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, e.ID, e.DocumentID, e.Label, e.EffectiveFrom, e.EffectiveTo, e.CopiedFrom, e.Reason, person)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
		select $1, key, type, value, article, source, confirmed from policy_parameter where edition_id = $2`, e.ID, e.CopiedFrom)
	return err
}

func updateEditionDraft(ctx context.Context, tx postgres.Tx, e EditionFacts) error {
	return postgres.ExecOne(ctx, tx, `update policy_edition set label = $3, effective_from = $4, effective_to = $5, reason = $6, version = version + 1
		where id = $1 and version = $2 and status = 'draft'`, e.ID, e.Version, e.Label, e.EffectiveFrom, e.EffectiveTo, e.Reason)
}

func setEditionStatus(ctx context.Context, tx postgres.Tx, now time.Time, e EditionFacts, to Status, person uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `
		update policy_edition set status = $3, version = version + 1,
			submitted_by = case $3 when 'submitted' then $4 else submitted_by end,
			approved_by = case $3 when 'approved' then $4 else approved_by end,
			approved_at = case $3 when 'approved' then $5::timestamptz else approved_at end
		where id = $1 and version = $2`, e.ID, e.Version, to, person, now)
}

func endEdition(ctx context.Context, tx postgres.Tx, e EditionFacts, last civil.Date) error {
	return postgres.ExecOne(ctx, tx, `update policy_edition set effective_to = $3, version = version + 1 where id = $1 and version = $2`,
		e.ID, e.Version, last)
}

// approvedOver returns the approved editions, of whatever document, that hold on
// a day of span; the earliest first.
func approvedOver(ctx context.Context, tx postgres.Tx, span Span) ([]EditionFacts, error) {
	return postgres.All[EditionFacts](ctx, tx, `select `+editionColumns+` from policy_edition
		where status = 'approved' and daterange(effective_from, effective_to, '[]') && daterange($1, $2, '[]')
		order by effective_from for update`, span.From, span.To)
}

// setParameter writes one value of a draft and raises the version of its edition
// once for the whole act, which touchEdition does.
func setParameter(ctx context.Context, tx postgres.Tx, e EditionFacts, p Param) error {
	value, err := json.Marshal(p.stored())
	if err != nil {
		return err
	}
	return postgres.ExecOne(ctx, tx, `update policy_parameter set value = $3, article = $4, source = $5, confirmed = $6, version = version + 1
		where edition_id = $1 and key = $2`, e.ID, p.Key, value, p.Article, p.Source, p.Confirmed)
}

func touchEdition(ctx context.Context, tx postgres.Tx, e EditionFacts) error {
	return postgres.ExecOne(ctx, tx, `update policy_edition set version = version + 1 where id = $1 and version = $2 and status = 'draft'`, e.ID, e.Version)
}

func articlePaths(ctx context.Context, q postgres.Querier, document uuid.UUID) ([]string, error) {
	list, err := Articles(ctx, q, document)
	paths := make([]string, len(list))
	for i, a := range list {
		paths[i] = a.Path
	}
	return paths, err
}

func missingEdition() error {
	return errs.New(errs.NotFound, "没有找到这一版参数。")
}
