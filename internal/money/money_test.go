package money

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		fen             Fen
		text, yuan, wan string
		upper           string
		floor           Fen
	}{
		{0, "0.00", "0.00", "0", "零元整", 0},
		{1, "0.01", "0.01", "0", "壹分", 0},
		{9, "0.09", "0.09", "0", "玖分", 0},
		{10, "0.10", "0.10", "0", "壹角整", 0},
		{55, "0.55", "0.55", "0", "伍角伍分", 0},
		{99, "0.99", "0.99", "0", "玖角玖分", 0},
		{100, "1.00", "1.00", "0", "壹元整", 100},
		{105, "1.05", "1.05", "0", "壹元零伍分", 100},
		{99_999, "999.99", "999.99", "0.1", "玖佰玖拾玖元玖角玖分", 99_900},
		{100_000, "1,000.00", "1000.00", "0.1", "壹仟元整", 100_000},
		{123_450, "1,234.50", "1234.50", "0.12", "壹仟贰佰叁拾肆元伍角整", 123_400},
		{4_999, "49.99", "49.99", "0", "肆拾玖元玖角玖分", 4_900},
		{5_000, "50.00", "50.00", "0.01", "伍拾元整", 5_000},
		{32_504, "325.04", "325.04", "0.03", "叁佰贰拾伍元零肆分", 32_500},
		{140_950, "1,409.50", "1409.50", "0.14", "壹仟肆佰零玖元伍角整", 140_900},
		{600_714, "6,007.14", "6007.14", "0.6", "陆仟零柒元壹角肆分", 600_700},
		{168_032, "1,680.32", "1680.32", "0.17", "壹仟陆佰捌拾元叁角贰分", 168_000},
		{1_640_902, "16,409.02", "16409.02", "1.64", "壹万陆仟肆佰零玖元零贰分", 1_640_900},
		{10_700_053, "107,000.53", "107000.53", "10.7", "壹拾万柒仟元伍角叁分", 10_700_000},
		{1_000_000, "10,000.00", "10000.00", "1", "壹万元整", 1_000_000},
		{10_001_000, "100,010.00", "100010.00", "10", "壹拾万零壹拾元整", 10_001_000},
		{168_720_000, "1,687,200.00", "1687200.00", "168.72", "壹佰陆拾捌万柒仟贰佰元整", 168_720_000},
		{10_001_000_000, "100,010,000.00", "100010000.00", "10001", "壹亿零壹万元整", 10_001_000_000},
		{Max, "1,000,000,000.00", "1000000000.00", "100000", "壹拾亿元整", Max},
		{-1, "-0.01", "-0.01", "0", "负壹分", -100},
		{-123_450, "-1,234.50", "-1234.50", "-0.12", "负壹仟贰佰叁拾肆元伍角整", -123_500},
	} {
		if got := c.fen.String(); got != c.text {
			t.Errorf("Fen(%d).String() = %q, want %q", int64(c.fen), got, c.text)
		}
		if got := c.fen.Yuan(); got != c.yuan {
			t.Errorf("Fen(%d).Yuan() = %q, want %q", int64(c.fen), got, c.yuan)
		}
		if got := c.fen.Wan(); got != c.wan {
			t.Errorf("Fen(%d).Wan() = %q, want %q", int64(c.fen), got, c.wan)
		}
		if got := c.fen.Upper(); got != c.upper {
			t.Errorf("Fen(%d).Upper() = %q, want %q", int64(c.fen), got, c.upper)
		}
		if got := c.fen.FloorYuan(); got != c.floor {
			t.Errorf("Fen(%d).FloorYuan() = %d, want %d", int64(c.fen), int64(got), int64(c.floor))
		}
	}
}

func TestSmallestAmountDoesNotOverflow(t *testing.T) {
	t.Parallel()
	if got := Fen(math.MinInt64).String(); got != "-92,233,720,368,547,758.08" {
		t.Errorf("String = %q", got)
	}
	if got := Fen(math.MaxInt64).Upper(); got != "玖亿亿贰仟贰佰叁拾叁万亿柒仟贰佰零叁亿陆仟捌佰伍拾肆万柒仟柒佰伍拾捌元零柒分" {
		t.Errorf("Upper = %q", got)
	}
}

func TestParseAccepts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed string
		want  Fen
	}{
		{"0", 0}, {"0.00", 0}, {"1", 100}, {"007", 700}, {"0.1", 10}, {"0.01", 1}, {"12.34", 1234},
		{"1234.5", 123_450}, {"1,234.50", 123_450}, {"1,000.5元", 100_050}, {"1000元整", 100_000},
		{"¥1,000", 100_000}, {"￥1,000.00", 100_000}, {"人民币 20 元", 2000}, {" 5 000 ", 500_000},
		{"１，０００．５元", 100_050}, {"１２３", 12_300}, {"1。5", 150}, {"\u200b12\ufeff", 1200}, {"\u202e12", 1200},
		{"1万", 1_000_000}, {"1 万元", 1_000_000}, {"1.5万元", 1_500_000}, {"0.000001万", 1}, {"１．２５万", 1_250_000},
		{"10,000万", 10_000_000_000}, {"1000000000", Max}, {"1,000,000,000.00", Max}, {"100000万元", Max},
		{"000000000000000000000000000001", 100},
	} {
		got, err := Parse(c.typed)
		if err != nil || got != c.want {
			t.Errorf("Parse(%q) = %d, %v; want %d", c.typed, int64(got), err, int64(c.want))
		}
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ typed, says string }{
		{"", "还没有填"}, {"  \u3000", "还没有填"}, {"\u200b", "还没有填"},
		{"0.001", "分"}, {"1.000", "分"}, {"0.0000001万", "分"},
		{"-1", "负数"}, {"－１", "负数"}, {"−5元", "负数"}, {"-0", "负数"},
		{"1e6", "认不出"}, {"1E6", "认不出"}, {"0x10", "认不出"}, {"NaN", "认不出"}, {"Inf", "认不出"}, {"+5", "认不出"}, {"1_000", "认不出"},
		{"1万5", "认不出"}, {"1万5千", "认不出"}, {"万", "认不出"}, {"元", "认不出"}, {"一千", "认不出"}, {"¥", "认不出"}, {"-", "认不出"}, {"万元万元", "认不出"},
		{".5", "认不出"}, {"1.", "认不出"}, {".", "认不出"}, {"1.2.3", "认不出"}, {"1000。", "认不出"}, {"1,000.5,0", "认不出"}, {",", "认不出"},
		{"1,00", "逗号"}, {"10,00,000", "逗号"}, {",100", "逗号"}, {"100,", "逗号"}, {"1,,000", "逗号"}, {"1234,567", "逗号"},
		{"1000000000.01", "十亿"}, {"100000.000001万", "十亿"}, {"9999999999999999999999", "十亿"}, {"9223372036854775808", "十亿"},
		{strings.Repeat("9", 200), "太长"}, {"<script>", "认不出"}, {"=1+1", "认不出"}, {"1;drop", "认不出"}, {"12\xff", "认不出"}, {"٣", "认不出"}, {"𝟙", "认不出"},
	} {
		got, err := Parse(c.typed)
		if err == nil {
			t.Errorf("Parse(%q) = %d, want an error", c.typed, int64(got))
			continue
		}
		if !strings.Contains(err.Error(), c.says) || got != 0 {
			t.Errorf("Parse(%q) = %d, %q; want 0 and a message with %q", c.typed, int64(got), err, c.says)
		}
	}
}

// What is written must be read back as the same amount, in every notation.
func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		f := Fen(r.Int64N(int64(Max)+1)) >> r.IntN(36)
		for _, s := range []string{f.String(), f.Yuan(), f.String() + "元", "￥" + f.Yuan()} {
			if got, err := Parse(s); err != nil || got != f {
				t.Fatalf("Parse(%q) = %d, %v; want %d", s, int64(got), err, int64(f))
			}
		}
	}
}

// Upper is read back by an independent reader: two amounts never share a text.
func TestUpperReadsBack(t *testing.T) {
	t.Parallel()
	check := func(f Fen) {
		s := f.Upper()
		if got := readUpper(s); got != f {
			t.Fatalf("Fen(%d).Upper() = %q, which reads as %d", int64(f), s, int64(got))
		}
		if strings.Contains(s, "零零") || strings.Contains(s, "零元") && f != 0 {
			t.Fatalf("Fen(%d).Upper() = %q", int64(f), s)
		}
	}
	for f := range Fen(120_000) {
		check(f)
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 50_000 {
		check(Fen(r.Int64N(int64(Max)+1)) >> r.IntN(36))
	}
	for _, unit := range []Fen{Yuan, 1000 * Yuan, WanYuan, 10 * WanYuan, 10_000 * WanYuan} {
		for n := range Fen(10) {
			check(n * unit)
			check(n*unit + 1)
			check(n*unit + 20*Yuan)
		}
	}
}

// readUpper adds figures up by their places, ignoring 零.
func readUpper(s string) Fen {
	digits := map[rune]Fen{'壹': 1, '贰': 2, '叁': 3, '肆': 4, '伍': 5, '陆': 6, '柒': 7, '捌': 8, '玖': 9}
	places := map[rune]Fen{'拾': 10, '佰': 100, '仟': 1000}
	var total, group, digit Fen
	for _, r := range s {
		if d, ok := digits[r]; ok {
			digit = d
			continue
		}
		if p, ok := places[r]; ok {
			group += digit * p
			digit = 0
			continue
		}
		switch r {
		case '万':
			total, group, digit = total+(group+digit)*WanYuan, 0, 0
		case '亿':
			total, group, digit = total+(group+digit)*10_000*WanYuan, 0, 0
		case '元':
			total, group, digit = total+(group+digit)*Yuan, 0, 0
		case '角':
			total, digit = total+digit*10, 0
		case '分':
			total, digit = total+digit, 0
		}
	}
	return total
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"", "1,234.50", "１，０００．５元", "1万", "0.001", "1e6", "-1", "\xff", "9999999999", "0x10", "1。5", "人民币¥元"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got, err := Parse(s)
		if err != nil {
			if got != 0 {
				t.Fatalf("Parse(%q) = %d beside error %v", s, int64(got), err)
			}
			return
		}
		if got < 0 || got > Max {
			t.Fatalf("Parse(%q) = %d, out of range", s, int64(got))
		}
		if again, err := Parse(got.String()); err != nil || again != got {
			t.Fatalf("Parse(%q) = %d, but %q reads as %d, %v", s, int64(got), got.String(), int64(again), err)
		}
	})
}
