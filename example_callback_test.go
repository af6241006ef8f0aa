package dingoa_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
)

// A callback URL that learns of ended approvals. Instead of DingTalk, the
// example pushes to it, signed with the same keys.
func ExampleCallback_Handler() {
	dispatcher, err := event.NewDispatcher(
		event.On(func(_ context.Context, _ *event.Event, c event.InstanceChange) error {
			if c.Change == event.InstanceChangeFinish {
				fmt.Println(c.Title, "ended:", c.Result)
			}
			return nil // an error makes DingTalk deliver the event again
		}),
	)
	if err != nil {
		panic(err)
	}
	callback, err := dingoa.NewCallback("token", "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", []string{"your-app-key"})
	if err != nil {
		panic(err)
	}
	mux := http.NewServeMux()
	mux.Handle("POST /dingtalk/callback", callback.Handler(dispatcher))

	message := `{"EventType":"bpms_instance_change","type":"finish","result":"agree","title":"Zhang San's leave"}`
	push, err := callback.Encrypt([]byte(message))
	if err != nil {
		panic(err)
	}
	query := url.Values{"signature": {push.MsgSignature}, "timestamp": {push.TimeStamp}, "nonce": {push.Nonce}}
	request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/dingtalk/callback?"+query.Encode(), strings.NewReader(`{"encrypt":"`+push.Encrypt+`"}`))
	answer := httptest.NewRecorder()
	mux.ServeHTTP(answer, request)
	fmt.Println(answer.Code, answer.Header().Get("Content-Type"))

	// Output:
	// Zhang San's leave ended: agree
	// 200 application/json
}

// With a framework that has no http.Handler, parse the push and answer yourself.
func ExampleCallback_Parse() {
	callback, err := dingoa.NewCallback("123456", "4g5j64qlyl3zvetqxz5jiocdr586fn2zvjpa8zls3ij", []string{"suite4xxxxxxxxxxxxxxx"})
	if err != nil {
		panic(err)
	}
	query := url.Values{"signature": {"5a65ceeef9aab2d149439f82dc191dd6c5cbe2c0"}, "timestamp": {"1445827045067"}, "nonce": {"nEXhMP4r"}}
	body := `{"encrypt":"1a3NBxmCFwkCJvfoQ7WhJHB+iX3qHPsc9JbaDznE1i03peOk1LaOQoRz3+nlyGNhwmwJ3vDMG+OzrHMeiZI7gTRWVdUBmfxjZ8Ej23JVYa9VrYeJ5as7XM/ZpulX8NEQis44w53h1qAgnC3PRzM7Zc/D6Ibr0rgUathB6zRHP8PYrfgnNOS9PhSBdHlegK+AGGanfwjXuQ9+0pZcy0w9lQ=="}`

	push, err := callback.Parse(query, []byte(body))
	if err != nil {
		panic(err)
	}
	fmt.Println(push.Event.Type)

	answer, err := push.Acknowledge() // to be sent as JSON
	if err != nil {
		panic(err)
	}
	message, err := callback.Decrypt(answer.Encrypt)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(message))

	// Output:
	// check_create_suite_url
	// success
}

// A type that the package has no struct for is handled by its name.
func ExampleOnType() {
	dispatcher, err := event.NewDispatcher(
		event.OnType("user_add_org", func(_ context.Context, e *event.Event) error {
			fmt.Println(e.CorpID, string(e.Raw))
			return nil
		}),
	)
	if err != nil {
		panic(err)
	}
	event, err := event.Parse([]byte(`{"EventType":"user_add_org","CorpId":"ding123","UserId":["manager75"]}`))
	if err != nil {
		panic(err)
	}
	if err := dispatcher.Dispatch(context.Background(), event); err != nil {
		panic(err)
	}
	// Output: ding123 {"EventType":"user_add_org","CorpId":"ding123","UserId":["manager75"]}
}
