package dbtest

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"civilaffairs/internal/postgres"
)

// watchdog stops and removes a cluster when no test process uses it any more.
//
//go:embed watchdog.sh
var watchdog string

// settings trade durability for speed: the cluster is thrown away.
var settings = []string{
	"fsync=off", "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal", "max_wal_senders=0",
	"max_connections=500", "shared_buffers=64MB", "max_wal_size=1GB", "checkpoint_timeout=1h",
	"autovacuum=off", "jit=off", "log_checkpoints=off", "timezone=UTC",
}

// shm is memory that looks like a directory. A database is a thousand small
// files: in memory a clone takes a third of the time.
const shm = "/dev/shm"

// roomInMemory is what clones, the log and the volume tests need together, twice.
const roomInMemory = 6 << 30

// base is the directory of this user's clusters. Root's is not in a private
// TMPDIR: the server runs as another user, who must be able to enter it.
func base() string {
	parent := os.TempDir()
	var fs syscall.Statfs_t
	switch {
	case syscall.Statfs(shm, &fs) == nil && fs.Bavail*uint64(fs.Bsize) > roomInMemory:
		parent = shm
	case os.Geteuid() == 0:
		parent = "/var/tmp"
	}
	return filepath.Join(parent, fmt.Sprintf("portal-dbtest-%d", os.Geteuid()))
}

// join returns the running cluster of this user, or starts one. The packages of
// one go test run are several processes; a file lock lets one of them start it.
func join(ctx context.Context) (*postgres.Cluster, error) {
	dir := base()
	if err := os.Mkdir(dir, 0o711); err != nil && !os.IsExist(err) {
		return nil, err
	}
	// The name can be guessed, and /tmp is everyone's.
	if info, err := os.Lstat(dir); err != nil || !info.IsDir() || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Geteuid()) {
		return nil, fmt.Errorf("%s is not a directory of ours: remove it", dir)
	}
	lock, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	defer lock.Close() // releases it
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	if name, err := os.ReadFile(filepath.Join(dir, "current")); err == nil {
		if c, err := reuse(ctx, filepath.Join(dir, filepath.Base(string(name)))); err == nil {
			return c, nil
		}
	}
	return start(ctx, dir)
}

// reuse enters a running cluster. The watchdog removes run/users, which works
// only while it is empty: whoever can still write into it keeps the cluster.
func reuse(ctx context.Context, run string) (*postgres.Cluster, error) {
	if err := enter(run); err != nil {
		return nil, err
	}
	c, err := postgres.NewCluster(run, settings...)
	if err != nil {
		return nil, err
	}
	if err := c.Join(ctx); err != nil {
		return nil, err
	}
	if pid, err := os.ReadFile(filepath.Join(run, "watchdog.pid")); err == nil && alive(string(pid)) {
		return c, nil
	}
	return c, watch(run)
}

func start(ctx context.Context, dir string) (*postgres.Cluster, error) {
	run, err := os.MkdirTemp(dir, "run-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(run, 0o711); err != nil {
		return nil, err
	}
	if err := os.Mkdir(filepath.Join(run, "users"), 0o700); err != nil {
		return nil, err
	}
	if err := enter(run); err != nil {
		return nil, err
	}
	c, err := postgres.NewCluster(run, settings...)
	if err != nil {
		return nil, err
	}
	if err := watch(run); err != nil {
		return nil, err
	}
	if err := c.Start(ctx); err != nil {
		return nil, err
	}
	return c, os.WriteFile(filepath.Join(dir, "current"), []byte(filepath.Base(run)), 0o600)
}

// enter notes this process as a user; the watchdog forgets it when it is gone.
func enter(run string) error {
	return os.WriteFile(filepath.Join(run, "users", strconv.Itoa(os.Getpid())), nil, 0o600)
}

// watch starts the watchdog in a session of its own and with no output of ours,
// so that it outlives this process and go test does not wait for it.
func watch(run string) error {
	cmd := exec.Command("/bin/sh", "-c", watchdog, "dbtest-watchdog", run)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the watchdog: %w", err)
	}
	go func() { _ = cmd.Wait() }() // reaps it; nothing follows from how it ended
	return os.WriteFile(filepath.Join(run, "watchdog.pid"), []byte(strconv.Itoa(cmd.Process.Pid)), 0o600)
}

func alive(pid string) bool {
	n, err := strconv.Atoi(strings.TrimSpace(pid))
	return err == nil && syscall.Kill(n, 0) == nil
}

// patience bounds the start of a cluster and the making of a template.
const patience = 2 * time.Minute
