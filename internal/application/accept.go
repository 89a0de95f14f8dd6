package application

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/account"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"
)

// OwnerOf is the owner of the papers of a case.
func OwnerOf(c casework.Case) attachment.Owner {
	return attachment.Owner{Kind: OwnerKind, ID: c.ID}
}

// Act loads the case for update under the version that the page showed, runs fn
// once per token and tells whom it concerns.
func (s *Service) Act(ctx context.Context, actor authz.Actor, p authz.Permission, no string, version int, token string, fn func(tx postgres.Tx, now time.Time, c *casework.Case) error) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, version)
			if err != nil {
				return "", err
			}
			from := c.Place()
			if err := fn(tx, now, &c); err != nil {
				return "", err
			}
			return no, s.Announce(ctx, tx, now, c, from)
		})
		return err
	})
}

// Opine gives the community's or the subdistrict's opinion.
func (s *Service) Opine(ctx context.Context, actor authz.Actor, no string, version int, stance casework.Stance, text, token string) error {
	return s.Act(ctx, actor, authz.ApplicationOpine, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return s.Cases.Opine(ctx, tx, now, actor, c, casework.Opinion{Stance: stance, Text: text})
	})
}

// Accept takes the application in, when the kind has nothing against it at this
// moment. A case that was sent back later is only passed on: it has its letter.
func (s *Service) Accept(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	return s.Act(ctx, actor, authz.ApplicationAccept, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		k, err := s.Kind(c.Kind)
		if err != nil {
			return err
		}
		if err := k.Accepting(ctx, tx, now, *c); err != nil {
			return err
		}
		if err := s.papersChecked(ctx, tx, *c); err != nil {
			return err
		}
		accepted, err := casework.Did(ctx, tx, c.ID, "accept")
		if err != nil {
			return err
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: "accept"}); err != nil || accepted {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, casework.AcceptedLetter, c.Title, acceptedText(k, *c))
		return err
	})
}

// papersChecked refuses while a file is still with the virus scanner.
func (s *Service) papersChecked(ctx context.Context, q postgres.Querier, c casework.Case) error {
	files, err := s.Attachments.List(ctx, q, OwnerOf(c))
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.State == attachment.Checking {
			return errs.FieldError(FileItem(f.Slot), f.Filename, "还在做安全检查，通常不到一分钟。检查完再受理")
		}
	}
	return nil
}

// Return sends the application back for named corrections.
func (s *Service) Return(ctx context.Context, actor authz.Actor, no string, version int, flaws []casework.Flaw, token string) error {
	return s.Act(ctx, actor, authz.ApplicationAccept, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		k, err := s.Kind(c.Kind)
		if err != nil {
			return err
		}
		rounds, err := k.MaxRounds(ctx, tx, now, *c)
		if err != nil {
			return err
		}
		f, err := s.form(ctx, tx, now, actor, *c)
		if err != nil {
			return err
		}
		if flaws, err = known(f, flaws); err != nil {
			return err
		}
		correction, err := s.Cases.Return(ctx, tx, now, actor, c, flaws, rounds)
		if err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, casework.CorrectionLetter, c.Title, correctionText(k, *c, correction))
		return err
	})
}

// known gives each flaw the label of its item and refuses names that the form
// does not have.
func known(f Form, flaws []casework.Flaw) ([]casework.Flaw, error) {
	labels := map[string]string{}
	for _, c := range Correctable(f.Kind, f.Slots) {
		labels[c.Name] = c.Label
	}
	for i := range flaws {
		label, ok := labels[flaws[i].Field]
		if !ok {
			return nil, errs.FieldError("flaws", "要补正的内容", "选的内容不在申请表里。请刷新页面重新选")
		}
		flaws[i].Label = label
	}
	return flaws, nil
}

// Correctable lists everything that a correction can name: the items of the
// form, then the papers that the kind asks for and those handed in.
func Correctable(k Kind, handedIn []SlotFiles) []Item {
	var items []Item
	for _, s := range k.Sections() {
		items = append(items, s.Items...)
	}
	for _, key := range k.SlotKeys() {
		handed := slices.ContainsFunc(handedIn, func(s SlotFiles) bool { return s.Key == key && len(s.Files) > 0 })
		if key != StampSlot || handed {
			items = append(items, Item{Name: FileItem(key), Label: k.SlotName(key)})
		}
	}
	return items
}

// CheckRefusal reports what is wrong with the ground and facts of a refusal:
// errs.Invalid at the fields "ground" and "facts".
func CheckRefusal(grounds []Ground, ground, facts string) error {
	var faults []errs.Field
	if _, ok := GroundOf(grounds, ground); !ok {
		faults = append(faults, errs.Field{Name: "ground", Label: "不予受理的理由", Message: "选一条理由"})
	}
	if n := utf8.RuneCountInString(form.Clean(facts, true)); n < 10 || n > 1000 {
		faults = append(faults, errs.Field{Name: "facts", Label: "查明的情况", Message: "写清楚查明的情况，10 至 1,000 字，会写进决定书"})
	}
	return errs.Fields(faults)
}

// Refuse declines to take the application in, by an official letter with
// reason, article and remedies. Facts is what the clerk found, at least ten
// characters.
func (s *Service) Refuse(ctx context.Context, actor authz.Actor, no string, version int, ground, facts, token string) error {
	facts = form.Clean(facts, true)
	return s.Act(ctx, actor, authz.ApplicationAccept, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		k, err := s.Kind(c.Kind)
		if err != nil {
			return err
		}
		if err := CheckRefusal(k.Grounds(), ground, facts); err != nil {
			return err
		}
		accepted, err := casework.Did(ctx, tx, c.ID, "accept")
		if err != nil {
			return err
		}
		if accepted {
			return errs.New(errs.Conflict, "这件已经受理过，不能再不予受理。请核实后再送复核，由复核提出不予支持。")
		}
		chosen, _ := GroundOf(k.Grounds(), ground)
		from := c.Place()
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: "refuse", Note: chosen.Text + "：" + facts}); err != nil {
			return err
		}
		if err := k.Released(ctx, tx, now, actor, *c, from); err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, casework.NotAcceptedLetter, c.Title, refusedText(k, *c, chosen, facts))
		return err
	})
}

// Withdraw takes an application back, or throws a draft away. A reason is kept
// when one is given.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	reason = form.Clean(reason, true)
	if utf8.RuneCountInString(reason) > 500 {
		return errs.FieldError("reason", "撤回原因", "最多 500 个字，请删减")
	}
	return s.Act(ctx, actor, writing(actor), no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		k, err := s.Kind(c.Kind)
		if err != nil {
			return err
		}
		if actor.Role == authz.Community && c.Channel != casework.Counter {
			return errs.New(errs.Forbidden, "这份草稿不是窗口代办的，由组织自己撤销。")
		}
		from, action := c.Place(), workflow.Action("discard")
		if t, ok := k.Workflow().Find(from, "withdraw"); ok && slices.Contains(t.By, actor.Role) {
			action = "withdraw"
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: action, Note: reason}); err != nil {
			return err
		}
		if err := s.tellOffice(ctx, tx, now, *c, from.Waits); err != nil {
			return err
		}
		return k.Released(ctx, tx, now, actor, *c, from)
	})
}

// tellOffice tells the office that had the case that it is gone.
func (s *Service) tellOffice(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, waiting authz.Role) error {
	if c.SubmittedAt == nil || !waiting.Staff() {
		return nil
	}
	c.Waits = waiting
	office, err := account.ByRole(ctx, tx, waiting, area(c))
	if err != nil {
		return err
	}
	return notification.Send(ctx, tx, now, office, notification.Message{Kind: c.Kind, CaseNo: c.No,
		Title: fmt.Sprintf("%s %s 已撤回", s.Cases.KindName(c.Kind), c.No), Body: c.Title + "撤回了申请，不用再办。"})
}
