package browsertest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// screen is how a page is looked at.
type screen struct {
	language      string // of the browser
	dark          bool
	width, height int64
}

func desktop(language string) screen { return screen{language: language, width: 1280, height: 800} }

func phone(language string) screen { return screen{language: language, width: 375, height: 812} }

// page is a tab of a browser of its own.
type page struct {
	t    *testing.T
	ctx  context.Context //nolint:containedctx // chromedp keeps its tab in it
	base string

	noted    chan struct{} // something went into errors
	mu       sync.Mutex
	errors   []string // that the page wrote to the console
	requests []string // addresses that it asked for
}

// chromium is the browser of the system. Tests without one are skipped, unless
// BROWSER_REQUIRED is set.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			return found
		}
	}
	if os.Getenv("BROWSER_REQUIRED") != "" {
		require.FailNow(t, "there is no Chromium in PATH")
	}
	t.Skip("there is no Chromium in PATH; make test-browser installs Debian's")
	return ""
}

// open starts a browser for the console at base. At the end of the test the page
// must have written no error and asked nobody but base.
func open(t *testing.T, base string, s screen) *page {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromium(t)), chromedp.DisableGPU,
		chromedp.Flag("lang", s.language), chromedp.Flag("accept-lang", s.language))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // as root there is none
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	ctx, cancelBrowser := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancelBrowser)
	ctx, cancelTab := chromedp.NewContext(ctx)
	t.Cleanup(cancelTab)

	p := &page{t: t, ctx: ctx, base: base, noted: make(chan struct{}, 100)}
	scheme := "light"
	if s.dark {
		scheme = "dark"
	}
	p.do(chromedp.EmulateViewport(s.width, s.height))
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
	})
	require.NoError(t, err)
	p.watch()
	t.Cleanup(p.check)
	p.goTo("/")
	return p
}

// watch notes what the page asks for, and what goes wrong in it.
func (p *page) watch() {
	_, err := chromedp.Call(p.ctx, network.Enable, network.EnableParams{})
	require.NoError(p.t, err)
	requests, console := chromedp.Events(p.ctx, network.RequestWillBeSent), chromedp.Console(p.ctx)
	go func() {
		for event, err := range requests {
			if err != nil {
				return // the tab was closed
			}
			p.note(&p.requests, event.Request.URL)
		}
	}()
	go func() {
		for message, err := range console {
			if err != nil {
				return
			}
			if message.Type == chromedp.ConsoleError || message.IsException() {
				p.note(&p.errors, message.String())
				p.noted <- struct{}{}
			}
		}
	}()
}

func (p *page) note(list *[]string, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*list = append(*list, text)
}

// refused takes the note of a request that was meant to be refused off the list:
// the browser writes one for every reply that is an error.
func (p *page) refused(status string) {
	p.t.Helper()
	p.expected("error: Failed to load resource: the server responded with a status of " + status)
}

func (p *page) expected(text string) {
	p.t.Helper()
	for !p.forget(text) {
		select {
		case <-p.noted:
		case <-p.ctx.Done():
			require.FailNow(p.t, "the page did not write it to the console", text)
		}
	}
}

func (p *page) forget(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := slices.Index(p.errors, text)
	if at >= 0 {
		p.errors = slices.Delete(p.errors, at, at+1)
	}
	return at >= 0
}

func (p *page) check() {
	p.mu.Lock()
	defer p.mu.Unlock()
	require.Empty(p.t, p.errors, "the page wrote errors to the console")
	require.NotEmpty(p.t, p.requests)
	here, err := url.Parse(p.base)
	require.NoError(p.t, err)
	for _, address := range p.requests {
		asked, err := url.Parse(address)
		require.NoError(p.t, err)
		require.True(p.t, asked.Scheme == "data" || asked.Host == here.Host, "the page asked for %s", address)
	}
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	require.NoError(p.t, chromedp.Do(p.ctx, actions...))
}

// goTo opens a page of the console, such as "/#/instances".
func (p *page) goTo(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate(p.base + address))
	p.do(chromedp.WaitVisible(chromedp.CSS("h1")))
}

func (p *page) click(selector string) {
	p.t.Helper()
	p.waitFor(fmt.Sprintf("document.querySelector(%s) && !document.querySelector(%s).disabled", quote(selector), quote(selector)))
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// fill types into the control of the field with this label.
func (p *page) fill(label, text string) {
	p.t.Helper()
	selector := fmt.Sprintf(`[data-field=%s] :is(input, textarea, select)`, quote(label))
	p.waitFor(fmt.Sprintf("document.querySelector(%s)", quote(selector)))
	// Browsers let dates be typed in the user's own format: the value is set.
	p.run(fmt.Sprintf(`(control => {
		control.value = %s;
		control.dispatchEvent(new Event("input", {bubbles: true}));
		control.dispatchEvent(new Event("change", {bubbles: true}));
	})(document.querySelector(%s))`, quote(text), quote(selector)))
}

func (p *page) run(script string) {
	p.t.Helper()
	_, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](script))
	require.NoError(p.t, err, script)
}

// waitFor a condition; one that fails, as an element is not there, is not met.
func (p *page) waitFor(condition string) {
	p.t.Helper()
	met := "(() => { try { return Boolean(" + condition + "); } catch { return false; } })()"
	_, err := chromedp.Run(p.ctx, chromedp.Poll[bool](met, chromedp.WithPollingTimeout(10*time.Second)))
	require.NoError(p.t, err, "waited for %s; the page shows:\n%s", condition, p.text())
}

// sees waits until the page shows the texts.
func (p *page) sees(texts ...string) {
	p.t.Helper()
	for _, text := range texts {
		p.waitFor(fmt.Sprintf("document.body.innerText.includes(%s)", quote(text)))
	}
}

func (p *page) text() string {
	text, err := chromedp.Run(p.ctx, chromedp.Evaluate[string]("document.body.innerText"))
	if err != nil {
		return err.Error()
	}
	return text
}

// quote writes a text as JavaScript does.
func quote(text string) string {
	quoted, err := json.Marshal(text)
	if err != nil {
		panic(err) // texts can be written
	}
	return string(quoted)
}

// press types keys where the focus is.
func (p *page) press(keys string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(keys))
}
