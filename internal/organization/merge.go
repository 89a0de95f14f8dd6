package organization

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Part is a group of fields of which a merge takes one side's whole.
type Part string

// Parts are what a merge chooses, in the order of the form. What belongs together
// (a number and its basis, a head and the phone) goes together.
var Parts = []Part{"name", "org_type", "number", "category", "established_on", "registrar", "origin", "head", "place",
	"supervising_unit", "business_scope", "contact", "introduction", "figures"}

// Name returns the Chinese name.
func (p Part) Name() string {
	return named(p, map[Part]string{"name": "组织名称", "org_type": "组织类型", "number": "管理方式和编号", "category": "业务类别",
		"established_on": "成立日期", "registrar": "登记或备案机关", "origin": "成立方式", "head": "负责人", "place": "社区和住所",
		"supervising_unit": "业务主管单位", "business_scope": "业务范围", "contact": "联系方式", "introduction": "简介、服务对象和活动地域", "figures": "人数和党建"})
}

// Merge is the joining of two records of one organization.
type Merge struct {
	ID           uuid.UUID  `db:"id"`
	Kept         uuid.UUID  `db:"kept"`
	Absorbed     uuid.UUID  `db:"absorbed"`
	KeptName     string     `db:"kept_name"`
	AbsorbedName string     `db:"absorbed_name"`
	Number       string     `db:"number"` // of the absorbed record
	Taken        []Part     `db:"taken"`
	Reason       string     `db:"reason"`
	State        string     `db:"state"`
	KeptVersion  int        `db:"kept_version"`
	OtherVersion int        `db:"absorbed_version"`
	ProposedAt   time.Time  `db:"proposed_at"`
	ProposedBy   uuid.UUID  `db:"proposed_person"`
	ProposerName string     `db:"proposer_name"`
	DecidedAt    *time.Time `db:"decided_at"`
	DeciderName  string     `db:"decider_name"`
	Version      int        `db:"version"`
	Followed     string     `db:"-"` // why it cannot be undone any more, of one by its id; "" while it can
}

const mergeColumns = `m.id, m.kept, m.absorbed, k.name as kept_name, a.name as absorbed_name, coalesce(a.uscc, a.filing_no) as number, m.taken,
	m.reason, m.state, m.kept_version, m.absorbed_version, m.proposed_at, m.proposed_person, m.proposer_name, m.decided_at, m.decider_name, m.version
	from organization_merge m join organization k on k.id = m.kept join organization a on a.id = m.absorbed`

// Proposal asks for a merge.
type Proposal struct {
	Token         string
	Keep, Absorb  uuid.UUID
	KeepVersion   int
	AbsorbVersion int
	PairVersion   int
	Take          []Part // whose value comes from the record that goes
	Reason        string
}

// Propose asks another person to merge two records. What stands in the way now
// is said now.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, in Proposal) error {
	if err := actor.Require(authz.OrganizationMatch); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		one, other := inOrder(in.Keep, in.Absorb)
		a, b, err := bothForUpdate(ctx, tx, actor, one, other)
		if err != nil {
			return err
		}
		keep, absorb := a, b
		if a.ID != in.Keep {
			keep, absorb = b, a
		}
		_, err = once.Do(ctx, tx, actor, in.Token, func() (string, error) {
			return in.Keep.String(), s.propose(ctx, tx, now, actor, keep, absorb, in)
		})
		return err
	})
}

func (s *Service) propose(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, keep, absorb Organization, in Proposal) error {
	if keep.Version != in.KeepVersion || absorb.Version != in.AbsorbVersion {
		return stale()
	}
	var f errs.Faults
	f.Length("reason", "理由", in.Reason, 5, 500)
	for _, p := range in.Take {
		errs.OneOf(&f, "take", "以哪份为准", p, Parts)
	}
	if err := errs.Fields(f); err != nil {
		return err
	}
	if err := obstacles(ctx, tx, keep, absorb); err != nil {
		return err
	}
	one, other := inOrder(keep.ID, absorb.ID)
	err := postgres.ExecOne(ctx, tx, `
		update organization_pair set state = 'proposed', version = version + 1
		where one = $1 and other = $2 and version = $3 and state = 'open' and strength > 0`, one, other, in.PairVersion)
	if err != nil {
		return err
	}
	id := newID()
	_, err = tx.Exec(ctx, `
		insert into organization_merge (id, kept, absorbed, taken, reason, kept_version, absorbed_version, proposed_at, proposed_by, proposed_person, proposer_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id, keep.ID, absorb.ID, texts(in.Take), in.Reason, keep.Version, absorb.Version, now, actor.AccountID, actor.PersonID, actor.Name)
	if err != nil {
		return err
	}
	return s.noteMerge(ctx, tx, now, actor, "organization.merge.propose", Merge{ID: id, Kept: keep.ID, Absorbed: absorb.ID, Taken: in.Take})
}

func texts[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = string(p)
	}
	return out
}

// noteMerge writes the same line into the trail of both records.
func (s *Service) noteMerge(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, action string, m Merge) error {
	for _, id := range []uuid.UUID{m.Kept, m.Absorbed} {
		err := audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: id.String(), Action: action,
			Detail: map[string]any{"merge": m.ID, "kept": m.Kept, "absorbed": m.Absorbed, "taken": texts(m.Taken)}})
		if err != nil {
			return err
		}
	}
	return nil
}

// obstacles says what stands against merging absorb into keep (errs.Invalid at
// “keep”): what runs under the record that goes has to come to its end there, or
// that record is the one to keep.
func obstacles(ctx context.Context, q postgres.Querier, keep, absorb Organization) error {
	var f errs.Faults
	for _, o := range []Organization{keep, absorb} {
		if o.Status.Final() {
			f.Add("keep", "留哪一份", "“"+o.Name+"”"+o.Status.Name()+"，不能合并")
		}
	}
	type row struct {
		Cases  []string `db:"cases"`
		Held   bool     `db:"held"`
		Heads  bool     `db:"heads"`
		Grants bool     `db:"grants"`
		// Years of annual reports of which both records tell something else.
		Running   []int `db:"running"`
		Differing []int `db:"differing"`
	}
	r, err := postgres.One[row](ctx, q, `
		select array(select no from case_file where class <> 'final' and id in (select id from case_file where organization_id = any(organization_ids($2))
				union select case_id from registry_party where organization_id = any(organization_ids($2))) order by no limit 5) as cases,
			exists (select from ledger_hold where organization_id = any(organization_ids($2)) and lifted_at is null) as held,
			(select count(*) from account where organization_id in ($1, $2) and role = 'org_head' and status = 'active') > 1 as heads,
			exists (select from startup_grant where organization_id = $2 and live)
				and exists (select from startup_grant g join case_file c on c.id = g.case_id where g.organization_id = $1 and g.live and c.class = 'open') as grants,
			array(select report_year from annual_report_conflicts($1, $2) where kind = 'running') as running,
			array(select report_year from annual_report_conflicts($1, $2) where kind = 'differ') as differing`,
		keep.ID, absorb.ID)
	if err != nil {
		return err
	}
	if len(r.Cases) > 0 {
		f.Add("keep", "留哪一份", "“"+absorb.Name+"”还有没办结的件："+strings.Join(r.Cases, "、")+"。留这一份，或等办结以后再合并")
	}
	if r.Held {
		f.Add("keep", "留哪一份", "“"+absorb.Name+"”的资金冻结着。先解除，或留这一份")
	}
	if r.Heads {
		f.Add("keep", "留哪一份", "两份档案都有负责人账号。先请街道停用不再用的那一个")
	}
	if r.Grants {
		f.Add("keep", "留哪一份", "“"+absorb.Name+"”已经领过孵化关爱资助，“"+keep.Name+"”还有一件在办。先办结在办的那件")
	}
	// A conclusion can be put right before the merge, but never taken back after it.
	if len(r.Running) > 0 {
		f.Add("keep", "留哪一份", "两份档案都有 "+years(r.Running)+"年度的年报，还在办理。先作出结论，再合并")
	}
	if len(r.Differing) > 0 {
		f.Add("keep", "留哪一份", "两份档案 "+years(r.Differing)+"年度的年报结论不一样。先核实，把不对的那份更正过来，再合并")
	}
	return errs.Fields(f)
}

func years(list []int) string {
	text := ""
	for _, y := range list {
		text += strconv.Itoa(y) + "、"
	}
	return strings.TrimSuffix(text, "、") + " "
}

// Merges returns the merges that stand of a record and of those merged into it,
// for its page.
func Merges(ctx context.Context, q postgres.Querier, id uuid.UUID) ([]Merge, error) {
	return postgres.All[Merge](ctx, q, `select `+mergeColumns+` where m.kept = any(organization_ids($1)) and m.state in ('proposed', 'confirmed') order by m.proposed_at desc`, id)
}

// Absorbed names the records that were merged into an organization, by id: rows
// keep the id that they were written under, and their lists say which that was.
type Absorbed map[uuid.UUID]string

// AbsorbedBy returns the records merged into an organization.
func AbsorbedBy(ctx context.Context, q postgres.Querier, org uuid.UUID) (Absorbed, error) {
	type row struct {
		ID   uuid.UUID `db:"id"`
		Name string    `db:"name"`
	}
	rows, err := postgres.All[row](ctx, q, `select id, name from organization where id = any(organization_ids($1)) and id <> $1`, org)
	out := make(Absorbed, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Name
	}
	return out, err
}

// MergeByID returns a merge that the actor may decide on.
func (s *Service) MergeByID(ctx context.Context, actor authz.Actor, id uuid.UUID) (m Merge, err error) {
	if err := mayMatch(actor); err != nil {
		return m, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if m, err = postgres.One[Merge](ctx, q, `select `+mergeColumns+` where m.id = $1`, id); err != nil {
			return cause(err)
		}
		if _, err = s.Visible(ctx, q, actor, m.Kept); err != nil || m.State != "confirmed" {
			return err
		}
		if err = untouched(ctx, q, m); errs.Is(err, errs.Conflict) {
			m.Followed, err = errs.Message(err), nil
		}
		return err
	})
	return m, err
}

// deciding locks a merge and both of its records for one act on it.
func (s *Service) deciding(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, state string,
	do func(tx postgres.Tx, now time.Time, m Merge) error) error {
	if err := actor.Require(authz.OrganizationMerge); err != nil {
		return err
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		m, err := postgres.One[Merge](ctx, tx, `select `+mergeColumns+` where m.id = $1 for update of m`, id)
		if err != nil {
			return cause(err)
		}
		if m.Version != version || m.State != state {
			return errs.New(errs.Conflict, "这次合并刚刚有了变化。回到列表看现在的情况。")
		}
		return do(tx, now, m)
	})
}

// Confirm carries out a merge that another person proposed.
func (s *Service) Confirm(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.deciding(ctx, actor, id, version, "proposed", func(tx postgres.Tx, now time.Time, m Merge) error {
		if actor.PersonID == m.ProposedBy {
			return errs.New(errs.Forbidden, "合并要两个人办：提出的人不能确认。请另一位复核人员确认。")
		}
		one, other := inOrder(m.Kept, m.Absorbed)
		a, b, err := bothForUpdate(ctx, tx, actor, one, other)
		if err != nil {
			return err
		}
		keep, absorb := a, b
		if a.ID != m.Kept {
			keep, absorb = b, a
		}
		if keep.Version != m.KeptVersion || absorb.Version != m.OtherVersion {
			return errs.New(errs.Conflict, "提出合并以后，其中一份档案改过。退回这次合并，看着新的内容再提。")
		}
		if err := obstacles(ctx, tx, keep, absorb); err != nil {
			return err
		}
		return s.merge(ctx, tx, now, actor, m, keep, absorb)
	})
}

// merge joins the records: the pointer first, so that name and numbers are free.
func (s *Service) merge(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, m Merge, keep, absorb Organization) error {
	before, err := rowOf(ctx, tx, keep.ID)
	if err != nil {
		return err
	}
	if err := setMerged(ctx, tx, now, absorb.ID, keep.ID); err != nil {
		return err
	}
	seals, err := s.carried(ctx, tx, keep.ID, absorb.ID)
	if err != nil {
		return err
	}
	if err := takeParts(ctx, tx, now, m, seals); err != nil {
		return taken(err, Registration{Name: absorb.Name, USCC: absorb.USCC, FilingNo: absorb.FilingNo})
	}
	if err := s.dateDifference(ctx, tx, now, actor, keep, "合并重复档案："+m.Reason); err != nil {
		return err
	}
	place := keep.CommunityCode
	if slices.Contains(m.Taken, "place") {
		place = absorb.CommunityCode
	}
	accounts, err := account.Regroup(ctx, tx, now, absorb.ID, keep.ID, place)
	if err != nil {
		return err
	}
	err = postgres.ExecOne(ctx, tx, `
		update organization_merge set state = 'confirmed', decided_at = $3, decided_by = $4, decided_person = $5, decider_name = $6,
			before = $7, accounts = $8, version = version + 1
		where id = $1 and version = $2 and state = 'proposed'`,
		m.ID, m.Version, now, actor.AccountID, actor.PersonID, actor.Name, before, accounts)
	if err != nil {
		return err
	}
	if err := savePairState(ctx, tx, m, "merged"); err != nil {
		return err
	}
	return s.noteMerge(ctx, tx, now, actor, "organization.merge.confirm", m)
}

// dateDifference records what a merge or its undoing altered of the registered
// facts, as a correction.
func (s *Service) dateDifference(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, was Organization, reason string) error {
	is, err := load(ctx, tx, was.ID)
	if err != nil {
		return err
	}
	return s.dateFacts(ctx, tx, now, actor, was, Revision{Reason: reason}, differing(was, is))
}

// RefuseMerge gives a proposal back with the reason.
func (s *Service) RefuseMerge(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.deciding(ctx, actor, id, version, "proposed", func(tx postgres.Tx, now time.Time, m Merge) error {
		if err := needReason(reason); err != nil {
			return err
		}
		err := postgres.ExecOne(ctx, tx, `
			update organization_merge set state = 'refused', decided_at = $3, decided_by = $4, decided_person = $5, decider_name = $6,
				decision_reason = $7, version = version + 1
			where id = $1 and version = $2`, m.ID, m.Version, now, actor.AccountID, actor.PersonID, actor.Name, reason)
		if err != nil {
			return err
		}
		if err := savePairState(ctx, tx, m, PairOpen); err != nil {
			return err
		}
		return s.noteMerge(ctx, tx, now, actor, "organization.merge.refuse", m)
	})
}

// UndoMerge takes a merge back as long as nothing has happened since: no entry in
// the trail of either record, no act on a case of either. Everything is as before.
func (s *Service) UndoMerge(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return s.deciding(ctx, actor, id, version, "confirmed", func(tx postgres.Tx, now time.Time, m Merge) error {
		if err := needReason(reason); err != nil {
			return err
		}
		keep, err := loadForUpdate(ctx, tx, m.Kept)
		if err != nil {
			return err
		}
		absorb, err := loadForUpdate(ctx, tx, m.Absorbed)
		if err != nil {
			return err
		}
		if err := untouched(ctx, tx, m); err != nil {
			return err
		}
		return s.undo(ctx, tx, now, actor, m, keep, absorb, reason)
	})
}

func (s *Service) undo(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, m Merge, keep, absorb Organization, reason string) error {
	type row struct {
		Before   json.RawMessage `db:"before"`
		Accounts []uuid.UUID     `db:"accounts"`
	}
	r, err := postgres.One[row](ctx, tx, `select before, accounts from organization_merge where id = $1`, m.ID)
	if err != nil {
		return err
	}
	if err := restoreRow(ctx, tx, now, m.Kept, r.Before); err != nil {
		return err
	}
	if err := s.dateDifference(ctx, tx, now, actor, keep, "撤销合并："+reason); err != nil {
		return err
	}
	if err := setMerged(ctx, tx, now, m.Absorbed, uuid.Nil); err != nil {
		return err
	}
	if err := account.Ungroup(ctx, tx, now, m.Kept, m.Absorbed, absorb.CommunityCode, r.Accounts); err != nil {
		return err
	}
	err = postgres.ExecOne(ctx, tx, `
		update organization_merge set state = 'undone', undone_at = $3, undone_by = $4, undoer_name = $5, undo_reason = $6, version = version + 1
		where id = $1 and version = $2`, m.ID, m.Version, now, actor.AccountID, actor.Name, reason)
	if err != nil {
		return err
	}
	if err := savePairState(ctx, tx, m, PairOpen); err != nil {
		return err
	}
	return s.noteMerge(ctx, tx, now, actor, "organization.merge.undo", m)
}

// untouched refuses to undo a merge on which something stands already.
func untouched(ctx context.Context, q postgres.Querier, m Merge) error {
	var touched bool
	err := q.QueryRow(ctx, `
		select exists (select from audit_entry where subject = 'organization' and subject_id = any($1::text[]) and at > $2)
			or exists (select from case_event v join case_file f on f.id = v.case_id where f.organization_id = any($1::uuid[]) and v.at > $2)
			or exists (select from case_file where organization_id = any($1::uuid[]) and created_at > $2)
			or exists (select from ledger_hold where organization_id = any($1::uuid[]) and placed_at > $2)
			or exists (select from organization where merged_into = $3 and id <> $4 and updated_at > $2)`,
		[]string{m.Kept.String(), m.Absorbed.String()}, m.DecidedAt, m.Kept, m.Absorbed).Scan(&touched)
	if err == nil && touched {
		err = errs.New(errs.Conflict, "合并以后，这份档案上已经有新的记录或办件，不能再撤销。有误的内容在档案上更正。")
	}
	return err
}
