package standing

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// CheckInput says that lists were looked up and the organization was in none.
// What is found is recorded with AddEntry, which notes the look as well.
type CheckInput struct {
	Token     string
	OrgID     uuid.UUID
	Lists     []Kind
	CheckedOn civil.Date
	Source    string // where it was looked up
}

// RecordClear records the looks. A list with an entry in force on that day
// cannot be clear: errs.Invalid.
func (s *Service) RecordClear(ctx context.Context, actor authz.Actor, in CheckInput) error {
	_, err := s.make(ctx, actor, in.Token, in.OrgID, func(tx postgres.Tx, now time.Time, established civil.Date) (uuid.UUID, error) {
		if err := errs.Fields(in.faults(established, civil.On(now))); err != nil {
			return uuid.Nil, err
		}
		st, err := On(ctx, tx, in.OrgID, in.CheckedOn)
		if err != nil {
			return uuid.Nil, err
		}
		for _, k := range in.Lists {
			if len(st.InForce(k)) > 0 {
				return uuid.Nil, errs.FieldError("lists", "查询的名录", k.Name()+"里还有没移出的记录。先办移出，再记“没有列入”")
			}
			c := Check{ID: newID(), OrgID: in.OrgID, List: k, CheckedOn: in.CheckedOn, Result: Clear, Source: in.Source, RecordedAt: now}
			if err := insertCheck(ctx, tx, c, actor.AccountID); err != nil {
				return uuid.Nil, err
			}
		}
		return in.OrgID, s.note(ctx, tx, now, actor, in.OrgID, "standing.check",
			map[string]any{"lists": in.Lists, "on": in.CheckedOn, "result": Clear})
	})
	return err
}

// GradeInput is a star grade from before the portal rated organizations itself.
type GradeInput struct {
	Token  string
	OrgID  uuid.UUID
	Star   int
	FromOn civil.Date
	ToOn   civil.Date
	CertNo string
}

// AddGrade records a grade; only the bureau does. Two grades never overlap.
func (s *Service) AddGrade(ctx context.Context, actor authz.Actor, in GradeInput) (uuid.UUID, error) {
	return s.make(ctx, actor, in.Token, in.OrgID, func(tx postgres.Tx, now time.Time, established civil.Date) (uuid.UUID, error) {
		if actor.Role != authz.BureauClerk {
			return uuid.Nil, errs.New(errs.Forbidden, "星级由民政局登记。")
		}
		if err := errs.Fields(in.faults(established)); err != nil {
			return uuid.Nil, err
		}
		return Grant(ctx, tx, now, actor, Grade{OrgID: in.OrgID, Star: in.Star, FromOn: in.FromOn, ToOn: in.ToOn, CertNo: in.CertNo})
	})
}

// Grant writes a grade in the caller's transaction, with its audit entry; rating
// uses it when a result becomes final. Overlap and a used certificate number are
// errs.Invalid.
func Grant(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, g Grade) (uuid.UUID, error) {
	g.ID = newID()
	err := insertGrades(ctx, tx, []Grade{g}, now, actor.AccountID, uuid.Nil)
	switch {
	case postgres.Violates(err, "standing_grade_one_at_a_time"):
		return uuid.Nil, errs.FieldError("from", "有效期", "和已有的星级有效期重叠。一个时期只能有一个星级")
	case postgres.Violates(err, "standing_grade_cert_no"):
		return uuid.Nil, errs.FieldError("cert_no", "证书编号", "证书编号“"+g.CertNo+"”已经用过。核对证书后再填")
	case err != nil:
		return uuid.Nil, err
	}
	s := Service{}
	return g.ID, s.note(ctx, tx, now, actor, g.OrgID, "standing.grade.add",
		map[string]any{"grade": g.ID, "star": g.Star, "from": g.FromOn, "to": g.ToOn})
}

// VoidGrade takes back a grade that was recorded by mistake.
func (s *Service) VoidGrade(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	if err := actor.Require(authz.OrganizationRecord); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		g, err := gradeByID(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := covered(ctx, tx, actor, g.OrgID); err != nil {
			return err
		}
		if actor.Role != authz.BureauClerk {
			return errs.New(errs.Forbidden, "星级由民政局登记。")
		}
		if err := reasonFault(reason); err != nil {
			return err
		}
		g.Version = version
		if err := endGrade(ctx, tx, g, reason, true, now, actor.AccountID); err != nil {
			return err
		}
		return s.note(ctx, tx, now, actor, g.OrgID, "standing.grade.void", map[string]any{"grade": g.ID})
	})
}

func (in EntryInput) faults(actor authz.Actor, established, today civil.Date) []errs.Field {
	var f []errs.Field
	fail := func(name, label, msg string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: strings.TrimSuffix(msg, "。")})
	}
	switch {
	case !in.Kind.Valid():
		fail("kind", "记录种类", "选一种记录。")
	case !May(actor, in.Kind):
		fail("kind", "记录种类", in.Kind.Name()+"由民政局登记。选别的种类，或报民政局。")
	}
	switch {
	case !in.FromOn.Valid():
		fail("from", "起始日期", "填起始日期。")
	case in.FromOn.After(today):
		fail("from", "起始日期", in.FromOn.Chinese()+"还没到。填决定上的日期，不晚于今天。")
	case in.FromOn.Before(established):
		fail("from", "起始日期", "早于成立日期"+established.Chinese()+"。核对决定上的日期。")
	}
	ends := in.Kind == Ban || in.Kind == Violation
	switch {
	case !in.ToOn.IsZero() && !ends:
		fail("to", "截止日期", in.Kind.Name()+"没有预定的截止日期。留空，移出时再记。")
	case !in.ToOn.IsZero() && in.ToOn.Before(in.FromOn):
		fail("to", "截止日期", "早于起始日期。核对决定上的日期。")
	case in.Kind == Ban && in.ToOn.IsZero():
		fail("to", "截止日期", "填限制申报的截止日期。")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(in.Basis)); n < 2 || n > 200 {
		fail("basis", "依据", "填决定书文号或名录来源，2 到 200 个字。")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(in.Reason)); n < 5 || n > 500 {
		fail("reason", "事由", fmt.Sprintf("写明事由，5 到 500 个字，现在是 %d 个字。这段话会公开。", n))
	}
	return f
}

func (in CheckInput) faults(established, today civil.Date) []errs.Field {
	var f []errs.Field
	fail := func(name, label, msg string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: strings.TrimSuffix(msg, "。")})
	}
	if len(in.Lists) == 0 {
		fail("lists", "查询的名录", "至少选一项查过的名录。")
	}
	for _, k := range in.Lists {
		if !k.Valid() {
			fail("lists", "查询的名录", "从列出的名录里选。")
			break
		}
	}
	switch {
	case !in.CheckedOn.Valid():
		fail("checked_on", "查询日期", "填查询的日期。")
	case in.CheckedOn.After(today):
		fail("checked_on", "查询日期", in.CheckedOn.Chinese()+"还没到。填已经查过的日期。")
	case in.CheckedOn.Before(established):
		fail("checked_on", "查询日期", "早于成立日期"+established.Chinese()+"。核对查询日期。")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(in.Source)); n < 2 || n > 200 {
		fail("source", "在哪里查的", "写明在哪里查的，2 到 200 个字，例如：中国社会组织政务服务平台。")
	}
	return f
}

func (in GradeInput) faults(established civil.Date) []errs.Field {
	var f []errs.Field
	fail := func(name, label, msg string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: strings.TrimSuffix(msg, "。")})
	}
	if in.Star < 1 || in.Star > 3 {
		fail("star", "星级", "选一星、二星或三星。")
	}
	switch {
	case !in.FromOn.Valid():
		fail("from", "有效期起", "填证书上的起始日期。")
	case in.FromOn.Before(established):
		fail("from", "有效期起", "早于成立日期"+established.Chinese()+"。核对证书。")
	}
	if !in.ToOn.Valid() || in.ToOn.Before(in.FromOn) {
		fail("to", "有效期止", "填证书上的截止日期，不早于起始日期。")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(in.CertNo)); n < 4 || n > 40 {
		fail("cert_no", "证书编号", "填证书编号，4 到 40 个字。")
	}
	return f
}

func reasonFault(reason string) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < 5 || n > 500 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，5 到 500 个字，现在是 %d 个字", n))
	}
	return nil
}
