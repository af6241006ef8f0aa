package form_test

import (
	"fmt"

	"github.com/dingoa/dingoa/form"
)

// The schema is what GET /v1.0/workflow/forms/schemas/processCodes answered.
func ExampleCheck() {
	schema, err := form.ParseSchema([]byte(`{"result":{"schemaContent":{"items":[
		{"componentName":"TextField","props":{"id":"TextField_1","label":"事由","required":true}},
		{"componentName":"TableField","props":{"id":"TableField_1","label":"明细"},"children":[
			{"componentName":"DDSelectField","props":{"id":"DDSelectField_1","label":"用途","required":true,"options":["交通","住宿"]}}
		]}
	]}}}`))
	if err != nil {
		panic(err)
	}
	type line struct {
		Purpose string `form:"用途,type=DDSelectField"`
	}
	type expense struct {
		Reason string `form:"事由"`
		Lines  []line `form:"明细"`
	}
	fmt.Println(form.Check(schema, expense{Reason: "出差", Lines: []line{{"交通"}, {"餐饮"}}}))
	// Output: form: Lines[1].Purpose (明细[1].用途, DDSelectField) must be one of 交通, 住宿, got "餐饮"
}
