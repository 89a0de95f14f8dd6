package inspect

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// MaxNameRunes bounds a display name.
const MaxNameRunes = 120

// CleanName makes a sent file name fit to be shown, logged and offered for
// saving: no path, no control or direction marks, no character that a desktop
// system forbids, at most MaxNameRunes runes with the extension kept. Chinese
// stays as it was typed.
func CleanName(sent string) string {
	if !utf8.ValidString(sent) { // an old browser on Chinese Windows sends GBK
		if s, err := simplifiedchinese.GB18030.NewDecoder().String(sent); err == nil {
			sent = s
		}
		sent = strings.ToValidUTF8(sent, "")
	}
	name := strings.Map(cleanRune, norm.NFC.String(sent))
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	// Windows drops dots and spaces at the end and hides a name that begins with a dot.
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ". ")
	stem, ext := splitExt(name)
	stem = strings.Trim(stem, ". ")
	if stem == "" {
		stem = "未命名"
	}
	if reserved(stem) {
		stem = "_" + stem
	}
	room := MaxNameRunes - utf8.RuneCountInString(ext)
	if runes := []rune(stem); len(runes) > room {
		stem = strings.Trim(string(runes[:room]), ". ")
	}
	return stem + ext
}

// cleanRune drops what is invisible or steers the terminal and the reading
// direction, and replaces what file systems forbid.
func cleanRune(r rune) rune {
	switch {
	case r == '\t' || r == '\n' || r == '\r' || unicode.Is(unicode.Zs, r):
		return ' '
	case unicode.Is(unicode.Zl, r), unicode.Is(unicode.Zp, r):
		return ' '
	case unicode.Is(unicode.Cc, r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == utf8.RuneError:
		return -1
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	}
	return r
}

// splitExt splits a short extension of letters and digits off name. A name such
// as “1.活动方案” has none.
func splitExt(name string) (stem, ext string) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 || len(name)-i > 11 || len(name)-i < 2 {
		return name, ""
	}
	for _, c := range []byte(name[i+1:]) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') {
			return name, ""
		}
	}
	return name[:i], name[i:]
}

// Extension returns the lower-case extension of a cleaned name without its dot,
// "" when there is none.
func Extension(name string) string {
	_, ext := splitExt(name)
	return strings.ToLower(strings.TrimPrefix(ext, "."))
}

// reserved reports whether Windows takes stem for a device.
func reserved(stem string) bool {
	s := strings.ToUpper(strings.TrimSpace(strings.SplitN(stem, ".", 2)[0]))
	switch s {
	case "CON", "PRN", "AUX", "NUL":
		return true
	}
	return len(s) == 4 && (strings.HasPrefix(s, "COM") || strings.HasPrefix(s, "LPT")) && s[3] >= '1' && s[3] <= '9'
}
