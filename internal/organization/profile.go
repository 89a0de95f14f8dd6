package organization

import (
	"context"
	"slices"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
)

// ServiceTarget is a group that an organization serves (服务对象, policy 二(二)).
type ServiceTarget string

// The closed list of groups; the key is kept, the name may change.
const (
	TargetElderly   ServiceTarget = "elderly"
	TargetChildren  ServiceTarget = "children"
	TargetWomen     ServiceTarget = "women"
	TargetDisabled  ServiceTarget = "disabled"
	TargetNeedy     ServiceTarget = "needy"
	TargetMigrants  ServiceTarget = "migrants"
	TargetVeterans  ServiceTarget = "veterans"
	TargetResidents ServiceTarget = "residents"
	TargetOther     ServiceTarget = "other"
)

// ServiceTargets lists them in the order of forms.
var ServiceTargets = []ServiceTarget{TargetElderly, TargetChildren, TargetWomen, TargetDisabled, TargetNeedy, TargetMigrants, TargetVeterans, TargetResidents, TargetOther}

// Name returns the Chinese name, the raw value when unknown.
func (t ServiceTarget) Name() string {
	return named(t, map[ServiceTarget]string{TargetElderly: "老年人", TargetChildren: "儿童和青少年", TargetWomen: "妇女和家庭", TargetDisabled: "残疾人",
		TargetNeedy: "困难群众", TargetMigrants: "来深建设者", TargetVeterans: "退役军人", TargetResidents: "全体居民", TargetOther: "其他"})
}

// TargetNames are the names of targets in one line; "" for none.
func TargetNames(list []ServiceTarget) string {
	names := make([]string, len(list))
	for i, t := range list {
		names[i] = t.Name()
	}
	return strings.Join(names, "、")
}

// inListOrder returns the targets once each, in the order of the list.
func inListOrder(list []ServiceTarget) []ServiceTarget {
	out := []ServiceTarget{}
	for _, t := range ServiceTargets {
		if slices.Contains(list, t) {
			out = append(out, t)
		}
	}
	return out
}

// Reach is how far the activities of an organization go (活动地域); where exactly
// stands in words beside it.
type Reach string

// The reaches; ReachUnknown is not recorded.
const (
	ReachUnknown     Reach = ""
	ReachCommunity   Reach = "community"
	ReachSubdistrict Reach = "subdistrict"
	ReachDistrict    Reach = "district"
	ReachBeyond      Reach = "beyond"
)

// Reaches lists them in the order of forms.
var Reaches = []Reach{ReachCommunity, ReachSubdistrict, ReachDistrict, ReachBeyond}

// Name returns the Chinese name, 未登记 when not recorded.
func (r Reach) Name() string {
	return named(r, map[Reach]string{ReachUnknown: "未登记", ReachCommunity: "本社区", ReachSubdistrict: "本街道", ReachDistrict: "全区", ReachBeyond: "区外也去"})
}

// Size is a band of size (规模): of an association by its members, of others by
// their staff.
type Size string

// The bands; SizeUnknown is when the number is not recorded.
const (
	SizeUnknown Size = ""
	SizeSmall   Size = "small"
	SizeMedium  Size = "medium"
	SizeLarge   Size = "large"
)

// Sizes lists the bands in the order of forms.
var Sizes = []Size{SizeSmall, SizeMedium, SizeLarge}

// Name returns the Chinese name, 未登记 when not known.
func (s Size) Name() string {
	return named(s, map[Size]string{SizeUnknown: "未登记", SizeSmall: "小型", SizeMedium: "中型", SizeLarge: "大型"})
}

// SizeBounds are where the bands begin: dated parameters.
type SizeBounds struct{ Medium, Large int }

// SizeBoundsOn reads the bounds shown on a day; none are known without a policy.
func SizeBoundsOn(ctx context.Context, q postgres.Querier, on civil.Date) (SizeBounds, error) {
	e, err := policy.EditionShown(ctx, q, on)
	if errs.Is(err, errs.NotFound) {
		return SizeBounds{}, nil
	}
	if err != nil {
		return SizeBounds{}, err
	}
	return SizeBounds{e.Params.Int(policy.OrganizationSizeMediumFrom), e.Params.Int(policy.OrganizationSizeLargeFrom)}, nil
}

// SizeOf returns the band of an organization.
func (b SizeBounds) SizeOf(t OrgType, members, staff *int) Size {
	n := staff
	if t == Association {
		n = members
	}
	switch {
	case n == nil || b == (SizeBounds{}):
		return SizeUnknown
	case *n >= b.Large:
		return SizeLarge
	case *n >= b.Medium:
		return SizeMedium
	}
	return SizeSmall
}

// peopleSQL is the number that the size goes by, as SizeOf.
const peopleSQL = `case o.org_type when 'association' then o.members else o.staff end`

// narrow adds the conditions of targets, reach and size.
func (w *where) narrow(f Filter) {
	if f.Target != "" {
		w.add("o.service_targets @> array[?::text]", string(f.Target))
	}
	if f.Reach != "" {
		w.add("o.activity_reach = ?", f.Reach)
	}
	switch f.Size {
	case SizeSmall:
		w.add(peopleSQL+" < ?", f.Bounds.Medium)
	case SizeMedium:
		w.add(peopleSQL+" >= ? and "+peopleSQL+" < ?", f.Bounds.Medium, f.Bounds.Large)
	case SizeLarge:
		w.add(peopleSQL+" >= ?", f.Bounds.Large)
	}
}

// selfToldSQL is what an organization had said of itself by the day $2.
const selfToldSQL = `
	select distinct on (field) field, value from organization_fact
	where org_id = $1 and field in ('service_targets', 'activity_reach') and effective_on <= $2
	order by field, effective_on desc, id desc`

type selfTold struct {
	Field string `db:"field"`
	Value string `db:"value"`
}

// say puts what was said by the day into the past record.
func (a *AsOf) say(told []selfTold) {
	for _, t := range told {
		switch t.Field {
		case "service_targets":
			for key := range strings.SplitSeq(t.Value, ",") {
				if key != "" {
					a.ServiceTargets = append(a.ServiceTargets, ServiceTarget(key))
				}
			}
		case "activity_reach":
			a.Reach = Reach(t.Value)
		}
	}
}

// toldFacts are the dated facts that differ between what is on record and what the
// organization says now.
func toldFacts(o Organization, in Basics) []fact {
	keys := func(list []ServiceTarget) string {
		raw := make([]string, len(list))
		for i, t := range list {
			raw[i] = string(t)
		}
		return strings.Join(raw, ",")
	}
	var out []fact
	if now := keys(in.ServiceTargets); now != keys(o.ServiceTargets) {
		out = append(out, fact{"service_targets", now})
	}
	if in.Reach != o.Reach {
		out = append(out, fact{"activity_reach", string(in.Reach)})
	}
	return out
}
