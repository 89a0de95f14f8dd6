package governancepages

import (
	"net/http"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"

	"github.com/a-h/templ"
)

// acceptedTypes are the papers of this feature.
const acceptedTypes = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"

// fileSlot is the slot of every file here, and the anchor of its faults.
const fileSlot = "file"

// filesView is one record with its files.
type filesView struct {
	layout.Page
	Faults          ui.Errors
	Heading, Lead   string
	Facts           []ui.Fact
	Uploads         []ui.Upload
	Back, BackLabel string
	Aside           templ.Component // may be nil
}

func (p *Pages) showFiles(w http.ResponseWriter, r *http.Request) error {
	v, err := p.filesOf(r, nil)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, filesPage(v))
}

func (p *Pages) filesOf(r *http.Request, faults ui.Errors) (v filesView, err error) {
	o, err := p.overview(r)
	if err != nil {
		return v, err
	}
	part := governance.Part(httpserver.Param(r, "part"))
	id, err := param(r, "record")
	if err != nil {
		return v, err
	}
	v = filesView{Faults: faults, Back: paths.MyGovernance, BackLabel: "返回内部治理"}
	files, found := []attachment.Attachment(nil), false
	switch part {
	case governance.MeetingMinutes:
		m, err := meetingOf(o, r)
		if err != nil {
			return v, err
		}
		v.Heading, v.Lead, v.Facts, files, found = "会议纪要", "附上签名的会议纪要、签到表。扫描件或照片都可以。", meetingFacts(m), m.Files, true
	case governance.SystemText:
		for _, x := range o.Systems {
			if x.ID == id && x.ConfirmedOn.IsZero() {
				v.Heading, v.Lead, files, found = "制度文本", "附上盖章的文本。街道确认以后不能再换。", x.Files, true
				v.Facts = []ui.Fact{ui.F("制度", x.Kind.Name()), ui.F("名称", x.Title), ui.F("登记日期", x.FiledOn.Chinese())}
			}
		}
	}
	if !found {
		return v, missing()
	}
	v.Page = shell(r, v.Heading, "workspace", ownCrumb())
	v.Errors = len(faults)
	v.Uploads = uploads(part, id.String(), files, faults)
	return v, nil
}

// uploads is one row for each file, and one to add another.
func uploads(part governance.Part, record string, files []attachment.Attachment, faults ui.Errors) []ui.Upload {
	var rows []ui.Upload
	for _, a := range files {
		row := fileRow(part.Label(), a)
		row.Act = removal(paths.MyGovernanceFileRemoval(string(part), record, a.ID.String()), a.Filename, a.Version)
		if a.State == attachment.Accepted {
			row.Href = paths.MyGovernanceFile(a.ID.String())
		}
		rows = append(rows, row)
	}
	button, add := "上传", ui.Upload{What: part.Label(), Need: "可不交", File: "还没有上传", Say: "PDF、图片或 Word，每份不超过 10 MB。", ID: fileSlot}
	if len(files) > 0 {
		add.File, button = "再加一份", "再传一份"
		if part == governance.SystemText {
			add.File, button = "换一份", "换一份"
		}
	}
	if fault := faults.For(fileSlot); fault != "" {
		add.State, add.Tone, add.Say = "没有收下", ui.Bad, fault
	}
	add.Act = ui.UploadForm(ui.UploadTo{Action: paths.MyGovernanceFiles(string(part), record), Label: "选择" + part.Label(), Accept: acceptedTypes,
		Token: once.NewToken(), Button: button, ID: "upload", Limit: attachment.MaxFileBytes})
	return append(rows, add)
}

func (p *Pages) createFile(w http.ResponseWriter, r *http.Request) error {
	part := governance.Part(httpserver.Param(r, "part"))
	err := p.take(w, r, part)
	if err == nil {
		p.Flash(r.Context(), "文件已收到。")
		return httpserver.SeeOther(w, r, filesHome(r, part))
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.TooLarge) {
		return err
	}
	v, again := p.filesOf(r, refusedFile(err, fileSlot, part.Label()))
	if again != nil {
		return again
	}
	return httpserver.Render(w, r, httpserver.Status(err), filesPage(v))
}

// filesHome is the page that lists the files of the record.
func filesHome(r *http.Request, part governance.Part) string {
	return paths.MyGovernanceFiles(string(part), httpserver.Param(r, "record"))
}

// take reads and checks the file that was sent and attaches it.
func (p *Pages) take(w http.ResponseWriter, r *http.Request, part governance.Part) error {
	record, err := param(r, "record")
	if err != nil {
		return err
	}
	owner, err := p.Governance.Owner(r.Context(), actor(r), part, record)
	if err != nil {
		return err
	}
	return p.takeFile(w, r, owner, fileSlot, part.Label(), func(ready *attachment.Prepared) error {
		return p.Governance.Attach(r.Context(), actor(r), part, record, ready)
	})
}

// takeFile reads and checks the one file that was sent and hands it to attach.
func (p *Pages) takeFile(w http.ResponseWriter, r *http.Request, owner attachment.Owner, slot, label string, attach func(*attachment.Prepared) error) error {
	sent, err := upload.Read(w, r, upload.Limits{Total: 2 * attachment.MaxFileBytes, Files: 1})
	if err != nil {
		return err
	}
	defer sent.Close()
	file := sent.File("file")
	if file == nil {
		return errs.FieldError(slot, label, "还没有选择文件。先选文件，再按上传")
	}
	ready, err := p.Attachments.Prepare(r.Context(), attachment.Upload{Owner: owner, Slot: slot, Field: slot, Label: label, Filename: file.Filename, Body: file})
	if err != nil {
		return err
	}
	defer ready.Discard()
	return attach(ready)
}

// refusedFile is the fault of a file that was not taken, at its row.
func refusedFile(err error, id, label string) ui.Errors {
	message := errs.Message(err)
	if faults := errs.FieldsOf(err); len(faults) > 0 {
		message = faults[0].Message
	}
	return ui.Errors{{Name: id, Label: label, Message: message}}
}

func (p *Pages) removeFile(w http.ResponseWriter, r *http.Request) error {
	part := governance.Part(httpserver.Param(r, "part"))
	record, err := param(r, "record")
	if err != nil {
		return err
	}
	file, err := param(r, "file")
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return err
	}
	if err := p.Governance.Detach(r.Context(), actor(r), part, record, file, formpage.VersionOf(form.New(r.PostForm))); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。")
	return httpserver.SeeOther(w, r, filesHome(r, part))
}

func (p *Pages) sendFile(w http.ResponseWriter, r *http.Request) error {
	org, err := orgID(r)
	if err != nil {
		return err
	}
	file, err := param(r, "file")
	if err != nil {
		return err
	}
	a, content, err := p.Governance.File(r.Context(), actor(r), org, file)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}
