package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// paperwork is the form of a family.
type paperwork interface {
	statement() application.Statement
	sections() []application.Section
	allSlots() []application.Slot
	slots(v url.Values, s Subject) []application.Slot
	read(v url.Values, s Subject) (application.Document, []errs.Field)
}

func paperworkOf(f Family) paperwork {
	switch f {
	case Filing:
		return founding{organization.Filed}
	case Registration:
		return founding{organization.Registered}
	case Change:
		return changing{}
	case Merger:
		return merging{}
	case Deregistration:
		return ending{}
	}
	return revoking{}
}

// kind is one variant as package application sees it.
type kind struct {
	*Service
	family Family
	street bool
	paperwork
}

// Kinds are all variants, in the order of Definitions.
func (s *Service) Kinds() []application.Kind {
	var all []application.Kind
	for _, d := range Definitions() {
		f, street, _ := FamilyOf(d.Kind)
		all = append(all, kind{s, f, street, paperworkOf(f)})
	}
	return all
}

// Workflow returns the variant's states and who may do what.
func (k kind) Workflow() *workflow.Definition { return definitions[k.family.Kind(k.street)] }

// Statement is the undertaking that is signed.
func (k kind) Statement() application.Statement { return k.statement() }

// Sections are the parts of the form.
func (k kind) Sections() []application.Section { return k.sections() }

// Slots are the papers that what was filled in asks for.
func (k kind) Slots(v url.Values, s application.Subject) []application.Slot {
	return k.slots(v, s.(Subject))
}

// SlotName is the label of a slot.
func (k kind) SlotName(key string) string {
	for _, slot := range k.allSlots() {
		if slot.Key == key {
			return slot.Label
		}
	}
	return key
}

// SlotKeys are all slots of the form, in order.
func (k kind) SlotKeys() []string {
	var keys []string
	for _, slot := range k.allSlots() {
		keys = append(keys, slot.Key)
	}
	return keys
}

// Subject reads what the form is judged by: facts of today, parameters of the
// pinned edition.
func (k kind) Subject(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case, _ json.RawMessage) (application.Subject, error) {
	s, err := k.subject(ctx, q, now, c)
	return s, err
}

func (s *Service) subject(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (Subject, error) {
	f, street, _ := FamilyOf(c.Kind)
	sub := Subject{Family: f, Street: street, Today: civil.On(now), Title: c.Title}
	edition, err := s.rules(ctx, q, now, c)
	if err != nil {
		return sub, err
	}
	sub.edition, sub.Params = edition.ID, paramsOf(edition)
	var departments []district.Department
	if sub.Regions, departments, err = district.WithDepartments(ctx, q); err != nil {
		return sub, err
	}
	sub.Units = district.UnitsOn(departments, sub.Today)
	if f.Founds() {
		sub.Founder, err = account.NameOf(ctx, q, c.CreatedBy)
		return sub, err
	}
	if sub.Organization, err = organization.Load(ctx, q, c.OrganizationID); err != nil {
		return sub, err
	}
	switch f {
	case Change, Merger:
		if sub.typed, err = typed(ctx, q, c.ID); err != nil || f == Change {
			return sub, err
		}
		sub.Parties, err = organization.ByNumbers(ctx, q, typedNumbers(sub.typed))
		return sub, err
	case Revocation:
		sub.LastActivity, err = lastActivity(ctx, q, c.OrganizationID)
	}
	return sub, err
}

// rules returns the edition of a case: pinned once it is submitted, before that
// the one of today, or the last when no document is in force.
func (s *Service) rules(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (policy.Edition, error) {
	if c.EditionID != nil {
		return policy.EditionByID(ctx, q, *c.EditionID)
	}
	_, _, e, err := policy.On(ctx, q, civil.On(now))
	return e, err
}

// Read checks what was typed.
func (k kind) Read(v url.Values, s application.Subject) (application.Document, []errs.Field) {
	return k.read(v, s.(Subject))
}

// Prepare gives a draft, before it is submitted, the variant that decides it as
// of today, its name and its place: the community of the new organization is
// asked, whatever community its initiator's account belongs to.
func (k kind) Prepare(ctx context.Context, tx postgres.Tx, now time.Time, c *casework.Case) error {
	sub, err := k.subject(ctx, tx, now, *c)
	if err != nil {
		return err
	}
	if err := k.Cases.Recast(ctx, tx, c, k.family.Kind(k.byStreet(sub.typed, sub))); err != nil {
		return err
	}
	if !k.family.Founds() {
		return k.Cases.Resite(ctx, tx, c, sub.Organization.Name, sub.Organization.CommunityCode, sub.Organization.SubdistrictCode)
	}
	v, err := typed(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	document, _ := k.read(v, sub)
	d := document.(*Founding)
	r, ok := sub.Regions.Get(d.Community)
	if d.Name == "" || !ok || r.ParentCode != d.Subdistrict {
		return nil // cannot be submitted like this: its faults say so
	}
	return k.Cases.Resite(ctx, tx, c, d.Name, d.Community, d.Subdistrict)
}

// byStreet reports whether the subdistrict decides: of a filing by the parameter
// of the day, of the others by who is registrar. What leaves the subdistrict, or
// makes a legal person, goes to the bureau.
func (k kind) byStreet(v url.Values, s Subject) bool {
	o := s.Organization
	chosen := func(m Matter) bool { return slices.Contains(v["matters"], string(m)) }
	leaves := strings.TrimSpace(v.Get("subdistrict")) != o.SubdistrictCode
	switch k.family {
	case Filing:
		return s.Params.Street
	case Change:
		return o.OfStreet() && !chosen(ConversionMatter) && !(chosen(PlaceMatter) && leaves)
	case Merger:
		for _, p := range s.Parties {
			if !p.OfStreet() || p.SubdistrictCode != o.SubdistrictCode {
				return false
			}
		}
		return o.OfStreet() && !(v.Get("way") == string(organization.Consolidation) && leaves)
	case Deregistration, Revocation:
		return o.OfStreet()
	}
	return false
}

// judgement is what stands against a submission beside the form.
type judgement []errs.Field

// Obstacles are named “line:…”; those of a case “line:case:<number>”.
func (j judgement) Obstacles() []errs.Field { return j }

// Judge answers whether the facts on record allow the submission now.
func (k kind) Judge(ctx context.Context, q postgres.Querier, c casework.Case, s application.Subject) (application.Judgement, error) {
	sub := s.(Subject)
	var ending, others []uuid.UUID
	switch k.family {
	case Merger:
		others = sub.others()
		ending = others
		if sub.typed.Get("way") == string(organization.Consolidation) {
			ending = append(slices.Clone(others), c.OrganizationID)
		}
	case Deregistration:
		ending = []uuid.UUID{c.OrganizationID}
	case Change:
		list, err := k.running(ctx, q, c)
		return judgement(k.oneAtATime(list)), err
	case Filing, Registration:
		list, err := k.foundings(ctx, q, c, false)
		return judgement(k.oneAtATime(list)), err
	}
	faults, err := k.obstacles(ctx, q, c, sub.Today, ending, others)
	return judgement(faults), err
}

// running is the change, merger or deregistration of the organization that is
// being handled beside c.
func (s *Service) running(ctx context.Context, q postgres.Querier, c casework.Case) ([]unsettled, error) {
	return postgres.All[unsettled](ctx, q, `
		select f.no, f.kind, f.title, f.state, f.waits_role from registry_case r join case_file f on f.id = r.case_id
		where r.live and r.organization_id = any(organization_ids($1)) and r.family <> 'revocation' and r.case_id <> $2`, c.OrganizationID, c.ID)
}

// foundings are what the initiator of c began beside it, or of these what is
// submitted: an account becomes the head's of one organization.
func (s *Service) foundings(ctx context.Context, q postgres.Querier, c casework.Case, submitted bool) ([]unsettled, error) {
	return postgres.All[unsettled](ctx, q, `
		select no, kind, title, state, waits_role from case_file
		where created_by = $1 and organization_id = $2 and class = 'open' and id <> $3 and (submitted_at is not null or not $4)
		order by created_at limit 20`, c.CreatedBy, uuid.Nil, c.ID, submitted)
}

// oneAtATime makes obstacles of what runs beside a case.
func (s *Service) oneAtATime(list []unsettled) []errs.Field {
	var faults []errs.Field
	for _, u := range list {
		faults = append(faults, s.inTheWay(u, "办结、撤回或撤销以后再提交"))
	}
	return faults
}

// endingOf are the organizations that end by a case.
func (s *Service) endingOf(c casework.Case, d application.Document) []uuid.UUID {
	switch f, _, _ := FamilyOf(c.Kind); f {
	case Deregistration:
		return []uuid.UUID{c.OrganizationID}
	case Merger:
		m, ok := d.(*MergerRequest)
		if !ok {
			return nil
		}
		var ids []uuid.UUID
		for _, p := range m.Parties {
			ids = append(ids, p.ID)
		}
		if m.Way == organization.Consolidation {
			ids = append(ids, c.OrganizationID)
		}
		return ids
	}
	return nil
}

// Submitted keeps the document that was signed. What only the registers tell,
// names taken and heads of many, is a fault at its field.
func (k kind) Submitted(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, s application.Subject, d application.Document, _ application.Judgement, again bool) error {
	sub := s.(Subject)
	name, err := k.compare(ctx, tx, c, sub, d)
	if err != nil {
		return err
	}
	if err := keepDocument(ctx, tx, k.Keys, c, k.family, name, d); err != nil {
		return err
	}
	if again && k.family.Founds() && name != c.Title {
		c.Title = name
		if err := k.Cases.Touch(ctx, tx, &c); err != nil {
			return err
		}
	}
	if k.family != Revocation {
		return nil
	}
	_, err = k.Cases.IssueLetter(ctx, tx, now, actor, c, casework.RevocationNotice, c.Title, noticeText(c, sub.Organization, *d.(*RevocationCase)))
	return err
}

// Accepting says what stands against taking the case in now, and lets who is to
// end stand still from here on.
func (k kind) Accepting(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case) error {
	d, err := k.ready(ctx, tx, now, c)
	if err != nil {
		return err
	}
	status := organization.Deregistering
	if k.family == Merger {
		status = organization.Merging
	}
	parties := k.endingOf(c, d)
	if k.family == Merger && !slices.Contains(parties, c.OrganizationID) {
		parties = append(parties, c.OrganizationID)
	}
	for _, org := range parties {
		if err := k.pause(ctx, tx, now, authz.SystemActor, c, org, status); err != nil {
			return err
		}
	}
	return nil
}

// ready returns the document when nothing on record stands against it.
func (s *Service) ready(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (application.Document, error) {
	d, err := documentOf(ctx, q, c)
	if err != nil {
		return nil, err
	}
	if c.OrganizationID != uuid.Nil {
		o, err := organization.Load(ctx, q, c.OrganizationID)
		if err != nil {
			return nil, err
		}
		if o.Status.Final() {
			return nil, errs.New(errs.Conflict, o.Name+o.Status.Name()+"，这件不能再办。请不予受理或不予准予，写明原因。")
		}
	}
	faults, err := s.obstacles(ctx, q, c, civil.On(now), s.endingOf(c, d), nil)
	if err != nil {
		return nil, err
	}
	return d, errs.Fields(faults)
}

// Behind reads the registry's side of a case, in the snapshot of the case.
func (k kind) Behind(ctx context.Context, q postgres.Querier, _ time.Time, actor authz.Actor, v application.View) (any, error) {
	if v.Case.SubmittedAt == nil {
		return View{Family: k.family, Street: k.street}, nil
	}
	return k.view(ctx, q, actor, v.Case)
}

// MaxRounds is how often the case may be sent back for corrections.
func (k kind) MaxRounds(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (int, error) {
	e, err := k.rules(ctx, q, now, c)
	if err != nil {
		return 0, err
	}
	return e.Params.Int(policy.CorrectionMaxRounds), nil
}

// AfterAcceptance says in the letter of acceptance what comes next.
func (k kind) AfterAcceptance() string {
	if k.street {
		return "本街道将依法审查并作出决定。"
	}
	return "我局将依次进行复核和签批，依法作出决定。"
}

// Released gives the organizations the status of before, and the case makes way
// for another.
func (k kind) Released(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, _ workflow.Place) error {
	return k.released(ctx, tx, now, actor, c)
}

func (s *Service) released(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case) error {
	if err := s.resume(ctx, tx, now, actor, c); err != nil {
		return err
	}
	return ended(ctx, tx, c.ID, uuid.Nil)
}

// Told is what the applicant reads about a move.
func (k kind) Told(c casework.Case, from workflow.Place) string {
	by := ""
	if !c.DueOn.IsZero() {
		by = c.DueOn.Chinese() + "前"
	}
	if k.family == Revocation {
		return toldOfRevocation(c, by)
	}
	switch {
	case c.Place() == opiningCommunity && k.street:
		return "已提交。社区" + by + "给出意见，之后转街道受理。"
	case c.State == workflow.Accepting && from.State != workflow.Opining && from.State != workflow.Correcting:
		return "经办人正在进一步核实，有结果会再通知您。"
	case c.State == workflow.Correcting && k.family.Founds():
		return "有内容要补正。请" + by + "改好，重新签署提交；到期没有提交，视为撤回。办理期限已暂停。"
	case c.State == workflow.Reviewing || c.State == workflow.Signing:
		if from.State == workflow.Accepting {
			return "已受理，" + by + "作出决定。受理通知书可以在办件页面打印。"
		}
		return "正在审批，有结果会再通知您。"
	case c.State == workflow.Closed:
		return k.granted()
	case c.State == workflow.Refused && from.State != workflow.Accepting:
		return "不予准予。决定书写明了理由、依据和救济途径，可以在办件页面打印。"
	}
	return ""
}

func (k kind) granted() string {
	switch k.family {
	case Filing, Registration:
		return "已准予。您的账号现在是这个组织的负责人账号，请重新登录。决定书和证书可以在办件页面打印。"
	case Change:
		return "已核准变更。决定书和新证书可以在办件页面打印，原证书作废。"
	case Merger:
		return "已准予合并。决定书可以在办件页面打印。"
	}
	return "已准予注销。决定书可以在办件页面打印；以后可以登录查看记录。"
}

func toldOfRevocation(c casework.Case, by string) string {
	switch c.State {
	case workflow.Opining:
		return fmt.Sprintf("登记备案机关拟撤销本组织的备案或登记，事先告知书可以在办件页面打印。负责人可以%s陈述申辩；逾期没有提出，不影响后续办理。", by)
	case workflow.Closed:
		return "已决定撤销。决定书写明了理由、依据和救济途径，可以在办件页面打印。"
	case workflow.Terminated:
		return "经审查，不予撤销。决定书可以在办件页面打印。"
	}
	return "正在审查陈述申辩和有关情况，有结果会再通知。"
}
