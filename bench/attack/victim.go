//go:build linux

package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/stream"
)

// roleVariable tells a child process what it is.
const roleVariable = "DINGOA_ATTACK_ROLE"

const (
	roleCallback = "callback"
	roleEmulator = "emulator"
	roleStream   = "stream"
)

// victim is the server that is attacked. It prints its address and runs until it
// is killed.
func victim(role string) error {
	role, argument, _ := strings.Cut(role, " ")
	switch role {
	case roleCallback:
		return serveCallback()
	case roleEmulator:
		return serveEmulator()
	case roleStream:
		return consume(argument)
	}
	return fmt.Errorf("there is no role %q", role)
}

func newCallback() (*dingoa.Callback, error) {
	return dingoa.NewCallback(emulator.DefaultCallbackToken, emulator.DefaultEncodingAESKey, []string{company.DefaultAppKey},
		dingoa.WithTimestampWindow(5*time.Minute))
}

// serveCallback is the server of the README.
func serveCallback() error {
	callback, err := newCallback()
	if err != nil {
		return err
	}
	dispatcher, err := event.NewDispatcher()
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("POST /dingtalk/callback", callback.Handler(dispatcher))
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 2 * time.Second,
		ReadTimeout:       3 * time.Second,
		WriteTimeout:      10 * time.Second,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    16 << 10,
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	return server.Serve(listener)
}

func serveEmulator() error {
	server, err := emulator.New()
	if err != nil {
		return err
	}
	base, err := server.Listen("")
	if err != nil {
		return err
	}
	fmt.Println(strings.TrimPrefix(base, "http://"))
	select {}
}

// consume receives events from a gateway, with a handler that is never done.
func consume(gateway string) error {
	client, err := dingoa.New("key", "secret", dingoa.WithBaseURL("http://"+gateway))
	if err != nil {
		return err
	}
	handler := event.HandlerFunc(func(ctx context.Context, _ *event.Event) error {
		<-ctx.Done()
		return ctx.Err()
	})
	consumer, err := stream.New(client, handler)
	if err != nil {
		return err
	}
	fmt.Println(gateway)
	<-time.After(time.Second) // until its memory was looked at
	return consumer.Run(context.Background())
}
