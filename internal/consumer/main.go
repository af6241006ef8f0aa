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

func run(ctx context.Context, args []string) error {
	if len(args) != 4 {
		return errors.New("usage: consumer <appKey> <appSecret> <processCode> <userId>")
	}
	client, err := dingoa.New(args[0], args[1])
	if err != nil {
		return err
	}
	id, err := start(ctx, client, args[2], args[3], -1)
	if err != nil {
		return err
	}
	fmt.Println(id)
	return nil
}

// start starts an approval of one form and returns its id.
func start(ctx context.Context, client *dingoa.Client, processCode, userID string, deptID int64) (string, error) {
	created, err := client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode:      processCode,
		OriginatorUserID: userID,
		DeptID:           deptID,
		FormValues: []dingoa.FormValue{
			{Name: "请假类型", Value: "事假"}, {Name: "开始日期", Value: "2026-06-01"}, {Name: "天数", Value: "1"},
		},
	})
	if errors.Is(err, dingoa.ErrNotFound) {
		return "", fmt.Errorf("no such form or user: %w", err)
	}
	if err != nil {
		return "", err
	}
	return created.InstanceID, nil
}
