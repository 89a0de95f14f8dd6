package main

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/secret"
)

// portal runs the command line and returns what it wrote and its exit status.
func portal(t *testing.T, stdin string, environ []string, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	status = run(t.Context(), args, environ, streams{strings.NewReader(stdin), &o, &e})
	return o.String(), e.String(), status
}

func TestWrongSettingsAreOneClearLine(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		environ, args []string
		says          string
	}{
		"misspelt variable": {[]string{"PORTAL_ADRESS=x"}, []string{"serve"}, "PORTAL_ADRESS is not a setting"},
		"malformed value":   {nil, []string{"serve", "--addr=nine"}, "PORTAL_ADDR"},
		"plain http":        {nil, []string{"serve", "--base-url=http://minzheng.example"}, "PORTAL_BASE_URL"},
		"unknown flag":      {nil, []string{"serve", "--colour"}, "unknown flag --colour"},
		"no command":        {nil, nil, "expected one of"},
		"bulk of nothing":   {nil, []string{"demo"}, "--projects"},
		"demo elsewhere":    {nil, []string{"migrate", "--demo"}, "unknown flag --demo"},
	} {
		_, errs, status := portal(t, "", c.environ, c.args...)
		if status != 2 || !strings.Contains(errs, c.says) || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: status %d, %q, want one line with %q", name, status, errs, c.says)
		}
	}
}

func TestHelpNamesEverySetting(t *testing.T) {
	t.Parallel()
	out, _, status := portal(t, "", nil, "serve", "--help")
	if status != 0 {
		t.Fatalf("status %d", status)
	}
	for _, name := range []string{"ADDR", "OPS_ADDR", "DATABASE_URL", "MIGRATE_URL", "READ_URL", "DATA_DIR", "FILES_URL", "BASE_URL",
		"SECRET_FILE", "SMTP_URL", "CLAMD", "TRUSTED_PROXIES"} {
		flag := "--" + strings.ReplaceAll(strings.ToLower(name), "_", "-")
		if !strings.Contains(out, "$PORTAL_"+name) || !strings.Contains(out, flag) {
			t.Errorf("help lacks %s or PORTAL_%s", flag, name)
		}
	}
}

func TestVariablesAndFlagsAreTheSameSetting(t *testing.T) {
	t.Setenv("PORTAL_CLAMD", "nowhere")
	if _, errs, status := portal(t, "", os.Environ(), "migrate"); status != 2 || !strings.Contains(errs, "PORTAL_CLAMD") {
		t.Errorf("variable: %d %s", status, errs)
	}
	// The flag wins, and the next complaint is the command's own.
	if _, errs, status := portal(t, "", os.Environ(), "migrate", "--clamd=127.0.0.1:3310"); status != 1 || !strings.Contains(errs, "PORTAL_MIGRATE_URL") {
		t.Errorf("flag: %d %s", status, errs)
	}
}

func TestExportIsVerifiedOffline(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keyFile := filepath.Join(dir, "secret.key")
	if err := secret.Generate(keyFile); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(keyFile)
	if err != nil {
		t.Fatal(err)
	}
	db := dbtest.New(t)
	settings := []string{"--secret-file=" + keyFile, "--data-dir=" + dir}
	out, errs, status := portal(t, "", nil, append(settings, "audit", "export", "--database-url="+db.AppURL(), "--migrate-url="+db.OwnerURL())...)
	if status != 0 {
		t.Fatalf("export: %d %s", status, errs)
	}
	sound := filepath.Join(dir, "sound.jsonl")
	if err := os.WriteFile(sound, []byte(out), 0o600); err != nil {
		t.Fatal(err)
	}
	key := "--key=" + hex.EncodeToString(keys.PublicKey())
	if out, errs, status := portal(t, "", nil, "audit", "verify", sound, key); status != 0 || !strings.Contains(out, "核对通过") {
		t.Errorf("sound export by its key: %d %s %s", status, out, errs)
	}
	if _, errs, status := portal(t, "", nil, append(settings, "audit", "verify", sound)...); status != 0 {
		t.Errorf("sound export by the secret file: %d %s", status, errs)
	}
	altered := filepath.Join(dir, "altered.jsonl")
	if err := os.WriteFile(altered, []byte("{}\n"+out), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, _, status := portal(t, "", nil, "audit", "verify", altered, key); status != 1 || !strings.Contains(out, "核对不通过") {
		t.Errorf("altered export: %d %s", status, out)
	}
	for _, wrong := range []string{"--key=abc", "--head=7", "--head=x:00"} {
		if _, errs, status := portal(t, "", nil, append(settings, "audit", "verify", sound, wrong)...); status != 1 || strings.Count(errs, "\n") != 1 {
			t.Errorf("%s: %d %q", wrong, status, errs)
		}
	}
}

// Bulk data never get near real ones: the demo is refused before them.
func TestBulkDataAreRefusedOnRealData(t *testing.T) {
	t.Parallel()
	db, dir := dbtest.New(t), t.TempDir()
	at := []string{"--data-dir=" + dir, "--database-url=" + db.AppURL(), "--migrate-url=" + db.OwnerURL()}
	if _, errs, status := portal(t, "Sehr-Langes-2026\n", nil, append([]string{"user", "create", "--username=admin", "--name=管理员", "--role=admin_system"}, at...)...); status != 0 {
		t.Fatalf("user create: %d %s", status, errs)
	}
	if _, errs, status := portal(t, "", nil, append([]string{"demo", "--projects=5"}, at...)...); status != 1 || !strings.Contains(errs, "real data") {
		t.Errorf("%d %q", status, errs)
	}
	var n int
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from organization`).Scan(&n); err != nil || n > 0 {
		t.Errorf("%d organizations: %v", n, err)
	}
}
