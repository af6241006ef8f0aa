package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/dingoa/dingoa/internal/spec"
)

// call is a request on its way through the server.
type call struct {
	r         *http.Request
	legacy    bool
	operation string // today's ID, whichever gateway was called; empty when unknown
	spec      spec.Operation
	params    map[string]string
	query     url.Values
	body      []byte
	held      int64 // bytes of the body, of those that all bodies share
}

// reply is the reply to a request.
type reply struct {
	status      int
	refused     *apiError // for the log; nil on success
	code        string    // for the log: the vendor's code of a refusal
	contentType string
	retryAfter  time.Duration
	body        []byte
}

// ServeHTTP answers a request of either gateway: paths decide, and the host
// only when it is one of the vendor's own names. It panics with
// [http.ErrAbortHandler] when a [fault.Fault] drops the connection, as net/http wants it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.hosts.check {
		s.hosts.only(http.HandlerFunc(s.serve)).ServeHTTP(w, r)
		return
	}
	s.serve(w, r)
}

// serve answers whatever host a request names.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.serveTimed(w, s.bodies.withTime(w, r, objectOperation(r) == opPutObject))
}

func (s *Server) serveTimed(w http.ResponseWriter, r *http.Request) {
	if s.admin != nil && strings.HasPrefix(r.URL.Path, adminPrefix) {
		s.admin.ServeHTTP(w, r)
		return
	}
	s.serveGateway(w, s.hosts.asForwarded(r))
}

func (s *Server) serveGateway(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == streamPath {
		s.serveStream(w, r)
		return
	}
	began := time.Now()
	entry := Request{Time: s.Now(), Method: r.Method, Path: r.URL.Path}
	c, rep, drop := s.answer(r)
	defer func() { s.bodies.held.Add(-c.held) }()
	entry.Operation, entry.Status, entry.Code, entry.Duration = c.operation, rep.status, rep.code, time.Since(began)
	if rep.refused != nil {
		entry.Message, entry.Field = rep.refused.message, rep.refused.field
	}
	if drop {
		entry.Status = 0
	}
	s.record(r.Context(), entry)
	if drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", rep.contentType)
	w.Header().Set("Date", s.Now().UTC().Format(http.TimeFormat))
	if rep.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int((rep.retryAfter+time.Second-1)/time.Second)))
	}
	writeReply(w, rep.status, rep.body)
}

// answer works out the reply; drop means that none is to be sent.
func (s *Server) answer(r *http.Request) (c *call, rep reply, drop bool) {
	c = s.newCall(r)
	fault := s.takeFault(c.operation)
	if fault == nil {
		return c, s.execute(c), false
	}
	if fault.After {
		rep = s.execute(c)
	}
	fault.wait(r.Context())
	switch {
	case fault.DropConnection:
		return c, reply{code: "dropped"}, true
	case replacesReply(&fault.Fault):
		return c, fault.reply(c), false
	case !fault.After:
		rep = s.execute(c)
	}
	return c, rep, false
}

// newCall finds out what is called.
func (s *Server) newCall(r *http.Request) *call {
	c := &call{r: r, query: r.URL.Query()}
	if c.operation = objectOperation(r); c.operation != "" {
		return c
	}
	host := vendorHost(r)
	op, params, ok := spec.Match(r.Method, host, r.URL.Path)
	if !ok {
		c.legacy = host == spec.HostOlder || host == "" && !strings.HasPrefix(r.URL.Path, "/v")
		return c
	}
	c.spec, c.params, c.operation = op, params, op.ID
	c.legacy = op.Host == spec.HostOlder
	if op.ReplacedBy != "" {
		c.operation = op.ReplacedBy
	}
	return c
}

// vendorHost is the vendor's gateway that the request names, empty for any
// other host.
func vendorHost(r *http.Request) string {
	host, _, _ := strings.Cut(r.Host, ":")
	if host == spec.HostToday || host == spec.HostOlder {
		return host
	}
	return ""
}

// execute checks and does what was asked.
func (s *Server) execute(c *call) reply {
	if objectOperation(c.r) != "" {
		return s.object(c)
	}
	if err := s.stateReady(); err != nil {
		return c.refusal(errNotWritten(err))
	}
	fields, refused := s.do(c)
	if refused != nil {
		return c.refusal(refused)
	}
	if err := s.StateProblem(); err != nil {
		return c.refusal(errNotWritten(err))
	}
	return c.success(fields)
}

func (s *Server) do(c *call) (map[string]any, *apiError) {
	if c.operation == "" {
		return nil, c.noPath()
	}
	if c.legacy { // the token may be in the body, and an address mean two operations
		if err := s.readBody(c); err != nil {
			return nil, err
		}
	}
	c.tellOwnSave()
	h := handlerOf(c.spec.ID)
	if h.do == nil {
		return nil, errNotImitated(c.spec.ID)
	}
	if err := s.admit(c, h); err != nil {
		return nil, err
	}
	if err := s.readBody(c); err != nil {
		return nil, err
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	if err := s.entitled(c); err != nil {
		return nil, err
	}
	return h.do(s, c)
}

// noPath answers a wrong method and an unknown path.
func (c *call) noPath() *apiError {
	if c.legacy {
		if _, _, ok := spec.Match(http.MethodPost, spec.HostOlder, c.r.URL.Path); ok {
			return refuse("error.method", errcodeNeedPOST, "需要POST请求")
		}
		if _, _, ok := spec.Match(http.MethodGet, spec.HostOlder, c.r.URL.Path); ok {
			return refuse("error.method", errcodeNeedGET, "需要GET请求")
		}
	}
	if id := operationElsewhere(c.r); id != "" {
		return errNotImitated(id)
	}
	return errNoPath(c.r.Method, c.r.URL.Path)
}

func (s *Server) readBody(c *call) *apiError {
	if c.r.Body == nil || c.body != nil {
		return nil
	}
	body, err := s.bodies.read(c.r.Body, maxBody, &c.held)
	switch {
	case errors.Is(err, errBodyTooLarge):
		return refuse("invalidParameter", errcodeBadJSON, "the body has more than %d bytes", maxBody)
	case errors.Is(err, errManyBodies):
		return &apiError{status: http.StatusServiceUnavailable, code: "ServiceUnavailable", errcode: errcodeBusy, message: err.Error()}
	case err != nil:
		return refuse("invalidParameter", errcodeBadJSON, "the body could not be read")
	}
	c.body = body
	if c.legacy {
		c.adapt()
	}
	return nil
}

// adapt brings a body of the older gateway, JSON or form-encoded, into the
// documented types. The fields of a form count as parameters of the query, too:
// the token may be among them. What is JSON goes by its first character, since
// curl names every body a form.
func (c *call) adapt() {
	body := bytes.TrimSpace(c.body)
	if len(body) == 0 || body[0] == '{' || body[0] == '[' || !isForm(c.r) {
		c.body = c.spec.Adapt(c.body)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return
	}
	for name, values := range form {
		if !c.query.Has(name) {
			c.query[name] = values
		}
	}
	c.body = c.spec.FormBody(form)
}

func isForm(r *http.Request) bool {
	mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && mediaType == "application/x-www-form-urlencoded"
}

// validate checks the request against the vendor's field list, and refuses
// required texts that are empty.
func (c *call) validate() *apiError {
	problems := c.spec.Check(c.query, c.body)
	if len(problems) == 0 {
		problems = c.blanks()
	}
	if len(problems) == 0 {
		return nil
	}
	first := problems[0]
	switch {
	case first.Field == "body":
		return refuse("invalidParameter", errcodeBadJSON, "the body %s", first.Problem)
	case first.Problem == spec.ProblemRequired:
		return missingField(c.operation, first.Field)
	default:
		return badField(c.operation, first.Field, first.Problem)
	}
}

func (c *call) blanks() []spec.FieldError {
	var object map[string]any
	if err := json.Unmarshal(c.body, &object); err != nil {
		return nil // no body
	}
	return blanks("", c.spec.Body, object)
}

func blanks(prefix string, fields []spec.Field, object map[string]any) []spec.FieldError {
	var found []spec.FieldError
	for _, f := range fields {
		switch v := object[f.Name].(type) {
		case string:
			if f.Required && v == "" && f.Name != "value" {
				found = append(found, spec.FieldError{Field: prefix + f.Name, Problem: spec.ProblemRequired})
			}
		case map[string]any:
			found = append(found, blanks(prefix+f.Name+".", f.Fields, v)...)
		}
	}
	return found
}

// decode reads a body that was validated.
func (c *call) decode(into any) *apiError {
	if len(bytes.TrimSpace(c.body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(c.body, into); err != nil {
		var typeError *json.UnmarshalTypeError
		if errors.As(err, &typeError) {
			return badField(c.operation, typeError.Field, "has another JSON type than documented")
		}
		return refuse("invalidParameter", errcodeBadJSON, "the body is not JSON")
	}
	return nil
}

func (c *call) success(fields map[string]any) reply {
	if c.legacy {
		fields = maps.Clone(fields)
		if fields == nil {
			fields = map[string]any{}
		}
		fields["errcode"], fields["errmsg"] = errcodeOK, "ok"
		if strings.HasPrefix(c.r.URL.Path, "/topapi/") {
			fields["request_id"] = newRequestID()
		}
	}
	return reply{status: http.StatusOK, contentType: contentTypeJSON, body: encode(fields)}
}

func (c *call) refusal(e *apiError) reply {
	if !c.legacy {
		fields := map[string]any{"code": e.code, "message": e.message, "requestid": newRequestID()}
		if len(e.scopes) > 0 {
			fields["accessdenieddetail"] = map[string]any{"requiredScopes": e.scopes}
		}
		return reply{status: e.status, refused: e, code: e.code, contentType: contentTypeJSON, body: encode(fields)}
	}
	rep := reply{status: http.StatusOK, refused: e, code: strconv.Itoa(e.errcode), contentType: contentTypeJSON}
	if e.status == http.StatusNotImplemented {
		rep.status = e.status // not the vendor's word
	}
	fields := map[string]any{"errcode": e.errcode, "errmsg": e.message, "request_id": newRequestID()}
	if e.subCode != "" {
		fields["sub_code"], fields["sub_msg"] = e.subCode, e.message
		fields["errmsg"] = fmt.Sprintf("鉴权异常[subcode=%s,submsg=%s]", e.subCode, e.message)
	}
	rep.body = encode(fields)
	return rep
}

const contentTypeJSON = "application/json;charset=utf-8"
