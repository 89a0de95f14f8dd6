package audit

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
)

// maxLine bounds a line of an export: a full seal has about half a megabyte.
const maxLine = 16 << 20

// Verify checks an export offline: every entry against its digest, the chain of
// its subject and the list of its seal; every seal against the one before it
// and the signature. It names the rows that were altered, removed, moved or
// added. An export that was cut after some seal and made to end there is found
// only by the published heads; pass those that should be in it.
//
// The error is of reading r; what is wrong with the content is in the Report.
// Memory grows with the number of subjects, not of entries.
func Verify(r io.Reader, pub ed25519.PublicKey, published ...Head) (Report, error) {
	v := &verifier{pub: pub, key: keyID(pub), chains: map[chainKey]link{}, published: map[int64]Head{}, lost: map[int64]bool{}}
	for _, h := range published {
		v.published[h.Number] = h
	}
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := readLine(in)
		if len(line) > 0 {
			v.number++
			v.line(line)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return v.report, fmt.Errorf("audit: read the export after line %d: %w", v.number, err)
		}
	}
	v.finish()
	return v.report, nil
}

func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		if len(line) > maxLine {
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}

type verifier struct {
	pub    ed25519.PublicKey
	key    string
	number int // of the line
	report Report

	chains    map[chainKey]link
	section   *section // the seal whose entries are being read
	last      sealLine // the last seal read
	loose     bool     // an entry without a seal was read: no seal may follow
	lost      map[int64]bool
	ended     bool
	published map[int64]Head
}

type chainKey struct{ subject, id string }

// link is the end of a chain, as far as it was read.
type link struct {
	seq    int64
	digest []byte
}

func (v *verifier) find(f Finding) {
	if f.Line == 0 {
		f.Line = v.number
	}
	v.report.add(f)
}

// line takes one line, its newline included. Whatever is not exactly how Export
// writes it is a finding: so no byte can change unseen.
func (v *verifier) line(b []byte) {
	if v.ended {
		v.find(Finding{Kind: Added, Problem: "在结束行之后，是后来添加的"})
		return
	}
	var kind struct{ Type string }
	_ = json.Unmarshal(b, &kind) // an unreadable line has no type
	switch {
	case v.number == 1:
		if want := `{"type":"header","format":"` + exportFormat + "\"}\n"; string(b) != want {
			v.find(Finding{Kind: Unread, Problem: "首行不是 " + exportFormat + " 格式的标识"})
		}
	case kind.Type == "seal":
		var s sealLine
		exact := decode(b, &s)
		v.closeSection()
		v.seal(s, exact)
	case kind.Type == "end":
		v.end(b)
	default:
		v.entry(v.read(b))
	}
}

// decode reads a line and reports whether it is written as Export writes it.
func decode[T any](b []byte, into *T) bool {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if dec.Decode(into) != nil {
		return false
	}
	again, err := encodeJSON(into)
	return err == nil && bytes.Equal(append(again, '\n'), b)
}

// seal opens the section of s and checks s itself.
func (v *verifier) seal(s sealLine, exact bool) {
	about := func(k Kind, problem string) { v.find(Finding{Seal: s.Number, Kind: k, Problem: problem}) }
	v.report.Seals++
	v.section = newSection(s, v.number)
	defer func() { v.last = s; v.report.Head = Head{s.Number, s.Digest, s.At} }()
	if v.loose {
		about(Moved, "排在未封存的记录之后，位置不对")
	}
	stored := seal{s.Number, s.At, s.FirstID, s.LastID, s.Entries, s.EntriesDigest, s.CompleteTo, s.PrevDigest, s.Digest, s.KeyID, s.Signature, 0, 0}
	n := len(s.Members)
	switch next := v.last.Number + 1; {
	case s.Number > next:
		for missing := next; missing < s.Number && missing < next+maxFindings; missing++ {
			v.lose(missing, v.number)
		}
	case s.Number < next:
		about(Moved, fmt.Sprintf("排在第 %d 号封存之后，位置不对或重复", v.last.Number))
	case !bytes.Equal(s.PrevDigest, v.last.Digest):
		about(Broken, "与前一号封存接不上：所记的前一号摘要不符")
	}
	switch {
	case n == 0 || n != s.Entries || s.Members[0].ID != s.FirstID || s.Members[n-1].ID != s.LastID || !bytes.Equal(membersSum(s.Members), s.EntriesDigest):
		about(Altered, "的记录清单与它的摘要不符，清单被改动过")
	case !bytes.Equal(stored.sum(), s.Digest):
		about(Altered, "的内容与它的摘要不符，被改动过")
	case s.KeyID != v.key:
		about(Broken, fmt.Sprintf("用的是另一把密钥（%s），与所给的公钥（%s）不符", s.KeyID, v.key))
	case !ed25519.Verify(v.pub, s.Digest, s.Signature):
		about(Broken, "的签名不符，内容或签名被改动过")
	case !exact:
		about(Altered, "的文本不是导出时的写法，被改动过")
	}
	if h, ok := v.published[s.Number]; ok {
		delete(v.published, s.Number)
		if !bytes.Equal(h.Digest, s.Digest) {
			about(Mismatch, "与公布的摘要不符")
		}
	}
}

// lose names a seal that is not there, once.
func (v *verifier) lose(number int64, line int) {
	if !v.lost[number] {
		v.lost[number] = true
		v.find(Finding{Line: line, Seal: number, Kind: Removed, Problem: "缺失，被删除或移走"})
	}
}

func (v *verifier) end(b []byte) {
	var e endLine
	exact := decode(b, &e)
	v.closeSection()
	v.ended = true
	if e.Seals != v.report.Seals || e.Entries != v.report.Entries {
		v.find(Finding{Kind: Mismatch, Problem: fmt.Sprintf("文件写明封存 %d 次、记录 %d 条，实有封存 %d 次、记录 %d 条",
			e.Seals, e.Entries, v.report.Seals, v.report.Entries)})
	} else if !exact {
		v.find(Finding{Kind: Altered, Problem: "结束行的文本不是导出时的写法，被改动过"})
	}
}

func (v *verifier) finish() {
	if !v.ended {
		v.closeSection()
		v.find(Finding{Kind: Removed, Problem: "文件没有结束行，导出或下载不完整"})
	}
	for _, number := range slices.Sorted(maps.Keys(v.published)) {
		v.find(Finding{Seal: number, Kind: Removed, Problem: "已经公布，文件里却没有"})
	}
	v.report.Subjects = len(v.chains)
}
