package demo

import (
	"context"
	"strings"

	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// library releases the texts of the portal soon after the bureau began to use it;
// of the one about money a second version waits for its release.
func (p *planter) library() {
	written, released := p.calendar.Add(p.opening, 3).On, p.calendar.Add(p.opening, 5).On
	entries := map[string]uuid.UUID{}
	for _, s := range governance.ShippedGuidelines() {
		p.on(written, 10, "guideline "+s.Key, func(ctx context.Context) (err error) {
			if entries[s.Key], err = p.Governance.StartGuideline(ctx, p.actors["clerk"], once.NewToken(), s.Key, s.GuidelineText); err != nil {
				return err
			}
			return p.handIn(ctx, entries[s.Key], "clerk")
		})
		p.on(released, 15, "release of guideline "+s.Key, func(ctx context.Context) error {
			v, err := p.newest(ctx, entries[s.Key])
			if err != nil {
				return err
			}
			return p.Governance.ReleaseGuideline(ctx, p.actors["reviewer"], v.ID, v.Version)
		})
	}
	p.on(p.workdayBack(2), 16, "a guideline revised", func(ctx context.Context) error {
		clerk, id := p.actors["clerk2"], entries["finance"]
		if _, err := p.Governance.ReviseGuideline(ctx, clerk, once.NewToken(), id); err != nil {
			return err
		}
		v, err := p.newest(ctx, id)
		if err != nil {
			return err
		}
		body := strings.Replace(v.Body, "第十一条 尽量用银行转账。", "第十一条 尽量用银行转账；用微信、支付宝收付的，用本组织或者代管单位的账户，不用个人账户。", 1)
		if err := p.Governance.SaveGuideline(ctx, clerk, v.ID, v.Version, governance.GuidelineText{Title: v.Title, Summary: v.Summary, Body: body}); err != nil {
			return err
		}
		return p.handIn(ctx, id, "clerk2")
	})
	// The job of the past weeks: what it told then it does not tell again.
	for n := 25; n >= 1; n-- {
		p.on(p.workdayBack(n), 9, "reminders", p.Governance.Remind)
	}
}

func (p *planter) newest(ctx context.Context, guideline uuid.UUID) (governance.GuidelineVersion, error) {
	list, err := p.Governance.GuidelineVersions(ctx, p.actors["clerk"], guideline)
	if err != nil {
		return governance.GuidelineVersion{}, err
	}
	return list[0], nil
}

func (p *planter) handIn(ctx context.Context, guideline uuid.UUID, by string) error {
	v, err := p.newest(ctx, guideline)
	if err != nil {
		return err
	}
	return p.Governance.SubmitGuideline(ctx, p.actors[by], v.ID, v.Version)
}
