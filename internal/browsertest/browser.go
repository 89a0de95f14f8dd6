package browsertest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"github.com/chromedp/chromedp"
)

// program is a Chromium and what it needs to start.
type program struct {
	path string
	env  []string
}

// find returns the installed browser, or the one that make test unpacked.
func find() (program, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
		"/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return program{path: path, env: fonts()}, nil
		}
	}
	if path, err := cached("debs/usr/lib/chromium/chromium"); err == nil {
		debs := strings.TrimSuffix(path, "/usr/lib/chromium/chromium")
		var libs []string
		// Some packages keep libraries one directory deeper, pulseaudio among them.
		for _, pattern := range []string{"/usr/lib/*-linux-gnu*", "/lib/*-linux-gnu*", "/usr/lib/*-linux-gnu*/pulseaudio"} {
			found, _ := filepath.Glob(debs + pattern) // an error is a malformed pattern only
			libs = append(libs, found...)
		}
		return program{path: path, env: append(fonts(), "LD_LIBRARY_PATH="+strings.Join(libs, ":"))}, nil
	}
	return program{}, errors.New("no Chromium on this machine: run make test, which fetches it, or install the package chromium")
}

// fonts points fontconfig to unpacked fonts when there are any.
func fonts() []string {
	if conf, err := cached("fonts.conf"); err == nil {
		return []string{"FONTCONFIG_FILE=" + conf}
	}
	return nil
}

// cached returns the path of a file that make test put into .cache, which is
// beside go.mod: above the directory that a package's tests run in.
func cached(name string) (string, error) {
	root, err := root()
	if err != nil {
		return "", err
	}
	path := filepath.Join(root, ".cache", filepath.FromSlash(name))
	_, err = os.Stat(path)
	return path, err
}

func root() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
	}
	return "", err
}

// launch starts the browser of this process and returns the context that tabs
// are made from. It ends with the process.
func launch() (context.Context, error) {
	p, err := find()
	if err != nil {
		return nil, err
	}
	profile, err := profileDir()
	if err != nil {
		return nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(p.path), chromedp.UserDataDir(profile),
		// Whoever runs the tests may have no home to write to; what is left goes with the profile.
		chromedp.Env(append(p.env, "HOME="+profile, "TMPDIR="+profile)...),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("lang", "zh-CN"), chromedp.Flag("accept-lang", "zh-CN,zh"))
	if os.Geteuid() == 0 || strings.Contains(p.path, "/.cache/") {
		// Root may not have a sandbox, an unpacked one is not setuid; the pages are our own.
		options = append(options, chromedp.NoSandbox)
	}
	ctx, _ := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx)
	if err := chromedp.Do(ctx); err != nil {
		return nil, fmt.Errorf("start %s: %w", p.path, err)
	}
	return ctx, nil
}

// profileDir makes the browser's directory and removes those of processes that
// are gone: a test process has no end at which to clean up.
func profileDir() (string, error) {
	base := filepath.Join(os.TempDir(), fmt.Sprintf("portal-browsertest-%d", os.Geteuid()))
	if err := os.MkdirAll(base, 0o700); err != nil {
		return "", err
	}
	old, err := os.ReadDir(base)
	if err != nil {
		return "", err
	}
	for _, e := range old {
		pid, err := strconv.Atoi(e.Name())
		if err == nil && errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
			_ = os.RemoveAll(filepath.Join(base, e.Name())) // the next run tries again
		}
	}
	dir := filepath.Join(base, strconv.Itoa(os.Getpid()))
	return dir, os.MkdirAll(dir, 0o700)
}
