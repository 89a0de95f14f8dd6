package workpages

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// auditView is the trail of what was done, the newest first.
type auditView struct {
	layout.Page
	Bar    auditBar
	Errors ui.Errors
	Chips  []ui.Chip
	Table  ui.Table
	Empty  string // why there is nothing, "" with a list
	First  string
	Pages  ui.Pages
}

// auditBar is what was typed into the filter.
type auditBar struct {
	Subject, ID, Account, From, To string
	Subjects                       []ui.Option
}

var caseNumber = regexp.MustCompile(`^[A-Z]{2,4}-[0-9]{4}-[0-9]{4,}$`)

func (p *Pages) listAudit(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := form.New(q)
	filter := audit.Filter{Subject: searchText(q.Get("subject")), From: f.Date("from", "起始日期"), To: f.Date("to", "截止日期")}
	filter.AccountID, _ = uuid.Parse(q.Get("account")) // comes from a link; anything else filters nothing
	v := auditView{Page: page("操作记录", "audit", crumbs(layout.Crumb{Label: "操作记录"})...), Bar: auditBar{
		Subject: filter.Subject, ID: searchText(q.Get("id")), From: f.Raw("from"), To: f.Raw("to"), Subjects: subjectOptions(),
	}}
	if filter.AccountID != uuid.Nil {
		v.Bar.Account = filter.AccountID.String()
	}
	known, err := p.resolve(r, &filter, v.Bar.ID)
	if err != nil {
		return err
	}
	if fault := f.Err(); errs.Is(fault, errs.Invalid) {
		v.Errors = ui.Errors(errs.FieldsOf(fault))
		v.Page.Errors = len(v.Errors)
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, auditPage(v))
	} else if fault != nil {
		return fault
	}
	var list audit.Page
	if known {
		if list, err = p.Audit.Recent(r.Context(), actor(r), filter, q.Get("after")); err != nil {
			return err
		}
	}
	v.fill(list, q)
	return httpserver.Render(w, r, http.StatusOK, auditPage(v))
}

// resolve turns what was typed as a number into a subject: a case is recorded
// under its id. It reports whether there is anything under that number.
func (p *Pages) resolve(r *http.Request, filter *audit.Filter, id string) (known bool, err error) {
	no := strings.ToUpper(id)
	if !caseNumber.MatchString(no) {
		filter.SubjectID = id
		return true, nil
	}
	c, err := p.Desk.Find(r.Context(), actor(r), no)
	if errs.Is(err, errs.NotFound) {
		return false, nil
	}
	filter.Subject, filter.SubjectID = "case", c.ID.String()
	return err == nil, err
}

func (v *auditView) fill(list audit.Page, q url.Values) {
	v.Table = auditTable("操作记录", list.Items)
	without := func(names ...string) string {
		kept := url.Values{}
		for name, values := range q {
			kept[name] = values
		}
		for _, name := range append(names, "after") {
			kept.Del(name)
		}
		return paths.WithQuery(paths.Audit, kept)
	}
	if v.Bar.Account != "" {
		v.Chips = append(v.Chips, ui.Chip{Label: "只看一个账号", Href: without("account")})
	}
	if len(list.Items) == 0 {
		v.Empty = "没有符合条件的记录。"
	}
	if q.Get("after") != "" {
		v.First = without()
	}
	if list.Next != "" {
		next, _ := url.Parse(without()) // made by WithQuery
		values := next.Query()
		values.Set("after", list.Next)
		v.Pages.Next = paths.WithQuery(paths.Audit, values)
	}
}

// subjectView is the whole history of one subject, oldest first.
type subjectView struct {
	layout.Page
	Name, ID string
	Case     string // number of the case, "" for other subjects
	Earlier  string // address of all entries page by page, "" when the table holds them
	Table    ui.Table
}

// chainShown is how many entries of one subject one page shows.
const chainShown = 500

func (p *Pages) showSubject(w http.ResponseWriter, r *http.Request) error {
	subject, id := httpserver.Param(r, "subject"), httpserver.Param(r, "id")
	items, err := p.Audit.Chain(r.Context(), actor(r), searchText(subject), strings.ToValidUTF8(strings.ReplaceAll(id, "\x00", ""), ""))
	if err != nil {
		return err
	}
	if len(items) == 0 {
		return errs.New(errs.NotFound, "没有这个对象的记录。编号可能不完整，请从操作记录里打开。")
	}
	v := subjectView{Name: subjectName(subject), ID: id}
	if len(items) > chainShown {
		v.Earlier = paths.WithQuery(paths.Audit, url.Values{"subject": {subject}, "id": {id}})
		items = items[len(items)-chainShown:]
	}
	v.Table = auditTable("全部记录，从最早的开始", items)
	v.Page = page(v.Name+"的全部记录", "audit", crumbs(layout.Crumb{Label: "操作记录", Href: paths.Audit}, layout.Crumb{Label: v.Name})...)
	if subject == "case" {
		v.Case = caseOf(items)
	}
	return httpserver.Render(w, r, http.StatusOK, subjectPage(v))
}

// createAuditExport streams the whole trail as JSON lines. The taking itself is
// on record before the first line goes out.
func (p *Pages) createAuditExport(w http.ResponseWriter, r *http.Request) error {
	begun := false
	err := p.Audit.Export(r.Context(), actor(r), func(on civil.Date) io.Writer {
		begun = true
		name := "操作记录-" + on.String() + ".jsonl"
		w.Header().Set("Content-Type", "application/x-ndjson; charset=utf-8")
		w.Header().Set("Content-Disposition", download.Disposition("attachment", name))
		// Years of records take longer than a page may.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour))
		return w
	})
	if err != nil && begun {
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return err
}
