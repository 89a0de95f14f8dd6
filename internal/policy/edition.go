package policy

import (
	"context"
	"encoding/json"
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Edition is a dated set of all parameters under one document.
type Edition struct {
	EditionFacts
	Params Params
}

// EditionFacts is an edition without its parameters.
type EditionFacts struct {
	ID            uuid.UUID  `db:"id"`
	DocumentID    uuid.UUID  `db:"document_id"`
	Label         string     `db:"label"` // 参数 2017-1 版
	EffectiveFrom civil.Date `db:"effective_from"`
	EffectiveTo   civil.Date `db:"effective_to"` // last day, zero while no end is set
	Status        Status     `db:"status"`
	Reason        string     `db:"reason"` // why it was made
	CopiedFrom    uuid.UUID  `db:"copied_from"`
	Demo          bool       `db:"demo"`
	Version       int        `db:"version"`
}

// Span returns the days on which the edition holds.
func (e EditionFacts) Span() Span { return Span{e.EffectiveFrom, e.EffectiveTo} }

const editionColumns = `id, document_id, label, effective_from, effective_to, status, reason,
	coalesce(copied_from, '00000000-0000-0000-0000-000000000000') as copied_from, demo, version`

// EditionOn returns the approved edition in force on date on, under the policy in
// force. errs.Conflict, with the words for the person, when no policy is in force
// or its parameters are not approved yet.
func EditionOn(ctx context.Context, q postgres.Querier, on civil.Date) (Edition, error) {
	d, in, err := DocumentOn(ctx, q, on)
	if err != nil {
		return Edition{}, err
	}
	if !in {
		return Edition{}, errNotInForce(d, on)
	}
	e, err := editionWhere(ctx, q, `document_id = $1 and status = 'approved'
		and effective_from <= $2 and coalesce(effective_to, 'infinity') >= $2`, d.ID, on)
	if errs.Is(err, errs.NotFound) {
		return Edition{}, errs.Wrap(errs.Conflict, fmt.Sprintf("《%s》的参数还没有签批，现在不受理申请。", d.Title), err)
	}
	return e, err
}

// EditionShown returns the edition that pages explain on date on: the one in
// force, or else the nearest approved edition of the document that DocumentOn
// names, or of any while that one has none yet. Nothing is accepted or decided
// under it.
func EditionShown(ctx context.Context, q postgres.Querier, on civil.Date) (Edition, error) {
	_, _, e, err := On(ctx, q, on)
	return e, err
}

// nearest is the approved edition of a document that is in force on a day, or
// else the one closest to it.
func nearest(ctx context.Context, q postgres.Querier, document uuid.UUID, on civil.Date) (Edition, error) {
	return editionWhere(ctx, q, `document_id = $2 and status = 'approved' `+nearestOn, on, document)
}

// EditionByID returns the edition that a case pinned. errs.NotFound.
func EditionByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Edition, error) {
	return editionWhere(ctx, q, `id = $1`, id)
}

// editionWhere reads one edition and its parameters in one round trip. where may
// end in an order and a limit.
func editionWhere(ctx context.Context, q postgres.Querier, where string, args ...any) (Edition, error) {
	var rows []EditionFacts
	var params []paramRow
	var b postgres.Batch
	gatherEdition(&b, &rows, &params, where, args...)
	if err := b.Run(ctx, q); err != nil {
		return Edition{}, fmt.Errorf("policy edition: %w", err)
	}
	return assemble(rows, params)
}

func gatherEdition(b *postgres.Batch, rows *[]EditionFacts, params *[]paramRow, where string, args ...any) {
	postgres.Gather(b, rows, `select `+editionColumns+` from policy_edition where `+where, args...)
	postgres.Gather(b, params, `select key, type, value, article, source, confirmed from policy_parameter
		where edition_id = (select id from policy_edition where `+where+`)`, args...)
}

func assemble(rows []EditionFacts, params []paramRow) (Edition, error) {
	if len(rows) != 1 {
		return Edition{}, errs.New(errs.NotFound, "没有找到这一版参数。")
	}
	row := rows[0]
	p, err := readParams(params)
	if err != nil {
		return Edition{}, fmt.Errorf("policy edition %s: %w", row.Label, err)
	}
	return Edition{row, p}, nil
}

// On returns what DocumentOn and EditionShown return, in one round trip. open
// reports whether anything is taken on that day: the document is in force and e
// is its edition for the day.
func On(ctx context.Context, q postgres.Querier, on civil.Date) (d Document, open bool, e Edition, err error) {
	var documents []Document
	var rows []EditionFacts
	var params []paramRow
	var b postgres.Batch
	postgres.Gather(&b, &documents, `select `+documentColumns+` from policy_document where `+documentOn, on)
	gatherEdition(&b, &rows, &params, shownOn, on)
	if err := b.Run(ctx, q); err != nil {
		return d, false, e, fmt.Errorf("policy on %s: %w", on, err)
	}
	if len(documents) != 1 {
		return d, false, e, errs.New(errs.NotFound, "还没有登记政策文件。")
	}
	d = documents[0]
	e, err = assemble(rows, params)
	return d, d.ForceOn(on) == InForce && e.DocumentID == d.ID && e.Span().Contains(on), e, err
}

// shownOn picks the approved edition that is shown on $1.
const shownOn = `status = 'approved' order by document_id = (select id from policy_document where ` + documentOn + `) desc,
	effective_from <= $1 desc, abs(effective_from - $1::date) limit 1`

// nearestOn puts the edition in force on $1 first, or else the nearest.
const nearestOn = `order by effective_from <= $1 desc, abs(effective_from - $1::date) limit 1`

type paramRow struct {
	Key       Key             `db:"key"`
	Type      Type            `db:"type"`
	Value     json.RawMessage `db:"value"`
	Article   string          `db:"article"`
	Source    Source          `db:"source"`
	Confirmed bool            `db:"confirmed"`
}

// readParams refuses a set that is not exactly the closed list: a rule must
// never meet a value that is not there.
func readParams(rows []paramRow) (Params, error) {
	raw := make([]Raw, 0, len(rows))
	for _, r := range rows {
		v, err := decode(r)
		if err != nil {
			return Params{}, err
		}
		raw = append(raw, Raw{r.Key, r.Type, v, r.Article, r.Source, r.Confirmed})
	}
	p, err := NewParams(raw)
	if err != nil {
		return Params{}, err
	}
	return p, p.complete()
}

func decode(r paramRow) (any, error) {
	if r.Type == Choice || r.Type == MonthDay {
		var s string
		if err := json.Unmarshal(r.Value, &s); err != nil {
			return nil, fmt.Errorf("parameter %q: %w", r.Key, err)
		}
		return s, nil
	}
	var n int64
	if err := json.Unmarshal(r.Value, &n); err != nil {
		return nil, fmt.Errorf("parameter %q: %w", r.Key, err)
	}
	return n, nil
}
