package dingoa_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jarcoal/httpmock"
	"github.com/stretchr/testify/require"

	"github.com/dingoa/dingoa"
	"github.com/dingoa/dingoa/event"
	"github.com/dingoa/dingoa/form"
)

// everyShape has the parts of a schema in each shape that they come in.
const everyShape = `{"result":{"formCode":"PROC-1","name":"报销","gmtCreate":"1638326995000","schemaContent":{"title":"报销","items":[
	{"componentName":"DDDateRangeField","props":{"id":"D-1","label":["开始时间","结束时间"],"unit":"天","format":"yyyy-MM-dd","required":"true"}},
	{"componentName":"TimeAndLocationField","props":{"id":"L-1","label":"[\"时间\",\"地点\"]"}},
	{"componentName":"DDSelectField","props":{"id":"S-1","label":"类型","options":[{"key":"option_0","value":"<年假>"},{"key":"other","value":"其他"}],
		"behaviorLinkage":[{"value":"其他","targets":[{"fieldId":"T-1","behavior":"visible"}]}]}},
	{"componentName":"DDSelectField","props":{"id":"S-2","label":"级别","options":["{\"key\":\"other\",\"value\":\"其他\"}","一级"]}},
	{"componentName":"DDMultiSelectField","props":{"id":"S-3","label":"城市","objOptions":[{"value":"杭州","key":"other"}]}},
	{"componentName":"InnerContactField","props":{"id":"C-1","label":"同行人","choice":"1"}},
	{"componentName":"DepartmentField","props":{"id":"B-1","label":"部门"}},
	{"componentName":"DepartmentField","props":{"id":"B-2","label":"一个部门","multiple":false}},
	{"componentName":"StarRatingField","props":{"id":"R-1","label":"评分","limit":"5"}},
	{"componentName":"AddressField","props":{"id":"A-1","label":"地址","addressModel":"city","hidden":true,"disabled":1}},
	{"componentName":"TableField","props":{"id":"T-1","label":"明细"},"children":[
		{"componentName":"MoneyField","props":{"id":"M-1","label":"金额","bizAlias":"amount","placeholder":"请输入","required":true}}]}
]}}}`

func TestFormSchemaReadsLikeParseSchema(t *testing.T) {
	t.Parallel()
	want, err := form.ParseSchema([]byte(everyShape))
	require.NoError(t, err)
	require.Len(t, want.Components, 11)
	require.True(t, want.Components[2].OtherOption)
	require.True(t, want.Components[10].Conditional)
	got, err := newDingTalk(answer(200, everyShape)).client(t).Templates.Schema(t.Context(), dingoa.SchemaRequest{ProcessCode: "PROC-1"})
	require.NoError(t, err)
	require.Equal(t, want, got.Form())
	require.Equal(t, &form.Schema{Name: "报销"}, (&dingoa.FormSchema{Name: "报销"}).Form())
}

// Schemas of createRequest's form; after the change 原因 is a number.
const (
	reasonForm  = `{"result":{"formCode":"PROC-1","schemaContent":{"items":[{"componentName":"TextField","props":{"id":"T-1","label":"原因","required":true}}]}}}`
	changedForm = `{"result":{"formCode":"PROC-1","schemaContent":{"items":[{"componentName":"NumberField","props":{"id":"T-1","label":"原因","required":true}}]}}}`
)

// formHost answers with the schemas in turn, the last for ever, and starts
// approvals.
type formHost struct {
	*dingTalk

	mu      sync.Mutex
	schemas []httpmock.Responder
	start   httpmock.Responder
	reads   int
	starts  int
}

func newFormHost(schemas ...httpmock.Responder) *formHost {
	h := &formHost{schemas: schemas, start: answer(200, created)}
	h.dingTalk = newDingTalk(func(r *http.Request) (*http.Response, error) { return h.responder(r)(r) })
	return h
}

func (h *formHost) responder(r *http.Request) httpmock.Responder {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Method == http.MethodGet {
		h.reads++
		return h.schemas[min(h.reads, len(h.schemas))-1]
	}
	h.starts++
	return h.start
}

// requireCalls wants so many schemas to have been read and approvals started.
func (h *formHost) requireCalls(t *testing.T, reads, starts int) {
	t.Helper()
	h.mu.Lock()
	defer h.mu.Unlock()
	require.Equal(t, []int{reads, starts}, []int{h.reads, h.starts})
}

func wrongRequest() dingoa.CreateInstanceRequest {
	req := createRequest()
	req.FormValues = []dingoa.FormValue{{Name: "理由", Value: "出差"}}
	return req
}

func TestFormCheckRefuses(t *testing.T) {
	t.Parallel()
	h := newFormHost(answer(200, reasonForm))
	c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
	_, err := c.Instances.Create(t.Context(), wrongRequest())
	requireKind(t, err, dingoa.ErrInvalidArgument)
	require.Equal(t, []dingoa.FieldError{
		{Field: "FormValues (理由)", Problem: "is not on the form, which has 原因"},
		{Field: "FormValues (原因, TextField)", Problem: "is required"},
	}, asError(t, err).Fields)
	require.EqualError(t, err, "dingoa: StartProcessInstance: nothing was sent: FormValues (理由) is not on the form, which has 原因; FormValues (原因, TextField) is required")
	var formErr *form.Error
	require.ErrorAs(t, err, &formErr)
	require.Len(t, formErr.Problems, 2)
	h.requireCalls(t, 1, 0)
}

func TestFormIsReadOnceForManyCreates(t *testing.T) {
	t.Parallel()
	h := newFormHost(answer(200, reasonForm))
	c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
	clone, err := c.With(dingoa.WithAgentID(1))
	require.NoError(t, err)
	for range 3 {
		require.NoError(t, create(t.Context(), c))
		require.NoError(t, create(t.Context(), clone))
	}
	h.requireCalls(t, 1, 6)
	require.NoError(t, create(t.Context(), h.client(t, dingoa.WithFormCheck(10*time.Minute))))
	h.requireCalls(t, 2, 7)
	require.NoError(t, create(t.Context(), h.client(t)))
	h.requireCalls(t, 2, 8)
}

// TestFormIsReadOnceForConcurrentCreates waits until all callers wait for the
// first reading.
func TestFormIsReadOnceForConcurrentCreates(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFormHost(after(time.Second, answer(200, reasonForm)))
		c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
		var callers sync.WaitGroup
		errs := make([]error, 20)
		for i := range errs {
			callers.Go(func() { errs[i] = create(t.Context(), c) })
		}
		callers.Wait()
		require.NoError(t, errors.Join(errs...))
		h.requireCalls(t, 1, 20)
	})
}

func TestFormIsReadForEachCompany(t *testing.T) {
	t.Parallel()
	h := newFormHost(answer(200, reasonForm))
	suite, err := dingoa.NewSuite("suite", appSecret, dingoa.StaticTicket("ticket"), dingoa.WithHTTPClient(&http.Client{Transport: h}), dingoa.WithFormCheck(10*time.Minute))
	require.NoError(t, err)
	for _, corp := range []string{"corp1", "corp2", "corp1"} {
		require.NoError(t, create(t.Context(), corpClient(t, suite, corp)))
	}
	h.requireCalls(t, 2, 3)
}

func TestFormAges(t *testing.T) {
	t.Parallel()
	for _, maxAge := range []time.Duration{10 * time.Minute, time.Hour} {
		h := newFormHost(answer(200, reasonForm))
		now := time.Now()
		c := h.client(t, dingoa.WithFormCheck(maxAge), dingoa.WithClock(func() time.Time { return now }), dingoa.WithTokenSource(dingoa.StaticToken("token")))
		require.NoError(t, create(t.Context(), c))
		now = now.Add(maxAge - time.Second)
		require.NoError(t, create(t.Context(), c))
		h.requireCalls(t, 1, 2)
		now = now.Add(time.Second)
		require.NoError(t, create(t.Context(), c))
		h.requireCalls(t, 2, 3)
	}
}

// TestAnOldFormRefusesNothing: the form has changed since it was read.
func TestAnOldFormRefusesNothing(t *testing.T) {
	t.Parallel()
	h := newFormHost(answer(200, reasonForm), answer(200, changedForm))
	c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
	require.NoError(t, create(t.Context(), c))
	req := createRequest()
	req.FormValues = []dingoa.FormValue{{Name: "原因", Value: "1", ComponentType: "NumberField"}}
	_, err := c.Instances.Create(t.Context(), req)
	require.NoError(t, err)
	h.requireCalls(t, 2, 2)
	requireKind(t, create(t.Context(), c), dingoa.ErrInvalidArgument)
	h.requireCalls(t, 3, 2)
}

// TestAnOldReadingRefusesNothing: the reading that a caller joins began before
// the call did.
func TestAnOldReadingRefusesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFormHost(after(time.Second, answer(200, changedForm)), answer(200, reasonForm))
		c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
		var first sync.WaitGroup
		var err error
		first.Go(func() { err = create(t.Context(), c) })
		synctest.Wait()
		require.NoError(t, create(t.Context(), c))
		first.Wait()
		require.Error(t, err)
		h.requireCalls(t, 2, 1)
	})
}

func TestARefusalOfDingTalkReadsTheFormAgain(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"formConverterError", "illegalComponent"} {
		h := newFormHost(answer(200, reasonForm), answer(200, changedForm))
		c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
		h.start = answer(400, `{"code":"`+code+`","message":"表单数据校验失败，失败控件：原因"}`)
		require.ErrorContains(t, create(t.Context(), c), code)
		h.requireCalls(t, 1, 1)
		require.ErrorContains(t, create(t.Context(), c), "must be a number")
		h.requireCalls(t, 2, 1)
	}
	h := newFormHost(answer(200, reasonForm))
	c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
	h.start = answer(400, `{"code":"processInstanceInvalidParameter","message":"发起人的userid错误"}`)
	require.Error(t, create(t.Context(), c))
	require.Error(t, create(t.Context(), c))
	h.requireCalls(t, 1, 2)
}

func changeOf(corpID, raw string) *event.Event {
	return &event.Event{Type: "workflow_form_change", CorpID: corpID, Raw: json.RawMessage(raw)}
}

func TestFormChanged(t *testing.T) {
	t.Parallel()
	h := newFormHost(answer(200, reasonForm), answer(200, changedForm))
	c := h.client(t, dingoa.WithFormCheck(10*time.Minute), dingoa.WithCorpID("corp1"))
	seen := 0
	d, err := event.NewDispatcher(event.On(c.FormChanged), event.OnType("workflow_form_change", func(context.Context, *event.Event) error {
		seen++
		return nil
	}))
	require.NoError(t, err)
	require.NoError(t, create(t.Context(), c))
	require.NoError(t, d.Dispatch(t.Context(), changeOf("corp1", `{"formCode":"PROC-2","type":"update"}`)))
	require.NoError(t, d.Dispatch(t.Context(), changeOf("corp2", `{"formCode":"PROC-1","type":"update"}`)))
	require.NoError(t, create(t.Context(), c))
	h.requireCalls(t, 1, 2)
	require.NoError(t, d.Dispatch(t.Context(), changeOf("corp1", `{"formCode":"PROC-1","type":"update"}`)))
	require.ErrorContains(t, create(t.Context(), c), "must be a number")
	h.requireCalls(t, 2, 2)
	require.Equal(t, 3, seen)
	for _, raw := range []string{`{}`, `{"formCode":{}}`, ``} {
		require.ErrorIs(t, d.Dispatch(t.Context(), changeOf("corp1", raw)), event.ErrMalformed)
	}
}

// TestAChangeDuringTheReading: what is read before the event is not kept.
func TestAChangeDuringTheReading(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFormHost(after(time.Second, answer(200, reasonForm)), answer(200, changedForm))
		c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
		d, err := event.NewDispatcher(event.On(c.FormChanged))
		require.NoError(t, err)
		var first sync.WaitGroup
		first.Go(func() { err = create(t.Context(), c) })
		synctest.Wait()
		require.NoError(t, d.Dispatch(t.Context(), changeOf("", `{"formCode":"PROC-1"}`)))
		first.Wait()
		require.NoError(t, err)
		require.ErrorContains(t, create(t.Context(), c), "must be a number")
		h.requireCalls(t, 2, 1)
	})
}

func TestFormThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer httpmock.Responder
		kind   error
		want   string
	}{
		"permission":    {answer(403, `{"code":"Forbidden.AccessDenied.AccessTokenPermissionDenied","message":"no"}`), dingoa.ErrPermission, "Workflow.Form.Read"},
		"no such form":  {answer(400, `{"code":"formNotExist","message":"审批表单模板不存在"}`), dingoa.ErrNotFound, "formNotExist"},
		"no components": {answer(200, `{"result":{"name":"报销"}}`), dingoa.ErrServer, "the form has no components"},
		"no answer":     {unreachable, nil, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newFormHost(test.answer, answer(200, reasonForm))
			c := h.client(t, dingoa.WithFormCheck(10*time.Minute), dingoa.WithMaxRetries(0))
			err := create(t.Context(), c)
			requireKind(t, err, test.kind)
			require.ErrorContains(t, err, "StartProcessInstance: nothing was sent, since the form could not be read (WithFormCheck)")
			require.ErrorContains(t, err, test.want)
			require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
			h.requireCalls(t, 1, 0)
			require.NoError(t, create(t.Context(), c), "a failure is not kept")
		})
	}
}

// TestGivingUpOnAForm fails the caller who gives up, and nobody else.
func TestGivingUpOnAForm(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newFormHost(after(time.Second, answer(200, reasonForm)))
		c := h.client(t, dingoa.WithFormCheck(10*time.Minute))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		err := create(ctx, c)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "nothing was sent")
		require.NotErrorIs(t, err, dingoa.ErrOutcomeUnknown)
		require.NoError(t, create(t.Context(), c))
		h.requireCalls(t, 1, 1)
	})
}

func TestFormCheckOptions(t *testing.T) {
	t.Parallel()
	for _, maxAge := range []time.Duration{0, -1} { // 0 might mean no check, or no keeping
		_, err := dingoa.New(appKey, appSecret, dingoa.WithFormCheck(maxAge))
		require.ErrorContains(t, err, "WithFormCheck: forms cannot be kept for "+maxAge.String())
	}
	_, err := dingoa.New(appKey, appSecret, dingoa.WithFormCheck(10*time.Minute), dingoa.WithLegacyGateway())
	require.ErrorContains(t, err, "WithFormCheck: the older gateway cannot read forms")
	c, err := dingoa.New(appKey, appSecret)
	require.NoError(t, err)
	require.NoError(t, c.FormChanged(t.Context(), &event.Event{}, event.FormChange{ProcessCode: "PROC-1"}), "nothing is kept")
}
