package report

import (
	"encoding/base64"
	"strconv"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

// position is where a page of the list begins: beside a project, in an order.
type position struct {
	by     ProjectSort
	no     string // "" for the beginning
	on     civil.Date
	amount money.Fen
	back   bool
}

func positionOf(p Project, by ProjectSort, back bool) position {
	at := position{by: by, no: p.No, back: back}
	switch by.column() {
	case "approved_fen":
		at.amount = p.Approved
	case "paid_fen":
		at.amount = p.Paid
	default:
		at.on = p.GrantedOn
	}
	return at
}

// value is what the order compares.
func (at position) value() any {
	if at.by.column() == "granted_on" {
		return at.on
	}
	return at.amount
}

func (at position) String() string {
	value, direction := at.on.String(), "n"
	if at.by.column() != "granted_on" {
		value = strconv.FormatInt(int64(at.amount), 10)
	}
	if at.back {
		direction = "p"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Join([]string{direction, string(at.by), value, at.no}, "\n")))
}

// parsePosition reads a cursor; one that is malformed, or of another order, is
// the beginning.
func parsePosition(cursor string, by ProjectSort) position {
	at := position{by: by}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return at
	}
	parts := strings.Split(string(text), "\n")
	if len(parts) != 4 || parts[1] != string(by) || !caseNo(parts[3]) {
		return at
	}
	if by.column() == "granted_on" {
		at.on, err = civil.Parse(parts[2])
	} else {
		var fen int64
		fen, err = strconv.ParseInt(parts[2], 10, 64)
		at.amount = money.Fen(fen)
	}
	if err == nil {
		at.no, at.back = parts[3], parts[0] == "p"
	}
	return at
}

// caseNo reports whether s can be the number of a case.
func caseNo(s string) bool {
	if s == "" || len(s) > 30 {
		return false
	}
	for _, r := range s {
		if (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-' {
			return false
		}
	}
	return true
}
