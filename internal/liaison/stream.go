package liaison

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// Sort is where an item of the stream comes from.
type Sort string

// The sorts of item.
const (
	Talk       Sort = "talk"
	Registry   Sort = "registry"
	Cases      Sort = "case"
	Grants     Sort = "grant"
	Standing   Sort = "standing"
	Reports    Sort = "report"
	Activities Sort = "activity"
)

// Sorts lists them in the order of the filter.
var Sorts = []Sort{Talk, Registry, Cases, Grants, Standing, Reports, Activities}

// Name returns the Chinese name.
func (s Sort) Name() string {
	return named(s, map[Sort]string{Talk: "协同", Registry: "登记事项", Cases: "办件", Grants: "资助", Standing: "名录和星级", Reports: "年度报告", Activities: "活动"})
}

// Item is one thing in the stream: an Entry, or what another registry records.
type Item struct {
	At     time.Time
	Sort   Sort
	Title  string
	Detail string
	CaseNo string // of a case, to link to
	From   string // the record that it stands under when that was merged away, "" otherwise
	Entry  *Entry
}

// itemRow is an item as the database gives it.
type itemRow struct {
	At     time.Time  `db:"at"`
	Key    string     `db:"key"`
	Sort   Sort       `db:"sort"`
	What   string     `db:"what"`
	Title  string     `db:"title"`
	Detail string     `db:"detail"`
	Amount *money.Fen `db:"amount"`
	Ref    string     `db:"ref"`
	Org    uuid.UUID  `db:"org"` // the record that it stands under
}

// day makes an instant of a date, so that dates and instants stand in one order.
func day(column string) string { return `(` + column + `::timestamp at time zone 'Asia/Shanghai')` }

// part is one source of the stream.
type part struct {
	sort Sort
	sql  string // columns at, key, what, title, detail, amount, ref, org
}

// parts are the sources, each narrowed to the organizations $ids and to what the
// reader may see. A key names a row for ever: it orders those of one instant.
func parts(w *where, a authz.Actor, ids string, staff bool) []part {
	entries := &where{args: w.args}
	seen(entries, a)
	cases := &where{args: entries.args}
	readableCases(cases, a)
	w.args = cases.args
	of := `org_id = any(` + ids + `)`
	note := `case when v.office_only then '' else v.note end`
	label := `case when v.office_only then '复核和签批' else v.label end`
	if staff {
		note, label = `v.note`, `v.label`
	}
	return []part{
		{Talk, `select e.at, 'e' || e.id, '', '', '', null::bigint, e.id::text, e.org_id from liaison_entry e where e.` + of + ` and ` + entries.sql()},
		{Registry, `select ` + day(`happened_on`) + `, 'r' || id, kind, title, detail, null::bigint, '', org_id from organization_event where ` + of + `
			union all select ` + day(`established_on`) + `, 'f' || id, 'founded', name, registrar, null::bigint, '', id from organization where id = any(` + ids + `) and merged_into is null`},
		{Cases, `select v.at, 'c' || v.case_id || to_char(v.seq, 'FM000000'), '', ` + label + `, ` + note + `, null::bigint, f.no, f.organization_id
			from case_event v join case_file f on f.id = v.case_id
			where f.organization_id = any(` + ids + `) and v.from_state <> v.to_state and ` + cases.sql()},
		{Grants, `select ` + day(`awarded_on`) + `, 'g' || id, programme, title, document_no, amount_fen, '', org_id from earlier_grant where ` + of + ` and void_on is null
			union all select ` + day(`granted_on`) + `, 'w' || case_id, programme, title, '', amount_fen, no, organization_id from award
			where organization_id = any(` + ids + `) and granted_on is not null`},
		{Standing, `select ` + day(`from_on`) + `, 's' || id, kind, '', reason, null::bigint, '', org_id from standing_entry where ` + of + ` and not void
			union all select ` + day(`from_on`) + `, 't' || id, star::text, '', cert_no, null::bigint, '', org_id from standing_grade where ` + of + ` and not void`},
		{Reports, `select coalesce(` + day(`submitted_on`) + `, recorded_at), 'y' || id, conclusion, report_year::text, unit, null::bigint, '', org_id from annual_report where ` + of},
		{Activities, `select ` + day(`held_on`) + `, 'a' || id, case when confirmed_on is null then 'waiting' else '' end, title, place, null::bigint, '', org_id
			from organization_activity where ` + of + ` and void_on is null`},
	}
}

// readableCases narrows case_file f as casework's inbox does, within an
// organization that the actor covers.
func readableCases(w *where, a authz.Actor) {
	w.add("f.submitted_at is not null")
	switch {
	case !a.Can(authz.CaseView):
		w.add("false")
	case a.Role == authz.Community:
		w.add("f.community = ?", a.Community)
	case a.Role == authz.Subdistrict:
		w.add("f.subdistrict = ?", a.Subdistrict)
	}
}

// stream reads size items before the cursor, the newest first, in one statement.
func stream(ctx context.Context, q postgres.Querier, a authz.Actor, family []uuid.UUID, only Sort, before cursor, size int) ([]itemRow, error) {
	w := &where{}
	ids := w.arg(family)
	after := ""
	if before.key != "" {
		after = fmt.Sprintf(` and (at, key) < (%s, %s)`, w.arg(before.at), w.arg(before.key))
	}
	limit := w.arg(size)
	var union []string
	for _, p := range parts(w, a, ids, a.Role.Staff()) {
		union = append(union, fmt.Sprintf(`(select * from (select at, key collate "C" as key, '%s' as sort, what, title, detail, amount, ref, org
			from (%s) p (at, key, what, title, detail, amount, ref, org)) p where %s%s order by at desc, key desc limit %s)`,
			p.sort, p.sql, wanted(p.sort, only), after, limit))
	}
	return postgres.All[itemRow](ctx, q, strings.Join(union, "\n union all ")+` order by at desc, key desc limit `+limit, w.args...)
}

// wanted leaves a whole source out by a condition that the planner sees through;
// its arguments stay.
func wanted(s, only Sort) string {
	if only == "" || s == only {
		return "true"
	}
	return "false"
}

// item puts a row into words. Kinds that a sibling below owns are named by it.
func (r itemRow) item() Item {
	i := Item{At: r.At, Sort: r.Sort, Title: r.Title, Detail: r.Detail}
	switch r.Sort {
	case Registry:
		if r.What == "founded" {
			i.Title = "成立"
		}
	case Cases:
		i.CaseNo, i.Title = r.Ref, r.Ref+"　"+r.Title
	case Grants:
		i.CaseNo = r.Ref
		i.Title = organization.Programme(r.What).Name() + "：" + r.Title
		i.Detail = strings.TrimSpace(r.Amount.String() + " 元　" + r.Detail)
	case Standing:
		if star, err := strconv.Atoi(r.What); err == nil {
			i.Title, i.Detail = "评为"+standing.Grade{Star: star}.Name(), "证书 "+r.Detail
		} else {
			i.Title = standing.Kind(r.What).Name()
		}
	case Reports:
		i.Title = r.Title + " 年度报告：" + organization.Conclusion(r.What).Name()
	case Activities:
		if r.What == "waiting" {
			i.Detail += "（还没有确认）"
		}
	}
	return i
}

// cursor is where a page begins.
type cursor struct {
	at  time.Time
	key string
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.at.UnixMicro(), 10) + " " + c.key))
}

// parseCursor reads a cursor; a malformed one begins at the newest.
func parseCursor(s string) cursor {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return cursor{}
	}
	at, key, ok := strings.Cut(string(b), " ")
	micro, err := strconv.ParseInt(at, 10, 64)
	if !ok || err != nil || !known(key) {
		return cursor{}
	}
	return cursor{time.UnixMicro(micro), key}
}

// known reports whether a key can be one of the stream's.
func known(key string) bool {
	return len(key) > 1 && len(key) < 60 && !strings.ContainsFunc(key, func(r rune) bool { return r <= ' ' || r > '~' })
}

// attach puts the entries of a page into its items.
func (s *Service) attach(ctx context.Context, q postgres.Querier, rows []itemRow, absorbed organization.Absorbed) ([]Item, error) {
	var ids []uuid.UUID
	for _, r := range rows {
		if r.Sort == Talk {
			ids = append(ids, uuid.MustParse(r.Ref))
		}
	}
	var entries []Entry
	var err error
	if len(ids) > 0 {
		if entries, err = entriesByID(ctx, q, ids); err != nil {
			return nil, err
		}
		if err = s.withFiles(ctx, q, entries); err != nil {
			return nil, err
		}
	}
	items := make([]Item, len(rows))
	for n, r := range rows {
		items[n] = r.item()
		items[n].From = absorbed[r.Org]
		if at := slices.IndexFunc(entries, func(e Entry) bool { return r.Sort == Talk && e.ID.String() == r.Ref }); at >= 0 {
			items[n].Entry = &entries[at]
		}
	}
	return items, nil
}
