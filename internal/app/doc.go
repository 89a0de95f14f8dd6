// Package app is the one composition root: settings in, a portal out. Above all
// features and pages; imported by cmd/portal and by end-to-end tests; no tables.
package app
