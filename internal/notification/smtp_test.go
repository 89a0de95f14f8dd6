package notification

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// received is one mail as the server took it.
type received struct {
	ID, To, Subject, Encoding, Type, Body string
}

// postOffice is a small SMTP server. Its fields say how it behaves; a test sets
// them while no mail is under way.
type postOffice struct {
	t       *testing.T
	address string
	refuse  map[string]string // recipient → answer to RCPT
	mute    bool              // takes a mail and hangs up without saying so

	mu       sync.Mutex
	listener net.Listener
	mails    []received
}

// openPostOffice listens on a free port; address stays its own when closed.
func openPostOffice(t *testing.T) *postOffice {
	t.Helper()
	p := &postOffice{t: t, address: "127.0.0.1:0", refuse: map[string]string{}}
	p.open()
	t.Cleanup(p.close)
	return p
}

func (p *postOffice) open() {
	p.t.Helper()
	l, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.listener, p.address = l, l.Addr().String()
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(conn)
		}
	}()
}

func (p *postOffice) close() { _ = p.listener.Close() }

func (p *postOffice) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	say := func(line string) { fmt.Fprintf(conn, "%s\r\n", line) }
	say("220 post office")
	to := ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb, rest, _ := strings.Cut(strings.TrimSpace(line), " "); strings.ToUpper(verb) {
		case "EHLO":
			say("250-post office")
			say("250 8BITMIME")
		case "RCPT":
			to = strings.Trim(strings.TrimPrefix(rest, "TO:"), "<>")
			if answer, refused := p.refuse[to]; refused {
				say(answer)
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go on")
			p.take(to, in)
			if p.mute {
				return
			}
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default: // MAIL, RSET, NOOP
			say("250 ok")
		}
	}
}

func (p *postOffice) take(to string, in *bufio.Reader) {
	var text strings.Builder
	for {
		line, err := in.ReadString('\n')
		if err != nil || line == ".\r\n" {
			break
		}
		text.WriteString(strings.TrimPrefix(line, ".")) // dot stuffing
	}
	msg, err := mail.ReadMessage(strings.NewReader(text.String()))
	if err != nil {
		p.t.Errorf("not a mail: %v", err)
		return
	}
	body, _ := io.ReadAll(msg.Body)
	subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
	if err != nil {
		p.t.Errorf("subject: %v", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mails = append(p.mails, received{msg.Header.Get("Message-ID"), to, subject,
		msg.Header.Get("Content-Transfer-Encoding"), msg.Header.Get("Content-Type"), string(body)})
}

// byID counts the mails of each Message-ID.
func (p *postOffice) byID() map[string]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	count := map[string]int{}
	for _, m := range p.mails {
		count[m.ID]++
	}
	return count
}
