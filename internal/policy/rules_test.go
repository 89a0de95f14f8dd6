package policy

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

func d(s string) civil.Date {
	if s == "" {
		return civil.Date{}
	}
	return civil.MustParse(s)
}

// names are the fields at fault.
func names(f []errs.Field) string {
	var out []string
	for _, x := range f {
		out = append(out, x.Name)
		if x.Label == "" || x.Message == "" {
			out = append(out, "(without words)")
		}
	}
	return strings.Join(out, " ")
}

func goodDocument() DocumentInput {
	return DocumentInput{Kind: KindPolicy, Title: "新的实施意见", IssuedBy: "区政府", IssuedOn: d("2026-11-01"), From: d("2026-11-09"), Source: "区政府网站"}
}

func TestWhatADocumentMustSay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change func(in *DocumentInput)
		want   string
	}{
		{"complete", func(*DocumentInput) {}, ""},
		{"an end on its first day", func(in *DocumentInput) { in.To = in.From }, ""},
		{"ends before it starts", func(in *DocumentInput) { in.To = d("2026-11-08") }, "to"},
		{"starts before it is issued", func(in *DocumentInput) { in.From = d("2026-10-31") }, "from"},
		{"30 February", func(in *DocumentInput) { in.From = civil.Of(2026, 2, 30) }, "from"},
		{"no dates", func(in *DocumentInput) { in.IssuedOn, in.From = civil.Date{}, civil.Date{} }, "issued_on from"},
		{"rules without a policy", func(in *DocumentInput) { in.Kind = KindRules }, "under"},
		{"a policy under another", func(in *DocumentInput) { in.UnderID = uuid.Max }, "under"},
		{"another kind", func(in *DocumentInput) { in.Kind = "law" }, "kind"},
		{"no words", func(in *DocumentInput) { in.Title, in.IssuedBy, in.Source = "", "", "" }, "title issued_by source"},
		{"too many words", func(in *DocumentInput) { in.Title, in.No = strings.Repeat("长", 201), strings.Repeat("1", 61) }, "title no"},
	} {
		in := goodDocument()
		c.change(&in)
		if got := names(in.faults()); got != c.want {
			t.Errorf("%s: at fault %q, want %q", c.name, got, c.want)
		}
	}
}

func TestWhatAClosingMayDo(t *testing.T) {
	t.Parallel()
	today := d("2026-11-23")
	open := Document{ID: uuid.New(), Kind: KindPolicy, Status: Approved, EffectiveFrom: d("2026-01-01")}
	ending := open
	ending.EffectiveTo = d("2027-12-31")
	lapsed := open
	lapsed.EffectiveFrom, lapsed.EffectiveTo = d("2017-09-28"), d("2020-09-27")
	next := Document{ID: uuid.New(), Kind: KindPolicy, Status: Draft, EffectiveFrom: d("2027-01-01")}
	rules := next
	rules.Kind = KindRules
	for _, c := range []struct {
		name            string
		of              Document
		last, archived  string
		other           *Document
		reason, atFault string
	}{
		{"an end in the future", open, "2026-12-31", "", nil, "新的办法施行", ""},
		{"today is the last day", open, "2026-11-23", "", nil, "新的办法施行", ""},
		{"an end and its successor", open, "2026-12-31", "", &next, "新的办法施行", ""},
		{"yesterday", open, "2026-11-22", "", nil, "新的办法施行", "last_day"},
		{"later than it ends anyway", ending, "2028-01-01", "", nil, "想再延长一点", "last_day"},
		{"an end of what is over", lapsed, "2026-12-31", "", nil, "新的办法施行", "last_day"},
		{"archived", lapsed, "", "2020-12-25", nil, "按规定归档", ""},
		{"archived while in force", open, "", "2026-11-01", nil, "按规定归档", "archived_on"},
		{"archived before it ended", lapsed, "", "2020-09-27", nil, "按规定归档", "archived_on"},
		{"archived tomorrow", lapsed, "", "2026-11-24", nil, "按规定归档", "archived_on"},
		{"revised while in force without end", open, "", "", &next, "新的办法施行", "revised_by"},
		{"revised by what began before", open, "2027-06-30", "", &next, "新的办法施行", "revised_by"},
		{"revised by rules", open, "2026-12-31", "", &rules, "新的办法施行", "revised_by"},
		{"revised by itself", lapsed, "", "", &lapsed, "新的办法施行", "revised_by"},
		{"nothing", open, "", "", nil, "新的办法施行", "last_day"},
		{"no reason", open, "2026-12-31", "", nil, "  ", "reason"},
	} {
		closing := Closing{LastDay: d(c.last), ArchivedOn: d(c.archived), Reason: c.reason}
		if got := names(closing.faults(c.of, c.other, today)); got != c.atFault {
			t.Errorf("%s: at fault %q, want %q", c.name, got, c.atFault)
		}
	}
}

// whole is a complete set with the defaults of the policy of 2017, changed.
func whole(change map[Key]any) Params {
	values := map[Key]any{}
	for _, def := range definitions {
		switch b := def.Bounds(); def.Type {
		case Choice:
			values[def.Key] = def.Choices[0].Value
		case MonthDay:
			values[def.Key] = "03-31"
		default:
			values[def.Key] = max(b.Least, 1)
		}
	}
	for k, v := range map[Key]any{EvalQuota3Pct: 20, EvalQuota2Pct: 30, EvalQuota1Pct: 50, VentureTrancheFirstPct: 60, VentureTrancheMidPct: 30, VentureTrancheFinalPct: 10} {
		values[k] = v
	}
	for k, v := range change {
		values[k] = v
	}
	var raw []Raw
	for k, v := range values {
		r := Raw{Key: k, Value: v, Source: FromDefault, Article: "一"}
		if def, _ := definitionOf(k); def.Group == siteGroup {
			r.Article = ""
		}
		raw = append(raw, r)
	}
	p, err := NewParams(raw)
	if err != nil {
		panic(err)
	}
	return p
}

func TestParametersThatContradictEachOther(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		change map[Key]any
		want   Key
	}{
		{"nothing wrong", nil, ""},
		{"quotas of 105", map[Key]any{EvalQuota3Pct: 25}, EvalQuota3Pct},
		{"quotas of 95", map[Key]any{EvalQuota2Pct: 25}, EvalQuota3Pct},
		{"other quotas of 100", map[Key]any{EvalQuota3Pct: 25, EvalQuota1Pct: 45}, ""},
		{"tranches of 99", map[Key]any{VentureTrancheFinalPct: 9}, VentureTrancheFirstPct},
		{"too young and too old at once", map[Key]any{StartupMinAgeMonths: 24, StartupMaxAgeMonths: 6}, StartupMinAgeMonths},
		{"both ages alike", map[Key]any{StartupMinAgeMonths: 6, StartupMaxAgeMonths: 6}, ""},
		{"floor above cap", map[Key]any{VentureFloor: 600000, VentureCap: 500000}, VentureFloor},
		{"three stars easier than two", map[Key]any{EvalPass: 1, EvalMin2: 90, EvalMin3: 80}, EvalMin2},
		{"fifth quarter", map[Key]any{EvalQuarter: 5}, EvalQuarter},
		{"a notice of no day", map[Key]any{NoticeGrantWD: 0}, NoticeGrantWD},
		{"a trail of a month", map[Key]any{AuditKeepDays: 30}, AuditKeepDays},
	} {
		if got := names(whole(c.change).Faults([]string{"一"})); got != string(c.want) {
			t.Errorf("%s: at fault %q, want %q", c.name, got, c.want)
		}
	}
	if f := whole(nil).Faults(nil); len(f) != len(definitions)-3 {
		t.Errorf("without the article %d of %d are at fault", len(f), len(definitions))
	}
}

func TestAParameterIsJudged(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		key    Key
		change func(in *ParameterInput)
		want   string
	}{
		{"as it should be", EvalQuota3Pct, func(*ParameterInput) {}, ""},
		{"101 %", EvalQuota3Pct, func(in *ParameterInput) { in.Value = int64(101) }, "value"},
		{"negative", StartupMinActivities, func(in *ParameterInput) { in.Value = int64(-1) }, "value"},
		{"a million months", StartupMaxAgeMonths, func(in *ParameterInput) { in.Value = int64(1_000_000) }, "value"},
		{"text for a number", EvalQuota3Pct, func(in *ParameterInput) { in.Value = "20" }, "value"},
		{"no choice of the list", FilingRegistrar, func(in *ParameterInput) { in.Value = "city" }, "value"},
		{"a choice", FilingRegistrar, func(in *ParameterInput) { in.Value = RegistrarBureau }, ""},
		{"unknown article", EvalQuota3Pct, func(in *ParameterInput) { in.Article = "九（九）" }, "article"},
		{"no article", EvalQuota3Pct, func(in *ParameterInput) { in.Article = "" }, "article"},
		{"no article for the site", AuditKeepDays, func(in *ParameterInput) { in.Article, in.Value = "", int64(1095) }, ""},
		{"from the policy and open", EvalQuota3Pct, func(in *ParameterInput) { in.Source, in.Confirmed = FromPolicy, false }, "confirmed"},
		{"no source", EvalQuota3Pct, func(in *ParameterInput) { in.Source = "rumour" }, "source"},
		{"no reason", EvalQuota3Pct, func(in *ParameterInput) { in.Reason = " 短 " }, "reason"},
	} {
		def, _ := definitionOf(c.key)
		in := ParameterInput{Key: c.key, Value: int64(20), Article: "三", Source: FromDefault, Confirmed: true, Reason: "局务会议决定"}
		c.change(&in)
		if _, f := in.judge(def, []string{"三"}); names(f) != c.want {
			t.Errorf("%s: at fault %q, want %q", c.name, names(f), c.want)
		}
	}
}

func TestWhichEditionFollows(t *testing.T) {
	t.Parallel()
	today := d("2026-11-23")
	now := EditionFacts{Label: "甲", EffectiveFrom: d("2026-01-01")}
	ends := EditionFacts{Label: "乙", EffectiveFrom: d("2026-01-01"), EffectiveTo: d("2026-12-31")}
	for _, c := range []struct {
		name, from, to string
		before         []EditionFacts
		ok             bool
	}{
		{"the first", "2026-11-01", "", nil, true},
		{"from tomorrow", "2026-11-24", "", []EditionFacts{now}, true},
		{"from today", "2026-11-23", "", []EditionFacts{now}, false},
		{"from yesterday", "2026-11-22", "", []EditionFacts{now}, false},
		{"a shorter one", "2026-12-01", "2026-12-10", []EditionFacts{now}, false},
		{"to the same end", "2026-12-01", "2026-12-31", []EditionFacts{ends}, true},
		{"beyond its end", "2026-12-01", "", []EditionFacts{ends}, true},
		{"before one that begins later", "2026-11-24", "", []EditionFacts{{Label: "丙", EffectiveFrom: d("2027-01-01")}}, false},
		{"on the same day as another", "2027-01-01", "", []EditionFacts{{Label: "丙", EffectiveFrom: d("2027-01-01")}}, false},
	} {
		e := EditionFacts{Label: "新", EffectiveFrom: d(c.from), EffectiveTo: d(c.to)}
		if message := inTheWay(e, c.before, today); (message == "") != c.ok {
			t.Errorf("%s: %q", c.name, message)
		}
	}
}

// Uncovered agrees with counting day by day, whatever the spans; and when one
// covered day is taken away, it is found. Control: the days around it are not.
func TestEveryUncoveredDayIsFound(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2017, 928))
	start := d("2026-01-01")
	horizon := Span{From: start, To: start.AddDays(120)}
	for round := range 2000 {
		whole := Span{From: start.AddDays(r.IntN(20)), To: start.AddDays(20 + r.IntN(80))}
		if r.IntN(4) == 0 {
			whole.To = civil.Date{}
		}
		var parts []Span
		for range r.IntN(6) {
			s := Span{From: start.AddDays(r.IntN(100) - 10)}
			if s.To = s.From.AddDays(r.IntN(40)); r.IntN(6) == 0 {
				s.To = civil.Date{}
			}
			parts = append(parts, s)
		}
		gaps := Uncovered(whole, parts)
		for day := horizon.From; !day.After(horizon.To); day = day.AddDays(1) {
			in := func(list []Span) bool { return slices.ContainsFunc(list, func(s Span) bool { return s.Contains(day) }) }
			if want := whole.Contains(day) && !in(parts); in(gaps) != want {
				t.Fatalf("round %d: %s uncovered %v, want %v\nwhole %v\nparts %v\ngaps %v", round, day, !want, want, whole, parts, gaps)
			}
		}
		for i := 1; i < len(gaps); i++ {
			if !gaps[i].From.After(gaps[i-1].To.AddDays(1)) {
				t.Fatalf("round %d: %v are not the fewest spans", round, gaps)
			}
		}
	}
	full := []Span{{From: start, To: d("2026-03-09")}, {From: d("2026-03-10")}}
	if gaps := Uncovered(Span{From: start}, full); len(gaps) != 0 {
		t.Fatalf("covered without a gap: %v", gaps)
	}
	full[1].From = d("2026-03-11") // one day is taken away
	if gaps := fmt.Sprint(Uncovered(Span{From: start}, full)); gaps != "[2026年3月10日]" {
		t.Errorf("the missing day was not found alone: %s", gaps)
	}
}

func TestDifferencesAreWhatDiffers(t *testing.T) {
	t.Parallel()
	left := whole(nil)
	if list := Differences(left, left); len(list) != 0 {
		t.Errorf("the same set differs in %d", len(list))
	}
	right := whole(map[Key]any{EvalMin3: 90, FilingRegistrar: RegistrarBureau})
	p := right.Param(NoticeGrantWD)
	p.Confirmed = true
	right.byKey[NoticeGrantWD] = p
	var keys []Key
	for _, x := range Differences(left, right) {
		keys = append(keys, x.Key)
	}
	if want := []Key{EvalMin3, NoticeGrantWD, FilingRegistrar}; !slices.Equal(keys, want) {
		t.Errorf("differ in %v, want %v", keys, want)
	}
	if n := len(right.Pending()); n != len(definitions)-1 {
		t.Errorf("%d pending", n)
	}
}

func TestArticlesAreArranged(t *testing.T) {
	t.Parallel()
	list := []Article{{Path: "一"}, {Path: "二"}, {Path: "三"}}
	for _, c := range []struct {
		name string
		do   func() ([]Article, error)
		want string
	}{
		{"in its place", func() ([]Article, error) { return placed(list, Article{Path: "贰"}, 2, 0) }, "一贰三"},
		{"first", func() ([]Article, error) { return placed(list, Article{Path: "零"}, 0, 0) }, "零一二三"},
		{"last", func() ([]Article, error) { return placed(list, Article{Path: "四"}, 0, 3) }, "一二三四"},
		{"nowhere", func() ([]Article, error) { return placed(list, Article{Path: "四"}, 9, 0) }, ""},
		{"up", func() ([]Article, error) { return moved(list, 2, true) }, "二一三"},
		{"down", func() ([]Article, error) { return moved(list, 2, false) }, "一三二"},
		{"up from the top", func() ([]Article, error) { return moved(list, 1, true) }, "一二三"},
		{"none moved", func() ([]Article, error) { return moved(list, 0, true) }, ""},
		{"out", func() ([]Article, error) { return without(list, 1) }, "二三"},
		{"none out", func() ([]Article, error) { return without(list, 4) }, ""},
	} {
		got, err := c.do()
		words := ""
		for _, a := range got {
			words += a.Path
		}
		if words != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%s: %q, %v", c.name, words, err)
		}
	}
	if f := listFaults([]Article{{Path: "二（一）"}, {Path: "二(一)"}}); names(f) != "path" {
		t.Errorf("two articles at one place: %v", f)
	}
}
