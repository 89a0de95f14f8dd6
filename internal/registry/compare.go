package registry

import (
	"context"
	"fmt"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// compare holds a document against the registers and returns the name that it
// asks for, "" for none. Faults stand at their fields: what is odd but may be
// right needs a word of explanation there (domain §1.5).
func (k kind) compare(ctx context.Context, tx postgres.Tx, c casework.Case, s Subject, d application.Document) (string, error) {
	var faults []errs.Field
	add := func(f []errs.Field, err error) error { faults = append(faults, f...); return err }
	name := ""
	var err error
	switch d := d.(type) {
	case *Founding:
		name = d.Name
		if c.Community != d.Community {
			faults = append(faults, fault("community", "所属社区", "意见已经由原来的社区提出，补正时不能换社区。要换的，撤回后重新申请"))
		}
		err = add(k.compareName(ctx, tx, c, uuid.Nil, name, d.SimilarReason))
		if err == nil {
			err = add(k.compareHead(ctx, tx, uuid.Nil, d.Head, d.HeadMany, s))
		}
	case *ChangeRequest:
		o := s.Organization
		if d.Has(NameMatter) {
			name = d.Name
			err = add(k.compareName(ctx, tx, c, o.ID, name, d.SimilarReason))
		}
		if err == nil && d.Head != nil {
			if err = add(k.compareHead(ctx, tx, o.ID, *d.Head, d.HeadMany, s)); err == nil {
				err = add(k.compareNewHead(ctx, tx, o, *d.Head, d.Username))
			}
		}
	case *MergerRequest:
		if err = add(k.agreed(ctx, tx, c, d)); err == nil && d.New != nil {
			name = d.New.Name
			err = add(k.compareName(ctx, tx, c, uuid.Nil, name, d.New.SimilarReason))
			if err == nil {
				err = add(k.compareHead(ctx, tx, uuid.Nil, d.New.Head, d.New.HeadMany, s))
			}
			if err == nil {
				err = add(k.compareUsername(ctx, tx, append(partyIDs(d), c.OrganizationID), d.New.Head, d.New.Username))
			}
		}
	}
	if err != nil {
		return "", err
	}
	return name, errs.Fields(append(faults, k.within(c, s)...))
}

// within keeps a correction in the hands of whoever has the case: what the
// subdistrict could not decide is applied for anew.
func (k kind) within(c casework.Case, s Subject) []errs.Field {
	if !k.street || k.family == Filing || c.CorrectionRounds == 0 || k.byStreet(s.typed, s) {
		return nil
	}
	const message = "这样改要由区民政局办理，补正时不能换办理机关。改回原来的内容，或撤回后重新申请"
	if k.family == Merger {
		return []errs.Field{fault("parties", "其他各方", message)}
	}
	return []errs.Field{fault("subdistrict", "所属街道", message)}
}

// compareName refuses a name that a living organization bears and asks about one
// that differs in form only, also from what others are asking for.
func (k kind) compareName(ctx context.Context, tx postgres.Tx, c casework.Case, self uuid.UUID, name, reason string) ([]errs.Field, error) {
	taken, err := organization.NameTaken(ctx, tx, self, name)
	if err != nil {
		return nil, err
	}
	if taken != "" {
		return []errs.Field{fault("name", "组织名称", "已经有叫“"+taken+"”的组织。换一个名称")}, nil
	}
	if reason != "" {
		return nil, nil
	}
	similar, err := organization.SimilarNames(ctx, tx, self, name)
	if err != nil {
		return nil, err
	}
	pending, err := pendingNames(ctx, tx, c.ID, name)
	if err != nil {
		return nil, err
	}
	for _, p := range pending {
		similar = append(similar, p+"（正在申请）")
	}
	if len(similar) == 0 {
		return nil, nil
	}
	return []errs.Field{fault("similar_reason", "名称相近的说明", "已经有名称相近的组织："+strings.Join(similar, "、")+"。写明和它的区别，或换一个名称")}, nil
}

// compareHead asks about somebody who heads several organizations already, and
// refuses a number that is on record under another name.
func (k kind) compareHead(ctx context.Context, tx postgres.Tx, self uuid.UUID, head Person, reason string, s Subject) ([]errs.Field, error) {
	id, known, err := person.Find(ctx, tx, k.Keys, head.IDType, head.number)
	if err != nil || !known {
		return nil, err
	}
	p, err := person.Load(ctx, tx, k.Keys, id)
	if err != nil {
		return nil, err
	}
	if p.Name != head.Name {
		return []errs.Field{fault("head_id_no", "负责人证件号码", "这个号码已经登记在另一个姓名下。看着证件核对姓名和号码")}, nil
	}
	orgs, err := organization.HeadOrgsOf(ctx, tx, self, id)
	if err != nil || reason != "" || len(orgs)+1 < s.Params.HeadOrganizations {
		return nil, err
	}
	names := make([]string, len(orgs))
	for i, o := range orgs {
		names[i] = o.Name
	}
	return []errs.Field{fault("head_many_reason", "同时担任其他组织负责人的说明",
		head.Name+"已经是"+strings.Join(names, "、")+"的负责人。写明为什么还由同一人负责，或换一位负责人")}, nil
}

// compareNewHead wants another person than the present head.
func (k kind) compareNewHead(ctx context.Context, tx postgres.Tx, o organization.Organization, head Person, username string) ([]errs.Field, error) {
	id, known, err := person.Find(ctx, tx, k.Keys, head.IDType, head.number)
	if err != nil {
		return nil, err
	}
	if known && id == o.HeadPersonID {
		return []errs.Field{fault("head_id_no", "负责人证件号码", "这就是现在的负责人。填新负责人的证件号码，或去掉“负责人”这一项")}, nil
	}
	return k.compareUsername(ctx, tx, []uuid.UUID{o.ID}, head, username)
}

// compareUsername wants a free user name of a head who acts for none of some
// organizations yet: an account that is there goes on.
func (k kind) compareUsername(ctx context.Context, tx postgres.Tx, orgs []uuid.UUID, head Person, username string) ([]errs.Field, error) {
	id, known, err := person.Find(ctx, tx, k.Keys, head.IDType, head.number)
	if err != nil {
		return nil, err
	}
	if known {
		if member, err := account.MemberOf(ctx, tx, orgs, id); err != nil || member {
			return nil, err
		}
	}
	message, err := account.UsernameFree(ctx, tx, username)
	if err != nil || message == "" {
		return nil, err
	}
	return []errs.Field{fault("head_username", "新负责人的用户名", message)}, nil
}

// inTheWay is a case as an obstacle, by its number.
func (s *Service) inTheWay(u unsettled, what string) errs.Field {
	place := workflow.Place{State: u.State, Waits: u.Waits}
	return fault("line:case:"+u.No, u.Title+" "+s.Cases.KindName(u.Kind)+" "+u.No, "现在是“"+place.Name()+"”。"+what)
}

// obstacles are what must be settled before organizations end: open cases and
// drafts, each by its number, and money that is to be paid back. Who takes over
// does not take a ban with it, so a merger waits until that is over. others are
// the parties of a merger whose consent is still to be looked at.
func (s *Service) obstacles(ctx context.Context, q postgres.Querier, c casework.Case, today civil.Date, ending, others []uuid.UUID) ([]errs.Field, error) {
	if len(ending)+len(others) == 0 {
		return nil, nil
	}
	stops := []string{string(standing.RecoveryOpen)}
	if f, _, _ := FamilyOf(c.Kind); f == Merger {
		stops = append(stops, string(standing.Ban), string(standing.SeriousList))
	}
	var answers []said
	var open []unsettled
	var entries []listed
	var b postgres.Batch
	postgres.Gather(&b, &answers, saidSQL, c.ID, others)
	postgres.Gather(&b, &open, openCasesSQL, ending, c.ID)
	postgres.Gather(&b, &entries, listedSQL, ending, stops, today)
	if err := b.Run(ctx, q); err != nil {
		return nil, err
	}
	faults := missing(answers)
	for _, u := range open {
		what := "办结或撤回以后再办"
		if u.State == workflow.Draft {
			what = "提交或撤销这份草稿以后再办"
		} else if u.State.Class() == workflow.Grant {
			what = "资助还没有办结，交清使用报告、办结以后再办"
		}
		faults = append(faults, s.inTheWay(u, what))
	}
	for _, e := range entries {
		faults = append(faults, fault(fmt.Sprintf("line:standing:%s:%s", e.Kind, e.Org), e.Kind.Name(), "从"+e.FromOn.Chinese()+"起。处理完毕以后再办"))
	}
	return faults, nil
}
