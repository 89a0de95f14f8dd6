package applying

import "civilaffairs/web/ui"

// Ticked is a tick box as it was left.
func Ticked(f ui.Field, on bool) ui.Field {
	if on {
		f.Value = "1"
	}
	return f
}

// Widened sets width and what browsers may fill in.
func Widened(f ui.Field, width int, autocomplete string) ui.Field {
	f.Width, f.Autocomplete = width, autocomplete
	if autocomplete == "tel" || autocomplete == "email" {
		f.Type, f.InputMode = autocomplete, autocomplete
	}
	return f
}

// Optional marks a field that may stay empty.
func Optional(f ui.Field) ui.Field { f.Optional = true; return f }

// Hinted gives a hint where a correction has not put its own.
func Hinted(f ui.Field, hint string) ui.Field {
	if f.Hint == "" {
		f.Hint = hint
	}
	return f
}

// Long makes a field of several lines.
func Long(f ui.Field, hint string, rows, max int) ui.Field {
	f = Hinted(f, hint)
	f.Rows, f.Max = rows, max
	return f
}
