package dingoa

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/dingoa/dingoa/internal/limit"
	"github.com/dingoa/dingoa/operation"
)

// StreamService opens connections of stream mode (Stream 模式).
type StreamService service

// StreamRequest asks for a connection of stream mode (Stream 模式). Package
// stream makes it for you.
type StreamRequest struct {
	// Subscriptions are the messages to be delivered. Required.
	Subscriptions []StreamSubscription
	// UserAgent names your program and its version.
	UserAgent string
	// LocalIP is the address of this machine, for DingTalk's console.
	LocalIP string
	// Extras are further properties of the connection.
	Extras map[string]string
}

// StreamSubscription is one kind of message that a connection is to carry.
type StreamSubscription struct {
	// Type is one of the StreamType values. Required.
	Type StreamType `json:"type"`
	// Topic is "*" for events, the only one that DingTalk takes: choose the events
	// in the developer console. Required.
	Topic string `json:"topic"`
}

// StreamType is the kind of a message of stream mode.
type StreamType string

// The kinds of messages.
const (
	StreamTypeSystem   StreamType = "SYSTEM"   // ping and disconnect
	StreamTypeEvent    StreamType = "EVENT"    // events (事件订阅)
	StreamTypeCallback StreamType = "CALLBACK" // robots and cards, which this package has nothing for
)

// StreamConnection is where to open a WebSocket, and with what. It prints
// without the ticket.
type StreamConnection struct {
	// Endpoint is the address of the WebSocket (wss).
	Endpoint string `json:"endpoint"`
	// Ticket goes into its query, for one connection. A secret.
	Ticket string `json:"ticket"`
}

// String names the endpoint.
func (c StreamConnection) String() string { return "StreamConnection(" + c.Endpoint + ", ***)" }

// Format hides the ticket from every verb of fmt.
func (c StreamConnection) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue hides the ticket from log/slog.
func (c StreamConnection) LogValue() slog.Value { return slog.StringValue(c.String()) }

type streamReply struct{ StreamConnection }

func (r *streamReply) CheckReply() error {
	if r.Endpoint == "" || r.Ticket == "" {
		return errors.New("the reply has no endpoint or no ticket")
	}
	return nil
}

// streamRequest is a StreamRequest with what the client adds.
type streamRequest struct {
	ClientID      string               `json:"clientId"`
	ClientSecret  string               `json:"clientSecret"`
	Subscriptions []StreamSubscription `json:"subscriptions"`
	UserAgent     string               `json:"ua"`
	LocalIP       string               `json:"localIp"`
	Extras        map[string]string    `json:"extras,omitempty"`
}

// WithCredentials returns the request with the app's credentials.
func (r streamRequest) WithCredentials(appKey, appSecret string) any {
	r.ClientID, r.ClientSecret = appKey, appSecret
	return r
}

// Open asks for one connection of stream mode, with the client's AppKey
// and AppSecret, or SuiteKey and SuiteSecret; it needs no access token. Use
// package stream, which connects, reconnects and acknowledges.
//
// Errors: [ErrUnauthorized], [ErrQuotaExceeded] (pushing is paused until the
// quota of the month is raised), [ErrInvalidArgument] for a client that has no
// secret, see [WithTokenSource].
//
// https://open.dingtalk.com/document/development/develop-stream-mode-push-server
//
//dingtalk:op POST /v1.0/gateway/connections/open
func (s *StreamService) Open(ctx context.Context, req StreamRequest, opts ...RequestOption) (*StreamConnection, error) {
	var p problems
	p.SomeItems("Subscriptions", len(req.Subscriptions))
	for i, sub := range req.Subscriptions {
		p.Required(fmt.Sprintf("Subscriptions[%d].Type", i), string(sub.Type))
		p.OneOf(fmt.Sprintf("Subscriptions[%d].Type", i), string(sub.Type), limit.OpenConnectionSubscriptionsTypeEnum)
		p.Required(fmt.Sprintf("Subscriptions[%d].Topic", i), sub.Topic)
	}
	if err := p.err(operation.OpenConnection); err != nil {
		return nil, err
	}
	in := streamRequest{"", "", req.Subscriptions, req.UserAgent, req.LocalIP, req.Extras}
	var resp streamReply
	if err := s.c.Call(ctx, operation.OpenConnection, in, &resp, opts...); err != nil {
		return nil, err
	}
	return &resp.StreamConnection, nil
}
