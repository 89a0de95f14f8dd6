package roster

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Service is every act on the roster. Methods check permission and scope and
// open the transaction. They return errs.Invalid with fields for what was typed,
// *errs.Unaccepted for warnings, errs.NotFound for what is out of the actor's
// scope, errs.Conflict for a stale version.
type Service struct {
	db   *postgres.DB
	keys *secret.Keys
}

// New returns the service over db; keys seal contracts and months.
func New(db *postgres.DB, keys *secret.Keys) *Service { return &Service{db: db, keys: keys} }

// visible returns the organization when the actor holds p and has it in scope.
func visible(ctx context.Context, q postgres.Querier, actor authz.Actor, id uuid.UUID, p authz.Permission) (Organization, error) {
	if err := actor.Require(p); err != nil {
		return Organization{}, err
	}
	o, err := loadOrganization(ctx, q, id)
	if err == nil && !actor.Covers(o.place()) || errs.Is(err, errs.NotFound) {
		err = errs.New(errs.NotFound, "没有找到这个组织。可能已经删除，或不在您能查看的范围内。")
	}
	return o, err
}

// mayKnow reports whether an actor may know in which other organizations somebody
// works: offices may, an organization may not.
func mayKnow(a authz.Actor) bool { return !a.Role.OfOrganization() }

// Enter puts somebody on the roster of an organization; token makes a form sent
// twice one member.
func (s *Service) Enter(ctx context.Context, actor authz.Actor, token string, orgID uuid.UUID, in Input) (id uuid.UUID, err error) {
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := visible(ctx, tx, actor, orgID, authz.RosterEdit)
		if err != nil {
			return err
		}
		made, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			id, err := s.enter(ctx, tx, now, actor, o, in)
			return id.String(), err
		})
		if err == nil {
			id, err = uuid.Parse(made)
		}
		return err
	})
	return id, err
}

func (s *Service) enter(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in Input) (uuid.UUID, error) {
	if o.Ended {
		return uuid.Nil, errs.Newf(errs.Conflict, "%s已经注销或撤销，花名册只能查看，不能再登记人员。", o.Name)
	}
	rows := []Row{{OrgID: o.ID, Input: in}}
	out, err := s.judge(ctx, tx, now, rows, mayKnow(actor))
	if err != nil {
		return uuid.Nil, err
	}
	switch x := out[0]; {
	case len(x.Faults) > 0:
		return uuid.Nil, errs.Fields(x.Faults)
	case x.State != StateNew:
		return uuid.Nil, errs.FieldError("joined_on", "加入日期", "同一天加入的"+rows[0].Name+"已经在花名册里。要改内容，到花名册里打开这个人")
	}
	if err := errs.Accepted(out[0].Warnings, in.Accept); err != nil {
		return uuid.Nil, err
	}
	if err := s.insert(ctx, tx, now, actor, uuid.Nil, rows, out); err != nil {
		return uuid.Nil, err
	}
	return out[0].MemberID, audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: o.ID.String(), Action: "roster.enter",
		Detail: map[string]any{"member": out[0].MemberID, "person": out[0].PersonID, "accepted": in.Accept}})
}

// draft is a stay that is being changed, with its terms in clear.
type draft struct {
	Member
	Terms
}

// change runs one change of a stay: it locks the row, compares the version, lets
// alter change it and judges the whole again, all in one transaction.
func (s *Service) change(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, accept []string, action string, alter func(d *draft, now time.Time) error) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, o, err := s.lock(ctx, tx, actor, id, version)
		if err != nil {
			return err
		}
		d := draft{Member: r.Member}
		if d.Terms, err = openTerms(s.keys, id, r.Sealed); err != nil {
			return err
		}
		if err := alter(&d, now); err != nil {
			return err
		}
		stays, err := staysOf(ctx, tx, []uuid.UUID{d.PersonID})
		if err != nil {
			return err
		}
		in := d.input(d.Terms)
		faults, warnings := in.check(surroundings(civil.On(now), o, stays, id, mayKnow(actor), d.IDType != person.None))
		if err := faults.Err(); err != nil {
			return err
		}
		if err := errs.Accepted(warnings, accept); err != nil {
			return err
		}
		sealed, err := in.Terms.seal(s.keys, id)
		if err != nil {
			return err
		}
		if err := saveMember(ctx, tx, now, d.Member, sealed, version); err != nil {
			return overlapping(err)
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: o.ID.String(), Action: action,
			Detail: map[string]any{"member": id, "terms": s.keys.Digest("roster", fmt.Sprint(in.Terms)), "accepted": accept}})
	})
}

// lock returns the stay with the lock of its row when the actor may change it.
func (s *Service) lock(ctx context.Context, tx postgres.Tx, actor authz.Actor, id uuid.UUID, version int) (record, Organization, error) {
	if err := actor.Require(authz.RosterEdit); err != nil {
		return record{}, Organization{}, err
	}
	r, err := loadForUpdate(ctx, tx, id)
	if err != nil {
		return r, Organization{}, absent(err)
	}
	o, err := visible(ctx, tx, actor, r.OrgID, authz.RosterEdit)
	if err != nil {
		return r, o, absent(err)
	}
	if r.Version != version {
		return r, o, errs.New(errs.Conflict, "这个人的记录刚刚被别人改过。请核对现在的内容，再保存一次。")
	}
	return r, o, nil
}

// absent tells nothing of what is out of scope.
func absent(err error) error {
	if errs.Is(err, errs.NotFound) {
		return errs.New(errs.NotFound, "花名册里没有这个人。可能已经撤销，或不在您能查看的范围内。")
	}
	return err
}

// Facts are those of a stay that its form changes; who it is stays.
type Facts struct {
	Post          Post
	FullTime      bool
	Education     Education
	Qualification Qualification
	JoinedOn      civil.Date
}

// Change corrects the facts of a stay.
func (s *Service) Change(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, f Facts, accept []string) error {
	return s.change(ctx, actor, id, version, accept, "roster.change", func(d *draft, _ time.Time) error {
		d.Post, d.FullTime, d.Education, d.Qualification, d.JoinedOn = f.Post, f.FullTime, f.Education, f.Qualification, f.JoinedOn
		return nil
	})
}

// End records that somebody left; a zero last day takes that back.
func (s *Service) End(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, last civil.Date, why Reason, accept []string) error {
	return s.change(ctx, actor, id, version, accept, "roster.end", func(d *draft, _ time.Time) error {
		d.LeftOn, d.LeftReason = last, why
		return nil
	})
}

// AddContract adds a labour contract to a stay.
func (s *Service) AddContract(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, c Contract, accept []string) error {
	return s.change(ctx, actor, id, version, accept, "roster.contract.add", func(d *draft, _ time.Time) error {
		d.Contracts = append(d.Contracts, c)
		return nil
	})
}

// RemoveContract takes back a contract that was entered by mistake: the one that
// begins on a day.
func (s *Service) RemoveContract(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, from civil.Date, accept []string) error {
	return s.change(ctx, actor, id, version, accept, "roster.contract.remove", func(d *draft, _ time.Time) error {
		kept := d.Contracts[:0:0]
		for _, c := range d.Contracts {
			if c.From != from {
				kept = append(kept, c)
			}
		}
		if len(kept) == len(d.Contracts) {
			return errs.New(errs.NotFound, "没有这份合同。可能已经撤销。")
		}
		d.Contracts = kept
		return nil
	})
}

// Insured is what the grid of one year says: those months, paid by a payer.
type Insured struct {
	Year   int
	Months []time.Month
	Payer  Payer
	Unit   string
	All    bool // months ticked before take the payer too
}

// SaveInsured writes the months of one year; months that were on record keep
// their payer unless All is set.
func (s *Service) SaveInsured(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, in Insured, accept []string) error {
	return s.change(ctx, actor, id, version, accept, "roster.insurance", func(d *draft, _ time.Time) error {
		d.Months = in.merge(d.Months)
		return nil
	})
}

func (in Insured) merge(had []InsuredMonth) []InsuredMonth {
	known := map[civil.Month]InsuredMonth{}
	var out []InsuredMonth
	for _, x := range had {
		if x.Month.Year != in.Year {
			out = append(out, x)
		}
		known[x.Month] = x
	}
	for _, m := range in.Months {
		month := civil.Month{Year: in.Year, Month: m}
		x, had := known[month]
		if !had || in.All {
			x = InsuredMonth{Month: month, Payer: in.Payer, Unit: in.Unit}
		}
		out = append(out, x)
	}
	return out
}

// Withdraw takes back a stay that was entered by mistake.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, o, err := s.lock(ctx, tx, actor, id, version)
		if err != nil {
			return err
		}
		if err := needReason(reason); err != nil {
			return err
		}
		if err := voidMember(ctx, tx, now, r.ID, reason, version); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: o.ID.String(), Action: "roster.withdraw",
			Detail: map[string]any{"member": id}})
	})
}

// UnmaskID returns a member's document number in full and records who read it
// and why, in one writing transaction.
func (s *Service) UnmaskID(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string) (number string, err error) {
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := loadForUpdate(ctx, tx, id)
		if err != nil {
			return absent(err)
		}
		o, err := visible(ctx, tx, actor, r.OrgID, authz.SensitiveUnmask)
		if err != nil {
			return absent(err)
		}
		if err := needReason(reason); err != nil {
			return err
		}
		p, err := person.Load(ctx, tx, s.keys, r.PersonID)
		if err != nil {
			return err
		}
		if number = p.IDNumber; number == "" {
			return errs.New(errs.NotFound, "这个人的证件号码没有登记。")
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: o.ID.String(), Action: "roster.id.unmask",
			Detail: map[string]any{"member": id, "person": r.PersonID, "reason": reason}})
	})
	return number, err
}

func needReason(reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 5 || n > 200 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 200 个字，现在是 %d 个字", n))
	}
	return nil
}
