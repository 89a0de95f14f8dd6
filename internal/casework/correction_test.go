package casework_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
)

func flaw(field, reason string) casework.Flaw {
	return casework.Flaw{Field: field, Label: "某项", Reason: reason}
}

func TestCheckFlaws(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		flaws []casework.Flaw
		field string
	}{
		"none":                  {nil, "flaws"},
		"a reason":              {[]casework.Flaw{flaw("a", "请写明用途")}, ""},
		"two":                   {[]casework.Flaw{flaw("a", "请写明用途"), flaw("b", "请换清晰的")}, ""},
		"no reason":             {[]casework.Flaw{flaw("a", "")}, "reason-a"},
		"four characters":       {[]casework.Flaw{flaw("a", "写明用途")}, "reason-a"},
		"four and blanks":       {[]casework.Flaw{flaw("a", " 写明用途\n ")}, "reason-a"},
		"characters unseen":     {[]casework.Flaw{flaw("a", "改改\u200b\u200b\u202e\u200b")}, "reason-a"},
		"the second without":    {[]casework.Flaw{flaw("a", "请写明用途"), flaw("b", "改")}, "reason-b"},
		"one item twice":        {[]casework.Flaw{flaw("a", "请写明用途"), flaw("a", "请写明用途")}, "reason-a"},
		"five hundred":          {[]casework.Flaw{flaw("a", strings.Repeat("改", 500))}, ""},
		"five hundred and one":  {[]casework.Flaw{flaw("a", strings.Repeat("改", 501))}, "reason-a"},
		"rare and 4-byte chars": {[]casework.Flaw{flaw("a", "𠮷坣壆请改")}, ""},
	} {
		err := casework.CheckFlaws(c.flaws)
		fields := errs.FieldsOf(err)
		if c.field == "" && err != nil || c.field != "" && (len(fields) != 1 || fields[0].Name != c.field || fields[0].Message == "") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A notice opens exactly what it names, until it is answered.
func TestOnlyNamedFieldsOpen(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	no := k.accepting(t).No
	k.do(t, k.official, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		_, err := k.Return(t.Context(), tx, now, k.official, c, []casework.Flaw{flaw("purpose", " 请写明\x00作用\xff。 "), flaw("file:charter", "请换清晰的扫描件")}, 2)
		return err
	})
	read := func() (c casework.Correction, open bool) {
		err := k.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
			var b postgres.Batch
			answer := casework.GatherOpenCorrection(&b, k.load(t, no).ID)
			err = b.Run(t.Context(), q)
			c, open = answer()
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return c, open
	}
	c, open := read()
	if !open || c.Round != 1 || c.IssuerName != k.official.Name || len(c.Flaws) != 2 || c.Flaws[0].Reason != "请写明作用�。" {
		t.Fatalf("notice %+v", c)
	}
	for field, want := range map[string]bool{"purpose": true, "file:charter": true, "amount": false, "charter": false, "": false} {
		if c.Open(field) != want {
			t.Errorf("%q open: %v", field, c.Open(field))
		}
	}
	k.answer(t, no)
	if _, open := read(); open {
		t.Error("answered and still open")
	}
	list := k.dossier(t, k.head, k.load(t, no)).Corrections
	if len(list) != 1 || list[0].AnsweredAt == nil || list[0].Open("purpose") || len(list[0].Flaws) != 2 {
		t.Errorf("answered notice %+v", list)
	}
}

func TestCorrectionRoundsAreLimited(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	no := k.accepting(t).No
	for round := 1; round <= 2; round++ {
		k.giveBack(t, no)
		if c := k.answer(t, no); c.CorrectionRounds != round {
			t.Errorf("round %d is counted as %d", round, c.CorrectionRounds)
		}
	}
	third := k.on(k.official, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		_, err := k.Return(t.Context(), tx, now, k.official, c, []casework.Flaw{flaw("a", "还要再补一项")}, 2)
		return err
	})
	if !errs.Is(third, errs.Conflict) || !strings.Contains(errs.Message(third), "2 次") {
		t.Errorf("the third round: %v", third)
	}
	if n := len(k.dossier(t, k.head, k.load(t, no)).Submissions); n != 3 {
		t.Errorf("%d signed versions kept", n)
	}
	answered := k.on(k.head, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Resubmit(t.Context(), tx, now, k.head, c, new(money.Yuan), signed)
	})
	if !errs.Is(answered, errs.Conflict) {
		t.Errorf("an answer that nobody asked for: %v", answered)
	}
}

func TestCheckOpinion(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		stance casework.Stance
		text   string
		field  string
	}{
		{casework.Support, "", ""},
		{casework.Support, "同意", ""},
		{casework.Oppose, "场地不安全", ""},
		{casework.Oppose, "", "text"},
		{casework.Oppose, "不安全的", "text"},
		{casework.Oppose, "  不安全  ", "text"},
		{casework.Oppose, "不安全\u200b\u200b\u200b", "text"},
		{casework.Oppose, "\u3000\u3000\u3000\u3000\u3000", "text"},
		{casework.Support, strings.Repeat("好", 1000), ""},
		{casework.Support, strings.Repeat("好", 1001), "text"},
		{casework.OpinionLapsed, "社区自己写的", "stance"},
		{"", "", "stance"},
		{"maybe", "也许可以吧", "stance"},
	} {
		err := casework.CheckOpinion(c.stance, c.text)
		if fields := errs.FieldsOf(err); c.field == "" && err != nil || c.field != "" && (len(fields) != 1 || fields[0].Name != c.field) {
			t.Errorf("%s %q: %v", c.stance, c.text, err)
		}
	}
}

// An opposing opinion goes forward with its reason: it informs, it does not
// decide. What the database cannot hold does not stop it.
func TestAnOpposedCaseMovesOn(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	no := k.submit(t).No
	give := func(text string) error {
		return k.on(k.community, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
			return k.Opine(t.Context(), tx, now, k.community, c, casework.Opinion{Stance: casework.Oppose, Text: text, Stage: "subdistrict"})
		})
	}
	if err := give("不好"); !errs.Is(err, errs.Invalid) || k.load(t, no).Place() != atCommunity {
		t.Errorf("without a reason: %v", err)
	}
	if err := give(" 活动场地\x00没有消防通道\xff<b>。 "); err != nil {
		t.Fatal(err)
	}
	c := k.load(t, no)
	d := k.dossier(t, k.head, c)
	if c.Place() != atSubdistrict || len(d.Opinions) != 1 {
		t.Fatalf("%s, %d opinions", c.Place(), len(d.Opinions))
	}
	if o := d.Opinions[0]; o.Stage != "community" || o.Text != "活动场地没有消防通道�<b>。" || o.ActorName != k.community.Name {
		t.Errorf("opinion %+v", o)
	}
	if note := d.Events[len(d.Events)-1].Note; !strings.HasPrefix(note, "不同意：活动场地") {
		t.Errorf("note %q", note)
	}
	if err := give("再说一次不同意"); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a second opinion of the community: %v", err)
	}
	if err := k.on(k.official, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Opine(t.Context(), tx, now, k.official, c, casework.Opinion{Stance: casework.Support})
	}); !errs.Is(err, errs.Forbidden) {
		t.Errorf("the bureau's opinion: %v", err)
	}
	if got := fmt.Sprint(casework.Support.Name(), casework.Oppose.Name()); got != "同意不同意" {
		t.Error(got)
	}
}
