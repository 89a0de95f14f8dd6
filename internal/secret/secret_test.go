package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	column = "person.id_number"
	number = "44031019491231002X"
)

var row = uuid.MustParse("01990000-0000-7000-8000-000000000001")

func newFile(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret.json")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string) *secret.Keys {
	t.Helper()
	k, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func seal(t *testing.T, k *secret.Keys, plaintext string) []byte {
	t.Helper()
	sealed, err := k.Seal(column, row, plaintext)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestSealedValueOpensInItsPlace(t *testing.T) {
	t.Parallel()
	k := load(t, newFile(t))
	for _, value := range []string{number, "", "𠮷田 6222 0212", strings.Repeat("证", 5000)} {
		sealed := seal(t, k, value)
		if len(value) > 4 && bytes.Contains(sealed, []byte(value)) {
			t.Fatalf("%q is readable in its ciphertext", value)
		}
		if got, err := k.Open(column, row, sealed); err != nil || got != value {
			t.Fatalf("opened %q: %v", got, err)
		}
	}
	if bytes.Equal(seal(t, k, number), seal(t, k, number)) {
		t.Fatal("equal values have equal ciphertexts")
	}
}

func TestSealedValueOpensNowhereElse(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	k, stranger := load(t, path), load(t, newFile(t))
	sealed := seal(t, k, number)
	for label, open := range map[string]func() (string, error){
		"other column": func() (string, error) { return k.Open("person.mobile", row, sealed) },
		"other row":    func() (string, error) { return k.Open(column, uuid.Max, sealed) },
		"other keys":   func() (string, error) { return stranger.Open(column, row, sealed) },
		"empty":        func() (string, error) { return k.Open(column, row, nil) },
	} {
		got, err := open()
		if !errors.Is(err, secret.ErrSealed) || got != "" {
			t.Errorf("%s: opened %q: %v", label, got, err)
		}
	}
	if _, err := k.Seal("", row, number); err == nil {
		t.Error("sealed for no column")
	}
	if _, err := k.Seal(column, uuid.Nil, number); err == nil {
		t.Error("sealed for no row")
	}
}

func TestEveryAlteredByteAndEveryCutIsRefused(t *testing.T) {
	t.Parallel()
	k := load(t, newFile(t))
	sealed := seal(t, k, number)
	for i := range sealed {
		altered := bytes.Clone(sealed)
		altered[i] ^= 1
		if _, err := k.Open(column, row, altered); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("byte %d altered: %v", i, err)
		}
		if _, err := k.Open(column, row, sealed[:i]); !errors.Is(err, secret.ErrSealed) {
			t.Fatalf("cut to %d bytes: %v", i, err)
		}
	}
}

func TestRotationKeepsWhatWasSealed(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	before := load(t, path)
	old := seal(t, before, number)
	if err := secret.Rotate(path); err != nil {
		t.Fatal(err)
	}
	after := load(t, path)
	if got, err := after.Open(column, row, old); err != nil || got != number {
		t.Fatalf("opened %q after the rotation: %v", got, err)
	}
	renewed := seal(t, after, number)
	if !after.Outdated(old) || after.Outdated(renewed) || before.Outdated(old) {
		t.Fatal("what is outdated is wrong")
	}
	if _, err := before.Open(column, row, renewed); !errors.Is(err, secret.ErrSealed) {
		t.Fatalf("the keys before the rotation opened what the new one sealed: %v", err)
	}
	if !bytes.Equal(before.BlindIndex(column, number), after.BlindIndex(column, number)) ||
		before.Digest(column, number) != after.Digest(column, number) || !before.PublicKey().Equal(after.PublicKey()) {
		t.Fatal("the rotation changed what is compared")
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("mode after the rotation %v: %v", info.Mode(), err)
	}
}

func TestBlindIndexAndDigestAreEqualForEqualValuesOfOneContext(t *testing.T) {
	t.Parallel()
	k, stranger := load(t, newFile(t)), load(t, newFile(t))
	index := k.BlindIndex(column, number)
	if len(index) != 32 || !bytes.Equal(index, k.BlindIndex(column, number)) {
		t.Fatal("equal values have different indexes")
	}
	for label, other := range map[string][]byte{
		"value":           k.BlindIndex(column, "110101194912310021"),
		"context":         k.BlindIndex("payee.id_number", number),
		"keys":            stranger.BlindIndex(column, number),
		"moved separator": k.BlindIndex(column+number[:1], number[1:]),
	} {
		if bytes.Equal(index, other) {
			t.Errorf("other %s, same index", label)
		}
	}
	digest := k.Digest(column, number)
	if digest != k.Digest(column, number) || len(digest) != 32 {
		t.Fatalf("digest %q", digest)
	}
	if digest == k.Digest("payee.id_number", number) || digest == stranger.Digest(column, number) || strings.HasPrefix(fmt.Sprintf("%x", index), digest) {
		t.Fatal("a digest is found without its key and context")
	}
}

func TestKeysNeverPrintThemselves(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	k := load(t, path)
	holder := struct{ Keys *secret.Keys }{k}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		if got := fmt.Sprintf(verb, holder); !strings.Contains(got, "secret.Keys(…)") || len(got) > 80 {
			t.Errorf("%s prints %s", verb, got)
		}
	}
	if b, err := json.Marshal(holder); err == nil {
		t.Errorf("marshals to %s", b)
	}
}
