package postgres

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// The two roles of every database: the owner migrates, the other serves.
const (
	OwnerRole = "portal_owner"
	AppRole   = "portal_app"
)

// Cluster is a Postgres server of our own on a Unix socket that only we (and
// root) can reach; it needs no password and no port. Embedded and dbtest use it.
type Cluster struct {
	dir      string // data/, postgres.log
	socket   string // directory of the socket
	settings []string
	server   server
	cred     *syscall.Credential // not nil: we are root, the server is not
	exited   chan struct{}       // closed when the server is gone
}

// NewCluster prepares a cluster under dir without starting it. settings are
// server parameters as name=value.
func NewCluster(dir string, settings ...string) (*Cluster, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, settings: settings, socket: filepath.Join(dir, "socket")}
	// A socket's path holds 103 bytes on macOS, 107 on Linux; a deep directory gets a short stand-in.
	if len(c.socket) > 80 {
		c.socket = filepath.Join(os.TempDir(), fmt.Sprintf("portal-pg-%x", sha256.Sum256([]byte(dir)))[:26])
	}
	major := 0
	if b, err := os.ReadFile(c.data("PG_VERSION")); err == nil {
		major, _ = strconv.Atoi(strings.TrimSpace(string(b)))
	}
	if c.server, err = findServer(major); err != nil && major != 0 {
		return nil, fmt.Errorf("%s was made by Postgres %d: %w", c.dir, major, err)
	} else if err != nil {
		return nil, err
	}
	c.cred, err = unprivileged()
	return c, err
}

func (c *Cluster) data(name string) string { return filepath.Join(c.dir, "data", name) }

// LogFile is where the server writes. It never inherits our output: it would
// keep the pipe of make or go test open after we are gone.
func (c *Cluster) LogFile() string { return filepath.Join(c.dir, "postgres.log") }

// URL returns the connection string of a role and a database.
func (c *Cluster) URL(role, database string) string {
	q := url.Values{"host": {c.socket}, "port": {"5432"}, "sslmode": {"disable"}}
	u := url.URL{Scheme: "postgres", User: url.User(role), Path: "/" + database, RawQuery: q.Encode()}
	return u.String()
}

// answers is how long Start gives a server left behind before it ends it.
const answers = 3 * time.Second

// Start brings the server up and waits until it answers. A server left behind
// by a killed process is adopted; a data directory is made on the first start.
func (c *Cluster) Start(ctx context.Context) error {
	if pid := c.Pid(); pid != 0 {
		if err := c.ping(ctx, answers, nil); err == nil {
			c.adopt()
			return nil
		}
		if err := c.Stop(); err != nil {
			return err
		}
	}
	if err := c.prepare(ctx); err != nil {
		return err
	}
	return c.launch(ctx)
}

// Join waits for a running server of this directory that others use too. Unlike
// Start it never ends one that is slow to answer: it may be busy with their work.
func (c *Cluster) Join(ctx context.Context) error {
	if c.Pid() == 0 {
		return fmt.Errorf("no server runs in %s", c.dir)
	}
	c.adopt()
	return c.ping(ctx, time.Minute, c.exited)
}

// adopt follows a server that is not our child, and can only be asked for.
func (c *Cluster) adopt() {
	exited := make(chan struct{})
	c.exited = exited
	go func() {
		for c.Pid() != 0 {
			time.Sleep(500 * time.Millisecond)
		}
		close(exited)
	}()
}

func (c *Cluster) prepare(ctx context.Context) error {
	if err := os.MkdirAll(c.dir, 0o711); err != nil {
		return err
	}
	for _, dir := range []string{c.data(""), c.socket} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
		if err := os.Chmod(dir, 0o700); err != nil { // fails when it is someone else's
			return err
		}
		if c.cred != nil {
			if err := os.Lchown(dir, int(c.cred.Uid), int(c.cred.Gid)); err != nil {
				return err
			}
		}
	}
	if _, err := os.Stat(c.data("PG_VERSION")); err == nil {
		return nil
	}
	args := []string{"-D", c.data(""), "-U", OwnerRole, "--auth=trust", "--encoding=UTF8", "--locale=" + locale(), "--no-instructions"}
	if slices.Contains(c.settings, "fsync=off") {
		args = append(args, "--no-sync")
	}
	var out bytes.Buffer
	cmd := c.command(ctx, "initdb", args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb in %s: %w: %s", c.dir, err, strings.TrimSpace(out.String()))
	}
	return nil
}

func (c *Cluster) launch(ctx context.Context) error {
	log, err := os.OpenFile(c.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	args := []string{"-D", c.data(""), "-k", c.socket, "-p", "5432", "-c", "listen_addresses="}
	for _, s := range c.settings {
		args = append(args, "-c", s)
	}
	cmd := c.command(context.WithoutCancel(ctx), "postgres", args...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return err
	}
	exited := make(chan struct{})
	c.exited = exited
	go func() { _ = cmd.Wait(); close(exited) }() // its words are in the log file
	return c.ping(ctx, 60*time.Second, exited)
}

func (c *Cluster) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(c.server.bin, name), args...)
	cmd.Dir, cmd.Env = "/", c.server.env()
	// Its own process group: Ctrl-C reaches us, and we stop the server last.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: c.cred}
	return cmd
}

// ping waits until the server of this directory answers, patience is over or
// exited is closed.
func (c *Cluster) ping(ctx context.Context, patience time.Duration, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL(OwnerRole, "postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-exited:
			return fmt.Errorf("postgres stopped while starting; its log is %s: %s", c.LogFile(), c.lastLog())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer; its log is %s: %w", c.LogFile(), err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (c *Cluster) lastLog() string {
	b, _ := os.ReadFile(c.LogFile())
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// Stop ends the server in order (clients are cut off) and waits for it; a
// server that is not running is no error.
func (c *Cluster) Stop() error {
	pid := c.Pid()
	if pid == 0 {
		return nil
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGKILL} {
		if err := syscall.Kill(pid, signal); errors.Is(err, syscall.ESRCH) {
			return nil
		} else if err != nil {
			return fmt.Errorf("stop Postgres %d: %w", pid, err)
		}
		for deadline := time.Now().Add(15 * time.Second); time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			if c.Pid() == 0 {
				return nil
			}
		}
	}
	return fmt.Errorf("postgres %d does not stop", pid)
}

// Pid returns the process id of the running server, 0 when there is none. A pid
// file whose number now belongs to another program is stale, as happens after a
// kill in a container where numbers start again; it is removed.
func (c *Cluster) Pid() int {
	b, err := os.ReadFile(c.data("postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0 // Postgres itself clears a file whose process is gone
	}
	command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err == nil && !bytes.Contains(command, []byte("-D\x00"+c.data("")+"\x00")) {
		_ = os.Remove(c.data("postmaster.pid"))
		return 0
	}
	return pid
}
