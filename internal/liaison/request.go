package liaison

import (
	"context"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Reply answers an entry.
type Reply struct {
	Token    string
	OrgID    uuid.UUID
	Entry    uuid.UUID // what is answered
	Version  int       // of its request, 0 when it is none
	Audience Audience
	Text     string
}

// Answer answers a request as the office that it waits for. The organization may
// also answer what else was told to it.
func (s *Service) Answer(ctx context.Context, actor authz.Actor, in Reply) error {
	return s.act(ctx, actor, authz.LiaisonAnswer, in.OrgID, in.Token, func(sc scene) error {
		e, err := sc.find(ctx, in.Entry)
		if err != nil {
			return err
		}
		if !e.Answerable(actor) {
			return errs.New(errs.Conflict, "这一条现在不能由您答复：可能已经答复、转办或撤回，或者是发给别的单位的。")
		}
		if sc.office.ofOrg() {
			in.Audience = TheirsAsWell
		}
		var f errs.Faults
		f.Length("text", textLabel(Answer), in.Text, 5, 2000)
		narrower(&f, in.Audience, e.Audience)
		if err := errs.Fields(f); err != nil {
			return err
		}
		a := sc.entry(Answer, in.Audience, in.Text)
		a.Answers = &e.ID
		if err := sc.add(ctx, a); err != nil || e.Kind != Request {
			return err
		}
		if err := closeRequest(ctx, sc.tx, sc.now, e.ID, in.Version, Answered); err != nil {
			return err
		}
		return sc.send(ctx, parseOffice(e.From), "协查请求有答复了："+sc.org.Name,
			a.OfficeName+"答复了您单位关于“"+sc.org.Name+"”的协查请求。到组织的协同记录里看答复。")
	})
}

// Answerable reports whether the actor's office may answer the entry now.
func (e Entry) Answerable(a authz.Actor) bool {
	own, ok := OfficeOf(a)
	if !ok || !a.Can(authz.LiaisonAnswer) || e.WithdrawnAt != nil {
		return false
	}
	if e.Kind == Request {
		return e.State == Open && e.To == own.Key()
	}
	return own.ofOrg() && e.Audience == TheirsAsWell && e.Office != own.Key() && e.Kind != Answer
}

// Forwardable reports whether the actor's office may pass the request on.
func (e Entry) Forwardable(a authz.Actor) bool {
	own, ok := OfficeOf(a)
	return ok && !own.ofOrg() && a.Can(authz.LiaisonWrite) && e.Kind == Request && e.State == Open && e.To == own.Key()
}

// narrower keeps what follows an entry from telling more people than it did.
func narrower(f *errs.Faults, audience, of Audience) {
	switch {
	case audience != AllOffices && audience != TheirsAsWell:
		f.Add("audience", "给谁看", "选一项，定下谁能看到这条记录")
	case !audience.Within(of):
		f.Add("audience", "给谁看", "原来那条没有给组织看，跟着它的也不能。选“给各有关单位”")
	}
}

// Passing passes a request on to another office.
type Passing struct {
	Token   string
	OrgID   uuid.UUID
	Entry   uuid.UUID
	Version int
	To      string
	Days    int
	Reason  string
}

// Forward passes a request on, with the reason. The answer goes to who asked
// first.
func (s *Service) Forward(ctx context.Context, actor authz.Actor, in Passing) error {
	return s.act(ctx, actor, authz.LiaisonWrite, in.OrgID, in.Token, func(sc scene) error {
		e, err := sc.find(ctx, in.Entry)
		if err != nil {
			return err
		}
		if !e.Forwardable(actor) {
			return errs.New(errs.Conflict, "这个请求现在不能由您转办：可能已经答复、转办或撤回，或者是发给别的单位的。")
		}
		var f errs.Faults
		to := sc.addressee(&f, in.To)
		switch {
		case to.Key() == e.From:
			f.Add("to", "转给谁", "请求就是"+to.Name+"发来的。不归您单位答复的，直接这样答复")
		case to.ofOrg() && e.Audience != TheirsAsWell:
			f.Add("to", "转给谁", "这个请求没有给组织看，不能转给组织。选别的单位")
		}
		days(&f, in.Days)
		f.Length("text", "转办理由", in.Reason, 5, 2000)
		if err := errs.Fields(f); err != nil {
			return err
		}
		question, err := questionOf(ctx, sc.tx, e.ID)
		if err != nil {
			return err
		}
		if err := closeRequest(ctx, sc.tx, sc.now, e.ID, in.Version, Forwarded); err != nil {
			return err
		}
		n := sc.entry(Request, e.Audience, in.Reason)
		n.Forwards = &e.ID
		if err := sc.add(ctx, n); err != nil {
			return err
		}
		return sc.ask(ctx, n, question, parseOffice(e.From), to, in.Days)
	})
}

// ask makes the request of an entry wait for an office, and tells its people. An
// office without an account would never answer.
func (sc scene) ask(ctx context.Context, e Entry, question uuid.UUID, from Office, to Addressee, n int) error {
	people, err := recipients(ctx, sc.tx, to.Office)
	if err != nil {
		return err
	}
	if len(people) == 0 {
		return errs.FieldError("to", "发给谁", to.Name+"在平台上还没有账号，发了也没人答复。换一个单位，或请系统管理员先建账号")
	}
	today := civil.On(sc.now)
	calendar, err := district.Calendar(ctx, sc.tx)
	if err != nil {
		return err
	}
	due := calendar.Add(today, n)
	err = insertRequest(ctx, sc.tx, requestRow{Entry: e.ID, Org: sc.org.ID, Question: question, From: from.Key(), To: to.Key(), ToName: to.Name,
		Days: n, AskedOn: today, DueOn: due.On, Provisional: due.Provisional})
	if err != nil {
		return err
	}
	return notification.Send(ctx, sc.tx, sc.now, people, notification.Message{Title: "请答复：" + sc.org.Name,
		Body: e.OfficeName + "请" + to.Name + "在" + due.On.Chinese() + "前答复一个关于“" + sc.org.Name + "”的问题。到“协查请求”里看问题、答复。"})
}

// tell sends word to the organization when an entry is meant for it as well.
func (sc scene) tell(ctx context.Context, e Entry) error {
	if e.Audience != TheirsAsWell {
		return nil
	}
	return sc.send(ctx, Office{ofOrganization, sc.org.ID.String()}, e.OfficeName+"给您组织写了一条"+e.Kind.Name(),
		e.OfficeName+"给“"+sc.org.Name+"”写了一条"+e.Kind.Name()+"。到“协同记录”里看，需要的可以答复。")
}

// send tells the people of an office, if it has any.
func (sc scene) send(ctx context.Context, to Office, title, body string) error {
	people, err := recipients(ctx, sc.tx, to)
	if err != nil {
		return err
	}
	return notification.Send(ctx, sc.tx, sc.now, people, notification.Message{Title: title, Body: body})
}

// recipients are the people of an office. The bureau's clerks take in what comes
// to the bureau.
func recipients(ctx context.Context, q postgres.Querier, o Office) ([]account.Recipient, error) {
	switch o.Kind {
	case ofBureau:
		return account.ByRole(ctx, q, authz.BureauClerk, "")
	case ofLeading:
		return account.ByRole(ctx, q, authz.LeadingGroup, "")
	case ofCommunity:
		return account.ByRole(ctx, q, authz.Community, o.Code)
	case ofSubdistrict:
		return account.ByRole(ctx, q, authz.Subdistrict, o.Code)
	case ofDepartment:
		return account.OfDepartment(ctx, q, o.Code)
	}
	id, err := uuid.Parse(o.Code)
	if err != nil {
		return nil, err
	}
	return account.HeadsAndClerks(ctx, q, id)
}

// remindBatch is how many requests one run reminds of; the next run goes on.
const remindBatch = 500

// Remind tells both sides, once, of every request that is overdue. A deadline
// that was provisional is counted again first: nobody is late by a guess. It is
// idempotent; the job runs it.
func (s *Service) Remind(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		late, err := lateRequests(ctx, tx, civil.On(now), remindBatch)
		if err != nil || len(late) == 0 {
			return err
		}
		calendar, err := district.Calendar(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range late {
			due := calendar.Add(r.AskedOn, r.Days)
			if due.On != r.DueOn || due.Provisional != r.Provisional {
				if err := saveDue(ctx, tx, r.Entry, due); err != nil {
					return err
				}
			}
			if due.Provisional || !due.On.Before(civil.On(now)) {
				continue
			}
			if err := remindOf(ctx, tx, now, r, due.On); err != nil {
				return err
			}
		}
		return nil
	})
}

func remindOf(ctx context.Context, tx postgres.Tx, now time.Time, r lateRequest, due civil.Date) error {
	if err := saveReminded(ctx, tx, now, r.Entry); err != nil {
		return err
	}
	asked, err := recipients(ctx, tx, parseOffice(r.To))
	if err != nil {
		return err
	}
	asking, err := recipients(ctx, tx, parseOffice(r.From))
	if err != nil {
		return err
	}
	if err := notification.Send(ctx, tx, now, asked, notification.Message{Title: "协查请求已超期：" + r.OrgName,
		Body: "关于“" + r.OrgName + "”的协查请求应在" + due.Chinese() + "前答复。请尽快答复；不归您单位答复的，转给别的单位。"}); err != nil {
		return err
	}
	if err := notification.Send(ctx, tx, now, asking, notification.Message{Title: "协查请求还没有答复：" + r.OrgName,
		Body: r.ToName + "没有在" + due.Chinese() + "前答复关于“" + r.OrgName + "”的协查请求，已经提醒对方。"}); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, authz.SystemActor, audit.Entry{Subject: "organization", SubjectID: r.Org.String(),
		Action: "liaison.remind", Detail: map[string]any{"entry": r.Entry, "due_on": due}})
}
