package paths

import "net/url"

// Imports is the list of imports, and where a file is read in.
const Imports = "/staff/imports"

// Import returns one import: its preview, or what came of it.
func Import(id string) string { return Imports + "/" + url.PathEscape(id) }

// ImportAct returns an act on one import: choices, confirmation, discarding,
// undoing, faults.
func ImportAct(id, act string) string { return Import(id) + "/" + act }

// ImportTemplate returns the template of a kind in a format: xlsx, csv.
func ImportTemplate(kind, format string) string {
	return Imports + "/templates/" + url.PathEscape(kind) + "." + format
}
