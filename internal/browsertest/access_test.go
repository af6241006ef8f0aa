package browsertest

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// addresses of all pages, filled with an approval, events, requests and a fault.
func addresses(instanceID string) []string {
	return []string{
		"/#/", "/#/instances", "/#/instances/" + instanceID, "/#/start", "/#/start/PROC-EMULATOR-EXPENSE", "/#/forms",
		"/#/forms/PROC-EMULATOR-LEAVE", "/#/events", "/#/streams", "/#/requests", "/#/faults", "/#/clock",
	}
}

// An address that is nobody's says so, whatever JavaScript finds by its name.
func TestPagesThatAreNot(t *testing.T) {
	t.Parallel()
	_, base := serve(t)
	p := open(t, base, desktop("en-GB"))
	for _, name := range []string{"nothing", "__proto__", "constructor", "toString/x", "hasOwnProperty", "%5F%5Fproto%5F%5F"} {
		p.goTo("/#/")
		p.goTo("/#/" + name)
		p.sees("There is no such page")
	}
}

// Nothing runs out of a phone's screen, and everything has a name.
func TestPagesFitAPhone(t *testing.T) {
	t.Parallel()
	server, base := serve(t, emulator.WithForms(company.DefaultForm(), company.ExpenseForm(), company.EveryComponentForm()))
	code, id := company.DefaultEveryComponentCode, start(t, client(t, server), "一段很长的文字，没有空格："+"https://example.com/a/very/long/address/that/does/not/end")
	p := open(t, base, phone("zh-CN"))
	for _, address := range append(addresses(id), "/#/start/"+code, "/#/forms/"+code) {
		p.goTo("/#/")
		p.goTo(address)
		p.waitFor(`document.querySelector(".page").children.length > 1`)
		wide, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`
			[...document.querySelectorAll("main *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll")).map(e => e.outerHTML.slice(0, 200))`))
		require.NoError(t, err)
		require.Empty(t, wide, "%s: wider than the screen", address)
		nameless, err := chromedp.Run(p.ctx, chromedp.Evaluate[[]string](`
			[...document.querySelectorAll("input, select, textarea, button, a")].filter(e =>
				!(e.getAttribute("aria-label") || e.getAttribute("aria-labelledby") || e.labels?.length || e.textContent.trim() ||
					e.closest("[role=group]") && e.closest("[aria-labelledby]"))).map(e => e.outerHTML.slice(0, 200))`))
		require.NoError(t, err)
		require.Empty(t, nameless, "%s: without a name", address)
	}
}

func TestKeyboardAndChoices(t *testing.T) {
	t.Parallel()
	_, base := serve(t)
	dark := desktop("en-GB")
	dark.dark = true
	p := open(t, base, dark)
	background := "getComputedStyle(document.body).backgroundColor"
	p.waitFor(background + ` === "rgb(16, 18, 20)"`)
	p.press(kb.Tab)
	p.waitFor(`document.activeElement.className === "skip"`)
	p.press(kb.Enter)
	p.waitFor(`document.activeElement.id === "main" && location.hash === ""`)

	p.click("#theme")
	p.click("#language")
	p.sees("概览", "Stream 连接")
	p.do(chromedp.Reload()) // both are remembered
	p.sees("概览")
	p.waitFor(`document.documentElement.lang === "zh-CN" && ` + background + ` === "rgb(246, 247, 249)"`)
	p.click(`nav a[href="#/instances"]`)
	p.sees("没有符合条件的审批单。")
	p.click(`nav a[href="#/forms"]`)
	p.do(chromedp.NavigateBack())
	p.sees("没有符合条件的审批单。")
}
