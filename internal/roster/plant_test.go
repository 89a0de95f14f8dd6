package roster_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"

	"github.com/google/uuid"
)

func (b bench) plant(t *testing.T, importID uuid.UUID, rows []roster.Row) (out []roster.Outcome) {
	t.Helper()
	if err := b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) (err error) {
		out, err = b.Plant(t.Context(), tx, now, b.bureau, importID, rows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (b bench) check(t *testing.T, rows []roster.Row) (out []roster.Outcome) {
	t.Helper()
	if err := b.db.App.Read(t.Context(), func(q postgres.Querier, now time.Time) (err error) {
		out, err = b.Check(t.Context(), q, now, b.bureau, rows)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return out
}

func (b bench) undo(t *testing.T, importID uuid.UUID) error {
	t.Helper()
	return b.db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error { return roster.UndoImport(t.Context(), tx, importID) })
}

// digest is what the tables of the roster hold, to the byte.
func (b bench) digest(t *testing.T) (s string) {
	t.Helper()
	if err := b.db.App.Pool().QueryRow(t.Context(), `select md5(concat(
		(select string_agg(m::text, ',' order by id) from roster_member m), (select string_agg(p::text, ',' order by id) from person p),
		(select string_agg(r::text, ',' order by id) from training_record r)))`).Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s
}

// residentNumber makes the n-th valid number of somebody born in the eighties.
func residentNumber(t testing.TB, n int) string {
	t.Helper()
	head := fmt.Sprintf("44031019%02d%02d%02d%03d", 80+n/1000%10, 1+n/100%10, 1+n/10%10, n%1000)
	for _, last := range "0123456789X" {
		if id, _, err := person.ParseNumber(person.ResidentID, head+string(last), today); err == nil {
			return id
		}
	}
	t.Fatal("no check digit for " + head)
	return ""
}

func TestAnImportOfPeople(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.enter(t, b.clerk, roster.Input{Name: "黄一心", Post: roster.Volunteer, JoinedOn: civil.Of(2018, 6, 1)})
	before := b.digest(t)
	row := func(alter func(in *roster.Input)) roster.Row {
		in := worker()
		alter(&in)
		return roster.Row{OrgID: b.home, Input: in}
	}
	rows := func() []roster.Row {
		return []roster.Row{
			row(func(*roster.Input) {}),
			row(func(in *roster.Input) { in.JoinedOn = civil.Of(2018, 1, 9); in.Contracts, in.Months = nil, nil }), // overlaps the first
			row(func(*roster.Input) {}), // the first once more
			row(func(in *roster.Input) { in.Name, in.IDNumber = "王大同", "11010519491231002X" }), // the head's number
			row(func(in *roster.Input) {
				*in = roster.Input{Name: "黄一心", Post: roster.Volunteer, JoinedOn: civil.Of(2018, 6, 1)}
			}),
			row(func(in *roster.Input) {
				*in = roster.Input{Name: "黄一心", IDType: person.ResidentID, IDNumber: residentNumber(t, 5), Post: roster.Volunteer, JoinedOn: civil.Of(2018, 7, 1)}
			}),
			{OrgID: b.away, Input: worker()},                                                   // full-time in a second organization
			{OrgID: uuid.Must(uuid.NewV7()), Input: worker()},                                  // no such organization
			row(func(in *roster.Input) { in.IDNumber = "　" }),                                  // nothing but a blank
			row(func(in *roster.Input) { in.Name, in.IDNumber = "李四海", "11010519491231002X" }), // known as a head
		}
	}
	want := []string{"new", "joined_on", "twin of 0: id_no", "name", "unchanged", "new namesake", "new full_time_elsewhere", "organization", "id_no", "new old"}
	tell := func(x roster.Outcome) string {
		var s []string
		switch {
		case len(x.Faults) > 0 && x.Twin >= 0:
			return fmt.Sprintf("twin of %d: %s", x.Twin, x.Faults[len(x.Faults)-1].Name)
		case len(x.Faults) > 0:
			return x.Faults[0].Name
		}
		s = append(s, map[roster.State]string{roster.StateNew: "new", roster.StateUnchanged: "unchanged", roster.StateChanged: "changed"}[x.State])
		for _, w := range x.Warnings {
			s = append(s, w.Code)
		}
		return strings.Join(s, " ")
	}
	compare := func(what string, out []roster.Outcome, want []string) {
		t.Helper()
		for i, x := range out {
			if got := tell(x); got != want[i] {
				t.Errorf("%s, row %d: %s, want %s (%v %v)", what, i, got, want[i], x.Faults, x.Warnings)
			}
		}
	}
	compare("check", b.check(t, rows()), want)
	if b.digest(t) != before {
		t.Fatal("checking wrote something")
	}
	importID := uuid.Must(uuid.NewV7())
	compare("plant", b.plant(t, importID, rows()), want)
	planted := b.digest(t)
	second := b.plant(t, uuid.Must(uuid.NewV7()), rows())
	for i, w := range want {
		if strings.HasPrefix(w, "new") && second[i].State != roster.StateUnchanged {
			t.Errorf("again, row %d: %s", i, tell(second[i]))
		}
	}
	if b.digest(t) != planted {
		t.Error("the same rows once more changed something")
	}
	changed := rows()[:1]
	changed[0].Post = roster.Secretary
	if x := b.check(t, changed)[0]; x.State != roster.StateChanged || fmt.Sprint(x.Differs) != "[职务]" {
		t.Errorf("another post: %+v", x)
	}
	if err := b.undo(t, importID); err != nil {
		t.Fatal(err)
	}
	if b.digest(t) != before {
		t.Error("undone, but not as before")
	}
}

// An import that somebody has worked on since stays.
func TestAnImportThatIsUsedStays(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	importID := uuid.Must(uuid.NewV7())
	id := b.plant(t, importID, []roster.Row{{OrgID: b.home, Input: worker()}})[0].MemberID
	if err := b.End(ctx, b.clerk, id, 1, civil.Of(2018, 11, 1), "resigned", []string{"contract_after"}); err != nil {
		t.Fatal(err)
	}
	before := b.digest(t)
	wantKind(t, "undo", b.undo(t, importID), errs.Conflict)
	if b.digest(t) != before {
		t.Error("a refused undo changed something")
	}
	// A person who has become something else stays when the rest goes.
	other := uuid.Must(uuid.NewV7())
	in := worker()
	in.Name, in.IDNumber = "王大同", residentNumber(t, 7)
	p := b.plant(t, other, []roster.Row{{OrgID: b.home, Input: in}})[0].PersonID
	if _, err := b.db.App.Pool().Exec(ctx, `update organization set head_person_id = $1 where id = $2`, p, b.away); err != nil {
		t.Fatal(err)
	}
	if err := b.undo(t, other); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := b.db.App.Pool().QueryRow(ctx, `select count(*) from person where id = $1`, p).Scan(&left); err != nil || left != 1 {
		t.Errorf("the head went with the import: %d, %v", left, err)
	}
}

func TestTrainingsOfBefore(t *testing.T) {
	t.Parallel()
	b, ctx := newBench(t), t.Context()
	member := b.enter(t, b.clerk, worker())
	before := b.digest(t)
	row := func(alter func(in *roster.TrainingInput)) roster.TrainingRow {
		r := roster.TrainingRow{OrgID: b.home, TrainingInput: roster.TrainingInput{Name: "陈小明", Kind: roster.ForStaff, Title: "项目书写作",
			HeldOn: civil.Of(2018, 5, 12), Hours: 12, CertificateNo: "PX-2018-001", Organizer: "区民政局"}}
		alter(&r.TrainingInput)
		return r
	}
	rows := func() []roster.TrainingRow {
		return []roster.TrainingRow{
			row(func(*roster.TrainingInput) {}),
			row(func(in *roster.TrainingInput) { in.CertificateNo = "" }), // the first once more
			row(func(in *roster.TrainingInput) { in.Title = "财务规范" }),     // the certificate of the first
			row(func(in *roster.TrainingInput) { in.Name = "没有的人" }),
			row(func(in *roster.TrainingInput) { in.HeldOn, in.CertificateNo = today.AddDays(1), "" }),
			row(func(in *roster.TrainingInput) { in.Hours, in.Organizer = 0, "" }),
			row(func(in *roster.TrainingInput) {
				in.Name, in.IDType, in.IDNumber, in.CertificateNo = "王大同", person.ResidentID, residentNumber(t, 9), "PX-2018-002"
			}),
		}
	}
	want := []string{"", "title", "certificate_no", "id_no", "held_on", "hours", ""}
	plant := func(id uuid.UUID) (out []roster.Outcome) {
		if err := b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			out, err = b.PlantTrainings(ctx, tx, now, b.bureau, id, rows())
			return err
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	importID := uuid.Must(uuid.NewV7())
	for i, x := range plant(importID) {
		got := ""
		if len(x.Faults) > 0 {
			got = x.Faults[0].Name
		}
		if got != want[i] {
			t.Errorf("row %d: %v, want %q", i, x.Faults, want[i])
		}
	}
	if f := b.get(t, b.clerk, member); len(f.Trainings) != 1 || f.Trainings[0].Hours != 12 {
		t.Errorf("on the member's page: %+v", f.Trainings)
	}
	planted := b.digest(t)
	if x := plant(uuid.Must(uuid.NewV7())); x[0].State != roster.StateUnchanged || x[6].State != roster.StateUnchanged || b.digest(t) != planted {
		t.Errorf("once more: %+v", x)
	}
	if err := b.undo(t, importID); err != nil || b.digest(t) != before {
		t.Errorf("undone, but not as before: %v", err)
	}
}

// 5,000 members with contracts and a year of insurance: seconds, and statements
// that do not grow with the rows.
func TestFiveThousandMembers(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	rows := func() []roster.Row {
		out := make([]roster.Row, 5000)
		for i := range out {
			in := worker()
			in.Name, in.IDNumber = fmt.Sprintf("王%c", '一'+rune(i)), residentNumber(t, i)
			out[i] = roster.Row{OrgID: []uuid.UUID{b.home, b.away}[i%2], Input: in}
		}
		return out
	}
	list := rows()
	ctx, counter := postgres.CountStatements(t.Context())
	importID, start := uuid.Must(uuid.NewV7()), time.Now()
	step := func(what string, do func(tx postgres.Tx, now time.Time) ([]roster.Outcome, error)) []roster.Outcome {
		var out []roster.Outcome
		if err := b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			out, err = do(tx, now)
			return err
		}); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		t.Logf("%s: %v, %d statements so far", what, time.Since(start).Round(time.Millisecond), counter.Count())
		start = time.Now()
		return out
	}
	step("check", func(tx postgres.Tx, now time.Time) ([]roster.Outcome, error) {
		return b.Check(ctx, tx, now, b.bureau, list)
	})
	made := step("plant", func(tx postgres.Tx, now time.Time) ([]roster.Outcome, error) {
		return b.Plant(ctx, tx, now, b.bureau, importID, list)
	})
	again := step("again", func(tx postgres.Tx, now time.Time) ([]roster.Outcome, error) {
		return b.Plant(ctx, tx, now, b.bureau, uuid.Must(uuid.NewV7()), rows())
	})
	for i := range made {
		if len(made[i].Faults) > 0 || made[i].MemberID == uuid.Nil || again[i].State != roster.StateUnchanged {
			t.Fatalf("row %d: %+v, then %+v", i, made[i], again[i])
		}
	}
	if n := counter.Count(); n > 40 {
		t.Errorf("%d statements:\n%s", n, strings.Join(counter.Statements(), "\n"))
	}
	step("undo", func(tx postgres.Tx, _ time.Time) ([]roster.Outcome, error) {
		return nil, roster.UndoImport(ctx, tx, importID)
	})
}
