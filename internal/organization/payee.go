package organization

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// PayeeInput is a payee account to save.
type PayeeInput struct {
	OrgID             uuid.UUID
	Replaces          uuid.UUID // the account the form was opened with, zero when none
	Kind              PayeeKind
	BankName          string
	Branch            string
	AccountName       string
	AccountNo         string // "" keeps the number of Replaces
	CNAPS             string
	AgentName         string
	AgentKind         AgentKind
	AuthorizationNote string
	Accept            []string
}

const payeesSQL = `
	select id, org_id, kind, bank_name, branch, account_name, account_no_last4, cnaps, agent_name, agent_kind,
		authorization_note, saved_at, saved_by, verified_at, version
	from payee_account where id = payee_of($1)`

// Payees returns the account to which the organization may be paid now: one or
// none. Numbers are masked. It checks no scope.
func Payees(ctx context.Context, q postgres.Querier, orgID uuid.UUID) ([]PayeeAccount, error) {
	return postgres.All[PayeeAccount](ctx, q, payeesSQL, orgID)
}

// SavePayee saves the account for payments. Every save makes a new row that has
// to be verified again: a payment names exactly the account that was checked.
func (s *Service) SavePayee(ctx context.Context, actor authz.Actor, in PayeeInput) error {
	return s.change(ctx, actor, in.OrgID, mayEdit, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		old, err := currentPayee(ctx, tx, o.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if old.ID != in.Replaces {
			return audit.Entry{}, stale()
		}
		known := old.ID != uuid.Nil
		if err := errs.Fields(in.normalise(o, known)); err != nil {
			return audit.Entry{}, err
		}
		if err := errs.Accepted(in.warnings(), in.Accept); err != nil {
			return audit.Entry{}, err
		}
		if in.AccountNo == "" {
			if in.AccountNo, err = s.accountNo(ctx, tx, old.ID); err != nil {
				return audit.Entry{}, err
			}
		}
		id := newID()
		if err := s.replacePayee(ctx, tx, now, actor, in, old.ID, id); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "organization.payee.save", Detail: map[string]any{
			"payee": id, "kind": in.Kind, "account": s.keys.Digest(accountNoContext, in.AccountNo), "replaces": orNull(old.ID),
		}}, nil
	})
}

func currentPayee(ctx context.Context, q postgres.Querier, orgID uuid.UUID) (PayeeAccount, error) {
	list, err := Payees(ctx, q, orgID)
	if err != nil || len(list) == 0 {
		return PayeeAccount{}, err
	}
	return list[0], nil
}

func (s *Service) replacePayee(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in PayeeInput, old, id uuid.UUID) error {
	sealedNo, err := s.keys.Seal(accountNoContext, id, in.AccountNo)
	if err != nil {
		return err
	}
	if old != uuid.Nil {
		if err := postgres.ExecOne(ctx, tx, `
			update payee_account set replaced_at = $2, version = version + 1 where id = $1 and replaced_at is null`, old, now); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `
		insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4,
			cnaps, agent_name, agent_kind, authorization_note, saved_at, saved_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
		id, in.OrgID, in.Kind, in.BankName, in.Branch, in.AccountName, sealedNo, s.keys.BlindIndex(accountNoContext, in.AccountNo),
		in.AccountNo[len(in.AccountNo)-4:], in.CNAPS, in.AgentName, in.AgentKind, in.AuthorizationNote, now, actor.AccountID)
	return err
}

// accountNo opens the number of one payee account.
func (s *Service) accountNo(ctx context.Context, q postgres.Querier, payee uuid.UUID) (string, error) {
	type row struct {
		No []byte `db:"account_no"`
	}
	r, err := postgres.One[row](ctx, q, `select account_no from payee_account where id = $1`, payee)
	if err != nil {
		return "", err
	}
	return s.keys.Open(accountNoContext, payee, r.No)
}

// normalise applies domain §1.5: the account is in the organization's own name,
// or an approved agent collects with an authorization.
func (in *PayeeInput) normalise(o Organization, known bool) errs.Faults {
	var f errs.Faults
	errs.OneOf(&f, "kind", "收款方式", in.Kind, []PayeeKind{OwnAccount, AgentAccount})
	if in.Kind == AgentAccount {
		f.Length("agent_name", "代收单位", in.AgentName, 2, 60)
		errs.OneOf(&f, "agent_kind", "代收单位性质", in.AgentKind, AgentKinds)
		f.Length("authorization_note", "授权书", in.AuthorizationNote, 5, 200)
	} else {
		in.AgentName, in.AgentKind, in.AuthorizationNote = "", "", ""
	}
	f.Length("bank_name", "开户银行", in.BankName, 2, 60)
	f.Length("branch", "开户支行", in.Branch, 2, 80)
	switch {
	case in.AccountName == "":
		f.Add("account_name", "户名", "填户名，和开户许可证或账户信息一致。")
	case in.Kind == OwnAccount && imported.Plain(in.AccountName) != imported.Plain(o.Name):
		f.Add("account_name", "户名", "户名“"+short(in.AccountName)+"”和组织名称“"+o.Name+"”不一致。用本组织的账户，或者改选由代收单位收款。")
	case in.Kind == AgentAccount && in.AgentName == "": // said at the agent
	case in.Kind == AgentAccount && imported.Plain(in.AccountName) != imported.Plain(in.AgentName):
		f.Add("account_name", "户名", "户名“"+short(in.AccountName)+"”和代收单位“"+short(in.AgentName)+"”不一致。核对账户信息。")
	case in.Kind == AgentAccount:
		in.AccountName = in.AgentName
	default:
		in.AccountName = o.Name
	}
	if in.AccountNo != "" || !known {
		in.AccountNo = take1(&f, "account_no", "账号", in.AccountNo, identifier.ParseCorporateAccount)
	}
	in.CNAPS = strings.Join(strings.Fields(in.CNAPS), "")
	if in.CNAPS != "" && (len(in.CNAPS) != 12 || strings.Trim(in.CNAPS, "0123456789") != "") {
		f.Add("cnaps", "联行号", "联行号是 12 位数字，现在填的不是。不清楚的可以不填。")
	}
	return f
}

// warnings notices what looks like a person's card: a grant goes to no private
// account. Some settlement cards of units begin the same way.
func (in PayeeInput) warnings() []errs.Warning {
	if _, err := identifier.ParsePersonalCard(in.AccountNo); err == nil && strings.HasPrefix(in.AccountNo, "62") {
		return []errs.Warning{{Code: "card", Message: "账号像是个人银行卡号（62 开头）。资助款只付给单位账户，核对是不是单位的账号或单位结算卡。"}}
	}
	return nil
}

// VerifyPayee records that finance compared the account with its proof. Who
// saved it cannot verify it.
func (s *Service) VerifyPayee(ctx context.Context, actor authz.Actor, orgID, payee uuid.UUID) error {
	return s.change(ctx, actor, orgID, holding(authz.AccountNumberUnmask), func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		p, err := currentPayee(ctx, tx, o.ID)
		switch {
		case err != nil:
			return audit.Entry{}, err
		case p.ID != payee:
			return audit.Entry{}, stale()
		case p.VerifiedAt != nil:
			return audit.Entry{}, errs.New(errs.Conflict, "这个账户已经核验过。")
		}
		err = postgres.ExecOne(ctx, tx, `
			update payee_account set verified_at = $3, verified_by = $4, version = version + 1
			where id = $1 and version = $2`, p.ID, p.Version, now, actor.AccountID)
		return audit.Entry{Action: "organization.payee.verify", Detail: map[string]any{"payee": p.ID}}, err
	})
}

// UnmaskAccount returns the payee account's number in full and records who read it and
// why. It runs in a writing transaction: no reading without its entry.
func (s *Service) UnmaskAccount(ctx context.Context, actor authz.Actor, orgID uuid.UUID, reason string) (number string, err error) {
	err = s.change(ctx, actor, orgID, holding(authz.AccountNumberUnmask), func(tx postgres.Tx, _ time.Time, o Organization) (audit.Entry, error) {
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		p, err := currentPayee(ctx, tx, o.ID)
		if err != nil {
			return audit.Entry{}, err
		}
		if p.ID == uuid.Nil {
			return audit.Entry{}, errs.New(errs.NotFound, "这个组织还没有填收款账户。")
		}
		number, err = s.accountNo(ctx, tx, p.ID)
		return audit.Entry{Action: "organization.payee.unmask", Detail: map[string]any{"payee": p.ID, "reason": reason}}, err
	})
	return number, err
}
