package form

import (
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

func TestInt(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		opts  []Option
		want  int
		says  string
	}{
		{"15", nil, 15, ""}, {"１５", nil, 15, ""}, {" 1,500 ", nil, 1500, ""}, {"1，500", nil, 1500, ""}, {"0", nil, 0, ""}, {"007", nil, 7, ""}, {"2147483647", nil, 2147483647, ""},
		{"-5", []Option{Min(-5)}, -5, ""}, {"－５", []Option{Min(-10)}, -5, ""}, {"15", []Option{Min(15), Max(15)}, 15, ""},
		{"-1", nil, 0, "最小是 0，现在填的是“-1”"}, {"14", []Option{Min(15)}, 0, "最小是 15"}, {"16", []Option{Max(15)}, 0, "最大是 15"},
		{"2147483648", nil, 0, "最大是 2147483647"}, {"99999999999999999999", nil, 0, "最大是"}, {"-99999999999999999999", nil, 0, "最小是 0"},
		{"1.5", nil, 0, "“1.5”不是整数"}, {"1e6", nil, 0, "不是整数"}, {"0x10", nil, 0, "不是整数"}, {"NaN", nil, 0, "不是整数"}, {"十五", nil, 0, "不是整数"}, {"+5", nil, 0, "不是整数"}, {"1,5", nil, 0, "不是整数"}, {"--5", nil, 0, "不是整数"},
		{"15人", nil, 0, "不是整数"}, {"٣", nil, 0, "不是整数"}, {"1\xff", nil, 0, "不是整数"}, {strings.Repeat("1", 100_000), nil, 0, "太长"},
	} {
		f := of("n", c.typed)
		got := f.Int("n", "参加人数", c.opts...)
		if message := says(t, f); got != c.want || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("Int(%.30q) = %d, %q; want %d, %q", c.typed, got, message, c.want, c.says)
		}
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		opts  []Option
		want  money.Fen
		says  string
	}{
		{"１，０００．５元", nil, 100_050, ""}, {"0", nil, 0, ""}, {"3000", []Option{Max(3000 * money.Yuan)}, 300_000, ""}, {"0.01", []Option{Min(1)}, 1, ""},
		{"3000.01", []Option{Max(3000 * money.Yuan)}, 0, "最多 3,000.00 元，现在填的是 3,000.01 元"}, {"0", []Option{Min(1)}, 0, "至少 0.01 元"}, {"4999.99", []Option{Min(5000 * money.Yuan)}, 0, "至少 5,000.00 元"},
		{"0.001", nil, 0, "分"}, {"1e6", nil, 0, "认不出"}, {"-5", nil, 0, "负数"}, {strings.Repeat("1", 100_000), nil, 0, "太长"},
	} {
		f := of("m", c.typed)
		got := f.Money("m", "申请金额", c.opts...)
		if message := says(t, f); got != c.want || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("Money(%.30q) = %d, %q; want %d, %q", c.typed, int64(got), message, int64(c.want), c.says)
		}
	}
}

func TestDateInOneField(t *testing.T) {
	t.Parallel()
	want := civil.MustParse("2026-01-02")
	for _, typed := range []string{"2026-01-02", "2026-1-2", "2026/1/2", "2026.01.02", "2026年1月2日", "2026年01月02日", "２０２６年１月２日", " 2026 年 1 月 2 日 ", "20260102", "2026—01—02", "2026-01-02\u200b", "2026年1月2"} {
		f := of("d", typed)
		if got := f.Date("d", "活动日期", Required); got != want || f.Err() != nil {
			t.Errorf("Date(%q) = %v, %v", typed, got, f.Err())
		}
	}
	for _, c := range []struct{ typed, says string }{
		{"2026-02-30", "2026年2月没有30日"}, {"2026-02-29", "没有29日"}, {"2026-04-31", "没有31日"}, {"2026-13-01", "没有 13 月"}, {"2026-00-01", "没有 0 月"}, {"2026-01-00", "没有0日"},
		{"0001-01-01", "0001 不在 1900 到 2100"}, {"9999-12-31", "9999 不在 1900 到 2100"}, {"1899-12-31", "1899"}, {"2101-01-01", "2101"},
		{"26-1-2", "“26”不是四位"}, {"12026-1-2", "不是四位"}, {"2026-001-02", "最多两位"},
		{"2026-01/02", "认不出"}, {"2026年1-2", "认不出"}, {"2026-01-02T00:00:00Z", "认不出"}, {"2026-01", "认不出"}, {"明天", "认不出"}, {"02-01-2026", "不是四位"}, {"2026013", "认不出"}, {"20261301", "没有 13 月"}, {"-2026-01-02", "认不出"},
		{"2026-01-02\xff", "认不出"}, {strings.Repeat("2026-01-02", 50_000), "太长"}, {"<script>", "认不出"},
	} {
		f := of("d", c.typed)
		if got := f.Date("d", "活动日期"); !got.IsZero() || !strings.Contains(says(t, f), c.says) {
			t.Errorf("Date(%.30q) = %v, %v; want %q", c.typed, got, f.Fields(), c.says)
		}
	}
	for _, edge := range []string{"1900-01-01", "2100-12-31", "2024-02-29"} {
		if f := of("d", edge); f.Date("d", "日期") != civil.MustParse(edge) || f.Err() != nil {
			t.Errorf("%s refused: %v", edge, f.Err())
		}
	}
}

func TestDateInBoxes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ y, m, d, one, want, says string }{
		{"2026", "1", "2", "", "2026-01-02", ""}, {"２０２６", " 01 ", "02日", "", "2026-01-02", ""}, {"2026年", "1月", "2日", "", "2026-01-02", ""},
		{"2026", "1", "2", "1999-09-09", "2026-01-02", ""}, {" ", "\u200b", "", "2026-01-02", "2026-01-02", ""},
		{"2026", "", "", "", "", "少了月和日"}, {"", "1", "2", "", "", "少了年"}, {"2026", "1", "", "2026-01-02", "", "少了日"},
		{"2026", "2", "30", "", "", "没有30日"}, {"26", "1", "2", "", "", "不是四位"}, {"2026", "十", "2", "", "", "的月认不出来"}, {"2026", "1", "-2", "", "", "的日认不出来"},
		{strings.Repeat("2", 100_000), "1", "2", "", "", "的年认不出来"}, {"2026", strings.Repeat("0", 900) + "1", "2", "", "", "最多两位"},
	} {
		f := of("d-year", c.y, "d-month", c.m, "d-day", c.d, "d", c.one)
		got := f.Date("d", "活动日期")
		if message := says(t, f); got.String() != c.want || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("%.20q %q %q: %v, %q; want %q, %q", c.y, c.m, c.d, got, message, c.want, c.says)
		}
		if fields := f.Fields(); len(fields) == 1 && fields[0].Name != "d" {
			t.Errorf("the fault is of %q, want the group", fields[0].Name)
		}
	}
}

func TestDateBounds(t *testing.T) {
	t.Parallel()
	today := civil.MustParse("2026-10-09")
	for _, c := range []struct {
		typed string
		opt   Option
		says  string
	}{
		{"2026-10-09", Past(today), ""}, {"2026-10-10", Past(today), "2026年10月10日还没到"},
		{"2026-10-09", Max(today), ""}, {"2026-10-10", Max(today), "晚于 2026年10月9日"},
		{"2026-10-09", Min(today), ""}, {"2026-10-08", Min(today), "早于 2026年10月9日"},
	} {
		f := of("d", c.typed)
		got := f.Date("d", "活动日期", c.opt)
		if message := says(t, f); got.IsZero() != (c.says != "") || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("%s: %v, %q; want %q", c.typed, got, message, c.says)
		}
	}
}
