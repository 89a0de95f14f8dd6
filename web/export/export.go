// Package export sends the whole of a list as a table, .xlsx or CSV, row by row as
// the rows come. It stands between the pages and internal/sheet; no tables.
//
// An export holds what the list shows, to whom the list is shown: the same
// permission, filter and scope, masked as on the page. So it is a GET that writes
// nothing; the log of the site says which account took which list, and how many
// rows. A file with more than the page shows is a POST that is audited, as that of
// the audit trail is.
package export

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/download"
	"civilaffairs/web/paths"
)

// List is a list that can be taken whole.
type List struct {
	Name    string // of the file and of the sheet
	Columns []sheet.Column
	// Fill gives the rows of the list that r asks for.
	Fill func(r *http.Request, t *Table) error
}

// Table takes the rows.
type Table struct {
	w    *sheet.Writer
	body *body
	rows int
}

// On says of which day the rows are, for the name of the file; before the first.
func (t *Table) On(day civil.Date) { t.body.day = day }

// Row writes one row, see sheet.Writer.
func (t *Table) Row(cells ...any) error {
	t.rows++
	return t.w.Row(cells...)
}

// Register declares the list at path in both formats; which says, by the request,
// what list it is.
func Register(to *httpserver.Router, path string, needs authz.Permission, which func(r *http.Request) List) {
	for _, f := range []sheet.Format{sheet.XLSX, sheet.CSV} {
		to.Get(path+"."+string(f), needs, func(w http.ResponseWriter, r *http.Request) error {
			rows, err := send(w, r, f, which(r))
			if a := httpserver.ActorOf(r.Context()); err == nil && a.Role != authz.Anonymous {
				to.Log().Info("list taken", "path", r.URL.Path, "rows", rows, "account", a.AccountID, "role", a.Role) // without the query: it may hold a name
			}
			return err
		})
	}
}

// Links are where the list at path can be taken as q filters it.
type Links struct{ XLSX, CSV string }

// LinksTo returns the links; the place in the list is not part of them.
func LinksTo(path string, q url.Values) Links {
	kept := url.Values{}
	for name, values := range q {
		if name != "after" {
			kept[name] = values
		}
	}
	return Links{XLSX: paths.WithQuery(path+"."+string(sheet.XLSX), kept), CSV: paths.WithQuery(path+"."+string(sheet.CSV), kept)}
}

const (
	// patience is how long a reader may take for one part; the whole may take
	// longer than any other answer.
	patience = time.Minute
	longest  = 15 * time.Minute // of the whole, so that nobody keeps a snapshot for ever
	wait     = 20 * time.Second // for somebody else's export to end
)

// Turns are of the process, as its connections to the database are: an export
// holds one as long as its reader takes. The public cannot take those of staff.
var publicTurns, signedTurns = make(chan struct{}, 2), make(chan struct{}, 2)

func turnsOf(ctx context.Context) chan struct{} {
	if httpserver.ActorOf(ctx).Role == authz.Anonymous {
		return publicTurns
	}
	return signedTurns
}

func send(w http.ResponseWriter, r *http.Request, f sheet.Format, l List) (rows int, err error) {
	turns := turnsOf(r.Context())
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-r.Context().Done():
		return 0, errs.Wrap(errs.Unavailable, "下载中断了。请再试一次。", r.Context().Err())
	case <-time.After(wait):
		return 0, errs.New(errs.Unavailable, "现在下载的人多。请一分钟后再试。")
	}
	ctx, cancel := context.WithTimeout(r.Context(), longest)
	defer cancel()
	out := &body{w: w, format: f, name: l.Name}
	table := &Table{body: out}
	if table.w, err = sheet.NewWriter(out, f, l.Name, l.Columns); err == nil {
		err = l.Fill(r.WithContext(ctx), table)
	}
	if err == nil {
		err = table.w.Close()
	}
	if err != nil && out.begun {
		panic(http.ErrAbortHandler) // half a file must not look like a whole one
	}
	return table.rows, err
}

// body is the answer. It begins with the first bytes, so that what fails before
// them still becomes a page.
type body struct {
	w      http.ResponseWriter
	format sheet.Format
	name   string
	day    civil.Date
	begun  bool
}

func (b *body) Write(p []byte) (int, error) {
	// A writer without deadlines, as in tests, has nothing to put off.
	_ = http.NewResponseController(b.w).SetWriteDeadline(time.Now().Add(patience))
	if !b.begun {
		b.begun = true
		name := b.name
		if !b.day.IsZero() {
			name += "-" + b.day.String()
		}
		h := b.w.Header()
		h.Set("Content-Type", b.format.ContentType())
		h.Set("Content-Disposition", download.Disposition("attachment", name+"."+string(b.format)))
		if h.Get("Cache-Control") == "" {
			httpserver.Revalidate(b.w)
		}
		b.w.WriteHeader(http.StatusOK)
	}
	return b.w.Write(p)
}
