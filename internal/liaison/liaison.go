// Package liaison is the joint timeline of an organization (policy 三(三)1): what
// registrar, department, subdistrict, community and the organization tell and
// ask each other, in one stream with what other registries record. Level 5; owns
// liaison_entry and liaison_request, and reads the tables of organization,
// standing, casework and funding.
//
// An entry speaks for an office, not for a person, and has an audience that its
// author chose; Sees and its twin in SQL are the one rule of who reads it. It is
// never altered: a following entry corrects it, or it is withdrawn and leaves a
// tombstone. A request is addressed to one office, which answers or forwards it.
// Files come with an entry and are read by whoever reads it.
package liaison

import (
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// Kind is what an entry says.
type Kind string

// The kinds of entry.
const (
	Remark  Kind = "remark"
	Request Kind = "request"
	Answer  Kind = "answer"
	Support Kind = "support"
	Risk    Kind = "risk"
)

// Kinds are what an office writes of its own accord; an answer has its request.
var Kinds = []Kind{Remark, Request, Support, Risk}

// Name returns the Chinese name.
func (k Kind) Name() string {
	return named(k, map[Kind]string{Remark: "情况备注", Request: "协查请求", Answer: "答复", Support: "支持情况", Risk: "风险提示"})
}

// Audience is who reads an entry beside its author's office and the auditor.
type Audience string

// The audiences, from the narrowest.
const (
	OwnOffice    Audience = "office"
	AllOffices   Audience = "offices"
	TheirsAsWell Audience = "organization"
)

// Audiences lists them from the narrowest.
var Audiences = []Audience{OwnOffice, AllOffices, TheirsAsWell}

// Name returns the Chinese name.
func (a Audience) Name() string {
	return named(a, map[Audience]string{OwnOffice: "只给本单位", AllOffices: "给各有关单位", TheirsAsWell: "给各有关单位和组织"})
}

// Within reports whether everyone who reads a reads b as well.
func (a Audience) Within(b Audience) bool { return rank[a] <= rank[b] }

var rank = map[Audience]int{OwnOffice: 1, AllOffices: 2, TheirsAsWell: 3}

// Means is the kind of support that an office gave (policy 三(三)1).
type Means string

// MeansOf lists the kinds of support.
var MeansOf = []Means{"policy", "theory", "money", "venue", "people", "other"}

// Name returns the Chinese name.
func (m Means) Name() string {
	return named(m, map[Means]string{"policy": "政策", "theory": "理论", "money": "资金", "venue": "场地", "people": "人员", "other": "其他"})
}

func named[K ~string](k K, names map[K]string) string {
	if n, ok := names[k]; ok {
		return n
	}
	return string(k)
}

// State is where a request stands.
type State string

// The states of a request.
const (
	Open      State = "open"
	Answered  State = "answered"
	Forwarded State = "forwarded"
	Withdrawn State = "withdrawn"
)

// Name returns the Chinese name.
func (s State) Name() string {
	return named(s, map[State]string{Open: "等答复", Answered: "已答复", Forwarded: "已转办", Withdrawn: "已撤回"})
}

// Entry is one thing told, with its request when it asks.
type Entry struct {
	ID         uuid.UUID  `db:"id"`
	OrgID      uuid.UUID  `db:"org_id"`
	Kind       Kind       `db:"kind"`
	Audience   Audience   `db:"audience"`
	Office     string     `db:"office"` // key of an Office
	OfficeName string     `db:"office_name"`
	Text       string     `db:"text"` // "" once withdrawn
	Support    Means      `db:"support"`
	Amount     *money.Fen `db:"amount_fen"`
	Answers    *uuid.UUID `db:"answers"`
	Corrects   *uuid.UUID `db:"corrects"`
	Forwards   *uuid.UUID `db:"forwards"`
	At         time.Time  `db:"at"`
	ActorName  string     `db:"actor_name"`

	WithdrawnAt     *time.Time `db:"withdrawn_at"`
	WithdrawnName   string     `db:"withdrawn_name"`
	WithdrawnReason string     `db:"withdrawn_reason"`
	Corrected       bool       `db:"corrected"` // a later entry corrects it

	To             string     `db:"to_office"` // requests only
	ToName         string     `db:"to_name"`
	From           string     `db:"from_office"`
	DueOn          civil.Date `db:"due_on"`
	DueProvisional bool       `db:"due_provisional"`
	State          State      `db:"state"`
	Version        int        `db:"version"`

	Question string `db:"question"` // of an answer or a forwarded request: what was asked

	Parcel *uuid.UUID              `db:"files"` // nil without files, and once withdrawn
	Files  []attachment.Attachment `db:"-"`
}

// Ask is a row of a list of requests.
type Ask struct {
	ID             uuid.UUID  `db:"id"`
	OrgID          uuid.UUID  `db:"org_id"`
	OrgName        string     `db:"org_name"`
	Demo           bool       `db:"demo"`
	Community      string     `db:"community_code"`
	Text           string     `db:"text"`
	FromName       string     `db:"from_name"`
	ToName         string     `db:"to_name"`
	AskedOn        civil.Date `db:"asked_on"`
	DueOn          civil.Date `db:"due_on"`
	DueProvisional bool       `db:"due_provisional"`
	Days           int        `db:"days"`
	State          State      `db:"state"`
	ClosedAt       *time.Time `db:"closed_at"`
}
