package governancepages

import (
	"net/http"
	"strconv"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/applying"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

func (p *Pages) showPapers(w http.ResponseWriter, r *http.Request) error {
	v, err := p.papersView(r, nil)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, filesPage(v))
}

func (p *Pages) papersView(r *http.Request, faults ui.Errors) (v filesView, err error) {
	o, err := p.reportOf(r)
	if err != nil {
		return v, err
	}
	if !o.May.Write {
		return v, missing()
	}
	title := governance.PartPapers.Name()
	v = filesView{Page: shell(r, title, "workspace", ownCrumb(), reportsCrumb(), yearCrumb(o.Year)), Heading: title, Lead: "扫描件或照片都可以，每份不超过 10 MB。",
		Faults: faults, Back: paths.MyReport(o.Year), BackLabel: "回到" + yearTitle(o.Year), Aside: tasksAside(o, governance.PartPapers)}
	v.Errors = len(faults)
	for _, slot := range o.Slots {
		v.Uploads = append(v.Uploads, paperRows(o, slot, faults)...)
	}
	return v, nil
}

// paperRows is one row for each file of a slot, and one to add another.
func paperRows(o governance.ReportView, slot application.SlotFiles, faults ui.Errors) (rows []ui.Upload) {
	need := "可不交"
	if slot.Required {
		need = "必交"
	}
	for _, a := range slot.Files {
		row := fileRow(slot.Label, a)
		if slot.Open {
			row.Act = removal(paths.MyReportRemoval(o.Year, slot.Key, a.ID.String()), a.Filename, a.Version)
		}
		if a.State == attachment.Accepted {
			row.Href = paths.MyReportFile(o.Year, a.ID.String())
		}
		rows = append(rows, row)
	}
	if !slot.Open || slot.Max > 1 && len(slot.Files) >= slot.Max {
		return rows
	}
	item := application.FileItem(slot.Key)
	add := ui.Upload{What: slot.Label, Need: need, File: "还没有上传", Say: slot.Hint, ID: applying.Anchor(item)}
	button := "上传"
	if len(slot.Files) > 0 {
		if add.File, button = "换一份", "换一份"; slot.Max > 1 {
			add.File, button = "再加一份", "再传一份"
		}
	}
	if fault := faults.For(applying.Anchor(item)); fault != "" {
		add.State, add.Tone, add.Say = "没有收下", ui.Bad, fault
	}
	add.Act = ui.UploadForm(ui.UploadTo{Action: paths.MyReportSlot(o.Year, slot.Key), Label: "选择" + slot.Label, Accept: acceptedTypes,
		Token: once.NewToken(), Button: button, ID: "upload-" + slot.Key, Limit: attachment.MaxFileBytes})
	return append(rows, add)
}

// fileRow is a file that is there, with its state.
func fileRow(label string, a attachment.Attachment) ui.Upload {
	return ui.Upload{What: label, Need: "已附", State: a.State.Label(), Tone: ui.Tone(a.State.Tone()), File: a.Describe(), Checking: a.State == attachment.Checking, Say: a.Reason}
}

func (p *Pages) createPaper(w http.ResponseWriter, r *http.Request) error {
	slot, ok := governance.ReportSlot(httpserver.Param(r, "slot"))
	if !ok {
		return missing()
	}
	year, err := yearOf(r)
	if err != nil {
		return err
	}
	err = p.takePaper(w, r, year, slot)
	if err == nil {
		p.Flash(r.Context(), slot.Label+"已收到。")
		return httpserver.SeeOther(w, r, paths.MyReportPapers(year))
	}
	if !errs.Is(err, errs.Invalid) && !errs.Is(err, errs.TooLarge) {
		return err
	}
	v, again := p.papersView(r, refusedFile(err, applying.Anchor(application.FileItem(slot.Key)), slot.Label))
	if again != nil {
		return again
	}
	return httpserver.Render(w, r, httpserver.Status(err), filesPage(v))
}

func yearOf(r *http.Request) (int, error) {
	year, err := strconv.Atoi(httpserver.Param(r, "year"))
	if err != nil || year < 1990 || year > 2999 {
		return 0, missing()
	}
	return year, nil
}

func (p *Pages) takePaper(w http.ResponseWriter, r *http.Request, year int, slot application.Slot) error {
	owner, err := p.Governance.ReportOwner(r.Context(), actor(r), year)
	if err != nil {
		return err
	}
	return p.takeFile(w, r, owner, slot.Key, slot.Label, func(ready *attachment.Prepared) error {
		return p.Governance.AttachReport(r.Context(), actor(r), year, slot.Key, ready)
	})
}

func (p *Pages) removePaper(w http.ResponseWriter, r *http.Request) error {
	year, err := yearOf(r)
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
	if err := p.Governance.DetachReport(r.Context(), actor(r), year, httpserver.Param(r, "slot"), file, formpage.VersionOf(form.New(r.PostForm))); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。")
	return httpserver.SeeOther(w, r, paths.MyReportPapers(year))
}

func (p *Pages) sendPaper(w http.ResponseWriter, r *http.Request) error {
	o, err := p.reportOf(r)
	if err != nil {
		return err
	}
	return p.sendReportFile(w, r, o)
}

func (p *Pages) sendReportFile(w http.ResponseWriter, r *http.Request, o governance.ReportView) error {
	file, err := param(r, "file")
	if err != nil {
		return err
	}
	a, content, err := p.Governance.ReportFile(r.Context(), o, file)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}
