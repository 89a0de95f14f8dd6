#!/bin/bash
# Generates Go from templ, each directory on its own: the generator writes file
# names relative to where it looks, and one directory is what one edits.
set -euo pipefail
cd "$(dirname "$0")/.."
templ=$(go tool -n templ)
find web -name '*.templ' -exec dirname {} \; | sort -u | while read -r dir; do
	"$templ" generate -log-level error -path "$dir"
done
