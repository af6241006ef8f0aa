package signon_test

import (
	"context"
	"fmt"

	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/signon"
)

// A page inside DingTalk signs its JSAPI calls with a ticket, which prints hidden.
func Example() {
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	defer func() { _ = server.Close() }()
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	ticket, err := signon.New(client).JSAPITicket(context.Background())
	if err != nil {
		panic(err)
	}
	fmt.Println(ticket.Value != "", ticket.ExpiresAt.After(server.Now()))
	// Output: true true
}
