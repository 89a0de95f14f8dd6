package governance

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/privacy"

	"github.com/google/uuid"
)

// Disclosure is what an organization is about to tell the public: the draft,
// published or not.
type Disclosure struct {
	ID      uuid.UUID       `db:"id"`
	OrgID   uuid.UUID       `db:"org_id"`      // that it is kept under today
	From    string          `db:"merged_from"` // the record that it was written under when that was merged away, "" otherwise
	Kind    DisclosureKind  `db:"kind"`
	Year    int             `db:"year"`
	Typed   json.RawMessage `db:"typed"`
	SavedAt time.Time       `db:"saved_at"`
	ByName  string          `db:"saved_name"`
	Version int             `db:"version"`
}

// Values is what was typed.
func (d Disclosure) Values() url.Values {
	v := url.Values{}
	_ = json.Unmarshal(d.Typed, &v) // written by SaveDisclosure: always this shape
	return v
}

// Subject names what it is about.
func (d Disclosure) Subject() string { return subjectOf(d.Kind, d.Year) }

var disclosureColumns = fmt.Sprintf(`d.id, `+rootOf+`, `+mergedFrom+`, d.kind, coalesce(d.year, 0) as year, d.typed, d.saved_at, d.saved_name, d.version`, "d")

var versionColumns = fmt.Sprintf(`v.id, v.disclosure_id, `+rootOf+`, `+mergedFrom+`, v.kind, coalesce(v.year, 0) as year, v.number, v.title,
	case when v.withdrawn_at is null then v.body else '' end as body,
	coalesce(v.attachment_id, '00000000-0000-0000-0000-000000000000') as attachment_id,
	v.published_at, v.published_name, v.withdrawn_at, v.withdrawn_name, v.withdrawn_reason,
	exists (select from disclosure_version n where n.disclosure_id = v.disclosure_id and n.number > v.number) as superseded`, "v")

const disclosureOwner = "disclosure"

// DisclosureView is one disclosure as its organization works on it.
type DisclosureView struct {
	Disclosure
	Organization organization.Organization
	Today        civil.Date
	Text         Disclosed // as far as it can be read
	Faults       []errs.Field
	Doubtful     []privacy.Found
	File         *attachment.Attachment
	Versions     []Version // newest first
}

// Standing is the version in force, nil for none: a withdrawn one does not bring
// back the one before.
func (v DisclosureView) Standing() *Version {
	if len(v.Versions) > 0 && v.Versions[0].Stands() {
		return &v.Versions[0]
	}
	return nil
}

// Disclosures is what there is of an organization, newest saved first.
type Disclosures struct {
	Organization organization.Organization
	Today        civil.Date
	List         []Disclosure
	Versions     []Version // newest first
}

// Disclosures returns the disclosures of the actor's organization.
func (s *Service) Disclosures(ctx context.Context, actor authz.Actor) (v Disclosures, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.Today = civil.On(now)
		if v.Organization, err = s.Organizations.Visible(ctx, q, actor, actor.OrgID); err != nil {
			return err
		}
		var b postgres.Batch
		postgres.Gather(&b, &v.List, `select `+disclosureColumns+` from disclosure d where d.org_id = any(organization_ids($1)) order by d.id desc limit 100`, actor.OrgID)
		postgres.Gather(&b, &v.Versions, publicVersionsSQL, actor.OrgID)
		return b.Run(ctx, q)
	})
	return v, err
}

// Disclosure returns one disclosure of the actor's organization.
func (s *Service) Disclosure(ctx context.Context, actor authz.Actor, id uuid.UUID) (v DisclosureView, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if v.Organization, err = s.Organizations.Visible(ctx, q, actor, actor.OrgID); err != nil {
			return err
		}
		v.Today = civil.On(now)
		return s.disclosure(ctx, q, id, &v)
	})
	return v, err
}

func (s *Service) disclosure(ctx context.Context, q postgres.Querier, id uuid.UUID, v *DisclosureView) (err error) {
	v.Disclosure, err = postgres.One[Disclosure](ctx, q, `select `+disclosureColumns+` from disclosure d where d.id = $1 and d.org_id = any(organization_ids($2))`, id, v.Organization.ID)
	if errs.Is(err, errs.NotFound) {
		return missing()
	}
	if err != nil {
		return err
	}
	files, err := s.Attachments.List(ctx, q, attachment.Owner{Kind: disclosureOwner, ID: id})
	if err != nil {
		return err
	}
	usable := false
	for i := range files {
		v.File, usable = &files[i], usable || files[i].Current()
	}
	v.Text, v.Faults = ReadDisclosure(v.Kind, v.Values(), usable)
	v.Doubtful = Doubtful(v.Values())
	v.Versions, err = postgres.All[Version](ctx, q, `select `+versionColumns+` from disclosure_version v where v.disclosure_id = $1 order by v.number desc`, id)
	return err
}

// BeginDisclosure is what a new disclosure of a kind holds before anything was
// typed: from the report that was signed, activities that were confirmed, and who
// sits on the council.
func (s *Service) BeginDisclosure(ctx context.Context, actor authz.Actor, k DisclosureKind, year int) (begin url.Values, o organization.Organization, today civil.Date, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return nil, o, today, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		if o, err = s.Organizations.Visible(ctx, q, actor, actor.OrgID); err != nil {
			return err
		}
		begin, err = s.begin(ctx, q, o, k, year)
		return err
	})
	return begin, o, today, err
}

func (s *Service) begin(ctx context.Context, q postgres.Querier, o organization.Organization, k DisclosureKind, year int) (url.Values, error) {
	v := url.Values{"title": {subjectOf(k, year)}}
	if k == Council {
		var officers []Officer
		var b postgres.Batch
		postgres.Gather(&b, &officers, `select `+officerColumns+` from (
			select distinct on (body, name) * from governance_officer where org_id = any(organization_ids($1)) and left_on is null order by body, name, org_id = $1 desc) o
			order by body, elected_on, id`, o.ID)
		if err := b.Run(ctx, q); err != nil {
			return nil, err
		}
		var lines []string
		for _, x := range officers {
			lines = append(lines, x.Post.Name()+"："+x.Name+"，任期至"+x.TermTo.Chinese())
		}
		v.Set("body", strings.Join(lines, "\n"))
		return v, nil
	}
	if !k.Yearly() {
		return v, nil
	}
	report, signed, err := lastSigned(ctx, q, o.ID, year)
	if err != nil {
		return nil, err
	}
	switch {
	case k == Activities:
		return v, beginActivities(ctx, q, o.ID, year, v)
	case !signed:
	case k == Summary:
		v.Set("body", fmt.Sprintf("%s\n\n全年开展活动 %d 次，参加和受益 %d 人次。年末从业人员 %d 人，义工 %d 人。\n全年收入 %s 元，支出 %s 元，年末余额 %s 元。",
			report.Work, report.Events, report.Served, report.Staff, report.Volunteers, report.TotalIncome(), report.TotalExpense(), report.Closing))
	case k == Accounts:
		v.Set("opening", report.Opening.String())
		for _, l := range append(report.Income, report.Expense...) {
			v.Set(l.Key, l.Amount.String())
		}
	case k == Donations:
		for i, d := range report.Donations {
			n := "donation-" + strconv.Itoa(i+1)
			v.Set(n+"-donor", d.Donor)
			v.Set(n+"-amount", d.Amount.String())
			v.Set(n+"-use", d.Use)
		}
	}
	return v, nil
}

func lastSigned(ctx context.Context, q postgres.Querier, org uuid.UUID, year int) (Report, bool, error) {
	type row struct {
		Document json.RawMessage `db:"document"`
	}
	r, err := postgres.One[row](ctx, q, `select s.document from annual_report_signed s join annual_report_filing f on f.id = s.filing_id
		where f.id = annual_report_filing_counting($1, $2) order by s.round desc limit 1`, org, year)
	if errs.Is(err, errs.NotFound) {
		return Report{}, false, nil
	}
	var kept signedReport
	if err == nil {
		err = json.Unmarshal(r.Document, &kept)
	}
	return kept.Report, err == nil, err
}

func beginActivities(ctx context.Context, q postgres.Querier, org uuid.UUID, year int, v url.Values) error {
	type row struct {
		On    civil.Date `db:"held_on"`
		Title string     `db:"title"`
		N     int        `db:"participants"`
	}
	list, err := postgres.All[row](ctx, q, `select held_on, title, participants from (`+activitiesOfYear+`) a
		where confirmed_on is not null order by held_on, id limit 40`, org, year)
	var lines []string
	for _, a := range list {
		lines = append(lines, fmt.Sprintf("%s，%s，%d 人参加", a.On.Chinese(), a.Title, a.N))
	}
	v.Set("body", strings.Join(lines, "\n"))
	return err
}

// DisclosureInput saves a draft. ID is zero for a new one.
type DisclosureInput struct {
	ID      uuid.UUID
	Token   string // of a new one
	Version int    // of one that is there
	Kind    DisclosureKind
	Year    int
	Typed   url.Values
}

// SaveDisclosure keeps what was typed, valid or not, and returns the id. Of a year
// and a kind there is one: a second is errs.Invalid.
func (s *Service) SaveDisclosure(ctx context.Context, actor authz.Actor, in DisclosureInput) (uuid.UUID, error) {
	kept := url.Values{}
	size := 0
	for k, list := range in.Typed {
		for _, v := range list {
			size += len(k) + len(v)
			kept[k] = append(kept[k], application.Storable(v))
		}
	}
	if size > maxTyped {
		return uuid.Nil, errs.New(errs.TooLarge, "内容太长，超过 64 KB。请删减后再保存；长材料请作为文件公开。")
	}
	typed, err := json.Marshal(kept)
	if err != nil {
		return uuid.Nil, err
	}
	token, id := "", in.ID
	if id == uuid.Nil {
		token, id = in.Token, newID()
		if token == "" {
			token = "-" // refused by once: a new one needs its token
		}
	}
	said, err := s.ownFor(ctx, actor, authz.OrganizationEdit, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.disclosure.save", Detail: map[string]any{"disclosure": id, "kind": in.Kind}}
		if o.Status.Final() {
			return e, errs.New(errs.Conflict, "这个组织"+o.Status.Name()+"，不能再公开新的内容。")
		}
		if in.ID != uuid.Nil {
			return e, postgres.ExecOne(ctx, tx, `update disclosure set typed = $4, saved_at = $5, saved_by = $6, saved_name = $7, version = version + 1
				where id = $1 and org_id = any(organization_ids($2)) and version = $3`, id, o.ID, in.Version, typed, now, actor.AccountID, actor.Name)
		}
		if err := in.faults(o, civil.On(now)).Err(); err != nil {
			return e, err
		}
		_, err := tx.Exec(ctx, `insert into disclosure (id, org_id, kind, year, typed, created_at, saved_at, saved_by, saved_name)
			values ($1, $2, $3, nullif($4, 0), $5, $6, $6, $7, $8)`, id, o.ID, in.Kind, in.Year, typed, now, actor.AccountID, actor.Name)
		if postgres.Violates(err, "disclosure_once") {
			err = errs.FieldError("kind", "公开什么", subjectOf(in.Kind, in.Year)+"已经有一份。在列表里打开那一份，修改后再发布")
		}
		return e, err
	}, func() string { return id.String() })
	if err != nil || token == "" {
		return id, err
	}
	return uuid.Parse(said)
}

func (in DisclosureInput) faults(o organization.Organization, today civil.Date) errs.Faults {
	var f errs.Faults
	errs.OneOf(&f, "kind", "公开什么", in.Kind, DisclosureKinds)
	switch {
	case in.Kind.Yearly() && (in.Year < o.EstablishedOn.Year || in.Year > today.Year):
		f.Add("year", "年度", fmt.Sprintf("选 %d 到 %d 年之间的年度", o.EstablishedOn.Year, today.Year))
	case !in.Kind.Yearly() && in.Year != 0 && len(f) == 0:
		f.Add("year", "年度", in.Kind.Name()+"不分年度，年度留空")
	}
	return f
}

// DisclosureOwner is the owner of the file of a disclosure of the actor's
// organization: then a file may be prepared for it.
func (s *Service) DisclosureOwner(ctx context.Context, actor authz.Actor, id uuid.UUID) (attachment.Owner, error) {
	v, err := s.Disclosure(ctx, actor, id)
	return attachment.Owner{Kind: disclosureOwner, ID: v.ID}, err
}

// AttachDisclosure takes the file to be published, in place of the one before.
func (s *Service) AttachDisclosure(ctx context.Context, actor authz.Actor, id uuid.UUID, ready *attachment.Prepared) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.disclosure.attach", Detail: map[string]any{"disclosure": id}}
		v := DisclosureView{Organization: o}
		if err := s.disclosure(ctx, tx, id, &v); err != nil {
			return e, err
		}
		_, err := s.Attachments.Attach(ctx, tx, now, actor, ready, true)
		return e, err
	})
}

// DetachDisclosure takes the file of the draft out; what was published stays.
func (s *Service) DetachDisclosure(ctx context.Context, actor authz.Actor, id, file uuid.UUID, version int) error {
	return s.own(ctx, actor, "", func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.disclosure.detach", Detail: map[string]any{"disclosure": id}}
		v := DisclosureView{Organization: o}
		if err := s.disclosure(ctx, tx, id, &v); err != nil {
			return e, err
		}
		return e, s.Attachments.Remove(ctx, tx, now, actor, attachment.Owner{Kind: disclosureOwner, ID: id}, file, version)
	})
}

// DisclosureFile opens the file of a draft for its organization.
func (s *Service) DisclosureFile(ctx context.Context, actor authz.Actor, id, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	owner, err := s.DisclosureOwner(ctx, actor, id)
	if err != nil {
		return a, nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		a, content, err = s.Attachments.Open(ctx, q, owner, file)
		return err
	})
	return a, content, err
}

// Publish makes a version of the draft that the page showed: public at once.
// errs.Invalid names what is missing, or private, at its field.
func (s *Service) Publish(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) (uuid.UUID, error) {
	published := newID()
	said, err := s.ownFor(ctx, actor, authz.DisclosurePublish, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.disclosure.publish", Detail: map[string]any{"disclosure": id, "version": published}}
		v := DisclosureView{Organization: o}
		if err := s.disclosure(ctx, tx, id, &v); err != nil {
			return e, err
		}
		if v.Version != version {
			return e, errs.New(errs.Conflict, "您打开这一页以后，内容又改过。核对现在的内容，再发布。")
		}
		if err := errs.Fields(v.unpublishable()); err != nil {
			return e, err
		}
		return e, s.publish(ctx, tx, now, actor, v, published)
	}, func() string { return published.String() })
	if err != nil {
		return uuid.Nil, err
	}
	return uuid.Parse(said)
}

// unpublishable adds to the faults of the text a file that is not checked yet.
func (v DisclosureView) unpublishable() []errs.Field {
	faults := v.Faults
	if v.File != nil && v.File.State != attachment.Accepted {
		faults = append(faults, errs.Field{Name: "file", Label: "文件", Message: "“" + v.File.Filename + "”" + v.File.State.Label() + "。检查通过的文件才能公开"})
	}
	return faults
}

func (s *Service) publish(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, v DisclosureView, id uuid.UUID) error {
	var file *uuid.UUID
	if v.File != nil {
		file = &v.File.ID
	}
	_, err := tx.Exec(ctx, `insert into disclosure_version (id, disclosure_id, org_id, kind, year, number, title, body, attachment_id, published_at, published_by, published_name)
		select $1, d.id, d.org_id, $3, nullif($4, 0), (select coalesce(max(number), 0) + 1 from disclosure_version where disclosure_id = d.id), $5, $6, $7, $8, $9, $10
		from disclosure d where d.id = $2`,
		id, v.ID, v.Kind, v.Year, v.Text.Title, v.Text.Body, file, now, actor.AccountID, actor.Name)
	if err != nil {
		return err
	}
	for i, l := range v.Text.Lines {
		if _, err := tx.Exec(ctx, `insert into disclosure_line (version_id, ordinal, side, label, note, amount_fen) values ($1, $2, $3, $4, $5, $6)`,
			id, i+1, l.Side, l.Label, l.Note, l.Amount); err != nil {
			return err
		}
	}
	return s.Attachments.HandIn(ctx, tx, now, attachment.Owner{Kind: disclosureOwner, ID: v.ID})
}

// Withdraw takes a version from the public, with a reason that the public reads.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, version uuid.UUID, reason, token string) error {
	reason = form.Clean(reason, true)
	_, err := s.ownFor(ctx, actor, authz.DisclosurePublish, token, func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error) {
		e := audit.Entry{Action: "governance.disclosure.withdraw", Detail: map[string]any{"version": version}}
		if err := needReason(reason); err != nil {
			return e, err
		}
		if err := privacy.Refuse(privacy.Check([]privacy.Field{{Name: "reason", Label: "理由", Text: reason}})); err != nil {
			return e, err
		}
		tag, err := tx.Exec(ctx, `update disclosure_version set withdrawn_at = $3, withdrawn_by = $4, withdrawn_name = $5, withdrawn_reason = $6
			where id = $1 and org_id = any(organization_ids($2)) and withdrawn_at is null`, version, o.ID, now, actor.AccountID, actor.Name, reason)
		if err == nil && tag.RowsAffected() == 0 {
			err = errs.New(errs.Conflict, "这一版已经撤回，或不是本组织的。看列表里现在的情况。")
		}
		return e, err
	}, func() string { return "" })
	return err
}
