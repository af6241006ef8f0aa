package operation_test

import (
	"fmt"

	"github.com/dingoa/dingoa/operation"
)

// An operation's entry in the table is a copy: changing it changes no call.
func ExampleID() {
	spec := operation.StartProcessInstance.Spec()
	fmt.Println(spec.Method, spec.Path, spec.Idempotent)
	// Output:
	// POST /v1.0/workflow/processInstances false
}
