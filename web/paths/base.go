package paths

// WorkspaceBases is the staff list of the bases whose facts one records.
const WorkspaceBases = Workspace + "/bases"

// BaseFacts returns the form for the facts of the base with id; it posts there too.
func BaseFacts(id string) string { return Base(id) + "/facts" }
