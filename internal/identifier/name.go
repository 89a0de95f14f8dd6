package identifier

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// ParsePersonName reads a person's name, 2 to 60 characters: Han of any
// extension, Latin letters, and between them a space, ·, - or '. The many dots
// and apostrophes of keyboards become one each, so that equal names compare
// equal.
func ParsePersonName(s string) (string, error) {
	if len(s) > maxTyped {
		return "", invalid("姓名最多 60 个字。按证件上的姓名填")
	}
	name := strings.Map(nameRune, norm.NFC.String(width.Fold.String(strings.ToValidUTF8(s, "�"))))
	name = strings.Join(strings.Fields(name), " ")
	if name == "" {
		return "", invalid("姓名还没有填。按证件上的姓名填")
	}
	if bad := stranger(name, func(r rune) bool { return isNameLetter(r) || isNameMark(r) }); bad != "" {
		return "", invalid("姓名里有“%s”。姓名只能有汉字、字母、空格和 · - '", bad)
	}
	switch n := length(name); {
	case n < 2:
		return "", invalid("“%s”只有一个字。按证件填完整的姓名", name)
	case n > 60:
		return "", invalid("姓名最多 60 个字，现在填的是 %d 个。按证件上的姓名填", n)
	}
	marked := true // a mark may neither begin the name nor follow a mark
	for _, r := range name {
		if isNameMark(r) && marked {
			return "", invalid("“%s”里的“%c”前面没有字。按证件上的姓名填", shorten(name), r)
		}
		marked = isNameMark(r)
	}
	if marked {
		return "", invalid("“%s”的末尾多了一个符号。删掉它", shorten(name))
	}
	return name, nil
}

// nameRune unifies the marks of a name and drops what cannot be seen.
func nameRune(r rune) rune {
	switch r {
	case '•', '・', '‧', '⋅', '∙', '●', '⸱':
		return '·'
	case '’', '‘', 'ʼ', '`', '´', '′':
		return '\''
	}
	if unicode.IsSpace(r) {
		return ' '
	}
	if invisible(r) {
		return -1
	}
	return unify(r)
}

// isNameLetter takes the two supplementary ideographic planes whole: the
// extensions grow faster than the tables of the standard library. 々 and 〇 are
// Han by script, radicals are not letters.
func isNameLetter(r rune) bool {
	if r >= 0x20000 && r <= 0x3fffd {
		return true
	}
	return unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || r == '〇') || unicode.Is(unicode.Latin, r) && unicode.IsLetter(r)
}

func isNameMark(r rune) bool { return r == ' ' || r == '·' || r == '-' || r == '\'' }

// ParseOrganizationName reads the name on a certificate, 4 to 60 characters, and
// refuses what no certificate carries: signs of markup, emoji. Invisible characters
// go; lines and runs of blanks become one space.
func ParseOrganizationName(s string) (string, error) {
	name := strings.Map(func(r rune) rune {
		if invisible(r) && !unicode.IsSpace(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "�"))
	name = strings.Join(strings.Fields(name), " ")
	switch n := length(name); {
	case n == 0:
		return "", invalid("组织名称没有填。填登记或备案证书上的全称")
	case n < 4 || n > 60:
		return "", invalid("组织名称是 4 到 60 个字，现在是 %d 个字。按证书填全称", n)
	}
	allowed := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune(" ()（）·、-—“”《》", r)
	}
	if bad := stranger(name, allowed); bad != "" {
		return "", invalid("名称里有“%s”。按证书上的名称填，不用这个符号", bad)
	}
	return name, nil
}
