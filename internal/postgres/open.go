package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Open connects the serving role and checks that the database answers. What
// the URL does not set gets a limit: no lock is awaited for more than 3 s, no
// statement runs longer than 30 s, no transaction idles for more than 60 s.
func Open(ctx context.Context, url string) (*DB, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, fmt.Errorf("database URL: %w", err)
	}
	limits := map[string]string{
		"application_name":                    "portal",
		"timezone":                            "UTC",
		"lock_timeout":                        "3s",
		"statement_timeout":                   "30s",
		"idle_in_transaction_session_timeout": "60s",
	}
	for name, value := range limits {
		if _, set := config.ConnConfig.RuntimeParams[name]; !set {
			config.ConnConfig.RuntimeParams[name] = value
		}
	}
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = 5 * time.Second
	}
	config.ConnConfig.Tracer = tracer{}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, Translate(err)
	}
	return New(pool), nil
}
