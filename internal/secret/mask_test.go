package secret_test

import (
	"testing"

	"civilaffairs/internal/secret"
)

func TestMasks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		mask     func(string) string
		in, want string
	}{
		{"ID number", secret.MaskResidentID, "44031019491231001X", "440310********001X"},
		{"passport", secret.MaskResidentID, "E12345678", "*******78"},
		{"too short to show any of it", secret.MaskResidentID, "E12", "***"},
		{"no ID number", secret.MaskResidentID, "", ""},
		{"mobile", secret.MaskMobile, "13812341234", "138****1234"},
		{"landline", secret.MaskMobile, "0755-28398888", "*********8888"},
		{"short number", secret.MaskMobile, "12345", "*****"},
		{"no mobile", secret.MaskMobile, "", ""},
		{"card", secret.MaskAccountNumber, "6222021234561234", "****1234"},
		{"longer account, same stars", secret.MaskAccountNumber, "44201500100052512345", "****2345"},
		{"account too short to show any of it", secret.MaskAccountNumber, "1234567", "****"},
		{"no account", secret.MaskAccountNumber, "", ""},
		{"Chinese characters are not cut", secret.MaskResidentID, "军字第一二三四五", "******四五"},
	} {
		if got := c.mask(c.in); got != c.want {
			t.Errorf("%s: %q becomes %q, want %q", c.name, c.in, got, c.want)
		}
	}
}
