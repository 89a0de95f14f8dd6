package account

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// BecomeHead makes an initiator's account the head's of the organization that
// came of the intake; it runs in the transaction of that approval. The account
// must be an active initiator's, the organization without a head: errs.Conflict.
func (s *Service) BecomeHead(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id, organizationID, personID uuid.UUID, community string) error {
	r, err := loadForUpdate(ctx, tx, id)
	if err != nil {
		return err
	}
	if r.Role != authz.Initiator || r.Status != Active {
		return errs.New(errs.Conflict, "发起人的账号已经停用，或已经用于别的组织，不能成为负责人账号。请发起人先到街道恢复账号。")
	}
	if err := saveRole(ctx, tx, now, id, authz.Initiator, authz.OrgHead, organizationID, personID, community); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, entry(id, "account.become_head", map[string]any{"organization": organizationID.String()}))
}

// Handover is a change of head that was approved.
type Handover struct {
	OrganizationID uuid.UUID
	Parties        []uuid.UUID // that end in a merger to which this one owes its being; whose account goes on comes first
	Community      string
	Numbers        []string // those under which the organization is claimed
	PersonID       uuid.UUID
	Name           string
	IDNumber       string // recognises the claim of somebody who has registered already
	Mobile         string
	Username       string // of the account that is made when the new head has none
	Stays          bool   // the old head stays as a clerk; otherwise the account closes
	Reason         string // why it closes
}

// HandedOver is what came of it. Old is zero when nobody was in office.
type HandedOver struct {
	Old, New uuid.UUID
	Username string
	Made     bool // the account is new: the subdistrict gives it its first password
}

// HandOver passes the head's account in the transaction of the approval: the old
// head is out and the new one in at the same moment, sessions of both end. The
// new head goes on with the account that person has as a clerk or in a party that
// ends, or with the one claimed for this organization; otherwise one is made that
// nobody can enter until the subdistrict has seen the person and gives a one-time
// password.
//
// A user name that is taken is errs.Invalid at head_username.
func (s *Service) HandOver(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, h Handover) (HandedOver, error) {
	members, err := postgres.All[record](ctx, tx, `select `+recordColumns+` from account a
		where a.organization_id = $1 and a.status = 'active' order by a.id for update`, h.OrganizationID)
	if err != nil {
		return HandedOver{}, err
	}
	var out HandedOver
	var next record
	for _, m := range members {
		switch {
		case m.Role == authz.OrgHead && m.PersonID == h.PersonID:
			return out, nil // in office already
		case m.Role == authz.OrgHead:
			out.Old = m.ID
			if err := s.step(ctx, tx, now, actor, m, h); err != nil {
				return out, err
			}
		case m.PersonID == h.PersonID:
			next = m
		}
	}
	if next.ID == uuid.Nil {
		if next, err = ofParties(ctx, tx, h.Parties, h.PersonID); err != nil {
			return out, err
		}
	}
	if next.ID == uuid.Nil {
		err = s.bringIn(ctx, tx, now, actor, h, &next, &out)
	} else {
		err = saveRole(ctx, tx, now, next.ID, next.Role, authz.OrgHead, h.OrganizationID, h.PersonID, h.Community)
	}
	if err != nil {
		return out, err
	}
	out.New, out.Username = next.ID, next.Username
	return out, audit.Record(ctx, tx, now, actor, entry(next.ID, "account.hand_over",
		map[string]any{"organization": h.OrganizationID.String(), "from": out.Old.String(), "made": out.Made}))
}

// ofParties is the account that a person has in one of the parties of a merger, of
// several one as head before one as clerk, in the order of the parties; the zero
// record for none.
func ofParties(ctx context.Context, tx postgres.Tx, parties []uuid.UUID, person uuid.UUID) (record, error) {
	list, err := postgres.All[record](ctx, tx, `select `+recordColumns+` from account a
		where a.organization_id = any($1) and a.person_id = $2 and a.status = 'active'
		order by a.role = 'org_head' desc, array_position($1, a.organization_id), a.id for update`, parties, person)
	if err != nil || len(list) == 0 {
		return record{}, err
	}
	return list[0], nil
}

// step takes the old head out of office.
func (s *Service) step(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, old record, h Handover) error {
	action := "account.step_down"
	err := error(nil)
	if h.Stays {
		err = saveRole(ctx, tx, now, old.ID, authz.OrgHead, authz.OrgClerk, old.OrgID, old.PersonID, old.Community)
	} else {
		action, err = "account.disable", saveStatus(ctx, tx, now, old.ID, Disabled, h.Reason, old.Version)
	}
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, entry(old.ID, action, map[string]any{"organization": h.OrganizationID.String(), "reason": h.Reason}))
}

// bringIn finds the account that the new head has claimed, or makes one.
func (s *Service) bringIn(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, h Handover, next *record, out *HandedOver) error {
	claims, err := postgres.All[claimRecord](ctx, tx, claimSelect+`where c.number = any($1) and c.status = 'waiting' and c.role = 'org_head'
		and c.name = $2 order by c.created_at for update of c`, h.Numbers, h.Name)
	if err != nil {
		return err
	}
	for _, c := range claims {
		p, err := s.claimant(c)
		if err != nil {
			return err
		}
		if p.ResidentID == "" || p.ResidentID != h.IDNumber {
			continue
		}
		next.ID, next.Username = c.AccountID, c.Username
		if err := saveConfirmed(ctx, tx, now, c.AccountID, h.PersonID, h.OrganizationID, h.Community); err != nil {
			return err
		}
		return saveClaim(ctx, tx, now, c.ID, Confirmed, h.OrganizationID, "", actor.AccountID)
	}
	out.Made = true
	return s.makeHead(ctx, tx, now, actor, h, next)
}

func (s *Service) makeHead(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, h Handover, next *record) error {
	next.Account = Account{ID: uuid.Must(uuid.NewV7()), Username: NormalUsername(h.Username), Role: authz.OrgHead, Status: Active,
		PersonID: h.PersonID, OrgID: h.OrganizationID, Community: h.Community, Subdistrict: h.Community[:min(9, len(h.Community))],
		Name: h.Name, MustChange: true}
	if msg := usernameProblem(next.Username); msg != "" {
		return errs.FieldError("head_username", "新负责人的用户名", msg)
	}
	next.PasswordHash = decoyHash // nobody knows a password that fits
	if h.Mobile != "" {
		sealed, err := s.keys.Seal("account.mobile", next.ID, h.Mobile)
		if err != nil {
			return err
		}
		next.MobileSealed = sealed
	}
	err := insertAccount(ctx, tx, now, *next, NewNonce(), actor.AccountID)
	if len(errs.FieldsOf(err)) > 0 {
		return errs.FieldError("head_username", "新负责人的用户名", "用户名“"+next.Username+"”已经有人用了。换一个")
	}
	return err
}

// UsernameFree says what stands against a user name for a new account, "" when
// nothing does at this moment.
func UsernameFree(ctx context.Context, q postgres.Querier, username string) (string, error) {
	username = NormalUsername(username)
	if msg := usernameProblem(username); msg != "" {
		return msg, nil
	}
	_, err := loadByUsername(ctx, q, username)
	switch {
	case errs.Is(err, errs.NotFound):
		return "", nil
	case err != nil:
		return "", err
	}
	return "用户名“" + username + "”已经有人用了。换一个", nil
}

// MemberOf reports whether a person acts for one of some organizations with an
// account in use.
func MemberOf(ctx context.Context, q postgres.Querier, orgs []uuid.UUID, person uuid.UUID) (yes bool, err error) {
	err = q.QueryRow(ctx, `select exists (select from account where organization_id = any($1) and person_id = $2 and status = 'active')`,
		orgs, person).Scan(&yes)
	return yes, err
}

// Relocate lets the accounts of an organization go with it to another community.
func (s *Service) Relocate(ctx context.Context, tx postgres.Tx, now time.Time, org uuid.UUID, community string) error {
	_, err := tx.Exec(ctx, `update account set community = $2, subdistrict = left($2, 9), updated_at = $3, version = version + 1
		where organization_id = $1 and community <> $2`, org, community, now)
	return err
}

// CommunityOf returns the community that an account belongs to, "" for none.
func CommunityOf(ctx context.Context, q postgres.Querier, id uuid.UUID) (community string, err error) {
	err = q.QueryRow(ctx, `select community from account where id = $1`, id).Scan(&community)
	return community, err
}

// NameOf returns the name of an account's holder.
func NameOf(ctx context.Context, q postgres.Querier, id uuid.UUID) (name string, err error) {
	err = q.QueryRow(ctx, `select name from account where id = $1`, id).Scan(&name)
	return name, err
}
