package dingoa_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/emulator"
	"github.com/dingoa/dingoa/emulator/company"
	"github.com/dingoa/dingoa/form"
)

// The leave form wants 请假类型, 开始日期 and 天数.
func ExampleWithFormCheck() {
	server, err := emulator.New()
	if err != nil {
		panic(err)
	}
	client, err := server.Client(dingoa.WithFormCheck(10 * time.Minute))
	if err != nil {
		panic(err)
	}
	_, err = client.Instances.Create(context.Background(), dingoa.CreateInstanceRequest{
		ProcessCode: company.DefaultProcessCode, OriginatorUserID: "zhangsan", DeptID: 100,
		FormValues: []dingoa.FormValue{{Name: "请假类型", Value: "产假"}, {Name: "天数", Value: "两天"}},
	})
	var refused *form.Error
	if errors.As(err, &refused) {
		for _, problem := range refused.Problems {
			fmt.Println(problem)
		}
	}
	fmt.Println("started:", len(server.Instances()))
	// Output:
	// 请假类型 (DDSelectField) must be one of 年假, 事假, 病假, got "产假"
	// 开始日期 (DDDateField) is required
	// 天数 (NumberField) must be a number such as 12.50, got "两天"
	// started: 0
}
