package account

import (
	"context"
	"encoding/base32"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// NewAccount is an account that somebody makes for somebody else. Community,
// Subdistrict, Department and OrganizationID are read as the role needs them;
// ResidentID is optional and ties two accounts to one person.
type NewAccount struct {
	Username       string
	Name           string
	Role           authz.Role
	Community      string
	Subdistrict    string
	Department     string
	OrganizationID uuid.UUID
	ResidentID     string
	Mobile         string
	Email          string
	Token          string // the form's: sent twice makes one account and shows the same password
}

// Created is a new account with its one-time password, "" once it was changed.
type Created struct {
	Account  Account
	Password string
}

// CreateOffice makes an account for an office (system administrator only).
func (s *Service) CreateOffice(ctx context.Context, actor authz.Actor, in NewAccount) (Created, error) {
	if err := actor.Require(authz.AccountManage); err != nil {
		return Created{}, err
	}
	if !in.Role.Valid() || !in.Role.Staff() {
		return Created{}, errs.FieldError("role", "岗位", "岗位没有选。从列表里选一个")
	}
	in.OrganizationID = uuid.Nil
	return s.create(ctx, actor, in, "")
}

// InviteClerk makes an account for a clerk of the actor's organization (head
// only); organization and area are the head's own.
func (s *Service) InviteClerk(ctx context.Context, actor authz.Actor, in NewAccount) (Created, error) {
	if err := actor.Require(authz.AccountInvite); err != nil {
		return Created{}, err
	}
	var head record
	err := s.DB.InTx(ctx, func(tx postgres.Tx, _ time.Time) (err error) {
		head, err = load(ctx, tx, actor.AccountID)
		return err
	})
	if err != nil {
		return Created{}, err
	}
	in.Role, in.OrganizationID, in.Community = authz.OrgClerk, head.OrgID, head.Community
	return s.create(ctx, actor, in, "")
}

// CreateUser makes any account with a password of one's choosing: the first
// administrator of an installation, and the demo accounts. Only the system
// itself may (command line). Token may be empty.
func (s *Service) CreateUser(ctx context.Context, actor authz.Actor, in NewAccount, password string) (uuid.UUID, error) {
	if actor.Role != authz.System {
		return uuid.Nil, errs.New(errs.Forbidden, "只有系统自己能这样建账号。")
	}
	if in.Token == "" {
		in.Token = NewNonce()
	}
	if msg := passwordProblem(password, NormalUsername(in.Username), s.Demo); msg != "" {
		return uuid.Nil, errs.FieldError("password", "密码", msg)
	}
	c, err := s.create(ctx, actor, in, password)
	return c.Account.ID, err
}

// create checks, hashes and stores. Without a chosen password it makes a
// one-time one that has to be changed at the first sign-in.
func (s *Service) create(ctx context.Context, actor authz.Actor, in NewAccount, password string) (Created, error) {
	regions, today, err := s.Places(ctx)
	if err != nil {
		return Created{}, err
	}
	var departments []district.Department
	if in.Role == authz.Department {
		if departments, _, err = s.Departments(ctx); err != nil {
			return Created{}, err
		}
	}
	r, p, fields := checkNew(in, today, regions, departments)
	if err := errs.Fields(fields); err != nil {
		return Created{}, err
	}
	r.MustChange = password == ""
	if r.MustChange {
		password = s.oneTimePassword(in.Token)
	}
	if r.ID, err = uuid.NewV7(); err != nil {
		return Created{}, err
	}
	if r.PasswordHash, err = s.hasher.hash(ctx, password); err != nil {
		return Created{}, err
	}
	if p.Mobile != "" {
		if r.MobileSealed, err = s.keys.Seal("account.mobile", r.ID, p.Mobile); err != nil {
			return Created{}, err
		}
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		same, found, err := s.repeated(ctx, tx, in.Token)
		if err != nil {
			return err
		}
		if found {
			// The same form again: the same account, and its password as long as
			// it is the one-time one.
			if r = same; !same.MustChange {
				password = ""
			}
			return nil
		}
		if r.PersonID, err = s.EnsurePerson(ctx, tx, now, p); err != nil {
			return err
		}
		if err := insertAccount(ctx, tx, now, r, in.Token, actor.AccountID); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(r.ID, "account.create",
			map[string]any{"role": string(r.Role), "username": r.Username}))
	})
	return Created{Account: r.Account, Password: password}, err
}

// oneTimePassword derives a password from the form's token and the key outside
// the database, so that a repeated form shows the same one and nothing is kept.
// The ending gives it the classes that the rule asks for.
func (s *Service) oneTimePassword(token string) string {
	sum := s.keys.BlindIndex("account.one_time_password", token)
	t := strings.ToLower(base32.StdEncoding.EncodeToString(sum[:10]))
	// l, o and i look like 1 and 0 on paper; 7 and 9 stand in for two of them.
	t = strings.NewReplacer("l", "8", "o", "9", "i", "M").Replace(t)
	return t[:4] + "-" + t[4:8] + "-" + t[8:12] + "-" + t[12:16] + "K7"
}

// checkNew applies the rules to an account made for somebody else.
func checkNew(in NewAccount, today civil.Date, regions *district.RegionSet, departments []district.Department) (record, Person, []errs.Field) {
	var fields []errs.Field
	fail := func(name, label, msg string) {
		fields = append(fields, errs.Field{Name: name, Label: label, Message: msg})
	}
	r := record{Account: Account{Username: NormalUsername(in.Username), Role: in.Role, Status: Active}}
	if msg := usernameProblem(r.Username); msg != "" {
		fail("username", "用户名", msg)
	}
	var p Person
	var err error
	if p.Name, err = identifier.ParsePersonName(in.Name); err != nil {
		fail("name", "姓名", errs.Message(err))
	}
	r.Name = p.Name
	placeNew(&r, in, today, regions, departments, fail)
	if strings.TrimSpace(in.ResidentID) != "" {
		id, err := identifier.ParseResidentID(in.ResidentID, today)
		if err != nil {
			fail("resident_id", "身份证号码", errs.Message(err))
		}
		p.ResidentID = string(id)
	}
	if strings.TrimSpace(in.Mobile) != "" {
		if p.Mobile, err = identifier.ParseMobile(in.Mobile); err != nil {
			fail("mobile", "手机号码", errs.Message(err))
		}
	}
	r.Email = checkEmail(in.Email, fail)
	return r, p, fields
}

// placeNew gives the account the area, unit or organization of its role.
func placeNew(r *record, in NewAccount, today civil.Date, regions *district.RegionSet, departments []district.Department, fail func(name, label, msg string)) {
	switch in.Role {
	case authz.Community, authz.Initiator, authz.OrgHead, authz.OrgClerk:
		c, found := regions.Get(in.Community)
		if !found || c.Kind != district.Community || !c.In(today) {
			fail("community", "社区", "社区没有选。从列表里选一个")
		}
		r.Community, r.Subdistrict = c.Code, c.ParentCode
	case authz.Subdistrict:
		c, found := regions.Get(in.Subdistrict)
		if !found || c.Kind != district.Subdistrict || !c.In(today) {
			fail("subdistrict", "街道", "街道没有选。从列表里选一个")
		}
		r.Subdistrict = c.Code
	case authz.Department:
		if r.Department = in.Department; !slices.ContainsFunc(departments, func(d district.Department) bool { return d.Code == in.Department }) {
			fail("department", "业务主管单位", "单位没有选。从列表里选一个；列表里没有的，请民政局先在“业务主管单位”里登记")
		}
	}
	if in.Role.OfOrganization() {
		if r.OrgID = in.OrganizationID; r.OrgID == uuid.Nil {
			fail("organization", "组织", "没有选组织。选这个账号所属的组织")
		}
	}
}
