package postgres

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

// database is the name of the one database of an embedded server.
const database = "portal"

// Embedded is the Postgres that the portal runs by itself when it is given no
// database URL. It keeps its data durably and survives a kill of either side.
type Embedded struct {
	cluster *Cluster
	lock    *os.File
	log     *slog.Logger
	stop    chan struct{}
	watched sync.WaitGroup
}

// StartEmbedded starts the server whose data is in dir, or adopts the one that a
// killed portal left behind. A second portal on the same dir is refused. The
// server is started again when it ends unexpectedly, until Close.
func StartEmbedded(ctx context.Context, dir string, log *slog.Logger) (_ *Embedded, err error) {
	if dir, err = reachable(dir, log); err != nil {
		return nil, err
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			unlockDir(lock)
		}
	}()
	c, err := NewCluster(dir, "timezone=UTC", "log_checkpoints=off", "jit=off")
	if err != nil {
		return nil, err
	}
	e := &Embedded{cluster: c, lock: lock, log: log, stop: make(chan struct{})}
	if err := c.Start(ctx); err != nil {
		return nil, err
	}
	if err := e.createDatabase(ctx); err != nil {
		_ = c.Stop() // the first error is the one to tell
		return nil, err
	}
	e.watched.Go(e.watch)
	return e, nil
}

// OwnerURL is the connection string for migrations.
func (e *Embedded) OwnerURL() string { return e.cluster.URL(OwnerRole, database) }

// AppURL is the connection string for serving.
func (e *Embedded) AppURL() string { return e.cluster.URL(AppRole, database) }

// Close stops the server and releases the data directory.
func (e *Embedded) Close() error {
	close(e.stop)
	e.watched.Wait()
	defer unlockDir(e.lock)
	return e.cluster.Stop()
}

// watch starts the server again when it was killed. Its orphaned children may
// hold the shared memory for a moment, hence the retries.
func (e *Embedded) watch() {
	for {
		select {
		case <-e.stop:
			return
		case <-e.cluster.exited:
		}
		e.log.Error("embedded Postgres ended unexpectedly, starting it again", "log", e.cluster.LogFile())
		for e.restart() != nil {
			select {
			case <-e.stop:
				return
			case <-time.After(200 * time.Millisecond):
			}
		}
	}
}

func (e *Embedded) restart() error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := e.cluster.Start(ctx)
	if err != nil {
		e.log.Error("embedded Postgres does not start", "error", err)
	}
	return err
}

func (e *Embedded) createDatabase(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, e.cluster.URL(OwnerRole, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists); err != nil || exists {
		return err
	}
	_, err = conn.Exec(ctx, `create database `+database)
	return err
}

// reachable makes dir, or when we are root and the server's user could not enter
// it (a home is 0700), a directory under /var/lib that is bound to dir's name.
func reachable(dir string, log *slog.Logger) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if os.Geteuid() == 0 && !traversable(dir) {
		instead := filepath.Join("/var/lib", fmt.Sprintf("portal-%x", sha256.Sum256([]byte(dir)))[:20])
		log.Warn("the database user cannot enter the data directory", "dir", dir, "instead", instead)
		dir = instead
	}
	return dir, os.MkdirAll(dir, 0o711)
}

// lockDir takes the data directory for this process; a kill releases it.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "portal.lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := io.ReadAll(f)
		f.Close()
		return nil, fmt.Errorf("data directory %s is in use by process %s", dir, strings.TrimSpace(string(holder)))
	}
	if err := f.Truncate(0); err != nil {
		f.Close()
		return nil, err
	}
	_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	return f, err
}

// unlockDir gives the data directory back. Closing alone would not, as long as a
// child that is being started still has a copy of the descriptor.
func unlockDir(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN)
	f.Close()
}
