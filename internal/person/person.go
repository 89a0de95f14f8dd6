// Package person has one row per natural person, whatever they are: head,
// council member, worker, expert, official, account holder. Level 3; owns the
// table person.
//
// Separation of duties compares person ids: two accounts of one person are one
// pair of eyes. A person is recognised by the document number alone, through a
// keyed digest; without a number a new row is made, because two people may well
// share a name. The package does not decide who may read a number.
package person

import (
	"context"
	"errors"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// IDType is the kind of document that identifies a person (domain §11).
type IDType string

// The documents taken. None goes with an empty number.
const (
	None             IDType = ""
	ResidentID       IDType = "resident"          // 居民身份证
	ResidencePermit  IDType = "residence_permit"  // 港澳台居民居住证
	Passport         IDType = "passport"          // 护照
	ForeignPermanent IDType = "foreign_permanent" // 外国人永久居留身份证
)

// IDTypes lists the documents in the order of forms.
var IDTypes = []IDType{ResidentID, ResidencePermit, Passport, ForeignPermanent}

var idTypeNames = map[IDType]string{ResidentID: "居民身份证", ResidencePermit: "港澳台居民居住证", Passport: "护照", ForeignPermanent: "外国人永久居留身份证"}

// Name returns the Chinese name, the raw value when unknown.
func (t IDType) Name() string {
	if n, ok := idTypeNames[t]; ok {
		return n
	}
	return string(t)
}

// ParseNumber reads the number of a document of type t: its normal form, and the
// date of birth where the number carries one. A failure is errs.Invalid with a
// message fit for the field.
func ParseNumber(t IDType, s string, today civil.Date) (number string, born civil.Date, err error) {
	switch t {
	case ResidentID, ResidencePermit:
		id, err := identifier.ParseResidentID(s, today)
		if err != nil {
			return "", born, err
		}
		if permit := strings.HasPrefix(string(id), "8"); permit != (t == ResidencePermit) {
			return "", born, errs.New(errs.Invalid, "号码和所选的证件类型不一致。8 开头的是港澳台居民居住证，其他是居民身份证。")
		}
		return string(id), id.Birth(), nil
	case Passport, ForeignPermanent:
		id := strings.ToUpper(strings.Join(strings.Fields(s), ""))
		if len(id) < 5 || len(id) > 20 || strings.Trim(id, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return "", born, errs.New(errs.Invalid, "这种证件的号码是 5 到 20 位字母和数字。看着证件重新填。")
		}
		return id, born, nil
	}
	return "", born, errs.New(errs.Invalid, "先选证件类型，再填号码。")
}

// Person is what is known of somebody. IDNumber and Mobile are normalised by the
// caller (package identifier) and stored sealed.
type Person struct {
	Name     string
	IDType   IDType
	IDNumber string
	Mobile   string
}

// Contexts of sealing; they bind a sealed value to its column and row.
const (
	idContext     = "person.id"
	mobileContext = "person.mobile"
)

// Ensure returns the person with p's document number, or a new one when there is
// none or no number is given. A known person's mobile is brought up to date.
// It must run in the transaction that records why the person matters. A number
// that is on record under another name is errs.Conflict: one of the two is wrong
// and only a look at the document settles it.
func Ensure(ctx context.Context, tx postgres.Tx, keys *secret.Keys, now time.Time, p Person) (uuid.UUID, error) {
	if p.Name == "" {
		return uuid.Nil, errs.FieldError("name", "姓名", "姓名没有填。填身份证上的姓名")
	}
	if (p.IDType == None) != (p.IDNumber == "") {
		return uuid.Nil, errors.New("person: document type and number must come together")
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	n, err := seal(keys, id, p)
	if err != nil {
		return uuid.Nil, err
	}
	added, err := insertPerson(ctx, tx, now, n)
	if err != nil || added {
		return id, err
	}
	known, err := loadByIndexForUpdate(ctx, tx, n.IDIndex)
	if err != nil {
		return uuid.Nil, err
	}
	if known.Name != p.Name {
		return uuid.Nil, errs.Newf(errs.Conflict,
			"证件号码 %s 已经登记在另一个姓名下。请核对证件上的姓名和号码。", secret.MaskResidentID(p.IDNumber))
	}
	if p.Mobile == "" {
		return known.ID, nil
	}
	sealed, err := keys.Seal(mobileContext, known.ID, p.Mobile)
	if err != nil {
		return uuid.Nil, err
	}
	return known.ID, saveMobile(ctx, tx, now, known.ID, sealed)
}

// Find returns the person with this document number; ok is false when nobody has
// it. It lets conflicts of interest be found without reading any number.
func Find(ctx context.Context, q postgres.Querier, keys *secret.Keys, t IDType, number string) (id uuid.UUID, ok bool, err error) {
	known, err := loadByIndex(ctx, q, index(keys, t, number))
	if errs.Is(err, errs.NotFound) {
		return uuid.Nil, false, nil
	}
	return known.ID, err == nil, err
}

// Load returns the person in clear: callers mask what they show, and unmask only
// with a recorded reason. An unknown id is errs.NotFound.
func Load(ctx context.Context, q postgres.Querier, keys *secret.Keys, id uuid.UUID) (Person, error) {
	r, err := loadPerson(ctx, q, id)
	if err != nil {
		return Person{}, err
	}
	p := Person{Name: r.Name, IDType: r.IDType}
	if r.IDSealed != nil {
		if p.IDNumber, err = keys.Open(idContext, r.ID, r.IDSealed); err != nil {
			return Person{}, err
		}
	}
	if r.MobileSealed != nil {
		if p.Mobile, err = keys.Open(mobileContext, r.ID, r.MobileSealed); err != nil {
			return Person{}, err
		}
	}
	return p, nil
}

// index digests type and number together: a passport may have the digits of
// another country's permit.
func index(keys *secret.Keys, t IDType, number string) []byte {
	return keys.BlindIndex("person.id_index", string(t)+":"+number)
}

func seal(keys *secret.Keys, id uuid.UUID, p Person) (row, error) {
	r := row{ID: id, Name: p.Name, IDType: p.IDType}
	var err error
	if p.IDNumber != "" {
		r.IDIndex = index(keys, p.IDType, p.IDNumber)
		if r.IDSealed, err = keys.Seal(idContext, id, p.IDNumber); err != nil {
			return row{}, err
		}
	}
	if p.Mobile != "" {
		r.MobileSealed, err = keys.Seal(mobileContext, id, p.Mobile)
	}
	return r, err
}
