package organization

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// What a registrar has decided in a case of its own is enacted in the transaction
// of that decision: rules, history and audit entries are those of Revise,
// RecordStatus and SaveBasics. The caller has checked who may decide; versions are
// those of the moment, under the lock.

// WarningCodes are the codes of all warnings: for a decision that was taken with
// them before one's eyes.
var WarningCodes = []string{"similar_name", "head_of_many", "division"}

// RegistrationOf returns the registered facts of o as a registrar would type them.
// The head's document and mobile stay empty: they are kept.
func RegistrationOf(o Organization) Registration {
	return Registration{
		Name: o.Name, Type: o.Type, Basis: o.Basis, Category: o.Category, USCC: o.USCC, USCCOverrideReason: o.USCCOverrideReason,
		FilingNo: o.FilingNo, EstablishedOn: o.EstablishedOn, Registrar: o.Registrar, Origin: o.Origin, HeadName: o.HeadName,
		SubdistrictCode: o.SubdistrictCode, CommunityCode: o.CommunityCode, Address: o.Address,
		SupervisingUnit: o.SupervisingUnit, BusinessScope: o.BusinessScope, RegisteredCapital: o.RegisteredCapital,
	}
}

// Enact records an approved change of registered facts.
func (s *Service) Enact(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Revision) error {
	return enact(ctx, tx, now, actor, in.OrgID, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		in.Version = o.Version
		return s.revise(ctx, tx, now, actor, o, in)
	})
}

// EnactStatus records a status that follows from a decision.
func (s *Service) EnactStatus(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in StatusChange) error {
	return enact(ctx, tx, now, actor, in.OrgID, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if o.Status.Final() {
			return audit.Entry{}, errs.New(errs.Conflict, o.Name+o.Status.Name()+"，不能再办。")
		}
		in.Version = o.Version
		return stand(ctx, tx, now, actor, o, in)
	})
}

// EnactBasics records what an application told about the organization that came
// of it.
func (s *Service) EnactBasics(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Basics) error {
	return enact(ctx, tx, now, actor, in.OrgID, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		in.Version = o.Version
		return describe(ctx, tx, now, actor, o, in)
	})
}

func enact(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, org uuid.UUID, do act) error {
	o, err := permitted(ctx, tx, actor, org, func(authz.Actor, Organization) error { return nil })
	if err != nil {
		return err
	}
	return recorded(ctx, tx, now, actor, o, do)
}

// SuccessionKind is the kind of a merger.
type SuccessionKind string

// In an absorption one party goes on, in a consolidation a new one takes over
// from all.
const (
	Absorption    SuccessionKind = "absorption"
	Consolidation SuccessionKind = "consolidation"
)

// SuccessionKinds lists them in the order of forms.
var SuccessionKinds = []SuccessionKind{Absorption, Consolidation}

// Name returns the Chinese name, the raw value when unknown.
func (k SuccessionKind) Name() string {
	return named(k, map[SuccessionKind]string{Absorption: "吸收合并", Consolidation: "新设合并"})
}

// Succession is a merger as it takes effect.
type Succession struct {
	Successor    uuid.UUID
	Predecessors []uuid.UUID
	Kind         SuccessionKind
	On           civil.Date
	Reason       string // public: it stands on the timelines
}

// Succeed ends the predecessors and gives their history to the successor, which
// is no new organization from then on.
func (s *Service) Succeed(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Succession) error {
	names := make([]string, len(in.Predecessors))
	for i, id := range in.Predecessors {
		o, err := load(ctx, tx, id)
		if err != nil {
			return err
		}
		names[i] = o.Name
		if err := s.EnactStatus(ctx, tx, now, actor, StatusChange{OrgID: id, Status: Deregistered, Since: in.On, Reason: in.Reason}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into organization_succession (predecessor_id, successor_id, kind, since, recorded_at, recorded_by)
			values ($1, $2, $3, $4, $5, $6)`, id, in.Successor, in.Kind, in.On, now, actor.AccountID)
		if err != nil {
			return err
		}
	}
	return enact(ctx, tx, now, actor, in.Successor, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if o.Origin != OriginMerge {
			if err := saveOrigin(ctx, tx, now, o); err != nil {
				return audit.Entry{}, err
			}
			if err := insertFacts(ctx, tx, now, o.ID, []fact{{"origin", string(OriginMerge)}}, in.On, actor.AccountID, in.Reason); err != nil {
				return audit.Entry{}, err
			}
		}
		title := excerpt(in.Kind.Name()+"，承接"+strings.Join(names, "、"), 120)
		return audit.Entry{Action: "organization.succeed", Detail: map[string]any{"predecessors": in.Predecessors, "kind": in.Kind}},
			insertEvent(ctx, tx, now, o.ID, Event{HappenedOn: in.On, Kind: "changed", Title: title, Detail: excerpt(in.Reason, 500)})
	})
}

func saveOrigin(ctx context.Context, tx postgres.Tx, now time.Time, o Organization) error {
	return postgres.ExecOne(ctx, tx, `update organization set origin = $3, updated_at = $4, version = version + 1 where id = $1 and version = $2`,
		o.ID, o.Version, OriginMerge, now)
}

// Related is the other side of a merger.
type Related struct {
	ID        uuid.UUID      `db:"id"`
	Name      string         `db:"name"`
	Successor bool           `db:"successor"` // it took over; otherwise it was taken over
	Kind      SuccessionKind `db:"kind"`
	Since     civil.Date     `db:"since"`
}

// RelatedTo returns who took an organization over and whom it took over, the
// latest first. It is public.
func RelatedTo(ctx context.Context, q postgres.Querier, org uuid.UUID) ([]Related, error) {
	return postgres.All[Related](ctx, q, `
		select o.id, o.name, s.predecessor_id = $1 as successor, s.kind, s.since
		from organization_succession s join organization o on o.id = case when s.predecessor_id = $1 then s.successor_id else s.predecessor_id end
		where s.predecessor_id = $1 or s.successor_id = $1 order by s.since desc, o.name`, org)
}

// ByNumbers returns organizations by credit code or filing number, under the
// number that found them: one that a merged record bears finds the record that
// stays.
func ByNumbers(ctx context.Context, q postgres.Querier, numbers []string) (map[string]Organization, error) {
	type row struct {
		Organization
		Asked string `db:"asked"`
	}
	list, err := postgres.All[row](ctx, q, `
		select distinct on (n.asked) n.asked, `+columns+`
		from unnest($1::text[]) n (asked) join organization m on m.uscc = n.asked or m.filing_no = n.asked join organization o on o.id = organization_root(m.id)
		order by n.asked, m.merged_into is not null`, numbers)
	found := make(map[string]Organization, len(list))
	for _, r := range list {
		found[r.Asked] = r.Organization
	}
	return found, err
}

// NameTaken returns the living organization that bears a name, or one that differs
// in width, case and blanks only; "" when there is none.
func NameTaken(ctx context.Context, q postgres.Querier, self uuid.UUID, name string) (string, error) {
	type row struct {
		Name string `db:"name"`
	}
	rows, err := postgres.All[row](ctx, q, `select name from organization where search_text = search_key($1) and id <> $2
		and status in ('active', 'abnormal', 'merging', 'deregistering')`, name, self)
	if err != nil || len(rows) == 0 {
		return "", err
	}
	return rows[0].Name, nil
}

// CodeOf compares a credit code with the type of who is to bear it.
func CodeOf(code string, t OrgType) error { return identifier.CreditCode(code).Match(t.codeKind()) }
