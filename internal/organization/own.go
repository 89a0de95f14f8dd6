package organization

import (
	"context"
	"net/mail"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Basics is what an organization tells about itself; nil numbers are unknown.
type Basics struct {
	OrgID         uuid.UUID
	Version       int
	Introduction  string
	ActivityScope string
	Reach         Reach
	// ServiceTargets are the groups that it serves, once each.
	ServiceTargets []ServiceTarget
	Premises       Premises
	Members        *int
	Staff          *int
	FullTime       *int
	Volunteers     *int
	SocialWorkers  *int
	PartyOrg       PartyOrg
	PartyMembers   *int
}

// SaveBasics saves the organization's own description and numbers.
func (s *Service) SaveBasics(ctx context.Context, actor authz.Actor, in Basics) error {
	return s.change(ctx, actor, in.OrgID, mayEdit, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		return describe(ctx, tx, now, actor, o, in)
	})
}

// describe does the work of SaveBasics on a locked record.
func describe(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Organization, in Basics) (audit.Entry, error) {
	if o.Version != in.Version {
		return audit.Entry{}, stale()
	}
	if err := errs.Fields(in.faults()); err != nil {
		return audit.Entry{}, err
	}
	in.ServiceTargets = inListOrder(in.ServiceTargets)
	if told := toldFacts(o, in); len(told) > 0 { // whom it serves and how far it reaches have a history
		if err := insertFacts(ctx, tx, now, o.ID, told, civil.On(now), actor.AccountID, "组织更新基本情况"); err != nil {
			return audit.Entry{}, err
		}
	}
	in.apply(&o)
	return audit.Entry{Action: "organization.basics.save"}, saveBasics(ctx, tx, now, o, in.Version)
}

// apply copies what was told onto the record.
func (in Basics) apply(o *Organization) {
	o.ServiceTargets, o.Reach = in.ServiceTargets, in.Reach
	o.Introduction, o.ActivityScope, o.Premises = in.Introduction, in.ActivityScope, in.Premises
	o.Members, o.Staff, o.FullTime, o.Volunteers = in.Members, in.Staff, in.FullTime, in.Volunteers
	o.SocialWorkers, o.PartyOrg, o.PartyMembers = in.SocialWorkers, in.PartyOrg, in.PartyMembers
}

const mostPeople = 1_000_000

func (in Basics) faults() errs.Faults {
	var f errs.Faults
	f.Length("introduction", "组织简介", in.Introduction, 0, 500)
	f.Length("activity_scope", "活动地域", in.ActivityScope, 0, 200)
	for _, t := range in.ServiceTargets {
		errs.OneOf(&f, "service_targets", "服务对象", t, ServiceTargets)
	}
	if in.Reach != ReachUnknown {
		errs.OneOf(&f, "activity_reach", "活动范围", in.Reach, Reaches)
	}
	if in.Premises != PremisesUnknown {
		errs.OneOf(&f, "premises", "场所来源", in.Premises, PremisesKinds)
	}
	for _, c := range []struct {
		name, label string
		n           *int
	}{
		{"members", "会员数", in.Members}, {"staff", "从业人数", in.Staff}, {"full_time", "专职人数", in.FullTime},
		{"social_workers", "社工人数", in.SocialWorkers}, {"volunteers", "义工人数", in.Volunteers}, {"party_members", "党员人数", in.PartyMembers},
	} {
		switch {
		case c.n == nil:
		case *c.n < 0:
			f.Add(c.name, c.label, c.label+"不能是负数。没有的填 0。")
		case *c.n > mostPeople:
			f.Add(c.name, c.label, c.label+"太大。核对后重新填。")
		}
	}
	switch {
	case in.FullTime == nil:
	case in.Staff == nil:
		f.Add("staff", "从业人数", "填了专职人数，还要填从业人数。")
	case *in.FullTime > *in.Staff:
		f.Add("full_time", "专职人数", "专职人数比从业人数多。从业人数包括专职和兼职，核对这两个数。")
	}
	if in.PartyOrg != PartyUnknown {
		errs.OneOf(&f, "party_org", "党组织", in.PartyOrg, PartyOrgs)
	}
	if in.PartyMembers != nil && in.Members != nil && in.Staff != nil && *in.PartyMembers > *in.Members+*in.Staff {
		f.Add("party_members", "党员人数", "党员人数比会员和从业人员加起来还多。核对这几个数。")
	}
	return f
}

// Contact is how to reach an organization. An empty mobile keeps the one on
// record: the page shows it masked only.
type Contact struct {
	OrgID    uuid.UUID
	Version  int
	Name     string
	Phone    string
	Mobile   string
	Email    string
	Address  string
	Postcode string
}

// SaveContact saves how to reach the organization.
func (s *Service) SaveContact(ctx context.Context, actor authz.Actor, in Contact) error {
	return s.change(ctx, actor, in.OrgID, mayEdit, func(tx postgres.Tx, now time.Time, o Organization) (audit.Entry, error) {
		if o.Version != in.Version {
			return audit.Entry{}, stale()
		}
		if err := errs.Fields(in.normalise(o)); err != nil {
			return audit.Entry{}, err
		}
		if in.Address != o.Address { // the place has a history, whoever writes it down
			moved := []fact{{"address", in.Address}}
			if err := insertFacts(ctx, tx, now, o.ID, moved, civil.On(now), actor.AccountID, "组织更新联系信息"); err != nil {
				return audit.Entry{}, err
			}
		}
		o.ContactName, o.ContactPhone, o.ContactEmail, o.Address, o.Postcode = in.Name, in.Phone, in.Email, in.Address, in.Postcode
		detail := map[string]any{"mobile_changed": in.Mobile != ""}
		var seals sealed
		if in.Mobile != "" {
			o.ContactMobileMask = secret.MaskMobile(in.Mobile)
			detail["mobile"] = s.keys.Digest(contactMobileContext, in.Mobile)
			var err error
			if seals, err = s.sealContact(o.ID, in.Mobile); err != nil {
				return audit.Entry{}, err
			}
		}
		return audit.Entry{Action: "organization.contact.save", Detail: detail}, saveContact(ctx, tx, now, o, seals, in.Version)
	})
}

func (in *Contact) normalise(o Organization) errs.Faults {
	var f errs.Faults
	in.Name = take1(&f, "contact_name", "联系人", in.Name, identifier.ParsePersonName)
	if in.Phone != "" {
		in.Phone = take1(&f, "contact_phone", "办公电话", in.Phone, identifier.ParsePhone)
	}
	if in.Mobile != "" || o.ContactMobileMask == "" {
		in.Mobile = take1(&f, "contact_mobile", "联系人手机", in.Mobile, identifier.ParseMobile)
	}
	in.Email = strings.TrimSpace(in.Email)
	if in.Email != "" {
		a, err := mail.ParseAddress(in.Email)
		if err != nil || a.Address != in.Email || len(in.Email) > 120 || !strings.Contains(in.Email[strings.LastIndex(in.Email, "@"):], ".") {
			f.Add("contact_email", "电子邮箱", "“"+short(in.Email)+"”收不到邮件。填完整的邮箱，如 name@example.cn。")
		}
	}
	f.Length("address", "办公地址", in.Address, 5, 200)
	in.Postcode = strings.TrimSpace(in.Postcode)
	if in.Postcode != "" && (len(in.Postcode) != 6 || strings.Trim(in.Postcode, "0123456789") != "") {
		f.Add("postcode", "邮编", "“"+short(in.Postcode)+"”不是 6 位数字。坪山区的邮编是 518118。")
	}
	return f
}

// short keeps a typed value short enough to stand in a message.
func short(s string) string {
	if r := []rune(s); len(r) > 24 {
		return string(r[:24]) + "…"
	}
	return s
}
