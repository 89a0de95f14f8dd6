package paths

import (
	"net/url"
	"strconv"
)

// Registry is where filing, registration and their changes begin.
const Registry = "/registry"

// RegistryConsents holds the mergers that an organization was asked about.
const RegistryConsents = Registry + "/consents"

// RegistryConsent returns one of them, by the number of its case.
func RegistryConsent(no string) string { return RegistryConsents + "/" + url.PathEscape(no) }

// RegistryUnmasking is where the numbers of a person whom a case names are shown
// in full: role head or initiator, n from 0.
func RegistryUnmasking(no, role string, n int) string {
	return Application(no) + "/people/" + url.PathEscape(role) + "/" + strconv.Itoa(n) + "/unmasking"
}

// Certificates is where a certificate is checked by its number.
const Certificates = "/certificates"

// Certificate returns one certificate.
func Certificate(no string) string { return Certificates + "/" + url.PathEscape(no) }

// CertificateFile is where a certificate is saved from a record at base, one's own
// or one that an office keeps. no may be a route's {no}.
func CertificateFile(base, no string) string { return base + "/certificates/" + no }
