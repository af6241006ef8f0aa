package emulator

import (
	"fmt"
	"net/http"
)

// adminError is a refusal of the admin API, which a person reads.
type adminError struct {
	status  int
	code    string
	field   string
	message string
}

func adminRefuse(status int, code, field, format string, args ...any) *adminError {
	return &adminError{status: status, code: code, field: field, message: fmt.Sprintf(format, args...)}
}

const codeInvalidField = "invalidField"

func badAdminField(field, format string, args ...any) *adminError {
	return adminRefuse(http.StatusBadRequest, codeInvalidField, field, format, args...)
}

// adminSays returns the admin API's refusal for a problem; nil without one.
func adminSays(p *problem) *adminError {
	if p == nil {
		return nil
	}
	w := map[problemKind]struct {
		status int
		code   string
	}{
		invalidField:     {http.StatusBadRequest, codeInvalidField},
		unknownAction:    {http.StatusNotFound, "unknownAction"},
		userNotFound:     {http.StatusNotFound, "userNotFound"},
		instanceNotFound: {http.StatusNotFound, "instanceNotFound"},
		instanceEnded:    {http.StatusConflict, "instanceEnded"},
		instanceArchived: {http.StatusConflict, "instanceArchived"},
		taskNotFound:     {http.StatusNotFound, "taskNotFound"},
		noRunningTask:    {http.StatusConflict, "noRunningTask"},
	}[p.kind]
	return adminRefuse(w.status, w.code, p.field, "%s", p.text)
}

// adminSaysOfStart returns the admin API's refusal of an approval that cannot be
// started, in the words of the gateways, whose rules a start has to meet.
func adminSaysOfStart(p *problem) *adminError {
	refused := refusedBy("StartProcessInstance", p)
	return adminRefuse(http.StatusBadRequest, refused.code, refused.field, "%s", refused.message)
}
