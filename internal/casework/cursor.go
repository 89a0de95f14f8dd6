package casework

import (
	"strings"
	"time"

	"civilaffairs/internal/civil"

	"github.com/google/uuid"
)

// ordering is one way to sort the inbox: an SQL key with the id as tie-break,
// so that a page begins exactly after the last row of the one before.
type ordering struct {
	key, cast, direction, after string
	value                       func(Item) string
}

// noDeadline sorts cases without a deadline behind all others.
const noDeadline = "9999-12-31"

func sortOf(f Filter) ordering {
	newest := ordering{cast: "timestamptz", direction: "desc", after: "<"}
	switch {
	case f.Tab == Done:
		newest.key, newest.value = "f.closed_at", func(i Item) string { return instant(*i.ClosedAt) }
		return newest
	case f.Newest:
		newest.key, newest.value = receivedAt, func(i Item) string { return instant(i.ReceivedAt) }
		return newest
	}
	return ordering{
		key: "coalesce(f.due_on, date '" + noDeadline + "')", cast: "date", direction: "asc", after: ">",
		value: func(i Item) string {
			if i.DueOn.IsZero() {
				return noDeadline
			}
			return i.DueOn.String()
		},
	}
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

func (o ordering) cursor(last Item) string { return o.value(last) + "." + last.ID.String() }

type position struct {
	key string
	id  uuid.UUID
}

// parseCursor reads a cursor made by the same ordering; anything else begins at
// the first page.
func parseCursor(s string, o ordering) (position, bool) {
	i := strings.LastIndexByte(s, '.') // an instant may hold one as well
	if i < 0 {
		return position{}, false
	}
	key := s[:i]
	id, err := uuid.Parse(s[i+1:])
	if err != nil {
		return position{}, false
	}
	// Postgres knows no year 0, which both parsers take.
	if o.cast == "date" {
		d, err := civil.Parse(key)
		return position{key, id}, err == nil && d.Year > 0
	}
	t, err := time.Parse(time.RFC3339Nano, key)
	return position{key, id}, err == nil && t.UTC().Year() > 0
}
