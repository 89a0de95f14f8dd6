// Package sampling draws cases for on-site checks so that nobody has to trust who
// draws (policy 三(三)3, domain §4): the list of candidates is frozen and its digest
// stored, then another person draws the seed, once. Everyone can draw again from
// the published list and seed.
//
// Level 5; owns the tables sample_list and sample_candidate. It reads the cases of
// internal/casework and knows no kind by name.
package sampling

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// Kind is a kind of case that can be sampled.
type Kind struct{ Key, Name string }

// List is one list of candidates, with what was drawn from it.
type List struct {
	ID         uuid.UUID  `db:"id"`
	No         string     `db:"no"` // CY-2026-0001
	Kind       string     `db:"kind"`
	From       civil.Date `db:"from_on"`
	To         civil.Date `db:"to_on"`
	Candidates int        `db:"candidates"`
	Size       int        `db:"size"`
	SharePct   int        `db:"share_pct"`
	Least      int        `db:"least"`
	Digest     []byte     `db:"digest"`
	FrozenAt   time.Time  `db:"frozen_at"`
	FrozenBy   uuid.UUID  `db:"frozen_by"` // person
	FrozenName string     `db:"frozen_name"`
	Redraws    string     `db:"redraws"` // number of the list that this one replaces, "" for a first one
	RedrawWhy  string     `db:"redraw_why"`
	RedrawnBy  string     `db:"redrawn_by"` // number of the list that replaces this one
	Seed       []byte     `db:"seed"`
	DrawnAt    *time.Time `db:"drawn_at"`
	DrawnName  string     `db:"drawn_name"`
	Version    int        `db:"version"`
}

// Drawn reports whether the seed is there.
func (l List) Drawn() bool { return l.Seed != nil }

// DigestText is the digest as it is published.
func (l List) DigestText() string { return hex.EncodeToString(l.Digest) }

// SeedText is the seed as it is published, "" before the draw.
func (l List) SeedText() string { return hex.EncodeToString(l.Seed) }

// Candidate is one line of a list.
type Candidate struct {
	Position int       `db:"position"`
	CaseID   uuid.UUID `db:"case_id"`
	CaseNo   string    `db:"case_no"`
	Rank     *int      `db:"rank"`  // place among those drawn
	Title    string    `db:"title"` // of the case, for staff only
}

// Text is the list as it is digested: one number on each line, every line ended.
func Text(numbers []string) string {
	var b strings.Builder
	for _, n := range numbers {
		b.WriteString(n)
		b.WriteByte('\n')
	}
	return b.String()
}

// Digest is the digest of a list.
func Digest(numbers []string) []byte {
	sum := sha256.Sum256([]byte(Text(numbers)))
	return sum[:]
}

// Draw returns the n numbers that a seed draws from a list, in the order drawn: for
// every number SHA-256 of the seed in hexadecimal, a colon and the number; the
// smallest come first.
func Draw(seed []byte, numbers []string, n int) []string {
	type scored struct {
		no  string
		sum [sha256.Size]byte
	}
	all := make([]scored, len(numbers))
	for i, no := range numbers {
		all[i] = scored{no, sha256.Sum256([]byte(hex.EncodeToString(seed) + ":" + no))}
	}
	slices.SortFunc(all, func(a, b scored) int { return bytes.Compare(a.sum[:], b.sum[:]) })
	out := make([]string, 0, n)
	for _, s := range all[:min(n, len(all))] {
		out = append(out, s.no)
	}
	return out
}

// Algorithm says in words how to draw again, one step a line.
var Algorithm = []string{
	"名单：候选编号一行一个，按编号排列，每行以一个换行符（LF）结尾，UTF-8 编码。",
	"摘要：对整个名单文本计算 SHA-256，用小写十六进制写出。摘要在抽取种子之前就已存下并公布。",
	"种子：另一个人抽取时，由服务器的密码学随机数发生器给出 32 个字节，用 64 位小写十六进制写出。一份名单只抽一次。",
	"抽取：对每个编号，计算“种子（64 位小写十六进制）”加英文冒号“:”加“编号”这段文本的 SHA-256。",
	"把结果按十六进制从小到大排列，排在最前面的若干个就是抽中的，个数为公布的抽取件数。",
}

// SizeOf is how many of n candidates are drawn: a share rounded up, at least so
// many, at most all.
func SizeOf(n, sharePct, least int) int {
	return min(n, max(least, (n*sharePct+99)/100))
}

// Order sorts numbers as lists do: by kind and year, then by serial, however many
// digits that has.
func Order(a, b string) int {
	if len(a) != len(b) && strings.HasPrefix(b, a[:min(len(a), 8)]) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// Input is the list that somebody asks to freeze.
type Input struct {
	Token  string
	Kind   string
	From   civil.Date
	To     civil.Date
	Redraw string // number of the list that it replaces, "" for a first one
	Why    string // then
}

func (in Input) faults(kinds []Kind, today civil.Date) errs.Faults {
	var f errs.Faults
	if !slices.ContainsFunc(kinds, func(k Kind) bool { return k.Key == in.Kind }) {
		f.Add("kind", "抽查哪类办件", "选一类办件。")
	}
	switch {
	case in.From.IsZero():
		f.Add("from", "从哪天提交的", "填起始日期。")
	case in.To.IsZero():
		f.Add("to", "到哪天提交的", "填截止日期。")
	case in.To.Before(in.From):
		f.Add("to", "到哪天提交的", "截止日期早于起始日期 "+in.From.Chinese()+"。核对后重新填。")
	case !in.To.Before(today):
		f.Add("to", "到哪天提交的", "填今天以前的日期：当天还会有新的提交，名单不完整。")
	case in.From.AddMonths(12).Before(in.To):
		f.Add("to", "到哪天提交的", "一次最多抽一年的办件。")
	}
	return f
}
