# Every target works alone on a fresh machine with Go; .tools/need.sh fetches the
# rest. The first build compiles everything and takes a minute or two.

.PHONY: help run build test check generate bench
.DEFAULT_GOAL := help

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

run: build ## the portal with demo data on http://127.0.0.1:8080; Ctrl-C stops all of it
	@.tools/need.sh postgres
	@exec bin/portal serve --demo

build: ## one static binary, bin/portal, that holds pages, assets and migrations
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w' -o bin/portal ./cmd/portal

# Two packages at a time: each has parallel tests and a browser or databases.
test: ## everything, browser tests included, on a throw-away Postgres
	@.tools/need.sh postgres browser axe
	go test -shuffle=on -count=1 -p 2 -timeout 20m ./...

check: ## generate and compare, gofmt, go vet, staticcheck, migrations
	@.tools/check.sh

generate: ## Go from templ, after editing a .templ file
	@.tools/generate.sh

bench: ## benchmarks
	@.tools/need.sh postgres
	go test -run '^$$' -bench . -benchmem -p 1 -timeout 60m ./...
