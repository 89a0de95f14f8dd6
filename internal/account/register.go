package account

import (
	"context"
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

// Registration is the sign-up form, as typed. Role is org_head, org_clerk or
// initiator; Number, OrganizationName and ResidentID belong to the first two,
// and a clerk may leave ResidentID empty.
type Registration struct {
	Role             authz.Role
	Number           string // credit code or filing number
	OrganizationName string
	Community        string // code
	Name             string
	ResidentID       string
	Mobile           string
	Email            string
	Username         string
	Password         string
	Token            string // the form's: sent twice makes one account
}

// Registered is what came of a registration.
type Registered struct {
	AccountID uuid.UUID
	Status    Status // Pending, or Active for an initiator
}

// Register makes an account from the sign-up form: an initiator may begin at
// once, everybody else waits for the subdistrict. All faults come back together
// as field errors; the only thing it tells about others is that a user name is
// taken.
func (s *Service) Register(ctx context.Context, actor authz.Actor, in Registration) (Registered, error) {
	regions, today, err := s.Places(ctx)
	if err != nil {
		return Registered{}, err
	}
	c, fields := checkRegistration(in, today, regions, s.Demo)
	if err := errs.Fields(fields); err != nil {
		return Registered{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Registered{}, err
	}
	hash, err := s.hasher.hash(ctx, in.Password)
	if err != nil {
		return Registered{}, err
	}
	r := record{PasswordHash: hash, Account: Account{ID: id, Username: c.username, Role: in.Role, Status: Pending,
		Name: c.name, Email: c.email, Community: in.Community, Subdistrict: c.subdistrict}}
	if r.MobileSealed, err = s.keys.Seal("account.mobile", id, c.mobile); err != nil {
		return Registered{}, err
	}
	out := Registered{AccountID: id, Status: Pending}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if same, found, err := s.repeated(ctx, tx, in.Token); err != nil || found {
			out = Registered{AccountID: same.ID, Status: same.Status}
			return err
		}
		if in.Role == authz.Initiator {
			r.Status, out.Status = Active, Active
			if r.PersonID, err = s.EnsurePerson(ctx, tx, now, Person{Name: c.name, Mobile: c.mobile}); err != nil {
				return err
			}
		}
		if err := insertAccount(ctx, tx, now, r, in.Token, uuid.Nil); err != nil {
			return err
		}
		if in.Role != authz.Initiator {
			if err := s.fileClaim(ctx, tx, now, r, c); err != nil {
				return err
			}
		}
		self := r.Actor(actor.IP)
		return audit.Record(ctx, tx, now, self, entry(id, "account.register", map[string]any{"role": string(in.Role), "community": in.Community}))
	})
	return out, err
}

// repeated finds what the same form made before. Forms of the same token take
// turns, so that a double click waits and finds.
func (s *Service) repeated(ctx context.Context, tx postgres.Tx, token string) (record, bool, error) {
	if token == "" || len(token) > 100 {
		return record{}, false, errs.New(errs.Invalid, "这个页面不完整，请刷新以后重新填写。")
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, "account:"+token); err != nil {
		return record{}, false, err
	}
	r, err := loadByToken(ctx, tx, token)
	if errs.Is(err, errs.NotFound) {
		return record{}, false, nil
	}
	return r, err == nil, err
}

// checked is a registration after its rules.
type checked struct {
	username, name, mobile, email, residentID string
	subdistrict                               string
	numberKind, number, organization          string
}

// checkRegistration applies the rules of the form, field by field in its order.
func checkRegistration(in Registration, today civil.Date, regions *district.RegionSet, demo bool) (checked, []errs.Field) {
	var c checked
	var fields []errs.Field
	fail := func(name, label, msg string) {
		fields = append(fields, errs.Field{Name: name, Label: label, Message: msg})
	}
	keep := func(name, label, value string, err error) string {
		if err != nil {
			fail(name, label, errs.Message(err))
		}
		return value
	}
	organization := in.Role.OfOrganization()
	if !organization && in.Role != authz.Initiator {
		fail("role", "您的身份", "身份没有选。选负责人、经办人或发起人")
	}
	if organization {
		c.numberKind, c.number = claimedNumber(in.Number, fail)
		name, err := identifier.ParseOrganizationName(in.OrganizationName)
		c.organization = keep("organization_name", "组织名称", name, err)
	}
	if r, found := regions.Get(in.Community); found && r.Kind == district.Community && r.In(today) {
		c.subdistrict = r.ParentCode
	} else {
		fail("community", "所在社区", "所在社区没有选。从列表里选一个")
	}
	name, err := identifier.ParsePersonName(in.Name)
	c.name = keep("name", "姓名", name, err)
	if in.Role == authz.OrgHead || organization && strings.TrimSpace(in.ResidentID) != "" {
		resident, err := identifier.ParseResidentID(in.ResidentID, today)
		c.residentID = keep("resident_id", "身份证号码", string(resident), err)
	}
	mobile, err := identifier.ParseMobile(in.Mobile)
	c.mobile = keep("mobile", "手机号码", mobile, err)
	c.email = checkEmail(in.Email, fail)
	c.username = NormalUsername(in.Username)
	if msg := usernameProblem(c.username); msg != "" {
		fail("username", "用户名", msg)
	}
	if msg := passwordProblem(in.Password, c.username, demo); msg != "" {
		fail("password", "密码", msg)
	}
	return c, fields
}

// claimedNumber tells a credit code from a filing number by which of the two it
// is; what is neither is judged as the one it looks like.
func claimedNumber(s string, fail func(name, label, msg string)) (kind, number string) {
	const name, label = "number", "统一社会信用代码或备案编号"
	if strings.TrimSpace(s) == "" {
		fail(name, label, "编号没有填。登记的组织填 18 位统一社会信用代码，备案的组织填备案编号")
		return "", ""
	}
	filing, filingErr := identifier.ParseFilingNo(s)
	if filingErr == nil {
		return "filing", filing
	}
	code, err := identifier.ParseCreditCode(s)
	if err == nil {
		return "credit", string(code)
	}
	if strings.ContainsAny(s, "备第号") {
		err = filingErr
	}
	fail(name, label, errs.Message(err))
	return "", ""
}

// checkEmail takes an optional address.
func checkEmail(s string, fail func(name, label, msg string)) string {
	if strings.TrimSpace(s) == "" {
		return ""
	}
	address, err := identifier.ParseEmail(s)
	if err != nil {
		fail("email", "电子邮箱", errs.Message(err))
	}
	return address
}

// CheckRegistration names the faults of a registration without storing it.
func (s *Service) CheckRegistration(ctx context.Context, in Registration) ([]errs.Field, error) {
	regions, today, err := s.Places(ctx)
	if err != nil {
		return nil, err
	}
	_, fields := checkRegistration(in, today, regions, s.Demo)
	return fields, nil
}
