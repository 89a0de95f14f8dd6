package organization

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Service is every act on the registry. Methods check permission and scope and
// open the transaction. They return errs.Invalid with fields for what was typed,
// errs.NotFound for what is out of the actor's scope, errs.Conflict for a stale
// version.
type Service struct {
	db     *postgres.DB
	keys   *secret.Keys
	follow LedgerFollows
}

// LedgerFollows brings the ledger to what imports of opening history hold now, in
// the transaction of the change.
type LedgerFollows func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, reason string, imports ...uuid.UUID) error

// OnOpened registers what keeps the ledger when opening history comes in or goes
// out; without it neither can happen.
func (s *Service) OnOpened(fn LedgerFollows) { s.follow = fn }

// New returns the service over db; keys seal numbers.
func New(db *postgres.DB, keys *secret.Keys) *Service {
	return &Service{db: db, keys: keys, follow: func(context.Context, postgres.Tx, time.Time, authz.Actor, string, ...uuid.UUID) error {
		return errors.New("organization: opening history without a ledger: OnOpened is not registered")
	}}
}

// Contexts of sealing; they bind a sealed value to its column and row.
const (
	headMobileContext    = "organization.head_mobile"
	contactMobileContext = "organization.contact_mobile"
	accountNoContext     = "payee_account.account_no"
)

// holding lets through who holds p and has the organization in scope.
func holding(p authz.Permission) func(authz.Actor, Organization) error {
	return func(a authz.Actor, o Organization) error {
		if err := a.Require(p); err != nil {
			return err
		}
		if !a.Covers(o.Place()) {
			return notFound()
		}
		return nil
	}
}

func mayRecord(a authz.Actor, o Organization) error { return holding(authz.OrganizationRecord)(a, o) }

// mayEdit keeps the record of an organization that has ended as it was: who led
// it may look, and write nothing more.
func mayEdit(a authz.Actor, o Organization) error {
	err := holding(authz.OrganizationEdit)(a, o)
	if err == nil && o.Status.Final() {
		err = errs.New(errs.Conflict, "这个组织"+o.Status.Name()+"，档案只能查看，不能再改。")
	}
	return err
}

// mayEither is for facts that both the organization and the registrar enter.
func mayEither(a authz.Actor, o Organization) error {
	if a.Can(authz.OrganizationRecord) {
		return mayRecord(a, o)
	}
	return mayEdit(a, o)
}

type allowed func(authz.Actor, Organization) error

// act does the work of one change and says what the audit trail keeps of it.
type act func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error)

// change runs one change of an organization: it locks the record, checks with
// may, does the act and writes its audit entry, all in one transaction.
func (s *Service) change(ctx context.Context, actor authz.Actor, orgID uuid.UUID, may allowed, do act) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := permitted(ctx, tx, actor, orgID, may)
		if err != nil {
			return err
		}
		return recorded(ctx, tx, now, actor, o, do)
	})
}

// create is change for what a form must not make twice.
func (s *Service) create(ctx context.Context, actor authz.Actor, orgID uuid.UUID, token string, may allowed, do act) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := permitted(ctx, tx, actor, orgID, may)
		if err != nil {
			return err
		}
		_, err = once.Do(ctx, tx, actor, token, func() (string, error) {
			return o.ID.String(), recorded(ctx, tx, now, actor, o, do)
		})
		return err
	})
}

func permitted(ctx context.Context, tx postgres.Tx, actor authz.Actor, orgID uuid.UUID, may allowed) (Organization, error) {
	o, err := loadForUpdate(ctx, tx, orgID)
	if errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	if err != nil {
		return o, err
	}
	if err := may(actor, o); err != nil {
		return o, err
	}
	if o.MergedInto != uuid.Nil {
		return o, errs.New(errs.Conflict, "这份档案已经并入同一个组织的另一份。到那一份上登记。")
	}
	return o, nil
}

func recorded(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, do act) error {
	e, err := do(tx, now, o)
	if err != nil {
		return err
	}
	e.Subject, e.SubjectID = "organization", o.ID.String()
	return audit.Record(ctx, tx, now, actor, e)
}

// office names the actor's office as records show it.
func office(actor authz.Actor, regions *district.RegionSet) string {
	switch actor.Role {
	case authz.Community:
		return regions.Name(actor.Community)
	case authz.Subdistrict:
		return regions.Name(actor.Subdistrict) + "办事处"
	}
	return "区民政局"
}

// needReason checks the reason that unmasking, corrections and withdrawals need.
func needReason(reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 5 || n > 200 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 200 个字，现在是 %d 个字", n))
	}
	return nil
}

func stale() error {
	return errs.New(errs.Conflict, "这条记录刚刚被别人改过。请核对现在的内容，再保存一次。")
}
