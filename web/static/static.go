// Package static embeds the style sheet and the scripts and serves them under
// names that carry a digest of their content, so that a browser may keep them
// for ever and a new build is never mixed with an old one. A leaf of web; no
// tables.
package static

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"civilaffairs/web/paths"
)

//go:embed css/*.css js/*.js img/icon.svg
var source embed.FS

// sheets lists the parts of the one style sheet in the order of the cascade;
// tokens come first because they declare the layers.
var sheets = []string{
	"tokens", "base", "layout", "shell", "controls", "marks", "boxes", "lists", "tables", "filters",
	"map", "forms", "document", "certificate", "staff", "figures", "calendar", "compositions", "application", "modes", "print",
}

// asset is one served file, compressed once.
type asset struct {
	mediaType   string
	plain, gzip []byte
}

// bundle is what the embedded sources become: served name → asset, and source
// name → served name.
type bundle struct {
	assets map[string]asset
	names  map[string]string
}

// built is computed on first use: commands that serve nothing pay nothing.
var built = sync.OnceValue(func() *bundle {
	b, err := build()
	if err != nil {
		panic(err) // a defect of the build, found by the package's tests
	}
	return b
})

// CSS returns the address of the style sheet.
func CSS() string { return paths.Static(built().names["app.css"]) }

// JS returns the address of the script module that loads the others.
func JS() string { return paths.Static(built().names["app.js"]) }

// Icon returns the address of the site's icon.
func Icon() string { return paths.Static(built().names["icon.svg"]) }

func build() (*bundle, error) {
	b := &bundle{assets: map[string]asset{}, names: map[string]string{}}
	var css bytes.Buffer
	for _, name := range sheets {
		part, err := source.ReadFile("css/" + name + ".css")
		if err != nil {
			return nil, fmt.Errorf("style sheet %s: %w", name, err)
		}
		css.Write(part)
	}
	b.add("app.css", "text/css; charset=utf-8", css.Bytes())
	icon, err := source.ReadFile("img/icon.svg")
	if err != nil {
		return nil, err
	}
	b.add("icon.svg", "image/svg+xml", icon)
	return b, b.module("app.js", nil)
}

// importFrom matches the static imports of our own modules.
var importFrom = regexp.MustCompile(`(from\s+|import\s+)"\./([a-z-]+\.js)"`)

// module adds the script name after the modules it imports, with the imports
// rewritten to served names: a change deep down changes every digest above.
func (b *bundle) module(name string, path []string) error {
	if _, done := b.names[name]; done {
		return nil
	}
	for _, above := range path {
		if above == name {
			return fmt.Errorf("script %s imports itself through %v", name, path)
		}
	}
	text, err := source.ReadFile("js/" + name)
	if err != nil {
		return fmt.Errorf("script of %v: %w", path, err)
	}
	for _, m := range importFrom.FindAllSubmatch(text, -1) {
		if err := b.module(string(m[2]), append(path, name)); err != nil {
			return err
		}
	}
	text = importFrom.ReplaceAllFunc(text, func(match []byte) []byte {
		m := importFrom.FindSubmatch(match)
		return fmt.Appendf(nil, `%s"./%s"`, m[1], b.names[string(m[2])])
	})
	b.add(name, "text/javascript; charset=utf-8", text)
	return nil
}

func (b *bundle) add(name, mediaType string, content []byte) {
	sum := sha256.Sum256(content)
	stem, ext, _ := strings.Cut(name, ".")
	served := stem + "-" + hex.EncodeToString(sum[:8]) + "." + ext
	b.names[name] = served
	b.assets[served] = asset{mediaType: mediaType, plain: content, gzip: compress(content)}
}

func compress(content []byte) []byte {
	var buf bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression) // the level is a valid constant
	_, _ = zw.Write(content)                                 // a bytes.Buffer does not fail
	_ = zw.Close()
	return buf.Bytes()
}
