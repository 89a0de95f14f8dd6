package audit

import (
	"fmt"
	"strings"
	"time"
)

// Report is what Verify found.
type Report struct {
	Entries  int // read
	Sealed   int // of them, in a seal
	Seals    int
	Subjects int
	Head     Head      // the last seal, to compare with what was published
	Findings []Finding // in the order of the file, at most maxFindings
	More     int       // findings beyond that
}

const maxFindings = 1000

// OK reports whether the export is whole and unaltered.
func (r Report) OK() bool { return len(r.Findings) == 0 }

// String is the report for the person who asked, in Chinese.
func (r Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "记录 %d 条，其中已封存 %d 条；封存 %d 次；对象 %d 个。\n", r.Entries, r.Sealed, r.Seals, r.Subjects)
	if r.Head.Number > 0 {
		fmt.Fprintf(&b, "最后一次封存：第 %d 号，%s，摘要 %s\n", r.Head.Number, r.Head.At.Format(time.RFC3339), r.Head.Digest)
	}
	if r.OK() {
		b.WriteString("核对通过：没有发现改动、删除、调换或添加。\n")
		return b.String()
	}
	fmt.Fprintf(&b, "核对不通过，发现 %d 处问题：\n", len(r.Findings)+r.More)
	for _, f := range r.Findings {
		b.WriteString(f.String() + "\n")
	}
	if r.More > 0 {
		fmt.Fprintf(&b, "另有 %d 处没有列出。\n", r.More)
	}
	return b.String()
}

// Kind says what happened to a row.
type Kind string

// What can be wrong. The names are stable: scripts may rely on them.
const (
	Altered  Kind = "altered"  // its content, or the way it is written
	Removed  Kind = "removed"  // an entry or a seal is not there
	Added    Kind = "added"    // it is in no seal or chain where it should be
	Moved    Kind = "moved"    // it stands in another place
	Broken   Kind = "broken"   // the chain or the signature does not fit
	Unread   Kind = "unread"   // a line that is no line of an export
	Mismatch Kind = "mismatch" // the export is not the one that was published
)

// Finding names one row and what is wrong with it. What does not apply is zero.
type Finding struct {
	Line      int   // in the file
	Seal      int64 // the seal it belongs to, or is about
	Subject   string
	SubjectID string
	Seq       int64 // place in the chain of the subject
	ID        int64 // of the entry
	Kind      Kind
	Problem   string // in Chinese
}

func (f Finding) String() string {
	var b strings.Builder
	if f.Line > 0 {
		fmt.Fprintf(&b, "第 %d 行：", f.Line)
	}
	if f.Subject != "" {
		fmt.Fprintf(&b, "%s %s 的第 %d 条记录", f.Subject, f.SubjectID, f.Seq)
		if f.ID > 0 {
			fmt.Fprintf(&b, "（编号 %d）", f.ID)
		}
	} else if f.Seal > 0 {
		fmt.Fprintf(&b, "第 %d 号封存", f.Seal)
	}
	return b.String() + " " + f.Problem
}

func (r *Report) add(f Finding) {
	if len(r.Findings) == maxFindings {
		r.More++
		return
	}
	r.Findings = append(r.Findings, f)
}
