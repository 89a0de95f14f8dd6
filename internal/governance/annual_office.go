package governance

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// desk is a report under the lock of its organization, on the desk of an office.
type desk struct {
	tx    postgres.Tx
	now   time.Time
	actor authz.Actor
	o     organization.Organization
	f     Filing
	may   ReportActs
	why   string
}

// onReport runs one act of an office on the report that the page showed, once per
// token. do returns what the history and the audit trail keep.
func (s *Service) onReport(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, token, action string, do func(d desk) (note string, err error)) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			d, err := s.desk(ctx, tx, now, actor, id, version)
			if err != nil {
				return "", err
			}
			note, err := do(d)
			if err != nil {
				return "", err
			}
			conclusion := organization.Conclusion("")
			if action == "conclude" {
				f, err := filingForUpdate(ctx, tx, `f.id = $1`, id)
				if err != nil {
					return "", err
				}
				conclusion = f.Conclusion
			}
			if err := happened(ctx, tx, now, actor, d.f, action, note, conclusion); err != nil {
				return "", err
			}
			return id.String(), audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "organization", SubjectID: d.o.ID.String(), Action: "governance.report." + action,
				Detail: map[string]any{"year": d.f.Year, "report": id, "conclusion": conclusion}})
		})
		return err
	})
}

func (s *Service) desk(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, version int) (d desk, err error) {
	f, err := postgres.One[Filing](ctx, tx, `select `+filingColumns+` from annual_report_filing f where f.id = $1 and f.round > 0`, id)
	if errs.Is(err, errs.NotFound) {
		err = missing()
	}
	if err != nil {
		return d, err
	}
	d = desk{tx: tx, now: now, actor: actor}
	if d.o, err = s.Organizations.Visible(ctx, tx, actor, f.OrgID); err != nil {
		return d, err
	}
	if err := lock(ctx, tx, f.OrgID); err != nil {
		return d, err
	}
	if d.f, err = filingForUpdate(ctx, tx, `f.id = $1`, id); err != nil {
		return d, err
	}
	if d.f.Version != version {
		return d, errs.New(errs.Conflict, "这份年报刚刚有了新的进展。核对现在的情况，再决定。")
	}
	var counting uuid.UUID
	if err = tx.QueryRow(ctx, `select annual_report_filing_counting($1, $2)`, f.OrgID, f.Year).Scan(&counting); err != nil {
		return d, err
	}
	if d.may, d.why = d.f.May(actor, d.o, civil.On(now)); counting != id {
		d.may, d.why = ReportActs{}, notCounting
	}
	return d, nil
}

// notCounting is said of a report beside which another counts.
const notCounting = "合并以前，两份档案都报过这一年的年报。以留下的那份档案报的为准，这一份只供查看。"

// refused says why an act is not open now.
func (d desk) refused(act string) error {
	if d.why != "" {
		return errs.New(errs.Forbidden, d.why)
	}
	return errs.New(errs.Conflict, "这份年报现在不能"+act+"。看它现在等谁办理。")
}

// words checks a text that an act must carry.
func words(name, label, text string, least, most int) error {
	if n := utf8.RuneCountInString(text); n < least || n > most {
		return errs.FieldError(name, label, fmt.Sprintf("写 %d 到 %d 个字，现在是 %d 个字", least, most, n))
	}
	return nil
}

func (d desk) update(ctx context.Context, set string, args ...any) error {
	err := postgres.ExecOne(ctx, d.tx, `update annual_report_filing set `+set+`, updated_at = $3, version = version + 1 where id = $1 and version = $2`,
		append([]any{d.f.ID, d.f.Version, d.now}, args...)...)
	if err != nil {
		return err
	}
	return redate(ctx, d.tx, d.f.ID)
}

// tell tells the organization.
func (d desk) tell(ctx context.Context, title, body string) error {
	to, err := account.HeadsAndClerks(ctx, d.tx, d.o.ID)
	if err != nil {
		return err
	}
	return notification.Send(ctx, d.tx, d.now, to, notification.Message{Title: fmt.Sprintf("%d 年度报告：%s", d.f.Year, title), Body: body})
}

// Opine gives the opinion of the supervising unit; a dissent needs its reason.
func (s *Service) Opine(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, stance Stance, text, token string) error {
	text = form.Clean(text, true)
	return s.onReport(ctx, actor, authz.AnnualReportOpine, id, version, token, "opine", func(d desk) (string, error) {
		if !d.may.Opine {
			return "", d.refused("提意见")
		}
		if !slices.Contains(Stances, stance) {
			return "", errs.FieldError("stance", "意见", "选一种意见")
		}
		least := 0
		if stance == Oppose {
			least = 5
		}
		if err := words("text", "意见说明", text, least, 500); err != nil {
			return "", err
		}
		if err := d.update(ctx, `stance = $4, opinion = $5, opined_on = $6, opined_by = $7, opined_name = $8`, stance, text, civil.On(d.now), actor.AccountID, actor.Name); err != nil {
			return "", err
		}
		note := stance.Name()
		if text != "" {
			note += "：" + text
		}
		return note, tellRegistrar(ctx, d.tx, d.now, d.o, notification.Message{Title: fmt.Sprintf("%s的 %d 年度报告等您结论", d.o.Name, d.f.Year), Body: d.f.Unit + "的意见：" + note})
	})
}

// ReturnReport asks for a correction, once, with everything that is missing.
func (s *Service) ReturnReport(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, parts []ReportPart, text, token string) error {
	text = form.Clean(text, true)
	return s.onReport(ctx, actor, authz.AnnualReportConclude, id, version, token, "return", func(d desk) (string, error) {
		if !d.may.Return {
			if d.f.Corrections > 0 {
				return "", errs.New(errs.Conflict, "这份年报已经退回更正过一次，不能再退。按报送的内容作结论。")
			}
			return "", d.refused("退回更正")
		}
		var faults errs.Faults
		var names []string
		for _, p := range parts {
			if slices.Contains(CorrectableParts, p) {
				names = append(names, string(p))
			}
		}
		if len(names) == 0 {
			faults.Add("parts", "要更正的部分", "至少选一个部分；只有选中的会开放修改")
		}
		faults = append(faults, errs.FieldsOf(words("asked", "要更正什么", text, 5, 1000))...)
		if err := faults.Err(); err != nil {
			return "", err
		}
		if err := d.update(ctx, `state = 'correcting', asked = $4, asked_parts = $5, asked_on = $6, corrections = corrections + 1`, text, names, civil.On(d.now)); err != nil {
			return "", err
		}
		return text, d.tell(ctx, "退回更正", "请改好以后，由负责人再签署报送。要更正的："+text)
	})
}

// Conclude draws the conclusion, which is on record at once: eligibility reads it
// from the moment that this transaction commits.
func (s *Service) Conclude(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, c organization.Conclusion, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.onReport(ctx, actor, authz.AnnualReportConclude, id, version, token, "conclude", func(d desk) (string, error) {
		if !d.may.Conclude {
			return "", d.refused("作结论")
		}
		var faults errs.Faults
		errs.OneOf(&faults, "conclusion", "结论", c, organization.Conclusions[:3])
		least := 0
		if c != organization.Pass {
			least = 5
		}
		faults = append(faults, errs.FieldsOf(words("reason", "理由", reason, least, 500))...)
		if err := faults.Err(); err != nil {
			return "", err
		}
		if err := d.update(ctx, `state = 'concluded', conclusion = $4, reason = $5, concluded_on = $6, concluded_by = $7, concluded_person = $8, concluded_unit = $9`,
			c, reason, civil.On(d.now), actor.AccountID, actor.PersonID, d.o.Registrar); err != nil {
			return "", err
		}
		before, err := onRecord(ctx, d.tx, d.o.ID, d.f.Year)
		if err != nil {
			return "", err
		}
		if err := s.Organizations.SaveReportIn(ctx, d.tx, d.now, actor, organization.ReportInput{OrgID: d.o.ID, Year: d.f.Year, Version: before.Version,
			SubmittedOn: d.f.SubmittedOn, Conclusion: c, Unit: d.o.Registrar}); err != nil {
			return "", err
		}
		return reason, d.tell(ctx, "结论是"+c.Name(), d.o.Registrar+"作出结论。"+reason)
	})
}

// Reopen opens a concluded report again, with a reason; the conclusion on record
// stands until there is another.
func (s *Service) Reopen(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.onReport(ctx, actor, authz.AnnualReportConclude, id, version, token, "reopen", func(d desk) (string, error) {
		if !d.may.Reopen {
			return "", d.refused("重新审查")
		}
		if err := words("reason", "理由", reason, 5, 500); err != nil {
			return "", err
		}
		if err := d.update(ctx, `state = 'submitted', conclusion = null, reason = '', concluded_on = null, concluded_by = null, concluded_person = null,
			concluded_unit = '', corrections = 0, reopened_on = $4`, civil.On(d.now)); err != nil {
			return "", err
		}
		return reason, d.tell(ctx, "重新审查", d.o.Registrar+"重新审查这份年报，原来的结论在新的结论作出以前仍然有效。理由："+reason)
	})
}

// mostMissing is how many organizations one batch takes.
const mostMissing = 200

// Unfiled are organizations of which nothing came by the deadline.
type Unfiled struct {
	ID   uuid.UUID `db:"id"`
	Name string    `db:"name"`
	Demo bool      `db:"demo"`
}

// unfiledSQL is who owes a report about a year ($1), has handed in none and has no
// conclusion, of a registrar.
const unfiledSQL = `
	select o.id, o.name, o.demo from organization o
	where o.established_on < make_date($1 + 1, 1, 1) and o.status not in ('deregistered', 'filing_revoked', 'registration_revoked') and o.merged_into is null
		and ` + organization.OfStreetSQL + ` = $2 and ($3 = '' or o.subdistrict_code = $3)
		and not exists (select from annual_report r where r.org_id = any(organization_ids(o.id)) and r.report_year = $1)
		and not exists (select from annual_report_filing f where f.org_id = any(organization_ids(o.id)) and f.report_year = $1 and f.round > 0)`

func unfiledArgs(actor authz.Actor, year int) []any {
	return []any{year, actor.Role == authz.Subdistrict, only(actor, authz.Subdistrict, actor.Subdistrict)}
}

// UnfiledList is who can be put on record as not having handed in. Closed says why
// nobody can be yet.
type UnfiledList struct {
	Year   int
	Due    civil.Date
	Closed string
	List   []Unfiled // no more than one batch takes
}

// Unfiled lists the organizations of the actor's office that owe the report about
// a year after its deadline.
func (s *Service) Unfiled(ctx context.Context, actor authz.Actor, year int) (v UnfiledList, err error) {
	if err := actor.Require(authz.AnnualReportConclude); err != nil {
		return v, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if v, err = unfiledYear(ctx, q, now, year); err != nil || v.Closed != "" {
			return err
		}
		v.List, err = postgres.All[Unfiled](ctx, q, unfiledSQL+` order by o.id limit `+fmt.Sprint(mostMissing), unfiledArgs(actor, year)...)
		return err
	})
	return v, err
}

func unfiledYear(ctx context.Context, q postgres.Querier, now time.Time, year int) (v UnfiledList, err error) {
	r, err := rules(ctx, q, now)
	if err != nil {
		return v, err
	}
	_, due := Deadlines(r, year)
	v.Year, v.Due = year, due.On
	switch today := civil.On(now); {
	case year < 1990 || year >= today.Year:
		return v, missing()
	case due.Provisional:
		v.Closed = fmt.Sprintf("%d 年的工作日安排还没有录入，截止日是暂定的。录入以后再登记。", year+1)
	case !today.After(due.On):
		v.Closed = fmt.Sprintf("%d 年度的年报到 %s 为止都可以报送。过了这一天再登记。", year, due.On.Chinese())
	}
	return v, nil
}

// RecordMissing puts on record that organizations handed in nothing about a year.
// Who has handed in since, or is not of the office, is left out; done counts the
// others. A late report can still be handed in, and its conclusion replaces this.
func (s *Service) RecordMissing(ctx context.Context, actor authz.Actor, token string, year int, ids []uuid.UUID) (done int, err error) {
	if err := actor.Require(authz.AnnualReportConclude); err != nil {
		return 0, err
	}
	if len(ids) == 0 || len(ids) > mostMissing {
		return 0, errs.FieldError("orgs", "组织", fmt.Sprintf("选 1 到 %d 个组织", mostMissing))
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		said, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			n, err := s.recordMissing(ctx, tx, now, actor, year, ids)
			return fmt.Sprint(n), err
		})
		if err == nil {
			_, err = fmt.Sscan(said, &done)
		}
		return err
	})
	return done, err
}

func (s *Service) recordMissing(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, year int, ids []uuid.UUID) (done int, err error) {
	v, err := unfiledYear(ctx, tx, now, year)
	if err != nil {
		return 0, err
	}
	if v.Closed != "" {
		return 0, errs.New(errs.Conflict, v.Closed)
	}
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }) // locks in one order
	for _, id := range slices.Compact(ids) {
		if err := lock(ctx, tx, id); errs.Is(err, errs.Conflict) {
			continue // merged away meanwhile: its report is the other record's
		} else if err != nil {
			return 0, err
		}
		owing, err := postgres.All[Unfiled](ctx, tx, unfiledSQL+` and o.id = $4`, append(unfiledArgs(actor, year), id)...)
		if err != nil {
			return 0, err
		}
		if len(owing) == 0 {
			continue
		}
		o, err := organization.Load(ctx, tx, id)
		if err != nil {
			return 0, err
		}
		if err := s.Organizations.SaveReportIn(ctx, tx, now, actor, organization.ReportInput{OrgID: id, Year: year, Conclusion: organization.Missing, Unit: o.Registrar}); err != nil {
			return 0, err
		}
		d := desk{tx: tx, now: now, actor: actor, o: o, f: Filing{Year: year}}
		if err := d.tell(ctx, "登记为未报送", fmt.Sprintf("到 %s 没有收到。仍可以补报，补报后由登记管理机关重新作结论。", v.Due.Chinese())); err != nil {
			return 0, err
		}
		done++
	}
	return done, nil
}
