package dingoa_test

import (
	"context"
	"fmt"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
)

// The second approver of this form is chosen by the originator (审批人自选).
func ExampleForecast_Select() {
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	client, err := server.Client()
	if err != nil {
		panic(err)
	}
	ctx := context.Background()
	values := []dingoa.FormValue{{Name: "金额", Value: "100"}}
	forecast, err := client.Templates.Forecast(ctx, dingoa.ForecastRequest{
		ProcessCode: company.DefaultExpenseCode, UserID: "zhangsan", DeptID: 100, FormValues: values,
	})
	if err != nil {
		panic(err)
	}
	for _, step := range forecast.Missing(nil) {
		fmt.Println("who is", step.Name, "of", step.Actor.SelectionRange.Users)
	}
	actioners, err := forecast.Select(map[string][]string{"财务": {"zhaoliu"}})
	if err != nil {
		panic(err)
	}
	_, err = client.Instances.Create(ctx, dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultExpenseCode, OriginatorUserID: "zhangsan", DeptID: 100,
		FormValues: values, TargetSelectActioners: actioners,
	})
	fmt.Println(err)
	// Output:
	// who is 财务 of [{wangwu 王五} {zhaoliu 赵六}]
	// <nil>
}
