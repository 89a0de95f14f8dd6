package session

import (
	"context"
	"encoding/json"

	"civilaffairs/internal/account"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
)

// PutProgress keeps a sign-in under way on the server, under a new token: each
// step raises what the cookie is worth.
func (m *Manager) PutProgress(ctx context.Context, p account.Progress, next string) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if err := m.scs.RenewToken(ctx); err != nil {
		return err
	}
	m.scs.Put(ctx, keyProgress, string(data))
	m.scs.Put(ctx, keyNext, next)
	return nil
}

// Progress returns the sign-in under way, if there is one.
func (m *Manager) Progress(ctx context.Context) (account.Progress, bool) {
	var p account.Progress
	data := m.scs.GetString(ctx, keyProgress)
	if data == "" || json.Unmarshal([]byte(data), &p) != nil {
		return account.Progress{}, false
	}
	return p, true
}

// Next returns where the sign-in under way leads: a path of this site.
func (m *Manager) Next(ctx context.Context) string {
	return httpserver.LocalPath(m.scs.GetString(ctx, keyNext), paths.Workspace)
}

// DropProgress gives up a sign-in under way.
func (m *Manager) DropProgress(ctx context.Context) {
	m.scs.Remove(ctx, keyProgress)
	m.scs.Remove(ctx, keyNext)
}
