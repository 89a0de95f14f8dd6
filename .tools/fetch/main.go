// Command fetch stands in for npm ci on a machine without npm: it unpacks the
// packages of .tools/NAME/package-lock.json into .cache/npm/NAME, checking
// their digests. Run from the top of the tree: go run ./.tools/fetch NAME
package main

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: fetch NAME")
		os.Exit(2)
	}
	if err := fetch(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "fetch:", err)
		os.Exit(1)
	}
}

func fetch(name string) error {
	b, err := os.ReadFile(filepath.Join(".tools", name, "package-lock.json"))
	if err != nil {
		return err
	}
	var lock struct {
		Packages map[string]struct{ Version, Integrity string }
	}
	if err := json.Unmarshal(b, &lock); err != nil {
		return err
	}
	registry := strings.TrimSuffix(cmp.Or(os.Getenv("NPM_CONFIG_REGISTRY"), "https://registry.npmjs.org"), "/")
	for where, p := range lock.Packages {
		if where == "" {
			continue // the list itself
		}
		pkg := strings.TrimPrefix(where, "node_modules/")
		url := fmt.Sprintf("%s/%s/-/%s-%s.tgz", registry, pkg, path.Base(pkg), p.Version)
		if err := unpack(url, p.Integrity, filepath.Join(".cache/npm", name, where)); err != nil {
			return fmt.Errorf("%s: %w", url, err)
		}
	}
	return nil
}

func unpack(url, integrity, dir string) error {
	res, err := http.Get(url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(res.Status)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return err
	}
	sum := sha512.Sum512(body)
	if got := "sha512-" + base64.StdEncoding.EncodeToString(sum[:]); got != integrity {
		return fmt.Errorf("digest %s, want %s", got, integrity)
	}
	zip, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir) // no entry can leave it
	if err != nil {
		return err
	}
	defer root.Close()
	for files := tar.NewReader(zip); ; {
		h, err := files.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		_, inside, _ := strings.Cut(h.Name, "/") // npm puts all under package/
		if h.Typeflag != tar.TypeReg || inside == "" {
			continue
		}
		if err := root.MkdirAll(path.Dir(inside), 0o755); err != nil {
			return err
		}
		content, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		if err := root.WriteFile(inside, content, 0o644); err != nil {
			return err
		}
	}
}
