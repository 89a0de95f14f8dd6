package attachment_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/clamd"
	"civilaffairs/internal/attachment/clamd/clamdtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"
)

func scanBench(t *testing.T) (*bench, *clamdtest.Server) {
	t.Helper()
	server := clamdtest.Start(t, "unix")
	scanner, err := attachment.NewScanner(server.Setting())
	if err != nil {
		t.Fatal(err)
	}
	return newBench(t, scanner), server
}

func (b *bench) state(a attachment.Attachment) attachment.Attachment {
	b.t.Helper()
	for _, x := range b.list() {
		if x.ID == a.ID {
			return x
		}
	}
	b.t.Fatalf("%s is gone", a.Filename)
	return a
}

func TestScannerSettlesFiles(t *testing.T) {
	t.Parallel()
	b, _ := scanBench(t)
	ctx := context.Background()
	clean := b.mustAdd("charter", "章程.pdf", pdf("1"), true)
	bad := b.mustAdd("plan", "方案.pdf", pdf(string(clamdtest.EICAR)), true)
	if clean.State != attachment.Checking || bad.State != attachment.Checking {
		t.Fatalf("%s, %s before the scan", clean.State, bad.State)
	}
	if _, err := b.read(b.owner, clean.ID); !errs.Is(err, errs.Conflict) || !strings.Contains(err.Error(), "正在做安全检查") {
		t.Errorf("open before the scan: %v", err)
	}
	if err := b.ScanWaiting(ctx); err != nil {
		t.Fatal(err)
	}
	clean, bad = b.state(clean), b.state(bad)
	if clean.State != attachment.Accepted || clean.ScannedAt == nil {
		t.Errorf("clean: %+v", clean)
	}
	if bad.State != attachment.Refused || !strings.Contains(bad.Reason, clamdtest.Found) || !strings.Contains(bad.Reason, "换一份") {
		t.Errorf("EICAR: %+v", bad)
	}
	if _, err := b.read(b.owner, bad.ID); !errs.Is(err, errs.NotFound) {
		t.Errorf("open EICAR: %v", err)
	}
	if swept, err := b.Sweep(ctx); err != nil || swept.Erased != 1 || b.stored() != 1 {
		t.Errorf("sweep: %+v, %v, %d files", swept, err, b.stored())
	}
	// The answer to a refusal takes its place, without being asked to replace.
	b.mustAdd("plan", "方案2.pdf", pdf("2"), false)
	if all := b.list(); len(all) != 2 {
		t.Errorf("%d files listed", len(all))
	}
}

func TestDeadScannerDelaysAndLosesNothing(t *testing.T) {
	t.Parallel()
	b, server := scanBench(t)
	ctx := context.Background()
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	server.Stop()
	for range 3 {
		if err := b.ScanWaiting(ctx); err == nil {
			t.Error("a dead scanner is not noticed")
		}
		if err := b.ScanOne(ctx, attachment.ScanArgs{ID: a.ID}); err != nil {
			t.Errorf("the job gives up: %v", err)
		}
		if got := b.state(a).State; got != attachment.Checking {
			t.Fatalf("state %s", got)
		}
	}
	server.Restart(t)
	server.Answer("INSTREAM size limit exceeded. ERROR\x00")
	if err := b.ScanWaiting(ctx); err != nil || b.state(a).State != attachment.Checking {
		t.Errorf("an answer that is no verdict: %v, %s", err, b.state(a).State)
	}
	server.Answer("stream: OK\x00")
	if err := b.ScanOne(ctx, attachment.ScanArgs{ID: a.ID}); err != nil || b.state(a).State != attachment.Accepted {
		t.Errorf("after its return: %v, %s", err, b.state(a).State)
	}
	before := server.Scans()
	if err := b.ScanOne(ctx, attachment.ScanArgs{ID: a.ID}); err != nil || server.Scans() != before {
		t.Errorf("scanned again: %v", err)
	}
}

func TestScannerTakenAwayAcceptsWhatWaits(t *testing.T) {
	t.Parallel()
	b, server := scanBench(t)
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	server.Stop()
	if err := b.service(b.store, nil).ScanWaiting(context.Background()); err != nil {
		t.Fatal(err)
	}
	if got := b.state(a); got.State != attachment.Accepted || got.ScannedAt != nil {
		t.Errorf("%+v", got)
	}
}

// The owner's feature hears of a late refusal in the transaction that makes it.
func TestRefusalReachesTheOwner(t *testing.T) {
	t.Parallel()
	b, _ := scanBench(t)
	ctx := context.Background()
	var heard []string
	fail := true
	b.OnRefused("application", func(_ context.Context, _ postgres.Tx, _ time.Time, a attachment.Attachment) error {
		if fail {
			return errs.New(errs.Unavailable, "x")
		}
		heard = append(heard, a.Slot+" "+string(a.State))
		return nil
	})
	bad := b.mustAdd("plan", "a.pdf", pdf(string(clamdtest.EICAR)), true)
	_ = b.ScanWaiting(ctx)
	if got := b.state(bad).State; got != attachment.Checking {
		t.Errorf("settled without its reaction: %s", got)
	}
	fail = false
	if err := b.ScanWaiting(ctx); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(heard, ","); got != "plan refused" {
		t.Errorf("heard %q", got)
	}
}

// Removing a file while it is scanned wins; the scan changes nothing then.
func TestRemovedWhileScanned(t *testing.T) {
	t.Parallel()
	b, server := scanBench(t)
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	hooked := b.service(b.store, scanFunc(func() {
		err := b.tx(func(tx postgres.Tx, now time.Time) error {
			return b.Remove(context.Background(), tx, now, b.actor, b.owner, a.ID, a.Version)
		})
		if err != nil {
			t.Error(err)
		}
	}, t, server))
	if err := hooked.ScanOne(context.Background(), attachment.ScanArgs{ID: a.ID}); err != nil {
		t.Fatal(err)
	}
	if len(b.list()) != 0 {
		t.Error("the scan brought the file back")
	}
}

func TestJobsRunTheScan(t *testing.T) {
	t.Parallel()
	server := clamdtest.Start(t, "tcp")
	scanner, err := clamd.New(server.Setting())
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t, nil)
	ctx := context.Background()
	reg := jobs.NewRegistry()
	if err := jobs.Migrate(ctx, b.db.Owner); err != nil {
		t.Fatal(err)
	}
	client, err := jobs.New(b.db.App, reg, jobs.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b.Service = attachment.New(b.db.App, b.store, scanner, client, slog.New(slog.DiscardHandler))
	b.RegisterJobs(reg)
	a := b.mustAdd("charter", "a.pdf", pdf("1"), true)
	var waiting int
	if err := b.db.Owner.QueryRow(ctx, `select count(*) from river_job where kind = 'attachment.scan'`).Scan(&waiting); err != nil || waiting != 1 {
		t.Errorf("%d jobs, %v", waiting, err)
	}
	if err := client.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if got := b.state(a).State; got != attachment.Accepted {
		t.Errorf("state %s", got)
	}
	if !bytes.Contains(server.Last(), []byte("%PDF")) {
		t.Error("the daemon saw nothing")
	}
}
