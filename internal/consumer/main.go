// Command consumer imports the SDK as a user does, from a module of its own. Its
// test holds what that costs a user.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/dingoa/dingoa"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run starts one approval: AppKey, AppSecret, ProcessCode and userId of the originator.
func run(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: consumer <appKey> <appSecret> <processCode> <userId>")
	}
	client, err := dingoa.New(args[0], args[1])
	if err != nil {
		return err
	}
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      args[2],
		OriginatorUserID: args[3],
		DeptID:           -1,
		FormValues:       []dingoa.FormValue{{Name: "Reason", Value: "new laptop"}},
	})
	if errors.Is(err, dingoa.ErrNotFound) {
		return fmt.Errorf("no such form or user: %w", err)
	}
	if err != nil {
		return err
	}
	fmt.Println(created.InstanceID)
	return nil
}
