package secret

import (
	"bytes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// format is the first thing in the file; a file of another format is refused.
const format = "civilaffairs-secret/1"

const keySize = 32

// file is the secret file. Byte slices are base64 in JSON.
type file struct {
	Format     string          `json:"format"`
	Current    string          `json:"current"`    // id of the key that seals
	Encryption []encryptionKey `json:"encryption"` // all of them open
	BlindIndex []byte          `json:"blind_index"`
	Digest     []byte          `json:"digest"`
	SignSeed   []byte          `json:"sign_seed"` // Ed25519
}

type encryptionKey struct {
	ID  string `json:"id"`
	Key []byte `json:"key"`
}

// Generate writes a new secret file, readable by its owner alone. An existing
// file is never overwritten: with it everything sealed would be lost.
func Generate(path string) error {
	f := file{Format: format, BlindIndex: random(keySize), Digest: random(keySize), SignSeed: random(ed25519.SeedSize)}
	f.add()
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("secret file %s exists already and is not overwritten", path)
	}
	if err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	return f.write(out)
}

// Rotate adds an encryption key and makes it the current one. Older keys stay
// and go on opening what they sealed. Blind index, digest and signing keys do
// not change: what they made is compared, not opened. The file is replaced at
// once; running replicas load it at their next start.
func Rotate(path string) error {
	f, err := read(path)
	if err != nil {
		return err
	}
	f.add()
	out, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // 0600
	if err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	defer os.Remove(out.Name()) // nothing is left to remove after the rename
	if err := f.write(out); err != nil {
		return err
	}
	if err := os.Rename(out.Name(), path); err != nil {
		return fmt.Errorf("secret file: %w", err)
	}
	return syncDir(filepath.Dir(path))
}

// Load reads the secret file. A file that others may read, that is incomplete
// or has an unknown field is refused; the error never shows its content.
func Load(path string) (*Keys, error) {
	f, err := read(path)
	if err != nil {
		return nil, err
	}
	k := &Keys{aeads: map[keyID]cipher.AEAD{}, blind: f.BlindIndex, digest: f.Digest}
	for _, e := range f.Encryption {
		id, err := parseKeyID(e.ID)
		if err != nil {
			return nil, fmt.Errorf("secret file %s: encryption key id: %w", path, err)
		}
		if _, twice := k.aeads[id]; twice {
			return nil, fmt.Errorf("secret file %s: encryption key %s is there twice", path, id)
		}
		if err := sized("encryption key "+id.String(), e.Key); err != nil {
			return nil, fmt.Errorf("secret file %s: %w", path, err)
		}
		if k.aeads[id], err = newAEAD(e.Key); err != nil {
			return nil, fmt.Errorf("secret file %s: encryption key %s: %w", path, id, err)
		}
	}
	if k.current, err = parseKeyID(f.Current); err != nil || k.aeads[k.current] == nil {
		return nil, fmt.Errorf("secret file %s: the current encryption key is not among the keys", path)
	}
	err = errors.Join(sized("blind_index", f.BlindIndex), sized("digest", f.Digest), sized("sign_seed", f.SignSeed))
	if err != nil {
		return nil, fmt.Errorf("secret file %s: %w", path, err)
	}
	k.signer = ed25519.NewKeyFromSeed(f.SignSeed)
	return k, nil
}

func read(path string) (*file, error) {
	in, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	defer in.Close()
	info, err := in.Stat() // of the opened file, not of what the name points to a moment later
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("secret file %s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("secret file %s has mode %04o: others may use it; run chmod 600 %s", path, mode, path)
	}
	b, err := io.ReadAll(io.LimitReader(in, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	var f file
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	// The decoder's message may quote the file, so it is not passed on.
	if dec.Decode(&f) != nil || f.Format != format {
		return nil, fmt.Errorf("secret file %s is not a JSON file of format %s", path, format)
	}
	return &f, nil
}

func (f *file) add() {
	e := encryptionKey{ID: hex.EncodeToString(random(keyIDSize)), Key: random(keySize)}
	for _, have := range f.Encryption {
		if have.ID == e.ID {
			f.add() // once in four thousand million times
			return
		}
	}
	f.Encryption = append(f.Encryption, e)
	f.Current = e.ID
}

func (f *file) write(out *os.File) (err error) {
	defer func() {
		if err = errors.Join(err, out.Close()); err != nil {
			err = errors.Join(fmt.Errorf("secret file: %w", err), os.Remove(out.Name()))
		}
	}()
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	if err := enc.Encode(f); err != nil {
		return err
	}
	if err := out.Sync(); err != nil {
		return err
	}
	return syncDir(filepath.Dir(out.Name()))
}

// syncDir makes a new name durable: a key that is lost after data was sealed
// under it loses the data.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func parseKeyID(s string) (keyID, error) {
	b, err := hex.DecodeString(s)
	if err != nil || len(b) != keyIDSize {
		return keyID{}, fmt.Errorf("want %d hex digits", 2*keyIDSize)
	}
	return keyID(b), nil
}

func sized(name string, key []byte) error {
	if len(key) != keySize {
		return fmt.Errorf("%s has %d bytes, want %d", name, len(key), keySize)
	}
	return nil
}

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails, by its documentation
	return b
}
