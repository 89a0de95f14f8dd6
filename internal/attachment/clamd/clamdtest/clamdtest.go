// Package clamdtest is a ClamAV daemon for tests: it speaks INSTREAM, knows one
// signature, EICAR, and can be told to answer anything or to go away. Part of
// attachment (level 3); imported by tests only.
package clamdtest

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
)

// EICAR is the harmless test file that every scanner finds; put together here
// so that no scanner objects to this source.
var EICAR = []byte(`X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS` + `-TEST-FILE!$H+H*`)

// Found is the name under which EICAR is reported.
const Found = "Win.Test.EICAR_HDB-1"

// Server is one daemon. Safe for concurrent use.
type Server struct {
	network, address string

	mu     sync.Mutex
	ln     net.Listener
	answer *string
	last   []byte
	scans  int
}

// Start runs a daemon on "tcp" or "unix" until the test ends.
func Start(t testing.TB, network string) *Server {
	t.Helper()
	address := "127.0.0.1:0"
	if network == "unix" {
		address = filepath.Join(t.TempDir(), "clamd.sock")
	}
	s := &Server{network: network}
	ln, err := net.Listen(network, address)
	if err != nil {
		t.Fatal(err)
	}
	s.address = ln.Addr().String()
	s.serve(ln)
	t.Cleanup(s.Stop)
	return s
}

// Setting is the value for PORTAL_CLAMD.
func (s *Server) Setting() string { return s.network + ":" + s.address }

// Stop makes the daemon go away; Restart brings it back at the same address.
func (s *Server) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ln != nil {
		_ = s.ln.Close()
		s.ln = nil
	}
}

// Restart listens again after Stop.
func (s *Server) Restart(t testing.TB) {
	t.Helper()
	ln, err := net.Listen(s.network, s.address)
	if err != nil {
		t.Fatal(err)
	}
	s.serve(ln)
}

// Answer makes every later scan get exactly these bytes.
func (s *Server) Answer(bytes string) { s.mu.Lock(); s.answer = &bytes; s.mu.Unlock() }

// Last returns the bytes of the latest scan.
func (s *Server) Last() []byte { s.mu.Lock(); defer s.mu.Unlock(); return s.last }

// Scans returns how many streams were received whole.
func (s *Server) Scans() int { s.mu.Lock(); defer s.mu.Unlock(); return s.scans }

func (s *Server) serve(ln net.Listener) {
	s.mu.Lock()
	s.ln = ln
	s.mu.Unlock()
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go s.scan(conn)
		}
	}()
}

func (s *Server) scan(conn net.Conn) {
	defer conn.Close()
	command := make([]byte, len("zINSTREAM\x00"))
	if _, err := io.ReadFull(conn, command); err != nil || string(command) != "zINSTREAM\x00" {
		return
	}
	var data bytes.Buffer
	for {
		var n uint32
		if err := binary.Read(conn, binary.BigEndian, &n); err != nil {
			return
		}
		if n == 0 {
			break
		}
		if _, err := io.CopyN(&data, conn, int64(n)); err != nil {
			return
		}
	}
	answer := "stream: OK\x00"
	if bytes.Contains(data.Bytes(), EICAR) {
		answer = "stream: " + Found + " FOUND\x00"
	}
	s.mu.Lock()
	s.last, s.scans = data.Bytes(), s.scans+1
	if s.answer != nil {
		answer = *s.answer
	}
	s.mu.Unlock()
	_, _ = io.WriteString(conn, answer)
}
