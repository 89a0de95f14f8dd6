package roster

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// TrainingKind is whom a training is for (policy 三(二)1(4)).
type TrainingKind string

// The two kinds.
const (
	ForLeaders TrainingKind = "leader"
	ForStaff   TrainingKind = "staff"
)

// TrainingKinds lists them in the order of forms.
var TrainingKinds = []TrainingKind{ForLeaders, ForStaff}

// Name returns the Chinese name, the raw value when unknown.
func (k TrainingKind) Name() string {
	return named(k, map[TrainingKind]string{ForLeaders: "带头人培训", ForStaff: "从业人员培训"})
}

// Training is a course that somebody has attended.
type Training struct {
	ID            uuid.UUID    `db:"id"`
	OrgID         uuid.UUID    `db:"org_id"`
	PersonID      uuid.UUID    `db:"person_id"`
	Kind          TrainingKind `db:"kind"`
	Title         string       `db:"title"`
	HeldOn        civil.Date   `db:"held_on"`
	Hours         int          `db:"hours"`
	CertificateNo string       `db:"certificate_no"`
	Organizer     string       `db:"organizer"`
}

// TrainingInput is what is entered about one attendance. The control names of its
// fields are the names in the errors.
type TrainingInput struct {
	Name          string        // name
	IDType        person.IDType // id_type
	IDNumber      string        // id_no; without one the name must be on the roster once
	Kind          TrainingKind  // kind
	Title         string        // title
	HeldOn        civil.Date    // held_on
	Hours         int           // hours
	CertificateNo string        // certificate_no; may be empty
	Organizer     string        // organizer
}

// TrainingRow is one attendance to be checked or planted.
type TrainingRow struct {
	OrgID uuid.UUID
	TrainingInput
}

// check brings what was entered to the form that is stored and judges it.
func (in *TrainingInput) check(today civil.Date) errs.Faults {
	var f errs.Faults
	name, err := identifier.ParsePersonName(in.Name)
	in.Name = errs.Take(&f, "name", "姓名", name, err)
	if in.IDNumber != "" {
		number, _, err := person.ParseNumber(in.IDType, in.IDNumber, today)
		in.IDNumber = errs.Take(&f, "id_no", "证件号码", number, err)
	} else {
		in.IDType = person.None
	}
	errs.OneOf(&f, "kind", "培训种类", in.Kind, TrainingKinds)
	f.Length("title", "培训名称", in.Title, 2, 100)
	switch {
	case in.HeldOn.IsZero():
		f.Add("held_on", "培训日期", "填培训日期，年、月、日都要填。")
	case !in.HeldOn.Valid() || in.HeldOn.Before(civil.Of(1990, 1, 1)):
		f.Add("held_on", "培训日期", "这一天不对。核对年、月、日。")
	case in.HeldOn.After(today):
		f.Add("held_on", "培训日期", in.HeldOn.Chinese()+"还没到。只记办完的培训。")
	}
	if in.Hours < 1 || in.Hours > 1000 {
		f.Add("hours", "学时", fmt.Sprintf("学时是 1 到 1000 的整数，现在是 %d。", in.Hours))
	}
	f.Length("certificate_no", "证书编号", in.CertificateNo, 0, 60)
	f.Length("organizer", "举办单位", in.Organizer, 2, 60)
	return f
}

// CheckTrainings judges rows against what is on record and writes nothing, as
// Check does. A row is StateUnchanged when the same person attended the same
// course on that day.
func (s *Service) CheckTrainings(ctx context.Context, q postgres.Querier, now time.Time, rows []TrainingRow) ([]Outcome, error) {
	t, err := s.attendances(ctx, q, now, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(rows))
	for i := range rows {
		out[i] = t.judge(i)
	}
	return out, nil
}

// PlantTrainings writes the rows that CheckTrainings calls StateNew and without
// faults, in the caller's transaction. MemberID of the outcomes is the training.
func (s *Service) PlantTrainings(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []TrainingRow) ([]Outcome, error) {
	out, err := s.CheckTrainings(ctx, tx, now, rows)
	if err != nil {
		return nil, err
	}
	if err := s.strangers(ctx, tx, now, importID, rows, out); err != nil {
		return nil, err
	}
	made := map[uuid.UUID]int{}
	var list []Training
	for i, r := range rows {
		if out[i].State != StateNew || len(out[i].Faults) > 0 {
			continue
		}
		out[i].MemberID = newID()
		made[r.OrgID]++
		list = append(list, Training{ID: out[i].MemberID, OrgID: r.OrgID, PersonID: out[i].PersonID, Kind: r.Kind, Title: r.Title, HeldOn: r.HeldOn,
			Hours: r.Hours, CertificateNo: r.CertificateNo, Organizer: r.Organizer})
	}
	if err := insertTrainings(ctx, tx, now, actor, importID, list); err != nil {
		return nil, err
	}
	var entries []audit.Entry
	for _, r := range rows {
		n := made[r.OrgID]
		if delete(made, r.OrgID); n > 0 {
			entries = append(entries, audit.Entry{Subject: "organization", SubjectID: r.OrgID.String(), Action: "training.import",
				Detail: map[string]any{"import": importID, "trainings": n}})
		}
	}
	return out, audit.RecordAll(ctx, tx, now, actor, entries)
}

// strangers makes persons of those who are on no record yet.
func (s *Service) strangers(ctx context.Context, tx postgres.Tx, now time.Time, importID uuid.UUID, rows []TrainingRow, out []Outcome) error {
	var list []person.Person
	at := map[personKey]int{}
	for i, r := range rows {
		if out[i].State != StateNew || len(out[i].Faults) > 0 || out[i].PersonID != uuid.Nil {
			continue
		}
		key := personKey{idType: r.IDType, number: r.IDNumber, numbered: true}
		if _, had := at[key]; !had {
			at[key] = len(list)
			list = append(list, person.Person{Name: r.Name, IDType: r.IDType, IDNumber: r.IDNumber})
		}
	}
	ids, err := person.AddAll(ctx, tx, s.keys, now, importID, list)
	if err != nil {
		return err
	}
	for i, r := range rows {
		if n, had := at[personKey{idType: r.IDType, number: r.IDNumber, numbered: true}]; had && out[i].PersonID == uuid.Nil {
			out[i].PersonID = ids[n]
		}
	}
	return nil
}

// attendances is what is on record about rows, read at once.
type attendances struct {
	rows    []TrainingRow
	faults  []errs.Faults
	known   []person.Known
	orgs    map[uuid.UUID]Organization
	members map[nameKey][]uuid.UUID // persons on the roster by name
	had     map[attendanceKey]Training
	certs   map[[2]string]attendanceKey
	seen    map[attendanceKey]int // rows of this check
}

type attendanceKey struct {
	org, person uuid.UUID
	stranger    personKey // who is on no record yet
	title       string    // imported.Plain of it
	on          civil.Date
}

func (s *Service) attendances(ctx context.Context, q postgres.Querier, now time.Time, rows []TrainingRow) (t attendances, err error) {
	t = attendances{rows: rows, faults: make([]errs.Faults, len(rows)), members: map[nameKey][]uuid.UUID{}, had: map[attendanceKey]Training{},
		certs: map[[2]string]attendanceKey{}, seen: map[attendanceKey]int{}}
	persons, orgs, names := make([]person.Person, len(rows)), make([]uuid.UUID, len(rows)), make([]string, len(rows))
	for i := range rows {
		t.faults[i] = rows[i].check(civil.On(now))
		persons[i] = person.Person{Name: rows[i].Name, IDType: rows[i].IDType, IDNumber: rows[i].IDNumber}
		orgs[i], names[i] = rows[i].OrgID, rows[i].Name
	}
	if t.orgs, err = loadOrganizations(ctx, q, orgs); err != nil {
		return t, err
	}
	if t.known, err = person.FindAll(ctx, q, s.keys, persons); err != nil {
		return t, err
	}
	return t, t.read(ctx, q, orgs, names)
}

func (t *attendances) read(ctx context.Context, q postgres.Querier, orgs []uuid.UUID, names []string) error {
	type onRoster struct {
		OrgID    uuid.UUID `db:"org_id"`
		Name     string    `db:"name"`
		PersonID uuid.UUID `db:"person_id"`
	}
	members, err := postgres.All[onRoster](ctx, q, `select distinct f.root as org_id, p.name, m.person_id`+from+` join `+imported.FamilySQL+` f on f.id = m.org_id
		where p.name = any($2) and m.void_on is null`, orgs, names)
	if err != nil {
		return err
	}
	for _, m := range members {
		key := nameKey{m.OrgID, m.Name}
		t.members[key] = append(t.members[key], m.PersonID)
	}
	had, err := postgres.All[Training](ctx, q, `select t.id, f.root as org_id, t.person_id, t.kind, t.title, t.held_on, t.hours, t.certificate_no, t.organizer
		from training_record t join `+imported.FamilySQL+` f on f.id = t.org_id`, orgs)
	for _, x := range had {
		key := attendanceKey{org: x.OrgID, person: x.PersonID, title: imported.Plain(x.Title), on: x.HeldOn}
		t.had[key] = x
		t.certs[certOf(x.Organizer, x.CertificateNo)] = key
	}
	return err
}

// certOf is by whom a certificate was given under which number.
func certOf(organizer, no string) [2]string {
	return [2]string{imported.Plain(organizer), imported.Plain(no)}
}

func (t *attendances) judge(i int) Outcome {
	r, f, out := t.rows[i], t.faults[i], Outcome{Twin: -1, PersonID: t.known[i].ID}
	if _, ok := t.orgs[r.OrgID]; !ok {
		f.Add("organization", "组织", "没有找到这个组织")
	}
	switch with := t.members[nameKey{r.OrgID, r.Name}]; {
	case r.IDNumber != "":
		if k := t.known[i]; k.ID != uuid.Nil && k.Name != r.Name {
			f.Add("name", "姓名", "这个证件号码已经登记在另一个姓名下。看着证件核对姓名和号码。")
		}
	case len(with) == 1:
		out.PersonID = with[0]
	case len(with) > 1:
		f.Add("id_no", "证件号码", "这个组织的花名册里有 "+fmt.Sprint(len(with))+" 个"+r.Name+"。填证件号码区分。")
	default:
		f.Add("id_no", "证件号码", "这个组织的花名册里没有"+r.Name+"。填证件号码，或先登记到花名册。")
	}
	key := attendanceKey{org: r.OrgID, person: out.PersonID, title: imported.Plain(r.Title), on: r.HeldOn}
	if out.PersonID == uuid.Nil {
		key.stranger = personKey{idType: r.IDType, number: r.IDNumber, numbered: true}
	}
	if x, had := t.had[key]; had && out.PersonID != uuid.Nil {
		out.MemberID = x.ID
		if out.Differs = r.differs(x); len(out.Differs) > 0 {
			out.State = StateChanged
		} else {
			out.State = StateUnchanged
		}
	}
	if first, had := t.seen[key]; had {
		out.Twin = first
		f.Add("title", "培训名称", "同一个人、同一天的这次培训，前面已经有一行。删去重复的一行。")
	} else {
		t.seen[key] = i
	}
	cert := certOf(r.Organizer, r.CertificateNo)
	if other, taken := t.certs[cert]; taken && r.CertificateNo != "" && other != key {
		f.Add("certificate_no", "证书编号", "这个编号的证书已经登记在另一次培训或另一个人名下。看着证书核对。")
	} else if len(f) == 0 {
		t.certs[cert] = key
	}
	out.Faults = f
	return out
}

// differs names what of an attendance on record is otherwise than entered.
func (in TrainingInput) differs(x Training) []string {
	var out []string
	for _, c := range []struct {
		label string
		same  bool
	}{{"培训种类", in.Kind == x.Kind}, {"学时", in.Hours == x.Hours}, {"证书编号", imported.Plain(in.CertificateNo) == imported.Plain(x.CertificateNo)},
		{"举办单位", imported.Plain(in.Organizer) == imported.Plain(x.Organizer)}} {
		if !c.same {
			out = append(out, c.label)
		}
	}
	return out
}

const trainingColumns = `id, org_id, person_id, kind, title, held_on, hours, certificate_no, organizer`

// trainingsOf returns the courses that somebody attended for an organization,
// newest first.
func trainingsOf(ctx context.Context, q postgres.Querier, personID, orgID uuid.UUID) ([]Training, error) {
	return postgres.All[Training](ctx, q, `select `+trainingColumns+` from training_record
		where person_id = $1 and org_id = any(organization_ids($2)) order by held_on desc, id`, personID, orgID)
}

func insertTrainings(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, list []Training) error {
	n := len(list)
	ids, orgs, persons := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n)
	kinds, titles, certs, organizers := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	held, hours := make([]civil.Date, n), make([]int, n)
	for i, x := range list {
		ids[i], orgs[i], persons[i], held[i], hours[i] = x.ID, x.OrgID, x.PersonID, x.HeldOn, x.Hours
		kinds[i], titles[i], certs[i], organizers[i] = string(x.Kind), x.Title, x.CertificateNo, x.Organizer
	}
	_, err := tx.Exec(ctx, `
		insert into training_record (id, org_id, person_id, kind, title, held_on, hours, certificate_no, organizer, import_id, recorded_at, recorded_by)
		select t.*, nullif($10::uuid, $11::uuid), $12, $13 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::int[],
			$8::text[], $9::text[]) as t`,
		ids, orgs, persons, kinds, titles, held, hours, certs, organizers, importID, uuid.Nil, now, actor.AccountID)
	return err
}
