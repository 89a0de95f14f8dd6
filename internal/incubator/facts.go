package incubator

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
)

// Names of the facts in forms and error summaries, and their Chinese labels.
const (
	FieldStatus, LabelStatus         = "status", "状态"
	FieldOpenedOn, LabelOpenedOn     = "opened_on", "揭牌日期"
	FieldAddress, LabelAddress       = "address", "地址"
	FieldOpenHours, LabelOpenHours   = "open_hours", "开放时间"
	FieldPhone, LabelPhone           = "phone", "服务电话"
	FieldManager, LabelManager       = "manager", "负责人"
	FieldArea, LabelArea             = "area_m2", "面积"
	FieldSeats, LabelSeats           = "seats", "工位"
	FieldFacilities, LabelFacilities = "facilities", "设施"
)

// Check returns what is wrong with the facts on date today: what goes with being
// open, and a date of opening that makes sense. Lengths and formats are the
// form's and the database's.
func (f Facts) Check(today civil.Date) []errs.Field {
	var faults []errs.Field
	fail := func(name, label, message string) {
		faults = append(faults, errs.Field{Name: name, Label: label, Message: message})
	}
	switch {
	case f.Status == Planned && !f.OpenedOn.IsZero():
		fail(FieldOpenedOn, LabelOpenedOn, "筹建中的基地还没有揭牌。清空揭牌日期，或把状态改成“开放”")
	case f.OpenedOn.After(today):
		fail(FieldOpenedOn, LabelOpenedOn, f.OpenedOn.Chinese()+"还没到。填已经揭牌的日期")
	case !f.OpenedOn.IsZero() && f.OpenedOn.Before(civil.Of(2000, time.January, 1)):
		fail(FieldOpenedOn, LabelOpenedOn, f.OpenedOn.Chinese()+"早于2000年。核对年份后再填")
	}
	if f.Status == Open && f.Address == "" {
		fail(FieldAddress, LabelAddress, "开放的基地要有地址，居民才找得到。在这里填上")
	}
	if f.Status == Open && f.OpenHours == "" {
		fail(FieldOpenHours, LabelOpenHours, "开放的基地要有开放时间。在这里填上，如“周一至周五 9:00—18:00”")
	}
	return faults
}

// changed names the facts in which f differs from old, for the audit trail.
func (f Facts) changed(old Facts) []string {
	var names []string
	number := func(n *int) string {
		if n == nil {
			return ""
		}
		return fmt.Sprint(*n)
	}
	for _, c := range [][3]string{
		{FieldStatus, string(f.Status), string(old.Status)}, {FieldOpenedOn, f.OpenedOn.String(), old.OpenedOn.String()},
		{FieldAddress, f.Address, old.Address}, {FieldOpenHours, f.OpenHours, old.OpenHours},
		{FieldPhone, f.Phone, old.Phone}, {FieldManager, f.Manager, old.Manager},
		{FieldArea, number(f.AreaM2), number(old.AreaM2)}, {FieldSeats, number(f.Seats), number(old.Seats)},
		{FieldFacilities, f.Facilities, old.Facilities},
	} {
		if c[1] != c[2] {
			names = append(names, c[0])
		}
	}
	return names
}

// SaveFacts records the facts of a base that the actor saw at version. Saving
// what is there already changes nothing. errs.NotFound; errs.Forbidden for a base
// outside the actor's area; errs.Invalid with fields; errs.Conflict when someone
// else saved in between.
func (s *Service) SaveFacts(ctx context.Context, actor authz.Actor, slug string, version int, facts Facts) error {
	if err := actor.Require(authz.BaseEdit); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		old, err := bySlug(ctx, tx, slug, "for update")
		if err != nil {
			return err
		}
		if err := mayEdit(actor, old); err != nil {
			return err
		}
		if err := errs.Fields(facts.Check(civil.On(now))); err != nil {
			return err
		}
		changed := facts.changed(old.Facts)
		if len(changed) == 0 && version == old.Version {
			return nil
		}
		if err := update(ctx, tx, now, old, version, facts); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{
			Subject: "base", SubjectID: old.ID.String(), Action: "base.facts.save",
			Detail: map[string]any{"fields": changed, "version": version + 1},
		})
	})
}
