package application

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"
)

// Form is an application as its form shows it: what was typed, what papers are
// there, what is still wrong, and what may be edited.
type Form struct {
	Case       casework.Case
	Kind       Kind
	Subject    Subject
	Sections   []Section
	Saved      map[string]Saved
	Values     url.Values // of all sections together
	Slots      []SlotFiles
	Faults     []errs.Field // everything that stops the submission, in the order of the form
	Correction casework.Correction
	// Correcting restricts editing to the items that Correction names.
	Correcting bool
	Editable   bool
	// reopened are items that no correction names but that stop its answer: the
	// sum after a changed amount, an account that is gone. Closed, they would be a
	// dead end, and the deadline runs.
	reopened map[string]bool
}

// SlotFiles is a slot with what was uploaded for it.
type SlotFiles struct {
	Slot
	Files []attachment.Attachment
	Open  bool // may be changed now
}

// Usable returns the files that count: received and not refused.
func (s SlotFiles) Usable() int {
	n := 0
	for _, f := range s.Files {
		if f.Current() {
			n++
		}
	}
	return n
}

// Repeats returns the earlier picture that the i-th is like, "" for none. The same
// bytes are one file already; this is for what was saved anew.
func (s SlotFiles) Repeats(i int) string {
	for _, before := range s.Files[:i] {
		if s.Pictures && before.Current() && s.Files[i].Current() && s.Files[i].Alike(before, s.Alike) {
			return before.Filename
		}
	}
	return ""
}

// MayEdit reports whether the item may be changed now.
func (f Form) MayEdit(item string) bool {
	return f.Editable && (!f.Correcting || f.Correction.Open(item) || f.reopened[item])
}

// reopen opens the items at fault while a correction is answered. Paper can
// always be signed again.
func (f *Form) reopen(faults []errs.Field) {
	f.reopened = map[string]bool{FileItem(StampSlot): true}
	for _, fault := range faults {
		f.reopened[fault.Name] = true // a paper
		for _, s := range f.Sections {
			for _, item := range s.Items {
				f.reopened[item.Name] = f.reopened[item.Name] || item.Has(fault.Name)
			}
		}
	}
}

// FaultsOf returns the faults of one section.
func (f Form) FaultsOf(section Section) []errs.Field {
	var out []errs.Field
	for _, fault := range f.Faults {
		if section.Has(fault.Name) {
			out = append(out, fault)
		}
	}
	return out
}

// MaxTyped bounds one section of a draft in bytes, so that no form fills the
// database.
const MaxTyped = 64 << 10

// Form returns the application's form to who writes it, and to whom a draft is
// shown. Offices find what was signed in View, not the correction in the making:
// to them it is errs.NotFound.
func (s *Service) Form(ctx context.Context, actor authz.Actor, no string) (Form, error) {
	var f Form
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		if c.SubmittedAt != nil && actor.Role.Staff() && !s.mayWrite(actor, c) {
			return errs.New(errs.NotFound, "这件已经提交。请从工作台打开，查看提交的内容。")
		}
		f, err = s.form(ctx, q, now, actor, c)
		return err
	})
	return f, err
}

func (s *Service) form(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, c casework.Case) (Form, error) {
	k, err := s.Kind(c.Kind)
	if err != nil {
		return Form{}, err
	}
	w, err := s.loadWritten(ctx, q, k, c)
	if err != nil {
		return Form{}, err
	}
	f := Form{Case: c, Kind: k, Sections: k.Sections(), Saved: w.sections, Values: url.Values{},
		Correction: w.correction, Correcting: w.correcting, Editable: s.mayWrite(actor, c)}
	for _, saved := range f.Saved {
		for k, v := range saved.Values() {
			f.Values[k] = v
		}
	}
	if f.Subject, err = k.Subject(ctx, q, now, c, w.snapshot); err != nil {
		return f, err
	}
	files, err := s.Attachments.List(ctx, q, attachment.Owner{Kind: OwnerKind, ID: c.ID})
	if err != nil {
		return f, err
	}
	f.Slots = Arrange(k.Slots(f.Values, f.Subject), files)
	_, f.Faults = k.Read(f.Values, f.Subject)
	inOrder(f.Sections, f.Faults)
	f.Faults = append(f.Faults, MissingPapers(f.Slots)...)
	if f.Correcting {
		f.reopen(f.Faults)
	}
	for i, slot := range f.Slots {
		f.Slots[i].Open = f.MayEdit(FileItem(slot.Key))
	}
	return f, nil
}

// inOrder puts faults into the order of the form, whatever order a kind reads in.
func inOrder(sections []Section, faults []errs.Field) {
	at := func(fault errs.Field) int {
		n := 0
		for _, s := range sections {
			for _, item := range s.Items {
				if item.Has(fault.Name) {
					return n
				}
				n++
			}
		}
		return n
	}
	slices.SortStableFunc(faults, func(a, b errs.Field) int { return at(a) - at(b) })
}

// mayWrite reports whether the actor may change the content: the organization or
// the initiator their own, the community what it filed at the counter, an office
// what it opened itself, and only while it is a draft or in correction. Who signs
// stands in the workflow; a clerk writes for the head.
func (s *Service) mayWrite(a authz.Actor, c casework.Case) bool {
	d := s.Cases.Definition(c.Kind)
	action := workflow.Action("submit")
	if c.State == workflow.Correcting {
		action = "resubmit"
	}
	if d == nil || c.State != workflow.Draft && c.State != workflow.Correcting || !a.Can(writing(a)) || !casework.Visible(c, a) {
		return false
	}
	if a.Role == authz.Community {
		return c.Channel == casework.Counter
	}
	t, ok := d.Find(c.Place(), action)
	return ok && (slices.Contains(t.By, a.Role) || a.Role == authz.OrgClerk && slices.Contains(t.By, authz.OrgHead))
}

// writing is the permission under which the actor writes applications.
func writing(a authz.Actor) authz.Permission {
	switch {
	case a.Role == authz.Community:
		return authz.ApplicationCounter
	case a.Role.Staff():
		return authz.ApplicationOffice
	}
	return authz.ApplicationDraft
}

// signing is the permission under which the actor signs applications.
func signing(a authz.Actor) authz.Permission {
	if a.Role.Staff() {
		return writing(a)
	}
	return authz.ApplicationSubmit
}

// Arrange puts files into their slots, those taken out left away.
func Arrange(slots []Slot, files []attachment.Attachment) []SlotFiles {
	out := make([]SlotFiles, len(slots))
	for i, slot := range slots {
		out[i] = SlotFiles{Slot: slot}
		for _, a := range files {
			if a.Slot == slot.Key && a.State != attachment.Removed {
				out[i].Files = append(out[i].Files, a)
			}
		}
	}
	return out
}

// FileItem is the name under which a correction or an error names a slot.
func FileItem(slot string) string { return "file:" + slot }

// MissingPapers names the slots that need papers and have none, or too few.
func MissingPapers(slots []SlotFiles) []errs.Field {
	var fields []errs.Field
	for _, s := range slots {
		n := s.Usable()
		switch {
		case n == 0 && s.Required:
			fields = append(fields, errs.Field{Name: FileItem(s.Key), Label: s.Label, Message: "还没有上传"})
		case n > 0 && n < s.Min:
			fields = append(fields, errs.Field{Name: FileItem(s.Key), Label: s.Label, Message: fmt.Sprintf("至少 %d 份，现在是 %d 份。再上传 %d 份", s.Min, n, s.Min-n)})
		}
	}
	return fields
}

// Save keeps what was typed in a section, valid or not: a draft always saves.
// seen is the section's version that the page showed. In a correction only the
// named items are taken; the rest stays as it was.
//
// A newer version by somebody else is a *StaleError (errs.Conflict).
func (s *Service) Save(ctx context.Context, actor authz.Actor, no, section string, seen int, typed url.Values) (Saved, error) {
	var saved Saved
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		f, sec, err := s.lockForEdit(ctx, tx, now, actor, no, section)
		if err != nil {
			return err
		}
		values, err := acceptable(f, sec, typed)
		if err != nil {
			return err
		}
		before := f.Saved[section]
		if before.Values().Encode() == values.Encode() {
			saved = before // nothing new: autosave of an untouched form and the second click leave no trace
			return nil
		}
		version, err := s.saveSection(ctx, tx, now, actor, f.Case.ID, sec, seen, values)
		if errs.Is(err, errs.Conflict) {
			return &StaleError{Cause: err, Theirs: before, Mine: values}
		}
		if err != nil {
			return err
		}
		saved = Saved{Section: section, Version: version, ByName: actor.Name, At: now}
		if err := s.Cases.Touch(ctx, tx, &f.Case); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: f.Case.ID.String(),
			Action: "application.section.save", Detail: map[string]any{"section": section, "version": version}})
	})
	return saved, err
}

// StaleError says that a section was saved by somebody else meanwhile; the page
// shows both versions. It is errs.Conflict.
type StaleError struct {
	Cause  error
	Theirs Saved
	Mine   url.Values
}

func (e *StaleError) Error() string { return "stale section: " + e.Cause.Error() }
func (e *StaleError) Unwrap() error { return e.Cause }

func (s *Service) lockForEdit(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no, section string) (Form, Section, error) {
	c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, 0)
	if err != nil {
		return Form{}, Section{}, err
	}
	f, err := s.form(ctx, tx, now, actor, c)
	if err != nil {
		return f, Section{}, err
	}
	if !f.Editable {
		return f, Section{}, notEditable(actor, c)
	}
	i := slices.IndexFunc(f.Sections, func(x Section) bool { return x.Key == section })
	if i < 0 {
		return f, Section{}, errs.New(errs.NotFound, "没有这一部分。请从申请页面选择。")
	}
	return f, f.Sections[i], nil
}

func notEditable(actor authz.Actor, c casework.Case) error {
	if err := actor.Require(writing(actor)); err != nil {
		return err
	}
	if c.State != workflow.Draft && c.State != workflow.Correcting {
		return errs.Newf(errs.Conflict, "这件现在是“%s”，内容不能再改。要改请先撤回，或等退回补正。", c.State.Name())
	}
	return errs.New(errs.Forbidden, "这一件不由您填写。")
}

// acceptable keeps the section's own controls only (a forged field goes
// nowhere), and in a correction only those of the open items.
func acceptable(f Form, sec Section, typed url.Values) (url.Values, error) {
	values := url.Values{}
	if f.Correcting {
		values = f.Saved[sec.Key].Values()
		for _, item := range sec.Items {
			if f.MayEdit(item.Name) {
				for k := range values {
					if item.Has(k) {
						delete(values, k) // a row that was taken out stays out
					}
				}
			}
		}
	}
	kept := f.Saved[sec.Key].Values()
	size := 0
	for _, item := range sec.Items {
		if !f.MayEdit(item.Name) {
			continue
		}
		for k, list := range typed {
			if !item.Has(k) || k != Storable(k) {
				continue
			}
			if item.Sealed && strings.TrimSpace(strings.Join(list, "")) == "" {
				list = kept[k]
			}
			for _, v := range list {
				size += len(k)
				size += len(v)
				values[k] = append(values[k], Storable(v))
			}
		}
	}
	if size > MaxTyped {
		return nil, errs.New(errs.TooLarge, "这一部分内容太长，超过 64 KB。请删减后再保存；长材料请作为附件上传。")
	}
	return values, nil
}

// Storable makes any input fit for jsonb: Postgres takes neither NUL nor
// invalid UTF-8. Everything else stays as typed; Read judges it.
func Storable(v string) string {
	if !utf8.ValidString(v) {
		v = strings.ToValidUTF8(v, "�")
	}
	return strings.ReplaceAll(v, "\x00", "")
}

// Attach adds a prepared file to a slot; it replaces the one there when the slot
// holds one only.
func (s *Service) Attach(ctx context.Context, actor authz.Actor, no, slotKey string, p *attachment.Prepared) error {
	return s.withSlot(ctx, actor, no, slotKey, func(tx postgres.Tx, now time.Time, slot SlotFiles) error {
		if slot.Max > 1 && slot.Usable() >= slot.Max {
			return errs.FieldError(FileItem(slot.Key), slot.Label, "这一项已经放满。先移除一份，再上传新的")
		}
		_, err := s.Attachments.Attach(ctx, tx, now, actor, p, slot.Max <= 1)
		return err
	})
}

// Detach takes a file out of a slot.
func (s *Service) Detach(ctx context.Context, actor authz.Actor, no, slotKey string, id string) error {
	return s.withSlot(ctx, actor, no, slotKey, func(tx postgres.Tx, now time.Time, slot SlotFiles) error {
		for _, f := range slot.Files {
			if f.ID.String() == id {
				return s.Attachments.Remove(ctx, tx, now, actor, f.Owner(), f.ID, f.Version)
			}
		}
		return errs.New(errs.NotFound, "这份文件已经不在了。请刷新页面。")
	})
}

// SlotOf returns a slot of an application that the actor may change now, so that
// a page can refuse an upload before it reads the file.
func (s *Service) SlotOf(ctx context.Context, actor authz.Actor, no, key string) (casework.Case, SlotFiles, error) {
	f, err := s.Form(ctx, actor, no)
	if err != nil {
		return casework.Case{}, SlotFiles{}, err
	}
	slot, err := f.openSlot(actor, key)
	return f.Case, slot, err
}

func (f Form) openSlot(actor authz.Actor, key string) (SlotFiles, error) {
	if !f.Editable {
		return SlotFiles{}, notEditable(actor, f.Case)
	}
	for _, slot := range f.Slots {
		if slot.Key == key {
			if !slot.Open {
				return slot, errs.New(errs.Conflict, "这一项不在补正范围内，不能更换。")
			}
			return slot, nil
		}
	}
	return SlotFiles{}, errs.New(errs.NotFound, "没有这一项材料。请从附件清单上传。")
}

func (s *Service) withSlot(ctx context.Context, actor authz.Actor, no, key string, fn func(postgres.Tx, time.Time, SlotFiles) error) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := s.Cases.LoadForUpdate(ctx, tx, actor, no, 0)
		if err != nil {
			return err
		}
		f, err := s.form(ctx, tx, now, actor, c)
		if err != nil {
			return err
		}
		slot, err := f.openSlot(actor, key)
		if err != nil {
			return err
		}
		if err := fn(tx, now, slot); err != nil {
			return err
		}
		return s.Cases.Touch(ctx, tx, &f.Case)
	})
}
