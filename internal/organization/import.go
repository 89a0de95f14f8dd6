package organization

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// RegistrationRow is one row of an import of organizations: what is registered, and
// what the organization tells about itself, of which only the file knows so far.
type RegistrationRow struct {
	Registration
	Told Basics
}

// RegistrationCheck is the answer about one row of an import of organizations. ID
// is the organization on record that the row is about, zero for a new one;
// Differs names what is on record otherwise: an import takes nothing over, and an
// empty cell says nothing. Hints are worth knowing and stop nothing.
type RegistrationCheck struct {
	ID       uuid.UUID
	Differs  []string
	Faults   errs.Faults
	Warnings []errs.Warning
	Hints    []errs.Field

	head uuid.UUID // who has the head's number on record
}

// CheckRegistrations judges rows under the rules of Register against what is on
// record and against each other, and writes nothing: a handful of statements,
// however many rows. It normalizes the rows.
func (s *Service) CheckRegistrations(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []RegistrationRow) ([]RegistrationCheck, error) {
	regions, err := district.Regions(ctx, q)
	if err != nil {
		return nil, err
	}
	out := make([]RegistrationCheck, len(rows))
	heads := make([]person.Person, len(rows))
	for i := range rows {
		out[i].Faults = rows[i].normalise(civil.On(now), regions, nil)
		foreign(&out[i].Faults, actor, rows[i].SubdistrictCode)
		out[i].Faults = append(out[i].Faults, rows[i].Told.faults()...)
		rows[i].Told.ServiceTargets = inListOrder(rows[i].Told.ServiceTargets)
		heads[i] = person.Person{Name: rows[i].HeadName, IDType: rows[i].HeadIDType, IDNumber: rows[i].HeadIDNumber}
	}
	known, err := person.FindAll(ctx, q, s.keys, heads)
	if err != nil {
		return nil, err
	}
	b, err := openRegistry(ctx, q, rows, known)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out[i].head = known[i].ID
		if known[i].ID != uuid.Nil && known[i].Name != rows[i].HeadName {
			out[i].Faults.Add("head_id_no", "负责人证件号码", "这个证件号码已经登记在另一个姓名下。看着证件核对姓名和号码。")
		}
		b.judge(i, rows[i], &out[i])
	}
	return out, nil
}

// PlantRegistrations records the organizations of an import in the caller's
// transaction, under the rules of CheckRegistrations; those on record stay, and
// warnings do not stop it: the caller has shown them. A fault is errs.Conflict.
// The ids come by row, and the statements are a dozen however many rows.
func (s *Service) PlantRegistrations(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []RegistrationRow) ([]uuid.UUID, error) {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return nil, err
	}
	checks, err := s.CheckRegistrations(ctx, tx, now, actor, rows)
	if err != nil {
		return nil, err
	}
	heads, err := s.plantHeads(ctx, tx, now, importID, rows, checks)
	if err != nil {
		return nil, err
	}
	ids := make([]uuid.UUID, len(rows))
	var fresh []registered
	for i, in := range rows {
		if ids[i] = checks[i].ID; ids[i] != uuid.Nil {
			continue
		}
		r, err := s.prepare(in.Registration, heads[i], origin{importID: importID})
		if err != nil {
			return nil, err
		}
		in.Told.apply(&r.Organization)
		ids[i] = r.ID
		fresh = append(fresh, r)
	}
	if err = s.recordAll(ctx, tx, now, actor, fresh); err == nil {
		err = insertTold(ctx, tx, now, fresh, actor.AccountID)
	}
	if errs.Is(err, errs.Invalid) || errs.Is(err, errs.Conflict) {
		return nil, errs.Wrap(errs.Conflict, "刚刚有人登记了同名的组织或同样的编号。请重新核对预览。", err)
	}
	return ids, err
}

// plantHeads returns the heads by row; who is on no record is put there.
func (s *Service) plantHeads(ctx context.Context, tx postgres.Tx, now time.Time, importID uuid.UUID, rows []RegistrationRow, checks []RegistrationCheck) ([]uuid.UUID, error) {
	heads := make([]uuid.UUID, len(rows))
	var fresh []person.Person
	at := map[person.Person]int{}
	key := func(r RegistrationRow) person.Person {
		return person.Person{Name: r.HeadName, IDType: r.HeadIDType, IDNumber: r.HeadIDNumber}
	}
	for i, c := range checks {
		if len(c.Faults) > 0 {
			return nil, imported.Overtaken(c.Faults[0])
		}
		heads[i] = c.head
		if _, had := at[key(rows[i])]; c.head == uuid.Nil && c.ID == uuid.Nil && !had {
			at[key(rows[i])] = len(fresh)
			fresh = append(fresh, key(rows[i]))
		}
	}
	ids, err := person.AddAll(ctx, tx, s.keys, now, importID, fresh)
	if errs.Is(postgres.Translate(err), errs.Conflict) {
		return nil, errs.Wrap(errs.Conflict, "有负责人的证件号码刚刚登记过，或在文件里用了两个姓名。请重新核对预览。", err)
	}
	for i := range rows {
		if n, had := at[key(rows[i])]; err == nil && had && heads[i] == uuid.Nil {
			heads[i] = ids[n]
		}
	}
	return heads, err
}
