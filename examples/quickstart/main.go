// The quickstart runs an approval from its start to its end: create, decide,
// learn of every change by callback, read back; then create and revoke another.
//
// Without further ado it runs against an emulator inside this process. With
// DINGTALK_APP_KEY, DINGTALK_APP_SECRET, DINGTALK_PROCESS_CODE and
// DINGTALK_USER_ID set it does the same against the real service; the decisions
// are then made by people in the DingTalk app.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/form"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	run := runEmulated
	if os.Getenv("DINGTALK_APP_KEY") != "" {
		run = runReal
	}
	err := run(ctx, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// LeaveRequest is the form: what the applicant fills in, by the labels that the
// components have.
type LeaveRequest struct {
	Kind   string       `form:"请假类型,required"`
	From   time.Time    `form:"开始日期,required"`
	Days   form.Decimal `form:"天数"`
	Reason string       `form:"事由"`
	// Others are the components of another form.
	Others form.Values `form:",rest"`
}

// china is where the times are printed.
var china = time.FixedZone("UTC+8", 8*60*60)

// line prints one line of the timeline.
func line(out io.Writer, at time.Time, mark, format string, args ...any) {
	fmt.Fprintf(out, "  %s  %s  %s\n", at.In(china).Format("15:04"), mark, fmt.Sprintf(format, args...))
}

// report prints an instance as it was read back.
func report(out io.Writer, inst *dingoa.Instance) error {
	var leave LeaveRequest
	if err := form.Unmarshal(inst.FormValues, &leave); err != nil {
		return err
	}
	fmt.Fprintf(out, "\n  %s, No. %s: %s %s\n", inst.Title, inst.BusinessID, inst.Status, inst.Result)
	if leave.Kind != "" {
		fmt.Fprintf(out, "    请假类型: %s\n    开始日期: %s\n    天数: %s\n    事由: %s\n",
			leave.Kind, leave.From.Format(time.DateOnly), leave.Days, leave.Reason)
	}
	for _, value := range leave.Others {
		fmt.Fprintf(out, "    %s: %s\n", value.Name, value.Value)
	}
	for _, record := range inst.Records {
		remark := ""
		if record.Remark != "" {
			remark = "  “" + record.Remark + "”"
		}
		fmt.Fprintf(out, "    %s  %-26s %-6s %s%s\n", record.Time.In(china).Format("01-02 15:04"), record.Type, record.Result, record.UserID, remark)
	}
	fmt.Fprintln(out)
	return nil
}

// spent prints the calls that count against the monthly quota.
func spent(out io.Writer, client *dingoa.Client) {
	usage := client.Usage()
	var parts []string
	for operation, calls := range usage.ByOperation {
		parts = append(parts, fmt.Sprintf("%s %d", operation, calls))
	}
	slices.Sort(parts)
	fmt.Fprintf(out, "API calls spent: %d (%s)\n", usage.Calls, strings.Join(parts, ", "))
}
