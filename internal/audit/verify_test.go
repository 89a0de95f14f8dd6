package audit_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/secret"
)

// history is an export of three subjects: seal 1 holds a1 b1 a2, seal 2 holds
// a3 b2 c1, and a4 b3 b4 are not sealed yet.
type history struct {
	db    *dbtest.DB
	keys  *secret.Keys
	lines []string // with their newlines
}

// The lines of history, from 0.
const (
	lineSeal1, lineA1, lineB1, lineA2 = 1, 2, 3, 4
	lineSeal2, lineA3, lineB2, lineC1 = 5, 6, 7, 8
	lineA4, lineB3, lineB4, lineEnd   = 9, 10, 11, 12
)

func newHistory(t testing.TB) *history {
	t.Helper()
	h := &history{db: dbtest.New(t), keys: newKeys(t)}
	add := func(ids ...string) {
		for _, id := range ids {
			record(t, h.db, clerk, entry("case", id, "case.decide", map[string]any{"amount_fen": 300000, "fields": []string{"name"}, "note": "<同意> & 核定"}))
		}
	}
	add("a", "b", "a")
	sealAll(t, h.db, h.keys)
	add("a", "b", "c")
	sealAll(t, h.db, h.keys)
	add("a", "b", "b")
	h.export(t)
	if r := verify(t, h.file(), h.keys); !r.OK() || r.Entries != 9 || r.Sealed != 6 || r.Seals != 2 || len(h.lines) != lineEnd+1 {
		t.Fatalf("unaltered: %v", r)
	}
	return h
}

func (h *history) export(t testing.TB) {
	h.lines = slices.Collect(strings.Lines(string(export(t, h.db))))
}
func (h *history) file() []byte { return []byte(strings.Join(h.lines, "")) }

func (h *history) replace(line int, old, with string) {
	h.lines[line] = strings.Replace(h.lines[line], old, with, 1)
}
func (h *history) swap(i, j int) { h.lines[i], h.lines[j] = h.lines[j], h.lines[i] }
func (h *history) drop(i int)    { h.lines = slices.Delete(h.lines, i, i+1) }

// found is the verifier's answer in short: “altered a2”, “removed seal 2”.
func found(r audit.Report) []string {
	short := make([]string, 0, len(r.Findings))
	for _, f := range r.Findings {
		if f.Subject != "" {
			short = append(short, fmt.Sprintf("%s %s%d", f.Kind, f.SubjectID, f.Seq))
		} else if f.Seal > 0 {
			short = append(short, fmt.Sprintf("%s seal %d", f.Kind, f.Seal))
		} else {
			short = append(short, string(f.Kind))
		}
	}
	return short
}

func TestVerifierNamesTheRow(t *testing.T) {
	t.Parallel()
	const ended = "mismatch" // the counts of the end line
	origin := newHistory(t)
	for _, c := range []struct {
		name string
		do   func(h *history)
		want []string
	}{
		{"one byte of a sealed entry", func(h *history) { h.replace(lineA2, "300000", "900000") }, []string{"altered a2"}},
		{"one byte of an entry not sealed yet", func(h *history) { h.replace(lineB3, "300000", "900000") }, []string{"altered b3"}},
		{"another way to write the same", func(h *history) { h.replace(lineB1, `"seq":1`, `"seq": 1`) }, []string{"altered b1"}},
		{"a second value for a key", func(h *history) { h.replace(lineB1, `"ip"`, `"actor_name":"李娜","ip"`) }, []string{"altered b1"}},
		{"a line that cannot be read", func(h *history) { h.lines[lineB2] = "\x00\n" }, []string{"altered b2"}},
		{"an altered id", func(h *history) { h.replace(lineB2, `"id":5`, `"id":7`) }, []string{"altered b2"}},
		{"an entry said to be in another seal", func(h *history) { h.replace(lineB2, `"seal":2`, `"seal":7`) }, []string{"altered b2"}},
		{"first entry of a seal removed", func(h *history) { h.drop(lineA3) }, []string{"removed a3", ended}},
		{"last entry of a seal removed", func(h *history) { h.drop(lineA2) }, []string{"removed a2", ended}},
		{"last entry of the last seal removed", func(h *history) { h.drop(lineC1) }, []string{"removed c1", ended}},
		{"entry not sealed yet removed", func(h *history) { h.drop(lineB3) }, []string{"removed b3", ended}},
		{"two of one seal swapped", func(h *history) { h.swap(lineA3, lineC1) }, []string{"moved a3", "moved c1"}},
		{"neighbours swapped", func(h *history) { h.swap(lineA1, lineB1) }, []string{"moved a1", "moved b1"}},
		{"two of different seals swapped", func(h *history) { h.swap(lineA1, lineC1) }, []string{"moved a1", "moved c1", "removed a1", "removed c1"}},
		{"two not sealed yet swapped", func(h *history) { h.swap(lineB3, lineB4) }, []string{"removed b3", "added b3"}},
		{"an entry twice", func(h *history) { h.lines = slices.Insert(h.lines, lineA3, h.lines[lineB1]) }, []string{"moved b1", ended}},
		{"an entry twice in its seal", func(h *history) { h.lines = slices.Insert(h.lines, lineA2, h.lines[lineB1]) }, []string{"added b1", ended}},
		{"an entry not sealed yet twice", func(h *history) { h.lines = slices.Insert(h.lines, lineB4, h.lines[lineA4]) }, []string{"added a4", ended}},
		{"a seal dropped", func(h *history) { h.drop(lineSeal2) }, []string{"removed seal 2", ended}},
		{"the first seal dropped", func(h *history) { h.drop(lineSeal1) }, []string{"removed seal 1", ended}},
		{"a seal and all its entries dropped", func(h *history) { h.lines = slices.Delete(h.lines, lineSeal1, lineSeal2) },
			[]string{"removed seal 1", "removed a1", "removed b1", ended}},
		{"the signature of a seal", func(h *history) { flip(&h.lines[lineSeal1], `"signature":"`) }, []string{"broken seal 1"}},
		{"the time of a seal", func(h *history) { h.replace(lineSeal2, `"at":"2`, `"at":"3`) }, []string{"altered seal 2"}},
		{"the list of a seal", func(h *history) { flip(&h.lines[lineSeal2], `"seq":1,"digest":"`) }, []string{"altered seal 2", "altered c1"}},
		{"the end cut off", func(h *history) { h.lines = h.lines[:lineEnd] }, []string{"removed"}},
		{"something after the end", func(h *history) { h.lines = append(h.lines, "\n") }, []string{"added"}},
		{"another format", func(h *history) { h.replace(0, "audit/1", "audit/2") }, []string{"unread"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := &history{keys: origin.keys, lines: slices.Clone(origin.lines)}
			before := string(h.file())
			c.do(h)
			if string(h.file()) == before {
				t.Fatal("the test altered nothing")
			}
			r := verify(t, h.file(), h.keys)
			got := found(r)
			slices.Sort(got)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(got, want) {
				t.Fatalf("found %v, want %v\n%s", got, want, r)
			}
		})
	}
}

// flip changes the hex digit after mark.
func flip(line *string, mark string) {
	at := strings.Index(*line, mark) + len(mark)
	digit := "0"
	if (*line)[at] == '0' {
		digit = "1"
	}
	*line = (*line)[:at] + digit + (*line)[at+1:]
}

func TestFindingSaysWhichRowAndWhatIsWrong(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	h.replace(lineA2, "300000", "900000")
	r := verify(t, h.file(), h.keys)
	const want = "第 5 行：case a 的第 2 条记录（编号 3） 内容与它的摘要不符，被改动过"
	if !strings.Contains(r.String(), want) || r.Findings[0].ID != 3 || r.Findings[0].Line != 5 {
		t.Fatal(r)
	}
}

// TestChangesBehindTheTriggersAreNamed plays the owner of the database.
func TestChangesBehindTheTriggersAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, sql string
		want      []string
	}{
		{"altered", `update audit_entry set actor_name = '王芳' where subject_id = 'a' and seq = 2`, []string{"altered a2"}},
		{"number in the detail", `update audit_entry set detail = detail || '{"amount_fen": 900000}' where subject_id = 'c'`, []string{"altered c1"}},
		{"transaction", `update audit_entry set txid = '3' where subject_id = 'c'`, []string{"altered c1"}},
		{"removed", `delete from audit_entry where subject_id = 'b' and seq = 2`, []string{"removed b2"}},
		{"account and time", `update audit_entry set account_id = null, at = at + interval '1 hour' where subject_id in ('a', 'c') and seq = 1`,
			[]string{"altered a1", "altered c1"}},
		{"two swapped", `update audit_entry set id = case id when 1 then 4 when 4 then 1 else id end - 1000000 where id in (1, 4);
			update audit_entry set id = id + 1000000 where id < 0`, []string{"altered a1", "altered a3"}},
		{"seal removed", `delete from audit_seal where number = 1`, []string{"removed seal 1"}},
		{"list shortened", `delete from audit_seal_entry where entry_id = 6`, []string{"altered seal 2"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := newHistory(t)
			for sql := range strings.SplitSeq(c.sql, ";") {
				tamper(t, h.db, sql)
			}
			h.export(t)
			r := verify(t, h.file(), h.keys)
			if got := found(r); !slices.Equal(slices.Sorted(slices.Values(got)), c.want) {
				t.Fatalf("found %v, want %v\n%s", got, c.want, r)
			}
		})
	}
}

// TestForgedChainFailsAtTheSeal is the control of the seals: who can write to
// the database and knows the code recomputes every digest, and has no key.
func TestForgedChainFailsAtTheSeal(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	forge := audit.ForgeForTest(t.Context(), h.db.Owner)
	tamper(t, h.db, `update audit_entry set actor_name = '王芳' where subject_id = 'a' and seq = 2`)
	forge.Chains(t, func(sql string, args ...any) { tamper(t, h.db, sql, args...) })
	h.export(t)
	if got := found(verify(t, h.file(), h.keys)); !slices.Equal(got, []string{"altered a2", "altered a3", "broken a4"}) {
		t.Fatalf("chains recomputed: found %v", got)
	}
	forge.Seals(t, func(sql string, args ...any) { tamper(t, h.db, sql, args...) })
	h.export(t)
	if got := found(verify(t, h.file(), h.keys)); !slices.Equal(got, []string{"broken seal 1", "broken seal 2"}) {
		t.Fatalf("chains and seals recomputed: found %v", got)
	}
}

func TestAnotherKeyIsNotTheBureaus(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	if got := found(verify(t, h.file(), newKeys(t))); !slices.Equal(got, []string{"broken seal 1", "broken seal 2"}) {
		t.Fatalf("found %v", got)
	}
}

// TestCutHistoryFailsAtThePublishedHead is what the daily head is for: without
// it, an export that simply ends earlier is as good as an earlier export.
func TestCutHistoryFailsAtThePublishedHead(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	head := verify(t, h.file(), h.keys).Head
	h.lines = append(h.lines[:lineSeal2:lineSeal2], `{"type":"end","seals":1,"entries":3}`+"\n")
	if r := verify(t, h.file(), h.keys); !r.OK() {
		t.Fatalf("an earlier export: %v", r)
	}
	if got := found(verify(t, h.file(), h.keys, head)); !slices.Equal(got, []string{"removed seal 2"}) {
		t.Fatalf("found %v", got)
	}
	h.export(t)
	head.Digest = bytes.Repeat([]byte{1}, sha256.Size)
	if got := found(verify(t, h.file(), h.keys, head)); !slices.Equal(got, []string{"mismatch seal 2"}) {
		t.Fatalf("found %v", got)
	}
}

func TestNoByteChangesUnseen(t *testing.T) {
	t.Parallel()
	h := newHistory(t)
	good := h.file()
	for i := range good {
		mask := byte(0x01) // another character
		if i%2 == 0 && good[i] >= 'A' && good[i] <= 'z' {
			mask = 0x20 // the same letter in the other case
		}
		bad := bytes.Clone(good)
		bad[i] ^= mask
		if r := verify(t, bad, h.keys); r.OK() {
			t.Fatalf("byte %d of %q altered unseen", i, lineOf(good, i))
		}
	}
}

func lineOf(file []byte, at int) []byte {
	from := bytes.LastIndexByte(file[:at], '\n') + 1
	return file[from : at+1]
}

// TestRandomHistories records and seals at random, then does one random damage
// to a random entry and expects its name among the findings.
func TestRandomHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rng := rand.New(rand.NewPCG(seed, 2026))
			h := &history{db: dbtest.New(t), keys: newKeys(t)}
			for range 1 + rng.IntN(5) {
				for range 1 + rng.IntN(12) {
					record(t, h.db, clerk, entry("case", string(rune('a'+rng.IntN(4))), "case.touch", randomDetail(rng)))
				}
				if rng.IntN(4) > 0 {
					sealAll(t, h.db, h.keys)
				}
			}
			h.export(t)
			if r := verify(t, h.file(), h.keys); !r.OK() {
				t.Fatalf("unaltered: %v", r)
			}
			good := slices.Clone(h.lines)
			for i, line := range good {
				var e struct {
					Type, Subject string
					SubjectID     string `json:"subject_id"`
					Seal, Seq     int64
				}
				if err := json.Unmarshal([]byte(line), &e); err != nil || e.Type != "entry" {
					continue
				}
				h.lines = slices.Clone(good)
				removed := rng.IntN(2) == 0
				if removed {
					h.drop(i)
				} else {
					h.replace(i, `"action":"case.touch"`, `"action":"case.toucn"`)
				}
				name := fmt.Sprintf("%s%d", e.SubjectID, e.Seq)
				got := found(verify(t, h.file(), h.keys))
				switch {
				case !removed && !slices.Equal(got, []string{"altered " + name}):
					t.Errorf("%s altered: found %v", name, got)
				case removed && e.Seal > 0 && !slices.Equal(got, []string{"removed " + name, "mismatch"}):
					t.Errorf("%s removed from seal %d: found %v", name, e.Seal, got)
				case removed && len(got) == 0:
					t.Errorf("%s removed: found nothing", name)
				}
			}
		})
	}
}

func randomDetail(rng *rand.Rand) map[string]any {
	texts := []string{"", "六联社区", "𠮷 \u2028 <a href='x'>&amp;", "nul \x00 and broken \xff", `"\u0000\`, "\t\r\n\b\f\x7f"}
	d := map[string]any{}
	for range rng.IntN(5) {
		key := texts[rng.IntN(len(texts))] + string(rune('a'+rng.IntN(26)))
		d[key] = []any{texts[rng.IntN(len(texts))], rng.Int64() - rng.Int64(), rng.IntN(2) == 0, nil,
			map[string]any{"zz": 1, "b": []string{}, "ab": map[string]string{"": "x"}}}[rng.IntN(5)]
	}
	return d
}
