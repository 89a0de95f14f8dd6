// Package ui is the set of components that pages are made of: links, tags,
// fields, tables, boxes, clocks, maps. A leaf of web; no tables.
//
// A component takes a small struct or a few strings and decides nothing about
// the domain: tone, words and links come from the caller. All text is escaped;
// sizes of drawings are attributes, because the content security policy allows
// no inline style. /styleguide shows every component in every state.
package ui

import "context"

// Tone is a meaning: it has a colour, a shape and always stands beside a word.
type Tone string

// The tones of tags, notes, panels and clocks; not every component has each.
const (
	Good  Tone = "good"  // ● done, in force, received
	Warn  Tone = "warn"  // ▲ needs attention, ends soon
	Bad   Tone = "bad"   // ◆ must be put right, refused, overdue
	Info  Tone = "info"  // □ under way, a message
	Mute  Tone = "mute"  // ■ neutral, closed
	None  Tone = "none"  // a kind rather than a state: no shape
	Hold  Tone = "hold"  // clocks only: stopped
	Quiet Tone = "quiet" // notes only: background information
)

type demoKey struct{}

// WithDemo records in ctx whether demo mode is on; layout.With calls it.
func WithDemo(ctx context.Context, on bool) context.Context {
	return context.WithValue(ctx, demoKey{}, on)
}

func demo(ctx context.Context) bool {
	on, _ := ctx.Value(demoKey{}).(bool)
	return on
}
