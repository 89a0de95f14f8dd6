package eventpages

import (
	"net/http"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/inspect"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"
)

// picturesView is the pictures of an own activity.
type picturesView struct {
	layout.Page
	Faults   ui.Errors
	Pictures []ownPictureView
	Room     bool
	Full     string
	Action   string
	Back     string
	Caption  string
}

type ownPictureView struct {
	pictureView
	State string
	Tone  ui.Tone
	Say   string
	Acts  []ui.Tab
}

func (p *Pages) pictures(w http.ResponseWriter, r *http.Request) error {
	return p.showPictures(w, r, http.StatusOK, "", nil)
}

func (p *Pages) showPictures(w http.ResponseWriter, r *http.Request, status int, caption string, faults ui.Errors) error {
	d, err := p.Events.MineOne(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	at := paths.MyActivity(d.No)
	v := picturesView{Page: shell("照片", "activities", mineCrumb(), layout.Crumb{Label: d.Title, Href: at}), Faults: faults, Caption: caption, Action: paths.MyActivityAct(d.No, "pictures"), Back: at}
	v.Errors = len(faults)
	for _, x := range d.Pictures {
		v.Pictures = append(v.Pictures, ownPictureOf(d.No, x))
	}
	switch {
	case d.State != event.Planned && d.State != event.Held:
		v.Full = "活动公开以后才能放照片。"
	case len(d.Pictures) >= event.MostPictures:
		v.Full = "已经有 " + strconv.Itoa(event.MostPictures) + " 张，达到上限。先撤下不要的，再放新的。"
	default:
		v.Room = true
	}
	return httpserver.Render(w, r, status, picturesPage(v))
}

func ownPictureOf(no string, x event.Picture) ownPictureView {
	id := x.ID.String()
	v := ownPictureView{pictureView: pictureView{Src: paths.MyPicture(no, id), Caption: x.Caption, Width: strconv.Itoa(x.Width), Height: strconv.Itoa(x.Height)}, State: x.State.Name(), Tone: pictureTone(x.State), Say: x.Reason}
	if x.FileState == string(attachment.Checking) {
		v.State, v.Tone, v.Say = "正在检查", ui.Info, "通常不到一分钟，刷新后再看。"
	}
	if x.State == event.Hidden {
		v.Say = "有人请求撤下，民政局正在处理。"
	}
	if x.State == event.Kept {
		v.Acts = append(v.Acts, ui.Tab{Label: "公开", Href: paths.MyPictureAct(no, id, "release")})
	}
	if x.State != event.Hidden {
		v.Acts = append(v.Acts, ui.Tab{Label: "撤下", Href: paths.MyPictureAct(no, id, "removal")})
	}
	return v
}

func pictureTone(s event.PictureState) ui.Tone {
	switch s {
	case event.Released:
		return ui.Good
	case event.Doubtful:
		return ui.Info
	case event.Refused:
		return ui.Bad
	case event.Hidden:
		return ui.Warn
	}
	return ui.Mute
}

// createPicture takes one picture with its line. What is wrong stands at the field,
// and the line that was typed stays.
func (p *Pages) createPicture(w http.ResponseWriter, r *http.Request) error {
	owner, err := p.Events.PictureOwner(r.Context(), actor(r), number(r))
	if err != nil && len(errs.FieldsOf(err)) == 0 {
		return err
	}
	sent, readErr := upload.Read(w, r, upload.Limits{Total: 2 * attachment.MaxFileBytes, Files: 1})
	if readErr != nil {
		return p.refused(w, r, "", readErr)
	}
	defer sent.Close()
	f := form.New(sent.Values)
	caption := f.Text("caption", "照片说明", form.Max(80))
	if err == nil {
		err = f.Err()
	}
	if err == nil {
		err = p.takePicture(r, owner, caption, sent.File("file"))
	}
	if err != nil {
		return p.refused(w, r, f.Raw("caption"), err)
	}
	p.Flash(r.Context(), "照片已收到，还没有公开。")
	return httpserver.SeeOther(w, r, paths.MyActivityAct(number(r), "pictures"))
}

func (p *Pages) takePicture(r *http.Request, owner attachment.Owner, caption string, file *upload.File) error {
	var f errs.Faults
	if err := event.CheckCaption(caption); err != nil {
		f = errs.FieldsOf(err)
	}
	if file == nil {
		f.Add("file", "照片", "还没有选择照片。先选照片，再按上传")
	}
	if err := f.Err(); err != nil {
		return err
	}
	ready, err := p.Events.Attachments.Prepare(r.Context(), attachment.Upload{Owner: owner, Slot: event.Slot, Field: "file", Label: "照片", Filename: file.Filename, Body: file,
		Limits: attachment.Limits{Accept: inspect.Pictures}})
	if err != nil {
		return err
	}
	defer ready.Discard()
	return p.Events.AddPicture(r.Context(), actor(r), number(r), caption, ready)
}

// refused shows the page again with what was wrong.
func (p *Pages) refused(w http.ResponseWriter, r *http.Request, caption string, err error) error {
	faults := ui.Errors(errs.FieldsOf(err))
	switch {
	case len(faults) > 0:
	case errs.Is(err, errs.TooLarge), errs.Is(err, errs.Invalid):
		faults = ui.Errors{{Name: "file", Label: "照片", Message: errs.Message(err)}}
	default:
		return err
	}
	return p.showPictures(w, r, httpserver.Status(err), caption, faults)
}

func (p *Pages) ownPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "picture")
	if err != nil {
		return err
	}
	a, content, err := p.Events.OwnPicture(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

// pictureForm begins a form about one own picture.
func (p *Pages) pictureForm(r *http.Request, title, lead, submit string) (*formpage.Editor, event.Picture, error) {
	id, err := param(r, "picture")
	if err != nil {
		return nil, event.Picture{}, err
	}
	d, err := p.Events.MineOne(r.Context(), actor(r), number(r))
	if err != nil {
		return nil, event.Picture{}, err
	}
	for _, x := range d.Pictures {
		if x.ID == id {
			back := paths.MyActivityAct(d.No, "pictures")
			e := mineForm(r, title, lead, submit, back, "返回照片", layout.Crumb{Label: d.Title, Href: paths.MyActivity(d.No)}, layout.Crumb{Label: "照片", Href: back})
			e.Hidden = []ui.Pair{formpage.Version(x.Version)}
			e.Facts = []ui.Fact{ui.F("照片", x.Caption)}
			e.Above = thumbnail(paths.MyPicture(d.No, id.String()), x.Caption)
			return e, x, nil
		}
	}
	return nil, event.Picture{}, errs.New(errs.NotFound, "没有找到这张照片。它可能已经撤下。")
}

func (p *Pages) releaseForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.pictureForm(r, "公开照片", "公开以后所有人都能看到。任何人都可以请求撤下。", "公开这张照片")
	if err != nil {
		return nil, err
	}
	if x.State != event.Kept {
		e.Obstacles = []string{"这张照片现在是“" + x.State.Name() + "”，不能再公开。"}
	}
	options := formpage.Named(event.AllMinors)
	options[2].Hint = "民政局看过以后决定，在那以前不公开"
	e.Ask(formpage.OneOf("minors", "画面里的未成年人", options),
		formpage.TickMany("agreed", "本组织确认", []ui.Option{{Value: "yes", Label: "画面里能认出的未成年人，监护人都已书面同意公开；其他人也知道照片会公开"}}).Hint("上面选“拿不准”的不用勾选"))
	e.Done = "已公开。"
	e.Save = func(f *form.Form) error {
		m := event.Minors(f.Raw("minors"))
		if m == event.Unsure {
			e.Done = "已请民政局看，在那以前不公开。"
		}
		return p.Events.Release(r.Context(), actor(r), number(r), x.ID, formpage.VersionOf(f), m, ticked(f, "agreed"))
	}
	return e, nil
}

func (p *Pages) takeDownForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.pictureForm(r, "撤下照片", "撤下以后马上不再显示，照片随后删除，不能恢复。", "撤下这张照片")
	if err != nil {
		return nil, err
	}
	e.Stop = true
	if x.State == event.Hidden {
		e.Obstacles = []string{"有人请求撤下这张照片，民政局正在处理，处理完以前不能动。"}
	}
	e.Done = "已撤下。"
	e.Save = func(f *form.Form) error {
		return p.Events.TakeDown(r.Context(), actor(r), number(r), x.ID, formpage.VersionOf(f))
	}
	return e, nil
}
