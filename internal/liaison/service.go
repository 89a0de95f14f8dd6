package liaison

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service is every act on the joint timeline. What an actor may not see is
// errs.NotFound; faults carry the names of the controls.
type Service struct {
	db    *postgres.DB
	files *attachment.Service
}

// New returns the service over db; the files of entries are kept by files.
func New(db *postgres.DB, files *attachment.Service) *Service { return &Service{db: db, files: files} }

// Input is what an office writes.
type Input struct {
	Token    string
	OrgID    uuid.UUID
	Kind     Kind
	Audience Audience
	Text     string
	Support  Means      // Support only
	Amount   *money.Fen // Support only, nil when none was told
	To       string     // Request only: key of the office asked
	Days     int        // Request only: working days to answer in
}

// scene is what an act stands on.
type scene struct {
	tx      postgres.Tx
	now     time.Time
	actor   authz.Actor
	office  Office
	org     organization.Organization
	regions *district.RegionSet
	files   *attachment.Service
	parcel  attachment.Owner // of the form
}

// act opens the transaction of a writing act about one organization, under the
// token of its form.
func (s *Service) act(ctx context.Context, actor authz.Actor, p authz.Permission, orgID uuid.UUID, token string, do func(scene) error) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		sc, err := enter(ctx, tx, actor, orgID)
		if err != nil {
			return err
		}
		sc.tx, sc.now, sc.files, sc.parcel = tx, now, s.files, parcelOf(actor, token)
		_, err = once.Do(ctx, tx, actor, token, func() (string, error) { return sc.org.ID.String(), do(sc) })
		return err
	})
}

// enter finds the organization and the office that the actor speaks for.
func enter(ctx context.Context, q postgres.Querier, actor authz.Actor, orgID uuid.UUID) (sc scene, err error) {
	sc.actor = actor
	office, ok := OfficeOf(actor)
	if !ok && actor.Role != authz.Auditor {
		return sc, notFound()
	}
	sc.office = office
	if sc.org, err = organization.Load(ctx, q, orgID); err != nil || !actor.Covers(sc.org.Place()) || sc.org.MergedInto != uuid.Nil {
		return sc, cause(err)
	}
	sc.regions, err = district.Regions(ctx, q)
	return sc, err
}

// Write adds an entry; a request is sent to its office.
func (s *Service) Write(ctx context.Context, actor authz.Actor, in Input) error {
	return s.act(ctx, actor, authz.LiaisonWrite, in.OrgID, in.Token, func(sc scene) error {
		to, err := sc.check(in)
		if err != nil {
			return err
		}
		e := sc.entry(in.Kind, in.Audience, in.Text)
		e.Support, e.Amount = in.Support, in.Amount
		if err := sc.add(ctx, e); err != nil {
			return err
		}
		if in.Kind == Request {
			return sc.ask(ctx, e, e.ID, sc.office, to, in.Days)
		}
		return sc.tell(ctx, e)
	})
}

// check applies the rules of one entry and returns whom it asks.
func (sc scene) check(in Input) (to Addressee, err error) {
	var f errs.Faults
	if !slices.Contains(Kinds, in.Kind) {
		return to, notFound()
	}
	f.Length("text", textLabel(in.Kind), in.Text, 5, 2000)
	switch {
	case !slices.Contains(Audiences, in.Audience):
		f.Add("audience", "给谁看", "选一项，定下谁能看到这条记录")
	case in.Kind == Request && in.Audience == OwnOffice:
		f.Add("audience", "给谁看", "请求要让对方看到。选“给各有关单位”，或连组织也给看")
	}
	if in.Kind == Support {
		if !slices.Contains(MeansOf, in.Support) {
			f.Add("support", "支持方式", "选一项支持方式")
		}
		if in.Amount != nil && *in.Amount <= 0 {
			f.Add("amount", "金额", "金额要大于 0。没有金额的留空")
		}
	}
	if in.Kind == Request {
		to = sc.addressee(&f, in.To)
		days(&f, in.Days)
		if to.ofOrg() && in.Audience == AllOffices {
			f.Add("audience", "给谁看", "请求是发给组织的。选“给各有关单位和组织”")
		}
	}
	return to, errs.Fields(f)
}

// addressee finds the office that a form chose among those of the organization.
func (sc scene) addressee(f *errs.Faults, key string) Addressee {
	for _, a := range addressees(sc.org, sc.regions, sc.office) {
		if a.Key() == key {
			return a
		}
	}
	f.Add("to", "发给谁", "选一个单位来答复")
	return Addressee{}
}

func textLabel(k Kind) string {
	return map[Kind]string{Remark: "情况", Request: "要对方答复的问题", Answer: "答复", Support: "支持的内容", Risk: "风险和依据"}[k]
}

func days(f *errs.Faults, n int) {
	if n < 1 || n > 60 {
		f.Add("days", "几个工作日内答复", "填 1 到 60 之间的工作日数")
	}
}

// entry begins an entry of the actor's office.
func (sc scene) entry(k Kind, to Audience, text string) Entry {
	return Entry{ID: uuid.Must(uuid.NewV7()), OrgID: sc.org.ID, Kind: k, Audience: to, Office: sc.office.Key(),
		OfficeName: sc.office.name(sc.regions, sc.org), Text: text, At: sc.now, ActorName: sc.actor.Name}
}

// add stores the entry, the files of its form with it, and its line in the audit
// trail.
func (sc scene) add(ctx context.Context, e Entry) error {
	if err := sc.seal(ctx, &e); err != nil {
		return err
	}
	if err := insertEntry(ctx, sc.tx, e, sc.actor); err != nil {
		return err
	}
	return sc.note(ctx, "liaison."+string(e.Kind), map[string]any{"entry": e.ID, "audience": e.Audience, "corrects": e.Corrects, "answers": e.Answers})
}

func (sc scene) note(ctx context.Context, action string, detail map[string]any) error {
	return audit.Record(ctx, sc.tx, sc.now, sc.actor, audit.Entry{Subject: "organization", SubjectID: sc.org.ID.String(), Action: action, Detail: detail})
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到。可能已经删除，或不在您能查看的范围内。")
}

// cause keeps a real failure and turns everything else into “not found”.
func cause(err error) error {
	if err == nil || errs.Is(err, errs.NotFound) {
		return notFound()
	}
	return err
}
