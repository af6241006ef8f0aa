package dingoa

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strings"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/operation"
)

// WithFileAddressesAsGiven takes addresses of files as DingTalk names them: also
// with http, and of hosts in a private network, as a company may have its files
// on its own servers (专属存储). Without it http becomes https, since the vendor's
// own samples have http, and a private host is refused. Clients with a base URL
// that is not DingTalk's, such as an emulator's, need no option.
func WithFileAddressesAsGiven() Option {
	return func(c *config) error {
		c.anyFileAddress = true
		return nil
	}
}

// fileAddress checks where a file is to be fetched or put, and returns the
// address to use. Signatures do not cover the scheme.
func (c *config) fileAddress(address string) (string, error) {
	u, err := url.Parse(address)
	switch {
	case err != nil: // whose text has the address
		return "", errors.New("the address of the file cannot be read")
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "", u.User != nil:
		return "", errors.New("the address of the file is none of http or https, without a user")
	case c.anyFileAddress:
		return address, nil
	}
	base, err := url.Parse(c.gatewayURL(c.legacy))
	own := err != nil || ofVendor(base.Hostname())
	if own && !public(u.Hostname()) {
		return "", fmt.Errorf("the file lies at %s, which is no public host; if your company keeps its files there, use WithFileAddressesAsGiven", redact.Text(u.Host, maxErrorName))
	}
	if u.Scheme == "http" && (own || ofVendor(u.Hostname())) {
		u.Scheme = "https"
		u.Host = strings.TrimSuffix(u.Host, ":80")
		return u.String(), nil
	}
	return address, nil
}

// ofVendor reports whether a host belongs to DingTalk or its file storage.
func ofVendor(host string) bool {
	host = "." + strings.ToLower(host)
	return strings.HasSuffix(host, ".dingtalk.com") || strings.HasSuffix(host, ".aliyuncs.com")
}

// public reports whether a host can be one on the internet: a name with a dot
// that is not reserved, and no address, which no file host goes by.
func public(host string) bool {
	if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		return false
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	for _, reserved := range []string{".localhost", ".local", ".internal"} {
		if strings.HasSuffix(host, reserved) {
			return false
		}
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	return strings.Contains(host, ".") && strings.Trim(last, "0123456789abcdefx") != "" // 127.1, 0x7f.1
}

// fileURL is fileAddress for an address that is handed to the caller.
func (c *Client) fileURL(op operation.Operation, address string) (string, error) {
	checked, err := c.cfg.fileAddress(address)
	if err != nil {
		return "", &Error{Op: op.Spec().Name, Kind: ErrServer, Err: err}
	}
	return checked, nil
}
