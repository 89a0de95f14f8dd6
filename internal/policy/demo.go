package policy

import (
	"context"
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// demoSlug and demoLabel name the invented document and its parameters.
const (
	demoSlug  = "demo-continuation"
	demoLabel = "演示参数 2017-1 版"
	demoNote  = "这是为演示系统编写的文件，不是真实的政策文件，没有任何机关公布过它。它假定2017年的实施意见延续施行：" +
		"条文照抄原文，参数照抄“参数 2017-1 版”。"
)

// SeedDemoContinuation records the 演示延续文件: the articles of 2017 once more,
// marked as invented, in force from date from with no end, and an approved
// edition that copies the parameters of 2017. Where it is recorded already
// nothing happens. from must lie after the real document's last day; an overlap
// is refused by the database (errs.Conflict).
func SeedDemoContinuation(ctx context.Context, tx postgres.Tx, from civil.Date) error {
	var exists bool
	if err := tx.QueryRow(ctx, `select exists (select from policy_document where slug = $1)`, demoSlug).Scan(&exists); err != nil || exists {
		return err
	}
	document, edition, err := demoIDs()
	if err != nil {
		return err
	}
	closing := fmt.Sprintf("本演示文件自%s起施行，演示期间一直有效。", from.Chinese())
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`insert into policy_document (id, slug, kind, title, issued_by, issued_on, effective_from, source, demo)
			values ($1, $2, 'policy', '关于培育和发展社区社会组织的实施意见（演示延续文件）', '演示机关', $3, $3, '演示数据', true)`,
			[]any{document, demoSlug, from}},
		{`insert into policy_article (document_id, ordinal, path, label, text) values ($1, 1, '演示说明', '演示说明', $2)`,
			[]any{document, demoNote}},
		// The cover letter is about the issue of 2017, so it is not part of the copy.
		{`insert into policy_article (document_id, ordinal, path, label, number, title, text)
			select $1, a.ordinal + 1, a.path, a.label, a.number, a.title, case a.path when '附则' then $2 else a.text end
			from policy_article a join policy_edition e on e.document_id = a.document_id
			where e.label = '参数 2017-1 版' and a.path <> '通知'`, []any{document, closing}},
		{`update policy_document set status = 'approved', approved_at = portal_now() where id = $1`, []any{document}},
		{`insert into policy_edition (id, document_id, label, effective_from, demo) values ($1, $2, $3, $4, true)`,
			[]any{edition, document, demoLabel, from}},
		{`insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
			select $1, p.key, p.type, p.value, p.article, p.source, p.confirmed
			from policy_parameter p join policy_edition e on e.id = p.edition_id where e.label = '参数 2017-1 版'`, []any{edition}},
		{`update policy_edition set status = 'approved', approved_at = portal_now() where id = $1`, []any{edition}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("demo continuation: %w", err)
		}
	}
	return nil
}

func demoIDs() (document, edition uuid.UUID, err error) {
	if document, err = uuid.NewV7(); err != nil {
		return
	}
	edition, err = uuid.NewV7()
	return
}
