package session

import (
	"net/http"
	"net/netip"
	"strings"
)

// ClientIP returns the visitor's address. X-Forwarded-For is read from its end
// and only as far as each hop is a trusted proxy: everything before was written
// by the visitor.
func (m *Manager) ClientIP(r *http.Request) string {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return ""
	}
	ip := peer.Addr().Unmap()
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && m.trusted(ip); i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		ip = hop.Unmap()
	}
	return ip.String()
}

func (m *Manager) trusted(ip netip.Addr) bool {
	for _, p := range m.proxies {
		if p.Contains(ip) {
			return true
		}
	}
	return false
}
