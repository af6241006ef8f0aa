package browsertest

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the pictures of docs/images anew") //nolint:gochecknoglobals // a flag

// maxImage is what a picture of the README may weigh, in bytes.
const maxImage = 300_000

// image is a picture of the documentation.
type image struct {
	name, address   string
	width, height   int64
	language, theme string
}

func images(trip string) []image {
	return []image{
		{"console-overview-en.png", "/#/", 1280, 800, "en", "light"},
		{"console-overview-zh-dark.png", "/#/", 1280, 800, "zh", "dark"},
		{"console-approval-zh.png", "/#/instances/" + trip, 1280, 800, "zh", "light"},
		{"console-approval-en-dark.png", "/#/instances/" + trip, 1280, 800, "en", "dark"},
		{"console-approval-zh-phone.png", "/#/instances/" + trip, 375, 812, "zh", "light"},
		{"console-approvals-en-phone-dark.png", "/#/instances", 375, 812, "en", "dark"},
		{"console-start-zh.png", "/#/start/PROC-SAMPLE-TRIP", 1280, 800, "zh", "light"},
		{"console-faults-en.png", "/#/faults", 1280, 800, "en", "light"},
	}
}

// TestImages opens every picture's page, and writes the pictures with -update.
func TestImages(t *testing.T) {
	t.Parallel()
	base, trip := sample(t)
	p := open(t, base, desktop("en-GB"))
	p.goTo("/#/faults")
	p.click("#preset-quota")
	for _, i := range images(trip) {
		p.run(`localStorage.setItem("dingoa.language", ` + quote(i.language) + `); localStorage.setItem("dingoa.theme", ` + quote(i.theme) + `)`)
		p.do(chromedp.EmulateViewport(i.width, i.height))
		p.goTo("/?" + i.name + i.address[1:]) // a query makes it load anew
		p.waitFor(`document.querySelector(".page").textContent.length > 200 && document.querySelector(".live.on")`)
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		require.NoError(t, err)
		require.Less(t, len(png), maxImage, i.name)
		if *update {
			require.NoError(t, os.WriteFile(filepath.Join("../../docs/images", i.name), png, 0o600))
		}
	}
}
