package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Config is every setting of the portal: a flag, and the environment variable in
// its tag. The zero value is a portal on loopback with embedded Postgres.
type Config struct {
	Addr           string   `env:"PORTAL_ADDR" placeholder:"127.0.0.1:8080" help:"Listen here for visitors."`
	OpsAddr        string   `env:"PORTAL_OPS_ADDR" placeholder:"127.0.0.1:8081" help:"Listen here for /metrics; off to listen nowhere."`
	DatabaseURL    string   `env:"PORTAL_DATABASE_URL" placeholder:"URL" help:"Database as role portal_app; without it an embedded Postgres lives in the data directory."`
	MigrateURL     string   `env:"PORTAL_MIGRATE_URL" placeholder:"URL" help:"The same database as its owner, for migrations."`
	ReadURL        string   `env:"PORTAL_READ_URL" placeholder:"URL" help:"A standby for public reads."`
	DataDir        string   `env:"PORTAL_DATA_DIR" placeholder:".data" help:"Directory of the embedded Postgres, files and keys."`
	FilesURL       string   `env:"PORTAL_FILES_URL" placeholder:"file:///DIR" help:"Where uploads are kept: file:///DIR, or s3://KEY:SECRET@HOST/BUCKET for an S3-compatible store."`
	BaseURL        string   `env:"PORTAL_BASE_URL" placeholder:"http://127.0.0.1:8080" help:"What visitors type. https makes cookies Secure; http only on loopback or in demo."`
	SecretFile     string   `env:"PORTAL_SECRET_FILE" placeholder:".data/secret.key" help:"Keys of sensitive fields and seals; made on the first start."`
	SMTPURL        string   `name:"smtp-url" env:"PORTAL_SMTP_URL" placeholder:"URL" help:"smtp:// or smtps:// server for mail; without it mail stays in the outbox."`
	Clamd          string   `env:"PORTAL_CLAMD" placeholder:"HOST:PORT" help:"Virus scanner: HOST:PORT or the path of its socket."`
	TrustedProxies []string `env:"PORTAL_TRUSTED_PROXIES" placeholder:"CIDR" help:"Proxies whose X-Forwarded-For is believed, separated by commas."`

	Demo        bool `kong:"-"` // demo data; second factor waived
	CheapHashes bool `kong:"-"` // tests only: passwords cost little
}

// setting is one check of Complete: the variable's name and what is wrong.
func setting(name, format string, args ...any) error {
	return fmt.Errorf("PORTAL_%s: %s", name, fmt.Sprintf(format, args...))
}

// Complete fills what is not set and checks what is. Its error is one line that
// names every wrong setting and holds no password.
func (c Config) Complete() (Config, error) {
	fill(&c.Addr, "127.0.0.1:8080")
	fill(&c.OpsAddr, "127.0.0.1:8081")
	fill(&c.DataDir, ".data")
	abs, err := filepath.Abs(c.DataDir)
	if err != nil {
		return c, setting("DATA_DIR", "%v", err)
	}
	c.DataDir = abs
	fill(&c.SecretFile, filepath.Join(c.DataDir, "secret.key"))
	fill(&c.FilesURL, (&url.URL{Scheme: "file", Path: filepath.Join(c.DataDir, "files")}).String())
	fill(&c.BaseURL, "http://"+c.Addr)
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	return c, oneLine(
		checkAddr("ADDR", c.Addr), c.checkOps(), c.checkDatabase(), checkFiles(c.FilesURL), c.checkBase(),
		checkSMTP(c.SMTPURL), checkClamd(c.Clamd), c.checkProxies(),
	)
}

func fill(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

func oneLine(problems ...error) error {
	problems = slices.DeleteFunc(problems, func(err error) bool { return err == nil })
	if len(problems) == 0 {
		return nil
	}
	lines := make([]string, len(problems))
	for i, err := range problems {
		lines[i] = strings.ReplaceAll(err.Error(), "\n", " ")
	}
	return errors.New(strings.Join(lines, "; "))
}

// Secure reports whether visitors come over https: cookies are then __Host- and
// Secure, and HSTS is sent. Call it on a completed Config.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Embedded reports whether the portal runs its own Postgres.
func (c Config) Embedded() bool { return c.DatabaseURL == "" }

// OpsOff reports whether no operations listener is wanted.
func (c Config) OpsOff() bool { return c.OpsAddr == "off" }

// Proxies returns the trusted proxies of a completed Config.
func (c Config) Proxies() []netip.Prefix {
	var prefixes []netip.Prefix
	for _, s := range c.TrustedProxies {
		if p, err := parseProxy(s); err == nil { // Complete has refused the others
			prefixes = append(prefixes, p)
		}
	}
	return prefixes
}

func checkAddr(name, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return setting(name, "%q is not HOST:PORT", addr)
	}
	if _, err := net.LookupPort("tcp", port); err != nil {
		return setting(name, "%q is not a port", port)
	}
	if host != "" && host != "localhost" {
		if _, err := netip.ParseAddr(host); err != nil {
			return setting(name, "%q is not an IP address", host)
		}
	}
	return nil
}

func (c Config) checkOps() error {
	if c.OpsOff() {
		return nil
	}
	if c.OpsAddr == c.Addr && !strings.HasSuffix(c.Addr, ":0") {
		return setting("OPS_ADDR", "%q is already PORTAL_ADDR; choose another, or off", c.OpsAddr)
	}
	return checkAddr("OPS_ADDR", c.OpsAddr)
}

func (c Config) checkDatabase() error {
	var problems []error
	for _, s := range []struct{ name, url string }{
		{"DATABASE_URL", c.DatabaseURL}, {"MIGRATE_URL", c.MigrateURL}, {"READ_URL", c.ReadURL},
	} {
		if s.url == "" {
			continue
		}
		if c.DatabaseURL == "" {
			problems = append(problems, setting(s.name, "is set, but PORTAL_DATABASE_URL is not"))
		}
		if !strings.HasPrefix(s.url, "postgres://") && !strings.HasPrefix(s.url, "postgresql://") {
			problems = append(problems, setting(s.name, "must start with postgres://"))
		} else if _, err := pgxpool.ParseConfig(s.url); err != nil {
			problems = append(problems, setting(s.name, "is not a connection URL"))
		}
	}
	return oneLine(problems...)
}

// parse is url.Parse without the text in its error, which may hold a password.
func parse(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if wrong, ok := errors.AsType[*url.Error](err); ok {
		return nil, fmt.Errorf("is not a URL (%s)", wrong.Op)
	}
	return u, err
}

func checkFiles(raw string) error {
	u, err := parse(raw)
	switch {
	case err != nil:
		return setting("FILES_URL", "%v", err)
	case u.Scheme == "file" && (u.Host != "" || !filepath.IsAbs(u.Path)):
		return setting("FILES_URL", "a directory is written file:///absolute/path")
	case u.Scheme == "s3" && (u.Host == "" || u.User == nil || strings.Trim(u.Path, "/") == ""):
		return setting("FILES_URL", "a store is written s3://KEY:SECRET@HOST/BUCKET")
	case u.Scheme != "file" && u.Scheme != "s3":
		return setting("FILES_URL", "must start with file:// or s3://")
	}
	return nil
}

func (c Config) checkBase() error {
	u, err := parse(c.BaseURL)
	switch {
	case err != nil:
		return setting("BASE_URL", "%v", err)
	case u.Scheme != "http" && u.Scheme != "https":
		return setting("BASE_URL", "must start with https:// (or http:// on loopback)")
	case u.Hostname() == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil:
		return setting("BASE_URL", "is a scheme and a host, without path: https://portal.example.gov.cn")
	case u.Scheme == "http" && !c.Demo && !loopback(u.Hostname()):
		return setting("BASE_URL", "http is for loopback and demo only: use https:// before %s", u.Host)
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

func checkSMTP(raw string) error {
	if raw == "" {
		return nil
	}
	u, err := parse(raw)
	if err != nil {
		return setting("SMTP_URL", "%v", err)
	}
	if u.Scheme != "smtp" && u.Scheme != "smtps" || u.Hostname() == "" {
		return setting("SMTP_URL", "is written smtps://USER:PASSWORD@HOST:PORT (or smtp://)")
	}
	return nil
}

func checkClamd(addr string) error {
	if addr == "" || filepath.IsAbs(addr) {
		return nil
	}
	if _, port, err := net.SplitHostPort(addr); err != nil || port == "" {
		return setting("CLAMD", "%q is neither HOST:PORT nor the path of a socket", addr)
	}
	return nil
}

func (c Config) checkProxies() error {
	for _, s := range c.TrustedProxies {
		if _, err := parseProxy(s); err != nil {
			return setting("TRUSTED_PROXIES", "%q is not an address or a range such as 10.0.0.0/8", s)
		}
	}
	return nil
}

func parseProxy(s string) (netip.Prefix, error) {
	s = strings.TrimSpace(s)
	if ip, err := netip.ParseAddr(s); err == nil {
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	p, err := netip.ParsePrefix(s)
	return p.Masked(), err
}

// CheckEnvironment refuses PORTAL_ variables that are no setting: a misspelt one
// would otherwise be ignored in silence. environ is as of os.Environ.
func CheckEnvironment(environ []string) error {
	var known []string
	for f := range reflect.TypeFor[Config]().Fields() {
		if name := f.Tag.Get("env"); name != "" {
			known = append(known, name)
		}
	}
	var problems []error
	for _, e := range environ {
		name, _, _ := strings.Cut(e, "=")
		if strings.HasPrefix(name, "PORTAL_") && !slices.Contains(known, name) {
			problems = append(problems, fmt.Errorf("%s is not a setting", name))
		}
	}
	if len(problems) > 0 {
		problems = append(problems, fmt.Errorf("known are %s", strings.Join(known, " ")))
	}
	return oneLine(problems...)
}
