package person_test

import (
	"path/filepath"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const number = "440310199002280010"

type bench struct {
	db   *dbtest.DB
	keys *secret.Keys
}

func newBench(t *testing.T) bench {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return bench{dbtest.New(t), keys}
}

func (b bench) ensure(t *testing.T, p person.Person) (id uuid.UUID, err error) {
	t.Helper()
	err = b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		id, err = person.Ensure(t.Context(), tx, b.keys, now, p)
		return err
	})
	return id, err
}

func TestANumberIsOnePerson(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := person.Person{Name: "张三", IDType: person.ResidentID, IDNumber: number, Mobile: "13800001234"}
	ids := make([]uuid.UUID, 8)
	var wg sync.WaitGroup
	for i := range ids {
		wg.Go(func() {
			var err error
			if ids[i], err = b.ensure(t, p); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, id := range ids {
		if id != ids[0] {
			t.Fatalf("two persons for one number: %v", ids)
		}
	}
	p.Mobile = "13900005678"
	if _, err := b.ensure(t, p); err != nil {
		t.Fatal(err)
	}
	got, err := person.Load(t.Context(), b.db.App.Pool(), b.keys, ids[0])
	if err != nil || got != p {
		t.Errorf("loaded %+v, %v", got, err)
	}
	found, ok, err := person.Find(t.Context(), b.db.App.Pool(), b.keys, person.ResidentID, number)
	if err != nil || !ok || found != ids[0] {
		t.Errorf("found %v %v %v", found, ok, err)
	}
	if _, ok, err = person.Find(t.Context(), b.db.App.Pool(), b.keys, person.Passport, number); ok || err != nil {
		t.Errorf("the same digits on another document are somebody else: %v %v", ok, err)
	}
}

func TestNamesakesAreTwoPersons(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, err := b.ensure(t, person.Person{Name: "张三"})
	if err != nil {
		t.Fatal(err)
	}
	if second, err := b.ensure(t, person.Person{Name: "张三"}); err != nil || second == first {
		t.Errorf("second %v, %v", second, err)
	}
}

func TestANumberUnderAnotherNameIsAConflict(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	p := person.Person{Name: "张三", IDType: person.ResidentID, IDNumber: number}
	if _, err := b.ensure(t, p); err != nil {
		t.Fatal(err)
	}
	p.Name = "李四"
	if _, err := b.ensure(t, p); !errs.Is(err, errs.Conflict) {
		t.Errorf("got %v", err)
	}
	if _, err := b.ensure(t, person.Person{Name: "李四", IDNumber: number}); err == nil {
		t.Error("a number without its type was taken")
	}
}

func TestPersonsCannotBeDeleted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.ensure(t, person.Person{Name: "张三"}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.App.Pool().Exec(t.Context(), `delete from person`); err == nil {
		t.Error("portal_app deleted a person")
	}
}
