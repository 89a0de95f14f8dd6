#!/bin/bash
# What make check does after building: generated files, format, vet, lint,
# migrations. Prints every finding, then fails.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=0
bad() {
	printf 'check: %s\n' "$*" >&2
	failed=1
}

# Generated files are committed, so that a build needs no generator. Compared
# with the tree before, not with git: the same answer before and after a commit.
sums() { find web -name '*_templ.go' -exec cksum {} + | LC_ALL=C sort -k 3; }
before=$(sums)
.tools/generate.sh || bad "templ generate failed"
if [ "$before" != "$(sums)" ]; then
	diff <(printf '%s\n' "$before") <(sums) | sed -n 's/^[<>] [0-9]* [0-9]* /  /p' | sort -u >&2
	bad "generated files did not match their templates; they do now, commit them"
fi

# A dot-directory is no package for ./..., but it is ours.
unformatted=$(gofmt -l cmd internal web migrations .tools)
[ -z "$unformatted" ] || bad "not formatted by gofmt: $unformatted"
go vet ./... ./.tools/fetch || bad "go vet has findings"
go tool staticcheck ./... ./.tools/fetch || bad "staticcheck has findings"

# Two files of one timestamp would be applied in no particular order.
twice=$(find migrations -name '*.sql' -exec basename {} \; | cut -d_ -f1 | sort | uniq -d)
[ -z "$twice" ] || bad "migrations with the same timestamp: $twice"
odd=$(find migrations -name '*.sql' -exec basename {} \; | grep -vE '^20[0-9]{12}_[a-z0-9_]+\.sql$')
[ -z "$odd" ] || bad "migrations not named YYYYMMDDhhmmss_words.sql: $odd"

[ $failed = 0 ] && echo "check: all well"
exit $failed
