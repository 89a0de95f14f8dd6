// Package incubator owns the incubation bases (孵化基地) of the communities,
// policy 三(一). Level 5; owns the table incubation_base.
//
// A base is hosted by its community's party-service centre. The community that
// runs it, or the subdistrict above, records its facts; a fact that nobody
// recorded stays unknown: staff see 待填写, the public sees nothing.
package incubator

import (
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// Status is the stage of a base.
type Status string

// The stages of a base.
const (
	Planned Status = "planned"
	Open    Status = "open"
	Closed  Status = "closed"
)

// Statuses lists the stages in their order.
var Statuses = []Status{Planned, Open, Closed}

// Name returns the Chinese name of the stage.
func (s Status) Name() string {
	switch s {
	case Planned:
		return "筹建"
	case Open:
		return "开放"
	default:
		return "已关闭"
	}
}

// Facts are what a base's operator records. A nil pointer or "" is unknown.
type Facts struct {
	Address    string     `db:"address"`
	AreaM2     *int       `db:"area_m2"`
	Seats      *int       `db:"seats"`
	OpenHours  string     `db:"open_hours"`
	Manager    string     `db:"manager"` // for staff; never on a public page
	Phone      string     `db:"phone"`   // public service line
	Facilities string     `db:"facilities"`
	Status     Status     `db:"status"`
	OpenedOn   civil.Date `db:"opened_on"`
}

// Base is an incubation base.
type Base struct {
	ID            uuid.UUID `db:"id"`
	Slug          string    `db:"slug"` // names it in its address
	Name          string    `db:"name"`
	CommunityCode string    `db:"community_code"`
	Host          string    `db:"host"`
	Facts
	Version   int        `db:"version"`
	UpdatedAt *time.Time `db:"updated_at"` // nil before anyone recorded a fact
}

// Unknown returns the Chinese labels of the facts that are still to be recorded,
// in the order of the form. Floor space and the like count as well: a base that
// is being planned has few of them.
func (f Facts) Unknown() []string {
	var labels []string
	for _, u := range []struct {
		unknown bool
		label   string
	}{
		{f.Address == "", LabelAddress}, {f.OpenHours == "", LabelOpenHours}, {f.Phone == "", LabelPhone}, {f.Manager == "", LabelManager},
		{f.AreaM2 == nil, LabelArea}, {f.Seats == nil, LabelSeats}, {f.Facilities == "", LabelFacilities},
		{f.Status != Planned && f.OpenedOn.IsZero(), LabelOpenedOn},
	} {
		if u.unknown {
			labels = append(labels, u.label)
		}
	}
	return labels
}

// ServiceLine is one of the five services that a base gives (policy 三(一)).
type ServiceLine struct{ Name, Text string }

// ServiceLines are the five service lines in the order and words of policy 三(一).
var ServiceLines = [...]ServiceLine{
	{"信息和政策", "提供信息交流以及政策法律法规的宣传服务"},
	{"内部管理", "协助社区社会组织完善内部管理制度"},
	{"业务指导", "开展业务指导和项目研发引导服务"},
	{"场地和资源", "提供活动场地，调配社区资源"},
	{"能力提升", "提供能力提升服务，开展学习培训活动"},
}

// ours reports whether b lies in the actor's area. A community's code begins
// with its subdistrict's, which the table region guarantees.
func ours(actor authz.Actor, b Base) bool {
	return actor.Covers(authz.Place{Community: b.CommunityCode, Subdistrict: subdistrictOf(b.CommunityCode)})
}

// mayEdit is Forbidden, not NotFound, for another's base: the page is public.
func mayEdit(actor authz.Actor, b Base) error {
	if ours(actor, b) {
		return nil
	}
	return errs.Newf(errs.Forbidden, "%s不在您管理的范围内。请由它所在的社区或街道填写。", b.Name)
}

func subdistrictOf(community string) string { return community[:min(9, len(community))] }
