package ui_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator/ui"
)

func get(t *testing.T, method, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, address, nil)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	recorder := httptest.NewRecorder()
	ui.Handler().ServeHTTP(recorder, request)
	return recorder
}

// sources are the assets by their path from assets/.
func sources(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir("assets", func(name string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(name) //nolint:gosec // a file of the repository
		found[strings.TrimPrefix(filepath.ToSlash(name), "assets/")] = string(content)
		return err
	})
	require.NoError(t, err)
	require.Contains(t, found, "index.html")
	return found
}

func address(asset string) string {
	if asset == "index.html" {
		return "/"
	}
	return ui.Prefix + asset
}

func TestEveryAssetIsServedSafely(t *testing.T) {
	t.Parallel()
	for asset := range sources(t) {
		response := get(t, http.MethodGet, address(asset))
		require.Equal(t, http.StatusOK, response.Code, asset)
		header := response.Header()
		require.Equal(t, "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "+
			"base-uri 'none'; form-action 'none'; frame-ancestors 'none'", header.Get("Content-Security-Policy"))
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"))
		require.Equal(t, map[string]string{
			".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".html": "text/html; charset=utf-8", ".svg": "image/svg+xml",
		}[path.Ext(asset)], header.Get("Content-Type"), asset)
	}
}

// Browsers keep the files and ask whether they are still the same.
func TestCaching(t *testing.T) {
	t.Parallel()
	response := get(t, http.MethodGet, ui.Prefix+"main.js")
	etag := response.Header().Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{32}"$`, etag)
	require.Equal(t, "no-cache", response.Header().Get("Cache-Control"))
	require.NotEqual(t, etag, get(t, http.MethodGet, "/").Header().Get("ETag"))

	same := get(t, http.MethodGet, ui.Prefix+"main.js", "If-None-Match", etag)
	require.Equal(t, http.StatusNotModified, same.Code)
	other := get(t, http.MethodGet, ui.Prefix+"main.js", "If-None-Match", `"other"`)
	require.Equal(t, http.StatusOK, other.Code)
	require.Equal(t, http.StatusOK, get(t, http.MethodHead, "/").Code)
}

func TestNothingElseIsServed(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"/index.html", "/v1.0/workflow/processInstances", ui.Prefix, ui.Prefix + "index.html", ui.Prefix + "../ui.go", ui.Prefix + "assets/main.js"} {
		require.Equal(t, http.StatusNotFound, get(t, http.MethodGet, address).Code, address)
	}
	response := get(t, http.MethodPost, "/")
	require.Equal(t, http.StatusMethodNotAllowed, response.Code)
	require.Equal(t, "GET, HEAD", response.Header().Get("Allow"))
}

// The policy would stop all of this; texts of users must not get that far.
func TestAssetsInterpretNoTextAndLoadNothingForeign(t *testing.T) {
	t.Parallel()
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|createContextualFragment|parseFromString|srcdoc|document\.write|\beval\(|new Function|` +
		`javascript:|<style|\bstyle=|\.style\b|"style"|<script>|\son[a-z]+="|import\(|@import|url\(`)
	foreign := regexp.MustCompile(`(?:https?:)?//[a-zA-Z0-9][^\s"'` + "`" + `]*\.[^\s"'` + "`" + `]*`)
	for asset, content := range sources(t) {
		require.NotRegexp(t, forbidden, content, asset)
		for _, found := range foreign.FindAllString(content, -1) {
			// The name of SVG, and what the field for the callback's URL proposes.
			require.Contains(t, []string{"http://www.w3.org/2000/svg", "http://127.0.0.1:8080/dingtalk"}, found, asset)
		}
	}
}

// Every file that is asked for exists, and every file is asked for.
func TestReferences(t *testing.T) {
	t.Parallel()
	found := sources(t)
	asked := map[string]bool{"index.html": true}
	imports := regexp.MustCompile(`(?m)^import .* from "(\.[^"]+)";$`)
	absolute := regexp.MustCompile(`"` + ui.Prefix + `([^"]+)"`)
	for asset, content := range found {
		for _, match := range imports.FindAllStringSubmatch(content, -1) {
			asked[path.Join(path.Dir(asset), match[1])] = true
		}
		for _, match := range absolute.FindAllStringSubmatch(content, -1) {
			asked[match[1]] = true
		}
	}
	for asset := range asked {
		require.Contains(t, found, asset)
	}
	for asset := range found {
		require.Contains(t, asked, asset, "nobody asks for it")
	}
}
