package workflow

import (
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

var (
	draft     = Place{Draft, authz.OrgHead}
	accepting = Place{Accepting, authz.BureauClerk}
	reviewing = Place{Reviewing, authz.BureauReviewer}
	refused   = Place{Refused, authz.Anonymous}
)

func sample() *Definition {
	return &Definition{Kind: "sample", Name: "样本", Prefix: "YB", Start: draft, Transitions: []Transition{
		{Action: "submit", Label: "提交", From: []Place{draft}, To: accepting, By: []authz.Role{authz.OrgHead}},
		{Action: "accept", Label: "受理", From: []Place{accepting}, To: reviewing, By: []authz.Role{authz.BureauClerk}, NotBy: []Action{"submit"}},
		{Action: "refuse", Label: "不予受理", From: []Place{accepting}, To: refused, By: []authz.Role{authz.BureauClerk}},
	}}
}

type did map[[16]byte]Action

func (d did) Did(person [16]byte, a Action) bool { return d[person] == a }

func TestCheckRefusesByStateRoleAndPerson(t *testing.T) {
	t.Parallel()
	person := uuid.New()
	clerk := authz.Actor{PersonID: person, Role: authz.BureauClerk}
	for name, c := range map[string]struct {
		from   Place
		action Action
		actor  authz.Actor
		h      History
		want   errs.Kind
		ok     bool
	}{
		"the right role in the right place":         {accepting, "accept", clerk, did{}, 0, true},
		"not from a place that does not have it":    {draft, "accept", clerk, did{}, errs.Conflict, false},
		"an unknown action":                         {accepting, "approve", clerk, did{}, errs.Conflict, false},
		"another role":                              {accepting, "accept", authz.Actor{Role: authz.OrgHead}, did{}, errs.Forbidden, false},
		"the same person who submitted":             {accepting, "accept", clerk, did{person: "submit"}, errs.Forbidden, false},
		"another person submitted":                  {accepting, "accept", clerk, did{uuid.New(): "submit"}, 0, true},
		"an act without separation by the same one": {accepting, "refuse", clerk, did{person: "submit"}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := sample().Check(c.from, c.action, c.actor, c.h)
			if c.ok != (err == nil) || !c.ok && errs.KindOf(err) != c.want {
				t.Fatalf("got %v, want ok=%v kind=%v", err, c.ok, c.want)
			}
			offered := false
			for _, tr := range sample().Actions(c.from, c.actor, c.h) {
				offered = offered || tr.Action == c.action
			}
			if offered != c.ok {
				t.Errorf("button offered %v, act allowed %v: both must come from one table", offered, c.ok)
			}
		})
	}
}

func TestValidateFindsWhatCannotWork(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil func(*Definition)
		want  string
	}{
		"nothing wrong":         {func(*Definition) {}, ""},
		"an unknown state":      {func(d *Definition) { d.Transitions[0].To.State = "elsewhere" }, "unknown state"},
		"a way out of the end":  {func(d *Definition) { d.Transitions[1].From = []Place{refused} }, "leaves the final state"},
		"nobody may":            {func(d *Definition) { d.Transitions[0].By = nil }, "no actor"},
		"a place out of reach":  {func(d *Definition) { d.Transitions[1].From = []Place{{Signing, authz.BureauLeader}} }, "nothing reaches"},
		"a button without text": {func(d *Definition) { d.Transitions[0].Label = "" }, "no actor or label"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := sample()
			c.spoil(d)
			err := d.Validate()
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

func TestEveryStateHasNameAndClass(t *testing.T) {
	t.Parallel()
	if len(States) != len(states) {
		t.Fatalf("%d states listed, %d described", len(States), len(states))
	}
	for _, s := range States {
		if !s.Valid() || s.Class() == "" || strings.HasPrefix(s.Name(), "未知") {
			t.Errorf("state %s is not described", s)
		}
	}
}
