package paths

import "net/url"

// Samples for on-site checks, as everyone sees them and as the bureau does.
const (
	Samples        = "/samples"
	StaffSamples   = "/staff/samples"
	StaffSampleNew = StaffSamples + "/new"
)

// Sample returns a published list with what was drawn from it.
func Sample(no string) string { return Samples + "/" + url.PathEscape(no) }

// SampleFile returns the list as a file, from which everyone can draw again.
func SampleFile(no string) string { return Sample(no) + "/list.json" }

// StaffSample returns a list with its cases.
func StaffSample(no string) string { return StaffSamples + "/" + url.PathEscape(no) }

// StaffSampleAct returns an act on a list: draw, redraw.
func StaffSampleAct(no, act string) string { return StaffSample(no) + "/" + act }
