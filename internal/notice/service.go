package notice

import (
	"context"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB          *postgres.DB
	Keys        *secret.Keys
	Attachments *attachment.Service
}

// Service is every act on notices and objections. Methods check permission and
// open the transaction; they return errs.Invalid with fields for what was typed,
// errs.Conflict for a stale version or an act out of turn, errs.NotFound for
// what is not there for the actor.
type Service struct {
	Deps
	kinds map[string]*reactions // filled before the first request
}

// New returns the service. Kinds register their source and reactions next.
func New(d Deps) *Service { return &Service{Deps: d, kinds: map[string]*reactions{}} }

// held is a notice locked for a change, with its cases.
type held struct {
	Notice
	items []Item
	text  *Manuscript // on its way to publication, nil when none is
	steps []Step      // of text
}

// act runs one act on a notice: permission, token, locks, version, then fn, which
// names what the audit trail keeps. A repeated token does nothing again.
func (s *Service) act(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, token string,
	fn func(tx postgres.Tx, now time.Time, h *held) (action string, detail map[string]any, err error)) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			h, err := hold(ctx, tx, id)
			if err != nil {
				return "", err
			}
			if version != h.Version {
				return "", stale(h.Notice)
			}
			action, detail, err := fn(tx, now, h)
			if err != nil {
				return "", err
			}
			return id.String(), record(ctx, tx, now, actor, id, action, detail)
		})
		return err
	})
}

// hold locks the cases of a notice, then the notice.
func hold(ctx context.Context, tx postgres.Tx, id uuid.UUID) (*held, error) {
	if err := lockCases(ctx, tx, id); err != nil {
		return nil, err
	}
	n, err := noticeForUpdate(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return nil, notFound()
	}
	if err != nil {
		return nil, err
	}
	h := &held{Notice: n}
	if h.items, err = itemsOf(ctx, tx, id); err != nil {
		return nil, err
	}
	texts, err := manuscriptsOf(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	for _, m := range texts {
		if m.Stage == Drafting || m.Stage == Reviewing || m.Stage == Signing {
			h.text = &m
		}
	}
	if h.text != nil {
		h.steps, err = stepsOf(ctx, tx, h.text.ID)
	}
	return h, err
}

func record(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "notice", SubjectID: id.String(), Action: action, Detail: detail})
}

func stale(n Notice) error {
	return errs.Newf(errs.Conflict, "这份公示在您打开页面之后又有了变化，现在是“%s”。核对最新内容后再办。", n.State.Name())
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到这份公示。编号可能有误，或还没有发布。")
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
