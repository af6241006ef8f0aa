package dingoa_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
)

// TestFileAddresses: the vendor's own sample has http, and what answers in
// DingTalk's place may name any host.
func TestFileAddresses(t *testing.T) {
	t.Parallel()
	const query = "?Expires=1&Signature=SECRET"
	for name, test := range map[string]struct {
		address string
		opts    []dingoa.Option
		want    string // empty: refused
	}{
		"https":              {"https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b", nil, "https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b"},
		"http":               {"http://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b", nil, "https://bucket.oss-cn-hangzhou.aliyuncs.com/a%20b"},
		"port 80":            {"http://bucket.oss-cn-hangzhou.aliyuncs.com:80/a", nil, "https://bucket.oss-cn-hangzhou.aliyuncs.com/a"},
		"a host of its own":  {"http://files.example.com/a", nil, "https://files.example.com/a"},
		"as given":           {"http://files.example.com/a", []dingoa.Option{dingoa.WithFileAddressesAsGiven()}, "http://files.example.com/a"},
		"private, as given":  {"http://10.0.0.7/a", []dingoa.Option{dingoa.WithFileAddressesAsGiven()}, "http://10.0.0.7/a"},
		"emulator":           {"http://127.0.0.1:8089/a", []dingoa.Option{dingoa.WithBaseURL("http://127.0.0.1:8089"), dingoa.WithLegacyBaseURL("http://127.0.0.1:8089")}, "http://127.0.0.1:8089/a"},
		"a proxy's":          {"http://bucket.aliyuncs.com/a", []dingoa.Option{dingoa.WithBaseURL("http://proxy:80"), dingoa.WithLegacyBaseURL("http://proxy:80")}, "https://bucket.aliyuncs.com/a"},
		"metadata service":   {"http://169.254.169.254/latest", nil, ""},
		"loopback":           {"https://127.0.0.1/a", nil, ""},
		"loopback, IPv6":     {"https://[::1]/a", nil, ""},
		"loopback, short":    {"https://127.1/a", nil, ""},
		"loopback, hex":      {"https://0x7f.0x1/a", nil, ""},
		"localhost":          {"https://localhost/a", nil, ""},
		"localhost, dot":     {"https://x.localhost./a", nil, ""},
		"a name of this net": {"https://files/a", nil, ""},
		"another scheme":     {"file:///etc/passwd", nil, ""},
		"user":               {"https://user:SECRET@files.example.com/a", nil, ""},
		"no address":         {":// SECRET", nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, legacy := range []bool{false, true} {
				reply := fmt.Sprintf(`{"errcode":0,"success":true,"result":{"spaceId":"1","fileId":"2","downloadUri":%q,"space_id":"1","file_id":"2","download_uri":%[1]q}}`, test.address+query)
				opts := test.opts
				if legacy {
					opts = append([]dingoa.Option{dingoa.WithLegacyGateway()}, opts...)
				}
				dt := newDingTalk(answer(200, reply))
				c := dt.once(t, opts...)
				link, err := c.Files.DownloadURL(t.Context(), dingoa.DownloadURLRequest{InstanceID: "1", FileID: "2"})
				if test.want == "" {
					require.ErrorIs(t, err, dingoa.ErrServer)
					require.NotContains(t, err.Error(), "SECRET")
				} else {
					require.NoError(t, err)
					require.Equal(t, test.want+query, link.URL)
				}
				var fetched string
				dt = newDingTalk(answer(200, reply), func(r *http.Request) (*http.Response, error) {
					fetched = r.URL.String()
					return answer(200, "content")(r)
				})
				_, err = dt.once(t, opts...).Files.Download(t.Context(), dingoa.DownloadRequest{InstanceID: "1", FileID: "2"}, io.Discard)
				if test.want == "" {
					require.Error(t, err)
					require.Empty(t, fetched)
					continue
				}
				require.NoError(t, err)
				require.Equal(t, test.want+query, fetched)
			}
		})
	}
}
