// Package importing brings records in from spreadsheets: a file is read and kept
// sealed, judged anew each time its preview is shown, written only when somebody
// confirms what was shown, and taken back as a whole while nothing depends on it.
//
// Level 6; owns import_run and import_run_row. What a row means stands in a Kind, one file each; the
// rules of a row are those of the service that writes it.
package importing

import (
	"context"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// MaxRows and MaxBytes bound one file.
const (
	MaxRows  = 20_000
	MaxBytes = 10 << 20
)

// Deps is what imports stand on.
type Deps struct {
	DB            *postgres.DB
	Keys          *secret.Keys
	Organizations *organization.Service
	Roster        *roster.Service
	Standing      *standing.Service
	Ledger        *ledger.Service
}

// Service reads, shows, confirms and undoes imports.
type Service struct {
	Deps
	kinds []Kind
}

// New returns the service with every kind.
func New(d Deps) *Service {
	return &Service{d, []Kind{organizations(d), people(d), budgets(d), grants(d), payments(d), grades(d), entries(d), trainings(d)}}
}

// Kinds are the kinds of imports in the order of pages.
func (s *Service) Kinds() []Kind { return s.kinds }

// Kind returns the kind with a key.
func (s *Service) Kind(key string) (Kind, error) {
	for _, k := range s.kinds {
		if k.Key == key {
			return k, nil
		}
	}
	return Kind{}, errs.New(errs.NotFound, "没有这种导入。从列表里选一种。")
}

// Kind is one kind of import, as data: what its columns are, and the service
// behind a row. Adding one is a file with a define and a line in New.
type Kind struct {
	Key, Name, Lead string
	Columns         []Column
	judge           judge
	plant           func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, b book, lines []*Line) ([]uuid.UUID, error)
	undo            func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error
	dependents      func(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error)
	shelf           shelf
}

// Sensitive reports whether rows of the kind hold numbers that pages mask.
func (k Kind) Sensitive() bool {
	return slices.ContainsFunc(k.Columns, func(c Column) bool { return c.Secret })
}

// Column is one column of a kind. Field is the name that faults of the service
// carry; Examples are the cells of the filled example, valid by the very rules.
type Column struct {
	Field, Name string
	Kind        sheet.Kind
	Required    bool
	Hint        string
	Choices     []string
	Examples    []string
	Secret      bool // masked wherever it is shown
}

// Verdict is what a service says of one row.
type Verdict struct {
	Record   uuid.UUID // on record already, zero for a new one
	Adopts   bool      // Record was entered by hand; the import completes it
	Differs  []string  // on record, but otherwise: nothing is taken over
	Faults   []errs.Field
	Warnings []errs.Warning
	Hints    []errs.Field // worth knowing, at their cells: the row goes in all the same
}

type judge func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, b book, lines []*Line) ([]Verdict, error)

// source is how a kind reads a row and what stands behind it.
type source[R any] struct {
	read  func(f *form.Form, b book) R
	check func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []R) ([]Verdict, error)
	plant func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, rows []R) (records []uuid.UUID, err error)
	undo  func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error
	// dependents says what stands against the undo; nil when nothing ever does.
	dependents func(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]imported.Dependent, error)
	shelf      shelf
}

// define makes a kind of its columns and its source.
func define[R any](k Kind, s source[R]) Kind {
	read := func(b book, lines []*Line) []R {
		rows := make([]R, len(lines))
		for i, l := range lines {
			f := k.form(l)
			rows[i] = s.read(f, b)
			l.reading = f.Fields()
		}
		return rows
	}
	k.judge = func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, b book, lines []*Line) ([]Verdict, error) {
		return s.check(ctx, q, now, actor, read(b, lines))
	}
	k.plant = func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID, b book, lines []*Line) ([]uuid.UUID, error) {
		return s.plant(ctx, tx, now, actor, importID, read(b, lines))
	}
	k.undo, k.dependents, k.shelf = s.undo, s.dependents, s.shelf
	return k
}

// named is a value of a closed list that people know by a Chinese name.
type named interface {
	~string
	Name() string
}

// names are the choices of a column.
func names[T named](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = v.Name()
	}
	return out
}

// pick reads a cell that holds the name of one of list; "" when it is empty.
func pick[T named](f *form.Form, field, label string, list []T) T {
	typed := f.Text(field, label)
	for _, v := range list {
		if imported.Plain(v.Name()) == imported.Plain(typed) {
			return v
		}
	}
	if typed != "" {
		f.Fail(field, label, "“"+typed+"”不在可选的里面。填下面的一项："+joined(names(list)))
	}
	return ""
}

// pickMany reads a cell that holds names of list, one after the other.
func pickMany[T named](f *form.Form, field, label string, list []T) (out []T) {
	for part := range strings.FieldsFuncSeq(f.Text(field, label), func(r rune) bool { return strings.ContainsRune("、，,；;/", r) }) {
		i := slices.IndexFunc(list, func(v T) bool { return imported.Plain(v.Name()) == imported.Plain(part) })
		if i < 0 {
			f.Fail(field, label, "“"+part+"”不在可选的里面。几项之间用顿号隔开，填下面的："+joined(names(list)))
			return nil
		}
		out = append(out, list[i])
	}
	return out
}

// count reads a number of people; an empty cell is one that nobody recorded.
func count(f *form.Form, field, label string) *int {
	if !f.Filled(field) {
		return nil
	}
	n := f.Int(field, label)
	if f.Failed(field) {
		return nil // nothing is compared with what could not be read
	}
	return &n
}

// yes reads a cell that says 是 or 否; an empty one is 否.
func yes(f *form.Form, field, label string) bool {
	switch typed := f.Text(field, label); imported.Plain(typed) {
	case "是":
		return true
	case "", "否":
	default:
		f.Fail(field, label, "“"+typed+"”不清楚。填“是”或“否”")
	}
	return false
}
