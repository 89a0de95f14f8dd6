package app

import (
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestZeroConfigIsALoopbackPortal(t *testing.T) {
	t.Parallel()
	c, err := Config{}.Complete()
	if err != nil {
		t.Fatal(err)
	}
	if c.BaseURL != "http://127.0.0.1:8080" || c.Secure() || !c.Embedded() || !filepath.IsAbs(c.DataDir) || c.OpsOff() {
		t.Fatalf("%+v", c)
	}
	again, err := c.Complete()
	if err != nil || again.FilesURL != c.FilesURL || again.SecretFile != c.SecretFile {
		t.Fatalf("completing twice changes %+v to %+v (%v)", c, again, err)
	}
}

func TestGoodSettings(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Config{
		"https behind a proxy": {BaseURL: "https://minzheng.example.gov.cn/", TrustedProxies: []string{"10.0.0.0/8", " 192.0.2.1", "::1"}},
		"all interfaces":       {Addr: ":8080", BaseURL: "https://a.example"},
		"random port":          {Addr: "127.0.0.1:0", OpsAddr: "127.0.0.1:0", BaseURL: "http://localhost:9"},
		"no operations":        {OpsAddr: "off"},
		"two hosts":            {DatabaseURL: "postgres://portal_app@h1:5432,h2:5433/p?target_session_attrs=read-write", MigrateURL: "postgresql://o@h1/p", ReadURL: "postgres://portal_app@h3/p"},
		"socket":               {DatabaseURL: "postgres://portal_app@/p?host=%2Frun%2Fpg"},
		"demo on the LAN":      {Addr: "0.0.0.0:8080", BaseURL: "http://192.168.1.5:8080", Demo: true},
		"store":                {FilesURL: "s3://key:secret@127.0.0.1:7070/files"},
		"directory":            {FilesURL: "file:///srv/files"},
		"mail":                 {SMTPURL: "smtps://u:p@mail.example:465"},
		"scanner":              {Clamd: "127.0.0.1:3310"},
		"scanner's socket":     {Clamd: "/run/clamav/clamd.ctl"},
	} {
		if _, err := c.Complete(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBadSettingsAreNamed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config Config
		names  string
	}{
		{Config{Addr: "8080"}, "PORTAL_ADDR"},
		{Config{Addr: "127.0.0.1:99999"}, "PORTAL_ADDR"},
		{Config{Addr: "portal.example:80"}, "PORTAL_ADDR"},
		{Config{OpsAddr: "nine"}, "PORTAL_OPS_ADDR"},
		{Config{OpsAddr: "127.0.0.1:8080"}, "PORTAL_OPS_ADDR"},
		{Config{DatabaseURL: "mysql://root@db/p"}, "PORTAL_DATABASE_URL"},
		{Config{DatabaseURL: "postgres://u:geheim@h:port/p"}, "PORTAL_DATABASE_URL"},
		{Config{MigrateURL: "postgres://o@h/p"}, "PORTAL_MIGRATE_URL"},
		{Config{ReadURL: "postgres://o@h/p"}, "PORTAL_READ_URL"},
		{Config{FilesURL: "/srv/files"}, "PORTAL_FILES_URL"},
		{Config{FilesURL: "file://srv/files"}, "PORTAL_FILES_URL"},
		{Config{FilesURL: "s3://bucket"}, "PORTAL_FILES_URL"},
		{Config{FilesURL: "s3://key:geheim@ho st/b"}, "PORTAL_FILES_URL"},
		{Config{BaseURL: "portal.example"}, "PORTAL_BASE_URL"},
		{Config{BaseURL: "https://portal.example/path"}, "PORTAL_BASE_URL"},
		{Config{BaseURL: "http://portal.example"}, "PORTAL_BASE_URL"},
		{Config{Addr: "0.0.0.0:8080"}, "PORTAL_BASE_URL"}, // its default would be plain http for everyone
		{Config{BaseURL: "http://127.0.0.1.example"}, "PORTAL_BASE_URL"},
		{Config{SMTPURL: "mail.example:25"}, "PORTAL_SMTP_URL"},
		{Config{SMTPURL: "smtp://u:geheim@:x"}, "PORTAL_SMTP_URL"},
		{Config{Clamd: "clamd"}, "PORTAL_CLAMD"},
		{Config{TrustedProxies: []string{"10.0.0.0/99"}}, "PORTAL_TRUSTED_PROXIES"},
		{Config{TrustedProxies: []string{"proxy"}}, "PORTAL_TRUSTED_PROXIES"},
	} {
		_, err := c.config.Complete()
		if err == nil || !strings.HasPrefix(err.Error(), c.names+": ") {
			t.Errorf("%+v: %v, want %s", c.config, err, c.names)
			continue
		}
		if strings.Contains(err.Error(), "geheim") || strings.Contains(err.Error(), "\n") {
			t.Errorf("%+v: shows a password or takes several lines: %v", c.config, err)
		}
	}
}

func TestEveryWrongSettingIsNamedAtOnce(t *testing.T) {
	t.Parallel()
	_, err := Config{Addr: "x", Clamd: "y"}.Complete()
	if err == nil || !strings.Contains(err.Error(), "PORTAL_ADDR") || !strings.Contains(err.Error(), "PORTAL_CLAMD") {
		t.Fatal(err)
	}
}

func TestProxiesAreRanges(t *testing.T) {
	t.Parallel()
	got := Config{TrustedProxies: []string{"10.1.2.3/8", "192.0.2.1"}}.Proxies()
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("192.0.2.1/32")}
	if !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

func TestUnknownVariablesAreRefused(t *testing.T) {
	t.Parallel()
	if err := CheckEnvironment([]string{"HOME=/root", "PORTAL_ADDR=:1", "PORTAL_SMTP_URL=x", "MYPORTAL_X=1"}); err != nil {
		t.Error(err)
	}
	err := CheckEnvironment([]string{"PORTAL_ADRR=:1"})
	if err == nil || !strings.HasPrefix(err.Error(), "PORTAL_ADRR is not a setting") {
		t.Error(err)
	}
}
