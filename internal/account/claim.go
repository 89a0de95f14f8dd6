package account

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// ClaimStatus is where a claim stands.
type ClaimStatus string

// The statuses of a claim.
const (
	Waiting       ClaimStatus = "waiting"
	Confirmed     ClaimStatus = "confirmed"
	RefusedAClaim ClaimStatus = "refused"
)

// Claim is “I act for this organization”, as the subdistrict sees it.
type Claim struct {
	ID               uuid.UUID   `db:"id"`
	AccountID        uuid.UUID   `db:"account_id"`
	Role             authz.Role  `db:"role"`
	NumberKind       string      `db:"number_kind"` // credit or filing
	Number           string      `db:"number"`
	OrganizationName string      `db:"organization_name"`
	Community        string      `db:"community"`
	Subdistrict      string      `db:"subdistrict"`
	Name             string      `db:"name"`
	Status           ClaimStatus `db:"status"`
	OrganizationID   uuid.UUID   `db:"organization_id"`
	Reason           string      `db:"reason"`
	CreatedAt        time.Time   `db:"created_at"`
	DecidedAt        *time.Time  `db:"decided_at"`
	Version          int         `db:"version"`
	Username         string      `db:"username"`
	Email            string      `db:"email"`
	IDMask           string      `db:"-"` // 440310********001X, "" when none was given
	MobileMask       string      `db:"-"`
}

type claimRecord struct {
	Claim
	IDSealed     []byte `db:"id_sealed"`
	MobileSealed []byte `db:"mobile_sealed"`
}

const claimSelect = `select c.id, c.account_id, c.role, c.number_kind, c.number, c.organization_name, c.community,
	c.subdistrict, c.name, c.status, coalesce(c.organization_id, ` + noID + `) as organization_id, c.reason, c.created_at,
	c.decided_at, c.version, c.id_sealed, a.username, a.email, a.mobile_sealed
	from account_claim c join account a on a.id = c.account_id `

// fileClaim stores the claim that comes with a registration.
func (s *Service) fileClaim(ctx context.Context, tx postgres.Tx, now time.Time, r record, c checked) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	var sealed []byte
	if c.residentID != "" {
		if sealed, err = s.keys.Seal("account_claim.id", id, c.residentID); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `
		insert into account_claim (id, account_id, role, number_kind, number, organization_name, community, subdistrict, name,
			id_sealed, status, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'waiting', $11)`,
		id, r.ID, string(r.Role), c.numberKind, c.number, c.organization, r.Community, r.Subdistrict, r.Name, sealed, now)
	return err
}

// Claims lists the claims of the actor's subdistrict: those waiting, the oldest
// first, then the latest decided ones.
func (s *Service) Claims(ctx context.Context, actor authz.Actor) (list []Claim, err error) {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		rows, err := postgres.All[claimRecord](ctx, q, `
			(`+claimSelect+`where c.subdistrict = $1 and c.status = 'waiting' order by c.created_at limit 200)
			union all
			(`+claimSelect+`where c.subdistrict = $1 and c.status <> 'waiting' order by c.decided_at desc limit 50)`, actor.Subdistrict)
		for _, r := range rows {
			list = append(list, r.Claim) // masks are for the page of one claim
		}
		return err
	})
	return list, err
}

// EachClaim gives every claim of the actor's subdistrict to rows, those waiting
// first: for exports.
func (s *Service) EachClaim(ctx context.Context, actor authz.Actor, rows func(now time.Time, list []Claim) error) error {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		return postgres.Each(ctx, q, func(part []claimRecord) error {
			list := make([]Claim, len(part))
			for i, r := range part {
				list[i] = r.Claim
			}
			return rows(now, list)
		}, claimSelect+`where c.subdistrict = $1 order by c.status <> 'waiting', coalesce(c.decided_at, c.created_at) desc, c.id`, actor.Subdistrict)
	})
}

// CountClaims returns how many claims wait for the actor, for the workspace.
func (s *Service) CountClaims(ctx context.Context, actor authz.Actor) (n int, err error) {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return 0, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		return q.QueryRow(ctx, `select count(*) from account_claim where subdistrict = $1 and status = 'waiting'`, actor.Subdistrict).Scan(&n)
	})
	return n, err
}

// Claim returns one claim of the actor's subdistrict; another's is errs.NotFound.
func (s *Service) Claim(ctx context.Context, actor authz.Actor, id uuid.UUID) (c Claim, err error) {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return Claim{}, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err := postgres.One[claimRecord](ctx, q, claimSelect+`where c.id = $1 and c.subdistrict = $2`, id, actor.Subdistrict)
		if err != nil {
			return err
		}
		c, err = s.masked(r)
		return err
	})
	return c, err
}

func (s *Service) masked(r claimRecord) (Claim, error) {
	c := r.Claim
	if r.IDSealed != nil {
		number, err := s.keys.Open("account_claim.id", c.ID, r.IDSealed)
		if err != nil {
			return Claim{}, err
		}
		c.IDMask = secret.MaskResidentID(number)
	}
	if r.MobileSealed != nil {
		mobile, err := s.keys.Open("account.mobile", c.AccountID, r.MobileSealed)
		if err != nil {
			return Claim{}, err
		}
		c.MobileMask = secret.MaskMobile(mobile)
	}
	return c, nil
}

// Confirmation says which organization a claim is about. Community is where the
// registry has it.
type Confirmation struct {
	OrganizationID uuid.UUID
	Community      string
	Version        int
}

// ConfirmClaim lets the claimant act for the organization from now on. The same
// confirmation sent twice is one. A claim or an organization of another
// subdistrict is errs.NotFound; a claim decided meanwhile, an organization that
// has a head already, or an ID number on record under another name is
// errs.Conflict.
func (s *Service) ConfirmClaim(ctx context.Context, actor authz.Actor, id uuid.UUID, in Confirmation) error {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return err
	}
	regions, _, err := s.Places(ctx)
	if err != nil {
		return err
	}
	region, _ := regions.Get(in.Community)
	if in.OrganizationID == uuid.Nil || region.ParentCode != actor.Subdistrict {
		return errs.New(errs.NotFound, "没有在本街道的组织库里找到这个组织。请先登记组织，再确认账号。")
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := loadClaimForUpdate(ctx, tx, id, actor.Subdistrict)
		if err != nil {
			return err
		}
		if c.Status == Confirmed && c.OrganizationID == in.OrganizationID {
			return nil
		}
		if err := open(c.Claim, in.Version); err != nil {
			return err
		}
		p, err := s.claimant(c)
		if err != nil {
			return err
		}
		personID, err := s.EnsurePerson(ctx, tx, now, p)
		if err != nil {
			return err
		}
		if err := saveConfirmed(ctx, tx, now, c.AccountID, personID, in.OrganizationID, in.Community); err != nil {
			return err
		}
		if err := saveClaim(ctx, tx, now, c.ID, Confirmed, in.OrganizationID, "", actor.AccountID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(c.AccountID, "account.claim.confirm",
			map[string]any{"claim": id.String(), "organization": in.OrganizationID.String(), "role": string(c.Role)}))
	})
}

// RefuseClaim turns a claim down with a reason that the claimant reads at the
// next sign-in; the user name is free again.
func (s *Service) RefuseClaim(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string, version int) error {
	if err := actor.Require(authz.AccountConfirm); err != nil {
		return err
	}
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := loadClaimForUpdate(ctx, tx, id, actor.Subdistrict)
		if err != nil {
			return err
		}
		if err := open(c.Claim, version); err != nil {
			return err
		}
		r, err := loadForUpdate(ctx, tx, c.AccountID)
		if err != nil {
			return err
		}
		if err := saveStatus(ctx, tx, now, r.ID, Refused, reason, r.Version); err != nil {
			return err
		}
		if err := saveClaim(ctx, tx, now, c.ID, RefusedAClaim, uuid.Nil, reason, actor.AccountID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(c.AccountID, "account.claim.refuse",
			map[string]any{"claim": id.String(), "reason": reason}))
	})
}

// open refuses a claim that somebody has decided since the page was loaded.
func open(c Claim, version int) error {
	if c.Status != Waiting || c.Version != version {
		return errs.New(errs.Conflict, "这份登记刚刚已经办过了。请重新打开页面看结果。")
	}
	return nil
}

func checkReason(s string) (string, error) {
	s = strings.TrimSpace(s)
	switch n := utf8.RuneCountInString(s); {
	case n < 4:
		return "", errs.FieldError("reason", "理由", "理由太短。写清楚为什么，对方看得到，至少 4 个字")
	case n > 200:
		return "", errs.FieldError("reason", "理由", "理由超过 200 个字。请写短一些")
	}
	return s, nil
}

func (s *Service) claimant(c claimRecord) (p Person, err error) {
	p.Name = c.Name
	if c.IDSealed != nil {
		if p.ResidentID, err = s.keys.Open("account_claim.id", c.ID, c.IDSealed); err != nil {
			return p, err
		}
	}
	if c.MobileSealed != nil {
		p.Mobile, err = s.keys.Open("account.mobile", c.AccountID, c.MobileSealed)
	}
	return p, err
}

func loadClaimForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID, subdistrict string) (claimRecord, error) {
	return postgres.One[claimRecord](ctx, tx, claimSelect+`where c.id = $1 and c.subdistrict = $2 for update of c`, id, subdistrict)
}

func saveClaim(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, st ClaimStatus, orgID uuid.UUID, reason string, by uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `
		update account_claim set status = $2, organization_id = $3, reason = $4, decided_at = $5, decided_by = $6, version = version + 1
		where id = $1 and status = 'waiting'`, id, string(st), orNull(orgID), reason, now, by)
}
