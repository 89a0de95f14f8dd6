package ui

import (
	"civilaffairs/internal/civil"

	"github.com/a-h/templ"
)

// Task is one part of an application. Without Href it is not open yet, and Hint
// says why.
type Task struct {
	Label, Href string
	State       string // 已填好, 填了一半, 3 处要改, 未开始
	Tone        Tone
	Current     bool // the part shown beside the list
	Hint        string
}

// Upload is one document of an application.
type Upload struct {
	What  string          // 活动照片
	Need  string          // 必交, 可不交, 必交，3 至 20 张
	State string          // 缺, 正在检查, 已收到, 没有收下; "" shows none
	Tone  Tone            // of State; Bad also draws the edge
	File  string          // name and size of what is there, or 还没有上传
	Href  string          // opens the file
	Say   string          // reason and remedy, or what happens meanwhile
	Act   templ.Component // UploadForm, a link, or nil
	ID    string          // anchor of the error summary
	// Checking is set while a file is being checked: the script looks again.
	Checking bool
}

// rowState is the mark of a row that the style sheet and the script look for.
func (u Upload) rowState() string {
	switch {
	case u.Checking:
		return "checking"
	case u.Tone == Bad:
		return "bad"
	}
	return ""
}

func (u Upload) sayClass() string {
	if u.Tone == Bad {
		return "say"
	}
	return "say soft"
}

// UploadTo is the form that sends one file.
type UploadTo struct {
	Action string
	Label  string // 选择场地收据; read out before the control
	Accept string // ".pdf,.jpg"
	Token  string // once.NewToken()
	Button string // 上传, 换一份
	ID     string // of the control; unique in the page
	Limit  int64  // bytes of one file; the script says so before sending
	Many   bool   // several files can be chosen at once
}

// Fact is one line of a summary list.
type Fact struct {
	Label  string
	Value  string
	Body   templ.Component // instead of Value
	Demo   bool            // an invented name
	Change string          // address where the answer is changed
	Act    string          // label of Change, 修改 when empty
}

// F is a fact of plain text.
func F(label, value string) Fact { return Fact{Label: label, Value: value} }

// Stat is one figure with its unit and what it means.
type Stat struct{ Label, Value, Unit, Note string }

// Event is one entry of a timeline, oldest first.
type Event struct {
	On    civil.Date
	When  string          // instead of On: 预计 3 月
	Title string          // the act
	Text  string          // then the money or the reason
	Body  templ.Component // after Text: links
	State string          // "" done, "now", "next", "bad"
}

func (e Event) when() string {
	if e.When != "" {
		return e.When
	}
	return e.On.Chinese()
}

// stateWord says what the shape of an entry shows, for those who do not see it.
func (e Event) stateWord() string {
	switch e.State {
	case "now":
		return "（现在）"
	case "next":
		return "（还没到）"
	case "bad":
		return "（有问题）"
	}
	return ""
}

// Version is a field of which two versions exist.
type Version struct{ Label, Mine, Theirs string }

// Versions shows both versions of a record that somebody else has changed.
func Versions(list []Version) templ.Component {
	rows := make([]Row, len(list))
	for i, v := range list {
		rows[i] = Cells(Head(v.Label, "", ""), T(v.Mine), T(v.Theirs))
	}
	return DataTable(Table{
		Caption: "两个版本的不同", Groups: Rows(rows...),
		Columns: []Column{{Label: "项目"}, {Label: "您填的"}, {Label: "现在保存的"}},
	})
}

// Autosaved is the JSON answer to a saved draft: when, in words, and the new
// version of the record. See web/static/js/autosave.js.
type Autosaved struct {
	Saved   string `json:"saved"`
	Version string `json:"version"`
}

// Refused is the JSON answer to a draft that was not saved.
type Refused struct {
	Message string `json:"message"`
}
