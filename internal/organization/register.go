package organization

import (
	"context"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Register records a new organization. Warnings come as *errs.Unaccepted.
func (s *Service) Register(ctx context.Context, actor authz.Actor, in Registration) (uuid.UUID, error) {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return uuid.Nil, err
	}
	var id uuid.UUID
	err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		made, err := once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			id, err := s.register(ctx, tx, now, actor, in, false)
			return id.String(), err
		})
		if err != nil {
			return err
		}
		id, err = uuid.Parse(made)
		return err
	})
	return id, err
}

// Plant records an organization in the caller's transaction without a form: a
// filing or registration that was approved, demo data. demo marks it as invented.
// The rules are the same.
func (s *Service) Plant(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Registration, demo bool) (uuid.UUID, error) {
	return s.register(ctx, tx, now, actor, in, demo)
}

func (s *Service) register(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in Registration, demo bool) (uuid.UUID, error) {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return uuid.Nil, err
	}
	faults := in.normalise(civil.On(now), regions, nil)
	foreign(&faults, actor, in.SubdistrictCode)
	if err := errs.Fields(faults); err != nil {
		return uuid.Nil, err
	}
	head, err := s.ensureHead(ctx, tx, now, in)
	if err != nil {
		return uuid.Nil, err
	}
	if err := s.warn(ctx, tx, Organization{}, head, in); err != nil {
		return uuid.Nil, err
	}
	r, err := s.prepare(in, head, origin{demo: demo})
	if err != nil {
		return uuid.Nil, err
	}
	return r.ID, s.recordAll(ctx, tx, now, actor, []registered{r})
}

// origin is where a new record comes from besides a form.
type origin struct {
	demo     bool
	importID uuid.UUID // zero for none
}

// registered is a registration on its way into the record.
type registered struct {
	Organization
	seals sealed
	in    Registration
	from  origin
}

// prepare makes the record of a registration that has been checked.
func (s *Service) prepare(in Registration, head uuid.UUID, from origin) (r registered, err error) {
	o := Organization{ID: newID(), Origin: in.Origin, Status: Active, StatusSince: in.EstablishedOn, HeadPersonID: head, Demo: from.demo}
	in.apply(&o)
	r = registered{Organization: o, in: in, from: from}
	r.seals, err = s.sealHead(o.ID, in.HeadMobile)
	return r, err
}

// recordAll writes records with their first facts: a few statements, however
// many.
func (s *Service) recordAll(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, list []registered) error {
	if len(list) == 0 {
		return nil
	}
	if err := insertOrganizations(ctx, tx, now, list); err != nil {
		return taken(err, list[0].in)
	}
	if err := insertFirstFacts(ctx, tx, now, list, actor.AccountID, "首次登记"); err != nil {
		return err
	}
	entries := make([]audit.Entry, len(list))
	for i, r := range list {
		entries[i] = audit.Entry{Subject: "organization", SubjectID: r.ID.String(), Action: "organization.register",
			Detail: map[string]any{"head": r.HeadPersonID, "basis": r.Basis, "community": r.CommunityCode, "claim": orNull(r.in.ClaimID), "accepted": r.in.Accept, "import": orNull(r.from.importID)}}
	}
	return audit.RecordAll(ctx, tx, now, actor, entries)
}

// foreign keeps a subdistrict from recording into another one's area.
func foreign(f *errs.Faults, actor authz.Actor, subdistrict string) {
	if actor.Role == authz.Subdistrict && subdistrict != actor.Subdistrict {
		f.Add("subdistrict", "所属街道", "只能登记本街道的组织。选本街道，或请所在街道登记。")
	}
}

// apply copies what was typed onto the record; identifiers are normal by then.
func (in Registration) apply(o *Organization) {
	o.Name, o.Type, o.Basis, o.Category = in.Name, in.Type, in.Basis, in.Category
	o.USCC, o.USCCOverrideReason, o.FilingNo = in.USCC, in.USCCOverrideReason, in.FilingNo
	o.EstablishedOn, o.Registrar, o.Origin, o.HeadName = in.EstablishedOn, in.Registrar, in.Origin, in.HeadName
	if in.HeadMobile != "" {
		o.HeadMobileMask = secret.MaskMobile(in.HeadMobile)
	}
	o.SubdistrictCode, o.CommunityCode, o.Address = in.SubdistrictCode, in.CommunityCode, in.Address
	o.SupervisingUnit, o.BusinessScope, o.RegisteredCapital = in.SupervisingUnit, in.BusinessScope, in.RegisteredCapital
}

func (s *Service) ensureHead(ctx context.Context, tx postgres.Tx, now time.Time, in Registration) (uuid.UUID, error) {
	id, err := person.Ensure(ctx, tx, s.keys, now, person.Person{
		Name: in.HeadName, IDType: in.HeadIDType, IDNumber: in.HeadIDNumber, Mobile: in.HeadMobile,
	})
	if errs.Is(err, errs.Conflict) { // the number is on record under another name
		return id, errs.FieldError("head_id_no", "负责人证件号码", errs.Message(err))
	}
	return id, err
}

// warn stops on what is odd but may be right, unless it was accepted: names that
// differ only in form, a head of three organizations, another division's code.
// was is the record before, zero for a new one: what stays is not asked again.
func (s *Service) warn(ctx context.Context, tx postgres.Tx, was Organization, head uuid.UUID, in Registration) error {
	var warnings []errs.Warning
	if in.USCC != was.USCC {
		warnings = in.ownWarnings()
	}
	var similar []string
	var orgs []HeadOrg
	var err error
	if in.Name != was.Name {
		if similar, err = SimilarNames(ctx, tx, was.ID, in.Name); err != nil {
			return err
		}
	}
	if head != was.HeadPersonID {
		if orgs, err = HeadOrgsOf(ctx, tx, was.ID, head); err != nil {
			return err
		}
	}
	if len(similar) > 0 {
		message := "已经有名称相近的组织：" + strings.Join(similar, "、") + "。核对是不是同一个组织"
		warnings = append(warnings, errs.Warning{Code: "similar_name", Message: message + "；更名或合并后重新登记的，成立方式不选“新成立”。"})
	}
	if len(orgs) >= 2 { // with this one three (domain §1.5)
		names := make([]string, len(orgs))
		for i, o := range orgs {
			names[i] = o.Name
		}
		warnings = append(warnings, errs.Warning{Code: "head_of_many", Message: in.HeadName + "已经是" + strings.Join(names, "、") + "的负责人。核对是否由同一人负责。"})
	}
	return errs.Accepted(warnings, in.Accept)
}

// SimilarNames returns the names of other organizations that differ from name in
// form only, the oldest first, five at most; of those that have ended it says so.
func SimilarNames(ctx context.Context, q postgres.Querier, self uuid.UUID, name string) ([]string, error) {
	type row struct {
		Name   string `db:"name"`
		Status Status `db:"status"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select name, status from organization where name_stem = name_stem($1) and id <> $2 and merged_into is null order by established_on, id limit 5`, name, self)
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
		if r.Status != Active {
			names[i] += "（" + r.Status.Name() + "）"
		}
	}
	return names, err
}

// taken puts the violation of a unique number or name at its field.
func taken(err error, in Registration) error {
	switch {
	case postgres.Violates(err, "organization_name"):
		return errs.FieldError("name", "组织名称", "“"+in.Name+"”已经登记在库里。到组织列表里找到它，不用再建一个")
	case postgres.Violates(err, "organization_uscc"):
		return errs.FieldError("uscc", "统一社会信用代码", "代码 "+in.USCC+" 已经登记在另一个组织名下。看着证书核对")
	case postgres.Violates(err, "organization_filing_no"):
		return errs.FieldError("filing_no", "备案编号", in.FilingNo+" 已经登记在另一个组织名下。看着备案证书核对")
	case postgres.Violates(err, "organization_claim_id_key"):
		return errs.New(errs.Conflict, "这份注册申请已经建过组织。回到注册申请，直接确认即可。")
	}
	return err
}

// factsOf are the registered facts of o by field.
func factsOf(o Organization) []fact {
	return []fact{
		{"name", o.Name}, {"org_type", string(o.Type)}, {"status_basis", string(o.Basis)}, {"category", string(o.Category)},
		{"uscc", o.USCC}, {"filing_no", o.FilingNo}, {"established_on", o.EstablishedOn.String()}, {"registrar", o.Registrar},
		{"origin", string(o.Origin)}, {"status", string(o.Status)}, {"head_person_id", o.HeadPersonID.String()},
		{"head_name", o.HeadName}, {"community_code", o.CommunityCode}, {"subdistrict_code", o.SubdistrictCode},
		{"address", o.Address}, {"business_scope", o.BusinessScope}, {"supervising_unit", o.SupervisingUnit},
		{"registered_capital_fen", o.capital()},
	}
}

// capital is the registered capital as a fact keeps it: fen, "" when there is none.
func (o Organization) capital() string {
	if o.RegisteredCapital == nil {
		return ""
	}
	return strconv.FormatInt(int64(*o.RegisteredCapital), 10)
}
