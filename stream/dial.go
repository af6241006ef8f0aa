package stream

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/coder/websocket"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/internal/redirect"
)

// connectTimeout bounds the request for a ticket and the handshake together.
const connectTimeout = 15 * time.Second

// connect asks for a ticket and opens the WebSocket that it is for.
func (c *Consumer) connect(ctx context.Context, number int64) (*connection, error) {
	conn := newConnection(ctx, c, number)
	ctx, cancel := context.WithTimeout(ctx, connectTimeout)
	defer cancel()
	opened, err := c.client.Streams.Open(ctx, dingoa.StreamRequest{
		Subscriptions: c.cfg.subscribing, UserAgent: c.cfg.userAgent, LocalIP: localIP(), Extras: c.cfg.extras,
	}, dingoa.WithoutRetry())
	if err != nil {
		return nil, err
	}
	address, err := addressOf(opened)
	if err != nil {
		return nil, err
	}
	hc := c.client.HTTPClient()
	hc.Timeout = 0 // it would end the connection; ctx bounds the handshake
	hc.CheckRedirect = redirect.Refuse
	hc.Transport = &upgrade{next: hc.Transport, conn: conn}
	conn.ws, _, err = websocket.Dial(ctx, address, &websocket.DialOptions{ //nolint:bodyclose // it is the connection's
		HTTPClient:     hc,
		HTTPHeader:     http.Header{"User-Agent": {c.cfg.userAgent}},
		OnPingReceived: func(context.Context, []byte) bool { conn.hear(); return true },
	})
	if err != nil {
		return nil, dialError(err, opened.Ticket)
	}
	conn.ws.SetReadLimit(-1) // see message.readUpTo
	return conn, nil
}

// upgrade keeps what is below the WebSocket, to be able to end it at any time.
type upgrade struct {
	next http.RoundTripper
	conn *connection
}

// RoundTrip implements http.RoundTripper.
func (u *upgrade) RoundTrip(req *http.Request) (*http.Response, error) {
	next := u.next
	if next == nil {
		next = http.DefaultTransport
	}
	resp, err := next.RoundTrip(req)
	if err == nil {
		u.conn.below = resp.Body
	}
	return resp, err
}

// addressOf is the endpoint with the ticket in its query. A ticket is a
// credential: it goes over TLS, or stays on this machine.
func addressOf(opened *dingoa.StreamConnection) (string, error) {
	u, err := url.Parse(opened.Endpoint)
	if err != nil || u.Host == "" || u.User != nil {
		return "", errors.New("stream: the endpoint that DingTalk names is no address of a WebSocket")
	}
	ip := net.ParseIP(u.Hostname())
	isHere := u.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	if u.Scheme != "wss" && (u.Scheme != "ws" || !isHere) {
		return "", fmt.Errorf("stream: the endpoint at %s is not a wss address; the ticket was not sent", u.Host)
	}
	query := u.Query()
	query.Set("ticket", opened.Ticket)
	u.RawQuery, u.Fragment = query.Encode(), ""
	return u.String(), nil
}

// dialError drops the address, which holds the ticket.
func dialError(err error, ticket string) error {
	if urlErr := (*url.Error)(nil); errors.As(err, &urlErr) {
		err = urlErr.Err
	}
	text := err.Error()
	if strings.Contains(text, ticket) || strings.Contains(text, url.QueryEscape(ticket)) {
		return errors.New("stream: the WebSocket could not be opened; the cause would show the ticket")
	}
	return fmt.Errorf("stream: the WebSocket could not be opened: %w", err)
}

// localIP is the first IPv4 address that is no loopback, empty when there is none.
func localIP() string {
	addresses, _ := net.InterfaceAddrs() // none: it is for the console only
	for _, address := range addresses {
		if network, ok := address.(*net.IPNet); ok && !network.IP.IsLoopback() && network.IP.To4() != nil {
			return network.IP.String()
		}
	}
	return ""
}
