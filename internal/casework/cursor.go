package casework

import (
	"strings"

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
	if f.Newest || f.Tab == Done {
		return ordering{
			key: "f.id", cast: "uuid", direction: "desc", after: "<", // UUIDv7: by time of creation
			value: func(i Item) string { return i.ID.String() },
		}
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

func (o ordering) cursor(last Item) string { return o.value(last) + "." + last.ID.String() }

type position struct {
	key string
	id  uuid.UUID
}

// parseCursor reads a cursor made by the same ordering; anything else begins at
// the first page.
func parseCursor(s string, o ordering) (position, bool) {
	key, id, ok := strings.Cut(s, ".")
	if !ok {
		return position{}, false
	}
	parsed, err := uuid.Parse(id)
	if err != nil {
		return position{}, false
	}
	if o.cast == "uuid" {
		_, err = uuid.Parse(key)
	} else {
		_, err = civil.Parse(key)
	}
	return position{key, parsed}, err == nil
}
