package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// typed returns what stands in a draft, sections together. Sealed controls are
// not to be read: they are sealed.
func typed(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (url.Values, error) {
	type row struct {
		Typed json.RawMessage `db:"typed"`
	}
	rows, err := postgres.All[row](ctx, q, `select typed from application_section where case_id = $1`, caseID)
	all := url.Values{}
	for _, r := range rows {
		var v url.Values
		if err := json.Unmarshal(r.Typed, &v); err != nil {
			return nil, err
		}
		for control, values := range v {
			all[control] = values
		}
	}
	return all, err
}

// people are the persons of a document by their place in it.
func people(d application.Document) map[seat]*Person {
	out := map[seat]*Person{}
	switch d := d.(type) {
	case *Founding:
		out[seat{"head", 0}] = &d.Head
		for i := range d.Initiators {
			if !d.Initiators[i].Unit {
				out[seat{"initiator", i + 1}] = &d.Initiators[i].Person
			}
		}
	case *ChangeRequest:
		if d.Head != nil {
			out[seat{"head", 0}] = d.Head
		}
	case *MergerRequest:
		if d.New != nil {
			out[seat{"head", 0}] = &d.New.Head
		}
	}
	return out
}

// seat is where a person stands in a document.
type seat struct {
	role    string
	ordinal int
}

// Contexts of sealing.
const (
	idContext     = "registry_person.id"
	mobileContext = "registry_person.mobile"
)

// keepDocument writes a document as signed; a second call for the case replaces
// it. One change, merger or deregistration lives at a time: errs.Conflict.
func keepDocument(ctx context.Context, tx postgres.Tx, keys *secret.Keys, c casework.Case, f Family, name string, d application.Document) error {
	text, err := json.Marshal(d)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into registry_case (case_id, family, organization_id, name, document) values ($1, $2, $3, $4, $5)
		on conflict (case_id) do update set name = excluded.name, document = excluded.document, version = registry_case.version + 1`,
		c.ID, f, orNull(c.OrganizationID), name, text)
	if postgres.Violates(err, "registry_case_live") {
		return errs.Wrap(errs.Conflict, "这个组织已经有一件变更、合并、注销或撤销在办。先办完或撤回那一件，再提交。", err)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from registry_person where case_id = $1`, c.ID); err != nil {
		return err
	}
	for at, p := range people(d) {
		id := uuid.Must(uuid.NewV7())
		number, err := keys.Seal(idContext, id, p.number)
		if err != nil {
			return err
		}
		var mobile []byte
		if p.mobile != "" {
			if mobile, err = keys.Seal(mobileContext, id, p.mobile); err != nil {
				return err
			}
		}
		_, err = tx.Exec(ctx, `insert into registry_person (case_id, role, ordinal, id, id_sealed, mobile_sealed) values ($1, $2, $3, $4, $5, $6)`,
			c.ID, at.role, at.ordinal, id, number, mobile)
		if err != nil {
			return err
		}
	}
	return nil
}

// blank returns an empty document of a family, to be read into.
func blank(f Family) application.Document {
	switch f {
	case Filing, Registration:
		return &Founding{}
	case Change:
		return &ChangeRequest{}
	case Merger:
		return &MergerRequest{}
	case Deregistration:
		return &EndRequest{}
	}
	return &RevocationCase{}
}

// documentOf returns the document of a case as it was signed last: a pointer to
// the type of its family, numbers masked.
func documentOf(ctx context.Context, q postgres.Querier, c casework.Case) (application.Document, error) {
	type row struct {
		Family   Family          `db:"family"`
		Document json.RawMessage `db:"document"`
	}
	r, err := postgres.One[row](ctx, q, `select family, document from registry_case where case_id = $1`, c.ID)
	if err != nil {
		return nil, err
	}
	d := blank(r.Family)
	return d, json.Unmarshal(r.Document, d)
}

// openDocument is documentOf with the numbers in clear, for the decision that
// records them.
func (s *Service) openDocument(ctx context.Context, q postgres.Querier, c casework.Case) (application.Document, error) {
	d, err := documentOf(ctx, q, c)
	if err != nil {
		return nil, err
	}
	for at, p := range people(d) {
		if err := s.unseal(ctx, q, c.ID, at, p); err != nil {
			return nil, err
		}
	}
	return d, nil
}

func (s *Service) unseal(ctx context.Context, q postgres.Querier, caseID uuid.UUID, at seat, p *Person) error {
	type row struct {
		ID     uuid.UUID `db:"id"`
		Number []byte    `db:"id_sealed"`
		Mobile []byte    `db:"mobile_sealed"`
	}
	r, err := postgres.One[row](ctx, q, `select id, id_sealed, mobile_sealed from registry_person where case_id = $1 and role = $2 and ordinal = $3`,
		caseID, at.role, at.ordinal)
	if err != nil {
		return err
	}
	if p.number, err = s.Keys.Open(idContext, r.ID, r.Number); err != nil || r.Mobile == nil {
		return err
	}
	p.mobile, err = s.Keys.Open(mobileContext, r.ID, r.Mobile)
	return err
}

// ended closes the registry's side of a case.
func ended(ctx context.Context, tx postgres.Tx, caseID, organization uuid.UUID) error {
	_, err := tx.Exec(ctx, `update registry_case set live = false, organization_id = coalesce(organization_id, $2), version = version + 1
		where case_id = $1 and live`, caseID, orNull(organization))
	return err
}

// pendingNames returns the names that other live cases ask for and that differ
// from name in form only.
func pendingNames(ctx context.Context, q postgres.Querier, caseID uuid.UUID, name string) ([]string, error) {
	rows, err := q.Query(ctx, `select name from registry_case where live and name <> '' and name_stem = name_stem($1) and case_id <> $2 order by case_id limit 5`, name, caseID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// drawn returns the next number of a kind and year. Whoever draws at the same
// time waits for the first to commit: there are no gaps.
func drawn(ctx context.Context, tx postgres.Tx, kind string, year int) (n int, err error) {
	err = tx.QueryRow(ctx, `
		insert into registry_counter (kind, year, last) values ($1, $2, 1)
		on conflict (kind, year) do update set last = registry_counter.last + 1 returning last`, kind, year).Scan(&n)
	return n, err
}

// filingNo draws a filing number. One that was recorded by hand before, from the
// time of paper, is passed over.
func filingNo(ctx context.Context, tx postgres.Tx, on civil.Date) (string, error) {
	for {
		n, err := drawn(ctx, tx, "filing", on.Year)
		if err != nil {
			return "", err
		}
		no := fmt.Sprintf("坪社备〔%d〕第%04d号", on.Year, n)
		var taken bool
		err = tx.QueryRow(ctx, `select exists (select from organization where filing_no = $1)`, no).Scan(&taken)
		if err != nil || !taken {
			return no, err
		}
	}
}

// lastActivity returns when the organization was last active, as confirmed, by
// any of its records.
func lastActivity(ctx context.Context, q postgres.Querier, org uuid.UUID) (on civil.Date, err error) {
	err = q.QueryRow(ctx, `select max(held_on) from organization_activity where org_id = any(organization_ids($1)) and confirmed_on is not null and void_on is null`, org).Scan(&on)
	return on, err
}

// unsettled is a case that stands in the way of an end.
type unsettled struct {
	No    string         `db:"no"`
	Kind  string         `db:"kind"`
	Title string         `db:"title"`
	State workflow.State `db:"state"`
	Waits authz.Role     `db:"waits_role"`
}

// openCasesSQL selects the cases of some organizations that are not finished,
// drafts included, other than one. What an office prepares against an organization
// is not told to it.
const openCasesSQL = `
	select no, kind, title, state, waits_role from case_file
	where organization_id = any(array(select unnest(organization_ids(x)) from unnest($1::uuid[]) x)) and class <> 'final' and id <> $2 and channel <> 'office' order by created_at limit 50`

// listed is an entry in force that stands in the way of an end.
type listed struct {
	Org    uuid.UUID     `db:"org_id"`
	Kind   standing.Kind `db:"kind"`
	FromOn civil.Date    `db:"from_on"`
}

const listedSQL = `
	select organization_root(org_id) as org_id, kind, from_on from standing_entry
	where org_id = any(array(select unnest(organization_ids(x)) from unnest($1::uuid[]) x)) and kind = any($2) and not void and from_on <= $3 and (to_on is null or to_on >= $3) order by from_on, id`

// pause lets an organization stand still while the case runs; a second time it
// changes nothing.
func (s *Service) pause(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, org uuid.UUID, status organization.Status) error {
	o, err := organization.Load(ctx, tx, org)
	if err != nil || o.Status == status {
		return err
	}
	if o.Status != organization.Active && o.Status != organization.Abnormal {
		return errs.Newf(errs.Conflict, "%s现在是“%s”，不能受理。先办完在办的事项。", o.Name, o.Status.Name())
	}
	if _, err := tx.Exec(ctx, `insert into registry_pause (case_id, organization_id, prior) values ($1, $2, $3)`, c.ID, org, o.Status); err != nil {
		return err
	}
	return s.Organizations.EnactStatus(ctx, tx, now, actor, organization.StatusChange{OrgID: org, Status: status, Since: civil.On(now),
		Reason: s.Cases.KindName(c.Kind) + "已受理，编号 " + c.No})
}

// resume gives the organizations of a case that came to nothing the status of
// before, unless somebody gave them another meanwhile.
func (s *Service) resume(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case) error {
	type row struct {
		Org   uuid.UUID           `db:"organization_id"`
		Prior organization.Status `db:"prior"`
	}
	rows, err := postgres.All[row](ctx, tx, `select organization_id, prior from registry_pause where case_id = $1`, c.ID)
	if err != nil {
		return err
	}
	for _, r := range rows {
		o, err := organization.Load(ctx, tx, r.Org)
		if err != nil {
			return err
		}
		if o.Status != organization.Merging && o.Status != organization.Deregistering {
			continue
		}
		err = s.Organizations.EnactStatus(ctx, tx, now, actor, organization.StatusChange{OrgID: r.Org, Status: r.Prior, Since: civil.On(now),
			Reason: c.No + "办结或撤回，恢复原来的状态"})
		if err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `delete from registry_pause where case_id = $1`, c.ID)
	return err
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}
