package formpage

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"

	"civilaffairs/internal/form"
	"civilaffairs/internal/once"
	"civilaffairs/web/ui"
)

// Names of hidden values.
const (
	token   = "token"
	seen    = "seen"
	accept  = "accept"  // warnings looked into
	confirm = "confirm" // sent by the page of review
	back    = "back"    // from the page of review to the form
)

// Token is the hidden value of a creating form that makes sending it twice
// harmless; read it with f.Raw("token").
func Token() ui.Pair { return ui.Pair{Name: token, Value: once.NewToken()} }

// Version is the hidden value of a changing form, see VersionOf.
func Version(n int) ui.Pair { return ui.Pair{Name: "version", Value: strconv.Itoa(n)} }

// VersionOf reads the version that the form was opened with; a tampered one is
// stale.
func VersionOf(f *form.Form) int {
	n, _ := strconv.Atoi(f.Raw("version"))
	return n
}

// ReasonOf reads the answer to Why; how long it must be the service says.
func ReasonOf(f *form.Form) string {
	return f.Text("reason", "理由", form.Multiline, form.Max(500))
}

// OptionalInt is nil for a box left empty: not recorded is not 0.
func OptionalInt(f *form.Form, name, label string) *int {
	n := f.Int(name, label, form.Max(1_000_000))
	if !f.Filled(name) {
		return nil
	}
	return &n
}

// Confirmed reports whether the form comes from the page of review. Save sets
// Editor.Review instead of acting while it does not:
//
//	if !formpage.Confirmed(f) {
//		e.Review = &ui.Review{Title: …, Effect: …, Submit: …, Facts: …}
//		return nil
//	}
func Confirmed(f *form.Form) bool { return f.Raw(confirm) != "" }

// Seen is the hidden value of a form that shows before it saves, see Previewed.
func Seen() ui.Pair { return ui.Pair{Name: seen} }

// Previewed reports whether exactly this text was shown before and is now to be
// saved.
func Previewed(f *form.Form, text string) bool {
	return f.Raw("preview") == "" && f.Raw(seen) == digest(text)
}

// Offer lets the next sending of the same text save it, by a button of that name.
func (e *Editor) Offer(text, submit string) {
	e.Submit = submit
	for i, h := range e.Hidden {
		if h.Name == seen {
			e.Hidden[i].Value = digest(text)
		}
	}
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
