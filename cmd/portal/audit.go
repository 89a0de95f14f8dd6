package main

import (
	"context"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/app"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
)

type auditVerify struct {
	File string   `arg:"" help:"The export."`
	Key  string   `placeholder:"HEX" help:"The bureau's public key; without it that of PORTAL_SECRET_FILE."`
	Head []string `placeholder:"NUMBER:DIGEST" help:"A published seal that has to be in the export; may be repeated."`
}

// Run prints the report; an export that is not whole is a failure.
func (v *auditVerify) Run(cfg *app.Config, std streams) error {
	key, err := v.key(*cfg)
	if err != nil {
		return err
	}
	heads, err := parseHeads(v.Head)
	if err != nil {
		return err
	}
	f, err := os.Open(v.File)
	if err != nil {
		return err
	}
	defer f.Close()
	report, err := audit.Verify(f, key, heads...)
	if err != nil {
		return err
	}
	fmt.Fprint(std.out, report)
	if !report.OK() {
		return errors.New("the export is not what the bureau sealed")
	}
	return nil
}

func (v *auditVerify) key(cfg app.Config) (ed25519.PublicKey, error) {
	if v.Key != "" {
		b, err := hex.DecodeString(v.Key)
		if err != nil || len(b) != ed25519.PublicKeySize {
			return nil, errors.New("--key is 64 hexadecimal digits")
		}
		return b, nil
	}
	cfg, err := cfg.Complete()
	if err != nil {
		return nil, err
	}
	keys, err := secret.Load(cfg.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("no --key given: %w", err)
	}
	return keys.PublicKey(), nil
}

func parseHeads(args []string) ([]audit.Head, error) {
	var heads []audit.Head
	for _, s := range args {
		number, digest, _ := strings.Cut(s, ":")
		n, err := strconv.ParseInt(number, 10, 64)
		b, hexErr := hex.DecodeString(digest)
		if err != nil || hexErr != nil || len(b) == 0 {
			return nil, fmt.Errorf("--head %s is not NUMBER:DIGEST", s)
		}
		heads = append(heads, audit.Head{Number: n, Digest: b})
	}
	return heads, nil
}

type auditExport struct{}

// Run writes the export in one snapshot, so that a seal made meanwhile does not
// look like damage.
func (auditExport) Run(ctx context.Context, cfg *app.Config, log *slog.Logger, std streams) error {
	a, err := app.New(ctx, *cfg, log)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.DB().Read(ctx, func(q postgres.Querier, _ time.Time) error {
		return audit.Export(ctx, q, std.out)
	})
}
