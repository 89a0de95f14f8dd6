package noticepages

import (
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"

	"github.com/google/uuid"
)

// objectionTyped is what was typed into the form.
type objectionTyped struct{ Item, Content, Name, Phone string }

// objectionForm is the form, alone or at the foot of the notice. It carries no
// token: the page is the same for everybody. The confirmation brings one.
type objectionForm struct {
	Action string
	Items  []ui.Option
	Typed  objectionTyped
	Faults ui.Errors
}

func formOf(n notice.Page, typed objectionTyped, faults ui.Errors) objectionForm {
	f := objectionForm{Action: paths.NoticeObjection(n.No), Items: []ui.Option{{Label: "请选择"}}, Typed: typed, Faults: faults}
	for _, i := range n.Items {
		if i.State == notice.Open || i.State == notice.Disputed {
			f.Items = append(f.Items, ui.Option{Value: strconv.Itoa(i.Ordinal), Label: fmt.Sprintf("第 %d 项 %s", i.Ordinal, i.OrganizationName)})
		}
	}
	return f
}

// objectionView is the page of the form alone.
type objectionView struct {
	layout.Page
	Lead  string
	Takes bool
	No    string
	Form  objectionForm
}

func (p *Pages) newObjection(w http.ResponseWriter, r *http.Request) error {
	n, err := p.Notices.Read(r.Context(), number(r))
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, objectionPage(objectionViewOf(n, objectionTyped{}, nil)))
}

func objectionViewOf(n notice.Page, typed objectionTyped, faults ui.Errors) objectionView {
	return objectionView{Page: open("提出异议", len(faults), noticeCrumbs(n.No)...), Lead: n.Text.Title + "，" + n.No, Takes: n.Takes(n.Now),
		No: n.No, Form: formOf(n, typed, faults)}
}

func noticeCrumbs(no string) []layout.Crumb {
	return []layout.Crumb{{Label: "公示公告", Href: paths.Notices}, {Label: no, Href: paths.Notice(no)}}
}

// confirmView is an objection before it is sent, with the place for evidence.
type confirmView struct {
	layout.Page
	Facts   []ui.Fact
	Action  string
	Token   string
	Carry   []ui.Pair
	Faults  ui.Errors
	Accept  string
	Message string
}

// receiptView is shown once.
type receiptView struct {
	layout.Page
	Code  string
	Facts []ui.Fact
	No    string
}

// createObjection shows the objection once more, then takes it. An objector has
// no account, so the answer is the receipt itself, kept by no cache.
func (p *Pages) createObjection(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if p.objections.OnLimit(w, r, p.ClientIP(r)) {
		return errs.New(errs.TooMany, "这个网络地址提出的异议太多。请一小时后再试，或拨打公示上的联系电话。")
	}
	sent, err := upload.Read(w, r, upload.Limits{Files: notice.MaxEvidence + 1})
	if err != nil {
		return err
	}
	defer sent.Close()
	n, err := p.Notices.Read(r.Context(), number(r))
	if err != nil {
		return err
	}
	v := sent.Values
	typed := objectionTyped{Item: v.Get("item"), Content: v.Get("content"), Name: v.Get("name"), Phone: v.Get("phone")}
	if !n.Takes(n.Now) {
		return httpserver.Render(w, r, http.StatusConflict, objectionPage(objectionViewOf(n, typed, nil)))
	}
	in := inputOf(n.No, v)
	check := in
	if err := check.Check(); err != nil || v.Get("back") != "" {
		faults := ui.Errors(errs.FieldsOf(err))
		status := http.StatusUnprocessableEntity
		if v.Get("back") != "" {
			faults, status = nil, http.StatusOK
		}
		return httpserver.Render(w, r, status, objectionPage(objectionViewOf(n, typed, faults)))
	}
	if v.Get("confirm") == "" {
		return httpserver.Render(w, r, http.StatusOK, confirmObjection(p.confirmOf(n, check, typed, once.NewToken(), nil)))
	}
	return p.send(w, r, n, in, typed, sent)
}

func inputOf(no string, v url.Values) notice.ObjectionInput {
	ordinal, _ := strconv.Atoi(v.Get("item")) // none is 0, which Check refuses
	return notice.ObjectionInput{Token: v.Get("token"), No: no, Ordinal: ordinal, Name: v.Get("name"), Phone: v.Get("phone"), Content: v.Get("content")}
}

// send keeps the evidence and the objection and answers with the receipt.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, n notice.Page, in notice.ObjectionInput, typed objectionTyped, sent *upload.Form) error {
	in.ID = notice.NewObjection()
	var err error
	in.Files, err = p.prepare(r, in.ID, sent)
	for _, f := range in.Files {
		defer f.Discard()
	}
	if err == nil {
		var receipt notice.Receipt
		if receipt, err = p.Notices.Object(r.Context(), in); err == nil {
			return httpserver.Render(w, r, http.StatusOK, receiptPage(receiptOf(receipt)))
		}
	}
	faults, again := shown(err)
	if !again {
		return err
	}
	if errs.Is(err, errs.Conflict) {
		return httpserver.Render(w, r, http.StatusConflict, objectionPage(objectionViewOf(n, typed, faults)))
	}
	if faults.For("files") != "" || faults.For("form") != "" {
		return httpserver.Render(w, r, httpserver.Status(err), confirmObjection(p.confirmOf(n, in, typed, in.Token, faults)))
	}
	return httpserver.Render(w, r, httpserver.Status(err), objectionPage(objectionViewOf(n, typed, faults)))
}

// prepare looks through the evidence. The names are ours: those of the files may
// tell who sent them.
func (p *Pages) prepare(r *http.Request, objection uuid.UUID, sent *upload.Form) (ready []*attachment.Prepared, err error) {
	files := sent.All("files")
	if len(files) > notice.MaxEvidence {
		return nil, errs.FieldError("files", "证据材料", fmt.Sprintf("最多 %d 份，现在是 %d 份。合并后再传", notice.MaxEvidence, len(files)))
	}
	for i, f := range files {
		one, err := p.Notices.Attachments.Prepare(r.Context(), attachment.Upload{
			Owner: attachment.Owner{Kind: notice.OwnerKind, ID: objection}, Slot: "evidence", Field: "files", Label: "证据材料",
			Filename: fmt.Sprintf("证据%d%s", i+1, strings.ToLower(path.Ext(f.Filename))), Body: f,
		})
		if err != nil {
			return ready, err
		}
		ready = append(ready, one)
	}
	return ready, nil
}

const acceptedTypes = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"

func (p *Pages) confirmOf(n notice.Page, in notice.ObjectionInput, typed objectionTyped, token string, faults ui.Errors) confirmView {
	v := confirmView{Page: open("核对后提交异议", len(faults), noticeCrumbs(n.No)...), Action: paths.NoticeObjection(n.No), Token: token, Faults: faults, Accept: acceptedTypes,
		Carry: []ui.Pair{{Name: "item", Value: typed.Item}, {Name: "content", Value: typed.Content}, {Name: "name", Value: typed.Name},
			{Name: "phone", Value: typed.Phone}}}
	for _, i := range n.Items {
		if i.Ordinal == in.Ordinal {
			v.Facts = append(v.Facts, ui.F("对哪一项", fmt.Sprintf("第 %d 项 %s", i.Ordinal, i.OrganizationName)))
		}
	}
	v.Facts = append(v.Facts, ui.F("事实和理由", in.Content), ui.F("姓名", orNone(in.Name)), ui.F("电话", orNone(in.Phone)))
	return v
}

func orNone(s string) string {
	if s == "" {
		return "没有填"
	}
	return s
}

func receiptOf(r notice.Receipt) receiptView {
	return receiptView{Page: open("异议已收到", 0, noticeCrumbs(r.No)...), Code: r.Code, No: r.No, Facts: []ui.Fact{
		ui.F("公示", r.No), ui.F("对哪一项", r.Item), ui.F("收到时间", r.Received.In(civil.Shanghai).Format("2006年1月2日 15:04")), ui.F("答复期限", r.DueOn.Chinese()+"前")}}
}

// progressView asks for a receipt and shows what came of it.
type progressView struct {
	layout.Page
	Typed  string
	Faults ui.Errors
	Found  bool
	State  notice.ObjectionState
	Facts  []ui.Fact
}

func (p *Pages) askReceipt(w http.ResponseWriter, r *http.Request) error {
	return httpserver.RenderPublic(w, r, progressPage(progressView{Page: open("查询异议结果", 0, layout.Crumb{Label: "公示公告", Href: paths.Notices})}))
}

// showProgress is a POST so that the receipt stands in no address and no log.
func (p *Pages) showProgress(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "no-store")
	if err := parse(w, r); err != nil {
		return err
	}
	if p.lookups.OnLimit(w, r, p.ClientIP(r)) {
		return errs.New(errs.TooMany, "这个网络地址查询得太频繁。请一小时后再试。")
	}
	v := progressView{Typed: strings.ToValidUTF8(r.PostForm.Get("receipt"), "�")}
	found, err := p.Notices.Lookup(r.Context(), v.Typed)
	faults, again := shown(err)
	if err != nil && !again {
		return err
	}
	v.Page, v.Faults = open("查询异议结果", len(faults), layout.Crumb{Label: "公示公告", Href: paths.Notices}), faults
	if faults.Any() {
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, progressPage(v))
	}
	v.Found, v.State = true, found.State
	v.Facts = []ui.Fact{{Label: "公示", Body: ui.Link(found.No, paths.Notice(found.No))}, ui.F("标题", found.Title), ui.F("对哪一项", found.Item),
		ui.F("收到时间", found.Received.In(civil.Shanghai).Format("2006年1月2日 15:04")), {Label: "现在", Body: objectionTag(found.State)}}
	switch {
	case found.HandledAt != nil && found.Outcome != "":
		v.Facts = append(v.Facts, ui.F("处理时间", civil.On(*found.HandledAt).Chinese()), ui.F("理由", found.Outcome))
	case found.State == notice.ObjectionOpen && found.Provisional:
		v.Facts = append(v.Facts, ui.F("答复期限", found.DueOn.Chinese()+"前（暂定）"))
	case found.State == notice.ObjectionOpen:
		v.Facts = append(v.Facts, ui.F("答复期限", found.DueOn.Chinese()+"前"))
	}
	return httpserver.Render(w, r, http.StatusOK, progressPage(v))
}
