package casework

import (
	"context"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Stance is what an opinion comes to. Opinions inform, they do not decide: an
// opposing one goes forward with its reason (DESIGN §2).
type Stance string

// OpinionLapsed is noted by the clock when an office said nothing in time.
const (
	Support       Stance = "support"
	Oppose        Stance = "oppose"
	OpinionLapsed Stance = "lapsed"
)

// Name returns the stance in Chinese.
func (s Stance) Name() string {
	switch s {
	case Support:
		return "同意"
	case Oppose:
		return "不同意"
	case OpinionLapsed:
		return "逾期未提出"
	}
	return string(s)
}

// Opinion is what community or subdistrict said of a case.
type Opinion struct {
	Stage     authz.Role `db:"stage"`
	Stance    Stance     `db:"stance"`
	Text      string     `db:"text"`
	ActorName string     `db:"actor_name"`
	At        time.Time  `db:"at"`
}

const opinionMin, opinionMax = 5, 1000

// Opine records the actor's opinion and moves the case on with action "opine".
// An opposing opinion needs a reason of at least five characters that show.
func (s *Service) Opine(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, o Opinion) error {
	if err := actor.Require(authz.ApplicationOpine); err != nil {
		return err
	}
	o.Text, o.Stage = form.Clean(o.Text, true), c.Waits
	if err := CheckOpinion(o.Stance, o.Text); err != nil {
		return err
	}
	move := Move{Action: "opine", Note: o.Stance.Name()}
	if o.Text != "" {
		move.Note += "：" + o.Text
	}
	stage := *c // Move changes c; the opinion belongs to the stage before
	if err := s.Move(ctx, tx, now, actor, c, move); err != nil {
		return err
	}
	return insertOpinion(ctx, tx, now, actor, stage, o)
}

// CheckOpinion reports what is wrong with an opinion: errs.Invalid at the field
// "stance" or "text".
func CheckOpinion(stance Stance, text string) error {
	switch n := utf8.RuneCountInString(form.Clean(text, true)); {
	case stance != Support && stance != Oppose:
		return errs.FieldError("stance", "意见", "选“同意”或“不同意”")
	case stance == Oppose && n < opinionMin:
		return errs.FieldError("text", "理由", "不同意要写明理由，至少 5 个字，民政局和申请人都会看到")
	case n > opinionMax:
		return errs.FieldError("text", "理由", "最多 1,000 个字，请删减后再提交")
	}
	return nil
}

func insertOpinion(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c Case, o Opinion) error {
	_, err := tx.Exec(ctx, `
		insert into case_opinion (id, case_id, stage, stance, text, account_id, actor_name, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		uuid.Must(uuid.NewV7()), c.ID, o.Stage, o.Stance, o.Text, actor.AccountID, actor.Name, now)
	return err
}

const opinionsSQL = `
	select stage, stance, text, actor_name, at from case_opinion where case_id = $1 order by at, id`
