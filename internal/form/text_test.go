package form

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, line, lines string }{
		{"", "", ""}, {"  好  ", "好", "好"}, {"\u3000好\u3000", "好", "好"},
		{"沙坣社区", "沙坣社区", "沙坣社区"}, {"𠮷、㙍、壆", "𠮷、㙍、壆", "𠮷、㙍、壆"},
		{"您好，（甲）“乙”：１２ＡＢ", "您好，（甲）“乙”：１２ＡＢ", "您好，（甲）“乙”：１２ＡＢ"}, // text keeps its punctuation
		{"零\u200b宽\u200c\u200d\u2060\ufeff字", "零宽字", "零宽字"},
		{"\u202eabc\u202c\u2066d\u2069\u200f", "abcd", "abcd"},
		{"a\x00b\x07c\x1b\x7f\u009f", "abc", "abc"}, {"soft\u00adhyphen", "softhyphen", "softhyphen"},
		{"Zoe\u0308", "Zoë", "Zoë"}, {"e\u200b\u0301", "é", "é"}, {"葛\U000e0100", "葛", "葛"}, {"❤\ufe0f", "❤", "❤"},
		{"空\u3164\u115f\u2800\u034f白", "空白", "空白"},
		{"一\r\n二\n三\r四\u2028五", "一 二 三 四 五", "一\n二\n三\n四\n五"}, {"\n\n一\n\n", "一", "一"}, {"a\tb\u00a0c", "a b c", "a b c"},
		{"一\n\u3000\u3000二", "一   二", "一\n\u3000\u3000二"},
		{"a" + strings.Repeat("\u0323", 100), "ạ\u0323\u0323\u0323", "ạ\u0323\u0323\u0323"},
		{"x\xffy", "x�y", "x�y"}, {"<b>&amp;'\"", "<b>&amp;'\"", "<b>&amp;'\""},
	} {
		if got := Clean(c.typed, false); got != c.line {
			t.Errorf("Clean(%q, line) = %q, want %q", c.typed, got, c.line)
		}
		if got := Clean(c.typed, true); got != c.lines {
			t.Errorf("Clean(%q, lines) = %q, want %q", c.typed, got, c.lines)
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		opts  []Option
		want  string
		says  string
	}{
		{"坪山区沙坣社区", nil, "坪山区沙坣社区", ""},
		{strings.Repeat("𠮷", 10), []Option{Max(10)}, strings.Repeat("𠮷", 10), ""},
		{strings.Repeat("𠮷", 11), []Option{Max(10)}, "", "最多 10 字，现在是 11 字。删去 1 字"},
		{"好好好", []Option{Min(4)}, "", "至少 4 字，现在是 3 字。再写 1 字"}, {"好好好好", []Option{Min(4)}, "好好好好", ""},
		{strings.Repeat("好", 200), nil, strings.Repeat("好", 200), ""}, {strings.Repeat("好", 201), nil, "", "最多 200 字"},
		{strings.Repeat("好", 5000), []Option{Multiline}, strings.Repeat("好", 5000), ""}, {strings.Repeat("好", 5001), []Option{Multiline}, "", "最多 5000 字"},
		{strings.Repeat("好", 300_000), []Option{Max(10)}, "", "现在是 300000 字"},
		{strings.Repeat(" ", 300_000) + "好", []Option{Max(10)}, "好", ""},
		{"好\u200b\u200b", []Option{Max(1)}, "好", ""},
		{"一\r\n二", []Option{Multiline, Max(3)}, "一\n二", ""}, {"一\r\n二", nil, "一 二", ""},
		{"好\xff", nil, "", "认不出的字符"}, {"好�", nil, "", "认不出的字符"},
		{"好🙂", nil, "好🙂", ""}, {"好🙂", []Option{NoEmoji}, "", "“🙂”"}, {"❤\ufe0f", []Option{NoEmoji}, "", "“❤”"}, {"1\ufe0f\u20e3", []Option{NoEmoji}, "", "表情"},
		{"🇨🇳", []Option{NoEmoji}, "", "表情"}, {"⭐", []Option{NoEmoji}, "", "表情"}, {"★3 ☎ ✓ ㈱ ①", []Option{NoEmoji}, "★3 ☎ ✓ ㈱ ①", ""},
	} {
		f := of("a", c.typed)
		got := f.Text("a", "活动名称", c.opts...)
		if message := says(t, f); got != c.want || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("Text(%.40q) = %.40q, %q; want %.40q, %q", c.typed, got, message, c.want, c.says)
		}
	}
}

func TestCode(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		opts  []Option
		want  string
		says  string
	}{
		{" ＦＨ－２０２６－０００１ ", nil, "FH-2026-0001", ""}, {"FH—2026–0001", nil, "FH-2026-0001", ""}, {"12 34\u200b56", nil, "123456", ""},
		{"12345678", []Option{Min(8), Max(8)}, "12345678", ""}, {"1234567", []Option{Min(8)}, "", "至少 8 位，现在是 7 位"}, {"123456789", []Option{Max(8)}, "", "最多 8 位，现在是 9 位"},
		{strings.Repeat("1", 64), nil, strings.Repeat("1", 64), ""}, {strings.Repeat("1", 65), nil, "", "最多 64 位"}, {strings.Repeat("1", 100_000), nil, "", "太长"},
		{"1\xff", nil, "", "认不出的字符"},
	} {
		f := of("a", c.typed)
		got := f.Code("a", "发票号码", c.opts...)
		if message := says(t, f); got != c.want || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("Code(%.40q) = %q, %q; want %q, %q", c.typed, got, message, c.want, c.says)
		}
	}
}

func TestChoices(t *testing.T) {
	t.Parallel()
	options := []string{"welfare", "charity", "rights"}
	f := of("a", "charity", "b", "hacker\u200b<", "c", strings.Repeat("坪", 100_000))
	if got := f.Choice("a", "业务类别", options); got != "charity" || f.Err() != nil {
		t.Errorf("Choice = %q, %v", got, f.Err())
	}
	if got := f.Choice("b", "业务类别", options); got != "" || !strings.Contains(says(t, f), "“hacker<”不在可选的范围里") {
		t.Errorf("Choice = %q, %v", got, f.Fields())
	}
	if f.Choice("c", "业务类别", options); len(f.Fields()) != 2 || len(f.Fields()[1].Message) > 200 {
		t.Errorf("a long value is quoted whole: %d bytes", len(f.Fields()[1].Message))
	}
	for _, c := range []struct {
		typed []string
		opts  []Option
		want  []string
		says  string
	}{
		{nil, nil, nil, ""}, {[]string{"rights", "welfare", "rights", ""}, nil, []string{"welfare", "rights"}, ""},
		{[]string{"welfare", "x"}, nil, nil, "“x”不在"}, {[]string{"", " "}, []Option{Required}, nil, "至少选 1 项"},
		{[]string{"welfare"}, []Option{Min(2)}, nil, "再选 1 项"}, {options, []Option{Max(2)}, nil, "去掉 1 项"}, {options, []Option{Min(3), Max(3)}, options, ""},
	} {
		f := New(url.Values{"a": c.typed})
		got := f.Choices("a", "主题", options, c.opts...)
		if message := says(t, f); !slices.Equal(got, c.want) || (c.says == "") != (message == "") || !strings.Contains(message, c.says) {
			t.Errorf("Choices(%q) = %q, %q; want %q, %q", c.typed, got, message, c.want, c.says)
		}
	}
}

func TestBool(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]bool{"on": true, "1": true, "true": true, "yes": true, "": false, "0": false, "off": false, "false": false, "no": false} {
		f := of("a", typed)
		if got := f.Bool("a", "公开联系方式"); got != want || f.Err() != nil {
			t.Errorf("Bool(%q) = %v, %v", typed, got, f.Err())
		}
	}
	f := of("a", "maybe")
	if f.Bool("a", "公开联系方式") || says(t, f) == "" {
		t.Error("a value that the page never sends is taken")
	}
}
