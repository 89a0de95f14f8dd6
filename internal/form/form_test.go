package form

import (
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/money"
)

// of builds a form of pairs name, value.
func of(pairs ...string) *Form {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return New(v)
}

// says returns the one message of the form, "" when it has none.
func says(t *testing.T, f *Form) string {
	t.Helper()
	switch fields := f.Fields(); len(fields) {
	case 0:
		if f.Err() != nil {
			t.Errorf("no field at fault, but Err is %v", f.Err())
		}
		return ""
	case 1:
		if !errs.Is(f.Err(), errs.Invalid) {
			t.Errorf("Err is %v, want Invalid", f.Err())
		}
		return fields[0].Message
	default:
		t.Errorf("several fields at fault: %v", fields)
		return fields[0].Message
	}
}

func TestFaultsComeInTheOrderOfReading(t *testing.T) {
	t.Parallel()
	f := of("amount", "abc", "people", "x", "note", "好")
	f.Text("title", "活动名称", Required)
	f.Money("amount", "金额")
	f.Text("note", "备注")
	f.Int("people", "参加人数")
	f.Fail("files", "附件", "还没有上传照片。至少传 3 张")
	f.Fail("note", "备注", "备注和名称重复。改一下")
	f.Fail("amount", "金额", "超过上限")

	var names []string
	for _, field := range f.Fields() {
		names = append(names, field.Name)
	}
	if want := []string{"title", "amount", "note", "people", "files"}; !slices.Equal(names, want) {
		t.Errorf("order %v, want %v", names, want)
	}
	if first := f.Fields()[1]; first.Label != "金额" || !strings.Contains(first.Message, "认不出") {
		t.Errorf("the first fault of a field must stay, got %+v", first)
	}
	err := f.Err()
	if !errs.Is(err, errs.Invalid) || errs.Message(err) != "有 5 处要改" || len(errs.FieldsOf(err)) != 5 {
		t.Errorf("Err = %v", err)
	}
	if !f.Failed("note") || f.Failed("nothing") {
		t.Error("Failed does not follow the faults")
	}
}

func TestReadingAFailedFieldAgainGivesNothing(t *testing.T) {
	t.Parallel()
	f := of("n", "5")
	f.Fail("n", "人数", "不对。改一下")
	if n := f.Int("n", "人数"); n != 0 {
		t.Errorf("Int = %d after a fault of the field", n)
	}
}

func TestEmptyFormIsNoFault(t *testing.T) {
	t.Parallel()
	for _, f := range []*Form{New(nil), of("a", " ", "b", "\u200b", "c", "\u3000", "d", "", "e", "\t\r\n", "e-year", "\ufeff")} {
		zero := f.Text("a", "甲", Min(4)) == "" && f.Code("b", "乙", Min(4)) == "" && f.Int("c", "丙", Min(1)) == 0 &&
			f.Money("d", "丁", Min(1)) == 0 && f.Date("e", "戊", Min(civil.MustParse("2026-01-01"))).IsZero() && f.Mobile("b", "乙") == "" &&
			f.Choice("a", "甲", []string{"x"}) == "" && f.Choices("a", "甲", []string{"x"}, Min(2)) == nil && !f.Bool("d", "丁")
		if !zero || f.Err() != nil {
			t.Errorf("an empty form gives %v", f.Err())
		}
		if f.Filled("a") || f.Filled("e") {
			t.Error("blanks count as filled")
		}
	}
}

func TestRequired(t *testing.T) {
	t.Parallel()
	for name, read := range map[string]func(*Form){
		"还没有填":    func(f *Form) { f.Text("a", "甲", Required) },
		"在这里填上":   func(f *Form) { f.Code("a", "甲", Required) },
		"填一个整数":   func(f *Form) { f.Int("a", "甲", Required) },
		"填数字":     func(f *Form) { f.Money("a", "甲", Required) },
		"填年、月、日":  func(f *Form) { f.Date("a", "甲", Required) },
		"甲还没有填":   func(f *Form) { f.Mobile("a", "甲", Required) },
		"选一项":     func(f *Form) { f.Choice("a", "甲", []string{"x"}, Required) },
		"至少选 1 项": func(f *Form) { f.Choices("a", "甲", []string{"x"}, Required) },
	} {
		for _, blank := range []string{"", "  ", "\u200b\u3000"} {
			f := of("a", blank)
			read(f)
			if got := says(t, f); !strings.Contains(got, name) || !strings.Contains(got, "甲") {
				t.Errorf("%q: %q, want %q", blank, got, name)
			}
		}
	}
	f := of()
	if f.Bool("agree", "我已阅读承诺书", Required) || !strings.Contains(says(t, f), "勾选") {
		t.Errorf("an unticked box: %v", f.Fields())
	}
}

func TestRaw(t *testing.T) {
	t.Parallel()
	f := of("a", " １，０００\u200b ", "b", "x\xffy", "c", "1", "c", "2", "d-month", "2")
	f.Int("a", "甲")
	if f.Raw("a") != " １，０００\u200b " || f.Raw("b") != "x�y" || f.Raw("nothing") != "" || f.Raw("d-month") != "2" {
		t.Errorf("Raw: %q %q", f.Raw("a"), f.Raw("b"))
	}
	if !slices.Equal(f.RawAll("c"), []string{"1", "2"}) || f.RawAll("nothing") != nil {
		t.Errorf("RawAll: %q", f.RawAll("c"))
	}
	if !f.Filled("a") || !f.Filled("d") || f.Filled("nothing") {
		t.Error("Filled")
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	pairs := []string{"line-10-amount", "1", "line-2-amount", "5", "line-2-use", "硬件", "line-3-amount", " ", "line-3-use", "\u200b",
		"line-x-amount", "1", "line--1-amount", "1", "line-007-amount", "1", "line-5", "1", "line-99999-amount", "1", "lines-1-amount", "1", "line-10-use", ""}
	f := of(pairs...)
	if got := f.Rows("line", "用途明细", 2); !slices.Equal(got, []int{2, 10}) || f.Err() != nil {
		t.Errorf("Rows = %v, %v", got, f.Err())
	}
	f = of(pairs...)
	if got := f.Rows("line", "用途明细", 1); got != nil || !strings.Contains(says(t, f), "最多 1 行，现在是 2 行") {
		t.Errorf("Rows = %v, %v", got, f.Fields())
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	f := of("uscc", "５１440310mjl0000165", "wrong", "51440310MJL0000166", "phone", "+86 138-0013-8000", "bad", "138")
	if got := Parse(f, "uscc", "统一社会信用代码", identifier.ParseCreditCode, Required); got != "51440310MJL0000165" {
		t.Errorf("code %q, %v", got, f.Err())
	}
	if got := f.Mobile("phone", "手机"); got != "13800138000" || f.Err() != nil {
		t.Errorf("mobile %q, %v", got, f.Err())
	}
	if got := Parse(f, "wrong", "统一社会信用代码", identifier.ParseCreditCode); got != "" || !strings.Contains(says(t, f), "校验位") {
		t.Errorf("a wrong check digit gives %q, %v", got, f.Fields())
	}
	if got := f.Mobile("bad", "手机"); got != "" || len(f.Fields()) != 2 {
		t.Errorf("mobile %q, %v", got, f.Fields())
	}
	f = of("x", "1")
	Parse(f, "x", "甲", func(string) (int, error) { return 0, errors.New("broken") })
	if errs.KindOf(f.Err()) != errs.Internal || f.Fields() != nil {
		t.Errorf("a defect of the reader must not look like the person's fault: %v", f.Err())
	}
}

// A check that cannot be applied must not be left out in silence.
func TestBoundOfAnotherTypeIsReported(t *testing.T) {
	t.Parallel()
	day := civil.MustParse("2026-01-01")
	for name, read := range map[string]func(*Form){
		"Text":    func(f *Form) { f.Text("a", "甲", Max(money.Fen(5))) },
		"Code":    func(f *Form) { f.Code("a", "甲", Min(day)) },
		"Int":     func(f *Form) { f.Int("a", "甲", Max(money.Fen(5))) },
		"Money":   func(f *Form) { f.Money("a", "甲", Max(day)) },
		"Date":    func(f *Form) { f.Date("a", "甲", Min(3)) },
		"Choices": func(f *Form) { f.Choices("a", "甲", []string{"1"}, Max(day)) },
	} {
		f := of("a", "1")
		read(f)
		if f.Err() == nil || errs.KindOf(f.Err()) != errs.Internal {
			t.Errorf("%s: Err = %v", name, f.Err())
		}
	}
}
