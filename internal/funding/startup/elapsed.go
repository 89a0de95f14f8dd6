package startup

import (
	"fmt"

	"civilaffairs/internal/civil"
)

// elapsed says how long it is from a date to another: 到今天 4 个月 16 天.
func elapsed(from, to civil.Date) string {
	if to.Before(from) {
		return "还没有到成立日期"
	}
	months := 0
	for !from.AddMonths(months + 1).After(to) {
		months++
	}
	days := from.AddMonths(months).DaysUntil(to)
	switch {
	case months == 0:
		return fmt.Sprintf("到这一天 %d 天", days)
	case days == 0:
		return fmt.Sprintf("到这一天满 %d 个月", months)
	default:
		return fmt.Sprintf("到这一天 %d 个月 %d 天", months, days)
	}
}
