package dingoa

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/internal/wire"
)

// maxDataSourceBody bounds a request to a data source; the form of an approval
// is well below.
const maxDataSourceBody = 1 << 20

// TaskExecution is what DingTalk asks the data source of [FeatureTaskExecute]
// or [FeatureCustomShortcut] for: somebody pressed a button of a task in an
// approval of your own system (自有OA), and the data source is to do it.
//
// See https://open.dingtalk.com/document/development/create-orupdate-the-approval-template-new
type TaskExecution struct {
	// CorpID is the company.
	CorpID string `json:"corpId"`
	// InstanceID, TaskID and ActivityID are the approval, its task and its node.
	InstanceID string `json:"processInstanceId"`
	TaskID     string `json:"taskId"`
	ActivityID string `json:"activityId"`
	// Result is agree or refuse.
	Result Result `json:"outResult"`
	// Operator is the user ID of who pressed it.
	Operator string `json:"operator"`
	// Remark is the comment; Title is the approval's.
	Remark string `json:"remark"`
	Title  string `json:"title"`
	// Data is empty in the vendor's sample, which does not say what it may hold.
	Data []json.RawMessage `json:"data"`
}

// CustomActionRequest is what DingTalk asks the data source of
// [FeatureActionDefinition], which buttons an approval shows (审批操作区托管), or
// of [FeatureActionApply], to do what a button stands for. It needs OA premium.
//
// See https://open.dingtalk.com/document/development/detailed-explanation-of-hosting-interface-agreement-in-approval-operation-area
type CustomActionRequest struct {
	// CorpID is the company.
	CorpID string `json:"corpId"`
	// InstanceID, TaskID and ActivityID are the approval, its task and its node.
	InstanceID string `json:"processInstanceId"`
	TaskID     string `json:"taskId"`
	ActivityID string `json:"activityId"`
	// Operator is the user ID of who looks at it or pressed the button.
	Operator string `json:"operator"`
	// Platform is such as pc, Locale such as zh_CN.
	Platform string `json:"platform"`
	Locale   string `json:"locale"`
	// Context is what the definition of the action said.
	Context string `json:"context"`
	// CustomData is text of the vendor's choice.
	CustomData string `json:"customData"`
	// ActionKey and ActionType name the button, FormData what the user entered,
	// in a form that the vendor does not show. All three are empty when DingTalk
	// asks for the definition.
	ActionKey  string           `json:"actionKey"`
	ActionType CustomActionType `json:"actionType"`
	FormData   json.RawMessage  `json:"formDataArray"`
}

// CustomActionType is what a button does; your own begin with CUSTOM_ACTION_.
type CustomActionType string

// The vendor's buttons.
const (
	ActionInstanceShare          CustomActionType = "INSTANCE_SHARE"
	ActionInstanceDownload       CustomActionType = "INSTANCE_DOWNLOAD"
	ActionInstancePrint          CustomActionType = "INSTANCE_PRINT"
	ActionInstanceDing           CustomActionType = "INSTANCE_DING"
	ActionInstanceIMGroup        CustomActionType = "INSTANCE_IM_GROUP"
	ActionInstanceComment        CustomActionType = "INSTANCE_COMMENT"
	ActionTaskApprove            CustomActionType = "TASK_APPROVE"
	ActionTaskReject             CustomActionType = "TASK_REJECT"
	ActionTaskForward            CustomActionType = "TASK_FORWARD"
	ActionTaskAppend             CustomActionType = "TASK_APPEND"
	ActionInstanceRevert         CustomActionType = "INSTANCE_REVERT"
	ActionInstanceModify         CustomActionType = "INSTANCE_MODIFY"
	ActionInstanceTerminate      CustomActionType = "INSTANCE_TERMINATE"
	ActionInstanceDelete         CustomActionType = "INSTANCE_DELETE"
	ActionInstanceExternalDetail CustomActionType = "INSTANCE_EXTERNAL_DETAIL"
)

// CustomAction is one button.
type CustomAction struct {
	// Key names it in the request that it leads to.
	Key string `json:"actionKey"`
	// Type is what it does.
	Type CustomActionType `json:"actionType"`
	// Name and Icon are what users see.
	Name string `json:"name"`
	Icon string `json:"icon,omitempty"`
	// Hidden and Disabled take it away, DisabledReason says why; Primary
	// highlights it.
	Hidden         bool   `json:"hidden,omitempty"`
	Disabled       bool   `json:"disabled,omitempty"`
	DisabledReason string `json:"disabledReason,omitempty"`
	Primary        bool   `json:"primary,omitempty"`
	// Behavior is what happens when it is pressed, BehaviorProps its details.
	Behavior      CustomActionBehavior      `json:"behavior,omitempty"`
	BehaviorProps CustomActionBehaviorProps `json:"behaviorProps,omitzero"`
	// Context comes back as [CustomActionRequest.Context].
	Context string `json:"context,omitempty"`
}

// CustomActionBehavior is what happens when a button is pressed.
type CustomActionBehavior string

// What may happen.
const (
	BehaviorLink    CustomActionBehavior = "link"    // opens a page
	BehaviorModal   CustomActionBehavior = "modal"   // shows a form
	BehaviorConfirm CustomActionBehavior = "confirm" // asks first
)

// CustomActionBehaviorProps are the details of a [CustomActionBehavior].
type CustomActionBehaviorProps struct {
	// Title and Message are shown.
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`
	// Link is the page that is opened.
	Link string `json:"link,omitempty"`
	// Schema is the form that is shown.
	Schema []CustomActionComponent `json:"schema,omitempty"`
}

// IsZero reports that nothing is set.
func (p CustomActionBehaviorProps) IsZero() bool {
	return p.Title == "" && p.Message == "" && p.Link == "" && len(p.Schema) == 0
}

// CustomActionComponent is a component of the form that a button shows.
type CustomActionComponent struct {
	// Name is the kind of the component.
	Name string `json:"componentName"`
	// Props is a JSON object.
	Props json.RawMessage `json:"props,omitempty"`
}

// DataSourceRequest is what DingTalk asks a data source.
type DataSourceRequest interface {
	TaskExecution | CustomActionRequest
}

// DataSourceError tells the user what was wrong; any other error of a data
// source is told without its words.
type DataSourceError struct {
	// Code is of your choice.
	Code string
	// Message is shown.
	Message string
}

// Error is code and message.
func (e *DataSourceError) Error() string { return "data source: " + e.Code + ": " + e.Message }

// DataSource serves a data source (数据源) of your own system: an address from
// the console of data sources that DingTalk asks when somebody opens or uses an
// approval, see [FeatureCallback]. fn returns the buttons for the definition of
// actions, and nil for anything else. logger may be nil.
//
// DingTalk documents no signature for these requests: anybody who knows the
// address can send one. Keep the address secret, admit only the vendor's
// addresses, and check with the approval itself before acting.
//
//	http.Handle("/tasks", dingoa.DataSource(nil, func(ctx context.Context, req dingoa.TaskExecution) ([]dingoa.CustomAction, error) { … }))
func DataSource[T DataSourceRequest](logger *slog.Logger, fn func(context.Context, T) ([]CustomAction, error)) http.Handler {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		req, err := readDataSourceRequest[T](http.MaxBytesReader(w, r.Body, maxDataSourceBody))
		if err != nil {
			logger.LogAttrs(r.Context(), slog.LevelWarn, "dingoa: request to a data source refused", slog.Any("error", err))
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		var reply dataSourceReply
		reply.Result, err = runDataSource(r.Context(), fn, req)
		if reply.Success = err == nil; err != nil {
			logger.LogAttrs(r.Context(), slog.LevelError, "dingoa: data source failed", slog.Any("error", err))
			reply.fail(err)
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(reply); err != nil {
			logger.LogAttrs(r.Context(), slog.LevelError, "dingoa: data source did not answer", slog.Any("error", err))
		}
	})
}

type dataSourceReply struct {
	Success      bool           `json:"success"`
	ErrorCode    string         `json:"errorCode,omitempty"`
	ErrorMessage string         `json:"errorMessage,omitempty"`
	Result       []CustomAction `json:"result,omitempty"`
}

func (r *dataSourceReply) fail(err error) {
	r.Result, r.ErrorCode, r.ErrorMessage = nil, "error", "system error"
	var told *DataSourceError
	if errors.As(err, &told) {
		r.ErrorCode, r.ErrorMessage = told.Code, told.Message
	}
}

func readDataSourceRequest[T DataSourceRequest](body io.Reader) (T, error) {
	var req T
	data, err := io.ReadAll(body)
	if err != nil {
		return req, fmt.Errorf("dingoa: reading the request to a data source: %w", err)
	}
	if decoded, err := wire.Unmarshal(data, &req, nil); err != nil || len(decoded.Refused) > 0 {
		return req, fmt.Errorf("dingoa: %w: it does not fit %T", event.ErrMalformed, req)
	}
	return req, nil
}

func runDataSource[T DataSourceRequest](ctx context.Context, fn func(context.Context, T) ([]CustomAction, error), req T) (actions []CustomAction, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = &event.PanicError{Value: value, Stack: debug.Stack()}
		}
	}()
	return fn(ctx, req)
}
