// Package clamd asks a ClamAV daemon about a stream of bytes (INSTREAM). Part
// of attachment (level 3); no tables.
package clamd

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"
)

// ErrAway is returned by Scan when the daemon cannot be reached at all; asking
// it about another file is of no use then.
var ErrAway = errors.New("clamd: away")

// Client asks one daemon; each scan is one connection.
type Client struct{ network, address string }

// New returns a Client for "unix:/path/to/socket" or "tcp:host:port".
func New(setting string) (*Client, error) {
	network, address, ok := strings.Cut(setting, ":")
	if !ok || address == "" || network != "unix" && network != "tcp" {
		return nil, fmt.Errorf("PORTAL_CLAMD must be unix:/path or tcp:host:port, not %q", setting)
	}
	if network == "tcp" {
		if _, _, err := net.SplitHostPort(address); err != nil {
			return nil, fmt.Errorf("PORTAL_CLAMD: %w", err)
		}
	}
	return &Client{network: network, address: address}, nil
}

const (
	dialTimeout = 5 * time.Second
	scanTimeout = 2 * time.Minute
	chunk       = 64 << 10
	maxAnswer   = 4 << 10
)

// Scan sends r and returns the name of what was found, "" for a clean file. Any
// answer that is neither is an error: silence or a size limit is not “clean”.
func (c *Client) Scan(ctx context.Context, r io.Reader) (found string, err error) {
	d := net.Dialer{Timeout: dialTimeout}
	conn, err := d.DialContext(ctx, c.network, c.address)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrAway, err)
	}
	defer conn.Close()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := conn.SetDeadline(time.Now().Add(scanTimeout)); err != nil {
		return "", fmt.Errorf("clamd: %w", err)
	}
	sendErr := send(conn, r)
	if sendErr != nil { // it may have hung up with an answer (size limit), worth having in the log
		_ = conn.SetDeadline(time.Now().Add(time.Second))
	}
	answer, err := bufio.NewReader(io.LimitReader(conn, maxAnswer)).ReadString(0)
	if sendErr != nil {
		return "", fmt.Errorf("clamd: %w, answered %.200q", sendErr, answer)
	}
	if err != nil {
		return "", fmt.Errorf("clamd: no answer: %w", err)
	}
	return parse(answer)
}

func send(w io.Writer, r io.Reader) error {
	if _, err := w.Write([]byte("zINSTREAM\x00")); err != nil {
		return err
	}
	buf := make([]byte, 4+chunk)
	for {
		n, err := io.ReadFull(r, buf[4:])
		if n > 0 {
			binary.BigEndian.PutUint32(buf, uint32(n))
			if _, err := w.Write(buf[:4+n]); err != nil {
				return err
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			_, err := w.Write([]byte{0, 0, 0, 0})
			return err
		}
		if err != nil {
			return err
		}
	}
}

func parse(answer string) (string, error) {
	verdict := strings.TrimPrefix(strings.TrimRight(answer, "\x00\r\n"), "stream: ")
	if verdict == "OK" {
		return "", nil
	}
	if name, ok := strings.CutSuffix(verdict, " FOUND"); ok && name != "" {
		return name, nil
	}
	return "", fmt.Errorf("clamd: answered %.200q", verdict)
}
