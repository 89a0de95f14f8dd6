package layout

import (
	"net/http"

	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"

	"github.com/a-h/templ"
)

// failure is the view of the error page.
type failure struct {
	Heading   string
	Message   string // what happened, in the words of whoever refused
	Next      string // what to do now
	Href      string
	Action    string // label of Href
	Reference string // 500 only: what to tell the bureau
	Fields    []string
}

// wording is the part of a failure that its status decides.
type wording struct{ heading, message, next, href, action string }

// wordings says for each status of httpserver.Statuses what to do next.
var wordings = map[int]wording{
	http.StatusUnauthorized: {"请先登录", "这个页面要登录后才能看。", "登录以后会回到这里。", paths.Login, "登录"},
	http.StatusForbidden:    {"您的账号不能办这件事", "这一步由别的岗位办理。", "回到工作台，看等您办的事。岗位有变动的，组织的账号请找所在街道办，机关的账号请找系统管理员。", paths.Workspace, "回到工作台"},
	http.StatusNotFound:     {"没有这个页面", "网址可能有误，或者内容已经撤下。", "核对网址，或从首页重新查找。", paths.Home, "回首页"},
	http.StatusConflict:     {"这一步没有办成：内容已经变了", "您打开页面以后，有人改过这件事，或者它已经进入下一步。", "返回上一页，复制您填的内容，刷新后核对再办。", "", ""},
	http.StatusRequestEntityTooLarge: {"文件太大，没有收下", "上传的内容超过了限制。",
		"返回上一页。把文件分成几份，或降低扫描、拍照的清晰度后再传。", "", ""},
	http.StatusUnprocessableEntity: {"填写的内容还不能收下", "有内容需要修改。", "返回上一页，按提示改正后再提交。", "", ""},
	http.StatusTooManyRequests:     {"操作太频繁，请稍等", "短时间内的请求太多。", "一分钟后再试。已经保存的内容不受影响。", "", ""},
	http.StatusServiceUnavailable:  {"暂时办不了", "系统的一部分正在恢复。", "几分钟后再试。已经保存的内容不受影响。急办的，请到社区党群服务中心窗口。", paths.Home, "回首页"},
	http.StatusInternalServerError: {"系统出错了", "不是您的操作有误。已经保存的内容不受影响。", "稍后再试。还是不行的，请把下面的编号告诉我们。", paths.Home, "回首页"},
}

// ErrorPage renders a failure; it is the httpserver.ErrorPage of the site.
func ErrorPage(r *http.Request, f httpserver.Failure) templ.Component {
	w, ok := wordings[f.Status]
	if !ok {
		w = wordings[http.StatusInternalServerError]
	}
	if f.Status == http.StatusNotFound && httpserver.ActorOf(r.Context()).SignedIn() {
		w.next, w.href, w.action = "核对编号或网址，或回到工作台查找。", paths.Workspace, "回到工作台"
	}
	v := failure{Heading: w.heading, Message: w.message, Next: w.next, Href: w.href, Action: w.action, Reference: f.Reference}
	if f.Message != "" {
		v.Message = f.Message
	}
	for _, field := range f.Fields {
		v.Fields = append(v.Fields, field.Label+"："+field.Message)
	}
	return errorPage(v)
}
