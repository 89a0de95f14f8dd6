package fundingpages

import (
	"strconv"
	"time"

	"civilaffairs/web/applying"
)

func itoa(n int) string { return strconv.Itoa(n) }

func clock(t time.Time) string { return applying.Clock(t) }
