package governance

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Tri is yes, no, or not known.
type Tri string

// The answers.
const (
	NotKnown Tri = ""
	Yes      Tri = "yes"
	No       Tri = "no"
)

func (t Tri) pointer() *bool {
	if t == NotKnown {
		return nil
	}
	yes := t == Yes
	return &yes
}

func triOf(b *bool) Tri {
	switch {
	case b == nil:
		return NotKnown
	case *b:
		return Yes
	}
	return No
}

// Charter is what the organization's own charter says of its bodies. Nil and
// NotKnown are not entered: then the rules alone count.
type Charter struct {
	TermYears      *int
	AssemblyMonths *int
	CouncilMonths  *int
	HasCouncil     Tri
	HasSupervisors Tri
	Version        int // 0 before anything was entered
}

// faults says what in the charter goes beyond the rules.
func (c Charter) faults(o organization.Organization, r Rules) faults {
	var f faults
	for _, x := range []struct {
		name, label, unit string
		own               *int
		most              int
	}{
		{"term_years", "每届任期", "年", c.TermYears, r.TermYears},
		{"assembly_months", "会员大会间隔", "个月", c.AssemblyMonths, r.AssemblyMonths},
		{"council_months", "理事会间隔", "个月", c.CouncilMonths, r.CouncilMonths},
	} {
		switch {
		case x.own == nil:
		case *x.own < 1:
			f.add(x.name, x.label, fmt.Sprintf("至少 1 %s。看着章程核对", x.unit))
		case *x.own > x.most:
			f.add(x.name, x.label, fmt.Sprintf("%d %s超过了规定的 %d %s。填错的改正；章程确实这样写的，先修改章程，这里留空", *x.own, x.unit, x.most, x.unit))
		}
	}
	if o.Basis == organization.Registered {
		if c.HasCouncil == No {
			f.add("has_council", "理事会", "登记的组织要设理事会。选“设”，章程没有写的先修改章程")
		}
		if c.HasSupervisors == No {
			f.add("has_supervisors", "监事", "登记的组织要设监事。选“设”，章程没有写的先修改章程")
		}
	}
	return f
}

// SaveCharter saves what the charter says.
func (s *Service) SaveCharter(ctx context.Context, actor authz.Actor, c Charter) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		r, err := rules(ctx, tx, now)
		if err != nil {
			return audit.Entry{}, err
		}
		if err := errs.Fields(c.faults(o, r)); err != nil {
			return audit.Entry{}, err
		}
		return audit.Entry{Action: "governance.charter.save"}, saveCharter(ctx, tx, now, actor.AccountID, o.ID, c)
	})
}

func saveCharter(ctx context.Context, tx postgres.Tx, now time.Time, by, org uuid.UUID, c Charter) error {
	return postgres.ExecOne(ctx, tx, `
		insert into governance_charter as c (org_id, term_years, assembly_months, council_months, has_council, has_supervisors, saved_at, saved_by)
		select $1, $3, $4, $5, $6, $7, $8, $9 where $2 = 0 or exists (select from governance_charter where org_id = $1)
		on conflict (org_id) do update set term_years = $3, assembly_months = $4, council_months = $5, has_council = $6,
			has_supervisors = $7, saved_at = $8, saved_by = $9, version = c.version + 1 where c.version = $2`,
		org, c.Version, c.TermYears, c.AssemblyMonths, c.CouncilMonths, c.HasCouncil.pointer(), c.HasSupervisors.pointer(), now, by)
}
