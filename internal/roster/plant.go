package roster

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Row is one member to be checked or planted.
type Row struct {
	OrgID uuid.UUID
	Input
}

// State says what a row is beside what is on record.
type State int

// The states. StateChanged rows are never planted: an import takes nothing over.
const (
	StateNew       State = iota
	StateUnchanged       // the same stay with the same content is on record
	StateChanged         // the same stay is on record, but Differs
)

// Outcome is the answer about one row, at its place.
type Outcome struct {
	State    State
	MemberID uuid.UUID // on record, or planted
	PersonID uuid.UUID // on record, or planted; zero for a person not yet known
	Differs  []string  // StateChanged: what is otherwise, in Chinese
	Twin     int       // an earlier row about the same stay, -1 for none; it is a fault too
	Faults   []errs.Field
	Warnings []errs.Warning
}

// Check judges rows against what is on record and against each other, and writes
// nothing. Actor decides whether warnings name other organizations. Four
// statements however many rows. Scope and permission are the caller's.
func (s *Service) Check(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []Row) ([]Outcome, error) {
	return s.judge(ctx, q, now, rows, mayKnow(actor))
}

// Plant writes the rows that Check calls StateNew and without faults, in the caller's
// transaction; warnings do not stop it: the caller has shown them. Rows carry
// importID, uuid.Nil for none. A second call with the same rows writes nothing.
func (s *Service) Plant(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []Row) ([]Outcome, error) {
	out, err := s.judge(ctx, tx, now, rows, mayKnow(actor))
	if err != nil {
		return nil, err
	}
	if err := s.insert(ctx, tx, now, actor, importID, rows, out); err != nil {
		return nil, err
	}
	made := map[uuid.UUID]int{}
	var order []uuid.UUID
	for i, x := range out {
		if x.State == StateNew && len(x.Faults) == 0 {
			if made[rows[i].OrgID] == 0 {
				order = append(order, rows[i].OrgID)
			}
			made[rows[i].OrgID]++
		}
	}
	entries := make([]audit.Entry, len(order))
	for i, org := range order {
		entries[i] = audit.Entry{Subject: "organization", SubjectID: org.String(), Action: "roster.import", Detail: map[string]any{"import": importID, "members": made[org]}}
	}
	return out, audit.RecordAll(ctx, tx, now, actor, entries)
}

// book is what is on record about the rows, read at once.
type book struct {
	orgs   map[uuid.UUID]Organization
	known  []person.Known            // by row
	stays  map[uuid.UUID][]elsewhere // by person
	names  map[nameKey][]namesake    // by organization and name
	sealed map[uuid.UUID][]byte      // terms by stay
}

type nameKey struct {
	org  uuid.UUID
	name string
}

// namesake is a stay of somebody of a name.
type namesake struct {
	elsewhere
	Sealed   []byte `db:"terms"`
	Numbered bool   `db:"numbered"` // the document number is on record
}

// judge answers for every row; it also normalizes the rows.
func (s *Service) judge(ctx context.Context, q postgres.Querier, now time.Time, rows []Row, named bool) ([]Outcome, error) {
	today := civil.On(now)
	for i := range rows { // to the form by which persons are found; faults are noted below
		if n, _, err := person.ParseNumber(rows[i].IDType, rows[i].IDNumber, today); err == nil {
			rows[i].IDNumber = n
		}
		if n, err := identifier.ParsePersonName(rows[i].Name); err == nil {
			rows[i].Name = n
		}
	}
	b, err := s.open(ctx, q, rows)
	if err != nil {
		return nil, err
	}
	out := make([]Outcome, len(rows))
	seen := newCompany()
	for i := range rows {
		if out[i], err = s.judgeRow(b, seen, i, &rows[i], today, named); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (s *Service) open(ctx context.Context, q postgres.Querier, rows []Row) (b book, err error) {
	var orgs []uuid.UUID
	persons := make([]person.Person, len(rows))
	had := map[uuid.UUID]bool{}
	for i, r := range rows {
		persons[i] = person.Person{Name: r.Name, IDType: r.IDType, IDNumber: r.IDNumber}
		if !had[r.OrgID] {
			had[r.OrgID] = true
			orgs = append(orgs, r.OrgID)
		}
	}
	if b.orgs, err = loadOrganizations(ctx, q, orgs); err != nil {
		return b, err
	}
	if b.known, err = person.FindAll(ctx, q, s.keys, persons); err != nil {
		return b, err
	}
	var ids []uuid.UUID
	for _, k := range b.known {
		if k.ID != uuid.Nil {
			ids = append(ids, k.ID)
		}
	}
	names := make([]string, len(rows))
	for i, r := range rows {
		names[i] = r.Name
	}
	return b, b.read(ctx, q, orgs, ids, names)
}

// read gathers the stays of known persons everywhere, and in the organizations
// of everybody with one of the names.
func (b *book) read(ctx context.Context, q postgres.Querier, orgs, persons []uuid.UUID, names []string) error {
	rows, err := postgres.All[namesake](ctx, q, `select `+columns+`, o.name as org_name, m.terms, p.id_index is not null as numbered`+from+`
		join organization o on o.id = m.org_id
		where m.void_on is null and (m.person_id = any($1) or (m.org_id = any($2) and p.name = any($3)))`, persons, orgs, names)
	b.stays, b.names, b.sealed = map[uuid.UUID][]elsewhere{}, map[nameKey][]namesake{}, make(map[uuid.UUID][]byte, len(rows))
	for _, r := range rows {
		b.sealed[r.ID] = r.Sealed
		if r.Numbered {
			b.stays[r.PersonID] = append(b.stays[r.PersonID], r.elsewhere)
		}
		key := nameKey{r.OrgID, r.Name}
		b.names[key] = append(b.names[key], r)
	}
	return err
}

// judgeRow answers for row i; company is what earlier rows would make.
func (s *Service) judgeRow(b book, c company, i int, r *Row, today civil.Date, named bool) (Outcome, error) {
	out := Outcome{Twin: -1, PersonID: b.known[i].ID}
	o, ok := b.orgs[r.OrgID]
	if !ok {
		out.Faults = errs.Faults{{Name: "organization", Label: "组织", Message: "没有找到这个组织"}}
		return out, nil
	}
	stays, doubtful := b.staysOf(i, r)
	same, found := sameStay(stays, r)
	if found {
		out.MemberID, out.PersonID = same.ID, same.PersonID
	}
	others := append(append([]elsewhere(nil), stays...), c.of(r)...)
	faults, warnings := r.check(surroundings(today, o, others, out.MemberID, named, false))
	if doubtful && !found {
		warnings = append(warnings, errs.Warning{Code: "namesake", Message: "花名册里已经有一个" + r.Name + "，一个登记了证件号码，一个没有。核对是不是同一个人；是同一个人的，不要再登记。"})
	}
	if k := b.known[i]; k.ID != uuid.Nil && k.Name != r.Name {
		faults.Add("name", "姓名", "这个证件号码已经登记在另一个姓名下。看着证件核对姓名和号码。")
	}
	if twin := c.add(i, r, o, &faults); twin >= 0 {
		out.Twin = twin
	}
	out.Faults, out.Warnings = faults, warnings
	if !found || len(faults) > 0 {
		return out, nil
	}
	terms, err := openTerms(s.keys, same.ID, b.sealed[same.ID])
	if err != nil {
		return out, err
	}
	if out.Differs = r.differs(same.Member, terms); len(out.Differs) > 0 {
		out.State = StateChanged
	} else {
		out.State = StateUnchanged
	}
	return out, nil
}

// staysOf returns the stays of the person of row i. Without a number that is
// whoever has the name in the organization and no number either. doubtful is set
// when one of the name is there at the time of whom only one side gives a number.
func (b book) staysOf(i int, r *Row) (stays []elsewhere, doubtful bool) {
	if r.IDNumber != "" {
		stays = b.stays[b.known[i].ID]
	}
	for _, m := range b.names[nameKey{r.OrgID, r.Name}] {
		switch {
		case m.Numbered != (r.IDNumber != ""):
			doubtful = doubtful || m.overlaps(r.JoinedOn, r.LeftOn)
		case !m.Numbered:
			stays = append(stays, m.elsewhere)
		}
	}
	return stays, doubtful
}

// sameStay finds the stay on record that a row is about: it begins on the same
// day in the same organization.
func sameStay(stays []elsewhere, r *Row) (elsewhere, bool) {
	for _, m := range stays {
		if m.OrgID == r.OrgID && m.JoinedOn == r.JoinedOn {
			return m, true
		}
	}
	return elsewhere{}, false
}

// surroundings sorts the stays of a person into those here and elsewhere; self
// is the stay itself.
func surroundings(today civil.Date, o Organization, stays []elsewhere, self uuid.UUID, named, documented bool) around {
	a := around{today: today, establishedOn: o.EstablishedOn, named: named, documented: documented}
	for _, m := range stays {
		switch {
		case m.ID == self && self != uuid.Nil:
		case m.OrgID == o.ID:
			a.here = append(a.here, m.Member)
		default:
			a.elsewhere = append(a.elsewhere, m)
		}
	}
	return a
}

// company is who the earlier rows of one check bring.
type company struct {
	first map[stayKey]int
	stays map[personKey][]elsewhere
}

type personKey struct {
	idType   person.IDType
	number   string
	org      uuid.UUID // of persons without a number: a name means nobody elsewhere
	name     string
	numbered bool
}

type stayKey struct {
	personKey
	in     uuid.UUID
	joined civil.Date
}

func newCompany() company { return company{map[stayKey]int{}, map[personKey][]elsewhere{}} }

func keyOf(r *Row) personKey {
	if r.IDNumber != "" {
		return personKey{idType: r.IDType, number: r.IDNumber, numbered: true}
	}
	return personKey{org: r.OrgID, name: r.Name}
}

// of returns what earlier rows say of the person of r, apart from the same stay.
func (c company) of(r *Row) []elsewhere {
	var out []elsewhere
	for _, m := range c.stays[keyOf(r)] {
		if m.OrgID != r.OrgID || m.JoinedOn != r.JoinedOn {
			out = append(out, m)
		}
	}
	return out
}

// add notes row i, or the fault that an earlier row is about the same stay.
func (c company) add(i int, r *Row, o Organization, f *errs.Faults) (twin int) {
	key := stayKey{keyOf(r), r.OrgID, r.JoinedOn}
	if first, had := c.first[key]; had {
		f.Add("id_no", "证件号码", "同一个人、同一天加入，前面已经有一行。删去重复的一行。")
		return first
	}
	if len(*f) == 0 {
		c.first[key] = i
		c.stays[key.personKey] = append(c.stays[key.personKey], elsewhere{OrgName: o.Name, Member: Member{OrgID: r.OrgID, Name: r.Name,
			FullTime: r.FullTime, JoinedOn: r.JoinedOn, LeftOn: r.LeftOn}})
	}
	return -1
}

// insert writes the new rows with the persons that are not yet known.
func (s *Service) insert(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []Row, out []Outcome) error {
	var unknown []person.Person
	place := map[personKey]int{} // in unknown
	for i := range rows {
		if key := keyOf(&rows[i]); out[i].State == StateNew && len(out[i].Faults) == 0 && out[i].PersonID == uuid.Nil {
			if _, had := place[key]; !had {
				place[key] = len(unknown)
				unknown = append(unknown, person.Person{Name: rows[i].Name, IDType: rows[i].IDType, IDNumber: rows[i].IDNumber})
			}
		}
	}
	ids, err := person.AddAll(ctx, tx, s.keys, now, importID, unknown)
	if err != nil {
		return err
	}
	var list []planted
	for i, r := range rows {
		if out[i].State != StateNew || len(out[i].Faults) > 0 {
			continue
		}
		if out[i].PersonID == uuid.Nil {
			out[i].PersonID = ids[place[keyOf(&rows[i])]]
		}
		p := planted{Member: Member{ID: newID(), OrgID: r.OrgID, PersonID: out[i].PersonID, Post: r.Post, FullTime: r.FullTime, Education: r.Education,
			Qualification: r.Qualification, JoinedOn: r.JoinedOn, LeftOn: r.LeftOn, LeftReason: r.LeftReason}}
		if importID != uuid.Nil {
			p.importID = &importID
		}
		if p.sealed, err = r.Terms.seal(s.keys, p.ID); err != nil {
			return err
		}
		out[i].MemberID = p.ID
		list = append(list, p)
	}
	return overlapping(insertMembers(ctx, tx, now, actor, list))
}
