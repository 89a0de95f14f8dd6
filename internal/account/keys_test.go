package account

import (
	"path/filepath"
	"testing"

	"civilaffairs/internal/secret"
)

func testKeys(t *testing.T) *secret.Keys {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	k, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}
