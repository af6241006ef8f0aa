package emulator

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/emulator/fault"
	"github.com/dingoa/dingoa/internal/spec"
)

// faultView is a fault, and the request that adds one.
type faultView struct {
	ID   int64 `json:"id,omitempty"`
	Seen int64 `json:"seen"`
	Hits int64 `json:"hits"`
	// Preset fills in what the vendor answers; see faultPresets. The fields below
	// replace what it says.
	Preset         string  `json:"preset,omitempty"`
	Operation      string  `json:"operation"`
	Times          int     `json:"times"`
	Share          float64 `json:"share"`
	Delay          string  `json:"delay,omitempty"`
	After          bool    `json:"after"`
	DropConnection bool    `json:"dropConnection"`
	Code           string  `json:"code,omitempty"`
	Message        string  `json:"message,omitempty"`
	LegacyCode     int     `json:"legacyCode,omitempty"`
	Body           string  `json:"body,omitempty"`
	ContentType    string  `json:"contentType,omitempty"`
	Status         int     `json:"status,omitempty"`
	RetryAfter     string  `json:"retryAfter,omitempty"`
}

// faultPresets are the failures that the vendor documents, by name.
func faultPresets() map[string]fault.Fault {
	return map[string]fault.Fault{
		"qps":       fault.QPS(),
		"quota":     fault.Quota(),
		"ip":        fault.IPNotAllowed(),
		"blockPage": fault.BlockPage(),
		"punish":    fault.Punish(),
		"busy":      {Status: http.StatusServiceUnavailable, Code: "ServiceUnavailable", LegacyCode: -1, Message: "系统繁忙"},
		"token":     {Status: http.StatusBadRequest, Code: "InvalidAuthentication", LegacyCode: errcodeBadToken, Message: "不合法的access_token"},
		"drop":      {DropConnection: true},
	}
}

func viewFault(f *activeFault) faultView {
	v := faultView{
		ID: f.ID, Seen: f.Seen, Hits: f.Hits, Preset: f.Preset, Operation: f.Operation, Times: f.Times, Share: f.Share,
		After: f.After, DropConnection: f.DropConnection, Code: f.Code, Message: f.Message, LegacyCode: f.LegacyCode,
		Body: f.Body, ContentType: f.ContentType, Status: f.Status,
	}
	if f.Delay > 0 {
		v.Delay = f.Delay.String()
	}
	if f.RetryAfter > 0 {
		v.RetryAfter = f.RetryAfter.String()
	}
	return v
}

// fault returns the fault that the request describes.
func (v faultView) fault() (fault.Fault, *adminError) {
	f := fault.Fault{}
	if v.Preset != "" {
		preset, ok := faultPresets()[v.Preset]
		if !ok {
			return f, badAdminField("preset", "%q is none of %s", v.Preset, strings.Join(slices.Sorted(maps.Keys(faultPresets())), ", "))
		}
		f = preset
	}
	if _, ok := spec.ByID(v.Operation); v.Operation != "" && !ok && v.Operation != opPutObject && v.Operation != opGetObject {
		return f, badAdminField("operation", "there is no operation %q; GET operations lists them", v.Operation)
	}
	for name, of := range map[string]struct {
		text string
		into *time.Duration
	}{"delay": {v.Delay, &f.Delay}, "retryAfter": {v.RetryAfter, &f.RetryAfter}} {
		if of.text == "" {
			continue
		}
		d, err := parseDuration(of.text)
		if err != nil || d < 0 {
			return f, badAdminField(name, `%q is no duration such as "500ms" or "2s"`, of.text)
		}
		*of.into = d
	}
	switch {
	case v.Times < 0:
		return f, badAdminField("times", "%d is negative; 0 is until the fault is removed", v.Times)
	case v.Share < 0 || v.Share > 1:
		return f, badAdminField("share", "%v is not between 0 and 1", v.Share)
	case v.Status != 0 && (v.Status < 200 || v.Status > 599):
		return f, badAdminField("status", "%d is no HTTP status from 200 to 599", v.Status)
	}
	f.Operation, f.Times, f.Share, f.After = v.Operation, v.Times, v.Share, v.After
	f.DropConnection = f.DropConnection || v.DropConnection
	replace(&f.Code, v.Code)
	replace(&f.Message, v.Message)
	replace(&f.LegacyCode, v.LegacyCode)
	replace(&f.Body, v.Body)
	replace(&f.ContentType, v.ContentType)
	replace(&f.Status, v.Status)
	if f.Delay == 0 && !f.DropConnection && !replacesReply(&f) {
		return f, badAdminField("", "the fault would change nothing: give a preset, delay, dropConnection, code, body or status")
	}
	return f, nil
}

func replace[T comparable](into *T, by T) {
	var zero T
	if by != zero {
		*into = by
	}
}

func (s *Server) adminFaults(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	items := []faultView{}
	for _, f := range s.faults {
		items = append(items, viewFault(f))
	}
	return map[string]any{"items": items, "presets": slices.Sorted(maps.Keys(faultPresets()))}, nil
}

func (s *Server) adminAddFault(c *adminCall) (any, *adminError) {
	var in faultView
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	f, err := in.fault()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return viewFault(s.addFault(f, in.Preset)), nil
}

func (s *Server) adminClearFaults(*adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"removed": s.removeFaults(func(*activeFault) bool { return true })}, nil
}

func (s *Server) adminRemoveFault(c *adminCall) (any, *adminError) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := s.removeFaults(func(f *activeFault) bool { return strconv.FormatInt(f.ID, 10) == c.id() })
	if n == 0 {
		return nil, adminRefuse(http.StatusNotFound, "faultNotFound", "id", "there is no fault %q; it may have hit its last request", c.id())
	}
	return map[string]any{"removed": n}, nil
}

// adminExpireTokens makes every token unknown.
func (s *Server) adminExpireTokens(*adminCall) (any, *adminError) {
	s.ExpireTokens()
	return map[string]any{}, nil
}
