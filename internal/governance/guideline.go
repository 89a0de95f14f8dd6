package governance

import (
	"embed"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// Guideline is an entry of the library (制度规范指引, policy 三(三)2) as the public
// sees it: the newest version that was released.
type Guideline struct {
	ID         uuid.UUID `db:"id"`
	No         int       `db:"no"`
	Duty       Duty      `db:"duty"` // that it helps with, "" for none of the checklist
	Number     int       `db:"number"`
	Title      string    `db:"title"`
	Summary    string    `db:"summary"`
	Body       string    `db:"body"`
	ReleasedAt time.Time `db:"released_at"`
	VersionID  uuid.UUID `db:"version_id"`
}

// ReleasedOn is the day of the release.
func (g Guideline) ReleasedOn() civil.Date { return civil.On(g.ReleasedAt) }

// GuidelineState is how far a version is.
type GuidelineState string

// The states. Of one entry one version at most is in work.
const (
	GuidelineDraft     GuidelineState = "draft"
	GuidelineSubmitted GuidelineState = "submitted"
	GuidelineReturned  GuidelineState = "returned"
	GuidelineReleased  GuidelineState = "released"
	GuidelineDiscarded GuidelineState = "discarded"
)

// Name returns the Chinese name, the raw value when unknown.
func (s GuidelineState) Name() string {
	return named(s, map[GuidelineState]string{GuidelineDraft: "草稿", GuidelineSubmitted: "等发布", GuidelineReturned: "退回修改", GuidelineReleased: "已发布", GuidelineDiscarded: "已作废"})
}

// Writable reports whether the text may be changed.
func (s GuidelineState) Writable() bool { return s == GuidelineDraft || s == GuidelineReturned }

// GuidelineVersion is one version of an entry, at whatever state.
type GuidelineVersion struct {
	ID          uuid.UUID      `db:"id"`
	GuidelineID uuid.UUID      `db:"guideline_id"`
	No          int            `db:"no"`
	Duty        Duty           `db:"duty"`
	Number      int            `db:"number"`
	Title       string         `db:"title"`
	Summary     string         `db:"summary"`
	Body        string         `db:"body"`
	State       GuidelineState `db:"state"`
	WrittenBy   []uuid.UUID    `db:"written_by"` // persons
	WrittenName string         `db:"written_name"`
	DecidedName string         `db:"decided_name"`
	DecidedAt   *time.Time     `db:"decided_at"`
	Reason      string         `db:"reason"`
	UpdatedAt   time.Time      `db:"updated_at"`
	Version     int            `db:"version"`

	Withdrawn       bool   `db:"withdrawn"` // the entry, off the public page
	WithdrawnReason string `db:"withdrawn_reason"`
	EntryVersion    int    `db:"entry_version"`

	Files []attachment.Attachment `db:"-"` // the bureau's own file, one at most
}

// GuidelineText is what is written of a version.
type GuidelineText struct {
	Duty    Duty // of a new entry only
	Title   string
	Summary string
	Body    string
}

// Bounds of a text, as in the database.
const (
	GuidelineTitleMost   = 60
	GuidelineSummaryMost = 200
	GuidelineBodyMost    = 20_000
)

// draftFaults is what even a draft cannot be: it is kept however unfinished.
func (t GuidelineText) draftFaults() errs.Faults {
	var f errs.Faults
	f.Length("title", "标题", t.Title, 2, GuidelineTitleMost)
	f.Length("summary", "一句话说明", t.Summary, 0, GuidelineSummaryMost)
	f.Length("body", "正文", t.Body, 0, GuidelineBodyMost)
	return f
}

// handInFaults is what keeps a text from being handed in.
func (t GuidelineText) handInFaults(hasFile bool) errs.Faults {
	f := t.draftFaults()
	f.Length("summary", "一句话说明", t.Summary, 5, GuidelineSummaryMost)
	if n := utf8.RuneCountInString(strings.TrimSpace(t.Body)); !hasFile && n < 50 {
		f.Add("body", "正文", "没有正文，也没有附文件。写至少 50 个字的正文，或者附上现成的文件")
	}
	return f
}

// Shipped is a text that the portal brings along, to be taken over, changed where
// needed, and released like any other.
type Shipped struct {
	Key string
	GuidelineText
}

//go:embed guidelines/*.txt
var guidelineFiles embed.FS

var shipped = readShipped()

// ShippedGuidelines returns the texts that the portal brings along, by duty.
func ShippedGuidelines() []Shipped { return append([]Shipped(nil), shipped...) }

// ShippedGuideline returns one of them.
func ShippedGuideline(key string) (Shipped, bool) {
	for _, s := range shipped {
		if s.Key == key {
			return s, true
		}
	}
	return Shipped{}, false
}

// readShipped reads the texts: lines of title, duty and summary, an empty line,
// the body. A file of another form stops every test.
func readShipped() []Shipped {
	byDuty := map[Duty][]Shipped{}
	entries, err := guidelineFiles.ReadDir("guidelines")
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		raw, err := guidelineFiles.ReadFile("guidelines/" + e.Name())
		if err != nil {
			panic(err)
		}
		head, body, ok := strings.Cut(string(raw), "\n\n")
		lines := strings.Split(head, "\n")
		if !ok || len(lines) != 3 {
			panic("governance: guidelines/" + e.Name() + " has no head of three lines")
		}
		value := func(i int, name string) string {
			v, ok := strings.CutPrefix(lines[i], name+":")
			if !ok {
				panic("governance: guidelines/" + e.Name() + " has no " + name)
			}
			return strings.TrimSpace(v)
		}
		s := Shipped{Key: strings.TrimSuffix(e.Name(), ".txt"),
			GuidelineText: GuidelineText{Title: value(0, "title"), Duty: Duty(value(1, "duty")), Summary: value(2, "summary"), Body: strings.TrimSpace(body)}}
		byDuty[s.Duty] = append(byDuty[s.Duty], s)
	}
	var out []Shipped
	for _, d := range append(append([]Duty(nil), Duties...), "") {
		out = append(out, byDuty[d]...)
	}
	return out
}
