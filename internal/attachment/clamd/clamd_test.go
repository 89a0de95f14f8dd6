package clamd_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"testing/iotest"

	"civilaffairs/internal/attachment/clamd"
	"civilaffairs/internal/attachment/clamd/clamdtest"
)

func TestScan(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"tcp", "unix"} {
		server := clamdtest.Start(t, network)
		c, err := clamd.New(server.Setting())
		if err != nil {
			t.Fatal(err)
		}
		long := bytes.Repeat([]byte("0123456789"), 50_000) // several chunks
		if found, err := c.Scan(context.Background(), bytes.NewReader(long)); err != nil || found != "" {
			t.Errorf("%s clean: %q, %v", network, found, err)
		}
		if got := server.Last(); !bytes.Equal(got, long) {
			t.Errorf("%s: the daemon received %d bytes, not %d", network, len(got), len(long))
		}
		split := append(bytes.Repeat([]byte("x"), 64<<10-10), clamdtest.EICAR...) // across two chunks
		if found, err := c.Scan(context.Background(), bytes.NewReader(split)); err != nil || found != clamdtest.Found {
			t.Errorf("%s EICAR: %q, %v", network, found, err)
		}
		if found, err := c.Scan(context.Background(), strings.NewReader("")); err != nil || found != "" {
			t.Errorf("%s empty: %q, %v", network, found, err)
		}
	}
}

// Whatever is not a clear OK is an error: no failure reads as “clean”.
func TestNoAnswerIsNotClean(t *testing.T) {
	t.Parallel()
	server := clamdtest.Start(t, "tcp")
	c, err := clamd.New(server.Setting())
	if err != nil {
		t.Fatal(err)
	}
	for _, answer := range []string{"INSTREAM size limit exceeded. ERROR\x00", "stream: OK", "", "\x00", "stream: okay\x00",
		"stream: FOUND\x00", "UNKNOWN COMMAND\x00", strings.Repeat("a", 10_000) + "\x00"} {
		server.Answer(answer)
		if found, err := c.Scan(context.Background(), strings.NewReader("x")); err == nil {
			t.Errorf("answer %.20q taken as %q", answer, found)
		}
	}
	server.Answer("")
	if _, err := c.Scan(context.Background(), iotest.ErrReader(errors.New("disk"))); err == nil {
		t.Error("a file that cannot be read is clean")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.Scan(ctx, strings.NewReader("x")); err == nil {
		t.Error("an ended context is clean")
	}
	server.Stop()
	if _, err := c.Scan(context.Background(), strings.NewReader("x")); err == nil {
		t.Error("a dead daemon is clean")
	}
}

func TestSetting(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"clamd", "unix:", "tcp:", "tcp:localhost", "http://x", "udp:x:1", ":3310"} {
		if _, err := clamd.New(bad); err == nil {
			t.Errorf("%q taken", bad)
		}
	}
	for _, good := range []string{"unix:/run/clamd.sock", "tcp:127.0.0.1:3310", "tcp:" + net.JoinHostPort("::1", "3310")} {
		if _, err := clamd.New(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
}
