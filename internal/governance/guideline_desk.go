package governance

import (
	"context"
	"fmt"
	"slices"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// GuidelineMessageKind is the kind of messages about the library in work.
const GuidelineMessageKind = "guideline"

// guidelineEntry is an entry of the audit trail about a guideline.
func guidelineEntry(guideline uuid.UUID, action string, detail map[string]any) audit.Entry {
	return audit.Entry{Subject: "guideline", SubjectID: guideline.String(), Action: "guideline." + action, Detail: detail}
}

// StartGuideline begins an entry with a draft and returns the entry's id, the
// same one for the same form sent twice. from is the text of the portal that it
// was taken from, "" for none.
func (s *Service) StartGuideline(ctx context.Context, actor authz.Actor, token, from string, t GuidelineText) (uuid.UUID, error) {
	id := newID()
	return s.createGuideline(ctx, actor, token, id, func(tx postgres.Tx, now time.Time) error {
		f := t.draftFaults()
		if t.Duty != "" {
			errs.OneOf(&f, "duty", "帮助哪一项", t.Duty, Duties)
		}
		if err := f.Err(); err != nil {
			return err
		}
		if _, ok := ShippedGuideline(from); !ok {
			from = ""
		}
		if err := insertGuideline(ctx, tx, now, id, t.Duty, from); err != nil {
			return err
		}
		if err := insertVersion(ctx, tx, now, actor, newID(), id, 1, t); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, guidelineEntry(id, "start", map[string]any{"duty": t.Duty, "from": from}))
	})
}

// ReviseGuideline begins the next version of an entry with the text that was
// released last, and returns the entry's id.
func (s *Service) ReviseGuideline(ctx context.Context, actor authz.Actor, token string, guideline uuid.UUID) (uuid.UUID, error) {
	return s.createGuideline(ctx, actor, token, guideline, func(tx postgres.Tx, now time.Time) error {
		list, err := postgres.All[GuidelineVersion](ctx, tx, `select `+guidelineColumns+versionTables+`where v.guideline_id = $1 order by v.number desc for update`, guideline)
		if err != nil {
			return err
		}
		last := slices.IndexFunc(list, func(v GuidelineVersion) bool { return v.State == GuidelineReleased })
		switch {
		case last < 0:
			return missing()
		case slices.ContainsFunc(list, func(v GuidelineVersion) bool { return v.State.Writable() || v.State == GuidelineSubmitted }):
			return errs.New(errs.Conflict, "已经有一版正在修订。先办完那一版。")
		}
		v := list[last]
		if err := insertVersion(ctx, tx, now, actor, newID(), guideline, list[0].Number+1, GuidelineText{Title: v.Title, Summary: v.Summary, Body: v.Body}); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, guidelineEntry(guideline, "revise", map[string]any{"number": list[0].Number + 1}))
	})
}

// createGuideline does a creating act once and returns the entry's id.
func (s *Service) createGuideline(ctx context.Context, actor authz.Actor, token string, id uuid.UUID, do func(tx postgres.Tx, now time.Time) error) (uuid.UUID, error) {
	if err := actor.Require(authz.GuidelineEdit); err != nil {
		return uuid.Nil, err
	}
	var said string
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		said, err = once.Do(ctx, tx, actor, token, func() (string, error) { return id.String(), do(tx, now) })
		return err
	})
	if err != nil {
		return uuid.Nil, err
	}
	return uuid.Parse(said)
}

// onVersion runs one act on a version, which must still be at the version shown,
// under its lock.
func (s *Service) onVersion(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, shown int, do func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error)) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		v, err := loadVersion(ctx, tx, id, ` for update`)
		if err != nil {
			return err
		}
		if v.Version != shown {
			return errs.New(errs.Conflict, "这份指引刚刚被别人改过。核对两个版本，再保存一次。")
		}
		e, err := do(tx, now, v)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, e)
	})
}

// must refuses an act that a version does not take now.
func (v GuidelineVersion) must(states ...GuidelineState) error {
	if slices.Contains(states, v.State) {
		return nil
	}
	return errs.Newf(errs.Conflict, "“%s”第 %d 版现在是“%s”，不能这样办。回到这份指引看现在的情况。", v.Title, v.Number, v.State.Name())
}

// SaveGuideline saves the text of a draft, however unfinished.
func (s *Service) SaveGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int, t GuidelineText) error {
	return s.onVersion(ctx, actor, authz.GuidelineEdit, id, shown, func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error) {
		if err := v.must(GuidelineDraft, GuidelineReturned); err != nil {
			return audit.Entry{}, err
		}
		if err := t.draftFaults().Err(); err != nil {
			return audit.Entry{}, err
		}
		return guidelineEntry(v.GuidelineID, "save", map[string]any{"number": v.Number}), writeVersion(ctx, tx, now, actor, id, shown, t)
	})
}

// SubmitGuideline hands a draft in for release and tells the reviewers.
func (s *Service) SubmitGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int) error {
	return s.onVersion(ctx, actor, authz.GuidelineEdit, id, shown, func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error) {
		if err := v.must(GuidelineDraft, GuidelineReturned); err != nil {
			return audit.Entry{}, err
		}
		files, err := guidelineFilesOf(ctx, tx, []uuid.UUID{id})
		if err != nil {
			return audit.Entry{}, err
		}
		t := GuidelineText{Title: v.Title, Summary: v.Summary, Body: v.Body}
		if err := t.handInFaults(slices.ContainsFunc(files, attachment.Attachment.Current)).Err(); err != nil {
			return audit.Entry{}, err
		}
		if err := decideVersion(ctx, tx, now, actor, v, shown, GuidelineSubmitted, ""); err != nil {
			return audit.Entry{}, err
		}
		to, err := account.ByRole(ctx, tx, authz.BureauReviewer, "")
		if err != nil {
			return audit.Entry{}, err
		}
		return guidelineEntry(v.GuidelineID, "submit", map[string]any{"number": v.Number}), notification.Send(ctx, tx, now, to, notification.Message{Kind: GuidelineMessageKind,
			Title: "制度指引等发布：" + v.Title, Body: fmt.Sprintf("%s起草的“%s”第 %d 版等您核对、发布或退回。在“内部治理”的“制度指引”里办理。", actor.Name, v.Title, v.Number)})
	})
}

// ReleaseGuideline makes a version public. Who wrote on it cannot: neither here
// nor in the database.
func (s *Service) ReleaseGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int) error {
	return s.onVersion(ctx, actor, authz.GuidelineRelease, id, shown, func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error) {
		if err := v.must(GuidelineSubmitted); err != nil {
			return audit.Entry{}, err
		}
		if slices.Contains(v.WrittenBy, actor.PersonID) {
			return audit.Entry{}, errs.New(errs.Forbidden, "您起草或修改过这一版，不能自己发布。请由另一个人发布。")
		}
		files, err := guidelineFilesOf(ctx, tx, []uuid.UUID{id})
		if err != nil {
			return audit.Entry{}, err
		}
		if slices.ContainsFunc(files, func(a attachment.Attachment) bool { return a.State != attachment.Accepted }) {
			return audit.Entry{}, errs.New(errs.Conflict, "附的文件还没有通过安全检查，现在不能发布。检查通过后再发布，没有通过的退回去换一份。")
		}
		if err := decideVersion(ctx, tx, now, actor, v, shown, GuidelineReleased, ""); err != nil {
			return audit.Entry{}, err
		}
		if v.Withdrawn {
			if err := setWithdrawn(ctx, tx, now, actor, v.GuidelineID, v.EntryVersion, ""); err != nil {
				return audit.Entry{}, err
			}
		}
		return guidelineEntry(v.GuidelineID, "release", map[string]any{"number": v.Number}), nil
	})
}

// ReturnGuideline gives a version back to its writers with a reason.
func (s *Service) ReturnGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int, reason string) error {
	return s.onVersion(ctx, actor, authz.GuidelineRelease, id, shown, func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error) {
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		if err := v.must(GuidelineSubmitted); err != nil {
			return audit.Entry{}, err
		}
		if err := decideVersion(ctx, tx, now, actor, v, shown, GuidelineReturned, reason); err != nil {
			return audit.Entry{}, err
		}
		to, err := account.ByRole(ctx, tx, authz.BureauClerk, "")
		if err != nil {
			return audit.Entry{}, err
		}
		return guidelineEntry(v.GuidelineID, "return", map[string]any{"number": v.Number}), notification.Send(ctx, tx, now, to, notification.Message{Kind: GuidelineMessageKind,
			Title: "制度指引退回修改：" + v.Title, Body: fmt.Sprintf("“%s”第 %d 版由%s退回：%s", v.Title, v.Number, actor.Name, reason)})
	})
}

// DiscardGuideline gives a draft up; what is public stays.
func (s *Service) DiscardGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int, reason string) error {
	return s.onVersion(ctx, actor, authz.GuidelineEdit, id, shown, func(tx postgres.Tx, now time.Time, v GuidelineVersion) (audit.Entry, error) {
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		if err := v.must(GuidelineDraft, GuidelineReturned); err != nil {
			return audit.Entry{}, err
		}
		return guidelineEntry(v.GuidelineID, "discard", map[string]any{"number": v.Number}), decideVersion(ctx, tx, now, actor, v, shown, GuidelineDiscarded, reason)
	})
}

// WithdrawGuideline takes an entry off the public page; releasing another version
// puts it back. id is that of its released version, shown the version of the entry.
func (s *Service) WithdrawGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, shown int, reason string) error {
	if err := actor.Require(authz.GuidelineRelease); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := needReason(reason); err != nil {
			return err
		}
		v, err := loadVersion(ctx, tx, id, ` for update`)
		if err != nil {
			return err
		}
		if err := v.must(GuidelineReleased); err != nil {
			return err
		}
		if v.Withdrawn || v.EntryVersion != shown {
			return errs.New(errs.Conflict, "这份指引刚刚有了变化。回到这份指引看现在的情况。")
		}
		if err := setWithdrawn(ctx, tx, now, actor, v.GuidelineID, shown, reason); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, guidelineEntry(v.GuidelineID, "withdraw", map[string]any{"number": v.Number}))
	})
}

// GuidelineFileOwner is whose a file of a version is, after a check that the
// actor may give it one: then it may be prepared.
func (s *Service) GuidelineFileOwner(ctx context.Context, actor authz.Actor, id uuid.UUID) (o attachment.Owner, err error) {
	if err := actor.Require(authz.GuidelineEdit); err != nil {
		return o, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		v, err := loadVersion(ctx, q, id, "")
		if err != nil {
			return err
		}
		return v.must(GuidelineDraft, GuidelineReturned)
	})
	return attachment.Owner{Kind: guidelineOwner, ID: id}, err
}

// AttachGuideline gives a draft the bureau's own file, which is offered instead
// of the text. It counts as writing.
func (s *Service) AttachGuideline(ctx context.Context, actor authz.Actor, id uuid.UUID, ready *attachment.Prepared) error {
	return s.onFiles(ctx, actor, id, func(tx postgres.Tx, now time.Time, _ GuidelineVersion) error {
		_, err := s.Attachments.Attach(ctx, tx, now, actor, ready, true)
		return err
	})
}

// DetachGuideline takes the file out; version is that of the file shown.
func (s *Service) DetachGuideline(ctx context.Context, actor authz.Actor, id, file uuid.UUID, version int) error {
	return s.onFiles(ctx, actor, id, func(tx postgres.Tx, now time.Time, _ GuidelineVersion) error {
		return s.Attachments.Remove(ctx, tx, now, actor, attachment.Owner{Kind: guidelineOwner, ID: id}, file, version)
	})
}

func (s *Service) onFiles(ctx context.Context, actor authz.Actor, id uuid.UUID, do func(tx postgres.Tx, now time.Time, v GuidelineVersion) error) error {
	if err := actor.Require(authz.GuidelineEdit); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		v, err := loadVersion(ctx, tx, id, ` for update`)
		if err != nil {
			return err
		}
		if err := v.must(GuidelineDraft, GuidelineReturned); err != nil {
			return err
		}
		if err := do(tx, now, v); err != nil {
			return err
		}
		return writeVersion(ctx, tx, now, actor, id, v.Version, GuidelineText{Title: v.Title, Summary: v.Summary, Body: v.Body})
	})
}
