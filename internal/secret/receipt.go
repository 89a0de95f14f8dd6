package secret

import (
	"encoding/base32"
	"strings"

	"civilaffairs/internal/form"

	"github.com/google/uuid"
)

// receiptBytes give six groups of four letters.
const receiptBytes = 15

// Receipt is the code that somebody without an account keeps, ABCD-EFGH-…: made
// from an id and a key outside the database, so that the same thing has the same
// one and nobody who reads the database has any.
func (k *Keys) Receipt(context string, id uuid.UUID) string {
	text := base32.StdEncoding.EncodeToString(k.BlindIndex(context, id.String())[:receiptBytes])
	var groups []string
	for len(text) > 0 {
		groups, text = append(groups, text[:4]), text[4:]
	}
	return strings.Join(groups, "-")
}

// ParseReceipt brings a receipt as somebody typed it to its 24 letters and digits;
// ok is false for what cannot be one.
func ParseReceipt(typed string) (letters string, ok bool) {
	letters = strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(form.Clean(typed, false)))
	return letters, len(letters) == 24
}
