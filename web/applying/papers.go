package applying

import (
	"fmt"
	"net/http"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"
)

const acceptedTypes, pictureTypes = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx,.ofd,.xml", ".jpg,.jpeg,.png"

// papersView is the list of papers of the form.
type papersView struct {
	SectionView
	Uploads []ui.Upload
}

func (p *Pages) editPapers(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Applications.Form(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, papersPage(papersOf(f, nil)))
}

func papersOf(f application.Form, faults ui.Errors) papersView {
	v := papersView{SectionView: sectionOf(f, application.Section{Key: "papers", Title: "附件"})}
	v.Step, v.Errors = len(f.Sections)+1, Anchored(faults)
	for _, s := range f.Slots {
		s.Required = required(f, s)
		rows := SlotRows(linksOf(f), s, faults.For(application.FileItem(s.Key)))
		if rows[0].Say == "" {
			rows[0].Say = asked(f, application.FileItem(s.Key))
		}
		v.Uploads = append(v.Uploads, rows...)
	}
	return v
}

// anchored turns item names into ids that a link can lead to.
func Anchored(faults ui.Errors) ui.Errors {
	out := make(ui.Errors, len(faults))
	for i, f := range faults {
		out[i] = errs.Field{Name: Anchor(f.Name), Label: f.Label, Message: f.Message}
	}
	return out
}

// SlotLinks is where the papers of a form are sent, opened and taken out.
type SlotLinks struct {
	Slot    func(key string) string
	File    func(id string) string
	Removal func(key, id string) string
	Locked  bool // most slots are closed: say so where nothing is
}

func linksOf(f application.Form) SlotLinks {
	no := f.Case.No
	return SlotLinks{
		Slot:    func(key string) string { return paths.ApplicationSlot(no, key) },
		File:    func(id string) string { return paths.ApplicationFile(no, id) },
		Removal: func(key, id string) string { return paths.ApplicationPaperRemoval(no, key, id) },
		Locked:  f.Correcting,
	}
}

// slotRows is one row for each file of a slot, and one to add another.
func SlotRows(to SlotLinks, s application.SlotFiles, fault string) []ui.Upload {
	need := "可不交"
	if s.Required {
		need = "必交"
	}
	var rows []ui.Upload
	for i, a := range s.Files {
		row := fileRow(to, s, a, need)
		if before := s.Repeats(i); before != "" && row.Say == "" {
			row.Say = "和“" + before + "”几乎相同。传重了的，移除一张；确实是两张的可以留着，复核时会并排看"
		}
		rows = append(rows, row)
	}
	full := s.Max <= 1 && len(s.Files) > 0 || s.Max > 1 && s.Usable() >= s.Max
	if full && fault == "" {
		if s.Max <= 1 && s.Open {
			rows[len(rows)-1].Act = ui.Join(rows[len(rows)-1].Act, ui.UploadForm(uploadTo(to, s, "换一份")))
		}
		return identified(rows, s)
	}
	if s.Max > 1 && s.Open {
		s.Hint = strings.TrimPrefix(s.Hint+"。可以一次选几份", "。")
	}
	add := ui.Upload{What: s.Label, Need: need, File: "还没有上传", Say: s.Hint}
	if len(s.Files) > 0 {
		add.File, add.Say = "再加一份", ""
		if short := s.Min - s.Usable(); short > 0 {
			add.State, add.Tone, add.Say = "还缺 "+itoa(short)+" 份", ui.Warn, s.Hint
		}
	} else if s.Required {
		add.State, add.Tone = "缺", ui.Warn
	}
	if fault != "" {
		add.State, add.Tone, add.Say = "没有收下", ui.Bad, fault
	}
	if s.Open {
		add.Act = ui.UploadForm(uploadTo(to, s, "上传"))
	} else if len(s.Files) > 0 || to.Locked {
		add.File, add.State, add.Say = "没有上传", "", ""
		if len(s.Files) > 0 {
			return identified(rows, s)
		}
	}
	return identified(append(rows, add), s)
}

// identified gives the first row of a slot the id that error summaries lead to.
func identified(rows []ui.Upload, s application.SlotFiles) []ui.Upload {
	if len(rows) > 0 {
		rows[0].ID = Anchor(application.FileItem(s.Key))
	}
	return rows
}

func fileRow(to SlotLinks, s application.SlotFiles, a attachment.Attachment, need string) ui.Upload {
	row := ui.Upload{
		What: s.Label, Need: need, State: a.State.Label(), Tone: ui.Tone(a.State.Tone()), File: a.Describe(),
		Checking: a.State == attachment.Checking, Say: a.Reason,
	}
	switch a.State {
	case attachment.Accepted:
		row.Href = to.File(a.ID.String())
	case attachment.Checking:
		row.Say = "正在做安全检查，通常不到一分钟。可以先填别的。"
	}
	if s.Open {
		row.Act = removal(to.Removal(s.Key, a.ID.String()), s.Label+" "+a.Filename)
	}
	return row
}

func uploadTo(to SlotLinks, s application.SlotFiles, button string) ui.UploadTo {
	types := acceptedTypes
	if s.Pictures {
		types = pictureTypes
	}
	return ui.UploadTo{
		Action: to.Slot(s.Key), Label: "选择" + s.Label, Accept: types, Token: NewToken(),
		Button: button, ID: "upload-" + s.Key, Limit: attachment.MaxFileBytes, Many: s.Max > 1,
	}
}

// createPaper takes files into a slot. One that is not taken leaves the rest of
// the page as it was, with the reason at its row.
func (p *Pages) createPaper(w http.ResponseWriter, r *http.Request) error {
	no, key := Number(r), httpserver.Param(r, "slot")
	c, slot, err := p.Applications.SlotOf(r.Context(), Actor(r), no, key)
	if err != nil {
		return err
	}
	err = p.Take(w, r, attachment.Owner{Kind: application.OwnerKind, ID: c.ID}, slot, func(ready *attachment.Prepared) error {
		return p.Applications.Attach(r.Context(), Actor(r), no, key, ready)
	})
	if faults := errs.FieldsOf(err); len(faults) > 0 || errs.Is(err, errs.Invalid) || errs.Is(err, errs.TooLarge) {
		return p.paperRefused(w, r, no, slot, err)
	}
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.ApplicationPapers(no)+"#"+Anchor(application.FileItem(key)))
}

// atOnce bounds the files of one request of a browser without our script, which
// sends them one by one.
const atOnce = 20

// Take reads and checks the files that were sent for a slot and gives them to
// attach, one after the other. Those that are not taken do not keep the others out:
// the error is errs.Invalid with one fault, which names them.
func (p *Pages) Take(w http.ResponseWriter, r *http.Request, owner attachment.Owner, slot application.SlotFiles, attach func(*attachment.Prepared) error) error {
	limits := upload.Limits{Total: 2 * attachment.MaxFileBytes, Files: 1}
	if slot.Max > 1 {
		limits = upload.Limits{Files: atOnce}
	}
	sent, err := upload.Read(w, r, limits)
	if err != nil {
		return err
	}
	defer sent.Close()
	files := sent.All("file")
	if len(files) == 0 {
		return errs.FieldError(application.FileItem(slot.Key), slot.Label, "还没有选择文件。先选文件，再按上传")
	}
	var refused []string
	for _, file := range files {
		err := p.takeOne(r, owner, slot, file, attach)
		faults := errs.FieldsOf(err)
		if err == nil {
			continue
		}
		if len(files) == 1 || len(faults) == 0 {
			return err
		}
		refused = append(refused, "“"+form.Clean(file.Filename, false)+"”"+faults[0].Message)
	}
	if len(refused) > 0 {
		message := fmt.Sprintf("%d 份里有 %d 份没有收下，其余已收下。", len(files), len(refused))
		return errs.FieldError(application.FileItem(slot.Key), slot.Label, message+strings.Join(refused, "；"))
	}
	return nil
}

func (p *Pages) takeOne(r *http.Request, owner attachment.Owner, slot application.SlotFiles, file *upload.File, attach func(*attachment.Prepared) error) error {
	ready, err := p.Applications.Attachments.Prepare(r.Context(), attachment.Upload{
		Owner: owner, Slot: slot.Key, Field: application.FileItem(slot.Key),
		Label: slot.Label, Filename: file.Filename, Body: file, Limits: attachment.Limits{Accept: slot.Kinds()},
	})
	if err != nil {
		return err
	}
	defer ready.Discard()
	return attach(ready)
}

func (p *Pages) paperRefused(w http.ResponseWriter, r *http.Request, no string, slot application.SlotFiles, cause error) error {
	f, err := p.Applications.Form(r.Context(), Actor(r), no)
	if err != nil {
		return err
	}
	message := errs.Message(cause)
	if faults := errs.FieldsOf(cause); len(faults) > 0 {
		message = faults[0].Message
	}
	faults := ui.Errors{{Name: application.FileItem(slot.Key), Label: slot.Label, Message: message}}
	return httpserver.Render(w, r, httpserver.Status(cause), papersPage(papersOf(f, faults)))
}

func (p *Pages) createPaperRemoval(w http.ResponseWriter, r *http.Request) error {
	no, slot := Number(r), httpserver.Param(r, "slot")
	if err := p.Applications.Detach(r.Context(), Actor(r), no, slot, httpserver.Param(r, "id")); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。")
	return httpserver.SeeOther(w, r, paths.ApplicationPapers(no))
}

func (p *Pages) showFile(w http.ResponseWriter, r *http.Request) error {
	a, content, err := p.Applications.Paper(r.Context(), Actor(r), Number(r), httpserver.Param(r, "id"))
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}
