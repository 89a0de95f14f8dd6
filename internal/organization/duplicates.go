package organization

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Likeness is something that two records share.
type Likeness string

// Name says it in Chinese.
func (l Likeness) Name() string {
	return named(l, map[Likeness]string{"name": "名称相近", "code": "统一社会信用代码的主体相同", "filing": "备案编号相同",
		"head": "负责人是同一人", "mobile": "手机号相同", "account": "银行账号相同"})
}

// PairState is what became of a pair.
type PairState string

// The states of a pair.
const (
	PairOpen      PairState = "open"
	PairDifferent PairState = "different"
	PairProposed  PairState = "proposed"
)

// PairStates lists those that a list shows.
var PairStates = []PairState{PairOpen, PairProposed, PairDifferent}

// Name returns the Chinese name.
func (p PairState) Name() string {
	return named(p, map[PairState]string{PairOpen: "待核对", PairProposed: "等确认合并", PairDifferent: "不是同一个"})
}

// Pair is two living records that may be one organization.
type Pair struct {
	One         uuid.UUID  `db:"one"`
	Other       uuid.UUID  `db:"other"`
	Reasons     []Likeness `db:"reasons"`
	Strength    int        `db:"strength"`
	State       PairState  `db:"state"`
	JudgedAt    *time.Time `db:"judged_at"`
	JudgeName   string     `db:"judge_name"`
	JudgeReason string     `db:"judge_reason"`
	Version     int        `db:"version"`
	OneName     string     `db:"one_name"`
	OneNumber   string     `db:"one_number"`
	OtherName   string     `db:"other_name"`
	OtherNumber string     `db:"other_number"`
	Demo        bool       `db:"demo"`
}

const pairColumns = `p.one, p.other, p.reasons, p.strength, p.state, p.judged_at, p.judge_name, p.judge_reason, p.version,
	a.name as one_name, coalesce(a.uscc, a.filing_no) as one_number, b.name as other_name, coalesce(b.uscc, b.filing_no) as other_number,
	a.demo and b.demo as demo`

const pairTables = ` from organization_pair p join organization a on a.id = p.one join organization b on b.id = p.other`

// mayMatch is who looks through pairs: the subdistrict those in its area, the
// bureau all.
func mayMatch(a authz.Actor) error { return a.Require(authz.OrganizationPairs) }

// Pairs returns size pairs of a state in the actor's area after the cursor, the
// strongest first, and the cursor of the next page. One statement.
func (s *Service) Pairs(ctx context.Context, actor authz.Actor, state PairState, after string, size int) (list []Pair, next string, err error) {
	if err := mayMatch(actor); err != nil {
		return nil, "", err
	}
	var w where
	w.add("p.state = ? and p.strength > 0", state)
	if actor.Role == authz.Subdistrict {
		w.add("p.area = ? and p.area <> ''", actor.Subdistrict)
	}
	if c, ok := parsePairCursor(after); ok {
		w.add("(-p.strength, p.one, p.other) > (?, ?, ?)", -c.Strength, c.One, c.Other)
		w.add("p.strength <= ?", c.Strength)
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[Pair](ctx, q, fmt.Sprintf(`select %s%s%s order by p.strength desc, p.one, p.other limit %d`,
			pairColumns, pairTables, w.sql(), size+1), w.args...)
		return err
	})
	if len(list) > size {
		list = list[:size]
		next = list[size-1].cursor()
	}
	return list, next, err
}

func (p Pair) cursor() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(p.Strength) + " " + p.One.String() + " " + p.Other.String()))
}

func parsePairCursor(s string) (p Pair, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(b), " ")
	if err != nil || len(parts) != 3 {
		return p, false
	}
	p.Strength, err = strconv.Atoi(parts[0])
	one, err1 := uuid.Parse(parts[1])
	other, err2 := uuid.Parse(parts[2])
	p.One, p.Other = one, other
	return p, err == nil && err1 == nil && err2 == nil
}

// Comparison is one pair with both records as they are.
type Comparison struct {
	Pair
	A, B  Record // of One and Other
	Merge *Merge // that waits for a confirmation, nil for none
}

// Compare returns a pair with both records; out of the area is errs.NotFound.
func (s *Service) Compare(ctx context.Context, actor authz.Actor, one, other uuid.UUID) (c Comparison, err error) {
	if err := mayMatch(actor); err != nil {
		return c, err
	}
	one, other = inOrder(one, other)
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c.Pair, err = postgres.One[Pair](ctx, q, `select `+pairColumns+pairTables+` where p.one = $1 and p.other = $2 and p.strength > 0`, one, other)
		if err != nil {
			return cause(err)
		}
		if c.A, err = s.visibleRecord(ctx, q, actor, one); err != nil {
			return err
		}
		if c.B, err = s.visibleRecord(ctx, q, actor, other); err != nil {
			return err
		}
		open, err := postgres.All[Merge](ctx, q, `select `+mergeColumns+` where m.state = 'proposed'
			and least(m.kept, m.absorbed) = $1 and greatest(m.kept, m.absorbed) = $2`, one, other)
		if len(open) > 0 {
			c.Merge = &open[0]
		}
		return err
	})
	return c, err
}

func inOrder(a, b uuid.UUID) (one, other uuid.UUID) {
	if a.String() > b.String() {
		return b, a
	}
	return a, b
}

// Different records that two records are two organizations. The pair is not
// shown again unless they come to share something else.
func (s *Service) Different(ctx context.Context, actor authz.Actor, one, other uuid.UUID, version int, reason string) error {
	if err := actor.Require(authz.OrganizationMatch); err != nil {
		return err
	}
	one, other = inOrder(one, other)
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		a, _, err := bothForUpdate(ctx, tx, actor, one, other)
		if err != nil {
			return err
		}
		if err := needReason(reason); err != nil {
			return err
		}
		err = postgres.ExecOne(ctx, tx, `
			update organization_pair set state = 'different', judged = reasons, judged_at = $4, judged_by = $5, judged_person = $6,
				judge_name = $7, judge_reason = $8, version = version + 1
			where one = $1 and other = $2 and version = $3 and state = 'open' and strength > 0`,
			one, other, version, now, actor.AccountID, actor.PersonID, actor.Name, reason)
		if err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: a.ID.String(),
			Action: "organization.pair.different", Detail: map[string]any{"other": other}})
	})
}

// bothForUpdate locks both records in the order of their ids; one out of scope,
// or merged already, is errs.NotFound.
func bothForUpdate(ctx context.Context, tx postgres.Tx, actor authz.Actor, one, other uuid.UUID) (a, b Organization, err error) {
	for _, x := range []struct {
		id uuid.UUID
		to *Organization
	}{{one, &a}, {other, &b}} {
		if *x.to, err = loadForUpdate(ctx, tx, x.id); err != nil || !actor.Covers(x.to.Place()) {
			return a, b, cause(err)
		}
		if x.to.MergedInto != uuid.Nil {
			return a, b, errs.New(errs.Conflict, "其中一份档案已经并入别的档案。回到列表看现在的情况。")
		}
	}
	return a, b, nil
}

// SharesWith returns the other living records with which a record shares a trait
// that nobody has judged, the strongest first, at most five: for its page.
func SharesWith(ctx context.Context, q postgres.Querier, id uuid.UUID) ([]Pair, error) {
	return postgres.All[Pair](ctx, q, `select `+pairColumns+pairTables+`
		where (p.one = $1 or p.other = $1) and p.strength > 0 and p.state in ('open', 'proposed') order by p.strength desc, p.one, p.other limit 5`, id)
}
