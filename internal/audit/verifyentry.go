package audit

import (
	"bytes"
	"fmt"
	"slices"
)

// section is a seal and what was read of its entries.
type section struct {
	seal    sealLine
	line    int
	index   map[int64]int // entry id → place in the seal's list
	arrived []arrival     // in the order of the file
	state   []memberState // by place in the list
	aside   []reading     // entries of elsewhere, found among its own
}

type arrival struct{ place, line int }

type memberState struct {
	seen   bool
	intact bool
	line   int
	prev   []byte
}

func newSection(s sealLine, line int) *section {
	sec := &section{seal: s, line: line, index: make(map[int64]int, len(s.Members)), state: make([]memberState, len(s.Members))}
	for i, m := range s.Members {
		sec.index[m.ID] = i
	}
	return sec
}

func (m member) finding(k Kind, seal int64, problem string) Finding {
	return Finding{Seal: seal, Subject: m.Subject, SubjectID: m.SubjectID, Seq: m.Seq, ID: m.ID, Kind: k, Problem: problem}
}

// reading is one line that should be an entry.
type reading struct {
	member
	line    int
	seal    int64 // in which it says to be
	prev    []byte
	problem string // in itself, "" when none
}

func (v *verifier) read(b []byte) reading {
	var e entryLine
	exact := decode(b, &e)
	stored := row{e.ID, e.Subject, e.SubjectID, e.Seq, e.At, e.AccountID, e.PersonID, e.ActorName, e.ActorRole, e.IP,
		e.Action, e.Detail, e.PrevDigest, e.Digest, e.TxID}
	r := reading{member{e.ID, e.Subject, e.SubjectID, e.Seq, e.Digest}, v.number, e.Seal, e.PrevDigest, ""}
	switch {
	case e.Type != "entry":
		r.problem = "不是一条可以读的记录，被改动过"
	case !bytes.Equal(stored.sum(), e.Digest):
		r.problem = "内容与它的摘要不符，被改动过"
	case !exact:
		r.problem = "文本不是导出时的写法，被改动过"
	}
	return r
}

// entry takes one entry. One that does not belong to the open section is set
// aside while the section lacks some: it was moved here when the section goes
// on, and stands where it should when the missing ones were removed.
func (v *verifier) entry(r reading) {
	v.report.Entries++
	switch sec := v.section; {
	case sec == nil:
		v.outside(r)
	case r.seal == sec.seal.Number || sec.expects(r.ID) || r.problem != "" && sec.unseen() >= 0:
		v.inside(sec, r)
	case sec.unseen() >= 0 && len(sec.aside) < batchSize:
		sec.aside = append(sec.aside, r)
	default:
		v.closeSection()
		v.outside(r)
	}
}

// outside judges an entry that no seal before it vouches for.
func (v *verifier) outside(r reading) {
	about := func(k Kind, problem string) {
		f := r.finding(k, r.seal, problem)
		f.Line = r.line
		v.find(f)
	}
	if r.seal > v.last.Number {
		// The seal that should stand before this entry does not. Its entries still
		// make chains, so the seal alone is named.
		v.lose(r.seal, r.line)
	}
	switch {
	case r.problem != "":
		about(Altered, r.problem)
		if k := (chainKey{r.Subject, r.SubjectID}); r.Seq == v.chains[k].seq+1 {
			v.chains[k] = link{r.Seq, r.Digest} // the next one is not blamed for it
		}
		return
	case r.seal == 0 && r.ID <= v.last.CompleteTo:
		about(Added, fmt.Sprintf("早于第 %d 号封存却不在任何封存里，是后来添加的", v.last.Number))
		return
	case r.seal != 0 && r.seal <= v.last.Number:
		about(Moved, fmt.Sprintf("不在第 %d 号封存之内，位置不对或是后来添加的", r.seal))
		return
	}
	v.loose = v.loose || r.seal == 0
	v.follow(r.member, r.prev, r.seal, r.line)
}

// inside compares an entry with the list of its seal.
func (v *verifier) inside(sec *section, r reading) {
	for _, other := range sec.aside {
		f := other.finding(Moved, other.seal, fmt.Sprintf("的位置被调换过：排进了第 %d 号封存", sec.seal.Number))
		f.Line = other.line
		v.find(f)
	}
	sec.aside = nil
	place, listed := sec.index[r.ID]
	if !sec.expects(r.ID) && r.problem != "" && sec.unseen() >= 0 {
		place, listed = sec.unseen(), true // its id was altered: it is the one that should stand here
	}
	if !listed {
		v.find(r.finding(Added, sec.seal.Number, fmt.Sprintf("不在第 %d 号封存的清单里，是后来添加的", sec.seal.Number)))
		return
	}
	m, st := sec.seal.Members[place], &sec.state[place]
	switch {
	case st.seen:
		v.find(m.finding(Added, sec.seal.Number, "重复出现，是后来添加的"))
		return
	case r.problem != "":
	case !bytes.Equal(r.Digest, m.Digest):
		r.problem = fmt.Sprintf("与第 %d 号封存所列的摘要不符，被改动过", sec.seal.Number)
	case r.seal != sec.seal.Number:
		r.problem = "所写的封存号不符，被改动过"
	}
	v.report.Sealed++
	*st = memberState{seen: true, intact: r.problem == "", line: r.line, prev: r.prev}
	sec.arrived = append(sec.arrived, arrival{place, r.line})
	if r.problem != "" {
		v.find(m.finding(Altered, sec.seal.Number, r.problem))
	}
}

// expects reports whether the seal lists id and has not seen it.
func (s *section) expects(id int64) bool {
	i, ok := s.index[id]
	return ok && !s.state[i].seen
}

// unseen returns the first place after the last arrival, -1 when that is taken.
func (s *section) unseen() int {
	next := 0
	if n := len(s.arrived); n > 0 {
		next = s.arrived[n-1].place + 1
	}
	if next < len(s.state) && !s.state[next].seen {
		return next
	}
	return -1
}

// closeSection names what the seal lists and the file does not have, or has in
// another order, and follows the chains by the list.
func (v *verifier) closeSection() {
	sec := v.section
	if sec == nil {
		return
	}
	v.section = nil
	inOrder := slices.Clone(sec.arrived)
	slices.SortFunc(inOrder, func(a, b arrival) int { return a.place - b.place })
	for i, a := range sec.arrived {
		if a.place != inOrder[i].place {
			f := sec.seal.Members[a.place].finding(Moved, sec.seal.Number, "的位置被调换过")
			f.Line = a.line
			v.find(f)
		}
	}
	for i, m := range sec.seal.Members {
		st := sec.state[i]
		if !st.seen {
			f := m.finding(Removed, sec.seal.Number, fmt.Sprintf("在第 %d 号封存的清单里，文件中却没有，被删除或移走", sec.seal.Number))
			f.Line = sec.line
			v.find(f)
		}
		if !st.intact {
			v.chains[chainKey{m.Subject, m.SubjectID}] = link{m.Seq, m.Digest}
			continue
		}
		v.follow(m, st.prev, sec.seal.Number, st.line)
	}
	for _, r := range sec.aside {
		v.outside(r)
	}
}

// follow appends m to the chain of its subject.
func (v *verifier) follow(m member, prev []byte, seal int64, line int) {
	find := func(m member, k Kind, seal int64, problem string) {
		f := m.finding(k, seal, problem)
		f.Line = line
		v.find(f)
	}
	k := chainKey{m.Subject, m.SubjectID}
	end := v.chains[k]
	switch {
	case m.Seq <= end.seq:
		find(m, Added, seal, "这个位置已经有一条记录，是后来添加的")
		return
	case m.Seq > end.seq+1:
		missing := member{Subject: m.Subject, SubjectID: m.SubjectID, Seq: end.seq + 1}
		problem := "缺失，被删除或移走"
		if last := m.Seq - 1; last > missing.Seq {
			problem = fmt.Sprintf("到第 %d 条缺失，被删除或移走", last)
		}
		find(missing, Removed, 0, problem)
	case !bytes.Equal(prev, end.digest):
		find(m, Broken, seal, "与同一对象的前一条接不上：前一条被改动过，或这一条是后来添加的")
	}
	v.chains[k] = link{m.Seq, m.Digest}
}
