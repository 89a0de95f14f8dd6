// Package secret keeps what must not be read from a stolen database: it seals
// ID numbers and bank accounts, makes the blind indexes and digests by which
// they are compared, and holds the key that signs the seals of the audit trail.
// Level 1; no tables.
//
// The keys live in one file outside the database (PORTAL_SECRET_FILE). The
// algorithms are those of the standard library: AES-256-GCM, HMAC-SHA-256 and
// Ed25519. The first byte of every ciphertext names the scheme, so that another
// provider (SM4, SM3) can be added without touching what is stored.
package secret

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/google/uuid"
)

// schemeAES is AES-256-GCM with a random nonce in front.
const schemeAES = 1

const (
	keyIDSize  = 4
	headerSize = 1 + keyIDSize // scheme, key id
)

// ErrSealed means that a ciphertext does not open: altered, cut, sealed for
// another column or row, or under a key that the file no longer has. It says
// nothing of the value.
var ErrSealed = errors.New("sealed value does not open")

// Keys is the content of the secret file. It never prints or marshals itself.
type Keys struct {
	aeads   map[keyID]cipher.AEAD
	current keyID
	blind   []byte
	digest  []byte
	signer  ed25519.PrivateKey
}

type keyID [keyIDSize]byte

func (id keyID) String() string { return hex.EncodeToString(id[:]) }

// Seal encrypts plaintext for one row of one column. context is "table.column",
// id the row's id; both are bound to the ciphertext, so that a value copied to
// another row or column does not open there.
func (k *Keys) Seal(context string, id uuid.UUID, plaintext string) ([]byte, error) {
	if context == "" || id == uuid.Nil {
		return nil, errors.New("secret: seal needs a context and a row id")
	}
	header := append([]byte{schemeAES}, k.current[:]...)
	return k.aeads[k.current].Seal(header, nil, []byte(plaintext), bound(header, context, id)), nil
}

// Open decrypts what Seal made with the same context and id; any other input
// is an error that wraps ErrSealed.
func (k *Keys) Open(context string, id uuid.UUID, sealed []byte) (string, error) {
	if len(sealed) < headerSize || sealed[0] != schemeAES {
		return "", fmt.Errorf("secret: %s of %s: %w", context, id, ErrSealed)
	}
	header, body := sealed[:headerSize], sealed[headerSize:]
	key := keyID(header[1:])
	aead, ok := k.aeads[key]
	if !ok {
		return "", fmt.Errorf("secret: %s of %s: key %s is not in the secret file: %w", context, id, key, ErrSealed)
	}
	plain, err := aead.Open(nil, nil, body, bound(header, context, id))
	if err != nil {
		return "", fmt.Errorf("secret: %s of %s: %w", context, id, ErrSealed)
	}
	return string(plain), nil
}

// Outdated reports whether sealed was made under another key than the current
// one, and is due to be opened and sealed again after a rotation.
func (k *Keys) Outdated(sealed []byte) bool {
	return len(sealed) < headerSize || sealed[0] != schemeAES || !bytes.Equal(sealed[1:headerSize], k.current[:])
}

// BlindIndex returns 32 bytes that are equal for equal normalized values of one
// context, so that a unique index and a lookup work without the value. The
// caller normalizes: “１１０…x” and “110…X” are one ID number.
func (k *Keys) BlindIndex(context, normalized string) []byte {
	return keyed(k.blind, context, normalized)
}

// Digest returns a keyed digest of value for the audit trail, 32 hex digits: it
// shows whether two entries speak of the same value and tells nothing more.
func (k *Keys) Digest(context, value string) string {
	return hex.EncodeToString(keyed(k.digest, context, value)[:16])
}

// Signer returns the key that signs the seals of the audit trail.
func (k *Keys) Signer() ed25519.PrivateKey { return k.signer }

// PublicKey returns the key by which anyone verifies the seals.
func (k *Keys) PublicKey() ed25519.PublicKey { return k.signer.Public().(ed25519.PublicKey) }

// Format prints a placeholder under every verb: keys must not reach a log
// through a careless %v of a struct that holds them.
func (k *Keys) Format(s fmt.State, _ rune) { _, _ = io.WriteString(s, "secret.Keys(…)") }

// MarshalJSON refuses, for the same reason.
func (k *Keys) MarshalJSON() ([]byte, error) { return nil, errors.New("secret: keys do not marshal") }

// bound is the additional data: everything that decides what a value is for.
func bound(header []byte, context string, id uuid.UUID) []byte {
	b := make([]byte, 0, len(header)+len(id)+len(context))
	b = append(b, header...)
	b = append(b, id[:]...)
	return append(b, context...) // last, so that no length is needed
}

func keyed(key []byte, context, value string) []byte {
	mac := hmac.New(sha256.New, key)
	var size [8]byte
	binary.BigEndian.PutUint64(size[:], uint64(len(context))) // "a"+"bc" is not "ab"+"c"
	mac.Write(size[:])
	mac.Write([]byte(context))
	mac.Write([]byte(value))
	return mac.Sum(nil)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}
