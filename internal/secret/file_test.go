package secret_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"civilaffairs/internal/secret"
)

func TestGenerateNeverOverwrites(t *testing.T) {
	t.Parallel()
	path := newFile(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("made with mode %v: %v", info.Mode(), err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := secret.Generate(path); err == nil {
		t.Fatal("an existing file was overwritten")
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Fatalf("the refused call changed the file: %v", err)
	}
}

func TestLoadRefusesAFileThatOthersMayUse(t *testing.T) {
	t.Parallel()
	for _, mode := range []os.FileMode{0o640, 0o604, 0o620, 0o602, 0o601, 0o644} {
		path := newFile(t)
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := secret.Load(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %o: %v", mode, err)
		}
		if err := secret.Rotate(path); err == nil {
			t.Errorf("mode %o: rotated", mode)
		}
	}
	path := newFile(t)
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	load(t, path) // read-only for its owner is fine
}

func TestLoadRefusesADamagedFileWithoutShowingIt(t *testing.T) {
	t.Parallel()
	good, err := os.ReadFile(newFile(t))
	if err != nil {
		t.Fatal(err)
	}
	text := string(good)
	seed := text[strings.Index(text, `"sign_seed": "`)+14:][:40]
	current := text[strings.Index(text, `"current": "`)+12:][:8]
	for label, bad := range map[string]string{
		"empty":           "",
		"cut":             text[:len(text)/2],
		"other format":    strings.Replace(text, "secret/1", "secret/9", 1),
		"short seed":      strings.Replace(text, seed, seed[:36], 1),
		"unknown field":   strings.Replace(text, "{", `{"extra": 1,`, 1),
		"no digest key":   strings.Replace(text, `"digest"`, `"blind_index"`, 1),
		"unknown current": strings.Replace(text, current, "00000000", 1),
		"key id not hex":  strings.ReplaceAll(text, current, "zzzzzzzz"),
	} {
		path := filepath.Join(t.TempDir(), "secret.json")
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := secret.Load(path)
		if err == nil {
			t.Errorf("%s: loaded", label)
		} else if strings.Contains(err.Error(), seed[:8]) {
			t.Errorf("%s: the error shows the file: %v", label, err)
		}
	}
	if _, err := secret.Load(t.TempDir()); err == nil {
		t.Error("loaded a directory")
	}
	if _, err := secret.Load(filepath.Join(t.TempDir(), "none")); err == nil {
		t.Error("loaded nothing")
	}
}
