package governance

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Area is how the organizations of an area stand, for a digest or a glance.
type Area struct {
	Overdue, Soon         int // items that need an act, and those due within the first reminder
	OverdueOrgs, SoonOrgs int // organizations with such items
	Named                 []BoardRow
}

// namedInDigest is how many organizations a digest names; the board has all.
const namedInDigest = 10

// weekOf is the Monday of the week of a day.
func weekOf(d civil.Date) civil.Date {
	return d.AddDays(-((int(d.Weekday()) + 6) % 7))
}

// digests tells every subdistrict once a week, on Monday morning or as soon after
// as the job runs, what is overdue and what comes due in its area. In a week
// without either nobody is told.
func (s *Service) digests(ctx context.Context) error {
	var codes []string
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if !night(now) {
			codes, err = reportedSubdistricts(ctx, q, weekOf(civil.On(now)))
		}
		return err
	})
	for _, code := range codes {
		if err == nil {
			err = s.digest(ctx, code)
		}
	}
	return err
}

func (s *Service) digest(ctx context.Context, subdistrict string) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		regions, err := district.Regions(ctx, tx)
		if err != nil {
			return err
		}
		r, err := rules(ctx, tx, now)
		if err != nil {
			return err
		}
		a, err := survey(ctx, tx, r, civil.On(now), subdistrict)
		if err != nil {
			return err
		}
		first, err := insertDigest(ctx, tx, now, subdistrict, weekOf(civil.On(now)), a.Overdue, a.Soon)
		if err != nil || !first || a.Overdue+a.Soon == 0 {
			return err
		}
		to, err := account.ByRole(ctx, tx, authz.Subdistrict, subdistrict)
		if err != nil {
			return err
		}
		return notification.Send(ctx, tx, now, to, a.message(regions, r, subdistrict))
	})
}

// survey looks through all organizations of a subdistrict.
func survey(ctx context.Context, q postgres.Querier, r Rules, today civil.Date, subdistrict string) (a Area, err error) {
	actor := authz.Actor{Role: authz.Subdistrict, Subdistrict: subdistrict}
	for after := uuid.Nil; ; {
		orgs, facts, err := livingOrganizations(ctx, q, actor, "", after, today)
		if err != nil {
			return a, err
		}
		for _, o := range orgs {
			a.add(o, Checklist(facts[o.ID], r, today), r, today)
			after = o.ID
		}
		if len(orgs) < boardBatch {
			return a, nil
		}
	}
}

func (a *Area) add(o boardOrg, items []Item, r Rules, today civil.Date) {
	open, soon := Problems(items, r, today)
	a.Overdue, a.Soon = a.Overdue+open, a.Soon+soon
	if open > 0 {
		a.OverdueOrgs++
	}
	if soon > 0 {
		a.SoonOrgs++
	}
	if open+soon == 0 || len(a.Named) == namedInDigest {
		return
	}
	row := BoardRow{ID: o.ID, Name: o.Name, CommunityCode: o.CommunityCode}
	for _, i := range items {
		if i.State.Problem() || i.Soon(r, today) {
			row.Items = append(row.Items, i)
		}
	}
	a.Named = append(a.Named, row)
}

// message is the digest of a subdistrict.
func (a Area) message(regions *district.RegionSet, r Rules, subdistrict string) notification.Message {
	var b strings.Builder
	b.WriteString(regions.Name(subdistrict) + "：")
	if a.Overdue > 0 {
		fmt.Fprintf(&b, "%d 个组织有 %d 项逾期、没有记录或要改正。", a.OverdueOrgs, a.Overdue)
	}
	if a.Soon > 0 {
		fmt.Fprintf(&b, "%d 个组织有 %d 项在 %d 天内到期。", a.SoonOrgs, a.Soon, r.RemindFirst)
	}
	b.WriteString("\n")
	for _, row := range a.Named {
		words := make([]string, len(row.Items))
		for i, x := range row.Items {
			words[i] = x.Duty.Name() + x.State.Name()
			if !x.State.Problem() {
				words[i] = x.Duty.Name() + " " + x.DueOn.String() + " 到期"
			}
		}
		fmt.Fprintf(&b, "· %s（%s）：%s\n", row.Name, regions.Name(row.CommunityCode), strings.Join(words, "、"))
	}
	if len(a.Named) == namedInDigest {
		b.WriteString("只列出前面的组织，")
	}
	b.WriteString("全部的在“内部治理”里看，可以按社区和事项筛选。")
	return notification.Message{Kind: MessageKind, Title: "内部治理周报：" + regions.Name(subdistrict) + "，" + counted(a.Overdue, a.Soon), Body: b.String()}
}
