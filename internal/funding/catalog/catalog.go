// Package catalog is the list of funding programmes. Level 5, above funding and
// its programmes: adding a programme adds a line here and one in web/fundingpages.
package catalog

import (
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/startup"
)

// Programmes returns every programme in the order of the policy, 三（二）1.
func Programmes() []funding.Programme {
	return []funding.Programme{
		startup.Programme{},
		activity.Programme{},
	}
}
