package postgres

import (
	"context"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// dataDir is a directory that the server's user can enter, unlike t.TempDir.
func dataDir(t *testing.T) string {
	t.Helper()
	parent := os.TempDir()
	if os.Geteuid() == 0 {
		parent = "/var/tmp"
	}
	dir, err := os.MkdirTemp(parent, "portal-embedded-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "postgres")
}

func startEmbedded(t *testing.T, dir string) *Embedded {
	t.Helper()
	e, err := StartEmbedded(t.Context(), dir, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// abandon does to e what kill -9 of the portal does: the lock goes, the server stays.
func abandon(e *Embedded) {
	close(e.stop)
	e.watched.Wait()
	unlockDir(e.lock)
}

func closeEmbedded(t *testing.T, e *Embedded) {
	t.Helper()
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if pid := e.cluster.Pid(); pid != 0 {
		t.Fatalf("server %d runs after Close", pid)
	}
}

func TestEmbeddedKeepsDataAndServesBothRoles(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	e := startEmbedded(t, dir)
	if err := Migrate(t.Context(), e.OwnerURL()); err != nil {
		t.Fatal(err)
	}
	closeEmbedded(t, e)

	e = startEmbedded(t, dir)
	defer closeEmbedded(t, e)
	if err := Migrate(t.Context(), e.OwnerURL()); err != nil { // again: nothing to do
		t.Fatal(err)
	}
	db, err := Open(t.Context(), e.AppURL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	applied, wanted, err := SchemaVersions(t.Context(), db.Pool())
	if err != nil || applied != wanted || wanted == 0 {
		t.Fatalf("schema %d, want %d, %v", applied, wanted, err)
	}
}

func TestEmbeddedIsTakenByOnePortal(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	e := startEmbedded(t, dir)
	defer closeEmbedded(t, e)
	_, err := StartEmbedded(t.Context(), dir, slog.Default())
	if err == nil || !strings.Contains(err.Error(), "in use by process") {
		t.Fatalf("second portal on one directory: %v", err)
	}
}

func TestEmbeddedAdoptsTheServerOfAKilledPortal(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := startEmbedded(t, dir)
	pid := first.cluster.Pid()
	abandon(first)
	second := startEmbedded(t, dir)
	defer closeEmbedded(t, second)
	if got := second.cluster.Pid(); got != pid || pid == 0 {
		t.Fatalf("server %d, want the one left behind, %d", got, pid)
	}
}

// A server that others use may be too busy to answer for longer than Start waits.
func TestJoiningNeverEndsABusyServer(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	e := startEmbedded(t, dir)
	defer closeEmbedded(t, e)
	pid := e.cluster.Pid()
	other, err := NewCluster(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), answers+500*time.Millisecond)
	defer cancel()
	if err := other.Join(ctx); err == nil {
		t.Error("a server that stands still answered")
	}
	if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	if err := other.Join(t.Context()); err != nil || other.Pid() != pid {
		t.Fatalf("server %d after %d: %v", other.Pid(), pid, err)
	}
}

func TestEmbeddedStartsAgainAfterItsServerIsKilled(t *testing.T) {
	t.Parallel()
	e := startEmbedded(t, dataDir(t))
	defer closeEmbedded(t, e)
	if err := Migrate(t.Context(), e.OwnerURL()); err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), e.AppURL())
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	killed := e.cluster.Pid()
	if err := syscall.Kill(killed, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for e.cluster.Pid() == killed || db.Pool().Ping(ctx) != nil {
		if ctx.Err() != nil {
			t.Fatal("the server did not come back")
		}
	}
}

func TestEmbeddedIgnoresAPidFileOfAnotherProgram(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	closeEmbedded(t, startEmbedded(t, dir))
	// A program with postgres in its arguments that got the old number.
	other := exec.Command("sh", "-c", "read forever # postgres")
	stdin, err := other.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stdin.Close(); _ = other.Wait() }()
	stale := []byte(strings.Join([]string{strconv.Itoa(other.Process.Pid), dir, "0", "5432", "", "", ""}, "\n"))
	if err := os.WriteFile(filepath.Join(dir, "data", "postmaster.pid"), stale, 0o600); err != nil {
		t.Fatal(err)
	}
	e := startEmbedded(t, dir)
	defer closeEmbedded(t, e)
	if pid := e.cluster.Pid(); pid == other.Process.Pid || pid == 0 {
		t.Fatalf("pid %d", pid)
	}
	if err := other.Process.Signal(syscall.Signal(0)); err != nil {
		t.Fatalf("the other program was stopped: %v", err)
	}
}

func TestTraversable(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "home")
	if err := os.MkdirAll(filepath.Join(home, "portal"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(home, 0o700); err != nil {
		t.Fatal(err)
	}
	if traversable(filepath.Join(home, "portal", "data")) {
		t.Error("a 0700 home counts as open")
	}
	if !traversable("/var/tmp/portal/data") {
		t.Error("/var/tmp counts as closed")
	}
}

func TestDeepDirectoryGetsAShortSocketPath(t *testing.T) {
	t.Parallel()
	c, err := NewCluster("/var/tmp/" + strings.Repeat("deep/", 30))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(c.socket) + len("/.s.PGSQL.5432"); n > 103 {
		t.Fatalf("socket path of %d bytes: %s", n, c.socket)
	}
}
