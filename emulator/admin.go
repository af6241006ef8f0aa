package emulator

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// adminPrefix is where the admin API is served.
const adminPrefix = "/_emulator/"

// WithAdmin serves the admin API under /_emulator/: all that a console or a
// test in another language needs to seed, decide, inject, inspect and reset. It
// is described in docs/emulator.md.
//
// It has no password. Requests that a browser makes for another site's page are
// refused, and so is every Host but IP addresses, localhost and hosts, which are
// more names to be reached by: another site could point its own name here.
func WithAdmin(hosts ...string) Option {
	return func(c *config) error {
		c.admin = true
		c.adminHosts = append(c.adminHosts, hosts...)
		return nil
	}
}

// adminRoutes are the endpoints, by ServeMux pattern without the prefix.
func adminRoutes() map[string]func(*Server, *adminCall) (any, *adminError) {
	return map[string]func(*Server, *adminCall) (any, *adminError){
		"GET overview":    (*Server).adminOverview,
		"GET users":       (*Server).adminUsers,
		"GET departments": (*Server).adminDepartments,
		"GET forms":       (*Server).adminForms,
		"GET forms/{id}":  (*Server).adminForm,
		"GET operations":  (*Server).adminOperations,

		"GET instances":                (*Server).adminInstances,
		"POST instances":               (*Server).adminStart,
		"GET instances/{id}":           (*Server).adminInstance,
		"POST instances/{id}/{action}": (*Server).adminAct,
		"POST files":                   (*Server).adminPutFile,

		"GET pushes":              (*Server).adminPushes,
		"GET pushes/{id}":         (*Server).adminPush,
		"POST pushes/{id}/resend": (*Server).adminResend,
		"POST pushes/{id}/lose":   (*Server).adminLose,
		"GET callback":            (*Server).adminCallback,
		"PUT callback":            (*Server).adminSetCallback,
		"DELETE callback":         (*Server).adminDeleteCallback,

		"GET streams":             (*Server).adminStreams,
		"POST streams/disconnect": (*Server).adminDisconnectStreams,
		"POST streams/cut":        (*Server).adminCutStreams,

		"GET requests":             (*Server).adminRequests,
		"GET faults":               (*Server).adminFaults,
		"POST faults":              (*Server).adminAddFault,
		"DELETE faults":            (*Server).adminClearFaults,
		"DELETE faults/{id}":       (*Server).adminRemoveFault,
		"GET event-faults":         (*Server).adminEventFaults,
		"POST event-faults":        (*Server).adminAddEventFault,
		"DELETE event-faults":      (*Server).adminClearEventFaults,
		"DELETE event-faults/{id}": (*Server).adminRemoveEventFault,
		"POST tokens/expire":       (*Server).adminExpireTokens,
		"GET clock":                (*Server).adminClock,
		"POST clock":               (*Server).adminAdvance,
		"POST reset":               (*Server).adminReset,
		"POST suites/{id}/ticket":  (*Server).adminSuiteTicket,
	}
}

// newAdmin is the handler of the admin API.
func (s *Server) newAdmin(hosts []string) http.Handler {
	mux := http.NewServeMux()
	for pattern, do := range adminRoutes() {
		method, path, _ := strings.Cut(pattern, " ")
		mux.HandleFunc(method+" "+adminPrefix+path, func(w http.ResponseWriter, r *http.Request) {
			result, err := s.adminDo(do, r)
			if err != nil {
				writeAdminError(w, err)
				return
			}
			writeAdmin(w, http.StatusOK, result)
		})
	}
	mux.HandleFunc("GET "+adminPrefix+"events", s.adminEvents)
	mux.HandleFunc(adminPrefix, func(w http.ResponseWriter, r *http.Request) {
		writeAdminError(w, noAdminPath(mux, r))
	})
	protection := http.NewCrossOriginProtection()
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		writeAdminError(w, adminRefuse(http.StatusForbidden, "crossSite", "", "a page of another site may not call the admin API"))
	}))
	guarded := protection.Handler(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host := hostOf(r); !isKnown(host, hosts) {
			writeAdminError(w, adminRefuse(http.StatusForbidden, "unknownHost", "",
				"the admin API is reached by IP address or as localhost, not as %q; allow other names with WithAdmin", host))
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

// adminDo answers a request. One that changes something is answered as done only
// when it is in the state file; looking is always possible.
func (s *Server) adminDo(do func(*Server, *adminCall) (any, *adminError), r *http.Request) (any, *adminError) {
	changes := r.Method != http.MethodGet
	if changes {
		if err := s.stateReady(); err != nil {
			return nil, adminNotWritten(err)
		}
	}
	c := &adminCall{server: s, r: r}
	defer func() { s.bodies.held.Add(-c.held) }()
	result, refused := do(s, c)
	if changes && refused == nil {
		if err := s.StateProblem(); err != nil {
			return nil, adminNotWritten(err)
		}
	}
	return result, refused
}

func adminNotWritten(err error) *adminError {
	return adminRefuse(http.StatusInternalServerError, "stateNotWritten", "", "the state file cannot be written: %v", err)
}

// noAdminPath answers a wrong method and an unknown path.
func noAdminPath(mux *http.ServeMux, r *http.Request) *adminError {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := mux.Handler(other); pattern != "" && pattern != adminPrefix {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) > 0 {
		return adminRefuse(http.StatusMethodNotAllowed, "methodNotAllowed", "", "%s takes %s, not %s", r.URL.Path, strings.Join(allowed, ", "), r.Method)
	}
	return adminRefuse(http.StatusNotFound, "pathNotFound", "", "the admin API has no path %s", r.URL.Path)
}

// adminCall is a request to the admin API.
type adminCall struct {
	server *Server
	r      *http.Request
	held   int64 // bytes of the body
}

func (c *adminCall) id() string { return c.r.PathValue("id") }

func (c *adminCall) query(name string) string { return c.r.URL.Query().Get(name) }

// decode reads the body, which must be JSON with known fields only. No body is
// an empty object.
func (c *adminCall) decode(into any) *adminError {
	body, err := c.server.bodies.read(c.r.Body, maxBody, &c.held)
	switch {
	case errors.Is(err, errBodyTooLarge):
		return adminRefuse(http.StatusRequestEntityTooLarge, "bodyTooLarge", "", "the body has more than %d bytes", maxBody)
	case errors.Is(err, errManyBodies):
		return adminRefuse(http.StatusServiceUnavailable, "tooManyBodies", "", "%v", err)
	case err != nil:
		return badAdminField("body", "could not be read")
	case len(body) == 0:
		return nil
	}
	if mediaType, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || mediaType != "application/json" {
		return adminRefuse(http.StatusUnsupportedMediaType, "notJSON", "", "send the body as Content-Type: application/json")
	}
	d := json.NewDecoder(strings.NewReader(string(body)))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return badJSON(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return badAdminField("body", "goes on after its JSON object")
	}
	return nil
}

func badJSON(err error) *adminError {
	var typeError *json.UnmarshalTypeError
	if errors.As(err, &typeError) && typeError.Field != "" {
		return badAdminField(typeError.Field, "must be a %s, not a %s", typeError.Type, typeError.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return badAdminField(strings.Trim(name, `"`), "is no field of this request")
	}
	return badAdminField("body", "is not a JSON object: %v", err)
}

// Pages of lists.
const (
	adminPage    = 20
	adminMaxPage = 200
)

// adminList is one page of a list, newest first.
type adminList struct {
	Items  []any `json:"items"`
	Total  int   `json:"total"` // of all pages
	Offset int   `json:"offset"`
	Limit  int   `json:"limit"`
}

// list reads offset and limit.
func (c *adminCall) list() (adminList, *adminError) {
	l := adminList{Items: []any{}, Limit: adminPage}
	for name, into := range map[string]*int{"offset": &l.Offset, "limit": &l.Limit} {
		text := c.query(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 || name == "limit" && (n < 1 || n > adminMaxPage) {
			return l, badAdminField(name, "%q is not acceptable; a limit is 1 to %d, an offset 0 or more", text, adminMaxPage)
		}
		*into = n
	}
	return l, nil
}

// add counts an item and makes it when it is on the page.
func (l *adminList) add(item func() any) {
	if l.Total >= l.Offset && len(l.Items) < l.Limit {
		l.Items = append(l.Items, item())
	}
	l.Total++
}

func writeAdmin(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", contentTypeJSON)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	writeReply(w, status, append(encode(v), '\n'))
}

func writeAdminError(w http.ResponseWriter, e *adminError) {
	fields := map[string]any{"code": e.code, "message": e.message}
	putText(fields, "field", e.field)
	writeAdmin(w, e.status, map[string]any{"error": fields})
}
