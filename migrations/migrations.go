// Package migrations embeds the schema as timestamped goose files. Each table has
// one owner, named at the head of its file; a file is never edited after it
// landed. Level 0.
package migrations

import "embed"

// FS holds the goose files.
//
//go:embed *.sql
var FS embed.FS
