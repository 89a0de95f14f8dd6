package notice

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const noticeColumns = `n.id, n.type, n.kind, n.state, coalesce(n.no, '') as no, n.publish_on, n.published_at, n.published_on,
	n.first_published_at, coalesce(n.period_wd, 0) as period_wd, n.extra_wd, coalesce(n.end_hour, 0) as end_hour,
	n.starts_on, n.ends_on, n.ends_at, n.provisional, n.ended_at, n.withdrawn_at, n.withdrawn_reason, n.created_at, n.version`

const itemColumns = `i.id, i.notice_id, coalesce(n.no, '') as notice_no, i.ordinal, i.case_id, i.case_no, i.organization_id,
	i.organization_name, i.community, i.programme, i.amount_fen, i.purpose, i.edition_id, i.state, i.settled_at, i.version`

const manuscriptColumns = `m.id, m.notice_id, m.seq, m.state, m.minimum_wd, m.end_hour, m.created_at, m.issued_at, m.title, m.body,
	m.contact_phone, m.contact_address, m.supervision_phone, m.objection_how, m.period_wd, m.publish_on, m.reason`

// lockCases locks the cases of a notice by ascending id: a case comes before a
// notice in the order of locks. The rows are another package's and are not
// written here.
func lockCases(ctx context.Context, tx postgres.Tx, notice uuid.UUID) error {
	_, err := tx.Exec(ctx, `select id from case_file where id in
		(select case_id from notice_item where notice_id = $1 and state <> 'removed') order by id for update`, notice)
	return err
}

func lockCase(ctx context.Context, tx postgres.Tx, id uuid.UUID) error {
	_, err := tx.Exec(ctx, `select id from case_file where id = $1 for update`, id)
	return err
}

func noticeForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Notice, error) {
	return postgres.One[Notice](ctx, tx, `select `+noticeColumns+` from notice n where id = $1 for update`, id)
}

func insertNotice(ctx context.Context, tx postgres.Tx, n Notice, by uuid.UUID) error {
	_, err := tx.Exec(ctx, `insert into notice (id, type, kind, state, created_by, created_at) values ($1, $2, $3, $4, $5, $6)`,
		n.ID, n.Type, n.Kind, n.State, by, n.CreatedAt)
	return err
}

// updateNotice saves what changes in the life of a notice and raises its version.
func updateNotice(ctx context.Context, tx postgres.Tx, n *Notice) error {
	err := postgres.ExecOne(ctx, tx, `
		update notice set state = $3, publish_on = $4, published_at = $5, published_on = $6, first_published_at = $7,
			period_wd = nullif($8, 0), extra_wd = $9, end_hour = nullif($10, 0), starts_on = $11, ends_on = $12, ends_at = $13,
			provisional = $14, ended_at = $15, withdrawn_at = $16, withdrawn_reason = $17, version = version + 1
		where id = $1 and version = $2`,
		n.ID, n.Version, n.State, n.PublishOn, n.PublishedAt, n.PublishedOn, n.FirstPublished, n.PeriodWD, n.ExtraWD, n.EndHour,
		n.StartsOn, n.EndsOn, n.EndsAt, n.Provisional, n.EndedAt, n.WithdrawnAt, n.Reason)
	if err == nil {
		n.Version++
	}
	return err
}

// drawNumber gives the notice the next number of the year, without gaps: a
// second signature waits for the first.
func drawNumber(ctx context.Context, tx postgres.Tx, n *Notice, year int, to State, publishOn civil.Date) error {
	var serial int
	if err := tx.QueryRow(ctx, `insert into notice_counter (year, last) values ($1, 1)
		on conflict (year) do update set last = notice_counter.last + 1 returning last`, year).Scan(&serial); err != nil {
		return err
	}
	n.No, n.State, n.PublishOn = fmt.Sprintf("GS-%d-%04d", year, serial), to, publishOn
	return postgres.ExecOne(ctx, tx, `update notice set no = $2, no_year = $3, no_serial = $4, state = 'scheduled', publish_on = $5 where id = $1`,
		n.ID, n.No, year, serial, publishOn)
}

func manuscriptsOf(ctx context.Context, q postgres.Querier, notice uuid.UUID) ([]Manuscript, error) {
	return postgres.All[Manuscript](ctx, q, `select `+manuscriptColumns+` from notice_manuscript m where notice_id = $1 order by seq`, notice)
}

func insertManuscript(ctx context.Context, tx postgres.Tx, m Manuscript) error {
	_, err := tx.Exec(ctx, `
		insert into notice_manuscript (id, notice_id, seq, state, title, body, contact_phone, contact_address, supervision_phone,
			objection_how, period_wd, minimum_wd, end_hour, publish_on, reason, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
		m.ID, m.NoticeID, m.Seq, m.Stage, m.Title, m.Body, m.ContactPhone, m.ContactAddress, m.SupervisionPhone,
		m.ObjectionHow, m.PeriodWD, m.MinimumWD, m.EndHour, m.PublishOn, m.Reason, m.CreatedAt)
	return err
}

func updateManuscript(ctx context.Context, tx postgres.Tx, m Manuscript) error {
	return postgres.ExecOne(ctx, tx, `
		update notice_manuscript set state = $2, title = $3, body = $4, contact_phone = $5, contact_address = $6, supervision_phone = $7,
			objection_how = $8, period_wd = $9, minimum_wd = $10, end_hour = $11, publish_on = $12, reason = $13, issued_at = $14
		where id = $1`,
		m.ID, m.Stage, m.Title, m.Body, m.ContactPhone, m.ContactAddress, m.SupervisionPhone, m.ObjectionHow, m.PeriodWD, m.MinimumWD,
		m.EndHour, m.PublishOn, m.Reason, m.IssuedAt)
}

const stepsSQL = `select r.manuscript_id, r.seq, r.step, r.at, r.person_id, r.actor_name, r.reason
	from notice_release r join notice_manuscript m on m.id = r.manuscript_id `

func stepsOf(ctx context.Context, q postgres.Querier, manuscript uuid.UUID) ([]Step, error) {
	return postgres.All[Step](ctx, q, stepsSQL+`where r.manuscript_id = $1 order by r.seq`, manuscript)
}

func insertStep(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, m Manuscript, a Act, reason string) error {
	_, err := tx.Exec(ctx, `
		insert into notice_release (manuscript_id, seq, step, at, account_id, person_id, actor_name, actor_role, reason)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8 from notice_release where manuscript_id = $1`,
		m.ID, a, now, actor.AccountID, actor.PersonID, actor.Name, actor.Role, reason)
	return err
}

func insertSetting(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, n Notice, c Cause, reason string) error {
	_, err := tx.Exec(ctx, `
		insert into notice_clock (notice_id, seq, cause, at, starts_on, ends_on, ends_at, working_days, provisional, reason, account_id, actor_name)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 from notice_clock where notice_id = $1`,
		n.ID, c, now, n.StartsOn, n.EndsOn, n.EndsAt, n.Days(), n.Provisional, reason, actor.AccountID, actor.Name)
	return err
}

func itemsOf(ctx context.Context, q postgres.Querier, notice uuid.UUID) ([]Item, error) {
	return postgres.All[Item](ctx, q, `select `+itemColumns+` from notice_item i join notice n on n.id = i.notice_id
		where i.notice_id = $1 order by i.ordinal`, notice)
}

func itemForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Item, error) {
	return postgres.One[Item](ctx, tx, `select `+itemColumns+` from notice_item i join notice n on n.id = i.notice_id
		where i.id = $1 for update of i`, id)
}

// replaceItems puts the chosen cases into a notice that is being prepared.
func replaceItems(ctx context.Context, tx postgres.Tx, items []Item, notice uuid.UUID) error {
	if _, err := tx.Exec(ctx, `delete from notice_item where notice_id = $1`, notice); err != nil {
		return err
	}
	for _, i := range items {
		_, err := tx.Exec(ctx, `
			insert into notice_item (id, notice_id, ordinal, case_id, case_no, organization_id, organization_name, community, programme,
				amount_fen, purpose, edition_id, state)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
			i.ID, notice, i.Ordinal, i.CaseID, i.CaseNo, i.OrganizationID, i.OrganizationName, i.Community, i.Programme,
			i.Amount, i.Purpose, i.EditionID, i.State)
		if postgres.Violates(err, "notice_item_one_notice") {
			return taken(i.CaseNo)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// moveItem is the only writer of an item's state.
func moveItem(ctx context.Context, tx postgres.Tx, now time.Time, i *Item, to ItemState) error {
	var settledAt, closedAt *time.Time
	switch to {
	case Settled:
		settledAt, closedAt = &now, &now
	case Upheld, Removed:
		closedAt = &now
	}
	err := postgres.ExecOne(ctx, tx, `update notice_item set state = $3, settled_at = $4, closed_at = $5, version = version + 1
		where id = $1 and version = $2`, i.ID, i.Version, to, settledAt, closedAt)
	if err == nil {
		i.State, i.SettledAt = to, settledAt
		i.Version++
	}
	return err
}

// takenCases lists the cases that stand in a notice already, other than one.
func takenCases(ctx context.Context, q postgres.Querier, cases []uuid.UUID, but uuid.UUID) (map[uuid.UUID]bool, error) {
	type row struct {
		Case uuid.UUID `db:"case_id"`
	}
	rows, err := postgres.All[row](ctx, q, `select case_id from notice_item where case_id = any($1) and state <> 'removed' and notice_id <> $2`, cases, but)
	out := map[uuid.UUID]bool{}
	for _, r := range rows {
		out[r.Case] = true
	}
	return out, err
}
