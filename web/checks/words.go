package checks

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
)

// Closed says why nothing new is taken on a day on which d is not in force, or
// has no approved parameters.
func Closed(d policy.Document, on civil.Date) string {
	if d.ForceOn(on) == policy.InForce {
		return fmt.Sprintf("《%s》有效，但%s适用的参数还没有签批，签批前不受理申请。", d.Title, on.Chinese())
	}
	if d.ForceOn(on) == policy.Coming {
		return fmt.Sprintf("《%s》自%s起施行，施行前不受理申请。", d.Title, d.EffectiveFrom.Chinese())
	}
	return fmt.Sprintf("《%s》的有效期是%s，已失效，新的文件还没有公布。有效期内提交的申请继续办理，已经核定的资助照常执行。", d.Title, d.Period())
}

// Gives lists the amounts of an offer, one line each: 备案组织 5,000.00 元.
func Gives(o funding.Offer) []string {
	lines := make([]string, len(o.Gives))
	for i, g := range o.Gives {
		lines[i] = g.To + " " + g.Param.Value + " " + g.Param.Unit
		if g.More {
			lines[i] = g.To + "加 " + g.Param.Display()
		}
	}
	return lines
}

// GivesNote says that the amounts are not yet confirmed, "" when they are.
func GivesNote(o funding.Offer) string {
	for _, g := range o.Gives {
		if !g.Param.Confirmed {
			return PendingWords
		}
	}
	return ""
}
