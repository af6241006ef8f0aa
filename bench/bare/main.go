// Command bare does by hand what internal/consumer does with the SDK, with
// nothing but the standard library: it fetches a token and starts one approval.
// The difference in size of the two programs is what the SDK costs.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
)

const base = "https://api.dingtalk.com"

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

type tokenRequest struct {
	AppKey    string `json:"appKey"`
	AppSecret string `json:"appSecret"`
}

type formValue struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type createRequest struct {
	ProcessCode      string      `json:"processCode"`
	OriginatorUserID string      `json:"originatorUserId"`
	DeptID           int64       `json:"deptId"`
	FormValues       []formValue `json:"formComponentValues"`
}

func run(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: bare <appKey> <appSecret> <processCode> <userId>")
	}
	var token struct {
		AccessToken string `json:"accessToken"`
	}
	if err := post(ctx, "/v1.0/oauth2/accessToken", "", tokenRequest{args[0], args[1]}, &token); err != nil {
		return err
	}
	var created struct {
		InstanceID string `json:"instanceId"`
	}
	err := post(ctx, "/v1.0/workflow/processInstances", token.AccessToken, createRequest{
		ProcessCode:      args[2],
		OriginatorUserID: args[3],
		DeptID:           -1,
		FormValues:       []formValue{{Name: "Reason", Value: "new laptop"}},
	}, &created)
	if err != nil {
		return err
	}
	fmt.Println(created.InstanceID)
	return nil
}

func post(ctx context.Context, path, token string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("x-acs-dingtalk-access-token", token)
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	reply, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("status %d: %s", resp.StatusCode, reply)
	}
	return json.Unmarshal(reply, out)
}
