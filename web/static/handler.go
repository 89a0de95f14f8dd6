package static

import (
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
)

// Register declares the route of the assets on the router of public pages.
func Register(public *httpserver.Router) {
	public.Get(paths.StaticPrefix+"{name}", authz.Public, serve)
}

// serve answers with an asset. The name is its digest, so the answer never
// changes and is cached for ever; an unknown name is NotFound.
func serve(w http.ResponseWriter, r *http.Request) error {
	a, ok := built().assets[httpserver.Param(r, "name")]
	if !ok {
		return errs.New(errs.NotFound, "没有这个文件。页面可能已经更新，请刷新后再试")
	}
	h := w.Header()
	h.Set("Content-Type", a.mediaType)
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the visitor left: nothing to do
	return nil
}
