package funding

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"
)

// View is what a submitted application for support has beside the application
// itself.
type View struct {
	application.View
	Programme Programme
	Check     StoredCheck
	Computed  *Computation     // what the rules give, for who proposes now; nil otherwise
	Proposal  *Proposal        // the reviewer's last, nil before and for who is not of an office
	Award     *Award           // what was signed, nil before
	Notice    *notice.Position // nil before it is in one
	Money     *ledger.Position // nil before the signature
	Same      *Same            // nil for who may not compare cases
}

// Same is what of a case stands in others too. It decides nothing by itself.
type Same struct {
	Receipts []receipt.Conflict
	Refusals []receipt.Refusal
	More     any // of a Comparing programme, nil for others
}

// gatherSame asks for it in a batch, if the actor may compare cases.
func (v *View) gatherSame(b *postgres.Batch, actor authz.Actor) (after func()) {
	if !actor.Can(authz.ApplicationCompare) {
		return func() {}
	}
	receipts, refusals, more := receipt.GatherConflicts(b, v.Case.ID), receipt.GatherRefusals(b, v.Case.ID), func() any { return nil }
	if p, ok := v.Programme.(Comparing); ok {
		more = p.Compare(b, v.Case.ID)
	}
	return func() { v.Same = &Same{receipts(), refusals(), more()} }
}

// StoredCheck is the last check of eligibility that is on record.
type StoredCheck struct {
	Stage string
	At    time.Time
	Lines []Line
}

// Reported reports whether a use report was handed in.
func (v View) Reported() bool {
	return slices.ContainsFunc(v.Events, func(e casework.Event) bool { return e.Action == Report })
}

// Behind reads what stands behind an application for support.
func (k kind) Behind(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, in application.View) (any, error) {
	v := View{View: in, Programme: k.Programme}
	if err := v.readDecision(ctx, q, actor); err != nil {
		return nil, err
	}
	if v.Award != nil {
		position, committed, err := k.s.Ledger.OfCase(ctx, q, v.Case.ID)
		if err != nil {
			return nil, err
		}
		if committed {
			v.Money = &position
		}
	}
	if v.May(Endorse) {
		var applicant Applicant
		if err := json.Unmarshal(v.Profile, &applicant); err != nil {
			return nil, err
		}
		computed, _, err := k.s.computeSigned(ctx, q, now, v.Case, v.Signed, applicant, false)
		if err != nil {
			return nil, err
		}
		v.Computed = &computed
	}
	return v, nil
}

// View returns an application for support as a case, errs.NotFound for one that
// asks for something else.
func (s *Service) View(ctx context.Context, actor authz.Actor, no string) (View, error) {
	in, err := s.Applications.View(ctx, actor, no)
	if err != nil {
		return View{}, err
	}
	v, ok := in.Behind.(View)
	if !ok {
		return v, errs.New(errs.NotFound, "没有找到这件资助申请。请从办件页面打开。")
	}
	return v, nil
}

// readDecision reads the last check, proposal, award, place in a notice and what
// stands in other cases too in one round trip. What is only proposed is for the
// offices.
func (v *View) readDecision(ctx context.Context, q postgres.Querier, actor authz.Actor) error {
	type checkRow struct {
		Stage string          `db:"stage"`
		At    time.Time       `db:"at"`
		Lines json.RawMessage `db:"lines"`
	}
	var checks []checkRow
	var proposals []proposalRow
	var awards []Award
	var b postgres.Batch
	postgres.Gather(&b, &checks, `select stage, at, lines from application_check where case_id = $1 order by at desc limit 1`, v.Case.ID)
	postgres.Gather(&b, &proposals, proposalSQL, v.Case.ID)
	postgres.Gather(&b, &awards, awardSQL, v.Case.ID)
	position, same := notice.GatherOf(&b, v.Case.ID), v.gatherSame(&b, actor)
	if err := b.Run(ctx, q); err != nil {
		return err
	}
	same()
	if at, in := position(); in && (actor.Role.Staff() || at.No != "") {
		v.Notice = &at
	}
	if len(awards) == 1 && (actor.Role.Staff() || !awards[0].GrantedOn.IsZero()) {
		v.Award = &awards[0]
	}
	if len(proposals) == 1 && actor.Role.Staff() {
		p, err := proposals[0].proposal()
		if err != nil {
			return err
		}
		v.Proposal = &p
	}
	if len(checks) == 1 {
		v.Check = StoredCheck{Stage: checks[0].Stage, At: checks[0].At}
		return json.Unmarshal(checks[0].Lines, &v.Check.Lines)
	}
	return nil
}
