// Package ui is the web console of the emulator: pages that start and decide
// approvals, and show events, requests, faults and the clock while they change.
//
// The pages are embedded, load nothing from elsewhere, and talk to the admin API
// under /_emulator/ of the server that serves them (see
// [github.com/dingoa/dingoa/emulator.WithAdmin]).
package ui

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"
)

// Prefix is the path under which [Handler] serves scripts and styles. The page
// itself is at /, where no operation of DingTalk's is.
const Prefix = "/_console/"

// policy allows what the server itself serves, and no code or style inside of pages.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

//go:embed assets
var embedded embed.FS

// asset is one file, ready to be sent.
type asset struct {
	name        string
	contentType string
	etag        string
	content     string
}

// Handler serves the page at / and what it loads under [Prefix]; every other
// path is 404. Mount it beside the emulator:
//
//	mux := http.NewServeMux()
//	mux.Handle("/", server) // the gateways and the admin API
//	mux.Handle("/{$}", console)
//	mux.Handle(ui.Prefix, console)
func Handler() http.Handler {
	assets := readAssets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			header.Set("Allow", "GET, HEAD")
			http.Error(w, "the console is only read; the admin API is at /_emulator/", http.StatusMethodNotAllowed)
			return
		}
		a, ok := assets[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		header.Set("Content-Type", a.contentType)
		header.Set("Cache-Control", "no-cache") // kept, but asked for by its ETag
		header.Set("ETag", a.etag)
		http.ServeContent(w, r, a.name, time.Time{}, strings.NewReader(a.content))
	})
}

// readAssets are the embedded files by the path at which they are served.
func readAssets() map[string]asset {
	assets := map[string]asset{}
	err := fs.WalkDir(embedded, "assets", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := embedded.ReadFile(name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		served := Prefix + strings.TrimPrefix(name, "assets/")
		if served == Prefix+"index.html" {
			served = "/"
		}
		assets[served] = asset{path.Base(name), contentTypeOf(name), `"` + hex.EncodeToString(sum[:16]) + `"`, string(content)}
		return nil
	})
	if err != nil {
		panic(err) // what is embedded can be read
	}
	return assets
}

// contentTypeOf does not ask the system's tables, which differ.
func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".html":
		return "text/html; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	}
	return mime.TypeByExtension(path.Ext(name))
}
