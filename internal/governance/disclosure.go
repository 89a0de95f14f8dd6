package governance

import (
	"fmt"
	"net/url"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/privacy"

	"github.com/google/uuid"
)

// DisclosureKind is what an organization tells the public (三(三)2).
type DisclosureKind string

// The kinds. All but the last two are about a year.
const (
	Summary    DisclosureKind = "summary"
	Accounts   DisclosureKind = "accounts"
	Donations  DisclosureKind = "donations"
	Activities DisclosureKind = "activities"
	Council    DisclosureKind = "council"
	Document   DisclosureKind = "document"
)

// DisclosureKinds lists them in the order of the section.
var DisclosureKinds = []DisclosureKind{Summary, Accounts, Donations, Activities, Council, Document}

// Name returns the Chinese name, the raw value when unknown.
func (k DisclosureKind) Name() string {
	return named(k, map[DisclosureKind]string{Summary: "年度报告摘要", Accounts: "财务收支", Donations: "接受捐赠", Activities: "活动情况",
		Council: "理事会和监事", Document: "制度文件"})
}

// Yearly reports whether the kind is about a year.
func (k DisclosureKind) Yearly() bool { return k != Council && k != Document }

// Side is where a line of money stands.
type Side string

// The sides.
const (
	Opening Side = "opening"
	In      Side = "in"
	Out     Side = "out"
)

// DisclosedLine is a line of money that was published.
type DisclosedLine struct {
	Side   Side      `db:"side"`
	Label  string    `db:"label"`
	Note   string    `db:"note"`
	Amount money.Fen `db:"amount_fen"`
}

// Totals add the lines of a version up; nobody types them.
func Totals(lines []DisclosedLine) (opening, in, out money.Fen) {
	for _, l := range lines {
		switch l.Side {
		case Opening:
			opening += l.Amount
		case In:
			in += l.Amount
		case Out:
			out += l.Amount
		}
	}
	return opening, in, out
}

// Disclosed is one text as the public would read it.
type Disclosed struct {
	Title string
	Body  string
	Lines []DisclosedLine
}

// Version is one text that was published. One that was withdrawn has no content
// left for the public: its date, who published it and the reason.
type Version struct {
	ID              uuid.UUID      `db:"id"`
	DisclosureID    uuid.UUID      `db:"disclosure_id"`
	OrgID           uuid.UUID      `db:"org_id"`      // that it is kept under today
	From            string         `db:"merged_from"` // the record that it was published under when that was merged away, "" otherwise
	Kind            DisclosureKind `db:"kind"`
	Year            int            `db:"year"` // 0 when not about a year
	Number          int            `db:"number"`
	Title           string         `db:"title"`
	Body            string         `db:"body"`
	AttachmentID    uuid.UUID      `db:"attachment_id"`
	PublishedAt     time.Time      `db:"published_at"`
	PublishedName   string         `db:"published_name"`
	WithdrawnAt     *time.Time     `db:"withdrawn_at"`
	WithdrawnName   string         `db:"withdrawn_name"`
	WithdrawnReason string         `db:"withdrawn_reason"`
	Superseded      bool           `db:"superseded"` // there is a later version
}

// Stands reports whether the version is in force.
func (v Version) Stands() bool { return v.WithdrawnAt == nil && !v.Superseded }

// On is the day of publication.
func (v Version) On() civil.Date { return civil.On(v.PublishedAt) }

// WithdrawnOn is the day on which it was withdrawn, zero while it stands.
func (v Version) WithdrawnOn() civil.Date {
	if v.WithdrawnAt == nil {
		return civil.Date{}
	}
	return civil.On(*v.WithdrawnAt)
}

// Subject names what it is about: 2025 年度财务收支.
func (v Version) Subject() string { return subjectOf(v.Kind, v.Year) }

func subjectOf(k DisclosureKind, year int) string {
	if year == 0 {
		return k.Name()
	}
	return fmt.Sprintf("%d 年度%s", year, strings.TrimPrefix(k.Name(), "年度"))
}

// Columns of the rows of donations, and most of them.
const mostLines = 50

// ReadDisclosure reads what was typed for a kind and returns every fault in the
// order of the form, private data included: those stop the publication, not the
// draft. file says whether a document is attached.
func ReadDisclosure(k DisclosureKind, v url.Values, file bool) (Disclosed, []errs.Field) {
	f := form.New(v)
	d := Disclosed{Title: f.Text("title", "标题", form.Required, form.Min(4), form.Max(80))}
	least := 20
	switch k {
	case Accounts:
		d.Lines = append(d.Lines, DisclosedLine{Side: Opening, Label: "年初余额", Amount: f.Money("opening", "年初余额", form.Required)})
		for _, l := range IncomeLines {
			d.Lines = append(d.Lines, DisclosedLine{Side: In, Label: l.Name, Amount: f.Money(l.Key, l.Name, form.Required)})
		}
		for _, l := range ExpenseLines {
			d.Lines = append(d.Lines, DisclosedLine{Side: Out, Label: l.Name, Amount: f.Money(l.Key, l.Name, form.Required)})
		}
		if opening, in, out := Totals(d.Lines); len(f.Fields()) == 0 && opening+in < out {
			f.Fail("opening", "年初余额", fmt.Sprintf("支出合计 %s 元超过了年初余额和收入之和 %s 元。核对各项", out, opening+in))
		}
		least = 0
	case Donations:
		for i, n := range f.Rows("donation", "捐赠", mostLines) {
			name := func(column string) string { return fmt.Sprintf("donation-%d-%s", n, column) }
			row := fmt.Sprintf("第 %d 笔", i+1)
			d.Lines = append(d.Lines, DisclosedLine{Side: In, Label: f.Text(name("donor"), row+"捐赠人", form.Required, form.Max(60)),
				Amount: f.Money(name("amount"), row+"金额", form.Required, form.Min(money.Fen(1))), Note: f.Text(name("use"), row+"用途", form.Required, form.Max(120))})
		}
		least = 0
	case Document:
		least = 0
		if !file {
			f.Fail("file", "文件", "还没有上传要公开的文件")
		}
	}
	opts := []form.Option{form.Multiline, form.Max(3000)}
	if least > 0 {
		opts = append(opts, form.Required, form.Min(least))
	}
	d.Body = f.Text("body", "内容", opts...)
	for _, x := range d.private(v) {
		if x.Blocks() {
			f.Fail(x.Field, x.Label, x.Where()+"，不能公开。删去后再发布")
		}
	}
	return d, f.Fields()
}

// Private finds what should not be public in a text that was typed: what blocks
// and what somebody should look at.
func (d Disclosed) private(v url.Values) []privacy.Found {
	fields := []privacy.Field{{Name: "title", Label: "标题", Text: d.Title}, {Name: "body", Label: "内容", Text: d.Body}}
	for name, list := range v {
		if strings.HasPrefix(name, "donation-") && !strings.HasSuffix(name, "-amount") {
			fields = append(fields, privacy.Field{Name: name, Label: "捐赠明细", Text: strings.Join(list, " ")})
		}
	}
	return privacy.Check(fields)
}

// Doubtful are the finds that do not block: a telephone of the office belongs on
// a page, a home address does not.
func Doubtful(v url.Values) []privacy.Found {
	d := Disclosed{Title: v.Get("title"), Body: v.Get("body")}
	var out []privacy.Found
	for _, x := range d.private(v) {
		if !x.Blocks() {
			out = append(out, x)
		}
	}
	return out
}
