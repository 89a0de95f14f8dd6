package static

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

var (
	block = regexp.MustCompile(`(?s)(:root|html\[data-mode~="(\w+)"\])\s*\{(.*?)\n  \}`)
	token = regexp.MustCompile(`--([a-z0-9-]+):\s*(#[0-9a-f]{3,6})\b`)
)

// palettes reads the colours of each mode: a mode overrides, the rest stays.
func palettes(t *testing.T) map[string]map[string]string {
	t.Helper()
	text, err := source.ReadFile("css/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]map[string]string{"": {}, "elder": {}, "contrast": {}, "elder contrast": {}}
	for _, b := range block.FindAllStringSubmatch(string(text), -1) {
		for _, v := range token.FindAllStringSubmatch(b[3], -1) {
			for mode := range out {
				if b[2] == "" || strings.Contains(mode, b[2]) {
					out[mode][v[1]] = v[2]
				}
			}
		}
	}
	if len(out[""]) < 40 || out["contrast"]["ink"] == out[""]["ink"] {
		t.Fatalf("tokens were not read: %d colours", len(out[""]))
	}
	return out
}

// luminance is the relative luminance of WCAG 2.2.
func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	hex = strings.TrimPrefix(hex, "#")
	if len(hex) == 3 {
		hex = string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
	}
	linear := func(s string) float64 {
		n, err := strconv.ParseUint(s, 16, 8)
		if err != nil {
			t.Fatalf("colour %q: %v", hex, err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			return c / 12.92
		}
		return math.Pow((c+0.055)/1.055, 2.4)
	}
	return 0.2126*linear(hex[:2]) + 0.7152*linear(hex[2:4]) + 0.0722*linear(hex[4:])
}

func ratio(t *testing.T, a, b string) float64 {
	t.Helper()
	la, lb := luminance(t, a), luminance(t, b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func TestContrast(t *testing.T) {
	t.Parallel()
	if r := ratio(t, "#000", "#ffffff"); math.Abs(r-21) > 0.01 {
		t.Fatalf("black on white is %.2f, want 21", r)
	}
	if r := ratio(t, "#777", "#fff"); r >= 4.5 {
		t.Fatalf("#777 on white is %.2f: the measure would let everything pass", r)
	}
	// text on ground, at the least ratio: 4.5 for text, 3 for the edge of a control
	pairs := []struct {
		text, ground string
		least        float64
	}{
		{"ink", "paper", 7}, {"ink-2", "paper", 4.5}, {"ink-3", "paper", 4.5},
		{"ink", "stone", 7}, {"ink-2", "stone", 4.5}, {"ink-3", "stone", 4.5}, {"ink-2", "stone-2", 4.5},
		{"link", "paper", 4.5}, {"link", "stone", 4.5}, {"link-visited", "paper", 4.5}, {"link-visited", "stone", 4.5},
		{"on-dai", "dai", 4.5}, {"on-dai-2", "dai", 4.5}, {"on-dai", "dai-deep", 4.5}, {"dai", "paper", 4.5}, {"ink", "dai-tint", 4.5},
		{"zhu", "paper", 4.5}, {"ink", "zhe-tint", 4.5}, {"zhe", "paper", 3},
		{"good", "good-tint", 4.5}, {"warn", "warn-tint", 4.5}, {"bad", "bad-tint", 4.5}, {"info", "info-tint", 4.5}, {"mute", "mute-tint", 4.5},
		{"good", "paper", 4.5}, {"warn", "paper", 4.5}, {"bad", "paper", 4.5}, {"ink", "warn-solid", 4.5}, {"paper", "bad", 4.5},
		{"ink", "good-tint", 4.5}, {"ink", "warn-tint", 4.5}, {"ink", "bad-tint", 4.5},
		{"qt0", "q0", 4.5}, {"qt1", "q1", 4.5}, {"qt2", "q2", 4.5}, {"qt3", "q3", 4.5}, {"qt4", "q4", 4.5},
		{"line-2", "paper", 3}, {"line-2", "stone", 3}, {"focus-edge", "focus-fill", 4.5}, {"focus-edge", "paper", 3}, {"focus-fill", "dai", 3},
	}
	for mode, colours := range palettes(t) {
		for _, p := range pairs {
			if colours[p.text] == "" || colours[p.ground] == "" {
				t.Errorf("%q: no colour for %s on %s", mode, p.text, p.ground)
				continue
			}
			if r := ratio(t, colours[p.text], colours[p.ground]); r < p.least {
				t.Errorf("%q: %s on %s is %.2f, want at least %.1f", mode, p.text, p.ground, r, p.least)
			}
		}
	}
}
