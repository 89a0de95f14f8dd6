package ui

// Letter is what carries the authority of the bureau: a notice or a decision.
// Number is the document number drawn at signature, "" before.
type Letter struct {
	Office string // the red head: the bureau's name only, no emblem
	Number string // 坪民函〔2026〕14号
	Title  string
	To     string // whom it addresses, "" for a public notice
	Date   string // 2026年9月30日; under the office's name at the end
}

// Review is the page that repeats an act before it is done: what, to whom, how
// much, and what it causes. There are no dialogs.
type Review struct {
	Title  string // 确认退回补正
	Effect string // what happens then: 办理时限从明天起暂停
	Facts  []Fact
	Action string // address the confirmation posts to
	Submit string // 确认退回补正
	Back   string // address of the form
	Leave  string // label of Back: 返回修改 unless set
	Return bool   // 返回修改 posts the values back (name "back") instead of leading to Back, so that nothing typed is lost
	Token  string // once.NewToken()
	Carry  []Pair // values of the form, sent again
	Harm   bool   // the act takes something away: stop button
}

func (r Review) leave() string {
	if r.Leave == "" {
		return "返回修改"
	}
	return r.Leave
}

// Pair is a hidden value of a form.
type Pair struct{ Name, Value string }
