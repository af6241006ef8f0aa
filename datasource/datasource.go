// Package datasource serves the data sources (数据源) of approvals of your own
// system (自有OA): addresses that DingTalk asks which buttons an approval shows,
// and what to do when somebody presses one. It needs no client.
package datasource

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/dingoa/dingoa/internal/redact"
	"github.com/dingoa/dingoa/internal/wire"
)

// maxBody bounds a request to a data source; the form of an approval
// is well below.
const maxBody = 1 << 20

// TaskExecution is a request to the data source of dingoa.FeatureTaskExecute
// or dingoa.FeatureCustomShortcut for: somebody pressed a button of a task in an
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
	// Result is the decision that the button stands for.
	Result Result `json:"outResult"`
	// Operator is the user ID of who pressed it.
	Operator string `json:"operator"`
	// Remark is the comment; Title is the approval's.
	Remark string `json:"remark"`
	Title  string `json:"title"`
	// Data is empty in the vendor's sample, which does not say what it may hold.
	Data []json.RawMessage `json:"data"`
}

// Format prints the ids, and nothing that was written by people.
func (e TaskExecution) Format(f fmt.State, _ rune) { redact.Format(f, e) }

// LogValue is the ids, and nothing that was written by people.
func (e TaskExecution) LogValue() slog.Value { return redact.Value(e) }

// Result is the decision that a button stands for.
type Result string

// The decisions.
const (
	Agree  Result = "agree"
	Refuse Result = "refuse"
)

// ActionRequest is a request to the data source of
// dingoa.FeatureActionDefinition, which buttons an approval shows (审批操作区托管), or
// of dingoa.FeatureActionApply, to do what a button stands for. It needs OA premium.
//
// See https://open.dingtalk.com/document/development/detailed-explanation-of-hosting-interface-agreement-in-approval-operation-area
type ActionRequest struct {
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
	// Context is the context of the action's definition.
	Context string `json:"context"`
	// CustomData is text of the vendor's choice.
	CustomData string `json:"customData"`
	// ActionKey and ActionType name the button, FormData what the user entered,
	// in a form that the vendor does not show. All three are empty when DingTalk
	// asks for the definition.
	ActionKey  string          `json:"actionKey"`
	ActionType ActionType      `json:"actionType"`
	FormData   json.RawMessage `json:"formDataArray"`
}

// Format prints the ids, and nothing that was written by people.
func (r ActionRequest) Format(f fmt.State, _ rune) { redact.Format(f, r) }

// LogValue is the ids, and nothing that was written by people.
func (r ActionRequest) LogValue() slog.Value { return redact.Value(r) }

// ActionType is the action of a button; your own begin with CUSTOM_ACTION_.
type ActionType string

// The vendor's buttons.
const (
	ActionInstanceShare          ActionType = "INSTANCE_SHARE"
	ActionInstanceDownload       ActionType = "INSTANCE_DOWNLOAD"
	ActionInstancePrint          ActionType = "INSTANCE_PRINT"
	ActionInstanceDing           ActionType = "INSTANCE_DING"
	ActionInstanceIMGroup        ActionType = "INSTANCE_IM_GROUP"
	ActionInstanceComment        ActionType = "INSTANCE_COMMENT"
	ActionTaskApprove            ActionType = "TASK_APPROVE"
	ActionTaskReject             ActionType = "TASK_REJECT"
	ActionTaskForward            ActionType = "TASK_FORWARD"
	ActionTaskAppend             ActionType = "TASK_APPEND"
	ActionInstanceRevert         ActionType = "INSTANCE_REVERT"
	ActionInstanceModify         ActionType = "INSTANCE_MODIFY"
	ActionInstanceTerminate      ActionType = "INSTANCE_TERMINATE"
	ActionInstanceDelete         ActionType = "INSTANCE_DELETE"
	ActionInstanceExternalDetail ActionType = "INSTANCE_EXTERNAL_DETAIL"
)

// Action is one button.
type Action struct {
	// Key names it in the request that it leads to.
	Key string `json:"actionKey"`
	// Type is its action.
	Type ActionType `json:"actionType"`
	// Name and Icon are shown to users.
	Name string `json:"name"`
	Icon string `json:"icon,omitempty"`
	// Hidden and Disabled take it away, DisabledReason says why; Primary
	// highlights it.
	Hidden         bool   `json:"hidden,omitempty"`
	Disabled       bool   `json:"disabled,omitempty"`
	DisabledReason string `json:"disabledReason,omitempty"`
	Primary        bool   `json:"primary,omitempty"`
	// Behavior is the reaction to a click, BehaviorProps its details.
	Behavior      Behavior      `json:"behavior,omitempty"`
	BehaviorProps BehaviorProps `json:"behaviorProps,omitzero"`
	// Context comes back as [ActionRequest.Context].
	Context string `json:"context,omitempty"`
}

// Behavior is the reaction to a click on a button.
type Behavior string

// What may happen.
const (
	BehaviorLink    Behavior = "link"    // opens a page
	BehaviorModal   Behavior = "modal"   // shows a form
	BehaviorConfirm Behavior = "confirm" // asks first
)

// BehaviorProps are the details of a [Behavior].
type BehaviorProps struct {
	// Title and Message are shown.
	Title   string `json:"title,omitempty"`
	Message string `json:"message,omitempty"`
	// Link is the page that is opened.
	Link string `json:"link,omitempty"`
	// Schema is the form that is shown.
	Schema []Component `json:"schema,omitempty"`
}

// IsZero reports whether nothing is set.
func (p BehaviorProps) IsZero() bool {
	return p.Title == "" && p.Message == "" && p.Link == "" && len(p.Schema) == 0
}

// Component is a component of the form that a button shows.
type Component struct {
	// Name is the kind of the component.
	Name string `json:"componentName"`
	// Props is a JSON object.
	Props json.RawMessage `json:"props,omitempty"`
}

// Request is a request to a data source.
type Request interface {
	TaskExecution | ActionRequest
}

// Error is an error whose code and message the user sees. Of any other error the
// user sees none of its words.
type Error struct {
	// Code is of your choice.
	Code string
	// Message is shown.
	Message string
}

// Error is code and message.
func (e *Error) Error() string { return "datasource: " + e.Code + ": " + e.Message }

// Handler serves a data source (数据源) of your own system: an address from
// the console of data sources that DingTalk asks when somebody opens or uses an
// approval, see dingoa.FeatureCallback. fn returns the buttons for the definition of
// actions, and nil for anything else. logger may be nil.
//
// DingTalk documents no signature for these requests: anybody who knows the
// address can send one. Keep the address secret, admit only the vendor's
// addresses, and check with the approval itself before acting.
//
//	http.Handle("/tasks", datasource.Handler(nil, func(ctx context.Context, req datasource.TaskExecution) ([]datasource.Action, error) { … }))
func Handler[T Request](logger *slog.Logger, fn func(context.Context, T) ([]Action, error)) http.Handler {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		req, err := read[T](http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			logger.LogAttrs(r.Context(), slog.LevelWarn, "datasource: request refused", slog.Any("error", err))
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		var answer reply
		answer.Result, err = run(r.Context(), fn, req)
		if answer.Success = err == nil; err != nil {
			logger.LogAttrs(r.Context(), slog.LevelError, "datasource: request failed", slog.Any("error", err))
			answer.fail(err)
		}
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(answer); err != nil {
			logger.LogAttrs(r.Context(), slog.LevelError, "datasource: reply was not sent", slog.Any("error", err))
		}
	})
}

type reply struct {
	Success      bool     `json:"success"`
	ErrorCode    string   `json:"errorCode,omitempty"`
	ErrorMessage string   `json:"errorMessage,omitempty"`
	Result       []Action `json:"result,omitempty"`
}

func (r *reply) fail(err error) {
	r.Result, r.ErrorCode, r.ErrorMessage = nil, "error", "system error"
	var told *Error
	if errors.As(err, &told) {
		r.ErrorCode, r.ErrorMessage = told.Code, told.Message
	}
}

func read[T Request](body io.Reader) (T, error) {
	var req T
	data, err := io.ReadAll(body)
	if err != nil {
		return req, fmt.Errorf("datasource: reading the request: %w", err)
	}
	if decoded, err := wire.Unmarshal(data, &req, nil); err != nil || len(decoded.Refused) > 0 {
		return req, fmt.Errorf("datasource: the request does not fit %T", req)
	}
	return req, nil
}

func run[T Request](ctx context.Context, fn func(context.Context, T) ([]Action, error), req T) (actions []Action, err error) {
	defer func() {
		if value := recover(); value != nil {
			err = fmt.Errorf("datasource: panic: %v", value)
		}
	}()
	return fn(ctx, req)
}
